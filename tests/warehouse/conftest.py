from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from rig import DeclaredRule, DeclaredSource, Warehouse
from synthetic import RULE_NAMES

from flows.samples import build
from warehouse.dimensions import load_dimensions
from warehouse.paths import Paths
from warehouse.publish import publish
from warehouse.work import open_work

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with its dimensions and nothing in it, made once."""
    paths = Paths(tmp_path_factory.mktemp("template") / "template.duckdb")
    con = open_work(paths)
    load_dimensions(con, sources=[DeclaredSource()], rules=[DeclaredRule(name) for name in RULE_NAMES])
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


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The snapshot of a warehouse of the sample releases, after one run. To be read only."""
    paths = Paths(tmp_path_factory.mktemp("samples") / "samples.duckdb")
    build(paths)
    return paths.snapshot


@pytest.fixture(scope="session")
def samples_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a second run, which brought a correction and a repost. To be read only."""
    paths = Paths(tmp_path_factory.mktemp("samples") / "samples.duckdb")
    build(paths, second_run=True)
    return paths.snapshot
