"""One run at a time, and no lock that outlives its holder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import warehouse as package
from warehouse.errors import LockedError
from warehouse.lock import run_lock

ROOT = Path(package.__file__).parents[1]
HOLDER = """
import sys
from pathlib import Path
from warehouse.lock import run_lock
from warehouse.paths import Paths
with run_lock(Paths(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(paths):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(paths.snapshot)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_is_told_who_holds_the_warehouse(paths, holder):
    told = rf"another run is using this warehouse \(pid {holder.pid}, started 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\)"
    with pytest.raises(LockedError, match=told), run_lock(paths):
        pass


def test_a_holder_that_is_killed_leaves_no_lock(paths, holder):
    holder.kill()
    holder.wait()
    assert f"pid {holder.pid}" in paths.lock.read_text(encoding="utf-8")
    with run_lock(paths):
        assert f"pid {os.getpid()}" in paths.lock.read_text(encoding="utf-8")


def test_a_lock_that_was_released_can_be_taken_again(paths):
    for _ in range(2):
        with run_lock(paths):
            pass
    assert paths.lock.read_text(encoding="utf-8") == ""


def test_a_child_process_does_not_keep_the_lock(paths):
    with run_lock(paths):
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        with run_lock(paths):
            pass
    finally:
        child.stdin.close()
        child.wait()
