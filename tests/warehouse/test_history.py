"""What changed between revisions, releases that disappear and return, and what was known on a day."""

from __future__ import annotations

import json
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import duckdb
import pytest
from checksums import checksums
from hypothesis import given, settings
from hypothesis import strategies as st
from rig import DeclaredRule, DeclaredSource, Warehouse
from synthetic import RULE_NAMES, STARTED, Release, corpus, example, extractor_of

from flows.stage import Landed, stage_documents
from schemas.instants import utc
from schemas.records import Gone
from schemas.values import Count, Money, Period
from warehouse.asof import macros, name_of
from warehouse.dimensions import load_dimensions
from warehouse.history import DIFFERENCE_LIMIT, PAIRS, VALUE_LIMIT, Fact, aligned, difference, fact_changes
from warehouse.load import FACT_TABLES, load_batch, load_batches
from warehouse.migrate import marts
from warehouse.paths import Paths
from warehouse.publish import publish
from warehouse.questions import question
from warehouse.sameness import relate
from warehouse.work import known_documents, open_work, standing_documents

A, B = "file:///releases/a.txt", "file:///releases/b.txt"
LATER = STARTED + timedelta(days=1)
TODAY = f"timestamp '{STARTED + timedelta(days=99)}'"


def baht(number: int) -> Money:
    return Money(Decimal(number), None, "THB")


def gone(warehouse: Warehouse, uris: list[str], batch: str, *, at=LATER):
    folder = gone_from(warehouse, uris, batch, at)
    return load_batch(warehouse.con, folder, batch_id=batch, run_id="r2")


def gone_from(warehouse: Warehouse, uris: list[str], batch: str, at) -> Path:
    """Stage a batch that says that these are gone."""
    landed = [Landed(Gone("releases", uri), at) for uri in uris]
    folder = warehouse.paths.staging / batch
    return stage_documents(landed, folder, extractor=extractor_of([]), run_id="r2", seen_at=at).batch_dir


def changes(warehouse: Warehouse, columns: str = "subject, change, surface_before, surface_after") -> list[tuple]:
    return warehouse.rows(f"select {columns} from release_change order by release_key, change_no")


def revise(warehouse: Warehouse, before: Release, after: Release) -> None:
    warehouse.load([before])
    warehouse.load([after], "r2-0001", at=LATER)


# Fields and text


def test_a_changed_field_tells_both_values(warehouse):
    revise(warehouse, Release(A, title="ก"), Release(A, title="ข", published_on=None))
    assert warehouse.rows(
        "select change_no, subject, change, value_before, value_after, lines_removed, lines_added, difference "
        "from release_change order by change_no"
    ) == [
        (1, "title", "changed", "ก", "ข", None, None, None),
        (2, "published_on", "removed", "2024-03-15", None, None, None, None),
        (3, "body", "changed", None, None, 1, 1, "@@ line 1 @@\n-ก\n+ข"),
    ]
    assert warehouse.one(
        "select count(*) from release_change join dim_release as a using (release_key) "
        "join dim_release as b on b.release_key = previous_key "
        "where a.revision = b.revision + 1 and a.release_id = b.release_id and a.release_id = release_change.release_id"
    ) == 3  # fmt: skip


def test_a_long_field_is_cut(warehouse):
    revise(warehouse, Release(A, title="ก" * 5000), Release(A, title="ข" * 5000))
    ((before, text),) = warehouse.rows(
        "select f.value_before, b.difference from release_change f join release_change b using (release_key) "
        "where f.subject = 'title' and b.subject = 'body'"
    )
    assert len(before) == VALUE_LIMIT
    assert before.endswith("…")
    assert len(text) <= DIFFERENCE_LIMIT


def test_a_first_revision_changes_nothing(warehouse):
    warehouse.load(corpus(5))
    assert changes(warehouse) == []


def test_two_revisions_in_one_batch_have_their_changes(warehouse):
    warehouse.load([example(A), example(A).text("\nสอง")])
    assert changes(warehouse) == [("body", "changed", None, None)]


def test_the_lines_that_differ_are_cut_around_what_differs():
    long = "ก" * 500
    removed, added, text = difference(f"หัว\n{long} 5 {long}\nท้าย", f"หัว\nใหม่\n{long} 6 {long}\nท้าย")
    assert (removed, added) == (1, 2)
    assert text.splitlines()[0] == "@@ line 2 @@"
    assert max(map(len, text.splitlines())) <= VALUE_LIMIT + 3
    assert difference(f"{long} 5 {long}", f"{long} 6 {long}")[2] == (
        f"@@ line 1 @@\n-…{'ก' * 29} 5 {'ก' * 29}…\n+…{'ก' * 29} 6 {'ก' * 29}…"
    )


@given(st.lists(st.sampled_from("กขค\n"), max_size=30), st.lists(st.sampled_from("กขค\n"), max_size=30))
def test_lines_removed_and_added_account_for_both_texts(one, other):
    before, after = "".join(one), "".join(other)
    removed, added, text = difference(before, after)
    assert before.count("\n") - removed == after.count("\n") - added
    assert (text == "") == (before == after)


def longest_common(one: str, other: str) -> int:
    """By trying every choice of letters."""
    for size in range(min(len(one), len(other)), 0, -1):
        rest = set(combinations(other, size))
        if any(chosen in rest for chosen in combinations(one, size)):
            return size
    return 0


@given(st.text("กขค", max_size=8), st.text("กขค", max_size=8))
def test_as_many_elements_are_aligned_as_can_be(one, other):
    pairs = aligned(one, other)
    assert len(pairs) == longest_common(one, other)
    assert all(one[at] == other[to] for at, to in pairs)
    assert all(a < b and c < d for (a, c), (b, d) in zip(pairs, pairs[1:], strict=False))


def test_long_and_repetitive_texts_are_aligned_by_what_occurs_once():
    lines = [f"บรรทัด {number}" if number % 2 else "" for number in range(20_000)]
    changed = ["ใหม่", *lines[:5000], "", "ใหม่", *lines[5010:], "ท้าย"]
    pairs = aligned(lines, changed)
    assert len(pairs) >= len(lines) - 20
    blank = [""] * 1000
    assert len(blank) ** 2 > PAIRS
    assert len(aligned(["ก", *blank, "ข"], ["ค", *blank, "ง"])) == 0  # too many equal ones, and none that is fixed


# Facts


def test_a_paragraph_put_in_before_them_changes_no_facts(warehouse):
    before, after = example(A), example(A, body="ไทยและจีนลงนามความร่วมมือ\nย่อหน้าใหม่ 55 ปี\n")
    revise(warehouse, before, after)
    assert changes(warehouse) == [("body", "changed", None, None)]


def test_an_amount_that_is_corrected_has_changed(warehouse):
    before = example(A).text("\nงบ ").fact("10 ล้านบาท", baht(10_000_000)).text(" ต่อปี")
    after = example(A).text("\nงบ ").fact("12 ล้านบาท", baht(12_000_000)).text(" ต่อปี")
    revise(warehouse, before, after)
    columns = "subject, change, surface_before, surface_after, value_before, value_after"
    assert changes(warehouse, columns)[1:] == [
        (
            "fact_money", "changed", "10 ล้านบาท", "12 ล้านบาท",
            '{"amount": "10000000", "currency_code": "THB", "comparator": "eq"}',
            '{"amount": "12000000", "currency_code": "THB", "comparator": "eq"}',
        ),
    ]  # fmt: skip
    start = before.body.index("10 ล้าน")
    assert changes(warehouse, "char_start_before, char_end_before, char_start_after, char_end_after")[1:] == [
        (start, start + 10, start, start + 10)
    ]


def test_the_same_words_can_come_to_mean_another_day(warehouse):
    revise(
        warehouse,
        Release(A).text("จัด").fact("วันที่ 9", Period("2024-03-09", date(2024, 3, 9), date(2024, 3, 9))),
        Release(A, published_on=date(2023, 3, 15))
        .text("จัด")
        .fact("วันที่ 9", Period("2023-03-09", date(2023, 3, 9), date(2023, 3, 9)))
        .text("!"),
    )
    told = [row for row in changes(warehouse) if row[0] == "fact_date"]
    assert told == [("fact_date", "changed", "วันที่ 9", "วันที่ 9")]


def test_facts_that_come_and_go_are_told_in_their_order(warehouse):
    def said(*numbers: int) -> Release:
        release = Release(A)
        for number in numbers:
            release.text(f"\nย่อหน้าที่กล่าวถึงเรื่อง{'กขคงจฉ'[number] * 9} ").fact(f"{number} บาท", baht(number))
        return release

    revise(warehouse, said(1, 2, 3), said(0, 1, 3, 4))
    assert changes(warehouse)[1:] == [
        ("fact_money", "added", None, "0 บาท"),
        ("fact_money", "removed", "2 บาท", None),
        ("fact_money", "added", None, "4 บาท"),
    ]


def test_a_fact_that_only_moved_has_not_changed(warehouse):
    one, other = ("\nงบประมาณทั้งหมด ", "5 บาท", 5), ("\nค่าเดินทางของคณะ ", "7 บาท", 7)
    before, after = Release(A), Release(A)
    for release, order in ((before, (one, other)), (after, (other, one))):
        for text, surface, number in order:
            release.text(text).fact(surface, baht(number)).text(" แล้ว")
    revise(warehouse, before, after)
    assert changes(warehouse) == [("body", "changed", None, None)]


def test_a_count_in_a_sentence_that_changed_elsewhere_stays(warehouse):
    def said(amount: int) -> Release:
        release = Release(A).text("ใช้ ").fact(f"{amount} ล้านบาท", baht(amount * 1_000_000)).text(" กับ ")
        return release.fact("20 โครงการ", Count(Decimal(20), None, "โครงการ", "{project}")).text(" ใหม่")

    revise(warehouse, said(10), said(3000))
    assert changes(warehouse)[1:] == [("fact_money", "changed", "10 ล้านบาท", "3000 ล้านบาท")]


FACTS = st.lists(st.tuples(st.sampled_from(["งบ ", "ทุนกู้ ", "- "]), st.integers(1, 4)), max_size=6)


@given(before=FACTS, after=FACTS)
def test_changes_account_for_every_fact(before, after):
    """What was there, less what was removed, plus what was added, is what is there; equal texts change nothing."""

    def said(amounts) -> list[Fact]:
        return [Fact(9 * at, 9 * at + 5, f"{n} บาท", f"{n}", words, "") for at, (words, n) in enumerate(amounts)]

    told = [row[1:4] for row in fact_changes("fact_money", said(before), said(after))]
    stated = sorted(f"{number} บาท" for _, number in before)
    for change, old, new in told:
        assert (old is None, new is None) == (change == "added", change == "removed")
        if old:
            stated.remove(old)
        if new:
            stated.append(new)
    assert sorted(stated) == sorted(f"{number} บาท" for _, number in after)
    assert not told or before != after


def test_changes_do_not_depend_on_batches(warehouse, tmp_path):
    versions = [
        [release.text(f"\nรุ่น {number} งบ ").fact(f"{number} บาท", baht(number)) for release in corpus(12)]
        for number in range(1, 4)
    ]
    for number, releases in enumerate(versions):
        warehouse.load(releases, f"r{number}-0001", at=STARTED + timedelta(days=number))
    paths = Paths(tmp_path / "other.duckdb")
    with closing(open_work(paths)) as con:
        other = Warehouse(paths, con)
        for number, releases in enumerate(versions):
            for part in range(3):
                other.load(releases[part::3], f"r{number}-{part:04}", at=STARTED + timedelta(days=number))
        tables = ("dim_release", "release_change", *FACT_TABLES)
        ours, theirs = checksums(warehouse.con), checksums(con)
        assert {table: ours[table] for table in tables} == {table: theirs[table] for table in tables}
    assert (
        warehouse.one("select count(*) from release_change where subject = 'fact_money' and change = 'changed'") == 24
    )


@pytest.mark.parametrize("together", [1, 2, 16])
def test_batches_that_share_a_transaction_load_as_they_do_alone(warehouse, tmp_path, together):
    """Texts that change and change back, disappear and return: all within one transaction, at an awkward path."""
    one, other = (Release(A).text(f"รุ่น {number} ").fact(f"{number} บาท", baht(number)) for number in (1, 2))
    queue = [[one, *corpus(5)], [other], [one], [A], [one, example(B)], [B, A]]
    paths = Paths(tmp_path / "ข่าว 'ด่วน' [1] {a,b} * #%20.duckdb")
    with closing(open_work(paths)) as con:
        same = Warehouse(paths, con)
        for number, batch in enumerate(queue):
            name, at = f"r1-{number:04}", STARTED + timedelta(days=number)
            if isinstance(batch[0], str):
                gone(warehouse, batch, name, at=at)
                gone_from(same, batch, name, at)
            else:
                warehouse.load(batch, name, at=at)
                same.stage(batch, name, at=at)
        done: list[int] = []
        folders = [paths.staging / f"r1-{number:04}" for number in range(len(queue))]
        load_dimensions(con, sources=[DeclaredSource()], rules=[DeclaredRule(name) for name in RULE_NAMES])
        results = load_batches(con, folders, run_id="r1", together=together, done=lambda: done.append(1))
        assert [result.batch_id for result in results] == [folder.name for folder in folders]
        assert len(done) == len(queue)
        assert sum(result.closed for result in results) == 3
        assert checksums(con) == checksums(warehouse.con)
        assert warehouse.rows("from release_word order by all") == same.rows("from release_word order by all")
        again = load_batches(con, folders, run_id="r2", together=together)
        assert all(result.replayed for result in again)
        assert checksums(con) == checksums(warehouse.con)


# Disappearing and coming back


def test_a_release_that_disappeared_is_closed_and_keeps_its_facts(warehouse):
    warehouse.load([example(A), example(B)])
    result = gone(warehouse, [A], "r2-0001")
    assert (result.loaded, result.closed) == (0, 1)
    columns = "source_uri, is_current, valid_to, closed_reason"
    assert warehouse.rows(f"select {columns} from dim_release order by 1") == [
        (A, False, LATER, "disappeared"),
        (B, True, None, None),
    ]
    assert warehouse.rows("select source_uri from releases") == [(B,)]
    assert warehouse.one("select count(*) from fact_money join dim_release using (release_key)") == 2
    assert known_documents(warehouse.con).keys() == standing_documents(warehouse.con, "releases") == {B}
    assert warehouse.rows("select source_uri, subject, change, changed_at, revision from changes") == [
        (A, "release", "disappeared", LATER, 1)
    ]


def test_what_is_gone_already_or_was_never_there_closes_nothing(warehouse):
    warehouse.load([example(A)])
    gone(warehouse, [A], "r2-0001")
    before = checksums(warehouse.con)
    assert gone(warehouse, [A, B], "r3-0001", at=LATER + timedelta(days=1)).closed == 0
    assert gone(warehouse, [A, B], "r3-0001").replayed
    assert checksums(warehouse.con) == before


@pytest.mark.parametrize("text", ["", "\nแก้ไข"])
def test_a_release_that_comes_back_is_a_revision_and_its_absence_stays_on_record(warehouse, text):
    warehouse.load([example(A)])
    gone(warehouse, [A], "r2-0001")
    back = LATER + timedelta(days=5)
    result = warehouse.load([example(A).text(text)], "r3-0001", at=back)
    assert (result.loaded, result.revised) == (1, 1)
    assert warehouse.rows("select revision, valid_from, valid_to, closed_reason from dim_release order by 1") == [
        (1, STARTED, LATER, "disappeared"),
        (2, back, None, None),
    ]
    told = warehouse.rows("select revision, subject, change from changes order by changed_at, change_no")
    assert told == [(1, "release", "disappeared"), (2, "release", "returned")] + [(2, "body", "changed")] * bool(text)
    check = (Path(__file__).parents[2] / "warehouse" / "checks" / "revision_gap.sql").read_text(encoding="utf-8")
    assert warehouse.rows(check) == []


def test_a_clock_that_was_set_back_makes_no_absence_negative(warehouse):
    warehouse.load([example(A)], at=LATER)
    gone(warehouse, [A], "r2-0001", at=STARTED)
    warehouse.load([example(A)], "r3-0001", at=STARTED)
    assert warehouse.rows("select valid_from, valid_to from dim_release order by revision") == [
        (LATER, LATER),
        (LATER, None),
    ]


def test_a_copy_of_what_disappeared_is_none_any_more(warehouse):
    warehouse.load([example(A), example(B)])
    relate(warehouse.con)
    gone(warehouse, [A], "r2-0001")
    relate(warehouse.con)
    assert warehouse.one("select count(*) from dim_release where duplicate_of_key is not null") == 0


def test_a_release_read_through_another_source_stays_the_same_release(warehouse):
    warehouse.load([example(A)])
    warehouse.load([example(A, source_id="other").text("\nแก้ไข")], "r2-0001", at=LATER)
    assert warehouse.rows(
        "select count(distinct release_id), count(distinct source_key), max(revision) from dim_release"
    ) == [(1, 2, 2)]
    assert standing_documents(warehouse.con, "releases") == set()
    assert standing_documents(warehouse.con, "other") == {A}


def test_what_waits_in_the_queue_counts_for_what_stands(warehouse, paths):
    from synthetic import write_landing_file

    from flows.acquire.landing import write_gone

    warehouse.load([example(A)])
    landing = write_landing_file(paths.landing / "r2-0001.parquet", [example(B)])
    absent = write_gone(paths.landing, "r3", [Gone("releases", A)], acquired_at=LATER)
    assert absent is not None
    assert absent.name == "r3-0001.parquet"
    assert standing_documents(warehouse.con, "releases", [landing]) == {A, B}
    assert standing_documents(warehouse.con, "releases", [landing, absent]) == {B}
    assert known_documents(warehouse.con, [landing, absent]).keys() == {B}


# As of a day


def test_every_fact_joins_to_the_revision_it_came_from(warehouse):
    for number in range(3):
        releases = [release.text(f"\nรุ่น {number}") for release in corpus(10)]
        warehouse.load(releases, f"r{number}-0001", at=STARTED + timedelta(days=number))
    gone(warehouse, [release.source_uri for release in corpus(5)], "r4-0001", at=STARTED + timedelta(days=4))
    for table in FACT_TABLES:
        assert warehouse.one(
            f"select count(*) from {table} left join dim_release using (release_key) "
            "where substring(body, char_start + 1, char_end - char_start) is distinct from surface"
        ) == 0  # fmt: skip
        (by_revision,) = warehouse.rows(
            f"select count(*) filter (revision = 1), count(*) filter (revision = 2), count(*) filter (revision = 3) "
            f"from {table} join dim_release using (release_key)"
        )
        assert len(set(by_revision)) == 1


def test_every_mart_of_current_releases_has_its_form_as_of_a_day(warehouse):
    # The others tell their own days, or of all days alike.
    about_now = set(marts()) - {"changes", "findings", "calendar_day", "currency_limit", "fact_span"}
    assert set(macros(marts())) == {name_of(mart) for mart in about_now}
    warehouse.load(corpus(10))
    warehouse.load([example(A)], "r2-0001", at=LATER)
    for mart in about_now:
        columns = warehouse.rows(f"describe from {mart}")
        assert warehouse.rows(f"describe from {name_of(mart)}(date '2024-03-15')") == columns
        assert warehouse.rows(f"from {name_of(mart)}({TODAY}) order by all") == warehouse.rows(
            f"from {mart} order by all"
        )
        assert warehouse.one(f"select count(*) from {name_of(mart)}('{STARTED.date() - timedelta(days=1)}')") == 0


@settings(max_examples=6, deadline=None)
@given(
    days=st.lists(
        st.dictionaries(st.sampled_from((A, B)), st.sampled_from(("", "x", "y", "z"))), min_size=1, max_size=6
    )
)
def test_what_was_known_on_each_day_is_what_was_seen_until_then(days):
    """Each day texts come, stay or go (the empty one), and afterwards every day is remembered as it was."""
    known: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths(Path(folder) / "k.duckdb")
        with closing(open_work(paths)) as con:
            warehouse = Warehouse(paths, con)
            for number, seen in enumerate(days):
                at = STARTED + timedelta(days=number)
                now = dict(known[-1] if known else {})
                now.update({uri: text for uri, text in seen.items() if text})
                warehouse.load(
                    [Release(uri, body=f"{text}\n", title=text) for uri, text in seen.items() if text],
                    f"r{number}-0001", at=at,
                )  # fmt: skip
                left = [uri for uri, text in seen.items() if not text]
                gone(warehouse, left, f"r{number}-0002", at=at)
                known.append({uri: text for uri, text in now.items() if uri not in left})
            for number, was in enumerate(known):
                day = STARTED.date() + timedelta(days=number)
                rows = warehouse.rows(f"select source_uri, title from releases_asof(date '{day}')")
                assert sorted(rows) == sorted(was.items())
            assert warehouse.one("select count(*) from dim_release where is_current <> (closed_reason is null)") == 0


def test_a_day_ends_at_midnight_in_bangkok(warehouse):
    """17:00 UTC is the next day there: what was known on a day, and on which day a release changed, say so alike."""
    late, midnight = utc(datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC)), utc(datetime(2026, 11, 20, 17, tzinfo=UTC))
    warehouse.load([Release(A).text("งบ ").fact("10 บาท", baht(10))])
    warehouse.load([Release(A).text("งบ ").fact("12 บาท", baht(12))], "r2-0001", at=late)
    warehouse.load([Release(A).text("งบ ").fact("15 บาท", baht(15))], "r3-0001", at=midnight)
    gone(warehouse, [A], "r4-0001", at=midnight + timedelta(days=1))
    asked = [warehouse.rows(f"select amount from money_asof('2026-11-{day}')") for day in (19, 20, 21, 22)]
    assert asked == [[], [(12,)], [(15,)], []]
    changed = f"select changed_on, revision from ({question('release_changes').query}) where subject <> 'body'"
    assert warehouse.rows(changed) == [
        (date(2026, 11, 20), 2), (date(2026, 11, 21), 3), (date(2026, 11, 22), 3)
    ]  # fmt: skip


def test_plain_duckdb_asks_the_snapshot_what_was_known_on_a_day(warehouse, paths):
    warehouse.load([Release(A).text("งบ ").fact("10 บาท", baht(10))])
    warehouse.load([Release(A).text("งบ ").fact("12 บาท", baht(12))], "r2-0001", at=LATER)
    publish(warehouse.con, paths)
    with closing(duckdb.connect(str(paths.snapshot), read_only=True)) as con:
        asked = [
            con.sql(f"select amount, sentence from money_asof('{day:%Y-%m-%d}')").fetchall()
            for day in (STARTED - timedelta(days=1), STARTED, LATER, LATER + timedelta(days=30))
        ]
        assert asked == [[], [(10, "งบ 10 บาท")], [(12, "งบ 12 บาท")], [(12, "งบ 12 บาท")]]
        assert con.sql("select count(*) from releases_asof(known_on := current_date)").fetchall() == [(1,)]
        about = con.sql(
            "select function_name, comment from duckdb_functions() where function_name like '%_asof' and comment is null"
        ).fetchall()
        assert about == []
        told = con.sql(
            "select change, before, after, fact_before, fact_after from changes where subject = 'fact_money'"
        )
        ((change, before, after, *values),) = told.fetchall()
    assert (change, before, after) == ("changed", "10 บาท", "12 บาท")
    assert [json.loads(value)["amount"] for value in values] == ["10", "12"]
