"""Which klangkhao this is, as sites and WARC files are told."""

from __future__ import annotations

from functools import cache
from importlib import metadata


@cache
def version() -> str:
    """The installed version; looking it up takes longer than a request on this machine."""
    return metadata.version("klangkhao")
