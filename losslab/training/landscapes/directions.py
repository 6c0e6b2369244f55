"""Directions in the space of the weights, along which a landscape is cut."""

from dataclasses import dataclass

import numpy as np

from losslab.contract.inputs import as_float_array
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count
from losslab.training.history import History
from losslab.training.landscapes.checks import as_vector, frozen

# Principal directions that explain less of a history than this are rounding.
LEAST_SHARE = 1e-20


def axis_directions(size, chosen):
    """Unit vectors along chosen weights.

    Parameters
    ----------
    size : int
        Number of weights.
    chosen : sequence of int
        Their places, 0 to ``size - 1``, each once.

    Returns
    -------
    ndarray of shape (len(chosen), size)

    Raises
    ------
    ValueError, TypeError
        If a place is illegal or stands twice.

    Examples
    --------
    >>> from losslab.training import axis_directions
    >>> axis_directions(3, [0, 2]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    size = as_count("size", size)
    chosen = [as_count("chosen", place, 0, size - 1) for place in chosen]
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"chosen must name each weight once, got {shortened(chosen)}")
    return np.eye(size)[chosen] if chosen else np.empty((0, size))


def random_directions(theta, filters=None, count=2, seed=0):
    r"""Random directions, each filter as long as the weights that it moves.

    Weights are drawn from the normal distribution and then scaled filter by filter,
    :math:`d_j \leftarrow d_j \, \lVert\theta_j\rVert / \lVert d_j\rVert`, as Li et al. (2018) define
    it; so a step of 1 changes every filter by its own length, and networks that compute the same
    function with weights of different size, as those of ReLU units can, look the same.

    Parameters
    ----------
    theta : array_like of shape (size,)
        Weights, finite.
    filters : sequence of array_like of int, optional
        The places of the weights of each filter: in a dense layer, those that lead into one unit.
        No weight may be in two. Weights that are in none, biases as a rule, stay where they are,
        as in the authors' program. Without filters all weights are one.
    count : int
        How many directions.
    seed : int or numpy.random.Generator

    Returns
    -------
    ndarray of shape (count, size)

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above, or all filters are 0, so that there is nothing to move.

    References
    ----------
    H. Li, Z. Xu, G. Taylor, C. Studer and T. Goldstein, Visualizing the Loss Landscape of Neural
    Nets, NeurIPS 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from losslab.training import random_directions
    >>> d = random_directions([3.0, 4.0, 0.1, 7.0], filters=[[0, 1], [2]], count=1)[0]
    >>> np.hypot(d[0], d[1]).round(12), abs(d[2]).round(12), d[3]
    (np.float64(5.0), np.float64(0.1), np.float64(0.0))
    """
    theta = as_vector("theta", theta, np.size(theta))
    count = as_count("count", count)
    groups = as_filters(filters, theta.size)
    directions = np.zeros((count, theta.size))
    drawn = np.random.default_rng(seed).normal(size=(count, theta.size))
    for places in groups:
        length = np.linalg.norm(theta[places])
        own = drawn[:, places]
        directions[:, places] = own * (length / np.linalg.norm(own, axis=1, keepdims=True))
    if not directions.any():
        raise ValueError("theta must have a filter that is not 0: none of them can be moved")
    return directions


def as_filters(filters, size):
    """Places of each filter as arrays; one of all weights if there are none.

    Raises
    ------
    ValueError
        If a place is illegal or in two filters.
    """
    if filters is None:
        return [np.arange(size)]
    groups, seen = [], np.zeros(size, dtype=bool)
    for number, filter_ in enumerate(filters):
        places = np.asarray(filter_)
        if places.ndim != 1 or places.dtype.kind not in "iu" or places.size == 0:
            raise ValueError(
                f"filters must hold arrays of places of weights, got {shortened(filter_)} as "
                f"filter {number}"
            )
        if places.min() < 0 or places.max() >= size:
            raise ValueError(
                f"filters must hold places between 0 and {size - 1}, got {shortened(filter_)} as "
                f"filter {number}"
            )
        if seen[places].any() or np.unique(places).size < places.size:
            raise ValueError(f"filters must not share weights: filter {number} has one again")
        seen[places] = True
        groups.append(places)
    if not groups:
        raise ValueError("filters must not be empty; None makes one filter of all weights")
    return groups


@dataclass(frozen=True, eq=False)
class PrincipalDirections:
    """The directions in which a history of weights spread most.

    Attributes
    ----------
    directions : ndarray of shape (count, size)
        Orthonormal; the greatest entry of each is positive.
    explained : ndarray of shape (count,)
        Which share of the squared distances from the mean each explains, greatest first. In many
        dimensions two directions explain most of a mere random walk too.
    """

    directions: np.ndarray
    explained: np.ndarray


def principal_directions(history, count=2):
    """Principal directions of a history of weights, by a singular value decomposition.

    Parameters
    ----------
    history : History or array_like of shape (steps, size)
        Weights at each step, finite.
    count : int
        How many directions.

    Returns
    -------
    PrincipalDirections

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above, or the history does not spread in so many directions.

    Examples
    --------
    >>> from losslab.training import principal_directions
    >>> found = principal_directions([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]], count=1)
    >>> found.directions.round(12).tolist(), found.explained.round(12).tolist()
    ([[0.6, 0.8]], [1.0])
    """
    history = as_history(history)
    count = as_count("count", count)
    # In units in which nothing overflows when it is squared.
    centred = history - history.mean(axis=0)
    scale = np.abs(centred).max()
    _, lengths, rows = np.linalg.svd(centred / (scale or 1.0), full_matrices=False)
    squares = lengths**2
    share = squares / (squares.sum() or 1.0)
    spread = int((share > LEAST_SHARE).sum())
    if spread < count:
        raise ValueError(
            f"history must spread in {count} directions, got one that does in {spread}"
        )
    rows = rows[:count]
    signs = np.sign(rows[np.arange(count), np.abs(rows).argmax(axis=1)])
    return PrincipalDirections(frozen(rows * signs[:, None]), frozen(share[:count]))


def as_history(history, size=None):
    """Weights at each step as a finite array of shape (steps, size)."""
    if isinstance(history, History):
        history = history.parameters
        if len(history) == 0:
            raise ValueError(
                "history holds no weights: fit(..., parameters='epoch') or 'step' records them"
            )
    array = np.ascontiguousarray(as_float_array("history", history), dtype=np.float64)
    if array.ndim != 2 or len(array) < 1 or (size is not None and array.shape[1] != size):
        wanted = "size" if size is None else size
        raise ValueError(f"history must have shape (steps, {wanted}), got {array.shape}")
    if not np.isfinite(array).all():
        step = int(np.argmin(np.isfinite(array).all(axis=1)))
        raise ValueError(f"history must be finite, it is not at step {step}")
    return array
