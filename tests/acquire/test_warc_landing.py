"""Answers in WARC files: as they came, whole or not at all, readable by any library, and kept as long as they must."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from website import Website, encode

from flows.acquire.landing import LandingError
from flows.acquire.web.fetch import Manners, Response, Web
from flows.acquire.web.warc_landing import (
    SAME_PAYLOAD,
    MissingRecordError,
    WarcWriter,
    read_record,
    retention,
)

NOON = datetime(2024, 6, 5, 12, 30, 15, 250_000, tzinfo=UTC)
QUICK = Manners("desk@example.org", delay_seconds=0, allow_private=True)
PAGE = "<title>ข่าว</title><p>วงเงิน 1,250 ล้านบาท</p>" * 50


def answer(
    body: bytes | str = PAGE, *, url: str = "http://news.example/1", at: datetime = NOON, head: str = ""
) -> Response:
    raw = body.encode() if isinstance(body, str) else body
    lines = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{head}Content-Length: {len(raw)}\r\n\r\n"
    headers = tuple(tuple(line.split(": ", 1)) for line in lines.split("\r\n")[1:-2])
    return Response(url, url, 200, headers, raw, at, None, lines.encode(), raw, "203.150.1.1")


def place(record: str) -> tuple[str, int]:
    file, _, offset = record.partition("#")
    return file, int(offset)


def records(path) -> list[tuple[str, dict[str, str], bytes]]:
    """Type, fields and payload of each record, as warcio reads and verifies them."""
    with path.open("rb") as file:
        found = []
        for each in ArchiveIterator(file, check_digests="raise"):
            payload = each.raw_stream.read()
            found.append((each.rec_type, dict(each.rec_headers.headers), payload))
        return found


def test_an_answer_comes_back_as_it_was(tmp_path):
    with WarcWriter(tmp_path / "landing", "run1") as warc:
        record = warc.write(answer(), "รัฐบาล")
    assert warc.written == [tmp_path / "landing" / "run1-0001.warc.gz"]
    file, offset = place(record)
    got = read_record(tmp_path / "landing", file, offset)
    assert (got.record, got.url, got.fetched_at, got.status) == (record, "http://news.example/1", NOON, 200)
    assert (got.source_id, got.body, got.header("content-type")) == ("รัฐบาล", PAGE.encode(), "text/html; charset=utf-8")


@pytest.mark.parametrize("kind", ["plain", "chunked", "gzip", "br", "deflate", "raw_deflate", "both"])
def test_what_was_fetched_is_what_is_read(tmp_path, kind):
    with Website() as site, Web() as web:
        site.serve("/a", PAGE, coding="gzip" if kind == "both" else None, chunked=kind in {"chunked", "both"})
        if kind not in {"plain", "chunked", "both"}:
            site.fault("/a", "coded", coding=kind)
        got = web.get(site.at("/a"), QUICK)
        with WarcWriter(tmp_path, "run1") as warc:
            record = warc.write(got, "gov")
        read = read_record(tmp_path, *place(record))
        assert (read.body, read.headers, read.status, read.url) == (got.body, got.headers, 200, site.at("/a"))
        ((_, _, payload),) = [each for each in records(tmp_path / "run1-0001.warc.gz") if each[0] == "response"]
        assert payload == got.sent


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=3000),
    st.sampled_from(["", "gzip", "br"]),
    st.integers(0, 700),
    st.text("aก\u00e9 \t-", max_size=9),
)
def test_any_answer_comes_back(tmp_path_factory, body, coding, chunk, odd):
    packed = encode(body, coding) if coding else body
    lines = [b"HTTP/1.1 200 OK", b"X-Odd: " + odd.encode()]
    lines += [b"Content-Encoding: " + coding.encode()] if coding else []
    if chunk:
        parts = [packed[start : start + chunk] for start in range(0, len(packed), chunk)]
        sent = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in parts) + b"0\r\n\r\n"
        lines.append(b"Transfer-Encoding: chunked")
    else:
        sent = packed
        lines.append(b"Content-Length: %d" % len(sent))
    url = "https://news.example/%E0%B8%81?a=b"
    came = Response(url, url, 200, (), body, NOON, None, b"\r\n".join(lines) + b"\r\n\r\n", sent, "203.150.1.1")
    folder = tmp_path_factory.mktemp("landing")
    with WarcWriter(folder, "run1") as warc:
        record = warc.write(came, "gov")
    got = read_record(folder, *place(record))
    assert (got.body, got.url, got.header("X-Odd")) == (body, url, odd.strip(" \t"))
    ((_, _, payload),) = [each for each in records(folder / "run1-0001.warc.gz") if each[0] == "response"]
    assert payload == sent


def test_other_tools_read_and_verify_the_files(tmp_path):
    with WarcWriter(tmp_path, "run1") as warc:
        for number in range(3):
            warc.write(answer(f"{PAGE} {number}", url=f"http://news.example/{number}"), "gov")
    info, *pages = records(tmp_path / "run1-0001.warc.gz")
    assert info[0] == "warcinfo"
    assert info[1]["WARC-Filename"] == "run1-0001.warc.gz"
    assert b"software: klangkhao/" in info[2]
    for number, (kind, fields, payload) in enumerate(pages):
        assert kind == "response"
        assert fields["WARC-Target-URI"] == f"http://news.example/{number}"
        assert fields["WARC-Date"] == "2024-06-05T12:30:15.250000Z"
        assert fields["WARC-IP-Address"] == "203.150.1.1"
        assert fields["WARC-Payload-Digest"].startswith("sha256:")
        assert payload == f"{PAGE} {number}".encode()


def test_the_head_is_kept_to_the_byte(tmp_path):
    odd = "x-ODD-case:   two  blanks \r\nX-Thai: ข่าว\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
    with WarcWriter(tmp_path, "run1") as warc:
        record = warc.write(answer(head=odd), "gov")
    file, offset = place(record)
    raw = gzip.decompress((tmp_path / file).read_bytes()[offset:])
    assert answer(head=odd).http_head + PAGE.encode() in raw


def test_files_are_there_whole_or_not_at_all(tmp_path):
    warc = WarcWriter(tmp_path, "run1")
    first = warc.write(answer("1"), "gov")
    assert list(tmp_path.glob("*.warc.gz")) == []
    warc.sync()
    second = warc.write(answer("2"), "gov")
    assert [path.name for path in tmp_path.glob("*.warc.gz")] == ["run1-0001.warc.gz"]
    assert read_record(tmp_path, *place(first)).body == b"1"
    with pytest.raises(MissingRecordError):
        read_record(tmp_path, *place(second))
    warc.close()
    assert read_record(tmp_path, *place(second)).body == b"2"
    assert place(second)[0] == "run1-0002.warc.gz"


@pytest.mark.parametrize("run_id", ["", "../run", "a/b", "run\n", "ก"])
def test_no_path_comes_from_a_run_id(tmp_path, run_id):
    with pytest.raises(ValueError, match="run id"):
        WarcWriter(tmp_path, run_id)


def test_syncing_nothing_writes_nothing(tmp_path):
    with WarcWriter(tmp_path, "run1") as warc:
        warc.sync()
        warc.sync()
    assert list(tmp_path.iterdir()) == []


def test_files_have_a_size(tmp_path):
    with WarcWriter(tmp_path, "run1", rotate_bytes=5000) as warc:
        found = [warc.write(answer(os.urandom(2000)), "gov") for _ in range(7)]
    assert [path.name for path in warc.written] == [f"run1-000{n}.warc.gz" for n in range(1, 5)]
    assert all(path.stat().st_size < 10_000 for path in warc.written)
    assert len({read_record(tmp_path, *place(each)).body for each in found}) == 7


def test_listings_lie_apart(tmp_path):
    with WarcWriter(tmp_path, "run1") as warc:
        page, listing = warc.write(answer("page"), "gov"), warc.write(answer("feed"), "gov", is_listing=True)
    assert (place(page)[0], place(listing)[0]) == ("run1-0001.warc.gz", "run1-listings-0001.warc.gz")
    assert read_record(tmp_path, *place(listing)).body == b"feed"


def test_a_run_goes_on_after_what_an_earlier_call_left(tmp_path):
    with WarcWriter(tmp_path, "run1") as warc:
        warc.write(answer("1"), "gov")
    (tmp_path / "run1-0002.warc.gz.tmp").write_bytes(b"half")
    (tmp_path / "run2-0001.warc.gz.tmp").write_bytes(b"of another run")
    with WarcWriter(tmp_path, "run1") as warc:
        record = warc.write(answer("2"), "gov")
    assert place(record)[0] == "run1-0002.warc.gz"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "run1-0001.warc.gz",
        "run1-0002.warc.gz",
        "run2-0001.warc.gz.tmp",
    ]


def test_an_error_leaves_nothing_half(tmp_path):
    def fail() -> None:
        with WarcWriter(tmp_path, "run1") as warc:
            warc.write(answer(), "gov")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(tmp_path):
    """A limit on the size of files fails in the middle of a write; nothing after it can be relied on."""
    warc = WarcWriter(tmp_path, "run1")
    kept = warc.write(answer("kept"), "gov")
    warc.sync()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(LandingError, match="Free space there"):
            [warc.write(answer(os.urandom(3000)), "gov") for _ in range(20)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    for again in (warc.sync, lambda: warc.write(answer(), "gov")):
        with pytest.raises(LandingError, match="Free space there"):
            again()
    assert [path.name for path in tmp_path.iterdir()] == ["run1-0001.warc.gz"]
    assert read_record(tmp_path, *place(kept)).body == b"kept"


def test_what_was_synced_survives_a_kill(tmp_path):
    script = f"""
        import os, signal, sys
        sys.path[:0] = {sys.path!r}
        from pathlib import Path
        from test_warc_landing import WarcWriter, answer
        warc = WarcWriter(Path({str(tmp_path)!r}), "run1")
        print(warc.write(answer("kept"), "gov"), flush=True)
        warc.sync()
        print(warc.write(answer("lost"), "gov"), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    kept, lost = done.stdout.split()
    assert read_record(tmp_path, *place(kept)).body == b"kept"
    with pytest.raises(MissingRecordError):
        read_record(tmp_path, *place(lost))
    with WarcWriter(tmp_path, "run1") as warc:
        again = warc.write(answer("lost"), "gov")
    assert read_record(tmp_path, *place(again)).body == b"lost"
    assert list(tmp_path.glob("*.tmp")) == []


# The same again


def test_the_same_payload_is_kept_once(tmp_path):
    with WarcWriter(tmp_path, "run1") as warc:
        first = warc.write(answer(), "gov")
        again = warc.write(answer(url="http://news.example/copy", at=NOON + timedelta(hours=1)), "gov")
    assert again == first
    _info, page, revisit = records(tmp_path / "run1-0001.warc.gz")
    assert revisit[0] == "revisit"
    assert revisit[1]["WARC-Profile"] == SAME_PAYLOAD
    assert revisit[1]["WARC-Target-URI"] == "http://news.example/copy"
    assert revisit[1]["WARC-Payload-Digest"] == page[1]["WARC-Payload-Digest"]
    assert f"{revisit[1]['WARC-Refers-To-Filename']}#{revisit[1]['WARC-Refers-To-File-Offset']}" == first
    assert revisit[2] == b""


def test_also_over_runs(tmp_path):
    with WarcWriter(tmp_path, "run1") as warc:
        first = warc.write(answer(), "gov")
    with WarcWriter(tmp_path, "run2") as warc:
        assert warc.write(answer(at=NOON + timedelta(days=1)), "gov", earlier=first) == first
        edited = warc.write(answer("edited"), "gov", earlier=first)
    assert place(edited)[0] == "run2-0001.warc.gz"
    assert read_record(tmp_path, *place(first)).body == PAGE.encode()


def test_the_same_bytes_that_read_otherwise_are_another_answer(tmp_path):
    plain = answer()
    other = Response(
        **{name: getattr(plain, name) for name in Response.__dataclass_fields__}
        | {
            "headers": (("Content-Type", "text/html; charset=tis-620"),),
            "http_head": b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=tis-620\r\n\r\n",
        }
    )
    with WarcWriter(tmp_path, "run1") as warc:
        first, second = warc.write(plain, "gov"), warc.write(other, "gov")
    assert first != second
    assert read_record(tmp_path, *place(second)).header("Content-Type") == "text/html; charset=tis-620"


@pytest.mark.parametrize("earlier", ["gone-0001.warc.gz#0", "run1-0001.warc.gz#3", "../x.warc.gz#0", "nonsense"])
def test_an_earlier_record_that_is_not_there_is_none(tmp_path, earlier):
    with WarcWriter(tmp_path, "run1") as warc:
        warc.write(answer(), "gov")
    with WarcWriter(tmp_path, "run2") as warc:
        assert place(warc.write(answer(), "gov", earlier=earlier))[0] == "run2-0001.warc.gz"


# Damage


@pytest.fixture
def landed(tmp_path):
    with WarcWriter(tmp_path, "run1") as warc:
        record = warc.write(answer(), "gov")
    return tmp_path, tmp_path / "run1-0001.warc.gz", place(record)[1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.data())
def test_any_damage_is_noticed(landed, data):
    folder, path, offset = landed
    raw = path.read_bytes()
    position = data.draw(st.integers(offset, len(raw) - 9))  # what follows is gzip's own checksum and length
    bit = 1 << data.draw(st.integers(0, 7))
    path.write_bytes(raw[:position] + bytes([raw[position] ^ bit]) + raw[position + 1 :])
    said = ""
    try:
        got = read_record(folder, path.name, offset)
    except LandingError as error:
        said = str(error)
    finally:
        path.write_bytes(raw)
    if said:
        assert str(path) in said
        assert "Restore it from a backup" in said
    else:  # bits that say nothing of the content, as the time in gzip's head, or a field with no meaning to us
        assert (got.status, got.body) == (200, PAGE.encode())


@pytest.mark.parametrize("cut", [10, 100, 300, 500])
def test_a_file_cut_short(landed, cut):
    folder, path, offset = landed
    path.write_bytes(path.read_bytes()[: -cut - 8])
    with pytest.raises(LandingError):
        read_record(folder, path.name, offset)


def test_an_offset_where_no_record_begins(landed):
    folder, path, offset = landed
    for wrong in (offset + 1, offset - 1, 10_000_000):
        with pytest.raises(LandingError):
            read_record(folder, path.name, wrong)
    with pytest.raises(LandingError, match="a record of type warcinfo"):
        read_record(folder, path.name, 0)


@pytest.mark.parametrize("file", ["../secret.warc.gz", "/etc/passwd", "a/b.warc.gz", "run1-0001.parquet", ""])
def test_no_path_leads_out_of_the_folder(landed, file):
    with pytest.raises(LandingError, match="names no record"):
        read_record(landed[0], file, 0)


def test_a_length_that_lies(landed):
    folder, path, _ = landed
    lie = b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 99999999999\r\n\r\nx\r\n\r\n"
    path.write_bytes(gzip.compress(lie))
    with pytest.raises(LandingError, match="its length is"):
        read_record(folder, path.name, 0)


def test_a_folder_that_can_not_be_written(as_nobody):
    as_nobody.chmod(0o555)
    with pytest.raises(LandingError, match="can't be written"):
        WarcWriter(as_nobody / "landing", "run1")


def test_no_secret_is_in_a_file(tmp_path):
    from flows.acquire.web.fetch import Secret

    with Website() as site, Web() as web:
        site.serve("/a", PAGE)
        secret = Secret(site.url, (("Authorization", "Bearer s3cr3t-t0k3n"),))
        got = web.get(site.at("/a"), Manners("desk@example.org", delay_seconds=0, allow_private=True, secret=secret))
        with WarcWriter(tmp_path, "run1") as warc:
            warc.write(got, "gov")
        assert site.requests[-1].headers["authorization"] == "Bearer s3cr3t-t0k3n"
    assert b"s3cr3t" not in gzip.decompress((tmp_path / "run1-0001.warc.gz").read_bytes())


# Retention


def rows(folder, *named: str | None) -> None:
    """A queue file whose rows point at records, as landing writes them."""
    table = pa.table({"source_id": ["gov"] * len(named), "record": pa.array(named, pa.string())})
    pq.write_table(table, folder / f"rows-{len(list(folder.glob('*.parquet')))}.parquet")


@pytest.fixture
def kept(tmp_path):
    """A page that a row points at, and a feed; both of noon."""
    with WarcWriter(tmp_path, "run1") as warc:
        page = warc.write(answer("page"), "gov")
        warc.write(answer("feed"), "gov", is_listing=True)
    rows(tmp_path, page, None)
    return tmp_path


def names(found) -> list[str]:
    return [each.path.name for each in found]


LATER = NOON + timedelta(days=31)


def test_only_what_is_old_and_nobody_needs_is_deleted(kept):
    told = retention(kept, {"gov": 30}, now=LATER)
    assert names(told.deleted) == ["run1-listings-0001.warc.gz"]
    assert names(told.kept) == ["run1-0001.warc.gz"]
    assert (told.kept[0].only_copies, told.kept[0].sources, told.kept[0].last_at) == (1, ("gov",), NOON)
    assert len(list(kept.glob("*.warc.gz"))) == 2  # told, not done
    done = retention(kept, {"gov": 30}, now=LATER, delete=True)
    assert (done.deleted, done.kept) == (told.deleted, told.kept)
    assert names(done.deleted) == ["run1-listings-0001.warc.gz"]
    assert [path.name for path in kept.glob("*.warc.gz")] == ["run1-0001.warc.gz"]
    assert retention(kept, {"gov": 30}, now=LATER, delete=True).deleted == []


def test_the_only_copy_is_deleted_only_when_told(kept):
    told = retention(kept, {"gov": 30}, now=LATER, delete_only_copies=True)
    assert names(told.deleted) == ["run1-0001.warc.gz", "run1-listings-0001.warc.gz"]
    assert told.kept == []
    retention(kept, {"gov": 30}, now=LATER, delete_only_copies=True, delete=True)
    assert list(kept.glob("*.warc.gz")) == []
    with pytest.raises(MissingRecordError, match="retention"):
        read_record(kept, "run1-0001.warc.gz", 0)


@pytest.mark.parametrize("keep", [{}, {"gov": None}, {"wire": 1}, {"gov": 32}])
def test_without_a_limit_or_before_it_everything_is_kept(kept, keep):
    told = retention(kept, keep, now=LATER, delete_only_copies=True, delete=True)
    assert (told.deleted, told.kept) == ([], [])
    assert len(list(kept.glob("*.warc.gz"))) == 2


def test_the_longest_of_several_sources_holds(tmp_path):
    with WarcWriter(tmp_path, "run1") as warc:
        warc.write(answer("1"), "gov")
        warc.write(answer("2"), "wire")
    assert retention(tmp_path, {"gov": 1, "wire": 100}, now=LATER).deleted == []
    assert retention(tmp_path, {"gov": 1}, now=LATER).deleted == []
    (both,) = retention(tmp_path, {"gov": 1, "wire": 2}, now=LATER).deleted
    assert both.sources == ("gov", "wire")


def test_a_row_that_points_at_an_earlier_record_keeps_that(tmp_path):
    with WarcWriter(tmp_path, "run1") as warc:
        first = warc.write(answer(), "gov")
    with WarcWriter(tmp_path, "run2") as warc:
        again = warc.write(answer(), "gov", earlier=first)
    rows(tmp_path, again)
    told = retention(tmp_path, {"gov": 1}, now=LATER, delete=True)
    assert (names(told.deleted), names(told.kept)) == (["run2-0001.warc.gz"], ["run1-0001.warc.gz"])
    assert read_record(tmp_path, *place(again)).body == PAGE.encode()


def test_damage_stops_retention(kept):
    path = kept / "run1-0001.warc.gz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(LandingError, match=r"run1-0001\.warc\.gz is damaged"):
        retention(kept, {"gov": 30}, now=LATER, delete=True)
    (kept / "rows-0.parquet").write_bytes(b"PAR1")
    with pytest.raises(LandingError, match=r"rows-0\.parquet is damaged"):
        retention(kept, {"gov": 30}, now=LATER, delete=True)


def test_landing_of_earlier_versions_has_no_records(kept):
    pq.write_table(pa.table({"source_id": ["gov"], "raw": [b"x"]}), kept / "old.parquet")
    assert names(retention(kept, {"gov": 30}, now=LATER).deleted) == ["run1-listings-0001.warc.gz"]


def test_a_page_does_not_stand_on_a_listing_with_the_same_payload(tmp_path):
    with WarcWriter(tmp_path, "r1") as warc:
        of_list = warc.write(answer(body=b"<p>1</p>"), "gov", is_listing=True)
        of_page = warc.write(answer(body=b"<p>1</p>"), "gov")
        assert warc.write(answer(body=b"<p>1</p>"), "gov") == of_page
    assert of_list.startswith("r1-listings-0001")
    assert of_page.startswith("r1-0001")
