"""Checks are SQL files with a header; this module reads them, runs them and decides their verdicts.

A file `NAME.sql` begins with comment lines `-- key: value` and holds one or two statements. The first returns the
failing rows, one row each, their keys as columns. The second, if any, returns one number: how many rows were looked at
(without it: the rows of the table).

    -- dimension: completeness
    -- table: dim_release
    -- severity: major
    -- warn: 1 %
    -- fail: 50 % of 100 rows or more
    -- why: Without its date a release falls out of every question that has a time in it.
    -- remedy: Look at the header forms of the releases listed and add the missing form as a rule.
    select release_key from dim_release where published_on is null

`warn` and `fail` say above what the verdict turns: `2 %` is a share of the rows, `0 rows` a number of them. A few rows
make no share, so `50 % of 100 rows or more` leaves smaller tables alone. A check without `fail` never stops a
publication. Where `{table}` stands in the SQL, the file is a check for each table that it names
(`table: fact_date, fact_money`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import duckdb

_E = TypeVar("_E", bound=StrEnum)

SAMPLE_ROWS = 20
KEYS = frozenset({"dimension", "table", "severity", "warn", "fail", "why", "remedy"})
REQUIRED = ("dimension", "table", "severity", "warn", "why", "remedy")


class CheckError(Exception):
    """A check can't be read or run; the message names its file and what to do."""


class Dimension(StrEnum):
    """What a check is about."""

    COMPLETENESS = "completeness"
    VALIDITY = "validity"
    CONSISTENCY = "consistency"
    UNIQUENESS = "uniqueness"
    TIMELINESS = "timeliness"
    ACCOUNTABILITY = "accountability"


class Severity(StrEnum):
    """How much a check weighs in the score of its dimension."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Verdict(StrEnum):
    """The outcome of a check."""

    PASS = "pass"  # noqa: S105 - not a password
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit that is passed when more than `rows` rows fail, or more than `share` of at least `of` rows."""

    rows: int | None = None
    share: float | None = None
    of: int = 0

    def passed(self, failing: int, total: int) -> bool:
        """Tell whether `failing` of `total` rows are more than the limit allows."""
        if self.rows is not None:
            return failing > self.rows
        assert self.share is not None
        return total >= self.of and failing > self.share * total


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one table."""

    name: str
    dimension: Dimension
    table: str
    severity: Severity
    warn: Threshold
    fail: Threshold | None
    why: str
    remedy: str
    failing_sql: str
    total_sql: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found; `share` is failing/total, 0 where there was nothing to look at."""

    check: Check
    verdict: Verdict
    failing: int
    total: int
    sample: tuple[dict[str, Any], ...]

    @property
    def share(self) -> float:
        return self.failing / self.total if self.total else 0.0


def load_checks(directory: Path) -> list[Check]:
    """Read all checks of a directory, in the order of their names.

    Raises:
        CheckError: a file can't be understood.
    """
    return [check for path in sorted(directory.glob("*.sql")) for check in read_check(path)]


def read_check(path: Path) -> list[Check]:
    """Read one file; it is as many checks as it names tables.

    Raises:
        CheckError: a header line is missing, unknown or has a value that is not allowed.
    """
    header, statements = _split(path)
    templated = any("{table}" in statement for statement in statements)
    tables = [name.strip() for name in header["table"].split(",")] if templated else [header["table"]]
    dimension = _member(path, "dimension", header["dimension"], Dimension)
    severity = _member(path, "severity", header["severity"], Severity)
    warn = _threshold(path, "warn", header["warn"])
    fail = _threshold(path, "fail", header["fail"]) if "fail" in header else None
    total_sql = statements[1] if len(statements) == 2 else "select count(*) from {table}"
    return [
        Check(
            name=f"{path.stem}:{table}" if len(tables) > 1 else path.stem,
            dimension=dimension,
            table=table,
            severity=severity,
            warn=warn,
            fail=fail,
            why=header["why"],
            remedy=header["remedy"],
            failing_sql=statements[0].replace("{table}", table),
            total_sql=total_sql.replace("{table}", table),
        )
        for table in tables
    ]


def run_checks(con: duckdb.DuckDBPyConnection, checks: Iterable[Check]) -> list[CheckResult]:
    """Run the checks, each on the state that `con` sees.

    Raises:
        CheckError: a check's SQL fails.
    """
    return [_run(con, check) for check in checks]


def _run(con: duckdb.DuckDBPyConnection, check: Check) -> CheckResult:
    import duckdb

    try:
        found = con.execute(
            f"with failing as materialized ({check.failing_sql}) "
            "select (select count(*) from failing), "
            f"(select to_json(list(row)) from (select failing as row from failing limit {SAMPLE_ROWS}))"
        ).fetchone()
        counted = con.execute(check.total_sql).fetchone()
    except duckdb.Error as error:
        message = f"The check {check.name} on {check.table} can't be run: {error}. Mend its SQL or take the file away."
        raise CheckError(message) from error
    assert found is not None
    assert counted is not None
    failing, sample = found
    total = int(counted[0] or 0)
    verdict = Verdict.PASS
    if check.fail is not None and check.fail.passed(failing, total):
        verdict = Verdict.FAIL
    elif check.warn.passed(failing, total):
        verdict = Verdict.WARN
    return CheckResult(check, verdict, failing, total, tuple(json.loads(sample)) if sample else ())


def _split(path: Path) -> tuple[dict[str, str], list[str]]:
    """Return the header's keys and the one or two statements below it."""
    header: dict[str, str] = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        entry = re.fullmatch(r"--\s*([a-z]+):\s*(.+?)\s*", line)
        if entry is None:
            break
        key, value = entry.groups()
        if key not in KEYS or key in header:
            message = (
                f"{path}:{number}: `{key}` is unknown or stands twice. Allowed once each: {', '.join(sorted(KEYS))}."
            )
            raise CheckError(message)
        header[key] = value
    missing = [key for key in REQUIRED if key not in header]
    if missing:
        message = f"{path}: the header lacks {', '.join(missing)}. Add a line `-- {missing[0]}: …` at the top."
        raise CheckError(message)
    body = "\n".join(line for line in lines[len(header) :] if not line.lstrip().startswith("--"))
    statements = [part.strip() for part in body.split(";") if part.strip()]
    if len(statements) not in (1, 2):
        message = f"{path}: {len(statements)} statements; give the failing rows, then at most one for their total."
        raise CheckError(message)
    return header, statements


def _member(path: Path, key: str, value: str, kind: type[_E]) -> _E:
    try:
        return kind(value)
    except ValueError as error:
        message = f"{path}: {key} is `{value}`; allowed are {', '.join(kind)}."
        raise CheckError(message) from error


def _threshold(path: Path, key: str, value: str) -> Threshold:
    if entry := re.fullmatch(r"(\d+) rows?", value):
        return Threshold(rows=int(entry[1]))
    if entry := re.fullmatch(r"(\d+(?:\.\d+)?) ?%(?: of (\d+) rows or more)?", value):
        return Threshold(share=float(entry[1]) / 100, of=int(entry[2] or 0))
    message = f"{path}: {key} is `{value}`; write `2 %`, `2 % of 100 rows or more` or `0 rows`."
    raise CheckError(message)
