"""Typed values that the extractor resolves text into. Decimals are exact; what the text does not say is None."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Comparator(StrEnum):
    """How the stated number bounds the true one (`eq` where the text adds nothing)."""

    EQ = "eq"
    APPROX = "approx"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


class Modifier(StrEnum):
    """How a date expression relates to its period."""

    BY = "by"
    SINCE = "since"
    UNTIL = "until"
    APPROX = "approx"


class Confidence(StrEnum):
    """Whether the text states the value, context supplies a part of it, or a convention does."""

    STATED = "stated"
    INFERRED = "inferred"
    ASSUMED = "assumed"


class Role(StrEnum):
    """What a numeral of the text is: part of a fact, a named reason why it is none, or unexplained."""

    DATE = "date"
    MONEY = "money"
    COUNT = "count"
    MEASURE = "measure"
    TIME = "time"
    ORDINAL = "ordinal"
    IDENTIFIER = "identifier"
    LIST_MARKER = "list_marker"
    NAME = "name"
    OTHER = "other"
    UNEXPLAINED = "unexplained"


FACT_ROLES = frozenset({Role.DATE, Role.MONEY, Role.COUNT, Role.MEASURE})


class PairKind(StrEnum):
    """What a text says twice."""

    WORDS_DIGITS = "words_digits"  # 500 บาท (ห้าร้อยบาทถ้วน)
    CONVERSION = "conversion"  # 2 ล้านดอลลาร์ (ประมาณ 70 ล้านบาท)
    TOTAL_PARTS = "total_parts"  # 10 แห่ง แบ่งเป็น ภาคเหนือ 4 แห่ง และภาคใต้ 6 แห่ง
    COUNT_NAMES = "count_names"  # 3 ประเทศ ได้แก่ ไทย ลาว และกัมพูชา
    WEEKDAY_DATE = "weekday_date"  # วันพุธที่ 8 พฤศจิกายน 2566
    HEADER_DATES = "header_dates"  # the header's date in words and its date in digits


class PairVerdict(StrEnum):
    """Whether the two agree; `unknown` where the text or the seeds leave it open."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


class PlaceEvidence(StrEnum):
    """Why a name in a text is a mention of its place: it means nothing else, a title or a list says so."""

    NAME = "name"
    TITLE = "title"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar period: EDTF (Gregorian) and its first and last day, both None where the year is unknown."""

    edtf: str
    start: date | None
    end: date | None
    modifier: Modifier | None = None
    is_relative: bool = False


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole currency units; `currency` is ISO 4217; `per` as written."""

    amount: Decimal
    amount_max: Decimal | None
    currency: str
    comparator: Comparator = Comparator.EQ
    per: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many of something: `unit` as written in Thai, `unit_code` its class in `seeds/classifiers.csv`."""

    value: Decimal
    value_max: Decimal | None
    unit: str | None
    unit_code: str | None = None
    comparator: Comparator = Comparator.EQ
    per: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity with a unit of measurement; `unit_code` of `seeds/units.csv`, `value_si` in `si_unit` if exact."""

    value: Decimal
    value_max: Decimal | None
    unit_code: str
    comparator: Comparator = Comparator.EQ
    per: str | None = None
    value_si: Decimal | None = None
    si_unit: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a numeral is no fact; `role` is one of the roles that are neither facts nor `unexplained`."""

    role: Role


Value = Period | Money | Count | Measure | Reason


_SIGNS = {Comparator.APPROX: "~ ", Comparator.GT: "> ", Comparator.GE: ">= ", Comparator.LT: "< ", Comparator.LE: "<= "}


def describe(value: Value) -> str:
    """A value in one line, as the examples of the rules and the marked sentences of the tests write it."""
    match value:
        case Period():
            return value.edtf + (f" {value.modifier}" if value.modifier else "")
        case Reason():
            return str(value.role)
        case Money():
            return f"{value.currency} {_amounts(value.amount, value.amount_max, value.comparator, value.per)}"
        case Count():
            return f"count {_amounts(value.value, value.value_max, value.comparator, value.per, value.unit)}"
        case Measure():
            return f"measure {_amounts(value.value, value.value_max, value.comparator, value.per, value.unit_code)}"


def _amounts(
    low: Decimal, high: Decimal | None, comparator: Comparator, per: str | None, unit: str | None = None
) -> str:
    numbers = f"{low.normalize():f}" + (f"..{high.normalize():f}" if high is not None else "")
    return _SIGNS.get(comparator, "") + numbers + (f" {unit}" if unit else "") + (f" /{per}" if per else "")
