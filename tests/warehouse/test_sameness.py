"""Which releases say the same, and which only look like it."""

from __future__ import annotations

import random
import shutil
import tempfile
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from checksums import checksums
from hypothesis import given, settings
from hypothesis import strategies as st
from rig import Warehouse
from synthetic import STARTED, Release, corpus

from schemas.values import Comparator, Count, Money, Period, Reason, Role
from warehouse.paths import Paths
from warehouse.sameness import ALIKE, BANDS, BANDS_SHARED, NEIGHBOURS, bands_of, letters_of, relate, runs_of
from warehouse.work import open_work

FOLDER = "file:///releases/"
DAY = date(2024, 3, 15)
PARAGRAPHS = (
    "เทศบาลจัดตลาดนัดริมคลองทุกวันเสาร์ ให้ชาวสวนนำผักและผลไม้มาขายโดยไม่ผ่านคนกลาง",
    "ผู้ว่าราชการจังหวัดกล่าวว่าโครงการนี้ช่วยให้ครอบครัวเล็กมีรายได้เพิ่มและรักษาพันธุ์พืชพื้นบ้าน",
    "สถานีอนามัยตำบลเปิดห้องตรวจตาใหม่ พร้อมพยาบาลอาสาที่เดินเยี่ยมผู้สูงอายุถึงบ้าน",
    "คณะทำงานจะติดตามคุณภาพน้ำในคลองและรายงานให้ชุมชนทราบอย่างต่อเนื่อง",
    "ครูและนักเรียนร่วมกันปลูกต้นไม้รอบหนองน้ำเพื่อลดความร้อนในฤดูแล้ง",
)


def wire(
    name: str,
    amount: str = "1.5",
    *,
    day: date | None = DAY,
    tail: str = "",
    comparator: Comparator = Comparator.EQ,
    phone: str = "1300",
    blank: str = " ",
) -> Release:
    """A release with a line of its own for the day, an amount, a count, a number that is no fact, and its address."""
    release = Release(FOLDER + name, published_on=day)
    if day:
        release.fact(f"{day.day}/{day.month}/{day.year}", Period(day.isoformat(), day, day)).text("\n")
    for paragraph in PARAGRAPHS:
        release.text(paragraph.replace(" ", blank) + "\n")
    release.text("ใช้งบประมาณกว่า " if comparator is Comparator.GT else "ใช้งบประมาณ ").fact(
        f"{amount} ล้านบาท", Money(Decimal(amount) * 1_000_000, None, "THB", comparator)
    )
    release.text(" มี ").fact("20 โครงการ", Count(Decimal(20), None, "โครงการ", "{project}"))
    return release.text(" โทร. ").fact(phone, Reason(Role.IDENTIFIER)).text(f"{tail}\n")


def similarities(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return warehouse.rows("""
        select
            regexp_extract(later.source_uri, '[^/]+$'), regexp_extract(earlier.source_uri, '[^/]+$'), kind,
            facts_added, facts_missing
        from release_similarity
        join dim_release as later using (release_key)
        join dim_release as earlier on earlier.release_key = earlier_key
        order by 1, 2""")


def copies(warehouse: Warehouse) -> dict[str, str]:
    """By name of the copy the name of its original."""
    return dict(
        warehouse.rows("""
            select regexp_extract(copy.source_uri, '[^/]+$'), regexp_extract(original.source_uri, '[^/]+$')
            from dim_release as copy
            join dim_release as original on original.release_key = copy.duplicate_of_key""")
    )


# Pairs


def test_the_same_text_with_other_blanks_is_an_exact_copy(warehouse):
    warehouse.load([wire("a"), wire("b", blank="\u00a0\n ")])
    relate(warehouse.con)
    assert similarities(warehouse) == [("b", "a", "exact", [], [])]
    assert copies(warehouse) == {"b": "a"}


@pytest.mark.parametrize(
    "change",
    [
        {"day": DAY + timedelta(days=3)},  # the day in the head
        {"tail": " ติดตามข่าวของเทศบาลได้ทุกวัน"},
        {"blank": " — "},
    ],
)
def test_a_repost_with_the_same_facts_is_a_copy(warehouse, change):
    warehouse.load([wire("a"), wire("b", **change)])
    relate(warehouse.con)
    assert similarities(warehouse) == [("b", "a", "near", [], [])]
    assert copies(warehouse) == {"b": "a"}


@pytest.mark.parametrize(
    ("change", "added", "missing"),
    [
        ({"amount": "1.6"}, ["1.6 ล้านบาท"], ["1.5 ล้านบาท"]),
        ({"comparator": Comparator.GT}, ["1.5 ล้านบาท"], ["1.5 ล้านบาท"]),
        ({"phone": "1301"}, ["1301"], ["1300"]),
    ],
)
def test_almost_the_same_text_with_another_number_is_no_copy(warehouse, change, added, missing):
    warehouse.load([wire("a"), wire("b", **change)])
    relate(warehouse.con)
    assert similarities(warehouse) == [("b", "a", "corrected", added, missing)]
    assert copies(warehouse) == {}


def test_a_number_in_other_digits_is_the_same_number(warehouse):
    warehouse.load([wire("a", phone="1,300"), wire("b", phone="๑๓๐๐", tail=" ขอบคุณ")])
    relate(warehouse.con)
    assert copies(warehouse) == {"b": "a"}


def test_another_text_is_not_alike(warehouse):
    warehouse.load([wire("a"), *corpus(20)])
    relate(warehouse.con)
    assert similarities(warehouse) == []


def test_short_texts_have_exact_copies_only(warehouse):
    texts = {"a": "ประกาศของเทศบาล", "b": "ประกาศของเทศบาล ", "c": "ประกาศของเทศบาล."}
    warehouse.load([Release(FOLDER + name, title="ข่าว", body=f"{body}\n") for name, body in texts.items()])
    relate(warehouse.con)
    assert similarities(warehouse) == [("b", "a", "exact", [], [])]


def test_a_date_that_context_completes_is_the_same_on_another_day(warehouse):
    def repost(name: str, day: date) -> Release:
        release = wire(name, day=day).text("เปิดตลาด ")
        return release.fact("วันนี้", Period(day.isoformat(), day, day, is_relative=True))

    warehouse.load([repost("a", DAY), repost("b", DAY + timedelta(days=1))])
    relate(warehouse.con)
    assert copies(warehouse) == {"b": "a"}


def test_a_web_address_is_no_fact(warehouse):
    from schemas import keys

    warehouse.con.execute(
        "insert into dim_rule values (?, 'identifier.url', 'identifier', 'a web address')",
        [keys.rule_key("identifier.url")],
    )
    warehouse.load([wire("a"), wire("b", phone="1301")])
    warehouse.con.execute(
        "update fact_numeral set rule_key = ? where role = 'identifier'", [keys.rule_key("identifier.url")]
    )
    relate(warehouse.con)
    assert copies(warehouse) == {"b": "a"}


# Clusters


def test_the_first_published_counts_for_all_whatever_the_order_of_loading(warehouse):
    warehouse.load([wire("c", day=DAY + timedelta(days=2)), wire("b", tail=" ขอบคุณ")])
    assert relate(warehouse.con) == 1
    assert copies(warehouse) == {"c": "b"}
    warehouse.load([wire("z", day=DAY - timedelta(days=9)), wire("x", "9.5")], "r1-0002")
    assert relate(warehouse.con) == 2
    assert copies(warehouse) == {"b": "z", "c": "z"}


def test_what_has_no_day_of_publication_comes_last(warehouse):
    warehouse.load([wire("a", day=None), wire("b")])
    relate(warehouse.con)
    assert copies(warehouse) == {"a": "b"}


def test_a_copy_whose_original_changed_is_none_any_more(warehouse):
    warehouse.load([wire("a"), wire("b", tail=" ขอบคุณ"), wire("c", tail=" สวัสดี")])
    relate(warehouse.con)
    assert copies(warehouse) == {"b": "a", "c": "a"}
    warehouse.load([wire("a", "7.5")], "r2-0001", at=STARTED + timedelta(days=1))
    relate(warehouse.con)
    assert copies(warehouse) == {"c": "b"}
    assert [row[:3] for row in similarities(warehouse)] == [
        ("b", "a", "corrected"), ("c", "a", "corrected"), ("c", "b", "near")
    ]  # fmt: skip


def test_a_flood_of_reposts_is_one_cluster(warehouse):
    count = 3 * NEIGHBOURS
    warehouse.load([wire(f"{number:03}", day=DAY + timedelta(days=number)) for number in range(count)])
    relate(warehouse.con)
    assert copies(warehouse) == {f"{number:03}": "000" for number in range(1, count)}
    assert warehouse.one("select count(*) from release_similarity") <= count * NEIGHBOURS * BANDS


def test_nothing_is_done_where_nothing_came_or_went(warehouse):
    warehouse.load([wire("a"), wire("b", tail=" ขอบคุณ")])
    assert relate(warehouse.con) == 1
    before = checksums(warehouse.con)
    assert relate(warehouse.con) == 0
    assert checksums(warehouse.con) == before


def test_what_an_interrupted_run_left_is_done_by_the_next(warehouse):
    """Signatures, pairs and marks come in one transaction, so that there is no half of them."""
    warehouse.load([wire("a"), wire("b", tail=" ขอบคุณ")])
    warehouse.con.execute("alter table release_similarity rename to out_of_the_way")
    with pytest.raises(Exception, match="release_similarity"):
        relate(warehouse.con)
    warehouse.con.execute("alter table out_of_the_way rename to release_similarity")
    assert warehouse.one("select count(*) from release_signature") == 0
    assert relate(warehouse.con) == 1


VARIANTS = [
    wire("a"),
    wire("b", blank="  "),
    wire("c", tail=" ขอบคุณ"),
    wire("d", "1.6"),
    wire("e", "1.6", day=DAY - timedelta(days=4)),
    wire("f", day=DAY + timedelta(days=1), tail=" สวัสดี"),
    *corpus(3),
]
TABLES = ("dim_release", "release_similarity", "release_signature", "release_word")


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(VARIANTS), cuts=st.sets(st.integers(1, len(VARIANTS) - 1), max_size=3))
def test_order_and_steps_of_loading_do_not_matter(template, at_once, order, cuts):
    ends = [0, *sorted(cuts), len(order)]
    assert loaded(template, [order[start:end] for start, end in pairwise(ends)]) == at_once


@pytest.fixture(scope="module")
def at_once(template) -> dict[str, tuple[int, int]]:
    return loaded(template, [VARIANTS])


def loaded(template: Path, steps: list[list[Release]]) -> dict[str, tuple[int, int]]:
    """What the tables hold after the releases were loaded step by step, into an empty warehouse."""
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths(Path(folder) / "k.duckdb")
        shutil.copyfile(template, paths.snapshot)
        with closing(open_work(paths)) as con:
            warehouse = Warehouse(paths, con)
            for number, releases in enumerate(steps):
                warehouse.load(releases, f"r{number}-0001")
                relate(con)
            assert copies(warehouse) == {"b": "a", "c": "a", "f": "a", "d": "e"}
            return {table: rows for table, rows in checksums(con).items() if table in TABLES}


# Marts


def test_a_fact_counts_once_in_the_marts_and_the_releases_keep_their_copies(warehouse):
    warehouse.load([wire("a"), wire("b", tail=" ขอบคุณ"), wire("c", "1.6")])
    relate(warehouse.con)
    assert warehouse.rows("select amount, copy_count from money order by 1") == [(1_500_000, 1), (1_600_000, 0)]
    for mart in ("dates", "counts"):
        assert warehouse.one(f"select count(distinct source_uri) from {mart}") == 2
    assert warehouse.rows("select regexp_extract(source_uri, '.$'), is_copy, copy_count from releases order by 1") == [
        ("a", False, 1), ("b", True, 0), ("c", False, 0)
    ]  # fmt: skip


def test_on_a_day_of_the_past_the_copy_that_was_known_counts(warehouse):
    warehouse.load([wire("b", day=DAY + timedelta(days=1))])
    warehouse.load([wire("a")], "r2-0001", at=STARTED + timedelta(days=3))
    relate(warehouse.con)
    assert copies(warehouse) == {"b": "a"}
    known = "select regexp_extract(source_uri, '.$') from money_asof(date '{}')"
    assert warehouse.rows(known.format(STARTED.date())) == [("b",)]
    assert warehouse.rows(known.format(STARTED.date() + timedelta(days=3))) == [("a",)]


# Texts


LETTERS = st.characters(exclude_categories=["Nd", "No", "Cs"], exclude_characters="\u0e4dเ")


@settings(max_examples=200, deadline=None)
@given(text=st.text(LETTERS), blanks=st.text("\t\n\r \u00a0\u200b\u2003"))
def test_blanks_between_letters_do_not_matter(text, blanks):
    assert letters_of(blanks.join(text)).tobytes() == letters_of("".join(text.split())).tobytes()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("๑๒ ล้านบาท", "12  ล้านบาท"),
        ("นํ้า กํา", "น้ำ กำ"),
        ("เเม่", "แม่"),
        ("COVID–19 “ก”", "covid-19 ”ก“"),
        ("กรุงเทพ\u200bมหานคร", "กรุงเทพมหานคร"),
    ],
)
def test_forms_of_letters_do_not_matter(one, other):
    assert (letters_of(one) == letters_of(other)).all()


@pytest.mark.parametrize(("one", "other"), [("ป่า", "ปา"), ("12 5", "125"), ("1.5", "15"), ("ก😀", "ก😁")])
def test_letters_marks_and_numbers_do_matter(one, other):
    assert letters_of(one).tobytes() != letters_of(other).tobytes()


def test_signatures_are_those_of_the_warehouses_there_are():
    """If this fails, an update has changed the signatures: a migration has to empty `release_signature`."""
    (bands,) = bands_of([runs_of(letters_of(" ".join(PARAGRAPHS)))])
    assert bands[:3].tolist() == [-1996573343, 1269689988, -1897032147]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), edits=st.integers(0, 40))
def test_texts_that_are_alike_share_bands(seed, edits):
    draw = random.Random(seed)
    letters = [draw.choice("กขคงจฉชซดตถทนบปผพมยรลวสหอ") for _ in range(2000)]
    changed = list(letters)
    for _ in range(edits):
        changed[draw.randrange(len(changed))] = "ฮ"
    one, other = (runs_of(letters_of("".join(text))) for text in (letters, changed))
    shared = len(np.intersect1d(one, other))
    similarity = shared / (len(np.union1d(one, other)))
    left, right = bands_of([one, other])
    assert similarity >= ALIKE
    assert (left == right).sum() >= BANDS_SHARED
