"""The console command as its users have it: a process of its own, with one Prefect home for all tests."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "seeds" / "releases"
NO_TRACEBACK = ("Traceback", "nanobind", "--- Error logging", 'File "')


@dataclass(frozen=True)
class Outcome:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Command:
    """The console command, run in a folder."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment

    def start(self, *arguments: object, **options: Any) -> subprocess.Popen[str]:
        environment = {**self.environment, **options.pop("env", {})}
        return subprocess.Popen(
            [sys.executable, "-m", "flows.cli", *map(str, arguments)],
            cwd=options.pop("cwd", self.folder),
            env=environment,
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            **options,
        )

    def __call__(self, *arguments: object, **options: Any) -> Outcome:
        """Run it to its end; whatever it says, it never shows a traceback."""
        given = options.pop("input", None)
        process = self.start(*arguments, stdin=subprocess.PIPE if given else subprocess.DEVNULL, **options)
        out, err = process.communicate(given, timeout=300)
        for sign in NO_TRACEBACK:
            assert sign not in err, err
        return Outcome(process.returncode, out, err)


def interrupt(process: subprocess.Popen[str]) -> Outcome:
    """Press Ctrl-C and wait for the end."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return Outcome(process.returncode, out, err)
