"""The pages in a real browser: they run clean and alone, their controls work, and everyone can read them."""

from __future__ import annotations

import json
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from warehouse.connect import connect

if TYPE_CHECKING:
    from chromium import Tab
    from conftest import Reports

PAGES = ("report", "index", "release")
AXE = Path(__file__).parent / "axe" / "axe.min.js"
DESKTOP, PHONE = (1280, False), (390, True)
VIEWS = [
    pytest.param(DESKTOP, "light", "en", id="desktop-light-en"),
    pytest.param(DESKTOP, "dark", "th", id="desktop-dark-th"),
    pytest.param(PHONE, "light", "th", id="phone-light-th"),
    pytest.param(PHONE, "dark", "en", id="phone-dark-en"),
]


@cache
def axe() -> str:
    return AXE.read_text(encoding="utf-8")


def see(tab: Tab, page: Path, view: tuple[int, bool], scheme: str, language: str) -> None:
    """Open a page as someone sees it, with everything in it that can be opened open."""
    width, phone = view
    tab.size(width, 844, phone=phone)
    tab.media(scheme=scheme)
    tab.open(page)
    tab.ask(f"document.querySelector('[data-set-lang={language}]').click()")
    tab.ask("document.querySelectorAll('details').forEach((details) => { details.open = true; })")


def text_of(tab: Tab, selector: str) -> str:
    return tab.ask(f"document.querySelector({json.dumps(selector)}).innerText")


def shown(tab: Tab, selector: str) -> bool:
    return tab.ask(f"document.querySelector({json.dumps(selector)}).checkVisibility()")


def asked_text(tab: Tab) -> str | None:
    return tab.ask("document.querySelector('.text').dataset.asked ?? null")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("view", "scheme", "language"), VIEWS)
def test_a_page_runs_clean_alone_and_fits(
    tab: Tab, reports: Reports, name: str, view: tuple[int, bool], scheme: str, language: str
) -> None:
    see(tab, reports.pages[name], view, scheme, language)
    assert tab.complaints == []
    assert tab.remote == []
    assert [url for url in tab.fetched if url.startswith("file:")] == [reports.pages[name].as_uri()]
    assert tab.ask("document.documentElement.scrollWidth") <= view[0]
    light = tab.ask("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]) > 127")
    assert light == (scheme == "light")
    assert tab.ask("document.documentElement.lang") == language
    assert len(set(tab.picture())) > 100  # a picture with something on it


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("view", "scheme", "language"), VIEWS)
def test_everyone_can_read_a_page(
    tab: Tab, reports: Reports, name: str, view: tuple[int, bool], scheme: str, language: str
) -> None:
    see(tab, reports.pages[name], view, scheme, language)
    tab.ask(axe() + ";0")
    found: list[dict[str, Any]] = tab.ask(
        "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.map((rule) => "
        "({ rule: rule.id, impact: rule.impact, nodes: rule.nodes.map((node) => node.html.slice(0, 200)) })))"
    )
    assert found == []
    checked = tab.ask("axe.run(document).then((result) => result.passes.map((rule) => rule.id))")
    assert {"color-contrast", "html-has-lang", "document-title", "landmark-one-main"} <= set(checked)


def test_the_checks_are_filtered_by_outcome_and_by_words(tab: Tab, reports: Reports) -> None:
    tab.open(reports.pages["report"])
    visible = "[...document.querySelectorAll('.check')].filter((check) => check.checkVisibility())"
    every = tab.ask(f"{visible}.length")
    assert every > 30
    tab.ask("document.querySelector('[data-outcome=open]').click()")
    verdicts = tab.ask(f"{visible}.map((check) => check.dataset.verdict)")
    assert 0 < len(verdicts) < every
    assert "pass" not in verdicts
    assert text_of(tab, "[data-shown]") == str(len(verdicts))
    tab.ask("document.querySelector('[data-outcome=found]').click()")
    assert tab.ask(f"{visible}.every((check) => Number(check.dataset.failing) > 0)")
    tab.ask("document.querySelector('[data-outcome=all]').click()")
    tab.ask(
        "(() => { const words = document.querySelector('.filter input'); words.value = '1 มกราคม';"
        " words.dispatchEvent(new Event('input')); })()"
    )
    assert tab.ask(f"{visible}.map((check) => check.id)") == ["check-published_on_epoch-dim_release"]
    assert tab.ask("[...document.querySelectorAll('.dimension')].filter((each) => each.checkVisibility()).length") == 1


def test_a_finding_leads_to_its_check_whatever_is_filtered(tab: Tab, reports: Reports) -> None:
    tab.open(reports.pages["report"])
    target = tab.ask("document.querySelector('.finding a').getAttribute('href').slice(1)")
    tab.ask("document.querySelector('.filter input').value = 'nothing is called so'")
    tab.ask("document.querySelector('.filter input').dispatchEvent(new Event('input'))")
    tab.ask("document.querySelector('.finding a').click()")
    tab.until(f"document.getElementById({json.dumps(target)}).checkVisibility()")
    assert tab.ask(f"document.getElementById({json.dumps(target)}).querySelector('details').open")


def test_a_failing_sample_leads_to_its_words_in_the_release(tab: Tab, reports: Reports) -> None:
    tab.open(reports.pages["report"])
    found = tab.ask(
        "[...document.querySelectorAll('.samples li')].filter((each) => each.querySelector('mark'))"
        ".map((each) => [each.querySelector('mark').textContent, each.querySelector('a').href])"
    )
    assert len(found) >= 3
    for words, address in found:
        place, _, fragment = address.partition("#")
        tab.open(Path(reports.folder / "releases" / place.rpartition("/")[2]), f"#{fragment}")
        assert asked_text(tab) == words
        assert tab.ask("CSS.highlights.has('asked')")
        box = tab.ask("(([range]) => range.getBoundingClientRect().toJSON())([...CSS.highlights.get('asked')])")
        assert 0 <= box["top"] <= 900  # in the window
    assert tab.complaints == []


def test_a_link_in_the_report_is_followed_by_a_click(tab: Tab, reports: Reports) -> None:
    tab.open(reports.pages["report"])
    tab.ask("document.querySelector('#unexplained ~ .scroll td a').click()")
    tab.until("document.querySelector('.text') && document.readyState === 'complete'")
    assert asked_text(tab)
    tab.ask("[...document.querySelectorAll('nav a')].at(-1).click()")
    tab.until("document.querySelector('.verdict') && document.readyState === 'complete'")


def test_any_place_of_a_text_can_be_asked_for(tab: Tab, reports: Reports) -> None:
    with closing(connect(reports.warehouse, read_only=True)) as con:
        (body,) = con.execute("select body from dim_release where title like '%onerror%'").fetchone()
    second = body.index("ครม.")
    for start, end in ((0, 5), (second, second + 30), (second - 20, second + 10), (len(body) - 12, len(body) - 1)):
        tab.open(reports.evil, f"#char={start},{end}")
        assert "".join(asked_text(tab).split()) == "".join(body[start:end].split())


def test_the_card_tells_what_is_known_of_a_fact(tab: Tab, reports: Reports) -> None:
    tab.open(reports.evil)
    assert not shown(tab, "#card")
    tab.point(".text .money.bad")
    tab.until("document.getElementById('card').checkVisibility()")
    card = text_of(tab, "#card")
    for words in ("1,361,999 THB", "money.", "Stated by the text", "Amount in words differs from its digits"):
        assert words in card, card
    tab.key("Escape", 27)
    assert not shown(tab, "#card")
    tab.ask("document.querySelector('.text .date').focus()")
    assert "Date" in text_of(tab, "#card")
    assert tab.ask("document.activeElement.getAttribute('aria-describedby')").startswith("f")
    tab.ask("document.querySelector('[data-set-lang=th]').click()")
    assert "วันที่" in text_of(tab, "#card")
    tab.ask("document.activeElement.blur()")
    tab.until("!document.getElementById('card').checkVisibility()")


def test_every_fact_can_be_reached_by_the_keyboard(tab: Tab, reports: Reports) -> None:
    tab.open(reports.evil)
    wanted = tab.ask("[...document.querySelectorAll('.text .f[id]')].map((each) => each.id)")
    assert len(wanted) >= 6
    tab.ask("document.querySelector('.legend li:last-child button').focus()")
    for name in wanted:
        tab.key("Tab", 9)
        assert tab.ask("document.activeElement.id") == name


def test_the_kinds_are_switched_off_and_on(tab: Tab, reports: Reports) -> None:
    tab.open(reports.evil)
    colour = "getComputedStyle(document.querySelector('.text .money')).backgroundColor"
    before = tab.ask(colour)
    tab.ask("document.querySelector('[data-mark=money]').click()")
    assert tab.ask(colour) == "rgba(0, 0, 0, 0)"
    assert tab.ask("document.querySelector('[data-mark=money]').getAttribute('aria-pressed')") == "false"
    tab.ask("document.querySelector('[data-mark=money]').click()")
    assert tab.ask(colour) == before


def test_language_and_colours_are_chosen_and_kept(tab: Tab, reports: Reports) -> None:
    tab.open(reports.pages["report"])
    assert text_of(tab, "h1") == "Data quality report"
    tab.ask("document.querySelector('[data-set-lang=th]').click()")
    assert text_of(tab, "h1") == "รายงานคุณภาพข้อมูล"
    assert tab.ask("document.title").startswith("รายงานคุณภาพข้อมูล")
    tab.ask("document.querySelector('[data-toggle-theme]').click()")
    assert tab.ask("document.documentElement.dataset.theme") == "dark"
    tab.open(reports.pages["index"])
    assert text_of(tab, "h1") == "คุณภาพข้อมูลในแต่ละรอบ"
    assert tab.ask("document.documentElement.dataset.theme") == "dark"
    assert tab.ask("document.querySelector('[data-toggle-theme]').getAttribute('aria-pressed')") == "true"


@pytest.mark.parametrize("name", PAGES)
def test_no_word_is_shown_in_the_other_language(tab: Tab, reports: Reports, name: str) -> None:
    tab.open(reports.pages[name])
    for language, other in (("en", "th"), ("th", "en")):
        tab.ask(f"document.querySelector('[data-set-lang={language}]').click()")
        seen = f"[...document.querySelectorAll('.t[lang={other}]')].filter((each) => each.checkVisibility()).length"
        assert tab.ask(seen) == 0
        assert tab.ask(f"document.querySelectorAll('.t[lang={language}]').length") > 10


def test_what_stands_in_a_release_is_shown_as_text(tab: Tab, reports: Reports) -> None:
    with closing(connect(reports.warehouse, read_only=True)) as con:
        title, body = con.execute("select title, body from dim_release where title like '%onerror%'").fetchone()
    tab.open(reports.evil)
    assert text_of(tab, "h1") == title
    lines = tab.ask("[...document.querySelectorAll('.text p')].map((line) => line.textContent)")
    assert lines == [line for line in body.split("\n") if line.strip()]
    for page in reports.pages.values():
        tab.open(page)
        assert tab.ask("document.querySelectorAll('script').length") == 1
        assert tab.ask("document.querySelectorAll('img, iframe, object, svg[onload]').length") == 0
        assert "owned" not in tab.ask("document.title").replace("title='owned'", "")
    assert tab.complaints == []


def test_no_script_but_the_pages_own_can_run(tab: Tab, reports: Reports) -> None:
    tab.open(reports.evil)
    tab.ask(
        "(() => { const script = document.createElement('script'); script.textContent = 'window.ran = true';"
        " document.body.append(script); })()"
    )
    assert tab.ask("window.ran === undefined")
    assert any("Content Security Policy" in each for each in tab.complaints)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_printed(tab: Tab, reports: Reports, name: str) -> None:
    tab.open(reports.pages[name])
    assert tab.print().startswith(b"%PDF")
    tab.media(medium="print", scheme="dark")
    assert not shown(tab, ".top")
    assert tab.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.ask("getComputedStyle(document.body).color") == "rgb(29, 33, 38)"


def test_without_scripts_the_page_is_whole(tab: Tab, reports: Reports) -> None:
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    tab.open(reports.pages["report"])
    assert text_of(tab, "h1") == "Data quality report"
    assert not shown(tab, ".controls")
    assert tab.ask("[...document.querySelectorAll('.check')].every((check) => check.checkVisibility())")
