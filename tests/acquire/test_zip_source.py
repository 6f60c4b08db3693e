from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.acquire import archive, documents
from flows.acquire.sources import Source, SourceError, source_for
from schemas.records import Document, Rejected

TEXT = ("กระทรวงคมนาคมแจ้งว่าสะพานแห่งใหม่เปิดใช้แล้ว วันที่ 5 มิถุนายน 2567\n" * 20).encode()
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
if sys.version_info >= (3, 14):
    METHODS.append(zipfile.ZIP_ZSTANDARD)


def zip_source(path: Path, **declared) -> Source:
    return Source("test", "zip", str(path), **declared)


def read(path: Path, ignored: Counter[str] | None = None, **declared) -> dict[str, Document | Rejected]:
    found = list(documents(zip_source(path, **declared), ignored))
    return {document.source_uri.removeprefix(f"zip://{path}").removeprefix("!/"): document for document in found}


def reasons(found: dict[str, Document | Rejected]) -> dict[str, str]:
    return {name: getattr(document, "reason", "read") for name, document in found.items()}


def pack(path: Path | io.BytesIO, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as out:
        for name, raw in members.items():
            out.writestr(name, raw)


def patch(path: Path, name: str, *, central: dict[int, bytes], local: dict[int, bytes] | None = None) -> None:
    """Overwrite bytes in the directory entry of `name`, and in its local header, at offsets from their signatures."""
    data = bytearray(path.read_bytes())
    entry = data.rindex(name.encode()) - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    header = data.index(name.encode()) - 30
    assert data[header : header + 4] == b"PK\x03\x04"
    for start, changes in ((entry, central), (header, local or {})):
        for offset, value in changes.items():
            data[start + offset : start + offset + len(value)] = value
    path.write_bytes(data)


def overlapping(path: Path, raw: bytes, count: int) -> None:
    """An archive whose directory names one packed text `count` times."""
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(raw) + packer.flush()
    sizes = struct.pack("<LLL", zlib.crc32(raw), len(packed), len(raw))
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0x21) + sizes + struct.pack("<HH", 1, 0) + b"x" + packed
    entries = b"".join(
        b"PK\x01\x02"
        + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0x21)
        + sizes
        + struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, 0, 0)
        + name
        for name in (f"{number}.txt".encode() for number in range(count))
    )
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(entries), len(local), 0)
    if count > 0xFFFF:
        big = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, len(entries), len(local))
        end = big + b"PK\x06\x07" + struct.pack("<LQL", 0, len(local) + len(entries), 1) + end
    path.write_bytes(local + entries + end)


@pytest.mark.parametrize("method", METHODS)
def test_every_way_of_packing(tmp_path, method):
    path = tmp_path / "ข่าว รวม.zip"
    members = {"2024/ข่าว_1.txt": TEXT, "ว่าง.txt": b"", "สั้น.txt": "ก".encode(), "ยาว.txt": TEXT * 400}
    pack(path, members, method)
    found = read(path)
    assert reasons(found) == {"2024/ข่าว_1.txt": "read", "ว่าง.txt": "empty", "สั้น.txt": "read", "ยาว.txt": "read"}
    for name, raw in members.items():
        if raw:
            assert found[name].raw == raw
            assert found[name].source_uri == f"zip://{path}!/{name}"
            assert PurePosixPath(found[name].source_uri).stem == PurePosixPath(name).stem


def test_the_same_bytes_have_the_same_hash_as_in_a_folder(tmp_path):
    (tmp_path / "a.txt").write_bytes(TEXT)
    pack(tmp_path / "a.zip", {"a.txt": TEXT})
    (in_folder,) = documents(source_for(tmp_path / "a.txt"))
    assert read(tmp_path / "a.zip")["a.txt"].content_hash == in_folder.content_hash


def test_what_is_not_included_is_counted(tmp_path):
    path = tmp_path / "a.zip"
    names = ["a.TXT", "b/", "b/c.txt", "d.pdf", "__MACOSX/b/._c.txt", "b/._c.txt", "__MACOSX/._z.zip", "README"]
    pack(path, dict.fromkeys(names, TEXT))
    ignored = Counter()
    assert list(read(path, ignored)) == ["a.TXT", "b/c.txt"]
    assert ignored == {".pdf": 1, ".txt": 2, ".zip": 1, "no suffix": 1}
    assert list(read(path, include=("b/*",))) == ["b/c.txt"]


def test_names_that_would_leave_a_folder_are_just_names(tmp_path):
    path = tmp_path / "a.zip"
    pack(path, {"../../etc/x.txt": TEXT, "/root/y.txt": TEXT, "a\\b\\z.txt": TEXT, "50%.txt": TEXT})
    assert list(read(path)) == ["../../etc/x.txt", "/root/y.txt", "a/b/z.txt", "50%25.txt"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp874", "tis-620"])
def test_names_without_the_utf8_mark(tmp_path, encoding):
    path = tmp_path / "a.zip"
    names = ["ข่าวรัฐบาล/ด้านเศรษฐกิจ_1.txt", "กก.txt"]  # the second alone would be too short to tell
    places = {name: "x" * (len(name.encode(encoding)) - 4) + ".txt" for name in names}
    pack(path, dict.fromkeys(places.values(), TEXT))
    data = path.read_bytes()
    for name, place in places.items():
        data = data.replace(place.encode(), name.encode(encoding))
    path.write_bytes(data)
    assert list(read(path)) == names


def test_names_that_are_not_thai_stay_as_they_are(tmp_path):
    path = tmp_path / "a.zip"
    pack(path, {"xxxxx.txt": TEXT, "résumé.txt": TEXT, "新闻.txt": TEXT})
    path.write_bytes(path.read_bytes().replace(b"xxxxx", "Größe".encode("cp437")))
    assert list(read(path)) == ["Größe.txt", "résumé.txt", "新闻.txt"]


@settings(max_examples=30)
@given(
    names=st.lists(
        st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E39) | st.sampled_from("ab 1_-"), max_size=20),
        min_size=1,
        max_size=8,
        unique=True,
    )
)
def test_any_thai_name_comes_back(tmp_path_factory, names):
    path = tmp_path_factory.mktemp("zip") / "a.zip"
    pack(path, {f"{name}.txt": TEXT for name in names})
    assert list(read(path)) == [f"{name}.txt" for name in names]


def test_a_damaged_member_is_named_and_the_rest_goes_on(tmp_path):
    path = tmp_path / "a.zip"
    for method in METHODS:
        rng = random.Random(7)
        noise = "".join(rng.choice("กขคงจ ") for _ in range(4000)).encode()
        pack(path, {"1.txt": TEXT, "2.txt": noise, "3.txt": TEXT}, method)
        data = bytearray(path.read_bytes())
        middle = data.index(b"2.txt") + 500
        data[middle : middle + 3] = b"\xaa\x55\xaa"
        path.write_bytes(data)
        found = read(path)
        assert reasons(found) == {"1.txt": "read", "2.txt": "bad_zip", "3.txt": "read"}
        assert "damage" in found["2.txt"].detail


def test_members_that_are_no_plain_files(tmp_path):
    path = tmp_path / "a.zip"
    pack(path, {"good.txt": TEXT, "secret.txt": TEXT, "odd.txt": TEXT, "link.txt": b"good.txt", "pdf.txt": b"%PDF-1.4"})
    patch(path, "secret.txt", central={8: b"\x01\x00"}, local={6: b"\x01\x00"})
    patch(path, "odd.txt", central={10: b"\x62\x00"}, local={8: b"\x62\x00"})  # PPMd
    patch(path, "link.txt", central={4: b"\x14\x03", 38: struct.pack("<L", 0o120777 << 16)})
    found = read(path)
    assert reasons(found) == {
        "good.txt": "read",
        "secret.txt": "encrypted",
        "odd.txt": "unsupported",
        "link.txt": "unreadable",
        "pdf.txt": "binary",
    }
    assert "password" in found["secret.txt"].detail
    assert "pack it with deflate" in found["odd.txt"].detail


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python can unpack zstd")
def test_zstd_before_python_3_14(tmp_path):
    path = tmp_path / "a.zip"
    pack(path, {"a.txt": TEXT})
    patch(path, "a.txt", central={10: b"\x5d\x00"}, local={8: b"\x5d\x00"})
    assert reasons(read(path)) == {"a.txt": "unsupported"}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not a zip file"),
        (b"PK\x03\x04", "not a zip file"),
        (TEXT, "not a zip file"),
        (b"PK\x05\x06" + b"\xff" * 18, "broken"),
    ],
)
def test_an_archive_that_is_none(tmp_path, raw, words):
    path = tmp_path / "a.zip"
    path.write_bytes(raw)
    (found,) = documents(zip_source(path))
    assert (found.reason, found.source_uri) == ("bad_zip", f"zip://{path}")
    assert words in found.detail
    assert "zip -FF" in found.detail


def test_an_archive_cut_off(tmp_path):
    path = tmp_path / "a.zip"
    pack(path, {"1.txt": TEXT, "2.txt": TEXT})
    data = path.read_bytes()
    for end in range(0, len(data), 7):
        path.write_bytes(data[:end])
        (found,) = documents(zip_source(path))
        assert found.reason == "bad_zip"


def test_no_damage_raises_or_changes_a_text(tmp_path):
    path = tmp_path / "a.zip"
    rng = random.Random(11)
    inner = io.BytesIO()
    pack(inner, {"4.txt": TEXT + b"4"})
    originals = {TEXT, TEXT + b"2", TEXT + b"3", TEXT + b"4"}
    for method in METHODS:
        pack(path, {"1.txt": TEXT, "2.txt": TEXT + b"2", "ก.txt": TEXT + b"3", "z.zip": inner.getvalue()}, method)
        whole = path.read_bytes()
        for _ in range(400):
            data = bytearray(whole)
            for _ in range(rng.choice([1, 1, 2, 8])):
                # Mostly in the directory, where each byte means something.
                place = rng.choice([rng.randrange(len(data)), rng.randrange(len(data) - 300, len(data))])
                data[place] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
            path.write_bytes(data)
            for found in documents(zip_source(path)):
                assert isinstance(found, Rejected) or found.raw in originals


def test_zips_inside_a_zip_one_level_deep(tmp_path):
    innermost, inner, path = io.BytesIO(), io.BytesIO(), tmp_path / "a.zip"
    pack(innermost, {"3.txt": TEXT})
    pack(inner, {"2.txt": TEXT, "deeper.zip": innermost.getvalue()})
    pack(path, {"1.txt": TEXT, "ใน.zip": inner.getvalue(), "broken.zip": b"PK"})
    found = read(path)
    assert reasons(found) == {
        "1.txt": "read",
        "ใน.zip!/2.txt": "read",
        "ใน.zip!/deeper.zip": "unsupported",
        "broken.zip": "bad_zip",
    }
    ignored = Counter()
    assert list(read(path, ignored, nested_zips=False)) == ["1.txt"]
    assert ignored == {".zip": 2}


def test_a_member_beyond_the_limit(tmp_path):
    path = tmp_path / "a.zip"
    rng = random.Random(3)
    noise = rng.randbytes(40_000).hex().encode()
    pack(path, {"large.txt": noise, "small.txt": TEXT})
    found = read(path, max_bytes=50_000)
    assert reasons(found) == {"large.txt": "too_large", "small.txt": "read"}


def test_a_bomb_is_refused_and_the_rest_goes_on(tmp_path):
    path = tmp_path / "a.zip"
    pack(path, {"1.txt": TEXT, "bomb.txt": b"0" * 300_000_000, "2.txt": TEXT})
    found = read(path)
    assert reasons(found) == {"1.txt": "read", "bomb.txt": "zip_bomb", "2.txt": "read"}
    assert "claim to unpack to 300,000,000" in found["bomb.txt"].detail


def test_one_repeated_line_is_no_bomb(tmp_path):
    path = tmp_path / "a.zip"
    pack(path, {"1.txt": b"0" * 900_000})
    assert reasons(read(path)) == {"1.txt": "read"}


@pytest.mark.parametrize("method", METHODS[1:])
def test_a_bomb_that_lies_about_its_size_takes_no_memory(tmp_path, method):
    path = tmp_path / "a.zip"
    pack(path, {"bomb.txt": b"0" * 400_000_000, "2.txt": TEXT}, method)
    packed = zipfile.ZipFile(path).getinfo("bomb.txt").compress_size
    assert packed < 1_000_000
    patch(path, "bomb.txt", central={24: struct.pack("<L", 5000)})
    found, peak = read_in_a_process(path)
    assert found == {"bomb.txt": "bad_zip", "2.txt": "read"}
    assert peak < 150_000_000


def test_an_lzma_member_that_asks_for_4_gb_of_dictionary(tmp_path):
    path = tmp_path / "a.zip"
    pack(path, {"a.txt": TEXT}, zipfile.ZIP_LZMA)
    data = bytearray(path.read_bytes())
    properties = data.index(b"a.txt") + 5 + 4
    data[properties + 1 : properties + 5] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    found, peak = read_in_a_process(path)
    assert found == {"a.txt": "read"}
    assert peak < 150_000_000


def test_a_member_that_claims_4_gb_of_packed_bytes(tmp_path):
    path = tmp_path / "a.zip"
    pack(path, {"a.txt": TEXT, "b.txt": TEXT})
    patch(path, "a.txt", central={20: b"\xfe\xff\xff\xff"})
    found, peak = read_in_a_process(path)
    assert found == {"a.txt": "bad_zip", "b.txt": "read"}
    assert peak < 150_000_000


def test_a_directory_that_claims_too_much(tmp_path):
    path = tmp_path / "a.zip"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(200_000_000)
        file.seek(200_000_000)
        file.write(b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, 199_000_000, 1_000_000, 0))
    (found,) = documents(zip_source(path))
    assert found.reason == "zip_bomb"
    assert "its directory claims 199 MB" in found.detail


def test_too_many_members(tmp_path):
    path = tmp_path / "a.zip"
    overlapping(path, b"x", archive.MAX_MEMBERS + 1)
    (found,) = documents(zip_source(path))
    assert found.reason == "zip_bomb"
    assert found.detail.startswith("200,001 members")


def test_members_that_overlap_stop_at_the_total(tmp_path):
    path = tmp_path / "a.zip"
    rng = random.Random(5)
    raw = b"".join(rng.choice([b"news ", b"text "]) * 60 for _ in range(100_000))
    overlapping(path, raw, 60)
    assert path.stat().st_size < archive.MAX_TOTAL_BYTES / archive.MAX_RATIO
    found = reasons(read(path))
    whole = archive.MAX_TOTAL_BYTES // len(raw)
    assert whole < 60
    assert list(found.values()) == ["read"] * whole + ["zip_bomb"]


def read_in_a_process(path: Path) -> tuple[dict[str, str], int]:
    """What a new process finds in the archive, and the most memory in bytes that it took beyond its start."""
    code = """
import resource, sys
from flows.acquire import documents
from flows.acquire.sources import Source
unit = 1 if sys.platform == "darwin" else 1024
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for found in documents(Source("test", "zip", sys.argv[1])):
    print(found.source_uri.rpartition("!/")[2], getattr(found, "reason", "read"))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit)
"""
    command = [sys.executable, "-c", code, str(path)]
    *lines, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return dict(line.split() for line in lines), int(peak)


def test_memory_stays_bounded_over_many_members(tmp_path):
    path = tmp_path / "a.zip"
    rng = random.Random(1)
    pack(path, {f"{number}.txt": rng.randbytes(500_000).hex().encode() for number in range(100)})
    found, peak = read_in_a_process(path)
    assert set(found.values()) == {"read"}
    assert peak < 50_000_000


def test_missing_folder_and_pipe(tmp_path, as_nobody):
    with pytest.raises(SourceError, match=r'source "test": .*nowhere.zip does not exist'):
        list(documents(zip_source(as_nobody / "nowhere.zip")))
    with pytest.raises(SourceError, match='kind = "folder"'):
        list(documents(zip_source(as_nobody)))
    path = as_nobody / "a.zip"
    pack(path, {"a.txt": TEXT})
    path.chmod(0)
    (found,) = documents(zip_source(path))
    assert (found.reason, found.source_uri) == ("unreadable", f"zip://{path}")


def test_the_corpus_is_read_whole(shared):
    path = shared / "corpus" / "thaigov-dev.zip"
    expected = {info.filename: info for info in zipfile.ZipFile(path).infolist() if not info.is_dir()}
    ignored = Counter()
    count = 0
    for document in documents(source_for(path), ignored):
        name = document.source_uri.removeprefix(f"zip://{path}!/").replace("%09", "\t")
        assert isinstance(document, Document)
        assert zlib.crc32(document.raw) == expected[name].CRC
        count += 1
    assert count == len(expected) == 12_615
    assert not ignored
