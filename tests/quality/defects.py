"""Defects to be planted in a warehouse, each with the check that has to find it, its severity and its verdict.

Each is SQL that makes of a sound warehouse one with a defect: of one release, one source, one day, one rule, one currency,
one row of one table, a whole table. They suit any warehouse with a busy source (`main`), facts of all kinds and half a
year of days; where they say `{one}` they mean a release with facts of all kinds, well inside the time that is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

WARN, FAIL = "warn", "fail"
CRITICAL, MAJOR, MINOR = "critical", "major", "minor"


@dataclass(frozen=True, slots=True)
class Fault:
    """A defect: what it is of, what it is, and what has to tell of it."""

    of: str
    what: str
    check: str
    severity: str
    verdict: str
    sql: str


@dataclass(frozen=True, slots=True)
class Target:
    """What in a warehouse the defects are planted in."""

    source: str
    source_key: int
    release: int  # with facts of all kinds
    day: str  # a busy working day of the source, some weeks before the last
    week: str  # the Monday of a busy week
    last: str  # the day of its last release
    rule: int  # a rule that reads something in every few releases

    def fill(self, sql: str) -> str:
        known = {
            "source": self.source,
            "source_key": str(self.source_key),
            "one": str(self.release),
            "day": self.day,
            "week": self.week,
            "last": self.last,
            "rule": str(self.rule),
        }
        for name, value in known.items():
            sql = sql.replace(f"{{{name}}}", value)
        return sql


def target(con: duckdb.DuckDBPyConnection) -> Target:
    """Choose what the defects are planted in, the same each time for the same warehouse."""
    source, last = _row(
        con, "select source, max(day)::varchar from source_day group by source order by sum(releases) desc limit 1"
    )
    (source_key,) = _row(con, f"select source_key from dim_source where source_id = '{source}'")
    (week,) = _row(
        con,
        f"select week::varchar from source_week where source = '{source}' and working_days = 5 and week < date '{last}' - 21 "
        "order by week desc limit 1",
    )
    (day,) = _row(
        con,
        f"select day::varchar from source_day where source = '{source}' and kind = 'Tue' and day < date '{last}' - 21 "
        "and releases >= 5 order by day desc limit 1",
    )
    (release,) = _row(
        con,
        f"select release_key from dim_release where is_current and duplicate_of_key is null and source_key = {source_key} "
        f"and published_on between date '{week}' and date '{week}' + 6 "
        + "".join(
            f"and release_key in (select release_key from {table}) "
            for table in ("fact_date", "fact_money", "fact_count", "fact_measure", "fact_place")
        )
        + "order by release_key limit 1",
    )
    (rule,) = _row(
        con,
        "select rule_key from fact_money join dim_release using (release_key) where is_current group by rule_key "
        "order by count(*) desc, rule_key limit 1",
    )
    return Target(source, source_key, release, day, week, last, rule)


def _row(con: duckdb.DuckDBPyConnection, sql: str) -> tuple:
    row = con.execute(sql).fetchone()
    assert row is not None, sql
    return row


def collected_daily(con: duckdb.DuckDBPyConnection) -> None:
    """Make of a warehouse that was loaded in one run one whose releases came in day by day, each on the morning after."""
    con.execute(
        "update dim_release set first_seen_at = published_on + interval 1 day - interval 55 minute, "
        "valid_from = published_on + interval 1 day - interval 55 minute where published_on is not null;"
        "update etl_run set started_at = (select max(published_on) + interval 1 day - interval 1 hour from dim_release) "
        "where run_id = (select max(run_id) from etl_run)"
    )


R = "release_key = {one}"
FACTS = ("fact_date", "fact_money", "fact_count", "fact_measure")
SPANS = (*FACTS, "fact_numeral")
OF_DAY = (
    "select release_key from dim_release where is_current and source_key = {source_key} and published_on = date '{day}'"
)
OF_WEEK = (
    "select release_key from dim_release where is_current and source_key = {source_key} "
    "and published_on between date '{week}' and date '{week}' + 6"
)
SHARE = "release_key in (select release_key from dim_release where release_key % 100 < {percent})"


def share(percent: int) -> str:
    """Rows of so many per cent of the releases."""
    return SHARE.replace("{percent}", str(percent))


def forget(keys: str, *, release: str = "") -> str:
    """Take releases out as if they had never come in: facts, words, signatures, pairs, and what loading put on record."""
    tables = (*SPANS, "fact_consistency", "fact_place")
    counted = " + ".join(
        f"(select count(*) from {table} where release_key in (from gone))" for table in ("dim_release", *tables)
    )
    return (
        f"create or replace temp table gone as {keys};"
        f"update etl_batch set rows = rows - ({counted}) where batch_id = (select min(batch_id) from etl_batch);"
        "delete from etl_document where source_uri in (select source_uri from dim_release where release_key in (from gone));"
        "delete from release_similarity where release_key in (from gone) or earlier_key in (from gone);"
        + "".join(
            f"delete from {table} where release_key in (from gone);"
            for table in (*tables, "release_word", "release_signature", "dim_release")
        )
        + release
    )


def again(keys: str, times: int) -> str:
    """Have releases come in several times under other addresses, without their facts."""
    return (
        f"insert into dim_release select dim_release.* replace (release_key + copy as release_key, release_id || copy as release_id, "
        f"source_uri || copy as source_uri) from dim_release cross join range(1, {times}) as more (copy) where release_key in ({keys})"
    )


FAULTS: Final = (
    # One release.
    Fault(
        "release", "its title is blank", "title_missing", MAJOR, WARN, f"update dim_release set title = ' ' where {R}"
    ),
    Fault(
        "release",
        "a letter of it was lost in decoding",
        "body_damaged",
        MAJOR,
        WARN,
        f"update dim_release set body = body || chr(65533), char_count = char_count + 1 where {R}",
    ),
    Fault(
        "release",
        "UTF-8 in it was read as Latin-1",
        "body_damaged",
        MAJOR,
        WARN,
        f"update dim_release set body = body || 'à¸à¸²à¸£' where {R}",
    ),
    Fault(
        "release",
        "UTF-8 in it was read as TIS-620",
        "body_damaged",
        MAJOR,
        WARN,
        f"update dim_release set body = body || 'เน€เธกเธทเนเธญ' where {R}",
    ),
    Fault(
        "release",
        "it has a NUL in it",
        "body_damaged",
        MAJOR,
        WARN,
        f"update dim_release set body = body || chr(0) where {R}",
    ),
    Fault(
        "release",
        "it is dated 1 January 1970",
        "published_on_epoch",
        MAJOR,
        WARN,
        f"update dim_release set published_on = date '1970-01-01' where {R}",
    ),
    Fault(
        "release",
        "it is dated 1985",
        "published_on_before_1990",
        MAJOR,
        WARN,
        f"update dim_release set published_on = date '1985-05-06' where {R}",
    ),
    Fault(
        "release",
        "it is dated after it was first seen",
        "published_in_future",
        MAJOR,
        WARN,
        f"update dim_release set published_on = first_seen_at::date + 5 where {R}",
    ),
    Fault(
        "release",
        "its Buddhist year was taken for a Gregorian one",
        "published_on_era_slip",
        MAJOR,
        WARN,
        f"update dim_release set published_on = (published_on + interval 543 year)::date where {R}",
    ),
    Fault(
        "release",
        "its Gregorian year was taken for a Buddhist one",
        "published_on_era_slip",
        MAJOR,
        WARN,
        f"update dim_release set published_on = (published_on - interval 543 year)::date where {R}",
    ),
    Fault(
        "release",
        "it stands in the warehouse twice",
        "release_repeated",
        CRITICAL,
        FAIL,
        f"insert into dim_release select * from dim_release where {R}",
    ),
    Fault(
        "release",
        "its second revision is missing",
        "revision_gap",
        CRITICAL,
        FAIL,
        f"update dim_release set revision = 3 where {R}",
    ),
    Fault(
        "release",
        "it is current and closed",
        "revision_gap",
        CRITICAL,
        FAIL,
        f"update dim_release set valid_to = valid_from + interval 1 day where {R}",
    ),
    Fault(
        "release",
        "it is the copy of a release that is not there",
        "copy_without_original",
        CRITICAL,
        FAIL,
        f"update dim_release set duplicate_of_key = 1 where {R}",
    ),
    Fault(
        "release",
        "a digit of its text was changed after it was read",
        "surface_differs",
        CRITICAL,
        FAIL,
        f"update dim_release set body = regexp_replace(body, '[0-9]', chr(9679), 'g') where {R}",
    ),
    Fault(
        "release",
        "a number was added to its text",
        "digits_not_in_ledger",
        CRITICAL,
        FAIL,
        f"update dim_release set body = body || ' 77', char_count = char_count + 3 where {R}",
    ),
    Fault(
        "release",
        "its length is not that of its text",
        "row_invalid:dim_release",
        CRITICAL,
        FAIL,
        f"update dim_release set char_count = char_count + 1 where {R}",
    ),
    Fault(
        "release",
        "nothing says what its date was read from",
        "row_invalid:dim_release",
        CRITICAL,
        FAIL,
        f"update dim_release set published_on_basis = null where {R}",
    ),
    Fault(
        "release",
        "its source is not known",
        "source_unknown",
        MAJOR,
        FAIL,
        f"update dim_release set source_key = 7 where {R}",
    ),
    Fault(
        "release",
        "the place of its dateline is not known",
        "place_unknown",
        MAJOR,
        FAIL,
        f"update dim_release set dateline_place_key = 7 where {R}",
    ),
    Fault(
        "release",
        "it was read by older rules",
        "extraction_outdated",
        MINOR,
        WARN,
        f"update dim_release set extractor_version = 'old' where {R}",
    ),
    Fault("release", "it has no words for search", "words_missing", MAJOR, WARN, f"delete from release_word where {R}"),
    Fault(
        "release",
        "it has no signature to be compared by",
        "signature_missing",
        MAJOR,
        WARN,
        f"delete from release_signature where {R}",
    ),
    Fault(
        "release",
        "acquisition knows it by other bytes",
        "document_astray",
        CRITICAL,
        FAIL,
        f"update etl_document set content_hash = repeat('0', 64) where source_uri = (select source_uri from dim_release where {R})",
    ),
    Fault(
        "release",
        "it was read under a decision that is gone",
        "override_unknown",
        MAJOR,
        WARN,
        f"update dim_release set overrides = ['o0123456789abcdef'] where {R}",
    ),
    Fault("release", "one of its facts was lost", "rows_lost", CRITICAL, FAIL, f"delete from fact_money where {R}"),
    Fault(
        "release", "its ledger was lost", "digits_not_in_ledger", CRITICAL, FAIL, f"delete from fact_numeral where {R}"
    ),
    Fault(
        "release",
        "it is in quarantine",
        "quarantined",
        MAJOR,
        WARN,
        "insert into etl_quarantine by name select 1::bigint quarantine_key, (select max(run_id) from etl_run) run_id, 'decode' stage, '{source}' source_id, 'file:///x' source_uri, 'empty' reason, 'it is empty' detail, now()::timestamp quarantined_at, now()::timestamp last_seen_at, 'open' status",
    ),
    Fault(
        "release",
        "a change of it fits no revision",
        "change_out_of_place",
        CRITICAL,
        FAIL,
        f"insert into release_change by name select release_key, 1 change_no, release_key previous_key, release_id, 'title' subject, 'changed' change from dim_release where {R}",
    ),
    Fault(
        "release",
        "it makes a pair with one that is not there",
        "similarity_out_of_place",
        MAJOR,
        WARN,
        "insert into release_similarity by name select {one} release_key, 7::bigint earlier_key, 'near' kind, 0.9 similarity, [] facts_added, [] facts_missing",
    ),
    # Many releases.
    Fault(
        "many releases",
        "one in fifty has no date",
        "published_on_missing",
        MAJOR,
        WARN,
        f"update dim_release set published_on = null where {share(2)}",
    ),
    Fault(
        "many releases",
        "most have no date",
        "published_on_missing",
        MAJOR,
        FAIL,
        f"update dim_release set published_on = null where {share(60)}",
    ),
    Fault(
        "many releases",
        "one in ten has no fact",
        "release_without_facts",
        MINOR,
        WARN,
        "".join(f"delete from {table} where {share(10)};" for table in FACTS),
    ),
    Fault(
        "many releases",
        "one in four repeats another",
        "release_duplicated",
        MINOR,
        WARN,
        f"update dim_release set duplicate_of_key = 1 where {share(25)}",
    ),
    Fault(
        "many releases",
        "a tenth was damaged in decoding",
        "body_damaged",
        MAJOR,
        FAIL,
        f"update dim_release set body = body || chr(65533) where {share(10)}",
    ),
    Fault(
        "many releases",
        "numerals of one in ten are unexplained",
        "numeral_unexplained",
        MAJOR,
        WARN,
        f"update fact_numeral set role = 'unexplained', rule_key = -1 where {share(8)}",
    ),
    Fault(
        "many releases",
        "numerals of one in three are unexplained",
        "numeral_unexplained",
        MAJOR,
        FAIL,
        f"update fact_numeral set role = 'unexplained', rule_key = -1 where {share(33)}",
    ),
    Fault(
        "many releases",
        "one in twenty is mostly unexplained",
        "release_unexplained",
        MINOR,
        WARN,
        f"update fact_numeral set role = 'unexplained', rule_key = -1 where {share(5)}",
    ),
    # One source.
    Fault(
        "source",
        "it was declared and never gave anything",
        "source_without_release",
        MINOR,
        WARN,
        "insert into dim_source by name select 77 source_key, 'mute' source_id",
    ),
    Fault(
        "source",
        "it has been silent for weeks",
        "source_silent",
        MAJOR,
        WARN,
        "insert into etl_run by name select '20990101T000000Z-0000' run_id, * exclude (run_id) replace (started_at + interval 21 day as started_at) from etl_run order by started_at desc limit 1",
    ),
    Fault(
        "source",
        "it is a working day late",
        "source_late",
        MINOR,
        WARN,
        forget(
            "select release_key from dim_release where is_current and source_key = {source_key} and published_on >= date '{last}'"
        )
        + "",
    ),
    Fault(
        "source",
        "half of what it sent before changed at once",
        "source_revised",
        MINOR,
        WARN,
        "insert into etl_run by name select '20990101T000000Z-0000' run_id, * exclude (run_id) replace (started_at + interval 1 hour as started_at) from etl_run order by started_at desc limit 1; insert into dim_release select * replace (release_key + 1 as release_key, 2 as revision, '20990101T000000Z-0000' as run_id) from dim_release where source_key = {source_key} and release_key % 2 = 0",
    ),
    Fault(
        "source",
        "it repeats itself since a while",
        "source_duplicated",
        MINOR,
        WARN,
        "update dim_release set duplicate_of_key = 1 where is_current and source_key = {source_key} and published_on > date '{last}' - 25",
    ),
    Fault(
        "source",
        "its numerals are unexplained",
        "unexplained_by_source",
        MAJOR,
        WARN,
        "update fact_numeral set role = 'unexplained', rule_key = -1 where release_key in (select release_key from dim_release where source_key = {source_key} and release_key % 5 = 0)",
    ),
    Fault(
        "source",
        "what it sent came in weeks late",
        "release_late",
        MINOR,
        WARN,
        f"update dim_release set published_on = published_on - 40 where source_key = {{source_key}} and {share(12)} and published_on > date '{{last}}' - 25",
    ),
    Fault(
        "source",
        "the ground of its dates changed for a week",
        "basis_shifted",
        MINOR,
        WARN,
        f"update dim_release set published_on_basis = 'body.today' where release_key in ({OF_WEEK})",
    ),
    # One day, one week.
    Fault("day", "nothing came in", "volume_dropped", MAJOR, WARN, forget(OF_DAY)),
    Fault(
        "week", "a fifth of it came in", "volume_dropped", MAJOR, WARN, forget(f"{OF_WEEK} and release_key % 10 > 1")
    ),
    Fault("day", "everything came in five times", "volume_risen", MINOR, WARN, again(OF_DAY, 5)),
    Fault(
        "day",
        "its texts were cut",
        "text_length_shifted",
        MAJOR,
        WARN,
        f"update dim_release set body = left(body, 80), char_count = 80 where release_key in ({OF_DAY})",
    ),
    Fault(
        "day",
        "its texts have the rest of the page in them",
        "text_length_shifted",
        MAJOR,
        WARN,
        f"update dim_release set char_count = 30 * char_count where release_key in ({OF_DAY})",
    ),
    Fault(
        "week",
        "its amounts were not read",
        "fact_mix_shifted",
        MINOR,
        WARN,
        f"delete from fact_money where release_key in ({OF_WEEK})",
    ),
    Fault(
        "week",
        "its dates were read six times",
        "fact_mix_shifted",
        MINOR,
        WARN,
        f"insert into fact_date select fact_date.* from fact_date cross join range(5) where release_key in ({OF_WEEK})",
    ),
    Fault(
        "day",
        "its numerals are unexplained",
        "unexplained_by_day",
        MINOR,
        WARN,
        f"update fact_numeral set role = 'unexplained', rule_key = -1 where release_key in ({OF_DAY})",
    ),
    Fault(
        "week",
        "what its facts stand on changed",
        "ground_shifted:fact_money",
        MINOR,
        WARN,
        f"update fact_money set confidence = 'assumed', basis = 'currency: convention' where release_key in ({OF_WEEK})",
    ),
    Fault(
        "day",
        "it is missing from the calendar",
        "calendar_gap",
        CRITICAL,
        FAIL,
        "delete from dim_date where date = date '{day}'",
    ),
    # One rule.
    Fault(
        "rule",
        "it stopped firing",
        "rule_silent",
        MAJOR,
        WARN,
        "delete from fact_money where rule_key = {rule} and release_key in (select release_key from dim_release where published_on > date '{last}' - 40); delete from fact_numeral where rule_key = {rule} and release_key in (select release_key from dim_release where published_on > date '{last}' - 40)",
    ),
    *(
        Fault(
            "rule",
            f"it is gone, and rows of {table} name it",
            f"rule_unknown:{table}",
            MAJOR,
            FAIL,
            f"update {table} set rule_key = 7 where {R}",
        )
        for table in SPANS
    ),
    Fault(
        "rule",
        "it is in the dimension twice",
        "row_invalid:dim_rule",
        CRITICAL,
        FAIL,
        "insert into dim_rule select * from dim_rule where rule_key = {rule}",
    ),
    # One currency.
    Fault(
        "currency",
        "it is not in the dimension",
        "currency_unknown",
        MAJOR,
        FAIL,
        "delete from dim_currency where currency_code = 'USD'",
    ),
    Fault(
        "currency",
        "its key is another one's",
        "currency_key_wrong",
        CRITICAL,
        FAIL,
        f"update fact_money set currency_key = (select currency_key from dim_currency where currency_code = 'JPY') where {R} and currency_code <> 'JPY'",
    ),
    Fault(
        "currency",
        "its scale words were read twice",
        "money_implausible",
        MAJOR,
        WARN,
        "update fact_money set amount = amount * 1e9::decimal(38, 4) where currency_code = 'USD' and " + share(20),
    ),
    Fault(
        "currency",
        "its rate slipped by a digit in a month",
        "rate_jumped",
        MAJOR,
        WARN,
        "update fx_rate_monthly set thb_per_unit = 10 * thb_per_unit where currency_code = 'USD' and month = (select date_trunc('month', date '{day}')::date - interval 3 month)",
    ),
    Fault(
        "currency",
        "it has no rates",
        "rate_missing",
        MINOR,
        WARN,
        "delete from fx_rate_monthly where currency_code in ('USD', 'CNY')",
    ),
    Fault(
        "currency",
        "its rate of a year is another one's",
        "rate_of_year_off",
        MINOR,
        WARN,
        "update fx_rate_annual set thb_per_unit = 2 * thb_per_unit where currency_code = 'USD' and year = 2020",
    ),
    Fault(
        "currency",
        "what it was converted to is off",
        "conversion_rate_off",
        MINOR,
        WARN,
        "update fact_consistency set verdict = 'differs', reason = null where kind = 'conversion'",
    ),
    # Rows of one table.
    Fault(
        "table",
        "a range of money is reversed in one of a hundred releases",
        "range_reversed_money",
        MAJOR,
        FAIL,
        f"update fact_money set amount_max = amount - 1 where {share(5)}",
    ),
    Fault(
        "table",
        "a range of money is reversed",
        "range_reversed_money",
        MAJOR,
        WARN,
        f"update fact_money set amount_max = amount - 1 where {R}",
    ),
    Fault(
        "table",
        "a range of counts is reversed",
        "range_reversed_value:fact_count",
        MAJOR,
        WARN,
        f"update fact_count set value_max = value - 1 where {R}",
    ),
    Fault(
        "table",
        "a range of measures is reversed",
        "range_reversed_value:fact_measure",
        MAJOR,
        WARN,
        f"update fact_measure set value_max = value - 1 where {R}",
    ),
    Fault(
        "table",
        "a period ends before it starts",
        "range_reversed_date",
        CRITICAL,
        WARN,
        f"update fact_date set date_end = date_start - 1 where date_start is not null and {R}",
    ),
    Fault(
        "table",
        "amounts are zero",
        "money_implausible",
        MAJOR,
        WARN,
        f"update fact_money set amount = 0 where {share(1)}",
    ),
    Fault(
        "table",
        "counts of people are beyond mankind",
        "count_implausible",
        MINOR,
        WARN,
        f"update fact_count set value = 2e14::decimal(38, 6) where {share(1)}",
    ),
    Fault(
        "table",
        "shares are of a million per cent",
        "measure_implausible",
        MINOR,
        WARN,
        f"update fact_measure set value = 900000, unit_code = '%' where {share(1)}",
    ),
    Fault(
        "table",
        "years are those of another era",
        "date_year_implausible",
        MAJOR,
        WARN,
        f"update fact_date set date_end = (date_end + interval 543 year)::date where {share(1)}",
    ),
    Fault(
        "table",
        "dates have slipped by an era",
        "date_era_slip",
        MINOR,
        WARN,
        f"update fact_date set date_start = (date_start - interval 543 year)::date where {share(1)}",
    ),
    Fault(
        "table",
        "a day and its key disagree",
        "date_key_wrong",
        MAJOR,
        FAIL,
        f"update fact_date set date_start_key = 20200101 where {R}",
    ),
    Fault(
        "table",
        "a quantity is converted wrongly",
        "measure_conversion_wrong",
        MAJOR,
        WARN,
        "update fact_measure set value_si = 2 * value_si + 1 where value_si is not null and release_key = (select min(release_key) from fact_measure where value_si is not null)",
    ),
    Fault(
        "table",
        "a unit is not in the dimension",
        "unit_unknown",
        MINOR,
        WARN,
        "delete from dim_unit where unit_code in ('%', '[rai]', 'km')",
    ),
    Fault(
        "table",
        "the factor of a unit is off",
        "unit_factor_wrong",
        MAJOR,
        FAIL,
        "update dim_unit set factor_numerator = factor_numerator + 1 where unit_code = '[rai]'",
    ),
    Fault(
        "table",
        "a province lies in no country",
        "place_out_of_place",
        MAJOR,
        FAIL,
        "update dim_place set country_key = 7 where kind = 'province' and place_key = (select min(place_key) from dim_place where kind = 'province')",
    ),
    Fault(
        "table",
        "a place is not in the dimension",
        "place_unknown",
        MAJOR,
        FAIL,
        "delete from dim_place where place_key = (select min(place_key) from fact_place)",
    ),
    Fault(
        "table",
        "the holidays of a year are missing",
        "holidays_missing",
        MINOR,
        WARN,
        "update dim_date set is_holiday = null where year_ce = year(date '{day}')",
    ),
    *(
        Fault(
            "table",
            f"a span of {table} lies outside its text",
            f"span_out_of_text:{table}",
            CRITICAL,
            FAIL,
            f"update {table} set char_end = 10000000 where {R}",
        )
        for table in (*SPANS, "fact_place")
    ),
    *(
        Fault(
            "table",
            f"rows of {table} quote other words",
            "surface_differs",
            CRITICAL,
            FAIL,
            f"update {table} set char_start = char_start + 1 where {R}",
        )
        for table in (*SPANS, "fact_place")
    ),
    *(
        Fault(
            "table",
            f"rows of {table} stand there twice",
            f"fact_repeated:{table}",
            CRITICAL,
            FAIL,
            f"insert into {table} select * from {table} where {R}",
        )
        for table in (*SPANS, "fact_place")
    ),
    *(
        Fault(
            "table",
            f"rows of {table} have no release",
            f"release_unknown:{table}",
            CRITICAL,
            FAIL,
            f"update {table} set release_key = 7 where {R}",
        )
        for table in (*SPANS, "fact_place")
    ),
    *(
        Fault(
            "table",
            f"the ledger knows nothing of rows of {table}",
            f"fact_without_numeral:{table}",
            MAJOR,
            WARN,
            f"update fact_numeral set role = 'other' where {R} and role = '{table.removeprefix('fact_')}'",
        )
        for table in FACTS
    ),
    Fault(
        "table",
        "two facts share a place",
        "facts_overlap",
        CRITICAL,
        FAIL,
        f"insert into fact_date select * replace (char_start + 1 as char_start) from fact_date where {R}",
    ),
    Fault(
        "table",
        "pairs name facts that are not there",
        "pair_without_fact",
        MAJOR,
        WARN,
        "delete from fact_money where release_key in (select release_key from fact_consistency where kind = 'words_digits' limit 1)",
    ),
    *(
        Fault(
            "table",
            f"pairs of {kind} disagree",
            check,
            MINOR,
            WARN,
            f"update fact_consistency set verdict = 'differs', reason = null where kind = '{kind}'",
        )
        for kind, check in (
            ("words_digits", "amount_words_differ"),
            ("total_parts", "parts_do_not_sum"),
            ("count_names", "list_count_differs"),
            ("weekday_date", "weekday_wrong"),
            ("header_dates", "header_dates_differ"),
        )
    ),
    Fault(
        "table",
        "a row of money was rejected",
        "row_rejected:fact_money",
        MAJOR,
        WARN,
        "insert into etl_quarantine by name select 1::bigint quarantine_key, (select max(run_id) from etl_run) run_id, 'validate' stage, '{source}' source_id, 'file:///x' source_uri, 'fact_money' table_name, 'range_reversed' reason, 'amount_max is less than amount' detail, now()::timestamp quarantined_at, now()::timestamp last_seen_at, 'open' status",
    ),
    Fault(
        "table",
        "a rate is negative",
        "row_invalid:fx_rate_monthly",
        CRITICAL,
        FAIL,
        "update fx_rate_monthly set thb_per_unit = -thb_per_unit where currency_code = 'USD' and month = date '2020-01-01'",
    ),
    Fault(
        "table",
        "a currency code is no code",
        "row_invalid:dim_currency",
        CRITICAL,
        FAIL,
        "update dim_currency set currency_code = 'usd' where currency_code = 'USD'",
    ),
    Fault(
        "table",
        "a run has an outcome that there is not",
        "row_invalid:etl_run",
        CRITICAL,
        FAIL,
        "update etl_run set status = 'odd' where run_id = (select max(run_id) from etl_run)",
    ),
    Fault(
        "table",
        "a date is written in no form of EDTF",
        "row_invalid:fact_date",
        CRITICAL,
        FAIL,
        f"update fact_date set edtf = '2025/13' where {R}",
    ),
    Fault(
        "table",
        "documents name a batch that is gone",
        "batch_unknown:etl_document",
        MAJOR,
        WARN,
        "delete from etl_batch where batch_id = (select min(batch_id) from etl_batch)",
    ),
    Fault(
        "table",
        "releases name a run that is gone",
        "run_unknown:dim_release",
        MAJOR,
        WARN,
        "delete from etl_run where run_id = (select min(run_id) from dim_release)",
    ),
    Fault(
        "table",
        "half of the runs failed",
        "runs_failing",
        MINOR,
        WARN,
        "insert into etl_run by name select '20240101T00000' || number || 'Z-0000' run_id, * exclude (run_id, number) replace ('failed' as status) from etl_run cross join range(6) as more (number) limit 6",
    ),
    Fault(
        "table",
        "a list could not be read for days",
        "listing_failing",
        MAJOR,
        WARN,
        "insert into source_listing by name select '{source}' source_id, 'https://news.example.org/feed' url, now()::timestamp asked_at, 5 failures, 'it answers 503' last_problem",
    ),
    Fault(
        "table",
        "listed releases could not be fetched",
        "entry_unread",
        MINOR,
        WARN,
        "insert into source_entry by name select '{source}' source_id, number::varchar entry_id, 'https://news.example.org/' || number url, 'failed' status, now()::timestamp first_seen_at, now()::timestamp last_seen_at, 4 attempts, 'it answers 404' last_problem from range(3) as more (number)",
    ),
    Fault(
        "table",
        "of two titles of a page both are believed",
        "metadata_misplaced",
        MAJOR,
        FAIL,
        "insert into release_metadata by name select {one}::bigint release_key, 'title' field, number candidate_no, 'x' value, 'meta' found_in, 'meta.title' rule_name, true is_chosen from range(1, 3) as more (number)",
    ),
    Fault(
        "table",
        "pages give two days far apart",
        "page_dates_differ",
        MINOR,
        WARN,
        "insert into release_metadata by name select {one}::bigint release_key, 'published_on' field, number candidate_no, '2024-0' || number || '-01' value, 'meta' found_in, 'meta.date' rule_name, number = 1 is_chosen from range(1, 3) as more (number)",
    ),
    Fault(
        "many releases",
        "a paragraph of one page in ten was left out",
        "paragraph_lost",
        MAJOR,
        WARN,
        f"insert into release_metadata by name select release_key, 'title' field, 1 candidate_no, title value, 'meta' found_in, 'meta.title' rule_name, true is_chosen from dim_release where is_current; update dim_release set lost_numerals = ['12'] where {share(10)}",
    ),
    # A whole table.
    Fault("table", "the table of money is gone", "table_lost", CRITICAL, FAIL, "drop table fact_money cascade"),
    Fault("table", "a column of dates is gone", "table_lost", CRITICAL, FAIL, "alter table fact_date drop column edtf"),
    Fault("table", "all places were deleted", "rows_lost", CRITICAL, FAIL, "delete from fact_place"),
    Fault("table", "all signatures were deleted", "signature_missing", MAJOR, WARN, "delete from release_signature"),
    Fault("table", "all documents were forgotten", "document_astray", CRITICAL, FAIL, "delete from etl_document"),
)
