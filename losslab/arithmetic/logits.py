"""What losses of a logit are made of, as high and low parts.

Powers and products multiply rounding errors. With e = e**-abs(x), a probability is 1 / (1 + e) or
e / (1 + e), whichever side x lies on, so nothing is ever subtracted from 1. A low part is what
rounding the high part lost; carrying it costs much less than `losslab.arithmetic.pairs`, where every
operation puts its result in order.
"""

from losslab.arithmetic.parts import inverse_parts
from losslab.arithmetic.vmath import (
    exp_split,
    log1p_unit_parts,
    pow2,
    product_error,
    quotient_error,
    two_product_error,
    two_sum_error,
)


def held(x):
    """A logit between -1e5 and 1e5, beyond which only x itself matters; NaN stays."""
    x = 1e5 if x > 1e5 else x
    return -1e5 if x < -1e5 else x


def product(a, a_lo, b, b_lo):
    """a * b of moderate size."""
    p = a * b
    return p, two_product_error(a, b, p) + (a * b_lo + a_lo * b)


def ratio(a, a_lo, b, b_lo):
    """a / b of moderate size."""
    q = a / b
    return q, quotient_error(a, a_lo, b, b_lo, q)


def steepened(m, beta):
    """beta * m, and the low part of its size."""
    x = beta * m
    x_lo = product_error(beta, m, x)
    return x, (-x_lo if x < 0.0 else x_lo)


def odds_of(a, a_lo):
    """e = e**-a for the size a >= 0 of a logit, then 1 + e."""
    x = -800.0 if a > 800.0 else -a
    k, r, rest = exp_split(x, -a_lo if a < 800.0 else 0.0)
    t = r + rest
    y = 1.0 + t
    # In two steps where 2**k is no normal number.
    near = -1000.0 if k < -1000.0 else k
    size = pow2(near)
    tiny = pow2(k - near)
    e = (y * size) * tiny
    e_lo = (((t - (y - 1.0)) + (rest - (t - r))) * size) * tiny
    d = 1.0 + e
    return e, e_lo, d, (e - (d - 1.0)) + e_lo


def probability_of(wrong, e, e_lo, d, d_lo):
    """e / d if `wrong`, else 1 / d."""
    i, i_lo = inverse_parts(d, d_lo)
    p, p_lo = product(e, e_lo, i, i_lo)
    return (p if wrong else i), (p_lo if wrong else i_lo)


def logs_of(m, e, e_lo):
    """-log p, then -log(1 - p), of the label with margin m, for e = e**-abs(m)."""
    log, log_lo = log1p_unit_parts(e, e_lo)
    far = abs(m) + log
    far_lo = two_sum_error(abs(m), log, far) + log_lo
    wrong = m < 0.0
    loss, loss_lo = (far if wrong else log), (far_lo if wrong else log_lo)
    return loss, loss_lo, (log if wrong else far), (log_lo if wrong else far_lo)
