"""Undoing how a body was packed for its way (gzip, brotli, deflate), never beyond what is allowed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

import brotli

if TYPE_CHECKING:
    from collections.abc import Callable

ACCEPTED: Final = "gzip, br"  # what servers are asked for
MAX_LAYERS: Final = 2  # nobody packs more often but to hide a bomb
MAX_MEMBERS: Final = 100  # of a gzip file; each costs a copy of what follows it
MAX_EXPANSION: Final = 200  # unpacked to packed; Thai pages reach 15, bombs 1,000 and more
SMALL_BYTES: Final = 1_000_000  # up to which any ratio is harmless: an empty table of a small site packs very well
_STEP: Final = 1_000_000  # unpacked at once


class CodingError(Exception):
    """A body can't be unpacked; the message says why, without a remedy."""


class BombError(CodingError):
    """A body unpacks to more than is allowed."""


def codings(header: str | None) -> tuple[str, ...]:
    """The codings that a `Content-Encoding` header names, in the order in which they were put on."""
    named = [each.strip().lower() for each in (header or "").split(",")]
    return tuple(each for each in named if each not in {"", "identity"})


def undo(body: bytes, packed_with: tuple[str, ...], *, limit: int, expansion: float = MAX_EXPANSION) -> bytes:
    """The body without its codings.

    Args:
        body: as it came.
        packed_with: names of codings, the last one outermost.
        limit: most bytes that it may be, at any layer.
        expansion: most times its size on the wire that it may be, beyond what is small.

    Raises:
        BombError: it is more than that.
        CodingError: it is damaged, cut short, or packed with something unknown.
    """
    if not packed_with or not body:
        return body
    if len(packed_with) > MAX_LAYERS:
        raise CodingError(f"packed {len(packed_with)} times")
    allowed = int(min(limit, max(SMALL_BYTES, expansion * len(body))))
    for name in reversed(packed_with):
        if name not in _UNPACKERS:
            raise CodingError(f'packed with "{name[:40]}", which is unknown')
        body = _UNPACKERS[name](body, allowed)
    return body


def gunzip(body: bytes, *, limit: int) -> bytes:
    """A gzip file, of one or more members, as sitemaps are published; raises what `undo` raises."""
    return undo(body, ("gzip",), limit=limit)


def _gunzip(body: bytes, allowed: int) -> bytes:
    unpacked: list[bytes] = []
    while body[:2] == b"\x1f\x8b" or not unpacked:  # what follows the last member is padding, as gzip itself has it
        if len(unpacked) == MAX_MEMBERS:
            raise CodingError(f"a gzip file of more than {MAX_MEMBERS} members")
        parts, body = _inflate(zlib.decompressobj(zlib.MAX_WBITS | 16), body, allowed)
        allowed -= len(parts)
        unpacked.append(parts)
    return b"".join(unpacked)


def _deflate(body: bytes, allowed: int) -> bytes:
    """Zlib, as the standard has it, or the bare stream that some servers send."""
    is_zlib = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflate(zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS), body, allowed)[0]


def _inflate(unpacker: zlib._Decompress, body: bytes, allowed: int) -> tuple[bytes, bytes]:
    """One stream unpacked, and what follows it."""
    try:
        unpacked = unpacker.decompress(body, allowed + 1)
        if len(unpacked) <= allowed and not unpacker.eof and unpacker.unconsumed_tail:
            unpacked += unpacker.decompress(unpacker.unconsumed_tail, 1)
    except zlib.error as error:
        raise CodingError(f"damaged ({error})") from None
    if len(unpacked) > allowed:
        raise BombError(f"more than {allowed / 1e6:,.1f} MB unpacked")
    if not unpacker.eof:
        raise CodingError("cut short")
    return unpacked, unpacker.unused_data


def _unbrotli(body: bytes, allowed: int) -> bytes:
    unpacker = brotli.Decompressor()
    unpacked: list[bytes] = []
    size = 0
    try:
        given = body
        while not unpacker.is_finished():
            part = unpacker.process(given, output_buffer_limit=_STEP)
            given = b""
            size += len(part)
            if size > allowed:
                raise BombError(f"more than {allowed / 1e6:,.1f} MB unpacked")
            unpacked.append(part)
            if not part and not unpacker.is_finished() and unpacker.can_accept_more_data():
                raise CodingError("cut short")
    except brotli.error as error:
        raise CodingError(f"damaged ({error})") from None
    return b"".join(unpacked)


_UNPACKERS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _deflate,
    "br": _unbrotli,
}
