"""Counts in digits: how many of something countable."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from flows.extract.numerals import NUMBER, decimal
from flows.extract.quantities import QUANTITY, read
from flows.extract.rule import Found, Rule, Shape, Site
from flows.extract.vocabulary import FUNCTION_WORDS
from schemas.values import Comparator, Confidence, Count, Role

_ROOM_BEFORE: Final = re.compile(r"(?:ห้อง|อาคาร|ตึก|หอประชุม|Room|Ballroom)[^\n]{0,30}\Z")
_PHRASE: Final = re.compile(r"[ \t]?(?P<phrase>[ก-๎]{2,24})")
_NOUN_TAGS: Final = frozenset(["NCMN", "CNIT", "CLTV", "CFQC"])
_QUANTITY_LEAD: Final = re.compile(r"(?:จำนวน|ทั้งสิ้น|ทั้งหมด|รวม|ทั้ง)[ \t]?\Z")
_WORD_EN: Final = r"(?!(?:of|in|on|at|by|to|for|from|and|or|the|is|was|are|were|has|have|with|as|that|which|will|during|per)\b)[A-Za-z][A-Za-z'-]*"
_ENGLISH: Final = re.compile(
    rf"(?P<n>{NUMBER})(?![0-9]|[.,:/][0-9])[ \t](?:(?P<s>hundred|thousand|million|billion)[ \t])?(?:(?:{_WORD_EN})[ \t]){{0,3}}?(?P<unit>(?!(?:has|was|is|this|its|as|plus|versus|various|across|years|months|weeks|days|hours|minutes|seconds)\b)(?:[a-z]{{2,}}s|people|children|men|women|staff|personnel)\b)"
)
_LATIN_NOUN: Final = re.compile(
    r"[ \t](?:[A-Z][A-Za-z/-]{1,24}[ ]){0,3}?(?P<unit>[A-Z][A-Za-z/-]{1,24})(?![A-Za-z./-]|[ ](?:[A-Z]|of|in|the|and|for|to)|[ ][12]\d{3}(?!\d))"
)
_THAI_LEFT: Final = re.compile(r"[ก-๎ฯ)][ ]?[\"'(]?\Z")
_NOT_COUNTED_LEFT: Final = re.compile(r"(?:ผ่าน|โทร|สายด่วน|แจ้ง|ข่าวสาร|ออนไลน์)[ ]?[(]?\Z")
_MOTTO: Final = re.compile(
    r"(?P<n>[1-9]\d?)[ \t]?(?P<unit>(?!เพิ่มขึ้น|ลดลง|ให้แก่|ให้กับ|ไม่เกิน|ไม่น้อย|ไม่ต่ำ|พร้อมด้วย|พร้อมกับ|พร้อมทั้ง|ทำให้|ต้องการ)(?:ลด|เพิ่ม|ไม่|สร้าง|เร่ง|ไร้|ต้อง|ห้าม|รู้|เลิก|ปลอด|เสริม|หยุด|ปลด|ปรับ|เติม|ให้|เก็บ|ดี|สูง|เปลี่ยน|ป้องกัน|สื่อสาร|พร้อม|ช่วย|ทำ)[ก-๎]{0,14})(?![ก-๎])"
)
_MOTTO_LEFT: Final = re.compile(
    r"(?:หลัก|หลักการ|มาตรการ|นโยบาย|แนวคิด|กลยุทธ์|แนวทาง|ยุทธศาสตร์|วิธี|สูตร|คาถา|กรอบ|มอบ|สู่|แคมเปญ|โครงการ|ภายใต้|ด้วย)[ ]?[\"']?\Z|\"\Z"
)
_ENGLISH_NUMBER: Final = re.compile(rf"{NUMBER}(?=[ ](?:from|in|were|are|was|is|more|others?)\b)")
_ENGLISH_LIST_LEFT: Final = re.compile(r"(?:,|;|\band|,[ ]and)[ ]\Z")
_ENGLISH_SCALES: Final = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, None: 1}


def _classifier(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    word = reading.unit
    if word is None or word.classifier is None or reading.percent or reading.sign:
        return None
    last = word.surface[-1]
    if (
        word.surface == "ชั้น"
        and site.text[reading.unit_end : reading.unit_end + 2].strip()[:1].isdigit()
        and _ROOM_BEFORE.search(site.text, max(0, reading.start - 40), reading.start)
    ):
        return None  # ห้องรับรอง 1 ชั้น 2: the room has the number
    if (
        last.isascii()
        and last.isalpha()
        and site.text[reading.unit_end : reading.unit_end + 1].isascii()
        and site.text[reading.unit_end : reading.unit_end + 1].isalpha()
    ):
        return None
    count = Count(reading.value, reading.value_max, word.surface, word.classifier, reading.comparator, reading.per)
    return [Found(reading.start, reading.full_end, count, basis=reading.basis)]


@lru_cache(maxsize=4096)
def _noun(phrase: str) -> str | None:
    """The first word of `phrase` where two taggers of different tag sets both call it a common noun."""
    # Loaded on first use: most texts have no counted noun that the vocabulary lacks.
    from pythainlp.tag import pos_tag
    from pythainlp.tokenize import word_tokenize

    words = word_tokenize(phrase, keep_whitespace=False)
    if not words or len(words[0]) < 3 or words[0] in FUNCTION_WORDS or words[0] == "ร้อยละ":
        return None
    universal = pos_tag(["5", *words], corpus="orchid_ud")[1][1]
    orchid = pos_tag(words, corpus="orchid")[0][1]
    return words[0] if universal == "NOUN" and orchid in _NOUN_TAGS else None


def _counted_noun(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    if (
        reading.unit is not None
        or reading.percent
        or reading.sign
        or site.lead_kind in ("ordinal", "identifier", "name")
    ):
        return None
    phrase = _PHRASE.match(site.text, reading.end)
    noun = _noun(phrase.group("phrase")) if phrase else None
    if phrase is None or noun is None:
        return None
    end = phrase.start("phrase") + len(noun)
    if site.text.startswith("ละ", end):
        return None  # รุ่น 2 หน่วยละ 500 บาท: the next number is per this
    count = Count(reading.value, reading.value_max, noun, None, reading.comparator, reading.per)
    return [Found(reading.start, end, count, Confidence.INFERRED, "unit: a noun by its part of speech")]


def _bare(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    if reading.unit is not None or reading.percent or reading.sign:
        return None
    if (
        not reading.scaled
        and reading.per is None
        and reading.comparator is Comparator.EQ
        and not _QUANTITY_LEAD.search(site.text, max(site.floor, site.start - 12), site.start)
    ):
        return None
    count = Count(reading.value, reading.value_max, None, None, reading.comparator, reading.per)
    return [Found(reading.start, reading.end, count, Confidence.STATED, "unit: not written")]


def _grouped(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    """Thousands that are grouped by commas count something; no rank, code or name is written so."""
    reading = site.reading = site.reading or read(m, site)
    if reading.unit is not None or reading.percent or site.text[site.start - 1 : site.start] in ("(", "-", "+"):
        return None
    count = Count(reading.value, reading.value_max, None, None, reading.comparator, reading.per)
    return [Found(reading.start, reading.end, count, Confidence.INFERRED, "kind: grouped thousands; unit: not written")]


def _capital(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    """An English noun as a unit, in English (3 Candidates) or in Thai, which writes no plural: 40 CEO."""
    reading = site.reading = site.reading or read(m, site)
    if reading.unit is not None or reading.percent or reading.sign or reading.scaled:
        return None
    noun = _LATIN_NOUN.match(site.text, reading.end)
    if noun is None or (site.lead is not None and site.lead.kind not in ("filler", "comparator", "per")):
        return None
    left = site.text[max(0, site.start - 12) : site.start]
    if not _THAI_LEFT.search(left) or _NOT_COUNTED_LEFT.search(left):
        return None
    count = Count(reading.value, reading.value_max, noun.group("unit"), None, reading.comparator, reading.per)
    return [Found(reading.start, noun.end(), count, Confidence.INFERRED, "unit: the Latin word after the number")]


def _slogan(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    """A verb that is counted in a motto: มาตรการ 3 ลด 2 เพิ่ม."""
    left = site.text[max(0, site.start - 24) : site.start]
    previous = site.previous
    follows = previous is not None and previous.rule == "count.motto" and site.start - previous.end <= 3
    if not follows and not _MOTTO_LEFT.search(left):
        return None
    count = Count(decimal(m.group("n")), None, m.group("unit"), None, Comparator.EQ, None)
    return [Found(m.start(), m.end(), count, Confidence.INFERRED, "unit: the counted word of a motto")]


def _listed_in_english(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    """A number whose noun stands at the first of the list: 9 teams, 6 from the North and 3 from the South."""
    previous = site.previous
    if previous is None or not isinstance(previous.value, Count) or site.start - previous.end > 120:
        return None
    if not _ENGLISH_LIST_LEFT.search(site.text, max(0, site.start - 12), site.start):
        return None
    if "\n" in site.text[previous.end : site.start]:
        return None
    return [
        Found(
            m.start(),
            m.end(),
            Count(decimal(m.group()), None, None, None, Comparator.EQ, None),
            Confidence.INFERRED,
            "unit: first of the list",
        )
    ]


def _english(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if site.lead is not None and site.lead.kind == "month":
        return None
    value = decimal(m.group("n")) * _ENGLISH_SCALES[m.group("s")]
    lead = site.lead
    comparator = lead.comparator or Comparator.EQ if lead is not None and lead.kind == "comparator" else Comparator.EQ
    return [Found(m.start(), m.end(), Count(value, None, m.group("unit"), None, comparator, None))]


WITH_CLASSIFIER: Final = Rule(
    "count.classifier",
    Role.COUNT,
    "a number and a classifier or a counted noun",
    QUANTITY,
    _classifier,
    {"20 โครงการ": "count 20 โครงการ", "1 พันกว่าคน": "count > 1000 คน"},
    ("โครงการ 20", "30 รายได้"),
    words=frozenset(["classifier", "link", "scale", "between", "mixed", "month_noun"]),
)
RULES: Final = (
    WITH_CLASSIFIER,
    Rule(
        "count.english",
        Role.COUNT,
        "a number and an English plural",
        _ENGLISH,
        _english,
        {"we signed 18 contracts": "count 18 contracts", "35 ACD member countries": "count 35 countries"},
        ("in 2021 the", "18 of them"),
        words=frozenset(["-", "latin", "unit", "classifier", "currency", "mixed"]),
    ),
    Rule(
        "count.english_list",
        Role.COUNT,
        "a further number of an English list whose noun stands at the first",
        _ENGLISH_NUMBER,
        _listed_in_english,
        {"among the 9 teams, 6 from the North": "count 6"},
        ("in 2021, 6 from the North", "6 from the North"),
    ),
    Rule(
        "count.latin_noun",
        Role.COUNT,
        "a number and a Latin word as a unit in a Thai sentence",
        QUANTITY,
        _capital,
        {"รัฐบาลหารือ 40 CEO ฝ่าวิกฤต": "count 40 CEO", "ปิดกั้นเว็บพนันได้ 4,425 URL": "count 4425 URL"},
        ("งาน Expo 2024 Osaka", "ผ่าน 1212 OCC", "ห้อง 301 Tower"),
        shapes=frozenset([Shape.DAY, Shape.INT, Shape.GROUPED]),
    ),
    Rule(
        "count.motto",
        Role.COUNT,
        "a counted verb of a motto",
        _MOTTO,
        _slogan,
        {"ด้วยมาตรการ 3 ลด 2 เพิ่ม": "count 3 ลด", "ยึดหลัก “4 ไม่” คือ": "count 4 ไม่"},
        ("วันที่ 3 เพิ่มขึ้น", "มาตรการ 3 เพิ่มขึ้นจาก"),
        shapes=frozenset([Shape.DAY]),
    ),
    Rule(
        "count.noun",
        Role.COUNT,
        "a number and a common noun that the vocabulary does not list",
        QUANTITY,
        _counted_noun,
        {"ชวน 5 กูรู ร่วมเสวนา": "count 5 กูรู"},
        ("มท.1 เป็นประธาน", "เฟส 65 ลดดอกเบี้ย"),
        shapes=frozenset([Shape.DAY, Shape.INT, Shape.GROUPED]),
    ),
    Rule(
        "count.no_unit",
        Role.COUNT,
        "a scaled or bounded number or a rate whose unit is not written",
        QUANTITY,
        _bare,
        {"ผู้มารับบริการ 1 พันกว่า": "count > 1000", "อัตราป่วย 41.37 ต่อแสนประชากร": "count 41.37 /แสนประชากร"},
        ("เลข 5",),
    ),
    Rule(
        "count.grouped",
        Role.COUNT,
        "thousands grouped by commas whose unit is not written",
        QUANTITY,
        _grouped,
        {"cumulative number of cases are 337,680, and": "count 337680"},
        ("เลขที่ 337680", "1,2"),
        shapes=frozenset([Shape.GROUPED]),
    ),
)
