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
_PHRASE: Final = re.compile(r"[ \t]{0,2}(?P<phrase>[ก-๎]{2,24})")
_NOUN_TAGS: Final = frozenset(["NCMN", "CNIT", "CLTV", "CFQC"])
_QUANTITY_LEAD: Final = re.compile(r"(?:จำนวน|ทั้งสิ้น|ทั้งหมด|รวม)[ \t]?\Z")
_WORD_EN: Final = r"(?!(?:of|in|on|at|by|to|for|from|and|or|the|is|was|are|were|has|have|with|as|that|which|will|during|per)\b)[A-Za-z][A-Za-z'-]*"
_ENGLISH: Final = re.compile(
    rf"(?P<n>{NUMBER})(?![0-9]|[.,:/][0-9])[ \t](?:(?P<s>hundred|thousand|million|billion)[ \t])?(?:(?:{_WORD_EN})[ \t]){{0,3}}?(?P<unit>(?!(?:has|was|is|this|its|as|plus|versus|various|across|years|months|weeks|days|hours|minutes|seconds)\b)(?:[a-z]{{2,}}s|people|children|men|women|staff|personnel)\b)"
)
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
    if not words or len(words[0]) < 3 or words[0] in FUNCTION_WORDS:
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
    count = Count(reading.value, reading.value_max, noun, None, reading.comparator, reading.per)
    return [Found(reading.start, end, count, Confidence.INFERRED, "unit: a noun by its part of speech")]


def _bare(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    reading = site.reading = site.reading or read(m, site)
    if reading.unit is not None or reading.percent or reading.sign:
        return None
    if (
        not reading.scaled
        and reading.comparator is Comparator.EQ
        and not _QUANTITY_LEAD.search(site.text, max(site.floor, site.start - 12), site.start)
    ):
        return None
    count = Count(reading.value, reading.value_max, None, None, reading.comparator, reading.per)
    return [Found(reading.start, reading.end, count, Confidence.STATED, "unit: not written")]


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
        "a scaled or bounded number whose unit is not written",
        QUANTITY,
        _bare,
        {"ผู้มารับบริการ 1 พันกว่า": "count > 1000"},
        ("เลข 5",),
    ),
)
