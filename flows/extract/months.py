"""Months and ranges of months, with or without a year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import seeds
from flows.extract import calendar as cal
from flows.extract.date_parts import (
    AND,
    BLANKS,
    DIRECTION,
    QUANTITY_AFTER,
    SINGLE,
    THAI_MONTH,
    TO,
    dated,
    end_and_year,
    stated_year,
    supply_year,
    year_group,
    year_of_list,
)
from flows.extract.rule import Found, Rule, Site, Trigger
from flows.extract.vocabulary import THAI_MONTHS
from schemas.values import Period, Role

_MONTHS: Final = re.compile(
    rf"(?P<month1>{THAI_MONTH})(?:{year_group('1')})?(?:{TO}(?:เดือน{BLANKS})?(?P<month2>{THAI_MONTH})(?:{year_group('2')})?)?"
)
_MONTH_LIST_AHEAD: Final = re.compile(
    rf"(?:(?:{AND}|[ \t])(?:เดือน{BLANKS})?(?:{THAI_MONTH})){{1,12}}" + year_group("1")
)
_NOUN_BEFORE: Final = re.compile(r"เดือน[ ]?\Z")
_YEAR_APART: Final = re.compile(rf"ปี{BLANKS}\d{{4}}(?!\d)")
_FULL_NAMES: Final = frozenset(row["surface"] for row in seeds.rows("months") if row["kind"] in ("full", "misspelling"))


def _months(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    year, end = _first_year(m, site)
    if m.group("month2") and (year or not m.group("year1")):
        range_end, last_year, valid = end_and_year(m, "2", site)
        if valid:
            return _range_of_months(m, site, year, last_year, range_end)
    return _single_month(m, site, year, end)


def _first_year(m: re.Match[str], site: Site) -> tuple[cal.Year | None, int]:
    """The year of the first month and where it ends; two digits may begin a date or count what follows."""
    digits, after = m.group("year1"), m.end("year1")
    year = stated_year(m, "1", site)
    if not year:
        return None, m.end("month1")
    if (
        len(digits) == 2
        and not m.group("era1")
        and (
            QUANTITY_AFTER.match(site.text, after)
            or (int(m.group("year1").lstrip("'")) <= 31 and SINGLE.match(site.text, m.start("year1")))
        )
    ):
        return None, m.end("month1")
    return year, after


def _range_of_months(
    m: re.Match[str], site: Site, first_year: cal.Year | None, last_year: cal.Year | None, end: int
) -> Iterable[Found] | None:
    """A range; each end takes the year that it lacks from the other."""
    first, last = THAI_MONTHS[m.group("month1")], THAI_MONTHS[m.group("month2")]
    if last_year is None:
        later = last < first
        last_year = replace(first_year, ce=first_year.ce + later) if first_year else supply_year(site, last, None, end)
    if first_year is None and last_year is not None:
        first_year = replace(last_year, ce=last_year.ce - (last < first))
    if first_year is None or last_year is None:
        period = Period(f"XXXX-{first:02}/XXXX-{last:02}", None, None)
    elif (first_year.ce, first) > (last_year.ce, last):
        return None
    else:
        period = cal.of_months((first_year.ce, first), (last_year.ce, last))
    return [dated(site, m.start(), end, period, last_year, closed=True)]


def _single_month(m: re.Match[str], site: Site, year: cal.Year | None, end: int) -> Iterable[Found] | None:
    month = THAI_MONTHS[m.group("month1")]
    if year is None:
        direction = DIRECTION.match(site.text, end)
        if (
            m.group("month1") not in _FULL_NAMES
            and direction is None
            and not _NOUN_BEFORE.search(site.text[max(0, site.start - 6) : site.start])
        ):
            return None  # ก.พ. and กค. are offices too
        year = year_of_list(_MONTH_LIST_AHEAD, site, end) or supply_year(site, month, None, end)
        if direction and direction.lastgroup in ("this", "next", "last") and "ปี" in direction.group():
            end = direction.end()
        elif m.group("year1") is None and year is not None and _YEAR_APART.match(site.text, end):
            return None
    period = cal.of_month(year.ce, month) if year else Period(f"XXXX-{month:02}", None, None)
    return [dated(site, m.start(), end, period, year)]


RULES: Final = (
    Rule(
        "date.month",
        Role.DATE,
        "a month or a range of months, with or without a year",
        _MONTHS,
        _months,
        {"เดือนธันวาคม 2558": "2015-12", "มกราคม - มีนาคม 2566": "2023-01/2023-03"},
        ("สำนักงาน ก.พ. ประกาศ",),
        trigger=Trigger.MONTH,
    ),
)
