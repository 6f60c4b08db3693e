"""Where a warehouse keeps its files: the published snapshot, and the state directory beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of the warehouse whose snapshot analysts open; nothing is created by naming it."""

    snapshot: Path

    @property
    def state(self) -> Path:
        """X.duckdb has X.klangkhao beside it; another ending stays in the name, so that X.db has a state of its own."""
        return self.snapshot.with_name(f"{self.snapshot.name.removesuffix('.duckdb')}.klangkhao")

    @property
    def work(self) -> Path:
        """The writer's own database."""
        return self.state / "work.duckdb"

    @property
    def landing(self) -> Path:
        """Raw bytes as acquired, in batches; never changed."""
        return self.state / "landing"

    @property
    def staging(self) -> Path:
        """Validated rows on their way into the work database; may be deleted at any time between runs."""
        return self.state / "staging"

    @property
    def reports(self) -> Path:
        return self.state / "reports"

    @property
    def lock(self) -> Path:
        return self.state / "run.lock"
