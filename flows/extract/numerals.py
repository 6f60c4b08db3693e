"""Numerals and the values of number expressions: digits, scale words, spelled-out numbers."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from flows.extract.rule import Shape
from flows.extract.vocabulary import SCALES, alternation

NUMERAL: Final = r"[0-9][0-9]*(?:[.,:/][0-9]+)*"  # begins with a plain set, which `re` searches for fast
# A blank that slipped in before a last 000 belongs to the number: no list goes on with three noughts.
NUMBER: Final = r"(?:[0-9]{1,3}(?:,(?:[ ](?=000(?![0-9])))?[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"

_THAI_SCALE_END: Final = {
    "พัน": r"(?!ธ|ตรี|โท|เอก|ตำรวจ|จ่า|ปี|เอ)",
    "ร้อย": r"(?!ละ|เอ็ด|ตรี|โท|เอก|ตำรวจ|กรอง|เรียง)",
    "ล้าน": r"(?!นา(?!ย|ที|ฬิกา)|ช้าง)",
    "แสน": r"(?!สิริ|แสบ|สุข)",
    "สิบ": r"(?!ตรี|โท|เอก)",
}
_THAI_SCALES: Final = {k: v for k, v in SCALES.items() if "ก" <= k[0] <= "๛"}
_LATIN_SCALES: Final = {k: v for k, v in SCALES.items() if k not in _THAI_SCALES and len(k) > 1}
_LETTER_SCALES: Final = {k: v for k, v in SCALES.items() if k not in _THAI_SCALES and len(k) == 1}
SCALE: Final = (
    r"(?:(?:(?:สิบ|ร้อย|พัน|หมื่น|แสน)[ ]?)?(?:ล้าน[ ]?(?=ล้าน))*ล้าน(?!นา(?!ย|ที|ฬิกา)|ช้าง)"
    + "".join(f"|{word}{end}" for word, end in _THAI_SCALE_END.items() if word != "ล้าน")
    + "|หมื่น|"
    + alternation(w for w in _THAI_SCALES if not re.fullmatch("[สิบร้อยพันหมื่นแสนล้าน ]+", w))
    + rf"|(?:{alternation(_LATIN_SCALES)})(?![A-Za-z]))"
)
LETTER_SCALE: Final = rf"(?:{alternation(_LETTER_SCALES)})(?![A-Za-z])"

DIGIT_WORD: Final = "หนึ่ง|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า"
PLACE_WORD: Final = "สิบ|ร้อย|พัน|หมื่น|แสน|ล้าน"
_SPELLED: Final = rf"(?:ยี่สิบ|{DIGIT_WORD}|{PLACE_WORD}|เอ็ด)"
SPELLED: Final = rf"{_SPELLED}{{1,48}}(?:จุด(?:ศูนย์|{DIGIT_WORD}){{1,9}})?"

_DIGITS: Final = {
    word: n for n, word in enumerate(["ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"])
} | {"เอ็ด": 1, "ยี่": 2}
_PLACES: Final = {"สิบ": 10, "ร้อย": 100, "พัน": 1000, "หมื่น": 10000, "แสน": 100000}
_WORDS: Final = re.compile(rf"ยี่|{DIGIT_WORD}|ศูนย์|{PLACE_WORD}|เอ็ด|จุด")
_MILLION: Final = Decimal(1_000_000)


@lru_cache(maxsize=4096)
def shape_of(numeral: str) -> Shape:
    """The outer form of a folded numeral."""
    if numeral.isdigit():
        if len(numeral) <= 2:
            return Shape.DAY if 1 <= int(numeral) <= 31 else Shape.INT
        if len(numeral) == 4 and (numeral[:2] in _YEAR_STARTS):
            return Shape.YEAR
        return Shape.INT
    if _GROUPED.fullmatch(numeral):
        return Shape.GROUPED
    if _DECIMAL.fullmatch(numeral):
        return Shape.DECIMAL
    if _SLASH.fullmatch(numeral):
        return Shape.SLASH
    if _DATE.fullmatch(numeral):
        return Shape.DATE
    if _CLOCK.fullmatch(numeral):
        return Shape.CLOCK
    return Shape.OTHER


_YEAR_STARTS: Final = frozenset(["18", "19", "20", "21", "23", "24", "25", "26"])
_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL: Final = re.compile(r"\d+\.\d+")
_SLASH: Final = re.compile(r"\d+/\d+")
_DATE: Final = re.compile(r"\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})")
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")


def decimal(number: str) -> Decimal:
    """The value of a plain number with optional thousands separators."""
    return Decimal(number.replace(",", "").replace(" ", ""))


def scale(word: str | None) -> Decimal:
    """The factor of a scale word as written, 1 for none."""
    if not word:
        return Decimal(1)
    known = SCALES.get(word)
    if known is not None:
        return known
    value = Decimal(1)
    for part in _WORDS.findall(word):
        value *= _MILLION if part == "ล้าน" else _PLACES[part]
    return value


def spelled(words: str) -> Decimal | None:
    """The value of a spelled-out number (`สองแสนสามหมื่น`, `สองจุดห้าล้าน`); None if it is not one."""
    parts = _WORDS.findall(words)
    if not parts or "".join(parts) != words:
        return None
    total = group = Decimal(0)
    digit: Decimal | None = None
    fraction: Decimal | None = None
    for part in parts:
        if part == "จุด":
            group += digit or Decimal(0)
            digit, fraction = None, Decimal(1)
        elif part == "ล้าน":
            group += digit or Decimal(0)
            total = (total + group if total or group else Decimal(1)) * _MILLION
            group, digit, fraction = Decimal(0), None, None
        elif part in _PLACES:
            if fraction is not None:
                group, fraction = group * _PLACES[part], None
            else:
                group += (digit if digit is not None else Decimal(1)) * _PLACES[part]
            digit = None
        elif fraction is not None:
            fraction /= 10
            group += _DIGITS[part] * fraction
        elif digit is not None:
            return None  # two digits side by side are no number: สองสาม is "two or three"
        else:
            digit = Decimal(_DIGITS[part])
    return total + group + (digit or Decimal(0))
