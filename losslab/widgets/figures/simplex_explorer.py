"""SimplexExplorer: forecasts for three classes, and the loss that is expected under the truth."""

import itertools

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.losses.kinds.curves import row_curve
from losslab.losses.kinds.loss import Loss
from losslab.widgets.manifest import is_simplex_loss
from losslab.widgets.parts.checks import as_column, require_finite
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.figure import Figure
from losslab.widgets.parts.heights import (
    CLOSE,
    DETAILS,
    MENU,
    SLIDER,
    TITLE,
    VERDICT,
    Heights,
    beside,
    footer,
    stacked,
    table,
)
from losslab.widgets.parts.shared import SHARED

# The search for the best forecast is that of frontend/src/figures/simplex-explorer.js.
CLASSES, STEPS, RIM, LEAST, CLOSER = (
    SHARED["simplex"][name] for name in ("classes", "steps", "rim", "least", "closer")
)
HIGH = 3.0**0.5 / 2.0  # of a triangle with sides of 1
RAYS, ALONG, LEVELS = 24, 40, 5  # of the picture


class SimplexExplorer(Figure):
    """The expected loss of every forecast for three classes, as a surface over a triangle.

    A place in the triangle is a row of three probabilities p, the softmax of the logits that the
    loss takes. The reader drags the truth and one forecast, chooses the loss and moves its first
    parameter. The figure marks the best forecast, where the expected loss is smallest, and arrows
    show minus the gradient with respect to the logits. Under a proper loss the best forecast is
    the truth.

    Parameters
    ----------
    loss : str or losslab.losses.Loss
        A loss of a class and a row of logits, without a vector parameter.
    truth : sequence of three floats
        Probabilities of the classes A, B and C.
    forecast : sequence of three floats
        The reader's forecast at first, each probability above 0.
    alt : str, optional
        Description for readers who do not see the figure; the default tells the best forecast.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    losses : list of losslab.losses.Loss
        The one loss that the reader has set up; assign to change the figure.
    truth, forecast : list of float
        Where the two are now.

    Raises
    ------
    ValueError, TypeError
        An unsuitable loss, or numbers that are not probabilities.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.SimplexExplorer("softmax_cross_entropy", truth=(0.5, 0.3, 0.2))
    >>> figure.readings()["best"].round(3)
    array([0.5, 0.3, 0.2])
    """

    truth = traitlets.List().tag(sync=True)
    forecast = traitlets.List().tag(sync=True)
    kinds = ("rowwise",)
    settable = ("losses", "truth", "forecast")

    def __init__(
        self,
        loss="focal_multiclass",
        truth=(0.6, 0.3, 0.1),
        forecast=(0.2, 0.25, 0.55),
        alt=None,
        presets=None,
    ):
        if not isinstance(loss, str | Loss):
            raise TypeError(
                f"loss must be a name or a loss such as ll.get('label_smoothing'), got {shortened(loss)}"
            )
        super().__init__("simplex-explorer", loss, alt, (truth, forecast), presets)

    def set_up(self, truth, forecast):
        self.truth = check_probabilities("truth", truth)
        self.forecast = check_probabilities("forecast", forecast)

    def check_losses(self, losses):
        if len(losses) > 1:
            raise ValueError(f"losses must hold one loss, got {len(losses)}")
        if not is_simplex_loss(type(losses[0])):
            raise ValueError(
                f"loss must judge a row of logits against a class, through their softmax and "
                f"without a vector parameter, but {losses[0].name!r} does not"
            )

    @traitlets.validate("truth", "forecast")
    def _check_probabilities(self, proposal):
        return check_probabilities(proposal["trait"].name, proposal["value"])

    def expected(self, forecasts):
        """Expected loss and gradient of forecasts under the truth.

        Parameters
        ----------
        forecasts : array_like of shape (n, 3)
            Rows of probabilities.

        Returns
        -------
        tuple of ndarray of shape (n,) and ndarray of shape (n, 3)
            Values, and derivatives with respect to the logits.
        """
        z = np.log(np.maximum(forecasts, LEAST))
        z = z - z.mean(axis=1, keepdims=True)
        values, gradients = np.zeros(len(z)), np.zeros(z.shape)
        for k, weight in enumerate(self.truth):
            if weight > 0.0:
                value, gradient = row_curve(self.losses[0], np.full(len(z), float(k)), z)
                values += weight * value
                gradients += weight * gradient
        return values, gradients

    def best(self):
        """The forecast with the smallest expected loss, as the figure finds it.

        Returns
        -------
        ndarray of shape (3,)
        """
        points = lattice(STEPS)
        values = self.expected(points)[0]
        best, lowest, step = points[values.argmin()], values.min(), 0.5 / STEPS
        a, c = (part.ravel() for part in np.mgrid[-3:4, -3:4])
        steps = np.column_stack((a, -a - c, c))
        for _ in range(CLOSER):
            near = inside(best + step * steps)
            values = self.expected(near)[0]
            if values.min() < lowest:
                best, lowest = near[values.argmin()], values.min()
            step *= 0.4
        return best

    def readings(self):
        """What the figure tells.

        Returns
        -------
        dict
            ``"best"``: the best forecast; ``"expected"``: expected losses of the truth, the
            reader's forecast and the best one; ``"gradient"``: at the reader's forecast, with
            respect to the logits; ``"distance"``: half the sum of the absolute differences of
            the best forecast and the truth.
        """
        best = self.best()
        values, gradients = self.expected(np.array([self.truth, self.forecast, best]))
        return {
            "best": best,
            "expected": values,
            "gradient": gradients[1],
            "distance": float(np.abs(best - self.truth).sum() / 2.0),
        }

    def describe(self):
        readings = self.readings()
        values, away = readings["expected"], readings["distance"]
        verdict = f"it misplaces {away:.1%} of the probability" if away > 5e-4 else "the same"
        if np.ptp(self.expected(lattice(STEPS))[0]) < 1e-9:
            verdict = "only one of many, for every forecast costs the same"
        return (
            f"Triangle of forecasts for three classes with the expected {self.losses[0].title}. "
            f"The truth is {spoken(self.truth)}, the best forecast {spoken(readings['best'])}: "
            f"{verdict}. "
            f"Expected loss of the forecast {spoken(self.forecast)}: {values[1]:.3g}, of the best "
            f"one {values[2]:.3g}."
        )

    def scene(self):
        loss, best = self.losses[0], self.best()
        rings = [Line(*ring.T, loss.title, loss.style[0], "solid") for ring in self._rings(best)]
        outline = Line(*place(around(RAYS)).T, "", "currentColor", "solid")
        dots = place(np.array([self.truth, best]))
        apart = 0.025 if dots[0, 1] >= dots[1, 1] else -0.025
        names = [
            (0.46, HIGH + 0.05, "A"),
            (-0.08, 0.0, "B"),
            (1.0, 0.0, "C"),
            (dots[0, 0], dots[0, 1] + apart, "truth"),
            (dots[1, 0], dots[1, 1] - apart, "best forecast"),
        ]
        panel = Panel(
            title=f"Expected loss: {loss.title}",
            x_label="",
            lines=[*rings, outline],
            x_limits=(-0.1, 1.1),
            y_limits=(-0.05, HIGH + 0.08),
            dots=Dots(*dots.T, hollow=np.array([False, True])),
            names=names,
            bare=True,
        )
        return Scene([panel], legend=False)

    def _rings(self, best):
        """Lines of equal expected loss: where rays from the best forecast first reach a level."""
        grid = self.expected(lattice(STEPS))[0]
        low, high = grid.min(), np.quantile(grid, 0.92)
        centre = np.maximum(best, RIM)
        centre = centre / centre.sum()
        ways = RIM + (1.0 - 3.0 * RIM) * around(RAYS) - centre
        shares = np.linspace(0.0, 1.0, ALONG)
        rays = centre + shares[:, None, None] * ways
        values = self.expected(rays.reshape(-1, 3))[0].reshape(ALONG, -1)
        for k in range(LEVELS):
            level = low + (high - low) * ((k + 0.6) / (LEVELS - 0.4)) ** 2
            ring = np.full((len(ways), 2), np.nan)
            for r, column in enumerate(values.T):
                i = int(np.argmax(column > level))
                if i > 0:
                    part = (level - column[i - 1]) / (column[i] - column[i - 1])
                    ring[r] = place(centre + (shares[i - 1] + part * shares[1]) * ways[r])
            yield ring

    def heights(self):
        triangle, key = SHARED["plots"]["triangle"], 28
        map_ = Heights(
            *(
                TITLE + round(HIGH * triangle[width]) + triangle["around"] + key
                for width in ("wide", "narrow")
            )
        )
        slider = Heights(*(CLOSE + height for height in SLIDER.values()))
        marks = stacked(MENU, slider, table(4, touch=6), VERDICT)
        return stacked(beside(map_, marks), footer("hint"), DETAILS)


def place(p):
    """Where probabilities are in the triangle: A on top, B left, C right."""
    p = np.asarray(p)
    return np.stack((p[..., 2] + p[..., 0] / 2.0, p[..., 0] * HIGH), axis=-1)


def around(n):
    """Probabilities along the three sides, n steps each, back to the first."""
    step = np.arange(n)[:, None] / n
    ends = np.eye(3)[[0, 1, 2, 0]]
    sides = [(1.0 - step) * a + step * b for a, b in itertools.pairwise(ends)]
    return np.concatenate([*sides, ends[:1]])


def lattice(n):
    """Forecasts on a triangular grid, just inside the triangle."""
    steps = np.array([(a, n - a - c, c) for a in range(n + 1) for c in range(n - a + 1)])
    return RIM + (1.0 - 3.0 * RIM) * steps / n


def inside(p):
    """The nearest rows of probabilities that are all at least `LEAST`."""
    ordered = np.sort(p - LEAST, axis=1)[:, ::-1]
    surplus = (np.cumsum(ordered, axis=1) - (1.0 - 3.0 * LEAST)) / np.arange(1.0, 4.0)
    count = (ordered > surplus).sum(axis=1)
    return LEAST + np.maximum(p - LEAST - surplus[np.arange(len(p)), count - 1][:, None], 0.0)


def spoken(p):
    return ", ".join(f"{name} {v:.3f}" for name, v in zip(CLASSES, p, strict=True))


def check_probabilities(name, value):
    """Three probabilities as a list of floats; those of a forecast are above 0."""
    p = as_column(name, value)
    require_finite(name, p)
    positive = name == "forecast"
    low = p.min(initial=1.0)
    if p.size != 3 or low < 0.0 or (positive and low == 0.0) or abs(p.sum() - 1.0) > 1e-6:
        legal = "three probabilities that sum to 1" + (", each above 0" if positive else "")
        raise ValueError(f"{name} must be {legal}, got {p.tolist()}")
    return p.tolist()
