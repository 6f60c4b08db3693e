"""The main job over a corpus, measured from outside: time of each stage, throughput, memory, growth, second run.

    python tests/bench/corpus.py [CORPUS] [--releases 200 2000 0] [--keep FOLDER]

CORPUS is a folder or zip of releases; without it KLANGKHAO_CORPUS names one, else the sample releases are taken. Each
size is a run of the console command into a new warehouse with a new Prefect home, as on the first day on a machine,
then a second run over the same input. 0 stands for all releases. Memory is the sum over all processes of the run, its
workers and the private Prefect server included, looked at ten times a second (Linux).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from flows.acquire import documents
from flows.acquire.sources import source_for
from schemas.records import Document

ROOT = Path(__file__).parents[2]
STAGES = ("prepare", "acquire", "extract", "load", "compare", "check", "publish", "report")


@dataclass(frozen=True)
class Measured:
    """One run: its own numbers, the wall clock around it, and the most memory at once in bytes (0: unknown)."""

    summary: dict
    seconds: float
    peak: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("KLANGKHAO_CORPUS", str(ROOT / "seeds" / "releases"))
    parser.add_argument("corpus", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--releases", type=int, nargs="+", default=[200, 2000, 0])
    parser.add_argument("--keep", type=Path, help="leave the warehouses in this folder")
    args = parser.parse_args()
    folder = args.keep or Path(tempfile.mkdtemp(prefix="klangkhao-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{args.corpus}, {os.cpu_count()} cores")
    try:
        bench(args.corpus, args.releases, folder)
    finally:
        if args.keep is None:
            shutil.rmtree(folder)


def bench(corpus: Path, sizes: list[int], folder: Path) -> None:
    everything = [found for found in documents(source_for(corpus)) if isinstance(found, Document)]
    wanted = sorted({len(everything) if size == 0 else min(size, len(everything)) for size in sizes})
    columns: list[dict[str, str]] = []
    for size in wanted:
        step = len(everything) / size
        chosen = [everything[int(number * step)] for number in range(size)]
        megabytes = sum(len(document.raw) for document in chosen) / 1e6
        source = corpus
        if size < len(everything):
            source = folder / f"{size}.zip"
            with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
                for number, document in enumerate(chosen):
                    archive.writestr(f"{number:06}.txt", document.raw)
        warehouse = folder / f"{size}" / "bench.duckdb"
        first = run(source, warehouse, folder / f"prefect-{size}")
        again = run(source, warehouse, folder / f"prefect-{size}")
        cold = run(source, warehouse, folder / f"prefect-{size}-new")
        columns.append(column(size, megabytes, warehouse, first, again, cold))
    table(columns)


def column(
    size: int, megabytes: float, warehouse: Path, first: Measured, again: Measured, cold: Measured
) -> dict[str, str]:
    summary, stages = first.summary, first.summary["stages"]
    took = sum(stages.values())
    shown = {"releases": f"{size:,}", "MB of text": f"{megabytes:.1f}", "status": summary["status"]}
    for stage in STAGES:
        seconds = stages.get(stage, 0.0)
        shown[f"  {stage}, s"] = f"{seconds:.1f} ({seconds / took:3.0%})"
    shown["stages, s"] = f"{took:.1f}"
    shown["whole run, s"] = f"{first.seconds:.1f}"
    shown["releases/s"] = f"{size / first.seconds:,.0f}"
    shown["MB/s"] = f"{megabytes / first.seconds:.2f}"
    shown["ms a release, stages"] = f"{1000 * took / size:.2f}"
    shown["peak memory, MiB"] = f"{first.peak / 2**20:,.0f}" if first.peak else "unknown"
    shown["warehouse, MB"] = f"{warehouse.stat().st_size / 1e6:.1f}"
    shown["second run, s"] = f"{again.seconds:.1f}"
    shown["second run, new Prefect home, s"] = f"{cold.seconds:.1f}"
    shown["second run loaded"] = str(again.summary["loaded"] + cold.summary["loaded"])
    shown["facts"] = f"{sum(summary['facts'].values()):,}"
    shown["numerals explained"] = f"{summary['accountability']:.2%}"
    return shown


def table(columns: list[dict[str, str]]) -> None:
    names = list(columns[0])
    width = max(map(len, names))
    widths = [max(len(value) for value in each.values()) for each in columns]
    for name in names:
        cells = "   ".join(each[name].rjust(wide) for each, wide in zip(columns, widths, strict=True))
        print(f"{name.ljust(width)}   {cells}")


def run(source: Path, warehouse: Path, prefect_home: Path) -> Measured:
    """Run the console command and watch it."""
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PREFECT_HOME": str(prefect_home)}
    environment.pop("PREFECT_API_URL", None)
    command = [sys.executable, "-m", "flows.cli", "run", str(source), "--warehouse", str(warehouse), "--json"]
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    peak = [0]
    watcher = threading.Thread(target=watch, args=(process, peak), daemon=True)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - began
    watcher.join()
    if process.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Measured(json.loads(output), seconds, peak[0])


def watch(process: subprocess.Popen[str], peak: list[int]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], memory(process.pid))
        time.sleep(0.1)


def memory(root: int) -> int:
    """Resident bytes of a process and all below it; what they share counts once (PSS)."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(status.parent.name))
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


if __name__ == "__main__":
    main()
