"""Triggers: the places of a text where rules are tried. One search for numerals, one for the words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from flows.extract.numerals import NUMERAL, PLACE_WORD
from flows.extract.quarters import PART_FORMS
from flows.extract.relative import RELATIVE_WORDS
from flows.extract.rule import Trigger
from flows.extract.vocabulary import THAI_MONTHS, alternation

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NUMERALS: Final = re.compile(NUMERAL)


@dataclass(frozen=True, slots=True)
class _Form:
    """A word that is looked for; `before` is looked up in front of it, `after` behind it."""

    kind: Trigger
    word: str
    before: str = ""
    after: str = ""


_NOT_IN_SYLLABLE: Final = "(?<![เแโใไ])"
_AT_WORD_START: Final = '(?:(?<=[ \\t\\n(“"])|(?<=กว่า))'
_NUMBER_WORDS: Final = ("สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า", "ยี่สิบ")
_FORMS: Final = (
    *(_Form(Trigger.RELATIVE, head, after=tail) for head, tail in PART_FORMS.items()),
    *(_Form(Trigger.RELATIVE, word) for word in RELATIVE_WORDS),
    *(_Form(Trigger.MONTH, word) for word in THAI_MONTHS if len(word) > 2),
    *(_Form(Trigger.NUMBER_WORD, word, _NOT_IN_SYLLABLE) for word in _NUMBER_WORDS),
    _Form(Trigger.NUMBER_WORD, "หนึ่ง", _NOT_IN_SYLLABLE, f"(?={PLACE_WORD})"),
    _Form(Trigger.NUMBER_WORD, "สิบ"),
    _Form(Trigger.NUMBER_WORD, "ครึ่ง", after="(?=ล้าน|แสน|หมื่น|พัน)"),
    *(_Form(Trigger.NUMBER_WORD, word, after="(?=ล้าน)") for word in ("ร้อย", "พัน", "หมื่น", "แสน")),
    *(_Form(Trigger.NUMBER_WORD, word, _AT_WORD_START) for word in ("ร้อย", "พัน", "หมื่น", "แสน", "ล้าน")),
)


def _compiled(forms: Iterable[_Form]) -> tuple[re.Pattern[str], tuple[Trigger, ...]]:
    """One pattern for all words, and the kind of trigger of each of its groups."""
    alike: dict[tuple[Trigger, str, str], list[str]] = {}
    for form in forms:
        alike.setdefault((form.kind, form.before, form.after), []).append(form.word)
    groups = [f"({before}(?:{alternation(words)}){after})" for (_, before, after), words in alike.items()]
    return re.compile("|".join(groups)), tuple(kind for kind, _, _ in alike)


_WORDS, _KINDS = _compiled(_FORMS)

# No numeral leads to these words, and `re` tries one at every second letter of a Thai text. So the text is searched as
# an array: only where three letters are, in their lowest seven bits, the first three of a word is the word looked for.
_BITS: Final = 7
_MASK: Final = np.uint32((1 << _BITS) - 1)
_LETTERS: Final = 3
_PADDING: Final = "\0" * (_LETTERS - 1)


def _first_letters(forms: Iterable[_Form]) -> NDArray[np.bool_]:
    """By the lowest bits of three letters whether a word may begin with them; of two letters any third will do."""
    found = np.zeros((1 << _BITS,) * _LETTERS, np.bool_)
    for form in forms:
        found[tuple(ord(letter) % (1 << _BITS) for letter in form.word[:_LETTERS])] = True
    return found.reshape(-1)


_MAY_BEGIN: Final = _first_letters(_FORMS)


def numerals(text: str) -> list[tuple[int, int]]:
    """The spans of all numerals, in order."""
    return [m.span() for m in _NUMERALS.finditer(text)]


def words(text: str) -> list[tuple[int, int, Trigger]]:
    """The spans of all months, number words and relative words, in order; none overlaps a numeral or another."""
    letters = np.frombuffer((text + _PADDING).encode("utf-32-le", "surrogatepass"), "<u4") & _MASK
    first, second, third = letters[:-2], letters[1:-1], letters[2:]
    found: list[tuple[int, int, Trigger]] = []
    floor = 0
    for start in np.flatnonzero(_MAY_BEGIN[(first << 2 * _BITS) | (second << _BITS) | third]).tolist():
        if start < floor:
            continue
        m = _WORDS.match(text, start)
        if m is not None:
            floor = m.end()
            found.append((start, floor, _KINDS[(m.lastindex or 1) - 1]))
    return found
