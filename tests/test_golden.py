"""Golden sentences by topic: each line of `tests/golden/*.txt` is a text of its own, with its facts marked in place.

A line without a mark must give no fact; a numeral outside the marks must be none. `# published: 2024-02-15` sets the
publication date of the lines after it (empty: unknown); other lines that begin with `#` are comments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from marked import Expected, differences, edtf_days, read

GOLDEN = Path(__file__).parent / "golden"
PUBLISHED = "# published:"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One golden line: where it stands, its text, its context and its marks."""

    place: str
    text: str
    published_on: date | None
    expected: list[Expected]


def sentences() -> list[Sentence]:
    """Every golden line, in the order of the files."""
    found = []
    for path in sorted(GOLDEN.glob("*.txt")):
        published_on: date | None = None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith(PUBLISHED):
                stated = line.removeprefix(PUBLISHED).strip()
                published_on = date.fromisoformat(stated) if stated else None
            elif line.strip() and not line.startswith("#"):
                found.append(Sentence(f"{path.stem}:{number}", *_marks(line, published_on)))
    return found


def _marks(line: str, published_on: date | None) -> tuple[str, date | None, list[Expected]]:
    text, expected = read(line)
    return text, published_on, expected


SENTENCES = sentences()


def test_there_are_enough_sentences() -> None:
    marked = sum(bool(sentence.expected) for sentence in SENTENCES)
    assert marked >= 640
    assert len(SENTENCES) - marked >= 150


def test_no_sentence_stands_twice() -> None:
    texts = [sentence.text for sentence in SENTENCES]
    assert sorted(set(texts)) == sorted(texts)


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence.place)
def test_sentence(sentence: Sentence) -> None:
    from flows.extract.find import extract

    extraction = extract(sentence.text, published_on=sentence.published_on)
    problems = differences(sentence.text, sentence.expected, extraction)
    assert not problems, f"{sentence.place}: {sentence.text}\n" + "\n".join(problems)


@pytest.mark.parametrize(
    ("edtf", "days"),
    [
        ("2024", ("2024-01-01", "2024-12-31")),
        ("2024-02", ("2024-02-01", "2024-02-29")),
        ("2024-02-15", ("2024-02-15", "2024-02-15")),
        ("2024-36", ("2024-10-01", "2024-12-31")),
        ("2024-40", ("2024-01-01", "2024-06-30")),
        ("2022-10/2023-09", ("2022-10-01", "2023-09-30")),
        ("XXXX-07-02", (None, None)),
    ],
)
def test_days_of_an_edtf_value(edtf: str, days: tuple[str | None, str | None]) -> None:
    assert edtf_days(edtf) == days
