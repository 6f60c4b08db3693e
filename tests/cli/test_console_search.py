"""Search: on the console, and what is found at all."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from console import Command, Outcome
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.complaints import UsageError
from flows.extract.fold import fold
from flows.extract.words import words
from flows.search import parse, snippet
from warehouse.connect import connect
from warehouse.search import Found, Query, Term, search

Published = tuple[Path, Outcome]


def one_form(text: str) -> str:
    """A text as far as search tells letters apart: in small letters, without blanks and marks but decimal points."""
    return re.sub(r"(?<!\d)\.|\.(?!\d)|[^\w\u0e00-\u0e7f.]|_", "", fold(text).text).lower()


@pytest.fixture(scope="session")
def bodies(published: Published) -> dict[str, str]:
    with closing(duckdb.connect(published[0], read_only=True)) as con:
        return dict(con.execute("select source_uri, body from dim_release").fetchall())


def found(published: Published, typed: str) -> Found:
    with closing(connect(published[0], read_only=True)) as con:
        return search(con, parse(typed), 1000)


# On the console


def test_hits_come_with_title_day_source_and_the_words_in_place(published: Published, klangkhao: Command) -> None:
    answer = klangkhao("search", "ลงนาม", "--limit", "2", "-w", published[0])
    assert answer.code == 0, answer.err
    assert "«ลงนาม»" in answer.out
    assert re.search(r"(?m)^\d{4}-\d\d-\d\d  \S", answer.out)
    assert re.search(r"(?m)^\d+ releases?.*; \d+\.\d\d s$", answer.out)


def test_hits_as_json_are_marked_where_the_words_stand(published: Published, klangkhao: Command) -> None:
    answer = klangkhao("search", "โครงการ", "--json", "-w", published[0]).json
    assert answer["total"] == len(answer["hits"]) > 1
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True)
    for hit in answer["hits"]:
        assert hit["marks"]
        assert all(hit["snippet"][start:end] == "โครงการ" for start, end in hit["marks"])


def test_nothing_found_is_no_failure(published: Published, klangkhao: Command) -> None:
    answer = klangkhao("search", "ไดโนเสาร์", "-w", published[0])
    assert (answer.code, answer.out.startswith("no release")) == (0, True)


@pytest.mark.parametrize("typed", ["!?", "NOT ข่าว", '""', "OR"])
def test_what_cannot_be_looked_for_is_told(published: Published, klangkhao: Command, typed: str) -> None:
    answer = klangkhao("search", typed, "-w", published[0])
    assert answer.code == 2
    assert "nothing to look for" in answer.err


def test_a_database_of_somebody_else_is_told(published: Published, klangkhao: Command) -> None:
    file = klangkhao.folder / "shared.duckdb"
    with closing(duckdb.connect(file)) as con:
        con.execute("create table dim_release (release_key bigint)")
    answer = klangkhao("search", "ข่าว", "-w", file)
    assert answer.code == 1
    assert "not one of klangkhao's" in answer.err


def test_releases_that_are_in_no_index_yet_are_told(warehouse: Path, klangkhao: Command) -> None:
    with closing(duckdb.connect(warehouse)) as con:
        con.execute("delete from release_word where release_key = (select min(release_key) from release_word)")
    answer = klangkhao("search", "ข่าว", "-w", warehouse)
    assert answer.code == 0
    assert "1 releases were loaded before there was an index" in answer.err
    assert "klangkhao rebuild" in answer.err


# What is found


def test_every_word_of_every_text_is_found(published: Published, bodies: dict[str, str]) -> None:
    with closing(connect(published[0], read_only=True)) as con:
        indexed = {
            (uri, word)
            for uri, word in con.execute(
                "select source_uri, word from release_word join dim_release using (release_key)"
            ).fetchall()
        }
    assert indexed == {(uri, word.text) for uri, body in bodies.items() for word in words(body)}


@settings(max_examples=60, deadline=None)
@given(draw=st.data())
def test_a_word_of_a_text_finds_it(published: Published, bodies: dict[str, str], draw: st.DataObject) -> None:
    uri = draw.draw(st.sampled_from(sorted(bodies)))
    word = draw.draw(st.sampled_from(words(bodies[uri])))
    answer = found(published, bodies[uri][word.start : word.end])
    assert uri in {hit.source_uri for hit in answer.hits}


@settings(max_examples=60, deadline=None)
@given(draw=st.data())
def test_what_is_found_says_what_was_typed(published: Published, bodies: dict[str, str], draw: st.DataObject) -> None:
    body = bodies[draw.draw(st.sampled_from(sorted(bodies)))]
    start = draw.draw(st.integers(0, len(body) - 1))
    typed = body[start : start + draw.draw(st.integers(1, 12))]
    try:
        query = parse(f'"{typed.replace(chr(34), " ")}"')
    except UsageError:
        return
    with closing(connect(published[0], read_only=True)) as con:
        hits = search(con, query, 1000).hits
    wanted = "".join(query.groups[0][0].words)
    for hit in hits:
        assert wanted in one_form(hit.body)
        stretch = snippet(hit.body, query)
        assert any(one_form(stretch.text[left:right]) == wanted for left, right in stretch.marks)


@pytest.fixture
def texts(klangkhao: Command) -> Path:
    """A warehouse of short texts that differ by what a careless search would not see."""
    folder = klangkhao.folder / "texts"
    folder.mkdir()
    for name, text in {
        "forest": "คนรักป่าปลูกต้นไม้",
        "throw": "เด็กปาลูกบอลลงน้ำ",
        "tak": "เดินทางไปจังหวัดตากเมื่อวานนี้",
        "dry": "ชาวบ้านตากแดดทั้งวัน",
        "guangxi": "เขตปกครองตนเองกว่างซีจ้วงส่งผลไม้มา",
        "guangxi2": "ทางการกวางสีเปิดด่านใหม่",
        "covid": "ฉีดวัคซีน COVID-19 แล้ว ๑,๑๔๕.๕ ล้านโดส",
        "hidden": "กรุงเทพ\u200bมหานคร เปิดนํ้าพุใหม่",
        "abbreviation": "รมช.แรงงาน พบ กสร. ที่ทำเนียบ",
    }.items():
        (folder / f"{name}.txt").write_text(f"ข่าวทดสอบ\n\n{text}\n", encoding="utf-8")
    assert klangkhao("run", folder, "--force").code in {0, 3}
    return klangkhao.folder / "klangkhao.duckdb"


def test_words_end_where_thai_words_end(texts: Path) -> None:
    with closing(connect(texts, read_only=True)) as con:
        for typed, names in {
            "ป่า": "forest",
            "ปา": "throw",
            "ตาก": "tak",
            "ตากแดด": "dry",
            "กว่างซี": "guangxi guangxi2",
            "กวางสี": "guangxi guangxi2",
            "Guangxi": "guangxi guangxi2",
            '"กวางสี"': "guangxi2",
            "กว่างซีจ้วง": "guangxi",
            "กว่าง": "guangxi",
            "covid-19": "covid",
            "Covid 19": "covid",
            "1145.5": "covid",
            "1,145.5": "covid",
            "๑๑๔๕.๕": "covid",
            "114": "",
            "กรุงเทพมหานคร": "hidden",
            "น้ำพุ": "hidden",
            "รมช": "abbreviation",
            "กสร.": "abbreviation",
            "ป่า OR ตากแดด": "dry forest",
            "ข่าว NOT ป่า NOT ปา NOT ตาก NOT ตากแดด NOT กว่างซี NOT 19 NOT น้ำพุ": "abbreviation",
            "ข่าวทดสอบ -ป่า -ปา -ตาก -ตากแดด -กว่างซี -19 -รมช": "hidden",
            '"ป่าปลูก"': "forest",
            '"ปลูกป่า"': "",
            "ต้นไม้ ป่า": "forest",
            "ป่า ปา": "",
        }.items():
            answer = search(con, parse(typed), 10)
            assert (
                sorted(re.findall(r"(\w+)\.txt", " ".join(hit.source_uri for hit in answer.hits))) == names.split()
            ), typed
            assert answer.total == len(names.split())


# The query


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("ป่า ไม้", Query(((Term(("ป่า",)),), (Term(("ไม้",)),)))),
        ("ป่า OR ไม้ ปลา", Query(((Term(("ป่า",)), Term(("ไม้",))), (Term(("ปลา",)),)))),
        ('"ป่า ไม้"', Query(((Term(("ป่า", "ไม้")),),))),
        ('"กว่างซี"', Query(((Term(("กว่าง", "ซี"), joined=True),),))),
        ("จีน-อาเซียน", Query(((Term(("จีน", "อาเซียน")),),))),
        ("ป่า NOT ไม้ -ปลา", Query(((Term(("ป่า",)),),), (Term(("ไม้",)), Term(("ปลา",))))),
        ('ป่า -"ไม้ สัก', Query(((Term(("ป่า",)),),), (Term(("ไม้", "สัก")),))),
        ("OR ป่า OR", Query(((Term(("ป่า",)),),))),
    ],
)
def test_a_query_is_read(typed: str, query: Query) -> None:
    assert parse(typed) == query


@given(st.text())
def test_any_query_is_read_or_refused(typed: str) -> None:
    try:
        query = parse(typed)
    except UsageError:
        return
    assert query.terms
    assert all(term.words for term in (*query.terms, *query.excluded))


@given(st.text("กา ป่\n1a«", max_size=60), st.text("กาป่1a", min_size=1, max_size=3))
def test_a_snippet_is_one_line_with_marks_in_it(body: str, typed: str) -> None:
    if not words(typed):
        return
    stretch = snippet(body, parse(typed))
    assert not re.search(r"\s\s|[\n\t]", stretch.text)
    ends = [0, *(end for _, end in stretch.marks)]
    assert all(
        before <= start < end <= len(stretch.text) for before, (start, end) in zip(ends, stretch.marks, strict=False)
    )
