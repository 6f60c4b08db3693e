"""The command `retention`: which raw answers of sites are kept no longer, as their sources declare it."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.text import Text

from flows import show
from flows.acquire.sources import load_sources
from flows.acquire.web.warc_landing import retention
from flows.complaints import RunError
from warehouse.lock import run_lock
from warehouse.paths import Paths

if TYPE_CHECKING:
    from pathlib import Path

    from flows.acquire.web.warc_landing import Expired


def retain(warehouse: Path, sources_file: Path, *, only_copies: bool, delete: bool, as_json: bool) -> int:
    """Tell which raw answers are older than the `keep_days` of their sources, and delete them if told so.

    Args:
        warehouse: whose landing is looked through.
        sources_file: what declares the sources; what none of them names is kept for ever.
        only_copies: whether answers go, too, that releases were read from; a rebuild is impossible without them.
        delete: whether anything is deleted, or it is only told.
        as_json: print one JSON value.

    Raises:
        LandingError: a file can't be read or deleted.
        LockedError: a run is using the warehouse.
        RunError: nothing was ever acquired.
        SourceError: the declaration is missing or wrong.
    """
    paths = Paths(warehouse.expanduser().absolute())
    keep_days = {source.id: source.keep_days for source in load_sources(sources_file)}
    if not paths.landing.is_dir():
        raise RunError(f"{paths.landing}: nothing was ever acquired for this warehouse. Start with `klangkhao run`.")
    with run_lock(paths) if delete else nullcontext():
        found = retention(
            paths.landing, keep_days, now=datetime.now(UTC), delete_only_copies=only_copies, delete=delete
        )
    if as_json:
        told = {name: [_row(each) for each in rows] for name, rows in asdict(found).items()}
        sys.stdout.write(json.dumps({"is_done": delete, **told}, ensure_ascii=False, indent=2) + "\n")
        return 0
    console = show.console()
    rows = [_line(each, "deleted" if delete else "would be deleted") for each in found.deleted]
    rows += [_line(each, "kept") for each in found.kept]
    if not rows:
        console.print("Nothing is older than the keep_days of its sources.")
        return 0
    names = ["file", "sources", "newest answer", "MB", "releases stand on it", "what"]
    console.print(show.table_of(names, rows))
    if found.kept:
        hint = "What releases were read from is kept, because a rebuild needs it; --only-copies gives it up."
        console.print(Text(hint, style="dim", overflow="fold"))
    if found.deleted and not delete:
        console.print("Nothing was deleted; --delete does it.", style="dim")
    return 0


def _row(expired: dict[str, object]) -> dict[str, object]:
    return {name: str(value) if name in {"path", "last_at"} else value for name, value in expired.items()}


def _line(expired: Expired, what: str) -> list[object]:
    sources = ", ".join(expired.sources)
    megabytes = round(expired.bytes / 1e6, 1)
    return [expired.path.name, sources, f"{expired.last_at:%Y-%m-%d}", megabytes, expired.only_copies, what]
