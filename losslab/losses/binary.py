"""Binary classification: losses of a label 0 or 1 and a logit or score."""

from losslab.engine.vmath import exp, log1p_unit, sigmoid
from losslab.losses.claims import Claims
from losslab.losses.contract import Pointwise
from losslab.losses.style import style


class BinaryCrossEntropy(Pointwise):
    """Binary cross-entropy of a logit: the negative log-likelihood of a Bernoulli label.

    With z = y_pred the loss is log(1 + e**z) - y z, in nats. The label may be soft, any number
    between 0 and 1. It is computed from two non-negative terms, so no digits are lost in either
    tail; a probability must not be passed in place of the logit. PyTorch's ``SoftMarginLoss`` is
    the same loss for labels -1 and +1.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("binary_cross_entropy").value([1.0], [-1000.0])
    1000.0
    """

    name = "binary_cross_entropy"
    title = "Binary cross-entropy"
    aliases = (
        "bce",
        "BCEWithLogitsLoss",
        "SoftMarginLoss",
        "sigmoid_binary_cross_entropy",
        "HalfBinomialLoss",
        "logistic",
    )
    family = "classification"
    target = "[0,1]"
    prediction = "logit"
    formula = r"\log(1 + e^{z}) - y z"
    reference = "good1952"
    use_when = "One of two classes is right, and its probability will be used."
    avoid_when = "Many labels are wrong, or what you have is a probability and no logit."
    peers = {
        "torch": "BCEWithLogitsLoss",
        "optax": "sigmoid_binary_cross_entropy",
        "keras": "BinaryCrossentropy(from_logits=True)",
        "sklearn": "HalfBinomialLoss",
        "xgboost": "binary:logistic",
        "lightgbm": "binary",
    }
    style = style("blue", "solid")
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=False,
        lipschitz=1.0,
        smooth=0.25,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    def value_at(y, f):
        # log(1 + e**z) - y z = log(1 + e**-|z|) + |z| (1 - y) or + |z| y: nothing cancels.
        share = 1.0 - y if f > 0.0 else y
        linear = 0.0 if share == 0.0 else share * abs(f)
        return linear + log1p_unit(exp(-abs(f)))

    def gradient_at(y, f):
        return (1.0 - y) * sigmoid(f) - y * sigmoid(-f)

    def curvature_at(y, f):
        # e / (1 + e)**2, with what rounding 1 + e lost put back.
        e = exp(-abs(f))
        d = 1.0 + e
        lost = e - (d - 1.0)
        q = (e / d) / d
        return (q - q * (lost + lost) / d) + 0.0 * y

    def exact(mp, y, f):
        return mp.log1p(mp.exp(f)) - y * f


class Hinge(Pointwise):
    """Hinge loss: zero once the margin is 1, linear below.

    With m = (2 y - 1) y_pred the loss is max(0, 1 - m). Its best score is -1 or +1, whichever
    class is more likely: it decides well and says nothing about probabilities.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("hinge").value([1.0, 0.0], [0.25, -3.0], reduction="none")
    array([0.75, 0.  ])
    """

    name = "hinge"
    title = "Hinge loss"
    aliases = ("Hinge", "hinge_loss")
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"\max(0, 1 - m),\quad m = (2y-1)f"
    reference = "cortes1995"
    use_when = "Only the decision counts, and few points near the border should carry it."
    avoid_when = "Probabilities are needed, or labels far on the wrong side are mistakes."
    peers = {
        "torch": "MarginRankingLoss(margin=1) against a score of 0",
        "optax": "hinge_loss",
        "keras": "Hinge",
        "sklearn": "hinge_loss",
    }
    style = style("vermilion", "dashed")
    claims = Claims(
        convex=True,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=1.0,
        smooth=None,
        bounded=None,
        proper=False,
        calibrated=True,
    )

    def value_at(y, f):
        slack = 1.0 - (y + y - 1.0) * f
        return 0.0 if slack < 0.0 else slack

    def gradient_at(y, f):
        s = y + y - 1.0
        slack = 1.0 - s * f
        g = -s if slack > 0.0 else 0.0
        return g if slack == slack else slack

    def curvature_at(y, f):
        slack = 1.0 - (y + y - 1.0) * f
        return 0.0 if slack == slack else slack

    def exact(mp, y, f):
        return max(mp.mpf(0), 1 - (2 * y - 1) * f)
