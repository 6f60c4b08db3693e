"""Numbers that share a unit with a neighbour: `2, 3 และ 5 ล้านบาท`, `ร้อยละ 9.9 และ 8.8 ตามลำดับ`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from flows.extract import counts, measures, money
from flows.extract.neighbours import neighbours
from flows.extract.numerals import NUMBER, SCALE, decimal, scale
from flows.extract.quantities import QUANTITY, read
from flows.extract.rule import Found, Rule, Shape, Site
from schemas.values import Comparator, Count, Measure, Money, Role, Value

_LINK: Final = r"(?:[ \t]?,[ \t]?(?:และ[ \t]?)?|[ \t]?(?:และ|หรือ|กับ|ถึง|&)[ \t]?|[ \t]?[/-][ \t]?|[ \t]{1,3})"
_AHEAD: Final = re.compile(
    rf"(?P<n>{NUMBER})(?![0-9]|[.,:/][0-9])(?:[ \t]?(?P<s>{SCALE}))?(?:{_LINK}{NUMBER}(?![0-9]|[.:/][0-9]|,[0-9]{{3}})(?:[ \t]?(?:{SCALE}))?){{0,11}}"
    rf"(?:[ \t]?,[ \t]?(?:และ[ \t]?)?|[ \t]?(?:และ|หรือ|กับ|&|ถึง)[ \t]?(?:ไม่เกิน|กว่า|ประมาณ)?[ \t]?|[ \t]?/[ \t]?)(?P<last>{NUMBER})(?![0-9]|[.,:/][0-9])"
)
_UNIT_RULES: Final = (*money.RULES, *measures.RULES, counts.WITH_CLASSIFIER)
_IN_LEFT: Final = re.compile(r"\b(?:in|by|since|during|of|until|from)[ \t]\Z", re.IGNORECASE)
_PERCENT_GAP: Final = re.compile(r"[ \t]{0,2}(?:,|:|และ|กับ|หรือ|,[ ]?และ)?[ \t]{0,2}-?")


def _member(m: re.Match[str], site: Site) -> tuple[Found, Decimal] | None:
    """The fact of the last number of the list, and the factor that its scale lends to the first."""
    start = m.start("last")
    last = QUANTITY.match(site.text, start)
    if last is None:
        return None
    inner = neighbours(site.text, site.mirror, start, m.end("last"), m.start("last"), site.context, None)
    for rule in _UNIT_RULES:
        if rule.pattern is not QUANTITY or not rule.fits(
            inner.lead_kind, inner.word_kind, inner.shape, inner.edge, site.text[start] == "0"
        ):
            continue
        found = rule.resolve(last, inner)
        for f in found or ():
            reading = inner.reading or read(last, inner)
            factor = (
                scale((last.group("s1") or "") + (last.group("s1b") or "")) if reading.value_max is None else Decimal(1)
            )
            return f, factor
    return None


def _shared_after(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if site.lead_kind in ("ordinal", "ordinal_soft", "identifier", "name"):
        return None  # เข็ม 3 และ 3 เข็ม: the first has its noun before it
    member = _member(m, site)
    if member is None:
        return None
    last, lent = member
    own = m.group("s")
    if own is None and site.shape is Shape.YEAR and _IN_LEFT.search(site.left()):
        return None  # 6.1 trillion in 2023, 6.8 trillion in 2024: a year, not a further amount
    value = decimal(m.group("n")) * (scale(own) if own else lent)
    end = m.end("s") if own else m.end("n")
    made = _like(last.value, value)
    if made is None:
        return None
    own_number = QUANTITY.match(site.text, site.start)
    if own_number is not None:
        made = replace(made, comparator=read(own_number, site).comparator)
    return [Found(site.start, end, made, basis="unit: last of the list")]


def _like(value: Value, number: Decimal) -> Money | Measure | Count | None:
    if isinstance(value, Money):
        return Money(number, None, value.currency, Comparator.EQ, value.per)
    if isinstance(value, Count):
        return Count(number, None, value.unit, value.unit_code, Comparator.EQ, value.per)
    if isinstance(value, Measure):
        return measures.of(number, None, value.unit_code, Comparator.EQ, value.per)
    return None


def _shared_percent(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    previous = site.previous
    if previous is None or not isinstance(previous.value, Measure) or previous.value.unit_code != "%":
        return None
    if not previous.rule.startswith("measure.percent"):
        return None
    gap = site.text[previous.end : site.start]
    if not _PERCENT_GAP.fullmatch(gap):
        return None
    reading = read(m, site)
    if reading.unit is not None:
        return None
    value = (
        -reading.value
        if gap.endswith("-") and reading.value_max is None and "-" in gap.strip("- ") + gap[-1:]
        else reading.value
    )
    return [
        Found(
            site.start,
            reading.end,
            measures.of(value, reading.value_max, "%", Comparator.EQ, previous.value.per),
            basis="unit: ร้อยละ before the list",
        )
    ]


RULES: Final = (
    Rule(
        "measure.percent_list",
        Role.MEASURE,
        "further numbers after ร้อยละ",
        QUANTITY,
        _shared_percent,
        {"ร้อยละ 9.9 และ 8.8 ตามลำดับ": "measure 8.8 %"},
        ("ร้อยละ 9.9 และ 8 คน",),
    ),
    Rule(
        "count.shared_unit",
        Role.COUNT,
        "a number that shares the unit of the last of its list",
        _AHEAD,
        _shared_after,
        {"2, 3 และ 5 ล้านบาท": "THB 2000000", "5 หรือ 6 แห่ง": "count 5 แห่ง"},
        ("2, 3 และ", "6.1 trillion baht in 2023, 6.8 trillion baht"),
    ),
)
