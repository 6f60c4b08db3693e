"""Dates as pages and feeds write them, in metadata or beside a headline, to a day of the Gregorian calendar.

ISO 8601, RFC 822, numbers and names of months in Thai and English; years of the Buddhist era in any of them. An
instant becomes the day that it was at the publisher's.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import seeds

BANGKOK: Final = timezone(timedelta(hours=7), "Asia/Bangkok")
_BUDDHIST: Final = 543
_FIRST_YEAR: Final = 1990  # before it nobody published on the web: such a date is a default that nobody filled in
_LAST_YEAR: Final = 2199
_DIGITS: Final = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_MONTHS: Final = {row["surface"].lower(): int(row["month"]) for row in seeds.rows("months")}
_MONTH: Final = "|".join(re.escape(word) for word in sorted(_MONTHS, key=len, reverse=True))
_ERA: Final = r"(?:พ\.?\s?ศ\.?|ค\.?\s?ศ\.?|B\.?E\.?)?"

_ISO: Final = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:[.,]\d+)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT: Final = re.compile(r"(?P<year>\d{4})(?P<month>[01]\d)(?P<day>[0-3]\d)(?:T?\d{4,6}Z?)?")
_NUMBERS: Final = re.compile(r"(?P<day>\d{1,2})\s?[/.-]\s?(?P<month>\d{1,2})\s?[/.-]\s?(?P<year>\d{4}|[5-9]\d(?!\d))")
_DAY_FIRST: Final = re.compile(
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*[-/]?\s*(?:เดือน\s?)?(?P<name>{_MONTH})(?![a-z])[\s,.-]*{_ERA}\s*(?P<year>\d{{4}}|\d{{2}})(?!\d)"
    r"(?:[\sT,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?!\d))?",
    re.IGNORECASE,
)
_MONTH_FIRST: Final = re.compile(
    rf"(?<![a-z])(?P<name>{_MONTH})(?![a-z])\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_BARE_NUMBERS: Final = re.compile(rf"(?<![\d/.-]){_NUMBERS.pattern}(?![\d/.-])")
_BARE_ISO: Final = re.compile(rf"(?<![\d/.-]){_ISO.pattern}(?![\d/-])", re.IGNORECASE)
_WORDS: Final = re.compile(rf"(?<!\d){_DAY_FIRST.pattern}", re.IGNORECASE)
_LONGEST: Final = 120


def day_of(value: str, zone: tzinfo = BANGKOK) -> date | None:
    """The day that a value of metadata names, or None where it names none that can be believed.

    Args:
        value: as the page or feed has it, e.g. `2567-02-05 10:30`, `Tue, 12 Mar 2024 14:05:00 +0700`, `5 มี.ค. 67`.
        zone: what an instant with an offset is turned into.
    """
    value = " ".join(value.translate(_DIGITS).split())[:_LONGEST]
    for pattern in (_ISO, _COMPACT, _NUMBERS):
        if m := pattern.match(value):
            return _day(m, zone)
    for pattern in (_DAY_FIRST, _MONTH_FIRST, _BARE_NUMBERS, _BARE_ISO):
        if m := pattern.search(value):
            return _day(m, zone)
    return None


def day_in(line: str) -> tuple[date, int, int] | None:
    """The first whole date that stands in a short line of text, and its place in it."""
    line = line.translate(_DIGITS)
    found = []
    for pattern in (_WORDS, _MONTH_FIRST, _BARE_NUMBERS, _BARE_ISO):
        for m in pattern.finditer(line):
            day = _day(m, BANGKOK)
            if day is not None:
                found.append((m.start(), m.end(), day))
                break
    if not found:
        return None
    start, end, day = min(found)
    return day, start, end


def zone_of(name: str | None) -> tzinfo:
    """The time zone of an IANA name; that of Bangkok for none and for one that is not known here."""
    if not name:
        return BANGKOK
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return BANGKOK


def _day(m: re.Match[str], zone: tzinfo) -> date | None:
    parts = m.groupdict()
    name = parts.get("name")
    month = _MONTHS[name.lower()] if name else int(parts["month"])
    day, year = int(parts["day"]), int(parts["year"])
    if year < 100:
        year += 2000 if name and name.isascii() else 2500
    if not name and month > 12 >= day:
        day, month = month, day  # 08/22/2023
    if year >= 2400:
        year -= _BUDDHIST
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        if not parts.get("zone"):
            return date(year, month, day)
        clock = (int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0))
        instant = datetime(year, month, day, *clock, tzinfo=_offset(parts["zone"]))
        return instant.astimezone(zone).date()
    except ValueError:  # the 31st of a month that has none
        return None


def _offset(written: str) -> timezone:
    if written[0] not in "+-":
        return timezone(timedelta(0))
    digits = written[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if written[0] == "-" else offset)
