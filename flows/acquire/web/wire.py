"""One request and its answer on the wire: connecting to judged addresses, within a deadline, counting every byte.

httpcore does HTTP and keeps connections; what it connects to, and how long and how much it reads, is decided here,
under it: its own timeouts begin anew with each byte, and an answer of a byte a minute would hold a run for days.
"""

from __future__ import annotations

import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import httpcore2

from flows.acquire.web.addresses import permitted
from flows.acquire.web.failure import FetchError
from flows.acquire.web.message import MessageError, as_text, header, parse, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import httpx2

CONNECT_SECONDS: Final = 10.0  # for the name, for the connection, and for TLS
SILENCE_SECONDS: Final = 30.0  # without a byte, where more than that is left
MAX_HEADERS_BYTES: Final = 100 * 1024  # of an answer; what reads them refuses that only where they come in parts
MAX_HEAD_BYTES: Final = 256 * 1024  # of status line and headers, with all interim answers
MAX_ADDRESSES: Final = 4  # of one name that are tried
KEEP_SECONDS: Final = 30.0  # that an idle connection is kept
POOLS: Final = 16  # a request looks at all connections of its pool: with many hosts in one, that took half its time
MAX_IDLE: Final = 8  # connections that each of them keeps


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `payload` is without chunks, and packed as it came; where it was cut, `sent` is empty."""

    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes
    http_head: bytes
    sent: bytes  # what followed the head, as it came
    address: str  # that it came from
    came_at: datetime  # UTC, aware

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name."""
        return header(self.headers, name)


@dataclass(slots=True)
class _Exchange:
    """The request that a thread has under way."""

    url: str
    deadline: float  # of the monotonic clock
    limit: int  # bytes that may come
    wire: bytearray = field(default_factory=bytearray)
    address: str = ""
    has_ended: bool = False  # the other side closed the connection

    @property
    def left(self) -> float:
        return self.deadline - time.monotonic()

    def seconds(self, at_most: float) -> float:
        """What may still be waited; `httpcore2.ReadTimeout` where that is nothing."""
        left = self.left
        if left <= 0:
            raise httpcore2.ReadTimeout
        return min(left, at_most)


class Wire:
    """Connections of one run; any number of threads ask at once.

    Args:
        resolver: who says which addresses a name has.
        tls: whom to trust; without it the system's authorities, or those that SSL_CERT_FILE or SSL_CERT_DIR name.
    """

    def __init__(self, resolver: Callable[[str, int], Sequence[str]], tls: ssl.SSLContext | None = None) -> None:
        self._current = threading.local()
        trusted = tls or httpcore2.default_ssl_context()
        # Connections to private addresses are kept apart: a source that may not have them must not find one open.
        self._pools = {
            (allow_private, number): httpcore2.ConnectionPool(
                ssl_context=trusted,
                max_connections=None,
                max_keepalive_connections=MAX_IDLE,
                keepalive_expiry=KEEP_SECONDS,
                network_backend=_Dialer(resolver, self._current, allow_private=allow_private),
            )
            for allow_private in (False, True)
            for number in range(POOLS)
        }

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def ask(
        self,
        url: httpx2.URL,
        headers: Iterable[tuple[str, str]],
        *,
        seconds: float,
        max_bytes: int,
        allow_private: bool,
        cut: bool = False,
    ) -> Answer:
        """Send a GET and read the whole answer.

        Args:
            url: what is asked for, checked.
            headers: all but `Host`.
            seconds: for all of it.
            max_bytes: most that the payload may have.
            allow_private: whether private addresses may be connected to.
            cut: whether a longer payload is cut there instead of refused.

        Raises:
            FetchError: there is no whole answer.
        """
        exchange = _Exchange(str(url), time.monotonic() + seconds, MAX_HEAD_BYTES)
        self._current.exchange = exchange
        try:
            return self._ask(exchange, url, list(headers), max_bytes, cut=cut, allow_private=allow_private)
        except (httpcore2.ConnectError, httpcore2.ReadError, httpcore2.WriteError) as error:
            raise _broken(exchange, url, error) from None
        except httpcore2.TimeoutException:
            host = url.host
            detail = (
                f"{host} gave no whole answer within {seconds:g} s: look whether it can be reached, or allow it more "
                "timeout_seconds"
                if exchange.left <= 0
                else f"{host} was silent for too long: look whether it can be reached, or try later"
            )
            raise FetchError("timeout", exchange.url, detail) from None
        except httpcore2.ProtocolError as error:
            raise _odd(exchange, url, error) from None
        finally:
            del self._current.exchange

    def _ask(
        self,
        exchange: _Exchange,
        url: httpx2.URL,
        headers: list[tuple[str, str]],
        max_bytes: int,
        *,
        cut: bool,
        allow_private: bool,
    ) -> Answer:
        request = httpcore2.Request(
            "GET",
            httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=[(b"Host", url.netloc), *((name.encode(), value.encode("latin-1")) for name, value in headers)],
        )
        response = self._pools[allow_private, hash(url.netloc) % POOLS].handle_request(request)
        came_at = datetime.now(UTC)
        exchange.limit = len(exchange.wire) + 2 * max_bytes + MAX_HEAD_BYTES  # chunks have heads, too
        told = as_text(response.headers)
        try:
            _check_headers(response, exchange)
            payload, is_whole = _payload(response, exchange, max_bytes, cut=cut)
            head, sent = _checked(exchange, payload, chunked="chunked" in _codes(told)) if is_whole else (b"", b"")
        except BaseException:
            response.extensions["network_stream"].close()  # nothing more may come over it
            raise
        finally:
            response.close()
        return Answer(response.status, told, payload, head, sent, exchange.address, came_at)


def _check_headers(response: httpcore2.Response, exchange: _Exchange) -> None:
    """Refuse more headers than any answer needs, however they came."""
    size = sum(len(name) + len(value) for name, value in response.headers)
    if size > MAX_HEADERS_BYTES:
        detail = (
            f"its headers have {size:,} bytes, and {MAX_HEADERS_BYTES:,} are the most that are read: tell its owner"
        )
        raise FetchError("protocol", exchange.url, detail, status=response.status)


def _codes(headers: tuple[tuple[str, str], ...]) -> str:
    return (header(headers, "Transfer-Encoding") or "").lower()


def _payload(response: httpcore2.Response, exchange: _Exchange, max_bytes: int, *, cut: bool) -> tuple[bytes, bool]:
    """What an answer holds, without chunks, and whether that is all of it."""
    length = header(as_text(response.headers), "Content-Length") or ""
    is_too_large = length.isascii() and length.isdigit() and int(length[:18]) > max_bytes
    payload = bytearray()
    if cut or not is_too_large:
        for part in response.iter_stream():
            payload += part
            if is_too_large := len(payload) > max_bytes:
                break
    if not is_too_large:
        return bytes(payload), True
    if cut:
        return bytes(payload[:max_bytes]), False
    raise _too_large(exchange.url, max_bytes)


def _checked(exchange: _Exchange, payload: bytes, *, chunked: bool) -> tuple[bytes, bytes]:
    """Head and rest of what came; `FetchError` where that holds more than the answer, or can't be read again."""
    wire = bytes(exchange.wire)
    exchange.wire.clear()
    try:
        head, sent = split(wire)
        came = parse(head + sent).payload if chunked else sent
    except MessageError as error:
        raise _no_answer(exchange.url, str(error)) from None
    if came != payload:
        raise _no_answer(exchange.url, "more than one answer")
    return head, sent if chunked else payload  # the same bytes, held once


def _no_answer(url: str, why: str) -> FetchError:
    detail = f"the answer is not as HTTP has it ({why}): try later, or tell its owner"
    return FetchError("protocol", url, detail)


def _too_large(url: str, max_bytes: int) -> FetchError:
    detail = f"it is larger than {max_bytes / 1e6:,.4g} MB: raise max_mb of its source in sources.toml, or leave it out"
    return FetchError("too_large", url, detail, again=False)


def _broken(exchange: _Exchange, url: httpx2.URL, error: Exception) -> FetchError:
    """The sentence for a connection that could not be made or broke."""
    cause = error.args[0] if error.args else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        detail = (
            f"{url.host} has a certificate that is not trusted ({cause.verify_message}): tell its owner, or name the "
            "authority's certificates in SSL_CERT_FILE"
        )
        return FetchError("tls", exchange.url, detail)
    if isinstance(cause, ssl.SSLError):
        detail = f"no secure connection to {url.host} ({cause.reason or 'TLS failed'}): tell its owner, or try later"
        return FetchError("tls", exchange.url, detail)
    words = cause.strerror if isinstance(cause, OSError) and cause.strerror else "it broke"
    detail = f"the connection to {url.host} failed ({words}): look whether it can be reached, or try later"
    return FetchError("connection", exchange.url, detail)


def _odd(exchange: _Exchange, url: httpx2.URL, error: Exception) -> FetchError:
    """The sentence for an answer that is none, or not all of one. What h11 says may quote what was sent: not told."""
    if isinstance(error, httpcore2.LocalProtocolError):
        detail = "the request can't be sent as it is: look at the address and at headers_env of its source"
        return FetchError("url", exchange.url, detail, again=False)
    if not exchange.wire:
        detail = f"{url.host} closed the connection without an answer: try later"
        return FetchError("connection", exchange.url, detail)
    if exchange.has_ended:
        detail = f"{url.host} ended before the whole answer came: try later"
        return FetchError("truncated", exchange.url, detail)
    detail = f"what {url.host} answers is not as HTTP has it: try later, or tell its owner"
    return FetchError("protocol", exchange.url, detail)


class _Dialer(httpcore2.NetworkBackend):
    """Connects to addresses that were judged, and to no other."""

    def __init__(
        self, resolver: Callable[[str, int], Sequence[str]], current: threading.local, *, allow_private: bool
    ) -> None:
        self._resolver = resolver
        self._current = current
        self._allow_private = allow_private
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline decides
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        exchange: _Exchange = self._current.exchange
        addresses = permitted(
            host,
            port,
            url=exchange.url,
            seconds=exchange.seconds(CONNECT_SECONDS),
            allow_private=self._allow_private,
            resolver=self._resolver,
        )[:MAX_ADDRESSES]
        for address in addresses[:-1]:
            try:
                return self._connect(exchange, address, port, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue  # the next address may answer; the last one's failure is told
        return self._connect(exchange, addresses[-1], port, local_address, socket_options)

    def _connect(
        self,
        exchange: _Exchange,
        address: str,
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None,
    ) -> _Stream:
        seconds = exchange.seconds(CONNECT_SECONDS)
        made = self._plain.connect_tcp(address, port, seconds, local_address, socket_options)
        return _Stream(made, address, self._current)


class _Stream(httpcore2.NetworkStream):
    """A connection that keeps to the deadline of whoever uses it, and notes what came."""

    def __init__(self, stream: httpcore2.NetworkStream, address: str, current: threading.local) -> None:
        self._stream = stream
        self._address = address
        self._current = current

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        exchange: _Exchange = self._current.exchange
        came = self._stream.read(max_bytes, exchange.seconds(SILENCE_SECONDS))
        exchange.address = self._address
        exchange.wire += came
        exchange.has_ended = not came
        if len(exchange.wire) > exchange.limit:
            raise httpcore2.RemoteProtocolError("too many bytes")
        return came

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._current.exchange.seconds(SILENCE_SECONDS))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> _Stream:
        seconds = self._current.exchange.seconds(CONNECT_SECONDS)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._address, self._current)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
