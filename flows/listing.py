"""The small commands that list or copy what is there: sources, quarantine, export."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from flows import show
from flows.query import json_value, table_rows
from warehouse.connect import connect

if TYPE_CHECKING:
    from pathlib import Path

    from flows.acquire.sources import Source

QUARANTINE_SQL = """
select quarantine_key, stage, reason, table_name, source_id, source_uri, detail, payload, quarantined_at, last_seen_at
from etl_quarantine
order by stage, reason, source_uri, quarantine_key
"""
QUARANTINE_SHOWN = 50


def sources(file: Path, *, check: bool, as_json: bool) -> int:
    """Print the declared sources; with `check`, look into each. Returns 1 if one can't be read, else 0.

    Raises:
        SourceError: the file is missing or wrong.
    """
    from flows.acquire.sources import load_sources

    declared = load_sources(file)
    states = {source.id: _state(source) for source in declared} if check else {}
    if as_json:
        shown = [
            {
                "id": source.id,
                "kind": source.kind,
                "location": source.location,
                "publisher": source.publisher,
                "time_zone": source.time_zone,
                **({"problem": states[source.id]} if check else {}),
            }
            for source in declared
        ]
        _print_json(shown)
    else:
        rows = [
            [source.id, source.kind, source.location, source.publisher, *([states[source.id] or "ok"] if check else [])]
            for source in declared
        ]
        names = ["source", "kind", "location", "publisher", *(["state"] if check else [])]
        show.console().print(show.table_of(names, rows))
    return int(any(states.values()))


def _state(source: Source) -> str | None:
    """Return what is wrong with a source, as far as its first document tells; None if nothing is."""
    from flows.acquire import documents
    from flows.acquire.sources import SourceError
    from schemas.records import Rejected

    try:
        first = next(documents(source), None)
    except SourceError as error:
        return str(error)
    if first is None:
        return "there is no release in it"
    return f"{first.source_uri}: {first.detail}" if isinstance(first, Rejected) else None


def quarantine(warehouse: Path, reason: str | None, *, as_json: bool) -> int:
    """Print what is in quarantine.

    Raises:
        WarehouseError: there is no warehouse, or it can't be opened.
    """
    found = [row for row in table_rows(warehouse, QUARANTINE_SQL) if reason in (None, row["reason"])]
    if as_json:
        _print_json([{name: json_value(value) for name, value in row.items()} for row in found])
        return 0
    console = show.console()
    if not found:
        console.print("Nothing is in quarantine." if reason is None else f"Nothing is in quarantine as `{reason}`.")
        return 0
    for row in found[:QUARANTINE_SHOWN]:
        place = f" ({row['table_name']})" if row["table_name"] else ""
        detail = row["detail"].removeprefix(f"{row['source_uri']}: ")
        console.print(Text(f"{row['reason']}{place}", style="bold yellow"), Text(row["source_uri"], overflow="fold"))
        console.print(Padding(Text(detail, overflow="fold"), (0, 0, 0, 4)))
    if len(found) > QUARANTINE_SHOWN:
        console.print(f"… and {len(found) - QUARANTINE_SHOWN} more; --json gives all.", style="dim")
    return 0


def export(warehouse: Path, folder: Path, *, as_json: bool) -> int:
    """Write every table and mart as `folder/NAME.parquet`; each file is there whole or not at all.

    Raises:
        WarehouseError: the warehouse can't be opened.
        OSError: the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    with closing(connect(warehouse, read_only=True)) as con:
        names = con.execute(
            "select table_name from information_schema.tables where table_schema = 'main' order by table_name"
        ).fetchall()
        for (name,) in names:
            counts[name] = _export_one(con, name, folder / f"{name}.parquet")
    if as_json:
        _print_json({"folder": str(folder.absolute()), "rows": counts})
    else:
        show.console().print(
            show.table_of(["file", "rows"], [[f"{name}.parquet", count] for name, count in counts.items()])
        )
        show.console().print(Text(f"in {folder.absolute()}", style="dim"))
    return 0


def _export_one(con: Any, name: str, file: Path) -> int:
    import pyarrow.parquet as pq

    partial = file.with_suffix(".parquet.tmp")
    reader = con.execute(f'select * from "{name}"').to_arrow_reader(10_000)
    rows = 0
    try:
        with pq.ParquetWriter(partial, reader.schema, compression="zstd") as writer:
            for batch in reader:
                rows += batch.num_rows
                writer.write_batch(batch)
        os.replace(partial, file)  # noqa: PTH105 - atomic, over an older export
    finally:
        partial.unlink(missing_ok=True)
    return rows


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
