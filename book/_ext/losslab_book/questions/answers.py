"""Roles of answers: ``{answer}`` of an exercise that the page checks, ``{curve}`` of a curve to be drawn.

``{answer}`8` `` and ``{answer}`0.31 ± 0.01` `` stand in a list at the head of the solution, behind what is asked:
each becomes a field. The page knows a digest of the rounded number only. What it says of wrong numbers stands behind a
semicolon: ``; hints of topic-median`` are those of the notebook's check (``; hints of topic-three 2`` of its third number),
``; not 0.05: that is …`` is one more. ``{answer}`formula in y, f: poisson gradient` ``
asks for a formula, which must give the numbers of the compiled loss.
"""

import hashlib
import json
import re

from docutils import nodes
from myst_nb.ext.glue.roles import PasteTextRole
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

logger = logging.getLogger(__name__)
FORMULA = re.compile(r"formula in ([\w, ]+): (\w+)(?:\((.*)\))? (value|gradient|curvature)")
HINTS = re.compile(r";\s*(?=not |hints of )")
FNV_OFFSET, FNV_PRIME = 0xCBF29CE484222325, 0x100000001B3


def digest(text):
    """FNV-1a of 64 bits, as hexadecimal digits: what the page can compute anywhere, without a library."""
    result = FNV_OFFSET
    for byte in text.encode():
        result = (result ^ byte) * FNV_PRIME % 2**64
    return f"{result:016x}"


def number_slot(text):
    """Salt, step and digests of a number; the step is the tolerance, or half of the last digit given."""
    number, *hints = HINTS.split(text)
    value, _, tolerance = (part.strip() for part in number.replace("−", "-").partition("±"))
    decimals = len(value.partition(".")[2])
    step = float(tolerance) if tolerance else 0.5 * 10.0**-decimals
    if not step > 0:
        raise ValueError(f"the tolerance must be positive, got {number!r}")
    salt = hashlib.sha256(number.strip().encode()).hexdigest()[:8]

    def near(x):
        return [digest(f"{salt}:{round(x / step) + shift}") for shift in (-1, 0, 1)]

    found = {"salt": salt, "step": step, "digests": near(float(value))}
    if tolerance:
        found["searched"] = True  # of an experiment more digits are not what is missing
    if hints:
        found["hints"] = [
            {"digests": near(wrong), "say": say} for hint in hints for wrong, say in mistakes(hint)
        ]
    return found


def mistakes(hint):
    """Wrong numbers and what is said of them: one as ``not 0.05: …``, or those of a check of the package."""
    if found := re.fullmatch(r"not ([^:]+): (.+)", hint.strip()):
        return [(float(found[1].replace("−", "-")), found[2])]
    found = re.fullmatch(r"hints of ([\w-]+)(?: (\d+))?", hint.strip())
    if not found:
        raise ValueError(f"write 'not 0.05: that is …' or 'hints of LABEL', got {hint!r}")
    import losslab as ll

    return ll.exercises.mistakes(found[1], None if found[2] is None else int(found[2]))


def formula_slot(found):
    """Names and points of a formula, with the numbers of the compiled loss there."""
    import numpy as np

    import losslab as ll

    names = [name.strip() for name in found[1].split(",")]
    if len(names) != 2:
        raise ValueError(f"a formula has a target and a prediction, got {names}")
    options = dict(
        option.split("=") for option in (found[3] or "").replace(" ", "").split(",") if option
    )
    loss = ll.get(found[2], **{name: float(value) for name, value in options.items()})
    y, f = (part.round(2) for part in loss.example(12, np.random.default_rng(0)))
    values = getattr(loss, found[4])(y, f, reduction="none")
    points = [
        {"at": [float(yi), float(fi)], "value": float(v)}
        for yi, fi, v in zip(y, f, values, strict=True)
    ]
    return {"names": names, "points": points}


def slot(text):
    """What the page needs to know of an answer."""
    if text.startswith("formula"):
        found = FORMULA.fullmatch(text)
        if not found:
            raise ValueError(f"write 'formula in y, f: huber(delta=2) gradient', got {text!r}")
        return formula_slot(found)
    return number_slot(text)


class AnswerRole(SphinxRole):
    """A field of an exercise."""

    def run(self):
        try:
            content = json.dumps(slot(self.text), ensure_ascii=False)
        except ValueError as error:
            logger.warning("answer: %s", error, location=self.get_location())
            return [], []
        markup = (
            '<span class="losslab-blank">………</span>'  # to write on, where no script makes a field
            f'<script type="application/json" class="losslab-slot">{content}</script>'
        )
        return [nodes.raw("", markup, format="html")], []


class CurveRole(SphinxRole):
    """The true curve of a question: pairs of numbers that a cell glued as JSON."""

    def run(self):
        found, messages = PasteTextRole()(
            self.name,
            self.rawtext,
            self.text,
            self.lineno,
            self.inliner,
            self.options,
            self.content,
        )
        return [nodes.inline("", "", *found, classes=["losslab-curve"])], messages


def setup(app):
    app.add_role("answer", AnswerRole())
    app.add_role("curve", CurveRole())
