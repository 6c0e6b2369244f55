"""Fit a straight line under any pointwise loss, by gradient descent, natively and in the page."""

from dataclasses import dataclass

import numpy as np

from losslab.engine import native
from losslab.engine.curves import kernels_of
from losslab.engine.vmath import sqrt
from losslab.losses.contract import Pointwise
from losslab.losses.inputs import as_float_array, relative_weights
from losslab.losses.messages import shortened

LAYOUT = "PPPnPnP"


def fit_line_loop(x, y, w, n, a, steps, out):
    """Descend from the line out[4] + out[5] x; leaves intercept, slope, mean loss, gradient norm.

    Two phases. First, gradient descent whose step grows after each success and halves after each
    failure: for smooth losses it arrives. Where the loss has kinks it gets stuck on a ridge, so a
    second phase takes steps of fixed length along the downhill direction, each one per cent
    shorter than the last, and the best line met on the way is kept.

    The loss is evaluated at one place only, so that the module in the page stays small.
    """
    p = load_parameters(a)
    total = 0.0
    centre = 0.0
    for i in range(n):
        total += w[i]
        centre += w[i] * x[i]
    centre = centre / total
    spread = 0.0
    for i in range(n):
        spread += w[i] * (x[i] - centre) * (x[i] - centre)
    spread = sqrt(spread / total)
    spread = 1.0 if spread == 0.0 else spread

    # The line is b0 + b1 (x - centre) / spread: b the best so far, c the candidate.
    c1 = out[5] * spread
    c0 = out[4] + out[5] * centre
    b0 = b1 = value = g0 = g1 = flat = length = 0.0
    step = 1.0
    for k in range(9 * steps + 1):
        v = h0 = h1 = 0.0
        for i in range(n):
            u = (x[i] - centre) / spread
            f = c0 + c1 * u
            v += w[i] * loss_value(y[i], f, p)
            h = w[i] * loss_derivative(y[i], f, p)
            h0 += h
            h1 += h * u
        v, h0, h1 = v / total, h0 / total, h1 / total

        first_phase = k <= steps
        enough = 0.25 * step * (g0 * g0 + g1 * g1) if first_phase else 0.0
        better = v <= value - enough if first_phase else v < value
        if better or k == 0:
            b0, b1, value, g0, g1 = c0, c1, v, h0, h1
            step = 2.0 * step if k > 0 else step
        else:
            step = 0.5 * step
        if k == 0:
            flat = 1e-20 * (g0 * g0 + g1 * g1)
        if k == steps:
            # Half the mean residual, in units of y: how far the second phase looks around.
            for i in range(n):
                length += w[i] * abs(y[i] - b0 - b1 * (x[i] - centre) / spread)
            length = 0.5 * length / total
            c0, c1, h0, h1 = b0, b1, g0, g1
        if k < steps:
            if g0 * g0 + g1 * g1 <= flat:
                break
            c0 = b0 - step * g0
            c1 = b1 - step * g1
        else:
            norm = sqrt(h0 * h0 + h1 * h1)
            if norm * norm <= flat or length == 0.0:
                break
            c0 -= length * h0 / norm
            c1 -= length * h1 / norm
            length = 0.99 * length
    out[0] = b0 - b1 * centre / spread
    out[1] = b1 / spread
    out[2] = value
    out[3] = sqrt(g0 * g0 + g1 * g1)
    return 0


@dataclass(frozen=True)
class LineFit:
    """A fitted line: ``intercept + slope * x``.

    Attributes
    ----------
    intercept, slope : float
        In units of y, and units of y per unit of x.
    value : float
        Weighted mean loss of the line.
    gradient_norm : float
        Length of the gradient in standardised x; near 0 for a smooth loss that has arrived, and
        of no meaning at a kink.
    """

    intercept: float
    slope: float
    value: float
    gradient_norm: float

    def predict(self, x):
        """Heights of the line at `x`."""
        return self.intercept + self.slope * np.asarray(x, dtype=float)


def fit_line(x, y, loss, sample_weight=None, start=None, steps=200):
    """Line through points that minimises a mean loss, by gradient descent.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        Points, finite, at least one.
    loss : losslab.losses.Pointwise
        Any pointwise loss.
    sample_weight : array_like of shape (n,), optional
        Finite and >= 0, not all zero.
    start : tuple of two floats, optional
        Intercept and slope to start from; the least-squares line if not given. For a loss that
        is not convex the answer may depend on it.
    steps : int
        Steps of the first phase, at least 1; the second phase takes at most eight times as many.

    Returns
    -------
    LineFit

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.

    Examples
    --------
    >>> import losslab as ll
    >>> fit = ll.training.fit_line([0, 1, 2, 3], [1.0, 3.0, 5.0, 7.0], ll.get("huber"))
    >>> round(fit.intercept, 6), round(fit.slope, 6)
    (1.0, 2.0)
    """
    if not isinstance(loss, Pointwise):
        raise TypeError(
            f"loss must be a pointwise loss such as ll.get('huber'), got {shortened(loss)}"
        )
    x = _points("x", x)
    y = _points("y", y)
    if x.shape != y.shape:
        raise ValueError(f"x and y must have the same length, got {x.size} and {y.size}")
    w = relative_weights(sample_weight, x.shape)
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
        raise ValueError(f"steps must be a whole number of at least 1, got {shortened(steps)}")
    if start is None:
        centre, middle = np.average(x, weights=w), np.average(y, weights=w)
        spread = np.sum(w * (x - centre) ** 2)
        slope = np.sum(w * (x - centre) * (y - middle)) / spread if spread > 0 else 0.0
        start = (middle - slope * centre, slope)
    elif np.shape(start) != (2,) or not np.all(np.isfinite(start)):
        raise ValueError(
            f"start must be two finite numbers (intercept, slope), got {shortened(start)}"
        )
    out = np.array([0.0, 0.0, 0.0, 0.0, *map(float, start)])
    compiled = type(loss)._compiled
    if "fit_line" not in compiled:
        compiled["fit_line"] = native.build(
            fit_line_loop, kernels_of(type(loss)), len(loss.parameter_specs), layout=LAYOUT
        )
    compiled["fit_line"](x, y, w, x.size, loss._packed, int(steps), out)
    return LineFit(*(float(v) for v in out[:4]))


def _points(name, values):
    array = as_float_array(name, values).astype(np.float64, copy=False)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must be a list of at least one number, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {array[~np.isfinite(array)][0].item()!r}")
    return array
