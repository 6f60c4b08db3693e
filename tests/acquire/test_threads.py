from __future__ import annotations

import threading

import pytest

from flows.acquire.threads import several


def test_all_results_of_all_jobs_come(tmp_path):
    jobs = [lambda n=n: iter(range(n)) for n in range(40)]
    for threads in (1, 3, 64):
        assert sorted(several(jobs, threads)) == sorted(each for n in range(40) for each in range(n))
    assert list(several([], 2)) == []


def test_more_results_than_may_wait():
    assert len(list(several([lambda: iter(range(5_000))] * 3, 2))) == 15_000


def test_what_a_job_raises_is_raised():
    def fails():
        yield 1
        raise KeyError("of the job")

    with pytest.raises(KeyError, match="of the job"):
        list(several([fails], 2))


def test_threads_end_when_nobody_wants_their_results():
    ended = threading.Event()

    def endless():
        try:
            while True:
                yield 1
        finally:
            ended.set()

    results = several([endless], 1)
    assert next(results) == 1
    results.close()
    assert ended.wait(10)


def test_no_more_at_once_than_wanted():
    lock, under_way, most = threading.Lock(), [0], [0]

    def job():
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        yield from range(100)
        with lock:
            under_way[0] -= 1

    assert len(list(several([job] * 20, 4))) == 2_000
    assert 1 <= most[0] <= 4
