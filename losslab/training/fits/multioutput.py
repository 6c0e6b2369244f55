"""Fit a linear model with several outputs under any rowwise loss: one plane for each column."""

from dataclasses import dataclass

import numpy as np

from losslab.contract.inputs import as_float_array
from losslab.contract.messages import shortened
from losslab.contract.scalars import as_count
from losslab.contract.weights import relative_weights
from losslab.losses.kinds.rowwise import Rowwise


@dataclass(frozen=True)
class MultiOutputFit:
    """One plane for each column of the predictions: ``intercepts + X @ coefficients``.

    Attributes
    ----------
    intercepts : ndarray of shape (k,)
    coefficients : ndarray of shape (p, k)
        In units of the column per unit of the predictor; read-only.
    value : float
        Weighted mean loss of the fit, without the penalty.
    gradient_norm : float
        Length of the gradient of the penalised mean loss, in standardised predictors.
    iterations : int
    converged : bool
        Whether the gradient fell below the tolerance of the optimiser. Losses with kinks may end
        without it. A loss without a minimum (separable classes, no ridge) may end with it: the
        coefficients grew until the gradient was small enough, and stopped only for that.
    """

    intercepts: np.ndarray
    coefficients: np.ndarray
    value: float
    gradient_norm: float
    iterations: int
    converged: bool

    def predict(self, X):
        """Predictions of shape (n, k) at the rows of `X`."""
        return self.intercepts + np.asarray(X, dtype=float) @ self.coefficients


def fit_multioutput(
    X, y, loss, columns=None, ridge=0.0, sample_weight=None, start=None, max_iterations=2000
):
    """Linear model of several outputs that minimises a mean rowwise loss plus a ridge penalty.

    Predictors are standardised inside, so their units do not matter to the penalty or the speed;
    the optimiser is SciPy's L-BFGS.

    Parameters
    ----------
    X : array_like of shape (n, p)
        Predictors, finite. p = 0 fits one row of constants.
    y : array_like
        Targets as the loss takes them.
    loss : losslab.losses.Rowwise
        Any rowwise loss.
    columns : int, optional
        How many columns the predictions have, if neither the names of the loss's outputs nor its
        vector parameter nor the largest class in `y` tells.
    ridge : float
        Finite and >= 0: the penalty is ``ridge / 2`` times the sum of the squared coefficients of
        the standardised predictors; intercepts go free.
    sample_weight : array_like of shape (n,), optional
        Finite and >= 0, not all zero.
    start : array_like of shape (k,), optional
        Intercepts to start from; 0 if not given. Coefficients start at 0.
    max_iterations : int
        At least 1.

    Returns
    -------
    MultiOutputFit

    Raises
    ------
    ValueError, TypeError
        If an argument is not as above; the message names it.

    Examples
    --------
    >>> import losslab as ll
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]]
    >>> loss = ll.get("softmax_cross_entropy")
    >>> fit = ll.training.fit_multioutput(X, [0, 1, 0, 1, 2, 2], loss, ridge=0.1)
    >>> fit.predict(X).argmax(axis=1).tolist()
    [0, 0, 1, 1, 2, 2]
    """
    from scipy.optimize import minimize

    if not isinstance(loss, Rowwise):
        raise TypeError(
            f"loss must be a rowwise loss such as ll.get('softmax_cross_entropy'), got {shortened(loss)}"
        )
    X = as_float_array("X", X).astype(float)
    if X.ndim != 2 or not np.isfinite(X).all():
        raise ValueError(f"X must be finite with shape (n, p), got shape {X.shape}")
    y = as_float_array("y", y)
    if len(y) != len(X):
        raise ValueError(f"X and y must have the same length, got {len(X)} and {len(y)}")
    if isinstance(ridge, bool) or not 0.0 <= ridge < np.inf:
        raise ValueError(f"ridge must be finite and >= 0, got {shortened(ridge)}")
    k = _columns(loss, y, columns)
    w = relative_weights(sample_weight, (len(X),))
    share = w / w.sum()
    centre = share @ X
    spread = np.sqrt(share @ (X - centre) ** 2)
    spread[spread == 0.0] = 1.0
    U = np.column_stack([np.ones(len(X)), (X - centre) / spread])
    theta = np.zeros((U.shape[1], k))
    if start is not None:
        start = np.asarray(start, dtype=float)
        if start.shape != (k,):
            raise ValueError(f"start must have shape ({k},), got {start.shape}")
        theta[0] = start

    def objective(flat):
        theta = flat.reshape(-1, k)
        value, gradient = loss.value_and_gradient(y, U @ theta, w)
        slope = U.T @ gradient
        slope[1:] += ridge * theta[1:]
        return value + 0.5 * ridge * np.sum(theta[1:] ** 2), slope.ravel()

    found = minimize(
        objective,
        theta.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": max_iterations, "maxfun": 10 * max_iterations, "ftol": 0, "gtol": 1e-9},
    )
    theta = found.x.reshape(-1, k)
    norm = float(np.linalg.norm(objective(found.x)[1]))
    coefficients = theta[1:] / spread[:, None]
    intercepts = theta[0] - centre @ coefficients
    for array in (coefficients, intercepts):
        array.flags.writeable = False
    return MultiOutputFit(
        intercepts,
        coefficients,
        loss.value(y, U @ theta, w),
        norm,
        int(found.nit),
        bool(found.success or norm < 1e-6),
    )


def _columns(loss, y, columns):
    """How many columns the predictions have."""
    if columns is None:
        if isinstance(loss.outputs, tuple):
            return len(loss.outputs)
        if type(loss).vector_specs:
            return loss.example_columns()
        if loss.target == "class" and y.size:
            return max(2, int(np.max(y)) + 1)
        if y.ndim == 2:
            return y.shape[1]
        raise ValueError(f"columns must be given: {loss.name} takes any number")
    return as_count("columns", columns)
