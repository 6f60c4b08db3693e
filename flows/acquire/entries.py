"""What a list of releases says, whatever kind of list it is: its entries, other lists it names, where it goes on.

Nothing that a list says is believed: addresses are made plain and other schemes than the web's dropped, texts are cut
to length, and dates stay the strings that they came as. Only whether one changed since the last time counts here; what
it means is for the main text's reader to find out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fnmatch import translate
from itertools import takewhile
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MAX_URL: Final = 2_000  # characters; what is longer names no page of a site
MAX_TEXT: Final = 1_000  # of a title, a date, an id
MAX_ENTRIES: Final = 50_000  # of one list, as the protocol of sitemaps has it
MAX_LISTS: Final = 50_000  # that one list may name, likewise
MAX_TAGS: Final = 2_000_000  # of one list: a sitemap with all that it may say has half of it, and each costs memory

_TRACKING: Final = re.compile(  # or of a visit: the same page has another one each time
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid|phpsessid|jsessionid|aspsessionid\w*|session_?id)$",
    re.IGNORECASE,
)
_VISIT: Final = re.compile(r";jsessionid=[^/;?#]*", re.IGNORECASE)
_PORTS: Final = {"http": 80, "https": 443}
_SAFE_PATH: Final = "/:@!$&'()*+,;=~%-._"
_SAFE_QUERY: Final = _SAFE_PATH + "?[]"
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]+")
_UNFIT: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]+")  # what no database can hold, and no reader see
_ESCAPE: Final = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class ListingError(Exception):
    """A list can't be read: a code for the reason, and a sentence that names the place and the remedy."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


@dataclass(frozen=True, slots=True)
class Entry:
    """A release as a list names it. Everything but the address may be missing; texts are as they came."""

    url: str  # whole, in the plain form of `clean_url`
    entry_id: str | None = None  # what the list calls it: a GUID; None where it has no such thing
    title: str | None = None
    published: str | None = None
    updated: str | None = None
    language: str | None = None
    publisher: str | None = None

    @property
    def hints(self) -> dict[str, str]:
        """What it says about the release, for whoever reads the page."""
        said = {
            "title": self.title,
            "published": self.published,
            "updated": self.updated,
            "language": self.language,
            "publisher": self.publisher,
        }
        return {name: text for name, text in said.items() if text}


@dataclass(frozen=True, slots=True)
class Child:
    """Another list that a list names, and when it says that one changed."""

    url: str
    updated: str | None = None


@dataclass(slots=True)
class Listing:
    """What one list says."""

    entries: list[Entry] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    next_url: str | None = None  # where the list goes on with older entries
    flaw: str | None = None  # what is wrong with it, though something could be read


def clean_url(url: str, base: str | None = None) -> str | None:
    """The whole, plain form of an address, or None where it is none of the web.

    Host in small letters, no default port, no fragment, no marks of tracking, everything that is no plain character
    percent-encoded, and nothing percent-encoded that need not be: so the same page has the same address however a list
    spells it. Order and case of the rest stay, since they may mean something.
    """
    text = _CONTROLS.sub("", url).strip() if len(url) <= MAX_URL else ""
    if not text:
        return None
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or parts.username is not None or parts.password is not None:
        return None
    try:
        host = f"[{host}]" if ":" in host else host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    if port is not None and port != _PORTS[parts.scheme]:
        host = f"{host}:{port}"
    kept = [pair for pair in parts.query.split("&") if pair and not _TRACKING.match(pair.partition("=")[0])]
    path = _plain(_VISIT.sub("", parts.path), _SAFE_PATH) or "/"
    cleaned = urlunsplit(SplitResult(parts.scheme, host, path, _plain("&".join(kept), _SAFE_QUERY), ""))
    return cleaned if len(cleaned) <= 3 * MAX_URL else None


def _plain(text: str, safe: str) -> str:
    decoded = _ESCAPE.sub(
        lambda found: chr(code) if (code := int(found[1], 16)) in _UNRESERVED else found[0].upper(), text
    )
    return quote(decoded, safe=safe, errors="replace")


def address(url: str) -> str:
    """What tells whether two plain URLs are one page: `http` and `https` are."""
    return url.partition("://")[2]


def host_of(url: str) -> str:
    """The host of a plain URL, with its port."""
    return urlsplit(url).netloc


def is_of_site(page: str, listed_at: str) -> bool:
    """Whether a page is of the site of the list that names it, or of one beside it: www.x.go.th and feeds.x.go.th are.

    A list may not speak for others: go.th is of many owners.
    """
    one, other = (host_of(url).removeprefix("www.") for url in (page, listed_at))
    if one == other:
        return True
    ends = zip(reversed(one.split(".")), reversed(other.split(".")), strict=False)
    shared = [label for label, same in takewhile(lambda pair: pair[0] == pair[1], ends)]
    if len(shared) < 2 or shared[0][:1].isdigit():
        return False
    is_of_many = len(shared[0]) == 2 and len(shared[1]) <= 3
    return len(shared) > 2 or not is_of_many


def is_root(url: str) -> bool:
    """Whether a URL is the front page of its site."""
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def wanted(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a URL is one of those meant: all are where there is no pattern.

    A pattern has `*` and `?` for any letters and any letter; one that begins with a slash is about the path (and what
    follows it), another one about the whole URL. Thai may stand in it as people write it.
    """
    if not patterns:
        return lambda _: True
    whole: list[str] = []
    paths: list[str] = []
    for pattern in patterns:
        (paths if pattern.startswith("/") else whole).append(translate(quote(pattern, safe=_SAFE_QUERY + "#")))
    of_whole = re.compile("|".join(whole)) if whole else None
    of_path = re.compile("|".join(paths)) if paths else None

    def is_wanted(url: str) -> bool:
        if of_whole and of_whole.match(url):
            return True
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return bool(of_path and of_path.match(path))

    return is_wanted


def text_of(text: str | None) -> str | None:
    """A text out of a list, its blanks made single and cut to length; None where nothing is left."""
    if not text:
        return None
    return " ".join(_UNFIT.sub(" ", text[: 4 * MAX_TEXT]).split())[:MAX_TEXT] or None


def fill(listing: Listing, entries: Iterable[Entry]) -> None:
    """Put entries into a listing, each page once (`distinct`), and tell where they are more than one list may have."""
    found = distinct(entries)
    listing.entries = found[:MAX_ENTRIES]
    if len(found) > MAX_ENTRIES:
        listing.flaw = too_many(MAX_ENTRIES, "entries")


def too_many(limit: int, what: str) -> str:
    """What is wrong with a list that names more than one may."""
    return f"it names more than {limit:,} {what}, and the first are read, as the protocol of sitemaps has it"


def check_tags(count: int, url: str) -> None:
    """Refuse a list with more tags, or marks that stand for them, than memory should be spent on.

    Raises:
        ListingError: it has.
    """
    if count > MAX_TAGS:
        detail = f"{url} has {count:,} tags, and {MAX_TAGS:,} are the most that are read: its owner must split it"
        raise ListingError("too_large", detail)


def distinct(entries: Iterable[Entry]) -> list[Entry]:
    """The entries of one list, each page once and each with an id of its own; no more than `MAX_ENTRIES` and one.

    Lists repeat entries, and some give many entries one GUID: such a GUID names none of them, their addresses do. Of
    one page named twice, the one named last in time is not known, so the first stands, as readers of feeds have it.
    """
    found: dict[str, Entry] = {}
    pages: dict[str, set[str]] = {}
    for entry in entries:
        place = address(entry.url)
        if place not in found and len(found) > MAX_ENTRIES:
            break
        found.setdefault(place, entry)
        if entry.entry_id:
            pages.setdefault(entry.entry_id, set()).add(place)
    return [
        entry if entry.entry_id is None or len(pages[entry.entry_id]) == 1 else replace(entry, entry_id=None)
        for entry in found.values()
    ]
