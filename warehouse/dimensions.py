"""Dimensions and exchange rates: loaded from the seeds, the rules and the sources; only what changed is rewritten."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Protocol

import seeds
from schemas import keys
from schemas.values import Role
from warehouse.connect import transaction
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb

UNKNOWN: Final = "?"
UNKNOWN_EN: Final = "unknown"
UNKNOWN_TH: Final = "ไม่ทราบ"
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
_RATE_STEP: Final = Decimal("1e-12")
_THAI: Final = re.compile("[ก-๛]")

Row = tuple[Any, ...]

# Rows of the calendar for the days of a table `days(day)`. Names come from the seeds as parameters; whether a day is a
# holiday is known in the years that the seed covers.
_CALENDAR: Final = """
create or replace temp table calendar as
with holiday as (
    select unnest($holidays)::date as day, unnest($holidays_th) as name_th, unnest($holidays_en) as name_en
),

covered as (select year(min(day)) as first_year, year(max(day)) as last_year from holiday)

select
    (year(day) * 10000 + month(day) * 100 + day(day))::integer as date_key,
    day as date,
    year(day)::integer as year_ce,
    (year(day) + 543)::integer as year_be,
    month(day)::integer as month,
    $months_th[month(day)] as month_name_th,
    quarter(day)::integer as quarter,
    (year(day) + 543 + case when month(day) >= 10 then 1 else 0 end)::integer as fiscal_year_be,
    weekofyear(day)::integer as iso_week,
    isodow(day)::integer as iso_weekday,
    $weekdays_th[isodow(day)] as weekday_name_th,
    day(day)::integer as day,
    dayofyear(day)::integer as day_of_year,
    date_trunc('month', day)::date as first_of_month,
    last_day(day) as last_of_month,
    ((month(day) + 5) // 6)::integer as half,
    (quarter(day) % 4 + 1)::integer as fiscal_quarter,
    isoyear(day)::integer as iso_year,
    $months_abbr_th[month(day)] as month_abbr_th,
    $months_en[month(day)] as month_name_en,
    left($months_en[month(day)], 3) as month_abbr_en,
    $weekdays_abbr_th[isodow(day)] as weekday_abbr_th,
    $weekdays_en[isodow(day)] as weekday_name_en,
    left($weekdays_en[isodow(day)], 3) as weekday_abbr_en,
    isodow(day) >= 6 as is_weekend,
    case when year(day) between first_year and last_year then holiday.day is not null end as is_holiday,
    holiday.name_th as holiday_name_th,
    holiday.name_en as holiday_name_en
from days
cross join covered
left join holiday using (day)
"""

_UNKNOWN_DAY: Final = """
insert into calendar by name
select
    $unknown_key as date_key,
    $name_th as month_name_th,
    $name_th as weekday_name_th,
    $name_th as month_abbr_th,
    $name_th as weekday_abbr_th,
    $name_en as month_name_en,
    $name_en as month_abbr_en,
    $name_en as weekday_name_en,
    $name_en as weekday_abbr_en
"""


class SourceLike(Protocol):
    """A declared source, as the acquisition has it."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def location(self) -> str: ...
    @property
    def publisher(self) -> str | None: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def language(self) -> str | None: ...
    @property
    def owner(self) -> str | None: ...
    @property
    def permission(self) -> str | None: ...


class RuleLike(Protocol):
    """A rule, as the extraction has it."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def description(self) -> str: ...


def load_dimensions(
    con: duckdb.DuckDBPyConnection, *, sources: Iterable[SourceLike], rules: Iterable[RuleLike]
) -> None:
    """Bring all dimensions and rates up to the seeds and these sources and rules; members of earlier runs stay.

    Raises:
        WarehouseError: a row of the seeds, sources or rules breaks the model of its table; nothing is changed.
    """
    members: dict[str, tuple[tuple[str, ...], Iterable[Row]]] = {
        "dim_currency": (("currency_key",), _currencies()),
        "dim_unit": (("unit_key",), _units()),
        "dim_place": (("place_key",), _places()),
        "dim_source": (("source_key",), _sources(sources)),
        "dim_rule": (("rule_key",), _rules(rules)),
    }
    rates: dict[str, tuple[tuple[str, ...], Iterable[Row]]] = {
        "fx_rate_monthly": (("currency_code", "month"), _monthly_rates()),
        "fx_rate_annual": (("currency_code", "year"), _annual_rates()),
    }
    with transaction(con):
        for table, (key, rows) in members.items():
            _merge(con, table, key, list(rows))
        for table, (key, rows) in rates.items():
            _merge(con, table, key, list(rows), keep=False)
        _fill_calendar(con)


def add_days(con: duckdb.DuckDBPyConnection, days: str) -> None:
    """Add to dim_date the days, outside its years, that a query names.

    Args:
        con: the work database.
        days: SQL that gives dates in a column `day`; those that are there already and nulls are left out.
    """
    _calendar(
        con,
        f"select distinct day from ({days}) "
        "where day is not null and day not in (select date from dim_date where date is not null)",
    )
    con.execute("insert into dim_date by name from calendar")
    con.execute("drop table calendar")


def _fill_calendar(con: duckdb.DuckDBPyConnection) -> None:
    """Bring the calendar's years, and the days outside them that facts have named, up to the seeds."""
    _calendar(
        con,
        f"select unnest(generate_series(date '{FIRST_DAY}', date '{LAST_DAY}', interval 1 day))::date as day "
        "union select date from dim_date where date is not null",
    )
    con.execute(_UNKNOWN_DAY, {"unknown_key": keys.UNKNOWN_KEY, "name_en": UNKNOWN_EN, "name_th": UNKNOWN_TH})
    con.execute("create or replace temp table changed as (from calendar except from dim_date)")
    con.execute("delete from dim_date using changed where dim_date.date_key = changed.date_key")
    con.execute("insert into dim_date by name from changed order by date_key")
    con.execute("drop table changed")
    con.execute("drop table calendar")


def _calendar(con: duckdb.DuckDBPyConnection, days: str) -> None:
    """Make the temporary table `calendar`: rows of dim_date for the days that a query gives."""
    con.execute(f"create or replace temp table days as {days}")
    holidays = seeds.rows("holidays")
    con.execute(
        _CALENDAR,
        {
            "months_th": _names("months", "month", "full"),
            "months_abbr_th": _names("months", "month", "abbr"),
            "months_en": _names("months", "month", "english"),
            "weekdays_th": _names("weekdays", "iso_weekday", "full"),
            "weekdays_abbr_th": _names("weekdays", "iso_weekday", "abbr"),
            "weekdays_en": _names("weekdays", "iso_weekday", "english"),
            "holidays": [row["date"] for row in holidays],
            "holidays_th": [row["name_th"] for row in holidays],
            "holidays_en": [row["name_en"] for row in holidays],
        },
    )
    con.execute("drop table days")


def _names(table: str, number: str, kind: str) -> list[str]:
    """Names of one kind of months or weekdays, in order: of several of one month the first of the seed."""
    first: dict[int, str] = {}
    for row in seeds.rows(table):
        if row["kind"] == kind:
            first.setdefault(int(row[number]), row["surface"])
    return [first[at] for at in sorted(first)]


def _merge(
    con: duckdb.DuckDBPyConnection, table: str, key: Sequence[str], rows: list[Row], *, keep: bool = True
) -> None:
    """Insert new members and replace changed ones, so that a run that changes nothing writes nothing.

    Members that are not among the rows stay, because facts may point to them, unless `keep` is false.
    """
    from schemas.validate import failures, to_arrow

    incoming, kept, misfits = to_arrow(table, rows)
    wrong = {at: [misfit] for at, misfit in misfits.items()}
    wrong |= {kept[at]: reasons for at, reasons in failures(table, incoming).items()}
    if wrong:
        told = "".join(f"\n  {rows[at]}: {reasons[0].sentence}" for at, reasons in sorted(wrong.items())[:5])
        raise WarehouseError(f"{table}: {len(wrong)} rows cannot be loaded. Correct the seed or declaration:{told}")
    same_key = " and ".join(f"{table}.{column} = changed.{column}" for column in key)
    con.register("incoming", incoming)
    con.execute(f"create or replace temp table changed as (from incoming except from {table})")
    con.execute(f"delete from {table} using changed where {same_key}")
    con.execute(f"insert into {table} from changed order by all")
    if not keep:
        con.execute(f"delete from {table} where ({', '.join(key)}) not in (select ({', '.join(key)}) from incoming)")
    con.execute("drop table changed")
    con.unregister("incoming")


def _text(row: Mapping[str, str], column: str) -> str | None:
    return row[column] or None


def _currencies() -> Iterator[Row]:
    yield (keys.UNKNOWN_KEY, UNKNOWN, None, None, UNKNOWN_EN, UNKNOWN_TH, None)
    for row in seeds.rows("currencies"):
        code, digits = row["currency_code"], row["minor_digits"]
        minor = int(digits) if digits else None
        names = (row["name_en"], row["name_th"])
        yield (keys.currency_key(code), code, _text(row, "numeric_code"), minor, *names, _text(row, "source"))


def _units() -> Iterator[Row]:
    yield (keys.UNKNOWN_KEY, UNKNOWN, None, UNKNOWN_EN, UNKNOWN_TH, "unknown", *(None,) * 7, [])
    forms = _thai_forms()
    for row in seeds.rows("units"):
        code = row["unit_code"]
        factor = Fraction(row["factor_to_si"]) if row["factor_to_si"] else None
        yield (
            keys.unit_key(code),
            code,
            *(_text(row, column) for column in ("ucum_code", "name_en", "name_th")),
            row["kind"],
            None,
            *(_text(row, column) for column in ("factor_to_si", "si_unit", "canonical_code", "source")),
            *((None, None) if factor is None else (factor.numerator, factor.denominator)),
            forms.get(code, []),
        )
    measured = {row["unit_code"] for row in seeds.rows("units")}
    classes: dict[str, list[Mapping[str, str]]] = {}
    for row in seeds.rows("classifiers"):
        if row["unit_code"] and row["unit_code"] not in measured:
            classes.setdefault(row["unit_code"], []).append(row)
    for code, words in classes.items():
        name = code.strip("{}").replace("_", " ")
        thai = forms.get(code, [])
        names = (name, thai[0] if thai else name)
        counted = "; ".join(sorted({word["entity_class"] for word in words if word["entity_class"]})) or None
        yield (keys.unit_key(code), code, None, *names, "class", counted, *(None,) * 6, thai)


def _thai_forms() -> dict[str, list[str]]:
    """By code of unit or class the Thai ways to write it, in the order of the seeds."""
    forms: dict[str, dict[str, None]] = {}
    for row in (*seeds.rows("unit_forms"), *seeds.rows("classifiers")):
        if row["unit_code"] and _THAI.search(row["surface"]):
            forms.setdefault(row["unit_code"], {})[row["surface"]] = None
    return {code: list(surfaces) for code, surfaces in forms.items()}


def _places() -> Iterator[Row]:
    yield (
        *(keys.UNKNOWN_KEY, UNKNOWN, "unknown", UNKNOWN_EN, UNKNOWN_TH, [], None, None, None),
        *(keys.UNKNOWN_KEY, keys.UNKNOWN_KEY, None, None, keys.UNKNOWN_KEY, None, None, None),
    )
    by_code = {row["place_code"]: row for row in seeds.rows("places")}
    for code, row in by_code.items():
        around = list(_with_larger(row, by_code))
        province, country = (_of_kind(kind, around) for kind in ("province", "country"))
        is_coded = row["kind"] in {"country", "province"}
        yield (
            keys.place_key(code),
            code,
            row["kind"],
            row["name_en"],
            row["name_th"],
            [name for name in row["variants"].split(";") if name],
            code if is_coded else None,
            *(_text(row, column) for column in ("alpha_3", "numeric_code")),
            _place_key(by_code.get(row["parent_code"])),
            *(_place_key(province), *_place_names(province)),
            *(_place_key(country), *_place_names(country)),
            _text(row, "source"),
        )


def _with_larger(row: Mapping[str, str], by_code: Mapping[str, Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    """A place, and the places that it lies in, from small to large."""
    place: Mapping[str, str] | None = row
    while place is not None:
        yield place
        place = by_code.get(place["parent_code"])


def _of_kind(kind: str, places: Iterable[Mapping[str, str]]) -> Mapping[str, str] | None:
    return next((place for place in places if place["kind"] == kind), None)


def _place_key(place: Mapping[str, str] | None) -> int:
    return keys.UNKNOWN_KEY if place is None else keys.place_key(place["place_code"])


def _place_names(place: Mapping[str, str] | None) -> tuple[str | None, str | None]:
    return (None, None) if place is None else (place["name_en"], place["name_th"])


def _sources(sources: Iterable[SourceLike]) -> Iterator[Row]:
    yield (keys.UNKNOWN_KEY, UNKNOWN, UNKNOWN_EN, UNKNOWN_EN, *(None,) * 5)
    for source in sources:
        declared = (source.kind, source.location, source.publisher, source.time_zone, source.language)
        yield (keys.source_key(source.id), source.id, *declared, source.owner, source.permission)


def _rules(rules: Iterable[RuleLike]) -> Iterator[Row]:
    yield (keys.UNKNOWN_KEY, UNKNOWN, str(Role.UNEXPLAINED), "No rule: the numeral is unexplained.")
    for rule in rules:
        yield (keys.rule_key(rule.name), rule.name, str(rule.role), rule.description or None)


def _monthly_rates() -> Iterator[Row]:
    """Monthly means of the currencies that have any; of the others each month of a year gets the year's mean."""
    monthly = set()
    for row in seeds.rows("exchange_rates_monthly"):
        monthly.add(row["currency_code"])
        month, rate = date.fromisoformat(f"{row['month']}-01"), Decimal(row["thb_per_unit"])
        yield (row["currency_code"], month, rate, int(row["days"]), "monthly_mean", row["source"])
    for (code, year), (rate, source) in _published_by_year().items():
        if code not in monthly:
            for month in (date(year, number, 1) for number in range(1, 13)):
                yield (code, month, rate, None, "annual_mean", source)


def _annual_rates() -> Iterator[Row]:
    """The mean of the twelve months, from the source that converts by month; else the published mean of the year."""
    months: dict[tuple[str, int], list[Decimal]] = {}
    sources = {}
    for row in seeds.rows("exchange_rates_monthly"):
        key = (row["currency_code"], int(row["month"][:4]))
        months.setdefault(key, []).append(Decimal(row["thb_per_unit"]))
        sources[key] = row["source"]
    whole = {key: sum(rates, Decimal(0)) / 12 for key, rates in months.items() if len(rates) == 12}
    for (code, year), rate in whole.items():
        yield (code, year, rate.quantize(_RATE_STEP), "mean_of_months", sources[code, year])
    for (code, year), (rate, source) in _published_by_year().items():
        if (code, year) not in whole:
            yield (code, year, rate, "annual_mean", source)


def _published_by_year() -> dict[tuple[str, int], tuple[Decimal, str]]:
    """Baht for one unit by currency and year, with the source: the published rates go through the dollar."""
    annual = seeds.rows("exchange_rates_annual")
    baht = {row["year"]: row for row in annual if row["currency_code"] == "THB"}
    dollar = [{**row, "currency_code": "USD", "lcu_per_usd": "1"} for row in baht.values()]
    return {
        (row["currency_code"], int(row["year"])): (
            (Decimal(baht[row["year"]]["lcu_per_usd"]) / Decimal(row["lcu_per_usd"])).quantize(_RATE_STEP),
            row["source"],
        )
        for row in (*annual, *dollar)
        if row["currency_code"] != "THB" and row["year"] in baht
    }
