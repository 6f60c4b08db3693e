"""The words and signs right before and after a numeral, each looked up once: they pick the rules to try."""

from __future__ import annotations

import re
from typing import Final

from flows.extract.numerals import shape_of
from flows.extract.rule import Context, Edge, Found, Shape, Site
from flows.extract.vocabulary import BOUNDARY, Lead, Word, alternation, ends, unblocked, words_after, words_before

_WORD_AFTER: Final = re.compile(rf"[ \t]{{0,2}}({alternation(words_after())})")
_WORDS: Final = words_after()
_LINK_AFTER: Final = re.compile(r"[ \t]{0,2}(?:-|~|,|&|และ|หรือ|กับ|ถึง|จนถึง|ไปจนถึง|(?:to|and|until|through)(?= ))")
_LEADS: Final = {surface[::-1]: lead for surface, lead in words_before().items()}
_WORD_BEFORE: Final = re.compile(rf"-?[ \t]{{0,2}}[:]?[ \t]{{0,2}}({alternation(_LEADS)})")
_BREAKS: Final = frozenset(["", " ", "\n", "\t", "("])
_CLOSERS: Final = {")": "close", ".": "dot", "/": "slash", "+": "plus"}


def neighbours(
    text: str, mirror: str, start: int, end: int, floor: int, context: Context, previous: Found | None
) -> Site:
    """The numeral at `start` with the words before and after it, each looked up once."""
    lead, lead_start = _lead(text, mirror, start, floor)
    word, word_end, kind = _word(text, end)
    shape, edge = shape_of(text[start:end]), _edge(text, start)
    return Site(text, mirror, start, end, shape, lead, lead_start, word, word_end, kind, edge, floor, context, previous)


def alone(text: str, mirror: str, start: int, end: int, floor: int, context: Context) -> Site:
    """A trigger that is a word: its rules look at its neighbours themselves."""
    return Site(text, mirror, start, end, Shape.OTHER, None, start, None, end, "-", Edge.NONE, floor, context)


def _lead(text: str, mirror: str, position: int, floor: int) -> tuple[Lead | None, int]:
    size = len(text)
    m = _WORD_BEFORE.match(mirror, size - position, size - floor)
    if m is None:
        return None, position
    start = size - m.end()
    lead = _LEADS[m.group(1)]
    if start > floor:
        surface, before = lead.surface, text[start - 1]
        first = surface[0]
        if first.isascii() and first.isalpha() and before.isascii() and before.isalpha():
            return None, position  # the end of a longer Latin word
        if len(surface) <= 3 and surface[-1] == "." and (before == "." or "ก" <= before <= "๎"):
            return None, position  # ม. in ตร.ม. is no address
    return lead, start


def _word(text: str, position: int) -> tuple[Word | None, int, str]:
    m = _WORD_AFTER.match(text, position)
    if m is not None:
        word = _WORDS[m.group(1)]
        if _cuts_latin(word.surface, text, m.end()):
            return None, position, "latin" if text[position : position + 1].isalpha() else "-"
        if (
            word.surface in BOUNDARY
            and word.unit is None
            and word.currency is None
            and not ends(word.surface, text, m.end())
        ):
            return None, position, "blocked"
        if word.kind != "blocked":
            return word, m.end(), word.kind
        shorter = unblocked(word, text, m.end())
        return (
            (shorter, m.end() - len(word.surface) + len(shorter.surface), shorter.kind)
            if shorter
            else (None, position, "blocked")
        )
    if _LINK_AFTER.match(text, position):
        return None, position, "link"
    char = text[position : position + 1]
    if char == " ":
        char = text[position + 1 : position + 2]
        return None, position, _CLOSERS.get(char, "-") if char in ")/+" else "-"
    if char.isascii() and char.isalpha():
        return None, position, "latin"
    return None, position, _CLOSERS.get(char, "-")


def _cuts_latin(surface: str, text: str, end: int) -> bool:
    """Whether a Latin unit is only the beginning of a longer word: h in has."""
    last, after = surface[-1], text[end : end + 1]
    return last.isascii() and last.isalpha() and after.isascii() and (after.isalpha() or after == "+")


def _edge(text: str, start: int) -> Edge:
    char = text[start - 1 : start]
    if char in _BREAKS:
        return Edge.PLUS if text[start - 2 : start] == "+ " else Edge.NONE
    if "ก" <= char <= "๎" or char == "ฯ":
        return Edge.THAI
    if char == "+":
        return Edge.PLUS
    if char.isascii() and (
        char.isalpha()
        or (char in "-_./+" and text[start - 2 : start - 1].isascii() and text[start - 2 : start - 1].isalpha())
    ):
        return Edge.LATIN
    return Edge.POINT if char == "." else Edge.NONE
