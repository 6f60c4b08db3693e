"""Answers of web servers as they came, in WARC files: the raw side of landing.

A file is written beside its place, forced to disk and renamed, so that it is there whole or not at all; `sync` does so
with what was written, before the queue row that points at it is landed. Each record is a gzip member of its own, so
that one is read without the others. A row holds no second copy of a payload: its record is the only one.

The records are written by hand, because WARC libraries write the head of an answer anew, and what came is to be kept to
the byte. Any of them reads the files.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import threading
import uuid
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import IO, TYPE_CHECKING, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from flows.acquire.landing import LandingError
from flows.acquire.web.coding import CodingError, codings, undo
from flows.acquire.web.message import MessageError, header, parse, split
from flows.acquire.web.software import version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from flows.acquire.web.fetch import Response

ROTATE_BYTES: Final = 100_000_000  # of one file
SUFFIX: Final = ".warc.gz"
SAME_PAYLOAD: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
MAX_RECORD_BYTES: Final = 3_000_000_000  # beyond any answer that is fetched: a length that is damage
MAX_BODY_BYTES: Final = 1_100_000_000  # beyond any max_mb
_TEMPORARY: Final = ".tmp"
_RUN_ID: Final = re.compile("[A-Za-z0-9._-]+")
_READ_BYTES: Final = 1_000_000
_RECORD: Final = re.compile(r"([A-Za-z0-9._-]+\.warc\.gz)#(\d{1,15})")
_ALIKE: Final = ("Content-Type", "Content-Encoding", "Transfer-Encoding")  # what decides how a payload reads


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """An answer as it was landed."""

    record: str  # "<file>.warc.gz#<offset>"
    url: str  # after redirects
    fetched_at: datetime  # UTC, aware
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes  # unpacked
    source_id: str | None

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name; several of one name joined by commas."""
        return header(self.headers, name)


class WarcWriter:
    """Writes the answers of one run; any number of threads at once.

    What listings (feeds, sitemaps, index pages) said goes to files of its own: no queue row ever points there, so
    retention may delete it alone.
    """

    def __init__(self, folder: Path, run_id: str, *, rotate_bytes: int = ROTATE_BYTES) -> None:
        if not _RUN_ID.fullmatch(run_id):
            raise ValueError(f"run id {run_id!r} must consist of letters, digits, '.', '_' and '-'")
        self.written: list[Path] = []
        self._folder = folder
        self._rotate_bytes = rotate_bytes
        self._lock = threading.Lock()
        self._landed: dict[tuple[str, ...], str] = {}  # by digest and what `_ALIKE` names: the record
        self._series = {name: _Series(folder, f"{run_id}{infix}") for name, infix in _INFIXES.items()}
        self._run_id = run_id
        self._broken: LandingError | None = None  # what failed; from then on nothing is written, and no row may be
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for series in self._series.values():
                series.begin()
        except OSError as error:
            raise _unwritable(folder, error) from None

    def write(self, response: Response, source_id: str, *, is_listing: bool = False, earlier: str | None = None) -> str:
        """Keep an answer; return the record that holds its payload, which is an earlier one where that is the same.

        Args:
            response: what came, not a 304.
            source_id: whose it is; its retention holds.
            is_listing: whether it is no document.
            earlier: the record of the last answer under this URL, if there is one: the same payload is not kept twice.

        Raises:
            LandingError: it can't be written.
        """
        if not response.http_head:
            raise ValueError(f"{response.url}: an answer without its head can't be kept")
        digest = f"sha256:{hashlib.sha256(response.sent).hexdigest()}"
        key = (digest, *(response.header(name) or "" for name in _ALIKE))
        with self._lock:
            self._check()
            kind = "listings" if is_listing else "pages"  # a page never stands on what retention may delete alone
            same = self._landed.get((kind, *key)) or (earlier if self._is_same(earlier, key) else None)
            fields = {
                "WARC-Target-URI": response.final_url,
                "WARC-Date": _instant(response.fetched_at),
                "WARC-IP-Address": response.address,
                "WARC-Payload-Digest": digest,
                "X-Source-ID": source_id,
            }
            series = self._series[kind]
            try:
                if same:
                    name, offset = _place(same)
                    fields |= {"WARC-Profile": SAME_PAYLOAD, "WARC-Refers-To-Filename": name}
                    fields |= {"WARC-Refers-To-File-Offset": str(offset)}
                    series.write("revisit", fields, response.http_head, self._info())
                else:
                    offset = series.write("response", fields, response.http_head + response.sent, self._info())
                    same = f"{series.path.name}#{offset}"
                if series.size >= self._rotate_bytes:
                    self._end(series)
            except OSError as error:
                raise self._break(series, error) from None
            self._landed[kind, *key] = same
            return same

    def sync(self) -> None:
        """Have all that was written so far on disk, whole; the next record begins a new file.

        Raises:
            LandingError: it can't be written, now or since something before could not: no row may point there.
        """
        with self._lock:
            self._check()
            for series in self._series.values():
                try:
                    self._end(series)
                except OSError as error:
                    raise self._break(series, error) from None

    def close(self) -> None:
        """The same as `sync`: nothing is left open."""
        self.sync()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.sync()
        else:
            self._drop()

    def _check(self) -> None:
        if self._broken is not None:
            raise self._broken

    def _break(self, series: _Series, error: OSError) -> LandingError:
        self._broken = _unwritable(series.path, error)
        self._drop()
        return self._broken

    def _drop(self) -> None:
        for series in self._series.values():
            series.drop()

    def _end(self, series: _Series) -> None:
        path = series.end()
        if path:
            self.written.append(path)

    def _is_same(self, earlier: str | None, key: tuple[str, ...]) -> bool:
        """Whether an earlier record holds the same payload; one that can't be read any more does not."""
        if earlier is None:
            return False
        try:
            name, offset = _place(earlier)
            fields, block = _read(self._folder / name, offset)
            kept = parse(block).header
        except (LandingError, MessageError):
            return False
        return (fields.get("warc-payload-digest", ""), *(kept(each) or "" for each in _ALIKE)) == key

    def _info(self) -> bytes:
        told = {
            "software": f"klangkhao/{version()}",
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "robots": "classic",
            "isPartOf": self._run_id,
        }
        return "".join(f"{name}: {value}\r\n" for name, value in told.items()).encode()


_INFIXES: Final = {"pages": "", "listings": "-listings"}


@dataclass(slots=True)
class _Series:
    """Files `<name>-<nnnn>.warc.gz`, one after another."""

    folder: Path
    name: str
    number: int = 0
    size: int = 0
    file: IO[bytes] | None = None

    @property
    def path(self) -> Path:
        return self.folder / f"{self.name}-{self.number:04d}{SUFFIX}"

    def begin(self) -> None:
        """Go on after the files that a call with the same run id left."""
        form = re.compile(re.escape(self.name) + r"-(\d{4,})" + re.escape(SUFFIX))
        taken = [int(match[1]) for path in self.folder.iterdir() if (match := form.fullmatch(path.name))]
        self.number = max(taken, default=0) + 1
        for leftover in self.folder.glob(f"{self.name}-*{SUFFIX}{_TEMPORARY}"):  # of a run that was killed
            if form.fullmatch(leftover.name.removesuffix(_TEMPORARY)):
                leftover.unlink()

    def write(self, kind: str, fields: Mapping[str, str], block: bytes, info: bytes) -> int:
        """Append a record; return its offset. The first one of a file says whose file it is."""
        if self.file is None:
            self.file = self.path.with_name(self.path.name + _TEMPORARY).open("wb")
            self.size = 0
            named = {"WARC-Date": _instant(datetime.now(UTC)), "WARC-Filename": self.path.name}
            self._append("warcinfo", named, info)
        return self._append(kind, fields, block)

    def _append(self, kind: str, fields: Mapping[str, str], block: bytes) -> int:
        assert self.file is not None
        raw = gzip.compress(_record(kind, fields, block), 6, mtime=0)
        offset = self.size
        self.file.write(raw)
        self.size += len(raw)
        return offset

    def end(self) -> Path | None:
        """Force the file to disk and give it its name; None where there is none."""
        if self.file is None:
            return None
        path = self.path
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        path.with_name(path.name + _TEMPORARY).rename(path)
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self.file = None
        self.number += 1
        self.size = 0
        return path

    def drop(self) -> None:
        if self.file is not None:
            with suppress(OSError):  # what it could not write before, it can't now
                self.file.close()
            self.path.with_name(self.path.name + _TEMPORARY).unlink(missing_ok=True)
            self.file = None


_CONTENT_TYPES: Final = {
    "warcinfo": "application/warc-fields",
    "response": "application/http; msgtype=response",
    "revisit": "application/http; msgtype=response",
}


def _record(kind: str, fields: Mapping[str, str], block: bytes) -> bytes:
    named = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
        **fields,
        "WARC-Block-Digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
        "Content-Type": _CONTENT_TYPES[kind],
        "Content-Length": str(len(block)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return b"".join((b"WARC/1.1\r\n", head.encode(), b"\r\n", block, b"\r\n\r\n"))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# Reading


def read_record(folder: Path, file: str, offset: int) -> StoredResponse:
    """An answer as it was landed: what a queue row means by "<file>#<offset>".

    Args:
        folder: the landing folder.
        file: name of a WARC file in it.
        offset: where the record begins, in bytes.

    Raises:
        MissingRecordError: its file is not there, as after retention.
        LandingError: it is damaged.
    """
    record = f"{file}#{offset}"
    path = folder / _place(record)[0]
    fields, block = _read(path, offset)
    if fields.get("warc-type") != "response":
        raise _damaged(path, offset, f"a record of type {fields.get('warc-type')} where a response should be")
    try:
        _, sent = split(block)
        if fields.get("warc-payload-digest") != f"sha256:{hashlib.sha256(sent).hexdigest()}":
            raise _damaged(path, offset, "the digest of the payload is wrong")
        message = parse(block)
        packed_with = codings(message.header("Content-Encoding"))
        body = undo(message.payload, packed_with, limit=MAX_BODY_BYTES, expansion=MAX_BODY_BYTES)
        fetched_at = datetime.fromisoformat(fields["warc-date"])
    except (MessageError, CodingError, KeyError, ValueError) as error:
        raise _damaged(path, offset, str(error)) from None
    url, source_id = fields.get("warc-target-uri", ""), fields.get("x-source-id")
    return StoredResponse(record, url, fetched_at, message.status, message.headers, body, source_id)


class MissingRecordError(LandingError):
    """The WARC file of a record is not there."""


def _place(record: str) -> tuple[str, int]:
    match = _RECORD.fullmatch(record)
    if match is None:
        raise LandingError(f"{record[:200]!r} names no record: landing was written by something else. Restore it.")
    return match[1], int(match[2])


def _read(path: Path, offset: int) -> tuple[dict[str, str], bytes]:
    """Fields (names in lower case) and block of the record at an offset, its digest checked."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            head, rest = _head(file, path, offset)
            fields = _fields(head)
            length = fields.get("content-length", "")
            if not length.isdigit() or int(length) > MAX_RECORD_BYTES:
                raise _damaged(path, offset, f"its length is {length[:20]!r}")
            block = rest.read(int(length))
    except FileNotFoundError:
        raise MissingRecordError(
            f"Landing file {path} is missing. Restore it from a backup; what `klangkhao retention` deleted can't be "
            "read again."
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, offset, str(error)) from None
    if len(block) != int(length):
        raise _damaged(path, offset, "it is cut short")
    if fields.get("warc-block-digest") != f"sha256:{hashlib.sha256(block).hexdigest()}":
        raise _damaged(path, offset, "its digest is wrong")
    return fields, block


def _head(file: IO[bytes], path: Path, offset: int) -> tuple[bytes, gzip.GzipFile]:
    """The fields of the record that begins here, and a stream at its block."""
    stream = gzip.GzipFile(fileobj=file)
    head = b""
    for line in iter(lambda: stream.readline(_READ_BYTES), b""):
        head += line
        if line == b"\r\n":
            break
        if len(head) > _READ_BYTES:
            raise _damaged(path, offset, "its head has no end")
    if not head.startswith(b"WARC/1."):
        raise _damaged(path, offset, "no record begins there")
    return head, stream


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", errors="replace").split("\r\n")[1:]
    return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _damaged(path: Path, offset: int, what: str) -> LandingError:
    return LandingError(
        f"Landing file {path} is damaged at byte offset {offset}: {what}. Restore it from a backup, or remove it with "
        "the Parquet files that name it: what its sites still have is then fetched again."
    )


def _unwritable(path: Path, error: OSError) -> LandingError:
    return LandingError(
        f"{path} can't be written: {error.strerror or error}. Free space there or give the right to write, "
        "or choose another place for the warehouse; then run again: what was landed is kept."
    )


# Retention


@dataclass(frozen=True, slots=True)
class Expired:
    """A WARC file of which every record is older than its source's retention."""

    path: Path
    bytes: int
    sources: tuple[str, ...]
    last_at: datetime  # of its newest record
    only_copies: int  # records that queue rows point at: deleted, these can't be extracted again


@dataclass(slots=True)
class Retained:
    """What retention found."""

    deleted: list[Expired] = field(default_factory=list)  # or what would be
    kept: list[Expired] = field(default_factory=list)  # expired, but the only copy of something


def retention(
    folder: Path,
    keep_days: Mapping[str, float | None],
    *,
    now: datetime,
    delete_only_copies: bool = False,
    delete: bool = False,
) -> Retained:
    """Find the WARC files whose time is over, and delete them if told so.

    Args:
        folder: the landing folder.
        keep_days: source id → days that its answers are kept; None, or a source that is not named: for ever.
        now: what the days are counted to, aware.
        delete_only_copies: whether files go too that hold the only copy of what a queue row points at. Those releases
            stay in the warehouse, but `rebuild` can't extract them again.
        delete: whether anything is deleted; else it is only told.

    Returns:
        What was, or would be, deleted; and what is kept though its time is over.

    Raises:
        LandingError: a file can't be read or deleted.
    """
    referred = _referred(folder)
    expired = [_expired(path, keep_days, now, referred) for path in sorted(folder.glob(f"*{SUFFIX}"))]
    found = Retained()
    for each in expired:
        if each is None:
            continue
        if each.only_copies and not delete_only_copies:
            found.kept.append(each)
            continue
        if delete:
            _delete(each.path)
        found.deleted.append(each)
    return found


def _delete(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise LandingError(
            f"{path} can't be deleted: {error.strerror}. Give the right to write to its folder, and run again."
        ) from None


def _expired(
    path: Path, keep_days: Mapping[str, float | None], now: datetime, referred: Mapping[str, int]
) -> Expired | None:
    sources: set[str] = set()
    last_at: datetime | None = None
    for fields in _scan(path):
        if fields.get("warc-type") == "warcinfo":
            continue
        days = keep_days.get(fields.get("x-source-id", ""))
        at = datetime.fromisoformat(fields["warc-date"])
        if days is None or at > now - timedelta(days=days):
            return None
        sources.add(fields["x-source-id"])
        last_at = at if last_at is None else max(at, last_at)
    if last_at is None:  # nothing but its first record, which a run killed before the second leaves
        return None
    return Expired(path, path.stat().st_size, tuple(sorted(sources)), last_at, referred.get(path.name, 0))


def _scan(path: Path) -> Iterator[dict[str, str]]:
    """The fields of all records of a file, one after another; blocks are passed over without being kept."""
    try:
        with path.open("rb") as file:
            stream = gzip.GzipFile(fileobj=file)
            while line := stream.readline(_READ_BYTES):
                head = line
                while line not in {b"\r\n", b""} and len(head) < _READ_BYTES:
                    line = stream.readline(_READ_BYTES)
                    head += line
                fields = _fields(head)
                _pass_over(stream, int(fields["content-length"]) + 4)
                yield fields
    except (OSError, EOFError, zlib.error, KeyError, ValueError) as error:
        raise LandingError(
            f"Landing file {path} is damaged: {error}. Restore it from a backup, or remove it."
        ) from None


def _pass_over(stream: IO[bytes] | gzip.GzipFile, left: int) -> None:
    while left:
        part = stream.read(min(left, _READ_BYTES))
        if not part:
            raise EOFError("it is cut short")
        left -= len(part)


def _referred(folder: Path) -> dict[str, int]:
    """WARC file name → how many queue rows point into it."""
    counts: dict[str, int] = {}
    for path in sorted(folder.glob("*.parquet")):
        try:
            with pq.ParquetFile(path) as file:
                if "record" not in file.schema_arrow.names:
                    continue
                records = [str(each) for each in file.read(["record"])["record"].drop_null().to_pylist()]
        except (OSError, pa.ArrowException) as error:
            raise LandingError(f"Landing file {path} is damaged: {error}. Restore it from a backup.") from None
        for record in records:
            name = record.partition("#")[0]
            counts[name] = counts.get(name, 0) + 1
    return counts
