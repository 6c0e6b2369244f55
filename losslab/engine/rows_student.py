"""The gamma functions of Student's t, for rowwise kernels."""

from losslab.engine.special import digamma, log_beta

HALF_LOG_PI = 0.5723649429247001


def half_step(a, log_a):
    """log Gamma(a) - log Gamma(a + 1/2) + log(a) / 2, and its derivative by log(a).

    Both go to 0 like 1 / a; from 20 on by their asymptotic series.
    """
    far = a if a > 20.0 else 20.0
    b = 1.0 / far
    c = b * b
    series = b * (1 / 8 + c * (-1 / 192 + c * (1 / 640 + c * (-17 / 14336 + c * (31 / 18432)))))
    slope = -b * (1 / 8 + c * (-3 / 192 + c * (5 / 640 + c * (-119 / 14336 + c * (279 / 18432)))))
    near = a if a < 20.0 else 20.0
    value = log_beta(0.5, near) - HALF_LOG_PI + 0.5 * log_a
    change = near * (digamma(near) - digamma(near + 0.5)) + 0.5
    return (series if a > 20.0 else value), (slope if a > 20.0 else change)
