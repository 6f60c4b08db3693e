"""The command `examples`: the worked questions, listed, shown or asked."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from rich.text import Text

from flows import query, show
from warehouse.questions import question, questions
from warehouse.reading import reading

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.questions import Question


def list_all(*, as_json: bool) -> int:
    """Print the names of all worked questions and what each asks."""
    if as_json:
        told = [{"name": each.name, "question": each.question, "sql": each.query} for each in questions().values()]
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return 0
    console = show.console()
    console.print(show.table_of(["example", "question"], [[each.name, each.question] for each in questions().values()]))
    console.print("Ask one: klangkhao examples NAME; see its SQL: klangkhao examples NAME --sql", style="dim")
    return 0


def show_sql(name: str) -> int:
    """Print the file of a worked question: SQL whose comments say how to read the answer.

    Raises:
        WarehouseError: there is no such question.
    """
    sys.stdout.write(question(name).sql)
    return 0


def ask(name: str, warehouse: Path, form: query.Format, output: Path | None) -> int:
    """Ask the warehouse a worked question; on a terminal the answer comes with how to read it.

    Raises:
        WarehouseError: there is no such question, or the warehouse cannot be opened.
        QueryError: the answer cannot be written, or the warehouse is older than the question.
    """
    asked = question(name)
    as_table = form is query.Format.TABLE and output is None
    with reading(warehouse) as con:
        if as_table:
            show.console().print(_said(asked, head=True))
        query.answer_from(con, asked.query, form, output)
    if as_table:
        show.console().print(_said(asked, head=False))
    return 0


def _said(asked: Question, *, head: bool) -> Text:
    if head:
        return Text.assemble((asked.question, "bold"), (f"\nOne row: {asked.grain}", "dim"))
    return Text.assemble(
        ("Read it: ", "dim bold"), (asked.read, "dim"), ("\nBeware: ", "dim bold"), (asked.beware, "dim")
    )
