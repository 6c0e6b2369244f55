"""PitExplorer: a normal forecast as a distribution function, a score as an area, and where outcomes fell."""

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_finite
from losslab.losses.kinds.curves import row_curve
from losslab.widgets.figures.score_explorer import check_law
from losslab.widgets.parts.checks import as_column, require_finite
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.figure import Figure
from losslab.widgets.parts.heights import DETAILS, EDIT, footer, plots, stacked, table
from losslab.widgets.parts.shared import SHARED

KERNELS = ("crps_gaussian",)
BINS, WIDTHS, REACH = (SHARED["pit"][name] for name in ("bins", "widths", "reach"))
LOW, HIGH = SHARED["pit"]["central"]
MOST, LEAST = 500, 20


class PitExplorer(Figure):
    """A normal forecast that the reader shapes, the CRPS of one outcome as an area, and a PIT histogram.

    The first panel has the distribution function F of the forecast, and the square of its distance to
    the step of an outcome y, (F(x) - 1{y <= x})**2: the area under it is the continuous ranked
    probability score. The second has the histogram of u = F(y) over all observations, the
    probability integral transform. It is flat, up to chance, where they are drawn from the forecast;
    horns say that the forecast is too narrow, a hump that it is too wide, a slope that it lies too
    far to one side. F is the slope of the score in the forecast's mean: both come from its kernel.

    Parameters
    ----------
    observations : array_like of shape (n,)
        20 to 500 numbers, judged by one forecast.
    forecast : (float, float), optional
        Its mean and standard deviation at first; those of the observations if not given. The mean
        at most 3 of their deviations from theirs, the deviation 0.1 to 4 of theirs.
    outcome : float, optional
        Where the one outcome is, at most 4 deviations away; one above the mean if not given.
    x_label : str, optional
        What is observed, with its unit.
    alt : str, optional
        Description for readers who do not see the figure; the default tells score and histogram.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    forecast, outcome
        Where the reader has set them.

    Raises
    ------
    ValueError, TypeError
        Observations that are too few or many, not finite or all alike, a forecast out of its range.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.PitExplorer(range(-20, 21), forecast=(0.0, 6.0))
    >>> figure.readings()["bars"].round(2)
    array([0.32, 0.05, 0.05, 0.05, 0.02, 0.05, 0.05, 0.05, 0.05, 0.32])
    """

    kinds = ("rowwise",)
    observations = traitlets.List().tag(sync=True)
    centre = traitlets.List().tag(sync=True)  # their mean and standard deviation
    forecast = traitlets.List().tag(sync=True)
    outcome = traitlets.Float().tag(sync=True)
    x_label = traitlets.Unicode().tag(sync=True)
    settable = ("forecast", "outcome")

    def __init__(
        self, observations, forecast=None, outcome=None, x_label="y", alt=None, presets=None
    ):
        arguments = (observations, forecast, outcome, x_label)
        super().__init__("pit-explorer", KERNELS, alt, arguments, presets)

    def set_up(self, observations, forecast, outcome, x_label):
        if not isinstance(x_label, str):
            raise TypeError(f"x_label must be a string, got {shortened(x_label)}")
        column = as_column("observations", observations)
        require_finite("observations", column)
        if not LEAST <= column.size <= MOST:
            raise ValueError(f"observations must be {LEAST} to {MOST}, got {column.size}")
        if np.ptp(column) == 0.0:
            raise ValueError(f"observations must differ, got {column[0]:g} only")
        # Digits that nobody sees would only make the page heavy.
        digits = 3 - int(np.floor(np.log10(np.std(column))))
        self.observations = [round(float(v), digits) for v in column]
        mean, scale = np.mean(self.observations), np.std(self.observations)
        self.centre = [float(f"{mean:.6g}"), float(f"{scale:.4g}")]
        self.x_label = x_label
        self.forecast = self.centre if forecast is None else check_law("forecast", forecast)
        self.outcome = sum(self.centre) if outcome is None else as_finite("outcome", outcome)

    def check_losses(self, losses):
        if tuple(loss.name for loss in losses) != KERNELS:
            raise ValueError(f"losses of a PitExplorer are always {KERNELS}")

    @traitlets.validate("forecast")
    def _check_forecast(self, proposal):
        (place, width), scale = check_law("forecast", proposal["value"]), self.centre[1]
        low, high = (scale * end for end in WIDTHS)
        if not low <= width <= high:
            raise ValueError(f"forecast must have a width in [{low:g}, {high:g}], got {width:g}")
        self._require_near("forecast", place)
        return [place, width]

    @traitlets.validate("outcome")
    def _check_outcome(self, proposal):
        self._require_near("outcome", proposal["value"])
        return proposal["value"]

    def _require_near(self, name, place):
        mean, scale = self.centre
        low, high = mean - REACH[name] * scale, mean + REACH[name] * scale
        if not low <= place <= high:
            raise ValueError(f"{name} must lie in [{low:g}, {high:g}], got {place:g}")

    # Numbers -------------------------------------------------------------------------------

    def _scored(self, y):
        """The score of the forecast at each y, and the forecast's probability of at most y."""
        mean, width = self.forecast
        rows = np.tile([mean, np.log(width)], (len(y), 1))
        value, gradient = row_curve(self.losses[0], np.asarray(y, dtype=float), rows)
        return value, 0.5 * (1.0 - gradient[:, 0])

    def readings(self):
        """What the figure tells of its forecast.

        Returns
        -------
        dict
            ``"crps"``: score of the outcome; ``"mean_crps"``: of the observations, on average;
            ``"level"``: mean of u; ``"coverage"``: share of u between 0.1 and 0.9; ``"bars"``:
            share of u in each of ten bins, an array.
        """
        value, u = self._scored([self.outcome, *self.observations])
        bins = np.minimum(np.floor(u[1:] * BINS), BINS - 1).astype(int)
        return {
            "crps": float(value[0]),
            "mean_crps": value[1:].mean(),
            "level": u[1:].mean(),
            "coverage": np.mean((u[1:] >= LOW) & (u[1:] <= HIGH)),
            "bars": np.bincount(bins, minlength=BINS) / bins.size,
        }

    # Pictures ------------------------------------------------------------------------------

    def describe(self):
        r = self.readings()
        mean, width = self.forecast
        return (
            f"Distribution function of a normal forecast of mean {mean:.3g} and width {width:.3g}, "
            f"with an outcome at {self.outcome:.3g}; the area of its score is {r['crps']:.3g}. Beside "
            f"it a histogram of where {len(self.observations)} observations fell in the forecast: "
            f"tenths of {', '.join(f'{bar:.0%}' for bar in r['bars'])}. The central 80% has "
            f"{r['coverage']:.0%} of them; their mean score is {r['mean_crps']:.3g}."
        )

    def scene(self):
        mean, scale = self.centre
        x = mean + 4.5 * scale * (np.arange(61) / 30 - 1.0)
        x = np.sort(np.append(x, [self.outcome - 1e-9 * scale, self.outcome]))
        F = self._scored(x)[1]
        step = (x >= self.outcome).astype(float)
        style = self.losses[0].style
        lines = [
            Line(x, F, "F", "currentColor", "solid"),
            Line(x, step, "step of the outcome", "#808080", "dashed"),
            Line(x, (F - step) ** 2, "squared distance", *style),
        ]
        for line in lines:
            line.joined = True
        bars = self.readings()["bars"] * BINS
        tenths = np.arange(BINS) + 0.5
        return Scene(
            [
                Panel(
                    title="Forecast and outcome",
                    x_label=self.x_label,
                    lines=lines,
                    y_limits=(-0.03, 1.03),
                ),
                Panel(
                    title="Where the observations fell",
                    x_label="tenth of the forecast",
                    lines=[Line(np.array([0.0, BINS]), np.ones(2), "flat", "#808080", "dashed")],
                    x_limits=(0.0, BINS),
                    y_limits=(0.0, max(2.0, 1.1 * bars.max())),
                    bars=Dots(tenths, bars),
                ),
            ]
        )

    def heights(self):
        return stacked(plots("pit", 2, 2), EDIT, table(4, touch=6), footer(), DETAILS)
