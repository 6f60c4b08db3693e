"""The page of a release: its whole text, every fact marked where it stands, and the release that was meant."""

from __future__ import annotations

import re
from contextlib import closing
from html import unescape
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import page as command
from flows.complaints import UsageError
from flows.quality import pages
from flows.quality.checks import load_checks, run_checks
from flows.quality.evidence import fragment
from flows.quality.pages import Mark, Piece
from flows.quality.record import record_results
from warehouse.connect import connect
from warehouse.migrate import base_marts, marts
from warehouse.paths import Paths
from warehouse.publish import publish

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb


RUN_ID = "20240315T060000Z-test"
CHECKS = load_checks(Path(str(resources.files("warehouse") / "checks")))
KINDS = ("date", "money", "count", "measure", "identifier", "unexplained", "place")


def keys(con: duckdb.DuckDBPyConnection) -> list[int]:
    return [key for (key,) in con.execute("select release_key from dim_release order by source_uri").fetchall()]


def test_the_text_is_whole_and_the_marks_are_the_facts(con: duckdb.DuckDBPyConnection) -> None:
    found = pages.read(con, keys(con))
    assert len(found) == len(keys(con))
    for release in found:
        body = release.row["body"]
        assert ["".join(piece.text for piece in line.pieces) for line in release.lines] == [
            line for line in body.split("\n") if line.strip()
        ]
        for line in release.lines:
            assert body[line.at :].startswith("".join(piece.text for piece in line.pieces))
        shown: dict[str, str] = {}
        for piece in (piece for line in release.lines for piece in line.pieces):
            if piece.mark is not None:
                shown[piece.mark.id] = shown.get(piece.mark.id, "") + piece.text
        for mark in (*release.facts, *release.unexplained):
            assert shown[mark.id] == mark.surface.replace("\n", "")
            assert body[mark.start : mark.end] == mark.surface


def test_a_page_tells_of_each_fact_value_rule_ground_and_place(con: duckdb.DuckDBPyConnection) -> None:
    (release,) = pages.read(con, keys(con)[:1])
    page = unescape(pages.page(release))
    for mark in release.facts:
        assert f'id="{mark.id}"' in page
        assert mark.value in page
        assert f"<code>{mark.rule}</code>" in page
    assert len(re.findall(r'<a class="f [a-z ]+" id=', page)) == len(release.facts) + len(release.unexplained)
    counted = con.execute(
        "select (select count(*) from fact_money where release_key = $1), "
        "(select count(*) from fact_numeral where release_key = $1 and role not in ('date', 'money', 'count', 'measure'))",
        [release.row["release_key"]],
    ).fetchone()
    assert (release.counted["money"], len(release.numerals)) == counted


def test_a_failing_check_is_told_at_its_fact(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update fact_money set amount = 0 where char_start = (select min(char_start) from fact_money)")
    key, start, end = con.execute(
        "select release_key, char_start, char_end from fact_money where amount = 0"
    ).fetchone()
    record_results(con, run_checks(con, CHECKS), run_id=RUN_ID)
    (release,) = pages.read(con, [key])
    flagged = {mark.id: [each.check for each in mark.checks] for mark in release.facts if mark.checks}
    assert flagged[fragment(start, end)[1:]] == ["money_implausible"]
    page = pages.page(release)
    assert "Implausible amount of money" in page
    assert f'<a class="f money bad" id="char={start},{end}"' in page
    assert f'href="#char={start},{end}"' in page


def test_a_pair_that_differs_has_a_place_of_its_own(con: duckdb.DuckDBPyConnection) -> None:
    key, start, end = con.execute(
        "select release_key, char_start, char_end from fact_consistency where kind = 'total_parts' or kind = 'conversion' "
        "order by char_end - char_start desc limit 1"
    ).fetchone()
    con.execute(
        "update fact_consistency set verdict = 'differs', reason = null, expected = '1', found = '2' "
        "where release_key = ? and char_start = ?",
        [key, start],
    )
    record_results(con, run_checks(con, CHECKS), run_id=RUN_ID)
    (release,) = pages.read(con, [key])
    page = pages.page(release)
    assert f'href="#char={start},{end}"' in page
    assert f'id="char={start},{end}"' in page


def line_at(body: str, at: int) -> str:
    return body[body.rfind("\n", 0, at) + 1 :].partition("\n")[0]


MARKS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12), st.sampled_from(KINDS)), max_size=12)
ANCHORS = st.dictionaries(st.integers(0, 60), st.just("char=0,1"), max_size=4)


@given(st.text(alphabet="กข 1\n", max_size=60), MARKS, ANCHORS)
def test_cutting_keeps_every_letter(body: str, spans: list[tuple[int, int, str]], anchors: dict[int, str]) -> None:
    marks = [Mark(start, start + length, body[start : start + length], kind, "") for start, length, kind in spans]
    apart = pages._apart(marks, len(body))
    for left, right in zip(apart, apart[1:], strict=False):
        assert left.end <= right.start
    lines = pages._lines(body, apart, anchors)
    assert ["".join(piece.text for piece in line.pieces) for line in lines] == [
        line for line in body.split("\n") if line.strip()
    ]
    pieces: list[Piece] = [piece for line in lines for piece in line.pieces]
    for mark in apart:
        shown = [piece for piece in pieces if piece.mark is mark]
        assert "".join(piece.text for piece in shown) == "".join(
            letter
            for at, letter in enumerate(body[mark.start : mark.end], mark.start)
            if letter != "\n" and line_at(body, at).strip()  # a line that is blank is not shown
        )
        assert sum(piece.first for piece in shown) <= 1
    facts = [mark for mark in marks if mark.is_fact and mark.end <= len(body)]
    assert not facts or any(mark.is_fact for mark in apart)  # no reason and no place takes a fact's room


@pytest.fixture
def snapshot(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> Path:
    """The published warehouse of the sample releases."""
    paths = Paths(tmp_path / "w.duckdb")
    record_results(con, run_checks(con, CHECKS), run_id=RUN_ID)
    publish(con, paths)
    return paths.snapshot


def one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple:
    row = con.execute(sql).fetchone()
    assert row is not None
    return row


def test_a_release_is_found_by_every_name_it_has(con: duckdb.DuckDBPyConnection) -> None:
    key, name, uri = one(con, "select release_key, release_id, source_uri from dim_release order by source_uri limit 1")
    file = uri.rpartition("/")[2]
    for asked in (
        str(key),
        name,
        name.upper(),
        f"{name}/1",
        f"klangkhao://{name}",
        f"klangkhao://{name}/1",
        uri,
        file,
        quote(file),
        "/".join(uri.split("/")[-2:]),
    ):
        assert command.find(con, asked).release_key == key, asked
    assert command.find(con, f"klangkhao://{name}/1#char=3,9").span == (3, 9)
    assert command.find(con, f"{uri}#char=3,9").span == (3, 9)


FACTS = ("money", "dates", "counts", "measures")


@pytest.mark.parametrize("mart", FACTS)
def test_the_uri_of_a_fact_leads_to_its_words(con: duckdb.DuckDBPyConnection, mart: str) -> None:
    rows = con.execute(f"select fact_uri, release_key, char_start, char_end, surface from {mart}").fetchall()
    assert rows
    for uri, key, start, end, surface in rows[:20]:
        meant = command.find(con, uri)
        assert (meant.release_key, meant.span) == (key, (start, end))
        (release,) = pages.read(con, [key])
        assert release.row["body"][start:end] == surface
        assert f'id="{uri.partition("#")[2]}"' in pages.page(release)


@pytest.mark.parametrize("mart", sorted(set(marts()) - base_marts()))
def test_every_mart_row_leads_to_a_release(con: duckdb.DuckDBPyConnection, mart: str) -> None:
    columns = {row[0] for row in con.execute(f"describe {mart}").fetchall()}
    assert {"fact_uri", "release_uri"} & columns, mart


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("", ["no release", "klangkhao sql"]),
        ("r0123456789abcdef", ["no release r0123456789abcdef"]),
        ("99", ["no release"]),
        ("99999999999999999999999", ["no release"]),
        ("gov-01", ["no release", "come near", "gov-01-flood-relief.txt"]),
        ("gov-01-flod-relief.txt", ["no release", "come near", "gov-01-flood-relief.txt"]),
        ("klangkhao://x/1", ["no release"]),
    ],
)
def test_an_unknown_release_is_told_with_those_that_come_near(
    con: duckdb.DuckDBPyConnection, asked: str, words: list[str]
) -> None:
    with pytest.raises(UsageError) as told:
        command.find(con, asked)
    assert all(word in str(told.value) for word in words), told.value


def test_a_revision_or_a_place_that_is_not_there_is_told(con: duckdb.DuckDBPyConnection) -> None:
    name, count = one(con, "select release_id, char_count from dim_release order by source_uri limit 1")
    with pytest.raises(UsageError, match="has no revision 7; it has 1"):
        command.find(con, f"{name}/7")
    for span in ("5,5", "9,3", f"0,{count + 1}"):
        with pytest.raises(UsageError, match=f"it has {count:,} code points"):
            command.find(con, f"{name}#char={span}")
    assert command.find(con, f"{name}#char=0,{count}").span == (0, count)


def test_several_of_one_name_are_listed(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("update dim_release set source_uri = 'file:///a' || (release_key % 1000) || '/same.txt'")
    with pytest.raises(UsageError, match="14 releases are called so") as told:
        command.find(con, "same.txt")
    assert str(told.value).count("\n") == command.SUGGESTED


def test_the_command_writes_the_page_and_prints_where(
    snapshot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(connect(snapshot, read_only=True)) as opened:
        uri, name = one(opened, "select fact_uri, release_id from money join dim_release using (release_key) limit 1")
    command.show(snapshot, uri, to=None, open_it=False)
    place, _, span = capsys.readouterr().out.strip().partition("#")
    assert place == str(snapshot.with_suffix(".klangkhao") / "reports" / "releases" / f"{name}-1.html")
    assert f'id="{span}"' in unescape(Path(place).read_text(encoding="utf-8"))
    command.show(snapshot, name, to=tmp_path / "deep" / "page.html", open_it=False)
    assert (tmp_path / "deep" / "page.html").is_file()
    with pytest.raises(UsageError, match="this is a folder"):
        command.show(snapshot, name, to=tmp_path, open_it=False)
