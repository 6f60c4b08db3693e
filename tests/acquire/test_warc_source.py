"""WARC files as a source: what crawlers leave in them, once each, in bounded memory."""

from __future__ import annotations

import errno
import gzip
import itertools
import json
import os
import zlib
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from crawls import measured, packed, record, taken_in, warcinfo, write_large
from harvesting import Rig, counts, page, publish, rss
from website import Website

from flows.acquire import warc
from flows.acquire.sources import Source
from flows.acquire.web.warc_landing import read_record
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


def version(day: int, *, path: str = "/1", date: str | None = "", number: int = 1) -> bytes:
    """What a crawl of a day has of a page: another text every day."""
    told = f"2026-01-{day:02}T06:00:00Z" if date == "" else date
    return record(f"{SITE}{path}", page(number, f"ฉบับที่ {day}").encode(), date=told)


def landed(rig: Rig, path: str = "/1") -> list[int]:
    """The days whose texts of a page were landed, in that order."""
    found = [row.raw.decode() for row in rig.landed() if row.source_uri == SITE + path]
    return [int(text.partition("ฉบับที่ ")[2].partition("<")[0]) for text in found]


ORDERS = list(itertools.permutations((1, 2, 3)))


@pytest.fixture
def later(rig) -> Rig:
    """A warehouse whose runs are after all the days of the crawls."""
    rig.now = rig.now.replace(day=20)
    return rig


@pytest.mark.parametrize("where", ["one file", "many files", "many runs"])
def test_versions_land_in_the_order_of_their_dates(later, tmp_path, where):
    for at in range(3):
        records = b"".join(version(order[at], path=f"/{n}", number=n) for n, order in enumerate(ORDERS))
        with (tmp_path / f"{'a' if where == 'one file' else at}.warc").open("ab") as file:
            file.write(records)
        if where == "many runs":
            later.run(source(tmp_path / "*.warc"))
    got = later.run(source(tmp_path / "*.warc"))
    assert not got.problems
    late = []
    for n, order in enumerate(ORDERS):
        latest_so_far = [day for at, day in enumerate(order) if day == max(order[: at + 1])]
        assert landed(later, f"/{n}") == latest_so_far
        late += [(f"{SITE}/{n}", "superseded")] * (3 - len(latest_so_far))
    assert [(uri, reason) for uri, reason, _ in later.rejections()] == late


def test_a_version_that_comes_too_late_is_told(later, tmp_path):
    (tmp_path / "a.warc").write_bytes(version(5) + version(2) + version(3, date=None) + version(5, date=None))
    got = later.run(source(tmp_path / "a.warc"))
    assert counts(got, "crawl") == {"listed": 1, "new": 1, "unchanged": 1, "refused": 2}
    details = [detail for (detail,) in later.sql("select detail from etl_quarantine order by all")]
    assert [str(tmp_path / "a.warc") in detail and "was landed" in detail for detail in details] == [True, True]
    assert ["2026-01-02 06:00:00 UTC" in detail for detail in details] == [True, False]
    assert "no date" in details[1]


def test_a_text_that_was_landed_once_is_not_told_as_lost(later, tmp_path):
    for name in "ab":  # crawls overlap
        (tmp_path / f"{name}.warc").write_bytes(version(1) + version(2) + version(3))
    got = later.run(source(tmp_path / "*.warc"))
    assert counts(got, "crawl") == {"listed": 2, "new": 1, "changed": 2, "unchanged": 3}
    later.run(source(tmp_path / "*.warc", links=("/*",)))  # another declaration: all is read again
    assert landed(later) == [1, 2, 3]
    assert later.rejections() == []


def test_a_page_that_was_seen_unchanged_later_is_not_overwritten(later, tmp_path):
    (tmp_path / "a.warc").write_bytes(version(1) + version(1, date="2026-01-09T06:00:00.250Z"))
    later.run(source(tmp_path / "*.warc"))
    (tmp_path / "b.warc").write_bytes(version(5))
    later.run(source(tmp_path / "*.warc"))
    assert landed(later) == [1]
    (tmp_path / "c.warc").write_bytes(version(10, date="2026-01-09T06:00:00.500Z"))
    later.run(source(tmp_path / "*.warc"))
    assert landed(later) == [1, 10]


def test_a_text_that_comes_back_is_a_revision(later, tmp_path):
    (tmp_path / "a.warc").write_bytes(version(1) + version(2) + version(1, date="2026-01-03T06:00:00Z"))
    later.run(source(tmp_path / "*.warc"))
    assert landed(later) == [1, 2, 1]


def test_a_date_counts_more_than_none(later, tmp_path):
    (tmp_path / "a.warc").write_bytes(version(4, date=None) + version(2))
    later.run(source(tmp_path / "*.warc"))
    assert landed(later) == [4, 2]


def test_a_run_that_was_killed_before_it_kept_its_state_doubles_no_version(later, tmp_path):
    crawl = tmp_path / "a.warc"
    crawl.write_bytes(version(1))
    later.run(source(crawl))
    for table in ("source_listing", "source_entry"):
        later.sql(f"create table {table}_then as from {table}")
    crawl.write_bytes(version(1) + version(2))
    later.run(source(crawl))
    for table in ("source_listing", "source_entry"):
        later.sql(f"delete from {table}")
        later.sql(f"insert into {table} from {table}_then")
    assert counts(later.run(source(crawl)), "crawl") == {"listed": 1, "unchanged": 2}
    (tmp_path / "a.warc").write_bytes(version(1) + version(2) + version(3))
    later.run(source(crawl))
    assert landed(later) == [1, 2, 3]
    assert later.rejections() == []


ODD_DATES = [
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "1989-12-31T23:59:59Z",
    "2026-02-30T06:00:00Z",
    "2126-01-01T00:00:00Z",
    "٢٠٢٦-٠١-٠٥T00:00:00Z",
    "20260105060000",
    "yesterday",
    " ",
]


def test_dates_that_can_not_be(rig, tmp_path):
    odd = b"".join(version(1, path=f"/{n}", number=n, date=date) for n, date in enumerate(ODD_DATES))
    (tmp_path / "a.warc").write_bytes(odd + version(1, path="/last", number=99))
    declared = source(tmp_path / "*.warc")
    assert not rig.run(declared).problems
    stored = [read_record(rig.paths.landing, *_place(row.record)) for row in rig.landed()]
    assert [each.fetched_at.year for each in stored] == [*[1970] * len(ODD_DATES), 2026]
    # None of them is an instant that another version could be earlier than.
    (tmp_path / "b.warc").write_bytes(
        b"".join(version(2, path=f"/{n}", number=n, date="2026-01-02T00:00:00+07:00") for n in range(len(ODD_DATES)))
    )
    assert counts(rig.run(declared), "crawl") == {"listed": 2, "changed": len(ODD_DATES)}


def _place(record: str) -> tuple[str, int]:
    name, _, offset = record.partition("#")
    return name, int(offset)


@pytest.mark.parametrize("cut", [0.52, 0.97])
@pytest.mark.parametrize("is_packed", [True, False])
def test_a_file_that_is_cut_off_gives_what_came_before(rig, tmp_path, cut, is_packed):
    records = [record(f"{SITE}/{n}", page(n).encode()) for n in range(20)]
    whole = packed(records) if is_packed else b"".join(records)
    crawl = tmp_path / "a.warc.gz"
    crawl.write_bytes(whole[: int(len(whole) * cut)])
    got = rig.run(source(crawl))
    assert 0 < counts(got, "crawl")["new"] < 20
    assert "fetch it again" in got.problems[0]
    assert rig.rejections() == [(f"file://{crawl}", "damaged", "open")]
    crawl.write_bytes(whole)
    rig.run(source(crawl))
    assert len(rig.landed()) == 20
    assert [status for *_, status in rig.rejections()] == ["resolved"]


def test_damage_is_told_by_every_run_and_read_by_one(rig, tmp_path):
    whole = packed([record(f"{SITE}/{n}", page(n).encode()) for n in range(20)])
    crawl = tmp_path / "a.warc.gz"
    crawl.write_bytes(whole[:-100])
    first = rig.run(source(crawl))
    for at in range(3):
        again = rig.run(source(crawl))
        assert again.problems == first.problems
        assert counts(again, "crawl") == {"failed": 1}  # a file that is read has pages that are unchanged
        assert rig.rejections() == [(f"file://{crawl}", "damaged", "open")]
        os.utime(crawl, (5 + at, 5))
    crawl.write_bytes(whole)
    assert counts(rig.run(source(crawl)), "crawl") == {"listed": 1, "new": 1, "unchanged": 19}
    assert [status for *_, status in rig.rejections()] == ["resolved"]
    assert not rig.run(source(crawl)).problems


def test_a_file_that_is_still_being_written_comes_out_whole(later, tmp_path):
    whole = packed([version(1), version(2), *(version(day, path=f"/{day}", number=day) for day in range(3, 20))])
    crawl = tmp_path / "a.warc.gz"
    for size in range(0, len(whole), len(whole) // 7):
        crawl.write_bytes(whole[:size])
        assert later.run(source(crawl)).problems
    crawl.write_bytes(whole)
    assert not later.run(source(crawl)).problems
    assert landed(later) == [1, 2]
    assert len(later.landed()) == 19
    assert {(uri, status) for uri, _, status in later.rejections()} == {(f"file://{crawl}", "resolved")}


def test_a_disk_that_fails_on_the_way_marks_no_file_as_read(rig, tmp_path, monkeypatch):
    class Failing(warc._Hashed):
        """A file that a disk gives for a while."""

        def readinto(self, buffer):
            if self._file.tell() > 20_000:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return super().readinto(memoryview(buffer)[:4_096])

    (tmp_path / "a.warc").write_bytes(b"".join(record(f"{SITE}/{n}", page(n).encode()) for n in range(50)))
    (tmp_path / "b.warc").write_bytes(record(f"{SITE}/b", page(51).encode()))
    declared = source(tmp_path / "*.warc")
    with monkeypatch.context() as patched:
        patched.setattr(warc, "_Hashed", Failing)
        for _ in range(2):
            got = rig.run(declared)
            (problem,) = got.problems
            assert "can't be read now (Input/output error)" in problem
            assert "from its beginning" in problem
        taken = len(rig.landed())
        assert 1 < taken < 51
    assert rig.rejections() == [(f"file://{tmp_path}/a.warc", "unreadable", "open")]
    assert counts(rig.run(declared), "crawl") == {"listed": 2, "new": 51 - taken, "unchanged": taken - 1}
    assert [status for *_, status in rig.rejections()] == ["resolved"]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file that can't be read from its beginning")
def test_a_disk_that_gives_nothing(rig, tmp_path):
    (tmp_path / "a.warc").symlink_to("/proc/self/mem")
    for _ in range(2):
        got = rig.run(source(tmp_path / "a.warc"))
        assert "can't be read now (Input/output error)" in got.problems[0]
    assert rig.listings("crawl") == {}
    assert [(reason, status) for _, reason, status in rig.rejections()] == [("unreadable", "open")]


NO_WARC = {
    "nothing": (b"", "it holds no record"),
    "words": (b"no WARC at all", "it is cut off in the head of a record"),
    "a page": (b"<!DOCTYPE html>\n<html></html>\n\n", "no record begins with b'<!DOCTYPE html>"),
    "a PDF": (b"%PDF-1.4\n\n", "no record begins with b'%PDF-1.4"),
    "an ARC": (b"filedesc://a.arc 0.0.0.0 20260105060000 text/plain 5\n1 0 x\n\n", "no record begins with"),
    "zeros": (bytes(200_000), "the head of a record has no end"),
    "packed": (gzip.compress(b"x" * 1000), "it is cut off in the head of a record"),
    "packed twice": (gzip.compress(packed([warcinfo()])), "it is cut off in the head of a record"),
    "half packed": (b"\x1f\x8b" + bytes(500), "its packing is damaged"),
    "bare": (b"\x1f\x8b", "it is cut off"),
    "packed nothing": (gzip.compress(b""), "it holds no record"),
}


def test_what_is_no_warc_file(rig, tmp_path):
    for n, raw in enumerate([None, *(raw for raw, _ in NO_WARC.values()), None]):
        (tmp_path / f"{n:02}.warc").write_bytes(record(f"{SITE}/{n}", page(n).encode()) if raw is None else raw)
    got = rig.run(source(tmp_path / "*.warc"))
    assert counts(got, "crawl") == {"listed": 2, "new": 2, "failed": len(NO_WARC)}
    assert texts(rig) == {"/0": page(0), f"/{len(NO_WARC) + 1}": page(len(NO_WARC) + 1)}
    assert f'source "crawl": {tmp_path}/01.warc is damaged, still being written, or no WARC file: ' in got.problems[0]
    told = told_of(rig)
    for n, (name, (_, why)) in enumerate(NO_WARC.items(), 1):
        reason, detail = told.pop(f"file://{tmp_path}/{n:02}.warc")
        assert (name, reason) == (name, "damaged")
        assert f"{tmp_path}/{n:02}.warc is damaged, still being written, or no WARC file: {why}" in detail
        assert "fetch it again" in detail
    assert told == {}


def told_of(rig: Rig) -> dict[str, tuple[str, str]]:
    """Reason and sentence of what is in the quarantine, by URI."""
    rows = rig.sql("select source_uri, reason, detail from etl_quarantine where status = 'open'")
    return {uri: (reason, detail) for uri, reason, detail in rows}


DAMAGED = {
    "negative": (record(f"{SITE}/x", b"<p>x</p>", length="-5"), "its length is '-5'"),
    "huge": (record(f"{SITE}/x", b"<p>x</p>", length=str(10**30)), "its length is '1000000"),
    "beyond the file": (record(f"{SITE}/x", b"<p>x</p>", length=str(10**15 - 1)), "its last record is cut off"),
    "no number": (record(f"{SITE}/x", b"<p>x</p>", length="0x20"), "its length is '0x20'"),
    "other digits": (record(f"{SITE}/x", b"<p>x</p>", length="๑๐"), "its length is '๑๐'"),
    "no length": (record(f"{SITE}/x", b"<p>x</p>", length=""), "its length is ''"),
    "too short": (record(f"{SITE}/x", b"<p>x</p>", length="60"), "a record is longer than it says"),
    "too long": (record(f"{SITE}/x", b"<p>x</p>", length="90"), "a record is longer than it says"),
    "head of a line": (b"WARC/1.0\r\nX: " + b"x" * 100_000_000, "the head of a record has no end"),
    "head of lines": (b"WARC/1.0\r\n" + b"X: x\r\n" * 10_000_000, "the head of a record has no end"),
    "head of one line": (b"WARC/1.0\r\nX: x\r\n" + b" x\r\n" * 10_000_000, "the head of a record has no end"),
    "blank lines": (b"\r\n" * 20_000_000, "blank lines stand between"),
}


@pytest.mark.parametrize("is_packed", [True, False])
def test_damage_after_good_records(rig, tmp_path, is_packed):
    for n, (raw, _) in enumerate(DAMAGED.values()):
        parts = [record(f"{SITE}/{n}", page(n).encode()), raw, record(f"{SITE}/after", page(99).encode())]
        (tmp_path / f"{n:02}.warc").write_bytes(packed(parts, level=1) if is_packed else b"".join(parts))
    rig.run(source(tmp_path / "*.warc"))
    assert texts(rig) == {f"/{n}": page(n) for n in range(len(DAMAGED))}
    told = told_of(rig)
    for n, (name, (_, why)) in enumerate(DAMAGED.items()):
        reason, detail = told.pop(f"file://{tmp_path}/{n:02}.warc")
        assert (name, reason, why in detail) == (name, "damaged", True)
    assert told == {}


def test_a_record_whose_checksum_is_wrong_is_not_taken(rig, tmp_path):
    wrong = bytearray(packed([record(f"{SITE}/2", page(2).encode())]))
    wrong[-8] ^= 1
    (tmp_path / "a.warc.gz").write_bytes(packed([record(f"{SITE}/1", page(1).encode())]) + wrong)
    got = rig.run(source(tmp_path / "a.warc.gz"))
    assert "its packing is damaged" in got.problems[0]
    assert texts(rig) == {"/1": page(1)}


def test_padding_is_no_damage(rig, tmp_path):
    one, two = (packed([record(f"{SITE}/{n}", page(n).encode())]) for n in (1, 2))
    (tmp_path / "a.warc.gz").write_bytes(one + gzip.compress(b"") + bytes(200_000) + two + bytes(70_000))
    assert counts(rig.run(source(tmp_path / "a.warc.gz")), "crawl") == {"listed": 1, "new": 2}


def test_a_page_that_was_too_large_is_taken_once_it_may_be(rig, tmp_path):
    crawl = tmp_path / "a.warc"
    crawl.write_bytes(record(f"{SITE}/1", page(1).encode() + b" " * 2_000_000))
    assert counts(rig.run(source(crawl, max_bytes=1_000_000)), "crawl") == {"listed": 1, "refused": 1}
    assert counts(rig.run(source(crawl, max_bytes=3_000_000)), "crawl") == {"listed": 1, "new": 1}
    assert [status for *_, status in rig.rejections()] == ["resolved"]


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


def bomb(head: bytes, megabytes: int) -> bytes:
    """A gzip member that unpacks to a head and nothing, a thousand times as large as it is; it has no end."""
    packer = zlib.compressobj(9, wbits=31)
    begin = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + again * megabytes


LARGE = record(f"{SITE}/bomb", b"", length=str(2_000_000_000)).partition(b"HTTP/")[0]
HOSTILE = {
    "a record that is a bomb": (lambda: bomb(LARGE, 2_000), "it unpacks to more than 200 times its size"),
    "a bomb that is no record": (lambda: bomb(b"", 2_000), "the head of a record has no end"),
    "empty members": (lambda: gzip.compress(b"") * 1_000_000, "of its gzip members are empty"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_take_little_memory_and_time(tmp_path, name):
    make, why = HOSTILE[name]
    crawl = tmp_path / "a.warc.gz"
    crawl.write_bytes(packed([record(f"{SITE}/1", page(1).encode())]) + make())
    peak, landed, problems = taken_in(tmp_path, crawl, cpu_seconds=20)
    assert landed == 1
    assert [why in problem for problem in problems] == [True]
    assert peak < 400_000_000


def test_a_page_of_both_schemes_is_one_release(rig, tmp_path):
    records = [
        record("http://www.example.go.th/news/1", page(1).encode(), date="2026-01-05T06:00:00Z"),
        record("https://www.example.go.th/news/1", page(1, "แก้ไข").encode(), date="2026-01-06T06:00:00Z"),
    ]
    (tmp_path / "a.warc.gz").write_bytes(packed(records))
    assert counts(rig.run(source(tmp_path / "a.warc.gz")), "crawl") == {"listed": 1, "new": 1, "changed": 1}
    assert {row.source_uri for row in rig.landed()} == {"http://www.example.go.th/news/1"}


@pytest.mark.parametrize(("date", "came"), [("2026-01-01T00:00:00Z", "refused"), ("2026-02-01T00:00:00Z", "changed")])
def test_what_a_site_gave_is_revised_by_later_captures_only(rig, tmp_path, date, came):
    with Website() as site:
        publish(site, [1])
        site.serve("/feed", rss(site, [1]))
        rig.run(rig.source(site))  # on 5 January
        captured = record(f"{site.url}/news/1", page(1, "แก้ไข").encode(), date=date)
        (tmp_path / "a.warc.gz").write_bytes(packed([captured]))
        got = rig.run(source(tmp_path / "a.warc.gz"), after=timedelta(days=40))
    assert counts(got, "crawl") == {"listed": 1, came: 1}
    assert len(rig.landed()) == 1 + (came == "changed")
    assert [reason for _, reason, _ in rig.rejections()] == ["superseded"] * (came == "refused")
