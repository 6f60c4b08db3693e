"""`klangkhao schedule`: runs in the time of Bangkok, never two at a time, with a server of its own or a given one."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from console import SAMPLES, Command

SECONDS = 120


class Schedule:
    """A schedule that is being served, and the Prefect server behind it."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    def ask(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data, {"Content-Type": "application/json"})
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                # Prefect's word for `ask again`, which its own client does: its SQLite database was busy.
                if error.code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                    raise
            time.sleep(0.2)

    def deployment(self, warehouse: Path) -> dict[str, Any]:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for found in self.ask("/deployments/filter", {}):
                if found["parameters"].get("warehouse") == str(warehouse):
                    return found
            time.sleep(0.2)
        raise AssertionError("it is not served")

    def trigger(self, warehouse: Path) -> str:
        identity = self.deployment(warehouse)["id"]
        return str(self.ask(f"/deployments/{identity}/create_flow_run", {"state": {"type": "SCHEDULED"}})["id"])

    def state(self, run: str) -> str:
        return str(self.ask(f"/flow_runs/{run}")["state"]["type"])

    def wait_for(self, run: str, *states: str) -> str:
        deadline = time.monotonic() + SECONDS
        while (state := self.state(run)) not in states:
            assert time.monotonic() < deadline, state
            time.sleep(0.2)
        return state


@contextmanager
def served(alone: Command, *arguments: object, **options: Any) -> Iterator[Schedule]:
    process = alone.start("schedule", *arguments, **options)
    try:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        address = re.search(r"http://\S+", second)
        assert address, (first, second, process.communicate(timeout=10))
        yield Schedule(process, f"{address[0]}/api")
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def warehouse_file(alone: Command) -> Path:
    return alone.folder / "klangkhao.duckdb"


@pytest.mark.slow
def test_a_run_that_is_due_while_one_goes_on_is_left_out(alone: Command, warehouse_file: Path, many: Path) -> None:
    with served(alone, many, "--cron", "30 5 * * 1") as schedule:
        deployment = schedule.deployment(warehouse_file)
        assert deployment["schedules"][0]["schedule"] == {
            "cron": "30 5 * * 1",
            "timezone": "Asia/Bangkok",
            "day_or": True,
        }
        assert deployment["parameters"]["paths"] == [str(many)]
        runs = [schedule.trigger(warehouse_file) for _ in range(2)]
        ended = [schedule.wait_for(run, "COMPLETED", "CANCELLED", "FAILED", "CRASHED") for run in runs]
        assert sorted(ended) == ["CANCELLED", "COMPLETED"]
        third = schedule.trigger(warehouse_file)
        assert schedule.wait_for(third, "COMPLETED", "CANCELLED", "FAILED", "CRASHED") == "COMPLETED"
        schedule.process.send_signal(signal.SIGINT)
        out, err = schedule.process.communicate(timeout=60)
        assert schedule.process.returncode == 0
    assert "Traceback" not in err
    assert "800 loaded" in out
    assert "800 unchanged" in out
    statuses = alone("sql", "select status, loaded from etl_run order by started_at", "-f", "json").json
    assert statuses == [{"status": "ok", "loaded": 800}, {"status": "ok", "loaded": 0}]


def test_a_schedule_that_was_killed_in_the_middle_of_a_run_goes_on_when_it_is_back(
    alone: Command, warehouse_file: Path, many: Path
) -> None:
    with served(alone, many) as schedule:
        run = schedule.trigger(warehouse_file)
        landing = warehouse_file.with_suffix(".klangkhao") / "landing"
        deadline = time.monotonic() + SECONDS
        while not list(landing.glob("*.parquet")) and time.monotonic() < deadline:
            time.sleep(0.05)
        schedule.process.kill()
        schedule.process.wait()
    time.sleep(2)  # the run ends with its schedule, within a second
    with served(alone, many) as schedule:
        assert schedule.state(run) == "CRASHED"
        again = schedule.trigger(warehouse_file)
        assert schedule.wait_for(again, "COMPLETED", "CANCELLED", "FAILED", "CRASHED") == "COMPLETED"
        schedule.process.send_signal(signal.SIGTERM)
        schedule.process.communicate(timeout=60)
    assert alone("sql", "select count(*) as n from releases", "-f", "json").json == [{"n": 800}]


@pytest.mark.slow
def test_a_configured_server_is_used_by_runs_and_schedules(alone: Command, tmp_path: Path) -> None:
    folder = tmp_path / "ข่าว"
    folder.mkdir()
    shutil.copy(SAMPLES / "gov-03-farm-land.txt", folder)
    other = alone.folder / "other.duckdb"
    with served(alone, folder, "-w", other) as server:
        configured = {"PREFECT_API_URL": server.url}
        done = alone("run", folder, env=configured)
        assert done.code == 0, done.err
        flows = server.ask("/flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}})
        mine = str(alone.folder / "klangkhao.duckdb")
        ours = next(run["id"] for run in flows if run["parameters"].get("warehouse") == mine)
        tasks = server.ask("/task_runs/filter", {"flow_runs": {"id": {"any_": [ours]}}})
        assert {"extract", "load", "compare", "check", "publish", "report"} <= {
            task["name"].rpartition("-")[0] for task in tasks
        }
        third = alone.folder / "third.duckdb"
        with served(alone, folder, "-w", third, env=configured) as schedule:
            assert schedule.url == server.url
            run = schedule.trigger(third)
            assert schedule.wait_for(run, "COMPLETED", "FAILED", "CRASHED") == "COMPLETED"
    assert third.exists()
