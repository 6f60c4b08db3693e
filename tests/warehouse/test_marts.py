"""The views that analysts meet first."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from synthetic import STARTED, Release, example

from schemas.values import Money, PairKind, PairVerdict, Period
from warehouse.sameness import relate

A, B = "file:///releases/a.txt", "file:///releases/b.txt"
PUBLISHED = date(2023, 8, 14)


def with_money(amount: str, currency: str, published_on: date | None = PUBLISHED, uri: str = A) -> Release:
    release = Release(uri, published_on=published_on).text("มูลค่า ")
    return release.fact(f"{amount} หน่วย", Money(Decimal(amount), None, currency)).text(" ในปีแรก")


def rate(warehouse, currency: str, month: str) -> Decimal:
    return warehouse.one(
        f"select thb_per_unit from fx_rate_monthly where currency_code = '{currency}' and month = date '{month}-01'"
    )


CONVERTED = "select amount_thb, amount_usd, rate_month, rate_method, conversion_gap from money"


def test_money_is_converted_by_the_month_of_publication(warehouse):
    warehouse.load([with_money("1000", "CNY")])
    thb, usd, month, method, gap = warehouse.rows(CONVERTED)[0]
    assert float(thb) == pytest.approx(1000 * float(rate(warehouse, "CNY", "2023-08")))
    assert float(usd) == pytest.approx(float(thb) / float(rate(warehouse, "USD", "2023-08")), abs=1e-4)
    assert (month, method, gap) == (date(2023, 8, 1), "monthly_mean", None)


def test_an_annual_mean_stands_in_and_is_named(warehouse):
    warehouse.load([with_money("1000000", "VND")])
    assert warehouse.rows(CONVERTED)[0][3:] == ("annual_mean", None)


def test_baht_and_dollars_stay_exact(warehouse):
    warehouse.load([with_money("99999999999999999.9999", "THB"), with_money("99999999999999999.9998", "USD", uri=B)])
    assert warehouse.rows("select amount_thb from money where currency_code = 'THB'") == [
        (Decimal("99999999999999999.9999"),)
    ]
    assert warehouse.rows("select amount_usd from money where currency_code = 'USD'") == [
        (Decimal("99999999999999999.9998"),)
    ]


@pytest.mark.parametrize(
    ("release", "thb_known", "gap"),
    [
        (with_money("5", "CNY", None), False, "the release has no publication date"),
        (with_money("5", "THB", None), True, "the release has no publication date"),
        (with_money("5", "COP"), False, "no rate for COP in 2023-08"),
        (with_money("5", "THB", date(1980, 1, 1)), True, "no rate for USD in 1980-01"),
        (with_money("9" * 32, "EUR"), True, None),
        (with_money("9" * 34, "GBP"), False, "the amount is too large to convert"),
    ],
)
def test_what_cannot_be_converted_says_why(warehouse, release, thb_known, gap):
    warehouse.load([release])
    thb, _, _, _, told = warehouse.rows(CONVERTED)[0]
    assert ((thb is not None), told) == (thb_known, gap)


def test_each_mart_shows_current_facts_with_their_sentence_and_source(warehouse):
    warehouse.load([example(A)])
    warehouse.load([example(A).text("\nแก้ไข")], "r2-0001", at=STARTED + timedelta(days=1))
    for mart in ("dates", "money", "counts", "measures"):
        rows = warehouse.rows(f"select surface, sentence, source, publisher, published_on, rule from {mart}")
        assert len(rows) == 1
        surface, sentence, *rest = rows[0]
        assert surface in sentence
        assert rest[:3] == ["releases", "สำนักข่าว", date(2024, 3, 15)]


def test_a_mart_joins_what_its_facts_refer_to(warehouse):
    warehouse.load([example(A)])
    assert warehouse.rows("select unit, unit_code, entity_class from counts") == [("โครงการ", "{project}", "abstract")]
    assert warehouse.rows("select unit_code, quantity_kind, value_si, si_unit from measures") == [
        ("km2", "area", Decimal(489_000_000), "m2")
    ]
    assert warehouse.rows("select edtf, days_after_publication from dates") == [("2023-08-14", -214)]


def test_consistency_shows_both_facts_and_the_verdict(warehouse):
    release = example(A).pair(
        PairKind.CONVERSION, 0, 1, expected="7", found="9", deviation=2 / 7, verdict=PairVerdict.DIFFERS
    )
    release.pair(PairKind.COUNT_NAMES, 2, None, found=None, verdict=PairVerdict.UNKNOWN, reason="because")
    warehouse.load([release])
    columns = "kind, left_surface, right_surface, expected, found, deviation, verdict, reason"
    assert warehouse.rows(f"select {columns} from consistency order by kind") == [
        ("conversion", "วันที่ 14 ส.ค. 66", "1.5 ล้านหยวน", "7", "9", 2 / 7, "differs", None),
        ("count_names", "20 โครงการ", None, "1", None, 0.0, "unknown", "because"),
        ("total_parts", "20 โครงการ", "489 ตารางกิโลเมตร", "1", "1", 0.0, "agrees", None),
    ]
    sentence, title, published_on = warehouse.rows(
        "select sentence, title, published_on from consistency where kind = 'conversion'"
    )[0]
    assert sentence == "เมื่อวันที่ 14 ส.ค. 66 ลงนามมูลค่า 1.5 ล้านหยวน"
    assert (title, published_on) == ("ไทยและจีนลงนามความร่วมมือ", date(2024, 3, 15))


def test_consistency_shows_current_revisions_only(warehouse):
    warehouse.load([example(A)])
    warehouse.load([example(A).text("\nแก้ไข")], "r2-0001", at=STARTED + timedelta(days=1))
    assert warehouse.one("select count(*) from fact_consistency") == 2
    assert warehouse.one("select count(*) from consistency") == 1


def test_releases_count_their_facts(warehouse):
    warehouse.load([example(A), example(B), Release("file:///releases/c.txt")])
    relate(warehouse.con)
    counts = "date_count, money_count, count_count, measure_count, numeral_count, unexplained_count"
    assert warehouse.rows(f"select source_uri, {counts}, is_copy, copy_count from releases order by 1") == [
        (A, 1, 1, 1, 1, 6, 1, False, 1),
        (B, 1, 1, 1, 1, 6, 1, True, 0),
        ("file:///releases/c.txt", 0, 0, 0, 0, 0, 0, False, 0),
    ]


def test_a_source_gives_what_its_texts_do_not_say(warehouse):
    warehouse.load([example(A)])
    warehouse.con.execute("update dim_release set publisher = null, language = 'und'")
    assert warehouse.rows("select publisher, language from releases") == [("กรมตัวอย่าง", "th")]


def test_the_sentence_of_a_fact_without_a_year_is_there(warehouse):
    warehouse.load([Release(A).text("ก" * 500 + " เมื่อ ").fact("2 ก.ค.", Period("XXXX-07-02", None, None))])
    sentence, start, days = warehouse.rows("select sentence, date_start, days_after_publication from dates")[0]
    assert sentence.endswith("เมื่อ 2 ก.ค.")
    assert (start, days) == (None, None)


def test_a_huge_text_shows_its_facts_alone(warehouse):
    warehouse.load([Release(A).text("ก" * 200_000).fact("2 ก.ค.", Period("XXXX-07-02", None, None))])
    assert warehouse.one("select sentence from dates") == "2 ก.ค."
