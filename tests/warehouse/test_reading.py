"""Files that are read but are no warehouse, or one of another version."""

from __future__ import annotations

from contextlib import closing

import duckdb
import pytest

from warehouse.errors import NewerVersionError, WarehouseError
from warehouse.export import export_duckdb
from warehouse.reading import reading


def ask(file, query="select count(*) from dim_release"):
    with reading(file) as con:
        return con.execute(query).fetchone()


@pytest.fixture
def foreign(tmp_path):
    file = tmp_path / "ร้านค้า.duckdb"
    with closing(duckdb.connect(file)) as con:
        con.execute("create table sales (amount int)")
    return file


def test_a_warehouse_is_read(samples):
    assert ask(samples)[0] > 10


def test_a_database_of_others_is_refused_and_named(foreign):
    with pytest.raises(WarehouseError, match=r"ร้านค้า\.duckdb: .*not one of klangkhao's.*--warehouse"):
        ask(foreign)


def test_an_empty_database_is_told_from_a_foreign_one(tmp_path):
    file = tmp_path / "empty.duckdb"
    duckdb.connect(file).close()
    with pytest.raises(WarehouseError, match=r"empty\.duckdb: there is nothing in this database yet.*klangkhao run"):
        ask(file)


def test_an_export_is_read_and_what_it_was_made_without_is_said(samples, tmp_path):
    file = export_duckdb(samples, tmp_path / "out.duckdb").place
    assert ask(file) == ask(samples)
    with pytest.raises(WarehouseError, match=r"out\.duckdb: this is an export, which has no tables of the pipeline"):
        ask(file, "from etl_quarantine")


def test_what_an_earlier_version_lacks_is_said(samples, tmp_path):
    file = tmp_path / "old.duckdb"
    file.write_bytes(samples.read_bytes())
    with closing(duckdb.connect(file)) as con:
        con.execute("delete from schema_migration where version > 5")
    assert ask(file) == ask(samples)
    with pytest.raises(WarehouseError, match=r"old\.duckdb: an earlier klangkhao wrote this warehouse.*klangkhao run"):
        ask(file, "from table_of_tomorrow")
    with closing(duckdb.connect(file)) as con:
        con.execute("insert into schema_migration values (9000, 'tomorrow', now()::timestamp, '')")
    with pytest.raises(NewerVersionError):
        ask(file)


def test_a_fault_of_our_own_is_not_blamed_on_the_warehouse(samples):
    with pytest.raises(duckdb.CatalogException):
        ask(samples, "from never_was")
