"""The five wire releases that the project was created from must be read right, where they are at hand."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from flows.extract.find import extract
from schemas.values import Count, Measure, Money, Period, Value

SHARED = Path(__file__).parents[2] / "shared"
GOLD = SHARED / "gold" / "dev.jsonl"
WIRES = ("s000", "s001", "s002", "s003", "s004")

pytestmark = pytest.mark.skipif(not GOLD.is_file(), reason=f"the reference texts are not at {SHARED}")


def documents() -> dict[str, dict]:
    with GOLD.open(encoding="utf8") as lines:
        return {document["id"]: document for document in map(json.loads, filter(str.strip, lines))}


def stated(annotation: dict) -> tuple:
    number = lambda key: None if annotation.get(key) is None else Decimal(annotation[key])  # noqa: E731
    kind = annotation["kind"]
    if kind == "date":
        return (kind, annotation["edtf"])
    if kind == "money":
        return (kind, number("amount"), number("amount_max"), annotation["currency"], annotation["comparator"])
    return (kind, number("value"), number("value_max"), annotation["unit"], annotation["comparator"])


def found(value: Value) -> tuple:
    match value:
        case Period():
            return ("date", value.edtf)
        case Money():
            return ("money", value.amount, value.amount_max, value.currency, value.comparator)
        case Count():
            return ("count", value.value, value.value_max, value.unit, value.comparator)
        case Measure():
            return ("measure", value.value, value.value_max, value.unit_code, value.comparator)
    return ("reason",)


@pytest.mark.parametrize("wire", WIRES)
def test_every_fact_of_a_wire_release_is_right(wire: str) -> None:
    document = documents()[wire]
    extraction = extract(document["text"])
    facts = [(m.start, m.end, found(m.value)) for m in extraction.mentions]
    wrong = [
        (annotation["surface"], stated(annotation), overlapping)
        for annotation in document["annotations"]
        if annotation["kind"] in ("date", "money", "count", "measure") and not annotation.get("optional")
        if stated(annotation)
        not in (
            overlapping := [f for start, end, f in facts if start < annotation["end"] and annotation["start"] < end]
        )
    ]
    assert wrong == []


@pytest.mark.parametrize("wire", WIRES)
def test_the_header_of_a_wire_release_is_right(wire: str) -> None:
    document = documents()[wire]
    header, meta = extract(document["text"]).header, document["meta"]
    published = date.fromisoformat(meta["published_on"]) if meta["published_on"] else None
    assert (header.title, header.published_on, header.publisher_ref) == (
        meta["title"],
        published,
        meta["publisher_ref"],
    )


def test_the_seed_files_are_the_wire_texts() -> None:
    texts = [document["text"] for name, document in documents().items() if name in WIRES]
    files = sorted((SHARED / "seeds").glob("*.txt"))
    bodies = [path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n") for path in files]
    assert sorted(bodies) == sorted(texts)
