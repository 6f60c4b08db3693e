"""Releases made up together with what must be read from them: text and facts can't drift apart.

`extractor_of` gives an `Extractor` that looks a body up in the records, so that the warehouse is tested on any values
and any volume without depending on what the rules read today.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from flows.extract import consistency, places
from flows.stage import Extractor, Landed
from schemas.instants import utc
from schemas.records import Document, Extraction, Header, LedgerEntry, Mention, Pair, Place
from schemas.values import (
    Comparator,
    Confidence,
    Count,
    Measure,
    Modifier,
    Money,
    PairKind,
    PairVerdict,
    Period,
    Reason,
    Role,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from schemas.values import Value

FILLER = "คณะผู้แทนจากทั้งสองประเทศหารือเรื่องความร่วมมือด้านการค้าและการลงทุนอย่างต่อเนื่อง "
STARTED = utc(datetime(2026, 11, 20, 6, tzinfo=UTC))
RULES = {
    Period: "date.test",
    Money: "money.test",
    Count: "count.test",
    Measure: "measure.test",
    Reason: "reason.test",
}
RULE_NAMES = (*RULES.values(), *(rule.name for rule in (*consistency.RULES, *places.RULES)))
ROLES = {Period: Role.DATE, Money: Role.MONEY, Count: Role.COUNT, Measure: Role.MEASURE}


@dataclass
class Release:
    """A text that grows fact by fact; `fact` takes the surface's numeral from its first digit to its last."""

    source_uri: str = "file:///releases/ข่าว_1.txt"
    source_id: str = "releases"
    title: str = "ไทยและจีนลงนามความร่วมมือ"
    published_on: date | None = date(2024, 3, 15)
    body: str = ""
    mentions: list[Mention] = field(default_factory=list)
    ledger: list[LedgerEntry] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.body:
            self.body = f"{self.title}\n"

    @property
    def paragraph_no(self) -> int:
        """Of what is added next: blank lines don't count."""
        return sum(1 for line in self.body.split("\n")[:-1] if line.strip())

    def text(self, text: str) -> Release:
        self.body += text
        return self

    def fact(self, surface: str, value: Value, **more: object) -> Release:
        start, paragraph = len(self.body), self.paragraph_no
        self.body += surface
        rule = RULES[type(value)]
        if not isinstance(value, Reason):
            self.mentions.append(Mention(start, len(self.body), surface, rule, value, paragraph, **more))
        digits = [at for at, letter in enumerate(surface) if letter.isdigit()]
        if digits:
            first, last = digits[0], digits[-1] + 1
            role = value.role if isinstance(value, Reason) else ROLES[type(value)]
            self.ledger.append(LedgerEntry(start + first, start + last, surface[first:last], role, rule, paragraph))
        return self

    def unexplained(self, numeral: str) -> Release:
        start = len(self.body)
        self.body += numeral
        entry = LedgerEntry(start, len(self.body), numeral, Role.UNEXPLAINED, None, self.paragraph_no)
        self.ledger.append(entry)
        return self

    def pair(self, kind: PairKind, left: int, right: int | None, **more: object) -> Release:
        """A pair of mentions, named by their position; it agrees unless `more` says otherwise."""
        one, other = self.mentions[left], None if right is None else self.mentions[right]
        end = one.end if other is None else other.end
        known = {"expected": "1", "found": "1", "deviation": 0.0, "verdict": PairVerdict.AGREES, **more}
        place = None if other is None else _place(other)
        surface = self.body[one.start : end]
        self.pairs.append(Pair(kind, _place(one), place, one.start, end, surface, one.paragraph_no, **known))
        return self

    @property
    def document(self) -> Document:
        raw = self.body.encode()
        return Document(self.source_id, self.source_uri, raw, hashlib.sha256(raw).hexdigest())

    @property
    def extraction(self) -> Extraction:
        basis = None if self.published_on is None else "header.date_th"
        header = Header(self.title, "th", self.published_on, basis, "กรุงเทพฯ", "สำนักข่าว", None)
        return Extraction(header, tuple(self.mentions), tuple(self.ledger), tuple(self.pairs))


def _place(mention: Mention) -> Place:
    return Place(ROLES[type(mention.value)], mention.start, mention.end)


def example(source_uri: str = "file:///releases/ข่าว_1.txt", **more: object) -> Release:
    """A release with a fact of each kind, and a pair of them."""
    release = Release(source_uri, **more)
    release.text("เมื่อ").fact("วันที่ 14 ส.ค. 66", Period("2023-08-14", date(2023, 8, 14), date(2023, 8, 14)))
    release.text(" ลงนามมูลค่า ").fact("1.5 ล้านหยวน", Money(Decimal(1_500_000), None, "CNY"))
    release.text("\nรวม ").fact("20 โครงการ", Count(Decimal(20), None, "โครงการ", "{project}"))
    release.text(" บนพื้นที่กว่า ").fact(
        "489 ตารางกิโลเมตร",
        Measure(Decimal(489), None, "km2", Comparator.GT, None, Decimal(489_000_000), "m2"),
    )
    release.text(" ครั้งที่ ").fact("9", Reason(Role.ORDINAL)).text(" และ ").unexplained("77")
    return release.pair(PairKind.TOTAL_PARTS, 2, 3)


def corpus(count: int, *, seed: int = 7, paragraphs: int = 8, folder: str = "/releases") -> list[Release]:
    """Releases of about `paragraphs` × 430 letters with three to four numerals a paragraph, the same for a seed."""
    draw = random.Random(seed)
    return [_random_release(draw, f"file://{folder}/ข่าว_{number}.txt", paragraphs) for number in range(count)]


def _random_release(draw: random.Random, uri: str, paragraphs: int) -> Release:
    published = date(2015, 1, 1) + timedelta(days=draw.randrange(4000))
    release = Release(uri, title=f"ข่าวที่ {uri.rpartition('_')[2].removesuffix('.txt')}", published_on=published)
    release.fact("9", Reason(Role.ORDINAL))
    for _ in range(paragraphs):
        release.text("\n" + FILLER * draw.randrange(2, 8))
        for _ in range(draw.randrange(2, 5)):
            _random_fact(draw, release, published)
            release.text(" " + FILLER * draw.randrange(2))
    return release


def _random_fact(draw: random.Random, release: Release, published: date) -> None:
    number = draw.randrange(1, 10_000)
    match draw.randrange(6):
        case 0:
            day = published + timedelta(days=draw.randrange(-900, 900))
            surface = f"วันที่ {day.day} เดือน {day.month} ปี"
            release.fact(
                surface, Period(day.isoformat(), day, day, draw.choice((None, Modifier.BY)), is_relative=False)
            )
        case 1:
            amount = Decimal(number) * 1_000_000
            release.fact(
                f"{number} ล้านบาท",
                Money(amount, None, draw.choice(("THB", "CNY", "USD")), draw.choice(list(Comparator))),
                confidence=draw.choice(list(Confidence)),
            )
        case 2:
            release.fact(f"{number} โครงการ", Count(Decimal(number), None, "โครงการ", "{project}"))
        case 3:
            release.fact(
                f"{number} ไร่", Measure(Decimal(number), None, "[rai]", value_si=Decimal(number * 1600), si_unit="m2")
            )
        case 4:
            release.fact(f"{number}", Reason(Role.IDENTIFIER))
        case _:
            release.unexplained(f"{number}")


def extractor_of(releases: Iterable[Release], version: str = "test-1") -> Extractor:
    by_body = {release.body: release.extraction for release in releases}
    return Extractor(by_body.__getitem__, version, frozenset(RULE_NAMES))


def landed(releases: Iterable[Release], at: datetime = STARTED) -> list[Landed]:
    return [Landed(release.document, at) for release in releases]


def write_landing_file(path: Path, releases: Iterable[Release], at: datetime = STARTED) -> Path:
    """A landing file in the agreed form, for tests that go through it without acquiring."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    documents = [release.document for release in releases]
    columns = {
        "source_id": [document.source_id for document in documents],
        "source_uri": [document.source_uri for document in documents],
        "content_hash": [document.content_hash for document in documents],
        "raw": [document.raw for document in documents],
        "acquired_at": pa.array([at.replace(tzinfo=UTC)] * len(documents), pa.timestamp("us", "UTC")),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, compression="zstd")
    return path
