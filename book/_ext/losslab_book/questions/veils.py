"""What answers a question stands in a veil: the rest of the section, down to the next heading.

``:until: fig-name`` ends it behind that figure. The veil of a later question of the section lies in that of
the first. A class on ``<html>``, set before the first paint, closes veils; the page's script opens them.
"""

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)


def is_question(node):
    return isinstance(node, nodes.Element) and "losslab-predict" in node.get("classes", ())


def is_veil(node):
    return isinstance(node, nodes.container) and "losslab-veil" in node.get("classes", ())


def holds(node, name):
    """Whether a figure or a table of this name is the node or in it."""
    return isinstance(node, nodes.Element) and any(
        name in [*part.get("names", ()), *part.get("ids", ())]
        for part in node.findall(nodes.Element)
    )


class Veils(SphinxTransform):
    default_priority = 890  # once names and cells stand where they stay

    def apply(self):
        for question in reversed([*self.document.findall(is_question)]):
            veiled = self.what_answers(question)
            if all(isinstance(node, nodes.target | nodes.comment) for node in veiled):
                continue
            for node in veiled:
                question.parent.remove(node)
            veil = nodes.container("", *veiled, classes=["losslab-veil"])
            question.parent.insert(question.parent.index(question) + 1, veil)

    def what_answers(self, question):
        until = question.get("until")
        veiled = []
        for node in question.parent.children[question.parent.index(question) + 1 :]:
            if isinstance(node, nodes.section):
                break
            veiled.append(node)
            if until and holds(node, until):
                return veiled
        if until:
            logger.warning(
                "until: there is no %r before the next heading", until, location=question
            )
        return veiled


def setup(app):
    app.add_transform(Veils)
