"""Pages put together at random: whatever boxes a text stands in and whatever is around it, all of it comes out alone."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pages import NUMERAL, RELEASES, sample

from flows.acquire.article import Article, article

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
    "<div class='comments'><p>เดือนนี้เป็นครั้งที่ 3 แล้วที่ต้องรอนานกว่า 90017 นาที อยากให้แจ้งล่วงหน้ามากกว่านี้ครับ</p></div>",
    "<div class='cookie-bar'><p>เว็บไซต์นี้ใช้คุกกี้ 90018 รายการ และเก็บข้อมูลของท่านไว้ไม่เกิน 180 วันตามประกาศของเรา</p></div>",
    "<div class='sidebar'><p>ราคาวันนี้ กะหล่ำปลีกิโลกรัมละ 90019 บาท ผักบุ้งกิโลกรัมละ 24 บาท พริกกิโลกรัมละ 95 บาท</p></div>",
    "<div role='dialog'><p>สมัครสมาชิกวันนี้รับส่วนลด 90020 บาท เฉพาะผู้สมัครภายในสิ้นเดือนนี้เท่านั้น จำนวนจำกัด</p></div>",
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
    assert found.lost_numerals == ()


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


HEADLINE = "เปิดใช้สะพานข้ามคลองแห่งที่ 2"
PARAGRAPHS = (
    "เทศบาลเปิดใช้สะพานข้ามคลองแห่งที่ 2 ยาว 145 เมตร งบประมาณ 32 ล้านบาท เมื่อวันจันทร์ที่ 10 มิถุนายน",
    "สะพานรับรถได้วันละ 4,300 คัน และลดเวลาเดินทางระหว่างสองฝั่งคลองจากเดิมลงได้ถึง 10 นาที",
    "ในระยะต่อไปเทศบาลจะสร้างทางเดินริมคลองระยะทาง 10 กิโลเมตร ด้วยงบ 77.5 ล้านบาท ภายในสิ้นปีหน้า",
)


def boxed(number: int, opened: str, closed: str) -> str:
    """A page whose paragraph of that number stands in a box of its own."""
    inner = [f"<p>{each}</p>" for each in PARAGRAPHS]
    inner[number] = opened + inner[number] + closed
    return f"<div class='news'><h1>{HEADLINE}</h1>{''.join(inner)}</div>"


def read_page(page: str) -> Article:
    return article(page.encode(), url="https://a.example/b", content_type=None, hints=None)


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize(
    "names", ["legal", "side-by-side", "side", "social-welfare", "skip-ads content", "search-results-text", "no-sidebar", "with-menu"]
)  # fmt: skip
def test_names_that_parts_of_texts_bear_set_nothing_apart(names: str, number: int):
    found = read_page(boxed(number, f"<div class='{names}'>", "</div>"))
    assert found.text == "\n\n".join((HEADLINE, *PARAGRAPHS))
    assert found.lost_numerals == ()


APART = ["share-price", "disclaimer", "recommendation-report", "sponsor-list", "popular-destination"]
OTHERS = ["comments", "menu-prices", "ad-box", "related-law", "cookie", "sidebar", "widget_text"]


@pytest.mark.parametrize(
    ("names", "number"), [*((names, number) for names in APART for number in range(3)), *((names, 1) for names in OTHERS)]
)  # fmt: skip
def test_a_paragraph_that_only_a_name_sets_apart_is_told(names: str, number: int):
    found = read_page(boxed(number, f"<div class='{names}'>", "</div>"))
    assert PARAGRAPHS[number] not in found.text
    assert Counter(found.lost_numerals) == Counter(NUMERAL.findall(PARAGRAPHS[number]))


@pytest.mark.parametrize("names", OTHERS)
def test_what_others_wrote_after_the_text_is_no_lost_paragraph(names: str):
    found = read_page(boxed(2, f"<div class='{names}'>", "</div>"))
    assert PARAGRAPHS[2] not in found.text
    assert found.lost_numerals == ()


@pytest.mark.parametrize("tag", ["nav", "footer", "div role=navigation", "div role=alert"])
def test_what_tags_and_roles_set_apart_is_no_lost_paragraph(tag: str):
    assert read_page(boxed(1, f"<{tag}>", f"</{tag.partition(' ')[0]}>")).lost_numerals == ()


def test_a_numeral_that_the_text_has_hides_no_second_one():
    found = read_page(boxed(1, "<div class='share-price'>", "</div>"))
    assert "10" in NUMERAL.findall(found.text)
    assert found.lost_numerals == ("4,300", "10")


def test_a_paragraph_beside_the_container_and_in_the_article_is_told():
    """The headline stands with two paragraphs in a box, and the third in another of the same <article>."""
    inner = f"<div class='one'><h1>{HEADLINE}</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></div>"
    page = f"<article>{inner}<div class='two'><section><p>{PARAGRAPHS[2]}</p></section></div></article>"
    assert read_page(page).lost_numerals == ("10", "77.5")
    assert read_page(page.replace("article>", "div>")).lost_numerals == ()


FACTS = "<aside class='facts'><ul><li>กว้าง 9 เมตร<li>รับน้ำหนัก 25 ตัน<li>ก่อสร้างนาน 14 เดือน<li>ผู้รับจ้าง 2 ราย</ul></aside>"


@pytest.mark.parametrize(
    ("page", "lost"),
    [
        (f"<article><h1>{HEADLINE}</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>{FACTS}</article>", ("9", "25", "14", "2")),
        (f"<div><h1>{HEADLINE}</h1><p>{PARAGRAPHS[0]}</p>{FACTS}<p>{PARAGRAPHS[1]}</p></div>", ("9", "25", "14", "2")),
        (f"<div><h1>{HEADLINE}</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>{FACTS}</div>", ()),
        (f"<article><h1>{HEADLINE}</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></article>{FACTS}", ()),
        (f"<div><h1>{HEADLINE}</h1><p>{PARAGRAPHS[0]}</p><aside>{PARAGRAPHS[1][:50]}</aside><p>{PARAGRAPHS[1]}</p></div>", ()),
    ],
    ids=["in the article", "between paragraphs", "after the text", "outside of the article", "a sentence repeated"],
)  # fmt: skip
def test_a_facts_box_is_told_where_it_is_one(page: str, lost: tuple[str, ...]):
    assert read_page(page).lost_numerals == lost


@pytest.mark.parametrize(
    "line",
    [
        "กลับมาอีกครั้งในรอบปี <a href='/x'>งานกาชาด</a> จัดวันละ 5,555 คน และจ่ายคนละ 1,234 บาท ตลอดเดือน",
        "ภาคเหนือ | 2,566 ราย | 77 ล้านบาท",
        "ลิขสิทธิ์ของนักดนตรี 120 คนได้รับการคุ้มครองตามกฎหมายฉบับใหม่ที่ประกาศใช้เมื่อเดือนก่อน",
    ],
)
def test_a_line_between_paragraphs_is_no_menu_because_it_looks_like_one(line: str):
    page = f"<div><h1>{HEADLINE}</h1><p>{PARAGRAPHS[0]}</p><p>{line}</p><p>{PARAGRAPHS[1]}</p></div>"
    assert NUMERAL.findall(re.sub("<[^>]*>", "", line)) == NUMERAL.findall(read_page(page).text.split("\n\n")[2])
