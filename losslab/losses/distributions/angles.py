"""Likelihoods of an angle: targets on the circle, where 359 degrees are next to 1 degree."""

from losslab.arithmetic.angles import sine_and_versine
from losslab.arithmetic.special import bessel_gap, log_bessel_i0_below
from losslab.arithmetic.standard import inverse_scale, scaled
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.kinds.rowwise import Rowwise

LOG_TWO_PI = 1.8378770664093456


class VonMisesNLL(Rowwise):
    """Von Mises negative log-likelihood of a direction and the logarithm of a concentration.

    With d = y - direction, angles in radians, and kappa = e**log_concentration the loss is
    -kappa cos(d) + log(2 pi I0(kappa)), in nats, where I0 is the modified Bessel function. Whole
    turns do not count. It is the Gaussian likelihood of the circle: for a large kappa the standard
    deviation is 1 / sqrt(kappa), for kappa near 0 every direction is equally likely. Not convex in
    the direction: half a turn away from y the pull vanishes, and a start near there learns
    slowly. Unbounded below, as every likelihood of a free scale. PyTorch's ``VonMises`` takes the
    concentration itself, and its Bessel function is right to about 7 digits.

    Examples
    --------
    >>> import numpy as np, losslab as ll
    >>> loss = ll.get("von_mises_nll")
    >>> near, far = loss.value(np.radians([359.0, 180.0]), [[0.0, 2.0]] * 2, reduction="none")
    >>> bool(near < far)
    True
    """

    name = "von_mises_nll"
    title = "Von Mises negative log-likelihood"
    aliases = ("von_mises",)
    family = "probabilistic"
    target = "angle"
    prediction = "direction and log-concentration"
    outputs = ("direction", "log_concentration")
    formula = r"-\kappa\cos(y-\mu) + \log 2\pi I_0(\kappa)"
    reference = "mardia2000"
    use_when = "The target is an angle: a wind direction, a heading, a time of day."
    avoid_when = "Angles repeat after half a turn (double them first), or all lie close together."
    peers = (
        Peer(
            "torch.distributions.VonMises",
            call="-torch.distributions.VonMises(f[:, 0], f[:, 1].exp()).log_prob(y).mean()",
            digits=6,
            says="it takes the concentration instead of its logarithm",
        ),
    )
    style = style("purple", "solid")
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=False,
        bounded=None,
        lipschitz=None,
        proper=True,
    )
    accuracy = {
        "value": Bound(2.0, "misfit and logarithm of I0 cancel", of="rounding"),
        "gradient": Bound(2.0, "both entries vanish at the best forecast", of="rounding"),
    }

    def row_at(y, f, g, s, k):
        kappa = inverse_scale(-f[1])
        sine, versine = sine_and_versine(f[0], y[0])
        misfit = scaled(versine, f[1], kappa)
        g[0] = scaled(sine, f[1], kappa)
        g[1] = misfit - bessel_gap(kappa)
        return misfit + (log_bessel_i0_below(kappa, f[1]) + LOG_TWO_PI)

    def exact(mp, y, f):
        kappa = mp.exp(f[1])
        if kappa < 1e4:
            log_i0 = mp.log(mp.besseli(0, kappa)) - kappa
        else:  # the asymptotic series, up to its smallest term
            term, total, j = mp.mpf(1), mp.mpf(1), 0
            while True:
                j += 1
                term *= (2 * j - 1) ** 2 / (8 * kappa * j)
                if term < mp.eps * total:
                    break
                total += term
            log_i0 = mp.log(total) - mp.log(2 * mp.pi * kappa) / 2
        return 2 * kappa * mp.sin((y - f[0]) / 2) ** 2 + log_i0 + mp.log(2 * mp.pi)
