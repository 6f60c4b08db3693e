"""Precedence of the rules, in one place: at a trigger the first that yields a value wins.

A rule stands before another where its evidence is stronger. Nothing else depends on the order of rules or modules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from flows.extract.rule import Rule

PRECEDENCE: Final[tuple[str, ...]] = (
    # A form that nothing else has, or a word that announces a telephone number.
    "identifier.phone",
    "identifier.phone_abroad",
    "identifier.phone_bracket",
    "identifier.chainage",
    "identifier.kilometre_post",
    "identifier.phone_number",
    "list_marker.bracket_or_dot",
    "list_marker.outline",
    "other.fertiliser",
    "measure.rai_ngan_wah",
    "identifier.drawn_numbers",
    "name.calibre",
    "name.company",
    # Dates: the month's name or the whole form says so; longer forms before the shorter ones that they contain.
    "date.numeric",
    "date.iso",
    "date.dashed",
    "date.days_across_months",
    "date.days_of_month",
    "date.list_of_days",
    "date.day_month_year",
    "other.impossible_date",
    "date.quarter",
    "date.first_months",
    "date.season",
    "date.year",
    "date.english_month_day",
    "date.english_month_year",
    # Times come after dates: 1.2.66 is no time.
    "time.clock",
    "time.hour",
    "time.part_of_day",
    # What the word before decides alone, whatever follows: มาตรา 44 วัน is not 44 days.
    "ordinal.english",
    "time.military",
    "time.military_thai",
    "ordinal.chain",
    "identifier.chain",
    "identifier.building",
    "identifier.road_code",
    "identifier.letter",
    "identifier.document",
    "identifier.postcode",
    "identifier.dated_document",
    "ordinal.edition",
    "ordinal.outline",
    "ordinal.word_before",
    "identifier.code",
    "ordinal.school_year",
    "other.score",
    "identifier.word_before",
    "name.word_before",
    "other.proportion",
    "other.word_before",
    # What is joined to the number on the left: COVID-19, but MRR-1 %.
    "measure.interest_margin",
    "measure.bare_margin",
    "measure.english_span",
    "name.plus",
    "identifier.wire_number",
    "name.latin_attached",
    # The unit after the number: money, then measures, then counts; บาทต่อดอลลาร์ is a rate, and gold is weighed in baht.
    "other.exchange_rate",
    "money.unit_after",
    "money.sign_before",
    "money.assumed_baht",
    "measure.age",
    "measure.gold_weight",
    "measure.percent_before",
    "measure.unit_after",
    "count.classifier",
    "count.english",
    # A unit that a neighbour lends.
    "measure.percent_list",
    "count.shared_unit",
    # Four digits are a year, unless they begin a Latin name.
    "name.year_and_latin",
    "date.bare_year",
    "date.two_digit_year",
    "date.season_alone",
    "ordinal.programme_year",
    # No unit follows: the weaker words before the number.
    "ordinal.noun_before",
    "ordinal.soft_word_before",
    "other.graded_value",
    "identifier.soft_word_before",
    "name.soft_word_before",
    "other.soft_word_before",
    # Forms that a unit or a date would have claimed.
    "other.ratio",
    "other.about_one_of",
    "other.rank_among",
    "other.one_of",
    "other.fraction",
    "other.formula",
    "identifier.hotline",
    "name.latin_right",
    "name.latin_before",
    # Evidence from further away.
    "name.quoted",
    "ordinal.day_number",
    "other.lunar_day",
    "name.abbreviation",
    "name.lettered",
    "name.version",
    "other.index_value",
    "count.motto",
    "name.numbered_place",
    "name.thai_attached",
    "other.one_among",
    "other.lunar_month",
    "other.difference",
    "identifier.number_pattern",
    "identifier.lucky_number",
    "identifier.route_code",
    "identifier.hotline_verb",
    "time.after_date",
    "name.variety",
    "other.per_head",
    "other.bracket_formula",
    "ordinal.bare_that",
    # A series that the mention before began.
    "identifier.continued",
    "ordinal.continued",
    "name.continued",
    # A noun that no vocabulary lists, or none at all.
    "count.english_list",
    "count.latin_noun",
    "count.noun",
    "count.no_unit",
    # The layout alone.
    "list_marker.joined",
    "other.footnote",
    "other.table_cell",
    "other.table_row",
    # The form of the number alone.
    "count.grouped",
    "other.broken_number",
    # Triggers without a numeral: each kind is tried by itself.
    "date.month",
    "date.part_of_year",
    "date.relative",
    "count.spelled",
    "identifier.url",
    "identifier.email",
    "identifier.hashtag",
)


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules by precedence.

    Raises:
        ValueError: a rule is not in `PRECEDENCE` or is there twice, or a name there has not exactly one rule.
    """
    known = tuple(rules)
    names, places = Counter(rule.name for rule in known), Counter(PRECEDENCE)
    wrong = sorted(name for name in names | places if not names[name] == places[name] == 1)
    if wrong:
        raise ValueError(f"each rule must be in PRECEDENCE exactly once; these are not: {', '.join(wrong)}")
    rank = {name: n for n, name in enumerate(PRECEDENCE)}
    return tuple(sorted(known, key=lambda rule: rank[rule.name]))
