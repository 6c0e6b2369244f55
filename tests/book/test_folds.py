"""What stands on the fold of a cell."""

import sys

import pytest

from tests.book.chapters import BOOK

sys.path.insert(0, str(BOOK / "_ext"))
folds = pytest.importorskip("losslab_book.folds")


@pytest.mark.parametrize(
    ("source", "mode", "said"),
    [
        ("# Set up: packages, data\nimport numpy", "input", "Set up: packages, data"),
        ("fig, ax = plt.subplots()", "input", folds.SHORTEST),
        ("\n# Draw the bowls.\nfig = 1", "input", "Draw the bowls"),
        ("#no_comment_of_ours = 1", "input", folds.SHORTEST),
        ("# Solution\nx = 1", "all", folds.SOLUTION),
    ],
)
def test_prompt(source, mode, said):
    assert folds.prompt(source, mode) == said
