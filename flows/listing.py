"""The small commands that list what is declared: sources, alerts, checks."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from rich.text import Text

from flows import show
from schemas.declared import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.acquire.sources import Source
    from flows.quality.checks import Check, CheckResult


def sources(file: Path, *, check: bool, online: bool = False, as_json: bool) -> int:
    """Print the declared sources; with `check`, look into each. Returns 1 if one can't be read, else 0.

    Args:
        file: what declares them.
        check: look into folders and archives, and at what is declared of the others.
        online: also ask those of the web for their list, once.
        as_json: print one JSON value.

    Raises:
        SourceError: the file is missing or wrong.
    """
    from flows.acquire.sources import load_sources

    declared = load_sources(file)
    states = _states(declared, online=online) if check else {}
    if as_json:
        shown = [
            {
                "id": source.id,
                "kind": source.kind,
                "location": source.location,
                "publisher": source.publisher,
                "time_zone": source.time_zone,
                "permission": source.permission,
                **({"problem": states[source.id][0], "found": states[source.id][1]} if check else {}),
            }
            for source in declared
        ]
        _print_json(shown)
    else:
        rows = [
            [source.id, source.kind, source.location, source.publisher, *([_told(states[source.id])] if check else [])]
            for source in declared
        ]
        names = ["source", "kind", "location", "publisher", *(["state"] if check else [])]
        show.console().print(show.table_of(names, rows))
    return int(any(problem for problem, _ in states.values()))


def _states(declared: Sequence[Source], *, online: bool) -> dict[str, tuple[str | None, str]]:
    """What is wrong with each source, if anything is, and what is there."""
    from flows.acquire.probe import look
    from flows.acquire.web.fetch import Web

    if not online:
        return {source.id: look(source) for source in declared}
    with Web() as web:
        return {source.id: look(source, web) for source in declared}


def _told(state: tuple[str | None, str]) -> str:
    problem, found = state
    return problem or f"ok: {found}"


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
            f"{settings_file or SETTINGS} declares no [[alert]]: write one (`klangkhao alerts --help` shows how), and "
            "the next run tells of changes."
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


def checks(warehouse: Path, folder: str | None, names: Sequence[str], *, run: bool, as_json: bool) -> int:
    """Print the checks there are, or those that are named; with `run`, what they find in the published warehouse.

    Returns 1 if one of them fails there, else 0.

    Raises:
        CheckError: a check of one's own is wrong, or can't be run.
        UsageError: there is no check of a name.
        WarehouseError: the warehouse can't be opened.
    """
    from flows.quality.catalogue import every
    from flows.quality.checks import run_checks
    from warehouse.reading import reading

    known = every(folder)
    _require_known(names, known)
    chosen = [check for check in known if not names or {check.name, check.rule} & {*names}]
    found = {}
    if run:
        with reading(warehouse) as con:
            found = {result.check.name: result for result in run_checks(con, chosen)}
    if as_json:
        _print_json([_check(check, found.get(check.name)) for check in chosen])
    elif run:
        for result in found.values():
            show.console().print(show.outcome(result), overflow="fold")
    else:
        rows = [
            [check.name, check.table, check.severity, check.owner, check.warn.words, _fails(check)] for check in chosen
        ]
        show.console().print(show.table_of(["check", "table", "severity", "owner", "warns", "stops publication"], rows))
    return int(any(result.verdict == "fail" for result in found.values()))


def _require_known(names: Sequence[str], known: Sequence[Check]) -> None:
    from flows.complaints import UsageError

    there = sorted({check.rule for check in known} | {check.name for check in known})
    for name in names:
        if name not in there:
            hint = did_you_mean(name, there) or "; `klangkhao checks` lists them."
            raise UsageError(f"there is no check {name}{hint}")


def _fails(check: Check) -> str:
    return "never" if check.fail is None else check.fail.words


def _check(check: Check, result: CheckResult | None) -> dict[str, Any]:
    told = {
        "check": check.name,
        "table": check.table,
        "dimension": check.dimension.value,
        "severity": check.severity.value,
        "owner": check.owner,
        "warns": check.warn.words,
        "stops_publication": _fails(check),
        "why": check.why,
        "remedy": check.remedy,
        "file": str(check.file) if check.file else None,
    }
    if result is None:
        return told
    return told | {
        "verdict": result.verdict.value,
        "failing": result.failing,
        "total": result.total,
        "rows": list(result.rows),
    }


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
