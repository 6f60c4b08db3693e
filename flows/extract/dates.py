"""Days: one, a range or a list of them, in words or digits, in Thai and English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from flows.extract import calendar as cal
from flows.extract.date_parts import (
    AND,
    BLANKS,
    DAY,
    DAY_WORD,
    ENGLISH_MONTH,
    ERA,
    SINGLE,
    THAI_MONTH,
    TO,
    dated,
    end_and_year,
    left_edge,
    month_group,
    month_of,
    stated_year,
    supply_year,
    with_year_word,
    year_group,
    year_of_list,
)
from flows.extract.rule import Found, Rule, Shape, Site
from schemas.values import Confidence, Period, Reason, Role

_CROSS: Final = re.compile(
    DAY.format("1")
    + month_group("1")
    + year_group("1")
    + "?"
    + TO
    + DAY_WORD
    + DAY.format("2")
    + month_group("2")
    + year_group("2")
    + "?"
)
_SAME_MONTH: Final = re.compile(
    DAY.format("1") + TO + DAY_WORD + DAY.format("2") + month_group("2") + year_group("2") + "?"
)
_LIST_ITEM: Final = rf"{DAY_WORD}\d{{1,2}}(?:{TO}{DAY_WORD}\d{{1,2}})?"
_LIST: Final = re.compile(
    rf"(?P<items>{_LIST_ITEM}(?:{AND}{_LIST_ITEM}){{1,15}})" + month_group("2") + year_group("2") + "?"
)
_ITEM: Final = re.compile(rf"(\d{{1,2}})(?:{TO}{DAY_WORD}(\d{{1,2}}))?")
_NUMERIC: Final = re.compile(r"(?P<day>\d{1,2})(?P<sep>[/.])(?P<month>\d{1,2})(?P=sep)(?P<year>\d{4}|\d{2})(?!\d)")
_DASHED: Final = re.compile(r"(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4})(?![\d-])")
_ISO: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)")
_EVERY_YEAR: Final = re.compile(r"[ \t]?(?:ของ)?(?:ทุก|แต่ละ)[ ]?ปี")
_MANGLED_YEAR: Final = re.compile(r"[ \t]?(?:พ\.ศ\.|ค\.ศ\.)?[ \t]?\d{5}")
_DAY_LIST_AHEAD: Final = re.compile(rf"(?:{AND}{DAY_WORD}\d{{1,2}}{BLANKS}(?:{THAI_MONTH})){{1,12}}" + year_group("1"))
_IMPOSSIBLE: Final = re.compile(
    rf"\d{{1,3}}{BLANKS}(?:เดือน{BLANKS})?(?:{THAI_MONTH}){BLANKS}(?:{ERA})?{BLANKS}\d{{2,6}}"
)
_EN_MONTH_DAY: Final = re.compile(
    rf"(?P<month1>{ENGLISH_MONTH}),?{BLANKS}(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:{BLANKS}-{BLANKS}(?P<day2>\d{{1,2}})(?!\d))?"
    rf"(?:,?{BLANKS}(?P<year1>\d{{4}})(?!\d))?"
)
_EN_MONTH_YEAR: Final = re.compile(rf"(?P<month1>{ENGLISH_MONTH}){BLANKS},?{BLANKS}(?P<year1>\d{{4}})(?!\d)")
_CAPITAL_BEFORE: Final = re.compile(r"[A-Z][A-Za-z]+ \Z")


def _day_period(year: cal.Year | None, month: int, day: int) -> Period | None:
    if year is None:
        return Period(f"XXXX-{month:02}-{day:02}", None, None) if cal.possible_day(month, day) else None
    d = cal.day(year.ce, month, day)
    return cal.of_day(d) if d else None


def _range_period(
    years: tuple[cal.Year | None, cal.Year | None], first: tuple[int, int], last: tuple[int, int]
) -> Period | None:
    if years[0] is None or years[1] is None:
        if not (cal.possible_day(*first) and cal.possible_day(*last)):
            return None
        return Period(f"XXXX-{first[0]:02}-{first[1]:02}/XXXX-{last[0]:02}-{last[1]:02}", None, None)
    a, b = cal.day(years[0].ce, *first), cal.day(years[1].ce, *last)
    if a is None or b is None or a > b:
        return None
    return cal.of_days(a, b) if a != b else cal.of_day(a)


def _ranked(site: Site) -> bool:
    """Whether the number belongs to a word for rank before it: ระยะที่ 2 เดือน มี.ค."""
    return site.lead is not None and site.lead.kind == "ordinal" and site.lead.strong


def _single(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if _ranked(site):
        return None
    month, day = month_of(m, "month1"), int(m.group("day1"))
    end, year, valid = end_and_year(m, "1", site)
    if not valid:
        return None
    if year is None:
        if _MANGLED_YEAR.match(site.text, end):
            return None
        year = year_of_list(_DAY_LIST_AHEAD, site, end)
    if year is None and not _EVERY_YEAR.match(site.text, end):
        year = supply_year(site, month, day, end)
        end = with_year_word(site, end)
    period = _day_period(year, month, day)
    return [dated(site, m.start(), end, period, year)] if period else None


def _impossible(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if _ranked(site):
        return None
    return [Found(left_edge(site, m.start()), m.end(), Reason(Role.OTHER))]


def _cross(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    first = (month_of(m, "month1"), int(m.group("day1")))
    last = (month_of(m, "month2"), int(m.group("day2")))
    end, year2, valid = end_and_year(m, "2", site)
    year1 = stated_year(m, "1", site)
    if not valid or year1 is False:
        return None
    if year2 is None:
        year2 = replace(year1, ce=year1.ce + (last < first)) if year1 else supply_year(site, *last, end)
    if year1 is None and year2 is not None:
        year1 = replace(year2, ce=year2.ce - (last < first))
    period = _range_period((year1, year2), first, last)
    return [dated(site, m.start(), end, period, year2, closed=True)] if period else None


def _same_month(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    month, first, last = month_of(m, "month2"), int(m.group("day1")), int(m.group("day2"))
    end, year, valid = end_and_year(m, "2", site)
    if not valid or first > last:
        return None
    if year is None:
        year = supply_year(site, month, last, end)
    period = _range_period((year, year), (month, first), (month, last))
    return [dated(site, m.start(), end, period, year, closed=True)] if period else None


def _list(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    month = month_of(m, "month2")
    end, year, valid = end_and_year(m, "2", site)
    if not valid:
        return None
    items = list(_ITEM.finditer(site.text, m.start("items"), m.end("items")))
    if year is None:
        year = supply_year(site, month, int(items[-1].group(2) or items[-1].group(1)), end)
    founds: list[Found] = []
    for item in items:
        first, last = int(item.group(1)), int(item.group(2) or item.group(1))
        period = _range_period((year, year), (month, first), (month, last))
        if period is None:
            return None
        item_end = end if item is items[-1] else item.end()
        basis = "month and year: end of the list" if item is not items[-1] else (year.basis if year else None)
        start = left_edge(site, item.start()) if item is items[0] else item.start()
        founds.append(Found(start, item_end, period, year.confidence if year else Confidence.STATED, basis))
    return founds


def _english(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if not m.group("year1") and _CAPITAL_BEFORE.search(site.text[max(0, m.start() - 20) : m.start()]):
        return None  # Long March 5
    month, day = month_of(m, "month1"), int(m.group("day1"))
    year = cal.read_year(m.group("year1"), None, None) if m.group("year1") else None
    if m.group("year1") and year is None:
        return None
    if year is None:
        year = supply_year(site, month, day, m.end())
    last = int(m.group("day2") or day)
    period = _range_period((year, year), (month, day), (month, last)) if last != day else _day_period(year, month, day)
    return [dated(site, m.start(), m.end(), period, year, closed=last != day)] if period else None


def _english_month(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    year = cal.read_year(m.group("year1"), None, None)
    return [dated(site, m.start(), m.end(), cal.of_month(year.ce, month_of(m, "month1")), year)] if year else None


def _numeric(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    year = cal.read_year(m.group("year"), None, site.context.published_on)
    period = _day_period(year, int(m.group("month")), int(m.group("day"))) if year else None
    return [dated(site, m.start(), m.end(), period, year)] if period else None


RULES: Final = (
    Rule(
        "date.numeric",
        Role.DATE,
        "day/month/year in digits, day first",
        _NUMERIC,
        _numeric,
        {"24/03/2568": "2025-03-24", "1.2.66": "2023-02-01"},
        ("31/09/2566", "24/03/25680"),
        shapes=frozenset([Shape.DATE]),
    ),
    Rule(
        "date.iso",
        Role.DATE,
        "year-month-day",
        _ISO,
        _numeric,
        {"ลงวันที่ 2024-02-29": "2024-02-29"},
        ("2023-02-29",),
        shapes=frozenset([Shape.YEAR]),
        words=frozenset(["link"]),
    ),
    Rule(
        "date.dashed",
        Role.DATE,
        "day-month-year with dashes",
        _DASHED,
        _numeric,
        {"24-03-2568": "2025-03-24"},
        ("34-03-2568",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        words=frozenset(["link"]),
    ),
    Rule(
        "date.days_across_months",
        Role.DATE,
        "a day and month to a day and month",
        _CROSS,
        _cross,
        {"29 ธันวาคม 2564 ถึงวันที่ 7 มกราคม 2565": "2021-12-29/2022-01-07", "30 ก.ย. - 2 ต.ค. 66": "2023-09-30/2023-10-02"},
        ("5 มกราคม 2566 ถึง 1 มกราคม 2565",),
        shapes=frozenset([Shape.DAY]),
        words=frozenset(["month", "month_noun"]),
    ),
    Rule(
        "date.days_of_month",
        Role.DATE,
        "a range of days of one month",
        _SAME_MONTH,
        _same_month,
        {"วันที่ 8 - 14 กรกฎาคม 2565": "2022-07-08/2022-07-14"},
        ("14 - 8 กรกฎาคม 2565",),
        shapes=frozenset([Shape.DAY]),
        words=frozenset(["link"]),
    ),
    Rule(
        "date.list_of_days",
        Role.DATE,
        "several days or ranges of one month",
        _LIST,
        _list,
        {"3, 5 และ 7 ส.ค. 66": "2023-08-03"},
        ("3, 5 และ 37 ส.ค. 66",),
        shapes=frozenset([Shape.DAY]),
        words=frozenset(["link"]),
    ),
    Rule(
        "date.day_month_year",
        Role.DATE,
        "a day of a month, with or without a year",
        SINGLE,
        _single,
        {"14 สิงหาคม 2566": "2023-08-14", "14 ส.ค. 66": "2023-08-14", "27 Sep 2021": "2021-09-27"},
        ("31 กันยายน 2566", "14 สิงหาคม พ.ศ. 2024"),
        shapes=frozenset([Shape.DAY]),
        words=frozenset(["month", "month_noun"]),
    ),
    Rule(
        "other.impossible_date",
        Role.OTHER,
        "a day that no calendar has: a finding, not a date",
        _IMPOSSIBLE,
        _impossible,
        {"31 กันยายน 2566": "other", "14 สิงหาคม พ.ศ. 2024": "other"},
        ("30 กันยายน 2566",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        words=frozenset(["month", "month_noun"]),
    ),
    Rule(
        "date.english_month_day",
        Role.DATE,
        "an English month and day",
        _EN_MONTH_DAY,
        _english,
        {"September 27, 2021": "2021-09-27"},
        ("September 37, 2021",),
        leads=frozenset(["month"]),
        from_lead=True,
    ),
    Rule(
        "date.english_month_year",
        Role.DATE,
        "an English month and year",
        _EN_MONTH_YEAR,
        _english_month,
        {"September 2021": "2021-09"},
        ("September 9021",),
        leads=frozenset(["month"]),
        from_lead=True,
    ),
)
