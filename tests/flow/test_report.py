"""The report page: whole, safe with whatever stands in a release, true to the warehouse, and aware of earlier runs."""

from __future__ import annotations

import html as markup
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from flows.quality import history, html
from flows.quality.catalogue import built_in
from flows.quality.checks import run_checks
from flows.quality.record import record_results
from flows.quality.summary import SourceTally, Summary, describe, fact_value, judge, number
from schemas.records import Rejected
from warehouse.load import record_rejected

if TYPE_CHECKING:
    import duckdb

RUN_ID = "20240315T060000Z-test"
EVIL = "<script>alert('ข่าว')</script><img src=x onerror=y>"


@pytest.fixture
def summary(con: duckdb.DuckDBPyConnection) -> Summary:
    return audited(con)


def audited(con: duckdb.DuckDBPyConnection, run_id: str = RUN_ID) -> Summary:
    summary = Summary(run_id, "/tmp/w.duckdb", "0", "2024-03-15T06:00:00", {"paths": ["/tmp/ข่าว"], "workers": None})
    con.execute(
        "insert into etl_run select * replace (? as run_id) from etl_run "
        "where run_id = ? and ? not in (select run_id from etl_run)",
        [run_id, RUN_ID, run_id],
    )
    results = run_checks(con, built_in())
    record_results(con, results, run_id=run_id)
    judge(summary, results)
    describe(con, summary)
    summary.status, summary.published = "ok", True
    summary.stages = {"extract": 3.0, "load": 1.0}
    return summary


def english(page: str) -> str:
    """What a reader of English sees: tags away, blanks made one."""
    page = re.sub(r'<span class="t" lang="th">.*?</span>(?!</span>)', "", page, flags=re.DOTALL)
    page = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_page_tells_what_the_warehouse_holds(con: duckdb.DuckDBPyConnection, summary: Summary) -> None:
    page = english(html.render(con, summary))
    for table, kind in (("fact_date", "dates"), ("fact_money", "money"), ("fact_count", "counts")):
        counted = con.execute(f"select count(*) from {table}").fetchone()
        assert summary.facts[kind] == counted[0]
        assert f"{counted[0]:,}" in page
    assert "2024-03-15 13:00 ICT" in page
    for heading in (
        "Quality by dimension",
        "What changed since the last run",
        "Sources",
        "Checks",
        "Unexplained numerals in their context",
        "What was rejected, and why",
        "Timings",
    ):
        assert heading in page


def test_what_a_run_was_asked_to_do_is_told_in_words(con: duckdb.DuckDBPyConnection, summary: Summary) -> None:
    summary.parameters = {"paths": ["/ข่าว/ก", "/ข่าว/ข"], "force": False, "rebuild": True, "workers": None, "keys": []}
    page = html.render(con, summary)
    assert "paths /ข่าว/ก , /ข่าว/ข force no rebuild yes workers – keys –" in english(page)
    assert "ใช่" in page
    assert "still are" not in english(page)
    summary.still_quarantined = 3
    assert "3 documents were in quarantine before and still are" in english(html.render(con, summary))


def test_what_came_of_asking_sources_is_told_those_in_trouble_first(
    con: duckdb.DuckDBPyConnection, summary: Summary
) -> None:
    assert 'id="asked"' not in html.render(con, summary)
    hostile = '<script>alert(1)</script>"&'
    summary.sources = [
        SourceTally("calm", "feed", "https://calm.example/rss", listed=1, new=4, unchanged=7),
        SourceTally("ill", "feed", "https://ill.example/rss", failed=3, problems=[hostile], is_grave=True),
        *(SourceTally(f"more{n}", "feed", "https://more.example/", unchanged=2) for n in range(html.SOURCES)),
    ]
    page = html.render(con, summary)
    (table,) = re.findall('aria-labelledby="asked".*?</table>', page, re.DOTALL)
    rows = re.findall(r"<tr><th scope=\"row\".*?</tr>", table, re.DOTALL)
    assert hostile not in page
    assert "&lt;script&gt;alert(1)" in rows[0]
    assert "https://ill.example/rss" in rows[0]
    assert re.findall(r'<td class="n">(\d+)</td>', rows[1]) == ["1", "4", "0", "7", *["0"] * 6]
    assert len(rows) == html.SOURCES + 1
    assert "2 other sources" in english(rows[-1])
    assert re.findall(r'<td class="n">(\d+)</td>', rows[-1])[3] == "4"


def test_what_is_set_aside_is_shown_with_its_file(con: duckdb.DuckDBPyConnection) -> None:
    refused = Rejected(
        "samples", "file:///news/2024/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7.txt", None, "empty", "nothing in it"
    )
    record_rejected(con, [refused], run_id=RUN_ID, seen_at=datetime(2024, 3, 15, tzinfo=UTC))
    page = html.render(con, audited(con))
    (check,) = re.findall(r'<li class="check [^>]*id="check-quarantined.*?</details></li>', page, re.DOTALL)
    assert "2024/ข่าว.txt" in english(check)


def test_the_page_says_everything_in_thai_too(con: duckdb.DuckDBPyConnection, summary: Summary) -> None:
    page = html.render(con, summary)
    assert 'data-th="รายงานคุณภาพข้อมูล' in page
    for words in ("คุณภาพในแต่ละด้าน", "ความครบถ้วน", "15 มี.ค. 2567 13:00 น.", "ไม่มีวันเผยแพร่", "เวลาที่ใช้"):
        assert words in page
    assert page.count('class="t" lang="en"') == page.count('class="t" lang="th"')


def test_nothing_in_a_release_becomes_markup(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("update dim_release set title = ?, source_uri = 'file:///' || ? || source_uri", [EVIL, EVIL])
    con.execute("update fact_numeral set role = 'unexplained', rule_key = -1")
    con.execute("update dim_release set body = replace(body, 'ล้าน', ?)", ["<b>x"])
    html.write(con, tmp_path, audited(con))
    pages = [*tmp_path.glob("*.html"), *tmp_path.glob("releases/*.html")]
    assert len(pages) > 5
    for file in pages:
        page = file.read_text(encoding="utf-8")
        assert page.count("<script") == 1  # our own
        assert "<img" not in page
        assert "<b>x" not in page
    assert "&lt;script&gt;" in (tmp_path / "latest.html").read_text(encoding="utf-8")


def test_a_page_may_load_nothing_and_run_only_its_own_script(con: duckdb.DuckDBPyConnection, summary: Summary) -> None:
    page = html.render(con, summary)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")
    for sign in ("<link", " src=", "@import", "url(", "http:", "https:", " onclick", "javascript:"):
        assert sign not in page


def test_the_page_stays_small_with_many_unexplained(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("update fact_numeral set role = 'unexplained', rule_key = -1")
    con.execute("update dim_release set published_on = null")
    written = html.write(con, tmp_path, audited(con))
    page = written.read_text(encoding="utf-8")
    section = page[page.index('<h2 id="unexplained">') : page.index('<h2 id="quarantine">')]
    assert section.count("<mark>") == html.UNEXPLAINED_GROUPS
    assert len(list((tmp_path / "releases").iterdir())) <= html.PAGES + html.UNEXPLAINED_GROUPS
    for check in re.findall(r'<li class="check .*?</details></li>', page, re.DOTALL):
        assert check.count('<span class="from">') <= html.SAMPLES_SHOWN


def test_every_link_leads_somewhere(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("update fact_numeral set role = 'unexplained', rule_key = -1 where role = 'identifier'")
    con.execute("update dim_release set published_on = date '1970-01-01', published_on_basis = 'x'")
    html.write(con, tmp_path, audited(con))
    followed = 0
    for file in [*tmp_path.glob("*.html"), *tmp_path.glob("releases/*.html")]:
        page = file.read_text(encoding="utf-8")
        for link in map(markup.unescape, re.findall(r'<a [^>]*href="([^"]+)"', page)):
            place, _, fragment = unquote(link).partition("#")
            target = file if not place else file.parent / place
            assert target.is_file(), (file.name, link)
            if fragment:
                there = target.read_text(encoding="utf-8")
                assert f'id="{fragment}"' in there or re.fullmatch(r"char=\d+,\d+", fragment), (file.name, link)
                followed += 1
    assert followed > 100


def test_a_sample_links_to_the_place_in_its_release(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("update fact_money set amount = 0 where char_start = (select min(char_start) from fact_money)")
    row = con.execute(
        "select release_id, revision, char_start, char_end, surface from fact_money join dim_release using (release_key) "
        "where amount = 0"
    ).fetchone()
    html.write(con, tmp_path, audited(con))
    page = (tmp_path / "latest.html").read_text(encoding="utf-8")
    assert f'href="releases/{row[0]}-{row[1]}.html#char={row[2]},{row[3]}"' in page
    check = page[page.index('id="check-money_implausible-fact_money"') :]
    assert f"<mark>{row[4]}</mark>" in check[: check.index("</details>")]


@pytest.mark.parametrize(
    ("status", "published", "told"),
    [
        ("ok", True, "Published"),
        ("refused", False, "Not published"),
        ("failed", True, "Published, but not complete"),
        ("failed", False, "The run failed"),
    ],
)
def test_the_verdict_comes_first(
    con: duckdb.DuckDBPyConnection, summary: Summary, status: str, published: bool, told: str
) -> None:
    summary.status, summary.published = status, published
    page = html.render(con, summary)
    verdict = re.search(r'<h2 id="verdict">(.*?)</h2>', page, re.DOTALL)
    assert verdict is not None
    assert english(verdict[1]).startswith(told)
    assert page.index("<h2") == verdict.start()


def test_the_numbers_can_be_read_back(con: duckdb.DuckDBPyConnection, summary: Summary, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    page = html.write(con, folder, summary)
    assert page.read_text(encoding="utf-8") == (folder / "latest.html").read_text(encoding="utf-8")
    text = page.with_suffix(".json").read_text(encoding="utf-8")
    assert Summary.from_json(text) == summary
    assert json.loads(text)["accountability"] == summary.accountability
    found = sorted(file.name for file in folder.iterdir() if file.is_file())
    assert found == [f"{RUN_ID}.html", f"{RUN_ID}.json", "index.html", "latest.html", "latest.json"]


def test_a_second_run_tells_what_has_changed(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    html.write(con, tmp_path, replace(audited(con, "20240314T060000Z-test"), started_at="2024-03-14T06:00:00"))
    con.execute("update dim_release set published_on = date '1970-01-01', published_on_basis = 'x'")
    con.execute("update fact_numeral set role = 'unexplained', rule_key = -1 where role = 'identifier'")
    page = english(html.write(con, tmp_path, audited(con)).read_text(encoding="utf-8"))
    assert "Compared with the run of 2024-03-14 13:00 ICT." in page
    changed = page[page.index("Compared with") : page.index("The worst finding")]
    assert re.search(r"Worse : Dated 1 January 1970 \(dim_release\) went from pass to (warn|fail)", changed)
    assert re.search(r"\+\d+ unexplained numerals", changed)
    index = english((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert "The last 2 runs" in index
    assert index.index("2024-03-15 13:00") < index.index("2024-03-14 13:00")


def test_the_report_of_an_earlier_run_written_again_is_not_the_latest(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    earlier = replace(audited(con, "20240314T060000Z-test"), started_at="2024-03-14T06:00:00")
    html.write(con, tmp_path, earlier)
    html.write(con, tmp_path, audited(con))
    html.write(con, tmp_path, earlier)
    assert Summary.from_json((tmp_path / "latest.json").read_text(encoding="utf-8")).run_id == RUN_ID
    assert "2024-03-15 13:00" in english((tmp_path / "latest.html").read_text(encoding="utf-8"))
    index = english((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert index.index("2024-03-15 13:00") < index.index("2024-03-14 13:00")


def test_the_same_run_again_has_changed_nothing(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    html.write(con, tmp_path, replace(audited(con, "20240314T060000Z-test"), started_at="2024-03-14T06:00:00"))
    page = english(html.write(con, tmp_path, audited(con)).read_text(encoding="utf-8"))
    assert "Nothing, as far as checks and figures tell, since the run of 2024-03-14 13:00 ICT." in page


def test_a_history_that_cannot_be_read_is_told(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "20240310T060000Z-torn.json").write_text('{"run_id": ', encoding="utf-8")
    (tmp_path / "20240311T060000Z-else.json").write_text("[1]", encoding="utf-8")
    summary = audited(con)
    past = history.read(tmp_path, summary)
    assert past.runs == (summary,)
    page = english(html.write(con, tmp_path, summary).read_text(encoding="utf-8"))
    assert "can't be read: 20240310T060000Z-torn.json, 20240311T060000Z-else.json." in page


def test_trends_go_back_over_so_many_runs_and_no_more(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    summary = audited(con)
    for hour in range(history.RUNS + 5):
        run = replace(summary, run_id=f"202402{hour // 24:02}T{hour % 24:02}0000Z-test", seconds=float(hour))
        (tmp_path / f"{run.run_id}.json").write_text(json.dumps(run.as_dict()), encoding="utf-8")
    past = history.read(tmp_path, summary)
    assert len(past.runs) == history.RUNS
    assert [run.seconds for run in past.runs] == [*map(float, range(6, history.RUNS + 5)), 0.0]


def test_the_marks_of_examples_are_the_facts(con: duckdb.DuckDBPyConnection, summary: Summary) -> None:
    assert [example.kind for example in summary.examples] == ["money", "date", "measure", "count"]
    for example in summary.examples:
        marked = example.sentence[example.mark_start : example.mark_end]
        assert con.execute(f"select count(*) from fact_{example.kind} where surface = ?", [marked]).fetchone() > (0,)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (("1500000.0000", None, "THB", "ge"), "≥ 1,500,000 THB"),
        (("10", "15.50", "%", "eq"), "10 – 15.5 %"),
        (("2023-08-14", None, None, "eq"), "2023-08-14"),
        (("2023", None, None, "by"), "by 2023"),
        (("0.000001", None, "m", "approx"), "≈ 0.000001 m"),
        (("120", None, "", "eq"), "120"),
    ],
)
def test_values_for_people(value: tuple[str, str | None, str | None, str], shown: str) -> None:
    assert fact_value(*value) == shown


def test_a_round_number_keeps_its_zeros() -> None:
    assert number("470000000000.0") == "470,000,000,000"
    assert number("100") == "100"
