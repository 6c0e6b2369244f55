"""LandscapeExplorer: contours of a real loss over two weights, and optimisers racing down from a start."""

import functools
import types

import numpy as np
import traitlets

from losslab.contract.definition import Definition
from losslab.contract.inputs import first_illegal
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count, as_finite, as_positive
from losslab.losses.kinds.domains import PREDICTIONS, TARGETS, anything
from losslab.training import optimisers as rules
from losslab.widgets.figures import landscape_contours as drawing
from losslab.widgets.figures import landscape_race as racing
from losslab.widgets.manifest import is_built_in
from losslab.widgets.parts.checks import as_column, check_range, join, require_finite
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.figure import Figure, losses_to_json
from losslab.widgets.parts.heights import (
    DETAILS,
    VERDICT,
    Heights,
    footer,
    plots,
    sliders,
    stacked,
    table,
)
from losslab.widgets.parts.shared import SHARED

WORDS = SHARED["landscapes"]
MOST_ROWS, MOST_STEPS, MOST_RACERS = (WORDS["most"][key] for key in ("rows", "steps", "racers"))
# Of the picture without scripts: lines of the grid under its contours, of which every second is
# drawn, and how many steps.
LINES, EACH, SHOWN = 20, 2, 50
# Rows of a valley that lies aslant, and a start on its side.
EXAMPLE_X = [[3.2, 0.9], [-3.0, 0.3], [2.6, -0.6], [-2.9, -1.1], [0.6, 0.9], [-0.4, -0.5]]
EXAMPLE_Y = [4.3, -2.6, 1.9, -4.2, 1.6, -0.8]
EXAMPLE_START = (-0.6, 2.8)
FIRST = ("gradient_descent", "heavy_ball", "nesterov", "rmsprop", "adam", "lion")


def rules_from_json(entries, widget):
    """The way back: the optimisers that the reader has in the race."""
    return [rules.get(entry["name"], **entry["parameters"]) for entry in entries]


class LandscapeExplorer(Figure):
    """Contours of a mean loss over two weights: drag the start, and optimisers race down from there.

    The model is linear, ``offset + X @ w`` with two weights, and the loss is the mean over the
    rows. All optimisers take the same number of steps at the same learning rate. On its axis stand
    the largest rates at which those of one rate for all weights are stable on a quadratic with the
    curvature L of the minimum (the largest eigenvalue of the mean Hessian there). Where the ranges
    have one length, both weights are drawn to one scale.

    Parameters
    ----------
    loss : str or losslab.losses.Loss
        A pointwise loss whose prediction may be any number.
    X : array_like of shape (n, 2), optional
        Features of 1 to 600 rows; without X and y six rows of an ill-conditioned fit.
    y : array_like of shape (n,), optional
        Targets, legal for the loss.
    optimisers : sequence of str or losslab.training.optimisers.Optimiser
        One to six, with parameters; those of the package.
    start : (float, float), optional
        Where they start; (0, 0) if not given.
    learning_rate : float, optional
        Of all; greater than 0. 1 / L, or 0.1 where there is no minimum, if not given.
    steps : int
        1 to 400.
    condition : float, optional
        Scales the second column so that the Hessian at the minimum has this condition number; the
        minimum stays where it is. None leaves X as it is.
    x_range, y_range : (float, float), optional
        What is seen of both weights; the default has start and minimum in it.
    rates : (float, float), optional
        Ends of the axis of learning rates.
    offset : array_like of shape (n,), optional
        What is added to the predictions of each row.
    alt : str, optional
        Description for readers who do not see the figure; the default tells where each arrives.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    losses : list of losslab.losses.Loss
        The loss; assign to change the figure.
    optimisers : list of losslab.training.optimisers.Optimiser
    start : list of float
    learning_rate : float
    condition : float or None

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.LandscapeExplorer(
    ...     "squared_error", [[1.0, 0.0], [0.0, 2.0]], [0.0, 0.0], ["gradient_descent"],
    ...     start=(1.0, 1.0), learning_rate=0.5,
    ... )
    >>> figure.race()[0][0, :2].tolist()
    [[1.0, 1.0], [0.75, 0.0]]
    >>> figure.limits()
    [1.0]
    """

    optimisers = traitlets.Any().tag(sync=True, to_json=losses_to_json, from_json=rules_from_json)
    x = traitlets.List().tag(sync=True)  # both columns
    y = traitlets.List().tag(sync=True)
    offset = traitlets.List().tag(sync=True)
    start = traitlets.List().tag(sync=True)
    learning_rate = traitlets.Float().tag(sync=True)
    condition = traitlets.Float(None, allow_none=True).tag(sync=True)
    steps = traitlets.Int().tag(sync=True)
    x_range = traitlets.List().tag(sync=True)
    y_range = traitlets.List().tag(sync=True)
    rates = traitlets.List().tag(sync=True)
    settable = ("losses", "optimisers", "start", "learning_rate", "condition")
    questions = types.MappingProxyType(
        {
            "plane_lowest": racing.question_lowest,
            "plane_grid": racing.question_grid,
            "plane_race": racing.question_race,
        }
    )

    def __init__(
        self,
        loss="squared_error",
        X=None,
        y=None,
        optimisers=FIRST,
        start=None,
        learning_rate=None,
        steps=100,
        condition=None,
        x_range=None,
        y_range=None,
        rates=None,
        offset=None,
        alt=None,
        presets=None,
    ):
        if not isinstance(loss, str | Definition):
            raise TypeError(
                f"loss must be a name or a loss such as ll.get('huber'), got {shortened(loss)}"
            )
        if (X is None) != (y is None):
            raise ValueError("X and y must be given together, or neither")
        if X is None:
            X, y = EXAMPLE_X, EXAMPLE_Y
            start = EXAMPLE_START if start is None else start
        start = (0.0, 0.0) if start is None else start
        data = check_data(X, y, offset)
        arguments = (data, optimisers, start, learning_rate, steps, condition)
        arguments += (x_range, y_range, rates)
        super().__init__("landscape-explorer", loss, alt, arguments, presets)

    def set_up(
        self, data, optimisers, start, learning_rate, steps, condition, x_range, y_range, rates
    ):
        columns, y, offset = data
        self.x, self.y, self.offset = columns.tolist(), y.tolist(), offset.tolist()
        self.check_losses(self.losses)
        self.optimisers = optimisers
        self.steps = as_count("steps", steps, most=MOST_STEPS)
        self.start = start
        ranges = self._ranges_around()
        self.x_range = check_range(ranges[0], x_range)
        self.y_range = check_range(ranges[1], y_range, "y_range")
        self.condition = condition
        found = self.minimum()
        steepest = self.shape().steepest if found.known else None
        usual = 0.1 if steepest is None else float(f"{1.0 / steepest:.3g}")
        rate = usual if learning_rate is None else as_positive("learning_rate", learning_rate)
        ends = (min(usual / 100.0, rate / 3.0), max(usual * 10.0, rate * 3.0))
        self.rates = check_range(ends, rates, "rates")
        as_positive("rates", self.rates[0])
        self.learning_rate = rate

    def _ranges_around(self):
        """Ranges of one length with the start in them, and the minimum if the start leads there."""
        found = racing.lowest(self.plane, self.losses[0], self.start, 10.0)
        middle = np.array(found.at if found.known else self.start)
        half = 1.5 * float(abs(middle - self.start).max()) or 2.0
        ends = [(float(f"{m - half:.3g}"), float(f"{m + half:.3g}")) for m in middle]
        # Of one length to the last digit, so that both are drawn to one scale.
        return ends[0], (ends[1][0], ends[1][0] + (ends[0][1] - ends[0][0]))

    @property
    def plane(self):
        """The data as they were given."""
        x0, x1 = map(np.array, self.x)
        return racing.Plane(x0, x1, np.array(self.y), np.array(self.offset))

    def minimum(self):
        """Where the search for the minimum ended, in the data as they were given.

        Returns
        -------
        tuple
            ``at``, ``value``, ``bend`` (second derivatives by w0 twice, by both, by w1 twice), and
            ``known``: whether it is a minimum with curvature in all directions.
        """
        data = (tuple(self.x[0]), tuple(self.x[1]), tuple(self.y), tuple(self.offset))
        return lowest_of(self.losses[0], data, tuple(self.x_range), tuple(self.y_range))

    def factor(self):
        """By what the second column is multiplied for the condition number that is set."""
        found = self.minimum()
        if self.condition is None or not found.known:
            return 1.0
        least = racing.least_condition(found.bend)
        return racing.factor_for(found.bend, max(self.condition, least))

    def shape(self):
        """Largest and least curvature at the minimum, and the condition number, as they are drawn.

        Returns
        -------
        tuple of float, or None
            ``steepest``, ``flattest``, ``condition``; None where no minimum is known.
        """
        found = self.minimum()
        if not found.known:
            return None
        return racing.shape_of(racing.stretched_bend(found.bend, self.factor()))

    def limits(self):
        """The learning rate below which each optimiser is stable at the minimum, None if unknown."""
        shape = self.shape()
        if shape is None:
            return [None] * len(self.optimisers)
        return [racing.stable_limit(rule, shape.steepest) for rule in self.optimisers]

    def drawn(self):
        """The data as they are drawn, with the second column scaled about the minimum."""
        return self.plane.stretched(self.factor(), self.minimum().at[1])

    def race(self):
        """Where the optimisers come by, and the mean loss there.

        Returns
        -------
        tuple of ndarray of shape (optimisers, steps + 1, 2) and (optimisers, steps + 1)
        """
        given = (self.losses[0], self.optimisers, self.start, self.learning_rate, self.steps)
        return racing.race(self.drawn(), *given)

    def check_losses(self, losses):
        if len(losses) > 1:
            raise ValueError(f"losses must hold one loss, got {len(losses)}")
        [loss] = losses
        if PREDICTIONS[loss.prediction].is_legal is not anything:
            raise ValueError(
                "losses must take any number as a prediction, as a linear model makes it, but "
                f"{loss.name!r} takes {PREDICTIONS[loss.prediction].legal}"
            )
        if self.y:
            first_illegal("y", np.array(self.y), TARGETS[loss.target])

    @traitlets.validate("optimisers")
    def _check_optimisers(self, proposal):
        given = proposal["value"]
        if isinstance(given, str | Definition):
            given = [given]
        try:
            made = [rules.get(item) if isinstance(item, str) else item for item in given]
        except TypeError:
            raise TypeError(
                f"optimisers must be a list of names or optimisers, got {shortened(given)}"
            ) from None
        for rule in made:
            if getattr(rule, "shelf", None) is not rules.shelf:
                raise TypeError(
                    "optimisers must hold names or optimisers such as "
                    f"{rules.shelf.example()}, got {shortened(rule)}"
                )
            if not is_built_in(type(rule)):
                raise ValueError(
                    f"optimisers must be those of the package, which the page can compute, got "
                    f"{rule.name!r}"
                )
        if not 1 <= len(made) <= MOST_RACERS:
            raise ValueError(f"optimisers must be 1 to {MOST_RACERS}, got {len(made)}")
        return made

    @traitlets.validate("start")
    def _check_start(self, proposal):
        start = as_column("start", proposal["value"])
        require_finite("start", start)
        if start.size != 2:
            raise ValueError(f"start must hold two weights, got {start.size}")
        return start.tolist()

    @traitlets.validate("learning_rate")
    def _check_learning_rate(self, proposal):
        rate = as_positive("learning_rate", proposal["value"])
        low, high = self.rates
        if not low <= rate <= high:
            raise ValueError(f"learning_rate must lie in rates [{low:g}, {high:g}], got {rate:g}")
        return rate

    @traitlets.validate("condition")
    def _check_condition(self, proposal):
        condition = proposal["value"]
        if condition is None:
            return None
        condition = as_finite("condition", condition)
        found = self.minimum()
        if not found.known:
            raise ValueError(
                "condition must be None for a loss without a curved minimum in the ranges, got "
                f"{condition:g}"
            )
        least, most = racing.least_condition(found.bend), WORDS["most"]["condition"]
        if not least <= condition <= most:
            raise ValueError(
                f"condition must lie in [{least:.4g}, {most:g}], as scaling one column can make "
                f"it, got {condition:g}"
            )
        return condition

    def ends(self):
        """How each optimiser ends: "diverges", "higher" than it started, or "down".

        It diverges if its loss is beyond all numbers, or far above that of the start and the
        weights are out of view.
        """
        return self._ends_of(*self.race())

    def _ends_of(self, path, losses):
        best = self._base()
        found = []
        for at, first, last in zip(
            path[:, -1], losses[:, 0] - best, losses[:, -1] - best, strict=True
        ):
            low, high = np.array([self.x_range, self.y_range]).T
            gone = not ((low <= at) & (at <= high)).all()
            if not last < np.inf or (gone and last > WORDS["diverged"] * first):
                found.append("diverges")
            else:
                found.append("higher" if last > first else "down")
        return found

    def _base(self):
        """What losses are told above: the minimum if it is known, else 0."""
        found = self.minimum()
        return found.value if found.known else 0.0

    def describe(self):
        path, losses = self.race()
        best, shape = self._base(), self.shape()
        loss = self.losses[0].title
        above = "above the minimum " if shape else ""
        told = [
            f"{rule.title} diverges"
            if end == "diverges"
            else f"{rule.title} {said(max(last - best, 0.0))}"
            for rule, end, last in zip(
                self.optimisers, self._ends_of(path, losses), losses[:, -1], strict=True
            )
        ]
        minimum = ""
        if shape:
            (a, b) = self.minimum().at
            minimum = (
                f"The minimum is at ({a:.4g}, {b:.4g}), with largest curvature "
                f"{shape.steepest:.4g} and condition number {shape.condition:.4g}. "
            )
        return (
            f"Contours of the mean of {loss} over two weights. {minimum}From "
            f"({self.start[0]:g}, {self.start[1]:g}), at the learning rate {self.learning_rate:g}, "
            f"the loss {above}after {self.steps} steps is: {join(told)}."
        )

    def scene(self):
        plane, loss = self.drawn(), self.losses[0]
        us, vs = (racing.evenly(*ends, LINES) for ends in (self.x_range, self.y_range))
        values = np.array([plane.look(loss, racing.along(us, v))[0] for v in vs])
        found = self.minimum()
        lines = drawing.contour_levels(values, found.value if found.known else None)
        contours = drawing.contour_lines(us, vs, values, lines[::EACH])
        path, losses = (every[:, : SHOWN + 1] for every in self.race())
        ways = [Line(*contours, "contours", "#80808080", "solid", joined=True)]
        falls = []
        steps = np.arange(losses.shape[1])
        with np.errstate(all="ignore"):
            height = np.log10(losses - self._base())
        height[~np.isfinite(height)] = np.nan
        for rule, way, fall in zip(self.optimisers, path, height, strict=True):
            cut = drawing.inside(way, self.x_range, self.y_range)
            ways.append(Line(*cut, rule.title, *rule.style, joined=True))
            falls.append(Line(steps, fall, rule.title, *rule.style, joined=True))
        dots = np.array([self.start, *([found.at] if found.known else [])])
        top = np.nanmax(height[:, 0], initial=-20.0)
        low = max(np.nanmin(height, initial=top), top - WORDS["deep"])
        title = WORDS["titles"][1 if found.known else 2]
        return Scene(
            [
                Panel(
                    f"{WORDS['titles'][0]} {loss.title.lower()}",
                    "weight w₀ (w₁ upwards)",
                    ways,
                    x_limits=tuple(self.x_range),
                    y_limits=tuple(self.y_range),
                    dots=Dots(*dots.T, np.arange(len(dots)) > 0),
                ),
                Panel(
                    f"{title}, log₁₀",
                    "step",
                    falls,
                    y_limits=(low - 0.5, top + WORDS["above"]),
                ),
            ]
        )

    def heights(self):
        rates = Heights(*[12 + 24 + SHARED["plots"]["rates"]] * 2)
        dials = sliders(2 if self.minimum().known else 1)
        foot = footer("button")
        return stacked(
            plots("landscape", 2, 2),
            rates,
            VERDICT,
            dials,
            table(len(self.optimisers)),
            foot,
            DETAILS,
        )


@functools.lru_cache(maxsize=32)
def lowest_of(loss, data, x_range, y_range):
    """The minimum in the ranges; most of what a figure says starts from it, and asks again."""
    plane = racing.Plane(*map(np.array, data))
    return racing.lowest_of_view(plane, loss, x_range, y_range)


def said(number):
    """A number in words of a sentence."""
    return f"{number:.3g}" if np.isfinite(number) else "without bound"


def check_data(X, y, offset):
    """Columns of X as an array of shape (2, n), y and offset."""
    try:
        X = np.asarray(X, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"X must hold numbers, got {shortened(X)}") from None
    if X.ndim != 2 or X.shape[1] != 2 or not 1 <= len(X) <= MOST_ROWS:
        raise ValueError(f"X must have shape (n, 2) with 1 to {MOST_ROWS} rows, got {X.shape}")
    require_finite("X", X.ravel())
    y = as_column("y", y)
    offset = np.zeros(len(X)) if offset is None else as_column("offset", offset)
    for name, column in (("y", y), ("offset", offset)):
        require_finite(name, column)
        if column.size != len(X):
            raise ValueError(
                f"{name} must have {len(X)} numbers, one a row of X, got {column.size}"
            )
    return X.T, y, offset
