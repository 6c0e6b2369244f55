"""More losses of a label and a logit: weighted cross-entropy, Brier score, exposure."""

from losslab.arithmetic.logits import product, shares_of
from losslab.arithmetic.vmath import (
    exp,
    log1p_unit,
    product_rest,
    times_exp,
    two_product_error,
    two_sum_error,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.kinds.pointwise import Pointwise


class WeightedBinaryCrossEntropy(Pointwise):
    """Weighted binary cross-entropy of a logit: errors on the two labels cost differently.

    With z = y_pred the loss is pos_weight y log(1 + e**-z) + neg_weight (1 - y) log(1 + e**z), in
    weighted nats; the label may be soft. For probability p of the label 1 its best logit is
    log(p / (1 - p)) + log(pos_weight / neg_weight): the outputs are no probabilities of the data
    until that last term is taken off, and those of a fitted model only nearly then.
    ``torch.nn.BCEWithLogitsLoss(pos_weight=...)`` is this with neg_weight = 1;
    ``scale_pos_weight`` of XGBoost and LightGBM weighs the points of label 1.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("weighted_binary_cross_entropy", pos_weight=3.0)
    >>> loss.gradient([1.0, 0.0], [0.0, 0.0], reduction="none")
    array([-1.5,  0.5])
    """

    name = "weighted_binary_cross_entropy"
    title = "Weighted binary cross-entropy"
    aliases = ("weighted_bce",)
    family = "classification"
    target = "[0,1]"
    prediction = "logit"
    formula = r"w_+\, y \log(1 + e^{-z}) + w_-\,(1 - y)\log(1 + e^{z})"
    reference = "elkan2001"
    pos_weight = Parameter(
        1.0,
        above=0.0,
        most=1e6,
        slider=(0.1, 10.0, "log"),
        doc="cost of errors on label 1, a factor",
    )
    neg_weight = Parameter(
        1.0,
        above=0.0,
        most=1e6,
        slider=(0.1, 10.0, "log"),
        doc="cost of errors on label 0, a factor",
    )
    use_when = "Missing a case costs more than a false alarm, or the other way round."
    avoid_when = "Probabilities are wanted: move the threshold of an unweighted fit instead."
    peers = (
        Peer(
            "torch.nn.BCEWithLogitsLoss",
            options="pos_weight=torch.tensor(pos_weight)",
            at={"neg_weight": 1.0},
            owner=False,
        ),
        Peer("xgboost:binary:logistic", owner=False, parameters={"scale_pos_weight": "pos_weight"}),
        Peer("lightgbm:binary", owner=False, parameters={"scale_pos_weight": "pos_weight"}),
        Peer(
            "sklearn.linear_model.SGDClassifier(loss='log_loss')",
            owner=False,
            parameters={"class_weight": "neg_weight and pos_weight"},
        ),
        Peer(
            "keras.Model.fit",
            owner=False,
            parameters={"class_weight": "neg_weight and pos_weight"},
            says="an argument of the fit",
        ),
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=False,
        lipschitz=lambda pos_weight, neg_weight: max(pos_weight, neg_weight),
        smooth=lambda pos_weight, neg_weight: max(pos_weight, neg_weight) / 4,
        bounded=None,
        proper=lambda pos_weight, neg_weight: pos_weight == neg_weight,
        calibrated=lambda pos_weight, neg_weight: pos_weight == neg_weight,
    )

    # A weight is multiplied into e**-abs(z) before that can fall below the normal numbers.

    def value_at(y, f, pos_weight, neg_weight):
        one = pos_weight * y
        zero = neg_weight * (1.0 - y)
        share = zero if f > 0.0 else one
        linear = 0.0 if share == 0.0 else share * abs(f)
        tail = times_exp(one + zero, -abs(f), 0.0)
        return linear + (tail if f * f > 1600.0 else (one + zero) * log1p_unit(exp(-abs(f))))

    def gradient_at(y, f, pos_weight, neg_weight):
        one = pos_weight * y
        zero = neg_weight * (1.0 - y)
        below = f < 0.0
        e = exp(-abs(f))
        d = 1.0 + e
        faint = times_exp(zero if below else one, -abs(f), 0.0)
        full = one if below else zero
        g = (faint - full if below else full - faint) / d
        return g - g * ((e - (d - 1.0)) / d)

    def curvature_at(y, f, pos_weight, neg_weight):
        e = exp(-abs(f))
        d = 1.0 + e
        square = d * d
        lost = two_product_error(d, d, square) + 2.0 * (d * (e - (d - 1.0)))
        k = times_exp(pos_weight * y + neg_weight * (1.0 - y), -abs(f), 0.0) / square
        return k - k * (lost / square)

    def exact(mp, y, f, pos_weight, neg_weight):
        log = mp.log1p(mp.exp(f))
        return pos_weight * y * (log - f) + neg_weight * (1 - y) * log


class BrierLogit(Pointwise):
    """Brier score of a logit: the squared error of the probability that the logit means.

    With p = 1 / (1 + e**-y_pred) the loss is (p - y)**2, between 0 and 1; the label may be soft.
    Its best logit is that of the true probability. It is not convex: a logit that is far on the
    wrong side has next to no gradient, so training can get stuck there.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("brier_logit").value([1.0, 0.5], [0.0, 0.0], reduction="none")
    array([0.25, 0.  ])
    """

    name = "brier_logit"
    title = "Brier score of a logit"
    family = "classification"
    target = "[0,1]"
    prediction = "logit"
    formula = r"(\sigma(z) - y)^2"
    reference = "brier1950"
    use_when = "Probabilities are wanted and one badly wrong point must not decide alone."
    avoid_when = "Training starts far from a solution."
    peers = (
        Peer("torch.nn.MSELoss", f="f.sigmoid()", owner=False, says="it takes probabilities"),
        Peer(
            "keras.losses.MeanSquaredError",
            f="keras.ops.sigmoid(f)",
            owner=False,
            says="it takes probabilities",
        ),
    )
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
        r, r_lo, _, _, _, _ = probability_error(y, f)
        return r * (r + (r_lo + r_lo))

    def gradient_at(y, f):
        r, r_lo, _, _, v, v_lo = probability_error(y, f)
        return 2.0 * ((r + r_lo) * (v + v_lo))

    def value_and_gradient_at(y, f):
        r, r_lo, _, _, v, v_lo = probability_error(y, f)
        return r * (r + (r_lo + r_lo)), 2.0 * ((r + r_lo) * (v + v_lo))

    def curvature_at(y, f):
        # 2 v (v + r (1 - 2 p)) with v = p (1 - p)
        r, r_lo, d, d_lo, v, v_lo = probability_error(y, f)
        t, t_lo = product(r, r_lo, d, d_lo)
        s = v + t
        s_lo = two_sum_error(v, t, s) + (v_lo + t_lo)
        return 2.0 * (v * s + (v * s_lo + v_lo * s))

    def exact(mp, y, f):
        return (1 / (1 + mp.exp(-f)) - y) ** 2


def probability_error(y, f):
    """p - y, 1 - 2 p and p (1 - p) for the p of a logit: a hard label keeps all digits of p - y."""
    i, i_lo, s, s_lo = shares_of(abs(f), 0.0)
    below = f < 0.0
    p = s if below else i
    p_lo = s_lo if below else i_lo
    r = p - y
    r_lo = two_sum_error(p, -y, r) + p_lo
    hard = y == 1.0
    q = i if below else s
    q_lo = i_lo if below else s_lo
    d = q - p
    d_lo = two_sum_error(q, -p, d) + (q_lo - p_lo)
    v = s * i
    v_lo = product_rest(s, i, v) + (s * i_lo + s_lo * i)
    return (-q if hard else r), (-q_lo if hard else r_lo), d, d_lo, v, v_lo
