"""Planted defects are found by the check that is named with them, and a sound warehouse raises no alarm.

The same defects are planted in a corpus by `tests/bench/faults_planted.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import newsroom
import pytest
from defects import FAULTS
from planting import CHECKS, alarms, ask, audit, plant_all, planted

from flows.quality.checks import Severity, Verdict

if TYPE_CHECKING:
    import duckdb

    from flows.quality.checks import CheckResult


@pytest.fixture(scope="module")
def sound(con: duckdb.DuckDBPyConnection) -> dict[str, CheckResult]:
    return audit(con)


def test_a_sound_newsroom_raises_no_alarm(sound: dict[str, CheckResult], con: duckdb.DuckDBPyConnection) -> None:
    """Quiet Sundays and holidays are in it, and a source that publishes once a week."""
    assert [(each.check.name, each.failing, each.rows[:3]) for each in alarms(sound)] == []
    quiet = con.execute(
        "select count(*) from source_day where releases = 0 and is_free and source = 'ministry'"
    ).fetchone()
    assert quiet > (20,)


def test_every_planted_defect_is_found_by_its_check(
    con: duckdb.DuckDBPyConnection, sound: dict[str, CheckResult]
) -> None:
    outcomes = list(plant_all(con, sound))
    print(f"{sum(each.wrong is None for each in outcomes)} of {len(outcomes)} found")
    assert [(each.fault.of, each.fault.what, each.wrong) for each in outcomes if each.wrong] == []
    assert {name: result.failing for name, result in audit(con).items()} == {
        name: result.failing for name, result in sound.items()
    }


def test_every_check_is_proven_by_a_defect() -> None:
    assert {check.rule for check in CHECKS.values()} == {fault.check.partition(":")[0] for fault in FAULTS}


def test_the_defects_are_many_and_of_all_kinds() -> None:
    assert len({fault.sql for fault in FAULTS}) == len(FAULTS) >= 60
    scopes = Counter(fault.of for fault in FAULTS)
    assert scopes.keys() == {"release", "many releases", "source", "day", "week", "rule", "currency", "table"}
    assert {fault.severity for fault in FAULTS} == {severity.value for severity in Severity}
    assert {fault.verdict for fault in FAULTS} == {Verdict.WARN, Verdict.FAIL}


@pytest.mark.parametrize(("day", "is_drop"), [("2025-07-10", False), ("2025-07-06", False), ("2025-07-08", True)])
def test_a_quiet_holiday_or_sunday_is_no_drop(con: duckdb.DuckDBPyConnection, day: str, is_drop: bool) -> None:
    """Asarnha Bucha, and a Sunday: that nothing comes on such a day says nothing. On a Tuesday it does."""
    with planted(con, f"delete from dim_release where published_on = date '{day}'"):
        assert {row["since"] for row in ask(con, "volume_dropped").rows} == ({day} if is_drop else set())


def test_without_the_holidays_of_a_year_a_quiet_day_is_no_evidence(con: duckdb.DuckDBPyConnection) -> None:
    """Asarnha Bucha again, when nobody knows that it is one: not a day is told, but a week would be."""
    with planted(con, "update dim_date set is_holiday = null where year_ce = 2025"):
        assert ask(con, "volume_dropped").failing == 0
        con.execute("delete from dim_release where published_on between date '2025-06-16' and date '2025-06-20'")
        assert {row["period"] for row in ask(con, "volume_dropped").rows} == {"week"}


def test_an_archive_that_was_read_once_owes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    later = f"update etl_run set started_at = started_at + interval 400 day where run_id = '{newsroom.RUN_ID}'"
    with planted(con, later):
        silent = ask(con, "source_silent")
        assert {row["source"] for row in silent.rows} == {"ministry", "province", "newsletter"}
    with planted(con, f"{later}; update dim_release set first_seen_at = timestamp '2025-08-30 01:00:00'"):
        assert ask(con, "source_silent").failing == ask(con, "source_late").failing == 0


def test_a_source_keeps_its_own_rhythm(con: duckdb.DuckDBPyConnection) -> None:
    """A newsletter on Wednesdays is late after one of them, and silent after some."""
    for weeks, told in ((0, None), (1, "source_late"), (4, "source_silent")):
        with planted(
            con,
            "delete from dim_release using dim_source where dim_release.source_key = dim_source.source_key "
            f"and source_id = 'newsletter' and published_on > date '2025-08-27' - {7 * weeks}",
        ):
            found = {
                name
                for name in ("source_late", "source_silent")
                if any(row["source"] == "newsletter" for row in ask(con, name).rows)
            }
            assert found == ({told} if told else set())
