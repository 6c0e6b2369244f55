"""The mean loss of a linear model as a function of its weights."""

import numpy as np

from losslab.contract.inputs import as_float_array, first_illegal
from losslab.contract.messages import shortened
from losslab.contract.weights import as_weights
from losslab.engine.alone import compiled
from losslab.engine.threads import BLOCK, run_chunks
from losslab.losses.kinds.domains import PREDICTIONS, TARGETS, anything
from losslab.losses.kinds.pointwise import Pointwise
from losslab.training.landscapes.slice_loops import LOGISTIC_SLICE, SLICE, TILE
from losslab.training.objective import Objective


class LinearObjective(Objective):
    r"""The mean loss of a linear model, ``theta[0] + X @ theta[1:]``.

    Parameters
    ----------
    X : array_like of shape (n, d)
        Features, finite.
    y : array_like of shape (n,)
        Targets, legal for the loss.
    loss : losslab.losses.Pointwise
        A loss of a prediction that may be any number: a value, logit, score or log mean.
    intercept : bool
        Whether there is one; without it the prediction is ``X @ theta``.
    sample_weight : array_like of shape (n,), optional
        Finite and >= 0, not all zero.
    ridge : float
        Adds ``ridge / 2`` times the sum of the squared coefficients, of all but the intercept; >= 0.

    Attributes
    ----------
    size : int
        Number of weights: d, or d + 1 with an intercept.
    rows : int
        n.

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.

    Examples
    --------
    >>> import numpy as np, losslab as ll
    >>> from losslab.training import LinearObjective
    >>> loss = ll.get("binary_cross_entropy")
    >>> objective = LinearObjective([[1.0], [2.0], [4.0]], [0, 1, 1], loss)
    >>> value, gradient = objective.value_and_gradient(np.zeros(2))
    >>> round(value, 6), gradient.round(6).tolist()
    (0.693147, [-0.166667, -0.833333])
    """

    def __init__(self, X, y, loss, intercept=True, sample_weight=None, ridge=0.0):
        if not isinstance(loss, Pointwise) or PREDICTIONS[loss.prediction].is_legal is not anything:
            raise TypeError(
                "loss must be a pointwise loss whose prediction may be any number, such as "
                f"ll.get('binary_cross_entropy'), got {shortened(loss)}"
            )
        X = np.ascontiguousarray(as_float_array("X", X), dtype=np.float64)
        if X.ndim != 2 or X.size == 0:
            raise ValueError(f"X must have shape (n, d) and not be empty, got {X.shape}")
        if not np.isfinite(X).all():
            raise ValueError(f"X must be finite, got {X[~np.isfinite(X)][0].item()!r}")
        y = np.ascontiguousarray(as_float_array("y", y), dtype=np.float64)
        if y.shape != (len(X),):
            raise ValueError(f"y must have shape ({len(X)},), got {y.shape}")
        if np.isnan(y).any():
            raise ValueError(f"y must not be NaN, it is at index {int(np.isnan(y).argmax())}")
        first_illegal("y", y, TARGETS[loss.target])
        if isinstance(ridge, bool) or not 0.0 <= ridge < np.inf:
            raise ValueError(f"ridge must be finite and >= 0, got {shortened(ridge)}")
        self.loss, self.intercept, self.ridge = loss, bool(intercept), float(ridge)
        self.X = np.column_stack([np.ones(len(X)), X]) if intercept else X
        self.y = y
        self.sample_weight = None
        if sample_weight is not None:
            as_weights(sample_weight, y.shape, y.size)
            self.sample_weight = np.array(sample_weight, dtype=float)
        self.rows, self.size = self.X.shape

    def predictions(self, theta):
        """Predictions of all rows, an array of shape (n,)."""
        return self.X @ theta

    def value(self, theta):
        value = self.loss.value(self.y, self.X @ theta, self.sample_weight)
        return value + self._penalty(theta)

    def value_and_gradient(self, theta):
        f = self.X @ theta
        value, gradient = self.loss.value_and_gradient(self.y, f, self.sample_weight)
        slope = gradient @ self.X
        if self.ridge:
            slope += self.ridge * self._penalised(theta)
        return value + self._penalty(theta), slope

    def hessian_product(self, theta, v):
        f = self.X @ theta
        bent = self.loss.hessian_product(self.y, f, self.X @ v, self.sample_weight)
        product = bent @ self.X
        return product + self.ridge * self._penalised(v) if self.ridge else product

    def hessian(self, theta):
        """The Hessian, an array of shape (size, size)."""
        curvature = self.loss.curvature(self.y, self.X @ theta, self.sample_weight)
        matrix = self.X.T @ (curvature[:, None] * self.X)
        matrix = 0.5 * (matrix + matrix.T)
        if self.ridge:
            matrix += self.ridge * np.diag(self._penalised(np.ones(self.size)))
        return matrix

    def batch(self, indices):
        """The same objective over the rows at `indices`."""
        indices = np.asarray(indices)
        if indices.ndim != 1 or indices.size == 0 or indices.dtype.kind not in "iu":
            raise ValueError(f"indices must be places of rows, got {shortened(indices)}")
        if indices.min() < 0 or indices.max() >= self.rows:
            raise ValueError(f"indices must be between 0 and {self.rows - 1}")
        part = object.__new__(type(self))
        part.__dict__.update(vars(self), X=self.X[indices], y=self.y[indices], rows=indices.size)
        if self.sample_weight is not None:
            part.sample_weight = self.sample_weight[indices]
            as_weights(part.sample_weight, part.y.shape, part.rows)
        return part

    def slice_values(self, theta, directions, axes):
        """Losses over a line or a plane: what `losslab.training.landscape` asks for.

        A prediction is affine in the two coordinates, so the features are multiplied with the
        directions once. For binary cross-entropy with labels 0 and 1 and equal weights exponentials
        are products of entries of two tables; any other loss runs its own loop.

        Parameters
        ----------
        theta : ndarray of shape (size,)
        directions : ndarray of shape (1 or 2, size)
        axes : tuple of ndarray

        Returns
        -------
        ndarray of shape (len(u),) or (len(v), len(u))
        """
        u = np.ascontiguousarray(axes[0], dtype=float)
        plane = len(axes) == 2
        v = np.ascontiguousarray(axes[1], dtype=float) if plane else np.zeros(1)
        with np.errstate(over="ignore", invalid="ignore"):
            # Contiguous columns, one for each of the three.
            z, du = self.X @ theta, self.X @ directions[0]
            dv = self.X @ directions[1] if plane else np.zeros(self.rows)
        values = affine_values(self.loss, self.y, z, du, dv, u, v, self.sample_weight)
        if self.ridge:
            ends = theta, directions[0], directions[1] if plane else np.zeros(self.size)
            a, b, c = map(self._penalised, ends)
            places = b[:, None, None] * u + c[:, None, None] * v[:, None] + a[:, None, None]
            values += 0.5 * self.ridge * (places**2).sum(axis=0)
        return values if plane else values[0]

    def _penalised(self, theta):
        return np.concatenate([[0.0], theta[1:]]) if self.intercept else theta

    def _penalty(self, theta):
        if not self.ridge:
            return 0.0
        own = self._penalised(theta)
        return float(0.5 * self.ridge * (own @ own))


def affine_values(loss, y, z, du, dv, u, v, sample_weight=None):
    """Mean loss at predictions ``z + du * u[i] + dv * v[j]``, by one number a row and axis.

    Parameters
    ----------
    loss : losslab.losses.Pointwise
    y, z, du, dv : ndarray of shape (n,)
    u, v : ndarray of shape (columns,) and (lines,)
    sample_weight : ndarray of shape (n,), optional

    Returns
    -------
    ndarray of shape (lines, columns)
    """
    out = np.empty((v.size, u.size))
    reach = abs(z) + abs(du) * abs(u).max() + abs(dv) * abs(v).max()
    binary = loss.name == "binary_cross_entropy" and ((y == 0.0) | (y == 1.0)).all()
    if binary and sample_weight is None and reach.max() < np.inf:
        # log(1 + e**m), m the prediction of the label that it is not.
        sign = 1.0 - 2.0 * y
        rows = sign * z, sign * du, sign * dv
        sizes = LOGISTIC_SLICE.scratch_sizes(
            columns=u.size, lines=v.size, n=y.size, first=0, last=0
        )
        arguments = (*rows, u, v, u.size, v.size, out, y.size)
        run_chunks(compiled(LOGISTIC_SLICE), arguments, v.size, chunk=TILE, buffer_sizes=sizes)
        return out / y.size
    w = as_weights(sample_weight, y.shape, y.size)
    arguments = (y, z, du, dv, w.numbers, w.given, w.unit, u, v, u.size, loss._packed, out, y.size)
    run_chunks(loss.compiled(SLICE), arguments, v.size, chunk=1, buffer_sizes=(BLOCK,))
    return out / w.total
