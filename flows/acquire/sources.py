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
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from flows.acquire.entries import clean_url
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

FILES: Final = ("folder", "zip")
WEB: Final = ("feed", "sitemap", "page")
KINDS: Final = (*FILES, *WEB, "warc")
TIME_ZONE = "Asia/Bangkok"
INCLUDE = ("*.txt",)
MAX_MB = 32
DELAY_SECONDS: Final = 1.0
PER_HOST: Final = 2
OVERLAP_DAYS: Final = 3.0
MAX_PAGES: Final = 10_000
MAX_MINUTES: Final = 120.0
DEPTH: Final = 10

_LANGUAGE = re.compile("[a-z]{2,3}")


class SourceError(Exception):
    """A source can't be used as declared or named; the message says which, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where releases come from, and what is true of all of them."""

    id: str
    kind: str  # one of KINDS
    location: str  # absolute path of a folder, a text file, an archive or (with * and ?) WARC files; or a URL
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
    links: tuple[str, ...] = ()  # patterns of the addresses of releases; none: all that the list names
    contact: str | None = None  # whom a site's owner can write to; part of the name that we ask under
    delay_seconds: float = DELAY_SECONDS  # between two requests to one host
    per_host: int = PER_HOST  # requests to one host at a time
    overlap_days: float = OVERLAP_DAYS  # how long a new release is looked at again for edits
    max_pages: int = MAX_PAGES  # asked for in one run; the others are left for the next
    max_minutes: float = MAX_MINUTES  # that it may take of one run; the others are left for the next
    depth: int = DEPTH  # pages that a list which goes on is read to, while it names something new
    allow_private: bool = False  # whether its addresses may be of this machine or a network of one's own
    headers_env: str | None = None  # environment variable with headers for its own host: a password, a token
    keep_days: int | None = None  # how long raw responses that nothing stands on are kept; None: for ever

    @property
    def is_web(self) -> bool:
        """Whether it is asked over the network."""
        return self.kind in WEB

    @property
    def uri(self) -> str:
        """The location as the URIs of the source's documents begin."""
        if self.is_web:
            return self.location
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
    before = len(problems)
    kind = table.get("kind")
    known = _KEYS_OF.get(kind, _ALL_KEYS) if isinstance(kind, str) else _ALL_KEYS
    misplaced = [key for key in table if key in _ALL_KEYS and key not in known]
    who = problems.keys(
        index, {key: value for key, value in table.items() if key not in misplaced}, known, _examples(kind)
    )
    for key in misplaced:
        kinds = ", ".join(each for each in KINDS if key in _KEYS_OF[each])
        problems.say(
            problems.lines.of_key(index, key), f'{who}: key "{key}" is not for kind "{kind}", but for: {kinds}'
        )
    if len(problems) > before:
        return None
    fields = {key: value for key, value in table.items() if key not in _MADE}
    if "links" in table:
        fields["links"] = tuple(table["links"])
    location = str(table["location"])
    if kind in WEB:
        fields["location"] = clean_url(location)
    else:
        fields["location"] = str(absolute(base / Path(location).expanduser()))
    return Source(
        **{"complete": kind in FILES, **fields},
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


def _wrong_url(value: object) -> str | None:
    if wrong := wrong_text(value):
        return wrong
    text = str(value).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return f"{shown(value)} is no address of the web; write one such as https://www.example.org/rss.xml"
    if parts.scheme not in {"http", "https"}:
        return f"{shown(value)} must begin with https:// or http://"
    if parts.username is not None or parts.password is not None:
        return "must not hold a name or password: put them into the environment and name the variable in headers_env"
    if clean_url(text) is None:
        return f"{shown(value)} is no address of the web; write one such as https://www.example.org/rss.xml"
    if secret := next((name for name, _ in parse_qsl(parts.query) if _SECRET.search(name)), None):
        return (
            f'must hold no key or token, and "{secret}" looks like one: addresses stand in logs and in the warehouse. '
            "Put it as a header into the environment and name the variable in headers_env"
        )
    return None


def _wrong_variable(value: object) -> str | None:
    if isinstance(value, str) and _VARIABLE.fullmatch(value):
        return None
    return f'must name an environment variable that holds headers, such as "GOV_HEADERS", not {shown(value)}'


def _wrong_number(lowest: float, highest: float, what: str) -> Callable[[object], str | None]:
    def wrong(value: object) -> str | None:
        if isinstance(value, int | float) and not isinstance(value, bool) and lowest <= value <= highest:
            return None
        return f"must be a number of {what} from {lowest:g} to {highest:,g}, not {shown(value)}"

    return wrong


def _wrong_whole(lowest: int, highest: int, what: str) -> Callable[[object], str | None]:
    def wrong(value: object) -> str | None:
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return None
        return f"must be a whole number of {what} from {lowest} to {highest:,}, not {shown(value)}"

    return wrong


def _wrong_contact(value: object) -> str | None:
    if wrong := wrong_text(value):
        return wrong
    if str(value).isascii() and _CONTACT.fullmatch(str(value)):
        return None
    return (
        f'{shown(value)} must be a mail address or a URL, such as "desk@example.org": sites write to it when we disturb'
    )


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


def _wrong_links(value: object) -> str | None:
    if isinstance(value, list) and value and all(isinstance(item, str) and item.strip() for item in value):
        return None
    return f'must be a list of patterns such as ["/news/*"], not {shown(value)}'


_SECRET: Final = re.compile(
    r"(?:^|[_.-])(?:(?:api|access|auth|app|sub(?:scription)?)[_-]?key|key|(?:\w+[_-]?)?token|secret|passw(?:or)?d|pwd"
    r"|auth|credentials?|sig|signature|session(?:id)?)$",
    re.IGNORECASE,
)
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONTACT: Final = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+|https?://[^\s<>()]+")

_Keys = dict[str, "Callable[[object], str | None]"]
_COMMON: Final[_Keys] = {
    "id": wrong_id,
    "kind": _wrong_kind,
    "location": _wrong_location,
    "publisher": wrong_text,
    "time_zone": _wrong_time_zone,
    "language": _wrong_language,
    "max_mb": _wrong_max_mb,
    "owner": wrong_text,
    "permission": wrong_text,
}
_OF_FILES: Final[_Keys] = {
    **_COMMON,
    "include": _wrong_include,
    "nested_zips": wrong_bool,
    "complete": wrong_bool,
}
_OF_WARC: Final[_Keys] = {**_COMMON, "links": _wrong_links, "keep_days": _wrong_whole(0, 36_500, "days")}
_OF_WEB: Final[_Keys] = {
    **_OF_WARC,
    "location": _wrong_url,
    "contact": _wrong_contact,
    "delay_seconds": _wrong_number(0, 3600, "seconds"),
    "per_host": _wrong_whole(1, 32, "requests"),
    "overlap_days": _wrong_number(0, 365, "days"),
    "max_pages": _wrong_whole(1, 1_000_000, "pages"),
    "max_minutes": _wrong_number(0.1, 10_000, "minutes"),
    "depth": _wrong_whole(1, 1_000, "pages"),
    "allow_private": wrong_bool,
    "headers_env": _wrong_variable,
}
_KEYS_OF: Final[dict[str, _Keys]] = {
    **dict.fromkeys(FILES, _OF_FILES),
    **dict.fromkeys(WEB, _OF_WEB),
    "warc": _OF_WARC,
}
_ALL_KEYS: Final[_Keys] = {**_OF_WEB, **_OF_FILES}
_MADE: Final = frozenset({"max_mb", "include", "location", "links"})
_EXAMPLES: Final = {
    "id": 'give it a short name, as in id = "gov"',
    "kind": f"one of {', '.join(KINDS)}",
    "location": "the path of the folder or archive, absolute or relative to this file",
}
_PERMISSION: Final = "say why its texts may be taken and used, such as a licence, a law or a letter"


def _examples(kind: object) -> dict[str, str]:
    """The keys that a table of a kind must have, each with what to write."""
    if kind == "warc":
        return {**_EXAMPLES, "location": "the path of the WARC files, with * and ?", "permission": _PERMISSION}
    if kind not in WEB:
        return _EXAMPLES
    required = {
        **_EXAMPLES,
        "location": f"the address of the {kind}, such as https://www.example.org/rss.xml",
        "permission": _PERMISSION,
        "contact": "a mail address or a URL where the site's owner can reach you",
    }
    if kind == "page":
        required["links"] = 'patterns of the addresses of its releases, such as ["/news/*"]'
    return required
