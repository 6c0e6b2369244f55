"""Newton's method and Gauss-Newton: the curvature itself, and steps that never make things worse."""

import math

import numpy as np

from losslab.contract.scalars import as_count, as_nonnegative
from losslab.training.optimisers.whole_batch import Walk

MOST_HALVINGS = 60
# A step must gain this share of what its slope promises (Armijo).
SHARE = 1e-4
EPS = 2.0**-52


def newton(objective, start, *, steps=100, tolerance=1e-10, keep_path=False):
    """Go down by Newton's method, with steps halved until the value falls.

    Where the Hessian has negative eigenvalues their sign is turned, so that the step leads down from
    a saddle instead of to it; tiny ones are raised. At the end `least_curvature` tells a minimum
    from a saddle: a start exactly on a saddle stays there.

    Parameters
    ----------
    objective : losslab.training.Objective
        Or anything with `value_and_gradient` and `hessian` (at most 4000 weights; each step costs
        the cube of their number).
    start, steps, tolerance, keep_path
        As for `lbfgs`.

    Returns
    -------
    Minimum

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above, or the Hessian is not finite and symmetric.
    NotImplementedError
        If the loss has no second derivatives.

    Notes
    -----
    Nocedal and Wright, Numerical Optimization, chapter 3: line search Newton with modification. Near
    a minimum with curvature in all directions the number of right digits doubles at each step; on a
    quadratic one step is enough.

    Examples
    --------
    >>> import numpy as np
    >>> from losslab.training.optimisers import newton
    >>> class Bowl:
    ...     def value_and_gradient(self, theta):
    ...         return float(np.sum(np.cosh(theta))), np.sinh(theta)
    ...     def hessian(self, theta):
    ...         return np.diag(np.cosh(theta))
    >>> found = newton(Bowl(), [1.0, -2.0])
    >>> found.converged, found.steps, float(abs(found.theta).max()) < 1e-10
    (True, 5, True)
    """
    steps, tolerance = as_count("steps", steps), as_nonnegative("tolerance", tolerance)
    walk = Walk(objective, start, keep_path, needs=("value_and_gradient", "hessian"))
    for done in range(steps + 1):
        curvatures, directions = np.linalg.eigh(_hessian(objective, walk.theta))
        least = float(curvatures[0])
        if walk.norms[-1] <= tolerance:
            return walk.result(True, _arrived(least), least)
        if done == steps:
            return walk.result(False, f"{steps} steps were not enough", least)
        along = directions.T @ walk.gradient
        bent = np.maximum(np.abs(curvatures), EPS * walk.theta.size * np.abs(curvatures).max())
        if not bent.any():
            bent = np.ones_like(bent)  # no curvature at all: a gradient step
        step = directions @ (-along / bent)
        slope = float(walk.gradient @ step)
        if not _go(walk, step, slope):
            level = -slope <= 1e-13 * max(abs(walk.value), EPS)
            said = "no shorter step lowers the value: is the gradient that of the value?"
            if level:
                said = "the value falls by no more than rounding changes it"
            return walk.result(level, said, least)


def gauss_newton(objective, start, *, steps=100, tolerance=1e-10, keep_path=False):
    """Go down half the mean of squared residuals by Gauss-Newton steps, damped where they fail.

    A step solves the least squares problem of the linearised residuals. If it does not lower the
    value, steps are damped ever more (Levenberg and Marquardt), and less again where they do.

    Parameters
    ----------
    objective : object
        With the method ``residuals_and_jacobian(theta)``: arrays of shape (rows,) and (rows, size).
    start, steps, tolerance, keep_path
        As for `lbfgs`.

    Returns
    -------
    Minimum
        `value` is half the mean of the squared residuals, as the mean of the loss `squared_error`.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above.

    Notes
    -----
    Nocedal and Wright, Numerical Optimization, chapter 10. If the residuals at the end are large and
    the model is far from straight, Gauss-Newton converges slowly: it leaves out their curvature. On
    a linear model one step is enough.

    Examples
    --------
    >>> import numpy as np
    >>> from losslab.training.optimisers import gauss_newton
    >>> t, y = np.array([0.0, 1.0, 2.0]), np.array([2.0, 1.0, 0.5])
    >>> class Decay:
    ...     def residuals_and_jacobian(self, theta):
    ...         a, k = theta
    ...         e = np.exp(-k * t)
    ...         return a * e - y, np.column_stack([e, -a * t * e])
    >>> found = gauss_newton(Decay(), [1.0, 0.1])
    >>> found.theta.round(6)
    array([2.      , 0.693147])
    """
    steps, tolerance = as_count("steps", steps), as_nonnegative("tolerance", tolerance)
    squares = HalfSquares(objective)
    walk = Walk(squares, start, keep_path)
    damping, growth = 0.0, 2.0
    for done in range(steps + 1):
        if walk.norms[-1] <= tolerance:
            return walk.result(True, "no derivative is larger than the tolerance")
        if done == steps:
            return walk.result(False, f"{steps} steps were not enough")
        residuals, jacobian = squares.parts(walk.theta)
        most = float((jacobian**2).sum(axis=0).max())
        for _ in range(MOST_HALVINGS):
            rows = np.vstack([jacobian, math.sqrt(damping) * np.eye(walk.theta.size)])
            wanted = np.concatenate([-residuals, np.zeros(walk.theta.size)])
            step = np.linalg.lstsq(rows, wanted, rcond=None)[0]
            before, slope = walk.value, float(walk.gradient @ step)
            if _accepts(walk, step, slope):
                # Nielsen's rule: damp less if the linear model foretold the gain.
                foretold = -0.5 * (slope - damping * float(step @ step) / residuals.size)
                share = (before - walk.value) / foretold if foretold > 0.0 else 0.0
                damping *= max(1.0 / 3.0, 1.0 - (2.0 * min(share, 1.0) - 1.0) ** 3)
                damping, growth = damping if damping > 1e-8 * most else 0.0, 2.0
                break
            # What the undamped step promises: any is level if it is short enough.
            whole = np.linalg.lstsq(jacobian, -residuals, rcond=None)[0]
            if -float(walk.gradient @ whole) <= 1e-13 * max(walk.value, EPS):
                return walk.result(True, "the value falls by no more than rounding changes it")
            damping = max(growth * damping, 1e-3 * most)
            growth = min(2.0 * growth, 64.0)
        else:
            said = "no shorter step lowers the value: is the Jacobian that of the residuals?"
            return walk.result(False, said)


class HalfSquares:
    """Half the mean of squared residuals as an objective."""

    def __init__(self, objective):
        if not callable(getattr(objective, "residuals_and_jacobian", None)):
            raise TypeError(
                "objective must have the method residuals_and_jacobian, which gives arrays of "
                f"shape (rows,) and (rows, size), got {objective!r:.60}"
            )
        self.objective = objective
        if hasattr(objective, "size"):
            self.size = objective.size
        self.last = None

    def parts(self, theta):
        if self.last is None or not np.array_equal(self.last[0], theta):
            residuals, jacobian = self.objective.residuals_and_jacobian(theta.copy())
            residuals, jacobian = np.array(residuals, float), np.array(jacobian, float)
            if residuals.ndim != 1 or jacobian.shape != (residuals.size, theta.size):
                raise ValueError(
                    "residuals_and_jacobian must give arrays of shape (rows,) and "
                    f"(rows, {theta.size}), got {residuals.shape} and {jacobian.shape}"
                )
            self.last = theta.copy(), residuals, jacobian
        return self.last[1:]

    def value_and_gradient(self, theta):
        residuals, jacobian = self.parts(theta)
        n = residuals.size
        return 0.5 * float(residuals @ residuals) / n, jacobian.T @ residuals / n


def _go(walk, step, slope):
    """The longest of the step and its halves that gains enough; False if none does."""
    for k in range(MOST_HALVINGS):
        if _accepts(walk, 0.5**k * step, 0.5**k * slope):
            return True
    return False


def _accepts(walk, step, slope):
    """Make the step if it gains enough, or loses no more than rounding where all is level."""
    theta = walk.theta + step
    if not np.isfinite(theta).all() or np.array_equal(theta, walk.theta):
        return False
    with np.errstate(all="ignore"):
        value, gradient = walk.at(theta)
    if not (math.isfinite(value) and np.isfinite(gradient).all()):
        return False
    flatter = np.abs(gradient).max() < walk.norms[-1]
    level = abs(value - walk.value) <= 8.0 * EPS * abs(walk.value) and flatter
    if not (level or value <= walk.value + SHARE * min(slope, 0.0)):
        return False
    if value == walk.value and not flatter:
        return False
    walk.record(theta, value, gradient)
    return True


def _hessian(objective, theta):
    matrix = np.array(objective.hessian(theta.copy()), dtype=float)
    if matrix.shape != (theta.size, theta.size):
        raise ValueError(
            f"the Hessian of objective must have shape {(theta.size, theta.size)}, got {matrix.shape}"
        )
    if not np.isfinite(matrix).all():
        raise ValueError("the Hessian of objective must be finite")
    off = np.abs(matrix - matrix.T).max()
    if off > 1e-8 * np.abs(matrix).max():
        raise ValueError(
            f"the Hessian of objective must be symmetric, its halves differ by {off:g}"
        )
    return 0.5 * (matrix + matrix.T)


def _arrived(least):
    if least < 0.0:
        return "no derivative is larger than the tolerance, but the curvature is negative: a saddle"
    return "no derivative is larger than the tolerance"
