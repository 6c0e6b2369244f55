"""Learning from labelled positives and unlabelled samples: risks of a whole batch."""

import types

from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import sigmoid, softplus
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.losses.kinds.batchwise import Batchwise


class PositiveUnlabelled(Batchwise):
    """What both risks share: targets 1 (labelled positive) and 0 (unlabelled), and one logit."""

    family = "classification"
    target = "{0,1}"
    prediction = "finite"
    prior = Parameter(
        0.5,
        above=0.0,
        below=1.0,
        doc="share of positives among the unlabelled samples",
        slider=(0.05, 0.95),
    )
    no_terms = "it weighs the two groups against each other"
    legal_batch = (
        "at least one labelled positive sample (1) and at least one unlabelled sample (0), both of "
        "positive weight"
    )
    target_words = types.MappingProxyType({0: "unlabelled", 1: "positive"})

    def batch_is_legal(y, w, n):
        positive = False
        unlabelled = False
        for i in range(n):
            positive = positive | ((y[i] == 1.0) & (w[i] > 0.0))
            unlabelled = unlabelled | ((y[i] == 0.0) & (w[i] > 0.0))
        return positive & unlabelled


def masses(y, w, s, n):
    """Total weight of the labelled positives and of the unlabelled samples."""
    for i in range(n):
        s[i] = w[i] * y[i]
    positives = row_sum(s, 0, n)
    for i in range(n):
        s[i] = w[i] * (1.0 - y[i])
    return positives, row_sum(s, 0, n)


class PURisk(PositiveUnlabelled):
    r"""Unbiased risk of a classifier that is trained on positives and unlabelled samples only.

    No negative is labelled. The risk of calling negatives positive is measured on the unlabelled
    samples instead, and what the positives among them add is taken off again, by the share `prior`
    of positives, which must be known. With the logistic loss the terms of the positives combine to
    ``-prior * mean(z)``, so the risk is convex in the logits z; its expectation over both samples
    is the logistic risk on fully labelled data. On a finite sample it can fall without bound once
    the labelled positives are told apart from the unlabelled ones. Weights count within each
    of the two groups.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("pu_risk", prior=0.25).value([1, 0, 0], [2.0, 0.0, 0.0])
    0.1931471805599453
    """

    name = "pu_risk"
    title = "Positive-unlabelled risk"
    aliases = ("uPU",)
    formula = (
        r"-\pi\,\operatorname{mean}_{P} z + \operatorname{mean}_{U} \log(1 + e^{z}),"
        r"\quad P: y = 1,\ U: y = 0"
    )
    reference = "duplessis2015"
    use_when = "Only positives are labelled, their share is known, and the model is simple."
    avoid_when = "The model is flexible enough to drive the risk below zero."
    claims = Claims(convex=True, differentiable=True, nonnegative=False, bounded=None)
    accuracy = {
        "value": Bound(4.0, "its two terms cancel", of="row"),
        "gradient": Bound(4.0, "a weight, a share and a mean are each rounded"),
    }

    def batch_at(y, f, g, w, s, n, k, prior):
        positives, unlabelled = masses(y, w, s, n)
        lift = prior / positives
        for i in range(n):  # shares first: a sum of huge numbers may be infinite, their mean is not
            s[i] = (w[i] * lift) * (y[i] * f[i])
        linear = row_sum(s, 0, n)
        for i in range(n):
            s[i] = (w[i] * (1.0 - y[i]) / unlabelled) * softplus(f[i])
        for i in range(n):
            up = w[i] * (sigmoid(f[i]) / unlabelled)
            g[i] = -(w[i] * lift) if y[i] == 1.0 else up
        return row_sum(s, 0, n) - linear

    def exact(mp, y, f, w, prior):
        positives = sum(w[i] * f[i] for i in range(len(y)) if y[i] == 1)
        unlabelled = sum(w[i] * mp.log1p(mp.exp(f[i])) for i in range(len(y)) if y[i] == 0)
        positive_weight = sum(w[i] for i in range(len(y)) if y[i] == 1)
        return unlabelled / (sum(w) - positive_weight) - prior * positives / positive_weight


class NonNegativePURisk(PositiveUnlabelled):
    r"""Positive-unlabelled risk whose part for the negatives is not let below zero.

    The risk on negatives is that on the unlabelled samples minus that on the positives among them.
    An estimate below zero is a sign of overfitting, so it is replaced by zero: the result is a
    little biased, but never negative, and flexible models can be trained on it. With the logistic
    loss it stays convex: it is the larger of two convex risks. Where it is replaced, the gradient here is that of what is left, the risk on positives; Kiryo and
    colleagues take a step upwards on the replaced part there instead, which is no gradient of
    this value. Weights count within each of the two groups.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("nn_pu_risk").gradient([1, 0], [0.0, -2.0])  # the unlabelled part is held at zero
    array([-0.25,  0.  ])
    """

    name = "nn_pu_risk"
    title = "Non-negative positive-unlabelled risk"
    aliases = ("nnPU",)
    formula = (
        r"\pi R_P^+ + \max(0,\, R_U^- - \pi R_P^-),\quad "
        r"R^{\pm} = \operatorname{mean} \log(1 + e^{\mp z})"
    )
    reference = "kiryo2017"
    use_when = "Only positives are labelled, their share is known, and the model is flexible."
    avoid_when = "Negatives are labelled too, or the share of positives is a guess."
    claims = Claims(convex=True, differentiable=False, nonnegative=True, bounded=None)
    accuracy = {
        "value": Bound(4.0, "its terms cancel", of="row"),
        "gradient": Bound(4.0, "a weight, a share and a mean are each rounded"),
    }

    def batch_at(y, f, g, w, s, n, k, prior):
        positives, unlabelled = masses(y, w, s, n)
        lift = prior / positives
        for i in range(n):  # shares first, as above
            s[i] = (w[i] * y[i] * lift) * softplus(-f[i])
        right = row_sum(s, 0, n)
        for i in range(n):
            s[i] = (w[i] * y[i] * lift) * softplus(f[i])
        among = row_sum(s, 0, n)
        for i in range(n):
            s[i] = (w[i] * (1.0 - y[i]) / unlabelled) * softplus(f[i])
        negatives = row_sum(s, 0, n) - among
        kept = negatives > 0.0
        for i in range(n):
            down = -(w[i] * lift) * (1.0 if kept else sigmoid(-f[i]))
            up = w[i] * (sigmoid(f[i]) / unlabelled) if kept else 0.0
            g[i] = down if y[i] == 1.0 else up
        return right + (negatives if kept else 0.0)

    def exact(mp, y, f, w, prior):
        def mean(sign, label):
            some = [i for i in range(len(y)) if y[i] == label]
            return sum(w[i] * mp.log1p(mp.exp(sign * f[i])) for i in some) / sum(w[i] for i in some)

        return prior * mean(-1, 1) + max(mp.mpf(0), mean(1, 0) - prior * mean(1, 1))
