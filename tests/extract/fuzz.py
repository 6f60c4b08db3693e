"""Mutated texts without an exception, and adversarial ones in linear time.

    python tests/extract/fuzz.py [--texts N] [--size CHARACTERS] [--seed S]

Prints what it did and exits 1 at the first text that raises, breaks an invariant or takes more than linear time.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from pathlib import Path

from adversarial import UNITS, text

from flows.extract.find import extract

ROOT = Path(__file__).parents[2]
ALPHABET = "0123456789๐๑๒๓๔๕๖๗๘๙.,:/-–()%#@ \n\t\xa0\u200bกขคงจปมรลสหอะาิีึืุูเแโใไ่้ํๆฯABCabc"
TOKEN = re.compile(r"[0-9๐-๙]+|[A-Za-z]+|[ก-๛]+|\s+|.", re.DOTALL)
LINEAR = 2.5  # how much more than four times as long four times the text may take, noise included


def corpus() -> list[str]:
    """The sample releases and the golden sentences: texts of our own."""
    samples = [path.read_text(encoding="utf8") for path in sorted((ROOT / "seeds" / "releases").glob("*.txt"))]
    golden = [
        line
        for path in sorted((ROOT / "tests" / "golden").glob("*.txt"))
        for line in path.read_text(encoding="utf8").splitlines()
    ]
    return [*samples, *golden]


def mutate(body: str, others: list[str], rng: random.Random) -> str:
    """A short text made from a piece of `body` by a few random edits."""
    start = rng.randrange(max(1, len(body) - 160))
    tokens = TOKEN.findall(body[start : start + 160])
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(tokens) + 1)
        match rng.randrange(6):
            case 0:
                tokens[at:at] = [rng.choice(ALPHABET) for _ in range(rng.randint(1, 4))]
            case 1:
                del tokens[at : at + rng.randint(1, 3)]
            case 2:
                tokens[at:at] = TOKEN.findall(rng.choice(others))[:6]
            case 3 if tokens:
                tokens.insert(at, tokens[rng.randrange(len(tokens))])
            case 4:
                rng.shuffle(tokens)
            case _:
                tokens[at:at] = [str(rng.choice([0, 1, 30, 31, 66, 2024, 2567, 10**6, rng.randrange(10**9)]))]
    return "".join(tokens)


def broken(body: str) -> str | None:
    """Which invariant the extraction of `body` breaks; None if it keeps them all."""
    extraction = extract(body)
    end = 0
    for mention in extraction.mentions:
        if mention.start < end or body[mention.start : mention.end] != mention.surface:
            return f"span of {mention}"
        end = mention.end
    digits = [i for i, char in enumerate(body) if char in "0123456789๐๑๒๓๔๕๖๗๘๙"]
    covered = [
        i for entry in extraction.ledger for i in range(entry.start, entry.end) if body[i] in "0123456789๐๑๒๓๔๕๖๗๘๙"
    ]
    return None if covered == digits else "ledger"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=1_000_000, help="characters of the largest adversarial text")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    bodies = corpus()
    started = time.perf_counter()
    for n in range(args.texts):
        body = mutate(rng.choice(bodies), bodies, rng)
        try:
            fault = broken(body)
        except Exception as error:  # noqa: BLE001 - any exception is the finding
            fault = repr(error)
        if fault:
            print(f"text {n} of seed {args.seed}: {fault}\n{body!r}")
            return 1
    print(f"{args.texts:,} mutated texts in {time.perf_counter() - started:.0f} s: no exception, every invariant kept")
    worst = 0.0
    for name, unit in UNITS.items():
        seconds = []
        for size in (args.size // 16, args.size // 4, args.size):
            begun = time.process_time()
            extract(text(unit, size))
            seconds.append(time.process_time() - begun)
        growth = seconds[2] / max(seconds[1], 0.02) / 4
        worst = max(worst, growth)
        if growth > LINEAR:
            print(
                f"{name}: {seconds} s for {args.size // 16}, {args.size // 4} and {args.size} characters: more than linear"
            )
            return 1
    print(f"{len(UNITS)} adversarial texts of {args.size:,} characters: linear, at worst {worst:.2f} of it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
