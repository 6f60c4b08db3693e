"""Releases from WARC files, as public crawls of news ship them: read as a stream, however large they are.

A file that was read is known by its size and time, else by its digest, and is not read again. One that is damaged is
told by every run until it is another; one that a disk did not give is read again from its beginning.

Of one page crawls hold many versions, in any order. They land in the order of their `WARC-Date`: a version becomes a
revision if it was captured later than the last that this source took of the page, in whichever file and run, for that
date is kept (`source_entry.fetched_at`). An earlier one, or one whose date is not known, comes too late, since landing
has no place between revisions: if its text was landed once, nothing is lost, else it is told as `superseded`. So files
are best named in the order of their time. What a source of the web took of the same page has the date when it was last
there; of what another archive took no date is known, and it counts as later. In memory are the source's pages by their
addresses, 1 to 2 KB each, never the texts.
"""

from __future__ import annotations

import glob
import hashlib
import io
import os
import re
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import IO, TYPE_CHECKING, Final

from flows.acquire.entries import address, clean_url, wanted
from flows.acquire.intake import escape, too_large
from flows.acquire.page_document import is_page, read_page
from flows.acquire.sources import SourceError
from flows.acquire.steps import Result, Step, declaration, hint, hinted
from flows.acquire.warc_records import DamagedError, records
from flows.acquire.web.coding import BombError, CodingError, codings, undo
from flows.acquire.web.fetch import Response
from flows.acquire.web.message import MessageError, header, parse, split
from schemas.records import EntryState, ListingState, Rejected

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from _typeshed import WriteableBuffer as Buffer

    from flows.acquire.sources import Source
    from flows.acquire.steps import Known, Means
    from flows.acquire.warc_records import Record

HEAD_BYTES: Final = 200_000  # of an answer, beside its page
_KEPT: Final = ("Content-Type", "Content-Language", "Date", "ETag", "Last-Modified")
_VALUE: Final = re.compile(r"[\x20-\x7e]{1,1000}")
_STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")
_REMEMBERED: Final = 5_000  # payloads that were read: crawls repeat pages
_READ_BYTES: Final = 1_000_000
_UNKNOWN: Final = datetime(1970, 1, 1, tzinfo=UTC)  # stands for a date that is not known
_FIRST: Final = datetime(1990, 1, 1, tzinfo=UTC)  # before the first page of the web
_AHEAD: Final = timedelta(days=1)  # that the clock of a crawler may be before ours
_TEXTS: Final = 100  # of a page that landed, which it is remembered of
_DIGITS: Final = 16  # of a content hash, which tell the texts of one page apart


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


def crawl(source: Source, known: Known, means: Means) -> Generator[Step, None, None]:
    """What is new in the WARC files of a source, page by page; the state that a step has is kept once it is landed.

    Args:
        source: of kind warc.
        known: which files were read.
        means: where answers are kept, and what is landed.

    Raises:
        SourceError: there is no such file.
    """
    taken = _Taken(source, known, means)
    for path in files(source):
        yield from _file(source, path, known.listings.get(path), means, taken)


def _file(source: Source, path: str, before: ListingState | None, means: Means, taken: _Taken) -> Iterator[Step]:
    """What comes of one file. Of one that its disk does not give nothing is kept: the next run reads it anew."""
    try:
        yield from _read(source, path, before or ListingState(source.id, path, means.now), means, taken)
    except OSError as error:
        problem = (
            f"{path} can't be read now ({error.strerror or error}). See that its disk is well and that this user may "
            "read it: the next run reads it from its beginning"
        )
        rejected = Rejected(source.id, _uri(path), None, "unreadable", problem)
        yield Step(source.id, Result.FAILED, (rejected,), problem=problem, is_grave=True)


def _read(source: Source, path: str, state: ListingState, means: Means, taken: _Taken) -> Iterator[Step]:
    status = os.stat(path)  # noqa: PTH116
    mark = f"{status.st_size}-{status.st_mtime_ns}"
    after = replace(state, asked_at=means.now, etag=mark, declaration=f"{declaration(source)}-{source.max_bytes}")
    if _is_same(path, state, after):
        if state.last_problem:
            yield _damaged(source, replace(after, failures=state.failures + 1))
        else:
            yield Step(source.id, Result.LISTED, listings=(after,), settled=(_uri(path),))
        return
    with open(path, "rb") as file:  # noqa: PTH123
        stream = _Hashed(file)
        problem = None
        try:
            yield from _pages(source, path, stream, means.now, taken)
        except DamagedError as error:
            problem = (
                f"{path} is damaged, still being written, or no WARC file: {error}. What came before was taken; "
                "fetch it again, or wait until it is whole"
            )
        after = replace(after, content_hash=stream.digest())
    if problem:
        yield _damaged(source, replace(after, failures=1, last_problem=problem))
    else:
        after = replace(after, read_at=means.now, failures=0, last_problem=None)
        yield Step(source.id, Result.LISTED, listings=(after,), settled=(_uri(path),))


def _is_same(path: str, state: ListingState, after: ListingState) -> bool:
    """Whether a file is the one that was read before, whole or as far as it could be."""
    if state.declaration != after.declaration or state.etag is None or after.etag is None:
        return False
    if state.etag.partition("-")[0] != after.etag.partition("-")[0]:  # another size
        return False
    if state.etag == after.etag:
        return True
    with open(path, "rb") as file:  # noqa: PTH123
        return _Hashed(file).digest() == state.content_hash


def _damaged(source: Source, state: ListingState) -> Step:
    problem = state.last_problem or ""
    rejected = Rejected(source.id, _uri(state.url), None, "damaged", problem)
    return Step(source.id, Result.FAILED, (rejected,), listings=(state,), problem=problem, is_grave=True)


def _uri(path: str) -> str:
    return f"file://{escape(path)}"


def _pages(source: Source, path: str, stream: _Hashed, now: datetime, taken: _Taken) -> Iterator[Step]:
    is_wanted = wanted(source.links)
    for record in records(stream):
        if record.field("WARC-Type").lower() != "response":
            continue
        url = clean_url(record.field("WARC-Target-URI").strip("<>"))
        if url is None or not is_wanted(url):
            continue
        if record.length > source.max_bytes + HEAD_BYTES:
            record.finish()  # it may be cut off, and its length a lie
            yield _too_large(source, url, record.length)
            continue
        response = _response(url, record, source.max_bytes, now + _AHEAD)
        if isinstance(response, int):
            yield _too_large(source, url, response)
        elif response is not None and is_page(response):
            yield taken.take(path, response)


class _Taken:
    """What the source took of each page, in this run and before, and what of the next version is to be taken."""

    def __init__(self, source: Source, known: Known, means: Means) -> None:
        self._source = source
        self._known = known
        self._means = means
        self._read: OrderedDict[bytes, str] = OrderedDict()  # digest of a payload → content hash

    def take(self, path: str, response: Response) -> Step:
        """What comes of a version of a page."""
        url = response.url
        content_hash = self._content_hash(response)
        entry = self._known.addresses.get(address(url)) or EntryState(
            self._source.id, url, url, "landed", self._means.now, self._means.now
        )
        before = entry.content_hash or self._means.documents.get(entry.url)
        captured_at = response.fetched_at if response.fetched_at != _UNKNOWN else None
        is_later = captured_at is not None and self._is_later(captured_at, entry, before)
        if before is not None and before != content_hash and not is_later:
            return self._older(path, response, entry, content_hash)
        after = self._after(entry, captured_at, before, content_hash)
        if before == content_hash:
            kept = (self._keep(after),) if is_later else ()
            return Step(self._source.id, Result.UNCHANGED, entries=kept)
        record = self._means.warc.write(response, self._source.id)
        document = read_page(self._source, response, record, None, content_hash=content_hash).document
        changed_at = self._means.now if before else None
        return Step(
            self._source.id,
            Result.CHANGED if before else Result.NEW,
            documents=(replace(document, source_uri=entry.url, raw=b"", size=len(response.body)),),
            entries=(self._keep(replace(after, record=record, changed_at=changed_at)),),
            settled=(url, entry.url),
        )

    def _is_later(self, captured_at: datetime, entry: EntryState, before: str | None) -> bool:
        """Whether a version was captured after the last one that was taken of its page."""
        if entry.content_hash is None and before is not None:  # another source took it
            last = self._means.fetched.get(entry.url)
            return last is not None and captured_at > last
        return entry.fetched_at is None or captured_at > entry.fetched_at

    def _older(self, path: str, response: Response, entry: EntryState, content_hash: str) -> Step:
        """A version that came too late to be a revision: its text is lost if it never was landed."""
        if content_hash[:_DIGITS] in _texts(entry):
            return Step(self._source.id, Result.UNCHANGED)
        said = f"{response.fetched_at:%Y-%m-%d %H:%M:%S} UTC" if response.fetched_at != _UNKNOWN else "no date"
        detail = (
            f"{path} has an older text of the page ({said}) than the one that was landed: it can't be put before that. "
            "Dismiss it, or name the files in the order of their dates and read them into a new warehouse"
        )
        rejected = Rejected(self._source.id, response.url, content_hash, "superseded", detail)
        return Step(self._source.id, Result.REFUSED, documents=(rejected,))

    def _after(
        self, entry: EntryState, captured_at: datetime | None, before: str | None, content_hash: str
    ) -> EntryState:
        """What is known of a page once this version of it is landed."""
        texts = dict.fromkeys((*_texts(entry), *(each[:_DIGITS] for each in (before, content_hash) if each)))
        return replace(
            hinted(entry, texts=list(texts)[-_TEXTS:]),
            status="landed",
            last_seen_at=self._means.now,
            source_uri=entry.url,
            fetched_at=captured_at,
            content_hash=content_hash,
            attempts=0,
            last_problem=None,
        )

    def _keep(self, entry: EntryState) -> EntryState:
        self._known.put(entry)
        return entry

    def _content_hash(self, response: Response) -> str:
        payload = hashlib.sha256(response.sent + (response.header("Content-Type") or "").encode()).digest()
        content_hash = self._read.get(payload)
        if content_hash is None:
            content_hash = read_page(self._source, response, None, None).document.content_hash
            self._read[payload] = content_hash
            if len(self._read) > _REMEMBERED:
                self._read.popitem(last=False)
        return content_hash


def _texts(entry: EntryState) -> list[str]:
    """The beginnings of the content hashes that were landed of a page."""
    texts: list[str] = hint(entry, "texts") or []
    return texts


def _too_large(source: Source, url: str, size: int) -> Step:
    rejected = Rejected(source.id, url, None, "too_large", too_large(size, source.max_bytes))
    return Step(source.id, Result.REFUSED, documents=(rejected,))


def _response(url: str, record: Record, limit: int, latest: datetime) -> Response | int | None:
    """The answer in a record, its framing undone; its size where that is too large, None where it is no page.

    Crawlers unpack what they store, and many leave the headers that said how it was packed.
    """
    block = record.read()
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
        fetched_at=_captured_at(record, latest),
        permanent_url=None,
        http_head=f"HTTP/1.1 200 OK\r\n{told}\r\n".encode("ascii"),
        sent=body,
        address=_address(record) or "0.0.0.0",  # noqa: S104 - not known
    )


def _headers(head: bytes) -> tuple[tuple[str, str], ...]:
    lines = head.decode("latin-1").splitlines()[1:]
    return tuple(
        (name.strip(), value.strip()) for name, colon, value in (line.partition(":") for line in lines) if colon
    )


def _address(record: Record) -> str | None:
    value = record.field("WARC-IP-Address")
    return value if _VALUE.fullmatch(value) else None


def _captured_at(record: Record, latest: datetime) -> datetime:
    """When an answer came, in UTC; `_UNKNOWN` where that is not told, or can't be."""
    try:
        told = datetime.fromisoformat(record.field("WARC-Date"))
        at = told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return _UNKNOWN
    return at if _FIRST <= at <= latest else _UNKNOWN


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
        while found := self._file.read(_READ_BYTES):
            self._hash.update(found)
        return self._hash.hexdigest()
