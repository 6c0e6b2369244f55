"""The array loop around rowwise kernels: one term from a row of targets and a row of predictions.

The kernel ``loss_row(y, f, g, k, p)`` reads k targets and predictions, fills g with the gradient
and returns the value; so both always come from one pass, and nothing of shape (n, k) is made
beside the result.  Its rows are small float64 buffers, so float32 input is no special case.
"""

from losslab.engine.loops import block_sum

LAYOUT = "XXPndPXXnPnnnPPPPnn"


def row_loop(
    y, f, w, weighted, scale, a, terms, out, keep, partial, n, k, rows, yb, fb, gb, tb, first, last
):
    """Terms, their sums by chunks of `rows` and, if `keep`, the gradient, scaled and weighted."""
    p = load_parameters(a)
    for c in range(first, last):
        begin = c * rows
        size = min(rows, n - begin)
        for r in range(size):
            i = begin + r
            for j in range(k):
                yb[j] = y[i * k + j]
                fb[j] = f[i * k + j]
            wi = w[i] if weighted else 1.0
            tb[r] = loss_row(yb, fb, gb, k, p) * wi
            terms[i] = tb[r]
            if keep:
                for j in range(k):
                    out[i * k + j] = gb[j] * scale * wi
        partial[c] = block_sum(tb, 0, size)
    return 0
