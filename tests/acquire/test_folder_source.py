from __future__ import annotations

import hashlib
import os
import subprocess
import urllib.parse
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.acquire import documents
from flows.acquire.intake import escape
from flows.acquire.sources import Source, SourceError, source_for
from schemas.records import Document, Rejected


def folder_source(path: Path, **declared) -> Source:
    return Source("test", "folder", str(path), **declared)


def read(path: Path, **declared) -> dict[str, Document | Rejected]:
    found = list(documents(folder_source(path, **declared)))
    by_uri = {document.source_uri.removeprefix(f"file://{path}/"): document for document in found}
    assert len(by_uri) == len(found)
    return by_uri


def reasons(path: Path, **declared) -> dict[str, str]:
    return {
        name: found.reason if isinstance(found, Rejected) else "read" for name, found in read(path, **declared).items()
    }


def test_documents_with_their_bytes_untouched(tmp_path):
    raw = b"\xef\xbb\xbf" + "ข่าว\r\nวันนี้ ".encode()
    path = tmp_path / "ข่าว รัฐบาล" / "ด้าน เศรษฐกิจ_1.txt"
    path.parent.mkdir()
    path.write_bytes(raw)
    (document,) = documents(folder_source(tmp_path))
    assert document == Document("test", f"file://{path}", raw, hashlib.sha256(raw).hexdigest())
    assert PurePosixPath(document.source_uri).stem == path.stem


def test_always_the_same_order_and_every_depth(tmp_path):
    names = ["b.txt", "a/2.txt", "a/1.txt", "a/b/c/d/e.txt", "a.txt", "ก/ข.txt"]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    assert list(read(tmp_path)) == ["a/1.txt", "a/2.txt", "a/b/c/d/e.txt", "a.txt", "b.txt", "ก/ข.txt"]


def test_a_thousand_folders_deep(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(1500):
        Path("d").mkdir()
        os.chdir("d")
    Path("x.txt").write_text("deep")
    os.chdir(tmp_path)
    try:
        (document,) = documents(folder_source(tmp_path))
    finally:
        subprocess.run(["rm", "-r", "d"], check=True)  # deeper than Python's own removal can go
    assert document.source_uri == f"file://{tmp_path}" + "/d" * 1500 + "/x.txt"


@pytest.mark.parametrize("include", [("*.txt",), ("*.TXT",)])
def test_what_is_not_included_is_counted(tmp_path, include):
    for name in ("a.txt", "b.TXT", "c.docx", "d.docx", "README", "e.zip", "._a.txt"):
        (tmp_path / name).write_text("ข่าว")
    ignored = Counter()
    found = list(documents(folder_source(tmp_path, include=include), ignored))
    assert len(found) == 2
    assert ignored == {".docx": 2, "no suffix": 1, ".zip": 1, ".txt": 1}


def test_include_patterns_with_folders(tmp_path):
    for name in ("2023/a.txt", "2024/a.txt", "2024/05/b.md", "c.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("ข่าว")
    assert set(read(tmp_path, include=("2024/*", "c.*"))) == {"2024/a.txt", "2024/05/b.md", "c.md"}


def test_archives_of_a_folder_where_they_are_included(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("1.txt", "หนึ่ง")
    (tmp_path / "b.txt").write_text("สอง")
    assert list(read(tmp_path)) == ["b.txt"]
    uris = [found.source_uri for found in documents(folder_source(tmp_path, include=("*.txt", "*.zip")))]
    assert uris == [f"zip://{tmp_path}/a.zip!/1.txt", f"file://{tmp_path}/b.txt"]


def test_what_is_no_document(tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "blank.txt").write_bytes(b" \r\n\t")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "pdf.txt").write_bytes(b"%PDF-1.4 ...")
    (tmp_path / "good.txt").write_text("ข่าว")
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(50_000_000)
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere.txt")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "device.txt").symlink_to("/dev/zero")
    assert reasons(tmp_path) == {
        "binary.txt": "binary",
        "blank.txt": "empty",
        "dangling.txt": "unreadable",
        "device.txt": "unreadable",
        "empty.txt": "empty",
        "good.txt": "read",
        "large.txt": "too_large",
        "pdf.txt": "binary",
        "pipe.txt": "unreadable",
        "self.txt": "unreadable",
    }
    details = {name: found.detail for name, found in read(tmp_path).items() if isinstance(found, Rejected)}
    assert details["large.txt"].startswith("50.0 MB, more than the 32 MB of one text: split it, or raise max_mb")
    assert "restore it or remove the link" in details["dangling.txt"]
    assert "no regular file" in details["pipe.txt"]
    assert all(": " in detail for detail in details.values())


def test_the_limit_is_the_sources_own(tmp_path):
    (tmp_path / "a.txt").write_text("x" * 1001)
    (tmp_path / "b.txt").write_text("x" * 1000)
    assert reasons(tmp_path, max_bytes=1000) == {"a.txt": "too_large", "b.txt": "read"}


def test_permissions(as_nobody):
    (as_nobody / "open.txt").write_text("ข่าว")
    (as_nobody / "closed.txt").write_text("ข่าว")
    (as_nobody / "closed.txt").chmod(0)
    (as_nobody / "ห้องลับ").mkdir()
    (as_nobody / "ห้องลับ" / "in.txt").write_text("ข่าว")
    (as_nobody / "ห้องลับ").chmod(0)
    found = read(as_nobody)
    assert {name: getattr(document, "reason", "read") for name, document in found.items()} == {
        "closed.txt": "unreadable",
        "open.txt": "read",
        "ห้องลับ": "unreadable",
    }
    assert found["closed.txt"].detail == "it may not be read by this user: give this user the right to read it"
    with pytest.raises(SourceError, match="may not be read by this user"):
        list(documents(folder_source(as_nobody / "ห้องลับ")))


def test_links_are_followed_but_never_in_circles(tmp_path):
    tree, outside = tmp_path / "tree", tmp_path / "outside"
    (tree / "real").mkdir(parents=True)
    (outside / "deep").mkdir(parents=True)
    (tree / "real" / "1.txt").write_text("หนึ่ง")
    (outside / "deep" / "2.txt").write_text("สอง")
    (tree / "a_link_in").symlink_to(tree / "real")
    (tree / "b_link_up").symlink_to(tmp_path)
    (tree / "real" / "self").symlink_to(tree / "real" / "self")
    (tree / "c_link_out").symlink_to(outside)
    (tree / "d_link_out_again").symlink_to(outside / "deep")
    (outside / "deep" / "back").symlink_to(outside)
    (tree / "file_link.txt").symlink_to(outside / "deep" / "2.txt")
    assert list(read(tree)) == ["c_link_out/deep/2.txt", "file_link.txt", "real/1.txt"]


def test_one_file_is_a_source(tmp_path):
    path = tmp_path / "ข่าว.md"
    path.write_text("ข่าว")
    (document,) = documents(source_for(path))
    assert document.source_uri == f"file://{path}"
    (same,) = documents(source_for(tmp_path / "x" / ".." / "ข่าว.md"))
    assert same == document


def test_a_missing_folder_and_one_that_is_an_archive(tmp_path):
    with pytest.raises(SourceError, match=r'source "test": .*/nowhere does not exist'):
        list(documents(folder_source(tmp_path / "nowhere")))
    (tmp_path / "a.zip").write_bytes(b"PK")
    with pytest.raises(SourceError, match='kind = "zip"'):
        list(documents(folder_source(tmp_path / "a.zip")))


def test_names_that_a_uri_could_not_carry(tmp_path):
    names = ["50%_#1?.txt", "แท็บ\tและ\nบรรทัด.txt", "a b!c&d.txt"]
    for name in names:
        (tmp_path / name).write_text("ข่าว")
    (tmp_path / os.fsdecode("ข่าว.txt".encode("tis-620"))).write_text("ข่าว")
    assert set(read(tmp_path)) == {
        "50%25_%231%3F.txt",
        "แท็บ%09และ%0Aบรรทัด.txt",
        "a b!c&d.txt",
        "%A2%E8%D2%C7.txt",
    }
    for document in documents(folder_source(tmp_path)):
        document.source_uri.encode()


@given(st.binary(min_size=1, max_size=60))
def test_escaping_loses_nothing(name):
    path = os.fsdecode(name)
    escaped = escape(path)
    escaped.encode()
    assert urllib.parse.unquote_to_bytes(escaped) == name


@given(st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B) | st.sampled_from("abc 123_-.!()")))
def test_thai_letters_and_blanks_stay_readable(name):
    assert escape(name) == name


def test_samples_of_real_releases(shared):
    folder = shared / "corpus" / "sample"
    ignored = Counter()
    found = list(documents(source_for(folder), ignored))
    assert len(found) == sum(1 for path in folder.rglob("*.txt"))
    assert all(isinstance(document, Document) for document in found)
    assert {PurePosixPath(document.source_uri).stem.replace("%09", "\t") for document in found} == {
        path.stem for path in folder.rglob("*.txt")
    }
