r"""Bytes to text. The only changes: a byte-order mark is dropped and `\r\n` becomes `\n`.

UTF-8 always wins, because text of another encoding that happens to be valid UTF-8 is vanishingly rare. What is not
UTF-8 may be one of the three Thai single-byte encodings (TIS-620 ⊂ ISO-8859-11 ⊂ CP874, equal where they overlap).
Nearly any byte is a Thai letter there, so the bytes alone prove nothing: the letters have to stand in an order that
Thai writing allows. Nothing is ever replaced or skipped: what can't be read without doubt is refused with its place.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
_WIDE = tuple(mark for mark, _, codec in _MARKS if codec != "utf-8")

# Tab, line feed, vertical tab, form feed, carriage return and DOS's end-of-file (1A) occur in texts.
_CONTROLS = bytes(sorted({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A}))
_CONTROL_PLACE = re.compile(b"[" + re.escape(_CONTROLS) + b"]")
_CONTROLS_ALLOWED = 0.002  # share of the bytes; 12,615 government releases hold none at all

_KINDS_OF_FILE = (
    (b"PK\x03\x04", "a ZIP archive or an Office document: name it .zip, or save it as text"),
    (b"%PDF-", "a PDF document: save it as text"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document: save it as text"),
    (b"{\\rtf", "an RTF document: save it as text"),
    (b"\x1f\x8b", "gzip-compressed: unpack it"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed: unpack it"),
    (b"\xfd7zXZ\x00", "xz-compressed: unpack it"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture: only text can be read"),
    (b"\xff\xd8\xff", "a JPEG picture: only text can be read"),
    (b"GIF8", "a GIF picture: only text can be read"),
    (b"SQLite format 3\x00", "an SQLite database: only text can be read"),
    (b"\x7fELF", "a program: only text can be read"),
)
_MAGICS = tuple(magic for magic, _ in _KINDS_OF_FILE)

# Thai letters by where they may stand: C consonants, E the vowel เ and L the other vowels written before their
# consonant, M vowels and tones above or below a letter, F vowels written after it; o is all else.
_CLASSES = {
    "C": bytes([*range(0xA1, 0xCF)]),
    "F": b"\xd0\xd2\xd3\xe5",
    "M": b"\xd1" + bytes([*range(0xD4, 0xDB), *range(0xE7, 0xEF)]),
    "E": b"\xe0",
    "L": b"\xe1\xe2\xe3\xe4",
}
_TO_CLASS = bytearray(b"o" * 256)
for _name, _members in _CLASSES.items():
    for _byte in _members:
        _TO_CLASS[_byte] = ord(_name)
# Pairs that Thai writing does not have (EE it has: a common way to mistype แ). In 12,615 real releases at most 0.35 %
# of the letters stand in one.
_DISORDER = (b"Eo", b"Lo", b"EL", b"LE", b"LL", b"EM", b"LM", b"EF", b"LF", b"oM", b"FM", b"oF")
_DISORDER_ALLOWED = 0.02
# A short piece of Chinese or Korean can pass for Thai in its ranges and its order, not in how often letters occur: of
# 6,000 lines of real releases 0.4 % fail one of these two, of pieces of 8 to 32 foreign letters that get here 95 % do.
_RARE = "ฃฅฆฌฎฏฐฑฒฤฦฬฺ฿ํ๊๋๎๏๚๛".encode("cp874")
_RARE_ALLOWED = 0.1
_VOWELS_NEEDED = 0.2
_LETTERS_NEEDED = 4
_LETTERS_SHARE_NEEDED = 0.05  # of the bytes above 7F; the rest are Thai digits, quotation marks, dashes, hard blanks
_UTF8_LEADS = (b"\xe0\xb8", b"\xe0\xb9")  # how each Thai letter starts in UTF-8; in TIS-620 the rare pairs เธ and เน
_UTF8_LEADS_ALLOWED = 0.15  # per byte above 7F: a third in Thai UTF-8, at most 0.033 in 12,615 releases as TIS-620
_ASCII = bytes(range(0x80))


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the encoding it came in (`utf-8`, `utf-8-sig`, `utf-16-le`, `tis-620`, `iso8859-11`, `cp874` …)."""

    text: str
    encoding: str


class Undecodable(Exception):  # noqa: N818 - named for what the input is
    """The bytes are no text that can be read without doubt; `reason` is `empty`, `binary` or `undecodable`."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)  # both, so that it travels between processes
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"


def decode(raw: bytes) -> Decoded:
    """The text of `raw`, or `Undecodable` with the byte offset of what can't be read and the remedy."""
    if problem := binary_problem(raw):
        raise Undecodable("binary", problem)
    text, encoding = _read(raw)
    if problem := _control_problem(text.encode() if encoding.startswith(("utf-16", "utf-32")) else raw):
        raise Undecodable("binary", problem)
    if not text or text.isspace():
        raise Undecodable("empty", "the text has no characters besides blanks: fetch it again or remove it")
    return Decoded(text.replace("\r\n", "\n"), encoding)


def decode_as(raw: bytes, encoding: str, *, damaged: bool = False) -> Decoded:
    """The text of `raw` in the encoding that a person named, or `Undecodable` where it is not in it.

    Args:
        raw: the bytes.
        encoding: a name that Python knows.
        damaged: read what is broken as the replacement character U+FFFD.
    """
    if problem := other_kind(raw):
        raise Undecodable("binary", problem)
    codec = text_encoding(encoding)
    if codec is None:
        raise Undecodable(
            "undecodable", f"{encoding} is no encoding of text: name one such as utf-8, cp874 or utf-16-le"
        )
    try:
        text = raw.decode(codec, "replace" if damaged else "strict")
    except UnicodeDecodeError as error:
        at = f"byte {raw[error.start]:02X} at offset {error.start}"
        raise Undecodable("undecodable", f"as {encoding} it can't be read either: {at} is none there") from None
    if problem := _control_problem(text.encode("utf-8", "surrogatepass")):
        raise Undecodable("binary", f"as {encoding} it is no text: {problem}")
    text = text.removeprefix("\ufeff")
    if not text or text.isspace():
        raise Undecodable("empty", "the text has no characters besides blanks: fetch it again or remove it")
    return Decoded(text.replace("\r\n", "\n"), codec)


def text_encoding(name: str) -> str | None:
    """The name that Python has for an encoding of text; None where it knows none of that name."""
    try:
        codec = codecs.lookup(name)
        return codec.name if isinstance(codec.decode(b"")[0], str) else None
    except (LookupError, ValueError, TypeError):
        return None


def other_kind(raw: bytes) -> str | None:
    """Which known kind of file `raw` is that is no text in any encoding, or None."""
    if not raw.startswith(_MAGICS):
        return None
    return next(f"it is {kind}" for magic, kind in _KINDS_OF_FILE if raw.startswith(magic))


def binary_problem(raw: bytes) -> str | None:
    """Why `raw` is clearly no text (a known kind of file, NUL bytes), or None. Cheap: never decodes."""
    if problem := other_kind(raw):
        return problem
    if raw.startswith(_WIDE):
        return None
    at = raw.find(b"\0")
    return None if at < 0 else _nul_problem(raw, at)


def _read(raw: bytes) -> tuple[str, str]:
    for mark, name, codec in _MARKS:
        if raw.startswith(mark):
            try:
                return raw[len(mark) :].decode(codec), name
            except UnicodeDecodeError as error:
                at = len(mark) + error.start
                raise Undecodable("undecodable", _broken(name, at, error.reason)) from None
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if doubt := thai_doubt(raw):
            raise Undecodable("undecodable", _not_utf8(raw, error, doubt)) from None
    return raw.decode("cp874"), _thai_encoding(raw)


def thai_doubt(raw: bytes) -> str | None:
    """Why `raw` is no Thai in CP874 or its subsets TIS-620 and ISO-8859-11, or None where all evidence says it is."""
    try:
        raw.decode("cp874")
    except UnicodeDecodeError as error:
        return f"byte {raw[error.start]:02X} at offset {error.start} does not exist there"
    classes = b"o" + raw.translate(_TO_CLASS) + b"o"
    letters = len(raw) + 2 - classes.count(b"o")
    high = _high_bytes(raw)
    if letters < max(_LETTERS_NEEDED, _LETTERS_SHARE_NEEDED * high):
        return "there it would hold hardly any Thai letters"
    if sum(map(raw.count, _UTF8_LEADS)) > _UTF8_LEADS_ALLOWED * high:
        return "it is made of pieces of UTF-8"
    disorder = sum(map(classes.count, _DISORDER))
    if disorder > _DISORDER_ALLOWED * letters:
        return f"there {disorder} of {letters} Thai letters would stand where Thai writing allows none"
    rare = len(raw) - len(raw.translate(None, _RARE))
    if letters - classes.count(b"C") < _VOWELS_NEEDED * letters or rare > _RARE_ALLOWED * letters:
        return "there the letters would be none that Thai is made of"
    return None


def _thai_encoding(raw: bytes) -> str:
    """The smallest of the three encodings that holds all bytes."""
    if any(raw.count(byte) for byte in range(0x80, 0xA0)):
        return "cp874"
    return "iso8859-11" if b"\xa0" in raw else "tis-620"


def _high_bytes(raw: bytes) -> int:
    return len(raw.translate(None, _ASCII))


def _control_problem(raw: bytes) -> str | None:
    count = len(raw) - len(raw.translate(None, _CONTROLS))
    if not count:
        return None
    if (at := raw.find(b"\0")) >= 0:
        return _nul_problem(raw, at)
    if count <= _CONTROLS_ALLOWED * len(raw):
        return None
    place = _CONTROL_PLACE.search(raw)
    assert place
    return (
        f"{count} of {len(raw)} bytes are control characters, the first ({raw[place.start()]:02X}) "
        f"at byte offset {place.start()}: {_control_remedy(raw)}"
    )


def _nul_problem(raw: bytes, at: int) -> str:
    return f"NUL byte at byte offset {at}: {_control_remedy(raw)}"


def _control_remedy(raw: bytes) -> str:
    for first in (0, 1):  # every other byte of Thai and English in UTF-16 is 0E or 00
        half = raw[first:4096:2]
        if half.count(0) + half.count(0x0E) > 0.9 * len(half):
            return "it looks like UTF-16 without its byte-order mark; save it as UTF-8"
    return "it is no text, or a damaged one; fetch it again"


def _broken(encoding: str, at: int, why: str) -> str:
    return f"the byte-order mark says {encoding}, but at byte offset {at} it breaks off ({why}): fetch it again"


def _not_utf8(raw: bytes, error: UnicodeDecodeError, doubt: str) -> str:
    at = error.start
    whole = len(raw.decode("utf-8", "ignore").encode())  # bytes of the characters that are well-formed UTF-8
    if len(raw) - whole > _high_bytes(raw) / 10:
        return (
            f"not UTF-8 (byte {raw[at]:02X} at offset {at}) and not Thai TIS-620 or CP874 ({doubt}): save it as UTF-8"
        )
    if error.end == len(raw) and error.reason == "unexpected end of data":
        return f"UTF-8 that ends inside a character at byte offset {at}: it was cut off; fetch it again"
    return (
        f"UTF-8 with a broken character at byte offset {at} (byte {raw[at]:02X}): it was damaged, or joined from texts "
        "of several encodings; fetch it again, or save it as UTF-8"
    )
