"""The array loops around pointwise kernels.

Each loop is a template: `loss_value`, `loss_derivative`, `target_is_legal`, `prediction_is_legal`
and `load_parameters` are supplied per loss by `losslab.engine.source`.  A loop covers the chunks
``first .. last - 1`` of ``CHUNK`` elements and writes one partial sum for each chunk, so a sum
never depends on how many threads shared the chunks.  Inside a chunk, blocks of ``BLOCK`` terms go
through a small buffer that stays in the cache: the arithmetic then vectorises, and so does the
summation, without asking the compiler to reorder floating-point additions.

Labels and predictions outside their domain are counted in the same pass; the caller finds and
names the first one only when the count is not zero.
"""

import numpy as np

CHUNK = 32768
BLOCK = 1024


def block_sum(x, count):
    """Sum of x[:count] in eight interleaved lanes."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    whole = count // 8
    for j in range(whole):
        i = 8 * j
        s0 += x[i]
        s1 += x[i + 1]
        s2 += x[i + 2]
        s3 += x[i + 3]
        s4 += x[i + 4]
        s5 += x[i + 5]
        s6 += x[i + 6]
        s7 += x[i + 7]
    for i in range(8 * whole, count):
        s0 += x[i]
    return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7))


def value_loop(y, f, w, weighted, a, terms, keep, partial, first, last):
    """Sum of the terms of the loss, by chunks; each term goes to `terms` as well if `keep`."""
    p = load_parameters(a)
    tb = np.empty(BLOCK)
    illegal = 0
    for c in range(first, last):
        total = 0.0
        for b in range(c * CHUNK, min((c + 1) * CHUNK, len(y)), BLOCK):
            e = min(b + BLOCK, (c + 1) * CHUNK, len(y))
            yb = y[b:e]
            fb = f[b:e]
            for i in range(len(yb)):
                yi = np.float64(yb[i])
                fi = np.float64(fb[i])
                tb[i] = loss_value(yi, fi, p)
                illegal += 0 if target_is_legal(yi) & prediction_is_legal(fi) else 1
            if weighted:
                wb = w[b:e]
                for i in range(len(wb)):
                    tb[i] = tb[i] * wb[i]
            if keep:
                kb = terms[b:e]
                for i in range(len(kb)):
                    kb[i] = tb[i]
            total += block_sum(tb, len(yb))
        partial[c] = total
    return illegal


def derivative_loop(y, f, w, weighted, scale, a, out, first, last):
    """First or second derivative of each term, times `scale` and the weight."""
    p = load_parameters(a)
    illegal = 0
    for c in range(first, last):
        for b in range(c * CHUNK, min((c + 1) * CHUNK, len(y)), BLOCK):
            e = min(b + BLOCK, (c + 1) * CHUNK, len(y))
            yb = y[b:e]
            fb = f[b:e]
            ob = out[b:e]
            for i in range(len(yb)):
                yi = np.float64(yb[i])
                fi = np.float64(fb[i])
                ob[i] = loss_derivative(yi, fi, p) * scale
                illegal += 0 if target_is_legal(yi) & prediction_is_legal(fi) else 1
            if weighted:
                wb = w[b:e]
                for i in range(len(wb)):
                    ob[i] = ob[i] * wb[i]
    return illegal


def value_and_derivative_loop(
    y, f, w, weighted, scale, a, terms, keep, out, partial, first, last
):
    """Both in one pass over the data."""
    p = load_parameters(a)
    tb = np.empty(BLOCK)
    illegal = 0
    for c in range(first, last):
        total = 0.0
        for b in range(c * CHUNK, min((c + 1) * CHUNK, len(y)), BLOCK):
            e = min(b + BLOCK, (c + 1) * CHUNK, len(y))
            yb = y[b:e]
            fb = f[b:e]
            ob = out[b:e]
            for i in range(len(yb)):
                yi = np.float64(yb[i])
                fi = np.float64(fb[i])
                tb[i] = loss_value(yi, fi, p)
                ob[i] = loss_derivative(yi, fi, p) * scale
                illegal += 0 if target_is_legal(yi) & prediction_is_legal(fi) else 1
            if weighted:
                wb = w[b:e]
                for i in range(len(wb)):
                    tb[i] = tb[i] * wb[i]
                    ob[i] = ob[i] * wb[i]
            if keep:
                kb = terms[b:e]
                for i in range(len(kb)):
                    kb[i] = tb[i]
            total += block_sum(tb, len(yb))
        partial[c] = total
    return illegal


def weight_loop(w, partial, first, last):
    """Sum of the weights by chunks, and how many are negative, infinite or NaN."""
    illegal = 0
    for c in range(first, last):
        wc = w[c * CHUNK : min((c + 1) * CHUNK, len(w))]
        for i in range(len(wc)):
            illegal += 0 if (wc[i] >= 0.0) & (wc[i] < np.inf) else 1
        partial[c] = block_sum(wc, len(wc))
    return illegal


def curve_loop(y, f, n, a, out):
    """Value, gradient and curvature at n points, one after the other in `out` (for figures)."""
    p = load_parameters(a)
    for i in range(n):
        out[i] = loss_value(y[i], f[i], p)
        out[n + i] = loss_derivative(y[i], f[i], p)
        out[2 * n + i] = loss_curvature(y[i], f[i], p)
