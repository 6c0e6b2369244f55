"""Numbers of about 100 bits, each an unevaluated sum of two doubles, for kernels that would cancel.

A pair is a tuple ``(high, low)`` with ``abs(low) <= ulp(high) / 2``.  A redescending loss divides,
squares and multiplies, and each rounding would cost up to one unit in the last place; carried out
on pairs, only the final `total` rounds.  Straight-line arithmetic like all of
`losslab.arithmetic.vmath`, and the same rules hold.

A low part that overflow has turned into NaN is dropped, so infinity stays infinity.  NaN stays NaN
in the high part.  Errors are measured in ``tests/losses/test_accuracy.py``, through the losses.
"""

import numpy as np

from losslab.arithmetic.vmath import (
    INV_LN2,
    LN2_HI,
    LN2_LO,
    TO_INTEGER,
    exponent_as_float,
    log_exponent,
    log_mantissa,
    pow2,
    two_product_error,
    two_sum_error,
)

PI_HI = 3.141592653589793
PI_LO = 1.2246467991473532e-16


def total(x):
    """The pair as one correctly rounded number."""
    return x[0] + x[1]


def negated(x):
    return -x[0], -x[1]


def scaled(x, s):
    """x times a power of two."""
    return x[0] * s, x[1] * s


def chosen(first, x, y):
    """x if `first` is true, else y."""
    return (x[0] if first else y[0]), (x[1] if first else y[1])


def cleaned(high, low):
    """The pair without a low part that is no correction: NaN, or what is left of an overflow."""
    return high, (low if abs(low) < abs(high) else 0.0)


def exact_sum(a, b):
    """a + b of two numbers."""
    s = a + b
    return cleaned(s, two_sum_error(a, b, s))


def exact_product(a, b):
    """a * b of two numbers."""
    p = a * b
    return cleaned(p, two_product_error(a, b, p))


def renormalised(a, b):
    """a + b as a pair, for abs(a) >= abs(b) or a = 0."""
    s = a + b
    return cleaned(s, b - (s - a))


def plus(x, y):
    """x + y of pairs."""
    s = exact_sum(x[0], y[0])
    return renormalised(s[0], s[1] + (x[1] + y[1]))


def product_of(p, low):
    """The pair p + low, without a low part that is NaN because p or a factor is infinite."""
    p, low = cleaned(p, low)
    return renormalised(p, low)


def times(x, y):
    """x * y of pairs."""
    p = x[0] * y[0]
    return product_of(p, two_product_error(x[0], y[0], p) + (x[0] * y[1] + x[1] * y[0]))


def times_number(x, a):
    """x * a of a pair and a number."""
    p = x[0] * a
    return product_of(p, two_product_error(x[0], a, p) + x[1] * a)


def squared(x):
    """x * x of a pair."""
    p = x[0] * x[0]
    return product_of(p, two_product_error(x[0], x[0], p) + 2.0 * (x[0] * x[1]))


def over(x, y):
    """x / y of pairs."""
    q = x[0] / y[0]
    p = q * y[0]
    rest = ((x[0] - p) - two_product_error(q, y[0], p)) + (x[1] - q * y[1])
    low = rest / y[0]
    return renormalised(q, low if abs(low) < abs(q) else 0.0)


def quotient(a, b):
    """a / b of two numbers."""
    return over((a, 0.0), (b, 0.0))


def log_of_parts(k, f, low):
    """log(2**k * (1 + f + low)) as a pair of about 65 bits, f in [sqrt(1/2) - 1, sqrt(2) - 1)."""
    u = renormalised(f, low)
    d = exact_sum(2.0, u[0])
    s = over(u, (d[0], d[1] + u[1]))
    z = squared(s)
    # 2 s + 2/3 s**3 in pairs; the polynomial, within 3e-16, holds the rest of the series.
    cubic = times(times(s, z), (0.6666666666666666, 3.700743415417188e-17))
    w = z[0]
    w2 = w * w
    rest = (
        (0.40000000000000024 + w * 0.28571428571338325)
        + w2 * (0.22222222271185313 + w * 0.18181808234003144)
        + (w2 * w2) * ((0.15385575782820043 + w * 0.13285924657242199) + w2 * 0.1291402271694836)
    )
    y = plus(plus((k * LN2_HI, k * LN2_LO), scaled(s, 2.0)), cubic)
    return renormalised(y[0], y[1] + (w2 * rest) * s[0])


def log1p_pair(u):
    """log(1 + u) of a pair, for finite u >= 0."""
    w = exact_sum(1.0, u[0])
    biased = log_exponent(w[0])
    k = exponent_as_float(biased)
    near = biased == 1023
    f = u[0] if near else log_mantissa(w[0], biased) - 1.0
    return log_of_parts(k, f, u[1] if near else (w[1] + u[1]) * pow2(-k))


def log_ratio(x, y):
    """log(x / y) of two positive numbers, also where x / y overflows; full digits near x = y."""
    small_x = x < 1e-290
    small_y = y < 1e-290
    x = x * 18014398509481984.0 if small_x else x
    y = y * 18014398509481984.0 if small_y else y
    bx = log_exponent(x)
    by = log_exponent(y)
    # The division takes both mantissas, so it neither overflows nor loses anything.
    ratio = quotient(log_mantissa(x, bx), log_mantissa(y, by))
    b = log_exponent(ratio[0])
    m = exponent_as_float(b)
    k = (exponent_as_float(bx) - (54.0 if small_x else 0.0)) - (
        exponent_as_float(by) - (54.0 if small_y else 0.0)
    )
    f = log_mantissa(ratio[0], b) - 1.0
    log = log_of_parts(k + m, f, ratio[1] * pow2(-m))
    log = chosen(x < np.inf, log, (x, 0.0))
    return chosen(y < np.inf, log, (-y, 0.0))


def log1p_of_square(a, s, nu):
    """log(1 + (a / s)**2 / nu) as a pair, for a >= 0, s > 0 and a pair nu > 0; no overflow."""
    huge = a > 1e100
    b = a * 2.409919865102884e-181 if huge else a  # 2**-600
    u = over(squared(quotient(b, s)), nu)
    w = exact_sum(0.0 if huge else 1.0, u[0])
    biased = log_exponent(w[0])
    k = exponent_as_float(biased)
    near = (biased == 1023) & (not huge)
    f = u[0] if near else log_mantissa(w[0], biased) - 1.0
    low = u[1] if near else (w[1] + u[1]) * pow2(-k)
    y = log_of_parts(k + (1200.0 if huge else 0.0), f, low)
    return chosen(a < np.inf, y, (a, 0.0))


def exp_of_remainder(x):
    """k and e**r - 1 (a pair) with x = k log(2) + r, for a pair x between -2000 and 2000."""
    k = (x[0] * INV_LN2 + TO_INTEGER) - TO_INTEGER
    r = exact_sum(x[0] - k * LN2_HI, x[1] - k * LN2_LO)
    r2 = squared(r)
    r3 = times(times(r2, r), (0.16666666666666666, 9.25185853854297e-18))
    t = r[0]
    t2 = t * t
    t4 = t2 * t2
    low = (0.041666666666666664 + t * 0.008333333333333333) + t2 * (
        0.0013888888888886548 + t * 0.0001984126984126828
    )
    mid = (2.4801587317169235e-05 + t * 2.7557319234372393e-06) + t2 * (
        2.7557282931125736e-07 + t * 2.5052084193256485e-08
    )
    top = 2.091125490208877e-09 + t * 1.6082040243933833e-10
    y = plus(plus(r, scaled(r2, 0.5)), r3)
    return k, renormalised(y[0], y[1] + t4 * (low + t4 * (mid + t4 * top)))


def within(x, low, high):
    """The pair, held between two numbers; NaN stays."""
    outside = (x[0] < low) | (x[0] > high)
    edge = low if x[0] < low else high
    return (edge if outside else x[0]), (0.0 if outside else x[1])


def exp_pair(x):
    """e**x of a pair; as a subnormal number, or 0, it is less precise."""
    k, m = exp_of_remainder(within(x, -1400.0, 1400.0))
    half = (k * 0.5 + TO_INTEGER) - TO_INTEGER
    return scaled(scaled(plus((1.0, 0.0), m), pow2(half)), pow2(k - half))


def times_exp_pair(a, x, shift):
    """a * e**x * 2**shift for two pairs and a whole number up to 128, rounded once.

    The factors may lie outside the range of doubles if the product does not.
    """
    k, m = exp_of_remainder(within(x, -2000.0, 2000.0))
    y = total(times(a, plus((1.0, 0.0), m)))
    k = k + shift
    # Three factors, because 2**k may lie far outside the range of doubles.
    third = (k * 0.3333333333333333 + TO_INTEGER) - TO_INTEGER
    p = pow2(third)
    return ((y * p) * p) * pow2(k - (third + third))


def expm1_pair(x):
    """e**x - 1 of a pair, for x below 700; -1 below -60, to a pair's precision."""
    k, m = exp_of_remainder(within(x, -60.0, 700.0))
    s = pow2(k)
    return plus(exact_sum(s, -1.0), scaled(m, s))


def sin_pair(x):
    """sin(x) of a pair within [-0.79, 0.79], to about 57 bits."""
    z = x[0] * x[0]
    z2 = z * z
    low = (-0.16666666666666666 + z * 0.008333333333333333) + z2 * (
        -0.00019841269841269839 + z * 2.7557319223980975e-06
    )
    top = (-2.5052108382327316e-08 + z * 1.6059042764859514e-10) + z2 * (
        -7.646959284892256e-13 + z * 2.7911413943320237e-15
    )
    return renormalised(x[0], x[1] * (1.0 - 0.5 * z) + (x[0] * z) * (low + (z2 * z2) * top))
