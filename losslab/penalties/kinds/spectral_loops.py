"""Loops around kernels of singular values: of a matrix, which is decomposed first, or of them alone."""

from losslab.arithmetic.singular import compose, decompose
from losslab.engine.loop import Loop


def whole_value(w, g, s, n, m, p):
    """The penalty of a matrix; its gradient is written to g."""
    short = decompose(w, s, n, m)
    value = sizes_value(s, g, short, p)
    for j in range(short):
        s[m + j] = g[j]
    compose(g, s, n, m)
    return value


def whole_prox(w, x, s, n, m, step, p):
    """The proximal point of a matrix, written to x."""
    short = decompose(w, s, n, m)
    kept = sizes_prox(s, x, short, step, p)
    for j in range(short):
        s[m + j] = x[j]
    compose(x, s, n, m)
    if kept > 0:
        for i in range(n):
            x[i] = w[i]
    return 0


def whole_dual(u, s, n, m, p):
    """The dual norm of a matrix."""
    return sizes_dual(s, decompose(u, s, n, m), p)


def value_loop(z, k, a, value, gradient):
    """The penalty of singular values, and its slopes."""
    p = load_parameters(a)
    value[0] = sizes_value(z, gradient, k, p)
    return 0


def prox_loop(z, k, step, a, prox, kept):
    """Singular values of the proximal point."""
    p = load_parameters(a)
    kept[0] = sizes_prox(z, prox, k, step, p)
    return 0


def dual_loop(z, k, a, dual):
    """The dual norm of singular values."""
    p = load_parameters(a)
    dual[0] = sizes_dual(z, k, p)
    return 0


BY_NAME = {
    "whole": Loop(value_loop, "z k:int a > value[1] gradient[k]"),
    "whole_prox": Loop(prox_loop, "z k:int step:float a > prox[k] kept[1]"),
    "dual": Loop(dual_loop, "z k:int a > dual[1]"),
}
