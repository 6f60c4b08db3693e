"""Places that a text names: provinces, cities, countries and regions of `seeds/places.csv`.

A name that means only its place counts wherever it stands. One that is also a word (เลย, ตาก, แพร่) or part of words
counts where its surroundings say so: a title before it (จังหวัดเลย) or a list that a certain place stands in. What makes
a name another one (ถนนเพชรบุรี, ภาษาจีน, กรุงเทพธุรกิจ) is in `seeds/place_contexts.csv`. Nothing else is a mention.

It runs on every text and no numeral leads it to its places, so the text is searched as an array: only where four letters
hash like the first four of a name is the name itself looked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

import seeds
from flows.extract.rule import Named
from flows.extract.vocabulary import FUNCTION_WORDS, alternation
from schemas.values import PlaceEvidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

_SHORTEST: Final = 3  # letters of the shortest name that is looked for
_HASHED: Final = 4  # letters that the search compares at once
_HASH_BITS: Final = 16
_FACTORS: Final = np.array([2654435761, 2246822519, 3266489917, 668265263], np.uint32)
_PADDING: Final = bytes(4 * (_HASHED - 1))

_LEADING_VOWELS: Final = frozenset("เแโใไั")  # the letter after one of these belongs to its syllable
_FOLLOWING: Final = frozenset("ะัาำิีึืฺุู็่้๊๋์ํ๎ๅ")  # a letter before one of these begins or ends another syllable
_SILENT: Final = "์"
_BLANKS: Final = " \t\u00a0"
_REACH: Final = 24  # letters that are read before a name, more than the longest title
_ENDS: Final = re.compile(rf"(?![ก-๙])|{alternation(FUNCTION_WORDS)}")
_LINK: Final = re.compile(
    rf"[{_BLANKS}]{{0,2}}(?:[-–—/,][{_BLANKS}]{{0,2}})?(?:และ|กับ|หรือ|รวมถึง|ตลอดจน)?[{_BLANKS}]{{0,2}}(?:จังหวัด|จ\.|ประเทศ)?[{_BLANKS}]?"
)
_STRONG_LINK: Final = re.compile(rf"[{_BLANKS}]?(?:[-–—/]|และ|กับ)[{_BLANKS}]?")
_LINK_REACH: Final = 24


RULES: Final = (
    Named("place.name", "place", "a name that means nothing else"),
    Named("place.title", "place", "a name behind its title: จังหวัด …"),
    Named("place.list", "place", "a name in a list that a certain place stands in"),
)


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A name of a place in a text: code-point span into the body, end exclusive, and why it counts."""

    start: int
    end: int
    surface: str
    place_code: str
    evidence: PlaceEvidence

    @property
    def rule(self) -> str:
        return f"place.{self.evidence}"


@dataclass(frozen=True, slots=True)
class _Name:
    """What a name means; `family` is what stands in lists together and bears the same titles."""

    code: str
    family: str
    ambiguous: bool


@dataclass(slots=True)
class _Hit:
    start: int
    end: int
    name: _Name
    evidence: PlaceEvidence | None


def mentions(body: str) -> list[PlaceMention]:
    """The places that a text names, from left to right, without overlaps.

    Args:
        body: the text; spans count its code points.
    """
    hits = list(_hits(body))
    _settle_lists(body, hits)
    return [
        PlaceMention(hit.start, hit.end, body[hit.start : hit.end], hit.name.code, hit.evidence)
        for hit in hits
        if hit.evidence is not None
    ]


def of_dateline(text: str) -> str | None:
    """The code of the place that a dateline names; None where the seeds list none like it.

    The dateline itself is the evidence, so ambiguous and English names count.

    Args:
        text: what stands before the date: `กรุงเทพฯ`, `Shenzhen, China`.
    """
    for part in (text, *text.split(",")):
        word = part.strip()
        code = _codes_by_word().get(word.casefold())
        if code is not None:
            return code
        found = mentions(word)
        if found:
            return found[0].place_code
    return None


def _hits(body: str) -> Iterator[_Hit]:
    """Names that stand as words, with the evidence that their nearest surroundings give; None where it takes more."""
    names, pattern = _names(), _pattern()
    done = 0
    for place in _candidates(body):
        if place < done or (found := pattern.match(body, place)) is None:
            continue
        start, end = found.span()
        done = end
        name = names.get(found.group())
        if name is None or not _is_word(body, start, end):
            continue
        kind, gap = _before(body, start, name.family)
        if kind != "other":
            yield _Hit(start, end, name, _evidence(body, end, name, kind, gap))


def _candidates(body: str) -> list[int]:
    threes, fours = _hashes(body)
    known_threes, known_fours = _known_hashes()
    places: list[int] = np.flatnonzero(known_threes[threes] | known_fours[fours]).tolist()
    return places


def _hashes(text: str) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """For each letter a hash of the three and of the four letters from it on."""
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass") + _PADDING, np.uint32)
    threes = letters[:-3] * _FACTORS[0] + letters[1:-2] * _FACTORS[1] + letters[2:-1] * _FACTORS[2]
    fours = threes + letters[3:] * _FACTORS[3]
    return threes >> (32 - _HASH_BITS), fours >> (32 - _HASH_BITS)


def _is_word(body: str, start: int, end: int) -> bool:
    """Whether the letters around a name leave it a word of its own, as far as spelling shows."""
    before, after = body[start - 1 : start], body[end : end + 1]
    if body[start].isascii():
        return not _is_latin(before) and not _is_latin(after)
    if before in _LEADING_VOWELS and body[start] not in _LEADING_VOWELS:
        return False
    return after not in _FOLLOWING and body[end + 1 : end + 2] != _SILENT


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def _is_thai(letter: str) -> bool:
    return "ก" <= letter <= "๙"


def _before(body: str, start: int, family: str) -> tuple[str | None, int]:
    """Whether the longest known word before a name is a title or makes it another name, and the blanks between."""
    pattern, kinds = _words_before(family)
    found = pattern.match(body[max(0, start - _REACH) : start][::-1])
    if found is None:
        return None, 0
    word, gap = found[1], found.start(1)
    kind = kinds[word]
    # ถนน makes a name of what follows at once; only abbreviations may stand apart from it.
    return (None, 0) if kind == "other" and gap and not word.startswith(".") else (kind, gap)


def _evidence(body: str, end: int, name: _Name, kind: str | None, gap: int) -> PlaceEvidence | None:
    if kind is None:
        return None if name.ambiguous else PlaceEvidence.NAME
    # After a blank a word may begin that only looks like the name: ทั้งจังหวัด เลยต้อง
    if name.ambiguous and gap and _is_thai(body[end : end + 1]):
        return None
    return PlaceEvidence.TITLE


def _settle_lists(body: str, hits: list[_Hit]) -> None:
    """Names beside a certain place of their family, as its list goes on: จังหวัดตาก น่าน และแพร่; ไทย-จีน."""
    for before, hit in pairwise(hits):
        if hit.evidence is None and _may_follow(body, before, hit):
            hit.evidence = PlaceEvidence.LIST
    for after, hit in pairwise(reversed(hits)):
        if hit.evidence is None and _may_precede(body, hit, after):
            hit.evidence = PlaceEvidence.LIST


def _may_follow(body: str, before: _Hit, hit: _Hit) -> bool:
    return (
        _are_listed(before, hit)
        and _LINK.fullmatch(body, before.end, hit.start) is not None
        and _ENDS.match(body, hit.end) is not None
    )


def _may_precede(body: str, hit: _Hit, after: _Hit) -> bool:
    if not _are_listed(after, hit):
        return False
    if hit.name.family == "country":
        return _STRONG_LINK.fullmatch(body, hit.end, after.start) is not None
    return not _is_thai(body[hit.start - 1 : hit.start]) and _LINK.fullmatch(body, hit.end, after.start) is not None


def _are_listed(certain: _Hit, hit: _Hit) -> bool:
    return (
        certain.evidence is not None
        and certain.name.family == hit.name.family
        and 0 < abs(hit.start - certain.start) <= _LINK_REACH + certain.end - certain.start + hit.end - hit.start
    )


@cache
def _names() -> dict[str, _Name]:
    """Every name that is looked for, in the spellings that fold to it."""
    names: dict[str, _Name] = {}
    for row in seeds.rows("places"):
        family = _family(row["kind"], row["place_code"])
        ambiguous = frozenset(row["ambiguous"].split(";"))
        known = _written(row["name_th"], row["variants"])
        for surface in known:
            if len(surface) < _SHORTEST or (family == "region" and surface in ambiguous):
                continue
            titles = [title for title in _titles(family) if surface.startswith(title)]
            if any(surface.removeprefix(title) in known for title in titles):
                continue  # กรุงปักกิ่ง is ปักกิ่ง with its title
            for spelling in _spellings(surface):
                names[spelling] = _Name(row["place_code"], family, surface in ambiguous)
    return names


def _written(name: str, variants: str) -> list[str]:
    return [name, *filter(None, variants.split(";"))]


def _spellings(surface: str) -> Iterator[str]:
    """A name as written and in the decomposed spellings that look the same: กําแพงเพชร, เเพร่."""
    yield surface
    for composed, decomposed in (("ำ", "\u0e4d\u0e32"), ("แ", "เเ")):
        if composed in surface:
            yield surface.replace(composed, decomposed)


def _family(kind: str, code: str) -> str:
    return code[:2] if kind == "province" else kind


@cache
def _longer() -> frozenset[str]:
    return frozenset(row["surface"] for row in seeds.rows("place_contexts") if row["kind"] == "longer")


@cache
def _titles(family: str) -> tuple[str, ...]:
    return tuple(_context("title", family))


@cache
def _words_before(family: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """Titles and words that make another name, as they are met when reading backwards, and which they are."""
    kinds = {word[::-1]: kind for kind in ("other", "title") for word in _context(kind, family)}
    return re.compile(rf"[{_BLANKS}]?({alternation(kinds)})"), kinds


def _context(kind: str, family: str) -> Iterator[str]:
    for row in seeds.rows("place_contexts"):
        if row["kind"] == kind and (not row["places"] or family in row["places"].split(";")):
            yield row["surface"]


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(alternation({*_names(), *_longer()}))


@cache
def _known_hashes() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    words = {*_names(), *_longer()}
    threes = _table(_hashes(word)[0][0] for word in words if len(word) < _HASHED)
    fours = _table(_hashes(word)[1][0] for word in words if len(word) >= _HASHED)
    return threes, fours


def _table(hashes: Iterable[np.uint32]) -> NDArray[np.bool_]:
    table = np.zeros(1 << _HASH_BITS, np.bool_)
    table[list(hashes)] = True
    return table


@cache
def _codes_by_word() -> dict[str, str]:
    """Thai and English names of all places, folded; where two places share one, the first of the seed."""
    codes: dict[str, str] = {}
    for row in seeds.rows("places"):
        for word in (row["name_en"], *_written(row["name_th"], row["variants"])):
            codes.setdefault(word.casefold(), row["place_code"])
    return codes
