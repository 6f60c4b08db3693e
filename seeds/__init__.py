"""Reference tables as CSV, and their reader. Standard library only, so that every layer may use it.

Tables lie beside this module, also in an installed wheel. `SOURCES.md` says where each figure comes from, and
`origins.toml` the same for programs.
"""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = Path(__file__).resolve().parent


def names() -> tuple[str, ...]:
    """Names of all tables, sorted: what `rows` and `path` accept."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.csv")))


def path(name: str) -> Path:
    """File of the table `name` (no suffix). Raises LookupError naming the tables there are."""
    if name not in names():
        raise LookupError(f"there is no seed table {name!r} in {_FOLDER}; the tables are: {', '.join(names())}")
    return _FOLDER / f"{name}.csv"


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """All rows of a table in file order, read-only, every value text and never None.

    Raises LookupError for an unknown table, ValueError naming file and line for a row of the wrong width.
    """
    file = path(name)
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        header = next(reader, None)
        if header is None:
            raise ValueError(f"{file} is empty: restore its header row")
        table: list[Mapping[str, str]] = []
        for cells in reader:
            if len(cells) != len(header):
                raise ValueError(
                    f"{file}, line {reader.line_num}: {len(cells)} cells where the header has {len(header)};"
                    " quote cells that hold a comma"
                )
            table.append(MappingProxyType(dict(zip(header, cells, strict=True))))
    return tuple(table)


@cache
def origins() -> tuple[Mapping[str, Any], ...]:
    """Whom the reference tables are from: the tables of `origins.toml`, whose comments name the keys."""
    text = (_FOLDER / "origins.toml").read_text(encoding="utf-8")
    return tuple(MappingProxyType(each) for each in tomllib.loads(text)["origin"])
