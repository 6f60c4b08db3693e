"""What was last told, and what is still to be delivered: one small file in the state folder, replaced in one step.

A verdict and the event that tells of its change are written together, before anything is sent: a run that is killed
afterwards leaves the event to the next one, and one that is killed before finds the same change again. What was sent
but not yet noted as sent is sent again, under the same id. The file is the run's that holds the warehouse.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FILE = "alerts.json"
DELIVERED_KEPT = 200
WAITING_KEPT = 100  # events; older ones than these are given up


@dataclass(slots=True)
class Standing:
    """A verdict, and since when it has been standing."""

    verdict: str
    since: str


@dataclass(slots=True)
class Waiting:
    """An event on its way: the targets that have not got it yet, each with what went wrong last ("" before that)."""

    event: dict[str, Any]
    targets: dict[str, str]
    attempts: int = 0


@dataclass(slots=True)
class Delivered:
    """An event that a target has got."""

    event_id: str
    target: str
    at: str
    attempts: int


@dataclass(slots=True)
class State:
    """All of the file. Of the checks only those are kept that did not pass."""

    run: Standing | None = None
    checks: dict[str, Standing] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    delivered: list[Delivered] = field(default_factory=list)

    def await_delivery(self, event: dict[str, Any], targets: list[str]) -> list[str]:
        """Put an event into the queue; return the ids of older ones that have to give way to it."""
        self.waiting.append(Waiting(event, dict.fromkeys(targets, "")))
        given_up = [each.event["id"] for each in self.waiting[:-WAITING_KEPT]]
        del self.waiting[:-WAITING_KEPT]
        return given_up

    def forget_targets(self, known: set[str]) -> None:
        """Take targets that are no longer declared out of the queue."""
        for each in self.waiting:
            each.targets = {target: error for target, error in each.targets.items() if target in known}
        self.waiting = [each for each in self.waiting if each.targets]

    def note(self, waiting: Waiting, target: str, at: str, error: str | None) -> None:
        """Note that an event was delivered to a target, or why not."""
        if error is not None:
            waiting.targets[target] = error
            return
        del waiting.targets[target]
        self.delivered.append(Delivered(waiting.event["id"], target, at, waiting.attempts))
        del self.delivered[:-DELIVERED_KEPT]
        if not waiting.targets:
            self.waiting.remove(waiting)


def read(file: Path) -> tuple[State, str | None]:
    """The state, and what is wrong with the file if it can't be read: then it is moved aside and all begins anew."""
    try:
        plain = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return State(), None
    except ValueError:
        return State(), _aside(file)
    try:
        return _state(plain), None
    except (TypeError, KeyError, AttributeError):
        return State(), _aside(file)


def write(file: Path, state: State) -> None:
    """Replace the file, lastingly."""
    partial = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        with partial.open("w", encoding="utf-8") as writing:
            json.dump(asdict(state), writing, ensure_ascii=False, indent=1)
            writing.flush()
            os.fsync(writing.fileno())
        partial.replace(file)
        descriptor = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()


def _state(plain: dict[str, Any]) -> State:
    return State(
        run=Standing(**plain["run"]) if plain["run"] else None,
        checks={name: Standing(**each) for name, each in plain["checks"].items()},
        waiting=[Waiting(**each) for each in plain["waiting"]],
        delivered=[Delivered(**each) for each in plain["delivered"]],
    )


def _aside(file: Path) -> str:
    kept = file.with_name(f"{file.name}.damaged")
    file.replace(kept)
    return f"{file} could not be read and was moved to {kept}: what stands is told anew, what waited there is lost"
