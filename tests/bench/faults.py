"""A thousand runs over sites that answer badly a third of the time, some of them killed: is anything lost, or twice?

python tests/bench/faults.py --runs 1000
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "acquire"))

from fault_runs import trial


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="klangkhao-faults-") as folder:
        found = trial(options.runs, seed=options.seed, folder=Path(folder))
    print(f"{found.runs} disturbed runs, {found.killed} of them killed, in {found.seconds:.0f} s (seed {options.seed})")
    print(f"{found.answers:,} answers, {found.bad:,} of them bad ({found.share:.1%})")
    print(
        f"{found.releases} releases stand, {found.revisions} revisions, {found.closed} closed, {found.landed} landed rows"
    )
    print(", ".join(f"{kind} {count:,}" for kind, count in found.faults.most_common()))
    if found.differences or found.share < 0.3:
        sys.exit("\n".join(f"{table}: {said}" for table, said in found.differences.items()) or "too few bad answers")
    print("The warehouse equals that of undisturbed runs: nothing lost, nothing twice.")


if __name__ == "__main__":
    main()
