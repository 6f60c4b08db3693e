"""The outcomes of checks as one document of the Open Observability Results Standard."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from flows.quality import results
from flows.quality.artifacts import tables
from flows.quality.checks import load_checks, run_checks
from flows.quality.record import record_results
from flows.quality.results import document, write_results
from flows.quality.summary import Summary, judge
from warehouse.connect import connect
from warehouse.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

FOLDER = Path(__file__).parent / "oors"
VALIDATOR = Draft202012Validator(json.loads((FOLDER / "oors-v0.8.1.schema.json").read_text(encoding="utf-8")))
CHECKS = Path(results.__file__).parents[2] / "warehouse" / "checks"
RUN_ID = "20240315T060000Z-oors"


@pytest.fixture
def run() -> Summary:
    made = Summary(RUN_ID, "/data/ข่าว.duckdb", "2", "2024-03-15T06:00:00.123456", {})
    made.status = "ok"
    return made


@pytest.fixture
def con(loaded: Paths, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    file = tmp_path / "work.duckdb"
    file.write_bytes(loaded.work.read_bytes())
    with closing(connect(file)) as con:
        yield con


def check(con: duckdb.DuckDBPyConnection, run: Summary) -> None:
    found = run_checks(con, load_checks(CHECKS))
    record_results(con, found, run_id=run.run_id)
    judge(run, found)


@pytest.mark.parametrize("example", ["minimal", "full"])
def test_the_schema_takes_the_standard_s_own_examples(example: str) -> None:
    VALIDATOR.validate(json.loads((FOLDER / f"{example}.oors.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "change",
    [
        {"status": "warning"},
        {"kind": "Results"},
        {"results": [{"id": "a", "type": "check", "name": "a"}]},
        {"results": [{"id": "a", "type": "check", "name": "a", "status": "pass", "sevrity": "high"}]},
        {"observedAt": 12},
        {"surprise": True},
    ],
)
def test_the_schema_refuses_what_the_standard_has_not(change: dict) -> None:
    good = json.loads((FOLDER / "minimal.oors.json").read_text(encoding="utf-8"))
    assert not VALIDATOR.is_valid({**good, **change})


def test_every_outcome_stands_in_the_document(con: duckdb.DuckDBPyConnection, run: Summary) -> None:
    con.execute(
        "update dim_release set published_on = '1970-01-01' where release_key = (select min(release_key) from dim_release)"
    )
    check(con, run)
    made = document(con, run)
    VALIDATOR.validate(made)
    assert json.loads(json.dumps(made)) == made
    kept = con.execute(
        "select check_name, table_name, verdict, failing, total, dimension, severity from quality_result where run_id = ?",
        [RUN_ID],
    ).fetchall()
    found = {each["id"]: each for each in made["results"]}
    assert len(found) == len(kept), "ids differ"
    for name, table, verdict, failing, total, dimension, severity in kept:
        each = found[f"{name.partition(':')[0]}.{table}".replace(" ", "_")]
        assert (each["status"], each["dimension"], each["severity"]) == (verdict, dimension, severity)
        assert (each["measure"]["failedRowCount"], each["measure"]["rowCount"]) == (failing, total)
        limit = each["measure"].get("threshold", {}).get("mustBeLessOrEqualTo")
        if verdict != "pass":
            assert failing > limit, "the threshold is the one that was passed"
    epoch = found["published_on_epoch.dim_release"]
    assert epoch["status"] == "warn"
    properties = {each["property"]: each["value"] for each in epoch["customProperties"]}
    assert properties["failingKeys"][0].keys() >= {"release_key"}
    assert made["status"] == "warn"
    assert made["observedAt"].endswith("Z")


def test_the_worst_outcome_is_that_of_the_whole(con: duckdb.DuckDBPyConnection, run: Summary) -> None:
    con.execute("update fact_money set currency_code = 'XXY'")
    con.execute("insert into fact_date select * from fact_date")
    check(con, run)
    assert document(con, run)["status"] == "fail"
    run.run_id = "another"
    empty = document(con, run)
    VALIDATOR.validate(empty)
    assert (empty["status"], empty["results"]) == ("unknown", [])


def test_it_is_written_beside_the_report_under_both_names(
    con: duckdb.DuckDBPyConnection, run: Summary, tmp_path: Path
) -> None:
    check(con, run)
    file = write_results(con, tmp_path, run)
    assert file == tmp_path / "results" / f"{RUN_ID}.oors.json"
    assert file.read_bytes() == (tmp_path / "results" / "latest.oors.json").read_bytes()
    assert json.loads(file.read_text(encoding="utf-8")) == document(con, run)


def test_the_tables_for_other_pages_say_what_the_summary_says(con: duckdb.DuckDBPyConnection, run: Summary) -> None:
    con.execute("update dim_release set title = ' ' where release_key = (select min(release_key) from dim_release)")
    check(con, run)
    scores, checks = tables(run)
    assert [(row["dimension"], row["verdict"]) for row in scores.rows] == [
        (each.dimension, each.verdict) for each in run.scores
    ]
    title = next(row for row in checks.rows if row["check"] == "title missing")
    assert (title["table"], title["failing"], title["of"]) == ("dim_release", 1, 14)
    assert title["share"] == "7.14 %"
    assert title["what to do"]
    for table in (scores, checks):
        assert set(table.key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
