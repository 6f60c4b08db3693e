"""The worked questions of `warehouse/examples`: SQL that an analyst starts from, each with what its answer means.

A file `NAME.sql` begins with comment lines `-- key: value`, which go on in lines that begin with `--   `:

    -- question: How much money was announced, by currency and year of publication?
    -- grain: a currency in a year.
    -- read: `total` adds up …
    -- beware: a title repeats what the text says …
    -- sample: second run      (where one run over the sample releases has nothing to show)

Beside it stands `NAME.csv`, the answer that the sample releases give; a test runs each question and compares.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import StringIO
from typing import Final

from warehouse.errors import WarehouseError

_KEY: Final = re.compile(r"-- (?P<key>[a-z]+): (?P<value>\S.*)")
_MORE: Final = re.compile(r"--   +(?P<value>\S.*)")
REQUIRED: Final = ("question", "grain", "read", "beware")
SECOND_RUN: Final = "second run"


@dataclass(frozen=True, slots=True)
class Question:
    """A worked question: what is asked, one row of the answer, how to read it, what it does not say, and the SQL."""

    name: str
    question: str
    grain: str
    read: str
    beware: str
    second_run: bool
    sql: str

    @property
    def query(self) -> str:
        """The SQL without its header."""
        lines = self.sql.splitlines()
        first = next(at for at, line in enumerate(lines) if not line.startswith("--"))
        return "\n".join(lines[first:]).strip()


@cache
def questions() -> dict[str, Question]:
    """All worked questions by name."""
    folder = files("warehouse").joinpath("examples")
    found = {
        file.name.removesuffix(".sql"): file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    }
    return {name: read(name, found[name]) for name in sorted(found)}


def question(name: str) -> Question:
    """The worked question of that name.

    Raises:
        WarehouseError: there is none.
    """
    known = questions()
    if name not in known:
        raise WarehouseError(f"{name}: there is no such example. There are: {', '.join(known)}.")
    return known[name]


def read(name: str, sql: str) -> Question:
    """A question from the text of its file.

    Raises:
        ValueError: its header is not whole.
    """
    said: dict[str, str] = {}
    key = ""
    for line in sql.splitlines():
        if found := _KEY.fullmatch(line):
            key = found["key"]
            said[key] = found["value"].strip()
        elif key and (more := _MORE.fullmatch(line)):
            said[key] += f" {more['value'].strip()}"
        else:
            break
    missing = [each for each in REQUIRED if each not in said]
    unknown = sorted(set(said) - {*REQUIRED, "sample"})
    if missing or unknown or said.get("sample", SECOND_RUN) != SECOND_RUN:
        raise ValueError(f"{name}.sql: missing {missing}, unknown {unknown}, sample: {said.get('sample')}")
    told = {each: said[each] for each in REQUIRED}
    return Question(name=name, second_run="sample" in said, sql=sql, **told)


def answer(name: str) -> list[list[str]]:
    """The rows that the sample releases give, names first; nulls are empty."""
    text = files("warehouse").joinpath("examples", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.reader(StringIO(text)))
