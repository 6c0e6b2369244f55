"""Checks of single numbers given as arguments: each returns the number, or says what is legal.

Whatever is no number at all is a `TypeError`, a number outside the limits a `ValueError`; both say
the same words.
"""

import math
import numbers

from losslab.contract.messages import shortened


def as_count(name, value, least=1, most=None):
    """A whole number within its limits, as an int."""
    limits = f"of at least {least}" if most is None else f"between {least} and {most}"
    legal = f"{name} must be a whole number {limits}, got {shortened(value)}"
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(legal)
    if value < least or (most is not None and value > most):
        raise ValueError(legal)
    return int(value)


def as_finite(name, value, legal="a finite number"):
    """A finite number, as a float; `legal` says what else is asked of it where that is checked next."""
    return _real(name, value, legal, math.isfinite)


def as_nonnegative(name, value):
    """A finite number of at least 0, as a float."""
    return _real(name, value, "a finite number >= 0", lambda x: math.isfinite(x) and x >= 0.0)


def as_positive(name, value):
    """A finite number greater than 0, as a float."""
    return _real(name, value, "a finite number > 0", lambda x: 0.0 < x < math.inf)


def _real(name, value, legal, is_legal):
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be {legal}, got {shortened(value)}")
    if not is_legal(value):
        raise ValueError(f"{name} must be {legal}, got {shortened(value)}")
    return float(value)
