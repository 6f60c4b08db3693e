"""How far the sources of the web have got: loaded before a run asks them, kept once what they gave is landed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from schemas.instants import utc
from schemas.records import EntryState, ListingState
from schemas.validate import to_arrow
from warehouse.connect import transaction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import duckdb

_KEYS: Final = {"source_listing": ("source_id", "url"), "source_entry": ("source_id", "entry_id")}
_LISTING: Final = tuple(field.name for field in fields(ListingState))
_ENTRY: Final = tuple(field.name for field in fields(EntryState))


def listings_of(con: duckdb.DuckDBPyConnection, sources: Collection[str]) -> dict[str, list[ListingState]]:
    """The lists of these sources as they were last asked for, by source."""
    found: dict[str, list[ListingState]] = defaultdict(list)
    for row in _rows(con, "source_listing", _LISTING, sources):
        found[row[0]].append(ListingState(*row))
    return found


def entries_of(con: duckdb.DuckDBPyConnection, sources: Collection[str]) -> dict[str, list[EntryState]]:
    """The entries of these sources, by source, in the order in which they were first seen."""
    found: dict[str, list[EntryState]] = defaultdict(list)
    for row in _rows(con, "source_entry", _ENTRY, sources):
        found[row[0]].append(EntryState(*row))
    return found


def keep_state(con: duckdb.DuckDBPyConnection, listings: Iterable[ListingState], entries: Iterable[EntryState]) -> None:
    """Put these in the place of what was known of the same lists and entries: all of it or nothing."""
    kept = {
        "source_listing": {(each.source_id, each.url): _row(each, _LISTING) for each in listings},
        "source_entry": {(each.source_id, each.entry_id): _row(each, _ENTRY) for each in entries},
    }
    with transaction(con):
        for table, rows in kept.items():
            if rows:
                _replace(con, table, list(rows.values()))


def _rows(
    con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...], sources: Collection[str]
) -> list[tuple[Any, ...]]:
    order = "first_seen_at, entry_id" if table == "source_entry" else "url"
    rows = con.execute(
        f"select {', '.join(columns)} from {table} where source_id in (select unnest(?::varchar[])) order by {order}",
        [list(sources)],
    ).fetchall()
    return [tuple(map(_aware, row)) for row in rows]


def _replace(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    incoming, _, misfits = to_arrow(table, rows)
    if misfits:
        raise ValueError(f"{table}: {misfits}")
    con.register("state", incoming)
    same = " and ".join(f"{table}.{key} = state.{key}" for key in _KEYS[table])
    con.execute(f"delete from {table} using state where {same}")
    con.execute(f"insert into {table} by name from state")
    con.unregister("state")


def _row(state: ListingState | EntryState, columns: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(utc(value) if isinstance(value := getattr(state, name), datetime) else value for name in columns)


def _aware(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
