"""Prefect made ready: quiet and offline by default, with a private server where none is configured.

A flow without a server would start one by itself, but only after importing the whole server into its own process,
and nothing would end it when the run is killed. Here the server is a child that starts while this process imports
its own libraries, and that ends when its standard input closes, which the kernel sees to however the run ends.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START_SECONDS = 120  # a cold home on a busy machine migrates for tens of seconds
STOP_SECONDS = 10
ANSWER_SECONDS = 20
SCHEDULE_PID = "KLANGKHAO_SCHEDULE_PID"  # set for the runs of a schedule: the process to end with

DEFAULTS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": str(START_SECONDS),
    # The run prints its own progress, result and errors; Prefect's logs still go to its server.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_CLI_PROMPT": "false",
}


@dataclass(frozen=True, slots=True)
class Api:
    """A Prefect API: its address, and whether it is a private server of this process."""

    url: str
    is_private: bool


class EngineError(Exception):
    """Prefect can't be used; the message says why and what to do."""


def configure() -> None:
    """Set klangkhao's defaults for Prefect in the environment; what the user has set stays. Call before its import."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)


def configured_url() -> str | None:
    """Return the API address that the user's environment, profile or project file names, else None."""
    configure()
    from prefect.settings import get_current_settings

    return get_current_settings().api.url


def home() -> Path:
    """Return the directory in which Prefect keeps its profiles and, for a private server, its database."""
    return Path(os.environ.get("PREFECT_HOME") or "~/.prefect").expanduser()


class PrivateServer:
    """A Prefect API server in a child process, on a free port of this machine only.

    Args:
        kind: `run` serves the API for one run; `schedule` also runs the services that start scheduled runs.
    """

    def __init__(self, kind: Literal["run", "schedule"] = "run") -> None:
        configure()
        directory = home()
        self._lock = None
        try:
            directory.mkdir(parents=True, exist_ok=True)
            # Two servers that migrate one new database at the same time break it: start one after the other.
            self._lock = (directory / "klangkhao.lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        except OSError as error:
            message = (
                f"Prefect's home {directory} can't be written ({error.strerror}). "
                "Free or allow it, or set PREFECT_HOME to a directory of yours."
            )
            raise EngineError(message) from error
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the server
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", __file__, kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            # A Ctrl-C is for the run: the server must outlive it to record how the run ended.
            start_new_session=True,
        )
        self.url = ""

    def wait(self) -> str:
        """Return the address once the server answers.

        Raises:
            EngineError: it ended instead, or gave no answer in time.
        """
        assert self._process.stdout is not None
        port = self._process.stdout.readline().strip().decode()
        try:
            if not port:
                raise ConnectionError("it ended while starting")
            url = f"http://127.0.0.1:{port}/api"
            # The socket listens from the start, so that one request waits for as long as the server needs.
            with urllib.request.urlopen(f"{url}/health", timeout=START_SECONDS):  # noqa: S310 - our own address
                self.url = url
        except (OSError, urllib.error.URLError) as error:
            self.stop()
            reason = self._last_words() or (error.reason if isinstance(error, urllib.error.URLError) else error)
            message = (
                f"Prefect's private server did not start: {reason}. Its database is in {home()}: if another version "
                "of Prefect uses it, set PREFECT_HOME to an empty directory; or set PREFECT_API_URL to a server."
            )
            raise EngineError(message) from error
        self._unlock()
        return self.url

    def stop(self) -> None:
        """End the server, if that has not been done; it finishes writing what it was told."""
        self._unlock()
        if self._process.returncode is not None:
            return
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _last_words(self) -> str:
        """Return the last error that the server named before it ended, or nothing."""
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if re.match(r"\s*[\w.]*(Error|Exception): ", line)), "")

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


@contextmanager
def server(meanwhile: Callable[[], object], kind: Literal["run", "schedule"] = "run") -> Iterator[Api]:
    """Have a Prefect API for the length of the block: the configured one, else a private one.

    Args:
        meanwhile: is called while the private server starts, which takes seconds on the other core: imports, checks.
        kind: as of `PrivateServer`.

    Raises:
        EngineError: the private server does not start.
    """
    # Whether a profile or project file names a server is known once Prefect is imported; to wait for that would cost
    # those who have none a second in which the private server can start.
    private = None if os.environ.get("PREFECT_API_URL") else PrivateServer(kind)
    try:
        url = configured_url()
        if url or private is None:
            if private is not None:
                private.stop()
            url = url or os.environ["PREFECT_API_URL"]
            require_answer(url)
            meanwhile()
            yield Api(url, is_private=False)
            return
        from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        logging.raiseExceptions = False  # logs that the server can't take are not worth a page on the terminal
        meanwhile()
        url = private.wait()
        # Nobody listens for heartbeats on a private server, and their thread would hold up the end for a second.
        with temporary_settings(updates={PREFECT_API_URL: url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            try:
                yield Api(url, is_private=True)
            finally:
                _flush_logs()
    finally:
        if private is not None:
            private.stop()


def require_answer(url: str) -> None:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=ANSWER_SECONDS):  # noqa: S310 - the user configured it
            return
    except urllib.error.HTTPError:
        return  # somebody is there; whether we may use it, Prefect tells
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        message = (
            f"The Prefect server that is configured, {url}, does not answer ({reason}). "
            "Start it, correct PREFECT_API_URL, or unset it to have a private server for each run."
        )
        raise EngineError(message) from error


def end_with(parent: int) -> None:
    """End this process, abruptly, as soon as `parent`, which started it, is gone: nobody would hear of its work."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _flush_logs() -> None:
    """Send what Prefect's log handlers still hold, while there is a server to take it."""
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        for handler in logging.getLogger(name).handlers:
            handler.flush()


def _serve(kind: str) -> None:
    """Be the private server: print the port, serve until standard input closes."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()

    os.environ["PREFECT__SERVER_FINAL"] = "1"
    if kind == "run":
        os.environ["PREFECT__SERVER_EPHEMERAL"] = "1"
        os.environ["PREFECT_UI_ENABLED"] = "0"
        # Prefect's own blocks are of no use to a run, and writing them into a new database takes a second.
        os.environ["PREFECT_API_BLOCKS_REGISTER_ON_START"] = "false"
        os.environ["PREFECT_MEMOIZE_BLOCK_AUTO_REGISTRATION"] = "false"
    else:
        os.environ["PREFECT_UI_API_URL"] = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
    import uvicorn
    from prefect.server.api.server import create_app

    app = create_app(ephemeral=kind == "run", final=True)
    running = uvicorn.Server(
        uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=STOP_SECONDS // 2)
    )

    def stop_with_parent() -> None:
        os.read(sys.stdin.fileno(), 1)  # unbuffered: a lock held at the very end would be a fatal error
        running.should_exit = True

    threading.Thread(target=stop_with_parent, daemon=True).start()
    running.run(sockets=[listener])
    os._exit(0)  # all is written; taking the interpreter down in order would take another half a second


if __name__ == "__main__":
    _serve(sys.argv[1])
