"""What an alert says: which verdicts changed, how bad it is, since when, and where to look."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from flows.alerts.state import Standing
from schemas.keys import key64

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from flows.alerts.state import State
    from flows.quality.summary import Summary

ORDER = ("pass", "warn", "fail")
STATUS_VERDICT = {"ok": "pass", "failed": "fail", "refused": "fail"}
CHANGES_TOLD = 20
REACH = 120  # code points of the text on either side of the place that a sample names
BANGKOK = timezone(timedelta(hours=7), "ICT")

_ABOVE_AND_BELOW = re.compile("^[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+")  # marks parted from their letter by the cut
_RESULTS = """
select check_name, table_name, dimension, severity, verdict, failing, total, share, why, sample
from quality_result
where run_id = ?
order by check_name, table_name
"""
_PLACE = """
select source_uri, title, substr(body, greatest(1, ? + 1 - ?), ? + ?) from dim_release where release_key = ?
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check of a table in the run that is told of."""

    name: str
    table: str
    dimension: str
    severity: str
    verdict: str
    failing: int
    total: int
    share: float | None
    why: str
    sample_json: str | None

    @property
    def sample(self) -> list[dict[str, Any]]:
        """The keys of some failing rows."""
        found: list[dict[str, Any]] = json.loads(self.sample_json) if self.sample_json else []
        return found

    @property
    def key(self) -> str:
        return f"{self.name} on {self.table}"


def outcomes(con: duckdb.DuckDBPyConnection, run_id: str) -> list[Outcome]:
    """What the checks of a run found."""
    return [Outcome(*row) for row in con.execute(_RESULTS, [run_id]).fetchall()]


def observe(
    state: State, summary: Summary, found: list[Outcome] | None, con: duckdb.DuckDBPyConnection | None, report: str
) -> dict[str, Any] | None:
    """Bring the state up to the run, and return the event that tells what changed; None where nothing did.

    Args:
        state: what was last told; changed to what is told now.
        summary: the run.
        found: what its checks found; None where it failed before they ran, and their verdicts stand as they were.
        con: the work database, to quote from; None where it can't be opened.
        report: where the run's report is, or will be.
    """
    run_before = state.run
    started_at = instant(summary.started_at)
    run_changed = _run_changed(state, summary.status, started_at)
    changed = [] if found is None else _checks_changed(state, found, started_at)
    if not run_changed and not changed:
        return None
    remedies = {(finding.check, finding.table): finding.remedy for finding in summary.findings}
    changes = [
        {
            "check": outcome.name,
            "table": outcome.table,
            "dimension": outcome.dimension,
            "severity": outcome.severity,
            "from": before.verdict if before else "pass",
            "to": outcome.verdict,
            "since": started_at,
            "previous_since": before.since if before else None,
            "failing": outcome.failing,
            "total": outcome.total,
            "share": outcome.share,
            "why": outcome.why,
            "remedy": remedies.get((outcome.name, outcome.table)),
            "sample": outcome.sample[:3],
            "sentence": _sentence(con, outcome) if con is not None and outcome.verdict != "pass" else None,
        }
        for outcome, before in changed[:CHANGES_TOLD]
    ]
    event = {
        "version": 1,
        "id": f"klangkhao-{key64(summary.warehouse, summary.run_id, summary.status):016x}",
        "type": "klangkhao.quality.changed",
        "timestamp": started_at,
        "warehouse": summary.warehouse,
        "run": {
            "id": summary.run_id,
            "status": summary.status,
            "previous_status": run_before.verdict if run_before else None,
            "previous_since": run_before.since if run_before else None,
            "started_at": started_at,
            "published": summary.status in {"ok", "failed"} and found is not None,
            "message": summary.message,
        },
        "verdict": summary.verdict if found is not None else None,
        "worst": _worst(run_changed, summary.status, run_before, changed),
        "changed_to": {verdict: sum(now.verdict == verdict for now, _ in changed) for verdict in ORDER},
        "changes": changes,
        "changes_untold": len(changed) - len(changes),
        "standing": {name: {"verdict": each.verdict, "since": each.since} for name, each in state.checks.items()},
        "report": report,
    }
    event["subject"] = _subject(event)
    event["text"] = _text(event)
    return event


def level(event: Mapping[str, Any]) -> str:
    """The worst verdict that a change of the event left or led to: who listens from `fail` on hears of recovery too."""
    return str(event["worst"])


def _run_changed(state: State, status: str, since: str) -> bool:
    before = state.run.verdict if state.run else "ok"
    if state.run is None or before != status:
        state.run = Standing(status, since)
    return before != status


def _checks_changed(state: State, found: list[Outcome], since: str) -> list[tuple[Outcome, Standing | None]]:
    """The checks whose verdict changed, the worst first, each with what stood before; the state then says what is."""
    changed = []
    for outcome in found:
        before = state.checks.get(outcome.key)
        if outcome.verdict == (before.verdict if before else "pass"):
            continue
        changed.append((outcome, before))
        if outcome.verdict == "pass":
            del state.checks[outcome.key]
        else:
            state.checks[outcome.key] = Standing(outcome.verdict, since)
    known = {outcome.key for outcome in found}
    state.checks = {name: each for name, each in state.checks.items() if name in known}  # a check may be taken away
    return sorted(changed, key=lambda each: (-ORDER.index(each[0].verdict), -(each[0].share or 0), each[0].key))


def _worst(
    run_changed: bool,  # noqa: FBT001
    status: str,
    run_before: Standing | None,
    changed: list[tuple[Outcome, Standing | None]],
) -> str:
    verdicts = [verdict for now, before in changed for verdict in (now.verdict, before.verdict if before else "pass")]
    if run_changed:
        verdicts += [STATUS_VERDICT[status], STATUS_VERDICT[run_before.verdict] if run_before else "pass"]
    return max(verdicts, key=ORDER.index)


def _sentence(con: duckdb.DuckDBPyConnection, outcome: Outcome) -> dict[str, Any] | None:
    """The words around the first failing place that a sample names, and the release that they stand in."""
    for row in outcome.sample:
        if not isinstance(row.get("release_key"), int):
            continue
        start = row["char_start"] if isinstance(row.get("char_start"), int) else 0
        found = con.execute(_PLACE, [start, REACH, REACH, REACH, row["release_key"]]).fetchone()
        if found:
            uri, title, words = found
            return {"source_uri": uri, "title": title, "text": _ABOVE_AND_BELOW.sub("", " ".join(words.split()))}
    return None


# In words


def _subject(event: Mapping[str, Any]) -> str:
    name = PurePath(event["warehouse"]).name
    return f"klangkhao {name}: {_headline(event)}"


def _headline(event: Mapping[str, Any]) -> str:
    run = event["run"]
    said = []
    if run["status"] != "ok" and run["status"] != (run["previous_status"] or "ok"):
        said.append("the quality gate refused to publish" if run["status"] == "refused" else "the run failed")
    elif run["status"] == "ok" and run["previous_status"] not in {None, "ok"}:
        said.append("runs are all right again")
    for verdict, one, many in (
        ("fail", "check fails", "checks fail"),
        ("warn", "check warns", "checks warn"),
        ("pass", "check passes again", "checks pass again"),
    ):
        count = event["changed_to"][verdict]
        if count:
            said.append(f"{count} {one if count == 1 else many}")
    return ", ".join(said)


def _text(event: Mapping[str, Any]) -> str:
    run = event["run"]
    lines = [f"{_headline(event).capitalize()}.", ""]
    lines += [f"Warehouse {event['warehouse']}, run {run['id']} of {_when(run['started_at'])}: {run['status']}."]
    if run["status"] == "refused":
        lines.append("The new data was not published; the last snapshot stays as it was.")
    if run["message"]:
        lines += ["", run["message"]]
    for change in event["changes"]:
        lines += ["", *_change(change)]
    if event["changes_untold"]:
        lines += ["", f"{event['changes_untold']} more checks changed; the report has them all."]
    told = {f"{change['check']} on {change['table']}" for change in event["changes"]}
    standing = [
        f"  {each['verdict']} {name}, since {_when(each['since'])}"
        for name, each in sorted(event["standing"].items())
        if name not in told
    ]
    if standing:
        lines += ["", "As before:", *standing]
    lines += ["", f"Report: {event['report']}", f"Alert {event['id']}"]
    return "\n".join(lines) + "\n"


def _change(change: Mapping[str, Any]) -> list[str]:
    name = f"{change['check'].partition(':')[0].replace('_', ' ')} in {change['table']}"
    before = f"{change['from']} since {_when(change['previous_since'])}" if change["previous_since"] else change["from"]
    share = f" ({100 * change['share']:.2g} %)" if change["share"] else ""
    found = f"{change['failing']:,} of {change['total']:,} rows{share}"
    lines = [f"{change['to'].upper()} {name}: {found}; {change['severity']}, {change['dimension']}. Before: {before}."]
    if change["to"] == "pass":
        return lines
    lines.append(f"  Why it matters: {change['why']}")
    if change["remedy"]:
        lines.append(f"  What to do: {change['remedy']}")
    if sentence := change["sentence"]:
        lines += [f"  For example in {sentence['source_uri']}:", f"  “{sentence['text']}”"]
    elif change["sample"]:
        lines.append(f"  For example {_in_words(change['sample'][0])}")
    return lines


def _in_words(row: Mapping[str, Any]) -> str:
    """A failing row that is about no text: what it names and why, else all that it says."""
    if row.get("source_uri") and row.get("reason"):
        return f"{row['reason'].replace('_', ' ')}: {row['source_uri']}"
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in row.items() if value is not None)


def instant(at: str) -> str:
    """An instant with its zone, for readers who don't know that ours are UTC."""
    return datetime.fromisoformat(at).replace(tzinfo=UTC).isoformat()


def _when(at: str) -> str:
    """An instant in the time of Thailand."""
    return f"{datetime.fromisoformat(at).astimezone(BANGKOK):%Y-%m-%d %H:%M} ICT"


def trial(warehouse: str, at: datetime) -> dict[str, Any]:
    """An event that says nothing but that alerts arrive."""
    event: dict[str, Any] = {
        "version": 1,
        "id": f"klangkhao-test-{key64(warehouse, at.isoformat(), str(os.getpid())):016x}",
        "type": "klangkhao.test",
        "timestamp": at.isoformat(),
        "warehouse": warehouse,
        "subject": f"klangkhao {PurePath(warehouse).name}: a test",
    }
    event["text"] = f"This is a test: alerts of {warehouse} arrive here.\n"
    return event
