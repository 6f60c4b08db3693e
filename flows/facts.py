"""The facts of single files, shown in their text: no warehouse, no flow."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from rich.text import Text

from flows import show
from flows.acquire import documents
from flows.acquire.decode import Undecodable, decode
from flows.acquire.sources import source_for
from flows.extract.find import extract
from schemas.records import Rejected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from schemas.records import Extraction, Header


def show_files(files: Sequence[Path], *, as_json: bool) -> int:
    """Print the facts of each text; return 1 if one of them could not be read, else 0.

    Raises:
        SourceError: a path does not exist.
    """
    failed = False
    before = "[\n"
    for uri, found in _read(files):
        if isinstance(found, str):
            sys.stderr.write(f"klangkhao: {uri}: {found}\n")
            failed = True
        elif as_json:
            sys.stdout.write(before + json.dumps(_as_dict(uri, *found), ensure_ascii=False))
            before = ",\n"
        else:
            _print(uri, *found)
    if as_json:
        sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")
    return int(failed)


def _read(files: Sequence[Path]) -> Iterator[tuple[str, tuple[str, Extraction] | str]]:
    """Give each document's address with its text and what was extracted, or with what is wrong with it."""
    sources = [source_for(file) for file in files]
    for source in sources:
        for document in documents(source):
            if isinstance(document, Rejected):
                yield document.source_uri, document.detail
                continue
            try:
                text = decode(document.raw).text
            except Undecodable as error:
                yield document.source_uri, error.detail
                continue
            yield document.source_uri, (text, extract(text))


def _print(uri: str, text: str, extraction: Extraction) -> None:
    console = show.console()
    console.rule(Text(uri, style="dim"))
    console.print(show.settings(_header(extraction.header)))
    console.print()
    console.print(show.text_with_facts(text, extraction, colours=console.is_terminal))
    if console.is_terminal:
        console.print()
        console.print(show.legend())
    console.print()
    console.print(show.facts(extraction))
    explained = sum(entry.rule is not None for entry in extraction.ledger)
    console.print(f"\n{explained} of {len(extraction.ledger)} numerals explained", style="dim")


def _header(header: Header) -> dict[str, str]:
    pairs = {
        "title": header.title,
        "published": f"{header.published_on} ({header.published_on_basis})" if header.published_on else "not stated",
        "place": header.dateline_place,
        "publisher": header.publisher,
        "reference": header.publisher_ref,
        "language": header.language,
    }
    return {name: value for name, value in pairs.items() if value}


def _as_dict(uri: str, text: str, extraction: Extraction) -> dict[str, Any]:
    header = extraction.header
    return {
        "source_uri": uri,
        "title": header.title,
        "language": header.language,
        "published_on": header.published_on.isoformat() if header.published_on else None,
        "published_on_basis": header.published_on_basis,
        "dateline_place": header.dateline_place,
        "publisher": header.publisher,
        "publisher_ref": header.publisher_ref,
        "body": text,
        "mentions": [show.mention_as_dict(mention) for mention in extraction.mentions],
        "numerals": [
            {
                "start": entry.start,
                "end": entry.end,
                "surface": entry.surface,
                "role": str(entry.role),
                "rule": entry.rule,
                "paragraph_no": entry.paragraph_no,
            }
            for entry in extraction.ledger
        ],
    }
