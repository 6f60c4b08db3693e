from __future__ import annotations

import pickle

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flows.acquire.decode import Decoded, Undecodable, binary_problem, decode

NEWS = (
    "วันที่ 5 มิถุนายน 2567 กระทรวงคมนาคมแจ้งว่า สะพานข้ามแม่น้ำแห่งใหม่เปิดใช้แล้ว ใช้งบประมาณ 1,250 ล้านบาท\n"
    "รถบรรทุกผ่านได้วันละ 300 คัน และผู้ว่าฯ เชิญชวนให้ประชาชนร่วมพิธีเปิดในวันเสาร์นี้ เวลา 09.30 น.\n"
)

# Texts of our own in encodings that share their bytes with the Thai ones.
CHINESE = "昆明的花卉市场今年向泰国出口了三千吨鲜花，成交额比去年增长百分之十二，企业签署了九个合作项目。"
JAPANESE = "タイ向けの花の輸出は今年三千トンに達し、取引額は十二パーセント増えました。両国の企業が署名しました。"
RUSSIAN = "В этом году в Таиланд вывезли три тысячи тонн цветов, а оборот вырос на двенадцать процентов."
FOREIGN = {
    "gb18030": CHINESE * 2,
    "gbk": CHINESE[::-1] * 2,
    "big5": "昆明的花卉市場今年向泰國出口了三千噸鮮花，成交額比去年增長百分之十二，企業簽署了九個合作項目。" * 2,
    "shift_jis": JAPANESE,
    "euc_jp": JAPANESE,
    "euc_kr": "올해 태국으로 수출한 꽃은 삼천 톤이며 거래액은 지난해보다 십이 퍼센트 늘었다. 두 나라가 서명했다.",
    "cp1251": RUSSIAN,
    "koi8_r": RUSSIAN,
    "cp866": RUSSIAN,
    "iso8859_7": "Φέτος εξήχθησαν τρεις χιλιάδες τόνοι λουλουδιών και ο τζίρος αυξήθηκε κατά δώδεκα τοις εκατό.",
    "cp1256": "صدرت المدينة هذا العام ثلاثة آلاف طن من الزهور إلى تايلاند وارتفعت قيمة التجارة اثني عشر في المئة",
    "iso8859_8": "השנה יצאו שלושת אלפים טון פרחים לתאילנד והמחזור עלה בשנים עשר אחוזים לעומת השנה הקודמת",
    "cp1252": "Cette année, trois mille tonnes de fleurs ont été exportées ; l’activité a augmenté. Größe, Straße.",
    "cp1250": "W tym roku wywieziono trzy tysiące ton kwiatów, a obroty wzrosły o dwanaście procent. Žluťoučký kůň.",
    "cp1254": "Bu yıl Tayland'a üç bin ton çiçek gönderildi ve ticaret hacmi yüzde on iki arttı, şirketler anlaştı.",
    "mac_roman": "Cette année, trois mille tonnes de fleurs ont été exportées à l’étranger, où le marché a augmenté.",
}

syllables = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "", "", "เ", "แ", "โ", "ใ", "ไ"]),
        st.sampled_from(list("กขคงจชซดตถทนบปผพฟมยรลวสหอ")),
        st.sampled_from(["", "ั", "ิ", "ี", "ึ", "ุ", "ู", "า", "ะ"]),
        st.sampled_from(["", "น", "ง", "ก", "ม"]),
    ),
)
thai_texts = st.builds(
    lambda words, ends: "".join(word + end for word, end in zip(words, ends, strict=True)),
    st.lists(syllables, min_size=40, max_size=40),
    st.lists(
        st.sampled_from(["", "", " ", "\n", "\r\n", "\r", " 2567 ", "๑๒ ", "ๆ ", "“", "” ", "\u00a0"]),
        min_size=40,
        max_size=40,
    ),
)


@pytest.mark.parametrize(
    ("codec", "mark", "name"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8-sig"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("utf-32-le", b"\xff\xfe\x00\x00", "utf-32-le"),
        ("utf-32-be", b"\x00\x00\xfe\xff", "utf-32-be"),
    ],
)
@given(text=thai_texts)
def test_unicode_round_trip(codec, mark, name, text):
    assert decode(mark + text.encode(codec)) == Decoded(text.replace("\r\n", "\n"), name)


@given(text=thai_texts)
def test_thai_single_byte_round_trip(text):
    raw = text.encode("cp874")
    # Letters that fall into a row of vowels only ("อะ" again and again) may be too unlike Thai to be taken for it.
    consonants = sum("ก" <= char <= "ฮ" for char in text)
    letters = sum("ก" <= char <= "ฺ" or "เ" <= char <= "๎" for char in text)
    assume(letters - consonants >= letters / 5)
    decoded = decode(raw)
    assert decoded.text == text.replace("\r\n", "\n")
    expected = "cp874" if "“" in text or "”" in text else "iso8859-11" if "\u00a0" in text else "tis-620"
    assert decoded.encoding == expected


@pytest.mark.parametrize("codec", ["cp874", "tis-620", "iso8859-11"])
def test_news_in_each_thai_encoding(codec):
    assert decode(NEWS.encode(codec)) == Decoded(NEWS, "tis-620")


def test_each_line_of_thai_is_enough():
    for line in NEWS.splitlines():
        assert decode(line.encode("cp874")).text == line


def test_mistyped_thai_is_still_thai():
    text = NEWS.replace("แ", "เเ")
    assert "เเ" in text
    assert decode(text.encode("cp874")).text == text


def test_english_with_one_thai_name_in_cp874():
    text = "The ministry “welcomes” the plan of ท่าอากาศยานสุวรรณภูมิ – the largest airport’s – for next year.\n" * 3
    assert decode(text.encode("cp874")) == Decoded(text, "cp874")


def test_only_line_ends_and_the_mark_change():
    text = "\ufeffก่อน\r\nหลัง\rกลาง\n\r\n\t ท้าย\u00a0\u200b\ufeff\x0c\x1a "
    assert decode(text.encode()).text == "ก่อน\nหลัง\rกลาง\n\n\t ท้าย\u00a0\u200b\ufeff\x0c\x1a "


def outcome(raw: bytes) -> Decoded | Undecodable:
    try:
        return decode(raw)
    except Undecodable as refused:
        return refused


@given(st.text(min_size=1))
def test_any_utf8_text_is_read_or_refused_for_its_controls(text):
    found = outcome(text.encode())
    if isinstance(found, Undecodable):
        assert found.reason in {"binary", "empty"}
    else:
        assert found.text == text.removeprefix("\ufeff").replace("\r\n", "\n")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(raw):
    found = outcome(raw)
    if isinstance(found, Undecodable):
        assert found.reason in {"binary", "empty", "undecodable"}
        assert found.detail
    elif not found.encoding.startswith(("utf-16", "utf-32")):
        assert found.text.count("\ufffd") == raw.count(b"\xef\xbf\xbd")  # nothing was replaced


@pytest.mark.parametrize("codec", FOREIGN)
def test_other_encodings_are_refused(codec):
    raw = FOREIGN[codec].encode(codec)
    with pytest.raises(Undecodable) as refused:
        decode(raw)
    assert refused.value.reason == "undecodable"
    assert "save it as UTF-8" in refused.value.detail
    assert "offset" in refused.value.detail


@pytest.mark.parametrize("codec", FOREIGN)
def test_no_piece_of_another_encoding_passes_for_thai(codec):
    raw = FOREIGN[codec].encode(codec)
    found = [outcome(raw[start : start + 64]) for start in range(0, len(raw) - 64, 2)]
    assert [piece for piece in found if isinstance(piece, Decoded) and piece.encoding != "utf-8"] == []


def test_utf8_cut_anywhere_is_whole_or_refused_with_the_place():
    raw = NEWS.encode()
    for end in range(1, 400):
        piece = raw[:end]
        whole = piece.decode("utf-8", "ignore")
        if whole.encode() == piece:
            assert decode(piece).text == whole
            continue
        with pytest.raises(Undecodable) as refused:
            decode(piece)
        assert refused.value.reason == "undecodable"
        if len(whole) > 20:
            assert f"ends inside a character at byte offset {len(whole.encode())}" in refused.value.detail
            assert "fetch it again" in refused.value.detail


def test_mixed_encodings_are_refused_with_the_place():
    raw = NEWS.encode() * 3 + "เชิญชวนให้ประชาชน".encode("cp874") + NEWS.encode()
    with pytest.raises(Undecodable) as refused:
        decode(raw)
    assert refused.value.reason == "undecodable"
    assert f"byte offset {len(NEWS.encode()) * 3}" in refused.value.detail
    assert "several encodings" in refused.value.detail


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"\xff\xfe" + "ข่าว".encode("utf-16-le")[:-1], "byte offset 8"),
        (b"\xef\xbb\xbf" + "ข่าว".encode()[:-1], "byte offset 12"),
        (b"\xfe\xff\xd8\x00\x00\x41", "byte offset 2"),
    ],
)
def test_broken_after_a_byte_order_mark(raw, place):
    with pytest.raises(Undecodable, match=place) as refused:
        decode(raw)
    assert refused.value.reason == "undecodable"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"%PDF-1.7\n\xe2\xe3", "PDF"),
        (b"PK\x03\x04\x14\x00\x08", "ZIP"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "picture"),
        (b"abc\x00def and more text of the release", "NUL byte at byte offset 3: it is no text"),
        ("ข่าว".encode("utf-16-le"), "UTF-16 without its byte-order mark"),
        (b"\x01\x02\x03\x04 text", "at byte offset 0"),
        (b"text " * 20 + b"\x1b[1m\x1b[0m", "control characters"),
        (b"\xff\xfe" + "ก\x00ข".encode("utf-16-le"), "NUL"),
    ],
)
def test_binary(raw, words):
    with pytest.raises(Undecodable, match=words) as refused:
        decode(raw)
    assert refused.value.reason == "binary"


def test_a_stray_control_character_is_kept():
    text = NEWS * 5 + "\x02"
    assert decode(text.encode()).text == text


@pytest.mark.parametrize("raw", [b"", b" \n\t", b"\xef\xbb\xbf", b"\xff\xfe", b"\xef\xbb\xbf\r\n", "\u00a0\n".encode()])
def test_empty(raw):
    with pytest.raises(Undecodable) as refused:
        decode(raw)
    assert refused.value.reason == "empty"


def test_the_cheap_check_lets_wide_encodings_pass():
    assert binary_problem(b"\xff\xfe" + NEWS.encode("utf-16-le")) is None
    assert binary_problem(NEWS.encode("cp874")) is None
    assert binary_problem(NEWS.encode("utf-16-le")) is not None


def test_a_refusal_travels_between_processes():
    refused = pickle.loads(pickle.dumps(Undecodable("binary", "NUL byte at offset 3")))
    assert (refused.reason, refused.detail, str(refused)) == (
        "binary",
        "NUL byte at offset 3",
        "binary: NUL byte at offset 3",
    )
