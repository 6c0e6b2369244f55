"""CountExplorer: counts as bars, and what three laws of counts say of them and what it costs."""

import numpy as np
import traitlets

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_finite
from losslab.datasets import load
from losslab.widgets.parts.checks import as_column, join, require_finite
from losslab.widgets.parts.fallback import Dots, Line, Panel, Scene
from losslab.widgets.parts.figure import Figure
from losslab.widgets.parts.heights import (
    DETAILS,
    EDIT,
    PAYERS,
    footer,
    plots,
    sliders,
    stacked,
    table,
)
from losslab.widgets.parts.shared import SHARED

KERNELS = ("zero_inflated_poisson", "negative_binomial_dispersion")
MODELS = SHARED["counts"]["laws"]
NEVER = SHARED["counts"]["never"]  # logit of the zeros a Poisson law does not add
IN_TAIL = 0.035  # share of the data that the last bar may gather
MOST_BARS = 40
MOST_COUNTS = 2000
DISPERSIONS = SHARED["counts"]["dispersions"]
ZERO_SHARES = SHARED["counts"]["zeroShares"]


class CountExplorer(Figure):
    """Bars of counts against a Poisson, a negative binomial and a zero-inflated Poisson law.

    The three laws share the mean that the reader drags; the dispersion alpha belongs to the
    negative binomial law (variance mean + alpha mean**2), the share of added zeros to the
    zero-inflated one. Probabilities are e**-loss of the package's kernels. The second panel shows
    what every bar adds to the mean negative log-likelihood, so the dearest bar is seen at once.
    "Best fit" goes to the maximum of all three likelihoods: each has it at the mean of the data.

    Parameters
    ----------
    data : str or array_like of shape (n,)
        Name of a bundled data set whose target is a count, or counts; at least half of them at
        most 40.
    mean, dispersion, zero_share : float, optional
        Where the reader starts; each is its best fit if not given.
    x_label : str, optional
        What is counted; the name of the data's target if not given.
    alt : str, optional
        Description for readers who do not see the figure; the default tells zeros, tail and costs.
    presets : dict of str to dict, optional
        Situations with a button each: names of up to 22 letters, and the traits that each sets.

    Attributes
    ----------
    mean, dispersion, zero_share : float
        Where the reader has set them.

    Raises
    ------
    ValueError, TypeError
        Data that are no counts or all zero, a parameter out of its range.
    FileNotFoundError
        If the figures' code has not been built.

    Examples
    --------
    >>> import losslab as ll
    >>> figure = ll.widgets.CountExplorer([0, 0, 0, 0, 1, 2, 5, 9])
    >>> figure.readings()["nll"].round(2)
    array([2.81, 1.87, 2.02])
    """

    kinds = ("rowwise",)
    counts = traitlets.List().tag(sync=True)  # the different counts of the data, ascending
    rows = traitlets.List().tag(sync=True)  # how many rows have each of them
    last = traitlets.Int().tag(sync=True)  # the last count with a bar of its own
    best = traitlets.List().tag(sync=True)
    mean = traitlets.Float().tag(sync=True)
    dispersion = traitlets.Float().tag(sync=True)
    zero_share = traitlets.Float().tag(sync=True)
    x_label = traitlets.Unicode().tag(sync=True)
    settable = ("mean", "dispersion", "zero_share")

    def __init__(
        self,
        data="randhie",
        mean=None,
        dispersion=None,
        zero_share=None,
        x_label=None,
        alt=None,
        presets=None,
    ):
        if isinstance(data, str):
            bundled = load(data)
            data, x_label = bundled.y, x_label or bundled.target_name
        counts, rows = check_counts(data)
        arguments = (counts, rows, mean, dispersion, zero_share, x_label or "count")
        super().__init__("count-explorer", KERNELS, alt, arguments, presets)

    def set_up(self, counts, rows, mean, dispersion, zero_share, x_label):
        if not isinstance(x_label, str):
            raise TypeError(f"x_label must be a string, got {shortened(x_label)}")
        self.counts, self.rows, self.x_label = counts.tolist(), rows.tolist(), x_label
        self.last = last_bar(counts, rows)
        self.best = best_fit(self.losses, counts, rows)
        given = (mean, dispersion, zero_share)
        self.mean, self.dispersion, self.zero_share = (
            best if value is None else as_finite(name, value)
            for name, value, best in zip(
                ("mean", "dispersion", "zero_share"), given, self.best, strict=True
            )
        )

    def check_losses(self, losses):
        if tuple(loss.name for loss in losses) != KERNELS:
            raise ValueError(f"losses of a CountExplorer are always {KERNELS}")

    @traitlets.validate("mean", "dispersion", "zero_share")
    def _check_parameter(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        # The best fit is legal wherever it lies.
        ranges = {
            "mean": (0.0, max(self.last, self.best[0])),
            "dispersion": DISPERSIONS,
            "zero_share": ZERO_SHARES,
        }
        low, high = ranges[name]
        if not (low <= value <= high and (name != "mean" or value > 0.0)):
            legal = f"{'in' if name != 'mean' else 'positive and in'} [{low:g}, {high:g}]"
            raise ValueError(f"{name} must be {legal}, got {value:g}")
        return value

    def readings(self):
        """What the figure tells of Poisson, negative binomial and zero-inflated Poisson, in turn.

        Returns
        -------
        dict
            ``"data"``: share of every bar, the last one of all greater counts; ``"pmf"`` and
            ``"cost"``: arrays of shape (3, number of bars), the laws' probabilities and what each
            bar adds to the mean loss; ``"nll"``: the three mean losses.
        """
        counts, rows = np.array(self.counts), np.array(self.rows)
        bars = np.arange(self.last + 1)
        bar = np.minimum(counts, self.last + 1)
        shares = np.bincount(bar, rows / rows.sum(), minlength=self.last + 2)
        pmf, cost = [], []
        for k in range(3):
            inside = np.exp(-self._nll(k, bars))
            pmf.append(np.append(inside, max(0.0, 1.0 - inside.sum())))
            paid = rows / rows.sum() * self._nll(k, counts)
            cost.append(np.bincount(bar, paid, minlength=self.last + 2))
        cost = np.array(cost)
        return {"data": shares, "pmf": np.array(pmf), "cost": cost, "nll": cost.sum(axis=1)}

    def _nll(self, k, counts):
        loss = self.losses[k == 1]
        row = parameters(k, self.mean, self.dispersion if k == 1 else self.zero_share)
        return loss.value(counts, np.tile(row, (len(counts), 1)), reduction="none")

    def describe(self):
        r = self.readings()
        names = [str(i) for i in range(self.last + 1)] + [f"{self.last + 1} or more"]
        parts = (
            f"{model} gives {r['pmf'][k][0]:.1%} zeros and {r['pmf'][k][-1]:.1%} {names[-1]} at a "
            f"mean loss of {r['nll'][k]:.3f}, most of it from {names[r['cost'][k].argmax()]}"
            for k, model in enumerate(MODELS)
        )
        return (
            f"Bars of {sum(self.rows)} counts ({self.x_label}) with the probabilities of "
            f"{join(MODELS)} of mean {self.mean:.3g}, and what each bar adds to their mean "
            f"losses. The data have {r['data'][0]:.1%} zeros and {r['data'][-1]:.1%} {names[-1]}. "
            f"{'; '.join(parts)}."
        )

    def scene(self):
        r = self.readings()
        x = np.arange(self.last + 2.0)
        poisson = self.loss("poisson", {})
        styles = [loss.style for loss in (poisson, self.losses[1], self.losses[0])]
        panels = []
        for title, columns in (("Share", r["pmf"]), ("Adds to the mean loss", r["cost"])):
            lines = [
                Line(x, column, model, *style, joined=True)
                for model, column, style in zip(MODELS, columns, styles, strict=True)
            ]
            top = max(columns.max(), r["data"].max() if columns is r["pmf"] else 0.0)
            panels.append(
                Panel(
                    title=title,
                    x_label=f"{self.x_label} ({self.last + 1}: or more)",
                    lines=lines,
                    x_limits=(-0.6, self.last + 1.6),
                    y_limits=(min(0.0, columns.min()), 1.06 * top),
                    bars=Dots(x, r["data"]) if columns is r["pmf"] else None,
                )
            )
        return Scene(panels)

    def heights(self):
        laws = table(len(MODELS), foot=True)
        return stacked(plots("counts", 2, 2), PAYERS, EDIT, laws, sliders(2), footer(), DETAILS)


def parameters(k, mean, own):
    """The row of model k's kernel: its law has this mean; `own` is dispersion or zero share."""
    if k == 1:
        return [np.log(mean), np.log(own)]
    if k == 0 or own == 0.0:
        return [NEVER, np.log(mean)]
    return [np.log(own / (1.0 - own)), np.log(mean / (1.0 - own))]


def best_fit(losses, counts, rows):
    """Mean, dispersion and zero share of highest likelihood, inside the figure's ranges.

    At the maximum each of the three laws has the mean of the data, so one search is left for each
    of the other two.
    """
    mean = float(np.average(counts, weights=rows))

    def lowest(k, low, high):
        loss = losses[k == 1]
        for _ in range(8):
            grid = low + (high - low) * np.arange(17) / 16
            f = [parameters(k, mean, np.exp(v) if k == 1 else v) for v in grid]
            y, f = np.tile(counts, 17), np.repeat(f, len(counts), axis=0)
            values = loss.value(y, f, reduction="none")
            i = (values.reshape(17, -1) @ rows).argmin()
            low, high = grid[max(0, i - 1)], grid[min(16, i + 1)]
        return float(grid[i])

    return [mean, float(np.exp(lowest(1, *np.log(DISPERSIONS)))), lowest(2, *ZERO_SHARES)]


def last_bar(counts, rows):
    """The first count above which at most a small share of the data lies."""
    above = 1.0 - np.cumsum(rows) / rows.sum()
    return int(min(max(2, counts[np.argmax(above <= IN_TAIL)]), MOST_BARS))


def check_counts(data):
    """The different counts of the data and how often each occurs."""
    column = as_column("data", data)
    require_finite("data", column)
    if column.size < 2:
        raise ValueError(f"data must hold at least 2 counts, got {column.size}")
    bad = np.flatnonzero((column < 0.0) | (column != np.floor(column)))
    if bad.size:
        raise ValueError(
            f"data must be counts: whole numbers >= 0, got {column[bad[0]]:g} at position {bad[0]}"
        )
    if not column.any():
        raise ValueError("data must hold a count above 0, got only zeros")
    if np.median(column) > MOST_BARS:
        raise ValueError(
            f"data must be small counts, with a median of at most {MOST_BARS}, "
            f"got {np.median(column):g}"
        )
    counts, rows = np.unique(column, return_counts=True)
    if counts.size > MOST_COUNTS:
        raise ValueError(f"data must hold at most {MOST_COUNTS} different counts")
    return counts.astype(np.int64), rows
