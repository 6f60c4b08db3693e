"""Fetching from a real server that misbehaves: what comes is whole and bounded, or it is told why nothing came."""

from __future__ import annotations

import base64
import gzip
import logging
import ssl
import threading
import tracemalloc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from website import CHAOS, HARMLESS, Website, bomb, encode

from flows.acquire.web.coding import BombError, CodingError, codings, gunzip, undo
from flows.acquire.web.fetch import FetchError, Manners, Secret, SecretError, Web, secret_from, user_agent
from flows.acquire.web.message import MessageError, parse, split
from flows.acquire.web.warc_landing import WarcWriter, read_record

PAGE = "<!doctype html><title>ข่าว</title><p>วงเงิน 1,250 ล้านบาท</p>" * 40
QUICK = Manners(
    "desk@example.org", delay_seconds=0, retries=0, backoff_seconds=0.001, timeout_seconds=5, allow_private=True
)
TRUSTED = ssl.create_default_context()  # read once: it takes a while
TOKEN = "Bearer s3cr3t-t0k3n-of-ours"


@pytest.fixture
def site():
    with Website() as made:
        made.serve("/a", PAGE)
        yield made


@pytest.fixture
def web():
    with Web(tls=TRUSTED) as made:
        yield made


def manners(**changed) -> Manners:
    kept = {name: getattr(QUICK, name) for name in Manners.__dataclass_fields__}
    return Manners(**(kept | changed))


def failure(web: Web, url: str, how: Manners = QUICK) -> FetchError:
    with pytest.raises(FetchError) as error:
        web.get(url, how)
    assert str(error.value).startswith(error.value.url)
    return error.value


# What comes


def test_an_answer_as_it_came(site, web):
    before = datetime.now(UTC)
    got = web.get(site.at("/a"), QUICK)
    assert (got.url, got.final_url, got.status, got.permanent_url) == (site.at("/a"), site.at("/a"), 200, None)
    assert got.body == PAGE.encode()
    assert got.header("content-TYPE") == "text/html; charset=utf-8"
    assert got.header("X-None") is None
    assert before <= got.fetched_at <= datetime.now(UTC)
    assert got.http_head.startswith(b"HTTP/1.1 200 OK\r\nDate: ")
    assert got.http_head.endswith(b"\r\n\r\n")
    assert got.sent == got.body
    assert got.address == "127.0.0.1"
    assert not got.is_not_modified


def test_who_we_are(site, web):
    web.get(site.at("/a"), QUICK)
    for request in site.requests:
        assert request.headers["user-agent"].startswith("klangkhao/")
        assert request.headers["user-agent"].endswith(" (+desk@example.org)")
        assert request.headers["accept-encoding"] == "gzip, br"
        assert request.headers["host"] == site.authority
        assert "cookie" not in request.headers


def test_the_contact_of_the_run_stands_in_for_a_source_without_one(site):
    with Web("https://desk.example/robots") as web:
        web.get(site.at("/a"), manners(contact=""))
    assert site.requests[0].headers["user-agent"].endswith("(+https://desk.example/robots)")


@pytest.mark.parametrize("contact", ["", "  ", "a@b.c\r\nX: y", "ฝ่ายข่าว@example.org"])
def test_nobody_is_asked_anonymously(site, web, contact):
    with pytest.raises(ValueError, match="contact"):
        web.get(site.at("/a"), manners(contact=contact))
    assert site.requests == []
    with pytest.raises(ValueError, match="contact"):
        user_agent(contact)


def test_thai_addresses(site, web):
    site.serve("/ข่าว/หน้า 1?เลข=๑", "ไทย")
    assert web.get(site.at("/ข่าว/หน้า 1?เลข=๑"), QUICK).body.decode() == "ไทย"
    assert web.get(f"{site.url}/ข่าว/หน้า%201?เลข=๑", QUICK).body.decode() == "ไทย"


def test_cookies_are_not_kept(site, web):
    site.serve("/c", "x", headers={"Set-Cookie": "visitor=1"})
    for _ in range(2):
        web.get(site.at("/c"), QUICK)
    assert not any("cookie" in each.headers for each in site.requests)


def test_one_connection_for_many_requests(site, web):
    for _ in range(5):
        web.get(site.at("/a"), QUICK)
    assert site.connections == 1


def test_many_threads(site, web):
    for number in range(40):
        site.serve(f"/{number}", f"ข่าว {number}" * 1000, coding="gzip" if number % 2 else "br", chunked=number % 3 == 0)
    got: dict[int, bytes] = {}

    def ask(number: int) -> None:
        got[number] = web.get(site.at(f"/{number}"), manners(per_host=8)).body

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {n: (f"ข่าว {n}" * 1000).encode() for n in range(40)}


# Asking whether something changed


def test_an_etag_is_sent_back(site, web):
    tag = web.get(site.at("/a"), QUICK).header("ETag")
    again = web.get(site.at("/a"), QUICK, etag=tag)
    assert (again.status, again.is_not_modified, again.body, again.sent) == (304, True, b"", b"")
    site.serve("/a", "edited")
    assert web.get(site.at("/a"), QUICK, etag=tag).body == b"edited"


def test_so_is_last_modified(site, web):
    site.serve("/b", "x", etag=False, last_modified=datetime(2024, 6, 5, 12, tzinfo=UTC))
    got = web.get(site.at("/b"), QUICK)
    assert got.header("Last-Modified") == "Wed, 05 Jun 2024 12:00:00 GMT"
    assert web.get(site.at("/b"), QUICK, last_modified=got.header("Last-Modified")).is_not_modified
    assert site.requests[-1].headers["if-modified-since"] == "Wed, 05 Jun 2024 12:00:00 GMT"


def test_a_weak_etag(site, web):
    site.serve("/b", "x", etag='W/"1"')
    assert web.get(site.at("/b"), QUICK, etag='W/"1"').is_not_modified


def test_not_modified_without_having_asked_is_an_error(site, web):
    site.fault("/a", "status", code=304)
    assert failure(web, site.at("/a")).reason == "status_304"


@pytest.mark.parametrize("tag", ['"a\r\nX-Evil: 1"', '"ก"', "", "\x00"])
def test_an_odd_etag_is_not_sent(site, web, tag):
    assert web.get(site.at("/a"), QUICK, etag=tag).status == 200
    assert "if-none-match" not in site.requests[-1].headers
    assert "x-evil" not in site.requests[-1].headers


# Redirects


def test_redirects_are_followed(site, web):
    site.redirect("/old", "/a")
    site.redirect("/older", site.at("/old"), status=308)
    got = web.get(site.at("/older"), QUICK)
    assert (got.url, got.final_url, got.permanent_url) == (site.at("/older"), site.at("/a"), site.at("/a"))
    assert got.body == PAGE.encode()


@pytest.mark.parametrize("status", [302, 303, 307])
def test_what_is_moved_for_now_keeps_its_address(site, web, status):
    site.redirect("/old", "/a", status=status)
    got = web.get(site.at("/old"), QUICK)
    assert (got.final_url, got.permanent_url) == (site.at("/a"), None)


def test_permanent_up_to_the_first_that_is_not(site, web):
    site.redirect("/1", "/2", status=301)
    site.redirect("/2", "/3", status=302)
    site.redirect("/3", "/a", status=301)
    got = web.get(site.at("/1"), QUICK)
    assert (got.final_url, got.permanent_url) == (site.at("/a"), site.at("/2"))


def test_to_another_host(site, web):
    with Website("127.0.0.2") as other:
        other.serve("/b", "there")
        site.redirect("/old", other.at("/b"))
        assert web.get(site.at("/old"), QUICK).final_url == other.at("/b")


@pytest.mark.parametrize("kind", ["redirect_loop", "redirect"])
def test_circles_are_noticed(site, web, kind):
    if kind == "redirect":
        site.redirect("/1", "/2")
        site.redirect("/2", "/1")
    else:
        site.fault("/1", "redirect_loop")
    error = failure(web, site.at("/1"))
    assert (error.reason, error.again) == ("redirect_loop", True)
    assert len(site.paths()) <= 2


def test_a_redirect_to_nowhere(site, web):
    site.fault("/a", "redirect", to="")
    assert failure(web, site.at("/a")).reason == "redirect_loop"


def test_chains_have_an_end(site, web):
    site.fault("/a", "redirect_chain", length=5)
    assert web.get(site.at("/a"), QUICK).body == PAGE.encode()
    assert failure(web, site.at("/a"), manners(max_redirects=4)).reason == "too_many_redirects"
    site.behave()
    site.fault("/a", "redirect_chain", length=10_000)
    before = len(site.requests)
    assert failure(web, site.at("/a")).reason == "too_many_redirects"
    assert len(site.requests) - before == QUICK.max_redirects + 1


def test_addresses_as_sites_write_them(site, web):
    site.serve("/ข่าว/หน้า 2", "x")
    for to in ("/ข่าว/หน้า 2", " /ข่าว/หน้า%202#top ", f"//{site.authority}/ข่าว/หน้า 2", "ข่าว/./หน้า 2"):
        site.redirect("/old", to)
        assert web.get(site.at("/old"), QUICK).final_url == site.at("/ข่าว/หน้า 2")


def test_an_error_on_the_way_is_told_of_what_was_asked_for(site, web):
    with Website("127.0.0.2") as other:
        other.robots("User-agent: *\nDisallow: /no/\n")
        for path, reason in (("/none", "status_404"), ("/no/", "robots")):
            site.redirect("/old", other.at(path))
            error = failure(web, site.at("/old"))
            assert (error.reason, error.url) == (reason, site.at("/old"))
            assert error.detail.startswith(f"it is redirected to {other.at(path)}: ")


# Time


def test_a_slow_answer_is_waited_for(site, web):
    site.fault("/a", "slow", seconds=0.2)
    assert web.get(site.at("/a"), QUICK).body == PAGE.encode()


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("silent", {}),
        ("slow", {"seconds": 3}),
        ("drip", {"seconds": 0.02}),
        ("drip", {"seconds": 0.02, "where": "head"}),
    ],
)
def test_the_time_of_an_answer_is_all_of_it(site, web, kind, options):
    """A byte now and then does not begin it anew."""
    web.get(site.at("/a"), QUICK)
    site.fault("/a", kind, **options)
    error = failure(web, site.at("/a"), manners(timeout_seconds=0.3))  # the drip would take more than a minute
    assert (error.reason, error.again) == ("timeout", True)
    assert "within 0.3 s" in error.detail


def test_a_server_that_never_ends_its_interim_answers(site, web):
    web.get(site.at("/a"), QUICK)
    site.fault("/a", "continue_forever")
    assert failure(web, site.at("/a")).reason == "protocol"


def test_a_machine_that_does_not_take_connections(web):
    with Website() as gone:
        url = gone.at("/a")
    error = failure(web, url)
    assert error.reason == "connection"
    assert "connection to 127.0.0.1 failed" in error.detail


# Size


def test_a_page_may_be_as_large_as_allowed(site, web):
    size = len(PAGE.encode())
    assert web.get(site.at("/a"), manners(max_bytes=size)).body == PAGE.encode()
    error = failure(web, site.at("/a"), manners(max_bytes=size - 1))
    assert (error.reason, error.again) == ("too_large", False)
    assert "max_mb" in error.detail


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_without_end_is_cut_off(site, web, chunked):
    site.fault("/a", "endless", chunked=chunked)
    tracemalloc.start()
    assert failure(web, site.at("/a"), manners(max_bytes=300_000)).reason == "too_large"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
    site.behave()
    assert web.get(site.at("/a"), QUICK).body == PAGE.encode()


@pytest.mark.parametrize(
    ("kind", "options"), [("huge_header", {}), ("many_headers", {}), ("huge_header", {"size": 150_000})]
)
def test_headers_without_end(site, web, kind, options):
    site.fault("/a", kind, **options)
    assert failure(web, site.at("/a")).reason == "protocol"


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "gzip, gzip", "br, gzip", "gzip, br"])
def test_bombs_do_not_go_off(site, web, coding):
    assert len(bomb(coding, 50_000_000)) < 100_000  # made before memory is measured: the server is in this process
    site.fault("/a", "bomb", coding=coding, size=50_000_000)
    tracemalloc.start()
    error = failure(web, site.at("/a"), manners(max_bytes=8_000_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (error.reason, error.again) == ("too_large", False)
    assert peak < 40_000_000


def test_a_ratio_that_no_text_has_is_refused_below_the_limit_too(site, web):
    site.fault("/a", "bomb", coding="gzip", size=20_000_000)
    assert failure(web, site.at("/a"), manners(max_bytes=1_000_000_000)).reason == "too_large"
    assert len(web.get(site.at("/a"), manners(max_bytes=1_000_000_000, max_expansion=2000)).body) == 20_000_000


# Codings


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "br", "deflate", "raw_deflate"])
def test_codings_are_undone(site, web, coding):
    site.fault("/a", "coded", coding=coding)
    got = web.get(site.at("/a"), QUICK)
    assert got.body == PAGE.encode()
    assert got.sent == encode(PAGE.encode(), coding)


def test_two_codings(site, web):
    site.serve("/b", PAGE, coding="br, gzip")
    assert web.get(site.at("/b"), QUICK).body == PAGE.encode()


def test_three_are_one_too_many(site, web):
    site.serve("/b", PAGE, coding="gzip, gzip, gzip")
    assert failure(web, site.at("/b")).reason == "bad_coding"


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("coded", {"coding": "gzip", "said": "x-unknown"}),
        ("coded", {"coding": "gzip", "said": "zstd"}),
        ("coded", {"coding": "gzip", "said": "br"}),
        ("coded", {"coding": "br", "said": "gzip"}),
        ("broken_coding", {"coding": "gzip"}),
        ("broken_coding", {"coding": "br"}),
        ("broken_coding", {"coding": "deflate"}),
        ("broken_coding", {"coding": "gzip", "cut": True}),
        ("broken_coding", {"coding": "br", "cut": True}),
        ("broken_coding", {"coding": "deflate", "cut": True}),
    ],
)
def test_a_body_that_can_not_be_unpacked(site, web, kind, options):
    site.fault("/a", kind, times=1, **options)
    error = failure(web, site.at("/a"))
    assert (error.reason, error.again) == ("bad_coding", True)
    site.fault("/a", kind, times=1, **options)
    assert web.get(site.at("/a"), manners(retries=1)).body == PAGE.encode()


@given(st.binary(max_size=3000), st.sampled_from(["gzip", "br", "deflate", "raw_deflate"]))
def test_any_body_comes_back(body, coding):
    assert undo(encode(body, coding), (coding.removeprefix("raw_"),), limit=10_000) == body


@given(st.binary(min_size=1, max_size=300), st.sampled_from(["gzip", "br", "deflate"]))
def test_any_bytes_are_unpacked_or_refused(body, coding):
    with suppress(CodingError):
        assert len(undo(body, (coding,), limit=100_000)) <= 100_000


@given(st.binary(min_size=50, max_size=500), st.sampled_from(["gzip", "br", "deflate"]), st.integers(1, 20))
def test_what_is_cut_short_is_noticed(body, coding, missing):
    with pytest.raises(CodingError):
        undo(encode(body, coding)[:-missing], (coding,), limit=10_000)


@given(st.integers(0, 3000), st.integers(0, 3000), st.sampled_from(["gzip", "br", "deflate"]))
def test_the_limit_is_exact(size, limit, coding):
    body = bytes(size)
    if size <= limit:
        assert undo(encode(body, coding), (coding,), limit=limit) == body
    else:
        with pytest.raises(BombError):
            undo(encode(body, coding), (coding,), limit=limit)


def test_gzip_files_of_several_members():
    both = gzip.compress(b"one ") + gzip.compress(b"two")
    assert gunzip(both, limit=100) == b"one two"
    with pytest.raises(CodingError, match="more than 100 members"):
        gunzip(gzip.compress(b"") * 50_000, limit=100)
    assert gunzip(both + bytes(512), limit=100) == b"one two"  # padded, as on tapes
    with pytest.raises(BombError):
        gunzip(both, limit=6)
    with pytest.raises(CodingError):
        gunzip(both[:-3], limit=100)
    with pytest.raises(CodingError):
        gunzip(b"no gzip at all", limit=100)


def test_names_of_codings():
    assert codings(" GZip , identity,, br") == ("gzip", "br")
    assert codings(None) == ()
    assert undo(b"", ("gzip",), limit=10) == b""


# The connection


@pytest.mark.parametrize(
    ("kind", "options", "reason"),
    [
        ("reset", {}, "connection"),
        ("reset", {"after": 100}, "connection"),
        ("close", {}, "connection"),
        ("truncated", {}, "truncated"),
        ("truncated", {"share": 0.0}, "truncated"),
        ("truncated", {"chunked": True}, "truncated"),
        ("broken_chunks", {}, "protocol"),
        ("garbage", {}, "protocol"),
        ("garbage", {"what": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"}, "protocol"),
        ("garbage", {"what": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"}, "protocol"),
        ("garbage", {"what": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1 200 OK\r\n\r\n"}, "protocol"),
        ("garbage", {"what": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nmore"}, "protocol"),
        ("garbage", {"what": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: snail\r\n\r\nx"}, "protocol"),
        ("garbage", {"what": b"HTTP/1.1 200 OK\r\nContent-Le"}, "truncated"),
        ("garbage", {"what": b"220 mail.example ESMTP\r\n"}, "truncated"),
    ],
)
def test_a_broken_connection_is_no_answer(site, web, kind, options, reason):
    web.get(site.at("/a"), QUICK)
    site.fault("/a", kind, times=1, **options)
    error = failure(web, site.at("/a"))
    assert (error.reason, error.again) == (reason, True)
    assert web.get(site.at("/a"), QUICK).body == PAGE.encode()
    site.fault("/a", kind, times=1, **options)
    assert web.get(site.at("/a"), manners(retries=1)).body == PAGE.encode()  # and is asked again


def test_chunks_are_put_together(site, web):
    site.fault("/a", "chunked")
    got = web.get(site.at("/a"), QUICK)
    assert got.body == PAGE.encode()
    assert got.sent.startswith(b"3e8\r\n")
    assert got.sent.endswith(b"0\r\n\r\n")
    assert parse(got.http_head + got.sent).payload == got.body


def test_interim_answers_are_no_answers(site, web):
    whole = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    site.fault("/a", "garbage", what=whole)
    got = web.get(site.at("/a"), QUICK)
    assert (got.body, got.http_head) == (b"ok", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")


def test_an_answer_that_ends_with_its_connection(site, web):
    site.fault("/a", "garbage", what=b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE.encode())
    got = web.get(site.at("/a"), QUICK)
    assert got.body == got.sent == PAGE.encode()


def test_headers_in_utf_8_and_latin_1(site, web):
    head = "HTTP/1.1 200 OK\r\nX-Thai: ข่าว\r\n".encode() + b"X-Latin: caf\xe9\r\nContent-Length: 2\r\n\r\nok"
    site.fault("/a", "garbage", what=head)
    got = web.get(site.at("/a"), QUICK)
    assert (got.header("x-thai"), got.header("x-latin")) == ("ข่าว", "café")
    assert got.http_head == head[:-2]


@pytest.mark.parametrize(
    "wire", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", b"x\r\n\r\n"]
)
def test_bytes_that_are_no_whole_answer(wire):
    with pytest.raises(MessageError):
        parse(wire)


@given(st.binary(max_size=400))
def test_any_bytes_are_an_answer_or_not(wire):
    for read in (parse, split):
        with suppress(MessageError):
            read(wire)


@given(st.binary(max_size=2000), st.integers(1, 500))
def test_chunked_or_not_is_the_same(body, size):
    plain = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in chunks) + b"0\r\n\r\n"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + framed
    assert parse(plain).payload == parse(chunked).payload == body
    assert split(plain)[1] == body


ODD_HEADERS = st.sampled_from(
    [
        *(
            b"Content-Length: %b" % each
            for each in (b"0", b"5", b"-1", b"99999999999999999999", b"5, 5", b"\xc2\xb2", b"")
        ),
        *(
            b"Content-Encoding: %b" % each
            for each in (b"gzip", b"br", b"deflate", b"identity", b"gzip, br, gzip", b"\xff")
        ),
        *(
            b"Location: %b" % each
            for each in (b"", b"//", b"http://[", b"\xff\xfe", "ข่าว".encode(), b"http://\xe0\xb8\x81.", b"?")
        ),
        *(b"Transfer-Encoding: %b" % each for each in (b"chunked", b"gzip, chunked", b"\x00")),
        *(b"Retry-After: %b" % each for each in (b"\xe0\xb9\x95", b"1e9", b"Fri, 31 Dec 9999 23:59:59 GMT", b"x")),
        b"no colon",
        b" folded",
        b": no name",
        b"",
    ]
)


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from([200, 203, 204, 206, 301, 302, 304, 404, 429, 500, 503, 999]) | st.integers(0, 9999),
    st.lists(ODD_HEADERS, max_size=4),
    st.binary(max_size=40) | st.just(b"5\r\nabcde\r\n0\r\n\r\n"),
)
def test_whatever_a_server_says(odd, status, headers, body):
    """There is an answer or a reason, never anything else."""
    site, outcomes = odd
    head = b"\r\n".join([b"HTTP/1.1 %d Odd" % status, *headers])
    site.behave()
    site.fault("/a", "garbage", what=head + b"\r\n\r\n" + body)
    reason = "none"
    with Web(tls=TRUSTED, resolver=lambda _host, _port: []) as web:
        try:
            got = web.get(site.at("/a"), QUICK, etag='"1"')
        except FetchError as error:
            reason = error.reason
    if reason == "none":
        assert got.status in {200, 203, 304}
        assert parse(got.http_head + got.sent).status == got.status
    outcomes[reason] += 1


@pytest.fixture(scope="module")
def odd():
    """A site that says anything, and how often what came of it: many things, or the test were of little use."""
    outcomes: Counter[str] = Counter()
    with Website() as site:
        site.serve("/a", "x")
        yield site, outcomes
    assert len(outcomes) > 8
    assert outcomes["none"] > 5


def test_through_many_faults_comes_the_page_or_an_error(tmp_path):
    """And what comes is landed, and reads the same."""
    pages = {f"/{n}": f"<p>ข่าวที่ {n} วงเงิน {n * 1234:,} บาท</p>" * (1 + n * 7) for n in range(40)}
    how = manners(per_host=4, retries=1, max_failures=10_000)
    outcomes: Counter[str] = Counter()
    with Website() as site, Web() as web, WarcWriter(tmp_path, "run1") as warc:
        for path, body in pages.items():
            site.serve(path, body)
        web.get(site.at("/0"), how)
        site.chaos(7, 0.6, (*CHAOS, *HARMLESS))

        def ask(path: str) -> None:
            try:
                got = web.get(site.at(path), how)
            except FetchError as error:
                outcomes[error.reason] += 1
                outcomes["never again"] += not error.again
                return
            assert got.body.decode() == pages[path]
            file, _, offset = warc.write(got, "gov").partition("#")
            warc.sync()
            assert read_record(tmp_path, file, int(offset)).body.decode() == pages[path]
            outcomes["came"] += 1

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(ask, [path for path in pages for _ in range(8)]))
        bad = [each for each in site.requests if each.fault in {kind for kind, _ in CHAOS}]
        assert len(bad) > 0.3 * len(site.requests)
    assert outcomes["came"] > 200
    assert outcomes["never again"] == 0
    assert len(outcomes) > 4


# TLS


@pytest.mark.parametrize(
    ("kind", "words"),
    [("self_signed", "self-signed"), ("expired", "expired"), ("wrong_name", "mismatch"), ("good", "unable to get")],
)
def test_certificates_are_checked(kind, words):
    with Website(tls=kind) as site:
        site.serve("/a", "secret")
        trusted = ssl.create_default_context(cafile=str(site.ca_file) if kind != "good" else None)
        with Web(tls=trusted) as web:
            error = failure(web, site.at("/a"))
            assert error.reason == "tls"
            assert "certificate that is not trusted" in error.detail
            assert words in error.detail
        assert site.requests == []


def test_a_good_certificate(site):
    with Website(tls="good") as safe:
        safe.serve("/a", "safe")
        with Web(tls=ssl.create_default_context(cafile=str(safe.ca_file))) as web:
            assert web.get(safe.at("/a"), QUICK).body == b"safe"


def test_the_name_is_checked_though_the_address_is_connected_to():
    with Website(tls="good") as site:
        site.serve("/a", "safe")
        trusted = ssl.create_default_context(cafile=str(site.ca_file))
        with Web(tls=trusted, resolver=lambda _host, _port: ["127.0.0.1"]) as web:
            assert web.get(f"https://site.test:{site.port}/a", QUICK).body == b"safe"
            error = failure(web, f"https://other.test:{site.port}/a")
            assert "other.test has a certificate that is not trusted" in error.detail


def test_authorities_of_the_environment(monkeypatch):
    with Website(tls="good") as site:
        site.serve("/a", "safe")
        monkeypatch.setenv("SSL_CERT_FILE", str(site.ca_file))
        with Web() as web:
            assert web.get(site.at("/a"), QUICK).body == b"safe"


def test_https_where_http_is_spoken(site, web):
    error = failure(web, site.at("/a").replace("http:", "https:"))
    assert error.reason == "tls"
    assert "no secure connection" in error.detail


# Secrets


def secretly(site: Website, **changed) -> Manners:
    return manners(secret=Secret(site.url, (("Authorization", TOKEN), ("X-Key", "k"))), **changed)


def test_a_secret_is_sent_to_its_own_site(site, web):
    web.get(site.at("/a"), secretly(site))
    assert all(each.headers["authorization"] == TOKEN for each in site.requests)
    web.get(site.at("/a"), QUICK)
    assert "authorization" not in site.requests[-1].headers


def test_but_not_to_where_that_sends_us(site, web):
    with Website("127.0.0.2") as other, Website("127.0.0.1") as port:
        for there in (other, port):
            there.serve("/b", "there")
            site.redirect("/away", there.at("/b"))
            assert web.get(site.at("/away"), secretly(site)).body == b"there"
            for request in there.requests:
                assert "authorization" not in request.headers
                assert "x-key" not in request.headers
    assert site.requests[-1].headers["authorization"] == TOKEN


def test_nor_in_the_clear_where_it_belongs_to_https(site, web):
    mine = Secret(site.url.replace("http:", "https:"), (("Authorization", TOKEN),))
    web.get(site.at("/a"), manners(secret=mine))
    assert not any("authorization" in each.headers for each in site.requests)


def test_a_secret_is_in_no_error(site, web):
    bare = TOKEN.removeprefix("Bearer ")
    site.redirect("/loop", f"/loop?token={bare}")
    site.redirect("/file", f"file:///{bare}")
    site.fault("/a", "close", times=1)
    for path in ("/a", "/loop", "/file"):
        error = failure(web, site.at(path), secretly(site))
        assert bare not in f"{error} {error!r} {error.args} {error.url} {error.detail} {error.__context__!r}"
    assert bare not in repr(secretly(site))
    site.fault("/a", "status", code=403)
    assert bare not in f"{failure(web, site.at('/a'), secretly(site))} {dict(web.left_alone)}"


def test_a_secret_is_in_no_log(site, web, caplog):
    bare = TOKEN.removeprefix("Bearer ")
    with caplog.at_level(logging.DEBUG):
        web.get(site.at("/a"), secretly(site))
        for kind in ("close", "garbage", "truncated"):
            site.fault("/a", kind, times=1)
            failure(web, site.at("/a"), secretly(site))
        with pytest.raises(SecretError) as error:  # what HTTP complains of, it quotes
            Secret(site.url, (("Authorization", f"{TOKEN}\nX-Evil: 1"),))
    assert bare not in str(error.value)
    assert "receive_response_headers" in caplog.text  # what is under us does log
    assert bare not in caplog.text


@pytest.mark.parametrize("how", ["body", "packed", "header"])
def test_an_answer_that_repeats_a_secret_is_not_kept(site, web, how):
    bare = TOKEN.removeprefix("Bearer ")
    if how == "header":
        site.serve("/echo", "x", headers={"X-You-Sent": bare})
    else:
        site.serve("/echo", f"<p>{bare}</p>", coding="br" if how == "packed" else None)
    error = failure(web, site.at("/echo"), secretly(site))
    assert (error.reason, error.again) == ("secret_echoed", False)
    assert bare not in str(error)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (("Cookie", "lang=th; session=4f1c9e0a77d2"), "4f1c9e0a77d2"),
        (("Authorization", "Basic " + base64.b64encode(b"desk:correct-horse").decode()), "desk:correct-horse"),
        (("Authorization", "Basic " + base64.b64encode(b"desk:correct-horse").decode()), "correct-horse"),
    ],
)
def test_nor_is_one_that_repeats_a_part_of_it(site, web, header, told):
    site.serve("/echo", f"<p>{told}</p>")
    error = failure(
        web,
        site.at("/echo"),
        Manners(contact="desk@example.org", allow_private=True, secret=Secret(site.url, (header,))),
    )
    assert error.reason == "secret_echoed"
    assert told not in str(error)


def test_secrets_come_from_the_environment():
    told = {"DESK": "Authorization: Bearer abc\nX-Key: k\n"}
    secret = secret_from("DESK", "https://News.example:443/feed.xml", told)
    assert secret == Secret("https://news.example", (("Authorization", "Bearer abc"), ("X-Key", "k")))
    assert "abc" not in repr(secret)


@pytest.mark.parametrize("value", [None, "", "  ", "geheim", "X Y: geheim", "X: geheim\ngeheim", "X: geh\x01eim", "X:"])
def test_a_variable_that_holds_no_headers(value):
    told = {} if value is None else {"DESK": value}
    with pytest.raises(SecretError, match="DESK") as error:
        secret_from("DESK", "https://news.example/", told)
    assert "geheim" not in str(error.value)


def test_names_and_passwords_in_addresses_are_refused(site, web):
    with pytest.raises(FetchError) as raised:
        web.get(site.at("/a").replace("http://", "http://desk:geheim@"), QUICK)
    error = raised.value
    assert error.reason == "url"
    assert "geheim" not in f"{error} {error!r}"
    assert "headers_env" in error.detail
    site.redirect("/b", f"http://desk:geheim@{site.authority}/a")
    assert failure(web, site.at("/b")).reason == "url"
