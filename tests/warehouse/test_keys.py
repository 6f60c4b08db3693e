from __future__ import annotations

from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import keys
from warehouse.load import RELEASE_KEY_SQL

# UTF-8 can't hold lone surrogates, and decoded texts have none.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(parts=st.lists(TEXT, min_size=1, max_size=4))
def test_keys_are_never_negative_and_fit(parts):
    assert 0 <= keys.key64(*parts) < 2**63
    assert 0 <= keys.key32(*parts) < 2**31


def test_keys_stay_what_they_are_for_ever():
    assert keys.key64("file:///ข่าว_1.txt", "ab", "1") == 5738678648304819561
    assert keys.release_id("releases", "file:///ข่าว_1.txt") == "re019f50ccb54c6ba"
    assert keys.source_key("releases") == 1202535888


def test_parts_are_kept_apart():
    assert keys.key64("ab", "c") != keys.key64("a", "bc")


@given(uri=TEXT.filter(lambda text: "\0" not in text), revision=st.integers(1, 10_000))
def test_sql_makes_the_same_release_key(uri, revision):
    sql = f"select {RELEASE_KEY_SQL} from (select ? as source_uri, ? as content_hash, ? as revision)"
    assert duckdb.execute(sql, [uri, "c0ffee", revision]).fetchone() == (keys.release_key(uri, "c0ffee", revision),)


@pytest.mark.parametrize(("day", "key"), [(date(2023, 8, 14), 20230814), (date(543, 1, 1), 5430101), (None, -1)])
def test_date_key(day, key):
    assert keys.date_key(day) == key
