"""Readers beside runs: every snapshot that they open is whole, and none of them meets an error."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from flows.samples import FIRST_SEEN, releases, run
from warehouse.connect import connect

READERS = Path(__file__).parents[1] / "bench" / "readers.py"


@pytest.fixture
def readers(paths):
    """Two readers of a snapshot of two releases."""
    found = list(releases())
    run(paths, FIRST_SEEN, found[:2])
    command = [sys.executable, str(READERS), "read", str(paths.snapshot)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.stdout.readline() for process in started] == ["ready\n"] * 2
    yield started
    for process in started:
        process.kill()
        process.communicate()


def test_readers_beside_runs_see_whole_snapshots_only(paths, readers):
    found = list(releases())
    for number in range(1, 7):
        run(paths, FIRST_SEEN + timedelta(hours=number), found[2 * number : 2 * number + 2])
    for process in readers:
        process.terminate()
    told = [json.loads(process.communicate(timeout=60)[0]) for process in readers]
    assert [one["torn"] for one in told] == [[], []]
    assert all(set(one["seen"]) <= {2, 4, 6, 8, 10, 12, 14} for one in told)
    assert all(len(one["seen"]) > 1 for one in told)
    with closing(connect(paths.snapshot, read_only=True)) as con:
        assert con.execute("select count(*) from dim_release").fetchone() == (14,)
