"""The commands that read a published warehouse, and the one that needs none."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from console import SAMPLES, Command, Outcome

from flows.complaints import UsageError
from flows.page import find
from flows.query import json_value
from warehouse.reading import reading

Published = tuple[Path, Outcome]
QUERY = (
    "select amount, currency_code, published_on, title from money where published_on is not null order by all limit 3"
)


def test_rows_as_a_table(published: Published, klangkhao: Command) -> None:
    answer = klangkhao("sql", QUERY, "-w", published[0])
    assert answer.code == 0
    assert len(answer.out.splitlines()) == 4
    assert answer.out.split()[:2] == ["amount", "currency_code"]


def test_rows_as_csv_json_and_parquet_are_the_same(published: Published, klangkhao: Command) -> None:
    with closing(duckdb.connect(published[0], read_only=True)) as con:
        truth = con.execute(QUERY).fetchall()
    as_csv = list(csv.reader(io.StringIO(klangkhao("sql", QUERY, "-w", published[0], "-f", "csv").out)))
    assert [(Decimal(a), c, date.fromisoformat(d), t) for a, c, d, t in as_csv[1:]] == truth
    as_json = klangkhao("sql", QUERY, "-w", published[0], "-f", "json").json
    assert [(row["amount"], row["currency_code"], row["published_on"], row["title"]) for row in as_json] == [
        (float(amount), code, day.isoformat(), title) for amount, code, day, title in truth
    ]
    file = klangkhao.folder / "แถว.parquet"
    assert klangkhao("sql", QUERY, "-w", published[0], "-f", "parquet", "-o", file).code == 0
    assert [tuple(row.values()) for row in pq.read_table(file).to_pylist()] == truth


def test_a_query_from_the_standard_input(published: Published, klangkhao: Command) -> None:
    answer = klangkhao("sql", "-", "-w", published[0], "-f", "json", input="select 1 as one where false")
    assert answer.json == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("selct 1", "syntax error"),
        ("select amnt from money", '"amount"'),
        ("select * from monney", "money"),
        ("delete from fact_money", "read-only"),
        ("create table t (a int)", "read-only"),
        ("/* nothing */", "no rows"),
    ],
)
def test_what_is_wrong_with_a_query_is_said(published: Published, klangkhao: Command, query: str, told: str) -> None:
    answer = klangkhao("sql", query, "-w", published[0])
    assert answer.code == 1
    assert told in answer.err
    assert answer.out == ""


def test_an_output_that_cannot_be_written(published: Published, klangkhao: Command) -> None:
    file = klangkhao.folder / "missing" / "rows.csv"
    answer = klangkhao("sql", QUERY, "-w", published[0], "-f", "csv", "-o", file)
    assert answer.code == 1
    assert str(file) in answer.err
    assert "--output" in answer.err


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("5.0000"), 5),
        (Decimal("0.1"), 0.1),
        (Decimal("12345678901234567890.1234"), "12345678901234567890.1234"),
        (float("nan"), None),
        (date(2024, 3, 15), "2024-03-15"),
        ([Decimal("1.5"), None], [1.5, None]),
    ],
)
def test_json_says_exactly_what_the_value_is(value: object, shown: object) -> None:
    assert json_value(value) == shown


def test_the_report_is_found_and_can_be_written_again(warehouse: Path, klangkhao: Command) -> None:
    page = Path(klangkhao("report").out.strip())
    first = page.read_text(encoding="utf-8")
    page.unlink()
    again = Path(klangkhao("report", "--rebuild").out.strip())
    assert again.read_text(encoding="utf-8") == first
    numbers = klangkhao("report", "--json").json
    assert numbers["warehouse"].endswith("klangkhao.duckdb")


def test_a_run_that_never_was_has_no_report(warehouse: Path, klangkhao: Command) -> None:
    answer = klangkhao("report", "--run", "20200101T000000Z-0000")
    assert answer.code == 1
    assert "20200101T000000Z-0000" in answer.err
    assert "select run_id" in answer.err


def test_an_empty_quarantine_says_so(published: Published, klangkhao: Command) -> None:
    assert "Nothing is in quarantine" in klangkhao("quarantine", "-w", published[0]).out
    assert klangkhao("quarantine", "-w", published[0], "--json").json == []


def test_the_facts_of_a_file_are_marked_in_its_text(klangkhao: Command) -> None:
    file = next(SAMPLES.glob("wire-*.txt"))
    shown = klangkhao("extract", file)
    assert shown.code == 0
    assert shown.out.count("«") == shown.out.count("»") > 10
    assert "money." in shown.out


def test_the_facts_of_a_file_as_json_point_into_its_text(klangkhao: Command) -> None:
    shown = klangkhao("extract", *sorted(SAMPLES.glob("gov-*.txt")), "--json").json
    assert len(shown) == len(list(SAMPLES.glob("gov-*.txt")))
    for release in shown:
        for span in (*release["mentions"], *release["numerals"]):
            assert release["body"][span["start"] : span["end"]] == span["surface"]


def test_a_file_that_cannot_be_read_does_not_hide_the_others(klangkhao: Command) -> None:
    (klangkhao.folder / "ว่าง.txt").touch()
    good = next(SAMPLES.glob("wire-*.txt"))
    shown = klangkhao("extract", klangkhao.folder, good, "--json")
    assert shown.code == 1
    assert "ว่าง.txt" in shown.err
    assert "0 bytes" in shown.err
    assert len(shown.json) == 1


def test_doctor_finds_nothing_wrong(published: Published, klangkhao: Command) -> None:
    found = klangkhao("doctor", "-w", published[0], "--json")
    assert found.code == 0, found.out
    assert {each["name"] for each in found.json} >= {"Python", "packages", "disk", "lock", "warehouse", "Prefect"}
    assert all(each["state"] != "fail" for each in found.json)


def test_doctor_says_what_is_wrong_and_what_to_do(klangkhao: Command) -> None:
    broken = klangkhao.folder / "klangkhao.duckdb"
    broken.write_text("not a database" * 1000, encoding="utf-8")
    (klangkhao.folder / "sources.toml").write_text("[[source]]\nidd = 'x'\n", encoding="utf-8")
    found = klangkhao("doctor", "--json", env={"PREFECT_API_URL": "http://127.0.0.1:9/api"})
    assert found.code == 1
    wrong = {each["name"]: each["detail"] for each in found.json if each["state"] == "fail"}
    assert wrong.keys() == {"warehouse", "sources", "Prefect"}
    assert "not a DuckDB file" in wrong["warehouse"]
    assert "idd" in wrong["sources"]
    assert "PREFECT_API_URL" in wrong["Prefect"]


def test_declared_sources_are_listed_and_looked_into(klangkhao: Command) -> None:
    file = klangkhao.folder / "sources.toml"
    file.write_text(
        f'[[source]]\nid = "samples"\nkind = "folder"\nlocation = "{SAMPLES}"\n'
        '[[source]]\nid = "gone"\nkind = "folder"\nlocation = "nowhere"\n',
        encoding="utf-8",
    )
    listed = klangkhao("sources", "--json")
    assert listed.code == 0
    assert [source["id"] for source in listed.json] == ["samples", "gone"]
    checked = klangkhao("sources", "--check", "--json")
    assert checked.code == 1
    problems = {source["id"]: source["problem"] for source in checked.json}
    assert problems["samples"] is None
    assert "nowhere" in problems["gone"]


def test_a_report_is_whole_without_a_network(published: Published) -> None:
    page = (published[0].with_suffix(".klangkhao") / "reports" / "latest.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    for sign in ("<script ", "<link", " src=", "@import", "url("):
        assert sign not in page
    numbers = json.loads((published[0].with_suffix(".klangkhao") / "reports" / "latest.json").read_text("utf-8"))
    for kind, count in numbers["facts"].items():
        assert kind in page
        assert f"{count:,}" in page


def test_a_row_of_a_mart_leads_to_the_page_of_its_release(warehouse: Path, klangkhao: Command) -> None:
    (row,) = klangkhao("sql", "select fact_uri, surface from money order by amount desc limit 1", "-f", "json").json
    done = klangkhao("show", row["fact_uri"])
    assert done.code == 0, done.err
    file, _, span = done.out.strip().partition("#")
    page = Path(file).read_text(encoding="utf-8")
    assert f'id="{span}"' in page
    assert row["surface"] in page
    assert Path(file).parent == warehouse.with_suffix(".klangkhao") / "reports" / "releases"


def test_a_release_that_is_not_there_is_told_with_those_that_come_near(warehouse: Path, klangkhao: Command) -> None:
    done = klangkhao("show", "gov-01-flod-relief.txt")
    assert done.code == 2
    assert "gov-01-flood-relief.txt" in done.err
    assert klangkhao("show", "gov-01-flood-relief.txt", "--no-open", "--to", "here.html").code == 0
    assert (warehouse.parent / "here.html").is_file()


def test_a_database_of_others_is_refused_in_the_same_words_everywhere_but_can_be_asked(alone: Command) -> None:
    file = alone.folder / "ร้านค้า.duckdb"
    with closing(duckdb.connect(file)) as con:
        con.execute("create table sales as select 7 as amount")
    asked = (
        ("show", "a.txt"),
        ("search", "งบ"),
        ("examples", "deadlines"),
        ("quarantine", "list"),
        ("export", "--to", "out"),
        ("report", "--rebuild"),
    )
    told = [alone(*command, "-w", file) for command in asked]
    assert {(done.code, done.out, done.err) for done in told} == {(1, "", told[0].err)}
    assert "not one of klangkhao's" in told[0].err
    assert alone("sql", "from sales", "-w", file, "-f", "json").json == [{"amount": 7}]


def test_what_is_in_quarantine_is_listed_by_either_name(published: Published, alone: Command) -> None:
    listed = alone("quarantine", "list", "--all", "-w", published[0])
    assert listed.code == 0, listed.err
    assert listed.out == alone("quarantine", "--all", "-w", published[0]).out


def test_a_reader_that_has_read_enough_is_no_error(published: Published, alone: Command) -> None:
    rows = "select range as number, repeat('ก', 1000) as word from range(20000)"
    for form in ("csv", "json"):
        process = alone.start("sql", rows, "-w", published[0], "-f", form)
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("klangkhao://{id}/1#char=abc", "no place in a text"),
        ("{id}#5", "no place in a text"),
        ("news.txt#char=9", "no place in a text"),
        ("klangkhao://{id}/1#char=5,999999999", "code points"),
    ],
)
def test_a_place_that_is_none_is_told_as_such(published: Published, asked: str, told: str) -> None:
    with reading(published[0]) as con:
        ((release,),) = con.execute("select release_id from releases order by all limit 1").fetchall()
        with pytest.raises(UsageError, match=told):
            find(con, asked.format(id=release))


def test_an_address_may_stand_in_the_quotes_of_a_csv_file(published: Published) -> None:
    with reading(published[0]) as con:
        ((uri,),) = con.execute("select fact_uri from money order by all limit 1").fetchall()
        assert find(con, f'"{uri}"') == find(con, f" {uri}\n")


def test_a_report_whose_numbers_are_gone_is_told_with_the_file(warehouse: Path, alone: Command) -> None:
    reports = warehouse.with_suffix(".klangkhao") / "reports"
    for file in reports.glob("*.json"):
        file.unlink()
    told = alone("report", "--rebuild")
    assert told.code == 1
    assert str(reports) in told.err
    assert "Bring the file back" in told.err
