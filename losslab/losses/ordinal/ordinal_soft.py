"""Ordered levels with one logit each: labels smeared over neighbours, and the kappa of agreement."""

from losslab.arithmetic.softmax import softmax_parts
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import exp_between, log1p, power
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.losses.kinds.batchwise import Batchwise
from losslab.losses.kinds.rowwise import Rowwise


class SoftOrdinalLabels(Rowwise):
    """Soft ordinal labels: cross-entropy with a label that is smeared over the levels near it.

    The target gives level j the share t_j proportional to exp(-sharpness |j - y|**exponent), and the
    loss is the cross-entropy of these shares with the softmax of the logits, in nats. It is never
    0: its minimum is the entropy of the shares. Its best probabilities are the true ones smeared in
    the same way, so they are flatter, and a middle level may win that is not the most likely.
    Every level has a share, so none can be left out by a logit of -infinity.
    The paper (SORD) uses sharpness 1 and several distances; exponents 1 and 2 are two of them.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("soft_ordinal_labels").gradient([0], [[0.0, 0.0, 0.0]]).round(3)
    array([[-0.332,  0.089,  0.243]])
    """

    name = "soft_ordinal_labels"
    title = "Soft ordinal labels"
    aliases = ("sord",)
    family = "ordinal"
    target = "class"
    prediction = "finite"
    no_masked_class = "its target gives every level a share, which would cost infinity"
    outputs = "classes"
    formula = r"-\sum_j t_j \log p_j,\quad t_j \propto e^{-\alpha \lvert j - y\rvert^{q}}"
    reference = "diaz2019"
    use_when = "Near misses should be cheap and a classifier with one logit a level is at hand."
    avoid_when = "Calibrated probabilities are needed."
    sharpness = Parameter(
        1.0,
        least=0.1,
        most=50.0,
        doc="how fast the shares fall with the distance from the label",
        slider=(0.1, 5.0, "log"),
    )
    exponent = Parameter(
        1.0,
        above=0.0,
        most=8.0,
        doc="power of the distance in levels",
        slider=(0.5, 2.0),
    )
    accuracy = {
        "value": Bound(8.0, "shares and surprises are rounded one by one"),
        "gradient": Bound(64.0, "probability and share cancel", of="row"),
    }
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        bounded=None,
        proper=False,
    )

    def row_at(y, f, g, s, k, sharpness, exponent):
        label = int(y[0])
        for j in range(k):
            d = abs(float(j) - y[0])
            far = d if (exponent == 1.0) | (d == 0.0) else power(d, exponent)
            s[j] = exp_between(-(sharpness * far), 0.0)
        s[label] = 0.0
        near = row_sum(s, 0, k)
        s[label] = 1.0
        share = 1.0 / (1.0 + near)
        at, rest = softmax_parts(f, g, k)
        inverse = 1.0 / (1.0 + rest)
        level = log1p(rest)
        for j in range(k):
            t = s[j] * share
            g[j] = g[j] * inverse - t
            s[j] = 0.0 if t == 0.0 else t * ((f[at] - f[j]) + level)
        if at == label:  # 1 minus either: both may be nearly 1
            g[at] = near * share - rest * inverse
        return row_sum(s, 0, k)

    def exact(mp, y, f, sharpness, exponent):
        t = [mp.exp(-sharpness * mp.mpf(abs(j - y)) ** exponent) for j in range(len(f))]
        whole = mp.log(sum(map(mp.exp, f)))
        return sum(a * (whole - z) for a, z in zip(t, f, strict=True)) / sum(t)


class QuadraticWeightedKappa(Batchwise):
    """Quadratic weighted kappa as a loss: squared misses over those of unrelated guesses.

    With softmax probabilities p of the levels it is the mean of (y - j)**2 under p, over what that
    mean would be if the same predictions were dealt out to the samples at random: 1 - kappa, where
    hard predictions give the usual kappa. 0 is perfect, 1 no better than chance, and 2 is
    reached only by predictions in reverse. It depends on which levels the batch holds, so small
    batches give another loss; if all targets are the same, it is 1 whatever the predictions.
    TensorFlow Addons takes the logarithm of this ratio.

    Examples
    --------
    >>> import losslab as ll
    >>> z = [[0.0, 0.0, 0.0]] * 3
    >>> round(ll.get("quadratic_weighted_kappa").value([0, 1, 2], z), 12)
    1.0
    """

    name = "quadratic_weighted_kappa"
    title = "Quadratic weighted kappa"
    aliases = ("qwk",)
    family = "ordinal"
    target = "class"
    prediction = "logits"
    outputs = "classes"
    output_word = "level"
    formula = r"\frac{\sum_i \sum_j p_{ij} (y_i - j)^2}{\frac1n \sum_i \sum_{i'} \sum_j p_{ij} (y_{i'} - j)^2}"
    reference = "delatorre2018"
    use_when = "The model is judged by kappa, and batches are large."
    avoid_when = "Probabilities are needed, or batches miss levels."
    peers = (
        Peer("tensorflow_addons.losses.WeightedKappaLoss", says="it is the logarithm of this"),
        Peer(
            "sklearn.metrics.cohen_kappa_score(weights='quadratic')",
            owner=False,
            says="1 minus this, of decisions instead of probabilities",
        ),
    )
    no_terms = "its denominator compares every prediction with every target"
    accuracy = {
        "value": Bound(16.0, "two sums over the batch are divided", of="row"),
        "gradient": Bound(64.0, "the slopes of both sums cancel", of="row"),
    }
    claims = Claims(convex=False, differentiable=True, nonnegative=True, bounded=2.0)

    scratch = "k"

    def batch_at(y, f, g, w, s, n, k):
        weight = 0.0
        mean = 0.0
        for i in range(n):
            weight += w[i]
            mean += w[i] * y[i]
        mean = mean / weight
        spread = 0.0
        for i in range(n):
            spread += w[i] * ((y[i] - mean) * (y[i] - mean))
        spread = spread / weight
        missed = 0.0
        chance = 0.0
        for i in range(n):
            for j in range(k):
                s[j] = f[i * k + j]
            softmax_parts(s, s, k)  # each entry is read before it is written
            total = row_sum(s, 0, k)
            own = 0.0
            dealt = 0.0
            for j in range(k):
                p = s[j] / total
                g[i * k + j] = p
                own += p * ((y[i] - j) * (y[i] - j))
                dealt += p * (spread + (mean - j) * (mean - j))
            missed += w[i] * own
            chance += w[i] * dealt
        value = missed / chance if chance > 0.0 else 0.0
        for i in range(n):
            # Against the most likely level, so that nothing cancels where it is nearly certain.
            at = 0
            for j in range(k):
                at = j if g[i * k + j] > g[i * k + at] else at
            average = 0.0
            for j in range(k):
                s[j] = (j - at) * ((j + at - 2.0 * y[i]) - value * (j + at - 2.0 * mean))
                average += g[i * k + j] * s[j]
            for j in range(k):
                slope = w[i] * (g[i * k + j] * (s[j] - average))
                g[i * k + j] = slope / chance if chance > 0.0 else 0.0
        return value

    def exact(mp, y, f, w):
        p = []
        for row in f:
            e = [mp.exp(z) for z in row]
            p.append([x / sum(e) for x in e])
        n, k = len(y), len(f[0])
        missed = sum(w[i] * p[i][j] * (y[i] - j) ** 2 for i in range(n) for j in range(k))
        dealt = sum(
            w[i] * w[h] * p[i][j] * (y[h] - j) ** 2
            for i in range(n)
            for h in range(n)
            for j in range(k)
        )
        return missed * sum(w) / dealt
