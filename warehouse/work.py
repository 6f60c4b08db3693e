"""The writer's database: opening it, what it knows, what is still to be done, and the record of runs."""

from __future__ import annotations

import shutil
from contextlib import closing, suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.instants import now, utc
from schemas.records import Override
from warehouse.backup import back_up
from warehouse.connect import connect, explained, transaction
from warehouse.errors import LockedError, WarehouseError
from warehouse.migrate import migrate, migrations, missing, require_ours
from warehouse.publish import copy_file, write_ahead_log

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from warehouse.paths import Paths

INTERRUPTED = "interrupted"

# What a rebuild keeps, since landing does not hold it: the runs, what their checks found, what was declared of sources,
# what never was landed, and how far the sources of the web have got.
_RECORDS: Final = {
    "etl_run": "true",
    "quality_result": "true",
    "quality_failing_row": "true",
    "dim_source": "source_key >= 0",
    "etl_quarantine": "stage = 'acquire'",
    "source_listing": "true",
    "source_entry": "true",
    "source_host": "true",
    "source_robots": "true",
}
_ADDED: Final[dict[str, dict[str, str]]] = {  # columns that later versions have, and what they hold of earlier rows
    "etl_run": {"closed": "0"},
    "quality_result": {},
    "quality_failing_row": {},
    "dim_source": {},
    "etl_quarantine": {"status": "'open'"},
    "source_listing": {},
    "source_entry": {},
    "source_host": {},
    "source_robots": {},
}


def open_work(paths: Paths, *, fresh: bool = False) -> duckdb.DuckDBPyConnection:
    """Open the work database at the schema of this code, after making sure that the snapshot may be replaced later.

    One of an earlier schema is copied before it is migrated, if it holds anything.

    Where it is missing but there is a snapshot, it is made from that: a snapshot that was copied or whose state was
    deleted is continued, not replaced by what one run finds.

    Args:
        paths: the warehouse.
        fresh: start with a database of nothing but the records that landing does not hold, to be filled from it again.

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
        _start_anew(paths)
    elif not paths.work.exists() and paths.snapshot.exists():
        copy_file(paths.snapshot, paths.work)
    con = _backed_up(_connect(paths), paths)
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
        for uri, content_hash in _landed(con, landing, "content_hash"):
            if content_hash is None:
                known.pop(uri, None)
            else:
                known[uri] = content_hash
    return known


def standing_documents(con: duckdb.DuckDBPyConnection, source_id: str, pending: Iterable[Path] = ()) -> set[str]:
    """The URIs of the documents that were last taken from a source and that it still had when it was last read.

    Args:
        con: the work database.
        source_id: the source.
        pending: landing files still in the queue, oldest first.
    """
    rows = con.execute("select source_uri from etl_document where source_id = ?", [source_id]).fetchall()
    standing = {uri for (uri,) in rows}
    for landing in pending:
        for uri, content_hash, source in _landed(con, landing, "content_hash, source_id"):
            if content_hash is not None and source == source_id:
                standing.add(uri)
            else:
                standing.discard(uri)
    return standing


def set_aside(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str | None], bool]:
    """The documents that are not in the warehouse because they were rejected, by URI and content hash.

    The value is whether the rejection is open; else somebody has decided that it is right.
    """
    rows = con.execute(
        "select source_uri, content_hash, bool_or(status = 'open') from etl_quarantine "
        "anti join dim_release using (source_uri, content_hash) "
        "where status = 'open' or resolution = 'dismissed' group by all"
    ).fetchall()
    return {(uri, content_hash): is_open for uri, content_hash, is_open in rows}


def known_overrides(con: duckdb.DuckDBPyConnection) -> list[Override]:
    """The decisions that have been loaded, in their order."""
    columns = ", ".join(field.name for field in fields(Override) if field.name != "decided_at")
    instant = "strftime(decided_at, '%Y-%m-%dT%H:%M:%S.%f')"
    rows = con.execute(f"select {columns}, {instant} from etl_override order by decided_at, override_id").fetchall()
    return [Override(*row) for row in rows]


def _landed(con: duckdb.DuckDBPyConnection, landing: Path, columns: str) -> list[tuple[Any, ...]]:
    """The rows of a landing file in their order; one without content says that the document is gone."""
    return con.execute(f"select source_uri, {columns} from read_parquet(?)", [str(landing)]).fetchall()


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
            "insert into etl_run values (?, ?, null, 'running', ?, 0, 0, 0, 0, 0, null, 0)",
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
    closed: int = 0,
    message: str | None = None,
) -> None:
    """Record how a run ended; before publishing, so that the snapshot tells of the run that made it."""
    with transaction(con):
        con.execute(
            "update etl_run set finished_at = ?, status = ?, acquired = ?, rejected = ?, unchanged = ?, loaded = ?, "
            "revised = ?, closed = ?, message = ? where run_id = ?",
            [now(), status, acquired, rejected, unchanged, loaded, revised, closed, message, run_id],
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


def _backed_up(con: duckdb.DuckDBPyConnection, paths: Paths) -> duckdb.DuckDBPyConnection:
    """Copy a database that is about to be migrated and has something to lose; return a connection to it."""
    try:
        steps = missing(con, paths.work)
        version = len(migrations()) - len(steps)
        if not (steps and version and _holds_documents(con)):
            return con
        con.execute("force checkpoint")
    except duckdb.Error as error:
        con.close()
        raise explained(paths.work, error) from error
    except BaseException:
        con.close()
        raise
    con.close()  # reading its file beside an open connection would drop that one's lock
    back_up(paths, version)
    return _connect(paths)


def _holds_documents(con: duckdb.DuckDBPyConnection) -> bool:
    return con.execute("select 1 from dim_release union all select 1 from etl_document limit 1").fetchone() is not None


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


def _start_anew(paths: Paths) -> None:
    """Put a new database in the place of the work database, in one step; it keeps what landing can't bring back."""
    new = paths.work.with_name("rebuild.duckdb")
    for left in (new, write_ahead_log(new)):
        left.unlink(missing_ok=True)
    standing = _standing(paths)
    with closing(connect(new)) as con:
        migrate(con, new)
        if standing is not None:
            con.execute(f"attach '{str(standing).replace(chr(39), chr(39) * 2)}' as standing (read_only)")
            for table, kept in _RECORDS.items():
                _keep(con, table, kept)
            con.execute("detach standing")
        con.execute("force checkpoint")
    write_ahead_log(paths.work).unlink(missing_ok=True)
    new.replace(paths.work)


def _keep(con: duckdb.DuckDBPyConnection, table: str, kept: str) -> None:
    """Take rows of a table over from the standing database, which may be of an earlier schema."""
    rows = con.execute(
        "select column_name from duckdb_columns() where database_name = 'standing' and table_name = ?", [table]
    ).fetchall()
    if rows:
        columns = {name for (name,) in rows}
        added = "".join(f", {value} as {name}" for name, value in _ADDED[table].items() if name not in columns)
        con.execute(f"insert into {table} by name select *{added} from standing.{table} where {kept}")


def _standing(paths: Paths) -> Path | None:
    """The database that holds the most: the work database, else the snapshot."""
    return next((file for file in (paths.work, paths.snapshot) if file.exists()), None)


def _require_landing(paths: Paths) -> None:
    """Refuse to start anew where raw documents of the old database are gone: their releases would be lost."""
    standing = _standing(paths)
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
    missing = [name for name in _raw_files(paths) if not (paths.landing / name).exists()]
    if missing:
        raise WarehouseError(
            f"{paths.landing}: {len(missing)} files of raw responses are missing ({missing[0]} …), so the releases in "
            "them cannot be read again. Bring the files back; the warehouse is left as it is."
        )


def _raw_files(paths: Paths) -> list[str]:
    """The WARC files that landing files stand on; a landing file that is damaged is told when it is read."""
    names: set[str] = set()
    for path in paths.landing.glob("*.parquet"):
        with suppress(OSError, pa.ArrowException), pq.ParquetFile(path) as file:
            if "record" in file.schema_arrow.names:
                records = file.read(["record"])["record"].unique().to_pylist()
                names.update(record.partition("#")[0] for record in records if record)
    return sorted(names)
