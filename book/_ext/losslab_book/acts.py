"""The role ``{act}``: words that set the state of the live figure above or below them.

``{act}`drag −44 to −100 <above: points[5][1] = -100>` `` gives that number to the figure's trait when clicked, and
the figure offers the way back. Several assignments are separated by semicolons; values are JSON. Where no script
runs, the words stand there as words.
"""

import html
import json
import re

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

logger = logging.getLogger(__name__)
ACT = re.compile(r"(.+?)\s*<(above|below): (.+)>", re.S)
ASSIGNMENT = re.compile(r"\s*([a-z_]+)((?:\[\d+\])*)\s*=\s*(.+)", re.S)


def parse(text):
    """Words, which figure, and [trait, path, value] for each assignment.

    Raises
    ------
    ValueError
        With an example, if it is something else.
    """
    found = ACT.fullmatch(text)
    if not found:
        raise ValueError(f"write 'raise it to 3 <above: points[0][1] = 3>', got {text!r}")
    words, where, assignments = found.groups()
    sets = []
    for assignment in assignments.split(";"):
        part = ASSIGNMENT.fullmatch(assignment)
        try:
            value = json.loads(part[3])
        except (TypeError, ValueError):
            raise ValueError(f"{assignment.strip()!r} is no 'trait[index] = JSON'") from None
        sets.append([part[1], [int(i) for i in re.findall(r"\d+", part[2])], value])
    return words, where, sets


class ActRole(SphinxRole):
    def run(self):
        try:
            words, where, sets = parse(self.text)
        except ValueError as error:
            logger.warning("act: %s", error, location=self.get_location())
            return [nodes.Text(self.text)], []
        data = html.escape(json.dumps(sets, separators=(",", ":")), quote=True)
        markup = f'<span class="losslab-act" data-where="{where}" data-set="{data}">{html.escape(words)}</span>'
        return [nodes.raw("", markup, format="html")], []


def setup(app):
    app.add_role("act", ActRole())
