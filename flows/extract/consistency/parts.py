"""A total and its parts, where a link word says that they are its parts: 10 แห่ง แบ่งเป็น … 4 แห่ง และ … 6 แห่ง."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate, combinations
from typing import Final

from flows.extract.consistency.links import BLANKS, CONSISTS, DIVIDES, B
from flows.extract.consistency.reader import (
    Quantity,
    Reader,
    compared,
    half_step,
    pair,
    same_kind,
    top_of,
    unknown,
    value_of,
)
from schemas.records import Mention, Pair
from schemas.values import Comparator, Measure, PairKind, Period, Reason

_PARTS_REACH: Final = 1200  # code points after the link word in which parts are looked for
_MOST_MENTIONS: Final = 48
_PART_GAP: Final = 90
_MOST_SUBSETS: Final = 8  # parts up to which all their subsets are tried
_FAR_APART: Final = 0.25  # a sum that is off by more belongs to another total, or leaves parts out
_TOO_MUCH: Final = 3  # times the total, from where on no further part can help
_OTHER_STORY: Final = re.compile(
    rf"ในจำนวน|ในนี้|รวม|โดย|ซึ่ง|คิดเป็น|เพิ่ม|ลด|เหลือ|สะสม|อีก|ทั้งนี้|ขณะ|นอกจาก|พร้อม|หลัง|เดิม|ก่อน|เป้าหมาย|เฉลี่ย|สูงสุด|ต่ำสุด|ไม่เกิน|{DIVIDES}|{CONSISTS}|[“”\"]"
)
_MARKER: Final = re.compile(r"(?<![(\d])\d{1,2}\)")
_ENDS: Final = re.compile(rf"{B}{{0,3}}(?:[)\]]|\.?{B}{{0,9}}\Z)")
_NOT_ADDITIVE: Final = frozenset(("%", "{times}", "[bp]", "{point}", "Cel"))


@dataclass(slots=True)
class _Parts:
    """What stands in a list: `closed` where its end is marked, `clear` where there is nothing else in it."""

    tolerance: Decimal
    parts: list[Mention] = field(default_factory=list)
    values: list[Decimal] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)  # the words before each part
    adds_up: bool = False
    closed: bool = False
    clear: bool = True
    behind: int = 0  # position of the mention after the last part


def total_parts(reader: Reader, at: int, value: Quantity, link: re.Match[str]) -> Pair | None:
    """A total and the parts that a link word announces, in one line: they agree as soon as some of them add up to it."""
    if link["names"] or (isinstance(value, Measure) and value.unit_code in _NOT_ADDITIVE):
        return None
    found = _walk(reader, at, value, link.end())
    if len(found.parts) < 2:
        return None
    total, amount = value_of(value), sum(found.values, Decimal(0))
    doubt = None if found.adds_up else _doubt(reader, at, value, found, amount)
    if doubt is None and not found.adds_up and link["closed"]:
        doubt = "a bracket stands between the number and its parts"
    outcome = compared(total, amount, found.tolerance) if doubt is None else unknown(doubt, total, amount)
    return pair(reader, PairKind.TOTAL_PARTS, reader.mentions[at], found.parts[-1], outcome)


def _walk(reader: Reader, at: int, value: Quantity, begin: int) -> _Parts:
    """Collect the parts up to where they add up, their bracket closes or an `และ` announces the last one."""
    text = reader.text
    stop = reader.line(begin, _PARTS_REACH)
    total, amount = value_of(value), Decimal(0)
    found = _Parts(half_step(reader.mentions[at], value))
    depth, done, gap = 0, begin, begin
    for position in range(at + 1, min(at + 1 + _MOST_MENTIONS, len(reader.mentions))):
        mention = reader.mentions[position]
        if mention.start >= stop:
            break
        between = _MARKER.sub("", text[done : mention.start])
        depth += between.count("(") - between.count(")")
        done = mention.end
        if depth < 0:
            found.closed = len(found.parts) > 1
            break
        part = mention.value
        if depth > 0 or isinstance(part, (Reason, Period)):
            continue
        if not same_kind(part, value):
            found.clear &= isinstance(part, Measure) and part.unit_code == "%"
            continue
        since = text[gap : mention.start]
        if len(since) > _PART_GAP:
            break
        if part.comparator is not Comparator.EQ or top_of(part) is not None:
            found.clear = False
        found.gaps.append(since)
        found.parts.append(mention)
        found.values.append(value_of(part))
        found.tolerance += half_step(mention, part)
        found.behind, gap = position + 1, mention.end
        amount += value_of(part)
        if len(found.parts) > 1 and abs(amount - total) <= found.tolerance:
            found.adds_up = True
            break
        if amount > total * _TOO_MUCH:
            break
        if len(found.parts) > 1 and since.strip(BLANKS + ",").startswith("และ"):
            found.closed = True
            break
    if len(found.parts) > 1 and not depth and done == gap:
        found.closed |= _ENDS.match(text, done, stop) is not None
    return found


def _doubt(reader: Reader, at: int, value: Quantity, found: _Parts, amount: Decimal) -> str | None:
    """Why parts that do not add up may still be right; None where nothing speaks for them."""
    total = value_of(value)
    if not found.closed:
        return "where the parts end is not marked"
    if not found.clear or any(map(_OTHER_STORY.search, found.gaps)):
        return "not all of what is listed are plain parts"
    if abs(amount / total - 1) > _FAR_APART if total else True:
        return "the parts are too far off to be of this total"
    before = [value_of(other) for other in reader.before(at) if same_kind(other, value)]
    if any(abs(amount - other) < abs(amount - total) or other + total in before for other in before):
        return "the parts may be of another number before it"
    behind = reader.mentions[found.behind : found.behind + 4]
    if any(same_kind(m.value, value) and abs(amount + value_of(m.value) - total) <= found.tolerance for m in behind):
        return "a number behind the list makes up the difference"
    return "some of what is listed divides another part" if _nested(found.values, total, found.tolerance) else None


def _nested(values: list[Decimal], total: Decimal, tolerance: Decimal) -> bool:
    """Whether some of the values add up to one before them, or to the total without the others."""
    for first, value in enumerate(values):
        if value in accumulate(values[first + 1 :]):
            return True
    if len(values) > _MOST_SUBSETS:
        return False
    subsets = (some for size in range(2, len(values)) for some in combinations(values, size))
    return any(abs(sum(some) - total) <= tolerance for some in subsets)
