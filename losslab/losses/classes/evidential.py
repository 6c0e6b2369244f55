"""Evidential classification: a Dirichlet distribution over the class probabilities."""

from losslab.arithmetic.special import HALF_LOG_2PI, digamma, log_gamma, trigamma
from losslab.arithmetic.sums import row_sum
from losslab.arithmetic.vmath import log, sigmoid, softplus
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.losses.kinds.rowwise import Rowwise


def entropy_rest(alpha):
    """alpha digamma(alpha) - log_gamma(alpha) - alpha, in which large terms cancel."""
    x = 1.0 / alpha
    x2 = x * x
    far = 0.5 * log(alpha) - (0.5 + HALF_LOG_2PI)
    far -= x * (1.0 / 6.0 - x2 * (1.0 / 90.0 - x2 * (1.0 / 210.0 - x2 / 210.0)))
    return alpha * digamma(alpha) - log_gamma(alpha) - alpha if alpha < 50.0 else far


def entropy_slope(alpha):
    """1 - (alpha - 1) trigamma(alpha), which is about 1 / (2 alpha)."""
    x = 1.0 / alpha
    far = x * (0.5 + x * (1.0 / 3.0 + x * (1.0 / 6.0 + x * (1.0 / 30.0 - x * (1.0 / 30.0)))))
    return 1.0 - (alpha - 1.0) * trigamma(alpha) if alpha < 1000.0 else far


class EvidentialDirichlet(Rowwise):
    """Evidential loss: expected squared error of Dirichlet probabilities, plus a penalty.

    Column k is turned into evidence e = log(1 + exp(z)) >= 0 and the Dirichlet parameter
    alpha = e + 1. With S the sum of the alphas the loss is the sum over classes of
    (y - alpha / S)**2 + alpha (S - alpha) / (S**2 (S + 1)), and weight times the KL divergence,
    in nats, from the Dirichlet without the label's evidence to the uniform one. K / S is offered as
    an uncertainty, but nothing in the data fixes the amount of evidence: the penalty does. A class
    without evidence still is one of the K, so none can be left out by -infinity. The
    paper raises the weight from 0 to 1 over the first ten epochs.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("evidential_dirichlet", weight=0.0)
    >>> loss.value([0, 0], [[-50.0, -50.0], [98.0, -50.0]], reduction="none").round(2)
    array([0.67, 0.  ])
    """

    name = "evidential_dirichlet"
    title = "Evidential loss"
    aliases = ("edl_mse", "edl_mse_loss")
    family = "classification"
    target = "class"
    prediction = "finite"
    no_masked_class = "a class without evidence still counts as one of the K classes"
    outputs = "classes"
    formula = (
        r"\sum_k \Big[(y_k - \hat p_k)^2 + \frac{\hat p_k (1 - \hat p_k)}{S + 1}\Big] "
        r"+ \lambda\, \mathrm{KL}(\mathrm{Dir}(\tilde\alpha) \,\|\, \mathrm{Dir}(1))"
    )
    reference = "sensoy2018"
    use_when = "A rough flag for rows unlike the training data is wanted from a single model."
    avoid_when = "The uncertainty will be taken at its word: the data do not determine it."
    weight = Parameter(
        1.0,
        least=0.0,
        most=10.0,
        doc="lambda, how much the KL divergence counts, a pure number",
        slider=(0.1, 2.0),
    )
    accuracy = {
        "value": Bound(256.0, "logarithms of gamma functions of large evidence cancel", of="row"),
        "gradient": Bound(256.0, "trigamma functions of large evidence cancel", of="row"),
    }
    claims = Claims(convex=False, nonnegative=True)

    def row_at(y, f, g, s, k, weight):
        label = int(y[0])
        most = 1e307 / k  # so that all evidence can be added up
        for j in range(k):
            s[j] = min(softplus(f[j]), most)
            s[k + j] = 0.0 if j == label else 1.0 + s[j]
        others = row_sum(s, k, k)
        total = others + (1.0 + s[label])
        # With a = alpha / S: the sum is (1 - 2 a_y) + sum a**2 + (1 - sum a**2) / (S + 1).
        miss = others / total
        for j in range(k):
            a = (1.0 + s[j]) / total
            s[k + j] = 0.0 if j == label else a * a
        squares = row_sum(s, k, k)
        own = (1.0 + s[label]) / total
        # 1 - sum a**2 without cancelling: 1 - own**2 is miss (1 + own).
        spread = miss * (1.0 + own) - squares
        more = total + 1.0
        value = miss * miss + squares + spread / more
        whole = own * own + squares
        # The derivative to alpha_j of sum a**2 is 2 (a_j - whole) / S, of -2 a_y 2 (a_y - [j = y]) / S.
        for j in range(k):
            a = (1.0 + s[j]) / total
            hit = 1.0 if j == label else 0.0
            slope = 2.0 * ((a - whole) * (total / more) + (own - hit)) / total
            g[j] = slope - spread / (more * more)
        # The KL divergence of the Dirichlet whose label has alpha = 1.
        rest = others + 1.0
        last = entropy_slope(rest) + (k - 1.0) * trigamma(rest)
        divergence = (k * digamma(rest) - entropy_rest(rest)) - (1.0 + log_gamma(1.0 * k))
        for j in range(k):
            if j != label:
                alpha = 1.0 + s[j]
                divergence += entropy_rest(alpha) - digamma(alpha)
                g[j] += weight * (last - entropy_slope(alpha))
        for j in range(k):
            g[j] = g[j] * sigmoid(f[j])
        return value + weight * (divergence if divergence > 0.0 else 0.0)

    def exact(mp, y, f, weight):
        evidence = [mp.log1p(mp.exp(z)) for z in f]
        k, total = len(f), sum(evidence) + len(f)
        value = mp.mpf(0)
        for j, e in enumerate(evidence):
            a = (1 + e) / total
            value += ((j == y) - a) ** 2 + a * (1 - a) / (total + 1)
        left = [e for j, e in enumerate(evidence) if j != y]
        rest = sum(left) + k
        kl = mp.loggamma(rest) - mp.loggamma(k)
        for e in left:
            kl += e * (mp.digamma(1 + e) - mp.digamma(rest)) - mp.loggamma(1 + e)
        return value + weight * kl
