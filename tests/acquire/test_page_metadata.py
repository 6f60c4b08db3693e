"""What a page says of itself for machines: which of it is believed, and that all of it is kept."""

from __future__ import annotations

import json
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.acquire.article import Article, article

URL = "https://news.example/2024/03/05/water"
TITLE = "เปิดใช้อ่างเก็บน้ำใหม่ จุ 1.25 ล้านลูกบาศก์เมตร"
BODY = "<p>สำนักงานน้ำชุมชนเปิดใช้อ่างเก็บน้ำแห่งใหม่ ความจุ 1.25 ล้านลูกบาศก์เมตร ใช้งบประมาณ 86 ล้านบาท</p>"


def read(head: str = "", body: str = "", hints: dict[str, Any] | None = None, url: str = URL) -> Article:
    page = f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{body}{BODY}</body></html>"
    return article(page.encode(), url=url, content_type=None, hints=hints)


def ld(*nodes: Any) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)


def said(found: Article, field: str) -> list[tuple[str, str, bool]]:
    return [(each.where, each.value, each.chosen) for each in found.candidates if each.field == field]


def untold(head: str = "", hints: dict[str, Any] | None = None, first: str = "") -> Article:
    """A page that does not show its headline."""
    return article(f"<html><head>{head}</head><body>{first}{BODY}</body></html>".encode(), url=URL, content_type=None, hints=hints)  # fmt: skip


def test_the_order_in_which_titles_are_believed():
    """Each step takes away what was believed before it."""
    head = {
        "json_ld": ld({"@type": "NewsArticle", "headline": "ชื่อเรื่องใน JSON-LD"}),
        "feed": "",
        "og": '<meta property="og:title" content="ชื่อเรื่องใน meta">',
        "title": "<title>ชื่อเรื่องของหน้าต่าง</title>",
    }
    expected = ["ชื่อเรื่องใน JSON-LD", "ชื่อเรื่องในรายการ", "ชื่อเรื่องใน meta", "ชื่อเรื่องของหน้าต่าง"]
    for at, title in enumerate(expected):
        hints = {"title": "ชื่อเรื่องในรายการ"} if at <= 1 else None
        found = untold("".join(list(head.values())[at:]), hints)
        assert [(each, is_chosen) for _, each, is_chosen in said(found, "title")] == [
            (each, each == title) for each in expected[at:]
        ]
    assert untold().title == BODY[3:-4]


def test_the_first_line_that_became_the_title_is_not_told_twice():
    second = BODY.replace("แห่งใหม่", "แห่งที่สอง")
    assert untold(first=second).text == f"{second[3:-4]}\n\n{BODY[3:-4]}"


LEADS = ["อ่านเพิ่มเติม", "[อ่านต่อ...]", "ดูทั้งหมด", "คลิกที่นี่", "คลิกเพื่ออ่านข่าวต่อ »", "ดูรายละเอียดเพิ่มเติม", "Read more →", "View all", "ข่าวที่เกี่ยวข้อง"]  # fmt: skip


@pytest.mark.parametrize("lead", LEADS)
def test_words_that_lead_to_a_page_are_its_title_only_where_nothing_else_is(lead: str):
    link = f"<p><a href='/list'>{lead}</a></p>"
    found = untold(f'<meta property="og:title" content="{TITLE}">', {"title": lead}, link)
    assert (found.title, said(found, "title")) == (TITLE, [("meta", TITLE, True), ("feed", lead, False)])
    found = untold(hints={"title": lead}, first=link)
    assert found.title == BODY[3:-4]
    assert said(found, "title") == [("text", found.title, True), ("feed", lead, False)]
    assert read(hints={"title": lead}).title == TITLE


@pytest.mark.parametrize("heading", ["<h1>ข่าวประชาสัมพันธ์</h1>", "<h2>รายละเอียด</h2>", "<h1>ข่าวทั้งหมด</h1>"])
def test_the_heading_of_a_section_is_no_headline(heading: str):
    assert untold(f'<meta property="og:title" content="{TITLE}">', first=heading).title == TITLE


@pytest.mark.parametrize("title", ["อ่านข่าว 5 เรื่องเด่นประจำปี", "ข่าวดีของชาวนา", "Home prices rise", "ต่อเรือไม้ลำใหม่"])
def test_a_title_may_begin_with_such_words(title: str):
    assert untold(f'<meta property="og:title" content="{TITLE}">', {"title": title}).title == title


def test_a_title_that_a_list_cut_off_goes_behind_a_whole_one():
    cut = TITLE[:20] + "..."
    assert untold(f'<meta property="og:title" content="{TITLE}">', {"title": cut}).title == TITLE
    assert untold(hints={"title": cut}).title == cut


def test_a_paragraph_that_begins_with_the_name_of_the_site_is_no_headline():
    found = article(f"<title>สำนักงานน้ำชุมชน</title><div><b>{TITLE}</b><br>{BODY}</div>".encode(), url=URL, content_type=None, hints=None)  # fmt: skip
    assert found.text == f"{TITLE}\n\n{BODY[3:-4]}"


def test_the_order_in_which_dates_are_believed():
    """Each step takes away what was believed before it."""
    places = {
        "json_ld": ld({"@type": "NewsArticle", "headline": TITLE, "datePublished": "2024-01-01"}),
        "meta": '<meta name="date" content="2024-01-02">',
        "time_element": '<time datetime="2024-01-03">x</time>',
        "feed": "2024-01-04",
        "header": "<div>5 มกราคม 2567</div>",
    }
    days = {"json_ld": 1, "meta": 2, "time_element": 3, "feed": 4, "header": 5}
    for at, where in enumerate(places):
        left = dict(list(places.items())[at:])
        head = left.get("json_ld", "") + left.get("meta", "")
        hints = {"published": left["feed"]} if "feed" in left else None
        found = read(head, left.get("time_element", "") + left.get("header", ""), hints)
        assert (found.published_on, found.published_on_basis) == (date(2024, 1, days[where]), f"page.{where}")
        assert {each for each, _, _ in said(found, "published_on")} == {*left, "url"}
    assert read().published_on_basis == "page.url"
    assert read(url="https://news.example/a").published_on is None


def test_a_date_that_is_none_leaves_the_next_one_to_be_believed():
    found = read('<meta name="date" content="0000-00-00"><meta name="pubdate" content="5 มี.ค. 2567">')
    assert (found.published_on, found.published_on_basis) == (date(2024, 3, 5), "page.meta")
    assert said(found, "published_on")[0] == ("meta", "0000-00-00", False)


OWN = {
    "@type": "NewsArticle",
    "headline": TITLE,
    "url": URL,
    "datePublished": "2024-03-05",
    "publisher": {"@id": "#us"},
}
OTHERS = (
    {"@type": "NewsArticle", "headline": "ข่าวอื่นที่ไม่เกี่ยวกัน", "url": "https://news.example/b", "datePublished": "2001-01-01"},
    {"@type": "WebSite", "name": "ข่าวน้ำ", "datePublished": "2002-01-01"},
    {"@type": "Organization", "@id": "#us", "name": "สำนักข่าวน้ำ"},
)  # fmt: skip


def test_the_order_of_json_ld_changes_nothing():
    found = {
        (each.published_on, each.publisher, each.canonical_url)
        for order in permutations((OWN, *OTHERS))
        for each in (read(ld(*order)), read(ld({"@graph": list(order)})), read(ld(list(order))))
    }
    assert found == {(date(2024, 3, 5), "สำนักข่าวน้ำ", URL)}


@pytest.mark.parametrize("where", ["itemListElement", "hasPart", "mentions"])
def test_what_stands_in_a_list_is_not_the_article(where: str):
    listed = {"@type": "NewsArticle", "headline": "ข่าวอื่นที่ไม่เกี่ยวกัน", "datePublished": "2001-01-01"}
    assert read(ld({"@type": "ItemList", where: [listed]})).published_on_basis == "page.url"


@pytest.mark.parametrize(
    "publisher",
    ["ข่าวน้ำ", {"name": "ข่าวน้ำ"}, [{"name": "ข่าวน้ำ"}], {"@type": "Organization", "name": ["ข่าวน้ำ"]}, {"name": {"@value": "ข่าวน้ำ"}}],
)  # fmt: skip
def test_a_publisher_in_every_form(publisher: Any):
    node = {"@type": ["NewsArticle", "Article"], "headline": TITLE, "publisher": publisher}
    assert read(ld(node)).publisher == "ข่าวน้ำ"


def test_wrappings_of_old_pages_are_taken_off():
    block = json.dumps({"@type": "NewsArticle", "headline": TITLE, "datePublished": "2024-01-01"})
    for before, after in (("<!--", "-->"), ("//<![CDATA[\n", "\n//]]>"), ("<![CDATA[", "]]>")):
        found = read(f'<script type="application/ld+json">{before}{block}{after}</script>')
        assert found.published_on == date(2024, 1, 1)


def test_halves_of_characters_do_no_harm():
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"\\ud83d ข่าว","publisher":"\\udc00น้ำ"}</script>'
    for each in read(head).candidates:
        each.value.encode()


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/water", "https://news.example/water"),
        ("//news.example/water?page=2#top", "https://news.example/water?page=2"),
        ("https://www.news.example/water?utm_source=x&id=3", "https://www.news.example/water?id=3"),
        ("https://m.news.example/water", "https://m.news.example/water"),
        ("https://evil.example/water", URL),
        ("/", URL),
    ],
)
def test_canonical_addresses(href: str, expected: str):
    assert read(f'<link rel="canonical" href="{href}">').canonical_url == expected


def test_an_address_without_what_only_tells_where_a_reader_came_from():
    assert (
        read(url="https://news.example/a?id=1&utm_medium=line&fbclid=9#x").canonical_url
        == "https://news.example/a?id=1"
    )


@pytest.mark.parametrize(("lang", "text", "expected"), [("en", "", "th"), ("vi", "Cong ty " * 900, "vi"), ("th", "The work " * 900, "en"), ("en-GB", "The work " * 900, "en")])  # fmt: skip
def test_the_script_says_more_of_the_language_than_the_declaration(lang: str, text: str, expected: str):
    page = f'<html lang="{lang}"><title>x</title><h1>{text[:80] or TITLE}</h1><p>{text or BODY}</p></html>'
    assert article(page.encode(), url=URL, content_type=None, hints=None).language == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["@type", "@id", "@graph", "url", "name", "headline", "publisher", "datePublished", "itemListElement", "articleBody", "inLanguage"]),
        inner | st.sampled_from(["NewsArticle", "WebPage", "Organization", URL, TITLE, "2024-03-05", "#us"]),
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@given(st.lists(JSON, max_size=4))
def test_any_json_ld_gives_an_article(blocks: list[Any]):
    found = read(ld(*blocks))
    assert found.title == TITLE
    assert found.text.startswith(TITLE)
    assert len({each.field for each in found.candidates if each.chosen}) == sum(
        each.chosen for each in found.candidates
    )
