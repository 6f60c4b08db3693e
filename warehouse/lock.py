"""One run at a time: a lock that the kernel drops when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from warehouse.errors import LockedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import TextIOWrapper

    from warehouse.paths import Paths


@contextmanager
def run_lock(paths: Paths) -> Iterator[None]:
    """Hold the warehouse for writing.

    The file names the holder for people; what counts is the kernel's lock on it, which worker processes don't
    inherit. The file stays when the lock is released: deleting it could split two waiting runs over two files.

    Raises:
        LockedError: another process holds it; the message names its pid and start.
    """
    paths.state.mkdir(parents=True, exist_ok=True)
    with paths.lock.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(
                f"{paths.snapshot}: another run is using this warehouse ({_holder(file)}). "
                "Wait until it has ended, stop it, or name another file with --warehouse."
            ) from None
        _write(file, f"pid {os.getpid()}, started {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
        try:
            yield
        finally:
            _write(file, "")


def _write(file: TextIOWrapper, text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()


def _holder(file: TextIOWrapper) -> str:
    file.seek(0)
    return file.read() or "it has only just started"
