"""The lists of a source of the web: asked for conditionally, and what they say of entries noted in its state."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flows.acquire import feed, index_page, sitemap
from flows.acquire.entries import ListingError, address, is_of_site, wanted
from flows.acquire.html_decode import mojibake
from flows.acquire.steps import (
    ENDED,
    MISSING,
    NOT_ASKED,
    OURS,
    RARELY,
    UNTOLD,
    Result,
    Step,
    declaration,
    hint,
    put_off,
)
from flows.acquire.web.fetch import FetchError
from flows.acquire.xml_tree import MAX_BYTES
from schemas.records import EntryState, ListingState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flows.acquire.entries import Child, Entry, Listing
    from flows.acquire.sources import Source
    from flows.acquire.steps import Budget, Known, Means
    from flows.acquire.web.fetch import Manners, Response

PAGE: Final = "text/html, application/xhtml+xml;q=0.9, text/plain;q=0.5"
ACCEPT: Final = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    "sitemap": "application/xml, text/xml;q=0.9, */*;q=0.5",
    "page": PAGE,
}
READ: Final = {"feed": feed.read, "sitemap": sitemap.read, "page": index_page.read}
DOUBT: Final = timedelta(days=1)  # after which a list is asked for though it has not changed, as another one says;
DOUBTED: Final = 20  # so many in a run
LISTED: Final = timedelta(days=1)  # after which a page that is gone is looked at again if a list names it
SHARE: Final = 0.5  # of the time of a source, that its lists may take

_UNLISTED: Final = "unlisted"


class Lists:
    """The lists of one source in one run."""

    def __init__(self, source: Source, known: Known, means: Means, manners: Manners, budget: Budget) -> None:
        self._source = source
        self._known = known
        self._means = means
        self._now = means.now
        self._manners = replace(manners, max_bytes=MAX_BYTES)
        self._budget = budget
        self._is_wanted = wanted(source.links)
        self._declared = declaration(source)
        self.failing: list[tuple[str, str | None]] = []  # lists named by another one, and when they changed

    def steps(self) -> Iterator[Step]:
        """Ask for the source's list, and for the lists that it names as far as they may have changed."""
        yield from self._list(self._source.location, None, is_child=False)

    def steps_of_failing(self) -> Iterator[Step]:
        """Ask for the lists that failed when they were last asked for."""
        yield from self._in_order(self.failing)

    def _list(self, url: str, mark: str | None, *, is_child: bool) -> Iterator[Step]:
        before = self._known.listings.get(url) or ListingState(self._source.id, url, self._now)
        if before.next_try_at is not None and before.next_try_at > self._now:
            problem = f"{url} wants not to be asked before {before.next_try_at:%Y-%m-%d %H:%M} UTC"
            yield Step(self._source.id, Result.LEFT_ALONE, problem=problem, is_grave=self._is_silent(before))
            return
        whole = before.declaration != self._declared
        try:
            response = self._ask(url, None if whole else before)
            listing = None if _is_same(response, before, whole=whole) else self._read(response, before.failures)
        except (FetchError, ListingError) as error:
            yield self._unlisted(before, error, is_child=is_child)
            return
        after = self._after(before, response, mark)
        if whole:
            after = replace(after, next_url=None)
        if listing is None:
            yield Step(self._source.id, Result.LISTED, listings=(self._listed(after),), problem=after.last_problem)
            if after.next_url:
                yield from self._further(after, after.next_url, whole=True)
            if not is_child:
                yield from self._children(None)
            return
        after = replace(after, content_hash=hashlib.sha256(response.body).hexdigest(), last_problem=listing.flaw)
        yield from self._told(after, listing, whole=whole, is_child=is_child)

    def _after(self, before: ListingState, response: Response, mark: str | None) -> ListingState:
        """The state of a list that came, or has not changed."""
        is_same = response.is_not_modified
        return replace(
            before,
            asked_at=self._now,
            read_at=self._now,
            etag=response.header("ETag") or (before.etag if is_same else None),
            last_modified=response.header("Last-Modified") or (before.last_modified if is_same else None),
            listed_mark=mark,
            declaration=self._declared,
            failures=0,
            next_try_at=None,
        )

    def _told(self, after: ListingState, listing: Listing, *, whole: bool, is_child: bool) -> Iterator[Step]:
        """What a list says, and where it goes on: while there is something new, or (`whole`) to its end.

        Its validators are kept only when all that it leads to was asked for.
        """
        since = self._known.listings.get(after.url)
        states, news = self._note(listing)
        goes_on = listing.next_url if (news or whole) and self._source.depth > 1 else None
        wrong = self._wrong(after.url, listing, len(states))
        if not wrong and not goes_on and listing.next_url and news and news == len(states):
            wrong = self._cut_off(listing.next_url, 1)
        gap = None if goes_on or wrong else self._gap(after.url, listing, len(states), news, since)
        is_index = bool(listing.children) and not is_child
        rest = after.next_url
        first = replace(after, next_url=goes_on or rest, last_problem=listing.flaw or wrong)
        if listing.flaw or is_index:
            first = _whole(first)
        problem = f"{after.url}: {listing.flaw}; what could be read of it was taken" if listing.flaw else wrong or gap
        yield Step(
            self._source.id, Result.LISTED, listings=(self._listed(first),), entries=tuple(states), problem=problem
        )
        if goes_on:
            yield from self._further(first, goes_on, whole=whole)
        left = self._known.listings[after.url]
        if rest and (not goes_on or left.next_url is None):  # where a run before had to stop
            yield from self._further(left, rest, whole=True)
        if is_index:
            yield from self._children(listing.children)
            if not listing.flaw and all(map(self._is_dealt_with, listing.children)):
                yield Step(self._source.id, Result.LISTED, listings=(self._listed(after),), count=0)
        elif listing.children:
            problem = f"{after.url} is an index of sitemaps inside an index, which is not followed: name it as a source"
            yield Step(self._source.id, Result.FAILED, problem=problem, is_grave=True)

    def _further(self, first: ListingState, url: str, *, whole: bool) -> Iterator[Step]:
        """Read on where a list goes on with older entries; where that has to stop, the next run goes on."""
        met = {first.url}
        following: str | None = url
        while following and following not in met and len(met) < self._source.depth:
            stopped = self._listed(replace(first, next_url=following))
            if self._budget.is_spent(SHARE):
                problem = f"{following} was not read: {self._slow()}"
                yield Step(self._source.id, Result.WAITING, listings=(stopped,), problem=problem, count=0)
                return
            met.add(following)
            try:
                listing = self._read(self._ask(following, None), first.failures)
            except (FetchError, ListingError) as error:
                problem = f"{following}: {error}; the next run reads on"
                if not (isinstance(error, FetchError) and error.reason in MISSING):
                    yield Step(self._source.id, _outcome(error), listings=(stopped,), problem=problem)
                    return
                yield Step(self._source.id, Result.FAILED, problem=f"{following}: {error}; so it ends before that")
                following = None
                break
            states, news = self._note(listing)
            following = listing.next_url if news or whole else None
            yield Step(self._source.id, Result.LISTED, entries=tuple(states))
        cut = self._cut_off(following, len(met)) if following and following not in met else None
        read = replace(first, next_url=None, last_problem=cut or first.last_problem)
        yield Step(self._source.id, Result.LISTED, listings=(self._listed(read),), problem=cut, count=0)

    def _wrong(self, url: str, listing: Listing, count: int) -> str | None:
        """What is wrong with how a source means a list, of which `count` entries are meant."""
        if self._source.links:
            if listing.entries and not count:
                return f"{url}: none of its {len(listing.entries):,} links is meant by the source: correct links"
        elif foreign := [each.url for each in listing.entries if not self._is_of_site(each)]:
            return (
                f"{url}: {len(foreign):,} of its entries are of other sites, such as {foreign[0]}, and are left out: "
                "name them in links if they are meant"
            )
        return None

    def _gap(self, url: str, listing: Listing, count: int, news: int, before: ListingState | None) -> str | None:
        """What a list may have named and forgotten: it has nothing that was known, and goes on nowhere."""
        is_window = self._source.kind != "sitemap" and not listing.next_url
        if not is_window or not news or news < count or before is None or before.read_at is None:
            return None
        return (
            f"{url}: none of its {count:,} entries was known, so that it may have named and forgotten others since "
            f"{before.read_at:%Y-%m-%d %H:%M} UTC: run more often"
        )

    def _cut_off(self, following: str, pages: int) -> str:
        what = "page" if pages == 1 else "pages"
        return (
            f"{self._source.location} goes on with entries that may be new at {following}, and {pages} {what} of it "
            "are read, as its source says: raise depth, and it is read on"
        )

    def _slow(self) -> str:
        return f"the source took its {self._budget.minutes:g} minutes; the next run goes on, or raise max_minutes"

    def _children(self, named: Sequence[Child] | None) -> Iterator[Step]:
        """Ask for the lists that a list names, unless it says that they are as they were; None: it did not change."""
        location = self._source.location
        known = {
            url: state
            for url, state in self._known.listings.items()
            if url != location and state.declaration == self._declared
        }
        if named is None:
            due = [state for state in known.values() if state.failures or state.listed_mark is None]
            asked = {state.url: state.listed_mark for state in due}
            current = [state for state in known.values() if state.url not in asked and state.listed_mark != _UNLISTED]
        else:
            marks = {child.url: child.updated for child in named if child.url != location}
            for url, state in known.items():
                if url not in marks and (state.failures or state.listed_mark != _UNLISTED):
                    left = self._listed(replace(_whole(state), listed_mark=_UNLISTED, failures=0))
                    yield Step(self._source.id, Result.LISTED, listings=(left,), count=0)
            asked = {url: mark for url, mark in marks.items() if not _is_current(known.get(url), mark)}
            current = [state for url, state in known.items() if url in marks and url not in asked]
        # First those that never were asked for, of them what changed last; then those that wait longest.
        newest = sorted(asked.items(), key=lambda each: each[1] or "", reverse=True)
        waiting = sorted((known[url] for url in asked if url in known), key=lambda state: state.asked_at)
        self.failing = [(state.url, asked[state.url]) for state in waiting if state.failures]
        turns = [each for each in newest if each[0] not in known]
        turns += [(state.url, asked[state.url]) for state in waiting if not state.failures]
        yield from self._in_order([*turns, *self._in_doubt(current)])

    def _in_order(self, turns: Sequence[tuple[str, str | None]]) -> Iterator[Step]:
        """Ask for lists that another one names, as far as there is time."""
        for at, (url, mark) in enumerate(turns):
            if self._budget.is_spent(SHARE):
                left = len(turns) - at
                problem = f"{left:,} of the lists that {self._source.location} names were not asked for: {self._slow()}"
                yield Step(self._source.id, Result.WAITING, problem=problem, count=left)
                return
            yield from self._list(url, mark, is_child=True)

    def _in_doubt(self, current: Sequence[ListingState]) -> Iterator[tuple[str, str | None]]:
        """Some of the lists that have not changed, as the list naming them says: some say so for ever."""
        old = [state for state in current if self._now - state.asked_at >= DOUBT]
        old.sort(key=lambda state: state.asked_at)
        yield from ((state.url, state.listed_mark) for state in old[:DOUBTED])

    def _is_dealt_with(self, child: Child) -> bool:
        """Whether a list that another one names was asked for: then its own state tells whether it is to be again."""
        state = self._known.listings.get(child.url)
        return state is not None and (state.failures > 0 or state.listed_mark == child.updated)

    def _ask(self, url: str, before: ListingState | None) -> Response:
        return self._means.web.get(
            url,
            self._manners,
            etag=before.etag if before else None,
            last_modified=before.last_modified if before else None,
            accept=ACCEPT[self._source.kind],
        )

    def _read(self, response: Response, failures: int) -> Listing:
        """What a list says. One whose words are damaged is taken only if it comes so again and again."""
        self._means.warc.write(response, self._source.id, is_listing=True)
        content_type = response.header("Content-Type")
        listing = READ[self._source.kind](response.body, url=response.final_url, content_type=content_type)
        if problem := mojibake(" ".join(entry.title or "" for entry in listing.entries)):
            if failures + 1 < UNTOLD:
                raise ListingError("mojibake", f"{response.final_url}: {problem}")
            listing.flaw = problem
            listing.entries = [replace(entry, title=None, publisher=None) for entry in listing.entries]
        return listing

    def _listed(self, state: ListingState) -> ListingState:
        self._known.listings[state.url] = state
        return state

    def _unlisted(self, before: ListingState, error: FetchError | ListingError, *, is_child: bool) -> Step:
        """A list that could not be read; that is grave where it never could be, or not for days.

        It is not where the list that names it is read and it is not there: its site has forgotten to leave it out.
        """
        is_silent = self._is_silent(before)
        if isinstance(error, FetchError) and error.reason in NOT_ASKED:
            return Step(self._source.id, Result.LEFT_ALONE, problem=error.detail, is_grave=is_silent)
        after = replace(
            _whole(before),
            asked_at=self._now,
            declaration=self._declared,
            failures=before.failures + 1,
            next_try_at=put_off(error.retry_after, self._now) if isinstance(error, FetchError) else None,
            last_problem=error.detail,
        )
        since = before.read_at
        told = "it never could be read" if since is None else f"it could last be read at {since:%Y-%m-%d %H:%M} UTC"
        what = error.detail if before.url in error.detail else f"{before.url}: {error.detail}"
        return Step(
            self._source.id,
            _outcome(error),
            listings=(self._listed(after),),
            problem=f"{what} ({told})",
            is_grave=(since is None or is_silent) and not (is_child and error.reason in MISSING),
        )

    def _is_silent(self, state: ListingState) -> bool:
        """Whether a list could not be read for longer than its entries are looked at again, or never in some tries."""
        if state.read_at is None:
            return state.failures >= UNTOLD
        return self._now - state.read_at > timedelta(days=self._source.overlap_days)

    def _note(self, listing: Listing) -> tuple[list[EntryState], int]:
        """What a list says of its entries as states, and how many of them are new."""
        states: list[EntryState] = []
        news = 0
        for entry in listing.entries:
            if not self._is_ours(entry):
                continue
            state, is_new = self._state(entry)
            news += is_new
            states.append(state)
            self._known.put(state)
        return states, news

    def _is_ours(self, entry: Entry) -> bool:
        source = self._source
        if address(entry.url) == address(source.location) or not self._is_wanted(entry.url):
            return False
        return bool(source.links) or self._is_of_site(entry)

    def _is_of_site(self, entry: Entry) -> bool:
        return is_of_site(entry.url, self._source.location)

    def _state(self, entry: Entry) -> tuple[EntryState, bool]:
        """What an entry of a list is now, and whether it is new."""
        known, mark, hints = self._known, _mark(entry), dict(entry.hints)
        state = known.addresses.get(address(entry.url))
        if state is None and entry.entry_id:
            state = known.entries.get(entry.entry_id)
            if state is not None and not self._is_same(state, entry, mark):
                hints["id"] = (
                    entry.entry_id
                )  # one id, at two addresses, for what may be two: it moved, or the id is none
                state = None
        if state is None:
            return self._first(entry, mark, hints)
        hints |= {own: kept for own in OURS if (kept := hint(state, own)) is not None}
        is_elsewhere = address(entry.url) != address(state.url)
        after = replace(
            state,
            url=entry.url if state.status != "moved" else state.url,
            etag=None if is_elsewhere else state.etag,
            last_modified=None if is_elsewhere else state.last_modified,
            last_seen_at=self._now,
            listed_mark=mark,
            hints=json.dumps(hints, ensure_ascii=False),
        )
        is_changed = state.listed_mark != mark
        if state.status in ENDED:
            self._named_again(after, is_changed=is_changed)
        elif state.status == "landed" and (is_changed or is_elsewhere):
            after = replace(after, status="pending", next_try_at=None)
        return after, False

    def _is_same(self, state: EntryState, entry: Entry, mark: str) -> bool:
        """Whether an entry of a list is the one that it named by the same id at another address."""
        if state.status in ENDED:
            return False
        return state.source_uri == entry.url or (entry.title is not None and state.listed_mark == mark)

    def _first(self, entry: Entry, mark: str, hints: dict[str, str]) -> tuple[EntryState, bool]:
        """An entry that is listed at this address for the first time, and whether it is new.

        It is not where the release that was found here first is elsewhere now, and the list says the same of it.
        """
        name = entry.url if "id" in hints else entry.entry_id or entry.url
        entry_id, number = name, 1
        while entry_id in self._known.entries:
            number += 1
            entry_id = f"{entry.url}#{number}"
        said = json.dumps(hints, ensure_ascii=False)
        state = EntryState(
            self._source.id, entry_id, entry.url, "pending", self._now, self._now, listed_mark=mark, hints=said
        )
        holder = self._known.holder(entry.url)
        if holder is None or holder.listed_mark != mark or entry.entry_id not in {None, holder.entry_id}:
            return state, True
        return replace(state, status="moved", next_try_at=self._now + RARELY), False

    def _named_again(self, state: EntryState, *, is_changed: bool) -> None:
        """An entry that is gone or moved, and that a list names all the same: due where that says something new.

        It is so too where it is time to look at it, or its release was another entry's and is that no longer.
        """
        sooner = RARELY - LISTED if state.status == "gone" else timedelta()
        is_time = state.next_try_at is not None and state.next_try_at - sooner <= self._now
        is_bereft = state.source_uri is not None and self._known.holder(state.source_uri) is None
        if is_changed or is_time or (is_bereft and state.status == "moved" and not state.attempts):
            self._known.again.add(state.entry_id)


def _whole(state: ListingState) -> ListingState:
    """A list that is to be read whole the next time, changed or not."""
    return replace(state, etag=None, last_modified=None, content_hash=None)


def _outcome(error: FetchError | ListingError) -> Result:
    return Result.LEFT_ALONE if isinstance(error, FetchError) and error.reason in NOT_ASKED else Result.FAILED


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


def _mark(entry: Entry) -> str:
    """What a list says of an entry, as a digest: another one means that something changed."""
    said = "\x1f".join((entry.title or "", entry.published or "", entry.updated or ""))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]
