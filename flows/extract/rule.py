"""What a rule is, where it looks, and what it finds.

A rule is a value: a name, a role, an anchored pattern, a production and its examples. It is tried only at triggers
(a numeral, a month, a number word, a relative word) whose neighbours it declares, so that the cost of extraction grows
with the number of numerals and not with the number of rules. The context (publication date, the text's own
`วันนี้ (…)`) is an argument of resolution; there are no globals and no clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from flows.extract.vocabulary import Lead, Word
from schemas.values import Confidence, Role, Value

if TYPE_CHECKING:
    from flows.extract.quantities import Reading


@dataclass(frozen=True, slots=True)
class Context:
    """What the document gives to resolution; None where it is not known."""

    published_on: date | None = None
    today: date | None = None  # the date that the text sets beside วันนี้

    @property
    def anchor(self) -> date | None:
        """The day that relative expressions are relative to."""
        return self.today or self.published_on


class Trigger(StrEnum):
    """Where rules are tried."""

    NUMERAL = "numeral"
    MONTH = "month"
    NUMBER_WORD = "number_word"
    RELATIVE = "relative"
    ZONE = "zone"


class Edge(StrEnum):
    """What stands directly left of a numeral, without a blank, for dispatch."""

    NONE = "none"
    LATIN = "latin"  # a Latin letter, or one with a joint: COVID-
    THAI = "thai"
    PLUS = "plus"
    POINT = "point"  # a decimal point without a digit before it: .22


class Shape(StrEnum):
    """The outer form of a numeral, for dispatch."""

    DAY = "day"  # 1–31 without separators
    YEAR = "year"  # four digits that can be a year of either era
    INT = "int"
    GROUPED = "grouped"  # 1,000
    DECIMAL = "decimal"  # 1.5 and 1,000.50
    SLASH = "slash"  # 2/2567
    DATE = "date"  # 24/03/2568
    CLOCK = "clock"  # 13:30
    OTHER = "other"


@dataclass(slots=True)
class Site:
    """A trigger and its neighbours. Offsets are into the folded text; nothing left of `floor` may be taken."""

    text: str
    mirror: str  # the text backwards: looking left is matching in it
    start: int
    end: int
    shape: Shape
    lead: Lead | None
    lead_start: int
    word: Word | None
    word_end: int
    word_kind: str
    edge: Edge
    floor: int
    context: Context
    previous: Found | None = None
    reading: Reading | None = None  # the number expression at this trigger, read once for money, measures and counts

    @property
    def lead_kind(self) -> str:
        return self.lead.kind if self.lead else "-"

    @property
    def number(self) -> str:
        return self.text[self.start : self.end]

    def left(self, width: int = 24) -> str:
        """The text left of the numeral that is not yet taken, at most `width` characters."""
        return self.text[max(self.floor, self.start - width) : self.start]


class Found(NamedTuple):
    """A mention in the folded text, before its offsets are mapped back. Made often: a tuple costs a third."""

    start: int
    end: int
    value: Value
    confidence: Confidence = Confidence.STATED
    basis: str | None = None
    alternatives: tuple[str, ...] = ()
    rule: str = ""


class Named(NamedTuple):
    """A reading that is no pattern at a trigger, named so that its rows can say what read them."""

    name: str
    role: str
    description: str


Production = Callable[[re.Match[str], Site], Iterable[Found] | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One form of the language. `examples` maps a text to the value it must give there, `rejects` must give nothing.

    `leads`, `words`, `shapes`, `edges` and `zero` say at which sites the rule is tried (None: at all of its trigger):
    kinds of the word before (`-` for none), kinds of the word after (`-` for none), shapes of the numeral, what is
    joined to it on the left, whether it begins with a zero.
    """

    name: str
    role: Role
    description: str
    pattern: re.Pattern[str]
    resolve: Production
    examples: Mapping[str, str]
    rejects: tuple[str, ...]
    trigger: Trigger = Trigger.NUMERAL
    leads: frozenset[str] | None = None
    words: frozenset[str] | None = None
    shapes: frozenset[Shape] | None = None
    edges: frozenset[Edge] | None = None
    zero: bool | None = None
    from_lead: bool = False  # the pattern begins at the word before: September 27

    def fits(self, lead: str, word: str, shape: Shape, edge: Edge, zero: bool) -> bool:  # noqa: FBT001 - a key of five
        """Whether the rule is tried at a site with these neighbours."""
        return (
            (self.leads is None or lead in self.leads)
            and (self.words is None or word in self.words)
            and (self.shapes is None or shape in self.shapes)
            and (self.edges is None or edge in self.edges)
            and (self.zero is None or zero is self.zero)
        )
