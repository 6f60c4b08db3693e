"""Which lines of a page are its article: the headline first, then the box around the paragraphs that follow it.

1. Lines are set apart by what names, tags and links say of their boxes: navigation, lists of other news, comments,
   banners, tools. A box that holds the headline is never set apart, however it is called.
2. The headline is the line that metadata knows, or the best heading; a link to the front page is the name of the site.
3. The article's container is the smallest box around the headline that holds at least half of the running text after
   it; its body is the smallest box in there that holds all paragraphs. So nothing beside the text comes in, and no
   paragraph of the container is left out: what is, and has numerals, is told (`MainText.lost`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, chain, islice
from typing import TYPE_CHECKING, Final

from flows.acquire.page_blocks import PREFORMATTED, Box, Judgement, Line
from flows.acquire.page_lines import (
    NUMERAL,
    date_place,
    is_beside,
    is_changed,
    is_count,
    is_date_alone,
    is_file,
    is_lead,
    is_menu,
    is_of_page,
    is_postal,
    is_posted,
    is_section,
    is_tool,
    leads_away,
    names_source,
    says_more,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flows.acquire.page_blocks import Blocks

_PARAGRAPH: Final = 50  # characters that make a line running text
_SHORT_PARAGRAPH: Final = 25  # where a page has no longer ones
_LEAST_TEXT: Final = 60  # characters of running text that an article has
_SHORT_WEIGHT: Final = 0.3
_LINKED: Final = 0.5
_CONTAINER: Final = 0.5  # share of the page's running text after the headline
_OWN_ARTICLE: Final = 0.1  # an <article> around the headline is the container from this share on
_BODY: Final = 0.85  # share of the container's weight
_LONGEST_TITLE: Final = 300
_MOST_TITLES: Final = 20
_LEAST_TITLE: Final = 6
_TITLE_SCORE: Final = 3.0
_UNNAMED_TITLE_SCORE: Final = 2.0  # where metadata names no headline
_HEADER_LINES: Final = 3  # before the headline, below the first paragraph or behind the last, where a date may stand
_INDEX_LINKS: Final = 3
_LOST_LINE: Final = 30
MOST_LOST: Final = 200  # numerals that are told

_TITLE_NAMES: Final = re.compile(r"title|headline|heading|topic|subject|head[-_]?news|news[-_]?head", re.IGNORECASE)
_HEADING_SCORE: Final = (0.0, 2.0, 1.5, 1.0, 0.5, 0.5, 0.5)
_ROWS: Final = frozenset(["tr", "tbody"])
_FACTS_TABLE: Final = re.compile(r"(?:^|[-_ ])info(?:$|[-_ ])", re.IGNORECASE)
_TITLE_PARTS: Final = re.compile(r"\s*[|»«·•]\s*|\s*::?\s+|\s+[-–—:]\s+|\s*::\s*|\s*&raquo;\s*")


@dataclass(frozen=True, slots=True)
class MainText:
    """The article of a page.

    `title` is the headline as it stands there (None where none does), `text` the paragraphs below it, `header` the line
    beside the headline that has a date, `moments` the instants marked in the article, and `lost` the numerals of lines
    that stand in its container, were left out, and may be its text.
    """

    title: str | None
    text: str
    header: str | None
    moments: tuple[str, ...]
    lost: tuple[str, ...]


class IndexPage(Exception):  # noqa: N818 - named for what the page is
    """The paragraphs of a page are what it says of other pages, each below a headline that leads there."""


def main_text(blocks: Blocks, titles: Sequence[str]) -> MainText | None:
    """The article of a page, or None where it has none.

    Args:
        blocks: the page.
        titles: what metadata gives as the headline.

    Raises:
        IndexPage: it lists articles.
    """
    return _Reading(blocks, titles).main_text() if blocks.lines else None


class _Reading:
    """One page on its way to its article. Ranges of lines are (first, after the last)."""

    def __init__(self, blocks: Blocks, titles: Sequence[str]) -> None:
        self.blocks = blocks
        self.lines: Sequence[Line] = blocks.lines
        self.titles = [title for title in titles[:_MOST_TITLES] if not is_lead(title)]
        self.title_parts = {
            part
            for title in self.titles
            for part in (title, *_TITLE_PARTS.split(title))
            if _LEAST_TITLE <= len(part) <= _LONGEST_TITLE
        }
        self.root = blocks.boxes[0]
        self.beside: dict[int, bool] = {}
        running = [self._is_running(at, _PARAGRAPH) for at in range(len(self.lines))]
        self.running_before = list(accumulate(running, initial=0))
        self.chars_before = list(accumulate((len(line.text) for line in self.lines), initial=0))
        self.linked_before = list(accumulate((line.linked for line in self.lines), initial=0))
        headlines = (line.heading == 1 or line.text in self.title_parts for line in self.lines)
        self.headlines_before = list(accumulate(headlines, initial=0))
        self.states = self._states(None)

    def main_text(self) -> MainText | None:
        for least in (_PARAGRAPH, _SHORT_PARAGRAPH):
            anchor = self._anchor(least)
            self.states = self._states(None if anchor is None else self.lines[anchor].box)
            start = 0 if anchor is None else anchor + 1
            weights = [self._weight(at, least) if at >= start else 0.0 for at in range(len(self.lines))]
            if sum(weight for weight in weights if weight >= least) >= _LEAST_TEXT:
                return self._chosen(anchor, weights, least)
        return None

    # ── What is set apart ────────────────────────────────────────────────────────────────────────────────────────────
    def _states(self, kept: Box | None) -> list[Judgement]:
        """What each line is: text, or beside or apart from it. The boxes around `kept` are not judged."""
        around = set(map(id, _around(kept)))
        judged: dict[int, Judgement] = {}
        for box in self.blocks.boxes:
            judgement = Judgement.NONE if id(box) in around else self._judgement(box)
            if box.parent is not None:
                judgement = max(judgement, judged[id(box.parent)])
            judged[id(box)] = judgement
        states = [judged[id(line.box)] for line in self.lines]
        for at, line in enumerate(self.lines):
            if states[at] is Judgement.APART:
                continue
            if is_section(line.text):
                self._set_apart_section(at, around, states, judged)
            elif line.linked and line.text not in self.title_parts and leads_away(line.text, line.linked):
                states[at] = Judgement.APART
        return states

    def _judgement(self, box: Box) -> Judgement:
        first, last = box.first, box.last
        has_running_text = self.running_before[last] > self.running_before[first]
        if box.judgement is Judgement.BESIDE:
            is_contact = first < last and names_source(self.lines[first].text)
            return Judgement.NONE if has_running_text or is_contact else Judgement.BESIDE
        if not has_running_text and last - first > 1:
            linked = self.linked_before[last] - self.linked_before[first]
            chars = self.chars_before[last] - self.chars_before[first]
            return Judgement.APART if linked > _LINKED * chars else box.judgement
        return box.judgement

    def _set_apart_section(
        self, at: int, around: set[int], states: list[Judgement], judged: Mapping[int, Judgement]
    ) -> None:
        """Set apart the largest box that begins with a heading such as related news; at least the heading.

        Where its names told already that a part of the page is no text, the box lies in that part.
        """
        section = box = self.lines[at].box
        is_aside = states[at] >= Judgement.ASIDE
        while box.parent is not None and box.parent.first == at and id(box.parent) not in around:
            box = box.parent
            if is_aside and judged[id(box)] < Judgement.ASIDE:
                break
            if box.tag in {"body", "main"} or self.headlines_before[box.last] > self.headlines_before[at]:
                break
            section = box
        last = section.last if id(section) not in around and section.first == at else at + 1
        states[at:last] = [Judgement.APART] * (last - at)

    def _weight(self, at: int, least: int) -> float:
        line = self.lines[at]
        if self.states[at] is not Judgement.NONE or line.heading or line.linked > _LINKED * len(line.text):
            return 0.0
        size = len(line.text)
        return float(size) if self._is_running(at, least) else min(_SHORT_WEIGHT * size, least - 1)

    def _is_running(self, at: int, least: int) -> bool:
        """Whether a line is running text: long enough, no heading, no links, no date line and the like."""
        line = self.lines[at]
        if len(line.text) < least or line.heading or line.linked > _LINKED * len(line.text):
            return False
        if at not in self.beside:
            self.beside[at] = (
                is_file(line.text, line.linked) or is_beside(line.text, line.linked) or is_postal(line.text)
            )
        return not self.beside[at]

    # ── The headline ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _anchor(self, least: int) -> int | None:
        """The line of the headline, or None where no line can be told to be it."""
        weights = list(accumulate((self._weight(at, least) for at in range(len(self.lines))), initial=0.0))
        whole = weights[-1] or 1.0
        best, best_score = None, _TITLE_SCORE if self.title_parts else _UNNAMED_TITLE_SCORE
        for at, line in enumerate(self.lines):
            size = len(line.text)
            if size > _LONGEST_TITLE or size < _LEAST_TITLE or line.is_home:
                continue
            is_known = line.text in self.title_parts
            is_apart, is_link = self.states[at] >= Judgement.ASIDE, line.linked > _LINKED * size
            if is_apart and is_link and not is_known:  # whatever else it has, it would not score enough
                continue
            score = _HEADING_SCORE[line.heading] + (2.0 if _is_called_title(line) else 0.0)
            if is_known:
                score += 4.0
            elif size >= 12 and any(line.text in title or _is_most_of(title, line.text) for title in self.titles):
                score += 2.5
            if not score or is_lead(line.text):
                continue
            score += min(size, 60) / 30
            score -= 4.0 if is_apart else 0.0
            if is_link:  # a headline may lead to its own page
                score -= 1.0 if is_known else 3.0
            score -= 4.0 * weights[at] / whole
            if score > best_score:
                best, best_score = at, score
        return best

    # ── The body ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _chosen(self, anchor: int | None, weights: list[float], least: int) -> MainText:
        before = list(accumulate(weights, initial=0.0))

        def weight_of(box: Box) -> float:
            return before[box.last] - before[box.first]

        if anchor is None:
            container = self._densest(weights, least)
        else:
            container = self._container(self.lines[anchor].box, weights, least)
        paragraphs = [at for at in range(container.first, container.last) if weights[at] >= least]
        if self._is_index(paragraphs):
            raise IndexPage
        title_at = anchor if anchor is not None else self._line_before(container, paragraphs[0])
        body = self._body(container, paragraphs, title_at, weight_of)
        start = 0 if title_at is None else title_at
        title = None if title_at is None else self.lines[title_at].text
        kept = self._kept(body, container, title_at, paragraphs)
        kept = [at for at in kept if self.lines[at].text != title or at > paragraphs[0]]
        if anchor is None and title_at is not None:
            kept = self._above_subject(title_at) + kept
        title, date = (title, None) if title is None else self._without_date(title)
        return MainText(
            title=title,
            text=_written(self.lines, self.blocks.boxes, kept, body),
            header=date or self._header(start, paragraphs, container),
            moments=self._moments(start, paragraphs[0], container),
            lost=self._lost(container, title_at, paragraphs, kept),
        )

    def _without_date(self, title: str) -> tuple[str, str | None]:
        """The headline, and the date that stands behind it in its line, where metadata knows the headline without."""
        known = max((part for part in self.title_parts if title.startswith(part)), key=len, default=title)
        behind = title[len(known) :].strip()
        place = date_place(behind) if is_date_alone(behind) else None
        return (title, None) if place is None else (known, behind[place[0] : place[1]])

    def _container(self, box: Box, weights: list[float], least: int) -> Box:
        running = list(accumulate((weight if weight >= least else 0.0 for weight in weights), initial=0.0))
        whole = running[-1]
        while box.parent is not None:
            weight = running[box.last] - running[box.first]
            if box.tag == "article" and weight >= _OWN_ARTICLE * whole:
                return box
            if weight >= _CONTAINER * whole:
                break
            box = box.parent
        return self._continued(box, weights, least)

    def _is_index(self, paragraphs: list[int]) -> bool:
        """Whether most paragraphs stand right below headlines that are links."""
        linked = [
            at for at in paragraphs if any(line.heading and _is_link(line) for line in self.lines[max(0, at - 2) : at])
        ]
        return len(linked) >= _INDEX_LINKS and len(linked) > _LINKED * len(paragraphs)

    def _continued(self, container: Box, weights: list[float], least: int) -> Box:
        """The container, or the box around it where the text goes on outside.

        It does where later paragraphs look as those within do, in boxes of the same names, or stand loose in a box that
        the container lies in: what is beside a text is in a box of its own.
        """
        running = [at for at in range(container.first, len(weights)) if weights[at] >= least]
        inside = {_signature(self.lines[at].box) for at in running if at < container.last} - {None}
        around = {id(each): each for each in _around(container.parent)}
        for at in reversed(running):
            if at < container.last:
                break
            box = self.lines[at].box
            holder = box.parent if box.tag == "p" else box
            if _signature(box) in inside or id(holder) in around:
                return next(each for each in around.values() if each.first <= at < each.last)
        return container

    def _densest(self, weights: list[float], least: int) -> Box:
        """The box with the most running text near below it, where no headline leads to the text."""
        scores: dict[int, float] = {}
        boxes: dict[int, Box] = {}
        for at, weight in enumerate(weights):
            share = weight if weight >= least else 0.0
            box = self.lines[at].box
            holder = (box.parent if _is_leaf(box) else None) or box
            for each in islice(_around(holder), 3) if share else ():
                scores[id(each)] = scores.get(id(each), 0.0) + share
                boxes[id(each)] = each
                share /= 2
        return boxes[max(scores, key=lambda each: (scores[each], -boxes[each].first))]

    def _body(
        self, container: Box, paragraphs: list[int], title_at: int | None, weight_of: Callable[[Box], float]
    ) -> Box:
        """The smallest box that holds all paragraphs; the one around it where the headline stands in there too."""
        body = self.lines[paragraphs[0]].box
        while body is not container and body.parent is not None:
            holds_all = body.first <= paragraphs[0] and body.last > paragraphs[-1]
            if holds_all and weight_of(body) >= _BODY * weight_of(container) and not _is_leaf(body):
                break
            body = body.parent
        beside_title = None if title_at is None else self.lines[title_at].box.parent
        return beside_title if body is not container and beside_title is body.parent and beside_title else body

    def _line_before(self, container: Box, paragraph: int) -> int | None:
        """The headline where nothing tells it: the nearest line before the text that can be one."""
        around = set(map(id, _around(container)))
        for at in range(paragraph - 1, max(-1, paragraph - 6), -1):
            line = self.lines[at]
            if self.states[at] >= Judgement.ASIDE or _is_link(line):
                continue
            near = at >= container.first or id(_holder(line.box)) in around
            if near and _LEAST_TITLE <= len(line.text) <= _LONGEST_TITLE and not is_beside(line.text):
                return None if is_lead(line.text) else at
        return None

    def _above_subject(self, guessed: int) -> list[int]:
        """The lines of a letter above the one that was guessed to be its headline: its number, its day, its reader."""
        box = self.lines[guessed].box
        above = range(box.first, guessed) if box.tag in PREFORMATTED else range(0)
        return [at for at in above if self.states[at] is Judgement.NONE]

    def _kept(self, body: Box, container: Box, title_at: int | None, paragraphs: list[int]) -> list[int]:
        start = max(body.first, 0 if title_at is None else title_at + 1)
        facts = self._facts_tables(body, paragraphs)
        kept = []
        for at in range(start, body.last):
            is_fact = at in facts and self.states[at] is Judgement.BESIDE
            if (is_fact or self.states[at] is Judgement.NONE) and not self._is_tool(at, paragraphs):
                kept.append(at)
        return kept + self._sources(body, container)

    def _is_tool(self, at: int, paragraphs: list[int]) -> bool:
        """Whether a line of the body is none of the text by its words. Between paragraphs few are."""
        line = self.lines[at]
        if at < paragraphs[0] and is_beside(line.text, line.linked) and not says_more(line.text):
            return True
        if at < paragraphs[0] or at > paragraphs[-1]:
            return is_menu(line.text) or is_count(line.text, line.linked)
        return is_menu(line.text) if line.linked else is_tool(line.text)

    def _facts_tables(self, body: Box, paragraphs: list[int]) -> set[int]:
        """The lines of tables called info between the paragraphs: above them such a table holds dates and counters."""
        facts: set[int] = set()
        seen = body.first
        for box in self.blocks.boxes:
            if box.tag != "table" or box.first < seen or not _FACTS_TABLE.search(box.names):
                continue
            if paragraphs[0] < box.first and box.last <= paragraphs[-1]:
                seen = box.last
                facts.update(range(box.first, box.last))
        return facts

    def _sources(self, body: Box, container: Box) -> list[int]:
        """Lines after the body that name the source or whom to ask: they belong to it though they stand outside."""
        found: list[int] = []
        if container is self.root:
            return found
        end = body.last
        for at in range(body.last, container.last):
            if names_source(self.lines[at].text):
                box = self.lines[at].box
                end = max(end, box.last if box.first == at else at + 1)
            if at < end and self.states[at] is Judgement.NONE:
                found.append(at)
        return found

    # ── Beside the body ──────────────────────────────────────────────────────────────────────────────────────────────
    def _header(self, start: int, paragraphs: Sequence[int], container: Box) -> str | None:
        """The date of a date line: below or above the headline, else of a byline below the lead, else behind the text.

        What stands above may be of another column, and what stands behind of other news: only lines in the container,
        or loose in a box around it, are read. When a page was changed counts only beside the headline.
        """
        first, last = paragraphs[0], paragraphs[-1]
        around = {id(box) for box in _around(container)}

        def is_near(at: int) -> bool:
            return container.first <= at < container.last or id(_more_than_one(self.lines[at].box)) in around

        below = range(start + 1, first)
        above = filter(is_near, range(start - 1, max(-1, start - 1 - _HEADER_LINES), -1))
        beside = (at for at in chain(below, above) if self.states[at] < Judgement.ASIDE)
        bylines = (at for at in _next(first, container.last) if self.states[at] is Judgement.BESIDE)
        posted = (at for at in _next(last, len(self.lines)) if is_near(at) and self._is_posted(at))
        signed = (at for at in _next(last, container.last) if self._is_signed(at, container))
        for at in chain(beside, bylines, posted, signed):
            line = self.lines[at]
            place = date_place(line.text, line.linked)
            if place is not None and (at < first or not is_changed(line.text)):
                return line.text[place[0] : place[1]]
        return None

    def _is_posted(self, at: int) -> bool:
        """Whether a line says when the text was published, in a box that may be called its footer."""
        return self.states[at] < Judgement.APART and is_posted(self.lines[at].text)

    def _is_signed(self, at: int, container: Box) -> bool:
        """Whether a line behind the text is of a byline, or the date below a letter, which only contacts may follow.

        A date in a cell or an item is of what it lists.
        """
        line, state = self.lines[at], self.states[at]
        if state is not Judgement.NONE or not is_date_alone(line.text):
            return state is Judgement.BESIDE
        is_listed = line.box.tag in _CELLS | _ITEMS and line.box.last - line.box.first == 1
        behind = at + 1
        is_last = behind >= container.last or self.states[behind] is not Judgement.NONE
        return not is_listed and (is_last or names_source(self.lines[behind].text))

    def _moments(self, start: int, paragraph: int, container: Box) -> tuple[str, ...]:
        marked, near = [], []
        for moment in self.blocks.moments:
            if not container.first - _HEADER_LINES <= moment.line <= container.last:
                continue
            if "modif" in moment.names or "updat" in moment.names:
                continue
            is_apart = moment.line < len(self.states) and self.states[moment.line] >= Judgement.ASIDE
            if is_apart and moment.line > paragraph:
                continue
            if re.search("publish|created|issued|entry-date", moment.names):
                marked.append(moment.value)
            elif start - _HEADER_LINES <= moment.line <= paragraph:
                near.append(moment.value)
        return tuple(dict.fromkeys(marked + near))

    def _lost(
        self, container: Box, title_at: int | None, paragraphs: Sequence[int], kept: Sequence[int]
    ) -> tuple[str, ...]:
        """The numerals of lines that were left out and may be text, of the <article> or else the container.

        Tags such as nav and footer, roles, links and headings (related news) are believed when they set a line apart.
        A name is not: what it alone sets apart is told if it is running text between the paragraphs, and before or
        after them unless the name is one of what others wrote or the site asks (comments, cookies, a sidebar). What
        stands beside the text, and was not set apart, is told from half a paragraph on. So are facts boxes, whose
        lines are short. A sentence that the text repeats, as pull quotes do, is not lost.
        """
        whole = next((box for box in _around(container) if box.tag == "article"), container)
        text = set(kept) | ({title_at} if title_at is not None else set())
        facts = self._facts(whole, paragraphs)
        left_out = (at for at in self._from_title(whole, title_at) if at not in text)
        lost = (at for at in left_out if at in facts or self._may_be_text(at, container, paragraphs))
        found = [self.lines[at].text for at in islice(lost, MOST_LOST)]
        if not found:
            return ()
        written = "\n".join(self.lines[at].text for at in text)
        found = [line for line in found if len(line) < _LOST_LINE or line not in written]
        return tuple(numeral for line in found for numeral in NUMERAL.findall(line))[:MOST_LOST]

    def _from_title(self, whole: Box, title_at: int | None) -> Iterable[int]:
        """The lines of a box from the headline on, and captions above it in its <article>: of the opening picture."""
        start = max(whole.first, title_at or 0)
        above = range(whole.first, start if whole.tag == "article" else whole.first)
        return chain((at for at in above if self.lines[at].box.tag == "figcaption"), range(start, whole.last))

    def _may_be_text(self, at: int, container: Box, paragraphs: Sequence[int]) -> bool:
        line, state = self.lines[at], self.states[at]
        if state is Judgement.APART or not NUMERAL.search(line.text):
            return False
        if state is Judgement.NONE and line.box.tag == "figcaption":
            return True
        is_inside = container.first <= at < container.last
        if state < Judgement.ASIDE and is_inside and len(line.text) >= _LOST_LINE:
            return not _is_link(line) and not is_of_page(line.text, line.linked)
        is_between = paragraphs[0] < at < paragraphs[-1]
        may_be = is_between or state <= Judgement.ASIDE
        return may_be and self._is_running(at, _PARAGRAPH) and not self._is_teaser(at)

    def _is_teaser(self, at: int) -> bool:
        """Whether the box around a line begins with a headline that leads away."""
        box = _more_than_one(self.lines[at].box)
        return box.first < at and _is_link(self.lines[box.first])

    def _facts(self, whole: Box, paragraphs: Sequence[int]) -> set[int]:
        """The lines of facts boxes: <aside> in the <article>, and what stands beside the text between paragraphs.

        Together they are as long as a paragraph; a sidebar stands outside of both.
        """
        facts: set[int] = set()
        seen = whole.first
        for box in self.blocks.boxes:
            is_aside = box.tag == "aside" and box.judgement < Judgement.APART
            if box.first < seen or box.last > whole.last or not (is_aside or box.judgement is Judgement.BESIDE):
                continue
            is_between = paragraphs[0] < box.first and box.last <= paragraphs[-1]
            if is_between or (is_aside and whole.tag == "article"):
                seen = box.last
                facts.update(self._facts_of(box))
        return facts

    def _facts_of(self, box: Box) -> list[int]:
        lines = [
            at
            for at in range(box.first, box.last)
            if self.states[at] is not Judgement.APART
            and not _is_link(self.lines[at])
            and not is_of_page(self.lines[at].text, self.lines[at].linked)
        ]
        return lines if sum(len(self.lines[at].text) for at in lines) >= _PARAGRAPH else []


def _next(at: int, end: int) -> range:
    """The few lines behind one in which a date may stand."""
    return range(at + 1, min(at + 1 + _HEADER_LINES, end))


def _is_link(line: Line) -> bool:
    return line.linked > _LINKED * len(line.text)


def _is_called_title(line: Line) -> bool:
    """Whether the names of what holds a line and nothing else call it a headline, or those of the box that it is in."""
    box = line.box
    if _are_of_title(line.inline_names) or _are_of_title(box.names):
        return True
    while box.parent is not None and box.parent.last - box.parent.first == 1:
        box = box.parent
        if _are_of_title(box.names):
            return True
    return False


@lru_cache(maxsize=4096)
def _are_of_title(names: str) -> bool:
    return _TITLE_NAMES.search(names) is not None


def _is_most_of(title: str, line: str) -> bool:
    """Whether a line says a title and little more; a paragraph may begin with the name of the site."""
    return 3 * len(title) >= len(line) and title in line


def _signature(box: Box) -> tuple[str, str, str, str] | None:
    """What boxes of the same kind have in common: tags and names of it and of the box around it; None without names."""
    around = box.parent or box
    names = (box.names.strip(), around.names.strip())
    return (box.tag, around.tag, *names) if any(names) else None


def _around(box: Box | None) -> Iterable[Box]:
    while box is not None:
        yield box
        box = box.parent


def _more_than_one(box: Box) -> Box:
    """The box itself or the smallest one around it that holds more than one line."""
    while box.parent is not None and box.last - box.first == 1:
        box = box.parent
    return box


def _holder(box: Box) -> Box:
    """What holds the box of a line beside others, rows of a table left out: a headline may have a row to itself."""
    holder = _more_than_one(box.parent or box)
    while holder.parent is not None and holder.tag in _ROWS:
        holder = holder.parent
    return holder


def _is_leaf(box: Box) -> bool:
    """Whether a box is a paragraph rather than something that holds paragraphs."""
    return box.tag in {"p", "li", "blockquote", "dd", "dt", "figcaption", "summary"} or box.last - box.first == 1


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
_ITEMS: Final = frozenset(["li", "dt", "dd"])
_CELLS: Final = frozenset(["td", "th"])
_LONGEST_CELL: Final = 200


@dataclass(frozen=True, slots=True)
class _Place:
    """The boxes of a list and of a table that a box lies in, nearest first; None for those it does not lie in."""

    item: Box | None = None
    table: Box | None = None
    row: Box | None = None
    cell: Box | None = None

    def inside(self, box: Box) -> _Place:
        """The place of what lies in a box that stands here."""
        if box.tag in _ITEMS:
            return replace(self, item=box)
        if box.tag == "table":
            return replace(self, table=box, row=None, cell=None)
        if box.tag == "tr":
            return replace(self, row=box, cell=None)
        return replace(self, cell=box) if box.tag in _CELLS else self


_NOWHERE: Final = _Place()


def _written(lines: Sequence[Line], boxes: Sequence[Box], kept: list[int], body: Box) -> str:
    """Lines as text: an empty line between paragraphs, none between items and rows; a tab between cells of a table."""
    places: dict[int, _Place] = {}
    for box in boxes:
        around = places.get(id(box.parent), _NOWHERE)
        places[id(box)] = _NOWHERE if box is body else around.inside(box)
    pieces: list[str] = []
    figures: dict[int, bool] = {}
    before = _NOWHERE
    for at in kept:
        line = lines[at]
        here = places[id(line.box)]
        if here.table is not None:
            if id(here.table) not in figures:
                figures[id(here.table)] = _has_figures(here.table, lines, places)
            if not figures[id(here.table)]:  # it lays out the page
                here = replace(here, table=None, row=None, cell=None)
        pieces += (_separator(before, here, opens=line.opens) if pieces else "", line.text)
        before = here
    return "".join(pieces)


def _separator(before: _Place, here: _Place, *, opens: bool) -> str:
    if here.row is not None and here.row is before.row:
        return " " if here.cell is before.cell else "\t"
    is_next_row = here.table is not None and here.table is before.table and before.row is not None
    is_next_item = here.item is not None and before.item is not None and here.row is before.row
    return "\n" if is_next_row or is_next_item or not opens else "\n\n"


def _has_figures(table: Box, lines: Sequence[Line], places: Mapping[int, _Place]) -> bool:
    """Whether a table holds figures or words, and does not lay out a page."""
    rows: dict[int, set[int]] = {}
    for line in lines[table.first : table.last]:
        place = places[id(line.box)]
        if len(line.text) > _LONGEST_CELL or line.heading or place.table is not table:
            return False
        if place.row is not None and place.cell is not None:
            rows.setdefault(id(place.row), set()).add(id(place.cell))
    return any(len(cells) > 1 for cells in rows.values())
