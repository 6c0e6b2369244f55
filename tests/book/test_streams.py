"""Outputs of cells do not hang on when their kernel sent them."""

import sys

import pytest
from nbformat.v4 import new_output

from tests.book.chapters import BOOK

sys.path.insert(0, str(BOOK / "_ext"))
streams = pytest.importorskip("losslab_book.streams")


def printed(*pieces, name="stdout"):
    return [new_output("stream", name=name, text=piece) for piece in pieces]


@pytest.mark.parametrize("pieces", [("one\ntwo 2\n",), ("one", "\ntwo 2\n"), ("one\ntwo", " 2\n")])
def test_pieces_make_the_same_whole(pieces):
    [whole] = streams.joined(printed(*pieces))
    assert whole["text"] == "one\ntwo 2\n"


def test_streams_keep_apart():
    found = streams.joined([*printed("one\n"), *printed("careful\n", name="stderr")])
    assert [(each["name"], each["text"]) for each in found] == [
        ("stdout", "one\n"),
        ("stderr", "careful\n"),
    ]
