"""What all date rules share: the patterns of day, month and year, and how a year is read, supplied and placed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, Literal

from flows.extract import calendar as cal
from flows.extract.calendar import Direction
from flows.extract.rule import Found, Site
from flows.extract.vocabulary import ENGLISH_MONTHS, ERAS, MONTHS, THAI_MONTHS, WEEKDAYS, alternation, words_after
from schemas.values import Confidence, Modifier, Period

# ── Patterns ─────────────────────────────────────────────────────────────────────────────────────────────────────────
BLANKS: Final = r"[ \t]{0,3}"
THAI_MONTH: Final = alternation(THAI_MONTHS)
ENGLISH_MONTH: Final = rf"(?:{alternation(ENGLISH_MONTHS)})(?![A-Za-z])\.?"
ERA: Final = alternation(ERAS)
WEEKDAY: Final = alternation(WEEKDAYS)
TO: Final = rf"{BLANKS}(?:-|~|จนถึง|ไปจนถึง|ถึง|เรื่อยไปจนถึง|to|until|through){BLANKS}"
DAY_WORD: Final = rf"(?:(?:ใน)?วัน(?:{WEEKDAY})?(?:ที่)?{BLANKS})?"
AND: Final = rf"{BLANKS}(?:,{BLANKS}และ|,|และ|หรือ|กับ|&){BLANKS}"
DAY: Final = r"(?P<day{}>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)"


def month_group(n: str) -> str:
    """A pattern for a month, in the group `month{n}`."""
    return rf"{BLANKS}[/-]?{BLANKS}(?:เดือน{BLANKS})?(?P<month{n}>{THAI_MONTH}|{ENGLISH_MONTH})"


def year_group(n: str) -> str:
    """A pattern for a year with what stands before it, in the groups `era{n}` and `year{n}`."""
    return (
        rf"(?:(?:{BLANKS},(?={BLANKS}\d{{4}}))?{BLANKS}[/-]?(?:ปี{BLANKS})?(?P<era{n}>{ERA})?{BLANKS}"
        rf"(?P<year{n}>\d{{4}}(?!\d)|'?\d{{2}}(?![\d]|[.,:]\d|[ \t]?(?:{THAI_MONTH}))))"
    )


SINGLE: Final = re.compile(DAY.format("1") + month_group("1") + year_group("1") + "?")
# ── What stands around a date ────────────────────────────────────────────────────────────────────────────────────────
_LEFT_EDGE: Final = re.compile(
    rf"(?:(?:วัน(?:{WEEKDAY})?[ ]?(?:ที่)?่?|เดือน|(?:ปี[ ]?)?(?:{ERA})|ปี|(?:{alternation(w for w in WEEKDAYS if w[0].isascii())}),?)"
    rf"[ \t\n]{{0,2}})\Z"
)
_LEFT_EDGE_ENDS: Final = frozenset(word[-1] for word in ("วัน", "ที่", "เดือน", "ปี", ",", *WEEKDAYS, *ERAS))
_LEAD_IN: Final = re.compile(r"(?:ประจำ|ใน)(?=ปี|วัน|งบ)")
_MODIFIERS: Final = re.compile(
    r"(?:(?P<until>until|Until|(?:บัดนี้|ขณะนี้|วันนี้)?[ ]?(?:ไป|เรื่อยไป)?จนถึง|บัดนี้[ ]?(?:-|ถึง)|(?<!รวม)(?<!กล่าว)(?<!พูด)(?<!นึก)(?<!คำนึง)ถึง(?=[ ]?(?:วัน|สิ้น|ปลาย)?$))"
    r"|(?P<by>by|By|before|Before|ภายใน|ก่อน|ไม่เกิน|ไม่ช้ากว่า|อย่างช้า|ไม่เกินวัน)"
    r"|(?P<since>ตั้งแต่|นับตั้งแต่|นับแต่|นับจาก|since|Since)|(?P<from>จาก|from|From)"
    r"|(?P<approx>(?<!งบ)ประมาณ|(?<![คชื])ราว|ราวๆ))[ ]?(?:ช่วง|สิ้น|ปลาย|ต้น|กลาง|วัน|เดือน|ใน|สิ้นสุด)*[ \t]?\Z"
)
# The same from right to left without its conditions: most dates have none of these words before them.
_MODIFIER_ENDS: Final = (
    "until",
    "Until",
    "ถึง",
    "-",
    "by",
    "By",
    "before",
    "Before",
    "ภายใน",
    "ก่อน",
    "ไม่เกิน",
    "ไม่ช้ากว่า",
    "อย่างช้า",
    "ตั้งแต่",
    "นับแต่",
    "จาก",
    "since",
    "Since",
    "from",
    "From",
    "ประมาณ",
    "ราว",
    "ราวๆ",
)
_MAY_MODIFY: Final = re.compile(
    rf"[ \t]?(?:{alternation(w[::-1] for w in ('ช่วง', 'สิ้น', 'ปลาย', 'ต้น', 'กลาง', 'วัน', 'เดือน', 'ใน', 'สิ้นสุด'))}){{0,9}}[ ]?(?:{alternation(w[::-1] for w in _MODIFIER_ENDS)})"
)
_UP_TO: Final = re.compile(r"[ \t]?(?:-|จนถึง|ถึง|ไปจนถึง|to |until |onwards?)")
_SINCE_AFTER: Final = re.compile(r"[ \t]?\)?[ ]?(?:onwards?|เป็นต้น(?:ไป|มา)|เรื่อยมา|จนถึงปัจจุบัน)")
DIRECTION: Final = re.compile(
    r"[ \t]?\)?[ ]?(?:(?P<past>ที่ผ่านมา|ที่แล้ว|ก่อน(?!การ|จะ|ที่|เวลา|หน้า))|(?P<future>หน้า(?!ที่)|ที่จะถึง|ที่จะมาถึง)|(?P<this>(?:ของ)?ปีนี้|นี้)|(?P<next>(?:ของ)?ปีหน้า)|(?P<last>(?:ของ)?ปี(?:ที่แล้ว|ก่อน(?!หน้า)|ที่ผ่านมา)))"
)
# What makes two digits after a month a quantity and not a year; a rarer classifier loses against a plausible year.
QUANTITY_AFTER: Final = re.compile(
    rf"[ \t]?(?:{alternation(w for w, x in words_after().items() if not w[0].isascii() and w != 'ร้อย' and (x.scale or x.currency or (x.unit and not x.unit.note)))}"
    r"|(?:คน|ราย|แห่ง|โครงการ|ครั้ง|ครัวเรือน|ฉบับ|คัน|ชิ้น|เครื่อง|ประเทศ|จังหวัด|บริษัท|เรื่อง|อัตรา|โดส|เตียง)(?![ก-๎]))"
)


def left_edge(site: Site, start: int) -> int:
    """The start of a date with the words that belong to it on the left."""
    left = site.text[max(site.floor, start - 26) : start]
    if left.rstrip(" \t\n")[-1:] not in _LEFT_EDGE_ENDS:
        return start
    m = _LEFT_EDGE.search(left)
    return start - len(left) + m.start() if m else start


def modifier_of(site: Site, start: int, end: int, *, closed: bool) -> Modifier | None:
    """How the words around bound the date: ตั้งแต่, ภายใน, จนถึง."""
    if closed:
        return None
    if _SINCE_AFTER.match(site.text, end):
        return Modifier.SINCE
    behind = len(site.mirror) - start
    if not _MAY_MODIFY.match(site.mirror, behind, behind + 30):
        return None
    m = _MODIFIERS.search(site.text[max(0, start - 30) : start])
    if m is None:
        return None
    if m.lastgroup == "from":  # in a comparison (เพิ่มขึ้นจากปีก่อน) nothing begins
        return Modifier.SINCE if _UP_TO.match(site.text, end) else None
    return Modifier(m.lastgroup or "")


def direction_at(site: Site, end: int) -> tuple[Direction, int | None]:
    """How a date without a year is placed, and the offset from the anchor's year where a word states it."""
    m = DIRECTION.match(site.text, end)
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


def with_year_word(site: Site, end: int) -> int:
    """The end of a date with the words that state its year: เมษายน|ปีหน้า."""
    m = DIRECTION.match(site.text, end)
    return m.end() if m and "ปี" in m.group() else end


def dated(site: Site, start: int, end: int, period: Period, year: cal.Year | None, *, closed: bool = False) -> Found:
    """The mention of `period` with the words around it; nothing outside bounds a period that is `closed`."""
    if start >= site.start:
        start = left_edge(site, start)
    if lead_in := _LEAD_IN.match(site.text, start):
        start = lead_in.end()
    modifier = modifier_of(site, start, end, closed=closed)
    if modifier is not None:
        period = replace(period, modifier=modifier)
    if year is None:
        return Found(start, end, period)
    others = tuple(f"{other:04}" for other in year.alternatives) if year.alternatives else ()
    return Found(start, end, period, year.confidence, year.basis, others)


# ── The year ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def stated_year(m: re.Match[str], n: str, site: Site) -> cal.Year | Literal[False] | None:
    """The year of part `n`: a Year, None where none is written, False where what is written can't be one."""
    digits = m.group(f"year{n}")
    if digits is None:
        return None
    era = ERAS.get(m.group(f"era{n}") or "")
    return cal.read_year(digits.lstrip("'"), era, site.context.published_on) or False


def end_and_year(m: re.Match[str], n: str, site: Site) -> tuple[int, cal.Year | None, bool]:
    """Where the date ends, its year, and whether it is valid; two digits that count something are no year."""
    digits = m.group(f"year{n}")
    if digits is None:
        return m.end(), None, True
    if len(digits) == 2 and not m.group(f"era{n}"):
        after = m.end(f"year{n}")
        if QUANTITY_AFTER.match(site.text, after) or site.text[after : after + 1] in ("%", "/"):
            return m.end(f"month{n}"), None, True
    year = stated_year(m, n, site)
    if year is False:
        return m.end(), None, False
    return m.end(), year, True


def supply_year(site: Site, month: int, day: int | None, end: int) -> cal.Year | None:
    """The year of a date that states none, from the words after it and the anchor."""
    anchor = site.context.published_on or site.context.today
    direction, offset = direction_at(site, end)
    if anchor is None:
        return None
    if offset is not None:
        return cal.Year(anchor.year + offset, Confidence.INFERRED, "year: relative to publication")
    year = cal.nearest_year(month, day, anchor, direction)
    others = cal.almost_as_near(year, month, day, anchor) if direction is Direction.NEAREST else ()
    return cal.Year(year, Confidence.INFERRED, f"year: {direction.value} to publication", others)


def year_of_list(pattern: re.Pattern[str], site: Site, end: int) -> cal.Year | None:
    """The year that closes a list of days or months: 10 เมษายน, 10 พฤษภาคม และ 10 มิถุนายน 2567."""
    m = pattern.match(site.text, end)
    if m is None or (len(m.group("year1")) == 2 and QUANTITY_AFTER.match(site.text, m.end())):
        return None
    year = stated_year(m, "1", site)
    return replace(year, confidence=Confidence.INFERRED, basis="year: end of the list") if year else None


def month_of(m: re.Match[str], group: str) -> int:
    """The number of the month in `group`, which may end in a full stop of its own."""
    word = m.group(group)
    return MONTHS[word] if word in MONTHS else MONTHS[word.rstrip(".")]


def fiscal_month(fiscal_year: int, nth: int) -> tuple[int, int]:
    """Year and month of the n-th month of a fiscal year, which begins in October."""
    return (fiscal_year - 1, nth + 9) if nth <= 3 else (fiscal_year, nth - 3)
