"""Turns at a host, back-off, Retry-After, and hosts that are left alone. Time is a parameter, HTTP is real."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from website import Page, Request, Website

from flows.acquire.web.fetch import FetchError, Manners, Web
from flows.acquire.web.politeness import MAX_BACKOFF, Turns, backoff, retry_after

NOON = datetime(2024, 6, 5, 12, tzinfo=UTC)
QUICK = Manners("desk@example.org", delay_seconds=0, backoff_seconds=0.001, timeout_seconds=5, allow_private=True)


class Hours:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def hours():
    return Hours()


@pytest.fixture
def site():
    with Website() as made:
        for number in range(10):
            made.serve(f"/{number}", f"<p>ข่าว {number}</p>")
        yield made


def turns(hours: Hours) -> Turns:
    return Turns(clock=hours.clock, sleep=hours.sleep, chance=random.Random(1))


def test_requests_to_a_host_keep_their_distance(hours):
    taking = turns(hours)
    begun = []
    for _ in range(4):
        with taking.turn("a", delay=2.5, at_once=1, url="u"):
            begun.append(hours.now)
            hours.now += 0.5  # the request itself
    assert begun == [1000.0, 1002.5, 1005.0, 1007.5]


def test_other_hosts_do_not_wait(hours):
    taking = turns(hours)
    for host in "abc":
        with taking.turn(host, delay=60, at_once=1, url="u"):
            pass
    assert hours.slept == []


def test_of_two_sources_at_one_host_the_more_careful_one_holds(hours):
    taking = turns(hours)
    for delay in (1.0, 5.0, 1.0):
        with taking.turn("a", delay=delay, at_once=1, url="u"):
            pass
    assert hours.slept == [1.0, 5.0]


@given(st.integers(0, 50), st.floats(0.001, 100), st.integers())
def test_back_off_grows_with_chance_and_has_a_bound(attempt, base, seed):
    longest = min(MAX_BACKOFF, base * 2.0**attempt)
    assert longest / 2 <= backoff(attempt, base, random.Random(seed)) <= longest


def test_clients_that_failed_together_come_back_apart():
    assert len({backoff(2, 1.0, random.Random(seed)) for seed in range(50)}) == 50


def test_a_failure_holds_the_host_for_all(hours):
    taking = turns(hours)
    taking.back_off("a", 3, 1.0)
    with taking.turn("a", delay=0, at_once=1, url="u"):
        assert 1004.0 <= hours.now <= 1008.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 5 ", 5),
        ("Wed, 05 Jun 2024 12:01:00 GMT", 60),
        ("Wednesday, 05-Jun-24 12:01:00 GMT", 60),
        ("Wed, 05 Jun 2024 11:00:00 GMT", -3600),
        ("", None),
        (None, None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("๕", None),
        ("Wed, 99 Jun 2024 12:01:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),  # later than there is
        ("Fri, 31 Dec 99999999999 23:59:59 GMT", None),
    ],
)
def test_retry_after_in_both_forms(header, seconds):
    told = retry_after(header, NOON)
    assert told == (None if seconds is None else NOON + timedelta(seconds=seconds))


@given(st.text(max_size=40))
def test_retry_after_may_say_anything(header):
    told = retry_after(header, NOON)
    assert told is None or told.tzinfo is UTC


def test_more_years_than_there_are(hours):
    assert retry_after("9" * 30, NOON) is not None


def ask_all(web: Web, site: Website, manners: Manners, count: int) -> Counter[str]:
    """Ask for pages at once; how often which body came, or which reason."""
    outcomes: Counter[str] = Counter()

    def ask(number: int) -> None:
        try:
            outcomes[web.get(site.at(f"/{number}"), manners).body.decode()] += 1
        except FetchError as error:
            outcomes[error.reason] += 1

    with ThreadPoolExecutor(count) as threads:
        list(threads.map(ask, range(count)))
    return outcomes


def test_real_requests_of_threads_keep_their_distance(site):
    started = time.monotonic()
    manners = Manners("desk@example.org", delay_seconds=0.05, per_host=4, allow_private=True)
    with Web() as web:
        ask_all(web, site, manners, 6)
    assert len(site.requests) == 7  # with robots.txt
    assert time.monotonic() - started >= 6 * 0.05  # never less, however slow this machine is


@pytest.mark.parametrize("at_once", [1, 3])
def test_no_more_than_allowed_are_under_way(site, at_once):
    """The site answers only when as many requests as allowed are there; it counts them, too."""
    together = threading.Barrier(at_once)

    def answer(_request: Request) -> Page:
        together.wait(20)
        return Page(b"x")

    for number in range(9):
        site.serve_with(f"/{number}", answer)
    manners = Manners("desk@example.org", delay_seconds=0, per_host=at_once, allow_private=True)
    with Web() as web:
        assert ask_all(web, site, manners, 9) == {"x": 9}
    assert site.busiest == at_once


def asked(site: Website, path: str) -> int:
    return site.paths().count(path)


@pytest.mark.parametrize("code", [408, 425, 500, 502, 503, 504])
def test_trouble_that_passes_is_retried(site, hours, code):
    site.fault("/1", "status", times=2, code=code)
    with Web(clock=hours.clock, sleep=hours.sleep) as web:
        assert web.get(site.at("/1"), QUICK).status == 200
    assert asked(site, "/1") == 3
    assert len(hours.slept) == 2


def test_back_off_is_waited_between_retries(site, hours):
    site.fault("/1", "status", code=500)
    manners = Manners("desk@example.org", delay_seconds=0, retries=3, backoff_seconds=4, allow_private=True)
    with Web(clock=hours.clock, sleep=hours.sleep) as web, pytest.raises(FetchError) as error:
        web.get(site.at("/1"), manners)
    assert (error.value.reason, error.value.status, error.value.again) == ("status_500", 500, True)
    assert [2 <= hours.slept[0] <= 4, 4 <= hours.slept[1] <= 8, 8 <= hours.slept[2] <= 16] == [True] * 3
    assert len(set(hours.slept)) == 3


@pytest.mark.parametrize("code", [400, 404, 410, 451])
def test_what_does_not_pass_is_not_retried(site, hours, code):
    site.fault("/1", "status", code=code)
    with Web(clock=hours.clock, sleep=hours.sleep) as web:
        with pytest.raises(FetchError) as error:
            web.get(site.at("/1"), QUICK)
        assert error.value.reason == f"status_{code}"
        assert error.value.again == (code == 404)
        assert web.get(site.at("/2"), QUICK).status == 200
        assert not web.left_alone
    assert asked(site, "/1") == 1


@pytest.mark.parametrize("code", [429, 503])
def test_a_short_retry_after_is_waited_for(site, hours, code):
    site.fault("/1", "status", times=1, code=code, retry_after=30)
    with Web(clock=hours.clock, sleep=hours.sleep) as web:
        assert web.get(site.at("/1"), QUICK).status == 200
        assert not web.left_alone
    assert sum(hours.slept) == 30


def test_so_is_one_that_names_a_date(site, hours):
    site.fault("/1", "status", times=1, code=429, retry_after=datetime.now(UTC) + timedelta(seconds=40))
    with Web(clock=hours.clock, sleep=hours.sleep) as web:
        assert web.get(site.at("/1"), QUICK).status == 200
    assert 0 < sum(hours.slept) <= 40


@pytest.mark.parametrize("is_date", [True, False])
@pytest.mark.parametrize("code", [429, 503])
def test_a_long_one_means_that_the_host_is_left_alone(site, hours, is_date, code):
    before = datetime.now(UTC) + timedelta(seconds=3599)
    site.fault("/1", "status", code=code, retry_after=before + timedelta(seconds=1) if is_date else 3600)
    with Web(clock=hours.clock, sleep=hours.sleep) as web:
        with pytest.raises(FetchError) as error:
            web.get(site.at("/1"), QUICK)
        until = error.value.retry_after
        assert before <= until <= datetime.now(UTC) + timedelta(seconds=3600)
        with pytest.raises(FetchError) as later:
            web.get(site.at("/2"), QUICK)
        assert (later.value.reason, later.value.again) == ("left_alone", True)
        assert later.value.retry_after == until
        assert "asked again" in web.left_alone[site.authority]
    assert asked(site, "/1") == 1
    assert asked(site, "/2") == 0
    assert hours.slept == []


def test_429_without_end_is_given_up(site, hours):
    site.fault("/1", "status", code=429)
    with Web(clock=hours.clock, sleep=hours.sleep) as web:
        with pytest.raises(FetchError) as error:
            web.get(site.at("/1"), QUICK)
        assert error.value.reason == "status_429"
        assert "it answers 429" in web.left_alone[site.authority]
    assert asked(site, "/1") == 1 + QUICK.retries


@pytest.mark.parametrize("code", [401, 403, 407])
def test_a_site_that_does_not_want_us_is_left_alone_at_once(site, code):
    site.fault("/1", "status", code=code)
    with Website("127.0.0.2") as other, Web() as web:
        other.serve("/a", "another host is another matter")
        with pytest.raises(FetchError) as error:
            web.get(site.at("/1"), QUICK)
        assert error.value.reason == f"status_{code}"
        for path in ("/2", "/3"):
            with pytest.raises(FetchError) as later:
                web.get(site.at(path), QUICK)
            assert later.value.reason == "left_alone"
        assert list(web.left_alone) == [site.authority]
        assert f"it answers {code}" in web.left_alone[site.authority]
        assert web.get(other.at("/a"), QUICK).status == 200
    assert site.paths() == ["/1"]


def test_a_host_that_fails_again_and_again_is_left_alone(site):
    manners = Manners("desk@example.org", delay_seconds=0, retries=0, max_failures=3, allow_private=True)
    with Web() as web:
        web.get(site.at("/0"), manners)
        site.fault("/[1-5]", "close")
        for path in ("/1", "/2"):
            with pytest.raises(FetchError):
                web.get(site.at(path), manners)
        web.get(site.at("/6"), manners)  # in between it works, and counting begins anew
        for path in ("/1", "/2", "/3"):
            with pytest.raises(FetchError) as error:
                web.get(site.at(path), manners)
            assert error.value.reason == "connection"
        with pytest.raises(FetchError) as error:
            web.get(site.at("/6"), manners)
        assert error.value.reason == "left_alone"
        assert "it failed 3 times in a row" in web.left_alone[site.authority]


def test_threads_that_wait_learn_that_the_host_is_left_alone(site):
    site.fault("/*", "status", code=403)
    with Web() as web:
        assert ask_all(web, site, QUICK, 8) == {"status_403": 1, "left_alone": 7}
    assert len(site.paths()) == 1


def test_closing_ends_waiting(site):
    slow = Manners("desk@example.org", delay_seconds=500, allow_private=True)
    web = Web()
    for manners in (QUICK, slow):  # the second one's successor has to wait
        web.get(site.at("/0"), manners)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(web.get, site.at("/1"), slow)
        web.close()
        with pytest.raises(FetchError) as error:
            waiting.result()
    assert error.value.reason == "stopped"
    assert "/1" not in site.paths()
