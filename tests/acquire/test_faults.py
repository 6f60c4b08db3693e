"""A short form of what `make bench-web-faults` does a thousand times; see `fault_runs`."""

from __future__ import annotations

from fault_runs import trial


def test_what_is_there_after_many_faults_is_what_would_be_there_without(tmp_path):
    found = trial(28, seed=2, folder=tmp_path)
    assert found.differences == {}
    assert found.share >= 0.3
    assert found.killed
    assert found.releases > 40
    assert found.revisions
    assert found.closed
