"""What every function of this room asks of its arguments."""

import numpy as np

from losslab.contract.inputs import as_float_array
from losslab.contract.messages import shortened


def as_size(objective):
    """Number of weights of an objective.

    Raises
    ------
    TypeError
        If it is none.
    """
    size = getattr(objective, "size", None)
    if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
        raise TypeError(
            f"objective must have a size of at least 1 and the methods of "
            f"losslab.training.Objective, got {shortened(objective)}"
        )
    return int(size)


def as_vector(name, values, size):
    """A finite float64 array of shape (size,), the caller's own if it is one already."""
    vector = np.ascontiguousarray(as_float_array(name, values), dtype=np.float64)
    if vector.shape != (size,):
        raise ValueError(f"{name} must have shape ({size},), got {np.shape(values)}")
    if not np.isfinite(vector).all():
        i = int(np.argmin(np.isfinite(vector)))
        raise ValueError(f"{name} must be finite, got {vector[i].item()!r} at index {i}")
    return vector


def as_count(name, value, least=1, most=None):
    """A whole number within its limits."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < least or (most is not None and value > most):
        limits = f"of at least {least}" if most is None else f"between {least} and {most}"
        raise ValueError(f"{name} must be a whole number {limits}, got {shortened(value)}")
    return int(value)


def as_positive(name, value):
    """A finite number greater than 0."""
    real = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not real or not 0.0 < value < np.inf:
        raise ValueError(f"{name} must be finite and greater than 0, got {shortened(value)}")
    return float(value)


def frozen(array):
    """The array, which nobody may change any more."""
    array.flags.writeable = False
    return array
