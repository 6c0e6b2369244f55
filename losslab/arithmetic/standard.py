"""Standardised residuals, for rowwise kernels of a location and the logarithm of a scale."""

from losslab.arithmetic.vmath import LARGEST, exp, expm1, finite_part, times_exp, two_sum_error

HALF_LOG_2PI = 0.9189385332046728


def inverse_scale(log_scale):
    """e**-log_scale, held to the largest double: times 0 it must stay 0."""
    e = exp(-log_scale)
    return LARGEST if e > LARGEST else e


def standardised(y, location, e):
    """(y - location) * e for a scale 1 / e, with what the subtraction rounds off put back.

    A scale beyond the range of doubles (e = 0) makes every residual 0.
    """
    r = y - location
    lost = finite_part(two_sum_error(y, -location, r))
    z = r * e
    z = z + lost * e if abs(z) < LARGEST else z
    return z if e > 0.0 else 0.0


def scaled(c, log_scale, scale):
    """c e**log_scale, infinite only where the product is; scale is e**log_scale as it is held."""
    return times_exp(c, log_scale, 0.0) if scale >= LARGEST else c * scale


def residual(y, location, log_scale, e):
    """`standardised`, infinite where it overflows also if the scale is too small to divide by."""
    z = standardised(y, location, e)
    return times_exp(y - location, -log_scale, 0.0) if e >= LARGEST else z


def part(c, d):
    """c d, and 0 if d is, however large c is."""
    return 0.0 if d == 0.0 else c * d


def one_by_one(second, d, h, t):
    """As `two_by_two`, of a single column."""
    h[0] = part(second, d[0])
    t[0] = second


def two_by_two(first, both, second, d, h, t):
    """The Hessian [[first, both], [both, second]]: its product with d in h, its diagonal in t."""
    h[0] = part(first, d[0]) + part(both, d[1])
    h[1] = part(both, d[0]) + part(second, d[1])
    t[0] = first
    t[1] = second


def standardised_second(z, slope, bend, e, d, h, t):
    """Second derivatives by location and log-scale of a loss of z = (y - location) e.

    slope and bend are its first two derivatives by z; that it adds the log-scale does not count.
    """
    pull = slope + (z * bend if bend > 0.0 else 0.0)
    return two_by_two(bend * e * e, pull * e, z * pull if pull != 0.0 else 0.0, d, h, t)


def logistic_bends(z):
    """The first two derivatives by z of the logistic density's -log."""
    t = exp(-abs(z))
    slope = -expm1(-abs(z)) / (1.0 + t)
    return (slope if z > 0.0 else -slope), 2.0 * t / ((1.0 + t) * (1.0 + t))
