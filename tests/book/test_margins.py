"""References in the margin; formulas that keep the marks beside them."""

import sys

import pytest
from docutils import nodes
from docutils.utils import new_document

from tests.book.chapters import BOOK

sys.path.insert(0, str(BOOK / "_ext"))
margins = pytest.importorskip("losslab_book.margins")
maths = pytest.importorskip("losslab_book.maths")


class App:
    class builder:
        format = "html"


def citing(name, text="Huber, 1964"):
    return nodes.paragraph("", "", nodes.Text("Somebody ["), nodes.reference("", text, refid=name))


@pytest.fixture
def page():
    document = new_document("part1/one.md")
    veil = nodes.container("", citing("b"), classes=["losslab-veil"])
    boxed = nodes.admonition("", citing("c"))
    section = nodes.section("", nodes.title("", "One"), citing("a"), citing("a"), veil, boxed)
    link = nodes.reference("", "doi:10.1", refuri="https://doi.org/10.1")
    for name in "abc":
        entry = nodes.citation("", nodes.label("", name), ids=[name])
        words = [
            nodes.Text(f"Author {name}. "),
            nodes.emphasis("", "Title"),
            nodes.Text(". 1964. URL: " if name == "b" else ". 1964. "),
        ]
        entry += nodes.paragraph("", "", *words, link.deepcopy(), nodes.Text("."))
        section += entry
    document += section
    return document


def test_once_before_the_paragraph_that_cites_it(page):
    margins.add(App, page, "part1/one")
    section = page[0]
    assert section[1].astext() == margins.BEGIN
    assert section[2].astext() == "Author a. Title. 1964. "
    assert section[4].astext().startswith("Somebody")
    notes = [node for node in page.findall(nodes.raw) if node.astext() == margins.BEGIN]
    assert len(notes) == 2, "the second mention and the one in a box have no note"


def test_what_is_only_seen_has_no_links(page):
    margins.add(App, page, "part1/one")
    assert not [*page[0][2].findall(nodes.reference)]
    [veil] = page.findall(nodes.container)
    assert veil[1].astext() == "Author b. Title. 1964. ", "nor the word that stood before one"
    assert len([*page.findall(nodes.reference)]) == 4 + 3, "the list keeps its own"


def test_a_formula_keeps_its_comma():
    document = new_document("one.md")
    long = nodes.math("", "x" * (maths.SHORT + 1))
    document += nodes.paragraph(
        "",
        "",
        nodes.Text("for ("),
        nodes.math("", "x"),
        nodes.Text(", and "),
        long,
        nodes.Text("."),
    )
    maths.keep_together(App, document, "one")
    [whole] = document.findall(nodes.inline)
    assert whole.astext() == "(x,"
    # A long one takes its mark in, since it may break in many places.
    assert document.astext() == rf"for (x, and {'x' * (maths.SHORT + 1)}\text{{.}}"


def test_a_formula_takes_no_comma_of_another():
    """Two texts that say the same are still two."""
    document = new_document("one.md")
    parts = nodes.emphasis("", "one"), nodes.Text(", "), nodes.emphasis("", "two")
    document += nodes.paragraph("", "", *parts, nodes.math("", "x"), nodes.Text(", "))
    maths.keep_together(App, document, "one")
    assert document.astext() == "one, twox, "


def test_deep_lines_have_room_below():
    rows = r"\begin{aligned} a &= \frac12 \\ b &= 1 \\ c \end{aligned}"
    assert maths.roomy(rows) == r"\begin{aligned} a &= \frac12 \\[0.75em] b &= 1 \\ c \end{aligned}"
    assert maths.roomy(r"\begin{cases} \frac12 \\ 1 \end{cases}").count("em") == 0
