"""Alerts: tell people and programs when the verdict of a check, or of the runs themselves, has changed.

On a change, not on every run. Every step is on disk before the next one begins, so that a run that is killed neither
loses an alert nor sends it under two ids. A run tries each event once for each target that has not got it, the oldest
first, and leaves a target that fails alone: it gets all that waits with the next run, up to the last 100 events.
Nothing here fails a run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flows.alerts import message, state
from flows.alerts.deliver import DeliveryError, deliver
from flows.quality.summary import Sent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from flows.alerts.settings import Target
    from flows.quality.summary import Summary
    from warehouse.paths import Paths


@dataclass(frozen=True, slots=True)
class Alerts:
    """The alerts of a warehouse; the caller holds its lock."""

    file: Path
    reports: Path
    targets: Sequence[Target]

    @classmethod
    def of(cls, paths: Paths, targets: Sequence[Target]) -> Alerts:
        return cls(paths.state / state.FILE, paths.reports, targets)

    def waiting(self) -> dict[str, list[str]]:
        """What waits for each target: of each event what went wrong last, or nothing where it was not tried yet."""
        found: dict[str, list[str]] = {}
        if self.file.exists():
            for each in state.read(self.file)[0].waiting:
                for target, error in each.targets.items():
                    found.setdefault(target, []).append(error)
        return found

    def record(self, summary: Summary, con: duckdb.DuckDBPyConnection | None, *, checked: bool) -> list[str]:
        """Put what the run changed on its way, before anything is sent; return what could not be done.

        Args:
            summary: the run, its status known.
            con: the work database; None where it can't be opened.
            checked: whether the run came to its checks, and their outcomes are in the database.
        """
        if not self.targets:
            return []
        try:
            known, problem = state.read(self.file)
            known.forget_targets({target.id for target in self.targets})
            found = message.outcomes(con, summary.run_id) if checked and con is not None else None
            report = str(self.reports / f"{summary.run_id}.html")
            event = message.observe(known, summary, found, con, report)
            problems = [problem] if problem else []
            if event is not None:
                listening = [each.id for each in self.targets if _hears(each, message.level(event))]
                if listening:
                    given_up = known.await_delivery(event, listening)
                    problems += [
                        f"alert {each} waited behind {state.WAITING_KEPT} others and was given up" for each in given_up
                    ]
            state.write(self.file, known)
        except OSError as error:
            return [
                f"{self.file}: alerts can't be put on record ({error.strerror}); the next run tells of what changed"
            ]
        return problems

    def send(self) -> list[Sent]:
        """Deliver what waits, the oldest first; a target that fails is left alone until the next run."""
        if not self.targets or not self.file.exists():
            return []
        try:
            return self._send()
        except OSError as error:
            why = f"{self.file}: what was delivered can't be put on record ({error.strerror}), and is sent again"
            return [Sent(target="all", event_id="", delivered=False, detail=why)]

    def _send(self) -> list[Sent]:
        known, _ = state.read(self.file)
        targets = {target.id: target for target in self.targets}
        sent: list[Sent] = []
        failed: set[str] = set()
        for waiting in list(known.waiting):
            waiting.attempts += 1
            for name in sorted(waiting.targets.keys() & targets.keys() - failed):
                error = note = None
                try:
                    note = deliver(targets[name], waiting.event)
                except DeliveryError as problem:
                    error = str(problem)
                    failed.add(name)
                known.note(waiting, name, datetime.now(UTC).isoformat(), error)
                state.write(self.file, known)
                sent.append(Sent(name, str(waiting.event["id"]), error is None, error or note))
        return sent


def try_out(warehouse: Path, targets: Sequence[Target]) -> list[Sent]:
    """Send each target an event that says nothing but that alerts arrive."""
    event = message.trial(str(warehouse), datetime.now(UTC))
    sent = []
    for target in targets:
        error = note = None
        try:
            note = deliver(target, event)
        except DeliveryError as problem:
            error = str(problem)
        sent.append(Sent(target.id, str(event["id"]), error is None, error or note))
    return sent


def _hears(target: Target, level: str) -> bool:
    return message.ORDER.index(level) >= message.ORDER.index(target.level)
