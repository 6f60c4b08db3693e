"""The report of a run and the index over the runs: HTML files that need nothing else, not even a network."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from flows.quality import charts, history, pages
from flows.quality.checks import Dimension
from flows.quality.evidence import Sample, failing, fragment, from_letter, page_name, samples, share_out
from flows.quality.summary import Finding, Summary, rows
from flows.quality.templating import Page, replace_file
from flows.quality.templating import render as fill
from flows.quality.texts import Both, both, check_name, count, names, percent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from flows.quality.history import History

LATEST: Final = "latest"
INDEX: Final = "index"
UNEXPLAINED_GROUPS: Final = 40
SAMPLES_SHOWN: Final = 5  # of a check
PAGES: Final = 50  # releases that the samples of checks link to; each group of unexplained numerals has one more
SOURCES: Final = 50
PROBLEMS: Final = 3  # of a source
WORST: Final = 5
RUNS_LISTED: Final = 200
_ORDER: Final = ("fail", "warn", "pass")


@dataclass(slots=True)
class _Row:
    """A check's outcome as the page shows it."""

    id: str
    name: str
    tables: list[str]
    verdict: str
    severity: str
    owner: str | None
    failing: int
    total: int
    share: float
    warn_at: float | None
    fail_at: float | None
    why: str
    remedy: str
    words: str
    trend: charts.Spark | None
    samples: list[Sample] = field(default_factory=list)
    others: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Group:
    """A dimension: its score where it has one, how its checks ended, and they themselves, the worst first."""

    name: str
    score: float | None
    verdict: str
    trend: charts.Spark | None
    checks: list[_Row]
    passed: int
    warned: int
    failed: int


@dataclass(frozen=True, slots=True)
class _Tile:
    """A figure, and how it moved since the run before."""

    name: str
    shown: str
    by: str = ""
    tone: str = "even"


@dataclass(frozen=True, slots=True)
class _Worst:
    """A finding and where the page has its check."""

    id: str
    check: str
    table: str
    verdict: str
    failing: int
    total: int
    share: float
    why: str
    remedy: str


def write(con: duckdb.DuckDBPyConnection, folder: Path, summary: Summary) -> Path:
    """Write a run's report with the pages of the releases that it shows, its numbers as JSON, and the index of runs.

    Args:
        con: sees the warehouse that the run left.
        folder: the reports; a page stands under the run's name, and that of the last run also as the latest one.
        summary: the run.

    Returns:
        The report's path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / f"{summary.run_id}.html"
    past = history.read(folder, summary)
    html, linked = _report(con, summary, past)
    pages.write(con, folder / pages.FOLDER, linked, home=f"../{LATEST}.html")
    numbers = json.dumps(summary.as_dict(), ensure_ascii=False, indent=2)
    for name in (summary.run_id, LATEST) if history.is_last(folder, summary) else (summary.run_id,):
        replace_file(folder / f"{name}.html", html)
        replace_file(folder / f"{name}.json", numbers)
    replace_file(folder / f"{INDEX}.html", index(folder, summary))
    return report


def render(con: duckdb.DuckDBPyConnection, summary: Summary, past: History | None = None) -> str:
    """Return the report of a run as text; without a history it is the first run."""
    return _report(con, summary, past or history.History((summary,)))[0]


def index(folder: Path, summary: Summary) -> str:
    """Return the index over the runs as text: the last ones, this run among them, the newest first."""
    past = history.read(folder, summary, RUNS_LISTED, later=True)
    summary = past.runs[-1]
    trends = [
        {
            "text": "quality_overall",
            "last": summary.quality,
            "verdict": summary.verdict,
            "trend": _spark(past, _quality),
        }
    ]
    for each in summary.scores:
        trend = charts.spark(past.trend(history.score_of(each.dimension)))
        trends.append(
            {"text": f"dimension_{each.dimension}", "last": each.score, "verdict": each.verdict, "trend": trend}
        )
    return fill(
        Page.RUNS,
        runs=past.runs[::-1],
        trends=trends if summary.quality is not None else [],
        warehouse=summary.warehouse,
        unreadable=past.unreadable,
    )


def _report(con: duckdb.DuckDBPyConnection, summary: Summary, past: History) -> tuple[str, list[int]]:
    """The report as text, and the releases that it links to."""
    parameters = {"run_id": summary.run_id}
    before = past.before
    results = rows(con, "results", **parameters)
    checks = _checks(results, {each.check: each.remedy for each in summary.findings}, past)
    linked = _show_samples(con, results, checks)
    unexplained = _linked(rows(con, "unexplained", top=UNEXPLAINED_GROUPS), con, linked)
    groups = _groups(checks, results, summary, past)
    html = fill(
        Page.REPORT,
        summary=summary,
        before=before,
        tone=_tone(summary),
        headline=_headline(summary),
        advice=both("advice_refused") if summary.status == "refused" else None,
        quality_trend=_spark(past, _quality),
        quality_delta=_moved("", summary.quality, before.quality if before else None, better_up=True),
        tiles=_tiles(summary, before),
        dimensions=[group for group in groups if group.score is not None],
        groups=groups,
        check_count=sum(len(group.checks) for group in groups),
        changes=history.changes(before, summary) if before else [],
        worst=_worst(summary.findings),
        sources=_sources(con, summary),
        asked=_asked(summary),
        rejected=[_without_address(row) for row in rows(con, "rejected", **parameters)],
        facts=rows(con, "facts"),
        roles=rows(con, "roles"),
        unexplained=unexplained,
        stages=_stages(summary, past),
        pages=pages.FOLDER,
        unreadable=past.unreadable,
    )
    return html, list(linked)


def _tone(summary: Summary) -> str:
    return "fail" if summary.status in ("failed", "refused") else (summary.verdict or "pass")


def _headline(summary: Summary) -> Both:
    failures = sum(each.verdict == "fail" for each in summary.findings)
    warnings = sum(each.verdict == "warn" for each in summary.findings)
    if summary.status == "refused":
        return both("headline_refused", n=failures)
    if summary.status == "failed":
        return both("headline_incomplete" if summary.published else "headline_failed")
    if failures:
        return both("headline_forced", n=failures)
    return both("headline_warned", n=warnings) if warnings else both("headline_passed")


def _quality(run: Summary) -> float | None:
    return run.quality


def _spark(past: History, figure: Any) -> charts.Spark | None:
    return charts.spark(past.trend(figure))


def _tiles(summary: Summary, before: Summary | None) -> list[_Tile]:
    shown = [_counted("releases", summary.releases, before.releases if before else None)]
    for kind, number in summary.facts.items():
        shown.append(_counted(kind, number, before.facts.get(kind) if before else None))
    shown.append(
        _moved(
            "explained",
            summary.accountability,
            before.accountability if before else None,
            better_up=True,
        )
        or _Tile("explained", percent(summary.accountability))
    )
    shown.append(_counted("quarantined", summary.quarantined, before.quarantined if before else None, worse_up=True))
    return shown


def _counted(name: str, now: int, before: int | None, *, worse_up: bool = False) -> _Tile:
    by = now - before if before is not None else 0
    if not by:
        return _Tile(name, count(now))
    tone = ("worse" if by > 0 else "better") if worse_up else "even"
    return _Tile(name, count(now), f"{'+' if by > 0 else '−'}{abs(by):,}", tone)


def _moved(name: str, now: float | None, before: float | None, *, better_up: bool) -> _Tile | None:
    """A share and by how many points of a hundred it moved; None where it did not, as far as it can be seen."""
    if now is None or before is None or f"{100 * abs(now - before):.2f}" == "0.00":
        return None
    up = now > before
    return _Tile(
        name,
        percent(now),
        f"{'+' if up else '−'}{100 * abs(now - before):.2f}",
        "better" if up is better_up else "worse",
    )


def _worst(findings: Sequence[Finding]) -> list[_Worst]:
    """The first findings of different checks: of one that fails in several tables the gravest tells enough."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.check.partition(":")[0], finding)
    return [
        _Worst(
            _id(each.check, each.table),
            each.check,
            each.table,
            each.verdict,
            each.failing,
            each.total,
            each.failing / each.total if each.total else 0.0,
            each.why,
            each.remedy,
        )
        for each in list(first.values())[:WORST]
    ]


def _id(check: str, table: str) -> str:
    return f"check-{check.partition(':')[0]}-{table}"


def _checks(results: list[dict[str, Any]], remedies: dict[str, str], past: History) -> dict[tuple[str, str], _Row]:
    """The outcomes by check and table; the tables that pass the same check without a failing row share a row."""
    made: dict[tuple[str, str], _Row] = {}
    passed: dict[str, _Row] = {}
    for result in results:
        name = result["check_name"].partition(":")[0]
        clean = result["verdict"] == "pass" and not result["failing"]
        if clean and name in passed:
            passed[name].tables.append(result["table_name"])
            passed[name].total += result["total"]
            continue
        called = check_name(name)
        row = _Row(
            id=_id(result["check_name"], result["table_name"]),
            name=name,
            tables=[result["table_name"]],
            verdict=result["verdict"],
            severity=result["severity"],
            owner=result.get("owner"),
            failing=result["failing"],
            total=result["total"],
            share=result["share"] or 0.0,
            warn_at=result["warn_at"],
            fail_at=result["fail_at"],
            why=result["why"],
            remedy=remedies.get(result["check_name"], ""),
            words=f"{name} {called.en} {called.th} {result['table_name']}",
            trend=charts.spark(past.check(result["check_name"], result["table_name"]), width=80, height=22, floor=0.0),
        )
        if clean:
            passed[name] = row
        made[result["check_name"], result["table_name"]] = row
    return made


def _show_samples(
    con: duckdb.DuckDBPyConnection, results: list[dict[str, Any]], checks: dict[tuple[str, str], _Row]
) -> dict[int, None]:
    """Put samples into the rows of checks that found something, the worst first; return the releases linked to."""
    ordered = sorted(
        (result for result in results if result["failing"]),
        key=lambda result: (_ORDER.index(result["verdict"]), -(result["share"] or 0.0), result["check_name"]),
    )
    kept = [failing(result)[: 2 * SAMPLES_SHOWN] for result in ordered]
    looked_up = samples(con, [each for found in kept for each in found])
    grouped: dict[tuple[str, str], list[Sample]] = {}
    for sample in looked_up:
        grouped.setdefault((sample.failing.check, sample.failing.table), []).append(sample)
    keys = [(result["check_name"], result["table_name"]) for result in ordered]
    shared = share_out([grouped.get(key, []) for key in keys], pages=PAGES, each=SAMPLES_SHOWN)
    linked: dict[int, None] = {}
    for key, found, chosen in zip(keys, kept, shared, strict=True):
        checks[key].samples = chosen
        checks[key].others = [each.said for each in found if each.release_key is None][:SAMPLES_SHOWN]
        for sample in chosen:
            assert sample.failing.release_key is not None
            linked[sample.failing.release_key] = None
    return linked


def _linked(
    groups: list[dict[str, Any]], con: duckdb.DuckDBPyConnection, linked: dict[int, None]
) -> list[dict[str, Any]]:
    """Add the page of its example to each group, and its release to those that are linked to."""
    known = {
        row["release_key"]: page_name(row["release_id"], row["revision"])
        for row in rows(con, "release_names", keys=[group["release_key"] for group in groups])
    }
    for group in groups:
        key, start = group["release_key"], group["char_start"]
        group["before"] = from_letter(group["before"])
        group["page"] = known[key] + fragment(start, start + len(group["surface"]))
        linked[key] = None
    return groups


def _groups(
    checks: dict[tuple[str, str], _Row], results: list[dict[str, Any]], summary: Summary, past: History
) -> list[_Group]:
    dimension_of = {(result["check_name"], result["table_name"]): result["dimension"] for result in results}
    scores = {each.dimension: each for each in summary.scores}
    ended = Counter((result["dimension"], result["verdict"]) for result in results)
    made = []
    for dimension in (each.value for each in Dimension):
        found = sorted(
            (row for key, row in checks.items() if dimension_of[key] == dimension),
            key=lambda row: (_ORDER.index(row.verdict), -row.share, row.name),
        )
        if not found:
            continue
        score = scores.get(dimension)
        made.append(
            _Group(
                dimension,
                score.score if score else None,
                score.verdict if score else "pass",
                charts.spark(past.trend(history.score_of(dimension))),
                found,
                *(ended[dimension, verdict] for verdict in ("pass", "warn", "fail")),
            )
        )
    return made


def _sources(con: duckdb.DuckDBPyConnection, summary: Summary) -> list[dict[str, Any]]:
    """The sources with the days since they last published, and how many releases they had in each month."""
    today = datetime.fromisoformat(summary.started_at).date()
    found = rows(con, "sources", run_id=summary.run_id, top=SOURCES)
    volume = rows(con, "volume", until=today)
    months = _months([row["month"] for row in volume])
    counted = {(row["source_id"], row["month"]): row["releases"] for row in volume}
    for source in found:
        last = source["last_published"]
        source["age"] = max((today - last).days, 0) if last else None
        numbers = [(month, counted.get((source["source_id"], month), 0)) for month in months]
        source["most"] = max((number for _, number in numbers), default=0)
        source["volume"] = charts.bars(numbers) if source["most"] else None
    return found


def _asked(summary: Summary) -> list[dict[str, Any]]:
    """What came of asking each source: those in trouble first, then those that gave most; the others as one row."""
    told = sorted(
        summary.sources,
        key=lambda each: (not each.is_grave, not each.problems, -(each.new + each.changed), each.source_id),
    )
    shown, others = told[:SOURCES], told[SOURCES:]
    found: list[dict[str, Any]] = [
        {
            "source_id": each.source_id,
            "location": each.location,
            "problems": each.problems[:PROBLEMS],
            "is_grave": each.is_grave,
            "counts": each.counts,
        }
        for each in shown
    ]
    if others:
        counts = {name: sum(each.counts[name] for each in others) for name in others[0].counts}
        found.append({"others": len(others), "counts": counts})
    return found


def _months(known: Sequence[date]) -> list[date]:
    """All months from the first to the last one known."""
    if not known:
        return []
    first, last = min(known), max(known)
    return [
        date(at // 12, at % 12 + 1, 1) for at in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    ]


def _stages(summary: Summary, past: History) -> list[dict[str, Any]]:
    whole = sum(summary.stages.values())
    return [
        {
            "name": name,
            "known": f"stage_{name}" in names(),
            "took": took,
            "share": took / whole if whole else 0.0,
            "trend": charts.spark(past.trend(lambda run, name=name: run.stages.get(name)), floor=0.0),  # type: ignore[misc]
        }
        for name, took in summary.stages.items()
    ]


def _without_address(row: dict[str, Any]) -> dict[str, Any]:
    """Leave the address out of a sentence that stands beside it."""
    return {**row, "example_detail": row["example_detail"].removeprefix(f"{row['example_uri']}: ")}


def markdown(summary: Summary) -> str:
    """Return the summary of a run as a few lines of Markdown, for the pages of other tools."""
    lines = [
        f"**{summary.status}**: {summary.acquired:,} new or changed, {summary.unchanged:,} unchanged,",
        f"{summary.rejected:,} rejected, {summary.still_quarantined:,} still in quarantine, {summary.loaded:,} loaded",
        "",
        "| dimension | score | verdict |",
        "| --- | --- | --- |",
        *(f"| {each.dimension} | {percent(each.score)} | {each.verdict} |" for each in summary.scores),
        "",
        *(
            f"- {each.verdict}: {each.check}, {each.failing:,} of {each.total:,}. {each.remedy}"
            for each in summary.findings
        ),
        "",
        f"Warehouse `{summary.warehouse}`, report `{summary.report}`",
    ]
    return "\n".join(lines)
