"""What a source has no longer: found by listing it, unless something hid it or so much is missing that it can't be."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.acquire import documents
from flows.acquire.closing import FEW, find_gone, lists_all, refusal
from flows.acquire.landing import landed_documents, read_landing, write_gone, write_landing
from flows.acquire.sources import Source, source_for
from schemas.records import Document, Gone

AT = datetime(2026, 11, 20, 6, tzinfo=UTC)


def folder_of(tmp_path: Path, count: int) -> Path:
    folder = tmp_path / "ข่าว"
    (folder / "ย่อย").mkdir(parents=True)
    for number in range(count):
        (folder / ("ย่อย" if number % 2 else ".") / f"{number:03}.txt").write_text(f"ข่าว {number}\n", encoding="utf-8")
    return folder


def archive_of(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, f"ข่าว {name}\n")
    return path


def listed(source: Source, landing: Path):
    """What the source gives now, as a run takes it."""
    return write_landing(landing, "r", documents(source), {}, acquired_at=AT)


def missing(source: Source, standing: set[str], landing: Path) -> list[str]:
    return [each.source_uri for each in find_gone(source, standing, listed(source, landing))]


def test_a_file_that_was_deleted_is_gone(tmp_path):
    source = source_for(folder_of(tmp_path, 6))
    standing = listed(source, tmp_path / "landing").listed
    assert len(standing) == 6
    assert missing(source, standing, tmp_path / "again") == []
    deleted = Path(source.location) / "ย่อย" / "003.txt"
    deleted.unlink()
    assert missing(source, standing, tmp_path / "third") == [f"file://{deleted}"]


def test_a_member_that_left_its_archive_is_gone(tmp_path):
    source = source_for(archive_of(tmp_path / "a.zip", ["1.txt", "2.txt"]))
    standing = listed(source, tmp_path / "landing").listed
    archive_of(tmp_path / "a.zip", ["2.txt", "3.txt"])
    assert missing(source, standing, tmp_path / "again") == [f"zip://{tmp_path / 'a.zip'}!/1.txt"]


def test_a_file_that_is_there_but_no_text_any_more_is_not_gone(tmp_path):
    source = source_for(folder_of(tmp_path, 4))
    standing = listed(source, tmp_path / "landing").listed
    root = Path(source.location)
    (root / "000.txt").write_bytes(b"")
    (root / "002.txt").unlink()
    os.mkfifo(root / "002.txt")
    assert missing(source, standing, tmp_path / "again") == []


@pytest.mark.parametrize("damaged", [b"", b"PK\x03\x04 no archive"])
def test_what_a_damaged_archive_hides_is_not_gone(tmp_path, damaged):
    folder = folder_of(tmp_path, 2)
    source = replace(source_for(folder), include=("*.txt", "*.zip"))
    archive = archive_of(folder / "ย่อย" / "a.zip", ["1.txt", "ลึก/2.txt"])
    standing = listed(source, tmp_path / "landing").listed
    assert len(standing) == 4
    archive.write_bytes(damaged)
    assert missing(source, standing, tmp_path / "again") == []
    archive.unlink()
    assert len(missing(source, standing, tmp_path / "third")) == 2


def test_what_lies_behind_the_limit_of_an_archive_is_not_gone(tmp_path, monkeypatch):
    source = source_for(archive_of(tmp_path / "a.zip", ["1.txt", "2.txt", "3.txt"]))
    standing = listed(source, tmp_path / "landing").listed
    monkeypatch.setattr("flows.acquire.archive.MAX_TOTAL_BYTES", 20)
    monkeypatch.setattr("flows.acquire.archive.MAX_RATIO", 0)
    got = listed(source, tmp_path / "again")
    assert len(got.listed) == 1
    assert [reject.reason for reject in got.rejected] == ["zip_bomb"]
    assert find_gone(source, standing, got) == []


def test_one_file_says_nothing_of_its_folder(tmp_path):
    folder = folder_of(tmp_path, 4)
    alone = source_for(folder / "000.txt")
    assert alone.id == source_for(folder).id
    assert not lists_all(alone)
    assert lists_all(source_for(folder))
    assert lists_all(source_for(archive_of(tmp_path / "a.zip", ["1.txt"])))
    assert not lists_all(replace(source_for(folder), complete=False))


@pytest.mark.parametrize(
    ("standing", "left", "doubted"),
    [
        (FEW, 1, False),
        (FEW, 0, True),
        (1, 0, True),
        (FEW + 2, FEW // 2, True),
        (FEW + 2, FEW // 2 + 1, False),
        (1000, 501, False),
        (1000, 499, True),
    ],
)
def test_only_so_much_can_go_unasked(tmp_path, standing, left, doubted):
    uris = {f"file:///releases/{number}.txt" for number in range(standing)}
    kept = [Document("s", uri, b"x", "0" * 64) for uri in sorted(uris)[:left]]
    source = Source(id="s", kind="folder", location="/releases")
    landed = write_landing(tmp_path / "landing", "r", kept, {}, acquired_at=AT)
    gone = find_gone(source, uris, landed)
    assert len(gone) == standing - left
    said = refusal(source, uris, gone, landed)
    assert (said is not None) == doubted
    if said:
        assert f"{standing - left:,} of its {standing:,} releases are in /releases no longer" in said
        assert "--allow-closing" in said


def test_what_is_gone_is_landed_after_what_came(tmp_path):
    landing = tmp_path / "landing"
    came = Document("s", "file:///a.txt", b"x", "0" * 64)
    first = write_landing(landing, "r", [came], {}, acquired_at=AT).batches
    second = write_gone(landing, "r", [Gone("s", "file:///b.txt"), Gone("s", "file:///a.txt")], acquired_at=AT)
    assert write_gone(landing, "r", [], acquired_at=AT) is None
    assert second is not None
    assert [file.name for file in (*first, second)] == ["r-0001.parquet", "r-0002.parquet"]
    assert list(read_landing(second)) == [Gone("s", "file:///b.txt"), Gone("s", "file:///a.txt")]
    assert landed_documents(first) == {"file:///a.txt": "0" * 64}
    assert landed_documents([*first, second]) == {}
