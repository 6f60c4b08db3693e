"""Dates of metadata and of the lines beside headlines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.acquire.page_dates import BANGKOK, day_in, day_of, zone_of

DAY = date(2024, 3, 5)
WRITTEN = [
    "2024-03-05",
    "2567-03-05",
    "2567-03-05 10:30:00",
    "๒๕๖๗-๐๓-๐๕",
    "2024/3/5",
    "20240305",
    "20240305T103000",
    "2024-03-05T00:00:00+07:00",
    "2024-03-05T23:59:59+0700",
    "2024-03-04T17:00:00Z",
    "2024-03-04T17:00:00.123Z",
    "2024-03-04 17:00:00 UTC",
    "2567-03-04T18:30:00+00:00",
    "Tue, 05 Mar 2024 14:05:00 +0700",
    "Mon, 04 Mar 2024 18:00:00 GMT",
    "Tue, 05 Mar 2567 14:05:00 +0700",
    "5 Mar 24",
    "March 5, 2024",
    "Mar 5th, 2024",
    "05/03/2567",
    "5-3-2024",
    "05.03.2567",
    "03/25/2024",
    "05/03/67",
    "5 มีนาคม 2567",
    "๕ มีนาคม พ.ศ. ๒๕๖๗",
    "5 มี.ค. 67",
    "วันอังคารที่ 5 เดือนมีนาคม พ.ศ.2567 เวลา 10.30 น.",
    "เผยแพร่เมื่อ 5 มี.ค. 2567 10:30",
    "อังคาร 5/3/2567",
]


@pytest.mark.parametrize("value", WRITTEN)
def test_a_date_as_pages_write_it(value: str):
    assert day_of(value) == (date(2024, 3, 25) if "25" in value[:6] and "/" in value[:3] else DAY)


@pytest.mark.parametrize(
    "value",
    ["", "เมื่อวานนี้", "1970-01-01", "0000-00-00", "2024-02-30", "31 กันยายน 2567", "2024-13-45", "มีนาคม 2567", "12:30", "9999-01-01", "1/2", "9" * 500, "2024-03-05T10:00:00+99:99"],
)  # fmt: skip
def test_what_is_no_date_or_a_default_is_none(value: str):
    assert day_of(value) is None


def test_an_instant_is_the_day_that_it_was_at_the_publisher_s():
    assert day_of("2024-03-04T18:00:00Z") == DAY
    assert day_of("2024-03-04T18:00:00Z", zone_of("Europe/Berlin")) == date(2024, 3, 4)
    assert zone_of(None) is zone_of("No/Where") is zone_of("../../etc/passwd") is BANGKOK


@given(st.integers(0, 6_000_000_000), st.integers(-12, 14))
def test_any_instant_in_iso_and_rfc_822(seconds: int, hours: int):
    moment = datetime(1991, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    aware = moment.astimezone(timezone(timedelta(hours=hours)))
    expected = aware.astimezone(BANGKOK).date()
    assert day_of(aware.isoformat()) == expected
    assert day_of(aware.strftime("%a, %d %b %Y %H:%M:%S %z")) == expected
    assert day_of(aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")) == expected


@given(st.dates(date(1991, 1, 1), date(2156, 12, 31)))
def test_any_day_in_the_buddhist_era(day: date):
    assert day_of(f"{day.year + 543}-{day:%m-%d}") == day
    assert day_of(f"{day:%d/%m}/{day.year + 543}") == day


@given(st.text(max_size=160))
def test_any_text_is_read_without_an_error(text: str):
    day_of(text)
    if found := day_in(text):
        day, start, end = found
        assert isinstance(day, date)
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("วันที่ 5 มีนาคม 2567 เวลา 10.30 น.", "5 มีนาคม 2567"),
        ("โพสต์ 05/03/2567 | อ่าน 12 ครั้ง", "05/03/2567"),
        ("Posted on March 5, 2024 by admin", "March 5, 2024"),
        ("๕ มี.ค. ๖๗ - ๑๐:๓๐ น.", "๕ มี.ค. ๖๗"),
    ],
)
def test_the_place_of_a_date_in_a_line(line: str, place: str):
    found = day_in(line)
    assert found is not None
    assert found[0] == DAY
    assert line[found[1] : found[2]] == place
