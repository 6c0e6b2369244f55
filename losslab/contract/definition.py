"""Definitions: what a loss, a penalty or a rule shares. A class with kernels; all else is derived."""

import functools
import importlib
import inspect
import pkgutil
import re
import types

import numpy as np

from losslab.contract.accuracy import USUAL, Bound
from losslab.contract.claims import Claims
from losslab.contract.inputs import FLOAT64
from losslab.contract.parameters import Parameter, Vector
from losslab.contract.peers import as_peers, documented
from losslab.contract.style import default_style
from losslab.engine import native
from losslab.engine.loop import NOTHING
from losslab.engine.program import Program


class Definition:
    """A name, parameters with legal ranges, claims, kernels; it stands on the shelf of its kind.

    What is made from one is immutable; two of the same class with the same parameters are equal.
    """

    name = None
    title = None
    aliases = ()
    shelf = None  # the `Registry` that classes with a name are entered on
    kind = None
    # Kernels a class of this kind defines, with their leading arguments; parameters follow.
    kernels = types.MappingProxyType({})
    # Those that it may define besides, for what not every one has.
    optional_kernels = types.MappingProxyType({})
    # Loops that the page runs too, by the name that it asks for them by.
    loops = types.MappingProxyType({})
    family = None
    formula = None
    reference = None
    # For the catalogue: when to take it, when not, and what it is in other libraries: `Peer`s, or
    # names of what is the same there.
    use_when = ""
    avoid_when = ""
    peers = ()
    style = None
    # Bounds other than the usual one, by quantity: {"curvature": Bound(8.0, "why")}. Tests use them.
    accuracy = types.MappingProxyType({})
    # Quantities that pass through 0 away from a perfect prediction, where no relative bound can
    # hold: there the exact result for inputs one unit of the last place away counts as right too.
    crosses_zero = ()
    parameter_specs = types.MappingProxyType({})
    vector_specs = types.MappingProxyType({})  # `Vector` parameters: they come before the others
    # Values of parameters for which kernels have a shortcut behind a plain ``if``: native code is
    # then compiled with the value as a constant, so that only the shortcut is left of the kernel.
    shortcuts = types.MappingProxyType({})

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for table, kind in (("parameter_specs", Parameter), ("vector_specs", Vector)):
            own = {key: spec for key, spec in vars(cls).items() if isinstance(spec, kind)}
            setattr(cls, table, types.MappingProxyType({**getattr(cls, table), **own}))
        for kernel in (*cls.kernels, *cls.optional_kernels):
            if isinstance(vars(cls).get(kernel), types.FunctionType):
                setattr(cls, kernel, staticmethod(vars(cls)[kernel]))
        cls._compiled = {}
        if "name" in vars(cls):
            cls._check_definition()
            cls.__signature__ = inspect.Signature(
                [
                    inspect.Parameter(
                        key,
                        inspect.Parameter.KEYWORD_ONLY,
                        default=getattr(spec, "default", inspect.Parameter.empty),
                    )
                    for key, spec in (cls.vector_specs | cls.parameter_specs).items()
                ]
            )
            cls.shelf.register(cls)

    @classmethod
    def parameter_names(cls):
        """Names of all parameters, in the order in which kernels take them."""
        return [*cls.vector_specs, *cls.parameter_specs]

    @classmethod
    def bound(cls, quantity):
        """How far from the exact result its value, gradient ... may be.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.losses.Huber.bound("value").ulp
        2.0
        """
        return cls.accuracy.get(quantity, USUAL)

    @classmethod
    def typical(cls, **parameters):
        """One with its defaults, and the example numbers of its vector parameters.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.losses.Huber.typical()
        Huber(delta=1)
        """
        examples = {key: spec.example for key, spec in cls.vector_specs.items()}
        return cls(**{**examples, **parameters})

    @classmethod
    def _check_definition(cls):
        """Refuse an incomplete or inconsistent class, naming what is wrong."""
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", cls.name):
            raise ValueError(f"name of {cls.__qualname__} must be snake_case, got {cls.name!r}")
        for attribute in ("title", "family", "formula", "reference"):
            if not isinstance(getattr(cls, attribute), str):
                raise ValueError(f"{cls.__qualname__} needs the string attribute {attribute!r}")
        if not isinstance(vars(cls).get("claims"), Claims):
            raise ValueError(f"{cls.__qualname__} needs claims = Claims(...)")
        for quantity, bound in cls.accuracy.items():
            if not isinstance(bound, Bound):
                raise ValueError(
                    f"accuracy of {cls.__qualname__} must hold Bound(ulp, why), got {bound!r} for "
                    f"{quantity!r}"
                )
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
            cls._check_kernel(kernel, lead)
        for kernel, lead in cls.optional_kernels.items():
            if getattr(cls, kernel, None) is not None:
                cls._check_kernel(kernel, lead)

    @classmethod
    def _check_kernel(cls, kernel, lead):
        """Refuse a kernel that is missing or takes other arguments than `lead` and the parameters."""
        function = getattr(cls, kernel, None)
        if function is None:
            raise ValueError(f"{cls.__qualname__} needs the kernel {kernel!r}")
        wanted = [*lead, *cls.parameter_names()]
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
            raise TypeError(
                f"{type(self).__name__} has no name: a base class, for which "
                f"{self.shelf.door}.get(name) gives a {self.shelf.noun}. One of your own needs name, "
                "title, family, formula, reference and claims"
            )
        # By the class: on an instance each attribute is the numbers themselves.
        specs, vectors = type(self).parameter_specs, type(self).vector_specs
        for key in parameters:
            if key not in specs and key not in vectors:
                raise ValueError(self.shelf.guide().parameter(type(self), key))
        values = {k: s.validate(parameters.get(k, s.default)) for k, s in specs.items()}
        numbers = {k: s.validate(parameters.get(k)) for k, s in vectors.items()}
        self._parameters = types.MappingProxyType({**numbers, **values})
        self.check_parameters(**self._parameters)
        self._packed = np.array([*values.values()], dtype=float) if values else NOTHING
        self._vectors = tuple(
            np.array(vectors[k].packed(row), dtype=float) for k, row in numbers.items()
        )
        self._fixed = tuple(
            (i, values[k]) for i, k in enumerate(values) if self.shortcuts.get(k) == values[k]
        )

    def __setattr__(self, key, value):
        if not key.startswith("_") and key not in self._parameters:
            raise AttributeError(
                f"{key} cannot be set: it is immutable, and the parameters of {self.name} are: "
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
        """What is asserted about it with these parameters, and tested."""
        return self._claims.resolve(self.parameters)

    # Machine code --------------------------------------------------------------------------------

    @functools.cached_property
    def variant(self):
        """What besides its class decides which machine code it has."""
        return self._fixed

    def _kernels_by_name(self):
        """Kernels under the names by which loops call them."""
        raise NotImplementedError

    def _checks_by_name(self):
        """Functions of the data alone, under the names by which loops call them."""
        return {}

    def program(self, loop, dtype=FLOAT64, fixed=None):
        """A loop around its kernels: what machine code and WebAssembly are made from."""
        numbers = len(self.parameter_specs), len(self.vector_specs)
        functions = self._kernels_by_name(), self._checks_by_name()
        return Program.of(loop, *functions, *numbers, dtype.name, fixed)

    def compiled(self, loop, dtype=FLOAT64):
        """A loop around its kernels, compiled once for all that share them: takes all arguments."""
        key = loop, dtype, self.variant
        function = self._compiled.get(key)
        if function is None:
            program = self.program(loop, dtype, dict(self._fixed))
            function = self._compiled[key] = native.build(program, loop.fast)
        return function

    def run(self, loop, **given):
        """Run a loop over arrays and numbers by name, as the page does.

        Parameters
        ----------
        loop : losslab.engine.loop.Loop
            Of arrays of float64. Parameters, scratch and answers need not be given.

        Returns
        -------
        dict of str to ndarray
            The answers of the loop by name.

        Raises
        ------
        ValueError
            If the loop finds the input illegal.
        """
        arguments, answers = loop.arguments_for(given, self._vectors, self._packed)
        returned = self.compiled(loop)(*arguments)
        if returned:
            raise ValueError(self.refusal(returned, given))
        return answers

    def call(self, loop, dtype=FLOAT64, **given):
        """A loop and all its arguments, for a `losslab.engine.sequence.Sequence`.

        Parameters
        ----------
        loop : losslab.engine.loop.Loop
        dtype : dtype
            Of arrays that the loop calls data.
        **given : ndarray, number or losslab.engine.sequence.Cell
            By name, as for `losslab.engine.loop.Loop.placed`.

        Returns
        -------
        tuple
            The compiled loop and its arguments.
        """
        return self.compiled(loop, dtype), loop.placed(given, dtype, self._vectors, self._packed)

    def refusal(self, returned, given):
        """The message for what a loop returned, if it is not 0."""
        return f"{self.name} cannot be computed here: the input is not legal"

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


def collected(package, path, base):
    """Definitions of a room, by class name: all its modules are imported for them.

    Parameters
    ----------
    package, path : str, list of str
        ``__name__`` and ``__path__`` of the room.
    base : type
        What its definitions are subclasses of. Modules of ``kinds`` and ``names`` have none.
    """
    found = {}
    for module in pkgutil.walk_packages(path, f"{package}."):
        if module.name.startswith((f"{package}.kinds", f"{package}.names")):
            continue
        for name, thing in vars(importlib.import_module(module.name)).items():
            if isinstance(thing, type) and issubclass(thing, base) and thing.name:
                found[name] = thing
    return found
