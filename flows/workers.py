"""Extraction in worker processes on all cores: a batch that fails, or kills its worker, costs the others nothing.

Free of Prefect, like all that a worker imports. Not a `ProcessPoolExecutor`: one worker that dies breaks all of such a
pool, and one that dies while another starts can leave it waiting for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from multiprocessing import connection
from typing import TYPE_CHECKING

from flows.stage import StageResult, stage_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from pathlib import Path

TRIES = 2  # of a batch whose worker dies: the memory may have been short for a moment
HOPELESS = 3  # batches in a row that have used up their tries: then it is not the batches
STOP_SECONDS = 10
PARENT_DIED = 1


@dataclass(frozen=True, slots=True)
class Job:
    """What every batch of a run is staged with."""

    staging: Path
    run_id: str
    seen_at: datetime


@dataclass(slots=True)
class Staged:
    """What became of the batches: those that are staged, and by landing file why others are not."""

    results: list[StageResult] = field(default_factory=list)
    failed: dict[Path, str] = field(default_factory=dict)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def stage_all(
    batches: Sequence[Path], job: Job, *, workers: int | None = None, done: Callable[[], None] = lambda: None
) -> Staged:
    """Stage the batches in worker processes; `done` is called after each. Results come in the order of their names."""
    crew = _Crew(job, workers or cores(), done)
    try:
        crew.work_off(batches)
    finally:
        crew.dismiss()
    crew.staged.results.sort(key=lambda result: result.batch_dir)
    return crew.staged


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection
    batch: Path | None = None


class _Crew:
    """The workers of a run, the batches that wait for them, and what they have done."""

    def __init__(self, job: Job, size: int, done: Callable[[], None]) -> None:
        self.staged = Staged()
        self._job = job
        self._size = size
        self._done = done
        self._context = multiprocessing.get_context("spawn")
        self._waiting: deque[Path] = deque()
        self._workers: list[_Worker] = []
        self._deaths: Counter[Path] = Counter()
        self._given_up = 0  # batches in a row

    def work_off(self, batches: Sequence[Path]) -> None:
        self._waiting.extend(batches)
        while True:
            self._hand_out()
            busy = {worker.pipe: worker for worker in self._workers if worker.batch is not None}
            if not busy:
                return
            for pipe in connection.wait(list(busy)):
                self._take(next(worker for each, worker in busy.items() if each is pipe))

    def dismiss(self) -> None:
        """Send the workers home; those at work, if an error or Ctrl-C got in between, stop where they are."""
        for worker in self._workers:
            if worker.batch is not None:
                worker.process.terminate()
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join(STOP_SECONDS)
            worker.process.kill()
            worker.process.join()

    def _hand_out(self) -> None:
        while self._waiting:
            idle = next((worker for worker in self._workers if worker.batch is None), None)
            if idle is None and len(self._workers) == self._size:
                return
            idle = idle or self._hire()
            idle.batch = self._waiting.popleft()
            try:
                idle.pipe.send(idle.batch)
            except OSError:
                self._bury(idle)

    def _hire(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, self._job), daemon=True)
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _take(self, worker: _Worker) -> None:
        """Take what a worker has done: a result, a reason why there is none, or its death."""
        try:
            outcome: StageResult | str = worker.pipe.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        assert worker.batch is not None
        if isinstance(outcome, StageResult):
            self.staged.results.append(outcome)
        else:
            self.staged.failed[worker.batch] = outcome
        worker.batch = None
        self._given_up = 0
        self._done()

    def _bury(self, worker: _Worker) -> None:
        """Let another worker try the batch of one that died, last of all, unless it has been tried enough."""
        batch = worker.batch
        assert batch is not None
        worker.pipe.close()
        worker.process.kill()
        worker.process.join()
        self._workers.remove(worker)
        self._deaths[batch] += 1
        if self._deaths[batch] < TRIES:
            self._waiting.append(batch)
            return
        self.staged.failed[batch] = (
            f"its worker process was killed {TRIES} times, probably because the memory was used up. "
            "Free some memory, or run with --workers 1; the batch is kept and the next run takes it up"
        )
        self._done()
        self._given_up += 1
        if self._given_up == HOPELESS:
            why = f"not tried any more, after {HOPELESS} batches in a row had lost their workers"
            self.staged.failed |= dict.fromkeys(self._waiting, why)
            self._waiting.clear()


def _work(pipe: Connection, job: Job) -> None:
    """Be a worker: stage what comes through the pipe until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _end_with_parent()
    while True:
        try:
            batch: Path = pipe.recv()
        except EOFError:
            return
        outcome: StageResult | str
        try:
            outcome = stage_batch(batch, job.staging, run_id=job.run_id, seen_at=job.seen_at)
        except Exception as error:  # noqa: BLE001 - told with the batch's name; the others go on
            outcome = f"{type(error).__name__}: {error}"
        pipe.send(outcome)


def _end_with_parent() -> None:
    """See to it that this process ends when its parent does, even in the middle of a batch."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end() -> None:
        parent.join()
        os._exit(PARENT_DIED)

    threading.Thread(target=end, daemon=True).start()
