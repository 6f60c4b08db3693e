"""The published snapshot: a copy of the work database that readers open, replaced in one step."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Final

import duckdb

from warehouse.connect import FULL_DISK, explained, full_disk
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.paths import Paths

_NO_RANGE_COPY: Final = frozenset({errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EPERM})
_PIECE: Final = 1 << 30


def publish(con: duckdb.DuckDBPyConnection, paths: Paths) -> None:
    """Close the work database and put a copy of it in the snapshot's place.

    Readers that have the old snapshot open keep it; whoever opens it next gets the new one. Killed at any moment, this
    leaves the one or the other.

    Raises:
        WarehouseError: it could not be written; the old snapshot stays.
    """
    try:
        with closing(con):
            con.execute("force checkpoint")
    except duckdb.Error as error:
        raise explained(paths.work, error) from error
    # Left by a client that opened the old snapshot for writing; applied to the new one, it would damage it.
    write_ahead_log(paths.snapshot).unlink(missing_ok=True)
    copy_file(paths.work, paths.snapshot)


def write_ahead_log(database: Path) -> Path:
    """Where DuckDB keeps what it has not yet written into the database file."""
    return database.with_name(f"{database.name}.wal")


def copy_file(source: Path, target: Path) -> None:
    """Copy a file so that the target appears whole and lasting, or stays as it was; shares blocks where the disk can.

    Partial copies that killed processes left beside the target are removed.

    Raises:
        WarehouseError: it could not be written.
    """
    for stale in target.parent.glob(f".{_escaped(target.name)}.*.partial"):
        stale.unlink(missing_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        try:
            _copy(source, partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        _sync_folder(target.parent)
    except OSError as error:
        if error.errno in FULL_DISK:
            raise full_disk(target, source.stat().st_size) from error
        raise WarehouseError(
            f"{target}: cannot be written ({error.strerror}). Correct the folder's rights, or name another file "
            "with --warehouse. What is loaded stays loaded, and the published snapshot is as it was."
        ) from error


def _copy(source: Path, partial: Path) -> None:
    with source.open("rb") as reading, partial.open("wb") as writing:
        if not _copied_by_kernel(reading.fileno(), writing.fileno()):
            shutil.copyfileobj(reading, writing, 1 << 20)
            writing.flush()
        os.fsync(writing.fileno())


def _copied_by_kernel(reading: int, writing: int) -> bool:
    """Copy without going through this process, or say that this system or file system cannot."""
    if not hasattr(os, "copy_file_range"):
        return False
    left = os.fstat(reading).st_size
    first = True
    while left:
        try:
            done = os.copy_file_range(reading, writing, min(left, _PIECE))
        except OSError as error:
            if first and error.errno in _NO_RANGE_COPY:
                return False
            raise
        if not done:
            raise OSError(errno.EIO, "the file became shorter while it was copied")
        left -= done
        first = False
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
