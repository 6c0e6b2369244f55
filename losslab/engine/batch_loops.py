"""The loop around batchwise kernels: one number from all rows together.

The kernel ``loss_batch(y, f, g, w, s, n, k, v, p)`` reads n targets y, n rows of k predictions f
and n weights w, fills g with the gradient and returns the value. s is as much scratch space as the
loss asks for, v the numbers of its `Vector` parameter. Everything is float64.

A kernel never sees NaN, an illegal row, or a batch that the loss has no value for: NaN anywhere
makes the value and the whole gradient NaN, because every row may bear on every other.
"""

import numpy as np

from losslab.engine.row_loops import has_nan

ILLEGAL_BATCH = -1
LAYOUT = "PPPPPPPPnnnPP"


def batch_loop(y, f, v, a, w, g, value, s, n, m, k, yb, fb):
    """Value and gradient of a batch; m numbers make a target.

    Returns n - i if row i is the first illegal one, ILLEGAL_BATCH if all are legal but not together,
    else 0.
    """
    p = load_parameters(a)
    illegal = 0
    unknown = 0
    for i in range(n):
        for j in range(m):
            yb[j] = y[i * m + j]
        for j in range(k):
            fb[j] = f[i * k + j]
        y_known = not has_nan(yb, m)
        f_known = not has_nan(fb, k)
        unknown += 0 if y_known & f_known else 1
        y_legal = target_is_legal(yb, m, k) if y_known else True
        f_legal = prediction_is_legal(fb, k) if f_known else True
        if not (y_legal & f_legal):
            illegal = max(illegal, n - i)
    if illegal + unknown == 0:
        if not batch_is_legal(y, w, n):
            return ILLEGAL_BATCH
        value[0] = loss_batch(y, f, g, w, s, n, k, v, p)
    else:
        value[0] = np.nan
        for e in range(n * k):
            g[e] = np.nan
    return illegal
