"""What a source is, and how sources are declared: `[[source]]` tables in a TOML file, checked all at once."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import re
import zoneinfo
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.acquire.intake import escape
from schemas.declared import (
    Problems,
    did_you_mean,
    parse,
    read_text,
    shown,
    wrong_bool,
    wrong_choice,
    wrong_id,
    wrong_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = ("folder", "zip")
TIME_ZONE = "Asia/Bangkok"
INCLUDE = ("*.txt",)
MAX_MB = 32

_LANGUAGE = re.compile("[a-z]{2,3}")


class SourceError(Exception):
    """A source can't be used as declared or named; the message says which, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where releases come from, and what is true of all of them."""

    id: str
    kind: str  # one of KINDS
    location: str  # absolute path of a folder, a text file or an archive
    publisher: str | None = None
    time_zone: str = TIME_ZONE  # IANA name: the days that the source's dates mean
    language: str | None = None  # ISO 639 code for texts that don't show their own
    include: tuple[str, ...] = INCLUDE  # of file names, or with a slash of paths; letter case is ignored
    max_bytes: int = MAX_MB * 1_000_000  # of one text
    nested_zips: bool = True  # whether zips inside a zip are read too, one level deep
    complete: bool = True  # whether it still has all that it gave, so that what is missing has disappeared
    owner: str | None = None  # whom to ask when the source breaks
    permission: str | None = None  # why its texts may be used
    encoding: str | None = None  # decided on (not declared) for what can't be read otherwise

    @property
    def uri(self) -> str:
        """The location as the URIs of the source's documents begin."""
        return f"{'zip' if self.kind == 'zip' else 'file'}://{escape(self.location)}"


def load_sources(path: Path) -> list[Source]:
    """The sources that `path` declares, in its order; `SourceError` lists every problem of the file."""
    text = read_text(path, SourceError, "Check the path, or write it with one [[source]] table.")
    declared = parse(path, text, SourceError)
    problems = Problems(path, text, "source")
    tables = problems.tables(declared)
    if not tables and not len(problems):
        problems.say(None, "no source is declared: add a [[source]] table with id, kind and location")
    sources = [_source(problems, index, table, path.absolute().parent) for index, table in enumerate(tables)]
    problems.raise_as(SourceError)
    return [source for source in sources if source]


def _source(problems: Problems, index: int, table: dict[str, Any], base: Path) -> Source | None:
    known = len(problems)
    problems.keys(index, table, _KEYS, _EXAMPLES)
    if len(problems) > known:
        return None
    fields = {key: value for key, value in table.items() if key not in {"max_mb", "include", "location"}}
    return Source(
        **fields,
        location=str(absolute(base / Path(table["location"]).expanduser())),
        include=tuple(table.get("include", INCLUDE)),
        max_bytes=int(table.get("max_mb", MAX_MB) * 1_000_000),
    )


def source_for(path: Path) -> Source:
    """The source that a path on the command line stands for: a folder, one text file, or a zip archive.

    Its id is the name of the folder or archive with a hash of its path. One file belongs to its folder.
    """
    location = absolute(path)
    if not os.path.lexists(location):
        raise SourceError(f"{path} does not exist.{_sibling_hint(location)} Check the path and run again.")
    is_zip = location.suffix.lower() == ".zip" and not location.is_dir()
    home = location if is_zip or location.is_dir() else location.parent
    name = re.sub("[^a-z0-9ก-๙._-]+", "-", (home.stem if is_zip else home.name).lower()).strip("-._")
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:8]
    return Source(id=f"{name}-{digest}" if name else digest, kind="zip" if is_zip else "folder", location=str(location))


def absolute(path: Path) -> Path:
    """`path` from the root, `~` and `..` resolved, symbolic links kept: a link is a name that its owner chose."""
    with contextlib.suppress(RuntimeError):  # no such user: a name that begins with a tilde
        path = path.expanduser()
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps `..`, Path.resolve drops links


def _sibling_hint(path: Path) -> str:
    try:
        names = [sibling.name for sibling in path.parent.iterdir()]
    except OSError:
        return "" if path.parent.exists() else f" Neither does its folder {path.parent}."
    close = difflib.get_close_matches(path.name, names, n=1)
    return f" Did you mean {path.parent / close[0]}?" if close else ""


def _wrong_kind(value: object) -> str | None:
    return wrong_choice(value, KINDS, "kind")


def _wrong_location(value: object) -> str | None:
    if wrong := wrong_text(value):
        return wrong
    if "\0" in str(value):
        return f"{shown(value)} holds a NUL character, which no path can"
    try:
        Path(str(value)).expanduser()
    except RuntimeError:
        return f'"{value}" names a user whose home folder is not known; write the whole path'
    return None


def _wrong_time_zone(value: object) -> str | None:
    if wrong := wrong_text(value):
        return wrong
    zones = zoneinfo.available_timezones()
    if value in zones:
        return None
    hint = did_you_mean(str(value), sorted(zones)) or f'; give an IANA name such as "{TIME_ZONE}"'
    return f'"{value}" is no time zone{hint}'


def _wrong_language(value: object) -> str | None:
    if wrong := wrong_text(value):
        return wrong
    return None if _LANGUAGE.fullmatch(str(value)) else f'"{value}" must be an ISO 639 code such as "th" or "en"'


def _wrong_include(value: object) -> str | None:
    if isinstance(value, list) and value and all(isinstance(item, str) and item.strip() for item in value):
        return None
    return f'must be a list of patterns such as ["*.txt"], not {shown(value)}'


def _wrong_max_mb(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1024:
        return None
    return f"must be a number of megabytes above 0 and up to 1024, not {shown(value)}"


_KEYS: dict[str, Callable[[object], str | None]] = {
    "id": wrong_id,
    "kind": _wrong_kind,
    "location": _wrong_location,
    "publisher": wrong_text,
    "time_zone": _wrong_time_zone,
    "language": _wrong_language,
    "include": _wrong_include,
    "max_mb": _wrong_max_mb,
    "nested_zips": wrong_bool,
    "complete": wrong_bool,
    "owner": wrong_text,
    "permission": wrong_text,
}
_EXAMPLES = {
    "id": 'give it a short name, as in id = "gov"',
    "kind": f"one of {', '.join(KINDS)}",
    "location": "the path of the folder or archive, absolute or relative to this file",
}
