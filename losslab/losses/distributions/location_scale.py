"""Negative log-likelihoods of a location and a scale that are both predicted."""

import numpy as np

from losslab.arithmetic.standard import (
    HALF_LOG_2PI,
    inverse_scale,
    logistic_bends,
    residual,
    scaled,
    standardised,
    standardised_second,
)
from losslab.arithmetic.vmath import LN2, exp, log1p_unit, log_parts
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise

ROUNDED_SCALE = "the standardised residual is rounded three times and enters squared"
CANCELS = "1 and the squared residual cancel in the slope of the log-scale"
CLAIMS = {
    "convex": False,
    "nonnegative": False,
    "bounded": None,
    "lipschitz": None,
    "proper": True,
}


def mean_and_log_deviation(y, **parameters):
    """Mean and logarithm of the standard deviation of a sample."""
    return y.mean(), np.log(y.std())


def median_and_log_deviation(y, **parameters):
    """Median and logarithm of the mean absolute deviation from it."""
    return np.median(y), np.log(np.abs(y - np.median(y)).mean())


def mean_and_log_deviation_of_logs(y, **parameters):
    """Mean and logarithm of the standard deviation of the logarithms."""
    return mean_and_log_deviation(np.log(y))


def standardised_log(y, location, e):
    """log(y), and it standardised with all its digits."""
    hi, lo = log_parts(y)
    z = standardised(hi, location, e)
    return hi, z + lo * e


class GaussianNLL(Rowwise):
    """Gaussian negative log-likelihood of a mean and the logarithm of a standard deviation.

    With z = (y - mean) e**-log_scale the loss is z**2 / 2 + log_scale + log(2 pi) / 2, in nats;
    the mean has the unit of y, log_scale is the logarithm of a standard deviation in that unit. A
    large predicted scale divides the gradient of the mean by its square, so rows that are thought
    to be noisy hardly move the mean any more. It is unbounded below: a scale of 0 at an exact hit
    costs minus infinity. It is convex in the mean and in log_scale, not in both together.

    PyTorch's ``GaussianNLLLoss`` takes the variance instead of log_scale, raises it to at least
    ``eps`` = 1e-6 and drops log(2 pi) / 2 unless ``full=True``; here the constant always counts,
    so that values can be compared with other likelihoods, and nothing is clipped.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("gaussian_nll").gradient([3.0], [[1.0, 0.0]])
    array([[-2., -3.]])
    """

    name = "gaussian_nll"
    title = "Gaussian negative log-likelihood"
    aliases = ("heteroscedastic_gaussian",)
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("mean", "log_scale")
    formula = r"\tfrac12 \left(\frac{y-\mu}{\sigma}\right)^2 + \log\sigma + \tfrac12\log 2\pi"
    reference = "nix1994"
    use_when = "The noise is roughly Gaussian and its size differs from row to row."
    avoid_when = "Outliers occur, or a few exact hits could pull the scale to zero."
    peers = (
        Peer(
            "torch.nn.GaussianNLLLoss",
            call="torch.nn.GaussianNLLLoss(full=True)(f[:, 0], y, (2 * f[:, 1]).exp())",
            says="it takes the variance as its third argument, holds it above 1e-6 and leaves out log(2 pi) / 2 unless full=True",
            where="f[:, 1] > -6",
            parameters={
                "var": "the second column of y_pred, as log_scale = log(var) / 2",
                "full": "always so here",
                "eps": "not needed here: log_scale may be any number",
            },
            also=("torch.nn.functional.gaussian_nll_loss",),
        ),
        Peer(
            "torch.distributions.Normal",
            call="-torch.distributions.Normal(f[:, 0], f[:, 1].exp()).log_prob(y).mean()",
            bare=False,
            says="it takes the scale instead of its logarithm",
        ),
        Peer("ngboost.distns.Normal", bare=False, says="with LogScore"),
    )
    style = style("blue", "dashed")
    claims = Claims(differentiable=True, elicits=mean_and_log_deviation, **CLAIMS)
    accuracy = {
        "value": Bound(2.0, ROUNDED_SCALE, of="rounding"),
        "gradient": Bound(2.0, CANCELS, of="rounding"),
        "curvature": Bound(4.0, ROUNDED_SCALE),
    }

    def row_at(y, f, g, s, k):
        e = inverse_scale(f[1])
        z = residual(y[0], f[0], f[1], e)
        g[0] = -z * e
        g[1] = 1.0 - z * z
        return 0.5 * z * z + (f[1] + HALF_LOG_2PI)

    def row_second_at(y, f, d, h, t, s, k):
        e = inverse_scale(f[1])
        z = residual(y[0], f[0], f[1], e)
        return standardised_second(z, z, 1.0, e, d, h, t)

    def exact(mp, y, f):
        return ((y - f[0]) * mp.exp(-f[1])) ** 2 / 2 + f[1] + mp.log(2 * mp.pi) / 2


class LaplaceNLL(Rowwise):
    """Laplace negative log-likelihood of a location and the logarithm of a scale.

    With a = abs(y - location) e**-log_scale the loss is a + log_scale + log 2, in nats. The best
    location is the median and the best scale the mean absolute deviation from it, both in the
    unit of y, so single outliers pull less than with Gaussian noise. At a = 0 the gradient of the
    location is 0. Unbounded below, as every likelihood of a free scale. The second derivative by the
    location is 0 beside its jump at a = 0, where there is none, so Newton's method cannot move it.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("laplace_nll").gradient([3.0], [[1.0, 0.0]])
    array([[-1., -1.]])
    """

    name = "laplace_nll"
    title = "Laplace negative log-likelihood"
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("location", "log_scale")
    formula = r"\frac{|y-\mu|}{b} + \log 2b"
    reference = "laplace1774"
    use_when = "The median and a typical deviation are wanted, with some outliers."
    avoid_when = "The density must be smooth at its centre."
    peers = (
        Peer(
            "torch.distributions.Laplace",
            call="-torch.distributions.Laplace(f[:, 0], f[:, 1].exp()).log_prob(y).mean()",
            bare=False,
            says="it takes the scale instead of its logarithm",
        ),
        Peer("ngboost.distns.Laplace", bare=False, says="with LogScore"),
    )
    style = style("vermilion", "dashed")
    claims = Claims(differentiable=False, elicits=median_and_log_deviation, **CLAIMS)
    accuracy = {
        "value": Bound(
            2.0, "scaled residual and log-scale cancel where the density is 1", of="rounding"
        ),
        "gradient": Bound(
            2.0, "1 and the scaled residual cancel in the second entry", of="rounding"
        ),
        "curvature": Bound(4.0, ROUNDED_SCALE),
    }

    def row_at(y, f, g, s, k):
        e = inverse_scale(f[1])
        z = residual(y[0], f[0], f[1], e)
        a = abs(z)
        pull = scaled(1.0, -f[1], e)
        g[0] = -pull if z > 0.0 else (pull if z < 0.0 else 0.0)
        g[1] = 1.0 - a
        return a + (f[1] + LN2)

    def row_second_at(y, f, d, h, t, s, k):
        e = inverse_scale(f[1])
        z = residual(y[0], f[0], f[1], e)
        sign = 1.0 if z > 0.0 else (-1.0 if z < 0.0 else 0.0)
        return standardised_second(z, sign, 0.0, e, d, h, t)

    def exact(mp, y, f):
        return abs(y - f[0]) * mp.exp(-f[1]) + f[1] + mp.log(2)


class LogisticNLL(Rowwise):
    """Logistic negative log-likelihood of a location and the logarithm of a scale.

    With z = (y - location) e**-log_scale the loss is z + 2 log(1 + e**-z) + log_scale, in nats.
    The density looks like a Gaussian one with heavier, exponential tails: the pull on the
    location levels off at e**-log_scale. The standard deviation is pi / sqrt(3) times the scale.
    Unbounded below, as every likelihood of a free scale.

    Examples
    --------
    >>> import losslab as ll
    >>> float(ll.get("logistic_nll").value([1.0], [[1.0, 0.0]])) == 2 * 0.6931471805599453
    True
    """

    name = "logistic_nll"
    title = "Logistic negative log-likelihood"
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("location", "log_scale")
    formula = r"z + 2\log(1+e^{-z}) + \log s,\quad z = \frac{y-\mu}{s}"
    reference = "balakrishnan1991"
    use_when = "The noise has somewhat heavier tails than a Gaussian and a smooth centre."
    avoid_when = "Outliers are gross: a Student t gives up on them, this does not."
    style = style("green", "dashed")
    claims = Claims(differentiable=True, **CLAIMS)
    accuracy = {
        "value": Bound(
            2.0, "residual, softplus and log-scale are rounded and may cancel", of="rounding"
        ),
        "gradient": Bound(2.0, "1 and the residual cancel in the second entry", of="rounding"),
        "curvature": Bound(4.0, "e is raised to a rounded residual", of="rounding"),
    }

    def row_at(y, f, g, s, k):
        e = inverse_scale(f[1])
        z = residual(y[0], f[0], f[1], e)
        a = abs(z)
        t = exp(-a)
        half_tanh = (1.0 - t) / (1.0 + t)
        g[0] = scaled(-half_tanh if z > 0.0 else half_tanh, -f[1], e)
        g[1] = 1.0 - a * half_tanh
        return (a + 2.0 * log1p_unit(t)) + f[1]

    def row_second_at(y, f, d, h, t, s, k):
        e = inverse_scale(f[1])
        z = residual(y[0], f[0], f[1], e)
        slope, bend = logistic_bends(z)
        return standardised_second(z, slope, bend, e, d, h, t)

    def exact(mp, y, f):
        z = (y - f[0]) * mp.exp(-f[1])
        return z + 2 * mp.log1p(mp.exp(-z)) + f[1]


class LognormalNLL(Rowwise):
    """Log-normal negative log-likelihood: the Gaussian one of log y, for targets above 0.

    mean and log_scale belong to log y, and the loss is the Gaussian one plus log y, in nats, so
    that it is a likelihood of y itself and can be compared with those of other distributions. The
    best median of y is e**mean; its mean, e**(mean + e**(2 log_scale) / 2), is far more sensitive
    to log_scale. A relative error counts the same at every size of y.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("lognormal_nll").gradient([1.0], [[2.0, 0.0]])
    array([[ 2., -3.]])
    """

    name = "lognormal_nll"
    title = "Log-normal negative log-likelihood"
    family = "probabilistic"
    target = "positive"
    prediction = "finite"
    outputs = ("mean", "log_scale")
    formula = (
        r"\tfrac12 \left(\frac{\log y-\mu}{\sigma}\right)^2 + \log\sigma + \log y"
        r" + \tfrac12\log 2\pi"
    )
    reference = "aitchison1957"
    use_when = "Targets are positive and their errors are relative."
    avoid_when = "Targets can be zero, or their mean is what must be right."
    peers = (
        Peer(
            "torch.distributions.LogNormal",
            call="-torch.distributions.LogNormal(f[:, 0], f[:, 1].exp()).log_prob(y).mean()",
            bare=False,
            says="it takes the scale instead of its logarithm",
        ),
        Peer("ngboost.distns.LogNormal", bare=False, says="with LogScore"),
    )
    style = style("purple", "dashed")
    claims = Claims(differentiable=True, elicits=mean_and_log_deviation_of_logs, **CLAIMS)
    accuracy = {
        "value": Bound(2.0, ROUNDED_SCALE, of="rounding"),
        "gradient": Bound(2.0, CANCELS, of="rounding"),
        "curvature": Bound(4.0, ROUNDED_SCALE),
    }

    def row_at(y, f, g, s, k):
        e = inverse_scale(f[1])
        hi, z = standardised_log(y[0], f[0], e)
        g[0] = -z * e
        g[1] = 1.0 - z * z
        return 0.5 * z * z + ((hi + f[1]) + HALF_LOG_2PI)

    def row_second_at(y, f, d, h, t, s, k):
        e = inverse_scale(f[1])
        hi, z = standardised_log(y[0], f[0], e)
        return standardised_second(z, z, 1.0, e, d, h, t)

    def exact(mp, y, f):
        z = (mp.log(y) - f[0]) * mp.exp(-f[1])
        return z**2 / 2 + f[1] + mp.log(y) + mp.log(2 * mp.pi) / 2
