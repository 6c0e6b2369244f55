"""PenaltyExplorer: what a penalty costs a weight, how it pulls, and where its proximal step leads."""

import numpy as np
import traitlets

from losslab.contract.scalars import as_finite, as_nonnegative
from losslab.penalties.kinds.shelf import shelf
from losslab.widgets.parts.checks import check_range, join
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.heights import plots, sliders
from losslab.widgets.parts.several_losses import SeveralLosses
from losslab.widgets.programs import run

RANGE = (-3.0, 3.0)
POINTS = 241  # an odd number: one of them is 0, where penalties have their kinks


class PenaltyExplorer(SeveralLosses):
    """One weight under penalties: cost, pull and proximal step as the weight is dragged.

    The first panel shows each penalty and, thin, its derivative; the second the proximal operator
    against the line on which a weight stays what it is. Where a curve lies flat on 0, small weights
    become exactly 0. The parameters and the step are sliders; more penalties can be added.

    Parameters
    ----------
    penalties : sequence of str or losslab.penalties.Separable
        Names or penalties with parameters, each a sum over weights.
    step : float
        The length of the proximal step at first, at least 0.
    start : float
        The weight at first.
    x_range : (float, float), optional
        Ends of the horizontal axes.
    alt : str, optional
        Description for readers who do not see the figure; the default tells what is drawn.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    losses : list of losslab.penalties.Separable
        The penalties that the reader has set up; assign to change the figure.
    step, w : float
        The step and the weight as they are now.

    Raises
    ------
    ValueError, TypeError
        An unknown penalty, a step below 0, a weight outside the range.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.PenaltyExplorer(["l1", "squared_l2"], step=0.5)
    >>> figure.columns([1.5])["prox"].round(4)
    array([[1.],
           [1.]])
    """

    shelves = (shelf,)
    kinds = ("separable",)
    step = traitlets.Float().tag(sync=True)
    w = traitlets.Float().tag(sync=True)
    x_range = traitlets.List().tag(sync=True)
    settable = ("losses", "step", "w")

    def __init__(self, penalties="l1", step=1.0, start=1.5, x_range=None, alt=None, presets=None):
        super().__init__("penalty-explorer", penalties, alt, (step, start, x_range), presets)

    def set_up(self, step, start, x_range):
        self.x_range = check_range(RANGE, x_range)
        self.step, self.w = as_finite("step", step), as_finite("start", start)

    @traitlets.validate("step")
    def _check_step(self, proposal):
        return as_nonnegative("step", proposal["value"])

    @traitlets.validate("w")
    def _check_weight(self, proposal):
        low, high = self.x_range
        if not low <= proposal["value"] <= high:
            raise ValueError(f"start must lie in [{low:g}, {high:g}], got {proposal['value']:g}")
        return proposal["value"]

    def check_suits(self, loss):
        """Every separable penalty can be drawn."""

    def columns(self, w):
        """Numbers of every penalty at weights.

        Parameters
        ----------
        w : array_like of shape (n,)

        Returns
        -------
        dict
            ``"value"``, ``"gradient"`` and ``"prox"``, each of shape (number of penalties, n).
        """
        given = {"w": np.asarray(w, dtype=float), "n": len(w), "step": self.step}
        answers = [run(each, "penalty", **given) for each in self.losses]
        return {name: np.array([one[name] for one in answers]) for name in answers[0]}

    def describe(self):
        low, high = self.x_range
        here = self.columns([self.w])
        parts = (
            f"{penalty.title} {here['value'][i][0]:.4g}, gradient {here['gradient'][i][0]:.4g}, "
            f"moved to {here['prox'][i][0]:.4g}"
            for i, penalty in enumerate(self.losses)
        )
        return (
            f"Line charts over a weight from {low:g} to {high:g}: "
            f"{join(penalty.title for penalty in self.losses)} with its derivative, and the "
            f"proximal operator of step {self.step:g} against the line of no change. "
            f"At weight {self.w:g}: {'; '.join(parts)}."
        )

    def scene(self):
        w = np.linspace(*self.x_range, POINTS)
        columns, here = self.columns(w), self.columns([self.w])

        def drawn(name, *also):
            lines = [
                Line(w, y, penalty.title, *penalty.style)
                for penalty, y in zip(self.losses, columns[name], strict=True)
            ]
            at = np.full(len(lines), self.w)
            return {"lines": [*lines, *also], "dots": Dots(at, here[name][:, 0])}

        same = Line(w, w, "no change", "currentColor", "dotted")
        return Scene(
            [
                Panel(title="Penalty", x_label="weight w", floor=0.0, **drawn("value")),
                Panel(title="Derivative", x_label="weight w", **drawn("gradient")),
                Panel(
                    title="Proximal operator",
                    x_label="weight w",
                    y_limits=tuple(self.x_range),
                    **drawn("prox", same),
                ),
            ]
        )

    def heights(self):
        return self.heights_of(plots("beside", 2, 2), sliders(1))
