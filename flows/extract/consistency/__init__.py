"""What a text says twice, put side by side: digits and words, an amount and its conversion, a total and its parts.

Works on the finished mentions: at each it looks a bounded way ahead, so the cost grows with the mentions and never with
the square of the text. `differs` is said only where the wording leaves no other reading; where it leaves one, the
verdict is `unknown` and says which. A new kind of pair is one module and one branch of `pairs`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from flows.extract.consistency.conversion import conversion
from flows.extract.consistency.dates import DAY_OR_DAYS, header_dates, weekday_date
from flows.extract.consistency.links import FOLLOWS
from flows.extract.consistency.names import count_names
from flows.extract.consistency.parts import total_parts
from flows.extract.consistency.reader import Quantity, Reader, top_of
from flows.extract.consistency.words import words_digits
from flows.extract.rule import Named
from schemas.records import Header, Mention, Pair
from schemas.values import Comparator, Count, Money, PairVerdict, Period, Reason

RULES: Final = (
    Named("consistency.words_digits", "consistency", "digits and the same amount in words beside them"),
    Named("consistency.conversion", "consistency", "an amount and its conversion into another currency"),
    Named("consistency.total_parts", "consistency", "a total and the parts that it lists"),
    Named("consistency.count_names", "consistency", "a count and the names that it lists"),
    Named("consistency.weekday_date", "consistency", "a weekday and the date that it stands beside"),
    Named("consistency.header_dates", "consistency", "the two dates of a header"),
)


def pairs(text: str, mentions: Sequence[Mention], header: Header) -> tuple[Pair, ...]:
    """All pairs of a text, sorted by start.

    Args:
        text: the decoded body, not folded.
        mentions: its mentions, sorted by start, with spans into `text`.
        header: its header; conversions are compared with the rates of the month of publication.
    """
    reader = Reader(text, mentions, header.published_on)
    found: list[Pair | None] = [header_dates(reader)]
    for at, mention in enumerate(mentions):
        value = mention.value
        if isinstance(value, Reason):
            continue
        if isinstance(value, Period):
            if len(value.edtf) in DAY_OR_DAYS:
                found.append(weekday_date(reader, mention, value))
            continue
        follows = FOLLOWS.match(text, mention.end)
        if follows is not None:
            found.append(_quantity(reader, at, value, follows))
    there = [pair for pair in found if pair is not None]
    there.sort(key=lambda pair: (pair.start, pair.end))
    return tuple(there)


def _quantity(reader: Reader, at: int, value: Quantity, follows: re.Match[str]) -> Pair | None:
    """The pair that begins with a quantity and what follows it."""
    if follows["bracket"]:
        spelled = words_digits(reader, at, value)
        if spelled is not None:
            return spelled
    link = FOLLOWS.match(reader.text, follows.end()) if follows["bracket"] else follows
    if link is not None and link["announces"]:
        return _list(reader, at, value, link)
    return conversion(reader, at, value) if isinstance(value, Money) else None


def _list(reader: Reader, at: int, value: Quantity, link: re.Match[str]) -> Pair | None:
    """The pair of a quantity and the list that the link word behind it announces: parts that add up, or names."""
    if value.comparator is not Comparator.EQ or top_of(value) is not None:
        return None
    parts = total_parts(reader, at, value, link)
    if not isinstance(value, Count) or (parts is not None and parts.verdict is PairVerdict.AGREES):
        return parts
    names = count_names(reader, at, value, link)
    return names if parts is None or (names is not None and names.verdict is PairVerdict.AGREES) else parts
