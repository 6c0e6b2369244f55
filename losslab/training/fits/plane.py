"""Fit a linear classifier under any loss of a score, by a quasi-Newton method, natively and in the page."""

from dataclasses import dataclass

import numpy as np

from losslab.arithmetic.vmath import sqrt
from losslab.contract import inputs
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count, as_positive
from losslab.contract.weights import relative_weights
from losslab.engine.alone import compiled
from losslab.engine.loop import Loop
from losslab.losses.kinds.curves import curve
from losslab.losses.kinds.domains import TARGETS
from losslab.losses.kinds.pointwise import Pointwise

MOST_HALVINGS = 30

# Places in the memory that `plane_step` keeps between its calls; the answer comes right behind.
CALLS, OBJECTIVE, LOSS, SLOPE, STEP, LOW, HIGH, HALVINGS, FRESH, FLAT, NORM, ANSWER = range(12)


def memory_size(features):
    """How many numbers `plane_step` remembers: all 0 before its first call."""
    m = features + 1
    return ANSWER + 8 * m + m * m


def plane_step(x, w, n, d, value, derivative, ridge, memory, f):
    """One step towards the plane b + x @ v of least mean loss plus ridge / 2 * |v|^2.

    The caller gives the n losses and their derivatives at the scores `f`, all 0 at first, and gets
    the next scores in `f`. So this code is the same for every loss, and is in the page only once.
    Returns 1 when there is nothing to gain any more; the best b and v so far are in `memory`.

    The method is BFGS with the line search of Lewis and Overton (2013), which asks for a lower value
    and a flatter slope and so also finds its way along the kinks of a hinge.
    """
    m = d + 1
    # Arrays of m numbers: centre and spread of the features, the best point b, its gradient g, a
    # direction s, the candidate c, its gradient h. Coordinates are those of standardised features,
    # the intercept comes last. Then the approximate inverse Hessian.
    centre = ANSWER + m
    spread = centre + m
    b = spread + m
    g = b + m
    s = g + m
    c = s + m
    h = c + m
    inverse = h + m
    total = 0.0
    for i in range(n):
        total += w[i]
    first = memory[CALLS] == 0.0
    memory[CALLS] += 1.0
    if first:
        for j in range(d):
            for i in range(n):
                memory[centre + j] += w[i] * x[i * d + j]
            memory[centre + j] = memory[centre + j] / total
            for i in range(n):
                u = x[i * d + j] - memory[centre + j]
                memory[spread + j] += w[i] * u * u
            u = sqrt(memory[spread + j] / total)
            memory[spread + j] = 1.0 if u == 0.0 else u

    # The objective at the candidate, its gradient, and its slope along the direction.
    mean = 0.0
    for j in range(m):
        memory[h + j] = 0.0
    for i in range(n):
        mean += w[i] * value[i]
        pull = w[i] * derivative[i]
        for j in range(d):
            u = (x[i * d + j] - memory[centre + j]) / memory[spread + j]
            memory[h + j] += pull * u
        memory[h + d] += pull
    mean = mean / total
    objective = mean
    along = 0.0
    for j in range(m):
        memory[h + j] = memory[h + j] / total
        if j < d:
            lean = memory[c + j] / memory[spread + j]
            objective += 0.5 * ridge * lean * lean
            memory[h + j] += ridge * lean / memory[spread + j]
        along += memory[h + j] * memory[s + j]

    step = memory[STEP]
    too_far = not (objective < memory[OBJECTIVE] + 1e-4 * step * memory[SLOPE])
    accept = first
    if (not first) & too_far:
        memory[HIGH] = step
        memory[HALVINGS] += 1.0
    elif not first:
        if along < 0.5 * memory[SLOPE]:
            memory[LOW] = step
            memory[HALVINGS] += 1.0 if memory[HIGH] < np.inf else 0.0
        else:
            accept = True
    if accept:
        # How the gradient changed along the step tells of the curvature.
        bend = size = 0.0
        for j in range(m):
            change = memory[h + j] - memory[g + j]
            bend += change * step * memory[s + j]
            size += change * change
        if (not first) & (bend > 0.0):
            if memory[FRESH] == 1.0:
                for j in range(m):
                    memory[inverse + j * m + j] = bend / size
            # With q = H y in place of the candidate: H += (1 + y q / s y) s s' / s y - (q s' + s q') / s y.
            curved = 0.0
            for j in range(m):
                q = 0.0
                for l in range(m):
                    q += memory[inverse + j * m + l] * (memory[h + l] - memory[g + l])
                memory[c + j] = q
                curved += q * (memory[h + j] - memory[g + j])
            for j in range(m):
                for l in range(m):
                    sj = step * memory[s + j]
                    sl = step * memory[s + l]
                    rise = (1.0 + curved / bend) * sj * sl
                    memory[inverse + j * m + l] += rise / bend
                    memory[inverse + j * m + l] -= (memory[c + j] * sl + sj * memory[c + l]) / bend
            memory[FRESH] = 0.0
        for j in range(m):
            memory[b + j] += step * memory[s + j]
            memory[g + j] = memory[h + j]
        memory[OBJECTIVE] = objective
        memory[LOSS] = mean
        # The answer, in the units of the features.
        memory[ANSWER] = memory[b + d]
        for j in range(d):
            lean = memory[b + j] / memory[spread + j]
            memory[ANSWER + 1 + j] = lean
            memory[ANSWER] -= lean * memory[centre + j]

    stuck = memory[HALVINGS] == MOST_HALVINGS
    if stuck & (memory[FRESH] == 1.0):
        return 1  # no way down from here that rounding leaves visible
    if first | stuck:
        for j in range(m * m):
            memory[inverse + j] = 0.0
        for j in range(m):
            memory[inverse + j * m + j] = 1.0
        memory[FRESH] = 1.0
    if accept | stuck:
        square = slope = 0.0
        for j in range(m):
            q = 0.0
            for l in range(m):
                q -= memory[inverse + j * m + l] * memory[g + l]
            memory[s + j] = q
            slope += q * memory[g + j]
            square += memory[g + j] * memory[g + j]
        memory[NORM] = sqrt(square)
        memory[FLAT] = 1e-10 * memory[NORM] if first else memory[FLAT]
        if (memory[NORM] <= memory[FLAT]) | (not slope < 0.0):
            return 1
        memory[SLOPE] = slope
        memory[LOW] = 0.0
        memory[HIGH] = np.inf
        memory[HALVINGS] = 0.0
        step = 1.0
    elif memory[HIGH] < np.inf:
        step = 0.5 * (memory[LOW] + memory[HIGH])
    else:
        step = 2.0 * memory[LOW]
    memory[STEP] = step
    for j in range(m):
        memory[c + j] = memory[b + j] + step * memory[s + j]
    for i in range(n):
        score = memory[c + d]
        for j in range(d):
            u = (x[i * d + j] - memory[centre + j]) / memory[spread + j]
            score += memory[c + j] * u
        f[i] = score
    return 0


PLANE_STEP = Loop(plane_step, "x w n:int d:int value derivative ridge:float > memory f")


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


def fit_classifier(X, y, loss, sample_weight=None, ridge=0.01, steps=200):
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
            f"loss must be a pointwise loss of a score or logit such as ll.get('hinge'), got {shortened(loss)}"
        )
    X = inputs.as_finite_array("X", X, 2)
    if X.shape[1] == 0:
        raise ValueError(f"X must have at least one column, got shape {X.shape}")
    y = inputs.as_finite_array("y", y, 1)
    if X.shape[0] != y.size:
        raise ValueError(f"X and y must have the same length, got {X.shape[0]} and {y.size}")
    inputs.first_illegal("y", y, TARGETS["{0,1}"])
    w = relative_weights(sample_weight, y.shape)
    ridge = as_positive("ridge", ridge)
    steps = as_count("steps", steps)
    n, d = X.shape
    memory, f = np.zeros(memory_size(d)), np.zeros(n)
    for _ in range(steps):
        value, derivative, _ = curve(loss, y, f)
        if compiled(PLANE_STEP)(X, w, n, d, value, derivative, ridge, memory, f):
            break
    intercept, *coefficients = memory[ANSWER : ANSWER + d + 1].tolist()
    coefficients = np.array(coefficients)
    coefficients.flags.writeable = False
    value, norm, calls = memory[[LOSS, NORM, CALLS]].tolist()
    return PlaneFit(intercept, coefficients, value, norm, int(calls))
