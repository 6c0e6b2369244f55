"""The loops of losses of a label's surprise, which run over blocks of rows.

A loss that depends on the logits only through u = -log p of the true class has the gradient
slope(u) * (p - one-hot). Rows are taken in blocks, so that the exponentials of many short rows
run as one long loop. Relative to the label's own logit no maximum is needed:
u = log1p(sum over the others of e**(z - z_label)), unless that overflows.
"""

import numpy as np

from losslab.arithmetic.softmax import (
    beside_largest,
    softmax_parts,
    surprise,
    surprise_diagonal,
    surprise_product,
)
from losslab.arithmetic.sums import block_sum, row_sum
from losslab.arithmetic.vmath import exp, exp_between, log1p, two_sum_error
from losslab.engine.loop import Loop
from losslab.losses.kinds.loops import weighted_by
from losslab.losses.kinds.row_loops import (
    CURVE_SIGNATURE,
    GIVEN,
    SECOND_GIVEN,
    SECOND_SHARE,
    SHARE,
    has_nan,
    is_label,
    possible_logits,
    put_row,
)

SURPRISE_BLOCK = 512
OVERFLOW = 1e290


def surprise_block(y, f, begin, count, n, k, xb, lb, ob):
    """Rows begin, ... of logits as e**(z - z_label), the label's own 0, and their sums in ob.

    Returns n - i if row i is the first that is illegal by its label or by an infinite logit there.
    """
    illegal = 0
    for r in range(count):
        i = begin + r
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
    return illegal


def surprise_row(yb, fb, gb, sb, k, p):
    """One row of any size of logits."""
    u = surprise(fb, gb, k, int(yb[0]))
    rest = -gb[int(yb[0])]
    # Near rest = 1 the small probability comes from u, of which it is e**-u.
    own = exp(-u) if rest > 0.5 else 1.0 - rest
    value, slope = loss_surprise(u, own, rest, p)
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
    p = load_parameters(v, a)
    illegal = 0
    height = max(1, SURPRISE_BLOCK // k)
    for c in range(first, last):
        begin = c * rows
        size = min(rows, n - begin)
        for b in range(0, size, height):
            count = min(height, size - b)
            illegal = max(illegal, surprise_block(y, f, begin + b, count, n, k, xb, lb, ob))
            for r in range(count):
                ub[r] = log1p(ob[r])
                lb[r] = 1.0 / (1.0 + ob[r])
            for r in range(count):
                i = begin + b + r
                wi = w[i] if weighted else 1.0
                if ob[r] < OVERFLOW:
                    value, slope = loss_surprise(ub[r], lb[r], ob[r] * lb[r], p)
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
                            value = surprise_row(yb, fb, gb, sb, k, p)
                        else:
                            illegal = max(illegal, n - i)
                    if keep:
                        put_row(gb, k, wi, unit, scale, out, i * k)
                tb[b + r] = weighted_by(value, wi, unit)
                terms[i] = tb[b + r]
        partial[c] = block_sum(tb, 0, size)
    return illegal


def second_of_parts(g, start, k, label, at, beside, u, product, d, h, t, p):
    """The product in h or the diagonal in t of a row whose exponentials are known."""
    inverse = 1.0 / (g[start + at] + beside)
    others = beside if label == at else g[start + at] + (beside - g[start + label])
    own, rest = g[start + label] * inverse, others * inverse
    value, slope = loss_surprise(u, own, rest, p)
    bend = loss_bend(u, own, rest, p)
    if product:
        surprise_product(g, start, k, label, at, beside, slope, bend, d, h, t)
    else:
        surprise_diagonal(g, start, k, label, at, beside, slope, bend, t)


def surprise_second_row(yb, fb, product, db, hb, tb, gb, k, p):
    """One row of any size of logits."""
    label = int(yb[0])
    at, rest = softmax_parts(fb, gb, k)
    u = (fb[at] - fb[label]) + log1p(rest)
    second_of_parts(gb, 0, k, label, at, rest, u, product, db, hb, tb, p)


def surprise_second_loop(
    y,
    f,
    d,
    product,
    v,
    a,
    w,
    weighted,
    unit,
    scale,
    out,
    n,
    m,
    k,
    rows,
    yb,
    fb,
    db,
    hb,
    tb,
    sb,
    xb,
    lb,
    ob,
    ub,
    first,
    last,
):
    """As `row_second_loop`, for losses of the label's surprise."""
    p = load_parameters(v, a)
    illegal = 0
    height = max(1, SURPRISE_BLOCK // k)
    for c in range(first, last):
        begin = c * rows
        size = min(rows, n - begin)
        for b in range(0, size, height):
            count = min(height, size - b)
            illegal = max(illegal, surprise_block(y, f, begin + b, count, n, k, xb, lb, ob))
            for r in range(count):
                ub[r] = log1p(ob[r])
            for r in range(count):
                i = begin + b + r
                wi = w[i] if weighted else 1.0
                if product:
                    for j in range(k):
                        db[j] = d[i * k + j]
                if ob[r] < OVERFLOW:
                    label = int(y[i])
                    xb[r * k + label] = 1.0
                    at, beside = label, ob[r]
                    if beside > 1.0:
                        at, beside = beside_largest(xb, r * k, k)
                    second_of_parts(xb, r * k, k, label, at, beside, ub[r], product, db, hb, tb, p)
                else:
                    yb[0] = y[i]
                    for j in range(k):
                        fb[j] = f[i * k + j]
                        hb[j] = tb[j] = np.nan
                    if is_label(y[i], k) & (not has_nan(fb, k)):
                        if possible_logits(fb, k):
                            surprise_second_row(yb, fb, product, db, hb, tb, sb, k, p)
                        else:
                            illegal = max(illegal, n - i)
                put_row(hb if product else tb, k, wi, unit, scale, out, i * k)
    return illegal


def surprise_curve_loop(y, f, v, a, n, m, k, yb, fb, gb, sb, value, gradient):
    """As `row_curve_loop`, for losses of the label's surprise."""
    p = load_parameters(v, a)
    for i in range(n):
        yb[0] = y[i]
        for j in range(k):
            fb[j] = f[i * k + j]
        value[i] = surprise_row(yb, fb, gb, sb, k, p)
        for j in range(k):
            gradient[i * k + j] = gb[j]
    return 0


SURPRISE = Loop(surprise_loop, f"y {GIVEN} xb[k+528] lb[k+528] ob[512] ub[512] {SHARE}")
SURPRISE_SECOND = Loop(
    surprise_second_loop,
    f"y {SECOND_GIVEN} xb[k+528] lb[k+528] ob[512] ub[512] {SECOND_SHARE}",
)
SURPRISE_CURVE = Loop(surprise_curve_loop, CURVE_SIGNATURE, fast=False)
