"""An answer of a web server as bytes: where its head ends, and what it says once all framing is undone.

What is fetched and what is read from a WARC file go through the same parser, so that what was landed can be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import h11

_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d\.\d (\d{3})")


class MessageError(Exception):
    """Bytes are no answer of a web server, or not all of one; the message says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """An answer: its payload is without chunks, and packed as it came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name; several of one name joined by commas."""
        return header(self.headers, name)


def header(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    """The value of a header, whatever the case of its name; several of one name joined by commas."""
    values = [value for each, value in headers if each.lower() == name.lower()]
    return ", ".join(values) if values else None


def as_text(headers: list[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Headers as text: UTF-8 where they are, else Latin-1, in which any byte is a letter."""
    return tuple((name.decode("latin-1"), _decode(value)) for name, value in headers)


def _decode(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def split(wire: bytes) -> tuple[bytes, bytes]:
    """The head of the final answer, with its blank line, and what follows; interim answers (1xx) are left out."""
    start = 0
    while match := _END_OF_HEAD.search(wire, start):
        status = _STATUS.match(wire, start)
        if status is None:
            break
        if not status[1].startswith(b"1"):
            return wire[start : match.end()], wire[match.end() :]
        start = match.end()
    raise MessageError("no head of an answer")


def parse(wire: bytes) -> Message:
    """The answer that bytes hold; `MessageError` where they hold none, part of one, or more than one."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=len(wire) + 1)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "stored")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(wire)
    answer: h11.Response | None = None
    parts: list[bytes] = []
    is_over = False
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Response):
                answer = event
            elif isinstance(event, h11.Data):
                parts.append(bytes(event.data))
            elif event is h11.NEED_DATA and not is_over:
                is_over = True
                connection.receive_data(b"")
            elif not isinstance(event, h11.InformationalResponse):
                break
    except h11.RemoteProtocolError as error:
        raise MessageError(str(error)) from None
    if answer is None or not isinstance(event, h11.EndOfMessage):
        raise MessageError("no whole answer")
    if connection.trailing_data[0]:
        raise MessageError("more than one answer")
    return Message(answer.status_code, as_text(answer.headers.raw_items()), b"".join(parts))
