"""What the sources of the web and of WARC files give, into landing: many threads ask, one lands.

Each step of a source brings documents and the state to be kept. Both are gathered for a while; then the WARC files are
forced to disk, then the queue rows that point into them, and then, in one transaction, the state is kept. A run that is
killed anywhere has asked for something in vain, and nothing else: what is landed but not kept is found unchanged.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Final

import duckdb

from flows.acquire import warc
from flows.acquire.landing import (
    BATCH_BYTES,
    BATCH_DOCUMENTS,
    LandingError,
    landed_overrides,
    write_gone,
    write_landing,
)
from flows.acquire.overrides import under
from flows.acquire.sources import SourceError
from flows.acquire.steps import Known, Means, Result, Step, put_off
from flows.acquire.web.fetch import Web
from flows.acquire.web.warc_landing import WarcWriter
from flows.acquire.web_source import Gathered, crawl
from flows.quality.summary import SourceTally
from schemas.records import Document, HostState, Rejected, RobotsState
from warehouse.errors import WarehouseError
from warehouse.load import record_rejected, settle_acquired
from warehouse.web_state import entries_of, fetched_at, keep_state, listings_of, sites
from warehouse.work import known_documents, known_overrides, pending_batches, set_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from flows.acquire.sources import Source
    from schemas.records import EntryState, Gone, ListingState, Override
    from warehouse.paths import Paths

FLUSH_SECONDS: Final = 60.0  # that something fetched may wait to be landed
FLUSH_STEPS: Final = 5_000
PROBLEMS: Final = 5  # of a source that are told


@dataclass(frozen=True, slots=True)
class Harvest:
    """What the sources gave, what came of each, and what is wrong: some of it is only told, some fails the run."""

    acquired: int
    unchanged: int
    rejected: int
    still_quarantined: int  # given again as they were, and set aside by an earlier run
    tallies: list[SourceTally]
    notes: list[str]
    problems: list[str]


def harvest(
    con: duckdb.DuckDBPyConnection,
    paths: Paths,
    sources: Sequence[Source],
    *,
    run_id: str,
    now: datetime,
    allow_closing: bool | None = None,
    web: Callable[[], Web] = Web,
    done: Callable[[], None] = lambda: None,
) -> Harvest:
    """Land what is new at sources of the web and in WARC files.

    Args:
        con: the work database.
        paths: the warehouse, whose lock the caller holds.
        sources: of kinds feed, sitemap, page or warc.
        run_id: what the landing files are named after.
        now: when the run began, aware.
        allow_closing: whether releases are closed that are gone, however many; None: unless they are suspiciously many.
        web: makes the client.
        done: called after each step.
    """
    for leftover in paths.landing.glob("*.warc.gz.tmp"):  # of runs that were killed while writing
        leftover.unlink()
    with web() as client, WarcWriter(paths.landing, run_id) as writer:
        lander = _Lander(con, paths, sources, client, writer, run_id, now)
        means = Means(client, writer, now, lander.documents, lander.fetched, allow_closing)
        gathered = Gathered({source.id: lander.job(source, means) for source in sources})
        with closing(iter(gathered)) as steps:
            try:
                for step in steps:
                    lander.take(step)
                    done()
            finally:
                client.close()  # nobody waits for threads that still hang in a request
        lander.flush()
        return lander.told(gathered.errors)


@dataclass(slots=True)
class _Pile:
    """What waits to be landed and kept."""

    documents: list[Document | Rejected] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    noted: list[ListingState | EntryState] = field(default_factory=list)  # of lists: kept before anything is landed
    states: list[EntryState | ListingState] = field(default_factory=list)  # kept once the documents are landed
    settled: set[str] = field(default_factory=set)
    uris: dict[str, str | None] = field(default_factory=dict)  # with the content hash; None: gone
    bytes: int = 0
    steps: int = 0


class _Lander:
    """The one that lands, for all sources of a run."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        paths: Paths,
        sources: Sequence[Source],
        client: Web,
        writer: WarcWriter,
        run_id: str,
        now: datetime,
    ) -> None:
        self._con = con
        self._landing: Path = paths.landing
        self._client = client
        self._writer = writer
        self._run_id = run_id
        self._now = now
        pending = pending_batches(con, paths)
        self.documents = known_documents(con, pending)
        self._set_aside = set_aside(con)
        self._decisions: list[Override] = [*known_overrides(con), *landed_overrides(pending)]
        self._decided: dict[str, tuple[str, str]] = {}
        names = [source.id for source in sources]
        listings, entries = listings_of(con, names), entries_of(con, names)
        self._known = {name: Known.of(listings[name], entries[name], self.documents, now) for name in names}
        archives = [source.id for source in sources if source.kind == "warc"]
        self.fetched = fetched_at(con, archives) if archives else {}
        self.tallies = {source.id: SourceTally(source.id, source.kind, source.location) for source in sources}
        self._acquired = self._unchanged = self._rejected = self._still = 0
        self._pile = _Pile()
        self._landed_at = monotonic()
        began = datetime.now(UTC)  # by which sites count, while the state counts from the beginning of the run
        hosts = [each for each in sites(con, HostState) if each.left_alone_until > now]
        client.recall(
            {each.host: (each.why, began + (each.left_alone_until - now)) for each in hosts}, sites(con, RobotsState)
        )

    def job(self, source: Source, means: Means) -> Callable[[], Iterator[Step]]:
        """What a thread is to do for a source. It holds no connection: a thread may outlive a run that was stopped."""
        known = self._known[source.id]
        return partial(warc.crawl if source.kind == "warc" else crawl, source, known, means)

    def take(self, step: Step) -> None:
        """Add a step to what waits; land it all when it is enough."""
        pile = self._pile
        uris: dict[str, str | None] = {
            each.source_uri: each.content_hash for each in step.documents if isinstance(each, Document)
        }
        uris |= dict.fromkeys((each.source_uri for each in step.gone), None)
        self._count(step)
        if uris.keys() & pile.uris.keys():  # two contents of one release, or its end: one after the other
            self.flush()
            pile = self._pile
        pile.uris |= uris
        for each in step.documents:
            document = under(each, self._decisions) if isinstance(each, Document) else each
            if isinstance(document, Document):
                pile.bytes += len(document.raw) or document.size
                if document.overrides:
                    self._decided[document.source_uri] = document.content_hash, document.overrides[-1].override_id
            pile.documents.append(document)
        pile.gone += step.gone
        (pile.noted if step.listings else pile.states).extend((*step.listings, *step.entries))
        pile.settled |= {*step.settled, *uris}
        pile.steps += 1
        is_old = monotonic() - self._landed_at > FLUSH_SECONDS
        if len(pile.documents) >= BATCH_DOCUMENTS or pile.bytes >= BATCH_BYTES or pile.steps >= FLUSH_STEPS or is_old:
            self.flush()

    def _is_here(self, step: Step) -> bool:
        """Whether another source gave a step's documents just before."""
        here = self._pile.uris
        return all(
            here.get(each.source_uri, self.documents.get(each.source_uri)) == each.content_hash
            for each in step.documents
        )

    def flush(self) -> None:
        """Land what waits, and then keep the state: so nothing is believed to be landed that is not."""
        pile, self._pile = self._pile, _Pile()
        self._landed_at = monotonic()
        if not pile.steps:
            return
        keep_state(self._con, pile.noted, now=self._now)  # so that what is landed has a name, whatever happens
        self._writer.sync()
        landed = write_landing(self._landing, self._run_id, pile.documents, self.documents, acquired_at=self._now)
        write_gone(self._landing, self._run_id, pile.gone, acquired_at=self._now)
        for each in pile.documents:
            if isinstance(each, Document):
                self.documents[each.source_uri] = each.content_hash
        for gone in pile.gone:
            self.documents.pop(gone.source_uri, None)
        self._acquired += landed.acquired
        self._unchanged += landed.unchanged
        if landed.rejected:
            new = record_rejected(self._con, landed.rejected, run_id=self._run_id, seen_at=self._now)
            self._rejected += new
            self._still += len(landed.rejected) - new
        if pile.settled:
            settle_acquired(
                self._con,
                source_id="",
                listed=pile.settled,
                decided=self._decided,
                is_gone=lambda _: False,
                run_id=self._run_id,
                seen_at=self._now,
            )
        keep_state(self._con, [*pile.states, *self._sites()], now=self._now)

    def _sites(self) -> Iterator[HostState | RobotsState]:
        """What this run has learned of sites."""
        for host, (why, until) in self._client.put_off.items():
            if later := put_off(until, self._now):
                yield HostState(host, later, why)
        yield from self._client.robots_kept

    def _count(self, step: Step) -> None:
        tally = self.tallies[step.source_id]
        result = Result.UNCHANGED if step.result is Result.NEW and self._is_here(step) else step.result
        tally.add(result, step.count)
        if step.result is Result.UNCHANGED:
            if any(self._set_aside.get((each.source_uri or "", each.content_hash)) for each in step.entries):
                self._still += step.count
            else:
                self._unchanged += step.count
        if step.problem:
            tally.problems.append(step.problem)
            tally.is_grave |= step.is_grave

    def told(self, errors: dict[str, Exception]) -> Harvest:
        """What came of the run."""
        for name, error in errors.items():
            if isinstance(error, LandingError | WarehouseError | duckdb.Error):
                raise error  # of ours, not of the source
            said = str(error) if isinstance(error, SourceError) else f"it ended in {type(error).__name__}: {error}"
            self.tallies[name].problems.append(said)
            self.tallies[name].is_grave = True
        notes = [f"{host} was left alone: {why}." for host, why in self._client.left_alone.items()]
        problems: list[str] = []
        for tally in self.tallies.values():
            for problem in _few(tally.problems):
                sentence = problem if problem.startswith('source "') else f'source "{tally.source_id}": {problem}'
                (problems if tally.is_grave else notes).append(f"{sentence.removesuffix('.')}.")
        tallies = list(self.tallies.values())
        return Harvest(self._acquired, self._unchanged, self._rejected, self._still, tallies, notes, problems)


def _few(problems: list[str]) -> Iterator[str]:
    """Some problems in words, the others by number."""
    yield from problems[:PROBLEMS]
    if len(problems) > PROBLEMS:
        yield f"{len(problems) - PROBLEMS:,} more problems of this kind"
