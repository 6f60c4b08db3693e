"""Sitemaps: lists of pages, lists of lists, news, packed, and broken."""

from __future__ import annotations

import gzip
import zlib

import pytest

from flows.acquire import sitemap
from flows.acquire.entries import MAX_ENTRIES, MAX_LISTS, MAX_TAGS, Child, Entry, ListingError, is_of_site

HERE = "https://www.example.go.th/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def urlset(urls: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {NS}>{urls}</urlset>\n'.encode()


def read(raw: bytes) -> list[Entry]:
    return sitemap.read(raw, url=HERE).entries


def test_pages_with_their_dates():
    raw = urlset(
        "<url><loc>https://www.example.go.th/ข่าว/1</loc><lastmod>2024-03-01</lastmod><priority>1</priority></url>"
        "<url><loc> https://www.example.go.th/news/2?a=1&amp;b=2 </loc></url><url><lastmod>2024</lastmod></url>"
    )
    one, two = read(raw)
    assert (one.url, one.updated) == ("https://www.example.go.th/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7/1", "2024-03-01")
    assert (two.url, two.updated) == ("https://www.example.go.th/news/2?a=1&b=2", None)


def test_news():
    raw = urlset(
        "<url><loc>https://www.example.go.th/n/1</loc><news:news><news:publication><news:name>กรมตัวอย่าง</news:name>"
        "<news:language>th</news:language></news:publication><news:publication_date>2567-03-01</news:publication_date>"
        "<news:title>ข่าวหนึ่ง</news:title></news:news></url>"
    )
    assert read(raw) == [
        Entry(
            url="https://www.example.go.th/n/1",
            title="ข่าวหนึ่ง",
            published="2567-03-01",
            language="th",
            publisher="กรมตัวอย่าง",
        )
    ]


def test_an_index():
    raw = (
        f"<sitemapindex {NS}><sitemap><loc>https://www.example.go.th/a.xml.gz</loc><lastmod>2024-03-01</lastmod></sitemap>"
        "<sitemap><loc>/b.xml</loc></sitemap><sitemap><loc>ftp://x/c.xml</loc></sitemap></sitemapindex>"
    ).encode()
    listing = sitemap.read(raw, url=HERE)
    assert listing.children == [
        Child("https://www.example.go.th/a.xml.gz", "2024-03-01"),
        Child("https://www.example.go.th/b.xml", None),
    ]
    assert listing.entries == []


def test_packed():
    raw = urlset("".join(f"<url><loc>https://www.example.go.th/{n}</loc></url>" for n in range(5_000)))
    assert len(read(gzip.compress(raw))) == 5_000


@pytest.mark.parametrize("cut", [10, 200, -1])
def test_packed_and_cut_off(cut):
    packed = gzip.compress(urlset("".join(f"<url><loc>/{n * 7919}</loc></url>" for n in range(500))))
    with pytest.raises(ListingError) as error:
        read(packed[:cut])
    assert error.value.reason == "damaged"
    broken = bytearray(packed)
    broken[len(packed) // 2] ^= 0xFF
    with pytest.raises(ListingError):
        read(bytes(broken))


def test_a_bomb_is_not_unpacked():
    layer = zlib.compressobj(9, wbits=31)
    packed = b"".join(layer.compress(bytes(1_000_000)) for _ in range(200)) + layer.flush()
    with pytest.raises(ListingError) as error:
        read(packed)
    assert error.value.reason == "too_large"


def test_plain_text_and_feeds_are_sitemaps_too():
    text = b"\xef\xbb\xbfhttps://www.example.go.th/1\r\nhttps://www.example.go.th/2\n\nnot an address\n"
    assert [entry.url for entry in read(text)] == ["https://www.example.go.th/1", "https://www.example.go.th/2"]
    (entry,) = read(b"<rss><channel><item><link>/news/1</link><guid>g</guid></item></channel></rss>")
    assert entry.entry_id == "g"


def test_cut_off_in_the_middle_gives_no_half_address():
    raw = urlset("".join(f"<url><loc>https://www.example.go.th/{n}{n}{n}</loc></url>" for n in range(10)))
    whole = {f"https://www.example.go.th/{n}{n}{n}" for n in range(10)}
    assert sitemap.read(b"<urlset>", url=HERE).flaw
    for end in range(raw.index(b"555") + 1, raw.index(b"</urlset>") + 3):
        listing = sitemap.read(raw[:end], url=HERE)
        assert {entry.url for entry in listing.entries} <= whole
        assert listing.flaw


@pytest.mark.parametrize("raw", [b"", b"<html><body>404</body></html>", b"%PDF-1.4", b"\x00" * 50])
def test_what_is_no_sitemap(raw):
    with pytest.raises(ListingError, match=r"https://www\.example\.go\.th/sitemap\.xml"):
        read(raw)


def test_entities_are_refused():
    raw = b'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + urlset("<url><loc>/&x;</loc></url>")
    with pytest.raises(ListingError) as error:
        read(raw)
    assert error.value.reason == "hostile_xml"


def test_more_than_the_protocol_allows():
    raw = urlset("".join(f"<url><loc>/{n}</loc></url>" for n in range(MAX_ENTRIES + 10)))
    assert len(read(raw)) == MAX_ENTRIES


def test_whose_pages_it_may_name():
    assert is_of_site("https://example.go.th/1", HERE)
    assert is_of_site("http://www.example.go.th/1", HERE)
    assert not is_of_site("https://other.go.th/1", HERE)


def test_more_tags_than_memory_should_be_spent_on():
    with pytest.raises(ListingError, match="are the most that are read: its owner must split it"):
        sitemap.read(urlset("<url/>" * MAX_TAGS), url=HERE)


def test_more_than_the_protocol_allows_is_told():
    listing = sitemap.read(urlset("".join(f"<url><loc>/{n}</loc></url>" for n in range(MAX_ENTRIES + 1))), url=HERE)
    assert (len(listing.entries), listing.flaw) == (
        MAX_ENTRIES,
        f"it names more than {MAX_ENTRIES:,} entries, and the first are read, as the protocol of sitemaps has it",
    )
    index = "".join(f"<sitemap><loc>/{n}</loc></sitemap>" for n in range(MAX_LISTS + 2))
    listing = sitemap.read(f"<sitemapindex>{index}</sitemapindex>".encode(), url=HERE)
    assert len(listing.children) == MAX_LISTS
    assert f"more than {MAX_LISTS:,} lists" in str(listing.flaw)
