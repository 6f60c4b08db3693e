"""How far the sources of the web have got: loaded before a run asks them, kept once what they gave is landed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from schemas.instants import utc
from schemas.records import EntryState, HostState, ListingState, RobotsState
from schemas.validate import to_arrow
from warehouse.connect import transaction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import duckdb

State = ListingState | EntryState | HostState | RobotsState
Site = TypeVar("Site", HostState, RobotsState)

_TABLES: Final[dict[type[State], tuple[str, tuple[str, ...]]]] = {  # with what tells their rows apart
    ListingState: ("source_listing", ("source_id", "url")),
    EntryState: ("source_entry", ("source_id", "entry_id")),
    HostState: ("source_host", ("host",)),
    RobotsState: ("source_robots", ("site",)),
}


def listings_of(con: duckdb.DuckDBPyConnection, sources: Collection[str]) -> dict[str, list[ListingState]]:
    """The lists of these sources as they were last asked for, by source."""
    found: dict[str, list[ListingState]] = defaultdict(list)
    for row in _rows(con, ListingState, _OF_SOURCES.format(order="url"), [list(sources)]):
        found[row[0]].append(ListingState(*row))
    return found


def entries_of(con: duckdb.DuckDBPyConnection, sources: Collection[str]) -> dict[str, list[EntryState]]:
    """The entries of these sources, by source, in the order in which they were first seen."""
    found: dict[str, list[EntryState]] = defaultdict(list)
    for row in _rows(con, EntryState, _OF_SOURCES.format(order="first_seen_at, entry_id"), [list(sources)]):
        found[row[0]].append(EntryState(*row))
    return found


def fetched_at(con: duckdb.DuckDBPyConnection, without: Collection[str]) -> dict[str, datetime]:
    """When sources other than these last had what they landed, by its URI."""
    found = con.execute(
        "select source_uri, max(fetched_at) from source_entry where source_uri is not null and fetched_at is not null "
        "and source_id not in (select unnest(?::varchar[])) group by source_uri",
        [list(without)],
    ).fetchall()
    return {uri: at.replace(tzinfo=UTC) for uri, at in found}


def sites(con: duckdb.DuckDBPyConnection, kind: type[Site]) -> list[Site]:
    """What is known of sites, whichever source asks them."""
    return [kind(*row) for row in _rows(con, kind, f"order by {_TABLES[kind][1][0]}", [])]


def keep_state(con: duckdb.DuckDBPyConnection, states: Iterable[State], *, now: datetime) -> None:
    """Put these in the place of what was known of the same lists, entries and sites: all of it or nothing.

    Args:
        con: the work database.
        states: what is known now.
        now: hosts that wanted to be left alone until then are forgotten.
    """
    kept: dict[type[State], dict[tuple[Any, ...], tuple[Any, ...]]] = defaultdict(dict)
    for state in states:
        kept[type(state)][tuple(getattr(state, key) for key in _TABLES[type(state)][1])] = _row(state)
    with transaction(con):
        con.execute("delete from source_host where left_alone_until <= ?", [utc(now)])
        for kind, rows in kept.items():
            _replace(con, *_TABLES[kind], list(rows.values()))


_AT_ONCE: Final = 5_000
_OF_SOURCES: Final = "where source_id in (select unnest(?::varchar[])) order by {order}"


def _rows(con: duckdb.DuckDBPyConnection, kind: type[State], rest: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Rows of a table, some at a time: an archive has a hundred thousand pages, and what their rows share is one."""
    columns = ", ".join(field.name for field in fields(kind))
    found = con.execute(f"select {columns} from {_TABLES[kind][0]} {rest}", values)
    while some := found.fetchmany(_AT_ONCE):
        shared: dict[object, object] = {}
        for row in some:
            yield tuple(shared.setdefault(value, value) for value in map(_aware, row))


def _replace(con: duckdb.DuckDBPyConnection, table: str, keys: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    incoming, _, misfits = to_arrow(table, rows)
    if misfits:
        raise ValueError(f"{table}: {misfits}")
    con.register("state", incoming)
    same = " and ".join(f"{table}.{key} = state.{key}" for key in keys)
    con.execute(f"delete from {table} using state where {same}")
    con.execute(f"insert into {table} by name from state")
    con.unregister("state")


def _row(state: State) -> tuple[Any, ...]:
    values = (getattr(state, field.name) for field in fields(state))
    return tuple(utc(value) if isinstance(value, datetime) else value for value in values)


def _aware(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
