"""Asking a source of the web for what is new or may have changed, and nothing else.

A run asks for the source's lists first, conditionally, and then for pages: those that are new, those that a run before
could not get, those whose list says that they changed, and for some days those that are young, because a release is
edited soon after it comes or not at all. What the source has got is its state; every step tells what of it to keep,
and that is kept only once the step's documents are landed. So a run that is killed has lost nothing but requests, and
a list may forget its order, its dates and its older entries: what it named once is in the state.

A release keeps the address under which it was found first. That a page is gone is believed if it says so for good, or
is missing twice with some time between; that it moved, if its old address says so or is gone.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from flows.acquire import feed, index_page, sitemap
from flows.acquire.entries import ListingError, address, clean_url, is_root, wanted
from flows.acquire.html_decode import mojibake
from flows.acquire.page_document import Reading, read_page, unfit
from flows.acquire.sources import SourceError
from flows.acquire.threads import several
from flows.acquire.web.fetch import FetchError, Manners, SecretError, secret_from
from flows.acquire.xml_tree import MAX_BYTES
from schemas.records import Document, EntryState, Gone, ListingState, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from flows.acquire.entries import Child, Entry, Listing
    from flows.acquire.sources import Source
    from flows.acquire.web.fetch import Response, Web
    from flows.acquire.web.warc_landing import WarcWriter

GONE_AFTER: Final = timedelta(hours=1)  # that a page must be missing, found so twice
UNTOLD: Final = 3  # failures in a row of a page, from which on it is told in the quarantine, or landed as it is
TRIES: Final = 10  # failures in a row, from which on a page is asked for every
RARELY: Final = timedelta(days=7)
PATIENCE: Final = timedelta(days=1)  # the longest that a site may put us off
RECHECKS: Final = 1_000  # known pages that a run asks for because a list says they changed: some say it of all, always
FEW_GONE: Final = 20  # pages of a source that may go in one run without a doubt
SHARE_GONE: Final = 0.5  # of more than those, of the known ones that were asked for
THREADS: Final = 16  # sources that are asked at a time

_PAGE: Final = "text/html, application/xhtml+xml;q=0.9, text/plain;q=0.5"
ACCEPT: Final = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    "sitemap": "application/xml, text/xml;q=0.9, */*;q=0.5",
    "page": _PAGE,
}
READ: Final = {"feed": feed.read, "sitemap": sitemap.read, "page": index_page.read}
_MISSING: Final = frozenset({"status_404", "status_410"})
_NOT_ASKED: Final = frozenset({"left_alone", "stopped"})


class Result(StrEnum):
    """What came of a step."""

    LISTED = "listed"  # a list was read, or has not changed
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    REFUSED = "refused"  # came, or may not be asked for, and can't be taken
    GONE = "gone"
    MOVED = "moved"  # is a release that is known under another address
    LEFT_ALONE = "left_alone"  # not asked for, because its host is to be left alone
    WAITING = "waiting"  # not asked for in this run, because it has asked for enough


@dataclass(frozen=True, slots=True)
class Step:
    """What one request came to: what is to be landed, and the state to be kept once it is."""

    source_id: str
    result: Result
    documents: tuple[Document | Rejected, ...] = ()
    gone: tuple[Gone, ...] = ()
    listings: tuple[ListingState, ...] = ()
    entries: tuple[EntryState, ...] = ()
    settled: tuple[str, ...] = ()  # addresses under which something may have been rejected before, and is no longer
    problem: str | None = None  # a sentence about the source as a whole
    is_grave: bool = False  # whether the problem is one that somebody has to do something about
    count: int = 1


@dataclass(slots=True)
class Known:
    """The state of a source when a run begins, by what it is looked up by."""

    listings: dict[str, ListingState] = field(default_factory=dict)  # by URL
    entries: dict[str, EntryState] = field(default_factory=dict)  # by id
    addresses: dict[str, EntryState] = field(default_factory=dict)
    uris: dict[str, EntryState] = field(default_factory=dict)  # by source_uri
    texts: dict[str, EntryState] = field(default_factory=dict)  # landed ones by content hash

    @classmethod
    def of(cls, listings: Iterable[ListingState], entries: Iterable[EntryState], documents: Mapping[str, str]) -> Known:
        """The state as it was kept, as far as it holds.

        What landing has lost since is to be asked for again, and so is, whole, what it has otherwise than the state
        says: a run that was killed had landed it.

        Args:
            listings: the lists of the source.
            entries: its entries.
            documents: content hash by URI of all documents that are landed.
        """
        known = cls({each.url: each for each in listings})
        for entry in entries:
            landed = documents.get(entry.source_uri or "")
            if entry.content_hash in {None, landed}:
                known.put(entry)
            elif landed is None:
                known.put(replace(entry, status="pending", etag=None, last_modified=None, content_hash=None))
            else:
                attempts = max(1, entry.attempts)
                known.put(replace(entry, etag=None, last_modified=None, content_hash=landed, attempts=attempts))
        return known

    def put(self, entry: EntryState) -> None:
        """Know an entry from now on as it is now."""
        self.entries[entry.entry_id] = entry
        if entry.status != "moved":
            self.addresses[address(entry.url)] = entry
            if entry.source_uri is not None:
                self.uris[entry.source_uri] = entry
            if entry.content_hash is not None:
                self.texts[entry.content_hash] = entry
        else:
            self.addresses.setdefault(address(entry.url), entry)


@dataclass(frozen=True, slots=True)
class Means:
    """What a source is asked with, and where its answers are kept; `allow_closing` is as for a run."""

    web: Web
    warc: WarcWriter
    now: datetime
    allow_closing: bool | None = None


def manners_of(source: Source) -> Manners:
    """How a source wants its sites to be treated.

    Raises:
        SourceError: the variable that it names holds no headers.
    """
    try:
        secret = secret_from(source.headers_env, source.location) if source.headers_env else None
    except SecretError as error:
        raise SourceError(f'source "{source.id}": {error}') from None
    return Manners(
        contact=source.contact or "",
        delay_seconds=source.delay_seconds,
        per_host=source.per_host,
        max_bytes=source.max_bytes,
        allow_private=source.allow_private,
        secret=secret,
    )


def crawl(source: Source, known: Known, means: Means) -> Generator[Step, None, None]:
    """Ask a source for what is new or may have changed, step by step.

    Raises:
        SourceError: it can't be asked as it is declared.
    """
    crawler = _Crawler(source, known, means)
    yield from crawler.lists()
    yield from crawler.pages()


class _Crawler:
    """One source in one run."""

    def __init__(self, source: Source, known: Known, means: Means) -> None:
        self._source = source
        self._known = known
        self._means = means
        self._now = means.now
        self._manners = manners_of(source)
        self._is_wanted = wanted(source.links)
        self._declared = declaration(source)
        self._led: dict[str, str] = {}  # address that a page was sent to for now → the first entry that was
        self._claimed: dict[str, str] = {}  # address that a page was read at in this run → entry
        self._lock = threading.Lock()

    # Lists

    def lists(self) -> Iterator[Step]:
        """Ask for the source's list, and for the lists that it names as far as they may have changed."""
        yield from self._list(self._source.location, None, is_child=False)

    def _list(self, url: str, mark: str | None, *, is_child: bool) -> Iterator[Step]:
        before = self._known.listings.get(url) or ListingState(self._source.id, url, self._now)
        if before.next_try_at is not None and before.next_try_at > self._now:
            problem = f"{url} wants not to be asked before {before.next_try_at:%Y-%m-%d %H:%M} UTC"
            yield Step(self._source.id, Result.LEFT_ALONE, problem=problem)
            return
        resumes = before.next_url is not None
        whole = resumes or before.declaration != self._declared
        try:
            response = self._ask_list(url, None if whole else before)
            listing = None if _is_same(response, before, whole=whole) else self._read(response)
        except (FetchError, ListingError) as error:
            yield self._unlisted(before, error)
            return
        after = replace(
            before,
            asked_at=self._now,
            read_at=self._now,
            etag=response.header("ETag") or (before.etag if response.is_not_modified else None),
            last_modified=response.header("Last-Modified")
            or (before.last_modified if response.is_not_modified else None),
            listed_mark=mark,
            declaration=self._declared,
            failures=0,
            next_try_at=None,
            last_problem=None,
        )
        if listing is None:
            yield Step(self._source.id, Result.LISTED, listings=(self._listed(after),))
            if not is_child:
                yield from self._children(None)
            return
        after = replace(after, content_hash=hashlib.sha256(response.body).hexdigest())
        if listing.flaw:
            after = replace(after, etag=None, last_modified=None, content_hash=None, last_problem=listing.flaw)
        states, has_news = self._note(listing)
        goes_on = listing.next_url if (has_news or resumes) and self._source.depth > 1 else None
        after = replace(after, next_url=goes_on)
        yield Step(
            self._source.id,
            Result.LISTED,
            listings=(self._listed(after),),
            entries=tuple(states),
            problem=f"{url}: {listing.flaw}; what could be read of it was taken" if listing.flaw else None,
        )
        if goes_on:
            yield from self._further(after, goes_on, resumes=resumes)
        if listing.children:
            if is_child:
                problem = f"{url} is an index of sitemaps inside an index, which is not followed: name it as a source"
                yield Step(self._source.id, Result.FAILED, problem=problem, is_grave=True)
            else:
                yield from self._children(listing.children)

    def _further(self, first: ListingState, url: str, *, resumes: bool) -> Iterator[Step]:
        """Read on where a list goes on with older entries, while there is something new."""
        met = {first.url}
        following: str | None = url
        while following and following not in met and len(met) < self._source.depth:
            met.add(following)
            try:
                listing = self._read(self._ask_list(following, None))
            except (FetchError, ListingError) as error:
                problem = f"{following}: {error}; the next run reads on"
                yield Step(self._source.id, _outcome(error), problem=problem)
                return
            states, has_news = self._note(listing)
            following = listing.next_url if has_news or resumes else None
            yield Step(self._source.id, Result.LISTED, entries=tuple(states))
        yield Step(self._source.id, Result.LISTED, listings=(self._listed(replace(first, next_url=None)),), count=0)

    def _children(self, named: Sequence[Child] | None) -> Iterator[Step]:
        """Ask for the lists that a list names, unless it says that they are as they were; None: it did not change."""
        location = self._source.location
        known = {url: state for url, state in self._known.listings.items() if url != location}
        if named is None:
            due = [state for state in known.values() if state.failures or state.listed_mark is None]
            asked = [(state.url, state.listed_mark) for state in due]
        else:
            marks = {child.url: child.updated for child in named if child.url != location}
            for url, state in known.items():
                if url not in marks and (state.failures or state.listed_mark != _UNLISTED):
                    left = self._listed(
                        replace(state, listed_mark=_UNLISTED, failures=0, etag=None, last_modified=None)
                    )
                    yield Step(self._source.id, Result.LISTED, listings=(left,), count=0)
            asked = [(url, mark) for url, mark in marks.items() if not _is_current(known.get(url), mark)]
        for url, mark in asked:
            yield from self._list(url, mark, is_child=True)

    def _ask_list(self, url: str, before: ListingState | None) -> Response:
        return self._means.web.get(
            url,
            replace(self._manners, max_bytes=MAX_BYTES),
            etag=before.etag if before else None,
            last_modified=before.last_modified if before else None,
            accept=ACCEPT[self._source.kind],
        )

    def _read(self, response: Response) -> Listing:
        self._means.warc.write(response, self._source.id, is_listing=True)
        content_type = response.header("Content-Type")
        listing = READ[self._source.kind](response.body, url=response.final_url, content_type=content_type)
        if problem := mojibake(" ".join(entry.title or "" for entry in listing.entries)):
            listing.flaw = problem
            listing.entries = [replace(entry, title=None, publisher=None) for entry in listing.entries]
        return listing

    def _listed(self, state: ListingState) -> ListingState:
        self._known.listings[state.url] = state
        return state

    def _unlisted(self, before: ListingState, error: FetchError | ListingError) -> Step:
        """A list that could not be read; that is grave where it never could be, or not for days."""
        if isinstance(error, FetchError) and error.reason in _NOT_ASKED:
            return Step(self._source.id, Result.LEFT_ALONE, problem=error.detail)
        later = self._put_off(error.retry_after) if isinstance(error, FetchError) else None
        after = replace(
            before,
            asked_at=self._now,
            etag=None,
            last_modified=None,
            failures=before.failures + 1,
            next_try_at=later,
            last_problem=error.detail,
        )
        since = before.read_at
        is_grave = since is None or self._now - since > timedelta(days=self._source.overlap_days)
        told = "it never could be read" if since is None else f"it could last be read at {since:%Y-%m-%d %H:%M} UTC"
        what = error.detail if before.url in error.detail else f"{before.url}: {error.detail}"
        return Step(
            self._source.id,
            _outcome(error),
            listings=(self._listed(after),),
            problem=f"{what} ({told})",
            is_grave=is_grave,
        )

    def _note(self, listing: Listing) -> tuple[list[EntryState], bool]:
        """What a list says of its entries as states, and whether any of them is new."""
        states: list[EntryState] = []
        has_news = False
        for entry in listing.entries:
            if not self._is_ours(entry):
                continue
            state, is_new = self._state(entry)
            has_news |= is_new
            states.append(state)
            self._known.put(state)
        return states, has_news

    def _is_ours(self, entry: Entry) -> bool:
        source = self._source
        if address(entry.url) == address(source.location) or not self._is_wanted(entry.url):
            return False
        return bool(source.links) or source.kind != "sitemap" or sitemap.is_of_site(entry.url, source.location)

    def _state(self, entry: Entry) -> tuple[EntryState, bool]:
        known, mark = self._known, _mark(entry)
        hints = dict(entry.hints)
        state = known.addresses.get(address(entry.url))
        if state is None and entry.entry_id:
            state = known.entries.get(entry.entry_id)
            if state is not None:  # one id at two addresses: it moved, or the id is none
                hints["id"] = entry.entry_id
                state = known.entries.get(entry.url)
        if state is None:
            entry_id = entry.url if "id" in hints or not entry.entry_id else entry.entry_id
            said = json.dumps(hints, ensure_ascii=False)
            new = EntryState(
                self._source.id, entry_id, entry.url, "pending", self._now, self._now, listed_mark=mark, hints=said
            )
            return new, True
        is_other = state.listed_mark != mark
        is_due = state.status == "landed" and is_other
        if state.status == "gone":
            is_due = is_other or state.next_try_at is None or state.next_try_at <= self._now
        if kept := json.loads(state.hints or "{}").get("id"):
            hints["id"] = kept
        after = replace(
            state,
            url=entry.url if state.status != "moved" else state.url,
            status="pending" if is_due else state.status,
            next_try_at=None if is_due else state.next_try_at,
            last_seen_at=self._now,
            listed_mark=mark,
            hints=json.dumps(hints, ensure_ascii=False),
        )
        return after, False

    # Pages

    def pages(self) -> Iterator[Step]:
        """Ask for the pages that are due: first those that are known, so that one that moved is not taken for new."""
        new, known, waiting = self._due()
        asked, missing = Counter[bool](), []
        for phase in (known, new):
            for step in self._each(phase):
                if step.gone:
                    missing.append(step)
                else:
                    yield step
            asked[phase is known] += len(phase)
        yield from self._closed(missing, asked[True])
        if waiting:
            yield Step(self._source.id, Result.WAITING, count=waiting)

    def _due(self) -> tuple[list[EntryState], list[EntryState], int]:
        """The entries to be asked for: new ones, known ones; and how many must wait for the next run."""
        new, edited, young = [], [], []
        for state in self._known.entries.values():
            if not self._is_due(state):
                continue
            if state.content_hash is None:
                new.append(state)
            elif state.status == "landed":
                young.append(state)
            else:
                edited.append(state)
        edited.sort(key=lambda state: state.fetched_at or self._now)
        chosen = (young + edited[:RECHECKS])[: self._source.max_pages]
        room = max(self._source.max_pages - len(chosen), self._source.max_pages // 2)  # known ones never take it all
        return new[:room], chosen, len(new[room:]) + len(young) + len(edited) - len(chosen)

    def _is_due(self, state: EntryState) -> bool:
        if state.status in {"gone", "moved"} or (state.content_hash is None and not self._is_wanted(state.url)):
            return False
        if state.next_try_at is not None and state.next_try_at > self._now:
            return False
        if state.status != "landed":
            return True
        since = max(state.first_seen_at, state.changed_at or state.first_seen_at)
        is_young = self._now - since <= timedelta(days=self._source.overlap_days)
        return is_young or state.missing_since is not None or state.attempts > 0

    def _each(self, states: Sequence[EntryState]) -> Iterator[Step]:
        """Ask for pages, as many at a time as one host may be asked for, and yield what came of each."""
        if self._source.per_host == 1 or len(states) < 2:
            for state in states:
                yield self._page(state)
            return
        yield from several([partial(self._alone, state) for state in states], min(self._source.per_host, len(states)))

    def _alone(self, state: EntryState) -> Iterator[Step]:
        yield self._page(state)

    def _page(self, state: EntryState) -> Step:
        """Ask for a page, conditionally if it is known, and say what came of it."""
        is_known = state.content_hash is not None
        try:
            response = self._means.web.get(
                state.url,
                self._manners,
                etag=state.etag if is_known else None,
                last_modified=state.last_modified if is_known else None,
                accept=_PAGE,
            )
        except FetchError as error:
            return self._not_had(state, error)
        if response.is_not_modified:
            return self._unchanged(state, response)
        return self._came(state, response)

    def _unchanged(self, state: EntryState, response: Response) -> Step:
        home = (clean_url(response.permanent_url) if response.permanent_url else None) or state.url
        other = self._claim(state, home)
        if other is not None:
            return self._same_as(state, other)
        after = replace(
            state,
            url=home,
            status="landed",
            fetched_at=self._now,
            missing_since=None,
            attempts=0,
            next_try_at=None,
            last_problem=None,
        )
        return self._step(Result.UNCHANGED, after)

    def _came(self, state: EntryState, response: Response) -> Step:
        record = self._means.warc.write(response, self._source.id, earlier=state.record)
        final = clean_url(response.final_url) or state.url
        if final != state.url and (is_root(final) or address(final) == address(self._source.location)):
            detail = f"it leads to {final}, where sites send what they have no longer: look whether it is still there"
            return self._not_had(state, FetchError("status_404", state.url, detail, status=404))
        if problem := unfit(response, believed=state.attempts >= UNTOLD):
            reason, detail, again = problem
            return self._not_had(state, FetchError(reason, state.url, detail, again=again))
        home = (clean_url(response.permanent_url) if response.permanent_url else None) or state.url
        with self._lock:
            first = self._led.setdefault(address(final), state.entry_id) if address(final) != address(home) else None
        if first not in {None, state.entry_id}:
            detail = f"it leads to {final} for now, as other pages do: that is not the release; it is asked for again"
            return self._not_had(state, FetchError("led_away", state.url, detail))
        other = self._claim(state, home)
        if other is not None:
            return self._same_as(state, other)
        reading = read_page(self._source, response, record, state.hints)
        if reading.problem and state.attempts + 1 < UNTOLD:  # works, a notice, a damaged copy: most of it passes
            return self._not_had(state, FetchError("unreadable", state.url, reading.problem))
        text = None if reading.problem else reading.document.content_hash
        former = self._former(state, home, text) if state.source_uri is None else None
        if isinstance(former, Step):
            return former
        return self._taken(replace(state, url=home, record=record), response, reading, former)

    def _taken(self, state: EntryState, response: Response, reading: Reading, former: EntryState | None) -> Step:
        """A page that came and is its entry's; `former` is the entry that it was before it moved."""
        source_uri = state.source_uri or (former.source_uri if former else None) or state.url
        document = replace(reading.document, source_uri=source_uri)
        before = former or state
        is_same = before.content_hash == document.content_hash
        result = Result.UNCHANGED if is_same else Result.CHANGED if before.content_hash else Result.NEW
        if former:
            result = Result.MOVED if is_same else Result.CHANGED
        after = replace(
            state,
            status="landed",
            source_uri=source_uri,
            fetched_at=self._now,
            changed_at=self._now if result is Result.CHANGED else state.changed_at,
            missing_since=None,
            etag=response.header("ETag"),
            last_modified=response.header("Last-Modified"),
            content_hash=document.content_hash,
            attempts=0,
            next_try_at=None,
            last_problem=None,
        )
        if reading.problem:
            after = self._later(replace(after, etag=None, last_modified=None, attempts=state.attempts), "refused")
            after = replace(after, last_problem=reading.problem)
            result = Result.REFUSED
        with self._lock:
            self._known.put(after)
        entries = (after, replace(former, status="moved", content_hash=None)) if former else (after,)
        documents = () if is_same else (document,)
        return Step(self._source.id, result, documents=documents, entries=entries, settled=(source_uri, state.url))

    def _claim(self, state: EntryState, home: str) -> EntryState | None:
        """Take a page for an entry, or return the entry that it is taken for already: there is one for each page."""
        with self._lock:
            holder = self._claimed.setdefault(address(home), state.entry_id)
            if holder != state.entry_id:
                return self._known.entries[holder]
            known = self._known.addresses.get(address(home))
            is_other = known is not None and known.entry_id != state.entry_id and known.content_hash is not None
            return known if is_other else None

    def _same_as(self, state: EntryState, other: EntryState) -> Step:
        """An entry whose page is another entry's: what was landed for it is no release of its own any more."""
        after = replace(state, status="moved", attempts=0, last_problem=None, missing_since=None, content_hash=None)
        is_own = (
            state.source_uri is not None and state.content_hash is not None and state.source_uri != other.source_uri
        )
        gone = (Gone(self._source.id, state.source_uri),) if is_own and state.source_uri else ()
        settled = (state.url, *((state.source_uri,) if state.source_uri else ()))
        return Step(self._source.id, Result.MOVED, gone=gone, entries=(after,), settled=settled)

    def _former(self, state: EntryState, home: str, content_hash: str | None) -> EntryState | Step | None:
        """The entry that a new one was before it moved, if it was one: of the same id, or with the same text.

        Where that can't be found out now, the step that says so.
        """
        named = json.loads(state.hints or "{}").get("id")
        candidates = [self._known.entries.get(named) if named else None, self._known.texts.get(content_hash or "")]
        for former in candidates:
            if former is None or former.entry_id == state.entry_id or former.source_uri is None:
                continue
            if former.status in {"moved", "gone"} or address(former.url) == address(home):
                continue
            try:
                response = self._means.web.get(
                    former.url, self._manners, etag=former.etag, last_modified=former.last_modified, accept=_PAGE
                )
            except FetchError as error:
                if error.reason in _MISSING:
                    return former
                if state.attempts >= UNTOLD or error.reason == "robots":
                    continue
                return self._not_had(state, FetchError(error.reason, state.url, error.detail, status=error.status))
            there = clean_url(response.permanent_url) if response.permanent_url else None
            if there is not None and address(there) == address(home):
                return former
        return None

    def _not_had(self, state: EntryState, error: FetchError) -> Step:
        """A page that was not to be had this time."""
        if error.reason in _NOT_ASKED:
            return Step(self._source.id, Result.LEFT_ALONE)
        is_known = state.content_hash is not None
        if state.source_uri is not None and error.reason in _MISSING:
            return self._missing(state, error)
        is_refused = not error.again or error.reason in {"robots", "too_large", "address"}
        status = "landed" if state.status == "landed" else "refused" if is_refused else "failed"
        after = replace(self._later(state, status, error), last_problem=error.detail)
        if is_known or (not is_refused and after.attempts < UNTOLD):
            return self._step(Result.REFUSED if is_refused else Result.FAILED, after)
        uri = state.source_uri or state.url
        rejected = Rejected(self._source.id, uri, None, error.reason, error.detail)
        return self._step(Result.REFUSED if is_refused else Result.FAILED, after, (rejected,))

    def _later(self, state: EntryState, status: str, error: FetchError | None = None) -> EntryState:
        """The state after a failure: the next run may ask again, unless the site said when, or it was often enough."""
        attempts = state.attempts + (error is None or error.reason != "robots")
        rarely = self._now + RARELY if attempts >= TRIES else None
        later = self._put_off(error.retry_after) if error else None
        return replace(state, status=status, attempts=attempts, next_try_at=rarely or later)

    def _put_off(self, until: datetime | None) -> datetime | None:
        """When to ask again where a site said so, counted from the beginning of the run; not too late."""
        seconds = (until - datetime.now(UTC)).total_seconds() if until else 0.0
        return self._now + min(timedelta(seconds=seconds), PATIENCE) if seconds > 0 else None

    def _missing(self, state: EntryState, error: FetchError) -> Step:
        """A page that was landed and is not there: gone, if it says so for good or was missing before."""
        since = state.missing_since or self._now
        after = replace(self._later(state, "landed", error), missing_since=since, last_problem=error.detail)
        if error.status != 410 and (state.missing_since is None or self._now - since < GONE_AFTER):
            return self._step(Result.FAILED, after)
        gone = Gone(self._source.id, state.source_uri or state.url)
        settled = (gone.source_uri, state.url)
        return Step(self._source.id, Result.GONE, gone=(gone,), entries=(after,), settled=settled)

    def _closed(self, missing: Sequence[Step], asked: int) -> Iterator[Step]:
        """The releases that are gone: closed, unless they are so many that a mistake of the site is more likely."""
        allowed = self._means.allow_closing
        doubted = len(missing) > FEW_GONE and len(missing) > SHARE_GONE * asked
        for step in missing:
            if allowed is False or (doubted and not allowed):
                kept = step.entries if step.result is Result.GONE else ()
                yield replace(step, result=Result.FAILED, gone=(), entries=kept, settled=())
                continue
            over = [
                replace(
                    each,
                    status="moved" if step.result is Result.MOVED else "gone",
                    etag=None,
                    last_modified=None,
                    content_hash=None,
                    attempts=0,
                    next_try_at=self._now + RARELY,
                )
                for each in step.entries
            ]
            yield replace(step, entries=tuple(over))
        if doubted and allowed is None:
            problem = (
                f"{len(missing):,} of the {asked:,} known pages that were asked for are not there. None of them was "
                "closed, because a site in repair looks the same. If they are gone for good, run with --allow-closing"
            )
            yield Step(self._source.id, Result.FAILED, problem=problem, is_grave=True, count=0)

    def _step(self, result: Result, after: EntryState, documents: tuple[Document | Rejected, ...] = ()) -> Step:
        return Step(self._source.id, result, documents=documents, entries=(after,))


_UNLISTED: Final = "unlisted"


def _outcome(error: FetchError | ListingError) -> Result:
    return Result.LEFT_ALONE if isinstance(error, FetchError) and error.reason in _NOT_ASKED else Result.FAILED


def _is_same(response: Response, before: ListingState, *, whole: bool) -> bool:
    if response.is_not_modified:
        return True
    return not whole and before.content_hash == hashlib.sha256(response.body).hexdigest()


def _is_current(state: ListingState | None, mark: str | None) -> bool:
    """Whether a list need not be asked for: it was read when it last changed, as far as the list naming it says."""
    return (
        state is not None
        and mark is not None
        and state.listed_mark == mark
        and not state.failures
        and bool(state.read_at)
    )


def declaration(source: Source) -> str:
    """How a source is declared, as far as it decides what a list of it means: another one means to read all again."""
    said = json.dumps([source.kind, source.location, source.links, source.depth])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _mark(entry: Entry) -> str:
    """What a list says of an entry, as a digest: another one means that something changed."""
    said = "\x1f".join((entry.title or "", entry.published or "", entry.updated or ""))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]


class Gathered:
    """Steps of many sources as they come, each source in a thread of its own, at most `THREADS` at a time."""

    def __init__(self, jobs: Mapping[str, Callable[[], Iterator[Step]]], *, threads: int = THREADS) -> None:
        self._jobs = jobs
        self._threads = threads
        self.errors: dict[str, Exception] = {}  # by source, what ended it before its time

    def __iter__(self) -> Generator[Step, None, None]:
        jobs = [partial(self._work, source_id) for source_id in self._jobs]
        return several(jobs, min(self._threads, len(jobs)))

    def _work(self, source_id: str) -> Iterator[Step]:
        try:
            yield from self._jobs[source_id]()
        except Exception as error:  # noqa: BLE001 - handed to the thread that lands, which tells it
            self.errors[source_id] = error
