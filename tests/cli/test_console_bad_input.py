"""Bad input gets a clear message that names the thing and the remedy; the rest goes on, and nothing is lost."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from console import ROOT, SAMPLES, Command, Outcome, interrupt


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with Thai letters and blanks in its name, and two good releases in it."""
    folder = tmp_path / "ข่าว ใหม่ ๆ"
    folder.mkdir()
    for name in ("gov-01-flood-relief.txt", "wire-01-border-bridge.txt"):
        shutil.copy(SAMPLES / name, folder / f"ข่าวดี {name}")
    return folder


def write_zip_bomb(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", b"0" * 300_000_000)


def write_broken_zip(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "ข่าว " * 1000)
    file.write_bytes(file.read_bytes()[:300])


BAD = {
    # file: how it is made, the reason in quarantine, and words that its message holds
    "ว่าง.txt": (lambda file: file.touch(), "empty", ("0 bytes", "remove it")),
    "บรรทัดเปล่า.txt": (lambda file: file.write_text(" \n \n", encoding="utf-8"), "empty", ("blank",)),
    "ใหญ่.txt": (lambda file: file.write_bytes("ข่าว ".encode() * 4_000_000), "too_large", ("52.0 MB", "max_mb")),
    "ขยะ.txt": (lambda file: file.write_bytes(bytes(range(256)) * 40), "binary", ("NUL byte", "offset")),
    "เสีย.txt": (lambda file: file.write_bytes("ข่าวเสีย ".encode() * 20 + b"\xff\xfe\xe0"), "undecodable", ("byte",)),
    "pdf.txt": (lambda file: file.write_bytes(b"%PDF-1.7 \n1 0 obj"), "binary", ("PDF",)),
    "ลิงก์.txt": (lambda file: file.symlink_to("nowhere.txt"), "unreadable", ("restore it",)),
    "พัง.zip": (write_broken_zip, "bad_zip", ("zip",)),
    "ระเบิด.zip": (write_zip_bomb, "zip_bomb", ("remove it from the archive",)),
}


def make_bad(folder: Path) -> None:
    for name, (make, _, _) in BAD.items():
        make(folder / name)


def test_what_cannot_be_read_is_set_aside_and_the_rest_goes_on(folder: Path, klangkhao: Command) -> None:
    make_bad(folder)
    done = klangkhao("run", folder, *folder.glob("*.zip"), "--json")
    assert done.code == 0, done.err
    assert done.json["status"] == "ok"
    assert done.json["releases"] == 2
    set_aside = klangkhao("quarantine", "--json").json
    for name, (_, reason, words) in BAD.items():
        found = [row for row in set_aside if name in row["source_uri"] and row["reason"] == reason]
        assert found, (name, reason, set_aside)
        assert name in found[0]["detail"] or name in found[0]["source_uri"]
        for word in words:
            assert word in found[0]["detail"], found[0]["detail"]
    shown = klangkhao("quarantine")
    assert all(name in shown.out for name in BAD)
    page = next((folder.parent / "klangkhao.klangkhao" / "reports").glob("2*.html")).read_text(encoding="utf-8")
    assert "What was rejected" in page
    for reason in ("too large", "zip bomb", "bad zip", "undecodable"):
        assert reason in page


def test_bad_files_are_counted_once_however_often_they_are_met(folder: Path, klangkhao: Command) -> None:
    make_bad(folder)
    klangkhao("run", folder)
    first = klangkhao("quarantine", "--json").json
    assert {row["stage"] for row in first} == {"acquire", "decode"}
    again = klangkhao("run", folder, "--json").json
    counted = ("acquired", "unchanged", "rejected", "still_quarantined", "loaded")
    assert [again[name] for name in counted] == [0, 2, 0, len(first), 0]
    second = klangkhao("quarantine", "--json").json
    assert [row["quarantine_key"] for row in first] == [row["quarantine_key"] for row in second]


def test_a_mended_file_leaves_the_open_quarantine(folder: Path, klangkhao: Command) -> None:
    file = folder / "ว่าง.txt"
    file.touch()
    first = klangkhao("run", folder, "--json").json
    assert [finding["check"] for finding in first["findings"] if finding["table"] == "etl_quarantine"] == [
        "quarantined"
    ]
    shutil.copy(SAMPLES / "gov-03-farm-land.txt", file)
    second = klangkhao("run", folder, "--json").json
    assert second["releases"] == 3
    assert [finding["check"] for finding in second["findings"] if finding["table"] == "etl_quarantine"] == []


def test_odd_texts_are_releases_like_any_other(folder: Path, klangkhao: Command) -> None:
    odd = {
        "no date": "หัวข้อข่าวที่ไม่มีวันที่\n\nรัฐบาลอนุมัติงบประมาณ 10 ล้านบาท ให้ 3 จังหวัด\n",
        "english": "Mekong towns open three new schools\n\nThree schools opened on 2 May 2024 at a cost of USD 3.5 million.\n",
        "no facts": "ไม่มีตัวเลขเลย\n",
    }
    for name, text in odd.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    done = klangkhao("run", folder)
    assert done.code == 0, done.err
    asked = "select split_part(source_uri, '/', -1) as name, language from dim_release where source_uri like '%no %' or source_uri like '%english%' order by 1"
    assert klangkhao("sql", asked, "-f", "json").json == [
        {"name": "english.txt", "language": "en"},
        {"name": "no date.txt", "language": "th"},
        {"name": "no facts.txt", "language": "th"},
    ]


def test_a_file_that_may_not_be_read(folder: Path, klangkhao: Command) -> None:
    file = folder / "ลับ.txt"
    shutil.copy(SAMPLES / "gov-03-farm-land.txt", file)
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("this user may read everything")
    done = klangkhao("run", folder, "--json")
    assert done.json["releases"] == 2
    assert [row["reason"] for row in klangkhao("quarantine", "--json").json] == ["unreadable"]


@pytest.mark.parametrize("name", ["missing", "missing.zip", "missing.txt"])
def test_a_path_that_is_not_there(klangkhao: Command, name: str) -> None:
    done = klangkhao("run", name)
    assert done.code == 2
    assert name in done.err
    assert "Check the path" in done.err
    assert not (klangkhao.folder / "klangkhao.duckdb").exists()


def test_a_declaration_with_typos_is_told_line_by_line(klangkhao: Command) -> None:
    (klangkhao.folder / "sources.toml").write_text(
        '[[source]]\nid = "a"\nkind = "foldr"\nlocaton = "x"\n', encoding="utf-8"
    )
    done = klangkhao("run")
    assert done.code == 2
    for words in ("sources.toml", "line 3", 'did you mean "folder"', "line 4", 'did you mean "location"'):
        assert words in done.err


@pytest.mark.slow
def test_a_source_that_is_gone_does_not_cost_the_others(folder: Path, klangkhao: Command) -> None:
    (klangkhao.folder / "sources.toml").write_text(
        '[[source]]\nid = "gone"\nkind = "folder"\nlocation = "gone"\n'
        f'[[source]]\nid = "here"\nkind = "folder"\nlocation = "{folder}"\n',
        encoding="utf-8",
    )
    done = klangkhao("run", "--json")
    assert done.code == 1
    assert done.json["published"]
    assert done.json["releases"] == 2
    assert "gone" in done.json["message"]
    assert "run again" in done.json["message"]
    assert klangkhao("sql", "select status from etl_run", "-f", "json").json == [{"status": "failed"}]
    (klangkhao.folder / "gone").mkdir()
    assert klangkhao("run", "--json").json["status"] == "ok"


def test_a_warehouse_that_is_no_database(klangkhao: Command) -> None:
    file = klangkhao.folder / "klangkhao.duckdb"
    file.write_text("ไม่ใช่ฐานข้อมูล" * 500, encoding="utf-8")
    before = file.read_bytes()
    for command in (("run",), ("sql", "select 1"), ("quarantine",)):
        done = klangkhao(*command)
        assert done.code == 1
        assert "not a DuckDB file" in done.err
        assert "--warehouse" in done.err
    assert file.read_bytes() == before


def test_a_database_of_somebody_else(klangkhao: Command) -> None:
    file = klangkhao.folder / "klangkhao.duckdb"
    with closing(duckdb.connect(file)) as con:
        con.execute("create table theirs as select 1 as one")
    done = klangkhao("run")
    assert done.code == 1
    assert "not one of klangkhao's" in done.err
    with closing(duckdb.connect(file, read_only=True)) as con:
        assert con.execute("select one from theirs").fetchall() == [(1,)]


def test_a_warehouse_of_a_newer_version(warehouse: Path, klangkhao: Command) -> None:
    for file in (warehouse, warehouse.with_suffix(".klangkhao") / "work.duckdb"):
        with closing(duckdb.connect(file)) as con:
            con.execute("insert into schema_migration select 999, 'later', now()::timestamp, repeat('0', 64)")
    done = klangkhao("run")
    assert done.code == 1
    assert "999" in done.err
    assert "Install a newer klangkhao" in done.err


def test_a_second_run_while_one_goes_on(warehouse: Path, klangkhao: Command) -> None:
    holding = (
        "import sys, time; from pathlib import Path\n"
        "from warehouse.lock import run_lock; from warehouse.paths import Paths\n"
        "with run_lock(Paths(Path(sys.argv[1]))):\n    print('held', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", holding, str(warehouse)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        done = klangkhao("run")
        assert done.code == 1
        assert f"pid {holder.pid}" in done.err
        assert "Wait" in done.err
        assert klangkhao("sql", "select count(*) from money").code == 0
        assert "another run" in klangkhao("doctor").out
    finally:
        holder.kill()
        holder.wait()
    assert klangkhao("run").code == 0


def test_a_full_disk_loses_nothing(many: Path, alone: Command, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        done = alone("run", many, "-w", disk / "k.duckdb")
        assert done.code == 1
        assert "disk is full" in done.err
        assert "Free some space" in done.err
        assert not (disk / "k.duckdb").exists()
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
        healed = alone("run", many, "-w", disk / "k.duckdb", "--json")
        assert healed.code == 0, healed.err
        assert healed.json["releases"] == 800
    finally:
        subprocess.run(["umount", disk], check=True)


def no_large_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))


@pytest.mark.slow
def test_a_limit_of_file_size_is_told_like_a_full_disk(klangkhao: Command) -> None:
    done = klangkhao("run", preexec_fn=no_large_files)
    assert done.code == 1
    assert "disk is full" in done.err
    assert klangkhao("run").code == 0


@pytest.mark.slow
def test_a_full_disk_under_the_private_server(alone: Command) -> None:
    done = alone("run", preexec_fn=no_large_files)
    assert done.code == 1
    assert "disk is full" in done.err
    assert alone("run").code == 0


def test_a_configured_server_that_does_not_answer(klangkhao: Command) -> None:
    done = klangkhao("run", env={"PREFECT_API_URL": "http://127.0.0.1:9/api"})
    assert done.code == 1
    assert "http://127.0.0.1:9/api" in done.err
    assert "unset it" in done.err


def test_a_prefect_home_that_cannot_be_used(alone: Command) -> None:
    (alone.folder / "file").touch()
    done = alone("run", env={"PREFECT_HOME": str(alone.folder / "file")})
    assert done.code == 1
    assert "PREFECT_HOME" in done.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "--workers", "0"), "--workers"),
        (("runn",), "No such command"),
        (("sql",), "Missing argument"),
        (("schedule", "--cron", "61 6 * * *"), "0 6 * * *"),
        (("extract", "missing.txt"), "missing.txt"),
        (("sources",), "sources.toml"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(klangkhao: Command, arguments: tuple[str, ...], told: str) -> None:
    done = klangkhao(*arguments)
    assert done.code == 2
    assert told in done.err


@pytest.mark.slow
def test_ctrl_c_is_clean_and_the_next_run_goes_on(many: Path, alone: Command) -> None:
    undisturbed = alone("run", many, "-w", "whole.duckdb", "--json").json
    process = alone.start("run", many, "-w", "stopped.duckdb", "--json")
    staging = alone.folder / "stopped.klangkhao" / "staging"
    while not (list(staging.glob("*/*")) or process.poll() is not None):
        time.sleep(0.05)
    stopped: Outcome = interrupt(process)
    assert stopped.code == 130, stopped.err
    assert stopped.out == ""
    assert stopped.err.splitlines() == [
        "klangkhao: Stopped. What was done is kept; the same command goes on from there."
    ]
    assert not (alone.folder / "stopped.duckdb").exists()
    healed = alone("run", many, "-w", "stopped.duckdb", "--json").json
    for key in ("releases", "facts", "numerals", "unexplained"):
        assert healed[key] == undisturbed[key]
    statuses = alone("sql", "select status from etl_run order by started_at", "-w", "stopped.duckdb", "-f", "json")
    assert [row["status"] for row in statuses.json] == ["failed", "ok"]


def test_the_gate_keeps_the_old_snapshot_until_it_is_forced(
    warehouse: Path, klangkhao: Command, tmp_path: Path
) -> None:
    before = warehouse.read_bytes()
    folder = tmp_path / "undated"
    folder.mkdir()
    for number in range(120):
        (folder / f"{number}.txt").write_text(f"ข่าวที่ {number} ไม่มีวันที่\n\nมี 3 จังหวัด\n", encoding="utf-8")
    refused = klangkhao("run", folder)
    assert refused.code == 3
    for words in ("Not published", "published_on_missing", "--force", "last published snapshot stays"):
        assert words in refused.out
    assert warehouse.read_bytes() == before
    page = (warehouse.with_suffix(".klangkhao") / "reports" / "latest.html").read_text(encoding="utf-8")
    assert "Not published" in page
    forced = klangkhao("run", folder, "--force", "--json")
    assert forced.code == 0, forced.err
    assert forced.json["published"]
    assert "by force" in forced.json["message"]
    runs = klangkhao("sql", "select status, message from etl_run order by started_at", "-f", "json").json
    assert [run["status"] for run in runs] == ["ok", "refused", "ok"]
    assert "published_on_missing" in runs[2]["message"]
    verdicts = klangkhao("sql", "select distinct verdict from quality_result", "-f", "csv").out
    assert "fail" in verdicts


@pytest.mark.slow
def test_a_gate_that_refused_stays_shut_until_the_defect_is_gone(klangkhao: Command, tmp_path: Path) -> None:
    folder = tmp_path / "undated"
    folder.mkdir()
    for number in range(120):
        (folder / f"{number}.txt").write_text(f"ข่าวที่ {number}\n\nมี 3 จังหวัด\n", encoding="utf-8")
    assert klangkhao("run", folder).code == 3
    assert klangkhao("run", folder).code == 3
    for file in folder.glob("*.txt"):
        file.write_text(f"{file.read_text(encoding='utf-8')}\n15 มีนาคม 2567\n", encoding="utf-8")
        (folder / file.name).write_text(
            "รัฐบาลไทย-ข่าว-หัวข้อ\n\n\nวันศุกร์ที่ 15 มีนาคม 2567\n15/03/2567 ข่าว มี 3 จังหวัด\n", encoding="utf-8"
        )
    assert klangkhao("run", folder, "--json").json["status"] == "ok"


def test_rebuild_gives_the_same_warehouse_again(warehouse: Path, klangkhao: Command) -> None:
    facts = "select * exclude (run_id, extractor_version) from dim_release order by release_key"
    before = klangkhao("sql", facts, "-f", "json").json
    done = klangkhao("rebuild", "--json")
    assert done.code == 0, done.err
    assert done.json["loaded"] == len(before)
    assert klangkhao("sql", facts, "-f", "json").json == before
    assert klangkhao("sql", "select count(*) as n from money", "-f", "json").json[0]["n"] > 0


def test_rebuild_of_nothing(klangkhao: Command) -> None:
    done = klangkhao("rebuild")
    assert done.code == 1
    assert "klangkhao run" in done.err


def test_json_is_one_object_with_all_that_a_script_needs(published: tuple[Path, Outcome]) -> None:
    path = published[0].with_suffix(".klangkhao") / "reports" / "latest.json"
    numbers = json.loads(path.read_text(encoding="utf-8"))
    assert numbers.keys() >= {"run_id", "status", "facts", "accountability", "scores", "stages", "report", "warehouse"}
