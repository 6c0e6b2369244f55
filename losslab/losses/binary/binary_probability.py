"""Losses of a label and a probability: for models that put out the probability itself."""

from losslab.arithmetic.vmath import log, log1p
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.losses.kinds.pointwise import Pointwise


class BinaryCrossEntropyProbability(Pointwise):
    """Binary cross-entropy of a probability: the negative log-likelihood of a Bernoulli label.

    With p = y_pred the loss is -y log(p) - (1 - y) log(1 - p), in nats. The label may be soft, any
    number between 0 and 1. Its best prediction is the probability of the label 1. A wrong
    certainty, p = 0 or 1, costs infinity; take `binary_cross_entropy` of the logit where there is
    one, because from a logit of 37 on p is rounded to 1. ``torch.nn.BCELoss`` keeps each logarithm
    above -100; Keras and scikit-learn keep p a little away from 0 and 1 instead.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("binary_cross_entropy_probability").value([1.0, 0.0], [0.5, 0.0], reduction="none")
    array([0.69314718, 0.        ])
    """

    name = "binary_cross_entropy_probability"
    title = "Binary cross-entropy of a probability"
    family = "classification"
    target = "[0,1]"
    prediction = "probability"
    formula = r"-y \log p - (1 - y)\log(1 - p)"
    reference = "good1952"
    use_when = "The model gives a probability and no logit."
    avoid_when = "There is a logit: its own cross-entropy loses no digits."
    peers = (
        Peer(
            "torch.nn.BCELoss",
            says="logarithms are held above -100",
            parameters={"weight": "sample_weight= of value(), which divides by its sum"},
            also=("torch.nn.functional.binary_cross_entropy",),
        ),
        Peer(
            "keras.losses.BinaryCrossentropy",
            says="probabilities are held between 1e-7 and 1 - 1e-7",
            where="(f > 0.001) & (f < 0.999)",
            parameters={
                "from_logits": "binary_cross_entropy, if True",
                "label_smoothing": "a soft target: y * (1 - s) + s / 2, which y_true may be",
            },
            also=("keras.losses.binary_crossentropy",),
        ),
        Peer(
            "sklearn.metrics.log_loss",
            f="np.column_stack([1 - f, f])",
            says="it holds probabilities a little away from 0 and 1, and takes labels 0 and 1 only; a table of classes is log_score, and loss='log_loss' of an estimator is binary_cross_entropy",
            where="((y == 0) | (y == 1)) & (f > 0.001) & (f < 0.999)",
        ),
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=False,
        lipschitz=None,
        smooth=None,
        bounded=None,
        proper=True,
        calibrated=True,
    )

    def value_at(y, f):
        one = 0.0 if y == 0.0 else -y * log(f)
        zero = 0.0 if y == 1.0 else -(1.0 - y) * log1p(-f)
        v = one + zero
        return v if f == f else f

    def gradient_at(y, f):
        # (p - y) / (p (1 - p)), of which a hard label leaves one factor
        rest = 1.0 - f
        top = 1.0 if y == 0.0 else (-1.0 if y == 1.0 else f - y)
        return top / (rest if y == 0.0 else (f if y == 1.0 else f * rest))

    def curvature_at(y, f):
        rest = 1.0 - f
        lost = (1.0 - rest) - f
        one = (y / f) / f
        zero = ((1.0 - y) / rest) / rest
        zero = zero - 2.0 * (zero * (lost / rest)) if rest > 0.0 else zero
        k = (0.0 if y == 0.0 else one) + (0.0 if y == 1.0 else zero)
        return k if f == f else f

    def exact(mp, y, f):
        one = -y * mp.log(f) if y > 0 else mp.mpf(0)
        return one - (1 - y) * mp.log(1 - f) if y < 1 else one


class Brier(Pointwise):
    """Brier score of a probability: the squared error of the probability of the label 1.

    The loss is (y_pred - y)**2, between 0 and 1. The label may be soft. Its best prediction is the
    probability of the label 1, and unlike cross-entropy it stays finite for a wrong certainty:
    rare events that a model rules out cost little. Brier's own definition adds the same for the
    label 0, which doubles it.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("brier").value([1.0, 0.0], [0.75, 0.5], reduction="none")
    array([0.0625, 0.25  ])
    """

    name = "brier"
    title = "Brier score"
    family = "classification"
    target = "[0,1]"
    prediction = "probability"
    formula = r"(p - y)^2"
    reference = "brier1950"
    use_when = "Probabilities are judged, and one wrong certainty must not decide alone."
    avoid_when = "Rare events matter: it hardly sees small probabilities."
    peers = (
        Peer(
            "sklearn.metrics.brier_score_loss",
            parameters={"scale_by_half": "always True here; brier_probability has it False"},
            says="labels 0 and 1 only; a table of classes is brier_probability",
            where="(y == 0) | (y == 1)",
        ),
        Peer("torch.nn.MSELoss", owner=False, says="of a probability"),
        Peer("keras.losses.MeanSquaredError", owner=False, says="of a probability"),
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=2.0,
        smooth=2.0,
        bounded=1.0,
        proper=True,
        calibrated=True,
    )

    def value_at(y, f):
        r = f - y
        return r * r

    def gradient_at(y, f):
        return 2.0 * (f - y)

    def curvature_at(y, f):
        r = f - y
        return 2.0 if r == r else r

    def exact(mp, y, f):
        return (f - y) ** 2


class AbsoluteErrorProbability(Pointwise):
    """Absolute error of a probability: how far it lies from the label.

    The loss is abs(y_pred - y), between 0 and 1: for a hard label, the probability given to the
    wrong one. The costs of both labels add up to 1, so labels flipped at random do not change
    the best classifier. In return its best prediction is 0 or 1, never the probability itself,
    and every point pulls alike.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("mean_absolute_error_probability").value([1.0, 0.0], [0.75, 0.5], reduction="none")
    array([0.25, 0.5 ])
    """

    name = "mean_absolute_error_probability"
    title = "Absolute error of a probability"
    family = "classification"
    target = "{0,1}"
    prediction = "probability"
    formula = r"\lvert p - y\rvert"
    reference = "ghosh2017"
    use_when = "Many labels are flipped at random and only decisions count."
    avoid_when = "Probabilities are wanted, or training must be fast."
    peers = (
        Peer("torch.nn.L1Loss", owner=False, says="of a probability"),
        Peer("keras.losses.MeanAbsoluteError", owner=False, says="of a probability"),
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=1.0,
        bounded=1.0,
        proper=False,
        calibrated=True,
    )

    def value_at(y, f):
        return abs(f - y)

    def gradient_at(y, f):
        return (1.0 - (y + y)) + 0.0 * f

    def curvature_at(y, f):
        r = f - y
        return 0.0 if r == r else r

    def exact(mp, y, f):
        return f - y if y == 0 else y - f
