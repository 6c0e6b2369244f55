"""For all that pytest collects: chapters and doctests too."""

import pytest
from _pytest.doctest import DoctestItem

from tests import built


def shows_figures(item):
    """Whether an item is a cell of a chapter or a doctest of the live figures."""
    doctest = isinstance(item, DoctestItem) and "widgets" in item.path.parts
    return doctest or item.path.suffix == ".ipynb"


def pytest_collection_modifyitems(items):
    missing = built.reason("assets")
    if missing is None or built.all_must_run():
        return
    for item in filter(shows_figures, items):
        item.add_marker(pytest.mark.skip(reason=missing))
