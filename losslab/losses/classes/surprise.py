"""Losses of the true class's softmax probability: focal and other bends of cross-entropy."""

from losslab.arithmetic.vmath import expm1_minus, power
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.classes.softmax import odds_against
from losslab.losses.kinds.surprise import OfSurprise

SIGNS = "it changes sign, and there its parts cancel"


def steepest_poly1(epsilon):
    """Largest (1 + epsilon p)(1 - p), times the square root of 2."""
    top = (1.0 + epsilon) ** 2 / (4.0 * epsilon) if epsilon > 1.0 else 1.0
    return 2.0**0.5 * top


def steepest_taylor(t):
    """Largest (1 - m**t) m, times the square root of 2."""
    return 2.0**0.5 * (1.0 / (t + 1.0)) ** (1.0 / t) * t / (t + 1.0)


class FocalMulticlass(OfSurprise):
    """Focal loss of a row of logits: cross-entropy, turned down where the class is already likely.

    With p the softmax probability of the true class it is -(1 - p)**gamma log(p), in nats. With
    gamma = 0 it is cross-entropy. Its best row names the most likely class, but its softmax
    is flatter than the truth: a class of probability 0.7 against 0.3 gets 0.578 with gamma = 2.
    In the logits it is not convex unless gamma = 0.
    Keras and MONAI multiply it by alpha besides (0.25 in Keras unless told otherwise); weights
    of classes are `sample_weight` here.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("focal_multiclass", gamma=2.0)
    >>> loss.value([0, 1], [[0.0, 0.0], [8.0, 0.0]], reduction="none").round(4)
    array([0.1733, 7.995 ])
    """

    name = "focal_multiclass"
    title = "Focal loss, multiclass"
    formula = r"-(1 - p_y)^\gamma \log p_y,\quad p = \operatorname{softmax}(z)"
    reference = "lin2017"
    use_when = "Easy rows outnumber the hard ones by far, and only the decision is used."
    avoid_when = "The probabilities will be used as they are: at the optimum they are too flat."
    peers = (
        Peer(
            "keras.losses.CategoricalFocalCrossentropy",
            y='keras.ops.one_hot(keras.ops.cast(y, "int32"), f.shape[1])',
            options="from_logits=True",
            factor=0.25,
            parameters={
                "gamma": "gamma",
                "alpha": "not shipped here: 0.25 unless told otherwise, it multiplies every class",
            },
            says="it takes one-hot rows",
            where="abs(f).max(axis=1) < 8",
            also=("keras.losses.categorical_focal_crossentropy",),
        ),
    )
    gamma = Parameter(
        2.0,
        least=0.0,
        most=16.0,
        doc="how strongly likely classes are turned down, a pure number",
        slider=(0.25, 5.0),
    )
    accuracy = {
        "value": Bound(24.0, "what rounding 1 - p loses counts gamma times, up to 16"),
        "gradient": Bound(24.0, "what rounding 1 - p loses counts gamma times, up to 16"),
        "curvature": Bound(
            24.0, "what rounding 1 - p loses counts gamma times, up to 16", of="row"
        ),
    }
    style = style("purple", "solid")
    claims = Claims(
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        proper=lambda gamma: gamma == 0.0,
        calibrated=True,
    )

    def of_surprise(u, own, rest, gamma):
        certain = rest < 1e-290
        share = 1.0 if certain else u / rest
        weight = power(rest, gamma)
        return weight * u, weight * (1.0 + gamma * (own * share if own > 0.0 else 0.0))

    def bend_of_surprise(u, own, rest, gamma):
        share = 1.0 if rest < 1e-290 else u / rest
        turn = (2.0 + (gamma - 1.0) * (own * share)) - u
        return gamma * power(rest, gamma) * (own * turn) if own > 0.0 else 0.0

    def exact(mp, y, f, gamma):
        odds = odds_against(mp, y, f)
        return (odds / (1 + odds)) ** gamma * mp.log1p(odds)


class Poly1CrossEntropy(OfSurprise):
    """Poly-1 loss: cross-entropy plus epsilon times the probability of the wrong classes.

    Cross-entropy is the series of (1 - p)**j / j in the probability p of the true class;
    this loss adds epsilon to the first coefficient. Positive epsilon makes the best probabilities
    sharper than the truth, negative epsilon flatter (0.7 against 0.3 becomes 0.819 with 2 and
    0.604 with -1). Unlike focal loss it keeps an unbounded pull on confident wrong rows.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("poly1_cross_entropy", epsilon=2.0).value([0], [[0.0, 0.0]])  # log(2) + 2 / 2
    1.6931471805599454
    """

    name = "poly1_cross_entropy"
    title = "Poly-1 cross-entropy"
    aliases = ("PolyLoss",)
    formula = r"-\log p_y + \varepsilon (1 - p_y)"
    reference = "leng2022"
    use_when = "One extra number may be tuned for accuracy."
    avoid_when = "The probabilities will be used as they are."
    peers = (
        Peer(
            "optax.losses.poly_loss_cross_entropy",
            y="jax.nn.one_hot(y.astype(int), f.shape[1])",
            parameters={"epsilon": "epsilon"},
            says="it takes one-hot rows",
        ),
    )
    epsilon = Parameter(
        2.0,
        least=-1.0,
        most=1e6,
        doc="what is added to the first coefficient of the series, a pure number",
        slider=(-1.0, 5.0),
    )
    accuracy = {
        "value": Bound(3.0, "a probability, a logarithm, a product and a sum are each rounded"),
        "gradient": Bound(
            6.0, "with epsilon below 0 the slope 1 + epsilon p loses digits near p = 1"
        ),
        "curvature": Bound(6.0, SIGNS, of="row"),
    }
    claims = Claims(
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        lipschitz=steepest_poly1,
        proper=lambda epsilon: epsilon == 0.0,
        calibrated=True,
    )

    def of_surprise(u, own, rest, epsilon):
        # 1 + epsilon p in two ways: the second keeps its digits where p is nearly 1.
        slope = 1.0 + epsilon * own if own < 0.5 else (1.0 + epsilon) - epsilon * rest
        # With epsilon below 0 the sum would cancel there: u - (1 - p) = e**-u - 1 + u is of order u**2.
        near = expm1_minus(-u if u < 1.0 else -1.0, 0.0)
        excess = near if u < 1.0 else u - rest
        part = (1.0 + epsilon) * u if epsilon > -1.0 else 0.0
        bend = epsilon * excess if epsilon < 0.0 else 0.0
        value = u + epsilon * rest if epsilon > 0.0 else part - bend
        return value, slope

    def bend_of_surprise(u, own, rest, epsilon):
        return -epsilon * (own * rest)

    def exact(mp, y, f, epsilon):
        odds = odds_against(mp, y, f)
        return mp.log1p(odds) + epsilon * odds / (1 + odds)


class MeanAbsoluteErrorSoftmax(OfSurprise):
    """Absolute error between the softmax probabilities and the one-hot row: 2 (1 - p).

    p is the probability of the true class. Summed over all classes it is the same for every row
    of logits, so labels that are wrong at random (each other class alike) do not move its best
    row. That row puts all probability on the most likely class, and it trains slowly: the gradient
    is near 0 where a wrong class is nearly certain. It sums over the classes; half of it is the
    chance of a wrong answer drawn from the probabilities.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("mean_absolute_error_softmax").value([0], [[0.0, 0.0, 0.0, 0.0]])
    1.5
    """

    name = "mean_absolute_error_softmax"
    title = "Absolute error of probabilities"
    aliases = ("mae_softmax", "unhinged_softmax")
    formula = r"\lVert p - e_y \rVert_1 = 2 (1 - p_y)"
    reference = "ghosh2017"
    use_when = "Many labels are wrong at random and only the decision is used."
    avoid_when = (
        "There are many classes or little time: it learns slowly and gives no probabilities."
    )
    accuracy = {
        "gradient": Bound(4.0, "two probabilities and a product are each rounded"),
        "curvature": Bound(6.0, SIGNS, of="row"),
    }
    claims = Claims(
        convex=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=2.0,
        lipschitz=0.5**0.5,
        symmetric_over_classes=True,
        proper=False,
        calibrated=True,
    )

    def of_surprise(u, own, rest):
        return 2.0 * rest, 2.0 * own

    def bend_of_surprise(u, own, rest):
        return -2.0 * (own * rest)

    def exact(mp, y, f):
        odds = odds_against(mp, y, f)
        return 2 * odds / (1 + odds)


class TaylorCrossEntropy(OfSurprise):
    """Taylor cross-entropy: the first t terms of the series of -log(p) in 1 - p.

    It is the sum of (1 - p)**i / i for i from 1 to t, with p the softmax probability of the true
    class. t = 1 is half of the absolute error of probabilities, many terms come near
    cross-entropy. It is bounded, so a wrong label costs little. Its best probabilities
    are sharper than the truth: for two classes and t = 2 all goes to the likelier one.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("taylor_cross_entropy", t=2).value([0], [[0.0, 0.0]])  # 1/2 + 1/8
    0.625
    """

    name = "taylor_cross_entropy"
    title = "Taylor cross-entropy"
    aliases = ("TaylorCrossEntropyLoss",)
    formula = r"\sum_{i=1}^{t} \frac{(1 - p_y)^i}{i}"
    reference = "feng2020"
    use_when = (
        "Some labels are wrong, and cross-entropy fits them while absolute error learns nothing."
    )
    avoid_when = "The probabilities will be used."
    t = Parameter(
        2.0, least=1.0, most=50.0, doc="number of terms, a whole number", slider=(1.0, 6.0)
    )
    accuracy = {
        "value": Bound(4.0, "a sum of t rounded powers"),
        "gradient": Bound(12.0, "a sum of t rounded powers, times two probabilities"),
        "curvature": Bound(
            48.0,
            "what rounding 1 - p loses counts t times; its parts have both signs",
            of="row",
        ),
    }
    claims = Claims(
        convex=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=lambda t: sum(1.0 / i for i in range(1, int(t) + 1)),
        lipschitz=steepest_taylor,
        symmetric_over_classes=lambda t: t == 1.0,
        proper=False,
        calibrated=True,
    )

    @staticmethod
    def check_parameters(t):
        if t != int(t):
            raise ValueError(f"t must be a whole number, got {t!r}")

    def of_surprise(u, own, rest, t):
        value = 0.0
        powers = 0.0
        for i in range(int(t), 0, -1):
            value = rest * (1.0 / i + value)
            powers = 1.0 + rest * powers
        return value, own * powers

    def bend_of_surprise(u, own, rest, t):
        return -t * (power(rest, t) * own)

    def exact(mp, y, f, t):
        odds = odds_against(mp, y, f)
        return sum((odds / (1 + odds)) ** i / i for i in range(1, int(t) + 1))
