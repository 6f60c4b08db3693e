"""What a page and the feed that listed it say of a release: all candidates, and the order in which they are believed.

The order stands here and nowhere else. Of the publication date: JSON-LD of the article itself, `meta` elements, `time`
elements at the headline, the feed, the date line at the headline, the address. What the text of a release says of its
own date goes before all of these (`flows.extract.header`); a release gets the page's date only where its text has none.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from flows.acquire.page_dates import day_of
from flows.acquire.page_lines import is_lead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, tzinfo

    from flows.acquire.article import Article
    from flows.acquire.page_blocks import Blocks
    from schemas.records import Header

LONGEST_VALUE: Final = 500
GIVEN: Final = "given"
"""The basis that the extraction gives to a date that it was told, having found none in the header of the text."""
_MOST_NODES: Final = 2_000
_DEEPEST: Final = 24
_MOST_JSON: Final = 2_000_000  # characters of one block
_LONGEST_NAME: Final = 200
_MOST_HEADLINES: Final = 10
_WRAPPED: Final = 4  # lists and objects around a text


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that is said of one field, where it was said, and whether it was chosen."""

    field: str  # title, published_on, publisher, canonical_url or language
    value: str  # as written
    where: str  # json_ld, meta, time_element, feed, header, url, text
    rule: str  # what read it, e.g. json_ld.NewsArticle.datePublished
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """An object of JSON-LD that has a type; `listed`: it stands in a list of other things."""

    type: str
    values: Mapping[str, Any]
    listed: bool


# ── JSON-LD ──────────────────────────────────────────────────────────────────────────────────────────────────────────
_ARTICLE: Final = re.compile(r".*Article|BlogPosting|SocialMediaPosting|Report|LiveBlogPosting|PressRelease")
_PAGE: Final = re.compile(r"WebPage|ItemPage|.*Page")
_ORGANIZATION: Final = re.compile(r".*Organization|WebSite|Corporation|NewsMediaOrganization")
_LISTING_KEYS: Final = frozenset(
    {"itemListElement", "hasPart", "mentions", "citation", "relatedLink", "blogPost", "comment"}
)
_BEFORE: Final = ("<!--", "//<![CDATA[", "// <![CDATA[", "<![CDATA[")  # what pages wrap a script's data in
_BEHIND: Final = ("-->", "//]]>", "// ]]>", "]]>")


def _unwrapped(block: str) -> str:
    """A script's data without the comment or CDATA marks that hide it from old browsers."""
    block = block.strip()
    for mark in _BEFORE:
        block = block.removeprefix(mark).lstrip()
    block = block.removesuffix(";").rstrip()
    for mark in _BEHIND:
        block = block.removesuffix(mark).rstrip()
    return block


def nodes_of(blocks: Iterable[str]) -> list[Node]:
    """The typed objects of blocks of JSON-LD; a block that is broken is passed over like one that is not there."""
    found: list[Node] = []
    for block in blocks:
        if len(block) > _MOST_JSON:
            continue
        try:
            parsed = json.loads(_unwrapped(block), strict=False)
        except (ValueError, RecursionError):
            continue
        found += _typed(parsed, _MOST_NODES - len(found))
    return found


def _typed(parsed: Any, most: int) -> Iterator[Node]:
    waiting: list[tuple[Any, bool, int]] = [(parsed, False, 0)]
    seen = 0
    while waiting and seen < most:
        value, listed, depth = waiting.pop()
        seen += 1
        if depth > _DEEPEST:
            continue
        if isinstance(value, list):
            waiting += [(each, listed, depth + 1) for each in reversed(value[:_MOST_NODES])]
        elif isinstance(value, dict):
            types = value.get("@type")
            for name in (types if isinstance(types, list) else [types])[:1]:
                if isinstance(name, str):
                    yield Node(name.rpartition("/")[2][:60], value, listed)
            waiting += [
                (each, listed or key in _LISTING_KEYS, depth + 1)
                for key, each in reversed(value.items())
                if isinstance(each, dict | list)
            ]


def article_node(nodes: list[Node], addresses: set[str], titles: set[str]) -> Node | None:
    """The object that describes this page's own article: by its address, its headline, and its type."""
    best, best_score = None, 0
    for node in nodes:
        is_article = bool(_ARTICLE.fullmatch(node.type))
        if not is_article and not _PAGE.fullmatch(node.type):
            continue
        named = {plain_address(each) for each in _addresses(node)}
        headline = plain((_text(node.values.get("headline")) or _text(node.values.get("name")))[:LONGEST_VALUE])
        score = (3 if is_article else 0) - (6 if node.listed else 0)
        score += 4 if named & addresses else (-4 if named else 0)
        score += 3 if any(alike(headline, title) for title in titles) else 0
        score -= 1 if not _text(node.values.get("datePublished")) else 0
        if score > best_score:
            best, best_score = node, score
    return best


def _addresses(node: Node) -> Iterator[str]:
    for key in ("url", "@id", "mainEntityOfPage"):
        value = node.values.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            yield value


def _text(value: Any) -> str:
    for _ in range(_WRAPPED):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("name") or ""
    return _clean(value) if isinstance(value, str) else ""


def body_of(node: Node | None) -> str:
    """The text that JSON-LD gives of an article, its lines kept; empty where it gives none."""
    value = node.values.get("articleBody") if node else None
    return _writable(value) if isinstance(value, str) else ""


# ── Text and addresses compared ──────────────────────────────────────────────────────────────────────────────────────


def plain(text: str) -> str:
    """A title reduced to what is compared: letters, vowels, tones and digits."""
    return "".join(each for each in text.lower() if each.isalnum() or "\u0e31" <= each <= "\u0e4e")


def alike(one: str, other: str) -> bool:
    """Whether two plain titles are the same, or one is a long part of the other."""
    if not one or not other:
        return False
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= 12 and 3 * len(short) >= len(long) and short in long)


def plain_address(url: str) -> str:
    """An address reduced to what is compared: host and path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts.netloc.lower().removeprefix("www.") + parts.path.rstrip("/")


_TRACKING: Final = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|ref_src|_ga|yclid|si")


def without_tracking(url: str) -> str:
    """The address without its fragment and without what only tells where a reader came from."""
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return url
    kept = [(key, value) for key, value in pairs if not _TRACKING.fullmatch(key)]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _same_site(one: str, other: str) -> bool:
    """Whether two hosts are the same but for their first name (www., m., amp.)."""
    ours, theirs = one.lower().split("."), other.lower().split(".")
    return ours == theirs or ours[1:] == theirs or theirs[1:] == ours or (len(ours) > 2 and ours[1:] == theirs[1:])


def canonical(blocks: Blocks, node: Node | None, url: str) -> list[Candidate]:
    """The addresses that the page gives itself. One of another site, or of the front page, is not believed."""
    said = [("link.canonical", "meta", blocks.canonical)]
    said += [("meta.og:url", "meta", content) for name, content in blocks.metas if name == "og:url"]
    said += [("json_ld.url", "json_ld", value) for value in (_addresses(node) if node else ())]
    found = []
    for rule, where, value in said:
        if value:
            whole = _joined(url, value)
            found.append(Candidate("canonical_url", value[:LONGEST_VALUE] if whole is None else whole, where, rule))
    found.append(Candidate("canonical_url", without_tracking(url), "url", "url.final"))
    ours = urlsplit(url)
    for at, candidate in enumerate(found):
        theirs = _split(candidate.value)
        if theirs is None or theirs.scheme not in {"http", "https"} or not theirs.hostname:
            continue
        is_front = theirs.path in {"", "/"} and not theirs.query and ours.path not in {"", "/"}
        if _same_site(ours.hostname or "", theirs.hostname) and not is_front and not theirs.username:
            return chosen(found, at)
    return chosen(found, len(found) - 1)


def _joined(url: str, value: str) -> str | None:
    try:
        joined = urljoin(url, value)
    except ValueError:
        return None
    return without_tracking(joined) if len(joined) <= 2_000 else None


def _split(url: str) -> Any:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises where it is none
    except ValueError:
        return None
    return parts


def chosen(candidates: list[Candidate], at: int) -> list[Candidate]:
    """The candidates with one of them marked as chosen."""
    marked = candidates[at]
    candidates[at] = Candidate(marked.field, marked.value, marked.where, marked.rule, chosen=True)
    return candidates


def settled(header: Header, page: Article) -> tuple[Header, tuple[Candidate, ...]]:
    """The header of a release whose text came from a page, and all candidates with those that hold now marked.

    Args:
        header: what the extraction read in the text, given the page's date: what the text says of itself goes first.
        page: the page.
    """
    said = list(page.candidates)
    basis = header.published_on_basis
    if header.published_on is not None and basis == GIVEN:
        basis = page.published_on_basis
    elif header.published_on is not None and basis is not None:
        said = _instead(said, Candidate("published_on", header.published_on.isoformat(), "text", basis, chosen=True))
    if header.publisher:
        said = _instead(said, Candidate("publisher", _cut(header.publisher), "text", "text.dateline", chosen=True))
    header = replace(
        header, published_on_basis=basis, publisher=header.publisher or page.publisher, language=page.language
    )
    return header, tuple(said)


def _instead(said: list[Candidate], better: Candidate) -> list[Candidate]:
    """The candidates with a better one in front of those of its field, which are no longer chosen."""
    return [better, *(replace(each, chosen=False) if each.field == better.field else each for each in said)]


# ── Fields ───────────────────────────────────────────────────────────────────────────────────────────────────────────
_TITLE_METAS: Final = ("og:title", "twitter:title", "dc.title", "dcterms.title", "title")
_DATE_METAS: Final = (
    *("article:published_time", "og:article:published_time", "datepublished", "dc.date.issued", "dcterms.issued"),
    *("dc.date", "dcterms.date", "dcterms.created", "dc.date.created", "date", "pubdate", "publish-date"),
    *("publish_date", "publishdate", "publication_date", "publication-date", "parsely-pub-date", "sailthru.date"),
    *("article.published", "cxenseparse:recs:publishtime", "dateissued", "datecreated"),
)
_PUBLISHER_METAS: Final = ("publisher.name", "dc.publisher", "dcterms.publisher", "citation_publisher", "og:site_name")


def titles(blocks: Blocks, nodes: list[Node], hints: Mapping[str, Any]) -> list[Candidate]:
    """What metadata gives as the headline, the most trustworthy first; the headline on the page itself goes before.

    JSON-LD, the list that led here, `meta` elements, the title of the window; behind all of them one that is cut off,
    and last what only leads to a page (read more), which lists of links give.
    """
    found = [Candidate("title", _cut(blocks_title), "meta", "title") for blocks_title in [blocks.title] if blocks_title]
    found = _of_metas(blocks, "title", _TITLE_METAS) + found
    listed = [
        Candidate("title", _cut(text), "json_ld", f"json_ld.{node.type}.headline")
        for node in nodes
        if _ARTICLE.fullmatch(node.type) and not node.listed and (text := _text(node.values.get("headline")))
    ]
    fed = [Candidate("title", _cut(text), "feed", "feed.title") for text in [_text(hints.get("title"))] if text]
    return sorted(listed[:_MOST_HEADLINES] + fed + found, key=lambda each: _doubt(each.value))


_CUT_OFF: Final = re.compile(r"(?:…|\.{3})[\s\])]*\Z")


def _doubt(title: str) -> int:
    return 2 if is_lead(title) else 1 if _CUT_OFF.search(title) else 0


def dates(
    blocks: Blocks,
    nodes: list[Node],
    own: Node | None,
    hints: Mapping[str, Any],
    moments: list[str],
    header: str | None,
    url: str,
    zone: tzinfo,
) -> tuple[list[Candidate], date | None]:
    """All that gives a date of publication, the one that was believed marked, and its day."""
    found = []
    ordered = sorted(nodes, key=lambda node: node is not own)
    for node in ordered:
        if value := _text(node.values.get("datePublished")):
            rule = f"json_ld.{node.type}.datePublished"
            found.append((Candidate("published_on", _cut(value), "json_ld", rule), node is own))
    found += [(each, True) for each in _of_metas(blocks, "published_on", _DATE_METAS)]
    found += [(Candidate("published_on", _cut(each), "time_element", "time_element"), True) for each in moments]
    for key in ("published", "updated"):
        if value := _text(hints.get(key)):
            found.append((Candidate("published_on", _cut(value), "feed", f"feed.{key}"), key == "published"))
    if header:
        found.append((Candidate("published_on", _cut(header), "header", "header.date_line"), True))
    if in_url := _date_in_url(url):
        found.append((Candidate("published_on", in_url, "url", "url.path"), True))
    candidates = [candidate for candidate, _ in found]
    for at, (candidate, may_be) in enumerate(found):
        if may_be and (day := day_of(candidate.value, zone)):
            return chosen(candidates, at), day
    return candidates, None


_URL_DATE: Final = re.compile(
    r"(?<!\d)(?P<year>20\d\d|25\d\d)(?P<gap>[/_.-]?)(?P<month>0?[1-9]|1[0-2])(?P=gap)(?P<day>0?[1-9]|[12]\d|3[01])(?!\d)"
)


def _date_in_url(url: str) -> str | None:
    for m in _URL_DATE.finditer(_split(url).path if _split(url) else ""):
        if m["gap"] or len(m[0]) == 8:
            return f"{m['year']}-{m['month']:0>2}-{m['day']:0>2}"
    return None


def publishers(blocks: Blocks, nodes: list[Node], own: Node | None, hints: Mapping[str, Any]) -> list[Candidate]:
    """Who publishes the page: its article's publisher, then what `meta` elements, the feed and the site say."""
    by_id = {identity: node for node in nodes if isinstance(identity := node.values.get("@id"), str)}
    found = []
    if own is not None and (name := _named(own.values.get("publisher"), by_id)):
        found.append(Candidate("publisher", name, "json_ld", f"json_ld.{own.type}.publisher"))
    found += [each for each in _of_metas(blocks, "publisher", _PUBLISHER_METAS) if not each.value.startswith("http")]
    if text := _text(hints.get("publisher")):
        found.append(Candidate("publisher", text[:_LONGEST_NAME], "feed", "feed.publisher"))
    for node in nodes:
        if _ORGANIZATION.fullmatch(node.type) and not node.listed and (name := _text(node.values.get("name"))):
            found.append(Candidate("publisher", name[:_LONGEST_NAME], "json_ld", f"json_ld.{node.type}.name"))
    return chosen(found, 0) if found else []


def _named(value: Any, by_id: Mapping[str, Node]) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict) and "name" not in value:
        node = by_id.get(str(value.get("@id")))
        value = node.values if node else None
    return _text(value)[:_LONGEST_NAME]


_TAG: Final = re.compile(r"(?P<code>[A-Za-z]{2,3})(?:[-_][\w-]*)?")
_LANGUAGE_METAS: Final = ("dc.language", "dcterms.language", "content-language", "og:locale", "inlanguage")
_THAI: Final = re.compile("[ก-๛]")
_LATIN: Final = re.compile("[A-Za-z]")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_LANGUAGE_SAMPLE: Final = 3_000


def languages(blocks: Blocks, own: Node | None, hints: Mapping[str, Any], text: str) -> list[Candidate]:
    """The language of the text. Its script says so for Thai and Chinese; for Latin letters a declaration may."""
    declared = [("json_ld", "json_ld.inLanguage", _text(own.values.get("inLanguage")) if own else "")]
    declared += [("meta", "html.lang", blocks.language)]
    found = [Candidate("language", _cut(value), where, rule) for where, rule, value in declared if value]
    found += _of_metas(blocks, "language", _LANGUAGE_METAS)
    if value := _text(hints.get("language")):
        found.append(Candidate("language", _cut(value), "feed", "feed.language"))
    sample = text[:_LANGUAGE_SAMPLE]
    thai, latin, han = (len(pattern.findall(sample)) for pattern in (_THAI, _LATIN, _HAN))
    letters = thai + latin + han
    if letters and thai < 0.2 * letters and han < 0.3 * letters:
        for at, candidate in enumerate(found):
            m = _TAG.fullmatch(candidate.value)
            if m and m["code"].lower() not in {"th", "zh", "ja", "ko"}:
                return chosen(found, at)
    code = "und" if not letters else "th" if thai >= 0.2 * letters else "zh" if han >= 0.3 * letters else "en"
    found.append(Candidate("language", code, "text", "text.script"))
    return chosen(found, len(found) - 1)


def language_code(candidate: Candidate) -> str:
    """The ISO 639 code of a language tag."""
    m = _TAG.fullmatch(candidate.value)
    return m["code"].lower() if m else "und"


def _of_metas(blocks: Blocks, field: str, names: tuple[str, ...]) -> list[Candidate]:
    rank = {name: at for at, name in enumerate(names)}
    said = sorted(((rank[name], name, content) for name, content in blocks.metas if name in rank), key=lambda e: e[0])
    return [
        Candidate(field, _cut(text), "meta", f"meta.{name}") for _, name, content in said if (text := _clean(content))
    ]


def _clean(content: str) -> str:
    return " ".join(_writable(content).split())


def _writable(text: str) -> str:
    """A text without halves of characters, which JSON can write and no file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _cut(text: str) -> str:
    return text[:LONGEST_VALUE]
