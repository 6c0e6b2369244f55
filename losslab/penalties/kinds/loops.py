"""The array loops around the kernels of separable penalties.

`penalty_value`, `penalty_gradient` and `penalty_prox` are supplied per penalty. As in the loops of
losses, blocks of terms go through a buffer, and a chunk has one partial sum, so that results do not
depend on the number of threads.
"""

import numpy as np

from losslab.arithmetic.sums import block_sum
from losslab.engine.loop import Loop
from losslab.engine.threads import BLOCK, CHUNK


def value_loop(w, a, partial, n, buffer, first, last):
    """Sum of the terms, by chunks."""
    p = load_parameters(a)
    for c in range(first, last):
        total = 0.0
        for b in range(c * CHUNK, min((c + 1) * CHUNK, n), BLOCK):
            size = min(BLOCK, n - b)
            for i in range(size):
                buffer[i] = penalty_value(np.float64(w[b + i]), p)
            total += block_sum(buffer, 0, size)
        partial[c] = total
    return 0


def conjugate_loop(u, a, partial, n, buffer, first, last):
    """Sum of the conjugates of the terms, by chunks."""
    p = load_parameters(a)
    for c in range(first, last):
        total = 0.0
        for b in range(c * CHUNK, min((c + 1) * CHUNK, n), BLOCK):
            size = min(BLOCK, n - b)
            for i in range(size):
                buffer[i] = penalty_conjugate(np.float64(u[b + i]), p)
            total += block_sum(buffer, 0, size)
        partial[c] = total
    return 0


def gradient_loop(w, a, out, n, first, last):
    """Derivative of each term."""
    p = load_parameters(a)
    for i in range(first * CHUNK, min(last * CHUNK, n)):
        out[i] = penalty_gradient(np.float64(w[i]), p)
    return 0


def prox_loop(w, step, a, out, n, first, last):
    """Proximal point of each number."""
    p = load_parameters(a)
    for i in range(first * CHUNK, min(last * CHUNK, n)):
        out[i] = penalty_prox(np.float64(w[i]), step, p)
    return 0


def curve_loop(w, n, step, a, value, gradient, prox):
    """Term, derivative and proximal point of n numbers (for figures)."""
    p = load_parameters(a)
    for i in range(n):
        value[i] = penalty_value(w[i], p)
        gradient[i] = penalty_gradient(w[i], p)
        prox[i] = penalty_prox(w[i], step, p)
    return 0


def whole_value(w, g, s, n, m, p):
    """The penalty of n weights; its gradient is written to g."""
    total = 0.0
    for i in range(n):
        total += penalty_value(w[i], p)
        g[i] = penalty_gradient(w[i], p)
    return total


def whole_prox(w, x, s, n, m, step, p):
    """Proximal points of n weights, written to x."""
    for i in range(n):
        x[i] = penalty_prox(w[i], step, p)
    return 0


VALUE = Loop(value_loop, f"w:data a partial n:int buffer[{BLOCK}] first:int last:int")
CONJUGATE = Loop(conjugate_loop, f"u:data a partial n:int buffer[{BLOCK}] first:int last:int")
GRADIENT = Loop(gradient_loop, "w:data a out:data n:int first:int last:int")
PROX = Loop(prox_loop, "w:data step:float a out:data n:int first:int last:int")
CURVE = Loop(curve_loop, "w n step:float a > value[n] gradient[n] prox[n]")
