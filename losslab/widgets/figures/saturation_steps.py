"""Gradient descent in the one number before the output of a network, step by step, as the page does it."""

import math
from typing import NamedTuple

import numpy as np

from losslab.engine.alone import compiled
from losslab.engine.sequence import Sequence, call
from losslab.losses.kinds.curves import curve
from losslab.training.networks.activations import CURVES
from losslab.training.networks.dense_loops import LINK
from losslab.widgets.manifest import output_of
from losslab.widgets.parts.shared import SHARED

WORDS = SHARED["saturation"]
ACTIVATIONS, NEAR, MOST = WORDS["activations"], WORDS["near"], WORDS["most"]
FLOAT64 = np.dtype(np.float64)
SLICE = 5000  # steps made for the page before it hears of them


class Descent(NamedTuple):
    """Where a descent has come to.

    Attributes
    ----------
    steps : float
        How many it took until the prediction was within `near` of the target; infinite if a step
        changes nothing any more, NaN if it has left all numbers, and one more than allowed if it
        was not there by then.
    path : ndarray of shape (n, 2)
        Some of the steps, and the number z after each.
    """

    steps: float
    path: np.ndarray


def functions_of(activation):
    """What the loop of an activation calls."""
    return (("activated", CURVES[activation].at),)


def activated(activation, z):
    """Predictions and their slopes at numbers z before the output."""
    if activation == "identity":
        return z.copy(), np.ones(z.size)
    a, s = np.zeros(z.size), np.zeros(z.size)
    given = {"z": z, "rows": z.size, "m": 1, "first": 0, "k": 1, "f": a, "s": s}
    compiled(LINK, functions=functions_of(activation))(*LINK.placed(given, FLOAT64))
    return a, s


def has_inside(loss, activation):
    """Whether a loss takes the number before the activation, which is part of it."""
    return loss.prediction == ACTIVATIONS[activation].get("inside")


def takes(loss, activation):
    """Whether a loss takes what an activation gives."""
    return output_of(type(loss)) in ACTIVATIONS[activation]["takes"]


def columns_of(loss, activation, y, z):
    """Value, and derivative by z, of a loss of the activation of z."""
    if has_inside(loss, activation):
        value, gradient, _ = curve(loss, np.full(z.size, y), z)
        return value, gradient
    a, s = activated(activation, z)
    value, gradient, _ = curve(loss, np.full(z.size, y), a)
    return value, gradient * s


def is_kept(k):
    """Whether a path keeps the place after k steps: the first ones all, then ever fewer."""
    return k <= 32 or k % 2 ** (k.bit_length() - 6) == 0


def descend(loss, activation, y, z, rate, first=0, last=MOST):
    """Steps of gradient descent from z.

    Parameters
    ----------
    loss : losslab.losses.Pointwise
    activation : str
    y, z, rate : float
        Target, the number to start from, learning rate.
    first, last : int
        How many steps brought z here, and after how many to stop.

    Returns
    -------
    Descent
        Its steps are -1 if it was stopped before it had arrived and before the most that are made.
    """
    place, a, s, out = np.array([z]), np.zeros(1), np.ones(1), np.zeros(3)
    inside, plain = has_inside(loss, activation), activation == "identity"
    given = {"z": place, "rows": 1, "m": 1, "first": 0, "k": 1, "f": a, "s": s}
    calls = [] if plain else [call(LINK, FLOAT64, functions_of(activation), **given)]
    f = place if inside or plain else a
    calls.append(loss.call(loss.loops["curve"], FLOAT64, y=np.array([y]), f=f, n=1, out=out))
    run, shown = Sequence(calls), place if plain else a
    path = []
    for k in range(first, last + 1):
        run()
        now = place.item()
        arrived = abs(shown.item() - y) <= NEAR
        step = rate * (out.item(1) if inside else out.item(1) * s.item())
        lost = not math.isfinite(step)
        ends = arrived or lost or now - step == now
        if ends or k == last or is_kept(k):
            path.append((k, now))
        if ends:
            steps = k if arrived else math.nan if lost else math.inf
            return Descent(steps, np.array(path))
        if k < last:
            place[0] = now - step
    return Descent(MOST + 1 if last == MOST else -1, np.array(path))


def descent(loss, activation, y, z, rate, first):
    """The page's question for some steps of a loss that only Python knows."""
    name = list(ACTIVATIONS)[int(activation)]
    found = descend(loss, name, y, z, rate, int(first), min(int(first) + SLICE, MOST))
    return {"steps": np.array([found.steps]), "path": found.path.reshape(-1)}
