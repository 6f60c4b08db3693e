"""What the terminal shows: the result of a run, the facts of a text, tables of rows."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from schemas.values import Count, Measure, Money, Period, Reason, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flows.quality.checks import CheckResult
    from flows.quality.summary import Example, Summary
    from schemas.records import Extraction, Mention
    from schemas.values import Value

STYLES = {
    "date": "bold black on bright_cyan",
    "money": "bold black on bright_green",
    "count": "bold black on bright_yellow",
    "measure": "bold black on bright_magenta",
    "unexplained": "bold white on red",
}
REASON_STYLE = "dim underline"
VERDICT_STYLES = {"pass": "green", "warn": "yellow", "fail": "bold red"}
EXAMPLES = 3
FINDINGS = 5
FAILING = 5  # rows of a check
SOURCES = 8
TALLIES = ("new", "changed", "unchanged", "failed", "refused", "gone", "left_alone", "waiting")
WIDTH_OF_A_PIPE = 160


def console(*, stderr: bool = False) -> Console:
    """Return a console; one that is no terminal is wide, so that tables keep their lines."""
    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=WIDTH_OF_A_PIPE)


def result(summary: Summary, *, colours: bool) -> Group:
    """Show the end of a run; without colours a fact stands in guillemets."""
    parts: list[Any] = [_headline(summary), _holdings(summary)]
    if summary.examples:
        parts += [
            Text("\nThree of the facts", style="bold"),
            *(_example(each, colours=colours) for each in summary.examples[:EXAMPLES]),
        ]
    if summary.sources:
        parts += [Text("\nSources asked", style="bold"), _sources(summary)]
    if summary.scores:
        parts += [Text("\nQuality", style="bold"), _scores(summary)]
        parts += [_finding(each) for each in summary.findings[:FINDINGS]]
    if summary.notes:
        parts += [Text(), *(Text(note, style="bold yellow", overflow="fold") for note in summary.notes)]
    parts += [Text(), _places(summary)]
    return Group(*parts)


def _headline(summary: Summary) -> Text:
    if summary.status == "refused":
        shown = Text("Not published: the quality gate refused. ", style="bold red")
    elif summary.status == "failed":
        shown = Text("Not complete. ", style="bold red")
    else:
        shown = Text("Done. ", style="bold green")
    still = f"{summary.still_quarantined:,} still in quarantine, " if summary.still_quarantined else ""
    closed = f", {summary.closed:,} closed" if summary.closed else ""
    shown.append(
        f"{summary.acquired:,} new or changed, {summary.unchanged:,} unchanged, "
        f"{summary.rejected:,} rejected, {still}{summary.loaded:,} loaded{closed} in {summary.seconds:.1f} s.",
        style="not bold default",
    )
    if summary.message:
        shown.append(f"\n{summary.message}", style="not bold default")
    return shown


def _holdings(summary: Summary) -> Table:
    grid = Table.grid(padding=(0, 3))
    cells = [("releases", f"{summary.releases:,}"), *((kind, f"{count:,}") for kind, count in summary.facts.items())]
    if summary.accountability is not None:
        cells.append(("numerals explained", f"{summary.accountability:.2%}"))
    if summary.quarantined:
        cells.append(("in quarantine", f"{summary.quarantined:,}"))
    for _ in cells:
        grid.add_column(justify="right")
    grid.add_row(*(Text(value, style="bold") for _, value in cells))
    grid.add_row(*(Text(name, style="dim") for name, _ in cells))
    return grid


def _example(example: Example, *, colours: bool) -> Table:
    sentence = Text(example.sentence, overflow="fold")
    sentence.stylize(STYLES[example.kind], example.mark_start, example.mark_end)
    if not colours:
        sentence = marked(sentence, [(example.mark_start, example.mark_end)])
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right", min_width=8)
    grid.add_row(Text(example.kind, style="dim"), Text(example.value, style="bold"))
    grid.add_row("", sentence)
    grid.add_row("", Text(f"{example.published_on or 'no date'} · {example.title}", style="dim", overflow="fold"))
    return grid


def _sources(summary: Summary) -> Table:
    """Show what came of asking each source: those that gave something or failed by name, the others as a number."""
    names = ("source", "asked", *TALLIES)
    told = [each for each in summary.sources if each.problems or each.asked > each.listed + each.unchanged]
    rows = [[each.source_id, each.asked, *(getattr(each, name) for name in TALLIES)] for each in told[:SOURCES]]
    quiet = [each for each in summary.sources if each not in told[:SOURCES]]
    if quiet:
        counts = [sum(getattr(each, name) for each in quiet) for name in ("asked", *TALLIES)]
        rows.append([f"{len(quiet):,} {'others' if rows else 'sources'}", *counts])
    return table_of([name.replace("_", " ") for name in names], rows)


def _scores(summary: Summary) -> Table:
    grid = Table.grid(padding=(0, 2))
    for each in summary.scores:
        filled = round(each.score * 20)
        bar = Text("█" * filled, style=VERDICT_STYLES[each.verdict])
        bar.append("░" * (20 - filled), style="dim")
        verdict = Text(each.verdict, style=VERDICT_STYLES[each.verdict])
        grid.add_row(f"  {each.dimension}", bar, f"{each.score:.2%}", verdict)
    if summary.quality is not None:
        grid.add_row(Text("  in all", style="bold"), "", Text(f"{summary.quality:.2%}", style="bold"), "")
    return grid


def _finding(finding: Any) -> Text:
    shown = Text(f"  {finding.verdict} ", style=VERDICT_STYLES[finding.verdict])
    name = finding.check.partition(":")[0].replace("_", " ")
    shown.append(f"{name} in {finding.table}: {finding.failing:,} of {finding.total:,}. ", style="default")
    shown.append(finding.remedy, style="dim")
    return shown


def outcome(result: CheckResult) -> Text:
    """Show what a check found: its verdict, how many rows fail, and the first of them."""
    shown = Text(f"{result.verdict} ", style=VERDICT_STYLES[result.verdict])
    shown.append(
        f"{result.check.name} in {result.check.table}: {result.failing:,} of {result.total:,} rows fail. ",
        style="default",
    )
    shown.append(result.check.why, style="dim not bold")
    for row in result.rows[:FAILING]:
        told = ", ".join(f"{name} {_cell(value)}" for name, value in row.items() if value is not None)
        shown.append(f"\n     {told}", style="default not bold")
    if result.failing > FAILING:
        shown.append(f"\n     … and {result.failing - FAILING:,} more", style="dim not bold")
    return shown


def _places(summary: Summary) -> Table:
    grid = Table.grid(padding=(0, 2))
    if summary.report:
        grid.add_row(Text("report", style="dim"), Text(summary.report, overflow="fold"))
    if summary.published:
        grid.add_row(Text("warehouse", style="dim"), Text(summary.warehouse, overflow="fold"))
        option = "" if summary.warehouse.endswith("/klangkhao.duckdb") else f' --warehouse "{summary.warehouse}"'
        grid.add_row(
            Text("try next", style="dim"), Text(f'klangkhao sql{option} "{summary.next_sql}"', overflow="fold")
        )
    return grid


def text_with_facts(body: str, extraction: Extraction, *, colours: bool) -> Text:
    """Show a text with its facts in colours, its reasons underlined and what is unexplained in red.

    Without colours the facts stand in guillemets.
    """
    shown = Text(body)
    for mention in extraction.mentions:
        shown.stylize(STYLES.get(kind_of(mention.value), REASON_STYLE), mention.start, mention.end)
    for entry in extraction.ledger:
        if entry.role is Role.UNEXPLAINED:
            shown.stylize(STYLES["unexplained"], entry.start, entry.end)
    if not colours:
        facts = (mention for mention in extraction.mentions if not isinstance(mention.value, Reason))
        return marked(shown, [(mention.start, mention.end) for mention in facts])
    return shown


def marked(text: Text, spans: Sequence[tuple[int, int]]) -> Text:
    """Put guillemets around the spans, which are in order and apart."""
    pieces = text.divide([offset for span in spans for offset in span])
    return Text.assemble(
        *(part for at, piece in enumerate(pieces) for part in (("«", piece, "»") if at % 2 else (piece,)))
    )


def legend() -> Text:
    """Show what the colours mean."""
    shown = Text()
    for kind, style in (*STYLES.items(), ("named reason", REASON_STYLE)):
        shown.append(f" {kind} ", style=style)
        shown.append("  ")
    return shown


def facts(extraction: Extraction) -> Table:
    """Show the facts of a text, one a row, with their place in it."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("place", "kind", "value", "as written", "rule", "ground"):
        table.add_column(name, overflow="fold")
    for mention in extraction.mentions:
        if isinstance(mention.value, Reason):
            continue
        kind = kind_of(mention.value)
        table.add_row(
            f"{mention.start}–{mention.end}",
            Text(kind, style=STYLES[kind]),
            written(mention.value),
            escape(mention.surface),
            Text(mention.rule, style="dim"),
            Text(mention.basis or mention.confidence, style="dim"),
        )
    return table


def kind_of(value: Value) -> str:
    """Name the kind of a value as the warehouse does; a reason by its role."""
    match value:
        case Period():
            return "date"
        case Money():
            return "money"
        case Count():
            return "count"
        case Measure():
            return "measure"
        case Reason(role):
            return role.value


def written(value: Value) -> str:
    """Write a value for people."""
    from flows.quality.summary import fact_value

    match value:
        case Period(edtf, _, _, modifier, _):
            return fact_value(edtf, None, None, modifier or "eq")
        case Money(amount, amount_max, unit, comparator, per):
            shown = fact_value(str(amount), _top(amount_max), unit, comparator)
        case Count(amount, amount_max, unit, _, comparator, per):
            shown = fact_value(str(amount), _top(amount_max), unit or "", comparator)
        case Measure(amount, amount_max, unit, comparator, per):
            shown = fact_value(str(amount), _top(amount_max), unit, comparator)
        case Reason(role):
            return role.value
    return f"{shown} / {per}" if per else shown


def _top(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def mention_as_dict(mention: Mention) -> dict[str, Any]:
    """Return a mention as plain values for JSON; decimals as texts, so that nothing is lost."""
    value = {name: _plain(getattr(mention.value, name)) for name in mention.value.__dataclass_fields__}
    return {
        "start": mention.start,
        "end": mention.end,
        "surface": mention.surface,
        "kind": kind_of(mention.value),
        "value": value,
        "rule": mention.rule,
        "paragraph_no": mention.paragraph_no,
        "confidence": str(mention.confidence),
        "basis": mention.basis,
        "alternatives": list(mention.alternatives),
    }


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int) else str(value)


def table_of(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """Show rows as a table; numbers to the right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    shown = [list(row) for row in rows]
    for at, name in enumerate(names):
        numeric = bool(shown) and all(_is_number(row[at]) for row in shown)
        table.add_column(escape(name), justify="right" if numeric else "left", overflow="fold")
    for row in shown:
        table.add_row(*(escape(_cell(value)) for value in row))
    return table


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def settings(pairs: Mapping[str, str]) -> Table:
    """Show names and values side by side."""
    grid = Table.grid(padding=(0, 2))
    for name, value in pairs.items():
        grid.add_row(Text(name, style="dim"), Text(value, overflow="fold"))
    return grid
