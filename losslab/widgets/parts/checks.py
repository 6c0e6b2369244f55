"""Arguments of figures: checked, or an error that names them."""

import numpy as np

from losslab.contract.messages import shortened
from losslab.contract.scalars import as_finite


def as_column(name, values):
    """Numbers in one dimension, as an array; whether they are finite is `require_finite`."""
    try:
        column = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must hold numbers, got {shortened(values)}") from None
    if column.ndim != 1:
        raise ValueError(f"{name} must have one dimension, got shape {column.shape}")
    return column


def require_finite(name, column):
    bad = np.flatnonzero(~np.isfinite(column))
    if bad.size:
        raise ValueError(f"{name} must be finite, got {column[bad[0]]} at position {bad[0]}")


def check_range(default, x_range, name="x_range"):
    """Two increasing finite numbers as a list."""
    if x_range is None:
        return list(default)
    try:
        low, high = x_range
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a pair (low, high), got {shortened(x_range)}") from None
    low, high = as_finite(name, low), as_finite(name, high)
    if not low < high:
        raise ValueError(f"{name} must increase, got ({low:g}, {high:g})")
    return [low, high]


LONGEST = 14  # letters of a point's name


def check_names(names, count):
    """What points are called, as a list in their order; "" is a point without a name."""
    if names is None:
        return [""] * count
    try:
        pairs = dict(names).items()
    except (TypeError, ValueError):
        raise TypeError(
            f"names must be a dict of positions and names, got {shortened(names)}"
        ) from None
    called = [""] * count
    for position, name in pairs:
        if isinstance(position, bool) or position not in range(count):
            raise ValueError(f"names must be of points 0 to {count - 1}, got {shortened(position)}")
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST:
            raise ValueError(f"names must have 1 to {LONGEST} letters, got {shortened(name)}")
        called[position] = name
    return called


def join(words):
    """`a, b and c`."""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
