"""The encoding of pages: what is declared is evidence, and the bytes decide."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.acquire.html_decode import Unreadable, declared, decode_page

TEXT = "<html><head>{meta}</head><body><p>ประชุมคณะกรรมการน้ำ ครั้งที่ 4 วงเงิน 12 ล้านบาท</p></body></html>"
PLAIN = TEXT.format(meta="")


def meta(charset: str) -> str:
    return TEXT.format(meta=f'<meta charset="{charset}">')


@pytest.mark.parametrize("said", [None, "text/html", "text/html; charset=utf-8", "text/html; charset=tis-620", "text/html; charset=nonsense", 'text/html; charset="x"'])  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "tis-620", "cp874", "utf-16-le", "utf-16-be"])
def test_thai_is_read_whatever_the_server_says(encoding: str, said: str | None):
    found = decode_page(PLAIN.encode(encoding), said)
    assert found.text == PLAIN
    assert found.encoding in {encoding, "cp874" if encoding == "tis-620" else encoding, "tis-620"}
    assert found.broken == 0


@pytest.mark.parametrize("charset", ["utf-8", "tis-620", "windows-874", "iso-8859-1", "utf-16", "gb2312", "nonsense"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp874"])
def test_thai_is_read_whatever_the_page_says(encoding: str, charset: str):
    page = meta(charset)
    assert decode_page(page.encode(encoding), None).text == page


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_wins(encoding: str):
    page = meta("tis-620")
    assert decode_page(page.encode(encoding), "text/html; charset=windows-874").text == page


@pytest.mark.parametrize(
    ("charset", "text"),
    [("gb2312", "展览总面积10万平方米"), ("windows-1252", "Café à 20 €"), ("iso-8859-1", "“Prix” : 20 €"), ("shift_jis", "合計12億円")],
)  # fmt: skip
def test_other_encodings_are_read_where_they_are_declared(charset: str, text: str):
    page = meta(charset).replace("ประชุมคณะกรรมการน้ำ ครั้งที่ 4 วงเงิน 12 ล้านบาท", text)
    raw = page.encode("cp1252" if charset == "iso-8859-1" else charset)
    assert decode_page(raw, None).text == page
    assert decode_page(raw, f"text/html; charset={charset}").text == page


def test_what_is_declared_in_order_and_only_what_is_known():
    page = b'<?xml version="1.0" encoding="windows-874"?><meta charset=nonsense><meta http-equiv=x content="text/html; charset=TIS-620">'
    assert declared(page, "text/html; charset=UTF-8") == ["utf-8", "cp874", "tis-620"]
    assert declared(b"<p>charset=utf-8</p>", None) == []


def test_a_few_broken_characters_are_told_and_many_are_refused():
    cut = PLAIN.encode().replace("น้ำ".encode(), "น้ำ".encode()[:-1])
    assert decode_page(cut, None).broken == 1
    with pytest.raises(Unreadable) as caught:
        decode_page(PLAIN.encode().replace("า".encode(), b"\xe0\xb8"), None)
    assert caught.value.reason == "undecodable"


@pytest.mark.parametrize(("wrong", "right"), [("latin-1", "utf-8"), ("cp874", "utf-8"), ("latin-1", "cp874")])
def test_text_that_was_decoded_wrongly_before_is_refused(wrong: str, right: str):
    page = TEXT.format(meta="") * 3
    damaged = page.encode(right).decode(wrong, "ignore").encode()
    with pytest.raises(Unreadable) as caught:
        decode_page(damaged, "text/html; charset=utf-8")
    assert caught.value.reason in {"mojibake", "undecodable"}
    assert "fetch it again" in caught.value.detail


@pytest.mark.parametrize("text", ["Le prix a été augmenté de 3 % à Genève, où l'été a été très sec.", "Größe, Maße und Übersicht für Käufer", "naïve café"])  # fmt: skip
def test_latin_letters_with_accents_are_no_damage(text: str):
    assert decode_page(f"<p>{text}</p>".encode(), None).text == f"<p>{text}</p>"


@pytest.mark.parametrize(("raw", "reason"), [(b"", "empty"), (b" \n\t", "empty"), (b"%PDF-1.7 x", "binary"), (b"PK\x03\x04abc", "binary"), (b"\x1f\x8b\x08", "binary")])  # fmt: skip
def test_what_is_no_page_says_so(raw: bytes, reason: str):
    with pytest.raises(Unreadable) as caught:
        decode_page(raw, "text/html")
    assert caught.value.reason == reason


def test_what_a_person_decided_holds():
    page = meta("utf-8")
    assert decode_page(page.encode("cp874"), None, "cp874").encoding == "cp874"
    with pytest.raises(Unreadable):
        decode_page(b"x", None, "nonsense")


@given(st.binary(max_size=400), st.sampled_from([None, "text/html; charset=utf-16", "text/html; charset=tis-620"]))
def test_any_bytes_are_read_or_refused(raw: bytes, said: str | None):
    with suppress(Unreadable):
        assert isinstance(decode_page(raw, said).text, str)
