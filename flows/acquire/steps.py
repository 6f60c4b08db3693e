"""What asking a source comes to, step by step, and the state that it begins from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from flows.acquire.entries import address
from flows.acquire.sources import SourceError
from flows.acquire.web.fetch import Manners, SecretError, secret_from
from schemas.records import Document, EntryState, Gone, ListingState, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flows.acquire.sources import Source
    from flows.acquire.web.fetch import Web
    from flows.acquire.web.warc_landing import WarcWriter

ENDED: Final = frozenset({"gone", "moved"})  # entries that have no release (any more); they are looked at again rarely
NOT_ASKED: Final = frozenset({"left_alone", "stopped"})  # errors of what was never asked
MISSING: Final = frozenset({"status_404", "status_410"})  # errors that say that something is not there
UNTOLD: Final = 3  # failures in a row, from which on what fails is told, or taken as it is
OURS: Final = (  # in the hints of an entry, beside what its list says
    "id",  # what the list calls it, where that is another entry's id
    "led",  # where it was led to since it last came, and how often
    "edits",  # looks in a row that found another text
)
RARELY: Final = timedelta(days=7)  # between two looks at what failed often, is gone or moved
PATIENCE: Final = timedelta(days=1)  # the longest that a site may put us off
LONGEST: Final = timedelta(days=60)  # that anything is put off


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
    again: set[str] = field(default_factory=set)  # ids of entries without a release that a list names all the same

    @classmethod
    def of(
        cls,
        listings: Iterable[ListingState],
        entries: Iterable[EntryState],
        documents: Mapping[str, str],
        now: datetime,
    ) -> Known:
        """The state as it was kept, as far as it holds.

        What landing has lost since is to be asked for again, and so is, whole, what it has otherwise than the state
        says: a run that was killed had landed it.

        Args:
            listings: the lists of the source.
            entries: its entries.
            documents: content hash by URI of all documents that are landed.
            now: when the run begins. What is put off for longer than anything is was so by a clock that ran ahead.
        """
        latest = now + LONGEST
        known = cls({each.url: _in_time(each, latest) for each in listings})
        for each in entries:
            known.put(_as_landed(_in_time(each, latest), documents))
        return known

    def put(self, entry: EntryState) -> None:
        """Know an entry from now on as it is now. Of two at one address, the one that has a release holds it."""
        self.entries[entry.entry_id] = entry
        place = address(entry.url)
        holder = self.addresses.get(place, entry)
        if entry.status == "moved":
            self.addresses.setdefault(place, entry)
            if (former := self.uris.get(entry.source_uri or "")) and former.entry_id == entry.entry_id:
                del self.uris[former.source_uri or ""]
            return
        if entry.content_hash is not None or holder.content_hash is None or holder.entry_id == entry.entry_id:
            self.addresses[place] = entry
        if entry.source_uri is not None:
            self.uris[entry.source_uri] = entry
        if entry.content_hash is not None:
            self.texts[entry.content_hash] = entry

    def holder(self, source_uri: str | None) -> EntryState | None:
        """The entry whose release is known by a name now."""
        entry = self.uris.get(source_uri or "")
        return entry if entry is not None and entry.content_hash is not None else None

    def has_release_of(self, entry: EntryState) -> bool:
        """Whether the release that an entry had is another entry's now."""
        holder = self.holder(entry.source_uri)
        return holder is not None and holder.entry_id != entry.entry_id


Put = TypeVar("Put", ListingState, EntryState)


def _in_time(state: Put, latest: datetime) -> Put:
    return replace(state, next_try_at=None) if state.next_try_at is not None and state.next_try_at > latest else state


def _as_landed(entry: EntryState, documents: Mapping[str, str]) -> EntryState:
    """An entry as landing has it."""
    landed = documents.get(entry.source_uri or (entry.url if entry.status not in ENDED else ""))
    if entry.source_uri is None and landed is not None:  # by a run that was killed before it kept that
        entry = replace(entry, status="landed", source_uri=entry.url, content_hash=landed)
    elif entry.content_hash in {None, landed}:
        return entry
    elif landed is None:
        return replace(entry, status="pending", etag=None, last_modified=None, content_hash=None)
    return replace(entry, etag=None, last_modified=None, content_hash=landed, attempts=max(1, entry.attempts))


@dataclass(frozen=True, slots=True)
class Means:
    """What a source is asked with, and where its answers are kept; `allow_closing` is as for a run.

    `documents` is the content hash by URI of all that is landed, and grows while the run lands more; `fetched` is when
    the sources of the web last had what they landed, by URI.
    """

    web: Web
    warc: WarcWriter
    now: datetime
    documents: Mapping[str, str]
    fetched: Mapping[str, datetime] = field(default_factory=dict)
    allow_closing: bool | None = None


def hint(entry: EntryState, name: str) -> Any:
    """What is kept in the hints of an entry under a name; None where nothing is."""
    return json.loads(entry.hints or "{}").get(name)


def hinted(entry: EntryState, **ours: Any) -> EntryState:
    """An entry with these hints of ours; None: without."""
    said = json.loads(entry.hints or "{}")
    told = {name: value for name, value in (said | ours).items() if value is not None}
    return entry if told == said else replace(entry, hints=json.dumps(told, ensure_ascii=False))


def put_off(until: datetime | None, now: datetime) -> datetime | None:
    """When to ask again where a site said so, counted from the beginning of the run (`now`); not too late."""
    seconds = (until - datetime.now(UTC)).total_seconds() if until else 0.0
    return now + min(timedelta(seconds=seconds), PATIENCE) if seconds > 0 else None


class Budget:
    """The time that a source may take of a run: some of it may be kept for what comes later."""

    def __init__(self, web: Web, minutes: float) -> None:
        self.minutes = minutes
        self._web = web
        self._began = web.seconds()

    def is_spent(self, share: float = 1.0) -> bool:
        """Whether as much of it is over."""
        return self._web.seconds() - self._began > 60 * self.minutes * share


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


def declaration(source: Source) -> str:
    """How a source is declared, as far as it decides what a list of it means: another one means to read all again."""
    said = json.dumps([source.kind, source.location, source.links, source.depth])
    return hashlib.sha256(said.encode()).hexdigest()[:16]
