"""The way out of quarantine: look at what was set aside, decide what to do about it, and say what may be read again.

A decision changes nothing by itself. It is landed, with the documents that it is about, as if they had just come from
their source: the next run reads them under it, a run that is killed leaves that to the one after, and a rebuild comes
to the same. Nothing is landed that would fail again.
"""

from __future__ import annotations

import getpass
import json
import secrets
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import pyarrow.parquet as pq
from rich.padding import Padding
from rich.text import Text

from flows import show
from flows.acquire.decode import Undecodable, decode_as, text_encoding
from flows.acquire.landing import landed_overrides, read_landing, write_again
from flows.acquire.overrides import under
from flows.complaints import UsageError
from flows.query import json_value, table_rows
from flows.stage import DAMAGED, Landed, can_be_accepted, stage_documents, todays_extractor
from schemas import keys
from schemas.instants import utc
from schemas.records import Document, Override
from warehouse.lock import run_lock
from warehouse.paths import Paths
from warehouse.reading import reading
from warehouse.work import known_overrides, open_work, pending_batches

if TYPE_CHECKING:
    from collections.abc import Sequence

QUARANTINE_SQL: Final = """
select
    quarantine_key, status, stage, reason, table_name, source_id, source_uri, content_hash, detail, payload,
    quarantined_at, last_seen_at, run_id, resolution, resolved_at, resolved_run_id, override_id
from etl_quarantine
order by status, stage, reason, source_uri, quarantine_key
"""
OVERRIDE_SQL: Final = "select * exclude (batch_id) from etl_override order by decided_at, override_id"
SHOWN: Final = 50
PREVIEW: Final = 160  # code points of a text in each encoding that may be meant
DAMAGE_SHOWN: Final = 0.1  # share of a text that may be broken in an encoding that it may be in
CANDIDATES: Final = ("cp874", "utf-8", "utf-16-le", "utf-16-be", "windows-1252")
_TAGS: Final = {"encoding": "encoding", "published_on": "published-on", "accept": "accept", "dismiss": "dismiss"}


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was set aside, as far as deciding about it goes."""

    key: int
    stage: str
    reason: str
    table: str | None
    source_id: str
    uri: str
    content_hash: str | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be done about a document or source, and why."""

    kind: str
    value: str | None
    for_source: bool
    why: str
    by: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What would become of a document if it were read again: whether it is a release, and what fails in it."""

    is_release: bool
    failures: dict[int, str]  # sentences by quarantine_key


# Looking


def list_all(warehouse: Path, reason: str | None, *, everything: bool, as_json: bool) -> int:
    """Print what is in quarantine; with `everything` also what is out of it again.

    Raises:
        WarehouseError: there is no warehouse, or it can't be opened.
    """
    rows = [
        row
        for row in table_rows(warehouse, QUARANTINE_SQL)
        if reason in (None, row["reason"]) and (everything or row["status"] == "open")
    ]
    if as_json:
        _print_json([{name: json_value(value) for name, value in row.items()} for row in rows])
        return 0
    console = show.console()
    if not rows:
        console.print("Nothing is in quarantine." if reason is None else f"Nothing is in quarantine as `{reason}`.")
        return 0
    for row in rows[:SHOWN]:
        console.print(_headline(row))
        detail = row["detail"].removeprefix(f"{row['source_uri']}: ")
        console.print(Padding(Text(detail, overflow="fold"), (0, 0, 0, 4)))
    if len(rows) > SHOWN:
        console.print(f"… and {len(rows) - SHOWN} more; --json gives all.", style="dim")
    console.print("`klangkhao quarantine show KEY` tells more, and what can be done.", style="dim")
    return 0


def show_one(warehouse: Path, key: str, *, as_json: bool) -> int:
    """Print all that is known of a rejection, and how to get it out of quarantine.

    Raises:
        UsageError: there is no such rejection.
        WarehouseError: there is no warehouse, or it can't be opened.
    """
    rows = table_rows(warehouse, QUARANTINE_SQL)
    row = next((each for each in rows if str(each["quarantine_key"]) == key), None)
    if row is None:
        raise UsageError(f"No rejection has the key {key}. `klangkhao quarantine --all` lists them.")
    decisions = [
        each
        for each in table_rows(warehouse, OVERRIDE_SQL)
        if each["source_uri"] == row["source_uri"]
        or (each["scope"] == "source" and each["source_id"] == row["source_id"])
    ]
    with reading(warehouse) as con:
        found = _landed(con, Paths(warehouse), row["source_uri"], row["content_hash"])
    previews = _previews(found[0].raw) if found and row["stage"] in {"decode", "extract"} else {}
    ways = _ways(row, is_landed=found is not None)
    if as_json:
        plain = {name: json_value(value) for name, value in row.items()}
        told = [{name: json_value(value) for name, value in each.items()} for each in decisions]
        _print_json({**plain, "decisions": told, "previews": previews, "ways": ways})
        return 0
    console = show.console()
    console.print(_headline(row))
    for name in ("detail", "source_id", "content_hash", "stage", "quarantined_at", "last_seen_at", "run_id"):
        if row[name] is not None:
            console.print(Text(f"  {name.replace('_', ' ')}: {row[name]}", overflow="fold"))
    if row["status"] != "open":
        run = f", in run {row['resolved_run_id']}" if row["resolved_run_id"] else ""
        said = f"  {row['resolution']} at {row['resolved_at']} UTC{run}"
        console.print(Text(said, style="green", overflow="fold"))
    for each in decisions:
        who = f"{each['decided_by']} at {each['decided_at']} UTC"
        said = f"  decided: {each['kind']} {each['value']} for the {each['scope']}, by {who}: {each['why']}"
        console.print(Text(said, overflow="fold"))
    if row["payload"]:
        console.print(Padding(Text(row["payload"], style="dim", overflow="fold"), (0, 0, 0, 4)))
    for encoding, words in previews.items():
        console.print(Text(f"  as {encoding}: {words}", overflow="fold"))
    for way in ways:
        console.print(Text(f"→ {way}", style="bold", overflow="fold"))
    return 0


def _headline(row: dict[str, Any]) -> Text:
    place = f" ({row['table_name']})" if row["table_name"] else ""
    state = "" if row["status"] == "open" else f" {row['resolution']}"
    said = Text(f"{row['quarantine_key']} ", style="dim", overflow="fold")
    said.append(f"{row['reason']}{place}", style="bold yellow" if row["status"] == "open" else "green")
    said.append(f"{state} {row['source_uri']}", style="not dim")
    return said


def _previews(raw: bytes) -> dict[str, str]:
    """How the beginning of a document would read in the encodings that it may be in."""
    found = {}
    for encoding in CANDIDATES:
        try:
            text = decode_as(raw, encoding, damaged=True).text
        except Undecodable:
            continue
        if text.count("\ufffd") <= DAMAGE_SHOWN * len(text):
            found[encoding] = " ".join(text[: 4 * PREVIEW].split())[:PREVIEW]
    return found


def _ways(row: dict[str, Any], *, is_landed: bool) -> list[str]:
    """What can be done about an open rejection."""
    if row["status"] != "open":
        return []
    key, fix = row["quarantine_key"], "klangkhao quarantine fix"
    ways = ["mend the document at its source and run again"]
    if row["stage"] == "decode":
        ways.append(
            f"{fix} {key} --encoding NAME --why TEXT (with --damaged if it is broken, --source for all of its source)"
        )
    if row["stage"] == "acquire" and row["reason"] == "binary":
        ways.append(f"{fix} {key} --encoding NAME --source --why TEXT")
    if row["stage"] == "validate" and can_be_accepted(row["reason"]):
        ways.append(f"{fix} {key} --accept --why TEXT")
    if is_landed and row["stage"] != "decode":
        ways.append(f"mend the rule, then klangkhao quarantine replay {key}")
    return [*ways, f"{fix} {key} --dismiss --why TEXT if it is right to leave it out"]


# Deciding


def fix(warehouse: Path, name: str, wish: Wish, *, as_json: bool) -> int:
    """Put a decision, and what is to be read again because of it, into the queue of the next run.

    Args:
        warehouse: the warehouse.
        name: key of a rejection, name (release_id) of a release, or URI of a document.
        wish: what is to be done.
        as_json: print one JSON value.

    Raises:
        UsageError: there is nothing of that name, or the decision makes no sense for it, or does not help.
        WarehouseError: the warehouse can't be used, or a run is using it.
    """
    paths = _existing(warehouse)
    now = datetime.now(UTC)
    with run_lock(paths), closing(open_work(paths)) as con:
        entry = _find(con, name)
        _require_sense(entry, wish, name)
        decision = _decision(entry, wish, now)
        pending = pending_batches(con, paths)
        standing = [*known_overrides(con), *landed_overrides(pending)]
        if any(_same(each, decision) for each in standing):
            raise UsageError(
                f"{name}: this has been decided before. `klangkhao quarantine replay` puts it into effect."
            )
        again, failing = _to_read_again(con, paths, entry, decision, [*standing, decision])
        if wish.kind != "dismiss" and entry.stage != "acquire" and not again:
            raise UsageError(
                f"{name}: that does not help, so nothing was decided. {failing[0] if failing else ''}".strip()
            )
        run_id = _run_id(now)
        write_again(paths.landing, run_id, [decision], again, decided_at=now)
    if as_json:
        told = [document.source_uri for document, _ in again]
        _print_json({"override_id": decision.override_id, "to_read_again": told, "still_failing": failing})
        return 0
    console = show.console()
    console.print(
        Text(f"Decided ({decision.override_id}): {_TAGS[wish.kind]} {decision.value}. {wish.why}", overflow="fold")
    )
    for sentence in failing:
        console.print(Text(f"It does not help here: {sentence}", style="yellow", overflow="fold"))
    what = "it" if wish.kind == "dismiss" else f"{len(again)} documents" if len(again) != 1 else "1 document"
    if entry.stage == "acquire" and wish.kind != "dismiss":
        console.print("`klangkhao run` takes in what this source has now, under this decision.")
    else:
        console.print(f"`klangkhao quarantine replay` takes {what} out of quarantine; any other run does too.")
    return 0


def _find(con: duckdb.DuckDBPyConnection, name: str) -> Entry:
    columns = "quarantine_key, stage, reason, table_name, source_id, source_uri, content_hash"
    if name.isdecimal():
        row = con.execute(
            f"select {columns}, status from etl_quarantine where quarantine_key::varchar = ?", [name]
        ).fetchone()
        if row and row[-1] != "open":
            raise UsageError(f"{name} is out of quarantine. `klangkhao quarantine show {name}` tells how.")
        if row:
            return Entry(*row[:-1])
    release = con.execute(
        "select 0, 'loaded', '', null, source_id, source_uri, content_hash from dim_release join dim_source "
        "using (source_key) where is_current and (release_id = ? or source_uri = ? or release_key::varchar = ?)",
        [name, name, name],
    ).fetchone()
    if release:
        return Entry(*release)
    rows = con.execute(
        f"select {columns} from etl_quarantine where status = 'open' and source_uri = ? order by all", [name]
    ).fetchall()
    if not rows:
        raise UsageError(
            f"{name} is no key of what is in quarantine, no release and no address of a document. "
            "`klangkhao quarantine` lists the keys."
        )
    return Entry(*rows[0])


def _require_sense(entry: Entry, wish: Wish, name: str) -> None:
    """Refuse what can't be meant, in words."""
    if not wish.why.strip():
        raise UsageError("--why must say why: whoever reads the decision later has nothing else to go by.")
    if wish.for_source and wish.kind != "encoding":
        raise UsageError(f"--source goes with --encoding alone: {_TAGS[wish.kind]} is about one document.")
    if wish.kind == "encoding" and text_encoding(str(wish.value).partition("+")[0]) is None:
        encoding = str(wish.value).partition("+")[0]
        raise UsageError(f"--encoding {encoding} is no encoding of text: name one such as cp874, utf-8 or utf-16-le.")
    if wish.kind == "encoding" and entry.stage == "acquire" and not wish.for_source:
        raise UsageError(f"{name} was never taken in. Give the encoding with --source, and run again: then it is.")
    if wish.kind == "encoding" and entry.stage not in {"acquire", "decode", "loaded"}:
        raise UsageError(f"{name} could be decoded: its encoding is not what is wrong with it.")
    if wish.kind == "published_on" and entry.stage in {"acquire", "decode"}:
        raise UsageError(f"{name} has no text yet that a day could be given to: make it readable first.")
    if wish.kind == "accept" and (entry.stage != "validate" or not can_be_accepted(entry.reason)):
        why = "the tables can't hold such a row" if entry.stage == "validate" else "no check of a value rejected it"
        raise UsageError(f"{name} can't be accepted: {why}. Mend the document or the rule.")
    if wish.kind == "dismiss" and entry.stage == "loaded":
        raise UsageError(f"{name} is not in quarantine: there is nothing to dismiss.")


def _decision(entry: Entry, wish: Wish, now: datetime) -> Override:
    value = {"accept": f"{entry.table}:{entry.reason}", "dismiss": str(entry.key)}.get(wish.kind, str(wish.value))
    scope = "source" if wish.for_source else "document"
    uri, content_hash = (None, None) if wish.for_source else (entry.uri, entry.content_hash)
    at = utc(now).isoformat()
    name = keys.override_id(scope, entry.source_id, uri or "", content_hash or "", wish.kind, value, at)
    by = wish.by or getpass.getuser()
    return Override(name, scope, entry.source_id, uri, content_hash, wish.kind, value, wish.why.strip(), by, at)


def _same(one: Override, other: Override) -> bool:
    """Whether two decisions come to the same; why, by whom and when is another matter."""
    left = replace(one, override_id="", why="", decided_by="", decided_at="")
    return left == replace(other, override_id="", why="", decided_by="", decided_at="")


def _to_read_again(
    con: duckdb.DuckDBPyConnection, paths: Paths, entry: Entry, decision: Override, standing: Sequence[Override]
) -> tuple[list[tuple[Document, datetime]], list[str]]:
    """The documents that a decision helps, with the time they count as acquired; and why it does not help the rest."""
    if decision.kind == "dismiss" or entry.stage == "acquire":
        return [], []
    about = [entry]
    if decision.scope == "source":
        rows = con.execute(
            "select quarantine_key, stage, reason, table_name, source_id, source_uri, content_hash from etl_quarantine "
            "where status = 'open' and stage = 'decode' and source_id = ? order by source_uri",
            [entry.source_id],
        ).fetchall()
        about = [Entry(*row) for row in rows]
    again, failing = [], []
    for each in about:
        found = _landed(con, paths, each.uri, each.content_hash)
        if found is None:
            failing.append(f"{each.uri}: its bytes are not in landing.")
            continue
        document, acquired_at = found
        document = under(document, standing)
        attempt = try_again(document)
        if each.key in attempt.failures or not attempt.is_release:
            failing.append(attempt.failures.get(each.key) or next(iter(attempt.failures.values()), each.uri))
        else:
            again.append((document, _counts_from(con, document, acquired_at)))
    return again, failing


def _counts_from(con: duckdb.DuckDBPyConnection, document: Document, acquired_at: datetime) -> datetime:
    """When a document that is read again counts as acquired: as it was, unless it is a release that now reads anew."""
    known = con.execute("select 1 from dim_release where source_uri = ?", [document.source_uri]).fetchone()
    return datetime.now(UTC) if known else acquired_at


def try_again(document: Document) -> Attempt:
    """Read a document as a run would, and tell what came of it; nothing is kept."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="klangkhao-") as folder:
        landed = [Landed(document, utc(now))]
        out = Path(folder) / "again"
        result = stage_documents(landed, out, extractor=todays_extractor(), run_id="again", seen_at=utc(now))
        rows = pq.read_table(out / "etl_quarantine.parquet", columns=["quarantine_key", "detail"]).to_pylist()
    return Attempt(bool(result.releases), {row["quarantine_key"]: row["detail"] for row in rows})


# Reading again


def land_again(
    con: duckdb.DuckDBPyConnection, paths: Paths, run_id: str, names: Sequence[str], version: str
) -> list[str]:
    """Land what is in quarantine and would not be set aside again by today's rules; return why the rest would.

    Args:
        con: the work database.
        paths: the warehouse.
        run_id: the run that is going to read it.
        names: keys of rejections; none for all that were landed.
        version: version of the rules.

    Raises:
        UsageError: a key is none of what is in quarantine.
    """
    pending = pending_batches(con, paths)
    standing = [*known_overrides(con), *landed_overrides(pending)]
    waiting = {
        (row.source_uri, row.content_hash)
        for file in pending
        for row in read_landing(file)
        if isinstance(row, Document)
    }
    now = datetime.now(UTC)
    decisions: list[Override] = []
    again: dict[str, tuple[Document, datetime]] = {}
    failing: list[str] = []
    tried: dict[str, Attempt] = {}
    for entry in _open(con, names):
        if (entry.uri, entry.content_hash) in waiting:
            continue
        found = _landed(con, paths, entry.uri, entry.content_hash) if entry.stage != "acquire" else None
        if found is None:
            if names:
                failing.append(f"{entry.key}: {entry.uri} was never taken in; mend it at its source and run again.")
            continue
        document, acquired_at = found
        document = under(document, standing)
        attempt = tried.setdefault(entry.uri, try_again(document))
        if entry.key in attempt.failures or not attempt.is_release:
            failing.append(
                f"{entry.key}: {attempt.failures.get(entry.key) or next(iter(attempt.failures.values()), '')}"
            )
            continue
        if (
            entry.uri not in again
            and con.execute("select 1 from dim_release where is_current and source_uri = ?", [entry.uri]).fetchone()
        ):
            # It is a release already, without what failed: only a decision tells the new reading from the old one.
            wish = Wish("reread", version, for_source=False, why="The rules have been mended.", by=None)
            decision = _decision(entry, wish, now)
            decisions.append(decision)
            document = replace(document, overrides=(*document.overrides, decision))
        again.setdefault(entry.uri, (document, _counts_from(con, document, acquired_at)))
    write_again(paths.landing, run_id, decisions, again.values(), decided_at=now)
    return failing


def require_keys(warehouse: Path, names: Sequence[str]) -> None:
    """Refuse keys that are none.

    Raises:
        UsageError: there is no warehouse, or a key is none of what is or was in quarantine.
        WarehouseError: the warehouse can't be used, or a run is using it.
    """
    paths = _existing(warehouse)
    with run_lock(paths), closing(open_work(paths)) as con:
        _open(con, names)


def still_open(warehouse: Path, names: Sequence[str]) -> list[str]:
    """Which of some keys are in quarantine yet."""
    with closing(open_work(_existing(warehouse))) as con:
        left = {str(entry.key) for entry in _open(con, ())}
    return [name for name in names if name in left]


def _open(con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[Entry]:
    rows = con.execute(
        "select quarantine_key, stage, reason, table_name, source_id, source_uri, content_hash from etl_quarantine "
        "where status = 'open' order by source_uri, quarantine_key"
    ).fetchall()
    entries = [Entry(*row) for row in rows]
    if not names:
        return entries
    known = {str(key) for (key,) in con.execute("select quarantine_key from etl_quarantine").fetchall()}
    if unknown := [name for name in names if name not in known]:
        raise UsageError(f"{unknown[0]} is no key of what is or was in quarantine. `klangkhao quarantine` lists them.")
    return [entry for entry in entries if str(entry.key) in names]


def _landed(
    con: duckdb.DuckDBPyConnection, paths: Paths, uri: str, content_hash: str | None
) -> tuple[Document, datetime] | None:
    """The bytes of a document as they were first landed, and when; None where landing has them not."""
    files = sorted(str(file) for file in paths.landing.glob("*.parquet"))
    if not files or content_hash is None:
        return None
    row = con.execute(
        "select source_id, raw, acquired_at::timestamp from read_parquet(?, union_by_name = true) "
        "where source_uri = ? and content_hash = ? order by acquired_at limit 1",
        [files, uri, content_hash],
    ).fetchone()
    if row is None:
        return None
    source_id, raw, acquired_at = row
    return Document(source_id, uri, raw, content_hash), acquired_at.replace(tzinfo=UTC)


def _existing(warehouse: Path) -> Paths:
    paths = Paths(warehouse.expanduser().absolute())
    if not paths.work.exists() and not paths.snapshot.exists():
        raise UsageError(
            f"{warehouse}: there is no such warehouse. Make it with `klangkhao run`, or name another with -w."
        )
    return paths


def _run_id(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def wish(
    *,
    encoding: str | None,
    damaged: bool,
    source: bool,
    published_on: str | None,
    accept: bool,
    dismiss: bool,
    why: str,
    by: str | None,
) -> Wish:
    """What the options of the command line ask for.

    Raises:
        UsageError: they ask for nothing, for more than one thing, or for a day that is none.
    """
    asked = [
        *([("encoding", f"{encoding}{DAMAGED if damaged else ''}")] if encoding is not None else []),
        *([("published_on", _day(published_on))] if published_on is not None else []),
        *([("accept", None)] if accept else []),
        *([("dismiss", None)] if dismiss else []),
    ]
    if len(asked) != 1:
        raise UsageError("Give one of --encoding, --published-on, --accept and --dismiss.")
    kind, value = asked[0]
    if damaged and kind != "encoding":
        raise UsageError("--damaged goes with --encoding alone.")
    return Wish(kind, value, source, why, by)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"--published-on {text} is no day: write year, month and day, such as 2024-03-15.") from None


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
