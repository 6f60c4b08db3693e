"""The warehouse's tables as pandera models: columns, types, meaning, grain, and the checks that every row must pass.

Types are Arrow's, and nothing is coerced: rows are built in their final types first and checked second. A check's
error text is `code: sentence`; the code becomes the reason in `etl_quarantine`. What a check can only know from
the batch around a row (does the text really stand there?) is added by `flows.stage`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Final

import pandas as pd
import pandera.pandas as pap
import pyarrow as pa

import seeds
from schemas.values import Comparator, Confidence, Modifier, PairKind, PairVerdict, PlaceEvidence, Role

if TYPE_CHECKING:
    from enum import StrEnum

Int64 = Annotated[pd.ArrowDtype, pa.int64()]
Int32 = Annotated[pd.ArrowDtype, pa.int32()]
Float64 = Annotated[pd.ArrowDtype, pa.float64()]
Text = Annotated[pd.ArrowDtype, pa.string()]
Texts = Annotated[pd.ArrowDtype, pa.list_(pa.string())]
Int32s = Annotated[pd.ArrowDtype, pa.list_(pa.int32())]
Flag = Annotated[pd.ArrowDtype, pa.bool_()]
Day = Annotated[pd.ArrowDtype, pa.date32()]
Instant = Annotated[pd.ArrowDtype, pa.timestamp("us")]  # without a zone: plain clients need no zone database to read it
Amount = Annotated[pd.ArrowDtype, pa.decimal128(38, 4)]
CountValue = Annotated[pd.ArrowDtype, pa.decimal128(38, 6)]
MeasureValue = Annotated[pd.ArrowDtype, pa.decimal128(38, 9)]
Rate = Annotated[pd.ArrowDtype, pa.decimal128(28, 12)]

_YEAR = r"(?:\d{4}|\d{3}X|\d{2}XX|XXXX)"
_MONTH_DAY = r"(?:0[1-9]|1[0-2]|XX)(?:-(?:0[1-9]|[12]\d|3[01]|XX))?"
_SEASON = r"(?:2[1-4]|3[3-9]|4[01])"  # EDTF: 21-24 seasons, 33-36 quarters, 37-39 four-month terms, 40-41 halves
_EDTF_DATE = rf"{_YEAR}(?:-(?:{_MONTH_DAY}|{_SEASON}))?[?~%]?"
EDTF: Final = rf"(?:{_EDTF_DATE}|{_EDTF_DATE}/(?:{_EDTF_DATE}|\.\.)?|(?:\.\.)?/{_EDTF_DATE})"
"""A date or an interval of EDTF levels 0 and 1, and the quarters and halves of level 2."""

KEY_TEXT: Final = r"[0-9a-f]{64}"

_FACTS: Final = ("fact_date", "fact_money", "fact_count", "fact_measure")


@cache
def _seeded(table: str, column: str) -> frozenset[str]:
    return frozenset(row[column] for row in seeds.rows(table))


def _values(names: type[StrEnum]) -> list[str]:
    return [name.value for name in names]


def _holds(outcome: pd.Series) -> pd.Series[bool]:
    """A comparison's outcome as plain booleans; where a side is null there is nothing to object to."""
    return outcome.fillna(value=True).astype(bool)


def _both_or_neither(left: pd.Series, right: pd.Series) -> pd.Series[bool]:
    return left.isna() == right.isna()


class _Table(pap.DataFrameModel):
    class Config:
        strict = True
        ordered = True
        coerce = False


class DimRelease(_Table):
    """Press releases with their text and all their revisions; each fact points into `body`.

    Grain: one revision of one release.
    """

    release_key: Int64 = pap.Field(ge=0, description="Key of this revision of the release.")
    release_id: Text = pap.Field(
        str_matches=r"^r[0-9a-f]{16}$", description="Name of the release, shared by all its revisions."
    )
    revision: Int32 = pap.Field(ge=1, description="Number of the revision, from 1.")
    source_key: Int32 = pap.Field(ge=0, description="Source that it came from (dim_source).")
    source_uri: Text = pap.Field(description="Where the document was read: a file, or a member of an archive.")
    publisher: Text = pap.Field(
        nullable=True,
        description="Wire service or agency as the text names it; of a web page whose text names none, who publishes "
        "it.",
    )
    publisher_ref: Text = pap.Field(nullable=True, description="The publisher's own number or URL for the release.")
    title: Text = pap.Field(str_length={"min_value": 1}, description="First non-empty line, trimmed.")
    body: Text = pap.Field(
        description="The decoded text, line ends as \\n, otherwise untouched; facts count its code points."
    )
    language: Text = pap.Field(
        str_matches=r"^[a-z]{2,3}$", description="ISO 639 code of the main language; und where it cannot be told."
    )
    published_on: Day = pap.Field(nullable=True, description="Day of publication (Gregorian); null where unknown.")
    published_on_key: Int32 = pap.Field(description="Day of publication in dim_date; -1 where unknown.")
    published_on_basis: Text = pap.Field(
        nullable=True,
        description="What the day of publication was read from, or why a date that is there is not believed.",
    )
    dateline_place: Text = pap.Field(nullable=True, description="Place of the dateline as written.")
    encoding: Text = pap.Field(description="Character encoding that the raw bytes were decoded from.")
    paragraph_count: Int32 = pap.Field(ge=1, description="Number of paragraphs: lines that are not blank.")
    char_count: Int32 = pap.Field(ge=1, description="Length of the body in Unicode code points.")
    content_hash: Text = pap.Field(
        str_matches=rf"^{KEY_TEXT}$",
        description="SHA-256 of the raw bytes, in hex; of a web page, of its title and main text when it was acquired.",
    )
    first_seen_at: Instant = pap.Field(description="When any revision of the release was first acquired (UTC).")
    valid_from: Instant = pap.Field(description="When this revision was acquired (UTC).")
    valid_to: Instant = pap.Field(
        nullable=True,
        description="When a later revision replaced this one, or its source no longer had it (UTC); "
        "null while it is current.",
    )
    is_current: Flag = pap.Field(
        description="Whether the release stands like this now; no revision of one that disappeared does."
    )
    duplicate_of_key: Int64 = pap.Field(
        nullable=True,
        description="The first published of the current releases that say the same, which counts for all of them; "
        "null for that one and for one alone.",
    )
    extractor_version: Text = pap.Field(description="Version of the extraction rules that read the body.")
    run_id: Text = pap.Field(description="Run that loaded this revision (etl_run).")
    dateline_place_key: Int32 = pap.Field(
        ge=-1, description="Place of the dateline in dim_place; -1 where there is none or no seed lists it."
    )
    closed_reason: Text = pap.Field(
        nullable=True,
        isin=["replaced", "disappeared"],
        description="Why it stands no longer: replaced by a later revision, or disappeared from its source; "
        "null while it is current.",
    )
    overrides: Texts = pap.Field(
        description="Decisions that it was read under (etl_override), in their order; usually none."
    )
    lost_numerals: Texts = pap.Field(
        description="Numerals of the web page that may belong to the text and are not in it; empty for others."
    )

    class Config(_Table.Config):
        name = "dim_release"
        unique = ("release_key",)

    @pap.dataframe_check(ignore_na=False, error="char_count_differs: char_count is not the length of body")
    @classmethod
    def char_count_is_length(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _holds(frame["char_count"] == frame["body"].str.len())

    @pap.dataframe_check(ignore_na=False, error="published_on_without_basis: nothing is said of where it was read")
    @classmethod
    def publication_has_basis(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["published_on"].isna() | frame["published_on_basis"].notna()

    @pap.dataframe_check(ignore_na=False, error="validity_reversed: valid_to lies before valid_from")
    @classmethod
    def validity_is_ordered(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _holds(frame["valid_to"] >= frame["valid_from"])

    @pap.dataframe_check(ignore_na=False, error="current_but_closed: exactly the current revision has no valid_to")
    @classmethod
    def current_is_open(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _holds(frame["is_current"] == frame["valid_to"].isna())

    @pap.dataframe_check(ignore_na=False, error="closed_without_reason: exactly a closed revision has a reason")
    @classmethod
    def closed_has_reason(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _both_or_neither(frame["closed_reason"], frame["valid_to"])


class _Place(_Table):
    release_key: Int64 = pap.Field(ge=0, description="Revision of the release that the text stands in (dim_release).")
    char_start: Int32 = pap.Field(ge=0, description="First code point of the span in dim_release.body, from 0.")
    char_end: Int32 = pap.Field(description="Code point after the span's last one.")
    surface: Text = pap.Field(description="The text of the span: body[char_start:char_end].")
    paragraph_no: Int32 = pap.Field(ge=0, description="Paragraph (non-blank line) that the span starts in, from 0.")

    @pap.dataframe_check(ignore_na=False, error="span_empty: char_end is not after char_start")
    @classmethod
    def span_is_not_empty(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _holds(frame["char_end"] > frame["char_start"])


class _Span(_Place):
    rule_key: Int32 = pap.Field(description="Rule that read it (dim_rule).")


class _Fact(_Span):
    line_no: Int32 = pap.Field(
        ge=0, description="Line of the body that the span starts in, from 0, blank ones counted."
    )
    sentence_start: Int32 = pap.Field(
        ge=0, description="First code point, in that line, of the stretch of text to show around the span."
    )
    sentence_end: Int32 = pap.Field(description="Code point of that line after the stretch's last one.")
    confidence: Text = pap.Field(
        isin=_values(Confidence),
        description="stated by the text, inferred from context, or assumed by convention.",
    )
    basis: Text = pap.Field(nullable=True, description="What context or convention supplied; null where nothing was.")
    alternatives: Texts = pap.Field(description="Other readings of an ambiguous expression; usually empty.")

    @pap.dataframe_check(ignore_na=False, error="sentence_empty: sentence_end is not after sentence_start")
    @classmethod
    def sentence_is_not_empty(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _holds(frame["sentence_end"] > frame["sentence_start"])


class FactDate(_Fact):
    """Dates and periods that the texts state.

    Grain: one date expression of one release revision.
    """

    edtf: Text = pap.Field(description="The period in EDTF (ISO 8601-2), Gregorian; X where a digit is unknown.")
    date_start: Day = pap.Field(nullable=True, description="First day of the period; null where the year is unknown.")
    date_end: Day = pap.Field(nullable=True, description="Last day of the period, inclusive; null as date_start is.")
    date_start_key: Int32 = pap.Field(description="First day in dim_date; -1 where unknown.")
    date_end_key: Int32 = pap.Field(description="Last day in dim_date; -1 where unknown.")
    modifier: Text = pap.Field(
        nullable=True,
        isin=_values(Modifier),
        description="by, since, until or approx where the text says so; null otherwise.",
    )
    is_relative: Flag = pap.Field(description="Whether the text names the period relative to another day (today …).")

    class Config(_Table.Config):
        name = "fact_date"
        unique = ("release_key", "char_start", "char_end")

    @pap.check("edtf", error="edtf_invalid: not a date or interval of EDTF")
    @classmethod
    def edtf_is_valid(cls, edtf: pd.Series[str]) -> pd.Series[bool]:
        return _holds(edtf.str.fullmatch(EDTF))

    @pap.dataframe_check(ignore_na=False, error="dates_reversed: date_end lies before date_start")
    @classmethod
    def dates_are_ordered(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _holds(frame["date_end"] >= frame["date_start"])

    @pap.dataframe_check(ignore_na=False, error="date_half_known: only one of date_start and date_end is known")
    @classmethod
    def dates_are_known_together(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _both_or_neither(frame["date_start"], frame["date_end"])


class FactMoney(_Fact):
    """Amounts of money that the texts state.

    Grain: one amount of money of one release revision.
    """

    amount: Amount = pap.Field(ge=0, description="The amount in whole units of the currency; a range's lower end.")
    amount_max: Amount = pap.Field(nullable=True, description="A range's upper end; null where it is no range.")
    currency_code: Text = pap.Field(description="ISO 4217 code of the currency (dim_currency).")
    currency_key: Int32 = pap.Field(ge=0, description="The currency in dim_currency.")
    comparator: Text = pap.Field(
        isin=_values(Comparator), description="How the amount bounds the true one: eq, approx, gt, ge, lt or le."
    )
    per_unit: Text = pap.Field(nullable=True, description="What it is per, as written; null for a total.")

    class Config(_Table.Config):
        name = "fact_money"
        unique = ("release_key", "char_start", "char_end")

    @pap.check("currency_code", error="currency_unknown: not an ISO 4217 code of seeds/currencies.csv")
    @classmethod
    def currency_is_known(cls, codes: pd.Series[str]) -> pd.Series[bool]:
        return _holds(codes.isin(_seeded("currencies", "currency_code")))

    @pap.dataframe_check(ignore_na=False, error="range_reversed: amount_max is less than amount")
    @classmethod
    def range_is_ordered(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _holds(frame["amount_max"] >= frame["amount"])


class FactCount(_Fact):
    """Counts of things that the texts state.

    Grain: one count of one release revision.
    """

    value: CountValue = pap.Field(ge=0, description="How many; a range's lower end.")
    value_max: CountValue = pap.Field(nullable=True, description="A range's upper end; null where it is no range.")
    unit_text: Text = pap.Field(nullable=True, description="Classifier or noun as written; null if none.")
    unit_code: Text = pap.Field(nullable=True, description="Class of the classifier (dim_unit); null if none.")
    unit_key: Int32 = pap.Field(description="The class in dim_unit; -1 where there is none.")
    comparator: Text = pap.Field(
        isin=_values(Comparator), description="How the value bounds the true one: eq, approx, gt, ge, lt or le."
    )
    per_unit: Text = pap.Field(nullable=True, description="What it is per, as written; null for a total.")

    class Config(_Table.Config):
        name = "fact_count"
        unique = ("release_key", "char_start", "char_end")

    @pap.check("unit_code", error="unit_unknown: not a class of seeds/classifiers.csv")
    @classmethod
    def class_is_known(cls, codes: pd.Series[str]) -> pd.Series[bool]:
        return _holds(codes.isin(_seeded("classifiers", "unit_code")))

    @pap.dataframe_check(ignore_na=False, error="range_reversed: value_max is less than value")
    @classmethod
    def range_is_ordered(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _holds(frame["value_max"] >= frame["value"])


class FactMeasure(_Fact):
    """Quantities with a unit of measurement that the texts state.

    Grain: one measured quantity of one release revision.
    """

    value: MeasureValue = pap.Field(description="The quantity in unit_code; a range's lower end.")
    value_max: MeasureValue = pap.Field(nullable=True, description="A range's upper end; null where it is no range.")
    unit_code: Text = pap.Field(
        str_length={"min_value": 1}, description="Code of the unit (dim_unit): UCUM where it has one, else as written."
    )
    unit_key: Int32 = pap.Field(ge=0, description="The unit in dim_unit.")
    comparator: Text = pap.Field(
        isin=_values(Comparator), description="How the value bounds the true one: eq, approx, gt, ge, lt or le."
    )
    per_unit: Text = pap.Field(nullable=True, description="What it is per, as written; null for a total.")
    value_si: MeasureValue = pap.Field(
        nullable=True, description="The value in si_unit; null where the unit has no exact factor to the SI."
    )
    si_unit: Text = pap.Field(nullable=True, description="UCUM code of the SI unit of value_si; null as value_si is.")

    class Config(_Table.Config):
        name = "fact_measure"
        unique = ("release_key", "char_start", "char_end")

    @pap.dataframe_check(ignore_na=False, error="range_reversed: value_max is less than value")
    @classmethod
    def range_is_ordered(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _holds(frame["value_max"] >= frame["value"])

    @pap.dataframe_check(ignore_na=False, error="si_half_known: only one of value_si and si_unit is known")
    @classmethod
    def si_value_has_unit(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _both_or_neither(frame["value_si"], frame["si_unit"])


class FactNumeral(_Span):
    """The ledger: every numeral of every text, and what became of it.

    Grain: one numeral of one release revision.
    """

    role: Text = pap.Field(
        isin=_values(Role),
        description="Fact it belongs to (date, money, count, measure), named reason why it is none, or unexplained.",
    )

    class Config(_Table.Config):
        name = "fact_numeral"
        unique = ("release_key", "char_start", "char_end")

    @pap.dataframe_check(ignore_na=False, error="role_without_rule: a numeral has a rule unless it is unexplained")
    @classmethod
    def explained_by_a_rule(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _holds((frame["rule_key"] == -1) == (frame["role"] == Role.UNEXPLAINED))

    @pap.dataframe_check(ignore_na=False, error="numerals_overlap: the span overlaps the numeral before it")
    @classmethod
    def numerals_do_not_overlap(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        spans = frame[["release_key", "char_start", "char_end"]].sort_values(["release_key", "char_start", "char_end"])
        before = spans.shift(1)
        clear = (spans["release_key"] != before["release_key"]) | (spans["char_start"] >= before["char_end"])
        return _holds(clear).reindex(frame.index)


class FactConsistency(_Place):
    """What the texts say twice, and whether both say the same: each pair names its facts by their place.

    Grain: one pair of one release revision.
    """

    line_no: Int32 = pap.Field(
        ge=0, description="Line of the body that the span starts in, from 0, blank ones counted."
    )
    sentence_start: Int32 = pap.Field(
        ge=0, description="First code point, in that line, of the stretch of text to show around the span."
    )
    sentence_end: Int32 = pap.Field(description="Code point of that line after the stretch's last one.")
    kind: Text = pap.Field(
        isin=_values(PairKind),
        description="words_digits, conversion, total_parts, count_names, weekday_date or header_dates.",
    )
    left_table: Text = pap.Field(isin=_FACTS, description="Table of the first fact.")
    left_char_start: Int32 = pap.Field(ge=0, description="First code point of the first fact.")
    left_char_end: Int32 = pap.Field(description="Code point after its last one.")
    right_table: Text = pap.Field(
        nullable=True,
        isin=_FACTS,
        description="Table of the second fact, of several parts the last one; null where it is no fact (words, names).",
    )
    right_char_start: Int32 = pap.Field(nullable=True, ge=0, description="First code point of the second fact.")
    right_char_end: Int32 = pap.Field(nullable=True, description="Code point after its last one.")
    expected: Text = pap.Field(nullable=True, description="What follows from the one; null where nothing does.")
    found: Text = pap.Field(nullable=True, description="What the other says; null where it cannot be read.")
    deviation: Float64 = pap.Field(
        nullable=True, description="found / expected - 1; null where they are no numbers or cannot be compared."
    )
    verdict: Text = pap.Field(
        isin=_values(PairVerdict),
        description="agrees, differs, or unknown where the text or the seeds leave it open.",
    )
    reason: Text = pap.Field(nullable=True, description="Why the verdict is unknown; null otherwise.")
    rule_key: Int32 = pap.Field(description="Rule that read it (dim_rule).")

    class Config(_Table.Config):
        name = "fact_consistency"
        unique = ("release_key", "kind", "char_start", "char_end")

    @pap.dataframe_check(ignore_na=False, error="fact_outside: the span does not hold both facts")
    @classmethod
    def span_holds_both_facts(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        starts, ends = frame["char_start"], frame["char_end"]
        left = _holds(starts <= frame["left_char_start"]) & _holds(frame["left_char_end"] <= ends)
        return left & _holds(starts <= frame["right_char_start"]) & _holds(frame["right_char_end"] <= ends)

    @pap.dataframe_check(ignore_na=False, error="right_half_known: table and place of the second fact go together")
    @classmethod
    def right_fact_is_whole(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _both_or_neither(frame["right_table"], frame["right_char_start"]) & _both_or_neither(
            frame["right_table"], frame["right_char_end"]
        )

    @pap.dataframe_check(ignore_na=False, error="reason_and_verdict: exactly an unknown verdict has a reason")
    @classmethod
    def unknown_has_reason(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        return _holds((frame["verdict"] == PairVerdict.UNKNOWN) == frame["reason"].notna())

    @pap.dataframe_check(ignore_na=False, error="verdict_unfounded: it needs what was expected and what was found")
    @classmethod
    def verdict_has_grounds(cls, frame: pd.DataFrame) -> pd.Series[bool]:
        grounds = frame["expected"].notna() & frame["found"].notna()
        return _holds(grounds | (frame["verdict"] == PairVerdict.UNKNOWN))


class ReleaseChange(_Table):
    """What changed from one revision of a release to the next: its fields, its text, and the facts in it.

    Grain: one change between two consecutive revisions of a release.
    """

    release_key: Int64 = pap.Field(ge=0, description="Revision that brought the change (dim_release).")
    change_no: Int32 = pap.Field(
        ge=1,
        description="Number of the change in that revision, from 1: fields first, then facts table by table in the "
        "order of the text.",
    )
    previous_key: Int64 = pap.Field(ge=0, description="Revision before it (dim_release).")
    release_id: Text = pap.Field(
        str_matches=r"^r[0-9a-f]{16}$", description="Name of the release, shared by all its revisions."
    )
    subject: Text = pap.Field(description="Column of dim_release, or table of the fact.")
    change: Text = pap.Field(isin=["added", "removed", "changed"], description="added, removed or changed.")
    surface_before: Text = pap.Field(
        nullable=True, description="The fact as it was written; null for fields and added facts."
    )
    surface_after: Text = pap.Field(
        nullable=True, description="The fact as it is written now; null for fields and removed facts."
    )
    value_before: Text = pap.Field(
        nullable=True,
        description="Value before: of a field at most 2,000 letters of it, of a fact its columns as JSON; "
        "null for the body and where there was none.",
    )
    value_after: Text = pap.Field(nullable=True, description="Value after, in the same form.")
    char_start_before: Int32 = pap.Field(
        nullable=True,
        ge=0,
        description="First code point of the fact in the body of previous_key; null for fields and added facts.",
    )
    char_end_before: Int32 = pap.Field(nullable=True, description="Code point after its last one.")
    char_start_after: Int32 = pap.Field(
        nullable=True,
        ge=0,
        description="First code point of the fact in the body of release_key; null for fields and removed facts.",
    )
    char_end_after: Int32 = pap.Field(nullable=True, description="Code point after its last one.")
    lines_removed: Int32 = pap.Field(
        nullable=True,
        ge=0,
        description="Lines of the body before that are not in the one after; null for all but the body.",
    )
    lines_added: Int32 = pap.Field(
        nullable=True,
        ge=0,
        description="Lines of the body after that were not in the one before; null for all but the body.",
    )
    difference: Text = pap.Field(
        nullable=True,
        description="The lines of the body that differ, for reading: long ones cut around what differs, "
        "4,000 letters at most; null for all but the body.",
    )

    class Config(_Table.Config):
        name = "release_change"
        unique = ("release_key", "change_no")


class ReleaseSimilarity(_Table):
    """Current releases with almost the same text, and whether they state the same facts.

    Grain: one pair of current releases.
    """

    release_key: Int64 = pap.Field(
        ge=0,
        description="The release published later (dim_release); on the same day the one whose URI sorts later.",
    )
    earlier_key: Int64 = pap.Field(ge=0, description="The release published earlier (dim_release).")
    kind: Text = pap.Field(
        isin=["exact", "near", "corrected"],
        description="exact: the same text but for blanks and forms of letters and digits; near: almost the same text, "
        "the same facts; corrected: almost the same text, other facts (a correction, or the next of a series), "
        "so no copy.",
    )
    similarity: Float64 = pap.Field(
        in_range={"min_value": 0, "max_value": 1},
        description="Share of the runs of five letters that both texts have, of those that either has (Jaccard); "
        "1 for exact.",
    )
    facts_added: Texts = pap.Field(
        description="Facts and other numbers, as written, that only the later one states; empty unless corrected."
    )
    facts_missing: Texts = pap.Field(
        description="Facts and other numbers, as written, that only the earlier one states; empty unless corrected."
    )

    class Config(_Table.Config):
        name = "release_similarity"
        unique = ("release_key", "earlier_key")


class ReleaseSignature(_Table):
    """What the comparison of releases goes by: MinHash signatures of the current ones.

    Grain: one current release.
    """

    release_key: Int64 = pap.Field(ge=0, description="The release (dim_release).")
    text_digest: Int64 = pap.Field(
        description="Hash of the text without blanks, each letter and digit in one form: equal for exact copies."
    )
    bands: Int32s = pap.Field(
        description="Hashes of the bands of its MinHash signature: similar texts have some in common, at the same "
        "position."
    )

    class Config(_Table.Config):
        name = "release_signature"
        unique = ("release_key",)


class ReleaseWord(_Table):
    """The words of every text, for search: Thai cut by dictionary, Latin in small letters, numbers in Western digits.

    Grain: one word of one release revision.
    """

    release_key: Int64 = pap.Field(ge=0, description="Revision of the release that the word stands in (dim_release).")
    word: Text = pap.Field(str_length={"min_value": 1}, description="The word.")
    places: Int32s = pap.Field(description="Its places in the order of the text's words, from 0.")
    in_title: Flag = pap.Field(description="Whether it stands in the title.")

    class Config(_Table.Config):
        name = "release_word"
        unique = ("release_key", "word")


class FactPlace(_Span):
    """Places that the texts name.

    Grain: one mention of a place in one release revision.
    """

    line_no: Int32 = pap.Field(
        ge=0, description="Line of the body that the span starts in, from 0, blank ones counted."
    )
    sentence_start: Int32 = pap.Field(
        ge=0, description="First code point, in that line, of the stretch of text to show around the span."
    )
    sentence_end: Int32 = pap.Field(description="Code point of that line after the stretch's last one.")
    place_key: Int32 = pap.Field(ge=0, description="The place in dim_place.")
    evidence: Text = pap.Field(
        isin=_values(PlaceEvidence),
        description="Why it is a mention: name (the name means nothing else), title (จังหวัด … stands before it) or "
        "list (it stands in a list with a certain one).",
    )

    class Config(_Table.Config):
        name = "fact_place"
        unique = ("release_key", "char_start")


class ReleaseMetadata(_Table):
    """What web pages, the feeds that listed them and their texts say of a release.

    All candidates for each field, and which was believed. Grain: one candidate of one field of one release revision.
    """

    release_key: Int64 = pap.Field(ge=0, description="Revision of the release (dim_release).")
    field: Text = pap.Field(
        isin=["title", "published_on", "publisher", "canonical_url", "language"],
        description="What it is said of: title, published_on, publisher, canonical_url or language.",
    )
    candidate_no: Int32 = pap.Field(
        ge=1,
        description="Number of the candidate among those of the field, from 1; what is believed more readily stands "
        "before.",
    )
    value: Text = pap.Field(description="What is said, as written.")
    found_in: Text = pap.Field(
        isin=["json_ld", "meta", "time_element", "feed", "header", "url", "text"],
        description="Where: json_ld, meta, time_element, feed, header (at the headline of the page), url or text.",
    )
    rule_name: Text = pap.Field(
        str_length={"min_value": 1}, description="What read it, as json_ld.NewsArticle.datePublished."
    )
    is_chosen: Flag = pap.Field(description="Whether it was believed.")

    class Config(_Table.Config):
        name = "release_metadata"
        unique = ("release_key", "field", "candidate_no")


class DimDate(_Table):
    """Calendar days in the Gregorian and the Buddhist era, with Thai and English names, fiscal years and holidays.

    Grain: one day, 1900 to 2100 and any other that a fact names.
    """

    date_key: Int32 = pap.Field(ge=-1, description="The day as yyyymmdd (Gregorian); -1 is the unknown day.")
    date: Day = pap.Field(nullable=True, description="The day; null for the unknown one, as all its numbers and flags.")
    year_ce: Int32 = pap.Field(nullable=True, description="Year of the Gregorian calendar.")
    year_be: Int32 = pap.Field(nullable=True, description="Year of the Buddhist era: year_ce + 543.")
    month: Int32 = pap.Field(nullable=True, in_range={"min_value": 1, "max_value": 12}, description="Month, 1 to 12.")
    month_name_th: Text = pap.Field(description="Thai name of the month.")
    quarter: Int32 = pap.Field(
        nullable=True, in_range={"min_value": 1, "max_value": 4}, description="Calendar quarter, 1 to 4."
    )
    fiscal_year_be: Int32 = pap.Field(
        nullable=True, description="Thai fiscal year (Buddhist era): October to September, named after its end."
    )
    iso_week: Int32 = pap.Field(
        nullable=True, in_range={"min_value": 1, "max_value": 53}, description="ISO 8601 week, 1 to 53."
    )
    iso_weekday: Int32 = pap.Field(
        nullable=True, in_range={"min_value": 1, "max_value": 7}, description="Day of the week, 1 Monday to 7 Sunday."
    )
    weekday_name_th: Text = pap.Field(description="Thai name of the day of the week.")
    day: Int32 = pap.Field(
        nullable=True, in_range={"min_value": 1, "max_value": 31}, description="Day of the month, 1 to 31."
    )
    day_of_year: Int32 = pap.Field(
        nullable=True, in_range={"min_value": 1, "max_value": 366}, description="Day of the year, 1 to 366."
    )
    first_of_month: Day = pap.Field(nullable=True, description="First day of its month.")
    last_of_month: Day = pap.Field(nullable=True, description="Last day of its month.")
    half: Int32 = pap.Field(
        nullable=True, in_range={"min_value": 1, "max_value": 2}, description="Half of the calendar year, 1 or 2."
    )
    fiscal_quarter: Int32 = pap.Field(
        nullable=True,
        in_range={"min_value": 1, "max_value": 4},
        description="Quarter of the Thai fiscal year, 1 (October to December) to 4 (July to September).",
    )
    iso_year: Int32 = pap.Field(nullable=True, description="Year that the ISO 8601 week belongs to.")
    month_abbr_th: Text = pap.Field(description="Thai abbreviation of the month.")
    month_name_en: Text = pap.Field(description="English name of the month.")
    month_abbr_en: Text = pap.Field(description="English abbreviation of the month: its first three letters.")
    weekday_abbr_th: Text = pap.Field(description="Thai abbreviation of the day of the week.")
    weekday_name_en: Text = pap.Field(description="English name of the day of the week.")
    weekday_abbr_en: Text = pap.Field(description="English abbreviation of the day of the week: three letters.")
    is_weekend: Flag = pap.Field(nullable=True, description="Whether it is a Saturday or a Sunday.")
    is_holiday: Flag = pap.Field(
        nullable=True,
        description="Whether it is a Thai public holiday, one in lieu included; null in years that no seed covers.",
    )
    holiday_name_th: Text = pap.Field(
        nullable=True, description="Thai name of the holiday, several parted by a semicolon; null where it is none."
    )
    holiday_name_en: Text = pap.Field(
        nullable=True, description="English name of the holiday, several parted by a semicolon; null where it is none."
    )

    class Config(_Table.Config):
        name = "dim_date"
        unique = ("date_key",)


class DimCurrency(_Table):
    """Currencies of ISO 4217.

    Grain: one currency.
    """

    currency_key: Int32 = pap.Field(ge=-1, description="Key of the currency; -1 is the unknown one.")
    currency_code: Text = pap.Field(str_matches=r"^([A-Z]{3}|\?)$", description="ISO 4217 code; ? for the unknown one.")
    numeric_code: Text = pap.Field(nullable=True, str_matches=r"^\d{3}$", description="ISO 4217 numeric code.")
    minor_digits: Int32 = pap.Field(nullable=True, ge=0, description="Decimal digits of the currency's minor unit.")
    name_en: Text = pap.Field(description="English name.")
    name_th: Text = pap.Field(description="Thai name.")
    source: Text = pap.Field(nullable=True, description="Where the row was taken from (seeds/SOURCES.md).")

    class Config(_Table.Config):
        name = "dim_currency"
        unique = ("currency_key",)


class DimUnit(_Table):
    """Units of measurement, and the classes of things that are counted.

    Grain: one unit of measurement or class of counted things.
    """

    unit_key: Int32 = pap.Field(ge=-1, description="Key of the unit; -1 is the unknown one.")
    unit_code: Text = pap.Field(str_length={"min_value": 1}, description="Code of unit or class; ? if unknown.")
    ucum_code: Text = pap.Field(nullable=True, description="UCUM code; null where UCUM has none.")
    name_en: Text = pap.Field(description="English name; the code if no seed lists the unit.")
    name_th: Text = pap.Field(description="Thai name; the code if no seed lists the unit.")
    kind: Text = pap.Field(
        description="Kind of quantity (length, area …); class for counted things; as_written if no seed lists it."
    )
    entity_class: Text = pap.Field(
        nullable=True, description="What a class counts (person, project …), several parted by a semicolon; else null."
    )
    factor_to_si: Text = pap.Field(
        nullable=True, description="Exact factor to si_unit, a decimal or a fraction; null where there is none."
    )
    si_unit: Text = pap.Field(nullable=True, description="UCUM code of the SI unit that the factor leads to.")
    canonical_code: Text = pap.Field(nullable=True, description="Code of the unit that this one is a name of.")
    source: Text = pap.Field(nullable=True, description="Where the row was taken from (seeds/SOURCES.md).")
    factor_numerator: Int64 = pap.Field(
        nullable=True, gt=0, description="The factor to si_unit as an exact fraction: its numerator; null as it is."
    )
    factor_denominator: Int64 = pap.Field(nullable=True, gt=0, description="Its denominator.")
    forms_th: Texts = pap.Field(
        description="Thai words and abbreviations that the texts write it with: of a class its classifiers and nouns."
    )

    class Config(_Table.Config):
        name = "dim_unit"
        unique = ("unit_key",)


class DimPlace(_Table):
    """Countries, Thai and Chinese provinces, cities and regions, each with the larger places that it lies in.

    Grain: one place.
    """

    place_key: Int32 = pap.Field(ge=-1, description="Key of the place; -1 is the unknown one.")
    place_code: Text = pap.Field(
        str_length={"min_value": 1},
        description="Its code: ISO 3166-1 or 3166-2, GN and a number of GeoNames, or our own (XX-, R-); ? if unknown.",
    )
    kind: Text = pap.Field(
        isin=["country", "province", "city", "region", "unknown"],
        description="country, province, city or region; unknown for the unknown one.",
    )
    name_en: Text = pap.Field(description="English name.")
    name_th: Text = pap.Field(description="Thai name.")
    variants: Texts = pap.Field(description="Other names and spellings that the texts use.")
    iso_code: Text = pap.Field(
        nullable=True,
        description="ISO 3166-1 alpha-2 of a country, ISO 3166-2 of a province; null where it has neither.",
    )
    iso_alpha_3: Text = pap.Field(
        nullable=True, str_matches=r"^[A-Z]{3}$", description="ISO 3166-1 alpha-3 of a country; null for others."
    )
    iso_numeric: Text = pap.Field(
        nullable=True, str_matches=r"^\d{3}$", description="ISO 3166-1 numeric code of a country; null for others."
    )
    parent_key: Int32 = pap.Field(ge=-1, description="The next larger place that it lies in; -1 where there is none.")
    province_key: Int32 = pap.Field(ge=-1, description="The province that it is or lies in; -1 where there is none.")
    province_name_en: Text = pap.Field(nullable=True, description="English name of that province.")
    province_name_th: Text = pap.Field(nullable=True, description="Thai name of that province.")
    country_key: Int32 = pap.Field(ge=-1, description="The country that it is or lies in; -1 where there is none.")
    country_name_en: Text = pap.Field(nullable=True, description="English name of that country.")
    country_name_th: Text = pap.Field(nullable=True, description="Thai name of that country.")
    source: Text = pap.Field(nullable=True, description="Where the row was taken from (seeds/SOURCES.md).")

    class Config(_Table.Config):
        name = "dim_place"
        unique = ("place_key",)


class DimSource(_Table):
    """Sources that releases are acquired from.

    Grain: one source.
    """

    source_key: Int32 = pap.Field(ge=-1, description="Key of the source; -1 is the unknown one.")
    source_id: Text = pap.Field(str_length={"min_value": 1}, description="Its name; ? for the unknown one.")
    kind: Text = pap.Field(nullable=True, description="Kind of source: folder, zip, feed, sitemap, page or warc.")
    location: Text = pap.Field(nullable=True, description="Where it is read from.")
    publisher: Text = pap.Field(nullable=True, description="Who publishes there, as declared.")
    time_zone: Text = pap.Field(nullable=True, description="IANA time zone of its dates.")
    language: Text = pap.Field(nullable=True, description="ISO 639 code for texts that do not show their own.")
    owner: Text = pap.Field(nullable=True, description="Whom to ask when the source breaks.")
    permission: Text = pap.Field(nullable=True, description="Why its texts may be used.")

    class Config(_Table.Config):
        name = "dim_source"
        unique = ("source_key",)


class DimRule(_Table):
    """Rules of extraction, those of earlier versions included.

    Grain: one rule.
    """

    rule_key: Int32 = pap.Field(ge=-1, description="Key of the rule; -1 stands for no rule (an unexplained numeral).")
    rule_name: Text = pap.Field(str_length={"min_value": 1}, description="Name of the rule; ? for none.")
    role: Text = pap.Field(
        isin=[*_values(Role), "place", "consistency"],
        description="What a numeral becomes that the rule takes; place and consistency for rules that read no numeral.",
    )
    description: Text = pap.Field(nullable=True, description="What the rule reads.")

    class Config(_Table.Config):
        name = "dim_rule"
        unique = ("rule_key",)


class FxRateMonthly(_Table):
    """Exchange rates to the baht by month: the mean of the month, and for currencies without any that of the year.

    Grain: one currency in one month.
    """

    currency_code: Text = pap.Field(str_matches=r"^[A-Z]{3}$", description="ISO 4217 code (dim_currency).")
    month: Day = pap.Field(description="First day of the month.")
    thb_per_unit: Rate = pap.Field(gt=0, description="Baht for one unit of the currency, mean of the month.")
    days: Int32 = pap.Field(nullable=True, ge=1, description="Days with a quotation; null for annual means.")
    method: Text = pap.Field(
        isin=["monthly_mean", "annual_mean"],
        description="monthly_mean, or annual_mean where no monthly rate of the currency is published at all.",
    )
    source: Text = pap.Field(description="Where the rate was taken from (seeds/SOURCES.md).")

    class Config(_Table.Config):
        name = "fx_rate_monthly"
        unique = ("currency_code", "month")


class FxRateAnnual(_Table):
    """Exchange rates to the baht by calendar year: the mean of its twelve months, else the published one of the year.

    Grain: one currency in one year.
    """

    currency_code: Text = pap.Field(str_matches=r"^[A-Z]{3}$", description="ISO 4217 code (dim_currency).")
    year: Int32 = pap.Field(description="The calendar year (Gregorian).")
    thb_per_unit: Rate = pap.Field(gt=0, description="Baht for one unit of the currency, mean of the year.")
    method: Text = pap.Field(
        isin=["mean_of_months", "annual_mean"],
        description="mean_of_months where all twelve are published, else annual_mean.",
    )
    source: Text = pap.Field(description="Where the rate was taken from (seeds/SOURCES.md).")

    class Config(_Table.Config):
        name = "fx_rate_annual"
        unique = ("currency_code", "year")


class EtlRun(_Table):
    """Runs of the pipeline.

    Grain: one run.
    """

    run_id: Text = pap.Field(description="Name of the run; names sort by time.")
    started_at: Instant = pap.Field(description="When it started (UTC).")
    finished_at: Instant = pap.Field(nullable=True, description="When it ended (UTC); null while it runs.")
    status: Text = pap.Field(
        isin=["running", "ok", "failed", "refused"],
        description="running, ok, failed, or refused where the quality gate kept the last snapshot.",
    )
    extractor_version: Text = pap.Field(description="Version of the extraction rules of the run.")
    acquired: Int64 = pap.Field(ge=0, description="Documents taken from the sources that were new or changed.")
    rejected: Int64 = pap.Field(ge=0, description="Documents that could not be acquired.")
    unchanged: Int64 = pap.Field(ge=0, description="Documents left alone because their content is known.")
    loaded: Int64 = pap.Field(ge=0, description="Release revisions loaded.")
    revised: Int64 = pap.Field(ge=0, description="Of those, revisions of a release that was there before.")
    message: Text = pap.Field(nullable=True, description="Why the run failed or was refused; null otherwise.")
    closed: Int64 = pap.Field(ge=0, description="Releases closed because their source no longer had them.")

    class Config(_Table.Config):
        name = "etl_run"
        unique = ("run_id",)


class EtlBatch(_Table):
    """Landing batches that have been loaded: what is not listed here is still to be done.

    Grain: one landing batch.
    """

    batch_id: Text = pap.Field(description="Name of the batch: its landing file without the extension.")
    run_id: Text = pap.Field(description="Run that loaded it (etl_run).")
    landing_path: Text = pap.Field(description="Landing file, relative to the landing folder.")
    loaded_at: Instant = pap.Field(description="When it was loaded (UTC).")
    rows: Int64 = pap.Field(ge=0, description="Release and fact rows that it added.")

    class Config(_Table.Config):
        name = "etl_batch"
        unique = ("batch_id",)


class EtlDocument(_Table):
    """Documents as last taken from their source: what acquisition compares with to leave unchanged ones alone.

    Grain: one document of one source.
    """

    source_uri: Text = pap.Field(description="Where the document was read.")
    source_id: Text = pap.Field(description="Source that it came from.")
    content_hash: Text = pap.Field(
        str_matches=rf"^{KEY_TEXT}$",
        description="SHA-256 of the bytes last taken, in hex; of a web page, of its title and main text.",
    )
    outcome: Text = pap.Field(isin=["release", "quarantined"], description="What became of it.")
    batch_id: Text = pap.Field(description="Landing batch that holds its raw bytes (etl_batch).")

    class Config(_Table.Config):
        name = "etl_document"
        unique = ("source_uri",)


class EtlQuarantine(_Table):
    """Documents and rows that were set aside, with the reason and the whole row, and what became of them.

    Grain: one rejected document or row.
    """

    quarantine_key: Int64 = pap.Field(ge=0, description="Key of the rejection, the same in later runs.")
    run_id: Text = pap.Field(description="Run that first met it (etl_run).")
    stage: Text = pap.Field(isin=["acquire", "decode", "extract", "validate"], description="Step that set it aside.")
    source_id: Text = pap.Field(description="Source that it came from.")
    source_uri: Text = pap.Field(description="Document that it came from.")
    content_hash: Text = pap.Field(nullable=True, description="SHA-256 of the raw bytes; null if unread.")
    table_name: Text = pap.Field(nullable=True, description="Table that the row was meant for; null for documents.")
    reason: Text = pap.Field(str_length={"min_value": 1}, description="Code of the reason.")
    detail: Text = pap.Field(description="A sentence that names the thing, the place and the remedy.")
    payload: Text = pap.Field(nullable=True, description="The rejected row as JSON; null for whole documents.")
    quarantined_at: Instant = pap.Field(description="When it was first set aside (UTC).")
    last_seen_at: Instant = pap.Field(description="When a run last met it (UTC).")
    status: Text = pap.Field(isin=["open", "resolved"], description="open, or resolved where it is out of quarantine.")
    resolution: Text = pap.Field(
        nullable=True,
        isin=["replaced", "disappeared", "reread", "overridden", "dismissed"],
        description="How: replaced by other content at its source, disappeared from it, reread without the failure, "
        "overridden or dismissed by a decision; null while open.",
    )
    resolved_at: Instant = pap.Field(nullable=True, description="When (UTC); null while open.")
    resolved_run_id: Text = pap.Field(
        nullable=True, description="Run that found it resolved (etl_run); null while open."
    )
    override_id: Text = pap.Field(
        nullable=True, description="The decision that resolved it (etl_override); null where none did."
    )

    class Config(_Table.Config):
        name = "etl_quarantine"
        unique = ("quarantine_key",)


class EtlOverride(_Table):
    """Decisions of people on how documents are read; they are landed, and a rebuild applies them again.

    Grain: one decision.
    """

    override_id: Text = pap.Field(str_matches=r"^o[0-9a-f]{16}$", description="Name of the decision.")
    scope: Text = pap.Field(
        isin=["document", "source"],
        description="document, or source where it holds for all documents of the source that can't be read without it.",
    )
    source_id: Text = pap.Field(description="Source that it is about.")
    source_uri: Text = pap.Field(
        nullable=True, description="Document that it is about; null where it is about a source."
    )
    content_hash: Text = pap.Field(
        nullable=True,
        description="SHA-256 of the bytes that it is about, in hex: other content is not meant; null where it is about "
        "a source or unread bytes.",
    )
    kind: Text = pap.Field(
        isin=["encoding", "published_on", "accept", "dismiss", "reread"],
        description="encoding, published_on, accept (a failure of validation), dismiss (a rejection that is right), "
        "or reread (with rules mended since).",
    )
    value: Text = pap.Field(
        description="The encoding; the day; table and code of the failure; key of the rejection; version of the rules."
    )
    why: Text = pap.Field(description="The reason that was given.")
    decided_by: Text = pap.Field(description="Who decided.")
    decided_at: Instant = pap.Field(description="When (UTC).")
    batch_id: Text = pap.Field(description="Landing batch that holds the decision (etl_batch).")

    class Config(_Table.Config):
        name = "etl_override"
        unique = ("override_id",)


class SourceListing(_Table):
    """Lists of releases as they were last asked for: feeds, sitemaps, index pages, WARC files.

    Grain: one list of one source.
    """

    source_id: Text = pap.Field(description="Source that it belongs to.")
    url: Text = pap.Field(description="Where it is.")
    asked_at: Instant = pap.Field(description="When it was last asked for (UTC).")
    read_at: Instant = pap.Field(
        nullable=True, description="When it could last be read, changed or not (UTC); null if never."
    )
    etag: Text = pap.Field(
        nullable=True,
        description="Validator that the server gave with it, or size and time of a file; null where all of it must be "
        "read again.",
    )
    last_modified: Text = pap.Field(
        nullable=True, description="When it changed, as the server said; null where all of it must be read again."
    )
    content_hash: Text = pap.Field(
        nullable=True, description="SHA-256 of it when it was last read, in hex; null if never."
    )
    listed_mark: Text = pap.Field(
        nullable=True, description="When it changed, as the list that names it said; null where none does."
    )
    next_url: Text = pap.Field(
        nullable=True, description="Where it goes on with older entries that were not read yet; null where all were."
    )
    declaration: Text = pap.Field(
        nullable=True, description="Digest of how the source was declared when it was last read; null if never."
    )
    failures: Int32 = pap.Field(ge=0, description="How often in a row it could not be read.")
    next_try_at: Instant = pap.Field(
        nullable=True, description="Not asked for again before (UTC); null where the next run may."
    )
    last_problem: Text = pap.Field(
        nullable=True, description="Why it could not be read, or only in part, the last time; null otherwise."
    )

    class Config(_Table.Config):
        name = "source_listing"
        unique = ("source_id", "url")


class SourceEntry(_Table):
    """Releases that the lists of a source named, and how far it has got with each.

    Grain: one entry of one source.
    """

    source_id: Text = pap.Field(description="Source that listed it.")
    entry_id: Text = pap.Field(description="What the list calls it, else its address.")
    url: Text = pap.Field(description="Where it is now.")
    status: Text = pap.Field(
        isin=["pending", "landed", "failed", "refused", "gone", "moved"],
        description="pending (to be asked for), landed, failed (to be asked for again), refused (asked for again now "
        "and then: see the quarantine), gone (no longer there) or moved (another entry of the source has it).",
    )
    first_seen_at: Instant = pap.Field(description="When a list first named it (UTC).")
    last_seen_at: Instant = pap.Field(
        description="When a list last named it (UTC); lists that did not change are not read again."
    )
    source_uri: Text = pap.Field(
        nullable=True,
        description="Where it was first found, which its release is known by (dim_release.source_uri); with #2 and so "
        "on where another release has that address. Null before.",
    )
    fetched_at: Instant = pap.Field(
        nullable=True, description="When it last came, or was found unchanged (UTC); null if never."
    )
    changed_at: Instant = pap.Field(
        nullable=True, description="When its text was last found to be another (UTC); null if never."
    )
    missing_since: Instant = pap.Field(
        nullable=True, description="When it was first found missing at its address (UTC); null while it is there."
    )
    listed_mark: Text = pap.Field(
        nullable=True,
        description="Digest of what the list said of it when it was last asked for: another one means that it changed.",
    )
    etag: Text = pap.Field(
        nullable=True, description="Validator that the server gave with it; null where it has to come whole."
    )
    last_modified: Text = pap.Field(
        nullable=True, description="When it changed, as the server said; null where it has to come whole."
    )
    content_hash: Text = pap.Field(
        nullable=True, description="SHA-256 of its title and main text as last landed, in hex; null before."
    )
    record: Text = pap.Field(
        nullable=True, description="WARC file and offset in landing of what last came; null where nothing did."
    )
    attempts: Int32 = pap.Field(
        ge=0,
        description="How often in a row it could not be had; of one gone or moved, how often it was looked at since.",
    )
    next_try_at: Instant = pap.Field(
        nullable=True, description="Not asked for again before (UTC); null where the next run may."
    )
    last_problem: Text = pap.Field(nullable=True, description="Why it could not be had the last time; null otherwise.")
    hints: Text = pap.Field(
        nullable=True,
        description="What the list said about it, as JSON: title, published, updated, language, publisher. Beside it: "
        "the id that the list gives it where that is another entry's (id), where it was led to and how often (led), "
        "looks in a row that found another text (edits); of a page in WARC files, the beginnings of the content hashes "
        "that were landed (texts).",
    )

    class Config(_Table.Config):
        name = "source_entry"
        unique = ("source_id", "entry_id")


class SourceHost(_Table):
    """Hosts that want to be left alone for a time, whichever source asks them.

    Grain: one host.
    """

    host: Text = pap.Field(
        str_length={"min_value": 1}, description="Name or address, with the port where it is none of the web's own."
    )
    left_alone_until: Instant = pap.Field(description="Nothing is asked of it before (UTC): as it said, a day at most.")
    why: Text = pap.Field(description="What it answered.")

    class Config(_Table.Config):
        name = "source_host"
        unique = ("host",)


class SourceRobots(_Table):
    """The robots.txt of sites, as they last gave it.

    Grain: one site (scheme, host and port).
    """

    site: Text = pap.Field(str_length={"min_value": 1}, description="Whose it is, such as https://www.example.org.")
    asked_at: Instant = pap.Field(description="When it came (UTC); it is asked for conditionally in every run.")
    content: Text = pap.Field(description="What it says.")
    etag: Text = pap.Field(nullable=True, description="Validator that the server gave with it; null if none.")
    last_modified: Text = pap.Field(
        nullable=True, description="When it changed, as the server said; null if it did not say."
    )

    class Config(_Table.Config):
        name = "source_robots"
        unique = ("site",)


class QualityResult(_Table):
    """Outcomes of the quality checks, run by run.

    Grain: one check of one table in one run.
    """

    run_id: Text = pap.Field(description="Run that was checked (etl_run).")
    check_name: Text = pap.Field(description="Name of the check.")
    dimension: Text = pap.Field(
        isin=["completeness", "validity", "consistency", "uniqueness", "timeliness", "accountability"],
        description="Dimension of quality that the check belongs to.",
    )
    table_name: Text = pap.Field(description="Table that is checked.")
    severity: Text = pap.Field(description="How grave a failure is.")
    verdict: Text = pap.Field(isin=["pass", "warn", "fail"], description="pass, warn or fail.")
    failing: Int64 = pap.Field(ge=0, description="Rows that fail.")
    total: Int64 = pap.Field(ge=0, description="Rows checked.")
    share: Float64 = pap.Field(nullable=True, description="failing / total; null where nothing was to be checked.")
    warn_at: Float64 = pap.Field(nullable=True, description="Share from which the verdict is warn; null for never.")
    fail_at: Float64 = pap.Field(nullable=True, description="Share from which the verdict is fail; null for never.")
    why: Text = pap.Field(description="Why the check matters.")
    sample: Text = pap.Field(nullable=True, description="Keys of some failing rows, as JSON.")
    checked_at: Instant = pap.Field(description="When the check ran (UTC).")
    owner: Text = pap.Field(
        nullable=True, description="Who answers for the check; null for runs from before checks had owners."
    )

    class Config(_Table.Config):
        name = "quality_result"
        unique = ("run_id", "check_name", "table_name")


class QualityFailingRow(_Table):
    """Rows that failed the checks of the last runs, the first 500 of each check.

    Grain: one failing row of one check in one run.
    """

    run_id: Text = pap.Field(description="Run that was checked (etl_run).")
    check_name: Text = pap.Field(description="Name of the check.")
    table_name: Text = pap.Field(description="Table that is checked.")
    row_no: Int32 = pap.Field(
        ge=1, description="Number of the row among those that are kept of the check in the run, from 1."
    )
    release_key: Int64 = pap.Field(
        nullable=True,
        description="Revision of the release that it stands in or tells of (dim_release); null where it is about none.",
    )
    char_start: Int32 = pap.Field(
        nullable=True,
        description="First code point of its span in the body of that release, from 0; null where it is about a whole "
        "release, or none.",
    )
    char_end: Int32 = pap.Field(
        nullable=True, description="Code point after the span's last one; null where the check does not tell."
    )
    failing_row: Text = pap.Field(
        description="The row as the check gives it, as JSON: its keys, and what is wrong with it."
    )

    class Config(_Table.Config):
        name = "quality_failing_row"
        unique = ("run_id", "check_name", "table_name", "row_no")


class SchemaMigration(_Table):
    """Migrations that this database has been through.

    Grain: one applied migration.
    """

    version: Int32 = pap.Field(ge=1, description="Number of the migration.")
    name: Text = pap.Field(description="Name of its file, without number and extension.")
    applied_at: Instant = pap.Field(description="When it was applied (UTC).")
    checksum: Text = pap.Field(str_matches=rf"^{KEY_TEXT}$", description="SHA-256 of its file, in hex.")

    class Config(_Table.Config):
        name = "schema_migration"
        unique = ("version",)


_MODELS: Final = (
    DimRelease,
    FactDate,
    FactMoney,
    FactCount,
    FactMeasure,
    FactNumeral,
    FactConsistency,
    FactPlace,
    ReleaseChange,
    ReleaseSimilarity,
    DimDate,
    DimCurrency,
    DimUnit,
    DimPlace,
    DimSource,
    DimRule,
    FxRateMonthly,
    FxRateAnnual,
    EtlRun,
    EtlBatch,
    EtlDocument,
    EtlQuarantine,
    EtlOverride,
    SourceListing,
    SourceEntry,
    SourceHost,
    SourceRobots,
    QualityResult,
    QualityFailingRow,
    ReleaseMetadata,
    ReleaseSignature,
    ReleaseWord,
    SchemaMigration,
)

FACT_TABLES: Final = (*_FACTS, "fact_numeral", "fact_consistency", "fact_place")


@cache
def schemas() -> dict[str, pap.DataFrameSchema]:
    """The pandera schema of every table, by table name, in the order of the data dictionary."""
    built = {}
    for model in _MODELS:
        schema = model.to_schema()
        schema.report_duplicates = "exclude_first"  # the first row with a key stays, and only later ones are at fault
        built[str(schema.name)] = schema
    return built


def description(table: str) -> str:
    """What a table holds and its grain, in one line: the table's comment in DuckDB."""
    return " ".join(str(schemas()[table].description).split())


@cache
def arrow_schema(table: str) -> pa.Schema:
    """The Arrow schema of a table: the names, types and nullability that its pandera model states.

    Raises:
        KeyError: there is no such table.
    """
    return pa.schema(
        [
            pa.field(name, column.dtype.type.pyarrow_dtype, nullable=column.nullable)
            for name, column in schemas()[table].columns.items()
        ]
    )
