"""Curves for figures: value, gradient and curvature at given points, as the page computes them."""

import numpy as np

from losslab.engine import loops, native
from losslab.engine.row_loops import CURVE_LAYOUT


def kernels_of(loss):
    """The kernels of a loss under the names that the loops call them by."""
    return {
        "loss_value": loss.value_at,
        "loss_derivative": loss.gradient_at,
        "loss_curvature": getattr(loss, "curvature_at", None) or undefined,
    }


def undefined(y, f, *parameters):
    return np.nan


def curve(loss, y, f):
    """Value, gradient and curvature of each pair, by the loop that also runs in the browser.

    Parameters
    ----------
    loss : losslab.losses.Pointwise
        Any loss, also one defined in a notebook cell.
    y, f : ndarray of shape (n,)
        Targets and predictions, float64.

    Returns
    -------
    ndarray of shape (3, n)
        Value, gradient, curvature (NaN where the loss has none).

    Examples
    --------
    >>> import numpy as np, losslab as ll
    >>> from losslab.engine.curves import curve
    >>> curve(ll.get("squared_error"), np.zeros(2), np.array([1.0, 2.0]))
    array([[0.5, 2. ],
           [1. , 2. ],
           [1. , 1. ]])
    """
    compiled = type(loss)._compiled
    if "curve" not in compiled:
        compiled["curve"] = native.build(
            loops.curve_loop, kernels_of(type(loss)), len(loss.parameter_specs)
        )
    y = np.ascontiguousarray(y, dtype=np.float64)
    f = np.ascontiguousarray(f, dtype=np.float64)
    out = np.empty((3, y.size))
    compiled["curve"](y, f, y.size, loss._packed, out)
    return out


def batch_curve(loss, y, f):
    """Value and gradient of several batches of the same samples, as the page computes them.

    Parameters
    ----------
    loss : losslab.losses.Batchwise
        Any loss of a whole batch, also one defined in a notebook cell.
    y : array_like of shape (n,), (n, k) or (n, m)
        Targets, as the loss takes them.
    f : array_like of shape (number of batches, n) or (number of batches, n, k)
        Predictions.

    Returns
    -------
    tuple of ndarray of shape (number of batches,) and ndarray of the shape of `f`

    Examples
    --------
    >>> import losslab as ll
    >>> from losslab.engine.curves import batch_curve
    >>> batch_curve(ll.get("pu_risk"), [1, 0], [[0.0, 0.0]])
    (array([0.69314718]), array([[-0.5,  0.5]]))
    """
    f = np.asarray(f, dtype=np.float64)
    value, gradient = np.empty(len(f)), np.empty(f.shape)
    for i, each in enumerate(f):
        value[i], gradient[i] = loss.value_and_gradient(y, each)
    return value, gradient


def row_curve(loss, y, f):
    """Value and gradient of each row, by the loop that also runs in the browser.

    Parameters
    ----------
    loss : losslab.losses.Rowwise
        Any loss of rows, also one defined in a notebook cell.
    y : array_like of shape (n,), (n, k) or (n, m)
        Targets, as the loss takes them.
    f : array_like of shape (n, k)
        Predictions.

    Returns
    -------
    tuple of ndarray of shape (n,) and ndarray of shape (n, k)

    Examples
    --------
    >>> import losslab as ll
    >>> from losslab.engine.curves import row_curve
    >>> row_curve(ll.get("cosine_distance"), [[1.0, 0.0]], [[0.0, 2.0]])
    (array([1.]), array([[-0.5,  0. ]]))
    """
    cls = type(loss)
    y, f, m, k = loss._prepare(y, np.asarray(f, dtype=np.float64))
    if "row_curve" not in cls._compiled:
        cls._compiled["row_curve"] = native.build(
            cls.curve_loop,
            cls.kernels_by_name(),
            len(cls.parameter_specs),
            layout=CURVE_LAYOUT,
            unused=cls.unused_arguments(),
            fast=False,
        )
    buffers = [np.zeros(size) for size in loss._buffer_sizes(m, k, 1)[:4]]
    value, gradient = np.empty(len(f)), np.empty(f.shape)
    cls._compiled["row_curve"](
        y, f, loss._vector, loss._packed, len(f), m, k, *buffers, value, gradient
    )
    return value, gradient
