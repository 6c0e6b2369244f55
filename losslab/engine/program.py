"""Programs: a loop around the kernels of one definition, as the text that both compilers take."""

from typing import NamedTuple

from losslab.engine.source import module_text


class Program(NamedTuple):
    """What machine code and WebAssembly are made from: plain data."""

    text: str  # Python source that needs ``jit`` and numpy, nothing else
    entry: str  # the function in it to call
    layout: str  # types of its arguments, see `losslab.engine.ir`
    dtype: str  # of arrays that the loop calls data

    @classmethod
    def of(
        cls, loop, kernels=None, checks=None, parameters=0, vectors=0, dtype="float64", fixed=None
    ):
        """The program of a loop.

        Parameters
        ----------
        loop : losslab.engine.loop.Loop
        kernels, checks : dict of str to function
            By the names by which the loop calls them; those that it does not call are left out.
            Kernels take the parameters behind their data, checks do not.
        parameters, vectors : int
            How many numbers and how many vectors the kernels take as parameters.
        dtype : str
            ``"float64"`` or ``"float32"``.
        fixed : dict of int to float, optional
            Parameters by their place that are constants of the program, whatever it is handed.

        Returns
        -------
        Program
        """
        text, entry = module_text(
            loop, kernels or {}, checks or {}, parameters, vectors, dtype, fixed or {}
        )
        return cls(text, entry, loop.layout(vectors), dtype)
