"""Days, weeks, months, quarters and years relative to the day that the text speaks from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import seeds
from flows.extract import calendar as cal
from flows.extract.date_parts import modifier_of
from flows.extract.rule import Found, Rule, Site, Trigger
from flows.extract.vocabulary import alternation
from schemas.values import Confidence, Period, Role

_RELATIVE: Final = {row["surface"]: (row["unit"], int(row["offset"])) for row in seeds.rows("relative_dates")}
RELATIVE_WORDS: Final = tuple(_RELATIVE)
_RELATIVE_PATTERN: Final = re.compile(rf"(?P<word>{alternation(RELATIVE_WORDS)})(?![A-Za-z])")
_NOT_BEFORE: Final = re.compile(r"(?:หลาย|ทุก|ไม่กี่|กี่|แต่ละ|บาง|สิบ|ร้อย|พัน|สอง|สาม|สี่|ห้า|ชีวิตประจำ|รายละเอียด|เท่า|[0-9])[ ]?\Z")
_BEFORE_SOMETHING: Final = re.compile(r"หน้า|การ|ที่|จะ|เริ่ม|เข้า|ถึง|มี")
_NOT_AFTER: Final = re.compile(r"เสร็จ|[ ]?ๆ")


def _relative(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    unit, offset = _RELATIVE[m.group("word")]
    if _NOT_BEFORE.search(site.text[max(0, m.start() - 12) : m.start()]) or _NOT_AFTER.match(site.text, m.end()):
        return None
    if m.group("word").endswith("ก่อน") and _BEFORE_SOMETHING.match(site.text, m.end()):
        return None
    anchor = site.context.anchor
    start, end = m.start(), m.end()
    if anchor is None:
        return [Found(start, end, Period("XXXX", None, None, is_relative=True), Confidence.INFERRED, "anchor: unknown")]
    period = _relative_period(unit, offset, anchor)
    modifier = modifier_of(site, start, end, closed=False)
    basis = "anchor: the text's own วันนี้" if site.context.today else "anchor: publication date"
    return [Found(start, end, replace(period, modifier=modifier, is_relative=True), Confidence.INFERRED, basis)]


def _relative_period(unit: str, offset: int, anchor: date) -> Period:
    if unit == "day":
        return cal.of_day(anchor + timedelta(days=offset))
    if unit == "week":
        return cal.week_of(anchor, offset)
    if unit == "month":
        months = anchor.year * 12 + anchor.month - 1 + offset
        return cal.of_month(months // 12, months % 12 + 1)
    if unit == "quarter":
        quarters = anchor.year * 4 + (anchor.month - 1) // 3 + offset
        return cal.of_quarter(quarters // 4, quarters % 4 + 1)
    if unit == "fiscal_year":
        fiscal = anchor.year + (anchor.month >= 10) + offset
        return cal.of_fiscal_years(fiscal, fiscal)
    return cal.of_year(anchor.year + offset)


RULES: Final = (
    Rule(
        "date.relative",
        Role.DATE,
        "a day, week, month, quarter or year relative to the anchor",
        _RELATIVE_PATTERN,
        _relative,
        {"ในปีนี้": "2024", "สัปดาห์หน้า": "2024-02-19/2024-02-25"},
        ("ในหลายปีที่ผ่านมา", "ทุกวันนี้", "3 ปีที่ผ่านมา"),
        trigger=Trigger.RELATIVE,
    ),
)
