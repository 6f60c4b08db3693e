"""Feeds: RSS 0.9 to 2, RSS 1 (RDF), Atom and JSON Feed, as they are and not as they should be.

Read with lxml in its mode of recovery and not with feedparser: that takes five times as long for 10,000 entries, does
not read JSON Feed, and takes the half of an entry that a feed was cut off in for one. What it knows of dialects and
feeds of releases use is here.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any, Final

from flows.acquire.decode import Undecodable, decode
from flows.acquire.entries import Entry, Listing, ListingError, check_tags, clean_url, fill, text_of
from flows.acquire.xml_tree import children, is_whole, name_of, parse

if TYPE_CHECKING:
    from lxml import etree

_TAG: Final = re.compile(r"<[^<>]{0,400}>")
_BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_PUBLISHED: Final = ("published", "pubdate", "issued", "date", "created")  # the first that there is
_UPDATED: Final = ("updated", "modified")
_ROOTS: Final = frozenset({"rss", "rdf", "feed", "channel"})


def read(raw: bytes, *, url: str, content_type: str | None = None) -> Listing:
    """What a feed says, in its order.

    Args:
        raw: the feed.
        url: where it was read, which its relative addresses begin from.
        content_type: what the server called it.

    Raises:
        ListingError: it is no feed.
    """
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json(raw, url)
    root, flaw = parse(raw, url=url, content_type=content_type)
    return of_tree(raw, root, flaw, url)


def of_tree(raw: bytes, root: etree._Element, flaw: str | None, url: str) -> Listing:
    """What a feed says that has been parsed; see `read`."""
    if name_of(root) not in _ROOTS:
        raise ListingError(
            "not_a_list",
            f"{url} is XML but no feed (<{name_of(root)}>): correct the address, or the kind of the source",
        )
    listing = Listing(flaw=flaw)
    base = root.get(_BASE) or url
    head = next((each for name, each in children(root) if name == "channel"), root)
    title, language = None, root.get(_LANGUAGE)
    items: list[etree._Element] = []
    for name, each in [*children(root), *(children(head) if head is not root else ())]:
        if name in {"item", "entry"}:
            items.append(each)
        elif name == "title":
            title = title or _words(each)
        elif name == "language":
            language = language or text_of(each.text)
        elif name == "link" and (each.get("rel") or "").lower() == "next":
            listing.next_url = clean_url(each.get("href") or "", base)
    if not is_whole(raw, root):
        del items[-1:]  # cut in the middle: half an address is worse than none
        listing.flaw = "it breaks off before its end"
    found = (_entry(item, base, title, language) for item in items)
    fill(listing, (entry for entry in found if entry))
    return listing


def _entry(item: etree._Element, base: str, publisher: str | None, language: str | None) -> Entry | None:
    base = item.get(_BASE) or base
    said: dict[str, str] = {}
    entry_id: str | None = None
    links: list[tuple[int, str]] = []
    for name, each in children(item):
        if name == "link":
            if ranked := _link(each):
                links.append(ranked)
        elif name == "origlink":  # of a feed that counts its readers' clicks: where they lead in the end
            links.append((0, each.text or ""))
        elif name in {"guid", "id"}:
            entry_id = text_of(each.text)
            if (each.get("isPermaLink") or "true").lower() != "false" and _is_web(entry_id):
                links.append((3, entry_id or ""))
        elif name == "title":
            said.setdefault("title", _words(each) or "")
        elif name == "language":
            said.setdefault("language", each.text or "")
        elif name == "publisher":
            said.setdefault("publisher", _words(each) or "")
        elif name in _PUBLISHED or name in _UPDATED:
            said.setdefault(name, each.text or "")
    about = next((value for key, value in item.attrib.items() if str(key).endswith("about")), None)
    if about:
        entry_id = entry_id or text_of(str(about))
        links.append((3, str(about)))
    target = next(
        (clean for _, link in sorted(links, key=lambda link: link[0]) if (clean := clean_url(link, base))), None
    )
    if target is None:
        return None
    return Entry(
        url=target,
        entry_id=entry_id,
        title=text_of(said.get("title")),
        published=_first(said, _PUBLISHED),
        updated=_first(said, _UPDATED),
        language=text_of(said.get("language")) or text_of(item.get(_LANGUAGE)) or language,
        publisher=text_of(said.get("publisher")) or publisher,
    )


def _link(each: etree._Element) -> tuple[int, str] | None:
    """An address with its rank, the best first: RSS has it as text, Atom in an attribute with what it is for."""
    target = each.get("href")
    if target is None:
        return (1, each.text) if each.text and each.text.strip() else None
    if (each.get("rel") or "alternate").lower() != "alternate":
        return None
    return (1 if "html" in (each.get("type") or "html") else 2, target)


def _first(said: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := text_of(said.get(name)))), None)


def _is_web(text: str | None) -> bool:
    return bool(text) and str(text).lower().startswith(("http://", "https://"))


def _words(element: etree._Element) -> str | None:
    """The words of a title, which may be HTML, escaped once or twice."""
    text = "".join(str(part) for part in element.itertext())[:10_000]
    return text_of(unescape(_TAG.sub(" ", unescape(text))))


def _json(raw: bytes, url: str) -> Listing:
    """A JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    check_tags(raw.count(b":") + raw.count(b"{") + raw.count(b"["), url)
    try:
        feed = json.loads(decode(raw).text)
    except (Undecodable, ValueError, RecursionError) as error:
        raise ListingError("not_a_list", f"{url} is no JSON ({error}): correct the address, or the kind") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise ListingError("not_a_list", f"{url} is JSON but no feed: it has no list of items")
    title, language = _said(feed, "title"), _said(feed, "language")
    entries = []
    for item in items:
        if not isinstance(item, dict):
            continue
        entry_id = _said(item, "id")
        links = (_said(item, "url"), _said(item, "external_url"), entry_id if _is_web(entry_id) else None)
        target = next((clean for link in links if link and (clean := clean_url(link, url))), None)
        if target is None:
            continue
        entry = Entry(
            url=target,
            entry_id=entry_id,
            title=_said(item, "title"),
            published=_said(item, "date_published"),
            updated=_said(item, "date_modified"),
            language=_said(item, "language") or language,
            publisher=title,
        )
        entries.append(entry)
    listing = Listing(next_url=clean_url(_said(feed, "next_url") or "", url))
    fill(listing, entries)
    return listing


def _said(table: dict[str, Any], key: str) -> str | None:
    value = table.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text_of(value) if isinstance(value, str) else None
