"""The type that a kernel computes in, where that is the type of its arrays."""

import numpy as np


def as_data(x):
    """x in the type of the arrays that a loop calls data: where it is float32, x is rounded to it.

    A number of float64 would draw all that meets it to float64. Compiled loops put the conversion
    to their own type in the place of this one, see `losslab.engine.source.module_text`.
    """
    return np.float64(x)
