"""What a warehouse holds, as one number per table, so that two of them can be compared.

Left out is what rightly differs between an interrupted and an undisturbed load: names of runs and batches, clocks, and
the tables that tell of runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.tables import arrow_schema, schemas

if TYPE_CHECKING:
    import duckdb

CLOCKS = frozenset(
    {"run_id", "loaded_at", "resolved_at", "resolved_run_id"}
)  # all that rightly differs where landing is the same
OF_RUNS = frozenset({"etl_run", "etl_batch", "quality_result", "quality_failing_row", "schema_migration"})
OF_ONE_RUN = frozenset(
    {
        "run_id",
        "batch_id",
        "first_seen_at",
        "valid_from",
        "valid_to",
        "quarantined_at",
        "last_seen_at",
        "resolved_at",
        "resolved_run_id",
    }
)


def checksums(con: duckdb.DuckDBPyConnection, *, same_landing: bool = False) -> dict[str, tuple[int, int]]:
    """Rows of each table, and the sum of their hashes: equal tables give equal sums in whatever order they lie.

    What comes from the same landing files has the same times of acquisition and the same batches, and all are compared.
    """
    found = {}
    left_out = CLOCKS if same_landing else OF_ONE_RUN
    for table in schemas():
        if table not in OF_RUNS or (same_landing and table == "etl_batch"):
            columns = ", ".join(name for name in arrow_schema(table).names if name not in left_out)
            row = con.execute(f"select count(*), coalesce(sum(hash({columns})), 0) from {table}").fetchone()
            assert row
            found[table] = row
    return found
