"""Pointwise losses: one term from one target and one prediction."""

import functools
import types

import numpy as np

from losslab.contract import inputs, weights
from losslab.engine import native
from losslab.engine.threads import run_chunks
from losslab.losses.kinds import labels, loops
from losslab.losses.kinds.domains import PREDICTIONS, TARGETS
from losslab.losses.kinds.loss import Loss

BUFFERS = loops.VALUE.scratch_sizes()  # the same for all loops of this kind


class Pointwise(Loss):
    """A loss of one target and one prediction, averaged over samples.

    A subclass names itself, declares its `Parameter` attributes and its `Claims`, and gives
    ``value_at(y, f, *parameters)``, ``gradient_at`` and ``curvature_at``: plain Python on
    numbers, with the functions of `losslab.arithmetic.vmath` for everything beyond arithmetic, and
    ``exact(mp, y, f, *parameters)``: the textbook formula in mpmath, which the tests compare the
    kernels with. Where value and gradient have an exponential, a logarithm or a division in common,
    ``value_and_gradient_at`` may return both, with the same bits as the two of them. A `target`
    that depends on the parameters is a function of them which returns the name; the class then has
    the one of the defaults, each loss its own.
    """

    kind = "pointwise"
    kernels = types.MappingProxyType(
        {
            "value_at": ("y", "f"),
            "gradient_at": ("y", "f"),
            "curvature_at": ("y", "f"),
            "exact": ("mp", "y", "f"),
        }
    )
    optional_kernels = types.MappingProxyType({"value_and_gradient_at": ("y", "f")})
    loops = types.MappingProxyType({"curve": loops.CURVE})
    second_kernel = "curvature_at"
    target_by_parameters = None

    @classmethod
    def _check_kernel(cls, kernel, lead):
        if kernel == "curvature_at" and getattr(cls, kernel, None) is None:
            if not isinstance(cls.no_curvature, str):
                raise ValueError(
                    f"{cls.__qualname__} needs curvature_at, or no_curvature = 'the reason'"
                )
            return
        super()._check_kernel(kernel, lead)

    @classmethod
    def _check_definition(cls):
        if cls.vector_specs:
            raise ValueError(f"{cls.__qualname__} may have no Vector parameter: it is pointwise")
        if callable(vars(cls).get("target")):
            cls.target_by_parameters = staticmethod(cls.target)
            cls.target = cls.target(**{k: spec.default for k, spec in cls.parameter_specs.items()})
        super()._check_definition()

    def __init__(self, **parameters):
        super().__init__(**parameters)
        if self.target_by_parameters is not None:
            vars(self)["target"] = self.target_by_parameters(**self.parameters)

    @functools.cached_property
    def variant(self):
        return self.target, self._fixed

    @functools.cached_property
    def _place(self):
        """The parameters as loops are handed them."""
        return native.Place(self._packed)

    def value(self, y_true, y_pred, sample_weight=None, reduction="mean", *, ignore_label=None):
        r"""Loss of predictions, averaged unless told otherwise.

        Parameters
        ----------
        y_true, y_pred : array_like, same shape
            Targets and predictions; legal numbers are those of `target` and `prediction`.
            float32 stays float32 (sums are carried in float64), everything else becomes float64.
        sample_weight : array_like, same shape, optional
            Finite and >= 0, not all zero. A sample of weight 0 counts nothing, whatever its loss.
        reduction : {"mean", "sum", "none"}
            ``"mean"`` divides by the sum of the weights.
        ignore_label : float, optional
            For losses of labels: samples with this target count nothing, as with weight 0.

        Returns
        -------
        float or ndarray
            A number, or for ``"none"`` an array of the weighted terms. NaN in gives NaN out; an
            infinite prediction gives the limit.

        Raises
        ------
        ValueError, TypeError
            Shapes differ, nothing given, or a number is illegal; the message says which.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("huber").value([0.0, 0.0, 0.0], [0.5, 1.0, 3.0], reduction="none")
        array([0.125, 0.5  , 2.5  ])
        """
        y, f, w = self._prepare(y_true, y_pred, sample_weight, reduction, ignore_label)
        keep = reduction == "none"
        terms = np.empty_like(y) if keep else np.empty(1, y.dtype)
        partial, sums = weights.partial_sums(y.size)
        weighing = (w.place, w.given, w.unit)
        self._run(loops.VALUE, y, f, (*weighing, self._place, terms, int(keep), sums))
        return terms[()] if keep else self._reduce(partial, y, f, w)

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
        """Derivative of the reduced loss with respect to each prediction.

        Parameters
        ----------
        y_true, y_pred, sample_weight, reduction, ignore_label
            As for `value`. For ``"none"``: each term's own derivative, weighted.
        out : ndarray, optional
            Where to write the result. It may be `y_pred` itself or overlap any input; an error
            leaves such an `out` as it was.

        Returns
        -------
        ndarray
            Shape of `y_pred`. At a kink, a value between the one-sided derivatives.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("huber").gradient([0.0, 0.0], [0.5, 3.0], reduction="sum")
        array([0.5, 1. ])
        """
        return self._derivative(
            loops.GRADIENT, y_true, y_pred, sample_weight, reduction, out, ignore_label
        )

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
        """Second derivative of the reduced loss with respect to each prediction.

        Parameters and result as for `gradient`; it is the diagonal of the Hessian, which has no
        other entries. Where the gradient jumps it is the value beside the jump.

        Raises
        ------
        NotImplementedError
            If the loss has no second derivative; the message says why.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("huber").curvature([0.0, 0.0], [0.5, 3.0], reduction="sum")
        array([1., 0.])
        """
        self._check_curvature()
        return self._derivative(
            loops.CURVATURE, y_true, y_pred, sample_weight, reduction, out, ignore_label
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
    ):
        """The Hessian of the reduced loss times a vector: here, `curvature` times it.

        Parameters
        ----------
        y_true, y_pred, sample_weight, reduction, out, ignore_label
            As for `curvature`.
        vector : array_like
            In the shape of `y_pred`, and taken in its precision.

        Raises
        ------
        NotImplementedError
            If the loss has no second derivative; the message says why.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("huber").hessian_product([0.0, 0.0], [0.5, 3.0], [2.0, 2.0], reduction="sum")
        array([2., 0.])
        """
        self._check_curvature()
        y, f, w = self._prepare(y_true, y_pred, sample_weight, reduction, ignore_label)
        d = inputs.as_direction(vector, f)
        result = inputs.as_output(out, y, y, f, d, w.numbers)
        weighing = (w.place, w.given, w.unit, 1.0 / w.total)
        self._run(loops.PRODUCT, y, f, (d, *weighing, self._place, result))
        return inputs.deliver(result, out)

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
        """Both, in one pass over the data.

        Parameters are those of `gradient`. float32 arrays are computed in float64 and each result is
        rounded once: of a million numbers simple losses such as `huber` take two thirds of the time
        of float64, because there is less to read and write, elaborate ones as long; of a hundred
        thousand all take somewhat longer.

        Returns
        -------
        tuple
            What `value` and what `gradient` return.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("squared_error").value_and_gradient([1.0, 2.0], [2.0, 4.0], reduction="sum")
        (2.5, array([1., 2.]))
        """
        y, f, w = self._prepare(y_true, y_pred, sample_weight, reduction, ignore_label)
        keep = reduction == "none"
        result = inputs.as_output(out, y, y, f, w.numbers)
        terms = np.empty_like(y) if keep else result  # not written to unless kept
        partial, sums = weights.partial_sums(y.size)
        weighing = (w.place, w.given, w.unit, 1.0 / w.total)
        places = (self._place, terms, int(keep), result, sums)
        self._run(loops.VALUE_AND_GRADIENT, y, f, (*weighing, *places))
        # Before `out`, which may lie where y or f does, is written to.
        value = terms[()] if keep else self._reduce(partial, y, f, w)
        return value, inputs.deliver(result, out)

    # How it is done ---------------------------------------------------------------------------

    def _prepare(self, y_true, y_pred, sample_weight, reduction, ignore_label):
        inputs.check_reduction(reduction)
        if ignore_label is not None:
            y_true, sample_weight = labels.without_label(self, y_true, sample_weight, ignore_label)
        y, f = labels.as_pair(y_true, y_pred)
        return y, f, weights.as_weights(sample_weight, y.shape, y.size, reduction == "mean")

    def _reduce(self, partial, y, f, w):
        def again(small):
            weighing = (small.place, small.given, small.unit)
            self._run(loops.VALUE, y, f, (*weighing, self._place, np.empty(1, y.dtype), 0, partial))

        return weights.reduce(partial, w, y.size, y, again)

    def _derivative(self, loop, y_true, y_pred, sample_weight, reduction, out, ignore_label):
        y, f, w = self._prepare(y_true, y_pred, sample_weight, reduction, ignore_label)
        result = inputs.as_output(out, y, y, f, w.numbers)
        weighing = (w.place, w.given, w.unit, 1.0 / w.total)
        self._run(loop, y, f, (*weighing, self._place, result))
        return inputs.deliver(result, out)

    def _run(self, loop, y, f, arguments):
        function = self.compiled(loop, y.dtype)
        illegal = run_chunks(function, (y, f, *arguments, y.size), y.size, buffer_sizes=BUFFERS)
        if illegal:
            inputs.first_illegal("y_true", y, TARGETS[self.target])
            inputs.first_illegal("y_pred", f, PREDICTIONS[self.prediction])

    def _kernels_by_name(self):
        kernels = {
            "loss_value": self.value_at,
            "loss_derivative": self.gradient_at,
        }
        if self.has_curvature():
            kernels["loss_curvature"] = self.curvature_at
        both = getattr(self, "value_and_gradient_at", None)
        return kernels if both is None else {**kernels, "loss_value_and_derivative": both}

    def _checks_by_name(self):
        checks = {
            "target_is_legal": TARGETS[self.target].is_legal,
            "prediction_is_legal": PREDICTIONS[self.prediction].is_legal,
        }
        if not self.has_curvature():
            checks["loss_curvature"] = loops.undefined
        if getattr(self, "value_and_gradient_at", None) is None:
            checks["loss_value_and_derivative"] = loops.separately
        return checks

    def example(self, n, rng):
        """Random legal input: targets and predictions of length n.

        Parameters
        ----------
        n : int
            How many.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        tuple of two ndarrays of shape (n,)

        Examples
        --------
        >>> import numpy as np, losslab as ll
        >>> y_true, y_pred = ll.get("hinge").example(4, np.random.default_rng(0))
        >>> set(y_true) <= {0.0, 1.0}
        True
        """
        return TARGETS[self.target].draw(n, rng), PREDICTIONS[self.prediction].draw(n, rng)
