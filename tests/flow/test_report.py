"""The report page: whole, safe with whatever stands in a release, and true to the warehouse."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.quality import html
from flows.quality.checks import load_checks, run_checks
from flows.quality.record import record_results
from flows.quality.summary import Summary, describe, fact_value, judge, number

if TYPE_CHECKING:
    import duckdb

RUN_ID = "20240315T060000Z-test"
EVIL = "<script>alert('ข่าว')</script><img src=x onerror=y>"


@pytest.fixture
def summary(con: duckdb.DuckDBPyConnection) -> Summary:
    return audited(con)


def audited(con: duckdb.DuckDBPyConnection) -> Summary:
    summary = Summary(RUN_ID, "/tmp/w.duckdb", "0", "2024-03-15T06:00:00", {"paths": ["/tmp/ข่าว"], "workers": None})
    results = run_checks(con, load_checks(Path(str(resources.files("warehouse") / "checks"))))
    record_results(con, results, run_id=RUN_ID)
    judge(summary, results)
    describe(con, summary)
    summary.status, summary.published = "ok", True
    summary.stages = {"extract": 3.0, "load": 1.0}
    return summary


def test_the_page_tells_what_the_warehouse_holds(con: duckdb.DuckDBPyConnection, summary: Summary) -> None:
    page = html.render(con, summary)
    for table, kind in (("fact_date", "dates"), ("fact_money", "money"), ("fact_count", "counts")):
        counted = con.execute(f"select count(*) from {table}").fetchone()
        assert summary.facts[kind] == counted[0]
        assert f"{counted[0]:,}" in page
    assert "2024-03-15 13:00 ICT" in page
    assert "75.00 %" in page
    for heading in ("Quality by dimension", "What came in", "What was rejected", "Checks", "Unexplained numerals"):
        assert heading in page


def test_nothing_in_a_release_becomes_markup(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update dim_release set title = ?, source_uri = 'file:///' || ? || source_uri", [EVIL, EVIL])
    con.execute("update fact_numeral set role = 'unexplained', rule_key = -1")
    con.execute("update dim_release set body = replace(body, 'ล้าน', ?)", ["<b>x"])
    page = html.render(con, audited(con))
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>x" not in page
    assert "&lt;script&gt;" in page


def test_the_page_stays_small_with_many_unexplained(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update fact_numeral set role = 'unexplained', rule_key = -1")
    page = html.render(con, audited(con))
    section = page[page.index("Unexplained numerals in their context") :]
    assert section.count("<mark>") == html.UNEXPLAINED_GROUPS
    assert "the first 40 are shown" in section


@pytest.mark.parametrize(
    ("status", "published", "told"),
    [
        ("ok", True, "Published"),
        ("refused", False, "Not published"),
        ("failed", True, "Published, but not complete"),
        ("failed", False, "The run failed"),
    ],
)
def test_the_verdict_comes_first(
    con: duckdb.DuckDBPyConnection, summary: Summary, status: str, published: bool, told: str
) -> None:
    summary.status, summary.published = status, published
    page = html.render(con, summary)
    verdict = re.search(r'class="verdict.*?<strong>(.*?)</strong>', page, re.DOTALL)
    assert verdict is not None
    assert verdict[1].startswith(told)
    assert page.index("<strong>") < page.index("<h2>")


def test_the_numbers_can_be_read_back(con: duckdb.DuckDBPyConnection, summary: Summary, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    page = html.write(con, folder, summary)
    assert page.read_text(encoding="utf-8") == (folder / "latest.html").read_text(encoding="utf-8")
    text = page.with_suffix(".json").read_text(encoding="utf-8")
    assert Summary.from_json(text) == summary
    assert json.loads(text)["accountability"] == summary.accountability
    assert sorted(file.suffix for file in folder.iterdir()) == [".html", ".html", ".json", ".json"]


def test_the_marks_of_examples_are_the_facts(con: duckdb.DuckDBPyConnection, summary: Summary) -> None:
    assert [example.kind for example in summary.examples] == ["money", "date", "measure", "count"]
    for example in summary.examples:
        marked = example.sentence[example.mark_start : example.mark_end]
        assert con.execute(f"select count(*) from fact_{example.kind} where surface = ?", [marked]).fetchone() > (0,)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (("1500000.0000", None, "THB", "ge"), "≥ 1,500,000 THB"),
        (("10", "15.50", "%", "eq"), "10 – 15.5 %"),
        (("2023-08-14", None, None, "eq"), "2023-08-14"),
        (("2023", None, None, "by"), "by 2023"),
        (("0.000001", None, "m", "approx"), "≈ 0.000001 m"),
        (("120", None, "", "eq"), "120"),
    ],
)
def test_values_for_people(value: tuple[str, str | None, str | None, str], shown: str) -> None:
    assert fact_value(*value) == shown


def test_a_round_number_keeps_its_zeros() -> None:
    assert number("470000000000.0") == "470,000,000,000"
    assert number("100") == "100"
