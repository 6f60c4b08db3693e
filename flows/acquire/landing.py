"""Landing: documents as they came, in Parquet files that are written once and never changed.

A file is the unit of all later work: it is written beside its place, forced to disk, and renamed, so that it is there
whole or not at all. Landing is also the queue: what was landed by a run that died is worked off by the next one.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.records import Document, Rejected

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
}
SCHEMA = pa.schema(_COLUMNS)
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
            result.acquired_bytes += len(document.raw)
            if earlier.get(uri) != content_hash:
                writer.add(document)
    writer.flush()
    return result


def read_landing(path: Path) -> Iterator[Document]:
    """The documents of a landing file, in the order they came."""
    table = _read(path, ["source_id", "source_uri", "content_hash", "raw"])
    for row in zip(*table.columns, strict=True):
        source_id, source_uri, content_hash, raw = (value.as_py() for value in row)
        yield Document(source_id, source_uri, raw, content_hash)


def landed_documents(paths: Iterable[Path]) -> dict[str, str]:
    """Source URI → content hash of what the landing files hold; of one URI the last counts."""
    landed: dict[str, str] = {}
    for path in paths:
        columns = _read(path, ["source_uri", "content_hash"]).to_pydict()
        landed.update(zip(columns["source_uri"], columns["content_hash"], strict=True))
    return landed


def _duplicate(document: Document) -> Rejected:
    detail = "another text came first under the same name in this run, and was kept: give the two different names"
    return Rejected(document.source_id, document.source_uri, document.content_hash, "duplicate", detail)


def _read(path: Path, columns: list[str]) -> pa.Table:
    try:
        return pq.read_table(path, columns=columns, partitioning=None, page_checksum_verification=True).select(columns)
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
        self._documents: list[Document] = []
        self._bytes = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for leftover in folder.glob(f"*{_TEMPORARY}"):  # of runs that were killed while writing
                leftover.unlink()
            self.earlier = sorted(path for path in folder.glob("*.parquet") if _number(path, run_id) is not None)
        except OSError as error:
            raise _unwritable(folder, error) from None
        self._next = max((_number(path, run_id) or 0 for path in self.earlier), default=0) + 1

    def add(self, document: Document) -> None:
        if self._documents and self._bytes + len(document.raw) > BATCH_BYTES:
            self.flush()
        self._documents.append(document)
        self._bytes += len(document.raw)
        if len(self._documents) == BATCH_DOCUMENTS:
            self.flush()

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
        self._bytes = 0

    def _write(self, file: IO[bytes]) -> None:
        documents = self._documents
        columns: dict[str, list[Any]] = {
            "source_id": [document.source_id for document in documents],
            "source_uri": [document.source_uri for document in documents],
            "content_hash": [document.content_hash for document in documents],
            "raw": [document.raw for document in documents],
            "acquired_at": [self._acquired_at] * len(documents),
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
