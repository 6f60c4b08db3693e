"""The runs before this one, read from the numbers that each left beside its report, and what has changed since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.quality.summary import Outcome, Summary
from flows.quality.texts import Both, both, check_name, count, percent, seconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUNS: Final = 30  # that a trend goes back over
CHANGES: Final = 12  # that are told
_VERDICTS: Final = ("pass", "warn", "fail")
_NOTABLE: Final = 0.2  # a failing share that moved by this much of itself, or a run that took so much longer


@dataclass(frozen=True, slots=True)
class History:
    """Summaries, oldest first and this run last, and the files that could not be read."""

    runs: tuple[Summary, ...]
    unreadable: tuple[str, ...] = ()

    @property
    def before(self) -> Summary | None:
        """The run before this one; None if it is the first."""
        return self.runs[-2] if len(self.runs) > 1 else None

    def trend(self, figure: Callable[[Summary], float | None]) -> list[float | None]:
        """One figure of each run, oldest first."""
        return [figure(run) for run in self.runs]

    def check(self, check: str, table: str) -> list[float | None]:
        """The failing share of one check of one table in each run, oldest first; None where it was not made."""
        return [
            next((each.share for each in run.outcomes if (each.check, each.table) == (check, table)), None)
            for run in self.runs
        ]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is not as it was: `tone` is better, worse or even."""

    tone: str
    text: Both


def read(folder: Path, current: Summary, limit: int = RUNS, *, later: bool = False) -> History:
    """The last runs up to the current one, which need not have left its numbers yet.

    Args:
        folder: the reports; each run's numbers stand in `RUN.json`, and the names of runs sort by time.
        current: the run that the history ends with.
        limit: how many runs at most.
        later: take in the runs after the current one too: the history ends with the last of all.
    """
    others = [file for file in _numbers(folder) if file.stem < current.run_id or (later and file.stem > current.run_id)]
    runs, unreadable = [current], []
    for file in others[-(limit - 1) :] if limit > 1 else []:
        try:
            runs.append(Summary.from_json(file.read_text(encoding="utf-8")))
        except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
            unreadable.append(file.name)
    return History(tuple(sorted(runs, key=lambda run: run.run_id)), tuple(unreadable))


def is_last(folder: Path, run: Summary) -> bool:
    """Whether no later run has left its numbers."""
    return all(file.stem <= run.run_id for file in _numbers(folder))


def _numbers(folder: Path) -> list[Path]:
    """The files of numbers, oldest first."""
    return sorted(file for file in folder.glob("*Z-*.json") if "." not in file.stem)


def score_of(dimension: str) -> Callable[[Summary], float | None]:
    """What gives a run's score in a dimension."""
    return lambda run: next((each.score for each in run.scores if each.dimension == dimension), None)


def changes(before: Summary, now: Summary) -> list[Change]:
    """What is not as it was in the run before, the gravest first, `CHANGES` at most."""
    told = [
        *_verdicts(before, now),
        *_shares(before, now),
        *_holdings(before, now),
        *_rules(before, now),
        *_time(before, now),
    ]
    order = ("worse", "better", "even")
    return sorted(told, key=lambda change: order.index(change.tone))[:CHANGES]


def _by_check(run: Summary) -> dict[tuple[str, str], Outcome]:
    return {(each.check, each.table): each for each in run.outcomes}


def _verdicts(before: Summary, now: Summary) -> list[Change]:
    earlier, later = _by_check(before), _by_check(now)
    told = []
    for key in sorted(later.keys() & earlier.keys()):
        old, new = earlier[key], later[key]
        if old.verdict == new.verdict:
            continue
        worse = _VERDICTS.index(new.verdict) > _VERDICTS.index(old.verdict)
        text = both(
            "change_verdict",
            check=check_name(new.check),
            table=new.table,
            old=both(f"verdict_{old.verdict}"),
            new=both(f"verdict_{new.verdict}"),
            failing=count(new.failing),
            before=count(old.failing),
        )
        told.append(Change("worse" if worse else "better", text))
    if earlier:  # a run of an earlier version kept no outcomes, and is not to be compared
        for keys, name in ((later.keys() - earlier.keys(), "added"), (earlier.keys() - later.keys(), "gone")):
            if keys:
                checks = ", ".join(sorted({check.partition(":")[0] for check, _ in keys})[:5])
                told.append(Change("even", both(f"change_checks_{name}", n=len(keys), checks=checks)))
    return told


def _shares(before: Summary, now: Summary) -> list[Change]:
    """Checks whose verdict stands but whose share of failing rows moved notably."""
    earlier = _by_check(before)
    moved = []
    for each in now.outcomes:
        old = earlier.get((each.check, each.table))
        if old is None or old.verdict != each.verdict or not old.share or each.share is None:
            continue
        by = each.share / old.share - 1
        if abs(by) < _NOTABLE or abs(each.failing - old.failing) < 5:
            continue
        text = both(
            "change_share",
            check=check_name(each.check),
            table=each.table,
            old=percent(old.share),
            new=percent(each.share),
            failing=count(each.failing),
            before=count(old.failing),
        )
        moved.append((abs(by), Change("worse" if by > 0 else "better", text)))
    moved.sort(key=lambda each: -each[0])
    return [change for _, change in moved[:4]]


def _holdings(before: Summary, now: Summary) -> list[Change]:
    told = []
    if now.releases != before.releases:
        told.append(Change("even", both("change_releases", by=_signed(now.releases - before.releases), n=now.releases)))
    was, is_ = sum(before.facts.values()), sum(now.facts.values())
    if was != is_:
        told.append(Change("even", both("change_facts", by=_signed(is_ - was), now=count(is_))))
    for name in ("unexplained", "quarantined"):
        old, new = getattr(before, name), getattr(now, name)
        if old != new:
            tone = "worse" if new > old else "better"
            told.append(Change(tone, both(f"change_{name}", by=_signed(new - old), now=count(new))))
    return told


def _rules(before: Summary, now: Summary) -> list[Change]:
    if before.extractor_version == now.extractor_version:
        return []
    return [Change("even", both("change_rules", old=before.extractor_version, new=now.extractor_version))]


def _time(before: Summary, now: Summary) -> list[Change]:
    """A run that took notably longer though it had no more to do."""
    longer = now.seconds > before.seconds * (1 + _NOTABLE) and now.seconds - before.seconds > 5
    if not longer or now.loaded > before.loaded:
        return []
    return [Change("worse", both("change_time", old=seconds(before.seconds), new=seconds(now.seconds)))]


def _signed(by: int) -> str:
    return f"{'+' if by > 0 else '−'}{abs(by):,}"
