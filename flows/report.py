"""The data-quality report: where a run's is, and writing it anew from the published warehouse."""

from __future__ import annotations

import sys
import webbrowser
from typing import TYPE_CHECKING

from flows.complaints import RunError
from flows.quality.html import LATEST, write
from flows.quality.summary import Summary, rows
from warehouse.paths import Paths
from warehouse.reading import reading

if TYPE_CHECKING:
    from pathlib import Path


def find(warehouse: Path, run_id: str | None, *, rebuild: bool, show: bool, as_json: bool) -> None:
    """Print where a run's report is, or its numbers as JSON; write it anew, and open it, if asked to.

    Raises:
        RunError: there is no such run, or it has left no report.
        WarehouseError: the warehouse can't be opened.
    """
    paths = Paths(warehouse)
    page = paths.reports / f"{run_id or LATEST}.html"
    if rebuild or not page.exists():
        page = _again(paths, run_id)
    if as_json:
        sys.stdout.write(page.with_suffix(".json").read_text(encoding="utf-8") + "\n")
    else:
        sys.stdout.write(f"{page.absolute()}\n")
    if show and not webbrowser.open(page.absolute().as_uri()):
        raise RunError(f"No browser could be started here. Open {page.absolute()} yourself.")


def _again(paths: Paths, run_id: str | None) -> Path:
    """Write the report of a run anew, by default of the last one that was published."""
    with reading(paths.snapshot) as con:
        known = [row["run_id"] for row in rows(con, "last_run")] if run_id is None else [run_id]
        if not known or not rows(con, "run", run_id=known[0]):
            listed = '`klangkhao sql "select run_id, started_at, status from etl_run"` lists the runs.'
            raise RunError(f"{paths.snapshot}: no run {run_id or 'at all'} is in this warehouse. {listed}")
        numbers = paths.reports / f"{known[0]}.json"
        if not numbers.exists():
            raise RunError(
                f"{numbers.absolute()}: this file is gone, and with it the numbers that the report of run {known[0]} "
                "is written from. Bring the file back, or let `klangkhao run` write the report of a new run."
            )
        return write(con, paths.reports, Summary.from_json(numbers.read_text(encoding="utf-8")))
