"""The records of WARC files: whatever they hold, however they are packed, and wherever they are cut off."""

from __future__ import annotations

import gzip
import io

import pytest
from crawls import record
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from flows.acquire.warc_records import DamagedError, records

BODIES = st.lists(st.binary(max_size=3_000), min_size=1, max_size=5)
PACKED = {
    "not": lambda parts: parts,
    "one by one": lambda parts: [gzip.compress(part) for part in parts],
    "all together": lambda parts: [gzip.compress(b"".join(parts))],
}


class Slow(io.BytesIO):
    """A file that gives a few bytes at a time, as pipes and network disks may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(7 if size is None or size < 0 else min(size, 7))


class Disk(io.RawIOBase):
    def __init__(self, file: io.BytesIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        found = self._file.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def made(bodies: list[bytes]) -> list[bytes]:
    return [record(f"https://www.example.go.th/{n}", body) for n, body in enumerate(bodies)]


def read(raw: bytes, *, file: type[io.BytesIO] = io.BytesIO) -> list[bytes]:
    return [each.read().partition(b"\r\n\r\n")[2] for each in records(Disk(file(raw)))]


@given(bodies=BODIES, packing=st.sampled_from(sorted(PACKED)), file=st.sampled_from([io.BytesIO, Slow]))
def test_records_come_out_as_they_went_in(bodies, packing, file):
    assert read(b"".join(PACKED[packing](made(bodies))), file=file) == bodies


@given(bodies=BODIES)
def test_they_are_those_that_warcio_finds(bodies):
    raw = b"".join(made(bodies))
    told = [dict(each.rec_headers.headers) for each in ArchiveIterator(io.BytesIO(raw), no_record_parse=True)]
    found = [{name: each.field(name) for name in told[0]} for each in records(Disk(io.BytesIO(raw)))]
    assert found == told


@given(bodies=BODIES, packing=st.sampled_from(["not", "one by one"]), share=st.floats(0, 1, exclude_max=True))
def test_what_is_before_a_cut_comes_and_then_the_damage(bodies, packing, share):
    parts = PACKED[packing](made(bodies))
    whole = b"".join(parts)
    cut = int(share * len(whole))
    ends = [sum(map(len, parts[: n + 1])) for n in range(len(parts))]
    found, damage = read_on(Disk(io.BytesIO(whole[:cut])))
    # A record can do without the blank lines after it, or the checksum of its packing, which damage tells.
    spare = 4 if packing == "not" else 16
    assert found == bodies[: len(found)]
    assert sum(end <= cut for end in ends) <= len(found) <= sum(end - spare <= cut for end in ends)
    assert (damage is None) == (bool(found) and (packing == "not" or cut in ends) and cut <= ends[len(found) - 1])


def read_on(disk: Disk) -> tuple[list[bytes], Exception | None]:
    """What records hold before an error, and the error."""
    found: list[bytes] = []
    try:
        found.extend(each.read().partition(b"\r\n\r\n")[2] for each in records(disk))
    except (DamagedError, OSError) as error:
        return found, error
    return found, None


@given(raw=st.binary(max_size=300), packing=st.sampled_from(sorted(PACKED)))
def test_any_bytes_are_records_or_damage(raw, packing):
    with pytest.raises(DamagedError):
        read(b"".join(PACKED[packing]([raw])))


def test_blocks_that_are_not_read_are_passed_over():
    raw = b"".join(made([b"a" * 500_000, b"b"]))
    assert [each.field("warc-target-uri")[-1] for each in records(Disk(io.BytesIO(raw)))] == ["0", "1"]


def test_an_error_of_the_disk_is_no_damage():
    class Failing(Disk):
        def readinto(self, buffer) -> int:
            if self._file.tell() > 5_000:
                raise OSError(5, "Input/output error")
            return super().readinto(buffer[:1_000])

    found, error = read_on(Failing(io.BytesIO(b"".join(made([b"x" * 2_000] * 5)))))
    assert found == [b"x" * 2_000] * 2
    assert isinstance(error, OSError)
