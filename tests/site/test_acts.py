"""Words of a chapter that set the figure beside them, and the way back."""

import pytest

from tests import built
from tests.site.conftest import BUILT

built.need("book")
CHAPTERS = sorted(
    path.relative_to(BUILT).as_posix()
    for path in BUILT.glob("part*/*.html")
    if "losslab-act" in path.read_text("utf8")
)


def figure_of(page, button):
    """The figure that stands nearest above the words."""
    number = button.evaluate(
        """(button) => [...document.querySelectorAll("figure.losslab-figure")]
          .filter((f) => button.compareDocumentPosition(f) & Node.DOCUMENT_POSITION_PRECEDING).length - 1"""
    )
    return page.locator("figure.losslab-figure").nth(number)


# What a figure says and draws, apart from what was before. Not what is seen of it: it may be out of sight.
SHOWN = """figure => [...figure.querySelectorAll("[data-readout]")].map((each) => each.textContent)
  .concat([...figure.querySelectorAll("svg path:not(.ll-ghost *)")].map((path) => path.getAttribute("d"))).join()"""


def readings(figure):
    return figure.evaluate(SHOWN)


def until(page, figure, same, before):
    page.wait_for_function(
        f"([figure, before, same]) => (({SHOWN})(figure) === before) === same",
        arg=[figure.element_handle(), before, same],
    )


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_act_changes_its_figure_and_can_be_taken_back(visit, name):
    tab = visit()
    page = tab.open(name)
    tab.figures()
    tab.overflow()
    for nth, button in enumerate(page.locator(".losslab-act[role=button]").all()):
        figure = figure_of(page, button)
        before = readings(figure)
        button.click()
        until(page, figure, False, before)
        after = readings(figure)
        figure.get_by_role("button", name="Undo").click()
        until(page, figure, True, before)
        # The next words may start from here.
        button.press("Enter" if nth % 2 else " ")
        until(page, figure, True, after)
    assert tab.complaints() == []


def test_without_scripts_they_are_words(visit):
    page = visit(scripts=False).open(CHAPTERS[0])
    words = page.locator(".losslab-act").first
    assert words.get_attribute("role") is None and words.get_attribute("tabindex") is None
