"""Batchwise losses: one number for all samples together, not a sum of terms."""

import inspect
import types

import numpy as np

from losslab.engine import native
from losslab.engine.batch_loops import ILLEGAL_BATCH, LAYOUT, batch_loop
from losslab.losses import inputs
from losslab.losses.messages import shortened
from losslab.losses.row_domains import ROW_PREDICTIONS, ROW_TARGETS
from losslab.losses.rows import OfRows

REDUCTIONS = ("mean", "sum")


def _with_stand_ins(y, f, w):
    """Targets and predictions in which those that are NaN, of samples of weight 0, are another's.

    Their weight stays 0, so nothing depends on them.
    """
    absent = w == 0.0
    if not absent.any():
        return y, f
    counts = np.argmax(w > 0.0)
    filled = []
    for array in (y, f):
        unknown = absent & np.isnan(array.reshape(len(array), -1)).any(axis=1)
        if unknown.any():
            array = array.copy()
            array[unknown] = array[counts]
        filled.append(array)
    return filled


class Batchwise(OfRows):
    """A loss of a whole batch: what one sample costs depends on the others.

    A subclass names its `target` and `prediction` domains from `row_domains` and its `outputs`:
    ``"number"`` for predictions of shape (n,), else as for rowwise losses. It gives

    * ``batch_at(y, f, g, w, s, n, k, *parameters)``: a kernel that reads n targets y (one after the
      other, if they are rows), n rows of k predictions f and n weights w >= 0 (1 if none are
      given; not all 0), writes the gradient to all n k places of g and returns the value of the
      loss under ``reduction="mean"``; s is scratch space for `scratch_size` numbers. y and f are
      legal and hold no NaN, but f may be as large as its domain allows, and a sample of weight 0
      must not count whatever its f: beware of 0 times infinity;
    * ``exact(mp, y, f, w, *parameters)``: the textbook formula, for a list of targets, a list of
      mpmath numbers or rows of them, and a list of weights.

    A loss that has no value for some batches of legal samples also gives ``batch_is_legal`` and says
    in `legal_batch` what ``y_true`` must hold. `no_terms` says why there is no ``"none"``.

    Multiplying all weights by one number changes nothing under ``"mean"``. It runs in one thread
    and in float64; float32 predictions get a float32 answer.
    """

    kind = "batchwise"
    kernels = types.MappingProxyType(
        {"batch_at": ("y", "f", "g", "w", "s", "n", "k"), "exact": ("mp", "y", "f", "w")}
    )
    outputs = "number"
    legal_outputs = ("number", "classes", "values")
    legal_batch = ""
    # What numbers mean as targets, where "y = 1" says too little: {1: "positive"}.
    target_words = types.MappingProxyType({})
    no_terms = "its value is not a sum of terms of single samples"
    no_curvature = "its samples act together, so the Hessian is not diagonal"

    def value(self, y_true, y_pred, sample_weight=None, reduction="mean", *, ignore_label=None):
        """Loss of the batch.

        Parameters
        ----------
        y_true : array_like of shape (n,), (n, k) or (n, m)
            Targets, one a sample; `target` says which, as in the error for any other shape.
        y_pred : array_like of shape (n,) or (n, k)
            Predictions; `outputs` says what they are.
        sample_weight : array_like of shape (n,), optional
            Finite and >= 0, not all zero.
        reduction : {"mean", "sum"}
            ``"mean"`` is the formula of the loss. ``"sum"`` multiplies it by n, or by the sum of
            the weights. There are no terms of single samples, so there is no ``"none"``.

        Returns
        -------
        float
            NaN if there is a NaN in any sample.

        Raises
        ------
        ValueError, TypeError
            Shapes do not fit, or a sample or the batch is illegal; the message says why.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("pu_risk").value([1, 0], [0.0, 0.0])  # log 2
        0.6931471805599453
        """
        return self.value_and_gradient(
            y_true, y_pred, sample_weight, reduction, ignore_label=ignore_label
        )[0]

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
        """Derivative of the loss with respect to each prediction, in the shape of `y_pred`.

        Parameters are those of `value`, and `out` for the result, which may overlap any input.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("pu_risk").gradient([1, 0], [0.0, 0.0])
        array([-0.5,  0.5])
        """
        return self.value_and_gradient(
            y_true, y_pred, sample_weight, reduction, out, ignore_label=ignore_label
        )[1]

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
        >>> ll.get("pu_risk").value_and_gradient([1, 0], [0.0, 0.0])
        (0.6931471805599453, array([-0.5,  0.5]))
        """
        if reduction == "none":
            raise ValueError(f"reduction of {self.name} cannot be 'none': {self.no_terms}")
        if reduction not in REDUCTIONS:
            raise ValueError(f"reduction must be 'mean' or 'sum', got {shortened(reduction)}")
        if ignore_label is not None:
            y_true, sample_weight = inputs.without_label(self, y_true, sample_weight, ignore_label)
        y, f, m, k = self._shaped(y_true, y_pred)
        n = len(f)
        weights = inputs.as_weights(sample_weight, (n,), n)
        result = inputs.as_output(out, f, y, f, weights.numbers)
        # Only the ratios of weights count, so they come in a size that cannot overflow.
        w = weights.numbers * weights.unit if weights.given else np.ones(n)
        y64, f64 = (a.astype(inputs.FLOAT64, copy=False) for a in (y, f))
        if weights.given:
            y64, f64 = _with_stand_ins(y64, f64, weights.numbers)
        gradient = np.empty(f.shape)
        value = np.empty(1)
        scratch = np.empty(self.scratch_size(n, m, k))
        run = self._compiled.get(inputs.FLOAT64) or self._compile()
        data = (y64, f64, self._vector, self._packed, w, gradient, value, scratch)
        illegal = run(*data, n, m, k, np.empty(m), np.empty(k))
        if illegal == ILLEGAL_BATCH:
            raise ValueError(f"y_true must hold {self.legal_batch}")
        if illegal:
            self._refuse(y, f, m, k, n - illegal)
        scale = weights.total / weights.unit if reduction == "sum" else 1.0
        with np.errstate(over="ignore", invalid="ignore"):
            np.multiply(gradient, scale, out=result, casting="same_kind")
        value = value.item() * scale
        if reduction == "sum" and weights.given:
            value += self.beyond_mean(y64, w, scale)
        result = inputs.deliver(result, out)
        return inputs.in_precision_of(f, value), result

    def beyond_mean(self, y, w, total):
        """What the value under ``"sum"`` has beside the mean times the sum of the weights.

        w may be the weights times any number; `total` is their sum.
        """
        return 0.0

    @staticmethod
    def batch_is_legal(y, w, n):
        """Whether the loss has a value for n legal targets with weights w: a kernel."""
        return True

    def __init_subclass__(cls, **kwargs):
        if isinstance(vars(cls).get("batch_is_legal"), types.FunctionType):
            cls.batch_is_legal = staticmethod(cls.batch_is_legal)
        super().__init_subclass__(**kwargs)

    @classmethod
    def _check_definition(cls):
        super()._check_definition()
        got = list(inspect.signature(cls.batch_is_legal).parameters)
        if got != ["y", "w", "n"]:
            raise ValueError(
                f"{cls.__qualname__}.batch_is_legal must take (y, w, n), got ({', '.join(got)})"
            )
        refuses = cls.batch_is_legal is not Batchwise.batch_is_legal
        if refuses and not cls.legal_batch:
            raise ValueError(
                f"{cls.__qualname__} has batch_is_legal, so it needs legal_batch = 'what y_true "
                "must hold'"
            )

    @staticmethod
    def scratch_size(n, m, k):
        """How many numbers of scratch space the kernel needs."""
        return n

    @classmethod
    def kernels_and_checks(cls):
        """What `batch_loop` calls: two dictionaries, by the names it calls them by."""
        return {"loss_batch": cls.batch_at}, {
            "target_is_legal": ROW_TARGETS[cls.target].is_legal,
            "prediction_is_legal": ROW_PREDICTIONS[cls.prediction].is_legal,
            "batch_is_legal": cls.batch_is_legal,
        }

    @classmethod
    def _compile(cls):
        kernels, checks = cls.kernels_and_checks()
        cls._compiled[inputs.FLOAT64] = native.build(
            batch_loop,
            kernels,
            len(cls.parameter_specs),
            checks,
            layout=LAYOUT,
            unused=cls.unused_arguments(),
        )
        return cls._compiled[inputs.FLOAT64]
