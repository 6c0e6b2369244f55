"""Live figures answer: to their first control and to a drag; nothing jumps; menu, search and switches work."""

import functools
import re

import pytest
from playwright.sync_api import expect

from tests.site.conftest import BUILT, PAGES

LIVE = [name for name in PAGES if "losslab-figure" in (BUILT / name).read_text("utf8")]


def test_there_are_live_figures():
    assert "index.html" in LIVE


def readout(figure):
    return figure.locator("[data-readout]").first.inner_text()


def push(slider):
    """Move a slider to its far end, by keyboard."""
    low, high = (float(slider.get_attribute(name)) for name in ("min", "max"))
    slider.focus()
    slider.press("Home" if float(slider.input_value()) > (low + high) / 2 else "End")


def assert_answers(figure, act, complaint):
    before = readout(figure)
    act()
    try:
        expect(figure.locator("[data-readout]").first).not_to_have_text(before, use_inner_text=True)
    except AssertionError:
        pytest.fail(complaint)


def drag(page, handle):
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for moved in (6, 14, 22):
        page.mouse.move(x + moved, y - moved)
    page.mouse.up()


@pytest.mark.parametrize("place", ["served", "disk"])
@pytest.mark.parametrize("name", LIVE)
def test_figures_answer(visit, name, place):
    tab = visit() if place == "served" else visit(home=BUILT.as_uri())
    page = tab.open(name)
    for number, figure in enumerate(tab.wait_for_figures(), 1):
        sliders, handles = figure.locator("input[type=range]"), figure.locator("[data-draggable]")
        assert sliders.count() or handles.count(), f"figure {number} has nothing to take hold of"
        if sliders.count():
            act = functools.partial(push, sliders.first)
            assert_answers(figure, act, f"figure {number} ignores its first slider")
        if handles.count():
            act = functools.partial(drag, page, handles.first)
            assert_answers(figure, act, f"figure {number} ignores its handle")
    assert tab.errors == []


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", LIVE)
def test_nothing_jumps_when_figures_come_alive(visit, name, width):
    tab = visit(width=width)
    page = tab.open(name)
    tab.wait_for_figures()
    shift = page.evaluate(
        """new Promise((done) => new PerformanceObserver((list) => done(
          list.getEntries().reduce((sum, entry) => sum + (entry.hadRecentInput ? 0 : entry.value), 0)
        )).observe({ type: "layout-shift", buffered: true }) || setTimeout(() => done(0), 300))"""
    )
    assert shift < 0.05


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
    assert tab.errors == []


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
