"""Smooth losses with linear tails that come from elementary functions: log-cosh and Fair's."""

from losslab.arithmetic.parts import (
    inverse_of_constant,
    one_plus,
    product_parts,
)
from losslab.arithmetic.vmath import (
    LN2,
    LN2_HI,
    LN2_LO,
    exp2parts,
    exponent_as_float,
    log1p_unit,
    log_exponent,
    log_mantissa,
    log_tail,
    product_error,
    product_rest,
    quotient_error,
    tanh,
    times_exp,
    two_product_error,
    two_sum_error,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.kinds.pointwise import Pointwise

LN2_REST = 2.3190468138462996e-17  # log(2) - LN2


def log_cosh_tail(z):
    """(1 - 2 log(cosh(x)) / x**2) / x**2 at z = x**2 <= 0.5625, within 2e-17 (Chebyshev fit)."""
    z2 = z * z
    z4 = z2 * z2
    low = (0.16666666666666666 - z * 0.044444444444435786) + z2 * (
        0.013492063491326927 - z * 0.0043738976826189924
    )
    mid = (0.001477205495219473 - z * 0.0005131567685332725) + z2 * (
        0.00018195060262718454 - z * 6.543366925955254e-05
    )
    top = (2.354461239031041e-05 - z * 8.074538570554689e-06) + z2 * (
        2.291826276492606e-06 - z * 3.777552901092518e-07
    )
    return low + z4 * (mid + z4 * top)


class LogCosh(Pointwise):
    """Log-cosh loss: the logarithm of a hyperbolic cosine, quadratic near 0 and linear far out.

    With r = y_pred - y_true (units of y) the loss is log(cosh(a r)) / a**2, in units of y
    squared: about r**2 / 2 for small and abs(r) / a for large residuals. It is the negative
    log-likelihood of hyperbolic-secant noise. Its best constant is near the mean of the targets for a
    small a and near their median for a large one; it need not lie between the two. Keras and optax
    have a = 1.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("log_cosh").gradient([0.0, 0.0], [1e-8, 1000.0], reduction="none")
    array([1.e-08, 1.e+00])
    """

    name = "log_cosh"
    title = "Log-cosh loss"
    aliases = ("logcosh",)
    family = "regression"
    formula = r"\frac{1}{a^2}\log\cosh(a r)"
    reference = "green1990"
    use_when = "Something smooth between absolute and squared error is wanted with nothing to tune."
    avoid_when = "The residuals are far from size 1: scale the targets, or a, first."
    peers = (
        Peer("keras.losses.LogCosh", at={"a": 1.0}, also=("keras.losses.log_cosh",)),
        Peer("optax.losses.log_cosh", at={"a": 1.0}),
        Peer("catboost:LogCosh", at={"a": 1.0}),
    )
    a = Parameter(
        1.0,
        above=0.0,
        slider=(0.2, 5.0, "log"),
        doc="steepness: 1 / a is the slope of the tails, in units of 1 / y",
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda a: 1.0 / a,
        smooth=1.0,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, a):
        b = abs(f - y)
        x = a * b
        x_lo = product_error(a, b, x)
        # Up to x = 0.75: r**2 / 2 and a correction.
        z = x * x
        p = (0.5 * b) * b
        small = p + (product_error(0.5 * b, b, p) - p * (z * log_cosh_tail(z)))
        # Then x - log 2 + log(1 + e**-2x), the difference in two parts.
        d = x - LN2
        tail = log1p_unit(exp2parts(-2.0 * x, -2.0 * x_lo if x < 1000.0 else 0.0))
        s = d + tail
        s_lo = two_sum_error(d, tail, s) + ((two_sum_error(x, -LN2, d) - LN2_REST) + x_lo)
        a2 = a * a
        q = s / a2
        middle = q + quotient_error(s, s_lo, a2, two_product_error(a, a, a2), q)
        # Beyond 40 the logarithm is 0, and a r must not overflow.
        c = LN2 / a
        e = b - c
        w = e / a
        large = w + quotient_error(e, two_sum_error(b, -c, e), a, 0.0, w)
        v = small if x < 0.75 else middle
        return large if x > 40.0 else v

    def gradient_at(y, f, a):
        r = f - y
        b = abs(r)
        x = a * b
        t = tanh(x)
        q = t / a
        g = q + quotient_error(t, product_error(a, b, x) * (1.0 - t * t), a, 0.0, q)
        return -g if r < 0.0 else g

    def curvature_at(y, f, a):
        r = f - y
        b = abs(r)
        x = a * b
        # Far out the exponential magnifies what rounding r and x has lost.
        r_lo = two_sum_error(f, -y, r)
        x_lo = product_error(a, b, x) + a * (-r_lo if r < 0.0 else r_lo)
        x_lo = x_lo if x < 1000.0 else 0.0
        # 4 e / (1 + e)**2 with e = e**-2x
        e4 = times_exp(4.0, -2.0 * x, -2.0 * x_lo)
        s = 1.0 + 0.25 * e4
        d = s * s
        d_lo = two_product_error(s, s, d) + 2.0 * s * (0.25 * e4 - (s - 1.0))
        q = e4 / d
        return q + quotient_error(e4, 0.0, d, d_lo, q)

    def exact(mp, y, f, a):
        return mp.log(mp.cosh(a * (f - y))) / a**2


def over_scale(a, c):
    """m, which is a or at most 1e18 c, then u = m / c and 1 + u as parts, and about 1 / (1 + u)."""
    far = 1e18 * c
    m = far if a > far else a
    i, i_lo = inverse_of_constant(c, 0.0)
    u, u_lo = product_parts(m, 0.0, i, i_lo)
    w, w_lo = one_plus(u, u_lo)
    return m, u, u_lo, w, w_lo, 1.0 / w


class Fair(Pointwise):
    """Fair's loss: linear tails that are approached slowly.

    With r = y_pred - y_true (units of y) and u = abs(r) / c the loss is c**2 (u - log(1 + u)), in
    units of y squared. Its gradient r / (1 + u) falls behind r from the very beginning, so even
    well-behaved residuals are damped; c = 1.3998 times the noise's standard deviation keeps 95 %
    of least squares' efficiency under Gaussian noise.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("fair").gradient([0.0, 0.0], [1.0, 3.0], reduction="none")
    array([0.5 , 0.75])
    """

    name = "fair"
    title = "Fair's loss"
    family = "regression"
    formula = r"c^2\left(u - \log(1 + u)\right),\quad u = \lvert r\rvert / c"
    reference = "fair1974"
    use_when = "Outliers should be damped smoothly and a unique fit is wanted."
    avoid_when = (
        "Ordinary residuals should keep their full weight: it damps from the very beginning."
    )
    peers = (Peer("lightgbm:fair", parameters={"fair_c": "c"}, metric="fair", digits=5),)
    c = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="supremum of the gradient and residual at which half of it is reached, in units of y",
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda c: c,
        smooth=1.0,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, c):
        a = abs(f - y)
        m, u, u_lo, w, w_lo, inverse = over_scale(a, c)
        # u - log(1 + u), with 1 + u = 2**k (1 + g): what u - g - k log(2) leaves is exact.
        biased = log_exponent(w)
        mantissa = log_mantissa(w, biased)
        k = exponent_as_float(biased)
        near = biased == 1023
        g = u if near else mantissa - 1.0
        s = g / (2.0 + g)
        half = 0.5 * g * g
        rest = product_rest(0.5 * g, g, half) - (s * (half + log_tail(s * s)) + k * LN2_LO)
        # What was lost belongs to u and, by its share of 1 + u, to the logarithm.
        lost = (u_lo if near else w_lo) * (u * inverse)
        e = w - mantissa
        d = (e - k * LN2_HI) + (half + (rest + (lost + ((w - e) - mantissa))))
        v = d * (c * c)
        v = (0.5 * a) * a if a < 1e-140 * c else v
        # The logarithm is lost in rounding, and u may overflow where the loss does not.
        return c * a if m < a else v

    def gradient_at(y, f, c):
        r = f - y
        a = abs(r)
        m, u, u_lo, w, w_lo, inverse = over_scale(a, c)
        q = m * inverse
        g = q - q * (w_lo * inverse)
        g = c if m < a else g
        return -g if r < 0.0 else g

    def curvature_at(y, f, c):
        a = abs(f - y)
        d = c + a
        q = c / d
        q_lo = quotient_error(c, 0.0, d, two_sum_error(c, a, d), q)
        square = q * q
        return square + (two_product_error(q, q, square) + 2.0 * q * q_lo)

    def exact(mp, y, f, c):
        u = abs(f - y) / c
        return c**2 * (u - mp.log1p(u))
