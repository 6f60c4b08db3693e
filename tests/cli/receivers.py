"""Real receivers of alerts on this machine: an HTTP server that can misbehave, a mail server, certificates."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
TOLERANCE_SECONDS = 300


@dataclass
class Hooks:
    """What an HTTP receiver got, and how it answers: a code, `redirect`, `silent` or `drip`."""

    port: int = 0
    scheme: str = "http"
    answer: int | str = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook/with-a-token-of-its-own"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@contextmanager
def hooks(certificate: tuple[Path, Path] | None = None) -> Iterator[Hooks]:
    """An HTTP server that notes what it is sent; with certificate and key over TLS."""
    state = Hooks()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            state.arrived.set()
            if state.answer == "silent":
                state.release.wait(60)
                return
            if state.answer == "drip":
                while not state.release.wait(0.05):
                    try:
                        self.wfile.write(b"H")
                        self.wfile.flush()
                    except OSError:
                        return
                return
            if state.answer == "redirect":
                self.send_response(302)
                self.send_header("Location", f"{state.url}/elsewhere")
            else:
                self.send_response(int(state.answer))
            said = b"thank you" if state.answer == 200 else b"not today"
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        state.scheme = "https"
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def accepts(headers: dict[str, str], body: bytes, secret: str = SECRET, now: float | None = None) -> bool:
    """Whether a receiver that goes by https://www.standardwebhooks.com takes a delivery: signed, and not old."""
    sent_at = int(headers["webhook-timestamp"])
    if abs((time.time() if now is None else now) - sent_at) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [each.partition(",")[2] for each in headers["webhook-signature"].split() if each.startswith("v1,")]
    return any(hmac.compare_digest(expected, each) for each in given)


@dataclass
class Mailbox:
    """What a mail server got: who it was for and the message, and whether it came over TLS and with a login."""

    port: int = 0
    got: list[tuple[list[str], EmailMessage, bool, bool]] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)


USER, PASSWORD = "quality", "correct horse"


@contextmanager
def mailbox(certificate: tuple[Path, Path], *, tls: bool = False, login: bool = True) -> Iterator[Mailbox]:
    """A mail server with STARTTLS, or with TLS from the start; it wants a login unless told not to."""
    state = Mailbox()

    class Handler:
        async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
            self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
        ) -> str:
            if address in state.refuse:
                return "550 5.1.1 nobody of that name"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            is_private = tls or session.ssl is not None
            state.got.append((envelope.rcpt_tos, message, is_private, bool(session.authenticated)))
            return "250 OK"

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        is_right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    common: dict[str, Any] = {"hostname": "127.0.0.1", "port": 0}
    if login:
        common |= {"authenticator": check, "auth_required": True, "auth_require_tls": not tls}
    made = Controller(Handler(), ssl_context=context, **common) if tls else None
    controller = made or Controller(Handler(), tls_context=context, **common)
    controller.port = _free_port()
    controller.start()
    state.port = controller.port
    try:
        yield state
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def write_certificate(folder: Path, *, days: int = 1) -> tuple[Path, Path]:
    """Make a certificate of its own authority for this machine; return the files of certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver of the tests")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files
