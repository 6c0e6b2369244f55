"""Errors in units of the last place, against numbers of mpmath."""

import math

import mpmath
import numpy as np

LARGEST, SMALLEST = float(np.finfo(float).max), 5e-324


def worst_ulp(got, exact, rel=0.0):
    """The largest error; where the truth leaves the range of doubles, infinity or 0 is right.

    `rel` is how far the truth itself may be off, relative.
    """
    worst = 0.0
    for g, right in zip(np.asarray(got).tolist(), exact, strict=True):
        size = abs(right)
        if size > LARGEST:
            assert abs(g) in (math.inf, LARGEST) and (g > 0) == (right > 0), (g, right)
            continue
        unit = max(math.ulp(float(size)), SMALLEST)
        error = float(max(abs(mpmath.mpf(g) - mpmath.mpf(right)) - rel * size, 0) / unit)
        if size < 1e-300:  # among the smallest doubles a unit is all that is left
            error = min(error, 2.0) if abs(mpmath.mpf(g) - mpmath.mpf(right)) < 1e-300 else error
        if error > worst:
            worst = error
            print(f"{error:.3g} ulp off: {g!r}, not {mpmath.nstr(right, 20)}")  # seen if it fails
    return worst
