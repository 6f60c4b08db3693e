"""Outcomes of checks as rows of quality_result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from schemas.instants import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from flows.quality.checks import CheckResult, Threshold

COLUMNS = (
    "run_id, check_name, dimension, table_name, severity, verdict, failing, total, share, warn_at, fail_at, why, "
    "sample, checked_at"
)


def record_results(con: duckdb.DuckDBPyConnection, results: Sequence[CheckResult], *, run_id: str) -> None:
    """Keep the outcomes of a run's checks, in place of those that the run may have left before."""
    checked_at = now()
    rows = [
        (
            run_id,
            result.check.name,
            result.check.dimension.value,
            result.check.table,
            result.check.severity.value,
            result.verdict.value,
            result.failing,
            result.total,
            result.share if result.total else None,
            _share(result.check.warn, result.total),
            _share(result.check.fail, result.total),
            result.check.why,
            json.dumps(result.sample, ensure_ascii=False) if result.sample else None,
            checked_at,
        )
        for result in results
    ]
    con.execute("begin")
    con.execute("delete from quality_result where run_id = ?", [run_id])
    con.executemany(f"insert into quality_result ({COLUMNS}) values ({', '.join('?' * 14)})", rows)
    con.execute("commit")


def _share(limit: Threshold | None, total: int) -> float | None:
    """Return a limit as a share of the rows, whichever way it is given."""
    if limit is None:
        return None
    if limit.share is not None:
        return limit.share
    assert limit.rows is not None
    return limit.rows / total if total else 0.0
