"""The command `export`: where to, in which form, and what it said."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING

from rich.text import Text

from flows import show
from flows.complaints import UsageError
from warehouse.datapackage import DESCRIPTOR
from warehouse.export import export_duckdb, export_parquet

if TYPE_CHECKING:
    from pathlib import Path


class Form(StrEnum):
    """What an export is made of."""

    PARQUET = "parquet"
    DUCKDB = "duckdb"


def export(warehouse: Path, to: Path | None, form: Form | None, *, as_json: bool) -> int:
    """Export the published warehouse; the form follows from the name of the place where it is not given.

    Without a place: `NAME-export` or `NAME-export.duckdb` beside the warehouse.

    Raises:
        UsageError: the form and the name of the place contradict each other.
        WarehouseError: the warehouse cannot be read, or the place not be written or replaced.
    """
    named = None if to is None else Form.DUCKDB if to.suffix == ".duckdb" else Form.PARQUET
    form = form or named or Form.PARQUET
    if to is not None and form is Form.PARQUET and named is Form.DUCKDB:
        raise UsageError(f"{to}: Parquet goes into a folder. Name one with --to, or ask for --format duckdb.")
    if to is None:
        ending = ".duckdb" if form is Form.DUCKDB else ""
        to = warehouse.with_name(f"{warehouse.name.removesuffix('.duckdb')}-export{ending}")
    done = (export_duckdb if form is Form.DUCKDB else export_parquet)(warehouse, to)
    if as_json:
        told = {"place": str(done.place), "format": form.value, "rows": done.rows}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return 0
    console = show.console()
    console.print(show.table_of(["table", "rows"], [[name, rows] for name, rows in done.rows.items()]))
    inside = f", described by {DESCRIPTOR}" if form is Form.PARQUET else ""
    console.print(Text(f"in {done.place}{inside}", style="dim", overflow="fold"))
    return 0
