"""Index pages: links, their words, their patterns; and what makes an address the same one."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.acquire import index_page
from flows.acquire.entries import MAX_TAGS, ListingError, address, clean_url, wanted

HERE = "https://www.example.go.th/news/index.html"


def urls(html: str | bytes, **options) -> list[str]:
    raw = html.encode() if isinstance(html, str) else html
    return [entry.url for entry in index_page.read(raw, url=HERE, **options).entries]


def test_links_with_their_words():
    html = """<html><head><title>ข่าว</title><link rel="next" href="?page=2"></head><body>
<nav><a href="/">หน้าแรก</a></nav>
<a href="1.html"><img src="x.jpg"></a><a href="1.html#top">เปิดโครงการ  แหลมฉบัง</a>
<a href="2.html">»</a><a href='mailto:a@b.c'>mail</a><a href="javascript:x()">js</a><a>none</a>
<a rel="nofollow" href="//other.go.th/3">อื่น ๆ</a></body></html>"""
    listing = index_page.read(html.encode(), url=HERE)
    assert [(entry.url, entry.title) for entry in listing.entries] == [
        ("https://www.example.go.th/", "หน้าแรก"),
        ("https://www.example.go.th/news/1.html", "เปิดโครงการ แหลมฉบัง"),
        ("https://www.example.go.th/news/2.html", None),
        ("https://other.go.th/3", "อื่น ๆ"),
    ]
    assert listing.next_url == "https://www.example.go.th/news/index.html?page=2"


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "nothing", "utf-8"])
def test_a_charset_that_is_none_costs_no_link(charset: str):
    page = b'<a href="1.html">\xff\xfe\xff news</a>'
    listing = index_page.read(page, url=HERE, content_type=f"text/html; charset={charset}")
    assert [entry.url for entry in listing.entries] == ["https://www.example.go.th/news/1.html"]


def test_a_base_of_its_own():
    assert urls('<base href="/archive/"><a href="1">one</a>') == ["https://www.example.go.th/archive/1"]
    assert urls('<base href="javascript:x"><a href="1">one</a>') == ["https://www.example.go.th/news/1"]


@pytest.mark.parametrize("encoding", ["utf-8", "tis-620", "utf-16"])
def test_encodings(encoding):
    html = '<meta charset="utf-8"><p>ข่าวประชาสัมพันธ์ของกรมตัวอย่าง</p><a href="/1">ประกาศฉบับที่หนึ่ง</a>'
    (entry,) = index_page.read(html.encode(encoding), url=HERE).entries
    assert (entry.url, entry.title) == ("https://www.example.go.th/1", "ประกาศฉบับที่หนึ่ง")


def test_broken_html_and_hostile_depth():
    assert urls("<a href='/1'>one<div><a href=/2>two</p></b><table><a href=\"/3\">") == [
        f"https://www.example.go.th/{n}" for n in (1, 2, 3)
    ]
    assert urls("<div>" * 50_000 + "<a href='/deep'>x</a>" + "<a href='/1'>one</a>") is not None
    assert urls("<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a href='/1'>&x;</a>") == [
        "https://www.example.go.th/1"
    ]


@pytest.mark.parametrize("raw", [b"", b"  \n", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_page(raw):
    with pytest.raises(ListingError):
        index_page.read(raw, url=HERE)


@pytest.mark.parametrize(
    ("patterns", "url", "is_wanted"),
    [
        ([], "https://a.th/x", True),
        (["/news/*"], "https://a.th/news/1", True),
        (["/news/*"], "https://a.th/old/news/1", False),
        (["/news/?"], "https://a.th/news/12", False),
        (["*/content/*"], "https://a.th/x/content/9", True),
        (["https://a.th/*"], "https://b.th/https://a.th/1", False),
        (["/n?id=*"], "https://a.th/n?id=5", True),
        (["/ข่าว/*"], "https://a.th/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7/1", True),
        (["/a/*", "/b/*"], "https://a.th/b/1", True),
        (["/a.b"], "https://a.th/aXb", False),
    ],
)
def test_patterns(patterns, url, is_wanted):
    assert wanted(patterns)(url) is is_wanted


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("HTTP://Example.COM:80/a", "http://example.com/a"),
        ("https://example.com:8443", "https://example.com:8443/"),
        ("https://example.com/a#b", "https://example.com/a"),
        ("https://example.com/a?utm_source=x&b=1&fbclid=2&UTM_medium=y", "https://example.com/a?b=1"),
        ("https://example.com/%7euser/%E0%B8%81 x", "https://example.com/~user/%E0%B8%81%20x"),
        ("https://example.com/ก", "https://example.com/%E0%B8%81"),
        ("https://example.com/a%2fb%2Fc", "https://example.com/a%2Fb%2Fc"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://สวัสดี.ไทย/", "https://xn--l3c1bib8a0a.xn--o3cw4h/"),
        ("https://[2001:db8::1]:443/a", "https://[2001:db8::1]/a"),
        (" \n https://example.com/a\tb\n", "https://example.com/ab"),
        ("ftp://example.com/", None),
        ("https://", None),
        ("https://user@example.com/", None),
        ("https://u:p@example.com/", None),
        ("https://example.com:99999/", None),
        ("https://[::1", None),
        ("", None),
        ("//example.com/x", None),
        ("https://example.com/" + "a" * 3000, None),
    ],
)
def test_one_form_of_an_address(url, clean):
    assert clean_url(url) == clean


def test_http_and_https_are_one_page():
    assert address("http://a.th/1") == address("https://a.th/1") != address("https://a.th/2")


@given(st.text(max_size=80), st.sampled_from([None, HERE]))
def test_a_clean_address_stays_as_it_is(text, base):
    for url in (text, f"https://example.com/{text}", f"https://example.com/?{text}"):
        clean = clean_url(url, base)
        if clean is not None:
            assert clean_url(clean) == clean
            assert clean.isascii()
            assert clean.startswith(("http://", "https://"))
            assert "#" not in clean


HOSTILE = """
import resource
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from flows.acquire import index_page
for page in (
    "<a href=/1 " + " ".join(f"a{n}=1" for n in range(300_000)) + ">x</a>",
    "<div>" * 400_000 + "<a href=/1>x</a>",
    "<a href=/1>x" * 300_000,
    "<a href=/1 title='" + "x" * 3_000_000 + "'>x</a>",
):
    print(len(index_page.read(page.encode(), url="https://www.example.go.th/").entries))
"""


def test_pages_that_would_take_minutes_take_seconds():
    """Of the limits that a hostile page is read within: a process that takes more CPU seconds is killed."""
    done = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["1", "1", "1", "1"]


def test_more_tags_than_memory_should_be_spent_on():
    with pytest.raises(ListingError, match="its owner must split it"):
        index_page.read(b"<p>" * (MAX_TAGS + 1), url=HERE)
