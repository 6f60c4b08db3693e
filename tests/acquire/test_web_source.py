"""What changes between runs at a site: new, edited, removed, moved; and what a list forgets. Real requests, real landing."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from harvesting import PLACES, Rig, counts, page, publish, rss, urlset
from website import Website

from flows.acquire.entries import MAX_ENTRIES
from flows.acquire.steps import UNTOLD
from flows.acquire.web_pages import BELIEVED, FEW_GONE, RESTLESS, TRIES
from flows.quality import pages
from flows.stage import known_rules, stage_batch
from schemas.records import Document, EntryState, Gone, ListingState
from schemas.tables import arrow_schema
from warehouse.dimensions import load_dimensions
from warehouse.load import load_batches
from warehouse.paths import Paths
from warehouse.work import open_work, pending_batches

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ATOM = "http://www.w3.org/2005/Atom"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A work database with nothing in it, made once."""
    paths = Paths(tmp_path_factory.mktemp("template") / "k.duckdb")
    open_work(paths).close()
    return paths.work


@pytest.fixture
def rig(tmp_path: Path, template: Path) -> Rig:
    paths = Paths(tmp_path / "k.duckdb")
    paths.state.mkdir()
    shutil.copyfile(template, paths.work)
    with Rig(paths) as rig:
        yield rig


@pytest.fixture
def site() -> Website:
    with Website() as site:
        yield site


def feed(site: Website, numbers, **options) -> None:
    site.serve(options.pop("at", "/feed"), rss(site, numbers, **options), content_type="application/rss+xml")


def since(site: Website, count: int) -> list[tuple[str, bool, int]]:
    """Path, whether conditional, and status of all requests but the first ones and those for robots.txt."""
    return [
        (each.path, each.is_conditional, each.status) for each in site.requests[count:] if each.path != "/robots.txt"
    ]


def paths_of(rig: Rig) -> list[str]:
    return sorted(re.sub(r"https?://[^/]+", "", uri) for uri in rig.standing())


def test_the_state_is_kept_field_by_field():
    assert [field.name for field in fields(ListingState)] == arrow_schema("source_listing").names
    assert [field.name for field in fields(EntryState)] == arrow_schema("source_entry").names


# Nothing new, new


def test_a_first_run_lands_what_came_as_it_came(rig, site):
    publish(site, range(3))
    feed(site, range(3))
    got = rig.run(rig.source(site))
    assert counts(got) == {"listed": 1, "new": 3}
    assert (got.acquired, got.unchanged, got.rejected, got.notes, got.problems) == (3, 0, 0, [], [])
    landed = {document.source_uri: document for document in rig.landed()}
    assert {uri: document.raw.decode() for uri, document in landed.items()} == {
        f"{site.url}/news/{n}": page(n) for n in range(3)
    }
    document = landed[f"{site.url}/news/1"]
    assert document.media_type == "text/html; charset=utf-8"
    assert json.loads(document.hints) == {
        "title": "ข่าวที่ 1",
        "published": "Mon, 05 Jan 2026 01:00:00 +0700",
        "publisher": "กรม",
        "time_zone": "Asia/Bangkok",
        "url": f"{site.url}/news/1",
    }


def test_a_second_run_asks_conditionally_and_lands_nothing(rig, site):
    publish(site, range(3))
    feed(site, range(3))
    source = rig.source(site)
    rig.run(source)
    before, files = len(site.requests), sorted(rig.paths.landing.iterdir())
    got = rig.run(source)
    assert counts(got) == {"listed": 1, "unchanged": 3}
    assert sorted(since(site, before)) == [("/feed", True, 304), *((f"/news/{n}", True, 304) for n in range(3))]
    assert sorted(rig.paths.landing.iterdir()) == files


def test_after_the_overlap_only_the_list_is_asked_for(rig, site):
    publish(site, range(3))
    feed(site, range(3))
    source = rig.source(site)
    rig.run(source)
    before = len(site.requests)
    assert counts(rig.run(source, after=4 * DAY)) == {"listed": 1}
    assert since(site, before) == [("/feed", True, 304)]


def test_a_site_without_validators_lands_nothing_twice(rig, site):
    for n in range(3):
        site.serve(f"/news/{n}", page(n), etag=False)
    site.serve("/feed", rss(site, range(3)), etag=False)
    source = rig.source(site)
    rig.run(source)
    size = sum(file.stat().st_size for file in rig.paths.landing.glob("*-0001.warc.gz"))
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 3}
    assert len(rig.landed()) == 3
    assert sum(file.stat().st_size for file in rig.paths.landing.glob("r0002-0001.warc.gz")) < size / 2  # only revisits


def test_advertising_is_no_revision(rig, site):
    publish(site, range(3))
    feed(site, range(3))
    source = rig.source(site)
    rig.run(source)
    publish(site, range(3), advertising="ลดราคา 50 % วันนี้เท่านั้น")
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 3}
    assert len(rig.landed()) == 3


def test_new_entries_are_all_that_is_landed(rig, site):
    publish(site, range(6))
    feed(site, range(3))
    source = rig.source(site)
    rig.run(source)
    feed(site, [5, 4, 3, 2, 1])
    assert counts(rig.run(source)) == {"listed": 1, "new": 3, "unchanged": 3}
    assert paths_of(rig) == [f"/news/{n}" for n in range(6)]
    assert len(rig.landed()) == 6


# Forgetful lists


def test_a_list_that_forgets_order_dates_and_what_it_had(rig, site):
    publish(site, range(8))
    source = rig.source(site)
    for numbers, dates in (([2, 0, 1], True), ([1, 4, 0, 3], False), ([5], True), ([7, 3, 6, 0], False), ([], True)):
        feed(site, numbers, dates=dates)
        rig.run(source)
    assert paths_of(rig) == [f"/news/{n}" for n in range(8)]
    assert len(rig.landed()) == 8


def test_what_could_not_be_had_is_asked_for_though_the_list_has_forgotten_it(rig, site):
    publish(site, range(4))
    feed(site, range(4))
    source = rig.source(site)
    site.fault("/news/2", "status", code=500)
    assert counts(rig.run(source)) == {"listed": 1, "new": 3, "failed": 1}
    feed(site, [])
    site.behave()
    assert counts(rig.run(source, after=30 * DAY)) == {"listed": 1, "new": 1}
    assert paths_of(rig) == [f"/news/{n}" for n in range(4)]
    assert '"title": "ข่าวที่ 2"' in str(rig.landed()[-1].hints)


def test_downtime_is_caught_up_over_the_pages_of_a_list(rig, site):
    """A feed of three entries that goes on elsewhere (RFC 5005): after twenty releases one run has them all."""
    publish(site, range(30))
    source = rig.source(site)
    paged(site, range(29, 19, -1))
    rig.run(source)
    paged(site, range(29, -1, -1))
    before = len(site.requests)
    paged(site, [*range(29, 26, -1)])  # nothing new
    rig.run(source)
    assert [path for path, *_ in since(site, before)].count("/feed2") == 0
    publish(site, range(30, 48))
    paged(site, range(47, -1, -1))
    assert counts(rig.run(source, after=9 * DAY))["new"] == 18
    assert {int(path.rpartition("/")[2]) for path in paths_of(rig)} == set(range(20, 48))


def paged(site: Website, numbers) -> None:
    pages = [list(numbers)[at : at + 3] for at in range(0, len(list(numbers)), 3)]
    for at, some in enumerate(pages):
        more = f'<link xmlns="{ATOM}" rel="next" href="/feed{at + 2}"/>' if at + 1 < len(pages) else ""
        feed(site, some, head=more, at="/feed" if at == 0 else f"/feed{at + 1}")


def test_a_list_whose_further_page_fails_is_read_on_by_the_next_run(rig, site):
    publish(site, range(9))
    paged(site, range(8, -1, -1))
    source = rig.source(site)
    site.fault("/feed2", "status", code=500)
    got = rig.run(source)
    assert counts(got) == {"listed": 1, "failed": 1, "new": 3}
    assert "/feed2" in got.notes[0]
    site.behave()
    assert counts(rig.run(source))["new"] == 6
    assert len(rig.landed()) == 9
    before = len(site.requests)
    rig.run(source)
    assert [path for path, *_ in since(site, before)].count("/feed2") == 0


def test_a_list_is_read_as_deep_as_is_declared(rig, site):
    publish(site, range(9))
    paged(site, range(8, -1, -1))
    assert counts(rig.run(rig.source(site, depth=2)))["new"] == 6


@pytest.mark.parametrize("depth", [1, 2])
def test_a_list_that_goes_on_deeper_than_it_is_read_is_told(rig, site, depth):
    publish(site, range(9))
    paged(site, range(8, -1, -1))
    source = rig.source(site, depth=depth)
    got = rig.run(source)
    assert "raise depth" in got.notes[0]
    assert f"/feed{depth + 1}" in got.notes[0]
    assert "raise depth" in rig.listings()[source.location].last_problem
    assert rig.run(source).notes == got.notes  # as long as the list is as it is
    publish(site, [9])
    paged(site, [9, 8, 7])
    assert rig.run(source).notes == []  # what is new goes over into what is known
    paged(site, range(9, -1, -1))
    assert rig.run(rig.source(site, depth=5)).notes == []
    assert len(rig.landed()) == 10


def test_more_entries_than_a_list_may_have_are_told(rig, site):
    count = MAX_ENTRIES + 3
    site.serve("/map", urlset(site, {f"/news/{n}": None for n in range(count)}))
    publish(site, [0])
    got = rig.run(rig.source(site, "/map", kind="sitemap", max_pages=1))
    assert f"it names more than {MAX_ENTRIES:,} entries" in got.notes[0]
    assert len(rig.entries()) == MAX_ENTRIES


def test_a_list_that_goes_on_in_a_circle(rig, site):
    publish(site, range(3))
    feed(site, range(3), head=f'<link xmlns="{ATOM}" rel="next" href="/feed"/>')
    assert counts(rig.run(rig.source(site))) == {"listed": 1, "new": 3}


# Edits


def test_an_edit_in_the_overlap_is_a_revision(rig, site):
    publish(site, range(3))
    feed(site, range(3))
    source = rig.source(site)
    rig.run(source)
    site.serve("/news/1", page(1, "แก้ไขเพิ่มเติม 99 คน"))
    got = rig.run(source, after=2 * DAY)
    assert counts(got) == {"listed": 1, "unchanged": 2, "changed": 1}
    first, second = (row for row in rig.landed() if row.source_uri.endswith("/news/1"))
    assert first.source_uri == second.source_uri
    assert first.content_hash != second.content_hash
    assert counts(rig.run(source, after=2 * DAY)) == {"listed": 1, "unchanged": 1}  # the edited one is young again


def test_an_edit_after_the_overlap_is_found_where_the_list_tells(rig, site):
    publish(site, range(3))
    marks = {f"/news/{n}": "2026-01-05" for n in range(3)}
    site.serve("/map", urlset(site, marks))
    source = rig.source(site, "/map", kind="sitemap")
    rig.run(source)
    publish(site, range(3), advertising="x")
    site.serve("/news/0", page(0, "แก้ไข"))
    site.serve("/news/1", page(1, "แก้ไข"))
    site.serve("/map", urlset(site, marks | {"/news/1": "2026-02-05", "/news/2": "2026-02-05"}))
    before = len(site.requests)
    got = rig.run(source, after=30 * DAY)
    assert counts(got) == {"listed": 1, "changed": 1, "unchanged": 1}
    assert sorted(since(site, before)) == [("/map", True, 200), ("/news/1", True, 200), ("/news/2", True, 200)]
    assert "แก้ไข" in rig.standing()[f"{site.url}/news/1"]
    before = len(site.requests)
    rig.run(source, after=30 * DAY)
    assert since(site, before) == [("/map", True, 304)]


def test_an_edit_that_the_list_told_is_not_forgotten_when_it_can_not_be_had(rig, site):
    publish(site, range(2))
    site.serve("/map", urlset(site, {"/news/0": "1", "/news/1": "1"}))
    source = rig.source(site, "/map", kind="sitemap")
    rig.run(source)
    site.serve("/news/1", page(1, "แก้ไข"))
    site.serve("/map", urlset(site, {"/news/0": "1", "/news/1": "2"}))
    site.fault("/news/1", "status", code=500)
    assert counts(rig.run(source, after=30 * DAY)) == {"listed": 1, "failed": 1}
    site.behave()
    assert counts(rig.run(source, after=30 * DAY)) == {"listed": 1, "changed": 1}


# Gone


def test_a_page_that_is_missing_twice_is_gone_and_may_come_back(rig, site):
    publish(site, range(3))
    feed(site, range(3))
    source = rig.source(site)
    rig.run(source)
    site.remove("/news/1")
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 2, "failed": 1}
    assert len(paths_of(rig)) == 3
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 2, "gone": 1}
    assert paths_of(rig) == ["/news/0", "/news/2"]
    assert rig.landed()[-1] == Gone("gov", f"{site.url}/news/1")
    before = len(site.requests)
    rig.run(source)
    assert "/news/1" not in [path for path, *_ in since(site, before)]
    site.serve("/news/1", page(1))
    feed(site, [1, 3])
    publish(site, [3])
    assert counts(rig.run(source, after=8 * DAY))["new"] == 2
    assert paths_of(rig) == ["/news/0", "/news/1", "/news/2", "/news/3"]


def test_a_page_that_is_gone_is_looked_at_again_though_no_list_names_it(rig, site):
    publish(site, range(3))
    feed(site, range(3))
    source = rig.source(site)
    rig.run(source)
    site.remove("/news/1")
    site.remove("/news/2", status=410)
    feed(site, [0])
    rig.run(source)
    rig.run(source)
    assert paths_of(rig) == ["/news/0"]
    asked = []
    for _ in range(20):
        before = len(site.requests)
        rig.run(source, after=7 * DAY)
        asked.append({path for path, *_ in since(site, before)} & {"/news/1", "/news/2"})
    assert [len(each) for each in asked] == [week in {1, 3, 7} for week in range(1, 21)]  # and never again
    assert set.union(*asked) == {"/news/1"}
    assert [row for row in rig.landed() if isinstance(row, Gone)] == [
        Gone("gov", f"{site.url}/news/2"),
        Gone("gov", f"{site.url}/news/1"),
    ]


def test_a_page_that_was_gone_for_a_week_is_back(rig, site):
    publish(site, range(2))
    feed(site, range(2))
    source = rig.source(site)
    rig.run(source)
    site.remove("/news/1")
    feed(site, [0])
    rig.run(source)
    rig.run(source)
    publish(site, [1])
    assert counts(rig.run(source, after=8 * DAY)) == {"listed": 1, "new": 1}
    assert paths_of(rig) == ["/news/0", "/news/1"]


def test_a_page_that_is_missing_for_minutes_is_not_gone(rig, site):
    publish(site, range(2))
    feed(site, range(2))
    source = rig.source(site)
    rig.run(source)
    site.remove("/news/1")
    for _ in range(4):
        rig.run(source, after=timedelta(minutes=14))
    publish(site, range(2))
    assert counts(rig.run(source, after=timedelta(minutes=1))) == {"listed": 1, "unchanged": 2}
    assert len(rig.landed()) == 2


def test_a_page_that_says_it_is_gone_is(rig, site):
    publish(site, range(2))
    feed(site, range(2))
    source = rig.source(site)
    rig.run(source)
    site.remove("/news/0", status=410)
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 1, "gone": 1}
    assert paths_of(rig) == ["/news/1"]


def test_very_many_that_are_gone_at_once_are_doubted(rig, site):
    count = 2 * FEW_GONE
    publish(site, range(count))
    feed(site, range(count))
    source = rig.source(site, per_host=8)
    rig.run(source)
    for n in range(count):
        site.remove(f"/news/{n}", status=410)
    got = rig.run(source)
    assert counts(got)["failed"] == count
    assert "run with --allow-closing" in got.problems[0]
    assert len(paths_of(rig)) == count
    assert counts(rig.run(source, allow_closing=True))["gone"] == count
    assert paths_of(rig) == []


def test_nothing_is_closed_where_that_is_not_wanted(rig, site):
    publish(site, range(2))
    feed(site, range(2))
    source = rig.source(site)
    rig.run(source)
    site.remove("/news/0", status=410)
    rig.run(source, allow_closing=False)
    assert len(paths_of(rig)) == 2
    assert counts(rig.run(source))["gone"] == 1


def test_a_page_that_sends_to_the_front_page_is_missing(rig, site):
    publish(site, range(2))
    site.serve("/", page(99))
    feed(site, range(2))
    source = rig.source(site)
    rig.run(source)
    site.redirect("/news/0", "/")
    rig.run(source)
    assert counts(rig.run(source))["gone"] == 1
    assert paths_of(rig) == ["/news/1"]


def test_pages_that_all_lead_to_one_for_now_are_not_what_they_were(rig, site):
    publish(site, range(4))
    feed(site, range(4))
    source = rig.source(site, per_host=1)
    rig.run(source)
    site.serve("/repair", page(77))
    for n in range(4):
        site.redirect(f"/news/{n}", "/repair", status=302)
    for _ in range(BELIEVED + 1):
        assert counts(rig.run(source)) == {"listed": 1, "failed": 4}
    publish(site, range(4))
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 4}
    assert len(rig.landed()) == 4


@pytest.mark.parametrize("per_host", [1, 4])
def test_pages_that_all_lead_to_one_notice_for_ever_are_neither_lost_nor_believed(rig, site, per_host):
    publish(site, range(6))
    feed(site, range(3))
    source = rig.source(site, per_host=per_host)
    rig.run(source)
    site.serve("/notice", page(77))
    feed(site, range(6))
    for n in range(6):
        site.redirect(f"/news/{n}", "/notice", status=301)
    for _ in range(BELIEVED + 1):
        assert counts(rig.run(source))["failed"] == 6
    assert {reason for _, reason, _ in rig.rejections()} == {"led_away"}
    publish(site, range(6))
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 3, "new": 3}
    assert rig.standing() == {f"{site.url}/news/{n}": page(n) for n in range(6)}
    assert len(rig.landed()) == 6
    assert {status for *_, status in rig.rejections()} == {"resolved"}


def test_a_notice_that_has_not_changed_since_is_no_page_that_is_as_it_was(rig, site):
    """A site that knows dates only, and sends to a notice that is older than the pages: it answers 304 there."""
    old = {"Last-Modified": "Mon, 06 Jan 2020 00:00:00 GMT"}
    for n in range(2):
        site.serve(f"/news/{n}", page(n), etag=False, headers={"Last-Modified": "Mon, 05 Jan 2026 00:00:00 GMT"})
    feed(site, range(2))
    source = rig.source(site)
    rig.run(source)
    site.serve("/notice", page(77), etag=False, headers=old)
    for n in range(2):
        site.redirect(f"/news/{n}", "/notice")
    rig.run(source)
    for n in range(2):
        site.serve(f"/news/{n}", page(n, "แก้ไข"))
    assert counts(rig.run(source)) == {"listed": 1, "changed": 2}
    assert not any(isinstance(row, Gone) for row in rig.landed())


def test_a_page_that_leads_elsewhere_again_and_again_and_alone_is_taken(rig, site):
    publish(site, [1, 2])
    site.serve("/shown/9", page(9))
    site.redirect("/go/9", "/shown/9", status=302)
    site.serve("/map", urlset(site, {"/news/1": None, "/go/9": None}))
    source = rig.source(site, "/map", kind="sitemap")
    assert counts(rig.run(source)) == {"listed": 1, "new": 1, "failed": 1}
    for _ in range(BELIEVED - 2):
        assert counts(rig.run(source)) == {"listed": 1, "unchanged": 1, "failed": 1}
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 1, "new": 1}
    assert paths_of(rig) == ["/go/9", "/news/1"]
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 2}


@pytest.mark.parametrize("to", ["/news/5/", "/news/5.html", "/NEWS/5", "/news/5/index.php"])
def test_an_address_that_is_only_spelt_otherwise_is_the_same(rig, site, to):
    site.serve(to, page(5))
    site.redirect("/news/5", to)
    feed(site, [5])
    assert counts(rig.run(rig.source(site))) == {"listed": 1, "new": 1}


def test_a_page_elsewhere_with_the_title_that_the_list_gives_is_the_release(rig, site):
    publish(site, [1])
    title = "กรมตัวอย่างเปิดโครงการที่ 1 ในจังหวัด"
    site.serve("/feed", rss(site, [1]).replace("ข่าวที่ 1", title))
    source = rig.source(site)
    rig.run(source)
    site.serve("/2569/a", page(1, "แก้ไขหลังย้าย"))
    site.redirect("/news/1", "/2569/a")
    assert counts(rig.run(source)) == {"listed": 1, "changed": 1}
    assert paths_of(rig) == ["/news/1"]
    before = len(site.requests)
    rig.run(source, after=HOUR)
    assert "/news/1" not in [path for path, *_ in since(site, before)]


@pytest.mark.parametrize("title", ["กรมตัวอย่างเปิดโครงการ", "โครงการที่", "อ่านรายละเอียดเพิ่มเติม"])
def test_a_title_that_many_pages_may_have_speaks_for_none(rig, site, title):
    site.serve("/feed", rss(site, [1]).replace("ข่าวที่ 1", title))
    site.serve("/notice", page(1))
    site.redirect("/news/1", "/notice")
    assert counts(rig.run(rig.source(site))) == {"listed": 1, "failed": 1}


def test_a_release_whose_page_leads_to_another_release_for_ever_is_missing(rig, site):
    publish(site, range(3))
    site.serve("/map", urlset(site, {f"/news/{n}": None for n in range(3)}))
    source = rig.source(site, "/map", kind="sitemap")
    rig.run(source)
    site.redirect("/news/0", "/news/2")
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 2, "failed": 1}
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 2, "gone": 1}
    assert paths_of(rig) == ["/news/1", "/news/2"]
    assert rig.standing()[f"{site.url}/news/2"] == page(2)


# Moved


def test_the_same_id_at_another_address(rig, site):
    publish(site, range(2))
    feed(site, range(2))
    source = rig.source(site)
    rig.run(source)
    for n in range(2):
        site.serve(f"/archive/{n}", page(n, "แก้ไขหลังย้าย"))
        site.redirect(f"/news/{n}", f"/archive/{n}")
    feed(site, range(2), path="/archive")
    rig.run(source, after=20 * DAY)
    assert paths_of(rig) == ["/news/0", "/news/1"]
    assert all("แก้ไขหลังย้าย" in text for text in rig.standing().values())
    before = len(site.requests)
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 2}
    assert {path for path, *_ in since(site, before)} == {"/feed", "/archive/0", "/archive/1"}


def test_an_id_that_is_given_again_is_another_release(rig, site):
    publish(site, range(2))
    feed(site, [0])
    source = rig.source(site)
    rig.run(source)
    site.serve("/feed", rss(site, [1]).replace("g1<", "g0<"))
    assert counts(rig.run(source, after=20 * DAY)) == {"listed": 1, "new": 1}
    assert paths_of(rig) == ["/news/0", "/news/1"]
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 1}


def test_a_page_that_went_to_another_address_of_a_sitemap(rig, site):
    publish(site, range(3))
    site.serve("/map", urlset(site, {f"/news/{n}": None for n in range(3)}))
    source = rig.source(site, "/map", kind="sitemap")
    rig.run(source)
    for n in range(3):
        site.remove(f"/news/{n}")
        site.serve(f"/2026/{n}", page(n))
    site.serve("/map", urlset(site, {f"/2026/{n}": None for n in range(3)}))
    assert counts(rig.run(source, after=20 * DAY)) == {"listed": 1, "moved": 3}
    assert paths_of(rig) == [f"/news/{n}" for n in range(3)]
    assert len(rig.landed()) == 3
    site.serve("/2026/1", page(1, "แก้ไข"))
    assert counts(rig.run(source, after=DAY)) == {"listed": 1, "unchanged": 2, "changed": 1}
    assert "แก้ไข" in rig.standing()[f"{site.url}/news/1"]


def test_a_copy_is_a_release_of_its_own(rig, site):
    publish(site, [1])
    site.serve("/copy", page(1))
    site.serve("/map", urlset(site, {"/news/1": None}))
    source = rig.source(site, "/map", kind="sitemap")
    rig.run(source)
    site.serve("/map", urlset(site, {"/news/1": None, "/copy": None}))
    assert counts(rig.run(source, after=20 * DAY)) == {"listed": 1, "new": 1}
    assert paths_of(rig) == ["/copy", "/news/1"]


def test_a_known_page_that_moved_for_good_keeps_its_name(rig, site):
    publish(site, [1])
    feed(site, [1])
    source = rig.source(site)
    rig.run(source)
    site.serve("/new/1", page(1))
    site.redirect("/news/1", "/new/1", status=308)
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 1}
    before = len(site.requests)
    feed(site, [], dates=False)
    rig.run(source)
    assert "/new/1" in [path for path, *_ in since(site, before)]
    assert "/news/1" not in [path for path, *_ in since(site, before)]
    assert paths_of(rig) == ["/news/1"]


def test_two_addresses_of_one_page_are_one_release(rig, site):
    publish(site, [1])
    site.redirect("/go/1", "/news/1")
    site.redirect("/go/2", "/news/1")
    site.serve("/map", urlset(site, {"/go/1": None, "/go/2": None, "/news/1": None}))
    got = rig.run(rig.source(site, "/map", kind="sitemap"))
    assert counts(got) == {"listed": 1, "new": 1, "moved": 2}
    assert paths_of(rig) == ["/news/1"]


def test_a_site_that_goes_over_to_https_has_the_same_pages(rig):
    with Website() as old:
        publish(old, range(2))
        feed(old, range(2))
        rig.run(rig.source(old))
        states = rig.entries()
        assert {state.url for state in states.values()} == {f"{old.url}/news/{n}" for n in range(2)}
        secure = rss(old, range(2)).replace("http://", "https://").replace("<guid isPermaLink='false'>g", "<guid>x")
        old.serve("/feed", secure)
        rig.run(rig.source(old), after=20 * DAY)  # the pages are asked for there, in vain: this site speaks no TLS
        assert {each.source_uri for each in rig.entries().values()} == {f"{old.url}/news/{n}" for n in range(2)}
        assert len(rig.landed()) == 2


# Sites in trouble


def test_a_list_that_never_could_be_read_is_grave_and_later_a_note(rig, site):
    publish(site, range(2))
    source = rig.source(site)
    got = rig.run(source)
    assert "it never could be read" in got.problems[0]
    assert site.url in got.problems[0]
    feed(site, range(2))
    assert rig.run(source).problems == []
    site.remove("/feed")
    got = rig.run(source)
    assert (got.problems, len(got.notes)) == ([], 1)
    assert "it could last be read at 2026-01-05 10:00 UTC" in got.notes[0]
    assert rig.run(source, after=4 * DAY).problems


def test_one_source_in_trouble_costs_the_others_nothing(rig):
    with Website("127.0.1.1") as well, Website("127.0.1.2") as ill:
        publish(well, range(2))
        feed(well, range(2))
        ill.fault("*", "close")
        got = rig.run(rig.source(ill, id="ill"), rig.source(well, id="well"))
        assert counts(got, "well") == {"listed": 1, "new": 2}
        assert counts(got, "ill")["failed"] == 1
        assert "ill" in got.problems[0]


def test_a_site_that_refuses_is_left_alone_and_reported(rig, site):
    publish(site, range(9))
    feed(site, range(9))
    site.fault("/news/*", "status", code=403)
    source = rig.source(site, per_host=1)
    got = rig.run(source)
    assert counts(got) == {"listed": 1, "failed": 1, "left_alone": 8}
    assert "left alone" in got.notes[0]
    assert "403" in got.notes[0]
    site.behave()
    assert counts(rig.run(source))["new"] == 9


def test_a_list_that_wants_to_be_left_alone_is_not_asked_before(rig, site):
    publish(site, range(2))
    feed(site, range(2))
    site.fault("/feed", "status", code=429, retry_after=7200)
    source = rig.source(site)
    rig.run(source)
    site.behave()
    before = len(site.requests)
    got = rig.run(source, after=HOUR)
    assert counts(got) == {"left_alone": 1}
    assert "wants not to be asked before" in got.notes[1]
    assert site.requests[before:] == []
    assert counts(rig.run(source, after=HOUR + HOUR / 60))["new"] == 2


def test_a_host_that_wants_to_be_left_alone_is_by_all_sources_over_runs(rig, site):
    publish(site, range(3))
    feed(site, range(2))
    site.serve("/map", urlset(site, {"/news/2": None}))
    one, other = rig.source(site, per_host=1), rig.source(site, "/map", kind="sitemap", id="map")
    site.fault("/news/*", "status", code=503, retry_after=7200)
    assert counts(rig.run(one)) == {"listed": 1, "failed": 1, "left_alone": 1}
    site.behave()
    before = len(site.requests)
    got = rig.run(one, other, after=HOUR)
    assert site.requests[before:] == []
    assert "wants to be asked again on" in got.notes[0]
    assert rig.sql("select count(*) from source_host") == [(1,)]
    got = rig.run(one, other, after=HOUR + HOUR / 60)
    assert (counts(got)["new"], counts(got, "map")["new"]) == (2, 1)
    assert rig.sql("select count(*) from source_host") == [(0,)]


def test_a_host_can_put_us_off_for_a_day_at_most(rig, site):
    publish(site, range(2))
    feed(site, range(2))
    site.fault("/news/*", "status", code=429, retry_after=10**9)
    source = rig.source(site)
    rig.run(source)
    site.behave()
    assert "new" not in counts(rig.run(source, after=0.9 * DAY))
    assert counts(rig.run(source, after=0.2 * DAY))["new"] == 2


def test_robots_are_obeyed_and_what_they_forbid_is_told(rig, site):
    publish(site, range(2))
    feed(site, range(2))
    site.robots("User-agent: *\nDisallow: /news/1\n")
    source = rig.source(site)
    assert counts(rig.run(source)) == {"listed": 1, "new": 1, "refused": 1}
    assert "/news/1" not in site.paths()
    assert rig.rejections() == [(f"{site.url}/news/1", "robots", "open")]
    site.robots("")
    assert counts(rig.run(source))["new"] == 1
    assert rig.rejections() == [(f"{site.url}/news/1", "robots", "resolved")]


def test_robots_are_asked_for_conditionally(rig, site):
    publish(site, range(2))
    feed(site, range(2))
    site.serve("/robots.txt", "User-agent: *\nDisallow: /news/1\n", content_type="text/plain")
    source = rig.source(site)
    rig.run(source)
    before = len(site.requests)
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 1, "refused": 1}
    assert next((each.path, each.status) for each in site.requests[before:]) == ("/robots.txt", 304)
    site.serve("/robots.txt", "User-agent: *\nAllow: /\n", content_type="text/plain")
    assert counts(rig.run(source))["new"] == 1


def test_a_page_that_fails_again_and_again_is_told_and_then_asked_for_rarely(rig, site):
    publish(site, range(2))
    feed(site, range(2))
    site.fault("/news/1", "status", code=500)
    source = rig.source(site)
    for run in range(TRIES):
        rig.run(source, after=HOUR)
        assert len(rig.rejections()) == (run + 1 >= UNTOLD)
    before = len(site.requests)
    rig.run(source, after=HOUR)
    assert "/news/1" not in [path for path, *_ in since(site, before)]
    site.behave()
    rig.run(source, after=8 * DAY)
    assert paths_of(rig) == ["/news/0", "/news/1"]
    assert rig.rejections()[0][2] == "resolved"


@pytest.mark.parametrize(
    ("kind", "options", "reason"),
    [
        ("replaced", {"body": b"%PDF-1.7 x", "content_type": "application/pdf"}, "unsupported"),
        ("replaced", {"body": "{}", "content_type": "application/json"}, "unsupported"),
        ("redirect", {"to": "http://169.254.169.254/latest/"}, "address"),
        ("redirect", {"to": "file:///etc/passwd"}, "scheme"),
    ],
)
def test_what_is_no_page_is_set_aside_until_it_is_one(rig, site, kind, options, reason):
    publish(site, [1])
    feed(site, [1])
    site.fault("/news/1", kind, **options)
    source = rig.source(site)
    assert counts(rig.run(source)) == {"listed": 1, "refused": 1}
    assert rig.rejections() == [(f"{site.url}/news/1", reason, "open")]
    assert rig.landed() == []
    site.behave()
    assert counts(rig.run(source)) == {"listed": 1, "new": 1}
    assert rig.rejections() == [(f"{site.url}/news/1", reason, "resolved")]


def test_what_is_no_page_for_long_is_asked_for_rarely(rig, site):
    publish(site, range(2))
    feed(site, range(2))
    site.fault("/news/1", "replaced", body=b"%PDF-1.7 x", content_type="application/pdf")
    source = rig.source(site)
    for run in range(UNTOLD):
        got = rig.run(source, after=HOUR)
        assert (got.rejected, got.still_quarantined) == (run == 0, run > 0)
    for _ in range(3):
        before = len(site.requests)
        rig.run(source, after=DAY)
        assert "/news/1" not in [path for path, *_ in since(site, before)]
    before = len(site.requests)
    rig.run(source, after=7 * DAY)
    assert "/news/1" in [path for path, *_ in since(site, before)]


@pytest.mark.parametrize("body", [b"", b"  \n"])
def test_an_empty_page_is_asked_for_again(rig, site, body):
    publish(site, [1])
    feed(site, [1])
    site.fault("/news/1", "replaced", times=1, body=body)
    source = rig.source(site)
    assert counts(rig.run(source)) == {"listed": 1, "failed": 1}
    assert counts(rig.run(source)) == {"listed": 1, "new": 1}


def test_a_page_whose_text_can_not_be_told_is_asked_for_again_and_then_landed(rig, site):
    publish(site, [1])
    feed(site, [1])
    site.fault("/news/1", "mojibake", times=UNTOLD)
    source = rig.source(site)
    for _ in range(UNTOLD - 1):
        assert counts(rig.run(source)) == {"listed": 1, "failed": 1}
        assert rig.landed() == []
    assert counts(rig.run(source)) == {"listed": 1, "refused": 1}
    assert len(rig.landed()) == 1  # better rules may read it
    before = len(site.requests)
    assert counts(rig.run(source)) == {"listed": 1, "changed": 1}
    assert ("/news/1", False, 200) in since(site, before)
    assert rig.standing() == {f"{site.url}/news/1": page(1)}


def test_a_notice_of_works_is_no_revision_and_no_move(rig, site):
    publish(site, range(3))
    feed(site, range(2))
    source = rig.source(site)
    rig.run(source)
    feed(site, range(3))
    site.fault("/news/*", "replaced", times=3, body="<html><body><p>ขออภัย ปิดปรับปรุงระบบ</p></body></html>")
    assert counts(rig.run(source)) == {"listed": 1, "failed": 3}
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 2, "new": 1}
    assert [row.raw.decode() for row in rig.landed()[2:]] == [page(2)]


def test_what_a_killed_run_landed_and_did_not_keep_is_asked_for_whole(rig, site):
    """It may have landed what was only there for a moment."""
    publish(site, range(2))
    feed(site, range(2))
    source = rig.source(site)
    rig.run(source)
    state = rig.sql("from source_entry where entry_id = 'g1'")
    site.fault("/news/1", "replaced", times=1, body=page(7))
    rig.run(source)
    rig.sql("delete from source_entry where entry_id = 'g1'")
    rig.con.executemany(f"insert into source_entry values ({', '.join('?' * len(state[0]))})", state)
    before = len(site.requests)
    rig.run(source)
    assert ("/news/1", False, 200) in since(site, before)
    assert rig.standing()[f"{site.url}/news/1"] == page(1)


def test_a_broken_list_is_taken_as_far_as_it_goes_and_read_again(rig, site):
    publish(site, range(4))
    whole = rss(site, range(4))
    site.serve("/feed", whole[: whole.index("ข่าวที่ 3")])
    source = rig.source(site)
    got = rig.run(source)
    assert counts(got) == {"listed": 1, "new": 3}
    assert "breaks off" in got.notes[0]
    before = len(site.requests)
    site.serve("/feed", whole)
    assert counts(rig.run(source)) == {"listed": 1, "new": 1, "unchanged": 3}
    assert ("/feed", False, 200) in since(site, before)


# State and landing


def test_a_run_that_was_killed_before_it_kept_its_state_lands_nothing_twice(rig, site):
    publish(site, range(4))
    feed(site, range(4))
    source = rig.source(site)
    rig.run(source)
    rig.sql("delete from source_entry")
    rig.sql("delete from source_listing")
    got = rig.run(source)
    assert (got.acquired, got.unchanged) == (0, 4)
    assert len(rig.landed()) == 4


def test_a_new_page_that_a_killed_run_landed_is_no_move_of_another(rig, site):
    """It was landed as new; then its old address vanished, before the state of the new one was kept."""
    publish(site, [1])
    site.serve("/map", urlset(site, {"/news/1": None}))
    source = rig.source(site, "/map", kind="sitemap")
    rig.run(source)
    site.serve("/2026/1", page(1))
    site.serve("/map", urlset(site, {"/news/1": None, "/2026/1": None}))
    assert counts(rig.run(source, after=DAY))["new"] == 1
    rig.sql(
        "update source_entry set status = 'pending', source_uri = null, content_hash = null where url like '%2026%'"
    )
    site.remove("/news/1")
    rig.run(source, after=20 * DAY)
    rig.run(source, after=DAY)
    uris = [each.source_uri for each in rig.entries().values() if each.status == "landed"]
    assert len(uris) == len(set(uris))
    assert len([row for row in rig.landed() if isinstance(row, Document)]) == 2
    assert "/2026/1" in paths_of(rig)


def test_what_landing_lost_is_asked_for_again(rig, site):
    publish(site, range(4))
    feed(site, range(4))
    source = rig.source(site)
    rig.run(source)
    for file in rig.paths.landing.iterdir():
        file.unlink()
    assert counts(rig.run(source, after=30 * DAY)) == {"listed": 1, "new": 4}
    assert len(rig.landed()) == 4


def test_a_run_asks_for_so_many_pages_and_the_next_one_goes_on(rig, site):
    publish(site, range(7))
    feed(site, range(7))
    source = rig.source(site, max_pages=3, overlap_days=0)
    assert counts(rig.run(source)) == {"listed": 1, "new": 3, "waiting": 4}
    feed(site, [])
    assert counts(rig.run(source)) == {"listed": 1, "new": 3, "waiting": 1}
    assert counts(rig.run(source)) == {"listed": 1, "new": 1}


def test_a_source_takes_its_time_and_the_next_run_goes_on(rig, site):
    publish(site, range(30))
    feed(site, range(30))
    source = rig.source(site, delay_seconds=60, max_minutes=10, per_host=1)
    notes = []
    while len(rig.landed()) < 30:
        before = len(site.requests)
        got = rig.run(source)
        assert len(site.requests) - before <= 14
        assert counts(got)["waiting"]
        notes += got.notes
    assert "took its 10 minutes" in notes[0]
    fetched = {each.fetched_at for each in rig.entries().values()}
    for _ in range(6):  # and all of them are looked at again for edits, those that wait longest first
        rig.run(source)
    assert min(each.fetched_at for each in rig.entries().values()) > max(fetched)


def test_another_pattern_reads_the_list_again(rig, site):
    publish(site, range(2))
    site.serve("/press/5", page(5))
    index = "".join(f'<a href="{path}">ข่าวประชาสัมพันธ์</a>' for path in ("/news/0", "/news/1", "/press/5", "/about"))
    site.serve("/index", f"<html><body>{index}</body></html>")
    source = rig.source(site, "/index", kind="page", links=("/news/*",))
    assert counts(rig.run(source)) == {"listed": 1, "new": 2}
    both = replace(source, links=("/news/*", "/press/*"))
    assert counts(rig.run(both, after=9 * DAY)) == {"listed": 1, "new": 1}
    assert paths_of(rig) == ["/news/0", "/news/1", "/press/5"]


def test_an_index_page_goes_on(rig, site):
    publish(site, range(6))
    for at in range(3):
        links = "".join(f'<a href="/news/{n}">ประกาศ {PLACES[n]}</a>' for n in (2 * at, 2 * at + 1))
        more = f'<a rel="next" href="/index?page={at + 1}">ถัดไป</a>' if at < 2 else ""
        site.serve(f"/index?page={at}" if at else "/index", f"<body>{links}{more}</body>")
    assert counts(rig.run(rig.source(site, "/index", kind="page", links=("/news/*",))))["new"] == 6


def test_an_index_of_sitemaps_asks_only_for_those_that_changed(rig, site):
    publish(site, range(6))
    for at in range(3):
        site.serve(f"/map{at}", urlset(site, {f"/news/{n}": "1" for n in (2 * at, 2 * at + 1)}))
    index = "<sitemapindex>{}</sitemapindex>"
    child = f"<sitemap><loc>{site.url}/map{{}}</loc><lastmod>{{}}</lastmod></sitemap>"
    site.serve("/maps", index.format("".join(child.format(at, "2026-01-01") for at in range(3))))
    source = rig.source(site, "/maps", kind="sitemap", overlap_days=0.5)
    assert counts(rig.run(source)) == {"listed": 4, "new": 6}
    before = len(site.requests)
    assert counts(rig.run(source, after=20 * HOUR)) == {"listed": 1}
    publish(site, [6])
    site.serve("/map2", urlset(site, {f"/news/{n}": "1" for n in (4, 5, 6)}))
    site.serve("/maps", index.format("".join(child.format(at, "2026-01-0" + "112"[at]) for at in range(3))))
    before = len(site.requests)
    assert counts(rig.run(source)) == {"listed": 2, "new": 1}
    assert since(site, before) == [("/maps", True, 200), ("/map2", True, 200), ("/news/6", False, 200)]


def test_a_sitemap_of_an_index_that_failed_is_asked_for_again_though_the_index_is_as_it_was(rig, site):
    publish(site, range(2))
    site.serve("/map0", urlset(site, {"/news/0": None}))
    site.serve("/map1", urlset(site, {"/news/1": None}))
    child = f"<sitemap><loc>{site.url}/map{{}}</loc><lastmod>1</lastmod></sitemap>"
    site.serve("/maps", f"<sitemapindex>{child.format(0)}{child.format(1)}</sitemapindex>")
    site.fault("/map1", "status", code=500)
    source = rig.source(site, "/maps", kind="sitemap", overlap_days=0.5)
    assert counts(rig.run(source)) == {"listed": 2, "failed": 1, "new": 1}
    site.behave()
    assert counts(rig.run(source, after=20 * HOUR)) == {"listed": 2, "new": 1}


def test_lists_that_could_not_be_asked_for_are_though_the_index_is_as_it_was(rig, site):
    publish(site, range(3))
    names = "".join(f"<sitemap><loc>{site.url}/map{n}</loc><lastmod>1</lastmod></sitemap>" for n in range(3))
    site.serve("/maps", f"<sitemapindex>{names}</sitemapindex>")
    for n in range(3):
        site.serve(f"/map{n}", urlset(site, {f"/news/{n}": None}))
    source = rig.source(site, "/maps", kind="sitemap", overlap_days=0.5)
    site.fault("/map1", "status", code=403)
    rig.run(source)
    site.behave()
    rig.run(source)
    assert paths_of(rig) == [f"/news/{n}" for n in range(3)]
    before = len(site.requests)
    rig.run(source, after=20 * HOUR)
    assert since(site, before) == [("/maps", True, 304)]


def test_a_sitemap_that_its_index_has_forgotten_to_leave_out_is_no_grave_matter(rig, site):
    publish(site, [0])
    site.serve("/map0", urlset(site, {"/news/0": None}))
    site.serve(
        "/maps",
        f"<sitemapindex>{''.join(f'<sitemap><loc>{site.url}/map{n}</loc></sitemap>' for n in range(2))}</sitemapindex>",
    )
    source = rig.source(site, "/maps", kind="sitemap", overlap_days=0.5)
    for _ in range(3):
        got = rig.run(source, after=20 * HOUR)
        assert got.problems == []
        assert "/map1" in got.notes[0]
    site.fault("/map1", "status", code=500)
    assert "/map1" in rig.run(source, after=20 * HOUR).problems[0]


def test_two_sources_of_the_same_releases_land_them_once(rig, site):
    publish(site, range(3))
    feed(site, range(3))
    site.serve("/map", urlset(site, {f"/news/{n}": None for n in range(3)}))
    got = rig.run(rig.source(site), rig.source(site, "/map", kind="sitemap", id="map"))
    assert got.acquired == 3
    tallies = [counts(got, name) for name in ("gov", "map")]
    assert sum(each.get("new", 0) for each in tallies) == sum(each.get("unchanged", 0) for each in tallies) == 3
    assert len([row for row in rig.landed() if isinstance(row, Document)]) == 3


def test_ten_thousand_entries_are_listed_at_once(rig, site):
    feed(site, range(10_000))
    publish(site, range(3))
    assert counts(rig.run(rig.source(site, max_pages=3))) == {"listed": 1, "new": 3, "waiting": 9_997}
    assert len(rig.entries()) == 10_000


def test_what_strangers_call_things_is_never_a_statement_a_path_or_markup(rig, site, tmp_path):
    evil = "'); drop table dim_release; --"
    markup = "<script>alert(document.title)</script><img src=x onerror=alert(2)>"
    shown = "".join(f"&#{ord(letter)};" for letter in f"{markup} {evil}")
    text = page(1, shown).replace("เปิดโครงการ", f"เปิด{shown}โครงการ")
    address = f"/news/..%2f..%2f..%2fetc%2fpasswd?x={quote(evil)}&y=%00"
    site.serve(unquote(address.partition("?")[0]), text)
    item = f"<title>{shown}</title><link>{site.url}{address.replace('&', '&amp;')}</link><guid>{evil}../../x</guid>"
    head = f"<rss><channel><title>{shown}</title><item>{item}<pubDate>{evil}</pubDate></item></channel></rss>"
    site.serve("/feed", head)
    assert counts(rig.run(rig.source(site))) == {"listed": 1, "new": 1}
    (batch,) = pending_batches(rig.con, rig.paths)
    load_dimensions(rig.con, sources=[], rules=known_rules())
    staged = stage_batch(batch, rig.paths.staging, run_id="r0001", seen_at=rig.now)
    load_batches(rig.con, [staged.batch_dir], run_id="r0001")
    ((key, title, body),) = rig.sql("select release_key, title, body from dim_release")
    assert markup in title
    assert evil in body
    ((entry_id,),) = rig.sql("select entry_id from source_entry")
    assert entry_id == f"{evil}../../x"
    found = {file.name for file in tmp_path.rglob("*") if "passwd" in file.name}
    assert not found
    (written,) = pages.write(rig.con, tmp_path / "pages", [key], home=None)
    assert written.parent.parent == tmp_path / "pages" or written.parent == tmp_path / "pages"
    html = written.read_text(encoding="utf-8")
    assert "alert(document.title)" in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html


# Addresses and ids that are given again, and what speaks for whom


def test_a_page_that_moves_away_and_back_is_one_release(rig, site):
    site.serve("/a", page(1))
    site.serve("/map", urlset(site, {"/a": "1"}))
    source = rig.source(site, "/map", kind="sitemap")
    rig.run(source)
    for here, gone in (("/b", "/a"), ("/a", "/b")):
        site.remove(gone)
        site.serve(here, page(1))
        site.serve("/map", urlset(site, {here: "2"}))
        for _ in range(3):
            rig.run(source, after=DAY)
        assert paths_of(rig) == ["/a"]
    assert [type(row) for row in rig.landed()] == [Document]


@pytest.mark.parametrize("guids", [True, False])
def test_a_new_release_at_the_address_of_one_that_moved(rig, site, guids):
    publish(site, [1])

    def listed(guid: str, mark: str) -> None:
        if guids:
            site.serve("/feed", rss(site, [1]).replace("g1<", f"{guid}<"))
        else:
            site.serve("/feed", urlset(site, {"/news/1": mark, "/archive/1": "1"} if mark > "1" else {"/news/1": "1"}))

    listed("g1", "1")
    source = rig.source(site, kind="feed" if guids else "sitemap")
    rig.run(source)
    site.serve("/archive/1", page(1))
    site.redirect("/news/1", "/archive/1")
    rig.run(source)
    site.serve("/news/1", page(77))
    listed("g77", "2")
    for _ in range(4):
        rig.run(source)
    assert rig.standing() == {f"{site.url}/news/1": page(1), f"{site.url}/news/1#2": page(77)}
    assert len(rig.landed()) == 2


def test_a_list_that_goes_on_naming_the_old_addresses_costs_no_requests(rig, site):
    publish(site, range(3))
    site.serve("/map", urlset(site, {f"/news/{n}": "1" for n in range(3)}))
    source = rig.source(site, "/map", kind="sitemap")
    rig.run(source)
    for n in range(3):
        site.serve(f"/archive/{n}", page(n))
        site.redirect(f"/news/{n}", f"/archive/{n}")
    rig.run(source)
    for run in range(3):
        publish(site, [10 + run])
        site.serve("/map", urlset(site, {f"/news/{n}": "1" for n in (0, 1, 2, *range(10, 11 + run))}))
        before = len(site.requests)
        rig.run(source, after=5 * DAY if not run else HOUR)
        assert ("/archive/0", False, 200) not in since(site, before)
    assert len(rig.landed()) == 6
    assert len({each.source_uri for each in rig.entries().values() if each.status == "landed"}) == 6


@pytest.mark.parametrize("per_host", [1, 4])
def test_two_pages_with_the_text_of_one_that_is_gone(rig, site, per_host):
    publish(site, range(6))
    site.serve("/map", urlset(site, {f"/news/{n}": "1" for n in range(6)}))
    source = rig.source(site, "/map", kind="sitemap", per_host=per_host)
    rig.run(source)
    for n in range(6):
        site.remove(f"/news/{n}")
        site.serve(f"/b/{n}", page(n))
        site.serve(f"/c/{n}", page(n))
    site.serve("/map", urlset(site, {f"/{place}/{n}": "1" for place in "bc" for n in range(6)}))
    for _ in range(3):
        rig.run(source, after=DAY)
    uris = [each.source_uri for each in rig.entries().values() if each.status == "landed"]
    assert len(uris) == len(set(uris)) == 12
    assert len(rig.landed()) == 12


def test_a_guid_that_is_the_address_of_another_entry(rig, site):
    publish(site, range(2))
    items = f"<item><link>{site.url}/news/0</link><guid isPermaLink='false'>{site.url}/news/1</guid></item>"
    site.serve("/feed", f"<rss><channel>{items}<item><link>{site.url}/news/1</link></item></channel></rss>")
    source = rig.source(site)
    rig.run(source)
    assert paths_of(rig) == ["/news/0", "/news/1"]
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 2}


def test_a_guid_for_whatever_is_newest(rig, site):
    for n in range(5):
        publish(site, [n])
        site.remove(f"/news/{n - 1}", status=410)
        site.serve("/feed", rss(site, [n]).replace(f"g{n}<", "latest<"))
        rig.run(rig.source(site))
    first = [row for row in rig.landed() if isinstance(row, Document)]
    assert [row.raw.decode() for row in first] == [page(n) for n in range(5)]
    assert len({row.source_uri for row in first}) == 5


@pytest.mark.parametrize("guids", [True, False])
def test_addresses_with_a_mark_of_the_visit(rig, site, guids):
    for run in range(5):
        for n in range(3):
            site.serve(f"/news/{n}?id={run}", page(n))
        listed = re.sub(r"(/news/\d)<", rf"\1?id={run}<", rss(site, range(3)))
        site.serve("/feed", listed if guids else re.sub("<guid.*?</guid>", "", listed))
        before = len(site.requests)
        rig.run(rig.source(site))
        assert len(since(site, before)) <= 7
    assert len(rig.landed()) == 3


def test_a_site_that_moves_to_another_host_with_the_same_ids(rig):
    with Website("127.0.5.1") as old, Website("127.0.5.2") as new:
        publish(old, range(4))
        feed(old, range(4))
        rig.run(rig.source(old))
        publish(new, range(5))
        feed(old, range(5))
        old.serve("/feed", rss(new, range(5)))
        old.fault("/news/*", "close")
        source = rig.source(old, links=("http://127.0.5.*/news/*",))
        for _ in range(3):
            rig.run(source, after=DAY)
        assert len(rig.landed()) == 5
        assert {each.url for each in rig.entries().values()} == {f"{new.url}/news/{n}" for n in range(5)}


def test_a_new_address_of_an_edited_page_with_another_mark(rig, site):
    publish(site, [1])
    site.serve("/feed", rss(site, [1]))
    source = rig.source(site)
    rig.run(source)
    site.remove("/news/1")
    site.serve("/b", page(1, "แก้ไข"))
    moved = rss(site, [1]).replace("/news/1", "/b").replace("05 Jan 2026", "06 Jan 2026")
    site.serve("/feed", moved)
    got = rig.run(source, after=20 * DAY)
    assert got.problems == []
    assert counts(got) == {"listed": 1, "changed": 1}
    assert paths_of(rig) == ["/news/1"]
    assert "แก้ไข" in rig.standing()[f"{site.url}/news/1"]


# Who waits for whom


@pytest.mark.parametrize(("code", "count"), [(403, 8), (500, 12)])
def test_pages_that_fail_for_ever_do_not_keep_off_the_others(rig, site, code, count):
    bad = range(100, 100 + count)
    site.fault("/news/1??", "status", code=code)
    source = rig.source(site)
    for day in range(12):
        publish(site, [day])
        feed(site, [*bad, *range(day + 1)])
        rig.run(source, after=DAY)
    assert len(paths_of(rig)) >= 11


def test_pages_that_their_host_keeps_back_for_days_are_grave(rig, site):
    publish(site, range(9))
    feed(site, range(9))
    site.fault("/news/*", "status", code=403)
    source = rig.source(site)
    assert rig.run(source).problems == []
    rig.run(source, after=2 * DAY)
    assert "have waited since 2026-01-05" in rig.run(source, after=2 * DAY).problems[0]


def test_a_long_list_is_read_on_from_where_the_time_was_over(rig, site):
    publish(site, range(60))
    paged(site, range(59, -1, -1))
    source = rig.source(site, delay_seconds=6, max_minutes=1, depth=100)
    met = []
    for _ in range(8):
        before = len(site.requests)
        rig.run(source)
        met += [path for path, *_ in since(site, before) if path.startswith("/feed") and path != "/feed"]
    assert sorted(met) == sorted(f"/feed{n}" for n in range(2, 21))


def test_lists_without_dates_take_turns_and_those_that_fail_come_last(rig, site):
    count = 14
    publish(site, range(count))
    names = "".join(f"<sitemap><loc>{site.url}/map{n}</loc></sitemap>" for n in range(count))
    site.serve("/maps", f"<sitemapindex>{names}</sitemapindex>")
    for n in range(count):
        site.serve(f"/map{n}", urlset(site, {f"/news/{n}": None}))
    for n in range(6):
        site.fault(f"/map{n}", "status", code=500)
    source = rig.source(site, "/maps", kind="sitemap", delay_seconds=5, max_minutes=2, overlap_days=0)
    for _ in range(4):
        rig.run(source, after=DAY)
    assert len(paths_of(rig)) == count - 6


def test_a_list_elsewhere_is_forgotten_with_its_declaration(rig, site):
    publish(site, range(2))
    feed(site, [0])
    feed(site, [1], at="/new")
    rig.run(rig.source(site))
    site.remove("/feed")
    other = rig.source(site, "/new")
    for _ in range(3):
        before = len(site.requests)
        assert rig.run(other, after=4 * DAY).problems == []
        assert "/feed" not in [path for path, *_ in since(site, before)]


def test_an_index_that_never_tells_of_a_change_is_not_believed_for_ever(rig, site):
    site.serve("/maps", f"<sitemapindex><sitemap><loc>{site.url}/m</loc><lastmod>1</lastmod></sitemap></sitemapindex>")
    source = rig.source(site, "/maps", kind="sitemap")
    for n in range(4):
        publish(site, [n])
        site.serve("/m", urlset(site, {f"/news/{each}": None for each in range(n + 1)}))
        rig.run(source, after=DAY)
    assert len(paths_of(rig)) == 4


# Notices, counters, clocks


def test_a_notice_in_the_place_of_all_pages_is_no_edit(rig, site):
    publish(site, range(4))
    feed(site, range(4))
    source = rig.source(site)
    rig.run(source)
    for n in range(4):
        site.serve(f"/news/{n}", page(99))
    for _ in range(3):
        assert counts(rig.run(source)) == {"listed": 1, "failed": 4}
    publish(site, range(4))
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 4}
    assert len(rig.landed()) == 4


def test_all_pages_missing_at_once_are_doubted_though_they_are_few(rig, site):
    publish(site, range(5))
    feed(site, range(5))
    source = rig.source(site)
    rig.run(source)
    for n in range(5):
        site.remove(f"/news/{n}")
    rig.run(source)
    assert "None of them was closed" in rig.run(source).problems[0]
    publish(site, range(5))
    assert counts(rig.run(source)) == {"listed": 1, "unchanged": 5}
    assert len(rig.landed()) == 5


def test_a_page_that_changes_with_every_look_is_not_young_for_ever(rig, site):
    feed(site, [1])
    source = rig.source(site)
    for run in range(40):
        site.serve("/news/1", page(1, f"เปิดอ่าน {run} ครั้ง"))
        rig.run(source, after=12 * HOUR)
    assert len(rig.landed()) <= RESTLESS + 2


def test_a_clock_that_ran_ahead_puts_off_nothing_for_years(rig, site):
    publish(site, range(2))
    feed(site, range(2))
    site.fault("/*", "status", code=429, retry_after=7200)
    source = rig.source(site)
    rig.run(source, after=3650 * DAY)
    site.behave()
    rig.sql("delete from source_host")
    rig.now -= 3650 * DAY
    assert counts(rig.run(source, after=DAY))["new"] == 2


def test_a_page_that_is_led_elsewhere_each_time_is_told(rig, site):
    publish(site, [1, 2])
    feed(site, [1, 2])
    source = rig.source(site)
    for run in range(TRIES + 3):
        site.serve(f"/login/{run}", page(500 + run))
        site.redirect("/news/2", f"/login/{run}", status=302)
        before = len(site.requests)
        rig.run(source)
    assert paths_of(rig) == ["/news/1"]
    assert [reason for _, reason, _ in rig.rejections()] == ["led_away"]
    assert "/news/2" not in [path for path, *_ in since(site, before)]


def test_entries_of_other_sites_are_left_out_and_told(rig, site):
    with Website("127.0.5.3") as other:
        publish(site, [0])
        publish(other, [1])
        mixed = rss(site, [0]).replace("</channel>", f"<item><link>{other.url}/news/1</link></item></channel>")
        site.serve("/feed", mixed)
        got = rig.run(rig.source(site))
        assert "1 of its entries are of other sites" in got.notes[0]
        assert rig.run(rig.source(site)).notes == got.notes
        assert other.requests == []
        assert counts(rig.run(rig.source(site, links=("http://127.0.*/news/*",))))["new"] == 1


def test_so_are_those_of_a_list_that_goes_on(rig, site):
    with Website("127.0.5.4") as other:
        elsewhere = rss(other, range(3), head=f'<link xmlns="{ATOM}" rel="next" href="/feed2"/>')
        site.serve("/feed", elsewhere)
        feed(site, [], at="/feed2")
        source = rig.source(site)
        for _ in range(2):
            assert "3 of its entries are of other sites" in rig.run(source).notes[0]


def test_links_that_mean_nothing_are_told(rig, site):
    publish(site, [0])
    feed(site, [0])
    got = rig.run(rig.source(site, links=("/press/*",)))
    assert "none of its 1 links is meant" in got.notes[0]


def test_a_window_that_may_have_passed_over_something_is_told(rig, site):
    publish(site, range(9))
    feed(site, range(3))
    source = rig.source(site)
    assert rig.run(source).notes == []
    feed(site, range(6, 9))
    assert "run more often" in rig.run(source).notes[0]
