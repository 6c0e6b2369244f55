"""Drawings that several chapters share."""

import matplotlib.pyplot as plt
import numpy as np

from losslab.contract.messages import shortened
from losslab.plots.style import INK, _loss, look, readable

_WHICH = ("value", "gradient", "curvature")


def curves(
    losses, x_range=(-4.0, 4.0), y_range=None, which="value", y_true=0.0, ax=None, labels=True
):
    """Draw losses as functions of the prediction, each in its own colour and dash.

    Parameters
    ----------
    losses : sequence of Loss or str
    x_range : (float, float), default (-4, 4)
        Range of the residual r = prediction - target; for losses of a logit or a margin score,
        range of the prediction itself.
    y_range : (float, float), optional
        Range of the vertical axis; all that is drawn if not given.
    which : {"value", "gradient", "curvature"}
    y_true : float, default 0
        The target.
    ax : matplotlib Axes, optional
        Where to draw; the current axes if not given.
    labels : bool or sequence of str, default True
        Names written beside the curves: the titles, your own, or nothing (False).

    Returns
    -------
    list of matplotlib Line2D

    Examples
    --------
    >>> import losslab as ll
    >>> [line.get_linestyle() for line in ll.plots.curves(["squared_error", "absolute_error"])]
    ['-', '--']
    """
    if which not in _WHICH:
        raise ValueError(f"which must be one of {_WHICH}, got {shortened(which)}")
    low, high = (float(v) for v in x_range)
    if not low < high:
        raise ValueError(f"x_range must be (low, high) with low < high, got {shortened(x_range)}")
    losses = [_loss(loss) for loss in losses]
    names = _names(losses, labels)
    ax = plt.gca() if ax is None else ax
    x = np.linspace(low, high, 801)
    lines = []
    for loss, name in zip(losses, names, strict=True):
        shift = y_true if loss.prediction == "value" else 0.0
        f = x + shift
        y = np.full_like(f, y_true)
        values = getattr(loss, which)(y, f, reduction="none")
        if which == "gradient":
            # A jump is drawn as a gap, not as a steep line that is not there.
            values = np.where(np.abs(np.gradient(values)) > 0.25 * np.ptp(values), np.nan, values)
        lines += ax.plot(x, values, label=name, **look(loss))
    linear = all(loss.prediction == "value" for loss in losses)
    unit = "probability" if losses[0].prediction == "probability" else "logit"
    ax.set_xlabel("residual r (units of y)" if linear else f"prediction ({unit})")
    ax.set_ylabel({"value": "loss", "gradient": "gradient", "curvature": "curvature"}[which])
    ax.set_xlim(low, high)
    if y_range is not None:
        ax.set_ylim(*y_range)
    if labels is not False:
        label_lines(ax, lines)
    return lines


def fit_lines(x, y, losses, ax=None, labels=True, start=None):
    """Scatter of the data with the line each loss fits.

    Parameters
    ----------
    x, y : array_like of the same length
    losses : sequence of Loss or str
    ax : matplotlib Axes, optional
    labels : bool or sequence of str, default True
        Names written beside the lines: the titles, your own, or nothing (False).
    start : (float, float), optional
        Intercept and slope the fits start from.

    Returns
    -------
    list of LineFit
        In the order of `losses`; see `losslab.training.fit_line`.

    Examples
    --------
    >>> import losslab as ll
    >>> fit, = ll.plots.fit_lines([0.0, 1.0, 2.0], [1.0, 2.0, 3.0], ["squared_error"])
    >>> round(fit.slope, 6)
    1.0
    """
    from losslab.training import fit_line

    losses = [_loss(loss) for loss in losses]
    names = _names(losses, labels)
    x, y = np.asarray(x, float), np.asarray(y, float)
    ax = plt.gca() if ax is None else ax
    ax.plot(x, y, "o", color=INK, alpha=0.55, markersize=4, markeredgewidth=0)
    pad = 0.04 * np.ptp(x)
    ends = np.array([x.min() - pad, x.max() + pad])
    ax.set_xlim(*ends)
    fits, lines = [], []
    for loss, name in zip(losses, names, strict=True):
        fit = fit_line(x, y, loss, start=start)
        fits.append(fit)
        lines += ax.plot(ends, fit.intercept + fit.slope * ends, label=name, **look(loss))
    if labels is not False:
        label_lines(ax, lines)
    return fits


def label_lines(ax, lines=None, gap=0.075):
    """Write the label of each line at its right end, in its colour, without overlaps.

    Call it when the limits of the axes are final. A short piece of the line, with its dash, leads
    to the text, so the figure can be read without colours.

    Parameters
    ----------
    ax : matplotlib Axes
    lines : list of Line2D, optional
        All labelled lines of the axes if not given.
    gap : float, default 0.075
        Least distance between two labels, as a fraction of the height of the axes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import losslab as ll
    >>> fig, ax = plt.subplots()
    >>> _ = ax.plot([0.0, 1.0], [0.0, 1.0], label="one")
    >>> ll.plots.label_lines(ax)
    >>> ax.texts[0].get_text()
    'one'
    """
    if lines is None:
        lines = [line for line in ax.lines if not line.get_label().startswith("_")]
    ax.autoscale_view()
    to_axes = ax.transData + ax.transAxes.inverted()
    ends = []
    for line in lines:
        points = to_axes.transform(np.column_stack(line.get_data()).astype(float))
        points = points[np.isfinite(points).all(axis=1)]
        inside = points[points[:, 0] <= 1.001]
        y = inside[-1, 1]
        below = inside[inside[:, 1] <= 1.0]
        # A curve that leaves through the top comes the higher the earlier it leaves.
        early = 1.0 - below[-1, 0] if y > 1.0 and len(below) else 0.0
        ends.append((min(max(y, 0.0), 1.0) + early, min(max(y, 0.0), 1.0)))
    order = np.argsort([e[0] for e in ends], kind="stable")
    heights = _spread([ends[i][0] for i in order], gap)
    for i, height in zip(order, heights, strict=True):
        line, y = lines[i], ends[i][1]
        ax.plot(
            [1.01, 1.03, 1.085],
            [y, height, height],
            transform=ax.transAxes,
            clip_on=False,
            scalex=False,
            scaley=False,
            color=line.get_color(),
            linestyle=line.get_linestyle(),
            linewidth=1.6,
            label="_",
        )
        ax.text(
            1.1,
            height,
            line.get_label(),
            transform=ax.transAxes,
            color=readable(line.get_color()),
            va="center",
            fontsize=9,
        )


def _spread(wanted, gap):
    """Ascending heights near the wanted ones, at least `gap` apart, inside [0, 1] if possible."""
    heights = []
    for h in wanted:
        heights.append(min(h, 1.0) if not heights else max(min(h, 1.0), heights[-1] + gap))
    top = 1.0
    for k in reversed(range(len(heights))):
        heights[k] = min(heights[k], top)
        top = heights[k] - gap
    return heights


def _names(losses, labels):
    """The texts beside the lines: titles, with parameters where two titles are the same."""
    if labels is not True and labels is not False:
        names = list(labels)
        if len(names) != len(losses):
            raise ValueError(f"labels must name {len(losses)} losses, got {len(names)} names")
        return names
    titles = [loss.title for loss in losses]
    return [
        loss.title
        if titles.count(loss.title) == 1
        else f"{loss.title} ({', '.join(f'{k} = {v:g}' for k, v in loss.parameters.items())})"
        for loss in losses
    ]
