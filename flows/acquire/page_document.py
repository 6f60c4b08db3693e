"""An answer of the web as a document: what kind of file came, whether it can be one, and what it is known again by."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from flows.acquire.decode import other_kind
from flows.acquire.steps import OURS
from schemas.records import Document

if TYPE_CHECKING:
    from flows.acquire.article import Article
    from flows.acquire.sources import Source
    from flows.acquire.web.fetch import Response

_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
_TEXT: Final = frozenset({"text/plain"})
_LOOKS_HTML: Final = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|!--|\?xml|div|p|meta)\b", re.IGNORECASE)
_END: Final = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """A page as a document with the title of its text, and why that can't be told from what is around it, if so."""

    document: Document
    problem: str | None
    title: str | None = None


def read_page(
    source: Source, response: Response, record: str | None, hints: str | None, *, content_hash: str | None = None
) -> Reading:
    """A page as a document: known again by its title and main text, so that what stands around it counts for nothing.

    One in which there is no text to be found is a document all the same: rules that are better may find it.

    Args:
        source: whose page it is.
        response: the page.
        record: where landing keeps it.
        hints: what the list said, as JSON.
        content_hash: of the text, where it is known; else it is looked for.
    """
    from flows.acquire.article import NoArticle, article

    said = json.loads(hints or "{}")
    for own in OURS:
        said.pop(own, None)
    said |= {"url": response.final_url, "time_zone": source.time_zone}
    kind = media_type(response)
    digest = hashlib.sha256(response.body).hexdigest()
    document = Document(
        source.id,
        response.url,
        response.body,
        digest,
        media_type=None if kind in _TEXT else response.header("Content-Type") or "text/html",
        record=record,
        hints=json.dumps(said, ensure_ascii=False, sort_keys=True),
    )
    if content_hash is not None:
        return Reading(replace(document, content_hash=content_hash), None)
    if document.media_type is None:
        return Reading(document, None)
    read = partial(article, response.body, url=response.final_url, content_type=document.media_type)
    try:
        # What the list says of a page is no part of what it says itself: another list names it in other words.
        with suppress(NoArticle):
            return _known_by(document, read(hints=None))
        return _known_by(document, read(hints=said))
    except NoArticle as error:
        return Reading(document, str(error))
    except Exception as error:  # noqa: BLE001 - one page that the reader chokes on must not cost the others; it is landed, and told when it is read again
        return Reading(document, f"{type(error).__name__}: {error}")


def _known_by(document: Document, found: Article) -> Reading:
    """The document with the hash of its main text, which holds its title too."""
    text = found.text.encode("utf-8", "replace")
    return Reading(replace(document, content_hash=hashlib.sha256(text).hexdigest()), None, found.title)


def media_type(response: Response) -> str:
    """What kind of file came, in small letters; what the server does not say is told from how it begins."""
    said = (response.header("Content-Type") or "").partition(";")[0].strip().lower()
    if said in _HTML | _TEXT:
        return said if said != "text/plain" or not _LOOKS_HTML.match(response.body[:200]) else "text/html"
    return "text/html" if said in {"", "application/octet-stream"} and _LOOKS_HTML.match(response.body[:200]) else said


def is_page(response: Response) -> bool:
    """Whether an answer is a page of text."""
    return bool(response.body.strip()) and media_type(response) in _HTML | _TEXT and not other_kind(response.body)


def unfit(response: Response, *, believed: bool) -> tuple[str, str, bool] | None:
    """Why an answer is clearly no page: reason, sentence, and whether another moment may mend it.

    One that may have been cut off is no page until it is `believed`, because it came so again and again.
    """
    body = response.body
    if not body or body.isspace():
        return "empty", "the page is empty: it is asked for again", True
    if problem := other_kind(body):
        return "unsupported", f"{problem}; leave it out with links", False
    kind = media_type(response)
    if kind not in _HTML | _TEXT:
        return "unsupported", f'it is of the kind "{kind[:80]}", not a page of text: leave it out with links', False
    has_length = response.header("Content-Length") or "chunked" in (response.header("Transfer-Encoding") or "").lower()
    if kind in _HTML and not has_length and not believed and not _END.search(body[-4_000:]):
        return (
            "truncated",
            "it ends without its end, and nothing says how long it should be: it is asked for again",
            True,
        )
    return None
