"""Outcomes of checks as rows of quality_result, and the rows that failed them as rows of quality_failing_row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from schemas.instants import now
from schemas.tables import arrow_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from flows.quality.checks import CheckResult, Threshold

KEPT_RUNS: Final = 10  # whose failing rows are kept; their outcomes are kept of all runs

# Where a check names the place of a fact and not its end: the end of what starts there, in the table itself, else of
# any fact the longest.
_ENDS: Final = """
update quality_failing_row
set char_end = span.char_end
from (
    select asked.check_name, asked.table_name, asked.row_no, arg_max(
        found.char_end, (found.table_name = asked.table_name, found.char_end)
    ) as char_end
    from quality_failing_row as asked
    join fact_span as found using (release_key, char_start)
    where asked.run_id = $run_id and asked.char_end is null
    group by all
) as span
where
    quality_failing_row.run_id = $run_id
    and quality_failing_row.check_name = span.check_name
    and quality_failing_row.table_name = span.table_name
    and quality_failing_row.row_no = span.row_no
"""
_FORGET: Final = """
delete from quality_failing_row
where run_id not in (
    select run_id
    from quality_result
    group by run_id
    order by max(checked_at) desc, run_id desc
    limit ?
)
"""


def record_results(con: duckdb.DuckDBPyConnection, results: Sequence[CheckResult], *, run_id: str) -> None:
    """Keep the outcomes of a run's checks, in place of those that the run may have left before.

    Of the failing rows of earlier runs those of the last `KEPT_RUNS` stay.
    """
    import pyarrow as pa

    checked_at = now()
    outcomes = [_outcome(result, run_id) | {"checked_at": checked_at} for result in results]
    failing = [_failing(result, run_id, number) for result in results for number in range(len(result.rows))]
    con.execute("begin")
    for table, rows in (("quality_result", outcomes), ("quality_failing_row", failing)):
        con.execute(f"delete from {table} where run_id = ?", [run_id])
        con.register("recorded", pa.Table.from_pylist(rows, schema=arrow_schema(table)))
        con.execute(f"insert into {table} by name from recorded")
        con.unregister("recorded")
    con.execute(_ENDS, {"run_id": run_id})
    con.execute(_FORGET, [KEPT_RUNS])
    con.execute("commit")


def _outcome(result: CheckResult, run_id: str) -> dict[str, Any]:
    check = result.check
    return {
        "run_id": run_id,
        "check_name": check.name,
        "dimension": check.dimension.value,
        "table_name": check.table,
        "severity": check.severity.value,
        "verdict": result.verdict.value,
        "failing": result.failing,
        "total": result.total,
        "share": result.share if result.total else None,
        "warn_at": _share(check.warn, result.total),
        "fail_at": _share(check.fail, result.total),
        "why": check.why,
        "sample": json.dumps(result.sample, ensure_ascii=False) if result.sample else None,
        "owner": check.owner,
    }


def _failing(result: CheckResult, run_id: str, number: int) -> dict[str, Any]:
    row = result.rows[number]
    return {
        "run_id": run_id,
        "check_name": result.check.name,
        "table_name": result.check.table,
        "row_no": number + 1,
        "release_key": _whole(row.get("release_key")),
        "char_start": _whole(row.get("char_start")),
        "char_end": _whole(row.get("char_end")),
        "failing_row": json.dumps(row, ensure_ascii=False),
    }


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _share(limit: Threshold | None, total: int) -> float | None:
    """Return a limit as a share of the rows, whichever way it is given."""
    if limit is None:
        return None
    if limit.share is not None:
        return limit.share
    assert limit.rows is not None
    return limit.rows / total if total else 0.0
