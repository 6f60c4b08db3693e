"""What a source is, and how sources are declared: `[[source]]` tables in a TOML file, checked all at once."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import json
import os
import re
import tomllib
import zoneinfo
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.acquire.intake import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

KINDS = ("folder", "zip")
TIME_ZONE = "Asia/Bangkok"
INCLUDE = ("*.txt",)
MAX_MB = 32

_ID = re.compile(r"[A-Za-z0-9ก-๙][A-Za-z0-9ก-๙._-]*")
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
    owner: str | None = None  # whom to ask when the source breaks
    permission: str | None = None  # why its texts may be used

    @property
    def uri(self) -> str:
        """The location as the URIs of the source's documents begin."""
        return f"{'zip' if self.kind == 'zip' else 'file'}://{escape(self.location)}"


def load_sources(path: Path) -> list[Source]:
    """The sources that `path` declares, in its order; `SourceError` lists every problem of the file."""
    text = _text(path)
    try:
        declared = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{path} is not valid TOML: {error}. Correct it there and run again.") from None
    checker = _Checker(_Lines(text), path.absolute().parent)
    sources = checker.sources(declared)
    if checker.problems:
        count = "1 problem" if len(checker.problems) == 1 else f"{len(checker.problems)} problems"
        listed = "".join(f"\n  {problem}" for _, problem in sorted(checker.problems))
        raise SourceError(f"{path} has {count}; correct the file and run again:{listed}")
    return sources


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


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist. Check the path, or write it with one [[source]] table.") from None
    except OSError as error:
        raise SourceError(f"{path} can't be read: {error.strerror}. Make it a readable file and run again.") from None
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8 at byte offset {error.start}. Save it as UTF-8.") from None


def _sibling_hint(path: Path) -> str:
    try:
        names = [sibling.name for sibling in path.parent.iterdir()]
    except OSError:
        return "" if path.parent.exists() else f" Neither does its folder {path.parent}."
    close = difflib.get_close_matches(path.name, names, n=1)
    return f" Did you mean {path.parent / close[0]}?" if close else ""


class _Lines:
    """Line numbers of the tables and keys of a file, which tomllib does not tell."""

    _HEADER = re.compile(r"""\s*\[\[\s*(["']?)source\1\s*\]\]""")
    _KEY = re.compile(r"""\s*(["']?)([\w-]+)\1\s*=|\s*\[{1,2}\s*(["']?)([\w-]+)\3\s*\]""")

    def __init__(self, text: str) -> None:
        self.tables: list[int] = []
        self._keys: list[dict[str, int]] = [{}]  # before the first table, then one for each
        for number, line in enumerate(text.splitlines(), start=1):
            if self._HEADER.match(line):
                self.tables.append(number)
                self._keys.append({})
            elif match := self._KEY.match(line):
                self._keys[-1].setdefault(match[2] or match[4], number)

    def of_table(self, index: int) -> int | None:
        return self.tables[index] if index < len(self.tables) else None

    def of_key(self, index: int, key: str) -> int | None:
        return self._keys[index + 1].get(key, self.tables[index]) if index < len(self.tables) else None

    def of_top(self, key: str) -> int | None:
        return next((keys[key] for keys in self._keys if key in keys), None)


class _Checker:
    """Turns declared tables into sources and collects everything that is wrong with them."""

    def __init__(self, lines: _Lines, base: Path) -> None:
        self.problems: list[tuple[int, str]] = []  # by line, 0 where it is not known
        self._lines = lines
        self._base = base
        self._first: dict[str, int] = {}  # id → table index

    def sources(self, declared: dict[str, Any]) -> list[Source]:
        for key in declared.keys() - {"source"}:
            hint = _did_you_mean(key, ["source"]) or "; each source is a table [[source]]"
            self._say(self._lines.of_top(key), f'unknown key "{key}"{hint}')
        tables = declared.get("source", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self._say(self._lines.of_top("source"), "source must be a table of its own: write [[source]], not [source]")
            return []
        if not tables and not self.problems:
            self._say(None, "no source is declared: add a [[source]] table with id, kind and location")
        return [source for index, table in enumerate(tables) if (source := self._source(index, table))]

    def _source(self, index: int, table: dict[str, Any]) -> Source | None:
        known = len(self.problems)
        named = table.get("id")
        who = f'source "{named}"' if isinstance(named, str) and named else f"source number {index + 1}"
        for key, value in table.items():
            line = self._lines.of_key(index, key)
            if key not in _KEYS:
                self._say(line, f'{who}: unknown key "{key}"{_did_you_mean(key, _KEYS) or _allowed(_KEYS)}')
            elif wrong := _KEYS[key](value):
                self._say(line, f"{who}: {key} {wrong}")
        for key in ("id", "kind", "location"):
            if key not in table:
                self._say(self._lines.of_table(index), f"{who}: {key} is missing: {_EXAMPLES[key]}")
        if isinstance(named, str) and (first := self._first.setdefault(named, index)) != index:
            where = self._lines.of_table(first)
            before = f"the one at line {where}" if where else f"number {first + 1}"
            self._say(self._lines.of_key(index, "id"), f"{who}: id is taken by {before}; ids must differ")
        if len(self.problems) > known:
            return None
        fields = {key: value for key, value in table.items() if key not in {"max_mb", "include", "location"}}
        return Source(
            **fields,
            location=str(absolute(self._base / Path(table["location"]).expanduser())),
            include=tuple(table.get("include", INCLUDE)),
            max_bytes=int(table.get("max_mb", MAX_MB) * 1_000_000),
        )

    def _say(self, line: int | None, problem: str) -> None:
        self.problems.append((line or 0, f"line {line}: {problem}" if line else problem))


def _did_you_mean(word: str, choices: Iterable[str]) -> str:
    by_lower = {choice.lower(): choice for choice in choices}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return f'; did you mean "{by_lower[close[0]]}"?' if close else ""


def _allowed(choices: Iterable[str]) -> str:
    return f"; allowed: {', '.join(choices)}"


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _wrong_text(value: object) -> str | None:
    if not isinstance(value, str):
        return f"must be a text in quotation marks, not {_shown(value)}"
    return None if value.strip() else "must not be empty"


def _wrong_id(value: object) -> str | None:
    if wrong := _wrong_text(value):
        return wrong
    if _ID.fullmatch(str(value)):
        return None
    return f'"{value}" must consist of letters, digits, ".", "_" and "-", and start with a letter or digit'


def _wrong_kind(value: object) -> str | None:
    if wrong := _wrong_text(value):
        return wrong
    return None if value in KINDS else f'"{value}" is no kind{_did_you_mean(str(value), KINDS) or _allowed(KINDS)}'


def _wrong_location(value: object) -> str | None:
    if wrong := _wrong_text(value):
        return wrong
    if "\0" in str(value):
        return f"{_shown(value)} holds a NUL character, which no path can"
    try:
        Path(str(value)).expanduser()
    except RuntimeError:
        return f'"{value}" names a user whose home folder is not known; write the whole path'
    return None


def _wrong_time_zone(value: object) -> str | None:
    if wrong := _wrong_text(value):
        return wrong
    zones = zoneinfo.available_timezones()
    if value in zones:
        return None
    hint = _did_you_mean(str(value), sorted(zones)) or f'; give an IANA name such as "{TIME_ZONE}"'
    return f'"{value}" is no time zone{hint}'


def _wrong_language(value: object) -> str | None:
    if wrong := _wrong_text(value):
        return wrong
    return None if _LANGUAGE.fullmatch(str(value)) else f'"{value}" must be an ISO 639 code such as "th" or "en"'


def _wrong_include(value: object) -> str | None:
    if isinstance(value, list) and value and all(isinstance(item, str) and item.strip() for item in value):
        return None
    return f'must be a list of patterns such as ["*.txt"], not {_shown(value)}'


def _wrong_max_mb(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1024:
        return None
    return f"must be a number of megabytes above 0 and up to 1024, not {_shown(value)}"


def _wrong_bool(value: object) -> str | None:
    return None if isinstance(value, bool) else f"must be true or false, not {_shown(value)}"


_KEYS: dict[str, Callable[[object], str | None]] = {
    "id": _wrong_id,
    "kind": _wrong_kind,
    "location": _wrong_location,
    "publisher": _wrong_text,
    "time_zone": _wrong_time_zone,
    "language": _wrong_language,
    "include": _wrong_include,
    "max_mb": _wrong_max_mb,
    "nested_zips": _wrong_bool,
    "owner": _wrong_text,
    "permission": _wrong_text,
}
_EXAMPLES = {
    "id": 'give it a short name, as in id = "gov"',
    "kind": f"one of {', '.join(KINDS)}",
    "location": "the path of the folder or archive, absolute or relative to this file",
}
