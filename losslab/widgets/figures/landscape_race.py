"""The mean loss of a linear model with two weights, and optimisers racing over it, as the page has them.

frontend/src/numbers/landscape.js does the same arithmetic in the same order, so that a path in the
page is a path here, bit for bit.
"""

import json
import math
from typing import NamedTuple

import numpy as np

from losslab.losses.kinds.curves import curve
from losslab.training import optimisers as shelf
from losslab.training.optimisers.kind import UPDATE
from losslab.widgets.parts.shared import SHARED

NEWTON, HALVINGS, ARRIVED, LEAST_BEND = (
    SHARED["landscapes"]["search"][key] for key in ("steps", "halvings", "arrived", "bend")
)
# Lines of the grid on which the search for a minimum starts.
COARSE = SHARED["landscapes"]["search"]["lines"]


class Plane(NamedTuple):
    """Data of a linear model with two weights: predictions are ``offset + x0 w0 + x1 w1``.

    Parameters
    ----------
    x0, x1, y, offset : ndarray of shape (n,)
    """

    x0: np.ndarray
    x1: np.ndarray
    y: np.ndarray
    offset: np.ndarray

    def stretched(self, factor, at):
        """The same with the second column times `factor`; predictions stay where w1 is `at`."""
        offset = self.offset + ((1.0 - factor) * at) * self.x1
        return self._replace(x1=factor * self.x1, offset=offset)

    def predictions(self, w):
        """Predictions at k points, an array of shape (k, n)."""
        return self.offset + (w[:, :1] * self.x0 + w[:, 1:] * self.x1)

    def look(self, loss, w):
        """Mean loss, its slope and its second derivatives at k points.

        Parameters
        ----------
        loss : losslab.losses.Pointwise
        w : ndarray of shape (k, 2)

        Returns
        -------
        tuple of ndarray of shape (k,), (k, 2), (k, 3)
            The last are those by w0 twice, by both, and by w1 twice.
        """
        with np.errstate(all="ignore"):
            f = self.predictions(w)
            y = np.tile(self.y, len(w))
            value, g, c = curve(loss, y, f.ravel()).reshape(3, *f.shape)
            first, second = c * self.x0, c * self.x1
            slope = mean(g * self.x0), mean(g * self.x1)
            bend = mean(first * self.x0), mean(first * self.x1), mean(second * self.x1)
        return mean(value), np.stack(slope, axis=1), np.stack(bend, axis=1)


def mean(rows):
    """Mean of each row, added from the first to the last."""
    return np.cumsum(rows, axis=1)[:, -1] / rows.shape[1]


class Lowest(NamedTuple):
    """Where a search for the minimum ended: it is `known` if the slope vanishes there in a bowl."""

    at: tuple
    value: float
    bend: tuple
    known: bool


def lowest(plane, loss, start, span):
    """Downhill from a point by Newton's steps, halved until they go down.

    Where the loss is not bent up in all directions a step follows the slope.

    Parameters
    ----------
    plane : Plane
    loss : losslab.losses.Pointwise
    start : (float, float)
    span : float
        A length on the scale of the figure: how close is close, and how far is far.

    Returns
    -------
    Lowest
    """

    def look(a, b):
        value, [slope], [bend] = plane.look(loss, np.array([[a, b]]))
        return value[0].item(), slope.tolist(), bend.tolist()

    w0, w1 = start
    value, (g0, g1), (a, b, c) = look(w0, w1)
    moved = math.inf
    for _ in range(NEWTON):
        det = a * c - b * b
        if a > 0.0 and det > LEAST_BEND * (a * c):
            s0, s1 = (c * g0 - b * g1) / det, (a * g1 - b * g0) / det
        else:
            size = math.sqrt(g0 * g0 + g1 * g1)
            if not size > 0.0:
                break
            s0, s1 = span * g0 / size, span * g1 / size
        moved = math.sqrt(s0 * s0 + s1 * s1)
        for k in range(HALVINGS):
            t = 0.5**k
            there = look(w0 - t * s0, w1 - t * s1)
            if there[0] < value:
                break
        else:
            break
        w0, w1 = w0 - t * s0, w1 - t * s1
        value, (g0, g1), (a, b, c) = there
    det = a * c - b * b
    bowl = a > 0.0 and det > LEAST_BEND * (a * c)
    far = max(abs(w0 - start[0]), abs(w1 - start[1])) > 3.0 * span
    return Lowest((w0, w1), value, (a, b, c), bowl and moved < ARRIVED * span and not far)


def lowest_of_view(plane, loss, x_range, y_range):
    """The minimum, searched from the lowest point of a coarse grid over the ranges."""
    us, vs = evenly(*x_range, COARSE), evenly(*y_range, COARSE)
    values = np.array([plane.look(loss, along(us, v))[0] for v in vs])
    flat = np.where(np.isnan(values), np.inf, values)
    j, i = divmod(int(np.argmin(flat)), us.size)
    span = max(x_range[1] - x_range[0], y_range[1] - y_range[0])
    return lowest(plane, loss, (us[i].item(), vs[j].item()), span)


def evenly(low, high, n):
    """n equal steps as n + 1 places, with the bits of the page's."""
    return low + ((high - low) * np.arange(n + 1)) / n


def along(us, v):
    """Points of one line of a grid."""
    return np.stack([us, np.full(us.size, v)], axis=1)


class Shape(NamedTuple):
    """Largest and least eigenvalue of a Hessian, and the one over the other."""

    steepest: float
    flattest: float
    condition: float


def shape_of(bend):
    """What the second derivatives at a minimum say."""
    a, b, c = bend
    half = 0.5 * (a - c)
    steepest = 0.5 * (a + c) + math.sqrt(half * half + b * b)
    flattest = (a * c - b * b) / steepest
    return Shape(steepest, flattest, steepest / flattest)


def stretched_bend(bend, factor):
    """Second derivatives where the second column is times `factor`."""
    a, b, c = bend
    return a, factor * b, (factor * factor) * c


def least_condition(bend):
    """The least condition number that scaling one column can give: that of equal curvatures."""
    a, b, c = bend
    r = abs(b) / math.sqrt(a * c)
    return (1.0 + r) / (1.0 - r)


def factor_for(bend, condition):
    """By what to multiply the second column: of the two factors that serve the smaller one.

    The direction of the second weight becomes flat then, and the largest curvature nearly stays.
    """
    a, b, c = bend
    det = a * c - b * b
    known = (condition + 2.0 + 1.0 / condition) * det
    rest = known - 4.0 * a * c
    return (math.sqrt(known) - math.sqrt(rest if rest > 0.0 else 0.0)) / (2.0 * c)


def stable_limit(optimiser, steepest):
    """The rate below which a rule is stable on a quadratic of largest curvature `steepest`, or None."""
    given = optimiser.parameters
    if optimiser.name == "gradient_descent":
        return 2.0 / steepest
    if optimiser.name == "heavy_ball":
        return (2.0 * (1.0 + given["momentum"])) / ((1.0 - given["dampening"]) * steepest)
    if optimiser.name == "nesterov":
        beta = given["momentum"]
        return (2.0 + 2.0 * beta) / ((1.0 + 2.0 * beta) * steepest)
    return None


def race(plane, loss, optimisers, start, rate, steps):
    """The points that each optimiser comes to, and the mean loss there.

    Parameters
    ----------
    plane : Plane
    loss : losslab.losses.Pointwise
    optimisers : list of losslab.training.optimisers.Optimiser
    start : (float, float)
    rate : float
        Learning rate of all.
    steps : int

    Returns
    -------
    tuple of ndarray of shape (len(optimisers), steps + 1, 2) and (len(optimisers), steps + 1)
    """
    w = np.tile(np.array(start, dtype=float), (len(optimisers), 1))
    memory = [np.zeros(2 * rule.slots) for rule in optimisers]
    path = np.empty((steps + 1, *w.shape))
    losses = np.empty((steps + 1, len(w)))
    for t in range(steps + 1):
        path[t] = w
        losses[t], slope, _ = plane.look(loss, w)
        if t == steps:
            break
        for k, rule in enumerate(optimisers):
            given = {"g": slope[k], "n": 2, "t": t + 1, "rate": rate, "w": w[k], "s": memory[k]}
            now = rule.run(UPDATE, **given)
            w[k], memory[k] = now["w"], now["s"]
    return path.transpose(1, 0, 2), losses.T


# Questions of the page for a loss that only Python knows ------------------------------------


def question_lowest(loss, x0, x1, y, offset, x_range, y_range):
    found = lowest_of_view(Plane(x0, x1, y, offset), loss, x_range, y_range)
    return {"found": np.array([*found.at, found.value, *found.bend, found.known])}


def question_grid(loss, x0, x1, y, offset, us, vs):
    plane = Plane(x0, x1, y, offset)
    return {"values": np.concatenate([plane.look(loss, along(us, v))[0] for v in vs])}


def question_race(loss, x0, x1, y, offset, start, rate, steps, optimisers):
    rules = [shelf.get(each["name"], **each["parameters"]) for each in json.loads(optimisers)]
    path, losses = race(Plane(x0, x1, y, offset), loss, rules, start, rate, int(steps))
    return {"path": path.ravel(), "losses": losses.ravel()}
