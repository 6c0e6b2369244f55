"""Losses made for boxes, landmarks and depth: what they do to small errors is the point."""

from losslab.arithmetic.parts import inverse_of_constant, one_plus, product_parts
from losslab.arithmetic.vmath import (
    LN2_HI,
    LN2_LO,
    expm1,
    expm1_minus,
    exponent_as_float,
    finite_part,
    log1p_parts,
    log_exponent,
    log_mantissa,
    log_tail,
    pow2,
    product_error,
    product_rest,
    quotient_error,
    two_product_error,
    two_sum_error,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.kinds.pointwise import Pointwise


class BerHu(Pointwise):
    """BerHu loss: Huber's loss turned round, absolute near 0 and squared far out.

    With r = y_pred - y_true the loss is abs(r) up to abs(r) = c and (r**2 + c**2) / (2 c) beyond,
    in units of y. Large errors pull harder than under absolute error, so outliers do too. In
    depth estimation c is often 0.2 times the largest residual of the batch; here it is a number.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("berhu", c=1.0).value([0.0, 0.0], [0.5, 3.0], reduction="none")
    array([0.5, 5. ])
    """

    name = "berhu"
    title = "BerHu loss"
    aliases = ("reverse_huber",)
    family = "regression"
    formula = (
        r"\begin{cases} \lvert r\rvert & \lvert r\rvert \le c \\"
        r" \dfrac{r^2 + c^2}{2c} & \text{otherwise} \end{cases}"
    )
    reference = "laina2016"
    use_when = "Large errors must be brought down first, as in the estimation of depth."
    avoid_when = "Targets have outliers: it stresses them as least squares does."
    c = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="turning point between linear and quadratic, in units of y",
    )
    claims = Claims(
        convex=True,
        differentiable=False,
        twice_differentiable=False,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=None,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, c):
        a = abs(f - y)
        i, i_lo = inverse_of_constant(c + c, 0.0)
        q, q_lo = product_parts(a, 0.0, i, i_lo)
        p = a * q
        v = p + (0.5 * c + finite_part(product_error(a, q, p) + a * q_lo))
        return v if a > c else a

    def gradient_at(y, f, c):
        r = f - y
        s = 1.0 if r > 0.0 else r
        s = -1.0 if r < 0.0 else s
        i, i_lo = inverse_of_constant(c, 0.0)
        q = r * i
        return q + finite_part(r * i_lo) if abs(r) > c else s

    def curvature_at(y, f, c):
        r = f - y
        k = 1.0 / c if abs(r) > c else 0.0
        return k if r == r else r

    def exact(mp, y, f, c):
        a = abs(f - y)
        return a if a <= c else (a**2 + c**2) / (2 * c)


def scaled_log1p(w, a, epsilon):
    """w log(1 + a / epsilon) as (hi, lo)."""
    u = a / epsilon
    hi, lo = log1p_parts(u)
    lo = lo + quotient_error(a, 0.0, epsilon, 0.0, u) / (1.0 + u)
    p = w * hi
    return p, finite_part(product_error(w, hi, p) + w * lo)


class Wing(Pointwise):
    """Wing loss: logarithmic for small errors, so that they keep pulling; linear for large ones.

    With a = abs(y_pred - y_true) the loss is w log(1 + a / epsilon) for a < w and a - C beyond,
    C = w - w log(1 + w / epsilon), in units of y. The pull grows as the error shrinks, up to
    w / epsilon, and flips sign at 0: near the solution steps must be small. The loss is concave
    on either side of 0 and its slope jumps to 1 at a = w.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("wing").gradient([0.0, 0.0], [3.0, 30.0], reduction="none")
    array([2., 1.])
    """

    name = "wing"
    title = "Wing loss"
    family = "regression"
    formula = (
        r"\begin{cases} w \log(1 + \lvert r\rvert/\epsilon) & \lvert r\rvert < w \\"
        r" \lvert r\rvert - w + w \log(1 + w/\epsilon) & \text{otherwise} \end{cases}"
    )
    reference = "feng2018"
    use_when = "Landmarks are nearly right and the last pixels count."
    avoid_when = "Step lengths do not shrink: the pull is strongest next to 0 and flips there."
    peers = (
        Peer(
            "mmpose.models.losses.WingLoss",
            parameters={"omega": "w", "epsilon": "epsilon"},
            says="it divides by the number of samples only",
        ),
    )
    w = Parameter(
        10.0,
        above=0.0,
        slider=(1.0, 20.0),
        doc="where the logarithm ends, in units of y",
    )
    epsilon = Parameter(
        2.0,
        above=0.0,
        slider=(0.5, 5.0),
        doc="error below which the logarithm is nearly linear, in units of y",
    )
    claims = Claims(
        convex=False,
        differentiable=False,
        twice_differentiable=False,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda w, epsilon: max(w / epsilon, 1.0),
        smooth=None,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, w, epsilon):
        a = abs(f - y)
        p, p_lo = scaled_log1p(w, a, epsilon)
        top, top_lo = scaled_log1p(w, w, epsilon)
        d = a - w
        s = d + top
        s_lo = two_sum_error(d, top, s) + (two_sum_error(a, -w, d) + top_lo)
        return p + p_lo if a < w else s + finite_part(s_lo)

    def gradient_at(y, f, w, epsilon):
        r = f - y
        a = abs(r)
        d = epsilon + a
        q = w / d
        g = q + quotient_error(w, 0.0, d, two_sum_error(epsilon, a, d), q)
        g = g if a < w else 1.0
        g = -g if r < 0.0 else g
        return g if abs(r) > 0.0 else r

    def curvature_at(y, f, w, epsilon):
        a = abs(f - y)
        d = epsilon + a
        square = d * d
        square_lo = product_error(d, d, square) + 2.0 * d * two_sum_error(epsilon, a, d)
        q = w / square
        c = -q - quotient_error(w, 0.0, square, square_lo, q)
        c = c if a < w else 0.0
        return c if a == a else a

    def exact(mp, y, f, w, epsilon):
        a = abs(f - y)
        return w * mp.log1p(a / epsilon) if a < w else a - w + w * mp.log1p(w / epsilon)


def balance(alpha, gamma):
    """b = e**(gamma / alpha) - 1 of the balanced L1 loss as (hi, lo)."""
    g = gamma / alpha
    e = expm1(g)
    return e, quotient_error(gamma, 0.0, alpha, 0.0, g) * (1.0 + e)


def entropy(a, b, b_lo):
    """log(1 + x) and (1 + x) log(1 + x) - x, this as parts, for x = (b + b_lo) a and a up to 1.

    With 1 + x = 2**k m and g = m - 1 the second is 2**k (m log(m) - g), which is positive, and
    (1 + x) k log(2) - (2**k - 1), whose difference is exact where it cancels.
    """
    x = b * a
    x_lo = two_product_error(b, a, x) + b_lo * a
    w, w_lo = one_plus(x, x_lo)
    biased = log_exponent(w)
    near = biased == 1023
    m = log_mantissa(w, biased)
    g = x if near else m - 1.0
    lost = x_lo if near else w_lo
    k = exponent_as_float(biased)
    head = k * LN2_HI
    # log(m) is g - half + bent
    s = g / (2.0 + g)
    half = 0.5 * g * g
    bent = s * (half + log_tail(s * s))
    log = head - ((half - (bent + (k * LN2_LO + lost / w))) - g)
    size = pow2(k)
    p = w * head
    low = product_rest(w, head, p) + (w * (k * LN2_LO) + lost * log)
    low = low + size * ((bent - g * (half - bent)) + product_rest(0.5 * g, g, half))
    base = p - (size - 1.0)
    more = size * half
    area = base + more
    return log, area, low + (more - (area - base))


class BalancedL1(Pointwise):
    """Balanced L1 loss: smooth L1 that gives small errors more of the gradient.

    With a = abs(y_pred - y_true) the gradient grows as alpha log(1 + b a) up to a = 1 and stays
    gamma beyond, where b = e**(gamma / alpha) - 1 makes the two meet. The turning point is fixed
    at 1, so targets must be scaled (box offsets are). The value is what this integrates to.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("balanced_l1").gradient([0.0, 0.0], [1.0, 30.0], reduction="none")
    array([1.5, 1.5])
    """

    name = "balanced_l1"
    title = "Balanced L1 loss"
    family = "regression"
    formula = (
        r"\begin{cases} \frac{\alpha}{b}(1 + b\lvert r\rvert)\log(1 + b\lvert r\rvert)"
        r" - \alpha\lvert r\rvert & \lvert r\rvert < 1 \\"
        r" \gamma\lvert r\rvert + \gamma/b - \alpha & \text{otherwise} \end{cases},"
        r"\quad b = e^{\gamma/\alpha} - 1"
    )
    reference = "pang2019"
    use_when = (
        "Many easy and few hard boxes are regressed and the easy ones should keep their share."
    )
    avoid_when = "Targets are not scaled to about 1: the turning point is fixed there."
    peers = (
        Peer(
            "mmdet.models.losses.BalancedL1Loss",
            says="its beta is a scale of the residual, 1 unless told otherwise",
        ),
    )
    alpha = Parameter(
        0.5, above=0.0, slider=(0.1, 1.0), doc="smaller values move gradient to small errors"
    )
    gamma = Parameter(1.5, above=0.0, slider=(0.5, 3.0), doc="gradient of errors above 1")
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=False,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda alpha, gamma: gamma,
        bounded=None,
        redescending=False,
    )

    @staticmethod
    def check_parameters(alpha, gamma):
        if gamma > 600.0 * alpha:
            raise ValueError(
                f"gamma must be at most 600 * alpha = {600.0 * alpha:g} (the loss needs "
                f"e**(gamma / alpha)), got {gamma!r}"
            )

    def value_at(y, f, alpha, gamma):
        a = abs(f - y)
        b, b_lo = balance(alpha, gamma)
        held = 1.0 if a > 1.0 else a
        log, area, area_lo = entropy(held, b, b_lo)
        i, i_lo = inverse_of_constant(b, b_lo)
        k, k_lo = product_parts(alpha, 0.0, i, i_lo)
        inner = k * (area + (area_lo + area * (k_lo / k)))
        # For small residuals it is a parabola.
        h, h_lo = product_parts(0.5 * alpha, 0.0, b, b_lo)
        inner = (h * held + h_lo * held) * held if b * held < 1e-140 else inner
        # gamma a - alpha h with h = 1 - (gamma / alpha) / b
        g = gamma / alpha
        g_lo = quotient_error(gamma, 0.0, alpha, 0.0, g)
        e = b if g > 50.0 else expm1_minus(g, g_lo)
        h = e / b
        h_lo = quotient_error(e, 0.0, b, b_lo, h)
        c = alpha * h
        c_lo = product_error(alpha, h, c) + alpha * h_lo
        w = gamma * a
        s = w - c
        s_lo = ((w - s) - c) + (two_product_error(gamma, a, w) - c_lo)
        return inner if a < 1.0 else s + finite_part(s_lo)

    def gradient_at(y, f, alpha, gamma):
        r = f - y
        a = abs(r)
        b, b_lo = balance(alpha, gamma)
        log, area, area_lo = entropy(1.0 if a > 1.0 else a, b, b_lo)
        g = gamma if a >= 1.0 else alpha * log
        return -g if r < 0.0 else g

    def curvature_at(y, f, alpha, gamma):
        a = abs(f - y)
        b, b_lo = balance(alpha, gamma)
        x = b * a
        d = 1.0 + x
        d_lo = two_sum_error(1.0, x, d) + (product_error(b, a, x) + b_lo * a)
        n = alpha * b
        q = n / d
        c = q + quotient_error(n, product_error(alpha, b, n) + alpha * b_lo, d, d_lo, q)
        return 0.0 if a >= 1.0 else c

    def exact(mp, y, f, alpha, gamma):
        a = abs(f - y)
        b = mp.exp(gamma / alpha) - 1
        x = 1 + b * a
        return alpha / b * x * mp.log(x) - alpha * a if a < 1 else gamma * (a + 1 / b) - alpha
