"""The softmax of some outputs, and the way back through it."""

import numpy as np

from losslab.arithmetic.vmath import exp
from losslab.engine.loop import Loop


def softmax_loop(z, rows, m, first, k, f, e):
    """Softmax of columns first ... first + k - 1 of m outputs."""
    for r in range(rows):
        top = -np.inf
        for j in range(k):
            x = np.float64(z[r * m + first + j])
            top = x if (x > top) | (x != x) else top
        total = 0.0
        for j in range(k):
            e[j] = exp(np.float64(z[r * m + first + j]) - top)
            total += e[j]
        for j in range(k):
            f[r * k + j] = e[j] / total
    return 0


def unsoftmax_loop(g, f, rows, m, first, k, factor, d):
    """Derivatives by the outputs: p (g - sum of p g), from those by the probabilities p."""
    for r in range(rows):
        mean = 0.0
        for j in range(k):
            mean += np.float64(f[r * k + j]) * np.float64(g[r * k + j])
        for j in range(k):
            p = np.float64(f[r * k + j])
            d[r * m + first + j] = p * (np.float64(g[r * k + j]) - mean) * factor
    return 0


SOFTMAX = Loop(softmax_loop, "z:data rows m:int first:int k > f:data[rows*k] | e[k]")
UNSOFTMAX = Loop(
    unsoftmax_loop, "g:data f:data rows:int m:int first:int k:int factor:float > d:data"
)
