"""DivergenceExplorer: a truth of several humps, one normal forecast, and both Kullback-Leibler divergences."""

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_finite
from losslab.losses.kinds.curves import row_curve
from losslab.widgets.figures.score_explorer import check_law
from losslab.widgets.parts.checks import join
from losslab.widgets.parts.fallback import Line, Panel, Scene
from losslab.widgets.parts.figure import Figure
from losslab.widgets.parts.heights import DETAILS, EDIT, footer, plots, stacked, table
from losslab.widgets.parts.shared import SHARED

KERNELS = ("kl_divergence", "reverse_kl")
WAYS = SHARED["divergences"]["ways"]
CELLS, REACH, MEANS, WIDTHS = (
    SHARED["divergences"][name] for name in ("cells", "reach", "means", "widths")
)
FIRST_STEP, LAST_STEP = SHARED["divergences"]["steps"]
PLACES = 48  # of the curves over the mean in the picture
MOST = 4


class DivergenceExplorer(Figure):
    """One normal q for a truth p of several humps, and the divergences in both directions.

    The first panel has both densities; centre and width of q are dragged. The second has forward,
    KL(p||q), and reverse, KL(q||p), over the mean of q at its present width: the valleys that a
    descent can end in. "Downhill" takes q from where it is to the bottom of its valley, by trying
    steps in mean and width. Forward covers all humps and has one valley; reverse shuns places where
    p has nothing and has a valley on each hump that lies apart, and where it ends depends on the
    start. Both are computed by their kernels on a grid of 401 cells from -20 to 20.

    Parameters
    ----------
    truth : list of (float, float, float), optional
        Weight, mean and standard deviation of 1 to 4 normal humps; weights positive, means at most
        6 from zero, deviations 0.3 to 5.
    forecast : (float, float), optional
        Mean and standard deviation of q at first, in the same ranges.
    alt : str, optional
        Description for readers who do not see the figure; the default tells the divergences.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    forecast
        Where the reader has set it.

    Raises
    ------
    ValueError, TypeError
        A number that is not finite or out of its range.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.DivergenceExplorer(forecast=(1.0, 1.0))
    >>> figure.downhill("reverse")
    [3.0, 0.7]
    """

    kinds = ("rowwise",)
    truth = traitlets.List().tag(sync=True)
    forecast = traitlets.List().tag(sync=True)
    settable = ("forecast",)

    def __init__(
        self,
        truth=((0.5, -3.0, 0.7), (0.5, 3.0, 0.7)),
        forecast=(1.0, 1.0),
        alt=None,
        presets=None,
    ):
        arguments = (truth, forecast)
        super().__init__("divergence-explorer", KERNELS, alt, arguments, presets)

    def set_up(self, truth, forecast):
        self.truth = check_humps(truth)
        self.forecast = check_law("forecast", forecast)

    def check_losses(self, losses):
        if tuple(loss.name for loss in losses) != KERNELS:
            raise ValueError(f"losses of a DivergenceExplorer are always {KERNELS}")

    @traitlets.validate("forecast")
    def _check_forecast(self, proposal):
        return check_within("forecast", check_law("forecast", proposal["value"]))

    # Numbers -------------------------------------------------------------------------------

    @property
    def _cells(self):
        return REACH * (2.0 * np.arange(CELLS) / (CELLS - 1) - 1.0)

    def probabilities(self):
        """What the truth gives to the cells of the grid.

        Returns
        -------
        ndarray of shape (401,)
        """
        x = self._cells
        p = sum(w / s * np.exp(-0.5 * ((x - m) / s) ** 2) for w, m, s in self.truth)
        return p / p.sum()

    def divergences(self, means, widths):
        """Both divergences for several forecasts.

        Parameters
        ----------
        means, widths : array_like of shape (n,)
            Means and standard deviations of q.

        Returns
        -------
        ndarray of shape (2, n)
            Forward, reverse.
        """
        means, widths = (np.atleast_1d(np.asarray(v, dtype=float)) for v in (means, widths))
        logits = -0.5 * ((self._cells - means[:, None]) / widths[:, None]) ** 2
        targets = np.tile(self.probabilities(), (means.size, 1))
        return np.array([row_curve(loss, targets, logits)[0] for loss in self.losses])

    def readings(self):
        """The divergences of the forecast as it is, in nats, by their names.

        Returns
        -------
        dict of str to float
        """
        found = self.divergences(*self.forecast)[:, 0]
        return dict(zip(WAYS, found.tolist(), strict=True))

    def downhill(self, way):
        """Where a descent of one divergence ends that starts at the forecast as it is.

        Parameters
        ----------
        way : {"forward", "reverse"}
            Which of them.

        Returns
        -------
        list of float
            Mean and standard deviation.
        """
        if way not in WAYS:
            raise ValueError(f"way must be one of {WAYS}, got {way!r}")
        k, (mean, width), step = WAYS.index(way), self.forecast, FIRST_STEP
        best = self.divergences(mean, width)[k, 0]
        while step > LAST_STEP:
            tried = [
                (min(max(mean + a * step, MEANS[0]), MEANS[1]), width_near(width, b * step))
                for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1))
            ]
            found = self.divergences(*np.transpose(tried))[k]
            i = int(found.argmin())
            if found[i] < best:
                (mean, width), best = tried[i], found[i]
            else:
                step /= 2.0
        return [round(mean, 3) + 0.0, round(width, 3)]

    # Pictures ------------------------------------------------------------------------------

    def describe(self):
        r = self.readings()
        humps = join(f"{m:g} of width {s:g}" for _, m, s in self.truth)
        return (
            f"Density of a truth with humps at {humps}, and a normal forecast of mean "
            f"{self.forecast[0]:.3g} and width {self.forecast[1]:.3g}: the forward divergence is "
            f"{r['forward']:.3g} nats, the reverse one {r['reverse']:.3g}. Beside them both "
            "divergences over the mean of the forecast."
        )

    def scene(self):
        mean, width = self.forecast
        x = self._cells
        seen = np.flatnonzero(np.abs(x) <= 8.0)[::3]
        per = x[1] - x[0]
        q = np.exp(-0.5 * ((x - mean) / width) ** 2)
        densities = [self.probabilities() / per, q / q.sum() / per]
        styles = [("#808080", "dashed"), ("currentColor", "solid")]
        means = MEANS[0] + (MEANS[1] - MEANS[0]) * np.arange(PLACES + 1) / PLACES
        both = self.divergences(means, np.full(means.size, width))
        curves = [
            Line(means, column, way.capitalize(), *loss.style)
            for column, way, loss in zip(both, WAYS, self.losses, strict=True)
        ]
        laws = [
            Line(x[seen], d[seen], name, *style)
            for d, name, style in zip(densities, ("Truth p", "Forecast q"), styles, strict=True)
        ]
        return Scene(
            [
                Panel(
                    title="Divergence (nats)",
                    x_label="mean of the forecast",
                    lines=[
                        *curves,
                        *(Line(*np.full((2, 2), np.nan), d.label, d.colour, d.dash) for d in laws),
                    ],
                    x_limits=tuple(MEANS),
                    y_limits=(0.0, SHARED["divergences"]["top"]),
                ),
                Panel(title="Truth p and forecast q", x_label="y", lines=laws, floor=0.0),
            ]
        )

    def heights(self):
        return stacked(plots("divergences", 2, 2), EDIT, table(2, touch=6), footer(), DETAILS)


def width_near(width, step):
    """A width in its range, so far away on a scale of logarithms."""
    return min(max(width * float(np.exp(step)), WIDTHS[0]), WIDTHS[1])


def check_within(name, law):
    """Mean and width in their ranges."""
    for word, value, (low, high) in zip(("mean", "width"), law, (MEANS, WIDTHS), strict=True):
        if not low <= value <= high:
            raise ValueError(f"{name} must have a {word} in [{low:g}, {high:g}], got {value:g}")
    return law


def check_humps(truth):
    """Humps as lists of weight, mean and deviation."""
    try:
        humps = [[*hump] for hump in truth]
    except TypeError:
        raise TypeError(f"truth must be a list of humps, got {shortened(truth)}") from None
    if not 0 < len(humps) <= MOST:
        raise ValueError(f"truth must have 1 to {MOST} humps, got {len(humps)}")
    checked = []
    for i, hump in enumerate(humps):
        name = f"truth[{i}]"
        if len(hump) != 3:
            raise ValueError(f"{name} must be (weight, mean, deviation), got {shortened(hump)}")
        weight = as_finite(name, hump[0])
        if weight <= 0.0:
            raise ValueError(f"{name} must have a weight > 0, got {weight:g}")
        checked.append([weight, *check_within(name, check_law(name, hump[1:]))])
    return checked
