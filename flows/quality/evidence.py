"""What failing checks point at: the rows that each keeps as a sample, with the words that stand there."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from flows.quality.summary import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    import duckdb

AROUND: Final = 60  # code points shown before and after a span
LONGEST: Final = 240  # of a span that are shown
_PLACE: Final = frozenset({"release_key", "char_start", "char_end", "surface", "source_uri", "release_id"})


@dataclass(frozen=True, slots=True)
class Failing:
    """A failing row of a check, as far as the check says what it is; `char_start` is None where it is a whole text."""

    check: str
    table: str
    verdict: str
    release_key: int | None
    char_start: int | None
    char_end: int | None
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """A failing row with the words that stand there; `cut` if the span is longer than what is shown of it."""

    failing: Failing
    release_id: str
    revision: int
    title: str
    published_on: date | None
    source_uri: str
    before: str = ""
    surface: str = ""
    after: str = ""
    cut: bool = False
    fragment: str = ""

    @property
    def page(self) -> str:
        """The name of the release's page, with the place on it."""
        return page_name(self.release_id, self.revision) + self.fragment


def page_name(release_id: str, revision: int) -> str:
    """The file name of a release's page."""
    return f"{release_id}-{revision}.html"


def fragment(start: int, end: int) -> str:
    """The place of a span in a text, as RFC 5147 writes it in an address."""
    return f"#char={start},{end}"


def failing(result: dict[str, Any]) -> list[Failing]:
    """The failing rows that a row of `quality_result` keeps as its sample."""
    kept = json.loads(result["sample"]) if result["sample"] else []
    return [failing_row(result, row) for row in kept]


def failing_row(result: dict[str, Any], row: dict[str, Any]) -> Failing:
    """A row that a check gave, with what `result` says of the check, and of the row's end where the row doesn't."""
    return Failing(
        result["check_name"],
        result["table_name"],
        result["verdict"],
        row.get("release_key"),
        row.get("char_start"),
        row.get("char_end", result.get("char_end")),
        _said(row),
    )


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """What a row says besides its place; of one without a release all that it says, its document first."""
    said = {name: value for name, value in row.items() if value is not None}
    if row.get("release_key") is not None:
        return {name: value for name, value in said.items() if name not in _PLACE}
    return dict(sorted(said.items(), key=lambda item: item[0] != "source_uri")) or row


def samples(con: duckdb.DuckDBPyConnection, found: Sequence[Failing]) -> list[Sample]:
    """Look up the words of failing rows; one whose release is not in the warehouse is left out."""
    asked = [each for each in found if each.release_key is not None]
    if not asked:
        return []
    looked_up = rows(
        con,
        "spans",
        numbers=list(range(len(asked))),
        tables=[each.table for each in asked],
        keys=[each.release_key for each in asked],
        starts=[each.char_start for each in asked],
        around=AROUND,
        longest=LONGEST,
    )
    return [_sample(asked[row["number"]], row) for row in looked_up]


def _sample(at: Failing, row: dict[str, Any]) -> Sample:
    end = row["char_end"]
    whole = at.char_start is None or end is None
    return Sample(
        failing=at,
        release_id=row["release_id"],
        revision=row["revision"],
        title=row["title"],
        published_on=row["published_on"],
        source_uri=row["source_uri"],
        before="" if whole else _line_end(row["before"]),
        surface="" if whole else row["surface"],
        after="" if whole else _line_start(row["after"]),
        cut=bool(row["is_cut"]),
        fragment="" if at.char_start is None or end is None else fragment(at.char_start, end),
    )


def _line_end(text: str) -> str:
    """What stands in the span's own line before it."""
    return from_letter(text.rpartition("\n")[2])


def from_letter(text: str) -> str:
    """A text that was cut somewhere, without the vowels and tones of a letter that it has lost."""
    at = next((at for at, letter in enumerate(text) if not _is_mark(letter)), len(text))
    return text[at:]


def _is_mark(letter: str) -> bool:
    return letter == "ำ" or unicodedata.category(letter).startswith("M")


def _line_start(text: str) -> str:
    return text.partition("\n")[0]


def share_out(groups: Iterable[Sequence[Sample]], *, pages: int, each: int) -> list[list[Sample]]:
    """Choose what is shown of each group, in turns, so that all links together lead to so many pages at most.

    Args:
        groups: the samples by check, in the order of importance.
        pages: distinct releases that may be linked to.
        each: samples of a group at most.
    """
    waiting = [list(group) for group in groups]
    chosen: list[list[Sample]] = [[] for _ in waiting]
    linked: set[tuple[str, int]] = set()
    for turn in range(each):
        for group, taken in zip(waiting, chosen, strict=True):
            if turn >= len(group):
                continue
            release = (group[turn].release_id, group[turn].revision)
            if release in linked or len(linked) < pages:
                linked.add(release)
                taken.append(group[turn])
    return chosen
