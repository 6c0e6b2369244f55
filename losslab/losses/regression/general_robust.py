"""Families of robust losses with a shape parameter: Student's t and Barron's general loss."""

import math

import numpy as np

from losslab.arithmetic.pairs import (
    chosen,
    exact_sum,
    log1p_of_square,
    negated,
    over,
    plus,
    scaled,
    squared,
    times,
    times_exp_pair,
    times_number,
    total,
)
from losslab.arithmetic.parts import (
    exp_remainders,
    inverse_of_constant,
    product_parts,
    rounded_product,
    sqrt_of_constant,
    square_parts,
)
from losslab.arithmetic.vmath import (
    exp_split,
    exponent_as_float,
    log_exponent,
    log_mantissa,
    log_two_parts,
    scaled_by_pow2,
    two_product_error,
    two_sum_error,
    within_range,
)
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise
from losslab.losses.regression.robust import (
    SHRINK600,
    log_lorentzian,
    lorentzian,
    small_over_large,
    with_sign_of,
)


def widened_scale(nu, nu_lo, scale):
    """scale * sqrt(nu + nu_lo) as parts."""
    root, root_lo = sqrt_of_constant(nu)
    return product_parts(scale, 0.0, root, root_lo + nu_lo / (2.0 * root))


def log_of_growth(a, b, b_lo, c):
    """log(1 + (a / c)**2 / b) as parts, to 2**-60; b counts as 1 if it is 0."""
    width, width_lo = widened_scale(b if b > 0.0 else 1.0, b_lo, c)
    m, t, t_lo, w, w_lo, shrunk = lorentzian(a, width, width_lo)
    biased = log_exponent(w)
    k = exponent_as_float(biased) + (1200.0 if shrunk else 0.0)
    return log_two_parts(k, log_mantissa(w, biased) - 1.0, w_lo / w)


def steepness(nu, c, c_lo):
    """(nu + 1) / c and (nu + 1) / c**2 as parts."""
    i, i_lo = inverse_of_constant(c, c_lo)
    weight = nu + 1.0
    k, k_lo = product_parts(weight, two_sum_error(nu, 1.0, weight), i, i_lo)
    slope, slope_lo = product_parts(k, k_lo, i, i_lo)
    return k, k_lo, slope, slope_lo


class StudentT(Pointwise):
    """Student-t loss: the negative log-likelihood of heavy-tailed noise, without its constant.

    With r = y_pred - y_true, scale in units of y and nu degrees of freedom the loss is
    (nu + 1) / 2 * log(1 + r**2 / (nu * scale**2)), in nats; the constant left out makes it 0 at
    r = 0. The pull of a point falls off beyond sqrt(nu) * scale. Large nu approaches squared
    error in units of scale, nu = 1 is Cauchy noise. It is not convex beyond the strongest pull:
    the fit may depend on where it starts. To learn scale or nu the constant is needed.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("student_t", nu=4.0, scale=1.0).gradient([0.0, 0.0], [1.0, 4.0], reduction="sum")
    array([1., 1.])
    """

    name = "student_t"
    title = "Student-t loss"
    aliases = ("t_likelihood",)
    family = "regression"
    formula = r"\frac{\nu + 1}{2} \log\Bigl(1 + \frac{r^2}{\nu s^2}\Bigr)"
    reference = "lange1989"
    use_when = "The noise has heavy tails and a likelihood is wanted."
    avoid_when = (
        "Scale or degrees of freedom are to be learned with it: the constant left out is needed "
        "then."
    )
    peers = (
        Peer(
            "statsmodels.robust.norms.StudentT",
            factor="nu * scale**2 / (nu + 1)",
            parameters={"c": "scale", "df": "nu"},
            defaults={"scale": 2.3849},
            bare=False,
        ),
    )
    style = style("green", "dashed")
    nu = Parameter(
        4.0,
        above=0.0,
        slider=(0.5, 50.0, "log"),
        doc="degrees of freedom; the smaller, the heavier the tails of the noise",
    )
    scale = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="scale of the noise, in units of y",
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda nu, scale: (nu + 1) / (2 * math.sqrt(nu) * scale),
        smooth=lambda nu, scale: (nu + 1) / (nu * scale**2),
        bounded=None,
        redescending=True,
    )

    def value_at(y, f, nu, scale):
        a = abs(f - y)
        c, c_lo = widened_scale(nu, 0.0, scale)
        v = log_lorentzian(a, c, c_lo) * (0.5 * (nu + 1.0))
        # The logarithm's argument may underflow before its multiple does.
        slope, slope_lo = steepness(nu, c, c_lo)[2:]
        near = (0.5 * a) * rounded_product(a, 0.0, slope, slope_lo)
        v = near if a < 1e-140 * c else v
        return v if a < np.inf else a

    def gradient_at(y, f, nu, scale):
        r = f - y
        a = abs(r)
        c, c_lo = widened_scale(nu, 0.0, scale)
        m, t, t_lo, w, w_lo, shrunk = lorentzian(a, c, c_lo)
        k, k_lo, slope, slope_lo = steepness(nu, c, c_lo)
        p, p_lo = product_parts(t, t_lo, k, k_lo)
        inverse = 1.0 / w
        q = p * inverse
        g = q + (p_lo * inverse - q * (w_lo * inverse))
        g = g * SHRINK600 if shrunk else g
        near = rounded_product(a, 0.0, slope, slope_lo)
        return with_sign_of(r, near if a < 1e-140 * c else g)

    def curvature_at(y, f, nu, scale):
        a = abs(f - y)
        far = a > scale
        q = small_over_large(a, scale)
        q2 = squared(q)
        weight = exact_sum(nu, 1.0)
        one = (1.0, 0.0)
        ratio = chosen(far, times_number(q2, nu), over(q2, (nu, 0.0)))
        at_zero = over(over(over(weight, (nu, 0.0)), (scale, 0.0)), (scale, 0.0))
        top = chosen(far, negated(times(weight, squared(over(q, (scale, 0.0))))), at_zero)
        shape = over(plus(one, negated(ratio)), squared(plus(one, ratio)))
        return total(times(top, shape))

    def exact(mp, y, f, nu, scale):
        return (nu + 1) / mp.mpf(2) * mp.log1p(((f - y) / scale) ** 2 / nu)


class GeneralRobust(Pointwise):
    """Barron's general robust loss: one shape number runs from squared error to Welsch.

    With r = y_pred - y_true, c in units of y and u = (r / c)**2 the loss, a pure number, is
    b / alpha * ((1 + u / b)**(alpha / 2) - 1) with b = abs(alpha - 2). Its limits are u / 2 at
    alpha = 2, log(1 + u / 2) at 0 (Cauchy) and 1 - exp(-u / 2) towards minus infinity (Welsch);
    alpha = 1 is the pseudo-Huber loss and -2 Geman-McClure's. Every member is u / 2 for small
    residuals. Below alpha = 1 it is not convex and the fit may depend on where it starts.

    Examples
    --------
    >>> import losslab as ll
    >>> [ll.get("general_robust", alpha=a).value([0.0], [2.0]) for a in (2.0, -2.0)]
    [2.0, 1.0]
    """

    name = "general_robust"
    title = "Barron's general robust loss"
    aliases = ("barron",)
    family = "regression"
    formula = (
        r"\frac{\lvert\alpha - 2\rvert}{\alpha}"
        r"\biggl(\Bigl(\frac{(r/c)^2}{\lvert\alpha - 2\rvert} + 1\Bigr)^{\alpha/2} - 1\biggr)"
    )
    reference = "barron2019"
    use_when = (
        "How robust the loss should be is to be found by validation: alpha runs through many "
        "others."
    )
    avoid_when = "The shape alpha is to be learned by gradient steps: that needs the constant of the density."
    peers = (
        Peer(
            "robust_loss_pytorch.lossfun",
            says="it takes the residual, alpha and scale",
            parameters={"scale": "c"},
        ),
    )
    style = style("vermilion", "solid")
    alpha = Parameter(
        1.0,
        slider=(-8.0, 3.0),
        doc="shape: 2 squared, 1 pseudo-Huber, 0 Cauchy, -2 Geman-McClure, towards minus "
        "infinity Welsch",
    )
    c = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="scale below which every member is quadratic, in units of y",
    )
    claims = Claims(
        convex=lambda alpha, c: alpha >= 1,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda alpha, c: largest_gradient(alpha) / c if alpha <= 1 else None,
        smooth=lambda alpha, c: 1 / c**2 if alpha <= 2 else None,
        bounded=lambda alpha, c: (2 - alpha) / -alpha if alpha < 0 else None,
        redescending=lambda alpha, c: alpha < 1,
    )

    accuracy = {
        "value": Bound(
            4.0,
            "from alpha = 100 on the power magnifies what rounding leaves of a logarithm",
        ),
        "gradient": Bound(
            4.0,
            "from alpha = 100 on the power magnifies what rounding leaves of a logarithm",
        ),
    }

    def value_at(y, f, alpha, c):
        a = abs(f - y)
        alpha = shape_within_range(alpha)
        b, b_lo = distance_from_2(alpha)
        log, log_lo = log_of_growth(a, b, b_lo, c)
        # Below this the limit at alpha = 0 is exact to the last digit.
        zero = abs(alpha) < 1e-30
        z, z_lo = product_parts(log, log_lo, 0.5 * alpha, 0.0)
        x = 1400.0 if z > 1400.0 else z
        x = -700.0 if x < -700.0 else x
        grown, _, _, factor = exp_remainders(x, z_lo if x == z else 0.0)
        i, i_lo = inverse_of_constant(1.0 if zero else alpha, 0.0)
        m, m_lo = product_parts(b, b_lo, i, i_lo)
        v = rounded_product(grown, 0.0, m, m_lo) * factor
        v = rounded_product(log, log_lo, 0.5 * b, 0.5 * b_lo) if zero else v
        v = v if a < np.inf else (a if alpha >= 0.0 else -m)
        quadratic = (b == 0.0) | (a < 1e-9 * c)
        i, i_lo = inverse_of_constant(c, 0.0)
        t = a if quadratic else c
        t = t * i + t * i_lo
        v = (0.5 * t) * t if quadratic else v
        return v if a == a else a

    def gradient_at(y, f, alpha, c):
        r = f - y
        a = abs(r)
        alpha = shape_within_range(alpha)
        b, b_lo = distance_from_2(alpha)
        log, log_lo = log_of_growth(a, b, b_lo, c)
        sign = -0.5 if alpha < 2.0 else 0.5
        z, z_lo = product_parts(log, log_lo, sign * b, sign * b_lo)
        # r / c**2 may overflow although its multiple does not.
        large = a > 1e200
        m = within_range(a) * (7.888609052210118e-31 if large else 1.0)  # 2**-100
        lowest = -1485.0 if large else -1416.0
        highest = 1300.0 if large else 1416.0
        x = highest if z > highest else z
        x = lowest if x < lowest else x
        k, t, rest = exp_split(x, z_lo if x == z else 0.0)
        i, i_lo = inverse_of_constant(c, 0.0)
        i, i_lo = square_parts(i, i_lo)
        p = m * i
        p_lo = two_product_error(m, i, p) + m * i_lo
        g = scaled_by_pow2(p + (p * (t + rest) + p_lo), k + (100.0 if large else 0.0))
        limit = 1.0 / c if alpha == 1.0 else (0.0 if alpha < 1.0 else a)
        return with_sign_of(r, limit if a == np.inf else g)

    def curvature_at(y, f, alpha, c):
        a = abs(f - y)
        alpha = shape_within_range(alpha)
        b = distance_from_2(alpha)
        positive = b[0] > 0.0
        log = log1p_of_square(a, c, chosen(positive, b, (1.0, 0.0)))
        z = chosen(positive, times(scaled(exact_sum(alpha, -2.0), 0.5), log), (0.0, 0.0))
        one = (1.0, 0.0)
        q2 = squared(small_over_large(a, c))
        # (1 + (alpha - 1) x) / (1 + x) with x = u / b, beyond c in terms of 1 / x
        slope = exact_sum(alpha, -1.0)
        x = over(q2, chosen(positive, b, one))
        near = over(plus(one, times(slope, x)), plus(one, x))
        w = times(q2, b)
        far = over(plus(w, slope), plus(w, one))
        top = over(over(chosen(a > c, far, near), (c, 0.0)), (c, 0.0))
        return times_exp_pair(top, z, 0.0)

    def exact(mp, y, f, alpha, c):
        u = ((f - y) / c) ** 2
        if alpha == 2:
            return u / 2
        if alpha == 0:
            return mp.log1p(u / 2)
        b = abs(alpha - 2)
        return b / alpha * (mp.exp(alpha / 2 * mp.log(u / b + 1)) - 1)


def shape_within_range(alpha):
    """alpha held to +-1e30, beyond which the loss is its limit to the last digit."""
    low = -1e30 if alpha < -1e30 else alpha
    return 1e30 if alpha > 1e30 else low


def distance_from_2(alpha):
    """abs(alpha - 2) as a pair."""
    b = exact_sum(alpha, -2.0)
    return chosen(b[0] < 0.0, negated(b), b)


def largest_gradient(alpha):
    """Supremum of the gradient of the general robust loss for c = 1 and alpha <= 1."""
    if alpha == 1:
        return 1.0
    return math.exp((alpha - 1) / 2 * math.log1p(1 / (1 - alpha)))
