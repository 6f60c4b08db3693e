"""Entry of the extraction: a text in, its header, mentions and numeral ledger out.

One pass finds every trigger; at each, the words before and after are looked up once and pick the rules to try.
Triggers are taken from left to right and rules in the order of `_ORDER`: the first that yields a value takes its span,
and nothing else may start inside it. That is the only place where overlaps are settled.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date
from functools import cache
from typing import Final

from flows.extract import counts, dates, header, lists, measures, money, reasons
from flows.extract.fold import Folded, fold
from flows.extract.ledger import owners, role_of
from flows.extract.numerals import NUMERAL, shape_of
from flows.extract.rule import Context, Edge, Found, Rule, Shape, Site, Trigger
from flows.extract.vocabulary import THAI_MONTHS, Lead, Word, alternation, unblocked, words_after, words_before
from schemas.records import Extraction, LedgerEntry, Mention
from schemas.values import Period, Reason, Role

EXTRACTOR_VERSION: Final = "1"

_TABLES: Final = frozenset(["other.footnote", "other.table_cell", "other.table_row"])
_ORDER: Final[tuple[Rule, ...]] = (
    *reasons.FIRST_RULES,
    *dates.RULES,
    *dates.ENGLISH_RULES,
    *reasons.TIME_RULES,
    *reasons.LEAD_RULES,
    *measures.EARLY_RULES,
    *reasons.LATIN_RULES,
    *money.RULES,
    *measures.RULES,
    *counts.RULES,
    *counts.ENGLISH_RULES,
    *lists.RULES,
    *(r for r in reasons.LATE_RULES if r.name == "name.year_and_latin"),
    *dates.LATE_RULES,
    *(r for r in reasons.LATE_RULES if r.name != "name.year_and_latin"),
    *(r for r in reasons.LAST_RULES if r.name not in _TABLES),
    *counts.NOUN_RULES,
    *counts.LATE_RULES,
    *(r for r in reasons.LAST_RULES if r.name in _TABLES),
)
_OTHERS: Final[dict[Trigger, tuple[Rule, ...]]] = {
    Trigger.MONTH: dates.MONTH_RULES,
    Trigger.RELATIVE: dates.RELATIVE_RULES,
    Trigger.NUMBER_WORD: counts.SPELLED_RULES,
}


def rules() -> tuple[Rule, ...]:
    """All rules, in the order of precedence: what `dim_rule` holds."""
    return (*_ORDER, *dates.MONTH_RULES, *dates.RELATIVE_RULES, *counts.SPELLED_RULES, *reasons.ZONE_RULES)


# ── Triggers and their neighbours ────────────────────────────────────────────────────────────────────────────────────
_MONTH_TRIGGER = alternation(w for w in THAI_MONTHS if len(w) > 2)
_TRIGGERS: Final = re.compile(
    rf"(?=[0-9{''.join(sorted({w[0] for w in THAI_MONTHS} | set('สหเแยรพมลวปอไคกntlyNTLY')))}])"
    rf"(?:(?P<numeral>{NUMERAL})|(?P<relative>{dates.PART_WORDS}|{dates.RELATIVE_WORDS})|(?P<month>{_MONTH_TRIGGER})|(?P<number_word>{counts.NUMBER_WORDS}))"
)
_WORD_AFTER: Final = re.compile(rf"[ \t]{{0,2}}(?P<word>{alternation(words_after())})")
_LINK_AFTER: Final = re.compile(r"[ \t]{0,2}(?:-|~|,|&|และ|หรือ|กับ|ถึง|จนถึง|ไปจนถึง|(?:to|and|until|through)(?= ))")
_LEADS: Final[dict[str, Lead]] = dict(words_before())
_WORD_BEFORE: Final = re.compile(rf"-?[ \t]{{0,2}}[:]?[ \t]{{0,2}}(?P<word>{alternation(w[::-1] for w in _LEADS)})")
_LEAD_WIDTH: Final = max(map(len, _LEADS)) + 5
_BREAKS: Final = frozenset(["", " ", "\n", "\t", "("])
_CLOSERS: Final = {")": "close", ".": "dot", "/": "slash", "+": "plus"}


def _lead(text: str, position: int, floor: int) -> tuple[Lead | None, int]:
    left = text[max(floor, position - _LEAD_WIDTH) : position][::-1]
    m = _WORD_BEFORE.match(left)
    if m is None:
        return None, position
    start = position - m.end()
    surface = m.group("word")[::-1]
    before = left[m.end() : m.end() + 1]
    if before:
        first = surface[0]
        if first.isascii() and first.isalpha() and before.isascii() and before.isalpha():
            return None, position  # the end of a longer Latin word
        if len(surface) <= 3 and surface[-1] == "." and (before == "." or "ก" <= before <= "๎"):
            return None, position  # ม. in ตร.ม. is no address
    return _LEADS[surface], start


def _word(text: str, position: int) -> tuple[Word | None, int, str]:
    m = _WORD_AFTER.match(text, position)
    if m is not None:
        word = words_after()[m.group("word")]
        if word.kind != "blocked":
            return word, m.end(), word.kind
        shorter = unblocked(word, text, m.end())
        return (
            (shorter, m.end() - len(word.surface) + len(shorter.surface), shorter.kind)
            if shorter
            else (None, position, "blocked")
        )
    if _LINK_AFTER.match(text, position):
        return None, position, "link"
    char = text[position : position + 1]
    if char == " ":
        char = text[position + 1 : position + 2]
        return None, position, _CLOSERS.get(char, "-") if char in ")/" else "-"
    if char.isascii() and char.isalpha():
        return None, position, "latin"
    return None, position, _CLOSERS.get(char, "-")


def _edge(text: str, start: int) -> Edge:
    char = text[start - 1 : start]
    if char in _BREAKS:
        return Edge.PLUS if text[start - 2 : start] == "+ " else Edge.NONE
    if "ก" <= char <= "๎" or char == "ฯ":
        return Edge.THAI
    if char == "+":
        return Edge.PLUS
    if char.isascii() and (
        char.isalpha()
        or (char in "-_./+" and text[start - 2 : start - 1].isascii() and text[start - 2 : start - 1].isalpha())
    ):
        return Edge.LATIN
    return Edge.NONE


@cache
def _rules_at(lead: str, word: str, shape: Shape, edge: Edge, zero: bool) -> tuple[Rule, ...]:  # noqa: FBT001 - a key
    return tuple(rule for rule in _ORDER if rule.fits(lead, word, shape, edge, zero))


# ── The pass ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _scan(text: str, context: Context) -> tuple[list[Found], list[tuple[int, int]]]:
    founds: list[Found] = []
    numerals: list[tuple[int, int]] = []
    zones = reasons.zones(text)
    zone = 0
    floor = 0
    for m in _TRIGGERS.finditer(text):
        start, end = m.span()
        kind = m.lastgroup
        if kind == "numeral":
            numerals.append((start, end))
        while zone < len(zones) and zones[zone][1] <= start:
            zone += 1
        if zone < len(zones) and zones[zone][0] <= start:
            if kind == "numeral" and zones[zone][0] >= floor:
                founds.append(Found(zones[zone][0], zones[zone][1], _IDENTIFIER, rule=zones[zone][2]))
                floor = zones[zone][1]
                zone += 1
                continue
            if kind == "numeral" or start < zones[zone][1]:
                continue
        if start < floor:
            continue
        found = (
            _try_numeral(text, start, end, floor, context, founds[-1] if founds else None)
            if kind == "numeral"
            else _try_word(Trigger(kind or ""), text, start, end, floor, context)
        )
        for f in found:
            founds.append(f)
            floor = f.end
    return founds, numerals


_IDENTIFIER: Final = Reason(Role.IDENTIFIER)


def neighbours(text: str, start: int, end: int, floor: int, context: Context, previous: Found | None) -> Site:
    """The numeral at `start` with the words before and after it, each looked up once."""
    lead, lead_start = _lead(text, start, floor)
    word, word_end, word_kind = _word(text, end)
    shape = shape_of(text[start:end])
    return Site(
        text,
        start,
        end,
        shape,
        lead,
        lead_start,
        word,
        word_end,
        word_kind,
        _edge(text, start),
        floor,
        context,
        previous,
    )


def _try_numeral(text: str, start: int, end: int, floor: int, context: Context, previous: Found | None) -> list[Found]:
    site = neighbours(text, start, end, floor, context, previous)
    lead_start = site.lead_start
    pattern: re.Pattern[str] | None = None
    m: re.Match[str] | None = None
    for rule in _rules_at(site.lead_kind, site.word_kind, site.shape, site.edge, text[start] == "0"):
        if rule.pattern is not pattern:
            pattern = rule.pattern
            at = lead_start if rule.name in _FROM_LEAD else start
            m = pattern.match(text, at)
        if m is None:
            continue
        found = rule.resolve(m, site)
        if found is not None:
            return [_named(f, rule, floor) for f in found]
    return []


_FROM_LEAD: Final = frozenset(rule.name for rule in dates.ENGLISH_RULES)


def _try_word(trigger: Trigger, text: str, start: int, end: int, floor: int, context: Context) -> list[Found]:
    site = Site(text, start, end, Shape.OTHER, None, start, None, end, "-", Edge.NONE, floor, context)
    for rule in _OTHERS[trigger]:
        m = rule.pattern.match(text, start)
        if m is None:
            continue
        found = rule.resolve(m, site)
        if found is not None:
            return [_named(f, rule, floor) for f in found]
    return []


def _named(found: Found, rule: Rule, floor: int) -> Found:
    start = max(found.start, floor)
    return Found(start, found.end, found.value, found.confidence, found.basis, found.alternatives, rule.name)


# ── The whole ────────────────────────────────────────────────────────────────────────────────────────────────────────
def extract(body: str, published_on: date | None = None) -> Extraction:
    r"""Everything that one release states.

    Args:
        body: the decoded text, `\\r\\n` turned into `\\n`.
        published_on: the publication date where it is known from outside; the text's own header wins.

    Returns:
        Header, mentions (sorted, not overlapping) and ledger; spans are code points into `body`.
    """
    folded = fold(body)
    head = header.read(body, folded.text, published_on)
    founds, numerals = _scan(folded.text, Context(head.header.published_on, head.today))
    if head.yearless is not None:
        dated = [(f.start, f.end, f.value) for f in founds if isinstance(f.value, Period)]
        head = header.with_year(head, folded.text, dated)
        if head.header.published_on is not None:
            founds, numerals = _scan(folded.text, Context(head.header.published_on, head.today))
    paragraphs = _paragraph_starts(body)
    mentions = tuple(_mention(f, folded, body, paragraphs) for f in founds)
    ledger = tuple(
        _entry(span, owner, folded, body, paragraphs)
        for span, owner in zip(numerals, owners(numerals, founds), strict=True)
    )
    return Extraction(head.header, mentions, ledger)


def _paragraph_starts(body: str) -> list[int]:
    starts: list[int] = []
    position = 0
    for line in body.split("\n"):
        if line and not line.isspace():
            starts.append(position)
        position += len(line) + 1
    return starts


def _mention(found: Found, folded: Folded, body: str, paragraphs: list[int]) -> Mention:
    start, end = folded.origin(found.start), folded.origin_end(found.end)
    return Mention(
        start,
        end,
        body[start:end],
        found.rule,
        found.value,
        max(0, bisect_right(paragraphs, start) - 1),
        found.confidence,
        found.basis,
        found.alternatives,
    )


def _entry(span: tuple[int, int], owner: Found | None, folded: Folded, body: str, paragraphs: list[int]) -> LedgerEntry:
    start, end = folded.origin(span[0]), folded.origin_end(span[1])
    role = role_of(owner.value) if owner else Role.UNEXPLAINED
    rule = owner.rule if owner else None
    return LedgerEntry(start, end, body[start:end], role, rule, max(0, bisect_right(paragraphs, start) - 1))
