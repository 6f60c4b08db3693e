"""The Prefect flow from sources to the published warehouse and its report: orchestration only.

Paths and ids travel between the tasks, never data; a run is a handful of tasks, each of thousands of releases. What is
done is done for good: a run that is killed anywhere leaves its landing batches, and the next run goes on with them.
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import duckdb
from prefect import flow, runtime, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows import progress
from flows.acquire import READERS, documents
from flows.acquire.closing import absence, find_gone, lists_all, refusal
from flows.acquire.landing import landed_overrides, write_gone, write_landing
from flows.acquire.overrides import admitting, under
from flows.acquire.sources import SourceError
from flows.alerts import Alerts
from flows.alerts.settings import SettingsError, load_targets
from flows.complaints import FULL_DISK, explain
from flows.engine import SCHEDULE_PID, end_with
from flows.extract.find import EXTRACTOR_VERSION
from flows.harvest import Harvest, harvest
from flows.lineage import Lineage
from flows.quality import html
from flows.quality import summary as summaries
from flows.quality.artifacts import tables
from flows.quality.catalogue import every
from flows.quality.checks import Verdict, require_whole, run_checks
from flows.quality.record import record_results
from flows.quality.results import write_results
from flows.quality.summary import Summary
from flows.request import chosen_sources
from flows.show import TALLIES
from flows.stage import known_rules
from flows.workers import Job, stage_all
from schemas.instants import utc
from schemas.records import Rejected
from warehouse.connect import connect
from warehouse.dimensions import load_dimensions
from warehouse.errors import WarehouseError
from warehouse.load import load_batches, record_rejected, settle_acquired
from warehouse.lock import run_lock
from warehouse.paths import Paths
from warehouse.publish import publish as publish_snapshot
from warehouse.sameness import relate
from warehouse.work import (
    clear_staging,
    finish_run,
    known_documents,
    known_overrides,
    open_work,
    pending_batches,
    set_aside,
    standing_documents,
    start_run,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flows.acquire.sources import Source
    from schemas.records import Document, Override

RETRIES = 2
RETRY_SECONDS = 2
NAMES_TOLD = 3


class RunEnded(Exception):  # noqa: N818 - it is an outcome
    """A run that is not `ok`, with all that it did: the gate refused, or a part of the input could not be taken."""

    def __init__(self, summary: Summary) -> None:
        super().__init__(summary.message)
        self.summary = summary


@dataclass(frozen=True, slots=True)
class Acquired:
    """What a source gave, and what is wrong with what it gave no longer."""

    acquired: int
    unchanged: int
    rejected: int
    still_quarantined: int
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the batches added."""

    loaded: int
    revised: int
    closed: int


@flow(name="klangkhao-ingest", flow_run_name="ingest", validate_parameters=False)
def ingest(
    paths: list[str],
    warehouse: str,
    sources_file: str | None = None,
    force: bool = False,  # noqa: FBT001, FBT002 - Prefect passes parameters by name
    allow_closing: bool | None = None,  # noqa: FBT001
    workers: int | None = None,
    settings_file: str | None = None,
    checks_folder: str | None = None,
) -> Summary:
    """Take in what is new in the sources, and publish the warehouse with it.

    Releases that a source has no longer are closed; where they are suspiciously many, only if `allow_closing` is true,
    and none if it is false.

    Raises:
        RunEnded: the run came to its end but is not `ok`.
        SourceError: a path does not exist, or the declaration of sources is wrong.
        WarehouseError: the warehouse can't be used, or another run is using it.
    """
    if schedule := os.environ.get(SCHEDULE_PID):
        end_with(int(schedule))
    plan = Plan("klangkhao-ingest", lambda: chosen_sources(paths, sources_file), settings_file, checks_folder)
    parameters = {
        "paths": paths,
        "sources": sources_file,
        "force": force,
        "allow_closing": allow_closing,
        "workers": workers,
    }
    with begun(Paths(Path(warehouse)), plan, parameters) as run:
        for source in run.sources:
            if source.kind not in READERS:
                continue
            with run.stage("acquire"):
                got = acquire(str(run.paths.snapshot), source, run.summary.run_id, allow_closing)
            if isinstance(got, str):
                run.problems.append(got)
            else:
                run.summary.acquired += got.acquired
                run.summary.unchanged += got.unchanged
                run.summary.rejected += got.rejected
                run.summary.still_quarantined += got.still_quarantined
                if got.doubt:
                    run.problems.append(got.doubt)
        asked = [source for source in run.sources if source.kind not in READERS]
        if asked:
            with run.stage("fetch"):
                _add(run, fetch(str(run.paths.snapshot), asked, run.summary.run_id, run.started_at, allow_closing))
        finish(run, force=force, workers=workers)
    return run.summary


@dataclass(frozen=True, slots=True)
class Plan:
    """The flow that a run is of, how to find its sources, who is told of changes, and the checks of one's own."""

    flow: str
    sources: Callable[[], Sequence[Source]]
    settings_file: str | None = None
    checks_folder: str | None = None


class Run:
    """A run under way: where it works, what it has done, how long each stage took, what was left out."""

    def __init__(self, paths: Paths, plan: Plan, parameters: dict[str, Any]) -> None:
        now = datetime.now(UTC)
        self.paths = paths
        self.plan = plan
        self.sources: Sequence[Source] = ()
        self.checked = False
        self.stopped = False
        self.started_at = utc(now)
        self.clock = perf_counter()
        self.problems: list[str] = []
        self.summary = Summary(
            run_id=f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}",
            warehouse=str(paths.snapshot),
            extractor_version=EXTRACTOR_VERSION,
            started_at=self.started_at.isoformat(),
            parameters=parameters,
        )
        self.lineage = Lineage(paths, plan.flow)
        self.alerts = self._alerts()

    def _alerts(self) -> Alerts:
        """What tells of changes. Settings that can't be read are told of and cost no run."""
        file = self.plan.settings_file
        try:
            return Alerts.of(self.paths, load_targets(Path(file)) if file else [])
        except SettingsError as error:
            self.summary.notes.append(f"Nobody can be alerted: {error}")
            return Alerts.of(self.paths, [])

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[None]:
        """Time a stage; one that is entered again adds up."""
        progress.current().begin(name, total)
        began = perf_counter()
        try:
            yield
        finally:
            self.summary.stages[name] = self.summary.stages.get(name, 0.0) + perf_counter() - began


@contextmanager
def begun(paths: Paths, plan: Plan, parameters: dict[str, Any], *, fresh: bool = False) -> Iterator[Run]:
    """Hold the warehouse and have a run on record for the length of the block, whichever way that ends.

    Args:
        paths: the warehouse.
        plan: what is run, and the sources to be known in the warehouse.
        parameters: what the run was asked to do, for its record.
        fresh: start with an empty work database, to be filled from landing again.
    """
    with run_lock(paths):
        run = Run(paths, plan, parameters)
        try:
            with run.stage("prepare"):
                run.sources = plan.sources()
                _note(run, lambda: run.lineage.begin(run.summary, run.sources))
                with closing(open_work(paths, fresh=fresh)) as con:
                    clear_staging(paths)
                    load_dimensions(con, sources=run.sources, rules=known_rules())
                    summary = run.summary
                    version = EXTRACTOR_VERSION
                    start_run(con, run_id=summary.run_id, started_at=run.started_at, extractor_version=version)
            yield run
        except RunEnded:
            raise
        except BaseException as error:
            _record_failure(run, error)
            raise
        finally:
            _pass_on(run)
            _tell(run.summary)


def finish(run: Run, *, force: bool, workers: int | None) -> None:
    """Work off the landing queue, check what came of it, publish it if the gate lets it pass, and report.

    Raises:
        RunEnded: the run came to its end but is not `ok`.
    """
    summary, warehouse = run.summary, str(run.paths.snapshot)
    with closing(open_work(run.paths)) as con:
        batches = [str(path) for path in pending_batches(con, run.paths)]
    summary.batches = len(batches)
    if batches:
        with run.stage("extract", len(batches)):
            staged, failed = extract(warehouse, batches, summary.run_id, run.started_at, workers)
        summary.failed_batches = sorted(failed)
        run.problems += _told(failed)
        with run.stage("load", len(staged)):
            added = load(warehouse, staged, summary.run_id)
        summary.loaded, summary.revised, summary.closed = added.loaded, added.revised, added.closed
    with run.stage("compare"):
        compare(warehouse)
    with run.stage("check"):
        summary = run.summary = check(warehouse, summary, run.plan.checks_folder)
    run.checked = True
    verdict = Verdict(summary.verdict or Verdict.PASS)
    refused = verdict is Verdict.FAIL and not force
    summary.status = "refused" if refused else "failed" if run.problems else "ok"
    summary.message = _message(run, verdict, force=force)
    _close(run)
    if not refused:
        with run.stage("publish"):
            publish(warehouse)
        summary.published = True
    summary.seconds = perf_counter() - run.clock
    with run.stage("report"):
        summary.report = report(warehouse, summary)
    summary.seconds = perf_counter() - run.clock
    if summary.status != "ok":
        raise RunEnded(summary)


def _worth_retrying(_task: object, _run: object, state: Any) -> bool:
    """Try again what another moment may mend: a share that is away for a second, not a full disk or a wrong path."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, OSError) and error.errno not in FULL_DISK


@task(
    task_run_name="acquire {source.id}",
    retries=RETRIES,
    retry_delay_seconds=RETRY_SECONDS,
    retry_condition_fn=_worth_retrying,
    cache_policy=NO_CACHE,
)
def acquire(warehouse: str, source: Source, run_id: str, allow_closing: bool | None) -> Acquired | str:  # noqa: FBT001
    """Land what is new in a source and what is gone from it, and set aside what can't be read.

    Returns what is wrong instead if the source itself can't be read.
    """
    paths = Paths(Path(warehouse))
    now = datetime.now(UTC)
    with closing(open_work(paths)) as con:
        pending = pending_batches(con, paths)
        known, standing = known_documents(con, pending), standing_documents(con, source.id, pending)
        decisions = [*known_overrides(con), *landed_overrides(pending)]
        decided: dict[str, tuple[str, str]] = {}
        earlier, given = set_aside(con), set[tuple[str, str]]()
        try:
            found = _counted(admitting(source, decisions), decisions, decided, given)
            landed = write_landing(paths.landing, run_id, found, known, acquired_at=now)
        except SourceError as error:
            gone = Rejected(source.id, f"file://{source.location}", None, "source_unreadable", str(error))
            record_rejected(con, [gone], run_id=run_id, seen_at=now)
            return str(error)
        record_rejected(con, landed.rejected, run_id=run_id, seen_at=now)
        settle_acquired(
            con,
            source_id=source.id,
            listed=landed.listed,
            decided=decided,
            is_gone=absence(source, landed),
            run_id=run_id,
            seen_at=now,
        )
    doubt = None
    if allow_closing is not False and lists_all(source):
        missing = find_gone(source, standing, landed)
        if missing and not allow_closing:
            doubt = refusal(source, standing, missing, landed)
        if not doubt:
            write_gone(paths.landing, run_id, missing, acquired_at=now)
    # A document that was set aside before and is as it was is neither unchanged nor rejected anew, wherever it failed.
    unread = sum(earlier.get(each, False) for each in given if known.get(each[0]) == each[1])
    again = [earlier[key] for each in landed.rejected if (key := (each.source_uri, each.content_hash)) in earlier]
    return Acquired(
        landed.acquired,
        landed.unchanged - unread + again.count(False),
        len(landed.rejected) - len(again),
        unread + again.count(True),
        doubt,
    )


@task(
    retries=RETRIES,
    retry_delay_seconds=RETRY_SECONDS,
    retry_condition_fn=_worth_retrying,
    cache_policy=NO_CACHE,
)
def fetch(
    warehouse: str,
    sources: list[Source],
    run_id: str,
    started_at: datetime,
    allow_closing: bool | None,  # noqa: FBT001
) -> Harvest:
    """Land what is new at the sources of the web and in WARC files, all of them at once."""
    paths = Paths(Path(warehouse))
    with closing(open_work(paths)) as con:
        return harvest(
            con,
            paths,
            sources,
            run_id=run_id,
            now=started_at.replace(tzinfo=UTC),
            allow_closing=allow_closing,
            done=progress.current().advance,
        )


def _add(run: Run, got: Harvest) -> None:
    run.summary.acquired += got.acquired
    run.summary.unchanged += got.unchanged
    run.summary.rejected += got.rejected
    run.summary.still_quarantined += got.still_quarantined
    run.summary.sources = got.tallies
    run.summary.notes += got.notes
    run.problems += got.problems


def _counted(
    source: Source,
    decisions: Sequence[Override],
    decided: dict[str, tuple[str, str]],
    given: set[tuple[str, str]],
) -> Iterator[Document | Rejected]:
    """What a source gives, each document under the decisions that hold for it, which are noted by its URI.

    URI and content hash of each document are put into `given`.
    """
    for found in documents(source):
        if isinstance(found, Rejected):
            yield found
        else:
            document = under(found, decisions)
            given.add((document.source_uri, document.content_hash))
            if document.overrides:
                decided[document.source_uri] = document.content_hash, document.overrides[-1].override_id
            yield document
        progress.current().advance()


@task(cache_policy=NO_CACHE)
def extract(
    warehouse: str, batches: list[str], run_id: str, seen_at: datetime, workers: int | None
) -> tuple[list[str], dict[str, str]]:
    """Decode, extract and validate landing batches in worker processes.

    Returns the staged batches' folders, and the reasons by landing file of those that failed.
    """
    job = Job(Paths(Path(warehouse)).staging / run_id, run_id, seen_at)
    staged = stage_all([Path(batch) for batch in batches], job, workers=workers, done=progress.current().advance)
    place = {Path(batch).stem: number for number, batch in enumerate(batches)}
    folders = sorted((result.batch_dir for result in staged.results), key=lambda folder: place[folder.name])
    return [*map(str, folders)], {str(path): why for path, why in staged.failed.items()}


@task(cache_policy=NO_CACHE)
def load(warehouse: str, staged: list[str], run_id: str) -> Loaded:
    """Load staged batches in the order in which they were acquired."""
    paths = Paths(Path(warehouse))
    with closing(open_work(paths)) as con:
        added = load_batches(con, [*map(Path, staged)], run_id=run_id, done=progress.current().advance)
    clear_staging(paths)
    return Loaded(
        sum(each.loaded for each in added), sum(each.revised for each in added), sum(each.closed for each in added)
    )


@task(cache_policy=NO_CACHE)
def compare(warehouse: str) -> None:
    """Find out which releases say the same; a run that was killed before it came to this left it to do."""
    with closing(open_work(Paths(Path(warehouse)))) as con:
        relate(con)


@task(cache_policy=NO_CACHE)
def check(warehouse: str, summary: Summary, checks_folder: str | None) -> Summary:
    """Run the checks on what is loaded and keep their outcomes; return the summary with what they found.

    Raises:
        CheckError: a check can't be run, or tables are missing, so that nothing more can be said of them.
    """
    paths = Paths(Path(warehouse))
    with closing(open_work(paths)) as con:
        results = run_checks(con, every(checks_folder))
        record_results(con, results, run_id=summary.run_id)
        summaries.judge(summary, results)
        require_whole(paths.work, results)
        summaries.describe(con, summary)
    return summary


@task(
    retries=RETRIES,
    retry_delay_seconds=RETRY_SECONDS,
    retry_condition_fn=_worth_retrying,
    cache_policy=NO_CACHE,
)
def publish(warehouse: str) -> None:
    """Put a copy of the work database in the place of the snapshot, in one step."""
    paths = Paths(Path(warehouse))
    publish_snapshot(open_work(paths), paths)


@task(cache_policy=NO_CACHE)
def report(warehouse: str, summary: Summary) -> str:
    """Write the report page, and the summary into Prefect's own pages; return where the page is."""
    paths = Paths(Path(warehouse))
    with closing(connect(paths.work, read_only=True)) as con:
        page = html.write(con, paths.reports, summary)
        write_results(con, paths.reports, summary)
    summary.report = str(page)
    create_markdown_artifact(key="klangkhao-run", markdown=html.markdown(summary), description="What the run did")
    for table in tables(summary):
        create_table_artifact(key=table.key, table=table.rows, description=table.description)
    return str(page)


def _told(failed: dict[str, str]) -> list[str]:
    """Say which batches failed and why: a few by name, the rest by number."""
    told = [f"Batch {path} could not be extracted: {why}." for path, why in sorted(failed.items())[:NAMES_TOLD]]
    if len(failed) > NAMES_TOLD:
        told.append(f"So it is with {len(failed) - NAMES_TOLD} more batches.")
    return told


def _message(run: Run, verdict: Verdict, *, force: bool) -> str | None:
    """Say what is wrong with a run, and what to do; None if nothing is."""
    failing = [finding for finding in run.summary.findings if finding.verdict == Verdict.FAIL]
    names = ", ".join(f"{finding.check} ({finding.failing:,} of {finding.total:,})" for finding in failing[:NAMES_TOLD])
    said = list(run.problems)
    if verdict is Verdict.FAIL and force:
        said.append(f"Published by force though {len(failing)} checks failed: {names}.")
    elif verdict is Verdict.FAIL:
        said.append(
            f"{len(failing)} checks failed: {names}. The last published snapshot stays as it was. "
            "The report says what to do about each; then run again, or publish as it is with --force."
        )
    return "\n".join(said) or None


def _close(run: Run) -> None:
    """Put the end of the run on record: before publishing, so that the snapshot tells of the run that made it."""
    summary = run.summary
    assert summary.status != "running"
    with closing(open_work(run.paths)) as con:
        finish_run(
            con,
            run_id=summary.run_id,
            status=summary.status,
            acquired=summary.acquired,
            rejected=summary.rejected,
            unchanged=summary.unchanged,
            loaded=summary.loaded,
            revised=summary.revised,
            closed=summary.closed,
            message=summary.message,
        )
        if not run.stopped:
            summary.notes += run.alerts.record(summary, con, checked=run.checked)


def _pass_on(run: Run) -> None:
    """Tell others of the run: the event file of catalogues, and whoever is to be alerted. None of it fails the run."""
    summary = run.summary

    def told() -> None:
        with closing(connect(run.paths.work, read_only=True)) as con:
            run.lineage.end(summary, run.sources, con, checked=run.checked)

    _note(run, told)
    if run.stopped:
        return
    summary.alerts = run.alerts.send()
    summary.notes += [
        f"Alert {each.event_id} to {each.target}: {each.detail}."
        + ("" if each.delivered else " It is tried again with the next run.")
        for each in summary.alerts
        if each.detail
    ]


def _note(run: Run, act: Callable[[], None]) -> None:
    """Do what others want to know of; what goes wrong with it is told and doesn't fail the run."""
    try:
        act()
    except (OSError, ValueError, WarehouseError, duckdb.Error) as error:
        run.summary.notes.append(f"{run.lineage.file}: the run is not fully told there ({error})")


def _tell(summary: Summary) -> None:
    """Say in a line or two how a scheduled run ended; one from the command line says more, and says it itself."""
    if not runtime.deployment.id:
        return
    sys.stdout.write(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, run {summary.run_id}: {summary.status}; {summary.acquired:,} new "
        f"or changed, {summary.unchanged:,} unchanged, {summary.rejected:,} rejected, "
        f"{summary.still_quarantined:,} still in quarantine, {summary.loaded:,} loaded, {summary.closed:,} closed\n"
    )
    for tally in summary.sources:
        counts = (f"{getattr(tally, name):,} {name.replace('_', ' ')}" for name in TALLIES if getattr(tally, name))
        sys.stdout.write(f"source {tally.source_id}: {tally.asked:,} asked; {', '.join(counts) or 'nothing new'}\n")
    for line in (summary.message, *summary.notes):
        if line:
            sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _record_failure(run: Run, error: BaseException) -> None:
    """Put a failure on record as far as that can be done; it is about to be told anyway."""
    run.summary.status = "failed"
    run.stopped = not isinstance(error, Exception)
    run.summary.message = explain(error)[1] if isinstance(error, Exception) else "stopped"
    try:
        _close(run)
    except Exception as second:  # noqa: BLE001 - the first error is the one to tell
        error.add_note(f"The failure could not be put on record: {second}")
        if not run.stopped:
            run.summary.notes += run.alerts.record(run.summary, None, checked=False)
