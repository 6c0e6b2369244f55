"""Likelihoods of counts, for rowwise kernels whose parameters are all predicted."""

import numpy as np

from losslab.arithmetic.special import HALF_LOG_2PI, digamma, log_gamma, stirling_rest
from losslab.arithmetic.standard import scaled
from losslab.arithmetic.vmath import (
    LARGEST,
    exp,
    expm1,
    expm1_minus,
    log,
    log1p,
    log1p_unit,
    sigmoid,
    softplus,
)

FAR = 1e300
FEW = 50.0  # counts up to here are handled term by term


def held_exp(x):
    """e**x, held to the largest double: times 0 it must stay 0."""
    e = exp(x)
    return LARGEST if e > LARGEST else e


def log_factorial_rest(y):
    """log y! - (y log y - y), for y >= 2."""
    return 0.5 * log(y) + (HALF_LOG_2PI + stirling_rest(y))


def poisson(y, h, rate):
    """rate - y h + log y! for rate = e**h; from 2 on without cancellation near its minimum."""
    more = 2.0 if y < 2.0 else y
    x = h - log(more)
    near = more * expm1_minus(min(max(x, -50.0), 50.0), 0.0) + log_factorial_rest(more)
    plain = (rate - y * h) + log_gamma(y + 1.0) if rate < LARGEST else np.inf
    return plain if (y < 2.0) | (abs(x) > 50.0) else near


def inflated_zero(logit, depth):
    """A zero that may be structural: -log(p + (1 - p) e**-depth) for p = sigmoid(logit).

    Returns the value and its derivatives by logit and depth >= 0.
    """
    extra = sigmoid(-logit)  # 1 - p
    fall = expm1(-depth)
    shallow = -log1p(extra * fall)
    both = logit + depth
    middle = depth - log1p((exp(min(both, 0.0)) - exp(min(logit, 0.0))) * extra)
    deep = softplus(-logit) - log1p_unit(exp(-max(both, 0.0)))
    value = middle if both < 0.0 else deep
    return (shallow if depth < 1.0 else value), extra * fall * sigmoid(both), sigmoid(-both)


def rising_terms(y, alpha, log_alpha):
    """Sum of log(1 + i alpha) over i < y, and its derivative by log alpha."""
    value = 0.0
    slope = 0.0
    if y <= FEW:
        for i in range(1, int(y)):
            u = i * alpha
            value += log1p(u) if u < FAR else log(float(i)) + log_alpha
            slope += u / (1.0 + u) if u < FAR else 1.0
    elif alpha < 0.02:
        # Euler and Maclaurin: the integral, and corrections at both ends
        u = y * alpha
        t = 1.0 / (1.0 + u)
        wide = log1p(u)
        t2 = t * t
        a3 = alpha * alpha * alpha
        whole = (wide - u) / alpha if u > 1e-9 else -0.5 * y * u
        value = (whole + y * wide) - 0.5 * wide
        value += alpha / 12.0 * (t - 1.0) - a3 / 360.0 * (t * t2 - 1.0)
        value += a3 * alpha * alpha / 1260.0 * (t * t2 * t2 - 1.0)
        rest = (wide / alpha if u > 1e-300 else y) + 0.5 * (1.0 - t)
        rest += alpha / 12.0 * (1.0 - t2) - a3 / 120.0 * (1.0 - t2 * t2)
        rest += a3 * alpha * alpha / 252.0 * (1.0 - t2 * t2 * t2)
        slope = y - rest
    else:
        theta = 1.0 / alpha
        value = (log_gamma(y + theta) - log_gamma(theta)) + y * log_alpha
        slope = y - theta * (digamma(y + theta) - digamma(theta))
    return value, slope


def zero_depth(h, a):
    """-log of the probability of 0 of a negative binomial, log(1 + m) / alpha for m = alpha mean.

    h and a are log mean and log alpha. Returns it and its derivatives by h and a.
    """
    mean = held_exp(h)
    theta = held_exp(-a)
    m = held_exp(h + a)
    t = 1.0 / (1.0 + m)
    wide = log1p(m) if m < FAR else min(h + a, LARGEST)
    ratio = wide / m if m > 0.0 else 1.0
    small = m < 1.0
    power = h if small else -a
    factor = mean if small else theta
    depth = scaled(ratio if small else wide, power, factor)
    by_mean = scaled(t if small else m * t, power, factor)
    return depth, by_mean, scaled(t - ratio if small else m * t - wide, power, factor)


def negative_binomial(y, h, a):
    """Negative log-likelihood of a count, and its derivatives by log mean h and log alpha a."""
    alpha = held_exp(a)
    m = held_exp(h + a)
    depth, by_mean, by_alpha = zero_depth(h, a)
    t = 1.0 / (1.0 + m)
    wide = log1p(m) if m < FAR else h + a
    rising, slope = rising_terms(y, alpha, a)
    if depth == np.inf:
        value = depth
    elif alpha < FAR:
        less = (log_gamma(y + 1.0) - y * h) + (y * wide - rising)
        value = (less if m < FAR else (log_gamma(y + 1.0) - rising) + y * a) + depth
    elif y > 0.0:  # the sum of log(1 + i alpha) over i < y is that of log i and log alpha
        value = ((log(y) + a) + (y * (wide - (h + a)) if m < FAR else 0.0)) + depth
    else:
        value = depth
    return value, by_mean - y * t, (y * (m * t) - slope) + by_alpha
