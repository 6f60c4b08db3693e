"""Triggers: the places of a text where rules are tried. One search for numerals, one for the words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
    """A word to look for, or several that differ behind the letter at which they are looked for."""

    kind: Trigger
    word: str
    before: str = ""  # looked up in front of the word; `{}` stands for what is read of it by then
    after: str = ""  # a pattern behind it
    at: int = 0  # the letter at which it is looked for


# `re` skips to the next letter of a set at once and tries words only there, so the fewer and the rarer these letters
# are the better: words that begin with a frequent one are looked for at a later letter that others need as well.
_FREQUENT: Final = "กมเ้วสตคปหพแไ"  # the letters, the most frequent first
_NOT_IN_SYLLABLE: Final = "(?<![เแโใไ]{})"
_AT_WORD_START: Final = '(?:(?<=[ \\t\\n("“]{0})|(?<=กว่า{0}))'
_LATER: Final = {"ร้อย": 1, "ล้าน": 1, "ยี่สิบ": 3, "อาทิตย์": 4}


def _forms(kind: Trigger, words: Iterable[str], before: str = "", after: str = "") -> Iterator[_Form]:
    for word in words:
        at = next((place for start, place in _LATER.items() if word.startswith(start)), 0)
        yield _Form(kind, word, before, after, at)


_NUMBER_WORDS: Final = ("สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า", "ยี่สิบ")
_FORMS: Final = (
    *(_Form(Trigger.RELATIVE, head, after=tail) for head, tail in PART_FORMS.items()),
    *_forms(Trigger.RELATIVE, RELATIVE_WORDS),
    *_forms(Trigger.MONTH, (word for word in THAI_MONTHS if len(word) > 2)),
    *_forms(Trigger.NUMBER_WORD, _NUMBER_WORDS, _NOT_IN_SYLLABLE),
    *_forms(Trigger.NUMBER_WORD, ["หนึ่ง"], _NOT_IN_SYLLABLE, f"(?={PLACE_WORD})"),
    *_forms(Trigger.NUMBER_WORD, ["สิบ"]),
    *_forms(Trigger.NUMBER_WORD, ["ครึ่ง"], after="(?=ล้าน|แสน|หมื่น|พัน)"),
    *_forms(Trigger.NUMBER_WORD, ["ร้อย", "พัน", "หมื่น", "แสน"], after="(?=ล้าน)"),
    *_forms(Trigger.NUMBER_WORD, ["ร้อย", "พัน", "หมื่น", "แสน", "ล้าน"], _AT_WORD_START),
)


def _compiled(forms: Iterable[_Form]) -> tuple[re.Pattern[str], tuple[tuple[Trigger, int], ...]]:
    """One pattern, and of each of its groups the kind of trigger and how many of its letters stand before the match."""
    by_letter: dict[str, dict[tuple[Trigger, str, str, str], list[str]]] = {letter: {} for letter in _FREQUENT}
    for form in forms:
        end = form.at + 1 + (form.at > 0)  # a plain letter more comes before what is looked up behind it
        key = (form.kind, form.word[:end], form.before, form.after)
        by_letter.setdefault(form.word[form.at], {}).setdefault(key, []).append(form.word[end:])
    branches, groups = [], []
    for letter, of_letter in by_letter.items():
        rests = []
        for (kind, read, before, after), tails in of_letter.items():
            behind = f"{re.escape(read[-1])}(?<={re.escape(read)})" if len(read) > 1 else ""
            rests.append(f"({behind}{before.format(read)}{alternation(tails)}{after})")
            groups.append((kind, max(len(read) - 2, 0)))
        branches.append(f"{letter}(?:{'|'.join(rests)})")
    return re.compile("|".join(branches)), tuple(groups)


_WORDS, _GROUPS = _compiled(_FORMS)


def numerals(text: str) -> list[tuple[int, int]]:
    """The spans of all numerals, in order."""
    return [m.span() for m in _NUMERALS.finditer(text)]


def words(text: str) -> list[tuple[int, int, Trigger]]:
    """The spans of all months, number words and relative words, in order; none overlaps a numeral."""
    found: list[tuple[int, int, Trigger]] = []
    for m in _WORDS.finditer(text):
        kind, before = _GROUPS[(m.lastindex or 1) - 1]
        found.append((m.start() - before, m.end(), kind))
    return found
