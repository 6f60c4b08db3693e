"""Delivering an event to one target, in bounded time; what goes wrong is said without any secret.

A webhook gets the event as JSON by POST, signed as https://www.standardwebhooks.com has it, whose libraries check it in
many languages:

    Webhook-Id: klangkhao-5f0d…            the same when an event is sent again: tell repetitions by it
    Webhook-Timestamp: 1767225600          seconds since 1970: refuse what is minutes old
    Webhook-Signature: v1,K5oZfzN95Z9U…    HMAC-SHA256 of the id, a full stop, the timestamp, a full stop and the body,
                                           in Base64

The key is what follows `whsec_` in the secret, out of Base64: 24 to 64 bytes (`openssl rand -base64 32` makes one). An
answer of 2xx means delivered; redirects are not followed. An email is the event in words. A command gets the JSON on
its standard input, and has delivered it when it ends with exit code 0.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http.client
import json
import os
import signal
import smtplib
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from flows.alerts.settings import Command, Mail, MissingSecretError, Target, Webhook, secret, wrong_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PREFIX = "whsec_"
KEY_BYTES = range(24, 65)  # as Standard Webhooks has it
SAID = 500  # letters of what a receiver or a command says


class DeliveryError(Exception):
    """An event could not be delivered; the message says why and what to do."""


class _Interruptible(Protocol):
    sock: socket.socket | None


def deliver(target: Target, event: Mapping[str, Any]) -> str | None:
    """Deliver an event; return what is to be told though it was delivered, or None.

    Raises:
        DeliveryError: it was not delivered, or nobody can know.
    """
    try:
        match target:
            case Mail():
                return _mail(target, event)
            case Webhook():
                _post(target, event)
            case Command():
                _run(target, event)
            case _:
                raise TypeError(f"{target!r} is no kind of target")
    except MissingSecretError as error:
        raise DeliveryError(str(error)) from None
    return None


# Webhooks


def signature(key: str, event_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a delivery, as https://www.standardwebhooks.com has it: libraries in many languages check it.

    Args:
        key: the secret, in Base64, usually with `whsec_` before it.
        event_id: what the receiver tells repetitions by.
        timestamp: when it is sent, in seconds since 1970: what is old is a replay.
        body: the bytes that are sent.

    Raises:
        DeliveryError: the secret is none.
    """
    try:
        raw = base64.b64decode(key.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) not in KEY_BYTES:
        raise DeliveryError(
            "its secret must be 24 to 64 bytes in Base64, with whsec_ before it: make one with "
            "`openssl rand -base64 32`"
        )
    signed = b".".join((event_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(raw, signed, hashlib.sha256)).decode()


def _post(target: Webhook, event: Mapping[str, Any]) -> None:
    url = target.url or secret(str(target.url_env))
    if wrong := wrong_url(url):
        raise DeliveryError(f"the address in {target.url_env} {wrong}")
    body = json.dumps(event, ensure_ascii=False).encode()
    timestamp = int(time.time())
    request = urllib.request.Request(  # noqa: S310 - http and https only, checked above
        url,
        data=body,
        method="POST",
        headers={
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "klangkhao",
            "webhook-id": str(event["id"]),
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secret(target.secret_env), str(event["id"]), timestamp, body),
        },
    )
    watch = _Watch(target.timeout)
    opener = urllib.request.build_opener(_Stay(), _Http(watch), _Https(watch))
    where = urlsplit(url).hostname  # no more of it: the path may be a secret
    with watch.bounded():
        try:
            with opener.open(request, timeout=target.timeout) as answer:
                answer.read(SAID)
        except urllib.error.HTTPError as error:
            with error:
                said = _short(error.read(SAID).decode(errors="replace"))
            if 300 <= error.code < 400:
                advice = "redirects are not followed: declare the address where it ends"
            else:
                advice = f"it said {said!r}" if said else "it said nothing more"
            raise DeliveryError(f"{where} answered {error.code} {error.reason}: {advice}") from None
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryError(f"{where} {watch.reason(error)}") from None


class _Watch:
    """Ends a connection when its time is up: a receiver that sends a byte now and then would hold up the run."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self._connection: _Interruptible | None = None

    def of(self, connection: Any) -> Any:
        self._connection = connection
        return connection

    @contextmanager
    def bounded(self) -> Iterator[None]:
        timer = threading.Timer(self.seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _end(self) -> None:
        self.is_over = True
        held = self._connection.sock if self._connection else None
        if held is not None:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    def reason(self, error: Exception) -> str:
        """What went wrong, in words."""
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        if self.is_over or isinstance(cause, TimeoutError):
            return f"gave no answer within {self.seconds:g} s: look whether it runs, or allow more timeout_seconds"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"has a certificate that is not trusted ({cause.verify_message}): mend it, or name the authority's "
                "certificates in SSL_CERT_FILE"
            )
        if isinstance(cause, socket.gaierror):
            return f"is not known as a name ({cause.strerror}): correct the address"
        words = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
        return f"can't be reached ({_short(words)}): look whether it runs there"


class _Http(urllib.request.HTTPHandler):
    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(lambda host, **kwargs: self._watch.of(http.client.HTTPConnection(host, **kwargs)), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch
        self._trusted = ssl.create_default_context()

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(
            lambda host, **kwargs: self._watch.of(http.client.HTTPSConnection(host, context=self._trusted, **kwargs)),
            req,
        )


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow nobody elsewhere: what is signed for one receiver is not for another."""

    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


# Mail


def _mail(target: Mail, event: Mapping[str, Any]) -> str | None:
    message = _message(target, event)
    user, password = (secret(target.user_env), secret(target.password_env or "")) if target.user_env else ("", "")
    watch = _Watch(target.timeout)
    with watch.bounded():
        try:
            with _connected(target, watch) as server:
                if user:
                    server.login(user, password)
                refused = server.send_message(message)
        except smtplib.SMTPAuthenticationError as error:
            raise DeliveryError(
                f"{target.host} does not accept the name and password in {target.user_env} and {target.password_env} "
                f"({error.smtp_code}): correct them"
            ) from None
        except smtplib.SMTPRecipientsRefused as error:
            raise DeliveryError(f"{target.host} takes mail for none of them: {_refusals(error.recipients)}") from None
        except smtplib.SMTPNotSupportedError as error:
            raise DeliveryError(
                f"{target.host} does not offer what is asked of it ({error}): look at security and the port"
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(_smtp_words(target, watch, error)) from None
    return f"{target.host} takes no mail for {_refusals(refused)}" if refused else None


@contextmanager
def _connected(target: Mail, watch: _Watch) -> Iterator[smtplib.SMTP]:
    trusted = ssl.create_default_context()
    server: smtplib.SMTP
    if target.security == "tls":
        server = smtplib.SMTP_SSL(timeout=target.timeout, context=trusted)
    else:
        server = smtplib.SMTP(timeout=target.timeout)
    server._host = target.host  # type: ignore[attr-defined]  # noqa: SLF001 - connect() leaves it, and TLS needs it
    watch.of(server)
    try:
        server.connect(target.host, target.port)
        if target.security == "starttls":
            server.starttls(context=trusted)
        yield server
        # The message is accepted by now: a server that goes away instead of saying goodbye changes nothing.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()


def _message(target: Mail, event: Mapping[str, Any]) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = " ".join(str(event["subject"]).split())
    message["From"] = target.sender
    message["To"] = ", ".join(target.to)
    message["Date"] = format_datetime(datetime.fromisoformat(str(event["timestamp"])).astimezone())
    message["Message-ID"] = f"<{event['id']}@klangkhao>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(str(event["text"]), cte="base64")
    return message


def _smtp_words(target: Mail, watch: _Watch, error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException) and not watch.is_over:
        said = error.smtp_error if isinstance(error.smtp_error, str) else error.smtp_error.decode(errors="replace")
        return f"{target.host} answered {error.smtp_code} {_short(said)}"
    return f"{target.host} port {target.port} {watch.reason(error)}"


def _refusals(refused: Mapping[str, tuple[int, bytes]]) -> str:
    return "; ".join(
        f"{address} ({code} {_short(said.decode(errors='replace'))})" for address, (code, said) in refused.items()
    )


# Commands


def _run(target: Command, event: Mapping[str, Any]) -> None:
    program = target.command[0]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(json.dumps(event, ensure_ascii=False).encode())
        given.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 - what the settings name, without a shell
                target.command, stdin=given, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
            )
        except OSError as error:
            raise DeliveryError(f"{program} can't be started ({error.strerror}): correct it in the settings") from None
        try:
            code = process.wait(target.timeout)
        except subprocess.TimeoutExpired:
            _end_group(process)
            raise DeliveryError(
                f"{program} did not end within {target.timeout:g} s and was stopped: mend it, or allow more "
                "timeout_seconds"
            ) from None
        except BaseException:
            _end_group(process)
            raise
        if code:
            said.seek(max(0, said.seek(0, os.SEEK_END) - SAID))
            words = _short(said.read().decode(errors="replace"))
            how = f"ended with exit code {code}" if code > 0 else f"was ended by signal {-code}"
            raise DeliveryError(f"{program} {how}{f': {words}' if words else ''}")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End a command with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _short(text: str) -> str:
    return " ".join(text.split())[:SAID]
