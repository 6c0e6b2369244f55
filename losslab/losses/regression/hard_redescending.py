"""Robust losses that ignore a residual altogether beyond some size.

The gradient there is exactly zero, so a fit never sees the points it has given up: where it starts
decides which points those are.  Start from a fit with absolute error or Huber's loss where only y
may be wild, and where x may be too from a line that bad x hardly move, such as
`losslab.training.repeated_median`.
"""

import math

from losslab.arithmetic.pairs import (
    PI_HI,
    PI_LO,
    chosen,
    exact_product,
    exact_sum,
    negated,
    over,
    plus,
    quotient,
    scaled,
    sin_pair,
    squared,
    times,
    times_number,
    total,
    within,
)
from losslab.arithmetic.parts import (
    inverse_of_constant,
    one_minus,
    product_parts,
    rounded_product,
    square_of_constant,
    square_parts,
)
from losslab.arithmetic.vmath import quotient_error, two_product_error, two_sum_error
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise
from losslab.losses.regression.robust import half_square, magnitude, with_sign_of


def beyond(x, edge):
    """Whether the pair x is larger than a number; false for NaN."""
    return (x[0] - edge) + x[1] > 0.0


def residual_lost(y, f, r):
    """What r = f - y lost in rounding; near an edge it decides. 0 for residuals beyond 1e300."""
    return two_sum_error(f, -y, r) if abs(r) < 1e300 else 0.0


def within_edge(r, r_lo, c):
    """r, held to at most c, then u = (r / c)**2 and 1 - u as parts."""
    m = c if r > c else r
    m = -c if m < -c else m
    i, i_lo = inverse_of_constant(c, 0.0)
    t, t_lo = product_parts(m, r_lo if abs(r) < c else 0.0, i, i_lo)
    u, u_lo = square_parts(t, t_lo)
    # At c itself rounding must not leave a trace.
    inside = abs(m) < c
    w, w_lo = one_minus(u, u_lo)
    return m, u, u_lo, (w if inside else 0.0 * m), (w_lo if inside else 0.0)


def distance_to_edge(r, c):
    """1 - (r / c)**2, 0 beyond c, as (1 - r/c) (1 + r/c): at its zero it keeps all its digits."""
    a = chosen(r[0] < 0.0, negated(r), r)
    a = chosen(beyond(a, c), (c, 0.0), a)
    one = (c, 0.0)
    return times(over(plus(one, negated(a)), one), over(plus(one, a), one))


class TukeyBiweight(Pointwise):
    """Tukey's biweight (bisquare): a smooth bowl that is exactly flat beyond c.

    With r = y_pred - y_true, c in units of y and u = (r / c)**2 the loss is
    c**2 / 6 * (1 - (1 - u)**3) up to abs(r) = c and c**2 / 6 beyond, in units of y squared. A
    residual beyond c has no pull at all, and beyond c / sqrt(5) the loss is not convex: the fit
    may depend on where it starts. The default c gives 95% efficiency when the noise is normal with
    standard deviation 1; otherwise scale it by an estimate of the noise.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("tukey_biweight", c=2.0).gradient([0.0, 0.0], [1.0, 3.0], reduction="sum")
    array([0.5625, 0.    ])
    """

    name = "tukey_biweight"
    title = "Tukey's biweight"
    aliases = ("bisquare",)
    family = "regression"
    formula = (
        r"\begin{cases} \tfrac{c^2}{6}\bigl(1 - (1 - (r/c)^2)^3\bigr) & \lvert r\rvert \le c \\"
        r" \tfrac{c^2}{6} & \text{otherwise} \end{cases}"
    )
    reference = "beaton1974"
    use_when = (
        "Outliers should not count at all, with an estimate of the noise's scale and a start that "
        "survives them: absolute error if only y may be wild, the repeated median if x may be too."
    )
    avoid_when = (
        "The scale of the noise is unknown or no good start is at hand: points beyond c have no "
        "pull."
    )
    peers = (
        Peer(
            "statsmodels.robust.norms.TukeyBiweight", parameters={"c": "c"}, defaults={"c": 4.685}
        ),
    )
    style = style("purple", "dashdot")
    c = Parameter(
        4.6851,
        above=0.0,
        slider=(0.5, 10.0),
        doc="residual beyond which a point has no influence, in units of y",
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda c: 16 * c / (25 * math.sqrt(5)),
        smooth=1.0,
        bounded=lambda c: c**2 / 6,
        redescending=True,
    )

    def value_at(y, f, c):
        m, u, u_lo, w, w_lo = within_edge(f - y, 0.0, c)
        # 1 - (1 - u)**3, which is u (3 - 3 u + u**2): the first keeps more digits beyond 1/2.
        v = u * (3.0 - u * (3.0 - u))
        near = v + 3.0 * (w * w) * u_lo
        k, k_lo = square_of_constant(c)
        sixth = k * (1.0 / 6.0)
        sixth_lo = quotient_error(k, k_lo, 6.0, 0.0, sixth)
        v = rounded_product(1.0 - (w * w) * w if u > 0.4 else near, 0.0, sixth, sixth_lo)
        return half_square(m) if abs(m) < 1e-9 * c else v

    def gradient_at(y, f, c):
        r = f - y
        m, u, u_lo, w, w_lo = within_edge(r, residual_lost(y, f, r), c)
        p, p_lo = square_parts(w, w_lo)
        return rounded_product(p, p_lo, m, 0.0)

    def curvature_at(y, f, c):
        r = exact_sum(f, -y)
        w = distance_to_edge(r, c)
        m = c if abs(r[0]) > c else r[0]
        u = squared(quotient(m, c))
        return total(times(w, plus((1.0, 0.0), times_number(u, -5.0))))

    def exact(mp, y, f, c):
        u = ((f - y) / c) ** 2
        return c**2 / mp.mpf(6) * (1 - (1 - u) ** 3) if abs(f - y) <= c else c**2 / mp.mpf(6)


def distance_to_end(x, c):
    """t = x / c of a pair x held to at most pi, and pi - t (0 beyond), as pairs."""
    pi = (PI_HI, PI_LO)
    t = over(within(x, 0.0, 4.0 * c), (c, 0.0))
    rest = plus(pi, negated(t))
    gone = rest[0] < 0.0
    return chosen(gone, pi, t), chosen(gone, (0.0, 0.0), rest)


class AndrewsSine(Pointwise):
    """Andrews' wave: one arch of a cosine, exactly flat beyond pi * c.

    With r = y_pred - y_true and c in units of y the loss is c**2 * (1 - cos(r / c)) up to
    abs(r) = pi * c and 2 * c**2 beyond, in units of y squared. A residual beyond pi * c has no
    pull at all, and beyond pi / 2 * c the loss is not convex: the fit may depend on where
    it starts. The default c gives 95% efficiency when the noise is normal with standard deviation 1.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("andrews_sine", c=1.0).value([0.0, 0.0], [2.0, 9.0], reduction="none")
    array([1.41614684, 2.        ])
    """

    name = "andrews_sine"
    title = "Andrews' sine wave"
    family = "regression"
    formula = (
        r"\begin{cases} c^2\bigl(1 - \cos(r/c)\bigr) & \lvert r\rvert \le \pi c \\"
        r" 2c^2 & \text{otherwise} \end{cases}"
    )
    reference = "andrews1974"
    use_when = "A classical fit with Andrews' wave is to be repeated."
    avoid_when = "You are free to choose: Tukey's biweight does the same and is better known."
    peers = (Peer("statsmodels.robust.norms.AndrewWave", parameters={"a": "c"}),)
    style = style("green", "dotted")
    c = Parameter(
        1.339,
        above=0.0,
        slider=(0.2, 4.0),
        doc="scale; a point has no influence beyond pi times it, in units of y",
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=False,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda c: c,
        smooth=1.0,
        bounded=lambda c: 2 * c**2,
        redescending=True,
    )

    # One sine of a number within [-pi/4, pi/4] serves each kernel, wherever the residual lies:
    # 1 - cos t = 2 sin(t/2)**2 = 1 + sin(t - pi/2) = 2 - 2 sin((pi - t)/2)**2, and so on.

    def value_at(y, f, c):
        x = magnitude(y, f)
        t, rest = distance_to_end(x, c)
        low = t[0] < 0.5 * PI_HI
        high = rest[0] < 0.25 * PI_HI
        beside = plus(t, (-0.5 * PI_HI, -0.5 * PI_LO))
        s = sin_pair(chosen(low, scaled(t, 0.5), chosen(high, scaled(rest, 0.5), beside)))
        double = scaled(squared(s), 2.0)
        w = plus((2.0 if high else 1.0, 0.0), chosen(high, negated(double), s))
        v = total(times(exact_product(c, c), chosen(low, double, w)))
        return half_square(x[0]) if x[0] < 1e-9 * c else v

    def gradient_at(y, f, c):
        t, rest = distance_to_end(magnitude(y, f), c)
        low = t[0] < 0.25 * PI_HI
        high = rest[0] < 0.25 * PI_HI
        beside = scaled(plus(t, (-0.5 * PI_HI, -0.5 * PI_LO)), 0.5)
        s = sin_pair(chosen(low, t, chosen(high, rest, beside)))
        middle = plus((1.0, 0.0), scaled(squared(s), -2.0))
        return with_sign_of(f - y, total(times_number(chosen(low | high, s, middle), c)))

    def curvature_at(y, f, c):
        t, rest = distance_to_end(magnitude(y, f), c)
        low = t[0] < 0.25 * PI_HI
        high = rest[0] < 0.25 * PI_HI
        beside = plus((0.5 * PI_HI, 0.5 * PI_LO), negated(t))
        s = sin_pair(chosen(low, scaled(t, 0.5), chosen(high, scaled(rest, 0.5), beside)))
        end = plus((1.0, 0.0), scaled(squared(s), -2.0))
        w = total(chosen(low, end, chosen(high, negated(end), s)))
        return 0.0 if (rest[0] == 0.0) & (rest[1] == 0.0) else w

    def exact(mp, y, f, c):
        a = abs(f - y)
        return c**2 * (1 - mp.cos(a / c)) if a <= mp.pi * c else 2 * c**2


def fall(a, b, c):
    """a / (c - b) of parameters, as parts."""
    width = c - b
    i, i_lo = inverse_of_constant(width, two_sum_error(c, -b, width))
    return product_parts(a, 0.0, i, i_lo)


class Hampel(Pointwise):
    """Hampel's three-part loss: quadratic, linear, fading, flat, with three turning points.

    With r = y_pred - y_true and a, b, c in units of y, the pull of a point grows with its residual
    up to a, stays at a up to b, falls in a straight line to zero at c and is zero beyond. The loss
    is the area under that pull, in units of y squared. A short fall from b to c curves it steeply
    downwards, which gives the fit several minima; where it starts decides between them. The
    defaults are in multiples of the spread of the noise.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("hampel", a=2.0, b=4.0, c=8.0)
    >>> loss.gradient([0.0] * 5, [1.0, 3.0, 5.0, 7.0, 9.0], reduction="sum")
    array([1. , 2. , 1.5, 0.5, 0. ])
    """

    name = "hampel"
    title = "Hampel's three-part loss"
    family = "regression"
    formula = (
        r"\begin{cases} \tfrac12 r^2 & \lvert r\rvert \le a \\"
        r" a\lvert r\rvert - \tfrac12 a^2 & a < \lvert r\rvert \le b \\"
        r" \tfrac{a}{2}\Bigl(b + c - a - \tfrac{(c - \lvert r\rvert)^2}{c - b}\Bigr)"
        r" & b < \lvert r\rvert \le c \\"
        r" \tfrac{a}{2}(b + c - a) & \text{otherwise} \end{cases}"
    )
    reference = "hampel1974"
    use_when = (
        "Doubtful and impossible residuals should be treated differently, by three turning "
        "points of your own."
    )
    avoid_when = (
        "There is no time to set three numbers, or b and c are close together: that makes false "
        "minima."
    )
    peers = (Peer("statsmodels.robust.norms.Hampel", parameters={"a": "a", "b": "b", "c": "c"}),)
    style = style("blue", "dashdot")
    a = Parameter(
        2.0, above=0.0, slider=(0.5, 3.0), doc="where the pull stops growing, in units of y"
    )
    b = Parameter(
        4.0, above=0.0, slider=(3.0, 6.0), doc="where the pull starts to fall, in units of y"
    )
    c = Parameter(8.0, above=0.0, slider=(6.5, 12.0), doc="where no pull is left, in units of y")
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=False,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda a, b, c: a,
        smooth=lambda a, b, c: max(1.0, a / (c - b)),
        bounded=lambda a, b, c: a * (b + c - a) / 2,
        redescending=True,
    )

    @staticmethod
    def check_parameters(a, b, c):
        if not a <= b < c:
            raise ValueError(f"hampel needs a <= b < c, got a={a!r}, b={b!r}, c={c!r}")

    def value_at(y, f, a, b, c):
        x = abs(f - y)
        q = a if x > a else x
        m = b if x > b else x
        e = c if x > c else x
        # The area under the pull in non-negative parts: a * level up to b, then falling.
        level = m - 0.5 * q
        p = q * level
        p_lo = two_product_error(q, level, p) + q * ((m - level) - 0.5 * q)
        z = e - m
        z_lo = (e - z) - m
        width = c - b
        rest = 2.0 * width - z
        rest_lo = ((2.0 * width - rest) - z) + (2.0 * two_sum_error(c, -b, width) - z_lo)
        k, k_lo = fall(a, b, c)
        s, s_lo = product_parts(z, z_lo, rest, rest_lo)
        s, s_lo = product_parts(s, s_lo, 0.5 * k, 0.5 * k_lo)
        return p + (s + (p_lo + s_lo))

    def gradient_at(y, f, a, b, c):
        r = f - y
        x = abs(r)
        lost = residual_lost(y, f, r)
        x_lo = -lost if r < 0.0 else lost
        k, k_lo = fall(a, b, c)
        g = a if x > a else x
        # Where rounding of the residual crossed an edge, what it lost says so.
        past = (x - b) + x_lo > 0.0
        g = rounded_product(c - x, -x_lo, k, k_lo) if past else g
        g = 0.0 if (x - c) + x_lo >= 0.0 else g
        return with_sign_of(r, g)

    def curvature_at(y, f, a, b, c):
        x = magnitude(y, f)
        k = 0.0 if beyond(x, a) else 1.0
        k = -total(over((a, 0.0), exact_sum(c, -b))) if beyond(x, b) else k
        k = 0.0 if beyond(x, c) else k
        return k if x[0] == x[0] else x[0]

    def exact(mp, y, f, a, b, c):
        x = abs(f - y)
        if x <= a:
            return x**2 / 2
        if x <= b:
            return a * x - a * a / 2
        if x <= c:
            return a * (b + c - a - (c - x) ** 2 / (c - b)) / 2
        return a * (b + c - a) / 2


class TruncatedQuadratic(Pointwise):
    """Truncated quadratic (Talwar): least squares for residuals below c, nothing beyond.

    With r = y_pred - y_true and c in units of y the loss is min(r**2, c**2) / 2, in units of y
    squared. It is what remains when each point may be declared an outlier at a price of
    c**2 / 2. The gradient jumps to zero at c, so the fit may depend on where it starts, and
    finding the best one is a search over subsets. The default c gives 95% efficiency when the
    noise is normal with standard deviation 1.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("truncated_quadratic", c=2.0).value([0.0, 0.0], [1.0, 9.0], reduction="none")
    array([0.5, 2. ])
    """

    name = "truncated_quadratic"
    title = "Truncated quadratic"
    aliases = ("talwar",)
    family = "regression"
    formula = r"\tfrac12 \min(r^2, c^2)"
    reference = "hinich1975"
    use_when = "Points are either good or outliers that may be declared so at a fixed price."
    avoid_when = (
        "Plain gradient steps are all there is: the gradient jumps and the search is over subsets."
    )
    peers = (
        Peer("statsmodels.robust.norms.TrimmedMean", parameters={"c": "c"}, defaults={"c": 2.0}),
    )
    style = style("vermilion", "dashdot")
    c = Parameter(
        2.795,
        above=0.0,
        slider=(0.2, 6.0),
        doc="residual from which a point has no influence, in units of y",
    )
    claims = Claims(
        convex=False,
        differentiable=False,
        twice_differentiable=False,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda c: c,
        smooth=None,
        bounded=lambda c: c**2 / 2,
        redescending=True,
    )

    def value_at(y, f, c):
        a = abs(f - y)
        return half_square(c if a > c else a)

    def gradient_at(y, f, c):
        r = f - y
        return 0.0 if abs(r) >= c else r

    def curvature_at(y, f, c):
        a = abs(f - y)
        k = 0.0 if a > c else 1.0
        return k if a == a else a

    def exact(mp, y, f, c):
        a = abs(f - y)
        return a**2 / 2 if a <= c else c**2 / 2
