"""The report page of a run: one HTML file that needs nothing else, not even a network."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from flows.quality.checks import Dimension
from flows.quality.summary import Summary, rows

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb
    import jinja2

LATEST = "latest"
UNEXPLAINED_GROUPS = 40
SAMPLES_SHOWN = 8
BANGKOK = timezone(timedelta(hours=7), "ICT")
_WORST = ("fail", "warn", "pass")


@dataclass(slots=True)
class _Row:
    """A check's outcome as the page shows it."""

    name: str
    tables: list[str]
    verdict: str
    severity: str
    failing: int
    total: int
    share: float
    limits: list[str]
    why: str
    remedy: str
    sample: list[dict[str, Any]]


def write(con: duckdb.DuckDBPyConnection, folder: Path, summary: Summary) -> Path:
    """Write a run's report, and its numbers beside it as JSON, also as the latest ones; return the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{summary.run_id}.html"
    html = render(con, summary)
    numbers = json.dumps(summary.as_dict(), ensure_ascii=False, indent=2)
    for name in (summary.run_id, LATEST):
        _replace(folder / f"{name}.html", html)
        _replace(folder / f"{name}.json", numbers)
    return page


def render(con: duckdb.DuckDBPyConnection, summary: Summary) -> str:
    """Return the page of a run as text; `con` sees the warehouse that the run left."""
    parameters = {"run_id": summary.run_id}
    remedies = {finding.check: finding.remedy for finding in summary.findings}
    return _template().render(
        summary=summary,
        score_of={each.dimension: each for each in summary.scores},
        checks=_checks(rows(con, "results", **parameters), remedies),
        sources=rows(con, "sources", **parameters),
        rejected=[_without_address(row) for row in rows(con, "rejected", **parameters)],
        facts=rows(con, "facts"),
        roles=rows(con, "roles"),
        unexplained=rows(con, "unexplained", top=UNEXPLAINED_GROUPS),
        dimensions=[dimension.value for dimension in Dimension],
    )


def _without_address(row: dict[str, Any]) -> dict[str, Any]:
    """Leave the address out of a sentence that stands beside it."""
    return {**row, "example_detail": row["example_detail"].removeprefix(f"{row['example_uri']}: ")}


def _checks(results: list[dict[str, Any]], remedies: dict[str, str]) -> dict[str, list[_Row]]:
    """Group the outcomes by dimension, the worst first; the tables that pass the same check share a row."""
    grouped: dict[str, list[_Row]] = {}
    passed: dict[str, _Row] = {}
    for result in results:
        name = result["check_name"].partition(":")[0]
        if result["verdict"] == "pass" and not result["failing"] and name in passed:
            passed[name].tables.append(result["table_name"])
            passed[name].total += result["total"]
            continue
        row = _Row(
            name=name,
            tables=[result["table_name"]],
            verdict=result["verdict"],
            severity=result["severity"],
            failing=result["failing"],
            total=result["total"],
            share=result["share"] or 0.0,
            limits=_limits(result["warn_at"], result["fail_at"]),
            why=result["why"],
            remedy=remedies.get(result["check_name"], ""),
            sample=json.loads(result["sample"])[:SAMPLES_SHOWN] if result["sample"] else [],
        )
        if row.verdict == "pass" and not row.failing:
            passed[name] = row
        grouped.setdefault(result["dimension"], []).append(row)
    for found in grouped.values():
        found.sort(key=lambda row: (_WORST.index(row.verdict), -row.share, row.name))
    return grouped


def _limits(warn_at: float | None, fail_at: float | None) -> list[str]:
    return [
        f"{word} > {100 * limit:.3g} %" for word, limit in (("warn", warn_at), ("fail", fail_at)) if limit is not None
    ]


def _percent(share: float | None) -> str:
    """Write a share: 100 % and 0 % only where they are exact."""
    if share is None:
        return "–"
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    shown = f"{100 * share:.2f}"
    if shown == "0.00":
        return "< 0.01 %"
    return "> 99.99 %" if shown == "100.00" else f"{shown} %"


def _count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def _when(text: str) -> str:
    """Write an instant in the time of Thailand."""
    return f"{datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(BANGKOK):%Y-%m-%d %H:%M} ICT"


def _short_uri(uri: str) -> str:
    """The end of an address, which tells one document from the next."""
    parts = unquote(uri).split("/")
    return "/".join(parts[-2:]) if len(parts) > 4 else unquote(uri)


@cache
def _template() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        percent=_percent, count=_count, seconds=_seconds, when=_when, short_uri=_short_uri, words=_words
    )
    source = (resources.files("flows.quality") / "templates" / "report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source)


def _words(name: str) -> str:
    """Turn a check's name into words: `surface_differs:fact_date` is said of its table elsewhere."""
    return name.partition(":")[0].replace("_", " ")


def _replace(file: Path, text: str) -> None:
    partial = file.with_name(f".{file.name}.tmp")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, file)  # noqa: PTH105 - a reader sees the old page or the new one


def markdown(summary: Summary) -> str:
    """Return the summary of a run as a few lines of Markdown, for the pages of other tools."""
    lines = [
        f"**{summary.status}**: {summary.acquired:,} new or changed, {summary.unchanged:,} unchanged,",
        f"{summary.rejected:,} rejected, {summary.loaded:,} loaded",
        "",
        "| dimension | score | verdict |",
        "| --- | --- | --- |",
        *(f"| {each.dimension} | {_percent(each.score)} | {each.verdict} |" for each in summary.scores),
        "",
        *(
            f"- {each.verdict}: {each.check}, {each.failing:,} of {each.total:,}. {each.remedy}"
            for each in summary.findings
        ),
        "",
        f"Warehouse `{summary.warehouse}`, report `{summary.report}`",
    ]
    return "\n".join(lines)
