"""LossExplorer: value, gradient and curvature of several losses, every parameter a slider."""

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_finite
from losslab.losses.kinds.curves import curve
from losslab.losses.kinds.domains import PREDICTIONS, TARGETS
from losslab.widgets.manifest import axis_of
from losslab.widgets.parts.checks import check_range, join
from losslab.widgets.parts.fallback import Line, Panel, Scene
from losslab.widgets.parts.heights import NOTHING, choice, plots, sliders
from losslab.widgets.parts.several_losses import SeveralLosses
from losslab.widgets.parts.shared import SHARED

PANELS, AXES = SHARED["panels"], SHARED["axes"]
RANGES = {
    "residual": (-5.0, 5.0),
    "score": (-4.0, 4.0),
    "prediction": (0.05, 4.0),
    "probability": (0.01, 0.99),
    "log mean": (-2.0, 3.0),
    "logit mean": (-4.0, 4.0),
}
# The target at first: 1 suits labels and positive amounts.
TARGETS_AT_FIRST = {"residual": 0.0, "logit mean": 0.5}
POINTS = 401


class LossExplorer(SeveralLosses):
    """Live curves of a set of losses.

    Regression losses are drawn over the residual r = y_pred - y_true (over the prediction where
    the residual does not say all), losses for two classes over the score, with a switch for the
    label. Every parameter of every loss is a slider; more losses can be added in the figure.

    Parameters
    ----------
    losses : sequence of str or losslab.losses.Loss
        Names or losses with parameters, all of one target. A loss defined in a notebook cell
        works where that notebook's kernel runs.
    x_range : (float, float), optional
        Ends of the horizontal axis; the default suits the losses.
    show : sequence of str
        Panels, from ``"value"``, ``"gradient"``, ``"influence"`` (the gradient under the name it
        has in robust statistics), ``"curvature"`` and ``"weight"`` (gradient divided by residual).
    y_true : float, optional
        The target: 0 for residuals, 1/2 for shares, 1 for labels and positive targets.
    at : float, optional
        Where the numbers are read at first.
    alt : str, optional
        Description for readers who do not see the figure. The default lists what is drawn;
        an author says what is to be seen.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    losses : list of losslab.losses.Loss
        What the reader has set up; assign to change the figure.
    at, y_true : float
        Reading position and target.

    Raises
    ------
    ValueError, TypeError
        Unknown loss or panel, an empty or reversed range, a target that a loss does not allow.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.LossExplorer(["absolute_error", ll.get("huber", delta=2.0)])
    >>> figure
    LossExplorer(AbsoluteError(), Huber(delta=2))
    >>> figure.x_range
    [-5.0, 5.0]
    """

    show = traitlets.List().tag(sync=True)
    x_range = traitlets.List().tag(sync=True)
    y_true = traitlets.Float().tag(sync=True)
    at = traitlets.Float().tag(sync=True)
    settable = ("losses", "y_true", "at")

    def __init__(
        self,
        losses=("squared_error", "absolute_error", "huber"),
        x_range=None,
        show=("value", "gradient", "curvature"),
        y_true=None,
        at=None,
        alt=None,
        presets=None,
    ):
        super().__init__("loss-explorer", losses, alt, (x_range, show, y_true, at), presets)

    def set_up(self, x_range, show, y_true, at):
        axis = self.axis
        low, high = self.x_range = check_range(RANGES.get(axis, (-5.0, 5.0)), x_range)
        self.show = check_show(show, axis)
        y = TARGETS_AT_FIRST.get(axis, 1.0) if y_true is None else y_true
        self.y_true = as_finite("y_true", y)
        self.at = float(f"{low + 0.7 * (high - low):.2g}") if at is None else as_finite("at", at)
        for loss in self.losses:
            self._check_domain(loss, low, high)

    @traitlets.validate("y_true")
    def _check_target(self, proposal):
        for loss in self.losses:
            target = TARGETS[loss.target]
            if not target.is_legal(proposal["value"]):
                raise ValueError(
                    f"y_true must be {target.legal} for {loss.name}, got {proposal['value']:g}"
                )
        return proposal["value"]

    @traitlets.validate("at")
    def _check_at(self, proposal):
        low, high = self.x_range
        if not low <= proposal["value"] <= high:
            raise ValueError(
                f"at must lie in x_range [{low:g}, {high:g}], got {shortened(proposal['value'])}"
            )
        return proposal["value"]

    def _check_domain(self, loss, low, high):
        prediction = PREDICTIONS[loss.prediction]
        for end in (low, high):
            if not prediction.is_legal(end):
                raise ValueError(
                    f"x_range must hold predictions {prediction.legal} for {loss.name}, got {end:g}"
                )

    def check_losses(self, losses):
        """Refuse losses that cannot be drawn over one horizontal axis."""
        first = losses[0]
        compatible = {"residual", "prediction"}
        for loss in losses[1:]:
            axes = {axis_of(type(first)), axis_of(type(loss))}
            if len(axes) > 1 and axes != compatible:
                raise ValueError(
                    f"losses of one figure must share a target: {first.name!r} is a loss of "
                    f"{first.prediction!r} and {loss.name!r} one of {loss.prediction!r}; "
                    "draw them in two figures"
                )

    @property
    def axis(self):
        """What the losses are drawn over: "residual", "score", "prediction"…"""
        axes = [axis_of(type(loss)) for loss in self.losses]
        return "prediction" if "prediction" in axes else axes[0]

    def columns(self, x):
        """Numbers of every panel, for every loss, at positions `x`.

        Parameters
        ----------
        x : array_like of shape (n,)
            Residuals, scores or predictions: what the horizontal axis shows.

        Returns
        -------
        dict
            For each panel, an array of shape (number of losses, n).
        """
        x = np.asarray(x, dtype=float)
        prediction = x + self.y_true if self.axis == "residual" else x
        target = np.full(x.shape, self.y_true)
        value, gradient, curvature = np.array(
            [curve(loss, target, prediction) for loss in self.losses]
        ).swapaxes(0, 1)
        residual = prediction - target
        with np.errstate(divide="ignore", invalid="ignore"):
            # At a residual of 0 the ratio's limit is the curvature; at a kink there is none.
            limit = np.where(curvature > 0.0, curvature, np.nan)
            weight = np.where(residual == 0.0, limit, gradient / residual)
        return {
            "value": value,
            "gradient": gradient,
            "influence": gradient,
            "curvature": curvature,
            "weight": weight,
        }

    def describe(self):
        names = join(loss.title for loss in self.losses)
        panels = join(PANELS[name].lower() for name in self.show)
        word = AXES.get(self.axis, AXES["prediction"])["word"]
        low, high = self.x_range
        readings = self.columns([self.at])
        parts = (
            f"{loss.title} " + ", ".join(f"{readings[name][i][0]:.4g}" for name in self.show)
            for i, loss in enumerate(self.losses)
        )
        return (
            f"Line chart of {panels} of {names} over the {word} from {low:g} to {high:g}. "
            f"At {word} {self.at:g}: {'; '.join(parts)}."
        )

    def scene(self):
        low, high = self.x_range
        x = low + (high - low) * np.arange(POINTS) / (POINTS - 1)
        columns = self.columns(x)
        other = f"{AXES['prediction']['name']} ({self.axis})"
        x_label = AXES[self.axis]["name"] if self.axis in AXES else other
        return Scene(
            [
                Panel(
                    title=PANELS[name],
                    x_label=x_label,
                    lines=[
                        Line(x, y, loss.title, *loss.style)
                        for loss, y in zip(self.losses, columns[name], strict=True)
                    ],
                    floor=None if name in ("gradient", "influence") else 0.0,
                )
                for name in self.show
            ]
        )

    def heights(self):
        count = len(self.show)
        return self.heights_of(
            plots("alone" if count == 1 else "beside", count, min(3, count)), self.target_height()
        )

    def target_height(self):
        """What the control of the target takes."""
        if self.axis == "residual":
            return NOTHING
        return choice(["Label y", "1", "0"], above=True) if self.axis == "score" else sliders(1)


def check_show(show, axis):
    """Names of panels as a list."""
    names = [show] if isinstance(show, str) else list(show)
    if not names:
        raise ValueError(f"show must name at least one of {list(PANELS)}")
    for name in names:
        if name not in PANELS:
            raise ValueError(f"show must name panels from {list(PANELS)}, got {name!r}")
        if axis not in ("residual", "prediction") and name in ("weight", "influence"):
            raise ValueError(f"show={name!r} needs a residual, which losses of a {axis} have not")
    return names
