from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from importlib import resources
from pathlib import Path

import chromium
import pytest

from flows.quality import html
from flows.quality.checks import load_checks, run_checks
from flows.quality.record import record_results
from flows.quality.summary import Summary, describe, judge
from flows.samples import ADDRESS, FIRST_SEEN, build, releases, run
from schemas.instants import utc
from schemas.records import Document
from warehouse.connect import connect
from warehouse.paths import Paths

CHECKS = load_checks(Path(str(resources.files("warehouse") / "checks")))
EVIL_TITLE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">&amp;ข่าว"
EVIL = f"""{EVIL_TITLE}

วันพฤหัสบดีที่ 1 มกราคม 2513

ครม. อนุมัติงบประมาณ 1,361,999 บาท (หนึ่งล้านสามแสนหกหมื่นหนึ่งพันเก้าสิบเก้าบาทถ้วน) ให้ 14 จังหวัด พื้นที่ 25 ไร่
<b>เตรียมพร้อม!</b> 11.11 นี้ ก7๗7ข xx88-99yy "'><svg onload=alert(1)> 0 บาท ภายในวันที่ 31 ธันวาคม 2567
"""


@dataclass(frozen=True)
class Reports:
    """The reports of two runs over the sample releases and one release that is out to do harm."""

    warehouse: Path
    folder: Path
    evil: Path

    @property
    def pages(self) -> dict[str, Path]:
        return {"report": self.folder / "latest.html", "index": self.folder / "index.html", "release": self.evil}


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Reports:
    paths = Paths(tmp_path_factory.mktemp("reported") / "w.duckdb")
    build(paths)
    _report(paths, f"{FIRST_SEEN:%Y%m%dT%H%M%SZ}-0000")
    later = FIRST_SEEN + timedelta(days=1)
    sample = next(iter(releases()))
    raw = EVIL.encode()
    evil = replace(sample, source_uri=f"{ADDRESS}/evil<i>.txt", raw=raw, content_hash=sha256(raw).hexdigest())
    assert isinstance(evil, Document)
    run(paths, later, [evil])
    _report(paths, f"{later:%Y%m%dT%H%M%SZ}-0000")
    with closing(connect(paths.snapshot, read_only=True)) as con:
        row = con.execute("select release_id from dim_release where title like '%onerror%'").fetchone()
    return Reports(paths.snapshot, paths.reports, paths.reports / "releases" / f"{row[0]}-1.html")


def _report(paths: Paths, run_id: str) -> None:
    with closing(connect(paths.snapshot)) as con:
        # Whatever rules there will be: a numeral of the release that is out to do harm is not explained.
        con.execute(
            "update fact_numeral set role = 'unexplained', rule_key = -1 "
            "where surface = '25' and release_key in (select release_key from dim_release where title like '%onerror%')"
        )
        started_at = con.execute("select started_at from etl_run where run_id = ?", [run_id]).fetchone()[0]
        summary = Summary(run_id, str(paths.snapshot), "2", utc(started_at).isoformat(), {"paths": ["<b>/tmp</b>"]})
        results = run_checks(con, CHECKS)
        record_results(con, results, run_id=run_id)
        judge(summary, results)
        describe(con, summary)
        summary.status, summary.published, summary.seconds = "ok", True, 4.0
        summary.stages = {"extract": 3.0, "load": 1.0}
        html.write(con, paths.reports, summary)


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Driver]:
    if chromium.executable() is None:
        pytest.skip(f"no browser: neither $CHROME nor one of {', '.join(chromium.NAMES)} is there")
    with chromium.browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def tab(driver: chromium.Driver) -> chromium.Tab:
    """A new tab of a desktop that prefers light colours, with nothing kept from other tests."""
    tab = driver.new_tab()
    tab.size(1280, 900)
    tab.media()
    return tab
