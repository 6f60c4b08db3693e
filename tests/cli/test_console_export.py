"""`klangkhao export`, `docs` and `examples` from the command line."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq
import pytest

if TYPE_CHECKING:
    from console import Command, Outcome

    Published = tuple[Path, Outcome]


def test_an_export_stands_beside_the_warehouse_in_either_form(warehouse: Path, klangkhao: Command) -> None:
    parquet = klangkhao("export", "--json").json
    assert Path(parquet["place"]) == warehouse.with_name("klangkhao-export")
    assert pq.ParquetDataset(Path(parquet["place"]) / "money").read().num_rows == parquet["rows"]["money"] > 70
    file = klangkhao("export", "--format", "duckdb", "--json").json
    assert Path(file["place"]) == warehouse.with_name("klangkhao-export.duckdb")
    with closing(duckdb.connect(file["place"], read_only=True)) as con:
        assert con.execute("select count(*) from money").fetchone() == (file["rows"]["money"],)
    assert parquet["rows"] == file["rows"]
    assert {"dim_release", "fact_money", "money", "releases", "quality_result", "etl_run"} <= parquet["rows"].keys()


def test_the_name_of_the_place_says_the_form(published: Published, klangkhao: Command) -> None:
    told = klangkhao("export", "-w", published[0], "--to", klangkhao.folder / "ออก" / "ข่าว.duckdb")
    assert told.code == 0, told.err
    assert "fact_money" in told.out
    assert klangkhao("export", "-w", published[0], "--to", "ออก/ข่าว").code == 0
    assert json.loads((klangkhao.folder / "ออก" / "ข่าว" / "datapackage.json").read_text("utf-8"))["resources"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--to", "x.duckdb", "--format", "parquet"), 2, "Parquet goes into a folder"),
        (("--to", "."), 1, "it holds what is not of an export"),
        (("-w", "none.duckdb"), 1, "there is no such warehouse"),
        (("--format", "csv"), 2, "csv"),
    ],
)  # fmt: skip
def test_an_export_that_cannot_be_is_told(
    warehouse: Path, klangkhao: Command, arguments: tuple[str, ...], code: int, told: str
) -> None:
    before = sorted(klangkhao.folder.iterdir())
    answer = klangkhao("export", *arguments)
    assert (answer.code, told in answer.err) == (code, True), answer.err
    assert sorted(klangkhao.folder.iterdir()) == before


def test_the_documentation_is_one_page_and_says_where(klangkhao: Command) -> None:
    told = klangkhao("docs")
    page = Path(told.out.strip())
    assert page == klangkhao.folder / "klangkhao-docs.html"
    assert "fact_money" in page.read_text(encoding="utf-8")
    assert klangkhao("docs", "--to", page).code == 0
    assert [entry.name for entry in klangkhao.folder.iterdir()] == [page.name]


def test_the_documentation_overwrites_nothing_else(klangkhao: Command) -> None:
    (klangkhao.folder / "mine.html").write_text("<p>mine", encoding="utf-8")
    answer = klangkhao("docs", "--to", "mine.html")
    assert answer.code == 2
    assert "not a page of klangkhao's" in answer.err
    assert (klangkhao.folder / "mine.html").read_text(encoding="utf-8") == "<p>mine"
    assert klangkhao("docs", "--to", klangkhao.folder).code == 2


def test_the_examples_are_listed_shown_and_asked(published: Published, klangkhao: Command) -> None:
    listed = klangkhao("examples", "--json").json
    assert len(listed) == 20
    assert "money_by_publisher" in klangkhao("examples").out
    sql = klangkhao("examples", "money_by_publisher", "--sql").out
    assert sql.startswith("-- question: ")
    piped = klangkhao("sql", "-", "-w", published[0], "-f", "csv", input=sql)
    asked = klangkhao("examples", "money_by_publisher", "-w", published[0], "-f", "csv")
    assert asked.out == piped.out
    assert next(csv.reader(io.StringIO(asked.out)))[0] == "publisher"
    on_screen = klangkhao("examples", "money_by_publisher", "-w", published[0]).out
    assert "Beware: " in on_screen
    assert "klangkhao" in on_screen


def test_an_unknown_example_is_told(klangkhao: Command) -> None:
    answer = klangkhao("examples", "money_by_yaer")
    assert answer.code == 1
    assert "money_by_currency" in answer.err
