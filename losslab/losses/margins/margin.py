"""More losses of a label 0 or 1: margins to the second power, to the exponential, and focal."""

from losslab.arithmetic.logits import (
    held,
    log_of_odds,
    logs_of,
    odds_of,
    probability_of,
    product,
    shares_of_odds,
)
from losslab.arithmetic.pairs import (
    negated,
    plus,
    scaled,
    times,
    times_exp_pair,
    times_number,
)
from losslab.arithmetic.vmath import exp_once, exp_parts, finite_part, product_rest, two_sum_error
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise


class SquaredHinge(Pointwise):
    """Squared hinge loss: zero once the margin is 1, quadratic below.

    With m = (2 y - 1) y_pred the loss is max(0, 1 - m)**2. It has no kink, and its best score is
    2 p - 1 for probability p of the label 1, so between -1 and +1 a score can be read as a
    probability. A mislabelled point far on the wrong side costs the square of its distance.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("squared_hinge").value([1.0, 0.0], [0.5, 1.0], reduction="none")
    array([0.25, 4.  ])
    """

    name = "squared_hinge"
    title = "Squared hinge loss"
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"\max(0, 1 - m)^2,\quad m = (2y-1)f"
    reference = "chang2008"
    use_when = "A linear classifier should be fitted fast: the hinge without its kink."
    avoid_when = "Some labels are wrong: the cost grows with the square of the distance."
    peers = (
        Peer(
            "keras.losses.SquaredHinge",
            says="it takes labels 0 and 1 or -1 and +1",
            also=("keras.losses.squared_hinge",),
        ),
        Peer(
            "sklearn.linear_model.SGDClassifier(loss='squared_hinge')",
            call="import sklearn.linear_model._sgd_fast as descent\nloss = descent.SquaredHinge(1.0)\nnp.mean([loss.py_loss(*pair) for pair in zip(f, 2 * y - 1)])",
            also=("sklearn.svm.LinearSVC(loss='squared_hinge')",),
            says="inside, labels are -1 and +1",
        ),
    )
    style = style("green", "dotted")
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=2.0,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    def value_at(y, f):
        m = (y + y - 1.0) * f
        slack = 1.0 - m
        # What rounding lost counts twice in the square.
        square = slack * slack + finite_part(2.0 * (slack * ((1.0 - slack) - m)))
        return 0.0 if slack < 0.0 else square

    def gradient_at(y, f):
        s = y + y - 1.0
        slack = 1.0 - s * f
        return -2.0 * s * (0.0 if slack < 0.0 else slack)

    def curvature_at(y, f):
        slack = 1.0 - (y + y - 1.0) * f
        k = 2.0 if slack > 0.0 else 0.0
        return k if slack == slack else slack

    def exact(mp, y, f):
        return max(mp.mpf(0), 1 - (2 * y - 1) * f) ** 2


class Exponential(Pointwise):
    """Exponential loss: what AdaBoost minimises.

    With m = (2 y - 1) y_pred the loss is exp(-m). Its best score is half of the log-odds of the
    label 1. One confident mistake costs exponentially much, so a few wrong labels rule the fit; the
    loss and its gradient are infinite from m = -709.79 on.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("exponential").value([1.0, 0.0], [0.0, 2.0], reduction="none")
    array([1.       , 7.3890561])
    """

    name = "exponential"
    title = "Exponential loss"
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"e^{-m},\quad m = (2y-1)f"
    reference = "friedman2000"
    use_when = "Labels are clean and weak classifiers are boosted, as in AdaBoost."
    avoid_when = "Any label may be wrong, or scores may become large."
    peers = (
        Peer("sklearn._loss.loss.ExponentialLoss"),
        Peer(
            "sklearn.ensemble.GradientBoostingClassifier(loss='exponential')",
            says="its score is half a log-odds, as here",
        ),
    )
    style = style("purple", "dashdot")
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=None,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    def value_at(y, f):
        return exp_once(-(y + y - 1.0) * f)

    def gradient_at(y, f):
        s = y + y - 1.0
        return -s * exp_once(-s * f)

    def curvature_at(y, f):
        return exp_once(-(y + y - 1.0) * f)

    def exact(mp, y, f):
        return mp.exp(-(2 * y - 1) * f)


def class_weight(y, alpha):
    """alpha for the label 1, 1 - alpha for 0, as two parts."""
    rest = 1.0 - alpha
    return (alpha if y > 0.5 else rest), (0.0 if y > 0.5 else two_sum_error(1.0, -alpha, rest))


def focal_parts(y, f, gamma, alpha):
    """Value, and gradient by the margin but for the sign."""
    margin = (y + y - 1.0) * f
    m = held(margin)  # nothing changes beyond but the value on the wrong side
    a = abs(m)
    wrong = m < 0.0
    e, e_lo, d, d_lo = odds_of(a, 0.0)
    i, i_lo, q, q_lo = shares_of_odds(e, e_lo, d, d_lo)
    if gamma == 2.0:
        log = log_of_odds(e, e_lo, i)
        far = a + log
        loss = far if wrong else log
        loss_lo = log - (far - a) if wrong else 0.0
        h = i if wrong else q
        focus = h * h
        focus_lo = 2.0 * (h * (i_lo if wrong else q_lo)) + product_rest(h, h, focus)
    else:
        loss, loss_lo, easy, easy_lo = logs_of(m, e, e_lo)
        power, power_lo = product(-gamma, 0.0, easy, easy_lo)
        focus, focus_lo = exp_parts(power, power_lo)
    weight, weight_lo = class_weight(y, alpha)
    scale = weight * focus
    lost = product_rest(weight, focus, scale) if scale > 1e-280 else 0.0
    scale_lo = lost + (weight * focus_lo + weight_lo * focus)
    value = scale * loss + (scale * loss_lo + scale_lo * loss)
    # p (gamma -log p) + (1 - p), two non-negative terms, times 1 + e
    p, p_lo = (e if wrong else 1.0), (e_lo if wrong else 0.0)
    t = gamma * loss
    g = t * p
    g_lo = product_rest(t, p, g) + (t * p_lo + (gamma * loss_lo) * p)
    u = 1.0 if wrong else e
    top = g + u
    top_lo = two_sum_error(g, u, top) + (g_lo + (0.0 if wrong else e_lo))
    share = top * i
    share_lo = product_rest(top, i, share) + (top * i_lo + top_lo * i)
    slope = scale * share + (scale * share_lo + scale_lo * share)
    # Far on the wrong side only the margin is left; NaN goes this way as well.
    line = 0.0 if (weight == 0.0) & (margin == margin) else -margin * weight
    return (value if margin > -1e5 else line), slope


class Focal(Pointwise):
    """Focal loss: cross-entropy that turns its attention away from easy points.

    With p the probability that the logit gives to the point's own label, and alpha_t = alpha for
    the label 1 and 1 - alpha for 0, the loss is -alpha_t (1 - p)**gamma log(p), in nats. gamma = 0
    is weighted cross-entropy. It is not convex, and its best probability is not the true
    one: it is drawn towards 1/2 (for 0.7 and gamma = 2, alpha = 0.5, to 0.578), so do not read its
    outputs as probabilities. With alpha other than 1/2 even the decision moves.
    ``torchvision.ops.sigmoid_focal_loss`` is this function, and so is Optax' if it is given alpha;
    Keras' ``BinaryFocalCrossentropy`` is, with ``apply_class_balancing=True``, up to logits of 16,
    where its clipping of probabilities begins. Without weights they are twice this one at
    alpha = 0.5.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("focal").value([1.0, 1.0], [-3.0, 3.0], reduction="none").round(6)
    array([6.9157e-01, 2.7000e-05])
    """

    name = "focal"
    title = "Focal loss"
    family = "classification"
    target = "{0,1}"
    prediction = "logit"
    formula = (
        r"-\alpha_t (1 - p_t)^{\gamma} \log p_t,\quad"
        r" p_t = \begin{cases} \sigma(z) & y = 1 \\ 1 - \sigma(z) & y = 0 \end{cases}"
    )
    reference = "lin2017"
    use_when = "Easy negatives outnumber everything else, as in dense object detection."
    avoid_when = "Outputs will be read as probabilities, or many labels are wrong."
    peers = (
        Peer(
            "torchvision.ops.sigmoid_focal_loss",
            call='torchvision.ops.sigmoid_focal_loss(f, y, alpha=alpha, gamma=gamma, reduction="mean")',
            parameters={"alpha": "alpha", "gamma": "gamma"},
        ),
        Peer(
            "optax.losses.sigmoid_focal_loss",
            parameters={"alpha": "alpha", "gamma": "gamma"},
            says="without its alpha nothing is weighted, not even by 1/2: that is 2 times this loss at alpha = 1/2",
        ),
        Peer(
            "keras.losses.BinaryFocalCrossentropy",
            options="from_logits=True, apply_class_balancing=True",
            parameters={"alpha": "alpha", "gamma": "gamma"},
            says="without apply_class_balancing nothing is weighted: that is 2 times this loss at alpha = 1/2; it holds probabilities between 1e-7 and 1 - 1e-7",
            where="abs(f) < 8",
            also=("keras.losses.binary_focal_crossentropy",),
        ),
        Peer(
            "keras.losses.BinaryFocalCrossentropy",
            options="from_logits=True",
            owner=False,
            parameters={"gamma": "gamma"},
            factor=2.0,
            at={"alpha": 0.5},
            where="abs(f) < 8",
            says="as it is unless apply_class_balancing is set",
        ),
    )
    style = style("purple", "solid")
    gamma = Parameter(
        2.0,
        least=0.0,
        most=50.0,
        slider=(0.0, 5.0),
        doc="focus: how fast points fade as they get easy; 0 is cross-entropy",
    )
    alpha = Parameter(
        0.25,
        least=0.0,
        most=1.0,
        slider=(0.0, 1.0),
        doc="weight of the label 1; the label 0 weighs 1 - alpha",
    )
    claims = Claims(
        convex=lambda gamma, alpha: gamma == 0,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        proper=lambda gamma, alpha: gamma == 0 and alpha == 0.5,
        calibrated=lambda gamma, alpha: alpha == 0.5,
    )

    shortcuts = {"gamma": 2.0}

    def value_at(y, f, gamma, alpha):
        return focal_parts(y, f, gamma, alpha)[0]

    def gradient_at(y, f, gamma, alpha):
        _, g = focal_parts(y, f, gamma, alpha)
        return -(y + y - 1.0) * g

    def value_and_gradient_at(y, f, gamma, alpha):
        v, g = focal_parts(y, f, gamma, alpha)
        return v, -(y + y - 1.0) * g

    def curvature_at(y, f, gamma, alpha):
        m = held((y + y - 1.0) * f)
        wrong = m < 0.0
        e, e_lo, d, d_lo = odds_of(abs(m), 0.0)
        loss, loss_lo, easy, easy_lo = logs_of(m, e, e_lo)
        # (1 - p)**gamma p times q (1 + 2 gamma) + gamma (-log p) (gamma p - q), with q = 1 - p
        p = probability_of(wrong, e, e_lo, d, d_lo)
        q = probability_of(not wrong, e, e_lo, d, d_lo)
        loss = (loss, loss_lo)
        power = plus(times_number((easy, easy_lo), -gamma), negated(loss))
        first = plus(q, times_number(scaled(q, 2.0), gamma))
        second = times(times_number(loss, gamma), plus(times_number(p, gamma), negated(q)))
        top = times(class_weight(y, alpha), plus(first, second))
        return times_exp_pair(top, power, 0.0)

    def exact(mp, y, f, gamma, alpha):
        m = (2 * y - 1) * f
        weight = alpha if y == 1 else 1 - alpha
        easy = mp.log1p(mp.exp(m))  # -log(1 - p); and -log(p) = easy - m
        return weight * mp.exp(-gamma * easy) * (easy - m)
