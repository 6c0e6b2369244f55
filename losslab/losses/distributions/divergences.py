"""Divergences from a target distribution to the softmax of a row of logits."""

import math

import numpy as np

from losslab.arithmetic.divergences import (
    balanced,
    kullback_term,
    log_ratios,
    log_softmax,
    through_softmax,
)
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import exp, expm1, log, log1p
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise


class Divergence(Rowwise):
    """A divergence between a target distribution p and q, the softmax of the logits.

    The kernels write over f, a copy of the row, once they have its softmax.
    """

    family = "probabilistic"
    target = "distribution"
    prediction = "logits"
    outputs = "classes"


def log_of_mean(y, **parameters):
    """The logarithms of the means of the targets."""
    return np.log(y.mean(axis=0))


def softmax_exactly(mp, f):
    top = max(f)
    e = [mp.exp(z - top) for z in f]
    whole = sum(e)
    return [x / whole for x in e]


class KLDivergence(Divergence):
    """Kullback-Leibler divergence from the target to the softmax of the logits, in nats.

    With target p and q = softmax(z) it is the sum of p log(p / q). It differs from the
    cross-entropy with soft targets by the entropy of p only, so gradients are the same, and it is 0
    where q = p. A class that p has and q nearly lacks costs without bound, so q covers all of p. A
    class that is not offered has the logit -infinity and the target 0.
    PyTorch's KLDivLoss takes log-probabilities, and its default mean divides by the number of
    entries, not of rows; Keras and TensorFlow Probability take probabilities, and Keras raises
    them to at least 1e-7.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("kl_divergence").value_and_gradient([[1.0, 0.0]], [[0.0, 0.0]])
    (0.6931471805599453, array([[-0.5,  0.5]]))
    """

    name = "kl_divergence"
    title = "Kullback-Leibler divergence"
    aliases = ("forward_kl",)
    formula = r"\sum_k p_k \log \frac{p_k}{q_k},\quad q = \operatorname{softmax}(z)"
    reference = "kullback1951"
    use_when = "Targets are distributions and the model should cover all that they cover."
    avoid_when = "The model cannot fit all modes and one good one is enough."
    peers = (
        Peer(
            "torch.nn.KLDivLoss",
            f="f.log_softmax(1)",
            options='reduction="batchmean"',
            says="it takes log-probabilities; its own mean divides by the number of entries, ours, called batchmean there, by the number of rows",
            parameters={"log_target": "not needed here: targets are probabilities"},
            also=("torch.nn.functional.kl_div",),
        ),
        Peer(
            "keras.losses.KLDivergence",
            f="keras.ops.softmax(f)",
            says="it takes probabilities and holds them above 1e-7",
            where="(y > 0.001).all(axis=1) & (abs(f).max(axis=1) < 3)",
            also=("keras.losses.kl_divergence",),
        ),
        Peer(
            "optax.losses.kl_divergence",
            f="jax.nn.log_softmax(f)",
            says="it takes log-probabilities",
        ),
    )
    style = style("blue", "solid")
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=2.0**0.5,
        bounded=None,
        proper=True,
        zero_only_at_truth=True,
        elicits=log_of_mean,
    )
    accuracy = {
        "value": Bound(8.0, "logarithms of both distributions are subtracted", of="row"),
        "gradient": Bound(8.0, "two probabilities are subtracted", of="row"),
    }

    def row_at(y, f, g, s, k):
        log_softmax(f, g, s, k)
        log_ratios(y, s, s, k)
        for j in range(k):
            s[k + j] = kullback_term(y[j], g[j], s[j])
        mass = row_sum(y, 0, k)
        for j in range(k):
            s[j] = g[j]
            g[j] = g[j] * mass - y[j]
        balanced(s, g, k)
        return row_sum(s, k, k) + (mass - 1.0)

    def exact(mp, y, f):
        q = softmax_exactly(mp, f)
        return sum(a * mp.log(a / b) for a, b in zip(y, q, strict=True) if a > 0)


class ReverseKL(Divergence):
    """Kullback-Leibler divergence from the softmax of the logits to the target, in nats.

    With target p and q = softmax(z) it is the sum of q log(q / p). It is infinite if q has a class
    that p lacks, so all target probabilities must be positive. Where the model cannot fit all
    modes of p it picks one, and it is not convex: a start near the wrong mode may stay. If
    targets are drawn classes, smoothed, its best answer is nearly all at the likeliest class. A
    logit of -infinity is the limit q = 0, and costs nothing by itself.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("reverse_kl").value([[0.5, 0.5]], [[0.0, 1000.0]])
    0.6931471805599453
    """

    name = "reverse_kl"
    title = "Reverse Kullback-Leibler divergence"
    target = "positive distribution"
    formula = r"\sum_k q_k \log \frac{q_k}{p_k},\quad q = \operatorname{softmax}(z)"
    reference = "kullback1951"
    use_when = "The model is to stay where the target has mass, even if it misses some of it."
    avoid_when = "The model should cover all of the target, or the target has zeros."
    peers = (
        Peer(
            "torch.nn.KLDivLoss",
            call='torch.nn.KLDivLoss(reduction="batchmean", log_target=True)(y.log(), f.log_softmax(1))',
            owner=False,
            says="the model is given as the target",
        ),
        Peer(
            "optax.losses.kl_divergence_with_log_targets",
            y="jax.nn.log_softmax(f)",
            f="jax.numpy.log(y)",
            says="it takes log-probabilities, and the model as the target",
            owner=False,
        ),
    )
    style = style("vermilion", "dashed")
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        proper=False,
        zero_only_at_truth=True,
    )
    accuracy = {
        "value": Bound(16.0, "logarithms of both distributions are subtracted", of="row"),
        "gradient": Bound(16.0, "differences of logarithms from their mean cancel", of="row"),
    }

    def row_at(y, f, g, s, k):
        log_softmax(f, g, s, k)
        log_ratios(y, s, s, k)
        for j in range(k):
            s[k + j] = kullback_term(g[j], y[j], -s[j])
        for j in range(k):
            s[j] = -s[j]
            f[j] = g[j]
        through_softmax(f, s, g, k)
        return row_sum(s, k, k) + (1.0 - row_sum(y, 0, k))

    def exact(mp, y, f):
        q = softmax_exactly(mp, f)
        return sum(b * mp.log(b / a) for a, b in zip(y, q, strict=True))


def entropy(pi):
    """Entropy of the chances pi and 1 - pi, in nats."""
    return -pi * math.log(pi) - (1.0 - pi) * math.log1p(-pi)


class JensenShannon(Divergence):
    """Jensen-Shannon divergence, in nats: how far both distributions are from their mixture.

    With target p, q = softmax(z) and m = pi p + (1 - pi) q it is pi KL(p, m) + (1 - pi) KL(q, m),
    between 0 and the entropy of (pi, 1 - pi), which is log 2 for the default. Its square root is a
    metric then. Distributions that share no class cost that bound whatever else, with a gradient
    near 0, so a bad start is left slowly. If targets are drawn classes, its best probabilities
    are sharper than the true ones.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("jensen_shannon").value([[1.0, 0.0]], [[-1000.0, 0.0]])
    0.6931471805599453
    """

    name = "jensen_shannon"
    title = "Jensen-Shannon divergence"
    aliases = ("js_divergence",)
    formula = (
        r"\pi \sum_k p_k \log\frac{p_k}{m_k} + (1-\pi) \sum_k q_k \log\frac{q_k}{m_k},\quad "
        r"m = \pi p + (1-\pi) q,\ q = \operatorname{softmax}(z)"
    )
    reference = "lin1991"
    use_when = "A bounded, even-handed distance is wanted, as with noisy target rows."
    avoid_when = (
        "Targets are drawn classes, or the start is far off, where the gradient is nearly 0."
    )
    style = style("blue", "dotted")
    pi = Parameter(
        0.5,
        above=0.0,
        below=1.0,
        doc="weight of the target in the mixture",
        slider=(0.05, 0.95),
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        bounded=entropy,
        proper=False,
        zero_only_at_truth=True,
    )
    accuracy = {
        "value": Bound(16.0, "logarithms of ratios to the mixture are rounded", of="row"),
        "gradient": Bound(16.0, "differences of logarithms from their mean cancel", of="row"),
    }

    def row_at(y, f, g, s, k, pi):
        log_softmax(f, g, s, k)
        log_ratios(y, s, s, k)
        for j in range(k):
            r = s[j]
            p = y[j]
            q = g[j]
            m = pi * p + (1.0 - pi) * q
            log_p = (
                -log1p((1.0 - pi) * expm1(-r)) if r > -700.0 else r - log(pi * exp(r) + 1.0 - pi)
            )
            log_q = -log1p(pi * expm1(r)) if r < 700.0 else -(r + log(pi))
            s[k + j] = pi * kullback_term(p, m, log_p) + (1.0 - pi) * kullback_term(q, m, log_q)
            s[j] = (1.0 - pi) * log_q
            f[j] = q
        through_softmax(f, s, g, k)
        return row_sum(s, k, k)

    def exact(mp, y, f, pi):
        total = mp.mpf(0)
        for a, b in zip(y, softmax_exactly(mp, f), strict=True):
            m = pi * a + (1 - pi) * b
            total += (1 - pi) * b * mp.log(b / m) + (pi * a * mp.log(a / m) if a > 0 else 0)
        return total


class GeneralisedKL(Rowwise):
    """Generalised Kullback-Leibler divergence between rows that need not sum to 1.

    With targets p >= 0 and predictions f, the logarithms of q, it is the sum of
    p log(p / q) - p + q: half the Poisson deviance of each entry, and the loss behind
    nonnegative matrix factorisation. Scale counts: the best q are the means of p. On
    probabilities it is `kl_divergence`. Too large logarithms cost exponentially.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("generalised_kl").value_and_gradient([[2.0, 0.0]], [[0.0, 0.0]])
    (1.3862943611198906, array([[-1.,  1.]]))
    """

    name = "generalised_kl"
    title = "Generalised Kullback-Leibler divergence"
    family = "probabilistic"
    target = "nonnegative row"
    prediction = "finite"
    outputs = "values"
    output_word = "log entry"
    formula = r"\sum_k \Bigl( p_k \log\frac{p_k}{q_k} - p_k + q_k \Bigr),\quad q = e^{f}"
    reference = "leeseung2001"
    use_when = "Rows of intensities or counts are compared and their total matters."
    avoid_when = "Only the shares of the classes matter."
    peers = (Peer("optax.losses.generalized_kl_divergence"),)
    style = style("blue", "dashdot")
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        bounded=None,
        elicits=log_of_mean,
    )
    accuracy = {
        "value": Bound(4.0, "two logarithms are subtracted", of="row"),
        "gradient": Bound(2.0, "target and prediction are subtracted", of="row"),
    }

    def row_at(y, f, g, s, k):
        for j in range(k):
            q = exp(f[j])
            s[j] = kullback_term(y[j], q, log(y[j]) - f[j])
            g[j] = q - y[j]
        return row_sum(s, 0, k)

    def exact(mp, y, f):
        terms = ((a, mp.exp(b)) for a, b in zip(y, f, strict=True))
        return sum(b - a + (a * mp.log(a / b) if a > 0 else 0) for a, b in terms)
