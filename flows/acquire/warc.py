"""Releases from WARC files, as public crawls of news ship them: read as a stream, however large they are.

warcio finds the records. Unpacking is done here, because its own readers unpack as much as strangers packed, and pass
over what is damaged in silence. A file that was read is known by its size and time, else by its digest, and is not read
again.
"""

from __future__ import annotations

import glob
import gzip
import hashlib
import io
import os
import re
import zlib
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Final, TypeVar

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from flows.acquire.entries import clean_url, wanted
from flows.acquire.intake import escape, too_large
from flows.acquire.page_document import is_page, read_page
from flows.acquire.sources import SourceError
from flows.acquire.web.coding import BombError, CodingError, codings, undo
from flows.acquire.web.fetch import Response
from flows.acquire.web.message import MessageError, header, parse, split
from flows.acquire.web_source import Result, Step, declaration
from schemas.records import ListingState, Rejected

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from _typeshed import WriteableBuffer as Buffer

    from flows.acquire.sources import Source
    from flows.acquire.web_source import Known, Means

HEAD_BYTES: Final = 200_000  # of an answer, beside its page
_KEPT: Final = ("Content-Type", "Content-Language", "Date", "ETag", "Last-Modified")
_VALUE: Final = re.compile(r"[\x20-\x7e]{1,1000}")
_STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")
_REMEMBERED: Final = 5_000
_READ_BYTES: Final = 1_000_000


def files(source: Source) -> list[str]:
    """The files that a source means, in the order of their names.

    Raises:
        SourceError: there is none.
    """
    found = sorted(path for path in glob.glob(source.location, recursive=True) if os.path.isfile(path))  # noqa: PTH113, PTH207
    if not found:
        raise SourceError(
            f'source "{source.id}": there is no file {source.location}. Correct its path or its pattern and run again.'
        )
    return found


def crawl(source: Source, known: Known, means: Means, documents: Mapping[str, str]) -> Generator[Step, None, None]:
    """What is new in the WARC files of a source, page by page; the state that a step has is kept once it is landed.

    Args:
        source: of kind warc.
        known: which files were read.
        means: where answers are kept.
        documents: content hash by URI of all that is landed.

    Raises:
        SourceError: there is no such file.
    """
    taken = _Taken(documents)
    for path in files(source):
        yield from _file(source, path, known.listings.get(path), means, taken)


def _file(source: Source, path: str, before: ListingState | None, means: Means, taken: _Taken) -> Iterator[Step]:
    try:
        status = os.stat(path)  # noqa: PTH116
        mark = f"{status.st_size}-{status.st_mtime_ns}"
        state = before or ListingState(source.id, path, means.now)
        is_declared = state.declaration == declaration(source)
        if is_declared and state.etag == mark:
            yield Step(source.id, Result.LISTED)
            return
        after = replace(state, asked_at=means.now, etag=mark, declaration=declaration(source))
        with open(path, "rb") as file:  # noqa: PTH123
            if is_declared and state.content_hash == _digest(file):
                yield Step(source.id, Result.LISTED, listings=(after,))
                return
            file.seek(0)
            stream = _Hashed(file)
            problem = None
            try:
                yield from _pages(source, path, stream, means, taken)
            except (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error) as error:
                problem = f"{path} is damaged, or no WARC file ({error}): fetch it again. What came before was taken"
            digest = stream.digest()
    except OSError as error:
        problem = f"{path} can't be read ({error.strerror}): make it a file that this user may read"
        yield _failed(source, path, None, problem)
        return
    if problem:
        yield _failed(source, path, replace(after, failures=1, last_problem=problem), problem)
    else:
        after = replace(after, read_at=means.now, content_hash=digest, failures=0, last_problem=None)
        yield Step(source.id, Result.LISTED, listings=(after,), settled=(_uri(path),))


def _failed(source: Source, path: str, state: ListingState | None, problem: str) -> Step:
    rejected = Rejected(source.id, _uri(path), None, "unreadable" if state is None else "damaged", problem)
    states = (state,) if state else ()
    return Step(source.id, Result.FAILED, documents=(rejected,), listings=states, problem=problem, is_grave=True)


def _uri(path: str) -> str:
    return f"file://{escape(path)}"


def _pages(source: Source, path: str, stream: _Hashed, means: Means, taken: _Taken) -> Iterator[Step]:
    is_wanted = wanted(source.links)
    taken.met.clear()
    is_empty = True
    for record in ArchiveIterator(_Unpacked(stream), no_record_parse=True):
        is_empty = False
        if record.rec_type != "response":
            continue
        url = clean_url(record.rec_headers.get_header("WARC-Target-URI", "").strip("<>"))
        if url is None or not is_wanted(url):
            continue
        length = record.length or 0
        if length > source.max_bytes + HEAD_BYTES:
            yield _too_large(source, url, length)
            continue
        block = record.raw_stream.read(source.max_bytes + HEAD_BYTES)
        if len(block) < length:
            raise EOFError("a record is cut short")
        response = _response(url, block, record.rec_headers, source.max_bytes)
        if isinstance(response, int):
            yield _too_large(source, url, response)
        elif response is not None and is_page(response):
            yield _page(source, path, response, means, taken)
    if is_empty:
        raise ValueError("it holds no record")


def _page(source: Source, path: str, response: Response, means: Means, taken: _Taken) -> Step:
    payload = hashlib.sha256(response.sent + (response.header("Content-Type") or "").encode()).digest()
    content_hash = taken.texts.get(payload)
    if content_hash is None:
        content_hash = taken.texts[payload] = read_page(source, response, None, None).document.content_hash
    if taken.met.setdefault(response.url, content_hash) != content_hash:
        detail = f"{path} holds another text of the same page before, which was kept: it is one of two in the same file"
        rejected = Rejected(source.id, response.url, content_hash, "duplicate", detail)
        return Step(source.id, Result.REFUSED, documents=(rejected,))
    before = taken.before(response.url)
    if before == content_hash:
        return Step(source.id, Result.UNCHANGED)
    record = means.warc.write(response, source.id)
    taken.latest[response.url] = content_hash
    document = read_page(source, response, record, None, content_hash=content_hash).document
    result = Result.CHANGED if before else Result.NEW
    return Step(source.id, result, documents=(replace(document, raw=b""),), settled=(response.url,))


K = TypeVar("K")
V = TypeVar("V")


class _Some(OrderedDict[K, V]):
    """The last entries of many."""

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        if len(self) > _REMEMBERED:
            self.popitem(last=False)


class _Taken:
    """What was taken so far: bounded, but for the addresses of one file."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        self.texts: _Some[bytes, str] = _Some()  # digest of a payload → content hash: crawls repeat pages
        self.latest: _Some[str, str] = _Some()  # of what may not be landed yet
        self.met: dict[str, str] = {}  # URL → content hash, of this file
        self._documents = documents

    def before(self, url: str) -> str | None:
        """The content hash of what was taken last under a URL."""
        return self.latest.get(url) or self._documents.get(url)


def _too_large(source: Source, url: str, size: int) -> Step:
    rejected = Rejected(source.id, url, None, "too_large", too_large(size, source.max_bytes))
    return Step(source.id, Result.REFUSED, documents=(rejected,))


def _response(url: str, block: bytes, fields: object, limit: int) -> Response | int | None:
    """The answer in a record, its framing undone; its size where that is too large, None where it is no page.

    Crawlers unpack what they store, and many leave the headers that said how it was packed.
    """
    try:
        head, payload = split(block)
    except MessageError:
        return None
    status = _STATUS.match(head)
    if status is None or status[1] != b"200":
        return None
    said = _headers(head)
    if "chunked" in (header(said, "Transfer-Encoding") or "").lower():
        with suppress(MessageError):  # stored without its chunks
            payload = parse(block).payload
    try:
        body = undo(payload, codings(header(said, "Content-Encoding")), limit=limit)
    except BombError:
        return limit + 1
    except CodingError:
        body = payload
    if len(body) > limit:
        return len(body)
    kept = tuple((name, value) for name in _KEPT if (value := header(said, name)) and _VALUE.fullmatch(value))
    told = "".join(f"{name}: {value}\r\n" for name, value in (*kept, ("Content-Length", str(len(body)))))
    return Response(
        url=url,
        final_url=url,
        status=200,
        headers=kept,
        body=body,
        fetched_at=_instant(fields),
        permanent_url=None,
        http_head=f"HTTP/1.1 200 OK\r\n{told}\r\n".encode("ascii"),
        sent=body,
        address=_field(fields, "WARC-IP-Address") or "0.0.0.0",  # noqa: S104 - not known
    )


def _headers(head: bytes) -> tuple[tuple[str, str], ...]:
    lines = head.decode("latin-1").splitlines()[1:]
    return tuple(
        (name.strip(), value.strip()) for name, colon, value in (line.partition(":") for line in lines) if colon
    )


def _field(fields: object, name: str) -> str | None:
    value = fields.get_header(name)  # type: ignore[attr-defined]
    return value if isinstance(value, str) and _VALUE.fullmatch(value) else None


def _instant(fields: object) -> datetime:
    try:
        told = datetime.fromisoformat(_field(fields, "WARC-Date") or "")
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return told if told.tzinfo else told.replace(tzinfo=UTC)


class _Unpacked:
    """The records without their packing, whether each was packed alone or all together; damage raises.

    Reads as much as there is at once, so that what stands before damage comes before it is raised.
    """

    def __init__(self, stream: _Hashed) -> None:
        packed = io.BufferedReader(stream)
        is_packed = packed.peek(2)[:2] == b"\x1f\x8b"
        self._stream = gzip.GzipFile(fileobj=packed) if is_packed else packed

    def read(self, size: int) -> bytes:
        return self._stream.read1(size)


class _Hashed(io.RawIOBase):
    """A file that is hashed while it is read from beginning to end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        found = self._file.read(len(memoryview(buffer)))
        memoryview(buffer)[: len(found)] = found
        self._hash.update(found)
        return len(found)

    def digest(self) -> str:
        """SHA-256 of the whole file, in hex."""
        while self.read(_READ_BYTES):
            pass
        return self._hash.hexdigest()


def _digest(file: IO[bytes]) -> str:
    return _Hashed(file).digest()
