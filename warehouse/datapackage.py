"""The Frictionless data package beside a Parquet export: each file with its columns, keys and references.

https://specs.frictionlessdata.io/data-package/ (version 1, which version 2 readers take too).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from schemas.references import REFERENCES, column_referred_to, table_of_key
from schemas.tables import schemas
from seeds import origins
from warehouse.contracts import allowed_values, key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    """A table or mart as it was written: its files relative to the descriptor, rows, bytes, and their digest.

    The digest is the SHA-256 of the files' bytes, one file after the other.
    """

    name: str
    paths: tuple[str, ...]
    rows: int
    size: int
    digest: str


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
    run = con.execute("select run_id, started_at from etl_run order by run_id desc limit 1").fetchone()
    given = [each for each in origins() if written & {*each["tables"]}]
    return {
        "profile": "data-package",
        "name": "klangkhao",
        "title": "klangkhao: facts from Thai press releases",
        "description": (
            "Releases, the dates, amounts of money, counts and measures that their texts state, and what these refer "
            f"to. A resource of many files is partitioned by {PARTITION}, the year of publication ({UNDATED} where it "
            "is unknown), which stands in the names of the folders and not in the files. The licences are those of the "
            "reference tables; why the texts of the releases may be used stands with their sources, as permission."
        ),
        "generator": GENERATOR,
        "run": run[0] if run else None,
        **({"created": f"{run[1].isoformat()}Z"} if run else {}),
        "licenses": _licences(given),
        "sources": [*_sources(given), *_releases(con)],
        "resources": [
            {
                "name": resource.name,
                "path": resource.paths[0] if len(resource.paths) == 1 else list(resource.paths),
                "profile": "data-resource",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "bytes": resource.size,
                "hash": f"sha256:{resource.digest}",
                "rows": resource.rows,
                "description": described[resource.name] or "",
                **_origin_of(resource.name),
                "schema": _schema(con, resource.name, written),
            }
            for resource in resources
        ],
    }


def _origin_of(name: str) -> dict[str, Any]:
    """Sources and licences of a table or mart, where it holds something of others."""
    given = [each for each in origins() if name in each["tables"]]
    return {"licenses": _licences(given), "sources": _sources(given)} if given else {}


def _licences(given: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The licences of what was taken from others, each once."""
    found: dict[str, dict[str, str]] = {}
    for each in given:
        if "terms" in each:
            named = {"name": each["id"]} if "id" in each else {}
            title = each["id"] if "id" in each else f"{each['licence']}: {each['title'].partition(',')[0]}"
            found[each["terms"]] = {**named, "path": each["terms"], "title": title}
    return list(found.values())


def _sources(given: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{name: each[name] for name in ("title", "path") if name in each} for each in given]


def _releases(con: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    """The sources of the releases: who publishes them, where it is on the web, and why they may be used."""
    rows = con.execute(
        "select coalesce(publisher, source_id), location, permission from dim_source where source_key >= 0 "
        "order by source_key"
    ).fetchall()
    return [
        {
            "title": title,
            **({"path": location} if location and location.startswith(("http://", "https://")) else {}),
            **({"permission": permission} if permission else {}),
        }
        for title, location, permission in rows
    ]


def _schema(con: duckdb.DuckDBPyConnection, name: str, written: set[str]) -> dict[str, Any]:
    """Columns, key and references of a table or mart; a mart refers to what its columns are named after."""
    schema: dict[str, Any] = {"fields": list(_fields(con, name))}
    model = schemas().get(name)
    if model is None:
        schema["primaryKey"] = list(key(name))
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": table, "fields": [column]}}
            for column in (field["name"] for field in schema["fields"])
            if (table := table_of_key(column)) in written
        ]
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
