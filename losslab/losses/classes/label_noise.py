"""Losses of logits for labels of which some are wrong: bounded, symmetric or corrected ones."""

import numpy as np

from losslab.arithmetic.softmax import softmax_parts
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import exp, expm1, log, log1p, power
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.classes.softmax import odds_against
from losslab.losses.kinds.rowwise import Rowwise
from losslab.losses.kinds.surprise import OfSurprise

SIGNS = "it changes sign, and there its parts cancel"
# Below this a probability has lost its digits; its power comes from the surprise then.
SMALLEST = 1e-285


def power_of_probability(u, own, q):
    """own**q, also where own = e**-u has left the range of doubles."""
    lost = own < SMALLEST
    return exp(-q * u) if lost else power(own, q)


def steepest_generalised(q):
    """Largest p**q (1 - p), times the square root of 2."""
    return 2.0**0.5 * (q / (1.0 + q)) ** q / (1.0 + q)


def steepest_symmetric(alpha, beta, log_zero):
    """Largest (alpha + b p)(1 - p) with b = -beta log_zero, times the square root of 2."""
    b = -beta * log_zero
    return 2.0**0.5 * ((alpha + b) ** 2 / (4.0 * b) if b > alpha else alpha)


class GeneralisedCrossEntropy(OfSurprise):
    """Generalised cross-entropy: (1 - p**q) / q of the true class's probability p.

    It lies between cross-entropy (q towards 0) and half the absolute error of probabilities
    (q = 1). It never exceeds 1 / q, so a wrong label costs little. Its best probabilities
    are in the ratio of the true ones to the power 1 / (1 - q): with q = 0.7 a class of
    probability 0.7 against 0.3 gets 0.944. Keras has the same formula, with q = 0.5 unless told
    otherwise, of probabilities instead of logits.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("generalised_cross_entropy", q=0.5).value([0], [[0.0, 0.0, 0.0, 0.0]])
    1.0
    """

    name = "generalised_cross_entropy"
    title = "Generalised cross-entropy"
    aliases = ("gce", "generalized_cross_entropy")
    formula = r"\frac{1 - p_y^q}{q}"
    reference = "zhang2018"
    use_when = "Some labels are wrong at random, and absolute error would learn too slowly."
    avoid_when = "The labels are clean, or the probabilities will be used as they are."
    peers = (
        Peer(
            "keras.losses.CategoricalGeneralizedCrossEntropy",
            f="keras.ops.softmax(f)",
            parameters={"q": "q"},
            defaults={"q": 0.5},
            says="it takes probabilities",
            also=("keras.losses.categorical_generalized_cross_entropy",),
        ),
    )
    q = Parameter(
        0.7,
        above=0.0,
        most=1.0,
        doc="from cross-entropy (near 0) to absolute error (1), a pure number",
        slider=(0.05, 1.0),
    )
    accuracy = {
        "value": Bound(3.0, "a logarithm, two products and a quotient are each rounded"),
        "gradient": Bound(4.0, "a power, a probability and two products are each rounded"),
        "curvature": Bound(6.0, SIGNS, of="row"),
    }
    claims = Claims(
        convex=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=lambda q: 1.0 / q if q >= 0.05 else None,
        lipschitz=steepest_generalised,
        symmetric_over_classes=lambda q: q == 1.0,
        proper=False,
        calibrated=True,
    )

    def of_surprise(u, own, rest, q):
        return -expm1(-q * u) / q, power_of_probability(u, own, q)

    def bend_of_surprise(u, own, rest, q):
        return -q * (power_of_probability(u, own, q) * rest)

    def exact(mp, y, f, q):
        return -mp.expm1(-q * mp.log1p(odds_against(mp, y, f))) / q


class TruncatedGeneralisedCrossEntropy(OfSurprise):
    """Generalised cross-entropy that stops falling below a probability: no pull on hopeless rows.

    Where the true class has probability above `threshold` it is (1 - p**q) / q; below, it is that
    of the threshold, so such rows have no gradient at all: they are pruned as probably mislabelled.
    Started from a poor model that prunes the good rows as well; the paper alternates it with
    weights of the samples.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("truncated_generalised_cross_entropy", q=0.5, threshold=0.25)
    >>> loss.gradient([0, 0], [[0.0, 0.0], [-5.0, 5.0]], reduction="none").round(3)
    array([[-0.354,  0.354],
           [-0.   ,  0.   ]])
    """

    name = "truncated_generalised_cross_entropy"
    title = "Truncated generalised cross-entropy"
    aliases = ("truncated_gce", "TruncatedLoss")
    formula = r"\frac{1 - \max(p_y, \kappa)^q}{q}"
    reference = "zhang2018"
    use_when = "A model that is already good is trained on, with many wrong labels."
    avoid_when = "Training starts from nothing."
    q = Parameter(
        0.7,
        above=0.0,
        most=1.0,
        doc="from cross-entropy (near 0) to absolute error (1), a pure number",
        slider=(0.05, 1.0),
    )
    threshold = Parameter(
        0.5,
        above=0.0,
        below=1.0,
        doc="probability of the true class below which a row is given up",
        slider=(0.05, 0.9),
    )
    accuracy = {
        "value": Bound(3.0, "a logarithm, two products and a quotient are each rounded"),
        "gradient": Bound(4.0, "a power, a probability and two products are each rounded"),
        "curvature": Bound(6.0, SIGNS, of="row"),
    }
    claims = Claims(
        convex=False,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=lambda q, threshold: (1.0 - threshold**q) / q,
        proper=False,
    )

    def of_surprise(u, own, rest, q, threshold):
        cut = own <= threshold
        level = -expm1(-q * u) / q
        flat = -expm1(q * log(threshold)) / q
        return flat if cut else level, 0.0 if cut else power_of_probability(u, own, q)

    def bend_of_surprise(u, own, rest, q, threshold):
        return 0.0 if own <= threshold else -q * (power_of_probability(u, own, q) * rest)

    def exact(mp, y, f, q, threshold):
        own = 1 / (1 + odds_against(mp, y, f))
        if own <= threshold:
            return -mp.expm1(q * mp.log(threshold)) / q
        return -mp.expm1(-q * mp.log1p(odds_against(mp, y, f))) / q


class SymmetricCrossEntropy(OfSurprise):
    """Symmetric cross-entropy: cross-entropy plus the same with label and prediction swapped.

    The swapped part would need the logarithm of the label's zeros; `log_zero` stands for it, and
    with it the part is -log_zero (1 - p), a multiple of the absolute error. So this is
    alpha times cross-entropy, which learns fast, plus a part that wrong labels do not move.
    It is unbounded as soon as alpha > 0.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("symmetric_cross_entropy", alpha=1.0, beta=1.0, log_zero=-4.0)
    >>> loss.value([0], [[0.0, 0.0]])  # log(2) + 4 / 2
    2.6931471805599454
    """

    name = "symmetric_cross_entropy"
    title = "Symmetric cross-entropy"
    aliases = ("sce", "SCELoss")
    formula = r"-\alpha \log p_y - \beta A (1 - p_y)"
    reference = "wang2019"
    use_when = "Some labels are wrong and bounded losses learn too slowly."
    avoid_when = "The labels are clean, or the probabilities will be used as they are."
    alpha = Parameter(
        0.1,
        least=0.0,
        most=1e6,
        doc="weight of cross-entropy, a pure number",
        slider=(0.1, 6.0, "log"),
    )
    beta = Parameter(
        1.0,
        above=0.0,
        most=1e6,
        doc="weight of the swapped part, a pure number",
        slider=(0.1, 5.0, "log"),
    )
    log_zero = Parameter(
        -4.0,
        below=0.0,
        least=-1e3,
        doc="A, what stands for log(0), in nats",
        slider=(-8.0, -1.0),
    )
    accuracy = {
        "value": Bound(3.0, "two products of rounded terms are added"),
        "gradient": Bound(4.0, "a slope of three rounded terms times a probability"),
        "curvature": Bound(6.0, SIGNS, of="row"),
    }
    claims = Claims(
        nonnegative=True,
        zero_if_perfect=True,
        bounded=lambda alpha, beta, log_zero: -beta * log_zero if alpha == 0.0 else None,
        lipschitz=steepest_symmetric,
        symmetric_over_classes=lambda alpha, beta, log_zero: alpha == 0.0,
        proper=False,
        calibrated=True,
    )

    def of_surprise(u, own, rest, alpha, beta, log_zero):
        b = -beta * log_zero
        return (0.0 if alpha == 0.0 else alpha * u) + b * rest, alpha + b * own

    def bend_of_surprise(u, own, rest, alpha, beta, log_zero):
        return beta * log_zero * (own * rest)

    def exact(mp, y, f, alpha, beta, log_zero):
        odds = odds_against(mp, y, f)
        return alpha * mp.log1p(odds) - beta * log_zero * odds / (1 + odds)


def normalised_surprise(f, g, s, k, label):
    """u_label / sum of all u; g becomes its gradient, s[j] the probabilities.

    With S = sum of u: d u_i / d f_j = p_j - [i = j], so the gradient is
    ((p_j - [j = label]) S - u_label (k p_j - 1)) / S**2.
    """
    at, rest = softmax_parts(f, g, k)
    log_whole = log1p(rest)
    inverse = 1.0 / (1.0 + rest)
    for j in range(k):
        s[j] = g[j] * inverse
        s[k + j] = (f[at] - f[j]) + log_whole
    total = row_sum(s, k, k)
    own = (f[at] - f[label]) + log_whole
    if total == np.inf:  # in a smaller unit, in which the gradient is 0
        for j in range(k):
            s[k + j] = f[at] / (k + k) - f[j] / (k + k)
            g[j] = 0.0
        return (f[at] / (k + k) - f[label] / (k + k)) / row_sum(s, k, k)
    ratio = own / total
    one_over = 1.0 / total
    for j in range(k):
        g[j] = (s[j] + ratio * (1.0 - k * s[j])) * one_over
    # -(1 - p) + ratio (1 - k p): the second part keeps 1 - p whole.
    others = rest * inverse if label == at else 1.0 - s[label]
    g[label] = (ratio * (1.0 - k * s[label]) - others) * one_over
    return ratio


def exact_normalised(mp, y, f):
    u = [mp.log1p(odds_against(mp, j, f)) for j in range(len(f))]
    return u[y] / sum(u)


class NormalisedCrossEntropy(Rowwise):
    """Normalised cross-entropy: that of the label over the sum of those of all classes.

    Over all classes it sums to 1 whatever the logits, so labels that are wrong at random (each
    other class alike) do not move its best row. It lies between 0 and 1. The denominator grows
    with the logits, so it also rewards making other classes very improbable, and alone it fits
    too little: combine it with a passive part, as `active_passive` does. An impossible class would
    make the denominator infinite, so none can be left out by a logit of -infinity.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("normalised_cross_entropy").value([0], [[0.0, 0.0, 0.0, 0.0]])
    0.25
    """

    name = "normalised_cross_entropy"
    title = "Normalised cross-entropy"
    aliases = ("nce_normalised", "NormalizedCrossEntropy")
    family = "classification"
    target = "class"
    prediction = "finite"
    no_masked_class = (
        "it divides by the surprises of all classes, and that of an impossible one is infinite"
    )
    outputs = "classes"
    formula = r"\frac{\log p_y}{\sum_k \log p_k}"
    reference = "ma2020"
    use_when = "Many labels are wrong at random; as one part of a sum of losses."
    avoid_when = "Alone: it fits too little."
    accuracy = {
        "value": Bound(4.0, "a sum of logarithms and a quotient are each rounded"),
        "gradient": Bound(8.0, "its two terms cancel", of="row"),
    }
    claims = Claims(
        convex=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=1.0,
        symmetric_over_classes=True,
        proper=False,
    )

    def row_at(y, f, g, s, k):
        return normalised_surprise(f, g, s, k, int(y[0]))

    def exact(mp, y, f):
        return exact_normalised(mp, y, f)


class ActivePassive(Rowwise):
    """Active-passive loss: normalised cross-entropy plus the absolute error of probabilities.

    The first part pulls the label's probability up, the second also pushes the others down, and
    neither is moved by labels that are wrong at random. As in its first part, no class can be
    left out by a logit of -infinity. It is alpha times
    `normalised_cross_entropy` plus beta times `mean_absolute_error_softmax`. The best
    probabilities go to the most likely class, so they say nothing of the chances.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("active_passive", alpha=1.0, beta=1.0).value([0], [[0.0, 0.0, 0.0, 0.0]])
    1.75
    """

    name = "active_passive"
    title = "Active-passive loss"
    aliases = ("NCEandMAE", "apl")
    family = "classification"
    target = "class"
    prediction = "finite"
    no_masked_class = (
        "it divides by the surprises of all classes, and that of an impossible one is infinite"
    )
    outputs = "classes"
    formula = r"\alpha \frac{\log p_y}{\sum_k \log p_k} + 2 \beta (1 - p_y)"
    reference = "ma2020"
    use_when = "Many labels are wrong at random and only the decision is used."
    avoid_when = "The labels are clean, or the probabilities will be used."
    alpha = Parameter(
        1.0,
        least=0.0,
        most=1e6,
        doc="weight of normalised cross-entropy, a pure number",
        slider=(0.1, 10.0, "log"),
    )
    beta = Parameter(
        1.0,
        least=0.0,
        most=1e6,
        doc="weight of the absolute error, a pure number",
        slider=(0.1, 10.0, "log"),
    )
    accuracy = {
        "value": Bound(5.0, "a sum of logarithms, a quotient and a probability are each rounded"),
        "gradient": Bound(8.0, "its terms cancel", of="row"),
    }
    claims = Claims(
        nonnegative=True,
        zero_if_perfect=True,
        bounded=lambda alpha, beta: alpha + 2.0 * beta,
        symmetric_over_classes=True,
        proper=False,
        calibrated=True,
    )

    def row_at(y, f, g, s, k, alpha, beta):
        label = int(y[0])
        ratio = normalised_surprise(f, g, s, k, label)
        own = s[label]
        s[label] = 0.0
        others = row_sum(s, 0, k)
        s[label] = own
        slope = 2.0 * beta * own
        for j in range(k):
            step = -others if j == label else s[j]
            g[j] = alpha * g[j] + slope * step
        return alpha * ratio + 2.0 * beta * others

    def exact(mp, y, f, alpha, beta):
        odds = odds_against(mp, y, f)
        return alpha * exact_normalised(mp, y, f) + 2 * beta * odds / (1 + odds)
