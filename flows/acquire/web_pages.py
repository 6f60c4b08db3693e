"""The pages of a source of the web: those that are new, those that may have changed, and what is believed of them.

A site in trouble answers with pages that are not the releases: notices, front pages, one page for all. So what comes
from another address than was asked for is taken for the release only if something else speaks for it: it has the text
that is known, its title is the one that the list gives, the list names the address itself, or the address is nearly the
same. Otherwise it is asked for again, and taken only if it comes so again and again, from where no other page leads.

A release keeps the address under which it was found first. That a page is gone is believed if it says so for good, or
is missing twice with some time between; it is looked at again some weeks later all the same.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flows.acquire.entries import address, clean_url, is_root, wanted
from flows.acquire.main_text import is_lead
from flows.acquire.page_document import read_page, unfit
from flows.acquire.steps import ENDED, NOT_ASKED, UNTOLD, Result, Step, put_off
from flows.acquire.threads import several
from flows.acquire.web.fetch import FetchError
from flows.acquire.web_lists import PAGE
from schemas.records import Document, EntryState, Gone, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.acquire.page_document import Reading
    from flows.acquire.sources import Source
    from flows.acquire.steps import Budget, Known, Means
    from flows.acquire.web.fetch import Manners, Response

GONE_AFTER: Final = timedelta(hours=1)  # that a page must be missing, found so twice
BELIEVED: Final = 5  # times in a row that a page leads to the same place, whereupon what is there is taken for it
TRIES: Final = 10  # failures in a row, from which on a page is asked for every
RARELY: Final = timedelta(days=7)
LOOKS: Final = 3  # at what is gone or moved: after a week, two and four more
RECHECKS: Final = 1_000  # known pages that a run asks for because a list says they changed: some say it of all, always
FEW_GONE: Final = 20  # pages of a source that may go in one run without a doubt
SHARE_GONE: Final = 0.5  # of more than those, of the known ones that were asked for
SHARE: Final = 0.75  # of the time of a source, that known pages may take where new ones wait

_MISSING: Final = frozenset({"status_404", "status_410"})
_LEAST_TITLE: Final = 12  # characters that tell one release from another
_TITLE_SHARE: Final = 0.6  # of a title that another one must have to be the same
_ENDINGS: Final = re.compile(r"(?:/(?:index|default))?(?:\.(?:html?|php|aspx?))?/*\Z", re.IGNORECASE)
_HOSTS: Final = re.compile(r"(?:www|m|amp)\.")


class Pages:
    """The pages of one source in one run."""

    def __init__(self, source: Source, known: Known, means: Means, manners: Manners, budget: Budget) -> None:
        self._source = source
        self._known = known
        self._means = means
        self._now = means.now
        self._manners = manners
        self._budget = budget
        self._is_wanted = wanted(source.links)
        self._led: dict[str, str] = {}  # address that a page was sent to for now → the first entry that was
        self._claimed: dict[str, str] = {}  # address that a page was read at in this run → entry
        self._lock = threading.Lock()

    def steps(self) -> Iterator[Step]:
        """Ask for the pages that are due: first those that are known, so that one that moved is not taken for new."""
        new, known, waiting = self._due()
        asked, missing = Counter[bool](), []
        for phase, share in ((known, SHARE if new else 1.0), (new, 1.0)):
            for step in self._each(phase, share):
                if step.gone:
                    missing.append(step)
                else:
                    asked[phase is known] += step.result is not Result.WAITING
                    yield step
        yield from self._closed(missing, asked[True] + len(missing))
        if waiting:
            yield Step(self._source.id, Result.WAITING, count=waiting)
        if self._budget.is_spent():
            problem = f"it took its {self._budget.minutes:g} minutes; the next run goes on, or raise max_minutes"
            yield Step(self._source.id, Result.WAITING, problem=problem, count=0)

    # Which

    def _due(self) -> tuple[list[EntryState], list[EntryState], int]:
        """The entries to be asked for: new ones, known ones; and how many must wait for the next run."""
        new, edited, young, ended = [], [], [], []
        for state in self._known.entries.values():
            if not self._is_due(state):
                continue
            if state.status in ENDED:
                ended.append(state)
            elif state.content_hash is None:
                new.append(state)
            elif state.status == "landed":
                young.append(state)
            else:
                edited.append(state)
        for states in (young, edited):  # those that wait longest first, or a short run would never get to them
            states.sort(key=lambda state: state.fetched_at or self._now)
        chosen = (young + edited[:RECHECKS])[: self._source.max_pages]
        room = max(self._source.max_pages - len(chosen), self._source.max_pages // 2)  # known ones never take it all
        new += ended
        return new[:room], chosen, len(new[room:]) + len(young) + len(edited) - len(chosen)

    def _is_due(self, state: EntryState) -> bool:
        if state.content_hash is None and not self._is_wanted(state.url):
            return False
        if state.next_try_at is not None and state.next_try_at > self._now:
            return False
        if state.status in ENDED:
            return state.next_try_at is not None and state.attempts < LOOKS
        if state.status != "landed":
            return True
        since = max(state.first_seen_at, state.changed_at or state.first_seen_at)
        is_young = self._now - since <= timedelta(days=self._source.overlap_days)
        return is_young or state.missing_since is not None or state.attempts > 0

    def _each(self, states: Sequence[EntryState], share: float) -> Iterator[Step]:
        """Ask for pages, as many at a time as one host may be asked for, and yield what came of each."""
        if self._source.per_host == 1 or len(states) < 2:
            for state in states:
                yield self._page(state, share)
            return
        jobs = [partial(self._alone, state, share) for state in states]
        yield from several(jobs, min(self._source.per_host, len(states)))

    def _alone(self, state: EntryState, share: float) -> Iterator[Step]:
        yield self._page(state, share)

    # What came

    def _page(self, state: EntryState, share: float) -> Step:
        """Ask for a page, conditionally if it is known, and say what came of it."""
        if self._budget.is_spent(share):
            return Step(self._source.id, Result.WAITING)
        is_known = state.content_hash is not None
        try:
            response = self._means.web.get(
                state.url,
                self._manners,
                etag=state.etag if is_known else None,
                last_modified=state.last_modified if is_known else None,
                accept=PAGE,
            )
        except FetchError as error:
            return self._not_had(state, error)
        final = clean_url(response.final_url) or state.url
        if final != state.url and (is_root(final) or address(final) == address(self._source.location)):
            detail = f"it leads to {final}, where sites send what they have no longer: look whether it is still there"
            return self._not_had(state, FetchError("status_404", state.url, detail, status=404))
        if response.is_not_modified:
            return self._unchanged(state, response)
        return self._came(state, response, final)

    def _unchanged(self, state: EntryState, response: Response) -> Step:
        home = _permanent(response) or state.url
        if address(home) != address(state.url) and not state.etag:
            home = state.url  # only a tag tells that what is there now is the same: a date holds of anything older
        elif (other := self._claim(state, home)) is not None:
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

    def _came(self, state: EntryState, response: Response, final: str) -> Step:
        record = self._means.warc.write(response, self._source.id, earlier=state.record)
        if problem := unfit(response, believed=state.attempts >= UNTOLD):
            reason, detail, again = problem
            return self._not_had(state, FetchError(reason, state.url, detail, again=again))
        reading = read_page(self._source, response, record, state.hints)
        if reading.problem and state.attempts + 1 < UNTOLD:  # works, a notice, a damaged copy: most of it passes
            return self._not_had(state, FetchError("unreadable", state.url, reading.problem))
        home = state.url
        if address(final) != address(state.url):
            is_believed = self._is_believed(state, response, final, reading)
            if not is_believed and (error := self._led_away(state, response, final)):
                return self._not_had(state, error)
            home = (_permanent(response) if is_believed else None) or state.url
        elif final != state.url:
            home = _permanent(response) or state.url
        other = self._claim(state, home)
        if other is not None:
            return self._same_as(state, other)
        text = None if reading.problem else reading.document.content_hash
        former = self._former(state, home, text) if self._is_nameless(state, home) else None
        if isinstance(former, Step):
            return former
        return self._taken(replace(state, url=home, record=record), response, reading, former)

    def _is_nameless(self, state: EntryState, home: str) -> bool:
        """Whether an entry has no release yet: not even one that a run landed which was killed before it kept that."""
        return state.source_uri is None and home not in self._means.documents

    # Whether it is what it was asked for

    def _is_believed(self, state: EntryState, response: Response, final: str, reading: Reading) -> bool:
        """Whether something speaks for it that a page from another address is the release."""
        if not reading.problem and reading.document.content_hash == state.content_hash:
            return True
        if _is_near(state.url, final) or _is_titled(reading.title, state.hints):
            return True
        there = self._other_at(final, state)
        if there is None:
            return False
        is_for_ever = _permanent(response) == final
        return is_for_ever and (state.content_hash is None or _id_named(there) == state.entry_id)

    def _led_away(self, state: EntryState, response: Response, final: str) -> FetchError | None:
        """Why a page from another address is not the release, or None where it may be after all."""
        if state.content_hash is not None and self._other_at(final, state) and _permanent(response) == final:
            detail = f"it leads to {final} for ever, which is another release: look whether it is still there"
            return FetchError("status_404", state.url, detail, status=404)
        detail = f"it leads to {final}, and nothing tells that this is the release: it is asked for again"
        with self._lock:
            is_first = self._led.setdefault(address(final), state.entry_id) == state.entry_id
            is_alone = is_first and not any(
                other.last_problem == detail and other.entry_id != state.entry_id
                for other in self._known.entries.values()
            )
        times = state.attempts + 1 if state.last_problem == detail else 1
        if is_alone and times >= BELIEVED and self._other_at(final, state) is None:
            return None
        return FetchError("led_away", state.url, detail)

    def _other_at(self, url: str, state: EntryState) -> EntryState | None:
        """Another entry that the lists name at an address."""
        other = self._known.addresses.get(address(url))
        return other if other is not None and other.entry_id != state.entry_id else None

    def _claim(self, state: EntryState, home: str) -> EntryState | None:
        """Take a page for an entry, or return the entry that it is taken for already: there is one for each page."""
        with self._lock:
            known = self._other_at(home, state)
            first = known if known is not None and known.content_hash is not None else state
            holder = self._claimed.setdefault(address(home), first.entry_id)
        return self._known.entries[holder] if holder != state.entry_id else None

    def _former(self, state: EntryState, home: str, content_hash: str | None) -> EntryState | Step | None:
        """The entry that a new one was before it moved, if it was one: of the same id, or with the same text.

        Where that can't be found out now, the step that says so.
        """
        named = _id_named(state)
        candidates = [self._known.entries.get(named) if named else None, self._known.texts.get(content_hash or "")]
        for former in candidates:
            if former is None or former.entry_id == state.entry_id or former.source_uri is None:
                continue
            if former.status in ENDED or address(former.url) == address(home):
                continue
            try:
                response = self._means.web.get(
                    former.url, self._manners, etag=former.etag, last_modified=former.last_modified, accept=PAGE
                )
            except FetchError as error:
                if error.reason in _MISSING:
                    return former
                if state.attempts >= TRIES or error.reason == "robots":
                    continue
                return self._not_had(state, FetchError(error.reason, state.url, error.detail, status=error.status))
            there = _permanent(response)
            if there is not None and address(there) == address(home):
                return former
            if state.attempts < TRIES and not self._stands(former, response):
                detail = f"it may be {former.url} under another address, which shows something else now: asked again"
                return self._not_had(state, FetchError("unsettled", state.url, detail))
        return None

    def _stands(self, state: EntryState, response: Response) -> bool:
        """Whether a page that was asked for again is at its address with the text that is known, or an edited one."""
        if address(clean_url(response.final_url) or "") != address(state.url):
            return False
        if response.is_not_modified:
            return True
        return not unfit(response, believed=True) and not read_page(self._source, response, None, state.hints).problem

    # What it comes to

    def _taken(self, state: EntryState, response: Response, reading: Reading, former: EntryState | None) -> Step:
        """A page that came and is its entry's; `former` is the entry that it was before it moved."""
        source_uri = state.source_uri or (former.source_uri if former else None) or state.url
        # Landing keeps the body in its record: to carry it along would cost memory for nothing.
        document = replace(reading.document, source_uri=source_uri, raw=b"", size=len(response.body))
        known = former.content_hash if former else state.content_hash or self._means.documents.get(source_uri)
        is_same = known == document.content_hash
        result = Result.UNCHANGED if is_same else Result.CHANGED if known else Result.NEW
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
        entries: tuple[EntryState, ...] = (after,)
        if former:
            entries = (after, replace(former, status="moved", content_hash=None, next_try_at=None))
        documents = () if is_same else (document,)
        return Step(self._source.id, result, documents=documents, entries=entries, settled=(source_uri, state.url))

    def _same_as(self, state: EntryState, other: EntryState) -> Step:
        """An entry whose page is another entry's: what was landed for it is no release of its own any more."""
        after = self._ended(state, "moved")
        is_own = (
            state.source_uri is not None and state.content_hash is not None and state.source_uri != other.source_uri
        )
        gone = (Gone(self._source.id, state.source_uri),) if is_own and state.source_uri else ()
        settled = (state.url, *((state.source_uri,) if state.source_uri else ()))
        return Step(self._source.id, Result.MOVED, gone=gone, entries=(after,), settled=settled)

    def _ended(self, state: EntryState, status: str, *, for_good: bool = False) -> EntryState:
        """An entry that has no release (any more). It is looked at again some times, the later the rarer."""
        looks = LOOKS if for_good else state.attempts + 1 if state.status in ENDED else 0
        return replace(
            state,
            status=status,
            etag=None,
            last_modified=None,
            content_hash=None,
            missing_since=state.missing_since if status == "gone" else None,
            attempts=looks,
            next_try_at=self._now + RARELY * 2 ** min(looks, LOOKS),
            last_problem=state.last_problem if status == "gone" else None,
        )

    def _not_had(self, state: EntryState, error: FetchError) -> Step:
        """A page that was not to be had this time."""
        if error.reason in NOT_ASKED:
            return Step(self._source.id, Result.LEFT_ALONE)
        if state.status in ENDED:
            still = self._ended(state, state.status, for_good=error.status == 410)
            return self._step(Result.UNCHANGED, replace(still, last_problem=error.detail))
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
        if error is not None and error.reason == "led_away" and error.detail != state.last_problem:
            attempts = 1  # counted are those that led to the same place
        is_useless = error is not None and not error.again and error.detail == state.last_problem  # to ask soon again
        is_landed = state.content_hash is not None
        rarely = self._now + RARELY if attempts >= (UNTOLD if is_useless and not is_landed else TRIES) else None
        later = put_off(error.retry_after, self._now) if error else None
        return replace(state, status=status, attempts=attempts, next_try_at=rarely or later)

    def _missing(self, state: EntryState, error: FetchError) -> Step:
        """A page that was landed and is not there: gone, if it says so for good or was missing before."""
        since = state.missing_since or self._now
        after = replace(state, missing_since=since, last_problem=error.detail)
        if error.status != 410 and (state.missing_since is None or self._now - since < GONE_AFTER):
            return self._step(Result.FAILED, self._later(after, "landed", error))
        gone = Gone(self._source.id, state.source_uri or state.url)
        ended = self._ended(after, "gone", for_good=error.status == 410)
        settled = (gone.source_uri, state.url)
        return Step(self._source.id, Result.GONE, gone=(gone,), entries=(ended,), settled=settled)

    def _closed(self, missing: Sequence[Step], asked: int) -> Iterator[Step]:
        """The releases that are gone: closed, unless they are so many that a mistake of the site is more likely."""
        allowed = self._means.allow_closing
        doubted = len(missing) > FEW_GONE and len(missing) > SHARE_GONE * asked
        for step in missing:
            if allowed is False or (doubted and not allowed):
                kept = tuple(map(self._kept, step.entries)) if step.result is Result.GONE else ()
                yield replace(step, result=Result.FAILED, gone=(), entries=kept, settled=())
            else:
                yield step
        if doubted and allowed is None:
            problem = (
                f"{len(missing):,} of the {asked:,} known pages that were asked for are not there. None of them was "
                "closed, because a site in repair looks the same. If they are gone for good, run with --allow-closing"
            )
            yield Step(self._source.id, Result.FAILED, problem=problem, is_grave=True, count=0)

    def _kept(self, ended: EntryState) -> EntryState:
        """The state of a release that is missing and is not closed."""
        before = self._known.entries[ended.entry_id]
        return replace(
            self._later(before, "landed"), missing_since=ended.missing_since, last_problem=ended.last_problem
        )

    def _step(self, result: Result, after: EntryState, documents: tuple[Document | Rejected, ...] = ()) -> Step:
        return Step(self._source.id, result, documents=documents, entries=(after,))


def _permanent(response: Response) -> str | None:
    """Where redirects that are for ever led."""
    return clean_url(response.permanent_url) if response.permanent_url else None


def _id_named(state: EntryState) -> str | None:
    """The id that the list gives an entry, where another entry had it before."""
    named: str | None = json.loads(state.hints or "{}").get("id")
    return named


def _is_near(one: str, other: str) -> bool:
    """Whether two addresses differ only in how sites spell one: its ending, its letter case, words after its number."""
    (host, path), (other_host, other_path) = map(_spelt, (one, other))
    if host != other_host:
        return False
    short, long = sorted((path, other_path), key=len)
    if short == long:
        return True
    is_numbered = any(letter.isdigit() for letter in short.rpartition("/")[2])
    return is_numbered and long.startswith(short) and long[len(short)] in "-_/"


def _spelt(url: str) -> tuple[str, str]:
    parts = urlsplit(url.lower())
    path = _ENDINGS.sub("", parts.path)
    return _HOSTS.sub("", parts.netloc, count=1), f"{path}?{parts.query}" if parts.query else path


def _is_titled(title: str | None, hints: str | None) -> bool:
    """Whether a page has the title that the list gives its entry, as far as it can tell releases apart."""
    listed = " ".join((json.loads(hints or "{}").get("title") or "").split()).rstrip(".… ")
    found = " ".join((title or "").split())
    short, long = sorted((listed, found), key=len)
    if len(short) < max(_LEAST_TITLE, _TITLE_SHARE * len(long)):  # the name of a site, which begins many titles
        return False
    return short in long and not is_lead(short)
