"""GradientExplorer: slope and curvature of losses at a place, and what bounds them over an interval."""

import types

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.training.landscapes.constants import centre_of, constants_of, search
from losslab.widgets.figures.loss_explorer import POINTS, LossExplorer
from losslab.widgets.parts.checks import check_range, join
from losslab.widgets.parts.fallback import Line, Panel, Scene
from losslab.widgets.parts.heights import VERDICT, choice, plots
from losslab.widgets.parts.shared import SHARED

AXES, WORDS = SHARED["axes"], SHARED["gradients"]
BOUNDS = WORDS["bounds"]
PANELS = ("value", "gradient", "curvature")


def constants(loss, y, low, high, centre):
    """The page's question for the constants of a loss that only Python knows."""
    return {"memory": search(loss, y, low, high, centre)}


class GradientExplorer(LossExplorer):
    """Losses with slope and curvature, a place on them, and an interval over which both are bounded.

    At the place each loss has its tangent; at a kink it has a fan of lines, one for every
    subgradient. Over the interval, whose ends are dragged, the largest absolute slope is the
    Lipschitz constant and the largest absolute curvature the smoothness constant. The bounds that
    follow from them for one of the losses are drawn around the place: a cone of the largest slope,
    or two parabolas of the largest curvature, between which the loss stays.

    Parameters
    ----------
    losses : sequence of str or losslab.losses.Loss
        One to four names or pointwise losses with parameters, all of one target.
    interval : (float, float), optional
        Where the constants are taken at first; the middle half of the axis if not given.
    at : float, optional
        The place at first.
    bounds : {"none", "lipschitz", "smooth"}
        Which bounds are drawn at first.
    chosen : str, optional
        Name of the loss whose bounds are drawn at first; the first one if not given.
    x_range : (float, float), optional
        Ends of the horizontal axis; the default suits the losses.
    y_true : float, optional
        The target: 1/2 for shares, 1 for labels and positive targets; residuals need none.
    alt : str, optional
        Description for readers who do not see the figure; the default tells what is drawn.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    losses : list of losslab.losses.Loss
        What the reader has set up; assign to change the figure.
    at, y_true : float
        Place and target.
    interval : list of float
        Its ends.
    bounds : str
        Which bounds are drawn.

    Raises
    ------
    ValueError, TypeError
        Unknown loss, an interval that is empty or outside the axis, a target that is not legal.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.GradientExplorer(["huber"], interval=(-3, 0.5))
    >>> found = figure.constants()[0]
    >>> found.lipschitz, found.smoothness
    (1.0, 1.0)
    """

    most = SHARED["most"]["classifiers"]
    interval = traitlets.List().tag(sync=True)
    bounds = traitlets.Unicode().tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)
    settable = ("losses", "y_true", "at", "interval", "bounds")
    questions = types.MappingProxyType({"constants": constants})

    def __init__(
        self,
        losses=("huber", "absolute_error"),
        interval=None,
        at=None,
        bounds="none",
        chosen=None,
        x_range=None,
        y_true=None,
        alt=None,
        presets=None,
    ):
        arguments = (interval, at, bounds, chosen, x_range, y_true)
        # That of the class between takes other arguments.
        super(LossExplorer, self).__init__("gradient-explorer", losses, alt, arguments, presets)

    def set_up(self, interval, at, bounds, chosen, x_range, y_true):
        super().set_up(x_range, PANELS, y_true, at)
        low, high = self.x_range
        middle = (low + 0.25 * (high - low), high - 0.25 * (high - low))
        self.interval = check_range(middle, interval, "interval")
        self.bounds = bounds
        names = [loss.name for loss in self.losses]
        if chosen is not None and chosen not in names:
            raise ValueError(f"chosen must name one of the losses {names}, got {shortened(chosen)}")
        self.chosen = chosen or names[0]

    def check_losses(self, losses):
        if len(losses) > self.most:
            raise ValueError(f"losses must be at most {self.most}, got {len(losses)}")
        super().check_losses(losses)

    @traitlets.validate("interval")
    def _check_interval(self, proposal):
        low, high = check_range((), proposal["value"], "interval")
        first, last = self.x_range
        if not first <= low < high <= last:
            raise ValueError(
                f"interval must lie in x_range [{first:g}, {last:g}], got ({low:g}, {high:g})"
            )
        return [low, high]

    @traitlets.validate("bounds")
    def _check_bounds(self, proposal):
        if proposal["value"] not in BOUNDS:
            raise ValueError(
                f"bounds must be one of {[*BOUNDS]}, got {shortened(proposal['value'])}"
            )
        return proposal["value"]

    def target_of(self):
        """The target of what the axis shows: a residual is a prediction for the target 0."""
        return 0.0 if self.axis == "residual" else self.y_true

    def constants(self, interval=None):
        """Constants of each loss over the interval, as `losslab.training.loss_constants` finds them.

        Parameters
        ----------
        interval : (float, float), optional
            Another interval.

        Returns
        -------
        list of losslab.training.LossConstants
        """
        low, high = self.interval if interval is None else interval
        y = self.target_of()
        return [
            constants_of(search(loss, y, low, high, centre_of(loss, y)), high - low)
            for loss in self.losses
        ]

    def describe(self):
        low, high = self.interval
        word = AXES.get(self.axis, AXES["prediction"])["word"]
        here = self.columns([self.at])
        parts = (
            f"{loss.title} has slope {said(here['gradient'][i][0])}, and over the interval Lipschitz "
            f"constant {said(found.lipschitz)} and smoothness constant {said(found.smoothness)}"
            for i, (loss, found) in enumerate(zip(self.losses, self.constants(), strict=True))
        )
        return (
            f"Line charts of {join(loss.title for loss in self.losses)} with slope and curvature, "
            f"the tangent at {word} {self.at:g} and an interval from {low:g} to {high:g}. "
            f"There {'; '.join(parts)}."
        )

    def scene(self):
        low, high = self.x_range
        x = low + (high - low) * np.arange(POINTS) / (POINTS - 1)
        columns, here = self.columns(x), self.columns([self.at])
        x_label = AXES.get(self.axis, AXES["prediction"])["name"]
        lines = {
            name: [
                Line(x, y, loss.title, *loss.style)
                for loss, y in zip(self.losses, columns[name], strict=True)
            ]
            for name in PANELS
        }
        for i, loss in enumerate(self.losses):
            tangent = here["value"][i] + here["gradient"][i] * (x - self.at)
            lines["value"].append(Line(x, tangent, "", loss.style[0], "dotted"))
        titles = WORDS["titles"]
        limits = value_limits(columns["value"])
        return Scene(
            [
                Panel(titles[0], x_label, lines["value"], y_limits=limits),
                Panel(titles[1], x_label, lines["gradient"]),
                Panel(titles[2], x_label, lines["curvature"], floor=0.0),
            ]
        )

    def heights(self):
        bounds = choice([WORDS["legend"], *BOUNDS.values()], above=True)
        return self.heights_of(plots("beside", 3, 3), VERDICT, bounds, self.target_height())


def said(number):
    """A number in words of a sentence."""
    if np.isnan(number):
        return "unknown"
    return "infinite" if np.isinf(number) else f"{number + 0.0:.4g}"


def value_limits(columns):
    """Limits of the first panel: the losses decide, not their tangents."""
    finite = columns[np.isfinite(columns)]
    low, high = min(finite.min(), 0.0), finite.max()
    return low - 0.06 * (high - low), high + 0.1 * (high - low)
