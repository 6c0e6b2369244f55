"""The limits of value, gradient and curvature for predictions towards infinity, by the formula.

`exact` is evaluated far beyond the largest double, with more digits than the prediction has, so
that nothing cancels unseen. What it does from one place to the next tells the limit.
"""

import numpy as np

from losslab.losses.kinds.domains import PREDICTIONS
from tests.losses.accuracy import math_of

# Powers of 10. At the first two every digit of the prediction counts; the others are for powers
# such as f**0.001, which only there have come close to where they go.
PLACES = (330, 660, 40_000, 4_000_000)
DIGITS = 150


def ends(cls):
    """Signs of the infinities that are legal predictions."""
    return [sign for sign in (1.0, -1.0) if PREDICTIONS[cls.prediction].is_legal(sign * np.inf)]


def limit(values):
    """Where values at increasing places go: a number, infinity, or None if that is not clear.

    Infinity is beyond the largest double twice, or twentyfold growth between the last two; 0 is
    below the smallest double; else the last two must agree.
    """
    before, last = values[-2:]
    same_sign = (before > 0) == (last > 0)
    infinity = np.inf if last > 0 else -np.inf
    if same_sign and min(abs(before), abs(last)) > 1e308:
        return infinity
    if abs(last) < 1e-308 and abs(before) < 1e-20:
        return 0.0
    if abs(last - before) <= abs(last) * 1e-20:
        return float(last)
    if len(values) > 2 and same_sign and abs(last) > 20 * abs(before):
        return infinity
    return None


def limits(cls, y, sign, parameters):
    """[value, gradient, curvature] as the prediction goes to infinity; None where none is found."""
    rows = []
    for power in PLACES:
        mp = math_of(DIGITS + (power if power < 1000 else 0))
        f = mp.variable(mp.ctx.mpf(sign) * mp.ctx.mpf(10) ** power)
        numbers = {k: mp.ctx.mpf(v) for k, v in parameters.items()}
        result = cls.exact(mp, mp.ctx.mpf(y), f, **numbers)
        constant = not hasattr(result, "g")
        rows.append((result, 0, 0) if constant else (result.v, result.g, result.c))
        found = [limit(values) for values in zip(*rows, strict=True)] if len(rows) > 1 else [None]
        if None not in found:
            break
    return found
