"""The array loops around pointwise kernels.

Each loop is a template: `loss_value`, `loss_derivative`, `target_is_legal`, `prediction_is_legal`,
`data_is_single` and `load_parameters` are supplied per loss by `losslab.engine.source`. Arrays
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

from losslab.arithmetic.sums import block_sum
from losslab.engine.loop import Loop
from losslab.engine.threads import BLOCK, CHUNK


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
            d = buffer[BLOCK + i] if data_is_single() else out[start + i]
            out[start + i] = weighted_by(d, w[start + i], unit) * scale
    elif data_is_single():
        for i in range(size):
            out[start + i] = buffer[BLOCK + i] * scale


def separately(y, f, p):
    """Value and derivative of a loss that has no kernel for both."""
    return loss_value(y, f, p), loss_derivative(y, f, p)


def undefined(y, f, p):
    """The curvature of a loss that has none."""
    return np.nan


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
                if data_is_single():
                    buffer[BLOCK + i] = loss_derivative(yi, fi, p)
                else:
                    out[b + i] = loss_derivative(yi, fi, p) * factor
                illegal += 0 if target_is_legal(yi) & prediction_is_legal(fi) else 1
            weigh_derivatives(out, w, weighted, b, unit, scale, buffer, size)
    return illegal


def product_loop(y, f, d, w, weighted, unit, scale, a, out, n, buffer, first, last):
    """As `derivative_loop`, the second derivative of each term times its number of d."""
    p = load_parameters(a)
    illegal = 0
    factor = 1.0 if weighted else scale
    for c in range(first, last):
        for b in range(c * CHUNK, min((c + 1) * CHUNK, n), BLOCK):
            size = min(BLOCK, n - b)
            for i in range(size):
                yi = np.float64(y[b + i])
                fi = np.float64(f[b + i])
                product = loss_curvature(yi, fi, p) * np.float64(d[b + i])
                if data_is_single():
                    buffer[BLOCK + i] = product
                else:
                    out[b + i] = product * factor
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
                buffer[i], derivative = loss_value_and_derivative(yi, fi, p)
                if data_is_single():
                    buffer[BLOCK + i] = derivative
                else:
                    out[b + i] = derivative * factor
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


def curve_loop(y, f, n, a, out):
    """Value, gradient and curvature at n points, one after the other in `out` (for figures)."""
    p = load_parameters(a)
    for i in range(n):
        out[i] = loss_value(y[i], f[i], p)
        out[n + i] = loss_derivative(y[i], f[i], p)
        out[2 * n + i] = loss_curvature(y[i], f[i], p)
    return 0


# The last three arguments of a chunked loop: scratch space of this thread, the chunks to cover.
SHARE = f"n:int buffer[{2 * BLOCK}] first:int last:int"
WEIGHTS = "w weighted:int unit:float"
VALUE = Loop(value_loop, f"y:data f:data {WEIGHTS} a terms:data keep:int partial {SHARE}")
GRADIENT = Loop(derivative_loop, f"y:data f:data {WEIGHTS} scale:float a out:data {SHARE}")
CURVATURE = Loop(
    derivative_loop, GRADIENT.signature, stand_ins={"loss_derivative": "loss_curvature"}
)
PRODUCT = Loop(product_loop, f"y:data f:data d:data {WEIGHTS} scale:float a out:data {SHARE}")
VALUE_AND_GRADIENT = Loop(
    value_and_derivative_loop,
    f"y:data f:data {WEIGHTS} scale:float a terms:data keep:int out:data partial {SHARE}",
)
CURVE = Loop(curve_loop, "y f n a > out[3*n]")
