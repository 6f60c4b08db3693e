"""The console command `klangkhao`: arguments in, exit code out. All else is imported when it is needed."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")


app = typer.Typer(
    name="klangkhao",
    help="Thai press releases in, a DuckDB warehouse of traceable facts and a data-quality report out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

DEFAULT_WAREHOUSE = Path("klangkhao.duckdb")
DEFAULT_CRON = "0 6 * * *"

Warehouse = Annotated[
    Path, typer.Option("--warehouse", "-w", metavar="FILE.duckdb", help="The warehouse: a file that any DuckDB opens.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value, for scripts.")]
Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="[PATH]...", help="Folders, text files or zip archives of releases.")
]
Sources = Annotated[
    Path | None,
    typer.Option("--sources", metavar="FILE.toml", help="Declared sources; ./sources.toml where there is one."),
]
Force = Annotated[bool, typer.Option("--force", help="Publish even if the quality gate refuses; it stays on record.")]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, metavar="N", help="Worker processes; one for each core.")
]


class Format(StrEnum):
    """How `sql` gives its rows."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def _complaining(command: Callable[P, int | None]) -> Callable[P, None]:
    """Say what goes wrong in a command in a sentence, never in a traceback; end with its exit code."""

    @wraps(command)
    def said(*args: P.args, **kwargs: P.kwargs) -> None:
        from flows.complaints import complain

        with complain():
            raise SystemExit(command(*args, **kwargs))

    return said


@app.command()
@_complaining
def run(
    paths: Paths = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    sources: Sources = None,
    *,
    force: Force = False,
    workers: Workers = None,
    json: Json = False,
) -> int:
    """Read releases, extract their facts, load, check and publish the warehouse, and write the report.

    Without a path: the sources that ./sources.toml declares, else the sample releases.
    """
    from flows import launch
    from flows.request import Request

    request = Request(tuple(paths or ()), warehouse, sources, force=force, workers=workers)
    return launch.run(request, as_json=json)


@app.command()
@_complaining
def rebuild(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    *,
    force: Force = False,
    workers: Workers = None,
    json: Json = False,
) -> int:
    """Read everything that was ever acquired again with today's rules, and publish the result."""
    from flows import launch
    from flows.request import Request

    request = Request((), warehouse, None, force=force, workers=workers)
    return launch.rebuild(request, as_json=json)


@app.command()
@_complaining
def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Text files, zip archives or folders.")],
    *,
    json: Json = False,
) -> int:
    """Show the facts of a text: highlighted where they stand, and as a table. Needs no warehouse."""
    from flows import facts

    return facts.show_files(files, as_json=json)


@app.command()
@_complaining
def sql(
    query: Annotated[
        str,
        typer.Argument(
            metavar='"SELECT ..."', help="A question in DuckDB's SQL; `-` reads it from the standard input."
        ),
    ],
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    form: Annotated[Format, typer.Option("--format", "-f", help="How the rows are given.")] = Format.TABLE,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to, if not to the screen.")
    ] = None,
) -> None:
    """Ask the published warehouse, read-only; a run that goes on meanwhile is not disturbed.

    The marts `releases`, `money`, `dates`, `counts` and `measures` are a good start.
    """
    from flows import query as queries

    queries.answer(warehouse, sys.stdin.read() if query == "-" else query, queries.Format(form), output)


@app.command()
@_complaining
def report(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    run_id: Annotated[
        str | None, typer.Option("--run", metavar="RUN", help="A run's own report; else the last one.")
    ] = None,
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Write it anew from the warehouse.")] = False,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    json: Json = False,
) -> None:
    """Print where the data-quality report of a run is."""
    from flows import report as reports

    reports.find(warehouse, run_id, rebuild=rebuild, show=show, as_json=json)


@app.command()
@_complaining
def sources(
    file: Annotated[Path, typer.Option("--sources", metavar="FILE.toml", help="The file that declares them.")] = Path(
        "sources.toml"
    ),
    *,
    check: Annotated[bool, typer.Option("--check", help="Also look whether each can be read.")] = False,
    json: Json = False,
) -> int:
    """List the declared sources."""
    from flows import listing

    return listing.sources(file, check=check, as_json=json)


@app.command()
@_complaining
def quarantine(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="REASON", help="Only what was set aside for this reason.")
    ] = None,
    *,
    json: Json = False,
) -> int:
    """List what was set aside, with the reason and what to do about it."""
    from flows import listing

    return listing.quarantine(warehouse, reason, as_json=json)


@app.command()
@_complaining
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to; made if need be.")],
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    *,
    json: Json = False,
) -> int:
    """Write every table and mart of the published warehouse as a Parquet file."""
    from flows import listing

    return listing.export(warehouse, folder, as_json=json)


@app.command()
@_complaining
def schedule(
    paths: Paths = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    sources: Sources = None,
    cron: Annotated[
        str, typer.Option("--cron", metavar='"M H D M W"', help="When, in the time of Bangkok.")
    ] = DEFAULT_CRON,
    *,
    force: Force = False,
    workers: Workers = None,
) -> int:
    """Run again and again, by default every day at 06:00 in Bangkok, until it is stopped; never two at a time."""
    from flows.engine import configure
    from flows.request import Request

    configure()
    from flows import schedule as schedules

    return schedules.serve(Request(tuple(paths or ()), warehouse, sources, force=force, workers=workers), cron)


@app.command()
@_complaining
def doctor(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    *,
    json: Json = False,
) -> int:
    """Look whether everything that a run needs is there, and say what to do where it isn't."""
    from flows import doctor as doctors

    return doctors.examine(warehouse, as_json=json)


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=lambda value: _print_version(value=value), is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Take what goes before the command."""


def _print_version(*, value: bool) -> None:
    if value:
        from importlib.metadata import version as version_of

        typer.echo(f"klangkhao {version_of('klangkhao')}")
        raise typer.Exit


def main() -> None:
    """Be the console command."""
    app()


if __name__ == "__main__":
    main()
