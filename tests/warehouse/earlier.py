"""Warehouses as earlier versions left them: the schema of then, with the rows of today as far as it can hold them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from schemas.instants import now
from warehouse.connect import connect
from warehouse.migrate import migrations

if TYPE_CHECKING:
    from collections.abc import Mapping


def make(file: Path, version: int, rows_of: Path) -> None:
    """Make a work database of a version.

    Args:
        file: where; there is none yet.
        version: how many migrations it has been through.
        rows_of: a database of today's version, whose rows go in by name.
    """
    with closing(connect(file)) as con:
        for migration in migrations()[:version]:
            con.execute(migration.sql)
            con.execute(
                "insert into schema_migration values (?, ?, ?, ?)",
                [migration.version, migration.name, now(), migration.checksum],
            )
        con.execute(f"attach '{str(rows_of).replace(chr(39), chr(39) * 2)}' as today (read_only)")
        for table, columns in columns_of(con).items():
            if table != "schema_migration":
                con.execute(f"insert into {table} by name select {', '.join(columns)} from today.{table}")
        con.execute("detach today")


def columns_of(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The tables of the database itself and their columns."""
    found: dict[str, list[str]] = {}
    for table, column in con.execute(
        "select table_name, column_name from duckdb_columns() where database_name = current_database() and not internal "
        "and table_name in (select table_name from duckdb_tables()) order by table_name, column_index"
    ).fetchall():
        found.setdefault(table, []).append(column)
    return found


def sums(con: duckdb.DuckDBPyConnection, columns: Mapping[str, list[str]]) -> dict[str, tuple[int, int]]:
    """Rows of each table and the sum of the hashes of these columns of theirs."""
    found = {}
    for table, names in columns.items():
        row = con.execute(f"select count(*), coalesce(sum(hash({', '.join(names)})), 0) from {table}").fetchone()
        assert row
        found[table] = row
    return found
