"""The printed book: two pages of it, which link to each other."""

import subprocess
import sys

import pytest

from tests import built
from tests.book.chapters import ROOT
from tests.patience import PATIENCE

pypdf = pytest.importorskip("pypdf")
built.need("book")
sys.path.insert(0, str(ROOT / "tools"))
import pdf  # noqa: E402

WANTED = ("notation", "part1/referee")


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    out = tmp_path_factory.mktemp("pdf") / "book.pdf"
    command = [sys.executable, "tools/pdf.py", *WANTED, "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=PATIENCE)
    return pypdf.PdfReader(out)


def titles(outline):
    for item in outline:
        if isinstance(item, list):
            yield from titles(item)
        else:
            yield item.title


def test_its_text_is_text(document):
    text = " ".join(page.extract_text() for page in document.pages)
    assert "treasurer" in text
    assert "You will be able to" in text
    # What questions keep closed on the screen, and solutions in their folds.
    assert "nobody told the program about means" in " ".join(text.split()).lower()
    assert "midrange" in text


def test_it_has_bookmarks(document):
    found = list(titles(document.outline))
    assert "Notation" in found
    assert any("A penalty for one miss" in title for title in found)


def test_links_between_chapters_stay_inside(document):
    actions = [
        note.get_object()["/A"]
        for page in document.pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object()
    ]
    assert any(action["/S"] == "/GoTo" for action in actions)
    assert not any("notation.html" in str(action.get("/URI", "")) for action in actions)


def test_the_whole_book_is_printed():
    names = list(pdf.names())
    assert names[0] == "index"
    assert "part2/counts" in names
    assert "catalogue" not in names
