"""Rowwise losses: one term for each row of predictions, which may be of any length."""

import types

import numpy as np

from losslab.contract import inputs, weights
from losslab.engine.threads import CHUNK, run_chunks
from losslab.losses.kinds import labels
from losslab.losses.kinds.row_domains import ROW_PREDICTIONS, ROW_TARGETS
from losslab.losses.kinds.row_loops import (
    ROW_CURVE,
    ROW_SECOND,
    ROW_SECOND_OF_DATA,
    ROWS,
    ROWS_OF_DATA,
)
from losslab.losses.kinds.rows import OfRows


class Rowwise(OfRows):
    """A loss of a target and a row of k predictions, averaged over rows.

    A subclass says what its columns are (`outputs`: ``"classes"``, ``"values"`` or a tuple of
    names), names its `target` and `prediction` domains from `row_domains`, and gives

    * ``row_at(y, f, g, s, k, *parameters)``: a kernel that reads the target y (``y[0]`` if it is
      one number) and the k numbers of f, writes the gradient to all k places of g and returns the
      value; s is scratch space for 2 k + 16 numbers, and f a copy of the row, to be written over;
    * ``exact(mp, y, f, *parameters)``: the textbook formula of the value, for a target (an int for
      a class, a number, or a list) and a list of mpmath numbers.

    A `Vector` parameter comes first among the parameters. Second derivatives come from one more
    kernel, if it has it:

    * ``row_second_at(y, f, d, h, t, s, k, *parameters)`` reads k numbers d as well, writes the
      product of the Hessian with them to h and the diagonal of the Hessian to t.
    """

    kind = "rowwise"
    drawn_over = "row"
    kernels = types.MappingProxyType(
        {"row_at": ("y", "f", "g", "s", "k"), "exact": ("mp", "y", "f")}
    )
    optional_kernels = types.MappingProxyType(
        {"row_second_at": ("y", "f", "d", "h", "t", "s", "k")}
    )
    loops = types.MappingProxyType({"rows": ROW_CURVE})
    second_kernel = "row_second_at"
    # Why `gradient` is not the derivative of `value`, if so (a stop-gradient); such a class gives
    # ``exact_gradient(mp, y, f, *parameters)`` beside `exact`.
    gradient_field = None

    @classmethod
    def _check_definition(cls):
        super()._check_definition()
        if (cls.gradient_field is None) != (getattr(cls, "exact_gradient", None) is None):
            raise ValueError(
                f"{cls.__qualname__} needs exact_gradient and gradient_field = 'the reason' together"
            )

    def value(self, y_true, y_pred, sample_weight=None, reduction="mean", *, ignore_label=None):
        """Loss of rows of predictions, averaged unless told otherwise.

        Parameters
        ----------
        y_true : array_like of shape (n,), (n, k) or (n, m)
            Targets, one a row; `target` says which, as in the error for any other shape.
        y_pred : array_like of shape (n, k)
            Predictions, one row a sample; `outputs` says what the columns are.
        sample_weight : array_like of shape (n,), optional
            Finite and >= 0, not all zero. A row of weight 0 counts nothing, whatever its loss.
        reduction : {"mean", "sum", "none"}
            Over rows; ``"mean"`` divides by the sum of the weights.
        ignore_label : float, optional
            For losses of classes and labels: rows with this target (or with this in all places of
            it) count nothing, as with weight 0.

        Returns
        -------
        float or ndarray of shape (n,)

        Raises
        ------
        ValueError, TypeError
            Shapes do not fit, nothing given, or a row is illegal; the message says which.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("cosine_distance").value([[1.0, 0.0]], [[0.0, 2.0]])
        1.0
        """
        return self._run(y_true, y_pred, sample_weight, reduction, None, False, ignore_label)[0]

    def gradient(
        self,
        y_true,
        y_pred,
        sample_weight=None,
        reduction="mean",
        out=None,
        *,
        ignore_label=None,
    ):
        """Derivative of the reduced loss with respect to each prediction, shape (n, k).

        Parameters are those of `value`, and `out` for the result, which may overlap any input.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("cosine_distance").gradient([[1.0, 0.0]], [[0.0, 2.0]])
        array([[-0.5,  0. ]])
        """
        return self._run(y_true, y_pred, sample_weight, reduction, out, True, ignore_label)[1]

    def value_and_gradient(
        self,
        y_true,
        y_pred,
        sample_weight=None,
        reduction="mean",
        out=None,
        *,
        ignore_label=None,
    ):
        """What `value` and `gradient` return, in one pass over the data.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("cosine_distance").value_and_gradient([[1.0, 0.0]], [[0.0, 2.0]])
        (1.0, array([[-0.5,  0. ]]))
        """
        return self._run(y_true, y_pred, sample_weight, reduction, out, True, ignore_label)

    def curvature(
        self,
        y_true,
        y_pred,
        sample_weight=None,
        reduction="mean",
        out=None,
        *,
        ignore_label=None,
    ):
        """Second derivative of the reduced loss with respect to each prediction, shape (n, k).

        It is the diagonal of the Hessian, whose other entries couple the columns of one row:
        `hessian_product` has them all. Parameters are those of `gradient`.

        Raises
        ------
        NotImplementedError
            If second derivatives of the loss are not given.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("softmax_cross_entropy").curvature([0], [[0.0, 0.0]])
        array([[0.25, 0.25]])
        """
        return self._second(None, y_true, y_pred, sample_weight, reduction, out, ignore_label)

    def hessian_product(
        self,
        y_true,
        y_pred,
        vector,
        sample_weight=None,
        reduction="mean",
        out=None,
        *,
        ignore_label=None,
    ):
        """The Hessian of the reduced loss times a vector, shape (n, k).

        Parameters
        ----------
        y_true, y_pred, sample_weight, reduction, out, ignore_label
            As for `gradient`.
        vector : array_like of shape (n, k)
            One number for each prediction, taken in the precision of `y_pred`. NaN makes its row
            NaN.

        Raises
        ------
        NotImplementedError
            If second derivatives of the loss are not given.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("softmax_cross_entropy").hessian_product([0], [[0.0, 0.0]], [[1.0, 0.0]])
        array([[ 0.25, -0.25]])
        """
        return self._second(vector, y_true, y_pred, sample_weight, reduction, out, ignore_label)

    # How it is done ---------------------------------------------------------------------------

    def _prepare(self, y_true, y_pred, sample_weight, reduction, ignore_label):
        """What `shaped` gives, in the dtypes that the loops take, and the weights."""
        inputs.check_reduction(reduction)
        y_true, sample_weight = labels.without_label(self, y_true, sample_weight, ignore_label)
        y, f, m, k = self.shaped(y_true, y_pred)
        columns = ROW_TARGETS[self.target].columns
        if columns == "k" and y.dtype is not f.dtype:
            f = f.astype(inputs.FLOAT64, copy=False)
        if columns != "k" or y.dtype is not f.dtype:
            y = y.astype(inputs.FLOAT64, copy=False)
        return y, f, m, k, weights.as_weights(sample_weight, (len(f),), len(f), reduction == "mean")

    def _run(self, y_true, y_pred, sample_weight, reduction, out, keep, ignore_label):
        y, f, m, k, w = self._prepare(y_true, y_pred, sample_weight, reduction, ignore_label)
        n = len(f)
        result = inputs.as_output(out, f, y, f, w.numbers) if keep else np.empty((1, 1), f.dtype)
        terms = np.empty(n, f.dtype)
        rows = max(1, CHUNK // k)
        partial = np.empty(-(-n // rows))
        loop = self.array_loop()
        function = self.compiled(loop, f.dtype)
        sizes = loop.scratch_sizes(m=m, k=k, rows=rows)

        def run(w, keep):
            weighing = (w.numbers, w.given, w.unit, 1.0 / w.total)
            data = (y, f, *self._vectors, self._packed, *weighing, terms, result, int(keep))
            return run_chunks(function, (*data, partial, n, m, k, rows), n, rows, sizes)

        illegal = run(w, keep)
        if illegal:
            self._refuse(y, f, m, k, n - illegal)
        if reduction == "none":
            value = terms
        else:
            # Before `out`, which may lie where y or f does, is written to.
            value = weights.reduce(partial, w, n, f, lambda small: run(small, False))
        return value, inputs.deliver(result, out)

    def _second(self, vector, y_true, y_pred, sample_weight, reduction, out, ignore_label):
        """The product with a vector, or the diagonal if that is None."""
        self._check_curvature()
        y, f, m, k, w = self._prepare(y_true, y_pred, sample_weight, reduction, ignore_label)
        d = f if vector is None else inputs.as_direction(vector, f)
        n = len(f)
        result = inputs.as_output(out, f, y, f, d, w.numbers)
        rows = max(1, CHUNK // k)
        loop = self.second_loop()
        data = (y, f, d, int(vector is not None), *self._vectors, self._packed)
        weighing = (w.numbers, w.given, w.unit, 1.0 / w.total)
        arguments = (*data, *weighing, result, n, m, k, rows)
        sizes = loop.scratch_sizes(m=m, k=k)
        illegal = run_chunks(self.compiled(loop, f.dtype), arguments, n, rows, sizes)
        if illegal:
            self._refuse(y, f, m, k, n - illegal)
        return inputs.deliver(result, out)

    @classmethod
    def second_loop(cls):
        """The loop of second derivatives over arrays of rows."""
        of_data = ROW_TARGETS[cls.target].columns == "k"
        return ROW_SECOND_OF_DATA if of_data else ROW_SECOND

    @classmethod
    def array_loop(cls):
        """The loop over arrays of rows."""
        return ROWS_OF_DATA if ROW_TARGETS[cls.target].columns == "k" else ROWS

    def _kernels_by_name(self):
        kernels = {"loss_row": self.row_at}
        return kernels | ({"row_second": self.row_second_at} if self.has_curvature() else {})

    def _checks_by_name(self):
        return {
            "target_is_legal": ROW_TARGETS[self.target].is_legal,
            "prediction_is_legal": ROW_PREDICTIONS[self.prediction].is_legal,
        }
