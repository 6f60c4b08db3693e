"""From documents to staging Parquet: what is right goes on, what is wrong is set aside and named."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic import STARTED, Release, corpus, example, extractor_of, landed, write_landing_file

from flows.stage import Extractor, Landed, line_starts, paragraph_starts, sentence_place, stage_batch, stage_documents
from schemas import keys
from schemas.records import Document, Place
from schemas.tables import FACT_TABLES, arrow_schema
from schemas.values import Count, Measure, Money, PairKind, PairVerdict, Period, Reason, Role

DAY = date(2023, 8, 14)


@pytest.fixture
def stage(tmp_path):
    def run(releases, extractor=None):
        return stage_documents(
            landed(releases),
            tmp_path / "b1",
            extractor=extractor or extractor_of(releases),
            run_id="r1",
            seen_at=STARTED,
        )

    return run


def rows(result, table):
    return pq.read_table(result.batch_dir / f"{table}.parquet").to_pylist()


def quarantined(result):
    return [(row["table_name"], row["reason"]) for row in rows(result, "etl_quarantine")]


def with_mention(release: Release, at: int, **changes) -> Release:
    release.mentions[at] = release.mentions[at]._replace(**changes)
    return release


def test_a_good_release_is_staged_whole(stage):
    release = example()
    result = stage([release])
    assert (result.documents, result.releases, result.quarantined) == (1, 1, 0)
    assert result.facts == {
        "fact_date": 1, "fact_money": 1, "fact_count": 1, "fact_measure": 1, "fact_numeral": 6, "fact_consistency": 1,
        "fact_place": 2,
    }  # fmt: skip
    (row,) = rows(result, "dim_release")
    assert row["body"] == release.body
    assert row["encoding"] == "utf-8"
    assert row["published_on_key"] == 20240315
    assert row["paragraph_count"] == 3
    assert row["release_key"] == keys.release_key(release.source_uri, release.document.content_hash, 1)
    for table in FACT_TABLES:
        for fact in rows(result, table):
            assert release.body[fact["char_start"] : fact["char_end"]] == fact["surface"]
    (money,) = rows(result, "fact_money")
    assert (money["amount"], money["currency_code"], money["comparator"]) == (Decimal("1500000.0000"), "CNY", "eq")
    roles = {row["role"] for row in rows(result, "fact_numeral")}
    assert roles == {"date", "money", "count", "measure", "ordinal", "unexplained"}


def test_the_sentence_can_be_cut_from_its_line(stage):
    release = example()
    (count,) = rows(stage([release]), "fact_count")
    line = release.body.split("\n")[count["line_no"]]
    assert line[count["sentence_start"] : count["sentence_end"]] == line.strip()
    assert "20 โครงการ" in line


def test_files_have_exactly_the_types_of_the_tables(stage):
    result = stage([example()])
    for table in ("dim_release", *FACT_TABLES, "etl_quarantine"):
        written = pq.read_schema(result.batch_dir / f"{table}.parquet").remove_metadata()
        assert [(field.name, field.type) for field in written] == [
            (field.name, field.type) for field in arrow_schema(table)
        ]


@pytest.mark.parametrize(
    ("value", "table", "reason"),
    [
        (Money(Decimal(5), None, "XYZ"), "fact_money", "currency_unknown"),
        (Money(Decimal(5), Decimal(4), "THB"), "fact_money", "range_reversed"),
        (Money(Decimal("0.00001"), None, "THB"), "fact_money", "amount_unrepresentable"),
        (Money(Decimal("1e35"), None, "THB"), "fact_money", "amount_unrepresentable"),
        (Money(Decimal("NaN"), None, "THB"), "fact_money", "amount_unrepresentable"),
        (Money(Decimal(-5), None, "THB"), "fact_money", "amount_greater_than_or_equal_to"),
        (Money(Decimal(5), None, "THB", "about"), "fact_money", "comparator_isin"),
        (Count(Decimal(5), Decimal(4), "คน", "{person}"), "fact_count", "range_reversed"),
        (Count(Decimal(5), None, "คน", "{no such class}"), "fact_count", "unit_unknown"),
        (Measure(Decimal(5), Decimal(4), "km2"), "fact_measure", "range_reversed"),
        (Measure(Decimal(5), None, ""), "fact_measure", "unit_code_str_length"),
        (Measure(Decimal(5), None, "km2", value_si=Decimal(5)), "fact_measure", "si_half_known"),
        (Period("2023-08-14", DAY, date(2023, 8, 13)), "fact_date", "dates_reversed"),
        (Period("2023-08-14", DAY, None), "fact_date", "date_half_known"),
        (Period("14/08/2023", DAY, DAY), "fact_date", "edtf_invalid"),
        (Period("2023-13", DAY, DAY), "fact_date", "edtf_invalid"),
    ],
)
def test_a_wrong_value_is_set_aside_and_the_rest_goes_on(stage, value, table, reason):
    release = example().text(" และ ").fact("5 อย่าง", value)
    result = stage([release, example("file:///releases/b.txt")])
    assert quarantined(result) == [(table, reason)]
    assert result.releases == 2
    assert result.facts["fact_numeral"] == 13
    assert result.facts[table] == 2
    (row,) = rows(result, "etl_quarantine")
    assert row["source_uri"] == release.source_uri
    assert release.source_uri in row["detail"]
    assert "5 อย่าง" in row["detail"]
    assert json.loads(row["payload"])["surface"] == "5 อย่าง"


@pytest.mark.parametrize(
    "edtf",
    [
        *("2023", "2023-08", "2023-08-14", "2023-33", "2023-40", "202X", "XXXX", "XXXX-07-02", "2023?", "2023-08~"),
        *("2022/2025", "2022-10/2023-09", "XXXX-09-11/XXXX-09-18", "2023-08-14/..", "../2023"),
    ],
)
def test_edtf_as_the_guidelines_have_it_is_valid(stage, edtf):
    assert quarantined(stage([example().fact("5 ส.ค.", Period(edtf, None, None))])) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"surface": "วันที่ 15 ส.ค. 66"}, "surface_differs"),
        ({"paragraph_no": 2}, "paragraph_differs"),
        ({"rule": "no.such.rule"}, "rule_unknown"),
        ({"confidence": "sure"}, "confidence_isin"),
    ],
)
def test_a_span_that_does_not_fit_its_text_is_set_aside(stage, change, reason):
    result = stage([with_mention(example(), 0, **change)])
    assert ("fact_date", reason) in quarantined(result)
    assert result.facts["fact_date"] == 0
    assert result.facts["fact_money"] == 1


def test_all_that_is_wrong_with_a_row_is_said(stage):
    (row,) = rows(stage([with_mention(example(), 0, start=-1, rule="no.such.rule")]), "etl_quarantine")
    assert "char_start = -1 fails greater_than_or_equal_to(0)" in row["detail"]
    assert "no rule has this key" in row["detail"]


def test_an_empty_span_is_set_aside(stage):
    release = example()
    release = with_mention(release, 0, end=release.mentions[0].start, surface="")
    assert quarantined(stage([release])) == [("fact_date", "span_empty")]


def test_the_first_of_two_facts_at_one_place_stays(stage):
    release = example()
    release.mentions.insert(1, release.mentions[0]._replace(value=Period("2024", DAY, DAY)))
    result = stage([release])
    assert quarantined(result) == [("fact_date", "key_repeated")]
    assert [row["edtf"] for row in rows(result, "fact_date")] == ["2023-08-14"]


def test_overlapping_numerals_are_found(stage):
    release = example()
    first = release.ledger[0]
    inside = first._replace(start=first.start + 1, surface=release.body[first.start + 1 : first.end])
    release.ledger.insert(1, inside)
    assert quarantined(stage([release])) == [("fact_numeral", "numerals_overlap")]


def test_a_numeral_without_a_rule_must_be_unexplained(stage):
    release = example()
    release.ledger[0] = release.ledger[0]._replace(rule=None)
    assert quarantined(stage([release])) == [("fact_numeral", "role_without_rule")]


def test_with_a_bad_release_go_its_facts(stage):
    bad = example("file:///releases/bad.txt", title="").text(" ที่จังหวัดเลย")
    good = example("file:///releases/good.txt")
    result = stage([bad, good])
    assert (result.releases, result.facts["fact_date"], result.facts["fact_numeral"]) == (1, 1, 6)
    reasons = quarantined(result)
    assert reasons[0] == ("dim_release", "title_str_length")
    assert set(reasons[1:]) == {(table, "release_rejected") for table in FACT_TABLES}
    assert len(reasons) == 1 + 4 + 6 + 1 + 1
    assert [(row["source_uri"], row["outcome"]) for row in rows(result, "etl_document")] == [
        (bad.source_uri, "quarantined"),
        (good.source_uri, "release"),
    ]


def test_a_payload_does_not_change_with_the_run(stage):
    bad = example(title="")
    first = rows(stage([bad]), "etl_quarantine")
    again = rows(stage([bad]), "etl_quarantine")
    assert [row["quarantine_key"] for row in first] == [row["quarantine_key"] for row in again]
    assert "run_id" not in json.loads(first[0]["payload"])


def test_a_text_that_the_extractor_fails_on_costs_only_itself(stage):
    good = example("file:///releases/good.txt")
    bad = example("file:///releases/bad.txt").text("!")
    extractor = extractor_of([good])  # knows nothing of the other text
    result = stage([bad, good], Extractor(extractor.extract, extractor.version, extractor.rule_names))
    assert quarantined(result) == [(None, "extractor_error")]
    (row,) = rows(result, "etl_quarantine")
    assert row["stage"] == "extract"
    assert "KeyError" in row["payload"]
    assert result.releases == 1


def test_bytes_that_are_no_text_are_set_aside_with_the_reason(tmp_path):
    raw = b"\xff\xfe\x00\xd8binary"
    document = Document("releases", "file:///releases/x.txt", raw, hashlib.sha256(raw).hexdigest())
    result = stage_documents(
        [Landed(document, STARTED)], tmp_path / "b", extractor=extractor_of([]), run_id="r1", seen_at=STARTED
    )
    (row,) = rows(result, "etl_quarantine")
    assert row["stage"] == "decode"
    assert row["reason"] in {"binary", "undecodable"}
    assert row["source_uri"] in row["detail"]
    assert result.releases == 0


def test_the_same_document_twice_in_a_batch_counts_once(stage):
    result = stage([example(), example()])
    assert (result.documents, result.releases, result.quarantined) == (2, 1, 0)


def test_an_empty_batch_gives_empty_files(stage):
    result = stage([])
    assert result.releases == 0
    assert rows(result, "etl_document") == []


def test_a_batch_replaces_one_of_its_name_and_leaves_nothing_else(stage, tmp_path):
    stage([example(), example("file:///releases/b.txt")])
    (tmp_path / ".b1.999").mkdir()  # of a worker that was killed
    result = stage([example()])
    assert len(rows(result, "dim_release")) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == [".b1.999", "b1"]


def test_landing_goes_through_the_real_decoder_and_rules(tmp_path):
    releases = corpus(3, paragraphs=2)
    landing = write_landing_file(tmp_path / "landing" / "r1-0001.parquet", releases)
    result = stage_batch(landing, tmp_path / "staging", run_id="r1", seen_at=STARTED)
    assert result.batch_dir == tmp_path / "staging" / "r1-0001"
    assert (result.releases, result.quarantined) == (3, 0)
    assert [row["valid_from"] for row in rows(result, "dim_release")] == [STARTED] * 3
    assert [row["body"] for row in rows(result, "dim_release")] == [release.body for release in releases]
    assert set(result.seconds) == {"decode", "extract", "build", "validate", "words", "write"}


def test_a_fact_says_what_context_gave_it(stage):
    release = example()
    release = with_mention(
        release, 0, confidence="inferred", basis="year: publication date", alternatives=("2022-08-14",)
    )
    (row,) = rows(stage([release]), "fact_date")
    assert (row["confidence"], row["basis"]) == ("inferred", "year: publication date")
    assert row["alternatives"] == ["2022-08-14"]


def test_a_unit_without_a_class_has_the_unknown_key(stage):
    release = Release().fact("5 อัน", Count(Decimal(5), None, "อัน"))
    (row,) = rows(stage([release]), "fact_count")
    assert (row["unit_code"], row["unit_key"]) == (None, -1)


def test_a_pair_names_its_facts_by_their_place(stage):
    release = example()
    (row,) = rows(stage([release]), "fact_consistency")
    count, measure = release.mentions[2], release.mentions[3]
    assert (row["kind"], row["verdict"], row["reason"]) == ("total_parts", "agrees", None)
    assert (row["left_table"], row["left_char_start"], row["left_char_end"]) == ("fact_count", count.start, count.end)
    right = (row["right_table"], row["right_char_start"], row["right_char_end"])
    assert right == ("fact_measure", measure.start, measure.end)
    assert row["surface"] == release.body[count.start : measure.end]
    assert (row["expected"], row["found"], row["deviation"]) == ("1", "1", 0.0)


def test_a_pair_without_a_second_fact(stage):
    release = example().pair(PairKind.COUNT_NAMES, 2, None, verdict=PairVerdict.UNKNOWN, reason="because", found=None)
    row = rows(stage([release]), "fact_consistency")[1]
    assert (row["right_table"], row["right_char_start"], row["right_char_end"]) == (None, None, None)
    assert (row["verdict"], row["reason"], row["found"]) == ("unknown", "because", None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "colour"}, "rule_unknown"),
        ({"verdict": "perhaps"}, "verdict_isin"),
        ({"verdict": PairVerdict.UNKNOWN}, "reason_and_verdict"),
        ({"reason": "because"}, "reason_and_verdict"),
        ({"found": None}, "verdict_unfounded"),
        ({"left": Place(Role.ORDINAL, 80, 85)}, "left_table_isin"),
        ({"left": Place(Role.DATE, 0, 5)}, "fact_outside"),
        ({"right": Place(Role.DATE, 3, 5000)}, "fact_outside"),
        ({"surface": "something else"}, "surface_differs"),
        ({"paragraph_no": 7}, "paragraph_differs"),
    ],
)
def test_a_wrong_pair_is_set_aside_and_the_facts_stay(stage, change, reason):
    release = example()
    release.pairs[0] = dataclasses.replace(release.pairs[0], **change)
    result = stage([release])
    assert ("fact_consistency", reason) in quarantined(result)
    assert (result.facts["fact_consistency"], result.facts["fact_count"]) == (0, 1)


def test_the_first_of_two_pairs_of_a_kind_at_one_place_stays(stage):
    release = example().pair(PairKind.TOTAL_PARTS, 2, 3).pair(PairKind.CONVERSION, 2, 3)
    assert quarantined(stage([release])) == [("fact_consistency", "key_repeated")]


def test_a_reason_is_no_fact(stage):
    result = stage([Release().text("ข้อ ").fact("5", Reason(Role.IDENTIFIER))])
    assert {table: rows for table, rows in result.facts.items() if rows} == {"fact_numeral": 1, "fact_place": 2}


LINES = st.text(st.sampled_from("กขคง่้ำ ab \n\u00a0"), max_size=900)


@given(body=LINES, data=st.data())
def test_a_sentence_holds_its_span_and_stays_in_its_line(body, data):
    body += "๑"
    start = data.draw(st.integers(0, len(body) - 1))
    if body[start] == "\n":
        start = len(body) - 1
    end = data.draw(st.integers(start + 1, len(body)))
    line_no, left, right = sentence_place(body, line_starts(body), start, end)
    line = body.split("\n")[line_no]
    offset = sum(len(before) + 1 for before in body.split("\n")[:line_no])
    assert 0 <= left <= start - offset
    assert min(end - offset, len(line)) <= right <= len(line)


@given(body=LINES)
def test_paragraphs_are_the_lines_that_are_not_blank(body):
    starts = paragraph_starts(body)
    assert len(starts) == sum(1 for line in body.split("\n") if line.strip())
    assert all(start == 0 or body[start - 1] == "\n" for start in starts)
