"""Checks of one's own from the console: a file in a folder, told when it is wrong, at the gate when it fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from console import Command

CHECK = """-- dimension: validity
-- table: fact_money
-- severity: major
-- owner: the budget desk
-- warn: 0 rows
-- fail: 3 rows
-- why: Amounts in yuan are looked at by two people here.
-- remedy: Read the sentences.
select release_key, char_start, surface, amount
from fact_money
where currency_code = 'CNY'
"""


@pytest.fixture
def file(klangkhao: Command) -> Path:
    """A check in the folder that is looked at unasked."""
    folder = klangkhao.folder / "klangkhao-checks"
    folder.mkdir()
    file = folder / "money_in_yuan.sql"
    file.write_text(CHECK, encoding="utf-8")
    return file


def test_a_wrong_check_is_told_before_anything_is_done(klangkhao: Command, file: Path) -> None:
    file.write_text(CHECK.replace("-- owner: the budget desk\n", ""), encoding="utf-8")
    for command in ("run", "rebuild", "checks"):
        done = klangkhao(command)
        assert done.code == 2
        assert f"{file}:8: the header lacks owner. Add a line `-- owner: …` there" in done.err
    assert not (klangkhao.folder / "klangkhao.duckdb").exists()
    missing = klangkhao("run", "--checks", "nowhere")
    assert missing.code == 2
    assert "nowhere: there is no such folder of checks" in missing.err


def test_sql_that_fits_no_table_is_told_before_anything_is_read(klangkhao: Command, file: Path) -> None:
    file.write_text(CHECK.replace("fact_money\nwhere", "fact_mony\nwhere"), encoding="utf-8")
    done = klangkhao("run")
    assert done.code == 2
    assert f"{file}:10: the check money_in_yuan can't be run: " in done.err
    assert "fact_mony does not exist" in done.err
    assert not (klangkhao.folder / "klangkhao.duckdb").exists()


def test_a_check_of_ones_own_is_part_of_the_gate(warehouse: Path, klangkhao: Command, file: Path) -> None:
    """Write, audit, publish: what fails keeps the last snapshot, says what to do, and is on record when forced."""
    before = warehouse.read_bytes()
    tried = klangkhao("checks", "money_in_yuan", "--run", "--json")
    assert tried.code == 1
    (outcome,) = tried.json
    assert (outcome["verdict"], outcome["owner"], outcome["file"]) == ("fail", "the budget desk", str(file))
    for command in ("run", "rebuild"):
        refused = klangkhao(command)
        assert refused.code == 3
        assert warehouse.read_bytes() == before
    said = " ".join(refused.out.split())
    for words in (
        "1 checks failed: money_in_yuan",
        "last published snapshot stays as it was",
        "--force",
        "report says",
    ):
        assert words in said
    forced = klangkhao("run", "--force", "--json")
    assert forced.code == 0, forced.err
    assert "Published by force though 1 checks failed: money_in_yuan" in forced.json["message"]
    kept = klangkhao(
        "sql",
        "select run_id, etl_run.status, message is not null as told, owner, verdict, failing "
        "from quality_result join etl_run using (run_id) where check_name = 'money_in_yuan' order by run_id",
        "-f",
        "json",
    ).json
    assert [(row["status"], row["told"], row["verdict"]) for row in kept] == [
        ("refused", True, "fail"),
        ("refused", True, "fail"),
        ("ok", True, "fail"),
    ]
    assert {row["owner"] for row in kept} == {"the budget desk"}
    (row,) = klangkhao(
        "sql",
        "select fact_uri, failing_row from findings where check_name = 'money_in_yuan' order by row_no limit 1",
        "-f",
        "json",
    ).json
    page = klangkhao("show", row["fact_uri"], "-w", warehouse, "--no-open")
    assert page.code == 0, page.err
    place, _, span = page.out.strip().partition("#")
    shown = Path(place).read_text(encoding="utf-8")
    assert f'id="{span}"' in shown
    assert "money in yuan" in shown
    file.unlink()
    mended = klangkhao("run", "--json")
    assert (mended.code, mended.json["message"]) == (0, None)


def test_checks_are_listed(klangkhao: Command, file: Path) -> None:
    listed = klangkhao("checks", "--json").json
    by_name = {check["check"]: check for check in listed}
    assert by_name["money_in_yuan"]["stops_publication"] == "over 3 rows"
    assert {"row_invalid:fact_money", "table_lost", "volume_dropped"} <= by_name.keys()
    assert "money_in_yuan" in klangkhao("checks").out
    unknown = klangkhao("checks", "money_in_yaun")
    assert unknown.code == 2
    assert 'did you mean "money_in_yuan"?' in unknown.err
