"""Which names in a text are mentions of places, and where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import seeds
from flows.extract.places import mentions, of_dateline

SAMPLE = Path(__file__).parents[3] / "shared" / "corpus" / "sample"

FOUND = {
    "name": {
        "ลงพื้นที่เชียงใหม่และลำพูน": "TH-50 TH-51",
        "ส่งออกไปญี่ปุ่นเมื่อวานนี้": "JP",
        "เขตปกครองตนเองกว่างซีจ้วง": "CN-GX",
        "ท่าเรือชิงเต่า มณฑลซานตง": "GN1797929 CN-SD",
        "กทม. ปริมณฑล และ EEC": "TH-10 R-TH-EEC",
        "พระนครศรีอยุธยา": "TH-14",
        "เวียดนาม กัมพูชา สปป.ลาว": "VN KH LA",
        "ส่งออกไปสหรัฐฯ": "US",
        "ภาคตะวันออกเฉียงเหนือ": "R-TH-NE",
    },
    "title": {
        "ที่จังหวัดเลย": "TH-42",
        "อ.เมือง จ.ตาก": "TH-63",
        "จ. แพร่ เมื่อวานนี้": "TH-54",
        "ทั่วประเทศไทย": "TH",
        "รัฐบาลไทยลงนาม": "TH",
        "กรุงโซล": "GN1835848",
        "เขตปกครองตนเองกว่างซี": "CN-GX",
        "ระหว่างไทยกับลาว": "TH LA",
        "มณฑลกวางตุ้ง": "CN-GD",
        "ผู้ว่าราชการจังหวัดน่านกล่าว": "TH-55",
    },
    "list": {
        "จังหวัดตาก น่าน และแพร่ ได้รับ": "TH-63 TH-55 TH-54",
        "เชียงราย แพร่ น่าน": "TH-57 TH-54 TH-55",
        "สัมพันธ์ไทย-จีน": "TH CN",
        "ไทยและลาว": "TH LA",
        "กว่างซี, กวางตุ้ง และไหหลำ": "CN-GX CN-GD CN-HI",
        "ปัตตานี ยะลา นราธิวาส": "TH-94 TH-95 TH-96",
    },
}
# No mention at all, or only the ones named.
NOT_FOUND = {
    "ดีขึ้นมากเลย ตากแดดอยู่น่านน้ำ และเผยแพร่ข่าว": "",
    "ทั้งจังหวัด เลยต้องเร่งช่วยเหลือ": "",
    "การติดเชื้อในจังหวัดแพร่กระจาย": "",
    "ถนนพิษณุโลก ตำบลแม่สาย": "",
    "มหาวิทยาลัยเชียงใหม่ และ มหาวิทยาลัยสงขลานครินทร์": "",
    "ภาษาจีน ตรุษจีน แม่น้ำท่าจีน ขนมจีน": "",
    "23 ล้านดอลลาร์สหรัฐ": "",
    "ธนาคารกรุงเทพ กรุงเทพธุรกิจ และกรุงไทย": "",
    "การท่องเที่ยวแห่งประเทศไทย": "",
    "แผงโซลาร์เซลล์ ชาวโรมันคาทอลิก เขมราฐ": "",
    "เวลาว่าง ที่ศาลาว่าการ อัตราดอกเบี้ย": "",
    "การประชุมพร้อมกัน ประชุมพรรค": "",
    "นายสุรินทร์ และนายพิจิตร": "",
    "สภากาชาดไทย กระทรวงมหาดไทย ไทยพาณิชย์": "",
    "นพ.ชลน่าน ศรีแก้ว": "",
    "ประชุมผู้นำเอเปค": "",
    "EEConomy และ ASEANs": "",
    "พลาซ่า เวสต์เกต": "",
    "รางวัลชัยนาทนเรนทร": "",
    "บริษัท ทาลาเรีย (ประเทศไทย) จำกัด": "",
    "นายวีระ ณ อยุธยา จากสมุทรปราการ": "TH-11",
}


def codes(text: str) -> str:
    return " ".join(mention.place_code for mention in mentions(text))


@pytest.mark.parametrize(("text", "wanted"), [case for cases in FOUND.values() for case in cases.items()])
def test_a_place_is_found(text, wanted):
    assert codes(text) == wanted


@pytest.mark.parametrize("kind", FOUND)
def test_each_mention_says_why_it_counts(kind):
    for text in FOUND[kind]:
        assert kind in {mention.evidence for mention in mentions(text)}, text


@pytest.mark.parametrize(("text", "wanted"), NOT_FOUND.items())
def test_what_only_looks_like_a_place_is_none(text, wanted):
    assert codes(text) == wanted


@pytest.mark.parametrize("name", ["กว่างซี", "กว่างสี", "กวางสี", "กวางซี"])
def test_spellings_of_one_province_are_one_place(name):
    assert codes(f"มณฑล{name}") == "CN-GX"


@pytest.mark.parametrize("row", [row for row in seeds.rows("places") if row["place_code"].startswith("TH-")])
def test_every_thai_province_is_found_by_its_title(row):
    title = "อำเภอ" if row["kind"] == "city" else "จังหวัด"
    (mention,) = mentions(f"ที่{title}{row['name_th']} วันนี้")
    assert (mention.place_code, mention.surface) == (row["place_code"], row["name_th"])


def test_decomposed_letters_are_the_same_name():
    assert codes("กําแพงเพชร และจังหวัดเเพร่") == "TH-62 TH-54"


def test_places_count_code_points_of_the_text():
    text = "😀 ที่จังหวัดเลย\nและเชียงใหม่"
    assert [(m.start, m.end, m.surface) for m in mentions(text)] == [(12, 15, "เลย"), (19, 28, "เชียงใหม่")]


@pytest.mark.parametrize(
    ("dateline", "code"),
    [
        ("กรุงเทพฯ", "TH-10"),
        ("BANGKOK", "TH-10"),
        ("ตาก", "TH-63"),
        ("Shenzhen, China", "GN1795565"),
        ("เซินเจิ้น, จีน", "GN1795565"),
        ("กรุงปักกิ่ง", "CN-BJ"),
        ("จังหวัดเชียงใหม่", "TH-50"),
        ("ณ ทำเนียบรัฐบาล", None),
        ("", None),
    ],
)
def test_a_dateline_names_its_place(dateline, code):
    assert of_dateline(dateline) == code


NAMES = sorted(
    {name for row in seeds.rows("places") for name in (row["name_th"], *filter(None, row["variants"].split(";")))}
    | {row["surface"] for row in seeds.rows("place_contexts")}
)
PIECES = st.one_of(st.sampled_from(NAMES), st.sampled_from([" ", "และ", "-", "\n", "ที่", "x", "์", "า", "เ", "😀"]))


@given(st.lists(PIECES, max_size=40).map("".join))
@example("กรุงเทพ" * 3)
@example("\ud800เลย")
def test_mentions_stand_in_the_text_in_order_and_apart(text):
    found = mentions(text)
    assert [text[mention.start : mention.end] for mention in found] == [mention.surface for mention in found]
    spans = [(mention.start, mention.end) for mention in found]
    assert all(end <= start for (_, end), (start, _) in zip(spans, spans[1:], strict=False))
    known = {row["place_code"] for row in seeds.rows("places")}
    assert {mention.place_code for mention in found} <= known


@given(st.lists(PIECES, max_size=20).map("".join), st.lists(PIECES, max_size=20).map("".join))
def test_lines_far_apart_do_not_change_each_other(one, other):
    """What a text says after a break that no list spans is found as if it stood alone."""
    gap = "\n" + "." * 60 + "\n"
    first, second = mentions(one), mentions(other)
    offset = len(one) + len(gap)
    together = [(mention.start, mention.surface, mention.evidence) for mention in mentions(one + gap + other)]
    apart = [(m.start, m.surface, m.evidence) for m in first]
    assert together == apart + [(m.start + offset, m.surface, m.evidence) for m in second]


@pytest.mark.skipif(not SAMPLE.exists(), reason=f"the releases of {SAMPLE} are not here")
def test_the_search_by_letters_misses_no_name_that_a_plain_search_finds():
    """Names that are safe by themselves, with a blank on both sides: a search for each of them finds no more."""
    plain = [
        row["name_th"]
        for row in seeds.rows("places")
        if row["kind"] == "province" and row["name_th"] not in row["ambiguous"].split(";")
    ]
    pattern = re.compile(rf"(?<=[ ])(?:{'|'.join(map(re.escape, sorted(plain, key=len, reverse=True)))})(?= )")
    texts = [file.read_text(encoding="utf-8").replace("\r\n", "\n") for file in sorted(SAMPLE.rglob("*.txt"))]
    wanted = {
        (at, m.start())
        for at, text in enumerate(texts)
        for m in pattern.finditer(text)
        if text[m.start() - 2] not in "ณ."  # a surname, or an abbreviation that makes another name
    }
    found = {(at, m.start) for at, text in enumerate(texts) for m in mentions(text)}
    assert len(wanted) > 100
    assert wanted <= found
