"""Live figures in the text: each has a number, a caption and a place that words can lead to."""

import re

import pytest
from bs4 import BeautifulSoup

from tests import built
from tests.site.conftest import BUILT, PAGES

built.need("book")
CHAPTERS = [name for name in PAGES if name.startswith("part")]
NUMBER = re.compile(r"(Fig\.|Figure) \d+\.\d+")
# Panels that stand beside each other in a wide column stand below each other in a narrow one.
SIDES = re.compile(
    r"\b(left|right)(-hand)? (panel|chart|plot|curve)|(^|[.;:] )(Left|Right)[,:]|\bon the (left|right)\b",
    re.I,
)


def live(name):
    return BeautifulSoup((BUILT / name).read_text("utf8"), "html.parser").select(
        "figure.losslab-figure"
    )


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_live_figure_is_numbered_and_captioned(name):
    numbers = []
    for figure in live(name):
        around = figure.find_parent("figure")
        assert around is not None, f"{figure['data-figure']} has no caption"
        assert around["id"].startswith("fig-")
        caption = around.find("figcaption", recursive=False)
        number = caption.select_one(".caption-number").get_text().strip()
        assert NUMBER.fullmatch(number)
        assert len(caption.select_one(".caption-text").get_text()) > 40
        numbers.append(number)
    assert numbers and len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("name", CHAPTERS)
def test_live_figures_are_numbered_with_the_others(name):
    """In the order of the page, without a gap."""
    page = BeautifulSoup((BUILT / name).read_text("utf8"), "html.parser")
    found = [tag.get_text().strip() for tag in page.select("figcaption .caption-number")]
    numbers = [int(number.rpartition(".")[2]) for number in found]
    assert numbers == [*range(1, len(numbers) + 1)]


@pytest.mark.parametrize("name", CHAPTERS)
def test_descriptions_name_no_side(name):
    for figure in live(name):
        said = figure.select_one("[role=img]")["aria-label"]
        assert not SIDES.search(said), said
