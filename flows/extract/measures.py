"""Measures: a quantity with a unit of measurement, a percentage, a duration or an age."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

import seeds
from flows.extract.numerals import NUMBER, decimal
from flows.extract.quantities import PER, QUANTITY, Reading, read
from flows.extract.rule import Edge, Found, Rule, Shape, Site
from flows.extract.vocabulary import UNITS_AFTER, Unit, alternation
from schemas.values import Comparator, Confidence, Measure, Role

_EVIDENCE: Final[Mapping[str, re.Pattern[str]]] = {
    "จุด": re.compile(r"(?:ดัชนี|ตลาดหุ้น|หุ้น|ตลาดหลักทรัพย์|SET|ดาวโจนส์|นิกเกอิ|แนสแด็ก)[^\n]{0,60}\Z"),
    "หน่วย": re.compile(r"(?:ไฟฟ้า|ค่าไฟ|กระแสไฟ|พลังงาน|Ft|เอฟที)[^\n]{0,60}\Z"),
    "ยูนิต": re.compile(r"(?:ไฟฟ้า|ค่าไฟ|กระแสไฟ)[^\n]{0,60}\Z"),
    "ปอนด์": re.compile(r"(?:น้ำหนัก|หนัก|แรง)[^\n]{0,30}\Z"),
    "องศา": re.compile(r"(?:อุณหภูมิ|ร้อน|หนาว|เย็น|ความร้อน|แช่)[^\n]{0,60}\Z"),
    "กะรัต": re.compile(r"(?:เพชร|พลอย|ทับทิม|อัญมณี)[^\n]{0,40}\Z"),
    "อาทิตย์": re.compile(r"\Z"),
    "m": re.compile(r"\Z"),
    "กิโล": re.compile(r"\Z"),
    "ตัน": re.compile(r"\Z"),
    "ม.": re.compile(r"\Z"),
    "งาน": re.compile(r"(?:ที่ดิน|เนื้อที่|ไร่)[^\n]{0,25}\Z"),
    "คืน": re.compile(r""),
}
_ALWAYS_OK: Final = frozenset(
    [
        "MT",
        "g",
        "g.",
        "gm",
        "hrs",
        "hrs.",
        "L",
        "ล.",
        "องศาฯ",
        "คิว",
        "แกลลอน",
        "แกลอน",
        "gallon",
        "gallons",
        "lbs",
        "lb",
        "lb.",
        "วา",
        "โล",
        "มล.",
        "มล",
    ]
)
_FACTORS: Final = {
    row["unit_code"]: (Fraction(row["factor_to_si"]), row["si_unit"])
    for row in seeds.rows("units")
    if row["factor_to_si"]
}
_YEAR_AFTER: Final = re.compile(r"[ \t]?(?:พ\.ศ\.|ค\.ศ\.)?[ \t]?2[56]\d\d(?![\d,])")
_HALF_AFTER: Final = re.compile(r"[ \t]?ครึ่ง(?!ปี|แรก|หลัง|หนึ่ง|วัน|เดือน)")
_CHAINS: Final[Mapping[str, tuple[tuple[str, int], ...]]] = {
    "a": (("mo", 12),),
    "mo": (),
    "h": (("min", 60),),
    "min": (("s", 60),),
    "[rai]": (("[ngan]", 4), ("[wah2]", 400)),
    "[ngan]": (("[wah2]", 100),),
}
_UNIT_WORD: Final = alternation(UNITS_AFTER)
_NEXT: Final = re.compile(
    rf"[ \t]{{0,2}}(?:และ|กับ)?[ \t]?(?P<n>{NUMBER})(?![0-9]|[.,/:][0-9])[ \t]{{0,2}}(?P<unit>{_UNIT_WORD})"
)
_AGE_RANGE: Final = re.compile(r"[A-Za-z]")


def _allowed(surface: str, unit: Unit, reading: Reading, site: Site) -> bool:
    if not unit.note.startswith(("ambiguous", "needs_chain")) or surface in _ALWAYS_OK:
        return True
    evidence = _EVIDENCE.get(surface)
    return bool(evidence and evidence.search(site.text, max(0, reading.start - 80), reading.start))


@lru_cache(maxsize=1 << 14)
def si_value(value: Decimal, unit_code: str) -> tuple[Decimal | None, str | None]:
    """The value in the base SI unit where the factor is exact and the result fits nine places."""
    factor = _FACTORS.get(unit_code)
    if factor is None:
        return None, None
    exact = Fraction(value) * factor[0]
    scaled = exact * 10**9
    if scaled.denominator != 1:
        return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("1e-9")), factor[1]
    return Decimal(scaled.numerator).scaleb(-9).normalize() + 0, factor[1]


def of(value: Decimal, value_max: Decimal | None, code: str, comparator: Comparator, per: str | None) -> Measure:
    """A measure with its value in the base SI unit."""
    si, si_unit = si_value(value, code)
    return Measure(value, value_max, code, comparator, per, si, si_unit)


def _percent(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    if not reading.percent or _RATIO_AFTER.match(site.text, reading.end):
        return None
    end, per = reading.end, reading.per
    if reading.unit is not None and reading.unit.unit is not None and reading.unit.unit.code == "%":
        end = reading.unit_end
    elif reading.unit is not None:
        pm = PER.match(site.text, end)
        per = per or (pm.group("per") if pm else None)
    comparator = reading.comparator
    if (after := _after_comparator(site.text, end)) is not None:
        comparator, end = after
    value = of(reading.value, reading.value_max, "%", comparator, per)
    return [Found(reading.start, end, value, basis=reading.basis)]


_RATIO_AFTER: Final = re.compile(r":\d")
_AFTER_PERCENT: Final = re.compile(r"[ \t]?ขึ้นไป")


def _after_comparator(text: str, end: int) -> tuple[Comparator, int] | None:
    m = _AFTER_PERCENT.match(text, end)
    return (Comparator.GE, m.end()) if m else None


def _unit(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    word = reading.unit
    if word is None or word.unit is None or reading.sign:
        return None
    unit = word.unit
    surface_end = reading.unit_end
    if (
        word.surface[-1].isascii()
        and word.surface[-1].isalpha()
        and site.text[surface_end : surface_end + 1].isascii()
        and site.text[surface_end : surface_end + 1].isalpha()
    ):
        return None  # a Latin unit ends where its word ends
    if not _allowed(word.surface, unit, reading, site):
        if word.surface != "องศา":
            return None
        unit = Unit("องศา", "")  # an angle, written as in the text
    if (
        unit.code == "a"
        and word.surface == "ปี"
        and _YEAR_AFTER.match(site.text, surface_end)
        and not reading.scaled
        and reading.value_max is None
        and reading.comparator is Comparator.EQ
        and not _age_before(site)
    ):
        return None
    value, code, end = reading.value, unit.code, surface_end
    if reading.value_max is None:
        half = _HALF_AFTER.match(site.text, end)
        if half and code in ("a", "mo", "h", "d", "wk", "[rai]", "km", "kg", "{times}", "min"):
            value, end = value + Decimal("0.5") * (1 if not reading.scaled else 0), half.end()
        else:
            value, code, end = _chain(value, code, end, site)
    per = reading.per
    if end != surface_end:
        pm = PER.match(site.text, end)
        per = per or (pm.group("per") if pm else None)
    else:
        end = reading.full_end
    found = of(value, reading.value_max, code, reading.comparator, per)
    return [Found(reading.start, end, found, basis=reading.basis)]


def _age_before(site: Site) -> bool:
    return site.lead is not None and site.lead.kind == "age"


def _chain(value: Decimal, code: str, end: int, site: Site) -> tuple[Decimal, str, int]:
    """`10 ไร่ 2 งาน 30 ตารางวา` and `5 ปี 3 เดือน` are one measure in the smallest unit named."""
    steps = _CHAINS.get(code)
    while steps:
        m = _NEXT.match(site.text, end)
        if m is None:
            break
        smaller = UNITS_AFTER[m.group("unit")].code
        factor = next((f for c, f in steps if c == smaller), None)
        if factor is None:
            break
        if code == "a" and decimal(m.group("n")) >= 12:
            break
        value = value * factor + decimal(m.group("n"))
        code, end = smaller, m.end()
        steps = _CHAINS.get(code)
    return value, code, end


_GOLD_BEFORE: Final = re.compile(r"(?:ทองคำ|ทองรูปพรรณ|สร้อย|ทองแท่ง|แหวนทอง)[^0-9\n]{0,14}\Z")


def _gold(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    if reading.unit is None or reading.unit.surface != "บาท" or reading.scaled or reading.value >= 100:
        return None
    if not _GOLD_BEFORE.search(site.text, max(0, reading.start - 30), reading.start):
        return None
    value = Measure(reading.value, reading.value_max, "บาท", reading.comparator, reading.per)
    return [Found(reading.start, reading.full_end, value)]


def _age(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    if reading.unit is not None or reading.value > _OLDEST:
        return None
    return [
        Found(
            reading.start,
            reading.full_end,
            of(reading.value, reading.value_max, "a", reading.comparator, None),
            basis="unit: อายุ before it",
        )
    ]


_OLDEST: Final = 120
_INTEREST: Final = re.compile(r"(?:MRR|MLR|MOR|SOFR|LIBOR|THOR|BIBOR)[ \t]?[-+][ \t]?\Z")


def _interest(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    if reading.unit is None or reading.unit.surface != "%" or not _INTEREST.search(site.left(12)):
        return None
    return [
        Found(
            reading.start, reading.full_end, of(reading.value, reading.value_max, "%", reading.comparator, reading.per)
        )
    ]


_BARE_MARGIN: Final = re.compile(rf"(?P<n>{NUMBER})(?![0-9]|[.,:/][0-9]|[ \t]?%)")
_ENGLISH_SPAN: Final = re.compile(
    r"(?P<n>\d{1,3})[ -](?:(?:consecutive|straight|fiscal|calendar|full|Consecutive|Straight|Fiscal)[ ](?P<unit>[Yy]ears?|[Mm]onths?|[Ww]eeks?|[Dd]ays?)|(?P<capitals>YEARS?|MONTHS?|WEEKS?|DAYS?|HOURS?))(?![A-Za-z])"
)
_SPANS: Final = {"year": "a", "month": "mo", "week": "wk", "day": "d", "hour": "h"}


def _bare_margin(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    """MRR - 2: points of percent, as the rate is."""
    if not _INTEREST.search(site.text, max(0, site.start - 12), site.start):
        return None
    pm = PER.match(site.text, m.end())
    value = of(decimal(m.group("n")), None, "%", Comparator.EQ, pm.group("per") if pm else None)
    return [Found(m.start(), m.end(), value, Confidence.INFERRED, "unit: percent, by the rate before it")]


def _english_span(m: re.Match[str], _site: Site) -> Iterable[Found] | None:
    word = (m.group("unit") or m.group("capitals")).lower().removesuffix("s")
    return [Found(m.start(), m.end(), of(decimal(m.group("n")), None, _SPANS[word], Comparator.EQ, None))]


_LAND: Final = re.compile(
    r"(?P<rai>[0-9]{1,3}(?:,[0-9]{3})*|[0-9]+)[ ]?-[ ]?(?P<ngan>[0-3])[ ]?-[ ]?(?P<wah>[0-9]{1,2}(?:\.[0-9]+)?)[ ]?ไร่"
)


def _land(m: re.Match[str], _site: Site) -> Iterable[Found] | None:
    wah = decimal(m.group("rai")) * 400 + int(m.group("ngan")) * 100 + decimal(m.group("wah"))
    return [Found(m.start(), m.end(), of(wah, None, "[wah2]", Comparator.EQ, None))]


RULES: Final = (
    Rule(
        "measure.rai_ngan_wah",
        Role.MEASURE,
        "an area of land in rai, ngan and square wah with dashes",
        _LAND,
        _land,
        {"เนื้อที่รวม 968-0-90 ไร่": "measure 387290 [wah2]"},
        ("เนื้อที่ 5-10 ไร่",),
        words=frozenset(["link"]),
    ),
    Rule(
        "measure.interest_margin",
        Role.MEASURE,
        "the margin over a reference rate",
        QUANTITY,
        _interest,
        {"MRR-1.00% ต่อปี": "measure 1 % /ปี"},
        ("COVID-19",),
        edges=frozenset([Edge.LATIN, Edge.PLUS]),
    ),
    Rule(
        "measure.age",
        Role.MEASURE,
        "an age whose unit is not written",
        QUANTITY,
        _age,
        {"เด็กวัย 5-11": "measure 5..11 a", "อายุ 60 ขึ้นไป": "measure >= 60 a"},
        ("อายุ 60 วัน",),
        leads=frozenset(["age"]),
        words=frozenset(["-", "link", "close", "dot", "blocked", "slash", "plus"]),
    ),
    Rule(
        "measure.gold_weight",
        Role.MEASURE,
        "a baht of gold is a weight",
        QUANTITY,
        _gold,
        {"สร้อยทองคำหนัก 2 บาท": "measure 2 บาท"},
        ("ราคา 2 บาท",),
        words=frozenset(["currency", "link", "mixed"]),
    ),
    Rule(
        "measure.percent_before",
        Role.MEASURE,
        "ร้อยละ and a number",
        QUANTITY,
        _percent,
        {"ร้อยละ 2.5": "measure 2.5 %", "ร้อยละ 30 - 50": "measure 30..50 %"},
        ("ร้อยละของ 5",),
        leads=frozenset(["percent", "comparator", "per", "filler"]),
    ),
    Rule(
        "measure.unit_after",
        Role.MEASURE,
        "a number and a unit of measurement",
        QUANTITY,
        _unit,
        {
            "489 ตารางกิโลเมตร": "measure 489 km2",
            "1 ขวบครึ่ง": "measure 1.5 a",
            "5 ปี 3 เดือน": "measure 63 mo",
            "2 ไร่ 1 งาน 50 ตารางวา": "measure 950 [wah2]",
        },
        ("ทางตัน 5", "งาน 5"),
        words=frozenset(["unit", "link", "scale", "between", "mixed", "month_noun"]),
    ),
    Rule(
        "measure.bare_margin",
        Role.MEASURE,
        "the margin over a reference rate without its sign of percent",
        _BARE_MARGIN,
        _bare_margin,
        {"อัตราดอกเบี้ย MRR - 2 ต่อปี": "measure 2 % /ปี"},
        ("COVID - 19",),
        leads=frozenset(["-"]),
        words=frozenset(["-", "blocked", "link", "close", "dot"]),
    ),
    Rule(
        "measure.english_span",
        Role.MEASURE,
        "consecutive years, fiscal years, or a unit of time in capitals",
        _ENGLISH_SPAN,
        _english_span,
        {"growth for 2 consecutive years": "measure 2 a", "MUST OPEN IN 120 DAYS": "measure 120 d"},
        ("2 consecutive wins",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        words=frozenset(["-", "latin"]),
    ),
)
