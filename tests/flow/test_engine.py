"""The private Prefect server: it starts, it serves, it ends with its parent however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from flows.engine import DEFAULTS, EngineError, PrivateServer, configure, home

ROOT = Path(__file__).parents[2]
PARENT = """
import sys, time
from flows.engine import PrivateServer
server = PrivateServer()
print(server.wait(), flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prefect")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_two_that_meet_in_a_new_home_both_start_and_end_with_their_parents(prefect_home: Path) -> None:
    """One of the parents is killed without warning, the other ends by itself: no server is left of either."""
    environment = {**os.environ, "PREFECT_HOME": str(prefect_home), "PYTHONPATH": str(ROOT)}
    parents = [
        subprocess.Popen([sys.executable, "-c", PARENT], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    urls = []
    for parent in parents:
        assert parent.stdout is not None
        urls.append(parent.stdout.readline().strip())
    assert all(answers(url) for url in urls)
    parents[0].kill()
    parents[1].send_signal(signal.SIGTERM)
    for parent in parents:
        parent.wait()
    deadline = time.monotonic() + 30
    while any(answers(url) for url in urls) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(answers(url) for url in urls)


def test_a_database_that_another_version_has_changed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    (tmp_path / "prefect.db").write_bytes(b"no database at all" * 100)
    server = PrivateServer()
    with pytest.raises(EngineError) as error:
        server.wait()
    assert str(tmp_path) in str(error.value)
    assert "PREFECT_HOME" in str(error.value)
    assert "not a database" in str(error.value)


def test_what_the_user_has_set_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in DEFAULTS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "DEBUG")
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    configure()
    assert os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] == "DEBUG"
    assert os.environ["DO_NOT_TRACK"] == "1"
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert home() == tmp_path
