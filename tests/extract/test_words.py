"""Words of a text: what is one, where it stands, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.fold import fold
from flows.extract.words import _cut, places, words

# Thai letters and marks in any order, Latin, digits of both kinds, marks, invisible characters.
TEXTS = st.text(
    st.sampled_from("กขคงจตนปผมยรลวสหอะาิีึืุูเแโใไำ่้๊๋์ๆฯํ" + "๐๑๒09" + "aZéß中 \n\u00a0\u200b.,-/()“”😀İ"), max_size=80
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ผ้าตากแดดในจังหวัดตาก", "ผ้า ตากแดด ใน จังหวัด ตาก"),
        ("ป่า ปา ป้า", "ป่า ปา ป้า"),
        ("เขตปกครองตนเองกว่างซีจ้วง", "เขตปกครองตนเอง กว่าง ซี จ้วง"),
        ("COVID-19 โควิด-19", "covid 19 โควิด 19"),
        ("๑,๑๔๕.๒๔๘ ล้านบาท", "1145.248 ล้าน บาท"),
        ("1,2,3 และ 14.03.2566", "1 2 3 และ 14.03 2566"),
        ("กรุงเทพ\u200bมหานคร", "กรุงเทพมหานคร"),
        ("นํ้าใจ", "น้ำใจ"),
        ("Straße café 中文", "straße café 中文"),
        ("รมช.แรงงาน กับ กสร. และ พ.ย.", "รมช แรงงาน กับ กสร และ พ ย"),
        ("!?… — ฿", ""),
        ("", ""),
    ],
)
def test_words(text, wanted):
    assert " ".join(word.text for word in words(text)) == wanted


@given(TEXTS)
def test_words_stand_where_they_say_and_in_order(text):
    found = words(text)
    for word in found:
        surface = fold(text[word.start : word.end]).text
        assert "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in surface).replace(
            ",", ""
        ) in {word.text, surface.lower().replace(",", "")}
    ends = [0, *(word.end for word in found)]
    assert all(end <= word.start < word.end for end, word in zip(ends, found, strict=False))


@given(TEXTS)
def test_places_are_those_of_the_words(text):
    spelled = [word.text for word in words(text)]
    assert places(text) == {word: [at for at, each in enumerate(spelled) if each == word] for word in set(spelled)}


@given(TEXTS)
def test_nothing_is_lost_where_a_text_is_cut(text):
    assert "".join(_cut()(text)) == text


@pytest.mark.parametrize("unit", ["ก", "ตากลม", "มานานาน", "่", "เ", "1,", "a", "😀ก", "\r\nก"])
def test_a_long_text_without_any_boundary_is_cut_whole(unit):
    text = unit * 20_000
    assert "".join(_cut()(text)) == text
    assert all(word.text == fold(text[word.start : word.end]).text for word in words(text))
