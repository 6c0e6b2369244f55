"""The one fused multiply-add of native code.

What rounding a * b to p loses is one instruction on most processors, a * b - p, and seventeen
operations without (`losslab.arithmetic.vmath.product_rest`). WebAssembly has no such instruction. The
result is a double, so both find the same; every other operation is rounded on its own.
"""


def has_instruction(triple, features):
    """Whether the processor has the instruction (LLVM would call a slow function otherwise).

    Parameters
    ----------
    triple, features : str
        What LLVM says of the machine.
    """
    return triple.startswith(("aarch64", "arm64")) or "+fma," in features + ","


def replacements():
    """Functions of generated text that native code has as an instruction, by name."""
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def product_rest(typing, a, b, p):
        def emit(context, builder, signature, arguments):
            a, b, p = arguments
            return builder.fma(a, b, builder.fneg(p))

        return types.float64(types.float64, types.float64, types.float64), emit

    return {"product_rest": product_rest}
