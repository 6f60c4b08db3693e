"""Sources → documents → landing.

A kind of source that is read in one go is a module with a `documents` function, named here; those of the web and of
WARC files keep how far they have got, and have a `crawl` function.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flows.acquire import archive, folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flows.acquire.sources import Source
    from schemas.records import Document, Rejected

READERS: dict[str, Callable[[Source, Counter[str]], Iterator[Document | Rejected]]] = {
    "folder": folder.documents,
    "zip": archive.documents,
}


def documents(source: Source, ignored: Counter[str] | None = None) -> Iterator[Document | Rejected]:
    """Each document of a source, or why it is none, one at a time; `SourceError` where the source itself is missing.

    `ignored` counts by suffix the files that the source does not include.
    """
    return READERS[source.kind](source, Counter() if ignored is None else ignored)
