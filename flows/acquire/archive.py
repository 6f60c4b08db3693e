"""Releases from a zip archive, member by member in memory.

`zipfile` reads the directory; the members are unpacked here, because its own reader is not safe with archives of
strangers: it unpacks bzip2 and LZMA without a bound (CPython issue 156002), allocates whatever dictionary an LZMA
member asks for (155649), and reads as many bytes as a member claims (151307). Each of these is bounded below, which
makes it no slower: all of it together is 115 MB of LZMA in 1.5 s on one core.
"""

from __future__ import annotations

import bz2
import errno
import io
import lzma
import os
import stat
import struct
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from flows.acquire.decode import thai_doubt
from flows.acquire.intake import admit, escape, is_metadata, is_wanted, too_large
from flows.acquire.sources import SourceError
from schemas.records import Document, Rejected

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

    from flows.acquire.sources import Source

MAX_MEMBERS = 200_000
MAX_DIRECTORY_BYTES = 64 * 1024 * 1024  # names and sizes of all members; bounds the memory before they are counted
MAX_RATIO = 200  # unpacked to packed, of what is larger than a text may be; Thai text reaches 10, bombs 1,000
MAX_TOTAL_BYTES = 1_000_000_000  # or MAX_RATIO times the archive, if that is more
MAX_NESTED_BYTES = 128_000_000  # of a zip inside a zip, which is held in memory
SPLIT_IT = "split it, or unpack it and name the folder"
FETCH_AGAIN = "fetch it again, or mend it with `zip -FF`"

_LOCAL_HEADER = struct.Struct("<4s22xHH")  # of which the lengths of name and extra field vary from the directory's
_PACKED_SLACK = 1_000_000  # what incompressible data may grow by
_DIRECTORY_ERRORS = (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error, OverflowError)
_UNPACK_ERRORS = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


def documents(source: Source, ignored: Counter[str]) -> Iterator[Document | Rejected]:
    """Everything that the source includes of its archive; `SourceError` where the archive is missing."""
    if not os.path.lexists(source.location):
        raise SourceError(f'source "{source.id}": {source.location} does not exist. Correct its path and run again.')
    if Path(source.location).is_dir():
        raise SourceError(f'source "{source.id}": {source.location} is a folder. Write kind = "folder" and run again.')
    yield from read(source, source.location, ignored)


def read(source: Source, path: str, ignored: Counter[str]) -> Iterator[Document | Rejected]:
    """The members of the archive at `path`; an archive that can't be read is one `Rejected`."""
    uri = f"zip://{escape(path)}"
    try:
        file = _open(path)
    except OSError as error:
        detail = f"the archive can't be opened ({error.strerror}): make it a file that this user may read"
        yield Rejected(source.id, uri, None, "unreadable", detail)
        return
    with file:
        budget = _Budget(max(MAX_TOTAL_BYTES, MAX_RATIO * os.fstat(file.fileno()).st_size))
        yield from _members(source, file, uri, ignored, budget, depth=0)


def _open(path: str) -> IO[bytes]:
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - a pipe would wait for its writer for ever
        raise OSError(errno.EINVAL, "no regular file")
    return open(path, "rb")  # noqa: PTH123


@dataclass(slots=True)
class _Budget:
    """Bytes that an archive, with all inside it, may still unpack to."""

    left: int


class _Refused(Exception):  # noqa: N818 - named for what happened to the member
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class _Directory:
    """The archive as `zipfile` may see it: it reads the directory in one go, however long that claims to be."""

    def __init__(self, file: IO[bytes]) -> None:
        self.seek = file.seek
        self.tell = file.tell
        self._read = file.read

    def read(self, size: int = -1) -> bytes:
        if size > MAX_DIRECTORY_BYTES:
            raise _Refused("zip_bomb", f"its directory claims {size / 1e6:,.0f} MB: {SPLIT_IT}")
        return self._read(size)


def _members(
    source: Source, file: IO[bytes], uri: str, ignored: Counter[str], budget: _Budget, *, depth: int
) -> Iterator[Document | Rejected]:
    try:
        members = _directory(file)
    except _Refused as refused:
        yield Rejected(source.id, uri, None, refused.reason, refused.detail)
        return
    for info, name in zip(members, _names(members), strict=True):
        if name.endswith("/"):
            continue
        is_nested = source.nested_zips and name.lower().endswith(".zip") and not is_metadata(name)
        if not is_nested and not is_wanted(source, name, ignored):
            continue
        member_uri = f"{uri}!/{escape(name)}"
        if is_nested and depth:
            detail = "a zip inside a zip inside a zip is not read: unpack the outermost"
            yield Rejected(source.id, member_uri, None, "unsupported", detail)
            continue
        try:
            raw = _unpack(file, info, MAX_NESTED_BYTES if is_nested else source.max_bytes, budget)
        except _Refused as refused:
            yield Rejected(source.id, member_uri, None, refused.reason, refused.detail)
            if budget.left < 0:
                return
            continue
        if is_nested:
            yield from _members(source, io.BytesIO(raw), member_uri, ignored, budget, depth=depth + 1)
            if budget.left < 0:
                return
        else:
            yield admit(source, member_uri, raw)


def _directory(file: IO[bytes]) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(_Directory(file)) as archive:
            members = archive.infolist()
    except _DIRECTORY_ERRORS as error:
        raise _Refused("bad_zip", f"the archive is broken ({error}): {FETCH_AGAIN}") from None
    if len(members) > MAX_MEMBERS:
        raise _Refused("zip_bomb", f"{len(members):,} members, more than the {MAX_MEMBERS:,} allowed: {SPLIT_IT}")
    return members


def _unpack(file: IO[bytes], info: zipfile.ZipInfo, limit: int, budget: _Budget) -> bytes:
    """The bytes of a member, at most `limit`; `_Refused` otherwise, and when the budget is used up."""
    method = _METHODS.get(info.compress_type)
    if info.flag_bits & 0x1:
        raise _Refused("encrypted", "the member is encrypted: unpack it with its password and add the text")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _Refused("unreadable", "the member is a symbolic link: pack the file itself")
    if method is None:
        name = zipfile.compressor_names.get(info.compress_type, f"method {info.compress_type}")  # type: ignore[attr-defined]
        raise _Refused("unsupported", f"packed with {name}, which this Python can't unpack: pack it with deflate")
    if info.file_size > limit:
        if info.file_size > MAX_RATIO * info.compress_size:
            detail = f"{info.compress_size:,} bytes claim to unpack to {info.file_size:,}: remove it from the archive"
            raise _Refused("zip_bomb", detail)
        raise _Refused("too_large", too_large(info.file_size, limit))
    budget.left -= info.file_size
    if budget.left < 0:
        detail = f"the archive unpacks to more than its size allows; from this member on nothing was read: {SPLIT_IT}"
        raise _Refused("zip_bomb", detail)
    packed = _packed(file, info, limit)
    try:
        raw = method(packed, info.file_size)
    except _UNPACK_ERRORS as error:
        raise _Refused("bad_zip", f"the member is damaged ({error}): {FETCH_AGAIN}") from None
    if len(raw) > info.file_size:
        detail = f"it unpacks to more than the {info.file_size:,} bytes it claims, by damage or on purpose: remove it"
        raise _Refused("bad_zip", detail)
    if len(raw) < info.file_size or zlib.crc32(raw) != info.CRC:
        raise _Refused("bad_zip", f"the member is damaged (its checksum is wrong): {FETCH_AGAIN}")
    return raw


def _packed(file: IO[bytes], info: zipfile.ZipInfo, limit: int) -> bytes:
    if info.compress_size > limit + _PACKED_SLACK:
        raise _Refused("bad_zip", f"the member claims {info.compress_size:,} packed bytes: {FETCH_AGAIN}")
    try:
        file.seek(info.header_offset)
        signature, name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
        file.seek(name_length + extra_length, os.SEEK_CUR)
        packed = file.read(info.compress_size)
    except (OSError, ValueError, struct.error) as error:
        raise _Refused("bad_zip", f"the member can't be read ({error}): {FETCH_AGAIN}") from None
    if signature != b"PK\x03\x04" or len(packed) < info.compress_size:
        detail = f"the member is not at byte offset {info.header_offset}, where the directory says it is: {FETCH_AGAIN}"
        raise _Refused("bad_zip", detail)
    return packed


def _stored(packed: bytes, size: int) -> bytes:
    return packed[: size + 1]


def _inflate(packed: bytes, size: int) -> bytes:
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size + 1)


def _bunzip2(packed: bytes, size: int) -> bytes:
    return bz2.BZ2Decompressor().decompress(packed, size + 1)


def _unlzma(packed: bytes, size: int) -> bytes:
    """LZMA as zip wraps it: two bytes of version, the length of the properties, the properties, the stream."""
    (length,) = struct.unpack_from("<2xH", packed.ljust(4, b"\0"))
    if length != 5 or len(packed) < 9 or packed[4] >= 9 * 5 * 5:
        raise ValueError("no LZMA properties")
    (dictionary,) = struct.unpack_from("<L", packed, 5)
    rest, literal_context = divmod(packed[4], 9)
    position, literal_position = divmod(rest, 5)
    properties = {
        "id": lzma.FILTER_LZMA1,
        "dict_size": max(4096, min(dictionary, size)),  # nothing lies further back than the start of the text
        "lc": literal_context,
        "lp": literal_position,
        "pb": position,
    }
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[properties]).decompress(packed[9:], size + 1)


_METHODS: dict[int, Callable[[bytes, int], bytes]] = {
    zipfile.ZIP_STORED: _stored,
    zipfile.ZIP_DEFLATED: _inflate,
    zipfile.ZIP_BZIP2: _bunzip2,
    zipfile.ZIP_LZMA: _unlzma,
}

if sys.version_info >= (3, 14):
    from compression import zstd

    _WINDOW_LOG_MAX = 27  # 128 MiB, what the zstd tool itself allows by default

    def _unzstd(packed: bytes, size: int) -> bytes:
        options = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG_MAX}
        return zstd.ZstdDecompressor(options=options).decompress(packed, size + 1)

    _METHODS[zipfile.ZIP_ZSTANDARD] = _unzstd
    _UNPACK_ERRORS = (*_UNPACK_ERRORS, zstd.ZstdError)


def _names(members: list[zipfile.ZipInfo]) -> list[str]:
    """The members' names as their writers meant them.

    What is not marked as UTF-8 reads as CP437, but is really UTF-8 or, from Thai Windows, CP874. All such names of an
    archive together are the evidence for CP874, because one alone can be too short to tell.
    """
    names = [info.filename for info in members]
    unread: dict[int, bytes] = {}
    for index, name in enumerate(names):
        if name.isascii():
            continue
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:  # real Thai
            continue
        try:
            names[index] = raw.decode("utf-8")
        except UnicodeDecodeError:
            unread[index] = raw
    all_are_thai = thai_doubt(b"\n".join(unread.values())) is None
    for index, raw in unread.items():
        if all_are_thai or thai_doubt(raw) is None:
            names[index] = raw.decode("cp874")
    return [name if "/" in name else name.replace("\\", "/") for name in names]
