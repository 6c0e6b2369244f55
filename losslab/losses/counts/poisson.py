"""Counts: losses of a number of events, by the logarithm of its mean or by the mean itself."""

import numpy as np

from losslab.arithmetic.parts import excess_of_log, quotient_mantissa
from losslab.arithmetic.vmath import (
    exp2parts,
    finite_part,
    log1p_unit,
    log_parts,
    times_exp,
    two_product_error,
    two_sum_error,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.counts.log_link import exp_and_excess
from losslab.losses.kinds.pointwise import Pointwise


class Poisson(Pointwise):
    """Poisson loss of a log-rate: the negative log-likelihood of a count.

    With h = y_pred, the logarithm of the expected count, the loss is exp(h) - y h, in nats. The
    term log(y!) of the likelihood is left out, because it does not depend on the prediction, so
    the loss may be negative. The target is any number >= 0: for other than whole numbers it is
    the quasi-likelihood of a variance proportional to the mean. Its best prediction is the
    logarithm of the mean. It trusts variance = mean; counts usually vary more.
    PyTorch's ``PoissonNLLLoss`` is this with its default ``log_input=True``.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("poisson").value([0.0, 2.0], [0.0, 1.0], reduction="none").round(6)
    array([1.      , 0.718282])
    """

    name = "poisson"
    title = "Poisson loss"
    family = "count"
    target = "nonnegative"
    prediction = "log mean"
    formula = r"e^{h} - y h"
    reference = "nelder1972"
    use_when = "Counts of events, or other non-negative amounts that vary about as their mean."
    avoid_when = "Probabilities of counts are wanted and they vary more than their mean: take negative_binomial."
    peers = (
        Peer(
            "torch.nn.PoissonNLLLoss",
            parameters={
                "log_input": "poisson_deviance_mean, if False",
                "full": "no constant is left in: Stirling's terms do not depend on the prediction",
                "eps": "not needed here",
            },
            also=("torch.nn.functional.poisson_nll_loss",),
        ),
        Peer("sklearn._loss.loss.HalfPoissonLoss"),
        Peer(
            "sklearn.linear_model.PoissonRegressor",
            bare=False,
            says="an estimator that minimises this and a penalty",
        ),
        Peer(
            "tensorflow.nn.log_poisson_loss",
            parameters={
                "log_input": "y_pred",
                "compute_full_loss": "no constant is left in: Stirling's terms do not depend on the prediction",
            },
        ),
        Peer("xgboost:count:poisson", says="its metric poisson-nloglik has log(y!) besides"),
        Peer(
            "lightgbm:poisson",
            bare=False,
            says="of the logarithm of the mean",
            metric="poisson",
            digits=5,
        ),
        Peer("catboost:Poisson", says="of the logarithm of the mean"),
        Peer("sklearn.ensemble.HistGradientBoostingRegressor(loss='poisson')"),
    )
    style = style("blue", "solid")
    crosses_zero = ("value", "gradient")
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=False,
        zero_if_perfect=False,
        lipschitz=None,
        smooth=None,
        bounded=None,
        elicits="mean",
    )

    def value_at(y, f):
        e, _ = exp_and_excess(f, y)
        # Where e**f is infinite the other term does not count.
        p = y * (f if e < np.inf else 0.0)
        return e - (0.0 if y == 0.0 else p)

    def gradient_at(y, f):
        _, excess = exp_and_excess(f, y)
        return excess

    def curvature_at(y, f):
        e, _ = exp_and_excess(f, y)
        return e + 0.0 * y

    def exact(mp, y, f):
        return mp.exp(f) - y * f


class PoissonDevianceMean(Pointwise):
    """Half Poisson deviance of a mean: the Poisson loss for models that predict the mean itself.

    With m = y_pred > 0 in units of y, the loss is m - y + y log(y / m), and m where y = 0. It is 0
    at m = y and its best prediction is the mean. A model must keep its prediction positive; one
    that predicts the logarithm takes ``poisson``, which needs no such care. Keras' ``Poisson``
    leaves out the terms without m and adds 1e-7 to m in the logarithm; scikit-learn's
    ``mean_poisson_deviance`` is twice this one.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("poisson_deviance_mean")
    >>> loss.value([0.0, 2.0, 3.0], [0.5, 2.0, 1.5], reduction="none").round(6)
    array([0.5     , 0.      , 0.579442])
    """

    name = "poisson_deviance_mean"
    title = "Poisson deviance of a mean"
    family = "count"
    target = "nonnegative"
    prediction = "positive value"
    formula = r"f - y + y \log(y / f)"
    reference = "mccullagh1989"
    use_when = "Counts and a model whose output is already a positive mean; as a metric of such."
    avoid_when = "Outputs that may become 0 or negative: predict a logarithm and take poisson."
    peers = (
        Peer(
            "torch.nn.PoissonNLLLoss",
            options="log_input=False, eps=0.0",
            plus="(y - torch.xlogy(y, y)).mean()",
            owner=False,
            says="it leaves out y log(y) - y",
        ),
        Peer(
            "keras.losses.Poisson",
            plus="(y - y * keras.ops.log(y)).mean()",
            says="it leaves out y log(y) - y, and adds 1e-7 to the mean inside the logarithm",
            where="y > 0",
            also=("keras.losses.poisson",),
        ),
        Peer(
            "sklearn.metrics.mean_poisson_deviance",
            factor=2.0,
            says="the deviance, without the half",
        ),
        Peer("sklearn._loss.loss.HalfTweedieLossIdentity", options="power=1.0", owner=False),
    )
    style = style("green", "dashed")
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        symmetric=False,
        nonnegative=True,
        zero_if_perfect=True,
        lipschitz=None,
        smooth=None,
        bounded=None,
        elicits="mean",
    )

    def value_at(y, f):
        # y (q - 1 - log q) with q = f / y
        k, m, m_lo = quotient_mantissa(f, y)
        excess, curved = excess_of_log(k, m, m_lo)
        v = y * curved
        v = f - y if k > 900.0 else v
        v = f if y == 0.0 else v
        v = 0.0 if f == y else v
        return v if f < np.inf else f

    def gradient_at(y, f):
        r = f - y
        return 1.0 if f == np.inf else r / f

    def curvature_at(y, f):
        return (y / f) / f

    def exact(mp, y, f):
        return f - y + y * mp.log(y / f) if y > 0 else f


def odds(f, theta):
    """z = f - log(theta), what -abs(z) lost in rounding, and e**-abs(z)."""
    log, log_lo = log_parts(theta)
    z = f - log
    z_lo = finite_part(two_sum_error(f, -log, z) - log_lo)
    z_lo = z_lo if z < 0.0 else -z_lo
    return z, z_lo, exp2parts(-abs(z), z_lo)


class NegativeBinomial(Pointwise):
    """Negative binomial loss of a log-rate: for counts that vary more than their mean.

    With h = y_pred, the logarithm of the mean m, and variance m + m**2 / theta, the loss is
    theta log(1 + m / theta) + y log(1 + theta / m), in nats; what does not depend on the
    prediction is left out of the likelihood. Its best prediction is the logarithm of the mean.
    theta is a size, 1 / alpha in the notation of statsmodels; theta = 1 is the geometric
    distribution, and a large theta the Poisson loss up to a constant. theta is given, not fitted:
    a wrong one costs efficiency, not the mean.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("negative_binomial", theta=1.0)
    >>> loss.value([0.0, 3.0], [0.0, 0.0], reduction="none").round(6)
    array([0.693147, 2.772589])
    """

    name = "negative_binomial"
    title = "Negative binomial loss"
    aliases = ("nb2",)
    family = "count"
    target = "nonnegative"
    prediction = "log mean"
    formula = (
        r"\theta \log\left(1 + \frac{e^{h}}{\theta}\right)"
        r" + y \log\left(1 + \theta e^{-h}\right)"
    )
    reference = "lawless1987"
    use_when = "Counts whose variance clearly exceeds their mean."
    avoid_when = (
        "It is known that some rows cannot count at all; many zeros alone are no proof of it."
    )
    peers = (
        Peer(
            "torch.distributions.NegativeBinomial",
            call="law = torch.distributions.NegativeBinomial(theta, logits=f - np.log(theta))\n-law.log_prob(y).mean()",
            plus="-(torch.lgamma(y + theta) - torch.lgamma(y + 1) - torch.lgamma(torch.tensor(theta, dtype=y.dtype))).mean()",
            bare=False,
            says="it takes the logit of a chance instead of the log-mean, and counts the binomial coefficient",
            where="y == np.floor(y)",
        ),
        Peer(
            "statsmodels.discrete.discrete_model.NegativeBinomial",
            bare=False,
            says="an estimator; alpha is 1 / theta",
            parameters={"alpha": "1 / theta"},
        ),
    )
    style = style("green", "dashdot")
    theta = Parameter(
        2.0,
        above=0.0,
        slider=(0.1, 50.0, "log"),
        doc="size: the variance is m + m**2 / theta, so infinity would be Poisson",
    )
    crosses_zero = ("gradient",)
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=True,
        zero_if_perfect=False,
        bounded=None,
        elicits="mean",
    )

    def value_at(y, f, theta):
        # Two non-negative terms: (theta + y) log(1 + e**-|z|), and theta z or y |z|.
        z, _, e = odds(f, theta)
        weight = theta if z > 0.0 else y
        linear = 0.0 if weight == 0.0 else weight * abs(z)
        return (theta + y) * log1p_unit(e) + linear

    def gradient_at(y, f, theta):
        z, _, e = odds(f, theta)
        _, excess = exp_and_excess(f, y)
        # (m - y) / (1 + m / theta), both divided by m / theta where that is large
        far = (z > 0.0) & (y * e < 0.5 * theta)
        top = theta - y * e if far else excess * (e if z > 0.0 else 1.0)
        return top / (1.0 + e)

    def curvature_at(y, f, theta):
        z, z_lo, e = odds(f, theta)
        d = 1.0 + e
        square = d * d
        lost = two_product_error(d, d, square) + 2.0 * d * (e - (d - 1.0))
        q = times_exp(theta + y, -abs(z), z_lo) / square
        return q - q * (lost / square)

    def exact(mp, y, f, theta):
        z = f - mp.log(theta)
        tail = (theta + y) * mp.log1p(mp.exp(-abs(z)))
        return tail + (theta * z if z > 0 else -y * z)
