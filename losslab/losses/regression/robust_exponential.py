"""Robust losses whose pull on a point dies off exponentially.

They are bounded and not convex: a fit may have several minima, and which one it reaches depends on
where it starts.  Start from a fit with absolute error or Huber's loss where only y may be wild,
and where x may be too from a line that bad x hardly move, such as
`losslab.training.repeated_median`.
"""

import math

from losslab.arithmetic.pairs import (
    negated,
    plus,
    quotient,
    scaled,
    squared,
    times_exp_pair,
    times_number,
    within,
)
from losslab.arithmetic.parts import (
    inverse_of_constant,
    plus_parts,
    product_parts,
    rounded_product,
    square_parts,
)
from losslab.arithmetic.vmath import (
    exp_split,
    pow2,
    scaled_by_pow2,
    two_product_error,
    two_sum_error,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise
from losslab.losses.regression.robust import half_square, magnitude, with_sign_of


def bell(r, c):
    """r, held to 36 c, where e**-1296 is 0 already, and x, p, q with e**-(r / c)**2 = (1 + x) p q.

    p and q are powers of two, q is 1 up to 26 c.
    """
    far = 36.0 * c
    m = far if r > far else r
    m = -far if m < -far else m
    i, i_lo = inverse_of_constant(c, 0.0)
    t, t_lo = product_parts(m, 0.0, i, i_lo)
    u, u_lo = square_parts(t, t_lo)
    k, high, low = exp_split(-u, -u_lo)
    near = -1000.0 if k < -1000.0 else k
    return m, high + low, pow2(near), pow2(k - near)


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
        m, x, p, q = bell(f - y, c)
        v = ((1.0 - p) - p * x) * half_square(c)
        return half_square(m) if abs(m) < 1e-9 * c else v

    def gradient_at(y, f, c):
        m, x, p, q = bell(f - y, c)
        return ((m + m * x) * p) * q

    def curvature_at(y, f, c):
        a = abs(f - y)
        m = 40.0 * c if a > 40.0 * c else a
        u = squared(quotient(m, c))
        return times_exp_pair(plus((1.0, 0.0), scaled(u, -2.0)), negated(u), 0.0)

    def exact(mp, y, f, c):
        return c**2 * (1 - mp.exp(-(((f - y) / c) ** 2))) / 2


def faded(y, f, a):
    """abs(f - y), held to 800 / a, s = a times it as parts, and k, r, s of `exp_beside` for -s."""
    r = f - y
    x = abs(r)
    far = 800.0 / a  # e**-800 is 0 already
    lost = two_sum_error(f, -y, r) if x < far else 0.0
    x = far if x > far else x
    s = a * x
    s_lo = two_product_error(a, x, s) + a * (-lost if r < 0.0 else lost)
    k, t, rest = exp_split(-s, -s_lo)
    return x, s, s_lo, k, t, rest


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
        x, s, s_lo, k, u, u_lo = faded(y, f, a)
        # Up to 1 a polynomial (fitted within 6e-20), beyond 1 - (1 + s) e**-s.
        t = 1.0 if s > 1.0 else s
        t2 = t * t
        low = (0.125 - t * 0.03333333333333332) + t2 * (
            0.006944444444443635 - t * 0.0011904761904610467
        )
        mid = (0.00017361111096461174 - t * 2.2045854541901687e-05) + t2 * (
            2.480155691053588e-06 - t * 2.505138028188008e-07
        )
        top = (2.295274644103993e-08 - t * 1.9146042137801686e-09) + t2 * (
            1.4054110997765875e-10 - t * 7.1948636873423276e-12
        )
        t4 = t2 * t2
        near = 0.5 - (t * (1.0 / 3.0) - t2 * (low + t4 * (mid + t4 * top)))
        i, i_lo = inverse_of_constant(a, 0.0)
        c, c_lo = square_parts(i, i_lo)
        w, w_lo = plus_parts(1.0, s, s_lo)
        size = pow2(-200.0 if k < -200.0 else k)
        e = 1.0 + u
        p, p_lo = product_parts(w, w_lo, e * size, (((1.0 - e) + u) + u_lo) * size)
        far = rounded_product((1.0 - p) - p_lo, 0.0, c, c_lo)
        return far if s > 1.0 else near * (x * x)

    def gradient_at(y, f, a):
        x, s, s_lo, k, u, u_lo = faded(y, f, a)
        return with_sign_of(f - y, scaled_by_pow2(x + x * (u + u_lo), k))

    def curvature_at(y, f, a):
        s = times_number(within(magnitude(y, f), 0.0, 800.0 / a), a)
        return times_exp_pair(plus((1.0, 0.0), negated(s)), negated(s), 0.0)

    def exact(mp, y, f, a):
        s = a * abs(f - y)
        return (1 - mp.exp(-s) * (1 + s)) / a**2
