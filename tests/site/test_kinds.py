"""Whole journeys, on a few pages that together show everything of which pages are made (kinds.py)."""

import re

import pytest

from tests import built
from tests.site import kinds
from tests.site.conftest import BUILT, SAMPLE
from tests.site.visits import COLOUR_RULES

built.need("book")

by_page = pytest.mark.parametrize("name", SAMPLE)


def test_the_sample_shows_every_feature():
    pages = {"a": {1, 2}, "b": {2}, "c": {2, 3}, "d": {1, 2}}
    assert kinds.cover(pages) == ["a", "c"]


def assert_none(name, faults):
    found = list(faults)
    assert not found, "\n".join([f"{name}:", *found])


@by_page
def test_from_disk(visit, name):
    tab = visit(home=BUILT.as_uri())
    tab.open(name)
    tab.figures()
    assert_none(name, [*tab.overflow(), *tab.deaf_figures(), *tab.complaints()])


@by_page
def test_on_a_phone(visit, name):
    tab = visit(width=360, scheme="dark")
    tab.open(name)
    tab.figures()
    assert_none(name, [*tab.jumps(), *tab.theme("dark"), *tab.overflow(), *tab.complaints()])


@by_page
def test_colours_can_be_read_in_both_themes(visit, name):
    tab = visit()
    tab.open(name)
    tab.figures()
    for theme in ("light", "dark"):
        tab.page.emulate_media(color_scheme=theme)
        assert_none(name, [*tab.theme(theme), *tab.overflow()])
        broken = tab.broken_rules(runOnly=COLOUR_RULES)
        assert_none(f"{name} in {theme} colours", broken)


@by_page
def test_without_scripts_figures_are_pictures(visit, name):
    page = visit(scripts=False).open(name)
    for figure in page.locator("figure.losslab-figure").all():
        picture = figure.locator("[role=img], img").first
        assert picture.is_visible()
        assert picture.bounding_box()["height"] > 100


def test_there_are_live_figures(visit):
    tab = visit()
    tab.open("index.html")
    assert tab.figures()


def test_colour_mode_switch(visit):
    page = visit().open("index.html")
    themes = set()
    for _ in range(3):
        themes.add(page.evaluate("document.documentElement.dataset.theme"))
        page.locator(".theme-switch-button").first.click()
    assert themes == {"light", "dark"}


def test_search_finds_a_page(visit):
    tab = visit()
    page = tab.open("search.html?q=notation")
    page.locator("#search-results a", has_text=re.compile("Notation")).first.wait_for()
    assert tab.complaints() == []


def test_copy_button_and_download(visit):
    tab = visit()
    page = tab.open("part1/referee.html")
    page.locator("button.copybtn").first.wait_for(state="attached")
    link = page.locator("a.btn-download-source-button").get_attribute("href")
    response = page.request.get(f"{tab.home}/part1/{link}")
    assert response.ok
    assert response.json()["nbformat"] == 4


def test_phone_has_a_menu(visit):
    page = visit(width=360).open("index.html")
    page.locator("button.primary-toggle:visible").first.click()
    page.get_by_role("link", name="Notation").first.wait_for(state="visible")
