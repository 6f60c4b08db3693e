"""Asking a source of the web for what is new or may have changed, and nothing else.

A run asks for the source's lists first, conditionally, and then for pages: those that are new, those that a run before
could not get, those whose list says that they changed, and for some days those that are young, because a release is
edited soon after it comes or not at all. What the source has got is its state; every step tells what of it to keep,
and that is kept only once the step's documents are landed. So a run that is killed has lost nothing but requests, and
a list may forget its order, its dates and its older entries: what it named once is in the state.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from flows.acquire.steps import Budget, manners_of
from flows.acquire.threads import several
from flows.acquire.web_lists import Lists
from flows.acquire.web_pages import Pages

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from flows.acquire.sources import Source
    from flows.acquire.steps import Known, Means, Step

THREADS: Final = 16  # sources that are asked at a time


def crawl(source: Source, known: Known, means: Means) -> Generator[Step, None, None]:
    """Ask a source for what is new or may have changed, step by step.

    Raises:
        SourceError: it can't be asked as it is declared.
    """
    manners = manners_of(source)
    budget = Budget(means.web, source.max_minutes)
    lists, pages = Lists(source, known, means, manners, budget), Pages(source, known, means, manners, budget)
    yield from lists.steps()
    yield from pages.steps()
    if lists.failing:  # they may be why their host is left alone, so they come last
        yield from lists.steps_of_failing()
        yield from pages.steps()
    yield from pages.told()


class Gathered:
    """Steps of many sources as they come, each source in a thread of its own, at most `THREADS` at a time."""

    def __init__(self, jobs: Mapping[str, Callable[[], Iterator[Step]]], *, threads: int = THREADS) -> None:
        self._jobs = jobs
        self._threads = threads
        self.errors: dict[str, Exception] = {}  # by source, what ended it before its time

    def __iter__(self) -> Generator[Step, None, None]:
        jobs = [partial(self._work, source_id) for source_id in self._jobs]
        return several(jobs, min(self._threads, len(jobs)))

    def _work(self, source_id: str) -> Iterator[Step]:
        try:
            yield from self._jobs[source_id]()
        except Exception as error:  # noqa: BLE001 - handed to the thread that lands, which tells it
            self.errors[source_id] = error
