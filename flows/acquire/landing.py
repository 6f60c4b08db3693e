"""Landing: documents as they came, in Parquet files that are written once and never changed.

A file is the unit of all later work: it is written beside its place, forced to disk, and renamed, so that it is there
whole or not at all. Landing is also the queue: what was landed by a run that died is worked off by the next one.

A row without content says that its source no longer has the document, or holds a decision on how something is read; a
document that has such decisions carries them. So the order of landing is all of history, and a rebuild comes to the
same.

What came from the web is kept in WARC files beside, as it came: a row then says which record of them it stands on, and
holds no second copy.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.records import Document, Gone, Override, Rejected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

BATCH_DOCUMENTS = 500
BATCH_BYTES = 8_000_000  # of raw documents; one larger document is a batch of its own
_COLUMNS: dict[str, pa.DataType] = {
    "source_id": pa.string(),
    "source_uri": pa.string(),
    "content_hash": pa.string(),
    "raw": pa.binary(),
    "acquired_at": pa.timestamp("us", tz="UTC"),
    "overrides": pa.string(),  # JSON
    "media_type": pa.string(),
    "record": pa.string(),
    "hints": pa.string(),  # JSON
}
_LATER = frozenset({"overrides", "media_type", "record", "hints"})  # columns that files of earlier versions have not
SCHEMA = pa.schema(_COLUMNS)
_ROW = ("source_id", "source_uri", "content_hash", "raw", "overrides", "media_type", "record", "hints")
_TEMPORARY = ".tmp"
_RUN_ID = re.compile("[A-Za-z0-9._-]+")
_READ_DOCUMENTS = 64  # at once: bounds the memory of a reader


class LandingError(Exception):
    """Landing can't be written or read; the message names the file and the remedy."""


@dataclass(slots=True)
class LandingResult:
    """What one call acquired. `acquired`, `unchanged` and `rejected` together are all that the sources gave."""

    batches: list[Path] = field(default_factory=list)  # written by this call, in order
    acquired: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    acquired_bytes: int = 0
    listed: set[str] = field(default_factory=set)  # URIs of all documents that the sources gave


def write_landing(
    folder: Path,
    run_id: str,
    documents: Iterable[Document | Rejected],
    known: Mapping[str, str],
    *,
    acquired_at: datetime | None = None,
) -> LandingResult:
    """Land what is new in `documents` as `folder/<run_id>-<nnnn>.parquet`.

    `known` maps each source URI to the hash of its latest content, whether that was loaded, quarantined or is still in
    the queue (`landed_documents`); the same content again is `unchanged`. Of two contents under one URI the first is
    kept. A call again with the same run id adds to what the first one landed and never lands anything twice.
    """
    if not _RUN_ID.fullmatch(run_id):
        raise ValueError(f"run id {run_id!r} must consist of letters, digits, '.', '_' and '-'")
    writer = _Writer(folder, run_id, acquired_at or datetime.now(UTC))
    earlier = landed_documents(writer.earlier)
    result = LandingResult(batches=writer.written)
    seen: dict[str, str] = {}
    for document in documents:
        if isinstance(document, Rejected):
            result.rejected.append(document)
            continue
        uri, content_hash = document.source_uri, document.content_hash
        is_repeat = uri in seen
        first = seen.setdefault(uri, content_hash)
        if first != content_hash:
            result.rejected.append(_duplicate(document))
        elif is_repeat or known.get(uri) == content_hash:
            result.unchanged += 1
        else:
            result.acquired += 1
            result.acquired_bytes += _size(document)
            if earlier.get(uri) != content_hash:
                writer.add(document)
    writer.flush()
    result.listed.update(seen)
    return result


def write_gone(folder: Path, run_id: str, gone: Iterable[Gone], *, acquired_at: datetime) -> Path | None:
    """Land that these documents are in their source no longer, after all that the run landed so far.

    Returns the file, or None where nothing is gone. One file holds them all, whatever their number.
    """
    writer = _Writer(folder, run_id, acquired_at)
    for document in gone:
        writer.add_row(document)
    writer.flush()
    return writer.written[-1] if writer.written else None


def write_again(
    folder: Path,
    run_id: str,
    decisions: Iterable[Override],
    documents: Iterable[tuple[Document, datetime]],
    *,
    decided_at: datetime,
) -> Path | None:
    """Land decisions, and documents that are to be read again because of them, in one file: all of it or nothing.

    Args:
        folder: the landing folder.
        run_id: what the file is named after.
        decisions: what was decided.
        documents: documents of earlier landing files with the decisions that hold for them, each URI once, and when
            they count as acquired.
        decided_at: when it was decided.

    Returns:
        The file, or None where there is nothing to land.
    """
    writer = _Writer(folder, run_id, decided_at)
    for decision in decisions:
        writer.add_row(decision)
    for document, acquired_at in documents:
        writer.add_row(document, acquired_at)
    writer.flush()
    return writer.written[-1] if writer.written else None


def read_landing(path: Path) -> Iterator[Document | Gone | Override]:
    """The documents of a landing file, those that it says are gone, and decisions, in the order they came."""
    table = _read(path, [*_ROW])
    for row in zip(*table.columns, strict=True):
        source_id, source_uri, content_hash, raw, written, media_type, record, hints = (value.as_py() for value in row)
        overrides = _overrides(written)
        if content_hash is not None:
            if record is not None:
                raw = _payload(path, record)
            yield Document(source_id, source_uri, raw, content_hash, overrides, media_type, record, hints)
        elif overrides:
            yield from overrides
        else:
            yield Gone(source_id, source_uri)


def _payload(path: Path, record: str) -> bytes:
    """The body of the response that a row of a landing file stands on."""
    from flows.acquire.web.warc_landing import read_record

    file, _, offset = record.rpartition("#")
    return read_record(path.parent, file, int(offset)).body


def landed_overrides(paths: Iterable[Path]) -> list[Override]:
    """The decisions that landing files hold, in their order."""
    found: dict[str, Override] = {}
    for path in paths:
        for written in _read(path, ["overrides"])["overrides"].unique().to_pylist():
            for override in _overrides(written):
                found.setdefault(override.override_id, override)
    return list(found.values())


def _overrides(written: str | None) -> tuple[Override, ...]:
    return tuple(Override(**each) for each in json.loads(written)) if written else ()


def landed_documents(paths: Iterable[Path]) -> dict[str, str]:
    """Source URI → content hash of what the landing files hold; of one URI the last counts, and none of one gone."""
    landed: dict[str, str | None] = {}
    for path in paths:
        columns = _read(path, ["source_uri", "content_hash"]).to_pydict()
        landed.update(zip(columns["source_uri"], columns["content_hash"], strict=True))
    return {uri: content_hash for uri, content_hash in landed.items() if content_hash is not None}


def _size(document: Document) -> int:
    """Bytes of a document, be they in its record."""
    return len(document.raw) or document.size


def _duplicate(document: Document) -> Rejected:
    detail = "another text came first under the same name in this run, and was kept: give the two different names"
    return Rejected(document.source_id, document.source_uri, document.content_hash, "duplicate", detail)


def _read(path: Path, columns: list[str]) -> pa.Table:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            table = file.read(columns)
        for column in columns:
            if column in _LATER and column not in table.column_names:
                table = table.append_column(column, pa.nulls(table.num_rows, pa.string()))
        return table.select(columns)
    except FileNotFoundError:
        raise LandingError(f"Landing file {path} is missing. Restore it from a backup, or remove its batch.") from None
    except (OSError, pa.ArrowException, KeyError) as error:
        raise LandingError(
            f"Landing file {path} is damaged: {error}. Restore it from a backup, or remove it: what its sources still "
            "have is then acquired again."
        ) from None


class _Writer:
    """Gathers documents into batches and writes each as one file. One writer at a time uses a folder."""

    def __init__(self, folder: Path, run_id: str, acquired_at: datetime) -> None:
        self.written: list[Path] = []
        self._folder = folder
        self._run_id = run_id
        self._acquired_at = acquired_at
        self._documents: list[Document | Gone | Override] = []
        self._instants: list[datetime] = []
        self._bytes = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for leftover in folder.glob(f"*.parquet{_TEMPORARY}"):  # of runs that were killed while writing
                leftover.unlink()
            self.earlier = sorted(path for path in folder.glob("*.parquet") if _number(path, run_id) is not None)
        except OSError as error:
            raise _unwritable(folder, error) from None
        self._next = max((_number(path, run_id) or 0 for path in self.earlier), default=0) + 1

    def add(self, document: Document) -> None:
        if self._documents and self._bytes + _size(document) > BATCH_BYTES:
            self.flush()
        self.add_row(document)
        self._bytes += _size(document)
        if len(self._documents) == BATCH_DOCUMENTS:
            self.flush()

    def add_row(self, row: Document | Gone | Override, acquired_at: datetime | None = None) -> None:
        """Add a row to the file, whatever its size."""
        self._documents.append(row)
        self._instants.append(acquired_at or self._acquired_at)

    def flush(self) -> None:
        if not self._documents:
            return
        path = self._folder / f"{self._run_id}-{self._next:04d}.parquet"
        temporary = path.with_name(path.name + _TEMPORARY)
        try:
            with temporary.open("wb") as file:
                self._write(file)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(path)
            _sync_folder(self._folder)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise _unwritable(path, error) from None
        self.written.append(path)
        self._next += 1
        self._documents.clear()
        self._instants.clear()
        self._bytes = 0

    def _write(self, file: IO[bytes]) -> None:
        documents = self._documents
        columns: dict[str, list[Any]] = {
            "source_id": [document.source_id for document in documents],
            "source_uri": ["" if isinstance(each, Override) else each.source_uri for each in documents],
            "content_hash": [each.content_hash if isinstance(each, Document) else None for each in documents],
            "raw": [each.raw if isinstance(each, Document) and not each.record else None for each in documents],
            "acquired_at": self._instants,
            "overrides": [_written(each) for each in documents],
            **{
                name: [getattr(each, name) if isinstance(each, Document) else None for each in documents]
                for name in ("media_type", "record", "hints")
            },
        }
        table = pa.Table.from_pydict(columns, schema=SCHEMA)
        pq.write_table(
            table,
            file,
            compression="zstd",
            compression_level=3,
            use_dictionary=False,
            write_statistics=False,
            write_page_checksum=True,
        )


def _written(row: Document | Gone | Override) -> str | None:
    overrides = row.overrides if isinstance(row, Document) else (row,) if isinstance(row, Override) else ()
    return json.dumps([asdict(each) for each in overrides], ensure_ascii=False) if overrides else None


def _number(path: Path, run_id: str) -> int | None:
    """The batch number in a landing file's name, or None where it is of another run."""
    match = re.fullmatch(re.escape(run_id) + r"-(\d{4,})\.parquet", path.name)
    return int(match[1]) if match else None


def _sync_folder(folder: Path) -> None:
    """Force the folder's own entries to disk, without which a rename can be lost with the power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> LandingError:
    return LandingError(
        f"{path} can't be written: {error.strerror or error}. Free space there or give the right to write, "
        "or choose another place for the warehouse; then run again: what was landed is kept."
    )
