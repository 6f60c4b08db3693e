"""Opening a work database: from nothing, from an earlier version, and what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import duckdb
import earlier
import pytest
from checksums import checksums
from rig import DeclaredRule, DeclaredSource, Warehouse
from synthetic import RULE_NAMES, STARTED, corpus, example

from warehouse.asof import macros
from warehouse.backup import KEPT, back_up, backups
from warehouse.connect import STORAGE_VERSION, connect
from warehouse.dimensions import load_dimensions
from warehouse.errors import LockedError, NewerVersionError, WarehouseError
from warehouse.load import FACT_TABLES
from warehouse.migrate import Migration, marts, migrate, migrations, schema_version
from warehouse.paths import Paths
from warehouse.publish import publish
from warehouse.work import open_work, start_run

ROOT = Path(__file__).parents[2]
KEPT_TABLES = ("dim_release", "fact_", "etl_", "quality_result")  # no run rewrites what these hold
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


@pytest.mark.parametrize("version", range(1, len(migrations())))
def test_a_warehouse_of_every_earlier_version_is_brought_up_with_its_data(warehouse, paths, tmp_path, version):
    """Real rows in the schema of then: kept to the last one, in views that work, under a load that goes on."""
    warehouse.load([*corpus(20), example(A)])
    warehouse.load([release.text("\nแก้ไข") for release in corpus(5)], "r1-0002", at=STARTED + timedelta(days=1))
    start_run(warehouse.con, run_id="r1", started_at=STARTED, extractor_version="test")
    warehouse.con.close()
    old = Paths(tmp_path / "old.duckdb")
    old.state.mkdir()
    earlier.make(old.work, version, rows_of=paths.work)
    with closing(connect(old.work, read_only=True)) as con:
        held = {table: names for table, names in earlier.columns_of(con).items() if table.startswith(KEPT_TABLES)}
        before = earlier.sums(con, held)
        assert before["dim_release"][0] == 26
        assert min(rows for table, (rows, _) in before.items() if table.startswith("fact_")) > 0
    with closing(open_work(old)) as con:
        assert schema_version(con) == len(migrations())
        assert earlier.sums(con, held) == before
        assert con.execute(
            "select count(*) from dim_release where is_current <> (closed_reason is null)"
        ).fetchone() == (0,)
        for mart in marts():
            con.execute(f"from {mart}").fetchall()
        for macro in macros(marts()):
            con.execute(f"from {macro}(current_date)").fetchall()
        upgraded = Warehouse(old, con)
        load_dimensions(con, sources=[DeclaredSource()], rules=[DeclaredRule(name) for name in RULE_NAMES])
        upgraded.load([example(A).text("\nแก้ไข"), example(B)], "r2-0001", at=STARTED + timedelta(days=2))
        assert upgraded.one("select count(*) from releases") == 22
        assert upgraded.rows(f"select subject, change from changes where source_uri = '{A}' and subject = 'body'") == [
            ("body", "changed")
        ]
        for table in FACT_TABLES:
            assert upgraded.one(
                f"select count(*) from {table} join dim_release using (release_key) where run_id = 'r1'"
            )
    (backup,) = backups(old)
    assert backup.name.endswith(f".v{version:04}.duckdb")
    with closing(connect(backup, read_only=True)) as con:
        assert schema_version(con) == version
        assert earlier.sums(con, held) == before


def test_the_database_of_a_new_schema_is_the_same_whether_it_was_migrated_or_made(tmp_path, template):
    """Tables, columns, their types and comments, whatever way led to them."""
    asked = "select table_name, column_name, data_type, is_nullable, comment from duckdb_columns() where not internal order by all"
    found = []
    for version in range(1, len(migrations())):
        paths = Paths(tmp_path / f"{version}.duckdb")
        paths.state.mkdir()
        earlier.make(paths.work, version, rows_of=template)
        with closing(open_work(paths)) as con:
            found.append(con.execute(asked).fetchall())
    with closing(open_work(Paths(tmp_path / "new.duckdb"))) as con:
        assert [con.execute(asked).fetchall()] * len(found) == found


def test_only_the_latest_backups_are_kept_and_only_where_there_is_something_to_lose(warehouse, paths, tmp_path):
    (paths.state / ".work.left.v0001.duckdb.4711.partial").write_bytes(b"of a killed run")
    warehouse.con.close()
    assert backups(paths) == []
    old = Paths(tmp_path / "old.duckdb")
    old.state.mkdir()
    earlier.make(old.work, 1, rows_of=paths.work)
    open_work(old).close()
    assert backups(old) == []  # it held no document
    taken = [back_up(paths, 1) for _ in range(KEPT + 2)]
    assert backups(paths) == taken[-KEPT:]
    assert not list(paths.state.glob(".*.partial"))


def test_a_migration_that_finds_no_room_for_the_backup_changes_nothing(warehouse, paths, tmp_path):
    """The limit on the size of files stands in for the end of the disk."""
    warehouse.load(corpus(20))
    warehouse.con.close()
    old = Paths(tmp_path / "old.duckdb")
    old.state.mkdir()
    earlier.make(old.work, 1, rows_of=paths.work)
    before = old.work.read_bytes()
    code = """
import resource, sys
from pathlib import Path
from warehouse.errors import WarehouseError
from warehouse.paths import Paths
from warehouse.work import open_work
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    open_work(Paths(Path(sys.argv[1])))
except WarehouseError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(old.snapshot)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ".v0001.duckdb: the disk is full" in done.stdout
    assert backups(old) == []
    assert not list(old.state.glob(".*.partial"))
    with closing(connect(old.work, read_only=True)) as con:
        assert schema_version(con) == 1
    assert len(old.work.read_bytes()) == len(before)
    with closing(open_work(old)) as con:
        assert con.execute("select count(*) from dim_release").fetchone() == (20,)


def test_a_newer_snapshot_is_refused_and_stays(warehouse, paths):
    warehouse.load([example(A)])
    warehouse.con.execute("insert into schema_migration values (99, 'future', now()::timestamp, repeat('0', 64))")
    publish(warehouse.con, paths)
    before = paths.snapshot.read_bytes()
    with pytest.raises(NewerVersionError, match=r"ที่ 1\.duckdb: this warehouse is of schema version 99"):
        open_work(paths)
    assert paths.snapshot.read_bytes() == before
    assert backups(paths) == []


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
