"""The way out of quarantine at the console: look, decide, replay; and a rebuild comes to the same."""

from __future__ import annotations

import shutil
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from console import SAMPLES, Command

from schemas.tables import arrow_schema, schemas

UNDATED = "wire-05-island-port.txt"  # its dateline has no year
GOOD = "gov-01-flood-relief.txt"
TEXT = "รัฐบาลไทย-ข่าว-หัวข้อ\n\nวันศุกร์ที่ 15 มีนาคม 2567\nมูลค่า 30 ล้านบาท ใน 3 จังหวัด\n"
OF_RUNS = frozenset({"etl_run", "quality_result", "quality_failing_row", "schema_migration"})
CLOCKS = frozenset({"run_id", "loaded_at", "quarantined_at", "last_seen_at", "resolved_at", "resolved_run_id"})


@pytest.fixture
def folder(klangkhao: Command) -> Path:
    """Two good releases, one that is damaged, one in an encoding that does not show, and an empty file."""
    folder = klangkhao.folder / "ข่าว"
    folder.mkdir()
    for name in (GOOD, UNDATED):
        shutil.copy(SAMPLES / name, folder / name)
    (folder / "damaged.txt").write_bytes(TEXT.encode() + b"\xff\xfe\xe0" + "จำนวน 5 ล้านบาท ".encode() * 4)
    (folder / "wide.txt").write_bytes(TEXT.encode("utf-16-le"))
    (folder / "empty.txt").touch()
    return folder


def open_keys(klangkhao: Command) -> dict[str, str]:
    """Keys of what is in quarantine, by the name of the file."""
    rows = klangkhao("quarantine", "--json").json
    return {row["source_uri"].rpartition("/")[2]: str(row["quarantine_key"]) for row in rows}


def contents(warehouse: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that two ways to the same warehouse must agree in."""
    with closing(duckdb.connect(warehouse, read_only=True)) as con:
        found = {}
        for table in schemas():
            if table not in OF_RUNS:
                columns = ", ".join(name for name in arrow_schema(table).names if name not in CLOCKS)
                found[table] = con.execute(f"select {columns} from {table} order by all").fetchall()
        return found


def test_from_a_rejection_to_a_release(klangkhao: Command, folder: Path) -> None:
    warehouse = klangkhao.folder / "klangkhao.duckdb"
    first = klangkhao("run", folder, "--json").json
    assert (first["releases"], first["quarantined"]) == (2, 3)
    keys = open_keys(klangkhao)
    assert keys.keys() == {"damaged.txt", "wide.txt", "empty.txt"}

    # Look.
    shown = klangkhao("quarantine", "show", keys["damaged.txt"])
    for words in (
        "undecodable",
        "byte offset",
        "as utf-8: รัฐบาลไทย",
        f"fix {keys['damaged.txt']} --encoding",
        "--dismiss",
    ):
        assert words in shown.out
    assert "as windows-1252" in shown.out, "the person chooses"

    # Decide.
    wrong = klangkhao("quarantine", "fix", keys["damaged.txt"], "--encoding", "ascii", "--why", "try")
    assert wrong.code == 2
    assert "that does not help, so nothing was decided" in wrong.err
    fix = ("quarantine", "fix", keys["damaged.txt"], "--encoding", "utf-8", "--damaged", "--why", "ต้นฉบับเสีย")
    decided = klangkhao(*fix, "--by", "บรรณาธิการ", "--json")
    assert decided.code == 0, decided.err
    assert [uri.rpartition("/")[2] for uri in decided.json["to_read_again"]] == ["damaged.txt"]
    again = klangkhao(*fix)
    assert again.code == 2
    assert "decided before" in again.err
    dismissed = klangkhao("quarantine", "fix", keys["empty.txt"], "--dismiss", "--why", "a failed upload")
    assert dismissed.code == 0, dismissed.err
    source = ("--encoding", "utf-16-le", "--source", "--why", "their exporter writes no mark")
    assert klangkhao("quarantine", "fix", keys["wide.txt"], *source).code == 0
    name = klangkhao("sql", "select release_id from releases where published_on is null", "-f", "json").json
    dated = klangkhao(
        "quarantine", "fix", name[0]["release_id"], "--published-on", "2024-04-28", "--why", "the archive"
    )
    assert dated.code == 0, dated.err
    assert open_keys(klangkhao) == keys, "a decision changes nothing by itself"

    # Replay, without the sources.
    away = folder.rename(folder.with_name("away"))
    replayed = klangkhao("quarantine", "replay", keys["damaged.txt"], "--json")
    assert replayed.code == 0, replayed.err
    assert (replayed.json["loaded"], replayed.json["revised"], replayed.json["quarantined"]) == (2, 1, 1)
    away.rename(folder)
    trace = klangkhao("quarantine", "show", keys["damaged.txt"], "--json").json
    assert (trace["status"], trace["resolution"]) == ("resolved", "overridden")
    assert trace["resolved_run_id"] == replayed.json["run_id"]
    assert trace["override_id"] == decided.json["override_id"]
    (decision,) = [each for each in trace["decisions"] if each["kind"] == "encoding" and each["scope"] == "document"]
    assert (decision["value"], decision["why"], decision["decided_by"]) == ("utf-8+damaged", "ต้นฉบับเสีย", "บรรณาธิการ")
    assert "overridden at" in klangkhao("quarantine", "show", keys["damaged.txt"]).out

    # What was decided of the day of publication reaches the dates that lean on it, and is a revision of its own.
    dates = "select edtf from dates where title like 'ไห่หนาน%' and edtf like '%04-26%'"
    assert klangkhao("sql", dates, "-f", "json").json == [{"edtf": "2024-04-26"}]
    changed = "select subject, value_after from release_change where subject = 'published_on'"
    assert klangkhao("sql", changed, "-f", "json").json == [{"subject": "published_on", "value_after": "2024-04-28"}]

    # The source's own files come in under the decision about it, when they are next met.
    last = klangkhao("run", folder, "--json").json
    assert (last["loaded"], last["quarantined"], last["status"]) == (1, 0, "ok")
    states = {
        row["source_uri"].rpartition("/")[2]: row["resolution"]
        for row in klangkhao("quarantine", "--all", "--json").json
    }
    assert states == {"damaged.txt": "overridden", "wide.txt": "overridden", "empty.txt": "dismissed"}
    amounts = "select amount from money where source_uri like '%wide.txt'"
    assert klangkhao("sql", amounts, "-f", "json").json == [{"amount": 30_000_000}]
    assert "Nothing is in quarantine" in klangkhao("quarantine").out

    # A rebuild reads all of it again, decisions and all.
    before = contents(warehouse)
    assert klangkhao("rebuild").code == 0
    after = contents(warehouse)
    assert {table for table in before if before[table] != after[table]} == set()
    assert klangkhao("run", folder, "--json").json["loaded"] == 0


@pytest.mark.slow
def test_a_replay_again_or_killed_comes_to_the_same(klangkhao: Command, folder: Path) -> None:
    warehouse = klangkhao.folder / "klangkhao.duckdb"
    assert klangkhao("run", folder).code == 0
    key = open_keys(klangkhao)["damaged.txt"]
    fix = ("quarantine", "fix", key, "--encoding", "utf-8", "--damaged", "--why", "broken")
    assert klangkhao(*fix).code == 0
    landed = len(list((klangkhao.folder / "klangkhao.klangkhao" / "landing").glob("*.parquet")))
    for seconds in (1.0, 3.0, 6.0):
        process = klangkhao.start("quarantine", "replay", key)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    first = klangkhao("quarantine", "replay", key)
    assert first.code == 0, first.err
    before = contents(warehouse)
    assert before["dim_release"]
    second = klangkhao("quarantine", "replay", key, "--json")
    assert (second.code, second.json["loaded"], second.json["batches"]) == (0, 0, 0)
    assert contents(warehouse) == before
    assert len(list((klangkhao.folder / "klangkhao.klangkhao" / "landing").glob("*.parquet"))) == landed


@pytest.mark.slow
def test_what_still_fails_stays_and_is_said(klangkhao: Command, folder: Path) -> None:
    assert klangkhao("run", folder).code == 0
    keys = open_keys(klangkhao)
    done = klangkhao("quarantine", "replay", keys["damaged.txt"], keys["empty.txt"])
    assert done.code == 1
    assert f"Still in quarantine: {keys['damaged.txt']}" in done.out
    assert "was never taken in" in done.out
    assert open_keys(klangkhao) == keys
    assert klangkhao("quarantine", "replay").code == 0, "without keys it is no failure that some must wait"


@pytest.mark.slow
def test_a_dismissal_holds_for_these_bytes_alone(klangkhao: Command, folder: Path) -> None:
    assert klangkhao("run", folder).code == 0
    key = open_keys(klangkhao)["damaged.txt"]
    assert klangkhao("quarantine", "fix", key, "--dismiss", "--why", "an advertisement").code == 0
    assert klangkhao("run", folder).code == 0
    assert "damaged.txt" not in open_keys(klangkhao)
    file = folder / "damaged.txt"
    file.write_bytes(file.read_bytes() + b"\xe0")
    assert klangkhao("run", folder).code == 0
    assert "damaged.txt" in open_keys(klangkhao)
    shutil.copy(SAMPLES / "gov-03-farm-land.txt", file)
    assert klangkhao("run", folder).code == 0
    rows = klangkhao("quarantine", "--all", "--json").json
    assert sorted(row["resolution"] for row in rows if row["source_uri"].endswith("damaged.txt")) == [
        "dismissed",
        "replaced",
    ]


@pytest.mark.slow
def test_what_earlier_rules_rejected_is_read_again(klangkhao: Command, folder: Path) -> None:
    """A row that rules of another day set aside, of a release that is there without it."""
    assert klangkhao("run", folder / GOOD).code == 0
    with closing(duckdb.connect(klangkhao.folder / "klangkhao.klangkhao" / "work.duckdb")) as con:
        con.execute(
            "insert into etl_quarantine by name select 42::bigint quarantine_key, run_id, 'validate' stage, "
            "source_id, source_uri, content_hash, 'fact_money' table_name, 'range_reversed' reason, 'it was' detail, "
            "now()::timestamp quarantined_at, now()::timestamp last_seen_at from dim_release join dim_source "
            "using (source_key)"
        )
    replayed = klangkhao("quarantine", "replay", "42", "--json")
    assert (replayed.code, replayed.json["revised"]) == (0, 1), replayed.err
    trace = klangkhao("quarantine", "show", "42", "--json").json
    assert (trace["status"], trace["resolution"]) == ("resolved", "reread")
    assert [each["kind"] for each in trace["decisions"]] == ["reread"]
    again = klangkhao("quarantine", "replay", "--json").json
    assert (again["loaded"], again["quarantined"]) == (0, 0)


def test_a_warehouse_of_an_earlier_version_says_so(klangkhao: Command) -> None:
    file = klangkhao.folder / "klangkhao.duckdb"
    with closing(duckdb.connect(file)) as con:
        for table in (
            "schema_migration (version int)",
            "dim_release (release_key bigint)",
            "etl_quarantine (key bigint)",
        ):
            con.execute(f"create table {table}")
        con.execute("insert into schema_migration values (1)")
    done = klangkhao("quarantine")
    assert done.code == 1
    assert "`klangkhao run` brings it up to date" in done.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--why", "x"), "Give one of --encoding"),
        (("--dismiss", "--accept", "--why", "x"), "Give one of --encoding"),
        (("--dismiss", "--why", " "), "must say why"),
        (("--dismiss", "--source", "--why", "x"), "--source goes with --encoding alone"),
        (("--dismiss", "--damaged", "--why", "x"), "--damaged goes with --encoding alone"),
        (("--encoding", "klingon", "--why", "x"), "klingon is no encoding of text"),
        (("--encoding", "rot13", "--why", "x"), "rot13 is no encoding of text"),
        (("--accept", "--why", "x"), "can't be accepted"),
        (("--published-on", "31/12/2567", "--why", "x"), "is no day"),
        (("--published-on", "2024-03-15", "--why", "x"), "make it readable first"),
    ],
)
def test_a_decision_that_makes_no_sense(
    quarantined: tuple[Path, str], klangkhao: Command, arguments: tuple[str, ...], told: str
) -> None:
    warehouse, key = quarantined
    done = klangkhao("quarantine", "fix", key, *arguments, "-w", warehouse)
    assert done.code == 2, done.out
    assert told in done.err


def test_a_key_that_is_none(quarantined: tuple[Path, str], klangkhao: Command) -> None:
    warehouse, _ = quarantined
    for command in (
        ("quarantine", "show", "12345"),
        ("quarantine", "fix", "12345", "--dismiss", "--why", "x"),
        ("quarantine", "fix", "r0123456789abcdef", "--published-on", "2024-01-01", "--why", "x"),
        ("quarantine", "replay", "12345"),
    ):
        done = klangkhao(*command, "-w", warehouse)
        assert done.code == 2, done.err
        assert "klangkhao quarantine" in done.err
    nowhere = klangkhao("quarantine", "replay", "-w", "nowhere.duckdb")
    assert nowhere.code == 2
    assert "no such warehouse" in nowhere.err


@pytest.fixture(scope="module")
def quarantined(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> tuple[Path, str]:
    """A warehouse with one undecodable document, and its key. Nothing changes it."""
    folder = tmp_path_factory.mktemp("quarantined")
    news = folder / "news"
    news.mkdir()
    (news / "damaged.txt").write_bytes(TEXT.encode() + b"\xff\xfe\xe0" + "จำนวน 5 ล้านบาท ".encode() * 4)
    command = Command(folder, environment)
    assert command("run", news).code == 0
    return folder / "klangkhao.duckdb", open_keys(command)["damaged.txt"]


@pytest.mark.slow
def test_bytes_of_thai_that_are_too_few_to_be_sure(klangkhao: Command) -> None:
    """A short text in a Thai encoding proves nothing by itself; somebody who knows its source says what it is."""
    folder = klangkhao.folder / "old"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_bytes(b"Press \xa1\xa2\n\n3/2567 " + name.encode())
    assert klangkhao("run", folder).code == 0
    keys = open_keys(klangkhao)
    assert keys.keys() == {"a.txt", "b.txt"}
    decided = klangkhao("quarantine", "fix", keys["a.txt"], "--encoding", "cp874", "--source", "--why", "an old system")
    assert "2 documents" in decided.out, decided.err
    assert klangkhao("quarantine", "replay").code == 0
    assert open_keys(klangkhao) == {}
    (folder / "c.txt").write_bytes(b"Press \xa1\xa2\n\n3/2567 c")
    shutil.copy(SAMPLES / GOOD, folder / GOOD)
    assert klangkhao("run", folder).code == 0
    found = klangkhao(
        "sql", "select encoding, len(overrides) as decisions from dim_release order by source_uri", "-f", "json"
    )
    assert found.json == [{"encoding": "cp874", "decisions": 1}] * 3 + [{"encoding": "utf-8", "decisions": 0}]


def test_the_help_names_what_can_be_done() -> None:
    import subprocess

    from console import ROOT

    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "quarantine", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    for command in ("show", "fix", "replay"):
        assert command in done.stdout
