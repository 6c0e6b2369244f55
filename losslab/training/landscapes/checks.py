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


def frozen(array):
    """The array, which nobody may change any more."""
    array.flags.writeable = False
    return array
