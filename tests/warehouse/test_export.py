"""Exports hold exactly what the snapshot holds, for any reader, and replace nothing that is not an export."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import duckdb
import frictionless
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from synthetic import Release, example

import warehouse as package
from schemas.references import GROUPS, Group
from schemas.values import Money
from warehouse.connect import connect
from warehouse.datapackage import DESCRIPTOR, PARTITION
from warehouse.errors import WarehouseError
from warehouse.export import ORIGIN, export_duckdb, export_parquet
from warehouse.migrate import base_marts
from warehouse.publish import publish

ROOT = Path(package.__file__).parents[1]
MANY_DIGITS = Decimal("9999999999999999999999999999999999.9999")  # all that DECIMAL(38, 4) holds
LEFT_OUT = {*GROUPS[Group.PIPELINE], *base_marts()}


@pytest.fixture(params=["samples", "extremes"])
def snapshot(request, samples, warehouse, paths) -> Path:
    """The sample releases; and values that readers are known to bend."""
    if request.param == "samples":
        return samples
    undated = Release("file:///releases/ไม่มีวันที่ \"'.txt", published_on=None).text("มูลค่า ")
    undated.fact("มากมาย", Money(MANY_DIGITS, None, "THB")).text(" ในปีแรก 🙂 กำ\u0e4d\u0e32")
    warehouse.load([example("file:///releases/a.txt"), undated])
    publish(warehouse.con, paths)
    return paths.snapshot


def holdings(snapshot: Path) -> dict[str, pa.Table]:
    """What the snapshot holds, table by table and mart by mart, in the order of all columns."""
    with closing(connect(snapshot, read_only=True)) as con:
        names = con.execute("select table_name from information_schema.tables").fetchall()
        return {
            name: con.sql(f'select * from "{name}" order by all').to_arrow_table()
            for (name,) in names
            if name not in LEFT_OUT
        }


def ordered(found: pa.Table, truth: pa.Table) -> pa.Table:
    """A reader's table in the types and order of the truth; texts and lists may be of its own kinds of the same."""
    found = found.select(truth.column_names).cast(truth.schema)
    with closing(duckdb.connect()) as con:
        return con.sql("select * from found order by all").to_arrow_table().cast(truth.schema)


def of_pandas(place: Path) -> pa.Table:
    return pa.Table.from_pandas(pd.read_parquet(place, dtype_backend="pyarrow"), preserve_index=False)


def of_polars(place: Path) -> pa.Table:
    return pl.read_parquet(place).to_arrow()


def of_duckdb(place: Path) -> pa.Table:
    with closing(duckdb.connect()) as con:
        files = f"{place}/**/*.parquet" if place.is_dir() else str(place)
        return con.read_parquet(files, hive_partitioning=True).to_arrow_table()


@pytest.mark.parametrize("read", [of_pandas, of_polars, of_duckdb])
def test_any_reader_finds_in_the_parquet_files_what_the_snapshot_holds(snapshot, tmp_path, read):
    done = export_parquet(snapshot, tmp_path / "ออก")
    truth = holdings(snapshot)
    assert set(done.rows) == set(truth)
    for name, wanted in truth.items():
        place = done.place / name
        found = read(place if place.exists() else place.with_suffix(".parquet"))
        assert found.num_rows == wanted.num_rows == done.rows[name]
        assert ordered(found, wanted).equals(wanted), name


def test_a_partition_is_the_year_of_publication(samples, tmp_path):
    done = export_parquet(samples, tmp_path / "out")
    with closing(connect(samples, read_only=True)) as con:
        for name in ("fact_money", "fact_numeral", "dim_release"):
            years = con.execute(
                f"select coalesce(year(release.published_on), -1), count(*) from {name} "
                "join dim_release as release using (release_key) group by 1 order by 1"
            ).fetchall()
            found = pl.read_parquet(done.place / name).group_by(PARTITION).len().sort(PARTITION)
            assert found.rows() == years
    assert not any(PARTITION in pq.read_schema(file).names for file in done.place.rglob("*.parquet"))
    plain = pd.read_parquet(done.place / "fact_money")  # as most people call it
    assert set(plain[PARTITION]) == {-1, *range(2019, 2026)}


def test_the_duckdb_file_holds_what_the_snapshot_holds_for_any_client(snapshot, tmp_path):
    done = export_duckdb(snapshot, tmp_path / "ออก 'x'.duckdb")
    truth = holdings(snapshot)
    assert set(done.rows) == set(truth)
    with closing(duckdb.connect(str(done.place), read_only=True)) as con:
        tables = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
        assert not tables & set(GROUPS[Group.PIPELINE])
        for name, wanted in truth.items():
            assert con.sql(f'select * from "{name}" order by all').to_arrow_table().equals(wanted), name
            in_polars = pl.read_database(f'select * from "{name}"', con)
            assert in_polars.height == len(con.execute(f'select * from "{name}"').df()) == wanted.num_rows
        money = pl.read_database("select amount from fact_money order by amount", con)["amount"].to_list()
        assert money == sorted(truth["fact_money"]["amount"].to_pylist())


def test_the_duckdb_file_keeps_comments_and_constraints(samples, tmp_path):
    done = export_duckdb(samples, tmp_path / "out.duckdb")
    columns = "select table_name, column_name, data_type, is_nullable, comment from duckdb_columns() where not internal"
    with closing(connect(samples, read_only=True)) as con:
        truth = set(con.execute(columns).fetchall())
    with closing(duckdb.connect(str(done.place), read_only=True)) as con:
        found = set(con.execute(f"{columns} and table_name <> '{ORIGIN}'").fetchall())
        assert found == {column for column in truth if column[0] not in GROUPS[Group.PIPELINE]}
        assert con.execute("select count(*) from money_asof(date '2025-03-01')").fetchone()[0] > 70
        generator, schema_version, run_id = con.execute(f"from {ORIGIN}").fetchone()
        assert generator.startswith("klangkhao")
        assert schema_version > 0
        assert con.execute("select run_id from etl_run").fetchall() == [(run_id,)]


def test_an_export_needs_nothing_of_klangkhao(samples, tmp_path):
    folder = export_parquet(samples, tmp_path / "parquet").place
    file = export_duckdb(samples, tmp_path / "news.duckdb").place
    code = """
import duckdb, json, sys
con = duckdb.connect(sys.argv[1], read_only=True)
one = con.execute("select count(*), sum(amount_thb) from money").fetchone()
two = con.execute(f"select count(*), sum(amount_thb) from read_parquet('{sys.argv[2]}/money/*/*.parquet')").fetchone()
assert not {"warehouse", "schemas", "pandas", "pyarrow"} & set(sys.modules)
print(json.dumps([one, two], default=str))
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(file), str(folder)],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    one, two = json.loads(done.stdout)
    assert one == two
    assert one[0] > 70


def test_the_data_package_says_what_the_files_hold(samples, tmp_path):
    done = export_parquet(samples, tmp_path / "out")
    described = json.loads((done.place / DESCRIPTOR).read_text(encoding="utf-8"))
    valid = frictionless.Package.from_descriptor(described, basepath=str(done.place))
    assert set(valid.resource_names) == set(done.rows)
    on_disk = {file.relative_to(done.place).as_posix() for file in done.place.rglob("*.parquet")}
    named: set[str] = set()
    resources = {each["name"]: each for each in described["resources"]}
    for name, resource in resources.items():
        paths = [resource["path"]] if isinstance(resource["path"], str) else resource["path"]
        named.update(paths)
        fields = [field["name"] for field in resource["schema"]["fields"]]
        files = [done.place / path for path in paths]
        assert all(pq.read_schema(file).names == fields for file in files)
        assert resource["bytes"] == sum(file.stat().st_size for file in files)
        assert resource["rows"] == sum(pq.read_metadata(file).num_rows for file in files)
        assert resource["description"]
        assert all(field["description"] for field in resource["schema"]["fields"]), name
        assert resource["hash"] == f"sha256:{sha256(b''.join(file.read_bytes() for file in files)).hexdigest()}"
        assert set(resource["schema"].get("primaryKey", [])) <= set(fields)
        for key in resource["schema"].get("foreignKeys", []):
            there = resources[key["reference"]["resource"] or name]["schema"]["fields"]
            assert set(key["fields"]) <= set(fields)
            assert set(key["reference"]["fields"]) <= {field["name"] for field in there}
    assert named == on_disk
    money = {field["name"]: field for field in resources["fact_money"]["schema"]["fields"]}
    assert money["amount"]["type"] == "number"
    assert money["comparator"]["constraints"]["enum"] == ["eq", "approx", "gt", "ge", "lt", "le"]
    assert "constraints" not in money["amount_max"]
    assert described["created"] == "2025-03-01T06:00:00Z"
    (to_releases,) = resources["money"]["schema"]["foreignKeys"]
    assert to_releases["reference"] == {"resource": "dim_release", "fields": ["release_key"]}


def test_the_key_of_every_resource_tells_its_rows_apart(samples, tmp_path):
    done = export_parquet(samples, tmp_path / "out")
    with closing(duckdb.connect()) as con:
        for resource in json.loads((done.place / DESCRIPTOR).read_text(encoding="utf-8"))["resources"]:
            key, paths = resource["schema"]["primaryKey"], resource["path"]
            assert key, resource["name"]
            files = [str(done.place / path) for path in ([paths] if isinstance(paths, str) else paths)]
            columns = ", ".join(key)
            twice = con.execute(f"select {columns} from read_parquet(?) group by all having count(*) > 1", [files])
            assert twice.fetchall() == [], resource["name"]


def test_the_data_package_names_sources_and_licences(samples, tmp_path):
    done = export_parquet(samples, tmp_path / "out")
    described = json.loads((done.place / DESCRIPTOR).read_text(encoding="utf-8"))
    licences = {licence["path"]: licence for licence in described["licenses"]}
    assert {licence.get("name") for licence in licences.values()} >= {"CC-BY-4.0", "Unicode-3.0", "CC0-1.0", "MIT"}
    assert any("European Central Bank" in licence["title"] for licence in licences.values())
    assert {"title": "klangkhao"} in described["sources"]
    rates = next(each for each in described["resources"] if each["name"] == "fx_rate_monthly")
    assert [source["title"].partition(",")[0] for source in rates["sources"]] == ["European Central Bank"]
    assert all(licence["path"] in licences for each in described["resources"] for licence in each.get("licenses", []))


def digests(folder: Path) -> dict[str, str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest() for file in files}


def test_exporting_again_replaces_the_export_by_the_same(samples, tmp_path):
    first = digests(export_parquet(samples, tmp_path / "out").place)
    export_duckdb(samples, tmp_path / "out.duckdb")
    (tmp_path / "out" / "money" / "published_year=2019" / "data_0.parquet").unlink()  # what is missing comes back
    assert digests(export_parquet(samples, tmp_path / "out").place) == first
    export_duckdb(samples, tmp_path / "out.duckdb")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "out.duckdb"]


def test_what_killed_exports_left_is_removed(samples, tmp_path):
    (tmp_path / ".out.4711.partial").mkdir()
    (tmp_path / ".out.4711.old").mkdir()
    (tmp_path / ".out.duckdb.4711.partial").write_bytes(b"half")
    export_parquet(samples, tmp_path / "out")
    export_duckdb(samples, tmp_path / "out.duckdb")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "out.duckdb"]


def test_an_export_into_an_empty_folder_takes_it(samples, tmp_path):
    (tmp_path / "empty").mkdir()
    assert export_parquet(samples, tmp_path / "empty").rows["dim_release"] == 14


@pytest.mark.parametrize("name", ["thesis.txt", DESCRIPTOR, "money"])
def test_a_folder_that_holds_something_else_is_left_as_it_is(samples, tmp_path, name):
    (tmp_path / name).write_text('{"name": "someone else\'s package", "resources": []}', encoding="utf-8")
    with pytest.raises(WarehouseError, match=rf"it holds what is not of an export \({name}\)"):
        export_parquet(samples, tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_notes_beside_an_export_keep_it_from_being_replaced(samples, tmp_path):
    folder = export_parquet(samples, tmp_path / "out").place
    (folder / "my notes.md").touch()
    before = digests(folder)
    with pytest.raises(WarehouseError, match=r"my notes\.md"):
        export_parquet(samples, folder)
    assert digests(folder) == before


def test_a_file_in_the_place_of_the_folder_is_told(samples, tmp_path):
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(WarehouseError, match="this is a file. Name a folder with --to"):
        export_parquet(samples, tmp_path / "out")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "mine"


def test_the_warehouse_itself_is_not_overwritten(samples):
    before = sha256(samples.read_bytes()).hexdigest()
    with pytest.raises(WarehouseError, match="not an export of klangkhao's"):
        export_duckdb(samples, samples)
    assert sha256(samples.read_bytes()).hexdigest() == before


def test_a_file_that_is_no_database_is_left_as_it_is(samples, tmp_path):
    (tmp_path / "x.duckdb").write_text("my thesis", encoding="utf-8")
    with pytest.raises(WarehouseError, match="not a DuckDB file"):
        export_duckdb(samples, tmp_path / "x.duckdb")
    assert (tmp_path / "x.duckdb").read_text(encoding="utf-8") == "my thesis"


def test_tables_added_to_an_export_are_not_thrown_away(samples, tmp_path):
    file = export_duckdb(samples, tmp_path / "out.duckdb").place
    with closing(duckdb.connect(str(file))) as con:
        con.execute("create table my_notes as select 1 as a")
    with pytest.raises(WarehouseError, match="my_notes"):
        export_duckdb(samples, file)


@pytest.mark.parametrize("export", [export_parquet, export_duckdb])
def test_a_warehouse_that_is_not_there_is_told(export, tmp_path):
    with pytest.raises(WarehouseError, match="there is no such warehouse"):
        export(tmp_path / "none.duckdb", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("export", [export_parquet, export_duckdb])
def test_a_place_that_cannot_be_written_is_told(samples, tmp_path, export):
    (tmp_path / "a file").write_text("mine", encoding="utf-8")
    with pytest.raises(WarehouseError, match=r"a file.*cannot be written.*or name another place with --to"):
        export(samples, tmp_path / "a file" / "out")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a file"]


VICTIM = """
import resource, sys
from pathlib import Path
from warehouse import export
from warehouse.errors import WarehouseError
if sys.argv[4] != "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), int(sys.argv[4])))
print("begun", flush=True)
try:
    getattr(export, sys.argv[1])(Path(sys.argv[2]), Path(sys.argv[3]))
except WarehouseError as error:
    print(error)
"""


def victim(form: str, snapshot: Path, place: Path, room: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", VICTIM, form, str(snapshot), str(place), str(room)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize(("form", "room"), [("export_parquet", 30_000), ("export_duckdb", 600_000)])
def test_an_export_that_finds_no_room_is_told_and_leaves_the_old_one(samples, tmp_path, form, room):
    """The limit on the size of files stands in for the end of the disk."""
    place = tmp_path / ("out" if form == "export_parquet" else "out.duckdb")
    (export_parquet if form == "export_parquet" else export_duckdb)(samples, place)
    before = digests(tmp_path)
    out, err = victim(form, samples, place, room).communicate(timeout=60)
    assert "the disk is full or its quota used up" in out, err
    assert str(place) in out
    assert digests(tmp_path) == before


@pytest.mark.parametrize("form", ["export_parquet", "export_duckdb"])
def test_a_killed_export_leaves_the_old_one_whole(samples, tmp_path, form):
    place = tmp_path / ("out" if form == "export_parquet" else "out.duckdb")
    export = export_parquet if form == "export_parquet" else export_duckdb
    export(samples, place)
    whole = digests(tmp_path)
    for pause in (0.0, 0.05, 0.1, 0.2):
        process = victim(form, samples, place)
        assert process.stdout.readline() == "begun\n"
        while process.poll() is None and not list(tmp_path.glob(".*.partial")):
            time.sleep(0.001)
        time.sleep(pause)
        process.kill()
        process.communicate()
        there = {name: digest for name, digest in digests(tmp_path).items() if not name.startswith(".")}
        assert there.keys() == whole.keys()
        if form == "export_parquet":
            assert there == whole
    export(samples, place)
    assert digests(tmp_path).keys() == whole.keys()
