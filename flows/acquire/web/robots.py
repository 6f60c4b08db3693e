"""What a site lets robots fetch: robots.txt as RFC 9309 has it.

Protego reads it: it knows the longest match, `*` and `$`, `Crawl-delay`, and matches in linear time, whatever patterns
a hostile site invents.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protego import Protego

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.records import RobotsState

MAX_BYTES: Final = 500 * 1024  # of a robots.txt; what follows is not read, as the standard allows
MAX_REDIRECTS: Final = 5


@dataclass(frozen=True, slots=True)
class Rules:
    """What a site lets one robot do."""

    parsed: Protego | None  # None: everything is allowed, or nothing
    agent: str
    unread: str | None = None  # why robots.txt can't be read, so that nothing may be fetched for now
    reason: str = "robots"  # the code of that, where the site itself can't be reached

    def allows(self, url: str) -> bool:
        """Whether a URL may be fetched; robots.txt itself always may."""
        if self.unread is not None:
            return False
        return self.parsed is None or self.parsed.can_fetch(url, self.agent)

    @property
    def crawl_delay(self) -> float:
        """Seconds that the site wants between two requests; 0 where it says nothing."""
        delay = self.parsed.crawl_delay(self.agent) if self.parsed else None
        return max(0.0, delay or 0.0)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """What the site names as its sitemaps."""
        return tuple(self.parsed.sitemaps) if self.parsed else ()


def text_of(body: bytes) -> str:
    """The text of a robots.txt, as far as it is read."""
    return body[:MAX_BYTES].decode("utf-8-sig", errors="replace").replace("\0", "")


def rules(status: int, body: bytes, agent: str) -> Rules:
    """The rules that an answer to the request for robots.txt makes.

    Args:
        status: of the answer. There is no robots.txt where it is 400 to 499, but for 429: then all is allowed. Any
            other but 200 to 299 means that the site can't say, and nothing is allowed for now.
        body: of the answer.
        agent: the name that the robot goes by, in lower case.
    """
    if 200 <= status < 300:
        return Rules(Protego.parse(text_of(body)), agent)
    if 400 <= status < 500 and status != 429:
        return Rules(None, agent)
    return Rules(None, agent, unread=f"it answers {status}")


class Robots:
    """The rules of all sites of a run, each asked for once; `kept` is what they gave, by site, for the next run too."""

    def __init__(self) -> None:
        self.kept: dict[str, RobotsState] = {}
        self._lock = threading.Lock()
        self._sites: dict[str, _Site] = {}

    def of(self, origin: str, ask: Callable[[], Rules]) -> Rules:
        """The rules of a site; `ask` fetches them the first time, while other threads wait for it."""
        with self._lock:
            site = self._sites.setdefault(origin, _Site())
        with site.lock:
            if site.rules is None:
                site.rules = ask()
            return site.rules


class _Site:
    __slots__ = ("lock", "rules")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rules: Rules | None = None
