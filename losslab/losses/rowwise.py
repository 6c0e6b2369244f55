"""Rowwise losses: one term for each row of targets and predictions."""

import types

import numpy as np

from losslab.engine import loops, native
from losslab.engine.row_loops import LAYOUT, row_loop
from losslab.engine.threads import run_chunks
from losslab.losses import inputs
from losslab.losses.contract import Loss


class Rowwise(Loss):
    """A loss of a row of k predictions, averaged over rows.

    A subclass gives ``row_at(y, f, g, k, *parameters)``: a kernel that reads the k numbers of y
    and f, writes the gradient to g and returns the value; and ``exact(mp, y, f, *parameters)``,
    the textbook formula of the value for two lists of mpmath numbers.
    """

    kind = "rowwise"
    kernels = types.MappingProxyType({"row_at": ("y", "f", "g", "k"), "exact": ("mp", "y", "f")})
    outputs = None

    def value(self, y_true, y_pred, sample_weight=None, reduction="mean"):
        """Loss of rows of predictions, averaged unless told otherwise.

        Parameters
        ----------
        y_true, y_pred : array_like of shape (n, k)
            Targets and predictions, one row a sample.
        sample_weight : array_like of shape (n,), optional
            Finite and >= 0, not all zero.
        reduction : {"mean", "sum", "none"}
            Over rows; ``"mean"`` divides by the sum of the weights.

        Returns
        -------
        float or ndarray of shape (n,)

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("cosine_distance").value([[1.0, 0.0]], [[0.0, 2.0]])
        1.0
        """
        return self._run(y_true, y_pred, sample_weight, reduction, None, keep=False)[0]

    def gradient(self, y_true, y_pred, sample_weight=None, reduction="mean", out=None):
        """Derivative of the reduced loss with respect to each prediction, shape (n, k).

        Parameters are those of `value`, and `out` for the result.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("cosine_distance").gradient([[1.0, 0.0]], [[0.0, 2.0]])
        array([[-0.5,  0. ]])
        """
        return self._run(y_true, y_pred, sample_weight, reduction, out, keep=True)[1]

    def value_and_gradient(self, y_true, y_pred, sample_weight=None, reduction="mean", out=None):
        """What `value` and `gradient` return, in one pass over the data.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("cosine_distance").value_and_gradient([[1.0, 0.0]], [[0.0, 2.0]])
        (1.0, array([[-0.5,  0. ]]))
        """
        return self._run(y_true, y_pred, sample_weight, reduction, out, keep=True)

    def curvature(self, y_true, y_pred, sample_weight=None, reduction="mean"):
        """Not available for rowwise losses that couple their columns; says why."""
        raise NotImplementedError(f"{self.name} has no curvature: {self.no_curvature}")

    def _run(self, y_true, y_pred, sample_weight, reduction, out, keep):
        inputs.check_reduction(reduction)
        y, f = inputs.as_pair(y_true, y_pred)
        if y.ndim != 2:
            raise ValueError(f"y_true and y_pred must have shape (n, k), got {y.shape}")
        n, k = y.shape
        w, weighted, total = inputs.NO_WEIGHTS, 0, float(n)
        if sample_weight is not None:
            w, total = inputs.as_weights(sample_weight, (n,))
            weighted = 1
        total = total if reduction == "mean" else 1.0
        out = inputs.as_output(out, y) if keep else np.empty((1, 1), y.dtype)
        terms = np.empty(n, y.dtype)
        rows = max(1, loops.CHUNK // k)
        partial = np.empty(-(-n // rows))
        function = self._compiled.get(y.dtype) or self._compile(y.dtype)
        arguments = (y, f, w, weighted, 1.0 / total, self._packed, terms, out, int(keep))
        sizes = (n, k, rows)
        run_chunks(function, (*arguments, partial, *sizes), n, rows, (k, k, k, rows))
        value = terms if reduction == "none" else inputs.reduce(partial, total, y)
        return value, out

    @classmethod
    def _compile(cls, dtype):
        cls._compiled[dtype] = native.build(
            row_loop,
            {"loss_row": cls.row_at},
            len(cls.parameter_specs),
            dtype=dtype.name,
            layout=LAYOUT,
        )
        return cls._compiled[dtype]

    def example(self, n, rng):
        """Random legal input: two arrays of shape (n, 4).

        Examples
        --------
        >>> import numpy as np, losslab as ll
        >>> y_true, y_pred = ll.get("cosine_distance").example(3, np.random.default_rng(0))
        >>> y_pred.shape
        (3, 4)
        """
        return rng.normal(size=(n, 4)), rng.normal(size=(n, 4))
