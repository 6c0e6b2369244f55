"""What stands beside the text: references, captions, the sections in the menu; and what terms say."""

import pytest

from tests import built
from tests.site.conftest import BUILT

built.need("book")
CHAPTER = next(
    path.relative_to(BUILT).as_posix()
    for path in sorted(BUILT.glob("part*/*.html"))
    if {"ll-margin", "ll-term", "<figcaption"}
    <= {word for word in ("ll-margin", "ll-term", "<figcaption") if word in path.read_text("utf8")}
)
SIDE_BY_SIDE = """() => {
  const captions = [...document.querySelectorAll(".cell_output > figure > figcaption")];
  return captions.map((caption) =>
    caption.getBoundingClientRect().left >= caption.parentElement.firstElementChild.getBoundingClientRect().right);
}"""


@pytest.mark.parametrize(("width", "beside"), [(1280, True), (1000, False), (360, False)])
def test_margin(visit, width, beside):
    page = visit(width=width).open(CHAPTER)
    assert page.locator(".ll-margin").first.is_visible() == beside
    found = page.evaluate(SIDE_BY_SIDE)
    assert found
    assert set(found) == {beside}


@pytest.mark.parametrize("name", [CHAPTER, "index.html", "catalogue/losses/huber.html"])
def test_sections_stand_in_the_menu(visit, name):
    page = visit().open(name)
    links = page.locator(".bd-sidebar-primary .section-nav a")
    assert links.count() > 0
    for link in links.all()[:3]:
        assert page.locator(link.get_attribute("href")).count() == 1
    assert page.locator(".bd-sidebar-secondary").count() == 0


def test_the_menu_marks_what_is_read(visit):
    page = visit().open(CHAPTER)
    link = page.locator(".bd-sidebar-primary .section-nav a").nth(2)
    link.click()
    page.wait_for_function("(link) => link.ariaCurrent === 'true'", arg=link.element_handle())
    assert page.locator(".section-nav a[aria-current]").count() == 1


def meaning(page):
    return page.get_by_role("tooltip")


def test_a_term_explains_itself(visit):
    page = visit().open(CHAPTER)
    term = page.locator(".ll-term").first
    term.scroll_into_view_if_needed()
    term.hover()
    assert meaning(page).inner_text() == term.get_attribute("data-means")
    page.mouse.move(5, 5)
    meaning(page).wait_for(state="detached")
    term.focus()
    assert meaning(page).is_visible()
    assert term.get_attribute("aria-describedby") == meaning(page).get_attribute("id")
    page.keyboard.press("Escape")
    meaning(page).wait_for(state="detached")
    term.click()
    page.wait_for_url("**/glossary.html#term-*")


def test_a_first_touch_explains_and_a_second_follows(browser, site):
    context = browser.new_context(
        viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True
    )
    context.add_init_script("localStorage.setItem('losslab-show', 'all')")
    page = context.new_page()
    page.goto(f"{site}/{CHAPTER}")
    term = page.locator(".ll-term").first
    term.scroll_into_view_if_needed()
    term.tap()
    meaning(page).wait_for()
    box = meaning(page).bounding_box()
    assert 0 <= box["x"]
    assert box["x"] + box["width"] <= 360
    assert page.url.endswith(CHAPTER)
    term.tap()
    page.wait_for_url("**/glossary.html#term-*")
    context.close()
