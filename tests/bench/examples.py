"""The worked questions on a warehouse, timed.

    python tests/bench/examples.py WAREHOUSE [--rounds 3]

Each is asked as an analyst would: the snapshot is opened for it alone. The first round meets a cold cache; the slowest
and the fastest of all rounds are printed.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from warehouse.connect import connect  # noqa: E402
from warehouse.questions import questions  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    worst = 0.0
    print(f"{'question':28}{'rows':>8}{'slowest':>10}{'fastest':>10}")
    for name, asked in questions().items():
        times, rows = [], 0
        for _ in range(args.rounds):
            began = time.perf_counter()
            with closing(connect(args.warehouse, read_only=True)) as con:
                rows = len(con.execute(asked.query).fetchall())
            times.append(time.perf_counter() - began)
        worst = max(worst, *times)
        print(f"{name:28}{rows:>8,}{max(times):>9.3f}s{min(times):>9.3f}s")
    print(f"slowest of all: {worst:.3f} s")


if __name__ == "__main__":
    main()
