"""More divergences from a target distribution to the softmax of a row of logits."""

import numpy as np

from losslab.arithmetic.divergences import balanced, log_ratios, log_softmax, through_softmax
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import exp, expm1, log, log1p, sqrt
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.style import style
from losslab.losses.distributions.divergences import Divergence, softmax_exactly


class RenyiDivergence(Divergence):
    """Rényi divergence of order alpha from the target to the softmax of the logits, in nats.

    With target p and q = softmax(z) it is log(sum of p**alpha q**(1 - alpha)) / (alpha - 1). As
    alpha goes to 1 it is `kl_divergence`; at 1/2 it is -2 log(1 - H), where H is
    `squared_hellinger`. Large orders look at the worst ratio p / q only, small ones hardly
    mind classes that q misses. For alpha > 1 it is convex in z. On one-hot targets it is the
    cross-entropy, whatever alpha is.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("renyi_divergence", alpha=2.0).value([[0.75, 0.25]], [[0.0, 0.0]])  # log 1.25
    0.22314355131420976
    """

    name = "renyi_divergence"
    title = "Rényi divergence"
    aliases = ("alpha_divergence",)
    formula = (
        r"\frac{1}{\alpha - 1} \log \sum_k p_k^\alpha q_k^{1-\alpha},\quad "
        r"q = \operatorname{softmax}(z)"
    )
    reference = "renyi1961"
    use_when = "How much missed classes should count is to be tuned between extremes."
    avoid_when = "Losses of independent parts are compared with cross-entropies."
    style = style("purple", "solid")
    alpha = Parameter(
        0.5,
        above=0.0,
        most=16.0,
        but_not=(1.0,),
        doc="order: how much ratios far above 1 count",
        slider=(0.1, 4.0),
    )
    claims = Claims(
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        proper=True,
        zero_only_at_truth=True,
    )
    accuracy = {
        "value": Bound(
            64.0, "logarithms are multiplied by alpha and divided by alpha - 1", of="row"
        ),
        "gradient": Bound(128.0, "logarithms of ratios are multiplied by alpha", of="row"),
    }

    def row_at(y, f, g, s, k, alpha):
        log_softmax(f, g, s, k)
        log_ratios(y, s, s, k)
        # The sum is 1 + a small number where p and q are close: kept apart until the end.
        most = -1e308
        for j in range(k):
            a = alpha * s[j]
            e = log(g[j]) + a if g[j] > 0.0 else -1e308
            s[k + j] = e
            most = e if e > most else most
            close = abs(a) < 1.0
            s[j] = g[j] * expm1(a if close else 0.0) + (0.0 if close else exp(e) - g[j])
        excess = row_sum(s, 0, k)
        for j in range(k):
            s[k + j] = exp(s[k + j] - most)
        total = row_sum(s, k, k)
        near = abs(excess) < 0.5
        for j in range(k):
            q = g[j]
            close = (q * excess - s[j]) / (1.0 + (excess if near else 0.0))
            g[j] = close if near else q - s[k + j] / total
            s[j] = q
        balanced(s, g, k)
        value = log1p(excess if near else 0.0) if near else most + log(total)
        value = value / (alpha - 1.0)
        return value if value > 0.0 else 0.0

    def exact(mp, y, f, alpha):
        q = softmax_exactly(mp, f)
        total = sum(a**alpha * b ** (1 - alpha) for a, b in zip(y, q, strict=True) if a > 0)
        return mp.log(total) / (alpha - 1)


class SquaredHellinger(Divergence):
    """Squared Hellinger distance between the target and the softmax of the logits.

    With target p and q = softmax(z) it is half the sum of (sqrt(p) - sqrt(q))**2, between 0 and 1.
    Its square root is a metric. Classes that are missed cost at most their share, so single wild
    targets do little; a start that shares no class with the targets has hardly a gradient. If
    targets are drawn classes, its best probabilities are proportional to the squares of the true.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("squared_hellinger").value([[1.0, 0.0]], [[-1000.0, 0.0]])
    1.0
    """

    name = "squared_hellinger"
    title = "Squared Hellinger distance"
    aliases = ("hellinger",)
    formula = r"\tfrac12 \sum_k (\sqrt{p_k} - \sqrt{q_k})^2,\quad q = \operatorname{softmax}(z)"
    reference = "beran1977"
    use_when = "A bounded distance is wanted that few wild targets cannot rule."
    avoid_when = (
        "Targets are drawn classes, or the start is far off, where the gradient is nearly 0."
    )
    style = style("purple", "dashed")
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=1.0,
        proper=False,
        zero_only_at_truth=True,
    )
    accuracy = {
        "value": Bound(8.0, "square roots of close probabilities are subtracted", of="row"),
        "gradient": Bound(16.0, "two products of square roots are subtracted", of="row"),
    }

    def row_at(y, f, g, s, k):
        log_softmax(f, g, s, k)
        for j in range(k):
            q = g[j]
            root = sqrt(y[j]) * sqrt(q)
            d = sqrt(y[j]) - sqrt(q)
            s[k + j] = d * d
            s[j] = q
            f[j] = root
        overlap = row_sum(f, 0, k)
        for j in range(k):
            g[j] = 0.5 * (s[j] * overlap - f[j])
        balanced(s, g, k)
        return 0.5 * row_sum(s, k, k)

    def exact(mp, y, f):
        q = softmax_exactly(mp, f)
        return sum((mp.sqrt(a) - mp.sqrt(b)) ** 2 for a, b in zip(y, q, strict=True)) / 2


class TotalVariation(Divergence):
    """Total variation distance between the target and the softmax of the logits.

    With target p and q = softmax(z) it is half the sum of abs(p - q): the largest difference of the
    probabilities that the two give to any set of classes, between 0 and 1. It is a metric. For
    targets that are one-hot it is minimised by the most likely class, not by the probabilities.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("total_variation").value([[0.75, 0.25]], [[0.0, 0.0]])
    0.25
    """

    name = "total_variation"
    title = "Total variation distance"
    formula = r"\tfrac12 \sum_k |p_k - q_k|,\quad q = \operatorname{softmax}(z)"
    reference = "gibbs2002"
    use_when = "Targets are full distributions and errors should be read as probabilities."
    avoid_when = "Targets are drawn classes: the best answer is then one-hot."
    style = style("purple", "dotted")
    claims = Claims(
        convex=False,
        differentiable=False,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=1.0,
        proper=False,
        zero_only_at_truth=True,
    )
    accuracy = {
        "value": Bound(4.0, "two probabilities are subtracted", of="row"),
        "gradient": Bound(8.0, "what the softmax takes from all classes cancels", of="row"),
    }

    def row_at(y, f, g, s, k):
        log_softmax(f, g, s, k)
        for j in range(k):
            q = g[j]
            d = q - y[j]
            s[k + j] = abs(d)
            s[j] = 0.5 if d > 0.0 else (-0.5 if d < 0.0 else 0.0)
            f[j] = q
        through_softmax(f, s, g, k)
        return 0.5 * row_sum(s, k, k)

    def exact(mp, y, f):
        return sum(abs(a - b) for a, b in zip(y, softmax_exactly(mp, f), strict=True)) / 2


class PearsonChiSquared(Divergence):
    """Pearson's chi-squared divergence from the target to the softmax of the logits.

    With target p and q = softmax(z) it is the sum of (p - q)**2 / q. It is convex in z, and grows
    like the exponential of the logits where q misses a class of p: much faster than the
    Kullback-Leibler divergence, which is at most the logarithm of 1 plus it. If targets are drawn
    classes, its best probabilities are proportional to the square roots of the true ones.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("pearson_chi_squared").value([[0.75, 0.25]], [[0.0, 0.0]])
    0.25
    """

    name = "pearson_chi_squared"
    title = "Pearson chi-squared divergence"
    aliases = ("chi_squared",)
    formula = r"\sum_k \frac{(p_k - q_k)^2}{q_k},\quad q = \operatorname{softmax}(z)"
    reference = "pearson1900"
    use_when = "Missed classes must be avoided at any price, as for importance weights."
    avoid_when = "Targets may hold classes that the model finds impossible."
    style = style("purple", "dashdot")
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        bounded=None,
        proper=False,
        zero_only_at_truth=True,
    )
    accuracy = {
        "value": Bound(4.0, "probabilities are subtracted, and divided by one", of="row"),
        "gradient": Bound(4.0, "a probability and a squared ratio are subtracted", of="row"),
    }

    def row_at(y, f, g, s, k):
        log_softmax(f, g, s, k)
        log_ratios(y, s, s, k)
        for j in range(k):
            q = g[j]
            d = y[j] - q
            tiny = q < 1e-290
            ratio = exp(s[j]) if tiny else y[j] / q
            s[j] = d * (ratio - 1.0) if tiny else d * (d / q)
            s[k + j] = y[j] * ratio if y[j] > 0.0 else 0.0
            f[j] = q
        value = row_sum(s, 0, k)
        total = row_sum(s, k, k)
        if value == np.inf:
            for j in range(k):
                away = np.inf if f[j] > 0.0 else 0.0
                g[j] = -np.inf if s[k + j] == np.inf else away
            return value
        for j in range(k):
            g[j] = f[j] * total - s[k + j]
        balanced(f, g, k)
        return value

    def exact(mp, y, f):
        return sum((a - b) ** 2 / b for a, b in zip(y, softmax_exactly(mp, f), strict=True))
