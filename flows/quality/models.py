"""Checks that no file declares: that all tables are there, and that their rows keep to the pandera model of each.

Rows are held to the model before they are loaded, and those that fail are in quarantine. These checks hold the loaded
ones to it again: what was written since, by whatever hand, in tables that no staging leads to as well.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from flows.quality.checks import KEPT_ROWS, LOST, Check, Dimension, Found, Severity, Threshold
from schemas.references import GROUPS, Group

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    import pyarrow as pa

INVALID: Final = "row_invalid"
_ROWS: Final = 500_000  # that are held in memory at once
_ANY: Final = Threshold(rows=0)
_REPEATED: Final = "key_repeated"
# What never changes once it is loaded: of runs in which all of it was right it is right still.
_LASTING: Final = frozenset({*GROUPS[Group.FACT], "release_word"}) - {"release_similarity"}
_ACCEPTED: Final = """
select dim_release.release_key, etl_override.value
from dim_release
join etl_override on list_contains(dim_release.overrides, etl_override.override_id)
where etl_override.kind = 'accept'
"""


def model_checks() -> list[Check]:
    """That all tables are there, and for each of them that its rows keep to its model."""
    from schemas.tables import schemas

    lost = Check(
        name=LOST,
        dimension=Dimension.COMPLETENESS,
        table="all tables",
        severity=Severity.CRITICAL,
        owner="warehouse",
        warn=_ANY,
        fail=_ANY,
        why="A table or column that is gone takes its answers with it, and the checks on it find nothing.",
        remedy="Delete work.duckdb in the folder of the state: the next run goes on from the published snapshot; "
        "or run `klangkhao rebuild`.",
        find=_lost,
    )
    return [lost, *(_model_check(table) for table in schemas())]


def _model_check(table: str) -> Check:
    return Check(
        name=f"{INVALID}:{table}",
        dimension=Dimension.VALIDITY,
        table=table,
        severity=Severity.CRITICAL,
        owner="warehouse",
        warn=_ANY,
        fail=_ANY,
        why="The model of a table says which values it may hold; a row that breaks it was changed past the loader.",
        remedy="Run `klangkhao rebuild`; if it stays, report the rows listed with the rule that they break.",
        find=partial(_invalid, table=table),
    )


def _lost(con: duckdb.DuckDBPyConnection) -> Found:
    from schemas.tables import schemas

    there = set(
        con.execute(
            "select table_name, column_name from duckdb_columns() where database_name = current_database()"
        ).fetchall()
    )
    tables = {table for table, _ in there}
    wanted = [(table, column) for table, schema in schemas().items() for column in schema.columns]
    gone: dict[tuple[str, str | None], None] = {}
    for table, column in wanted:
        if (table, column) not in there:
            gone[table, column if table in tables else None] = None
    rows = tuple({"table_name": table, "column_name": column} for table, column in gone)
    return Found(len(rows), len(wanted), rows[:KEPT_ROWS])


def _invalid(con: duckdb.DuckDBPyConnection, *, table: str) -> Found:
    """The rows of a table that break its model, by their keys, each with the rules that it breaks."""
    from schemas.tables import schemas
    from schemas.validate import failures

    counted = con.execute(f"select count(*) from {table}").fetchone()
    assert counted
    accepted: set[tuple[int, str]] = set(con.execute(_ACCEPTED).fetchall())
    keys = list(schemas()[table].unique or ())
    failing, kept = _repeated(con, table, keys)
    for rows in _read(con, table):
        found = failures(table, rows)
        if not found:
            continue
        named = rows.select(keys).take(list(found)).to_pylist()
        for key, reasons in zip(named, found.values(), strict=True):
            broken = [
                each
                for each in reasons
                if each.code != _REPEATED and (key.get("release_key"), f"{table}:{each.code}") not in accepted
            ]
            if broken:
                failing += 1
                kept.append({**key, "broken": "; ".join(f"{each.code}: {each.sentence}" for each in broken)})
    kept = [{name: _plain(value) for name, value in row.items()} for row in kept[:KEPT_ROWS]]
    return Found(failing, counted[0], tuple(kept))


def _repeated(con: duckdb.DuckDBPyConnection, table: str, keys: list[str]) -> tuple[int, list[dict[str, Any]]]:
    """How many rows of a table have the key of another one, and the first such keys: its rows are read in parts."""
    named = ", ".join(keys)
    found = con.execute(
        f"select {named}, count(*) as rows, sum(count(*) - 1) over () as failing from {table}{_unproven(table)} "
        f"group by {named} having count(*) > 1 order by all limit {KEPT_ROWS}"
    ).fetchall()
    kept = [
        {**dict(zip(keys, key, strict=True)), "broken": f"{_REPEATED}: {rows} rows have this key"}
        for *key, rows, _ in found
    ]
    return int(found[0][-1]) if found else 0, kept


def _read(con: duckdb.DuckDBPyConnection, table: str) -> Iterator[pa.Table]:
    """The rows of a table in the types of its model: all of them, or those that no run has found right before."""
    import pyarrow as pa

    from schemas.tables import arrow_schema

    schema = arrow_schema(table)
    sql = f"select {', '.join(schema.names)} from {table}{_unproven(table)}"
    for batch in con.sql(sql).to_arrow_reader(_ROWS):
        columns = zip(batch.columns, schema, strict=True)
        yield pa.Table.from_arrays([column.cast(field.type) for column, field in columns], names=schema.names)


def _unproven(table: str) -> str:
    if table not in _LASTING:
        return ""
    return (
        " where release_key not in (select release_key from dim_release where run_id in (select run_id "
        f"from quality_result where check_name = '{INVALID}:{table}' and failing = 0))"
    )


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | str) else str(value)
