"""Real data that figures compute with in the page: rows and classes, and the bytes that hold them."""

import functools

import numpy as np

from losslab.datasets import load
from losslab.widgets.parts.shared import SHARED

LEVELS = SHARED["training"]["levels"]


@functools.cache
def rows_of(dataset):
    """Inputs between 0 and 1 and classes, sorted by class: the order in which the page has them.

    Parameters
    ----------
    dataset : str
        Name of images in `losslab.datasets`.

    Returns
    -------
    tuple of two ndarrays
        Of shapes (n, pixels) and (n,).
    """
    held = load(dataset)
    order = np.argsort(held.y, kind="stable")
    return held.X[order] / LEVELS, held.y[order]


def packed(dataset):
    """The same as bytes: grey levels pixel by pixel for all rows, which compresses best, then classes.

    Returns
    -------
    bytes
    """
    X, y = rows_of(dataset)
    return np.rint(X.T * LEVELS).astype(np.uint8).tobytes() + y.astype(np.uint8).tobytes()
