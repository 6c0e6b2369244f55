"""Shares between 0 and 1: the beta likelihood of a mean and a precision."""

from losslab.arithmetic.special import digamma, log_beta_of_sum, trigamma
from losslab.arithmetic.vmath import exp, expm1, log, log1p
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.pointwise import Pointwise


def parts(y, f, phi):
    """Larger and smaller shape, tanh(abs(f) / 2), phi m (1 - m), and the pull of the target.

    The pull is the slope of the log-likelihood over phi, without the poles of both shapes at 0,
    which would cancel.
    """
    e = exp(-abs(f))
    d = 1.0 + e
    large = phi / d
    small = (phi * e) / d
    odds = log(y) - log1p(-y)
    pull = (digamma(1.0 + large) - digamma(1.0 + small)) - (-odds if f < 0.0 else odds)
    return large, small, -expm1(-abs(f)) / d, (e / d) / d, pull


class BetaLikelihood(Pointwise):
    """Negative log-likelihood of a share under a beta distribution, by the logit of its mean.

    With m = 1 / (1 + exp(-h)), h = y_pred, and shapes a = phi m and b = phi (1 - m), the loss is
    log B(a, b) - (a - 1) log(y) - (b - 1) log(1 - y), in nats; it may be negative, because it is a
    density's. phi is the precision: the variance is m (1 - m) / (1 + phi). The target lies
    strictly between 0 and 1; shares of exactly 0 or 1 need another model. Its best constant
    follows the mean of logit(y), so it is near the mean of y, not equal to it.

    Examples
    --------
    >>> import losslab as ll
    >>> round(ll.get("beta_likelihood", phi=4.0).value([0.5], [0.0]), 6)
    -0.405465
    """

    name = "beta_likelihood"
    title = "Beta likelihood"
    aliases = ("beta_regression",)
    family = "probabilistic"
    target = "(0,1)"
    prediction = "logit mean"
    formula = (
        r"\log B(a, b) - (a-1)\log y - (b-1)\log(1-y),"
        r"\quad a = \phi\,\sigma(h),\ b = \phi\,\sigma(-h)"
    )
    reference = "ferrari2004"
    use_when = "Rates and proportions strictly inside (0, 1) whose spread shrinks towards the ends."
    avoid_when = (
        "Shares that are often exactly 0 or 1, or counts of successes: take their own model."
    )
    peers = (
        Peer(
            "torch.distributions.Beta",
            call="law = torch.distributions.Beta(phi * f.sigmoid(), phi * (-f).sigmoid())\n-law.log_prob(y).mean()",
            says="it takes two shapes instead of the logit of the mean",
            bare=False,
        ),
        Peer(
            "statsmodels.othermod.betareg.BetaModel",
            says="an estimator; the precision is predicted too",
            bare=False,
        ),
    )
    style = style("blue", "dashdot")
    phi = Parameter(
        10.0,
        above=0.0,
        slider=(0.5, 100.0, "log"),
        doc="precision: the variance is m (1 - m) / (1 + phi)",
    )
    crosses_zero = ("value", "gradient", "curvature")
    accuracy = {
        "value": Bound(
            400.0, "terms of the size of phi cancel: this is 6e-14 of phi, at phi = 1000"
        ),
        "gradient": Bound(150.0, "two digammas and the logit of y cancel near the best prediction"),
        "curvature": Bound(100.0, "it changes sign far from the target, where two terms cancel"),
    }
    claims = Claims(
        differentiable=True,
        twice_differentiable=True,
        nonnegative=False,
        zero_if_perfect=False,
        bounded=None,
    )

    def value_at(y, f, phi):
        large, small, _, _, _ = parts(y, f, phi)
        own = log(y)
        other = log1p(-y)
        up = other if f < 0.0 else own
        down = own if f < 0.0 else other
        # Where the smaller shape vanishes, log B is less its logarithm.
        a = abs(f)
        log_b = (a - log(phi)) if a > 600.0 else log_beta_of_sum(large, small, phi)
        return log_b - ((large - 1.0) * up + (small - 1.0) * down)

    def gradient_at(y, f, phi):
        _, _, lean, spread, pull = parts(y, f, phi)
        g = lean + (phi * spread) * pull
        return -g if f < 0.0 else g

    def curvature_at(y, f, phi):
        large, small, lean, spread, pull = parts(y, f, phi)
        w = phi * spread
        steep = trigamma(1.0 + large) + trigamma(1.0 + small)
        return 2.0 * spread + w * (w * steep - lean * pull)

    def exact(mp, y, f, phi):
        # By the second shape plus 1, and mirrored for small means: in the tails nothing cancels.
        mirrored = f < -mp.mpf(1) / 3
        h = -f if mirrored else f
        e = mp.exp(-h)
        a, b = phi / (1 + e), phi * e / (1 + e)
        log_b = mp.log(phi) - h - mp.log1p(e)
        log_beta = mp.loggamma(a) + mp.loggamma(1 + b) - log_b - mp.loggamma(phi)
        up, down = (mp.log(1 - y), mp.log(y)) if mirrored else (mp.log(y), mp.log(1 - y))
        return log_beta - (a - 1) * up - (b - 1) * down
