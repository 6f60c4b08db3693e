"""Looking at a source without taking anything: can it be used as it is declared, and what does it list?"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from flows.acquire import READERS, documents, warc
from flows.acquire.entries import ListingError, wanted
from flows.acquire.sources import SourceError
from flows.acquire.steps import manners_of
from flows.acquire.web.fetch import FetchError
from flows.acquire.web_lists import ACCEPT, READ
from flows.acquire.xml_tree import MAX_BYTES
from schemas.records import Rejected

if TYPE_CHECKING:
    from flows.acquire.sources import Source
    from flows.acquire.web.fetch import Web


def look(source: Source, web: Web | None = None) -> tuple[str | None, str]:
    """What is wrong with a source, if anything is, and what is there.

    Args:
        source: of any kind.
        web: asks the sources of the web for their list once; without it they are judged by what is declared.
    """
    try:
        if source.kind in READERS:
            return _first(source), "there is a release"
        if source.kind == "warc":
            return None, f"{len(warc.files(source)):,} files"
        return _online(source, web) if web else _offline(source)
    except SourceError as error:
        return str(error), ""


def _first(source: Source) -> str | None:
    """What is wrong, as far as its first document tells."""
    first = next(islice(documents(source), 1), None)
    if first is None:
        return "there is no release in it"
    return f"{first.source_uri}: {first.detail}" if isinstance(first, Rejected) else None


def _offline(source: Source) -> tuple[str | None, str]:
    manners_of(source)
    return None, "not asked: --online does"


def _online(source: Source, web: Web) -> tuple[str | None, str]:
    manners = manners_of(source)
    try:
        response = web.get(source.location, replace(manners, max_bytes=MAX_BYTES), accept=ACCEPT[source.kind])
        content_type = response.header("Content-Type")
        listing = READ[source.kind](response.body, url=response.final_url, content_type=content_type)
        rules = web.rules(source.location, manners)
    except FetchError as error:
        return error.detail, ""
    except ListingError as error:
        return error.detail, ""
    if listing.children:
        return None, f"an index of {len(listing.children):,} sitemaps"
    is_wanted = wanted(source.links)
    meant = [entry for entry in listing.entries if is_wanted(entry.url)]
    if not meant:
        what = f"none of its {len(listing.entries):,} links matches" if listing.entries else "it lists nothing"
        return f"{what}: correct {'links' if listing.entries else 'location or kind'}", ""
    refused = sum(not rules.allows(entry.url) for entry in meant if entry.url.startswith(_origin(source.location)))
    told = f"{len(meant):,} releases, the first: {meant[0].title or meant[0].url}"
    if listing.flaw:
        told += f" ({listing.flaw})"
    if refused == len(meant):
        return "robots.txt allows none of the releases that it lists: ask the owner of the site", told
    return None, f"{told}; robots.txt forbids {refused:,}" if refused else told


def _origin(url: str) -> str:
    return "/".join(url.split("/")[:3]) + "/"
