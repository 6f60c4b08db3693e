r"""Bytes of a page to text. What a page says of its encoding is evidence, and often wrong: the bytes decide.

A byte-order mark counts first. UTF-8 that is valid wins over every declaration, as in `flows.acquire.decode`; then
Thai in TIS-620, ISO-8859-11 or CP874, told by the order of its letters; then what the server or the page declares. A
page may hold a few broken characters (a summary cut inside a letter is common), which become U+FFFD; whether they
matter is for the reader of the main text to say. A page whose letters were decoded wrongly before it was sent can't be
read by anybody and is refused.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from flows.acquire.decode import other_kind, text_encoding, thai_doubt

_MARKS: Final = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD: Final = 4096  # where browsers look for a declaration, and some more
_DECLARED: Final = re.compile(
    rb"""<(?:meta|\?xml)\b[^>]{0,400}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE
)
_PARAMETER: Final = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_THAI_NAMES: Final = {
    "windows-874": "cp874",
    "x-windows-874": "cp874",
    "dos-874": "cp874",
    "ibm874": "cp874",
    "tis620": "tis-620",
    "iso8859-11": "iso8859-11",
    "x-mac-thai": "cp874",
}
_THAI: Final = frozenset({"cp874", "tis-620", "iso8859-11"})
# Windows' own characters stand in pages that declare Latin-1: every browser reads them so.
_SAME_AS_BROWSERS: Final = {"iso8859-1": "cp1252", "ascii": "cp1252"}
_BROKEN_ALLOWED: Final = 0.002  # share of the characters above 7F that may be broken in a page
_WIDE_SAMPLE: Final = 8192
_THAI_LETTER: Final = re.compile("[ก-๎]")
_HIGH: Final = re.compile("[^\x00-\x7f]")
# How UTF-8 of Thai looks after it was read as Latin-1 or CP1252, and as CP874; and TIS-620 read as Latin-1.
_TWICE_LATIN: Final = re.compile("à[¸¹]")
_TWICE_THAI: Final = re.compile("เ[ธน]")
_LATIN_LETTER: Final = re.compile("[\u00a1-\u00ff]")
_MOJIBAKE_SAMPLE: Final = 200_000
_FEW: Final = 12


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a page, the encoding that it was read in, and how many characters were broken (U+FFFD)."""

    text: str
    encoding: str
    broken: int


class Unreadable(Exception):  # noqa: N818 - named for what the page is
    """The bytes are no page that can be read; `reason` is `empty`, `binary`, `undecodable` or `mojibake`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def decode_page(raw: bytes, content_type: str | None, encoding: str | None = None) -> Page:
    """The text of `raw`, or `Unreadable` with what is wrong and the remedy.

    Args:
        raw: the payload, content coding undone.
        content_type: the header that it came with, or None.
        encoding: what a person decided that it is in; then nothing is told from the bytes.
    """
    if not raw or raw.isspace():
        raise Unreadable("empty", "the page has no content: fetch it again, or remove its address from the source")
    if kind := other_kind(raw):
        raise Unreadable("binary", f"it is no page but {kind.removeprefix('it is ')}")
    if encoding is not None:
        codec = text_encoding(encoding)
        if codec is None:
            raise Unreadable("undecodable", f"{encoding} is no encoding of text: name one such as utf-8 or cp874")
        return Page(*_with_broken(raw, codec))
    page = _read(raw, declared(raw, content_type))
    if problem := mojibake(page.text):
        raise Unreadable("mojibake", problem)
    return page


def declared(raw: bytes, content_type: str | None) -> list[str]:
    """The encodings that the server and the page name, in that order, as Python knows them; unknown ones left out."""
    named = []
    if content_type and (m := _PARAMETER.search(content_type)):
        named.append(m[1])
    named += [found.decode("ascii", "replace") for found in _DECLARED.findall(raw[:_HEAD])]
    known = (_THAI_NAMES.get(name.lower()) or text_encoding(name) for name in named)
    return list(dict.fromkeys(name for name in known if name))


def _read(raw: bytes, names: list[str]) -> Page:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _tolerant(raw[len(mark) :], encoding)
    if wide := _wide(raw):
        return _tolerant(raw, wide)
    if b"\0" in raw:  # browsers pass over them, and so do those who put them there to hide something
        raw = raw.replace(b"\0", b"")
    try:
        return Page(raw.decode("utf-8"), "utf-8", 0)
    except UnicodeDecodeError:
        pass
    if thai_doubt(raw) is None:
        return Page(raw.decode("cp874"), next((name for name in names if name in _THAI), "cp874"), 0)
    page = Page(*_with_broken(raw, "utf-8"))
    if page.broken <= _allowed(page.text):
        return page
    for name in names:
        if name not in _THAI and not name.startswith("utf"):
            try:
                return Page(raw.decode(_SAME_AS_BROWSERS.get(name, name)), name, 0)
            except UnicodeDecodeError:
                continue
    raise Unreadable("undecodable", f"{_said(names)}, but {page.broken} of its characters are broken: fetch it again")


def _tolerant(raw: bytes, encoding: str) -> Page:
    page = Page(*_with_broken(raw, encoding))
    if page.broken > _allowed(page.text):
        what = f"its byte-order mark or its zero bytes say {encoding}, but {page.broken} characters are broken"
        raise Unreadable("undecodable", f"{what}: fetch it again")
    return page


def _with_broken(raw: bytes, encoding: str) -> tuple[str, str, int]:
    text = raw.decode(encoding, "replace")
    return text, encoding, text.count("\ufffd")


def _allowed(text: str) -> int:
    return max(2, int(_BROKEN_ALLOWED * len(_HIGH.findall(text))))


def _wide(raw: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Thai and English text is 0E or 00 there."""
    sample = raw[:_WIDE_SAMPLE]
    if len(sample) < 4 or sample.count(0) < len(sample) / 8:
        return None
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = sample[first::2]
        if half.count(0) + half.count(0x0E) > 0.9 * len(half):
            return encoding
    return None


def _said(names: list[str]) -> str:
    return f"it says {' and '.join(names)} and looks like UTF-8" if names else "it names no encoding"


def mojibake(text: str) -> str | None:
    """Why a text is no Thai any more though it was, or None."""
    sample = text[:_MOJIBAKE_SAMPLE]
    thai = len(_THAI_LETTER.findall(sample))
    remedy = "its publisher sent it damaged; fetch it again later, or tell the publisher"
    twice = len(_TWICE_LATIN.findall(sample))
    if twice > _FEW and twice > thai:
        return f"its Thai was encoded twice ({twice} letters read as à¸…): {remedy}"
    twice = len(_TWICE_THAI.findall(sample))
    if twice > _FEW and 4 * twice > thai:
        return f"its Thai is UTF-8 that was read as TIS-620 (เธ… {twice} times): {remedy}"
    latin = len(_LATIN_LETTER.findall(sample))
    if latin > _FEW and latin > 0.3 * len(re.findall(r"[^\W\d_]", sample)) and _is_thai_as_latin(sample):
        return f"its Thai was read as Latin-1 ({latin} letters such as {_LATIN_LETTER.findall(sample)[:3]}): {remedy}"
    return None


def _is_thai_as_latin(sample: str) -> bool:
    """Whether the Latin letters of a text, taken as bytes, are Thai."""
    return thai_doubt(sample.encode("latin-1", "ignore")) is None
