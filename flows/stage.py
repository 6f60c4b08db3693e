"""One landing batch through a worker: decode, extract, build rows, validate, write staging Parquet.

Free of Prefect, because worker processes import it. A batch of the output is a folder with one Parquet file per table,
good rows only, and `etl_quarantine.parquet` with all that was set aside; it appears whole or not at all.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import traceback
import unicodedata
from bisect import bisect_right
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import accumulate
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, cast

import pandas as pd
import pandera.pandas as pap
import pyarrow as pa
import pyarrow.parquet as pq

from schemas import keys
from schemas.instants import utc
from schemas.records import Gone, Override
from schemas.tables import FACT_TABLES, arrow_schema
from schemas.validate import Failure, failures, to_arrow
from schemas.values import Count, Measure, Money, Period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from pandera.api.checks import Check

    from flows.acquire.article import Article
    from flows.acquire.decode import Decoded
    from flows.acquire.page_metadata import Candidate
    from flows.extract.places import PlaceMention
    from flows.extract.rule import Named, Rule
    from schemas.records import Document, Extraction, LedgerEntry, Mention, Pair

SENTENCE_REACH: Final = 160  # code points that the stretch around a fact goes beyond it on either side
PAYLOAD_BODY: Final = 2_000  # code points of a body in a payload; the whole of it stays in landing
_GONE_COLUMNS: Final[dict[str, pa.DataType]] = {"source_uri": pa.string(), "closed_at": pa.timestamp("us")}
GONE: Final = pa.schema(_GONE_COLUMNS)
"""Staged beside the tables: documents that their source no longer has, and when that was found."""
_RUN_COLUMNS: Final = frozenset(
    {"run_id", "first_seen_at", "valid_from", "valid_to", "is_current", "closed_reason", "overrides"}
)
# What can't be accepted by a decision: the database could not hold the row, or it would point at nothing.
_NEVER_ACCEPTED: Final = re.compile(
    r"key_repeated|release_rejected|rule_unknown|surface_differs|span_empty|.*_(?:unrepresentable|not_nullable)"
)
DAMAGED: Final = "+damaged"
"""After the name of an encoding: what is broken is read as U+FFFD."""


@dataclass(frozen=True, slots=True)
class StageResult:
    """What became of a landing batch: rows by fact table, and seconds by step."""

    batch_dir: Path
    documents: int
    releases: int
    quarantined: int
    facts: dict[str, int]
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class Extractor:
    """The extraction rules as this module needs them; `extract` may be told a day as `corrected`."""

    extract: Callable[..., Extraction]
    version: str
    rule_names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Landed:
    """A document, or that it is gone, and when that was acquired (UTC, without a zone)."""

    document: Document | Gone | Override
    acquired_at: datetime


@dataclass(slots=True)
class _Batch:
    """Rows in the making, tuples in the order of the columns of their table."""

    run_id: str
    seen_at: datetime
    landed: int = 0
    rows: dict[str, list[tuple[Any, ...]]] = field(
        default_factory=lambda: {"dim_release": [], "release_metadata": [], **_empty_facts()}
    )
    quarantine: list[tuple[Any, ...]] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)  # by URI, the last one read
    by_release: dict[int, Document] = field(default_factory=dict)
    bodies: dict[int, str] = field(default_factory=dict)
    gone: list[dict[str, Any]] = field(default_factory=list)
    overrides: dict[str, Override] = field(default_factory=dict)  # by name

    def reject(self, stage: str, document: Document, failure: Failure, table: str | None, payload: str | None) -> None:
        uri, content_hash = document.source_uri, document.content_hash
        key = keys.key64(stage, uri, content_hash, table or "", failure.code, payload or "")
        detail = failure.sentence if uri in failure.sentence else f"{uri}: {failure.sentence}"
        self.quarantine.append(
            (
                key,
                self.run_id,
                stage,
                document.source_id,
                uri,
                content_hash,
                table,
                failure.code,
                detail,
                payload,
                self.seen_at,
                self.seen_at,
                "open",
                *(None,) * 4,
            )
        )


def _empty_facts() -> dict[str, list[tuple[Any, ...]]]:
    return {table: [] for table in FACT_TABLES}


def stage_batch(landing: Path, out_dir: Path, *, run_id: str, seen_at: datetime) -> StageResult:
    """Turn a landing file into a staging folder `out_dir/<name of the landing file>`, replacing one that is there.

    Args:
        landing: a landing Parquet file.
        out_dir: the run's staging folder.
        run_id: the run that does it.
        seen_at: when the run started.
    """
    from flows.acquire.landing import read_landing

    documents = list(read_landing(landing))  # first, because it says in words what is wrong with a damaged file
    column = pq.read_table(landing, columns=["acquired_at"], partitioning=None).column("acquired_at")
    instants = cast("list[datetime]", column.to_pylist())
    landed = (Landed(document, utc(at)) for document, at in zip(documents, instants, strict=True))
    extractor = todays_extractor()
    return stage_documents(landed, out_dir / landing.stem, extractor=extractor, run_id=run_id, seen_at=seen_at)


def todays_extractor() -> Extractor:
    from flows.extract import find

    return Extractor(find.extract, find.EXTRACTOR_VERSION, frozenset(rule.name for rule in known_rules()))


def known_rules() -> tuple[Rule | Named, ...]:
    """All that today reads facts, pairs and places: what `dim_rule` holds."""
    from flows.extract import consistency, find, places

    return (*find.rules(), *consistency.RULES, *places.RULES)


def stage_documents(
    landed: Iterable[Landed], batch_dir: Path, *, extractor: Extractor, run_id: str, seen_at: datetime
) -> StageResult:
    """Decode, extract and validate documents, and write the good rows and the quarantine to `batch_dir`."""
    batch = _Batch(run_id, utc(seen_at))
    seconds = dict.fromkeys(("decode", "extract", "build", "validate", "write"), 0.0)
    for item in landed:
        batch.landed += 1
        if isinstance(item.document, Gone):
            batch.gone.append({"source_uri": item.document.source_uri, "closed_at": item.acquired_at})
        elif isinstance(item.document, Override):
            batch.overrides[item.document.override_id] = item.document
        else:
            _read(batch, item.document, item.acquired_at, extractor, seconds)
    started = perf_counter()
    tables = _validated(batch, extractor)
    seconds["validate"] = perf_counter() - started
    started = perf_counter()
    tables["release_word"] = _words(tables["dim_release"], batch.bodies)
    seconds["words"] = perf_counter() - started
    started = perf_counter()
    _write(batch_dir, tables)
    seconds["write"] = perf_counter() - started
    return StageResult(
        batch_dir=batch_dir,
        documents=batch.landed,
        releases=tables["dim_release"].num_rows,
        quarantined=tables["etl_quarantine"].num_rows,
        facts={table: tables[table].num_rows for table in FACT_TABLES},
        seconds=seconds,
    )


def _read(
    batch: _Batch, document: Document, acquired_at: datetime, extractor: Extractor, seconds: dict[str, float]
) -> None:
    """Decode and extract one document into rows; what fails is set aside and the batch goes on."""
    from flows.acquire.article import Article, NoArticle
    from flows.acquire.decode import Undecodable
    from flows.extract.places import mentions

    known = batch.documents.get(document.source_uri)
    if known and known.content_hash == document.content_hash:
        return
    batch.documents[document.source_uri] = document
    batch.overrides.update((each.override_id, each) for each in document.overrides)
    started = perf_counter()
    try:
        decoded, applied = _decoded(document)
    except (Undecodable, NoArticle) as error:
        batch.reject("decode", document, Failure(error.reason, error.detail), None, None)
        return
    except Exception as error:  # noqa: BLE001 - nor must one page that its reader chokes on
        sentence = f"no text could be read from it ({type(error).__name__}: {error}): tell us, with its address"
        batch.reject("decode", document, Failure("reader_error", sentence), None, traceback.format_exc())
        return
    finally:
        seconds["decode"] += perf_counter() - started
    started = perf_counter()
    try:
        corrected = _decided(document, "published_on")
        if corrected:
            extraction = extractor.extract(decoded.text, corrected=date.fromisoformat(corrected.value))
        elif isinstance(decoded, Article):
            extraction = extractor.extract(decoded.text, published_on=decoded.published_on)
        else:
            extraction = extractor.extract(decoded.text)
        places = mentions(decoded.text)
    except Exception as error:  # noqa: BLE001 - one text that a rule chokes on must not cost the others
        sentence = (
            f"the extractor failed on it ({type(error).__name__}: {error}). "
            "Mend the rule that the payload's traceback names, then run `klangkhao rebuild`."
        )
        batch.reject("extract", document, Failure("extractor_error", sentence), None, traceback.format_exc())
        return
    finally:
        seconds["extract"] += perf_counter() - started
    started = perf_counter()
    _add_rows(batch, document, acquired_at, decoded, applied, extraction, places, extractor.version)
    seconds["build"] += perf_counter() - started


def _decoded(document: Document) -> tuple[Decoded | Article, list[str]]:
    """The text, and the names of the decisions that the document is read under.

    A decision about the document holds whatever its bytes look like; one about its source only where they can't be
    read without it.
    """
    from flows.acquire.article import NoArticle
    from flows.acquire.decode import Undecodable

    applied = [each.override_id for each in document.overrides if each.scope == "document"]
    named = _decided(document, "encoding")
    if named is None:
        return _read_in(document, None), applied
    encoding, _, damaged = named.value.partition("+")
    if named.scope == "source":
        try:
            return _read_in(document, None), applied
        except (Undecodable, NoArticle):
            applied = [each.override_id for each in document.overrides if each.scope == "document" or each is named]
    return _read_in(document, encoding, damaged=bool(damaged)), applied


def _read_in(document: Document, encoding: str | None, *, damaged: bool = False) -> Decoded | Article:
    """The text of a document, or the article of a page, in the encoding that was decided on or, for None, told."""
    from flows.acquire.article import article
    from flows.acquire.decode import decode, decode_as

    if document.media_type is not None:
        hints = json.loads(document.hints or "{}")
        url = hints.get("url") or document.source_uri
        return article(
            document.raw, url=url, content_type=document.media_type, hints=hints, encoding=encoding, damaged=damaged
        )
    return decode(document.raw) if encoding is None else decode_as(document.raw, encoding, damaged=damaged)


def _decided(document: Document, kind: str) -> Override | None:
    """The decision of a kind that holds: the last one about the document, else the last one about its source."""
    of_kind = [each for each in document.overrides if each.kind == kind]
    about = [each for each in of_kind if each.scope == "document"] or of_kind
    return about[-1] if about else None


def _add_rows(
    batch: _Batch,
    document: Document,
    acquired_at: datetime,
    decoded: Decoded | Article,
    applied: list[str],
    extraction: Extraction,
    places: list[PlaceMention],
    version: str,
) -> None:
    from flows.acquire.article import Article
    from flows.acquire.page_metadata import settled

    header, body = extraction.header, decoded.text
    candidates: tuple[Candidate, ...] = ()
    lost_numerals: tuple[str, ...] = ()
    if isinstance(decoded, Article):
        header, candidates = settled(header, decoded)
        lost_numerals = decoded.lost_numerals
    lines, paragraphs = line_starts(body), paragraph_starts(body)
    release_key = keys.release_key(document.source_uri, document.content_hash, 1)  # the loader numbers later revisions
    batch.by_release[release_key] = document
    batch.bodies[release_key] = body
    batch.rows["dim_release"].append(
        (
            release_key,
            keys.release_id(document.source_id, document.source_uri),
            1,
            keys.source_key(document.source_id),
            document.source_uri,
            header.publisher,
            header.publisher_ref,
            header.title,
            body,
            header.language,
            header.published_on,
            keys.date_key(header.published_on),
            header.published_on_basis,
            header.dateline_place,
            decoded.encoding,
            len(paragraphs),
            len(body),
            document.content_hash,
            acquired_at,
            acquired_at,
            None,
            True,
            None,
            version,
            batch.run_id,
            _dateline_place_key(header.dateline_place),
            None,
            applied,
            list(lost_numerals),
        )
    )
    batch.rows["release_metadata"] += _metadata(release_key, candidates)
    for mention in extraction.mentions:
        sentence = sentence_place(body, lines, mention.start, mention.end)
        _add_fact(batch.rows, release_key, mention, sentence)
    batch.rows["fact_numeral"].extend(_numeral(release_key, entry) for entry in extraction.ledger)
    for pair in extraction.pairs:
        sentence = sentence_place(body, lines, pair.start, pair.end)
        batch.rows["fact_consistency"].append(_consistency(release_key, pair, sentence))
    for place in places:
        paragraph_no = bisect_right(paragraphs, place.start) - 1
        sentence = sentence_place(body, lines, place.start, place.end)
        batch.rows["fact_place"].append(_place(release_key, place, paragraph_no, sentence))


def _metadata(release_key: int, candidates: Iterable[Candidate]) -> Iterator[tuple[Any, ...]]:
    """A row of each candidate, numbered field by field."""
    numbers: Counter[str] = Counter()
    for each in candidates:
        numbers[each.field] += 1
        yield (release_key, each.field, numbers[each.field], each.value, each.where, each.rule, each.chosen)


def _dateline_place_key(dateline: str | None) -> int:
    from flows.extract.places import of_dateline

    code = None if dateline is None else of_dateline(dateline)
    return keys.UNKNOWN_KEY if code is None else _place_key(code)


def _place(release_key: int, place: PlaceMention, paragraph_no: int, sentence: tuple[int, int, int]) -> tuple[Any, ...]:
    span = (release_key, place.start, place.end, place.surface, paragraph_no)
    return (*span, _rule_key(place.rule), *sentence, _place_key(place.place_code), str(place.evidence))


def _numeral(release_key: int, entry: LedgerEntry) -> tuple[Any, ...]:
    rule = keys.UNKNOWN_KEY if entry.rule is None else _rule_key(entry.rule)
    return (release_key, entry.start, entry.end, entry.surface, entry.paragraph_no, rule, str(entry.role))


def _consistency(release_key: int, pair: Pair, sentence: tuple[int, int, int]) -> tuple[Any, ...]:
    left, right = pair.left, pair.right
    return (
        release_key,
        pair.start,
        pair.end,
        pair.surface,
        pair.paragraph_no,
        *sentence,
        str(pair.kind),
        *(f"fact_{left.role}", left.start, left.end),
        *((None, None, None) if right is None else (f"fact_{right.role}", right.start, right.end)),
        pair.expected,
        pair.found,
        pair.deviation,
        str(pair.verdict),
        pair.reason,
        _rule_key(pair.rule),
    )


def _add_fact(
    rows: dict[str, list[tuple[Any, ...]]], release_key: int, mention: Mention, sentence: tuple[int, int, int]
) -> None:
    """The row of a mention, in the table of its kind of value; a reason is no fact and has its place in the ledger."""
    span = (
        release_key,
        mention.start,
        mention.end,
        mention.surface,
        mention.paragraph_no,
        _rule_key(mention.rule),
        *sentence,
        str(mention.confidence),
        mention.basis,
        list(mention.alternatives),
    )
    match mention.value:
        case Period(edtf, start, end, modifier, is_relative):
            days = (start, end, keys.date_key(start), keys.date_key(end))
            rows["fact_date"].append((*span, edtf, *days, modifier and str(modifier), is_relative))
        case Money(amount, amount_max, currency, comparator, per):
            code = (currency, _currency_key(currency))
            rows["fact_money"].append((*span, amount, amount_max, *code, str(comparator), per))
        case Count(value, value_max, unit, unit_code, comparator, per):
            key = keys.UNKNOWN_KEY if unit_code is None else _unit_key(unit_code)
            rows["fact_count"].append((*span, value, value_max, unit, unit_code, key, str(comparator), per))
        case Measure(value, value_max, unit_code, comparator, per, value_si, si_unit):
            code = (unit_code, _unit_key(unit_code))
            rows["fact_measure"].append((*span, value, value_max, *code, str(comparator), per, value_si, si_unit))


_rule_key = cache(keys.rule_key)
_currency_key = cache(keys.currency_key)
_unit_key = cache(keys.unit_key)
_place_key = cache(keys.place_key)


def line_starts(body: str) -> list[int]:
    """Where the lines of a text start."""
    return list(accumulate((len(line) + 1 for line in body.split("\n")[:-1]), initial=0))


def sentence_place(body: str, lines: list[int], start: int, end: int) -> tuple[int, int, int]:
    """Where the stretch of text to show around a span is: the line's number, and first and last place in the line.

    It is the line of the span, or of a long line what is near, cut between words: Thai ends no sentence with a mark and
    writes blanks between phrases. Places count from the line's start, because cutting a line out of a long text and
    a piece out of the line is ten times faster in SQL than walking through the text.

    Args:
        body: the text.
        lines: where its lines start.
        start: first code point of the span.
        end: code point after its last one.
    """
    line_no = bisect_right(lines, start) - 1
    line_start = lines[line_no]
    line_end = lines[line_no + 1] - 1 if line_no + 1 < len(lines) else len(body)
    end = min(end, line_end)
    left = line_start
    if start - left > SENTENCE_REACH:
        near = start - SENTENCE_REACH
        blank = body.find(" ", near, start)
        left = _past_marks(body, near, start) if blank < 0 else blank + 1
    right = line_end
    if right - end > SENTENCE_REACH:
        near = end + SENTENCE_REACH
        blank = body.rfind(" ", end, near)
        right = _past_marks(body, near, right) if blank < 0 else blank
    while left < start and body[left].isspace():
        left += 1
    while right > end and body[right - 1].isspace():
        right -= 1
    return line_no, left - line_start, right - line_start


def paragraph_starts(body: str) -> list[int]:
    """Where the paragraphs of a text start: its lines that are not blank."""
    lines = zip(line_starts(body), body.split("\n"), strict=True)
    return [start for start, line in lines if line and not line.isspace()]


def _past_marks(body: str, at: int, limit: int) -> int:
    """The first place from `at` that does not part a letter from the vowels and tones above or below it."""
    while at < limit and unicodedata.category(body[at]) == "Mn":
        at += 1
    return at


def _validated(batch: _Batch, extractor: Extractor) -> dict[str, pa.Table]:
    """All tables of the batch; rows that fail are in etl_quarantine only, and with a release go its facts."""
    tables = {"dim_release": _good_rows(batch, "dim_release", ())}
    releases = cast("list[int]", tables["dim_release"]["release_key"].to_pylist())
    rule_keys = frozenset(map(_rule_key, extractor.rule_names))
    checks = _span_checks(batch.bodies, releases)
    for table in FACT_TABLES:
        ruled = "rule_key" in arrow_schema(table).names
        tables[table] = _good_rows(batch, table, (*checks, _rule_check(rule_keys)) if ruled else checks)
    tables["release_metadata"] = _good_rows(batch, "release_metadata", checks[:1])
    tables["etl_quarantine"], _, misfits = to_arrow("etl_quarantine", batch.quarantine)
    assert not misfits, misfits
    became_release = {batch.by_release[key].source_uri for key in releases}
    tables["etl_document"] = _documents(batch, became_release)
    tables["gone"] = pa.Table.from_pylist(batch.gone, schema=GONE)
    tables["etl_override"] = _overrides(batch)
    return tables


def _words(releases: pa.Table, bodies: dict[int, str]) -> pa.Table:
    """The words of the releases, by release in the order of the alphabet, which is small on disk."""
    from flows.extract.words import places

    key_of: list[int] = []
    found: list[str] = []
    flat: list[int] = []
    ends = [0]
    in_title: list[bool] = []
    staged = cast("list[int]", releases["release_key"].to_pylist())
    titles = cast("list[str]", releases["title"].to_pylist())
    for key, title in zip(staged, titles, strict=True):
        by_word = places(bodies[key])
        title_size = sum(len(at) for at in places(title).values())  # the text begins with it
        for word, at in sorted(by_word.items()):
            key_of.append(key)
            found.append(word)
            flat += at
            ends.append(len(flat))
            in_title.append(at[0] < title_size)
    columns: list[pa.Array[Any]] = [
        pa.array(key_of, pa.int64()),
        pa.array(found, pa.string()),
        pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.array(flat, pa.int32())),
        pa.array(in_title, pa.bool_()),
    ]
    return pa.Table.from_arrays(columns, names=arrow_schema("release_word").names)


def _documents(batch: _Batch, became_release: set[str]) -> pa.Table:
    """Every document of the batch as last read; the loader adds the batch's name."""
    schema = pa.schema(list(arrow_schema("etl_document"))[:4])
    rows = [
        {
            "source_uri": uri,
            "source_id": document.source_id,
            "content_hash": document.content_hash,
            "outcome": "release" if uri in became_release else "quarantined",
        }
        for uri, document in batch.documents.items()
    ]
    return pa.Table.from_pylist(rows, schema=schema)


def _overrides(batch: _Batch) -> pa.Table:
    """The decisions of the batch; the loader adds the batch's name."""
    schema = pa.schema(list(arrow_schema("etl_override"))[:-1])
    rows = [
        {**asdict(each), "decided_at": utc(datetime.fromisoformat(each.decided_at))}
        for each in batch.overrides.values()
    ]
    return pa.Table.from_pylist(rows, schema=schema)


def _good_rows(batch: _Batch, table: str, checks: tuple[Check, ...]) -> pa.Table:
    rows, kept, misfits = to_arrow(table, batch.rows[table])
    names = arrow_schema(table).names
    for at, misfit in misfits.items():
        _set_aside(batch, table, dict(zip(names, batch.rows[table][at], strict=True)), [misfit])
    failed = {
        at: reasons
        for at, reasons in failures(table, rows, checks).items()
        if not _is_accepted(batch, table, batch.rows[table][kept[at]][0], reasons)
    }
    if not failed:
        return rows
    for at, reasons in failed.items():
        _set_aside(batch, table, dict(zip(names, batch.rows[table][kept[at]], strict=True)), reasons)
    return rows.filter(pa.array([at not in failed for at in range(rows.num_rows)]))


def _is_accepted(batch: _Batch, table: str, release_key: int, reasons: list[Failure]) -> bool:
    """Whether a row is to go in though it fails: a decision about the document says so, and the tables can hold it."""
    document = batch.by_release.get(release_key)
    values = {each.value for each in document.overrides if each.kind == "accept"} if document else set()
    return bool(values) and all(
        f"{table}:{reason.code}" in values and not _NEVER_ACCEPTED.fullmatch(reason.code) for reason in reasons
    )


def can_be_accepted(code: str) -> bool:
    """Whether a failure of validation is one that a decision may overrule."""
    return not _NEVER_ACCEPTED.fullmatch(code)


def _set_aside(batch: _Batch, table: str, row: Mapping[str, Any], reasons: list[Failure]) -> None:
    """One row of quarantine for a row of a table: the first reason to group by, all of them in words."""
    if "surface" in row:
        where = f"{table} {row['surface']!r} at {row['char_start']}"
    else:
        where = table if table == "dim_release" else f"{table} {row['field']} {row['value']!r}"
    why = "; ".join(reason.sentence for reason in reasons)
    sentence = f"{where}: {why}. Mend the rule that read it, or the document, then run `klangkhao rebuild`."
    document = batch.by_release[row["release_key"]]
    batch.reject("validate", document, Failure(reasons[0].code, sentence), table, _payload(row))


def _payload(row: Mapping[str, Any]) -> str:
    """The row as JSON, without what differs between runs, so that a rejection keeps its key."""
    kept = {name: value for name, value in row.items() if name not in _RUN_COLUMNS}
    if "body" in kept:
        kept["body"] = kept["body"][:PAYLOAD_BODY]
    return json.dumps(kept, ensure_ascii=False, default=str)


def _rule_check(rule_keys: frozenset[int]) -> Check:
    """That the rule of a span is one of today's."""

    def rule_is_known(frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["rule_key"].isin([*rule_keys, keys.UNKNOWN_KEY])

    return pap.Check(rule_is_known, ignore_na=False, error="rule_unknown: no rule has this key")


def _span_checks(bodies: dict[int, str], releases: list[int]) -> tuple[Check, ...]:
    """What only the batch can tell of a span: its release is there, its text stands there.

    Args:
        bodies: text by release_key.
        releases: release_keys of the releases that go in.
    """
    paragraphs = {key: paragraph_starts(body) for key, body in bodies.items()}

    def release_is_good(frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["release_key"].isin(releases)

    def surface_stands_there(frame: pd.DataFrame) -> pd.Series[bool]:
        spans = _lists(frame, "release_key", "char_start", "char_end", "surface")
        return _flags(frame, (bodies[key][start:end] == surface for key, start, end, surface in spans))

    def paragraph_is_right(frame: pd.DataFrame) -> pd.Series[bool]:
        spans = _lists(frame, "release_key", "char_start", "paragraph_no")
        return _flags(frame, (number == bisect_right(paragraphs[key], start) - 1 for key, start, number in spans))

    told = (
        (release_is_good, "release_rejected: its release was set aside"),
        (surface_stands_there, "surface_differs: the text does not say this at this place"),
        (paragraph_is_right, "paragraph_differs: the place is in another paragraph"),
    )
    return tuple(pap.Check(check, ignore_na=False, error=error) for check, error in told)


def _lists(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """The values of some columns, row by row, as Python's own."""
    return zip(*(pa.array(frame[column].array).to_pylist() for column in columns), strict=True)


def _flags(frame: pd.DataFrame, outcomes: Iterator[bool]) -> pd.Series[bool]:
    return pd.Series(list(outcomes), index=frame.index, dtype=bool)


def _write(batch_dir: Path, tables: dict[str, pa.Table]) -> None:
    """Write the folder beside its place and rename it: no fsync, since staging is made anew from landing."""
    partial = batch_dir.with_name(f".{batch_dir.name}.{os.getpid()}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for table, rows in tables.items():
        pq.write_table(rows, partial / f"{table}.parquet", compression="lz4")
    if batch_dir.exists():
        shutil.rmtree(batch_dir)
    partial.rename(batch_dir)
