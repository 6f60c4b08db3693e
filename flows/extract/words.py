"""Words of a text, for search: Thai cut by dictionary, Latin in small letters, numbers in Western digits.

Thai writes no blanks between words, so a dictionary decides where they end: a search for ตาก finds neither ตากแดด nor
anything else that merely contains it. Vowels and tone marks are never touched: ป่า and ปา are two words. A name that the
dictionary doesn't know is cut into pieces, in a text as in a search, and is found as a phrase of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib.resources import as_file, files
from itertools import chain
from typing import TYPE_CHECKING, Final

from flows.extract.fold import fold

if TYPE_CHECKING:
    from collections.abc import Callable

_DICTIONARY: Final = "klangkhao"
_THAI: Final = "\u0e01-\u0e3a\u0e40-\u0e4e"
# What is cut on its own: Thai up to the next blank (full stops belong to abbreviations), numbers (a comma between
# thousands belongs to them), letters of other scripts.
_RUN: Final = re.compile(
    rf"[{_THAI}]+(?:\.[{_THAI}]+)*\.?|\d{{1,3}}(?:,\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_\u0e00-\u0e7f]+"
)
_RUNS_KEPT: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is looked up, and its code points in the text."""

    text: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text in their order; marks and blanks are none."""
    folded = fold(text)
    small = _small(folded.text)
    found: list[tuple[str, int, int]] = []
    for run in _RUN.finditer(small):
        end = run.start()
        for word in _words_of(run.group()):
            start = small.index(word[0], end)  # past full stops
            end = run.end() if run.group()[0].isdigit() else start + len(word)
            found.append((word, start, end))
    spans = folded.origins([(start, end) for _, start, end in found])
    return [Word(word, start, end) for (word, _, _), (start, end) in zip(found, spans, strict=True)]


def places(text: str) -> dict[str, list[int]]:
    """By word its places in `words(text)`: what an index holds, at a fraction of the cost."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    runs = _RUN.findall(_small(fold(text).text))
    for at, word in enumerate(chain.from_iterable(map(_words_of, runs))):
        found[word].append(at)
    return found


@lru_cache(_RUNS_KEPT)
def _words_of(run: str) -> tuple[str, ...]:
    """The words of a run: letters between the full stops and the boundaries that the dictionary finds."""
    if not "\u0e01" <= run[0] <= "\u0e4e":
        return (run.replace(",", ""),)
    return tuple(word for token in _cut()(run) for word in token.split(".") if word)


def _small(text: str) -> str:
    """The text in small letters, where each is one letter as well."""
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


@cache
def _cut() -> Callable[[str], list[str]]:
    """PyThaiNLP's newmm in its Rust form, with PyThaiNLP's word list: the same boundaries five times as fast.

    Not in its safe mode, which loses letters of texts with many ambiguous boundaries; without, it is linear as well.
    """
    from nlpo3 import load_dict, segment

    with as_file(files("pythainlp.corpus").joinpath("words_th.txt")) as file:
        load_dict(str(file), _DICTIONARY)
    return partial(segment, dict_name=_DICTIONARY)
