"""robots.txt is obeyed as RFC 9309 has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from website import Website

from flows.acquire.web.fetch import FetchError, Manners, Web
from flows.acquire.web.robots import MAX_BYTES, rules

QUICK = Manners(
    "desk@example.org", delay_seconds=0, retries=1, backoff_seconds=0.001, timeout_seconds=5, allow_private=True
)


@pytest.fixture
def site():
    with Website() as made:
        for path in ("/a", "/b", "/inside/a"):
            made.serve(path, f"<p>{path}</p>")
        yield made


@pytest.fixture
def web():
    with Web() as made:
        yield made


def refused(web: Web, url: str) -> FetchError:
    with pytest.raises(FetchError) as error:
        web.get(url, QUICK)
    assert error.value.reason == "robots"
    return error.value


def test_what_is_disallowed_is_not_asked_for(site, web):
    site.robots("User-agent: *\nDisallow: /inside/\n")
    assert web.get(site.at("/a"), QUICK).status == 200
    error = refused(web, site.at("/inside/a"))
    assert "robots.txt of 127.0.0.1 does not allow it" in str(error)
    assert site.paths() == ["/a"]


def test_robots_txt_is_asked_for_once_in_a_run(site, web):
    site.robots("User-agent: *\nDisallow:\n")
    for path in ("/a", "/b", "/a"):
        web.get(site.at(path), QUICK)
    assert [each.path for each in site.requests].count("/robots.txt") == 1


def test_rules_for_us_come_before_those_for_all(site, web):
    site.robots("User-agent: *\nDisallow: /\n\nUser-agent: Klangkhao\nDisallow: /b\n")
    assert web.get(site.at("/a"), QUICK).status == 200
    refused(web, site.at("/b"))


def test_a_rule_for_another_robot_with_our_name_in_its_own_is_not_ours():
    made = rules(200, b"User-agent: notklangkhao\nDisallow: /\n", "klangkhao")
    assert made.allows("http://a.example/x")


def test_the_longest_match_decides():
    made = rules(200, "User-agent: *\nDisallow: /ข่าว\nAllow: /ข่าว/เปิด\nDisallow: /*.pdf$\n".encode(), "klangkhao")
    assert not made.allows("http://a.example/ข่าว/1")
    assert made.allows("http://a.example/ข่าว/เปิด/1")
    assert made.allows("http://a.example/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7/%E0%B9%80%E0%B8%9B%E0%B8%B4%E0%B8%94/1")
    assert not made.allows("http://a.example/x/y.pdf")
    assert made.allows("http://a.example/x/y.pdf?a=1")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_without_robots_txt_all_is_allowed(site, web, status):
    site.robots("User-agent: *\nDisallow: /\n", status=status)
    assert web.get(site.at("/a"), QUICK).status == 200
    assert not web.left_alone


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_site_in_trouble_is_not_fetched_from_for_now(site, web, status):
    site.fault("/robots.txt", "status", code=status)
    error = refused(web, site.at("/a"))
    assert error.again
    assert str(status) in str(error)
    refused(web, site.at("/b"))
    assert site.paths() == []


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("garbage", {}),
        ("truncated", {}),
        ("broken_coding", {}),
        ("redirect_loop", {}),
        ("redirect", {"to": "file:///etc/passwd"}),
        ("redirect", {"to": "http://169.254.169.254/"}),
    ],
)
def test_nor_one_whose_robots_txt_can_not_be_read(site, web, kind, options):
    site.robots("User-agent: *\nDisallow:\n")
    site.fault("/robots.txt", kind, **options)
    assert refused(web, site.at("/a")).again
    assert site.paths() == []


@pytest.mark.parametrize("kind", ["reset", "close"])
def test_a_site_that_can_not_be_reached_is_told_as_such(site, web, kind):
    site.fault("/robots.txt", kind)
    with pytest.raises(FetchError) as error:
        web.get(site.at("/a"), QUICK)
    assert (error.value.reason, error.value.again, error.value.url) == ("connection", True, site.at("/a"))
    assert site.paths() == []


def test_trouble_that_passes_is_waited_for(site, web):
    site.robots("User-agent: *\nDisallow: /b\n")
    site.fault("/robots.txt", "status", times=1, code=503)
    assert web.get(site.at("/a"), QUICK).status == 200
    refused(web, site.at("/b"))


def test_robots_txt_that_lies_elsewhere(site, web):
    with Website("127.0.0.2") as other:
        other.serve("/rules.txt", "User-agent: *\nDisallow: /b\n", content_type="text/plain")
        site.redirect("/robots.txt", other.at("/rules.txt"), status=302)
        assert web.get(site.at("/a"), QUICK).status == 200
        refused(web, site.at("/b"))


def test_a_redirect_is_under_the_rules_of_its_own_site(site, web):
    with Website("127.0.0.2") as other:
        other.robots("User-agent: *\nDisallow: /\n")
        other.serve("/c", "not for robots")
        site.redirect("/moved", other.at("/c"))
        refused(web, site.at("/moved"))
        assert other.paths() == []


def test_only_the_beginning_of_an_endless_robots_txt_is_read(site, web):
    text = b"User-agent: *\nDisallow: /b\n" + b"# x" * MAX_BYTES + b"\nDisallow: /a\n"
    site.serve("/robots.txt", text, content_type="text/plain")
    assert web.get(site.at("/a"), QUICK).status == 200
    refused(web, site.at("/b"))


def test_a_page_in_place_of_robots_txt_forbids_nothing(site, web):
    site.serve("/robots.txt", "<html><body>ไม่พบหน้า: Disallow nothing</body></html>")
    assert web.get(site.at("/a"), QUICK).status == 200


def test_crawl_delay_is_kept(site):
    waits: list[float] = []
    now = [0.0]

    def sleep(seconds):
        waits.append(seconds)
        now[0] += seconds

    site.robots("User-agent: *\nCrawl-delay: 7\n")
    with Web(clock=lambda: now[0], sleep=sleep) as web:
        for path in ("/a", "/b"):
            web.get(site.at(path), QUICK)
    assert waits == [7.0, 7.0]


def test_crawl_delay_has_a_bound(site):
    now = [0.0]

    def sleep(seconds):
        now[0] += seconds

    site.robots("User-agent: *\nCrawl-delay: 86400\n")
    with Web(clock=lambda: now[0], sleep=sleep) as web:
        web.get(site.at("/a"), QUICK)
    assert now[0] == 60.0


@given(st.binary(max_size=2000))
def test_any_bytes_are_read(body):
    made = rules(200, body, "klangkhao")
    assert made.allows("http://a.example/x") in {True, False}
    assert made.crawl_delay >= 0


def test_hostile_patterns_take_no_time():
    """A pattern of many stars must not be tried in all ways: a backtracking matcher would not end in years."""
    text = "User-agent: *\n" + "".join(f"Disallow: /{'*a' * 60}{n}$\n" for n in range(200))
    made = rules(200, text.encode(), "klangkhao")
    assert made.allows("http://a.example/" + "a" * 3000)
