"""Special functions of probability: error function, normal tails, gamma, beta and Bessel functions.

They follow the rules of `losslab.arithmetic.vmath`: straight-line arithmetic on scalars, both sides
computed before one is chosen, NaN flows through, the same bits natively and in WebAssembly.  Each
rests on a polynomial in a variable that maps a whole range to [-1, 1]: t = (x - c) / (x + c)
takes x from 0 to infinity, so one polynomial serves where textbooks piece together three.

Errors are measured in ``tests/engine/test_special.py``; those near a zero of the function are
small in absolute terms.
"""

import numpy as np

from losslab.arithmetic.special_series import (
    ERFC_START,
    ERFC_START_LO,
    bessel_gap_tail,
    bessel_i0_series,
    digamma_ratio,
    digamma_series,
    erf_ratio,
    log_bessel_tail,
    log_gamma_series,
    low_bessel_ratio,
    middle_bessel_gap,
    scaled_erfc_series,
    stirling_series,
    trigamma_series,
    upper_bessel_gap,
)
from losslab.arithmetic.vmath import (
    exp_parts,
    finite_part,
    log,
    log1p,
    log_parts,
    product_error,
    quotient_error,
    times_exp,
    two_product_error,
    two_sum_error,
)

SQRT_HALF = 0.7071067811865476
SQRT_HALF_LO = -4.833646656726457e-17
INV_SQRT_2PI = 0.3989422804014327
INV_SQRT_2PI_LOSS = -6.247337834861335e-17  # relative: what rounding the constant lost
HALF_LOG_2PI = 0.9189385332046728
HALF_LOG_2PI_LESS_HALF = 0.4189385332046727
DIGAMMA_ROOT = 1.4616321449683622
DIGAMMA_ROOT_LO = 9.549995429965697e-17
DIGAMMA_ROOT_LESS_1 = 0.46163214496836236


# Error function and normal distribution -------------------------------------------------------


def scaled_erfc_parts(x, x_lo):
    """e**(x**2) erfc(x) at x + x_lo >= 0 as q (1 + c): returns q and the tiny correction c."""
    # t = (x - 3) / (x + 3), and so that a small x loses nothing
    near = 1e20 if x > 1e20 else x
    share = near / (near + 3.0)
    t = (share + share) - 1.0
    rest = t * scaled_erfc_series(t)
    f = ERFC_START + rest
    f_lo = (rest - (f - ERFC_START)) + ERFC_START_LO
    d = 0.5 + x
    q = f / d
    lost = (x - (d - 0.5)) if x > 0.5 else (0.5 - (d - x))
    p = q * d
    c = (((f - p) - two_product_error(q, d, p)) + (f_lo - q * (lost + x_lo))) / f
    return q, finite_part(c)


def erfcx(x):
    """e**(x**2) erfc(x) for x >= 0: 1 at 0, about 1 / (x sqrt(pi)) far out, never underflowing."""
    q, c = scaled_erfc_parts(x, 0.0)
    return q + q * c


def erfc(x):
    """1 - erf(x), with all its digits where it is small."""
    a = abs(x)
    q, c = scaled_erfc_parts(a, 0.0)
    p = a * a
    tail = times_exp(q, -p, c - product_error(a, a, p))
    return 2.0 - tail if x < 0.0 else tail


def erf(x):
    """2 / sqrt(pi) times the integral of e**(-t**2) from 0 to x."""
    a = abs(x)
    z = a * a
    far = z > 0.72
    near = x + x * erf_ratio(0.72 if far else z)
    y = 1.0 - erfc(a)
    return (-y if x < 0.0 else y) if far else near


def normal_pdf(x):
    """Density of the standard normal distribution."""
    h = 0.5 * x
    p = h * x
    return times_exp(INV_SQRT_2PI, -p, INV_SQRT_2PI_LOSS - product_error(h, x, p))


def normal_tail_parts(a):
    """Upper tail of the normal distribution at a >= 0, as q (1 + c) e**(-p - p_lo)."""
    h = a * SQRT_HALF
    h_lo = finite_part(two_product_error(a, SQRT_HALF, h) + a * SQRT_HALF_LO)
    q, c = scaled_erfc_parts(h, h_lo)
    half = 0.5 * a
    p = half * a
    return 0.5 * q, c, p, product_error(half, a, p)


def normal_cdf(x):
    """Distribution function of the standard normal distribution, with all digits in its tails."""
    q, c, p, p_lo = normal_tail_parts(abs(x))
    tail = times_exp(q, -p, c - p_lo)
    return 1.0 - tail if x > 0.0 else tail


def log_normal_cdf(x):
    """log of `normal_cdf`, where that underflows too."""
    q, c, p, p_lo = normal_tail_parts(abs(x))
    hi, lo = log_parts(q)
    s = hi - p
    low = s + (finite_part(two_sum_error(hi, -p, s)) + (lo + (c - p_lo)))
    # log(1 - tail), with what rounding the tail lost: e**-p as e + e_lo.
    e, e_lo = exp_parts(-p, c - p_lo)
    tail = q * e
    tail_lo = two_product_error(q, e, tail) + q * e_lo
    high = log1p(-tail) - tail_lo / (1.0 - tail)
    return high if x > 0.0 else low


# Gamma function -------------------------------------------------------------------------------


def from_two(x):
    """The variable t that takes x from 2 to infinity to -1 to 1."""
    x = 1e20 if x > 1e20 else x
    return (x - 5.0) / (x + 1.0)


def stirling_rest(x):
    """log Gamma(x) - ((x - 1/2) log x - x + log(2 pi) / 2) for x >= 2."""
    return stirling_series(from_two(x)) / x


def log_gamma(x):
    """Logarithm of the gamma function for x >= 0; NaN below.

    It keeps its relative precision at its zeros, 1 and 2.
    """
    large = x >= 3.0
    low = x < 0.5
    # Below 3: (z - 1) (z - 2) times a polynomial; below 1/2 with z = x + 1, less log x.
    z = 1.5 if large else (x + 1.0 if low else x)
    one = x if low else z - 1.0
    two = x - 1.0 if low else z - 2.0
    hi, lo = log_parts(x)
    factor = one * two
    factor_lo = two_product_error(one, two, factor) + one * (one - (two + 1.0))
    ratio = log_gamma_series((z - 1.25) / (z + 1.25))
    below = (factor * ratio - (hi if low else 0.0)) + (factor_lo * ratio - (lo if low else 0.0))
    # From 3 on: Stirling, as (x - 1/2) (log x - 1) + constants + rest.
    b = x - 0.5
    m = hi - 1.0
    p = b * m
    rest = stirling_rest(3.0 if x < 3.0 else x)
    c = HALF_LOG_2PI_LESS_HALF + (rest + (product_error(b, m, p) + b * lo))
    y = (p + c) if large else below
    y = np.inf if x == 0.0 else y
    y = np.nan if x < 0.0 else y
    return y if x < np.inf else x


def digamma(x):
    """Derivative of `log_gamma` for x > 0; NaN below.

    Its zero near 1.46 is passed with full relative precision.
    """
    low = x < 1.0
    large = x >= 2.25
    # Below 1, digamma(x + 1) - 1 / x; x + 1 would be rounded, these differences are not.
    z = 1.5 if large else x
    away = (z - DIGAMMA_ROOT_LESS_1) if low else ((z - DIGAMMA_ROOT) - DIGAMMA_ROOT_LO)
    near = away * digamma_ratio(z - (0.625 if low else 1.625))
    inverse = 1.0 / x
    below = near - (inverse if low else 0.0)
    far = 2.25 if x < 2.25 else x
    above = log(far) - digamma_series(from_two(far)) / far
    y = above if large else below
    return y if x >= 0.0 else np.nan


def trigamma(x):
    """Derivative of `digamma` for x > 0; NaN below."""
    low = x < 2.0
    z = x + 2.0 if low else x
    y = trigamma_series(from_two(z)) / z
    a = 1.0 / x
    b = 1.0 / (x + 1.0)
    # 1 / x**2, with what its two roundings lost
    first = a * a
    lost = product_error(a, a, first) + 2.0 * a * quotient_error(1.0, 0.0, x, 0.0, a)
    raised = first + ((b * b + y) + finite_part(lost))
    y = raised if low else y
    return y if x >= 0.0 else np.nan


def log_beta(a, b):
    """log of the beta function, Gamma(a) Gamma(b) / Gamma(a + b), for a, b > 0.

    Nothing cancels for large a or b; where the function is near 0 the error is absolute.
    """
    return log_beta_of_sum(a, b, a + b)


def log_beta_of_sum(a, b, total):
    """`log_beta` of shapes whose sum is known, and the same for all elements of a loop."""
    s = a if a < b else b
    m = b if a < b else a
    # Both below 3: the three terms are small.
    plain = log_gamma(s) + log_gamma(m) - log_gamma(total)
    # The larger from 3 on: Stirling for it and for the sum.
    big = 3.0 if m < 3.0 else m
    sum_big = 3.0 if total < 3.0 else total
    ratio = s / big
    far = (big - 0.5) * log1p(ratio)
    change = stirling_rest(big) - stirling_rest(sum_big)
    one = (log_gamma(s) + change) + (s - far - s * log(sum_big))
    # Both from 3 on.
    s3 = 3.0 if s < 3.0 else s
    share = (s3 - 0.5) * log(s3 / sum_big)
    both = (share - far) + ((HALF_LOG_2PI - 0.5 * log(sum_big)) + (change + stirling_rest(s3)))
    y = both if s >= 3.0 else (one if m >= 3.0 else plain)
    return y if s + m < np.inf else (np.nan if total != total else -np.inf)


# Bessel functions -----------------------------------------------------------------------------


def log_bessel_i0_below(x, log_x):
    """log of I0(x), the modified Bessel function, less x, for x >= 0 whose logarithm is log_x."""
    small = x < 8.0
    h = 0.5 * (x if small else 8.0)
    y = h * h
    near = log1p(y + y * (y * bessel_i0_series(y))) - x
    far = log_bessel_tail(16.0 / (8.0 if small else x) - 1.0) - 0.5 * log_x
    return near if small else far


def bessel_gap(x):
    """x (1 - I1(x) / I0(x)) for x >= 0: x near 0, 1/2 far out.

    I1 / I0 is the mean resultant length of von Mises angles.
    """
    h = 0.5 * (3.0 if x > 3.0 else x)
    near = x - x * (h * low_bessel_ratio(h * h - 1.125))
    middle = x * middle_bessel_gap(0.4 * (8.0 if x > 8.0 else x) - 2.2)
    held = 16.0 if x > 16.0 else x
    upper = upper_bessel_gap(0.25 * held - 3.0)
    far = bessel_gap_tail(32.0 / (16.0 if x < 16.0 else x) - 1.0)
    y = upper if x < 16.0 else far
    y = middle if x < 8.0 else y
    return near if x < 3.0 else y


def xlogy(x, y):
    """x log(y), and 0 where x is 0."""
    p = x * log(y)
    zero = (x == 0.0) & (y == y)
    return 0.0 if zero else p
