"""Batches into the warehouse: exactly once, with revisions, in any order of events."""

from __future__ import annotations

import tempfile
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from checksums import checksums
from hypothesis import given, settings
from hypothesis import strategies as st
from rig import DeclaredRule, DeclaredSource, Warehouse
from synthetic import RULE_NAMES, STARTED, Release, corpus, example

from schemas import keys
from schemas.records import Rejected
from schemas.tables import schemas
from schemas.values import Measure, Money, Period
from warehouse.dimensions import load_dimensions
from warehouse.errors import WarehouseError
from warehouse.load import FACT_TABLES, load_batch, record_rejected
from warehouse.paths import Paths
from warehouse.sameness import relate
from warehouse.work import (
    INTERRUPTED,
    clear_staging,
    finish_run,
    known_documents,
    open_work,
    pending_batches,
    start_run,
)

A, B = "file:///releases/a.txt", "file:///releases/b.txt"
LATER = STARTED + timedelta(days=1)


def version(uri: str, text: str) -> Release:
    return example(uri).text(f"\n{text}")


def test_a_batch_loads_whole(warehouse):
    result = warehouse.load([example(A), example(B)])
    assert (result.loaded, result.revised, result.quarantined, result.replayed) == (2, 0, 0, False)
    assert result.facts == {
        "fact_date": 2, "fact_money": 2, "fact_count": 2, "fact_measure": 2, "fact_numeral": 12,
        "fact_consistency": 2, "fact_place": 4,
    }  # fmt: skip
    assert warehouse.rows("select batch_id, run_id, landing_path, rows from etl_batch") == [
        ("r1-0001", "r1", "r1-0001.parquet", 28)
    ]


def test_every_loaded_table_passes_its_model(warehouse):
    warehouse.load(corpus(40))
    warehouse.load([version(release.source_uri, "x") for release in corpus(5)], "r1-0002", at=LATER)
    for table, schema in schemas().items():
        frame = warehouse.con.sql(f"from {table}").to_arrow_table().to_pandas(types_mapper=pd.ArrowDtype)
        if table.startswith("fact_"):  # unique by batch and by release, so by table
            assert not frame.duplicated(subset=["release_key", "char_start", "char_end"]).any()
        schema.validate(frame, lazy=True)


def test_the_same_batch_again_adds_nothing(warehouse):
    releases = corpus(20)
    warehouse.load(releases)
    before = checksums(warehouse.con)
    again = warehouse.load(releases)
    assert again.replayed
    assert again.loaded == 0
    assert checksums(warehouse.con) == before


def test_the_same_documents_in_another_batch_add_nothing(warehouse):
    releases = corpus(20)
    warehouse.load(releases)
    before = checksums(warehouse.con)
    again = warehouse.load(releases, "r2-0001", run="r2", at=LATER)
    assert (again.loaded, again.revised, sum(again.facts.values())) == (0, 0, 0)
    assert checksums(warehouse.con) == before


def test_a_changed_document_is_a_revision_that_closes_the_old_one(warehouse):
    warehouse.load([version(A, "one"), version(B, "same")])
    result = warehouse.load([version(A, "two")], "r2-0001", run="r2", at=LATER)
    assert (result.loaded, result.revised) == (1, 1)
    columns = "source_uri, revision, is_current, first_seen_at, valid_from, valid_to, run_id"
    assert warehouse.rows(f"select {columns} from dim_release order by 1, 2") == [
        (A, 1, False, STARTED, STARTED, LATER, "r1"),
        (A, 2, True, STARTED, LATER, None, "r2"),
        (B, 1, True, STARTED, STARTED, None, "r1"),
    ]
    assert warehouse.one("select count(distinct release_id) from dim_release") == 2


def test_facts_belong_to_the_revision_they_came_from(warehouse):
    warehouse.load([version(A, "one")])
    warehouse.load([version(A, "two").fact("5 บาท", Money(Decimal(5), None, "THB"))], "r2-0001", at=LATER)
    assert warehouse.rows(
        "select revision, count(*) from fact_money join dim_release using (release_key) group by 1 order by 1"
    ) == [(1, 1), (2, 2)]
    for table in FACT_TABLES:
        wrong = f"""
            select count(*) from {table} left join dim_release using (release_key)
            where substring(body, char_start + 1, char_end - char_start) is distinct from surface"""
        assert warehouse.one(wrong) == 0


def test_going_back_to_an_old_text_is_a_third_revision(warehouse):
    for number, text in enumerate(("one", "two", "one")):
        warehouse.load([version(A, text)], f"r{number}-0001", at=STARTED + timedelta(days=number))
    rows = warehouse.rows("select revision, is_current, release_key, content_hash from dim_release order by revision")
    assert [row[:2] for row in rows] == [(1, False), (2, False), (3, True)]
    assert rows[0][3] == rows[2][3]
    for revision, _, release_key, content_hash in rows:
        assert release_key == keys.release_key(A, content_hash, revision)
        assert warehouse.one(f"select count(*) from fact_money where release_key = {release_key}") == 1


def test_a_clock_that_was_set_back_makes_no_validity_negative(warehouse):
    warehouse.load([version(A, "one")], at=LATER)
    warehouse.load([version(A, "two")], "r2-0001", at=STARTED)
    assert warehouse.rows("select valid_from, valid_to from dim_release order by revision") == [
        (LATER, LATER),
        (LATER, None),
    ]


def test_two_versions_in_one_batch_are_two_revisions(warehouse):
    result = warehouse.load([version(A, "one"), version(A, "two")])
    assert (result.loaded, result.revised) == (2, 1)
    assert warehouse.rows("select revision, is_current from dim_release order by 1") == [(1, False), (2, True)]
    assert known_documents(warehouse.con) == {A: version(A, "two").document.content_hash}


@settings(max_examples=10, deadline=None)
@given(runs=st.lists(st.dictionaries(st.sampled_from((A, B)), st.sampled_from("xyz"), min_size=1), max_size=5))
def test_history_is_what_was_seen(runs):
    """Whatever versions of two documents come in whatever runs, the table holds each change once, in order."""
    seen: dict[str, list[str]] = {A: [], B: []}
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths(Path(folder) / "k.duckdb")
        with closing(open_work(paths)) as con:
            warehouse = Warehouse(paths, con)
            for number, documents in enumerate(runs):
                at = STARTED + timedelta(hours=number)
                releases = [version(uri, text) for uri, text in documents.items()]
                staged = warehouse.stage(releases, f"r{number}-0001", at=at)
                for _ in range(2):  # a replay in between changes nothing
                    load_batch(con, staged.batch_dir, batch_id=f"r{number}-0001", run_id=f"r{number}")
                for uri, text in documents.items():
                    if seen[uri][-1:] != [text]:
                        seen[uri].append(text)
            for uri, texts in seen.items():
                rows = warehouse.rows(
                    f"select body, is_current from dim_release where source_uri = '{uri}' order by revision"
                )
                assert [body.rpartition("\n")[2] for body, _ in rows] == texts
                assert [current for _, current in rows] == [False] * (len(texts) - 1) + [True] * bool(texts)
            assert warehouse.one("select count(*) from fact_numeral") == 6 * sum(map(len, seen.values()))


def test_copies_point_to_the_first_whatever_the_order_of_loading(warehouse):
    same, other = example(B), example("file:///releases/z.txt").text("!")
    warehouse.load([same, other])
    warehouse.load([example(A)], "r1-0002")
    assert relate(warehouse.con) == 1
    first = warehouse.one(f"select release_key from dim_release where source_uri = '{A}'")
    assert warehouse.rows(
        "select source_uri, duplicate_of_key from dim_release where duplicate_of_key is not null"
    ) == [(B, first)]
    assert relate(warehouse.con) == 0


def test_a_copy_whose_original_changed_is_none_any_more(warehouse):
    warehouse.load([example(A), example(B)])
    relate(warehouse.con)
    warehouse.load([version(A, "two")], "r2-0001", at=LATER)
    relate(warehouse.con)
    assert warehouse.one("select count(*) from dim_release where duplicate_of_key is not null") == 0


def test_documents_are_known_by_what_was_last_taken(warehouse):
    warehouse.load([example(A), example(B, title="")])  # the second is set aside, and still known
    known = known_documents(warehouse.con)
    assert known == {A: example(A).document.content_hash, B: example(B, title="").document.content_hash}
    assert warehouse.rows("select source_uri, outcome, batch_id from etl_document order by 1") == [
        (A, "release", "r1-0001"),
        (B, "quarantined", "r1-0001"),
    ]


def test_a_rejection_is_kept_once_and_seen_again(warehouse):
    warehouse.load([example(A, title="")])
    first = warehouse.one("select count(*) from etl_quarantine")
    warehouse.load([example(A, title="")], "r2-0001", run="r2", at=LATER)
    assert warehouse.one("select count(*) from etl_quarantine") == first
    assert warehouse.rows("select distinct run_id, quarantined_at, last_seen_at from etl_quarantine") == [
        ("r1", STARTED, LATER)
    ]


def test_what_could_not_be_acquired_is_recorded_once(warehouse):
    gone = Rejected("releases", "file:///releases/gone.txt", None, "unreadable", "file:///…: cannot be read; allow it.")
    assert record_rejected(warehouse.con, [gone], run_id="r1", seen_at=STARTED) == 1
    assert record_rejected(warehouse.con, [gone], run_id="r2", seen_at=LATER) == 0
    assert warehouse.rows("select stage, reason, run_id, last_seen_at from etl_quarantine") == [
        ("acquire", "unreadable", "r1", LATER)
    ]


def test_pending_batches_are_those_not_loaded_oldest_first(warehouse, paths):
    for name in ("r2-0001", "r1-10000", "r1-9999", "r1-0001"):
        (paths.landing / f"{name}.parquet").touch()
    warehouse.load([example(A)], "r1-0001")
    assert [file.stem for file in pending_batches(warehouse.con, paths)] == ["r1-9999", "r1-10000", "r2-0001"]


def test_documents_in_the_queue_are_known(warehouse, paths):
    from synthetic import write_landing_file

    warehouse.load([example(A)])
    landing = write_landing_file(paths.landing / "r2-0001.parquet", [version(A, "two"), example(B)])
    assert known_documents(warehouse.con, [landing]) == {
        A: version(A, "two").document.content_hash,
        B: example(B).document.content_hash,
    }


def test_staging_is_cleared(warehouse, paths):
    warehouse.load([example(A)])
    (paths.staging / ".left.123").mkdir()
    clear_staging(paths)
    assert list(paths.staging.iterdir()) == []


def test_a_failed_batch_leaves_nothing(warehouse):
    staged = warehouse.stage([example(A)], "r1-0001")
    before = checksums(warehouse.con)
    (staged.batch_dir / "fact_numeral.parquet").write_bytes(b"damaged")
    with pytest.raises(Exception, match="fact_numeral"):
        load_batch(warehouse.con, staged.batch_dir, batch_id="r1-0001", run_id="r1")
    assert checksums(warehouse.con) == before
    warehouse.load([example(A)])
    assert warehouse.one("select count(*) from dim_release") == 1


def test_paths_with_letters_that_sql_and_globs_know(tmp_path):
    paths = Paths(tmp_path / "ข่าว 'ด่วน' [1] {a,b} * #%20.duckdb")
    with closing(open_work(paths)) as con:
        warehouse = Warehouse(paths, con)
        assert warehouse.load([example(A)], "r'1 [x]-0001").loaded == 1


# Runs


def test_a_run_is_recorded(warehouse):
    start_run(warehouse.con, run_id="r1", started_at=STARTED, extractor_version="1")
    assert warehouse.rows("select status, started_at, finished_at from etl_run") == [("running", STARTED, None)]
    finish_run(warehouse.con, run_id="r1", status="ok", acquired=5, rejected=1, unchanged=2, loaded=4, revised=1)
    columns = "status, acquired, rejected, unchanged, loaded, revised, message, finished_at is not null"
    assert warehouse.rows(f"select {columns} from etl_run") == [("ok", 5, 1, 2, 4, 1, None, True)]


def test_a_run_that_was_killed_is_told_by_the_next(warehouse):
    start_run(warehouse.con, run_id="r1", started_at=STARTED, extractor_version="1")
    start_run(warehouse.con, run_id="r2", started_at=LATER, extractor_version="1")
    assert warehouse.rows("select run_id, status, message from etl_run order by 1") == [
        ("r1", "failed", INTERRUPTED),
        ("r2", "running", None),
    ]


# Dimensions


def test_calendar_is_complete_and_right(warehouse):
    assert warehouse.rows("select min(date), max(date), count(*), count(distinct date_key) from dim_date") == [
        (date(1900, 1, 1), date(2100, 12, 31), 73_415, 73_415)
    ]
    columns = "year_ce, year_be, month, month_name_th, quarter, fiscal_year_be, iso_week, iso_weekday, weekday_name_th"
    assert warehouse.rows(f"select date, {columns} from dim_date where date_key = 20211001") == [
        (date(2021, 10, 1), 2021, 2564, 10, "ตุลาคม", 4, 2565, 39, 5, "ศุกร์")
    ]


def test_every_dimension_has_its_unknown_member(warehouse):
    for table, key in (
        ("dim_date", "date_key"),
        ("dim_currency", "currency_key"),
        ("dim_unit", "unit_key"),
        ("dim_source", "source_key"),
        ("dim_rule", "rule_key"),
    ):
        assert warehouse.one(f"select count(*) from {table} where {key} = -1") == 1


def test_days_outside_the_calendar_are_added_for_the_facts_that_name_them(warehouse):
    old, far = date(1782, 4, 21), date(2567, 1, 1)
    release = Release(A).text("เมื่อ ").fact("21 เม.ย. 2325", Period("1782-04-21", old, old))
    warehouse.load([release.text(" ถึง ").fact("2567", Period("2567", far, far))])
    warehouse.load([version(B, "x")], "r1-0002")
    assert warehouse.rows(
        "select date_key, year_be from dim_date where date_key in (17820421, 25670101) order by 1"
    ) == [
        (17820421, 2325),
        (25670101, 3110),
    ]
    missing = "select count(*) from fact_date where date_start_key not in (select date_key from dim_date)"
    assert warehouse.one(missing) == 0


def test_a_unit_that_no_seed_lists_becomes_a_member_as_written(warehouse):
    warehouse.load([Release(A).fact("5 ศอก", Measure(Decimal(5), None, "ศอกช่าง"))])
    warehouse.load([Release(B).fact("6 ศอก", Measure(Decimal(6), None, "ศอกช่าง"))], "r1-0002")
    assert warehouse.rows("select kind from dim_unit join fact_measure using (unit_key)") == [("as_written",)] * 2


def test_a_source_that_is_declared_no_more_keeps_a_member(warehouse):
    warehouse.load([example(A, source_id="gone")])
    assert warehouse.rows("select source_id, kind from dim_source join dim_release using (source_key)") == [
        ("gone", None)
    ]


def test_dimensions_change_only_where_their_declaration_does(warehouse):
    before = checksums(warehouse.con)
    rules = [DeclaredRule(name) for name in RULE_NAMES]
    load_dimensions(warehouse.con, sources=[DeclaredSource()], rules=rules)
    assert checksums(warehouse.con) == before
    load_dimensions(warehouse.con, sources=[DeclaredSource(publisher="ใหม่")], rules=rules[:1])
    assert warehouse.rows("select publisher from dim_source where source_id = 'releases'") == [("ใหม่",)]
    assert warehouse.one("select count(*) from dim_rule") == len(rules) + 1  # rules of earlier versions stay


def test_a_declaration_that_breaks_the_model_is_told_and_changes_nothing(warehouse):
    before = checksums(warehouse.con)
    with pytest.raises(WarehouseError, match="dim_rule: 1 rows cannot be loaded"):
        load_dimensions(warehouse.con, sources=[], rules=[DeclaredRule("x", role="no such role")])
    assert checksums(warehouse.con) == before


def test_seeded_keys_are_unique_and_rates_marked(warehouse):
    for table, key in (("dim_currency", "currency_key"), ("dim_unit", "unit_key"), ("dim_currency", "currency_code")):
        assert warehouse.one(f"select count(*) - count(distinct {key}) from {table}") == 0
    assert warehouse.rows(
        "select method, round(thb_per_unit, 6) from fx_rate_monthly where (currency_code, month) in "
        "(('USD', date '2023-08-01'), ('VND', date '2023-08-01')) order by 1"
    ) == [("annual_mean", Decimal("0.001463")), ("monthly_mean", Decimal("35.013468"))]
    assert warehouse.one("select count(*) from fx_rate_monthly where currency_code = 'THB'") == 0
