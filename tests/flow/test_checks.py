"""Checks: how they are declared, run and kept, and what they make of the sample releases.

That each finds the defect it is there for is shown in tests/quality.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.quality.catalogue import built_in, every, own
from flows.quality.checks import (
    _TOKEN,
    KEPT_ROWS,
    Check,
    CheckError,
    CheckFileError,
    CheckResult,
    Dimension,
    Severity,
    Threshold,
    Verdict,
    _pieces,
    read_check,
    require_runnable,
    require_whole,
    run_checks,
)
from flows.quality.record import KEPT_RUNS, record_results
from flows.quality.score import score
from schemas.tables import schemas

if TYPE_CHECKING:
    import duckdb

RUN_ID = "20240315T060000Z-test"
CHECKS = built_in()
ONE = "release_key = (select min(release_key) from dim_release)"


def found(con: duckdb.DuckDBPyConnection) -> dict[str, CheckResult]:
    return {result.check.name: result for result in run_checks(con, CHECKS)}


def asked(con: duckdb.DuckDBPyConnection, name: str) -> CheckResult:
    (result,) = run_checks(con, [check for check in CHECKS if check.name == name])
    return result


def test_the_sample_releases_have_no_failing_check(con: duckdb.DuckDBPyConnection) -> None:
    results = found(con)
    assert {name for name, result in results.items() if result.verdict is Verdict.FAIL} == set()
    assert {result.check.dimension for result in results.values()} == set(Dimension)


PROVEN = [
    ("surface_differs", f"update fact_date set char_start = char_start + 1 where {ONE}"),
    ("digits_not_in_ledger", f"delete from fact_numeral where {ONE}"),
    ("body_damaged", f"update dim_release set body = body || chr(65533) where {ONE}"),
    ("row_invalid:fact_date", f"update fact_date set edtf = '2025/13' where {ONE}"),
]


@pytest.mark.parametrize(("name", "defect"), PROVEN)
def test_what_was_proven_right_is_not_looked_at_again_and_what_was_not_is(
    con: duckdb.DuckDBPyConnection, name: str, defect: str
) -> None:
    """These checks read every text or row; a run that adds nothing has no need to."""
    record_results(con, [asked(con, name)], run_id=RUN_ID)
    con.execute(defect)
    assert asked(con, name).failing == 0
    con.execute("update dim_release set run_id = 'another'")
    assert asked(con, name).failing > 0


def test_outcomes_are_kept_once_a_run(con: duckdb.DuckDBPyConnection) -> None:
    results = list(found(con).values())
    for _ in range(2):
        record_results(con, results, run_id="r")
    kept = con.execute(
        "select check_name, verdict, failing, total, share from quality_result where run_id = 'r' order by all"
    ).fetchall()
    assert kept == sorted(
        (r.check.name, r.verdict.value, r.failing, r.total, r.share if r.total else None) for r in results
    )


HEADER = """-- dimension: validity
-- table: fact_money
-- severity: minor
-- owner: the desk
-- warn: 1 %
-- why: Because.
-- remedy: Do.
select release_key from fact_money
"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("-- why: Because.\n", ""), "mine.sql:7: the header lacks why. Add a line `-- why: …`"),
        (("-- owner: the desk\n", ""), "mine.sql:7: the header lacks owner"),
        (("validity", "beauty"), "mine.sql:1: dimension is `beauty`; allowed are completeness, validity"),
        (("minor", "huge"), "mine.sql:3: severity is `huge`; allowed are critical, major, minor"),
        (("1 %", "few"), "mine.sql:5: warn is `few`; write `2 %`"),
        (("-- warn", "-- wran"), "mine.sql:5: `wran` is unknown or stands twice. Allowed once each: dimension, fail"),
        (("-- table: fact_money", "-- table: a\n-- table: b"), "mine.sql:3: `table` is unknown or stands twice"),
        (("select release_key from fact_money", ""), "mine.sql:8: 0 statements; give one for the failing rows"),
        (("from fact_money\n", "from fact_money;\nselect 1;\nselect 2"), "mine.sql:10: 3 statements"),
        (("select release_key from", "\n-- all\ndelete from"), "mine.sql:10: a check only looks: begin"),
        (("select release_key from", "drop table"), "mine.sql:8: a check only looks"),
    ],
)
def test_a_wrong_check_is_told_with_its_line(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    file = tmp_path / "mine.sql"
    file.write_text(HEADER.replace(*change), encoding="utf-8")
    with pytest.raises(CheckFileError) as error:
        read_check(file)
    assert str(error.value).startswith(f"{tmp_path}/{told}"), error.value


def test_a_file_that_cannot_be_a_check_is_told(tmp_path: Path) -> None:
    named = tmp_path / "My check.sql"
    named.write_text(HEADER, encoding="utf-8")
    with pytest.raises(CheckFileError, match="the file names its check"):
        read_check(named)
    named.rename(tmp_path / "mine.sql")
    (tmp_path / "mine.sql").write_bytes(HEADER.encode() + b"-- \xe4")
    with pytest.raises(CheckFileError, match="not UTF-8 at byte offset"):
        read_check(tmp_path / "mine.sql")


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select relase_key\nfrom fact_money", "mine.sql:8: "),
        ("-- of money\nselect release_key\nfrom fact_mony", "mine.sql:10: "),
        ("select release_key from fact_money;\n\nselect count(*)\nfrom fact_mony", "mine.sql:11: "),
        ("select release_key from fact_money where (amount > 0", "mine.sql"),
    ],
)
def test_sql_that_does_not_fit_is_told_before_it_is_due(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, sql: str, told: str
) -> None:
    file = tmp_path / "mine.sql"
    file.write_text(HEADER.replace("select release_key from fact_money", sql), encoding="utf-8")
    with pytest.raises(CheckFileError, match=r"the check mine can't be run: .* Mend its SQL") as error:
        require_runnable(con, read_check(file))
    assert str(error.value).startswith(f"{tmp_path}/{told}"), error.value
    with pytest.raises(CheckError, match="mine"):
        run_checks(con, read_check(file))


def test_every_built_in_check_fits_the_tables_and_has_an_owner(con: duckdb.DuckDBPyConnection) -> None:
    require_runnable(con, [check for check in CHECKS if check.find is None])
    assert {check.owner for check in CHECKS} == {"source desk", "extraction rules", "vocabulary", "warehouse"}


def test_every_table_has_a_check_of_its_model() -> None:
    assert {check.table for check in CHECKS if check.rule == "row_invalid"} == set(schemas())


def test_semicolons_and_comments_part_nothing(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    sql = (
        "/* all; of them */\nselect ';' || surface as \"a;b\", char_start -- one; two\nfrom fact_money\n"
        "; -- the end\nselect count(*) + 1 from fact_money -- all\n"
    )
    file = tmp_path / "mine.sql"
    file.write_text(HEADER.replace("select release_key from fact_money", sql), encoding="utf-8")
    (result,) = run_checks(con, read_check(file))
    assert (result.failing, result.total) == (result.total - 1, result.failing + 1)
    assert result.rows[0]["a;b"].startswith(";")


@given(st.lists(st.sampled_from([";", "'", '"', "--", "/*", "*/", "\n", "select", " x"]), max_size=14).map("".join))
def test_parting_a_text_loses_nothing_of_it(text: str) -> None:
    pieces = list(_pieces(text))
    assert ";".join(pieces) == text
    assert len(pieces) == 1 + sum(token[0] == ";" for token in _TOKEN.finditer(text))


@pytest.mark.parametrize(
    ("end", "first"),
    [
        ("", 1),
        (" order by number desc", 900),
        (" order by abs(number) desc -- the last (of all) first", 900),
        (" qualify row_number() over (order by number desc) > 0", 1),
    ],
)
def test_the_first_rows_are_kept_in_the_order_of_the_sql_or_of_their_columns(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, end: str, first: int
) -> None:
    file = tmp_path / "mine.sql"
    file.write_text(
        HEADER.replace(
            "select release_key from fact_money",
            f"select number::integer as number from range(1, 901) as t (number){end}",
        ),
        encoding="utf-8",
    )
    (result,) = run_checks(con, read_check(file))
    assert (result.failing, len(result.rows), len(result.sample)) == (900, KEPT_ROWS, 20)
    assert result.rows[0]["number"] == first


def test_a_folder_of_ones_own_checks(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert own(None) == []
    with pytest.raises(CheckFileError, match="no such folder of checks"):
        own(str(tmp_path / "none"))
    (tmp_path / "money_there.sql").write_text(HEADER, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a check", encoding="utf-8")
    checks = every(str(tmp_path))
    assert len(checks) == len(CHECKS) + 1
    (mine,) = [result for result in run_checks(con, checks) if result.check.name == "money_there"]
    assert mine.verdict is Verdict.WARN
    assert mine.failing == mine.total > 0
    record_results(con, [mine], run_id=RUN_ID)
    kept = con.execute("select owner, failing from quality_result where check_name = 'money_there'").fetchall()
    assert kept == [("the desk", mine.failing)]
    for taken in ("row_invalid", "table_lost", "money_implausible"):
        (tmp_path / f"{taken}.sql").write_text(HEADER, encoding="utf-8")
        with pytest.raises(CheckFileError, match=rf"{taken}.sql: klangkhao has a check of the name {taken}. Rename"):
            every(str(tmp_path))
        (tmp_path / f"{taken}.sql").unlink()


def test_the_check_that_contributing_shows_is_one(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    file = tmp_path / "money_in_yuan.sql"
    file.write_text(re.findall(r"```sql\n(.*?)```", text, re.DOTALL)[0], encoding="utf-8")
    (result,) = run_checks(con, own(str(tmp_path)))
    assert 0 < result.failing <= result.total
    assert {"release_key", "char_start"} <= result.rows[0].keys()


def test_a_check_for_several_tables(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = tmp_path / "mine.sql"
    file.write_text(
        HEADER.replace("fact_money\n", "fact_date, fact_money\n", 1).replace("from fact_money", "from {table}")
    )
    results = run_checks(con, read_check(file))
    assert [(each.check.name, each.check.rule, each.check.table) for each in results] == [
        ("mine:fact_date", "mine", "fact_date"),
        ("mine:fact_money", "mine", "fact_money"),
    ]


def test_a_decision_to_accept_a_row_holds_for_its_model_too(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"update fact_money set amount_max = amount - 1 where {ONE}")
    assert asked(con, "row_invalid:fact_money").verdict is Verdict.FAIL
    con.execute(
        "insert into etl_override values ('o0123456789abcdef', 'document', 's', 'file:///x', null, 'accept', "
        "'fact_money:range_reversed', 'it is right', 'me', now()::timestamp, 'b')"
    )
    con.execute(f"update dim_release set overrides = ['o0123456789abcdef'] where {ONE}")
    assert asked(con, "row_invalid:fact_money").failing == 0


def test_failing_rows_are_kept_with_their_place(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"update fact_money set amount = 0 where {ONE}")
    record_results(con, [asked(con, "money_implausible")], run_id=RUN_ID)
    rows = con.execute(
        "select row_no, f.release_key, f.char_start, f.char_end, failing_row from quality_failing_row as f "
        "where run_id = ? and check_name = 'money_implausible' order by row_no",
        [RUN_ID],
    ).fetchall()
    amounts = con.execute(
        f"select release_key, char_start, char_end from fact_money where {ONE} order by char_start"
    ).fetchall()
    assert [row[1:4] for row in rows] == amounts
    assert [row[0] for row in rows] == list(range(1, len(amounts) + 1))
    assert json.loads(rows[0][4])["currency_code"]
    (told,) = con.execute(
        "select fact_uri from findings where check_name = 'money_implausible' and row_no = 1"
    ).fetchall()
    (release,) = con.execute(f"select release_id from dim_release where {ONE}").fetchall()
    assert told == (f"klangkhao://{release[0]}/1#char={amounts[0][1]},{amounts[0][2]}",)


def test_failing_rows_of_the_last_runs_are_kept(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update fact_numeral set role = 'unexplained', rule_key = -1")
    results = [asked(con, "numeral_unexplained")]
    for run in range(KEPT_RUNS + 2):
        record_results(con, results, run_id=f"2025010{run:02}")
    counted = con.execute("select run_id, count(*) from quality_failing_row group by run_id order by run_id").fetchall()
    kept = min(results[0].failing, KEPT_ROWS)
    assert counted == [(f"2025010{run:02}", kept) for run in range(2, KEPT_RUNS + 2)]
    assert con.execute("select count(*) from quality_result").fetchone() == (KEPT_RUNS + 2,)


def test_a_warehouse_with_a_lost_table_is_told_in_words(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    require_whole(tmp_path, found(con).values())
    con.execute("drop table fact_money; alter table dim_unit drop column name_en")
    results = found(con)
    assert results["table_lost"].rows == (
        {"table_name": "fact_money", "column_name": None},
        {"table_name": "dim_unit", "column_name": "name_en"},
    )
    assert results["money_implausible"].verdict is Verdict.FAIL
    assert "not_run" in results["money_implausible"].sample[0]
    with pytest.raises(CheckError, match=r"missing are fact_money, dim_unit.name_en. Delete work.duckdb"):
        require_whole(tmp_path, results.values())


@pytest.mark.parametrize(
    ("limit", "failing", "total", "passed"),
    [
        (Threshold(rows=0), 1, 10, True),
        (Threshold(rows=0), 0, 10, False),
        (Threshold(share=0.1), 1, 10, False),
        (Threshold(share=0.1), 2, 10, True),
        (Threshold(share=0.1, of=100), 10, 10, False),
        (Threshold(share=0.1), 0, 0, False),
    ],
)
def test_thresholds(limit: Threshold, failing: int, total: int, passed: bool) -> None:
    assert limit.passed(failing, total) is passed


def result(name: str, dimension: Dimension, severity: Severity, failing: int, total: int) -> CheckResult:
    check = Check(
        name=name,
        dimension=dimension,
        table="t",
        severity=severity,
        owner="o",
        warn=Threshold(rows=0),
        fail=None,
        why="",
        remedy="",
    )
    return CheckResult(check, Verdict.WARN if failing else Verdict.PASS, failing, total, ())


def test_a_score_is_one_less_the_weighted_share() -> None:
    quality = score(
        [
            result("a", Dimension.VALIDITY, Severity.CRITICAL, 0, 10),
            result("b", Dimension.VALIDITY, Severity.MINOR, 6, 10),
            result("c", Dimension.TIMELINESS, Severity.MAJOR, 0, 0),
        ]
    )
    assert [(each.dimension, each.score, each.verdict) for each in quality.dimensions] == [
        (Dimension.VALIDITY, pytest.approx(0.9), Verdict.WARN),
        (Dimension.TIMELINESS, 1.0, Verdict.PASS),
    ]
    assert quality.score == pytest.approx(0.95)
    assert quality.verdict is Verdict.WARN


def test_accountability_is_the_share_of_explained_numerals() -> None:
    quality = score(
        [
            result("numeral_unexplained", Dimension.ACCOUNTABILITY, Severity.MAJOR, 3, 100),
            result("release_unexplained", Dimension.ACCOUNTABILITY, Severity.MINOR, 50, 100),
        ]
    )
    assert quality.dimensions[0].score == pytest.approx(0.97)
