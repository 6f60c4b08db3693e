"""`klangkhao retention` from the command line: it tells first, and deletes when told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.acquire.web.fetch import Response
from flows.acquire.web.warc_landing import WarcWriter

if TYPE_CHECKING:
    from pathlib import Path

    from console import Command

DECLARED = """
[[source]]
id = "gov"
kind = "feed"
location = "https://news.example/feed.xml"
permission = "public"
contact = "desk@example.org"
"""


@pytest.fixture
def landing(alone: Command) -> Path:
    """A feed and a page of forty days ago; a row of the queue stands on the page."""
    folder = alone.folder / "old.klangkhao" / "landing"
    at = datetime.now(UTC) - timedelta(days=40)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
    answers = [
        Response(url, url, 200, (("Content-Length", "4"),), body, at, None, head, body, "203.150.1.1")
        for url, body in (("https://news.example/feed.xml", b"feed"), ("https://news.example/1", b"page"))
    ]
    with WarcWriter(folder, "run1") as warc:
        warc.write(answers[0], "gov", is_listing=True)
        record = warc.write(answers[1], "gov")
    pq.write_table(pa.table({"source_id": ["gov"], "record": [record]}), folder / "run1-0001.parquet")
    return folder


def left(landing: Path) -> list[str]:
    return sorted(path.name for path in landing.glob("*.warc.gz"))


def test_it_tells_and_then_deletes(landing: Path, alone: Command) -> None:
    declared = alone.folder / "sources.toml"
    declared.write_text(f"{DECLARED}keep_days = 30\n", encoding="utf-8")
    told = alone("retention", "-w", "old.duckdb")
    assert told.code == 0, told.err
    assert "run1-listings-0001.warc.gz" in told.out
    assert "would be deleted" in told.out
    assert "Nothing was deleted" in told.out
    assert left(landing) == ["run1-0001.warc.gz", "run1-listings-0001.warc.gz"]
    done = alone("retention", "-w", "old.duckdb", "--delete", "--json").json
    assert done["is_done"]
    assert [each["path"] for each in done["deleted"]] == [str(landing / "run1-listings-0001.warc.gz")]
    assert [(each["only_copies"], each["sources"]) for each in done["kept"]] == [(1, ["gov"])]
    assert left(landing) == ["run1-0001.warc.gz"]
    assert "--only-copies gives it up" in alone("retention", "-w", "old.duckdb", "--delete").out
    assert left(landing) == ["run1-0001.warc.gz"]
    assert alone("retention", "-w", "old.duckdb", "--delete", "--only-copies").code == 0
    assert left(landing) == []
    assert "Nothing is older" in alone("retention", "-w", "old.duckdb", "--delete").out


def test_without_a_limit_nothing_goes(landing: Path, alone: Command) -> None:
    (alone.folder / "sources.toml").write_text(DECLARED, encoding="utf-8")
    assert "Nothing is older" in alone("retention", "-w", "old.duckdb", "--delete", "--only-copies").out
    assert len(left(landing)) == 2


def test_what_is_missing_is_told(alone: Command) -> None:
    (alone.folder / "sources.toml").unlink(missing_ok=True)
    told = alone("retention", "-w", "new.duckdb")
    assert (told.code, "sources.toml does not exist" in told.err) == (2, True)
    (alone.folder / "sources.toml").write_text(DECLARED, encoding="utf-8")
    told = alone("retention", "-w", "new.duckdb")
    assert (told.code, "nothing was ever acquired" in told.err) == (1, True)
