"""klangkhao's extraction beside its peers on the same releases, in one interleaved run; one core.

    python tests/bench/peers.py [--corpus ZIP_OR_FOLDER] [--releases 300] [--rounds 3]

Each round runs every contender over all texts, one text after the other, so that a change of the machine's speed hits
all of them; dateparser by its defaults is slow enough to take every fourth text only. Prints releases a second and the ratio to klangkhao. The contenders answer different questions: dateparser
finds dates, price-parser the first price of each line, quantulum3 quantities, newmm only words. Three bare regular
expressions and read + decode + one pass are the floor: what no extractor can beat.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from flows.acquire import documents
from flows.acquire.decode import decode
from flows.acquire.sources import source_for
from flows.extract.find import extract
from schemas.records import Document

ROOT = Path(__file__).parents[2]
MONTHS = "มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม"
BARE = (
    re.compile(rf"[0-9๐-๙]{{1,2}}\s*(?:{MONTHS})(?:\s*[0-9๐-๙]{{4}})?"),
    re.compile(r"[0-9๐-๙][0-9๐-๙,.]*\s*(?:หมื่น|แสน|พัน|ร้อย)?(?:ล้าน)?\s*(?:บาท|หยวน|ดอลลาร์)"),
    re.compile(r"[0-9๐-๙][0-9๐-๙,.]*\s*(?:คน|ราย|แห่ง|โครงการ|ครั้ง|ประเทศ|จังหวัด|ไร่|เปอร์เซ็นต์|%)"),
)
BY_DEFAULT = "dateparser search_dates"
ONE_PASS = re.compile(r"[0-9๐-๙]+")


def contenders() -> dict[str, Callable[[str], object]]:
    """Name and call of each contender; one that is not installed is left out and said so."""
    found: dict[str, Callable[[str], object]] = {
        "klangkhao": extract,
        "three bare regexes": lambda body: [pattern.findall(body) for pattern in BARE],
    }
    with contextlib.suppress(ImportError):
        from dateparser.search import search_dates

        found["dateparser search_dates, th"] = lambda body: search_dates(body, languages=["th"])
        found[BY_DEFAULT] = search_dates
    with contextlib.suppress(ImportError):
        from price_parser import Price

        found["price-parser"] = lambda body: [Price.fromstring(line) for line in body.split("\n")]
    with contextlib.suppress(ImportError):
        from quantulum3 import parser

        found["quantulum3"] = parser.parse
    from pythainlp.tokenize import word_tokenize

    found["PyThaiNLP newmm"] = lambda body: word_tokenize(body, engine="newmm")
    missing = {BY_DEFAULT, "price-parser", "quantulum3"} - found.keys()
    if missing:
        print(f"not installed, left out: {', '.join(sorted(missing))} (pip install -e '.[peers]')")
    return found


def seconds_of(call: Callable[[str], object], bodies: list[str]) -> float:
    """Processor seconds of `call` over all bodies; a peer's exception on a text counts as its answer."""
    begun = time.process_time()
    for body in bodies:
        with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
            call(body)
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=ROOT / "seeds" / "releases")
    parser.add_argument("--releases", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    landed = [d for d in documents(source_for(args.corpus)) if isinstance(d, Document)]
    step = max(1, len(landed) // args.releases)
    landed = landed[::step][: args.releases]
    bodies = [decode(d.raw).text for d in landed]
    megabytes = sum(len(d.raw) for d in landed) / 1e6
    calls = contenders()
    for call in calls.values():
        seconds_of(call, bodies[:2])  # warm up: models and tables load on first use
    seconds_of(extract, bodies)
    best: dict[str, float] = {}
    floor = float("inf")
    for _ in range(args.rounds):
        begun = time.process_time()
        for d in landed:
            ONE_PASS.findall(decode(d.raw).text)
        floor = min(floor, time.process_time() - begun)
        for name, call in calls.items():
            some = bodies[::4] if name == BY_DEFAULT else bodies
            spent = seconds_of(call, some) * len(bodies) / len(some)
            best[name] = min(best.get(name, float("inf")), spent)
    print(f"{len(bodies)} releases, {megabytes:.2f} MB, best of {args.rounds} rounds, processor time of one core")
    print(f"{'':28} {'releases/s':>11} {'MB/s':>8} {'klangkhao is':>16}")
    rows = {"limit: decode + one pass": floor, **best}
    for name, spent in sorted(rows.items(), key=lambda row: row[1]):
        ratio = spent / best["klangkhao"]
        said = "" if name == "klangkhao" else f"{ratio:.1f} x faster" if ratio >= 1 else f"1/{1 / ratio:.1f} as fast"
        print(f"{name:28} {len(bodies) / spent:11,.1f} {megabytes / spent:8.2f} {said:>16}")


if __name__ == "__main__":
    main()
