"""Harvesting made-up sites: a warehouse's work database and landing, a clock that only tests move, real requests."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from website import Website

from flows.acquire.landing import read_landing
from flows.acquire.sources import Source
from flows.acquire.web.fetch import Web
from flows.harvest import Harvest, harvest
from schemas.records import Document, EntryState, Gone, ListingState
from warehouse.paths import Paths
from warehouse.web_state import entries_of, listings_of
from warehouse.work import open_work

TLS = ssl.create_default_context()  # made once: that alone takes longer than a run
BEGAN = datetime(2026, 1, 5, 6, tzinfo=UTC)
CONTACT = "desk@example.org"
PLACES = ("เชียงใหม่", "ขอนแก่น", "สงขลา", "ระยอง", "น่าน", "ตรัง", "เลย", "พังงา")


class Clock:
    """Seconds that pass only where somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.seconds += seconds


def quick_web() -> Web:
    """A client whose waiting takes no time."""
    clock = Clock()
    return Web(CONTACT, clock=clock, sleep=clock.sleep, tls=TLS)


def page(number: int, words: str = "", *, advertising: str = "") -> str:
    """A page of a release, its text its own; `advertising` stands around it."""
    place = PLACES[number % len(PLACES)]
    return f"""<!DOCTYPE html><html lang="th"><head><meta charset="utf-8">
<title>กรมตัวอย่างเปิดโครงการที่ {number} ในจังหวัด{place}</title></head>
<body><nav><a href="/">หน้าแรก</a> <a href="/contact">ติดต่อเรา</a></nav><aside>{advertising}</aside>
<article><h1>กรมตัวอย่างเปิดโครงการที่ {number} ในจังหวัด{place}</h1>
<p>อธิบดีกรมตัวอย่างกล่าวว่า โครงการที่ {number} ในจังหวัด{place} มีวงเงิน {number + 11} ล้านบาท
และจะแล้วเสร็จภายในวันที่ 14 สิงหาคม 2566 โดยมีประชาชนเข้าร่วม {number + 300} คน {words}</p>
<p>ทั้งนี้ กรมตัวอย่างจะติดตามผลการดำเนินงานและรายงานให้ประชาชนทราบอย่างต่อเนื่องทุกเดือนตลอดปีงบประมาณ</p>
</article><footer>สงวนลิขสิทธิ์</footer></body></html>"""


def rss(site: Website, numbers: list[int] | range, *, dates: bool = True, path: str = "/news", head: str = "") -> str:
    """A feed of releases, in the order of their numbers."""
    items = "".join(
        f"<item><title>ข่าวที่ {n}</title><link>{site.url}{path}/{n}</link><guid isPermaLink='false'>g{n}</guid>"
        + (f"<pubDate>Mon, 05 Jan 2026 {n % 24:02}:00:00 +0700</pubDate>" if dates else "")
        + "</item>"
        for n in numbers
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>กรม</title>{head}{items}</channel></rss>'


def urlset(site: Website, marks: dict[str, str | None]) -> str:
    """A sitemap of paths, each with the day when it changed."""
    urls = "".join(
        f"<url><loc>{site.url}{path}</loc>{f'<lastmod>{mark}</lastmod>' if mark else ''}</url>"
        for path, mark in marks.items()
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def publish(site: Website, numbers: range | list[int], **options: Any) -> None:
    """Put the pages of releases on a site."""
    for number in numbers:
        site.serve(f"/news/{number}", page(number, **options))


class Rig:
    """A warehouse that sources are harvested into, run by run; a context manager."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.now = BEGAN
        self.runs = 0
        self.con = open_work(paths)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.con.close()

    def source(self, site: Website, path: str = "/feed", **options: Any) -> Source:
        kind = options.pop("kind", "feed")
        plain = {
            "complete": False,
            "contact": CONTACT,
            "permission": "made up",
            "delay_seconds": 0.0,
            "per_host": 2,
            "allow_private": True,
        }
        return Source(options.pop("id", "gov"), kind, site.url + path, **{**plain, **options})

    def run(
        self, *sources: Source, after: timedelta = timedelta(hours=2), allow_closing: bool | None = None
    ) -> Harvest:
        """One run, some time after the one before."""
        self.runs += 1
        self.now += after
        return harvest(
            self.con,
            self.paths,
            sources,
            run_id=f"r{self.runs:04}",
            now=self.now,
            allow_closing=allow_closing,
            web=quick_web,
        )

    def landed(self) -> list[Document | Gone]:
        """All that was ever landed, in its order."""
        return [row for file in sorted(self.paths.landing.glob("*.parquet")) for row in read_landing(file)]

    def standing(self) -> dict[str, str]:
        """The content of every document that is not gone, by its address."""
        standing: dict[str, str] = {}
        for row in self.landed():
            if isinstance(row, Document):
                standing[row.source_uri] = row.raw.decode()
            else:
                standing.pop(row.source_uri, None)
        return standing

    def entries(self, source_id: str = "gov") -> dict[str, EntryState]:
        return {each.entry_id: each for each in entries_of(self.con, [source_id])[source_id]}

    def listings(self, source_id: str = "gov") -> dict[str, ListingState]:
        return {each.url: each for each in listings_of(self.con, [source_id])[source_id]}

    def rejections(self) -> list[tuple[str, str, str]]:
        """URI, reason and status of all that was rejected."""
        return self.sql("select source_uri, reason, status from etl_quarantine order by all")

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        return self.con.execute(statement).fetchall()


def counts(got: Harvest, source_id: str = "gov") -> dict[str, int]:
    """What came of a run's requests, without what did not happen."""
    (tally,) = [each for each in got.tallies if each.source_id == source_id]
    names = ("listed", "new", "changed", "unchanged", "failed", "refused", "gone", "moved", "left_alone", "waiting")
    return {name: getattr(tally, name) for name in names if getattr(tally, name)}
