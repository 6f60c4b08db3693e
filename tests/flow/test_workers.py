"""Worker processes that die, and batches that kill them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path, PosixPath
from typing import Any

import pytest

from flows.workers import HOPELESS, Job, stage_all
from schemas.instants import utc

ROOT = Path(__file__).parents[2]


class Killer(PosixPath):
    """A landing path whose arrival kills the worker, as the kernel does when the memory is used up."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.kill, (_Self(), signal.SIGKILL)


class _Self:
    """The process id of whoever unpickles it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.getpid, ()


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path / "staging", "r", utc(datetime(2024, 3, 15, tzinfo=UTC)))


def test_batches_come_back_in_order(landed: list[Path], job: Job) -> None:
    steps: list[None] = []
    staged = stage_all(list(reversed(landed)), job, workers=2, done=lambda: steps.append(None))
    assert [result.batch_dir.name for result in staged.results] == [batch.stem for batch in landed]
    assert sum(result.releases for result in staged.results) == 14
    assert staged.failed == {}
    assert len(steps) == len(landed)


def test_a_batch_that_kills_its_worker_costs_the_others_nothing(landed: list[Path], job: Job, tmp_path: Path) -> None:
    killer = Killer(tmp_path / "killer.parquet")
    staged = stage_all([landed[0], killer, *landed[1:]], job, workers=2)
    assert [result.batch_dir.name for result in staged.results] == [batch.stem for batch in landed]
    assert list(staged.failed) == [killer]
    assert "killed" in staged.failed[killer]
    assert "--workers 1" in staged.failed[killer]


def test_where_every_batch_kills_its_worker_it_is_given_up(job: Job, tmp_path: Path) -> None:
    killers = [Killer(tmp_path / f"{number}.parquet") for number in range(HOPELESS + 2)]
    staged = stage_all(killers, job, workers=2)
    assert set(staged.failed) == set(killers)
    assert sum("not tried any more" in why for why in staged.failed.values()) > 0


def test_a_batch_that_cannot_be_read_is_told(landed: list[Path], job: Job, tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(landed[0].read_bytes()[:500])
    staged = stage_all([broken, landed[1]], job)
    assert len(staged.results) == 1
    assert "damaged" in staged.failed[broken]


def test_a_worker_that_is_killed_once_is_made_up_for(landed: list[Path], job: Job) -> None:
    """Killed from outside, at whatever it is doing: the batch is done again."""
    stop = threading.Event()

    def kill_one() -> None:
        while not stop.is_set():
            for pid in children(os.getpid()):
                if "spawn_main" in command_of(pid):
                    os.kill(pid, signal.SIGKILL)
                    return
            time.sleep(0.01)

    thread = threading.Thread(target=kill_one)
    thread.start()
    try:
        staged = stage_all(landed, job, workers=2)
    finally:
        stop.set()
        thread.join()
    assert sum(result.releases for result in staged.results) == 14
    assert staged.failed == {}


def test_workers_end_with_a_parent_that_is_killed(landed: list[Path], tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import sys\nfrom datetime import datetime\nfrom pathlib import Path\nfrom flows.workers import Job, stage_all\n"
        "if __name__ == '__main__':\n"
        "    batches = [Path(name) for name in sys.argv[2:]] * 200\n"
        "    stage_all(batches, Job(Path(sys.argv[1]), 'r', datetime(2024, 3, 15)), workers=2)\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, script, tmp_path / "staging", *landed], env=environment)
    deadline = time.monotonic() + 60
    workers: list[int] = []
    while len(workers) < 2 and time.monotonic() < deadline:
        workers = [pid for pid in children(parent.pid) if "spawn_main" in command_of(pid)]
        time.sleep(0.05)
    assert len(workers) == 2
    parent.kill()
    parent.wait()
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def children(parent: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(pid) for pid in listed.stdout.split()]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
