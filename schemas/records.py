"""Records that travel between the stages: a landed document, and what was extracted from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from schemas.values import Confidence, PairKind, PairVerdict, Role, Value


@dataclass(frozen=True, slots=True)
class Override:
    """A person's decision on how a document is read, or what can't be read otherwise in a source."""

    override_id: str  # "o" and 16 hex digits
    scope: str  # document or source
    source_id: str
    source_uri: str | None  # None where it is about a source
    content_hash: str | None  # of the bytes that are meant; None where it is about a source, or they are unread
    kind: str  # encoding, published_on, accept, dismiss or reread
    value: str
    why: str
    decided_by: str
    decided_at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class Document:
    """One release as acquired: raw bytes and where they came from, and the decisions that hold for them."""

    source_id: str
    source_uri: str
    raw: bytes
    content_hash: str  # SHA-256 in hex of `raw`; of a web page, of its title and main text when it was acquired
    overrides: tuple[Override, ...] = ()  # in the order of the decisions
    media_type: str | None = None  # of a web page its Content-Type as it came, charset included; None: text
    record: str | None = None  # where landing keeps the raw response: "<file>.warc.gz#<offset>"; None: in the row
    hints: str | None = None  # JSON: what the listing said (title, published, updated, language, publisher), `url`,
    # where the page was read (after redirects), which need not be its `source_uri`, and the source's `time_zone`
    size: int = 0  # bytes of what its record holds, where `raw` is left there


@dataclass(frozen=True, slots=True)
class Gone:
    """A document that its source had and has no longer, found by a run that read the whole source."""

    source_id: str
    source_uri: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that could not be acquired or decoded: what, why, and what to do about it."""

    source_id: str
    source_uri: str
    content_hash: str | None
    reason: str  # a code: empty, undecodable, binary, too_large, unreadable, bad_zip, zip_bomb, missing …
    detail: str  # a sentence that names the thing, the place and the remedy


@dataclass(frozen=True, slots=True)
class ListingState:
    """A list of releases (a feed, a sitemap, an index page, a WARC file) as a source was last asked for it."""

    source_id: str
    url: str
    asked_at: datetime
    read_at: datetime | None = None  # when it could last be read, changed or not; None: never
    etag: str | None = None  # what it is asked with the next time; None where that must give all of it
    last_modified: str | None = None
    content_hash: str | None = None  # SHA-256 of it, hex, when it was last read
    listed_mark: str | None = None  # when it changed, as the list that names it says
    next_url: str | None = None  # where it goes on with older entries that were not read yet
    declaration: str | None = None  # digest of what the source was declared as when it was read
    failures: int = 0  # in a row
    next_try_at: datetime | None = None  # not before this
    last_problem: str | None = None


@dataclass(frozen=True, slots=True)
class EntryState:
    """A release that a list of a source named, and how far the source has got with it."""

    source_id: str
    entry_id: str  # what the list calls it, else its address
    url: str  # where it is now
    status: str  # pending, landed, failed, refused, gone or moved
    first_seen_at: datetime
    last_seen_at: datetime  # in a list
    source_uri: str | None = None  # under which it was landed first; None before that
    fetched_at: datetime | None = None  # when it last came, or was found unchanged
    changed_at: datetime | None = None  # when its text was last found to be another
    missing_since: datetime | None = None  # when it was first found missing; None while it is there
    listed_mark: str | None = None  # what the list said of it when it was last asked for
    etag: str | None = None
    last_modified: str | None = None
    content_hash: str | None = None  # of its text, as landed
    record: str | None = None  # where landing keeps what last came
    attempts: int = 0  # in a row that failed
    next_try_at: datetime | None = None  # not before this
    last_problem: str | None = None
    hints: str | None = None  # JSON: what the list said about it


@dataclass(frozen=True, slots=True)
class HostState:
    """A host that wants to be left alone for a time."""

    host: str  # with its port where that is odd
    left_alone_until: datetime
    why: str  # a sentence without its subject


@dataclass(frozen=True, slots=True)
class RobotsState:
    """The robots.txt of a site as it last gave it, and what it is asked for conditionally with."""

    site: str  # scheme, host and port
    asked_at: datetime
    content: str
    etag: str | None = None
    last_modified: str | None = None


class Mention(NamedTuple):
    """A fact or a named reason in a text: code-point span into the body, end exclusive."""

    start: int
    end: int
    surface: str
    rule: str
    value: Value
    paragraph_no: int
    confidence: Confidence = Confidence.STATED
    basis: str | None = None  # what context supplied, e.g. "year: publication date"
    alternatives: tuple[str, ...] = ()  # other readings of an ambiguous expression


class LedgerEntry(NamedTuple):
    """One numeral of the text and what became of it; `rule` is None where it is unexplained."""

    start: int
    end: int
    surface: str
    role: Role
    rule: str | None
    paragraph_no: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a release says about itself."""

    title: str
    language: str  # ISO 639-1, "und" where it can't be told
    published_on: date | None
    published_on_basis: str | None  # e.g. header.date_th, header.date_numeric, dateline, body.today; None if unknown
    dateline_place: str | None
    publisher: str | None
    publisher_ref: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact of a pair stands: its role (one of `FACT_ROLES`) and its span into the body."""

    role: Role
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Something that the text says twice, and whether both say the same; the span runs from the first to the last."""

    kind: PairKind
    left: Place
    right: Place | None  # of several parts the last one; None where the second is no fact: names, a weekday, words
    start: int
    end: int
    surface: str
    paragraph_no: int
    expected: str | None  # what follows from the one, as text; None where nothing does
    found: str | None  # what the other says; None where it can't be read
    deviation: float | None  # found / expected - 1; None where they are no numbers
    verdict: PairVerdict
    reason: str | None = None  # why the verdict is unknown; None otherwise

    @property
    def rule(self) -> str:
        return f"consistency.{self.kind}"


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read from one body."""

    header: Header
    mentions: tuple[Mention, ...]  # sorted by start; never overlapping
    ledger: tuple[LedgerEntry, ...]  # each numeral exactly once, in order
    pairs: tuple[Pair, ...] = ()  # what the text says twice, sorted by start
