"""Quantities: one pattern reads number, scale, range, comparators, unit and rate; the unit decides what the fact is.

Money, counts and measures differ in what stands after the number, not in how the number is written, so they share
one reading (`Reading`) and each has its own production in `money.py`, `counts.py` and `measures.py`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, NamedTuple

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
    MONTHS,
    UNITS_AFTER,
    Lead,
    Word,
    alternation,
    ends,
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
_MONTH: Final = alternation(w for w in MONTHS if w[0] >= "ก" and len(w) > 3)
_TO: Final = r"[ \t]{0,2}(?:-|~|ถึง|จนถึง|to)[ \t]{0,2}"

# number [scale] [กว่า] [scale] [unit] [to number [scale] [กว่า]] [unit]
QUANTITY: Final = re.compile(
    rf"(?P<n1>{NUMBER})(?![0-9]|[.,/][0-9])"
    rf"(?:[ \t]?(?P<m1>{_MID})(?=[ \t]?(?:{SCALE}|{_UNIT})))?"
    rf"(?:[ \t]{{0,2}}(?P<s1>{SCALE})|(?P<k1>{LETTER_SCALE}))?"
    rf"(?:[ \t]?(?P<m1b>{_MID})(?=[ \t]?(?:{SCALE}|{_UNIT}|[ \t]|$)))?(?:[ \t]?(?P<s1b>ล้าน))?"
    rf"(?P<chain>(?:[ \t]?[0-9]+(?:\.[0-9]+)?[ \t]?(?:ล้าน|แสน|หมื่น|พัน|ร้อย)(?:ล้าน){{0,3}}){{0,5}})"
    rf"(?:(?:[ \t]{{0,2}}(?P<u1>{_UNIT}))?{_TO}(?:(?:{_SIGN})[ \t]?)?(?P<n2>{NUMBER})(?![0-9]|[.,:/][0-9]|[ \t]?(?:{_MONTH}))(?:[ \t]{{0,2}}(?P<s2>{SCALE})|(?P<k2>{LETTER_SCALE}))?(?:[ \t]?(?P<m2>{_MID}))?(?:[ \t]?(?P<s2b>ล้าน))?)?"
)
_GROUPS: Final = ("n1", "m1", "s1", "k1", "m1b", "s1b", "chain", "u1", "n2", "s2", "k2", "m2", "s2b")
_UNIT_AFTER: Final = re.compile(rf"(?:[ \t]{{0,2}}(?P<unit>{_UNIT}))")
_CHAIN_ITEM: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)[ \t]?((?:ล้าน|แสน|หมื่น|พัน|ร้อย)(?:ล้าน)*)")
_PER_WORD: Final = alternation(
    {w for w in (*UNITS_AFTER, *CLASSIFIERS, *CURRENCIES_AFTER) if len(w) > 1 or not w.isascii()}
    | {f"{scale}{head}" for scale in ("แสน", "พัน", "ล้าน") for head in ("ประชากร", "คน", "ราย")}
    | {f"ประชากร{scale}คน" for scale in ("แสน", "พัน", "ล้าน", "")}
    | {"ประชากร", "หัว", "วัน", "ปี", "เดือน", "นาที", "วินาที", "หน่วย", "day", "year", "month"}
)
PER: Final = re.compile(rf"[ \t]{{0,3}}(?:ต่อ[ \t]?(?:หนึ่ง[ \t]?|1[ \t]?)?|/[ \t]?|per[ \t])(?P<per>{_PER_WORD})")
_AFTER: Final = re.compile(
    rf"[ \t]?(?P<after>{alternation(w for w in COMPARATORS_AFTER if w not in ('+', 'เศษ'))})|(?P<plus>\+)"
)
_NEGATIVE_BEFORE: Final = re.compile(r"(?:ร้อยละ|อัตรา|ที่|เป็น|และ|,|\()[ \t]{0,2}-\Z")
_RANKED: Final = frozenset(
    ["อันดับ", "ลำดับ", "จังหวัด", "ประเทศ", "อำเภอ", "กลุ่ม", "ประเภท", "ชนิด", "สาขา", "เรื่อง", "เขต", "ตลาด"]
)
_SUPERLATIVES: Final = frozenset(["สูงสุด", "มากสุด", "มากที่สุด", "สูงที่สุด"])
_NUMBER_FOLLOWS: Final = re.compile(r"[ \t]?(?:[0-9]|ร้อยละ|ล้าน|แสน|หมื่น)")
_LEADS: Final = {surface[::-1]: lead for surface, lead in words_before().items()}
_BEFORE: Final = re.compile(
    rf"[ \t]{{0,2}}({alternation(w for w, lead in _LEADS.items() if lead.surface in COMPARATORS_BEFORE or lead.surface in CURRENCIES_BEFORE or lead.kind in ('per', 'filler', 'percent'))})"
)
_WITHIN: Final = re.compile(
    rf"[ \t]?(?:{alternation(w[::-1] for w in ('ระยะเวลา', 'เวลา', 'ช่วง'))})?(?:{alternation(w[::-1] for w in ('ภายใน', 'ไม่เกิน', 'ไม่ช้ากว่า'))})"
)


_LATIN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


class Reading(NamedTuple):
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
    n1, m1, s1, k1, m1b, s1b, chain, u1, n2, s2, k2, m2, s2b = m.group(*_GROUPS)
    first_scale, last_scale = (s1 or k1 or "") + (s1b or ""), (s2 or k2 or "") + (s2b or "")
    negative = text[site.start - 1 : site.start] == "-" and bool(
        _NEGATIVE_BEFORE.search(text, max(site.floor, site.start - 12), site.start)
    )
    value, value_max, basis = decimal(n1), None, None
    if first_scale:
        value *= scale(first_scale)
    # In ร้อยละ -9.5 -18.2 two numbers are below zero; they are no range.
    if n2 is not None and not (negative and text[m.end("n1") : m.start("n2")].strip() == "-"):
        value, value_max, basis = _range(value, n2, first_scale, last_scale, u1)
    has_range = value_max is not None
    end = m.end() if has_range else m.end("chain")
    if chain:
        value = _chained(value, first_scale, chain)
    unit, unit_end = _unit_at(text, end)
    if unit is None and u1:
        between = words_after()[u1]
        if has_range:
            unit = between
        elif between.kind != "blocked":
            unit, unit_end = between, m.end("u1")
    comparator, start, per, sign, percent = _before(site)
    if negative and percent:
        value = -value
    if m1 or m1b or m2:
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
    scaled = bool(first_scale or last_scale)
    return Reading(
        start, end, value, value_max, unit, unit_end, comparator, per, full_end, sign, percent, scaled, basis
    )


def _range(
    first: Decimal, last_number: str, first_scale: str, last_scale: str, unit_between: str | None
) -> tuple[Decimal, Decimal | None, str | None]:
    """Both ends of a range and where the first took its scale from; no second where it does not exceed the first."""
    last = decimal(last_number) * scale(last_scale)
    if not first_scale and last_scale and not unit_between:
        lent = first * scale(last_scale)
        if last > lent:
            return lent, last, "scale: upper end of the range"
    elif last > first:
        return first, last, None
    return first, None, None  # 5 ถึง 3, or a number that begins something else


def _unit_at(text: str, end: int) -> tuple[Word | None, int]:
    """The unit at `end` and where it ends."""
    m = _UNIT_AFTER.match(text, end)
    if m is None:
        return None, end
    unit, unit_end = words_after()[m.group("unit")], m.end()
    if text.startswith("ละ", unit_end) and text[unit_end + 2 : unit_end + 4].strip()[:1].isdigit():
        return None, end  # ประเภท 1 ฉบับละ 500 บาท: the next number is per this
    if unit.surface in BOUNDARY and not unit.unit and not unit.currency and not ends(unit.surface, text, unit_end):
        return None, end
    if unit.kind != "blocked":
        return unit, unit_end
    shorter = unblocked(unit, text, unit_end)
    return (shorter, unit_end - len(unit.surface) + len(shorter.surface)) if shorter else (None, end)


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
        lead, lead_start = lead_before(site, position)
    if comparator is Comparator.EQ and _WITHIN.match(
        site.mirror, len(site.mirror) - position, len(site.mirror) - site.floor
    ):
        comparator = Comparator.LE
    return comparator, start, per, sign, percent


def lead_before(site: Site, position: int) -> tuple[Lead | None, int]:
    """The known word that ends right before `position`, and where it begins."""
    size = len(site.mirror)
    m = _BEFORE.match(site.mirror, size - position, size - site.floor)
    if m is None:
        return None, position
    lead, start = _LEADS[m.group(1)], size - m.end()
    if start and lead.surface[0] in _LATIN and site.text[start - 1] in _LATIN:
        return None, position  # RM in FARM
    return lead, start
