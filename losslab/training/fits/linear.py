"""Fit a plane (several predictors) under any pointwise loss, with SciPy's optimisers."""

from dataclasses import dataclass

import numpy as np

from losslab.contract.inputs import as_finite_array
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count
from losslab.contract.weights import relative_weights
from losslab.losses.kinds.pointwise import Pointwise

# A fit has arrived when its gradients cancel to this share of their total length.
TOLERANCE = 1e-7
# And if a further Newton step moves no prediction by more than this share of the largest one.
STILL = 1e-4


@dataclass(frozen=True)
class LinearFit:
    """A fitted plane: ``intercept + X @ coefficients``.

    Attributes
    ----------
    intercept : float
        In units of y.
    coefficients : ndarray of shape (p,)
        In units of y per unit of each column; read-only.
    value : float
        Weighted mean loss of the plane.
    gradient_norm : float
        Length of the mean gradient in standardised columns (for piecewise linear losses: of the
        shortest subgradient that the linear program certifies).
    iterations : int
        Steps of the optimiser.
    converged : bool
        Whether the gradient is down to rounding and, where the loss has a curvature, a further
        Newton step would not move the predictions. On separable classes the logistic loss has no
        minimum: coefficients grow until the gradient falls below the tolerance and stop only for
        that, but the next step would be as long as the last, so that this is False. (A loss that
        flattens out very slowly may escape this test.) For a loss that is not convex it says that
        the fit is a stationary point, not that it is the best one.
    method : str
        ``"linear program"``, ``"trust region"`` or ``"L-BFGS"``.
    """

    intercept: float
    coefficients: np.ndarray
    value: float
    gradient_norm: float
    iterations: int
    converged: bool
    method: str

    def predict(self, X):
        """Heights of the plane at the rows of `X`."""
        return self.intercept + np.asarray(X, dtype=float) @ self.coefficients


def fit_linear(X, y, loss, sample_weight=None, start=None, max_iterations=1000):
    """Plane through points that minimises a mean loss.

    Losses that are linear on either side of the target (absolute, quantile) become a linear
    program; the others go to a trust-region Newton method, or to L-BFGS if they have no
    curvature. Columns are standardised inside, so their units do not matter.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Predictors, finite; no column may be a combination of the others and a constant. With
        p = 0, ``X = np.empty((n, 0))``, the fit is a constant.
    y : array_like of shape (n,)
        Targets, finite and legal for the loss.
    loss : losslab.losses.Pointwise
        Any pointwise loss.
    sample_weight : array_like of shape (n,), optional
        Finite and >= 0, not all zero.
    start : LinearFit or array_like of shape (p + 1,), optional
        Where to start: a fit, or intercept and coefficients. Least squares if not given. For a
        loss that is not convex the answer may depend on it.
    max_iterations : int
        At least 1.

    Returns
    -------
    LinearFit
        Look at `converged`.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.

    Examples
    --------
    >>> import losslab as ll
    >>> X = [[0, 0], [1, 0], [0, 1], [1, 1], [2, 1], [0, 2], [2, 0]]
    >>> fit = ll.training.fit_linear(X, [1, 3, 0, 20, 4, -1, 5], ll.get("absolute_error"))
    >>> round(fit.intercept, 6), fit.coefficients.round(6).tolist()
    (1.0, [2.0, -1.0])
    """
    if not isinstance(loss, Pointwise):
        raise TypeError(
            f"loss must be a pointwise loss such as ll.get('huber'), got {shortened(loss)}"
        )
    X = as_finite_array("X", X, 2)
    y = as_finite_array("y", y, 1)
    if X.shape[0] != y.size:
        raise ValueError(f"X and y must have the same length, got {X.shape[0]} and {y.size}")
    w = relative_weights(sample_weight, y.shape)
    max_iterations = as_count("max_iterations", max_iterations)

    centre = np.average(X, axis=0, weights=w)
    spread = np.sqrt(np.average((X - centre) ** 2, axis=0, weights=w))
    spread[spread == 0.0] = 1.0
    U = np.column_stack([np.ones(y.size), (X - centre) / spread])
    root = np.sqrt(w)
    if np.linalg.matrix_rank(root[:, None] * U) < U.shape[1]:
        raise ValueError(
            f"X must have independent columns (none constant) and at least {U.shape[1]} rows "
            "of positive weight: the fit would not be unique"
        )
    theta = _start(start, X, root, U, y, centre, spread)

    slopes = _slopes(loss, y)
    if slopes is not None:
        theta, norm, scale, iterations = _linear_program(U, y, w, *slopes, max_iterations)
        method = "linear program"
    else:
        theta, norm, scale, iterations, method = _descend(U, y, w, loss, theta, max_iterations)
        if loss.claims.get("differentiable"):
            # Points that are fitted exactly pull with rounding errors, which need not cancel.
            nudge = 1e-4 * np.std(y)
            nudged = loss.gradient(y, y + nudge, sample_weight=w)[:, None] * U
            scale = max(scale, _size(nudged))
    arrived = norm <= TOLERANCE * scale
    if arrived and slopes is None and type(loss).no_curvature is None:
        moved = np.abs(U @ _newton_step(U, y, w, loss, theta)).max()
        arrived = moved <= STILL * max(np.abs(U @ theta).max(), np.abs(y).max())
    coefficients = theta[1:] / spread
    coefficients.flags.writeable = False
    return LinearFit(
        intercept=float(theta[0] - coefficients @ centre),
        coefficients=coefficients,
        value=float(loss.value(y, U @ theta, sample_weight=w)),
        gradient_norm=float(norm),
        iterations=int(iterations),
        converged=bool(arrived),
        method=method,
    )


def _start(start, X, root, U, y, centre, spread):
    """Standardised intercept and coefficients to start from."""
    if start is None:
        return np.linalg.lstsq(root[:, None] * U, root * y, rcond=None)[0]
    if isinstance(start, LinearFit):
        start = (start.intercept, *start.coefficients)
    if np.shape(start) != (X.shape[1] + 1,) or not np.all(np.isfinite(start)):
        raise ValueError(
            f"start must be a LinearFit or {X.shape[1] + 1} finite numbers (intercept, then "
            f"coefficients), got {shortened(start)}"
        )
    start = np.asarray(start, dtype=float)
    return np.concatenate([[start[0] + start[1:] @ centre], start[1:] * spread])


def _slopes(loss, y):
    """Slopes right and left of each target if the loss is linear on both sides, else None."""
    if loss.claims.get("differentiable") is not False or not loss.claims.get("convex"):
        return None
    size = np.abs(y).max() or 1.0
    near, far = 1e-3 * size, 10.0 * size
    right, left = (
        [loss.gradient(y, y + sign * step, reduction="none") for step in (near, far)]
        for sign in (1.0, -1.0)
    )
    if np.array_equal(*right) and np.array_equal(*left):
        return right[0], -left[0]
    return None


def _linear_program(U, y, w, right, left, max_iterations):
    """min sum w (right * over + left * under) with U theta - over + under = y."""
    from scipy.optimize import linprog
    from scipy.sparse import eye, hstack

    n, p = U.shape
    total = w.sum()
    found = linprog(
        np.concatenate([np.zeros(p), w * right / total, w * left / total]),
        A_eq=hstack([U, -eye(n), eye(n)], format="csc"),
        b_eq=y,
        bounds=[(None, None)] * p + [(0.0, None)] * (2 * n),
        method="highs",
        options={"maxiter": 100 * max_iterations},
    )
    if found.x is None:
        raise RuntimeError(f"the linear program has no solution: {found.message}")
    # The duals are the gradient each point settles for; at the optimum they cancel.
    pull = found.eqlin.marginals[:, None] * U
    return found.x[:p], _length(pull.sum(axis=0)), _size(pull), found.nit


def _descend(U, y, w, loss, theta, max_iterations):
    """Trust-region Newton where there is curvature, L-BFGS where there is none."""
    from scipy.optimize import minimize

    def value_and_slope(t):
        value, g = loss.value_and_gradient(y, U @ t, sample_weight=w)
        return value, U.T @ g

    def check(t):
        pull = loss.gradient(y, U @ t, sample_weight=w)[:, None] * U
        return _length(pull.sum(axis=0)), _size(pull)

    # Residuals of the start set the length of the first step: no jump out of its valley.
    radius = max(np.average(np.abs(y - U @ theta), weights=w), 1e-12)
    iterations, method = 0, "L-BFGS"
    norm, scale = check(theta)
    if type(loss).no_curvature is None and norm > 0.0:
        method = "trust region"
        found = minimize(
            value_and_slope,
            theta,
            jac=True,
            hess=lambda t: _hessian(U, y, w, loss, t),
            method="trust-exact",
            options={
                "gtol": 1e-11 * scale,
                "maxiter": max_iterations,
                "initial_trust_radius": 0.5 * radius,
                "max_trust_radius": 1e3 * radius,
            },
        )
        theta, iterations = found.x, found.nit
        norm, scale = check(theta)
        # Near the bottom rounding hides any progress of the value; the gradient still shows it.
        for _ in range(5):
            step = _newton_step(U, y, w, loss, theta)
            closer = check(theta - step)
            if not closer[0] < 0.5 * norm:
                break
            theta, (norm, scale) = theta - step, closer
    if norm > TOLERANCE * scale and iterations < max_iterations:
        found = minimize(
            value_and_slope,
            theta,
            jac=True,
            method="L-BFGS-B",
            options={"ftol": 0.0, "gtol": 1e-9 * scale, "maxiter": max_iterations - iterations},
        )
        if found.fun <= value_and_slope(theta)[0]:
            method = "L-BFGS" if iterations == 0 else method
            theta, iterations = found.x, iterations + found.nit
            norm, scale = check(theta)
    return theta, norm, scale, iterations, method


def _hessian(U, y, w, loss, theta):
    h = loss.curvature(y, U @ theta, reduction="none") * (w / w.sum())
    return U.T @ (np.nan_to_num(h)[:, None] * U)


def _newton_step(U, y, w, loss, theta):
    """What Newton's method would take off theta."""
    slope = U.T @ loss.gradient(y, U @ theta, sample_weight=w)
    return np.linalg.lstsq(_hessian(U, y, w, loss, theta), slope, rcond=None)[0]


def _length(vector):
    return np.sqrt(np.sum(vector**2))


def _size(pull):
    """Total length of the pulls of all points: what the sum is small against."""
    return np.sqrt((pull**2).sum(axis=1)).sum()
