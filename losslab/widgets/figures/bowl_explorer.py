"""BowlExplorer: one number c for a list of data, and the mean of each of several losses there."""

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_finite
from losslab.losses.kinds.curves import curve
from losslab.losses.kinds.domains import PREDICTIONS, TARGETS
from losslab.widgets.manifest import axis_of
from losslab.widgets.parts.checks import as_column, check_range, join, require_finite
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.heights import plots
from losslab.widgets.parts.several_losses import SeveralLosses
from losslab.widgets.parts.shared import SHARED

POINTS = 161
MOST_DATA = 500


class BowlExplorer(SeveralLosses):
    """The mean of each of several losses, as a function of one number that stands for all data.

    The reader drags the number c; a dot slides on every bowl, with an arrow downhill. The bottoms
    are marked when the reader asks for them. Every parameter of every loss is a slider.

    Parameters
    ----------
    y : array_like of shape (n,)
        2 to 500 numbers.
    losses : sequence of str or losslab.losses.Loss
        One to six regression losses, one bowl each.
    unit : str
        Unit of the data.
    start : float, optional
        Where c is at first.
    x_range : (float, float), optional
        Ends of the axis of c; the default is that of the data.
    alt : str, optional
        Description for readers who do not see the figure; the default tells the heights at c.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    losses : list of losslab.losses.Loss
        What the reader has set up; assign to change the figure.
    c : float
        Where the reader's number is now.

    Raises
    ------
    ValueError, TypeError
        Data that are not finite or that a loss does not allow, an unsuitable loss or range.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.BowlExplorer([1, 2, 3, 10], ["squared_error", "absolute_error"], start=4)
    >>> figure.mean_losses([4.0])
    array([[6.25],
           [3.  ]])
    """

    most = SHARED["most"]["bowls"]
    y = traitlets.List().tag(sync=True)
    c = traitlets.Float().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    x_range = traitlets.List().tag(sync=True)
    settable = ("losses", "c")

    def __init__(
        self,
        y,
        losses=("squared_error", "absolute_error"),
        unit="",
        start=None,
        x_range=None,
        alt=None,
        presets=None,
    ):
        super().__init__(
            "bowl-explorer", losses, alt, (check_data(y), unit, start, x_range), presets
        )

    def set_up(self, y, unit, start, x_range):
        if not isinstance(unit, str):
            raise TypeError(f"unit must be a string, got {shortened(unit)}")
        self.y, self.unit = y, unit
        if x_range is None and min(y) == max(y):
            raise ValueError(f"y must hold two different values, got only {y[0]:g}")
        low, high = self.x_range = check_range((min(y), max(y)), x_range)
        self.c = float(f"{(low + high) / 2:.2g}") if start is None else as_finite("start", start)
        for loss in self.losses:
            target, prediction = TARGETS[loss.target], PREDICTIONS[loss.prediction]
            for value in y:
                if not target.is_legal(value):
                    raise ValueError(f"y must be {target.legal} for {loss.name}, got {value:g}")
            for end in (low, high):
                if not prediction.is_legal(end):
                    raise ValueError(
                        f"x_range must hold predictions {prediction.legal} for {loss.name}, "
                        f"got {end:g}"
                    )

    @traitlets.validate("c")
    def _check_c(self, proposal):
        low, high = self.x_range
        if not low <= proposal["value"] <= high:
            raise ValueError(f"start must lie in [{low:g}, {high:g}], got {proposal['value']:g}")
        return proposal["value"]

    def check_suits(self, loss):
        if axis_of(type(loss)) not in ("residual", "prediction"):
            raise ValueError(
                f"losses must be losses of a number in the units of y, but {loss.name!r} has "
                f"the target {loss.target!r} and the prediction {loss.prediction!r}"
            )

    def mean_losses(self, c):
        """Mean of every loss over the data, for every number in `c`.

        Parameters
        ----------
        c : array_like of shape (m,)
            Numbers that stand for all data.

        Returns
        -------
        ndarray of shape (number of losses, m)
        """
        y, c = np.asarray(self.y), np.asarray(c, dtype=float)
        targets, predictions = np.tile(y, c.size), np.repeat(c, y.size)
        return np.array(
            [
                curve(loss, targets, predictions)[0].reshape(c.size, y.size).mean(axis=1)
                for loss in self.losses
            ]
        )

    def _grid(self):
        low, high = self.x_range
        return low + (high - low) * np.arange(POINTS) / (POINTS - 1)

    def describe(self):
        here = self.mean_losses([self.c])[:, 0]
        lowest = self.mean_losses(np.union1d(self._grid(), self.c)).min(axis=1)
        parts = []
        for loss, value, low in zip(self.losses, here, lowest, strict=True):
            above = f", {value / low - 1:.0%} above its lowest" if low > 0 else ""
            parts.append(f"{loss.title} {value:.4g}{above}")
        low, high = self.x_range
        names = join(loss.title for loss in self.losses)
        return (
            f"Line charts of the mean of {names} over {len(self.y)} data, for one number c from "
            f"{low:g} to {high:g} {self.unit}".rstrip()
            + f". At c = {self.c:g}: {'; '.join(parts)}."
        )

    def scene(self):
        grid = self._grid()
        heights, here = self.mean_losses(grid), self.mean_losses([self.c])
        return Scene(
            [
                Panel(
                    title=loss.title,
                    x_label=f"c ({self.unit})" if self.unit else "c",
                    lines=[Line(grid, bowl, loss.title, *loss.style)],
                    dots=Dots([self.c], dot),
                    floor=0.0,
                    ticks=np.asarray(self.y),
                )
                for loss, bowl, dot in zip(self.losses, heights, here, strict=True)
            ],
            legend=False,
        )

    def heights(self):
        n = len(self.losses)
        return self.heights_of(plots("alone" if n == 1 else "beside", n, min(3, n)))


def check_data(y):
    """Finite numbers as a list."""
    data = as_column("y", y)
    if not 2 <= data.size <= MOST_DATA:
        raise ValueError(f"y must hold 2 to {MOST_DATA} numbers, got {data.size}")
    require_finite("y", data)
    return data.tolist()
