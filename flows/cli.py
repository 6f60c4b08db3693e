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
Closing = Annotated[
    bool | None,
    typer.Option(
        "--allow-closing/--no-closing",
        help="Close all releases, or none, that their folder or archive has no longer; without either, they are closed "
        "unless they are more than half of more than 20, or all.",
        show_default=False,
    ),
]
Settings = Annotated[
    Path | None,
    typer.Option(
        "--settings", metavar="FILE.toml", help="Who is told of changes; ./klangkhao.toml where there is one."
    ),
]
Checks = Annotated[
    Path | None,
    typer.Option(
        "--checks",
        metavar="FOLDER",
        help="SQL files with checks of your own; ./klangkhao-checks where there is one.",
    ),
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, metavar="N", help="Worker processes; one for each core.")
]


ALERTS = r"""
Who is told stands in klangkhao.toml; `klangkhao docs` has all its keys, and how a webhook is signed.

[\[alert]]
id = "catalogue"
kind = "webhook"
url = "https://hooks.example.org/quality"
secret_env = "KLANGKHAO_WEBHOOK_SECRET"

[\[alert]]
id = "desk"
kind = "email"
level = "fail"
host = "smtp.example.org"
sender = "quality@example.org"
to = ["desk@example.org"]
"""


class Format(StrEnum):
    """How `sql` gives its rows."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class Form(StrEnum):
    """What `export` writes."""

    PARQUET = "parquet"
    DUCKDB = "duckdb"


def _complaining(command: Callable[P, int | None]) -> Callable[P, None]:
    """Say what goes wrong in a command in a sentence, never in a traceback; end with its exit code."""

    @wraps(command)
    def said(*args: P.args, **kwargs: P.kwargs) -> None:
        from flows.complaints import complain

        with complain():
            code = command(*args, **kwargs)
            sys.stdout.flush()
            raise SystemExit(code)

    return said


@app.command()
@_complaining
def run(
    paths: Paths = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    sources: Sources = None,
    *,
    force: Force = False,
    allow_closing: Closing = None,
    workers: Workers = None,
    settings: Settings = None,
    checks: Checks = None,
    json: Json = False,
) -> int:
    """Read releases, extract their facts, load, check and publish the warehouse, and write the report.

    Without a path: the sources that ./sources.toml declares, else the sample releases.
    """
    from flows import launch
    from flows.request import Request

    request = Request(
        tuple(paths or ()),
        warehouse,
        sources,
        force=force,
        allow_closing=allow_closing,
        workers=workers,
        settings_file=settings,
        checks_folder=checks,
    )
    return launch.run(request, as_json=json)


@app.command()
@_complaining
def rebuild(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    *,
    force: Force = False,
    workers: Workers = None,
    settings: Settings = None,
    checks: Checks = None,
    json: Json = False,
) -> int:
    """Read everything that was ever acquired again with today's rules, and publish the result."""
    from flows import launch
    from flows.request import Request

    request = Request((), warehouse, None, force=force, workers=workers, settings_file=settings, checks_folder=checks)
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
def examples(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The example to ask; without it all are listed.")
    ] = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    form: Annotated[Format, typer.Option("--format", "-f", help="How the rows are given.")] = Format.TABLE,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to, if not to the screen.")
    ] = None,
    *,
    sql: Annotated[bool, typer.Option("--sql", help="Print its SQL instead, to start your own from.")] = False,
    json: Annotated[bool, typer.Option("--json", help="List all as one JSON value, for scripts.")] = False,
) -> int:
    """Ask one of twenty worked questions: money by publisher, deadlines, growth rates, contradictions and more."""
    from flows import examples as worked
    from flows import query as queries

    if name is None:
        return worked.list_all(as_json=json)
    if sql:
        return worked.show_sql(name)
    return worked.ask(name, warehouse, queries.Format(form), output)


@app.command()
@_complaining
def docs(
    to: Annotated[Path, typer.Option("--to", metavar="FILE.html", help="Where to.")] = Path("klangkhao-docs.html"),
    *,
    show: Annotated[
        bool | None,
        typer.Option("--open/--no-open", help="Open it in the browser; by default on a terminal.", show_default=False),
    ] = None,
) -> None:
    """Write the documentation as one page, print where it is and open it.

    Tables, diagram, worked questions, rules, checks, and all that can be set up.
    """
    from flows import docs as pages

    pages.write(to, show=sys.stdout.isatty() if show is None else show)


@app.command()
@_complaining
def search(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS...", help="Words, in any script; `OR`, `NOT`; a phrase as '\"two words\"'."),
    ],
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="How many releases to show.")] = 10,
    *,
    json: Json = False,
) -> int:
    """Find releases by the words of their titles and texts, the best first.

    All of the words must be there. Thai words end where the dictionary says: ตาก does not find ตากแดด. Names that it
    does not know are found as they are typed, and numbers in Thai or Western digits.
    """
    from flows import search as searches

    return searches.find(warehouse, " ".join(words), limit, as_json=json)


@app.command()
@_complaining
def report(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    run_id: Annotated[
        str | None, typer.Option("--run", metavar="RUN", help="A run's own report; else the last one.")
    ] = None,
    *,
    rebuild: Annotated[
        bool,
        typer.Option(
            "--rebuild",
            help="Write it anew, from the warehouse and the numbers of the run, which are kept beside the page.",
        ),
    ] = False,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    json: Json = False,
) -> None:
    """Print where the data-quality report of a run is."""
    from flows import report as reports

    reports.find(warehouse, run_id, rebuild=rebuild, show=show, as_json=json)


@app.command()
@_complaining
def show(
    release: Annotated[
        str,
        typer.Argument(
            metavar="RELEASE",
            help="A fact_uri of a mart, a release_id, a release_key, a source_uri, or the name of its file.",
        ),
    ],
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE.html", help="Where to; among the reports if not named.")
    ] = None,
    *,
    show: Annotated[
        bool | None,
        typer.Option("--open/--no-open", help="Open it in the browser; by default on a terminal.", show_default=False),
    ] = None,
) -> None:
    """Write the page of a release, with every fact marked in its text; print where it is and open it.

    The `fact_uri` of a mart, such as klangkhao://r0db77d58a5eb2183/1#char=120,135, is opened at its words.
    """
    from flows import page

    page.show(warehouse, release, to=to, open_it=sys.stdout.isatty() if show is None else show)


declared = typer.Typer(name="sources", help="List the declared sources, and check them.", invoke_without_command=True)
app.add_typer(declared)

Declaration = Annotated[
    Path | None,
    typer.Option("--sources", metavar="FILE.toml", help="The file that declares them; ./sources.toml if not named."),
]


@declared.callback()
def sources(
    context: typer.Context,
    file: Declaration = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Also look whether each can be read.")] = False,
    json: Json = False,
) -> None:
    """List the declared sources, and check them."""
    context.obj = file
    if context.invoked_subcommand is None:
        _list_sources(file, check=check, online=False, json=json)


@declared.command("list")
def sources_list(context: typer.Context, file: Declaration = None, *, json: Json = False) -> None:
    """List the declared sources."""
    _list_sources(file or context.obj, check=False, online=False, json=json)


@declared.command("check")
def sources_check(
    context: typer.Context,
    file: Declaration = None,
    *,
    online: Annotated[
        bool, typer.Option("--online", help="Also ask each source of the web once for its robots.txt and its list.")
    ] = False,
    json: Json = False,
) -> None:
    """Look whether each declared source can be used, and say what is missing: a permission, a contact, a pattern."""
    _list_sources(file or context.obj, check=True, online=online, json=json)


@_complaining
def _list_sources(file: Path | None, *, check: bool, online: bool, json: bool) -> int:
    from flows import listing

    return listing.sources(file or Path("sources.toml"), check=check, online=online, as_json=json)


quarantined = typer.Typer(
    name="quarantine",
    help="List what was set aside, with the reason and what to do about it; and get it out again.",
    invoke_without_command=True,
)
app.add_typer(quarantined)

Reason = Annotated[
    str | None, typer.Option("--reason", metavar="REASON", help="Only what was set aside for this reason.")
]
Everything = Annotated[bool, typer.Option("--all", help="Also what is out of quarantine again.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, for whoever reads the decision later.")]


@quarantined.callback()
def quarantine(
    context: typer.Context,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    reason: Reason = None,
    *,
    everything: Everything = False,
    json: Json = False,
) -> None:
    """List what was set aside, with the reason and what to do about it; and get it out again."""
    if context.invoked_subcommand is None:
        _list_quarantine(warehouse, reason, everything=everything, json=json)


@quarantined.command("list")
def quarantine_list(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    reason: Reason = None,
    *,
    everything: Everything = False,
    json: Json = False,
) -> None:
    """List what was set aside, with the reason and what to do about it; as without `list`."""
    _list_quarantine(warehouse, reason, everything=everything, json=json)


@_complaining
def _list_quarantine(warehouse: Path, reason: str | None, *, everything: bool, json: bool) -> int:
    from flows import quarantine as rejections

    return rejections.list_all(warehouse, reason, everything=everything, as_json=json)


@quarantined.command("show")
@_complaining
def quarantine_show(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A key from the list.")],
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    *,
    json: Json = False,
) -> int:
    """Show all that is known of a rejection, how its text would read in other encodings, and what can be done."""
    from flows import quarantine as rejections

    return rejections.show_one(warehouse, key, as_json=json)


@quarantined.command("fix")
@_complaining
def quarantine_fix(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A key from the list; a release_id; or an address.")],
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    *,
    why: Why,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help="Read it in this encoding, such as cp874.")
    ] = None,
    damaged: Annotated[
        bool, typer.Option("--damaged", help="With --encoding: read what is broken as the sign for that (U+FFFD).")
    ] = False,
    source: Annotated[
        bool, typer.Option("--source", help="With --encoding: for all of its source that can't be read otherwise.")
    ] = False,
    published_on: Annotated[
        str | None, typer.Option("--published-on", metavar="DAY", help="The day on which it was published.")
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Load it though this check of a value rejected it.")] = False,
    dismiss: Annotated[bool, typer.Option("--dismiss", help="It is right to leave it out.")] = False,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who decides; you, if not named.")] = None,
    json: Json = False,
) -> int:
    """Decide on the reading of a document or source; `replay`, or any run, puts it into effect."""
    from flows import quarantine as rejections

    wish = rejections.wish(
        encoding=encoding,
        damaged=damaged,
        source=source,
        published_on=published_on,
        accept=accept,
        dismiss=dismiss,
        why=why,
        by=by,
    )
    return rejections.fix(warehouse, key, wish, as_json=json)


@quarantined.command("replay")
@_complaining
def quarantine_replay(
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY]...", help="Keys from the list; without any, all of it.")
    ] = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    *,
    force: Force = False,
    workers: Workers = None,
    settings: Settings = None,
    checks: Checks = None,
    json: Json = False,
) -> int:
    """Read what was set aside again, with today's rules and decisions and without its sources, and publish."""
    from flows import launch
    from flows.request import Request

    request = Request((), warehouse, None, force=force, workers=workers, settings_file=settings, checks_folder=checks)
    return launch.replay(request, list(keys or ()), as_json=json)


@app.command(epilog=ALERTS)
@_complaining
def alerts(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    settings: Settings = None,
    *,
    test: Annotated[bool, typer.Option("--test", help="Send each of them a test, and tell what became of it.")] = False,
    json: Json = False,
) -> int:
    """List who is told when the quality changes, and what waits to be delivered."""
    from flows import listing
    from flows.request import settings_file

    return listing.alerts(warehouse, settings_file(settings), test=test, as_json=json)


@app.command()
@_complaining
def checks(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Names of checks; without any, all of them.")
    ] = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    folder: Checks = None,
    *,
    run: Annotated[
        bool, typer.Option("--run", help="Run them on the published warehouse, and show what fails.")
    ] = False,
    json: Json = False,
) -> int:
    """List the quality checks, your own among them, or try them on the published warehouse without a run.

    A check of your own is a file of SQL in the folder ./klangkhao-checks: CONTRIBUTING.md shows one.
    """
    from flows import listing
    from flows.request import checks_folder

    return listing.checks(warehouse, checks_folder(folder), names or [], run=run, as_json=json)


@app.command()
@_complaining
def export(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FOLDER|FILE.duckdb", help="Where to; beside the warehouse if not named."),
    ] = None,
    form: Annotated[
        Form | None, typer.Option("--format", "-f", help="How; a place that ends in .duckdb says it too.")
    ] = None,
    *,
    json: Json = False,
) -> int:
    """Give the published warehouse away: as Parquet with a data package, or as one DuckDB file.

    An export replaces an earlier one, and nothing else.
    """
    from flows import export as exports

    return exports.export(warehouse, to, exports.Form(form) if form else None, as_json=json)


@app.command()
@_complaining
def retention(
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    sources: Sources = None,
    *,
    only_copies: Annotated[
        bool,
        typer.Option(
            "--only-copies",
            help="Also give up answers that releases were read from: those stay, but `rebuild` is impossible then.",
        ),
    ] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete them; without it they are only listed.")] = False,
    json: Json = False,
) -> int:
    """List raw answers of sites that are older than the `keep_days` of their sources, and delete them if told so."""
    from flows import retention as retaining

    declared_in = sources or Path("sources.toml")
    return retaining.retain(warehouse, declared_in, only_copies=only_copies, delete=delete, as_json=json)


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
    settings: Settings = None,
    checks: Checks = None,
) -> int:
    """Run again and again, by default every day at 06:00 in Bangkok, until it is stopped; never two at a time."""
    from flows.engine import configure
    from flows.request import Request

    configure()
    from flows import schedule as schedules

    request = Request(
        tuple(paths or ()),
        warehouse,
        sources,
        force=force,
        workers=workers,
        settings_file=settings,
        checks_folder=checks,
    )
    return schedules.serve(request, cron)


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
