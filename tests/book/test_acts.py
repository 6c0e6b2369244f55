"""Words that set a figure."""

import sys

import pytest

from tests.book.chapters import BOOK

sys.path.insert(0, str(BOOK / "_ext"))
acts = pytest.importorskip("losslab_book.acts")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "drag −44 to −100 <above: points[5][1] = -100>",
            ("drag −44 to −100", "above", [["points", [5, 1], -100]]),
        ),
        ("look at 3 <below: at = 3.5>", ("look at 3", "below", [["at", [], 3.5]])),
        (
            "both <above: mean = 2; counts = [1, 2]>",
            ("both", "above", [["mean", [], 2], ["counts", [], [1, 2]]]),
        ),
    ],
)
def test_parse(text, found):
    assert acts.parse(text) == found


@pytest.mark.parametrize(
    "text", ["drag it", "drag it <beside: at = 1>", "drag it <above: at>", "it <above: at = one>"]
)
def test_what_sets_nothing(text):
    with pytest.raises(ValueError, match="."):
        acts.parse(text)
