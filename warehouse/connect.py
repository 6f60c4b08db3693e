"""Connections to DuckDB files: one configuration, one transaction form, and errors that a person can act on."""

from __future__ import annotations

import errno
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from warehouse.errors import LockedError, WarehouseError

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    # Nothing is fetched from the network, whatever a query names.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
STORAGE_VERSION: Final = "v1.5.0"  # the oldest DuckDB that our files open in
CHECKPOINT_THRESHOLD: Final = "64MB"  # few rewrites while loading, and large commits go past the write-ahead log
FULL_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def connect(file: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file, or make one where there is none and `read_only` is not asked for.

    Raises:
        WarehouseError: the file is missing, unreadable or no DuckDB file.
        LockedError: another process has it open for writing.
    """
    if read_only and not file.exists():
        raise WarehouseError(
            f"{file}: there is no such warehouse. Make it with `klangkhao run`, or name another with --warehouse."
        )
    if not read_only and "?" in str(file.absolute()):  # it would put its write-ahead log in another folder
        raise WarehouseError(
            f"{file}: DuckDB cannot write under a path with a question mark. Name another file or folder."
        )
    config = CONFIG if read_only else {**CONFIG, "storage_compatibility_version": STORAGE_VERSION}
    try:
        con = duckdb.connect(str(file), read_only=read_only, config=config)
    except duckdb.Error as error:
        raise explained(file, error) from error
    con.execute("set TimeZone = 'UTC'")
    if not read_only:
        con.execute(f"set checkpoint_threshold = '{CHECKPOINT_THRESHOLD}'")
    return con


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing: commits at the end, rolls back on any error; a full disk is said in words.

    Raises:
        WarehouseError: DuckDB could not write to its file.
    """
    file = _file(con)  # asked beforehand: a connection whose commit failed answers nothing more
    con.execute("begin transaction")
    try:
        yield
        con.execute("commit")
    except BaseException as error:
        with suppress(
            duckdb.Error
        ):  # a failed commit has ended the transaction, and the first error is the one to tell
            con.execute("rollback")
        if isinstance(error, duckdb.IOException | duckdb.FatalException | duckdb.TransactionException):
            raise explained(file, error) from error
        raise


def _file(con: duckdb.DuckDBPyConnection) -> Path:
    row = con.execute("select path from duckdb_databases() where database_name = current_database()").fetchone()
    return Path(row[0] if row and row[0] else ":memory:")


def full_disk(file: Path, needed: int | None = None) -> WarehouseError:
    """The error for a file system that has no room for `file`, which needs so many bytes where that is known."""
    free = shutil.disk_usage(file.parent).free
    need = "" if needed is None else f", {needed:,} are needed"
    return WarehouseError(
        f"{file}: the disk is full or its quota used up ({free:,} bytes are free there{need}). "
        "Free some space and run again: what is done stays done, and the published snapshot is as it was."
    )


def explained(file: Path, error: duckdb.Error) -> WarehouseError:
    """The error in words; DuckDB has no codes, so its messages decide (tests hold each of them)."""
    text = str(error)
    if "Could not set lock" in text:
        holder = text.partition("held in ")[2].partition(". See")[0].strip()
        return LockedError(
            f"{file}: another process has it open for writing{f' ({holder})' if holder else ''}. "
            "Wait until it has ended, or stop it."
        )
    if "No space left" in text or "File too large" in text or "quota" in text.lower():
        return full_disk(file)
    if "not a valid DuckDB database file" in text or file.is_dir():
        return WarehouseError(f"{file}: this is not a DuckDB file. Move it away, or name another with --warehouse.")
    if "version number" in text:
        return WarehouseError(
            f"{file}: this file was written by another version of DuckDB ({duckdb.__version__} is installed). "
            "Install the version that wrote it, or name another file with --warehouse."
        )
    return WarehouseError(f"{file}: DuckDB cannot use this file: {text}")
