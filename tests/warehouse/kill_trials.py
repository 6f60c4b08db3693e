"""Kill a load with SIGKILL at random moments, start it again, and compare with a load that nothing disturbed.

    python tests/warehouse/kill_trials.py [TRIALS]

The victim goes through a landing queue as a run does: stage each batch, load it, mark copies, publish. It may die in
the middle of any of these. After every death the snapshot must open and hold one of the states it may hold.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from checksums import checksums  # noqa: E402
from rig import DeclaredRule  # noqa: E402
from synthetic import RULES, STARTED, corpus, extractor_of, write_landing_file  # noqa: E402

from flows.acquire.landing import read_landing  # noqa: E402
from flows.stage import Landed, stage_documents  # noqa: E402
from warehouse.connect import connect  # noqa: E402
from warehouse.dimensions import load_dimensions  # noqa: E402
from warehouse.load import load_batch, mark_copies  # noqa: E402
from warehouse.lock import run_lock  # noqa: E402
from warehouse.paths import Paths  # noqa: E402
from warehouse.publish import publish  # noqa: E402
from warehouse.work import clear_staging, finish_run, open_work, pending_batches, start_run  # noqa: E402

BATCHES = 8
RELEASES = 30
REVISED = 10


def releases():
    """Batches of releases: later ones revise some of the first batch's, and hold copies of others."""
    batches = [corpus(RELEASES, seed=number, paragraphs=3, folder=f"/{number}") for number in range(BATCHES)]
    for number in range(1, BATCHES):
        for release in batches[0][:REVISED]:
            batches[number].append(corpus(1, seed=100 + number, folder="/revised")[0].text(f"\n{release.source_uri}"))
            batches[number][-1].source_uri = release.source_uri
        copy = corpus(1, seed=0, paragraphs=3, folder="/0")[0]
        copy.source_uri = f"file:///copies/{number}.txt"
        batches[number].append(copy)
    return batches


def land(paths: Paths) -> None:
    for number, batch in enumerate(releases(), start=1):
        write_landing_file(paths.landing / f"r0-{number:04}.parquet", batch)


def run(paths: Paths) -> None:
    """The victim: everything of a run that writes."""
    extractor = extractor_of(release for batch in releases() for release in batch)
    run_id = f"r{time.time_ns()}"
    say("begun")
    with run_lock(paths):
        con = open_work(paths)
        clear_staging(paths)
        load_dimensions(con, sources=[], rules=[DeclaredRule(name) for name in RULES.values()])
        start_run(con, run_id=run_id, started_at=STARTED, extractor_version=extractor.version)
        for landing in pending_batches(con, paths):
            documents = [Landed(document, STARTED) for document in read_landing(landing)]
            staged = stage_documents(
                documents, paths.staging / landing.stem, extractor=extractor, run_id=run_id, seen_at=STARTED
            )
            load_batch(con, staged.batch_dir, batch_id=landing.stem, run_id=run_id)
        mark_copies(con)
        finish_run(con, run_id=run_id, status="ok")
        publish(con, paths)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def start(paths: Paths) -> subprocess.Popen[str]:
    """Start a victim and wait until it begins to write."""
    command = [sys.executable, str(Path(__file__)), "run", str(paths.snapshot)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    return process


def of_snapshot(paths: Paths) -> dict[str, tuple[int, int]]:
    with closing(connect(paths.snapshot, read_only=True)) as con:
        return checksums(con)


def trials(count: int, *, seed: int = 1) -> tuple[int, int]:
    """Run trials.

    Returns:
        How many victims were killed while they worked, and how many came to their end before.

    Raises:
        AssertionError: a snapshot differs from the undisturbed one.
    """
    draw = random.Random(seed)
    killed = survived = 0
    with tempfile.TemporaryDirectory(prefix="klangkhao-kill-") as folder:
        queue = Paths(Path(folder) / "queue.duckdb")
        land(queue)
        undisturbed = copy_of(queue, Path(folder) / "undisturbed")
        began = time.monotonic()
        assert start(undisturbed).wait() == 0
        whole = time.monotonic() - began
        wanted = of_snapshot(undisturbed)
        for trial in range(count):
            paths = copy_of(queue, Path(folder) / f"trial{trial}")
            for _ in range(draw.choice((1, 1, 2, 3))):
                victim = start(paths)
                time.sleep(draw.uniform(0, 0.75 * whole))  # later runs have less to do than the first
                victim.kill()
                died = victim.wait() != 0
                killed += died
                survived += not died
                if paths.snapshot.exists():
                    assert of_snapshot(paths) == wanted, f"trial {trial}: torn snapshot"
            assert start(paths).wait() == 0
            assert of_snapshot(paths) == wanted, f"trial {trial}: {difference(wanted, of_snapshot(paths))}"
            with closing(connect(paths.snapshot, read_only=True)) as con:
                states = con.execute(
                    "select status, count(*) from etl_run where status = 'running' group by 1"
                ).fetchall()
            assert states == [], f"trial {trial}: runs still said to be running"
            assert sorted(file.name for file in paths.snapshot.parent.iterdir()) == ["k.duckdb", "k.klangkhao"]
            shutil.rmtree(paths.snapshot.parent)
    return killed, survived


def copy_of(queue: Paths, folder: Path) -> Paths:
    paths = Paths(folder / "k.duckdb")
    shutil.copytree(queue.landing, paths.landing)
    return paths


def difference(wanted: dict[str, tuple[int, int]], found: dict[str, tuple[int, int]]) -> str:
    return "; ".join(f"{table}: {wanted[table]} ≠ {found[table]}" for table in wanted if wanted[table] != found[table])


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        run(Paths(Path(sys.argv[2])))
    else:
        number = int(sys.argv[1]) if sys.argv[1:] else int(os.environ.get("KLANGKHAO_TRIALS", "8"))
        deaths, ends = trials(number, seed=time.time_ns())
        told = f"{number} trials, {deaths} kills while at work, {ends} too late"
        say(f"{told}: every warehouse equals the undisturbed one")
