from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import newsroom
import pytest

from warehouse.connect import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The work database of the newsroom, made once. To be read only."""
    return newsroom.database(tmp_path_factory.mktemp("newsroom"))


@pytest.fixture(scope="module")
def con(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of it, open for writing; whoever changes it rolls back."""
    file = tmp_path_factory.mktemp("planted") / "w.duckdb"
    shutil.copyfile(made, file)
    with closing(connect(file)) as con:
        yield con
