"""The page "Which loss do I need?": questions that fold open, from book/choose.yml.

The answers are the browser's own `details`: they need no script, work from the keyboard, and can be
read as a tree.
"""

import html

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from losslab.losses import shelf

from .catalogue.words import marked_up
from .fingerprint import ROOT

QUESTIONS = ROOT / "book" / "choose.yml"


def tree():
    return yaml.safe_load(QUESTIONS.read_text("utf8"))


def paths(node, before=()):
    """Every way through the questions: (answers given, losses with reasons)."""
    if "take" in node:
        yield before, node["take"]
    for answer in node.get("answers", ()):
        yield from paths(answer, (*before, answer["say"]))


def shown(node, place="q"):
    """One question with its answers, or what is advised, as HTML."""
    parts = [f'<p class="ll-aside">{marked_up(node["note"])}</p>'] if "note" in node else []
    if "take" in node:
        items = []
        for advice in node["take"]:
            cls = shelf.find(advice["loss"])
            items.append(
                f'<li><a href="catalogue/losses/{cls.name}.html">{html.escape(cls.title)}</a> '
                f"<code>{cls.name}</code>: {marked_up(advice['because'].strip())}</li>"
            )
        parts.append(f'<ul class="ll-take">{"".join(items)}</ul>')
    if "answers" in node:
        parts.append(f'<p class="ll-question">{marked_up(node["ask"])}</p>')
        for i, answer in enumerate(node["answers"], 1):
            parts.append(
                f'<details name="{place}"><summary>{marked_up(answer["say"])}</summary>'
                f"<div>{shown(answer, f'{place}-{i}')}</div></details>"
            )
    return "".join(parts)


def listed(node):
    """The same as nested lists, for formats in which nothing folds."""
    items = nodes.bullet_list()
    for advice in node.get("take", ()):
        text = nodes.Text(f": {advice['because'].strip()}")
        name = nodes.literal(advice["loss"], advice["loss"])
        items += nodes.list_item("", nodes.paragraph("", "", name, text))
    for answer in node.get("answers", ()):
        question = nodes.paragraph("", f"{node['ask']} {answer['say']}")
        items += nodes.list_item("", question, listed(answer))
    return items


class Chooser(SphinxDirective):
    """``:::{chooser}``"""

    def run(self):
        for source in (str(QUESTIONS), __file__):
            self.env.note_dependency(source)
        questions = tree()
        page = f'<div class="ll-chooser">{shown(questions)}</div>'
        plain = addnodes.only("", listed(questions), expr="latex")
        return [nodes.raw("", page, format="html"), plain]


def setup(app):
    app.add_directive("chooser", Chooser)
