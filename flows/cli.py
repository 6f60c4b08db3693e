"""The console command `klangkhao`: arguments in, exit code out. All else is imported when it is needed."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.core import TyperGroup


class _Commands(TyperGroup):
    """All commands, so that what goes wrong in one is said in a sentence and never in a traceback."""

    def invoke(self, ctx: typer.Context) -> object:
        from flows.complaints import complain

        with complain():
            return super().invoke(ctx)


app = typer.Typer(
    name="klangkhao",
    cls=_Commands,
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


@app.command()
def run(
    paths: Paths = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    sources: Sources = None,
    *,
    force: Force = False,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Read releases, extract their facts, load, check and publish the warehouse, and write the report.

    Without a path: the sources that ./sources.toml declares, else the sample releases.
    """
    from flows import launch

    request = launch.Request(tuple(paths or ()), warehouse, sources, force=force, workers=workers)
    _end(launch.run(request, as_json=json))


@app.command()
def rebuild(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    *,
    force: Force = False,
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Read everything that was ever acquired again with today's rules, and publish the result."""
    from flows import launch

    request = launch.Request((), warehouse, None, force=force, workers=workers)
    _end(launch.rebuild(request, as_json=json))


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Text files, zip archives or folders.")],
    *,
    json: Json = False,
) -> None:
    """Show the facts of a text: highlighted where they stand, and as a table. Needs no warehouse."""
    from flows import facts

    _end(facts.show_files(files, as_json=json))


@app.command()
def sql(
    query: Annotated[str, typer.Argument(metavar='"SELECT ..."', help="A question in DuckDB's SQL; `-` reads it from the standard input.")],
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    form: Annotated[Format, typer.Option("--format", "-f", help="How the rows are given.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to, if not to the screen.")] = None,
) -> None:
    """Ask the published warehouse, read-only; a run that goes on meanwhile is not disturbed.

    The marts `releases`, `money`, `dates`, `counts` and `measures` are a good start.
    """
    from flows import query as queries

    queries.answer(warehouse, sys.stdin.read() if query == "-" else query, queries.Format(form), output)


@app.command()
def report(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    run_id: Annotated[str | None, typer.Option("--run", metavar="RUN", help="A run's own report; else the last one.")] = None,
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Write it anew from the warehouse.")] = False,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    json: Json = False,
) -> None:
    """Print where the data-quality report of a run is."""
    from flows import report as reports

    reports.find(warehouse, run_id, rebuild=rebuild, show=show, as_json=json)


@app.command()
def sources(
    file: Annotated[Path, typer.Option("--sources", metavar="FILE.toml", help="The file that declares them.")] = Path("sources.toml"),
    *,
    check: Annotated[bool, typer.Option("--check", help="Also look whether each can be read.")] = False,
    json: Json = False,
) -> None:
    """List the declared sources."""
    from flows import listing

    _end(listing.sources(file, check=check, as_json=json))


@app.command()
def quarantine(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    reason: Annotated[str | None, typer.Option("--reason", metavar="REASON", help="Only what was set aside for this reason.")] = None,
    *,
    json: Json = False,
) -> None:
    """List what was set aside, with the reason and what to do about it."""
    from flows import listing

    _end(listing.quarantine(warehouse, reason, as_json=json))


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to; made if need be.")],
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    *,
    json: Json = False,
) -> None:
    """Write every table and mart of the published warehouse as a Parquet file."""
    from flows import listing

    _end(listing.export(warehouse, folder, as_json=json))


@app.command()
def schedule(
    paths: Paths = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    sources: Sources = None,
    cron: Annotated[str, typer.Option("--cron", metavar='"M H D M W"', help="When, in the time of Bangkok.")] = DEFAULT_CRON,
    *,
    force: Force = False,
    workers: Workers = None,
) -> None:
    """Run again and again, by default every day at 06:00 in Bangkok, until it is stopped; never two at a time."""
    from flows import schedule as schedules

    _end(schedules.serve(tuple(paths or ()), warehouse, sources, cron, force=force, workers=workers))


@app.command()
def doctor(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    *,
    json: Json = False,
) -> None:
    """Look whether everything that a run needs is there, and say what to do where it isn't."""
    from flows import doctor as doctors

    _end(doctors.examine(warehouse, as_json=json))


@app.callback()
def options(
    *,
    version: Annotated[bool, typer.Option("--version", callback=lambda value: _print_version(value=value), is_eager=True, help="Print the version.")] = False,
) -> None:
    """Take what goes before the command."""


def _print_version(*, value: bool) -> None:
    if value:
        from importlib.metadata import version as version_of

        typer.echo(f"klangkhao {version_of('klangkhao')}")
        raise typer.Exit


def _end(code: int) -> NoReturn:
    raise typer.Exit(code)


def main() -> None:
    """Be the console command."""
    app()


if __name__ == "__main__":
    main()
