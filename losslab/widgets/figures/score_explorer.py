"""ScoreExplorer: a forecast of a normal law, an outcome, and what proper and improper scores say."""

import functools
from statistics import NormalDist

import numpy as np
import traitlets

import losslab as ll
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_finite
from losslab.widgets.parts.fallback import Line, Panel, Scene
from losslab.widgets.parts.figure import Figure
from losslab.widgets.parts.heights import (
    DETAILS,
    LONG_NAME,
    choice,
    footer,
    plots,
    sliders,
    stacked,
    table,
)
from losslab.widgets.parts.shared import SHARED

KERNELS = ("gaussian_nll", "crps_gaussian", "interval_score")
# Key, title, whether it is proper, and the loss it is drawn like or a style of its own.
SCORES = [
    (one["key"], one["title"], not one.get("improper"), one.get("look") or [*one["style"].values()])
    for one in SHARED["scores"]["list"]
]
# Level, alpha, and where the central interval of the standard normal law of this level ends.
INTERVALS = [[v, round(1.0 - v, 2), NormalDist().inv_cdf(0.5 + v / 2)] for v in (0.5, 0.8, 0.95)]
# In widths of the truth: how wide a forecast may be, and how far things may lie from its centre.
WIDTHS, FAR = SHARED["scores"]["widths"], SHARED["scores"]["far"]
# Nodes of the averages over the truth, which reach this many widths to either side; steps of the
# curves over the width, and of a second look around the lowest point.
NODES, REACH, STEPS, CLOSER = (
    SHARED["scores"][name] for name in ("nodes", "reach", "steps", "closer")
)
# The interval score has kinks: it is averaged by Gauss-Legendre's rule between them.
RULE = [column.tolist() for column in np.polynomial.legendre.leggauss(32)]


class ScoreExplorer(Figure):
    """A normal forecast that the reader shapes, a truth, and six scores of it; small is good.

    The first four are proper: on average over the truth no forecast beats the truth itself. Log
    score, continuous ranked probability score, interval score of the central interval and Brier
    score of the event "y > threshold". The other two are not. The linear score, minus the density
    at the outcome, is won by bluffing, with a width too small. "Misses only", the interval score
    without the width of the interval, is won by hedging, with a width too large.

    The second panel shows the average of each over the truth as a function of the forecast's width,
    from that of the truth itself (0) and in units of what three times the true width would lose or
    win; rings mark the lowest points.

    Parameters
    ----------
    truth : (float, float)
        Mean and standard deviation of the law that the outcomes have.
    forecast : (float, float)
        Mean and standard deviation of the forecast at first; the mean at most 3 true deviations
        away, the deviation 0.1 to 3 true ones.
    outcome : float
        Where the outcome is at first, at most 4 true deviations away.
    threshold : float, optional
        The Brier score's event is an outcome above it; one true deviation above the true mean if
        not given, at most 2 away.
    level : {0.5, 0.8, 0.95}
        Probability that the forecast gives to its interval.
    alt : str, optional
        Description for readers who do not see the figure; the default tells what the scores say.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    forecast, outcome, threshold, level
        Where the reader has set them.

    Raises
    ------
    ValueError, TypeError
        A number that is not finite or lies too far from the truth, a level that is not offered.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.ScoreExplorer(truth=(0.0, 1.0), forecast=(0.0, 1.6))
    >>> figure.readings()["best_width"].round(2)
    array([1. , 1. , 1. , 1. , 0.1, 3. ])
    """

    kinds = ("rowwise",)
    truth = traitlets.List().tag(sync=True)
    forecast = traitlets.List().tag(sync=True)
    outcome = traitlets.Float().tag(sync=True)
    threshold = traitlets.Float().tag(sync=True)
    level = traitlets.Float().tag(sync=True)
    intervals = traitlets.List(INTERVALS).tag(sync=True)
    rule = traitlets.List(RULE).tag(sync=True)
    settable = ("forecast", "outcome", "threshold", "level")

    def __init__(
        self,
        truth=(0.0, 1.0),
        forecast=(0.0, 1.6),
        outcome=0.8,
        threshold=None,
        level=0.8,
        alt=None,
        presets=None,
    ):
        arguments = (truth, forecast, outcome, threshold, level)
        super().__init__("score-explorer", KERNELS, alt, arguments, presets)

    def set_up(self, truth, forecast, outcome, threshold, level):
        self.truth = check_law("truth", truth)
        mean, scale = self.truth
        self.forecast = check_law("forecast", forecast)
        self.outcome = as_finite("outcome", outcome)
        self.threshold = mean + scale if threshold is None else as_finite("threshold", threshold)
        self.level = as_finite("level", level)

    def check_losses(self, losses):
        if tuple(loss.name for loss in losses) != KERNELS:
            raise ValueError(f"losses of a ScoreExplorer are always {KERNELS}")

    @traitlets.validate("forecast", "outcome", "threshold")
    def _check_place(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        mean, scale = self.truth
        place = value
        if name == "forecast":
            place, width = value = check_law(name, value)
            low, high = (scale * end for end in WIDTHS)
            if not low <= width <= high:
                raise ValueError(
                    f"forecast must have a width in [{low:g}, {high:g}], got {width:g}"
                )
        low, high = mean - FAR[name] * scale, mean + FAR[name] * scale
        if not low <= place <= high:
            raise ValueError(f"{name} must lie in [{low:g}, {high:g}], got {place:g}")
        return value

    @traitlets.validate("level")
    def _check_level(self, proposal):
        levels = [level for level, _, _ in INTERVALS]
        if proposal["value"] not in levels:
            raise ValueError(f"level must be one of {levels}, got {proposal['value']:g}")
        return proposal["value"]

    # Numbers -------------------------------------------------------------------------------

    def _averages(self, y, weights, event, interval, mean, widths):
        """The scores of forecasts of one mean and several widths, on average over outcomes.

        `event` is the probability of the event under the law of these outcomes, `interval` the
        function that averages the interval scores of pairs of ends.
        """
        widths = np.asarray(widths, dtype=float)
        _, _, reach = self._interval()
        targets, each = np.tile(y, widths.size), np.repeat(widths, len(y))
        rows = np.column_stack((np.full(each.size, mean), np.log(each)))

        def average(values):
            return values.reshape(widths.size, len(y)) @ weights

        nll = self._density_loss(targets, rows)
        intervals = interval(np.column_stack((mean - reach * widths, mean + reach * widths)))
        p, brier = self._exceeds(mean, widths), ll.get("brier")
        no, yes = (brier.value(np.full(p.size, label), p, reduction="none") for label in (0.0, 1.0))
        return np.array(
            [
                average(nll),
                average(self.losses[1].value(targets, rows, reduction="none")),
                intervals,
                event * yes + (1.0 - event) * no,
                average(-np.exp(-nll)),
                intervals - 2.0 * reach * widths,
            ]
        )

    def _interval(self):
        return next(entry for entry in INTERVALS if entry[0] == self.level)

    def _interval_scores(self, y, ends):
        loss = ll.get("interval_score", alpha=self._interval()[1])
        return loss.value(y, ends, reduction="none")

    def _expected_intervals(self, ends):
        """Averages over the truth: the score is smooth between the ends and beyond each."""
        centre, scale = self.truth
        low, high = centre - REACH * scale, centre + REACH * scale
        cuts = np.insert(np.clip(ends, low, high), [0, 2], [low, high], axis=1)
        size = np.diff(cuts)[:, :, None]
        nodes, weights = map(np.array, RULE)
        y = (cuts[:, :-1, None] + size * (0.5 * (nodes + 1.0))).ravel()
        weights = (size * (0.5 * weights)).ravel() * self._density(y, centre, scale)
        scores = self._interval_scores(y, np.repeat(ends, 3 * nodes.size, axis=0))
        return (weights * scores).reshape(len(ends), -1).sum(axis=1)

    def _exceeds(self, mean, widths):
        """Probability of the event under forecasts: the slope of the CRPS is 1 - 2 F."""
        rows = np.column_stack((np.full(len(widths), mean), np.log(widths)))
        y = np.full(len(widths), self.threshold)
        return 0.5 * (1.0 + self.losses[1].gradient(y, rows, reduction="none")[:, 0])

    def _density_loss(self, y, rows):
        return self.losses[0].value(y, rows, reduction="none")

    def _density(self, y, mean, scale):
        return np.exp(-self._density_loss(y, np.tile([mean, np.log(scale)], (y.size, 1))))

    def expected(self, mean, widths):
        """The scores on average over the truth, for forecasts of one mean and several widths.

        Parameters
        ----------
        mean : float
            Mean of the forecasts.
        widths : array_like of shape (m,)
            Their standard deviations.

        Returns
        -------
        ndarray of shape (6, m)
        """
        centre, scale = self.truth
        y = centre + scale * REACH * (2.0 * np.arange(NODES) / (NODES - 1) - 1.0)
        density = self._density(y, centre, scale)
        event = self._exceeds(centre, [scale])[0]
        weights = density / density.sum()
        return self._averages(y, weights, event, self._expected_intervals, mean, widths)

    def readings(self):
        """What the figure tells of its six scores, in turn.

        Returns
        -------
        dict of ndarray of shape (6,)
            ``"outcome"``: the score of the forecast at this outcome; ``"expected"``: on average
            over the truth; ``"truth"``: the average if the truth itself were forecast;
            ``"best_width"``: the width, from 0.1 to 3 times the true one, of lowest average.
        """
        mean, width = self.forecast
        centre, scale = self.truth
        happened = float(self.outcome > self.threshold)
        y = np.array([self.outcome])
        one = functools.partial(self._interval_scores, y)
        here = self._averages(y, np.ones(1), happened, one, mean, [width])
        widths = self._widths()
        at = self.expected(mean, widths).argmin(axis=1)
        step = widths[1] - widths[0]
        best = np.empty(len(SCORES))
        for k, i in enumerate(at):
            ends = max(widths[i] - step, widths[0]), min(widths[i] + step, widths[-1])
            closer = ends[0] + (ends[1] - ends[0]) * np.arange(CLOSER + 1) / CLOSER
            best[k] = closer[self.expected(mean, closer)[k].argmin()]
        return {
            "outcome": here[:, 0],
            "expected": self.expected(mean, [width])[:, 0],
            "truth": self.expected(centre, [scale])[:, 0],
            "best_width": best,
        }

    def _widths(self):
        low, high = (self.truth[1] * end for end in WIDTHS)
        return low + (high - low) * np.arange(STEPS + 1) / STEPS

    # Pictures ------------------------------------------------------------------------------

    def describe(self):
        r = self.readings()
        parts = (
            f"{title} ({'proper' if proper else 'improper'}) {r['outcome'][k]:.3g} at the outcome, "
            f"{r['expected'][k] - r['truth'][k]:+.3g} against the truth on average, lowest at "
            f"width {r['best_width'][k]:.3g}"
            for k, (_, title, proper, _) in enumerate(SCORES)
        )
        return (
            "Densities of a normal forecast of mean {:g} and width {:g} and of the truth, ".format(
                *self.forecast
            )
            + "of mean {:g} and width {:g}, ".format(*self.truth)
            + f"with an outcome at {self.outcome:g}; beside them the average scores over the "
            f"forecast's width. {'; '.join(parts)}."
        )

    def scene(self):
        centre, scale = self.truth
        mean, _ = self.forecast
        widths = self._widths()
        truth = self.expected(centre, [scale])
        unit = np.abs(self.expected(centre, [WIDTHS[1] * scale]) - truth)
        above = (self.expected(mean, widths) - truth) / np.where(unit > 1e-9, unit, 1.0)
        lines = []
        for (_, title, _, look), column in zip(SCORES, above, strict=True):
            style = ll.get(look).style if isinstance(look, str) else look
            lines.append(Line(widths, column, title, *style))
        scores = Panel(
            title="Average above the truth's",
            x_label="width of the forecast",
            lines=lines,
            y_limits=(-1.1, 1.15),
        )
        y = centre + scale * 4.5 * (np.arange(121) / 60 - 1.0)
        densities = [self._density(y, *law) for law in (self.forecast, self.truth)]
        laws = Panel(
            title="Forecast, truth dashed",
            x_label="y; the tick is the outcome",
            lines=[
                Line(y, density, name, "#777777", dash)
                for density, name, dash in zip(
                    densities, ("Forecast", "Truth"), ("solid", "dashed"), strict=True
                )
            ],
            floor=0.0,
            ticks=np.array([self.outcome]),
        )
        return Scene([scores, laws])

    def heights(self):
        levels = choice(["Interval", *(f"{level:.0%}" for level, _, _ in INTERVALS)], above=True)
        scores = stacked(table(len(SCORES)), LONG_NAME)
        return stacked(plots("scores", 2, 2), scores, levels, sliders(1), footer(), DETAILS)


def check_law(name, pair):
    """Mean and positive standard deviation as a list."""
    try:
        mean, scale = pair
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a pair (mean, deviation), got {shortened(pair)}") from None
    mean, scale = as_finite(f"{name}[0]", mean), as_finite(f"{name}[1]", scale)
    if scale <= 0.0:
        raise ValueError(f"{name} must have a deviation > 0, got {scale:g}")
    return [mean, scale]
