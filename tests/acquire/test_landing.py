from __future__ import annotations

import hashlib
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from flows.acquire import documents
from flows.acquire.landing import (
    BATCH_BYTES,
    BATCH_DOCUMENTS,
    SCHEMA,
    LandingError,
    landed_documents,
    read_landing,
    write_landing,
)
from flows.acquire.sources import source_for
from flows.acquire.web.fetch import Response
from flows.acquire.web.warc_landing import WarcWriter
from schemas.records import Document, Rejected

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2024, 6, 5, 12, tzinfo=UTC)


def document(name: str, text: str = "ข่าว") -> Document:
    raw = text.encode()
    return Document("test", f"file:///ข่าว/{name}.txt", raw, hashlib.sha256(raw).hexdigest())


def landed(folder: Path) -> list[Document]:
    return [found for path in sorted(folder.glob("*.parquet")) for found in read_landing(path)]


def test_documents_come_back_as_they_were(tmp_path):
    raws = [b"\xef\xbb\xbf\r\n", "ข่าว".encode("cp874"), bytes(range(1, 256)), b"x"]
    originals = [Document("ที่มา", f"file:///{n}.txt", raw, f"{n:064}") for n, raw in enumerate(raws)]
    result = write_landing(tmp_path / "a" / "landing", "run1", originals, {}, acquired_at=NOON)
    assert result.batches == [tmp_path / "a" / "landing" / "run1-0001.parquet"]
    assert (result.acquired, result.unchanged, result.rejected) == (4, 0, [])
    assert result.acquired_bytes == sum(map(len, raws))
    assert list(read_landing(result.batches[0])) == originals
    table = pq.read_table(result.batches[0])
    assert table.schema.equals(SCHEMA)
    assert set(table.column("acquired_at").to_pylist()) == {NOON}


def test_batches_by_number_and_by_size(tmp_path):
    many = [document(f"{n:05}") for n in range(BATCH_DOCUMENTS * 2 + 1)]
    result = write_landing(tmp_path, "run1", many, {})
    assert [len(list(read_landing(path))) for path in result.batches] == [BATCH_DOCUMENTS, BATCH_DOCUMENTS, 1]
    large = [document(f"large{n}", "x" * (BATCH_BYTES // 2 - 10) + str(n)) for n in range(3)]
    huge = document("huge", "y" * (BATCH_BYTES + 1))
    result = write_landing(tmp_path, "run2", [*large, huge, document("last")], {})
    assert [len(list(read_landing(path))) for path in result.batches] == [2, 1, 1, 1]
    assert landed(tmp_path) == [*many, *large, huge, document("last")]


def test_nothing_new_writes_nothing(tmp_path):
    first = write_landing(tmp_path, "run1", [document("a"), document("b")], {})
    known = landed_documents(first.batches)
    second = write_landing(tmp_path, "run2", [document("a"), document("b", "ใหม่"), document("c")], known)
    assert (second.acquired, second.unchanged) == (2, 1)
    assert list(read_landing(second.batches[0])) == [document("b", "ใหม่"), document("c")]
    known |= landed_documents(second.batches)
    third = write_landing(tmp_path, "run3", [document("a"), document("b", "ใหม่"), document("c")], known)
    assert (third.batches, third.acquired, third.unchanged) == ([], 0, 3)
    back = write_landing(tmp_path, "run4", [document("b")], known)
    assert back.acquired == 1


def test_two_contents_under_one_name(tmp_path):
    given = [document("a"), document("a"), document("a", "อื่น"), document("b")]
    result = write_landing(tmp_path, "run1", given, {})
    assert (result.acquired, result.unchanged) == (2, 1)
    (rejected,) = result.rejected
    assert (rejected.source_uri, rejected.reason) == (document("a").source_uri, "duplicate")
    assert rejected.content_hash == document("a", "อื่น").content_hash
    assert landed(tmp_path) == [document("a"), document("b")]


def test_rejected_ones_are_handed_on(tmp_path):
    rejected = Rejected("test", "file:///x.txt", None, "unreadable", "it may not be read: open it")
    result = write_landing(tmp_path, "run1", [rejected, document("a")], {})
    assert result.rejected == [rejected]
    assert landed(tmp_path) == [document("a")]


def test_a_retry_of_the_same_run_goes_on_where_the_first_stopped(tmp_path):
    def stops():
        yield from (document(f"{n:04}") for n in range(BATCH_DOCUMENTS + 7))
        raise ConnectionError

    with pytest.raises(ConnectionError):
        write_landing(tmp_path, "run1", stops(), {})
    assert len(landed(tmp_path)) == BATCH_DOCUMENTS
    everything = [document(f"{n:04}") for n in range(BATCH_DOCUMENTS + 20)]
    result = write_landing(tmp_path, "run1", everything, {})
    assert result.batches == [tmp_path / "run1-0002.parquet"]
    assert result.acquired == len(everything)
    assert landed(tmp_path) == everything


def test_leftovers_of_killed_runs_are_removed_and_landed_files_never_touched(tmp_path):
    (tmp_path / "run0-0007.parquet.tmp").write_bytes(b"half")
    first = write_landing(tmp_path, "run1", [document("a")], {})
    before = first.batches[0].read_bytes()
    write_landing(tmp_path, "run1", [document("b")], {})
    assert first.batches[0].read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run1-0001.parquet", "run1-0002.parquet"]


def test_a_full_disk(tmp_path):
    """A limit on the size of files fails in the middle of a write, as a full disk does."""
    many = [
        document(f"{n}", f"{n}" + "".join(hashlib.sha256(b"%d" % m).hexdigest() for m in range(40))) for n in range(500)
    ]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(LandingError) as error:
            write_landing(tmp_path, "run1", many, {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(tmp_path / "run1-0001.parquet") in str(error.value)
    assert "Free space there" in str(error.value)
    assert list(tmp_path.iterdir()) == []
    assert write_landing(tmp_path, "run1", many, {}).acquired == 500


def test_a_folder_that_may_not_be_written(as_nobody):
    as_nobody.chmod(0o555)
    with pytest.raises(LandingError, match="give the right to write"):
        write_landing(as_nobody / "landing", "run1", [document("a")], {})
    as_nobody.chmod(0o755)
    (as_nobody / "landing").write_text("a file where the folder should be")
    with pytest.raises(LandingError, match="landing can't be written"):
        write_landing(as_nobody / "landing", "run1", [document("a")], {})


def test_damaged_and_missing_files_are_named(tmp_path):
    (path,) = write_landing(tmp_path, "run1", [document("a", "ข่าว" * 500)], {}).batches
    whole = path.read_bytes()
    for damage in (whole[:-20], b"", b"PAR1", whole.replace("ข่าว".encode(), b"\xff" * 12)):
        if damage == whole:
            continue
        path.write_bytes(damage)
        with pytest.raises(LandingError, match=r"run1-0001\.parquet is damaged"):
            list(read_landing(path))
    flipped = bytearray(whole)
    flipped[whole.index(b"file:///")] ^= 1
    path.write_bytes(flipped)
    with pytest.raises(LandingError, match="is damaged"):
        list(read_landing(path))
    path.unlink()
    with pytest.raises(LandingError, match="is missing"):
        landed_documents([path])


def test_a_run_id_that_is_no_file_name(tmp_path):
    with pytest.raises(ValueError, match="run id"):
        write_landing(tmp_path, "../x", [document("a")], {})


def test_killed_at_any_moment_and_run_again(tmp_path):
    """Landing after kills, each at another moment, plus one whole run holds every document once."""
    folder, landing = tmp_path / "ข่าว", tmp_path / "landing"
    folder.mkdir()
    for number in range(3000):
        (folder / f"{number:04}.txt").write_text(f"ข่าวที่ {number}\n" * 40)
    code = """
import sys
from pathlib import Path
from flows.acquire import documents
from flows.acquire.landing import landed_documents, write_landing
from flows.acquire.sources import source_for
from flows.acquire.web.fetch import Response
from flows.acquire.web.warc_landing import WarcWriter
folder, landing, run_id = sys.argv[1:]
known = landed_documents(sorted(Path(landing).glob("*.parquet")))
print("go", flush=True)
write_landing(Path(landing), run_id, documents(source_for(Path(folder))), known)
"""
    unfinished = 0
    for trial in range(8):
        command = [sys.executable, "-c", code, str(folder), str(landing), f"run{trial}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(0.004 * (trial + 1))
            process.send_signal(signal.SIGKILL)
            unfinished += process.wait() == -signal.SIGKILL
        landed_now = landed(landing) if landing.exists() else []
        assert len(landed_now) == len({found.source_uri for found in landed_now})
    assert unfinished
    known = landed_documents(sorted(landing.glob("*.parquet")))
    write_landing(landing, "last", documents(source_for(folder)), known)
    assert sorted(landed(landing), key=lambda found: found.source_uri) == list(documents(source_for(folder)))
    assert not list(landing.glob("*.tmp"))


def test_files_of_earlier_versions_and_rows_that_stand_on_a_record(tmp_path):
    """What came from the web is in a WARC file; of files that an earlier version wrote, the later columns are missing."""
    body = b"<p>\xe0\xb8\x81</p>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n"
    address = "https://example.org/1"
    response = Response(
        address, address, 200, (("Content-Type", "text/html"),), body, NOON, None, head, body, "192.0.2.1"
    )
    with WarcWriter(tmp_path, "run1") as warc:
        record = warc.write(response, "web")
    of_web = Document("web", address, body, "0" * 64, (), "text/html; charset=utf-8", record, '{"title": "ก"}')
    (file,) = write_landing(tmp_path, "run1", [of_web, document("a")], {}).batches
    assert list(read_landing(file)) == [of_web, document("a")]
    table = pq.read_table(file)
    assert table["raw"].to_pylist() == [None, document("a").raw]
    old = table.select(["source_id", "source_uri", "content_hash", "raw", "acquired_at"]).slice(1)
    pq.write_table(old, tmp_path / "run0-0001.parquet")
    assert list(read_landing(tmp_path / "run0-0001.parquet")) == [document("a")]
    (tmp_path / record.partition("#")[0]).unlink()
    with pytest.raises(LandingError, match="is missing"):
        list(read_landing(file))
