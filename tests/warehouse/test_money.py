"""Amounts in baht and dollars: by which date, at which rate, and why not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from synthetic import Release

import seeds
from schemas.values import Count, Modifier, Money, Period

A, B = "file:///releases/a.txt", "file:///releases/b.txt"
PUBLISHED = date(2023, 8, 14)
WHEN = "rate_date_basis, rate_month, rate_year, rate_method, conversion_gap"


def month(year: int, number: int, **more: object) -> Period:
    last = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(number, 31)
    return Period(f"{year}-{number:02}", date(year, number, 1), date(year, number, last), **more)


def year(number: int, **more: object) -> Period:
    return Period(f"{number}", date(number, 1, 1), date(number, 12, 31), **more)


def day(text: str, **more: object) -> Period:
    return Period(text, date.fromisoformat(text), date.fromisoformat(text), **more)


def said(*parts: str | Period, published_on: date | None = PUBLISHED, currency: str = "CNY", uri: str = A) -> Release:
    """A release whose parts are text, dates, and `$` for 1,000 of the currency; the title is a paragraph of its own."""
    release = Release(uri, published_on=published_on)
    for number, part in enumerate(parts):
        if isinstance(part, Period):
            release.fact(f"วันที่ {number}", part)
        elif part == "$":
            release.fact("1000 หน่วย", Money(Decimal(1000), None, currency))
        else:
            release.text(part)
    return release


def monthly(currency: str, text: str) -> Decimal:
    return next(
        Decimal(row["thb_per_unit"])
        for row in seeds.rows("exchange_rates_monthly")
        if (row["currency_code"], row["month"]) == (currency, text)
    )


@pytest.mark.parametrize(
    ("parts", "when"),
    [
        # The month of the fact's own date, not of publication.
        (("ลงนามเมื่อ ", month(2022, 3), " มูลค่า ", "$"), ("fact_date", date(2022, 3, 1), None)),
        (("มูลค่า ", "$", " เมื่อ ", day("2022-03-31")), ("fact_date", date(2022, 3, 1), None)),
        (("มูลค่า ", "$"), ("publication", date(2023, 8, 1), None)),
        # The nearest date; of two as near, the one before.
        ((day("2021-01-05"), " ข้อความที่ยาว ", "$", " ", day("2022-02-05")), ("fact_date", date(2022, 2, 1), None)),
        ((day("2021-01-05"), " ", "$", " ", day("2022-02-05")), ("fact_date", date(2021, 1, 1), None)),
        # Another paragraph's date is not its own.
        ((day("2022-03-31"), "\nมูลค่า ", "$"), ("publication", date(2023, 8, 1), None)),
        (("มูลค่า ", "$", "\n", day("2022-03-31")), ("publication", date(2023, 8, 1), None)),
        # A date without a year, a span of months, a deadline and a beginning date no amount.
        ((Period("XXXX-07-02", None, None), " ", "$"), ("publication", date(2023, 8, 1), None)),
        ((Period("2022-34", date(2022, 4, 1), date(2022, 6, 30)), " ", "$"), ("publication", date(2023, 8, 1), None)),
        ((day("2022-12-31", modifier=Modifier.BY), " ", "$"), ("publication", date(2023, 8, 1), None)),
        ((month(2022, 5, modifier=Modifier.SINCE), " ", "$"), ("publication", date(2023, 8, 1), None)),
        ((month(2022, 5, modifier=Modifier.APPROX), " ", "$"), ("fact_date", date(2022, 5, 1), None)),
        ((day("2022-05-02", is_relative=True), " ", "$"), ("fact_date", date(2022, 5, 1), None)),
        # The future has no rates: neither what lies after the last of them, nor what lay ahead at publication.
        ((month(2098, 5), " ", "$"), ("publication_before_fact_date", date(2023, 8, 1), None)),
        ((month(2023, 9), " ", "$"), ("publication_before_fact_date", date(2023, 8, 1), None)),
        ((month(2023, 8), " ", "$"), ("fact_date", date(2023, 8, 1), None)),
        ((month(2024, 1), " ", "$", " ", year(2021)), ("fact_date", None, 2021)),
        (("ภายใน ", day("2023-12-31", modifier=Modifier.BY), " ", "$"), ("publication", date(2023, 8, 1), None)),
        ((month(2098, 5), " ", "$", " ข้อความที่ยาว ", month(2022, 5)), ("fact_date", date(2022, 5, 1), None)),
        # A month far off in the paragraph belongs to other matters.
        ((month(2022, 5), " " + "ก" * 298 + " ", "$"), ("fact_date", date(2022, 5, 1), None)),
        ((month(2022, 5), " " + "ก" * 299 + " ", "$"), ("publication", date(2023, 8, 1), None)),
        ((month(2098, 5), " " + "ก" * 299 + " ", "$"), ("publication", date(2023, 8, 1), None)),
        (("$", " " + "ก" * 299 + " ", month(2022, 5)), ("publication", date(2023, 8, 1), None)),
        # A whole year that was over; a month that is near goes before it,
        (("ในปี ", year(2021), " ", "$"), ("fact_date", None, 2021)),
        (("$", " ในปี ", year(2021), " ข้อความที่ยาว ", month(2022, 5)), ("fact_date", date(2022, 5, 1), None)),
        ((month(2022, 5), " ", "$", " ", year(2021)), ("fact_date", date(2022, 5, 1), None)),
        ((year(2021), " ", month(2022, 5), " ", "$"), ("fact_date", date(2022, 5, 1), None)),
        # unless the year is written out right before the amount and the month stands farther off;
        (("ในปี ", year(2021), " ", "$", " ข้อความที่ยาว ", month(2022, 5)), ("fact_date", None, 2021)),
        (("เมื่อ ", month(1993, 4), " ต่อมาในปี ", year(2022), " มูลค่า ", "$"), ("fact_date", None, 2022)),
        ((month(1993, 4), year(2022), " " + "ก" * 58 + " ", "$"), ("fact_date", None, 2022)),
        ((month(1993, 4), year(2022), " " + "ก" * 59 + " ", "$"), ("fact_date", date(1993, 4, 1), None)),
        # a relative year compares (October 2022, up from the year before), and a month may be the year's own.
        (
            ("ใน ", month(2022, 10), " เพิ่มขึ้นจาก ", year(2021, is_relative=True), " เป็น ", "$"),
            ("fact_date", date(2022, 10, 1), None),
        ),
        ((month(2022, 11), " ของปี ", year(2022), " ส่งออก ", "$"), ("fact_date", date(2022, 11, 1), None)),
        (("ในปี ", year(2022), " ส่งออก ", "$", " ข้อความที่ยาว ", month(2022, 11)), ("fact_date", None, 2022)),
        (("ในปี ", year(2023), " ", "$"), ("publication", date(2023, 8, 1), None)),
        (("ในปี ", year(2024), " ", "$"), ("publication", date(2023, 8, 1), None)),
        (("ในปี ", year(2021), " " + "ก" * 200 + " ", "$"), ("publication", date(2023, 8, 1), None)),
    ],
)  # fmt: skip
def test_the_date_that_chooses_the_rate(warehouse, parts, when):
    warehouse.load([said(*parts)])
    assert warehouse.rows(f"select {WHEN} from money")[0][:3] == when


def test_the_year_of_a_law_dates_no_amount(warehouse):
    release = Release(A, published_on=PUBLISHED).text("พระราชบัญญัติ ").fact("พ.ศ. 2522", year(1979)).text(" ปรับ ")
    warehouse.load([release.fact("2000 หยวน", Money(Decimal(2000), None, "CNY"))])
    assert warehouse.rows(f"select {WHEN} from money") == [
        ("publication", date(2023, 8, 1), None, "monthly_mean", None)
    ]


def test_an_amount_is_converted_at_the_mean_of_its_own_month(warehouse):
    warehouse.load([said("ลงนามเมื่อ ", month(2022, 3), " มูลค่า ", "$"), said("$", uri=B)])
    (own, publication) = warehouse.rows(
        "select amount_thb, amount_usd, thb_per_unit, thb_per_usd, rate_source from money order by rate_month"
    )
    for row, text in ((own, "2022-03"), (publication, "2023-08")):
        assert row[2:4] == (monthly("CNY", text), monthly("USD", text))
        assert float(row[0]) == pytest.approx(1000 * float(row[2]))
        assert float(row[1]) == pytest.approx(1000 * float(row[2]) / float(row[3]), abs=1e-4)
        assert row[4] == "ECB (derived)"
    assert own[0] != publication[0]


def test_golden_conversions(warehouse):
    """Against rates written down here: a slip in the seeds, the marts or the loading shows."""
    warehouse.load(
        [said(month(2022, 3), " ", "$", currency="USD"), said(year(2021), " ได้ ", "$", currency="VND", uri=B)]
    )
    ((dollars, exact), (dong, cents)) = warehouse.rows("select amount_thb, amount_usd from money order by source_uri")
    assert float(dollars) == pytest.approx(33_242, rel=1e-3)
    assert exact == 1000
    assert float(dong) == pytest.approx(1000 * 31.977 / 23_159.8, rel=2e-3)
    assert float(cents) == pytest.approx(0.0432, rel=1e-2)


@pytest.mark.parametrize(
    ("release", "method", "gap"),
    [
        (said("$", currency="VND"), "annual_mean", None),
        (said(month(2022, 3), "$", currency="VND"), "annual_mean", None),
        (said(year(2021), "$"), "mean_of_months", None),
        (said(year(2021), "$", currency="LAK"), "annual_mean", None),
        (said(year(2003), "$"), "annual_mean", None),
        (said(month(2003, 5), "$"), None, "no rate for CNY in 2003-05"),
        (said(month(2003, 5), "$", currency="THB"), None, "no rate for USD in 2003-05"),
        (said(month(2022, 5), "$", currency="RUB"), None, "no rate for RUB in 2022-05"),
        (said(year(2021), "$", currency="COP"), None, "no rate for COP in 2021"),
        (said("$", currency="VND", published_on=date(2026, 3, 1)), None, "no rate for VND in 2026-03"),
        (said(year(1960), "$", currency="THB"), None, "no rate for USD in 1960"),
        (said("$", published_on=None), None, "the release has no publication date"),
        (said(year(2021), "$", published_on=None), "mean_of_months", None),
        (said(month(2022, 5), "$", published_on=None), "monthly_mean", None),
    ],
)
def test_the_method_or_the_reason_why_there_is_none(warehouse, release, method, gap):
    warehouse.load([release])
    ((thb, usd, found, told),) = warehouse.rows("select amount_thb, amount_usd, rate_method, conversion_gap from money")
    assert (found, told) == (method, gap)
    assert (gap is None) == (thb is not None and usd is not None)


def test_both_ends_of_a_range_are_converted(warehouse):
    release = Release(A, published_on=PUBLISHED).fact("1 - 2 หยวน", Money(Decimal(1000), Decimal(2000), "CNY"))
    warehouse.load([release.text(" ").fact("3 หยวน", Money(Decimal(3), None, "CNY"))])
    pair, single = warehouse.rows(
        "select amount_thb, amount_max_thb, amount_usd, amount_max_usd from money order by char_start"
    )
    assert float(pair[1]) == pytest.approx(2 * float(pair[0]))
    assert float(pair[3]) == pytest.approx(2 * float(pair[2]))
    assert single[1::2] == (None, None)


def test_an_upper_end_that_is_too_large_says_so(warehouse):
    huge = Money(Decimal(1), Decimal("9" * 34), "GBP")
    warehouse.load([Release(A, published_on=PUBLISHED).fact("1 - 9 ปอนด์", huge)])
    ((amount, largest, gap),) = warehouse.rows("select amount_thb, amount_max_thb, conversion_gap from money")
    assert amount is not None
    assert (largest, gap) == (None, "the amount is too large to convert")


def test_an_amount_stands_in_the_mart_once(warehouse):
    dates = [part for number in range(1, 13) for part in (" ", day(f"2022-{number:02}-05"))]
    warehouse.load([said(*dates, " ", "$", " จังหวัดเลย ", *dates, " เชียงใหม่ ", "$")])
    assert warehouse.one("select count(*) from money") == warehouse.one("select count(*) from fact_money") == 2


def test_places_near_an_amount_and_a_count_are_listed(warehouse):
    release = Release(A, title="ข่าว", published_on=PUBLISHED)
    release.text("เชียงใหม่และจังหวัดเลย ").fact("5 หยวน", Money(Decimal(5), None, "CNY")).text(" เชียงใหม่\nกระบี่")
    release.text(" ที่ญี่ปุ่น ").fact("20 โครงการ", Count(Decimal(20), None, "โครงการ", "{project}"))
    release.text("ก" * 200 + " เวียดนาม\n").fact("7 หยวน", Money(Decimal(7), None, "CNY"))
    warehouse.load([release])
    assert warehouse.rows("select places from money order by char_start") == [(["Chiang Mai", "Loei"],), ([],)]
    assert warehouse.rows("select places from counts") == [(["Japan"],)]


@pytest.mark.parametrize(
    ("amount", "amount_max", "currency", "plausible"),
    [
        ("0", None, "THB", False),
        ("0.01", None, "THB", True),
        ("200000000000000", None, "THB", True),
        ("200000000000001", None, "THB", False),  # 200 million million: baht said to be millions of baht
        ("1000", "27527350469370000", "THB", False),
        ("110000000000000", None, "USD", True),  # the world's yearly product
        ("111000000000000", None, "USD", False),
        ("100000000000000", None, "EUR", False),
        ("2000000000000000000", None, "VND", True),
        ("3000000000000000000", None, "VND", False),
        ("900000000000000000000", None, "COP", True),  # no rate is known
    ],
)
def test_an_amount_that_its_currency_cannot_mean_is_not_plausible(warehouse, amount, amount_max, currency, plausible):
    largest = None if amount_max is None else Decimal(amount_max)
    release = Release(A, published_on=PUBLISHED).fact("1 หน่วย", Money(Decimal(amount), largest, currency))
    warehouse.load([release])
    assert warehouse.rows("select is_plausible from money") == [(plausible,)]
    check = (files("warehouse") / "checks" / "money_implausible.sql").read_text(encoding="utf-8")
    assert bool(warehouse.rows(check)) is not plausible


def test_a_limit_is_that_of_the_currency_today(warehouse):
    limits = dict(warehouse.rows("select currency_code, plausible_max from currency_limit"))
    assert (limits["THB"], limits["USD"]) == (2 * 10**14, 11 * 10**13)
    assert float(limits["JPY"]) == pytest.approx(1.6e16, rel=0.2)
    assert float(limits["LAK"]) == pytest.approx(2.1e18, rel=0.2)
    assert limits["COP"] is None
    assert len(limits) == warehouse.one("select count(*) from dim_currency")


def test_rates_are_monthly_wherever_a_currency_has_any(warehouse):
    both = "select currency_code from fx_rate_monthly group by 1 having count(distinct method) > 1"
    assert warehouse.rows(both) == []
    annual = "select distinct currency_code from fx_rate_monthly where method = 'annual_mean' order by 1"
    assert [code for (code,) in warehouse.rows(annual)] == ["AED", "BND", "KHR", "LAK", "MMK", "MOP", "SAR", "VND"]
    assert warehouse.one("select count(*) from fx_rate_monthly where (days is null) <> (method = 'annual_mean')") == 0


def test_a_mean_of_a_year_is_that_of_its_months(warehouse):
    ((rate, method, source),) = warehouse.rows(
        "select thb_per_unit, method, source from fx_rate_annual where currency_code = 'EUR' and year = 2022"
    )
    assert method == "mean_of_months"
    assert source == "ECB (derived)"
    assert float(rate) == pytest.approx(sum(float(monthly("EUR", f"2022-{n:02}")) for n in range(1, 13)) / 12)
    assert (
        warehouse.rows("select method from fx_rate_annual where currency_code = 'USD' and year in (2003, 2005)")
        == [("annual_mean",)] * 2
    )
    assert warehouse.one("select count(*) from fx_rate_annual where year = 2026") == 0


DATES = st.one_of(
    st.builds(month, st.integers(2000, 2040), st.integers(1, 12)),
    st.builds(year, st.integers(2000, 2040)),
    st.dates(date(2000, 1, 1), date(2040, 12, 31)).map(lambda when: day(when.isoformat())),
)
PARTS = st.lists(st.one_of(DATES, st.sampled_from(["$", " ข้อความ ", "\nย่อหน้าใหม่ "])), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=PARTS,
    published_on=st.none() | st.dates(date(2000, 1, 1), date(2026, 12, 31)),
    currency=st.sampled_from(["THB", "USD", "CNY", "VND", "RUB", "COP"]),
)
def test_what_holds_of_every_amount(warehouse, parts, published_on, currency):
    """Each amount once; converted or a reason, never both; a rate that is named, of the period that is named."""
    batch = f"b{len(warehouse.rows('from etl_batch'))}"
    uri = f"file:///releases/{batch}.txt"
    release = said("ข่าว ", *parts, published_on=published_on, currency=currency, uri=uri)
    warehouse.load([release], batch)
    mine = f"from money where source_uri = '{uri}'"
    facts = f"select count(*) from fact_money join dim_release using (release_key) where is_current and source_uri = '{uri}'"
    rows = warehouse.rows(
        "select amount_thb, amount_usd, conversion_gap, rate_date_basis, rate_month, rate_year, rate_method, rate_source, "
        f"thb_per_unit, currency_code {mine}"
    )
    assert len(rows) == warehouse.one(facts)
    for thb, usd, gap, basis, rate_month, rate_year, method, source, rate, code in rows:
        assert (gap is None) == (thb is not None and usd is not None)
        assert (method is None) == (source is None)
        assert rate_month is None or rate_year is None
        assert (basis is None) == (rate_month is None and rate_year is None)
        if basis in ("publication", "publication_before_fact_date"):
            assert rate_month == published_on.replace(day=1)
        elif published_on is not None and basis is not None:
            assert (rate_year or rate_month.year) <= published_on.year
            assert rate_month is None or rate_month <= published_on
        if method and code != "THB":
            stored = (
                f"select thb_per_unit from fx_rate_monthly where currency_code = '{code}' and month = '{rate_month}'"
                if rate_month
                else f"select thb_per_unit from fx_rate_annual where currency_code = '{code}' and year = {rate_year}"
            )
            assert warehouse.one(stored) == rate
