"""What a text says twice: each kind finds its pairs, judges them, and leaves alone what only looks like one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from adversarial import text as repeated
from consistency_cases import AGREES, CASES, DIFFERS, NEGATIVES, UNKNOWN
from hypothesis import given, settings
from hypothesis import strategies as st
from printing import amount_in_words, dates_in_forms, grouped

from flows.extract.consistency import pairs
from flows.extract.consistency.words import spelled_out
from flows.extract.find import extract
from schemas.records import Pair
from schemas.values import FACT_ROLES, PairKind

PUBLISHED = date(2023, 11, 15)
ALL = [(kind, *case) for kind, cases in CASES.items() for case in cases]
NONE = [(kind, text) for kind, texts in NEGATIVES.items() for text in texts]

ADVERSARIAL = {
    "totals": "5 คน แบ่งเป็น ",
    "parts": "9 คน แบ่งเป็น 2 คน และ 6 คน ",
    "many parts": "100 คน แบ่งเป็น " + "11 คน " * 7 + "และ 2 คน ",
    "names": "5 ประเทศ ได้แก่ ไทย ลาว ",
    "markers": "3 คน ได้แก่ 1) 2) 3) 4) ",
    "dotted markers": "3 คน ได้แก่ 1. 12.12.",
    "labels": "5 ด้าน ได้แก่ ด้านที่ 1 ",
    "long list": "99 คน ได้แก่ " + "".join(f"{number}) " for number in range(1, 99)),
    "conversions": "100 ยูโร หรือ 900 บาท ",
    "open brackets": "100 บาท (",
    "spelled": "100 บาท (สองสองสองสอง",
    "weekdays": "วันพุธที่ 8 พฤศจิกายน 2566 ",
    "date lines": "8 พฤศจิกายน 2566\n",
}


def found(text: str, published_on: date | None = PUBLISHED) -> tuple[Pair, ...]:
    extraction = extract(text, published_on)
    return pairs(text, extraction.mentions, extraction.header)


@pytest.mark.parametrize(("kind", "text", "verdict", "expected", "said"), ALL)
def test_a_pair_is_found_and_judged(
    kind: PairKind, text: str, verdict: str, expected: str | None, said: str | None
) -> None:
    (pair,) = (pair for pair in found(text) if pair.kind is kind)
    told = (pair.expected or "", pair.found or "")
    assert pair.verdict == verdict, (told, pair.reason)
    assert told[0].startswith(expected or "")
    assert told[1].startswith(said or "")
    assert (expected is None, said is None) == (pair.expected is None, pair.found is None)


@pytest.mark.parametrize(("kind", "text"), NONE)
def test_what_only_looks_like_a_pair_is_none(kind: PairKind, text: str) -> None:
    assert [pair for pair in found(text) if pair.kind is kind] == []


@pytest.mark.parametrize("kind", PairKind)
def test_every_kind_is_proven(kind: PairKind) -> None:
    verdicts = {case[1] for case in CASES[kind]}
    assert len([case for case in CASES[kind] if case[1] != UNKNOWN]) >= 8
    assert len(NEGATIVES[kind]) >= 5
    assert {AGREES, DIFFERS} <= verdicts


@pytest.mark.parametrize("text", [text for _, text, *_ in ALL] + [text for _, text in NONE])
def test_a_pair_holds_its_facts_and_says_why_it_is_unknown(text: str) -> None:
    extraction = extract(text, PUBLISHED)
    spans = {(mention.start, mention.end) for mention in extraction.mentions}
    known = pairs(text, extraction.mentions, extraction.header)
    assert list(known) == sorted(known, key=lambda pair: (pair.start, pair.end))
    assert len({(pair.kind, pair.start, pair.end) for pair in known}) == len(known)
    for pair in known:
        assert text[pair.start : pair.end] == pair.surface
        for place in (pair.left, pair.right):
            if place is not None:
                assert (place.start, place.end) in spans
                assert place.role in FACT_ROLES
                assert pair.start <= place.start < place.end <= pair.end
        assert (pair.reason is not None) == (pair.verdict == UNKNOWN)
        assert pair.verdict == UNKNOWN or (pair.expected is not None and pair.found is not None)


def test_a_deviation_is_relative_to_what_is_expected() -> None:
    (pair,) = found("เปิดใหม่ 10 แห่ง แบ่งเป็น ภาคเหนือ 4 แห่ง และภาคใต้ 5 แห่ง")
    assert pair.deviation == pytest.approx(-0.1)
    assert pair.surface == "10 แห่ง แบ่งเป็น ภาคเหนือ 4 แห่ง และภาคใต้ 5 แห่ง"


def test_without_a_day_of_publication_no_rate_is_known() -> None:
    (pair,) = found("ลงทุน 100 ล้านยูโร (ประมาณ 3,800 ล้านบาท)", None)
    assert (pair.verdict, pair.reason) == (UNKNOWN, "the release has no day of publication")


def test_a_pair_of_the_second_paragraph_says_so() -> None:
    (pair,) = found("หัวข้อข่าว\n\nวงเงิน 500 บาท (ห้าร้อยบาทถ้วน)")
    assert pair.paragraph_no == 1


def test_zero_width_marks_and_hard_blanks_do_not_hide_a_pair() -> None:
    (pair,) = found("เปิดใหม่\xa010\xa0แห่ง\u200b\xa0แบ่งเป็น\xa0ภาคเหนือ\xa04\xa0แห่ง\xa0และภาคใต้\xa06\xa0แห่ง")
    assert pair.verdict == AGREES


@pytest.mark.parametrize("words", ["", "สองสาม", "ร้อยพัน", "ห้าห้าล้าน"])
def test_words_that_are_no_number(words: str) -> None:
    assert spelled_out(words) in (None, 0)


@given(st.integers(1, 10**15))
@settings(max_examples=70, deadline=None)
def test_an_amount_agrees_with_its_own_words_and_with_no_others(amount: int) -> None:
    words = amount_in_words(amount)
    assert spelled_out(words) == Decimal(amount)
    (pair,) = found(f"เป็นเงิน {grouped(amount)} บาท ({words}บาทถ้วน)")
    assert (pair.kind, pair.verdict) == (PairKind.WORDS_DIGITS, AGREES)
    (pair,) = found(f"เป็นเงิน {grouped(amount + 1)} บาท ({words}บาทถ้วน)")
    assert pair.verdict == DIFFERS


@given(st.dates(date(1950, 1, 1), date(2056, 12, 31)))
@settings(max_examples=50, deadline=None)
def test_a_day_agrees_with_its_own_weekday(day: date) -> None:
    with_weekday = dates_in_forms(day)[1]
    assert [(pair.kind, pair.verdict) for pair in found(with_weekday)] == [(PairKind.WEEKDAY_DATE, AGREES)]


@given(st.lists(st.integers(2, 10**6), min_size=2, max_size=9))
@settings(max_examples=50, deadline=None)
def test_parts_add_up_to_their_sum(parts: list[int]) -> None:
    listed = " ".join(f"กลุ่ม {grouped(part)} คน" for part in parts)
    (pair,) = found(f"รวม {grouped(sum(parts))} คน แบ่งเป็น {listed}")
    assert (pair.kind, pair.verdict) == (PairKind.TOTAL_PARTS, AGREES)


FRAGMENTS = st.sampled_from(
    [*(case[1] for case in ALL), "(", ")", " และ", " แบ่งเป็น ", " ได้แก่ ", "1) ", "2. ", "5 แห่ง ", "9 บาท", "วันพุธ", "\n", "1e9", "๑"]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=8).map("".join))
@settings(max_examples=70, deadline=None)
def test_any_mixture_is_read(text: str) -> None:
    for pair in found(text):
        assert text[pair.start : pair.end] == pair.surface


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_a_repeated_unit_is_read_to_its_end(name: str) -> None:
    body = repeated(ADVERSARIAL[name], 20_000)
    assert all(body[pair.start : pair.end] == pair.surface for pair in found(body))
