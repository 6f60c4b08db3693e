"""Which decisions of people hold for a document: they are landed with it, so that a rebuild reads it the same way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flows.acquire.sources import Source
    from schemas.records import Document, Override


def under(document: Document, decisions: Iterable[Override]) -> Document:
    """The document with the decisions that hold for it, in their order."""
    held = tuple(each for each in decisions if _holds(each, document))
    return replace(document, overrides=held) if held else document


def _holds(decision: Override, document: Document) -> bool:
    if decision.kind == "dismiss":
        return False
    if decision.scope == "source":
        return decision.source_id == document.source_id
    return (decision.source_uri, decision.content_hash) == (document.source_uri, document.content_hash)


def admitting(source: Source, decisions: Sequence[Override]) -> Source:
    """The source, its bytes admitted for a decision that says how to read what looks like none."""
    named = [
        each for each in decisions if each.scope == "source" and each.kind == "encoding" and each.source_id == source.id
    ]
    return replace(source, encoding=named[-1].value) if named else source
