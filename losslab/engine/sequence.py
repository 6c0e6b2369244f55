"""Several compiled loops in a row, on arrays that stay where they are, as one call without arguments.

A step of training calls a dozen short loops, and for a small network handing their arguments over
takes longer than they do. So a sequence that is called often becomes machine code itself, with
the addresses of the arrays written in. Numbers that change from call to call stand in arrays of one
number, `Cell`s.

At first, and without Numba always, the same calls are made one after the other from Python.
"""

import ctypes
import functools
import itertools

import numpy as np

from losslab.engine import native
from losslab.engine.alone import compiled

_names = itertools.count()
# Making machine code of a sequence takes as long as calling it so often from Python.
OFTEN = 200


class Cell:
    """A number that a call reads anew each time.

    Parameters
    ----------
    number : int or float
        Its type is that of the cell.

    Examples
    --------
    >>> from losslab.engine.sequence import Cell
    >>> rate = Cell(0.1)
    >>> rate.number = 0.05
    >>> rate.number
    0.05
    """

    __slots__ = ("_held", "address", "letter")

    def __init__(self, number):
        kind = np.float64 if isinstance(number, float) else np.int64
        self._held = np.array([number], dtype=kind)
        self.address = self._held.ctypes.data
        self.letter = "d" if kind is np.float64 else "n"

    @property
    def number(self):
        return self._held.item()

    @number.setter
    def number(self, value):
        self._held[0] = value


class Sequence:
    """Calls of compiled functions, made in their order.

    Parameters
    ----------
    calls : list of (function, tuple)
        Each a compiled loop, or a `losslab.engine.blas.Product`, and all its arguments: arrays
        (C-contiguous, whose memory stays in use), numbers and cells.

    Examples
    --------
    >>> import numpy as np
    >>> from losslab.engine.loop import Loop
    >>> from losslab.engine.sequence import Cell, Sequence, call
    >>> def stretch(factor, x, n):
    ...     for i in range(n):
    ...         x[i] = factor * x[i]
    ...     return 0
    >>> loop = Loop(stretch, "factor:float > x n:int")
    >>> x, factor = np.ones(2), Cell(3.0)
    >>> run = Sequence([call(loop, float, factor=factor, x=x, n=2)])
    >>> factor.number = 2.0
    >>> run(), x.tolist()
    (0, [2.0, 2.0])
    """

    def __init__(self, calls):
        self.calls = [(function, tuple(arguments)) for function, arguments in calls]
        self._ready = [_ready(function, arguments) for function, arguments in self.calls]
        linkable = all(hasattr(function, "address") for function, _ in self.calls)
        self._left = OFTEN if linkable and native.have_numba() else np.inf
        # Short products of matrices are made by one thread; before the end it is as it was.
        setters = {f.set_threads for f, _ in self.calls if hasattr(f, "set_threads")}
        self._set_threads = setters.pop() if len(setters) == 1 else 0
        self._run = self._one_by_one

    def __call__(self):
        """Make the calls; 0, or what they returned, put together bit by bit."""
        return self._run()

    def _one_by_one(self):
        self._left -= 1
        if self._left < 0:
            self._link()
            return self._run()
        if self._set_threads:
            set_threads = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(self._set_threads)
            threads = set_threads(1)
        returned = 0
        for run in self._ready:
            returned |= run() or 0
        if self._set_threads:
            set_threads(threads)
        return returned

    def _link(self):
        """Make machine code of the calls."""
        self._library, address = _linked(self.calls, self._set_threads)
        self._run = ctypes.CFUNCTYPE(ctypes.c_int64)(address)


def _ready(function, arguments):
    """One call as a function without arguments."""
    if not hasattr(function, "address"):

        def run():
            return function(*(a.number if isinstance(a, Cell) else a for a in arguments))

        return run
    kinds = [_CTYPES[letter] for letter in function.layout]
    prototype = ctypes.CFUNCTYPE(ctypes.c_int64 if function.returns else None, *kinds)
    handed = []
    for j, (kind, argument) in enumerate(zip(kinds, arguments, strict=True)):
        if isinstance(argument, Cell):
            if _CTYPES[argument.letter] is not kind:
                raise TypeError(f"argument {j} must be of type {function.layout[j]!r}")
            handed.append(kind.from_address(argument.address))  # read at each call
        else:
            handed.append(kind(argument.ctypes.data if kind is ctypes.c_void_p else argument))
    return functools.partial(prototype(function.address), *handed)


_CTYPES = {
    "P": ctypes.c_void_p,
    "X": ctypes.c_void_p,
    "n": ctypes.c_int64,
    "d": ctypes.c_double,
}


def call(loop, dtype, functions=(), **given):
    """A loop that stands alone and all its arguments, for a `Sequence`.

    Parameters
    ----------
    loop : losslab.engine.loop.Loop
    dtype : dtype
        Of arrays that the loop calls data.
    functions : tuple of (str, function)
        What the loop calls by those names.
    **given : ndarray, number or Cell
        By name, as for `losslab.engine.loop.Loop.placed`.

    Returns
    -------
    tuple
        The compiled loop and its arguments.
    """
    return compiled(loop, np.dtype(dtype).name, functions), loop.placed(given, dtype)


def _linked(calls, set_threads):
    """The library that holds the calls, and the address of the function that makes them."""
    jit = native.machine()
    name = f"losslab_sequence_{next(_names)}"
    with native.one_at_a_time():
        library = (
            jit.llvm.JITLibraryBuilder().add_ir(_text(name, calls, set_threads)).export_symbol(name)
        )
        linked = library.link(jit.linker, name)
        return linked, linked[name]


_TYPES = {"P": "ptr", "X": "ptr", "n": "i64", "d": "double"}


def _text(name, calls, set_threads):
    """LLVM text of a function that makes the calls."""
    lines = [f"define i64 @{name}() {{"]
    if set_threads:
        lines.append(f"  %threads = call i32 {_pointer(set_threads)}(i32 1)")
    total = "0"
    for i, (function, arguments) in enumerate(calls):
        words = []
        for j, (letter, argument) in enumerate(zip(function.layout, arguments, strict=True)):
            kind = _TYPES[letter]
            if isinstance(argument, Cell):
                lines.append(f"  %c{i}_{j} = load {kind}, ptr {_pointer(argument.address)}")
                word = f"%c{i}_{j}"
            elif kind == "ptr":
                word = _pointer(argument.ctypes.data)
            elif kind == "i64":
                word = str(int(argument))
            else:
                word = f"0x{np.float64(argument).view(np.uint64):016X}"
            words.append(f"{kind} {word}")
        made = f"{_pointer(function.address)}({', '.join(words)})"
        if function.returns:
            lines.append(f"  %r{i} = call i64 {made}")
            lines.append(f"  %t{i} = or i64 {total}, %r{i}")
            total = f"%t{i}"
        else:
            lines.append(f"  call void {made}")
    if set_threads:
        lines.append(f"  call i32 {_pointer(set_threads)}(i32 %threads)")
    return "\n".join([*lines, f"  ret i64 {total}", "}"])


def _pointer(address):
    return f"inttoptr (i64 {address} to ptr)"
