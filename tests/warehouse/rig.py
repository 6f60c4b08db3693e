"""What the tests of the warehouse stand on: declared sources and rules, and a work database with short ways into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthetic import STARTED, extractor_of, landed

from flows.stage import StageResult, stage_documents
from schemas.values import Role
from warehouse.load import LoadResult, load_batch
from warehouse.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

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
