"""Feeds as they are: four dialects, and what templates and strangers make of them."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.acquire import feed
from flows.acquire.entries import MAX_TAGS, MAX_TEXT, Entry, ListingError

HERE = "https://www.example.go.th/rss/news.xml"
ITEM = "<item><title>ข่าว {0}</title><link>https://www.example.go.th/news/{0}</link><guid>g{0}</guid></item>"


def rss(items: str, *, head: str = "", version: str = "2.0") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="{version}"><channel>{head}{items}</channel></rss>'.encode()


def read(raw: bytes | str, **options) -> list[Entry]:
    return feed.read(raw.encode() if isinstance(raw, str) else raw, url=HERE, **options).entries


def test_rss_2():
    (entry,) = read(
        rss(
            "<item><title>ประกาศ &amp; ข่าว</title><link> /news/1 </link><guid isPermaLink='false'>n-1</guid>"
            "<pubDate>Mon, 06 Sep 2021 00:01:00 +0700</pubDate></item>",
            head="<title>กรมตัวอย่าง</title><language>th</language><link>https://www.example.go.th/</link>",
        )
    )
    assert entry == Entry(
        url="https://www.example.go.th/news/1",
        entry_id="n-1",
        title="ประกาศ & ข่าว",
        published="Mon, 06 Sep 2021 00:01:00 +0700",
        language="th",
        publisher="กรมตัวอย่าง",
    )


def test_rss_1():
    raw = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://www.example.go.th/"><title>กรม</title><dc:language>th</dc:language></channel>
<item rdf:about="https://www.example.go.th/news/7"><title>หนึ่ง</title><link>https://www.example.go.th/news/7</link>
<dc:date>2567-03-01</dc:date><dc:publisher>กองข่าว</dc:publisher></item>
<item rdf:about="https://www.example.go.th/news/8"><title>สอง</title></item>
</rdf:RDF>"""
    one, two = read(raw)
    assert (one.entry_id, one.published, one.publisher) == ("https://www.example.go.th/news/7", "2567-03-01", "กองข่าว")
    assert (two.url, two.title, two.publisher, two.language) == ("https://www.example.go.th/news/8", "สอง", "กรม", "th")


def test_atom():
    raw = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="th" xml:base="https://www.example.go.th/a/">
<title>กรม</title><link rel="self" href="feed"/><link rel="next" href="feed?page=2"/>
<entry><id>tag:1</id><title type="html">&lt;b&gt;มติ&lt;/b&gt; ครม.</title><link rel="enclosure" href="x.pdf"/>
<link rel="alternate" type="application/pdf" href="1.pdf"/><link href="1.html"/>
<published>2024-03-01T09:00:00+07:00</published><updated>2024-03-02T09:00:00Z</updated></entry></feed>"""
    listing = feed.read(raw.encode(), url=HERE)
    (entry,) = listing.entries
    assert entry.url == "https://www.example.go.th/a/1.html"
    assert (entry.entry_id, entry.title) == ("tag:1", "มติ ครม.")
    assert (entry.published, entry.updated) == ("2024-03-01T09:00:00+07:00", "2024-03-02T09:00:00Z")
    assert (entry.language, entry.publisher) == ("th", "กรม")
    assert listing.next_url == "https://www.example.go.th/a/feed?page=2"


def test_json_feed():
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "กรม",
        "language": "th",
        "next_url": "/feed.json?page=2",
        "items": [
            {"id": 5, "url": "/news/5", "title": "ห้า", "date_published": "๑ มีนาคม ๒๕๖๗", "date_modified": "2024-03-02"},
            {"id": "https://www.example.go.th/news/6"},
            {"id": "no address"},
            "no item",
        ],
    }
    listing = feed.read(json.dumps(told).encode(), url=HERE)
    five, six = listing.entries
    assert (five.entry_id, five.published, five.updated) == ("5", "๑ มีนาคม ๒๕๖๗", "2024-03-02")
    assert (five.url, five.title, five.language) == ("https://www.example.go.th/news/5", "ห้า", "th")
    assert six.url == "https://www.example.go.th/news/6"
    assert listing.next_url == "https://www.example.go.th/feed.json?page=2"


@pytest.mark.parametrize(
    "raw", [b"", b"   ", b"{", b"[1]", b'{"items": 5}', b"[" * 100_000, b'{"items":' + b"[" * 100_000, b"<", b"<html/>"]
)
def test_what_is_no_feed(raw):
    with pytest.raises(ListingError) as error:
        read(raw)
    assert error.value.reason == "not_a_list"
    assert HERE in error.value.detail


def test_a_page_of_html_is_no_feed():
    with pytest.raises(ListingError, match=r"is XML but no feed \(<html>\)"):
        read("<!DOCTYPE html><html><body><p>ปิดปรับปรุง</p></body></html>")


# Broken XML


def test_bare_ampersands_and_entities_of_html():
    (entry,) = read(
        rss(
            "<item><title>A&B&nbsp;&ndash;&unknown; &copy;&#65;&#x0;&amp;</title><link>/n?a=1&b=2&amp;c=3</link></item>"
        )
    )
    assert entry.title == "A&B –&unknown; ©A&"
    assert entry.url == "https://www.example.go.th/n?a=1&b=2&c=3"


def test_cdata_stays_as_it_is():
    (entry,) = read(rss("<item><title><![CDATA[A & <b>B</b>]]></title><link><![CDATA[/n?a=1&b=2]]></link></item>"))
    assert (entry.title, entry.url) == ("A & B", "https://www.example.go.th/n?a=1&b=2")


def test_mismatched_tags_and_controls():
    listing = feed.read(
        rss(ITEM.format(1) + "<item><title>ส\x00อง\x0b<b></title><link>/news/2</link></item>" + ITEM.format(3)),
        url=HERE,
    )
    assert listing.entries[0].url.endswith("/1")
    assert listing.flaw is not None
    assert listing.flaw.startswith("broken XML in line 1")


def test_a_feed_that_was_cut_off_gives_no_half_entry():
    whole = rss("".join(ITEM.format(n) for n in range(10)))
    assert len(read(whole)) == 10
    for end in range(
        whole.index(b"/news/7") + 2, whole.index(b"<item><title>\xe0\xb8\x82\xe0\xb9\x88\xe0\xb8\xb2\xe0\xb8\xa7 8")
    ):
        listing = feed.read(whole[:end], url=HERE)
        assert [entry.entry_id for entry in listing.entries][:7] == [f"g{n}" for n in range(7)]
        assert all(entry.url.rpartition("/")[2] == (entry.entry_id or "")[1:] for entry in listing.entries)
        assert listing.flaw


# Encodings


@pytest.mark.parametrize("encoding", ["tis-620", "cp874", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", ['encoding="UTF-8"', 'encoding="TIS-620"', 'encoding="windows-874"', ""])
def test_encodings_whatever_is_declared(encoding, declared):
    text = f'<?xml version="1.0" {declared}?><rss><channel>{"".join(ITEM.format(n) for n in range(3))}</channel></rss>'
    assert [entry.title for entry in read(text.encode(encoding))] == ["ข่าว 0", "ข่าว 1", "ข่าว 2"]


def test_another_encoding_that_is_declared():
    text = '<?xml version="1.0" encoding="windows-1252"?><rss><channel><item><title>Café – “news”</title><link>/1</link></item></channel></rss>'
    assert read(text.encode("cp1252"))[0].title == "Café – “news”"
    without = text.replace(' encoding="windows-1252"', "").encode("cp1252")
    assert read(without, content_type="text/xml; charset=windows-1252")[0].title == "Café – “news”"


def test_one_bad_byte_costs_one_letter():
    raw = rss("".join(ITEM.format(n) for n in range(3))).replace("ข่าว 1".encode(), "ข่าว 1".encode()[:-3] + b"\xff1")
    listing = feed.read(raw, url=HERE)
    assert len(listing.entries) == 3
    assert "�" in str(listing.entries[1].title)
    assert listing.flaw


# Ids, dates, order


def test_one_guid_for_all_names_none():
    listed = read(
        rss(
            "".join(
                f"<item><title>ก{n}</title><link>/news/{n}</link><guid isPermaLink='false'>same</guid></item>"
                for n in range(3)
            )
        )
    )
    assert [(entry.url.rpartition("/")[2], entry.entry_id) for entry in listed] == [
        ("0", None),
        ("1", None),
        ("2", None),
    ]


def test_an_entry_that_is_listed_twice_counts_once():
    assert [entry.entry_id for entry in read(rss(ITEM.format(1) * 3 + ITEM.format(2)))] == ["g1", "g2"]


def test_dates_are_missing_or_anything():
    listed = read(
        rss(
            ITEM.format(1)
            + "<item><link>/news/2</link><pubDate>วันจันทร์ที่ ๑ มีนาคม พ.ศ. ๒๕๖๗</pubDate></item>"
            + "<item><link>/news/3</link><pubDate>Fri, 01 Mar 2567 09:00:00 +0700</pubDate></item>"
            + "<item><link>/news/4</link><pubDate></pubDate><date>not a date</date></item>"
        )
    )
    assert [entry.published for entry in listed] == [
        None,
        "วันจันทร์ที่ ๑ มีนาคม พ.ศ. ๒๕๖๗",
        "Fri, 01 Mar 2567 09:00:00 +0700",
        "not a date",
    ]


def test_where_the_address_stands():
    listed = read(
        rss(
            "<item><guid>https://www.example.go.th/news/1</guid></item>"
            "<item><guid isPermaLink='false'>https://www.example.go.th/news/2</guid></item>"
            "<item><guid>7</guid><link>javascript:alert(1)</link></item>"
            "<item><link>file:///etc/passwd</link></item>"
            "<item><link>https://user:secret@www.example.go.th/news/3</link></item>"
            "<item><link>HTTPS://WWW.Example.go.th:443/news/4?utm_source=rss&amp;id=9#top</link></item>"
            "<item xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'><link>https://feeds.example/r/5</link>"
            "<f:origLink>https://www.example.go.th/news/5</f:origLink></item>"
        )
    )
    assert [entry.url for entry in listed] == [
        "https://www.example.go.th/news/1",
        "https://www.example.go.th/news/4?id=9",
        "https://www.example.go.th/news/5",
    ]


# Hostile


LAUGHS = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
{}]><rss><channel><item><title>&lol9;</title><link>/1</link></item></channel></rss>""".format(
    "\n".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
)
SECRET = """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY file SYSTEM "file://{}">]>
<rss><channel><item><title>&file;</title><link>/1</link></item></channel></rss>"""
EXTERNAL = '<!DOCTYPE rss SYSTEM "{}"><rss><channel>' + ITEM.format(1) + "</channel></rss>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_entities_are_not_read(tmp_path, encoding):
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    started = time.process_time()
    for raw in (LAUGHS, SECRET.format(secret), SECRET.format(secret).replace("<!DOCTYPE", "<!-- x --><?p ?><!doctype")):
        with pytest.raises(ListingError) as error:
            read(raw.encode(encoding))
        assert error.value.reason == "hostile_xml"
        assert "geheim" not in str(error.value)
    assert time.process_time() - started < 5  # not a speed: a billion laughs would take minutes and gigabytes


def test_a_document_type_elsewhere_is_never_fetched(tmp_path):
    (tmp_path / "evil.dtd").write_text("<!ENTITY % x \"<!ENTITY lol 'lol'>\"> %x;")
    assert [entry.entry_id for entry in read(EXTERNAL.format(f"file://{tmp_path}/evil.dtd"))] == ["g1"]
    assert [entry.entry_id for entry in read(EXTERNAL.format("http://127.0.0.1:1/evil.dtd"))] == ["g1"]


def test_an_entity_inside_the_text_is_words():
    (entry,) = read(rss("<item><title>&file; &xxe;</title><link>/1</link></item>"))
    assert entry.title == "&file; &xxe;"


def test_depth_and_length_have_a_limit():
    deep = rss(ITEM.format(1) + "<item>" + "<a>" * 100_000 + "</a>" * 100_000 + "</item>")
    assert [entry.entry_id for entry in read(deep)] == ["g1"]
    (long,) = read(rss(f"<item><title>{'ก' * 100_000}</title><link>/1</link></item>"))
    assert len(str(long.title)) == MAX_TEXT
    assert read(rss(f"<item><link>/{'a' * 100_000}</link></item>")) == []


def test_what_no_database_can_hold_is_left_out():
    told = {"items": [{"id": "a\ud800b\x00c", "url": "/news/1", "title": "ก\udfffข\x07ค"}]}
    (entry,) = read(json.dumps(told))
    assert (entry.entry_id, entry.title) == ("a b c", "ก ข ค")


def test_ten_thousand_entries():
    listed = read(rss("".join(ITEM.format(n) for n in range(10_000))))
    assert len({entry.url for entry in listed}) == 10_000
    assert len({entry.entry_id for entry in listed}) == 10_000


@given(st.binary(max_size=400), st.sampled_from([b"", b"<rss><channel><item>", b'{"items": [']))
def test_anything_is_a_feed_or_says_why_not(raw, before):
    with contextlib.suppress(ListingError):
        listed = read(before + raw)
        assert all(entry.url.startswith(("http://", "https://")) for entry in listed)


@given(st.text(max_size=300))
def test_any_title_comes_as_clean_text(title):
    raw = json.dumps({"items": [{"url": "/1", "title": title}]}).encode()
    (entry,) = read(raw)
    assert entry.title is None or (
        entry.title == entry.title.strip() and entry.title.encode() and "\x00" not in entry.title
    )


def test_more_json_than_memory_should_be_spent_on():
    with pytest.raises(ListingError, match="its owner must split it"):
        feed.read(b'{"items": [' + b"{}," * MAX_TAGS + b"{}]}", url=HERE)
