"""The worked questions give the answers that were read, by hand, from the sample releases."""

from __future__ import annotations

from importlib.resources import files

import pytest

from flows.query import Format, answer
from warehouse import questions as worked
from warehouse.errors import WarehouseError
from warehouse.questions import question, questions, read

FOLDER = files("warehouse").joinpath("examples")

HEADER = """-- question: How many?
-- grain: one row.
-- read: As it
--   stands.
-- beware: Of nothing.
"""


@pytest.mark.parametrize("name", questions())
def test_the_sample_releases_give_the_expected_answer(name, samples, samples_twice, tmp_path):
    snapshot = samples_twice if questions()[name].second_run else samples
    answer(snapshot, questions()[name].query, Format.CSV, tmp_path / "answer.csv")
    expected = FOLDER.joinpath(f"{name}.csv").read_text(encoding="utf-8")
    assert (tmp_path / "answer.csv").read_text(encoding="utf-8") == expected


def test_there_are_twenty_and_each_has_an_answer_with_rows():
    assert len(questions()) == 20
    assert all(len(worked.answer(name)) > 1 for name in questions())


@pytest.mark.parametrize("name", questions())
def test_a_question_orders_all_its_rows_and_reads_as_documentation(name):
    asked = question(name)
    assert asked.question.endswith("?")
    assert "order by" in asked.query
    assert asked.query.startswith(("select", "with"))
    assert max(map(len, asked.sql.splitlines())) <= 120
    for told in (asked.grain, asked.read, asked.beware):
        assert told.endswith(".")


def test_a_header_goes_on_over_lines():
    asked = read("x", f"{HEADER}select 1")
    assert (asked.read, asked.query, asked.second_run) == ("As it stands.", "select 1", False)
    assert read("x", f"{HEADER}-- sample: second run\nselect 1").second_run


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (HEADER.replace("-- grain: one row.\n", "") + "select 1", "missing ['grain']"),
        (HEADER + "-- author: me\nselect 1", "unknown ['author']"),
        (HEADER + "-- sample: third run\nselect 1", "third run"),
    ],
)
def test_a_header_that_is_not_whole_is_told(sql, told):
    with pytest.raises(ValueError, match=r"x\.sql") as caught:
        read("x", sql)
    assert told in str(caught.value)


def test_an_unknown_question_is_told_with_the_names_of_all():
    with pytest.raises(WarehouseError, match="money_by_year: there is no such example.*money_by_publisher"):
        question("money_by_year")
