"""Loading: staging batches in transactions, columnar from Parquet; a replay of a batch adds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from schemas import keys
from schemas.instants import now, utc
from warehouse.connect import transaction
from warehouse.dimensions import add_days
from warehouse.history import record_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from schemas.records import Rejected

FACT_TABLES: Final = (
    "fact_date",
    "fact_money",
    "fact_count",
    "fact_measure",
    "fact_numeral",
    "fact_consistency",
    "fact_place",
)

# Batches that share a transaction: one of 500 releases alone spends most of its time on the commit, and what is gained
# by more is small beside what a killed run would have to do again.
TOGETHER: Final = 16

WORDS: Final = "release_word.parquet"

# schemas.keys.release_key in SQL, for revisions after the first; a test holds the two together.
RELEASE_KEY_SQL: Final = (
    "(('0x' || left(sha256(concat_ws(chr(31), source_uri, content_hash, revision::varchar)), 16))::ubigint "
    "& 9223372036854775807::ubigint)::bigint"
)

# What a release is known again by: its bytes, and the decisions that they were read under.
_READING: Final = "concat_ws(' ', content_hash, array_to_string(overrides, ' '))"

# The releases of the batch that are not what stands, each with its revision and its time of validity.
_INCOMING: Final = f"""
create or replace temp table incoming as
with staged as (
    select
        file_row_number as position, release_key as staged_key, release_id, source_uri, content_hash, valid_from,
        {_READING} as reading
    from read_parquet($releases, file_row_number = true)
),

standing as (
    select
        source_uri,
        max(revision) as last_revision,
        max(greatest(valid_from, valid_to)) as last_valid_at,
        min(first_seen_at) as first_seen_at,
        min_by(release_id, revision) as release_id,
        any_value({_READING}) filter (where is_current) as standing_reading
    from dim_release
    where source_uri in (select source_uri from staged)
    group by source_uri
),

compared as (
    select
        staged.*,
        standing.* exclude (source_uri, release_id),
        -- A release is known by its address, whatever source it was first or is now read through.
        coalesce(
            standing.release_id, first_value(staged.release_id) over (partition by source_uri order by position)
        ) as known_id,
        lag(reading, 1, standing_reading) over (partition by source_uri order by position) as reading_before
    from staged
    left join standing using (source_uri)
),

changed as (
    select
        *,
        coalesce(last_revision, 0) + row_number() over (partition by source_uri order by position) as revision,
        greatest(valid_from, last_valid_at) as starts_at
    from compared
    where reading is distinct from reading_before
)

select
    position,
    staged_key,
    source_uri,
    known_id as release_id,
    revision::integer as revision,
    case when revision = 1 then staged_key else {RELEASE_KEY_SQL} end as release_key,
    coalesce(first_seen_at, min(starts_at) over (partition by source_uri)) as first_seen_at,
    starts_at as valid_from,
    lead(starts_at) over (partition by source_uri order by position) as valid_to
from changed
"""

_CLOSE_REPLACED: Final = """
update dim_release
set is_current = false, valid_to = replacing.valid_from, closed_reason = 'replaced', duplicate_of_key = null
from (select source_uri, min(valid_from) as valid_from from incoming group by source_uri) as replacing
where dim_release.is_current and dim_release.source_uri = replacing.source_uri
"""

_ADD_RELEASES: Final = """
insert into dim_release by name
select
    staged.* exclude (file_row_number) replace (
        incoming.release_key as release_key,
        incoming.release_id as release_id,
        incoming.revision as revision,
        incoming.first_seen_at as first_seen_at,
        incoming.valid_from as valid_from,
        incoming.valid_to as valid_to,
        incoming.valid_to is null as is_current,
        case when incoming.valid_to is not null then 'replaced' end as closed_reason,
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

_ARRIVED: Final = "insert into arrived select $words, staged_key, release_key from incoming"

# The most numerous rows by far: those of many batches at once are read on all cores.
_ADD_WORDS: Final = """
insert into release_word by name
select staged.* exclude (filename) replace (arrived.release_key as release_key)
from read_parquet($words, filename = true) as staged
join arrived on arrived.words = staged.filename and arrived.staged_key = staged.release_key
"""

_CLOSE_GONE: Final = """
update dim_release
set
    is_current = false,
    valid_to = greatest(gone.closed_at, dim_release.valid_from),
    closed_reason = 'disappeared',
    duplicate_of_key = null
from read_parquet($gone) as gone
where dim_release.is_current and dim_release.source_uri = gone.source_uri
"""

# A document that comes back is new again: its absence stays on record.
_FORGET_GONE: Final = "delete from etl_document where source_uri in (select source_uri from read_parquet($gone))"

# Members that facts name and no seed or declaration lists: late, and marked as what they are.
_ADD_UNITS: Final = """
insert into dim_unit by name
select distinct unit_key, unit_code, unit_code as name_en, unit_code as name_th, 'as_written' as kind, [] as forms_th
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

_ADD_OVERRIDES: Final = """
insert into etl_override by name
select *, $batch_id as batch_id
from read_parquet($overrides) as staged
where not exists (from etl_override where etl_override.override_id = staged.override_id)
"""

# What is met again is open again, however it had been resolved.
_SEEN_AGAIN: Final = """
update etl_quarantine
set
    last_seen_at = staged.last_seen_at,
    status = 'open',
    resolution = null,
    resolved_at = null,
    resolved_run_id = null,
    override_id = null
from {rows} as staged
where etl_quarantine.quarantine_key = staged.quarantine_key
"""

# A document that was read again without the failure is out of quarantine. What acquisition rejected has not been read:
# `settle_acquired` tells what became of that.
_RESOLVE: Final = """
update etl_quarantine
set
    status = 'resolved',
    resolution = resolved.resolution,
    resolved_at = $now,
    resolved_run_id = $run_id,
    override_id = resolved.override_id
from (
    select
        etl_quarantine.quarantine_key,
        case
            when documents.content_hash is distinct from etl_quarantine.content_hash then 'replaced'
            when decision.kind is not null and decision.kind <> 'reread' then 'overridden'
            else 'reread'
        end as resolution,
        case when documents.content_hash = etl_quarantine.content_hash then decision.override_id end as override_id
    from etl_quarantine
    join read_parquet($documents) as documents using (source_uri)
    left join read_parquet($releases) as releases
        on releases.source_uri = documents.source_uri and releases.content_hash = documents.content_hash
    left join etl_override as decision on decision.override_id = releases.overrides[-1]
    where
        etl_quarantine.status = 'open'
        and etl_quarantine.stage <> 'acquire'
        and not exists (
            from read_parquet($quarantine) as staged
            where
                staged.quarantine_key = etl_quarantine.quarantine_key
                and staged.content_hash is not distinct from documents.content_hash
        )
) as resolved
where etl_quarantine.quarantine_key = resolved.quarantine_key
"""

_RESOLVE_GONE: Final = """
update etl_quarantine
set status = 'resolved', resolution = 'disappeared', resolved_at = $now, resolved_run_id = $run_id
from read_parquet($gone) as gone
where etl_quarantine.status = 'open' and etl_quarantine.source_uri = gone.source_uri
"""

_DISMISS: Final = """
update etl_quarantine
set
    status = 'resolved',
    resolution = 'dismissed',
    resolved_at = etl_override.decided_at,
    resolved_run_id = $run_id,
    override_id = etl_override.override_id
from etl_override
where
    etl_quarantine.status = 'open'
    and etl_override.kind = 'dismiss'
    and etl_override.value = etl_quarantine.quarantine_key::varchar
"""

_ADD_QUARANTINE: Final = """
insert into etl_quarantine by name
select distinct on (quarantine_key) *
from {rows} as staged
where not exists (from etl_quarantine where etl_quarantine.quarantine_key = staged.quarantine_key)
"""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What a batch added. `revised` of the `loaded` releases were there before; `replayed`: it had been loaded.

    `closed` releases have disappeared from their source.
    """

    batch_id: str
    loaded: int
    revised: int
    facts: dict[str, int]
    quarantined: int
    closed: int = 0
    replayed: bool = False


def load_batches(
    con: duckdb.DuckDBPyConnection,
    batches: Sequence[Path],
    *,
    run_id: str,
    together: int = TOGETHER,
    done: Callable[[], None] = lambda: None,
) -> list[LoadResult]:
    """Load staging batches in their order, some of them together in a transaction: all of those or none.

    Args:
        con: the work database.
        batches: folders that `flows.stage` wrote, each with the name of its landing file without the extension.
        run_id: the run that loads them.
        together: how many share a transaction.
        done: called after each.

    Raises:
        WarehouseError: the database could not be written; what was committed before stays.
    """
    results = []
    for first in range(0, len(batches), together):
        group = [(batch_dir.name, batch_dir) for batch_dir in batches[first : first + together]]
        results += _load_together(con, group, run_id, done)
    return results


def load_batch(con: duckdb.DuckDBPyConnection, batch_dir: Path, *, batch_id: str, run_id: str) -> LoadResult:
    """Load a staging batch, all of it or nothing.

    A release goes in when its content differs from the current revision of its URI, as the next revision, and its
    facts go with it; so neither the same batch nor the same documents in another batch add anything twice. What each
    revision changed is put on record, and releases that their source no longer has are closed.

    Args:
        con: the work database.
        batch_dir: folder that `flows.stage` wrote.
        batch_id: name of the landing file without its extension.
        run_id: the run that loads it.

    Raises:
        WarehouseError: the database could not be written; nothing of the batch is in it.
    """
    return _load_together(con, [(batch_id, batch_dir)], run_id, lambda: None)[0]


def _load_together(
    con: duckdb.DuckDBPyConnection, batches: Sequence[tuple[str, Path]], run_id: str, done: Callable[[], None]
) -> list[LoadResult]:
    """Load batches, each by its name and folder, in one transaction: in turn what depends on order, then the rest."""
    folders = [batch_dir for _, batch_dir in batches]
    results = []
    with transaction(con):
        con.execute("create or replace temp table arrived (words varchar, staged_key bigint, release_key bigint)")
        for batch_id, batch_dir in batches:
            results.append(_load(con, batch_dir, batch_id, run_id))
            done()
        con.execute(_ADD_WORDS, {"words": [str(batch_dir / WORDS) for batch_dir in folders]})
        _add_members(con, folders)
        con.execute("drop table arrived")
    return results


def _load(con: duckdb.DuckDBPyConnection, batch_dir: Path, batch_id: str, run_id: str) -> LoadResult:
    if con.execute("from etl_batch where batch_id = ?", [batch_id]).fetchone():
        return LoadResult(batch_id, 0, 0, dict.fromkeys(FACT_TABLES, 0), 0, replayed=True)
    files = {table: str(batch_dir / f"{table}.parquet") for table in ("dim_release", *FACT_TABLES, "etl_quarantine")}
    releases, documents = {"releases": files["dim_release"]}, {"documents": str(batch_dir / "etl_document.parquet")}
    con.execute(_INCOMING, releases)
    con.execute(_CLOSE_REPLACED)
    loaded = _count(con, _ADD_RELEASES, {**releases, "run_id": run_id})
    revised = _count(con, "select count(*) from incoming where revision > 1")
    facts = {table: _count(con, _ADD_FACTS.format(table=table), {"facts": files[table]}) for table in FACT_TABLES}
    con.execute(_ADD_FACTS.format(table="release_metadata"), {"facts": str(batch_dir / "release_metadata.parquet")})
    con.execute(_ARRIVED, {"words": str(batch_dir / WORDS)})
    if revised:
        record_changes(con)
    closed = _count(con, _CLOSE_GONE, {"gone": str(batch_dir / "gone.parquet")})
    gone = {"gone": str(batch_dir / "gone.parquet")}
    con.execute(_ADD_OVERRIDES, {"overrides": str(batch_dir / "etl_override.parquet"), "batch_id": batch_id})
    quarantined = _quarantine(con, f"read_parquet({_quoted(files['etl_quarantine'])})")
    settled = {"now": now(), "run_id": run_id}
    if con.execute("from etl_quarantine where status = 'open' limit 1").fetchone():
        con.execute(_RESOLVE, {**settled, **releases, **documents, "quarantine": files["etl_quarantine"]})
        con.execute(_RESOLVE_GONE, {**settled, **gone})
        con.execute(_DISMISS, {"run_id": run_id})
    con.execute(
        "delete from etl_document where source_uri in (select source_uri from read_parquet($documents))", documents
    )
    con.execute(
        "insert into etl_document by name select *, $batch_id as batch_id from read_parquet($documents)",
        {**documents, "batch_id": batch_id},
    )
    con.execute(_FORGET_GONE, gone)
    con.execute(
        "insert into etl_batch values (?, ?, ?, ?, ?)",
        [batch_id, run_id, f"{batch_id}.parquet", now(), loaded + sum(facts.values())],
    )
    con.execute("drop table incoming")
    return LoadResult(batch_id, loaded, revised, facts, quarantined, closed)


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
        rows.append((key, run_id, "acquire", *what, at, at, "open", *(None,) * 4))
    incoming, _, misfits = to_arrow("etl_quarantine", rows)
    if misfits:
        raise ValueError(f"etl_quarantine: {misfits}")
    con.register("rejected", incoming)
    with transaction(con):
        added = _quarantine(con, "rejected")
        con.execute(_DISMISS, {"run_id": run_id})
    con.unregister("rejected")
    return added


def settle_acquired(
    con: duckdb.DuckDBPyConnection,
    *,
    source_id: str,
    listed: Collection[str],
    decided: Mapping[str, tuple[str, str]],
    is_gone: Callable[[str], bool],
    run_id: str,
    seen_at: datetime,
) -> int:
    """Resolve what acquisition had rejected and this reading of a source did not; how many that were.

    Args:
        con: the work database.
        source_id: the source that was read.
        listed: URIs of the documents that it gave.
        decided: content hash and decision, by URI, of those that were taken in under a decision.
        is_gone: whether something that it did not give can be believed to be there no longer.
        run_id: the run that read it.
        seen_at: when: what was rejected then has been recorded before.
    """
    at = utc(seen_at)
    waiting = con.execute(
        "select quarantine_key, source_id, source_uri, content_hash from etl_quarantine "
        "where status = 'open' and stage = 'acquire' and last_seen_at < ? order by all",
        [at],
    ).fetchall()
    settled: list[tuple[str, str | None, datetime, str, int]] = []
    for key, of_source, uri, content_hash in waiting:
        inside = (f"{uri}!/", f"{uri}/")
        now_hash, decision = decided.get(uri, (None, None))
        if now_hash is not None and now_hash == content_hash:
            settled.append(("overridden", decision, at, run_id, key))
        elif uri in listed or any(each.startswith(inside) for each in listed):
            settled.append(("replaced", None, at, run_id, key))
        elif of_source == source_id and is_gone(uri):
            settled.append(("disappeared", None, at, run_id, key))
    if settled:
        with transaction(con):
            con.executemany(
                "update etl_quarantine set status = 'resolved', resolution = ?, override_id = ?, resolved_at = ?, "
                "resolved_run_id = ? where quarantine_key = ?",
                settled,
            )
    return len(settled)


def _quarantine(con: duckdb.DuckDBPyConnection, rows: str) -> int:
    con.execute(_SEEN_AGAIN.format(rows=rows))
    return _count(con, _ADD_QUARANTINE.format(rows=rows))


def _add_members(con: duckdb.DuckDBPyConnection, batches: Sequence[Path]) -> None:
    """Add what the rows of these batches name and the dimensions lack."""
    files = {
        name: [str(batch_dir / f"{table}.parquet") for batch_dir in batches]
        for name, table in {
            "measures": "fact_measure",
            "releases": "dim_release",
            "documents": "etl_document",
            "dates": "fact_date",
        }.items()
    }
    con.execute(_ADD_UNITS, {"measures": files["measures"]})
    con.execute(_ADD_SOURCES, {"releases": files["releases"], "documents": files["documents"]})
    add_days(
        con,
        f"select published_on as day from read_parquet({_list(files['releases'])}) "
        f"union all select unnest([date_start, date_end]) from read_parquet({_list(files['dates'])})",
    )


def _count(con: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, str] | None = None) -> int:
    row = con.execute(sql, parameters).fetchone()
    return 0 if row is None else int(row[0])


def _list(files: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, files))}]"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
