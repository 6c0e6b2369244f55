"""Lipschitz and smoothness constants of a pointwise loss over an interval, and its kinks."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from losslab.contract.inputs import first_illegal
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_finite
from losslab.engine.alone import compiled
from losslab.losses.kinds.curves import curve
from losslab.losses.kinds.domains import PREDICTIONS, TARGETS
from losslab.losses.kinds.pointwise import Pointwise
from losslab.training.landscapes import constants_loops as places
from losslab.training.landscapes.constants_loops import CONSTANTS_STEP, FOUND


class Kink(NamedTuple):
    """A place at which the slope of a loss jumps, or the loss itself.

    Attributes
    ----------
    place : float
        The prediction at which it is.
    left, right : float
        The slopes on either side. If ``left < right`` all numbers between are subgradients.
    jump : float
        By how much the loss itself jumps; 0 at a mere kink.
    """

    place: float
    left: float
    right: float
    jump: float


@dataclass(frozen=True)
class LossConstants:
    """How steep and how bent a loss is over an interval of predictions.

    Attributes
    ----------
    lipschitz : float
        The largest absolute slope: the loss changes by at most so much per unit of prediction;
        infinite if it jumps.
    smoothness : float
        The largest absolute curvature: the slope changes by at most so much per unit; infinite at a
        kink, NaN for a loss without second derivatives. Gradient descent on this one prediction is
        stable with steps below 2 / smoothness.
    strong_convexity : float
        The least curvature: where it is positive the loss rises at least as a parabola of this
        curvature does; negative where the loss is concave, and minus infinity at a kink that points
        up or a jump.
    steepest_at, most_bent_at : float
        Predictions with the largest absolute slope and curvature.
    kinks : tuple of Kink
        Inside the interval, in order; at most 16.
    """

    lipschitz: float
    smoothness: float
    strong_convexity: float
    steepest_at: float
    most_bent_at: float
    kinks: tuple


def loss_constants(loss, low, high, y_true=0.0):
    """Lipschitz and smoothness constants of a loss over an interval of predictions, and its kinks.

    They are found by search, on a grid that is denser around the target (or the score 0) and then
    nine times closer around what stands out: a bump that is narrower than a cell and far from both
    may be missed.

    Parameters
    ----------
    loss : losslab.losses.Pointwise
        Any loss of one target and one prediction.
    low, high : float
        Ends of the interval, finite, legal predictions, ``low < high``.
    y_true : float
        The target; legal for the loss.

    Returns
    -------
    LossConstants

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.

    Examples
    --------
    >>> import losslab as ll
    >>> from losslab.training import loss_constants
    >>> found = loss_constants(ll.get("huber", delta=2.0), -5.0, 5.0)
    >>> found.lipschitz, found.smoothness, found.strong_convexity, found.kinks
    (2.0, 1.0, 0.0, ())
    >>> loss_constants(ll.get("hinge"), -3.0, 3.0, y_true=1.0).kinks
    (Kink(place=1.0, left=-1.0, right=0.0, jump=0.0),)
    """
    if not isinstance(loss, Pointwise):
        raise TypeError(
            f"loss must be a pointwise loss such as ll.get('huber'), got {shortened(loss)}"
        )
    low, high, y_true = (
        as_finite(name, given) for name, given in (("low", low), ("high", high), ("y_true", y_true))
    )
    if not low < high:
        raise ValueError(f"low must be less than high, got {low:g} and {high:g}")
    first_illegal("y_true", np.array([y_true]), TARGETS[loss.target])
    first_illegal("low", np.array([low]), PREDICTIONS[loss.prediction])
    first_illegal("high", np.array([high]), PREDICTIONS[loss.prediction])
    return constants_of(search(loss, y_true, low, high, centre_of(loss, y_true)), high - low)


def constants_of(memory, span):
    """What the memory of a search over an interval of length `span` says."""
    kinks = tuple(Kink(tidy(place, span), *rest) for place, *rest in kinks_of(memory).tolist())
    bent = memory[places.MOST_BENT] >= -memory[places.LEAST_BENT]
    return LossConstants(
        *memory[[places.LIPSCHITZ, places.SMOOTHNESS, places.CONVEXITY]].tolist(),
        float(memory[places.AT_STEEPEST]),
        float(memory[places.AT_MOST if bent else places.AT_LEAST]),
        kinks,
    )


def search(loss, y_true, low, high, centre):
    """What `constants_step` leaves in its memory, as the page computes it."""
    low, high, centre = float(low), float(high), float(centre)  # whole numbers would stay whole
    memory, at = np.zeros(places.SPACE), np.full(places.PLACES, low)
    value = slope = bend = np.zeros(places.PLACES)
    target = np.full(places.PLACES, float(y_true))
    step = compiled(CONSTANTS_STEP)
    while not step(value, slope, bend, low, high, centre, memory, at):
        value, slope, bend = np.ascontiguousarray(curve(loss, target, at))
    return memory


def centre_of(loss, y_true):
    """Where a loss is most itself: at the target, or where a score or logit changes its mind."""
    return 0.0 if loss.prediction in ("score", "logit") else y_true


def kinks_of(memory):
    """Place, slopes on both sides and jump of each kink, an array of shape (number, 4)."""
    count = int(memory[places.COUNT])
    return memory[FOUND : FOUND + 4 * count].reshape(count, 4)


def tidy(place, span):
    """A place without the digits that the search leaves open."""
    step = 10.0 ** (math.floor(math.log10(span)) - 11)
    return float(f"{round(place / step) * step:.12g}")
