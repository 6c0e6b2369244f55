"""Robust losses whose pull on a point dies off exponentially.

They are bounded and not convex: a fit may have several minima, and which one it reaches depends on
where it starts.  Start from a fit with absolute error or Huber's loss where only y may be wild,
and where x may be too from a line that bad x hardly move, such as
`losslab.training.repeated_median`.
"""

import math

from losslab.arithmetic.pairs import (
    exact_product,
    expm1_pair,
    negated,
    over,
    plus,
    quotient,
    scaled,
    squared,
    times,
    times_exp,
    times_number,
    total,
    within,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise
from losslab.losses.regression.robust import half_square, magnitude, with_sign_of


class Welsch(Pointwise):
    """Welsch (Leclerc) loss: an upside-down bell; one minus it is the correntropy kernel.

    With r = y_pred - y_true and c in units of y the loss is c**2 / 2 * (1 - exp(-(r / c)**2)), in
    units of y squared. The pull of a point dies off faster than any power: beyond about 6 c
    it is gone. It is not convex beyond c / sqrt(2): the fit may depend on where it starts.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("welsch").value([0.0, 0.0, 0.0], [0.0, 1.0, 100.0], reduction="none")
    array([0.        , 0.31606028, 0.5       ])
    """

    name = "welsch"
    title = "Welsch loss"
    aliases = ("leclerc", "correntropy")
    family = "regression"
    formula = r"\tfrac12 c^2 \bigl(1 - e^{-(r/c)^2}\bigr)"
    reference = "dennis1978"
    use_when = (
        "Gross outliers should be ignored without a sharp line that says what a gross outlier is."
    )
    avoid_when = (
        "No good start is at hand: far points have no pull that could bring the fit nearer."
    )
    style = style("green", "dashdot")
    c = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="width of the bell, in units of y; 2.9846 times the noise for 95% efficiency",
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda c: c / math.sqrt(2 * math.e),
        smooth=1.0,
        bounded=lambda c: c**2 / 2,
        redescending=True,
    )

    def value_at(y, f, c):
        a = abs(f - y)
        m = 40.0 * c if a > 40.0 * c else a
        drop = negated(expm1_pair(negated(squared(quotient(m, c)))))
        v = total(times(scaled(exact_product(c, c), 0.5), drop))
        return half_square(a) if a < 1e-9 * c else v

    def gradient_at(y, f, c):
        r = f - y
        a = abs(r)
        m = 40.0 * c if a > 40.0 * c else a  # e**-1600 is 0 already
        return with_sign_of(r, times_exp((m, 0.0), negated(squared(quotient(m, c))), 0.0))

    def curvature_at(y, f, c):
        a = abs(f - y)
        m = 40.0 * c if a > 40.0 * c else a
        u = squared(quotient(m, c))
        return times_exp(plus((1.0, 0.0), scaled(u, -2.0)), negated(u), 0.0)

    def exact(mp, y, f, c):
        return c**2 * (1 - mp.exp(-(((f - y) / c) ** 2))) / 2


class Ramsay(Pointwise):
    """Ramsay's E: quadratic at zero, bounded, and its pull dies off exponentially.

    With r = y_pred - y_true the loss is (1 - exp(-a abs(r)) (1 + a abs(r))) / a**2, in units of y
    squared; a is in one over the units of y. The strongest pull is at abs(r) = 1 / a; beyond it the
    loss is not convex and the fit may depend on where it starts.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("ramsay", a=1.0).value([0.0, 0.0], [1.0, 100.0], reduction="none")
    array([0.26424112, 1.        ])
    """

    name = "ramsay"
    title = "Ramsay's E"
    family = "regression"
    formula = r"\frac{1 - e^{-a\lvert r\rvert}\,(1 + a\lvert r\rvert)}{a^2}"
    reference = "ramsay1977"
    use_when = "The pull should fade exponentially, as in classical robust regression."
    avoid_when = "A unique fit is wanted: it is not convex beyond 1 / a."
    peers = (Peer("statsmodels.robust.norms.RamsayE", parameters={"a": "a"}),)
    style = style("vermilion", "solid")
    a = Parameter(
        0.3,
        above=0.0,
        slider=(0.05, 2.0),
        doc="one over the residual with the strongest pull, in units of 1 / y",
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda a: 1 / (a * math.e),
        smooth=1.0,
        bounded=lambda a: 1 / a**2,
        redescending=True,
    )

    def value_at(y, f, a):
        x = within(magnitude(y, f), 0.0, 800.0 / a)
        s = times_number(x, a)
        # Up to 1 a polynomial (fitted within 6e-20), beyond 1 - e**-s - s e**-s.
        t = 1.0 if s[0] > 1.0 else s[0]
        low = (0.125 - t * 0.03333333333333332) + (t * t) * (
            0.006944444444443635 - t * 0.0011904761904610467
        )
        mid = (0.00017361111096461174 - t * 2.2045854541901687e-05) + (t * t) * (
            2.480155691053588e-06 - t * 2.505138028188008e-07
        )
        top = (2.295274644103993e-08 - t * 1.9146042137801686e-09) + (t * t) * (
            1.4054110997765875e-10 - t * 7.1948636873423276e-12
        )
        t4 = (t * t) * (t * t)
        third = times(s, (-0.3333333333333333, -1.850371707708594e-17))
        series = plus(plus((0.5, 0.0), third), ((t * t) * (low + t4 * (mid + t4 * top)), 0.0))
        small = total(times(squared(x), series))
        e = expm1_pair(negated(s))
        rest = plus(negated(e), negated(times(s, plus((1.0, 0.0), e))))
        large = total(over(rest, exact_product(a, a)))
        v = large if s[0] > 1.0 else small
        return half_square(x[0]) if s[0] < 1e-17 else v

    def gradient_at(y, f, a):
        x = within(magnitude(y, f), 0.0, 800.0 / a)  # e**-800 is 0 already
        return with_sign_of(f - y, times_exp(x, negated(times_number(x, a)), 0.0))

    def curvature_at(y, f, a):
        s = times_number(within(magnitude(y, f), 0.0, 800.0 / a), a)
        return times_exp(plus((1.0, 0.0), negated(s)), negated(s), 0.0)

    def exact(mp, y, f, a):
        s = a * abs(f - y)
        return (1 - mp.exp(-s) * (1 + s)) / a**2
