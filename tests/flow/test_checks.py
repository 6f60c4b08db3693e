"""Every check finds the defect it is there for, and nothing in the sample releases as they are."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.quality.checks import (
    Check,
    CheckError,
    CheckResult,
    Dimension,
    Severity,
    Threshold,
    Verdict,
    load_checks,
    read_check,
    run_checks,
)
from flows.quality.record import record_results
from flows.quality.score import score

if TYPE_CHECKING:
    import duckdb

PLACED = "release_key = (select min(release_key) from fact_place)"
RUN_ID = "20240315T060000Z-test"
CHECKS = load_checks(Path(str(resources.files("warehouse") / "checks")))
BY_NAME = {check.name: check for check in CHECKS}
ONE = "release_key = (select min(release_key) from dim_release)"
FACTS = ("fact_date", "fact_money", "fact_count", "fact_measure")
PAIR = (
    "insert into fact_consistency by name select release_key, 0 char_start, 5 char_end, left(body, 5) surface, "
    "0 paragraph_no, 0 line_no, 0 sentence_start, 5 sentence_end, '{kind}' kind, 'fact_date' left_table, "
    "0 left_char_start, 5 left_char_end, '2' expected, '3' found, 0.5 deviation, 'differs' verdict "
    f"from dim_release where {ONE}"
)
TWICE = PAIR.format(kind="conversion")

# What is done to the warehouse of the sample releases, and the check that has to find it.
DEFECTS = [
    ("published_on_missing", f"update dim_release set published_on = null where {ONE}"),
    ("title_missing", f"update dim_release set title = ' ' where {ONE}"),
    ("release_without_facts", "".join(f"delete from {table} where {ONE};" for table in FACTS)),
    (
        "quarantined",
        "insert into etl_quarantine by name select 1::bigint quarantine_key, 'r' run_id, 'decode' stage, 's' source_id, "
        "'file:///x' source_uri, 'empty' reason, 'it is empty' detail, now()::timestamp quarantined_at, "
        "now()::timestamp last_seen_at",
    ),
    ("body_damaged", f"update dim_release set body = body || chr(65533), char_count = char_count + 1 where {ONE}"),
    ("published_on_epoch", f"update dim_release set published_on = '1970-01-01' where {ONE}"),
    (
        "published_on_epoch",
        f"update dim_release set published_on = null, body = 'ข่าว 1 มกราคม 2513' || chr(10) || body where {ONE}",
    ),
    ("published_on_before_1990", f"update dim_release set published_on = '1480-03-05' where {ONE}"),
    ("date_year_implausible", f"update fact_date set date_end = '2567-03-05' where {ONE}"),
    ("money_implausible", f"update fact_money set amount = 9e20::decimal(38, 4) where {ONE}"),
    ("money_implausible", f"update fact_money set amount = 0 where {ONE}"),
    ("count_implausible", f"update fact_count set value = 2e14::decimal(38, 6) where {ONE}"),
    ("measure_implausible", f"update fact_measure set value = 900000, unit_code = '%' where {ONE}"),
    ("range_reversed_date", f"update fact_date set date_end = date_start - 1 where date_start is not null and {ONE}"),
    ("range_reversed_money", f"update fact_money set amount_max = amount - 1 where {ONE}"),
    ("range_reversed_value:fact_count", f"update fact_count set value_max = value - 1 where {ONE}"),
    ("range_reversed_value:fact_measure", f"update fact_measure set value_max = value - 1 where {ONE}"),
    ("currency_unknown", "delete from dim_currency where currency_code = 'THB'"),
    ("unit_unknown", "delete from dim_unit where unit_code in ('%', '[rai]', 'km')"),
    ("source_unknown", "delete from dim_source where source_key >= 0"),
    ("date_key_wrong", f"update fact_date set date_start_key = 20200101 where {ONE}"),
    ("date_key_wrong", "delete from dim_date where date_key = (select max(date_end_key) from fact_date)"),
    ("revision_gap", f"update dim_release set revision = 3 where {ONE}"),
    ("revision_gap", f"update dim_release set valid_to = now()::timestamp where {ONE}"),
    (
        "change_out_of_place",
        "insert into release_change by name select release_key, 1 change_no, release_key previous_key, release_id, "
        f"'title' subject, 'changed' change from dim_release where {ONE}",
    ),
    (
        "facts_overlap",
        f"insert into fact_date select * replace (char_start + 1 as char_start) from fact_date where {ONE}",
    ),
    ("release_repeated", f"insert into dim_release select * from dim_release where {ONE}"),
    ("release_duplicated", "update dim_release set duplicate_of_key = 1"),
    ("copy_without_original", f"update dim_release set duplicate_of_key = 1 where {ONE}"),
    ("published_in_future", f"update dim_release set published_on = current_date + 5 where {ONE}"),
    ("extraction_outdated", f"update dim_release set extractor_version = 'old' where {ONE}"),
    ("numeral_unexplained", f"update fact_numeral set role = 'unexplained' where {ONE}"),
    ("release_unexplained", f"update fact_numeral set role = 'unexplained' where {ONE}"),
    ("digits_not_in_ledger", f"delete from fact_numeral where {ONE}"),
    ("digits_not_in_ledger", f"update fact_numeral set surface = '1' || surface where {ONE}"),
    *(
        ("surface_differs", f"update {table} set char_start = char_start + 1 where {ONE}")
        for table in (*FACTS, "fact_numeral")
    ),
    *(
        (name, PAIR.format(kind=kind))
        for name, kind in (
            ("amount_words_differ", "words_digits"),
            ("conversion_rate_off", "conversion"),
            ("parts_do_not_sum", "total_parts"),
            ("list_count_differs", "count_names"),
            ("weekday_wrong", "weekday_date"),
            ("header_dates_differ", "header_dates"),
        )
    ),
    ("pair_without_fact", TWICE),
    ("surface_differs", f"{TWICE}; update fact_consistency set surface = '?' || surface where {ONE}"),
    ("span_out_of_text:fact_consistency", f"{TWICE}; update fact_consistency set char_end = 1000000 where {ONE}"),
    ("release_unknown:fact_consistency", f"{TWICE}; update fact_consistency set release_key = 7 where {ONE}"),
    ("surface_differs", f"update dim_release set body = replace(body, '2', '3') where {ONE}"),
    ("surface_differs", f"update fact_place set char_start = char_start + 1 where {PLACED}"),
    ("place_unknown", "delete from dim_place where place_key = (select min(place_key) from fact_place)"),
    ("place_unknown", f"update dim_release set dateline_place_key = 7 where {ONE}"),
    ("span_out_of_text:fact_place", f"update fact_place set char_end = 1000000 where {PLACED}"),
    ("release_unknown:fact_place", f"update fact_place set release_key = 7 where {PLACED}"),
    ("fact_repeated:fact_place", f"insert into fact_place select * from fact_place where {PLACED}"),
    *((f"fact_without_numeral:{table}", f"update fact_numeral set role = 'other' where {ONE}") for table in FACTS),
    *(
        (f"{name}:{table}", sql)
        for table in (*FACTS, "fact_numeral")
        for name, sql in (
            ("span_out_of_text", f"update {table} set char_end = 1000000 where {ONE}"),
            ("release_unknown", f"update {table} set release_key = 7 where {ONE}"),
            ("rule_unknown", f"update {table} set rule_key = 7 where {ONE}"),
            ("fact_repeated", f"insert into {table} select * from {table} where {ONE}"),
        )
    ),
]


def found(con: duckdb.DuckDBPyConnection) -> dict[str, CheckResult]:
    return {result.check.name: result for result in run_checks(con, CHECKS)}


def test_the_sample_releases_have_no_failing_check(con: duckdb.DuckDBPyConnection) -> None:
    results = found(con)
    assert {name for name, result in results.items() if result.verdict is Verdict.FAIL} == set()
    assert {result.check.dimension for result in results.values()} == set(Dimension)


@pytest.mark.parametrize(
    ("name", "defect"), DEFECTS, ids=[f"{number}-{name}" for number, (name, _) in enumerate(DEFECTS)]
)
def test_a_planted_defect_is_found(con: duckdb.DuckDBPyConnection, name: str, defect: str) -> None:
    before = found(con)[name]
    con.execute(defect)
    after = found(con)[name]
    assert after.failing > before.failing
    assert after.verdict is not Verdict.PASS
    assert 0 < len(after.sample) <= 20
    if after.check.fail == Threshold(rows=0):
        assert after.verdict is Verdict.FAIL


def test_every_check_is_proven_by_a_defect() -> None:
    assert BY_NAME.keys() == {name for name, _ in DEFECTS}


@pytest.mark.parametrize("name", ["surface_differs", "digits_not_in_ledger", "body_damaged"])
def test_what_was_proven_right_is_not_looked_at_again_and_what_was_not_is(
    con: duckdb.DuckDBPyConnection, name: str
) -> None:
    """These checks read every text; a run that adds nothing has no need to."""
    defect = next(sql for check, sql in DEFECTS if check == name)
    record_results(con, list(found(con).values()), run_id=RUN_ID)
    con.execute(defect)
    assert found(con)[name].failing == 0
    con.execute("update dim_release set run_id = 'another'")
    assert found(con)[name].failing > 0


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
-- warn: 1 %
-- why: Because.
-- remedy: Do.
select release_key from fact_money
"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("-- why: Because.\n", ""), "lacks why"),
        (("validity", "beauty"), "completeness, validity"),
        (("minor", "huge"), "critical, major, minor"),
        (("1 %", "few"), "0 rows"),
        (("-- warn", "-- wran"), "`wran` is unknown"),
        (("-- table: fact_money", "-- table: a\n-- table: b"), "stands twice"),
        (("select release_key from fact_money", ""), "0 statements"),
    ],
)
def test_a_wrong_check_is_told_with_its_file(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    file = tmp_path / "mine.sql"
    file.write_text(HEADER.replace(*change), encoding="utf-8")
    with pytest.raises(CheckError, match="mine.sql") as error:
        read_check(file)
    assert told in str(error.value)


def test_a_check_that_cannot_run_is_told_by_name(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = tmp_path / "mine.sql"
    file.write_text(HEADER.replace("release_key from", "relase_key from"), encoding="utf-8")
    with pytest.raises(CheckError, match="mine on fact_money"):
        run_checks(con, read_check(file))


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
    check = Check(name, dimension, "t", severity, Threshold(rows=0), None, "", "", "", "")
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
