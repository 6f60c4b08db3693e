"""The small commands that list what is declared: sources, alerts."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from rich.text import Text

from flows import show

if TYPE_CHECKING:
    from pathlib import Path

    from flows.acquire.sources import Source


def sources(file: Path, *, check: bool, as_json: bool) -> int:
    """Print the declared sources; with `check`, look into each. Returns 1 if one can't be read, else 0.

    Raises:
        SourceError: the file is missing or wrong.
    """
    from flows.acquire.sources import load_sources

    declared = load_sources(file)
    states = {source.id: _state(source) for source in declared} if check else {}
    if as_json:
        shown = [
            {
                "id": source.id,
                "kind": source.kind,
                "location": source.location,
                "publisher": source.publisher,
                "time_zone": source.time_zone,
                **({"problem": states[source.id]} if check else {}),
            }
            for source in declared
        ]
        _print_json(shown)
    else:
        rows = [
            [source.id, source.kind, source.location, source.publisher, *([states[source.id] or "ok"] if check else [])]
            for source in declared
        ]
        names = ["source", "kind", "location", "publisher", *(["state"] if check else [])]
        show.console().print(show.table_of(names, rows))
    return int(any(states.values()))


def _state(source: Source) -> str | None:
    """Return what is wrong with a source, as far as its first document tells; None if nothing is."""
    from flows.acquire import documents
    from flows.acquire.sources import SourceError
    from schemas.records import Rejected

    try:
        first = next(documents(source), None)
    except SourceError as error:
        return str(error)
    if first is None:
        return "there is no release in it"
    return f"{first.source_uri}: {first.detail}" if isinstance(first, Rejected) else None


def alerts(warehouse: Path, settings_file: str | None, *, test: bool, as_json: bool) -> int:
    """Print the targets of alerts with what waits for each; with `test`, send to them. Returns 1 if one fails, else 0.

    Raises:
        SettingsError: the settings are wrong.
        UsageError: there are no settings.
    """
    from flows.alerts import Alerts, try_out
    from flows.complaints import UsageError
    from flows.request import SETTINGS, declared_targets
    from warehouse.paths import Paths

    targets = declared_targets(settings_file)
    if not targets:
        raise UsageError(
            f"{settings_file or SETTINGS} declares no [[alert]]: write one, and the next run tells of changes."
        )
    waiting = Alerts.of(Paths(warehouse), targets).waiting()
    sent = {each.target: each for each in try_out(warehouse, targets)} if test else {}
    shown = [
        {
            "id": target.id,
            "kind": type(target).__name__.lower(),
            "level": target.level,
            "missing": [name for name in target.variables if not os.environ.get(name)],
            "waiting": waiting.get(target.id, []),
            **({"delivered": sent[target.id].delivered, "detail": sent[target.id].detail} if test else {}),
        }
        for target in targets
    ]
    if as_json:
        _print_json(shown)
    else:
        for each in shown:
            show.console().print(_alert(each), overflow="fold")
    return int(any(each["missing"] for each in shown) or not all(each.delivered for each in sent.values()))


def _alert(target: dict[str, Any]) -> Text:
    said = Text(f"{target['id']}: {target['kind']}, from {target['level']} on", style="bold")
    for name in target["missing"]:
        said.append(f"\n    {name} is not set in the environment", style="bold red")
    for error in target["waiting"]:
        said.append(f"\n    waits to be delivered: {error or 'not tried yet'}", style="yellow not bold")
    if "delivered" in target:
        outcome = "the test was delivered" if target["delivered"] else "the test was not delivered"
        detail = f": {target['detail']}" if target["detail"] else ""
        said.append(f"\n    {outcome}{detail}", style="green not bold" if target["delivered"] else "bold red")
    return said


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
