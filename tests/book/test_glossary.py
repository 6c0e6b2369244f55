"""The glossary: its terms, and where chapters explain them."""

import sys

import pytest
from docutils import nodes
from docutils.utils import new_document

from tests.book.chapters import BOOK, chapters, markdown

sys.path.insert(0, str(BOOK / "_ext"))
glossary = pytest.importorskip("losslab_book.glossary")
TEXTS = {path.relative_to(BOOK).with_suffix("").as_posix(): markdown(path) for path in chapters()}


@pytest.mark.parametrize("term", glossary.terms(), ids=lambda term: term["term"])
def test_the_chapter_it_leads_to_uses_the_word(term):
    [words] = [pattern for other, pattern in glossary.patterns() if other is term]
    assert words.search(TEXTS[term["see"]]), f"{term['see']} does not speak of {term['say']}"
    assert set(term.get("not_in", ())) <= set(TEXTS)
    assert term["means"].endswith(".")


def test_sorted_and_named_once():
    names = [term["term"].lower() for term in glossary.terms()]
    assert names == sorted(set(names))
    said = [word.lower() for term in glossary.terms() for word in term["say"]]
    assert len(said) == len(set(said))


class App:
    class builder:
        format = "html"


@pytest.fixture
def chapter():
    document = new_document("part1/one.md")
    section = nodes.section("", nodes.title("", "Calibration"), ids=["one"])
    section += nodes.paragraph("", "", nodes.strong("", "calibration"), nodes.Text(" is a word."))
    section += nodes.paragraph("", "A PIT of cherries; calibrated, and calibrated again.")
    section += nodes.admonition("", nodes.paragraph("", "Which outlier is it?"))
    document += section
    return document


def marked(document):
    return [node.astext() for node in document.findall(nodes.raw)]


def test_the_first_mention_in_running_text_is_explained(chapter):
    glossary.explain(App, chapter, "part1/one")
    links = marked(chapter)
    assert len(links) == 2
    assert 'href="../glossary.html#term-pit"' in links[0]
    assert ">calibrated</a>" in links[1]
    assert 'data-means="A forecast is calibrated if' in links[1]
    assert chapter.astext().count("calibrated, and calibrated again") == 0


@pytest.mark.parametrize("name", ["glossary", "notation", "part2/regression"])
def test_where_it_says_nothing(chapter, name):
    chapter[0][2] = nodes.paragraph("", "The temperature of the water in the pit.")
    glossary.explain(App, chapter, name)
    assert not marked(chapter)
