"""Dates that a text states twice: by the weekday beside a date, and by the two dates of a header."""

from __future__ import annotations

import re
from typing import Final

import seeds
from flows.extract.consistency.links import BLANKS, B
from flows.extract.consistency.reader import Outcome, Reader, pair, unknown
from schemas.records import Mention, Pair
from schemas.values import PairKind, PairVerdict, Period

_WEEKDAYS: Final = {row["surface"]: int(row["iso_weekday"]) for row in seeds.rows("weekdays") if row["kind"] != "abbr"}
_DAY_NAMES: Final = {
    (row["kind"] == "english", int(row["iso_weekday"])): row["surface"]
    for row in seeds.rows("weekdays")
    if row["kind"] in ("full", "english")
}
_DAY: Final = "|".join(re.escape(word) for word in sorted(_WEEKDAYS, key=len, reverse=True))
_TO: Final = rf"{B}{{0,3}}(?:-|–|ถึง|และ){B}{{0,3}}"
_AT_START: Final = re.compile(rf"(?:วัน{B}?)?(?P<day>{_DAY})(?:ที่|นี้|หน้า|,|{B})")
_SECOND: Final = re.compile(rf"{_TO}(?:วัน{B}?)?(?P<day>{_DAY})")
_FIRST: Final = re.compile(rf"(?:วัน{B}?|\()(?P<day>{_DAY}){_TO}\Z")
_BESIDE: Final = re.compile(
    rf"(?:วัน{B}?|(?<![A-Za-z])(?=[A-Z])|{_TO}|\()(?P<day>{_DAY})(?:นี้|หน้า)?{B}?(?:ที่)?,?{B}?(?:\({B}?)?(?:วันที่{B}?)?\Z"
)
_BEHIND: Final = re.compile(rf"{B}?\({B}?(?:ตรงกับ)?(?:วัน)?(?P<day>{_DAY}){B}?\)")
_WEEKDAY_REACH: Final = 40
_BESIDE_REACH: Final = 24
_OPENING: Final = BLANKS + "("
DAY_OR_DAYS: Final = (len("2023-11-08"), len("2023-11-08/2023-11-12"))
_SUPPLIED: Final = ("year: ", "month and year: ", "era: ")


def weekday_date(reader: Reader, mention: Mention, period: Period) -> Pair | None:
    """The weekday that a text writes to a date, inside its expression or beside it, against the day that it is."""
    if period.is_relative or period.start is None or period.end is None:
        return None
    start, end, words = _written_weekdays(reader.text, mention, several=period.start != period.end)
    if not words:
        return None
    days = (period.start, period.end)[: len(words)]
    expected = "-".join(_DAY_NAMES[word.isascii(), day.isoweekday()] for word, day in zip(words, days, strict=True))
    found = "-".join(words)
    if all(_WEEKDAYS[word] == day.isoweekday() for word, day in zip(words, days, strict=True)):
        outcome = Outcome(PairVerdict.AGREES, expected, found)
    elif mention.basis is not None and mention.basis.startswith(_SUPPLIED):
        outcome = unknown("the date does not state its year", expected, found)
    else:
        outcome = Outcome(PairVerdict.DIFFERS, expected, found)
    return pair(reader, PairKind.WEEKDAY_DATE, mention, None, outcome, start=start, end=end)


def _written_weekdays(text: str, mention: Mention, *, several: bool) -> tuple[int, int, list[str]]:
    """Where the weekdays of a date begin and end, and the words: of its first day and, of a range, of its last."""
    start, end = mention.start, mention.end
    left = text[max(0, start - _WEEKDAY_REACH) : start]
    m = _AT_START.match(text, start, end)
    if m is not None and left.endswith("ทุก"):
        return start, end, []
    if m is not None:
        second = _SECOND.search(text, m.end(), end) if several else None
        if second is not None:
            return start, end, [m["day"], second["day"]]
        return _with_first(left, start, end, m["day"], several=several)
    near = left[-_BESIDE_REACH:]
    if "day" in near or ("วัน" in near and not near.rstrip(_OPENING).endswith("วันนี้")):
        m = _BESIDE.search(left, len(left) - len(near))
        if m is not None and not left.endswith("ทุก", 0, m.start()):
            joint = m.start("day")
            joint -= len("วัน") if left.endswith("วัน", 0, joint) else 0
            return _with_first(left[:joint], start - len(left) + joint, end, m["day"], several=several)
    if not several and text.startswith(("(", " (", "\xa0("), end):
        m = _BEHIND.match(text, end)
        if m is not None:
            return start, m.end(), [m["day"]]
    return start, end, []


def _with_first(left: str, start: int, end: int, day: str, *, several: bool) -> tuple[int, int, list[str]]:
    """A weekday, and the one before it where both stand before a range: วันเสาร์และอาทิตย์ที่ 5-6."""
    first = _FIRST.search(left)
    if first is None:
        return start, end, [day]
    return start - len(left) + first.start(), end, [first["day"], day] if several else []


_HEADER_REACH: Final = 1500  # code points in which a header has its first date
_SECOND_REACH: Final = 120  # and, behind that one, its second
_MARGIN: Final = 9  # blanks that may end the line of a date
_LETTER: Final = re.compile("[A-Za-zก-๎]")


def header_dates(reader: Reader) -> Pair | None:
    """The date in words and the date in digits that each have a line of the header to themselves."""
    text, limit = reader.text, _HEADER_REACH
    first: tuple[Mention, Period, bool] | None = None
    for mention in reader.mentions:
        if mention.start >= limit:
            break
        value = mention.value
        if not isinstance(value, Period) or value.start is None or not _has_line(text, mention):
            continue
        in_words = _LETTER.search(mention.surface) is not None
        if first is None:
            first, limit = (mention, value, in_words), mention.end + _SECOND_REACH
        elif first[2] is not in_words:
            (words, said), (digits, written) = (
                (first[:2], (mention, value)) if first[2] else ((mention, value), first[:2])
            )
            verdict = PairVerdict.AGREES if said.edtf == written.edtf else PairVerdict.DIFFERS
            return pair(reader, PairKind.HEADER_DATES, words, digits, Outcome(verdict, said.edtf, written.edtf))
    return None


def _has_line(text: str, mention: Mention) -> bool:
    """Whether a mention stands alone in its line."""
    cut = text.find("\n", mention.end, mention.end + _MARGIN)
    if cut < 0 or not (cut == mention.end or text[mention.end : cut].isspace()):
        return False
    return not text[text.rfind("\n", 0, mention.start) + 1 : mention.start].strip()
