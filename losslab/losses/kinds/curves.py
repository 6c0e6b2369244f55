"""Curves for figures: value, gradient and curvature at given points, as the page computes them."""

import numpy as np


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
    >>> from losslab.losses.kinds.curves import curve
    >>> curve(ll.get("squared_error"), np.zeros(2), np.array([1.0, 2.0]))
    array([[0.5, 2. ],
           [1. , 2. ],
           [1. , 1. ]])
    """
    return loss.run(loss.loops["curve"], y=y, f=f, n=len(f))["out"].reshape(3, -1)


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
    >>> from losslab.losses.kinds.curves import batch_curve
    >>> batch_curve(ll.get("pu_risk"), [1, 0], [[0.0, 0.0]])
    (array([0.69314718]), array([[-0.5,  0.5]]))
    """
    f = np.asarray(f, dtype=np.float64)
    y, first, m, k = loss.shaped(y, f[0])
    answers = loss.run(loss.loops["batch"], **as_groups(y, f, len(first), m, k))
    return answers["value"], answers["gradient"].reshape(f.shape)


def as_groups(y, f, n, m, k):
    """Batches of the same n samples, as the groups that the loop takes."""
    count = len(f)
    return {
        "y": np.tile(np.ravel(y), count),
        "f": f,
        "w": np.ones(count * n),
        "order": np.arange(float(count * n)),
        "starts": np.arange(0.0, count * n + 1, n),
        "groups": count,
        "rows": count * n,
        "n": n,
        "m": m,
        "k": k,
        "first": 0,
        "last": count,
    }


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
    >>> from losslab.losses.kinds.curves import row_curve
    >>> row_curve(ll.get("cosine_distance"), [[1.0, 0.0]], [[0.0, 2.0]])
    (array([1.]), array([[-0.5,  0. ]]))
    """
    y, f, m, k = loss.shaped(y, np.asarray(f, dtype=np.float64))
    answers = loss.run(loss.loops["rows"], y=y, f=f, n=len(f), m=m, k=k)
    return answers["value"], answers["gradient"].reshape(f.shape)
