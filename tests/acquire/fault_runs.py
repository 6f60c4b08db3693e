"""Runs over sites that answer badly a third of the time, some of them killed, and what is in the warehouse in the end.

Three sites, a feed, an index of sitemaps and an index page, publish, edit, move and remove releases in stages. One
warehouse is fed by many runs in every stage, while answers fail by chance and every so often a run is killed; another
one by a single run in every stage, which nothing disturbs. After one clean run, both must hold the same.
`tests/bench/faults.py` does it with a thousand runs.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent), str(ROOT / "tests" / "warehouse")]

from checksums import OF_ONE_RUN, OF_RUNS  # noqa: E402
from harvesting import CONTACT, Rig, page, rss, urlset  # noqa: E402
from website import CHAOS, Website  # noqa: E402

from flows.acquire.sources import Source  # noqa: E402
from flows.extract.find import rules  # noqa: E402
from flows.harvest import harvest  # noqa: E402
from flows.stage import stage_batch  # noqa: E402
from schemas.tables import arrow_schema, schemas  # noqa: E402
from warehouse.dimensions import load_dimensions  # noqa: E402
from warehouse.load import load_batches  # noqa: E402
from warehouse.paths import Paths  # noqa: E402
from warehouse.sameness import relate  # noqa: E402
from warehouse.work import clear_staging, open_work, pending_batches  # noqa: E402

STAGES = 4
PER_STAGE = 6  # releases that each site publishes in a stage
SHARE = 0.36  # of answers that are drawn to be bad
BETWEEN = timedelta(minutes=4)
LOAD_EVERY = 50  # runs
KILL_EVERY = 25  # runs
NOTICE = "<!DOCTYPE html><html><body><p>ขออภัย ปิดปรับปรุงระบบ</p></body></html>"
BAD = (
    *CHAOS,
    ("status", {"code": 404}),
    ("status", {"code": 429, "retry_after": 0}),
    ("replaced", {"body": ""}),
    ("replaced", {"body": NOTICE}),
    ("replaced", {"body": "%PDF-1.7 no page", "content_type": "application/pdf"}),
    ("mojibake", {}),
    ("redirect", {"to": "/works", "code": 301}),
    ("redirect", {"to": "/works", "code": 302}),
    ("redirect", {"to": "/", "code": 301}),
    ("charset", {"encoding": "tis-620", "said": "utf-8"}),
)
# The same text may have come in another encoding, and what a list said of it at the time is kept with it.
MAY_DIFFER = {"dim_release": {"encoding"}, "release_change": {"change_no"}, "release_metadata": {"candidate_no"}}
COMPARED = {
    "etl_quarantine": "where status = 'open'",
    "source_entry": "where status in ('landed', 'gone')",
    "release_change": "where subject <> 'encoding'",
    "release_metadata": "where found_in <> 'feed'",
}
MUST_HOLD = (  # else nothing is compared
    "dim_release",
    "fact_date",
    "fact_money",
    "fact_count",
    "fact_numeral",
    "fact_place",
    "release_change",
    "release_metadata",
    "etl_document",
    "source_entry",
)
STATE = "source_id, url, status, source_uri, content_hash"  # of an entry: the rest tells of its history


@dataclass(slots=True)
class Figures:
    """What a trial came to."""

    runs: int = 0
    killed: int = 0
    answers: int = 0
    bad: int = 0
    seconds: float = 0.0
    releases: int = 0
    revisions: int = 0
    closed: int = 0
    landed: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    differences: dict[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        return self.bad / self.answers if self.answers else 0.0


class Sites:
    """The three sites, and what they have published so far."""

    def __init__(self, sites: list[Website]) -> None:
        self.feed, self.map, self.index = sites
        self.edits: dict[int, int] = {}
        self.last = 0
        self.gone: set[int] = set()
        self.moved: set[int] = set()

    def publish_more(self) -> None:
        """Publish some releases, edit and remove some of the stage before, and move some."""
        fresh = range(self.last, self.last + PER_STAGE)
        before = range(max(0, self.last - PER_STAGE), self.last)
        self.last += PER_STAGE
        self.edits |= dict.fromkeys(fresh, 0)
        for n in before:
            if n % 3 == 0:
                self.edits[n] += 1
            elif n % 6 == 1:
                self.gone.add(n)
            elif n % 6 == 2:
                self.moved.add(n)
        for site in (self.feed, self.map, self.index):
            site.serve("/", page(7_000))
            site.serve("/works", page(8_000))
            for n, edits in self.edits.items():
                path = self.path(n)
                if n in self.gone:
                    site.remove(path, status=410)
                else:
                    site.serve(path, page(n + 1000 * int(site.host.rpartition(".")[2]), "แก้ไข " * edits))
                if n in self.moved:
                    site.redirect(f"/news/{n}", path)
        standing = [n for n in self.edits if n not in self.gone]
        window = rss(self.feed, standing[::-1][: 2 * PER_STAGE])  # the feed forgets what is older
        for n in self.moved:
            window = window.replace(f"/news/{n}<", f"/moved/{n}<")
        self.feed.serve("/feed", window)
        half = len(standing) // 2
        for at, some in enumerate((standing[:half], standing[half:])):
            marks = {self.path(n): f"2026-01-{self.edits[n] + 1:02}" for n in some}
            self.map.serve(f"/map{at}", urlset(self.map, marks))
        maps = "".join(f"<sitemap><loc>{self.map.url}/map{at}</loc></sitemap>" for at in range(2))
        self.map.serve("/maps", f"<sitemapindex>{maps}</sitemapindex>")
        links = "".join(f'<a href="{self.path(n)}">ประกาศฉบับที่ {n}</a>' for n in standing[::-1])
        self.index.serve("/index", f"<!DOCTYPE html><html><body><main>{links}</main></body></html>")

    def path(self, number: int) -> str:
        return f"/moved/{number}" if number in self.moved else f"/news/{number}"

    def sources(self) -> list[Source]:
        plain = {
            "complete": False,
            "contact": CONTACT,
            "permission": "made up",
            "delay_seconds": 0.0,
            "allow_private": True,
        }
        return [
            Source("feed", "feed", f"{self.feed.url}/feed", **plain),
            Source("map", "sitemap", f"{self.map.url}/maps", **plain),
            Source("index", "page", f"{self.index.url}/index", links=("/news/*", "/moved/*"), **plain),
        ]

    def disturb(self, seed: int | None) -> None:
        for site in (self.feed, self.map, self.index):
            site.behave()
            if seed is not None:
                site.chaos(seed, SHARE, BAD)


def trial(runs: int, *, seed: int = 1, folder: Path) -> Figures:
    """Feed two warehouses and compare them.

    Args:
        runs: how many are disturbed.
        seed: decides which answers are bad, and when a run is killed.
        folder: where the warehouses go.
    """
    draw = random.Random(seed)
    figures = Figures()
    began = time.perf_counter()
    with ExitStack() as stack:
        servers = [stack.enter_context(Website(f"127.0.3.{n}")) for n in (1, 2, 3)]
        sites = Sites(servers)
        disturbed = stack.enter_context(_Fed(folder / "disturbed"))
        undisturbed = stack.enter_context(_Fed(folder / "undisturbed"))
        for _ in range(STAGES):
            sites.publish_more()
            for _run in range(runs // STAGES):
                figures.runs += 1
                for server in servers:
                    server.requests.clear()
                sites.disturb(seed * 1_000_000 + figures.runs)
                if figures.runs % KILL_EVERY == 0:
                    figures.killed += disturbed.killed_run(sites.sources(), draw.uniform(0, 0.25))
                else:
                    disturbed.rig.run(*sites.sources(), after=BETWEEN)
                if figures.runs % LOAD_EVERY == 0:
                    disturbed.load()
                for server in servers:
                    figures.answers += len(server.requests)
                    drawn = Counter(each.fault for each in server.requests if each.fault)
                    figures.bad += drawn.total()
                    figures.faults += drawn
            sites.disturb(None)
            undisturbed.rig.now = disturbed.rig.now
            undisturbed.rig.run(*sites.sources(), after=BETWEEN)
            undisturbed.load()
        disturbed.rig.run(*sites.sources(), after=BETWEEN)
        disturbed.load()
        wanted, found = undisturbed.contents(), disturbed.contents()
        assert all(wanted[table][0] for table in MUST_HOLD), wanted
        figures.differences = {
            table: f"{wanted[table]} in the undisturbed one, {found[table]} in the other"
            for table in wanted
            if wanted[table] != found[table]
        }
        ((figures.releases, figures.revisions, figures.closed),) = disturbed.rig.sql(
            "select count(*) filter (where is_current), count(*) filter (where revision > 1), "
            "count(*) filter (where closed_reason = 'disappeared') from dim_release"
        )
        figures.landed = len(disturbed.rig.landed())
    figures.seconds = time.perf_counter() - began
    return figures


class _Fed:
    """A warehouse that sites are harvested into and that is loaded now and then."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.rig = Rig(Paths(folder / "k.duckdb"))
        load_dimensions(self.rig.con, sources=[], rules=rules())
        self._loads = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.rig.con.close()

    def load(self) -> None:
        """Everything of a run after acquisition that writes: stage, load, compare."""
        self._loads += 1
        rig, run_id = self.rig, f"load{self._loads:04}"
        clear_staging(rig.paths)
        batches = pending_batches(rig.con, rig.paths)
        staged = [stage_batch(batch, rig.paths.staging, run_id=run_id, seen_at=rig.now) for batch in batches]
        load_batches(rig.con, [each.batch_dir for each in staged], run_id=run_id)
        relate(rig.con)

    def killed_run(self, sources: list[Source], after: float) -> bool:
        """A run in a process of its own that is killed some seconds after it began to ask; whether it was, in time."""
        rig = self.rig
        rig.runs += 1
        rig.now += BETWEEN
        rig.con.close()
        told = [each for source in sources for each in (source.id, source.kind, source.location, *source.links[:1])]
        command = [sys.executable, __file__, str(rig.paths.snapshot), f"r{rig.runs:04}", rig.now.isoformat(), *told]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stdout.readline() == b"begun\n"
            time.sleep(after)
            process.kill()
            died = process.wait() != 0
        rig.con = open_work(rig.paths)
        return died

    def contents(self) -> dict[str, tuple[int, int]]:
        """Rows and sum of hashes of each table, as `checksums` has it, without what rightly differs."""
        found = {}
        for table in schemas():
            if table in OF_RUNS or table == "source_listing":
                continue
            left_out = OF_ONE_RUN | MAY_DIFFER.get(table, set())
            columns = ", ".join(name for name in arrow_schema(table).names if name not in left_out)
            columns = STATE if table == "source_entry" else columns
            where = COMPARED.get(table, "")
            rows = self.rig.sql(f"select count(*), coalesce(sum(hash({columns})), 0) from {table} {where}")
            found[table] = rows[0]
        return found


def victim(arguments: list[str]) -> None:
    """One run, in a process that is going to be killed."""
    from harvesting import quick_web

    snapshot, run_id, now, *told = arguments
    paths = Paths(Path(snapshot))
    plain = {
        "complete": False,
        "contact": CONTACT,
        "permission": "made up",
        "delay_seconds": 0.0,
        "allow_private": True,
    }
    sources = [
        Source("feed", "feed", told[2], **plain),
        Source("map", "sitemap", told[5], **plain),
        Source("index", "page", told[8], links=("/news/*", "/moved/*"), **plain),
    ]
    con = open_work(paths)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    harvest(con, paths, sources, run_id=run_id, now=datetime.fromisoformat(now), web=quick_web)
    con.close()


if __name__ == "__main__":
    victim(sys.argv[1:])
