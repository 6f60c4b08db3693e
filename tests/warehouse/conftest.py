from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from synthetic import RULES, STARTED, extractor_of, landed

from flows.stage import StageResult, stage_documents
from schemas.values import Role
from warehouse.dimensions import load_dimensions
from warehouse.load import LoadResult, load_batch
from warehouse.paths import Paths
from warehouse.publish import publish
from warehouse.work import open_work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    import duckdb
    from synthetic import Release


@dataclass(frozen=True)
class DeclaredSource:
    id: str = "releases"
    kind: str = "folder"
    location: str = "/releases"
    publisher: str | None = "กรมตัวอย่าง"
    time_zone: str = "Asia/Bangkok"
    language: str | None = "th"
    owner: str | None = None
    permission: str | None = None


@dataclass(frozen=True)
class DeclaredRule:
    name: str
    role: Role = Role.OTHER
    description: str = "A rule of the tests."


@dataclass(frozen=True)
class Warehouse:
    """A work database with its dimensions, and the short way to put releases into it."""

    paths: Paths
    con: duckdb.DuckDBPyConnection

    def stage(self, releases: Sequence[Release], batch: str, *, at: datetime = STARTED) -> StageResult:
        return stage_documents(
            landed(releases, at),
            self.paths.staging / batch,
            extractor=extractor_of(releases),
            run_id="r1",
            seen_at=at,
        )

    def load(
        self, releases: Sequence[Release], batch: str = "r1-0001", *, run: str = "r1", at: datetime = STARTED
    ) -> LoadResult:
        staged = self.stage(releases, batch, at=at)
        return load_batch(self.con, staged.batch_dir, batch_id=batch, run_id=run)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self.con.execute(sql).fetchall()

    def one(self, sql: str) -> object:
        ((value,),) = self.rows(sql)
        return value


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with its dimensions and nothing in it, made once."""
    paths = Paths(tmp_path_factory.mktemp("template") / "template.duckdb")
    con = open_work(paths)
    load_dimensions(con, sources=[DeclaredSource()], rules=[DeclaredRule(name) for name in RULES.values()])
    publish(con, paths)
    return paths.snapshot


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "คลังข่าว ที่ 1.duckdb")


@pytest.fixture
def warehouse(paths: Paths, template: Path) -> Warehouse:
    paths.state.mkdir()
    shutil.copyfile(template, paths.work)
    with closing(open_work(paths)) as con:
        yield Warehouse(paths, con)
