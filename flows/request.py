"""What a run is asked to do: paths or declared sources, and the warehouse they go to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from flows.acquire.sources import Source, load_sources, source_for

if TYPE_CHECKING:
    from collections.abc import Sequence

DECLARED = Path("sources.toml")
SAMPLES = "samples"


class Parameters(TypedDict):
    """A request as plain values, as Prefect keeps the parameters of a flow; all paths are absolute."""

    paths: list[str]
    warehouse: str
    sources_file: str | None
    force: bool
    workers: int | None


@dataclass(frozen=True, slots=True)
class Request:
    """A run as asked for on the command line."""

    paths: tuple[Path, ...]
    warehouse: Path
    sources_file: Path | None = None
    force: bool = False
    workers: int | None = None  # processes; None: one for each core

    def parameters(self) -> Parameters:
        """Return the same as plain values; `./sources.toml` counts where nothing else is named."""
        file = self.sources_file or (DECLARED if not self.paths and DECLARED.exists() else None)
        return Parameters(
            paths=[_absolute(path) for path in self.paths],
            warehouse=_absolute(self.warehouse),
            sources_file=None if file is None else _absolute(file),
            force=self.force,
            workers=self.workers,
        )


def chosen_sources(paths: Sequence[str], sources_file: str | None) -> list[Source]:
    """Return the sources of a run: the paths and the declared ones, else the sample releases.

    Raises:
        SourceError: a path does not exist, or the declaration is wrong.
    """
    sources = [source_for(Path(path)) for path in paths]
    if sources_file is not None:
        sources += load_sources(Path(sources_file))
    if sources:
        return sources
    samples = resources.files("seeds") / "releases"
    return [Source(id=SAMPLES, kind="folder", location=str(samples), publisher="klangkhao", language="th")]


def _absolute(path: Path) -> str:
    return os.path.abspath(path.expanduser())  # noqa: PTH100 - a link is a name that its owner chose
