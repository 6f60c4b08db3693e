"""Words of a text, for search: Thai cut by dictionary, Latin in small letters, numbers in Western digits.

Thai writes no blanks between words, so a dictionary decides where they end: a search for ตาก finds neither ตากแดด nor
anything else that merely contains it. Vowels and tone marks are never touched: ป่า and ปา are two words. A name that the
dictionary doesn't know is cut into pieces, in a text as in a search, and is found as a phrase of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from typing import Final

from flows.extract.fold import fold

_DICTIONARY: Final = "klangkhao"
_THAI: Final = "\u0e01-\u0e3a\u0e40-\u0e4e"
# Thai runs, numbers (a comma between thousands belongs to them), and runs of letters of other scripts.
_WORD: Final = re.compile(rf"[{_THAI}]+|\d{{1,3}}(?:,\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_\u0e00-\u0e7f]+")
_TOKENS_KEPT: Final = 1 << 17  # a corpus of 12,615 releases has 91,000 different ones


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is looked up, and its code points in the text."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text in their order; marks and blanks are none."""
    folded = fold(text)
    found: list[tuple[str, int, int]] = []
    at = 0
    for token in _tokens(folded.text):
        found += [(_plain(m.group()), at + m.start(), at + m.end()) for m in _WORD.finditer(token)]
        at += len(token)
    spans = folded.origins([(start, end) for _, start, end in found])
    return [Word(word, start, end) for (word, _, _), (start, end) in zip(found, spans, strict=True)]


def places(text: str) -> dict[str, list[int]]:
    """By word its places in `words(text)`: what an index holds, at a fraction of the cost."""
    found: dict[str, list[int]] = {}
    at = 0
    for token in _tokens(fold(text).text):
        for word in _words_of(token):
            if word in found:
                found[word].append(at)
            else:
                found[word] = [at]
            at += 1
    return found


@lru_cache(_TOKENS_KEPT)
def _words_of(token: str) -> tuple[str, ...]:
    return tuple(map(_plain, _WORD.findall(token)))


def _plain(word: str) -> str:
    return word.replace(",", "")


def _tokens(folded: str) -> list[str]:
    """The text cut by dictionary, nothing left out, in small letters where they are as many."""
    small = folded.lower()
    if len(small) != len(folded):
        small = "".join(_small(letter) for letter in folded)
    return _segment()(small)


def _small(letter: str) -> str:
    small = letter.lower()
    return small if len(small) == 1 else letter


class _Segmenter:
    """PyThaiNLP's newmm in its Rust form, with PyThaiNLP's word list: the same boundaries five times as fast.

    Not in its safe mode, which loses letters of texts with many ambiguous boundaries; without, it is linear as well.
    """

    def __init__(self) -> None:
        from nlpo3 import load_dict

        with as_file(files("pythainlp.corpus").joinpath("words_th.txt")) as file:
            load_dict(str(file), _DICTIONARY)

    def __call__(self, text: str) -> list[str]:
        from nlpo3 import segment

        return segment(text, _DICTIONARY)


_segment = cache(_Segmenter)
