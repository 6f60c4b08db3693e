"""A page as its lines of text and the boxes that they stand in, and what it says of itself for machines.

Lines stand in the order of the document, so a box is a range of them: whatever is asked of a part of the page is asked
of a range. What a browser does not show (scripts, templates, hidden elements, drawings, forms) gives no lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flows.acquire.html_events import send_events

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_TAGS: Final = 100_000
"""A page with more tags is no page: the largest of real ones has some 20,000."""
MOST_DEEP: Final = 5_000
MOST_LINES: Final = 100_000
"""Preformatted text makes lines without tags."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BLOCKS: Final = _words(
    "address article aside blockquote caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section summary "
    "table tbody td tfoot th thead tr ul"
)
_UNSEEN: Final = _words(
    "applet audio button canvas datalist iframe map math noembed noframes noscript object option select style svg "
    "template textarea video amp-ad amp-consent amp-sidebar amp-next-page amp-analytics amp-iframe amp-script"
)
PREFORMATTED: Final = frozenset(["pre", "listing", "xmp"])
_MOST_METAS: Final = 500
_LONGEST_NAMES: Final = 400
_MOST_NAMED: Final = 4  # inline elements around one word
_WIDTHLESS: Final = " \u200b\u200e\u200f\u2060\ufeff"  # editors leave them at the ends of paragraphs
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_NO_STYLE: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:left|top|text-indent)\s*:\s*-\d{4}", re.IGNORECASE
)
_NO_SIZE: Final = re.compile(r"font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_NAMED_FRAGMENT: Final = re.compile(r"\s*#\S")  # of the page itself; # alone is what scripts take for a link
_FRONT_PAGE: Final = re.compile(  # of the site, or of its half in one language
    r"(?:(?:https?:)?//[^/?#]+)?/(?:index\.\w+|th/?|en/?)?|https?://[^/?#]+|(?:\./)?index\.\w+", re.IGNORECASE
)
_PHRASING: Final = _words("p pre h1 h2 h3 h4 h5 h6")  # boxes that hold none
_UNSEEN_NAMES: Final = re.compile(r"\b(?:sr-only|visually-hidden|screen-reader-text)\b")


class Judgement(IntEnum):
    """What the tag and the names of a box say of its content. From ASIDE on it is no part of the text."""

    NONE = 0
    BESIDE = 1  # beside the text (date, counter, tools), unless it has paragraphs of its own
    ASIDE = 2  # by a name that may mean something else (share, disclaimer)
    OTHERS = 3  # by a name of what others wrote or the site asks (comments, other news, cookies), or as <aside>
    APART = 4  # by its tag, its role or its links: nobody puts a paragraph there


_OTHERS: Final = _words(
    "nav navbar navigation menu breadcrumb breadcrumbs crumb crumbs sidebar aside footer foot colophon "
    "comment comments disqus respond reply related relatedposts relate recommended recommendations ad ads advert "
    "advertisement adsbygoogle gpt taboola outbrain dable cookie cookies consent gdpr onetrust modal popup newsletter "
    "subscribe subscription paging pager pagination pagenav paginate login signup"
)
_ASIDE: Final = _words(
    "share sharing sharedaddy recommend recommendation popular trending sponsor sponsored disclaimer"
)
_BESIDE: Final = _words(
    "bottom meta metadata postmeta postmetadata entrymeta "
    "info byline author date dateline posted publish published pubdate views pageview pageviews "
    "counter hit hits stat stats rating ratings rate rates vote votes poll print tool tools toolbar action actions "
    "tags taglist "
    "taxonomy category categories copyright calendar archive archives attachment attachments download downloads "
    "file files banner promo promotion weather exchange stock follow rss lang language fontsize"
)
_FILES: Final = _words("attachment attachments")
_OTHERS_TOGETHER: Final = re.compile(
    r"(?:other|more|latest|next|also|recent|similar|hot|top)[-_ ]?"
    r"(?:news|posts?|articles?|releases?|stor(?:y|ies)|reads?)\b"
    r"|(?<![A-Za-z])(?:news|posts?|articles?)[-_](?:other|more|latest|related|recent)\b"
    r"|(?<![A-Za-z])author[-_ ]?(?:bio|box|info|card|profile|description)|about[-_ ]?author|\btd-a-rec\b"
    r"|\bread[-_ ]?(?:also|more|next)|\bpage[-_ ]?links?\b|\bmost[-_ ]?read|(?:^|\s)widget(?:[_ ]|-area|$)",
    re.IGNORECASE,
)
_BESIDE_TOGETHER: Final = re.compile(r"\bfont[-_]?size|(?:^|\s)(?:post-)?tags?(?:-links|-list)?(?:\s|$)", re.IGNORECASE)
_WITHOUT: Final = re.compile(r"(?<![A-Za-z])(?:no|has|with|without|skip|hide)[-_][A-Za-z]+")  # no-sidebar, skip-ads
_WORDS: Final = re.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NEVER_JUDGED: Final = frozenset(["html", "body", "main", "article"])
_APART_TAGS: Final = frozenset(["nav", "footer"])
_APART_ROLES: Final = frozenset(["navigation", "contentinfo", "banner", "search", "dialog", "alert"])


@lru_cache(maxsize=4096)
def judge(names: str) -> Judgement:
    """What classes and id of a box say of its content.

    Search, side, social, legal and skip say nothing: they name parts of texts as often as tools, and tools are links.
    """
    words = {word.lower() for word in _WORDS.findall(_WITHOUT.sub(" ", names))}
    if "caption" in words:
        words -= _FILES  # WordPress calls a picture with its caption an attachment
    if words & _OTHERS or _OTHERS_TOGETHER.search(names):
        return Judgement.OTHERS
    if words & _ASIDE:
        return Judgement.ASIDE
    if words & _BESIDE or _BESIDE_TOGETHER.search(names):
        return Judgement.BESIDE
    return Judgement.NONE


@dataclass(slots=True, eq=False)
class Box:
    """A block of the page; it holds the lines `first` to `last` (exclusive)."""

    tag: str
    names: str  # class and id, and the tag where the page made it up
    parent: Box | None
    judgement: Judgement
    first: int
    last: int


@dataclass(slots=True, eq=False)
class Line:
    """A line of text as shown; `linked` is how many of its characters are links."""

    text: str
    box: Box
    linked: int
    heading: int  # 1 to 6, or 0
    opens: bool  # whether a new paragraph begins with it, not just a new line
    inline_names: str  # of the inline elements that begin with it, e.g. a span within a box
    is_home: bool  # whether all of it is a link to the front page


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant or a day that an element of the page marks, and the number of the line that it stands at."""

    value: str
    line: int
    names: str


@dataclass(slots=True)
class Blocks:
    """All that was read of a page."""

    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)  # a box stands before those in it; the first is the whole page
    title: str = ""
    language: str = ""
    canonical: str = ""
    metas: list[tuple[str, str]] = field(default_factory=list)  # name in small letters, content
    moments: list[Moment] = field(default_factory=list)
    json_ld: list[str] = field(default_factory=list)
    hides: bool = False  # whether anything was left out because its style hides it


class TooComplex(Exception):  # noqa: N818 - named for what the page is
    """More tags, or deeper ones, than any real page has."""


def blocks_of(text: str, *, hidden: bool = False) -> Blocks:
    """Read the markup of a page, whatever state it is in.

    Args:
        text: the page.
        hidden: whether what its styles hide is read too, which scripts may show.

    Raises:
        TooComplex: it has more tags, or deeper ones, than any real page.
    """
    tags = text.count("<")
    if tags > MOST_TAGS:
        raise TooComplex(f"it has {tags:,} tags, and {MOST_TAGS:,} are the most that are read")
    text = _mended_headings(text)
    builder = _Builder(hidden=hidden)
    send_events(text, builder, huge=True)
    return builder.blocks


_HEADING_TAG: Final = re.compile(r"(</?h)([1-6])(?=[\s>/])", re.IGNORECASE)


def _mended_headings(text: str) -> str:
    """The page with each heading closed as it was opened: browsers do so, and the parser does not."""
    opened = ""

    def mended(m: re.Match[str]) -> str:
        nonlocal opened
        if m[1][1] != "/":
            opened = m[2]
            return m[0]
        return m[1] + (opened or m[2])

    return _HEADING_TAG.sub(mended, text)


class _Kind(IntEnum):
    """What an open element is to the builder."""

    INLINE = 0
    BOX = 1
    LINK = 2
    HEAD = 3
    TITLE = 4
    JSON_LD = 5
    UNSEEN = 6
    PUBLISHER = 7  # a box of microdata that names the publisher
    PREFORMATTED = 8
    PAGE = 9  # html and body, which may end before the page does: one box stands for both, around all


_ARE_BOXES: Final = frozenset([_Kind.BOX, _Kind.PUBLISHER, _Kind.PREFORMATTED])
_JSON_LD_TYPES: Final = frozenset(["application/ld+json", "application/json+ld"])
_DATE_NAMES: Final = frozenset(["datepublished", "datecreated", "dateissued"])


class _Builder:
    """Takes the events of a parser and builds lines and boxes."""

    def __init__(self, *, hidden: bool) -> None:
        self.blocks = Blocks()
        self._hidden = hidden
        self._open: list[tuple[_Kind, int]] = []  # kinds of the open elements, and the heading level before each
        self._box = Box("body", "", None, Judgement.NONE, 0, 0)
        self.blocks.boxes.append(self._box)
        self._within = dict.fromkeys(_Kind, 0)  # how many elements of a kind are open
        self._heading = 0
        self._caught: list[str] = []  # the text of a title or of JSON-LD
        self._text: list[str] = []
        self._linked = 0
        self._begun: list[tuple[int, str]] = []  # depths and names of the inline elements that begin with the line
        self._inline_names = ""
        self._to_front = False  # whether the last link that began leads to the front page
        self._is_home = False
        self._at_edge = False  # whether a link or a <time> has just begun or ended
        self._opens = True  # whether the next line begins a paragraph
        self._empty = True  # whether the line in the making has nothing yet

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if len(self._open) > MOST_DEEP:
            raise TooComplex(f"its tags are nested more than {MOST_DEEP:,} deep")
        tag = tag.lower() if isinstance(tag, str) else ""
        kind = _Kind.UNSEEN if self._within[_Kind.UNSEEN] else self._kind(tag, attributes)
        self._open.append((kind, self._heading))
        self._within[kind] += 1
        if kind in _ARE_BOXES:
            self._flush()
            self._opens = True
            self._heading = _HEADINGS.get(tag, 0)  # a heading that was not closed ends with the next block
            self._open_box(tag, attributes)
        elif kind is _Kind.PAGE:
            self._flush()
            self._opens = True
        elif kind is _Kind.LINK:
            self._at_edge = True
            self._to_front = _FRONT_PAGE.fullmatch(attributes.get("href", "").strip()) is not None
        elif kind is _Kind.INLINE:
            self._start_inline(tag, attributes)

    def _start_inline(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "br":
            self._opens |= self._empty
            self._flush()
        elif self._empty and attributes and (names := _names_of(tag, attributes)):
            self._begun.append((len(self._open), names))

    def end(self, tag: str) -> None:
        kind, heading = self._open.pop()
        self._within[kind] -= 1
        if self._begun and self._begun[-1][0] > len(self._open):
            self._begun.pop()
        if kind is _Kind.LINK or tag == "time":
            self._at_edge = True
        if kind in _ARE_BOXES:
            self._flush()
            self._opens = True
            self._heading = heading
            self._box.last = len(self.blocks.lines)
            self._box = self._box.parent or self._box
        elif kind is _Kind.PAGE:
            self._flush()
            self._opens = True
        elif kind is _Kind.TITLE:
            self.blocks.title = self.blocks.title or " ".join("".join(self._caught).split())
            self._caught.clear()
        elif kind is _Kind.JSON_LD:
            self.blocks.json_ld.append("".join(self._caught))
            self._caught.clear()

    def data(self, text: str) -> None:
        within = self._within
        if within[_Kind.TITLE] or within[_Kind.JSON_LD]:
            self._caught.append(text)
            return
        if within[_Kind.UNSEEN] or within[_Kind.HEAD]:
            return
        if within[_Kind.PREFORMATTED]:
            self._preformatted(text)
            return
        self._append(text)

    def comment(self, text: str) -> None:
        """Comments are not shown."""

    def close(self) -> Blocks:
        self._flush()
        for box in (self._box, *_above(self._box)):
            box.last = len(self.blocks.lines)
        return self.blocks

    def _kind(self, tag: str, attributes: Mapping[str, str]) -> _Kind:
        if tag in {"meta", "link", "html"}:
            self._machine(tag, attributes)
        if tag == "script":
            return _Kind.JSON_LD if attributes.get("type", "").strip().lower() in _JSON_LD_TYPES else _Kind.UNSEEN
        if tag == "title":
            return _Kind.TITLE
        if tag in {"html", "body"}:
            return _Kind.PAGE
        if tag == "head":
            return _Kind.HEAD
        if tag in _UNSEEN and not (tag == "button" and self._heading):  # a heading may fold what is below it
            return _Kind.UNSEEN
        if attributes and not self._hidden and tag not in _NEVER_JUDGED and _is_hidden(tag, attributes):
            self.blocks.hides = True
            return _Kind.UNSEEN
        if attributes:
            self._moment(tag, attributes)
        if tag == "a":
            return _Kind.INLINE if self._heading and _NAMED_FRAGMENT.match(attributes.get("href", "")) else _Kind.LINK
        if attributes.get("itemprop") == "publisher":
            return _Kind.PUBLISHER
        if tag in PREFORMATTED:
            return _Kind.PREFORMATTED
        return _Kind.BOX if tag in _BLOCKS or ("-" in tag and self._may_be_box()) else _Kind.INLINE

    def _may_be_box(self) -> bool:
        """Whether an element of the page's own making is a box: it is none in a paragraph or behind words."""
        return self._empty and self._box.tag not in _PHRASING

    def _open_box(self, tag: str, attributes: Mapping[str, str]) -> None:
        names = _names_of(tag, attributes)
        role = attributes.get("role", "")
        if tag in _APART_TAGS or role in _APART_ROLES:
            judgement = Judgement.APART
        else:
            judgement = Judgement.NONE if tag in _NEVER_JUDGED or not names else judge(names)
        if tag == "aside" or role == "complementary":
            judgement = Judgement.OTHERS if judgement < Judgement.ASIDE else Judgement.APART
        first = len(self.blocks.lines)
        self._box = Box(tag, names, self._box, judgement, first, first)
        self.blocks.boxes.append(self._box)

    def _machine(self, tag: str, attributes: Mapping[str, str]) -> None:
        """What an element says for machines alone."""
        if tag == "meta":
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
            content = attributes.get("content", "")
            if name and content and len(self.blocks.metas) < _MOST_METAS:
                inside = "publisher." if self._within[_Kind.PUBLISHER] and "itemprop" in attributes else ""
                self.blocks.metas.append((inside + name.strip().lower(), content))
        elif tag == "link":
            if "canonical" in attributes.get("rel", "").lower().split():
                self.blocks.canonical = self.blocks.canonical or attributes.get("href", "").strip()
        else:
            self.blocks.language = attributes.get("lang") or attributes.get("xml:lang") or ""

    def _moment(self, tag: str, attributes: Mapping[str, str]) -> None:
        names = f"{attributes.get('itemprop', '')} {attributes.get('class', '')}".lower()
        value = ""
        if tag == "time":
            value = attributes.get("datetime", "")
        elif tag != "meta" and not _DATE_NAMES.isdisjoint(names.split()):
            value = attributes.get("content", "") or attributes.get("datetime", "")
        elif tag == "abbr" and "published" in names:
            value = attributes.get("title", "")
        if value and len(self.blocks.moments) < _MOST_METAS:
            self.blocks.moments.append(Moment(value, len(self.blocks.lines), names))

    def _append(self, text: str) -> None:
        if self._at_edge:
            self._at_edge = False
            if text[:1].isdigit() and self._text and self._text[-1][-1:].isdigit():  # not one number
                self._text.append(" ")
        self._text.append(text)
        if self._within[_Kind.LINK]:
            self._linked += len(text)
        if self._empty and not text.isspace():
            self._empty = False
            self._is_home = self._to_front and self._within[_Kind.LINK] > 0
            self._inline_names = " ".join(names for _, names in self._begun[-_MOST_NAMED:])

    def _preformatted(self, text: str) -> None:
        first, *others = text.split("\n")
        self._append(first)
        for line in others:
            self._opens |= self._empty
            self._flush()
            self._append(line)

    def _flush(self) -> None:
        text = "" if self._empty else " ".join("".join(self._text).split()).strip(_WIDTHLESS)
        linked = self._linked
        self._text.clear()
        self._begun.clear()
        self._linked = 0
        self._empty = True
        if not text:
            return
        if len(self.blocks.lines) == MOST_LINES:
            raise TooComplex(f"it has more than {MOST_LINES:,} lines")
        linked = min(linked, len(text))
        is_home = self._is_home and linked == len(text)
        line = Line(text, self._box, linked, self._heading, self._opens, self._inline_names, is_home)
        self.blocks.lines.append(line)
        self._opens = False


def _above(box: Box) -> Iterator[Box]:
    while box.parent is not None:
        box = box.parent
        yield box


def _names_of(tag: str, attributes: Mapping[str, str]) -> str:
    """Class and id of an element; an element of the page's own making is named by its tag as well."""
    own = tag if "-" in tag else ""
    return f"{own} {attributes.get('class', '')} {attributes.get('id', '')}"[:_LONGEST_NAMES].strip()


def _is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    if "hidden" in attributes or (tag == "dialog" and "open" not in attributes):
        return True
    style = attributes.get("style", "")
    if attributes.get("aria-hidden", "").lower() == "true" or (style and _NO_STYLE.search(style)):
        return True
    if tag not in _BLOCKS and _NO_SIZE.search(style):  # a box without size may hold what has one
        return True
    return bool(_UNSEEN_NAMES.search(attributes.get("class", "")))
