"""Readers during a run: do they see whole snapshots only, do they ever wait, and what does it cost the run?

    python tests/bench/readers.py [CORPUS] [--releases 6000] [--parts 4] [--readers 10]

CORPUS is a folder or zip of releases; without it KLANGKHAO_CORPUS names one, else the sample releases are taken. It is
cut into parts; the first is published, and while the others are loaded, each by a run of the console command that ends
in a publication, the readers open the snapshot again and again, ask it what must hold of a whole one, and close it.

Each of these runs is made again, on a copy, beside as many processes that merely burn the processor time that the
readers took, and the two times are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAUSE = 0.05  # seconds between two questions, as a dashboard has it
WHOLE = """
select
    (select count(*) from dim_release) as releases,
    (select coalesce(sum(loaded), 0) from etl_run where status = 'ok') as loaded,
    (select count(*) from etl_run where status = 'running') as unfinished,
    (select count(*) from fact_money anti join dim_release using (release_key))
    + (select count(*) from fact_date anti join dim_release using (release_key))
    + (select count(*) from fact_numeral anti join dim_release using (release_key)) as orphans,
    (select count(distinct run_id) from quality_result) - (select count(*) from etl_run) as unchecked
"""
MART = "select publisher, count(*), sum(amount_thb) from money group by publisher order by 3 desc nulls last limit 10"


def read(snapshot: str) -> None:
    """Be a reader until told to stop, then print what was seen."""
    import duckdb

    going = True

    def stop(*_: object) -> None:
        nonlocal going
        going = False

    signal.signal(signal.SIGTERM, stop)
    parent = os.getppid()
    config = {"autoinstall_known_extensions": "false", "threads": 1}
    seen: set[int] = set()
    torn: list[str] = []
    opened, asked, rounds = 0.0, 0.0, 0
    print("ready", flush=True)
    while going and os.getppid() == parent:  # a reader without its bench has nobody to tell
        began = time.perf_counter()
        try:
            con = duckdb.connect(snapshot, read_only=True, config=config)
            opened = max(opened, time.perf_counter() - began)
            releases, loaded, *wrong = con.execute(WHOLE).fetchone()
            con.execute(MART).fetchall()
            con.close()
        except duckdb.Error as error:
            torn.append(str(error))
            continue
        asked = max(asked, time.perf_counter() - began)
        seen.add(releases)
        rounds += 1
        if releases != loaded or any(wrong):
            torn.append(f"{releases} releases, {loaded} loaded, {wrong}")
        time.sleep(PAUSE)
    told = {"rounds": rounds, "seen": sorted(seen), "torn": torn, "opened": opened, "asked": asked, "cpu": cpu()}
    print(json.dumps(told), flush=True)


def burn(share: str) -> None:
    """Take that share of a core until told to stop, in pieces as short as a reader's questions."""
    going = True

    def stop(*_: object) -> None:
        nonlocal going
        going = False

    signal.signal(signal.SIGTERM, stop)
    parent = os.getppid()
    print("ready", flush=True)
    began = time.perf_counter()
    while going and os.getppid() == parent:
        if cpu() < float(share) * (time.perf_counter() - began):
            sum(range(100_000))
        else:
            time.sleep(0.005)
    print(json.dumps({"cpu": cpu()}), flush=True)


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def start(kind: str, argument: object) -> subprocess.Popen[str]:
    """Start a reader or burner and wait until it is at work."""
    command = [sys.executable, str(Path(__file__)), kind, str(argument)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def stop(process: subprocess.Popen[str]) -> dict:
    process.terminate()
    out, _ = process.communicate(timeout=120)
    return json.loads(out)


@contextmanager
def beside(kind: str, argument: object, number: int) -> Iterator[list[subprocess.Popen[str]]]:
    """As many readers or burners, for the length of the block and no longer."""
    processes = [start(kind, argument) for _ in range(number)]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def load(part: Path, warehouse: Path, prefect_home: Path) -> tuple[float, float]:
    """Run the console command on a part; the seconds of the whole, and those of its stages."""
    environment = {**os.environ, "PREFECT_HOME": str(prefect_home)}
    environment.pop("PREFECT_API_URL", None)
    command = [sys.executable, "-m", "flows.cli", "run", str(part), "--warehouse", str(warehouse), "--json"]
    began = time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    seconds = time.perf_counter() - began
    if done.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}")
    return seconds, sum(json.loads(done.stdout)["stages"].values())


def cut(corpus: Path, releases: int, parts: int, folder: Path) -> list[Path]:
    """The corpus in zips of about the same size."""
    from flows.acquire import documents
    from flows.acquire.sources import source_for
    from schemas.records import Document

    found = [each for each in documents(source_for(corpus)) if isinstance(each, Document)][: releases or None]
    files = []
    for number in range(parts):
        files.append(folder / f"part{number}.zip")
        with zipfile.ZipFile(files[-1], "w", zipfile.ZIP_DEFLATED) as archive:
            for at, document in enumerate(found[number::parts]):
                archive.writestr(f"{number}-{at:06}.txt", document.raw)
    return files


def bench(corpus: Path, releases: int, parts: int, readers: int, folder: Path) -> None:
    first, *others = cut(corpus, releases, parts, folder)
    read_from, left_alone = folder / "readers" / "k.duckdb", folder / "burners" / "k.duckdb"
    read_from.parent.mkdir()
    load(first, read_from, folder / "prefect")
    shutil.copytree(read_from.parent, left_alone.parent)

    # In turns, and every second time the other way round, so that other work on the machine falls on both alike.
    told: list[dict] = []
    times: dict[str, list[tuple[float, float]]] = {"read": [], "burn": []}
    for at, part in enumerate(others):
        for kind in ("burn", "read") if at % 2 else ("read", "burn"):
            share = sum(one["cpu"] for one in told) / readers / max(sum(whole for whole, _ in times["read"]), 1)
            warehouse, argument = (read_from, read_from) if kind == "read" else (left_alone, share)
            with beside(kind, argument, readers) as processes:
                times[kind].append(load(part, warehouse, folder / "prefect"))
                ended = [stop(process) for process in processes]
            told += ended if kind == "read" else []

    torn = [each for one in told for each in one["torn"]]
    seen = sorted({count for one in told for count in one["seen"]})
    print(f"{readers} readers, {sum(one['rounds'] for one in told):,} rounds, {len(seen)} snapshots of {seen} releases")
    print(f"torn snapshots, waits for a lock or other errors: {len(torn)} {torn[:3]}")
    opened, asked = max(one["opened"] for one in told), max(one["asked"] for one in told)
    print(f"longest to open: {opened:.3f} s, to open and ask: {asked:.3f} s; {share:.0%} of a core each")
    for kind, name in (("read", "the readers"), ("burn", "as many that only burn")):
        shown = ", ".join(f"{whole:.1f} ({stages:.1f})" for whole, stages in times[kind])
        print(f"runs beside {name}, seconds (of the stages): {shown}")
    ratios = [sum(each[of] for each in times["read"]) / sum(each[of] for each in times["burn"]) for of in (0, 1)]
    print(f"ratio: {ratios[0]:.2f}, of the stages {ratios[1]:.2f}")
    if torn:
        raise SystemExit(1)


def main() -> None:
    if sys.argv[1:2] in (["read"], ["burn"]):
        (read if sys.argv[1] == "read" else burn)(sys.argv[2])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("KLANGKHAO_CORPUS", str(ROOT / "seeds" / "releases"))
    parser.add_argument("corpus", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--releases", type=int, default=6000, help="0 for all")
    parser.add_argument("--parts", type=int, default=4)
    parser.add_argument("--readers", type=int, default=10)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="klangkhao-readers-") as folder:
        bench(args.corpus, args.releases, args.parts, args.readers, Path(folder))


if __name__ == "__main__":
    main()
