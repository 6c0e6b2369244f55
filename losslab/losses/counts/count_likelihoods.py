"""Likelihoods of counts with more spread or more zeros than a Poisson law has."""

from losslab.arithmetic.rows_counts import (
    held_exp,
    inflated_zero,
    negative_binomial,
    poisson,
    zero_depth,
)
from losslab.arithmetic.special import log_gamma
from losslab.arithmetic.vmath import expm1, expm1_minus, log, log1p, sigmoid, softplus
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise

CLAIMS = {
    "differentiable": True,
    "nonnegative": True,
    "bounded": None,
    "lipschitz": None,
    "proper": True,
}


def exact_binomial(mp, y, h, a):
    """log-probability of a count: negative binomial of log mean h and log alpha a."""
    theta, m = mp.exp(-a), mp.exp(h + a)
    gammas = mp.loggamma(y + theta) - mp.loggamma(theta) - mp.loggamma(y + 1)
    return gammas - theta * mp.log1p(m) + y * (a + h - mp.log1p(m))


class NegativeBinomialDispersion(Rowwise):
    """Negative binomial negative log-likelihood with a learned dispersion, in nats.

    Columns are the logarithms of the mean and of the dispersion alpha; the variance of the count
    is mean + alpha mean**2, so alpha near 0 is a Poisson law and log_dispersion then hardly
    matters. All constants are kept. Counts far above a thousand lose digits: about as many units
    of the last place as the count.

    Examples
    --------
    >>> import losslab as ll
    >>> round(ll.get("negative_binomial_dispersion").value([0], [[0.0, 0.0]]), 6)  # log 2
    0.693147
    """

    name = "negative_binomial_dispersion"
    title = "Negative binomial likelihood with learned dispersion"
    aliases = ("nb2_nll", "NegativeBinomialNLL")
    family = "count"
    target = "count"
    prediction = "finite"
    outputs = ("log_mean", "log_dispersion")
    formula = (
        r"\log\frac{y!\,\Gamma(\theta)}{\Gamma(y+\theta)} + (y+\theta)\log(1+\alpha\mu)"
        r" - y\log\alpha\mu,\quad \theta=\tfrac1\alpha"
    )
    reference = "lawless1987"
    use_when = "Counts spread more than a Poisson law allows, differently from row to row."
    avoid_when = "There are too few rows to see the spread beside the mean."
    peers = (
        Peer(
            "statsmodels.discrete.discrete_model.NegativeBinomial(loglike_method='nb2')",
            says="an estimator; alpha is 1 / theta",
        ),
    )
    style = style("green", "dashdot")
    claims = Claims(convex=False, **CLAIMS)
    accuracy = {
        "value": Bound(16.0, "gamma functions and powers of the mean cancel", of="rounding"),
        "gradient": Bound(16.0, "sums over the count cancel", of="rounding"),
    }

    def row_at(y, f, g, s, k):
        value, g[0], g[1] = negative_binomial(y[0], f[0], f[1])
        return value

    def exact(mp, y, f):
        return -exact_binomial(mp, y, f[0], f[1])


class ZeroInflatedPoisson(Rowwise):
    """Zero-inflated Poisson negative log-likelihood: a zero may be there for two reasons. In nats.

    Columns are the logit of p, the probability of a structural zero, and the logarithm of the
    Poisson rate. A count of 0 costs -log(p + (1 - p) e**-rate), any other count -log(1 - p) more
    than with the Poisson law. The mean is (1 - p) rate. For small rates zeros of both kinds look
    alike, and the two columns are hard to tell apart.

    Examples
    --------
    >>> import losslab as ll
    >>> round(ll.get("zero_inflated_poisson").value([0], [[0.0, 30.0]]), 6)  # log 2
    0.693147
    """

    name = "zero_inflated_poisson"
    title = "Zero-inflated Poisson likelihood"
    aliases = ("zip_nll", "ZIPLoss", "ZeroInflatedPoissonNLL")
    family = "count"
    target = "count"
    prediction = "finite"
    outputs = ("logit_zero", "log_rate")
    formula = (
        r"\begin{cases}-\log(p+(1-p)e^{-\lambda}) & y=0\\"
        r"-\log(1-p)+\lambda-y\log\lambda+\log y! & y>0\end{cases}"
    )
    reference = "lambert1992"
    use_when = "Some rows cannot count at all and the others follow a Poisson law."
    avoid_when = "A negative binomial explains the zeros: it often does."
    peers = (
        Peer(
            "statsmodels.discrete.count_model.ZeroInflatedPoisson", bare=False, says="an estimator"
        ),
    )
    style = style("purple", "dashed")
    claims = Claims(convex=False, **CLAIMS)
    accuracy = {
        "value": Bound(4.0, "logarithms of probabilities cancel", of="rounding"),
        "gradient": Bound(4.0, "the count and its rate cancel", of="rounding"),
    }

    def row_at(y, f, g, s, k):
        rate = held_exp(f[1])
        if y[0] == 0.0:
            value, g[0], slope = inflated_zero(f[0], rate)
            g[1] = slope * rate
        else:
            value = softplus(f[0]) + poisson(y[0], f[1], rate)
            g[0] = sigmoid(f[0])
            g[1] = rate - y[0]
        return value

    def exact(mp, y, f):
        p, rate = 1 / (1 + mp.exp(-f[0])), mp.exp(f[1])
        if y == 0:
            return -mp.log(p + (1 - p) * mp.exp(-rate))
        return mp.log1p(mp.exp(f[0])) + rate - y * f[1] + mp.loggamma(y + 1)


class ZeroInflatedNegativeBinomial(Rowwise):
    """Zero-inflated negative binomial negative log-likelihood, in nats.

    Columns are the logit of p, the probability of a structural zero, and the logarithms of the
    mean and the dispersion alpha of the other counts (variance mean + alpha mean**2). It has
    three ways to explain a zero, so p and alpha compete, and many rows are needed to tell them
    apart.

    Examples
    --------
    >>> import losslab as ll
    >>> round(ll.get("zero_inflated_negative_binomial").value([0], [[0.0, 0.0, 0.0]]), 6)
    0.287682
    """

    name = "zero_inflated_negative_binomial"
    title = "Zero-inflated negative binomial likelihood"
    aliases = ("zinb_nll", "ZINBLoss")
    family = "count"
    target = "count"
    prediction = "finite"
    outputs = ("logit_zero", "log_mean", "log_dispersion")
    formula = (
        r"\begin{cases}-\log(p+(1-p)(1+\alpha\mu)^{-1/\alpha}) & y=0\\"
        r"-\log(1-p)-\log\mathrm{NB}(y;\mu,\alpha) & y>0\end{cases}"
    )
    reference = "greene1994"
    use_when = "Counts have structural zeros and the rest spread more than a Poisson law."
    avoid_when = "Two parameters suffice: compare with a negative binomial first."
    peers = (
        Peer(
            "statsmodels.discrete.count_model.ZeroInflatedNegativeBinomialP(p=2)",
            says="an estimator; alpha is 1 / theta",
        ),
    )
    style = style("purple", "dashdot")
    claims = Claims(convex=False, **CLAIMS)
    accuracy = {
        "value": Bound(16.0, "gamma functions and powers of the mean cancel", of="rounding"),
        "gradient": Bound(16.0, "sums over the count cancel", of="rounding"),
    }

    def row_at(y, f, g, s, k):
        if y[0] == 0.0:
            depth, by_mean, by_alpha = zero_depth(f[1], f[2])
            value, g[0], slope = inflated_zero(f[0], depth)
            g[1] = slope * by_mean if slope > 0.0 else 0.0
            g[2] = slope * by_alpha if slope > 0.0 else 0.0
        else:
            value, g[1], g[2] = negative_binomial(y[0], f[1], f[2])
            value += softplus(f[0])
            g[0] = sigmoid(f[0])
        return value

    def exact(mp, y, f):
        p, log_probability = 1 / (1 + mp.exp(-f[0])), exact_binomial(mp, y, f[1], f[2])
        if y == 0:
            return -mp.log(p + (1 - p) * mp.exp(log_probability))
        return mp.log1p(mp.exp(f[0])) - log_probability


class HurdlePoisson(Rowwise):
    """Hurdle Poisson negative log-likelihood: zero or not, then how many. In nats.

    Columns are the logit of the probability of a zero and the logarithm of the rate of a Poisson
    law that is cut off below 1. Unlike a zero-inflated law it has one source of zeros, so the
    loss is the sum of a logistic loss and a loss of the positive counts, convex in both columns;
    there may also be fewer zeros than in a Poisson law.

    Examples
    --------
    >>> import losslab as ll
    >>> round(ll.get("hurdle_poisson").value([0], [[0.0, 3.0]]), 6)  # log 2
    0.693147
    """

    name = "hurdle_poisson"
    title = "Hurdle Poisson likelihood"
    aliases = ("hurdle_poisson_nll", "HurdlePoissonNLL")
    family = "count"
    target = "count"
    prediction = "finite"
    outputs = ("logit_zero", "log_rate")
    formula = (
        r"\begin{cases}-\log p & y=0\\"
        r"-\log(1-p)+\lambda-y\log\lambda+\log y!+\log(1-e^{-\lambda}) & y>0\end{cases}"
    )
    reference = "mullahy1986"
    use_when = "Whether anything happens and how much are two questions."
    avoid_when = "Some rows could have counted and happened to show zero."
    peers = (
        Peer(
            "statsmodels.discrete.truncated_model.HurdleCountModel(dist='poisson',zerodist='logit')",
            says="an estimator",
        ),
    )
    style = style("vermilion", "dashed")
    claims = Claims(convex=True, **CLAIMS)
    accuracy = {
        "value": Bound(4.0, "logarithms of probabilities cancel", of="rounding"),
        "gradient": Bound(4.0, "the count and its rate cancel", of="rounding"),
    }

    def row_at(y, f, g, s, k):
        rate = held_exp(f[1])
        fall = -expm1(-rate)
        some = y[0] > 0.0
        # Below 1 by how far fall / rate stays below 1: one power of the rate is then gone.
        short = expm1_minus(-min(rate, 1.0), 0.0)
        less = 1.0 - y[0]
        low = (less * f[1] + log_gamma(y[0] + 1.0)) + (
            rate + log1p(-(short / rate if rate > 0.0 else 0.0))
        )
        high = poisson(y[0], f[1], rate) + log(fall if fall > 0.0 else 1.0)
        near = (short / fall if fall > 0.0 else 0.0) + less
        slope = near if rate < 1.0 else rate / fall - y[0]
        g[0] = sigmoid(f[0]) if some else -sigmoid(-f[0])
        g[1] = slope if some else 0.0
        positive = low if rate < 1.0 else high
        return softplus(f[0]) + positive if some else softplus(-f[0])

    def exact(mp, y, f):
        if y == 0:
            return mp.log1p(mp.exp(-f[0]))
        rate = mp.exp(f[1])
        count = rate - y * f[1] + mp.loggamma(y + 1) + mp.log(-mp.expm1(-rate))
        return mp.log1p(mp.exp(f[0])) + count
