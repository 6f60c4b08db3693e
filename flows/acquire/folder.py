"""Releases from a folder and all folders below it, or from one file, always in the same order."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from flows.acquire import archive
from flows.acquire.intake import admit, escape, is_wanted, too_large
from flows.acquire.sources import SourceError
from schemas.records import Document, Rejected

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from flows.acquire.sources import Source


def documents(source: Source, ignored: Counter[str]) -> Iterator[Document | Rejected]:
    """Everything that the source includes; `SourceError` where its folder is missing or closed."""
    root = Path(source.location)
    try:
        mode = root.stat().st_mode
        if stat.S_ISDIR(mode):
            os.scandir(root).close()
    except OSError as error:
        raise SourceError(
            f'source "{source.id}": {root} {_why(error)}. Correct its path or its permissions and run again.'
        ) from None
    if not stat.S_ISDIR(mode):
        if source.location.lower().endswith(".zip"):
            raise SourceError(f'source "{source.id}": {root} is an archive. Write kind = "zip" and run again.')
        yield _read(source, str(root))
        return
    for found in _walk(source, root):
        if isinstance(found, Rejected):
            yield found
        elif is_wanted(source, os.path.relpath(found, root), ignored):
            if found.lower().endswith(".zip"):
                yield from archive.read(source, found, ignored)
            else:
                yield _read(source, found)


def _walk(source: Source, root: Path) -> Iterator[str | Rejected]:
    """Paths of all files in the order of their names. Linked folders are followed out of the tree, each folder once."""
    real_root = os.path.realpath(root)
    seen: set[tuple[int, int]] = set()
    pending = [(str(root), True)]
    while pending:
        path, is_folder = pending.pop()
        if not is_folder:
            yield path
            continue
        try:
            status = os.stat(path)  # noqa: PTH116
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(path) as entries:
                listing = sorted(entries, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield _unreadable(source, path, error)
            continue
        for entry in listing:
            if not entry.is_symlink() or not os.path.isdir(entry.path):  # noqa: PTH112 - never raises, unlike is_dir
                pending.append((entry.path, entry.is_dir(follow_symlinks=False)))
                continue
            target = os.path.realpath(entry.path)
            if os.path.commonpath([real_root, target]) not in {real_root, target}:  # else in the tree, or around it
                pending.append((entry.path, True))


def _read(source: Source, path: str) -> Document | Rejected:
    uri = f"file://{escape(path)}"
    try:
        status = os.stat(path)  # noqa: PTH116 - a plain string is twice as fast over many files
        if not stat.S_ISREG(status.st_mode):
            return Rejected(source.id, uri, None, "unreadable", "it is no regular file: replace it by one or remove it")
        if status.st_size > source.max_bytes:
            return Rejected(source.id, uri, None, "too_large", too_large(status.st_size, source.max_bytes))
        with open(path, "rb") as file:  # noqa: PTH123
            raw = file.read(source.max_bytes + 1)
    except OSError as error:
        return _unreadable(source, path, error)
    return admit(source, uri, raw)


def _unreadable(source: Source, path: str, error: OSError) -> Rejected:
    return Rejected(source.id, f"file://{escape(path)}", None, "unreadable", f"it {_why(error)}: {_remedy(error)}")


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "does not exist, or is a link to what does not exist"
    if isinstance(error, PermissionError):
        return "may not be read by this user"
    return f"can't be read ({error.strerror})"


def _remedy(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "restore it or remove the link"
    if isinstance(error, PermissionError):
        return "give this user the right to read it"
    return "mend or remove it, then run again"
