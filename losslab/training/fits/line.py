"""Fit a straight line under any pointwise loss, straight downhill, natively and in the page."""

from dataclasses import dataclass

import numpy as np

from losslab.arithmetic.vmath import expm1, sqrt
from losslab.contract.inputs import as_finite_array
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count
from losslab.contract.weights import relative_weights
from losslab.engine.loop import Loop
from losslab.losses.kinds.pointwise import Pointwise

# A step of the flow counts if its gradient is foretold to this share.
FAITH = 0.1
# Shorter than this share of the mean residual no step leaves a valley.
SHORT = 1e-3


def way_along(curvature, time):
    """How far the flow has come after `time` where the slope is 1 at its start."""
    z = curvature * time
    return time if z == 0.0 else -time * expm1(-z) / z


def fit_line_loop(x, y, w, n, a, steps, out):
    """Go down from the line out[4] + out[5] x; leaves intercept, slope, mean loss, gradient norm.

    The way is that of the gradient flow, of a ball that rolls without swing, so it ends at the
    bottom of the valley it starts in. Each step solves the flow exactly for the slope and the
    curvature at its start, and counts only if the slope at its end is what they foretold; near the
    bottom it is Newton's. Where the loss has kinks this gets stuck on a ridge. Then the loss is
    averaged over predictions up to `blur` around, which rounds the kinks, so that the line slides
    along them; and as it comes to rest the blur shrinks.

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
    b0 = b1 = value = g0 = g1 = a00 = a01 = a11 = d0 = d1 = gain = 0.0
    time = pull = length = blur = 0.0
    fresh = True
    last = False
    for k in range(8 * steps + 2):
        v = h0 = h1 = q00 = q01 = q11 = size = far = 0.0
        sides = 1 if blur == 0.0 else 2
        for j in range(sides * n):
            i = j // sides
            side = -1.0 if j % sides == 1 else 1.0
            u = (x[i] - centre) / spread
            f = c0 + c1 * u
            far += w[i] * abs(y[i] - f)
            f += side * blur
            term = loss_value(y[i], f, p)
            h = loss_derivative(y[i], f, p)
            q = loss_curvature(y[i], f, p)
            size += w[i] * abs(h) * (1.0 + abs(u))
            if blur > 0.0:
                q = side * h / (2.0 * blur)
                h = side * term / (2.0 * blur)
            v += w[i] * term
            h0 += w[i] * h
            h1 += w[i] * h * u
            q = w[i] * q if abs(q) < 1e300 else 0.0
            q00 += q
            q01 += q * u
            q11 += q * u * u
        v, far = v / (sides * total), far / (sides * total)
        h0, h1, q00, q01, q11 = h0 / total, h1 / total, q00 / total, q01 / total, q11 / total

        step = abs(d0) + abs(d1)
        better = fresh
        if not fresh:
            off0 = h0 - g0 - a00 * d0 - a01 * d1
            off1 = h1 - g1 - a01 * d0 - a11 * d1
            foretold = off0 * off0 + off1 * off1 <= FAITH * FAITH * (g0 * g0 + g1 * g1)
            # Where the slope jumps nothing is foretold: over the jump goes a short step downhill.
            over = (step <= SHORT * length) & (h0 * d0 + h1 * d1 < 0.0)
            # (The slope of a blurred loss is exact, its value is not.)
            lower = (v <= value - 0.1 * gain) | (gain <= 1e-13 * abs(value)) | (blur > 0.0)
            better = (foretold | over) & lower
        if better:
            b0, b1, value, g0, g1 = c0, c1, v, h0, h1
            a00, a01, a11, length, pull = q00, q01, q11, far, size / (sides * total)
        norm = sqrt(g0 * g0 + g1 * g1)
        if last | (norm <= 1e-10 * pull) & (blur == 0.0):
            break
        fine = blur if blur > 0.0 else SHORT * length
        stuck = (not better) & (step <= 1e-3 * fine)
        still = stuck | (norm <= 1e-7 * pull) & (blur > 0.0)
        if (blur == 0.0) & stuck & (norm <= 1e-7 * pull):
            break  # as near as rounding allows
        if still | (k == 3 * steps) & (blur == 0.0) | (k == 8 * steps):
            blur = 0.1 * blur if blur > 0.0 else SHORT * length
            last = (blur <= 1e-9 * length) | (k >= 8 * steps)
            blur = 0.0 if last else blur
            fresh = True
            c0, c1 = b0, b1
        else:
            if fresh:
                time = fine / norm
                fresh = False
            else:
                time = 2.0 * time if better else 0.25 * time
            # Not so long that the flow could run away from itself.
            middle = 0.5 * (a00 + a11)
            half = 0.5 * (a00 - a11)
            apart = sqrt(half * half + a01 * a01)
            if (middle - apart) * time < -1.0:
                time = 1.0 / (apart - middle)
            # With curvature H as it is here the flow goes by -(1 - exp(-time H)) / H g.
            slow = way_along(middle - apart, time)
            fast = way_along(middle + apart, time)
            both = 0.5 * (slow + fast)
            lean = 0.5 * (fast - slow) / apart if apart > 0.0 else 0.0
            d0 = -both * g0 - lean * (half * g0 + a01 * g1)
            d1 = -both * g1 - lean * (a01 * g0 - half * g1)
            gain = -(g0 * d0 + g1 * d1)
            c0 = b0 + d0
            c1 = b1 + d1
    out[0] = b0 - b1 * centre / spread
    out[1] = b1 / spread
    out[2] = value
    out[3] = sqrt(g0 * g0 + g1 * g1)
    return 0


FIT_LINE = Loop(fit_line_loop, "x y w n:int a steps:int > out")


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
    """Line through points that minimises a mean loss: the bottom of the valley of the start.

    It follows the gradient flow in standardised x with steps that never leave the valley.

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
        is not convex the answer may depend on it: `repeated_median` is a start that outliers in
        x or y hardly move.
    steps : int
        At least 1; the mean loss is computed at most eight times as often, and twice more.

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
    x = as_finite_array("x", x, 1)
    y = as_finite_array("y", y, 1)
    if x.shape != y.shape:
        raise ValueError(f"x and y must have the same length, got {x.size} and {y.size}")
    w = relative_weights(sample_weight, x.shape)
    steps = as_count("steps", steps)
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
    out = loss.run(FIT_LINE, x=x, y=y, w=w, n=x.size, steps=steps, out=out)["out"]
    return LineFit(*(float(v) for v in out[:4]))


def repeated_median(x, y):
    """Line through points by the repeated median of Siegel (1982), whatever up to half of them do.

    For each point the median of the slopes to all others; of these medians the median. The
    intercept is the median of what is left.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        Points, finite, with at least two different x.

    Returns
    -------
    tuple of two floats
        Intercept and slope, as `fit_line` takes them for its start.

    Raises
    ------
    ValueError
        If an argument is not as above; the message names it.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.training.repeated_median([0, 1, 2, 3, 100], [1, 3, 5, 7, 0])
    (1.0, 2.0)
    """
    x = as_finite_array("x", x, 1)
    y = as_finite_array("y", y, 1)
    if x.shape != y.shape:
        raise ValueError(f"x and y must have the same length, got {x.size} and {y.size}")
    if np.ptp(x) == 0.0:
        raise ValueError(f"x must hold two different values for a slope, got only {x[0]:g}")
    slopes = [np.median((y - y[i])[x != x[i]] / (x - x[i])[x != x[i]]) for i in range(x.size)]
    slope = np.median(slopes)
    return float(np.median(y - slope * x)), float(slope)
