"""Loops over dense layers: rows of inputs, weights w[i * m + j] from input i to output j, biases b.

Each sum runs in the order of its terms, and what runs side by side are outputs, never parts of one
sum. So SIMD instructions change no bit, and these loops give the same bits in the page. They are
unrolled four terms at a time, because a sum that stays in a register need not be written down.
"""

import numpy as np

from losslab.arithmetic.sums import block_sum
from losslab.engine.loop import Loop


def forward_loop(x, w, b, rows, n, m, z):
    """z = x w + b for rows of n inputs and m outputs."""
    four = n - n % 4
    for r in range(rows):
        for j in range(m):
            z[r * m + j] = b[j]
        for i in range(0, four, 4):
            x0, x1, x2, x3 = x[r * n + i], x[r * n + i + 1], x[r * n + i + 2], x[r * n + i + 3]
            for j in range(m):
                k = i * m + j
                z[r * m + j] = (
                    z[r * m + j] + x0 * w[k] + x1 * w[k + m] + x2 * w[k + 2 * m] + x3 * w[k + 3 * m]
                )
        for i in range(four, n):
            x0 = x[r * n + i]
            for j in range(m):
                z[r * m + j] = z[r * m + j] + x0 * w[i * m + j]
    return 0


def weights_loop(x, d, rows, n, m, keep, g):
    """g = x' d, derivatives by the weights, where d are those by the outputs; g += if `keep`."""
    if keep == 0:
        for e in range(n * m):
            g[e] = 0.0
    four = rows - rows % 4
    for r in range(0, four, 4):
        for i in range(n):
            k = r * n + i
            x0, x1, x2, x3 = x[k], x[k + n], x[k + 2 * n], x[k + 3 * n]
            for j in range(m):
                k = r * m + j
                g[i * m + j] = (
                    g[i * m + j] + x0 * d[k] + x1 * d[k + m] + x2 * d[k + 2 * m] + x3 * d[k + 3 * m]
                )
    for r in range(four, rows):
        for i in range(n):
            x0 = x[r * n + i]
            for j in range(m):
                g[i * m + j] = g[i * m + j] + x0 * d[r * m + j]
    return 0


def biases_loop(d, rows, m, keep, g):
    """Derivatives by the biases: the columns of d added up, to what is in g if `keep`."""
    if keep == 0:
        for j in range(m):
            g[j] = 0.0
    for r in range(rows):
        for j in range(m):
            g[j] = g[j] + d[r * m + j]
    return 0


def inputs_loop(d, w, rows, n, m, e, turned):
    """e = d w', derivatives by the inputs; `turned` gets the transpose of w."""
    for i in range(n):
        for j in range(m):
            turned[j * n + i] = w[i * m + j]
    four = m - m % 4
    for r in range(rows):
        for i in range(n):
            e[r * n + i] = 0.0
        for j in range(0, four, 4):
            d0, d1, d2, d3 = d[r * m + j], d[r * m + j + 1], d[r * m + j + 2], d[r * m + j + 3]
            for i in range(n):
                k = j * n + i
                e[r * n + i] = (
                    e[r * n + i]
                    + d0 * turned[k]
                    + d1 * turned[k + n]
                    + d2 * turned[k + 2 * n]
                    + d3 * turned[k + 3 * n]
                )
        for j in range(four, m):
            d0 = d[r * m + j]
            for i in range(n):
                e[r * n + i] = e[r * n + i] + d0 * turned[j * n + i]
    return 0


def add_biases_loop(b, rows, m, z):
    """z + b, after a product by BLAS."""
    for r in range(rows):
        for j in range(m):
            z[r * m + j] = z[r * m + j] + b[j]
    return 0


def activate_loop(z, n, h, s):
    """Activation and slope of n numbers."""
    for i in range(n):
        h[i], s[i] = activated(np.float64(z[i]))
    return 0


def bends_loop(z, n, value, slope, bend):
    """Value, slope and second derivative of n numbers."""
    for i in range(n):
        value[i], slope[i] = activated(z[i])
        bend[i] = bent(z[i])
    return 0


def slopes_loop(s, n, e):
    """e times the slopes of the activation."""
    for i in range(n):
        e[i] = e[i] * s[i]
    return 0


def link_loop(z, rows, m, first, k, f, s):
    """Predictions of a head, of columns first ... first + k - 1 of m outputs, and their slopes."""
    for r in range(rows):
        for j in range(k):
            f[r * k + j], s[r * k + j] = activated(np.float64(z[r * m + first + j]))
    return 0


def unlink_loop(g, s, rows, m, first, k, factor, d):
    """Derivatives by the outputs of a head, from those by its predictions, times a factor."""
    for r in range(rows):
        for j in range(k):
            d[r * m + first + j] = np.float64(g[r * k + j]) * np.float64(s[r * k + j]) * factor
    return 0


def gather_loop(source, index, rows, columns, out):
    """Rows of `source` by their numbers."""
    for r in range(rows):
        begin = int(index[r]) * columns
        for j in range(columns):
            out[r * columns + j] = source[begin + j]
    return 0


def copy_loop(x, n, out):
    """n numbers to another place, rounded to its type."""
    for i in range(n):
        out[i] = x[i]
    return 0


def weighted_terms_loop(value, gradient, w, scale, n, k, g, total):
    """Sum of terms and their gradients, by weights and one scale."""
    total[0] = 0.0
    for i in range(n):
        factor = w[i] * scale
        total[0] = total[0] + (value[i] * factor if factor > 0.0 else 0.0)
        for j in range(k):
            g[i * k + j] = gradient[i * k + j] * factor if factor > 0.0 else 0.0
    return 0


def sum_loop(x, n, total):
    """n numbers added up."""
    total[0] = block_sum(x, 0, n)
    return 0


def length_loop(x, n, out, buffer):
    """Squared length of x."""
    out[0] = 0.0
    for b in range(0, n, 512):
        size = min(512, n - b)
        for i in range(size):
            xi = np.float64(x[b + i])
            buffer[i] = xi * xi
        out[0] = out[0] + block_sum(buffer, 0, size)
    return 0


def distance_loop(x, y, n, out, buffer):
    """Squared distance of x and y."""
    out[0] = 0.0
    for b in range(0, n, 512):
        size = min(512, n - b)
        for i in range(size):
            d = np.float64(x[b + i]) - np.float64(y[b + i])
            buffer[i] = d * d
        out[0] = out[0] + block_sum(buffer, 0, size)
    return 0


FORWARD = Loop(forward_loop, "x:data w:data b:data rows n:int m > z:data[rows*m]")
WEIGHTS = Loop(weights_loop, "x:data d:data rows:int n m keep:int > g:data[n*m]")
BIASES = Loop(biases_loop, "d:data rows:int m keep:int > g:data[m]")
INPUTS = Loop(inputs_loop, "d:data w:data rows n m > e:data[rows*n] | turned:data[n*m]")
ADD_BIASES = Loop(add_biases_loop, "b:data rows:int m:int > z:data")
ACTIVATE = Loop(activate_loop, "z:data n > h:data[n] s:data[n]")
BENDS = Loop(bends_loop, "z n > value[n] slope[n] bend[n]")
SLOPES = Loop(slopes_loop, "s:data n:int > e:data")
LINK = Loop(link_loop, "z:data rows m:int first:int k > f:data[rows*k] s:data[rows*k]")
UNLINK = Loop(unlink_loop, "g:data s:data rows:int m:int first:int k:int factor:float > d:data")
GATHER = Loop(gather_loop, "source:data index rows columns > out:data[rows*columns]")
NARROW = Loop(copy_loop, "x n > out:data[n]")
WIDEN = Loop(copy_loop, "x:data n > out[n]")
COPY = Loop(copy_loop, "x:data n > out:data[n]")
TERMS = Loop(weighted_terms_loop, "value gradient w scale:float n k > g[n*k] total[1]")
SUM = Loop(sum_loop, "x n:int > total[1]")
LENGTH = Loop(length_loop, "x:data n:int > out[1] | buffer[512]")
DISTANCE = Loop(distance_loop, "x:data y:data n:int > out[1] | buffer[512]")
