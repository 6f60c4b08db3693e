"""Fifty sources with ten thousand known entries and nothing new: what is asked, and how long a run takes.

    python tests/bench/sources.py [--sources N] [--entries N]

Measured is what the run asks the network, on this machine, and does with the answers: once with all entries young
enough to be looked at again for edits, once with none. The run before, which has all of it new, is told too.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "acquire")]

from harvesting import Rig, publish, rss  # noqa: E402
from website import Website, websites  # noqa: E402

from warehouse.paths import Paths  # noqa: E402

MOST_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Run:
    """What a run asked and how long it took."""

    seconds: float
    conditional: int
    others: int
    landed: int


def measure(sources: int, entries: int, folder: Path) -> dict[str, Run]:
    """A first run, one over known entries that are young, and one over known entries that are old."""
    each = entries // sources
    found = {}
    with websites(sources) as sites, Rig(Paths(folder / "k.duckdb")) as rig:
        for at, site in enumerate(sites):
            publish(site, range(at * each, (at + 1) * each))
            site.serve("/robots.txt", "User-agent: *\nAllow: /\n", content_type="text/plain")
            site.serve("/feed", rss(site, range(at * each, (at + 1) * each)))
        declared = [rig.source(site, id=f"s{at}", per_host=4) for at, site in enumerate(sites)]
        for name, after in (("new", 1), ("young", 1), ("old", 9)):
            for site in sites:
                site.requests.clear()
            landed = len(list(rig.paths.landing.glob("*.parquet")))
            began = time.perf_counter()
            got = rig.run(*declared, after=timedelta(days=after))
            seconds = time.perf_counter() - began
            assert not got.problems, got.problems
            found[name] = _run(seconds, sites, len(list(rig.paths.landing.glob("*.parquet"))) - landed)
    return found


def _run(seconds: float, sites: list[Website], landed: int) -> Run:
    kinds = Counter(each.is_conditional for site in sites for each in site.requests)
    return Run(seconds, kinds[True], kinds[False], landed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=50)
    parser.add_argument("--entries", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="klangkhao-sources-") as folder:
        found = measure(options.sources, options.entries, Path(folder))
    for name, run in found.items():
        print(
            f"{name:>5} entries: {run.seconds:6.1f} s, {run.conditional:,} conditional requests, {run.others:,} others, "
            f"{run.landed} files landed"
        )
    for name in ("young", "old"):
        if found[name].others or found[name].landed or found[name].seconds > MOST_SECONDS:
            sys.exit(f"{name}: more than conditional requests, or more than {MOST_SECONDS} s")


if __name__ == "__main__":
    main()
