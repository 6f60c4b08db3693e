"""Sources of the web from the console: declared, checked, run, run again, rebuilt with the network gone."""

from __future__ import annotations

import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from console import Command, Outcome, interrupt

sys.path.append(str(Path(__file__).parents[1] / "acquire"))

from crawls import packed, record
from harvesting import page, publish, rss, urlset
from website import Website

from flows.acquire.landing import write_landing
from flows.acquire.web.fetch import Response
from flows.acquire.web.warc_landing import WarcWriter
from schemas.records import Document
from warehouse.errors import WarehouseError
from warehouse.paths import Paths
from warehouse.work import open_work

WEB = 'contact = "desk@example.org"\npermission = "made up"\nallow_private = true\ndelay_seconds = 0\n'


SHUT = WEB.replace("allow_private = true\n", "")


def declare(tmp_path: Path, *tables: str) -> None:
    text = "".join(f"[[source]]\n{table}\n" for table in tables)
    (tmp_path / "sources.toml").write_text(text, encoding="utf-8")


def held(tmp_path: Path, sql: str) -> list[tuple]:
    with closing(duckdb.connect(tmp_path / "klangkhao.duckdb", read_only=True)) as con:
        return con.execute(sql).fetchall()


def served(site: Website, tmp_path: Path) -> None:
    """A feed, an index of sitemaps, an index page and a crawl, each with releases of its own; and their declaration."""
    publish(site, range(12))
    site.serve("/feed", rss(site, range(3)))
    site.serve("/maps", f"<sitemapindex><sitemap><loc>{site.url}/map</loc></sitemap></sitemapindex>")
    site.serve("/map", urlset(site, {f"/news/{n}": None for n in range(3, 6)}))
    links = "".join(f'<a href="/news/{n}">ประกาศฉบับที่ {n}</a>' for n in range(6, 9))
    site.serve("/index", f"<html><body>{links}<a href='/about'>เกี่ยวกับเรา</a></body></html>")
    crawl = [record(f"https://www.example.go.th/news/{n}", page(100 + n).encode()) for n in range(3)]
    (tmp_path / "crawl.warc.gz").write_bytes(packed(crawl))
    declare(
        tmp_path,
        f'id = "feed"\nkind = "feed"\nlocation = "{site.url}/feed"\n{WEB}',
        f'id = "map"\nkind = "sitemap"\nlocation = "{site.url}/maps"\n{WEB}',
        f'id = "index"\nkind = "page"\nlocation = "{site.url}/index"\nlinks = ["/news/*"]\n{WEB}',
        'id = "crawl"\nkind = "warc"\nlocation = "crawl.warc.gz"\npermission = "made up"\n',
    )


def tallies(run) -> dict[str, tuple[int, int, int, int]]:
    return {
        each["source_id"]: (each["listed"], each["new"], each["changed"], each["unchanged"]) for each in run["sources"]
    }


CONTENT = (
    "select source_uri, revision, is_current, title, body, published_on, published_on_basis, content_hash, source_id "
    "from dim_release join dim_source using (source_key) order by all"
)


def test_a_run_over_the_web_a_second_one_and_a_rebuild_without_it(klangkhao: Command, tmp_path: Path) -> None:
    with Website() as site:
        served(site, tmp_path)
        first = klangkhao("run", "--json")
        assert first.code == 0, first.err
        assert tallies(first.json) == {
            "feed": (1, 3, 0, 0),
            "map": (2, 3, 0, 0),
            "index": (1, 3, 0, 0),
            "crawl": (1, 3, 0, 0),
        }
        assert (first.json["acquired"], first.json["loaded"], first.json["notes"]) == (12, 12, [])
        assert held(
            tmp_path,
            "select source_id, count(*) from dim_release join dim_source using (source_key) group by 1 order by 1",
        ) == [
            ("crawl", 3),
            ("feed", 3),
            ("index", 3),
            ("map", 3),
        ]
        ((basis,),) = held(
            tmp_path, f"select published_on_basis from dim_release where source_uri = '{site.url}/news/1'"
        )
        assert basis == "page.feed"
        assert held(tmp_path, "select count(*) from money where amount = 12000000") == [(1,)]
        site.serve("/news/1", page(1, "แก้ไขเป็น 777 คน"))
        site.remove("/news/4", status=410)
        site.serve("/feed", rss(site, range(1, 4)))
        site.requests.clear()
        second = trouble(klangkhao, site, tmp_path)
        assert second.code == 1, second.err
        assert "Sources asked" in second.out
        asked = [each for each in site.requests if each.path != "/robots.txt"]
        assert all(each.is_conditional for each in asked if each.path != "/news/3")
        assert held(
            tmp_path,
            "select revision, is_current from dim_release where source_uri like '%/news/1' and source_uri like 'http:%' order by 1",
        ) == [(1, False), (2, True)]
        assert held(tmp_path, "select closed_reason from dim_release where source_uri like 'http:%/news/4'") == [
            ("disappeared",)
        ]
        before = held(tmp_path, CONTENT)
    rebuilt = klangkhao("rebuild")
    assert rebuilt.code == 0, rebuilt.err
    assert held(tmp_path, CONTENT) == before
    assert held(tmp_path, "select count(*) from source_entry where status = 'landed'")[0][0] >= 9


def trouble(klangkhao: Command, site: Website, tmp_path: Path) -> Outcome:
    """A run with two more sources, which cost the others nothing: one without a list, and one at a private address.

    The feed wants a token by now, which is told to its site and goes nowhere else.
    """
    secret = "tok-4711-geheim"
    with Website("127.0.4.1") as empty, Website("127.0.4.2") as private:
        more = (
            f'id = "empty"\nkind = "feed"\nlocation = "{empty.url}/feed"\n{WEB}',
            f'id = "private"\nkind = "feed"\nlocation = "{private.url}/feed"\n{SHUT}',
        )
        declared = (tmp_path / "sources.toml").read_text(encoding="utf-8")
        with_secret = declared.replace('kind = "feed"\n', 'kind = "feed"\nheaders_env = "GOV_HEADERS"\n', 1)
        (tmp_path / "sources.toml").write_text(with_secret + "".join(f"[[source]]\n{each}" for each in more), "utf-8")
        told = klangkhao("sources", "check")
        assert told.code == 1
        assert "GOV_HEADERS" in told.out
        run = klangkhao("run", env={"GOV_HEADERS": f"Authorization: Bearer {secret}"})
        assert 'source "empty"' in run.out + run.err
        assert "this machine itself" in run.out + run.err
        assert private.requests == []
    of_feed = [each.headers.get("authorization") for each in site.requests if each.path in {"/feed", "/news/1"}]
    assert set(of_feed) == {f"Bearer {secret}"}
    assert "authorization" not in {name for each in site.requests if each.path == "/index" for name in each.headers}
    assert secret not in run.out + run.err
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes(), file
    return run


def test_ctrl_c_does_not_wait_for_a_site_that_says_nothing(klangkhao: Command, tmp_path: Path) -> None:
    with Website() as site:
        site.fault("/feed", "silent", seconds=300)
        declare(tmp_path, f'id = "feed"\nkind = "feed"\nlocation = "{site.url}/feed"\n{WEB}')
        process = klangkhao.start("run", "--json")
        while "/feed" not in site.paths() and process.poll() is None:
            time.sleep(0.05)
        stopped = interrupt(process)  # which waits for a minute, less than the request would
        assert stopped.code == 130, stopped.err
        assert stopped.err.splitlines() == [
            "klangkhao: Stopped. What was done is kept; the same command goes on from there."
        ]


@pytest.mark.parametrize("words", [("check",), ("--check",), ("list",)])
def test_sources_are_checked_offline(klangkhao: Command, tmp_path: Path, words: tuple[str, ...]) -> None:
    with Website() as site:
        served(site, tmp_path)
        told = klangkhao("sources", *words)
        assert told.code == 0, told.err
        assert all(name in told.out for name in ("feed", "map", "index", "crawl"))
        assert site.requests == []


def test_what_a_declaration_lacks_is_demanded(klangkhao: Command, tmp_path: Path) -> None:
    declare(tmp_path, 'id = "gov"\nkind = "feed"\nlocation = "https://example.go.th/rss"')
    told = klangkhao("sources", "check")
    assert told.code == 2
    assert "permission is missing" in told.err
    assert "contact is missing" in told.err


def test_sources_are_asked_online_once(klangkhao: Command, tmp_path: Path) -> None:
    with Website() as site:
        served(site, tmp_path)
        told = klangkhao("sources", "check", "--online", "--json")
        assert told.code == 0, told.err
        found = {each["id"]: each["found"] for each in told.json}
        assert found["feed"] == "3 releases, the first: ข่าวที่ 0"
        assert found["map"] == "an index of 1 sitemaps"
        assert found["index"] == "3 releases, the first: ประกาศฉบับที่ 6"
        assert found["crawl"] == "1 files"
        assert sorted(site.paths()) == ["/feed", "/index", "/maps"]
        site.robots("User-agent: *\nDisallow: /feed\nDisallow: /news\n")
        site.serve("/maps", "<html>ปิดปรับปรุง</html>")
        told = klangkhao("sources", "check", "--online", "--json")
        assert told.code == 1
        problems = {each["id"]: each["problem"] for each in told.json}
        assert "robots.txt" in problems["feed"]
        assert "no sitemap" in problems["map"]
        assert "allows none of the releases" in problems["index"]


def test_a_rebuild_is_refused_where_its_raw_responses_were_given_up(klangkhao: Command, tmp_path: Path) -> None:
    landing = tmp_path / "klangkhao.klangkhao" / "landing"
    address = "https://example.go.th/1"
    head, body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n", b"<p>1"
    with WarcWriter(landing, "r1") as warc:
        for listing in (True, False):
            at = datetime(2026, 1, 5, tzinfo=UTC)
            body = b"<p>%d" % listing
            answer = Response(
                address, address, 200, (("Content-Type", "text/html"),), body, at, None, head, body, "::1"
            )
            record_of = warc.write(answer, "feed", is_listing=listing)
    write_landing(landing, "r1", [Document("feed", address, body, "0" * 64, (), "text/html", record_of)], {})
    declare(tmp_path, f'id = "feed"\nkind = "feed"\nlocation = "https://example.go.th/rss"\n{WEB}keep_days = 30\n')
    gone = klangkhao("retention", "--delete", "--only-copies", "--json").json["deleted"]
    assert sum(each["only_copies"] for each in gone) == 1
    assert list(landing.glob("*.warc.gz")) == []
    paths = Paths(tmp_path / "klangkhao.duckdb")
    open_work(paths).close()
    with pytest.raises(WarehouseError, match="Bring the files back"):
        open_work(paths, fresh=True)  # as a rebuild does
