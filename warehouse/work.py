"""The writer's database: opening it, what it knows, what is still to be done, and the record of runs."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Literal

from schemas.instants import now, utc
from warehouse.connect import connect, transaction
from warehouse.errors import LockedError, WarehouseError
from warehouse.migrate import migrate, require_ours
from warehouse.publish import copy_file, write_ahead_log

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from warehouse.paths import Paths

INTERRUPTED = "interrupted"


def open_work(paths: Paths, *, fresh: bool = False) -> duckdb.DuckDBPyConnection:
    """Open the work database at the schema of this code, after making sure that the snapshot may be replaced later.

    Where it is missing but there is a snapshot, it is made from that: a snapshot that was copied or whose state was
    deleted is continued, not replaced by what one run finds.

    Args:
        paths: the warehouse.
        fresh: start with an empty database, to be filled from landing again.

    Raises:
        WarehouseError: a file is not ours, cannot be read or written, or (fresh) landing lacks what was loaded.
        NewerVersionError: a newer klangkhao wrote it.
        LockedError: another process has it open.
    """
    _require_replaceable(paths)
    try:
        for folder in (paths.state, paths.landing, paths.staging, paths.reports):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WarehouseError(
            f"{paths.state}: the folder for the warehouse's state cannot be made ({error.strerror}). "
            "Correct its rights, or name another file with --warehouse."
        ) from error
    if fresh:
        _require_landing(paths)
        write_ahead_log(paths.work).unlink(missing_ok=True)
        paths.work.unlink(missing_ok=True)
    elif not paths.work.exists() and paths.snapshot.exists():
        copy_file(paths.snapshot, paths.work)
    con = _connect(paths)
    try:
        migrate(con, paths.work)
    except BaseException:
        con.close()
        raise
    return con


def known_documents(con: duckdb.DuckDBPyConnection, pending: Iterable[Path] = ()) -> dict[str, str]:
    """The content hash last taken of every document by URI: of what was loaded or set aside, then of what waits.

    Args:
        con: the work database.
        pending: landing files still in the queue, oldest first.
    """
    known: dict[str, str] = dict(con.execute("select source_uri, content_hash from etl_document").fetchall())
    for landing in pending:
        rows = con.execute("select source_uri, content_hash from read_parquet(?)", [str(landing)]).fetchall()
        known.update(rows)
    return known


def pending_batches(con: duckdb.DuckDBPyConnection, paths: Paths) -> list[Path]:
    """The landing files that have not been loaded, oldest first (run ids sort by time)."""
    done = {batch for (batch,) in con.execute("select batch_id from etl_batch").fetchall()}
    waiting = [file for file in paths.landing.glob("*.parquet") if file.stem not in done]
    return sorted(waiting, key=_queue_order)


def _queue_order(landing: Path) -> tuple[str, int, str]:
    run_id, _, number = landing.stem.rpartition("-")
    return run_id, len(number), number


def clear_staging(paths: Paths) -> None:
    """Remove what runs left in staging, killed ones included: all of it can be made again from landing."""
    shutil.rmtree(paths.staging)
    paths.staging.mkdir()


def start_run(con: duckdb.DuckDBPyConnection, *, run_id: str, started_at: datetime, extractor_version: str) -> None:
    """Record a run as running. Runs found running have lost their process (the caller holds the lock): they failed."""
    with transaction(con):
        con.execute(
            "update etl_run set status = 'failed', finished_at = ?, message = ? where status = 'running'",
            [now(), INTERRUPTED],
        )
        con.execute("delete from etl_run where run_id = ?", [run_id])
        con.execute(
            "insert into etl_run values (?, ?, null, 'running', ?, 0, 0, 0, 0, 0, null)",
            [run_id, utc(started_at), extractor_version],
        )


def finish_run(
    con: duckdb.DuckDBPyConnection,
    *,
    run_id: str,
    status: Literal["ok", "failed", "refused"],
    acquired: int = 0,
    rejected: int = 0,
    unchanged: int = 0,
    loaded: int = 0,
    revised: int = 0,
    message: str | None = None,
) -> None:
    """Record how a run ended; before publishing, so that the snapshot tells of the run that made it."""
    with transaction(con):
        con.execute(
            "update etl_run set finished_at = ?, status = ?, acquired = ?, rejected = ?, unchanged = ?, loaded = ?, "
            "revised = ?, message = ? where run_id = ?",
            [now(), status, acquired, rejected, unchanged, loaded, revised, message, run_id],
        )


def _connect(paths: Paths) -> duckdb.DuckDBPyConnection:
    try:
        return connect(paths.work)
    except LockedError:
        raise
    except WarehouseError as error:
        raise WarehouseError(
            f"{error} If it is damaged, delete this file: the next run goes on from the published snapshot, "
            "and what that lacks is still in landing."
        ) from error


def _require_replaceable(paths: Paths) -> None:
    """Refuse to work towards a file that publishing would have to overwrite and that is not ours."""
    if not paths.snapshot.exists():
        return
    try:
        with closing(connect(paths.snapshot, read_only=True)) as con:
            require_ours(con, paths.snapshot)
    except LockedError:
        # A reader that opened it for writing, as many clients do unasked, is no reason to wait: publishing puts a new
        # file in its place. That it is ours is then told by the state beside it alone.
        if not paths.work.exists():
            raise


def _require_landing(paths: Paths) -> None:
    """Refuse to start anew where raw documents of the old database are gone: their releases would be lost."""
    standing = next((file for file in (paths.work, paths.snapshot) if file.exists()), None)
    if standing is None:
        return
    with closing(connect(standing, read_only=True)) as con:
        if not require_ours(con, standing):
            return
        loaded = [name for (name,) in con.execute("select landing_path from etl_batch order by all").fetchall()]
    missing = [name for name in loaded if not (paths.landing / name).exists()]
    if missing:
        raise WarehouseError(
            f"{paths.landing}: {len(missing)} of {len(loaded)} landing files are missing ({missing[0]} …), "
            "so their releases cannot be rebuilt. Bring the files back; the warehouse is left as it is."
        )
