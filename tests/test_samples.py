"""The sample releases: every fact, every other numeral and the header, as a careful reader would find them."""

from __future__ import annotations

from datetime import date

import pytest
from marked import NUMERAL, differences
from sample_releases import RELEASES, Sample, load_all

SAMPLES = load_all()


def named(sample: Sample) -> str:
    return sample.name


def test_there_are_samples_of_both_genres() -> None:
    names = [sample.name for sample in SAMPLES]
    assert sum(name.startswith("wire-") for name in names) >= 6
    assert sum(name.startswith("gov-") for name in names) >= 6
    assert sorted(path.stem for path in RELEASES.glob("*.txt")) == names


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_release_is_the_marked_text_without_marks(sample: Sample) -> None:
    release = (RELEASES / f"{sample.name}.txt").read_text(encoding="utf-8")
    assert release == sample.text, "run tests/sample_releases.py to write the releases anew"


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_expectation_accounts_for_every_numeral_once(sample: Sample) -> None:
    for numeral in NUMERAL.finditer(sample.text):
        owners = [mark for mark in sample.expected if mark.start <= numeral.start() and numeral.end() <= mark.end]
        assert len(owners) == 1, f"{numeral.group()!r} at {numeral.start()} is in {len(owners)} marks"


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_facts_and_numerals(sample: Sample) -> None:
    from flows.extract.find import extract

    extraction = extract(sample.text)
    problems = differences(sample.text, sample.expected, extraction)
    assert not problems, f"{sample.name}: {len(problems)} differences\n" + "\n".join(problems)


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_header(sample: Sample) -> None:
    from flows.extract.find import extract

    header = extract(sample.text).header
    published = sample.header["published_on"]
    assert header.title == sample.header["title"]
    assert header.published_on == (date.fromisoformat(published) if published else None)
    assert header.dateline_place == sample.header["dateline_place"]
    assert header.publisher == sample.header["publisher"]
    assert header.publisher_ref == sample.header["publisher_ref"]
    assert header.language == "th"


@pytest.mark.parametrize("sample", SAMPLES, ids=named)
def test_ledger_lists_every_numeral_once_in_order(sample: Sample) -> None:
    from flows.extract.find import extract

    ledger = extract(sample.text).ledger
    assert [(entry.start, entry.end) for entry in ledger] == [m.span() for m in NUMERAL.finditer(sample.text)]
