"""Running on a schedule: the ingest flow, served by Prefect in the time of Bangkok, never two runs at a time."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import serve as serve_deployments
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.states import Crashed

from flows.complaints import UsageError
from flows.engine import SCHEDULE_PID, server
from flows.ingest import ingest
from flows.quality.catalogue import own
from flows.request import Request, chosen_sources, declared_targets
from warehouse.paths import Paths
from warehouse.work import open_work

if TYPE_CHECKING:
    from prefect.schedules import Schedule

TIME_ZONE = "Asia/Bangkok"


def serve(request: Request, cron: str) -> int:
    """Serve the ingest flow until the process is stopped; return the exit code.

    Raises:
        UsageError: the cron expression is wrong.
        SourceError: a path does not exist, or the declaration of sources is wrong.
        SettingsError: the settings are wrong.
        CheckFileError: a check of one's own is wrong.
        WarehouseError: the warehouse can't be used.
        EngineError: Prefect can't be used.
    """
    schedule = _schedule(cron)
    parameters = request.parameters()
    chosen_sources(parameters["paths"], parameters["sources_file"])
    declared_targets(parameters["settings_file"])
    own(parameters["checks_folder"])
    name = deployment_name(parameters["warehouse"])
    with server(open_work(Paths(Path(parameters["warehouse"]))).close, "schedule") as api:
        if api.is_private:
            _release(name)
        deployment = ingest.to_deployment(
            name,
            schedules=[schedule],
            parameters=dict(parameters),
            # A run that is due while one goes on would find nothing that the one under way does not take in anyway.
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
            enforce_parameter_schema=False,
        )
        # For the processes that the runs are.
        os.environ["PREFECT_API_URL"] = api.url
        os.environ[SCHEDULE_PID] = str(os.getpid())
        _say(f"Runs `{cron}` in the time of {TIME_ZONE} into {parameters['warehouse']}; Ctrl-C ends it.")
        _say(f"Prefect's pages: {api.url.removesuffix('/api')}")
        assert isinstance(deployment, RunnerDeployment)  # in a synchronous context it is no coroutine
        serve_deployments(deployment, print_starting_message=False)
    return 0


def deployment_name(warehouse: str) -> str:
    """Name the deployment after its warehouse: the file's name and a hash of its path."""
    return f"{Path(warehouse).stem}-{hashlib.sha256(warehouse.encode()).hexdigest()[:8]}"


def _schedule(cron: str) -> Schedule:
    try:
        return Cron(cron, timezone=TIME_ZONE)
    except ValueError as error:
        raise UsageError(
            f"--cron `{cron}` is no cron expression ({error}). Write minute, hour, day of the month, month and day of "
            "the week: `0 6 * * *` is every day at six."
        ) from error


def _release(name: str) -> None:
    """Declare crashed what the records call running: this server has just started, so that nothing runs on it.

    A run whose process was killed would hold its place for ever, and every later one would be cancelled for it.
    """
    with get_client(sync_client=True) as client:
        left = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING]))
            ),
            deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=[name])),
        )
        for run in left:
            client.set_flow_run_state(run.id, Crashed(message="Its process ended before it did."), force=True)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
