"""What changed from one revision of a release to the next: its fields, its text, and the facts in it.

Facts are matched kind by kind: first in the order of the text by their wording and what stands around it, so that a
paragraph put in before them changes nothing; what is then left, with the same words before or after it, is a fact that
changed; and what was only moved is none. Everything follows from the two revisions alone.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from schemas.tables import FACT_TABLES, arrow_schema
from schemas.validate import to_arrow

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence

    import duckdb

FIELDS: Final = (
    "title",
    "published_on",
    "publisher",
    "publisher_ref",
    "dateline_place",
    "language",
    "encoding",
    "body",
)
VALUE_LIMIT: Final = 2_000  # code points of a field's value
DIFFERENCE_LIMIT: Final = 4_000  # code points of the lines that differ
AROUND: Final = 30  # code points shown, or compared, on either side of what differs
NEAR: Final = 12  # code points that are enough to tell a fact that changed,
LETTERS: Final = 2  # and how many of them must be letters
PAIRS: Final = 200_000  # pairs of equal elements up to which the best alignment is looked for

# Neither the ledger nor the pairs are facts: what changes in them follows from the facts and the text.
_COMPARED: Final = tuple(table for table in FACT_TABLES if table not in {"fact_numeral", "fact_consistency"})

# What a row tells of its place and its reading, not of its value.
_NO_VALUE: Final = frozenset(
    {
        "release_key", "char_start", "char_end", "surface", "paragraph_no", "line_no", "sentence_start", "sentence_end",
        "rule_key", "confidence", "basis", "alternatives",
    }
)  # fmt: skip

_NUMBER: Final = re.compile(r"[\d.,]*\d")

_PAIRS: Final = f"""
select
    after.release_key,
    before.release_key,
    after.release_id,
    [{", ".join(f"before.{name}::varchar" for name in FIELDS)}],
    [{", ".join(f"after.{name}::varchar" for name in FIELDS)}]
from incoming
join dim_release as after using (release_key)
join dim_release as before on before.source_uri = after.source_uri and before.revision = after.revision - 1
order by after.release_key
"""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact in its text: its columns as JSON, and up to `AROUND` code points of its line before and after it."""

    start: int
    end: int
    surface: str
    value: str
    left: str
    right: str


def record_changes(con: duckdb.DuckDBPyConnection) -> int:
    """Put on record what the revisions of the temporary table `incoming` changed; how many changes that is.

    Raises:
        ValueError: a change does not fit its table: a fault of this module.
    """
    pairs = con.execute(_PAIRS).fetchall()
    bodies = {key: fields[-1] for after, before, _, old, new in pairs for key, fields in ((before, old), (after, new))}
    facts = {table: _facts(con, table, bodies) for table in _COMPARED} if pairs else {}
    rows: list[Row] = []
    for after, before, release_id, old, new in pairs:
        found = [*_fields(old, new)]
        for table, by_release in facts.items():
            found += fact_changes(table, by_release[before], by_release[after])
        rows += [(after, number, before, release_id, *change) for number, change in enumerate(found, start=1)]
    changes, _, misfits = to_arrow("release_change", rows)
    if misfits:
        raise ValueError(f"release_change: {misfits}")
    con.register("changes_found", changes)
    con.execute("insert into release_change by name from changes_found")
    con.unregister("changes_found")
    return len(rows)


# Fields and text


def _fields(before: Sequence[str | None], after: Sequence[str | None]) -> Iterator[Row]:
    for name, old, new in zip(FIELDS, before, after, strict=True):
        if old == new:
            continue
        places = (None,) * 4
        if name == "body":
            assert old is not None
            assert new is not None
            yield (name, "changed", None, None, None, None, *places, *difference(old, new))
        else:
            change = "added" if old is None else "removed" if new is None else "changed"
            yield (name, change, None, None, _bounded(old), _bounded(new), *places, None, None, None)


def _bounded(text: str | None) -> str | None:
    return text if text is None or len(text) <= VALUE_LIMIT else f"{text[: VALUE_LIMIT - 1]}…"


def difference(before: str, after: str) -> tuple[int, int, str]:
    """How many lines a text lost and got, and the lines that differ, cut to what a reader needs.

    A hunk begins with the number of its first line in the text after; lines of the text before have a minus.
    """
    old, new = before.split("\n"), after.split("\n")
    removed = added = 0
    shown: list[str] = []
    for old_at, old_end, new_at, new_end in _gaps(aligned(old, new), len(old), len(new)):
        removed += old_end - old_at
        added += new_end - new_at
        shown.append(f"@@ line {new_at + 1} @@")
        pairs = list(zip(old[old_at:old_end], new[new_at:new_end], strict=False))
        shown += [f"-{_cut(one, other)}" for one, other in pairs]
        shown += [f"-{_cut(line, '')}" for line in old[old_at + len(pairs) : old_end]]
        shown += [f"+{_cut(other, one)}" for one, other in pairs]
        shown += [f"+{_cut(line, '')}" for line in new[new_at + len(pairs) : new_end]]
    text = "\n".join(shown)
    return removed, added, text if len(text) <= DIFFERENCE_LIMIT else f"{text[: DIFFERENCE_LIMIT - 1]}…"


def _cut(line: str, other: str) -> str:
    """A line around what the other one has not."""
    left = _common(line, other)
    right = _common(line[left:][::-1], other[left:][::-1])
    start, end = max(0, left - AROUND), min(len(line), len(line) - right + AROUND)
    if end - start > VALUE_LIMIT:
        end = start + VALUE_LIMIT
    return f"{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}"


def _common(one: str, other: str) -> int:
    """The length of the beginning that two texts share."""
    short = min(len(one), len(other))
    return next((at for at in range(short) if one[at] != other[at]), short)


# Facts


def _facts(con: duckdb.DuckDBPyConnection, table: str, bodies: dict[int, str]) -> dict[int, list[Fact]]:
    """The facts of the releases by key, in the order of the text."""
    values = [name for name in arrow_schema(table).names if name not in _NO_VALUE and not name.endswith("_key")]
    columns = ", ".join(("release_key", "char_start", "char_end", "surface", *values))
    found: dict[int, list[Fact]] = defaultdict(list)
    rows = con.execute(
        f"select {columns} from {table} where release_key in (select unnest($keys)) order by release_key, char_start, "
        "char_end",
        {"keys": list(bodies)},
    ).fetchall()
    for key, start, end, surface, *row in rows:
        body = bodies[key]
        left = body[max(0, start - AROUND) : start].rpartition("\n")[2]
        right = body[end : end + AROUND].partition("\n")[0]
        found[key].append(Fact(start, end, surface, _value(values, row), left, right))
    return found


def _value(names: Sequence[str], row: Sequence[Any]) -> str:
    stated = {name: _plain(value) for name, value in zip(names, row, strict=True) if value is not None}
    return json.dumps(stated, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value if isinstance(value, bool | int | float | str | list) else str(value)


# By what a fact before and a fact after are taken for the same one, in turn; each narrows down where the next looks.
_SAME: Final[tuple[Callable[[Fact], Hashable], ...]] = (
    lambda fact: (fact.left, fact.surface, fact.right),
    lambda fact: (fact.left[-NEAR:], fact.surface),
    lambda fact: (fact.surface, fact.right[:NEAR]),
    lambda fact: (fact.surface, fact.value),
    lambda fact: _words(fact.left[-NEAR:]) or fact,
    lambda fact: _words(fact.right[:NEAR]) or fact,
)


def _words(context: str) -> str | None:
    """What tells a place, whatever the numbers in it; a list's dash or a bracket doesn't."""
    return _NUMBER.sub("#", context) if sum(map(str.isalpha, context)) >= LETTERS else None


def fact_changes(table: str, before: list[Fact], after: list[Fact]) -> Iterator[Row]:
    """The changes between two lists of facts of one kind, in the order of the text after; removals in their place."""
    matched = _matched(before, after)
    partner = dict(matched)
    came = {at for _, at in matched}
    moved_from, moved_to = _moved(before, after, partner.keys(), came)
    changes: list[tuple[int, int, Row]] = []
    place = -1
    for at, old in enumerate(before):
        if at in partner:
            place = partner[at]
            new = after[place]
            if (old.surface, old.value) != (new.surface, new.value):
                changes.append((place, 0, _change(table, "changed", old, new)))
        elif at not in moved_from:
            changes.append((place, 1, _change(table, "removed", old, None)))
    added = (at for at in range(len(after)) if at not in came and at not in moved_to)
    changes += [(at, 0, _change(table, "added", None, after[at])) for at in added]
    yield from (row for _, _, row in sorted(changes, key=lambda change: change[:2]))


def _change(table: str, change: str, old: Fact | None, new: Fact | None) -> Row:
    texts = (old and old.surface, new and new.surface, old and old.value, new and new.value)
    before = (None, None) if old is None else (old.start, old.end)
    after = (None, None) if new is None else (new.start, new.end)
    return (table, change, *texts, *before, *after, None, None, None)


def _matched(before: list[Fact], after: list[Fact]) -> list[tuple[int, int]]:
    """Positions of the same fact before and after, in order in both."""
    matched: list[tuple[int, int]] = []
    for same in _SAME:
        closer = list(matched)
        for at, end, other, other_end in _gaps(matched, len(before), len(after)):
            ours, theirs = [same(fact) for fact in before[at:end]], [same(fact) for fact in after[other:other_end]]
            closer += [(at + one, other + two) for one, two in aligned(ours, theirs)]
        matched = sorted(closer)
    return matched


def _moved(
    before: list[Fact], after: list[Fact], matched: Collection[int], came: set[int]
) -> tuple[set[int], set[int]]:
    """Positions of facts that stand elsewhere with the same words around them."""
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for at in range(len(after) - 1, -1, -1):
        if at not in came:
            waiting[_wording(after[at])].append(at)
    moved_from, moved_to = set(), set()
    for at, fact in enumerate(before):
        if at not in matched and waiting[_wording(fact)]:
            moved_from.add(at)
            moved_to.add(waiting[_wording(fact)].pop())
    return moved_from, moved_to


def _wording(fact: Fact) -> Hashable:
    return (fact.left, fact.surface, fact.value, fact.right)


# Sequences


def aligned(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Positions of equal elements, rising in both sequences: as many as there can be.

    Where too many elements are equal for that, those that occur once in both are the fixed points, and between them it
    goes on; where there are none either, what lies between is taken for different.
    """
    found: list[tuple[int, int]] = []
    waiting = [(0, len(before), 0, len(after))]
    while waiting:
        low, high, other_low, other_high = waiting.pop()
        while low < high and other_low < other_high and before[low] == after[other_low]:
            found.append((low, other_low))
            low, other_low = low + 1, other_low + 1
        while low < high and other_low < other_high and before[high - 1] == after[other_high - 1]:
            high, other_high = high - 1, other_high - 1
            found.append((high, other_high))
        ours, theirs = _places(before, low, high), _places(after, other_low, other_high)
        if sum(len(places) * len(theirs.get(element, ())) for element, places in ours.items()) <= PAIRS:
            pairs = ((at, other) for at in range(low, high) for other in reversed(theirs.get(before[at], ())))
            found += _rising(pairs)
            continue
        once = [(element, places[0]) for element, places in ours.items() if len(places) == 1]
        fixed = _rising((at, theirs[element][0]) for element, at in once if len(theirs.get(element, ())) == 1)
        found += fixed
        if fixed:
            waiting += _gaps(fixed, high, other_high, low, other_low)
    return sorted(found)


def _places(elements: Sequence[Hashable], low: int, high: int) -> dict[Hashable, list[int]]:
    """Where in a stretch each of its elements occurs."""
    places: dict[Hashable, list[int]] = {}
    for at in range(low, high):
        places.setdefault(elements[at], []).append(at)
    return places


def _rising(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs that rises in both numbers, of pairs in the order of the first and down the second."""
    ends: list[int] = []  # by length of a run, the smallest second number that one of that length ends with
    tops: list[int] = []  # its last link
    links: list[tuple[int, int, int]] = []  # a pair, and the link before it
    for at, other in pairs:
        length = bisect_left(ends, other)
        links.append((at, other, tops[length - 1] if length else -1))
        if length == len(ends):
            ends.append(other)
            tops.append(len(links) - 1)
        else:
            ends[length], tops[length] = other, len(links) - 1
    run: list[tuple[int, int]] = []
    link = tops[-1] if tops else -1
    while link >= 0:
        at, other, link = links[link]
        run.append((at, other))
    return run[::-1]


def _gaps(
    matched: Sequence[tuple[int, int]], length: int, other_length: int, at: int = 0, other: int = 0
) -> Iterator[tuple[int, int, int, int]]:
    """What lies between rising pairs of positions: from and to in the one, from and to in the other; empty ones not."""
    for end, other_end in (*matched, (length, other_length)):
        if end > at or other_end > other:
            yield at, end, other, other_end
        at, other = end + 1, other_end + 1
