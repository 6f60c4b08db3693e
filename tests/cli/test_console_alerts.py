"""Alerts at the console: a run tells a real receiver what changed, once, and a killed or failing one loses nothing."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from console import SAMPLES, Command
from receivers import SECRET, Hooks, accepts, hooks

from flows.alerts.settings import Command as AlertCommand
from flows.alerts.settings import Mail, Webhook, load_targets
from flows.manual import sections

SETTINGS = """
[[alert]]
id = "hook"
kind = "webhook"
url = "{url}"
secret_env = "HOOK_SECRET"
timeout_seconds = 20
"""
GOOD = ("gov-01-flood-relief.txt", "wire-01-border-bridge.txt")
MANY = 120  # broken documents: enough for the gate to refuse


@pytest.fixture
def folder(klangkhao: Command) -> Path:
    folder = klangkhao.folder / "ข่าว"
    folder.mkdir()
    for name in GOOD:
        shutil.copy(SAMPLES / name, folder / name)
    klangkhao.environment["HOOK_SECRET"] = SECRET
    return folder


def settle(klangkhao: Command, state: Hooks) -> None:
    (klangkhao.folder / "klangkhao.toml").write_text(SETTINGS.format(url=state.url), encoding="utf-8")


def test_changes_are_told_and_nothing_else_is(klangkhao: Command, folder: Path) -> None:
    with hooks() as state:
        settle(klangkhao, state)
        first = klangkhao("run", folder, "--json")
        assert first.code == 0, first.err
        assert [event["changed_to"]["fail"] for event in state.events] in ([], [0]), "samples have no failing check"
        before = len(state.got)

        broken = [folder / f"ว่าง-{number:03}.txt" for number in range(MANY)]
        for file in broken:
            file.touch()
        refused = klangkhao("run", folder)
        assert refused.code == 3
        (event,) = state.events[before:]
        headers, body = state.got[-1]
        assert accepts(headers, body)
        assert event["run"]["status"] == "refused"
        assert event["run"]["published"] is False
        change = next(each for each in event["changes"] if each["check"] == "quarantined")
        assert (change["to"], change["failing"]) == ("fail", MANY)
        assert Path(event["report"]).is_file()
        assert "The new data was not published" in event["text"]

        assert klangkhao("run", folder).code == 3
        assert len(state.got) == before + 1, "the same verdicts again"

        for number, file in enumerate(broken):
            text = (SAMPLES / "gov-03-farm-land.txt").read_text(encoding="utf-8")
            file.write_text(f"{text}\nฉบับที่ {number}\n", encoding="utf-8")
        mended = klangkhao("run", folder, "--json").json
        back = [each for each in state.events[-1]["changes"] if each["check"] == "quarantined"]
        assert [(each["from"], each["to"]) for each in back] == [("fail", "pass")]
        assert back[0]["previous_since"] == event["run"]["started_at"]
        assert mended["status"] == "ok"
        assert "runs are all right again" in state.events[-1]["subject"]


@pytest.mark.slow
def test_a_receiver_that_is_away_gets_it_later_under_the_same_id(klangkhao: Command, folder: Path) -> None:
    (folder / "ว่าง.txt").touch()
    with hooks() as state:
        state.answer = 500
        settle(klangkhao, state)
        away = klangkhao("run", folder)
        assert away.code == 0, "an alert fails no run"
        assert "answered 500" in away.out
        assert "tried again with the next run" in away.out
        listed = klangkhao("alerts")
        assert "waits to be delivered: 127.0.0.1 answered 500" in listed.out
        state.answer = 200
        later = klangkhao("run", folder, "--json")
        assert [each["delivered"] for each in later.json["alerts"]] == [True]
        assert klangkhao("run", folder, "--json").json["alerts"] == []
    first, second = state.events
    assert first == second
    assert SECRET not in away.out + away.err + listed.out
    kept = (klangkhao.folder / "klangkhao.klangkhao").rglob("*.json*")
    assert not any(SECRET.encode() in file.read_bytes() for file in kept)


@pytest.mark.slow
def test_a_run_killed_while_it_sends_leaves_it_to_the_next(klangkhao: Command, folder: Path) -> None:
    (folder / "ว่าง.txt").touch()
    with hooks() as state:
        state.answer = "silent"
        settle(klangkhao, state)
        process = klangkhao.start("run", folder)
        assert state.arrived.wait(120)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        state.answer = 200
        state.release.set()
        again = klangkhao("run", folder, "--json")
        assert again.code == 0, again.err
        assert [each["delivered"] for each in again.json["alerts"]] == [True]
    assert len(state.events) == 2
    assert state.events[0]["id"] == state.events[1]["id"]


@pytest.mark.slow
def test_a_run_that_breaks_is_told_and_that_it_is_mended(klangkhao: Command, folder: Path) -> None:
    with hooks() as state:
        settle(klangkhao, state)
        assert klangkhao("run", folder).code == 0
        before = len(state.got)
        page = klangkhao.folder / "klangkhao.klangkhao" / "reports" / "latest.html"
        page.unlink()
        page.mkdir()
        broken = klangkhao("run", folder)
        assert broken.code == 1
        (event,) = state.events[before:]
        assert event["run"]["status"] == "failed"
        assert "latest.html" in event["run"]["message"]
        page.rmdir()
        assert klangkhao("run", folder).code == 0
        assert "runs are all right again" in state.events[-1]["subject"]


def test_a_run_whose_sources_cannot_be_understood_is_told(klangkhao: Command, folder: Path) -> None:
    """As a scheduled run finds them, long after the command line looked at them."""
    sources = klangkhao.folder / "sources.toml"
    sources.write_text('[[source]]\nid = "a"\nkind = "folder"\nlocaton = "x"\n', encoding="utf-8")
    with hooks() as state:
        settle(klangkhao, state)
        code = (
            "from flows.engine import configure; configure()\n"
            "from flows.ingest import ingest\n"
            f"ingest([], {str(klangkhao.folder / 'klangkhao.duckdb')!r}, {str(sources)!r}, "
            f"settings_file={str(klangkhao.folder / 'klangkhao.toml')!r})"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=klangkhao.folder,
            env=klangkhao.environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode != 0
        (event,) = state.events
    assert event["run"]["status"] == "failed"
    assert 'did you mean "location"' in event["run"]["message"]


def test_a_mistake_in_the_settings_is_told_before_anything_runs(klangkhao: Command, folder: Path) -> None:
    (klangkhao.folder / "klangkhao.toml").write_text('[[alert]]\nid = "x"\nkind = "emial"\n', encoding="utf-8")
    for command in (("run", folder), ("rebuild",), ("schedule", folder), ("alerts",)):
        done = klangkhao(*command)
        assert done.code == 2, done.err
        assert 'line 3: alert "x": kind "emial" is no kind; did you mean "email"?' in done.err
    assert not (klangkhao.folder / "klangkhao.duckdb").exists()
    assert "klangkhao.toml" in klangkhao("doctor").out


def test_alerts_can_be_tried_out(klangkhao: Command, folder: Path) -> None:
    got = klangkhao.folder / "got.json"
    write = f"import sys; open({str(got)!r}, 'w').write(sys.stdin.read())"
    (klangkhao.folder / "mine.toml").write_text(
        f'[[alert]]\nid = "ok"\nkind = "command"\ncommand = {json.dumps([sys.executable, "-c", write])}\n'
        '[[alert]]\nid = "hook"\nkind = "webhook"\nurl = "http://127.0.0.1:9/"\nsecret_env = "NOT_SET"\n',
        encoding="utf-8",
    )
    tried = klangkhao("alerts", "--settings", "mine.toml", "--test", "--json")
    assert tried.code == 1
    by_id = {each["id"]: each for each in tried.json}
    assert by_id["ok"]["delivered"]
    assert by_id["hook"]["missing"] == ["NOT_SET"]
    assert "NOT_SET is not set" in by_id["hook"]["detail"]
    assert json.loads(got.read_text(encoding="utf-8"))["type"] == "klangkhao.test"
    assert "NOT_SET is not set in the environment" in klangkhao("alerts", "--settings", "mine.toml").out
    none = klangkhao("alerts")
    assert none.code == 2
    assert "[[alert]]" in none.err


def test_the_examples_of_the_help_and_the_manual_can_be_used_as_they_are(alone: Command) -> None:
    shown = alone("alerts", "--help")
    example = "\n".join(line.strip() for line in shown.out[shown.out.index("[[alert]]") :].splitlines())
    (alerts,) = [section for section in sections() if section.id == "alerts"]
    manual = next(piece.text for piece in alerts.pieces if piece.keeps_form)
    for text, kinds in ((example, [Webhook, Mail]), (manual, [Webhook, Mail, AlertCommand])):
        file = alone.folder / "klangkhao.toml"
        file.write_text(text, encoding="utf-8")
        assert [type(target) for target in load_targets(file)] == kinds


def test_where_nobody_is_to_be_told_the_way_to_tell_is_named(alone: Command) -> None:
    told = alone("alerts")
    assert told.code == 2
    assert "klangkhao alerts --help" in told.err
