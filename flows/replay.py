"""The Prefect flow that reads out of quarantine what can be read by now: from landing, without any source."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.extract.find import EXTRACTOR_VERSION
from flows.ingest import Plan, begun, finish
from flows.quarantine import land_again
from warehouse.paths import Paths
from warehouse.work import open_work

if TYPE_CHECKING:
    from flows.quality.summary import Summary


@flow(name="klangkhao-replay", flow_run_name="replay", validate_parameters=False)
def replay(
    warehouse: str,
    keys: list[str],
    force: bool = False,  # noqa: FBT001, FBT002 - Prefect passes parameters by name
    workers: int | None = None,
    settings_file: str | None = None,
    checks_folder: str | None = None,
) -> Summary:
    """Try what is in quarantine again, all of it or the rejections with these keys, and publish what came of it.

    Raises:
        RunEnded: the run came to its end but is not `ok`.
        UsageError: a key is none of what is in quarantine.
        WarehouseError: the warehouse can't be used, or another run is using it.
    """
    parameters = {"replay": keys, "force": force, "workers": workers}
    plan = Plan("klangkhao-replay", list, settings_file, checks_folder)
    with begun(Paths(Path(warehouse)), plan, parameters) as run:
        with run.stage("try again"):
            failing = try_again(warehouse, run.summary.run_id, keys)
        run.summary.notes += [f"Still in quarantine: {sentence}" for sentence in failing]
        finish(run, force=force, workers=workers)
    return run.summary


@task(name="try-again", cache_policy=NO_CACHE)
def try_again(warehouse: str, run_id: str, keys: list[str]) -> list[str]:
    """Land again what would not be set aside any more; return why the rest would."""
    paths = Paths(Path(warehouse))
    with closing(open_work(paths)) as con:
        return land_again(con, paths, run_id, keys, EXTRACTOR_VERSION)
