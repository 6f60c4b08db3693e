"""A real web server on this machine that serves made-up sites and misbehaves on demand.

    with Website() as site:
        site.serve("/ข่าว/1.html", "<p>…</p>")                 # with an ETag: asked again, it answers 304
        site.fault("/ข่าว/*", "status", times=2, code=503)     # the next two requests there fail
        ...
        assert [request.path for request in site.requests] == [...]

Each site has an address of its own (127.0.0.1 unless told otherwise; on Linux all of 127.0.0.0/8 is this machine), so
that several of them are several hosts. With `tls=` it speaks HTTPS with a certificate that is good or bad.
"""

# ruff: noqa: ARG002 - every fault is called alike
from __future__ import annotations

import fnmatch
import gzip
import hashlib
import ipaddress
import random
import re
import socket
import socketserver
import ssl
import struct
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, unquote

import brotli
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HTML = "text/html; charset=utf-8"
REASONS = {
    200: "OK",
    301: "Moved Permanently",
    302: "Found",
    304: "Not Modified",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    403: "Forbidden",
    404: "Not Found",
    410: "Gone",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@dataclass(slots=True)
class Request:
    """What was asked, and what was answered: status 0 where the answer had none."""

    method: str
    path: str  # percent-decoded, without the query
    query: str
    headers: dict[str, str]  # names in lower case
    status: int = 0
    at: float = 0.0  # time.monotonic() when it came
    fault: str | None = None

    @property
    def is_conditional(self) -> bool:
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass(slots=True)
class Page:
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    chunked: bool = False


@dataclass(slots=True)
class Fault:
    pattern: str
    kind: str
    times: int | None  # None: for ever
    options: dict[str, Any]


class Website:
    """A site; use as a context manager. All methods may be called from any thread while it runs.

    Args:
        host: the address that it listens on.
        tls: None for plain HTTP, or a certificate: "good" (trusted with `ca_file`), "self_signed", "expired",
            "wrong_name".
    """

    def __init__(self, host: str = "127.0.0.1", *, tls: str | None = None, port: int = 0) -> None:
        self.host = host
        self.requests: list[Request] = []
        self.connections = 0
        self.busiest = 0  # most requests that were under way at once
        self._pages: dict[str, Page | Callable[[Request], Page]] = {}
        self._faults: list[Fault] = []
        self._chaos: Callable[[Request], tuple[str, dict[str, Any]] | None] | None = None
        self._tls = tls
        self._port = port
        self._under_way = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._folder = tempfile.TemporaryDirectory()
        self.ca_file: Path | None = None

    # Running

    def __enter__(self) -> Self:
        context = None
        if self._tls:
            folder = Path(self._folder.name)
            self.ca_file, chain, key = write_certificates(folder, self._tls, self.host)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(chain, key)
        self._server = _Server((self.host, self._port), self, context)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.end_connections()
        self._thread.join()
        self._folder.cleanup()

    @property
    def port(self) -> int:
        return self._port

    @property
    def scheme(self) -> str:
        return "https" if self._tls else "http"

    @property
    def authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """The address of the site, without a slash at its end."""
        return f"{self.scheme}://{self.authority}"

    def at(self, path: str) -> str:
        """The whole URL of a path; what is not ASCII in it is percent-encoded."""
        return self.url + quote(path, safe="/?=&%+~:,;@!$'()*")

    # What is served

    def serve(
        self,
        path: str,
        body: bytes | str,
        *,
        status: int = 200,
        content_type: str | None = HTML,
        headers: Mapping[str, str] | None = None,
        etag: str | bool = True,
        last_modified: datetime | str | None = None,
        coding: str | None = None,
        chunked: bool = False,
    ) -> str:
        """Serve a body under a path, from now on; return the URL.

        Args:
            path: as written by people; the query counts to it where it has one.
            body: bytes, or text that is encoded as UTF-8.
            status: of the answer.
            content_type: the header, or None for none.
            headers: more of them.
            etag: True for one made from the body, False for none, or the tag.
            last_modified: answers `If-Modified-Since`.
            coding: gzip, br, deflate, or gzip-of-gzip as "gzip, gzip": how the body travels.
            chunked: whether it travels in chunks.
        """
        raw = body.encode() if isinstance(body, str) else body
        named = dict(headers or {})
        if content_type is not None:
            named.setdefault("Content-Type", content_type)
        if coding:
            named["Content-Encoding"] = coding
        tag = f'"{hashlib.sha256(raw).hexdigest()[:16]}"' if etag is True else etag or None
        modified = format_datetime(last_modified, usegmt=True) if isinstance(last_modified, datetime) else last_modified
        for each in (coding or "").split(","):
            raw = encode(raw, each.strip()) if each.strip() else raw
        self._pages[path] = Page(raw, status, named, tag, modified, chunked)
        return self.at(path)

    def serve_with(self, path: str, made: Callable[[Request], Page]) -> str:
        """Serve what a function makes of each request."""
        self._pages[path] = made
        return self.at(path)

    def remove(self, path: str, *, status: int = 404) -> None:
        """Answer 404, or 410, from now on."""
        self._pages[path] = Page(b"<p>not here</p>", status, {"Content-Type": HTML})

    def redirect(self, path: str, to: str, *, status: int = 301) -> str:
        """Send away from a path: `to` stands in the Location header as it is."""
        self._pages[path] = Page(b"", status, {"Location": to})
        return self.at(path)

    def robots(self, text: str, *, status: int = 200) -> None:
        self.serve("/robots.txt", text, status=status, content_type="text/plain", etag=False)

    # Misbehaviour

    def fault(self, pattern: str, kind: str, *, times: int | None = None, **options: Any) -> None:
        """Misbehave on paths that match a pattern (`*`, `?`), the next `times` requests or for ever.

        Kinds and their options are the methods of `_Answer` with `fault_` before the kind.
        """
        if not hasattr(_Answer, f"fault_{kind}"):
            raise ValueError(f"no such fault: {kind}")
        self._faults.append(Fault(pattern, kind, times, options))

    def behave(self) -> None:
        """Have done with all faults."""
        self._faults.clear()
        self._chaos = None

    def chaos(self, seed: int, share: float, kinds: Sequence[tuple[str, dict[str, Any]]] | None = None) -> None:
        """Let a share of all answers be bad from now on.

        Which and how follows from the seed, the path and how often it was asked for, not from the order of threads.
        `kinds` are faults with their options; `CHAOS` unless given.
        """
        drawn = list(kinds if kinds is not None else CHAOS)
        asked: dict[str, int] = {}

        def draw(request: Request) -> tuple[str, dict[str, Any]] | None:
            with self._lock:
                asked[request.path] = count = asked.get(request.path, 0) + 1
            chance = random.Random(f"{seed} {self.authority.partition(':')[0]} {request.path}?{request.query} {count}")
            return chance.choice(drawn) if chance.random() < share else None

        self._chaos = draw

    def paths(self, *, status: int | None = None) -> list[str]:
        """Paths asked for so far, except robots.txt, in their order."""
        return [
            each.path
            for each in list(self.requests)
            if each.path != "/robots.txt" and (status is None or each.status == status)
        ]

    # Inside

    def _drawn(self, request: Request) -> tuple[str, dict[str, Any]] | None:
        with self._lock:
            for fault in self._faults:
                if fault.times != 0 and fnmatch.fnmatchcase(request.path, fault.pattern):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault.kind, fault.options
        return self._chaos(request) if self._chaos else None

    def _begin(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)
            self._under_way += 1
            self.busiest = max(self.busiest, self._under_way)

    def _end(self) -> None:
        with self._lock:
            self._under_way -= 1

    def _page(self, request: Request) -> Page:
        queries = (request.query, unquote(request.query)) if request.query else ()
        for path in (*(f"{request.path}?{query}" for query in queries), request.path):
            if (page := self._pages.get(path)) is not None:
                return page(request) if callable(page) else page
        return Page(b"<p>no such page</p>", 404, {"Content-Type": HTML})


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], site: Website, context: ssl.SSLContext | None) -> None:
        self.site = site
        self.context = context
        self.open: set[socket.socket] = set()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Answer)

    def end_connections(self) -> None:
        for each in list(self.open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of the server's."""


class _Answer(socketserver.BaseRequestHandler):
    """One connection: its requests are answered one after another."""

    server: _Server

    def setup(self) -> None:
        self.site = self.server.site
        self.site.connections += 1
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.plain = self.request
        if self.server.context:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        self.server.open.add(self.request)
        self._buffer = b""
        self._keep = True

    def finish(self) -> None:
        self.server.open.discard(self.request)
        with suppress(OSError):
            self.request.close()

    def handle(self) -> None:
        with suppress(OSError, ssl.SSLError):
            while self._keep and (asked := self._read()):
                self.site._begin(asked)
                try:
                    self._answer(asked)
                finally:
                    self.site._end()

    def _read(self) -> Request | None:
        while b"\r\n\r\n" not in self._buffer:
            got = self.request.recv(65536)
            if not got:
                return None
            if got[:1] == b"\x16" and not self.server.context:
                self._write(b"HTTP/1.1 400 Bad Request\r\n\r\nThis site does not speak TLS")
                return None
            self._buffer += got
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _version = first.split(" ", 2)
        path, _, query = target.partition("?")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return Request(method, unquote(path), query, headers, at=time.monotonic())

    def _answer(self, asked: Request) -> None:
        page = self.site._page(asked)
        drawn = self.site._drawn(asked)
        if drawn is None:
            self._send(asked, page)
            return
        asked.fault = drawn[0]
        getattr(self, f"fault_{drawn[0]}")(asked, page, **drawn[1])

    def _send(self, asked: Request, page: Page) -> None:
        """Answer as a good server does."""
        headers = {"Date": format_datetime(datetime.now(UTC), usegmt=True)} | page.headers
        if page.etag:
            headers["ETag"] = page.etag
        if page.last_modified:
            headers["Last-Modified"] = page.last_modified
        if page.status == 200 and _is_known(asked, page):
            asked.status = 304
            headers.pop("Content-Type", None)
            self._write(_head(304, headers))
            return
        asked.status = page.status
        if page.chunked:
            headers["Transfer-Encoding"] = "chunked"
            self._write(_head(page.status, headers) + b"".join(_chunks(page.body)) + b"0\r\n\r\n")
            return
        headers["Content-Length"] = str(len(page.body))
        self._write(_head(page.status, headers) + page.body)

    def _write(self, raw: bytes) -> None:
        self.request.sendall(raw)

    def _wait(self, seconds: float) -> bool:
        """Wait, unless the site ends; whether it did not."""
        return not self.site._over.wait(seconds)

    def _head_of(self, asked: Request, page: Page, length: int | None, **more: str) -> bytes:
        asked.status = page.status
        headers = page.headers | {name.replace("_", "-"): value for name, value in more.items()}
        if length is not None:
            headers["Content-Length"] = str(length)
        return _head(page.status, headers)

    # Faults of time

    def fault_slow(self, asked: Request, page: Page, *, seconds: float = 0.2) -> None:
        """Think first, then answer well."""
        if self._wait(seconds):
            self._send(asked, page)

    def fault_silent(self, asked: Request, page: Page, *, seconds: float = 30) -> None:
        """Take the request and say nothing."""
        self._wait(seconds)
        self._keep = False

    def fault_drip(self, asked: Request, page: Page, *, seconds: float = 0.02, where: str = "body") -> None:
        """A byte now and then, of the head or of the body: never too long between two of them."""
        whole = self._head_of(asked, page, len(page.body)) + page.body
        at_once = 0 if where == "head" else whole.index(b"\r\n\r\n") + 4
        self._write(whole[:at_once])
        for position in range(at_once, len(whole)):
            if not self._wait(seconds):
                break
            self._write(whole[position : position + 1])

    def fault_endless(self, asked: Request, page: Page, *, chunked: bool = False) -> None:
        """A body that never ends."""
        more = {"Transfer_Encoding": "chunked"} if chunked else {"Connection": "close"}
        self._write(self._head_of(asked, page, None, **more))
        block = b"<p>12345</p>" * 5000
        while not self.site._over.is_set():
            self._write(b"%x\r\n%b\r\n" % (len(block), block) if chunked else block)
        self._keep = False

    def fault_continue_forever(self, asked: Request, page: Page) -> None:
        """Interim answers without end, never a final one."""
        while not self.site._over.is_set():
            self._write(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 100)

    # Faults of the connection

    def fault_reset(self, asked: Request, page: Page, *, after: int = 0) -> None:
        """Reset the connection, before the first byte or after some bytes of the body."""
        if after:
            self._write(self._head_of(asked, page, len(page.body)) + page.body[:after])
            self._wait(0.02)  # a reset overtakes what the client has not read yet
        self.plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._keep = False

    def fault_close(self, asked: Request, page: Page) -> None:
        """Close the connection without a word."""
        self._keep = False

    def fault_truncated(self, asked: Request, page: Page, *, share: float = 0.5, chunked: bool = False) -> None:
        """End before the announced length, or before the last chunk."""
        part = page.body[: int(len(page.body) * share)]
        if chunked:
            head = self._head_of(asked, page, None, Transfer_Encoding="chunked")
            self._write(head + b"".join(_chunks(part)))
        else:
            self._write(self._head_of(asked, page, len(page.body)) + part)
        self._keep = False

    def fault_garbage(self, asked: Request, page: Page, *, what: bytes = b"\x00\x01 no HTTP at all\r\n\r\n") -> None:
        """Say something that is no HTTP."""
        self._write(what)
        self._keep = False

    def fault_huge_header(self, asked: Request, page: Page, *, size: int = 2_000_000) -> None:
        """One header without end."""
        self._write(_head(200, {"X-Long": "x" * size, "Content-Length": "2"}) + b"ok")

    def fault_many_headers(self, asked: Request, page: Page, *, count: int = 50_000) -> None:
        """Headers without number."""
        self._write(_head(200, {f"X-{n}": "x" for n in range(count)} | {"Content-Length": "2"}) + b"ok")

    # Faults of coding

    def fault_chunked(self, asked: Request, page: Page) -> None:
        """Not wrong at all: the body in chunks."""
        self._write(self._head_of(asked, page, None, Transfer_Encoding="chunked"))
        for chunk in _chunks(page.body):
            self._write(chunk)
        self._write(b"0\r\n\r\n")

    def fault_broken_chunks(self, asked: Request, page: Page) -> None:
        """A chunk whose length is none."""
        head = self._head_of(asked, page, None, Transfer_Encoding="chunked")
        self._write(head + b"".join(_chunks(page.body)) + b"zz\r\nrest\r\n")
        self._keep = False

    def fault_coded(self, asked: Request, page: Page, *, coding: str, said: str | None = None) -> None:
        """The body coded as gzip, br, deflate or raw_deflate; `said` where the header tells another coding."""
        body = encode(page.body, coding)
        told = said if said is not None else coding.removeprefix("raw_")
        self._write(self._head_of(asked, page, len(body), Content_Encoding=told) + body)

    def fault_bomb(self, asked: Request, page: Page, *, coding: str = "gzip", size: int = 50_000_000) -> None:
        """Little on the wire, very much unpacked; `coding` may be doubled as in "gzip, gzip"."""
        body = bomb(coding, size)
        self._write(self._head_of(asked, page, len(body), Content_Encoding=coding) + body)

    def fault_broken_coding(self, asked: Request, page: Page, *, coding: str = "gzip", cut: bool = False) -> None:
        """A coded body with a hole in it, or cut short (the length of what is sent is told rightly)."""
        body = encode(page.body, coding)
        middle = len(body) // 2
        body = body[:middle] if cut else body[:middle] + bytes(each ^ 0xFF for each in body[middle:])
        self._write(self._head_of(asked, page, len(body), Content_Encoding=coding) + body)

    def fault_charset(self, asked: Request, page: Page, *, encoding: str, said: str | None = None) -> None:
        """The text in another encoding; `said` is what the header tells, None for nothing."""
        body = page.body.decode().encode(encoding, errors="replace")
        kind = "text/html" if said is None else f"text/html; charset={said}"
        self._write(self._head_of(asked, page, len(body), **{"Content-Type": kind}) + body)

    def fault_mojibake(self, asked: Request, page: Page) -> None:
        """UTF-8 that was read as Latin-1 and written as UTF-8 again."""
        body = page.body.decode("latin-1").encode()
        self._write(self._head_of(asked, page, len(body)) + body)

    def fault_replaced(self, asked: Request, page: Page, *, body: bytes | str, content_type: str = HTML) -> None:
        """Another body, with 200: a notice of works, an empty page, broken XML."""
        raw = body.encode() if isinstance(body, str) else body
        self._write(self._head_of(asked, page, len(raw), **{"Content-Type": content_type}) + raw)

    # Faults of status

    def fault_status(
        self,
        asked: Request,
        page: Page,
        *,
        code: int,
        retry_after: str | float | datetime | None = None,
        body: str = "",
    ) -> None:
        """Another status; `retry_after` in seconds, or as a date."""
        headers = {"Content-Type": HTML, "Content-Length": str(len(body.encode()))}
        if isinstance(retry_after, datetime):
            headers["Retry-After"] = format_datetime(retry_after.astimezone(UTC), usegmt=True)
        elif retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        asked.status = code
        self._write(_head(code, headers) + body.encode())

    def fault_redirect(self, asked: Request, page: Page, *, to: str, code: int = 302) -> None:
        """Send elsewhere: another site, a private address, file:///etc/passwd."""
        asked.status = code
        self._write(_head(code, {"Location": to, "Content-Length": "0"}))

    def fault_redirect_loop(self, asked: Request, page: Page, *, code: int = 302) -> None:
        """Send from the path to the path."""
        self.fault_redirect(asked, page, to=quote(asked.path), code=code)

    def fault_redirect_chain(self, asked: Request, page: Page, *, length: int = 5, code: int = 302) -> None:
        """Send on `length` times with a number in the query, then answer well."""
        done = int(asked.query.removeprefix("hop=") or 0) if asked.query.startswith("hop=") else 0
        if done >= length:
            self._send(asked, page)
        else:
            self.fault_redirect(asked, page, to=f"{quote(asked.path)}?hop={done + 1}", code=code)


CHAOS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("reset", {}),
    ("reset", {"after": 10}),
    ("close", {}),
    ("truncated", {}),
    ("truncated", {"chunked": True}),
    ("garbage", {}),
    ("huge_header", {"size": 200_000}),
    ("broken_chunks", {}),
    ("broken_coding", {}),
    ("broken_coding", {"coding": "br"}),
    ("broken_coding", {"cut": True}),
    ("coded", {"coding": "gzip", "said": "br"}),
    ("coded", {"coding": "gzip", "said": "x-unknown"}),
    ("redirect_loop", {}),
    ("status", {"code": 500}),
    ("status", {"code": 502}),
    ("status", {"code": 503, "retry_after": 0}),
)
"""Faults that lose nothing for ever and take no time: what answers wrongly now answers well the next time."""

HARMLESS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("chunked", {}),
    ("coded", {"coding": "gzip"}),
    ("coded", {"coding": "br"}),
    ("coded", {"coding": "deflate"}),
    ("coded", {"coding": "raw_deflate"}),
    ("slow", {"seconds": 0.005}),
    ("redirect_chain", {"length": 2}),
)
"""Unusual, but right: the body comes all the same."""


def encode(raw: bytes, coding: str) -> bytes:
    """A body under a content coding."""
    if coding in {"gzip", "x-gzip"}:
        return gzip.compress(raw, 6, mtime=0)
    if coding == "br":
        return bytes(brotli.compress(raw, quality=4))
    if coding == "deflate":
        return zlib.compress(raw)
    if coding == "raw_deflate":
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        return packer.compress(raw) + packer.flush()
    raise ValueError(f"no such coding: {coding}")


_BOMBS: dict[tuple[str, int], bytes] = {}


def bomb(coding: str, size: int) -> bytes:
    """Zeros, coded: 50 MB become some 50 kB of gzip, 60 bytes of brotli."""
    if (coding, size) not in _BOMBS:
        raw = bytes(size)
        for each in coding.split(","):
            raw = encode(raw, each.strip())
        _BOMBS[coding, size] = raw
    return _BOMBS[coding, size]


def _is_known(asked: Request, page: Page) -> bool:
    """Whether the client has this already: its ETag decides where there is one, as RFC 9110 has it."""
    if (tags := asked.headers.get("if-none-match")) is not None:
        weak = [each.strip().removeprefix("W/") for each in tags.split(",")]
        return page.etag is not None and (page.etag.removeprefix("W/") in weak or "*" in weak)
    since = asked.headers.get("if-modified-since")
    return since is not None and page.last_modified is not None and since == page.last_modified


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {REASONS.get(status, 'Odd')}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")


def _chunks(body: bytes, size: int = 1000) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        part = body[start : start + size]
        yield b"%x\r\n%b\r\n" % (len(part), part)


def write_certificates(folder: Path, kind: str, host: str) -> tuple[Path, Path, Path]:
    """Certificates for a site: the authority's, the site's, its key. The kinds are those of `Website`."""
    now = datetime.now(UTC)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"authority of the tests {ca_key.key_size}")])
    authority = (
        x509.CertificateBuilder()
        .subject_name(ca_name)
        .issuer_name(ca_name)
        .public_key(ca_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    own = kind == "self_signed"
    names: list[x509.GeneralName] = [x509.DNSName("elsewhere.test")]
    if kind != "wrong_name":
        names = [x509.DNSName("localhost"), x509.DNSName("site.test"), _general(host)]
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "site of the tests")])
    site = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name if own else ca_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=8))
        .not_valid_after(now + timedelta(days=-1 if kind == "expired" else 8))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(key if own else ca_key, hashes.SHA256())
    )
    paths = folder / "ca.pem", folder / "site.pem", folder / "key.pem"
    paths[0].write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(site.public_bytes(serialization.Encoding.PEM))
    paths[2].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def _general(host: str) -> x509.GeneralName:
    if re.fullmatch(r"[\d.]+|.*:.*", host):
        return x509.IPAddress(ipaddress.ip_address(host))
    return x509.DNSName(host)


@contextmanager
def websites(count: int) -> Iterator[list[Website]]:
    """Several sites, each on an address of its own: 127.0.1.1, 127.0.1.2 and so on."""
    with ExitStack() as stack:
        yield [stack.enter_context(Website(f"127.0.{1 + n // 250}.{1 + n % 250}")) for n in range(count)]
