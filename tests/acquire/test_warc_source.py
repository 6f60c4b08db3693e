"""WARC files as a source: what crawlers leave in them, once each, in bounded memory."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from pathlib import Path

import brotli
import pytest
from crawls import measured, packed, record, warcinfo, write_large
from harvesting import Rig, counts, page

from flows.acquire.sources import Source
from schemas.records import Document
from warehouse.paths import Paths

SITE = "https://www.example.go.th"
HTML = "Content-Type: text/html; charset=utf-8\r\n"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    with Rig(Paths(tmp_path / "k.duckdb")) as rig:
        yield rig


def source(location: Path, **options) -> Source:
    return Source("crawl", "warc", str(location), complete=False, permission="made up", **options)


def texts(rig: Rig) -> dict[str, str]:
    return {uri.removeprefix(SITE): text for uri, text in rig.standing().items()}


def test_pages_and_nothing_else(rig, tmp_path):
    records = [
        warcinfo(),
        record(f"{SITE}/news/1", page(1).encode()),
        record(f"{SITE}/news/2", page(2).encode(), kind="request"),
        record(f"{SITE}/robots.txt", b"User-agent: *", headers="Content-Type: text/css\r\n"),
        record(f"{SITE}/x.jpg", b"\xff\xd8\xff", headers="Content-Type: image/jpeg\r\n"),
        record(f"{SITE}/news/3", page(3).encode(), status="404 Not Found"),
        record(f"{SITE}/news/4", b""),
        record("dns:www.example.go.th", b"x", kind="response"),
        record(f"<{SITE}/news/5>", page(5).encode()),
        record(f"{SITE}/other/6", page(6).encode()),
    ]
    (tmp_path / "a.warc.gz").write_bytes(packed(records))
    got = rig.run(source(tmp_path / "*.warc.gz", links=("/news/*", "*.jpg")))
    assert counts(got, "crawl") == {"listed": 1, "new": 2}
    assert texts(rig) == {"/news/1": page(1), "/news/5": page(5)}
    document = rig.landed()[0]
    assert isinstance(document, Document)
    assert document.media_type == "text/html; charset=utf-8"
    assert json.loads(document.hints)["url"] == f"{SITE}/news/1"


def test_what_crawlers_leave_in_the_headers(rig, tmp_path):
    raw = page(1).encode()
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(raw), raw)
    odd = {
        "gzip": (f"{HTML}Content-Encoding: gzip\r\n", gzip.compress(raw)),
        "brotli": (f"{HTML}Content-Encoding: br\r\n", brotli.compress(raw)),
        "unpacked": (f"{HTML}Content-Encoding: gzip\r\n", raw),
        "chunked": (f"{HTML}Transfer-Encoding: chunked\r\n", chunked),
        "unchunked": (f"{HTML}Transfer-Encoding: chunked\r\n", raw),
        "both": (f"{HTML}Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", gzip.compress(raw)),
        "length": (f"{HTML}Content-Length: 5\r\nX-Odd: \x01\r\n", raw),
        "none": ("", raw),
        "thai": (f"{HTML}X-Title: ข่าว\r\nDate: Mon, 05 Jan 2026 06:00:00 GMT\r\n", raw),
    }
    (tmp_path / "a.warc").write_bytes(
        b"".join(record(f"{SITE}/{name}", body, headers=head) for name, (head, body) in odd.items())
    )
    rig.run(source(tmp_path / "a.warc"))
    assert texts(rig) == {f"/{name}": page(1) for name in odd}


def test_a_file_is_read_once(rig, tmp_path):
    crawl = tmp_path / "a.warc.gz"
    crawl.write_bytes(packed([record(f"{SITE}/{n}", page(n).encode()) for n in range(3)]))
    declared = source(tmp_path / "*.warc.gz")
    assert counts(rig.run(declared), "crawl") == {"listed": 1, "new": 3}
    assert counts(rig.run(declared), "crawl") == {"listed": 1}
    os.utime(crawl, (5, 5))
    assert counts(rig.run(declared), "crawl") == {"listed": 1}
    (tmp_path / "b.warc.gz").write_bytes(packed([record(f"{SITE}/{n}", page(n).encode()) for n in range(2, 5)]))
    assert counts(rig.run(declared), "crawl") == {"listed": 2, "new": 2, "unchanged": 1}
    assert len(rig.landed()) == 5
    rig.sql("delete from source_listing")  # as a run that was killed before it kept its state
    assert counts(rig.run(declared), "crawl") == {"listed": 2, "unchanged": 6}
    assert len(rig.landed()) == 5


def test_a_later_file_revises(rig, tmp_path):
    for name, words in (("a", ""), ("b", "แก้ไข"), ("c", "แก้ไขอีก")):
        (tmp_path / f"{name}.warc").write_bytes(record(f"{SITE}/1", page(1, words).encode()))
    declared = source(tmp_path / "*.warc")
    assert counts(rig.run(declared), "crawl") == {"listed": 3, "new": 1, "changed": 2}
    assert [row.raw.decode() for row in rig.landed()] == [page(1), page(1, "แก้ไข"), page(1, "แก้ไขอีก")]


def test_two_texts_of_a_page_in_one_file(rig, tmp_path):
    (tmp_path / "a.warc").write_bytes(record(f"{SITE}/1", page(1).encode()) + record(f"{SITE}/1", page(2).encode()))
    assert counts(rig.run(source(tmp_path / "a.warc")), "crawl") == {"listed": 1, "new": 1, "refused": 1}
    assert rig.rejections() == [(f"{SITE}/1", "duplicate", "open")]


@pytest.mark.parametrize("cut", [0.5, 0.95])
def test_a_file_that_is_cut_off_gives_what_came_before(rig, tmp_path, cut):
    whole = packed([record(f"{SITE}/{n}", page(n).encode()) for n in range(20)])
    crawl = tmp_path / "a.warc.gz"
    crawl.write_bytes(whole[: int(len(whole) * cut)])
    got = rig.run(source(crawl))
    assert 0 < counts(got, "crawl")["new"] < 20
    assert "fetch it again" in got.problems[0]
    assert [(uri, reason) for uri, reason, _ in rig.rejections()] == [(f"file://{crawl}", "damaged")]
    crawl.write_bytes(whole)
    rig.run(source(crawl))
    assert len(rig.landed()) == 20
    assert [status for *_, status in rig.rejections()] == ["resolved"]


@pytest.mark.parametrize("raw", [b"", b"no WARC at all", b"%PDF-1.4", gzip.compress(b"x" * 1000)])
def test_what_is_no_warc_file(rig, tmp_path, raw):
    (tmp_path / "a.warc").write_bytes(raw)
    got = rig.run(source(tmp_path / "a.warc"))
    assert rig.landed() == []
    assert got.problems or not raw


def test_bombs_and_lengths_that_lie(rig, tmp_path):
    zeros = zlib.compressobj(9, wbits=31)
    bomb = b"".join(zeros.compress(bytes(1_000_000)) for _ in range(60)) + zeros.flush()
    records = [
        record(f"{SITE}/bomb", bomb, headers=f"{HTML}Content-Encoding: gzip\r\n"),
        record(
            f"{SITE}/brotli", brotli.compress(bytes(20_000_000), quality=1), headers=f"{HTML}Content-Encoding: br\r\n"
        ),
        record(f"{SITE}/long", b"<p>" + b"x" * 3_000_000),
        record(f"{SITE}/1", page(1).encode()),
    ]
    (tmp_path / "a.warc.gz").write_bytes(packed(records))
    got = rig.run(source(tmp_path / "a.warc.gz", max_bytes=1_000_000))
    assert counts(got, "crawl") == {"listed": 1, "new": 1, "refused": 3}
    assert {reason for _, reason, _ in rig.rejections()} == {"too_large"}


def test_no_file_at_all(rig, tmp_path):
    got = rig.run(source(tmp_path / "*.warc.gz"))
    assert "there is no file" in got.problems[0]


def test_memory_is_bounded(tmp_path):
    """The bench has a crawl of 1 GB and a limit of 512 MiB; what a process needs anyhow is some 200 MB."""
    crawl = tmp_path / "large.warc"
    with crawl.open("wb") as file:
        count = write_large(file, 40_000_000, texts=10)
    peak, landed = measured(tmp_path, crawl)
    assert landed == count
    assert peak < 400_000_000
