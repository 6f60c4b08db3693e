"""Named reasons why a numeral is no fact: what their rules share. Each rule needs evidence in the context.

The rules stand by role: `markers`, `times`, `ordinals`, `identifiers`, `phones`, `names`, `others`, `tables`, `zones`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from flows.extract.numerals import NUMERAL
from flows.extract.rule import Found, Production, Shape, Site
from flows.extract.vocabulary import BOUNDARY, FUNCTION_WORDS, alternation, ends, words_after
from schemas.values import Reason, Role

_UNITS: Final = [w for w, x in words_after().items() if x.kind not in ("blocked", "clock", "between")]
_ENDS: Final = rf"(?![ก-๎])|{alternation(FUNCTION_WORDS)}"
# A word that makes the number before it a quantity; one that other words begin with has to end there.
_QUANTITY_WORD: Final = (
    rf"(?:{alternation(w for w in _UNITS if w not in BOUNDARY)}"
    rf"|(?:{alternation(w for w in _UNITS if w in BOUNDARY and w != 'ที่')})(?:{_ENDS})|ที่(?![ก-๎]))"
)
JOINED: Final = r"(?:[ \t]?-[ \t]?|[ \t]?/[ \t]?)"
LISTED: Final = r"(?:[ \t]{0,2},[ \t]{0,2}(?:และ[ \t]?)?|[ \t]{0,2}(?:และ|หรือ|ถึง|กับ|&)[ \t]{0,2}(?:ที่[ \t]?)?|[ \t]{1,2}(?=[0-9]+[ \t]+(?:และ|[0-9]+[ \t])))"
SERIES: Final = re.compile(
    rf"{NUMERAL}(?:{JOINED}{NUMERAL}){{0,9}}(?:{LISTED}{NUMERAL}(?![0-9]|[.,:/][0-9])(?![ \t]{{0,2}}{_QUANTITY_WORD})(?:{JOINED}{NUMERAL}){{0,9}}){{0,40}}"
)
NUMERAL_ALONE: Final = re.compile(NUMERAL)
_CONTINUES: Final = re.compile(
    r"[ \t]{0,2}(?:\(\d{1,2}\)|\([ก-๎ ]{1,30}\)|[ก-ฮ])?[ \t]{0,2}(?:,|และ|หรือ|กับ|ถึง|&|,[ ]?และ|/|-)[ \t]{0,2}(?:ที่[ ]?)?"
)
_LEGAL_WORDS: Final = frozenset(["หมวด", "ข้อ", "วรรค", "มาตรา", "ส่วน", "บท", "เขต", "กลุ่ม", "ภาค", "ระยะ", "แขวง"])


def just(role: Role) -> Production:
    """Whatever the pattern matched."""
    reason = Reason(role)

    def resolve(m: re.Match[str], _site: Site) -> Iterable[Found] | None:
        return [Found(m.start(), m.end(), reason)]

    return resolve


def if_left(pattern: re.Pattern[str], role: Role, width: int = 90) -> Production:
    """What the rule matched where `pattern` is found in the `width` characters left of it."""
    reason = Reason(role)

    def resolve(m: re.Match[str], site: Site) -> Iterable[Found] | None:
        left = site.text[max(0, m.start() - width) : m.start()]
        return [Found(m.start(), m.end(), reason)] if pattern.search(left) else None

    return resolve


def by_lead(role: Role) -> Production:
    """The match with the word before it, where that word alone is evidence enough."""
    reason = Reason(role)

    def resolve(m: re.Match[str], site: Site) -> Iterable[Found] | None:
        if site.lead is None or not site.lead.strong or _is_title(site):
            return None
        return [Found(site.lead_start, m.end(), reason)]

    return resolve


def by_soft_lead(role: Role) -> Production:
    """The match with the word before it; for rules that come after those that would take a unit."""
    reason = Reason(role)

    def resolve(m: re.Match[str], site: Site) -> Iterable[Found] | None:
        return [Found(site.lead_start, m.end(), reason)] if site.lead is not None and not _is_title(site) else None

    return resolve


def chain(role: Role) -> Production:
    """The match with the word before it, where the word after has a number of its own: หมวด 2 ข้อ 8."""
    reason = Reason(role)

    def resolve(m: re.Match[str], site: Site) -> Iterable[Found] | None:
        lead, word = site.lead, site.word
        if lead is None or word is None or not site.text[site.word_end : site.word_end + 2].strip()[:1].isdigit():
            return None
        if word.surface != lead.surface and word.surface not in _LEGAL_WORDS:
            return None
        return [Found(site.lead_start, m.end(), reason)]

    return resolve


def continued(role: Role) -> Production:
    """A further member of the series that the mention before began: มาตรา 45 (1) และ 46."""
    reason = Reason(role)

    def resolve(m: re.Match[str], site: Site) -> Iterable[Found] | None:
        previous = site.previous
        if (
            previous is None
            or previous.value != reason
            or not _CONTINUES.fullmatch(site.text, previous.end, site.start)
        ):
            return None
        return [Found(m.start(), m.end(), reason)] if ends("", site.text, m.end()) else None

    return resolve


def _is_title(site: Site) -> bool:
    """A year after a Latin word ends a title: International Volunteer Day 2020."""
    return site.shape is Shape.YEAR and site.lead is not None and site.lead.surface.isascii()
