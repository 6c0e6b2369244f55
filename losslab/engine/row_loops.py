"""The array loops around rowwise kernels: one term from a row of predictions and its target.

The kernel ``loss_row(y, f, g, s, k, v, p)`` reads the target y and k predictions f, fills g with
the gradient and returns the value; so both always come from one pass, and nothing of shape (n, k)
is made beside the result. s is scratch space for 2 k + 16 numbers, v the numbers of the loss's
`Vector` parameter. All rows are small float64 buffers, so float32 input is no special case.

A kernel never sees NaN or an illegal row: the loop answers NaN for the first and says where the
second stands. A row of weight 0 must be legal and counts nothing, whatever its loss is; `unit` is a
power of two by which each weight is multiplied first.
"""

import numpy as np

from losslab.engine.loops import block_sum, weighted_by
from losslab.engine.softmax import surprise
from losslab.engine.sums import row_sum
from losslab.engine.vmath import exp, exp_between, log1p, two_sum_error

# Targets of one number or of few numbers come as float64, those as long as the predictions as X.
LAYOUT = "PXPPPnddXXnPnnnnPPPPPnn"
LAYOUT_ROW_TARGETS = "XXPPPnddXXnPnnnnPPPPPnn"
CURVE_LAYOUT = "PPPPnnnPPPPPP"


def has_nan(x, k):
    found = 0
    for j in range(k):
        found |= 0 if x[j] == x[j] else 1
    return found


def put_row(g, k, wi, unit, scale, out, place):
    """Write a gradient, scaled and weighted, to its place."""
    factor = wi * unit * scale
    if factor > 1e-200:  # nothing can be lost on the way
        for j in range(k):
            out[place + j] = g[j] * factor
    else:
        for j in range(k):
            out[place + j] = weighted_by(g[j], wi, unit) * scale


def row_loop(
    y,
    f,
    v,
    a,
    w,
    weighted,
    unit,
    scale,
    terms,
    out,
    keep,
    partial,
    n,
    m,
    k,
    rows,
    yb,
    fb,
    gb,
    sb,
    tb,
    first,
    last,
):
    """Terms, their sums by chunks of `rows` and, if `keep`, the gradient, scaled and weighted.

    m numbers make a target, k a prediction. Returns n - i if row i is the first illegal one, else 0.
    """
    p = load_parameters(a)
    illegal = 0
    for c in range(first, last):
        begin = c * rows
        size = min(rows, n - begin)
        for r in range(size):
            i = begin + r
            for j in range(m):
                yb[j] = y[i * m + j]
            for j in range(k):
                fb[j] = f[i * k + j]
            wi = w[i] if weighted else 1.0
            y_known = not has_nan(yb, m)
            f_known = not has_nan(fb, k)
            y_legal = target_is_legal(yb, m, k) if y_known else True
            f_legal = prediction_is_legal(fb, k) if f_known else True
            value = np.nan
            if not (y_legal & f_legal):
                illegal = max(illegal, n - i)
            elif y_known & f_known & (wi > 0.0):
                value = loss_row(yb, fb, gb, sb, k, v, p)
            tb[r] = weighted_by(value, wi, unit)
            terms[i] = tb[r]
            if keep:
                if value == value:
                    put_row(gb, k, wi, unit, scale, out, i * k)
                elif wi == 0.0:
                    for j in range(k):
                        out[i * k + j] = 0.0
                else:
                    for j in range(k):
                        out[i * k + j] = np.nan
        partial[c] = block_sum(tb, 0, size)
    return illegal


def row_curve_loop(y, f, v, a, n, m, k, yb, fb, gb, sb, value, gradient):
    """Value and gradient of n rows, unweighted and unchecked (for figures)."""
    p = load_parameters(a)
    for i in range(n):
        for j in range(m):
            yb[j] = y[i * m + j]
        for j in range(k):
            fb[j] = f[i * k + j]
        value[i] = loss_row(yb, fb, gb, sb, k, v, p)
        for j in range(k):
            gradient[i * k + j] = gb[j]
    return 0


# Losses of a label's surprise -----------------------------------------------------------------
# A loss that depends on the logits only through u = -log p of the true class has the gradient
# slope(u) * (p - one-hot). Rows are taken in blocks, so that the exponentials of many short rows
# run as one long loop. Relative to the label's own logit no maximum is needed:
# u = log1p(sum over the others of e**(z - z_label)), unless that overflows.

SURPRISE_BLOCK = 512
OVERFLOW = 1e290
SURPRISE_LAYOUT = "PXPPPnddXXnPnnnnPPPPPPPPPnn"


def possible_logits(f, k):
    """-infinity is a legal logit (an impossible class), as long as one class is possible."""
    good = True
    possible = False
    for j in range(k):
        good = good & (f[j] < np.inf)
        possible = possible | (f[j] > -np.inf)
    return good & possible


def is_label(t, k):
    inside = (t >= 0.0) & (t < k)
    return inside & (np.float64(int(t if inside else 0.0)) == t)


def surprise_row(yb, fb, gb, sb, k, v, p):
    """One row of any size of logits."""
    u = surprise(fb, gb, k, int(yb[0]))
    rest = -gb[int(yb[0])]
    # Near rest = 1 the small probability comes from u, of which it is e**-u.
    own = exp(-u) if rest > 0.5 else 1.0 - rest
    value, slope = loss_surprise(u, own, rest, v, p)
    for j in range(k):
        gb[j] = gb[j] * slope
    return value


def surprise_loop(
    y,
    f,
    v,
    a,
    w,
    weighted,
    unit,
    scale,
    terms,
    out,
    keep,
    partial,
    n,
    m,
    k,
    rows,
    yb,
    fb,
    gb,
    sb,
    xb,
    lb,
    ob,
    ub,
    tb,
    first,
    last,
):
    """As `row_loop`, for losses of the label's surprise."""
    p = load_parameters(a)
    illegal = 0
    height = max(1, SURPRISE_BLOCK // k)
    for c in range(first, last):
        begin = c * rows
        size = min(rows, n - begin)
        for b in range(0, size, height):
            count = min(height, size - b)
            for r in range(count):
                i = begin + b + r
                label = y[i]
                good = is_label(label, k)
                own = np.float64(f[i * k + int(label)]) if good else np.nan
                illegal = max(illegal, 0 if (good & (own != np.inf)) | (label != label) else n - i)
                for j in range(k):
                    z = np.float64(f[i * k + j])
                    x = z - own
                    xb[r * k + j] = x
                    lb[r * k + j] = two_sum_error(z, -own, x)
                # Its exponential is to be 0: the sum is over the others, and its own is known.
                if good:
                    xb[r * k + int(label)] = -1000.0
            for e in range(count * k):
                xb[e] = exp_between(xb[e], lb[e])
            for r in range(count):
                ob[r] = row_sum(xb, r * k, k)
            for r in range(count):
                ub[r] = log1p(ob[r])
                lb[r] = 1.0 / (1.0 + ob[r])
            for r in range(count):
                i = begin + b + r
                wi = w[i] if weighted else 1.0
                if ob[r] < OVERFLOW:
                    value, slope = loss_surprise(ub[r], lb[r], ob[r] * lb[r], v, p)
                    if keep:
                        step = weighted_by(lb[r] * slope, wi, unit) * scale
                        for j in range(k):
                            out[i * k + j] = xb[r * k + j] * step
                        out[i * k + int(y[i])] = -ob[r] * step
                else:
                    yb[0] = y[i]
                    for j in range(k):
                        fb[j] = f[i * k + j]
                        gb[j] = np.nan
                    value = np.nan
                    if is_label(y[i], k) & (not has_nan(fb, k)):
                        if possible_logits(fb, k):
                            value = surprise_row(yb, fb, gb, sb, k, v, p)
                        else:
                            illegal = max(illegal, n - i)
                    if keep:
                        put_row(gb, k, wi, unit, scale, out, i * k)
                tb[b + r] = weighted_by(value, wi, unit)
                terms[i] = tb[b + r]
        partial[c] = block_sum(tb, 0, size)
    return illegal


def surprise_curve_loop(y, f, v, a, n, m, k, yb, fb, gb, sb, value, gradient):
    """As `row_curve_loop`, for losses of the label's surprise."""
    p = load_parameters(a)
    for i in range(n):
        yb[0] = y[i]
        for j in range(k):
            fb[j] = f[i * k + j]
        value[i] = surprise_row(yb, fb, gb, sb, k, v, p)
        for j in range(k):
            gradient[i * k + j] = gb[j]
    return 0
