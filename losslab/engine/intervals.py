"""-log of the probability that a latent variable falls into an interval.

Each function takes the ends of the interval (infinite if open), its width and the logarithm of the
width, because a narrow interval far from 0 has a width that its rounded ends no longer know. It
returns the value, its derivative with respect to moving both ends by the same amount, and the width
times its derivative with respect to the width (0 for an open interval): with these three, no term
of any gradient grows without bound as the interval narrows.
"""

import numpy as np

from losslab.engine.vmath import exp, expm1, log, log1p, sigmoid, softplus

LARGE = 1e300


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
