"""The ledger: every numeral of the text, once, with what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from flows.extract.rule import Found
from schemas.values import Count, Measure, Money, Period, Reason, Role, Value

_ROLES: dict[type[Value], Role] = {Period: Role.DATE, Money: Role.MONEY, Count: Role.COUNT, Measure: Role.MEASURE}


def role_of(value: Value) -> Role:
    """The ledger role of a mention's value."""
    return value.role if isinstance(value, Reason) else _ROLES[type(value)]


def owners(numerals: Sequence[tuple[int, int]], founds: Sequence[Found]) -> list[Found | None]:
    """For each numeral the mention that holds it, None where there is none. Both are in order and don't overlap."""
    result: list[Found | None] = []
    i = 0
    for start, end in numerals:
        while i < len(founds) and founds[i].end <= start:
            i += 1
        result.append(founds[i] if i < len(founds) and founds[i].start < end else None)
    return result
