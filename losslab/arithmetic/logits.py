"""What losses of a logit are made of, as high and low parts.

Powers and products multiply rounding errors. With e = e**-abs(x), a probability is 1 / (1 + e) or
e / (1 + e), whichever side x lies on, so nothing is ever subtracted from 1. A low part is what
rounding the high part lost; carrying it costs much less than `losslab.arithmetic.pairs`, where every
operation puts its result in order.
"""

from losslab.arithmetic.parts import inverse_parts
from losslab.arithmetic.vmath import (
    INV_LN2,
    LN2_HI,
    LN2_LO,
    SHRINK,
    TO_INTEGER,
    exp_beside,
    exp_curve,
    from_bits,
    log1p_unit_parts,
    log_from_parts,
    product_error,
    product_rest,
    quotient_error,
    to_bits,
    two_product_error,
    two_sum_error,
)

# As TO_INTEGER, and leaves the biased exponent of 2**(k + 64) in the lowest bits: SHRINK takes the
# 64 away again, also where 2**k is no normal number.
TO_EXPONENT = TO_INTEGER + 1087.0


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
    return scaled_odds(a, a_lo, SHRINK)


def scaled_odds(a, a_lo, unit):
    """As `odds_of` for a unit of 2**-64; for a above 600 it may be 1, and e is larger by 2**64."""
    x = -750.0 if a > 750.0 else -a
    shifted = x * INV_LN2 + TO_EXPONENT
    k = shifted - TO_EXPONENT
    r, rest = exp_beside(x, -a_lo if a < 750.0 else 0.0, k)
    t = r + rest
    y = 1.0 + t
    size = from_bits(to_bits(shifted) << 52) * unit
    e = y * size
    e_lo = ((t - (y - 1.0)) + (rest - (t - r))) * size
    d = 1.0 + e
    return e, e_lo, d, (e - (d - 1.0)) + e_lo


def shares_of(a, a_lo):
    """1 / (1 + e), then e / (1 + e), for e = e**-a: the larger and the smaller probability.

    All is good to a third of a unit of what rounding lost: enough for squares.
    """
    x = -750.0 if a > 750.0 else -a
    shifted = x * INV_LN2 + TO_EXPONENT
    k = shifted - TO_EXPONENT
    r_hi = x - k * LN2_HI
    r_lo = k * LN2_LO + (a_lo if a < 750.0 else 0.0)
    t = r_hi + (exp_curve(r_hi - r_lo) - r_lo)
    y = 1.0 + t
    size = from_bits(to_bits(shifted) << 52) * SHRINK
    e = y * size
    e_lo = (t - (y - 1.0)) * size
    d = 1.0 + e
    return shares_of_odds(e, e_lo, d, (e - (d - 1.0)) + e_lo)


def shares_of_odds(e, e_lo, d, d_lo):
    """1 / d and e / d for d = 1 + e."""
    i = 1.0 / d
    i_lo = -i * (product_rest(i, d, 1.0) + d_lo * i)
    # Where e is so small that the rest could be no number of full digits, i is 1 and it is 0.
    q = e * i
    return i, i_lo, q, product_rest(e, i, q) + (e * i_lo + e_lo * i)


def log_of_odds(e, e_lo, i):
    """log(1 + e + e_lo) for e from 0 to 1, rounded once, and i about 1 / (1 + e)."""
    near = e < 0.41421356237309515
    less = e - 1.0
    f = e if near else less * 0.5
    lost = 0.0 if near else e - (less + 1.0)
    return log_from_parts(0.0 if near else 1.0, f, (lost + e_lo) * i)


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
