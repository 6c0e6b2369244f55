"""The index of the catalogue in a real browser, and the tabs of its pages."""

import pytest

from tests import built
from tests.patience import eventually
from tests.site.conftest import BUILT

built.need("book")
SEARCH = "A problem, or a name here or in another library"


@pytest.fixture(params=["served", "disk"])
def tab(request, visit):
    return visit() if request.param == "served" else visit(home=BUILT.as_uri())


def shown(page):
    return page.locator(".ll-cards > li:visible > code").all_inner_texts()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("BCEWithLogitsLoss", "binary_cross_entropy"),
        ("hubber loss", "huber"),
        ("outliers", "huber"),
        ("skewed demand", "poisson"),
    ],
)
def test_search_ranks_what_was_meant(tab, typed, first):
    page = tab.open("catalogue.html")
    everything = len(shown(page))
    page.get_by_label(SEARCH).fill(typed)
    found = shown(page)
    assert found[0] == first
    assert len(found) < everything / 3
    assert f"{len(found)} of {everything}" in page.locator(".ll-find output").inner_text()
    assert tab.complaints() == []


def test_what_is_not_shipped_says_why(tab):
    page = tab.open("catalogue.html")
    page.get_by_label(SEARCH).fill("dice")
    absent = page.locator(".ll-absent")
    assert "Not shipped: Dice" in absent.inner_text()
    absent.get_by_role("link", name="focal").click()
    page.wait_for_url("**/catalogue/losses/focal.html")


def test_an_empty_answer_helps(tab):
    page = tab.open("catalogue.html")
    page.get_by_label(SEARCH).fill("xqzwv")
    assert shown(page) == []
    found = page.locator(".ll-found")
    assert found.get_by_role("link", name="Which loss do I need?").is_visible()
    found.get_by_role("button", name="imbalance", exact=True).click()
    assert shown(page)[0] == "weighted_binary_cross_entropy"
    page.wait_for_function("location.search === '?q=imbalance'")


def test_what_is_asked_stands_in_the_address(tab):
    page = tab.open("catalogue.html")
    everything = shown(page)
    page.get_by_label("Must be").select_option("proper")
    page.get_by_label("Family").select_option("classification")
    found = shown(page)
    assert "binary_cross_entropy" in found and "hinge" not in found and "huber" not in found
    page.wait_for_function("location.search === '?family=classification&claim=proper'")
    chosen = page.get_by_label("Must be").locator("option:checked")
    assert chosen.inner_text().endswith(f"({len(found)})")
    page.reload()
    eventually(lambda: shown(page) == found)
    page.go_back()  # to before the second menu
    eventually(lambda: page.get_by_label("Family").input_value() == "")
    eventually(lambda: len(shown(page)) > len(found))
    page.go_back()
    eventually(lambda: shown(page) == everything)
    page.go_forward()
    page.wait_for_function("location.search")
    page.go_forward()
    eventually(lambda: shown(page) == found)
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("!location.search")  # a form is reset after its event
    eventually(lambda: shown(page) == everything)
    page.goto(f"{tab.home}/catalogue.html?library=torch&q=huber")
    assert shown(page)[0] == "huber"
    assert page.get_by_label(SEARCH).input_value() == "huber"
    assert tab.complaints() == []


def test_words_are_one_step_back(tab):
    page = tab.open("catalogue.html")
    everything = shown(page)
    page.get_by_label(SEARCH).press_sequentially("tukey")
    page.wait_for_function("location.search === '?q=tukey'")
    page.go_back()
    assert shown(page) == everything and page.get_by_label(SEARCH).input_value() == ""


def test_menus_count_what_is_left(tab):
    page = tab.open("catalogue.html")
    page.get_by_label("Family").select_option("survival")
    left = len(shown(page))
    for name in ("target", "kind"):
        counts = page.locator(f"select[name={name}] option:not([value=''])").all_text_contents()
        assert sum(int(text.rpartition("(")[2].rstrip(")")) for text in counts) == left
    assert page.locator("select[name=kind] option:disabled").count() == 1  # none of one number
    page.get_by_label("Family").select_option("classification")
    assert page.locator("select[name=kind] option:disabled").count() == 0


def test_index_answers_to_the_keyboard(tab):
    page = tab.open("catalogue.html")
    page.get_by_label(SEARCH).focus()
    page.keyboard.type("tukey")
    assert shown(page) == ["tukey_biweight"]
    page.keyboard.press("Enter")
    page.wait_for_url("**/catalogue/losses/tukey_biweight.html")


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_cards_have_their_room(visit, width):
    page = visit(width=width, home=BUILT.as_uri()).open("catalogue.html")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    card = page.locator(".ll-cards > li").first
    picture = card.locator("svg").bounding_box()
    assert picture["width"] >= 80 and picture["height"] >= 35


def test_without_scripts_every_card_is_there(visit):
    page = visit(scripts=False).open("catalogue.html")
    assert len(shown(page)) == page.locator(".ll-cards > li").count() > 40
    assert not page.locator(".ll-find").is_visible()


# The page of a loss ---------------------------------------------------------------------------


def tabs(page):
    return page.get_by_role("tablist", name="The same number in code").get_by_role("tab")


def test_tabs_answer_to_the_keyboard_and_are_remembered(tab):
    page = tab.open("catalogue/losses/huber.html")
    names = tabs(page).all_inner_texts()
    assert names[:2] == ["losslab", "PyTorch"] and len(names) > 3
    tabs(page).first.focus()
    page.keyboard.press("ArrowLeft")
    chosen = page.locator("[role=tab][aria-selected=true]")
    assert chosen.inner_text() == names[-1]
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert chosen.inner_text() == "PyTorch"
    assert page.get_by_role("tabpanel").count() == 1
    assert "torch.nn.HuberLoss" in page.get_by_role("tabpanel").inner_text()
    assert page.evaluate("localStorage.getItem('losslab-library')") == "in-pytorch"
    page.goto(f"{tab.home}/catalogue/losses/absolute_error.html")
    # Files may be read by another process than wrote what is remembered, which may not know it yet.
    if not tab.home.startswith("file:"):
        assert page.locator("[role=tab][aria-selected=true]").inner_text() == "PyTorch"
    page.goto(f"{tab.home}/catalogue/losses/hampel.html")  # a library that does not have it
    assert page.get_by_role("tabpanel").count() == 1
    assert tab.complaints() == []


def test_without_scripts_all_code_is_shown(visit):
    page = visit(scripts=False).open("catalogue/losses/huber.html")
    code = page.locator(".ll-tabs > section")
    assert code.count() > 3
    assert all(each.is_visible() and each.locator("h3").is_visible() for each in code.all())


def test_a_link_compares_two_losses(tab):
    page = tab.open("catalogue/losses/huber.html")
    tab.figures()
    assert page.locator("figure.losslab-figure .ll-table tbody tr").count() == 1
    page.get_by_role("link", name="Compare with Squared error").click()
    page.wait_for_function(
        "document.querySelectorAll('figure.losslab-figure .ll-table tbody tr').length === 2"
    )
    assert "Squared error" in page.locator("figure.losslab-figure").inner_text()
    assert tab.complaints() == []
