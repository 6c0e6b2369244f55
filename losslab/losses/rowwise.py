"""Rowwise losses: one term for each row of predictions, which may be of any length."""

import types

import numpy as np

from losslab.engine import loops, native
from losslab.engine.row_loops import (
    LAYOUT,
    LAYOUT_ROW_TARGETS,
    SURPRISE_BLOCK,
    SURPRISE_LAYOUT,
    row_curve_loop,
    row_loop,
    surprise_curve_loop,
    surprise_loop,
)
from losslab.engine.threads import run_chunks
from losslab.losses import inputs
from losslab.losses.row_domains import ROW_PREDICTIONS, ROW_TARGETS
from losslab.losses.rows import OfRows

# Beyond k numbers: room for a kernel that works in blocks.
SPARE = 16


class Rowwise(OfRows):
    """A loss of a target and a row of k predictions, averaged over rows.

    A subclass says what its columns are (`outputs`: ``"classes"``, ``"values"`` or a tuple of
    names), names its `target` and `prediction` domains from `row_domains`, and gives

    * ``row_at(y, f, g, s, k, *parameters)``: a kernel that reads the target y (``y[0]`` if it is
      one number) and the k numbers of f, writes the gradient to all k places of g and returns the
      value; s is scratch space for 2 k + 16 numbers;
    * ``exact(mp, y, f, *parameters)``: the textbook formula of the value, for a target (an int for
      a class, a number, or a list) and a list of mpmath numbers.

    A `Vector` parameter comes first among the parameters.
    """

    kind = "rowwise"
    kernels = types.MappingProxyType(
        {"row_at": ("y", "f", "g", "s", "k"), "exact": ("mp", "y", "f")}
    )
    no_curvature = "its columns act together, so the Hessian is not diagonal"
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

    # How it is done ---------------------------------------------------------------------------

    def _prepare(self, y_true, y_pred):
        """As `_shaped`, in the dtypes that the loops take."""
        y, f, m, k = self._shaped(y_true, y_pred)
        columns = ROW_TARGETS[self.target].columns
        if columns == "k" and y.dtype is not f.dtype:
            f = f.astype(inputs.FLOAT64, copy=False)
        if columns != "k" or y.dtype is not f.dtype:
            y = y.astype(inputs.FLOAT64, copy=False)
        return y, f, m, k

    def _run(self, y_true, y_pred, sample_weight, reduction, out, keep, ignore_label):
        inputs.check_reduction(reduction)
        if ignore_label is not None:
            y_true, sample_weight = inputs.without_label(self, y_true, sample_weight, ignore_label)
        y, f, m, k = self._prepare(y_true, y_pred)
        n = len(f)
        w = inputs.as_weights(sample_weight, (n,), n, reduction == "mean")
        result = inputs.as_output(out, f, y, f, w.numbers) if keep else np.empty((1, 1), f.dtype)
        terms = np.empty(n, f.dtype)
        rows = max(1, loops.CHUNK // k)
        partial = np.empty(-(-n // rows))
        function = self._compiled.get(f.dtype) or self._compile(f.dtype)
        sizes = self._buffer_sizes(m, k, rows)

        def run(w, keep):
            weights = (w.numbers, w.given, w.unit, 1.0 / w.total)
            data = (y, f, self._vector, self._packed, *weights, terms, result, int(keep))
            return run_chunks(function, (*data, partial, n, m, k, rows), n, rows, sizes)

        illegal = run(w, keep)
        if illegal:
            self._refuse(y, f, m, k, n - illegal)
        if reduction == "none":
            value = terms
        else:
            # Before `out`, which may lie where y or f does, is written to.
            value = inputs.reduce(partial, w, n, f, lambda small: run(small, False))
        return value, inputs.deliver(result, out)

    @staticmethod
    def _buffer_sizes(m, k, rows):
        return m, k + SPARE, k + SPARE, 2 * k + SPARE, rows

    # For figures: the loop, and the kernels under the names that the loops call them by.
    curve_loop = staticmethod(row_curve_loop)

    @classmethod
    def kernels_by_name(cls):
        return {"loss_row": cls.row_at}

    @classmethod
    def _compile(cls, dtype):
        target = ROW_TARGETS[cls.target]
        checks = {
            "target_is_legal": target.is_legal,
            "prediction_is_legal": ROW_PREDICTIONS[cls.prediction].is_legal,
        }
        layout = LAYOUT_ROW_TARGETS if target.columns == "k" else LAYOUT
        return cls._build(dtype, row_loop, checks, layout)

    @classmethod
    def _build(cls, dtype, loop, checks, layout):
        cls._compiled[dtype] = native.build(
            loop,
            cls.kernels_by_name(),
            len(cls.parameter_specs),
            checks,
            dtype=dtype.name,
            layout=layout,
            unused=cls.unused_arguments(),
        )
        return cls._compiled[dtype]


class OfSurprise(Rowwise):
    """A loss of a class and a row of logits that depends on u = -log p(class) alone.

    p is the softmax probability that the logits give to the true class. A subclass gives
    ``of_surprise(u, own, rest, *parameters)``, a kernel that returns the value and its derivative
    with respect to u >= 0, and ``exact`` as every rowwise loss. own is p and rest is 1 - p, each
    with all its digits; they come free. Its loop is faster than the general one, most of all for
    few classes.
    """

    kernels = types.MappingProxyType(
        {"of_surprise": ("u", "own", "rest"), "exact": ("mp", "y", "f")}
    )
    family = "classification"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    curve_loop = staticmethod(surprise_curve_loop)

    @staticmethod
    def _buffer_sizes(m, k, rows):
        block, height = max(SURPRISE_BLOCK, k) + SPARE, max(1, SURPRISE_BLOCK // k)
        return m, k + SPARE, k + SPARE, 2 * k + SPARE, block, block, height, height, rows

    @classmethod
    def kernels_by_name(cls):
        return {"loss_surprise": cls.of_surprise}

    @classmethod
    def _compile(cls, dtype):
        return cls._build(dtype, surprise_loop, {}, SURPRISE_LAYOUT)
