"""Fit a linear classifier under any loss of a margin, by a quasi-Newton method, natively and in the page."""

from dataclasses import dataclass

import numpy as np

from losslab.engine import native
from losslab.engine.curves import kernels_of
from losslab.engine.vmath import sqrt
from losslab.losses import inputs
from losslab.losses.contract import Pointwise
from losslab.losses.domains import TARGETS
from losslab.losses.inputs import as_float_array, as_weights

LAYOUT = "PPPnnPdnPP"
MOST_HALVINGS = 30


def workspace(features):
    """How many numbers `fit_plane_loop` needs to work with."""
    m = features + 1
    return 7 * m + m * m


def fit_plane_loop(x, y, w, n, d, a, ridge, steps, out, work):
    """Minimise the mean loss of b + x @ v plus ridge / 2 * |v|^2, starting from b = 0, v = 0.

    Leaves b, the d numbers v, the mean loss without the ridge, the gradient norm and the number of
    evaluations in `out`.

    BFGS with the line search of Lewis and Overton (2013), which asks for a lower value and a flatter
    slope and so also finds its way along the kinks of a hinge. The loss is evaluated at one place
    only, so that the module in the page stays small.
    """
    p = load_parameters(a)
    m = d + 1
    # In `work`: centre and spread of the features, then the point b, its gradient g, a direction
    # s, the candidate c, its gradient h, and the approximate inverse Hessian.
    b = 2 * m
    g = 3 * m
    s = 4 * m
    c = 5 * m
    h = 6 * m
    inverse = 7 * m
    total = 0.0
    for i in range(n):
        total += w[i]
    for j in range(d):
        centre = 0.0
        for i in range(n):
            centre += w[i] * x[i * d + j]
        centre = centre / total
        spread = 0.0
        for i in range(n):
            spread += w[i] * (x[i * d + j] - centre) * (x[i * d + j] - centre)
        spread = sqrt(spread / total)
        work[j] = centre
        work[m + j] = 1.0 if spread == 0.0 else spread
    for j in range(m):
        work[b + j] = work[s + j] = work[c + j] = 0.0

    value = loss = slope = flat = low = 0.0
    high = np.inf
    step = 1.0
    halvings = 0
    fresh = True  # whether the inverse Hessian is still the identity
    used = 0
    for k in range(steps):
        used += 1
        mean = 0.0
        for j in range(m):
            work[h + j] = 0.0
        for i in range(n):
            f = work[c + d]
            for j in range(d):
                f += work[c + j] * ((x[i * d + j] - work[j]) / work[m + j])
            mean += w[i] * loss_value(y[i], f, p)
            pull = w[i] * loss_derivative(y[i], f, p)
            for j in range(d):
                work[h + j] += pull * ((x[i * d + j] - work[j]) / work[m + j])
            work[h + d] += pull
        mean = mean / total
        v = mean
        along = 0.0
        for j in range(m):
            work[h + j] = work[h + j] / total
            if j < d:
                lean = work[c + j] / work[m + j]
                v += 0.5 * ridge * lean * lean
                work[h + j] += ridge * lean / work[m + j]
            along += work[h + j] * work[s + j]

        accept = k == 0
        if k > 0:
            if not (v < value + 1e-4 * step * slope):
                high = step
            elif along < 0.5 * slope:
                low = step
            else:
                accept = True
        if accept:
            # How the gradient changed along the step tells of the curvature.
            bend = size = 0.0
            for j in range(m):
                change = work[h + j] - work[g + j]
                bend += change * step * work[s + j]
                size += change * change
            if k > 0 and bend > 0.0:
                if fresh:
                    for j in range(m):
                        work[inverse + j * m + j] = bend / size
                # H <- (1 - r s y') H (1 - r y s') + r s s', with q = H y in place of the candidate.
                curve = 0.0
                for j in range(m):
                    q = 0.0
                    for l in range(m):
                        q += work[inverse + j * m + l] * (work[h + l] - work[g + l])
                    work[c + j] = q
                    curve += q * (work[h + j] - work[g + j])
                for j in range(m):
                    for l in range(m):
                        sj = step * work[s + j]
                        sl = step * work[s + l]
                        work[inverse + j * m + l] += (1.0 + curve / bend) * sj * sl / bend
                        work[inverse + j * m + l] -= (work[c + j] * sl + sj * work[c + l]) / bend
                fresh = False
            for j in range(m):
                work[b + j] += step * work[s + j] if k > 0 else 0.0
                work[g + j] = work[h + j]
            value, loss = v, mean
        elif high < np.inf:
            halvings += 1
        restart = k == 0 or halvings == MOST_HALVINGS
        if halvings == MOST_HALVINGS and fresh:
            break  # no way down from here that rounding leaves visible
        if restart:
            for j in range(m * m):
                work[inverse + j] = 0.0
            for j in range(m):
                work[inverse + j * m + j] = 1.0
            fresh = True
        if accept or restart:
            norm = slope = 0.0
            for j in range(m):
                q = 0.0
                for l in range(m):
                    q -= work[inverse + j * m + l] * work[g + l]
                work[s + j] = q
                slope += q * work[g + j]
                norm += work[g + j] * work[g + j]
            flat = 1e-20 * norm if k == 0 else flat
            if norm <= flat or not slope < 0.0:
                break
            low, high, halvings = 0.0, np.inf, 0
            step = 1.0
        elif high < np.inf:
            step = 0.5 * (low + high)
        else:
            step = 2.0 * low
        for j in range(m):
            work[c + j] = work[b + j] + step * work[s + j]

    norm = 0.0
    out[0] = work[b + d]
    for j in range(d):
        lean = work[b + j] / work[m + j]
        out[1 + j] = lean
        out[0] -= lean * work[j]
    for j in range(m):
        norm += work[g + j] * work[g + j]
    out[m] = loss
    out[m + 1] = sqrt(norm)
    out[m + 2] = used
    return 0


@dataclass(frozen=True, eq=False)
class PlaneFit:
    """A linear classifier: label 1 where ``intercept + X @ coefficients > 0``.

    Attributes
    ----------
    intercept : float
    coefficients : ndarray of shape (d,)
        In units of the score per unit of each feature.
    value : float
        Weighted mean loss, without the ridge.
    gradient_norm : float
        Length of the gradient, with the ridge, in standardised features; near 0 for a smooth loss
        that has arrived, and of no meaning at a kink.
    evaluations : int
        How often the loss of all points was computed.
    """

    intercept: float
    coefficients: np.ndarray
    value: float
    gradient_norm: float
    evaluations: int

    def scores(self, X):
        """What the loss is given for each row of `X`; its sign is the decision."""
        return self.intercept + np.asarray(X, dtype=float) @ self.coefficients


def fit_classifier(X, y, loss, sample_weight=None, ridge=0.01, steps=400):
    """Linear classifier that minimises a mean loss plus ``ridge / 2 * sum(coefficients**2)``.

    The descent starts from zero; for a loss that is not convex it ends in a valley near there.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Features, finite.
    y : array_like of shape (n,)
        Labels, 0 or 1.
    loss : losslab.losses.Pointwise
        A loss of a label and a score or logit.
    sample_weight : array_like of shape (n,), optional
        Finite and >= 0, not all zero.
    ridge : float
        Keeps the coefficients finite where a line separates the classes; > 0.
    steps : int
        The loss of all points is computed at most so often; at least 1.

    Returns
    -------
    PlaneFit

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.

    Examples
    --------
    >>> import losslab as ll
    >>> fit = ll.training.fit_classifier([[-1.0], [0.0], [2.0]], [0, 0, 1], ll.get("hinge"))
    >>> fit.coefficients.round(6), round(fit.intercept, 6)
    (array([1.]), -1.0)
    """
    if not isinstance(loss, Pointwise) or loss.prediction not in ("score", "logit"):
        raise TypeError(
            f"loss must be a pointwise loss of a score or logit such as ll.get('hinge'), got {loss!r}"
        )
    X = _finite("X", X, 2)
    y = _finite("y", y, 1)
    if X.shape[0] != y.size:
        raise ValueError(f"X and y must have the same length, got {X.shape[0]} and {y.size}")
    inputs.first_illegal("y", y, TARGETS["{0,1}"])
    w = np.ones(y.size) if sample_weight is None else as_weights(sample_weight, y.shape)[0]
    ridge = float(_finite("ridge", ridge, 0))
    if ridge <= 0.0:
        raise ValueError(f"ridge must be greater than 0, got {ridge:g}")
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
        raise ValueError(f"steps must be a whole number of at least 1, got {steps!r}")
    n, d = X.shape
    out, work = np.zeros(d + 4), np.zeros(workspace(d))
    compiled = type(loss)._compiled
    if "fit_plane" not in compiled:
        compiled["fit_plane"] = native.build(
            fit_plane_loop, kernels_of(type(loss)), len(loss.parameter_specs), layout=LAYOUT
        )
    compiled["fit_plane"](X, y, w, n, d, loss._packed, ridge, int(steps), out, work)
    coefficients = out[1 : d + 1].copy()
    coefficients.flags.writeable = False
    value, gradient_norm, evaluations = out[d + 1 :].tolist()
    return PlaneFit(float(out[0]), coefficients, value, gradient_norm, int(evaluations))


def _finite(name, values, ndim):
    array = np.ascontiguousarray(as_float_array(name, values), dtype=np.float64)
    array = array.reshape(np.shape(values))
    if array.ndim != ndim or array.size == 0:
        shape = {0: "()", 1: "(n,)", 2: "(n, d)"}[ndim]
        raise ValueError(f"{name} must have shape {shape} and not be empty, got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {array[~np.isfinite(array)][0].item()!r}")
    return array
