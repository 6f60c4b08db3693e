"""A copy of the work database as it was before it is brought to a later schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.instants import now
from warehouse.publish import copy_file

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.paths import Paths

KEPT: Final = 3


def backups(paths: Paths) -> list[Path]:
    """The copies beside the work database, oldest first: their names begin with their time."""
    return sorted(paths.state.glob("work.*.v*.duckdb"))


def back_up(paths: Paths, version: int) -> Path:
    """Copy the work database, which nobody may have open, and keep the latest copies only.

    Args:
        paths: the warehouse.
        version: the schema version that the database is at.

    Raises:
        WarehouseError: there is no room for it, or it cannot be written; nothing is changed.
    """
    for stale in paths.state.glob(".work.*.partial"):
        stale.unlink()
    copy = paths.state / f"work.{now():%Y%m%dT%H%M%S.%fZ}.v{version:04}.duckdb"
    copy_file(paths.work, copy)
    for old in backups(paths)[:-KEPT]:
        old.unlink()
    return copy
