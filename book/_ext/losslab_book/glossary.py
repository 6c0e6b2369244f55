"""Terms of the book: the page that explains them, and their first mention in a chapter, which explains itself.

book/glossary.yml holds them. A writer need not mark anything: the first place in running text where a word of
a term stands becomes a link to the glossary, and page.js shows the meaning when it is pointed at.
"""

import functools
import html
import re

import yaml
from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from .fingerprint import ROOT

logger = logging.getLogger(__name__)
SOURCE = ROOT / "book" / "glossary.yml"
PAGE = "glossary"
# Words there are names, code, headings, or say of themselves what they mean.
NOT_IN = (
    nodes.title,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.reference,
    nodes.strong,
    nodes.caption,
    nodes.citation,
    nodes.table,
    nodes.Admonition,
)


@functools.cache
def terms():
    return yaml.safe_load(SOURCE.read_text("utf8"))


def anchor(term):
    return f"term-{nodes.make_id(term['term'])}"


@functools.cache
def patterns():
    """(term, what finds its words), those of several words first: a label noise is no noise."""
    found = []
    for term in terms():
        words = "|".join(re.escape(word) for word in sorted(term["say"], key=len, reverse=True))
        # A name in capitals, such as PIT, is not the word of the same letters.
        flags = 0 if term["say"][0].isupper() else re.I
        found.append((term, re.compile(rf"(?<![\w-])(?:{words})s?(?![\w-])", flags)))
    return sorted(found, key=lambda pair: -len(pair[0]["say"][0]))


def is_running_text(text):
    node = text.parent
    if not isinstance(node, nodes.paragraph | nodes.emphasis):
        return False
    while node is not None:
        if isinstance(node, NOT_IN):
            return False
        node = node.parent
    return True


def marked(word, term, up):
    means = html.escape(term["means"], quote=True)
    return nodes.raw(
        "",
        f'<a class="ll-term" href="{up}{PAGE}.html#{anchor(term)}" data-means="{means}">{html.escape(word)}</a>',
        format="html",
    )


def explain(app, doctree, docname):
    if app.builder.format != "html" or docname == PAGE or not docname.startswith("part"):
        return
    up = "../" * docname.count("/")
    for term, words in patterns():
        if docname in term.get("not_in", ()):
            continue
        for text in doctree.findall(nodes.Text):
            found = words.search(text)
            if found and is_running_text(text):
                before, after = str(text)[: found.start()], str(text)[found.end() :]
                parts = [nodes.Text(before), marked(found[0], term, up), nodes.Text(after)]
                text.parent.replace(text, parts)
                break


class Terms(SphinxDirective):
    """``:::{terms}``: all of them, with where each is taught."""

    def run(self):
        self.env.note_dependency(str(SOURCE))
        listed = nodes.definition_list(classes=["ll-terms"])
        for term in terms():
            name = nodes.term("", term["term"], ids=[anchor(term)])
            text = nodes.paragraph("", f"{term['means']} See ")
            if term["see"] not in self.env.found_docs:
                logger.warning("glossary.yml: %r leads nowhere", term["see"])
            listed += nodes.definition_list_item("", name, nodes.definition("", text))
            text += self.parse_inline(f"{{doc}}`{term['see']}`.")[0]
        return [listed]


def setup(app):
    app.add_directive("terms", Terms)
    app.connect("doctree-resolved", explain)
