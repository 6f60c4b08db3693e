"""A million fact rows through the real loader: from Arrow tables to staging Parquet to committed.

    python tests/bench/load.py [--rows 1000000] [--releases 500] [--words 190] [--profile]

The releases, their facts and their words are made up in Arrow, in the form in which the extraction hands them over.
What is timed is what a run does from there on: write the batches' Parquet files and load them. Words are loaded with the
facts but not counted as such. The comparison of releases has a bench of its own; checkpoint and publication are told
apart.
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import pstats
import shutil
import tempfile
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.stage import GONE, _write
from schemas import keys
from schemas.tables import FACT_TABLES, arrow_schema
from warehouse.dimensions import load_dimensions
from warehouse.load import load_batches
from warehouse.paths import Paths
from warehouse.publish import publish
from warehouse.work import open_work, start_run

STARTED = datetime.fromisoformat("2026-11-20T06:00")
PER_RELEASE = {
    "fact_numeral": 28,
    "fact_date": 8,
    "fact_count": 7,
    "fact_money": 4,
    "fact_measure": 3,
}  # as in real ones
PER_RELEASE |= {table: 2 for table in FACT_TABLES if table not in PER_RELEASE}
LINE = "คณะผู้แทนจากทั้งสองประเทศหารือเรื่องความร่วมมือด้านการค้าและการลงทุนอย่างต่อเนื่อง 12 ล้านบาท "
BODY = f"ข่าว\n{(LINE * 4 + chr(10)) * 10}"
VALUES = {  # where the column's type does not say enough
    "surface": "12 ล้านบาท",
    "currency_code": "THB",
    "currency_key": keys.currency_key("THB"),
    "unit_code": "km",
    "unit_key": keys.unit_key("km"),
    "rule_key": -1,
    "comparator": "eq",
    "confidence": "stated",
    "edtf": "2024-03-15",
    "role": "unexplained",
    "source_key": keys.source_key("bench"),
    "publisher": "สำนักข่าว",
    "title": "ข่าว",
    "body": BODY,
    "language": "th",
    "published_on": date(2024, 3, 15),
    "published_on_basis": "header.date_th",
    "published_on_key": 20240315,
    "is_current": True,
    "revision": 1,
    "run_id": "bench",
    "char_count": len(BODY),
}
BY_TYPE: dict[pa.DataType, Any] = {
    pa.int64(): 1,
    pa.int32(): 1,
    pa.float64(): 0.5,
    pa.string(): "x",
    pa.list_(pa.string()): [],
    pa.bool_(): False,
    pa.date32(): date(2024, 3, 15),
    pa.timestamp("us"): STARTED,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="fact rows in all")
    parser.add_argument("--releases", type=int, default=500, help="releases a batch: a landing file holds up to 500")
    parser.add_argument("--words", type=int, default=190, help="different words a release: as many as the samples have")
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="klangkhao-load-"))
    try:
        bench(Paths(folder / "k.duckdb"), args.rows, args.releases, args.words, profile=args.profile)
    finally:
        shutil.rmtree(folder)


def bench(paths: Paths, wanted: int, releases: int, words: int, *, profile: bool) -> None:
    con = open_work(paths)
    load_dimensions(con, sources=[], rules=[])
    start_run(con, run_id="bench", started_at=STARTED, extractor_version="bench")
    rows = 0
    wrote = 0.0
    batches: list[Path] = []
    while rows < wanted:
        tables = batch_of(len(batches), releases, words)
        rows += sum(tables[table].num_rows for table in FACT_TABLES)
        batches.append(paths.staging / f"bench-{len(batches):04}")
        began = time.perf_counter()
        _write(batches[-1], tables)
        wrote += time.perf_counter() - began
    profiler = cProfile.Profile()
    began, used = time.perf_counter(), time.process_time()
    if profile:
        profiler.enable()
    results = load_batches(con, batches, run_id="bench")
    profiler.disable()
    loaded, used = time.perf_counter() - began, time.process_time() - used
    assert sum(result.loaded for result in results) == len(batches) * releases
    (found,) = con.execute(
        f"select {' + '.join(f'(select count(*) from {table})' for table in FACT_TABLES)}"
    ).fetchone()
    assert found == rows
    began = time.perf_counter()
    publish(con, paths)
    published = time.perf_counter() - began
    print(f"{rows:,} fact rows of {len(batches) * releases:,} releases in {len(batches)} batches")
    print(f"  staging Parquet written   {wrote:6.2f} s")
    print(f"  loaded and committed      {loaded:6.2f} s   {used:.2f} s of processor time")
    print(f"  from Arrow to committed   {wrote + loaded:6.2f} s   {rows / (wrote + loaded):,.0f} fact rows/s")
    print(f"  checkpoint and snapshot   {published:6.2f} s   {paths.snapshot.stat().st_size / 1e6:.1f} MB")
    if profile:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(25)


def batch_of(number: int, releases: int, words: int) -> dict[str, pa.Table]:
    """A batch as the extraction makes it: its tables, filled with values that differ where keys must."""
    uris = [f"file:///bench/{number:05}/{at:04}.txt" for at in range(releases)]
    hashes = [hashlib.sha256(uri.encode()).hexdigest() for uri in uris]
    release_keys = [keys.release_key(uri, text, 1) for uri, text in zip(uris, hashes, strict=True)]
    days = [date(2010, 1, 1) + timedelta(days=(number * releases + at) % 5000) for at in range(releases)]
    named = {
        "release_key": release_keys,
        "release_id": [keys.release_id("bench", uri) for uri in uris],
        "source_uri": uris,
        "content_hash": hashes,
        "published_on": days,
        "published_on_key": [keys.date_key(day) for day in days],
    }
    tables = {"dim_release": table_of("dim_release", releases, named)}
    for table in FACT_TABLES:
        each = PER_RELEASE[table]
        places = list(range(0, each * 40, 40)) * releases
        placed = {
            "release_key": [key for key in release_keys for _ in range(each)],
            "char_start": places,
            "char_end": [start + 10 for start in places],
            "amount": [Decimal(f"{start * 1000}.5") for start in places],
            "value": [Decimal(start) for start in places],
            "date_start": [day for day in days for _ in range(each)],
            "date_end": [day for day in days for _ in range(each)],
        }
        tables[table] = table_of(table, each * releases, placed)
    spoken = {
        "release_key": [key for key in release_keys for _ in range(words)],
        "word": [f"คำ{at % 40_000}" for at in range(number * releases, number * releases + releases * words)],
        "places": [[at % words, at % words + 7] for at in range(releases * words)],
    }
    tables["release_word"] = table_of("release_word", releases * words, spoken)
    tables["release_metadata"] = arrow_schema("release_metadata").empty_table()
    documents = {"source_uri": uris, "content_hash": hashes, "source_id": ["bench"] * releases}
    tables["etl_document"] = table_of("etl_document", releases, documents).drop_columns(["batch_id"])
    tables["etl_quarantine"] = arrow_schema("etl_quarantine").empty_table()
    tables["etl_override"] = arrow_schema("etl_override").empty_table().drop_columns(["batch_id"])
    tables["gone"] = GONE.empty_table()
    return tables


def table_of(table: str, rows: int, columns: dict[str, list[Any]]) -> pa.Table:
    """The columns given, and for all others one value; columns that may be null and are not named are."""
    arrays = []
    for field in arrow_schema(table):
        if field.name in columns:
            arrays.append(pa.array(columns[field.name], field.type))
        elif field.name in VALUES:
            arrays.append(pa.array([VALUES[field.name]] * rows, field.type))
        elif field.nullable:
            arrays.append(pa.nulls(rows, field.type))
        else:
            value = Decimal(1) if pa.types.is_decimal(field.type) else BY_TYPE[field.type]
            arrays.append(pa.array([value] * rows, field.type))
    return pa.Table.from_arrays(arrays, schema=arrow_schema(table))


if __name__ == "__main__":
    main()
