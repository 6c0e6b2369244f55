"""DirectionExplorer: the gradients of a few tasks in a plane, and the direction a rule makes of them."""

import itertools

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.multitask.kinds.shelf import shelf
from losslab.widgets.parts.checks import join
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.heights import VERDICT, beside, plots, stacked, table
from losslab.widgets.parts.one_rule import OneRule, check_numbers
from losslab.widgets.parts.shared import SHARED
from losslab.widgets.programs import run

FEWEST, MOST = 2, 4  # tasks
REACH = 3.0  # of the plane, at least
NEARLY = SHARED["directions"]["nearly"]
WORDS = SHARED["directions"]["words"]


class DirectionExplorer(OneRule):
    """Gradients of two to four tasks as arrows: drag their tips and see the direction follow.

    The shaded hull holds all means of the gradients with any weights; the bold arrow is the
    direction of the rule, and a step goes against it. The table tells the weights, and the product
    of each gradient with the direction: a task gets better where it is positive.

    Parameters
    ----------
    rule : str or losslab.multitask.Aggregation
        A rule that makes one direction of gradients.
    gradients : array_like of shape (T, 2), optional
        Gradients of 2 to 4 tasks at first.
    alt : str, optional
        Description for readers who do not see the figure; the default tells weights and direction.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    rule : losslab.multitask.Aggregation
        The rule as the reader has set it up.
    gradients : list of list of float
        The gradients as they are now.

    Raises
    ------
    ValueError, TypeError
        A rule that is not an aggregation; gradients that are not a few finite pairs.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.DirectionExplorer("min_norm", [[1.0, 0.0], [0.0, 2.0]])
    >>> figure.readings()["direction"]
    array([0.8, 0.4])
    """

    shelves = (shelf,)
    kinds = ("aggregation",)
    gradients = traitlets.List().tag(sync=True)
    reach = traitlets.Float().tag(sync=True)
    settable = ("losses", "gradients")

    def __init__(
        self,
        rule="min_norm",
        gradients=((2.4, 0.4), (-1.2, 1.4), (0.8, 2.4)),
        alt=None,
        presets=None,
    ):
        super().__init__("direction-explorer", rule, alt, (gradients,), presets)

    def set_up(self, gradients):
        self.gradients = check_gradients(gradients)
        self.reach = max(REACH, float(np.ceil(1.15 * np.abs(self.gradients).max())))

    @traitlets.validate("gradients")
    def _check_gradients(self, proposal):
        return check_gradients(proposal["value"])

    def readings(self):
        """What the figure tells of the gradients as they are.

        Returns
        -------
        dict of str to ndarray
            ``"w"``, ``"direction"``, and ``"product"`` of each gradient with the direction.
        """
        g = np.array(self.gradients)
        answers = run(self.rule, "direction", g=g.ravel(), t=len(g), d=2)
        direction = answers["direction"]
        products = g[:, 0] * direction[0] + g[:, 1] * direction[1]
        return {"w": answers["w"], "direction": direction, "product": products}

    def verdict(self):
        """What a step does, in a sentence that the page says too."""
        told = self.readings()
        scale = max(np.hypot(*row) for row in self.gradients)
        if np.hypot(*told["direction"]) <= NEARLY * scale:
            return WORDS["stationary"]
        signs = np.sign(told["product"]) * (np.abs(told["product"]) > NEARLY * scale**2)
        letters = self.letters(len(signs))
        found = [
            (word, [a for a, s in zip(letters, signs, strict=True) if s == sign])
            for sign, word in ((1, "better"), (-1, "worse"), (0, "same"))
        ]
        said = [f"{', '.join(which)} {WORDS[word]}" for word, which in found if which]
        return f"{WORDS['step']} {'; '.join(said)}."

    def describe(self):
        told = self.readings()
        tasks = join(
            f"{letter} ({x:g}, {y:g}), weight {w:.3g}"
            for letter, (x, y), w in zip(self._letters, self.gradients, told["w"], strict=True)
        )
        x, y = told["direction"]
        return (
            f"Arrows in a plane for the gradients of {len(self.gradients)} tasks: {tasks}. "
            f"{self.rule.title} makes the direction ({x:.3g}, {y:.3g}) of them. {self.verdict()}"
        )

    @property
    def _letters(self):
        return self.letters(len(self.gradients))

    def scene(self):
        told, g = self.readings(), np.array(self.gradients)
        colour = self.rule.style[0]
        sides = [
            Line(*np.transpose(pair), "hull of the gradients", "#808080", "dotted", joined=True)
            for pair in itertools.combinations(g, 2)
        ]
        arrows = [arrow(tip, "gradients", "currentColor", self.reach) for tip in g]
        direction = arrow(told["direction"], self.rule.title, colour, self.reach)
        return Scene(
            [
                Panel(
                    title="Gradients, and the direction of the rule",
                    x_label="",
                    lines=[*sides, *arrows, direction],
                    x_limits=(-self.reach, self.reach),
                    y_limits=(-self.reach, self.reach),
                    bare=True,
                    dots=Dots(g[:, 0], g[:, 1]),
                    names=[(*tip, letter) for letter, tip in zip(self._letters, g, strict=True)],
                )
            ],
            legend=False,
        )

    def heights(self):
        told = stacked(table(len(self.gradients), touch=6), VERDICT)
        return self.heights_of(beside(plots("plane"), told))


def check_gradients(gradients):
    """Pairs of finite numbers as lists."""
    try:
        rows = [check_numbers("gradients", row, 2, 2) for row in gradients]
    except TypeError:
        raise TypeError(f"gradients must hold pairs, got {shortened(gradients)}") from None
    if not FEWEST <= len(rows) <= MOST:
        raise ValueError(f"gradients must be those of {FEWEST} to {MOST} tasks, got {len(rows)}")
    return rows


def arrow(tip, label, colour, reach):
    """A line with a head from 0 to a place."""
    length = np.hypot(*tip) or 1.0
    along = np.array(tip) / length * min(0.08 * reach, length)
    aside = 0.5 * np.array([-along[1], along[0]])
    ends = np.array([(0.0, 0.0), tip, tip - along + aside, tip, tip - along - aside])
    return Line(*ends.T, label, colour, "solid", joined=True)
