"""Numba's front end alone: Python to LLVM code, for functions that Numba itself never runs.

As soon as one function calls another, `numba.njit` makes machine code of the other, with wrappers
to call it from Python and from C. Here all code goes through LLVM once more, as a whole, before it
is loaded (`losslab.engine.ir`), so none of that is ever used; it would be half of the time that
compiling takes. What Numba lowers and optimises is the same as ever.
"""

import numba
from numba.core import compiler, registry
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import _FunctionCompiler


class LeanCompiler(_FunctionCompiler):
    """Types, lowers and optimises a function; makes no machine code."""

    c_interface = False

    def __init__(self, function, options):
        super().__init__(function, registry.cpu_target, dict(options), {}, compiler.Compiler)

    def _customize_flags(self, flags):
        flags.no_compile = True
        flags.no_cpython_wrapper = True
        flags.no_cfunc_wrapper = not self.c_interface
        return flags

    def compile(self, args, return_type):
        result = super().compile(args, return_type)
        # The last thing that is done to a library is to load it.
        library = result.library
        library._finalize_final_module = lambda: setattr(library, "_finalized", True)
        return result


class CInterfaceCompiler(LeanCompiler):
    """The same for a function that C calls."""

    c_interface = True


class LeanOverloads:
    """Stands where a dispatcher looks for machine code on disk: instead it is told of LLVM code."""

    def __init__(self, dispatcher):
        self.compiler = LeanCompiler(dispatcher.py_func, dispatcher.targetoptions)

    def load_overload(self, signature, context):
        result = self.compiler.compile(tuple(signature), None)
        # Callers look for a function under what Python would call: a builtin, and one of its own.
        return result._replace(entry_point=[].append)

    def save_overload(self, signature, result):
        """Nothing is kept."""

    def flush(self):
        """Nothing is kept."""


def called_by_others(**options):
    """A decorator as `numba.njit` is one, for functions that only compiled ones call."""

    def jit(function):
        dispatcher = numba.njit(**options)(function)
        dispatcher._cache = LeanOverloads(dispatcher)
        return dispatcher

    return jit


@global_compiler_lock
def called_by_c(function, signature, **options):
    """LLVM code of a function and of all that it calls, and the name that C calls it by."""
    options = {"nopython": True, "_nrt": False, **options}
    result = CInterfaceCompiler(function, options).compile(signature.args, signature.return_type)
    result.library.finalize()
    return result.library.get_llvm_str(), result.fndesc.llvm_cfunc_wrapper_name
