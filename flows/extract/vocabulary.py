"""Vocabulary of the rules, read once from `seeds/*.csv`: tries that match the longest word, and what each word means.

A new word is one CSV row; nothing here names one, except the few word endings that block a scale word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

import seeds
from schemas.values import Comparator

_Trie = dict[str, "_Trie"]  # by letter; the empty letter marks the end of a word


def alternation(words: Iterable[str]) -> str:
    """A regular expression for any of `words`, longest first, as a trie: cost grows with depth, not with words."""
    trie: _Trie = {}
    for word in words:
        node = trie
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    return _trie_pattern(trie)


def _trie_pattern(node: _Trie) -> str:
    tails: dict[str, list[str]] = {}
    for char, child in node.items():
        if char:
            tails.setdefault(_trie_pattern(child), []).append(char)
    branches: list[str] = []
    for tail, chars in sorted(tails.items()):
        head = re.escape(chars[0]) if len(chars) == 1 else "[" + "".join(map(re.escape, sorted(chars))) + "]"
        branches.append(head + tail)
    if not branches:
        return ""
    body = branches[0] if len(branches) == 1 else "(?:" + "|".join(branches) + ")"
    if "" not in node:
        return body
    return f"(?:{body})?"


@dataclass(frozen=True, slots=True)
class Currency:
    """A written form of a currency; `factor` scales the number before it (ลบ. is a million baht)."""

    code: str
    factor: Decimal
    evidence: str  # plain, number_only, scale_or_country


@dataclass(frozen=True, slots=True)
class Unit:
    """A written form of a unit of measurement; `note` marks what needs evidence in the context."""

    code: str
    note: str


@dataclass(frozen=True, slots=True)
class Word:
    """What a word right after a number can be. `kind` is the first of its meanings that fits, for dispatch."""

    surface: str
    kind: str
    month: int | None = None
    currency: Currency | None = None
    unit: Unit | None = None
    classifier: str | None = None  # its unit code
    scale: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """What a word right before a number can be."""

    surface: str
    kind: str
    strong: bool = True
    comparator: Comparator | None = None
    currency: str | None = None
    per: str | None = None


def _months() -> dict[str, int]:
    return {row["surface"]: int(row["month"]) for row in seeds.rows("months")}


MONTHS: Final = _months()
ENGLISH_MONTHS: Final = {
    row["surface"]: int(row["month"]) for row in seeds.rows("months") if row["kind"].startswith("english")
}
THAI_MONTHS: Final = {surface: month for surface, month in MONTHS.items() if surface not in ENGLISH_MONTHS}
FULL_MONTHS: Final = {
    row["surface"]: int(row["month"]) for row in seeds.rows("months") if row["kind"] in ("full", "misspelling")
}
WEEKDAYS: Final = {row["surface"]: int(row["iso_weekday"]) for row in seeds.rows("weekdays") if row["kind"] != "abbr"}
WEEKDAY_ABBREVIATIONS: Final = {
    row["surface"]: int(row["iso_weekday"]) for row in seeds.rows("weekdays") if row["kind"] == "abbr"
}
ERAS: Final = {row["surface"]: row["era"] for row in seeds.rows("eras")}
SCALES: Final = {row["surface"]: Decimal(row["factor"]) for row in seeds.rows("scale_words")}
NUMBER_WORDS: Final = {row["surface"]: Decimal(row["value"]) for row in seeds.rows("number_words")}
COMPARATORS_BEFORE: Final = {
    row["surface"]: Comparator(row["comparator"]) for row in seeds.rows("comparators") if row["position"] == "before"
}
COMPARATORS_BETWEEN: Final = {
    row["surface"]: Comparator(row["comparator"]) for row in seeds.rows("comparators") if row["position"] == "between"
}
COMPARATORS_AFTER: Final = {
    row["surface"]: Comparator(row["comparator"]) for row in seeds.rows("comparators") if row["position"] == "after"
}
_TIMES_OF_DAY: Final = ("น.", "นาฬิกา", "โมง", "โมงเช้า", "โมงเย็น", "ทุ่ม", "a.m.", "p.m.", "am", "pm")


def _currency_forms(*, after: bool) -> dict[str, Currency]:
    wanted = ("after", "both") if after else ("before", "both")
    forms: dict[str, Currency] = {}
    for row in seeds.rows("currency_forms"):
        if row["position"] in wanted:
            forms[row["surface"]] = Currency(row["currency_code"], Decimal(row["factor"]), row["evidence"])
    return forms


CURRENCIES_AFTER: Final = _currency_forms(after=True)
CURRENCIES_BEFORE: Final = _currency_forms(after=False)
UNITS_AFTER: Final = {
    row["surface"]: Unit(row["unit_code"], row["note"])
    for row in seeds.rows("unit_forms")
    if row["position"] != "before"
}
CLASSIFIERS: Final = {row["surface"]: row["unit_code"] for row in seeds.rows("classifiers")}
# Words that only begin like a unit; what follows under `unless` makes them the unit again: 3 วันที่|ผ่านมา.
BLOCKED: Final[dict[str, re.Pattern[str] | None]] = dict.fromkeys(
    longer for row in seeds.rows("classifiers") for longer in row["blocked_by"].split(";") if longer
) | {row["surface"]: re.compile(row["unless"]) if row["unless"] else None for row in seeds.rows("blocked_words")}
# Classifiers that other words begin with too: they count only where the word ends or a function word follows.
BOUNDARY: Final = frozenset(row["surface"] for row in seeds.rows("classifiers") if row["evidence"] == "boundary")
FUNCTION_WORDS: Final = tuple(row["surface"] for row in seeds.rows("function_words"))
ENDS: Final = re.compile(rf"(?![ก-๎])|{alternation(FUNCTION_WORDS)}")


def ends(surface: str, text: str, end: int) -> bool:
    """Whether a classifier that other words begin with ends here; ที่ is a relative pronoun before any word."""
    if surface == "ที่":
        return not "ก" <= text[end : end + 1] <= "๎"
    return ENDS.match(text, end) is not None


def _quantity_kind(currency: Currency | None, unit: Unit | None, classifier: str | None, scale: Decimal | None) -> str:
    """The kind of a word that makes a quantity; `mixed` where its context decides which."""
    kinds = [
        k
        for k, x in (("currency", currency), ("unit", unit), ("classifier", classifier), ("scale", scale))
        if x is not None
    ]
    return kinds[0] if len(kinds) == 1 else "mixed" if kinds else "between"


@cache
def words_after() -> dict[str, Word]:
    """Every word that may follow a number, by its surface."""
    words: dict[str, Word] = {}
    surfaces = {
        *COMPARATORS_BETWEEN,
        *MONTHS,
        *CURRENCIES_AFTER,
        *UNITS_AFTER,
        *CLASSIFIERS,
        *SCALES,
        *_TIMES_OF_DAY,
        *BLOCKED,
    }
    for surface in surfaces:
        month, currency, unit = MONTHS.get(surface), CURRENCIES_AFTER.get(surface), UNITS_AFTER.get(surface)
        classifier, scale = CLASSIFIERS.get(surface), SCALES.get(surface)
        if surface in BLOCKED and surface not in CLASSIFIERS:
            kind = "blocked"
        elif month is not None:
            kind = "month"
        elif surface in _TIMES_OF_DAY:
            kind = "clock"
        elif surface == "เดือน":
            kind = "month_noun"
        else:
            kind = _quantity_kind(currency, unit, classifier, scale)
        words[surface] = Word(surface, kind, month, currency, unit, classifier, scale)
    return words


@cache
def words_before() -> dict[str, Lead]:
    """Every word that may stand right before a number, by its surface."""
    leads: dict[str, Lead] = {}
    for surface, comparator in COMPARATORS_BEFORE.items():
        leads[surface] = Lead(surface, "comparator", comparator=comparator)
        leads[surface.capitalize()] = Lead(surface.capitalize(), "comparator", comparator=comparator)
    for surface, currency in CURRENCIES_BEFORE.items():
        leads[surface] = Lead(surface, "currency", currency=currency.code)
    for surface in (*CLASSIFIERS, *UNITS_AFTER):
        if surface[-1:] and "ก" <= surface[-1] <= "๎" and surface + "ละ" != "ร้อยละ":
            leads[surface + "ละ"] = Lead(surface + "ละ", "per", per=surface)
        if "ก" <= surface[-1] <= "๎" and surface + "ที่" not in ("พื้นที่", "วันที่"):
            leads.setdefault(surface + "ที่", Lead(surface + "ที่", "ordinal"))
    for surface in ENGLISH_MONTHS:
        leads[surface] = Lead(surface, "month")
    for surface in (*WEEKDAYS, *WEEKDAY_ABBREVIATIONS):
        if surface in WEEKDAYS and "ก" <= surface[-1] <= "๎":
            leads[f"วัน{surface}ที่"] = Lead(f"วัน{surface}ที่", "day")
            leads[f"วัน{surface} ที่"] = Lead(f"วัน{surface} ที่", "day")
            leads[f"วัน{surface}"] = Lead(f"วัน{surface}", "day")
    for surface in ERAS:
        leads[surface] = Lead(surface, "year")
    for row in seeds.rows("lead_words"):
        leads[row["surface"]] = Lead(row["surface"], row["kind"], row["strength"] == "strong")
    return leads


def unblocked(word: Word, text: str, end: int) -> Word | None:
    """The unit that a blocked word hides where what follows at `end` shows that it is one; None otherwise."""
    unless = BLOCKED.get(word.surface)
    if unless is None or not unless.match(text, end):
        return None
    words = words_after()
    for length in range(len(word.surface) - 1, 0, -1):
        shorter = words.get(word.surface[:length])
        if shorter is not None and shorter.kind != "blocked":
            return shorter
    return None
