"""The teaching boxes of a chapter: objectives, predict, exercise, quiz; and the role ``{loss}``.

They are plain admonitions with a class of their own, so every output format shows them, and
JupyterLab, which knows none of them, shows their text.
"""

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from losslab_book.questions import asks

logger = logging.getLogger(__name__)


class Box(SphinxDirective):
    """An admonition with a fixed heading, optionally numbered within its page."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = {"name": directives.unchanged}
    heading = ""
    numbered = False

    def run(self):
        self.assert_has_content()
        heading = self.heading
        if self.numbered:
            counts = self.env.temp_data.setdefault("losslab_boxes", {})
            counts[self.name] = counts.get(self.name, 0) + 1
            heading = f"{heading} {counts[self.name]}"
        title = f"{heading}: {self.arguments[0]}" if self.arguments else heading
        children, messages = self.state.inline_text(title, self.lineno)
        box = nodes.admonition("", classes=["losslab-box", f"losslab-{self.name}"])
        box += nodes.title(title, "", *children)
        box += messages
        self.set_source_info(box)
        self.add_name(box)
        self.state.nested_parse(self.content, self.content_offset, box)
        self.complete(box)
        return [box]

    def complete(self, box):
        """Add what this kind of box has besides."""


class Objectives(Box):
    heading = "You will be able to"


class Predict(Box):
    """A guess before what follows is shown; `losslab_book.questions` says how it is asked."""

    heading = "Predict before you look"
    option_spec = {**Box.option_spec, "ask": directives.unchanged, "until": directives.unchanged}

    def complete(self, box):
        if "until" in self.options:
            box["until"] = self.options["until"]
        if "ask" in self.options:
            try:
                box += asks.node(self.options["ask"])
            except ValueError as error:
                raise self.error(str(error)) from error


class Exercise(Box):
    heading, numbered = "Exercise", True


class Quiz(Box):
    heading, numbered = "Question", True


class SideNote(SphinxDirective):
    """A side note: in the margin of a wide page, set off below its paragraph on a narrow one."""

    has_content = True

    def run(self):
        self.assert_has_content()
        note = nodes.container("", classes=["ll-sidenote"])
        self.set_source_info(note)
        self.state.nested_parse(self.content, self.content_offset, note)
        return [note]


class LossRole(SphinxRole):
    """``{loss}`huber` ``: the name of a registered loss, checked when the book is built."""

    def run(self):
        from losslab.losses import find

        try:
            find(self.text)  # not `get`: some losses need counts or a matrix
        except ValueError as error:
            logger.warning("%s", error, location=self.get_location())
        return [nodes.literal(self.text, self.text, classes=["losslab-name"])], []


def setup(app):
    for name, box in {
        "objectives": Objectives,
        "predict": Predict,
        "exercise": Exercise,
        "quiz": Quiz,
    }.items():
        app.add_directive(name, box)
    app.add_directive("sidenote", SideNote)
    app.add_role("loss", LossRole())
