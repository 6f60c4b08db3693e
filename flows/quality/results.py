"""A run's check outcomes in the Open Observability Results Standard, for catalogues and other tools.

They stand in `NAME.klangkhao/reports/results/RUN.oors.json`, those of the last run also in `latest.oors.json`.

OORS (https://bitol-io.github.io/open-observability-results-standard) is the sibling of the contracts' standard, ODCS:
one JSON document with the outcome of each check. It is a draft; `apiVersion` says which one this is. What is a released
standard today is in the OpenLineage events, which carry the same outcomes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

from flows.quality.templating import replace_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from flows.quality.summary import Summary

API_VERSION: Final = "v0.8.1"
ENDING: Final = ".oors.json"
FOLDER: Final = "results"
LATEST: Final = "latest"
_ORDER: Final = ("fail", "warn", "pass")  # the first that occurs is the outcome of the whole
_RESULTS: Final = """
select
    check_name, table_name, dimension, severity, verdict, failing, total, warn_at, fail_at, why, sample, owner,
    checked_at
from quality_result
where run_id = ?
order by check_name, table_name
"""


def document(con: duckdb.DuckDBPyConnection, summary: Summary) -> dict[str, Any]:
    """The outcomes of a run's checks as one OORS document; `con` sees the database that the run left."""
    rows = con.execute(_RESULTS, [summary.run_id]).fetchall()
    results = [_result(row[:-1]) for row in rows]
    observed = max((row[-1] for row in rows), default=None)
    found = {result["status"] for result in results}
    return {
        "apiVersion": API_VERSION,
        "kind": "ObservabilityResults",
        "id": str(uuid5(NAMESPACE_URL, f"klangkhao:{summary.warehouse}:{summary.run_id}")),
        "observedAt": _instant(observed.isoformat() if observed else summary.started_at),
        "status": next((status for status in _ORDER if status in found), "unknown"),
        "source": {"process": "klangkhao", "runId": summary.run_id, "vendor": "klangkhao"},
        "run": {"state": "completed", "startedAt": _instant(summary.started_at)},
        "results": results,
        "customProperties": _properties(
            {
                "warehouse": summary.warehouse,
                "published": summary.status != "refused",
                "extractorVersion": summary.extractor_version,
            }
        ),
    }


def write_results(con: duckdb.DuckDBPyConnection, folder: Path, summary: Summary) -> Path:
    """Write the document of a run beside its report, also as the latest one; return its path."""
    folder = folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document(con, summary), ensure_ascii=False, indent=2) + "\n"
    for name in (LATEST, summary.run_id):
        file = folder / f"{name}{ENDING}"
        replace_file(file, text)
    return file


def _result(row: Sequence[Any]) -> dict[str, Any]:
    name, table, dimension, severity, verdict, failing, total, warn_at, fail_at, why, sample, owner = row
    limit = fail_at if verdict == "fail" else warn_at
    measure: dict[str, Any] = {
        "metric": "failingRows",
        "value": failing,
        "unit": "rows",
        "rowCount": total,
        "failedRowCount": failing,
    }
    if limit is not None:
        measure["threshold"] = {"mustBeLessOrEqualTo": int(limit * total + 1e-9)}
    plain_name = str(name).partition(":")[0]
    return {
        "id": f"{plain_name}.{table}".replace(" ", "_"),
        "type": "check",
        "name": plain_name.replace("_", " "),
        "status": verdict,
        "severity": severity,
        "dimension": dimension,
        "target": {"resourceType": "table", "resourceIdentifier": table},
        "measure": measure,
        "message": f"{failing:,} of {total:,} rows fail. {why}",
        "customProperties": _properties(
            {
                "warnAboveShare": warn_at,
                "failAboveShare": fail_at,
                "owner": owner,
                "failingKeys": json.loads(sample) if sample else None,
            }
        ),
    }


def _properties(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"property": name, "value": value} for name, value in values.items() if value is not None]


def _instant(at: str) -> str:
    """An instant of ours, which is UTC without saying so."""
    return at if at.endswith("Z") or "+" in at else f"{at}Z"
