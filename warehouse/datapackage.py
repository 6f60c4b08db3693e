"""The Frictionless data package beside a Parquet export: each file with its columns, keys and references.

https://specs.frictionlessdata.io/data-package/ (version 1, which version 2 readers take too).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from schemas.references import REFERENCES, column_referred_to
from schemas.tables import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb

DESCRIPTOR: Final = "datapackage.json"
PARTITION: Final = "published_year"
"""The column that stands in the names of folders and not in the files."""

UNDATED: Final = -1
"""Its value where the day of publication is unknown: pandas cannot read a partition that is null."""


def _generator() -> str:
    try:
        return f"klangkhao {version('klangkhao')}"
    except PackageNotFoundError:  # run from its source
        return "klangkhao from source"


GENERATOR: Final = _generator()

_TYPES: Final = {
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}


@dataclass(frozen=True, slots=True)
class Resource:
    """A table or mart as it was written: its files relative to the descriptor, rows, and bytes."""

    name: str
    paths: tuple[str, ...]
    rows: int
    size: int


def package(con: duckdb.DuckDBPyConnection, resources: Sequence[Resource]) -> dict[str, Any]:
    """The descriptor of an export.

    Args:
        con: the snapshot that was exported; its comments are the descriptions.
        resources: what was written.
    """
    written = {resource.name for resource in resources}
    described = dict(
        con.execute(
            "select table_name, comment from duckdb_tables() union all "
            "select view_name, comment from duckdb_views() where not internal"
        ).fetchall()
    )
    run = con.execute("select max(run_id) from etl_run").fetchone()
    return {
        "profile": "data-package",
        "name": "klangkhao",
        "title": "klangkhao: facts from Thai press releases",
        "description": (
            "Releases, the dates, amounts of money, counts and measures that their texts state, and what these refer "
            f"to. A resource of many files is partitioned by {PARTITION}, the year of publication ({UNDATED} where it "
            "is unknown), which stands in the names of the folders and not in the files."
        ),
        "generator": GENERATOR,
        "run": run[0] if run else None,
        "resources": [
            {
                "name": resource.name,
                "path": resource.paths[0] if len(resource.paths) == 1 else list(resource.paths),
                "profile": "data-resource",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "bytes": resource.size,
                "rows": resource.rows,
                "description": described[resource.name] or "",
                "schema": _schema(con, resource.name, written),
            }
            for resource in resources
        ],
    }


def _schema(con: duckdb.DuckDBPyConnection, name: str, written: set[str]) -> dict[str, Any]:
    """A table's columns, key and references; of a mart the columns alone."""
    schema: dict[str, Any] = {"fields": list(_fields(con, name))}
    model = schemas().get(name)
    if model is None:
        return schema
    schema["primaryKey"] = list(model.unique or ())
    schema["foreignKeys"] = [
        {
            "fields": [column],
            "reference": {
                "resource": "" if table == name else table,
                "fields": [column_referred_to(name, column)],
            },
        }
        for column, table in REFERENCES.get(name, {}).items()
        if table in written
    ]
    return schema


def _fields(con: duckdb.DuckDBPyConnection, name: str) -> Iterator[dict[str, Any]]:
    model = schemas().get(name)
    columns = con.execute(
        "select column_name, data_type, comment from duckdb_columns() where table_name = ? order by column_index",
        [name],
    ).fetchall()
    for column, kind, comment in columns:
        field: dict[str, Any] = {"name": column, "type": field_type(kind), "description": comment or ""}
        if model is not None and column in model.columns:
            constraints: dict[str, Any] = {}
            if not model.columns[column].nullable:
                constraints["required"] = True
            if allowed := allowed_values(model.columns[column].checks):
                constraints["enum"] = allowed
            if constraints:
                field["constraints"] = constraints
        yield field


def field_type(kind: str) -> str:
    """The type of a Table Schema for a type of DuckDB."""
    if kind.endswith("[]"):
        return "array"
    return "number" if kind.startswith("DECIMAL") else _TYPES[kind]


def allowed_values(checks: Iterable[Any]) -> list[str]:
    """The values that a column of a model may take; none where it is free."""
    return [value for check in checks if check.name == "isin" for value in check.statistics["allowed_values"]]
