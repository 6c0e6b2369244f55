"""The array loop around rowwise kernels: one term from a row of targets and a row of predictions.

The kernel `loss_row(y, f, g, k, p)` reads k targets and predictions, fills g with the gradient
and returns the value; so both always come from one pass, and nothing of shape (n, k) is made
beside the result.  Rows are copied to small float64 buffers first, which makes float32 input no
special case.
"""

import numpy as np

from losslab.engine.loops import CHUNK, block_sum


def row_loop(y, f, w, weighted, scale, a, terms, out, keep, partial, first, last):
    """Terms, their sums by chunks and, if `keep`, the gradient times `scale` and the weight."""
    p = load_parameters(a)
    n, k = f.shape
    rows = max(1, CHUNK // k)
    yb = np.empty(k)
    fb = np.empty(k)
    gb = np.empty(k)
    buffer = np.empty(rows)
    for c in range(first, last):
        begin = c * rows
        end = min(begin + rows, n)
        for i in range(begin, end):
            for j in range(k):
                yb[j] = y[i, j]
                fb[j] = f[i, j]
            wi = w[i] if weighted else 1.0
            buffer[i - begin] = loss_row(yb, fb, gb, k, p) * wi
            terms[i] = buffer[i - begin]
            if keep:
                for j in range(k):
                    out[i, j] = gb[j] * scale * wi
        partial[c] = block_sum(buffer, end - begin)
    return 0
