"""Made-up pages with their articles marked in them: `pages/*.html`.

A page begins with what is expected of it, as TOML between lines of `---`. In the page, ⟦…⟧ marks a piece of the article
that must be one line of its text, ⟨…⟩ what may be in it or not (a date beside the headline, a caption); every numeral
outside of both must not be in it. `lost` lists the numerals that are told as left out: none where it is not given.
`{{wire-03:2}}` stands for the second line of a sample release. The marks are taken out before the page is read.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "pages"
RELEASES = Path(__file__).parents[2] / "seeds" / "releases"
NUMERAL = re.compile(r"[0-9๐-๙]+(?:[.,:/][0-9๐-๙]+)*")
_PLACE = re.compile(r"\{\{(\w+-\d\d):(\d+)\}\}")
_PIECE = re.compile("⟦(.*?)⟧", re.DOTALL)
_MAYBE = re.compile("⟨(.*?)⟩", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class MadePage:
    """A page and what is expected of it."""

    name: str
    raw: bytes
    expected: dict[str, Any]
    pieces: tuple[str, ...]  # of the article, in order
    maybe: tuple[str, ...]

    @property
    def url(self) -> str:
        return self.expected["url"]

    @property
    def content_type(self) -> str:
        return self.expected.get("content_type", "text/html; charset=utf-8")

    @property
    def published_on(self) -> date | None:
        return self.expected.get("published_on")

    def numerals(self) -> Counter[str]:
        """Numerals of the article, with how often they are there; the title's are in it."""
        return Counter(NUMERAL.findall("\n".join(self.pieces)))

    def numerals_allowed(self) -> Counter[str]:
        return self.numerals() + Counter(NUMERAL.findall("\n".join(self.maybe)))


def made_pages() -> list[MadePage]:
    return [_read(path) for path in sorted(FOLDER.glob("*.html"))]


def _read(path: Path) -> MadePage:
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    head, body = (_PLACE.sub(lambda m: sample(m[1])[int(m[2]) - 1], part) for part in (_toml(head), body))
    expected = tomllib.loads(head)
    pieces = [_shown(piece) for piece in _PIECE.findall(body)] or [expected.get("title", ""), *expected.get("body", [])]
    source = re.sub("[⟦⟧⟨⟩]", "", body)
    if expected.get("entities"):
        source = "".join(each if each < "\x80" else f"&#{ord(each)};" for each in source)
    if expected.get("mojibake"):
        source = source.encode().decode("latin-1")
    raw = source.encode(expected.get("encoding", "utf-8"), "xmlcharrefreplace")
    if expected.get("bom"):
        raw = "\ufeff".encode(expected["encoding"]) + raw
    return MadePage(path.stem, raw, expected, tuple(pieces), tuple(map(_shown, _MAYBE.findall(body))))


def _toml(head: str) -> str:
    """The head with the quotation marks of sample lines made safe."""
    return _PLACE.sub(lambda m: sample(m[1])[int(m[2]) - 1].replace('"', '\\"'), head)


def _shown(piece: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", piece)).split())


@cache
def sample(name: str) -> list[str]:
    path = next(RELEASES.glob(f"{name}-*.txt"))
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
