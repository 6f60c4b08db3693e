"""Taking turns at a host: how often, how many at once, how long to wait after a failure, and when to leave it alone.

Clock, sleep and chance are parameters, so that hours of it can be tried in no time.
"""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from flows.acquire.web.failure import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MAX_DELAY: Final = 60.0  # seconds: a Crawl-delay is honoured up to here, or a site of 100 pages would take hours
MAX_BACKOFF: Final = 60.0  # seconds


@dataclass(slots=True)
class _Host:
    """What is known of a host. All of it is guarded by `changed`."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    delay: float = 0.0  # seconds between two requests: the most that anyone asked for
    at_once: int = 1_000  # the least that anyone allowed
    free_at: float = 0.0  # when the next request may go out
    under_way: int = 0
    failures: int = 0  # in a row
    left_alone: str | None = None  # why
    until: datetime | None = None


class Turns:
    """Whose turn it is at which host; one for all threads of a run."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._chance = chance or random.Random()  # noqa: S311 - spreads waiting, hides nothing
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    @contextmanager
    def turn(self, host: str, *, delay: float, at_once: int, url: str) -> Iterator[None]:
        """Wait until a request may go to the host, and hold the place while it is under way.

        Args:
            host: who is asked.
            delay: seconds between the beginnings of two requests; of several wishes the longest holds.
            at_once: how many requests may be under way; of several wishes the smallest holds.
            url: what to tell in an error.

        Raises:
            FetchError: `left_alone`, where the host is to be left alone.
        """
        state = self._state(host)
        with state.changed:
            state.delay = max(state.delay, delay)
            state.at_once = max(1, min(state.at_once, at_once))
            while state.under_way >= state.at_once:
                self._check(state, host, url)
                state.changed.wait()
            state.under_way += 1
        try:
            while wait := self._wait(state, host, url):
                self._sleep(wait)
            yield
        finally:
            with state.changed:
                state.under_way -= 1
                state.changed.notify_all()

    def _wait(self, state: _Host, host: str, url: str) -> float:
        """Seconds until the host is free; none, and it is taken."""
        with state.changed:
            self._check(state, host, url)
            now = self._clock()
            if state.free_at > now:
                return state.free_at - now
            state.free_at = now + state.delay
            return 0.0

    def _check(self, state: _Host, host: str, url: str) -> None:
        if state.left_alone is not None:
            detail = f"{host} is left alone for the rest of this run: {state.left_alone}"
            raise FetchError("left_alone", url, detail, retry_after=state.until)

    def slow_down(self, host: str, delay: float) -> None:
        """Leave at least `delay` seconds between two requests from now on, up to `MAX_DELAY`."""
        state = self._state(host)
        with state.changed:
            state.delay = max(state.delay, min(delay, MAX_DELAY))
            state.free_at = max(state.free_at, self._clock() + state.delay)

    def hold(self, host: str, seconds: float) -> None:
        """Ask nothing of the host for some seconds, whoever wants to."""
        state = self._state(host)
        with state.changed:
            state.free_at = max(state.free_at, self._clock() + seconds)

    def back_off(self, host: str, attempt: int, base: float) -> None:
        """Hold the host after a failure, the longer the more often it failed; attempts count from 0."""
        self.hold(host, backoff(attempt, base, self._chance))

    def failed(self, host: str, why: str, limit: int) -> None:
        """Note that something of the host could not be fetched; after `limit` times in a row it is left alone."""
        state = self._state(host)
        with state.changed:
            state.failures += 1
            is_enough = state.failures >= limit
        if is_enough:
            self.leave_alone(host, f"it failed {limit} times in a row, the last time because {why}")

    def succeeded(self, host: str) -> None:
        state = self._state(host)
        with state.changed:
            state.failures = 0

    def leave_alone(self, host: str, why: str, until: datetime | None = None) -> None:
        """Ask nothing of the host for the rest of the run; the first reason is kept."""
        state = self._state(host)
        with state.changed:
            if state.left_alone is None:
                state.left_alone, state.until = why, until
            state.changed.notify_all()

    @property
    def left_alone(self) -> Mapping[str, str]:
        """The hosts that are left alone, and why: whole sentences without their subject."""
        return MappingProxyType({host: why for host, (why, _) in self._left_alone().items()})

    @property
    def put_off(self) -> Mapping[str, tuple[str, datetime]]:
        """The hosts that said until when they want to be left alone, and why."""
        return MappingProxyType({host: (why, until) for host, (why, until) in self._left_alone().items() if until})

    def _left_alone(self) -> dict[str, tuple[str, datetime | None]]:
        """Hosts in their order, each with why it is left alone and until when, if it said so."""
        with self._lock:
            hosts = sorted(self._hosts.items())
        return {host: (state.left_alone, state.until) for host, state in hosts if state.left_alone is not None}

    def _state(self, host: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(host, _Host())


def backoff(attempt: int, base: float, chance: random.Random) -> float:
    """Seconds to wait after a failure: twice as long each time, from half of it to all of it by chance.

    The chance keeps clients that failed together from coming back together.
    """
    longest = min(MAX_BACKOFF, base * 2.0 ** min(attempt, 30))
    return longest * (0.5 + chance.random() / 2)


def retry_after(header: str | None, now: datetime) -> datetime | None:
    """When a `Retry-After` header wants the next request, in seconds or as an HTTP date; None where it says nothing."""
    value = (header or "").strip()
    if value.isascii() and value.isdigit():
        return datetime.fromtimestamp(min(now.timestamp() + int(value[:9]), 4e9), UTC)
    try:
        told = parsedate_to_datetime(value)
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or one that no calendar has
        return None
