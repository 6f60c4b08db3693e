"""What lines of pages are by their words: each kind with what looks like it and is text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.acquire import page_lines
from flows.acquire.page_lines import (
    date_place,
    is_beside,
    is_changed,
    is_count,
    is_date_alone,
    is_file,
    is_lead,
    is_menu,
    is_of_page,
    is_postal,
    is_posted,
    is_section,
    is_tool,
    leads_away,
    names_source,
    says_more,
)

IS = {
    is_lead: ["อ่านต่อ", "ข่าวประชาสัมพันธ์", "Read more", "ดูรายละเอียดเพิ่มเติม »", "หน้าแรก"],
    is_section: [
        "ข่าวที่เกี่ยวข้อง",
        "ข่าวอื่นที่น่าสนใจ",
        "ข่าวอื่น ๆ",
        "ข่าวประชาสัมพันธ์อื่น",
        "เรื่องที่คุณอาจสนใจ",
        "บทความน่าสนใจ",
        "Related news",
        "แสดงความคิดเห็น (12)",
        "3 Comments",
    ],
    names_source: ["ที่มา: สำนักข่าวจำลอง", "สอบถามข้อมูลเพิ่มเติม", "โทร. 02-000-1234", "For more information, call 1234"],
    is_postal: [
        "เลขที่ 5 ถนนสมมุติ แขวงจำลอง เขตจำลอง กรุงเทพมหานคร 10300 โทรศัพท์ 0-2000-5511",
        "๕ หมู่ ๒ ต.จำลอง อ.เมือง ๕๐๐๐๐",
        "99/9 อาคารแดดดี ชั้น 31 ถนนสมมุติ โทร 02 000 7788",
    ],
    is_date_alone: ["9 มิถุนายน 2549", "วันศุกร์ที่ 9 กันยายน 2559", "๙ ก.ย. ๕๙ เวลา 10.30 น.", "Monday, March 5, 2024"],
    says_more: [
        "เปิดรับสมัครถึง 1 มิถุนายน 2566 เวลา 16.30 น. จำนวน 92 อัตรา",
        "วันนี้ (25 ธ.ค. 60) เวลา 09.30 น. มอบผ้าห่ม 120 ผืน",
    ],
    is_posted: ["ประกาศเมื่อ 15 สิงหาคม 2561", "โพสเมื่อ 28 เม.ย. 2559", "วันที่ประกาศ 3 มี.ค. 2560", "ลงประกาศวันที่ 4 มี.ค.", "ข่าวโดย งานข่าว 29 พ.ค. 2560", "Posted on May 5"],
    is_changed: ["พิมพ์เมื่อ 21 พฤศจิกายน 2569", "ปรับปรุงล่าสุด วันที่ 3 มี.ค. 2560", "แก้ไขล่าสุดใน วันพุธ", "Last updated: 3 May 2020"],
    is_menu: ["ข่าว | ประกาศ | ติดต่อ", "© 2567 กรมจำลอง", "สงวนลิขสิทธิ์ พ.ศ. 2567", "พิมพ์ | แชร์", "All rights reserved"],
    is_tool: ["พิมพ์หน้านี้", "[ กลับหน้าหลัก ]", "ก- ก ก+", "♥ 12 💬 3", "Facebook Twitter LINE"],
}  # fmt: skip
IS_NOT = {
    is_lead: ["อ่านต่อเรื่องสะพานใหม่", "ข่าวดีของชาวนา", "Read the law", "ข่าว" * 20],
    is_section: ["ข่าวลือที่เกี่ยวข้องกับสะพาน", "ข่าวอื่นที่กรมแถลง", "Related expenses rose", "ความคิดเห็นของผู้ว่าฯ", "แชร์ 500 ครั้งแรกรับของแถม"],
    names_source: ["กรมจำลองระบุที่มา", "การติดต่อค้าขาย"],
    is_postal: [
        "ปิดถนนสมมุติ ใช้ซอย 5 และซอย 7 แทน วันละ 10,300 คัน",
        "ถนนในเขตอำเภอเมือง ยาว 10300 เมตร" + " และสร้างต่อ" * 20,
        "เปิดรับที่อำเภอ รหัส 10300",
        "ส่งผลใน ต.ค. ถึงเขต 10300 โทร 02",
    ],
    is_date_alone: ["9 มิถุนายน", "ปิดรับ 30 กันยายน 2570", "ประชุมวันที่ 9 ก.ย. 2559 ที่ห้อง 5", ""],
    says_more: [
        "วันที่ 5 มีนาคม 2567 เวลา 10.30 น.",
        "โพสต์ 05/03/2567 อ่าน 1,212 ครั้ง",
        "ประกาศเมื่อ 5 มี.ค. 2567 รหัสข่าว 6403120",
        "แก้ไขเมื่อ 5 มี.ค. 2567 รหัสข่าว 6403120",
        "ข่าว | 5 มี.ค. 2567 | ฉบับที่ 38",
        "มอบผ้าห่ม 120 ผืน",
    ],
    is_posted: ["ประกาศผลวันที่ 15 พฤศจิกายน 2570", "ประกาศรายชื่อผู้สอบผ่าน", "โดยเริ่มวันที่ 1 ก.ค. 2570", "โพสท่า", "Postal code 10300"],
    is_changed: ["แก้ไขปัญหาน้ำท่วม", "ปรับปรุงถนน 5 สาย", "พิมพ์หนังสือ 500 เล่ม", "Updating 5 roads"],
    is_menu: ["ภาคเหนือ | 2,566 ราย", "ผู้ทรงลิขสิทธิ์ 120 คน", "พิมพ์หนังสือแจก | เริ่ม 5 ม.ค."],
    is_tool: ["พิมพ์หนังสือแจก 500 เล่ม", "กลับบ้าน 5 วัน", "45 ± 3", "\u2212104.7", "35℃", "▲ 12.5", "ลดลง 12"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in IS.items() for line in lines])
def test_a_line_of_a_kind(kind, line: str):
    assert kind(line)


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in IS_NOT.items() for line in lines])
def test_a_line_that_looks_like_a_kind(kind, line: str):
    assert not kind(line)


@pytest.mark.parametrize(
    ("line", "linked", "expected"),
    [
        ("อ่านเพิ่มเติม : สะพานแห่งใหม่เปิดแล้ว", 20, True),
        ("หน้า 1 2 3 ถัดไป", 9, True),
        ("หน้า: 1 2 3", 5, True),
        ("สะพานแห่งใหม่เปิดแล้ว", 20, True),
        ("หน้า 12 ของรายงานระบุว่าสะพานรับรถได้วันละ 4,300 คัน", 7, False),
        ("หน้าหนาวนี้อุณหภูมิ 12 องศา ตามรายงาน", 8, False),
        ("อ่านเพิ่มเติม: ในรายงานหน้า 12 มีตารางราคาสินค้าเกษตรย้อนหลัง 20 ปี และวิธีคำนวณ", 10, False),
        ("https://a.example/news/12", 25, False),
        ("+66 2 000 1234", 14, False),
    ],
)
def test_a_line_that_leads_away(line: str, linked: int, expected: bool):
    assert leads_away(line, linked) is expected


@pytest.mark.parametrize(
    ("line", "linked", "expected"),
    [
        ("เอกสารสอบราคา.pdf (482 KB)", 17, True),
        ("ประกาศ.pdf ดาวน์โหลด 55 ครั้ง", 10, True),
        ("หน่วยความจำ 512 MB", 0, False),
        ("รายงานฉบับที่ 12", 10, False),
    ],
)
def test_a_link_to_a_file(line: str, linked: int, expected: bool):
    assert is_file(line, linked) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("อ่าน 41 ครั้ง", True),
        ("ทวีต 12", True),
        ("Likes: 1,204", True),
        ("25 ธ.ค. 2560 | อ่าน 41 ครั้ง", True),
        ("พิมพ์เมื่อ 21 พฤศจิกายน 2569 เวลา 04:07", True),
        ("24 มิถุนายน 2563", False),
        ("แชร์ 500 ครั้งแรกรับคะแนนสะสม 20 แต้ม", False),
        ("ปรับปรุงล่าสุดเมื่อปีก่อน มีผู้เข้าร่วม 512 คน", False),
    ],
)
def test_a_line_that_counts_or_tells_the_time_of_its_page(line: str, expected: bool):
    assert is_count(line, 0) is expected


@pytest.mark.parametrize("line", ["ให้คะแนน 4.7", "12 MB", "Thu, 05 Mar 2020 GMT", "5 มี.ค. 2567", "อ่าน 12 ครั้ง"])
def test_a_line_that_says_something_of_its_page(line: str):
    assert is_of_page(line, 0)
    assert not is_of_page(f"{line} และเปิดสะพานยาว 145 เมตร ใช้งบประมาณ 32 ล้านบาท รับรถวันละ 4,300 คัน", 0)


@pytest.mark.parametrize(
    ("line", "linked", "written"),
    [
        ("Monday February 23, 2009 16:05", 0, "February 23, 2009"),
        ("ข่าวเศรษฐกิจและการลงทุนภูมิภาค 5 มี.ค. 2567 — สมาคมทอผ้า", 30, "5 มี.ค. 2567"),
        ("ข่าวเศรษฐกิจและการลงทุนภูมิภาค 5 มี.ค. 2567 — สมาคมทอผ้า", 0, None),
        ("กรุงเทพฯ - 5 มี.ค. 2567 - กรมจำลอง", 0, None),
        ("กรมจำลองเปิดสะพานยาว 145 เมตร เมื่อ 5 มี.ค. 2567", 0, None),
        ("อ่าน 5 ครั้ง", 0, None),
    ],
)
def test_the_date_of_a_date_line(line: str, linked: int, written: str | None):
    place = date_place(line, linked)
    assert (place and line[place[0] : place[1]]) == written


ONE_ARGUMENT = [is_lead, is_section, names_source, is_postal, is_date_alone, says_more, is_posted, is_changed, is_menu, is_tool]  # fmt: skip
WORDS = st.sampled_from(["ข่าว", "อ่าน", "5 มี.ค. 2567", "12", "10300", "ถนน", "โทร", "|", "-", "©", " ", "หน้า ", "KB", "๕", "♥", "posted ", "ก"])  # fmt: skip


@given(st.lists(WORDS, max_size=60).map("".join), st.integers(0, 40))
def test_any_line_is_told_and_a_long_one_is_text(line: str, linked: int):
    for kind in ONE_ARGUMENT:
        assert kind(line) in {True, False}
    for kind in (is_beside, is_count, is_file, is_of_page, leads_away):
        assert kind(line, linked) in {True, False}
    assert not is_beside(line + "ข" * 301, linked)
    if is_date_alone(line):
        assert is_beside(line)


def test_every_kind_says_what_it_means():
    kinds = [each for name, each in vars(page_lines).items() if name.startswith(("is_", "says_", "names_", "leads_"))]
    assert len(kinds) >= 15
    assert [kind.__name__ for kind in kinds if not kind.__doc__] == []
