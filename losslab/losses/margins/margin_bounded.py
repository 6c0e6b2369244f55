"""Bounded losses of a margin: a point on the wrong side costs at most a fixed price.

None of them is convex: which minimum a fit finds may depend on where it starts, and far points on
the wrong side hardly pull.  Start from a fit with a convex loss.
"""

import math

from losslab.arithmetic.logits import (
    odds_of,
    probability_of,
    product,
    ratio,
    shares_of,
    steepened,
)
from losslab.arithmetic.pairs import (
    chosen,
    expm1_pair,
    negated,
    over,
    plus,
    renormalised,
    squared,
    times,
    total,
)
from losslab.arithmetic.parts import (
    arctan_parts,
    inverse_parts,
    plus_parts,
    rounded_product,
    square_parts,
)
from losslab.arithmetic.vmath import (
    exp_split,
    expm1,
    pow2,
    product_rest,
    two_product_error,
    two_sum_error,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.losses.kinds.pointwise import Pointwise


def sigmoid_parts(y, f, beta):
    """1 / (1 + e**x) for x = beta m, and that times 1 / (1 + e**-x)."""
    m = (y + y - 1.0) * f
    x = beta * m
    a = abs(x)
    lost = product_rest(beta, m, x) if a < 750.0 else 0.0
    i, i_lo, q, q_lo = shares_of(a, -lost if x < 0.0 else lost)
    large = i + i_lo
    small = q + q_lo
    return (small if x > 0.0 else large), small * large


class SigmoidLoss(Pointwise):
    """Sigmoid loss: a smooth step from 1 for a wrong decision to 0 for a right one.

    With m = (2 y - 1) y_pred the loss is 1 / (1 + exp(beta m)). The costs of both labels add up to
    1 whatever the score; so if a share of all labels, less than half, is flipped at random, the
    best classifier stays the same. Its best score is infinite, on the side of the likelier class,
    and says nothing about probabilities. The larger beta, the closer it comes to `zero_one` and
    the fewer points have any gradient.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("sigmoid_loss").value([1.0, 0.0], [0.0, 0.0], reduction="none")
    array([0.5, 0.5])
    """

    name = "sigmoid_loss"
    title = "Sigmoid loss"
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"\dfrac{1}{1 + e^{\beta m}},\quad m = (2y-1)f"
    reference = "ghosh2015"
    beta = Parameter(1.0, above=0.0, slider=(0.25, 8.0, "log"), doc="steepness, one over the score")
    use_when = "Labels are flipped at random and few wrong decisions are the aim."
    avoid_when = "Probabilities are wanted, or training starts from nothing."
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda beta: beta / 4,
        smooth=lambda beta: beta**2 / (6 * math.sqrt(3)),
        bounded=1.0,
        redescending=True,
        proper=False,
        calibrated=True,
    )

    def value_at(y, f, beta):
        return sigmoid_parts(y, f, beta)[0]

    def gradient_at(y, f, beta):
        _, g = sigmoid_parts(y, f, beta)
        return -((y + y - 1.0) * beta) * g

    def value_and_gradient_at(y, f, beta):
        v, g = sigmoid_parts(y, f, beta)
        return v, -((y + y - 1.0) * beta) * g

    def curvature_at(y, f, beta):
        x, a_lo = steepened((y + y - 1.0) * f, beta)
        e, e_lo, d, d_lo = odds_of(abs(x), a_lo)
        p, p_lo = ratio(1.0, 0.0, d, d_lo)
        q, q_lo = ratio(e, e_lo, d, d_lo)
        k, k_lo = product(p, p_lo, q, q_lo)
        # tanh(x / 2) = (1 - e) / (1 + e) without cancellation near 0
        rise = -expm1(-abs(x))
        t, t_lo = ratio(rise, a_lo * e, d, d_lo)
        k, k_lo = product(k, k_lo, t, t_lo)
        k = (beta * beta) * (k + k_lo)
        return -k if x < 0.0 else k

    def exact(mp, y, f, beta):
        return 1 / (1 + mp.exp(beta * (2 * y - 1) * f))


def savage_parts(y, f):
    """The squared probability of the wrong label, and that times the probability of the right one."""
    m = (y + y - 1.0) * f
    i, i_lo, q, q_lo = shares_of(abs(m), 0.0)
    v = q * i
    v_lo = product_rest(q, i, v) + (q * i_lo + q_lo * i)
    right = m > 0.0
    w = q if right else i
    w_lo = q_lo if right else i_lo
    return w * (w + (w_lo + w_lo)), (w + w_lo) * (v + v_lo)


class Savage(Pointwise):
    """Savage loss: the squared probability that a logit gives to the wrong label.

    With m = (2 y - 1) y_pred the loss is 1 / (1 + e**m)**2, between 0 and 1. Its best score is the
    log-odds of the label 1, so scores can be read as logits: it is `brier_logit` for labels of 0
    and 1. A badly wrong point pulls next to nothing, which protects against wrong labels and
    makes a bad start hard to leave. Some texts take 2 m in place of m.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("savage").value([1.0, 1.0], [0.0, -800.0], reduction="none")
    array([0.25, 1.  ])
    """

    name = "savage"
    title = "Savage loss"
    aliases = ("SavageLoss",)
    family = "classification"
    target = "{0,1}"
    prediction = "logit"
    formula = r"\dfrac{1}{(1 + e^{m})^2},\quad m = (2y-1)f"
    reference = "masnadi2008"
    use_when = "Boosting on labels that are partly wrong, with probabilities wanted."
    avoid_when = "Training starts far from a solution, or needs a convex loss."
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=8 / 27,
        smooth=0.15405857012135052,
        bounded=1.0,
        redescending=True,
        proper=True,
        calibrated=True,
    )

    def value_at(y, f):
        return savage_parts(y, f)[0]

    def gradient_at(y, f):
        _, g = savage_parts(y, f)
        return (-2.0 * (y + y - 1.0)) * g

    def value_and_gradient_at(y, f):
        v, g = savage_parts(y, f)
        return v, (-2.0 * (y + y - 1.0)) * g

    def curvature_at(y, f):
        m = (y + y - 1.0) * f
        e, e_lo, d, d_lo = odds_of(abs(m), 0.0)
        wrong = m <= 0.0
        q, q_lo = probability_of(m > 0.0, e, e_lo, d, d_lo)
        p, p_lo = probability_of(wrong, e, e_lo, d, d_lo)
        k, k_lo = product(q, q_lo, p, p_lo)
        k, k_lo = product(q, q_lo, k, k_lo)
        # 2 p - q
        top = (e + e) - 1.0 if wrong else 2.0 - e
        top_lo = 2.0 * e_lo if wrong else two_sum_error(2.0, -e, top) - e_lo
        t, t_lo = ratio(top, top_lo, d, d_lo)
        return 2.0 * (k * t + (k * t_lo + k_lo * t))

    def exact(mp, y, f):
        return (1 + mp.exp((2 * y - 1) * f)) ** -2


def tangent_parts(m):
    """2 arctan(m) - 1, then t, the smaller of abs(m) and 1 / abs(m), and 1 + t**2, as parts."""
    a = abs(m)
    a = 1e300 if a > 1e300 else a
    angle, low = arctan_parts(a, 0.0)
    angle = -2.0 * angle if m < 0.0 else 2.0 * angle
    s = angle - 1.0
    s_lo = two_sum_error(angle, -1.0, s) + (-2.0 * low if m < 0.0 else 2.0 * low)
    far = a > 1.0
    i, i_lo = inverse_parts(a if far else 1.0, 0.0)
    t = i if far else a
    t_lo = i_lo if far else 0.0
    u, u_lo = square_parts(t, t_lo)
    w, w_lo = plus_parts(1.0, u, u_lo)
    return s, s_lo, t, t_lo, w, w_lo


class Tangent(Pointwise):
    """Tangent loss: bounded on both sides, so that it punishes too much confidence as well.

    With m = (2 y - 1) y_pred the loss is (2 arctan(m) - 1)**2. It is 0 at m = tan(1/2) = 0.546 and
    grows again beyond, towards (pi - 1)**2 = 4.59; on the wrong side it stays below
    (pi + 1)**2 = 17.15. Its best score is tan(p - 1/2) for probability p of the label 1, so
    arctan(y_pred) + 1/2 estimates p, and only scores up to tan(1/2) in size make sense.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("tangent").value([1.0, 0.0], [0.0, 0.0], reduction="none")
    array([1., 1.])
    """

    name = "tangent"
    title = "Tangent loss"
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"(2\arctan m - 1)^2,\quad m = (2y-1)f"
    reference = "masnadi2010"
    use_when = "Boosting where outliers on either side should count little."
    avoid_when = "Scores beyond 0.546 are to mean more confidence."
    claims = Claims(
        convex=False,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        lipschitz=6.168571308828053,
        smooth=8.484612157278839,
        bounded=(math.pi + 1) ** 2,
        redescending=True,
        proper=True,
        calibrated=True,
    )

    def value_at(y, f):
        s, s_lo, t, t_lo, w, w_lo = tangent_parts((y + y - 1.0) * f)
        return s * s + 2.0 * (s * s_lo)

    def gradient_at(y, f):
        sign = y + y - 1.0
        s, s_lo, t, t_lo, w, w_lo = tangent_parts(sign * f)
        # 4 (2 arctan m - 1) / (1 + m**2); far out t**2 / (1 + t**2) instead of 1 / (1 + m**2)
        i, i_lo = inverse_parts(w, w_lo)
        n = s * t
        n_lo = two_product_error(s, t, n) + (s * t_lo + s_lo * t)
        top = n * t
        top_lo = two_product_error(n, t, top) + (n * t_lo + n_lo * t)
        far = abs(sign * f) > 1.0
        return (4.0 * sign) * rounded_product(top if far else s, top_lo if far else s_lo, i, i_lo)

    def curvature_at(y, f):
        m = (y + y - 1.0) * f
        s, s_lo, t_hi, t_lo, w, w_lo = tangent_parts(m)
        far = abs(m) > 1.0
        angle = renormalised(s, s_lo)
        t = renormalised(t_hi, t_lo)
        signed = chosen(m < 0.0, negated(angle), angle)
        # 8 (1 - abs(m) signed) / (1 + m**2)**2, far out times t**4 / t**4
        near_top = plus((1.0, 0.0), negated(times(t, signed)))
        far_top = times(times(plus(t, negated(signed)), t), squared(t))
        return 8.0 * total(over(chosen(far, far_top, near_top), squared(renormalised(w, w_lo))))

    def exact(mp, y, f):
        return (2 * mp.atan((2 * y - 1) * f) - 1) ** 2


def faded(m, eta):
    """x = eta max(0, 1 - m), then 1 - e**-x and e**-x as parts; from 700 on e**-x is 0."""
    slack = 1.0 - m
    lost = (1.0 - slack) - m
    above = slack < 0.0
    slack = 0.0 if above else slack
    x = eta * slack
    x_lo = two_product_error(eta, slack, x) + eta * (0.0 if above else lost)
    far = x > 700.0
    k, r, rest = exp_split(-700.0 if far else -x, 0.0 if far else -x_lo)
    size = 0.0 if far else pow2(k)
    e = 1.0 + r
    return x, (1.0 - size) - size * r, -(size * rest), e * size, (((1.0 - e) + r) + rest) * size


def height(eta):
    """1 / (1 - e**-eta) of the parameter, as parts."""
    e = negated(expm1_pair((-eta, 0.0)))
    return over((1.0, 0.0), e)


class RescaledHinge(Pointwise):
    """Rescaled hinge loss: a hinge that levels off.

    With h = max(0, 1 - (2 y - 1) y_pred) the loss is (1 - exp(-eta h)) / (1 - exp(-eta)), which is
    1 at score 0 and grows to 1 / (1 - exp(-eta)). For small eta it is nearly the hinge; for
    large eta nearly a step. Its best score is -1 or +1 and says nothing about probabilities.
    Points far on the wrong side hardly pull, which protects against wrong labels.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("rescaled_hinge", eta=1.0).value([1.0, 1.0], [0.0, -9.0], reduction="none").round(3)
    array([1.   , 1.582])
    """

    name = "rescaled_hinge"
    title = "Rescaled hinge loss"
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"\dfrac{1 - e^{-\eta \max(0, 1 - m)}}{1 - e^{-\eta}},\quad m = (2y-1)f"
    reference = "xu2017"
    eta = Parameter(
        0.5,
        above=0.0,
        slider=(0.1, 4.0),
        doc="how fast the loss levels off, one over the score",
    )
    use_when = "A support vector machine whose training labels are partly wrong."
    avoid_when = "A convex problem or probabilities are wanted."
    claims = Claims(
        convex=False,
        differentiable=False,
        twice_differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=lambda eta: -eta / math.expm1(-eta),
        smooth=None,
        bounded=lambda eta: -1.0 / math.expm1(-eta),
        redescending=True,
        proper=False,
        calibrated=True,
    )

    def value_at(y, f, eta):
        x, rise, rise_lo, e, e_lo = faded((y + y - 1.0) * f, eta)
        i, i_lo = height(eta)
        v = rise * i + (rise * i_lo + rise_lo * i)
        return v if x > 1e-290 else x * i

    def gradient_at(y, f, eta):
        s = y + y - 1.0
        x, rise, rise_lo, e, e_lo = faded(s * f, eta)
        i, i_lo = height(eta)
        p, p_lo = product(eta, 0.0, i, i_lo)
        g = p * e + (p * e_lo + p_lo * e)
        return -s * (0.0 if x == 0.0 else g)

    def curvature_at(y, f, eta):
        x, rise, rise_lo, e, e_lo = faded((y + y - 1.0) * f, eta)
        i, i_lo = height(eta)
        p, p_lo = product(eta, 0.0, i, i_lo)
        p, p_lo = product(eta, 0.0, p, p_lo)
        k = p * e + (p * e_lo + p_lo * e)
        return 0.0 if x == 0.0 else -k

    def exact(mp, y, f, eta):
        slack = max(mp.mpf(0), 1 - (2 * y - 1) * f)
        return mp.expm1(-eta * slack) / mp.expm1(-eta)
