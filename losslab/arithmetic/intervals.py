"""-log of the probability that a latent variable falls into an interval.

Each function takes the ends of the interval (infinite if open), its width and the logarithm of the
width, because a narrow interval far from 0 has a width that its rounded ends no longer know. It
returns the value, its derivative with respect to moving both ends by the same amount, and the width
times its derivative with respect to the width (0 for an open interval): with these three, no term
of any gradient grows without bound as the interval narrows.
"""

import numpy as np

from losslab.arithmetic.special import HALF_LOG_2PI, erfcx, log_normal_cdf, normal_cdf, normal_pdf
from losslab.arithmetic.vmath import exp, expm1, log, log1p, sigmoid, softplus

LARGE = 1e300
SQRT_HALF = 0.7071067811865476
SQRT_2_OVER_PI = 0.7978845608028654
# Gauss-Legendre quadrature with eight nodes on [-1, 1]
NODE_1, NODE_2, NODE_3, NODE_4 = (
    0.1834346424956498,
    0.525532409916329,
    0.7966664774136267,
    0.9602898564975363,
)
WEIGHT_1, WEIGHT_2, WEIGHT_3, WEIGHT_4 = (
    0.362683783378362,
    0.31370664587788727,
    0.22238103445337448,
    0.10122853629037626,
)


def capped_exp(x):
    """e**x, but no more than 1e300, so that 0 times it is 0."""
    y = exp(x)
    return y if y < LARGE else LARGE


def minus_log1mexp(x, log_x):
    """-log(1 - e**-x) for x > 0; log_x is its logarithm, for where x underflows."""
    if x < 1e-17:
        return 0.5 * x - log_x
    if x < 0.6931471805599453:
        return -log(-expm1(-x))
    return -log1p(-exp(-x))


def over_expm1(x):
    """x / (e**x - 1), which is 1 at 0."""
    if x == 0.0:
        return 1.0
    return 0.0 if x > 700.0 else x / expm1(x)


def logistic_interval(low, high, width, log_width):
    """For the distribution function 1 / (1 + e**-z)."""
    value = softplus(low) + softplus(-high) + minus_log1mexp(width, log_width)
    above = sigmoid(-high)
    wider = 0.0 if width == np.inf else -(width * above + over_expm1(width))
    return value, sigmoid(low) - above, wider


def extreme_interval(low, high, width, log_width):
    """For the distribution function 1 - exp(-e**z) (the smallest of many)."""
    if high == np.inf:
        hazard = exp(low)
        return hazard, hazard, 0.0
    if low == -np.inf:
        hazard = exp(high)
        return minus_log1mexp(hazard, high), -over_expm1(hazard), 0.0
    log_more = high - minus_log1mexp(width, log_width)
    more = exp(log_more)
    hazard = exp(low)
    share = over_expm1(more)
    wider = -(share * over_expm1(-width))
    return hazard + minus_log1mexp(more, log_more), hazard - share, wider


def minus_log_cdf(x):
    """-log of the normal distribution function; from 40 on it is 0."""
    return -log_normal_cdf(40.0 if x > 40.0 else x)


def normal_hazard(x):
    """Density of the normal distribution over its distribution function."""
    if x > 40.0:
        return 0.0
    if x > 0.0:
        return normal_pdf(x) / normal_cdf(x)
    return SQRT_2_OVER_PI / erfcx(-x * SQRT_HALF)


def pair_of_nodes(m, t):
    """e**(-t**2 / 2) times (cosh, sinh) of m t."""
    up = exp(m * t - 0.5 * t * t)
    down = exp(-m * t - 0.5 * t * t)
    return 0.5 * (up + down), 0.5 * (up - down)


def narrow_normal_interval(low, width, log_width):
    """As `normal_interval`, by quadrature: for width <= 1 and abs(middle) * width <= 2."""
    h = 0.5 * width
    m = low + h
    c1, s1 = pair_of_nodes(m, h * NODE_1)
    c2, s2 = pair_of_nodes(m, h * NODE_2)
    c3, s3 = pair_of_nodes(m, h * NODE_3)
    c4, s4 = pair_of_nodes(m, h * NODE_4)
    mean = (WEIGHT_4 * c4 + WEIGHT_3 * c3) + (WEIGHT_2 * c2 + WEIGHT_1 * c1)
    # the mean of t over the interval, which leans to where the density is higher
    lean = (WEIGHT_4 * NODE_4 * s4 + WEIGHT_3 * NODE_3 * s3) + (
        WEIGHT_2 * NODE_2 * s2 + WEIGHT_1 * NODE_1 * s1
    )
    value = (0.5 * m * m + HALF_LOG_2PI) - (log_width + log(mean))
    return value, m - h * (lean / mean), -exp(-m * h - 0.5 * h * h) / mean


def normal_interval(low, high, width, log_width):
    """For the normal distribution."""
    if high == np.inf:
        return minus_log_cdf(-low), normal_hazard(-low), 0.0
    if low == -np.inf:
        return minus_log_cdf(high), -normal_hazard(high), 0.0
    middle = low + 0.5 * width
    if (width <= 1.0) & (abs(middle) * width <= 2.0):
        return narrow_normal_interval(low, width, log_width)
    # Mirrored into the lower half, where the distribution function keeps its digits.
    mirrored = middle > 0.0
    a = -high if mirrored else low
    b = -low if mirrored else high
    if b > 0.0:
        log_more = minus_log_cdf(a) - minus_log_cdf(b)
    else:
        # of the two squares in the exponents only the difference matters
        log_more = width * abs(middle) + log(erfcx(-b * SQRT_HALF) / erfcx(-a * SQRT_HALF))
    value = minus_log1mexp(log_more, log(log_more)) + minus_log_cdf(b)
    inner = -normal_hazard(b) / expm1(-log_more)
    outer = 0.0 if log_more > 700.0 else normal_hazard(a) / expm1(log_more)
    shift = inner - outer
    top = outer if mirrored else inner
    return value, (shift if mirrored else -shift), (0.0 if top == 0.0 else -width * top)


# The density itself, for values that are known exactly: -log of it, and the derivative.


def logistic_point(z):
    """For the logistic density."""
    return abs(z) + 2.0 * log1p(exp(-abs(z))), 1.0 - 2.0 * sigmoid(-z)


def extreme_point(z):
    """For the density of the smallest of many."""
    hazard = exp(z)
    return (hazard - z if hazard < np.inf else hazard), expm1(z)


def normal_point(z):
    """For the normal density."""
    return 0.5 * z * z + HALF_LOG_2PI, z
