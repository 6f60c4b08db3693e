"""A crawl of 1 GB as a source, and then another one: the memory that they take, and the time.

    python tests/bench/warc.py [--megabytes N] [--packed]

The crawl is made of the sample releases as pages of HTML, two thousand different ones repeated under new addresses.
Measured is a process that takes all of it in, to landing; and one that takes in as much again where that is known.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "acquire"))

from crawls import measured, write_large

MOST_BYTES = 512 * 1024 * 1024
TEXTS = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--packed", action="store_true", help="each record a gzip member, the size that of the file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="klangkhao-warc-") as folder:
        for number, section in enumerate(("news", "more"), start=1):
            crawl = Path(folder) / f"crawl{number}.warc{'.gz' if options.packed else ''}"
            with crawl.open("wb") as file:
                size = options.megabytes * 1_000_000
                count = write_large(file, size, texts=TEXTS, compressed=options.packed, section=section)
            size = crawl.stat().st_size
            print(f"{size / 1e6:,.0f} MB, {count:,} records", flush=True)
            began = time.perf_counter()
            peak, landed = measured(
                Path(folder), crawl.with_stem(crawl.stem.replace(str(number), "*")), run_id=f"r{number}", keeps=True
            )
            seconds = time.perf_counter() - began
            print(
                f"{landed:,} pages landed in {seconds:.0f} s ({size / 1e6 / seconds:.1f} MB/s), "
                f"peak {peak / 2**20:.0f} MiB",
                flush=True,
            )
            if landed != count or peak > MOST_BYTES:
                sys.exit(f"not all pages, or more than {MOST_BYTES / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
