"""Named reasons why a numeral is no fact: each is a rule with evidence in the context, never a catch-all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import seeds
from flows.extract.numerals import NUMERAL
from flows.extract.rule import Edge, Found, Rule, Shape, Site, Trigger
from flows.extract.vocabulary import alternation, words_after
from schemas.values import Reason, Role

_QUANTITY_WORD: Final = alternation(
    w for w, x in words_after().items() if x.kind not in ("blocked", "clock", "between")
)
_JOINED: Final = r"(?:[ \t]?-[ \t]?|[ \t]?/[ \t]?)"
_LISTED: Final = r"(?:[ \t]?,[ \t]{0,2}(?:และ[ \t]?)?|[ \t]{0,2}(?:และ|หรือ|ถึง|กับ|&)[ \t]{0,2}(?:ที่[ \t]?)?|[ \t](?=[0-9]+[ \t]+(?:และ|[0-9]+[ \t])))"
_SERIES: Final = re.compile(
    rf"{NUMERAL}(?:{_JOINED}{NUMERAL}){{0,9}}(?:{_LISTED}{NUMERAL}(?![0-9])(?![ \t]{{0,2}}(?:{_QUANTITY_WORD}))(?:{_JOINED}{NUMERAL}){{0,9}}){{0,9}}"
)
_LEGAL_SERIES: Final = re.compile(_SERIES.pattern + r"(?:[ \t]?\([0-9]{1,2}\)){0,9}(?:[ \t]?/[ \t]?[ก-ฮ][ \t]?[0-9]+)?")
_EDITION: Final = re.compile(r"\d{1,3}[ \t]{0,2}/[ \t]{0,2}(?:25\d\d|20\d\d)(?!\d)")


def _is_title(site: Site) -> bool:
    """A year after a Latin word ends a title: International Volunteer Day 2020."""
    return site.shape is Shape.YEAR and site.lead is not None and site.lead.surface.isascii()


def _by_lead(role: Role) -> object:
    reason = Reason(role)

    def resolve(m: re.Match[str], site: Site) -> Iterable[Found] | None:
        if site.lead is None or not site.lead.strong or _is_title(site):
            return None
        return [Found(site.lead_start, m.end(), reason)]

    return resolve


_ENGLISH_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)(?![A-Za-z])")
_MILITARY: Final = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d[ ]?(?:hrs\.?|hours|น\.(?![ก-๎]))")
_ROAD: Final = re.compile(r"\d{4}(?!\d)")
_ROAD_LEFT: Final = re.compile(r"(?<![ก-๎.])[ก-ฮ]{2}\.[ ]?\Z")
_LETTER: Final = re.compile(r"0\d{3}(?:\.\d+)*(?:[ \t]?/[ \t]?(?:ว[ \t]?)?\d+)?")
_LETTER_LEFT: Final = re.compile(r"(?:ที่|ที่สุด)[ \t]{0,2}[ก-ฮ]{2,3}[ \t]?(?:\([ก-๎.]{1,12}\))?[ \t]?\Z")
_LEGAL_WORDS: Final = frozenset(["หมวด", "ข้อ", "วรรค", "มาตรา", "ส่วน", "บท", "เขต", "กลุ่ม", "ภาค", "ระยะ", "แขวง"])
_NOT_BUILDING: Final = frozenset(["ชั้น", "หลัง", "แห่ง", "ยูนิต", "ห้อง", "คูหา", "ราย", "คน", "อาคาร", "เตียง", "ที่นั่ง", "ครั้ง"])


def _chain(role: Role) -> object:
    reason = Reason(role)

    def resolve(m: re.Match[str], site: Site) -> Iterable[Found] | None:
        lead, word = site.lead, site.word
        if lead is None or word is None or not site.text[site.word_end : site.word_end + 2].strip()[:1].isdigit():
            return None
        if word.surface != lead.surface and word.surface not in _LEGAL_WORDS:
            return None
        return [Found(site.lead_start, m.end(), reason)]

    return resolve


def _building(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    lead, word = site.lead, site.word
    if lead is None or lead.surface not in ("อาคาร", "ห้อง", "ตึก") or word is None or word.classifier is None:
        return None
    if word.surface in _NOT_BUILDING or site.text[site.word_end : site.word_end + 1] in ("", " ", "\n", ")"):
        return None
    return [Found(site.lead_start, m.end(), Reason(Role.IDENTIFIER))]


_DOCUMENT: Final = re.compile(r"\d{1,5}(?:[ \t]?/[ \t]?(?:[ก-ฮ][ \t]?)?\d{1,4})?(?!\d)")
_DOCUMENT_LEFT: Final = re.compile(
    r"(?:คำสั่ง|ประกาศ|หนังสือ|ระเบียบ|คดี|คำพิพากษา|ใบอนุญาต|สัญญา|(?<!ลง)(?<!จด)(?<!ขึ้น)ทะเบียน)[^\n\d]{0,50}ที่[ \t]?(?:[ก-ฮ]{1,3}\.?[ \t]?)?\Z"
)
_CODE: Final = re.compile(rf"{NUMERAL}(?:[ \t]?[-/][ \t]?(?:[ก-ฮ][ \t]?)?{NUMERAL}){{0,9}}")
_CODE_LEFT: Final = re.compile(
    r"(?:(?<!ลง)(?<!จด)(?<!ขึ้น)ทะเบียน|หมายเลข|เลขที่|รหัส|พัสดุ|ป้าย)[ \t]?(?:[A-Z]{1,4}[ \t-]?|\d?[ก-ฮ]{1,3}\.?[ \t-]?|[ก-ฮ]{2}[ \t]?\d{4}/ว[ \t]?)\Z"
)
_SCHOOL_LEFT: Final = re.compile(r"(?:ชั้น|มัธยม|นักเรียน|ระดับ|ประถม)[^\n\d]{0,16}(?:ม|ป)\.[ \t]?\Z")
_SCORE: Final = re.compile(r"\d{1,3}[ \t]?[-:][ \t]?\d{1,3}(?![\d%]|[.,]\d)")
_SCORE_LEFT: Final = re.compile(r"(?:ชนะ|แพ้|พ่าย|เสมอ|สกอร์|ผลการแข่งขัน|คะแนน)[^\n\d]{0,40}\Z")


def _document(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(site.floor, m.start() - 80) : m.start()]
    if not _DOCUMENT_LEFT.search(left):
        return None
    return [Found(m.start(), m.end(), Reason(Role.IDENTIFIER))]


def _if_left(pattern: re.Pattern[str], role: Role, width: int = 90) -> object:
    reason = Reason(role)

    def resolve(m: re.Match[str], site: Site) -> Iterable[Found] | None:
        left = site.text[max(0, m.start() - width) : m.start()]
        return [Found(m.start(), m.end(), reason)] if pattern.search(left) else None

    return resolve


def _by_soft_lead(role: Role) -> object:
    reason = Reason(role)

    def resolve(m: re.Match[str], site: Site) -> Iterable[Found] | None:
        return [Found(site.lead_start, m.end(), reason)] if site.lead is not None and not _is_title(site) else None

    return resolve


def _just(role: Role) -> object:
    reason = Reason(role)

    def resolve(m: re.Match[str], _site: Site) -> Iterable[Found] | None:
        return [Found(m.start(), m.end(), reason)]

    return resolve


# ── List markers ─────────────────────────────────────────────────────────────────────────────────────────────────────
_MARKER: Final = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}(?:[ ]?\)|\.(?![0-9])\)?)")
_MARKER_LINE: Final = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,3}(?=[ \t]*[ก-ฮเแโใไA-Za-z\"'(])")
_LINE_START: Final = re.compile(r"(?:^|\n)[ \t\-•*o>]*\(?\Z")
_INLINE_BEFORE: Final = re.compile(r"(?:[ \t\n:;(\"“,.]|[ก-๎ฯๆ])\(?\Z")


def _marker(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(0, m.start() - 12) : m.start()]
    if "\n" not in left and m.start() > 12:
        left = " " + left
    start = m.start() - (1 if left.endswith("(") else 0)
    closes = m.group().rstrip().endswith(")")
    if _LINE_START.search(site.text[max(0, m.start() - 12) : m.start()]):
        return [Found(start, m.end(), Reason(Role.LIST_MARKER))]
    if site.lead is not None and site.lead.strong:
        return None
    if closes:
        if left.endswith("("):
            return [Found(start, m.end(), Reason(Role.LIST_MARKER))] if m.group().rstrip(" )").isdigit() else None
        window = site.text[max(0, m.start() - 60) : m.start()]
        inside = window.rfind("(") > window.rfind(")")
        if not inside and _INLINE_BEFORE.search(left):
            return [Found(start, m.end(), Reason(Role.LIST_MARKER))]
        return None
    if left[-1:] in ' \t\n(:"' and re.match(r"[ \t]{0,2}[ก-ฮเแโใไA-Za-z\"“'(]", site.text[m.end() : m.end() + 4]):
        return [Found(start, m.end(), Reason(Role.LIST_MARKER))]
    return None


def _marker_line(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if not _LINE_START.search(site.text[max(0, m.start() - 12) : m.start()]):
        return None
    if site.word_kind in ("currency", "scale", "unit"):
        return None  # a line that begins with an amount
    return [Found(m.start(), m.end(), Reason(Role.LIST_MARKER))]


# ── Times of day ─────────────────────────────────────────────────────────────────────────────────────────────────────
_CLOCK: Final = r"(?:[01]?\d|2[0-4])[.:][0-5]\d(?:[.:][0-5]\d)?"
_SUFFIX: Final = r"(?:น\.?(?![ก-๎])|นาฬิกา|hrs\.?|hours|[ap]\.?m\.?(?![a-z])|[AP]\.?M\.?(?![A-Z]))"
_TIME: Final = re.compile(
    rf"{_CLOCK}(?!\d)(?:[ \t]?{_SUFFIX})?(?:[ \t]{{0,2}}(?:-|ถึง|จนถึง|และ|,)[ \t]{{0,2}}(?:เวลา[ \t]?)?{_CLOCK}(?!\d)(?:[ \t]?{_SUFFIX})?){{0,9}}"
)
_HOUR: Final = re.compile(
    r"(?:[01]?\d|2[0-4])(?:[ \t]?-[ \t]?(?:[01]?\d|2[0-4]))?[ \t]?(?:น\.(?![ก-๎])|นาฬิกา|โมง(?:เช้า|เย็น)?|ทุ่ม|a\.?m\.?(?![a-z])|p\.?m\.?(?![a-z]))"
)
_PART_OF_DAY: Final = re.compile(r"(?:ตี|บ่าย)[ ]?\Z")


_CLOCK_LEFT: Final = re.compile(r"เวลา[^\n]{0,24}\Z")


def _time(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    has_suffix = re.search(_SUFFIX, m.group()) is not None
    plain = site.shape is Shape.CLOCK and (len(site.number) == 5 or _CLOCK_LEFT.search(site.left(30)) is not None)
    return [Found(m.start(), m.end(), Reason(Role.TIME))] if has_suffix or plain or site.lead_kind == "clock" else None


def _part_of_day(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    return [Found(m.start(), m.end(), Reason(Role.TIME))] if _PART_OF_DAY.search(site.left(6)) else None


# ── Names and identifiers ────────────────────────────────────────────────────────────────────────────────────────────
_LATIN_LEFT: Final = re.compile(r"(?P<word>[A-Za-z][A-Za-z'’.&]*)(?P<gap>[-_./+]?)\Z")
_LATIN_LEFT_SPACED: Final = re.compile(r"(?P<word>[A-Za-z][A-Za-z'.&+\-]*[A-Za-z)+]?)[ \t]{1,2}[-+]?\Z")
_PLUS_LEFT: Final = re.compile(r"[A-Za-zก-๎)][ ]?\+[ ]?\Z")
_WIRE_LEFT: Final = re.compile(r"(?:^|\n)[ \t(]*[A-Za-z]+[ \t]\Z")
_WIRE: Final = re.compile(r"\d{4,7}(?=[ \t)]*(?:\n|$))")
_LATIN_RIGHT: Final = re.compile(rf"{NUMERAL}[-]?[A-Za-z][A-Za-z0-9]*")
_LATIN_RIGHT_SPACED: Final = re.compile(r"(?:19|20)\d\d[ \t][A-Z][A-Za-z]+(?:[-' ][A-Z][A-Za-z]*){0,9}")
_NUMERAL: Final = re.compile(NUMERAL)
_NAME_TAIL: Final = re.compile(rf"{NUMERAL}(?:[-/.]?[A-Za-z0-9]+){{0,9}}")
_ENGLISH_FUNCTION: Final = frozenset(
    [
        "in",
        "of",
        "by",
        "since",
        "until",
        "from",
        "during",
        "year",
        "for",
        "to",
        "and",
        "before",
        "after",
        "the",
        "a",
        "an",
        "at",
        "on",
        "with",
        "than",
        "over",
        "about",
        "around",
        "is",
        "was",
        "were",
        "are",
        "be",
        "has",
        "have",
        "had",
        "or",
        "nearly",
        "some",
        "only",
        "total",
        "reached",
        "between",
    ]
)


def _latin_attached(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(site.floor, m.start() - 24) : m.start()]
    lm = _LATIN_LEFT.search(left)
    if lm is None:
        return None
    return [Found(m.start() - (len(left) - lm.start()), m.end(), Reason(Role.NAME))]


def _plus(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    return [Found(m.start(), m.end(), Reason(Role.NAME))] if _PLUS_LEFT.search(site.left(4)) else None


def _wire(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(0, m.start() - 30) : m.start()]
    lm = _WIRE_LEFT.search(left)
    return (
        [Found(m.start() - len(left) + lm.start() + (left[lm.start()] == "\n"), m.end(), Reason(Role.IDENTIFIER))]
        if lm
        else None
    )


def _latin_spaced(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(site.floor, m.start() - 30) : m.start()]
    lm = _LATIN_LEFT_SPACED.search(left)
    if lm is None or lm.group("word").lower() in _ENGLISH_FUNCTION:
        return None
    return [Found(m.start() - (len(left) - lm.start()), m.end(), Reason(Role.NAME))]


_PHONE: Final = re.compile(
    r"(?:\+?66[- ]?)?0?\d(?:[- ]?\d){2,12}(?:[ \t]?(?:-|,|/|ถึง|และ|หรือ)[ \t]?\d{1,10}(?![\d.,]*[ \t]?(?:บาท|คน))){0,9}(?:[ \t]?(?:ต่อ|กด|#|ext\.?)[ \t]?\d+(?:(?:[ \t]?(?:-|,|/|และ|หรือ)[ \t]?|[ \t])\d+(?!\d)){0,9}){0,9}"
)
_PHONE_ALONE: Final = re.compile(
    r"0(?:[- ]?\d){8,9}(?!\d)(?:[ \t]?(?:-|,|/|ถึง)[ \t]?\d{1,4}(?!\d)){0,9}(?:[ \t]?(?:ต่อ|กด|#)[ \t]?\d+(?:[ \t]?(?:-|,|/|และ|หรือ)[ \t]?\d+){0,9}){0,9}|0[689]\d{8}(?!\d)|02\d{7}(?!\d)|1800[- ]?\d{3}[- ]?\d{3}"
)
_CHAINAGE: Final = re.compile(r"\d{1,4}\+\d{3}(?!\d)(?:[ \t]?-[ \t]?\d{1,4}\+\d{3}(?!\d))?")
_PHONE_ABROAD: Final = re.compile(r"\d{1,3}[- ]?\(?\d{1,3}\)?(?:[- ]\d{2,4}){1,3}(?!\d)")
_PHONE_BRACKET: Final = re.compile(r"0\d{1,2}\)[ -]?\d{3,4}[- ]?\d{3,4}(?!\d)")
_HOTLINE_LEFT: Final = re.compile(
    r"(?:สายด่วน|โทร|ฮอตไลน์|ฮอทไลน์|[Cc]all [Cc]ent|Hotline|hotline|แจ้งเหตุ|สอบถาม)[^\n0-9]{0,70}\Z"
)
_HOTLINE: Final = re.compile(
    r"1\d{2,3}(?!\d)(?:[ \t]?(?:ต่อ|กด|หรือ|,|/|และ)[ \t]?(?:กด[ \t]?)?\d{1,4}(?!\d)(?![ \t]?(?:คน|บาท|ราย|แห่ง|ชั่วโมง))){0,9}"
)
_POSTCODE_LEFT: Final = re.compile(r"(?:จังหวัด|จ\.|กรุงเทพ|กทม\.?|เขต|อำเภอ|อ\.|แขวง|ตำบล|ต\.|ถนน|ถ\.)[^\n0-9]{1,40}\Z")
_POSTCODE: Final = re.compile(
    r"[1-9]\d{4}(?!\d)(?=[ \t]*(?:$|[\n,;)\"”.\-/]|โทร|Tel|tel|หรือ|แฟกซ์|E|อีเมล|ประเทศไทย|Thailand|และ|ได้|ภายใน|ตั้งแต่|ใน|สอบถาม|ทุก))"
)


def _phone(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if site.lead is None or (not site.lead.strong and site.word_kind not in ("-", "link", "close", "dot")):
        return None
    return [Found(m.start(), m.end(), Reason(Role.IDENTIFIER))]


def _phone_abroad(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if site.text[max(0, m.start() - 2) : m.start()].rstrip()[-1:] != "+":
        return None
    return [Found(m.start(), m.end(), Reason(Role.IDENTIFIER))]


def _hotline(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(0, m.start() - 90) : m.start()]
    return [Found(m.start(), m.end(), Reason(Role.IDENTIFIER))] if _HOTLINE_LEFT.search(left) else None


def _postcode(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(0, m.start() - 50) : m.start()]
    return [Found(m.start(), m.end(), Reason(Role.IDENTIFIER))] if _POSTCODE_LEFT.search(left) else None


# ── Ratios, scores, fractions ────────────────────────────────────────────────────────────────────────────────────────
_RATIO: Final = re.compile(
    r"\d+(?:\.\d+)?[ \t]?(?::|ใน|ต่อ)[ \t]?\d+(?:[.,]\d+)?(?![\d,]*[ \t]?(?:บาท|ปี|เดือน|วัน|จังหวัด|ประเทศ|แห่ง|คน))"
)
_ABOUT_ONE_OF: Final = re.compile(r"1[ \t]?ใน[ \t]?\d+(?:[ \t]?[ก-๎]+)?")
_ABOUT_LEFT: Final = re.compile(r"(?:ประมาณ|เฉลี่ย|ทุก|ราว|ถึง)[ \t]?\Z")
_ONE_OF: Final = re.compile(r"1[ \t]?ใน(?=[ \t]?\d)")
_FRACTION: Final = re.compile(r"\d{1,3}/\d{1,3}(?!\d)")
_SUM: Final = re.compile(rf"{NUMERAL}(?:[ \t]?[A-Za-z]*[ \t]?[+×xX*=][ \t]?{NUMERAL}){{1,9}}(?:[ \t]?[A-Za-z]+)?")


def rule(
    name: str,
    role: Role,
    description: str,
    pattern: re.Pattern[str],
    resolve: object,
    examples: dict[str, str],
    rejects: tuple[str, ...],
    **where: object,
) -> Rule:
    """A reason's rule; `where` are the neighbour sets of `Rule`."""
    return Rule(name, role, description, pattern, resolve, examples, rejects, **where)  # type: ignore[arg-type]


_SMALL: Final = frozenset([Shape.DAY, Shape.INT, Shape.DECIMAL, Shape.OTHER, Shape.DATE])

FIRST_RULES: Final = (
    rule(
        "identifier.phone",
        Role.IDENTIFIER,
        "a number after a word for telephone",
        _PHONE,
        _phone,
        {"โทร. 0 2245 1034": "identifier", "สายด่วน 1506 กด 2": "identifier"},
        ("โทรทัศน์ 5 ช่อง",),
        leads=frozenset(["phone"]),
    ),
    rule(
        "identifier.phone_abroad",
        Role.IDENTIFIER,
        "a telephone number with a country code",
        _PHONE_ABROAD,
        _phone_abroad,
        {"+66 2-614-4861": "identifier"},
        ("66 2-614-4861",),
        shapes=frozenset([Shape.INT, Shape.DAY]),
        edges=frozenset([Edge.PLUS]),
    ),
    rule(
        "identifier.phone_bracket",
        Role.IDENTIFIER,
        "a telephone number with its area code in brackets",
        _PHONE_BRACKET,
        _just(Role.IDENTIFIER),
        {"(02) 273-9020": "identifier"},
        ("(02) ครั้ง",),
        shapes=frozenset([Shape.INT, Shape.DAY]),
        words=frozenset(["close"]),
        zero=True,
    ),
    rule(
        "identifier.chainage",
        Role.IDENTIFIER,
        "a kilometre post",
        _CHAINAGE,
        _just(Role.IDENTIFIER),
        {"กม. ที่ 6+200 - 6+450": "identifier"},
        ("6+2",),
        shapes=frozenset([Shape.INT, Shape.DAY]),
        words=frozenset(["plus"]),
    ),
    rule(
        "identifier.phone_number",
        Role.IDENTIFIER,
        "a number in the form of a telephone number",
        _PHONE_ALONE,
        _just(Role.IDENTIFIER),
        {"02-279-2333": "identifier"},
        ("0.5",),
        shapes=frozenset([Shape.INT, Shape.DAY]),
        zero=True,
    ),
    rule(
        "list_marker.bracket_or_dot",
        Role.LIST_MARKER,
        "1. 1) (1) at the start of an item",
        _MARKER,
        _marker,
        {"1. การสนับสนุน": "list_marker", "ได้แก่ 1) ถนน": "list_marker"},
        ("มี 5 คน",),
        shapes=_SMALL,
        words=frozenset(["close", "dot"]),
    ),
    rule(
        "list_marker.outline",
        Role.LIST_MARKER,
        "1.1 at the start of a line",
        _MARKER_LINE,
        _marker_line,
        {"1.1 การสนับสนุน": "list_marker"},
        ("มูลค่า 1.1 ล้าน",),
        shapes=frozenset([Shape.DECIMAL, Shape.OTHER, Shape.DATE]),
    ),
)

TIME_RULES: Final = (
    rule(
        "time.clock",
        Role.TIME,
        "hours and minutes, or a range of them",
        _TIME,
        _time,
        {"เวลา 13.30 น.": "time", "9.00-20.00 น.": "time"},
        ("ราคา 13.30 บาท",),
        shapes=frozenset([Shape.DECIMAL, Shape.CLOCK, Shape.OTHER]),
    ),
    rule(
        "time.hour",
        Role.TIME,
        "a full hour",
        _HOUR,
        _just(Role.TIME),
        {"10 โมงเช้า": "time", "09 น.": "time"},
        ("10 นาที",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        words=frozenset(["clock", "link"]),
    ),
    rule(
        "time.part_of_day",
        Role.TIME,
        "ตี and บ่าย with an hour",
        _NUMERAL,
        _part_of_day,
        {"ตี 5": "time"},
        ("ตีพิมพ์ 5 เล่ม",),
        shapes=frozenset([Shape.DAY]),
        leads=frozenset(["part_of_day"]),
    ),
)

LEAD_RULES: Final = (
    rule(
        "ordinal.english",
        Role.ORDINAL,
        "an English ordinal",
        _ENGLISH_ORDINAL,
        _just(Role.ORDINAL),
        {"the 44th session": "ordinal"},
        ("44 the",),
        words=frozenset(["latin", "unit", "mixed", "scale"]),
    ),
    rule(
        "time.military",
        Role.TIME,
        "hours and minutes without a separator",
        _MILITARY,
        _just(Role.TIME),
        {"at 1000hrs": "time"},
        ("1000 hectares",),
        shapes=frozenset([Shape.INT, Shape.YEAR]),
    ),
    rule(
        "ordinal.chain",
        Role.ORDINAL,
        "a number that belongs to the word before it because the next word has its own",
        _NUMERAL,
        _chain(Role.ORDINAL),
        {"เขต 4 เขต 8 เขต 9": "ordinal"},
        ("กลุ่ม 4 คน",),
        leads=frozenset(["ordinal", "ordinal_soft"]),
    ),
    rule(
        "identifier.chain",
        Role.IDENTIFIER,
        "a number of a law because the next word has its own",
        _NUMERAL,
        _chain(Role.IDENTIFIER),
        {"หมวด 2 ข้อ 8 วรรค 2": "identifier"},
        ("ข้อ 4 คน",),
        leads=frozenset(["identifier"]),
    ),
    rule(
        "identifier.building",
        Role.IDENTIFIER,
        "a building or a room with a number",
        _NUMERAL,
        _building,
        {"อาคาร 7 ศูนย์แสดงสินค้า": "identifier"},
        ("อาคาร 5 ชั้น",),
        leads=frozenset(["identifier"]),
    ),
    rule(
        "identifier.road_code",
        Role.IDENTIFIER,
        "a road of a province",
        _ROAD,
        _if_left(_ROAD_LEFT, Role.IDENTIFIER, 8),
        {"ทางหลวงชนบท พบ.4016 อำเภอท่ายาง": "identifier"},
        ("พ.ศ. 2566",),
        shapes=frozenset([Shape.INT, Shape.YEAR]),
    ),
    rule(
        "identifier.letter",
        Role.IDENTIFIER,
        "the number of an official letter",
        _LETTER,
        _if_left(_LETTER_LEFT, Role.IDENTIFIER, 40),
        {"ที่ กค (กวจ) 0405.2/ว 56": "identifier"},
        ("ที่ 0405.2",),
        zero=True,
    ),
    rule(
        "identifier.document",
        Role.IDENTIFIER,
        "the number of an order, a letter, an announcement or a case",
        _DOCUMENT,
        _document,
        {"คำสั่งสำนักนายกรัฐมนตรีที่ 120/2565": "identifier"},
        ("ครั้งที่ 2/2565",),
        shapes=frozenset([Shape.SLASH, Shape.INT, Shape.DAY, Shape.YEAR]),
        words=frozenset(["-", "link", "slash", "close", "latin", "dot", "blocked", "month", "classifier", "mixed"]),
    ),
    rule(
        "identifier.postcode",
        Role.IDENTIFIER,
        "five digits that close an address",
        _POSTCODE,
        _postcode,
        {"เขตดินแดง กรุงเทพฯ 10400": "identifier"},
        ("กรุงเทพฯ มี 10400 คน",),
        shapes=frozenset([Shape.INT]),
    ),
    rule(
        "ordinal.edition",
        Role.ORDINAL,
        "the n-th of a year",
        _EDITION,
        _just(Role.ORDINAL),
        {"ครม.สัญจร 3 / 2563": "ordinal"},
        ("3 / 63",),
        shapes=frozenset([Shape.DAY, Shape.SLASH, Shape.INT]),
        leads=frozenset(["-", "ordinal", "ordinal_soft", "filler", "name"]),
        words=frozenset(
            [
                "slash",
                "-",
                "link",
                "dot",
                "close",
                "blocked",
                "classifier",
                "mixed",
                "unit",
                "scale",
                "currency",
                "month",
                "month_noun",
                "between",
                "latin",
                "clock",
            ]
        ),
    ),
    rule(
        "ordinal.word_before",
        Role.ORDINAL,
        "a word for rank, edition or phase",
        _SERIES,
        _by_lead(Role.ORDINAL),
        {"ครั้งที่ 9": "ordinal", "เข็มที่ 1 และ 2": "ordinal"},
        ("ที่ 5 จังหวัด", "ทรงตัวที่ 0.3"),
        leads=frozenset(["ordinal", "ordinal_soft"]),
        shapes=frozenset([Shape.DAY, Shape.INT, Shape.YEAR, Shape.SLASH, Shape.OTHER, Shape.DATE]),
    ),
    rule(
        "identifier.code",
        Role.IDENTIFIER,
        "letters and digits after a word for a number",
        _CODE,
        _if_left(_CODE_LEFT, Role.IDENTIFIER, 40),
        {"รถกระบะทะเบียน กข 4821 เชียงใหม่": "identifier"},
        ("ทะเบียน 5 คน",),
        words=frozenset(["-", "link", "slash", "close", "latin", "dot", "blocked", "month"]),
    ),
    rule(
        "ordinal.school_year",
        Role.ORDINAL,
        "a school year",
        _SERIES,
        _if_left(_SCHOOL_LEFT, Role.ORDINAL, 30),
        {"รับนักเรียนชั้น ม.1": "ordinal"},
        ("หมู่บ้าน ม.1",),
        leads=frozenset(["identifier", "ordinal"]),
    ),
    rule(
        "other.score",
        Role.OTHER,
        "the result of a match",
        _SCORE,
        _if_left(_SCORE_LEFT, Role.OTHER, 60),
        {"ทีมเยือนชนะ 3-1 อย่างขาดลอย": "other"},
        ("ชนะ 3 ครั้ง",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        words=frozenset(["link"]),
    ),
    rule(
        "identifier.word_before",
        Role.IDENTIFIER,
        "a word for a law, a document, an address or a code",
        _LEGAL_SERIES,
        _by_lead(Role.IDENTIFIER),
        {"มาตรา 44": "identifier", "เลขที่ 12/3": "identifier"},
        ("หัวข้อ 5 เรื่อง",),
        leads=frozenset(["identifier"]),
    ),
    rule(
        "name.word_before",
        Role.NAME,
        "a name that ends in a number",
        _SERIES,
        _by_lead(Role.NAME),
        {"โควิด 19": "name", "PM 2.5": "name", "สาย 11": "name"},
        ("โควิด มี 5 คน",),
        leads=frozenset(["name"]),
    ),
    rule(
        "other.word_before",
        Role.OTHER,
        "a ratio, a scale of a map",
        _SERIES,
        _by_lead(Role.OTHER),
        {"อัตราส่วน 1:3": "other"},
        ("ส่วน 5",),
        leads=frozenset(["other"]),
    ),
)

LATIN_RULES: Final = (
    rule(
        "name.plus",
        Role.NAME,
        "a group and its partners: ASEAN+3",
        _NUMERAL,
        _plus,
        {"อาเซียน +1": "name"},
        ("บวก 1",),
        edges=frozenset([Edge.PLUS]),
    ),
    rule(
        "identifier.wire_number",
        Role.IDENTIFIER,
        "a wire's number on a line of its own",
        _WIRE,
        _wire,
        {"AsiaNet 64369": "identifier"},
        ("งาน AsiaNet 64369",),
        shapes=frozenset([Shape.INT, Shape.YEAR]),
    ),
    rule(
        "name.latin_attached",
        Role.NAME,
        "Latin letters joined to a number",
        _NAME_TAIL,
        _latin_attached,
        {"D4D": "name", "MH17": "name", "A320": "name"},
        ("ราคา 19",),
        words=None,
        edges=frozenset([Edge.LATIN]),
    ),
)

_THAT_LEFT: Final = re.compile(
    r"[ก-๎](?<!อยู่)(?<!เท่า)(?<!ระดับ)(?<!เหลือ)(?<!ลดลง)(?<!เพียง)(?<!วัน)ที่[ \t]?\Z|\((?:คน)?ที่[ \t]?\Z"
)

LATE_RULES: Final = (
    rule(
        "ordinal.noun_before",
        Role.ORDINAL,
        "a noun and ที่",
        _SERIES,
        _if_left(_THAT_LEFT, Role.ORDINAL, 24),
        {"มณฑลทหารบกที่ 23": "ordinal", "(ที่ 2 จากขวา)": "ordinal"},
        ("อยู่ที่ 53.4", "ที่ 5"),
        shapes=frozenset([Shape.DAY, Shape.INT, Shape.SLASH]),
    ),
    rule(
        "ordinal.soft_word_before",
        Role.ORDINAL,
        "a word that ranks where no unit follows",
        _SERIES,
        _by_soft_lead(Role.ORDINAL),
        {"ระดับ 3": "ordinal"},
        ("ระดับ 3 ดาว",),
        leads=frozenset(["ordinal", "ordinal_soft"]),
        shapes=frozenset([Shape.DAY, Shape.INT, Shape.SLASH, Shape.YEAR]),
    ),
    rule(
        "other.graded_value",
        Role.OTHER,
        "a decimal on a scale that has no unit",
        _SERIES,
        _by_soft_lead(Role.OTHER),
        {"ระดับ 0.8 - 1.5": "other"},
        ("ระดับ 3",),
        leads=frozenset(["ordinal_soft"]),
        shapes=frozenset([Shape.DECIMAL]),
    ),
    rule(
        "identifier.soft_word_before",
        Role.IDENTIFIER,
        "a word for a place in a register where no unit follows",
        _SERIES,
        _by_soft_lead(Role.IDENTIFIER),
        {"ห้อง 301": "identifier"},
        ("ห้อง 3 คน",),
        leads=frozenset(["identifier"]),
    ),
    rule(
        "name.soft_word_before",
        Role.NAME,
        "a name where no unit follows",
        _SERIES,
        _by_soft_lead(Role.NAME),
        {"ไทยแลนด์ 4.0": "name"},
        ("ไทยแลนด์ 4 แห่ง",),
        leads=frozenset(["name"]),
    ),
    rule(
        "other.soft_word_before",
        Role.OTHER,
        "a score or a value without a unit",
        _SERIES,
        _by_soft_lead(Role.OTHER),
        {"ค่า pH 7.2": "other"},
        ("ชนะ 3 คน",),
        leads=frozenset(["other"]),
    ),
    rule(
        "other.ratio",
        Role.OTHER,
        "a ratio or a share of a number",
        _RATIO,
        _just(Role.OTHER),
        {"1 ใน 3": "other", "1:4": "other"},
        ("1 ใน จังหวัด",),
        words=frozenset(["-", "link", "blocked"]),
    ),
    rule(
        "other.about_one_of",
        Role.OTHER,
        "a proportion",
        _ABOUT_ONE_OF,
        _if_left(_ABOUT_LEFT, Role.OTHER, 10),
        {"พบประมาณ 1 ใน 3 คน": "other"},
        ("เป็น 1 ใน 18 ประเทศ",),
    ),
    rule(
        "other.one_of",
        Role.OTHER,
        "one of several",
        _ONE_OF,
        _just(Role.OTHER),
        {"เป็น 1 ใน 5 ประเทศ": "other"},
        ("1 ในจังหวัด",),
    ),
    rule(
        "other.fraction",
        Role.OTHER,
        "a fraction",
        _FRACTION,
        _just(Role.OTHER),
        {"2/3 ของพื้นที่": "other"},
        ("2/2567",),
        shapes=frozenset([Shape.SLASH]),
    ),
    rule("other.formula", Role.OTHER, "a sum or a product", _SUM, _just(Role.OTHER), {"2 + 1": "other"}, ("2 คน",)),
    rule(
        "identifier.hotline",
        Role.IDENTIFIER,
        "a short number near a word for a hotline",
        _HOTLINE,
        _hotline,
        {"สายด่วนกรมชลประทาน 1460": "identifier"},
        ("มี 1460",),
        shapes=frozenset([Shape.INT]),
    ),
    rule(
        "name.latin_right",
        Role.NAME,
        "a number joined to Latin letters",
        _LATIN_RIGHT,
        _just(Role.NAME),
        {"เครือข่าย 5G": "name"},
        ("5 กก.",),
    ),
    rule(
        "name.year_and_latin",
        Role.NAME,
        "a year that begins a Latin-script name",
        _LATIN_RIGHT_SPACED,
        _just(Role.NAME),
        {"(2015 Nanning-Beijing Cooperation Consensus)": "name"},
        ("2015 เมือง",),
        shapes=frozenset([Shape.YEAR]),
    ),
    rule(
        "name.latin_before",
        Role.NAME,
        "a Latin-script name that ends in a number",
        _NUMERAL,
        _latin_spaced,
        {"งาน Windows 11": "name"},
        ("in 2021",),
    ),
)

# ── Last: evidence from further away ─────────────────────────────────────────────────────────────────────────────────
_INT_END: Final = re.compile(r"\d{1,4}(?![\d]|[.,:/]\d)")
_DAY_NUMBER: Final = re.compile(
    rf"\d{{1,3}}(?![\d]|[.,:/]\d)(?:{_JOINED}\d{{1,2}})?(?:{_LISTED}\d{{1,2}}(?!\d)(?:{_JOINED}\d{{1,2}})?){{0,9}}"
)
_ABBREVIATION_LEFT: Final = re.compile(r"(?<![ก-๎])(?:[ก-ฮ]{1,5}\.)+[ \t]?\Z")
_ABBREVIATION: Final = re.compile(r"\d{1,4}(?:[-/.]\d{1,4}){0,9}(?![\d,])(?:[ ]?[ก-ฮ](?![ก-๎]))?")
_LETTERED: Final = re.compile(r"\d{1,2}[ ]?[ก-ฮ](?:\.|(?![ก-๎]))(?!\d)")
_QUOTED: Final = re.compile(r"\d{1,3}(?=[\"')])(?![\"')]+[ก-๎]{0,2}\d)")
_VERSION: Final = re.compile(r"\d\.0(?!\d)")
_INDEX_LEFT: Final = re.compile(r"(?:ดัชนี|ค่าเฉลี่ย|คะแนน|ค่าความ|ค่า(?=[ก-ฮ]))[^\n]{0,70}\Z|(?:เฉลี่ย|อยู่ที่|เท่ากับ)[ \t]?\Z")
_INDEX: Final = re.compile(r"\d{1,5}(?:\.\d+)?(?![\d]|[,:/]\d)(?:[ ]?-[ ]?\d{1,5}\.\d+)?")
_LUNAR_DAY: Final = re.compile(
    r"\d{1,2}[ ]?(?:-[ ]?\d{1,2}[ ]?)?ค่ำ(?:[ ]?(?:,[ ]?)?(?:กลาง)?เดือน[ ]?\d{1,2}(?!\d)(?:[ ]?/[ ]?\d)?)?"
)
_ATTACHED_LEFT: Final = re.compile(r"[ก-๎ฯ][ ]?\Z")
_PLACE_NOUN: Final = alternation(row["surface"] for row in seeds.rows("numbered_nouns"))
PLACE_LEFT: Final = re.compile(rf"(?:{_PLACE_NOUN})[^\d\s]{{0,28}}[ก-๎ฯA-Za-z\"'”)][ \t]{{0,2}}\Z")
_FOOTNOTE_LEFT: Final = re.compile(r"(?:[ก-๎][\"”)\].ฯ]|\)|\n[_\-* ]{3,}\n|[ก-๎])\Z")
_FOOTNOTE: Final = re.compile(r"\d{1,2}(?=[ \t\n)])")
_CELL_BEFORE: Final = re.compile(r"(?:^|\n|[ ]{2,}|\t)[ \t\-(<>≤≥+~]*\Z")
_CELL: Final = re.compile(rf"(?:{NUMERAL})(?=[)*%]*(?:[ ]{{2,}}|[ \t]*(?:\n|$)|\t))")
_CELL_ROW: Final = re.compile(r"\d[ \t]{1,4}-?\Z")
_CELL_NEXT: Final = re.compile(r"[ \t]{1,4}-?\d")


def _day_number(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    return [Found(site.lead_start, m.end(), Reason(Role.ORDINAL))]


def _cell(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    """A number that fills a line or a column of its own: its unit stands in the table's head."""
    text = site.text
    left = text[max(0, m.start() - 8) : m.start()]
    if _CELL_BEFORE.search(left) or m.start() == 0:
        return [Found(m.start(), m.end(), Reason(Role.OTHER))]
    return None


def _cell_row(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    """A number between numbers and nothing else: a row of a table, or of lots in a draw."""
    before = _CELL_ROW.search(site.text[max(0, m.start() - 6) : m.start()])
    after = _CELL_NEXT.match(site.text, m.end())
    line_ends = site.text[m.end() : m.end() + 3].strip(" \t")[:1] in ("", "\n")
    if (before and (after or line_ends)) or (
        after and _CELL_BEFORE.search(site.text[max(0, m.start() - 8) : m.start()])
    ):
        return [Found(m.start(), m.end(), Reason(Role.OTHER))]
    return None


LAST_RULES: Final = (
    rule(
        "name.quoted",
        Role.NAME,
        "the number that closes a quoted name",
        _QUOTED,
        _if_left(_ATTACHED_LEFT, Role.NAME, 3),
        {'งาน "เมืองดอกบัว 2" จัด': "name"},
        ("มี 2 ",),
    ),
    rule(
        "ordinal.day_number",
        Role.ORDINAL,
        "the n-th day of something, or of every month",
        _DAY_NUMBER,
        _day_number,
        {"เป็นวันที่ 2 ของการประชุม": "ordinal"},
        ("วันที่ 2 มกราคม",),
        leads=frozenset(["day"]),
    ),
    rule(
        "other.lunar_day",
        Role.OTHER,
        "a day of the lunar calendar",
        _LUNAR_DAY,
        _just(Role.OTHER),
        {"ขึ้น 15 ค่ำ เดือน 12": "other"},
        ("15 คำ",),
    ),
    rule(
        "name.abbreviation",
        Role.NAME,
        "a Thai abbreviation and a number",
        _ABBREVIATION,
        _if_left(_ABBREVIATION_LEFT, Role.NAME, 16),
        {"มท.1 เป็นประธาน": "name", "ส.ป.ก. 4-01": "name"},
        ("โทร. 1",),
    ),
    rule(
        "name.lettered",
        Role.NAME,
        "a number and a Thai letter: 5ส",
        _LETTERED,
        _just(Role.NAME),
        {"กิจกรรม 5ส ": "name"},
        ("5 คน",),
    ),
    rule(
        "name.version",
        Role.NAME,
        "a generation after a name: 4.0",
        _VERSION,
        _if_left(_ATTACHED_LEFT, Role.NAME, 3),
        {"ภาครัฐ 4.0": "name"},
        ("1.5",),
        shapes=frozenset([Shape.DECIMAL]),
    ),
    rule(
        "other.index_value",
        Role.OTHER,
        "a value of an index, a mean or a score without a unit",
        _INDEX,
        _if_left(_INDEX_LEFT, Role.OTHER),
        {"ดัชนีความเชื่อมั่นเท่ากับ 49.8 ": "other"},
        ("มี 49.8",),
    ),
    rule(
        "name.numbered_place",
        Role.NAME,
        "a building, a bridge, an office or a plan with a number",
        _SERIES,
        _if_left(PLACE_LEFT, Role.NAME, 50),
        {"สะพานมิตรภาพ 3 (นครพนม)": "name"},
        ("เมื่อ 3 ",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
    ),
    rule(
        "name.thai_attached",
        Role.NAME,
        "a number written to the end of a Thai name",
        _INT_END,
        _if_left(re.compile(r"[ก-๎]\Z"), Role.NAME, 1),
        {"แอปเป๋าตัง1 ใช้ได้": "name"},
        ("จับกัง 1",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
        edges=frozenset([Edge.THAI]),
    ),
    rule(
        "other.footnote",
        Role.OTHER,
        "the mark of a footnote",
        _FOOTNOTE,
        _if_left(_FOOTNOTE_LEFT, Role.OTHER, 40),
        {"ทั้งหมด (TPLab)1 ประจำปี": "other"},
        ("ทั้งหมด 1 ",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
    ),
    rule(
        "other.table_cell",
        Role.OTHER,
        "a number that fills a line or a column: its unit stands in the head of a table",
        _CELL,
        _cell,
        {"คำขอละ\n5,000\n": "other"},
        ("ทั้งหมด 5,000",),
    ),
    rule(
        "other.table_row",
        Role.OTHER,
        "a number in a row of numbers",
        _NUMERAL,
        _cell_row,
        {"10847 11124 16543": "other"},
        ("ทั้งหมด 5,000",),
    ),
)

# ── Zones: URLs, e-mail addresses, hashtags ──────────────────────────────────────────────────────────────────────────
_ADDRESS: Final = r"[^\s<>\"“”ก-๛]"
_URL: Final = re.compile(rf"(?:https?://|www\.){_ADDRESS}+")
_DOMAIN: Final = re.compile(
    rf"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:com|net|org|th|gov|int|cn|info|me|ly|gl)(?:/{_ADDRESS}*)?(?![A-Za-z])"
)
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]*@[A-Za-z0-9._-]+")
_HASHTAG: Final = re.compile(r"#[^\s#<>]+")
# What each kind contains, and how far to its left it can begin: looking for the mark is far cheaper than scanning.
_MARKS: Final = (
    ("http", "url", _URL, 0),
    ("www.", "url", _URL, 0),
    ("@", "email", _EMAIL, 64),
    ("#", "hashtag", _HASHTAG, 0),
    (".th", "url", _DOMAIN, 64),
    (".com", "url", _DOMAIN, 64),
    (".org", "url", _DOMAIN, 64),
    (".net", "url", _DOMAIN, 64),
    (".ly/", "url", _DOMAIN, 64),
    (".gl/", "url", _DOMAIN, 64),
    (".me/", "url", _DOMAIN, 64),
)
_RUN_LEFT: Final = re.compile(r"[A-Za-z0-9._%+-]*\Z")


def zones(text: str) -> list[tuple[int, int, str]]:
    """URLs, e-mail addresses and hashtags, in order: the numbers inside them are parts of identifiers."""
    found: list[tuple[int, int, str]] = []
    for mark, kind, pattern, reach in _MARKS:
        at = text.find(mark)
        while at >= 0:
            start = at
            if reach:
                run = _RUN_LEFT.search(text, max(0, at - reach), at)
                start = run.start() if run else at
            m = pattern.match(text, start)
            end = m.end() if m else at + len(mark)
            if m and end > at:
                while text[end - 1] in ".,;:)'\"" and end > start + 1:
                    end -= 1
                found.append((start, end, f"identifier.{kind}"))
            at = text.find(mark, max(end, at + 1))
    if len(found) < 2:
        return found
    found.sort()
    apart = [found[0]]
    for zone in found[1:]:
        if zone[0] >= apart[-1][1]:
            apart.append(zone)
    return apart


ZONE_RULES: Final = tuple(
    rule(
        f"identifier.{kind}",
        Role.IDENTIFIER,
        description,
        pattern,
        _just(Role.IDENTIFIER),
        {example: "identifier"},
        ("ไม่มี",),
        trigger=Trigger.ZONE,
    )
    for kind, description, pattern, example in (
        ("url", "a web address", _URL, "https://example.org/news/42789"),
        ("email", "an e-mail address or account", _EMAIL, "info2@example.org"),
        ("hashtag", "a hashtag", _HASHTAG, "#เมือง2024"),
    )
)
