"""Binary classification: losses of a label 0 or 1 and a logit or score."""

from losslab.arithmetic.vmath import exp, exp_below, log1p_unit
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise


def cross_entropy_parts(y, f):
    """Cross-entropy of a label or a share y and a logit f, and its slope."""
    # log(1 + e**z) - y z = log(1 + e**-|z|) + |z| (1 - y) or + |z| y: nothing cancels.
    above = f > 0.0
    rest = 1.0 - y
    share = rest if above else y
    linear = 0.0 if share == 0.0 else share * abs(f)
    e = exp_below(-abs(f))
    i = 1.0 / (1.0 + e)
    s = e * i
    slope = rest * (i if above else s) - y * (s if above else i)
    return linear + log1p_unit(e), slope


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
    aliases = ("bce", "logistic")
    family = "classification"
    target = "[0,1]"
    prediction = "logit"
    formula = r"\log(1 + e^{z}) - y z"
    reference = "good1952"
    use_when = "One of two classes is right, and its probability will be used."
    avoid_when = "Many labels are wrong, or what you have is a probability and no logit."
    peers = (
        Peer(
            "torch.nn.BCEWithLogitsLoss",
            parameters={
                "pos_weight": "weighted_binary_cross_entropy(pos_weight=…)",
                "weight": "sample_weight= of value(), which divides by its sum",
            },
            also=("torch.nn.functional.binary_cross_entropy_with_logits",),
        ),
        Peer(
            "torch.nn.SoftMarginLoss",
            y="2 * y - 1",
            says="it takes labels -1 and +1",
            where="(y == 0) | (y == 1)",
            also=("torch.nn.functional.soft_margin_loss",),
        ),
        Peer("optax.losses.sigmoid_binary_cross_entropy"),
        Peer(
            "keras.losses.BinaryCrossentropy",
            options="from_logits=True",
            owner=False,
            parameters={
                "label_smoothing": "a soft target: y * (1 - s) + s / 2, which y_true may be"
            },
        ),
        Peer("sklearn._loss.loss.HalfBinomialLoss"),
        Peer(
            "sklearn.linear_model.SGDClassifier(loss='log_loss')",
            bare=False,
            also=("sklearn.ensemble.HistGradientBoostingClassifier(loss='log_loss')",),
            says="with labels of two classes",
        ),
        Peer(
            "xgboost:binary:logistic",
            also=("xgboost:reg:logistic", "xgboost:binary:logitraw"),
            parameters={"scale_pos_weight": "weighted_binary_cross_entropy(pos_weight=…)"},
            where="abs(f) < 10",
            metric="logloss",
            digits=4,
        ),
        Peer(
            "lightgbm:binary",
            bare=False,
            says="labels 0 and 1 only",
            where="((y == 0) | (y == 1)) & (abs(f) < 10)",
            parameters={"scale_pos_weight": "weighted_binary_cross_entropy(pos_weight=…)"},
            metric="binary_logloss",
            digits=5,
        ),
        Peer(
            "lightgbm:cross_entropy",
            also=("lightgbm:xentropy",),
            bare=False,
            where="abs(f) < 10",
            metric="cross_entropy",
            digits=5,
        ),
        Peer("catboost:Logloss", says="labels 0 and 1 only"),
        Peer("catboost:CrossEntropy", bare=False),
    )
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
        return cross_entropy_parts(y, f)[0]

    def gradient_at(y, f):
        return cross_entropy_parts(y, f)[1]

    def value_and_gradient_at(y, f):
        return cross_entropy_parts(y, f)

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
    family = "classification"
    target = "{0,1}"
    prediction = "score"
    formula = r"\max(0, 1 - m),\quad m = (2y-1)f"
    reference = "cortes1995"
    use_when = "Only the decision counts, and few points near the border should carry it."
    avoid_when = "Probabilities are needed, or labels far on the wrong side are mistakes."
    peers = (
        Peer("optax.losses.hinge_loss", y="2 * y - 1", says="it takes labels -1 and +1"),
        Peer(
            "keras.losses.Hinge",
            says="it takes labels 0 and 1 or -1 and +1",
            also=("keras.losses.hinge",),
        ),
        Peer("sklearn.metrics.hinge_loss", says="a table of scores is crammer_singer"),
        Peer(
            "sklearn.linear_model.SGDClassifier(loss='hinge')",
            call="import sklearn.linear_model._sgd_fast as descent\nloss = descent.Hinge(1.0)\nnp.mean([loss.py_loss(*pair) for pair in zip(f, 2 * y - 1)])",
            says="labels are of any two classes; inside they are -1 and +1",
            also=("sklearn.svm.LinearSVC(loss='hinge')",),
        ),
        Peer(
            "torch.nn.MarginRankingLoss",
            call="torch.nn.MarginRankingLoss(margin=1.0)(f, torch.zeros_like(f), 2 * y - 1)",
            owner=False,
            says="of a score against 0, with labels -1 and +1",
        ),
        Peer("xgboost:binary:hinge", says="its predictions are decisions"),
    )
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
