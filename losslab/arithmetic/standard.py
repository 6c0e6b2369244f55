"""Standardised residuals, for rowwise kernels of a location and the logarithm of a scale."""

from losslab.arithmetic.vmath import LARGEST, exp, finite_part, times_exp, two_sum_error

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
