"""The loss over a line or a plane through the space of the weights."""

import numbers
from dataclasses import dataclass

import numpy as np

from losslab.contract.inputs import as_float_array
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count
from losslab.training.landscapes.checks import as_size, as_vector, frozen
from losslab.training.landscapes.directions import (
    as_history,
    axis_directions,
    principal_directions,
    random_directions,
)

# How far beyond a history its landscape reaches, in lengths of the history.
MARGIN = 0.15


@dataclass(frozen=True, eq=False)
class Landscape:
    """The loss over a line or a plane of weights, and what else a plot of it needs.

    With matplotlib ``ax.contour(*found.axes, found.losses, found.levels())`` draws a plane and
    ``ax.plot(*found.path.T)`` the path on it.

    Attributes
    ----------
    theta : ndarray of shape (size,)
        The weights at the origin.
    directions : ndarray of shape (1 or 2, size)
        The line or plane is ``theta + u * directions[0] + v * directions[1]``.
    axes : tuple of ndarray
        The numbers u, and v of a plane.
    losses : ndarray of shape (len(u),) or (len(v), len(u))
        The mean loss at each, rows by v as ``contour(u, v, losses)`` takes them; infinite or NaN
        where the model overflows.
    path : ndarray of shape (steps, 1 or 2), or None
        Where the history lies, projected on the line or plane.
    path_losses : ndarray of shape (steps,), or None
        Its losses where it really was.
    path_distances : ndarray of shape (steps,), or None
        How far it was off the line or plane: where this is not small, the contours under the path
        are not those that were walked on.
    explained : ndarray, or None
        For principal directions: which share of the spread of the history each explains.
    """

    theta: np.ndarray
    directions: np.ndarray
    axes: tuple
    losses: np.ndarray
    path: np.ndarray | None = None
    path_losses: np.ndarray | None = None
    path_distances: np.ndarray | None = None
    explained: np.ndarray | None = None

    def weights_at(self, *place):
        """The weights at coordinates ``u`` or ``u, v``, as an array of shape (size,)."""
        if len(place) != len(self.directions):
            raise ValueError(f"place must be {len(self.directions)} numbers, got {len(place)}")
        return self.theta + np.asarray(place, dtype=float) @ self.directions

    def place_of(self, weights):
        """Coordinates of the nearest points of the line or plane, and how far from it these are.

        Parameters
        ----------
        weights : array_like of shape (size,) or (steps, size)

        Returns
        -------
        tuple of ndarray of shape (1 or 2,) or (steps, 1 or 2) and float or ndarray of shape (steps,)
        """
        return projected(np.asarray(weights, dtype=float) - self.theta, self.directions)

    @property
    def lowest(self):
        """Coordinates and loss of the lowest of the points; NaN counts as infinite."""
        flat = int(np.argmin(np.where(np.isnan(self.losses), np.inf, self.losses)))
        at = np.unravel_index(flat, self.losses.shape)[::-1]
        place = tuple(float(axis[i]) for axis, i in zip(self.axes, at, strict=True))
        return place, float(self.losses.flat[flat])

    def levels(self, count=12):
        """Levels for contours: they get denser towards the lowest point, as the loss does.

        Returns
        -------
        ndarray of shape (count,)
            Increasing; squares of equal steps above the lowest loss, so that the contours of a
            quadratic bowl stand at equal distances.
        """
        finite = self.losses[np.isfinite(self.losses)]
        if finite.size == 0 or finite.min() == finite.max():
            raise ValueError("levels need losses that are finite and not all the same")
        steps = np.linspace(0.0, 1.0, as_count("count", count, 2) + 2)[1:-1]
        return finite.min() + (finite.max() - finite.min()) * steps**2


def landscape(
    objective,
    theta,
    directions="random",
    span=None,
    points=51,
    *,
    dimensions=2,
    filters=None,
    history=None,
    seed=0,
):
    """The loss over a line or a plane through weights.

    Parameters
    ----------
    objective : losslab.training.Objective
        Anything with its methods. One that has ``slice_values(theta, directions, axes)``, as
        `LinearObjective` does, computes the whole slice by it.
    theta : array_like of shape (size,)
        The weights at the origin, finite.
    directions : {"random", "principal"}, sequence of int or array_like
        ``"random"``: see `random_directions`; ``"principal"``: see `principal_directions`, of the
        `history`; one or two whole numbers: the places of the weights to change; an array of shape
        (size,), (1, size) or (2, size), of floats if it has one row: the directions themselves.
    span : float or pair of numbers or pair of pairs, optional
        How far along each direction: ``r`` is from -r to r, ``(low, high)`` holds for each direction
        and ``((low, high), (low, high))`` for each its own. If not given it is 1, or with a history
        what it needs to be seen.
    points : int or pair of int
        How many points along each direction, at least 2.
    dimensions : {1, 2}
        How many random or principal directions.
    filters : sequence of array_like of int, optional
        For random directions; if not given those of ``objective.filters``, if it has some.
    history : History or array_like of shape (steps, size), optional
        Weights at each step, or the history of a `fit` that recorded them (``parameters="epoch"``), to be drawn as a path, and to take principal directions from.
    seed : int or numpy.random.Generator
        For random directions.

    Returns
    -------
    Landscape

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.

    Examples
    --------
    >>> import numpy as np
    >>> from losslab.training import Objective, landscape
    >>> class Bowl(Objective):
    ...     size, rows = 2, 1
    ...     def value_and_gradient(self, theta):
    ...         return float(theta @ theta) / 2, theta
    >>> found = landscape(Bowl(), [0.0, 1.0], directions=[0], span=2.0, points=3)
    >>> found.axes[0].tolist(), found.losses.tolist()
    ([-2.0, 0.0, 2.0], [2.5, 0.5, 2.5])
    """
    size = as_size(objective)
    theta = as_vector("theta", theta, size).copy()
    if dimensions not in (1, 2) or isinstance(dimensions, bool):
        raise ValueError(f"dimensions must be 1 or 2, got {shortened(dimensions)}")
    if history is not None:
        history = as_history(history, size)
    explained = None
    if isinstance(directions, str) and directions == "principal":
        if history is None:
            raise ValueError(
                "history must be given for principal directions: weights at each step, such as the "
                "history of fit(..., parameters='epoch')"
            )
        principal = principal_directions(history, dimensions)
        chosen, explained = principal.directions, principal.explained
    elif isinstance(directions, str) and directions == "random":
        if filters is None:
            filters = getattr(objective, "filters", None)
        chosen = random_directions(theta, filters, dimensions, seed)
    else:
        chosen = as_directions(directions, size)
    path = distances = path_losses = None
    if history is not None:
        path, distances = projected(history - theta, chosen)
        path_losses = frozen(np.array([_value(objective, row) for row in history]))
    axes = as_axes(span, points, len(chosen), path)
    losses = values_over(objective, theta, chosen, axes)
    return Landscape(
        frozen(theta),
        frozen(np.array(chosen)),
        axes,
        frozen(losses),
        path,
        path_losses,
        distances,
        explained,
    )


def values_over(objective, theta, directions, axes):
    """Losses at all points, by the objective's own way if it has one."""
    shape = tuple(axis.size for axis in reversed(axes))
    fast = getattr(objective, "slice_values", None)
    if fast is not None:
        return np.asarray(fast(theta, directions, axes), dtype=float).reshape(shape)
    losses = np.empty(shape)
    rows = axes[1] if len(axes) == 2 else [0.0]
    second = directions[1] if len(axes) == 2 else np.zeros_like(theta)
    for j, v in enumerate(rows):
        start = theta + v * second
        for i, u in enumerate(axes[0]):
            losses.reshape(len(rows), -1)[j, i] = _value(objective, start + u * directions[0])
    return losses


def _value(objective, theta):
    with np.errstate(over="ignore", invalid="ignore"):
        return float(objective.value(theta))


def projected(steps, directions):
    """Coordinates of the nearest points of the plane, and distances from it."""
    place = np.linalg.lstsq(directions.T, steps.T, rcond=None)[0].T
    distances = np.linalg.norm(steps - place @ directions, axis=-1)
    return place, distances if np.ndim(distances) else float(distances)


def as_directions(directions, size):
    """Directions from places of weights or from themselves.

    Raises
    ------
    ValueError, TypeError
        If they are neither, or do not span a line or a plane.
    """
    wanted = (
        f"directions must be 'random', 'principal', one or two places of weights, or an array of "
        f"shape ({size},), (1, {size}) or (2, {size})"
    )
    if isinstance(directions, str):
        raise ValueError(f"{wanted}, got {shortened(directions)}")
    if isinstance(directions, numbers.Integral):
        directions = [directions]
    array = np.asarray(directions)
    if array.dtype.kind in "iu" and array.ndim == 1:
        if array.size not in (1, 2):
            raise ValueError(f"{wanted}, got {array.size} places")
        return axis_directions(size, array.tolist())
    array = np.atleast_2d(np.asarray(as_float_array("directions", directions), dtype=float))
    if array.ndim != 2 or array.shape[0] not in (1, 2) or array.shape[1] != size:
        raise ValueError(f"{wanted}, got shape {np.shape(directions)}")
    if not np.isfinite(array).all():
        raise ValueError("directions must be finite")
    lengths = np.linalg.norm(array, axis=1)
    if (lengths == 0.0).any() or np.linalg.matrix_rank(array / lengths[:, None]) < len(array):
        raise ValueError("directions must not be 0 and must not lie on one line")
    return array


def as_axes(span, points, count, path=None):
    """The coordinates along each direction."""
    many = [points] * count if isinstance(points, numbers.Integral) else list(points)
    if len(many) != count:
        raise ValueError(f"points must be a whole number or {count}, got {shortened(points)}")
    many = [as_count("points", number, 2) for number in many]
    if span is None and path is not None:
        low, high = np.minimum(path.min(axis=0), 0.0), np.maximum(path.max(axis=0), 0.0)
        widest = (high - low).max()
        more = np.where(high - low > 0.1 * widest, MARGIN * (high - low), 0.1 * (widest or 1.0))
        ends = np.column_stack([low - more, high + more])
    else:
        ends = _as_ends(1.0 if span is None else span, count)
    return tuple(frozen(np.linspace(*pair, n)) for pair, n in zip(ends, many, strict=True))


def _as_ends(span, count):
    try:
        array = np.asarray(span, dtype=float)
    except (TypeError, ValueError):
        array = np.array(np.nan)
    if array.ndim == 0:
        array = np.array([-array, array])
    if array.ndim == 1:
        array = np.tile(array, (count, 1))
    if array.shape != (count, 2) or not (array[:, 0] < array[:, 1]).all():
        raise ValueError(
            "span must be a number greater than 0, a pair (low, high) or one pair for each "
            f"direction, got {shortened(span)}"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"span must be finite, got {shortened(span)}")
    return array
