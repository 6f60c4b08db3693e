"""A run's quality as tables for the pages of other tools, Prefect's among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.quality.summary import Summary


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its name (small letters and dashes), what it shows, and its rows by column."""

    key: str
    description: str
    rows: list[dict[str, Any]]


def tables(summary: Summary) -> list[Table]:
    """The scores by dimension, and the checks that did not pass, the worst first."""
    scores = [
        {"dimension": each.dimension, "verdict": each.verdict, "score": _percent(each.score)} for each in summary.scores
    ]
    findings = [
        {
            "verdict": each.verdict,
            "check": each.check.partition(":")[0].replace("_", " "),
            "table": each.table,
            "failing": each.failing,
            "of": each.total,
            "share": _percent(each.failing / each.total) if each.total else "",
            "why it matters": each.why,
            "what to do": each.remedy,
        }
        for each in summary.findings
    ]
    return [
        Table("klangkhao-scores", f"Quality of {summary.warehouse} by dimension", scores),
        Table("klangkhao-checks", f"Checks of {summary.warehouse} that did not pass", findings),
    ]


def _percent(share: float) -> str:
    """A share, rounded towards what is not perfect and not nothing."""
    shown = f"{100 * share:.2f} %"
    if shown == "100.00 %" and share < 1:
        return "> 99.99 %"
    return "< 0.01 %" if shown == "0.00 %" and share > 0 else shown
