"""The page of a release: its text with every fact marked where it stands, and what is known of each."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from flows.quality.evidence import Failing, failing_row, fragment, page_name
from flows.quality.summary import fact_value, rows
from flows.quality.templating import Page, render, replace_file
from flows.quality.texts import Both

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import duckdb

KINDS: Final = ("date", "money", "count", "measure")
SURFACES: Final = 40  # numerals that one line of the ledger quotes
FOLDER: Final = "releases"


@dataclass(slots=True)
class Mark:
    """A span of the text that is marked: a fact, a numeral that is none, or a place."""

    start: int
    end: int
    surface: str
    kind: str
    value: str
    rule: str | None = None
    rule_description: str | None = None
    confidence: str | None = None
    basis: str | None = None
    alternatives: list[str] = field(default_factory=list)
    checks: list[Failing] = field(default_factory=list)
    value_th: str = ""  # where it is another than `value`

    @property
    def is_fact(self) -> bool:
        return self.kind in KINDS

    @property
    def id(self) -> str:
        return fragment(self.start, self.end)[1:]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: plain where there is no mark; `first` where the mark begins; `anchors` that stand before."""

    text: str
    mark: Mark | None = None
    first: bool = True
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text that is not blank: where it starts in the body, and its pieces."""

    at: int
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Named:
    """A place, and how often the text names it."""

    name: Both
    number: int


@dataclass(slots=True)
class Release:
    """A revision of a release with all that its page tells."""

    row: dict[str, Any]
    facts: list[Mark]
    numerals: list[Mark]
    places: list[Mark]
    checks: list[Failing]
    lines: list[Line]

    @property
    def counted(self) -> dict[str, int]:
        """How many marks of each kind the text has."""
        return {kind: sum(mark.kind == kind for mark in self.facts) for kind in KINDS}

    @property
    def unexplained(self) -> list[Mark]:
        return [mark for mark in self.numerals if mark.kind == "unexplained"]

    @property
    def ledger(self) -> list[tuple[str, str | None, str | None, list[str], int]]:
        """Role, rule, what the rule reads, some numerals and how many there are: of those that are no facts."""
        grouped: dict[tuple[str, str | None], list[Mark]] = {}
        for mark in self.numerals:
            grouped.setdefault((mark.kind, mark.rule), []).append(mark)
        ordered = sorted(grouped.items(), key=lambda entry: (entry[0][0] != "unexplained", entry[0][0], -len(entry[1])))
        return [
            (role, rule, marks[0].rule_description, [mark.surface for mark in marks[:SURFACES]], len(marks))
            for (role, rule), marks in ordered
        ]


def read(con: duckdb.DuckDBPyConnection, keys: Iterable[int]) -> list[Release]:
    """Read revisions of releases and all that stands in them, in the order of the keys; unknown keys are left out."""
    asked = list(dict.fromkeys(keys))
    if not asked:
        return []
    found = {row["release_key"]: row for row in rows(con, "release", keys=asked)}
    facts = _by_release(rows(con, "release_facts", keys=asked))
    numerals = _by_release(rows(con, "release_numerals", keys=asked))
    places = _by_release(rows(con, "release_places", keys=asked))
    flagged = _flagged(con, asked)
    return [
        _release(
            found[key],
            facts.get(key, []),
            numerals.get(key, []),
            places.get(key, []),
            flagged.get(key, []),
        )
        for key in asked
        if key in found
    ]


def write(con: duckdb.DuckDBPyConnection, folder: Path, keys: Iterable[int], *, home: str | None) -> list[Path]:
    """Write the pages of releases into a folder and return their paths.

    Args:
        con: sees the warehouse.
        folder: where to; it is made if need be.
        keys: `release_key` of the revisions.
        home: address of the report as the pages name it; None where there is none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for release in read(con, keys):
        file = folder / page_name(release.row["release_id"], release.row["revision"])
        replace_file(file, page(release, home=home))
        written.append(file)
    return written


def page(release: Release, *, home: str | None = None) -> str:
    """The page of a release as text."""
    ledger = {(role, rule): f"n{at}" for at, (role, rule, *_) in enumerate(release.ledger, start=1)}
    named: dict[tuple[str, str], int] = {}
    for mark in release.places:
        named[mark.value, mark.value_th] = named.get((mark.value, mark.value_th), 0) + 1
    rows_of_places = {names: f"p{at}" for at, names in enumerate(named, start=1)}
    row_of = {mark.id: rows_of_places[mark.value, mark.value_th] for mark in release.places}
    row_of |= {mark.id: ledger[mark.kind, mark.rule] for mark in release.numerals}
    row_of |= {mark.id: f"f{at}" for at, mark in enumerate(release.facts, start=1)}
    places = [Named(Both(Markup.escape(en), Markup.escape(th)), number) for (en, th), number in named.items()]
    return render(Page.RELEASE, release=release, row=release.row, places=places, row_of=row_of, home=home)


def _by_release(found: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    grouped: dict[int, list[dict[str, Any]]] = {}
    for row in found:
        grouped.setdefault(row["release_key"], []).append(row)
    return grouped


def _flagged(con: duckdb.DuckDBPyConnection, keys: list[int]) -> dict[int, list[Failing]]:
    """What the checks of the last run found in these releases, as far as it is kept."""
    grouped: dict[int, list[Failing]] = {}
    for row in rows(con, "last_failing", keys=keys):
        grouped.setdefault(row["release_key"], []).append(failing_row(row, json.loads(row["failing_row"])))
    return grouped


def _release(
    row: dict[str, Any],
    facts: Sequence[dict[str, Any]],
    numerals: Sequence[dict[str, Any]],
    places: Sequence[dict[str, Any]],
    flagged: list[Failing],
) -> Release:
    of_facts = [_fact(each) for each in facts]
    of_numerals = [_numeral(each) for each in numerals]
    of_places = [_place(each) for each in places]
    marks = _apart([*of_facts, *of_numerals, *of_places], len(row["body"]))
    flagged = [_placed(each, marks) for each in flagged]
    for mark in marks:
        mark.checks = [each for each in flagged if _touches(each, mark)]
    taken = {mark.id for mark in marks}
    anchors = {
        each.char_start: name
        for each in flagged
        if each.char_start is not None
        and each.char_end is not None
        and (name := fragment(each.char_start, each.char_end)[1:]) not in taken
    }
    return Release(
        row,
        of_facts,
        of_numerals,
        of_places,
        flagged,
        _lines(row["body"], marks, anchors),
    )


def _placed(at: Failing, marks: Sequence[Mark]) -> Failing:
    """Give a failing row the end of the mark that starts where it does."""
    if at.char_start is None or at.char_end is not None:
        return at
    end = next((mark.end for mark in marks if mark.start == at.char_start), None)
    return Failing(at.check, at.table, at.verdict, at.release_key, at.char_start, end, at.said)


def _touches(at: Failing, mark: Mark) -> bool:
    if at.char_start is None:
        return False
    end = at.char_start + 1 if at.char_end is None else at.char_end
    return mark.start < end and at.char_start < mark.end


def _fact(row: dict[str, Any]) -> Mark:
    value = fact_value(row["value"], row["value_max"], row["unit"], row["comparator"])
    return Mark(
        row["char_start"],
        row["char_end"],
        row["surface"],
        row["kind"],
        f"{value} / {row['per_unit']}" if row["per_unit"] else value,
        row["rule"],
        row["rule_description"],
        row["confidence"],
        row["basis"],
        list(row["alternatives"] or []),
    )


def _numeral(row: dict[str, Any]) -> Mark:
    return Mark(
        row["char_start"],
        row["char_end"],
        row["surface"],
        row["role"],
        row["surface"],
        None if row["role"] == "unexplained" else row["rule"],
        row["rule_description"],
    )


def _place(row: dict[str, Any]) -> Mark:
    return Mark(row["char_start"], row["char_end"], row["surface"], "place", row["name_en"], value_th=row["name_th"])


def _apart(marks: Sequence[Mark], length: int) -> list[Mark]:
    """The marks that the text can show, in its order: facts before numerals before places, none over another."""
    rank = dict.fromkeys(KINDS, 0) | {"place": 2}
    kept: list[Mark] = []
    covered = bytearray(length)
    for mark in sorted(marks, key=lambda mark: (rank.get(mark.kind, 1), mark.start, -mark.end)):
        inside = 0 <= mark.start < mark.end <= length
        if not inside or any(covered[mark.start : mark.end]):
            continue
        covered[mark.start : mark.end] = b"\x01" * (mark.end - mark.start)
        kept.append(mark)
    return sorted(kept, key=lambda mark: mark.start)


def _lines(body: str, marks: Sequence[Mark], anchors: dict[int, str]) -> list[Line]:
    """The text in lines and their pieces, without blank lines; the pieces of a line together are the line."""
    lines: list[Line] = []
    at = 0
    waiting = list(reversed(marks))
    for line in body.split("\n"):
        end = at + len(line)
        pieces: list[Piece] = []
        for start, stop, mark in _stretches(at, end, waiting):
            cuts = sorted({start, stop, *(place for place in anchors if start < place < stop)})
            for begin, finish in pairwise(cuts):
                names = (anchors[begin],) if begin in anchors else ()
                first = mark is None or begin == mark.start
                pieces.append(Piece(body[begin:finish], mark, first, names))
        if line.strip():
            lines.append(Line(at, pieces))
        at = end + 1
    return lines


def _stretches(at: int, end: int, waiting: list[Mark]) -> Iterable[tuple[int, int, Mark | None]]:
    """Cut a line where marks begin and end; `waiting` holds the marks not yet done, the next one last."""
    while at < end:
        while waiting and waiting[-1].end <= at:
            waiting.pop()
        if not waiting or waiting[-1].start >= end:
            yield at, end, None
            return
        mark = waiting[-1]
        if mark.start > at:
            yield at, mark.start, None
            at = mark.start
        stop = min(mark.end, end)
        yield at, stop, mark
        at = stop
