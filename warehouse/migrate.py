"""Bring a database to the schema of this code: versioned migrations, then the marts and their as-of forms anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from warehouse.asof import macros
from warehouse.connect import transaction
from warehouse.errors import NewerVersionError, WarehouseError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

_DIGEST: Final = "marts_digest"
_MACROS: Final = f"""
select function_name, macro_definition
from duckdb_functions()
where not internal and (function_type = 'table_macro' or function_name = '{_DIGEST}')
"""
_FILE_NAME = re.compile(r"(?P<version>\d{4})_(?P<name>\w+)\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema, in SQL; numbers run from 1 without gaps."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return sha256(self.sql.encode()).hexdigest()


@cache
def migrations() -> tuple[Migration, ...]:
    """The migrations that this code knows, in order."""
    folder = files("warehouse").joinpath("migrations")
    found = [
        Migration(int(parts["version"]), parts["name"], file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if (parts := _FILE_NAME.fullmatch(file.name))
    ]
    return tuple(sorted(found, key=lambda migration: migration.version))


@cache
def marts() -> dict[str, str]:
    """The SQL of each view by name: first those in `marts/base`, which the others may build on."""
    folder = files("warehouse").joinpath("marts")
    found = {}
    for place in (folder.joinpath("base"), folder):
        for file in sorted(place.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(".sql"):
                found[file.name.removesuffix(".sql")] = file.read_text(encoding="utf-8")
    return found


@cache
def base_marts() -> frozenset[str]:
    """The views in `marts/base`: what the others build on, and no analyst has to know."""
    folder = files("warehouse").joinpath("marts", "base")
    return frozenset(file.name.removesuffix(".sql") for file in folder.iterdir() if file.name.endswith(".sql"))


def schema_version(con: duckdb.DuckDBPyConnection) -> int | None:
    """The version that a database is at; 0 where it is empty, None where it is not one of ours."""
    tables = {name for (name,) in con.execute("select table_name from duckdb_tables() where not internal").fetchall()}
    if not tables:
        return 0
    if not {"schema_migration", "dim_release"} <= tables:
        return None
    row = con.execute("select max(version) from schema_migration").fetchone()
    return None if row is None else row[0]


def require_ours(con: duckdb.DuckDBPyConnection, file: Path, newest: int | None = None) -> int:
    """The schema version of a database of ours that this code can use; 0 for an empty one.

    Args:
        con: a connection to it.
        file: its file, for messages.
        newest: the newest version that can be used, where it is not this code's own.

    Raises:
        WarehouseError: it holds other tables.
        NewerVersionError: a newer klangkhao wrote it.
    """
    version = schema_version(con)
    if version is None:
        raise WarehouseError(
            f"{file}: this is a DuckDB database, but not one of klangkhao's. "
            "Name another file with --warehouse: this one is left as it is."
        )
    newest = migrations()[-1].version if newest is None else newest
    if version > newest:
        raise NewerVersionError(
            f"{file}: this warehouse is of schema version {version}, and this klangkhao knows versions up to {newest}. "
            "Install a newer klangkhao, or name another file with --warehouse."
        )
    return version


def missing(
    con: duckdb.DuckDBPyConnection, file: Path, known: Sequence[Migration] | None = None
) -> Sequence[Migration]:
    """The migrations that a database of ours has not been through; arguments and errors as of `migrate`."""
    steps = migrations() if known is None else known
    version = require_ours(con, file, steps[-1].version)
    _require_same_history(con, file, steps[:version])
    return steps[version:]


def migrate(con: duckdb.DuckDBPyConnection, file: Path, known: Sequence[Migration] | None = None) -> None:
    """Apply the migrations that are missing, each in its own transaction, and define the marts.

    Args:
        con: a connection that may write.
        file: its file, for messages.
        known: the migrations, where they are not this code's own.

    Raises:
        WarehouseError: the database is not ours, or was migrated by other SQL than this code's.
        NewerVersionError: a newer klangkhao wrote it.
    """
    for migration in missing(con, file, known):
        with transaction(con):
            con.execute(migration.sql)
            con.execute(
                "insert into schema_migration values (?, ?, ?, ?)",
                [migration.version, migration.name, datetime.now(UTC).replace(tzinfo=None), migration.checksum],
            )
    _define_marts(con)


def _require_same_history(con: duckdb.DuckDBPyConnection, file: Path, applied: Sequence[Migration]) -> None:
    for migration in applied:
        row = con.execute("select checksum from schema_migration where version = ?", [migration.version]).fetchone()
        if row != (migration.checksum,):
            raise WarehouseError(
                f"{file}: migration {migration.version:04} ({migration.name}) was applied in another form than this "
                "klangkhao has it. Use the klangkhao that made this warehouse, or name another file with --warehouse."
            )


def _define_marts(con: duckdb.DuckDBPyConnection) -> None:
    """Define the marts and their as-of forms, unless they are these already: a run opens its database many times."""
    wanted = {**marts(), **macros(marts())}
    digest = sha256("\n".join(wanted.values()).encode()).hexdigest()
    views = [name for (name,) in con.execute("select view_name from duckdb_views() where not internal").fetchall()]
    found: dict[str, str] = dict(con.execute(_MACROS).fetchall())
    if found.pop(_DIGEST, None) == f"'{digest}'" and {*views, *found} == wanted.keys():
        return
    with transaction(con):
        for view in views:
            con.execute(f'drop view "{view}"')
        for macro in found:
            con.execute(f'drop macro table "{macro}"')
        for sql in wanted.values():
            con.execute(sql)
        con.execute(f"create or replace macro {_DIGEST}() as '{digest}'")
