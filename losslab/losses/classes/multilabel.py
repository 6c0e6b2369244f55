"""Many labels at once: several can be right, one score a label."""

import numpy as np

from losslab.arithmetic.sorting import sort_down
from losslab.arithmetic.sums import added, row_sum
from losslab.arithmetic.vmath import (
    finite_part,
    sigmoid,
    softplus,
    two_product_error,
    two_sum_error,
)
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Vector
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.classes.multiclass_margin import slack
from losslab.losses.kinds.rowwise import Rowwise

UNIT = 2.0**-200  # in which sums of huge logits are finite


class OfLabels(Rowwise):
    """A loss of a row of labels 0 or 1 and a row of finite scores."""

    family = "classification"
    target = "labels"
    prediction = "finite"
    outputs = "values"
    output_word = "label"


class MultilabelCrossEntropy(OfLabels):
    """Cross-entropy of each label by itself, summed over the labels of a row, in nats.

    With a logit z a label it is the sum of log(1 + exp(z)) - y z. The best logits are those of each
    label's own probability, so sigmoid gives the probabilities back; how labels go together is not
    looked at. PyTorch's MultiLabelSoftMarginLoss divides it by the number of labels.

    Scores must be finite. -infinity takes a class out of a row of `softmax_cross_entropy`; labels
    are not taken out that way, so it is refused here rather than read as certainty.
    `binary_cross_entropy`, of one label at a time, takes it as a limit.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("multilabel_cross_entropy").value_and_gradient([[1, 0]], [[0.0, 0.0]])
    (1.3862943611198906, array([[-0.5,  0.5]]))
    """

    name = "multilabel_cross_entropy"
    title = "Multilabel cross-entropy"
    aliases = ("one_vs_all_logistic",)
    formula = r"\sum_k \bigl( \log(1 + e^{z_k}) - y_k z_k \bigr)"
    reference = "nam2014"
    use_when = "Several labels can be right at once and their probabilities will be used."
    avoid_when = "Exactly one class is right."
    peers = (
        Peer(
            "torch.nn.MultiLabelSoftMarginLoss",
            factor="1 / K",
            also=("torch.nn.functional.multilabel_soft_margin_loss",),
        ),
        Peer(
            "keras.losses.BinaryCrossentropy",
            options="from_logits=True",
            factor="1 / K",
            owner=False,
            says="the mean goes over the labels too",
        ),
        Peer(
            "optax.losses.sigmoid_binary_cross_entropy",
            factor="1 / K",
            owner=False,
            says="its terms are labels, not rows, so their mean goes over both",
        ),
        Peer(
            "lightgbm:multiclassova",
            also=("lightgbm:multiclass_ova", "lightgbm:ova", "lightgbm:ovr"),
            says="it takes one label a sample",
        ),
        Peer("catboost:MultiLogloss", factor="1 / K", says="the mean goes over the labels too"),
    )
    style = style("blue", "dotted")
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        for j in range(k):
            s[j] = -f[j] if y[j] == 1.0 else f[j]
        for j in range(k):
            g[j] = sigmoid(s[j])
            s[j] = softplus(s[j])
        for j in range(k):
            g[j] = -g[j] if y[j] == 1.0 else g[j]
        return row_sum(s, 0, k)

    def exact(mp, y, f):
        signed = (-z if t == 1 else z for t, z in zip(y, f, strict=True))
        return sum(mp.log1p(mp.exp(z)) for z in signed)


FEW = 16  # labels, up to which comparing all pairs is faster than sorting


def compare_pairs(y, f, g, k):
    """Value and gradient of the margins of all pairs over k."""
    share = 1.0 / k
    for j in range(k):
        g[j] = 0.0
    value = 0.0
    for j in range(k):
        if y[j] == 1.0:
            pairs = 0.0
            for i in range(k):
                x = slack(f[i], f[j])
                active = (x > 0.0) & (y[i] == 0.0)
                value += x * share if active else 0.0
                g[i] += 1.0 if active else 0.0
                pairs += 1.0 if active else 0.0
            g[j] -= pairs
    for j in range(k):
        g[j] = g[j] / k
    return value


def compare_sorted(y, f, g, s, k):
    """As `compare_pairs`, in the time that sorting takes."""
    # From the top score down, the wrong labels that cost a right one something cost the next
    # right one more, each by the gap between the two; then come those that start to.
    sort_down(f, 1, s, k)
    right = 0.0
    for j in range(k):
        g[j] = 0.0
        right += y[j]
    # The sum over pairs may be too large where its share of the labels is not.
    unit = 5.421010862427522e-20 if f[int(s[0])] - f[int(s[k - 1])] > 1e280 else 1.0  # 2**-64
    value = value_lo = cost = cost_lo = count = last = 0.0
    at = 0
    for place in range(k):
        j = int(s[place])
        if y[j] == 1.0:
            gap = last - f[j] if count > 0.0 else 0.0
            lost = count * (two_sum_error(last, -f[j], gap) * unit)
            gap = gap * unit
            step = count * gap
            lost += two_product_error(count, gap, step)
            cost, cost_lo = added(cost, cost_lo, step)
            cost_lo += finite_part(lost) if count > 0.0 else 0.0
            last = f[j]
            while at < k:
                i = int(s[at])
                x = slack(f[i], last)
                if (y[i] == 0.0) & (x <= 0.0):
                    break
                if y[i] == 0.0:
                    cost, cost_lo = added(cost, cost_lo, x * unit)
                    count += 1.0
                    g[i] = right / k
                at += 1
            value, value_lo = added(value, value_lo, cost)
            value_lo += cost_lo
            g[j] = -(count / k)
            right -= 1.0
    return ((value + value_lo) / k) / unit


class MultilabelMargin(OfLabels):
    """Multilabel margin loss: each label that is right must score 1 above each that is wrong.

    It is the sum of max(0, 1 - z[j] + z[i]) over all pairs of a right label j and a wrong label i,
    over the number of labels, at the cost of sorting them. A row whose labels are all 0 or all 1
    costs nothing. It ranks labels within a row only: which scores count as yes must be settled
    elsewhere. PyTorch's MultiLabelMarginLoss is the same loss, but takes the indices of the right
    labels.

    Scores must be finite: between two infinite ones there is no margin.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("multilabel_margin").value([[1, 0, 0, 0]], [[0.5, 0.0, 0.25, -1.0]])
    0.3125
    """

    name = "multilabel_margin"
    title = "Multilabel margin loss"
    formula = r"\frac1K \sum_{j: y_j = 1}\ \sum_{i: y_i = 0} \max(0,\ 1 - z_j + z_i)"
    reference = "elisseeff2001"
    use_when = "Right labels are to stand above wrong ones and no probabilities are needed."
    avoid_when = "It must be settled which scores count as a yes, or probabilities are needed."
    peers = (
        Peer(
            "torch.nn.MultiLabelMarginLoss",
            call="right = torch.full(y.shape, -1)\nfor i, row in enumerate(y):\n    right[i, : int(row.sum())] = row.nonzero().ravel()\ntorch.nn.MultiLabelMarginLoss()(f, right)",
            says="it takes the indices of the right labels, then -1",
            also=("torch.nn.functional.multilabel_margin_loss",),
        ),
    )
    style = style("vermilion", "dotted")
    claims = Claims(
        convex=True,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=None,
        proper=False,
    )
    accuracy = {"value": Bound(3.0, "rounded pairs are added up")}

    def row_at(y, f, g, s, k):
        few = k <= FEW
        return compare_pairs(y, f, g, k) if few else compare_sorted(y, f, g, s, k)

    def exact(mp, y, f):
        right = [z for t, z in zip(y, f, strict=True) if t == 1]
        wrong = [z for t, z in zip(y, f, strict=True) if t == 0]
        return sum((max(mp.mpf(0), 1 - a + b) for a in right for b in wrong), mp.mpf(0)) / len(f)


class PropensityScoredCrossEntropy(OfLabels):
    """Multilabel cross-entropy for targets in which right labels may be missing.

    `propensities` are the chances that a label that is right is marked. With logits z it is
    the sum of log(1 + exp(z)) - y z / propensity: on average over what gets marked, exactly
    `multilabel_cross_entropy` on the full labels, and convex like it. Single rows can cost less
    than 0, without bound, and rare marks with small propensities make it vary much. It assumes
    that marks are missing at random within a label.

    Scores must be finite: with a propensity below 1 the loss falls without end as the score of a
    marked label grows.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("propensity_scored_cross_entropy", propensities=[0.5, 1.0])
    >>> loss.gradient([[1, 0]], [[0.0, 0.0]])
    array([[-1.5,  0.5]])
    """

    name = "propensity_scored_cross_entropy"
    title = "Propensity-scored cross-entropy"
    formula = r"\sum_k \Bigl( \log(1 + e^{z_k}) - \frac{y_k}{\pi_k} z_k \Bigr)"
    reference = "schultheis2020"
    use_when = "Marked labels are right, unmarked ones may be too, and the chances are known."
    avoid_when = "Propensities are tiny or guessed."
    style = style("blue", "dashdot")
    propensities = Vector(
        doc="chance that a right label is marked, for each label",
        example=(0.9, 0.5, 0.25, 1.0),
        above=0.0,
        most=1.0,
    )
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=False,
        bounded=None,
        proper=lambda propensities: min(propensities) == 1.0,
    )
    accuracy = {
        "value": Bound(4.0, "its terms cancel", of="row"),
        "gradient": Bound(3.0, "a quotient and a probability are added"),
    }

    def row_at(y, f, g, s, k, propensities):
        for j in range(k):
            right = y[j] == 1.0
            z = -f[j] if right else f[j]
            # 1 - 1 / propensity is never positive, so that nothing cancels in the gradient.
            extra = (propensities[j] - 1.0) / propensities[j] if right else 0.0
            p = sigmoid(z)
            g[j] = extra - p if right else p
            s[j] = softplus(z) + extra * f[j]
        value = row_sum(s, 0, k)
        if not abs(value) < np.inf:  # parts of both signs, larger than their sum
            for j in range(k):
                right = y[j] == 1.0
                z = -f[j] if right else f[j]
                extra = (propensities[j] - 1.0) / propensities[j] if right else 0.0
                s[j] = softplus(z) * UNIT + extra * (f[j] * UNIT)
            value = row_sum(s, 0, k) / UNIT
        return value

    def exact(mp, y, f, propensities):
        rows = zip(y, f, propensities, strict=True)
        return sum(mp.log1p(mp.exp(z)) - t * z / p for t, z, p in rows)
