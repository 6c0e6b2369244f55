"""Every page of the built book in a real browser: one visit each, in which everything is asked."""

import pytest

from tests import built
from tests.site.conftest import PAGES, SAMPLE
from tests.site.visits import COLOUR_RULES

built.need("book")

# Accessibility: all pages of the catalogue come from two templates, so a few stand for them.
BY_RULES = {name for name in PAGES if not name.startswith("catalogue/")} | {*SAMPLE}
NOT_OF_COLOUR = {rule: {"enabled": False} for rule in COLOUR_RULES}  # see test_kinds.py


@pytest.fixture(scope="module")
def tab(new_visit):
    """One tab for all pages."""
    tab = new_visit()
    tab.always_first()
    yield tab
    tab.page.context.close()


def faults_at(tab, name):
    tab.page.set_viewport_size({"width": 1280, "height": 900})
    tab.page.emulate_media(color_scheme="light")
    tab.complaints()
    tab.open(name)
    tab.figures()
    yield from tab.jumps()
    yield from tab.theme("light")
    yield from tab.overflow()
    yield from tab.weight()
    if name in BY_RULES:
        yield from tab.broken_rules(rules=NOT_OF_COLOUR)
    yield from tab.deaf_figures()
    tab.page.emulate_media(color_scheme="dark")
    yield from tab.theme("dark")
    tab.page.set_viewport_size({"width": 360, "height": 2400})
    yield from tab.overflow()
    yield from tab.complaints()


@pytest.mark.parametrize("name", PAGES)
def test_visit(tab, name):
    found = list(faults_at(tab, name))
    assert not found, "\n".join([f"{name}:", *found])
