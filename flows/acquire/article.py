"""A web page to the text of its release and what is known of it: pure, without network and clock.

The text is written as releases in folders are: the headline, an empty line, then the paragraphs, so that the same rules
read both. What is said of a field in several places is kept with the place, and the one that was believed is marked.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flows.acquire import page_metadata as metadata
from flows.acquire.html_decode import Unreadable, decode_page
from flows.acquire.main_text import MOST_LOST, IndexPage, MainText, main_text
from flows.acquire.page_blocks import TooComplex, blocks_of
from flows.acquire.page_dates import zone_of
from flows.acquire.page_lines import NUMERAL, is_lead
from flows.acquire.page_metadata import Candidate, plain, plain_address

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from flows.acquire.page_blocks import Blocks
    from flows.acquire.page_metadata import Node

_LEAST_BODY: Final = 60  # characters of a text in JSON-LD that stands for one that the page does not show
_LONGEST_TITLE: Final = 300
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")  # entities can write what bytes can't


@dataclass(frozen=True, slots=True)
class Article:
    """The release of a page."""

    title: str
    text: str  # the title, an empty line, the paragraphs with an empty line between them
    canonical_url: str
    language: str  # ISO 639, und where it can't be told
    published_on: date | None
    published_on_basis: str | None  # page. and where it was found, e.g. page.json_ld
    publisher: str | None
    candidates: tuple[Candidate, ...]
    lost_numerals: tuple[str, ...]  # of lines that look like text of the article and are not in it
    encoding: str


class NoArticle(Exception):  # noqa: N818 - named for what the page is
    """The page has no release that can be read.

    `reason` is `empty`, `binary`, `undecodable`, `mojibake`, `too_complex`, `no_main_text` or `index_page`.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)  # both, so that it travels between processes
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"


def article(
    raw: bytes,
    *,
    url: str,
    content_type: str | None,
    hints: Mapping[str, Any] | None,
    encoding: str | None = None,
    damaged: bool = False,
) -> Article:
    """The release of a page.

    Args:
        raw: the payload, content coding undone.
        url: where it was found, after redirects.
        content_type: the header that it came with, or None.
        hints: what listed it says: title, published, updated, language, publisher; and time_zone, the source's own.
        encoding: what a person decided that it is in.
        damaged: whether a person decided that broken characters are to stay in the text, as U+FFFD.

    Raises:
        NoArticle: there is none, or it can't be read; the detail says why and what to do.
    """
    try:
        page = decode_page(raw, content_type, encoding)
        found = _article(page.text, page.encoding, url, hints or {})
    except Unreadable as error:
        raise NoArticle(error.reason, error.detail) from None
    except TooComplex as error:
        raise NoArticle("too_complex", f"{error}: leave its address out of the source") from None
    except IndexPage:
        raise NoArticle(
            "index_page", "it lists articles, and is none: leave its address out with the `links` of its source"
        ) from None
    if "\ufffd" in found.text and not damaged:
        raise NoArticle("undecodable", f"its text has broken characters ({_around_broken(found.text)}): fetch it again")
    return found


def _article(page: str, encoding: str, url: str, hints: Mapping[str, Any]) -> Article:
    blocks = blocks_of(page)
    nodes = metadata.nodes_of(blocks.json_ld)
    titles = metadata.titles(blocks, nodes, hints)
    found = main_text(blocks, [each.value for each in titles])
    if found is None and blocks.hides:  # a page that its scripts show when they have loaded
        found = main_text(blocks_of(page, hidden=True), [each.value for each in titles])
    known = [each.value for each in titles if each.where != "json_ld"] + (
        [found.title] if found and found.title else []
    )
    addresses = {plain_address(each) for each in (url, blocks.canonical) if each}
    own = metadata.article_node(nodes, addresses, {plain(each) for each in known})
    if found is None:
        found = _of_json_ld(own)
    if found is None:
        raise NoArticle("no_main_text", _why_none(blocks))
    title, titles = _title(found, titles)
    text = _CONTROLS.sub("", f"{title}\n\n{_below(title, found)}")
    zone = zone_of(hints.get("time_zone"))
    dates, day = metadata.dates(blocks, nodes, own, hints, list(found.moments), found.header, url, zone)
    publishers = metadata.publishers(blocks, nodes, own, hints)
    addresses_said = metadata.canonical(blocks, own, url)
    languages = metadata.languages(blocks, own, hints, text)
    return Article(
        title=text.partition("\n")[0],
        text=text,
        canonical_url=_value(addresses_said) or url,
        language=metadata.language_code(next(each for each in languages if each.chosen)),
        published_on=day,
        published_on_basis=next((f"page.{each.where}" for each in dates if each.chosen), None),
        publisher=_value(publishers),
        candidates=(*titles, *dates, *publishers, *addresses_said, *languages),
        lost_numerals=_lost(found, own, text),
        encoding=encoding,
    )


def _value(candidates: list[Candidate]) -> str | None:
    return next((each.value for each in candidates if each.chosen), None)


def _title(found: MainText, said: list[Candidate]) -> tuple[str, list[Candidate]]:
    """The headline on the page, else the best that metadata gives, else the first line of the text."""
    if found.title:
        return found.title, [Candidate("title", found.title, "header", "header.headline", chosen=True), *said]
    if said and not is_lead(said[0].value):
        return said[0].value, metadata.chosen(said, 0)
    first = found.text.partition("\n")[0][:_LONGEST_TITLE]
    return first, [Candidate("title", first, "text", "text.first_line", chosen=True), *said]


def _below(title: str, found: MainText) -> str:
    """The text without the line that became the title, if any is left."""
    first, _, rest = found.text.partition("\n")
    return rest.lstrip("\n") if rest and first == title and not found.title else found.text


def _of_json_ld(own: Node | None) -> MainText | None:
    """The text that JSON-LD gives of the page's own article, for a page that shows it with a script only."""
    lines = [" ".join(line.split()) for line in metadata.body_of(own).splitlines()]
    text = "\n\n".join(line for line in lines if line)
    return MainText(None, text, None, (), ()) if len(text) >= _LEAST_BODY else None


def _lost(found: MainText, own: Node | None, text: str) -> tuple[str, ...]:
    """Numerals that were left out: of lines beside the text, and of the text that JSON-LD gives.

    They are counted: a 10 that the text has once hides no second one.
    """
    unshown: Counter[str] = Counter(NUMERAL.findall(metadata.body_of(own))) - Counter(NUMERAL.findall(text))
    return tuple((Counter(found.lost) | unshown).elements())[:MOST_LOST]


def _why_none(blocks: Blocks) -> str:
    shown = sum(len(line.text) for line in blocks.lines)
    linked = sum(line.linked for line in blocks.lines)
    if not shown:
        why = "it shows no text without its scripts"
    elif linked > shown / 2:
        why = "it is made of links: a list of pages, not one of them"
    else:
        why = f"it shows {shown:,} characters, and no paragraphs among them"
    return f"{why}. If it should be one, check it in a browser; else narrow the `links` of its source"


def _around_broken(text: str) -> str:
    at = text.index("\ufffd")
    return f"the first after {text[max(0, at - 20) : at]!r}"
