"""Starting a flow from the command line: what can be told at once is told at once, then Prefect, then the flow."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from flows import show
from flows.complaints import FAILED, REFUSED, let_go
from flows.engine import server
from flows.progress import shown
from flows.quality.catalogue import own
from flows.quality.checks import require_runnable
from flows.request import chosen_sources, declared_targets
from warehouse.lock import run_lock
from warehouse.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flows.quality.checks import Check
    from flows.quality.summary import Summary
    from flows.request import Request

EXIT_CODES = {"ok": 0, "failed": FAILED, "refused": REFUSED}


def run(request: Request, *, as_json: bool) -> int:
    """Run the ingest flow and print its result; return the exit code.

    Raises:
        SourceError: a path does not exist, or the declaration of sources is wrong.
        SettingsError: the settings are wrong.
        CheckFileError: a check of one's own is wrong.
        WarehouseError: the warehouse can't be used, or another run is using it.
        EngineError: Prefect can't be used.
    """
    parameters = request.parameters()
    chosen_sources(parameters["paths"], parameters["sources_file"])
    declared_targets(parameters["settings_file"])
    checks = own(parameters["checks_folder"])

    def call() -> Summary:
        from flows.ingest import ingest

        return ingest(**parameters)

    return _launch(parameters["warehouse"], checks, call, as_json=as_json)


def rebuild(request: Request, *, as_json: bool) -> int:
    """Run the rebuild flow and print its result; return the exit code.

    Raises:
        WarehouseError: the warehouse can't be used or isn't there, or another run is using it.
        EngineError: Prefect can't be used.
    """
    parameters = request.parameters()
    settings_file, folder = parameters["settings_file"], parameters["checks_folder"]
    declared_targets(settings_file)
    checks = own(folder)

    def call() -> Summary:
        from flows.rebuild import rebuild as flow

        force, workers = parameters["force"], parameters["workers"]
        return flow(
            parameters["warehouse"], force=force, workers=workers, settings_file=settings_file, checks_folder=folder
        )

    return _launch(parameters["warehouse"], checks, call, as_json=as_json)


def replay(request: Request, keys: list[str], *, as_json: bool) -> int:
    """Run the replay flow and print its result; return the exit code: 1 where a named rejection still stands.

    Raises:
        UsageError: there is no warehouse, or a key is none of what is in quarantine.
        WarehouseError: the warehouse can't be used, or another run is using it.
        EngineError: Prefect can't be used.
    """
    from flows.quarantine import require_keys, still_open

    parameters = request.parameters()
    settings_file, folder = parameters["settings_file"], parameters["checks_folder"]
    declared_targets(settings_file)
    checks = own(folder)
    require_keys(request.warehouse, keys)

    def call() -> Summary:
        from flows.replay import replay as flow

        force, workers = parameters["force"], parameters["workers"]
        return flow(
            parameters["warehouse"],
            keys,
            force=force,
            workers=workers,
            settings_file=settings_file,
            checks_folder=folder,
        )

    code = _launch(parameters["warehouse"], checks, call, as_json=as_json)
    return code or (FAILED if still_open(request.warehouse, keys) else 0)


def _launch(warehouse: str, checks: Sequence[Check], call: Callable[[], Summary], *, as_json: bool) -> int:
    with server(lambda: _prepare(Paths(Path(warehouse)), checks)), shown(show.console(stderr=True)):
        summary = _ended(call)
    if as_json:
        sys.stdout.write(json.dumps(summary.as_dict(), ensure_ascii=False, indent=2) + "\n")
    else:
        console = show.console()
        console.print(show.result(summary, colours=console.is_terminal))
    return EXIT_CODES[summary.status]


def _prepare(paths: Paths, checks: Sequence[Check]) -> None:
    """Tell at once of another run, a warehouse that can't be used, or a check that doesn't fit its tables.

    The flow holds the lock for itself later.
    """
    import flows.ingest  # noqa: F401 - what the flow will need takes a second or two to import
    from warehouse.work import open_work

    with run_lock(paths), closing(open_work(paths)) as con:
        require_runnable(con, checks)


def _ended(call: Callable[[], Summary]) -> Summary:
    """Return the summary of a run, whether it is `ok` or not."""
    from flows.ingest import RunEnded

    try:
        return call()
    except RunEnded as ended:
        let_go(ended)
        return ended.summary
