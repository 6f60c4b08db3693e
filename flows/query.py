"""SQL on the published snapshot, read-only, and its rows in the form that is asked for."""

from __future__ import annotations

import csv
import errno
import json
import sys
from contextlib import closing
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any

import duckdb

from warehouse.connect import connect
from warehouse.reading import reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROWS_SHOWN = 200  # of a table on the terminal; the other formats give all
ROWS_AT_ONCE = 10_000


class Format(StrEnum):
    """How rows are given."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class QueryError(Exception):
    """A query can't be answered; the message says why."""


def answer(snapshot: Path, query: str, form: Format, output: Path | None) -> None:
    """Run a query on the snapshot, or on any DuckDB file, and write its rows to `output`, or to the standard output.

    Raises:
        QueryError: the SQL is wrong, tries to write, or the output can't be written.
        WarehouseError: the file can't be opened.
    """
    with closing(connect(snapshot, read_only=True)) as con:
        answer_from(con, query, form, output)


def answer_from(con: duckdb.DuckDBPyConnection, query: str, form: Format, output: Path | None) -> None:
    """Run a query on what is opened already and write its rows; errors as of `answer`."""
    if form is Format.PARQUET and output is None and sys.stdout.isatty():
        raise QueryError("Parquet is not for the eye: name a file with --output, or pipe it into another program.")
    try:
        result = con.execute(query)
        if result is None or not result.description:
            raise QueryError("This statement gives no rows. Ask with `select …`; `show tables` lists what there is.")
        _write(result, form, output)
    except duckdb.Error as error:
        raise QueryError(_explained(error)) from error
    except OSError as error:
        if output is None and error.errno == errno.EPIPE:  # `klangkhao sql … | head` has read enough
            raise BrokenPipeError(*error.args) from error
        message = (
            f"{output or 'standard output'}: can't be written ({error.strerror}). Name another file with --output."
        )
        raise QueryError(message) from error


def table_rows(snapshot: Path, query: str) -> list[dict[str, Any]]:
    """Run one of our own queries on the snapshot and return its rows."""
    with reading(snapshot) as con:
        result = con.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _write(result: duckdb.DuckDBPyConnection, form: Format, output: Path | None) -> None:
    match form:
        case Format.TABLE:
            _write_table(result, output)
        case Format.PARQUET:
            _write_parquet(result, output)
        case Format.CSV if output:
            with output.open("w", encoding="utf-8", newline="") as file:
                _write_csv(result, file)
        case Format.CSV:
            _write_csv(result, sys.stdout)
        case Format.JSON if output:
            with output.open("w", encoding="utf-8") as file:
                _write_json(result, file)
        case Format.JSON:
            _write_json(result, sys.stdout)


def _write_table(result: duckdb.DuckDBPyConnection, output: Path | None) -> None:
    from rich.console import Console

    from flows import show

    names = _names(result)
    rows = result.fetchmany(ROWS_SHOWN + 1) if output is None else result.fetchall()
    table = show.table_of(names, rows[:ROWS_SHOWN] if output is None else rows)
    if output is not None:
        with output.open("w", encoding="utf-8") as file:
            Console(file=file, width=show.WIDTH_OF_A_PIPE).print(table)
        return
    show.console().print(table)
    if len(rows) > ROWS_SHOWN:
        more = f"The first {ROWS_SHOWN} rows. For all of them: --format csv, json or parquet."
        show.console(stderr=True).print(more, style="dim")


def _write_csv(result: duckdb.DuckDBPyConnection, file: IO[str]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_names(result))
    for rows in _batches(result):
        writer.writerows([[_csv_value(value) for value in row] for row in rows])
    file.flush()


def _write_json(result: duckdb.DuckDBPyConnection, file: IO[str]) -> None:
    names = _names(result)
    before = "[\n"
    for rows in _batches(result):
        for row in rows:
            named = {name: json_value(value) for name, value in zip(names, row, strict=True)}
            file.write(before + json.dumps(named, ensure_ascii=False))
            before = ",\n"
    file.write("[]\n" if before == "[\n" else "\n]\n")
    file.flush()


def _write_parquet(result: duckdb.DuckDBPyConnection, output: Path | None) -> None:
    import pyarrow.parquet as pq

    reader = result.to_arrow_reader(ROWS_AT_ONCE)
    assert reader is not None
    with pq.ParquetWriter(str(output) if output else sys.stdout.buffer, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)


def _names(result: duckdb.DuckDBPyConnection) -> list[str]:
    return [column[0] for column in result.description or ()]


def _batches(result: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[Any, ...]]]:
    while rows := result.fetchmany(ROWS_AT_ONCE):
        yield rows


def _csv_value(value: object) -> object:
    return json.dumps(json_value(value), ensure_ascii=False) if isinstance(value, list | dict) else value


def json_value(value: Any) -> Any:
    """Return a value as JSON has it; a decimal is a number where the number says exactly the same, else a text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if value == value and abs(value) != float("inf") else None  # noqa: PLR0124 - NaN
        case Decimal():
            return _json_decimal(value)
        case date() | datetime() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes():
            return value.hex()
        case list() | tuple():
            return [json_value(each) for each in value]
        case dict():
            return {str(key): json_value(each) for key, each in value.items()}
    return str(value)


def _json_decimal(value: Decimal) -> int | float | str:
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else str(value)


def _explained(error: duckdb.Error) -> str:
    text = str(error).strip()
    if "read-only mode" in text:
        return "The snapshot is read-only: it takes no changes. `klangkhao export` gives you tables to work on."
    if isinstance(error, duckdb.CatalogException):
        return f'{text}\nThe tables and marts: klangkhao sql "show tables"; their columns: "describe money".'
    return text
