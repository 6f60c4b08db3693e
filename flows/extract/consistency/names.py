"""A count and what it names: numbered items, known places, or names that commas or blanks part."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

import seeds
from flows.extract.consistency.links import BLANKS, CONSISTS, DIVIDES, NAMES, B
from flows.extract.consistency.reader import Outcome, Reader, compared, pair, same_kind, unknown
from schemas.records import Mention, Pair
from schemas.values import Count, PairKind, PairVerdict

_MOST_ITEMS: Final = 99
_MARKER_REACH: Final = 3000  # code points in which the next marker of a list is looked for
_LIST_REACH: Final = 12_000  # code points that a whole list may take
_NAMES_REACH: Final = 900
_ITEM_REACH: Final = 300
_ITEM_GAP: Final = 90
_FIRST_MARKER: Final = re.compile(
    rf"(?:{B}|[\n:–-]){{0,8}}(?:(?P<open>\(?)(?P<one>[1๑])(?P<close>\)|\.(?!\d))|(?P<label>[ก-๎]{{1,12}}?ที่|ข้อ){B}?(?P<nth>[1๑])(?![\d.,]))"
)
_LISTS_AGAIN: Final = re.compile(rf"จำนวน|{NAMES}|{CONSISTS}|{DIVIDES}")
_LAST_AND: Final = re.compile(rf"(?:{B}|,|/)+(?:และ|กับ|and ){B}*|(?<=[ก-๎])และ(?={B})")
_SEVERAL: Final = re.compile(rf"และ(?!{B}?\(?\d{{1,2}}[).])|\d/\d")
_COMMA: Final = re.compile(rf"{B}*,{B}*")
_SPACE: Final = re.compile(rf"{B}+")
_LAST_NAME: Final = re.compile(r"[^ \t\xa0\u200b\n,;:()\[\]“”\"]+")
_PLACE_KINDS: Final = {"ประเทศ": ("country",), "จังหวัด": ("province",)}
_PLACE_PREFIX: Final = re.compile(rf"(?:จังหวัด|จ\.|ประเทศ){B}?")
_TO_THAI: Final = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def count_names(reader: Reader, at: int, value: Count, link: re.Match[str]) -> Pair | None:
    """A count and the list behind it: its numbered items, known places, or names that commas or blanks part."""
    number = int(value.value)
    if number != value.value or not 2 <= number <= _MOST_ITEMS or value.per is not None:
        return None
    first = _FIRST_MARKER.match(reader.text, link.end())
    listed = _numbered(reader, at, value, number, first) if first else _named(reader, at, value, number, link.end())
    if listed is None:
        return None
    end, outcome = listed
    return pair(reader, PairKind.COUNT_NAMES, reader.mentions[at], None, outcome, end=end)


@dataclass(frozen=True, slots=True)
class _Style:
    """How a list marks its items: `(1)`, `1.`, `ด้านที่ 1`."""

    opening: str
    closing: str
    thai: bool

    def find(self, text: str, number: int, begin: int, end: int) -> tuple[int, int] | None:
        """Start and end of the first marker of an item between two places."""
        digits = str(number).translate(_TO_THAI) if self.thai else str(number)
        at = text.find(digits + self.closing, begin, end)
        while at >= 0:
            stop = at + len(digits) + len(self.closing)
            if self._is_marker(text, at, stop):
                return at, stop
            at = text.find(digits + self.closing, stop, end)
        return None

    def _is_marker(self, text: str, at: int, stop: int) -> bool:
        after = text[stop : stop + 1]
        if self.closing != ")" and (after.isdigit() or (not self.closing and after in (".", ","))):
            return False
        if self.opening:
            return text[max(0, at - len(self.opening) - 1) : at].rstrip(BLANKS).endswith(self.opening)
        before = text[max(0, at - 1) : at]
        return not before.isdigit() and before not in (".", ",", "(", "/", "-", ":")


def _numbered(reader: Reader, at: int, value: Count, number: int, first: re.Match[str]) -> tuple[int, Outcome] | None:
    """Follow the markers 1, 2, 3 … of one style to the last one, and compare it with the count."""
    text = reader.text
    label = first["label"] or ""
    style = _Style(first["open"] or label, first["close"] or "", (first["one"] or first["nth"]) == "๑")
    count, end, last = 1, first.end(), first.end()
    again: tuple[int, int] | None = None
    while count < _MOST_ITEMS:
        reach = min(end + _MARKER_REACH, first.end() + _LIST_REACH)
        again = again or style.find(text, 1, end, reach)
        following = style.find(text, count + 1, end, again[0] if again else reach)
        if following is None or (count >= number and _leaves(text, first.end(), last, following[0])):
            break  # the numbering starts again, or goes on in a list around this one
        count, last, end = count + 1, end, following[1]
    if count < 2:
        return None
    if count == number:
        return end, Outcome(PairVerdict.AGREES, str(number), str(number), 0.0)
    doubt = _list_doubt(reader, at, value, count, (first.start(), end))
    if doubt is None and label:
        doubt = "its items may be named by these numbers"
    if doubt is None and count < number and _SEVERAL.search(text, first.end(), reader.line(end, _ITEM_REACH)):
        doubt = "an item may count for several"
    outcome = unknown(doubt, str(number), str(count)) if doubt else compared(Decimal(number), Decimal(count))
    return end, outcome


def _leaves(text: str, begin: int, last: int, following: int) -> bool:
    """Whether a list is over between two of its markers: a new line where it had none, or words that begin a list."""
    if "\n" in text[last:following] and "\n" not in text[begin:last]:
        return True
    return _LISTS_AGAIN.search(text, max(last, following - _ITEM_GAP), following) is not None


def _list_doubt(reader: Reader, at: int, value: Count, count: int, span: tuple[int, int]) -> str | None:
    """Why a numbered list of another length than its count may still be right; None where nothing speaks for it."""
    text, left, number = reader.text, reader.mentions[at], int(value.value)
    if abs(count - number) > max(1, number // 4):
        return "the list is too far off to be of this count"
    if re.search(rf"(?<!\d){count + 1}(?!\d)", text[span[1] : span[1] + _MARKER_REACH]):
        return "not all markers of the list may be told apart"
    if any(isinstance(other, Count) and other.value == count for other in reader.before(at)):
        return "another count before it fits the list"
    inside = range(bisect_left(reader.starts, span[0]), bisect_left(reader.starts, span[1] + _ITEM_GAP))
    items = [reader.mentions[position].value for position in inside]
    if any(same_kind(item, value) for item in items):
        return "its items have counts of their own"
    several = sum(item.value - 1 for item in items if isinstance(item, Count) and 1 < item.value <= number)
    if count + several == number:
        return "an item may count for several"
    return _and_before(text, left)


def _and_before(text: str, left: Mention) -> str | None:
    """Bangkok and 9 provinces, namely …: the list may begin with what the count leaves out."""
    joined = text[max(0, left.start - 8) : left.start].rstrip(BLANKS).endswith("และ")
    return "the list may name what stands before the count too" if joined else None


@cache
def _places(unit: str) -> frozenset[str]:
    """Names of the places that a unit counts."""
    rows = [row for row in seeds.rows("places") if row["kind"] in _PLACE_KINDS[unit]]
    return frozenset(name for row in rows for name in (row["name_th"], *row["variants"].split(";")) if name)


def _named(reader: Reader, at: int, value: Count, number: int, begin: int) -> tuple[int, Outcome] | None:
    """Names up to the one behind `และ`: known places count surely, others only where as many can be told apart."""
    text = reader.text
    stop = reader.line(begin, _NAMES_REACH)
    closing = _LAST_AND.search(text, begin, stop)
    last = _LAST_NAME.match(text, closing.end(), stop) if closing else None
    if closing is None or last is None:
        return None
    before = text[begin : closing.start()].strip(BLANKS + ",:")
    names = [*(name for name in (_COMMA if "," in before else _SPACE).split(before) if name), last.group()]
    expected, found = str(number), str(len(names))
    if len(names) == number:
        return last.end(), Outcome(PairVerdict.AGREES, expected, found, 0.0)
    if value.unit not in _PLACE_KINDS or not _are_places(names, value.unit) or _LAST_AND.match(text, last.end()):
        return last.end(), unknown("the names are not told apart surely", expected, found)
    doubt = _and_before(text, reader.mentions[at])
    outcome = unknown(doubt, expected, found) if doubt else compared(Decimal(number), Decimal(len(names)))
    return last.end(), outcome


def _are_places(names: Sequence[str], unit: str) -> bool:
    known = _places(unit)
    bare = [_PLACE_PREFIX.sub("", name, count=1) for name in names]
    return len(set(bare)) == len(bare) and known.issuperset(bare)
