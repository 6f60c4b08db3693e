"""The largest groups of numerals that no rule explains, with counts and samples: where to write the next rule.

python tests/bench/residue.py [--corpus ZIP_OR_FOLDER] [--groups 25] [--samples 3] [--every N]
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from pathlib import Path

from flows.acquire import documents
from flows.acquire.decode import Undecodable, decode
from flows.acquire.sources import source_for
from flows.extract.find import extract
from schemas.records import Document
from schemas.values import Role

ROOT = Path(__file__).parents[2]
DIGITS = re.compile("[0-9๐-๙]")


def shape(text: str) -> str:
    """A piece of context with its digits alike, so that kindred places fall into one group."""
    return DIGITS.sub("9", text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=ROOT / "seeds" / "releases")
    parser.add_argument("--groups", type=int, default=25)
    parser.add_argument("--samples", type=int, default=3)
    parser.add_argument("--every", type=int, default=1, help="only each N-th release")
    args = parser.parse_args()
    roles: Counter[str] = Counter()
    groups: dict[str, Counter[str]] = {"after": Counter(), "before": Counter()}
    samples: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for i, document in enumerate(documents(source_for(args.corpus))):
        if i % args.every or not isinstance(document, Document):
            continue
        try:
            body = decode(document.raw).text
        except Undecodable:
            continue  # the run quarantines it; here only rules are looked at
        for entry in extract(body).ledger:
            roles[entry.role] += 1
            if entry.role is not Role.UNEXPLAINED:
                continue
            sample = (
                f"{body[max(0, entry.start - 30) : entry.start]}«{entry.surface}»{body[entry.end : entry.end + 25]}"
            )
            for side, key in (
                ("after", body[entry.end : entry.end + 5]),
                ("before", body[max(0, entry.start - 6) : entry.start]),
            ):
                groups[side][shape(key)] += 1
                samples[side, shape(key)].append(sample)
    total = sum(roles.values())
    unexplained = roles[Role.UNEXPLAINED]
    print(f"{total:,} numerals, {unexplained:,} unexplained ({unexplained / max(total, 1):.3%})")
    print("  ".join(f"{role} {count:,}" for role, count in roles.most_common()))
    for side, counter in groups.items():
        print(f"\nwhat stands {side} them")
        for key, count in counter.most_common(args.groups):
            shown = samples[side, key][:: max(1, len(samples[side, key]) // args.samples)][: args.samples]
            print(f"{count:6,}  {key!r}")
            for sample in shown:
                print(f"          {sample!r}")


if __name__ == "__main__":
    main()
