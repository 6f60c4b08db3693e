"""Quantities: one pattern reads number, scale, range, comparators, unit and rate; the unit decides what the fact is.

Money, counts and measures differ in what stands after the number, not in how the number is written, so they share
one reading (`Reading`) and each has its own production in `money.py`, `counts.py` and `measures.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from flows.extract.numerals import LETTER_SCALE, NUMBER, SCALE, decimal, scale
from flows.extract.rule import Site
from flows.extract.vocabulary import (
    BOUNDARY,
    CLASSIFIERS,
    COMPARATORS_AFTER,
    COMPARATORS_BEFORE,
    COMPARATORS_BETWEEN,
    CURRENCIES_AFTER,
    CURRENCIES_BEFORE,
    FUNCTION_WORDS,
    UNITS_AFTER,
    Lead,
    Word,
    alternation,
    unblocked,
    words_after,
    words_before,
)
from schemas.values import Comparator

_MID: Final = alternation(COMPARATORS_BETWEEN)
_UNIT: Final = alternation(
    w for w, x in words_after().items() if x.currency or x.unit or x.classifier is not None or x.kind == "blocked"
)
_SIGN: Final = alternation(CURRENCIES_BEFORE)
_TO: Final = r"[ \t]{0,2}(?:-|~|ถึง|จนถึง|to)[ \t]{0,2}"

# number [scale] [กว่า] [scale] [unit] [to number [scale] [กว่า]] [unit]
QUANTITY: Final = re.compile(
    rf"(?P<n1>{NUMBER})(?![0-9]|[.,/][0-9])"
    rf"(?:[ \t]?(?P<m1>{_MID})(?=[ \t]?(?:{SCALE}|{_UNIT})))?"
    rf"(?:[ \t]{{0,2}}(?P<s1>{SCALE})|(?P<k1>{LETTER_SCALE}))?"
    rf"(?:[ \t]?(?P<m1b>{_MID})(?=[ \t]?(?:{SCALE}|{_UNIT}|[ \t]|$)))?(?:[ \t]?(?P<s1b>ล้าน))?"
    rf"(?P<chain>(?:[ \t]?[0-9]+(?:\.[0-9]+)?[ \t]?(?:ล้าน|แสน|หมื่น|พัน|ร้อย)(?:ล้าน){{0,3}}){{0,5}})"
    rf"(?:(?:[ \t]{{0,2}}(?P<u1>{_UNIT}))?{_TO}(?:(?:{_SIGN})[ \t]?)?(?P<n2>{NUMBER})(?![0-9]|[.,:/][0-9])(?:[ \t]{{0,2}}(?P<s2>{SCALE})|(?P<k2>{LETTER_SCALE}))?(?:[ \t]?(?P<m2>{_MID}))?(?:[ \t]?(?P<s2b>ล้าน))?)?"
)
UNIT_AFTER: Final = re.compile(rf"(?:[ \t]{{0,2}}(?P<unit>{_UNIT}))")
_CHAIN_ITEM: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)[ \t]?((?:ล้าน|แสน|หมื่น|พัน|ร้อย)(?:ล้าน)*)")
_PER_WORD: Final = alternation(
    {w for w in (*UNITS_AFTER, *CLASSIFIERS, *CURRENCIES_AFTER) if len(w) > 1 or not w.isascii()}
    | {"หัว", "วัน", "ปี", "เดือน", "นาที", "วินาที", "หน่วย", "day", "year", "month"}
)
PER: Final = re.compile(rf"[ \t]{{0,3}}(?:ต่อ[ \t]?(?:หนึ่ง[ \t]?|1[ \t]?)?|/[ \t]?|per[ \t])(?P<per>{_PER_WORD})")
_AFTER: Final = re.compile(
    rf"[ \t]?(?P<after>{alternation(w for w in COMPARATORS_AFTER if w not in ('+', 'เศษ'))})|(?P<plus>\+)"
)
ENDS: Final = re.compile(rf"(?![ก-๎])|{alternation(FUNCTION_WORDS)}")
_NEGATIVE_BEFORE: Final = re.compile(r"(?:ร้อยละ|อัตรา|ที่|เป็น|และ|,|\()[ \t]{0,2}-\Z")
_RANKED: Final = frozenset(
    ["อันดับ", "ลำดับ", "จังหวัด", "ประเทศ", "อำเภอ", "กลุ่ม", "ประเภท", "ชนิด", "สาขา", "เรื่อง", "เขต", "ตลาด"]
)
_SUPERLATIVES: Final = frozenset(["สูงสุด", "มากสุด", "มากที่สุด", "สูงที่สุด"])
_NUMBER_FOLLOWS: Final = re.compile(r"[ \t]?(?:[0-9]|ร้อยละ|ล้าน|แสน|หมื่น)")
_LEADS: Final = words_before()
_BEFORE: Final = re.compile(
    rf"[ \t]{{0,2}}(?:{alternation(w[::-1] for w in (*COMPARATORS_BEFORE, *CURRENCIES_BEFORE, *(k for k, v in _LEADS.items() if v.kind in ('per', 'filler', 'percent'))))})"
)
_WITHIN: Final = re.compile(r"(?:ภายใน|ไม่เกิน|ไม่ช้ากว่า)(?:ระยะเวลา|เวลา|ช่วง)?[ \t]?\Z")
_JOINT_BEFORE: Final = frozenset("เข้รวม่ส")  # ร่วม inside เข้าร่วม is listed as filler


def ends(surface: str, text: str, end: int) -> bool:
    """Whether a classifier that other words begin with ends here; ที่ is a relative pronoun before any word."""
    if surface == "ที่":
        return not "ก" <= text[end : end + 1] <= "๎"
    return ENDS.match(text, end) is not None


@dataclass(frozen=True, slots=True)
class Reading:
    """A number expression with its surroundings, before the unit gives it a kind."""

    start: int  # with what belongs to it on the left: ร้อยละ, a currency sign
    end: int  # end of the number part
    value: Decimal
    value_max: Decimal | None
    unit: Word | None
    unit_end: int
    comparator: Comparator
    per: str | None
    full_end: int  # end of all that belongs to the fact
    sign: str | None  # currency before the number
    percent: bool  # ร้อยละ before the number
    scaled: bool
    basis: str | None = None


def read(m: re.Match[str], site: Site) -> Reading:
    """Read everything around the number that `QUANTITY` matched."""
    text = site.text
    s2 = (m.group("s2") or m.group("k2") or "") + (m.group("s2b") or "")
    s1 = (m.group("s1") or m.group("k1") or "") + (m.group("s1b") or "")
    has_range = m.group("n2") is not None
    negative = _NEGATIVE_BEFORE.search(text, max(site.floor, site.start - 12), site.start) is not None
    if negative and has_range and text[m.end("n1") : m.start("n2")].strip() == "-":
        has_range = False  # ร้อยละ -9.5 -18.2 are two numbers below zero
    value = decimal(m.group("n1")) * scale(s1)
    value_max: Decimal | None = None
    end = m.end()
    basis = None
    if not has_range:
        end = max(m.end(g) for g in ("n1", "s1", "k1", "m1b", "s1b", "chain"))
    if has_range:
        value_max = decimal(m.group("n2")) * scale(s2)
        if not s1 and s2 and not m.group("u1"):
            value *= scale(s2)
            basis = "scale: upper end of the range"
        if value_max <= value and not s2 and s1 and not m.group("u1"):
            value_max = None
        if value_max is None or value_max <= value:
            # not a range after all: 5 ถึง 3, or a number that begins something else
            value_max, has_range = None, False
            value = decimal(m.group("n1")) * scale(s1)
            basis = None
            end = max(m.end(g) for g in ("n1", "s1", "k1", "m1b", "s1b", "chain"))
    if m.group("chain"):
        value = _chained(value, s1, m.group("chain"))
        if not has_range:
            end = max(end, m.end("chain"))
    um = UNIT_AFTER.match(text, end)
    unit = words_after()[um.group("unit")] if um else None
    unit_end = um.end() if um else end
    if (
        unit
        and unit.surface in BOUNDARY
        and not unit.unit
        and not unit.currency
        and not ends(unit.surface, text, unit_end)
    ):
        unit, unit_end = None, end
    if unit and unit.kind == "blocked":
        shorter = unblocked(unit, text, unit_end)
        unit_end = unit_end - len(unit.surface) + len(shorter.surface) if shorter else end
        unit = shorter
    if has_range and unit is None and m.group("u1"):
        unit = words_after()[m.group("u1")]
    if not has_range and m.group("u1") and unit is None:
        u1 = words_after()[m.group("u1")]
        if u1.kind != "blocked":
            unit, unit_end = u1, m.end("u1")
    comparator, start, per, sign, percent = _before(site)
    if negative and percent:
        value = -value
    if any(m.group(g) for g in ("m1", "m1b", "m2")):
        comparator = Comparator.GT
    full_end = unit_end
    am = _AFTER.match(text, unit_end)
    if am and (am.group("after") or unit is not None):
        word = am.group("after") or "+"
        if not (word.startswith("กว่า") and _NUMBER_FOLLOWS.match(text, am.end())):
            comparator = COMPARATORS_AFTER[word]
            unit_end = full_end = am.end()
    pm = PER.match(text, unit_end)
    if pm and am is None and unit is not None:
        behind = _AFTER.match(text, pm.end())  # 20,000 บาทต่อเดือนขึ้นไป
        if behind and behind.group("after") and not behind.group("after").startswith("กว่า"):
            comparator = COMPARATORS_AFTER[behind.group("after")]
    if pm and per is None:
        per = pm.group("per")
        if "1" in pm.group():
            full_end = pm.end()  # ต่อ 1 ไร่: the numeral belongs to the rate
    return Reading(
        start, end, value, value_max, unit, unit_end, comparator, per, full_end, sign, percent, bool(s1 or s2), basis
    )


def _chained(value: Decimal, first_scale: str, chain: str) -> Decimal:
    """`2 ล้าน 5 แสน` adds up; in `3 หมื่น 5 พันล้าน` the closing ล้าน holds for the whole chain."""
    items = [(decimal(n), s) for n, s in _CHAIN_ITEM.findall(chain)]
    last = items[-1][1]
    if "ล้าน" in last and last != "ล้าน" and "ล้าน" not in first_scale:
        value *= Decimal(1_000_000)
    for number, word in items:
        factor = scale(word)
        if "ล้าน" in last and last != "ล้าน" and "ล้าน" not in word:
            factor *= Decimal(1_000_000)
        value += number * factor
    return value


def _before(site: Site) -> tuple[Comparator, int, str | None, str | None, bool]:
    """Comparator, start, rate, currency sign and ร้อยละ from the words before the number, nearest first."""
    comparator, start, per, sign, percent = Comparator.EQ, site.start, None, None, False
    seen = False
    position = site.start
    lead: Lead | None = site.lead
    lead_start = site.lead_start
    for _ in range(4):
        if lead is None:
            break
        if (
            lead.kind == "comparator"
            and lead.surface in _SUPERLATIVES
            and site.word is not None
            and site.word.surface in _RANKED
        ):
            pass  # สูงสุด 3 อันดับแรก ranks, it does not bound
        elif lead.kind == "comparator":
            if not seen or comparator is Comparator.EQ:
                comparator = lead.comparator or Comparator.EQ
                seen = True
        elif lead.kind == "currency" and sign is None:
            sign, start = lead.currency, lead_start
        elif lead.kind == "percent":
            percent, start = True, lead_start
        elif lead.kind == "per" and per is None:
            per = lead.per
        elif lead.kind != "filler":
            break
        position = lead_start
        lead, lead_start = lead_before(site.text, position, site.floor)
    if comparator is Comparator.EQ and _WITHIN.search(site.text, max(site.floor, position - 20), position):
        comparator = Comparator.LE
    return comparator, start, per, sign, percent


def lead_before(text: str, position: int, floor: int) -> tuple[Lead | None, int]:
    """The known word that ends right before `position`, and where it begins."""
    left = text[max(floor, position - 26) : position][::-1]
    m = _BEFORE.match(left)
    if m is None:
        return None, position
    surface = m.group().lstrip()[::-1]
    return _LEADS[surface], position - m.end()
