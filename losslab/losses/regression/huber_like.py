"""Between squared and absolute error: quadratic near 0, linear far out, as Huber's loss is."""

from losslab.arithmetic.parts import (
    inverse_of_constant,
    one_plus,
    product_parts,
    refined_quotient,
    square_parts,
)
from losslab.arithmetic.vmath import (
    exponent_as_float,
    hypot_parts,
    log_exponent,
    pow2,
    product_error,
    product_rest,
    quotient_error,
    sqrt,
    two_product_error,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.kinds.pointwise import Pointwise

FAR = 6.703903964971299e153  # 2**511, the largest power of two whose square is finite


class SmoothL1(Pointwise):
    """Smooth L1 loss: absolute error with the kink at 0 rounded off over a width beta.

    With r = y_pred - y_true (units of y) the loss is r**2 / (2 beta) up to abs(r) = beta and
    abs(r) - beta / 2 beyond, in units of y. It is the Huber loss divided by its turning point:
    the slope of the tails stays 1 and a small beta makes the middle steep. A gradient step that
    suits the tails may then be too long near 0.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("smooth_l1", beta=2.0).value([0.0, 0.0], [1.0, 3.0], reduction="none")
    array([0.25, 2.  ])
    """

    name = "smooth_l1"
    title = "Smooth L1 loss"
    family = "regression"
    formula = (
        r"\begin{cases} \dfrac{r^2}{2\beta} & \lvert r\rvert \le \beta \\"
        r" \lvert r\rvert - \tfrac12\beta & \text{otherwise} \end{cases}"
    )
    reference = "girshick2015"
    use_when = (
        "Box corners or other coordinates are regressed and the pull of large errors should be "
        "1 whatever beta is."
    )
    avoid_when = (
        "The turning point beta is to be tuned on its own: it changes the step length that the "
        "middle stands."
    )
    peers = (
        Peer(
            "torch.nn.SmoothL1Loss",
            parameters={"beta": "beta"},
            also=("torch.nn.functional.smooth_l1_loss",),
        ),
    )
    beta = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="turning point between quadratic and linear, in units of y",
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=False,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=1.0,
        smooth=lambda beta: 1.0 / beta,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, beta):
        a = abs(f - y)
        q = beta if a > beta else a
        # q / beta is 1 in the tails; a - q / 2 is a / 2, exactly, in the middle.
        return (q / beta) * (a - 0.5 * q)

    def gradient_at(y, f, beta):
        r = f - y
        low = -beta if r < -beta else r
        return (beta if r > beta else low) / beta

    def curvature_at(y, f, beta):
        r = f - y
        c = 0.0 if abs(r) > beta else 1.0 / beta
        return c if r == r else r

    def exact(mp, y, f, beta):
        a = abs(f - y)
        return a**2 / (2 * beta) if a <= beta else a - beta / 2


def hypotenuse(a, delta):
    """m, which is a or at most 1e18 delta, u = (m / delta)**2, s = sqrt(1 + u) as parts, and 1 / s."""
    far = 1e18 * delta
    m = far if a > far else a
    i, i_lo = inverse_of_constant(delta, 0.0)
    t, t_lo = product_parts(m, 0.0, i, i_lo)
    u, u_lo = square_parts(t, t_lo)
    w, w_lo = one_plus(u, u_lo)
    s = sqrt(w)
    inverse = 1.0 / s
    p = s * s
    return m, u, s, (0.5 * inverse) * (((w - p) - product_rest(s, s, p)) + w_lo), inverse


class PseudoHuber(Pointwise):
    """Pseudo-Huber loss: Huber's shape without a seam, smooth everywhere.

    With r = y_pred - y_true (units of y) the loss is delta**2 (sqrt(1 + (r / delta)**2) - 1), in
    units of y squared: about r**2 / 2 for small and delta * abs(r) for large residuals. No
    residual is ever treated exactly as in least squares, and at abs(r) = delta the pull has
    already fallen to 0.71 of what Huber's loss gives.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("pseudo_huber", delta=3.0).value([0.0], [4.0])
    6.0
    """

    name = "pseudo_huber"
    title = "Pseudo-Huber loss"
    aliases = ("pseudohuber",)
    family = "regression"
    formula = r"\delta^2\left(\sqrt{1 + (r/\delta)^2} - 1\right)"
    reference = "hartley2003"
    use_when = (
        "Huber's loss is wanted by an optimiser that uses second derivatives, such as boosting."
    )
    avoid_when = "Ordinary residuals must be treated exactly as in least squares."
    peers = (
        Peer(
            "xgboost:reg:pseudohubererror",
            parameters={"huber_slope": "delta"},
            metric="mphe",
            digits=4,
        ),
        Peer(
            "scipy.special.pseudo_huber",
            call="scipy.special.pseudo_huber(delta, f - y).mean()",
            says="it takes delta and the residual",
        ),
        Peer(
            "scipy.optimize.least_squares(loss='soft_l1')",
            parameters={"f_scale": "delta"},
            says="its cost is the sum over samples",
        ),
    )
    delta = Parameter(
        1.0,
        above=0.0,
        slider=(0.1, 5.0),
        doc="residual around which quadratic turns into linear, in units of y",
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda delta: delta,
        smooth=1.0,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, delta):
        a = abs(f - y)
        m, u, s, s_lo, inverse = hypotenuse(a, delta)
        e = s - 1.0
        v = ((e + (((s - e) - 1.0) + s_lo)) * delta) * delta
        # Where s_lo has too few digits, the series.
        v = ((0.5 * a) * a) * (1.0 - 0.25 * u) if u < 1e-8 else v
        return delta * a if m < a else v

    def gradient_at(y, f, delta):
        r = f - y
        a = abs(r)
        m, u, s, s_lo, inverse = hypotenuse(a, delta)
        q = m * inverse
        g = q - q * (s_lo * inverse)
        g = delta if m < a else g
        return -g if r < 0.0 else g

    def curvature_at(y, f, delta):
        a = abs(f - y)
        far = a > delta
        t, t_lo, s, s_lo = hypot_parts(delta if far else a, a if far else delta)
        k = t if far else 1.0
        q = k / s
        q_lo = quotient_error(k, t_lo if far else 0.0, s, s_lo, q)
        square = q * q
        square_lo = two_product_error(q, q, square) + 2.0 * q * q_lo
        return square * q + (square_lo * q + square * q_lo)

    def exact(mp, y, f, delta):
        return delta**2 * (mp.sqrt(1 + ((f - y) / delta) ** 2) - 1)


def long_side(r, epsilon):
    """m, w = m**2 + epsilon**2 and its root in units of a power of two near epsilon, and that power.

    m is r, or so large that epsilon is lost beside it.
    """
    k = exponent_as_float(log_exponent(epsilon))
    k = 1000.0 if k > 1000.0 else k
    k = -1000.0 if k < -1000.0 else k
    unit = pow2(-k)
    m = r * unit
    m = FAR if m > FAR else m
    m = -FAR if m < -FAR else m
    e = epsilon * unit
    w = m * m + e * e
    return m, w, sqrt(w), pow2(k)


def ratio_to_root(m, w, s):
    """m / sqrt(w), for s the root as a double."""
    inverse = 1.0 / s
    p = s * s
    s_lo = (0.5 * inverse) * ((w - p) - product_rest(s, s, p))
    return refined_quotient(m, s, s_lo, inverse)


class Charbonnier(Pointwise):
    """Charbonnier loss: absolute error with the tip of its kink replaced by a hyperbola.

    With r = y_pred - y_true (units of y) the loss is sqrt(r**2 + epsilon**2), in units of y. A
    perfect prediction costs epsilon, not 0; the pseudo-Huber loss is epsilon times (this minus
    epsilon). A small epsilon gives the curvature 1 / epsilon at 0.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("charbonnier", epsilon=3.0).value([0.0], [4.0])
    5.0
    """

    name = "charbonnier"
    title = "Charbonnier loss"
    family = "regression"
    formula = r"\sqrt{r^2 + \epsilon^2}"
    reference = "charbonnier1994"
    use_when = "Absolute error is wanted without its kink, as in image restoration."
    avoid_when = "A small epsilon meets a second-order method: the curvature at 0 is 1 / epsilon."
    epsilon = Parameter(
        0.001,
        above=0.0,
        slider=(0.001, 1.0, "log"),
        doc="half-width of the rounded tip, in units of y",
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        symmetric=True,
        nonnegative=True,
        zero_if_perfect=False,
        lipschitz=1.0,
        smooth=lambda epsilon: 1.0 / epsilon,
        bounded=None,
        redescending=False,
    )

    def value_at(y, f, epsilon):
        r = f - y
        m, w, s, unit = long_side(r, epsilon)
        return abs(r) if abs(m) == FAR else s * unit

    def gradient_at(y, f, epsilon):
        m, w, s, unit = long_side(f - y, epsilon)
        return ratio_to_root(m, w, s)

    def value_and_gradient_at(y, f, epsilon):
        r = f - y
        m, w, s, unit = long_side(r, epsilon)
        return abs(r) if abs(m) == FAR else s * unit, ratio_to_root(m, w, s)

    def curvature_at(y, f, epsilon):
        a = abs(f - y)
        far = a > epsilon
        m = a if far else epsilon
        t, t_lo, s, s_lo = hypot_parts(epsilon if far else a, m)
        # epsilon**2 / h**3 with h = m s and k = epsilon / m
        k = t if far else 1.0
        q = k / s
        q_lo = quotient_error(k, t_lo if far else 0.0, s, s_lo, q)
        square = q * q
        square_lo = two_product_error(q, q, square) + 2.0 * q * q_lo
        h = m * s
        c = square / h
        return c + quotient_error(square, square_lo, h, product_error(m, s, h) + m * s_lo, c)

    def exact(mp, y, f, epsilon):
        return mp.sqrt((f - y) ** 2 + epsilon**2)
