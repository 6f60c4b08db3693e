"""Is everything there that a run needs? Each line says ok, warn or fail, and what to do."""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from flows import show
from flows.complaints import FAILED
from flows.engine import EngineError, configured_url, home, require_answer
from flows.request import DECLARED, SETTINGS
from warehouse.connect import connect
from warehouse.errors import LockedError, WarehouseError
from warehouse.lock import run_lock
from warehouse.migrate import migrations, require_ours
from warehouse.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Callable

PYTHON = (3, 11)
ENOUGH_BYTES = 2_000_000_000  # a corpus of 12,615 releases needs a tenth of it
SCARCE_BYTES = 200_000_000
STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is (ok, warn or fail), and what to do about it."""

    name: str
    state: str
    detail: str
    remedy: str | None = None


def examine(warehouse: Path, *, as_json: bool) -> int:
    """Print what was found; return 1 if something is wrong enough for a run to fail, else 0."""
    paths = Paths(warehouse.expanduser().absolute())
    looks: list[Callable[[], Finding]] = [
        _python,
        _packages,
        lambda: _disk(paths),
        lambda: _writable(paths),
        lambda: _lock(paths),
        lambda: _snapshot(paths),
        lambda: _work(paths),
        _sources,
        _alerts,
        _checks,
        _prefect,
    ]
    found = [look() for look in looks]
    if as_json:
        sys.stdout.write(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2) + "\n")
    else:
        console = show.console()
        for each in found:
            line = Text(f"{each.state:>4}  ", style=STYLES[each.state])
            line.append(f"{each.name}: {each.detail}", style="default")
            if each.remedy:
                line.append(f" {each.remedy}", style="bold default")
            console.print(line)
    return FAILED if any(each.state == "fail" for each in found) else 0


def _python() -> Finding:
    shown = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < PYTHON:
        return Finding("Python", "fail", shown, "Install Python 3.11 or newer.")
    return Finding("Python", "ok", shown)


def _packages() -> Finding:
    """Compare what is installed with what the package asks for."""
    from packaging.requirements import Requirement

    try:
        wanted = requires("klangkhao") or []
    except PackageNotFoundError:
        remedy = "Install it: `python -m pip install -c constraints.txt -e .`"
        return Finding("packages", "warn", "klangkhao runs from its source and is not installed", remedy)
    wrong, seen = [], []
    for line in wanted:
        needed = Requirement(line)
        if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = version(needed.name)
        except PackageNotFoundError:
            wrong.append(f"{needed.name} is missing")
            continue
        seen.append(f"{needed.name} {installed}")
        if not needed.specifier.contains(installed, prereleases=True):
            wrong.append(f"{needed.name} {installed} is not {needed.specifier}")
    if wrong:
        return Finding("packages", "fail", "; ".join(wrong), "Install klangkhao again with `-c constraints.txt`.")
    return Finding("packages", "ok", ", ".join(seen))


def _disk(paths: Paths) -> Finding:
    folder = _existing(paths.snapshot.parent)
    free = shutil.disk_usage(folder).free
    shown = f"{free / 1e9:,.1f} GB free on the disk of {folder}"
    if free < SCARCE_BYTES:
        return Finding("disk", "fail", shown, "Free some space, or name another place with --warehouse.")
    if free < ENOUGH_BYTES:
        return Finding("disk", "warn", shown, "That may not do for many releases: free some space.")
    return Finding("disk", "ok", shown)


def _writable(paths: Paths) -> Finding:
    folder = _existing(paths.snapshot.parent)
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding("folder", "fail", f"{folder} can't be written", "Allow it, or name another with --warehouse.")
    return Finding("folder", "ok", f"{folder} can be written")


def _lock(paths: Paths) -> Finding:
    if not paths.state.exists():
        return Finding("lock", "ok", "no run has been here yet")
    try:
        with run_lock(paths):
            return Finding("lock", "ok", "no run is under way")
    except LockedError as error:
        return Finding("lock", "warn", str(error))
    except OSError as error:
        return Finding("lock", "fail", f"{paths.lock}: {error.strerror}", "Allow this file to be written.")


def _snapshot(paths: Paths) -> Finding:
    if not paths.snapshot.exists():
        return Finding("warehouse", "ok", f"{paths.snapshot} is not there yet; `klangkhao run` makes it")
    try:
        with closing(connect(paths.snapshot, read_only=True)) as con:
            schema = require_ours(con, paths.snapshot)
            last = con.execute("select run_id, status from etl_run order by started_at desc limit 1").fetchone()
            counted = con.execute("select count(*) from dim_release where is_current").fetchone()
    except WarehouseError as error:
        return Finding("warehouse", "fail", str(error))
    assert counted is not None
    told = f", last run {last[0]} {last[1]}" if last else ""
    detail = f"{paths.snapshot}: {counted[0]:,} releases, schema {schema} of {migrations()[-1].version}{told}"
    return Finding("warehouse", "ok", detail)


def _work(paths: Paths) -> Finding:
    if not paths.work.exists():
        return Finding("state", "ok", f"{paths.state} is made by the next run")
    waiting = sum(1 for _ in paths.landing.glob("*.parquet"))
    size = sum(file.stat().st_size for file in paths.state.rglob("*") if file.is_file())
    return Finding("state", "ok", f"{paths.state}: {size / 1e6:,.1f} MB, {waiting} landing batches")


def _sources() -> Finding:
    from flows.acquire.sources import FILES, SourceError, load_sources

    if not DECLARED.exists():
        return Finding("sources", "ok", "no sources.toml here: `klangkhao run` takes paths, or the sample releases")
    try:
        declared = load_sources(DECLARED)
    except SourceError as error:
        return Finding("sources", "fail", str(error))
    gone = [source.location for source in declared if source.kind in FILES and not Path(source.location).exists()]
    if gone:
        return Finding("sources", "warn", f"missing: {', '.join(gone)}", "Correct sources.toml, or bring them back.")
    return Finding("sources", "ok", f"{len(declared)} declared")


def _alerts() -> Finding:
    from flows.alerts.settings import SettingsError
    from flows.request import declared_targets

    if not SETTINGS.exists():
        return Finding("alerts", "ok", f"no {SETTINGS} here: nobody is told when the quality changes")
    try:
        targets = declared_targets(str(SETTINGS))
    except SettingsError as error:
        return Finding("alerts", "fail", str(error))
    missing = sorted({name for target in targets for name in target.variables if not os.environ.get(name)})
    if missing:
        remedy = "Set them for the process that runs; `klangkhao alerts --test` tries them out."
        return Finding("alerts", "warn", f"not in the environment: {', '.join(missing)}", remedy)
    return Finding("alerts", "ok", f"{len(targets)} declared; `klangkhao alerts --test` tries them out")


def _checks() -> Finding:
    from flows.quality.catalogue import own
    from flows.quality.checks import CheckFileError
    from flows.request import CHECKS, checks_folder

    try:
        found = own(checks_folder(None))
    except CheckFileError as error:
        return Finding("checks", "fail", str(error))
    told = f"{len({check.file for check in found})} of your own" if found else f"none of your own in ./{CHECKS}"
    return Finding("checks", "ok", told)


def _prefect() -> Finding:
    url = configured_url()
    if url is None:
        folder = _existing(home())
        if not os.access(folder, os.W_OK | os.X_OK):
            return Finding("Prefect", "fail", f"{folder} can't be written", "Allow it, or set PREFECT_HOME.")
        return Finding("Prefect", "ok", f"no server is configured: each run starts a private one, records in {home()}")
    try:
        require_answer(url)
    except EngineError as error:
        return Finding("Prefect", "fail", str(error))
    return Finding("Prefect", "ok", f"{url} answers")


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    return next(each for each in (folder, *folder.parents) if each.exists())
