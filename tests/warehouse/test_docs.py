"""What is generated from the code is fresh, complete, and true of a warehouse with data in it."""

from __future__ import annotations

import base64
import html
import json
import re
from contextlib import closing
from importlib.resources import files
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from flows import docs
from flows.acquire.sources import _ALL_KEYS as SOURCE_KEYS
from flows.alerts.settings import _COMMON, _KEYS
from flows.quality import checks
from schemas.references import GROUPS, REFERENCES, Group, column_referred_to, group_of
from schemas.tables import schemas
from warehouse import contracts, diagram, dictionary
from warehouse.connect import connect
from warehouse.migrate import base_marts, marts

MARTS = [name for name in marts() if name not in base_marts()]
STANDARD = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8"))
STALE = "run `python -m flows.docs`"


# Fresh


def test_the_example_values_are_fresh():
    assert json.loads(dictionary.VALUES.read_text(encoding="utf-8")) == json.loads(docs.example_values()), STALE


def test_the_generated_files_are_fresh():
    for file, text in docs.generated().items():
        assert file.read_text(encoding="utf-8") == text, f"{file}: {STALE}"
    there = set(contracts.FOLDER.iterdir())
    assert there == {file for file in docs.generated() if file.parent == contracts.FOLDER}, STALE


def test_example_values_say_nothing_of_the_machine_or_the_moment(samples):
    values = json.dumps(json.loads(dictionary.VALUES.read_text(encoding="utf-8")), ensure_ascii=False)
    assert str(samples.parent) not in values
    assert "file:///samples/" in values
    with closing(connect(samples, read_only=True)) as con:
        assert dictionary.values_of(con)["fact_money"]["comparator"] == ["eq", "approx", "le"]


# Keys and references


def test_every_table_is_in_one_group():
    grouped = [table for tables in GROUPS.values() for table in tables]
    assert sorted(grouped) == sorted(schemas())
    assert group_of("fact_money") is Group.FACT
    with pytest.raises(KeyError):
        group_of("money")


def test_every_column_named_as_a_key_is_the_tables_own_or_refers_to_another():
    loose = [
        (table, column)
        for table, schema in schemas().items()
        for column in schema.columns
        if column.endswith(("_key", "run_id", "batch_id"))
        and column not in REFERENCES.get(table, {})
        and list(schema.unique or ()) != [column]
    ]
    assert loose == []


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table, columns in REFERENCES.items() for column in columns]
)
def test_every_declared_reference_resolves(samples_twice, table, column):
    target, there = REFERENCES[table][column], column_referred_to(table, column)
    assert there in schemas()[target].columns
    with closing(connect(samples_twice, read_only=True)) as con:
        lost = con.execute(
            f"select count(*) from {table} as referring where {column} is not null "
            f"and not exists (from {target} where {target}.{there} = referring.{column})"
        ).fetchone()
        repeated = con.execute(
            f"select count(*) from (select 1 from {target} group by {there} having count(*) > 1)"
        ).fetchone()
    assert (lost, repeated) == ((0,), (0,))


# The diagram


def test_the_diagram_shows_every_table_and_every_reference():
    drawing = ET.fromstring(diagram.svg())
    texts = ["".join(text.itertext()) for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert all(texts.count(table) == 1 for table in schemas())
    told = sum(text.startswith("→ ") for text in texts)
    assert told == sum(map(len, REFERENCES.values()))
    joints = len(list(drawing.iter("{http://www.w3.org/2000/svg}circle")))
    to_itself = sum(target == table for table, columns in REFERENCES.items() for target in columns.values())
    assert joints >= 20
    assert told - joints >= to_itself


def test_no_two_tables_of_the_diagram_lie_on_each_other():
    boxes = [
        tuple(float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        for box in ET.fromstring(diagram.svg()).iter("{http://www.w3.org/2000/svg}rect")
        if box.attrib.get("class") == "box"
    ]
    assert len(boxes) == len(schemas())
    for at, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[at + 1 :]:
            apart = (
                x + width <= other_x or other_x + other_width <= x
                or y + height <= other_y or other_y + other_height <= y
            )  # fmt: skip
            assert apart


def test_no_line_of_the_diagram_runs_on_top_of_another():
    """Lines to different tables that lie side by side would read as one."""
    drawing = ET.fromstring(diagram.svg())
    lines = []
    for lane, group in enumerate(drawing.iter("{http://www.w3.org/2000/svg}g")):
        for path in group.iter("{http://www.w3.org/2000/svg}path"):
            if found := re.fullmatch(r"M([\d.]+) ([\d.]+)H([\d.]+)", path.attrib["d"]):
                start, row, end = map(float, found.groups())
                lines.append((lane, row, min(start, end), max(start, end)))
    assert len(lines) > 20
    for at, (lane, row, left, right) in enumerate(lines):
        for other_lane, other_row, other_left, other_right in lines[at + 1 :]:
            together = lane != other_lane and abs(row - other_row) < 2 and left < other_right and other_left < right
            assert not together


# Data contracts


@pytest.mark.parametrize("mart", MARTS)
def test_a_contract_follows_the_standard(mart):
    text = contracts.contracts()[f"{mart}{contracts.ENDING}"]
    jsonschema.validate(yaml.safe_load(text), STANDARD)
    read = OpenDataContractStandard.from_string(text)
    assert (read.kind, read.name, read.apiVersion) == ("DataContract", mart, contracts.STANDARD)


@pytest.mark.parametrize("mart", MARTS)
def test_a_contract_is_kept_by_the_mart(mart, samples_twice):
    (table,) = contracts.contract(mart)["schema"]
    with closing(connect(samples_twice, read_only=True)) as con:
        described = [(column, kind) for column, kind, *_ in con.execute(f"describe {mart}").fetchall()]
        assert described == [(each["name"], each["physicalType"]) for each in table["properties"]]
        assert con.execute(f"select count(*) > 0 from {mart}").fetchone() == (True,)
        for each in table["properties"]:
            name = each["name"]
            if each["required"]:
                assert con.execute(f"select count(*) from {mart} where {name} is null").fetchone() == (0,), name
            for rule in each.get("quality", []):
                allowed = rule["arguments"]["validValues"]
                wrong = f"select count(*) from {mart} where {name} not in (select unnest(?))"
                assert con.execute(wrong, [allowed]).fetchone() == (rule["mustBe"],), name
        for rule in table["quality"]:
            assert con.execute(rule["query"]).fetchone() == (rule["mustBe"],)


@pytest.mark.parametrize("mart", MARTS)
def test_a_contract_requires_its_key_and_describes_every_column(mart):
    (table,) = contracts.contract(mart)["schema"]
    key = [each["name"] for each in table["properties"] if each.get("primaryKey")]
    assert sorted(key) == sorted(contracts.key(mart))
    assert all(each["description"] for each in table["properties"])
    assert table["dataGranularityDescription"]


# The page


def test_the_page_is_whole_without_a_network():
    page = docs.page()
    for sign in ("<script", "<link", " src=", "@import", "url("):
        assert sign not in page
    assert docs.MARK in page


def test_the_page_holds_all_there_is_and_its_links_lead_somewhere():
    page = docs.page()
    anchors = set(re.findall(r' id="([^"]+)"', page))
    assert {*schemas(), *MARTS} <= anchors
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors
    assert page.count('id="q-') == 20
    assert page.count("<svg") == 1
    for check in files("warehouse").joinpath("checks").iterdir():
        assert check.name.removesuffix(".sql").replace("_", " ") in page


def test_the_page_says_all_that_can_be_set_up():
    page = html.unescape(docs.page()).partition('<h2 id="settings">')[2]
    for key in (*SOURCE_KEYS, *_COMMON, *(key for keys in _KEYS.values() for key in keys), *checks.KEYS):
        assert re.search(rf"\b{key}\b", page), key
    for words in (
        "[[source]]",
        "[[alert]]",
        "Webhook-Signature",
        "whsec_",
        "klangkhao-checks",
        ".oors.json",
        "lineage.ndjson",
    ):
        assert words in page


def test_the_contract_of_each_mart_is_on_the_page():
    page = docs.page()
    for name, text in contracts.contracts().items():
        (held,) = re.findall(rf'download="{name}" href="data:application/yaml;base64,([^"]+)"', page)
        assert base64.b64decode(held).decode() == text
