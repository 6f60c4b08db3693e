"""Near-copies among 100,000 releases: seconds from texts to clusters, and how many of the planted copies are found.

    python tests/bench/sameness.py [CORPUS] [--releases 100000]

CORPUS is a folder or zip of releases; without it KLANGKHAO_CORPUS names one, else the sample releases are taken, which
are too few for a fair figure. Texts are made of paragraphs of different releases, as long as real ones. Of a hundred,
five are planted copies (other blanks; another day, address and closing line; a few other words) and two are corrections
(a copy with one digit changed). The paragraphs' numerals stand for their facts. Timed is `warehouse.sameness.relate`.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from flows.acquire import documents
from flows.acquire.decode import decode
from flows.acquire.sources import source_for
from schemas.instants import utc
from schemas.records import Document
from schemas.tables import arrow_schema
from warehouse.paths import Paths
from warehouse.sameness import relate
from warehouse.work import open_work

ROOT = Path(__file__).parents[2]
COPIES, CORRECTIONS = 0.05, 0.02
PARAGRAPH = range(80, 800)  # letters of a paragraph that is used
ROWS = 5_000
FIRST_DAY = date(2015, 1, 1)


@dataclass(frozen=True)
class Text:
    body: str
    day: date
    original: int | None = None  # number of the text that it copies
    corrects: int | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("KLANGKHAO_CORPUS", str(ROOT / "seeds" / "releases"))
    parser.add_argument("corpus", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--releases", type=int, default=100_000)
    args = parser.parse_args()
    texts = list(made(args.corpus, args.releases, random.Random(1)))
    letters = sum(len(text.body) for text in texts)
    print(f"{len(texts):,} releases, {letters / 1e6:,.0f} M letters, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="klangkhao-bench-") as folder:
        paths = Paths(Path(folder) / "bench.duckdb")
        with closing(open_work(paths)) as con:
            fill(con, texts)
            began, cpu = time.perf_counter(), time.process_time()
            relate(con)
            print(f"texts to clusters   {time.perf_counter() - began:.1f} s ({time.process_time() - cpu:.1f} s of CPU)")
            began = time.perf_counter()
            relate(con)
            print(f"nothing new         {time.perf_counter() - began:.3f} s")
            one = len(texts)
            fill(con, [Text(f"{texts[0].body}\nเพิ่มเติม", texts[0].day + timedelta(days=1), 0)], first=one)
            began, cpu = time.perf_counter(), time.process_time()
            relate(con)
            print(f"one release more    {time.perf_counter() - began:.1f} s ({time.process_time() - cpu:.1f} s of CPU)")
            tell(con, texts)
    print(f"peak memory         {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB, texts included")


def made(corpus: Path, count: int, draw: random.Random) -> Iterator[Text]:
    """Texts of paragraphs of many releases, with copies and corrections of earlier ones among them."""
    bodies = [decode(found.raw).text for found in documents(source_for(corpus)) if isinstance(found, Document)]
    lengths = [min(len(body), 20_000) for body in bodies]
    lines = {line.strip() for body in bodies for line in body.split("\n")}
    paragraphs = sorted(line for line in lines if len(line) in PARAGRAPH)
    originals: list[int] = []
    texts: list[Text] = []
    for number in range(count):
        kind = draw.random()
        if originals and kind < COPIES:
            of = draw.choice(originals)
            text = Text(copied(texts[of].body, number, draw), texts[of].day + timedelta(days=draw.randrange(9)), of)
        elif originals and kind < COPIES + CORRECTIONS:
            of = draw.choice(originals)
            text = Text(corrected(texts[of].body, draw), texts[of].day + timedelta(days=1), corrects=of)
        else:
            size, length, chosen = draw.choice(lengths), 0, []
            while length < size or len(chosen) < 2:
                chosen.append(draw.choice(paragraphs))
                length += len(chosen[-1])
            chosen.insert(1, f"ข่าวฉบับที่ {number}")
            text = Text("\n".join(chosen), FIRST_DAY + timedelta(days=draw.randrange(4000)))
            originals.append(number)
        texts.append(text)
        yield text


def copied(body: str, number: int, draw: random.Random) -> str:
    match draw.randrange(3):
        case 0:
            return re.sub(r"(?<!\d) (?!\d)", "\n  ", body)
        case 1:
            return f"{body}\nติดตามข่าวสารเพิ่มเติมได้ที่เว็บไซต์ของหน่วยงาน\n"
    words = body.split(" ")
    for _ in range(max(1, len(words) // 40)):
        at = draw.randrange(len(words))
        if not re.search(r"\d", words[at]):
            words[at] = "และยัง"
    return " ".join(words)


def corrected(body: str, draw: random.Random) -> str:
    at = draw.choice([m.start() for m in re.finditer(r"\d", body)])
    return f"{body[:at]}{(int(body[at]) + draw.randrange(1, 10)) % 10}{body[at + 1 :]}"


def fill(con, texts: list[Text], first: int = 0) -> None:
    """Put the texts into the warehouse as releases, and their numerals into the ledger."""
    now = utc(datetime.now(UTC))
    blanks = {pa.int32(): 0, pa.int64(): 0, pa.string(): "", pa.bool_(): False}
    nothing = {
        field.name: blanks.get(field.type, []) for field in arrow_schema("dim_release") if not field.nullable
    }  # of what the comparison does not look at
    for start in range(0, len(texts), ROWS):
        rows, numerals = [], []
        for number, text in enumerate(texts[start : start + ROWS], start=first + start):
            told = {
                "release_key": number, "source_uri": f"file:///{number:06}.txt", "body": text.body,
                "published_on": text.day, "is_current": True, "valid_from": now, "first_seen_at": now,
            }  # fmt: skip
            rows.append({**nothing, **told})
            for m in re.finditer(r"\d+", text.body):
                place = {"release_key": number, "char_start": m.start(), "char_end": m.end(), "surface": m.group()}
                numerals.append({**place, "paragraph_no": 0, "rule_key": -1, "role": "other"})
        for table, made_up in (("dim_release", rows), ("fact_numeral", numerals)):
            con.register("made_up", pa.Table.from_pylist(made_up, schema=arrow_schema(table)))
            con.execute(f"insert into {table} by name from made_up")
            con.unregister("made_up")


def tell(con, texts: list[Text]) -> None:
    """Print what was found of what was planted, and what else."""
    pointed = dict(con.execute("select release_key, duplicate_of_key from dim_release").fetchall())

    def cluster(number: int) -> int:
        return number if pointed[number] is None else pointed[number]

    copies = [number for number, text in enumerate(texts) if text.original is not None]
    corrections = {number: text.corrects for number, text in enumerate(texts) if text.corrects is not None}
    found = sum(cluster(number) == cluster(texts[number].original) for number in copies)
    swallowed = sum(cluster(number) == cluster(of) for number, of in corrections.items())
    family = [number if text.original is None else text.original for number, text in enumerate(texts)]
    others = sum(
        family[number] != family[original]
        for number, original in pointed.items()
        if original is not None and number < len(texts) > original
    )
    kinds = dict(con.execute("select kind, count(*) from release_similarity group by 1 order by 1").fetchall())
    sizes = con.execute("""
        select size, count(*)
        from (select count(*) + 1 as size from dim_release where duplicate_of_key is not null group by duplicate_of_key)
        group by 1 order by 1""").fetchall()
    linked = {
        frozenset(pair) for pair in con.execute("select release_key, earlier_key from release_similarity").fetchall()
    }
    related = sum(frozenset((number, of)) in linked for number, of in corrections.items())
    print(f"planted copies      {found:,} of {len(copies):,} found ({found / max(len(copies), 1):.3%})")
    print(f"planted corrections {related:,} of {len(corrections):,} linked, {swallowed} swallowed")
    print(f"copies of another   {others} (not planted)")
    print(f"pairs               {kinds}")
    print(f"clusters by size    {dict(sizes)}")


if __name__ == "__main__":
    main()
