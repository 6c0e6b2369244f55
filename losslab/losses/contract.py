"""The contract every loss keeps: a class with scalar kernels; everything else is derived."""

import inspect
import re
import types

import numpy as np

from losslab.engine import loops, native
from losslab.engine.threads import run_chunks
from losslab.losses import inputs, registry
from losslab.losses.claims import Claims
from losslab.losses.domains import PREDICTIONS, TARGETS
from losslab.losses.parameters import Parameter, Vector
from losslab.losses.peers import as_peers, documented
from losslab.losses.style import default_style

# Scratch space of a thread: terms, and derivatives before they are rounded to float32.
BUFFERS = (2 * loops.BLOCK,)


class Loss:
    """What all kinds of losses share: a name, parameters with legal ranges, claims.

    Not made directly: `losslab.get` and the classes of `losslab.losses` make losses. A loss is
    immutable; two of the same class with the same parameters are equal.
    """

    name = None
    title = None
    aliases = ()
    kind = None
    # Kernels a class of this kind defines, with their leading arguments; parameters follow.
    kernels = types.MappingProxyType({})
    family = None
    target = "real"
    prediction = "value"
    formula = None
    reference = None
    # For the catalogue: when to take it, when not, and what it is in other libraries: `Peer`s, or
    # names of what is the same there.
    use_when = ""
    avoid_when = ""
    peers = ()
    style = None
    # Bounds in ulp other than 2, each with its reason: {"curvature": (8.0, "why")}. Tests use them.
    accuracy = types.MappingProxyType({})
    # Quantities that pass through 0 away from a perfect prediction, where no relative bound can
    # hold: there the exact result for inputs one unit of the last place away counts as right too.
    crosses_zero = ()
    parameter_specs = types.MappingProxyType({})
    vector_spec = None  # the `Vector` parameter, if there is one: always the first

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        specs = dict(cls.parameter_specs)
        specs.update({k: v for k, v in vars(cls).items() if isinstance(v, Parameter)})
        cls.parameter_specs = types.MappingProxyType(specs)
        for thing in [*vars(cls).values()]:
            if isinstance(thing, Vector):
                if cls.vector_spec is not None:
                    raise ValueError(f"{cls.__qualname__} may have one Vector parameter only")
                cls.vector_spec = thing
        for kernel in cls.kernels:
            if isinstance(vars(cls).get(kernel), types.FunctionType):
                setattr(cls, kernel, staticmethod(vars(cls)[kernel]))
        cls._compiled = {}
        if "name" in vars(cls):
            cls._check_definition()
            cls.__signature__ = inspect.Signature(
                [
                    *(
                        inspect.Parameter(k, inspect.Parameter.KEYWORD_ONLY)
                        for k in cls.vector_names()
                    ),
                    *(
                        inspect.Parameter(k, inspect.Parameter.KEYWORD_ONLY, default=p.default)
                        for k, p in specs.items()
                    ),
                ]
            )
            registry.register(cls)

    @classmethod
    def vector_names(cls):
        """The name of the vector parameter in a list, which is empty if there is none."""
        return [] if cls.vector_spec is None else [cls.vector_spec.name]

    @classmethod
    def typical(cls, **parameters):
        """The loss with its defaults, and the example numbers of its vector parameter.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.losses.Huber.typical()
        Huber(delta=1)
        """
        if cls.vector_spec is not None:
            parameters = {cls.vector_spec.name: cls.vector_spec.example, **parameters}
        return cls(**parameters)

    @classmethod
    def domains(cls):
        """Legal targets and predictions: two dictionaries of this kind of loss."""
        return TARGETS, PREDICTIONS

    @classmethod
    def _check_definition(cls):
        """Refuse an incomplete or inconsistent class, naming what is wrong."""
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", cls.name):
            raise ValueError(f"name of {cls.__qualname__} must be snake_case, got {cls.name!r}")
        for attribute in ("title", "family", "formula", "reference"):
            if not isinstance(getattr(cls, attribute), str):
                raise ValueError(f"{cls.__qualname__} needs the string attribute {attribute!r}")
        for attribute, legal in zip(("target", "prediction"), cls.domains(), strict=True):
            if getattr(cls, attribute) not in legal:
                raise ValueError(
                    f"{attribute} of {cls.__qualname__} must be one of {sorted(legal)}, "
                    f"got {getattr(cls, attribute)!r}"
                )
        if not isinstance(vars(cls).get("claims"), Claims):
            raise ValueError(f"{cls.__qualname__} needs claims = Claims(...)")
        for key, spec in cls.parameter_specs.items():
            for number in (spec.default, *spec.slider[:2]):
                try:
                    spec.validate(number)
                except ValueError as error:
                    raise ValueError(
                        f"default and slider of {cls.__qualname__}.{key} must be legal: {error}"
                    ) from None
        cls.peers = as_peers(cls.peers, cls)
        cls.__doc__ = documented(cls.__doc__, cls.peers)
        cls._claims = cls.claims
        del cls.claims
        cls.style = cls.style or default_style(cls.name)
        for kernel, lead in cls.kernels.items():
            function = getattr(cls, kernel, None)
            if function is None and kernel == "curvature_at":
                if not isinstance(getattr(cls, "no_curvature", None), str):
                    raise ValueError(
                        f"{cls.__qualname__} needs curvature_at, or no_curvature = 'the reason'"
                    )
                continue
            if function is None:
                raise ValueError(f"{cls.__qualname__} needs the kernel {kernel!r}")
            wanted = [*lead, *cls.vector_names(), *cls.parameter_specs]
            got = list(inspect.signature(function).parameters)
            if got != wanted:
                plain = [k for k in got if k not in wanted and k in vars(cls)]
                hint = f"; {plain[0]} must be declared as a Parameter" if plain else ""
                raise ValueError(
                    f"{cls.__qualname__}.{kernel} must take ({', '.join(wanted)}), "
                    f"got ({', '.join(got)}){hint}"
                )

    def __init__(self, **parameters):
        if self.name is None:
            raise TypeError(f"{type(self).__name__} is a base class; use ll.get(name)")
        specs = self.parameter_specs
        vector = self.vector_names()
        for key in parameters:
            if key not in specs and key not in vector:
                from losslab.losses.names import unknown  # not before something is

                raise ValueError(unknown.parameter(type(self), key))
        values = {k: s.validate(parameters.get(k, s.default)) for k, s in specs.items()}
        # By the class: on an instance the attribute is the numbers, as those of parameters are.
        numbers = {k: type(self).vector_spec.validate(parameters.get(k)) for k in vector}
        self._parameters = types.MappingProxyType({**numbers, **values})
        self.check_parameters(**self._parameters)
        # At least one number, so that the compiled loops always get an array to look at.
        self._packed = np.array([*values.values()] or [0.0])
        self._vector = np.array([x for row in numbers.values() for x in row] or [0.0])

    def __setattr__(self, key, value):
        if not key.startswith("_") and key not in self._parameters:
            raise AttributeError(
                f"{key} cannot be set: a loss is immutable, and the parameters of {self.name} are: "
                f"{', '.join(self._parameters) or 'none'}"
            )
        super().__setattr__(key, value)

    @staticmethod
    def check_parameters(**parameters):
        """Raise ValueError if parameters that are legal one by one do not fit together."""

    @property
    def parameters(self):
        """Parameters by name, read-only."""
        return self._parameters

    @property
    def claims(self):
        """What is asserted about this loss with these parameters, and tested."""
        return self._claims.resolve(self.parameters)

    def __repr__(self):
        inside = [f"{k}={repr(v).removesuffix('.0')}" for k, v in self.parameters.items()]
        return f"{type(self).__name__}({', '.join(inside)})"

    def __eq__(self, other):
        return type(self) is type(other) and self.parameters == other.parameters

    def __hash__(self):
        return hash((type(self), *self.parameters.values()))

    def __reduce__(self):
        return _restore, (type(self), dict(self.parameters))


def _restore(cls, parameters):
    return cls(**parameters)


class Pointwise(Loss):
    """A loss of one target and one prediction, averaged over samples.

    A subclass names itself, declares its `Parameter` attributes and its `Claims`, and gives
    ``value_at(y, f, *parameters)``, ``gradient_at`` and ``curvature_at``: plain Python on
    numbers, with the functions of `losslab.engine.vmath` for everything beyond arithmetic, and
    ``exact(mp, y, f, *parameters)``: the textbook formula in mpmath, which the tests compare the
    kernels with. A `target` that depends on the parameters is a function of them which returns the
    name; the class then has the one of the defaults, each loss its own.
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
    no_curvature = None
    target_by_parameters = None

    @classmethod
    def _check_definition(cls):
        if callable(vars(cls).get("target")):
            cls.target_by_parameters = staticmethod(cls.target)
            cls.target = cls.target(**{k: spec.default for k, spec in cls.parameter_specs.items()})
        super()._check_definition()

    def __init__(self, **parameters):
        super().__init__(**parameters)
        if self.target_by_parameters is not None:
            vars(self)["target"] = self.target_by_parameters(**self.parameters)

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
        partial = np.empty(inputs.chunk_count(y.size))
        weights = (w.numbers, w.given, w.unit)
        self._run("value", y, f, (*weights, self._packed, terms, int(keep), partial))
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
            "gradient", y_true, y_pred, sample_weight, reduction, out, ignore_label
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
        if getattr(self, "curvature_at", None) is None:
            raise NotImplementedError(f"{self.name} has no curvature: {self.no_curvature}")
        return self._derivative(
            "curvature", y_true, y_pred, sample_weight, reduction, out, ignore_label
        )

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

        Parameters are those of `gradient`.

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
        partial = np.empty(inputs.chunk_count(y.size))
        weights = (w.numbers, w.given, w.unit, 1.0 / w.total)
        places = (self._packed, terms, int(keep), result, partial)
        self._run("value_and_gradient", y, f, (*weights, *places))
        # Before `out`, which may lie where y or f does, is written to.
        value = terms[()] if keep else self._reduce(partial, y, f, w)
        return value, inputs.deliver(result, out)

    # How it is done ---------------------------------------------------------------------------

    def _prepare(self, y_true, y_pred, sample_weight, reduction, ignore_label):
        inputs.check_reduction(reduction)
        if ignore_label is not None:
            y_true, sample_weight = inputs.without_label(self, y_true, sample_weight, ignore_label)
        y, f = inputs.as_pair(y_true, y_pred)
        return y, f, inputs.as_weights(sample_weight, y.shape, y.size, reduction == "mean")

    def _reduce(self, partial, y, f, w):
        def again(small):
            weights = (small.numbers, small.given, small.unit)
            self._run("value", y, f, (*weights, self._packed, np.empty(1, y.dtype), 0, partial))

        return inputs.reduce(partial, w, y.size, y, again)

    def _derivative(self, which, y_true, y_pred, sample_weight, reduction, out, ignore_label):
        y, f, w = self._prepare(y_true, y_pred, sample_weight, reduction, ignore_label)
        result = inputs.as_output(out, y, y, f, w.numbers)
        weights = (w.numbers, w.given, w.unit, 1.0 / w.total)
        self._run(which, y, f, (*weights, self._packed, result))
        return inputs.deliver(result, out)

    def _run(self, which, y, f, arguments):
        key = which, y.dtype, self.target
        function = self._compiled.get(key) or self._compile(*key)
        illegal = run_chunks(function, (y, f, *arguments, y.size), y.size, buffer_sizes=BUFFERS)
        if illegal:
            inputs.first_illegal("y_true", y, TARGETS[self.target])
            inputs.first_illegal("y_pred", f, PREDICTIONS[self.prediction])

    @classmethod
    def _compile(cls, which, dtype, target):
        derivative = cls.curvature_at if which == "curvature" else cls.gradient_at
        loop = {
            "value": loops.value_loop,
            "value_and_gradient": loops.value_and_derivative_loop,
        }.get(which, loops.derivative_loop)
        function = native.build(
            loop,
            {"loss_value": cls.value_at, "loss_derivative": derivative},
            len(cls.parameter_specs),
            {
                "target_is_legal": TARGETS[target].is_legal,
                "prediction_is_legal": PREDICTIONS[cls.prediction].is_legal,
                "output_is_single": loops.yes if dtype is inputs.FLOAT32 else loops.no,
            },
            dtype.name,
        )
        cls._compiled[which, dtype, target] = function
        return function

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
