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

from losslab.arithmetic.pairs import (
    PI_HI,
    PI_LO,
    atan_pair,
    chosen,
    exact_product,
    exact_sum,
    log1p_of_square,
    negated,
    over,
    plus,
    quotient,
    scaled,
    squared,
    times,
    times_number,
    total,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise


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
        scale = scaled(exact_product(c, c), 0.5)
        v = total(times(scale, log1p_of_square(a, c, (1.0, 0.0))))
        return half_square(a) if a < 1e-9 * c else v

    def gradient_at(y, f, c):
        r = f - y
        a = abs(r)
        q = small_over_large(a, c)
        # r / (1 + (r/c)**2), beyond c as c (c/r) / (1 + (c/r)**2)
        top = chosen(a > c, times_number(q, c), (a, 0.0))
        return with_sign_of(r, total(over(top, plus((1.0, 0.0), squared(q)))))

    def curvature_at(y, f, c):
        a = abs(f - y)
        v = squared(small_over_large(a, c))
        one = (1.0, 0.0)
        top = plus(one, negated(v))
        top = chosen(a > c, negated(times(top, v)), top)
        return total(over(top, squared(plus(one, v))))

    def exact(mp, y, f, c):
        return c**2 * mp.log1p(((f - y) / c) ** 2) / 2


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
        m = c if a > c else a
        # min(r, c)**2 / 2 over 1 + (smaller / larger)**2: one form for both sides
        top = exact_product(0.5 * m, m)
        return total(over(top, plus((1.0, 0.0), squared(small_over_large(a, c)))))

    def gradient_at(y, f, c):
        r = f - y
        a = abs(r)
        q = small_over_large(a, c)
        v = squared(q)
        top = chosen(a > c, times(times_number(q, c), v), (a, 0.0))
        return with_sign_of(r, total(over(top, squared(plus((1.0, 0.0), v)))))

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
        angle = atan_pair(squared(small_over_large(a, c)))
        far = plus((0.5 * PI_HI, 0.5 * PI_LO), negated(angle))
        scale = scaled(exact_product(c, c), 0.5)
        v = total(times(scale, chosen(a > c, far, angle)))
        return half_square(a) if a < 1e-5 * c else v

    def gradient_at(y, f, c):
        r = f - y
        a = abs(r)
        q = small_over_large(a, c)
        v = squared(q)
        # r / (1 + (r/c)**4), beyond c as c (c/r)**3 / (1 + (c/r)**4)
        top = chosen(a > c, times(times_number(q, c), v), (a, 0.0))
        return with_sign_of(r, total(over(top, plus((1.0, 0.0), squared(v)))))

    def curvature_at(y, f, c):
        a = abs(f - y)
        w = squared(squared(small_over_large(a, c)))
        one = (1.0, 0.0)
        near = plus(one, times_number(w, -3.0))
        far = times(w, plus(w, (-3.0, 0.0)))
        return total(over(chosen(a > c, far, near), squared(plus(one, w))))

    def exact(mp, y, f, c):
        return c**2 * mp.atan(((f - y) / c) ** 2) / 2
