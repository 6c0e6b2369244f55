"""Scores of a row of probabilities: of a class that came true, and of ordered classes."""

from itertools import accumulate

from losslab.arithmetic.sums import added, row_sum
from losslab.arithmetic.vmath import log, sqrt
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise


class OfProbabilities(Rowwise):
    """A loss of a row of probabilities; gradients treat its entries as free numbers."""

    family = "probabilistic"
    target = "class"
    prediction = "probabilities"
    outputs = "classes"


class LogScore(OfProbabilities):
    """Log score: minus the logarithm of the probability that was given to what came true, in nats.

    It looks at one probability only, and is the only proper score of three or more classes that
    does. A probability of 0 for what comes true costs infinity. PyTorch's NLLLoss takes
    log-probabilities; scikit-learn and Keras clip probabilities first, so their loss stays finite.
    From logits, `softmax_cross_entropy` keeps digits that probabilities have lost.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("log_score").value_and_gradient([0], [[0.5, 0.5]])
    (0.6931471805599453, array([[-2.,  0.]]))
    """

    name = "log_score"
    title = "Log score"
    aliases = ("cross_entropy_probability", "ignorance_score")
    formula = r"-\log p_y"
    reference = "good1952"
    use_when = "Forecasts come as probabilities and small ones must be right too."
    avoid_when = "Forecasts hold zeros for what may happen, or logits are at hand."
    peers = (
        Peer(
            "torch.nn.NLLLoss",
            y="y.long()",
            f="f.log()",
            says="it takes log-probabilities",
            parameters={"weight": "weighted_cross_entropy(class_weights=…), of logits"},
            also=("torch.nn.functional.nll_loss",),
        ),
        Peer(
            "keras.losses.SparseCategoricalCrossentropy",
            y="y",
            owner=False,
            says="it holds probabilities between 1e-7 and 1 - 1e-7 and divides rows by their sum",
            where="(f > 0.001).all(axis=1)",
        ),
        Peer(
            "sklearn.metrics.log_loss",
            owner=False,
            options="labels=np.arange(f.shape[1])",
            says="of a table of probabilities, held a little away from 0",
            where="(f > 0.001).all(axis=1)",
        ),
    )
    style = style("blue", "solid")
    claims = Claims(
        convex=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        label = int(y[0])
        for j in range(k):
            g[j] = 0.0
        g[label] = -1.0 / f[label]
        # A sum that is above 1 by rounding can leave a probability above 1.
        return -log(f[label] if f[label] < 1.0 else 1.0)

    def exact(mp, y, f):
        return -mp.log(f[y])


class BrierProbability(OfProbabilities):
    """Brier score of many classes: the squared distance from probabilities to the class.

    It is the sum of (p[k] - 1[k = y])**2 over all classes, between 0 and 2, as Brier wrote it; with
    two classes it is twice `brier`. It is bounded, so one confident mistake cannot rule the mean,
    and a probability of 0.001 is nearly as good as 0.01. Mean squared error on one-hot targets
    divides it by the number of classes.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("brier_probability").value([0, 1], [[0.5, 0.5], [1.0, 0.0]], reduction="none")
    array([0.5, 2. ])
    """

    name = "brier_probability"
    title = "Brier score of many classes"
    aliases = ("quadratic_score",)
    formula = r"\sum_k (p_k - \mathbf 1[k = y])^2"
    reference = "brier1950"
    use_when = "Forecasts of several classes are compared and zeros must not cost infinity."
    avoid_when = "Small probabilities matter."
    peers = (
        Peer(
            "sklearn.metrics.brier_score_loss",
            parameters={"scale_by_half": "always False here; brier has it True"},
            owner=False,
            options="labels=np.arange(f.shape[1])",
            says="of a table of probabilities",
        ),
    )
    style = style("green", "solid")
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=2.0 * 2.0**0.5,
        bounded=2.0,
        proper=True,
    )
    accuracy = {"value": Bound(3.0, "squares of rounded differences are added")}

    def row_at(y, f, g, s, k):
        label = int(y[0])
        for j in range(k):
            d = f[j] - (1.0 if j == label else 0.0)
            s[j] = d * d
            g[j] = d + d
        return row_sum(s, 0, k)

    def exact(mp, y, f):
        return sum((p - (1 if k == y else 0)) ** 2 for k, p in enumerate(f))


class SphericalProbability(OfProbabilities):
    """Spherical score: 1 minus the cosine between the probabilities and the class that came true.

    It is 1 - p[y] / norm(p), between 0 and 1; the textbooks' score is p[y] / norm(p), to be made
    large. It does not change if all probabilities are multiplied by one number, so they
    need not be normalised. Like the Brier score it is bounded and hardly minds small probabilities.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("spherical_probability").value([0, 1], [[1.0, 0.0], [1.0, 0.0]], reduction="none")
    array([0., 1.])
    """

    name = "spherical_probability"
    title = "Spherical score"
    formula = r"1 - \frac{p_y}{\lVert p \rVert_2}"
    reference = "gneiting2007"
    use_when = "A bounded proper score is wanted that does not depend on normalisation."
    avoid_when = "Small probabilities matter."
    style = style("purple", "solid")
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=1.0,
        proper=True,
    )
    accuracy = {
        "value": Bound(4.0, "squares are added and divided by a rounded norm"),
        "gradient": Bound(4.0, "squares are added and divided by a rounded norm"),
    }

    def row_at(y, f, g, s, k):
        label = int(y[0])
        own = f[label]
        for j in range(k):
            s[j] = f[j] * f[j] if j != label else 0.0
        others = row_sum(s, 0, k)
        square = others + own * own
        norm = sqrt(square)
        for j in range(k):
            g[j] = f[j] * own / (square * norm)
        g[label] = -others / (square * norm)
        # (norm - own) / norm without the subtraction
        return others / (norm * (norm + own))

    def exact(mp, y, f):
        return 1 - f[y] / mp.sqrt(sum(p * p for p in f))


class RankedProbability(OfProbabilities):
    """Ranked probability score: squared distance of cumulative probabilities to the class.

    For K ordered classes it is the sum, over all but the last, of (p[0] + ... + p[k] - 1[y <= k])**2,
    between 0 and K - 1: the Brier score of each question "at most k?". Probability far from what
    came true costs more than probability nearby. Some authors divide it by K - 1. It is the
    discrete CRPS.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("ranked_probability_score").value([0, 0], [[0, 1, 0], [0, 0, 1]], reduction="none")
    array([1., 2.])
    """

    name = "ranked_probability_score"
    title = "Ranked probability score"
    aliases = ("rps",)
    formula = (
        r"\sum_{k < K} \bigl(P_k - \mathbf 1[y \leq k]\bigr)^2,\quad P_k = \sum_{i \leq k} p_i"
    )
    reference = "epstein1969"
    use_when = "Classes are ordered and near misses should cost less."
    avoid_when = "Classes have no order."
    style = style("green", "dashed")
    claims = Claims(
        convex=True, differentiable=True, nonnegative=True, zero_if_perfect=True, proper=True
    )
    accuracy = {
        "value": Bound(8.0, "cumulative sums cancel with 1", of="row"),
        "gradient": Bound(8.0, "cumulative sums cancel with 1", of="row"),
    }

    def row_at(y, f, g, s, k):
        label = int(y[0])
        for j in range(k):
            s[j] = f[j] - (1.0 if j == label else 0.0)
        return squared_steps(s, g, k)

    def exact(mp, y, f):
        steps = enumerate(accumulate(f[:-1]))
        return sum((total - (1 if y <= k else 0)) ** 2 for k, total in steps)


def squared_steps(s, g, k):
    """Sum of squares of the cumulative sums of s, the last left out, and its gradient in g."""
    total = total_lo = value = value_lo = after = after_lo = 0.0
    for j in range(k - 1):
        total, total_lo = added(total, total_lo, s[j])
        s[j] = total + total_lo
        value, value_lo = added(value, value_lo, s[j] * s[j])
    g[k - 1] = 0.0
    for i in range(k - 1):
        j = k - 2 - i
        after, after_lo = added(after, after_lo, s[j])
        g[j] = 2.0 * (after + after_lo)
    return value + value_lo


class SquaredEMD(OfProbabilities):
    """Squared earth mover's distance between two distributions over ordered classes.

    It is the sum, over all classes but the last, of the squared difference of the cumulative
    probabilities of prediction and target. Mass in the wrong class costs more the
    farther it lies. For one-hot targets it is `ranked_probability_score`. In expectation over
    targets drawn from a law it is smallest at the mean of the targets, unlike `wasserstein_1`.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("squared_emd").value([[1.0, 0.0, 0.0]], [[0.0, 0.5, 0.5]])
    1.25
    """

    name = "squared_emd"
    title = "Squared earth mover's distance"
    aliases = ("cramer_distance",)
    target = "distribution"
    formula = (
        r"\sum_{k < K} (P_k - Q_k)^2,\quad P_k = \sum_{i \leq k} p_i,\ Q_k = \sum_{i \leq k} q_i"
    )
    reference = "hou2016"
    use_when = "Targets are distributions over ordered classes, such as votes for a rating."
    avoid_when = "Classes have no order."
    style = style("green", "dotted")
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        proper=True,
        zero_only_at_truth=True,
    )
    accuracy = {
        "value": Bound(8.0, "cumulative sums of differences cancel", of="row"),
        "gradient": Bound(8.0, "cumulative sums of differences cancel", of="row"),
    }

    def row_at(y, f, g, s, k):
        for j in range(k):
            s[j] = f[j] - y[j]
        return squared_steps(s, g, k)

    def exact(mp, y, f):
        steps = zip(accumulate(f[:-1]), accumulate(y[:-1]), strict=True)
        return sum((a - b) ** 2 for a, b in steps)


class Wasserstein1(OfProbabilities):
    """Wasserstein-1 (earth mover's) distance between two distributions over ordered classes.

    It is the sum, over all classes but the last, of abs(P - Q), the difference of the cumulative
    probabilities: how much mass must be moved, times how many classes far. It is a metric.
    Targets that are drawn classes pull the prediction to their median, not to their law, so for
    those `ranked_probability_score` is the honest choice.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("wasserstein_1").value([[1.0, 0.0, 0.0]], [[0.0, 0.5, 0.5]])
    1.5
    """

    name = "wasserstein_1"
    title = "Wasserstein-1 distance"
    aliases = ("earth_mover_distance",)
    target = "distribution"
    formula = (
        r"\sum_{k < K} |P_k - Q_k|,\quad P_k = \sum_{i \leq k} p_i,\ Q_k = \sum_{i \leq k} q_i"
    )
    reference = "rubner2000"
    use_when = "Targets are full distributions over ordered classes and distance has a meaning."
    avoid_when = "Targets are drawn classes, or classes have no order."
    peers = (
        Peer(
            "scipy.stats.wasserstein_distance",
            says="of two samples; with the levels as values and the probabilities as weights it is the same",
            call="levels = np.arange(y.shape[1])\nnp.mean([scipy.stats.wasserstein_distance(levels, levels, *pair) for pair in zip(y, f)])",
        ),
    )
    style = style("green", "dashdot")
    claims = Claims(
        convex=True,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        proper=False,
        zero_only_at_truth=True,
    )
    accuracy = {
        "value": Bound(8.0, "cumulative sums of differences cancel", of="row"),
    }

    def row_at(y, f, g, s, k):
        total = total_lo = value = value_lo = 0.0
        for j in range(k - 1):
            total, total_lo = added(total, total_lo, f[j] - y[j])
            s[j] = total + total_lo
            value, value_lo = added(value, value_lo, abs(s[j]))
        after = 0.0
        g[k - 1] = 0.0
        for i in range(k - 1):
            j = k - 2 - i
            after += 1.0 if s[j] > 0.0 else (-1.0 if s[j] < 0.0 else 0.0)
            g[j] = after
        return value + value_lo

    def exact(mp, y, f):
        steps = zip(accumulate(f[:-1]), accumulate(y[:-1]), strict=True)
        return sum(abs(a - b) for a, b in steps)
