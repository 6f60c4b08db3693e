"""Zones: URLs, e-mail addresses and hashtags. The numbers inside them are parts of identifiers."""

from __future__ import annotations

import re
from typing import Final

from flows.extract.reasons import just
from flows.extract.rule import Rule, Trigger
from schemas.values import Role

_ADDRESS: Final = r"[^\s<>\"“”ก-๛]"
_URL: Final = re.compile(rf"(?:https?://|www\.){_ADDRESS}+")
_DOMAIN: Final = re.compile(
    rf"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.(?:com|net|org|th|gov|int|cn|info|me|ly|gl)(?:/{_ADDRESS}*)?(?![A-Za-z])"
)
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]*@[A-Za-z0-9._-]+")
_HASHTAG: Final = re.compile(r"#[^\s#<>]+")
# What each kind contains, and how far to its left it can begin: looking for the mark is far cheaper than scanning.
_MARKS: Final = (
    ("http", "url", _URL, 0),
    ("www.", "url", _URL, 0),
    ("@", "email", _EMAIL, 64),
    ("#", "hashtag", _HASHTAG, 0),
    (".th", "url", _DOMAIN, 64),
    (".com", "url", _DOMAIN, 64),
    (".org", "url", _DOMAIN, 64),
    (".net", "url", _DOMAIN, 64),
    (".ly/", "url", _DOMAIN, 64),
    (".gl/", "url", _DOMAIN, 64),
    (".me/", "url", _DOMAIN, 64),
)
_RUN_LEFT: Final = re.compile(r"[A-Za-z0-9._%+-]*\Z")


def zones(text: str) -> list[tuple[int, int, str]]:
    """URLs, e-mail addresses and hashtags, in order: the numbers inside them are parts of identifiers."""
    found: list[tuple[int, int, str]] = []
    for mark, kind, pattern, reach in _MARKS:
        at = text.find(mark)
        while at >= 0:
            start = at
            if reach:
                run = _RUN_LEFT.search(text, max(0, at - reach), at)
                start = run.start() if run else at
            m = pattern.match(text, start)
            end = m.end() if m else at + len(mark)
            if m and end > at:
                while text[end - 1] in ".,;:)'\"" and end > start + 1:
                    end -= 1
                found.append((start, end, f"identifier.{kind}"))
            at = text.find(mark, max(end, at + 1))
    if len(found) < 2:
        return found
    found.sort()
    apart = [found[0]]
    for zone in found[1:]:
        if zone[0] >= apart[-1][1]:
            apart.append(zone)
    return apart


RULES: Final = tuple(
    Rule(
        f"identifier.{kind}",
        Role.IDENTIFIER,
        description,
        pattern,
        just(Role.IDENTIFIER),
        {example: "identifier"},
        ("ไม่มี",),
        trigger=Trigger.ZONE,
    )
    for kind, description, pattern, example in (
        ("url", "a web address", _URL, "https://example.org/news/42789"),
        ("email", "an e-mail address or account", _EMAIL, "info2@example.org"),
        ("hashtag", "a hashtag", _HASHTAG, "#เมือง2024"),
    )
)
