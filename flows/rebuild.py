"""The Prefect flow that reads everything in landing again with today's rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from prefect import flow

from flows.complaints import RunError
from flows.ingest import Plan, begun, finish
from warehouse.paths import Paths

if TYPE_CHECKING:
    from flows.quality.summary import Summary


@flow(name="klangkhao-rebuild", flow_run_name="rebuild", validate_parameters=False)
def rebuild(
    warehouse: str,
    force: bool = False,  # noqa: FBT001, FBT002 - Prefect passes parameters by name
    workers: int | None = None,
    settings_file: str | None = None,
    checks_folder: str | None = None,
) -> Summary:
    """Fill an empty work database from all landing batches, check it and publish it in place of the snapshot.

    A rebuild that is killed leaves the snapshot as it was; the next run or rebuild goes on.

    Raises:
        RunEnded: the run came to its end but is not `ok`.
        RunError: there is nothing in landing.
        WarehouseError: the warehouse can't be used, or another run is using it.
    """
    paths = Paths(Path(warehouse))
    if not any(paths.landing.glob("*.parquet")):
        raise RunError(f"{paths.landing}: nothing was ever acquired for this warehouse. Start with `klangkhao run`.")
    parameters = {"rebuild": True, "force": force, "workers": workers}
    plan = Plan("klangkhao-rebuild", list, settings_file, checks_folder)
    with begun(paths, plan, parameters, fresh=True) as run:
        finish(run, force=force, workers=workers)
    return run.summary
