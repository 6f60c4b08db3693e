"""Index pages: a page of HTML whose links, as far as they match the source's patterns, are the releases."""

from __future__ import annotations

from typing import Final

from lxml import etree

from flows.acquire.decode import other_kind
from flows.acquire.entries import Entry, Listing, ListingError, check_tags, clean_url, fill, text_of
from flows.acquire.html_decode import Unreadable, decode_page
from flows.acquire.xml_tree import charset_of

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
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser) if text.strip() else None
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise ListingError("not_a_list", f"{url} is an empty page: it is asked for again")
    declared = next((each.get("href") for each in root.iter("base") if each.get("href")), None)
    base = (clean_url(declared, url) if declared else None) or url
    listing = Listing()
    found: dict[str, Entry] = {}
    for link in root.iter("a", "link"):
        target = clean_url(link.get("href") or "", base)
        if target is None:
            continue
        if "next" in (link.get("rel") or "").lower().split():
            listing.next_url = listing.next_url or target
        if link.tag != "a":
            continue
        words = text_of("".join(str(part) for part in link.itertext())) or text_of(link.get("title"))
        title = words if words and len(words) > _ICONS else None
        if target not in found or (title and not found[target].title):
            found[target] = Entry(target, title=title)
    fill(listing, found.values())
    return listing


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
