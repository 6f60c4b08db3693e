"""List markers: 1. 1) (1) 1.1 at the start of an item."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from flows.extract.rule import Found, Rule, Shape, Site
from schemas.values import Reason, Role

_SMALL: Final = frozenset([Shape.DAY, Shape.INT, Shape.DECIMAL, Shape.OTHER, Shape.DATE])
_MARKER: Final = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}(?:[ ]?\)|\.(?![0-9])\)?)")
_MARKER_LINE: Final = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,3}(?=[ \t]*[ก-ฮเแโใไA-Za-z\"'(])")
_MARKER_JOINED: Final = re.compile(
    r"\d{1,2}(?=[ก-ฮเแโใไ])|\d{1,2}[ ]\.(?=[ ]?[ก-ฮเแโใไ])|\d{1,2}(?=[ ]{1,2}[ก-ฮเแโใไA-Z])"
)
_BRACKETED: Final = re.compile(r"\d{1,2}(?:\.\d)?[ ]?\.?\)")
_LINE_START: Final = re.compile(r"(?:^|\n)[ \t\-•*o>]*\(?\Z")
_INLINE_BEFORE: Final = re.compile(r"(?:[ \t\n:;(\"“,.]|[ก-๎ฯๆ])\(?\Z")


def _marker(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    left = site.text[max(0, m.start() - 12) : m.start()]
    if "\n" not in left and m.start() > 12:
        left = " " + left
    start = m.start() - (1 if left.endswith("(") else 0)
    closes = m.group().rstrip().endswith(")")
    if _LINE_START.search(site.text[max(0, m.start() - 12) : m.start()]):
        return [Found(start, m.end(), Reason(Role.LIST_MARKER))]
    if site.lead is not None and site.lead.strong:
        return None
    if closes:
        if left.endswith("("):
            return [Found(start, m.end(), Reason(Role.LIST_MARKER))] if _BRACKETED.fullmatch(m.group()) else None
        window = site.text[max(0, m.start() - 60) : m.start()]
        inside = window.rfind("(") > window.rfind(")")
        if not inside and _INLINE_BEFORE.search(left):
            return [Found(start, m.end(), Reason(Role.LIST_MARKER))]
        return None
    if left[-1:] in ' \t\n(:"' and re.match(r"[ \t]{0,2}[ก-ฮเแโใไA-Za-z\"“'(]", site.text[m.end() : m.end() + 4]):
        return [Found(start, m.end(), Reason(Role.LIST_MARKER))]
    return None


def _marker_line(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if not _LINE_START.search(site.text[max(0, m.start() - 12) : m.start()]):
        return None
    if site.word_kind in ("currency", "scale", "unit"):
        return None  # a line that begins with an amount
    return [Found(m.start(), m.end(), Reason(Role.LIST_MARKER))]


def _marker_joined(m: re.Match[str], site: Site) -> Iterable[Found] | None:
    if not _LINE_START.search(site.text[max(0, m.start() - 12) : m.start()]):
        return None
    return [Found(m.start(), m.end(), Reason(Role.LIST_MARKER))]


RULES: Final = (
    Rule(
        "list_marker.joined",
        Role.LIST_MARKER,
        "a number that begins a line and counts nothing",
        _MARKER_JOINED,
        _marker_joined,
        {"ดังนี้\n1เดิมมีข้อกำหนด": "list_marker", "ดังนี้\n2 . สำหรับประชาชน": "list_marker"},
        ("ดังนี้\n5 คน",),
        shapes=_SMALL,
    ),
    Rule(
        "list_marker.bracket_or_dot",
        Role.LIST_MARKER,
        "1. 1) (1) at the start of an item",
        _MARKER,
        _marker,
        {"1. การสนับสนุน": "list_marker", "ได้แก่ 1) ถนน": "list_marker"},
        ("มี 5 คน",),
        shapes=_SMALL,
        words=frozenset(["close", "dot"]),
    ),
    Rule(
        "list_marker.outline",
        Role.LIST_MARKER,
        "1.1 at the start of a line",
        _MARKER_LINE,
        _marker_line,
        {"1.1 การสนับสนุน": "list_marker"},
        ("มูลค่า 1.1 ล้าน",),
        shapes=frozenset([Shape.DECIMAL, Shape.OTHER, Shape.DATE]),
    ),
)
