"""Continuous ranked probability scores in closed form, of a location and a log-scale."""

from losslab.arithmetic.special import erf, normal_pdf
from losslab.arithmetic.standard import inverse_scale, scaled, standardised
from losslab.arithmetic.vmath import exp, expm1, log1p_unit
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise

CLAIMS = {
    "convex": False,
    "differentiable": True,
    "nonnegative": True,
    "zero_if_perfect": True,
    "bounded": None,
    "lipschitz": None,
    "proper": True,
}
ACCURACY = {
    "value": Bound(4.0, "the scale is an exponential and its term is subtracted", of="rounding"),
    "gradient": Bound(4.0, "the slope of the log-scale changes sign", of="rounding"),
}


class CRPSGaussian(Rowwise):
    """Continuous ranked probability score of a Gaussian forecast, in the unit of y.

    The score of a forecast with distribution function F is the integral of (F(x) - 1{y <= x})**2
    over x. For a Gaussian with z = (y - mean) / scale it is scale (z (2 Phi(z) - 1) + 2 phi(z) -
    1 / sqrt(pi)). It tends to the absolute error as the scale goes to 0, so it stays finite where
    a likelihood does not, and the gradient of the mean never exceeds 1. It is smallest on average
    at the true mean and scale if y is Gaussian. Convex in (mean, scale), but not in the logarithm
    of the scale.

    ``properscoring.crps_gaussian`` and ``scoringrules.crps_normal`` take the scale itself.

    Examples
    --------
    >>> import losslab as ll
    >>> round(ll.get("crps_gaussian").value([0.0], [[0.0, 0.0]]), 6)
    0.233695
    """

    name = "crps_gaussian"
    title = "CRPS of a Gaussian"
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("mean", "log_scale")
    formula = (
        r"\sigma\left[z\,(2\Phi(z)-1) + 2\varphi(z) - \tfrac{1}{\sqrt\pi}\right],"
        r"\quad z = \frac{y-\mu}{\sigma}"
    )
    reference = "gneiting2005"
    use_when = "A whole forecast is judged in the unit of the target, gently on outliers."
    avoid_when = "The tails matter most: their share of the score is small."
    peers = (
        Peer("properscoring.crps_gaussian", says="it takes the scale instead of its logarithm"),
        Peer("scoringrules.crps_normal", says="it takes the scale instead of its logarithm"),
        Peer("scoringRules.crps_norm", says="in R; it takes the scale instead of its logarithm"),
        Peer("ngboost.scores.CRPScore", bare=False, says="of ngboost.distns.Normal"),
    )
    style = style("blue", "solid")
    claims = Claims(**CLAIMS)
    accuracy = ACCURACY

    def row_at(y, f, g, s, k):
        z = standardised(y[0], f[0], inverse_scale(f[1]))
        near = min(max(z, -40.0), 40.0)  # beyond, erf is 1 and the density 0
        inside = erf(near * 0.7071067811865476)
        spread = scaled(2.0 * normal_pdf(near) - 0.5641895835477563, f[1], inverse_scale(-f[1]))
        g[0] = -inside
        g[1] = spread
        return (y[0] - f[0]) * inside + spread

    def exact(mp, y, f):
        scale = mp.exp(f[1])
        z = (y - f[0]) / scale
        return scale * (z * mp.erf(z / mp.sqrt(2)) + 2 * mp.npdf(z) - 1 / mp.sqrt(mp.pi))


class CRPSLaplace(Rowwise):
    """Continuous ranked probability score of a Laplace forecast, in the unit of y.

    With the residual r = y - location it is abs(r) + scale (e**(-abs(r) / scale) - 3 / 4): the
    absolute error, smoothed over about one scale, minus what a forecast may claim for being
    uncertain. Finite for every scale; the gradient of the location stays below 1.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("crps_laplace").value([0.0], [[0.0, 0.0]])
    0.25
    """

    name = "crps_laplace"
    title = "CRPS of a Laplace distribution"
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("location", "log_scale")
    formula = r"|y-\mu| + b\,e^{-|y-\mu|/b} - \tfrac34 b"
    reference = "jordan2019"
    use_when = "A median and a spread are forecast and exponentials must be all the cost."
    avoid_when = "The forecast is not centred with a peak."
    peers = (
        Peer("scoringrules.crps_laplace", says="it takes the scale instead of its logarithm"),
        Peer("scoringRules.crps_lapl", says="in R; it takes the scale instead of its logarithm"),
    )
    style = style("vermilion", "solid")
    claims = Claims(**CLAIMS)
    accuracy = ACCURACY

    def row_at(y, f, g, s, k):
        z = standardised(y[0], f[0], inverse_scale(f[1]))
        scale = inverse_scale(-f[1])
        a = abs(z)
        inside = -expm1(-a)
        left = exp(-a)
        g[0] = -inside if z > 0.0 else inside
        g[1] = scaled((left + (a * left if left > 0.0 else 0.0)) - 0.75, f[1], scale)
        return abs(y[0] - f[0]) + scaled(left - 0.75, f[1], scale)

    def exact(mp, y, f):
        r, scale = abs(y - f[0]), mp.exp(f[1])
        return r + scale * mp.exp(-r / scale) - 3 * scale / 4


class CRPSLogistic(Rowwise):
    """Continuous ranked probability score of a logistic forecast, in the unit of y.

    With z = (y - location) / scale it is scale (z + 2 log(1 + e**-z) - 1). The location is pulled
    by 1 - 2 F(y), the forecast's own distribution function at y: 0 at its median, at most 1.
    Finite for every scale.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("crps_logistic").gradient([0.0], [[5.0, -9.0]])[0].round(12).tolist()
    [1.0, -0.000123409804]
    """

    name = "crps_logistic"
    title = "CRPS of a logistic distribution"
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("location", "log_scale")
    formula = r"s\left[z + 2\log(1+e^{-z}) - 1\right],\quad z = \frac{y-\mu}{s}"
    reference = "jordan2019"
    use_when = "A forecast needs tails between the Gaussian and the Laplace ones."
    avoid_when = "The forecast is skewed."
    peers = (
        Peer("scoringrules.crps_logistic", says="it takes the scale instead of its logarithm"),
        Peer("scoringRules.crps_logis", says="in R; it takes the scale instead of its logarithm"),
    )
    style = style("green", "solid")
    claims = Claims(**CLAIMS)
    accuracy = ACCURACY

    def row_at(y, f, g, s, k):
        z = standardised(y[0], f[0], inverse_scale(f[1]))
        scale = inverse_scale(-f[1])
        a = abs(z)
        t = exp(-a)
        inside = -expm1(-a) / (1.0 + t)
        both = 2.0 * log1p_unit(t) - 1.0
        g[0] = -inside if z > 0.0 else inside
        g[1] = scaled(both + (2.0 * a * t / (1.0 + t) if t > 0.0 else 0.0), f[1], scale)
        return abs(y[0] - f[0]) + scaled(both, f[1], scale)

    def exact(mp, y, f):
        scale = mp.exp(f[1])
        z = (y - f[0]) / scale
        return scale * (z + 2 * mp.log1p(mp.exp(-z)) - 1)
