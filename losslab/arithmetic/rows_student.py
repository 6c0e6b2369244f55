"""Student's t, for rowwise kernels: its gamma functions, and rows far out."""

import numpy as np

from losslab.arithmetic.special import digamma, log_beta
from losslab.arithmetic.standard import HALF_LOG_2PI
from losslab.arithmetic.vmath import LARGEST, LN2, exp, log, log1p_unit, sigmoid, softplus

HALF_LOG_PI = 0.5723649429247001
MANY = 680.0  # the logarithm of degrees of freedom whose number overflows soon, or is none


def half_step(a, log_a):
    """log Gamma(a) - log Gamma(a + 1/2) + log(a) / 2, and its derivative by log(a).

    Both go to 0 like 1 / a; from 8 on by their asymptotic series, whose terms are
    (2 - 2**(1 - m)) B_m / (m (m - 1)) a**(1 - m) with the Bernoulli numbers B_m of even m.
    """
    large = a > 8.0
    b = 1.0 / (a if large else 8.0)
    c = b * b
    c2 = c * c
    value = b * (
        (0.125 + c * -0.005208333333333333)
        + c2
        * (
            (0.0015625 + c * -0.0011858258928571428)
            + c2
            * (
                (0.001681857638888889 + c * -0.0038341175426136365)
                + c2
                * (
                    (0.012819730318509616 + c * -0.059100405375162764)
                    + c2 * ((0.359287374159869 + c * -2.784861777958117) + c2 * 26.80572169735318)
                )
            )
        )
    )
    slope = b * (
        (-0.125 + c * 0.015625)
        + c2
        * (
            (-0.0078125 + c * 0.00830078125)
            + c2
            * (
                (-0.01513671875 + c * 0.04217529296875)
                + c2
                * (
                    (-0.166656494140625 + c * 0.8865060806274414)
                    + c2 * ((-6.107885360717773 + c * 52.912373781204224) + c2 * -562.9201556444168)
                )
            )
        )
    )
    near = 8.0 if large else a
    low = log_beta(0.5, near) - HALF_LOG_PI + 0.5 * log_a
    change = near * (digamma(near) - digamma(near + 0.5)) + 0.5
    return (value if large else low), (slope if large else change)


def log_distance(y, location):
    """log(abs(y - location)), -inf if they agree; the difference itself may overflow."""
    a = abs(y - location)
    wide = abs(0.5 * y - 0.5 * location)
    return log(a) if a <= LARGEST else log(wide) + LN2


def quotient(x, y, location):
    """x / (y - location), 0 if they agree."""
    r = y - location
    return x / r if r != 0.0 else 0.0


def times_exp_of(log_nu, nu, x):
    """nu = e**log_nu times x >= 0, also where nu itself overflows."""
    return nu * x if nu <= LARGEST else (exp(log_nu + log(x)) if x > 0.0 else 0.0)


def student_far(y, location, log_scale, log_nu, step, slope):
    """Student's t where z**2 / nu, the scale or nu cannot be written down, from their logarithms.

    step and slope are those of `half_step`. Returns the value and its three derivatives.
    """
    far = log_distance(y, location)
    log_z = far - log_scale
    m = log_z - 0.5 * log_nu  # half the logarithm of q = z**2 / nu
    nu = exp(log_nu)
    few = log_nu < -MANY
    many = (log_nu > MANY) & (m < -20.0)  # the Gaussian likelihood
    step = -0.5 * (log_nu - LN2) - HALF_LOG_PI if few else step
    slope = -0.5 if few else slope
    z = exp(log_z)
    square = z * z
    q = exp(2.0 * m)
    t = sigmoid(2.0 * m)
    rest = sigmoid(-2.0 * m)
    turn = log1p_unit(exp(-2.0 * abs(m)))
    wide = 2.0 * max(m, 0.0) + turn
    # nu log(1 + q) and nu q / (1 + q)
    pull = (
        square
        if many
        else 2.0 * times_exp_of(log_nu, nu, max(m, 0.0)) + times_exp_of(log_nu, nu, turn)
    )
    drop = square if many else times_exp_of(log_nu, nu, t)
    # log(1 + q) - q / (1 + q), by its series where the two cancel
    bend = (q * q) * (0.5 + q * (-0.6666666666666666 + q * (0.75 - 0.8 * q)))
    bend = bend if m < -6.0 else wide - t
    curve = 0.5 * (min(square, LARGEST) * q) if many else times_exp_of(log_nu, nu, bend)
    # Where q is large, log(scale) leaves log(1 + q) / 2 + log(scale).
    last = (far - 0.5 * log_nu) + 0.5 * turn if m > 0.0 else log_scale + 0.5 * turn
    value = 0.5 * pull + ((last + HALF_LOG_2PI) + step)
    by_location = -quotient(drop + t, y, location)
    return value, by_location, rest - drop, slope + 0.5 * (curve - t)


def evidential_far(y, mean, log_nu, log_more, log_beta, penalty, step, slope):
    """Evidential regression where a number cannot be written down, from the logarithms.

    Returns the value and its four derivatives.
    """
    far = log_distance(y, mean)
    half_square = (0.5 * log_beta + 0.5 * softplus(-log_nu)) + 0.5 * LN2
    log_q = 2.0 * (far - half_square)
    alpha = 1.0 + exp(log_more)
    many = (log_more > MANY) & (log_q < -40.0)
    t = sigmoid(log_q)
    turn = log1p_unit(exp(-abs(log_q)))
    wide = max(log_q, 0.0) + turn
    few = exp(log_more + log_q)
    pull = few if many else alpha * wide
    drop = few if many else alpha * t
    to_square = 0.5 - (drop + 0.5 * t)
    by_spread = sigmoid(-log_nu)
    held = log(penalty) if penalty > 0.0 else -np.inf
    by_nu = 2.0 * exp(log_nu + (held + far))
    by_more = exp(log_more + (held + far))
    by_alpha = exp(held + far)
    evidence = 2.0 * exp(log_nu + held) + (exp(log_more + held) + penalty)
    r = y - mean
    by_mean = quotient(-2.0 * drop - t, y, mean) - (evidence if r > 0.0 else -evidence)
    last = (far if log_q > 0.0 else half_square) + 0.5 * turn
    fit = pull + (last + HALF_LOG_PI)
    value = (fit + (step - 0.5 * softplus(log_more))) + ((by_nu + by_more) + by_alpha)
    by_log_more = sigmoid(log_more) * (min(pull, LARGEST) + (slope - 0.5)) + by_more
    return (
        value,
        by_mean if r != 0.0 else 0.0,
        by_nu - (by_spread * to_square if by_spread > 0.0 else 0.0),
        by_log_more,
        to_square,
    )
