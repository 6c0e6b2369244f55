"""Batchwise losses: one number for all samples together, not a sum of terms."""

import inspect
import types
from typing import NamedTuple

import numpy as np

from losslab.contract import inputs, weights
from losslab.contract.messages import shortened
from losslab.engine.threads import run_chunks
from losslab.losses.kinds import labels
from losslab.losses.kinds.batch_loops import BATCH, BATCH_SECOND
from losslab.losses.kinds.groups import Groups, grouped
from losslab.losses.kinds.row_domains import ROW_PREDICTIONS, ROW_TARGETS
from losslab.losses.kinds.rows import OfRows

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


class Batch(NamedTuple):
    """Samples as they came and as the loops take them, and what each group is multiplied by."""

    y: np.ndarray
    f: np.ndarray
    y64: np.ndarray
    f64: np.ndarray
    given: np.ndarray  # weights as they came
    w: np.ndarray
    parts: Groups
    scale: np.ndarray
    m: int
    k: int


def put_scaled(derivatives, batch, result):
    """Derivatives of the rows, each times the scale of its group."""
    parts, scale, shape = batch.parts, batch.scale, batch.f.shape
    each = np.repeat(scale, parts.sizes)[np.argsort(parts.order)] if parts.count > 1 else scale
    with np.errstate(over="ignore", invalid="ignore"):
        each = each.reshape(-1, *(1 for _ in shape[1:]))
        np.multiply(derivatives.reshape(shape), each, out=result, casting="same_kind")


class Batchwise(OfRows):
    """A loss of a whole batch: what one sample costs depends on the others.

    A subclass names its `target` and `prediction` domains from `row_domains` and its `outputs`:
    ``"number"`` for predictions of shape (n,), else as for rowwise losses. It gives

    * ``batch_at(y, f, g, w, s, n, k, *parameters)``: a kernel that reads n targets y (one after the
      other, if they are rows), n rows of k predictions f and n weights w >= 0 (1 if none are
      given; not all 0), writes the gradient to all n k places of g and returns the value of the
      loss under ``reduction="mean"``; s is scratch space for `scratch` numbers, a sum of products
      of n, m, k and numbers. y and f are legal and hold no NaN, but f may be as large as its domain
      allows, and a sample of weight 0 must not count whatever its f: beware of 0 times infinity;
    * ``exact(mp, y, f, w, *parameters)``: the textbook formula, for a list of targets, a list of
      mpmath numbers or rows of them, and a list of weights.

    A loss that has no value for some batches of legal samples also gives ``batch_is_legal`` and says
    in `legal_batch` what ``y_true`` must hold. `no_terms` says why there is no ``"none"``.

    Second derivatives come from one more kernel, if it has it:
    ``batch_second_at(y, f, d, w, h, t, s, n, k, *parameters)`` reads a direction d in the shape of f
    as well, writes the product of the Hessian with it to h and the diagonal of the Hessian to t; its
    scratch space is `second_scratch`.

    Multiplying all weights by one number changes nothing under ``"mean"``. A group runs in one thread,
    and all in float64; float32 predictions get a float32 answer.
    """

    kind = "batchwise"
    drawn_over = "batch"
    kernels = types.MappingProxyType(
        {"batch_at": ("y", "f", "g", "w", "s", "n", "k"), "exact": ("mp", "y", "f", "w")}
    )
    optional_kernels = types.MappingProxyType(
        {"batch_second_at": ("y", "f", "d", "w", "h", "t", "s", "n", "k")}
    )
    second_kernel = "batch_second_at"
    scratch = "n"
    second_scratch = "n"
    outputs = "number"
    legal_outputs = ("number", "classes", "values")
    legal_batch = ""
    # What numbers mean as targets, where "y = 1" says too little: {1: "positive"}.
    target_words = types.MappingProxyType({})
    no_terms = "its value is not a sum of terms of single samples"

    def value(
        self,
        y_true,
        y_pred,
        sample_weight=None,
        reduction="mean",
        *,
        ignore_label=None,
        groups=None,
    ):
        """Loss of the batch.

        Parameters
        ----------
        y_true : array_like of shape (n,), (n, k) or (n, m)
            Targets, one a sample; `target` says which, as in the error for any other shape.
        y_pred : array_like of shape (n,) or (n, k)
            Predictions; `outputs` says what they are.
        sample_weight : array_like of shape (n,), optional
            Finite and >= 0, not all zero.
        reduction : {"mean", "sum", "none"}
            ``"mean"`` is the formula of the loss. ``"sum"`` multiplies it by n, or by the sum of
            the weights. There are no terms of single samples, so ``"none"`` needs `groups`.
        ignore_label : float, optional
            For losses of classes and labels: samples with this target count nothing.
        groups : array_like of shape (n,), optional
            What group each sample is of: a query, an image, a stratum. Only samples of one group
            act together. Each group has the value of the formula; ``"none"`` gives these, in the
            order of the sorted groups, ``"sum"`` adds them times the weight of their group, and
            ``"mean"`` is that over the whole weight.

        Returns
        -------
        float
            NaN if there is a NaN in any sample. For ``"none"`` an array of the values of the groups.

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
            y_true, y_pred, sample_weight, reduction, ignore_label=ignore_label, groups=groups
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
        groups=None,
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
            y_true, y_pred, sample_weight, reduction, out, ignore_label=ignore_label, groups=groups
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
        groups=None,
    ):
        """What `value` and `gradient` return, in one pass over the data.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("pu_risk").value_and_gradient([1, 0], [0.0, 0.0])
        (0.6931471805599453, array([-0.5,  0.5]))
        """
        batch = self._batch(y_true, y_pred, sample_weight, reduction, ignore_label, groups)
        f = batch.f
        result = inputs.as_output(out, f, batch.y, f, batch.given)
        values, gradient = self._run(batch)
        put_scaled(gradient, batch, result)
        with np.errstate(over="ignore", invalid="ignore"):
            terms = values * batch.scale
        if reduction == "sum" and sample_weight is not None:
            terms += [
                self.beyond_mean(batch.y64[rows], batch.w[rows], total) if total > 0.0 else 0.0
                for rows, total in zip(batch.parts.rows(), batch.scale, strict=True)
            ]
        result = inputs.deliver(result, out)
        if reduction == "none":
            return terms.astype(f.dtype), result
        return weights.in_precision_of(f, weights.added_up(terms)), result

    def _check_reduction(self, reduction, groups):
        if groups is not None:
            inputs.check_reduction(reduction)
        elif reduction == "none":
            raise ValueError(f"reduction of {self.name} cannot be 'none': {self.no_terms}")
        elif reduction not in REDUCTIONS:
            raise ValueError(f"reduction must be 'mean' or 'sum', got {shortened(reduction)}")

    def curvature(
        self,
        y_true,
        y_pred,
        sample_weight=None,
        reduction="mean",
        out=None,
        *,
        ignore_label=None,
        groups=None,
    ):
        """Second derivative of the loss with respect to each prediction, in the shape of `y_pred`.

        It is the diagonal of the Hessian, whose other entries couple the samples of one group:
        `hessian_product` has them all. Parameters are those of `gradient`.

        Raises
        ------
        NotImplementedError
            If second derivatives of the loss are not given.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("cox").curvature([[1.0, 1.0], [2.0, 1.0]], [0.0, 0.0], reduction="sum")
        array([0.25, 0.25])
        """
        return self._second(
            None, y_true, y_pred, sample_weight, reduction, out, ignore_label, groups
        )

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
        groups=None,
    ):
        """The Hessian of the loss times a vector, in the shape of `y_pred`.

        Parameters
        ----------
        y_true, y_pred, sample_weight, reduction, out, ignore_label, groups
            As for `gradient`.
        vector : array_like
            In the shape of `y_pred`, and taken in its precision. NaN makes its group NaN.

        Raises
        ------
        NotImplementedError
            If second derivatives of the loss are not given.

        Examples
        --------
        >>> import losslab as ll
        >>> y = [[1.0, 1.0], [2.0, 1.0]]
        >>> ll.get("cox").hessian_product(y, [0.0, 0.0], [1.0, 0.0], reduction="sum")
        array([ 0.25, -0.25])
        """
        return self._second(
            vector, y_true, y_pred, sample_weight, reduction, out, ignore_label, groups
        )

    # How it is done ---------------------------------------------------------------------------

    def _batch(self, y_true, y_pred, sample_weight, reduction, ignore_label, groups):
        """Samples, weights and groups as the loops take them."""
        self._check_reduction(reduction, groups)
        y_true, sample_weight = labels.without_label(self, y_true, sample_weight, ignore_label)
        y, f, m, k = self.shaped(y_true, y_pred)
        n = len(f)
        given = weights.as_weights(sample_weight, (n,), n)
        parts = grouped(groups, n)
        # Only the ratios of weights count, so they come in a size that cannot overflow.
        w = given.numbers * given.unit if given.given else np.ones(n)
        y64, f64 = (a.astype(inputs.FLOAT64, copy=False) for a in (y, f))
        if given.given:
            y64, f64 = _with_stand_ins(y64, f64, given.numbers)
        totals = parts.sums(w)
        unscaled = given.total / given.unit / totals.sum()  # what a weight is, over what w says
        scales = {"mean": totals / totals.sum(), "sum": totals * unscaled}
        scale = scales.get(reduction, np.ones(parts.count))
        return Batch(y, f, y64, f64, given.numbers, w, parts, scale, m, k)

    def _run(self, batch):
        """Values of the groups and gradients of the rows, each of its own group's mean."""
        values, gradient = np.empty(batch.parts.count), np.empty(len(batch.f) * batch.k)
        data = (batch.y64, batch.f64)
        self._over_groups(self.loops["batch"], batch, data, (values, gradient))
        return values, gradient

    def _second(self, vector, y_true, y_pred, sample_weight, reduction, out, ignore_label, groups):
        """The product with a vector, or the diagonal if that is None."""
        self._check_curvature()
        batch = self._batch(y_true, y_pred, sample_weight, reduction, ignore_label, groups)
        d = batch.f if vector is None else inputs.as_direction(vector, batch.f)
        result = inputs.as_output(out, batch.f, batch.y, batch.f, d, batch.given)
        each = np.empty(len(batch.f) * batch.k)
        data = (batch.y64, batch.f64, d.astype(inputs.FLOAT64, copy=False), int(vector is not None))
        self._over_groups(self.second_loop, batch, data, (each,))
        put_scaled(each, batch, result)
        return inputs.deliver(result, out)

    def _over_groups(self, loop, batch, data, answers):
        """Run a loop over all groups, and refuse what it finds illegal."""
        parts, m, k = batch.parts, batch.m, batch.k
        n, largest = len(batch.f), int(parts.sizes.max())
        where = (batch.w, parts.order, parts.starts, parts.count, n, largest, m, k)
        sizes = loop.scratch_sizes(n=largest, m=m, k=k)
        arguments = (*data, *self._vectors, self._packed, *where, *answers)
        illegal = run_chunks(self.compiled(loop), arguments, parts.count, 1, sizes)
        if illegal > n:
            self._refuse(batch.y, batch.f, m, k, 2 * n - illegal)
        if illegal:
            group = f" in group {parts.names[parts.count - illegal]!r}" if parts.names else ""
            raise ValueError(f"y_true must hold {self.legal_batch}{group}")

    def refusal(self, returned, given):
        if returned > given["rows"]:
            return super().refusal(returned, given)
        return f"y_true must hold {self.legal_batch}"

    def beyond_mean(self, y, w, total):
        """What the value under ``"sum"`` has beside the mean times the sum of the weights.

        w may be the weights times any number; `total` is their sum.
        """
        return 0.0

    @classmethod
    def apart(cls):
        return ["batch", *cls.target_words.values()]

    @staticmethod
    def batch_is_legal(y, w, n):
        """Whether the loss has a value for n legal targets with weights w: a kernel."""
        return True

    def __init_subclass__(cls, **kwargs):
        if isinstance(vars(cls).get("batch_is_legal"), types.FunctionType):
            cls.batch_is_legal = staticmethod(cls.batch_is_legal)
        cls.second_loop = BATCH_SECOND.sized(scratch=cls.second_scratch)
        cls.loops = types.MappingProxyType({"batch": BATCH.sized(scratch=cls.scratch)})
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

    def _kernels_by_name(self):
        kernels = {"loss_batch": self.batch_at}
        return kernels | ({"batch_second": self.batch_second_at} if self.has_curvature() else {})

    def _checks_by_name(self):
        return {
            "target_is_legal": ROW_TARGETS[self.target].is_legal,
            "prediction_is_legal": ROW_PREDICTIONS[self.prediction].is_legal,
            "batch_is_legal": self.batch_is_legal,
        }
