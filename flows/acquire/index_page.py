"""Index pages: a page of HTML whose links, as far as they match the source's patterns, are the releases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flows.acquire.decode import other_kind
from flows.acquire.entries import Entry, Listing, ListingError, check_tags, clean_url, fill, text_of
from flows.acquire.html_decode import Unreadable, decode_page
from flows.acquire.html_events import send_events
from flows.acquire.xml_tree import charset_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_ICONS: Final = 3  # letters of the words of a link that are no title but an icon, a number, an arrow


def read(raw: bytes, *, url: str, content_type: str | None = None) -> Listing:
    """All links of a page in their order, with their words as titles; which of them are releases is not told here.

    Raises:
        ListingError: it is no page.
    """
    if problem := other_kind(raw):
        raise ListingError("not_a_list", f"{url} is no page of HTML: {problem}")
    text = _text(raw, content_type)
    check_tags(text.count("<"), url)
    links = _Links()
    send_events(text, links, huge=False)
    if not links.elements:
        raise ListingError("not_a_list", f"{url} is an empty page: it is asked for again")
    base = (clean_url(links.base, url) if links.base else None) or url
    listing = Listing()
    found: dict[str, Entry] = {}
    for each in links.found:
        target = clean_url(each.target, base)
        if target is None:
            continue
        if "next" in each.relation.lower().split():
            listing.next_url = listing.next_url or target
        if each.tag != "a":
            continue
        words = text_of("".join(each.words)) or text_of(each.title)
        title = words if words and len(words) > _ICONS else None
        if target not in found or (title and not found[target].title):
            found[target] = Entry(target, title=title)
    fill(listing, found.values())
    return listing


@dataclass(slots=True)
class _Link:
    tag: str
    target: str
    relation: str
    title: str
    words: list[str]


class _Links:
    """Takes the events of a parser and keeps the links.

    No tree is built: one element with very many attributes, or very many elements, would take minutes or all memory.
    """

    def __init__(self) -> None:
        self.found: list[_Link] = []
        self.base = ""
        self.elements = 0
        self._open: _Link | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.elements += 1
        if tag == "base":
            self.base = self.base or attributes.get("href", "")
        elif tag in {"a", "link"}:
            target, relation, title = (attributes.get(name, "") for name in ("href", "rel", "title"))
            link = _Link(tag, target, relation, title, [])
            self.found.append(link)
            if tag == "a":
                self._open = link

    def end(self, tag: str) -> None:
        if tag == "a":
            self._open = None

    def data(self, text: str) -> None:
        if self._open is not None:
            self._open.words.append(text)

    def comment(self, text: str) -> None:
        """Comments are no words."""

    def close(self) -> _Links:
        return self


def _text(raw: bytes, content_type: str | None) -> str:
    """The characters; what can't be read without doubt is read with gaps, because its addresses are plain letters."""
    try:
        return decode_page(raw, content_type).text
    except Unreadable:
        said = charset_of(content_type) or "utf-8"
    try:
        return raw.decode(said, "replace")
    except (LookupError, UnicodeError):  # no encoding, or one that knows no gaps: idna
        return raw.decode("utf-8", "replace")
