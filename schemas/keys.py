"""Deterministic keys: equal input gives equal keys in every run, process and machine, so that replays add nothing."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

UNKNOWN_KEY: Final = -1
"""The member of every dimension that stands for "not known"."""

SEPARATOR: Final = "\x1f"


def _digest(parts: tuple[str, ...]) -> bytes:
    return sha256(SEPARATOR.join(parts).encode()).digest()


def key64(*parts: str) -> int:
    """A non-negative 63-bit key of the parts, for rows counted in millions."""
    return int.from_bytes(_digest(parts)[:8], "big") & 0x7FFF_FFFF_FFFF_FFFF


def key32(*parts: str) -> int:
    """A non-negative 31-bit key of the parts, for dimensions of hundreds of members."""
    return int.from_bytes(_digest(parts)[:4], "big") & 0x7FFF_FFFF


def release_id(source_id: str, source_uri: str) -> str:
    """The name of a release that all its revisions share: "r" and 16 hex digits."""
    return "r" + _digest((source_id, source_uri)).hex()[:16]


def override_id(*parts: str) -> str:
    """The name of a decision: "o" and 16 hex digits."""
    return "o" + _digest(parts).hex()[:16]


def release_key(source_uri: str, content_hash: str, revision: int) -> int:
    """The key of one revision of one release."""
    return key64(source_uri, content_hash, str(revision))


def source_key(source_id: str) -> int:
    return key32("source", source_id)


def rule_key(rule_name: str) -> int:
    return key32("rule", rule_name)


def currency_key(currency_code: str) -> int:
    return key32("currency", currency_code)


def unit_key(unit_code: str) -> int:
    return key32("unit", unit_code)


def place_key(place_code: str) -> int:
    return key32("place", place_code)


def date_key(day: date | None) -> int:
    """A day as yyyymmdd; the unknown member where there is none."""
    return UNKNOWN_KEY if day is None else day.year * 10_000 + day.month * 100 + day.day
