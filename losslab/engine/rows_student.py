"""The gamma functions of Student's t, for rowwise kernels."""

from losslab.engine.special import digamma, log_beta

HALF_LOG_PI = 0.5723649429247001


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
