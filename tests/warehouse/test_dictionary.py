"""DDL, pandera models, comments and the data dictionary say the same."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from schemas.tables import arrow_schema, description, schemas
from warehouse import dictionary
from warehouse.migrate import marts, migrate

TYPES = {
    pa.int64(): "BIGINT",
    pa.int32(): "INTEGER",
    pa.float64(): "DOUBLE",
    pa.string(): "VARCHAR",
    pa.list_(pa.string()): "VARCHAR[]",
    pa.list_(pa.int32()): "INTEGER[]",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us"): "TIMESTAMP",
}


def duckdb_type(kind: pa.DataType) -> str:
    return f"DECIMAL({kind.precision},{kind.scale})" if pa.types.is_decimal(kind) else TYPES[kind]


@pytest.fixture(scope="module")
def empty():
    with closing(duckdb.connect()) as con:
        migrate(con, Path(":memory:"))
        yield con


def test_database_has_exactly_the_tables_of_the_models(empty):
    tables = {name for (name,) in empty.execute("select table_name from duckdb_tables()").fetchall()}
    assert tables == set(schemas())


@pytest.mark.parametrize("table", schemas())
def test_columns_are_those_of_the_model(empty, table):
    columns = empty.execute(
        "select column_name, data_type, is_nullable, comment from duckdb_columns() where table_name = ? "
        "order by column_index",
        [table],
    ).fetchall()
    fields = schemas()[table].columns
    wanted = [
        (field.name, duckdb_type(field.type), field.nullable, fields[field.name].description)
        for field in arrow_schema(table)
    ]
    assert columns == wanted


@pytest.mark.parametrize("table", schemas())
def test_table_comment_states_what_it_is_and_its_grain(empty, table):
    (comment,) = empty.execute("select comment from duckdb_tables() where table_name = ?", [table]).fetchone()
    assert comment == description(table)
    assert "Grain: " in comment
    assert schemas()[table].unique


@pytest.mark.parametrize("mart", marts())
def test_mart_is_described_and_states_its_grain_first(empty, mart):
    (comment,) = empty.execute("select comment from duckdb_views() where view_name = ?", [mart]).fetchone()
    assert "Grain: " in comment
    assert marts()[mart].startswith("-- Grain: ")
    undescribed = empty.execute(
        "select column_name from duckdb_columns() where table_name = ? and comment is null", [mart]
    ).fetchall()
    assert undescribed == []


def test_the_six_marts_are_there():
    assert {"releases", "money", "dates", "counts", "measures", "consistency"} <= set(marts())


def test_data_dictionary_is_fresh():
    assert dictionary.FILE.read_text(encoding="utf-8") == dictionary.text(), "run `python -m warehouse.dictionary`"
