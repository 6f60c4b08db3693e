"""Search for words: what was typed into a query, and what was found to the terminal with the words in place."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

import seeds
from flows import show
from flows.complaints import UsageError
from flows.extract.words import Word, words
from flows.query import json_value
from warehouse.reading import reading
from warehouse.search import Found, Hit, Query, Term, search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

REACH: Final = 90  # letters shown on either side of the first hit
_ITEM: Final = re.compile(r'-?"[^"]*"?|\S+')
_STYLE: Final = "bold black on bright_yellow"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A stretch of a text on one line, and where in it the words stand."""

    text: str
    marks: tuple[tuple[int, int], ...]


def find(snapshot: Path, typed: str, limit: int, *, as_json: bool) -> int:
    """Print the releases that answer a query, the best first.

    Raises:
        UsageError: nothing in what was typed can be looked for.
        WarehouseError: the snapshot can't be opened, or has no words to search.
    """
    query = parse(typed)
    with reading(snapshot) as con:
        began = perf_counter()
        found = search(con, query, limit)
        seconds = perf_counter() - began
    if as_json:
        hits = [_as_dict(hit, query) for hit in found.hits]
        answer = {"total": found.total, "unindexed": found.unindexed, "seconds": round(seconds, 3), "hits": hits}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    else:
        _print(found, query, seconds)
    return 0


# ── What was typed ───────────────────────────────────────────────────────────────────────────────────────────────────
def parse(typed: str) -> Query:
    """Read a query: blanks mean and, `OR` or, `NOT` or `-` not; what stands in quotes is a phrase.

    A place is looked for under all its Thai names, unless it stands in quotes.

    Raises:
        UsageError: nothing in it can be looked for.
    """
    groups: list[tuple[Term, ...]] = []
    excluded: list[Term] = []
    before = ""
    for item in _ITEM.findall(typed):
        if item in {"OR", "NOT"}:
            before = item
            continue
        terms = _terms(item.removeprefix("-"))
        if not terms:
            continue
        if before == "NOT" or item.startswith("-"):
            excluded.extend(terms)
        elif before == "OR" and groups:
            groups[-1] = (*groups[-1], *terms)
        else:
            groups.append(terms)
        before = ""
    if not groups:
        raise UsageError(
            f"{typed!r}: nothing to look for. Name a word or more, in Thai or any other script; a phrase in quotes; "
            "`OR` between words of which one is enough; `NOT` before one that must not be there."
        )
    return Query(tuple(groups), tuple(excluded))


def _terms(item: str) -> tuple[Term, ...]:
    """What an item asks for; the name of a place in all its forms, of which a text has one: กว่างซี, กวางสี."""
    found = (_term(form) for form in (item, *_other_forms().get(item.lower(), ())))
    return tuple(dict.fromkeys(term for term in found if term is not None))


@cache
def _other_forms() -> dict[str, list[str]]:
    """By each name of a place, in small letters, its other Thai names; one that is also a word is none of them."""
    forms: dict[str, list[str]] = {}
    for row in seeds.rows("places"):
        names = [row["name_th"], *filter(None, row["variants"].split(";"))]
        words_too = row["ambiguous"].split(";")
        plain = [name for name in names if name not in words_too]
        for name in (row["name_en"].lower(), *plain):
            forms.setdefault(name, []).extend(other for other in plain if other != name)
    return forms


def _term(item: str) -> Term | None:
    found = words(item.strip('"'))
    if not found:
        return None
    gapless = all(one.end == other.start for one, other in pairwise(found))
    return Term(tuple(word.text for word in found), joined=len(found) > 1 and gapless)


# ── What was found ───────────────────────────────────────────────────────────────────────────────────────────────────
def snippet(body: str, query: Query) -> Snippet:
    """The stretch of a text with the most of a query's terms: after the title, if any of them stands there too."""
    found = words(body)
    marks = sorted(_marks(found, query.terms))
    below = [mark for mark in marks if not _in_title(body, mark)] or marks
    # Where the words were cut by another dictionary, nothing may be found again.
    first = max(below, key=lambda mark: _terms_near(below, mark), default=(0, 0, 0))
    start = min((word.start for word in found if word.start >= first[0] - REACH), default=0)
    end = max((word.end for word in found if word.end <= first[1] + REACH), default=len(body))
    spans = _apart((left, right) for left, right, _ in marks)
    return _on_one_line(body, min(start, first[0]), max(end, first[1]), spans)


def _marks(found: Sequence[Word], terms: Sequence[Term]) -> Iterator[tuple[int, int, int]]:
    """Where the terms stand: start, end, number of the term."""
    spelled = [word.text for word in found]
    for number, term in enumerate(terms):
        forms = {term.words, ("".join(term.words),)} if term.joined else {term.words}
        for form in forms:
            for at, word in enumerate(spelled):
                if word == form[0] and tuple(spelled[at : at + len(form)]) == form:
                    yield found[at].start, found[at + len(form) - 1].end, number


def _in_title(body: str, mark: tuple[int, int, int]) -> bool:
    """Whether it stands in the title, or in a line that says the title again."""
    left, right = body.rfind("\n", 0, mark[0]) + 1, body.find("\n", mark[1])
    line = body[left : right if right >= 0 else len(body)]
    return line.strip() in body.lstrip().partition("\n")[0]


def _terms_near(marks: Sequence[tuple[int, int, int]], first: tuple[int, int, int]) -> int:
    return len({number for start, end, number in marks if start >= first[0] and end <= first[1] + REACH})


def _apart(marks: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Marks, sorted by start, of which none overlaps another."""
    apart: list[tuple[int, int]] = []
    for start, end in marks:
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _on_one_line(body: str, start: int, end: int, marks: Iterable[tuple[int, int]]) -> Snippet:
    """A stretch of a text with all blanks as single ones, and the marks in it."""
    text, moved = "", []
    cuts = [start, *(cut for mark in marks if start <= mark[0] and mark[1] <= end for cut in mark), end]
    for number, (left, right) in enumerate(pairwise(cuts)):
        piece = re.sub(r"\s+", " ", body[left:right])
        if number % 2:
            moved.append((len(text), len(text) + len(piece)))
        text += piece
    return Snippet(text, tuple(moved))


def _as_dict(hit: Hit, query: Query) -> dict[str, Any]:
    shown = snippet(hit.body, query)
    return {
        "release_key": hit.release_key,
        "published_on": json_value(hit.published_on),
        "source": hit.source,
        "publisher": hit.publisher,
        "title": hit.title,
        "snippet": shown.text,
        "marks": [list(mark) for mark in shown.marks],
        "score": round(hit.score, 4),
        "copies": hit.copies,
        "source_uri": hit.source_uri,
    }


def _print(found: Found, query: Query, seconds: float) -> None:
    console = show.console()
    for hit in found.hits:
        console.print(_shown(hit, query, colours=console.is_terminal))
    number = "no release" if not found.total else f"{found.total:,} release{'s' if found.total > 1 else ''}"
    more = f", the best {len(found.hits)} of them shown" if len(found.hits) < found.total else ""
    console.print(Text(f"{number}{more}; {seconds:.2f} s", style="dim"))
    if found.unindexed:
        show.console(stderr=True).print(
            f"{found.unindexed:,} releases were loaded before there was an index: `klangkhao rebuild` takes them in.",
            style="yellow",
        )


def _shown(hit: Hit, query: Query, *, colours: bool) -> Group:
    head = Text(str(hit.published_on or "no date"), style="cyan")
    head.append("  ").append(hit.title, style="bold")
    where = " · ".join(part for part in (hit.publisher, hit.source, hit.source_uri) if part)
    if hit.copies:
        where += f" · and {hit.copies} that say{'s' if hit.copies == 1 else ''} the same"
    return Group(
        head,
        Padding(_marked(snippet(hit.body, query), colours=colours), (0, 0, 0, 2), expand=False),
        Padding(Text(where, style="dim", overflow="fold"), (0, 0, 0, 2), expand=False),
        Text(),
    )


def _marked(stretch: Snippet, *, colours: bool) -> Text:
    text = Text(stretch.text, overflow="fold")
    if not colours:
        return show.marked(text, stretch.marks)
    for start, end in stretch.marks:
        text.stylize(_STYLE, start, end)
    return text
