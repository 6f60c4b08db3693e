"""The documentation: one page for people, and the generated files of the repository.

`klangkhao docs` writes the page: dictionary, diagram, worked questions, rules, checks and settings in one HTML file
that needs nothing else. `python -m flows.docs` brings the generated files of the repository up to date; tests fail when
they are not: example values, data dictionary, diagram, data contracts.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
import tempfile
import webbrowser
from contextlib import closing
from functools import cache
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flows import manual
from flows.complaints import RunError, UsageError
from flows.quality.catalogue import built_in
from flows.quality.checks import Check, Threshold
from flows.samples import build
from flows.stage import known_rules
from schemas.references import GROUPS
from warehouse import contracts, diagram, dictionary
from warehouse.connect import connect
from warehouse.migrate import base_marts, marts
from warehouse.paths import Paths
from warehouse.questions import answer, questions

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

MARK: Final = '<meta name="generator" content="klangkhao docs">'
_ROWS: Final = 12  # of an answer


def write(to: Path, *, show: bool) -> None:
    """Write the page and print where it is; open it in the browser if asked to.

    Raises:
        UsageError: there is something else in its place.
        RunError: there is no browser to open it.
    """
    to = to.absolute()
    if to.is_dir():
        raise UsageError(f"{to}: this is a folder. Name a file with --to.")
    if to.exists() and MARK not in to.read_text(encoding="utf-8", errors="replace"):
        raise UsageError(f"{to}: this is not a page of klangkhao's. Name another file with --to; it is left as it is.")
    to.parent.mkdir(parents=True, exist_ok=True)
    partial = to.with_name(f".{to.name}.{os.getpid()}.partial")
    try:
        partial.write_text(page(), encoding="utf-8")
        partial.replace(to)
    finally:
        partial.unlink(missing_ok=True)
    sys.stdout.write(f"{to}\n")
    if show and not webbrowser.open(to.as_uri()):
        raise RunError(f"No browser could be started here. Open {to} yourself.")


def page() -> str:
    """The whole page."""
    described = dictionary.described()
    return _template().render(
        mark=MARK,
        introduction=dictionary.INTRODUCTION,
        diagram=diagram.svg(),
        marts=[described[name] for name in marts() if name not in base_marts()],
        keys={name: contracts.key(name) for name in marts() if name not in base_marts()},
        contracts=_contracts(),
        manual=manual.sections(),
        reads={name: contracts.reads(name) for name in marts()},
        groups={group.value: [described[name] for name in tables] for group, tables in GROUPS.items()},
        questions=[{"asked": each, "answer": answer(name)} for name, each in questions().items()],
        rows=_ROWS,
        rules=sorted(known_rules(), key=lambda rule: (rule.role, rule.name)),
        checks=_checks(),
    )


def _contracts() -> dict[str, tuple[str, str]]:
    """The data contract of each mart: the name of its file, and an address that holds the file itself."""
    return {
        name.removesuffix(contracts.ENDING): (
            name,
            f"data:application/yaml;base64,{base64.b64encode(text.encode()).decode()}",
        )
        for name, text in contracts.contracts().items()
    }


def _checks() -> list[tuple[Check, list[str]]]:
    """Each check once, with the tables that it is for."""
    ordered = sorted(built_in(), key=lambda check: (check.dimension, check.name))
    grouped = groupby(ordered, key=lambda check: check.name.partition(":")[0])
    return [(each[0], [check.table for check in each]) for each in (list(checks) for _, checks in grouped)]


@cache
def _template() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["words"] = lambda name: name.partition(":")[0].replace("_", " ")
    environment.filters["limit"] = _limit
    environment.filters["prose"] = _prose
    source = (resources.files("flows") / "templates" / "docs.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source)


def _prose(text: str) -> Markup:
    """Text with its code between backticks set as code."""
    from markupsafe import Markup

    pieces = re.split(r"`([^`]+)`", text)
    return Markup().join(
        Markup("<code>{}</code>").format(piece) if at % 2 else piece for at, piece in enumerate(pieces)
    )


def _limit(limit: Threshold | None) -> str:
    """A threshold in words."""
    return "never" if limit is None else limit.words


def generated() -> dict[Path, str]:
    """The files of the repository that come from the code, as they should be; the example values excepted."""
    files = {dictionary.FILE: dictionary.text(), diagram.FILE: diagram.svg()}
    return files | {contracts.FOLDER / name: text for name, text in contracts.contracts().items()}


def example_values() -> str:
    """The example values of the data dictionary, as they should be: taken from the sample releases."""
    with tempfile.TemporaryDirectory(prefix="klangkhao-docs-") as folder:
        paths = Paths(Path(folder) / "samples.duckdb")
        build(paths)
        with closing(connect(paths.snapshot, read_only=True)) as con:
            values = dictionary.values_of(con)
    return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _generate() -> None:
    dictionary.VALUES.write_text(example_values(), encoding="utf-8")
    dictionary.described.cache_clear()
    wanted = generated()
    for file in contracts.FOLDER.glob(f"*{contracts.ENDING}"):
        if file not in wanted:
            file.unlink()
    for file, text in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    _generate()
