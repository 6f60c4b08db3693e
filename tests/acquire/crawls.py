"""WARC files as public crawls of news have them, made up: of any size, and with the oddities that crawlers leave."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import uuid
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "seeds" / "releases"


def record(
    url: str,
    body: bytes,
    *,
    kind: str = "response",
    status: str = "200 OK",
    headers: str = "Content-Type: text/html; charset=utf-8\r\n",
    date: str | None = "2026-01-05T06:00:00Z",
    length: str | None = None,
) -> bytes:
    """A record of an answer; `length` is what it says of its length, if that is not true."""
    block = f"HTTP/1.1 {status}\r\n{headers}\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\n"
        + (f"WARC-Date: {date}\r\n" if date is not None else "")
        + f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def warcinfo() -> bytes:
    block = b"software: a crawler of the tests\r\n"
    head = (
        f"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\nWARC-Date: 2026-01-05T06:00:00Z"
        f"\r\nContent-Type: application/warc-fields\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def packed(records: Iterator[bytes] | list[bytes], *, level: int = 6) -> bytes:
    """Each record a gzip member of its own, as crawls ship them."""
    return b"".join(gzip.compress(each, level) for each in records)


def write_large(
    file: IO[bytes], size: int, *, texts: int = 400, compressed: bool = False, section: str = "news"
) -> int:
    """Write a crawl of at least `size` bytes; how many records it has.

    Its pages are `texts` different ones, made of the sample releases and repeated under new addresses.
    """
    samples = [path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.txt"))]
    pages = [_long_page(n, samples).encode() for n in range(texts)]
    written = count = 0
    written += file.write(gzip.compress(warcinfo()) if compressed else warcinfo())
    while written < size:
        raw = record(f"https://www.example.go.th/{section}/{count}", pages[count % texts])
        written += file.write(gzip.compress(raw, 1) if compressed else raw)
        count += 1
    return count


def _long_page(number: int, samples: list[str]) -> str:
    chosen = [samples[(number + at) % len(samples)] for at in range(2)]
    paragraphs = "".join(f"<p>{line}</p>" for text in chosen for line in text.split("\n") if line.strip())
    return f"""<!DOCTYPE html><html lang="th"><head><title>ประกาศฉบับที่ {number}</title></head><body>
<nav>{'<a href="/">หน้าแรก</a>' * 20}</nav><article><h1>ประกาศฉบับที่ {number}</h1>{paragraphs}</article>
<footer>{'<a href="/contact">ติดต่อเรา</a>' * 20}</footer></body></html>"""


def measured(folder: Path, crawl: Path, *, run_id: str = "r1", keeps: bool = False) -> tuple[int, int]:
    """Peak of resident memory, in bytes, of a process that takes in a crawl; and how many documents it landed."""
    peak, landed, problems = taken_in(folder, crawl, run_id=run_id, keeps=keeps)
    assert not problems
    return peak, landed


def taken_in(
    folder: Path, crawl: Path, *, cpu_seconds: int | None = None, run_id: str = "r1", keeps: bool = False
) -> tuple[int, int, list[str]]:
    """What a process comes to that takes in a crawl: its peak of resident memory, in bytes, what it landed, its problems.

    It is killed if it takes more CPU seconds than it may. The warehouse is left for another run if that `keeps` it.
    """
    code = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from flows.acquire.sources import Source
from flows.harvest import harvest
from warehouse.paths import Paths
from warehouse.work import open_work
if sys.argv[3]:
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[3]),) * 2)
paths = Paths(Path(sys.argv[1]))
source = Source("crawl", "warc", sys.argv[2], complete=False, permission="made up")
with open_work(paths) as con:
    got = harvest(con, paths, [source], run_id=sys.argv[4], now=datetime.now(UTC))
status = Path("/proc/self/status")  # of this process alone; what getrusage tells begins with that of its parent
told = dict(line.split(":", 1) for line in status.read_text().splitlines()) if status.exists() else {}
peak = int(told["VmHWM"].split()[0]) if told else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([peak * 1024, got.acquired, got.problems]))
"""
    command = [sys.executable, "-c", code, str(folder / "w.duckdb"), str(crawl), str(cpu_seconds or ""), run_id]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    if not keeps:
        shutil.rmtree(folder / "w.klangkhao")
    peak, landed, problems = json.loads(done.stdout)
    return peak, landed, problems
