"""Parts of a year: quarters, halves and the first or last N months, in digits and in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from flows.extract import calendar as cal
from flows.extract.calendar import Direction
from flows.extract.date_parts import BLANKS, ERA, TO, dated, direction_at, fiscal_month
from flows.extract.rule import Found, Rule, Shape, Site, Trigger
from schemas.values import Confidence, Period, Role

_QUARTER: Final = re.compile(
    rf"(?P<quarter>[1-4])(?!\d)(?:{TO}(?P<quarter2>[1-4])(?![\d.,]))?(?:{BLANKS}(?:/|,|ของ|ประจำ|ใน)?{BLANKS}(?P<fiscal>ปี{BLANKS}งบประมาณ{BLANKS}|ปีงบ{BLANKS})?"
    rf"(?:(?:ของ)?ปี{BLANKS})?(?:{ERA})?{BLANKS}(?P<year>\d{{4}}|(?<=[/ ปี])\d{{2}})(?![\d]|[.,:]\d)|{BLANKS}(?P<this>(?:ของ)?ปีนี้)|(?!/\d))"
)
_FIRST_MONTHS: Final = re.compile(
    rf"(?P<n>\d{{1,2}}){BLANKS}เดือน(?P<which>แรก|หลัง|สุดท้าย){BLANKS}(?:ของ{BLANKS})?(?:(?P<fiscal>ปี{BLANKS}งบประมาณ|ปีงบ)|ปี)?{BLANKS}(?:{ERA})?{BLANKS}"
    rf"(?:(?P<year>\d{{4}}|(?<=ปี)\d{{2}}|(?<=ปี )\d{{2}})(?![\d]|[.,:]\d)|(?P<this>นี้))?"
)


def _quarter(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    anchor, n = site.context.published_on, int(m.group("quarter"))
    last = int(m.group("quarter2") or n)
    fiscal = bool(m.group("fiscal"))
    if m.group("year"):
        year = cal.read_year(m.group("year"), None, anchor)
        if year is None:
            return None
    elif anchor is None:
        year = None
    else:
        year = cal.Year(anchor.year, Confidence.INFERRED, "year: publication")
        if not m.group("this"):
            direction, offset = direction_at(site, m.end())
            if offset is not None:
                year = replace(year, ce=anchor.year + offset)
            elif direction is Direction.NEAREST:
                year = replace(year, ce=cal.nearest_year(3 * n - 1, None, anchor, direction))
    start = site.lead_start
    if year is None:
        return [Found(start, m.end(), Period(f"XXXX-{32 + n}", None, None))]
    of = cal.of_fiscal_quarter if fiscal else cal.of_quarter
    first_period, last_period = of(year.ce, n), of(year.ce, last)
    period = first_period
    if last != n and first_period.start and last_period.end:
        period = Period(f"{first_period.edtf}/{last_period.edtf}", first_period.start, last_period.end)
        if fiscal:
            period = cal.of_months(
                (first_period.start.year, first_period.start.month), (last_period.end.year, last_period.end.month)
            )
    return [dated(site, start, m.end(), period, year, closed=last != n)]


def _first_months(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    n, anchor, fiscal = int(m.group("n")), site.context.published_on, bool(m.group("fiscal"))
    if not 1 <= n <= 11:
        return None
    if m.group("year"):
        year = cal.read_year(m.group("year"), None, anchor)
    elif anchor is None or not m.group("this"):
        return None  # the first six months of a loan are a duration
    else:
        year = cal.Year(anchor.year, Confidence.INFERRED, "year: publication")
    if year is None:
        return None
    start_month = 1 if m.group("which") == "แรก" else 13 - n
    first, last = (year.ce, start_month), (year.ce, start_month + n - 1)
    if fiscal:
        first, last = fiscal_month(year.ce, start_month), fiscal_month(year.ce, start_month + n - 1)
    return [dated(site, m.start(), m.end(), cal.of_months(first, last), year, closed=True)]


# ── In words ─────────────────────────────────────────────────────────────────────────────────────────────────────────
_PART_YEAR: Final = rf"{BLANKS}(?:ของ|ใน)?{BLANKS}(?:(?P<fiscal>ปี{BLANKS}งบประมาณ{BLANKS})|ปี{BLANKS})?(?:(?:{ERA}){BLANKS})?(?:(?P<year>\d{{4}}|(?<=[ปี ])\d{{2}})(?![\d]|[.,:]\d)|(?P<rel>นี้|หน้า|ที่แล้ว|ที่ผ่านมา|ก่อน(?!หน้า)))?"
_PARTS: Final = (
    r"(?:(?P<half>ครึ่ง(?:ปี)?(?P<halfno>แรก|หลัง))|(?P<quarter>ไตรมาส(?:ที่)?[ ]?(?P<quarterno>แรก|สุดท้าย|หนึ่ง|สอง|สาม|สี่)))"
)
# How each begins, and a pattern for what follows: what `triggers` looks for.
PART_FORMS: Final = {
    "ครึ่ง": "(?:ปี)?(?:แรก|หลัง)",
    "ไตรมาส": "(?:ที่)?[ ]?(?:แรก|สุดท้าย|หนึ่ง|สอง|สาม|สี่)",
}
_PART_PATTERN: Final = re.compile(_PARTS + _PART_YEAR)
_QUARTER_WORDS: Final = {"แรก": 1, "หนึ่ง": 1, "สอง": 2, "สาม": 3, "สี่": 4, "สุดท้าย": 4}
_REL_YEARS: Final = {"นี้": 0, "หน้า": 1, "ที่แล้ว": -1, "ที่ผ่านมา": -1, "ก่อน": -1}


def _part_of_year(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    anchor, fiscal = site.context.published_on, bool(m.group("fiscal"))
    if m.group("half") and "ปี" not in m.group():
        return None  # ครึ่งหลัง is football too
    end = m.end() if m.group("year") or m.group("rel") else m.end("half") if m.group("half") else m.end("quarter")
    year: cal.Year | None
    if m.group("year"):
        year = cal.read_year(m.group("year"), None, anchor)
        if year is None:
            return None
    elif anchor is None:
        year = None
    elif m.group("rel"):
        year = cal.Year(anchor.year + _REL_YEARS[m.group("rel")], Confidence.INFERRED, "year: relative to publication")
    else:
        year = cal.Year(anchor.year, Confidence.INFERRED, "year: publication")
    if m.group("quarter"):
        n = _QUARTER_WORDS[m.group("quarterno")]
        if year is None:
            return [Found(m.start(), end, Period(f"XXXX-{32 + n}", None, None))]
        period = cal.of_fiscal_quarter(year.ce, n) if fiscal else cal.of_quarter(year.ce, n)
    else:
        n = 1 if m.group("halfno") == "แรก" else 2
        if year is None:
            return [Found(m.start(), end, Period(f"XXXX-{39 + n}", None, None))]
        first, last = (1, 6) if n == 1 else (7, 12)
        a, b = (year.ce, first), (year.ce, last)
        if fiscal:
            a, b = fiscal_month(year.ce, first), fiscal_month(year.ce, last)
        period = cal.of_months(a, b)
    return [dated(site, m.start(), end, period, year, closed=True)]


RULES: Final = (
    Rule(
        "date.quarter",
        Role.DATE,
        "a quarter of a year or of a fiscal year",
        _QUARTER,
        _quarter,
        {"ไตรมาส 3/2567": "2024-35", "ไตรมาสที่ 1 ของปีงบประมาณ 2567": "2023-10/2023-12"},
        ("ไตรมาส 7",),
        leads=frozenset(["quarter"]),
    ),
    Rule(
        "date.first_months",
        Role.DATE,
        "the first or last N months of a year",
        _FIRST_MONTHS,
        _first_months,
        {"9 เดือนแรกของปี 2566": "2023-01/2023-09"},
        ("14 เดือนแรกของปี 2566",),
        shapes=frozenset([Shape.DAY]),
        words=frozenset(["month_noun"]),
    ),
    Rule(
        "date.part_of_year",
        Role.DATE,
        "halves and quarters of a year in words",
        _PART_PATTERN,
        _part_of_year,
        {"ครึ่งปีแรกของปี 2566": "2023-01/2023-06", "ไตรมาสแรกของปี 2566": "2023-33"},
        ("ครึ่งหลังของเกม",),
        trigger=Trigger.RELATIVE,
    ),
)
