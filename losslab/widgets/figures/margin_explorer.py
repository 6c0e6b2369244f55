"""MarginExplorer: points of two classes to drag, and the classifiers that several losses fit."""

import types

import numpy as np
import traitlets

import losslab as ll
from losslab.contract.inputs import first_illegal
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_finite
from losslab.losses.kinds.curves import curve
from losslab.losses.kinds.domains import TARGETS
from losslab.widgets.manifest import is_margin_loss
from losslab.widgets.parts.checks import as_column, check_names, join, require_finite
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.heights import EDIT, PAYERS, beside, plots
from losslab.widgets.parts.several_losses import SeveralLosses
from losslab.widgets.parts.shared import SHARED

# Two clouds that a line separates easily, and first a point of label 1 far on its right side.
EXAMPLE = [
    [7.5, 2.5, 1],
    *([x, y, 1] for x, y in ((0.3, 1.2), (0.9, 0.4), (1.5, 1.6), (0.7, 2.2))),
    *([x, y, 1] for x, y in ((1.9, 0.7), (-0.5, 1.9), (1.2, -0.4))),
    *([x, y, 0] for x, y in ((-0.4, -1.1), (-1.0, -0.3), (-1.6, -1.5), (-0.6, -2.1))),
    *([x, y, 0] for x, y in ((-1.8, -0.8), (0.4, -1.7), (-1.3, 0.5))),
]
MOST_POINTS = SHARED["most"]["labelled"]
GRID = 201


def plane(loss, x, y, ridge):
    """The page's question for a classifier, of a loss that only Python knows."""
    fit = ll.training.fit_classifier(x.reshape(y.size, -1), y, loss, ridge=ridge)
    return {"intercept": [fit.intercept], "coefficients": fit.coefficients}


class MarginExplorer(SeveralLosses):
    """Points of two classes that the reader moves, and a linear classifier under each loss.

    The score of a point is f = b + v @ x and its margin m = (2 y - 1) f: positive if the sign of
    the score is right. Each classifier minimises the mean of its loss plus a small ridge. The
    second panel shows the losses over the margin, with the zero-one loss as a grey step. The area
    of a disc is the point's share of the total loss under one of the losses: who pays.

    Parameters
    ----------
    X : array_like of shape (n, 2), optional
        2 to 100 points; without them fifteen, the first one far on its right side.
    y : array_like of shape (n,), optional
        Their labels, 0 or 1.
    losses : sequence of str or losslab.losses.Loss
        One to four losses that depend on the margin alone.
    shares : str, optional
        Name of the loss whose shares are shown at first; the first one if not given.
    point : int
        Position of the point whose numbers are read at first.
    ridge : float
        Weight of the ridge, as in `losslab.training.fit_classifier`.
    x_label, y_label : str
        What the axes say.
    names : dict of int to str, optional
        What points are called in the text, by position.
    alt : str, optional
        Description for readers who do not see the figure; the default tells who is wrong and pays.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    losses : list of losslab.losses.Loss
        What the reader has set up; assign to change the figure.
    points : list of [float, float, int]
        Where the points are now, with their labels.

    Raises
    ------
    ValueError, TypeError
        Shapes that do not fit, a label other than 0 or 1, an unsuitable loss.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> X, y = [[0, 1], [1, 3], [4, 0], [5, 2]], [0, 0, 1, 1]
    >>> figure = ll.widgets.MarginExplorer(X, y, ["hinge", "binary_cross_entropy"])
    >>> figure.readings()["wrong"]
    [0, 0]
    """

    most = SHARED["most"]["classifiers"]
    points = traitlets.List().tag(sync=True)
    shares = traitlets.Unicode().tag(sync=True)
    chosen = traitlets.Int().tag(sync=True)
    names = traitlets.List().tag(sync=True)
    ridge = traitlets.Float().tag(sync=True)
    x_label = traitlets.Unicode().tag(sync=True)
    y_label = traitlets.Unicode().tag(sync=True)
    steps = traitlets.Int(200).tag(sync=True)
    questions = types.MappingProxyType({"plane": plane})
    settable = ("losses", "points", "chosen")

    def __init__(
        self,
        X=None,
        y=None,
        losses=("squared_margin", "hinge", "binary_cross_entropy"),
        shares=None,
        point=0,
        ridge=0.1,
        x_label="x₁",
        y_label="x₂",
        names=None,
        alt=None,
        presets=None,
    ):
        if (X is None) != (y is None):
            raise ValueError("X and y must be given together, or neither")
        points = [list(p) for p in EXAMPLE] if X is None else check_points(X, y)
        arguments = (points, shares, point, ridge, x_label, y_label, names)
        super().__init__("margin-explorer", losses, alt, arguments, presets)

    def set_up(self, points, shares, point, ridge, x_label, y_label, called):
        names = [loss.name for loss in self.losses]
        if shares is not None and shares not in names:
            raise ValueError(f"shares must name one of the losses {names}, got {shortened(shares)}")
        if isinstance(point, bool) or not isinstance(point, int | np.integer):
            raise TypeError(f"point must be a whole number, got {shortened(point)}")
        if not 0 <= point < len(points):
            raise ValueError(f"point must lie in 0 to {len(points) - 1}, got {point}")
        self.ridge = as_finite("ridge", ridge, "a number > 0")
        if self.ridge <= 0.0:
            raise ValueError(f"ridge must be a number > 0, got {shortened(ridge)}")
        self.points, self.chosen = points, int(point)
        self.names = check_names(called, len(points))
        self.shares = shares or names[0]
        self.x_label, self.y_label = x_label, y_label

    def check_suits(self, loss):
        if not is_margin_loss(type(loss)):
            raise ValueError(
                f"losses must depend on the margin of a score alone, but {loss.name!r} does not"
            )

    @traitlets.validate("points")
    def _check_points(self, proposal):
        try:
            a, b, y = zip(*proposal["value"], strict=True)
        except (TypeError, ValueError):
            raise ValueError(
                f"points must be triples [x, y, label], got {shortened(proposal['value'])}"
            ) from None
        return check_points(np.column_stack((a, b)), y)

    @traitlets.validate("chosen")
    def _check_chosen(self, proposal):
        value = proposal["value"]
        if self.points and not 0 <= value < len(self.points):
            raise ValueError(f"chosen must lie in 0 to {len(self.points) - 1}, got {value}")
        return value

    def fits(self):
        """The classifiers, as `losslab.training.fit_classifier` finds them.

        Returns
        -------
        list of losslab.training.PlaneFit
            One for each loss.
        """
        from losslab.training import fit_classifier

        X, y = self._columns()
        return [
            fit_classifier(X, y, loss, ridge=self.ridge, steps=self.steps) for loss in self.losses
        ]

    def readings(self):
        """What the figure tells of every loss and point.

        Returns
        -------
        dict
            ``"wrong"``: for each loss, how many points have no positive margin; ``"margins"``,
            ``"values"`` and ``"shares"``: arrays of shape (number of losses, n).
        """
        X, y = self._columns()
        scores = np.array([fit.scores(X) for fit in self.fits()])
        margins = (2.0 * y - 1.0) * scores
        values = np.array(
            [curve(loss, y, f)[0] for loss, f in zip(self.losses, scores, strict=True)]
        )
        total = values.sum(axis=1, keepdims=True)
        return {
            "wrong": [int(count) for count in (~(margins > 0.0)).sum(axis=1)],
            "margins": margins,
            "values": values,
            "shares": values / np.where(total > 0.0, total, 1.0),
        }

    def _columns(self):
        points = np.array(self.points, dtype=float)
        return np.ascontiguousarray(points[:, :2]), np.ascontiguousarray(points[:, 2])

    def describe(self):
        readings, i = self.readings(), self.chosen
        parts = (
            f"{loss.title} has {readings['wrong'][k]} wrong, and the point pays "
            f"{readings['shares'][k][i]:.0%} of the total at margin {readings['margins'][k][i]:.3g}"
            for k, loss in enumerate(self.losses)
        )
        x, y, label = self.points[i]
        name = self.names[i] if i < len(self.names) else ""
        point = f'the point "{name}"' if name else "the point"
        return (
            f"Scatter plot of {len(self.points)} points of two classes with the boundary of a "
            f"linear classifier under {join(loss.title for loss in self.losses)}, and these losses "
            f"over the margin. For {point} of label {label} at {x:g}, {y:g}: {'; '.join(parts)}."
        )

    def scene(self):
        X, y = self._columns()
        low, high = X.min(axis=0), X.max(axis=0)
        pad = np.where(high > low, high - low, 1.0) * (0.1, 0.18)
        low, high = low - pad, high + pad
        plane = Panel(
            title=self.y_label,
            x_label=self.x_label,
            lines=[
                Line(*boundary(fit, low, high), loss.title, *loss.style)
                for loss, fit in zip(self.losses, self.fits(), strict=True)
            ],
            x_limits=(low[0], high[0]),
            y_limits=(low[1], high[1]),
            dots=Dots(*X.T, hollow=y == 0.0),
            names=[(*p, name) for p, name in zip(X, self.names, strict=False) if name],
        )
        m = -2.0 + 5.0 * np.arange(GRID) / (GRID - 1)
        ones = np.ones(GRID)
        curves = Panel(
            title="Loss",
            x_label="margin m",
            lines=[
                Line(m, curve(loss, ones, m)[0], loss.title, *loss.style) for loss in self.losses
            ],
            floor=0.0,
        )
        return Scene([plane, curves])

    def heights(self):
        return self.heights_of(beside(plots("plane"), plots("margins")), PAYERS, EDIT)


def boundary(fit, low, high):
    """Ends of the line of score 0 inside a box, as two arrays; empty if it does not meet the box."""
    a, b = fit.coefficients
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = [(x, -(fit.intercept + a * x) / b) for x in (low[0], high[0])]
        ends = [(x, y) for x, y in ends if low[1] <= y <= high[1]]
        more = [(-(fit.intercept + b * y) / a, y) for y in (low[1], high[1])]
        ends += [(x, y) for x, y in more if low[0] < x < high[0]]
    return tuple(np.array(ends[:2]).T) if len(ends) > 1 else (np.empty(0), np.empty(0))


def check_points(X, y):
    """Triples [x, y, label] of finite numbers and labels 0 or 1."""
    try:
        first, second = np.asarray(X, dtype=float).T
    except (TypeError, ValueError):
        raise ValueError(f"X must have shape (n, 2) and hold numbers, got {shortened(X)}") from None
    labels = as_column("y", y)
    for name, column in (("X", as_column("X", first)), ("X", second), ("y", labels)):
        require_finite(name, column)
    if labels.size != first.size:
        raise ValueError(f"X and y must have the same length, got {first.size} and {labels.size}")
    if not 2 <= labels.size <= MOST_POINTS:
        raise ValueError(f"X and y must hold 2 to {MOST_POINTS} points, got {labels.size}")
    first_illegal("y", labels, TARGETS["{0,1}"])
    return [
        [float(a), float(b), int(label)] for a, b, label in zip(first, second, labels, strict=True)
    ]
