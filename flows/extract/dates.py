"""Dates: days, months, quarters, halves, years and ranges of them, in Thai and English, absolute and relative."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import seeds
from flows.extract import calendar as cal
from flows.extract.calendar import Direction
from flows.extract.rule import Found, Rule, Shape, Site, Trigger
from flows.extract.vocabulary import ENGLISH_MONTHS, ERAS, MONTHS, THAI_MONTHS, WEEKDAYS, alternation, words_after
from schemas.values import Confidence, Modifier, Period, Reason, Role

# ── Patterns ─────────────────────────────────────────────────────────────────────────────────────────────────────────
_B: Final = r"[ \t]{0,3}"
_TH_MONTH: Final = alternation(THAI_MONTHS)
_EN_MONTH: Final = rf"(?:{alternation(ENGLISH_MONTHS)})(?![A-Za-z])\.?"
_ERA: Final = alternation(ERAS)
_WEEKDAY: Final = alternation(WEEKDAYS)
_TO: Final = rf"{_B}(?:-|~|จนถึง|ไปจนถึง|ถึง|เรื่อยไปจนถึง|to|until|through){_B}"
_DAY_WORD: Final = rf"(?:(?:ใน)?วัน(?:{_WEEKDAY})?(?:ที่)?{_B})?"
_AND: Final = rf"{_B}(?:,{_B}และ|,|และ|หรือ|กับ|&){_B}"


def _month(n: str) -> str:
    return rf"{_B}[/-]?{_B}(?:เดือน{_B})?(?P<month{n}>{_TH_MONTH}|{_EN_MONTH})"


def _year(n: str) -> str:
    return (
        rf"(?:(?:{_B},(?={_B}\d{{4}}))?{_B}[/-]?(?:ปี{_B})?(?P<era{n}>{_ERA})?{_B}"
        rf"(?P<year{n}>\d{{4}}(?!\d)|'?\d{{2}}(?![\d]|[.,:]\d|[ \t]?(?:{_TH_MONTH}))))"
    )


_DAY: Final = r"(?P<day{}>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"

_SINGLE = re.compile(_DAY.format("1") + _month("1") + _year("1") + "?")
_CROSS = re.compile(
    _DAY.format("1")
    + _month("1")
    + _year("1")
    + "?"
    + _TO
    + _DAY_WORD
    + _DAY.format("2")
    + _month("2")
    + _year("2")
    + "?"
)
_SAME_MONTH = re.compile(_DAY.format("1") + _TO + _DAY_WORD + _DAY.format("2") + _month("2") + _year("2") + "?")
_LIST_ITEM = rf"{_DAY_WORD}\d{{1,2}}(?:{_TO}{_DAY_WORD}\d{{1,2}})?"
_LIST = re.compile(rf"(?P<items>{_LIST_ITEM}(?:{_AND}{_LIST_ITEM}){{1,15}})" + _month("2") + _year("2") + "?")
_ITEM = re.compile(rf"(\d{{1,2}})(?:{_TO}{_DAY_WORD}(\d{{1,2}}))?")
_EN_MONTH_DAY = re.compile(
    rf"(?P<month1>{_EN_MONTH}){_B}(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:{_B}-{_B}(?P<day2>\d{{1,2}})(?!\d))?"
    rf"(?:,?{_B}(?P<year1>\d{{4}})(?!\d))?"
)
_EN_MONTH_YEAR = re.compile(rf"(?P<month1>{_EN_MONTH}){_B},?{_B}(?P<year1>\d{{4}})(?!\d)")
_NUMERIC = re.compile(r"(?P<day>\d{1,2})(?P<sep>[/.])(?P<month>\d{1,2})(?P=sep)(?P<year>\d{4}|\d{2})(?!\d)")
_DASHED = re.compile(r"(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4})(?![\d-])")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)")
_YEARS = re.compile(
    rf"(?P<year1>\d{{4}}|\d{{2}})(?!\d)(?:{_TO}(?:ปี{_B}|พ\.ศ\.{_B}|ค\.ศ\.{_B})*(?P<year2>\d{{4}}|\d{{2}})(?![\d:]|[.,]\d)(?P<tail>[ \t]?[%])?)?"
)
_SEASON = re.compile(r"(?P<year1>\d{4}|\d{2})/(?P<year2>\d{4}|\d{2})(?!\d)")
_QUARTER = re.compile(
    rf"(?P<quarter>[1-4])(?!\d)(?:{_TO}(?P<quarter2>[1-4])(?![\d.,]))?(?:{_B}(?:/|,|ของ|ประจำ|ใน)?{_B}(?P<fiscal>ปี{_B}งบประมาณ{_B}|ปีงบ{_B})?"
    rf"(?:(?:ของ)?ปี{_B})?(?:{_ERA})?{_B}(?P<year>\d{{4}}|(?<=[/ ปี])\d{{2}})(?![\d]|[.,:]\d)|{_B}(?P<this>(?:ของ)?ปีนี้))?"
)
_FIRST_MONTHS = re.compile(
    rf"(?P<n>\d{{1,2}}){_B}เดือน(?P<which>แรก|หลัง|สุดท้าย){_B}(?:ของ{_B})?(?:(?P<fiscal>ปี{_B}งบประมาณ|ปีงบ)|ปี)?{_B}(?:{_ERA})?{_B}"
    rf"(?:(?P<year>\d{{4}}|(?<=ปี)\d{{2}}|(?<=ปี )\d{{2}})(?![\d]|[.,:]\d)|(?P<this>นี้))?"
)
_MONTHS = re.compile(
    rf"(?P<month1>{_TH_MONTH})(?:{_year('1')})?(?:{_TO}(?:เดือน{_B})?(?P<month2>{_TH_MONTH})(?:{_year('2')})?)?"
)
_MONTH_LIST = re.compile(rf"{_AND}(?:เดือน{_B})?(?={_TH_MONTH})")
_LATIN_NEXT = re.compile(r"[ \t]?[A-Za-z]")

# ── What stands around a date ────────────────────────────────────────────────────────────────────────────────────────
_LEFT_EDGE = re.compile(
    rf"(?:(?:วัน(?:{_WEEKDAY})?[ ]?(?:ที่)?่?|เดือน|(?:ปี[ ]?)?(?:{_ERA})|ปี|(?:{alternation(w for w in WEEKDAYS if w[0].isascii())}),?)"
    rf"[ \t\n]{{0,2}})\Z"
)
_LEAD_IN: Final = re.compile(r"(?:ประจำ|ใน)(?=ปี|วัน|งบ)")
_MODIFIERS: Final = re.compile(
    r"(?:(?P<until>until|Until|(?:บัดนี้|ขณะนี้|วันนี้)?[ ]?(?:ไป|เรื่อยไป)?จนถึง|บัดนี้[ ]?(?:-|ถึง)|(?<!รวม)(?<!กล่าว)(?<!พูด)(?<!นึก)(?<!คำนึง)ถึง(?=[ ]?(?:วัน|สิ้น|ปลาย)?$))"
    r"|(?P<by>by|By|before|Before|ภายใน|ก่อน|ไม่เกิน|ไม่ช้ากว่า|อย่างช้า|ไม่เกินวัน)"
    r"|(?P<since>ตั้งแต่|นับตั้งแต่|นับแต่|นับจาก|since|Since)|(?P<from>จาก|from|From)"
    r"|(?P<approx>(?<!งบ)ประมาณ|(?<![คชื])ราว|ราวๆ))[ ]?(?:ช่วง|สิ้น|ปลาย|ต้น|กลาง|วัน|เดือน|ใน|สิ้นสุด)*[ \t]?\Z"
)
_UP_TO: Final = re.compile(r"[ \t]?(?:-|จนถึง|ถึง|ไปจนถึง|to |until |onwards?)")
_SINCE_AFTER: Final = re.compile(r"[ \t]?\)?[ ]?(?:onwards?|เป็นต้น(?:ไป|มา)|เรื่อยมา|จนถึงปัจจุบัน)")
_DIRECTION: Final = re.compile(
    r"[ \t]?\)?[ ]?(?:(?P<past>ที่ผ่านมา|ที่แล้ว|ก่อน(?!การ|จะ|ที่|เวลา|หน้า))|(?P<future>หน้า(?!ที่)|ที่จะถึง|ที่จะมาถึง)|(?P<this>(?:ของ)?ปีนี้|นี้)|(?P<next>(?:ของ)?ปีหน้า)|(?P<last>(?:ของ)?ปี(?:ที่แล้ว|ก่อน(?!หน้า)|ที่ผ่านมา)))"
)
# What makes two digits after a month a quantity and not a year; a rarer classifier loses against a plausible year.
_QUANTITY_AFTER: Final = re.compile(
    rf"[ \t]?(?:{alternation(w for w, x in words_after().items() if not w[0].isascii() and (x.scale or x.currency or (x.unit and not x.unit.note)))}"
    r"|(?:คน|ราย|แห่ง|โครงการ|ครั้ง|ครัวเรือน|ฉบับ|คัน|ชิ้น|เครื่อง|ประเทศ|จังหวัด|บริษัท|เรื่อง|อัตรา|โดส|เตียง)(?![ก-๎]))"
)


def _edge(site: Site, start: int) -> int:
    """The start of a date with the words that belong to it on the left."""
    left = site.text[max(site.floor, start - 26) : start]
    m = _LEFT_EDGE.search(left)
    return start - len(left) + m.start() if m else start


def _modifier(site: Site, start: int, end: int, *, closed: bool) -> Modifier | None:
    if closed:
        return None
    if _SINCE_AFTER.match(site.text, end):
        return Modifier.SINCE
    m = _MODIFIERS.search(site.text[max(0, start - 30) : start])
    if m is None:
        return None
    if m.lastgroup == "from":  # in a comparison (เพิ่มขึ้นจากปีก่อน) nothing begins
        return Modifier.SINCE if _UP_TO.match(site.text, end) else None
    return Modifier(m.lastgroup or "")


def _direction(site: Site, end: int) -> tuple[Direction, int | None]:
    """How a date without a year is placed, and the offset from the anchor's year where a word states it."""
    m = _DIRECTION.match(site.text, end)
    if m is None:
        return Direction.NEAREST, None
    if m.lastgroup == "this" and "ปี" in m.group():
        return Direction.NEAREST, 0
    return {
        "past": (Direction.PAST, None),
        "future": (Direction.FUTURE, None),
        "this": (Direction.NEAREST, None),
        "next": (Direction.NEAREST, 1),
        "last": (Direction.NEAREST, -1),
    }[m.lastgroup or ""]


def _stated(m: re.Match[str], n: str, site: Site) -> cal.Year | bool | None:
    """The year of part `n`: a Year, None where none is written, False where what is written can't be one."""
    digits = m.group(f"year{n}")
    if digits is None:
        return None
    era = ERAS.get(m.groupdict().get(f"era{n}") or "")
    return cal.read_year(digits.lstrip("'"), era, site.context.published_on) or False


def _end(m: re.Match[str], n: str, site: Site) -> tuple[int, cal.Year | None, bool]:
    """Where the date ends, its year, and whether it is valid; two digits that count something are no year."""
    digits = m.group(f"year{n}")
    if digits is None:
        return m.end(), None, True
    if len(digits) == 2 and not m.groupdict().get(f"era{n}"):
        after = m.end(f"year{n}")
        if _QUANTITY_AFTER.match(site.text, after) or site.text[after : after + 1] in ("%", "/"):
            return m.end(f"month{n}"), None, True
    year = _stated(m, n, site)
    if year is False:
        return m.end(), None, False
    return m.end(), year if isinstance(year, cal.Year) else None, True


def _month_of(m: re.Match[str], group: str) -> int:
    return MONTHS[m.group(group).rstrip(".")] if m.group(group) not in MONTHS else MONTHS[m.group(group)]


def _supply(site: Site, month: int, day: int | None, end: int) -> tuple[cal.Year | None, Direction]:
    """The year of a date that states none, from the words after it and the anchor."""
    anchor = site.context.published_on or site.context.today
    direction, offset = _direction(site, end)
    if anchor is None:
        return None, direction
    if offset is not None:
        return cal.Year(anchor.year + offset, Confidence.INFERRED, "year: relative to publication"), direction
    year = cal.nearest_year(month, day, anchor, direction)
    return cal.Year(year, Confidence.INFERRED, f"year: {direction.value} to publication"), direction


def _found(site: Site, start: int, end: int, period: Period, year: cal.Year | None, *, closed: bool = False) -> Found:
    if start >= site.start:
        start = _edge(site, start)
    if lead_in := _LEAD_IN.match(site.text, start):
        start = lead_in.end()
    modifier = _modifier(site, start, end, closed=closed)
    if modifier is not None:
        period = replace(period, modifier=modifier)
    if year is None:
        return Found(start, end, period)
    return Found(start, end, period, year.confidence, year.basis, tuple(f"{y:04}" for y in year.alternatives))


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


# ── Productions ──────────────────────────────────────────────────────────────────────────────────────────────────────
def _ranked(site: Site) -> bool:
    """Whether the number belongs to a word for rank before it: ระยะที่ 2 เดือน มี.ค."""
    return site.lead is not None and site.lead.kind == "ordinal" and site.lead.strong


def _single(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if _ranked(site):
        return None
    month, day = _month_of(m, "month1"), int(m.group("day1"))
    end, year, valid = _end(m, "1", site)
    if not valid:
        return None
    if year is None:
        if _MANGLED_YEAR.match(site.text, end):
            return None
        year = _year_of_list(_DAY_LIST_AHEAD, site, end)
    if year is None and not _EVERY_YEAR.match(site.text, end):
        year, _ = _supply(site, month, day, end)
        end = _with_year_word(site, end)
    period = _day_period(year, month, day)
    return [_found(site, m.start(), end, period, year)] if period else None


_EVERY_YEAR: Final = re.compile(r"[ \t]?(?:ของ)?(?:ทุก|แต่ละ)[ ]?ปี")
_MANGLED_YEAR: Final = re.compile(r"[ \t]?(?:พ\.ศ\.|ค\.ศ\.)?[ \t]?\d{5}")
_DAY_LIST_AHEAD: Final = re.compile(rf"(?:{_AND}{_DAY_WORD}\d{{1,2}}{_B}(?:{_TH_MONTH})){{1,12}}" + _year("1"))
_MONTH_LIST_AHEAD: Final = re.compile(rf"(?:(?:{_AND}|[ \t])(?:เดือน{_B})?(?:{_TH_MONTH})){{1,12}}" + _year("1"))


def _year_of_list(pattern: re.Pattern[str], site: Site, end: int) -> cal.Year | None:
    """The year that closes a list of days or months: 10 เมษายน, 10 พฤษภาคม และ 10 มิถุนายน 2567."""
    m = pattern.match(site.text, end)
    if m is None or (len(m.group("year1")) == 2 and _QUANTITY_AFTER.match(site.text, m.end())):
        return None
    year = _stated(m, "1", site)
    return (
        replace(year, confidence=Confidence.INFERRED, basis="year: end of the list")
        if isinstance(year, cal.Year)
        else None
    )


def _with_year_word(site: Site, end: int) -> int:
    """The end of a date with the words that state its year: เมษายน|ปีหน้า."""
    m = _DIRECTION.match(site.text, end)
    return m.end() if m and "ปี" in m.group() else end


def _impossible(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if _ranked(site):
        return None
    return [Found(_edge(site, m.start()), m.end(), Reason(Role.OTHER))]


_IMPOSSIBLE: Final = re.compile(rf"\d{{1,3}}{_B}(?:เดือน{_B})?(?:{_TH_MONTH}){_B}(?:{_ERA})?{_B}\d{{2,6}}")


def _cross(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    first = (_month_of(m, "month1"), int(m.group("day1")))
    last = (_month_of(m, "month2"), int(m.group("day2")))
    end, year2, valid = _end(m, "2", site)
    year1 = _stated(m, "1", site)
    if not valid or year1 is False:
        return None
    if year2 is None:
        if isinstance(year1, cal.Year):
            year2 = replace(year1, ce=year1.ce + (last < first))
        else:
            year2, _ = _supply(site, *last, end)
    if not isinstance(year1, cal.Year):
        year1 = replace(year2, ce=year2.ce - (last < first)) if year2 else None
    period = _range_period((year1, year2), first, last)
    return [_found(site, m.start(), end, period, year2, closed=True)] if period else None


def _same_month(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    month, first, last = _month_of(m, "month2"), int(m.group("day1")), int(m.group("day2"))
    end, year, valid = _end(m, "2", site)
    if not valid or first > last:
        return None
    if year is None:
        year, _ = _supply(site, month, last, end)
    period = _range_period((year, year), (month, first), (month, last))
    return [_found(site, m.start(), end, period, year, closed=True)] if period else None


def _list(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    month = _month_of(m, "month2")
    end, year, valid = _end(m, "2", site)
    if not valid:
        return None
    if year is None:
        year, _ = _supply(site, month, None, end)
    founds: list[Found] = []
    items = list(_ITEM.finditer(site.text, m.start("items"), m.end("items")))
    for item in items:
        first, last = int(item.group(1)), int(item.group(2) or item.group(1))
        period = _range_period((year, year), (month, first), (month, last))
        if period is None:
            return None
        item_end = end if item is items[-1] else item.end()
        basis = "month and year: end of the list" if item is not items[-1] else (year.basis if year else None)
        start = _edge(site, item.start()) if item is items[0] else item.start()
        founds.append(Found(start, item_end, period, year.confidence if year else Confidence.STATED, basis))
    return founds


_CAPITAL_BEFORE: Final = re.compile(r"[A-Z][A-Za-z]+ \Z")


def _english(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if not m.group("year1") and _CAPITAL_BEFORE.search(site.text[max(0, m.start() - 20) : m.start()]):
        return None  # Long March 5
    month, day = _month_of(m, "month1"), int(m.group("day1"))
    year = cal.read_year(m.group("year1"), None, None) if m.group("year1") else None
    if m.group("year1") and year is None:
        return None
    if year is None:
        year, _ = _supply(site, month, day, m.end())
    last = int(m.group("day2") or day)
    period = _range_period((year, year), (month, day), (month, last)) if last != day else _day_period(year, month, day)
    return [_found(site, m.start(), m.end(), period, year, closed=last != day)] if period else None


def _english_month(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    year = cal.read_year(m.group("year1"), None, None)
    return [_found(site, m.start(), m.end(), cal.of_month(year.ce, _month_of(m, "month1")), year)] if year else None


def _numeric(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    year = cal.read_year(m.group("year"), None, site.context.published_on)
    period = _day_period(year, int(m.group("month")), int(m.group("day"))) if year else None
    return [_found(site, m.start(), m.end(), period, year)] if period else None


def _years(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    era = _era_before(site)
    anchor = site.context.published_on
    if m.group("tail"):
        return None
    first = cal.read_year(m.group("year1"), era, anchor)
    if first is None:
        return None
    kind = site.lead.kind if site.lead else "year"
    start = site.lead_start if site.lead and site.lead_start >= site.floor else m.start()
    end, last = m.end("year1"), first
    digits = m.group("year2")
    if digits is not None:
        # 2566-70 takes its century from the left; 2566 - 12 มกราคม is no range of years.
        whole = m.group("year1")[:2] + digits if len(digits) == 2 and len(m.group("year1")) == 4 else digits
        second = cal.read_year(whole, era, anchor)
        if second and 0 < second.ce - first.ce <= 60 and not _starts_date(site, m.start("year2")):
            last, end = second, m.end()
    if len(m.group("year1")) == 2 and digits is None and _QUANTITY_AFTER.match(site.text, end):
        return None
    if kind == "fiscal_year":
        period = cal.of_fiscal_years(first.ce, last.ce)
    elif kind == "academic_year" and last is first:
        period = cal.of_year(first.ce)
    else:
        period = cal.of_year(first.ce) if last is first else cal.of_years(first.ce, last.ce)
    return [_found(site, start, end, period, first, closed=last is not first)]


_ERA_BEFORE = re.compile(rf"(?P<era>{_ERA})[ \t]?\Z")


def _era_before(site: Site) -> str | None:
    m = _ERA_BEFORE.search(site.text[max(site.floor, site.start - 18) : site.start])
    return ERAS[m.group("era")] if m else None


def _starts_date(site: Site, start: int) -> bool:
    return bool(_SINGLE.match(site.text, start))


def _season(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    first = cal.read_year(m.group("year1"), None, site.context.published_on)
    digits = m.group("year2")
    whole = m.group("year1")[:2] + digits if len(digits) == 2 and len(m.group("year1")) == 4 else digits
    last = cal.read_year(whole, None, site.context.published_on)
    if first is None or last is None or last.ce - first.ce != 1:
        return None
    start = site.lead_start if site.lead else m.start()
    return [_found(site, start, m.end(), cal.of_years(first.ce, last.ce), first, closed=True)]


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
            direction, offset = _direction(site, m.end())
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
    return [_found(site, start, m.end(), period, year, closed=last != n)]


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
        first, last = _fiscal_month(year.ce, start_month), _fiscal_month(year.ce, start_month + n - 1)
    return [_found(site, m.start(), m.end(), cal.of_months(first, last), year, closed=True)]


def _fiscal_month(fiscal_year: int, nth: int) -> tuple[int, int]:
    return (fiscal_year - 1, nth + 9) if nth <= 3 else (fiscal_year, nth - 3)


def _months(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    month1 = THAI_MONTHS[m.group("month1")]
    end1 = m.end("year1") if m.group("year1") else m.end("month1")
    has_lead = bool(re.search(r"เดือน[ ]?\Z", site.text[max(0, site.start - 6) : site.start]))
    year1 = _stated(m, "1", site)
    if year1 is not None and not isinstance(year1, bool) and len(m.group("year1")) == 2 and not m.group("era1"):
        after = m.end("year1")
        if _QUANTITY_AFTER.match(site.text, after) or _SINGLE.match(site.text, m.start("year1")):
            year1, end1 = None, m.end("month1")
    if year1 is False:
        year1, end1 = None, m.end("month1")
    if m.group("month2") and (not m.group("year1") or year1):
        month2 = THAI_MONTHS[m.group("month2")]
        end, year2, valid = _end(m, "2", site)
        if valid:
            if year2 is None and isinstance(year1, cal.Year):
                year2 = replace(year1, ce=year1.ce + (month2 < month1))
            if year2 is None:
                year2, _ = _supply(site, month2, None, end)
            if not isinstance(year1, cal.Year):
                year1 = replace(year2, ce=year2.ce - (month2 < month1)) if year2 else None
            if year1 is None or year2 is None:
                period = Period(f"XXXX-{month1:02}/XXXX-{month2:02}", None, None)
            elif (year1.ce, month1) > (year2.ce, month2):
                return None
            else:
                period = cal.of_months((year1.ce, month1), (year2.ce, month2))
            return [_found(site, m.start(), end, period, year2, closed=True)]
    if not isinstance(year1, cal.Year):
        dotted = "." in m.group("month1") or m.group("month1") not in _FULL_NAMES
        direction = _DIRECTION.match(site.text, end1)
        if dotted and not has_lead and direction is None:
            return None  # ก.พ. and กค. are offices too
        year1 = _year_of_list(_MONTH_LIST_AHEAD, site, end1)
        if year1 is None:
            year1, _ = _supply(site, month1, None, end1)
        if direction and direction.lastgroup in ("this", "next", "last") and "ปี" in direction.group():
            end1 = direction.end()
        elif m.group("year1") is None and year1 is not None and site.text[end1 : end1 + 2] == "ปี":
            stated = re.compile(rf"ปี{_B}(\d{{4}})(?!\d)").match(site.text, end1)
            if stated:
                return None
    period = cal.of_month(year1.ce, month1) if isinstance(year1, cal.Year) else Period(f"XXXX-{month1:02}", None, None)
    return [_found(site, m.start(), end1, period, year1 if isinstance(year1, cal.Year) else None)]


_FULL_NAMES: Final = frozenset(row["surface"] for row in seeds.rows("months") if row["kind"] in ("full", "misspelling"))

# ── Relative expressions ─────────────────────────────────────────────────────────────────────────────────────────────
_RELATIVE: Final = {row["surface"]: (row["unit"], int(row["offset"])) for row in seeds.rows("relative_dates")}
RELATIVE_WORDS: Final = alternation(_RELATIVE)
_RELATIVE_PATTERN = re.compile(rf"(?P<word>{RELATIVE_WORDS})(?![A-Za-z])")
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
    modifier = _modifier(site, start, end, closed=False)
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


# ── Parts of a year in words ─────────────────────────────────────────────────────────────────────────────────────────
_PART_YEAR: Final = rf"{_B}(?:ของ|ใน)?{_B}(?:(?P<fiscal>ปี{_B}งบประมาณ{_B})|ปี{_B})?(?:(?:{_ERA}){_B})?(?:(?P<year>\d{{4}}|(?<=[ปี ])\d{{2}})(?![\d]|[.,:]\d)|(?P<rel>นี้|หน้า|ที่แล้ว|ที่ผ่านมา|ก่อน(?!หน้า)))?"
_PARTS: Final = (
    r"(?:(?P<half>ครึ่ง(?:ปี)?(?P<halfno>แรก|หลัง))|(?P<quarter>ไตรมาส(?:ที่)?[ ]?(?P<quarterno>แรก|สุดท้าย|หนึ่ง|สอง|สาม|สี่)))"
)
PART_WORDS: Final = r"ครึ่ง(?:ปี)?(?:แรก|หลัง)|ไตรมาส(?:ที่)?[ ]?(?:แรก|สุดท้าย|หนึ่ง|สอง|สาม|สี่)"
_PART_PATTERN = re.compile(_PARTS + _PART_YEAR)
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
            a, b = _fiscal_month(year.ce, first), _fiscal_month(year.ce, last)
        period = cal.of_months(a, b)
    return [_found(site, m.start(), end, period, year, closed=True)]


# ── A year without a word before it ──────────────────────────────────────────────────────────────────────────────────
_BARE_WINDOW = 60  # a bare four-digit number this near to the publication year, with no unit after it, is a year
_LATIN_BEFORE: Final = re.compile(r"[A-Za-z'\"&)][ ]?\(?\Z")
_TREATY_BEFORE: Final = re.compile(r"(?:อนุสัญญา|สนธิสัญญา|พิธีสาร|ปฏิญญา|ความตกลง|กฎบัตร)[^\d\n]{0,30}\Z")
_FUNCTION_BEFORE: Final = re.compile(
    r"(?:\b(?:in|of|by|since|until|from|during|year|for|to|and|before|after|early|late|mid|end of)[ ])\Z", re.IGNORECASE
)


def _bare_year(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    anchor = site.context.published_on or date(2020, 1, 1)
    year = cal.read_year(m.group("year1"), None, None)
    left = site.text[max(0, site.start - 42) : site.start]
    if year is None or m.group("tail"):
        return None
    if abs(year.ce - anchor.year) > _BARE_WINDOW and not _TREATY_BEFORE.search(left):
        return None
    is_be = m.group("year1")[0] == "2" and m.group("year1")[1] > "2"
    if not is_be and _LATIN_BEFORE.search(left) and not _FUNCTION_BEFORE.search(left):
        return None
    if not is_be and _LATIN_NEXT.match(site.text, m.end("year1")) and not _FUNCTION_BEFORE.search(left):
        return None
    found = _years(m, site)
    if found is None:
        return None
    return [
        replace(f, confidence=Confidence.INFERRED, basis="kind: four digits near the publication year") for f in found
    ]


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
        _SINGLE,
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
        "date.season",
        Role.DATE,
        "two consecutive years with a slash",
        _SEASON,
        _season,
        {"ปีการผลิต 2566/67": "2023/2024", "ปี 66/67": "2023/2024"},
        ("ปี 2566/2569",),
        shapes=frozenset([Shape.SLASH]),
        leads=frozenset(["year", "crop_year", "academic_year", "fiscal_year"]),
    ),
    Rule(
        "date.year",
        Role.DATE,
        "a year or a range of years after a word for year or era",
        _YEARS,
        _years,
        {"ปี 2565-2568": "2022/2025", "พ.ศ. 2542": "1999", "ปีงบประมาณ 2566": "2022-10/2023-09"},
        ("พ.ศ. 2024", "ค.ศ. 2567", "ปี 5 โครงการ"),
        shapes=frozenset([Shape.YEAR, Shape.DAY, Shape.INT]),
        leads=frozenset(["year", "fiscal_year", "academic_year", "crop_year"]),
    ),
)

LATE_RULES: Final = (
    Rule(
        "date.bare_year",
        Role.DATE,
        "four digits that are a year near the publication",
        _YEARS,
        _bare_year,
        {"ในปีนี้ (2567)": "2024"},
        ("งาน Expo 2024",),
        shapes=frozenset([Shape.YEAR]),
        words=frozenset(["-", "link", "latin", "close", "blocked", "slash", "dot", "month"]),
    ),
)

ENGLISH_RULES: Final = (
    Rule(
        "date.english_month_day",
        Role.DATE,
        "an English month and day",
        _EN_MONTH_DAY,
        _english,
        {"September 27, 2021": "2021-09-27"},
        ("September 37, 2021",),
        leads=frozenset(["month"]),
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
    ),
)

MONTH_RULES: Final = (
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

RELATIVE_RULES: Final = (
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
