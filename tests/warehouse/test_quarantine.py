"""What becomes of a rejection: accepted, read again with mended rules, replaced, gone, met again; in any order the same."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from checksums import checksums
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rig import DeclaredRule, DeclaredSource, Warehouse
from synthetic import RULE_NAMES, STARTED, Release, extractor_of

from flows.acquire.landing import landed_overrides, read_landing, write_again, write_landing
from flows.acquire.overrides import under
from flows.stage import Landed, can_be_accepted, stage_documents
from schemas import keys
from schemas.instants import utc
from schemas.records import Document, Gone, Override, Rejected
from schemas.values import Comparator, Money
from warehouse.dimensions import load_dimensions
from warehouse.load import load_batch, record_rejected, settle_acquired
from warehouse.paths import Paths
from warehouse.work import known_overrides, open_work, start_run

if TYPE_CHECKING:
    from collections.abc import Sequence

URI = "file:///releases/ข่าว_1.txt"


def reversed_range() -> Release:
    """A release that states an amount whose range is upside down: its row fails, the release goes in."""
    money = Money(Decimal(20), Decimal(10), "THB", Comparator.EQ, None)
    release = Release(source_uri=URI).text("มูลค่า ").fact("20-10 บาท", money)
    return release.text(" และ ").fact("5 บาท", Money(Decimal(5), None, "THB", Comparator.EQ, None))


def decision(kind: str, value: str, document: Document, *, at: int = 0, scope: str = "document") -> Override:
    about = (document.source_uri, document.content_hash) if scope == "document" else (None, None)
    decided_at = (STARTED + timedelta(minutes=at)).isoformat()
    name = keys.override_id(scope, kind, value, decided_at)
    return Override(name, scope, document.source_id, *about, kind, value, "because", "somebody", decided_at)


def load(
    warehouse: Warehouse,
    documents: Sequence[Document | Gone | Override],
    batch: str,
    releases: Sequence[Release],
    at: int = 0,
) -> None:
    seen = STARTED + timedelta(minutes=at)
    staged = stage_documents(
        [Landed(each, seen) for each in documents],
        warehouse.paths.staging / batch,
        extractor=extractor_of(releases),
        run_id=batch,
        seen_at=seen,
    )
    load_batch(warehouse.con, staged.batch_dir, batch_id=batch, run_id=batch)


def trace(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return warehouse.rows(
        "select reason, status, resolution, resolved_run_id, override_id from etl_quarantine order by all"
    )


def test_an_accepted_failure_is_a_row_and_leaves_its_trace(warehouse: Warehouse) -> None:
    release = reversed_range()
    document = release.document
    load(warehouse, [document], "r1-0001", [release])
    assert trace(warehouse) == [("range_reversed", "open", None, None, None)]
    assert warehouse.one("select count(*) from fact_money") == 1
    accepted = decision("accept", "fact_money:range_reversed", document, at=1)
    again = under(document, [accepted])
    load(warehouse, [accepted, again], "r2-0001", [release], at=1)
    assert trace(warehouse) == [("range_reversed", "resolved", "overridden", "r2-0001", accepted.override_id)]
    assert warehouse.rows(
        "select revision, is_current, overrides, count(amount) from dim_release join fact_money using (release_key) "
        "group by all order by 1"
    ) == [(1, False, [], 1), (2, True, [accepted.override_id], 2)]
    kept = asdict(accepted)
    (row,) = warehouse.rows(f"select {', '.join(kept)} from etl_override")
    assert row[:-1] == tuple(kept.values())[:-1]
    before = checksums(warehouse.con)
    load(warehouse, [accepted, again], "r3-0001", [release], at=2)
    assert {table for table, sums in checksums(warehouse.con).items() if sums != before[table]} == set()


@pytest.mark.parametrize(
    ("code", "is_right"),
    [
        ("range_reversed", True),
        ("edtf_invalid", True),
        ("key_repeated", False),
        ("amount_unrepresentable", False),
        ("surface_not_nullable", False),
        ("surface_differs", False),
        ("rule_unknown", False),
    ],
)
def test_only_what_the_tables_can_hold_can_be_accepted(code: str, is_right: bool) -> None:
    assert can_be_accepted(code) is is_right


def test_an_acceptance_does_not_open_the_door_to_what_cannot_be_held(warehouse: Warehouse) -> None:
    money = Money(Decimal(10) ** 40, None, "THB", Comparator.EQ, None)
    release = Release(source_uri=URI).text("มูลค่า ").fact("1 บาท", money)
    document = release.document
    load(warehouse, [document], "r1-0001", [release])
    ((reason,),) = warehouse.rows("select reason from etl_quarantine")
    accepted = decision("accept", f"fact_money:{reason}", document)
    load(warehouse, [accepted, under(document, [accepted])], "r2-0001", [release], at=1)
    assert warehouse.rows("select status from etl_quarantine") == [("open",)]


def test_mended_rules_read_a_release_again(warehouse: Warehouse) -> None:
    release = reversed_range()
    document = release.document
    load(warehouse, [document], "r1-0001", [release])
    mended = replace(release, mentions=[replace_amounts(release.mentions[0]), *release.mentions[1:]])
    reread = decision("reread", "3", document, at=1)
    load(warehouse, [reread, under(document, [reread])], "r2-0001", [mended], at=1)
    assert trace(warehouse) == [("range_reversed", "resolved", "reread", "r2-0001", reread.override_id)]
    assert warehouse.one("select count(*) from money") == 2


def replace_amounts(mention):
    value = Money(Decimal(10), Decimal(20), "THB", Comparator.EQ, None)
    return mention._replace(value=value)


def test_other_content_and_disappearance_resolve_too_and_what_comes_back_is_open_again(warehouse: Warehouse) -> None:
    bad, good = reversed_range(), Release(source_uri=URI).text("ไม่มีตัวเลข\n")
    load(warehouse, [bad.document], "r1-0001", [bad])
    load(warehouse, [good.document], "r2-0001", [good], at=1)
    assert trace(warehouse) == [("range_reversed", "resolved", "replaced", "r2-0001", None)]
    load(warehouse, [bad.document], "r3-0001", [bad], at=2)
    assert trace(warehouse) == [("range_reversed", "open", None, None, None)]
    load(warehouse, [Gone("releases", URI)], "r4-0001", [], at=3)
    assert trace(warehouse) == [("range_reversed", "resolved", "disappeared", "r4-0001", None)]


def test_what_was_never_taken_in_is_settled_by_the_next_reading_of_its_source(warehouse: Warehouse) -> None:
    def reject(*uris: str, at: int) -> None:
        rejected = [Rejected("releases", uri, "0" * 64, "empty", "0 bytes: remove it") for uri in uris]
        record_rejected(warehouse.con, rejected, run_id=f"r{at}", seen_at=STARTED + timedelta(minutes=at))

    def settle(*listed: str, at: int, source: str = "releases", gone: bool = True, decided: dict | None = None) -> int:
        return settle_acquired(
            warehouse.con,
            source_id=source,
            listed=set(listed),
            decided=decided or {},
            is_gone=lambda _: gone,
            run_id=f"r{at}",
            seen_at=STARTED + timedelta(minutes=at),
        )

    reject("file:///a", "file:///b", "zip:///c.zip", "file:///d", at=1)
    assert settle(at=1) == 0, "they were just met"
    reject("file:///a", at=2)
    assert settle("file:///b", "zip:///c.zip!/x.txt", at=2, gone=False) == 2
    assert settle(at=3, source="other") == 0
    assert settle(at=3, decided={"file:///a": ("0" * 64, "o1")}) == 2
    found = warehouse.rows("select source_uri, resolution, override_id from etl_quarantine order by 1")
    assert found == [
        ("file:///a", "overridden", "o1"),
        ("file:///b", "replaced", None),
        ("file:///d", "disappeared", None),
        ("zip:///c.zip", "replaced", None),
    ]
    assert settle(at=4) == 0


def test_a_dismissal_outlives_being_met_again(warehouse: Warehouse) -> None:
    release = reversed_range()
    document = release.document
    rejected = [Rejected("releases", "file:///e", None, "unreadable", "it may not be read")]
    record_rejected(warehouse.con, rejected, run_id="r1", seen_at=STARTED)
    load(warehouse, [document], "r1-0001", [release])
    rows = warehouse.rows("select quarantine_key from etl_quarantine")
    dismissals = [decision("dismiss", str(key), document, at=number) for number, (key,) in enumerate(rows)]
    load(warehouse, dismissals, "r2-0001", [], at=1)
    assert {row[2] for row in trace(warehouse)} == {"dismissed"}
    record_rejected(warehouse.con, rejected, run_id="r3", seen_at=STARTED + timedelta(minutes=3))
    assert {row[1:3] for row in trace(warehouse)} == {("resolved", "dismissed")}


def test_decisions_go_through_landing_and_come_back_as_they_were(tmp_path: Path, warehouse: Warehouse) -> None:
    release = reversed_range()
    document = release.document
    first = write_landing(tmp_path, "r1", [document], {}).batches[0]
    one = decision("accept", "fact_money:range_reversed", document)
    two = decision("encoding", "cp874", document, at=1, scope="source")
    held = under(document, [one, two])
    assert held.overrides == (one, two)
    file = write_again(tmp_path, "r2", [one, two], [(held, STARTED.astimezone())], decided_at=STARTED.astimezone())
    assert file is not None
    assert list(read_landing(file)) == [one, two, held]
    assert landed_overrides([first, file]) == [one, two]
    assert list(read_landing(first)) == [document]
    load(warehouse, list(read_landing(file)), "r2-0001", [release])
    assert sorted(known_overrides(warehouse.con), key=lambda each: each.kind) == [
        replace(each, decided_at=f"{each.decided_at}.000000") for each in (one, two)
    ]


def test_landing_files_of_earlier_versions_hold_no_decisions(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    document = reversed_range().document
    (file,) = write_landing(tmp_path, "r1", [document], {}).batches
    pq.write_table(pq.read_table(file, partitioning=None).drop_columns(["overrides"]), file)
    assert list(read_landing(file)) == [document]
    assert landed_overrides([file]) == []


# Any history: bit by bit, in one go, and anew

STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["bad", "good", "gone", "accept", "dismiss"])), max_size=10
)


def history(steps: list[tuple[int, str]]) -> tuple[list[list[Document | Gone | Override]], list[Release]]:
    """The batches that a history of three documents lands, and all texts in it."""
    batches: list[list[Document | Gone | Override]] = []
    releases: list[Release] = []
    standing: dict[int, Document] = {}
    decisions: list[Override] = []
    for number, (which, what) in enumerate(steps):
        uri = f"file:///releases/{which}.txt"
        if what in {"bad", "good"}:
            release = reversed_range() if what == "bad" else Release().text(f"ข่าวที่ {number}\n")
            release = replace(release, source_uri=uri)
            releases.append(release)
            standing[which] = under(release.document, decisions)
            batches.append([standing[which]])
        elif which not in standing:
            continue
        elif what == "gone":
            batches.append([Gone("releases", uri)])
            del standing[which]
        elif what == "accept":
            made = decision("accept", "fact_money:range_reversed", standing[which], at=number)
            decisions.append(made)
            standing[which] = under(standing[which], decisions)
            batches.append([made, standing[which]])
        else:
            key = keys.key64("any", uri)
            made = decision("dismiss", str(key), standing[which], at=number)
            decisions.append(made)
            batches.append([made])
    return batches, releases


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    paths = Paths(tmp_path_factory.mktemp("empty") / "w.duckdb")
    with closing(open_work(paths)) as con:
        rules = [DeclaredRule(name) for name in RULE_NAMES]
        load_dimensions(con, sources=[DeclaredSource()], rules=rules)
        start_run(con, run_id="r", started_at=STARTED, extractor_version="test")
        con.execute("force checkpoint")
    return paths.work


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_the_order_of_landing_is_all_of_history(
    tmp_path_factory: pytest.TempPathFactory, empty: Path, steps: list[tuple[int, str]]
) -> None:
    batches, releases = history(steps)
    sums = []
    for repeats in (1, 2):  # a batch that is loaded twice, as after a kill, adds nothing
        paths = Paths(tmp_path_factory.mktemp("history") / "w.duckdb")
        paths.staging.mkdir(parents=True)
        paths.work.write_bytes(empty.read_bytes())
        with closing(open_work(paths)) as con:
            warehouse = Warehouse(paths, con)
            for number, batch in enumerate(batches):
                for _ in range(repeats):
                    load(warehouse, batch, f"r{number:02}-0001", releases, at=number)
            sums.append(checksums(con))
            assert con.execute(
                "select count(*) from etl_quarantine where (status = 'open') <> (resolution is null)"
            ).fetchone() == (0,)
            assert con.execute(
                "select count(*) from etl_quarantine join etl_document using (source_uri) "
                "where status = 'open' and etl_quarantine.content_hash <> etl_document.content_hash"
            ).fetchone() == (0,), "what is open concerns what stands"
    assert sums[0] == sums[1]


def test_a_rebuild_keeps_what_landing_cannot_bring_back(warehouse: Warehouse) -> None:
    rejected = [Rejected("releases", "file:///e", None, "unreadable", "it may not be read")]
    start_run(warehouse.con, run_id="r1", started_at=STARTED, extractor_version="test")
    record_rejected(warehouse.con, rejected, run_id="r1", seen_at=STARTED)
    paths = warehouse.paths
    kept = {"etl_run": "true", "etl_quarantine": "true", "dim_source": "source_key >= 0"}
    before = {table: warehouse.rows(f"select * from {table} where {rows} order by all") for table, rows in kept.items()}
    assert all(before.values())
    warehouse.con.close()
    with closing(open_work(paths, fresh=True)) as con:
        for table, rows in before.items():
            assert con.execute(f"select * from {table} where {kept[table]} order by all").fetchall() == rows
        assert con.execute("select count(*) from dim_release").fetchone() == (0,)


def test_the_payload_of_a_rejection_tells_nothing_of_decisions(warehouse: Warehouse) -> None:
    """Its key would change with them, and the rejection would be another one."""
    release = replace(reversed_range(), title="")
    document = release.document
    held = under(document, [decision("encoding", "utf-8", document)])
    found = []
    for number, each in enumerate((document, held)):
        staged = stage_documents(
            [Landed(each, utc(STARTED))],
            warehouse.paths.staging / f"b{number}",
            extractor=extractor_of([release]),
            run_id="r1",
            seen_at=STARTED,
        )
        import pyarrow.parquet as pq

        rows = pq.read_table(staged.batch_dir / "etl_quarantine.parquet").to_pylist()
        found.append([(row["quarantine_key"], json.loads(row["payload"])) for row in rows if row["payload"]])
    assert found[0] == found[1]
    assert found[0]
