"""What the HTML of every page shows by itself; no browser is needed."""

import json
import re

import pytest

from tests import built
from tests.site import markup
from tests.site.conftest import BUILT, PAGES, ROOT

built.need("book")


@pytest.mark.parametrize("name", PAGES)
def test_markup(name):
    found = markup.faults(BUILT / name)
    assert not found, "\n".join([f"{name}:", *found])


GOOD = """<html lang="en"><head><title>A page</title>
<meta name="description" content="A description that is long enough for anybody.">
<link rel="stylesheet" href="book.css"></head><body><h1 id="top">A page</h1>
<a href="#top">up</a> <a href="https://example.org">out</a> <a href="other.html#there">on</a>
<source media="(max-width: 600px)" width="390"><img src="a.png" alt="A picture"><svg aria-hidden="true"></svg>
<figure class="losslab-figure" data-figure="loss-explorer">
<div role="img" aria-label="Two curves that say more than a handful of words can say"></div></figure>
</body></html>"""
BAD = {
    "the id 'top' occurs more than once": ("<a ", '<a id="top" '),
    "leads nowhere": ("other.html", "gone.html"),
    "the link '#up' leads to no element": ('"#top"', '"#up"'),
    "the link 'other.html#here' leads to no element": ("#there", "#here"),
    "fetches 'https://cdn.org/book.css' from another host": (
        "book.css",
        "https://cdn.org/book.css",
    ),
    "fetches '//cdn.org/a.png'": ("a.png", "//cdn.org/a.png"),
    "fetches 'https://cdn.org/b.png'": (
        "<body",
        '<body style="background: url(https://cdn.org/b.png)"',
    ),
    "an image has no description": (' alt="A picture"', ""),
    "an image has no description: <svg": ('aria-hidden="true"', 'role="img"'),
    "narrow drawing 1 is 420 pixels wide": ('width="390"', 'width="420"'),
    "it has no title": ("<title>A page</title>", ""),
    "does not say its language": (' lang="en"', ""),
    "has 0 descriptions": ('name="description"', 'name="keywords"'),
    "description is too short": ("A description that is long enough for anybody.", "Short."),
    "has 2 headings of the first level": ("</h1>", "</h1><h1>Again</h1>"),
    "a heading of level 3 follows one of level 1": ("</h1>", "</h1><h3>Deep</h3>"),
    "live figure 1 (loss-explorer) has no picture": ('<div role="img"', "<div"),
    "live figure 1 (loss-explorer) says too little": ("that say more than a handful of", "in"),
}


@pytest.fixture
def page(tmp_path):
    (tmp_path / "other.html").write_text('<p id="there">')
    markup.anchors.cache_clear()
    return tmp_path / "page.html"


def test_a_good_page_has_no_faults(page):
    page.write_text(GOOD)
    assert markup.faults(page) == []


@pytest.mark.parametrize("fault", BAD)
def test_each_fault_is_found(page, fault):
    old, new = BAD[fault]
    assert old in GOOD
    page.write_text(GOOD.replace(old, new, 1))
    assert any(fault in found for found in markup.faults(page))


def test_a_heavy_page_is_found(page):
    page.write_text(GOOD.replace("</body>", " ".join(str(7**n) for n in range(600)) + "</body>"))
    assert any("it weighs" in found for found in markup.faults(page))


CHAPTERS = sorted((ROOT / "book").glob("part*/*.ipynb"))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_every_glued_number_is_on_the_page(chapter):
    """A number that cannot be formatted, as one of NumPy's, is left out of the page without a word."""
    cells = json.loads(chapter.read_text("utf8"))["cells"]
    words = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    page = BUILT / chapter.relative_to(ROOT / "book").with_suffix(".html")
    asked = len(re.findall(r"\{(?:glue:text|curve)\}`", words))
    assert page.read_text("utf8").count('class="pasted-text"') == asked
