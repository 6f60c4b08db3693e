"""How a run tells what it is doing: bars on a terminal, nothing elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import TaskID


class Progress(Protocol):
    """Is told what begins and how far it is."""

    def begin(self, stage: str, total: int | None = None) -> None:
        """Begin a stage of `total` steps, None where nobody knows; the one before is done."""

    def advance(self, steps: int = 1) -> None:
        """Go on by so many steps of the stage."""


class Silent:
    """Tells nothing."""

    def begin(self, stage: str, total: int | None = None) -> None:
        """Tell nothing."""

    def advance(self, steps: int = 1) -> None:
        """Tell nothing."""


_current: ContextVar[Progress] = ContextVar("progress", default=Silent())  # noqa: B039 - holds no state


def current() -> Progress:
    """Return the progress of this run."""
    return _current.get()


@contextmanager
def shown(console: Console) -> Iterator[None]:
    """Show progress on `console` for the length of the block, if it is a terminal."""
    if not console.is_terminal:
        yield
        return
    bars = _Bars(console)
    token = _current.set(bars)
    try:
        with bars.display:
            yield
            bars.end()
    finally:
        _current.reset(token)


class _Bars:
    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Display

        self.display = Display(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._task: TaskID | None = None

    def begin(self, stage: str, total: int | None = None) -> None:
        self.end()
        self._task = self.display.add_task(stage, total=total)

    def advance(self, steps: int = 1) -> None:
        if self._task is not None:
            self.display.advance(self._task, steps)

    def end(self) -> None:
        if self._task is None:
            return
        done = self.display.tasks[self.display.task_ids.index(self._task)]
        total = done.total if done.total is not None else max(done.completed, 1)
        self.display.update(self._task, total=total, completed=total)
        self._task = None
