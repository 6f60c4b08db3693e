"""What is told and when: a change of verdict once, under one id, whatever is killed in between."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.alerts import Alerts, message, state
from flows.alerts.message import Outcome
from flows.alerts.settings import Command, Mail, SettingsError, Webhook, load_targets
from flows.quality.summary import Finding, Summary
from warehouse.paths import Paths

DECLARED = """
[[alert]]
id = "catalogue"
kind = "webhook"
url = "https://hooks.example.org/quality"
secret_env = "KLANGKHAO_WEBHOOK_SECRET"
timeout_seconds = 2.5

[[alert]]
id = "desk"
kind = "email"
level = "fail"
host = "smtp.example.org"
sender = "quality@example.org"
to = ["desk@example.org", "owner@example.org"]
user_env = "SMTP_USER"
password_env = "SMTP_PASSWORD"

[[alert]]
id = "pager"
kind = "command"
command = ["/usr/local/bin/page", "--stdin"]
"""


def declared(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "klangkhao.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_key_of_the_settings(tmp_path: Path) -> None:
    assert load_targets(declared(tmp_path, DECLARED)) == [
        Webhook(
            id="catalogue",
            url="https://hooks.example.org/quality",
            secret_env="KLANGKHAO_WEBHOOK_SECRET",
            timeout=2.5,
        ),
        Mail(
            id="desk",
            level="fail",
            host="smtp.example.org",
            port=587,
            sender="quality@example.org",
            to=("desk@example.org", "owner@example.org"),
            user_env="SMTP_USER",
            password_env="SMTP_PASSWORD",
        ),
        Command(id="pager", command=("/usr/local/bin/page", "--stdin")),
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("[[alert]]", "[[alerts]]", 'line 2: unknown key "alerts"; did you mean "alert"?'),
        ('kind = "webhook"', 'kind = "webhok"', 'line 4: alert "catalogue": kind "webhok" is no kind; did you mean'),
        ('secret_env = "KLANGKHAO', 'secret_evn = "KLANGKHAO', 'line 6: alert "catalogue": unknown key "secret_evn"'),
        ('secret_env = "KLANGKHAO', 'secret = "KLANGKHAO', 'did you mean "secret_env"?'),
        ('password_env = "SMTP_PASSWORD"', 'password = "hunter2"', 'did you mean "password_env"?'),
        ('"KLANGKHAO_WEBHOOK_SECRET"', '"whsec_c2VjcmV0/="', "line 6"),
        ("https://hooks.example.org/quality", "https://me:pass@hooks.example.org/", "must not hold a name or password"),
        ("https://hooks.example.org/quality", "ftp://hooks.example.org/", "begins with https://"),
        ('url = "https://hooks.example.org/quality"\n', "", "give either url, or in url_env"),
        ("timeout_seconds = 2.5", "timeout_seconds = 0", "line 7"),
        ('level = "fail"', 'level = "failed"', 'did you mean "fail"?'),
        ('host = "smtp.example.org"', 'host = "smtp.example.org:25/x"', "without port"),
        ('host = "smtp.example.org"', "port = 70000", "host is missing"),
        ('"owner@example.org"', '"owner@example.org\\nBcc: x@example.org"', "must be a mail address"),
        ('user_env = "SMTP_USER"\n', "", "go together"),
        ('level = "fail"', 'security = "none"', "in the clear"),
        ('command = ["/usr/local/bin/page", "--stdin"]', 'command = "page --stdin"', "must be a list"),
        ('id = "pager"', 'id = "desk"', 'alert "desk": id is taken by the one at line 9'),
    ],
)
def test_a_mistake_is_told_with_key_and_line(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert before in DECLARED
    with pytest.raises(SettingsError) as error:
        load_targets(declared(tmp_path, DECLARED.replace(before, after)))
    assert told in str(error.value)
    assert "klangkhao.toml" in str(error.value)
    for secret in ("hunter2", "pass@", "c2VjcmV0"):
        assert secret not in str(error.value)


# What is told


def outcome(name: str, verdict: str) -> Outcome:
    sample = json.dumps([{"release_key": 7, "char_start": 3}])
    return Outcome(name, "fact_money", "validity", "major", verdict, 3, 200, 0.015, "It matters.", sample)


def summary(number: int, status: str = "ok", problem: str | None = None) -> Summary:
    made = Summary(
        run_id=f"2024031{number}T060000Z-0000",
        warehouse="/data/ข่าว.duckdb",
        extractor_version="2",
        started_at=f"2024-03-1{number}T06:00:00",
        parameters={},
    )
    made.status = status  # type: ignore[assignment]
    made.message = problem
    made.findings = [Finding("amounts_odd", "fact_money", "fail", 3, 200, "It matters.", "Mend the rule.")]
    return made


def told(known: state.State, run: Summary, *found: Outcome, ran: bool = True) -> dict | None:
    return message.observe(known, run, list(found) if ran else None, None, "/data/report.html")


def test_a_change_is_told_once_and_back_again() -> None:
    known = state.State()
    assert told(known, summary(1), outcome("amounts_odd", "pass")) is None, "nothing is wrong in the first run"
    event = told(known, summary(2), outcome("amounts_odd", "fail"))
    assert event is not None
    (change,) = event["changes"]
    assert (change["from"], change["to"], change["since"]) == ("pass", "fail", "2024-03-12T06:00:00+00:00")
    assert event["subject"] == "klangkhao ข่าว.duckdb: 1 check fails"
    for words in (
        "FAIL amounts odd in fact_money: 3 of 200 rows (1.5 %); major, validity. Before: pass.",
        "Why it matters: It matters.",
        "What to do: Mend the rule.",
        "Report: /data/report.html",
        "2024-03-12 13:00 ICT",
    ):
        assert words in event["text"]
    assert told(known, summary(3), outcome("amounts_odd", "fail")) is None, "not on every run"
    event = told(known, summary(4), outcome("amounts_odd", "warn"), outcome("other", "warn"))
    assert event is not None
    assert [(each["check"], each["from"], each["to"]) for each in event["changes"]] == [
        ("amounts_odd", "fail", "warn"),
        ("other", "pass", "warn"),
    ]
    event = told(known, summary(5), outcome("amounts_odd", "pass"), outcome("other", "warn"))
    assert event is not None
    assert event["changes"][0]["previous_since"] == "2024-03-14T06:00:00+00:00"
    assert "1 check passes again" in event["subject"]
    assert "As before:\n  warn other on fact_money, since 2024-03-14 13:00 ICT" in event["text"]


def test_a_sample_without_a_text_is_told_in_words() -> None:
    refused = {"quarantine_key": 5, "stage": "acquire", "reason": "not_text", "source_uri": "file:///news/b4.txt"}
    for row, words in (
        (refused, "For example not text: file:///news/b4.txt\n"),
        ({"table_name": "fact_money", "missing": 3, "note": None}, "For example table name fact_money, missing 3\n"),
    ):
        found = replace(outcome("quarantined", "warn"), sample_json=json.dumps([row]))
        event = told(state.State(), summary(1), found)
        assert event is not None
        assert words in event["text"]


def test_a_first_run_that_fails_is_told() -> None:
    event = told(state.State(), summary(1, "refused", "1 checks failed."), outcome("amounts_odd", "fail"))
    assert event is not None
    assert event["run"]["published"] is False
    assert "the quality gate refused to publish" in event["subject"]
    assert "The new data was not published" in event["text"]


def test_a_run_that_fails_is_told_and_that_they_are_right_again() -> None:
    known = state.State()
    told(known, summary(1), outcome("amounts_odd", "warn"))
    event = told(known, summary(2, "failed", "The disk is full."), ran=False)
    assert event is not None
    assert event["changes"] == []
    assert event["run"]["previous_status"] == "ok"
    assert "The disk is full." in event["text"]
    assert told(known, summary(3, "failed", "The disk is full."), ran=False) is None
    assert known.checks, "verdicts stand while checks can't run"
    event = told(known, summary(4), outcome("amounts_odd", "warn"))
    assert event is not None
    assert event["subject"].endswith("runs are all right again")
    assert event["run"]["previous_since"] == "2024-03-12T06:00:00+00:00"


def test_a_check_that_was_taken_away_stands_no_longer() -> None:
    known = state.State()
    told(known, summary(1), outcome("amounts_odd", "warn"))
    assert told(known, summary(2), outcome("other", "pass")) is None
    assert known.checks == {}


def test_many_changes_are_told_by_the_worst(tmp_path: Path) -> None:
    found = [outcome(f"check_{number:02}", "fail" if number == 29 else "warn") for number in range(30)]
    event = told(state.State(), summary(1), *found)
    assert event is not None
    assert event["changes"][0]["check"] == "check_29"
    assert len(event["changes"]) == message.CHANGES_TOLD
    assert event["changes_untold"] == 10
    assert "1 check fails" in event["subject"]
    assert "29 checks warn" in event["subject"]


# Whatever is killed

VERDICTS = st.sampled_from(["pass", "warn", "fail"])
RUNS = st.lists(
    st.tuples(
        st.fixed_dictionaries({"a": VERDICTS, "b": VERDICTS}),
        st.sampled_from(["whole", "killed before the record", "killed before sending", "killed before the note"]),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RUNS)
def test_no_change_is_lost_or_told_under_two_ids(tmp_path_factory: pytest.TempPathFactory, runs: list) -> None:
    """A receiver that drops what it knows by its id has, at the end, every step of the verdicts that runs saw."""
    folder = tmp_path_factory.mktemp("killed")
    file = folder / "alerts.json"
    got: list[dict] = []
    seen: list[dict[str, str]] = []
    for number, (verdicts, fate, is_away) in enumerate([*runs, ({"a": "pass", "b": "pass"}, "whole", False)]):
        known, problem = state.read(file)
        assert problem is None
        run = Summary(f"{number:04}", "/w.duckdb", "2", f"2024-03-15T06:{number:02}:00", {})
        run.status = "ok"
        event = message.observe(known, run, [outcome(name, each) for name, each in verdicts.items()], None, "r")
        if fate == "killed before the record":
            continue
        if event:
            known.await_delivery(event, ["hook"])
        state.write(file, known)
        seen.append(verdicts)
        if fate == "killed before sending":
            continue
        for waiting in list(known.waiting):
            waiting.attempts += 1
            if is_away:
                known.note(waiting, "hook", "now", "away")
                state.write(file, known)
                break
            got.append(waiting.event)
            if fate == "killed before the note":
                break
            known.note(waiting, "hook", "now", None)
            state.write(file, known)
    once = {event["id"]: event for event in got}
    stood = {"a": "pass", "b": "pass"}
    steps = []
    for verdicts in seen:
        steps += [(name, stood[name], each) for name, each in sorted(verdicts.items()) if each != stood[name]]
        stood = verdicts
    in_order = sorted(once.values(), key=lambda event: event["run"]["id"])
    told_of = [
        (change["check"], change["from"], change["to"])
        for event in in_order
        for change in sorted(event["changes"], key=lambda change: change["check"])
    ]
    assert told_of == steps
    assert state.read(file)[0].waiting == []


def test_a_damaged_file_is_moved_aside_and_said(tmp_path: Path) -> None:
    file = tmp_path / "alerts.json"
    for damaged in ("{", '{"run": null}', "[]"):
        file.write_text(damaged, encoding="utf-8")
        known, problem = state.read(file)
        assert known == state.State()
        assert problem is not None
        assert "alerts.json.damaged" in problem
        assert not file.exists()


def test_the_queue_is_bounded_and_says_what_it_gives_up() -> None:
    known = state.State()
    given_up = [
        each
        for number in range(state.WAITING_KEPT + 3)
        for each in known.await_delivery({"id": f"e{number}"}, ["hook"])
    ]
    assert given_up == ["e0", "e1", "e2"]
    assert len(known.waiting) == state.WAITING_KEPT


def test_a_target_that_fails_waits_and_the_others_do_not(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "w.duckdb")
    paths.state.mkdir()
    got = tmp_path / "got"
    write = f"import sys; open({str(got)!r}, 'a').write(sys.stdin.read() + chr(10))"
    good = Command(id="good", command=(sys.executable, "-c", write), timeout=30.0)
    bad = Command(id="bad", command=(sys.executable, "-c", "import sys; sys.exit('on holiday')"), timeout=30.0)
    deaf = Command(id="deaf", level="fail", command=(sys.executable, "-c", write), timeout=30.0)
    alerts = Alerts.of(paths, [bad, good, deaf])
    for number, status in ((1, "failed"), (2, "ok")):
        assert alerts.record(summary(number, status, "Broken."), None, checked=False) == []
    sent = alerts.send()
    assert [(each.target, each.delivered) for each in sent] == [
        ("bad", False),
        ("deaf", True),
        ("good", True),
        ("deaf", True),
        ("good", True),
    ], "one attempt at a target that fails, not one for each event; recovery from a failure is heard from `fail` on"
    assert "on holiday" in str(sent[0].detail)
    assert len(got.read_text(encoding="utf-8").split("klangkhao.quality.changed")) == 5
    waiting = alerts.waiting()
    assert list(waiting) == ["bad"]
    assert len(waiting["bad"]) == 2
    mended = Command(id="bad", command=(sys.executable, "-c", write), timeout=30.0)
    assert [each.delivered for each in Alerts.of(paths, [mended, good]).send()] == [True, True]
    assert Alerts.of(paths, [mended]).waiting() == {}
    assert Alerts.of(paths, [mended, good]).send() == []


def test_a_target_that_is_declared_no_longer_gets_nothing(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "w.duckdb")
    paths.state.mkdir()
    bad = Command(id="bad", command=("/nowhere/page",))
    other = Command(id="other", command=(sys.executable, "-c", "pass"), timeout=30.0)
    alerts = Alerts.of(paths, [bad])
    alerts.record(summary(1, "failed", "Broken."), None, checked=False)
    assert not alerts.send()[0].delivered
    again = Alerts.of(paths, [other])
    assert again.record(summary(2, "failed", "Broken."), None, checked=False) == []
    assert again.send() == []
    assert state.read(paths.state / state.FILE)[0].waiting == []


def test_without_targets_nothing_is_written(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "w.duckdb")
    alerts = Alerts.of(paths, [])
    assert alerts.record(summary(1, "failed", "Broken."), None, checked=False) == []
    assert alerts.send() == []
    assert not paths.state.exists()


def test_what_cannot_be_written_is_told_and_raises_nothing(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "w.duckdb")
    paths.state.write_text("a file where the folder should be", encoding="utf-8")
    alerts = Alerts.of(paths, [Command(id="pager", command=("/nowhere/page",))])
    (problem,) = alerts.record(summary(1, "failed", "Broken."), None, checked=False)
    assert "alerts can't be put on record" in problem
