"""Entry of the extraction: a text in, its header, mentions and numeral ledger out.

One pass finds every trigger; at each, the words before and after are looked up once and pick the rules to try.
Triggers are taken from left to right and rules in the order of `precedence`: the first that yields a value takes its span,
and nothing else may start inside it. That is the only place where overlaps are settled.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from datetime import date
from functools import cache
from typing import Final

from flows.extract import (
    counts,
    dates,
    header,
    identifiers,
    lists,
    markers,
    measures,
    money,
    months,
    names,
    ordinals,
    others,
    phones,
    quarters,
    relative,
    spelled,
    tables,
    times,
    triggers,
    years,
    zones,
)
from flows.extract.consistency import pairs
from flows.extract.fold import Folded, fold
from flows.extract.ledger import owners, role_of
from flows.extract.neighbours import alone, neighbours
from flows.extract.precedence import in_order
from flows.extract.rule import Context, Edge, Found, Rule, Shape, Site, Trigger
from schemas.records import Extraction, LedgerEntry, Mention
from schemas.values import Period, Reason, Role

EXTRACTOR_VERSION: Final = "2"

_MODULES: Final = (
    phones,
    identifiers,
    markers,
    dates,
    months,
    quarters,
    years,
    relative,
    times,
    ordinals,
    names,
    others,
    tables,
    money,
    measures,
    counts,
    spelled,
    lists,
    zones,
)
_RULES: Final = in_order(rule for module in _MODULES for rule in module.RULES)
_BY_TRIGGER: Final = {trigger: tuple(rule for rule in _RULES if rule.trigger is trigger) for trigger in Trigger}


def rules() -> tuple[Rule, ...]:
    """All rules, in the order of precedence: what `dim_rule` holds."""
    return _RULES


@cache
def _rules_at(lead: str, word: str, shape: Shape, edge: Edge, zero: bool) -> tuple[Rule, ...]:  # noqa: FBT001 - a key
    return tuple(rule for rule in _BY_TRIGGER[Trigger.NUMERAL] if rule.fits(lead, word, shape, edge, zero))


# ── The pass ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _scan(text: str, numerals: list[tuple[int, int]], context: Context) -> list[Found]:
    founds: list[Found] = []
    mirror = text[::-1]
    inside = iter(zones.zones(text))
    zone = next(inside, _NO_ZONE)
    floor = 0
    for start, end, kind in sorted([*((s, e, Trigger.NUMERAL) for s, e in numerals), *triggers.words(text)]):
        while zone[1] <= start:
            zone = next(inside, _NO_ZONE)
        if zone[0] <= start:
            if kind is Trigger.NUMERAL and zone[0] >= floor:
                founds.append(Found(zone[0], zone[1], _IDENTIFIER, rule=zone[2]))
                floor = zone[1]
                zone = next(inside, _NO_ZONE)
            continue
        if start < floor:
            continue
        if kind is Trigger.NUMERAL:
            site = neighbours(text, mirror, start, end, floor, context, founds[-1] if founds else None)
            found = _try(_rules_at(site.lead_kind, site.word_kind, site.shape, site.edge, text[start] == "0"), site)
        else:
            found = _try(_BY_TRIGGER[kind], alone(text, mirror, start, end, floor, context))
        for f in found:
            founds.append(f)
            floor = f.end
    return founds


def _try(candidates: tuple[Rule, ...], site: Site) -> list[Found]:
    """What the first rule finds that finds anything. Neighbouring rules may share a pattern, which matches once."""
    pattern: re.Pattern[str] | None = None
    m: re.Match[str] | None = None
    for rule in candidates:
        if rule.pattern is not pattern:
            pattern = rule.pattern
            m = pattern.match(site.text, site.lead_start if rule.from_lead else site.start)
        if m is None:
            continue
        found = rule.resolve(m, site)
        if found is not None:
            return [_named(f, rule.name, site.floor) for f in found]
    return []


_IDENTIFIER: Final = Reason(Role.IDENTIFIER)
_NO_ZONE: Final = (sys.maxsize, sys.maxsize, "")


def _named(found: Found, rule: str, floor: int) -> Found:
    start, end, value, confidence, basis, alternatives, _ = found
    return Found._make((max(start, floor), end, value, confidence, basis, alternatives, rule))  # twice as fast as Found


# ── The whole ────────────────────────────────────────────────────────────────────────────────────────────────────────
def extract(body: str, published_on: date | None = None, *, corrected: date | None = None) -> Extraction:
    r"""Everything that one release states.

    Args:
        body: the decoded text, `\\r\\n` turned into `\\n`.
        published_on: the publication date where it is known from outside; the text's own header wins.
        corrected: the publication date that a person has decided on, whatever the text says.

    Returns:
        Header, mentions (sorted, not overlapping), ledger, and what the text says twice; spans are code points into
        `body`.
    """
    folded = fold(body)
    head = header.read(body, folded.text, published_on)
    if corrected is not None:
        head = header.with_date(head, corrected)
    numerals = triggers.numerals(folded.text)
    founds = _scan(folded.text, numerals, Context(head.header.published_on, head.today))
    if head.yearless is not None:
        dated = [(f.start, f.end, f.value) for f in founds if isinstance(f.value, Period)]
        head = header.with_year(head, folded.text, dated)
        if head.header.published_on is not None:
            founds = _scan(folded.text, numerals, Context(head.header.published_on, head.today))
    paragraphs = _paragraph_starts(body)
    mentions = _mentions(founds, folded, body, paragraphs)
    ledger = _ledger(numerals, founds, folded, body, paragraphs)
    return Extraction(head.header, mentions, ledger, pairs(body, mentions, head.header))


def _paragraph_starts(body: str) -> list[int]:
    """Where each line that is not blank begins; what stands before the first belongs to it."""
    starts: list[int] = []
    position = 0
    for line in body.split("\n"):
        if line and not line.isspace():
            starts.append(position)
        position += len(line) + 1
    return [0, *starts[1:]]


def _mentions(founds: list[Found], folded: Folded, body: str, paragraphs: list[int]) -> tuple[Mention, ...]:
    spans = folded.origins([(f.start, f.end) for f in founds])
    return tuple(
        Mention(
            start,
            end,
            body[start:end],
            f.rule,
            f.value,
            bisect_right(paragraphs, start) - 1,
            f.confidence,
            f.basis,
            f.alternatives,
        )
        for f, (start, end) in zip(founds, spans, strict=True)
    )


def _ledger(
    numerals: list[tuple[int, int]], founds: list[Found], folded: Folded, body: str, paragraphs: list[int]
) -> tuple[LedgerEntry, ...]:
    return tuple(
        LedgerEntry(
            start,
            end,
            body[start:end],
            role_of(owner.value) if owner else Role.UNEXPLAINED,
            owner.rule if owner else None,
            bisect_right(paragraphs, start) - 1,
        )
        for (start, end), owner in zip(folded.origins(numerals), owners(numerals, founds), strict=True)
    )
