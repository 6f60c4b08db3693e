"""Triggers: the places of a text where rules are tried. One search for numerals, one for the words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flows.extract.numerals import NUMERAL, PLACE_WORD
from flows.extract.quarters import PART_FORMS
from flows.extract.relative import RELATIVE_WORDS
from flows.extract.rule import Trigger
from flows.extract.vocabulary import THAI_MONTHS, alternation

_NUMERALS: Final = re.compile(NUMERAL)


@dataclass(frozen=True, slots=True)
class _Form:
    """A word that may begin a number; `before` is looked up behind its first letter, `after` behind its last."""

    word: str
    before: str = ""
    after: str = ""

    def tail(self) -> str:
        return self.before + self.word[1:] + self.after


_FREQUENT: Final = "รกมอเยวลสตคปหพแไ"  # the letters that words of triggers begin with, the most frequent first
_NOT_IN_SYLLABLE: Final = "(?<![เแโใไ].)"
_AT_WORD_START: Final = r"(?:(?<=[ \t\n(\"“].)|(?<=กว่า.))"
_NUMBER_FORMS: Final = (
    *(_Form(w, _NOT_IN_SYLLABLE) for w in ("สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า", "ยี่สิบ")),
    _Form("หนึ่ง", _NOT_IN_SYLLABLE, f"(?={PLACE_WORD})"),
    _Form("สิบ"),
    _Form("ครึ่ง", after="(?=ล้าน|แสน|หมื่น|พัน)"),
    *(_Form(w, after="(?=ล้าน)") for w in ("ร้อย", "พัน", "หมื่น", "แสน")),
    *(_Form(w, _AT_WORD_START) for w in ("ร้อย", "พัน", "หมื่น", "แสน", "ล้าน")),
)


def _by_letter(words: Iterable[str]) -> dict[str, str]:
    """A pattern for the rest of the words that begin with each letter."""
    tails: dict[str, list[str]] = {}
    for word in words:
        tails.setdefault(word[0], []).append(word[1:])
    return {letter: alternation(rests) for letter, rests in tails.items()}


def _numbers_by_letter() -> dict[str, str]:
    tails: dict[str, list[str]] = {}
    for form in _NUMBER_FORMS:
        tails.setdefault(form.word[0], []).append(form.tail())
    return {letter: "|".join(rests) for letter, rests in tails.items()}


def _compiled(parts: Iterable[tuple[Trigger, Mapping[str, str]]]) -> tuple[re.Pattern[str], tuple[Trigger, ...]]:
    """One pattern, and the kind of trigger of each of its groups.

    Each branch begins with a plain letter: only so does `re` skip from one such letter to the next.
    """
    branches: dict[str, list[tuple[Trigger, str]]] = {letter: [] for letter in _FREQUENT}
    for kind, by_letter in parts:
        for letter, rest in by_letter.items():
            branches.setdefault(letter, []).append((kind, rest))
    pattern = "|".join(
        letter + "(?:" + "|".join(f"({r})" for _, r in rests) + ")" for letter, rests in branches.items()
    )
    return re.compile(pattern), tuple(kind for rests in branches.values() for kind, _ in rests)


_WORDS, _KINDS = _compiled(
    (
        (Trigger.RELATIVE, PART_FORMS),
        (Trigger.RELATIVE, _by_letter(RELATIVE_WORDS)),
        (Trigger.MONTH, _by_letter(w for w in THAI_MONTHS if len(w) > 2)),
        (Trigger.NUMBER_WORD, _numbers_by_letter()),
    )
)


def numerals(text: str) -> list[tuple[int, int]]:
    """The spans of all numerals, in order."""
    return [m.span() for m in _NUMERALS.finditer(text)]


def words(text: str) -> list[tuple[int, int, Trigger]]:
    """The spans of all months, number words and relative words, in order; none overlaps a numeral."""
    return [(m.start(), m.end(), _KINDS[(m.lastindex or 1) - 1]) for m in _WORDS.finditer(text)]
