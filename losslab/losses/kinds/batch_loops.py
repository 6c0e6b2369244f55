"""The loop around batchwise kernels: one number from all rows of a group together.

The kernel ``loss_batch(y, f, g, w, s, n, k, p)`` reads n targets y, n rows of k predictions f
and n weights w, fills g with the gradient and returns the value. s is as much scratch space as the
loss asks for, p the parameters. Everything is float64.

Rows come in groups: the rows ``order[starts[c]]``, ... up to ``order[starts[c + 1] - 1]`` are group
c. A whole batch is one group; the page asks for many batches as so many groups.

A kernel never sees NaN, an illegal row, a group that the loss has no value for, or one without
weight, which counts 0. NaN anywhere makes the value and the gradient of its group NaN, because
every row may bear on every other.
"""

import numpy as np

from losslab.engine.loop import Loop
from losslab.losses.kinds.row_loops import has_nan


def gather_group(y, f, w, order, start, size, rows, m, k, yb, fb, wb, yr, fr):
    """Copy the rows of a group; its weight, how many are unknown or illegal, and 2 rows - i.

    The last is of the first illegal row i, or 0.
    """
    unknown = 0
    wrong = 0
    illegal = 0
    weight = 0.0
    for r in range(size):
        i = int(order[start + r])
        for j in range(m):
            yr[j] = yb[r * m + j] = y[i * m + j]
        for j in range(k):
            fr[j] = fb[r * k + j] = f[i * k + j]
        wb[r] = w[i]
        weight += w[i]
        y_known = not has_nan(yr, m)
        f_known = not has_nan(fr, k)
        unknown += 0 if y_known & f_known else 1
        y_legal = target_is_legal(yr, m, k) if y_known else True
        f_legal = prediction_is_legal(fr, k) if f_known else True
        if not (y_legal & f_legal):
            wrong += 1
            illegal = max(illegal, 2 * rows - i)
    return weight, unknown + wrong, illegal


def batch_loop(
    y,
    f,
    v,
    a,
    w,
    order,
    starts,
    groups,
    rows,
    n,
    m,
    k,
    value,
    gradient,
    yb,
    fb,
    gb,
    wb,
    s,
    yr,
    fr,
    first,
    last,
):
    """Value and gradient of the groups first .. last - 1; m numbers make a target.

    n is the size of the largest group. Returns 2 rows - i if row i is illegal, else groups - c if
    the rows of group c are legal but not together, else 0: of several the largest.
    """
    p = load_parameters(v, a)
    illegal = 0
    for c in range(first, last):
        start = int(starts[c])
        size = int(starts[c + 1]) - start
        weight, without, refused = gather_group(
            y, f, w, order, start, size, rows, m, k, yb, fb, wb, yr, fr
        )
        illegal = max(illegal, refused)
        value[c] = np.nan
        for e in range(size * k):
            gb[e] = np.nan
        if weight == 0.0:
            value[c] = 0.0
            for e in range(size * k):
                gb[e] = 0.0
        elif without == 0:
            if batch_is_legal(yb, wb, size):
                value[c] = loss_batch(yb, fb, gb, wb, s, size, k, p)
            else:
                illegal = max(illegal, groups - c)
        for r in range(size):
            i = int(order[start + r])
            for j in range(k):
                gradient[i * k + j] = gb[r * k + j]
    return illegal


def batch_second_loop(
    y,
    f,
    d,
    product,
    v,
    a,
    w,
    order,
    starts,
    groups,
    rows,
    n,
    m,
    k,
    out,
    yb,
    fb,
    db,
    hb,
    tb,
    wb,
    s,
    yr,
    fr,
    first,
    last,
):
    """The Hessian of each group times its rows of d if `product`, else its diagonal.

    It returns the same as `batch_loop`. NaN in d of a row that counts makes its group NaN.
    """
    p = load_parameters(v, a)
    illegal = 0
    for c in range(first, last):
        start = int(starts[c])
        size = int(starts[c + 1]) - start
        weight, without, refused = gather_group(
            y, f, w, order, start, size, rows, m, k, yb, fb, wb, yr, fr
        )
        illegal = max(illegal, refused)
        for r in range(size):
            i = int(order[start + r])
            for j in range(k):
                counts = product and w[i] > 0.0
                db[r * k + j] = d[i * k + j] if counts else 0.0
                hb[r * k + j] = tb[r * k + j] = 0.0 if weight == 0.0 else np.nan
        if (weight > 0.0) & (without == 0):
            if not batch_is_legal(yb, wb, size):
                illegal = max(illegal, groups - c)
            elif not has_nan(db, size * k):
                batch_second(yb, fb, db, wb, hb, tb, s, size, k, p)
        for r in range(size):
            i = int(order[start + r])
            for j in range(k):
                out[i * k + j] = hb[r * k + j] if product else tb[r * k + j]
    return illegal


BATCH_SECOND = Loop(
    batch_second_loop,
    "y f d product:int v a w order starts groups:int rows:int n m k out "
    "yb[n*m] fb[n*k] db[n*k] hb[n*k] tb[n*k] wb[n] s[scratch] yr[m] fr[k] first:int last:int",
)
BATCH = Loop(
    batch_loop,
    "y f v a w order starts groups:int rows:int n m k > value[groups] gradient[rows*k] "
    "| yb[n*m] fb[n*k] gb[n*k] wb[n] s[scratch] yr[m] fr[k] first:int last:int",
)
