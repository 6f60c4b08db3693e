"""Years: after a word for year or era, in pairs, and four bare digits near the publication."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from flows.extract import calendar as cal
from flows.extract.date_parts import BLANKS, ERA, QUANTITY_AFTER, SINGLE, TO, dated
from flows.extract.rule import Found, Rule, Shape, Site
from flows.extract.vocabulary import ERAS
from schemas.values import Confidence, Role

_YEARS: Final = re.compile(
    rf"(?P<year1>\d{{4}}|\d{{2}})(?!\d)(?:{TO}(?:ปี{BLANKS}|พ\.ศ\.{BLANKS}|ค\.ศ\.{BLANKS})*(?P<year2>\d{{4}}|\d{{2}})(?![\d:]|[.,]\d)(?P<tail>[ \t]?[%])?)?"
)
_SEASON: Final = re.compile(r"(?P<year1>\d{4}|\d{2})/(?P<year2>\d{4}|\d{2})(?!\d)")
_SEASON_IN_FULL: Final = re.compile(r"(?P<year1>\d{4})/(?P<year2>\d{4})(?!\d)")
_ERA_BEFORE: Final = re.compile(rf"(?P<era>{ERA})[ \t]?\Z")
_BARE_WINDOW: Final = 60  # a bare four-digit number this near to the publication year, with no unit after it, is a year
_LATIN_NEXT: Final = re.compile(r"[ \t]?[A-Za-z]")
_LATIN_BEFORE: Final = re.compile(r"[A-Za-z'\"&)][ ]?\(?\Z")
_TREATY_BEFORE: Final = re.compile(r"(?:อนุสัญญา|สนธิสัญญา|พิธีสาร|ปฏิญญา|ความตกลง|กฎบัตร)[^\d\n]{0,30}\Z")
# Within the next 2 years (2024); the 2024 budget: a name would go on with a capital.
_LOWER_BEFORE: Final = re.compile(r"\b[a-z]+[ ]\(\Z|\bthe[ ]\Z")
_FUNCTION_BEFORE: Final = re.compile(
    r"(?:\b(?:in|of|by|since|until|from|during|year|for|to|and|before|after|early|late|mid|end of)[ ])\Z", re.IGNORECASE
)


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
    if len(m.group("year1")) == 2 and digits is None and QUANTITY_AFTER.match(site.text, end):
        return None
    if kind == "fiscal_year":
        period = cal.of_fiscal_years(first.ce, last.ce)
    elif kind == "academic_year" and last is first:
        period = cal.of_year(first.ce)
    else:
        period = cal.of_year(first.ce) if last is first else cal.of_years(first.ce, last.ce)
    return [dated(site, start, end, period, first, closed=last is not first)]


def _era_before(site: Site) -> str | None:
    m = _ERA_BEFORE.search(site.text[max(site.floor, site.start - 18) : site.start])
    return ERAS[m.group("era")] if m else None


def _starts_date(site: Site, start: int) -> bool:
    return bool(SINGLE.match(site.text, start))


def _season(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    first = cal.read_year(m.group("year1"), None, site.context.published_on)
    digits = m.group("year2")
    whole = m.group("year1")[:2] + digits if len(digits) == 2 and len(m.group("year1")) == 4 else digits
    last = cal.read_year(whole, None, site.context.published_on)
    if first is None or last is None or last.ce - first.ce != 1:
        return None
    start = site.lead_start if site.lead else m.start()
    return [dated(site, start, m.end(), cal.of_years(first.ce, last.ce), first, closed=True)]


def _bare_year(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    anchor = site.context.published_on or date(2020, 1, 1)
    year = cal.read_year(m.group("year1"), None, None)
    left = site.text[max(0, site.start - 42) : site.start]
    if year is None or m.group("tail"):
        return None
    if (
        abs(year.ce - anchor.year) > _BARE_WINDOW
        and not _TREATY_BEFORE.search(left)
        and not _FUNCTION_BEFORE.search(left)
    ):
        return None
    is_be = m.group("year1")[0] == "2" and m.group("year1")[1] > "2"
    closed = m.group("year2") is not None  # Master Plan (2023-2027) dates the plan, Contest (2024) is a name
    if (
        not is_be
        and not closed
        and _LATIN_BEFORE.search(left)
        and not _FUNCTION_BEFORE.search(left)
        and not _LOWER_BEFORE.search(left)
    ):
        return None
    if (
        not is_be
        and _LATIN_NEXT.match(site.text, m.end("year1"))
        and not _FUNCTION_BEFORE.search(left)
        and not _LOWER_BEFORE.search(left)
    ):
        return None
    found = _years(m, site)
    if found is None:
        return None
    return [
        f._replace(confidence=Confidence.INFERRED, basis="kind: four digits near the publication year") for f in found
    ]


_FESTIVAL_LEFT: Final = re.compile(r"(?:ปีใหม่|สงกรานต์|ลอยกระทง|วันเด็ก|[ก-๎])(?:[ ]?['’]|[ ])\Z|(?:ปีใหม่|สงกรานต์|วันเด็ก)\Z")
_TWO_DIGITS: Final = re.compile(r"\d{2}(?!\d|[.,:/]\d)")
_NEAR: Final = 12  # a two-digit year without a word for year must be this near to the publication


def _two_digit_year(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    anchor = site.context.published_on
    left = site.text[max(0, site.start - 12) : site.start]
    f = _FESTIVAL_LEFT.search(left)
    if anchor is None or f is None:
        return None
    year = cal.read_year(m.group(), None, anchor)
    if year is None or abs(year.ce - anchor.year) > _NEAR:
        return None
    apostrophe = left.endswith(("'", "’"))
    if not apostrophe and not f.group().strip(" '’").endswith(("ปีใหม่", "สงกรานต์", "ลอยกระทง", "วันเด็ก")):
        return None
    period = cal.of_year(year.ce)
    return [
        Found(m.start(), m.end(), period, Confidence.INFERRED, "era: Buddhist, two digits near the publication year")
    ]


RULES: Final = (
    Rule(
        "date.two_digit_year",
        Role.DATE,
        "two digits of a year after a festival or an apostrophe",
        _TWO_DIGITS,
        _two_digit_year,
        {"งานวันเด็ก'67 จัดขึ้น": "2024", "ของขวัญปีใหม่ 67 ของประชาชน": "2024"},
        ("ปีใหม่ 12 วัน", "วันเด็ก 25 แห่ง"),
        shapes=frozenset([Shape.INT]),
        words=frozenset(["-", "link", "close", "blocked", "dot", "latin"]),
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
        "date.season_alone",
        Role.DATE,
        "two consecutive years in full with a slash",
        _SEASON_IN_FULL,
        _season,
        {"ข้าวโพดเลี้ยงสัตว์ 2566/2567 , มันสำปะหลัง": "2023/2024"},
        ("เลขที่ 2566/2569",),
        shapes=frozenset([Shape.SLASH]),
        leads=frozenset(["-", "filler"]),
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
