"""Which addresses may be connected to: nothing that a page, a redirect or a name server says leads inside."""

from __future__ import annotations

import ipaddress
import socket
import threading

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from website import Website

from flows.acquire.web.addresses import authority, checked_url, origin, permitted, refusal
from flows.acquire.web.fetch import FetchError, Manners, Web

QUICK = Manners("desk@example.org", delay_seconds=0, retries=0, timeout_seconds=5)
INSIDE = Manners("desk@example.org", delay_seconds=0, retries=0, timeout_seconds=5, allow_private=True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "::1",
        "1::1",  # outside of what IANA has given out
        "4000::1",
        "::ffff:0:127.0.0.1",  # an address for translators
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",  # carriers' own
        "169.254.169.254",  # where clouds keep their keys
        "168.63.129.16",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%1",
        "fec0::1",
        "fc00::1",
        "224.0.0.1",
        "239.255.255.255",
        "ff02::1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "2001:db8::1",
        "100::1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "::7f00:1",
        "2002:7f00:0001::",  # 6to4 of 127.0.0.1
        "2002:a00:1::1",
        "64:ff9b::127.0.0.1",  # NAT64
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2".replace("3fff:fdd2", "80ff:fffe"),  # Teredo of 127.0.0.1
    ],
)
def test_what_is_not_the_public_web_is_refused(address):
    assert refusal(ipaddress.ip_address(address)) is not None


@pytest.mark.parametrize("address", ["8.8.8.8", "203.150.1.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"])
def test_the_public_web_is_not(address):
    assert refusal(ipaddress.ip_address(address)) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.20.0.1", "::1", "fd12::1"])
def test_a_source_may_be_allowed_its_own_network(address):
    assert refusal(ipaddress.ip_address(address), allow_private=True) is None
    assert refusal(ipaddress.ip_address(address)) is not None


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "255.255.255.255", "168.63.129.16", "240.0.0.1"]
)
def test_but_never_to_what_is_no_site_at_all(address):
    assert refusal(ipaddress.ip_address(address), allow_private=True) is not None


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_alike(inner):
    mapped = ipaddress.IPv6Address(b"\0" * 10 + b"\xff\xff" + inner.packed)
    nat64 = ipaddress.IPv6Address(ipaddress.IPv6Address("64:ff9b::").packed[:12] + inner.packed)
    six = ipaddress.IPv6Address(b"\x20\x02" + inner.packed + b"\0" * 10)
    is_refused = refusal(inner) is not None
    assert [refusal(each) is not None for each in (mapped, nat64, six)] == [is_refused] * 3


@given(st.ip_addresses())
def test_what_python_calls_private_is_always_refused(address):
    if not address.is_global or address.is_multicast or address.is_loopback or address.is_link_local:
        assert refusal(address) is not None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "scheme"),
        ("ftp://example.org/a", "scheme"),
        ("gopher://example.org/a", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("data:text/html,x", "scheme"),
        ("/only/a/path", "scheme"),
        ("", "scheme"),
        ("http://", "url"),
        ("http:///path", "url"),
        ("https://user:geheim@example.org/a", "url"),
        ("https://user@example.org/a", "url"),
        ("http://exa mple.org/", "url"),
        ("http://example.org/a\r\nHost: inside", "url"),
        ("http://example.org/\x00", "url"),
        ("http://example.org:99999/", "url"),
        ("http://example.org:x/", "url"),
        ("http://[::1/", "url"),
        ("http://example.org/" + "a" * 5000, "url"),
        ("http://example.org:25/", "address"),
        ("http://example.org:22/", "address"),
    ],
)
def test_what_is_no_address_of_the_web(url, reason):
    with pytest.raises(FetchError) as error:
        checked_url(url)
    assert (error.value.reason, error.value.again) == (reason, False)
    assert "geheim" not in str(error.value)


def test_a_url_as_it_is_asked_for():
    assert str(checked_url("HTTP://Example.ORG:80/a b".replace(" ", "%20"))) == "http://example.org/a%20b"
    assert str(checked_url("https://ข่าว.ไทย/หน้า?ก=ข#ท้าย")).startswith("https://xn--")
    assert "#" not in str(checked_url("https://example.org/a#b"))
    base = httpx2.URL("https://example.org/a/b")
    assert str(checked_url("../c", base=base)) == "https://example.org/c"
    assert str(checked_url("//other.example/c", base=base)) == "https://other.example/c"


def test_hosts_and_origins():
    assert [authority(httpx2.URL(url)) for url in ("http://a.example/", "https://a.example:443/")] == ["a.example"] * 2
    assert authority(httpx2.URL("http://a.example:8080/")) == "a.example:8080"
    assert origin(httpx2.URL("http://[2606:4700::1]:8080/x")) == "http://[2606:4700::1]:8080"
    assert origin(httpx2.URL("https://a.example")) == "https://a.example"


def test_only_the_good_addresses_of_a_name_are_left():
    found = permitted(
        "a.example",
        80,
        url="http://a.example/",
        seconds=5,
        allow_private=False,
        resolver=lambda _host, _port: ["10.0.0.1", "203.150.1.1", "::1", "2606:4700::1"],
    )
    assert found == ["203.150.1.1", "2606:4700::1"]


@pytest.mark.parametrize("spelling", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost"])
def test_no_spelling_of_this_machine_gets_through(spelling):
    with Website() as site, Web() as web:
        site.serve("/a", "inside")
        with pytest.raises(FetchError) as error:
            web.get(f"http://{spelling}:{site.port}/a", QUICK)
        assert error.value.reason == ("url" if spelling.startswith("01") else "address")
        assert not error.value.again
        assert site.connections == 0


def test_a_name_that_leads_inside_is_refused():
    with Website() as site, Web(resolver=lambda _host, _port: ["127.0.0.1"]) as web:
        site.serve("/a", "inside")
        with pytest.raises(FetchError) as error:
            web.get(f"http://news.example:{site.port}/a", QUICK)
        assert "news.example leads to 127.0.0.1" in str(error.value)
        assert site.connections == 0


def test_a_name_that_changes_its_mind_is_asked_once_for_each_connection():
    """DNS rebinding: the name is good when judged and private when asked again; nobody asks again."""
    said: list[str] = []

    def resolver(host, port):
        said.append(host)
        return ["127.0.0.1"] if len(said) == 1 else ["127.0.0.9"]

    with Website("127.0.0.1") as site, Web(resolver=resolver) as web:
        site.serve("/a", "the one that was judged")
        got = web.get(f"http://news.example:{site.port}/a", INSIDE)
        assert got.address == "127.0.0.1"
        assert got.body == b"the one that was judged"
        assert said == ["news.example"]  # robots.txt and the page came over one connection


def test_an_open_connection_inside_is_not_used_by_a_source_that_may_not():
    with Website() as site, Web() as web:
        site.serve("/a", "inside")
        web.get(site.at("/a"), INSIDE)
        with pytest.raises(FetchError) as error:
            web.get(site.at("/a"), QUICK)
        assert "this machine itself" in str(error.value)
        assert site.paths() == ["/a"]


def test_a_redirect_does_not_lead_inside():
    """The first site is allowed by its name, which the redirect's is not."""
    with Website("127.0.0.1") as site:

        def resolver(host, port):
            return ["127.0.0.1"] if host == "news.example" else ["169.254.169.254"]

        with Web(resolver=resolver) as web:
            for to in ("http://metadata.example/latest/", "http://169.254.169.254/latest/meta-data/", "//[fe80::1]/"):
                site.redirect("/a", to)
                with pytest.raises(FetchError) as error:
                    web.get(f"http://news.example:{site.port}/a", INSIDE)
                assert error.value.reason == "address"
                assert "link-local" in str(error.value)


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://127.0.0.1:70/_x", "javascript:1"])
def test_a_redirect_does_not_lead_out_of_the_web(to):
    with Website() as site, Web() as web:
        site.redirect("/a", to)
        with pytest.raises(FetchError) as error:
            web.get(site.at("/a"), INSIDE)
        assert error.value.reason == "scheme"


def test_a_redirect_to_a_port_of_another_service_is_refused():
    """Of a source that may not go inside: the site that redirects is at an address of the web, so not at this one."""
    with pytest.raises(FetchError) as error:
        checked_url("http://example.org:25/", base=httpx2.URL("https://news.example/a"))
    assert error.value.reason == "address"


def test_a_name_server_has_its_time():
    release = threading.Event()

    def resolver(host, port):
        release.wait(10)
        return ["203.150.1.1"]

    with pytest.raises(FetchError) as error:
        permitted("a.example", 80, url="http://a.example/", seconds=0.05, allow_private=False, resolver=resolver)
    release.set()
    assert (error.value.reason, error.value.again) == ("dns", True)


def test_an_unknown_name_is_told():
    def resolver(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with Web(resolver=resolver) as web, pytest.raises(FetchError) as error:
        web.get("http://no-such-name.example/a", QUICK)
    assert "no-such-name.example is not known as a name" in str(error.value)


def test_addresses_of_the_sixth_version():
    try:
        site = Website("::1").__enter__()
    except OSError as error:
        pytest.skip(f"this machine has no IPv6 ({error})")
    with Web() as web:
        site.serve("/a", "six")
        got = web.get(site.at("/a"), INSIDE)
        assert (got.body, got.address) == (b"six", "::1")
        assert site.requests[-1].headers["host"] == site.authority == f"[::1]:{site.port}"
        with pytest.raises(FetchError) as error:
            web.get(f"http://[::ffff:127.0.0.1]:{site.port}/a", QUICK)
        assert error.value.reason == "address"
    site.__exit__()


def test_the_second_address_is_tried_where_the_first_is_dead():
    with Website("127.0.0.1") as site, Web(resolver=lambda _host, _port: ["127.0.0.77", "127.0.0.1"]) as web:
        site.serve("/a", "here")
        assert web.get(f"http://news.example:{site.port}/a", INSIDE).address == "127.0.0.1"
