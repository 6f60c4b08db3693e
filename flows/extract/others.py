"""Numbers that are neither facts nor names: scores, ratios, fractions, values on a scale."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from flows.extract.numerals import NUMBER, NUMERAL, SCALE, decimal
from flows.extract.reasons import NUMERAL_ALONE, SERIES, by_lead, by_soft_lead, if_left, just
from flows.extract.rule import Found, Rule, Shape, Site
from flows.extract.vocabulary import alternation, words_after
from schemas.values import Reason, Role

_SCORE: Final = re.compile(r"\d{1,3}[ \t]?[-:][ \t]?\d{1,3}(?![\d%]|[.,]\d)")
_SCORE_LEFT: Final = re.compile(r"(?:ชนะ|แพ้|พ่าย|เสมอ|สกอร์|ผลการแข่งขัน|คะแนน|เซต|เกม)[^\n\d]{0,40}\Z")
_RATIO: Final = re.compile(
    r"\d+(?:\.\d+)?[ \t]?(?::|ใน|ต่อ)[ \t]?\d+(?:(?:,\d{3})+(?!\d)|[.,]\d+)?(?!\d|:\d)(?![\d,]*[ \t]?(?:บาท|ปี|เดือน|วัน|จังหวัด|ประเทศ|แห่ง|คน))"
)
_ABOUT_ONE_OF: Final = re.compile(r"1[ \t]?ใน[ \t]?\d+(?:[ \t]?[ก-๎]+)?")
_ABOUT_LEFT: Final = re.compile(r"(?:ประมาณ|เฉลี่ย|ทุก|ราว|ถึง)[ \t]?\Z")
_ONE_OF: Final = re.compile(r"1[ \t]?ใน(?=[ \t]?\d)")
_ONE_AMONG: Final = re.compile(r"1[ \t]?ใน(?=[ก-๎])")
_IS_LEFT: Final = re.compile(r"(?:เป็น|คือ|โดย|มี|ก็คือ|นับเป็น)[ \t]?\Z")
_FRACTION: Final = re.compile(r"\d{1,3}/\d{1,3}(?!\d)")
_BRACKET_SUM: Final = re.compile(rf"{NUMERAL}[ \t]?[x×X*+][ \t]?\({NUMERAL}(?:[ \t]?[-+x×*/][ \t]?{NUMERAL}){{1,4}}\)")
_PER_HEAD: Final = re.compile(r"\d{1,3}:\d{1,3}(?:,\d{3}){1,2}(?!\d)|\d{1,3}:\d{3,5}(?!\d)")
# Groups that are no thousands: the value can't be known.
_BROKEN: Final = re.compile(r"\d+(?:,\d+)+(?:\.\d+)?(?!\d)")
_BROKEN_AFTER: Final = re.compile(
    rf"[ \t]?(?:{SCALE}|กว่า|{alternation(w for w, x in words_after().items() if x.currency or x.unit or x.classifier)})"
)
_LIST_OF_DIGITS: Final = re.compile(r"\d{1,2}(?:,\d{1,2})+")
_SUM: Final = re.compile(rf"{NUMERAL}(?:[ \t]?[A-Za-z]*[ \t]?[+×xX*=][ \t]?{NUMERAL}){{1,9}}(?:[ \t]?[A-Za-z]+)?")
_LUNAR_DAY: Final = re.compile(
    r"\d{1,2}[ ]?(?:-[ ]?\d{1,2}[ ]?)?ค่ำ(?:[ ]?(?:,[ ]?)?(?:กลาง)?เดือน[ ]?\d{1,2}(?!\d)(?:[ ]?/[ ]?\d)?)?"
)
_INDEX: Final = re.compile(r"\d{1,5}(?:\.\d+)?(?![\d]|[,:/]\d)(?:[ ]?-[ ]?\d{1,5}\.\d+)?")
_INDEX_LEFT: Final = re.compile(r"(?:ดัชนี|ค่าเฉลี่ย|คะแนน|ค่าความ|ค่า(?=[ก-ฮ]))[^\n]{0,70}\Z|(?:เฉลี่ย|อยู่ที่|เท่ากับ)[ \t]?\Z")
_FERTILISER: Final = re.compile(r"\d{1,2}[ ]?-[ ]?\d{1,2}[ ]?-[ ]?\d{1,2}(?!\d)")
_FERTILISER_LEFT: Final = re.compile(r"(?:ปุ๋ย|สูตร)[^\n]{0,40}\Z")


_PROPORTION: Final = re.compile(rf"{NUMERAL}(?:[ \t]?:[ \t]?{NUMERAL}){{1,4}}")


def _broken(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if not _BROKEN_AFTER.match(site.text, m.end()) or _LIST_OF_DIGITS.fullmatch(m.group()):
        return None
    return [Found(m.start(), m.end(), Reason(Role.OTHER))]


_RANK_LEFT: Final = re.compile(r"(?:อันดับ|ลำดับ)(?:ที่)?[ \t]?\d{1,3}[ \t]?ใน[ \t]?\Z")


_DIFFERENCE: Final = re.compile(rf"(?P<first>{NUMBER})[ \t]?-[ \t]?(?P<last>{NUMBER})(?=\))")
_LUNAR_LEFT: Final = re.compile(r"(?:บุญ|วันเพ็ญ|(?:ขึ้น|แรม)[ \t]?\d{1,2}[ \t]?(?:ค่ำ)?)[ \t]?เดือน[ \t]?\Z")


def _difference(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    """(7,125 - 6,597.50): the larger first, so it is no range."""
    if decimal(m.group("first")) <= decimal(m.group("last")) or site.text[m.start() - 1 : m.start()] != "(":
        return None
    return [Found(m.start(), m.end(), Reason(Role.OTHER))]


_AMOUNT_LEFT: Final = re.compile(r"จำนวน[ \t]?\Z")
_index_left = if_left(_INDEX_LEFT, Role.OTHER)


def _index(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    """A value after a word for an index; จำนวน counts, however near the index stands."""
    return None if _AMOUNT_LEFT.search(site.text, max(0, m.start() - 8), m.start()) else _index_left(m, site)


RULES: Final = (
    Rule(
        "other.proportion",
        Role.OTHER,
        "a ratio after a word for it",
        _PROPORTION,
        by_soft_lead(Role.OTHER),
        {"มาตราส่วน 1 : 4000": "other"},
        ("เวลา 10:30",),
        leads=frozenset(["other"]),
    ),
    Rule(
        "other.rank_among",
        Role.OTHER,
        "how many a rank is among",
        NUMERAL_ALONE,
        if_left(_RANK_LEFT, Role.OTHER, 24),
        {"ติดอันดับ 1 ใน 53 ของโลก": "other"},
        ("อันดับ 1 ใน 53 ประเทศ",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        words=frozenset(["-", "blocked", "close"]),
    ),
    Rule(
        "other.fertiliser",
        Role.OTHER,
        "the formula of a fertiliser",
        _FERTILISER,
        if_left(_FERTILISER_LEFT, Role.OTHER, 50),
        {"ปุ๋ยยูเรีย (46-0-0) ราคาเฉลี่ย": "other"},
        ("วันที่ 1-2-66",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        words=frozenset(["link"]),
    ),
    Rule(
        "other.score",
        Role.OTHER,
        "the result of a match",
        _SCORE,
        if_left(_SCORE_LEFT, Role.OTHER, 60),
        {"ทีมเยือนชนะ 3-1 อย่างขาดลอย": "other"},
        ("ชนะ 3 ครั้ง",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        words=frozenset(["link"]),
    ),
    Rule(
        "other.word_before",
        Role.OTHER,
        "a ratio, a scale of a map",
        SERIES,
        by_lead(Role.OTHER),
        {"เดือนรอมฎอน ฮ.ศ. 1446": "other"},
        ("ส่วน 5",),
        leads=frozenset(["other"]),
    ),
    Rule(
        "other.graded_value",
        Role.OTHER,
        "a decimal on a scale that has no unit",
        SERIES,
        by_soft_lead(Role.OTHER),
        {"ระดับ 0.8 - 1.5": "other"},
        ("ระดับ 3",),
        leads=frozenset(["ordinal_soft"]),
        shapes=frozenset([Shape.DECIMAL]),
    ),
    Rule(
        "other.soft_word_before",
        Role.OTHER,
        "a score or a value without a unit",
        SERIES,
        by_soft_lead(Role.OTHER),
        {"ค่า pH 7.2": "other"},
        ("ชนะ 3 คน",),
        leads=frozenset(["other"]),
    ),
    Rule(
        "other.ratio",
        Role.OTHER,
        "a ratio or a share of a number",
        _RATIO,
        just(Role.OTHER),
        {"1 ใน 3": "other", "1:4": "other"},
        ("1 ใน จังหวัด",),
        words=frozenset(["-", "link", "blocked"]),
    ),
    Rule(
        "other.about_one_of",
        Role.OTHER,
        "a proportion",
        _ABOUT_ONE_OF,
        if_left(_ABOUT_LEFT, Role.OTHER, 10),
        {"พบประมาณ 1 ใน 3 คน": "other"},
        ("เป็น 1 ใน 18 ประเทศ",),
    ),
    Rule(
        "other.one_of",
        Role.OTHER,
        "one of several",
        _ONE_OF,
        just(Role.OTHER),
        {"เป็น 1 ใน 5 ประเทศ": "other"},
        ("1 ในจังหวัด",),
    ),
    Rule(
        "other.one_among",
        Role.OTHER,
        "one of several that are not counted",
        _ONE_AMONG,
        if_left(_IS_LEFT, Role.OTHER, 10),
        {"ถือเป็น 1 ในนโยบายหลัก": "other"},
        ("อันดับ 1 ในจังหวัด",),
        shapes=frozenset([Shape.DAY]),
    ),
    Rule(
        "other.per_head",
        Role.OTHER,
        "one for so many",
        _PER_HEAD,
        just(Role.OTHER),
        {"แพทย์ต่อประชากร 1:1,305 คน": "other"},
        ("เวลา 10:30",),
        shapes=frozenset([Shape.OTHER]),
    ),
    Rule(
        "other.broken_number",
        Role.OTHER,
        "digits grouped by commas as no number is: the value can't be known",
        _BROKEN,
        _broken,
        {"เสียหาย 1,008,00 บาท": "other"},
        ("เสียหาย 1,008 บาท", "ข้อ 3,4 บาท"),
        shapes=frozenset([Shape.OTHER]),
    ),
    Rule(
        "other.bracket_formula",
        Role.OTHER,
        "a product with a sum in brackets",
        _BRACKET_SUM,
        just(Role.OTHER),
        {"เท่ากับ 4,100 x (60 - 30)": "other"},
        ("4,100 (60 - 30)",),
        shapes=frozenset([Shape.GROUPED, Shape.INT, Shape.DAY, Shape.DECIMAL]),
    ),
    Rule(
        "other.fraction",
        Role.OTHER,
        "a fraction",
        _FRACTION,
        just(Role.OTHER),
        {"2/3 ของพื้นที่": "other"},
        ("2/2567",),
        shapes=frozenset([Shape.SLASH]),
    ),
    Rule("other.formula", Role.OTHER, "a sum or a product", _SUM, just(Role.OTHER), {"2 + 1": "other"}, ("2 คน",)),
    Rule(
        "other.lunar_day",
        Role.OTHER,
        "a day of the lunar calendar",
        _LUNAR_DAY,
        just(Role.OTHER),
        {"ขึ้น 15 ค่ำ เดือน 12": "other"},
        ("15 คำ",),
    ),
    Rule(
        "other.index_value",
        Role.OTHER,
        "a value of an index, a mean or a score without a unit",
        _INDEX,
        _index,
        {"ดัชนีความเชื่อมั่นเท่ากับ 49.8 ": "other"},
        ("มี 49.8",),
    ),
    Rule(
        "other.difference",
        Role.OTHER,
        "a difference worked out in brackets",
        _DIFFERENCE,
        _difference,
        {"คงเหลือ 527.50 ล้านบาท (7,125 - 6,597.50)": "other"},
        ("(5 - 7)", "5 - 3 คน"),
        shapes=frozenset([Shape.GROUPED, Shape.DECIMAL]),
    ),
    Rule(
        "other.lunar_month",
        Role.OTHER,
        "a month of the lunar calendar",
        NUMERAL_ALONE,
        if_left(_LUNAR_LEFT, Role.OTHER, 24),
        {"ประเพณีบุญเดือน 3 ออกใหม่": "other"},
        ("เดือน 3",),
        shapes=frozenset([Shape.DAY]),
    ),
)
