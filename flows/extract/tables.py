"""Numbers of tables and footnotes, whose unit stands elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from flows.extract.numerals import NUMERAL
from flows.extract.reasons import NUMERAL_ALONE, if_left
from flows.extract.rule import Found, Rule, Shape, Site
from schemas.values import Reason, Role

_FOOTNOTE_LEFT: Final = re.compile(r"(?:[ก-๎][\"”)\].ฯ]|\)|\n[_\-* ]{3,}\n|[ก-๎]|หมายเหตุ[ ]?:[ ]?)\Z")
_FOOTNOTE: Final = re.compile(r"\d{1,2}(?=[ \t\n)])")
_CELL_BEFORE: Final = re.compile(r"(?:^|\n|[ ]{2,}|\t)[ \t\-(<>≤≥+~*]*\Z")
_CELL: Final = re.compile(rf"(?:{NUMERAL}(?:[ ]?-[ ]?{NUMERAL}){{0,2}})(?=[)*%]*(?:[ ]{{2,}}|[ \t]*(?:\n|$)|\t))")
_CELL_ROW: Final = re.compile(r"\d[ \t]{1,4}-?\Z")
_CELL_NEXT: Final = re.compile(r"[ \t]{1,4}-?\d")


def _cell(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    """A number that fills a line or a column of its own: its unit stands in the table's head."""
    text = site.text
    left = text[max(0, m.start() - 8) : m.start()]
    if _CELL_BEFORE.search(left) or m.start() == 0:
        return [Found(m.start(), m.end(), Reason(Role.OTHER))]
    return None


def _cell_row(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    """A number between numbers and nothing else: a row of a table, or of lots in a draw."""
    before = _CELL_ROW.search(site.text[max(0, m.start() - 6) : m.start()])
    after = _CELL_NEXT.match(site.text, m.end())
    line_ends = site.text[m.end() : m.end() + 3].strip(" \t")[:1] in ("", "\n")
    if (before and (after or line_ends)) or (
        after and _CELL_BEFORE.search(site.text[max(0, m.start() - 8) : m.start()])
    ):
        return [Found(m.start(), m.end(), Reason(Role.OTHER))]
    return None


RULES: Final = (
    Rule(
        "other.footnote",
        Role.OTHER,
        "the mark of a footnote",
        _FOOTNOTE,
        if_left(_FOOTNOTE_LEFT, Role.OTHER, 40),
        {"ทั้งหมด (TPLab)1 ประจำปี": "other"},
        ("ทั้งหมด 1 ",),
        shapes=frozenset([Shape.DAY, Shape.INT]),
    ),
    Rule(
        "other.table_cell",
        Role.OTHER,
        "a number that fills a line or a column: its unit stands in the head of a table",
        _CELL,
        _cell,
        {"คำขอละ\n5,000\n": "other"},
        ("ทั้งหมด 5,000",),
    ),
    Rule(
        "other.table_row",
        Role.OTHER,
        "a number in a row of numbers",
        NUMERAL_ALONE,
        _cell_row,
        {"10847 11124 16543": "other"},
        ("ทั้งหมด 5,000",),
    ),
)
