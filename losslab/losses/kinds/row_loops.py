"""The array loops around rowwise kernels: one term from a row of predictions and its target.

The kernel ``loss_row(y, f, g, s, k, p)`` reads the target y and k predictions f, fills g with the
gradient and returns the value; so both always come from one pass, and nothing of shape (n, k) is
made beside the result. s is scratch space for 2 k + 16 numbers, p the parameters. All rows are
small float64 buffers, so float32 input is no special case.

A kernel never sees NaN or an illegal row: the loop answers NaN for the first and says where the
second stands. A row of weight 0 must be legal and counts nothing, whatever its loss is; `unit` is a
power of two by which each weight is multiplied first.
"""

import numpy as np

from losslab.arithmetic.sums import block_sum
from losslab.engine.loop import Loop
from losslab.losses.kinds.loops import WEIGHTS, weighted_by


def has_nan(x, k):
    found = 0
    for j in range(k):
        found |= 0 if x[j] == x[j] else 1
    return found


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
    p = load_parameters(v, a)
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
                value = loss_row(yb, fb, gb, sb, k, p)
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


def row_second_loop(
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
    first,
    last,
):
    """Hessians of the rows times the rows of d if `product`, else their diagonals.

    Scaled and weighted, and it returns the same, as `row_loop`.
    """
    p = load_parameters(v, a)
    illegal = 0
    for c in range(first, last):
        for i in range(c * rows, min((c + 1) * rows, n)):
            for j in range(m):
                yb[j] = y[i * m + j]
            for j in range(k):
                fb[j] = f[i * k + j]
                db[j] = d[i * k + j] if product else 0.0
                hb[j] = tb[j] = np.nan
            wi = w[i] if weighted else 1.0
            y_known = not has_nan(yb, m)
            f_known = not has_nan(fb, k)
            y_legal = target_is_legal(yb, m, k) if y_known else True
            f_legal = prediction_is_legal(fb, k) if f_known else True
            if not (y_legal & f_legal):
                illegal = max(illegal, n - i)
            elif y_known & f_known & (not has_nan(db, k)) & (wi > 0.0):
                row_second(yb, fb, db, hb, tb, sb, k, p)
            put_row(hb if product else tb, k, wi, unit, scale, out, i * k)
    return illegal


def row_curve_loop(y, f, v, a, n, m, k, yb, fb, gb, sb, value, gradient):
    """Value and gradient of n rows, unweighted and unchecked (for figures)."""
    p = load_parameters(v, a)
    for i in range(n):
        for j in range(m):
            yb[j] = y[i * m + j]
        for j in range(k):
            fb[j] = f[i * k + j]
        value[i] = loss_row(yb, fb, gb, sb, k, p)
        for j in range(k):
            gradient[i * k + j] = gb[j]
    return 0


def first_constant(k):
    """Where in the scratch space of a row stands what `prepare_rows` wrote."""
    return 2 * k + 16


def prepared_row_loop(
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
    """As `row_loop`, once what is the same for all rows stands behind their scratch space."""
    prepare_rows(sb, k, load_parameters(v, a))
    return row_loop(
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
    )


def prepared_row_second_loop(
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
    first,
    last,
):
    """As `row_second_loop`, prepared like `prepared_row_loop`."""
    prepare_rows(sb, k, load_parameters(v, a))
    return row_second_loop(
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
        first,
        last,
    )


def prepared_row_curve_loop(y, f, v, a, n, m, k, yb, fb, gb, sb, value, gradient):
    """As `row_curve_loop`, prepared like `prepared_row_loop`."""
    prepare_rows(sb, k, load_parameters(v, a))
    return row_curve_loop(y, f, v, a, n, m, k, yb, fb, gb, sb, value, gradient)


# A row and its target as float64, and beyond k numbers room for kernels that work in blocks.
ROW_BUFFERS = "yb[m] fb[k+16] gb[k+16] sb[2*k+16]"
# Before and behind the scratch space of a loop that many rows are shared through.
GIVEN = (
    f"f:data v a {WEIGHTS} scale:float terms:data out:data keep:int partial n:int m k rows "
    f"{ROW_BUFFERS}"
)
SHARE = "tb[rows] first:int last:int"
ROWS = Loop(row_loop, f"y {GIVEN} {SHARE}")
ROWS_OF_DATA = Loop(row_loop, f"y:data {GIVEN} {SHARE}")  # targets as long as the predictions
# As GIVEN and SHARE, for second derivatives.
SECOND_GIVEN = (
    f"f:data d:data product:int v a {WEIGHTS} scale:float out:data n:int m k rows:int "
    "yb[m] fb[k+16] db[k+16] hb[k+16] tb[k+16] sb[2*k+16]"
)
SECOND_SHARE = "first:int last:int"
ROW_SECOND = Loop(row_second_loop, f"y {SECOND_GIVEN} {SECOND_SHARE}")
ROW_SECOND_OF_DATA = Loop(row_second_loop, f"y:data {SECOND_GIVEN} {SECOND_SHARE}")
# Of losses that are prepared; the page calls all curves alike, so all have this scratch space.
_LONGER = "sb[6*k+16]"
_PREPARED, _PREPARED_SECOND, CURVE_BUFFERS = (
    words.replace("sb[2*k+16]", _LONGER) for words in (GIVEN, SECOND_GIVEN, ROW_BUFFERS)
)
PREPARED_ROWS = Loop(prepared_row_loop, f"y {_PREPARED} {SHARE}")
PREPARED_SECOND = Loop(prepared_row_second_loop, f"y {_PREPARED_SECOND} {SECOND_SHARE}")
CURVE_SIGNATURE = f"y f v a n m k {CURVE_BUFFERS} > value[n] gradient[n*k]"
ROW_CURVE = Loop(row_curve_loop, CURVE_SIGNATURE, fast=False)
PREPARED_CURVE = Loop(prepared_row_curve_loop, CURVE_SIGNATURE, fast=False)
