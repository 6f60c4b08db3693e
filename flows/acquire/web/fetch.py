"""The one client: fetches what robots.txt and a source's manners allow, and trusts no answer."""

from __future__ import annotations

import base64
import functools
import os
import random
import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from flows.acquire.web import robots
from flows.acquire.web.addresses import authority, checked_url, origin, resolve
from flows.acquire.web.coding import ACCEPTED, MAX_EXPANSION, BombError, CodingError, codings, undo
from flows.acquire.web.failure import FetchError
from flows.acquire.web.message import header
from flows.acquire.web.politeness import Turns, retry_after
from flows.acquire.web.software import version
from flows.acquire.web.wire import Answer, Wire
from schemas.records import RobotsState

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    import httpx2

__all__ = ["AGENT", "FetchError", "Manners", "Response", "Secret", "SecretError", "Web", "secret_from", "user_agent"]

AGENT: Final = "klangkhao"  # what sites call us in robots.txt
ACCEPT: Final = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"
REDIRECTS: Final = {301, 302, 303, 307, 308}
PERMANENT: Final = {301, 308}
REFUSALS: Final = {401, 403, 407}  # the site does not want us, or not without a name
NEVER_AGAIN: Final = {400, 405, 406, 410, 414, 451}
_TROUBLES: Final = {408, 425, 429, 500, 502, 503, 504}  # that may pass
_PASSING: Final = {"connection", "timeout", "dns", "truncated", "protocol", "bad_coding"}
_UNREACHED: Final = {"address", "connection", "dns", "timeout", "tls"}  # the page is not either, then
_OF_HOST: Final = {"connection", "timeout", "dns", "truncated", "protocol", "tls"}  # not of one page

LEAST_SECRET: Final = 8  # characters: a shorter one would be found everywhere
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD = re.compile(r"[\x20-\x7e]+")


class SecretError(Exception):
    """A variable of the environment does not hold what it should; the message names it, never its value."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Headers with a password or token, and the one origin that may see them."""

    origin: str  # such as https://news.example
    headers: tuple[tuple[str, str], ...] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what HTTP would: its complaint, which names the value, would go to a log."""
        if not all(_TOKEN.fullmatch(name) and _FIELD.fullmatch(value) for name, value in self.headers):
            raise SecretError(f"a header for {self.origin} is none: its name or value holds what no header may")


@dataclass(frozen=True, slots=True)
class Manners:
    """How a source's sites are treated."""

    contact: str = ""  # whom a site's owner can write to: an address or a page; the client's own where empty
    delay_seconds: float = 1.0  # between two requests to one host
    per_host: int = 1  # requests under way at one host
    timeout_seconds: float = 60.0  # for one answer, from the connection to the last byte
    max_bytes: int = 32_000_000  # of one answer, packed and unpacked
    max_redirects: int = 5
    max_expansion: float = MAX_EXPANSION  # unpacked to packed
    retries: int = 2  # of what may pass
    backoff_seconds: float = 2.0  # before the first of them; twice as long before each further one
    patience_seconds: float = 60.0  # the longest Retry-After that is waited for
    max_failures: int = 5  # in a row, after which a host is left alone
    allow_private: bool = False  # whether this machine and private networks may be connected to
    secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer worth keeping: 200 (or 203, from a cache that changed it), or 304 to a conditional request."""

    url: str  # asked for
    final_url: str  # after redirects
    status: int
    headers: tuple[tuple[str, str], ...]  # of the final answer, as they came
    body: bytes  # unpacked, bounded
    fetched_at: datetime  # UTC, aware
    permanent_url: str | None  # where redirects led that are for ever, up to the first that is not; None without any
    http_head: bytes  # status line and headers as they came, with the blank line
    sent: bytes  # what followed the head as it came: packed, and with chunks where it came in chunks
    address: str  # the machine that answered

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name; several of one name joined by commas."""
        return header(self.headers, name)

    @property
    def is_not_modified(self) -> bool:
        """Whether the site says that what we have is still right; there is no body then."""
        return self.status == 304


class Web:
    """Fetches for a whole run; a context manager, and one for all threads.

    Args:
        user_agent_contact: whom a site's owner can write to, for sources that name nobody.
        resolver: who says which addresses a name has.
        tls: whom to trust; without it the system's authorities, or those that SSL_CERT_FILE or SSL_CERT_DIR name.
        clock: seconds that go on evenly, for taking turns.
        sleep: waits some seconds; without it, a wait ends when the client is closed.
        chance: spreads retries.
    """

    def __init__(
        self,
        user_agent_contact: str = "",
        *,
        resolver: Callable[[str, int], Sequence[str]] = resolve,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._contact = user_agent_contact
        self._over = threading.Event()
        self._clock = clock
        self._turns = Turns(clock=clock, sleep=sleep or self._wait, chance=chance)
        self._robots = robots.Robots()
        self._wire = Wire(resolver, tls)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ask nothing any more: threads that wait for their turn end with `FetchError`."""
        self._over.set()
        self._wire.close()

    def seconds(self) -> float:
        """What the clock of this client says."""
        return self._clock()

    def _wait(self, seconds: float) -> None:
        if self._over.wait(seconds):
            raise _stopped("")

    @property
    def left_alone(self) -> Mapping[str, str]:
        """Hosts that were asked nothing any more from some moment of this run, and why."""
        return self._turns.left_alone

    @property
    def put_off(self) -> Mapping[str, tuple[str, datetime]]:
        """Hosts that said until when they want to be left alone, and why."""
        return self._turns.put_off

    @property
    def robots_kept(self) -> Collection[RobotsState]:
        """What sites gave as their robots.txt, in this run or before."""
        return list(self._robots.kept.values())

    def recall(self, hosts: Mapping[str, tuple[str, datetime]], robots_known: Iterable[RobotsState]) -> None:
        """Know from an earlier run which hosts are to be left alone (why, until when), and what robots.txt said."""
        for host, (why, until) in hosts.items():
            self._turns.leave_alone(host, why, until)
        self._robots.kept.update((each.site, each) for each in robots_known)

    def get(
        self,
        url: str,
        manners: Manners,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str | None = None,
    ) -> Response:
        """Fetch a URL, waiting for its host's turn and for retries.

        Args:
            url: http or https.
            manners: of the source that wants it.
            etag: of the last answer, to be told when nothing changed.
            last_modified: of the last answer, likewise.
            accept: which media types are wanted.

        Returns:
            What came, with status 200, 203, or 304 where `etag` or `last_modified` still hold.

        Raises:
            FetchError: nothing to keep came; it says why, and whether to ask again.
        """
        wanted = {"Accept": accept or ACCEPT, **_conditions(etag, last_modified)}
        try:
            return self._follow(url, manners, wanted)
        except FetchError as error:
            raise _without(manners.secret, error) from None

    def rules(self, url: str, manners: Manners) -> robots.Rules:
        """What the site of a URL lets us fetch; its robots.txt is asked for the first time only."""
        return self._rules(checked_url(url, allow_private=manners.allow_private), manners)

    # From here on, a URL is checked.

    def _follow(self, url: str, manners: Manners, wanted: Mapping[str, str]) -> Response:
        """Fetch a URL, and where it sends us, each under the rules of its own host."""
        here = checked_url(url, allow_private=manners.allow_private)
        met = {str(here)}
        permanent: str | None = None
        is_permanent = True
        while True:
            try:
                answer, body = self._ask_allowed(here, manners, wanted)
            except FetchError as error:
                raise _on_the_way(url, error, here if len(met) > 1 else None) from None
            if answer.status not in REDIRECTS:
                if answer.status not in {200, 203} and not (answer.status == 304 and len(wanted) > 1):
                    raise _on_the_way(url, _status(here, answer), here if len(met) > 1 else None)
                return _response(url, here, answer, body, permanent)
            location = (answer.header("Location") or "").strip().replace(" ", "%20")  # none at all: here, a circle
            try:
                there = checked_url(location, base=here, allow_private=manners.allow_private)
            except FetchError as error:
                raise _on_the_way(url, error, error.url) from None
            if str(there) in met:
                detail = f"it is redirected in a circle, to {there}: tell its owner, or correct the address"
                raise FetchError("redirect_loop", url, detail, status=answer.status)
            if len(met) > manners.max_redirects:
                detail = f"it is redirected more than {manners.max_redirects} times: correct the address"
                raise FetchError("too_many_redirects", url, detail, status=answer.status)
            met.add(str(there))
            is_permanent = is_permanent and answer.status in PERMANENT
            permanent = str(there) if is_permanent else permanent
            here = there

    def _ask_allowed(self, url: httpx2.URL, manners: Manners, wanted: Mapping[str, str]) -> tuple[Answer, bytes]:
        rules = self._rules(url, manners)
        if rules.unread is not None:
            raise FetchError(rules.reason, str(url), rules.unread, again=rules.reason != "address")
        if not rules.allows(str(url)):
            detail = f"robots.txt of {url.host} does not allow it: leave it out, or ask the owner of the site"
            raise FetchError("robots", str(url), detail)
        return self._ask(url, manners, wanted)

    def _rules(self, url: httpx2.URL, manners: Manners) -> robots.Rules:
        # What may not be connected to for one source may be for another.
        site = f"{origin(url)} {manners.allow_private}"
        return self._robots.of(site, lambda: self._ask_rules(url, manners))

    def _ask_rules(self, url: httpx2.URL, manners: Manners) -> robots.Rules:
        """Fetch robots.txt of a URL's site, if it has changed, following redirects to wherever it lies."""
        here = url.join("/robots.txt")
        known = self._robots.kept.get(origin(url))
        wanted = {"Accept": "text/plain, */*;q=0.5"} | (_conditions(known.etag, known.last_modified) if known else {})
        try:
            for _ in range(robots.MAX_REDIRECTS + 1):
                answer, body = self._ask(here, manners, wanted, is_robots=True)
                if answer.status not in REDIRECTS:
                    break
                wanted = {"Accept": wanted["Accept"]}
                here = checked_url(answer.header("Location") or "", base=here, allow_private=manners.allow_private)
            else:
                return _unread(url, "it is redirected too often")
        except FetchError as error:
            if error.reason in {"left_alone", "stopped"}:
                raise
            if here == url.join("/robots.txt") and error.reason in _UNREACHED:
                return robots.Rules(None, AGENT, unread=error.detail, reason=error.reason)
            return _unread(url, error.detail.partition(": ")[0])
        if known is not None and answer.status == 304 and len(wanted) > 1:
            made = robots.rules(200, known.content.encode(), AGENT)
        else:
            made = robots.rules(answer.status, body, AGENT)
        if answer.status in {200, 203} and here == url.join("/robots.txt"):
            validators = answer.header("ETag"), answer.header("Last-Modified")
            site = origin(url)
            self._robots.kept[site] = RobotsState(site, answer.came_at, robots.text_of(body), *validators)
        if made.unread is not None:
            return _unread(url, made.unread)
        if made.crawl_delay:
            self._turns.slow_down(authority(url), made.crawl_delay)
        return made

    def _ask(
        self, url: httpx2.URL, manners: Manners, wanted: Mapping[str, str], *, is_robots: bool = False
    ) -> tuple[Answer, bytes]:
        """Ask a host, again where its trouble may pass; any status that is not a trouble is an answer.

        Returns:
            The answer, and its body unpacked where there is something to keep.
        """
        for attempt in range(manners.retries + 1):
            with self._turns.turn(authority(url), delay=manners.delay_seconds, at_once=manners.per_host, url=str(url)):
                if self._over.is_set():
                    raise _stopped(str(url))
                got = self._try(url, manners, wanted, attempt, is_robots=is_robots)
            if got is not None:
                return got
        raise AssertionError("the last attempt returns or raises")

    def _try(
        self, url: httpx2.URL, manners: Manners, wanted: Mapping[str, str], attempt: int, *, is_robots: bool
    ) -> tuple[Answer, bytes] | None:
        """Ask once; None where to ask again. What follows for the host is settled before anybody's next turn."""
        host = authority(url)
        is_last = attempt == manners.retries
        try:
            answer = self._ask_once(url, manners, wanted, is_robots=is_robots)
            body = _unpacked(url, answer, manners) if answer.status in {200, 203} else b""
        except FetchError as error:
            if error.reason in _PASSING and not is_last:
                self._turns.back_off(host, attempt, manners.backoff_seconds)
                return None
            if error.reason in _OF_HOST:
                self._turns.failed(host, error.detail, manners.max_failures)
            raise
        if manners.secret and _is_told(manners.secret, answer, body):
            raise _echo(url, answer)
        if answer.status in REFUSALS and not is_robots:
            self._turns.leave_alone(host, f"it answers {answer.status}: {_refusal(answer.status)}")
            raise _status(url, answer)
        if answer.status in _TROUBLES:
            self._trouble(url, answer, attempt, manners, is_last=is_last)
            return None
        self._turns.succeeded(host)
        return answer, body

    def _trouble(self, url: httpx2.URL, answer: Answer, attempt: int, manners: Manners, *, is_last: bool) -> None:
        """Wait as the site wants, or give up with `FetchError` and leave it alone where it wants to be."""
        host = authority(url)
        now = datetime.now(UTC)
        until = retry_after(answer.header("Retry-After"), now)
        seconds = max(0.0, (until - now).total_seconds()) if until else None
        is_too_long = seconds is not None and seconds > manners.patience_seconds
        if is_too_long or (is_last and answer.status == 429):
            told = f", and wants to be asked again on {until:%Y-%m-%d at %H:%M:%S} UTC" if until else ""
            self._turns.leave_alone(host, f"it answers {answer.status}{told}: {_refusal(answer.status)}", until)
            raise _status(url, answer, until)
        if is_last:
            self._turns.failed(host, f"it answered {answer.status}", manners.max_failures)
            raise _status(url, answer, until)
        if seconds is None:
            self._turns.back_off(host, attempt, manners.backoff_seconds)
        else:
            self._turns.hold(host, seconds)

    def _ask_once(self, url: httpx2.URL, manners: Manners, wanted: Mapping[str, str], *, is_robots: bool) -> Answer:
        secret = manners.secret
        is_own = secret is not None and secret.origin == origin(url)
        headers = {
            "User-Agent": user_agent(manners.contact or self._contact),
            "Accept-Encoding": ACCEPTED,
            **wanted,
        }
        return self._wire.ask(
            url,
            [*headers.items(), *(secret.headers if secret and is_own else ())],
            seconds=manners.timeout_seconds,
            max_bytes=robots.MAX_BYTES if is_robots else manners.max_bytes,
            allow_private=manners.allow_private,
            cut=is_robots,
        )


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The headers that ask for an answer only if it is another one."""
    named = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in named.items() if value is not None and _FIELD.fullmatch(value)}


@functools.cache
def user_agent(contact: str) -> str:
    """What we say who we are: name, version, and whom to write to.

    Raises:
        ValueError: nobody is named, or not in printable ASCII.
    """
    if not _FIELD.fullmatch(contact.strip()):
        raise ValueError("a contact must be an e-mail address or the address of a page, in ASCII letters")
    return f"{AGENT}/{version()} (+{contact.strip()})"


def secret_from(variable: str, url: str, environment: Mapping[str, str] = os.environ) -> Secret:
    """The headers that a variable of the environment holds, one in each line as `Name: value`, for a URL's origin.

    Raises:
        SecretError: there is no such variable, or it holds something else.
    """
    value = environment.get(variable, "").strip()
    if not value:
        raise SecretError(f"the variable {variable} is not set: set it to headers, each in a line as Name: value")
    headers = []
    for number, line in enumerate(value.splitlines(), start=1):
        name, colon, content = line.partition(":")
        if not (colon and _TOKEN.fullmatch(name) and _FIELD.fullmatch(content.strip())):
            raise SecretError(f"line {number} of the variable {variable} is no header: write it as Name: value")
        headers.append((name, content.strip()))
    return Secret(origin(checked_url(url, allow_private=True)), tuple(headers))


@functools.cache
def _words(secret: Secret) -> tuple[str, ...]:
    """What must not be told: the values, and what is in them, none too short.

    That is what follows the scheme, as in `Bearer …`; the name and password of `Basic …`; and the values of cookies.
    """
    words: list[str] = []
    for _, value in secret.headers:
        inner = value.partition(" ")[2].strip()
        words += [value, inner, *(each.partition("=")[2].strip(' "') for each in value.split(";"))]
        with suppress(ValueError):
            pair = base64.b64decode(inner, validate=True).decode()
            words += [pair, *pair.partition(":")[::2]]
    return tuple(dict.fromkeys(word for word in words if len(word) >= LEAST_SECRET))


def _is_told(secret: Secret, answer: Answer, body: bytes) -> bool:
    """Whether an answer repeats a secret."""
    return any(word.encode() in each for word in _words(secret) for each in (answer.http_head, answer.payload, body))


def _without(secret: Secret | None, error: FetchError) -> FetchError:
    """The error without any secret that a site made part of an address."""
    for word in _words(secret) if secret else ():
        error.url = error.url.replace(word, "…")
        error.detail = error.detail.replace(word, "…")
    error.args = (error.reason, error.url, error.detail)
    return error


def _unpacked(url: httpx2.URL, answer: Answer, manners: Manners) -> bytes:
    packed_with = codings(answer.header("Content-Encoding"))
    try:
        return undo(answer.payload, packed_with, limit=manners.max_bytes, expansion=manners.max_expansion)
    except BombError as error:
        detail = f"{len(answer.payload):,} bytes unpack to {error}: raise max_mb of its source, or leave it out"
        raise FetchError("too_large", str(url), detail, again=False, status=answer.status) from None
    except CodingError as error:
        detail = f"its body can't be unpacked, it is {error}: try later, or tell the owner of the site"
        raise FetchError("bad_coding", str(url), detail, status=answer.status) from None


def _response(url: str, here: httpx2.URL, answer: Answer, body: bytes, permanent: str | None) -> Response:
    return Response(
        url=url,
        final_url=str(here),
        status=answer.status,
        headers=answer.headers,
        body=body,
        fetched_at=answer.came_at,
        permanent_url=permanent,
        http_head=answer.http_head,
        sent=answer.sent,
        address=answer.address,
    )


def _unread(url: httpx2.URL, why: str) -> robots.Rules:
    detail = f"robots.txt of {url.host} can't be read ({why}), so nothing is fetched there for now: try later"
    return robots.Rules(None, AGENT, unread=detail)


def _echo(url: httpx2.URL, answer: Answer) -> FetchError:
    detail = f"{url.host} repeats the secret of its source, so the answer is not kept: tell the owner of the site"
    return FetchError("secret_echoed", str(url), detail, again=False, status=answer.status)


def _on_the_way(url: str, error: FetchError, there: httpx2.URL | str | None) -> FetchError:
    """The error as one of the URL that was asked for, though it happened where that led."""
    error.url = url
    error.detail = error.detail if there is None else f"it is redirected to {there}: {error.detail}"
    return error


def _stopped(url: str) -> FetchError:
    return FetchError("stopped", url, "the run was ended before its turn came: run again")


def _status(url: httpx2.URL, answer: Answer, until: datetime | None = None) -> FetchError:
    status = answer.status
    return FetchError(
        f"status_{status}",
        str(url),
        f"{url.host} answers {status}: {_refusal(status)}",
        again=status not in NEVER_AGAIN,
        retry_after=until,
        status=status,
    )


def _refusal(status: int) -> str:
    if status in {404, 410}:
        return "the page is not there (any more)"
    if status in {401, 407}:
        return "name a variable with the headers that it wants in headers_env of the source"
    if status == 403:
        return "it does not want us there; ask its owner"
    if status == 451:
        return "it may not show it by law"
    if status == 429:
        return "it is asked too often; raise delay_seconds of its source"
    if status >= 500:
        return "it is in trouble; try later"
    return "there is nothing to keep; look at the address"
