"""Several compiled loops in a row, on arrays that stay where they are, as one call without arguments.

A step of training calls a dozen short loops, and for a small network handing their arguments over
takes longer than they do. So the calls themselves become machine code, with the addresses of the
arrays written in. Numbers that change from call to call stand in arrays of one number, `Cell`s.

Without Numba the same calls are made one after the other from Python.
"""

import ctypes
import functools
import itertools

import numpy as np

from losslab.engine import native
from losslab.engine.program import Program

_names = itertools.count()


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
        if all(hasattr(function, "address") for function, _ in self.calls) and native.have_numba():
            self._library, address = _linked(self.calls)
            self._run = ctypes.CFUNCTYPE(ctypes.c_int64)(address)
        else:
            self._run = self._one_by_one

    def __call__(self):
        """Make the calls; 0, or what they returned, put together bit by bit."""
        return self._run()

    def _one_by_one(self):
        returned = 0
        for function, arguments in self.calls:
            numbers = (a.number if isinstance(a, Cell) else a for a in arguments)
            returned |= function(*numbers) or 0
        return returned


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
    return _compiled(loop, np.dtype(dtype).name, functions), loop.placed(given, dtype)


@functools.cache
def _compiled(loop, dtype, functions):
    return native.build(Program.of(loop, checks=dict(functions), dtype=dtype), loop.fast)


def _linked(calls):
    """The library that holds the calls, and the address of the function that makes them."""
    jit = native.machine()
    name = f"losslab_sequence_{next(_names)}"
    with native.one_at_a_time():
        library = jit.llvm.JITLibraryBuilder().add_ir(_text(name, calls)).export_symbol(name)
        linked = library.link(jit.linker, name)
        return linked, linked[name]


_TYPES = {"P": "ptr", "X": "ptr", "n": "i64", "d": "double"}


def _text(name, calls):
    """LLVM text of a function that makes the calls."""
    lines = [f"define i64 @{name}() {{"]
    # Short products of matrices are made by one thread; before the end it is as it was.
    setters = {f.set_threads for f, _ in calls if hasattr(f, "set_threads")}
    alone = setters.pop() if len(setters) == 1 else 0
    if alone:
        lines.append(f"  %threads = call i32 {_pointer(alone)}(i32 1)")
    total = "0"
    for i, (function, arguments) in enumerate(calls):
        words = []
        for j, (letter, argument) in enumerate(zip(function.layout, arguments, strict=True)):
            kind = _TYPES[letter]
            if isinstance(argument, Cell):
                if argument.letter != letter:
                    raise TypeError(f"argument {j} of call {i} must be of type {letter!r}")
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
    if alone:
        lines.append(f"  call i32 {_pointer(alone)}(i32 %threads)")
    return "\n".join([*lines, f"  ret i64 {total}", "}"])


def _pointer(address):
    return f"inttoptr (i64 {address} to ptr)"
