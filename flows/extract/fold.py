"""Fold a text for matching, keeping a way back to the code points of the original.

Most of folding is one character for one character (digits, blanks, dashes), so offsets stand. Only characters
that are dropped or composed (zero-width marks, decomposed sara am, doubled sara e) shift what follows; their places
are kept, and `Folded.origin` maps a folded offset back with one bisection.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from flows.extract.vocabulary import BOUNDARY, FUNCTION_WORDS, alternation, words_after

_DIGITS = dict(zip("๐๑๒๓๔๕๖๗๘๙", "0123456789", strict=True))
_FULLWIDTH = {chr(0xFF10 + i): str(i) for i in range(10)} | {
    "：": ":",
    "％": "%",
    "，": ",",
    "．": ".",
    "（": "(",
    "）": ")",
}
_BLANKS = dict.fromkeys(
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
)
_BREAKS = dict.fromkeys("\u2028\u2029\u0085\r", "\n")
_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-")
_QUOTES = {"’": "'", "‘": "'", "“": '"', "”": '"'}
_ONE_FOR_ONE = _DIGITS | _FULLWIDTH | _BLANKS | _BREAKS | _DASHES | _QUOTES

_NEXT_LINE = (
    rf"(?:{alternation(w for w, x in words_after().items() if w[0] >= 'ก' and ((x.month and len(w) > 3) or x.currency or x.scale))}"
    rf"|(?:{alternation(w for w, x in words_after().items() if x.classifier and w not in BOUNDARY and x.unit is None)})(?:[ ]|{alternation(FUNCTION_WORDS)}))"
)
_WRAP = re.compile(rf"\n(?<=[0-9]\n)(?<![ ][12][0-9]{{3}}\n)(?={_NEXT_LINE})")
_OWN_LINE = re.compile(r"[^ก-๎A-Za-z]*")
# Characters that hide inside words: zero-width marks and soft hyphens are dropped, the rest is composed. Of a run of
# blanks two are kept: they still tell the columns of a table, and no rule has to allow for more.
_NIKHAHIT = "\u0e4d"  # with sara aa after it, and perhaps a tone mark between, it is sara am in two characters
_HIDDEN = "\u00ad\u200b-\u200f\u20e3\u2060\ufe0f\ufeff"
_BLANK = "[ \\t" + "".join(_BLANKS) + "]"
_SHIFTING = re.compile(f"[{_HIDDEN}]+|{_NIKHAHIT}[\u0e48-\u0e4b]?\u0e32|เเ|(?<={_BLANK}{_BLANK}){_BLANK}+")
_RUNS = re.compile(f"{_BLANK}(?<={_BLANK}{_BLANK}{_BLANK}){_BLANK}*")
# What is asked of every text is one search for a plain set, and `in`: `re` and `str` are fast at both.
_SPECIAL = re.compile(f"[\t{_HIDDEN}{_NIKHAHIT}" + "".join(_ONE_FOR_ONE) + "]")
_MAY_HIDE = frozenset(re.findall(f"[{_HIDDEN}{_NIKHAHIT}]", "".join(map(chr, range(0x10000)))))
_RARE_BLANK = frozenset("\t").union(_BLANKS)
_RARE = "[" + "".join(_RARE_BLANK) + "]"
_LONG_BLANK = re.compile(
    rf"{_RARE}(?:(?={_BLANK}{_BLANK})|(?<={_BLANK}{_BLANK})(?={_BLANK})|(?<={_BLANK}{_BLANK}{_BLANK}))"
)  # with a rare one among them: three common ones are looked for as they are


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `places` are folded offsets after which `shifts` code points were lost."""

    text: str
    places: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()
    composed: frozenset[int] = frozenset()  # places that end a composed character, which belongs to what precedes

    def origin(self, offset: int) -> int:
        """The offset into the original text of the folded character at `offset`."""
        if not self.places:
            return offset
        i = bisect_right(self.places, offset)
        return offset + (self.shifts[i - 1] if i else 0)

    def origin_end(self, offset: int) -> int:
        """The exclusive end in the original of a span that ends before folded `offset`."""
        if offset in self.composed:
            return self.origin(offset)
        return self.origin(offset - 1) + 1 if offset else 0

    def origins(self, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The spans in the original text of folded `spans`."""
        if not self.places:
            return spans
        return [(self.origin(start), self.origin_end(end)) for start, end in spans]


def fold(text: str) -> Folded:
    """Fold digits, blanks, dashes and quotes one for one; drop or compose what hides inside words."""
    special = set(_SPECIAL.findall(text))
    if "เเ" in text or not _MAY_HIDE.isdisjoint(special):
        shifted = _shift(text, _SHIFTING)
    elif "   " in text or (not _RARE_BLANK.isdisjoint(special) and _LONG_BLANK.search(text)):
        shifted = _shift(text, _RUNS)
    else:
        shifted = Folded(text)
    folded = shifted.text
    # str.translate runs at 14 MB/s; replacing what is really there is far faster.
    for char in special & _ONE_FOR_ONE.keys():
        folded = folded.replace(char, _ONE_FOR_ONE[char])
    folded = _WRAP.sub(_joined, folded)
    return Folded(folded, shifted.places, shifted.shifts, shifted.composed)


def _joined(m: re.Match[str]) -> str:
    """A blank for a break inside a wrapped line; after a number that has its line to itself, as in a table, it stays."""
    text = m.string
    start = text.rfind("\n", 0, m.start()) + 1
    return "\n" if _OWN_LINE.fullmatch(text, start, m.start()) else " "


def _shift(text: str, pattern: re.Pattern[str]) -> Folded:
    pieces: list[str] = []
    places: list[int] = []
    shifts: list[int] = []
    composed: set[int] = set()
    done = length = lost = 0
    for m in pattern.finditer(text):
        pieces.append(text[done : m.start()])
        length += m.start() - done
        done = m.end()
        found = m.group()
        piece = ""
        if found == "เเ":
            piece = "แ"
        elif found[0] == _NIKHAHIT:
            piece = found[1:-1] + "ำ"
        pieces.append(piece)
        length += len(piece)
        lost += len(found) - len(piece)
        places.append(length)
        shifts.append(lost)
        if piece:
            composed.add(length)
    pieces.append(text[done:])
    return Folded("".join(pieces), tuple(places), tuple(shifts), frozenset(composed))
