"""An amount and, close behind it, the same in another currency: the implied rate against that of the month."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

import seeds
from flows.extract.consistency.links import PER, B
from flows.extract.consistency.reader import Outcome, Reader, half_step, pair, unknown
from schemas.records import Mention, Pair
from schemas.values import Comparator, Confidence, Money, PairKind, PairVerdict

MONTHLY_TOLERANCE: Final = 0.15
"""How far a conversion may lie from the mean rate of its month: texts round, and convert at the rate of another day."""
ANNUAL_TOLERANCE: Final = 0.25
"""The same where only the mean of the year is known."""
STATED_TOLERANCE: Final = 0.05
"""The same where the text states the rate that it converts at."""

_CONVERTS: Final = re.compile(
    rf"(?:{PER}){{0,2}}(?:{B}|[(\[=≈]|หรือ|คิดเป็น|เท่ากับ|เทียบเท่า|ประมาณ|ประมาน|ราว(?:{B}?ๆ)?|กว่า|จำนวน|มูลค่า|เป็น|เงินไทย|เงิน"
    r"|or|about|approximately|approx\.|equivalent|to|around|equal|equals){1,12}"
)
_BAHT: Final = rf"{B}?(?:บาท|[Bb]aht|THB)"
_RATE: Final = r"\d{1,6}(?:\.\d{1,9})?"
_STATED_RATE: Final = re.compile(
    rf"(?<![\d.,])(?:1(?:\.0+)?{B}?(?:[^\d\n()=]{{1,30}}?)(?:=|เท่ากับ|:|ต่อ|ประมาณ|อยู่ที่|คือ){B}{{0,2}}(?:ประมาณ{B}?)?(?P<rate>{_RATE}){_BAHT}"
    rf"|(?P<price>{_RATE}){_BAHT}{B}?(?:ต่อ|/|per){B}?(?:1{B}?)?(?:ดอลลาร์|เหรียญ|หยวน|ยูโร|เยน|ปอนด์|[A-Z]{{3}}))"
)
_BOUNDS: Final = frozenset((Comparator.GT, Comparator.GE, Comparator.LT, Comparator.LE))


def conversion(reader: Reader, at: int, value: Money) -> Pair | None:
    """The pair of an amount and the next one, where that is its conversion."""
    left, right = reader.mentions[at], reader.next(at)
    if right is None or not isinstance(right.value, Money) or right.value.currency == value.currency:
        return None
    if _CONVERTS.fullmatch(reader.text, left.end, right.start) is None:
        return None
    if not value.amount or not right.value.amount or 1 in (value.amount, right.value.amount):
        return None  # 1 dollar = 35 baht is a rate, not an amount
    return pair(reader, PairKind.CONVERSION, left, right, _implied(reader, left, value, right, right.value))


def _implied(reader: Reader, left: Mention, value: Money, right: Mention, other: Money) -> Outcome:
    if (value.amount_max is None) != (other.amount_max is None):
        return unknown("a range against a single amount")
    if value.per and other.per and value.per != other.per:
        return unknown(f"per {value.per} against per {other.per}")
    base, quote = (value, other) if value.currency != "THB" else (other, value)
    implied = quote.amount / base.amount
    name = f"{quote.currency}/{base.currency}"
    found = f"{implied:.6g} {name}"
    if reader.published_on is None:
        return unknown("the release has no day of publication", None, found)
    known = _rate(base.currency, quote.currency, reader.published_on)
    if known is None:
        return unknown(f"no rate for {name} in {reader.published_on:%Y-%m}", None, found)
    expected = f"{known.rate:.6g} {name} ({known.basis})"
    off = float(implied) / known.rate - 1
    rounding = float(half_step(right, other) / other.amount)  # the conversion is what is rounded: 3 หมื่นล้านบาท
    if abs(off) <= known.tolerance + rounding:
        return Outcome(PairVerdict.AGREES, expected, found, off)
    for rate in _stated_rates(reader.text) if quote.currency == "THB" else ():
        if abs(implied / rate - 1) <= Decimal(STATED_TOLERANCE):
            return Outcome(PairVerdict.AGREES, f"{rate} {name} (stated in the text)", found, float(implied / rate - 1))
    if Confidence.ASSUMED in (left.confidence, right.confidence):
        return unknown("the currency is assumed", expected, found)
    if not _BOUNDS.isdisjoint((value.comparator, other.comparator)):
        return unknown("an amount is only a bound", expected, found)
    return Outcome(PairVerdict.DIFFERS, expected, found, off)


@lru_cache(maxsize=1)
def _stated_rates(text: str) -> tuple[Decimal, ...]:
    """The prices of a foreign currency in baht that the text itself states."""
    found = (m["rate"] or m["price"] for m in _STATED_RATE.finditer(text))
    return tuple(rate for rate in map(Decimal, found) if rate)


@dataclass(frozen=True, slots=True)
class _Rate:
    """A price of one currency in another, how far texts may lie from it, and what it is the mean of."""

    rate: float
    tolerance: float
    basis: str


def _rate(base: str, quote: str, day: date) -> _Rate | None:
    priced, paid = _in_baht(base, day), _in_baht(quote, day)
    if priced is None or paid is None:
        return None
    wider = max(priced, paid, key=lambda rate: rate.tolerance)
    return _Rate(priced.rate / paid.rate, wider.tolerance, wider.basis)


def _in_baht(currency: str, day: date) -> _Rate | None:
    """Baht for one unit: the mean of the month, else that of the year by way of the dollar."""
    month, year = f"{day:%Y-%m}", f"{day:%Y}"
    if currency == "THB":
        return _Rate(1.0, MONTHLY_TOLERANCE, f"mean of {month}")
    monthly = _monthly().get((currency, month))
    if monthly is not None:
        return _Rate(monthly, MONTHLY_TOLERANCE, f"mean of {month}")
    baht, own = _per_dollar("THB", year), _per_dollar(currency, year)
    return _Rate(baht / own, ANNUAL_TOLERANCE, f"mean of {year}") if baht and own else None


@cache
def _monthly() -> dict[tuple[str, str], float]:
    """Baht for one unit of a currency, by currency and month."""
    rows = seeds.rows("exchange_rates_monthly")
    return {(row["currency_code"], row["month"]): float(row["thb_per_unit"]) for row in rows}


@cache
def _annual() -> dict[tuple[str, str], float]:
    """Units of a currency for one US dollar, by currency and year."""
    rows = seeds.rows("exchange_rates_annual")
    return {(row["currency_code"], row["year"]): float(row["lcu_per_usd"]) for row in rows}


def _per_dollar(currency: str, year: str) -> float | None:
    return 1.0 if currency == "USD" else _annual().get((currency, year))
