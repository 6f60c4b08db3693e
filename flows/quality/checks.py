"""Checks are SQL files with a header, and the models of the tables; this module reads, runs and judges them.

A file `NAME.sql` begins with comment lines `-- key: value` and holds one or two statements. The first returns the
failing rows, one row each, their keys as columns. The second, if any, returns one number: how many rows were looked at
(without it: the rows of the table).

    -- dimension: completeness
    -- table: dim_release
    -- severity: major
    -- owner: source desk
    -- warn: 1 %
    -- fail: 50 % of 100 rows or more
    -- why: Without its date a release falls out of every question that has a time in it.
    -- remedy: Look at the header forms of the releases listed and add the missing form as a rule.
    select release_key from dim_release where published_on is null

`warn` and `fail` say above what the verdict turns: `2 %` is a share of the rows, `0 rows` a number of them. A few rows
make no share, so `50 % of 100 rows or more` leaves smaller tables alone. A check without `fail` never stops a
publication. Where `{table}` stands in the SQL, the file is a check for each table that it names
(`table: fact_date, fact_money`). Failing rows with a `release_key`, and a `char_start` beside it, lead to the release
and to the words. The first of them are kept: in the order that the SQL ends with, else in that of their columns.

Besides the files each table has a check by its pandera model (`flows.quality.models`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import duckdb

_E = TypeVar("_E", bound=StrEnum)

SAMPLE_ROWS = 20  # that quality_result and the report have of a check
KEPT_ROWS = 500  # that quality_failing_row has of a check in a run
KEYS = frozenset({"dimension", "table", "severity", "owner", "warn", "fail", "why", "remedy"})
REQUIRED = ("dimension", "table", "severity", "owner", "warn", "why", "remedy")
LOST = "table_lost"  # what it finds missing explains why others can't be run

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)
_INNERMOST = re.compile(r"\([^()]*\)")
_PLACE = re.compile(r"\bLINE (\d+):")
_TOKEN = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|;", re.DOTALL)
_AROUND = re.compile(r"(?:\s|--[^\n]*|/\*.*?\*/)*", re.DOTALL)
_LOOKS = re.compile(r"select\b|with\b|from\b|\(", re.IGNORECASE)


class CheckError(Exception):
    """A check can't be read or run; the message names its file and what to do."""


class CheckFileError(CheckError):
    """The file of a check can't be understood; the message names file, line and remedy."""


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

    @property
    def words(self) -> str:
        """The limit in words."""
        if self.rows is not None:
            return f"over {self.rows} rows" if self.rows else "any row"
        assert self.share is not None
        return f"over {100 * self.share:g} %" + (f" of {self.of} rows or more" if self.of else "")


@dataclass(frozen=True, slots=True)
class Found:
    """What a check finds: how many rows fail, of how many, and the first of them as their keys."""

    failing: int
    total: int
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of one table: its SQL, or what finds the failing rows in its place."""

    name: str
    dimension: Dimension
    table: str
    severity: Severity
    owner: str
    warn: Threshold
    fail: Threshold | None
    why: str
    remedy: str
    failing_sql: str = ""
    total_sql: str = ""
    find: Callable[[duckdb.DuckDBPyConnection], Found] | None = None
    file: Path | None = None
    lines: tuple[int, int] = (0, 0)  # of the file that the two statements begin in

    @property
    def rule(self) -> str:
        """Its name without the table."""
        return self.name.partition(":")[0]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found; `share` is failing/total, 0 where there was nothing to look at."""

    check: Check
    verdict: Verdict
    failing: int
    total: int
    rows: tuple[dict[str, Any], ...]  # the first failing ones, KEPT_ROWS at most

    @property
    def share(self) -> float:
        return self.failing / self.total if self.total else 0.0

    @property
    def sample(self) -> tuple[dict[str, Any], ...]:
        return self.rows[:SAMPLE_ROWS]


def load_checks(directory: Path) -> list[Check]:
    """Read all checks of a directory, in the order of their names.

    Raises:
        CheckFileError: a file can't be understood.
    """
    return [check for path in sorted(directory.glob("*.sql")) for check in read_check(path)]


def read_check(path: Path) -> list[Check]:
    """Read one file; it is as many checks as it names tables.

    Raises:
        CheckFileError: its name, a header line or its SQL is not as it has to be.
    """
    if not _NAME.fullmatch(path.stem):
        raise CheckFileError(
            f"{path}: the file names its check, in small letters, digits and underscores, as in `money_negative.sql`. "
            "Rename it."
        )
    header, statements = _split(path)
    templated = any("{table}" in statement for statement, _ in statements)
    named = header["table"].text
    tables = [name.strip() for name in named.split(",")] if templated else [named]
    dimension = header["dimension"].member(Dimension)
    severity = header["severity"].member(Severity)
    warn = header["warn"].threshold()
    fail = header["fail"].threshold() if "fail" in header else None
    total = statements[1] if len(statements) == 2 else ("select count(*) from {table}", header["table"].line)
    return [
        Check(
            name=f"{path.stem}:{table}" if len(tables) > 1 else path.stem,
            dimension=dimension,
            table=table,
            severity=severity,
            owner=header["owner"].text,
            warn=warn,
            fail=fail,
            why=header["why"].text,
            remedy=header["remedy"].text,
            failing_sql=statements[0][0].replace("{table}", table),
            total_sql=total[0].replace("{table}", table),
            file=path,
            lines=(statements[0][1], total[1]),
        )
        for table in tables
    ]


def require_runnable(con: duckdb.DuckDBPyConnection, checks: Iterable[Check]) -> None:
    """Make sure that the SQL of checks fits the tables, without running it: long before they are due.

    Raises:
        CheckFileError: it doesn't; the message names file and line.
    """
    import duckdb

    for check in checks:
        for sql, line in zip((_counted(check), _total(check)), check.lines, strict=True):
            try:
                con.execute(f"explain {sql}")
            except duckdb.Error as error:
                raise CheckFileError(_unrunnable(check, line, error)) from error


def run_checks(con: duckdb.DuckDBPyConnection, checks: Iterable[Check]) -> list[CheckResult]:
    """Run the checks, each on the state that `con` sees.

    Where tables are missing, the checks that need them fail, and `table_lost` among them says what is missing.

    Raises:
        CheckError: a check can't be run, and no table is missing.
    """
    import duckdb

    is_damaged = False
    results: dict[str, CheckResult] = {}
    given = list(checks)
    for check in sorted(given, key=lambda check: check.name != LOST):
        try:
            found = _by_sql(con, check) if check.find is None else check.find(con)
        except duckdb.Error as error:
            if not is_damaged:
                raise CheckError(_unrunnable(check, check.lines[0], error)) from error
            results[check.name] = CheckResult(check, Verdict.FAIL, 1, 1, ({"not_run": _first_line(error)},))
            continue
        is_damaged = is_damaged or (check.name == LOST and found.failing > 0)
        results[check.name] = CheckResult(check, _verdict(check, found), found.failing, found.total, found.rows)
    return [results[check.name] for check in given]


def require_whole(file: Path, results: Iterable[CheckResult]) -> None:
    """Make sure that no table is missing: what comes after the checks reads all of them.

    Raises:
        CheckError: some are, or some of their columns.
    """
    for result in results:
        if result.check.name == LOST and result.failing:
            gone = ", ".join(".".join(str(name) for name in row.values() if name) for row in result.sample)
            raise CheckError(f"{file}: missing are {gone}. {result.check.remedy}")


def _verdict(check: Check, found: Found) -> Verdict:
    if check.fail is not None and check.fail.passed(found.failing, found.total):
        return Verdict.FAIL
    return Verdict.WARN if check.warn.passed(found.failing, found.total) else Verdict.PASS


def _by_sql(con: duckdb.DuckDBPyConnection, check: Check) -> Found:
    found = con.execute(_counted(check)).fetchone()
    counted = con.execute(_total(check)).fetchone()
    assert found is not None
    assert counted is not None
    failing, kept = found
    return Found(failing, int(counted[0] or 0), tuple(json.loads(kept)) if kept else ())


def _counted(check: Check) -> str:
    """The SQL that counts the failing rows and takes the first of them along; it begins in the statement's own line."""
    order = "" if _is_ordered(check.failing_sql) else "order by all "
    return (
        f"with failing as materialized ({check.failing_sql}\n) "
        "select (select count(*) from failing), "
        f"(select to_json(list(row)) from (select failing as row from failing {order}limit {KEPT_ROWS}))"
    )


def _is_ordered(sql: str) -> bool:
    """Tell whether a statement orders its rows itself: it says so outside of all brackets, quotations and comments."""
    bare = _TOKEN.sub(" ", sql)
    while (less := _INNERMOST.sub(" ", bare)) != bare:
        bare = less
    return _ORDER.search(bare) is not None


def _total(check: Check) -> str:
    return f"select ({check.total_sql}\n)"


def _unrunnable(check: Check, line: int, error: Exception) -> str:
    """What is wrong with the SQL of a check, with the line of its file if DuckDB tells one."""
    place = _PLACE.search(str(error))
    at = f"{check.file}:{line + int(place[1]) - 1}" if place and line else f"{check.file or check.name}"
    return f"{at}: the check {check.name} can't be run: {_first_line(error)} Mend its SQL or take the file away."


def _first_line(error: Exception) -> str:
    said = str(error).strip().partition("\n")[0].rstrip()
    return said if said.endswith((".", "!", "?")) else f"{said}."


@dataclass(frozen=True, slots=True)
class _Entry:
    """A value of a header and where it stands."""

    path: Path
    line: int
    key: str
    text: str

    def member(self, kind: type[_E]) -> _E:
        try:
            return kind(self.text)
        except ValueError as error:
            raise self.wrong(f"allowed are {', '.join(kind)}") from error

    def threshold(self) -> Threshold:
        if entry := re.fullmatch(r"(\d+) rows?", self.text):
            return Threshold(rows=int(entry[1]))
        if entry := re.fullmatch(r"(\d+(?:\.\d+)?) ?%(?: of (\d+) rows or more)?", self.text):
            return Threshold(share=float(entry[1]) / 100, of=int(entry[2] or 0))
        raise self.wrong("write `2 %`, `2 % of 100 rows or more` or `0 rows`")

    def wrong(self, remedy: str) -> CheckFileError:
        return CheckFileError(f"{self.path}:{self.line}: {self.key} is `{self.text}`; {remedy}.")


def _split(path: Path) -> tuple[dict[str, _Entry], list[tuple[str, int]]]:
    """Return the header's entries, and the one or two statements below it with the lines that they begin in."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CheckFileError(f"{path} is not UTF-8 at byte offset {error.start}. Save it as UTF-8.") from None
    header: dict[str, _Entry] = {}
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        entry = re.fullmatch(r"--\s*([a-z]+):\s*(.+?)\s*", line)
        if entry is None:
            break
        key, value = entry.groups()
        if key not in KEYS or key in header:
            raise CheckFileError(
                f"{path}:{number}: `{key}` is unknown or stands twice. Allowed once each: {', '.join(sorted(KEYS))}."
            )
        header[key] = _Entry(path, number, key, value)
    missing = [key for key in REQUIRED if key not in header]
    if missing:
        raise CheckFileError(
            f"{path}:{len(header) + 1}: the header lacks {', '.join(missing)}. Add a line `-- {missing[0]}: …` there, "
            "above the SQL."
        )
    return header, _statements(path, "\n".join(lines[len(header) :]), len(header) + 1)


def _statements(path: Path, text: str, line: int) -> list[tuple[str, int]]:
    """The statements of a text, without what comments stand around them, and the lines that they begin in.

    Args:
        path: the file.
        text: what stands below its header.
        line: the line that this begins in.
    """
    found = []
    for piece in _pieces(text):
        bare = _AROUND.match(piece)
        assert bare
        begun = line + piece[: bare.end()].count("\n")
        statement = piece[bare.end() :].rstrip()
        line += piece.count("\n")
        if not statement:
            continue
        if not _LOOKS.match(statement):
            raise CheckFileError(
                f"{path}:{begun}: a check only looks: begin the statement with `select`, `with` or `from`."
            )
        found.append((statement, begun))
    if len(found) not in (1, 2):
        raise CheckFileError(
            f"{path}:{line}: {len(found)} statements; give one for the failing rows, then at most one for their total."
        )
    return found


def _pieces(text: str) -> Iterator[str]:
    """Part a text at its semicolons, those in comments and quotations left alone; nothing else is lost."""
    begun = 0
    for token in _TOKEN.finditer(text):
        if token[0] == ";":
            yield text[begun : token.start()]
            begun = token.end()
    yield text[begun:]
