"""Planting defects one after the other, each in a transaction that is taken back, and looking what tells of it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from defects import FAULTS, Fault, target

from flows.quality.catalogue import built_in
from flows.quality.checks import LOST, CheckResult, Verdict, run_checks

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

CHECKS = {check.name: check for check in built_in()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a planted defect: what its check found before and after."""

    fault: Fault
    before: CheckResult
    after: CheckResult

    @property
    def wrong(self) -> str | None:
        """Why the defect was not found as it has to be; None if it was."""
        check = self.after.check
        if check.severity != self.fault.severity:
            return f"{check.name} is {check.severity}, not {self.fault.severity}"
        if self.after.failing <= self.before.failing:
            return f"{check.name} found no more than before: {self.after.failing} of {self.after.total}"
        if self.after.verdict != self.fault.verdict:
            return f"{check.name} says {self.after.verdict}, not {self.fault.verdict}: {self.after.failing} of {self.after.total}"
        return None if self.after.rows else f"{check.name} keeps no row"


def audit(con: duckdb.DuckDBPyConnection) -> dict[str, CheckResult]:
    """All checks, by name."""
    return {result.check.name: result for result in run_checks(con, CHECKS.values())}


def ask(con: duckdb.DuckDBPyConnection, name: str) -> CheckResult:
    """One check."""
    (result,) = run_checks(con, [CHECKS[name]])
    return result


def alarms(results: dict[str, CheckResult]) -> list[CheckResult]:
    """What did not pass."""
    return [result for result in results.values() if result.verdict is not Verdict.PASS]


def plant_all(con: duckdb.DuckDBPyConnection, before: dict[str, CheckResult]) -> Iterator[Outcome]:
    """Plant each defect in a sound warehouse and ask the check that is named with it."""
    chosen = target(con)
    for fault in FAULTS:
        with planted(con, chosen.fill(fault.sql)):
            checks = dict.fromkeys((LOST, fault.check))
            *_, after = run_checks(con, [CHECKS[name] for name in checks])
        yield Outcome(fault, before[fault.check], after)


@contextmanager
def planted(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[None]:
    """A defect for the length of the block."""
    con.execute("begin")
    try:
        con.execute(sql)
        yield
    finally:
        con.execute("rollback")
