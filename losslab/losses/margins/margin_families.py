"""Convex losses of a margin with a tail like a power: they never stop asking for more margin."""

from losslab.arithmetic.logits import product, ratio
from losslab.arithmetic.parts import inverse_of_constant
from losslab.arithmetic.vmath import (
    LN2_64,
    LN2_64_LO,
    SHRINK,
    exp_parts,
    finite_part,
    log1p_parts,
    product_error,
    product_rest,
    quotient_error,
    two_product_error,
    two_sum_error,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.losses.kinds.pointwise import Pointwise

TINY_UNIT = 2.938735877055719e-39  # 2**-128


class DWD(Pointwise):
    """Distance weighted discrimination: a hinge whose tail falls like one over the margin.

    With m = (2 y - 1) y_pred the loss is 1 - m up to m = 1/2 and 1 / (4 m) beyond. Every point has
    a say in the boundary, near ones more, which avoids the piling up of the points of a support
    vector machine in many dimensions. Its best score is sqrt(p / (1 - p)) / 2 for probability
    p > 1/2 of the label 1, and minus that of the other label otherwise. This is the case q = 1 of
    the generalised loss, and `lum` with a = c = 1.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("dwd").value([1.0, 1.0], [-1.0, 2.0], reduction="none")
    array([2.   , 0.125])
    """

    name = "dwd"
    title = "Distance weighted discrimination"
    aliases = ("distance_weighted_discrimination",)
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = (
        r"\begin{cases} 1 - m & m \le \tfrac12 \\ \dfrac{1}{4m} & m > \tfrac12 \end{cases},"
        r"\quad m = (2y-1)f"
    )
    reference = "marron2007"
    use_when = "More features than points, where all points should shape the boundary."
    avoid_when = "A few support vectors are wanted, or labels are noisy."
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=1.0,
        smooth=4.0,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    def value_at(y, f):
        m = (y + y - 1.0) * f
        return 0.25 / m if m > 0.5 else 1.0 - m

    def gradient_at(y, f):
        s = y + y - 1.0
        m = s * f
        g = -s * (0.25 / (m * m)) if m > 0.5 else -s
        return g if m == m else m

    def curvature_at(y, f):
        m = (y + y - 1.0) * f
        square = m * m
        q = 0.5 / square
        q_lo = finite_part(two_product_error(m, m, square)) * (q / square)
        k = (q - q_lo) / m if m > 0.5 else 0.0
        return k if m == m else m

    def exact(mp, y, f):
        m = (2 * y - 1) * f
        return 1 - m if m <= 0.5 else 1 / (4 * m)


def stretched(m, a, c):
    """log(1 + u) as two parts for u = ((1 + c) m - c) / a, or u = 0 below, and whether below."""
    # So far out that (1 + c) m might overflow, log(2**-64 u) and log(2**64).
    far = m > 1e290
    m = m * SHRINK if far else m
    one = 1.0 + c
    p = one * m
    first = p - c
    lost = product_error(one, m, p) + (two_sum_error(1.0, c, one) * m + two_sum_error(p, -c, first))
    lost = finite_part(lost)
    n = first + lost  # near 0 what was lost decides
    below = n < 0.0
    n_lo = 0.0 if below else lost - (n - first)
    n = 0.0 if below else n
    u = n / a
    u_lo = quotient_error(n, n_lo, a, 0.0, u)
    log, log_lo = log1p_parts(u)
    log_lo = log_lo + u_lo / (1.0 + u)
    more = log + LN2_64
    more_lo = log_lo + (finite_part(two_sum_error(log, LN2_64, more)) + LN2_64_LO)
    return (more if far else log), (more_lo if far else log_lo), below


def stretched_inverse(m, c):
    """1 / (1 + (1 + c) m - c) as parts, times 2**128 where that is tiny, and the power of two.

    The last says whether m lies below c / (1 + c), where the others mean nothing.
    """
    one = 1.0 + c
    rest = 1.0 - c
    most = 1e307 / one
    far = m > 1e290
    x = m * TINY_UNIT if far else m
    x = most if x > most else x
    x = -most if x < -most else x
    p = one * x
    w = p + rest
    p_lo = product_rest(one, x, p) + two_sum_error(1.0, c, one) * x
    w_lo = two_sum_error(p, rest, w) + (p_lo + two_sum_error(1.0, -c, rest))
    i = 1.0 / w
    i_lo = -i * (product_rest(i, w, 1.0) + w_lo * i)
    return i, i_lo, (TINY_UNIT if far else 1.0), (p - c) + p_lo < 0.0


class LUM(Pointwise):
    """Large-margin unified machine: a family from soft to hard classification.

    With m = (2 y - 1) y_pred the loss is 1 - m up to m = c / (1 + c) and
    (a / ((1 + c) m - c + a))**a / (1 + c) beyond. A large c makes it the hinge, which only decides
    (hard); c = 0 tells probabilities (soft). a sets how fast the tail falls; a = c = 1 is `dwd`.
    Whatever the parameters, a mislabelled point far on the wrong side pulls with full force.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("lum", a=1.0, c=0.0).value([1.0, 1.0], [-1.0, 3.0], reduction="none")
    array([2.  , 0.25])
    """

    name = "lum"
    title = "Large-margin unified machine"
    aliases = ("large_margin_unified_machine",)
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = (
        r"\begin{cases} 1 - m & m < \dfrac{c}{1 + c} \\"
        r" \dfrac{1}{1 + c}\Bigl(\dfrac{a}{(1 + c)m - c + a}\Bigr)^{a} & \text{otherwise}"
        r" \end{cases},\quad m = (2y-1)f"
    )
    reference = "liu2011"
    a = Parameter(1.0, above=0.0, slider=(0.25, 10.0, "log"), doc="how fast the tail falls")
    c = Parameter(1.0, least=0.0, slider=(0.0, 10.0), doc="hardness: 0 is soft, large is the hinge")
    use_when = "It is not clear whether deciding or estimating probabilities serves better."
    avoid_when = "Two parameters are more than can be tuned."
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=False,
        nonnegative=True,
        lipschitz=1.0,
        smooth=lambda a, c: (1 + c) * (a + 1) / a,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    shortcuts = {"a": 1.0}

    def value_at(y, f, a, c):
        m = (y + y - 1.0) * f
        one = 1.0 + c
        scale, scale_lo = inverse_of_constant(one, two_sum_error(1.0, c, one))
        if a == 1.0:
            i, i_lo, unit, below = stretched_inverse(m, c)
            v = i * scale + (i * scale_lo + i_lo * scale)
            return 1.0 - m if below else v * unit
        log, log_lo, below = stretched(m, a, c)
        x, x_lo = product(a, 0.0, log, log_lo)
        e, e_lo = exp_parts(-x, -x_lo)
        return 1.0 - m if below else scale * e + (scale * e_lo + scale_lo * e)

    def gradient_at(y, f, a, c):
        s = y + y - 1.0
        if a == 1.0:
            i, i_lo, unit, below = stretched_inverse(s * f, c)
            return -s * (1.0 if below else (i * unit) * ((i + (i_lo + i_lo)) * unit))
        log, log_lo, below = stretched(s * f, a, c)
        power, power_lo = product(a, 0.0, log, log_lo)
        x = power + log
        e, e_lo = exp_parts(-x, -(two_sum_error(power, log, x) + (power_lo + log_lo)))
        return -s * (1.0 if below else e)

    def curvature_at(y, f, a, c):
        m = (y + y - 1.0) * f
        log, log_lo, below = stretched(m, a, c)
        one = 1.0 + c
        more = a + 1.0
        top, top_lo = product(one, two_sum_error(1.0, c, one), more, two_sum_error(a, 1.0, more))
        scale, scale_lo = ratio(top, top_lo, a, 0.0)
        power, power_lo = product(a, 0.0, log, log_lo)
        x = power + 2.0 * log
        x_lo = two_sum_error(power, 2.0 * log, x) + (power_lo + 2.0 * log_lo)
        e, e_lo = exp_parts(-x, -x_lo)
        return 0.0 if below else scale * e + (scale * e_lo + scale_lo * e)

    def exact(mp, y, f, a, c):
        m = (2 * y - 1) * f
        if m < c / (1 + c):
            return 1 - m
        return (a / ((1 + c) * m - c + a)) ** a / (1 + c)
