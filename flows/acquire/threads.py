"""Work in several threads whose results come one after another, and that nobody waits for once nobody wants them.

Not a `ThreadPoolExecutor`: Python waits for its threads before it ends, and one that hangs in a request to a silent
site would keep a run that was stopped alive until the request times out.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

T = TypeVar("T")

_IN_FLIGHT: Final = 256  # results that wait to be taken
_LOOK_SECONDS: Final = 0.2  # how often a thread that waits to hand over looks whether anybody still wants it


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


class _End:
    """A thread that has found nothing more to do."""


def several(jobs: Iterable[Callable[[], Iterator[T]]], threads: int) -> Generator[T, None, None]:
    """What the jobs yield, as it comes, with at most so many of them under way; what one raises is raised here."""
    waiting = iter(list(jobs))
    results: queue.Queue[T | _Failure | _End] = queue.Queue(_IN_FLIGHT)
    lock, over = threading.Lock(), threading.Event()

    def put(result: T | _Failure | _End) -> bool:
        while not over.is_set():
            try:
                results.put(result, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            while not over.is_set():
                with lock:
                    job = next(waiting, None)
                if job is None:
                    break
                if not all(put(result) for result in job()):
                    return
        except BaseException as error:  # noqa: BLE001 - raised in the thread that takes the results
            put(_Failure(error))
        put(_End())

    for _ in range(threads):
        threading.Thread(target=work, daemon=True).start()
    left = threads
    try:
        while left:
            result = results.get()
            if isinstance(result, _End):
                left -= 1
            elif isinstance(result, _Failure):
                raise result.error
            else:
                yield result
    finally:
        over.set()
