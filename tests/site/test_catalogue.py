"""The index of the catalogue in a real browser, and the chooser by keyboard."""

import pytest

from tests import built
from tests.site.conftest import BUILT

built.need("book")


@pytest.fixture(params=["served", "disk"])
def tab(request, visit):
    return visit() if request.param == "served" else visit(home=BUILT.as_uri())


def shown(page):
    return page.locator(".ll-index tr:has(code):visible code").all_inner_texts()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("BCEWithLogitsLoss", "binary_cross_entropy"),
        ("bce with", "binary_cross_entropy"),
        ("Pinball", "quantile"),
        ("reg:pseudohuber", "pseudo_huber"),
        ("geman-mcclure", "geman_mcclure"),
    ],
)
def test_search_finds_other_names(tab, typed, first):
    page = tab.open("catalogue.html")
    everything = len(shown(page))
    page.get_by_label("Name, here or in another library").fill(typed)
    found = shown(page)
    assert first in found
    assert len(found) < everything / 3
    assert f"{len(found)} of {everything}" in page.locator(".ll-find output").inner_text()
    assert tab.complaints() == []


def test_menus_are_remembered_in_the_address(tab):
    page = tab.open("catalogue.html")
    everything = shown(page)
    page.get_by_label("Must be").select_option("proper")
    page.get_by_label("Family").select_option("classification")
    found = shown(page)
    assert "binary_cross_entropy" in found and "hinge" not in found and "huber" not in found
    assert "#family=classification&claim=proper" in page.url
    page.reload()
    assert shown(page) == found
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("!location.hash")  # a form is reset after its event
    assert shown(page) == everything
    assert "#" not in page.url
    page.goto(f"{tab.home}/catalogue.html#library=torch&q=huber")
    assert shown(page) == ["huber"]
    assert tab.complaints() == []


def test_index_answers_to_the_keyboard(tab):
    page = tab.open("catalogue.html")
    page.get_by_label("Name, here or in another library").focus()
    page.keyboard.type("tukey")
    assert shown(page) == ["tukey_biweight"]
    page.keyboard.press("Enter")
    page.wait_for_url("**/catalogue/losses/tukey_biweight.html")


def test_without_scripts_the_whole_table_is_there(visit):
    page = visit(scripts=False).open("catalogue.html")
    assert len(shown(page)) == page.locator(".ll-index code").count() > 40
    assert not page.locator(".ll-find").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_chooser_answers_to_the_keyboard(visit, scripts):
    page = visit(scripts=scripts, home=BUILT.as_uri()).open("choose.html")
    answers = page.locator(".ll-chooser summary:visible")
    before = answers.count()
    answers.nth(2).focus()
    page.keyboard.press("Enter")
    assert answers.count() > before
    answers.nth(0).press("Enter")  # of two answers to one question only one is open
    assert page.locator(".ll-chooser > details[open]").count() == 1
    while page.locator(".ll-take a:visible").count() == 0:
        page.locator(
            ".ll-chooser details[open] > div > details:not([open]) > summary:visible"
        ).first.press("Enter")
    page.locator(".ll-take a:visible").first.click()
    assert "/catalogue/" in page.url
    assert page.locator("h1").count() == 1
