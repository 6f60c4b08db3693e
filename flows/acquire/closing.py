"""Which documents a source has no longer, and whether that can be believed.

A source that lists all it has (a folder, an archive) is asked by listing it; that a document is missing counts only
where nothing hid it: a folder or an archive inside the source that could not be read may hold it still.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from schemas.records import Gone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from flows.acquire.landing import LandingResult
    from flows.acquire.sources import Source

FEW: Final = 20  # documents of a source of which any share may go
SHARE: Final = 0.5  # of more than those


def lists_all(source: Source) -> bool:
    """Whether what a run does not find in the source is not there: not so of one file of a folder."""
    return source.complete and (source.kind != "folder" or os.path.isdir(source.location))  # noqa: PTH112


def find_gone(source: Source, standing: Collection[str], landed: LandingResult) -> list[Gone]:
    """The documents that were there and are not among what the source gave, by their URIs.

    Args:
        source: the source, all of which was read.
        standing: URIs of the documents that it had before.
        landed: what it gave.
    """
    hidden = {_path(reject.source_uri, whole_archive=reject.reason == "zip_bomb") for reject in landed.rejected}
    missing = (uri for uri in standing if uri not in landed.listed and not _is_hidden(uri, hidden))
    return [Gone(source.id, uri) for uri in sorted(missing)]


def absence(source: Source, landed: LandingResult) -> Callable[[str], bool]:
    """Whether something with a URI, rejected before and not met this time, can be believed to be there no longer."""
    hidden = {_path(reject.source_uri, whole_archive=reject.reason == "zip_bomb") for reject in landed.rejected}
    whole, itself = lists_all(source), {source.uri, f"file://{source.location}"}
    return lambda uri: uri in itself or (whole and not _is_hidden(uri, hidden))


def refusal(source: Source, standing: Collection[str], gone: Collection[Gone], landed: LandingResult) -> str | None:
    """Why so many documents gone are more likely a mistake than the truth; None where they can be believed."""
    if landed.listed and (len(standing) <= FEW or len(gone) <= SHARE * len(standing)):
        return None
    return (
        f'source "{source.id}": {len(gone):,} of its {len(standing):,} releases are in {source.location} no longer. '
        "None of them was closed, because a folder that is not mounted or was emptied by mistake looks the same. "
        "Bring them back; or, if they are really gone, run again with --allow-closing."
    )


def _is_hidden(uri: str, hidden: set[str]) -> bool:
    """Whether a document is, or lies in, something that could not be read."""
    path = _path(uri)
    while path:
        if path in hidden:
            return True
        path = path[: max(path.rfind("/"), 0)].removesuffix("!")
    return False


def _path(uri: str, *, whole_archive: bool = False) -> str:
    """A URI without its scheme, which differs between an archive and its folder; or its archive, read up to a limit."""
    path = uri.partition("://")[2]
    return path.partition("!/")[0] if whole_archive else path
