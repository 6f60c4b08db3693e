"""What the comparisons share: the text with its mentions, what a comparison comes to, and the pair made of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final, TypeGuard

from schemas.records import Mention, Pair, Place
from schemas.values import Count, Measure, Money, PairKind, PairVerdict, Period, Role, Value

Quantity = Money | Count | Measure
_MENTIONS_BEFORE: Final = 8
_ROLES: Final[dict[type, Role]] = {Period: Role.DATE, Money: Role.MONEY, Count: Role.COUNT, Measure: Role.MEASURE}


@dataclass(frozen=True)
class Reader:
    """A text with what was read from it."""

    text: str
    mentions: Sequence[Mention]
    published_on: date | None

    @cached_property
    def starts(self) -> list[int]:
        """Where the mentions start, for bisection."""
        return [mention.start for mention in self.mentions]

    def next(self, at: int) -> Mention | None:
        """The mention after the one at `at`."""
        return self.mentions[at + 1] if at + 1 < len(self.mentions) else None

    def line(self, start: int, reach: int) -> int:
        """Where the line of `start` ends, looking no further than `reach`."""
        end = self.text.find("\n", start, start + reach)
        return min(len(self.text), start + reach) if end < 0 else end

    def before(self, at: int) -> list[Value]:
        """What the last mentions before the one at `at` say, in its line."""
        line = self.mentions[at].paragraph_no
        near = self.mentions[max(0, at - _MENTIONS_BEFORE) : at]
        return [mention.value for mention in near if mention.paragraph_no == line]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a comparison came to."""

    verdict: PairVerdict
    expected: str | None
    found: str | None
    deviation: float | None = None
    reason: str | None = None


def pair(
    reader: Reader,
    kind: PairKind,
    left: Mention,
    right: Mention | None,
    outcome: Outcome,
    *,
    start: int | None = None,
    end: int | None = None,
) -> Pair:
    """The pair of two mentions; `start` and `end` where it reaches beyond them."""
    first = left if right is None or left.start < right.start else right
    begin = min(first.start, first.start if start is None else start)
    stop = max(left.end, 0 if right is None else right.end, 0 if end is None else end)
    return Pair(
        kind,
        _place(left),
        None if right is None else _place(right),
        begin,
        stop,
        reader.text[begin:stop],
        first.paragraph_no,
        outcome.expected,
        outcome.found,
        outcome.deviation,
        outcome.verdict,
        outcome.reason,
    )


def _place(mention: Mention) -> Place:
    return Place(_ROLES[type(mention.value)], mention.start, mention.end)


def unknown(reason: str, expected: Decimal | str | None = None, found: Decimal | str | None = None) -> Outcome:
    return Outcome(PairVerdict.UNKNOWN, _text(expected), _text(found), None, reason)


def compared(expected: Decimal, found: Decimal, tolerance: Decimal = Decimal(0)) -> Outcome:
    """Two numbers side by side; they agree where they are no further apart than `tolerance`."""
    verdict = PairVerdict.AGREES if abs(found - expected) <= tolerance else PairVerdict.DIFFERS
    return Outcome(verdict, _text(expected), _text(found), float(found / expected - 1) if expected else None)


def _text(value: Decimal | str | None) -> str | None:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def value_of(quantity: Quantity) -> Decimal:
    return quantity.amount if isinstance(quantity, Money) else quantity.value


def top_of(quantity: Quantity) -> Decimal | None:
    return quantity.amount_max if isinstance(quantity, Money) else quantity.value_max


def unit_of(quantity: Quantity) -> str | None:
    """What makes two quantities of one kind: the currency, the unit, the class of a classifier or its word."""
    match quantity:
        case Money():
            return quantity.currency
        case Count():
            return quantity.unit_code or quantity.unit
        case Measure():
            return quantity.unit_code


def same_kind(part: Value, value: Quantity) -> TypeGuard[Quantity]:
    """Whether a value says how much of the same thing as another, so that they could be parts of one total."""
    return (
        isinstance(part, (Money, Count, Measure))
        and type(part) is type(value)
        and unit_of(part) == unit_of(value) is not None
        and part.per == value.per
    )


_NUMBER: Final = re.compile(r"\d[\d,]*(?:\.(?P<decimals>\d+))?")


def half_step(mention: Mention, quantity: Quantity) -> Decimal:
    """Half a unit of the last place that is written: how far rounding may move it; 0 where nothing is rounded."""
    m = _NUMBER.search(mention.surface)
    if m is None:
        return Decimal(0)
    number = Decimal(m.group().replace(",", ""))
    places = len(m["decimals"] or "")
    scale = abs(value_of(quantity)) / number if number else Decimal(1)
    return Decimal(0) if scale <= 1 and not places else scale.scaleb(-places) / 2
