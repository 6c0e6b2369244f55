"""Bounded losses of a margin: a point on the wrong side costs at most a fixed price.

None of them is convex: which minimum a fit finds may depend on where it starts, and far points on
the wrong side hardly pull.  Start from a fit with a convex loss.
"""

import math

from losslab.arithmetic.logits import odds_of, probability_of, product, ratio, steepened
from losslab.arithmetic.pairs import (
    PI_HI,
    PI_LO,
    atan_pair,
    chosen,
    expm1_pair,
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
from losslab.arithmetic.vmath import exp_parts, expm1, finite_part, product_error, two_sum_error
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.losses.kinds.pointwise import Pointwise


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
        x, a_lo = steepened((y + y - 1.0) * f, beta)
        e, e_lo, d, d_lo = odds_of(abs(x), a_lo)
        v, v_lo = probability_of(x > 0.0, e, e_lo, d, d_lo)
        return v + v_lo

    def gradient_at(y, f, beta):
        s = y + y - 1.0
        x, a_lo = steepened(s * f, beta)
        e, e_lo, d, d_lo = odds_of(abs(x), a_lo)
        p, p_lo = ratio(1.0, 0.0, d, d_lo)
        g, g_lo = ratio(e, e_lo, d, d_lo)
        g, g_lo = product(p, p_lo, g, g_lo)
        return -(s * beta) * (g + g_lo)

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
        m = (y + y - 1.0) * f
        e, e_lo, d, d_lo = odds_of(abs(m), 0.0)
        q, q_lo = probability_of(m > 0.0, e, e_lo, d, d_lo)
        return q * q + 2.0 * (q * q_lo)

    def gradient_at(y, f):
        s = y + y - 1.0
        m = s * f
        e, e_lo, d, d_lo = odds_of(abs(m), 0.0)
        q, q_lo = probability_of(m > 0.0, e, e_lo, d, d_lo)
        p, p_lo = probability_of(m <= 0.0, e, e_lo, d, d_lo)
        g, g_lo = product(q, q_lo, p, p_lo)
        return (-2.0 * s) * (q * g + (q * g_lo + q_lo * g))

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
    """2 arctan(m) - 1, then 1 + t**2 and t with t the smaller of abs(m) and 1 / abs(m)."""
    a = abs(m)
    far = a > 1.0
    t = quotient(1.0 if far else a, a if far else 1.0)
    angle = atan_pair(t)
    angle = chosen(far, plus((0.5 * PI_HI, 0.5 * PI_LO), negated(angle)), angle)
    angle = chosen(m < 0.0, negated(angle), angle)
    return plus(scaled(angle, 2.0), (-1.0, 0.0)), plus((1.0, 0.0), squared(t)), t


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
        angle, d, t = tangent_parts((y + y - 1.0) * f)
        return total(squared(angle))

    def gradient_at(y, f):
        s = y + y - 1.0
        m = s * f
        angle, d, t = tangent_parts(m)
        # 4 (2 arctan m - 1) / (1 + m**2); far out t**2 / (1 + t**2) instead of 1 / (1 + m**2)
        top = chosen(abs(m) > 1.0, times(times(angle, t), t), angle)
        return (4.0 * s) * total(over(top, d))

    def curvature_at(y, f):
        m = (y + y - 1.0) * f
        angle, d, t = tangent_parts(m)
        far = abs(m) > 1.0
        signed = chosen(m < 0.0, negated(angle), angle)
        # 8 (1 - abs(m) signed) / (1 + m**2)**2, far out times t**4 / t**4
        near_top = plus((1.0, 0.0), negated(times(t, signed)))
        far_top = times(times(plus(t, negated(signed)), t), squared(t))
        return 8.0 * total(over(chosen(far, far_top, near_top), squared(d)))

    def exact(mp, y, f):
        return (2 * mp.atan((2 * y - 1) * f) - 1) ** 2


def faded(m, eta):
    """eta max(0, 1 - m), then e**-that."""
    slack = 1.0 - m
    lost = finite_part(two_sum_error(1.0, -m, slack))
    above = slack < 0.0
    slack = 0.0 if above else slack
    x = eta * slack
    x_lo = product_error(eta, slack, x) + eta * (0.0 if above else lost)
    e, e_lo = exp_parts(-x, -x_lo)
    return x, x_lo, e, e_lo


def one_minus_exp(x, x_lo):
    """1 - e**-x as a pair, for x >= 0."""
    return negated(expm1_pair((-x, -x_lo)))


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
        x, x_lo, e, e_lo = faded((y + y - 1.0) * f, eta)
        return total(over(one_minus_exp(x, x_lo), one_minus_exp(eta, 0.0)))

    def gradient_at(y, f, eta):
        s = y + y - 1.0
        x, x_lo, e, e_lo = faded(s * f, eta)
        scale, scale_lo = over((eta, 0.0), one_minus_exp(eta, 0.0))
        g = scale * e + (scale * e_lo + scale_lo * e)
        g = 0.0 if x == 0.0 else g
        return -s * g

    def curvature_at(y, f, eta):
        x, x_lo, e, e_lo = faded((y + y - 1.0) * f, eta)
        scale, scale_lo = times_number(over((eta, 0.0), one_minus_exp(eta, 0.0)), eta)
        k = scale * e + (scale * e_lo + scale_lo * e)
        return 0.0 if x == 0.0 else -k

    def exact(mp, y, f, eta):
        slack = max(mp.mpf(0), 1 - (2 * y - 1) * f)
        return mp.expm1(-eta * slack) / mp.expm1(-eta)
