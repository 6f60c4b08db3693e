"""Checks of volume and silence on sources that only chance makes differ: they are quiet there, and wake up where not."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest
from planting import CHECKS, ask

import seeds
from warehouse.migrate import marts

if TYPE_CHECKING:
    from flows.quality.checks import CheckResult

FIRST, DAYS = date(2022, 1, 3), 3 * 365  # a Monday
HOLIDAYS = frozenset(date.fromisoformat(row["date"]) for row in seeds.rows("holidays"))
MEANS, SPREADS = (0.3, 1, 3, 6, 10, 20, 40), (0.0, 0.15, 0.3)
COLUMNS = "source varchar, day date, kind varchar, is_free boolean, is_certain boolean, releases bigint"


def poisson(draw: random.Random, mean: float) -> int:
    limit, number, product = math.exp(-mean), 0, draw.random()
    while product > limit:
        number, product = number + 1, product * draw.random()
    return number


def series(draw: random.Random) -> Iterator[tuple]:
    """Sources from three releases in two weeks to forty a day, some of them with good and bad days."""
    for mean in MEANS:
        for spread in SPREADS:
            weekdays = [1 + 0.3 * draw.random() for _ in range(5)]
            for number in range(DAYS):
                day = FIRST + timedelta(days=number)
                is_free = day.weekday() >= 5 or day in HOLIDAYS
                usual = mean * (0.08 if is_free else weekdays[day.weekday()])
                if spread:
                    usual *= draw.gammavariate(1 / spread**2, spread**2)
                kind = "holiday" if day in HOLIDAYS else f"{day:%a}"
                yield f"{mean} a day, {spread}", day, kind, is_free, True, poisson(draw, usual)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """What the checks of volume and silence read, and nothing else."""
    columns = zip(*series(random.Random(5)), strict=True)
    names = [column.split()[0] for column in COLUMNS.split(", ")]
    with closing(duckdb.connect()) as con:
        con.register("made", pa.table(dict(zip(names, map(list, columns), strict=True))))
        con.execute(f"create table source_day ({COLUMNS}); insert into source_day from made")
        con.execute(marts()["source_week"].partition("\ncomment on")[0])
        con.execute("create table all_days as from source_day")
        con.execute("create table calendar_day as select day, any_value(kind) as kind from source_day group by day")
        con.execute(
            "create table dim_source as select row_number() over () as source_key, source as source_id from (select distinct source from source_day)"
        )
        con.execute(
            "create table dim_release as select source_key, day + interval 1 day as first_seen_at from source_day join dim_source on source_id = source where releases > 0"
        )
        con.execute("create table etl_run as select null::timestamp as started_at")
        yield con


@pytest.mark.parametrize("name", ["volume_dropped", "volume_risen"])
def test_chance_raises_hardly_an_alarm(con: duckdb.DuckDBPyConnection, name: str) -> None:
    found = ask(con, name)
    assert found.total == len(MEANS) * len(SPREADS) * DAYS
    assert found.failing <= 2, found.rows  # in 63 years of sources


@pytest.mark.parametrize("releases", [0, 100])
def test_a_day_without_releases_or_with_far_too_many_is_told(con: duckdb.DuckDBPyConnection, releases: int) -> None:
    name, least = ("volume_risen", 1) if releases else ("volume_dropped", 10)
    before = ask(con, name).failing
    con.execute("begin")
    try:
        con.execute("update source_day set releases = ? where day = date '2024-08-07'", [releases])
        told = {row["source"] for row in ask(con, name).rows if row["since"] == "2024-08-07"}
    finally:
        con.execute("rollback")
    assert ask(con, name).failing == before
    clear = {f"{mean} a day, {spread}" for mean in MEANS for spread in SPREADS[:2] if least <= mean <= 20}
    assert clear <= told


def silences(con: duckdb.DuckDBPyConnection, today: date, since: date) -> list[CheckResult]:
    """What the checks say in a run of a day if every source fell silent on another."""
    con.execute("update etl_run set started_at = ?", [today])
    con.execute("delete from source_day")
    con.execute(
        "insert into source_day from all_days as known where day < $since "
        "and day <= (select max(day) from all_days where source = known.source and day < $since and releases > 0)",
        {"since": since},
    )
    return [ask(con, name) for name in ("source_late", "source_silent")]


def test_sources_are_late_or_silent_by_their_own_rhythm(con: duckdb.DuckDBPyConnection) -> None:
    draw = random.Random(7)
    con.execute("begin")
    try:
        days = [date(2023, 2, 1) + timedelta(days=draw.randrange(680)) for _ in range(12)]
        told = [found.failing for day in days for found in silences(con, day, day)]
        assert sum(told) <= 2, told  # of 252 looks at sources that publish as ever
        (_, silent) = silences(con, date(2024, 8, 31), date(2024, 7, 24))
        assert silent.failing >= len(SPREADS) * sum(mean >= 1 for mean in MEANS)
    finally:
        con.execute("rollback")


def test_what_is_simulated_is_what_the_checks_read() -> None:
    for name in ("volume_dropped", "volume_risen", "source_late", "source_silent"):
        assert "source_day" in CHECKS[name].failing_sql
