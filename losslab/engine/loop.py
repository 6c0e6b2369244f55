"""A loop and what its arguments are, in one line that package and page both read.

    CURVE = Loop(curve_loop, "y f n a > out[3*n]")

Each word is an argument of the function, in its order:

* ``y``: an array of float64 that the caller gives; ``y:data`` one of the data's own type,
  float64 or float32;
* ``n``: a whole number if some size is made of it, or if it says so, ``steps:int``;
* ``ridge:float``: a number;
* ``a``: the parameters of the definition; ``v``: a tuple of its vector parameters' numbers;
* ``buffer[2*n+16]``: an array that is made for the call: scratch space;
* behind ``>`` stand the answers: ``out[3*n]`` is made for the call, a bare name is an array that is
  given and changed, as a state is. Behind ``|`` stand no more answers.

A size is a sum of products of numbers and names. The function returns 0, or a whole number that
says what was illegal.
"""

import functools
import inspect
import re
from typing import NamedTuple

import numpy as np

NOTHING = np.zeros(1)
_WORD = re.compile(r"([a-z][a-z0-9_]*)(?::(data|int|float))?(?:\[([a-z0-9_+*]+)\])?", re.I)


class Argument(NamedTuple):
    """One argument of a loop: `size` says how much is made for the call, if it is."""

    name: str
    kind: str  # "array", "data", "int", "float", "parameters" or "vectors"
    size: tuple | None  # products: ((2, "n"), (16,))
    answer: bool


class Loop:
    """A function over arrays and what its arguments are.

    Parameters
    ----------
    function : function
        A template: the kernels that it calls are supplied for each definition. Arrays arrive as
        bare pointers, so it may only index them.
    signature : str
        One word for each of its arguments, as the head of this module says.
    stand_ins : dict of str to str, optional
        Names of kernels in the function, and of those that take their places.
    fast : bool
        Whether to inline and vectorise everything natively. A loop for a figure does without: the
        same bits, and the compiler is done in seconds whatever the kernel.

    Raises
    ------
    ValueError
        If the words are not the function's arguments.

    Examples
    --------
    >>> def twice(x, n, out):
    ...     for i in range(n):
    ...         out[i] = 2.0 * x[i]
    ...     return 0
    >>> loop = Loop(twice, "x n > out[n]")
    >>> [argument.kind for argument in loop.arguments]
    ['array', 'int', 'array']
    >>> loop.layout()
    'PnP'
    """

    def __init__(self, function, signature, stand_ins=None, fast=True):
        self.function = function
        self.signature = " ".join(signature.split())
        self.stand_ins = dict(stand_ins or {})
        self.fast = fast
        self.arguments = tuple(_arguments(self.signature))
        taken = list(inspect.signature(function).parameters)
        said = [argument.name for argument in self.arguments]
        if taken != said:
            raise ValueError(
                f"the signature of {function.__name__} must name its arguments, "
                f"({', '.join(taken)}), got ({', '.join(said)})"
            )
        self.scratch = tuple(a for a in self.arguments if a.size is not None and not a.answer)
        self.answers = tuple(a for a in self.arguments if a.answer)

    def __repr__(self):
        return f"Loop({self.function.__name__}, {self.signature!r})"

    def sized(self, **sizes):
        """The same loop in which names of sizes are written out: ``sized(scratch="4*n")``."""
        signature = self.signature
        for name, size in sizes.items():
            signature = signature.replace(f"[{name}]", f"[{size}]")
        return Loop(self.function, signature, self.stand_ins, self.fast)

    def layout(self, vectors=0):
        """One letter an argument of the compiled function, see `losslab.engine.ir`."""
        letters = {"array": "P", "data": "X", "int": "n", "float": "d", "parameters": "P"}
        letters["vectors"] = "P" * vectors
        return "".join(letters[argument.kind] for argument in self.arguments)

    @functools.cached_property
    def scratch_sizes(self):
        """A function of the whole numbers by name: how much scratch space each thread needs."""

        @functools.lru_cache
        def sizes(**numbers):
            return tuple(_evaluated(argument.size, numbers) for argument in self.scratch)

        return sizes

    def arguments_for(self, given, vectors=(), parameters=NOTHING):
        """All arguments in their order, and the answers among them by name.

        Parameters
        ----------
        given : dict
            Arrays and numbers by name.
        vectors : tuple of ndarray
        parameters : ndarray

        Returns
        -------
        tuple of list and dict of str to ndarray

        Raises
        ------
        ValueError
            If something is not given, or given and not asked for.
        """
        left = dict(given)
        for argument in self.arguments:
            made = argument.size is not None or argument.kind in ("parameters", "vectors")
            if not made and argument.name not in left:
                raise ValueError(f"{argument.name} must be given for {self!r}")
        whole = {a.name: int(left[a.name]) for a in self.arguments if a.kind == "int"}
        arguments = []
        answers = {}
        for argument in self.arguments:
            name = argument.name
            if argument.kind == "vectors":
                arguments.extend(vectors)
                continue
            if argument.kind == "parameters":
                value = parameters
            elif argument.size is not None:
                value = np.zeros(_evaluated(argument.size, whole))
            elif argument.kind == "int":
                value = whole[name]
                left.pop(name)
            elif argument.kind == "float":
                value = float(left.pop(name))
            else:
                value = np.ascontiguousarray(left.pop(name), dtype=np.float64)
                if argument.answer and value is given[name]:
                    value = value.copy()  # what is given stays as it is
            arguments.append(value)
            if argument.answer:
                answers[name] = value
        if left:
            raise ValueError(f"{self!r} does not take {', '.join(map(repr, left))}")
        return arguments, answers

    def placed(self, given, dtype, vectors=(), parameters=NOTHING):
        """All arguments in their order, of calls that are made on the same arrays again and again.

        Parameters
        ----------
        given : dict
            Arrays by name, taken as they are, and numbers, or `losslab.engine.sequence.Cell`s of
            them. Scratch and answers are made if they are not given.
        dtype : dtype
            Of arrays that the loop calls data.
        vectors, parameters
            As for `arguments_for`.

        Returns
        -------
        tuple

        Raises
        ------
        ValueError, TypeError
            If something is not given, is not asked for, or is not an array that stays in place.
        """
        left = dict(given)
        whole = {a.name: left[a.name] for a in self.arguments if a.kind == "int"}
        arguments = []
        for argument in self.arguments:
            name, kind = argument.name, argument.kind
            if kind == "vectors":
                arguments.extend(vectors)
                continue
            if kind == "parameters":
                value = parameters
            elif name in left:
                value = left.pop(name)
            elif argument.size is None:
                raise ValueError(f"{name} must be given for {self!r}")
            else:
                wanted = dtype if kind == "data" else np.float64
                value = np.zeros(max(1, _evaluated(argument.size, whole)), wanted)
            if kind in ("array", "data"):
                wanted = np.dtype(dtype if kind == "data" else np.float64)
                held = isinstance(value, np.ndarray) and value.flags.c_contiguous
                if not held or value.dtype != wanted:
                    raise TypeError(f"{name} must be a C-contiguous array of {wanted} for {self!r}")
            arguments.append(value)
        if left:
            raise ValueError(f"{self!r} does not take {', '.join(map(repr, left))}")
        return tuple(arguments)


def _arguments(signature):
    front, _, rest = signature.partition(">")
    answers, _, back = rest.partition("|")
    words = [(word, False) for word in front.split()]
    words += [(word, True) for word in answers.split()] + [(word, False) for word in back.split()]
    matches = [(_WORD.fullmatch(word), word, answer) for word, answer in words]
    for match, word, _ in matches:
        if match is None:
            raise ValueError(f"{word!r} in the signature {signature!r} is not an argument")
    sizes = {word: _size(match[3]) for match, word, _ in matches if match[3]}
    whole = {name for size in sizes.values() for product in size for name in product}
    for match, word, answer in matches:
        name, kind = match[1], match[2]
        if name in ("a", "v"):
            kind = {"a": "parameters", "v": "vectors"}[name]
        yield Argument(name, kind or ("int" if name in whole else "array"), sizes.get(word), answer)


def _size(text):
    """A sum of products: ``"2*n+16"`` is ``((2, "n"), (16,))``."""
    return tuple(
        tuple(int(factor) if factor.isdigit() else factor for factor in product.split("*"))
        for product in text.split("+")
    )


def _evaluated(size, numbers):
    total = 0
    for product in size:
        term = 1
        for factor in product:
            term *= factor if isinstance(factor, int) else numbers[factor]
        total += term
    return total
