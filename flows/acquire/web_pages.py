"""The pages of a source of the web: those that are new, those that may have changed, and what is believed of them.

A site in trouble answers with pages that are not the releases: notices, front pages, one page for all. So what comes
from another address than was asked for is taken for the release only if something else speaks for it: it has the text
that is known, its title is the one that the list gives, the list names the address itself, or the address is nearly the
same. Otherwise it is asked for again, and taken only if it comes so again and again, from where no other page leads.

A release keeps the address under which it was found first. That a page is gone is believed if it says so for good, or
is missing twice with some time between; it is looked at again some weeks later all the same.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flows.acquire.entries import address, clean_url, is_root, wanted
from flows.acquire.page_document import read_page, unfit
from flows.acquire.page_lines import is_lead
from flows.acquire.steps import ENDED, MISSING, NOT_ASKED, RARELY, UNTOLD, Result, Step, hint, hinted, put_off
from flows.acquire.threads import several
from flows.acquire.web.fetch import FetchError
from flows.acquire.web_lists import PAGE
from schemas.records import Document, EntryState, Gone, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from flows.acquire.page_document import Reading
    from flows.acquire.sources import Source
    from flows.acquire.steps import Budget, Known, Means
    from flows.acquire.web.fetch import Manners, Response

GONE_AFTER: Final = timedelta(hours=1)  # that a page must be missing, found so twice
BELIEVED: Final = 5  # times in a row that a page leads to the same place, whereupon what is there is taken for it
TRIES: Final = 10  # failures in a row, from which on a page is asked for every
LOOKS: Final = 3  # at what is gone or moved: after a week, two and four more
RECHECKS: Final = 1_000  # known pages that a run asks for because a list says they changed: some say it of all, always
FEW_GONE: Final = 20  # pages of a source that may go in one run without a doubt
ALL_GONE: Final = 4  # pages that may not go in one run without a doubt where they are all that were asked for
SHARE_GONE: Final = 0.5  # of more than those, of the known ones that were asked for
RESTLESS: Final = 10  # edits in a row, after which a page is no longer looked at because it was edited
SHARE: Final = 0.75  # of the time of a source, that known pages may take where new ones wait

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
        self._before: dict[str, EntryState] = {}  # by id, when the pages are begun with
        self._texts_before: dict[str, str] = {}  # the id of whom each text was then
        self._turns: set[str] = set()  # ids of entries that had their turn in this run
        self._waiting = 0  # entries that have to wait for the next run
        self._asked = 0  # known pages that were asked for
        self._left_alone = 0  # pages that were not asked for, because their host is to be left alone
        self._followed: set[str] = set()  # ids of entries that another one was found to be now
        self._led: dict[str, str] = {}  # address that a page was sent to for now → the first entry that was
        self._claimed: dict[str, str] = {}  # address that a page was read at in this run → entry
        self._lock = threading.Lock()

    def steps(self) -> Iterator[Step]:
        """Ask for the pages that are due: first those that are known, so that one that moved is not taken for new."""
        known, new, failing = self._due()
        self._before = dict(self._known.entries)
        self._texts_before = {text: each.entry_id for text, each in self._known.texts.items()}
        missing: list[Step] = []
        again = [[each for each in failing if (each.content_hash is None) is is_new] for is_new in (False, True)]
        for phase, share in ((known, SHARE if new else 1.0), (new, 1.0), *((each, 1.0) for each in again)):
            changed: list[Step] = []
            for step in self._each(phase, share):
                if step.gone:
                    missing.append(step)
                elif step.result is Result.CHANGED:
                    changed.append(step)
                else:
                    self._left_alone += step.result is Result.LEFT_ALONE
                    yield step
            yield from self._edits(changed)
        yield from self._closed(missing)

    def told(self) -> Iterator[Step]:
        """What there is to say of all pages together."""
        if self._waiting:
            yield Step(self._source.id, Result.WAITING, count=self._waiting)
        if self._budget.is_spent():
            problem = f"it took its {self._budget.minutes:g} minutes; the next run goes on, or raise max_minutes"
            yield Step(self._source.id, Result.WAITING, problem=problem, count=0)
        since = self._now - timedelta(days=self._source.overlap_days)
        kept_off = [each for each in self._known.entries.values() if each.status == "pending" and not each.attempts]
        if self._left_alone and (old := [each for each in kept_off if each.first_seen_at < since]):
            problem = (
                f"{len(old):,} pages have waited since {min(each.first_seen_at for each in old):%Y-%m-%d}, because "
                f"their host does not let us, such as {old[0].url}: ask its owner"
            )
            yield Step(self._source.id, Result.FAILED, problem=problem, is_grave=True, count=0)
        lost = [each for each in self._known.entries.values() if each.status == "landed" and each.attempts >= UNTOLD]
        if lost:
            problem = (
                f"{len(lost):,} known pages could not be looked at again for edits, {lost[0].url} because "
                f"{lost[0].last_problem}"
            )
            yield Step(self._source.id, Result.FAILED, problem=problem, count=0)

    def _edits(self, steps: Sequence[Step]) -> Iterator[Step]:
        """Edits; but a text that pages show all of a sudden, and others too, is a notice, and believed if it stays."""
        shown = Counter(step.entries[0].content_hash for step in steps)
        for step in steps:
            after = step.entries[0]
            before = self._before[after.entry_id]
            other = self._texts_before.get(after.content_hash or "")
            is_shared = shown[after.content_hash] > 1 or (other is not None and other != after.entry_id)
            if is_shared and before.content_hash is not None and before.attempts + 1 < TRIES:
                detail = "it shows the same text as another page, which it did not before: it is asked for again"
                self._known.put(before)
                yield self._not_had(before, FetchError("notice", before.url, detail))
            else:
                yield step

    # Which

    def _due(self) -> tuple[list[EntryState], list[EntryState], list[EntryState]]:
        """The entries to be asked for: known ones, new ones, those that failed.

        Those that failed come last: they may be why their host is left alone, and must not keep off the others.
        """
        new, edited, young, ended, failing = [], [], [], [], []
        for state in self._known.entries.values():
            if state.entry_id in self._turns or not self._is_due(state):
                continue
            if state.status in ENDED:
                ended.append(state)
            elif state.attempts > 0:
                failing.append(state)
            elif state.content_hash is None:
                new.append(state)
            elif state.status == "landed":
                young.append(state)
            else:
                edited.append(state)
        for states in (young, edited, failing):  # those that wait longest first, or a short run never gets to them
            states.sort(key=lambda state: state.fetched_at or state.first_seen_at)
        most = max(0, self._source.max_pages - len(self._turns))
        known, new = young + edited[:RECHECKS], new + ended
        of_new = min(len(new), most, max(most - len(known), most // 2, 1))  # known ones never take it all
        of_known = min(len(known), most - of_new)
        of_failing = min(len(failing), most - of_new - of_known)
        due = len(young) + len(edited) + len(new) + len(failing)
        self._waiting = due - of_known - of_new - of_failing
        chosen = known[:of_known], new[:of_new], failing[:of_failing]
        self._turns.update(state.entry_id for states in chosen for state in states)
        return chosen

    def _is_due(self, state: EntryState) -> bool:
        if state.content_hash is None and not self._is_wanted(state.url):
            return False
        if state.entry_id in self._known.again:
            return True
        if state.next_try_at is not None and state.next_try_at > self._now:
            return False
        if state.status in ENDED:
            return state.next_try_at is not None and state.attempts < LOOKS and not self._known.has_release_of(state)
        if state.status != "landed":
            return True
        # What changes with every look, for a counter in its text, is not young for ever.
        is_restless = (hint(state, "edits") or 0) >= RESTLESS
        since = (
            state.first_seen_at if is_restless else max(state.first_seen_at, state.changed_at or state.first_seen_at)
        )
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
        if state.entry_id in self._followed:  # its release is another entry's by now
            return Step(self._source.id, Result.UNCHANGED, count=0)
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
            self._count(is_asked=is_known and error.reason not in NOT_ASKED)
            return self._not_had(state, error)
        self._count(is_asked=is_known)
        final = clean_url(response.final_url) or state.url
        if final != state.url and (is_root(final) or address(final) == address(self._source.location)):
            detail = f"it leads to {final}, where sites send what they have no longer: look whether it is still there"
            return self._not_had(state, FetchError("status_404", state.url, detail, status=404))
        if response.is_not_modified:
            return self._unchanged(state, response)
        return self._came(state, response, final)

    def _count(self, *, is_asked: bool) -> None:
        with self._lock:
            self._asked += is_asked

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
        after = hinted(after, led=None, edits=None)
        with self._lock:
            self._known.put(after)
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
                return self._not_had(hinted(state, led=[final, _times_led(state, final) + 1]), error)
            home = (_permanent(response) if is_believed else None) or state.url
        elif final != state.url:
            home = _permanent(response) or state.url
        other = self._claim(state, home)
        if other is not None:
            return self._same_as(state, other, reading)
        former = self._former(state, home, reading) if self._is_nameless(state, home) else None
        if isinstance(former, Step):
            return former
        return self._taken(replace(state, url=home, record=record), response, reading, former)

    def _is_nameless(self, state: EntryState, home: str) -> bool:
        """Whether an entry has no release, and none is landed under its address."""
        if state.source_uri is not None and not self._known.has_release_of(state):
            return False
        return self._known.holder(home) is not None or home not in self._means.documents

    # Whether it is what it was asked for

    def _is_believed(self, state: EntryState, response: Response, final: str, reading: Reading) -> bool:
        """Whether something speaks for it that a page from another address is the release."""
        if not reading.problem and reading.document.content_hash == state.content_hash:
            return True
        if _is_near(state.url, final) or _is_titled(reading.title, state):
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
        if is_alone and _times_led(state, final) + 1 >= BELIEVED and self._other_at(final, state) is None:
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
            holder = self._known.entries[self._claimed.setdefault(address(home), first.entry_id)]
            if holder.content_hash is None and state.content_hash is not None:  # what came to nothing claims nothing
                self._claimed[address(home)] = state.entry_id
                return None
        return holder if holder.entry_id != state.entry_id else None

    def _former(self, state: EntryState, home: str, reading: Reading) -> EntryState | Step | None:
        """The entry that a new one was before it moved, if it was one: with the same text, or of the same id and title.

        Where that can't be found out now, or it is that entry still, the step that says so.
        """
        text = None if reading.problem else reading.document.content_hash
        named = self._known.entries.get(_id_named(state) or "")
        if named is not None and named.content_hash != text and not _is_of_title(state, named, reading):
            named = None
        for former in dict.fromkeys(each.entry_id for each in (named, self._known.texts.get(text or "")) if each):
            step = self._was(self._known.entries[former], state, home, text)
            if step is not None:
                return step
        return None

    def _was(self, former: EntryState, state: EntryState, home: str, text: str | None) -> EntryState | Step | None:
        """Whether a new entry was this one before: the entry, None where not, or the step that says something else."""
        if former.entry_id == state.entry_id or former.source_uri is None or former.status in ENDED:
            return None
        if address(former.url) == address(home):
            return None
        has_text = former.content_hash == text
        if has_text and _id_named(state) == former.entry_id:
            return self._follow(former)
        if has_text and (_is_near(former.url, home) or _asks_alike(former.url, home)):
            return self._same_as(state, former)
        try:
            response = self._means.web.get(
                former.url, self._manners, etag=former.etag, last_modified=former.last_modified, accept=PAGE
            )
        except FetchError as error:
            if error.reason in MISSING or (has_text and state.attempts >= TRIES):
                return self._follow(former)
            if state.attempts >= TRIES or error.reason in {"robots", "stopped"}:
                return None
            detail = (
                f"it may be {former.url} under another address, which does not answer ({error.detail}): asked again"
            )
            return self._not_had(state, FetchError("unsettled", state.url, detail))
        there = _permanent(response)
        if there is not None and address(there) == address(home):
            return self._follow(former)
        if state.attempts < TRIES and not self._stands(former, response):
            detail = f"it may be {former.url} under another address, which shows something else now: asked again"
            return self._not_had(state, FetchError("unsettled", state.url, detail))
        return None

    def _follow(self, former: EntryState) -> EntryState | None:
        """Take an entry for one that moved, unless another one was it before."""
        with self._lock:
            if former.entry_id in self._followed:
                return None
            self._followed.add(former.entry_id)
            self._known.put(_moved(former, self._now))
        return former

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
        with self._lock:
            source_uri = self._name(state, former)
            text = reading.document.content_hash
            before = former.content_hash if former else state.content_hash or self._means.documents.get(source_uri)
            is_same = before == text
            result = Result.UNCHANGED if is_same else Result.CHANGED if before else Result.NEW
            after = replace(
                state,
                status="landed",
                source_uri=source_uri,
                fetched_at=self._now,
                changed_at=self._now if result is Result.CHANGED else state.changed_at,
                missing_since=None,
                etag=response.header("ETag"),
                last_modified=response.header("Last-Modified"),
                content_hash=text,
                attempts=0,
                next_try_at=None,
                last_problem=None,
            )
            edits = (hint(state, "edits") or 0) + 1 if result is Result.CHANGED else None
            after = hinted(after, led=None, edits=edits)
            if reading.problem:
                after = self._later(replace(after, etag=None, last_modified=None, attempts=state.attempts), "refused")
                after = replace(after, last_problem=reading.problem)
            self._known.put(after)
        # Landing keeps the body in its record: to carry it along would cost memory for nothing.
        document = replace(reading.document, source_uri=source_uri, raw=b"", size=len(response.body))
        if reading.problem:
            result = Result.REFUSED
        elif former and is_same:
            result = Result.MOVED
        return Step(
            self._source.id,
            result,
            documents=() if is_same else (document,),
            entries=(after, _moved(former, self._now)) if former else (after,),
            settled=(source_uri, state.url),
        )

    def _name(self, state: EntryState, former: EntryState | None) -> str:
        """What a release is known by: where it was found first, marked where another one has that name."""
        own = None if self._known.has_release_of(state) else state.source_uri
        wanted = own or (former.source_uri if former else None) or state.url
        name, number = wanted, 1
        while (holder := self._known.holder(name)) is not None and holder.entry_id != state.entry_id:
            number += 1
            name = f"{wanted}#{number}"
        return name

    def _same_as(self, state: EntryState, other: EntryState, reading: Reading | None = None) -> Step:
        """An entry whose page is another entry's: what was landed for it is no release of its own any more."""
        after = self._ended(state, "moved")
        entries: tuple[EntryState, ...] = (after,)
        if reading and not reading.problem and other.content_hash not in {None, reading.document.content_hash}:
            entries = (after, replace(other, status="pending"))  # it was edited: to be asked for
        is_own = (
            state.source_uri is not None and state.content_hash is not None and state.source_uri != other.source_uri
        )
        gone = (Gone(self._source.id, state.source_uri),) if is_own and state.source_uri else ()
        settled = (state.url, *((state.source_uri,) if state.source_uri else ()))
        return Step(self._source.id, Result.MOVED, gone=gone, entries=entries, settled=settled)

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
        if state.source_uri is not None and error.reason in MISSING:
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

    def _closed(self, missing: Sequence[Step]) -> Iterator[Step]:
        """The releases that are gone: closed, unless they are so many that a mistake of the site is more likely."""
        allowed, asked = self._means.allow_closing, self._asked
        is_most = len(missing) > FEW_GONE and len(missing) > SHARE_GONE * asked
        doubted = is_most or len(missing) >= max(ALL_GONE, asked)
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


def _moved(former: EntryState, now: datetime) -> EntryState:
    """An entry whose release another one has now."""
    return replace(former, status="moved", content_hash=None, attempts=0, next_try_at=now + RARELY)


def _permanent(response: Response) -> str | None:
    """Where redirects that are for ever led."""
    return clean_url(response.permanent_url) if response.permanent_url else None


def _id_named(state: EntryState) -> str | None:
    """The id that the list gives an entry, where another entry had it before."""
    named: str | None = hint(state, "id")
    return named


def _times_led(state: EntryState, url: str) -> int:
    """How often an entry was led to an address since it last came."""
    led: list[Any] | None = hint(state, "led")
    return int(led[1]) if led and led[0] == url else 0


def _is_near(one: str, other: str) -> bool:
    """Whether two addresses differ only in how sites spell one: its ending, its letter case, www or m before it."""
    return _spelt(one) == _spelt(other)


def _asks_alike(one: str, other: str) -> bool:
    """Whether two addresses differ only in the values of their query, as marks of a visit do."""
    a, b = urlsplit(one), urlsplit(other)
    names = ([pair.partition("=")[0] for pair in parts.query.split("&")] for parts in (a, b))
    return a[1:3] == b[1:3] and bool(a.query) and next(names) == next(names)


def _spelt(url: str) -> tuple[str, str]:
    parts = urlsplit(url.lower())
    path = _ENDINGS.sub("", parts.path)
    return _HOSTS.sub("", parts.netloc, count=1), f"{path}?{parts.query}" if parts.query else path


def _is_of_title(state: EntryState, former: EntryState, reading: Reading) -> bool:
    """Whether two entries of one id are told by one title, so that they can be one release."""
    one, other = (hint(each, "title") for each in (state, former))
    return (one is not None and one == other) or _is_titled(reading.title, former)


def _is_titled(title: str | None, entry: EntryState) -> bool:
    """Whether a page has the title that the list gives its entry, as far as it can tell releases apart."""
    listed = " ".join((hint(entry, "title") or "").split()).rstrip(".… ")
    found = " ".join((title or "").split())
    short, long = sorted((listed, found), key=len)
    if len(short) < max(_LEAST_TITLE, _TITLE_SHARE * len(long)):  # the name of a site, which begins many titles
        return False
    return short in long and not is_lead(short)
