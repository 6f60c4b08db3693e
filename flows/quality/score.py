"""From checks to one number per dimension, and to the verdict of the gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.quality.checks import CheckResult, Dimension, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WEIGHTS = {Severity.CRITICAL: 5, Severity.MAJOR: 3, Severity.MINOR: 1}
_ORDER = (Verdict.PASS, Verdict.WARN, Verdict.FAIL)


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """One dimension: 1 less the weighted share of failing rows, and its worst verdict."""

    dimension: Dimension
    score: float
    verdict: Verdict
    passed: int
    warned: int
    failed: int


@dataclass(frozen=True, slots=True)
class Quality:
    """All dimensions that have a check, in the order of their definition, and the whole."""

    dimensions: tuple[DimensionScore, ...]
    verdict: Verdict
    score: float


def score(results: Sequence[CheckResult]) -> Quality:
    """Score the results; the whole is the mean of the dimensions, so that no dimension hides behind many checks.

    Accountability is one share by definition: that of the explained numerals among all.
    """
    dimensions = tuple(
        _dimension(dimension, found)
        for dimension in Dimension
        if (found := [result for result in results if result.check.dimension is dimension])
    )
    mean = sum(each.score for each in dimensions) / len(dimensions) if dimensions else 1.0
    return Quality(dimensions, worst(result.verdict for result in results), mean)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of the verdicts, `pass` where there are none."""
    return max(verdicts, key=_ORDER.index, default=Verdict.PASS)


def _dimension(dimension: Dimension, results: Sequence[CheckResult]) -> DimensionScore:
    verdicts = [result.verdict for result in results]
    return DimensionScore(
        dimension=dimension,
        score=_score(dimension, results),
        verdict=worst(verdicts),
        passed=verdicts.count(Verdict.PASS),
        warned=verdicts.count(Verdict.WARN),
        failed=verdicts.count(Verdict.FAIL),
    )


def _score(dimension: Dimension, results: Sequence[CheckResult]) -> float:
    if dimension is Dimension.ACCOUNTABILITY:
        explained = [result for result in results if result.check.name == "numeral_unexplained"]
        if explained:
            return 1 - explained[0].share
    weights = [WEIGHTS[result.check.severity] for result in results]
    return 1 - sum(w * min(r.share, 1.0) for w, r in zip(weights, results, strict=True)) / sum(weights)
