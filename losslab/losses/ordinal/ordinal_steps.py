"""Ordered levels as a row of yes-or-no steps: is the level above 0, above 1, and so on?"""

import numpy as np

from losslab.arithmetic.decisions import hinge_decision, logistic_decision
from losslab.arithmetic.sums import row_sum
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.losses.kinds.rowwise import Rowwise


def sigmoid_of(z):
    """1 / (1 + e**-z) of an array."""
    return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(z, dtype=float))


def from_exceedance(above):
    """Probabilities of the levels from P(Y > j), j = 0 .. K - 2, along the last axis."""
    ends = np.ones_like(above[..., :1])
    return -np.diff(np.concatenate([ends, above, 0.0 * ends], axis=-1), axis=-1)


def all_steps(level, f, g, s, k, decision):
    """The sum of a loss of one decision over all steps."""
    for j in range(k):
        s[j], g[j] = decision(f[j], j < level)
    return row_sum(s, 0, k)


def beside_level(level, f, g, k, decision):
    """As `all_steps`, but of the step to the level and of the one beyond it only."""
    for j in range(k):
        g[j] = 0.0
    value = 0.0
    if level > 0:
        term, g[level - 1] = decision(f[level - 1], True)
        value += term
    if level < k:
        term, g[level] = decision(f[level], False)
        value += term
    return value


class Steps(Rowwise):
    """A loss of a level from 0 to k and k scores, one for each step from a level to the next."""

    family = "ordinal"
    target = "level"
    prediction = "row"
    outputs = "values"
    output_word = "step"


class AllThreshold(Steps):
    """All-threshold logistic loss: one binary cross-entropy for each step between levels.

    Score z[j] says whether the level is above j, so K ordered levels take K - 1 columns, and the
    loss is the sum of their cross-entropies, in nats; a prediction that misses by several levels
    pays for every step between. Its best scores are the log-odds of P(Y > j), and the
    number of positive scores is then the median level. Nothing keeps free scores in order;
    CORAL does it by z[j] = f + b[j] with one f for all steps, and its loss is this one.
    coral_pytorch can weight the steps; built from a library's binary cross-entropy, whose mean goes
    over columns too, it is K - 1 times smaller.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("all_threshold")
    >>> loss.value([0, 3], [[2.0, 0.0, -2.0], [2.0, 0.0, -2.0]], reduction="none").round(3)
    array([2.947, 2.947])
    """

    name = "all_threshold"
    title = "All-threshold logistic loss"
    aliases = ("coral", "ordinal_encoding")
    formula = (
        r"\sum_{j=0}^{K-2} \log\bigl(1 + e^{-s_j z_j}\bigr),\quad s_j = \pm 1 \text{ as } y > j"
    )
    reference = "rennie2005"
    use_when = "Levels are ordered and a miss by two levels is worse than a miss by one."
    avoid_when = "Probabilities of single levels are needed and the scores are free to cross."
    peers = (
        Peer(
            "coral_pytorch.losses.coral_loss",
            says="it takes rows of labels 0 and 1, made by levels_from_labelbatch, and logits of exceeding a level",
        ),
        Peer("mord.LogisticAT", says="an estimator that minimises this and a penalty"),
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        proper=True,
        elicits="median",
    )

    def row_at(y, f, g, s, k):
        return all_steps(int(y[0]), f, g, s, k, logistic_decision)

    def exact(mp, y, f):
        return sum(mp.log1p(mp.exp(-z if j < y else z)) for j, z in enumerate(f))

    @staticmethod
    def link(rows):
        """Probabilities of the levels; some are negative where the scores are out of order.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("all_threshold").link([0.0, -2.0]).round(3)
        array([0.5  , 0.381, 0.119])
        """
        return from_exceedance(sigmoid_of(rows))


class AllThresholdHinge(Steps):
    """All-threshold hinge loss: one hinge for each step between levels.

    Score z[j] should be at least 1 if the level is above j, and at most -1 if not. It is the loss
    of support vector ordinal regression with implicit constraints. Its best scores are -1 or +1,
    and the number of positive ones is the median level; there are no probabilities in them.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("all_threshold_hinge").value([0, 2], [[1.0, -1.0], [1.0, -1.0]], reduction="none")
    array([2., 2.])
    """

    name = "all_threshold_hinge"
    title = "All-threshold hinge loss"
    aliases = ("svorim",)
    formula = r"\sum_{j=0}^{K-2} \max(0, 1 - s_j z_j),\quad s_j = \pm 1 \text{ as } y > j"
    reference = "chu2007"
    use_when = "Only the predicted level counts, measured by the levels it misses."
    avoid_when = "Probabilities are needed."
    claims = Claims(
        convex=True,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        proper=False,
        elicits="median",
    )

    def row_at(y, f, g, s, k):
        return all_steps(int(y[0]), f, g, s, k, hinge_decision)

    def exact(mp, y, f):
        return sum(max(mp.mpf(0), 1 - z if j < y else 1 + z) for j, z in enumerate(f))


class ImmediateThreshold(Steps):
    """Immediate-threshold logistic loss: only the two steps next to the true level count.

    Of the K - 1 scores, the one of the step below the true level should be positive and that of
    the step above it negative; the others have no gradient. The best free scores are the log-odds
    of neighbouring levels, log(p[j + 1] / p[j]), so they give all probabilities back. A miss by
    five levels costs no more than its own two steps say, unless the scores are kept in order.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("immediate_threshold").gradient([0], [[0.0, 5.0]], reduction="sum")
    array([[0.5, 0. ]])
    """

    name = "immediate_threshold"
    title = "Immediate-threshold logistic loss"
    formula = r"\log(1 + e^{-z_{y-1}}) + \log(1 + e^{z_y})"
    reference = "rennie2005"
    use_when = "The exact level counts and near misses earn nothing."
    avoid_when = "A miss by many levels should cost more than a miss by one."
    peers = (Peer("mord.LogisticIT", says="an estimator that minimises this and a penalty"),)
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=2.0**0.5,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        return beside_level(int(y[0]), f, g, k, logistic_decision)

    def exact(mp, y, f):
        below = mp.log1p(mp.exp(-f[y - 1])) if y > 0 else 0
        return below + (mp.log1p(mp.exp(f[y])) if y < len(f) else 0)

    @staticmethod
    def link(rows):
        """Probabilities of the levels.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("immediate_threshold").link([0.0, 0.0]).round(3)
        array([0.333, 0.333, 0.333])
        """
        rows = np.asarray(rows, dtype=float)
        logits = np.cumsum(np.concatenate([0.0 * rows[..., :1], rows], axis=-1), axis=-1)
        e = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return e / e.sum(axis=-1, keepdims=True)


class ImmediateThresholdHinge(Steps):
    """Immediate-threshold hinge loss: a hinge for each of the two steps next to the true level.

    Score z[y - 1] should be at least 1 and z[y] at most -1; no other score counts. It is the loss
    of support vector ordinal regression with explicit constraints, where one score and
    thresholds in order make all z; free scores say only which of two neighbouring levels is
    likelier.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("immediate_threshold_hinge").value([1], [[0.5, 0.0, 9.0]])
    1.5
    """

    name = "immediate_threshold_hinge"
    title = "Immediate-threshold hinge loss"
    aliases = ("svorex",)
    formula = r"\max(0, 1 - z_{y-1}) + \max(0, 1 + z_y)"
    reference = "chu2007"
    use_when = (
        "Only the exact level counts, and scores come from one number and ordered thresholds."
    )
    avoid_when = "Probabilities are needed, or far misses should cost more."
    claims = Claims(
        convex=True,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=2.0**0.5,
        bounded=None,
        proper=False,
    )

    def row_at(y, f, g, s, k):
        return beside_level(int(y[0]), f, g, k, hinge_decision)

    def exact(mp, y, f):
        below = max(mp.mpf(0), 1 - f[y - 1]) if y > 0 else mp.mpf(0)
        return below + (max(mp.mpf(0), 1 + f[y]) if y < len(f) else 0)


class Corn(Steps):
    """CORN: the steps between levels, each judged only by the rows that come to it.

    Score z[j] is the logit of P(Y > j | Y >= j), so the loss of level y is the cross-entropy of
    the y steps taken and of the one not taken, in nats: the likelihood of a continuation-ratio
    model. Free scores always give ordered P(Y > j), as products. It reads the levels from below;
    turned round it is another model. coral_pytorch divides the sum by the number of steps
    judged instead of the number of rows.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("corn").link([0.0, 0.0])
    array([0.5 , 0.25, 0.25])
    """

    name = "corn"
    title = "CORN (conditional steps)"
    aliases = ("continuation_ratio",)
    formula = r"\sum_{j<y} \log(1 + e^{-z_j}) + \log(1 + e^{z_y})"
    reference = "shi2023"
    use_when = "Levels are reached one after the other, and each step may have its own reasons."
    avoid_when = "Rows are few: each step has a score of its own."
    peers = (
        Peer(
            "coral_pytorch.losses.corn_loss",
            says="its mean is over the conditional tasks, not over the samples",
        ),
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        level = int(y[0])
        for j in range(k):
            s[j] = g[j] = 0.0
        for j in range(min(level + 1, k)):
            s[j], g[j] = logistic_decision(f[j], j < level)
        return row_sum(s, 0, k)

    def exact(mp, y, f):
        return sum(mp.log1p(mp.exp(-z if j < y else z)) for j, z in enumerate(f[: y + 1]))

    @staticmethod
    def link(rows):
        """Probabilities of the levels.

        Examples
        --------
        >>> import losslab as ll
        >>> ll.get("corn").link([0.0, 0.0])
        array([0.5 , 0.25, 0.25])
        """
        return from_exceedance(np.cumprod(sigmoid_of(rows), axis=-1))
