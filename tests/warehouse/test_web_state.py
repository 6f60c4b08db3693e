"""How far sources of the web have got: kept and loaded as it was, and not lost by a rebuild."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.acquire.entries import text_of
from schemas.records import EntryState, HostState, ListingState, RobotsState
from warehouse import web_state
from warehouse.web_state import entries_of, keep_state, listings_of, sites
from warehouse.work import open_work

MIGRATIONS = Path(web_state.__file__).parent / "migrations"
TABLES = ";".join(
    part
    for name in ("0007_web_sources.sql", "0010_sites.sql")
    for part in (MIGRATIONS / name).read_text(encoding="utf-8").split(";\n")
    if "create table" in part
)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
LISTING = ListingState("gov", "https://example.org/feed", NOON, etag='W/"1"', failures=2, last_problem="ปิดปรับปรุง")
ENTRY = EntryState("gov", "g1", "https://example.org/1", "landed", NOON, NOON, content_hash="0" * 64, hints="{}")


def test_state_comes_back_as_it_was_and_only_that_of_the_sources_asked_for(warehouse):
    other = EntryState("other", "g1", "https://example.com/1", "pending", NOON, NOON)
    late = EntryState("gov", "a", "https://example.org/a", "pending", NOON + timedelta(days=1), NOON)
    keep_state(warehouse.con, [LISTING, late, ENTRY, other], now=NOON)
    assert dict(listings_of(warehouse.con, ["gov", "other"])) == {"gov": [LISTING]}
    assert dict(entries_of(warehouse.con, ["gov"])) == {"gov": [ENTRY, late]}
    assert dict(entries_of(warehouse.con, [])) == {}


def test_the_last_state_of_an_entry_counts(warehouse):
    keep_state(warehouse.con, [LISTING, ENTRY], now=NOON)
    gone = EntryState("gov", "g1", ENTRY.url, "gone", NOON, NOON, missing_since=NOON)
    keep_state(warehouse.con, [EntryState("gov", "g1", ENTRY.url, "failed", NOON, NOON), gone], now=NOON)
    assert entries_of(warehouse.con, ["gov"])["gov"] == [gone]
    assert listings_of(warehouse.con, ["gov"])["gov"] == [LISTING]


def test_a_rebuild_keeps_it(warehouse, paths):
    keep_state(warehouse.con, [LISTING, ENTRY], now=NOON)
    warehouse.con.close()
    with closing(open_work(paths, fresh=True)) as con:
        assert listings_of(con, ["gov"])["gov"] == [LISTING]
        assert entries_of(con, ["gov"])["gov"] == [ENTRY]


def test_what_is_known_of_sites_comes_back_and_hosts_are_forgotten_in_time(warehouse, paths):
    hour = timedelta(hours=1)
    soon, late = HostState("a.example", NOON + hour, "it answers 429"), HostState("b.example", NOON + 9 * hour, "503")
    robots = RobotsState("https://a.example", NOON, "User-agent: *\nDisallow: /\n", etag='"x"')
    keep_state(warehouse.con, [soon, late, robots], now=NOON)
    assert sites(warehouse.con, HostState) == [soon, late]
    keep_state(warehouse.con, [replace(robots, content="")], now=NOON + hour)
    assert sites(warehouse.con, HostState) == [late]
    warehouse.con.close()
    with closing(open_work(paths, fresh=True)) as con:
        assert sites(con, HostState) == [late]
        assert sites(con, RobotsState) == [replace(robots, content="")]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(max_size=40).map(text_of), min_size=4, max_size=4), st.datetimes(timezones=st.just(UTC)))
def test_whatever_a_list_says_can_be_kept(texts, at):
    entry_id, problem, etag, hints = (text or "x" for text in texts)
    entry = EntryState("gov", entry_id, "u", "failed", at, at, etag=etag, last_problem=problem, hints=hints)
    with closing(duckdb.connect()) as con:
        con.execute(TABLES)
        keep_state(con, [entry], now=at)
        assert entries_of(con, ["gov"])["gov"] == [entry]
