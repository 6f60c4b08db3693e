"""Releases that disappear from their folder, from the console: closed, refused, allowed, brought back, rebuilt."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from console import Command

MANY = 24


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "ข่าว"
    folder.mkdir()
    for number in range(MANY):
        text = f"หัวข้อ {number}\n\n15 มีนาคม 2567\nงบประมาณ {number + 1} ล้านบาท\n"
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    return folder


def held(tmp_path: Path, sql: str) -> list[tuple]:
    with closing(duckdb.connect(tmp_path / "klangkhao.duckdb", read_only=True)) as con:
        return con.execute(sql).fetchall()


REVISIONS = (
    "select source_uri, revision, is_current, closed_reason, valid_from, valid_to, content_hash, release_id "
    "from dim_release order by source_uri, revision"
)


def test_a_deleted_file_is_closed_and_one_that_returns_is_a_revision_also_after_a_rebuild(
    folder: Path, tmp_path: Path, klangkhao: Command
) -> None:
    other = tmp_path / "อื่น"
    other.mkdir()
    first, second = folder / "00.txt", folder / "01.txt"
    kept = first.read_bytes()
    (other / "a.txt").write_bytes(kept + "\nอื่น ๆ\n".encode())
    assert klangkhao("run", folder).code == 0
    first.unlink()
    second.unlink()
    assert klangkhao("run", other, "--json").json["closed"] == 0  # another folder says nothing of this one
    assert klangkhao("run", folder / "02.txt", "--json").json["closed"] == 0  # neither does one file of it
    run = klangkhao("run", folder)
    assert run.code == 0, run.err
    assert "2 closed" in run.out
    assert held(tmp_path, "select count(*) from releases") == [(MANY - 2 + 1,)]
    assert held(tmp_path, "select closed from etl_run order by started_at") == [(0,), (0,), (0,), (2,)]
    first.write_bytes(kept)
    back = klangkhao("run", folder, "--json").json
    assert (back["loaded"], back["revised"], back["closed"]) == (1, 1, 0)
    assert held(tmp_path, "select change, count(*) from changes group by all order by all") == [
        ("disappeared", 2),
        ("returned", 1),
    ]
    before = held(tmp_path, REVISIONS)
    assert klangkhao("run", folder, "--json").json["loaded"] == 0
    rebuilt = klangkhao("rebuild", "--json")
    assert rebuilt.code == 0, rebuilt.err
    assert rebuilt.json["closed"] == 2
    assert held(tmp_path, REVISIONS) == before


@pytest.mark.slow
def test_a_folder_that_is_suddenly_empty_closes_nothing_unasked(
    folder: Path, tmp_path: Path, klangkhao: Command
) -> None:
    assert klangkhao("run", folder).code == 0
    for file in folder.iterdir():
        file.unlink()
    refused = klangkhao("run", folder)
    assert refused.code == 1
    assert f"24 of its 24 releases are in {folder} no longer" in refused.out.replace("\n", " ")
    assert "--allow-closing" in refused.out
    assert held(tmp_path, "select count(*) from releases") == [(MANY,)]
    assert held(
        tmp_path, "select status, message like '%--allow-closing%' from etl_run order by started_at desc limit 1"
    ) == [("failed", True)]
    silent = klangkhao("run", folder, "--no-closing", "--json")
    assert (silent.code, silent.json["closed"]) == (0, 0)
    allowed = klangkhao("run", folder, "--allow-closing", "--json")
    assert (allowed.code, allowed.json["closed"]) == (0, MANY)
    assert held(tmp_path, "select count(*) from dim_release where is_current") == [(0,)]
    assert held(tmp_path, "select count(*) from releases_asof(current_date - 1)") == [(0,)]
    assert held(tmp_path, "select count(*) from fact_money join dim_release using (release_key)") == [(MANY,)]


@pytest.mark.slow
def test_a_source_that_shows_only_its_latest_closes_nothing(folder: Path, tmp_path: Path, klangkhao: Command) -> None:
    (tmp_path / "sources.toml").write_text(
        f'[[source]]\nid = "inbox"\nkind = "folder"\nlocation = "{folder}"\ncomplete = false\n', encoding="utf-8"
    )
    assert klangkhao("run").code == 0
    for file in list(folder.iterdir())[1:]:
        file.unlink()
    again = klangkhao("run", "--json")
    assert (again.code, again.json["closed"], again.json["releases"]) == (0, 0, MANY)
