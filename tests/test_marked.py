"""The marked texts that the golden tests rest on: reading marks, and telling right from wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from marked import MarkError, differences, read

from schemas.records import Extraction, Header, LedgerEntry, Mention
from schemas.values import Comparator, Money, Role

MARKED = "ใช้งบกว่า «10-15 ล้านบาท|THB >10000000..15000000 /ปี»ต่อปี"
HEADER = Header("", "th", None, None, None, None, None)


def found(amount: str, start: int = 10, end: int = 24) -> Extraction:
    """What an extractor would give for `MARKED`, with an amount and a span of one's choice."""
    text, _ = read(MARKED)
    value = Money(Decimal(amount), Decimal(15_000_000), "THB", Comparator.GT, "ปี")
    mention = Mention(start, end, text[start:end], "test", value, 0)
    ledger = tuple(LedgerEntry(at, at + 2, text[at : at + 2], Role.MONEY, "test", 0) for at in (10, 13))
    return Extraction(HEADER, (mention,), ledger)


def test_a_mark_is_read_into_place_and_value() -> None:
    text, (mark,) = read(MARKED)
    assert text == "ใช้งบกว่า 10-15 ล้านบาทต่อปี"
    assert (mark.kind, text[mark.start : mark.end]) == ("money", "10-15 ล้านบาท")
    assert mark.value == {
        "value": "10000000",
        "value_max": "15000000",
        "unit": "THB",
        "comparator": "gt",
        "per": "ปี",
    }


def test_a_date_mark_has_its_days() -> None:
    _, (mark,) = read("เริ่ม«เดือนหน้า|rel 2024-02 since ?»")
    assert mark.optional
    assert mark.value["start"] == date(2024, 2, 1).isoformat()
    assert mark.value["end"] == date(2024, 2, 29).isoformat()
    assert (mark.value["modifier"], mark.value["relative"]) == ("since", "yes")


@pytest.mark.parametrize("marked", ["«3 คน|number 3»", "«3 คน»", "«3 คน|count 3 คน", "«2567|2024-13»"])
def test_an_unreadable_mark_is_an_error(marked: str) -> None:
    with pytest.raises(ValueError, match=r"value|mark|month"):
        read(marked)
    assert issubclass(MarkError, ValueError)


def test_what_is_right_has_no_differences() -> None:
    text, expected = read(MARKED)
    assert differences(text, expected, found("10000000.00", 10, 10 + len("10-15 ล้านบาท"))) == []


@pytest.mark.parametrize(("amount", "end"), [("10", 23), ("10000000", 22)])
def test_a_wrong_value_and_a_wrong_span_are_differences(amount: str, end: int) -> None:
    text, expected = read(MARKED)
    (problem,) = differences(text, expected, found(amount, 10, end))
    assert problem.startswith("want money '10-15 ล้านบาท'")


def test_what_is_not_marked_is_extra() -> None:
    text, _ = read(MARKED)
    (problem,) = differences(text, [], found("10000000"))
    assert problem.startswith("extra money")
