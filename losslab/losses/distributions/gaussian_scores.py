"""Relatives of the Gaussian likelihood: losses of a mean and the logarithm of a scale."""

from losslab.arithmetic.standard import (
    HALF_LOG_2PI,
    LARGEST,
    inverse_scale,
    residual,
    scaled,
    standardised,
)
from losslab.arithmetic.vmath import exp, expm1, log1p, sqrt
from losslab.contract.accuracy import Bound
from losslab.contract.claims import NOT_STRICTLY, Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.distributions.location_scale import (
    CANCELS,
    CLAIMS,
    ROUNDED_SCALE,
    mean_and_log_deviation,
)
from losslab.losses.kinds.rowwise import Rowwise


class BetaNLLGaussian(Rowwise):
    """Beta-NLL: the Gaussian likelihood with every row weighted by its own variance**beta.

    The weight e**(2 beta log_scale) counts as a constant when the gradient is taken. So
    `gradient` is not the derivative of `value`: it is a field that vanishes, on average, at the
    mean and the standard deviation, but belongs to no function. beta = 0 is the Gaussian
    likelihood; beta = 1 gives the mean the gradient of squared error. Between them, rows with a
    large predicted scale keep pulling on the mean. The value itself is no score: a model must be
    compared by the likelihood, not by it.

    Examples
    --------
    >>> import losslab as ll
    >>> float(ll.get("beta_nll_gaussian", beta=1).gradient([3.0], [[1.0, 5.0]])[0, 0])
    -2.0
    """

    name = "beta_nll_gaussian"
    title = "Beta-NLL"
    aliases = ("beta_nll",)
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("mean", "log_scale")
    formula = (
        r"\lfloor\sigma^{2\beta}\rfloor\left(\tfrac12 \left(\tfrac{y-\mu}{\sigma}\right)^2"
        r" + \log\sigma + \tfrac12\log 2\pi\right)"
    )
    reference = "seitzer2022"
    gradient_field = "the weight counts as a constant when the gradient is taken"
    use_when = (
        "A network learns mean and scale by gradient steps, and under the Gaussian likelihood the "
        "mean of rows that look noisy at first comes slowly or gets stuck."
    )
    avoid_when = "An optimiser or a stopping rule relies on the value falling along the gradient."
    peers = (Peer("torch_uncertainty.losses.BetaNLL", says="it takes a distribution"),)
    style = style("blue", "dotted")
    beta = Parameter(
        0.5, least=0.0, most=1.0, slider=(0.0, 1.0), doc="power of the variance, a number"
    )
    claims = Claims(bounded=None, lipschitz=None, nonnegative=False)
    accuracy = {
        "value": Bound(4.0, ROUNDED_SCALE, of="rounding"),
        "gradient": Bound(4.0, CANCELS, of="rounding"),
    }

    def row_at(y, f, g, s, k, beta):
        # w is the weight; the weighted residual over the variance needs no division.
        w = inverse_scale(-2.0 * beta * f[1])
        log_square = 2.0 * (1.0 - beta) * f[1]
        pull = residual(y[0], f[0], log_square, inverse_scale(log_square))
        square = pull * (y[0] - f[0]) if pull != 0.0 else 0.0
        g[0] = -pull
        g[1] = w - square
        return 0.5 * square + scaled(f[1] + HALF_LOG_2PI, 2.0 * beta * f[1], w)

    def exact(mp, y, f, beta):
        value = ((y - f[0]) * mp.exp(-f[1])) ** 2 / 2 + f[1] + mp.log(2 * mp.pi) / 2
        return mp.exp(2 * beta * f[1]) * value

    @staticmethod
    def exact_gradient(mp, y, f, beta):
        r = y - f[0]
        w = mp.exp(2 * beta * f[1])
        return [-w * r * mp.exp(-2 * f[1]), w * (1 - r**2 * mp.exp(-2 * f[1]))]


class DawidSebastiani(Rowwise):
    """Dawid-Sebastiani score: squared standardised error plus twice the logarithm of the scale.

    With z = (y - mean) e**-log_scale the score is z**2 + 2 log_scale: twice the Gaussian
    log-likelihood without its constant, read as a score of two moments. Its expectation is
    smallest at the true mean and standard deviation whatever the distribution of y, as long as it
    has a variance; everything beyond the two moments goes unseen. Unbounded below.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("dawid_sebastiani").value([3.0], [[1.0, 0.0]])
    4.0
    """

    name = "dawid_sebastiani"
    title = "Dawid-Sebastiani score"
    aliases = ("DSS",)
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("mean", "log_scale")
    formula = r"\left(\frac{y-\mu}{\sigma}\right)^2 + 2\log\sigma"
    reference = "dawid1999"
    use_when = "Forecasts of any shape are judged by their mean and standard deviation alone."
    avoid_when = "Skewness or tails matter, or scales near zero occur."
    peers = (
        Peer("scoringRules.dss_norm", says="in R; it takes the scale instead of its logarithm"),
    )
    style = style("vermilion", "dashdot")
    claims = Claims(
        differentiable=True,
        elicits=mean_and_log_deviation,
        **(CLAIMS | {"proper": NOT_STRICTLY}),
    )
    accuracy = {
        "value": Bound(2.0, ROUNDED_SCALE, of="rounding"),
        "gradient": Bound(2.0, CANCELS, of="rounding"),
    }

    def row_at(y, f, g, s, k):
        e = inverse_scale(f[1])
        z = residual(y[0], f[0], f[1], e)
        square = z * z
        g[0] = -2.0 * z * e
        g[1] = 2.0 - 2.0 * square
        return square + 2.0 * f[1] if square <= LARGEST else square

    def exact(mp, y, f):
        return ((y - f[0]) * mp.exp(-f[1])) ** 2 + 2 * f[1]


class HyvarinenGaussian(Rowwise):
    """Hyvarinen score of a Gaussian: what score matching minimises, in units of y**-2.

    For a density p the score is (log p)'' + ((log p)')**2 / 2 at y, which needs no normalising
    constant; for a Gaussian with z = (y - mean) e**-log_scale it is e**(-2 log_scale) (z**2 / 2 -
    1). Any density that is smooth on the whole line may take the place of the Gaussian, which
    serves here because its answer is known. Unlike a likelihood it depends on the unit of y, and
    a row with a small scale weighs far more than others.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("hyvarinen_gaussian").value([3.0], [[1.0, 0.0]])
    1.0
    """

    name = "hyvarinen_gaussian"
    title = "Hyvarinen score of a Gaussian"
    aliases = ("score_matching_gaussian",)
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("mean", "log_scale")
    formula = r"\frac{(y-\mu)^2}{2\sigma^4} - \frac{1}{\sigma^2}"
    reference = "hyvarinen2005"
    use_when = "A density is known up to its normalising constant."
    avoid_when = "The likelihood can be computed: it is steadier and the same in all units."
    style = style("green", "dashdot")
    claims = Claims(differentiable=True, elicits=mean_and_log_deviation, **CLAIMS)
    accuracy = {
        "value": Bound(2.0, "the inverse scale enters to the fourth power", of="rounding"),
        "gradient": Bound(2.0, "the inverse scale enters to the fourth power", of="rounding"),
    }

    def row_at(y, f, g, s, k):
        e = inverse_scale(f[1])
        z = standardised(y[0], f[0], e)
        ee = e * e
        ee = LARGEST if ee > LARGEST else ee
        g[0] = -(z * e) * ee if ee > 0.0 else 0.0
        g[1] = 2.0 * (ee * (1.0 - z * z)) if ee > 0.0 else 0.0
        return ee * (0.5 * z * z - 1.0) if ee > 0.0 else 0.0

    def exact(mp, y, f):
        return (y - f[0]) ** 2 * mp.exp(-4 * f[1]) / 2 - mp.exp(-2 * f[1])


class DensityPowerGaussian(Rowwise):
    """Density power divergence from a Gaussian: a likelihood that gives up on outliers.

    With the Gaussian density p the loss is the integral of p**(1 + beta) minus (1 + 1 / beta)
    p(y)**beta, plus 1 / beta, so that it tends to the Gaussian negative log-likelihood as beta
    goes to 0. A row far from the mean has almost no weight, p(y)**beta; larger beta means more
    protection and estimates that vary more. It depends on the unit of y through p**beta, and a
    scale that goes to 0 at an exact hit still costs minus infinity.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("density_power_gaussian", beta=0.5)
    >>> bool(abs(loss.gradient([50.0], [[0.0, 0.0]])[0, 0]) < 1e-200)
    True
    """

    name = "density_power_gaussian"
    title = "Gaussian density power divergence"
    aliases = ("beta_divergence_gaussian", "dpd_gaussian")
    family = "probabilistic"
    target = "real"
    prediction = "finite"
    outputs = ("mean", "log_scale")
    formula = (
        r"\int p^{1+\beta} - \left(1+\tfrac1\beta\right) p(y)^\beta + \tfrac1\beta,"
        r"\quad p = \mathcal N(\mu, \sigma^2)"
    )
    reference = "basu1998"
    use_when = "A mean and a scale are fitted and some targets are gross outliers."
    avoid_when = "The starting point may be far off: distant rows then have no pull."
    style = style("purple", "dashdot")
    beta = Parameter(
        0.3, above=0.0, most=1.0, slider=(0.05, 1.0), doc="protection against outliers, a number"
    )
    claims = Claims(differentiable=True, **CLAIMS)
    accuracy = {
        "value": Bound(
            6.0,
            "two powers of the density cancel, and beta multiplies logarithms",
            of="rounding",
        ),
        "gradient": Bound(
            6.0, "two powers of the density cancel in the second entry", of="rounding"
        ),
    }

    def row_at(y, f, g, s, k, beta):
        e = inverse_scale(f[1])
        z = standardised(y[0], f[0], e)
        a = -beta * (f[1] + HALF_LOG_2PI)
        b = -0.5 * beta * z * z
        height = exp(a)
        height = LARGEST if height > LARGEST else height
        c = 1.0 / sqrt(1.0 + beta)
        q = exp(b)
        slope = (1.0 + beta) * (height * q)
        g[0] = -(slope * z) * e if slope * abs(z) > 0.0 else 0.0
        fall = (1.0 + beta) * (q * (1.0 - z * z) if q > 0.0 else 0.0)
        g[1] = height * (fall - beta * c)
        ratio = (1.0 + beta) / beta
        far = height * (c - ratio * q) + 1.0 / beta
        near = expm1(a - 0.5 * log1p(beta)) - ratio * expm1(a + b)
        return far if a > 1.0 else near

    def exact(mp, y, f, beta):
        log_density = -(((y - f[0]) * mp.exp(-f[1])) ** 2) / 2 - f[1] - mp.log(2 * mp.pi) / 2
        integral = mp.exp(-beta * (f[1] + mp.log(2 * mp.pi) / 2)) / mp.sqrt(1 + beta)
        return integral - (1 + 1 / beta) * mp.exp(beta * log_density) + 1 / beta
