"""Quantities whose number is spelled out, from two up: a count, an amount of money or a measure by its unit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import seeds
from flows.extract import measures
from flows.extract.numerals import PLACE_WORD, SPELLED, spelled
from flows.extract.quantities import PER
from flows.extract.rule import Found, Rule, Site, Trigger
from flows.extract.vocabulary import (
    BOUNDARY,
    CLASSIFIERS,
    CURRENCIES_AFTER,
    UNITS_AFTER,
    alternation,
    ends,
    words_after,
)
from schemas.values import Comparator, Count, Measure, Money, Role

_UNIT: Final = alternation({*CLASSIFIERS, *CURRENCIES_AFTER, *UNITS_AFTER} - {"%"})
_SPELLED_PATTERN: Final = re.compile(
    rf"(?P<words>ครึ่ง(?:{PLACE_WORD}){{1,3}}|{SPELLED})(?:[ \t]?(?P<mid>กว่า)(?=[ \t]?ล้าน|{_UNIT}))?(?P<more>ล้าน)?[ \t]{{0,2}}(?P<unit>{_UNIT})(?P<half>ครึ่ง(?!หนึ่ง|แรก|หลัง|วัน|ปี|เดือน))?"
)
_VAGUE_BEFORE: Final = re.compile(
    r"(?:[0-9]|หลัก|หลาย|นับ|กี่|(?<!พื้น)(?<!ทั้ง)ที่|มือ|บาง|กรม|พระองค์|ปริญญา|ชั้น|ทีละ|แถว|หนึ่งประเทศ[ ]?|เลข|ร้อยละ)[ \t]?\Z"
)
_VAGUE_PLACE_BEFORE: Final = re.compile(r"(?:เรือน|เป็น|ครั้ง|คูณ)[ \t]?\Z")
_FIXED: Final = re.compile(alternation(row["surface"] for row in seeds.rows("fixed_names")))
_VALUE_ONE: Final = Decimal(1)
_PLACES: Final = ("ร้อย", "พัน", "หมื่น", "แสน", "ล้าน")
_ADMINISTRATIVE: Final = frozenset(["อำเภอ", "จังหวัด", "ตำบล", "หมู่บ้าน", "เขต", "แขวง", "หมู่"])
_WORD: Final = re.compile(alternation(words_after()))
_COMPARATOR_LEFT: Final = re.compile(
    r"(?P<approx>(?<!งบ)ประมาณ|เกือบ|ราว)[ ]?\Z|(?P<le>ไม่เกิน|ภายใน|สูงสุด)[ ]?\Z|(?P<ge>อย่างน้อย|ไม่น้อยกว่า|ไม่ต่ำกว่า)[ ]?\Z|(?P<lt>ไม่ถึง|น้อยกว่า|ต่ำกว่า)[ ]?\Z|(?P<gt>กว่า|เกิน)[ ]?\Z"
)


def _spelled(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(0, m.start() - 14) : m.start()]
    words = m.group("words") + (m.group("more") or "")
    if _VAGUE_BEFORE.search(left) or _FIXED.match(site.text, m.start()):
        return None
    if words.startswith(_PLACES) and _VAGUE_PLACE_BEFORE.search(left):
        return None
    if words.startswith(_PLACES) and left.endswith("(") and site.text[m.end() : m.end() + 1] == ")":
        return None  # (ล้านบาท) heads a column
    if site.text[m.start("unit") - 1].isspace() and m.group("unit") in _ADMINISTRATIVE:
        return None  # บ้านเจ้าเจ็ด อำเภอเสนา
    half = words.startswith("ครึ่ง")
    value = spelled(words.removeprefix("ครึ่ง"))
    if value is not None and half:
        value /= 2
    if value is None or value <= _VALUE_ONE:
        return None
    word = words_after()[m.group("unit")]
    longest = _WORD.match(site.text, m.start("unit"))
    if longest and words_after()[longest.group()].kind == "blocked":
        return None
    if (
        word.surface in BOUNDARY
        and not word.unit
        and not word.currency
        and not ends(word.surface, site.text, m.end("unit"))
        and not left.endswith("ทั้ง")
    ):
        return None
    site.end = m.end("words")
    comparator = _comparator(left) if not m.group("mid") else Comparator.GT
    pm = PER.match(site.text, m.end())
    per, end = pm.group("per") if pm else None, m.end()
    if word.currency is not None and (word.currency.evidence == "plain" or value >= 1000):
        return [Found(m.start(), end, Money(value * word.currency.factor, None, word.currency.code, comparator, per))]
    if word.unit is not None and not word.unit.note.startswith(("ambiguous", "needs_chain")):
        if m.group("half"):
            value += Decimal("0.5")
        si, si_unit = measures.si_value(value, word.unit.code)
        return [Found(m.start(), end, Measure(value, None, word.unit.code, comparator, per, si, si_unit))]
    if word.classifier is not None:
        return [Found(m.start(), end, Count(value, None, word.surface, word.classifier, comparator, per))]
    return None


def _comparator(left: str) -> Comparator:
    m = _COMPARATOR_LEFT.search(left)
    return Comparator(m.lastgroup or "eq") if m else Comparator.EQ


RULES: Final = (
    Rule(
        "count.spelled",
        Role.COUNT,
        "a spelled-out number from two up with its unit",
        _SPELLED_PATTERN,
        _spelled,
        {"ทั้งสามฝ่าย": "count 3 ฝ่าย", "ผูกพันสี่ประเทศ": "count 4 ประเทศ", "มูลค่าหมื่นล้านบาท": "THB 10000000000"},
        ("สามารถ", "อุตสาหกรรม", "เสี่ยงภัย", "หลายล้านคน", "ส่วนที่สอง"),
        trigger=Trigger.NUMBER_WORD,
    ),
)
