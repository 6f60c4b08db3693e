"""A number in digits and, in brackets behind it, in words; or the other way round."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

import seeds
from flows.extract.consistency.links import BLANKS, B
from flows.extract.consistency.reader import Quantity, Reader, compared, pair, same_kind, top_of, unknown, value_of
from schemas.records import Mention, Pair
from schemas.values import Money, PairKind

_DIGITS: Final = {
    row["surface"]: int(row["value"])
    for row in seeds.rows("number_words")
    if row["value"].isdigit() and row["note"] != "colloquial"
}
_PLACES: Final = {
    row["surface"]: int(row["factor"])
    for row in seeds.rows("scale_words")
    if row["surface"] in ("สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
}
_MILLION: Final = "ล้าน"
_NUMBER_WORD: Final = "|".join((*_DIGITS, *_PLACES, _MILLION))
_TOKEN: Final = re.compile(_NUMBER_WORD)
_SPELT: Final = rf"(?:(?:{_NUMBER_WORD}){B}?){{1,40}}"
_IN_WORDS: Final = re.compile(rf"{B}{{0,3}}[(\[]{B}{{0,2}}(?P<words>{_SPELT})(?P<unit>[^()\[\]\n\d]{{0,60}})[)\]]")
_SATANG: Final = re.compile(rf"บาท{B}?(?P<words>{_SPELT})สตางค์(?:ถ้วน)?")
_EXACT: Final = re.compile(rf"{B}{{0,3}}[(\[][^()\[\]\n\d]{{1,160}}บาทถ้วน{B}{{0,2}}[)\]]")
_SPELT_ALL: Final = re.compile(_SPELT)
_HAS_DIGIT: Final = re.compile(r"\d")


def spelled_out(words: str) -> Decimal | None:
    """The value of a Thai number in words (`หกล้านสองแสนสอง`); None if they are none (`สองสาม`, `ร้อยพัน`)."""
    total = group = 0
    digit: int | None = None
    place = 10**6
    for word in _TOKEN.findall(words):
        if word == _MILLION:
            total = (total + group + (digit or 0) or 1) * 10**6
            group, digit, place = 0, None, 10**6
        elif word in _PLACES:
            if _PLACES[word] >= place:
                return None
            place = _PLACES[word]
            group += place * (1 if digit is None else digit)
            digit = None
        elif digit is not None:
            return None
        else:
            digit = _DIGITS[word]
    return Decimal(total + group + (digit or 0))


def words_digits(reader: Reader, at: int, value: Quantity) -> Pair | None:
    """A number and, in brackets behind it, the same number in the other writing."""
    left = reader.mentions[at]
    if _HAS_DIGIT.search(left.surface) is None:
        return _words_first(reader, at, value)
    m = _IN_WORDS.match(reader.text, left.end)
    unit = m["unit"].strip(BLANKS + ".") if m else ""
    satang = _SATANG.fullmatch(unit)
    named = unit.removesuffix("ถ้วน").strip(BLANKS)
    if m is None or (satang is None and named not in ("", "บาท", "บาทไทย") and named not in left.surface):
        return _unreadable(reader, left, value)  # (สี่แยก …), (หนึ่งในนั้น …)
    right = reader.next(at)
    if right is None or right.end > m.end() or type(right.value) is not type(value):
        right = None
    number = spelled_out(m["words"])
    more = spelled_out(satang["words"]) if satang else Decimal(0)
    if number is None or more is None:
        outcome = unknown("the words are no number", value_of(value), m["words"].strip(BLANKS))
    elif top_of(value) is not None:
        outcome = unknown("a range in digits", value_of(value), number)
    elif named == unit and _rounds(number + more / 100, value_of(value)):
        outcome = unknown("the words round the number", value_of(value), number)
    else:
        outcome = compared(value_of(value), number + more / 100)
    return pair(reader, PairKind.WORDS_DIGITS, left, right, outcome, end=m.end())


def _unreadable(reader: Reader, left: Mention, value: Quantity) -> Pair | None:
    """An amount whose words end like a number's but hold something else: a slip of the pen."""
    m = _EXACT.match(reader.text, left.end) if isinstance(value, Money) else None
    outcome = unknown("the words hold one that is no number word", value_of(value))
    return pair(reader, PairKind.WORDS_DIGITS, left, None, outcome, end=m.end()) if m else None


def _rounds(short: Decimal, exact: Decimal) -> bool:
    """Whether `short` is `exact` rounded, up or down, to a place that both its words and its digits show."""
    written = f"{short:f}"
    step = Decimal(1).scaleb(len(written) - len(written.rstrip("0")))
    return short != exact and step >= 100 and abs(short - exact) < step


def _words_first(reader: Reader, at: int, value: Quantity) -> Pair | None:
    """A number in words and, in brackets behind it, in digits."""
    left, right = reader.mentions[at], reader.next(at)
    m = _SPELT_ALL.match(left.surface)
    if m is None or right is None or not same_kind(right.value, value) or _HAS_DIGIT.search(right.surface) is None:
        return None
    between, behind = reader.text[left.end : right.start], reader.text[right.end : right.end + 3]
    number = spelled_out(m.group())
    if between.strip(BLANKS) != "(" or not behind.strip(BLANKS).startswith(")") or number is None:
        return None
    if top_of(right.value) is not None or number != value_of(value):
        return None  # more words than these state the number: สองล้านครึ่ง
    return pair(reader, PairKind.WORDS_DIGITS, left, right, compared(value_of(right.value), number))
