"""Dimensions and exchange rates: loaded from the seeds, the rules and the sources; only what changed is rewritten."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
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
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
_RATE_STEP: Final = Decimal("1e-12")

Row = tuple[Any, ...]

# Rows of the calendar for the days of a table `days(day)`; the names come from the seeds as parameters.
_CALENDAR: Final = """
insert into dim_date by name
select
    (year(day) * 10000 + month(day) * 100 + day(day))::integer as date_key,
    day as date,
    year(day)::integer as year_ce,
    (year(day) + 543)::integer as year_be,
    month(day)::integer as month,
    $months[month(day)] as month_name_th,
    quarter(day)::integer as quarter,
    (year(day) + 543 + case when month(day) >= 10 then 1 else 0 end)::integer as fiscal_year_be,
    weekofyear(day)::integer as iso_week,
    isodow(day)::integer as iso_weekday,
    $weekdays[isodow(day)] as weekday_name_th
from days
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
    def role(self) -> Role: ...
    @property
    def description(self) -> str: ...


def load_dimensions(
    con: duckdb.DuckDBPyConnection, *, sources: Iterable[SourceLike], rules: Iterable[RuleLike]
) -> None:
    """Bring all dimensions and rates up to the seeds and these sources and rules; members of earlier runs stay.

    Raises:
        WarehouseError: a row of the seeds, sources or rules breaks the model of its table; nothing is changed.
    """
    members = {
        "dim_currency": (("currency_key",), _currencies()),
        "dim_unit": (("unit_key",), _units()),
        "dim_source": (("source_key",), _sources(sources)),
        "dim_rule": (("rule_key",), _rules(rules)),
        "fx_rate_monthly": (("currency_code", "month"), _rates()),
    }
    with transaction(con):
        for table, (key, rows) in members.items():
            _merge(con, table, key, list(rows))
        _fill_calendar(con)


def add_days(con: duckdb.DuckDBPyConnection, days: str) -> None:
    """Add to dim_date the days, outside its years, that a query names.

    Args:
        con: the work database.
        days: SQL that gives dates in a column `day`; those that are there already and nulls are left out.
    """
    con.execute(
        f"create or replace temp table days as select distinct day from ({days}) "
        "where day is not null and day not in (select date from dim_date where date is not null)"
    )
    con.execute(_CALENDAR, {"months": _names("months", "month"), "weekdays": _names("weekdays", "iso_weekday")})
    con.execute("drop table days")


def _fill_calendar(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        f"insert into dim_date (date_key) select {keys.UNKNOWN_KEY} "
        f"where not exists (from dim_date where date_key = {keys.UNKNOWN_KEY})"
    )
    add_days(
        con,
        f"select unnest(generate_series(date '{FIRST_DAY}', date '{LAST_DAY}', interval 1 day))::date as day",
    )


def _names(table: str, number: str) -> list[str]:
    """The full Thai names of months or weekdays, in order."""
    full = {int(row[number]): row["surface"] for row in seeds.rows(table) if row["kind"] == "full"}
    return [full[at] for at in sorted(full)]


def _merge(con: duckdb.DuckDBPyConnection, table: str, key: Sequence[str], rows: list[Row]) -> None:
    """Insert new members and replace changed ones, so that a run that changes nothing writes nothing."""
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
    con.execute("drop table changed")
    con.unregister("incoming")


def _text(row: Mapping[str, str], column: str) -> str | None:
    return row[column] or None


def _currencies() -> Iterator[Row]:
    yield (keys.UNKNOWN_KEY, UNKNOWN, None, None, "unknown", "ไม่ทราบ", None)
    for row in seeds.rows("currencies"):
        code, digits = row["currency_code"], row["minor_digits"]
        minor = int(digits) if digits else None
        names = (row["name_en"], _text(row, "name_th"))
        yield (keys.currency_key(code), code, _text(row, "numeric_code"), minor, *names, _text(row, "source"))


def _units() -> Iterator[Row]:
    yield (keys.UNKNOWN_KEY, UNKNOWN, None, "unknown", "ไม่ทราบ", "unknown", None, None, None, None, None)
    for row in seeds.rows("units"):
        code = row["unit_code"]
        yield (
            keys.unit_key(code),
            code,
            *(_text(row, column) for column in ("ucum_code", "name_en", "name_th")),
            row["kind"],
            None,
            *(_text(row, column) for column in ("factor_to_si", "si_unit", "canonical_code", "source")),
        )
    measured = {row["unit_code"] for row in seeds.rows("units")}
    classes: dict[str, list[Mapping[str, str]]] = {}
    for row in seeds.rows("classifiers"):
        if row["unit_code"] and row["unit_code"] not in measured:
            classes.setdefault(row["unit_code"], []).append(row)
    for code, words in classes.items():
        names = (code.strip("{}").replace("_", " "), words[0]["surface"])
        counted = "; ".join(sorted({word["entity_class"] for word in words if word["entity_class"]})) or None
        yield (keys.unit_key(code), code, None, *names, "class", counted, None, None, None, None)


def _sources(sources: Iterable[SourceLike]) -> Iterator[Row]:
    yield (keys.UNKNOWN_KEY, UNKNOWN, *(None,) * 7)
    for source in sources:
        declared = (source.kind, source.location, source.publisher, source.time_zone, source.language)
        yield (keys.source_key(source.id), source.id, *declared, source.owner, source.permission)


def _rules(rules: Iterable[RuleLike]) -> Iterator[Row]:
    yield (keys.UNKNOWN_KEY, UNKNOWN, str(Role.UNEXPLAINED), "No rule: the numeral is unexplained.")
    for rule in rules:
        yield (keys.rule_key(rule.name), rule.name, str(rule.role), rule.description or None)


def _rates() -> Iterator[Row]:
    """Monthly means where they are published; elsewhere each month of a year gets the year's mean, and says so."""
    monthly = set()
    for row in seeds.rows("exchange_rates_monthly"):
        month = date.fromisoformat(f"{row['month']}-01")
        monthly.add((row["currency_code"], month))
        rate = Decimal(row["thb_per_unit"])
        yield (row["currency_code"], month, rate, int(row["days"]), "monthly_mean", row["source"])
    annual = seeds.rows("exchange_rates_annual")
    baht = {row["year"]: row for row in annual if row["currency_code"] == "THB"}
    dollar = [{**row, "currency_code": "USD", "lcu_per_usd": "1"} for row in baht.values()]
    for row in (*annual, *dollar):
        if row["currency_code"] == "THB" or row["year"] not in baht:
            continue
        rate = (Decimal(baht[row["year"]]["lcu_per_usd"]) / Decimal(row["lcu_per_usd"])).quantize(_RATE_STEP)
        for month in (date(int(row["year"]), number, 1) for number in range(1, 13)):
            if (row["currency_code"], month) not in monthly:
                yield (row["currency_code"], month, rate, None, "annual_mean", row["source"])
