from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flows.acquire import documents
from flows.acquire.landing import write_landing
from flows.extract.find import EXTRACTOR_VERSION
from flows.request import chosen_sources
from flows.stage import known_rules, stage_batch
from schemas.instants import utc
from warehouse.dimensions import load_dimensions
from warehouse.load import load_batch
from warehouse.paths import Paths
from warehouse.sameness import relate
from warehouse.work import finish_run, open_work, start_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

RUN_ID = "20240315T060000Z-test"


@pytest.fixture(scope="session")
def landed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sample releases in four landing batches. To be read only."""
    folder = tmp_path_factory.mktemp("landing")
    found = list(documents(chosen_sources([], None)[0]))
    return [write_landing(folder, f"{RUN_ID}{number}", found[number::4], {}).batches[0] for number in range(4)]


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory, landed: list[Path]) -> Paths:
    """A work database of the sample releases as a run leaves it, made without Prefect. To be read only."""
    paths = Paths(tmp_path_factory.mktemp("loaded") / "w.duckdb")
    started = datetime(2024, 3, 15, 6, tzinfo=UTC)
    with closing(open_work(paths)) as con:
        load_dimensions(con, sources=chosen_sources([], None), rules=known_rules())
        start_run(con, run_id=RUN_ID, started_at=started, extractor_version=EXTRACTOR_VERSION)
        for batch in landed:
            staged = stage_batch(batch, paths.staging, run_id=RUN_ID, seen_at=utc(started))
            load_batch(con, staged.batch_dir, batch_id=batch.stem, run_id=RUN_ID)
        relate(con)
        finish_run(con, run_id=RUN_ID, status="ok")
    return paths


@pytest.fixture
def con(loaded: Paths, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of that database, open for writing."""
    paths = Paths(tmp_path / "w.duckdb")
    paths.state.mkdir()
    shutil.copyfile(loaded.work, paths.work)
    with closing(open_work(paths)) as con:
        yield con
