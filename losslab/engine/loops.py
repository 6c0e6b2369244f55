"""The array loops around pointwise kernels.

Each loop is a template: `loss_value`, `loss_derivative`, `target_is_legal`, `prediction_is_legal`,
`output_is_single` and `load_parameters` are supplied per loss by `losslab.engine.source`. Arrays
arrive as bare pointers (as flat arrays when interpreted), so a loop may only index them; `n` is
their length.

A loop covers the chunks ``first .. last - 1`` of ``CHUNK`` elements and writes one partial sum for
each chunk, so a sum never depends on how many threads shared the chunks.  Inside a chunk, blocks
of ``BLOCK`` terms go through `buffer`, which stays in the cache: the arithmetic then vectorises,
and so does the summation, without asking the compiler to reorder floating-point additions.

Labels and predictions outside their domain are counted in the same pass; the caller finds and
names the first one only when the count is not zero.

Each weight is multiplied by `unit`, a power of two, before anything else, so that sums of weights
near the ends of the range neither overflow nor vanish. A sample of weight 0 counts nothing,
whatever its loss is. A derivative meets its scale and its weight in float64, and is rounded to the
type of the output once.
"""

import numpy as np

CHUNK = 32768
BLOCK = 1024

# Argument types, see losslab.engine.ir; the last three arguments of a chunked loop are a buffer
# of this thread and the chunks to cover.
LAYOUTS = {
    "value_loop": "XXPndPXnPnPnn",
    "derivative_loop": "XXPnddPXnPnn",
    "value_and_derivative_loop": "XXPnddPXnXPnPnn",
    "weight_loop": "PPnPnn",
    "curve_loop": "PPnPP",
}


def block_sum(x, start, count):
    """Sum of x[start : start + count] in eight interleaved lanes."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    whole = count // 8
    for j in range(whole):
        i = start + 8 * j
        s0 += x[i]
        s1 += x[i + 1]
        s2 += x[i + 2]
        s3 += x[i + 3]
        s4 += x[i + 4]
        s5 += x[i + 5]
        s6 += x[i + 6]
        s7 += x[i + 7]
    for i in range(start + 8 * whole, start + count):
        s0 += x[i]
    return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7))


def weighted_by(x, wi, unit):
    """x times its weight times `unit`, in the order that neither overflows nor loses digits.

    A weight of 0 makes even infinity 0; any other leaves it infinite, however small its share is.
    """
    product = (x * unit) * wi if (abs(x) > 1.0) & (unit < 1.0) else x * (wi * unit)
    return product if wi > 0.0 else 0.0


def weigh(buffer, w, start, unit, size):
    """Multiply `size` terms by their weights."""
    for i in range(size):
        buffer[i] = weighted_by(buffer[i], w[start + i], unit)


def weigh_derivatives(out, w, weighted, start, unit, scale, buffer, size):
    """Scale and weigh derivatives, whose float64 is in `out` or, if that is float32, in `buffer`.

    They are rounded to float32 only here.
    """
    if weighted:
        for i in range(size):
            d = buffer[BLOCK + i] if output_is_single() else out[start + i]
            out[start + i] = weighted_by(d, w[start + i], unit) * scale
    elif output_is_single():
        for i in range(size):
            out[start + i] = buffer[BLOCK + i] * scale


def yes():
    return True


def no():
    return False


def value_loop(y, f, w, weighted, unit, a, terms, keep, partial, n, buffer, first, last):
    """Sum of the terms of the loss, by chunks; each term goes to `terms` as well if `keep`."""
    p = load_parameters(a)
    illegal = 0
    for c in range(first, last):
        total = 0.0
        for b in range(c * CHUNK, min((c + 1) * CHUNK, n), BLOCK):
            size = min(BLOCK, n - b)
            for i in range(size):
                yi = np.float64(y[b + i])
                fi = np.float64(f[b + i])
                buffer[i] = loss_value(yi, fi, p)
                illegal += 0 if target_is_legal(yi) & prediction_is_legal(fi) else 1
            if weighted:
                weigh(buffer, w, b, unit, size)
            if keep:
                for i in range(size):
                    terms[b + i] = buffer[i]
            total += block_sum(buffer, 0, size)
        partial[c] = total
    return illegal


def derivative_loop(y, f, w, weighted, unit, scale, a, out, n, buffer, first, last):
    """First or second derivative of each term, times `scale` and the weight."""
    p = load_parameters(a)
    illegal = 0
    factor = 1.0 if weighted else scale
    for c in range(first, last):
        for b in range(c * CHUNK, min((c + 1) * CHUNK, n), BLOCK):
            size = min(BLOCK, n - b)
            for i in range(size):
                yi = np.float64(y[b + i])
                fi = np.float64(f[b + i])
                if output_is_single():
                    buffer[BLOCK + i] = loss_derivative(yi, fi, p)
                else:
                    out[b + i] = loss_derivative(yi, fi, p) * factor
                illegal += 0 if target_is_legal(yi) & prediction_is_legal(fi) else 1
            weigh_derivatives(out, w, weighted, b, unit, scale, buffer, size)
    return illegal


def value_and_derivative_loop(
    y, f, w, weighted, unit, scale, a, terms, keep, out, partial, n, buffer, first, last
):
    """Both in one pass over the data."""
    p = load_parameters(a)
    illegal = 0
    factor = 1.0 if weighted else scale
    for c in range(first, last):
        total = 0.0
        for b in range(c * CHUNK, min((c + 1) * CHUNK, n), BLOCK):
            size = min(BLOCK, n - b)
            for i in range(size):
                yi = np.float64(y[b + i])
                fi = np.float64(f[b + i])
                buffer[i] = loss_value(yi, fi, p)
                if output_is_single():
                    buffer[BLOCK + i] = loss_derivative(yi, fi, p)
                else:
                    out[b + i] = loss_derivative(yi, fi, p) * factor
                illegal += 0 if target_is_legal(yi) & prediction_is_legal(fi) else 1
            if weighted:
                weigh(buffer, w, b, unit, size)
            weigh_derivatives(out, w, weighted, b, unit, scale, buffer, size)
            if keep:
                for i in range(size):
                    terms[b + i] = buffer[i]
            total += block_sum(buffer, 0, size)
        partial[c] = total
    return illegal


def weight_loop(w, partial, n, buffer, first, last):
    """Sum of the weights by chunks, and how many are negative, infinite or NaN."""
    illegal = 0
    for c in range(first, last):
        begin = c * CHUNK
        size = min(CHUNK, n - begin)
        for i in range(begin, begin + size):
            illegal += 0 if (w[i] >= 0.0) & (w[i] < np.inf) else 1
        partial[c] = block_sum(w, begin, size)
    return illegal


def curve_loop(y, f, n, a, out):
    """Value, gradient and curvature at n points, one after the other in `out` (for figures)."""
    p = load_parameters(a)
    for i in range(n):
        out[i] = loss_value(y[i], f[i], p)
        out[n + i] = loss_derivative(y[i], f[i], p)
        out[2 * n + i] = loss_curvature(y[i], f[i], p)
    return 0
