"""FitExplorer: points to drag, and the lines that several losses fit to them."""

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.widgets.manifest import axis_of, may_have_valleys
from losslab.widgets.parts.checks import as_column, check_names, join, require_finite
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.heights import EDIT, NOTHING, TITLE, Heights, choice, plots
from losslab.widgets.parts.several_losses import SeveralLosses
from losslab.widgets.parts.shared import SHARED

# Ten points near a line, one far above it (an outlier) and one far to the right (leverage).
EXAMPLE_X = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 4.0, 18.0]
EXAMPLE_Y = [1.6, 2.1, 2.4, 3.1, 3.4, 4.1, 4.6, 5.1, 5.4, 6.2, 9.5, 2.5]
STARTS = tuple(SHARED["starts"])
MOST_POINTS = SHARED["most"]["points"]


class FitExplorer(SeveralLosses):
    """Points that the reader moves, and a line fitted to them under each of several losses.

    The discs and the bars show how much a point counts under one of the losses: gradient divided
    by residual, the weight that a weighted least-squares fit would need to give the same line.

    Parameters
    ----------
    x, y : array_like of shape (n,), optional
        2 to 200 points; without them twelve points with an outlier and a leverage point.
    losses : sequence of str or losslab.losses.Loss
        Regression losses of a residual.
    weights : str, optional
        Name of the loss whose weights are shown at first; the last one if not given.
    start : {"absolute_error", "squared_error", "repeated_median"}
        The line from which losses that are not convex start: a fit, or the repeated median, which
        outliers in x or y hardly move.
    x_label, y_label : str
        What the axes say.
    names : dict of int to str, optional
        What points are called in the text, by position.
    alt : str, optional
        Description for readers who do not see the figure; the default lists the lines.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    losses : list of losslab.losses.Loss
        What the reader has set up; assign to change the figure.
    points : list of [float, float]
        Where the points are now.

    Raises
    ------
    ValueError, TypeError
        Lengths differ, a coordinate is not finite, all x are equal, an unsuitable loss.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.FitExplorer([0, 1, 2, 3], [0, 1, 2, 9], ["squared_error", "huber"])
    >>> figure.points[3]
    [3.0, 9.0]
    """

    points = traitlets.List().tag(sync=True)
    weights = traitlets.Unicode().tag(sync=True)
    start = traitlets.Unicode().tag(sync=True)
    names = traitlets.List().tag(sync=True)
    x_label = traitlets.Unicode().tag(sync=True)
    y_label = traitlets.Unicode().tag(sync=True)
    steps = traitlets.Int(200).tag(sync=True)
    settable = ("losses", "points", "start")

    def __init__(
        self,
        x=None,
        y=None,
        losses=("squared_error", "absolute_error", "huber", "tukey_biweight"),
        weights=None,
        start="absolute_error",
        x_label="x",
        y_label="y",
        names=None,
        alt=None,
        presets=None,
    ):
        if (x is None) != (y is None):
            raise ValueError("x and y must be given together, or neither")
        if x is None:
            x, y = EXAMPLE_X, EXAMPLE_Y
        arguments = (check_points(x, y), weights, start, x_label, y_label, names)
        super().__init__("fit-explorer", losses, alt, arguments, presets)

    def set_up(self, points, weights, start, x_label, y_label, called):
        self.points, self.names = points, check_names(called, len(points))
        names = [loss.name for loss in self.losses]
        if weights is not None and weights not in names:
            raise ValueError(
                f"weights must name one of the losses {names}, got {shortened(weights)}"
            )
        self.weights = weights or names[-1]
        self.start = start
        self.x_label, self.y_label = x_label, y_label

    def check_suits(self, loss):
        if axis_of(type(loss)) != "residual":
            raise ValueError(
                f"losses must be losses of a residual, but {loss.name!r} has the target "
                f"{loss.target!r} and the prediction {loss.prediction!r}"
            )

    @traitlets.validate("start")
    def _check_start(self, proposal):
        if proposal["value"] not in STARTS:
            raise ValueError(f"start must be one of {STARTS}, got {shortened(proposal['value'])}")
        return proposal["value"]

    @traitlets.validate("points")
    def _check_points(self, proposal):
        try:
            x, y = zip(*proposal["value"], strict=True)
        except (TypeError, ValueError):
            raise ValueError(
                f"points must be pairs [x, y], got {shortened(proposal['value'])}"
            ) from None
        return check_points(x, y, distinct=False)

    def fits(self):
        """The lines, as `losslab.training.fit_line` finds them.

        Returns
        -------
        list of losslab.training.LineFit
            One for each loss.
        """
        from losslab.training import fit_line, repeated_median

        x, y = np.array(self.points).T
        if self.start == "repeated_median" and np.ptp(x) > 0.0:
            start = repeated_median(x, y)
        else:
            name = "squared_error" if self.start == "repeated_median" else self.start
            first = fit_line(x, y, self.loss(name, {}))
            start = (first.intercept, first.slope)
        return [
            fit_line(x, y, loss, start=start) if may_have_valleys(loss) else fit_line(x, y, loss)
            for loss in self.losses
        ]

    def describe(self):
        slopes = (
            f"{loss.title} {round(fit.slope, 9):.3g}"  # what a descent leaves over is 0
            for loss, fit in zip(self.losses, self.fits(), strict=True)
        )
        return (
            f"Scatter plot of {len(self.points)} points, {self.y_label} over {self.x_label}, with "
            f"a line fitted under each of {len(self.losses)} losses. Slopes: {join(slopes)}."
        )

    def scene(self):
        points = np.array(self.points)
        low, high = points.min(axis=0), points.max(axis=0)
        pad = np.where(high > low, high - low, 1.0) * (0.1, 0.18)
        ends = np.array([low[0] - pad[0], high[0] + pad[0]])
        lines = [
            Line(ends, fit.intercept + fit.slope * ends, loss.title, *loss.style)
            for loss, fit in zip(self.losses, self.fits(), strict=True)
        ]
        limits = (low[1] - pad[1], high[1] + pad[1])
        panel = Panel(
            title=self.y_label,
            x_label=self.x_label,
            lines=lines,
            y_limits=limits,
            dots=Dots(points[:, 0], points[:, 1]),
            names=[(*p, name) for p, name in zip(self.points, self.names, strict=False) if name],
        )
        return Scene([panel])

    def heights(self):
        strip = TITLE + SHARED["plots"]["strip"]
        start = choice([], above=True, lines=(1, 2))
        return self.heights_of(
            plots("line"),
            Heights(strip, strip),
            EDIT,
            start if any(may_have_valleys(loss) for loss in self.losses) else NOTHING,
        )


def check_points(x, y, distinct=True):
    """Pairs [x, y] of finite numbers."""
    x = as_column("x", x)
    require_finite("x", x)
    y = as_column("y", y)
    require_finite("y", y)
    if x.size != y.size:
        raise ValueError(f"x and y must have the same length, got {x.size} and {y.size}")
    if not 2 <= x.size <= MOST_POINTS:
        raise ValueError(f"x and y must hold 2 to {MOST_POINTS} points, got {x.size}")
    if distinct and np.ptp(x) == 0.0:
        raise ValueError(f"x must hold two different values for a line, got only {x[0]:g}")
    return np.column_stack((x, y)).tolist()
