"""What goes wrong, in words: one message that names the thing, the place and the remedy; an exit code for scripts."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED = 1
USAGE = 2
REFUSED = 3
INTERRUPTED = 130  # 128 + SIGINT, as shells have it

FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class UsageError(Exception):
    """What was asked for can't be meant; the message says what can."""


class RunError(Exception):
    """A run could not do its work; the message says why and what to do."""


@contextmanager
def complain() -> Iterator[None]:
    """Turn what is raised in the block into a message on the standard error and an exit code.

    Raises:
        SystemExit: something was raised.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        _say("Stopped. What was done is kept; the same command goes on from there.")
        let_go(error)
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:  # `klangkhao sql … | head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(FAILED) from None
    except Exception as error:
        if os.environ.get("KLANGKHAO_DEBUG"):
            raise
        code, message = explain(error)
        _say(message)
        let_go(error)
        raise SystemExit(code) from None


def let_go(error: BaseException | None) -> None:
    """Free what the frames of an error hold: DuckDB's extension complains aloud of objects that outlive it."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def explain(error: Exception) -> tuple[int, str]:
    """Return the exit code and the message for an error."""
    from flows.acquire.landing import LandingError
    from flows.acquire.sources import SourceError
    from flows.alerts.settings import SettingsError
    from flows.engine import EngineError
    from flows.quality.checks import CheckError, CheckFileError
    from flows.query import QueryError
    from warehouse.errors import WarehouseError

    if isinstance(error, UsageError | SourceError | SettingsError | CheckFileError):
        return USAGE, str(error)
    if isinstance(error, RunError | EngineError | CheckError | QueryError | LandingError | WarehouseError):
        return FAILED, str(error)
    if isinstance(error, OSError):
        return FAILED, _os_error(error)
    if "httpx" in sys.modules and isinstance(error, sys.modules["httpx"].HTTPError):
        return FAILED, _server_error(error)
    if isinstance(error, MemoryError):
        return FAILED, "The memory is used up. Run with fewer --workers, or close other programs."
    return FAILED, _unknown(error)


def _os_error(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    if error.errno in FULL_DISK:
        return f"{place}the disk is full or its quota used up. Free some space and run again: what is done stays done."
    if isinstance(error, PermissionError):
        return f"{place}permission denied. Allow it, or name another place."
    return f"{place}{error.strerror or error}. Correct this and run again."


def _server_error(error: Exception) -> str:
    from flows.engine import home

    where = os.environ.get("PREFECT_API_URL") or f"the private one, which keeps its records in {home()}"
    return (
        f"Prefect's server ({where}) failed or went away: {str(error).splitlines()[0]}\n"
        "Look whether it runs, and whether its disk is full; then run again: what was done is kept."
    )


def _unknown(error: Exception) -> str:
    with tempfile.NamedTemporaryFile("w", prefix="klangkhao-", suffix=".txt", delete=False, encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return (
        f"klangkhao has a fault: {type(error).__name__}: {error}\n"
        f"Please report it with the file {file.name}. The published warehouse is as it was."
    )


def _say(message: str) -> None:
    sys.stdout.flush()
    sys.stderr.write(f"klangkhao: {message}\n")
