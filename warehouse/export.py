"""What the snapshot holds, for those who have no klangkhao: a folder of Parquet files, or one DuckDB file.

Both hold facts, dimensions, rates, marts and the record of runs and checks; the pipeline's own tables stay behind.
An export is written beside its place and renamed, and replaces nothing but an earlier export.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from glob import escape
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import duckdb

from schemas.references import GROUPS, Group
from schemas.tables import schemas
from warehouse.connect import CONFIG, FULL_DISK, STORAGE_VERSION, connect, explained, full_disk
from warehouse.datapackage import DESCRIPTOR, GENERATOR, PARTITION, UNDATED, Resource, package
from warehouse.errors import WarehouseError
from warehouse.migrate import base_marts
from warehouse.publish import write_ahead_log
from warehouse.reading import ORIGIN, reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DIGEST_BYTES: Final = 1 << 20  # read at once

_LEFT_OUT: Final = frozenset(GROUPS[Group.PIPELINE])


@dataclass(frozen=True, slots=True)
class Exported:
    """Where an export is, and how many rows each table and mart has in it."""

    place: Path
    rows: dict[str, int]


def export_parquet(snapshot: Path, folder: Path) -> Exported:
    """Write all tables and marts as Parquet into a folder, with a data package that describes them.

    What belongs to a release is partitioned by its year of publication (`NAME/published_year=2024/data_0.parquet`);
    the rest is one file each (`NAME.parquet`).

    Raises:
        WarehouseError: the snapshot cannot be read, the folder holds something else, or it cannot be written.
    """
    folder = folder.absolute()
    _require_replaceable_folder(folder)
    with reading(snapshot) as con:
        con.execute("set threads = 1")  # one file for each partition, its rows in order
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            partial = _partial(folder)
            try:
                partial.mkdir()
                resources = [_write(con, name, partial) for name, _ in _exported(con) if name not in base_marts()]
                described = json.dumps(package(con, resources), ensure_ascii=False, indent=2)
                (partial / DESCRIPTOR).write_text(f"{described}\n", encoding="utf-8")
                _put_in_place(partial, folder)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
        except duckdb.IOException as error:
            raise explained(folder, error) from error
        except OSError as error:
            raise _unwritable(folder, error) from error
    return Exported(folder, {resource.name: resource.rows for resource in resources})


def export_duckdb(snapshot: Path, file: Path) -> Exported:
    """Write all tables and marts, comments included, into one DuckDB file that any client from 1.5 on opens.

    Raises:
        WarehouseError: the snapshot cannot be read, the file is something else, or it cannot be written.
    """
    file = file.absolute()
    _require_replaceable_file(file)
    with reading(snapshot):
        pass  # what is wrong with it is said in words
    with closing(duckdb.connect(config=CONFIG)) as con:
        con.execute(f"attach {_quoted(snapshot)} as snapshot (read_only)")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            partial = _partial(file)
            try:
                con.execute(f"attach {_quoted(partial)} as export (storage_version '{STORAGE_VERSION}')")
                con.execute("use export")
                rows = _copy_database(con)
                con.execute("use memory")
                con.execute("detach export")
                partial.replace(file)
            finally:
                partial.unlink(missing_ok=True)
                write_ahead_log(partial).unlink(missing_ok=True)
        except (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as error:
            raise explained(file, error) from error
        except OSError as error:
            raise _unwritable(file, error) from error
    return Exported(file, rows)


def _write(con: duckdb.DuckDBPyConnection, name: str, folder: Path) -> Resource:
    """Write one table or mart: a file, or a folder of one file for each year of publication."""
    columns = [column for column, *_ in con.execute(f'describe "{name}"').fetchall()]
    rows = f'select * from "{name}" order by {_order(name, columns)}'
    parted = _parted(name, columns)
    if parted is not None:
        place = folder / name
        written = _copy(con, f"{parted} order by {PARTITION}, {_order(name, columns)}", place, parted=True)
        if written:
            return _resource(name, folder, sorted(place.rglob("*.parquet")), written)
        place.rmdir()  # an empty table has no partitions: one file tells its columns
    place = folder / f"{name}.parquet"
    written = _copy(con, rows, place)
    return _resource(name, folder, [place], written)


def _copy(con: duckdb.DuckDBPyConnection, select: str, place: Path, *, parted: bool = False) -> int:
    by = f", partition_by ({PARTITION})" if parted else ""
    row = con.execute(f"copy ({select}) to {_quoted(place)} (format parquet, compression zstd{by})").fetchone()
    assert row
    return int(row[0])


def _resource(name: str, folder: Path, files: Sequence[Path], rows: int) -> Resource:
    paths = tuple(file.relative_to(folder).as_posix() for file in files)
    digest = sha256()
    for file in files:
        with file.open("rb") as read:
            while piece := read.read(DIGEST_BYTES):
                digest.update(piece)
    return Resource(name, paths, rows, sum(file.stat().st_size for file in files), digest.hexdigest())


def _parted(name: str, columns: Sequence[str]) -> str | None:
    """The rows with the year in which their release was published; None where they belong to no release."""
    if "published_on" in columns:
        return f'select *, coalesce(year(published_on), {UNDATED}) as {PARTITION} from "{name}"'
    if "release_key" in columns:
        releases = "select release_key, published_on from dim_release"
        return (
            f'select "{name}".*, coalesce(year(release.published_on), {UNDATED}) as {PARTITION} from "{name}" '
            f"left join ({releases}) as release using (release_key)"
        )
    return None


def _order(name: str, columns: Sequence[str]) -> str:
    """What makes the order of rows the same each time: the key of a table, and what tells the rows of a mart apart."""
    model = schemas().get(name)
    key = model.unique if model is not None and model.unique else ("release_key", "kind", "char_start", "char_end")
    return ", ".join(f'"{name}"."{column}"' for column in key if column in columns) or "all"


def _copy_database(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Fill the attached export from the attached snapshot; the schema is the snapshot's own, comments included."""
    con.execute("copy from database snapshot to export (schema)")
    for table in sorted(_LEFT_OUT):
        con.execute(f"drop table if exists {table}")
    rows = {}
    for name, is_table in _exported(con):
        if is_table:
            columns = [column for column, *_ in con.execute(f'describe "{name}"').fetchall()]
            con.execute(f'insert into "{name}" select * from snapshot."{name}" order by {_order(name, columns)}')
        if name not in base_marts():
            row = con.execute(f'select count(*) from "{name}"').fetchone()
            assert row
            rows[name] = row[0]
    con.execute(
        f"create table {ORIGIN} as select $generator as generator, "
        "(select max(version) from snapshot.schema_migration) as schema_version, "
        "(select max(run_id) from etl_run) as run_id",
        {"generator": GENERATOR},
    )
    con.execute(f"comment on table {ORIGIN} is 'What this file was exported from. Grain: one row.'")
    return rows


def _exported(con: duckdb.DuckDBPyConnection) -> list[tuple[str, bool]]:
    """What an export takes along of the current database, by name; whether each is a table."""
    found = con.execute(
        "select table_name, true from duckdb_tables() where database_name = current_database() "
        "union all "
        "select view_name, false from duckdb_views() where database_name = current_database() and not internal "
        "order by 2 desc, 1"
    ).fetchall()
    return [(name, is_table) for name, is_table in found if name not in _LEFT_OUT]


def _require_replaceable_folder(folder: Path) -> None:
    """Refuse a place that holds anything but an earlier export."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise WarehouseError(f"{folder}: this is a file. Name a folder with --to; the file is left as it is.")
    found = {entry.name for entry in folder.iterdir()}
    if not found:
        return
    foreign = found - _named_by(folder / DESCRIPTOR)
    if foreign:
        raise WarehouseError(
            f"{folder}: it holds what is not of an export ({', '.join(sorted(foreign)[:3])}). "
            "Name another folder with --to, or move that away: it is left as it is."
        )


def _named_by(descriptor: Path) -> set[str]:
    """The entries of its folder that a data package of ours names, itself included; none if it is not ours."""
    try:
        described = json.loads(descriptor.read_text(encoding="utf-8"))
        if described["generator"].split()[0] != GENERATOR.split()[0]:
            return set()
        named = [resource["path"] for resource in described["resources"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return set()
    paths = [path for each in named for path in ([each] if isinstance(each, str) else each)]
    return {DESCRIPTOR, *(path.split("/")[0] for path in paths)}


def _require_replaceable_file(file: Path) -> None:
    """Refuse a place that holds anything but an earlier export."""
    if not file.exists():
        return
    with closing(connect(file, read_only=True)) as con:
        tables = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    if ORIGIN not in tables:
        raise WarehouseError(
            f"{file}: this database is not an export of klangkhao's. "
            "Name another file with --to: this one is left as it is."
        )
    if foreign := tables - {ORIGIN, *schemas()}:
        raise WarehouseError(
            f"{file}: tables have been added to this export ({', '.join(sorted(foreign)[:3])}), and a new one would "
            "not have them. Name another file with --to, or move this one away: it is left as it is."
        )


def _put_in_place(partial: Path, folder: Path) -> None:
    """Two renames: between them a reader finds nothing there, never half of something."""
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    if folder.exists():
        folder.rename(old)
    partial.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _partial(place: Path) -> Path:
    """Where an export is written before it is renamed; what killed ones left beside it goes."""
    for ending in ("partial", "partial.wal", "old"):
        for left in place.parent.glob(f".{escape(place.name)}.*.{ending}"):
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()
    return place.with_name(f".{place.name}.{os.getpid()}.partial")


def _unwritable(place: Path, error: OSError) -> WarehouseError:
    if error.errno in FULL_DISK:
        return full_disk(place)
    return WarehouseError(
        f"{error.filename or place}: cannot be written ({error.strerror}). Correct the rights there, or name another "
        "place with --to."
    )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
