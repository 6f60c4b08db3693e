"""Reading a published warehouse or an export: that it is one is looked at first, and what it lacks is said in words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import duckdb

from warehouse.connect import connect
from warehouse.errors import WarehouseError
from warehouse.migrate import migrations, require_ours

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORIGIN: Final = "export_origin"
"""The table that says of a DuckDB file that it is an export, and of what."""


@contextmanager
def reading(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to a warehouse of ours for the length of the block.

    Raises:
        WarehouseError: the file cannot be opened, is not ours, holds nothing yet, or lacks what the block asks it for.
        NewerVersionError: a newer klangkhao wrote it.
    """
    con = connect(file, read_only=True)
    try:
        lacks = _what_it_may_lack(con, file)
        try:
            yield con
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            if lacks is None:
                raise
            raise WarehouseError(f"{file}: {lacks}") from error
    finally:
        con.close()


def _what_it_may_lack(con: duckdb.DuckDBPyConnection, file: Path) -> str | None:
    """Why a table or column may be missing from it, and what to do; None where all must be there."""
    if con.execute("select 1 from duckdb_tables() where table_name = ?", [ORIGIN]).fetchone():
        return "this is an export, which has no tables of the pipeline. Name the warehouse itself with --warehouse."
    version = require_ours(con, file)
    if not version:
        raise WarehouseError(f"{file}: there is nothing in this database yet. Fill it with `klangkhao run`.")
    if version < migrations()[-1].version:
        return "an earlier klangkhao wrote this warehouse. `klangkhao run` brings it up to date."
    return None
