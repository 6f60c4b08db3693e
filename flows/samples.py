"""A warehouse of the sample releases, equal on every machine: what the documentation and the worked questions show.

Addresses, times and the names of runs are fixed, so that keys are the same wherever it is made. Prefect has no part.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from flows.acquire import documents
from flows.acquire.landing import write_landing
from flows.extract.find import EXTRACTOR_VERSION
from flows.quality.catalogue import built_in
from flows.quality.checks import run_checks
from flows.quality.record import record_results
from flows.request import chosen_sources
from flows.stage import known_rules, stage_batch
from schemas.instants import utc
from schemas.records import Document
from warehouse.dimensions import load_dimensions
from warehouse.load import load_batch
from warehouse.publish import publish
from warehouse.sameness import relate
from warehouse.work import finish_run, open_work, start_run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from warehouse.paths import Paths

ADDRESS: Final = "file:///samples"
FIRST_SEEN: Final = datetime(2025, 3, 1, 6, tzinfo=UTC)
SEEN_AGAIN: Final = FIRST_SEEN + timedelta(days=1)

# What a second run finds: a release with two of its figures corrected (and the words beside one forgotten), and one
# that another service has sent out under its own name.
CORRECTED: Final = "gov-01-flood-relief.txt"
CORRECTIONS: Final = (
    ("วงเงินรวมไม่เกิน 210 ล้านบาท", "วงเงินรวมไม่เกิน 215 ล้านบาท"),
    ("เครื่องสูบน้ำ 14 เครื่อง วงเงิน 1,250,000 บาท", "เครื่องสูบน้ำ 16 เครื่อง วงเงิน 1,430,000 บาท"),
)
REPOSTED: Final = "wire-02-investment-fair.txt"
REPOSTED_AS: Final = "wire-08-investment-fair.txt"
REPOST: Final = (("–เอเชียบรีฟ/", "–สยามเพรสลิงก์/"),)


def build(paths: Paths, *, second_run: bool = False) -> None:
    """Make the warehouse and publish it, with one run in it or two.

    Args:
        paths: where; nothing is there yet.
        second_run: whether a correction and a repost have come in after the first run.
    """
    first = list(releases())
    run(paths, FIRST_SEEN, first)
    if second_run:
        run(paths, SEEN_AGAIN, list(_second(first)))


def run(paths: Paths, at: datetime, found: Sequence[Document]) -> None:
    """Take documents in, as a run does that finds them at that time, and publish the warehouse."""
    sources = [replace(source, location=ADDRESS) for source in chosen_sources([], None)]
    run_id = f"{at:%Y%m%dT%H%M%SZ}-0000"
    with closing(open_work(paths)) as con:
        load_dimensions(con, sources=sources, rules=known_rules())
        start_run(con, run_id=run_id, started_at=at, extractor_version=EXTRACTOR_VERSION)
        loaded = 0
        for batch in write_landing(paths.landing, run_id, found, {}, acquired_at=at).batches:
            staged = stage_batch(batch, paths.staging, run_id=run_id, seen_at=utc(at))
            loaded += load_batch(con, staged.batch_dir, batch_id=batch.stem, run_id=run_id).loaded
        relate(con)
        record_results(con, run_checks(con, built_in()), run_id=run_id)
        finish_run(con, run_id=run_id, status="ok", acquired=len(found), loaded=loaded)
        publish(con, paths)


def releases() -> Iterator[Document]:
    """The sample releases at an address that is the same everywhere."""
    (samples,) = chosen_sources([], None)
    for found in sorted(documents(samples), key=lambda each: each.source_uri):
        assert isinstance(found, Document), found
        yield replace(found, source_uri=f"{ADDRESS}/{found.source_uri.rpartition('/')[2]}")


def _second(first: Iterable[Document]) -> Iterator[Document]:
    by_name = {document.source_uri.rpartition("/")[2]: document for document in first}
    yield _changed(by_name[CORRECTED], CORRECTED, CORRECTIONS)
    yield _changed(by_name[REPOSTED], REPOSTED_AS, REPOST)


def _changed(document: Document, name: str, changes: Iterable[tuple[str, str]]) -> Document:
    text = document.raw.decode("utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    raw = text.encode("utf-8")
    return Document(document.source_id, f"{ADDRESS}/{name}", raw, sha256(raw).hexdigest())
