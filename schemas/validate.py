"""Rows into Arrow and through their pandera model: what fails is named row by row, nothing is coerced or dropped."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pandera.pandas as pap
import pyarrow as pa

from schemas.tables import arrow_schema, schemas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandera.api.checks import Check

_UNREPRESENTABLE: Final = (pa.ArrowException, OverflowError, TypeError, UnicodeError, ValueError)

_TOLD: Final = re.compile(r"(?P<code>[a-z_]+): (?P<sentence>.+)")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a row cannot go in: a code to group by, and a sentence about this row."""

    code: str
    sentence: str


def to_arrow(table: str, rows: Sequence[tuple[Any, ...]]) -> tuple[pa.Table, list[int], dict[int, Failure]]:
    """The rows as an Arrow table of exactly the table's types.

    Args:
        table: name of a warehouse table.
        rows: tuples in the order of its columns.

    Returns:
        The table, for each of its rows the position in `rows`, and by position the rows that the types cannot hold
        (more decimal places than the column has, a value of another type): those are not in the table.
    """
    schema = arrow_schema(table)
    try:
        return _columns(schema, rows), list(range(len(rows))), {}
    except _UNREPRESENTABLE:
        misfits = {at: misfit for at, row in enumerate(rows) if (misfit := _misfit(schema, row))}
        kept = [at for at in range(len(rows)) if at not in misfits]
        return _columns(schema, [rows[at] for at in kept]), kept, misfits


def _columns(schema: pa.Schema, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    values = zip(*rows, strict=True) if rows else ((),) * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(values, schema, strict=True)]
    # Nullability is the model's to check: a null in a column that has none is a failure of that row, not of the batch.
    return pa.Table.from_arrays(arrays, names=schema.names)


def _misfit(schema: pa.Schema, row: tuple[Any, ...]) -> Failure | None:
    for value, field in zip(row, schema, strict=True):
        try:
            pa.array([value], field.type)
        except _UNREPRESENTABLE as error:
            sentence = f"{field.name} = {value!r} does not fit {field.type} ({error})"
            return Failure(f"{field.name}_unrepresentable", sentence)
    return None


def failures(table: str, rows: pa.Table, checks: Sequence[Check] = ()) -> dict[int, list[Failure]]:
    """The rows that fail the table's model, by position, each with all its failures.

    Args:
        table: name of a warehouse table.
        rows: an Arrow table of its types.
        checks: further checks of the whole frame, for what only the surroundings of the rows can tell.

    Raises:
        pandera.errors.SchemaErrors: columns or types are not the model's: a fault of the code, not of a row.
    """
    frame = rows.to_pandas(types_mapper=pd.ArrowDtype)
    schema = copy.copy(schemas()[table])
    schema.checks = [*schema.checks, *checks]
    try:
        schema.validate(frame, lazy=True)
    except pap.errors.SchemaErrors as error:
        cases = error.failure_cases
        if cases["index"].isna().any():
            raise
        return _by_row(cases.itertuples(index=False))
    return {}


def _by_row(cases: Any) -> dict[int, list[Failure]]:
    found: dict[int, dict[str, Failure]] = {}
    for case in cases:
        failure = _failure(case)
        # A check of the whole frame lists its row once per column.
        found.setdefault(int(case.index), {}).setdefault(failure.code, failure)
    return {at: list(by_code.values()) for at, by_code in sorted(found.items())}


def _failure(case: Any) -> Failure:
    check = str(case.check)
    if check == "multiple_fields_uniqueness":
        return Failure("key_repeated", "another row of the batch has the same key")
    if told := _TOLD.fullmatch(check):
        return Failure(told["code"], told["sentence"])
    return Failure(f"{case.column}_{check.partition('(')[0]}", f"{case.column} = {case.failure_case!r} fails {check}")
