"""Sitemaps (sitemaps.org): lists of pages, with what Google News adds; lists of lists; packed, or as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows.acquire import feed
from flows.acquire.decode import Undecodable, decode
from flows.acquire.entries import (
    MAX_LISTS,
    Child,
    Entry,
    Listing,
    ListingError,
    check_tags,
    clean_url,
    fill,
    text_of,
    too_many,
)
from flows.acquire.xml_tree import children, is_whole, name_of, parse, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_OF_FEEDS: Final = frozenset({"rss", "rdf", "feed"})  # the protocol takes them for sitemaps too


def read(raw: bytes, *, url: str, content_type: str | None = None) -> Listing:
    """What a sitemap says: pages of its own site, or the sitemaps that it is an index of.

    Raises:
        ListingError: it is no sitemap.
    """
    raw = unpacked(raw, url)
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"http://", b"https://")):
        listing = Listing()
        check_tags(raw.count(b"\n"), url)
        fill(listing, (Entry(page) for page in _lines(raw, url)))
        return listing
    root, flaw = parse(raw, url=url, content_type=content_type)
    kind = name_of(root)
    if kind in _OF_FEEDS:
        return feed.of_tree(raw, root, flaw, url)
    if kind not in {"urlset", "sitemapindex"}:
        raise ListingError(
            "not_a_list", f"{url} is XML but no sitemap (<{kind}>): correct the address, or the kind of the source"
        )
    listed = [each for name, each in children(root) if name == ("url" if kind == "urlset" else "sitemap")]
    listing = Listing(flaw=flaw)
    if not is_whole(raw, root):
        del listed[-1:]  # cut in the middle: half an address is worse than none
        listing.flaw = "it breaks off before its end"
    if kind == "urlset":
        fill(listing, (entry for each in listed if (entry := _entry(each, url))))
    else:
        if len(listed) > MAX_LISTS:
            listing.flaw = too_many(MAX_LISTS, "lists")
        for each in listed[:MAX_LISTS]:
            said = {name: inner.text for name, inner in children(each)}
            if target := clean_url(said.get("loc") or "", url):
                listing.children.append(Child(target, text_of(said.get("lastmod"))))
    return listing


def _entry(listed: etree._Element, base: str) -> Entry | None:
    said: dict[str, str] = {}
    for name, each in children(listed):
        if name in {"loc", "lastmod"}:
            said[name] = each.text or ""
        elif name == "news":
            said |= dict(_news(each))
    target = clean_url(said.get("loc", ""), base)
    if target is None:
        return None
    return Entry(
        url=target,
        title=text_of(said.get("title")),
        published=text_of(said.get("publication_date")),
        updated=text_of(said.get("lastmod")),
        language=text_of(said.get("language")),
        publisher=text_of(said.get("name")),
    )


def _news(element: etree._Element) -> Iterator[tuple[str, str]]:
    for name, each in children(element):
        if name in {"title", "publication_date"}:
            yield name, each.text or ""
        elif name == "publication":
            yield from ((inner, one.text or "") for inner, one in children(each) if inner in {"name", "language"})


def _lines(raw: bytes, url: str) -> Iterator[str]:
    try:
        text = decode(raw).text
    except Undecodable as error:
        raise ListingError("not_a_list", f"{url} is no list: {error.detail}") from None
    yield from (page for line in text.split("\n") if (page := clean_url(line)))
