"""Static figures of the book for dark pages and narrow screens."""

import re
import sys

import matplotlib.pyplot as plt
import pytest

from losslab.plots.narrow import as_svg, narrow
from tests.book.chapters import BOOK

sys.path.insert(0, str(BOOK / "_ext"))
pictures = pytest.importorskip("losslab_book.pictures")
mend = pytest.importorskip("losslab_book.mend")
BOOK_COLOURS = [
    "#1d2329",
    "#57606a",
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#e69f00",
    "#000000",
]


def rgb(colour):
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))


@pytest.mark.parametrize("colour", BOOK_COLOURS)
def test_what_is_drawn_can_be_read_at_night(colour):
    assert pictures.contrast(rgb(pictures.at_night(colour)), pictures.NIGHT) >= 4.45


def test_paper_becomes_the_page_and_a_tint_a_tint():
    assert pictures.at_night("#ffffff") == "#14181e"
    tint = rgb(pictures.at_night("#e3e6ea"))
    assert 1.1 < pictures.contrast(tint, pictures.NIGHT) < 1.5


@pytest.fixture
def drawing(tmp_path):
    figure, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True)
    axes[0].plot([0, 1], [0, 1], color="#0072b2")
    axes[0].set_ylabel("loss")
    path = tmp_path / "images" / "drawn.svg"
    path.parent.mkdir()
    path.write_text(as_svg(figure), "utf8")
    plt.close(figure)
    return path


def test_a_drawing_becomes_four(drawing):
    page = '<p><img alt="Two panels." src="images/drawn.svg" /></p>'
    mended = mend.mend(page, drawing.parent.parent)
    assert mended.count("<picture") == 2
    assert mended.count('alt="Two panels."') == 2
    names = re.findall(r'(?:src|srcset)="images/([^"]*)"', mended)
    assert len(names) == 4
    for name in names:
        text = (drawing.parent / name).read_text("utf8")
        assert ("#14181e" in text) == ("dark" in name)
        assert "narrow:" not in text
    widths = [int(w) for w in re.findall(r'width="(\d+)"', mended)]
    assert sorted(widths) == [min(widths)] * 2 + [max(widths)] * 2
    assert mend.mend(mended, drawing.parent.parent) == mended


def test_panels_stand_below_each_other_with_labels_of_their_own():
    figure, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True)
    axes[0].set_ylabel("loss")
    small = narrow(figure)
    small.canvas.draw()
    first, second = (ax.get_position() for ax in small.axes)
    assert first.y0 > second.y1
    assert [ax.get_ylabel() for ax in small.axes] == ["loss", "loss"]
    assert all(ax.yaxis.get_tick_params()["labelleft"] for ax in small.axes)
    assert [ax.get_ylabel() for ax in figure.axes] == ["loss", ""], "the figure itself stays"
    plt.close("all")


def test_many_panels_stand_in_two_columns():
    figure, axes = plt.subplots(1, 5, figsize=(9, 3), sharey=True)
    axes[0].set_ylabel("loss")
    small = narrow(figure)
    small.canvas.draw()
    places = [ax.get_position() for ax in small.axes]
    assert places[0].y0 == pytest.approx(places[1].y0)
    assert places[1].x0 > places[0].x1
    assert places[2].y1 < places[0].y0
    assert [ax.get_ylabel() for ax in small.axes] == ["loss"] * 5
    plt.close("all")


def test_a_column_stays_as_it_is():
    figure, axes = plt.subplots(3, 1, sharex=True, figsize=(6, 5.4))
    axes[2].set_xlabel("c")
    small = narrow(figure)
    assert small.get_size_inches().tolist() == pytest.approx([3.9, 5.4])
    assert [ax.get_xlabel() for ax in small.axes] == ["", "", "c"]
    plt.close("all")


def test_axes_of_several_cells_stay_where_they_are():
    figure, axes = plt.subplot_mosaic("AAB", figsize=(8, 3))
    assert narrow(figure).get_size_inches()[0] < 4
    plt.close("all")


def test_no_line_begins_with_a_per_cent_sign(tmp_path):
    page = '<p>97 % or <span class="pasted-text">5</span> % of 7 % 2</p><pre>x = 7 % 2</pre>'
    mended = mend.mend(page, tmp_path)
    assert mended.partition("<pre>")[0].count("\u00a0%") == 3
    assert mended.endswith("<pre>x = 7 % 2</pre>")


def test_names_and_brackets_of_code_have_no_marks(tmp_path):
    page = '<pre><span class="n">f</span><span class="p">(</span><span class="mf">0.5</span></pre>'
    assert mend.mend(page, tmp_path) == '<pre>f(<span class="mf">0.5</span></pre>'
