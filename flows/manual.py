"""What can be set up and what other tools can read: the part of the documentation that is written beside the code.

Each section is the text of one place: the docstring of a module, or the comments of a file that ships. So what people
read is what stands where it is done.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from importlib import import_module, resources
from itertools import groupby
from typing import Final

_SECTIONS: Final = {
    "sources": ("Sources: sources.toml", ()),
    "alerts": ("Alerts: klangkhao.toml", ("flows.alerts.settings", "flows.alerts", "flows.alerts.deliver")),
    "own-checks": ("Checks of your own: klangkhao-checks", ("flows.quality.catalogue", "flows.quality.checks")),
    "results": ("For catalogues and other tools", ("flows.quality.results", "flows.lineage")),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, or lines that keep their form."""

    text: str
    keeps_form: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A subject with its anchor on the page."""

    id: str
    title: str
    pieces: tuple[Piece, ...]


def sections() -> list[Section]:
    """All of it, in order."""
    return [
        Section(name, title, tuple(piece for module in modules for piece in _docstring(module)) or _declared())
        for name, (title, modules) in _SECTIONS.items()
    ]


def _declared() -> tuple[Piece, ...]:
    """The file that declares the samples: its comments name every key, and show each kind of source."""
    text = (resources.files("seeds") / "sources.toml").read_text(encoding="utf-8")
    return (Piece(text.strip("\n"), keeps_form=True),)


def _docstring(module: str) -> list[Piece]:
    """What a module says of itself: indented lines keep their form."""
    said = inspect.getdoc(import_module(module)) or ""
    pieces = []
    for indented, group in groupby(said.split("\n\n"), key=lambda paragraph: paragraph.startswith("    ")):
        if indented:
            pieces.append(Piece(inspect.cleandoc("\n\n".join(group)), keeps_form=True))
        else:
            pieces += [Piece(" ".join(paragraph.split())) for paragraph in group]
    return pieces
