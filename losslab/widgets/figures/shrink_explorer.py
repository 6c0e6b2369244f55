"""ShrinkExplorer: what a penalty costs a weight, and what its proximal step makes of it."""

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
FAR, ROUNDS = 64, 4  # as in frontend/src/figures/shrink-explorer.js
STEEP = 4
POINTS = 241  # an odd number: one of them is 0, where penalties have their kinks


class ShrinkExplorer(SeveralLosses):
    """Proximal operators side by side: which weights become 0, and which stay too small.

    The first panel shows each penalty and, thin, its derivative; the second the proximal operator
    against the line on which a weight stays what it is. The dead zone, where weights become
    exactly 0, is shaded; the bias is the distance to the dotted line at the end of the axis. The
    parameters and the step are sliders; more penalties can be added.

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
    >>> figure = ll.widgets.ShrinkExplorer(["l1", "squared_l2"], step=0.5)
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
        super().__init__("shrink-explorer", penalties, alt, (step, start, x_range), presets)

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

    def dead_zones(self):
        """How far up from 0 weights become exactly 0, by penalty.

        Returns
        -------
        list of float
            0 where there is no dead zone, infinite where no end of it is found.
        """
        return [self._zone_end(penalty) for penalty in self.losses]

    def _zone_end(self, penalty):
        start, end = 0.0, float(FAR * max(map(abs, self.x_range)))
        for _ in range(ROUNDS):
            places = start + (end - start) * np.arange(POINTS) / (POINTS - 1)
            prox = run(penalty, "penalty", w=places, n=POINTS, step=self.step)["prox"]
            if not prox.any():
                return np.inf
            i = int(np.argmax(prox != 0.0))
            if i == 0:
                return 0.0
            start, end = float(places[i - 1]), float(places[i])
        return start

    def biases(self):
        """How much too small a weight at the end of the axis becomes, by penalty.

        Returns
        -------
        list of float
        """
        high = self.x_range[1]
        return [high - float(prox[0]) for prox in self.columns([high])["prox"]]

    def describe(self):
        low, high = self.x_range
        here = self.columns([self.w])
        parts = (
            f"{penalty.title} {here['value'][i][0]:.4g}, gradient {here['gradient'][i][0]:.4g}, "
            f"moved to {here['prox'][i][0]:.4g}, dead zone up to {zone:.4g}, "
            f"bias at {high:g} {bias:.4g}"
            for i, (penalty, zone, bias) in enumerate(
                zip(self.losses, self.dead_zones(), self.biases(), strict=True)
            )
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
                Line(w, with_gaps(w, y) if name == "prox" else y, penalty.title, *penalty.style)
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


def with_gaps(w, prox):
    """A proximal operator with NaN where it jumps."""
    rise = np.abs(np.diff(prox, prepend=prox[0]))
    around = np.maximum(np.roll(rise, 1), np.roll(rise, -1))
    return np.where((rise > STEEP * (w[1] - w[0])) & (around < rise / 8), np.nan, prox)
