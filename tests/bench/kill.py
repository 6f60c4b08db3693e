"""Kill -9 at random moments of a load, many times: after the next run the same rows and checksums, every time.

    python tests/bench/kill.py [TRIALS] [--seed N]

A trial loads eight batches of about 220 releases with revisions, copies, releases that disappear and some that come
back; one to three runs of it are killed, in loading or in publishing, and the next is let through. Compared are all
tables but those that tell of runs, and all of their columns but the name of the run and the clock.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "warehouse"))

from kill_trials import trials


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trials", nargs="?", type=int, default=200)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    args = parser.parse_args()
    print(f"seed {args.seed}", flush=True)
    began = time.monotonic()
    killed, publishing, late = trials(args.trials, seed=args.seed)
    print(
        f"{args.trials} trials in {time.monotonic() - began:,.0f} s: {killed} runs killed at work, {publishing} of them "
        f"while publishing, {late} too late; every warehouse equals the undisturbed one"
    )


if __name__ == "__main__":
    main()
