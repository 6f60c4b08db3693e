"""Markup read as events, whatever state it is in: no tree is built, so neither depth nor entities can make one grow."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from lxml import etree

_SLICE: Final = 1 << 16  # of a page, handed to the parser at once


def send_events(text: str, target: Any, *, huge: bool) -> None:
    """Send the events of a page to a target, as lxml calls one: its start, end, data, comment and close.

    Args:
        text: the page.
        target: takes the events; what it raises ends the reading.
        huge: whether texts and attributes may have more than the parser's own 10 MB.
    """
    parser = etree.HTMLParser(target=target, encoding="utf-8", no_network=True, huge_tree=huge)
    data = text.encode("utf-8", "replace")
    for at in range(0, len(data), _SLICE):
        parser.feed(data[at : at + _SLICE])
    with suppress(etree.XMLSyntaxError):  # nothing in it is an element or text
        parser.close()
