"""Opening a work database: from nothing, from an earlier version, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing

import duckdb
import pytest
from checksums import checksums
from rig import Warehouse
from synthetic import corpus, example

from warehouse.connect import STORAGE_VERSION, connect
from warehouse.errors import LockedError, NewerVersionError, WarehouseError
from warehouse.migrate import Migration, marts, migrate, migrations, schema_version
from warehouse.paths import Paths
from warehouse.work import open_work

A, B = "file:///releases/a.txt", "file:///releases/b.txt"
MORE = Migration(len(migrations()) + 1, "more", "create table more (a integer); insert into more values (1);")


def test_migrations_are_numbered_without_gaps():
    assert [migration.version for migration in migrations()] == list(range(1, len(migrations()) + 1))


def test_each_migration_is_recorded_with_its_checksum(warehouse):
    assert warehouse.rows("select version, name, checksum from schema_migration order by 1") == [
        (migration.version, migration.name, migration.checksum) for migration in migrations()
    ]


def test_a_later_migration_finds_the_data_in_place(warehouse, paths):
    warehouse.load(corpus(5))
    before = checksums(warehouse.con)
    migrate(warehouse.con, paths.work, [*migrations(), MORE])
    assert schema_version(warehouse.con) == MORE.version
    assert warehouse.one("select a from more") == 1
    assert checksums(warehouse.con) == before


def test_a_warehouse_of_version_1_gets_its_table_of_pairs_and_keeps_its_data(warehouse, paths):
    warehouse.load([example(A)])
    facts = {table: rows for table, rows in checksums(warehouse.con).items() if table != "fact_consistency"}
    warehouse.con.execute(
        "drop view consistency; drop table fact_consistency; delete from schema_migration where version > 1"
    )
    assert schema_version(warehouse.con) == 1
    warehouse.con.close()
    with closing(open_work(paths)) as con:
        upgraded = Warehouse(paths, con)
        assert schema_version(con) == migrations()[-1].version
        assert checksums(con) == {**facts, "fact_consistency": (0, 0)}
        upgraded.load([example(B)], "r2-0001")
        assert upgraded.rows("select source_uri from consistency") == [(B,)]
        assert upgraded.one("select count(*) from releases") == 2


def test_a_migration_that_fails_leaves_the_version_before_it(warehouse, paths):
    broken = Migration(
        MORE.version + 1, "broken", "create table half (a integer); insert into no_such_table values (1);"
    )
    with pytest.raises(duckdb.CatalogException, match="no_such_table"):
        migrate(warehouse.con, paths.work, [*migrations(), MORE, broken])
    assert schema_version(warehouse.con) == MORE.version
    assert warehouse.one("select count(*) from duckdb_tables() where table_name = 'half'") == 0
    migrate(warehouse.con, paths.work, [*migrations(), MORE])


def test_opening_again_defines_the_marts_of_this_code(warehouse, paths):
    warehouse.con.execute("create view of_an_old_version as select 1 as a; drop view money")
    warehouse.con.close()
    with closing(open_work(paths)) as con:
        views = {name for (name,) in con.execute("select view_name from duckdb_views() where not internal").fetchall()}
    assert views == set(marts())


def test_files_can_be_read_by_the_oldest_duckdb_that_we_name(warehouse):
    tags = warehouse.one("select tags from duckdb_databases() where database_name = current_database()")
    assert tags == {"storage_version": f"{STORAGE_VERSION}+"}


def test_a_newer_warehouse_is_refused(warehouse, paths):
    warehouse.con.execute("insert into schema_migration values (99, 'future', now()::timestamp, repeat('0', 64))")
    warehouse.con.close()
    with pytest.raises(
        NewerVersionError, match=rf"work\.duckdb: .*schema version 99.*up to {MORE.version - 1}\. Install"
    ):
        open_work(paths)


def test_a_migration_that_was_applied_in_another_form_is_refused(warehouse, paths):
    warehouse.con.execute("update schema_migration set checksum = repeat('0', 64)")
    warehouse.con.close()
    with pytest.raises(WarehouseError, match=r"0001 .* in another form"):
        open_work(paths)


@pytest.mark.parametrize("content", [b"", b"not a database", b"x" * 100_000])
def test_a_work_file_that_is_no_database_is_refused(paths, content):
    paths.state.mkdir()
    paths.work.write_bytes(content)
    with pytest.raises(WarehouseError, match=r"work\.duckdb: this is not a DuckDB file"):
        open_work(paths)
    assert paths.work.read_bytes() == content


def test_a_damaged_database_is_told(warehouse, paths):
    warehouse.con.close()
    whole = paths.work.read_bytes()
    paths.work.write_bytes(whole[:4096] + bytes(8192) + whole[12288:])
    with pytest.raises(WarehouseError, match=r"work\.duckdb: DuckDB cannot use this file.*If it is damaged, delete"):
        open_work(paths)


def test_a_database_that_another_process_writes_is_told_with_its_pid(paths):
    paths.state.mkdir()
    code = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(paths.work)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        holder.stdout.readline()
        with pytest.raises(LockedError, match=rf"work\.duckdb: another process .*{holder.pid}.*Wait until"):
            open_work(paths)
        holder.stdin.close()


def test_reading_a_warehouse_that_is_not_there_says_how_to_make_one(paths):
    with pytest.raises(WarehouseError, match=r"there is no such warehouse\. Make it with `klangkhao run`"):
        connect(paths.snapshot, read_only=True)
    assert not paths.snapshot.exists()


def test_a_path_that_duckdb_would_misread_is_refused(tmp_path):
    with pytest.raises(WarehouseError, match="question mark"):
        open_work(Paths(tmp_path / "what?.duckdb"))


def test_a_state_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "k.klangkhao").write_text("a file is in the way")
    with pytest.raises(WarehouseError, match=r"k\.klangkhao: the folder for the warehouse's state cannot be made"):
        open_work(Paths(tmp_path / "k.duckdb"))


@pytest.mark.parametrize(
    ("name", "state"), [("a.duckdb", "a.klangkhao"), ("a.db", "a.db.klangkhao"), ("a", "a.klangkhao")]
)
def test_every_warehouse_has_a_state_of_its_own(tmp_path, name, state):
    assert Paths(tmp_path / name).state == tmp_path / state
