"""Pages made to hurt their reader: each ends with an article or with `NoArticle`, in bounded memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import long_pages
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from long_pages import GROUPS
from made_pages import made_pages, sample

from flows.acquire.article import Article, NoArticle, article
from flows.acquire.page_blocks import MOST_LINES

HERE = str(Path(__file__).parent)
MB = 1_000_000
ARTICLES_TEXT = [sample("gov-01")[2], *sample("gov-01")[3:5]]
BODY = f"<h1>{ARTICLES_TEXT[0]}</h1><p>{ARTICLES_TEXT[1]}</p><p>{ARTICLES_TEXT[2]}</p>"
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "ฮา 12345 ">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)

HOSTILE = {
    "deeply nested boxes": "<div>" * 90_000 + BODY,
    "deeply nested boxes with text": "<div>x 1" * 4_900,
    "deeply nested inline": "<b><i>" * 45_000 + BODY,
    "nested tables": "<table><tr><td>" * 30_000 + BODY,
    "more tags than any page": "<br>" * 300_000,
    "formatting that a browser would repeat": "<p>"
    + "".join(f"<font color=c{n}>" for n in range(20_000))
    + "</p><p>x" * 20_000,
    "a script of blanks behind a mark": f'<script type="application/ld+json">{"-->" + " " * MB}x</script>{BODY}',
    "10 MB in one line": BODY + "<p>" + "ข้อความยาวมาก 1,234 " * 220_000,
    "10 MB without a tag": "ข้อความยาวมาก 1,234 " * 200_000,
    "10 MB in one word": BODY + "<p>" + "ก" * (10 * MB // 3),
    "a tag of 5 MB": "<div class='" + "a " * (5 * MB // 2) + "'>" + BODY,
    "a tag that never ends": BODY + "<p class=" + "x" * MB,
    "a comment that never ends": BODY + "<!-- " + "x" * MB,
    "a script that never ends": "<script>" + "x = 1;" * 100_000,
    "100,000 attributes": "<div " + " ".join(f"a{n}=1" for n in range(100_000)) + ">" + BODY,
    "billion laughs": BOMB + f"<html><body><p>&j;</p>{BODY}</body></html>",
    "an external entity": '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><body><p>&x;</p>' + BODY,
    "zero bytes": "\0".join(BODY),
    "only zero bytes": "\0" * MB,
    "nothing closed": "<html><head><title>ก<body><div><p><b><table><tr><td><ul><li>" + BODY.replace("</", "<"),
    "only closed": "</div></p></body></html>" * 10_000,
    "JSON-LD nested deep": '<script type="application/ld+json">' + "[" * 100_000 + "</script>" + BODY,
    "JSON-LD with a number of 1 MB": '<script type="application/ld+json">' + "9" * MB + "</script>" + BODY,
    "JSON-LD that refers to itself": '<script type="application/ld+json">{"@type":"NewsArticle","@id":"#a","publisher":{"@id":"#a"}}</script>'
    + BODY,
    "99,000 metas": '<meta name="date" content="2567-13-45">' * 99_000 + BODY,
    "a date of 1 MB": f'<meta name="date" content="{"1/" * 500_000}">' + BODY,
    "a line of dates": BODY + "<p>" + "1/1/2567 " * 100_000,
    "a title of 1 MB": f"<title>{'ยาว ' * 250_000}</title>" + BODY,
    "49,000 headings": "<h1>หัวข้อที่ 12 ของข่าว</h1>" * 49_000 + BODY,
    "right to left marks": BODY.replace(" ", "\u202e\u200f"),
    "lone surrogates": BODY + "<p>&#xD800;&#xDFFF;&#x110000;&#0;</p>",
    "control characters": BODY + "<p>" + "".join(map(chr, range(1, 32))) * 100,
    "one space after another": BODY + "<p>" + " " * (5 * MB) + "จบ",
    "deep boxes around many lines": "<div>แชร์" * 4_000 + "<p>ข้อความ 12" * 90_000,
    "deep tables around many lines": "<table><tr><td>x" * 1_500
    + "<p>ข้อความยาวพอที่จะเป็นย่อหน้าของข่าวประชาสัมพันธ์หนึ่งข่าว 12" * 50_000,
    "sections that begin nested sections": "<div>ข่าวที่เกี่ยวข้อง" * 4_900 + BODY,
    "30,000 headlines in JSON-LD": '<script type="application/ld+json">['
    + '{"@type":"NewsArticle","headline":"หัวข้อ 12 ของข่าว"},' * 30_000
    + "{}]</script>"
    + BODY * 2_000,
    "33,000 rows": BODY + "<table>" + "<tr><td>1<td>2" * 33_000,
    "an iframe that never ends": "<iframe>" + BODY,
    "a base and links elsewhere": '<base href="javascript:alert(1)"><link rel=canonical href="javascript:alert(1)">'
    + BODY,
}


def read(page: bytes, content_type: str | None = "text/html; charset=utf-8") -> Article | NoArticle:
    try:
        return article(page, url="https://host.example/a/1", content_type=content_type, hints=None)
    except NoArticle as error:
        return error


@pytest.mark.parametrize("name", HOSTILE)
def test_ends_with_a_clear_result(name: str):
    found = read(HOSTILE[name].encode("utf-8", "surrogatepass"))
    if isinstance(found, NoArticle):
        assert found.reason in {"empty", "binary", "undecodable", "mojibake", "too_complex", "no_main_text"}
        assert 20 < len(found.detail) < 600
    else:
        assert found.text.startswith(f"{found.title}\n\n")
        found.text.encode()


def test_entities_are_neither_expanded_nor_fetched():
    for name in ("billion laughs", "an external entity"):
        found = read(HOSTILE[name].encode())
        assert isinstance(found, Article)
        assert ARTICLES_TEXT[2] in found.text
        assert len(found.text) < 3_000
        assert "root:" not in found.text


def test_an_address_that_is_none_is_not_believed():
    found = read(HOSTILE["a base and links elsewhere"].encode())
    assert isinstance(found, Article)
    assert found.canonical_url == "https://host.example/a/1"


@pytest.mark.parametrize(
    "href",
    [
        "https://other.example/a/1",
        "//other.example/a/1",
        "https://user:secret@host.example/a/1",
        "file:///etc/passwd",
        "https://host.example/",
        "http://[::1",
        "https://host.example:99999/a",
    ],
)
def test_a_canonical_address_of_another_site_or_of_the_front_page_is_not_believed(href: str):
    found = read(f'<link rel="canonical" href="{href}">{BODY}'.encode())
    assert isinstance(found, Article)
    assert found.canonical_url == "https://host.example/a/1"


LARGEST = ("10 MB in one line", "a tag of 5 MB", "deeply nested boxes", "33,000 rows", "30,000 headlines in JSON-LD")


def test_memory_stays_bounded():
    """In a process of its own, because the peak of a process is that of all it ever did."""
    script = (
        f"import resource, sys; sys.path.insert(0, {HERE!r})\n"
        "from test_hostile_pages import HOSTILE, read\n"
        "pages = {name: HOSTILE[name].encode() for name in sys.argv[1:]}\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for page in pages.values(): read(page)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *LARGEST], capture_output=True, text=True, check=True)
    unit = 1024 if sys.platform != "darwin" else 1
    assert int(done.stdout) * unit < 300 * MB


@pytest.mark.parametrize("group", GROUPS)
def test_no_page_costs_more_than_its_size(group: str):
    """A promise of safety, not of speed: a page that repeats itself must not hold a run for hours.

    A group takes 2 to 6 s; the limit that kills its process is far above, and what is quadratic takes longer still.
    """
    done = subprocess.run([sys.executable, long_pages.__file__, group], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-300:]}{done.stderr[-2_000:]}"
    assert done.stdout.count("\n") >= len(GROUPS[group])


def test_a_page_has_no_more_lines_than_tags():
    page = f"{BODY}<pre>" + "1\n" * (MOST_LINES + 1)
    found = read(page.encode())
    assert isinstance(found, NoArticle)
    assert (found.reason, found.detail) == (
        "too_complex",
        "it has more than 100,000 lines: leave its address out of the source",
    )


PAGES = made_pages()
PIECES = [page.raw[start : start + 200] for page in PAGES[:12] for start in range(0, len(page.raw), 600)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=40)), max_size=25))
def test_any_bytes_give_an_article_or_a_reason(pieces: list[bytes]):
    page = b"".join(pieces)
    for content_type in (None, "text/html; charset=tis-620"):
        found = read(page, content_type)
        if isinstance(found, Article):
            assert found.text.split("\n\n", 1)[0] == found.title
            assert "\ufffd" not in found.text
            assert sum(each.chosen for each in found.candidates if each.field == "title") == 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 54), st.randoms(use_true_random=False))
def test_a_page_cut_anywhere_gives_an_article_or_a_reason(number: int, random):
    page = PAGES[number % len(PAGES)]
    found = read(page.raw[: random.randrange(len(page.raw))], page.content_type)
    assert isinstance(found, Article | NoArticle)
