"""Extraction in worker processes on all cores: a batch that fails, or kills its worker, costs the others nothing.

Free of Prefect, like all that a worker imports.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flows.stage import stage_batch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from flows.stage import StageResult

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
    """Stage the batches in worker processes; `done` is called after each.

    A worker that dies takes the whole pool with it. The batches that it left are then tried one by one, each in a pool
    of its own, so that only a batch that kills its worker by itself is given up.
    """
    staged = Staged()
    left = _stage(batches, job, workers or cores(), staged, done)
    for batch in left:
        if _stage([batch], job, 1, staged, done):
            staged.failed[batch] = (
                "its worker process was killed twice, probably because the memory was used up. "
                "Free some memory, or run with --workers 1; the batch is kept and the next run takes it up"
            )
            done()
    staged.results.sort(key=lambda result: result.batch_dir)
    return staged


def _stage(batches: Sequence[Path], job: Job, workers: int, staged: Staged, done: Callable[[], None]) -> list[Path]:
    """Stage what can be staged; return the batches that were not done when the pool broke."""
    if not batches:
        return []
    left = list(batches)
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(batches)), mp_context=context, initializer=_start_worker)
    try:
        futures = {pool.submit(_work, batch, job): batch for batch in batches}
        for future in as_completed(futures):
            batch = futures[future]
            try:
                result = future.result()
            except BrokenProcessPool:
                continue
            except Exception as error:  # noqa: BLE001 - told with the batch's name; the others go on
                staged.failed[batch] = f"{type(error).__name__}: {error}"
            else:
                staged.results.append(result)
            left.remove(batch)
            done()
    finally:
        pool.shutdown(cancel_futures=True)
    return left


def _work(batch: Path, job: Job) -> StageResult:
    return stage_batch(batch, job.staging, run_id=job.run_id, seen_at=job.seen_at)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and end with it however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        parent.join()
        os._exit(PARENT_DIED)

    threading.Thread(target=end_with_parent, daemon=True).start()
