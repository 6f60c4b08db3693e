"""Main text and metadata of made-up pages of many templates: what is the article's comes out, and nothing else."""

from __future__ import annotations

from collections import Counter

import pytest
from made_pages import NUMERAL, MadePage, made_pages

from flows.acquire.article import Article, NoArticle, article

PAGES = made_pages()
ARTICLES = [page for page in PAGES if "error" not in page.expected]
every_article = pytest.mark.parametrize("page", ARTICLES, ids=lambda page: page.name)


def read(page: MadePage) -> Article:
    return article(page.raw, url=page.url, content_type=page.content_type, hints=page.expected.get("hints"))


def test_there_are_many_templates():
    assert len(ARTICLES) >= 40
    assert len({page.raw for page in PAGES}) == len(PAGES)


@every_article
def test_every_numeral_of_the_body_and_none_of_the_navigation(page: MadePage):
    found = Counter(NUMERAL.findall(read(page).text))
    assert not page.numerals() - found, "numerals of the article that are not in its text"
    assert not found - page.numerals_allowed(), "numerals in the text that are not the article's"


@every_article
def test_paragraphs_are_kept(page: MadePage):
    lines = [cell for line in read(page).text.split("\n") for cell in line.split("\t")]
    assert [piece for piece in page.pieces if piece not in lines] == []
    assert [line for line in lines if line in page.pieces] == [*dict.fromkeys([page.expected["title"], *page.pieces])]


@every_article
def test_only_what_the_text_lost_is_told(page: MadePage):
    """Comments, banners and sidebars with numerals are no lost paragraphs; a facts box is one."""
    assert list(read(page).lost_numerals) == page.expected.get("lost", [])


@every_article
def test_title_is_the_first_line(page: MadePage):
    found = read(page)
    assert found.title == page.expected["title"]
    assert found.text.split("\n")[:2] == [found.title, ""]


@every_article
def test_date_and_its_basis(page: MadePage):
    found = read(page)
    assert (found.published_on, found.published_on_basis) == (page.published_on, page.expected.get("basis"))


@every_article
def test_publisher_address_and_language(page: MadePage):
    found = read(page)
    assert found.publisher == page.expected.get("publisher")
    assert found.canonical_url == page.expected.get("canonical_url", page.url)
    assert found.language == page.expected.get("language", "th")


@every_article
def test_one_candidate_of_a_field_is_chosen_at_most(page: MadePage):
    chosen = Counter(each.field for each in read(page).candidates if each.chosen)
    assert set(chosen.values()) == {1}
    assert {"title", "canonical_url", "language"} <= set(chosen)


@pytest.mark.parametrize("page", [page for page in PAGES if "error" in page.expected], ids=lambda page: page.name)
def test_what_is_no_article_says_why(page: MadePage):
    with pytest.raises(NoArticle) as caught:
        read(page)
    assert caught.value.reason == page.expected["error"]
    assert len(caught.value.detail) > 20
