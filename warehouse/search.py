"""Full-text search over the words of the current releases, ranked by BM25; copies are found through their original."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb

from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

# The usual constants: how soon repetition stops to count, how much a long text is held against it.
_K: Final = 1.2
_B: Final = 0.75
_TITLE: Final = 2  # a word in the title counts so many times

_UNINDEXED: Final = """
select count(*)
from original_release
anti join release_word using (release_key)
where regexp_matches(title, '[[:alnum:]\u0e01-\u0e4e]')
"""


@dataclass(frozen=True, slots=True)
class Term:
    """What is looked for as one: a word, or words that follow one another; `joined` if they may also be one word."""

    words: tuple[str, ...]
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: one term at least of each group, and none of the excluded."""

    groups: tuple[tuple[Term, ...], ...]
    excluded: tuple[Term, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(term for group in self.groups for term in group)


@dataclass(frozen=True, slots=True)
class Hit:
    """A release that was found; `copies` others say the same."""

    release_key: int
    title: str
    published_on: date | None
    source: str | None
    publisher: str | None
    source_uri: str
    score: float
    copies: int
    body: str


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits, how many there are in all, and how many releases are in no index yet."""

    hits: tuple[Hit, ...]
    total: int
    unindexed: int


def search(con: duckdb.DuckDBPyConnection, query: Query, limit: int) -> Found:
    """Find the releases that answer a query, the best first.

    Args:
        con: a published snapshot.
        query: what is looked for.
        limit: how many hits to return.

    Raises:
        WarehouseError: the warehouse has no words to search.
    """
    statement, words = _statement(query)
    try:
        rows = con.execute(statement, {**words, "limit": limit}).fetchall()
        ((unindexed,),) = con.execute(_UNINDEXED).fetchall()
    except duckdb.CatalogException as error:
        raise WarehouseError(
            "This warehouse has no search index: it was exported without, or made by an earlier klangkhao. "
            "Search in the warehouse that `klangkhao run` publishes."
        ) from error
    return Found(tuple(Hit(*row[1:]) for row in rows), rows[0][0] if rows else 0, unindexed)


def _statement(query: Query) -> tuple[str, dict[str, str]]:
    """The SQL of a query, and the words that it names as parameters."""
    terms = [*query.terms, *query.excluded]
    words = sorted({word for term in terms for word in (*term.words, "".join(term.words))})
    numbers = {word: number for number, word in enumerate(words, start=1)}
    tables = [f"term_{number} as ({_term(term, numbers)})" for number, term in enumerate(terms)]
    wanted = " union all ".join(
        f"select {group} as group_no, {number} as term_no, * from term_{number}"
        for number, group in enumerate(number for number, group in enumerate(query.groups) for _ in group)
    )
    first = len(query.terms)
    unwanted = " ".join(f"anti join term_{number} using (release_key)" for number in range(first, len(terms)))
    sql = f"""
with original as materialized (
    select release_key, char_count, published_on, source_uri
    from original_release
),

hit as materialized (
    select *
    from release_word
    where word in ({", ".join(f"$word_{number}" for number in numbers.values())})
        and release_key in (select release_key from original)
),

{", ".join(tables)},

matched as (
    {wanted}
),

size as (
    select count(*) as release_count, avg(char_count) as mean_length
    from original
),

weight as (
    select term_no, ln(1 + (any_value(release_count) - count(*) + 0.5) / (count(*) + 0.5)) as weight
    from matched
    cross join size
    group by term_no
),

ranked as (
    select
        release_key,
        sum(
            weight * case when in_title then {_TITLE} else 1 end
            * occurrences * ({_K} + 1) / (occurrences + {_K} * ({1 - _B} + {_B} * char_count / mean_length))
        ) as score
    from matched
    join weight using (term_no)
    join original using (release_key)
    cross join size
    group by release_key
    having count(distinct group_no) = {len(query.groups)}
),

best as (
    select *, count(*) over () as total
    from ranked
    join original using (release_key)
    {unwanted}
    order by score desc, published_on desc nulls last, source_uri
    limit $limit
)

select
    best.total,
    best.release_key,
    original_release.title,
    original_release.published_on,
    original_release.source,
    original_release.publisher,
    original_release.source_uri,
    best.score,
    original_release.copy_count,
    original_release.body
from best
join original_release using (release_key)
order by best.score desc, original_release.published_on desc nulls last, original_release.source_uri
"""
    return sql, {f"word_{number}": word for word, number in numbers.items()}


def _term(term: Term, numbers: dict[str, int]) -> str:
    """The releases that a term stands in: how often, and whether in the title."""
    return f"""
    select release_key, max(occurrences) as occurrences, bool_or(in_title) as in_title
    from ({" union all ".join(_forms(term, numbers))})
    group by release_key
"""


def _forms(term: Term, numbers: dict[str, int]) -> Iterator[str]:
    if len(term.words) == 1 or term.joined:
        yield f"""
        select release_key, len(places) as occurrences, in_title
        from hit
        where word = $word_{numbers["".join(term.words)]}
"""
    if len(term.words) > 1:
        later = range(1, len(term.words))
        joins = "".join(
            f" join hit as word_{at} on word_{at}.release_key = word_0.release_key"
            f" and word_{at}.word = $word_{numbers[term.words[at]]}"
            for at in later
        )
        follows = " and ".join(f"list_contains(word_{at}.places, place + {at})" for at in later)
        in_title = " and ".join(f"word_{at}.in_title" for at in range(len(term.words)))
        yield f"""
        select release_key, len(starts) as occurrences, in_title
        from (
            select
                word_0.release_key,
                list_filter(word_0.places, lambda place: {follows}) as starts,
                {in_title} as in_title
            from hit as word_0{joins}
            where word_0.word = $word_{numbers[term.words[0]]}
        )
        where len(starts) > 0
"""
