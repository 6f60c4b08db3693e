"""What a run did and what the warehouse holds now, as numbers: for the last lines of a run, `--json` and the report."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from flows.quality.score import WEIGHTS, Quality, score

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from flows.quality.checks import CheckResult

COMPARATORS = {
    "approx": "≈ ",
    "gt": "> ",
    "ge": "≥ ",
    "lt": "< ",
    "le": "≤ ",
    "by": "by ",
    "since": "since ",
    "until": "until ",
}
RESULTS = ("listed", "new", "changed", "unchanged", "failed", "refused", "gone", "moved", "left_alone", "waiting")
NEXT_SQL = "select published_on, amount, currency_code, amount_thb, title from money order by amount_thb desc limit 10"


Status = Literal["running", "ok", "failed", "refused"]


@dataclass(frozen=True, slots=True)
class Example:
    """A fact with the sentence that it stands in; the mark counts code points of the sentence."""

    kind: str
    value: str
    sentence: str
    mark_start: int
    mark_end: int
    title: str
    published_on: str | None
    source_uri: str


@dataclass(frozen=True, slots=True)
class Score:
    """A dimension of quality: 0 to 1, and its verdict."""

    dimension: str
    score: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that did not pass."""

    check: str
    table: str
    verdict: str
    failing: int
    total: int
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check came to, whichever way: the history of checks is made of these."""

    check: str
    table: str
    dimension: str
    severity: str
    verdict: str
    failing: int
    total: int

    @property
    def share(self) -> float | None:
        """The share of failing rows; None where there was nothing to look at."""
        return self.failing / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of an alert on its way to a target: delivered or not, and what there is to say about it."""

    target: str
    event_id: str
    delivered: bool
    detail: str | None = None


@dataclass(slots=True)
class SourceTally:
    """What a run asked a source of the web for, and what came of it; counts of requests, of lists and of pages."""

    source_id: str
    kind: str
    location: str
    listed: int = 0  # lists read, or found as they were
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0  # to be asked for again
    refused: int = 0  # set aside, or not allowed
    gone: int = 0
    moved: int = 0  # known under another address
    left_alone: int = 0  # not asked for, because their host is to be left alone
    waiting: int = 0  # not asked for, because the run has asked for enough
    problems: list[str] = field(default_factory=list)
    is_grave: bool = False  # whether somebody has to do something about them

    @property
    def counts(self) -> dict[str, int]:
        """What came of it, by result."""
        return {name: getattr(self, name) for name in RESULTS}

    @property
    def asked(self) -> int:
        """Requests that were made for it, as far as each is of one list or page."""
        return sum(self.counts.values()) - self.left_alone - self.waiting

    def add(self, result: str, count: int = 1) -> None:
        """Count what came of a request; `result` is the name of a count."""
        setattr(self, result, getattr(self, result) + count)


@dataclass(slots=True)
class Summary:
    """One run; filled while it goes on, complete at its end. Times in seconds, instants ISO 8601 in UTC."""

    run_id: str
    warehouse: str
    extractor_version: str
    started_at: str
    parameters: dict[str, Any]
    status: Status = "running"
    message: str | None = None
    published: bool = False
    report: str | None = None
    acquired: int = 0
    unchanged: int = 0
    rejected: int = 0
    still_quarantined: int = 0  # given again as they were, and set aside by an earlier run
    loaded: int = 0
    revised: int = 0
    closed: int = 0
    batches: int = 0
    failed_batches: list[str] = field(default_factory=list)
    releases: int = 0
    facts: dict[str, int] = field(default_factory=dict)
    numerals: int = 0
    unexplained: int = 0
    quarantined: int = 0
    quality: float | None = None
    verdict: str | None = None
    scores: list[Score] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    alerts: list[Sent] = field(default_factory=list)
    sources: list[SourceTally] = field(default_factory=list)  # of the web and of WARC files
    notes: list[str] = field(default_factory=list)  # what went wrong besides, and fails no run
    stages: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    next_sql: str = NEXT_SQL

    @property
    def accountability(self) -> float | None:
        """The share of numerals that are facts or have a named reason; None without numerals."""
        return 1 - self.unexplained / self.numerals if self.numerals else None

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain values for JSON."""
        return {**asdict(self), "accountability": self.accountability}

    @classmethod
    def from_json(cls, text: str) -> Summary:
        """Read back what `as_dict` gave as JSON text."""
        plain = json.loads(text)
        plain.pop("accountability")
        plain["scores"] = [Score(**each) for each in plain["scores"]]
        plain["findings"] = [Finding(**each) for each in plain["findings"]]
        plain["examples"] = [Example(**each) for each in plain["examples"]]
        plain["outcomes"] = [Outcome(**each) for each in plain.get("outcomes", [])]  # earlier versions had none
        plain["alerts"] = [Sent(**each) for each in plain.get("alerts", [])]
        plain["sources"] = [SourceTally(**each) for each in plain.get("sources", [])]
        return cls(**plain)


def describe(con: duckdb.DuckDBPyConnection, summary: Summary) -> None:
    """Fill in what the warehouse holds now."""
    counts = rows(con, "counts")[0]
    summary.releases = counts["releases"]
    summary.facts = {kind: counts[kind] for kind in ("dates", "money", "counts", "measures")}
    summary.numerals = counts["numerals"]
    summary.unexplained = counts["unexplained"]
    summary.quarantined = counts["quarantined"]
    summary.examples = [_example(row) for row in rows(con, "examples", run_id=summary.run_id)]


def judge(summary: Summary, results: Sequence[CheckResult]) -> Quality:
    """Fill in what the checks found, the worst first; return the scores."""
    quality = score(results)
    summary.quality = quality.score
    summary.verdict = quality.verdict.value
    summary.scores = [Score(each.dimension.value, each.score, each.verdict.value) for each in quality.dimensions]
    summary.outcomes = [_outcome(result) for result in results]
    found = sorted(
        (result for result in results if result.verdict != "pass"),
        key=lambda result: (result.verdict != "fail", -WEIGHTS[result.check.severity], -result.share),
    )
    summary.findings = [
        Finding(
            result.check.name,
            result.check.table,
            result.verdict.value,
            result.failing,
            result.total,
            result.check.why,
            result.check.remedy,
        )
        for result in found
    ]
    return quality


def _outcome(result: CheckResult) -> Outcome:
    check = result.check
    return Outcome(
        check.name,
        check.table,
        check.dimension.value,
        check.severity.value,
        result.verdict.value,
        result.failing,
        result.total,
    )


def rows(con: duckdb.DuckDBPyConnection, name: str, **parameters: object) -> list[dict[str, Any]]:
    """Run the query of a file in `queries/` and return its rows."""
    result = con.execute(_query(name), parameters or None)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@cache
def _query(name: str) -> str:
    return (resources.files("flows.quality") / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def _example(row: dict[str, Any]) -> Example:
    sentence: str = row["sentence"]
    before = len(sentence) - len(sentence.lstrip())
    return Example(
        kind=row["kind"],
        value=fact_value(row["value"], row["value_max"], row["unit"], row["comparator"]),
        sentence=sentence.strip(),
        mark_start=row["mark_start"] - before,
        mark_end=row["mark_end"] - before,
        title=row["title"],
        published_on=_iso(row["published_on"]),
        source_uri=row["source_uri"],
    )


def fact_value(value: str, value_max: str | None, unit: str | None, comparator: str) -> str:
    """Write a value for people: `≥ 1,500,000 THB`, `10 – 15 %`, `2023-08-14`."""
    shown = number(value) if unit is not None or value_max else value
    top = f" – {number(value_max)}" if value_max else ""
    return f"{COMPARATORS.get(comparator, '')}{shown}{top}{f' {unit}' if unit else ''}"


def number(text: str) -> str:
    """Write a decimal with thousands separators and without trailing zeros: `1,500,000.25`."""
    plain = f"{Decimal(text):,f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value else None
