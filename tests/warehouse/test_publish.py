"""The snapshot: whole at any moment, for any client, and never in place of something that is not ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from checksums import checksums
from synthetic import STARTED, corpus, example

import warehouse as package
from warehouse.connect import connect
from warehouse.errors import LockedError, WarehouseError
from warehouse.load import FACT_TABLES, load_batch
from warehouse.paths import Paths
from warehouse.publish import copy_file, publish
from warehouse.work import open_work

ROOT = Path(package.__file__).parents[1]
A, B = "file:///releases/a.txt", "file:///releases/b.txt"


def releases_in(snapshot: Path) -> int:
    with closing(connect(snapshot, read_only=True)) as con:
        return con.execute("select count(*) from releases").fetchone()[0]


def test_the_snapshot_holds_what_was_loaded(warehouse, paths):
    warehouse.load(corpus(10))
    before = checksums(warehouse.con)
    publish(warehouse.con, paths)
    with closing(connect(paths.snapshot, read_only=True)) as con:
        assert checksums(con) == before
    assert set(paths.snapshot.parent.iterdir()) == {paths.state, paths.snapshot}


def test_any_duckdb_client_reads_the_marts(warehouse, paths, tmp_path):
    warehouse.load([example(A)])
    publish(warehouse.con, paths)
    code = """
import json, sys, duckdb
con = duckdb.connect(sys.argv[1])
money = con.execute("select surface, amount_thb > 0, contains(sentence, surface), published_on from money").fetchall()
con.close()
con = duckdb.connect()
con.execute(f"attach '{sys.argv[1]}' as news (read_only)")
attached = con.execute("select count(*) from news.dates").fetchall()
assert not {"warehouse", "schemas", "pandas", "pytz"} & set(sys.modules)
print(json.dumps([money, attached], default=str))
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(paths.snapshot)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[["1.5 ล้านหยวน", True, True, "2024-03-15"]], [[1]]]


def test_a_reader_keeps_what_it_opened_and_the_next_sees_the_new(warehouse, paths):
    warehouse.load([example(A)])
    publish(warehouse.con, paths)
    with closing(connect(paths.snapshot, read_only=True)) as reader:
        con = open_work(paths)
        load_batch(con, warehouse.stage([example(B)], "r2-0001").batch_dir, batch_id="r2-0001", run_id="r2")
        publish(con, paths)
        assert reader.execute("select count(*), max(length(body)) > 0 from releases").fetchone() == (1, True)
    assert releases_in(paths.snapshot) == 2


def test_readers_see_only_whole_snapshots_while_runs_publish(warehouse, paths):
    """Each batch adds ten releases; a reader that sees another number, or waits, or fails, has seen a torn file."""
    publish(warehouse.con, paths)
    code = """
import duckdb, sys
while True:
    with duckdb.connect(sys.argv[1], read_only=True) as con:
        print(con.execute("select count(*) from dim_release").fetchone()[0], flush=True)
"""
    command = [sys.executable, "-c", code, str(paths.snapshot)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
        assert reader.stdout.readline() == "0\n"
        for number in range(6):
            con = open_work(paths)
            staged = warehouse.stage(corpus(10, seed=number, paragraphs=1, folder=f"/{number}"), f"r{number}-0001")
            load_batch(con, staged.batch_dir, batch_id=f"r{number}-0001", run_id=f"r{number}")
            publish(con, paths)
            while reader.poll() is None and reader.stdout.readline() != f"{10 * (number + 1)}\n":
                pass
        assert reader.poll() is None, reader.stderr.read()
        reader.kill()
        assert {int(count) % 10 for count in reader.stdout} <= {0}


def test_a_client_that_opened_the_snapshot_for_writing_stops_nobody(warehouse, paths):
    warehouse.load([example(A)])
    publish(warehouse.con, paths)
    code = """
import duckdb, sys
con = duckdb.connect(sys.argv[1])
con.execute("create table my_notes as select 1 as a")  # stands in the write-ahead log beside the snapshot
print("open", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(paths.snapshot)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as client:
        client.stdout.readline()
        con = open_work(paths)
        load_batch(con, warehouse.stage([example(B)], "r2-0001").batch_dir, batch_id="r2-0001", run_id="r2")
        publish(con, paths)
        with closing(connect(paths.snapshot, read_only=True)) as reader:
            assert reader.execute("select count(*) from releases").fetchone() == (2,)
            assert reader.execute("select count(*) from duckdb_tables() where table_name = 'my_notes'").fetchone() == (
                0,
            )
        client.stdin.close()
    assert releases_in(paths.snapshot) == 2


def test_a_snapshot_that_is_open_for_writing_and_has_no_state_is_not_taken_over(warehouse, paths, tmp_path):
    publish(warehouse.con, paths)
    moved = Paths(tmp_path / "moved.duckdb")
    paths.snapshot.rename(moved.snapshot)
    code = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(moved.snapshot)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as client:
        client.stdout.readline()
        with pytest.raises(LockedError):
            open_work(moved)
        client.stdin.close()


def test_a_snapshot_whose_state_is_gone_is_continued(warehouse, paths, tmp_path):
    warehouse.load([example(A)])
    publish(warehouse.con, paths)
    moved = Paths(tmp_path / "elsewhere" / "copy.duckdb")
    moved.snapshot.parent.mkdir()
    paths.snapshot.rename(moved.snapshot)
    con = open_work(moved)
    load_batch(con, warehouse.stage([example(A), example(B)], "r2-0001").batch_dir, batch_id="r2-0001", run_id="r2")
    publish(con, moved)
    assert releases_in(moved.snapshot) == 2


@pytest.mark.parametrize("content", [b"", b"my thesis\n", b"x" * 50_000])
def test_a_file_that_is_no_database_is_not_overwritten(paths, content):
    paths.snapshot.write_bytes(content)
    with pytest.raises(WarehouseError, match=r"this is not a DuckDB file\. Move it away, or name another"):
        open_work(paths)
    assert paths.snapshot.read_bytes() == content
    assert not paths.state.exists()


def test_a_database_of_someone_else_is_not_overwritten(paths):
    with closing(duckdb.connect(str(paths.snapshot))) as con:
        con.execute("create table theirs as select 42 as answer")
    before = paths.snapshot.read_bytes()
    with pytest.raises(WarehouseError, match="not one of klangkhao's"):
        open_work(paths)
    assert paths.snapshot.read_bytes() == before
    assert not paths.state.exists()


def test_a_folder_in_the_snapshots_place_is_told(paths):
    paths.snapshot.mkdir()
    with pytest.raises(WarehouseError, match="this is not a DuckDB file"):
        open_work(paths)


def test_copies_that_killed_runs_left_are_removed(warehouse, paths):
    left = paths.snapshot.with_name(f".{paths.snapshot.name}.4711.partial")
    left.write_bytes(b"half a snapshot")
    publish(warehouse.con, paths)
    assert not left.exists()


def test_a_snapshot_that_cannot_be_written_leaves_the_old_one(warehouse, paths):
    """A real write that fails for want of room: the limit on the size of files stands in for the end of the disk."""
    warehouse.load(corpus(30))
    warehouse.con.close()
    paths.snapshot.write_bytes(b"the old one")
    code = """
import resource, sys
from pathlib import Path
from warehouse.errors import WarehouseError
from warehouse.publish import copy_file
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    copy_file(Path(sys.argv[1]), Path(sys.argv[2]))
except WarehouseError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(paths.work), str(paths.snapshot)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(paths.snapshot) in done.stdout
    assert "bytes are free there" in done.stdout
    assert f"{paths.work.stat().st_size:,} are needed" in done.stdout
    assert paths.snapshot.read_bytes() == b"the old one"
    assert not list(paths.snapshot.parent.glob(".*.partial"))


def test_a_load_that_finds_no_room_is_told_and_leaves_nothing(warehouse, paths):
    staged = warehouse.stage(corpus(200), "r1-0001")
    before = checksums(warehouse.con)
    warehouse.con.close()
    code = """
import resource, sys
from pathlib import Path
from warehouse.errors import WarehouseError
from warehouse.load import load_batch
from warehouse.paths import Paths
from warehouse.work import open_work
paths = Paths(Path(sys.argv[1]))
con = open_work(paths)
room = paths.work.stat().st_size + 50_000  # no file can grow beyond it
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
try:
    load_batch(con, Path(sys.argv[2]), batch_id="r1-0001", run_id="r1")
except WarehouseError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(paths.snapshot), str(staged.batch_dir)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "the disk is full or its quota used up" in done.stdout, done.stderr
    with closing(open_work(paths)) as con:
        assert checksums(con) == before
        assert load_batch(con, staged.batch_dir, batch_id="r1-0001", run_id="r1").loaded == 200


def test_a_copy_is_exact_with_and_without_the_kernels_help(tmp_path, monkeypatch):
    source = tmp_path / "source"
    source.write_bytes(os.urandom(3_000_000))
    copy_file(source, tmp_path / "by kernel")
    monkeypatch.delattr(os, "copy_file_range", raising=False)
    copy_file(source, tmp_path / "by hand")
    assert (tmp_path / "by kernel").read_bytes() == (tmp_path / "by hand").read_bytes() == source.read_bytes()


# Starting anew from landing


def test_a_fresh_work_database_is_empty_and_the_snapshot_stays(warehouse, paths):
    warehouse.load([example(A)])
    (paths.landing / "r1-0001.parquet").touch()
    publish(warehouse.con, paths)
    with closing(open_work(paths, fresh=True)) as con:
        for table in ("dim_release", "etl_batch", *FACT_TABLES):
            assert con.execute(f"select count(*) from {table}").fetchone() == (0,)
    assert releases_in(paths.snapshot) == 1


def test_nothing_is_rebuilt_while_landing_lacks_what_was_loaded(warehouse, paths):
    warehouse.load([example(A)])
    (paths.landing / "r1-0001.parquet").touch()
    warehouse.load([example(B)], "r1-0002", at=STARTED + timedelta(days=1))
    publish(warehouse.con, paths)
    with pytest.raises(WarehouseError, match=r"landing: 1 of 2 landing files are missing \(r1-0002\.parquet"):
        open_work(paths, fresh=True)
    with closing(open_work(paths)) as con:
        assert con.execute("select count(*) from dim_release").fetchone() == (2,)
