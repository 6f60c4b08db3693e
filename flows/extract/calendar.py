"""Calendar arithmetic of resolution: eras, missing years, EDTF. Pure functions; no clock."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from typing import Final

from schemas.values import Confidence, Period

BE_OFFSET = 543
_KEPT = 4096  # answers of each function: a text says the same few days and years again and again
_TWO_DIGIT_SLIP = 25  # a two-digit BE year further than this from the publication may be a CE one


class Direction(Enum):
    """Which occurrence of a date without a year is meant."""

    PAST = "past"  # ที่ผ่านมา
    FUTURE = "future"  # หน้า
    NEAREST = "nearest"  # นี้, or no word


@dataclass(frozen=True, slots=True)
class Year:
    """A Gregorian year and how it was arrived at."""

    ce: int
    confidence: Confidence = Confidence.STATED
    basis: str | None = None
    alternatives: tuple[int, ...] = ()


@lru_cache(_KEPT)
def read_year(digits: str, era: str | None, anchor: date | None) -> Year | None:
    """The year that `digits` state; None where they contradict their era marker or are no year."""
    n = int(digits)
    if len(digits) == 4:
        if 2300 <= n <= 2700 or (era == "BE" and 2050 <= n < 2300):
            return Year(n - BE_OFFSET) if era != "CE" else None
        if 1000 <= n <= 2200:
            return Year(n) if era != "BE" else None
        return None
    if len(digits) != 2:
        return None
    be, ce = 2500 + n - BE_OFFSET, 2000 + n
    if era == "CE":
        return Year(ce, Confidence.INFERRED, "century: era marker")
    if era is None and anchor and abs(be - anchor.year) > _TWO_DIGIT_SLIP and abs(ce - anchor.year) <= 10:
        return Year(ce, Confidence.ASSUMED, "era: nearest to publication", (be,))
    return Year(be, Confidence.INFERRED, "century: Buddhist era 25xx")


def day(year: int, month: int, day_of_month: int) -> date | None:
    """The day, or None where the calendar has none such."""
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None


def possible_day(month: int, day_of_month: int) -> bool:
    """Whether the day exists in some year."""
    return 1 <= month <= 12 and 1 <= day_of_month <= calendar.monthrange(2024, month)[1]


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


_CLOSE_DAYS: Final = 90  # how much further away another year may be and still be a reading to keep


@lru_cache(_KEPT)
def nearest_year(month: int, day_of_month: int | None, anchor: date, direction: Direction) -> int:
    """The year in which a day or month without one falls, as seen from `anchor`."""
    days = {year: _days_from(anchor, year, month, day_of_month) for year in _years_around(anchor)}
    if direction is Direction.PAST:
        return max((year for year, away in days.items() if away <= 0), default=anchor.year)
    if direction is Direction.FUTURE:
        return min((year for year, away in days.items() if away > 0), default=anchor.year)
    return min(days, key=lambda year: abs(days[year]))


@lru_cache(_KEPT)
def almost_as_near(nearest: int, month: int, day_of_month: int | None, anchor: date) -> tuple[int, ...]:
    """The years that are nearly as close to `anchor` as the nearest: half a year away, either may be meant."""
    away = {year: abs(_days_from(anchor, year, month, day_of_month)) for year in _years_around(anchor)}
    return tuple(year for year in away if year != nearest and away[year] - away[nearest] <= _CLOSE_DAYS)


def _years_around(anchor: date) -> tuple[int, int, int]:
    return anchor.year - 1, anchor.year, anchor.year + 1


def _days_from(anchor: date, year: int, month: int, day_of_month: int | None) -> int:
    if day_of_month is not None:
        there = date(year, month, min(day_of_month, calendar.monthrange(year, month)[1]))
    elif (year, month) == (anchor.year, anchor.month):
        there = anchor
    else:
        there = date(year, month, 15)
    return (there - anchor).days


@lru_cache(_KEPT)
def of_day(d: date) -> Period:
    return Period(d.isoformat(), d, d)


def of_days(first: date, last: date) -> Period:
    return Period(f"{first.isoformat()}/{last.isoformat()}", first, last)


def of_month(year: int, month: int) -> Period:
    return Period(f"{year:04}-{month:02}", date(year, month, 1), month_end(year, month))


def of_months(first: tuple[int, int], last: tuple[int, int]) -> Period:
    edtf = f"{first[0]:04}-{first[1]:02}/{last[0]:04}-{last[1]:02}"
    return Period(edtf, date(first[0], first[1], 1), month_end(*last))


def of_year(year: int) -> Period:
    return Period(f"{year:04}", date(year, 1, 1), date(year, 12, 31))


def of_years(first: int, last: int) -> Period:
    return Period(f"{first:04}/{last:04}", date(first, 1, 1), date(last, 12, 31))


def of_fiscal_years(first: int, last: int) -> Period:
    """Thai fiscal years are named after the year they end in: October to September."""
    return of_months((first - 1, 10), (last, 9))


def of_quarter(year: int, quarter: int) -> Period:
    month = 3 * quarter - 2
    return Period(f"{year:04}-{32 + quarter}", date(year, month, 1), month_end(year, month + 2))


def of_fiscal_quarter(fiscal_year: int, quarter: int) -> Period:
    first = (fiscal_year - 1, 10) if quarter == 1 else (fiscal_year, 3 * quarter - 5)
    return of_months(first, (first[0], first[1] + 2))


def week_of(d: date, offset: int) -> Period:
    monday = d - timedelta(days=d.weekday()) + timedelta(weeks=offset)
    return of_days(monday, monday + timedelta(days=6))
