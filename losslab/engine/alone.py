"""Loops that belong to no definition, compiled once a process."""

import functools

from losslab.engine import native
from losslab.engine.program import Program


@functools.cache
def compiled(loop, dtype="float64", functions=()):
    """A loop that stands alone, ready to be called.

    Parameters
    ----------
    loop : losslab.engine.loop.Loop
    dtype : str
        Name of the type of arrays that the loop calls data.
    functions : tuple of (str, function)
        What the loop calls by those names.

    Returns
    -------
    callable
        As `losslab.engine.native.build` returns it.
    """
    return native.build(Program.of(loop, checks=dict(functions), dtype=dtype), loop.fast)
