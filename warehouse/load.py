"""Loading: one staging batch in one transaction, columnar from Parquet; a replay of a batch adds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from schemas import keys
from schemas.instants import now, utc
from warehouse.connect import transaction
from warehouse.dimensions import add_days

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from schemas.records import Rejected

FACT_TABLES: Final = ("fact_date", "fact_money", "fact_count", "fact_measure", "fact_numeral", "fact_consistency")

# schemas.keys.release_key in SQL, for revisions after the first; a test holds the two together.
RELEASE_KEY_SQL: Final = (
    "(('0x' || left(sha256(concat_ws(chr(31), source_uri, content_hash, revision::varchar)), 16))::ubigint "
    "& 9223372036854775807::ubigint)::bigint"
)

# The releases of the batch whose content is not what stands, each with its revision and its time of validity.
_INCOMING: Final = f"""
create or replace temp table incoming as
with staged as (
    select file_row_number as position, release_key as staged_key, source_uri, content_hash, valid_from
    from read_parquet($releases, file_row_number = true)
),

standing as (
    select
        source_uri,
        max(revision) as last_revision,
        max(valid_from) as last_valid_from,
        min(first_seen_at) as first_seen_at,
        any_value(content_hash) filter (where is_current) as standing_hash
    from dim_release
    where source_uri in (select source_uri from staged)
    group by source_uri
),

compared as (
    select
        *,
        lag(content_hash, 1, standing_hash) over (partition by source_uri order by position) as hash_before
    from staged
    left join standing using (source_uri)
),

changed as (
    select
        *,
        coalesce(last_revision, 0) + row_number() over (partition by source_uri order by position) as revision,
        greatest(valid_from, last_valid_from) as starts_at
    from compared
    where content_hash is distinct from hash_before
)

select
    position,
    staged_key,
    source_uri,
    revision::integer as revision,
    case when revision = 1 then staged_key else {RELEASE_KEY_SQL} end as release_key,
    coalesce(first_seen_at, min(starts_at) over (partition by source_uri)) as first_seen_at,
    starts_at as valid_from,
    lead(starts_at) over (partition by source_uri order by position) as valid_to
from changed
"""

_CLOSE_REPLACED: Final = """
update dim_release
set is_current = false, valid_to = replacing.valid_from, duplicate_of_key = null
from (select source_uri, min(valid_from) as valid_from from incoming group by source_uri) as replacing
where dim_release.is_current and dim_release.source_uri = replacing.source_uri
"""

_ADD_RELEASES: Final = """
insert into dim_release by name
select
    staged.* exclude (file_row_number) replace (
        incoming.release_key as release_key,
        incoming.revision as revision,
        incoming.first_seen_at as first_seen_at,
        incoming.valid_from as valid_from,
        incoming.valid_to as valid_to,
        incoming.valid_to is null as is_current,
        $run_id as run_id
    )
from read_parquet($releases, file_row_number = true) as staged
join incoming on incoming.position = staged.file_row_number
"""

_ADD_FACTS: Final = """
insert into {table} by name
select staged.* replace (incoming.release_key as release_key)
from read_parquet($facts) as staged
join incoming on incoming.staged_key = staged.release_key
"""

# Members that facts name and no seed or declaration lists: late, and marked as what they are.
_ADD_UNITS: Final = """
insert into dim_unit by name
select distinct unit_key, unit_code, 'as_written' as kind
from read_parquet($measures) as staged
where not exists (from dim_unit where dim_unit.unit_key = staged.unit_key)
"""

_ADD_SOURCES: Final = """
insert into dim_source by name
select distinct staged.source_key, documents.source_id
from read_parquet($releases) as staged
join read_parquet($documents) as documents using (source_uri)
where not exists (from dim_source where dim_source.source_key = staged.source_key)
"""

_SEEN_AGAIN: Final = """
update etl_quarantine
set last_seen_at = staged.last_seen_at
from {rows} as staged
where etl_quarantine.quarantine_key = staged.quarantine_key
"""

_ADD_QUARANTINE: Final = """
insert into etl_quarantine by name
select distinct on (quarantine_key) *
from {rows} as staged
where not exists (from etl_quarantine where etl_quarantine.quarantine_key = staged.quarantine_key)
"""

_MARK_COPIES: Final = """
with ranked as (
    select
        release_key,
        first_value(release_key) over (
            partition by content_hash order by published_on nulls last, source_uri
        ) as first_key
    from dim_release
    where is_current
)

update dim_release
set duplicate_of_key = case when ranked.first_key <> ranked.release_key then ranked.first_key end
from ranked
where
    dim_release.release_key = ranked.release_key
    and dim_release.duplicate_of_key
        is distinct from case when ranked.first_key <> ranked.release_key then ranked.first_key end
"""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a batch added. `revised` of the `loaded` releases were there before; `replayed`: it had been loaded."""

    batch_id: str
    loaded: int
    revised: int
    facts: dict[str, int]
    quarantined: int
    replayed: bool = False


def load_batch(con: duckdb.DuckDBPyConnection, batch_dir: Path, *, batch_id: str, run_id: str) -> LoadResult:
    """Load a staging batch, all of it or nothing.

    A release goes in when its content differs from the current revision of its URI, as the next revision, and its
    facts go with it; so neither the same batch nor the same documents in another batch add anything twice.

    Args:
        con: the work database.
        batch_dir: folder that `flows.stage` wrote.
        batch_id: name of the landing file without its extension.
        run_id: the run that loads it.

    Raises:
        WarehouseError: the database could not be written; nothing of the batch is in it.
    """
    if con.execute("from etl_batch where batch_id = ?", [batch_id]).fetchone():
        return LoadResult(batch_id, 0, 0, dict.fromkeys(FACT_TABLES, 0), 0, replayed=True)
    files = {table: str(batch_dir / f"{table}.parquet") for table in ("dim_release", *FACT_TABLES, "etl_quarantine")}
    releases, documents = {"releases": files["dim_release"]}, {"documents": str(batch_dir / "etl_document.parquet")}
    with transaction(con):
        con.execute(_INCOMING, releases)
        con.execute(_CLOSE_REPLACED)
        loaded = _count(con, _ADD_RELEASES, {**releases, "run_id": run_id})
        revised = _count(con, "select count(*) from incoming where revision > 1")
        facts = {table: _count(con, _ADD_FACTS.format(table=table), {"facts": files[table]}) for table in FACT_TABLES}
        con.execute(_ADD_UNITS, {"measures": files["fact_measure"]})
        con.execute(_ADD_SOURCES, {**releases, **documents})
        _add_days(con, files["dim_release"], files["fact_date"])
        quarantined = _quarantine(con, f"read_parquet({_quoted(files['etl_quarantine'])})")
        con.execute(
            "delete from etl_document where source_uri in (select source_uri from read_parquet($documents))", documents
        )
        con.execute(
            "insert into etl_document by name select *, $batch_id as batch_id from read_parquet($documents)",
            {**documents, "batch_id": batch_id},
        )
        con.execute(
            "insert into etl_batch values (?, ?, ?, ?, ?)",
            [batch_id, run_id, f"{batch_id}.parquet", now(), loaded + sum(facts.values())],
        )
        con.execute("drop table incoming")
    return LoadResult(batch_id, loaded, revised, facts, quarantined)


def record_rejected(
    con: duckdb.DuckDBPyConnection, rejected: Iterable[Rejected], *, run_id: str, seen_at: datetime
) -> int:
    """Put documents that could not be acquired into quarantine; how many are new there."""
    from schemas.validate import to_arrow

    at = utc(seen_at)
    rows: list[tuple[Any, ...]] = []
    for one in rejected:
        key = keys.key64("acquire", one.source_uri, one.content_hash or "", "", one.reason, "")
        what = (one.source_id, one.source_uri, one.content_hash, None, one.reason, one.detail, None)
        rows.append((key, run_id, "acquire", *what, at, at))
    incoming, _, misfits = to_arrow("etl_quarantine", rows)
    if misfits:
        raise ValueError(f"etl_quarantine: {misfits}")
    con.register("rejected", incoming)
    with transaction(con):
        added = _quarantine(con, "rejected")
    con.unregister("rejected")
    return added


def mark_copies(con: duckdb.DuckDBPyConnection) -> int:
    """Point every current release to the first current one with the same bytes, over the whole table; how many changed.

    First is the one published earliest, then the one whose URI sorts first: the order of loading does not matter.
    """
    with transaction(con):
        return _count(con, _MARK_COPIES)


def _quarantine(con: duckdb.DuckDBPyConnection, rows: str) -> int:
    con.execute(_SEEN_AGAIN.format(rows=rows))
    return _count(con, _ADD_QUARANTINE.format(rows=rows))


def _add_days(con: duckdb.DuckDBPyConnection, releases: str, dates: str) -> None:
    add_days(
        con,
        f"select published_on as day from read_parquet({_quoted(releases)}) "
        f"union all select unnest([date_start, date_end]) from read_parquet({_quoted(dates)})",
    )


def _count(con: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, str] | None = None) -> int:
    row = con.execute(sql, parameters).fetchone()
    return 0 if row is None else int(row[0])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
