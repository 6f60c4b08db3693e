"""Points in time as the warehouse keeps them: UTC, without a zone, so that any client reads them as they are."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(instant: datetime) -> datetime:
    """The instant in UTC without its zone; one that has none is UTC already."""
    return instant if instant.tzinfo is None else instant.astimezone(UTC).replace(tzinfo=None)


def now() -> datetime:
    return utc(datetime.now(UTC))
