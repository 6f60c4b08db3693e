"""The dimensions: complete, conformed, each with its unknown member, and every key of a fact in one of them."""

from __future__ import annotations

import calendar
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import duckdb
import earlier
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rig import DeclaredRule, DeclaredSource
from synthetic import RULE_NAMES, Release, corpus, example

import seeds
from schemas import keys
from schemas.tables import schemas
from schemas.values import Count, Measure, Period
from warehouse.dimensions import load_dimensions
from warehouse.paths import Paths
from warehouse.work import open_work

A, B = "file:///releases/a.txt", "file:///releases/b.txt"
DIMENSIONS = ("dim_date", "dim_currency", "dim_unit", "dim_place", "dim_source", "dim_rule")
# The dimension that each key column of facts and releases belongs to.
ROLES = {
    "dim_release": {
        "published_on_key": "dim_date",
        "dateline_place_key": "dim_place",
        "source_key": "dim_source",
    },
    "fact_date": {"date_start_key": "dim_date", "date_end_key": "dim_date", "rule_key": "dim_rule"},
    "fact_money": {"currency_key": "dim_currency", "rule_key": "dim_rule"},
    "fact_count": {"unit_key": "dim_unit", "rule_key": "dim_rule"},
    "fact_measure": {"unit_key": "dim_unit", "rule_key": "dim_rule"},
    "fact_numeral": {"rule_key": "dim_rule"},
    "fact_place": {"place_key": "dim_place"},
    "dim_place": {"parent_key": "dim_place", "province_key": "dim_place", "country_key": "dim_place"},
}


def dimension_key(table: str) -> str:
    (key,) = schemas()[table].unique
    return key


def refresh(warehouse) -> None:
    rules = [DeclaredRule(name) for name in RULE_NAMES]
    load_dimensions(warehouse.con, sources=[DeclaredSource()], rules=rules)


@pytest.mark.parametrize("table", DIMENSIONS)
def test_a_dimension_has_one_unknown_member_with_names(warehouse, table):
    cursor = warehouse.con.execute(f"from {table} where {dimension_key(table)} = -1")
    names = [column[0] for column in cursor.description]
    (row,) = cursor.fetchall()
    unknown = dict(zip(names, row, strict=True))
    told = {
        "name_en": "unknown",
        "name_th": "ไม่ทราบ",
        "kind": "unknown",
        "month_name_th": "ไม่ทราบ",
        "weekday_name_en": "unknown",
    }
    assert {name: unknown[name] for name in told if name in unknown} == {
        name: value for name, value in told.items() if name in unknown
    }


@pytest.mark.parametrize("table", DIMENSIONS)
def test_no_member_is_without_its_name(warehouse, table):
    named = [name for name in schemas()[table].columns if "name_th" in name or "name_en" in name]
    optional = ("province_name", "country_name", "holiday_name")
    for name in named:
        if not name.startswith(optional):
            assert warehouse.one(f"select count(*) from {table} where {name} is null or {name} = ''") == 0, name


@pytest.mark.parametrize("table", DIMENSIONS)
def test_keys_are_unique(warehouse, table):
    key = dimension_key(table)
    assert warehouse.one(f"select count(*) - count(distinct {key}) from {table}") == 0


def test_every_key_of_a_fact_is_a_member(warehouse):
    warehouse.load([*corpus(30), example(A).text(" ที่จังหวัดเลย")])
    warehouse.load(
        [
            Release(B)
            .fact("5 ศอก", Measure(Decimal(5), None, "ศอกช่าง"))
            .text(" ")
            .fact("6 อัน", Count(Decimal(6), None, "อัน"))
        ],
        "r1-0002",
    )
    for table, columns in ROLES.items():
        assert warehouse.one(f"select count(*) from {table}") > 0
        for column, dimension in columns.items():
            key = dimension_key(dimension)
            strays = f"select count(*) from {table} where {column} not in (select {key} from {dimension})"
            assert warehouse.one(strays) == 0, (table, column)


def test_dimensions_are_the_same_after_every_load(warehouse, tmp_path):
    """What a rebuild makes at once and runs make bit by bit: equal members under equal keys."""
    far = Release(B).text("เมื่อ ").fact("21 เม.ย. 2325", Period("1782-04-21", date(1782, 4, 21), date(1782, 4, 21)))
    odd = Release(A).fact("5 ศอก", Measure(Decimal(5), None, "ศอกช่าง"))
    warehouse.load([odd])
    refresh(warehouse)
    warehouse.load([far], "r1-0002")
    refresh(warehouse)
    rebuilt = Paths(tmp_path / "rebuilt.duckdb")
    with closing(open_work(rebuilt)) as con:
        other = type(warehouse)(rebuilt, con)
        refresh(other)
        other.load([far, odd])
        for table in DIMENSIONS:
            ordered = f"from {table} order by {dimension_key(table)}"
            assert other.rows(ordered) == warehouse.rows(ordered), table


# Dates


def test_a_day_has_all_its_names_and_periods(warehouse):
    columns = (
        "year_be, day, day_of_year, half, quarter, fiscal_year_be, fiscal_quarter, iso_year, iso_week, first_of_month, "
        "last_of_month, month_name_th, month_abbr_th, month_name_en, month_abbr_en, weekday_name_th, weekday_abbr_th, "
        "weekday_name_en, weekday_abbr_en, is_weekend"
    )
    assert warehouse.rows(f"select {columns} from dim_date where date_key = 20210103") == [
        (2564, 3, 3, 1, 1, 2564, 2, 2020, 53, date(2021, 1, 1), date(2021, 1, 31), "มกราคม", "ม.ค.", "January", "Jan",
         "อาทิตย์", "อา.", "Sunday", "Sun", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "name_th", "name_en"),
    [
        ("2023-04-13", "วันสงกรานต์", "Songkran Festival"),
        ("2016-10-13", None, None),  # a day of mourning from the year after
        ("2017-10-13", "วันคล้ายวันสวรรคต", "HM King Bhumibol"),
        ("2023-12-11", "ชดเชยวันรัฐธรรมนูญ", "Constitution Day (in lieu)"),
        ("2024-02-24", "วันมาฆบูชา", "Makha Bucha"),
        ("2025-05-11", "วันวิสาขบูชา", "Visakha Bucha"),
        ("2024-03-15", None, None),
    ],
)
def test_public_holidays_have_their_names(warehouse, day, name_th, name_en):
    ((is_holiday, th, en),) = warehouse.rows(
        f"select is_holiday, holiday_name_th, holiday_name_en from dim_date where date = date '{day}'"
    )
    assert is_holiday is (name_th is not None)
    assert (th or "").startswith(name_th or "")
    assert (en or "").startswith(name_en or "")
    assert (th is None) == (en is None) == (not is_holiday)


def test_outside_the_seeded_years_nothing_is_said_of_holidays(warehouse):
    years = "select distinct year_ce from dim_date where is_holiday is {} null and date is not null order by 1"
    known = [year for (year,) in warehouse.rows(years.format("not"))]
    assert known == list(range(1997, 2026))
    assert warehouse.one("select count(holiday_name_th) from dim_date where is_holiday is distinct from true") == 0


@pytest.fixture(scope="module")
def days(template):
    with closing(duckdb.connect(str(template), read_only=True)) as con:
        columns = "iso_week, iso_year, iso_weekday, day_of_year, last_of_month, fiscal_year_be, fiscal_quarter, half, is_weekend"
        yield {
            day: rest
            for day, *rest in con.execute(f"select date, {columns} from dim_date where date_key > 0").fetchall()
        }


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_the_calendar_agrees_with_python(days, day):
    iso = day.isocalendar()
    last = date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])
    fiscal_year = day.year + 543 + (day.month >= 10)
    fiscal_quarter = (day.month - 10) % 12 // 3 + 1
    half = 1 if day.month <= 6 else 2
    assert days[day] == [
        iso.week, iso.year, iso.weekday, day.timetuple().tm_yday, last, fiscal_year, fiscal_quarter, half, iso.weekday > 5
    ]  # fmt: skip


def test_a_day_outside_the_calendar_gets_the_same_columns(warehouse):
    day = date(1782, 4, 21)
    warehouse.load([Release(A).text("เมื่อ ").fact("21 เม.ย. 2325", Period(day.isoformat(), day, day))])
    columns = "year_be, month_name_en, weekday_name_th, is_weekend, is_holiday"
    assert warehouse.rows(f"select {columns} from dim_date where date_key = 17820421") == [
        (2325, "April", "อาทิตย์", True, None)
    ]
    refresh(warehouse)
    assert warehouse.one("select count(*) from dim_date where date_key = 17820421") == 1


# Currencies and units


def test_currencies_are_those_of_iso_4217(warehouse):
    assert warehouse.rows(
        "select currency_code, numeric_code, minor_digits, name_en, name_th from dim_currency "
        "where currency_code in ('THB', 'JPY', 'KWD') order by 1"
    ) == [
        ("JPY", "392", 0, "Japanese Yen", "เยนญี่ปุ่น"),
        ("KWD", "414", 3, "Kuwaiti Dinar", "ดีนาร์คูเวต"),
        ("THB", "764", 2, "Thai Baht", "บาท"),
    ]


def test_a_factor_is_the_same_in_text_and_as_a_fraction(warehouse):
    rows = warehouse.rows("select unit_code, factor_to_si, factor_numerator, factor_denominator, si_unit from dim_unit")
    assert sum(factor is not None for _, factor, *_ in rows) > 250
    for code, factor, numerator, denominator, si_unit in rows:
        if factor is None:
            assert (numerator, denominator) == (None, None), code
        else:
            assert Fraction(factor) == Fraction(numerator, denominator), code
            assert si_unit, code


def test_units_have_their_thai_forms_and_counts_their_classes(warehouse):
    ((rai,),) = warehouse.rows("select forms_th from dim_unit where unit_code = '[rai]'")
    assert "ไร่" in rai
    ((people, kind, counted),) = warehouse.rows(
        "select forms_th, kind, entity_class from dim_unit where unit_code = '{person}'"
    )
    assert {"คน", "ท่าน"} <= set(people)
    assert (kind, counted) == ("class", "person")
    forms = [(row["unit_code"], row["surface"]) for row in seeds.rows("classifiers") if not row["surface"].isascii()]
    known = {
        (code, form) for code, found in warehouse.rows("select unit_code, forms_th from dim_unit") for form in found
    }
    assert set(forms) <= known


# Places


def test_places_are_complete(warehouse):
    assert warehouse.rows(
        "select kind, country_name_en, count(*) from dim_place where kind = 'province' group by all order by 2"
    ) == [("province", "China", 31), ("province", "Thailand", 77)]
    assert warehouse.one("select count(*) from dim_place where kind = 'country'") == 249
    assert (
        warehouse.one(r"select count(*) from dim_place where kind = 'country' and iso_code similar to '[A-Z]{2}'")
        == 249
    )
    assert warehouse.one(r"select count(distinct iso_alpha_3) from dim_place") == 249
    assert (
        warehouse.one(
            r"select count(*) from dim_place where kind = 'province' and iso_code similar to '(TH|CN)-[A-Z0-9]{2}'"
        )
        == 108
    )


def test_a_place_knows_what_it_lies_in(warehouse):
    columns = "kind, name_th, iso_code, province_name_en, province_name_th, country_name_en"
    assert warehouse.rows(
        f"select {columns} from dim_place where name_en in ('Guilin', 'Loei', 'Thailand', 'ASEAN') order by name_en"
    ) == [
        ("region", "อาเซียน", None, None, None, None),
        ("city", "กุ้ยหลิน", None, "Guangxi", "กว่างซี", "China"),
        ("province", "เลย", "TH-42", "Loei", "เลย", "Thailand"),
        ("country", "ไทย", "TH", None, None, "Thailand"),
    ]
    assert warehouse.rows("select variants from dim_place where place_code = 'CN-GX'")[0][0][:3] == [
        "กว่างสี",
        "กวางสี",
        "กวางซี",
    ]


def test_a_release_has_the_place_of_its_dateline(warehouse):
    warehouse.load([example(A)])
    assert warehouse.rows(
        "select dateline_place, name_en from dim_release join dim_place on place_key = dateline_place_key"
    ) == [("กรุงเทพฯ", "Bangkok")]
    assert warehouse.rows("select dateline_place, dateline_place_name from releases") == [("กรุงเทพฯ", "Bangkok")]
    warehouse.con.execute("update dim_release set dateline_place_key = -1")
    assert warehouse.rows("select dateline_place_name from releases") == [(None,)]


def test_the_places_of_a_text_are_facts_with_their_sentence(warehouse):
    warehouse.load([Release(A, title="ข่าว").text("ลงพื้นที่จังหวัดเลยและน่าน\n\nวันที่สองไปเชียงใหม่")])
    assert warehouse.rows(
        "select surface, name_en, province_name_en, country_name_th, evidence, paragraph_no, sentence from places order by char_start"
    ) == [
        ("เลย", "Loei", "Loei", "ไทย", "title", 1, "ลงพื้นที่จังหวัดเลยและน่าน"),
        ("น่าน", "Nan", "Nan", "ไทย", "list", 1, "ลงพื้นที่จังหวัดเลยและน่าน"),
        ("เชียงใหม่", "Chiang Mai", "Chiang Mai", "ไทย", "name", 2, "วันที่สองไปเชียงใหม่"),
    ]
    assert (
        warehouse.one(
            "select count(*) from fact_place join dim_release using (release_key) "
            "where substring(body, char_start + 1, char_end - char_start) <> surface"
        )
        == 0
    )


# From an earlier version


def test_a_run_completes_the_dimensions_of_version_2(warehouse, paths, tmp_path):
    warehouse.load([example(A)])
    warehouse.con.close()
    old = Paths(tmp_path / "old.duckdb")
    old.state.mkdir()
    earlier.make(old.work, 2, rows_of=paths.work)
    with closing(open_work(old)) as con:
        upgraded = type(warehouse)(old, con)
        assert upgraded.rows("select dateline_place_key from dim_release") == [(-1,)]
        assert upgraded.one("select count(*) from dim_place") == 0
        refresh(upgraded)
        fresh = Paths(tmp_path / "fresh.duckdb")
        with closing(open_work(fresh)) as new:
            made = type(warehouse)(fresh, new)
            refresh(made)
            for table in (*DIMENSIONS, "fx_rate_monthly", "fx_rate_annual"):
                ordered = f"from {table} order by all"
                assert upgraded.rows(ordered) == made.rows(ordered), table


def test_a_seed_that_lost_a_rate_takes_it_away_and_places_stay(warehouse):
    warehouse.con.execute(
        "insert into fx_rate_monthly values ('XTS', date '2020-01-01', 1, null, 'annual_mean', 'none')"
    )
    warehouse.con.execute(
        "insert into dim_place select * replace (7 as place_key, 'XX-GONE' as place_code) from dim_place where place_code = 'TH-42'"
    )
    refresh(warehouse)
    assert warehouse.one("select count(*) from fx_rate_monthly where currency_code = 'XTS'") == 0
    assert warehouse.one("select count(*) from dim_place where place_code = 'XX-GONE'") == 1


def test_keys_are_those_of_the_codes(warehouse):
    for table, column, key in (("dim_place", "place_code", keys.place_key), ("dim_unit", "unit_code", keys.unit_key)):
        for code, stored in warehouse.rows(
            f"select {column}, {dimension_key(table)} from {table} where {column} <> '?'"
        ):
            assert stored == key(code)
    last = date(2100, 12, 31)
    assert warehouse.one("select max(date_key) from dim_date") == keys.date_key(last)
    assert warehouse.one("select count(*) from dim_date") == (last - date(1900, 1, 1) + timedelta(days=1)).days + 1
