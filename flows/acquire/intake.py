"""What every kind of source does alike: names its documents, chooses them, and turns bytes into a document."""

from __future__ import annotations

import hashlib
import os
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from flows.acquire.decode import binary_problem, other_kind
from schemas.records import Document, Rejected

if TYPE_CHECKING:
    from collections import Counter

    from flows.acquire.sources import Source

# What would make a URI mean something else, controls, and bytes of a file name that are not UTF-8 (as Python escapes
# them). Thai letters and blanks stay readable.
_ESCAPED = re.compile("[%#?\x00-\x1f\x7f-\x9f\udc80-\udcff]")


def escape(path: str) -> str:
    """`path` as it stands in a source URI."""
    return _ESCAPED.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogateescape")), path
    )


def is_wanted(source: Source, name: str, ignored: Counter[str]) -> bool:
    """Whether `name`, a path with `/` inside the source, is to be read; else it is counted by suffix in `ignored`."""
    last = name.rpartition("/")[2]
    if not is_metadata(name):
        folded, folded_last = name.lower(), last.lower()
        for pattern in source.include:
            if fnmatchcase(folded if "/" in pattern else folded_last, pattern.lower()):
                return True
    ignored[os.path.splitext(last)[1].lower() or "no suffix"] += 1  # noqa: PTH122 - a name, not a path
    return False


def is_metadata(name: str) -> bool:
    """Whether macOS put `name` beside a file, under the same suffix."""
    return name.startswith(("__MACOSX/", "._")) or "/._" in name


def admit(source: Source, uri: str, raw: bytes) -> Document | Rejected:
    """The document, or why its bytes are clearly none. Decoding is left to the workers."""
    digest = hashlib.sha256(raw).hexdigest()
    if len(raw) > source.max_bytes:
        return Rejected(source.id, uri, digest, "too_large", too_large(len(raw), source.max_bytes))
    if not raw or raw.isspace():
        what = f"{len(raw)} bytes, all blank" if raw else "0 bytes"
        return Rejected(source.id, uri, digest, "empty", f"{what}: fetch it again or remove it")
    problem = other_kind(raw) if source.encoding else binary_problem(raw)
    if problem:
        return Rejected(source.id, uri, digest, "binary", problem)
    return Document(source.id, uri, raw, digest)


def too_large(size: int, limit: int) -> str:
    """The sentence for a text of `size` bytes where `limit` are allowed."""
    return (
        f"{size / 1e6:,.1f} MB, more than the {limit / 1e6:,.4g} MB of one text: split it, "
        "or raise max_mb of its source in sources.toml"
    )
