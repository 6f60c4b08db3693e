"""What a run is asked to do: paths or declared sources, and the warehouse they go to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from flows.acquire.sources import Source, load_sources, source_for
from flows.alerts.settings import load_targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.alerts.settings import Target

DECLARED = Path("sources.toml")
SETTINGS = Path("klangkhao.toml")
CHECKS = Path("klangkhao-checks")
SAMPLES = "samples"


class Parameters(TypedDict):
    """A request as plain values, as Prefect keeps the parameters of a flow; all paths are absolute."""

    paths: list[str]
    warehouse: str
    sources_file: str | None
    force: bool
    allow_closing: bool | None
    workers: int | None
    settings_file: str | None
    checks_folder: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """A run as asked for on the command line."""

    paths: tuple[Path, ...]
    warehouse: Path
    sources_file: Path | None = None
    force: bool = False
    allow_closing: bool | None = None  # of what its source has no longer; None: unless it is suspiciously much
    workers: int | None = None  # processes; None: one for each core
    settings_file: Path | None = None
    checks_folder: Path | None = None

    def parameters(self) -> Parameters:
        """Return the same as plain values; what is in the working folder counts where nothing else is named."""
        file = self.sources_file or (DECLARED if not self.paths and DECLARED.exists() else None)
        return Parameters(
            paths=[_absolute(path) for path in self.paths],
            warehouse=_absolute(self.warehouse),
            sources_file=None if file is None else _absolute(file),
            force=self.force,
            allow_closing=self.allow_closing,
            workers=self.workers,
            settings_file=settings_file(self.settings_file),
            checks_folder=checks_folder(self.checks_folder),
        )


def settings_file(named: Path | None) -> str | None:
    """Return the settings that hold: those that are named, else `./klangkhao.toml` where there is one."""
    file = named or (SETTINGS if SETTINGS.exists() else None)
    return None if file is None else _absolute(file)


def checks_folder(named: Path | None) -> str | None:
    """Return the folder of one's own checks: the one that is named, else `./klangkhao-checks` where there is one."""
    folder = named or (CHECKS if CHECKS.is_dir() else None)
    return None if folder is None else _absolute(folder)


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


def declared_targets(file: str | None) -> list[Target]:
    """Return who is to be told of changes; nobody where no settings hold.

    Raises:
        SettingsError: the settings are wrong.
    """
    return [] if file is None else load_targets(Path(file))


def _absolute(path: Path) -> str:
    return os.path.abspath(path.expanduser())  # noqa: PTH100 - a link is a name that its owner chose
