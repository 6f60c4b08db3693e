"""What must hold for every text: spans, ledger, fold, and the way back from a printed value."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printing import amount_in_words, dates_in_forms, grouped

from flows.extract.find import extract
from flows.extract.fold import fold
from schemas.values import Money, Period, Role

NUMERAL = re.compile(r"[0-9๐-๙]+(?:[.,:/][0-9๐-๙]+)*")
FRAGMENTS = st.sampled_from(
    ["วันที่ ", "๑๒", "12", " มีนาคม ", "2566", "ปี", "พ.ศ.", "ร้อยละ", "1,000", ".5", " ล้านบาท", "กว่า", "-", "–", "ถึง", "/", ":", "(", ")", "น.",
     "โครงการ", "ไร่", "สามฝ่าย", "ไตรมาส", "COVID-19", "\u200b", "\xa0", "\n", "ํา", "เเ", " ", "โทร. ", "http://x.th/1", "#", "@", "มาตรา ", "ที่", "ละ",
     "สองแสน", "ล้าน", "ครึ่ง", "ภายใน", "USD", "US$", "%", "5G", "1.", "2)", "January ", "million", "q", "ก"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=120), st.lists(FRAGMENTS, max_size=30).map("".join))
DAYS = st.dates(date(1950, 1, 1), date(2056, 12, 31))
PUBLISHED = date(2024, 2, 15)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_spans_are_exact_ordered_and_apart(text: str) -> None:
    mentions = extract(text).mentions
    assert all(text[m.start : m.end] == m.surface and m.start < m.end for m in mentions)
    assert all(a.end <= b.start for a, b in zip(mentions, mentions[1:], strict=False))


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_the_ledger_holds_every_digit_exactly_once(text: str) -> None:
    ledger = extract(text).ledger
    covered = [i for entry in ledger for i in range(entry.start, entry.end) if text[i] in "0123456789๐๑๒๓๔๕๖๗๘๙"]
    assert covered == [i for i, char in enumerate(text) if char in "0123456789๐๑๒๓๔๕๖๗๘๙"]
    assert all(text[entry.start : entry.end] == entry.surface for entry in ledger)
    assert all((entry.rule is None) == (entry.role is Role.UNEXPLAINED) for entry in ledger)


@given(TEXTS)
@settings(max_examples=250, deadline=None)
def test_a_numeral_in_a_fact_has_the_role_of_that_fact(text: str) -> None:
    extraction = extract(text)
    for entry in extraction.ledger:
        owners = {m.rule for m in extraction.mentions if m.start < entry.end and entry.start < m.end}
        assert (entry.rule in owners) if owners else entry.rule is None


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
@settings(max_examples=300, deadline=None)
def test_fold_maps_every_offset_back(text: str) -> None:
    folded = fold(text)
    origins = [folded.origin(i) for i in range(len(folded.text))]
    assert origins == sorted(set(origins))
    assert all(0 <= o < len(text) for o in origins)
    for i, char in enumerate(folded.text):
        if char.isalpha() and char not in "แำ":
            assert text[origins[i]] == char


@given(DAYS)
@settings(max_examples=300, deadline=None)
def test_any_date_in_any_form_is_read_back(day: date) -> None:
    for form in dates_in_forms(day):
        periods = [m.value for m in extract(f"ลงนามเมื่อ{form} ที่กรุงเทพฯ", PUBLISHED).mentions]
        assert [(p.start, p.end) for p in periods if isinstance(p, Period)] == [(day, day)], form


@given(DAYS, st.integers(1, 400))
@settings(max_examples=200, deadline=None)
def test_any_range_of_days_is_read_back(first: date, length: int) -> None:
    last = date.fromordinal(first.toordinal() + length)
    for left, right in zip(dates_in_forms(first), dates_in_forms(last), strict=False):
        text = f"จัดขึ้นระหว่าง{left} ถึง{right} ณ จังหวัดเลย"
        periods = [m.value for m in extract(text, PUBLISHED).mentions if isinstance(m.value, Period)]
        if "/" in left:
            continue  # a range of dates in digits is two dates
        assert [(p.start, p.end) for p in periods] == [(first, last)], text


@given(st.integers(1, 10**13))
@settings(max_examples=300, deadline=None)
def test_any_amount_in_digits_or_words_is_read_back(amount: int) -> None:
    for text in (f"มูลค่า {grouped(amount)} บาท", f"มูลค่า {amount} บาท", f"มูลค่า{amount_in_words(amount)}บาท"):
        values = [m.value for m in extract(text, PUBLISHED).mentions if isinstance(m.value, Money)]
        if amount == 1 and "หนึ่ง" in text:
            continue  # หนึ่งบาท may be an article
        assert [(v.amount, v.currency) for v in values] == [(Decimal(amount), "THB")], text


@pytest.mark.parametrize("unit", ["ล้าน", "พันล้าน", "หมื่นล้าน", "แสนล้าน", "ล้านล้าน"])
@given(st.decimals(min_value=Decimal("0.1"), max_value=Decimal(999), places=1))
@settings(max_examples=60, deadline=None)
def test_any_scaled_amount_is_read_back(unit: str, number: Decimal) -> None:
    factor = {"ล้าน": 6, "พันล้าน": 9, "หมื่นล้าน": 10, "แสนล้าน": 11, "ล้านล้าน": 12}[unit]
    values = [m.value for m in extract(f"วงเงิน {number} {unit}หยวน", PUBLISHED).mentions]
    assert values == [Money(number * 10**factor, None, "CNY")]
