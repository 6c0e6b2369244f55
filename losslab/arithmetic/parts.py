"""Numbers of about 100 bits in the fewest operations: what is rounded off, carried beside a double.

A part is a pair (high, low) as in `losslab.arithmetic.pairs`, whose low part is only as small as one
operation leaves it, and which nothing cleans. So a part costs a few operations more than a double,
where a pair costs ten times as many; with `product_rest` one instruction, this is the cheapest way
to a result that is rounded once. What it asks of a kernel: numbers are finite and products below
1e307, so hold the residual to a range first; and where a product may fall below 1e-289, its low
part must not matter (`product_rest` is not the same everywhere there), so choose the limit for
small residuals last, or finish with `rounded_product`.
"""

import numpy as np

from losslab.arithmetic.vmath import (
    INV_LN2,
    LN2_HI,
    LN2_LO,
    TINY,
    TO_INTEGER,
    exp_bend,
    exponent_as_float,
    log_exponent,
    log_from_parts,
    log_mantissa,
    log_tail,
    pow2,
    product_rest,
    sqrt,
    two_product_error,
)

HALF_PI = 1.5707963267948966
HALF_PI_LO = 6.123233995736766e-17


def inverse_of_constant(c, c_lo):
    """1 / (c + c_lo) of a parameter, which a loop computes once for all its elements."""
    q = 1.0 / c
    p = q * c
    return q, q * (((1.0 - p) - two_product_error(q, c, p)) - c_lo * q)


def square_of_constant(c):
    """c**2 of a parameter."""
    p = c * c
    return p, two_product_error(c, c, p)


def sqrt_of_constant(c):
    """sqrt(c) of a parameter above 0."""
    s = sqrt(c)
    p = s * s
    return s, ((c - p) - two_product_error(s, s, p)) / (2.0 * s)


def product_parts(x, x_lo, z, z_lo):
    """(x + x_lo) * (z + z_lo)."""
    p = x * z
    return p, product_rest(x, z, p) + (x * z_lo + x_lo * z)


def rounded_product(x, x_lo, z, z_lo):
    """(x + x_lo) * (z + z_lo) as one double, which may be as small or large as doubles are."""
    p = x * z
    return p + (two_product_error(x, z, p) + (x * z_lo + x_lo * z))


def square_parts(x, x_lo):
    """(x + x_lo)**2."""
    p = x * x
    return p, product_rest(x, x, p) + 2.0 * (x * x_lo)


def plus_parts(one, u, u_lo):
    """one + u + u_lo for u >= 0."""
    w = one + u
    lost = (u - (w - one)) if u < one else (one - (w - u))
    return w, lost + u_lo


def one_plus(u, u_lo):
    """1 + u + u_lo for u from 0 to 2**53, where w - 1 is exact, and to one unit of w beyond."""
    w = 1.0 + u
    return w, (u - (w - 1.0)) + u_lo


def refined_quotient(n, d, d_lo, inverse):
    """n / (d + d_lo) within 0.51 units of the last place, for inverse about 1 / d."""
    q = n * inverse
    p = q * d
    return q + (((n - p) - two_product_error(q, d, p)) - q * d_lo) * inverse


def one_minus(u, u_lo):
    """1 - u - u_lo for u in [0, 1], with full digits near its zero; the low part is small."""
    w = 1.0 - u
    low = ((1.0 - w) - u) - u_lo
    s = w + low
    return s, low - (s - w)


def inverse_parts(w, w_lo):
    """1 / (w + w_lo)."""
    q = 1.0 / w
    p = q * w
    return q, q * (((1.0 - p) - product_rest(q, w, p)) - w_lo * q)


def log_of(w, w_lo, inverse, shift):
    """log(2**shift * (w + w_lo)) for w from 1 to 1e300 and inverse about 1 / w.

    Full digits near w = 1, where w_lo may be all there is of the logarithm.
    """
    biased = log_exponent(w)
    f = log_mantissa(w, biased) - 1.0
    return log_from_parts(exponent_as_float(biased) + shift, f, w_lo * inverse)


def quotient_mantissa(x, y):
    """k, m and m_lo with x / y = 2**k (m + m_lo) for positive numbers, m in [sqrt(1/2), sqrt(2))."""
    small_x = x < TINY
    small_y = y < TINY
    x = x * 18014398509481984.0 if small_x else x  # 2**54
    y = y * 18014398509481984.0 if small_y else y
    kx = log_exponent(x)
    ky = log_exponent(y)
    # The division takes both mantissas, so it neither overflows nor loses anything.
    a = log_mantissa(x, kx)
    b = log_mantissa(y, ky)
    i = 1.0 / b
    q = a * i
    q_lo = ((a - q * b) - product_rest(q, b, q * b)) * i
    biased = log_exponent(q)
    step = exponent_as_float(biased)
    k = (exponent_as_float(kx) - exponent_as_float(ky)) + step
    k = (k - (54.0 if small_x else 0.0)) + (54.0 if small_y else 0.0)
    return k, log_mantissa(q, biased), q_lo * pow2(-step)


def log_quotient(x, y, c):
    """log(x / y) + c of positive numbers for a tiny c, with full digits where they are close."""
    k, m, m_lo = quotient_mantissa(x, y)
    f = m - 1.0
    s = f / (2.0 + f)
    half = 0.5 * f * f
    # Near m = 1 all digits of m_lo count, and 1 / m is 2 - m.
    low = m_lo * (2.0 - m) + c
    bent = half - (s * (half + log_tail(s * s)) + (k * LN2_LO + low))
    part = f - bent
    head = k * LN2_HI
    log = head + part
    return log, ((head - log) + part) + ((f - part) - bent)


def excess_of_log(k, m, m_lo):
    """q - 1 and q - 1 - log(q) for q = 2**k (m + m_lo), m in [sqrt(1/2), sqrt(2)), m_lo tiny.

    The second has all digits that m + m_lo has of q - 1; both are infinite from k = 1024 on.
    """
    f = m - 1.0
    s = f / (2.0 + f)
    half = 0.5 * f * f
    lost = product_rest(0.5 * f, f, half)
    size = pow2(1023.0 if k > 1023.0 else (-1000.0 if k < -1000.0 else k))
    # q - 1 - f - k log(2), whose first difference is exact for k = 0, 1 and -1
    more = (size - 1.0) * m
    # the derivative of q - log(q): 1 - 1 / m is nearly f - f**2 where it counts
    lost = lost + m_lo * ((size - 1.0) + ((f - (half + half)) + 0.5 * m_lo))
    bent = half + (lost - (s * (half + log_tail(s * s)) + k * LN2_LO))
    curved = (more - k * LN2_HI) + bent
    excess = (size * m - 1.0) + size * m_lo
    return (np.inf if k > 1023.0 else excess), (np.inf if k > 1023.0 else curved)


def exp_remainders(x, x_lo):
    """e**x - 1, then e**x - 1 - x as parts, for x from -700 to 1400 and a tiny x_lo.

    Both lack a factor, which comes last: it is 1 up to x = 690.
    """
    k = (x * INV_LN2 + TO_INTEGER) - TO_INTEGER
    r = x - k * LN2_HI
    r_lo = x_lo - k * LN2_LO
    t = r + r_lo
    t_lo = r_lo - (t - r)
    # e**t - 1 - t
    square = t * t
    half = 0.5 * square
    bent = product_rest(0.5 * t, t, half) + (square * exp_bend(t) + t * t_lo)
    early = 1000.0 if k > 1000.0 else k
    s = pow2(early)
    less = s - 1.0
    grown = less + s * (t + (half + (bent + t_lo)))
    # Three terms, the largest first; for k = 0 all but the square and what follows is 0.
    head = less - k * LN2_HI
    raised = head + s * half
    shift = less * r
    whole = raised + shift
    lost = (s * half - (raised - head)) + (shift - (whole - raised))
    return grown, whole, s * bent + (lost + (s * r_lo - x_lo)), pow2(k - early)


def arctan_tail(z):
    """(arctan(t) - t) / t**3 at z = t**2, for t up to tan(pi / 8)."""
    z2 = z * z
    z4 = z2 * z2
    low = (-0.3333333333333333 + z * 0.19999999999999993) + z2 * (
        -0.14285714285711498 + z * 0.11111111110752325
    )
    mid = (-0.09090909066866446 + z * 0.07692306730961795) + z2 * (
        -0.06666641908302051 + z * 0.05881923626133301
    )
    top = (-0.052580257920073425 + z * 0.04719294405473837) + z2 * (
        -0.04104029750501821 + z * 0.030626287828475894
    )
    return low + z4 * (mid + z4 * (top - z4 * 0.013908703447288225))


def arctan_parts(u, u_lo):
    """arctan(u + u_lo) for u from 0 to 1e300, to about 57 bits."""
    low = u < 0.41421356237309503
    high = u > 2.414213562373095
    # arctan(u), pi / 4 + arctan((u - 1) / (u + 1)) or pi / 2 - arctan(1 / u)
    less = u - 1.0
    more = u + 1.0
    less_lo = (u - (less + 1.0)) + u_lo
    more_lo = ((u - (more - 1.0)) if u < 1.0 else (1.0 - (more - u))) + u_lo
    n = u if low else (-1.0 if high else less)
    n_lo = u_lo if low else (0.0 if high else less_lo)
    d = 1.0 if low else (u if high else more)
    d_lo = 0.0 if low else (u_lo if high else more_lo)
    i = 1.0 / d
    t = n * i
    p = t * d
    t_lo = (((n - p) - product_rest(t, d, p)) + (n_lo - t * d_lo)) * i
    z = t * t
    base = 0.0 if low else (HALF_PI if high else 0.5 * HALF_PI)
    base_lo = 0.0 if low else (HALF_PI_LO if high else 0.5 * HALF_PI_LO)
    whole = base + t
    low = ((base - whole) + t) + (base_lo + (t_lo + (t * z) * arctan_tail(z)))
    s = whole + low
    return s, low - (s - whole)
