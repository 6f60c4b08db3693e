"""The words of the pages in both languages, and the geometry of their charts."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from html import unescape
from importlib import resources
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.quality import charts, texts
from flows.quality.catalogue import built_in
from flows.quality.checks import Dimension, Severity, Verdict
from flows.quality.evidence import from_letter
from schemas.values import Confidence, Role

FOLDER = Path(str(resources.files("flows.quality")))
PAGES = tomllib.loads((FOLDER / "texts" / "pages.toml").read_text(encoding="utf-8"))
CHECKS = {check.rule for check in built_in()}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_text_says_the_same_in_both_languages(name: str) -> None:
    text = PAGES[name]
    assert text.keys() == {"en", "th"}
    for english in text["en"].split("|"):
        assert fields(english) - {"n"} == fields(text["th"]) - {"n"}, name
    letters = re.sub(
        r"<[^>]+>|\{[^}]*\}|klangkhao|Tab|Unicode|RFC|JSON|START|END|char|[\d\W_]|code|[a-z_]+", "", text["th"]
    )
    assert not re.search("[A-Z]", letters), letters
    assert re.search("[ก-๙]", text["th"]) or name == "change_share"


def test_every_text_is_used_and_every_text_used_is_there() -> None:
    sources = [*FOLDER.glob("templates/*.j2"), *FOLDER.glob("*.py")]
    code = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    used = set(re.findall(r"""(?:\bT|both)\(\s*f?["']([a-z_]+)["']""", code))
    assert used - {name for name in used if name.endswith("_")} <= PAGES.keys()
    built = {f"{prefix}_{kind.value}" for prefix, kinds in BUILT.items() for kind in kinds}
    assert built <= PAGES.keys()
    quoted = set(re.findall(r"[a-z]+(?:_[a-z]+)*", code))
    prefixes = tuple(name for name in set(re.findall(r"[a-z]+_(?=['\"]|\{)", code)))
    assert {name for name in PAGES if name not in quoted and not name.startswith(prefixes)} == set()


BUILT = {
    "verdict": list(Verdict),
    "dimension": list(Dimension),
    "severity": list(Severity),
    "role": list(Role),
    "confidence": list(Confidence),
}


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_every_check_has_a_name_and_its_words_in_thai(check: str) -> None:
    text = texts.check_texts()[check]
    assert text.keys() == {"en", "th", "why_th", "remedy_th"}
    for key in ("th", "why_th", "remedy_th"):
        assert re.search("[ก-๙]", text[key])
        assert text[key].count("`") % 2 == 0


def test_no_words_stand_for_a_check_that_is_gone() -> None:
    assert texts.check_texts().keys() <= CHECKS


def test_a_check_of_ones_own_is_named_by_its_file() -> None:
    assert str(texts.check_name("my_own_check:fact_date").en) == "my own check"
    assert str(texts.check_why("my_own_check", "Because of `this`.").th) == "Because of <code>this</code>."


def test_values_are_escaped_in_both_languages() -> None:
    told = texts.both("change_checks_added", n=1, checks="<b>")
    assert "&lt;b&gt;" in told.en
    assert "&lt;b&gt;" in told.th


@pytest.mark.parametrize(("n", "said"), [(1, "1 warning"), (2, "2 warnings"), ("1", "1 warning"), (0, "0 warnings")])
def test_one_is_singular(n: object, said: str) -> None:
    assert texts.both("headline_warned", n=n).en == f"Published, with {said}"


def test_days_and_times() -> None:
    assert (texts.day(date(2024, 3, 15)).en, texts.day(date(2024, 3, 15)).th) == ("2024-03-15", "15 มี.ค. 2567")
    assert texts.when("2024-12-31T17:30:00").th == "1 ม.ค. 2568 00:30 น."
    assert texts.when("2024-12-31T17:30:00").en == "2025-01-01 00:30 ICT"
    assert texts.day(None) == texts.same("–")


@pytest.mark.parametrize(
    ("share", "shown"),
    [(None, "–"), (0, "0 %"), (1, "100 %"), (0.5, "50.00 %"), (1e-9, "< 0.01 %"), (1 - 1e-9, "> 99.99 %")],
)
def test_a_share_is_whole_only_where_it_is(share: float | None, shown: str) -> None:
    assert texts.percent(share) == shown.replace(" ", "\N{NO-BREAK SPACE}")


@given(st.text() | st.text(alphabet="`<&a"))
def test_code_keeps_every_letter_and_escapes_it(text: str) -> None:
    made = texts.code(text)
    inside = made.replace("<code>", "").replace("</code>", "")
    assert not {"<", ">"} & set(inside)
    assert unescape(inside) == re.sub(r"`([^`]*)`", r"\1", text)


@given(st.text(alphabet="กาิ่ำ a1\u0301"))
def test_a_cut_text_begins_with_a_letter(text: str) -> None:
    cut = from_letter(text)
    assert text.endswith(cut)
    assert not cut or cut[0] not in "ิ่ำ\u0301"


VALUES = st.lists(st.none() | st.floats(0, 1), max_size=40)


@given(VALUES, st.none() | st.just(0.0))
def test_a_line_stays_in_its_drawing_and_rises_with_its_values(values: list[float | None], floor: float | None) -> None:
    line = charts.spark(values, width=90, height=20, floor=floor)
    known = [value for value in values if value is not None]
    if len(known) < 2:
        assert line is None
        return
    assert line is not None
    points = [tuple(map(float, point.split())) for point in line.d.removeprefix("M").split("L")]
    assert len(points) == len(known) == len(line.values)
    assert all(0 <= x <= 90 and 0 <= y <= 20 for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    for (_, y), value in zip(points, known, strict=True):
        for (_, other_y), other in zip(points, known, strict=True):
            if value < other:
                assert y >= other_y
    assert (line.x, line.y) == points[-1]


@given(st.lists(st.integers(0, 10**9), max_size=60))
def test_bars_stand_beside_each_other_and_as_high_as_their_numbers(counts: list[int]) -> None:
    drawn = charts.bars(list(enumerate(counts)), width=200, height=30)
    assert [bar.value for bar in drawn.bars] == counts
    assert all(0 <= bar.y <= 30 and 0 <= bar.height <= 30.01 for bar in drawn.bars)
    assert all(bar.height > 0 for bar in drawn.bars if bar.value)
    assert not any(bar.height for bar in drawn.bars if not bar.value)
    for left, right in zip(drawn.bars, drawn.bars[1:], strict=False):
        assert left.x + left.width <= right.x + 0.02
    if counts and max(counts):
        assert max(bar.height for bar in drawn.bars) == pytest.approx(30)
