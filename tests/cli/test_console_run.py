"""The main job, end to end, on the sample releases."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
from console import ROOT, SAMPLES, Command, Outcome


def test_a_run_ends_with_a_result_worth_looking_at(published: tuple[Path, Outcome]) -> None:
    warehouse, outcome = published
    releases = len(list(SAMPLES.glob("*.txt")))
    assert f"{releases} new or changed" in outcome.out
    for word in ("releases", "dates", "money", "counts", "measures", "numerals explained"):
        assert word in outcome.out
    assert outcome.out.count("«") == outcome.out.count("»") == 3
    for dimension in ("completeness", "validity", "consistency", "uniqueness", "timeliness", "accountability"):
        assert dimension in outcome.out
    assert str(warehouse) in outcome.out
    page = next(line.split()[1] for line in outcome.out.splitlines() if line.startswith("report"))
    assert Path(page).is_file()
    assert outcome.err == ""


def test_what_it_says_to_try_next_works(published: tuple[Path, Outcome], klangkhao: Command) -> None:
    warehouse, outcome = published
    assert "klangkhao sql" in outcome.out
    numbers = json.loads((warehouse.with_suffix(".klangkhao") / "reports" / "latest.json").read_text(encoding="utf-8"))
    answer = klangkhao("sql", numbers["next_sql"], "-w", warehouse, "-f", "json")
    assert answer.code == 0, answer.err
    assert len(answer.json) == 10


def test_the_marks_of_examples_are_the_facts(published: tuple[Path, Outcome], klangkhao: Command) -> None:
    warehouse, _ = published
    shown = klangkhao("report", "-w", warehouse, "--json").json
    with closing(duckdb.connect(warehouse, read_only=True)) as con:
        for example in shown["examples"]:
            marked = example["sentence"][example["mark_start"] : example["mark_end"]]
            table = f"fact_{example['kind']}"
            assert con.execute(f"select count(*) from {table} where surface = ?", [marked]).fetchone() > (0,)


def test_a_second_run_adds_nothing(warehouse: Path, klangkhao: Command) -> None:
    with closing(duckdb.connect(warehouse, read_only=True)) as con:
        before = con.execute("select count(*), sum(hash(f)) from fact_numeral f").fetchone()
    again = klangkhao("run", "--json")
    assert again.code == 0, again.err
    summary = again.json
    assert (summary["acquired"], summary["loaded"], summary["batches"]) == (0, 0, 0)
    assert summary["unchanged"] == len(list(SAMPLES.glob("*.txt")))
    with closing(duckdb.connect(warehouse, read_only=True)) as con:
        assert con.execute("select count(*), sum(hash(f)) from fact_numeral f").fetchone() == before
        assert con.execute("select status from etl_run order by started_at").fetchall() == [("ok",), ("ok",)]


def test_a_changed_file_is_a_revision(klangkhao: Command) -> None:
    folder = klangkhao.folder / "ข่าว"
    folder.mkdir()
    file = folder / "หนึ่ง.txt"
    file.write_text("หัวข้อ\n\n15 มีนาคม 2567\nงบประมาณ 10 ล้านบาท\n", encoding="utf-8")
    assert klangkhao("run", folder).code == 0
    file.write_text("หัวข้อ\n\n15 มีนาคม 2567\nงบประมาณ 12 ล้านบาท\n", encoding="utf-8")
    second = klangkhao("run", folder, "--json").json
    assert (second["loaded"], second["revised"], second["releases"]) == (1, 1, 1)
    amounts = klangkhao("sql", "select amount from money", "-f", "json").json
    assert amounts == [{"amount": 12_000_000}]


def test_it_is_a_real_flow_of_real_tasks(published: tuple[Path, Outcome], prefect_home: Path) -> None:
    with closing(sqlite3.connect(prefect_home / "prefect.db")) as con:
        tasks = con.execute(
            "select task_run.name, task_run.state_type from task_run join flow_run on flow_run.id = flow_run_id "
            "join flow on flow.id = flow_id where flow.name = 'klangkhao-ingest' "
            "and flow_run.parameters like ?",
            [f"%{published[0]}%"],
        ).fetchall()
    names = {name.rpartition("-")[0] if not name.startswith("acquire") else name for name, _ in tasks}
    assert names == {"acquire samples", "extract", "load", "compare", "check", "publish", "report"}
    assert {state for _, state in tasks} == {"COMPLETED"}


def test_nothing_of_a_run_stays_behind(published: tuple[Path, Outcome], prefect_home: Path) -> None:
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    mine = [line for line in listed.splitlines() if str(published[0].parent) in line]
    assert mine == []


def test_help_needs_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; sys.argv = ['klangkhao', '--help']\n"
        "from flows.cli import app\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        "heavy = {'prefect', 'duckdb', 'pandas', 'pyarrow', 'pandera', 'pythainlp', 'jinja2'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "heavy: []" in done.stdout
    for command in (
        "run",
        "extract",
        "sql",
        "report",
        "show",
        "sources",
        "schedule",
        "rebuild",
        "quarantine",
        "export",
        "retention",
        "doctor",
    ):
        assert command in done.stdout


def test_every_command_and_option_is_explained() -> None:
    from typer.main import get_command

    from flows.cli import app

    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        assert command.help, name
        for parameter in command.params:
            assert getattr(parameter, "help", None) or parameter.name == "help", (name, parameter.name)
