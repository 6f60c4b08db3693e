"""Pages put together at random: whatever boxes a text stands in and whatever is around it, all of it comes out alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from made_pages import NUMERAL, RELEASES, sample

from flows.acquire.article import article

NAMES = [path.stem[:7].rstrip("-") for path in sorted(RELEASES.glob("*.txt"))]
LONG = {name: [line for line in sample(name)[4:] if len(line) >= 60 and "|" not in line] for name in NAMES}
BOXES = ["div", "section", "article", "main", "div class='content'", "div id='app'", "table><tr><td", "center", "form", "div class='row'"]  # fmt: skip
WRAPS = ["<p>{}</p>", "<div>{}</div>", "<p><span>{}</span></p>", "<div class='t'><p>{}</p></div>", "{}<br><br>", "<p>{}", "<section><p>{}</p></section>"]  # fmt: skip
AROUND = [
    "<nav><a href=/1>เมนู 90001</a> <a href=/2>ข่าว 90002</a></nav>",
    "<header><a href=/>หน้าแรก 90003</a></header>",
    "<div class='menu'><ul><li><a href=/a>หมวด 90004</a><li><a href=/b>หมวด 90005</a></ul></div>",
    "<aside><h3>ยอดนิยม</h3><p>เรื่องที่คนอ่านมากที่สุดในสัปดาห์นี้มีผู้อ่านรวมกันกว่า 90006 ครั้ง และมีการแบ่งปันมากกว่าสัปดาห์ก่อน</p></aside>",
    "<footer>สงวนลิขสิทธิ์ 90007 โทร 90008</footer>",
    "<script>var x = '<p>90009</p>'</script>",
    "<div class='related'><a href=/c>ข่าวเก่า 90010</a><a href=/d>ข่าวเก่า 90011</a></div>",
    "<ul><li><a href=/e>พิธีเปิดถนนสาย 90012 ระยะทางยาวที่สุดในภูมิภาค</a><li><a href=/f>ตลาดนัด 90013 แห่งพร้อมขาย</a></ul>",
    "<div class='ad-slot'><a href=/g>ลดราคา 90014</a></div>",
    "<div style='display:none'>ซ่อน 90015</div>",
    "<!-- 90016 -->",
    "",
]
TITLES = ["<h1>{}</h1>", "<h2 class='title'>{}</h2>", "<div class='headline'>{}</div>", "<b>{}</b><br>"]


@dataclass(frozen=True)
class Built:
    html: str
    title: str
    paragraphs: list[str]


def wrapped(box: str, inner: str) -> str:
    opened = [part.split(" ")[0] for part in box.split("><")]
    return f"<{box}>{inner}" + "".join(f"</{tag}>" for tag in reversed(opened))


@st.composite
def pages(draw: st.DrawFn) -> Built:
    name = draw(st.sampled_from([name for name in NAMES if len(LONG[name]) >= 2]))
    title = sample(name)[0]
    paragraphs = LONG[name]
    wrap = draw(st.sampled_from(WRAPS))
    text = wrapped(draw(st.sampled_from(BOXES)), "".join(wrap.format(each) for each in paragraphs))
    inner = draw(st.sampled_from(TITLES)).format(title) + draw(st.sampled_from(AROUND[-4:])) + text
    for _ in range(draw(st.integers(0, 3))):
        inner = (
            draw(st.sampled_from(AROUND)) + wrapped(draw(st.sampled_from(BOXES)), inner) + draw(st.sampled_from(AROUND))
        )
    head = draw(st.sampled_from(["{}", "{} | ข่าวไทย 24", "ข่าวไทย 24 - {}"])).format(title)
    return Built(f"<html><head><title>{head}</title></head><body>{inner}</body></html>", title, paragraphs)


@settings(max_examples=300, deadline=None)
@given(pages())
def test_all_paragraphs_come_out_in_their_order_and_nothing_else(page: Built):
    found = article(page.html.encode(), url="https://a.example/b", content_type="text/html", hints=None)
    lines = [line for line in found.text.split("\n") if line]
    assert found.title == page.title
    assert lines == [page.title, *page.paragraphs]
    assert not [numeral for numeral in NUMERAL.findall(found.text) if re.fullmatch(r"900\d\d", numeral)]


@settings(max_examples=60, deadline=None)
@given(pages(), st.sampled_from(["cp874", "utf-8", "utf-16"]))
def test_the_encoding_of_a_page_changes_nothing(page: Built, encoding: str):
    raw = page.html.encode(encoding, "xmlcharrefreplace")
    said = [
        article(each, url="https://a.example/b", content_type=None, hints=None) for each in (raw, page.html.encode())
    ]
    assert said[0].text == said[1].text


def test_what_is_beside_the_text_and_not_set_apart_is_told():
    page = (
        "<h1>เปิดใช้สะพานข้ามคลองแห่งที่ 2</h1><div class='text'><p>เทศบาลเปิดใช้สะพานข้ามคลองแห่งที่ 2 ยาว 145 เมตร งบประมาณ 32 ล้านบาท "
        "เมื่อวันจันทร์</p></div><div class='info'>สะพานรับน้ำหนัก 25 ตัน กว้าง 9 เมตร</div>"
    )
    found = article(page.encode(), url="https://a.example/b", content_type=None, hints=None)
    assert "25 ตัน" not in found.text
    assert found.lost_numerals == ("25", "9")


def test_numerals_of_the_text_in_json_ld_that_the_page_does_not_show_are_told():
    page = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"เปิดใช้สะพานข้ามคลองแห่งที่ 2",'
        '"articleBody":"ยาว 145 เมตร รับน้ำหนักได้ 25 ตัน"}</script><h1>เปิดใช้สะพานข้ามคลองแห่งที่ 2</h1>'
        "<p>เทศบาลเปิดใช้สะพานข้ามคลองแห่งที่ 2 ยาว 145 เมตร งบประมาณ 32 ล้านบาท เมื่อวันจันทร์ อ่านต่อในฉบับสมาชิก</p>"
    )
    found = article(page.encode(), url="https://a.example/b", content_type=None, hints=None)
    assert found.lost_numerals == ("25",)
