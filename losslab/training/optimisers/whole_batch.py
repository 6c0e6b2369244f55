"""Methods that see all samples at each step: what they share, and L-BFGS.

They take an `Objective`, or anything that has its methods, and choose their step lengths themselves,
so they are functions, not rules on the shelf.
"""

import math
from dataclasses import dataclass

import numpy as np

from losslab.contract import inputs
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count, as_nonnegative


@dataclass(frozen=True, eq=False)
class Minimum:
    """Where a method went, and whether it is a minimum.

    Attributes
    ----------
    theta : ndarray of shape (size,)
        The weights of the lowest value that was found.
    value, gradient_norm : float
        The value there, and the largest absolute derivative.
    converged : bool
        Whether `gradient_norm` is at most the tolerance, or no step can lower the value by more
        than rounding changes it.
    message : str
        Why it stopped.
    steps, evaluations : int
        How many steps were made, and how often value and gradient were computed.
    values, gradient_norms : ndarray of shape (steps + 1,)
        The same at the start and after each step.
    path : ndarray of shape (steps + 1, size), or None
        The weights there, if asked for.
    least_curvature : float or None
        The least eigenvalue of the Hessian at `theta`, where the method knows it: if it is below 0,
        this is a saddle or a flank, not a minimum.
    """

    theta: np.ndarray
    value: float
    gradient_norm: float
    converged: bool
    message: str
    steps: int
    evaluations: int
    values: np.ndarray
    gradient_norms: np.ndarray
    path: np.ndarray | None = None
    least_curvature: float | None = None


class Walk:
    """What is recorded on the way: every step asks `at` for value and gradient."""

    def __init__(self, objective, start, keep_path, needs=("value_and_gradient",)):
        for name in needs:
            if not callable(getattr(objective, name, None)):
                raise TypeError(
                    f"objective must have the method {name}, as losslab.training.Objective says, "
                    f"got {shortened(objective)}"
                )
        theta = np.array(inputs.as_float_array("start", start), dtype=float)
        if theta.ndim != 1 or theta.size == 0:
            raise ValueError(f"start must be a vector of at least one number, got {theta.shape}")
        size = getattr(objective, "size", theta.size)
        if theta.size != size:
            raise ValueError(f"start must have the {size} weights of objective, got {theta.size}")
        if not np.isfinite(theta).all():
            i = int(np.argmin(np.isfinite(theta)))
            raise ValueError(f"start must be finite, got {theta[i].item()!r} at index {i}")
        self.objective, self.keep_path = objective, bool(keep_path)
        self.evaluations = 0
        self.values, self.norms, self.path = [], [], []
        self.last = None
        value, gradient = self.at(theta)
        if not (math.isfinite(value) and np.isfinite(gradient).all()):
            raise ValueError(
                "start must be where value and gradient are finite, got a value of "
                f"{value!r} and a gradient with {int((~np.isfinite(gradient)).sum())} numbers that "
                "are not"
            )
        self.record(theta, value, gradient)

    def at(self, theta):
        """Value and gradient, computed once for the same weights asked for in a row."""
        if self.last is None or not np.array_equal(self.last[0], theta):
            value, gradient = self.objective.value_and_gradient(theta.copy())
            gradient = np.array(gradient, dtype=float)
            if gradient.shape != theta.shape:
                raise ValueError(
                    f"the gradient of objective must have shape {theta.shape}, got {gradient.shape}"
                )
            self.evaluations += 1
            self.last = theta.copy(), float(value), gradient
        return self.last[1:]

    def record(self, theta, value, gradient):
        self.theta, self.value, self.gradient = theta.copy(), value, gradient
        self.values.append(value)
        self.norms.append(float(np.abs(gradient).max()))
        if self.keep_path:
            self.path.append(self.theta)

    def result(self, converged, message, least_curvature=None):
        return Minimum(
            theta=self.theta,
            value=self.value,
            gradient_norm=self.norms[-1],
            converged=bool(converged),
            message=message,
            steps=len(self.values) - 1,
            evaluations=self.evaluations,
            values=np.array(self.values),
            gradient_norms=np.array(self.norms),
            path=np.array(self.path) if self.keep_path else None,
            least_curvature=least_curvature,
        )


def lbfgs(objective, start, *, steps=1000, tolerance=1e-8, memory=10, keep_path=False):
    """Go down by L-BFGS, SciPy's: a model of the curvature from the last few steps.

    Parameters
    ----------
    objective : losslab.training.Objective
        Or anything with `value_and_gradient`.
    start : array_like of shape (size,)
        Finite, and value and gradient are finite there.
    steps : int
        At most so many steps, at least 1.
    tolerance : float
        Finite and >= 0: it stops when no derivative is larger.
    memory : int
        How many past steps the model is made of, at least 1.
    keep_path : bool
        Whether the weights after each step are kept.

    Returns
    -------
    Minimum

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.

    Notes
    -----
    ``scipy.optimize.minimize(method="L-BFGS-B")`` without bounds (Liu and Nocedal, 1989, for the
    method): its line searches differ from those of ``torch.optim.LBFGS`` and ``optax.lbfgs``, and so
    do the paths; they arrive at the same place.

    Examples
    --------
    >>> import numpy as np
    >>> from losslab.training.optimisers import lbfgs
    >>> class Bowl:
    ...     def value_and_gradient(self, theta):
    ...         return 0.5 * float(theta @ theta), theta
    >>> found = lbfgs(Bowl(), [3.0, -4.0])
    >>> found.converged, float(abs(found.theta).max()) < 1e-8
    (True, True)
    """
    from scipy.optimize import minimize

    steps, memory = as_count("steps", steps), as_count("memory", memory)
    tolerance = as_nonnegative("tolerance", tolerance)
    walk = Walk(objective, start, keep_path)
    if walk.norms[-1] <= tolerance:
        return walk.result(True, "the start is a minimum")

    def after(intermediate_result):
        x = np.array(intermediate_result.x)
        walk.record(x, *walk.at(x))

    done = minimize(
        walk.at,
        walk.theta.copy(),
        jac=True,
        method="L-BFGS-B",
        callback=after,
        options={
            "maxcor": memory,
            "maxiter": steps,
            "maxfun": 100 * steps,
            "ftol": 0.0,
            "gtol": tolerance,
        },
    )
    if walk.norms[-1] <= tolerance:
        return walk.result(True, "no derivative is larger than the tolerance")
    if len(walk.values) > steps:
        return walk.result(False, f"{steps} steps were not enough")
    if not all(map(math.isfinite, (*walk.last[0], walk.last[1]))):
        return walk.result(False, "the line search met a value that is not finite")
    return walk.result(*stalled(walk, done.message))


def stalled(walk, why):
    """Whether the last step could not be bettered because of rounding."""
    level = len(walk.values) > 1 and abs(walk.values[-1] - walk.values[-2]) <= 1e-14 * abs(
        walk.value
    )
    return (True, "the value falls by no more than rounding changes it") if level else (False, why)
