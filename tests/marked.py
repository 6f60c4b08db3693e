"""Texts with their expected facts marked in place, so that a span can't drift from its text.

A mark is `«surface|value»` and stands for `surface` in the text. The value tells the kind:

    date      EDTF, with `rel ` before it if relative, and ` since`, ` by`, ` until` or ` approx` after it
              `2023-08-01`, `rel 2024-02`, `2030 by`, `XXXX-07-02`
    money     `THB 11200000`, `THB >10000000..15000000`, `THB 1000 /ไร่`
    count     `count 3 ฝ่าย`, `count <=60 คน /วัน`, `count 4` where no unit is written
    measure   `measure 489 km2`, `measure ~20..22 h`
    reason    `time`, `ordinal`, `identifier`, `list_marker`, `name`, `other`

A comparator stands before the number: `>` gt, `>=` ge, `<` lt, `<=` le, `~` approx. ` ?` at the very end marks what
two careful readers could see differently: it may be found or missed. `⏎` is a line end inside a one-line text.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from schemas.values import FACT_ROLES, Count, Measure, Money, Period, Reason, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.records import Extraction, Mention

NUMERAL = re.compile(r"[0-9๐-๙]+(?:[.,:/][0-9๐-๙]+)*")
REASONS = frozenset({"time", "ordinal", "identifier", "list_marker", "name", "other"})
COMPARATORS = {"": "eq", ">": "gt", ">=": "ge", "<": "lt", "<=": "le", "~": "approx"}

_MARK = re.compile(r"«([^«»|]+)\|([^«»|]+)»")
_NUMBER = r"(?P<comparator>>=|<=|>|<|~)?(?P<low>\d+(?:\.\d+)?)(?:\.\.(?P<high>\d+(?:\.\d+)?))?"
_PER = r"(?: /(?P<per>.+))?"
_MONEY = re.compile(rf"(?P<unit>[A-Z]{{3}}) {_NUMBER}{_PER}")
_COUNT = re.compile(rf"count {_NUMBER}(?: (?P<unit>(?!/).+?))?{_PER}")
_MEASURE = re.compile(rf"measure {_NUMBER} (?P<unit>.+?){_PER}")
_DATE = re.compile(r"(?P<relative>rel )?(?P<edtf>[0-9X][0-9X/-]*)(?: (?P<modifier>since|by|until|approx))?")
# The guidelines' own examples have these words inside the annotation or before it.
# `60 ปี` and `60 ปีขึ้นไป` are both found in the annotations of careful readers.
_TAIL = re.compile(r"\s*ขึ้นไป$")
_DATE_LEAD_IN = re.compile(r"(?:วันที่|เดือน|วัน(?=พรุ่งนี้))\s*")


class MarkError(ValueError):
    """A mark that can't be read: names the mark."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a careful reader finds at a place; `value` is empty for a reason."""

    kind: str
    start: int
    end: int
    surface: str
    value: dict[str, str | None] = field(default_factory=dict)
    optional: bool = False


def read(marked: str) -> tuple[str, list[Expected]]:
    """Split a marked text into the text itself and what is expected of it.

    Raises:
        MarkError: a mark is unreadable, nested or not closed.
    """
    text, expected, at = "", [], 0
    marked = marked.replace("⏎", "\n")
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        surface, value = mark.group(1), mark.group(2).strip()
        start = len(text)
        text += surface
        at = mark.end()
        optional = value.endswith(" ?")
        kind, values = parse_value(value.removesuffix(" ?"))
        expected.append(Expected(kind, start, len(text), surface, values, optional))
    text += marked[at:]
    if "«" in text or "»" in text:
        raise MarkError(f"a mark is not of the form «surface|value»: {text!r}")
    return text, expected


def parse_value(value: str) -> tuple[str, dict[str, str | None]]:
    """Read the value of a mark into its kind and the fields that a fact of that kind must have."""
    if value in REASONS:
        return value, {}
    if match := _DATE.fullmatch(value):
        start, end = edtf_days(match["edtf"])
        return "date", {
            "edtf": match["edtf"],
            "start": start,
            "end": end,
            "modifier": match["modifier"],
            "relative": "yes" if match["relative"] else "no",
        }
    for kind, pattern in (("count", _COUNT), ("measure", _MEASURE), ("money", _MONEY)):
        if match := pattern.fullmatch(value):
            return kind, {
                "value": plain(Decimal(match["low"])),
                "value_max": plain(Decimal(match["high"])) if match["high"] else None,
                "unit": match["unit"],
                "comparator": COMPARATORS[match["comparator"] or ""],
                "per": match["per"],
            }
    raise MarkError(f"not a value: {value!r}")


def edtf_days(edtf: str) -> tuple[str | None, str | None]:
    """Return the first and last day of an EDTF period, ISO; both None where the year is unknown."""
    if "X" in edtf:
        return None, None
    first, _, last = edtf.partition("/")
    return _days(first)[0].isoformat(), _days(last or first)[1].isoformat()


def _days(edtf: str) -> tuple[date, date]:
    """First and last day of one EDTF date: a year, a month, a day, a quarter (33 to 36) or a half (40, 41)."""
    parts = [int(part) for part in edtf.split("-")]
    year = parts[0]
    if len(parts) == 1:
        return date(year, 1, 1), date(year, 12, 31)
    if len(parts) == 3:
        return date(*parts), date(*parts)
    first = last = parts[1]
    if 33 <= parts[1] <= 36:
        last = 3 * (parts[1] - 32)
        first = last - 2
    elif 40 <= parts[1] <= 41:
        last = 6 * (parts[1] - 39)
        first = last - 5
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def plain(number: Decimal) -> str:
    """Print a decimal so that equal values print equally: no exponent, no trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def found_value(mention: Mention) -> tuple[str, dict[str, str | None]]:
    """Kind and fields of what was found, in the same form as `parse_value`."""
    value = mention.value
    unit: str | None
    match value:
        case Period():
            return "date", {
                "edtf": value.edtf,
                "start": value.start.isoformat() if value.start else None,
                "end": value.end.isoformat() if value.end else None,
                "modifier": value.modifier.value if value.modifier else None,
                "relative": "yes" if value.is_relative else "no",
            }
        case Money():
            low, high, unit, kind = value.amount, value.amount_max, value.currency, "money"
        case Count():
            low, high, unit, kind = value.value, value.value_max, value.unit, "count"
        case Measure():
            low, high, unit, kind = value.value, value.value_max, value.unit_code, "measure"
        case Reason():
            return value.role.value, {}
    return kind, {
        "value": plain(low),
        "value_max": None if high is None else plain(high),
        "unit": unit,
        "comparator": value.comparator.value,
        "per": value.per,
    }


def differences(text: str, expected: Sequence[Expected], extraction: Extraction) -> list[str]:
    """Every way in which an extraction differs from what is expected, one readable line each; empty if none."""
    problems = []
    facts = [mention for mention in extraction.mentions if not isinstance(mention.value, Reason)]
    used: set[int] = set()
    for want in expected:
        here = [index for index, fact in enumerate(facts) if fact.start < want.end and want.start < fact.end]
        if want.kind in REASONS:
            used.update(here if want.optional else ())
            continue
        right = [index for index in here if index not in used and _is_right(text, facts[index], want)]
        used.update(here if want.optional or not right else right[:1])
        if not right and not want.optional:
            got = " and ".join(_show(facts[index]) for index in here) or "nothing"
            problems.append(
                f"want {want.kind} {want.surface!r} {_fields(want.value)}\n"
                f"     got {got}{_around(text, want.start, want.end)}"
            )
    problems += [
        f"extra {_show(fact)}{_around(text, fact.start, fact.end)}"
        for index, fact in enumerate(facts)
        if index not in used
    ]
    return problems + _ledger_differences(text, expected, extraction)


def _is_right(text: str, fact: Mention, want: Expected) -> bool:
    kind, value = found_value(fact)
    if kind == want.kind == "date" and value["start"] is not None:
        # Where the days are known, another EDTF notation of the same days is as good (2024-33, 2024-01/2024-03).
        value = _same_days(value, want.value)
    same_place = _span(text, fact.start, fact.end, kind) == _span(text, want.start, want.end, want.kind)
    return same_place and (kind, value) == (want.kind, want.value)


def _same_days(value: dict[str, str | None], want: dict[str, str | None]) -> dict[str, str | None]:
    try:
        days = edtf_days(value["edtf"] or "")
    except ValueError:
        return value  # not EDTF as we write it: the comparison shows it
    return {**value, "edtf": want["edtf"]} if days == (want["start"], want["end"]) else value


def _ledger_differences(text: str, expected: Sequence[Expected], extraction: Extraction) -> list[str]:
    problems = []
    for want in expected:
        if want.optional:
            continue
        role = Role(want.kind)
        for numeral in NUMERAL.finditer(want.surface):
            start, end = want.start + numeral.start(), want.start + numeral.end()
            roles = {entry.role for entry in extraction.ledger if entry.start < end and start < entry.end}
            # A fact's role has been compared with its values; here only reasons can still be wrong.
            if roles != {role} and role not in FACT_ROLES:
                got = ", ".join(sorted(roles)) or "not in the ledger"
                problems.append(f"want role {role} for {numeral.group()!r}\n     got {got}{_around(text, start, end)}")
    return problems


def _span(text: str, start: int, end: int, kind: str) -> tuple[int, int]:
    lead_in = _DATE_LEAD_IN.match(text, start, end) if kind == "date" else None
    tail = _TAIL.search(text, start, end)
    return (lead_in.end() if lead_in else start), (tail.start() if tail else end)


def _fields(value: dict[str, str | None]) -> str:
    return " ".join(f"{name}={field}" for name, field in value.items() if field is not None)


def _show(mention: Mention) -> str:
    kind, value = found_value(mention)
    return f"{kind} {mention.surface!r} {_fields(value)} (rule {mention.rule})"


def _around(text: str, start: int, end: int) -> str:
    context = text[max(0, start - 30) : start] + "«" + text[start:end] + "»" + text[end : end + 20]
    return f"\n     in  {context!r}"
