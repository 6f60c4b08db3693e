"""The records of a WARC file, one after another, however large it is and whatever stands in it.

warcio reads the fields of a record. What is around them is read here, because warcio's own readers take as much memory
as a file asks for, and pass over what is damaged. Nothing is believed of a file but what it holds: a record is given
out whole or not at all, and what follows damage is not looked for.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import IO, TYPE_CHECKING, Final

from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer as Buffer

MAX_HEAD_BYTES: Final = 100_000  # of the fields of one record
MAX_HEAD_LINES: Final = 1_000
MAX_BLANK_LINES: Final = 100  # between two records, where two are right
MAX_EMPTY_MEMBERS: Final = 1_000  # of a gzip file, one after another
MAX_EXPANSION: Final = 200  # unpacked to packed, of a file; crawls reach 10
SMALL_BYTES: Final = 100_000_000  # that any file may unpack to
_READ_BYTES: Final = 65_536
_GZIP: Final = b"\x1f\x8b"
_LENGTH: Final = re.compile("[0-9]{1,15}")
_VERSIONS: Final = ("WARC/1.1", "WARC/1.0", "WARC/0.18", "WARC/0.17")
_BLANK: Final = frozenset({b"\r\n", b"\n"})
_CUT: Final = frozenset({b"", b"\r"})  # of a blank line, where a file ends in it: the record before is whole


class DamagedError(Exception):
    """A file is no WARC file, or not a whole one; the message says why, without a remedy."""


class Record:
    """One record, as long as the next one is not asked for."""

    def __init__(self, head: bytes, stream: IO[bytes]) -> None:
        self._fields = _parse(head)
        self._stream = stream
        self.length = self._length()  # of its block, in bytes
        self._left = self.length
        self._is_over = False

    def field(self, name: str) -> str:
        """The value of a field, whatever the case of its name; empty where there is none."""
        return self._fields.get(name.lower(), "")

    def read(self) -> bytes:
        """The whole block, which the caller has found not to be too long; raises what `records` raises."""
        block = self._stream.read(self._left)
        self._left -= len(block)
        self.finish()
        return block

    def finish(self) -> None:
        """Pass over what was not read, and see that the record ends where it should; raises what `records` raises."""
        if self._is_over:
            return
        while self._left and (part := self._stream.read(min(self._left, _READ_BYTES))):
            self._left -= len(part)
        if self._left:
            raise DamagedError("its last record is cut off")
        if self._stream.readline(_READ_BYTES) not in _BLANK | _CUT:
            raise DamagedError("a record is longer than it says")
        self._is_over = True

    def _length(self) -> int:
        said = self.field("Content-Length")
        if not _LENGTH.fullmatch(said):
            raise DamagedError(f"a record says that its length is {said[:40]!r}")
        return int(said)


def records(file: io.RawIOBase) -> Iterator[Record]:
    """The records of a file, packed with gzip one by one or all together, or not at all.

    Raises:
        DamagedError: from here on the file can't be read.
        OSError: the disk can't be read; it may be another time.
    """
    stream = io.BufferedReader(file, _READ_BYTES)
    if stream.peek(len(_GZIP))[: len(_GZIP)] == _GZIP:
        stream = io.BufferedReader(_Unpacked(stream), _READ_BYTES)
    is_empty = True
    while head := _head(stream):
        is_empty = False
        record = Record(head, stream)
        yield record
        record.finish()
    if is_empty:
        raise DamagedError("it holds no record")


def _head(stream: IO[bytes]) -> bytes:
    """The fields of the next record as they stand there, with the blank line that ends them; empty at the end."""
    blank = 0
    while (line := stream.readline(MAX_HEAD_BYTES)) in _BLANK:
        blank += 1
        if blank > MAX_BLANK_LINES:
            raise DamagedError(f"more than {MAX_BLANK_LINES} blank lines stand between two records")
    if line in _CUT:
        return b""
    lines = [line]
    size = len(line)
    while line not in _BLANK:
        if size >= MAX_HEAD_BYTES or len(lines) >= MAX_HEAD_LINES:
            raise DamagedError("the head of a record has no end")
        if not line.endswith(b"\n"):
            raise DamagedError("it is cut off in the head of a record")
        line = stream.readline(MAX_HEAD_BYTES)
        size += len(line)
        lines.append(line)
    return b"".join(lines)


def _parse(head: bytes) -> dict[str, str]:
    """Fields by their names in small letters; of several of one name the first."""
    try:
        found = StatusAndHeadersParser(_VERSIONS).parse(io.BytesIO(head))
    except StatusAndHeadersParserException:
        raise DamagedError(f"no record begins with {head[:40]!r}") from None
    fields: dict[str, str] = {}
    for name, value in found.headers:
        fields.setdefault(name.lower(), value)
    return fields


class _Unpacked(io.RawIOBase):
    """What a gzip file of any number of members holds; each is checked against its checksum.

    Not `gzip.GzipFile`: its errors are `OSError`s, as those of a disk are, and it knows no bounds.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._packed = b""
        self._member: zlib._Decompress | None = None
        self._read_bytes = self._given_bytes = self._empty_members = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        room = memoryview(buffer)
        part = b""
        while not part:
            if not self._packed:
                self._packed = self._file.read(_READ_BYTES)
                self._read_bytes += len(self._packed)
                if not self._packed and self._member is not None:
                    raise DamagedError("it is cut off")
                if not self._packed:
                    return 0
            if self._member is None:
                self._packed = self._packed.lstrip(b"\0")  # padding, as gzip itself has it
                if not self._packed:
                    continue
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            part = self._step(self._member, len(room))
        room[: len(part)] = part
        return len(part)

    def _step(self, member: zlib._Decompress, most: int) -> bytes:
        """The next bytes of a member, which may be none."""
        try:
            part = member.decompress(self._packed, most)
        except zlib.error as error:
            raise DamagedError(f"its packing is damaged ({error})") from None
        self._packed = member.unconsumed_tail
        if part:
            self._empty_members = 0
        if member.eof:
            self._packed = member.unused_data
            self._member = None
            self._empty_members += 1
        self._given_bytes += len(part)
        if self._empty_members > MAX_EMPTY_MEMBERS:
            raise DamagedError(f"more than {MAX_EMPTY_MEMBERS:,} of its gzip members are empty")
        if self._given_bytes > SMALL_BYTES + MAX_EXPANSION * self._read_bytes:
            raise DamagedError(f"it unpacks to more than {MAX_EXPANSION} times its size")
        return part
