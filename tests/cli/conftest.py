from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from console import ROOT, SAMPLES, Command, Outcome

from flows.engine import PrivateServer


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all tests, those of parallel workers too: a new one costs every test that meets it seconds."""
    folder = tmp_path_factory.getbasetemp()
    return (folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder) / "prefect"


@pytest.fixture(scope="session")
def environment(prefect_home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "KLANGKHAO_"))}
    return {**kept, "PREFECT_HOME": str(prefect_home), "PYTHONPATH": str(ROOT), "COLUMNS": "160"}


@pytest.fixture(scope="session")
def server(prefect_home: Path) -> Iterator[str]:
    """A Prefect server that stands for a configured one: to start one for each test would take minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(prefect_home))
        private = PrivateServer()
    try:
        yield private.wait()
    finally:
        private.stop()


@pytest.fixture
def alone(tmp_path: Path, environment: dict[str, str]) -> Command:
    """The command where no Prefect server is configured: each run starts one of its own."""
    return Command(tmp_path, environment)


@pytest.fixture
def klangkhao(tmp_path: Path, environment: dict[str, str], server: str) -> Command:
    """The command beside a Prefect server."""
    return Command(tmp_path, {**environment, "PREFECT_API_URL": server})


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> tuple[Path, Outcome]:
    """A warehouse of the sample releases, and what the run that made it said. To be read only."""
    folder = tmp_path_factory.mktemp("samples")
    outcome = Command(folder, environment)("run")
    assert outcome.code == 0, outcome.err
    return folder / "klangkhao.duckdb", outcome


@pytest.fixture
def warehouse(published: tuple[Path, Outcome], tmp_path: Path) -> Path:
    """A copy of that warehouse, state included, to be changed at will."""
    snapshot, _ = published
    copy = tmp_path / "klangkhao.duckdb"
    shutil.copyfile(snapshot, copy)
    shutil.copytree(snapshot.with_suffix(".klangkhao"), copy.with_suffix(".klangkhao"))
    return copy


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of 800 releases: enough for a run to be met in the middle of its work."""
    folder = tmp_path / "many"
    folder.mkdir()
    texts = [path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.txt"))]
    for number in range(800):
        text = f"{texts[number % len(texts)]}\nฉบับที่ {number}\n"
        (folder / f"{number:04}.txt").write_text(text, encoding="utf-8")
    return folder
