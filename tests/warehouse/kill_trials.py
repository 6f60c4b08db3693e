"""Kill a load with SIGKILL at random moments, start it again, and compare with a load that nothing disturbed.

The victim goes through a landing queue as a run does: stage the batches, load them, compare releases, publish. It may
die in the middle of any of these; every fourth is left alone until it publishes. In three of four trials the batches are
staged beforehand, so that more of the deaths fall into the load. After every death the snapshot must open and hold one
of the states it may hold. `tests/bench/kill.py` does it some hundred times.
"""

from __future__ import annotations

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
from synthetic import RULE_NAMES, STARTED, corpus, example, extractor_of, write_landing_file  # noqa: E402

from flows.acquire.landing import read_landing, write_gone  # noqa: E402
from flows.stage import Landed, stage_documents  # noqa: E402
from schemas.records import Gone  # noqa: E402
from warehouse.connect import connect  # noqa: E402
from warehouse.dimensions import load_dimensions  # noqa: E402
from warehouse.load import FACT_TABLES, load_batches  # noqa: E402
from warehouse.lock import run_lock  # noqa: E402
from warehouse.paths import Paths  # noqa: E402
from warehouse.publish import publish  # noqa: E402
from warehouse.sameness import relate  # noqa: E402
from warehouse.work import clear_staging, finish_run, open_work, pending_batches, start_run  # noqa: E402

BATCHES = 8
RELEASES = 16
REVISED = 6
DISAPPEARED = 4  # of each third batch; some of them come back
TOGETHER = 3  # batches in a transaction: fewer than a run has, so that more deaths fall between two of them
PUBLISHING = "publishing"
MUST_HOLD = (  # else nothing is compared
    "dim_release",
    *FACT_TABLES,
    "release_change",
    "etl_document",
    "etl_batch",
    "etl_quarantine",
)


def releases():
    """Batches of releases: later ones revise some of the first batch's, hold copies of others, and bring some back."""
    batches = [corpus(RELEASES, seed=number, paragraphs=3, folder=f"/{number}") for number in range(BATCHES)]
    for number in range(1, BATCHES):
        for release in batches[0][:REVISED]:
            batches[number].append(corpus(1, seed=100 + number, folder="/revised")[0].text(f"\n{release.source_uri}"))
            batches[number][-1].source_uri = release.source_uri
        copy = corpus(1, seed=0, paragraphs=3, folder="/0")[0]
        copy.source_uri = f"file:///copies/{number}.txt"
        batches[number].append(copy)
    batches[-1] += batches[2][:2]
    for number, batch in enumerate(batches):
        batch.append(example(f"file:///pairs/{number}.txt").text("\nที่จังหวัดเลย"))
        batch.append(example(f"file:///rejected/{number}.txt", title=""))
    return batches


def land(paths: Paths) -> None:
    number = 0
    for batch in releases():
        number += 1
        write_landing_file(paths.landing / f"r0-{number:04}.parquet", batch)
        if number % 3 == 0:
            gone = [Gone("releases", release.source_uri) for release in batch[:DISAPPEARED]]
            assert write_gone(paths.landing, "r0", gone, acquired_at=STARTED)
            number += 1


def run(paths: Paths, ready: Path | None) -> None:
    """The victim: everything of a run that writes; without staging where its folders are `ready`."""
    run_id = f"r{time.time_ns()}"
    say("begun")
    with run_lock(paths):
        con = open_work(paths)
        clear_staging(paths)
        load_dimensions(con, sources=[], rules=[DeclaredRule(name) for name in RULE_NAMES])
        start_run(con, run_id=run_id, started_at=STARTED, extractor_version="test-1")
        batches = pending_batches(con, paths)
        staged = [ready / batch.stem for batch in batches] if ready else stage(batches, paths.staging, run_id)
        load_batches(con, staged, run_id=run_id, together=TOGETHER)
        relate(con)
        finish_run(con, run_id=run_id, status="ok")
        say(PUBLISHING)
        publish(con, paths)


def stage(batches: list[Path], folder: Path, run_id: str) -> list[Path]:
    extractor = extractor_of(release for batch in releases() for release in batch)
    staged = []
    for landing in batches:
        documents = [Landed(document, STARTED) for document in read_landing(landing)]
        result = stage_documents(documents, folder / landing.stem, extractor=extractor, run_id=run_id, seen_at=STARTED)
        staged.append(result.batch_dir)
    return staged


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def start(paths: Paths, ready: Path | None = None) -> subprocess.Popen[str]:
    """Start a victim and wait until it begins to write."""
    command = [sys.executable, str(Path(__file__)), str(paths.snapshot), *([str(ready)] if ready else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    return process


def of_snapshot(paths: Paths) -> dict[str, tuple[int, int]]:
    with closing(connect(paths.snapshot, read_only=True)) as con:
        return checksums(con, same_landing=True)


def trials(count: int, *, seed: int = 1) -> tuple[int, int, int]:
    """Run trials.

    Returns:
        How many victims were killed while they worked, how many of them while they published, and how many came to
        their end before.

    Raises:
        AssertionError: a snapshot differs from the undisturbed one.
    """
    draw = random.Random(seed)
    killed = killed_publishing = survived = 0
    with tempfile.TemporaryDirectory(prefix="klangkhao-kill-") as folder:
        queue = Paths(Path(folder) / "queue.duckdb")
        land(queue)
        undisturbed = copy_of(queue, Path(folder) / "undisturbed")
        whole, publishing = timed(undisturbed)
        wanted = of_snapshot(undisturbed)
        ready = Path(folder) / "ready"
        stage(sorted(queue.landing.glob("*.parquet")), ready, "r0")
        loading, _ = timed(copy_of(queue, Path(folder) / "once"), ready)
        assert all(wanted[table][0] for table in MUST_HOLD), wanted
        for trial in range(count):
            paths = copy_of(queue, Path(folder) / f"trial{trial}")
            staged, length = (ready, loading) if trial % 4 else (None, whole)
            for _ in range(draw.choice((1, 1, 2, 3))):
                victim = start(paths, staged)
                if at_publishing := draw.random() < 1 / 4:
                    assert victim.stdout
                    assert victim.stdout.readline() == f"{PUBLISHING}\n"
                    time.sleep(draw.uniform(0, publishing))
                else:
                    time.sleep(draw.uniform(0, 0.75 * length))  # later runs have less to do than the first
                victim.kill()
                died = victim.wait() != 0
                killed += died
                killed_publishing += died and at_publishing
                survived += not died
                if paths.snapshot.exists():
                    assert of_snapshot(paths) == wanted, f"trial {trial}: torn snapshot"
            assert start(paths, staged).wait() == 0
            assert of_snapshot(paths) == wanted, f"trial {trial}: {difference(wanted, of_snapshot(paths))}"
            with closing(connect(paths.snapshot, read_only=True)) as con:
                states = con.execute(
                    "select status, count(*) from etl_run where status = 'running' group by 1"
                ).fetchall()
            assert states == [], f"trial {trial}: runs still said to be running"
            assert sorted(file.name for file in paths.snapshot.parent.iterdir()) == ["k.duckdb", "k.klangkhao"]
            shutil.rmtree(paths.snapshot.parent)
    return killed, killed_publishing, survived


def timed(paths: Paths, ready: Path | None = None) -> tuple[float, float]:
    """Seconds of an undisturbed run from its first write to its end, and those of its publication."""
    victim = start(paths, ready)
    began = time.monotonic()
    assert victim.stdout
    assert victim.stdout.readline() == f"{PUBLISHING}\n"
    publishing = time.monotonic()
    assert victim.wait() == 0
    return time.monotonic() - began, time.monotonic() - publishing


def copy_of(queue: Paths, folder: Path) -> Paths:
    paths = Paths(folder / "k.duckdb")
    shutil.copytree(queue.landing, paths.landing)
    return paths


def difference(wanted: dict[str, tuple[int, int]], found: dict[str, tuple[int, int]]) -> str:
    return "; ".join(f"{table}: {wanted[table]} ≠ {found[table]}" for table in wanted if wanted[table] != found[table])


if __name__ == "__main__":
    run(Paths(Path(sys.argv[1])), Path(sys.argv[2]) if sys.argv[2:] else None)
