"""Robust losses whose pull on a point fades smoothly as its residual grows.

All of them are non-convex: a fit may have several minima, and which one it reaches depends on
where it starts.  Start from a fit with absolute error or Huber's loss where only y may be wild,
and where x may be too from a line that bad x hardly move, such as
`losslab.training.repeated_median`.

The kernels measure the residual against the scale by the smaller of the two over the larger, a
number in [0, 1], so that nothing overflows, and carry it as a pair of doubles
(`losslab.arithmetic.pairs`), so that only the result is rounded.
"""

import math

import numpy as np

from losslab.arithmetic.pairs import (
    chosen,
    exact_sum,
    negated,
    over,
    plus,
    quotient,
    squared,
    times,
    times_number,
    total,
)
from losslab.arithmetic.parts import (
    arctan_parts,
    inverse_of_constant,
    inverse_parts,
    log_of,
    plus_parts,
    product_parts,
    rounded_product,
    square_of_constant,
    square_parts,
)
from losslab.arithmetic.vmath import two_product_error
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise

SHRINK600 = 2.409919865102884e-181  # 2**-600


def small_over_large(a, c):
    """min(a, c) / max(a, c) as a pair, for a >= 0 and c > 0."""
    far = a > c
    large = a if far else c
    small = c if far else a
    shrink = 6.223015277861142e-61 if large > 1e200 else 1.0  # 2**-200
    return quotient(small * shrink, large * shrink)


def with_sign_of(r, x):
    """x for r >= 0, -x for r < 0; NaN if r is."""
    return -x if r < 0.0 else x


def magnitude(y, f):
    """abs(f - y) as a pair: near a turning point what rounding lost may decide."""
    r = exact_sum(f, -y)
    return chosen(r[0] < 0.0, negated(r), r)


def half_square(r):
    """r**2 / 2 without overflow before the result overflows."""
    return (0.5 * r) * r


def lorentzian(a, c, c_lo):
    """m, t = m / c and 1 + t**2 as parts, and whether m is a * 2**-600 instead of a.

    With the factor nothing overflows, and the 1, which is lost in rounding then, is left out.
    """
    shrunk = a * 1e-100 > c
    limit = 1e150 * c
    m = a * SHRINK600 if shrunk else a
    m = limit if m > limit else m
    inverse, inverse_lo = inverse_of_constant(c, c_lo)
    t, t_lo = product_parts(m, 0.0, inverse, inverse_lo)
    u, u_lo = square_parts(t, t_lo)
    one = 0.0 if shrunk else 1.0
    w = one + u
    return m, t, t_lo, w, (u - (w - one)) + u_lo, shrunk


def log_lorentzian(a, c, c_lo):
    """log(1 + (a / c)**2)."""
    m, t, t_lo, w, w_lo, shrunk = lorentzian(a, c, c_lo)
    return log_of(w, w_lo, 1.0 / w, 1200.0 if shrunk else 0.0)


class Cauchy(Pointwise):
    """Cauchy (Lorentzian) loss: it grows only like a logarithm.

    With r = y_pred - y_true and c in units of y the loss is c**2 / 2 * log(1 + (r / c)**2), in
    units of y squared. It is r**2 / 2 for small residuals; beyond abs(r) = c the pull c**2 / r of
    a point falls the further it lies away, but never to zero. It is not convex beyond c: the fit
    may depend on where it starts.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("cauchy", c=1.0).gradient([0.0, 0.0, 0.0], [0.5, 1.0, 7.0], reduction="sum")
    array([0.4 , 0.5 , 0.14])
    """

    name = "cauchy"
    title = "Cauchy loss"
    aliases = ("lorentzian", "CauchyLoss")
    family = "regression"
    formula = r"\tfrac12 c^2 \log\bigl(1 + (r/c)^2\bigr)"
    reference = "black1996"
    use_when = (
        "There are many gross outliers and a start that survives them: absolute error if only y "
        "may be wild, the repeated median if x may be too."
    )
    avoid_when = "No good start is at hand, or outliers should have no pull at all."
    peers = (
        Peer(
            "scipy.optimize.least_squares(loss='cauchy')",
            parameters={"f_scale": "c"},
            says="its cost is the sum over samples",
        ),
    )
    style = style("purple", "solid")
    c = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="residual with the strongest pull, in units of y",
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda c: c / 2,
        smooth=1.0,
        bounded=None,
        redescending=True,
    )

    def value_at(y, f, c):
        a = abs(f - y)
        v = log_lorentzian(a, c, 0.0) * half_square(c)
        v = half_square(a) if a < 1e-9 * c else v
        return v if a < np.inf else a

    def gradient_at(y, f, c):
        r = f - y
        m, t, t_lo, w, w_lo, shrunk = lorentzian(abs(r), c, 0.0)
        inverse = 1.0 / w
        q = m * inverse
        g = q - q * (w_lo * inverse)
        return with_sign_of(r, g * SHRINK600 if shrunk else g)

    def curvature_at(y, f, c):
        a = abs(f - y)
        v = squared(small_over_large(a, c))
        one = (1.0, 0.0)
        top = plus(one, negated(v))
        top = chosen(a > c, negated(times(top, v)), top)
        return total(over(top, squared(plus(one, v))))

    def exact(mp, y, f, c):
        return c**2 * mp.log1p(((f - y) / c) ** 2) / 2


def inverse_lorentzian(a, c):
    """a, or 1e150 c if that is less, and 1 / (1 + (a / c)**2) of it as parts."""
    limit = 1e150 * c
    m = limit if a > limit else a
    inverse, inverse_lo = inverse_of_constant(c, 0.0)
    t, t_lo = product_parts(m, 0.0, inverse, inverse_lo)
    u, u_lo = square_parts(t, t_lo)
    w, w_lo = plus_parts(1.0, u, u_lo)
    i, i_lo = inverse_parts(w, w_lo)
    return m, i, i_lo


class GemanMcClure(Pointwise):
    """Geman-McClure loss: levels off at c**2 / 2, so a gross outlier costs a fixed price.

    With r = y_pred - y_true and c in units of y the loss is r**2 / 2 / (1 + (r / c)**2), in units
    of y squared. The pull of a point falls like 1 / r**3. It is not convex beyond c / sqrt(3), and
    far from every point it is flat: a fit that starts there stays there.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("geman_mcclure").value([0.0, 0.0, 0.0], [1.0, 3.0, 1e9], reduction="none")
    array([0.25, 0.45, 0.5 ])
    """

    name = "geman_mcclure"
    title = "Geman–McClure loss"
    family = "regression"
    formula = r"\dfrac{\tfrac12 r^2}{1 + (r/c)^2}"
    reference = "geman1987"
    use_when = "A gross outlier should cost a fixed price, in alignment of images or poses."
    avoid_when = "The start may be far off: the loss is flat there and the fit stays where it is."
    style = style("vermilion", "dotted")
    c = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="scale at which the loss reaches half of its height, in units of y",
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda c: 3 * math.sqrt(3) / 16 * c,
        smooth=1.0,
        bounded=lambda c: c**2 / 2,
        redescending=True,
    )

    def value_at(y, f, c):
        a = abs(f - y)
        m, i, i_lo = inverse_lorentzian(a, c)
        # Far out it no longer changes, and a**2 may overflow.
        far = 268435456.0 * c
        n = far if m > far else m
        p, p_lo = square_parts(n, 0.0)
        v = rounded_product(0.5 * p, 0.5 * p_lo, i, i_lo)
        return half_square(c) if m > far else v

    def gradient_at(y, f, c):
        r = f - y
        m, i, i_lo = inverse_lorentzian(abs(r), c)
        q = (m * i) * i
        g = q + 2.0 * ((m * i) * i_lo)
        return with_sign_of(r, g)

    def curvature_at(y, f, c):
        a = abs(f - y)
        v = squared(small_over_large(a, c))
        one = (1.0, 0.0)
        d = plus(one, v)
        near = plus(one, times_number(v, -3.0))
        far = times(plus(v, (-3.0, 0.0)), squared(v))
        return total(over(chosen(a > c, far, near), times(squared(d), d)))

    def exact(mp, y, f, c):
        return (f - y) ** 2 / (1 + ((f - y) / c) ** 2) / 2


def squared_ratio(a, c):
    """m, which is a or at most 1e150 c, then u = (m / c)**2 and min(u, 1 / u) as parts."""
    limit = 1e150 * c
    m = limit if a > limit else a
    i, i_lo = inverse_of_constant(c, 0.0)
    t, t_lo = product_parts(m, 0.0, i, i_lo)
    u, u_lo = square_parts(t, t_lo)
    far = a > c
    v, v_lo = inverse_parts(u if far else 1.0, u_lo if far else 0.0)
    return m, u, u_lo, (v if far else u), (v_lo if far else u_lo)


class Arctan(Pointwise):
    """Arctan loss of scipy: bounded, and hardly different from r**2 / 2 up to half of c.

    With r = y_pred - y_true and c in units of y the loss is c**2 / 2 * arctan((r / c)**2), in
    units of y squared; it levels off at pi / 4 * c**2. It is not convex beyond 0.76 c: the fit
    may depend on where it starts. `scipy.optimize.least_squares` calls it ``loss="arctan"``, with
    ``f_scale`` for c.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("arctan").value([0.0, 0.0], [1.0, 1e9], reduction="none")
    array([0.39269908, 0.78539816])
    """

    name = "arctan"
    title = "Arctan loss"
    family = "regression"
    formula = r"\tfrac12 c^2 \arctan\bigl((r/c)^2\bigr)"
    reference = "scipy2020"
    use_when = (
        "The cost of an outlier should be limited and ordinary residuals be treated as in least "
        "squares."
    )
    avoid_when = "No good start is at hand: it is not convex beyond 0.76 c."
    peers = (
        Peer(
            "scipy.optimize.least_squares(loss='arctan')",
            parameters={"f_scale": "c"},
            says="its cost is the sum over samples",
        ),
    )
    style = style("blue", "dotted")
    c = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="scale at which the loss reaches half of its height, in units of y",
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda c: 0.75 * 3**-0.25 * c,
        smooth=1.0,
        bounded=lambda c: math.pi * c**2 / 4,
        redescending=True,
    )

    def value_at(y, f, c):
        a = abs(f - y)
        m, u, u_lo, p, p_lo = squared_ratio(a, c)
        angle, angle_lo = arctan_parts(u, u_lo)
        c2, c2_lo = square_of_constant(c)
        v = rounded_product(angle, angle_lo, 0.5 * c2, 0.5 * c2_lo)
        return half_square(a) if a < 1e-9 * c else v

    def gradient_at(y, f, c):
        r = f - y
        a = abs(r)
        m, u, u_lo, p, p_lo = squared_ratio(a, c)
        q, q_lo = square_parts(p, p_lo)
        w, w_lo = plus_parts(1.0, q, q_lo)
        i, i_lo = inverse_parts(w, w_lo)
        # r / (1 + (r/c)**4), beyond c as r (c/r)**4 / (1 + (c/r)**4)
        n = m * p
        n_lo = two_product_error(m, p, n) + m * p_lo
        top = n * p
        top_lo = two_product_error(n, p, top) + (n * p_lo + n_lo * p)
        far = a > c
        g = rounded_product(top if far else a, top_lo if far else 0.0, i, i_lo)
        return with_sign_of(r, g)

    def curvature_at(y, f, c):
        a = abs(f - y)
        w = squared(squared(small_over_large(a, c)))
        one = (1.0, 0.0)
        near = plus(one, times_number(w, -3.0))
        far = times(w, plus(w, (-3.0, 0.0)))
        return total(over(chosen(a > c, far, near), squared(plus(one, w))))

    def exact(mp, y, f, c):
        return c**2 * mp.atan(((f - y) / c) ** 2) / 2
