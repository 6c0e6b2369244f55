"""Asymmetric costs: over- and under-prediction weighed by hand, or exponentially."""

import math

import numpy as np

from losslab.arithmetic.parts import (
    exp_remainders,
    inverse_of_constant,
    square_parts,
)
from losslab.arithmetic.vmath import (
    exp2parts,
    finite_part,
    product_error,
    product_rest,
    two_sum_error,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.losses.kinds.pointwise import Pointwise


def sample_expectile(y, tau):
    """The tau-expectile of a sample: where weighted squared deviations balance."""
    y = np.sort(np.asarray(y, dtype=float))
    # Between two neighbouring values the balance is linear in the position: solve each, keep
    # the one that lies in its own interval.
    for below in range(len(y) + 1):
        low, high = y[:below], y[below:]
        total = (1.0 - tau) * math.fsum(low) + tau * math.fsum(high)
        position = total / ((1.0 - tau) * len(low) + tau * len(high))
        if (below == 0 or low[-1] <= position) and (below == len(y) or position <= high[0]):
            return position
    return float("nan")


def balanced_quantile(y, over, under):
    """The quantile that weighted absolute errors ask for."""
    return float(np.quantile(y, under / (over + under), method="inverted_cdf"))


def balanced_expectile(y, over, under):
    """The expectile that weighted squared errors ask for."""
    return float(sample_expectile(y, under / (over + under)))


def soft_minimum(y, a):
    """-log(mean(e**(-a y))) / a, without overflow."""
    t = -a * np.asarray(y, dtype=float)
    top = t.max()
    return float(-(top + np.log(np.mean(np.exp(t - top)))) / a)


class AsymmetricAbsoluteError(Pointwise):
    """Asymmetric absolute error (lin-lin): a price per unit of over- and of under-prediction.

    With r = y_pred - y_true the loss is over * r for r > 0 and under * abs(r) for r < 0, in
    units of y times the unit of the prices. It is over + under times the quantile loss at
    tau = under / (over + under), so the best constant is that quantile.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("asymmetric_absolute_error", over=1.0, under=3.0)
    >>> loss.value([0.0, 0.0], [2.0, -2.0], reduction="none")
    array([2., 6.])
    """

    name = "asymmetric_absolute_error"
    title = "Asymmetric absolute error"
    aliases = ("lin_lin",)
    family = "regression"
    formula = (
        r"\begin{cases} w_{\mathrm{over}}\, r & r > 0 \\"
        r" w_{\mathrm{under}}\, \lvert r\rvert & r \le 0 \end{cases}"
    )
    reference = "christoffersen1997"
    use_when = "Too much and too little have known prices per unit."
    avoid_when = "An optimiser needs second derivatives, or the prices grow with the error."
    over = Parameter(1.0, above=0.0, slider=(0.1, 5.0), doc="cost of predicting 1 too much")
    under = Parameter(3.0, above=0.0, slider=(0.1, 5.0), doc="cost of predicting 1 too little")
    claims = Claims(
        convex=True,
        differentiable=False,
        twice_differentiable=False,
        symmetric=lambda over, under: over == under,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda over, under: max(over, under),
        smooth=None,
        bounded=None,
        redescending=False,
        elicits=balanced_quantile,
    )

    def value_at(y, f, over, under):
        r = f - y
        return (over if r > 0.0 else under) * abs(r)

    def gradient_at(y, f, over, under):
        r = f - y
        g = over if r > 0.0 else r
        return -under if r < 0.0 else g

    def curvature_at(y, f, over, under):
        r = f - y
        return 0.0 if r == r else r

    def exact(mp, y, f, over, under):
        r = f - y
        return over * r if r > 0 else -under * r


class AsymmetricSquaredError(Pointwise):
    """Asymmetric squared error (quad-quad): over- and under-prediction squared, at two prices.

    With r = y_pred - y_true the loss is over * r**2 / 2 for r > 0 and under * r**2 / 2 for
    r < 0, in units of y squared times the unit of the prices. It is over + under times the
    expectile loss at tau = under / (over + under), so the best constant is that expectile.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("asymmetric_squared_error", over=1.0, under=3.0)
    >>> loss.value([0.0, 0.0], [2.0, -2.0], reduction="none")
    array([2., 6.])
    """

    name = "asymmetric_squared_error"
    title = "Asymmetric squared error"
    aliases = ("quad_quad",)
    family = "regression"
    formula = (
        r"\begin{cases} \tfrac12 w_{\mathrm{over}}\, r^2 & r > 0 \\"
        r" \tfrac12 w_{\mathrm{under}}\, r^2 & r \le 0 \end{cases}"
    )
    reference = "christoffersen1997"
    use_when = "Too much and too little have prices that grow with the size of the error."
    avoid_when = "Targets have gross errors on the dear side."
    over = Parameter(1.0, above=0.0, slider=(0.1, 5.0), doc="curvature for over-prediction")
    under = Parameter(3.0, above=0.0, slider=(0.1, 5.0), doc="curvature for under-prediction")
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=lambda over, under: over == under,
        symmetric=lambda over, under: over == under,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=lambda over, under: max(over, under),
        bounded=None,
        redescending=False,
        elicits=balanced_expectile,
    )

    def value_at(y, f, over, under):
        r = f - y
        w = over if r > 0.0 else under
        p = w * (0.5 * r)
        return p * r + finite_part(product_error(w, 0.5 * r, p) * r)

    def gradient_at(y, f, over, under):
        r = f - y
        return (over if r > 0.0 else under) * r

    def curvature_at(y, f, over, under):
        r = f - y
        c = over if r > 0.0 else under
        return c if r == r else r

    def exact(mp, y, f, over, under):
        r = f - y
        return (over if r > 0 else under) * r**2 / 2


def residual_in_units(y, f, a):
    """r = f - y, then x = a r, x held to -700 ... 1400, where e**x is 0 or infinite, and x_lo."""
    r = f - y
    x = a * r
    lost = product_rest(a, r, x) + a * two_sum_error(f, -y, r)
    held = 1400.0 if x > 1400.0 else x
    held = -700.0 if held < -700.0 else held
    return r, x, held, (lost if x == held else 0.0)


class Linex(Pointwise):
    """LINEX loss: exponential on one side, linear on the other.

    With r = y_pred - y_true (units of y) the loss is (e**(a r) - a r - 1) / a**2, in units of y
    squared, about r**2 / 2 for small residuals; much of the literature leaves out the division.
    A positive a punishes over-prediction. The best constant is -log(mean(e**(-a y))) / a. One
    residual of 800 / a overflows, and long before that it is the only one that counts.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("linex", a=1.0).gradient([0.0, 0.0], [1e-9, -100.0], reduction="none")
    array([ 1.e-09, -1.e+00])
    """

    name = "linex"
    title = "LINEX loss"
    family = "regression"
    formula = r"\frac{1}{a^2}\left(e^{a r} - a r - 1\right)"
    reference = "zellner1986"
    use_when = (
        "Errors in one direction soon become disastrous and those in the other are merely a "
        "nuisance."
    )
    avoid_when = "Targets are not scaled or have gross errors: one residual rules, then overflows."
    a = Parameter(
        1.0,
        but_not=(0.0,),
        slider=(0.1, 3.0),
        doc="asymmetry, in units of 1 / y; its sign says which side is exponential",
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        symmetric=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=None,
        bounded=None,
        redescending=False,
        elicits=soft_minimum,
    )

    def value_at(y, f, a):
        r, whole, x, x_lo = residual_in_units(y, f, a)
        grown, curved, curved_lo, factor = exp_remainders(x, x_lo)
        i, i_lo = inverse_of_constant(a, 0.0)
        c, c_lo = square_parts(i, i_lo)
        v = ((curved + (curved_lo + curved * finite_part(c_lo / c))) * c) * factor
        # Far out only the line is left.
        v = -((r + i) * i) if whole < -700.0 else v
        return (0.5 * r) * r if abs(whole) < 1e-140 else v

    def gradient_at(y, f, a):
        r, whole, x, x_lo = residual_in_units(y, f, a)
        grown, curved, curved_lo, factor = exp_remainders(x, x_lo)
        g = (grown / a) * factor
        return r if abs(whole) < 1e-140 else g

    def curvature_at(y, f, a):
        r, whole, x, x_lo = residual_in_units(y, f, a)
        return exp2parts(whole, x_lo)

    def exact(mp, y, f, a):
        x = a * (f - y)
        return (mp.exp(x) - x - 1) / a**2
