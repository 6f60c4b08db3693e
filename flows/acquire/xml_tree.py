"""XML of strangers, read without entities, document types or network, and in spite of its faults.

Feeds are written by templates: a bare `&`, an `&nbsp;` that XML does not know, a charset that is not the one declared,
an end that never came. All of that is mended or survived here, so that one bad title does not cost the list. A document
type with declarations of its own is refused: a list needs none, and attacks begin there.
"""

from __future__ import annotations

import codecs
import re
from html.entities import html5
from typing import TYPE_CHECKING, Final

from lxml import etree

from flows.acquire.decode import Undecodable, decode, text_encoding
from flows.acquire.entries import ListingError, check_tags
from flows.acquire.web.coding import BombError, CodingError, gunzip

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES: Final = 64_000_000  # of one list, unpacked; the protocol of sitemaps allows 50 MiB

_DECLARATION: Final = re.compile(r"<\?xml\b[^>]{0,300}\?>")
_DECLARED: Final = re.compile(rb"""<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_BLANKS: Final = re.compile(r"[\s\ufeff]*")
_CONTROLS: Final = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CDATA: Final = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_AMPERSAND: Final = re.compile(r"&(#\d{1,7};|#[xX][0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_OF_XML: Final = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_ESCAPED: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def parse(raw: bytes, *, url: str, content_type: str | None = None) -> tuple[etree._Element, str | None]:
    """The root of the document, and what is wrong with it, though it could be read.

    Raises:
        ListingError: it is no XML, or one that declares things of its own.
    """
    text, flaw = _text(raw, url, content_type)
    check_tags(text.count("<"), url)
    text = _without_prolog(_ILLEGAL.sub("", text), url)
    pieces = _CDATA.split(text)
    pieces[::2] = [_AMPERSAND.sub(_mended, piece) for piece in pieces[::2]]
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring("".join(pieces).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise ListingError("not_a_list", f"{url} is no XML ({error.msg}): correct the address, or the kind") from None
    if root is None:
        raise ListingError("not_a_list", f"{url} holds no XML at all: correct the address, or the kind")
    errors = parser.error_log
    if len(errors):
        flaw = f"broken XML in line {errors[0].line}: {errors[0].message}"
    return root, flaw


def unpacked(raw: bytes, url: str) -> bytes:
    """The list itself where it came as a gzip file, whatever its name; else as it is.

    Raises:
        ListingError: it is damaged, or unpacks to more than a list may have.
    """
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    try:
        return gunzip(raw, limit=MAX_BYTES)
    except BombError as error:
        raise ListingError("too_large", f"{url}: {error}: its owner must split it") from None
    except CodingError as error:
        raise ListingError("damaged", f"{url} is a damaged gzip file ({error}): it is asked for again") from None


def name_of(element: etree._Element) -> str:
    """The name of an element without its namespace, which many feeds leave out or get wrong."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def children(element: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The elements right inside, each with its name."""
    for each in element:
        if name := name_of(each):
            yield name, each


def is_whole(raw: bytes, root: etree._Element) -> bool:
    """Whether the document goes on to its end: the closing tag of its root stands in the last of its bytes."""
    tail = raw[-2_000:].replace(b"\0", b"")  # of UTF-16 as well
    return (
        re.search(rb"</(?:[\w.-]+:)?" + re.escape(name_of(root).encode()) + rb"\s*>", tail, re.IGNORECASE) is not None
    )


def charset_of(content_type: str | None) -> str | None:
    """The charset that a Content-Type names."""
    found = _CHARSET.search(content_type or "")
    return found[1] if found else None


def _text(raw: bytes, url: str, content_type: str | None) -> tuple[str, str | None]:
    """The characters, by what the bytes are rather than by what they are said to be."""
    for mark, codec in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if raw.startswith(mark):
            return raw.decode(codec, "replace"), None
    if raw.lstrip().startswith((b"<", codecs.BOM_UTF8)):
        raw = raw.translate(None, _CONTROLS)
    try:
        return decode(raw).text, None
    except Undecodable as error:
        if error.reason != "undecodable":
            raise ListingError("not_a_list", f"{url} is no list: {error.detail}") from None
        why = error.detail
    found = _DECLARED.search(raw[:400])
    for said in (charset_of(content_type), found[1].decode("ascii") if found else None):
        named = text_encoding(said) if said else None
        if named and named != "utf-8":
            try:
                return raw.decode(named), None
            except UnicodeDecodeError:
                continue
    return raw.decode("utf-8", "replace"), why


def _without_prolog(text: str, url: str) -> str:
    """The text from its root element on. A document type is left out, one with declarations refused."""
    at = 0
    while True:
        blanks = _BLANKS.match(text, at)
        at = blanks.end() if blanks else at
        if text.startswith("<?", at):
            end = text.find("?>", at) + 2
        elif text.startswith("<!--", at):
            end = text.find("-->", at) + 3
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            end = text.find(">", at) + 1
            if "[" in text[at : end or len(text)]:
                raise ListingError(
                    "hostile_xml",
                    f"{url} declares entities or elements of its own, which no list needs and attacks begin with: "
                    "it is not read",
                )
        else:
            return text[at:]
        if end <= at:
            raise ListingError("not_a_list", f"{url} breaks off before anything begins: it is asked for again")
        at = end


def _mended(found: re.Match[str]) -> str:
    """A reference that XML knows as it is, one of HTML as its character, and a bare `&` as what was meant."""
    name = found[1]
    if name is None:
        return "&amp;"
    if name.startswith("#"):
        code = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
        allowed = (
            code in {9, 10, 13} or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
        )
        return found[0] if allowed else ""
    if name in _OF_XML:
        return found[0]
    return html5[name].translate(_ESCAPED) if name in html5 else f"&amp;{name}"
