"""Positive amounts with a log link: gamma, exponential, inverse Gaussian, Tweedie."""

import numpy as np

from losslab.arithmetic.parts import excess_of_log
from losslab.arithmetic.vmath import (
    INV_LN2,
    TINY,
    exp2parts,
    exp_parts,
    exp_split,
    exponent_as_float,
    finite_part,
    log_exponent,
    log_mantissa,
    log_parts,
    pow2,
    product_error,
    product_rest,
    times_exp,
    two_sum_error,
    within_range,
)
from losslab.contract.claims import Claims
from losslab.contract.parameters import Parameter
from losslab.contract.peers import Peer
from losslab.contract.style import style
from losslab.losses.counts.log_link import exp_and_excess, exp_remainders_at, scaled_excess
from losslab.losses.kinds.pointwise import Pointwise


def log_quotient(y, f):
    """log(y) - f as (hi, lo)."""
    log, log_lo = log_parts(y)
    d = log - f
    return d, finite_part(two_sum_error(log, -f, d) + log_lo)


def quotient_excess(y, f):
    """q - 1 and q - 1 - log(q) for q = y e**-f, which may lie outside the range of doubles."""
    x = 1400.0 if f < -1400.0 else -f
    x = -1400.0 if x < -1400.0 else x
    k, r, rest = exp_split(x, 0.0)
    small = y < TINY
    c = y * 18014398509481984.0 if small else y  # 2**54
    biased = log_exponent(c)
    m = log_mantissa(c, biased)
    k = k + exponent_as_float(biased) - (54.0 if small else 0.0)
    # m e**r lies between 1/2 and 2: one more step brings it to [sqrt(1/2), sqrt(2)).
    rise = m * r
    v = m + rise
    v_lo = ((m - v) + rise) + (product_rest(m, r, rise) + m * rest)
    w = v + v_lo
    biased = log_exponent(w)
    step = exponent_as_float(biased)
    excess, curved = excess_of_log(
        k + step, log_mantissa(w, biased), (v_lo - (w - v)) * pow2(-step)
    )
    # Beyond, log(q) is -f to the last digit.
    return excess, (curved + (f - 1400.0) if f > 1400.0 else curved)


class GammaDeviance(Pointwise):
    """Half gamma deviance with a log link: errors count in percent of the mean.

    With h = y_pred, the logarithm of the mean, and q = y / exp(h), the loss is q - 1 - log(q); it
    has no unit and is 0 at a perfect prediction. Its best prediction is the logarithm of the mean.
    It fits amounts whose standard deviation is proportional to the mean. Predictions far too small
    cost exponentially much, and a target of 0 is illegal. scikit-learn's ``HalfGammaLoss``,
    LightGBM's ``gamma`` and XGBoost's ``reg:gamma`` leave out the terms without h.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("gamma_deviance").value([1.0, 1.0], [0.0, 1.0], reduction="none").round(6)
    array([0.      , 0.367879])
    """

    name = "gamma_deviance"
    title = "Gamma deviance"
    family = "count"
    target = "positive"
    prediction = "log mean"
    formula = r"y e^{-h} - 1 - \log(y e^{-h})"
    reference = "nelder1972"
    use_when = "Positive, skewed amounts such as claims or waiting times; errors matter in percent."
    avoid_when = "Amounts that may be 0: take tweedie."
    peers = (
        Peer(
            "sklearn._loss.loss.HalfGammaLoss",
            plus="(1 + np.log(y)).mean()",
            says="it leaves out the terms without the prediction",
        ),
        Peer(
            "sklearn.metrics.mean_gamma_deviance",
            f="np.exp(f)",
            factor=2.0,
            says="the deviance without the half, of the mean itself",
        ),
        Peer(
            "sklearn.linear_model.GammaRegressor",
            bare=False,
            says="an estimator that minimises this and a penalty",
        ),
        Peer(
            "xgboost:reg:gamma",
            factor=2.0,
            digits=3,
            says="as its metric gamma-deviance is, which adds 1e-6 to both",
            metric="gamma-deviance",
        ),
        Peer(
            "lightgbm:gamma",
            then="{} / len(y)",
            factor=2.0,
            says="as its metric gamma_deviance is, which is a sum",
            metric="gamma_deviance",
            digits=5,
        ),
    )
    style = style("green", "solid")
    crosses_zero = ("value", "gradient")
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
        return quotient_excess(y, f)[1]

    def gradient_at(y, f):
        g = -quotient_excess(y, f)[0]
        r = f - y
        return g if r == r else r

    def curvature_at(y, f):
        d, d_lo = log_quotient(y, f)
        return exp2parts(d, d_lo)

    def exact(mp, y, f):
        return y * mp.exp(-f) - 1 - (mp.log(y) - f)


class ExponentialNLL(Pointwise):
    """Negative log-likelihood of an exponential waiting time, by the logarithm of its mean.

    With h = y_pred the loss is h + y exp(-h), in nats; exp(-h) is the rate. It differs from
    ``gamma_deviance`` by a constant and allows a waiting time of 0, for which it is unbounded
    below. Its best prediction is the logarithm of the mean. It assumes a constant hazard: no ageing.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("exponential_nll").value([2.0], [0.0])
    2.0
    """

    name = "exponential_nll"
    title = "Exponential likelihood"
    family = "probabilistic"
    target = "nonnegative"
    prediction = "log mean"
    formula = r"h + y e^{-h}"
    reference = "mccullagh1989"
    use_when = "Waiting times without censoring and with a constant hazard."
    avoid_when = "Censored times, or hazards that rise or fall with age."
    peers = (
        Peer(
            "torch.distributions.Exponential",
            call="-torch.distributions.Exponential((-f).exp()).log_prob(y).mean()",
            says="it takes the rate instead of the logarithm of the mean",
            bare=False,
        ),
    )
    style = style("purple", "dotted")
    crosses_zero = ("value", "gradient")
    claims = Claims(
        convex=True,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=False,
        zero_if_perfect=False,
        smooth=None,
        bounded=None,
        elicits="mean",
    )

    def value_at(y, f):
        q, _, _, _ = scaled_excess(y, -f)
        # An infinite exponential outweighs f = -infinity.
        return q + (f if q < np.inf else 0.0)

    def gradient_at(y, f):
        _, excess, _, _ = scaled_excess(y, -f)
        return -excess

    def curvature_at(y, f):
        return times_exp(y, -f, 0.0)

    def exact(mp, y, f):
        return f + y * mp.exp(-f)


class InverseGaussian(Pointwise):
    """Half inverse Gaussian deviance with a log link: for very heavy right tails.

    With h = y_pred, the logarithm of the mean m, the loss is (y - m)**2 / (2 y m**2), in units of
    1 / y; it is 0 at a perfect prediction. Its best prediction is the logarithm of the mean. It
    fits amounts whose variance grows with the cube of the mean. It is not convex: beyond m = 2 y
    the pull back weakens, so far too large predictions recover slowly.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("inverse_gaussian").value([1.0, 0.5], [0.0, 0.0], reduction="none")
    array([0.  , 0.25])
    """

    name = "inverse_gaussian"
    title = "Inverse Gaussian deviance"
    family = "count"
    target = "positive"
    prediction = "log mean"
    formula = r"\frac{(y - e^{h})^2}{2\, y\, e^{2h}}"
    reference = "mccullagh1989"
    use_when = "Positive amounts whose spread grows faster than their mean."
    avoid_when = "Starts far above the data: the loss is flat there."
    peers = (
        Peer(
            "sklearn.metrics.mean_tweedie_deviance",
            f="np.exp(f)",
            options="power=3",
            factor=2.0,
            owner=False,
            says="the deviance without the half, of the mean itself",
        ),
        Peer(
            "statsmodels.genmod.families.InverseGaussian",
            bare=False,
            says="its default link is 1 / mean**2; here it is the logarithm",
        ),
    )
    style = style("vermilion", "dashdot")
    crosses_zero = ("value", "gradient", "curvature")
    claims = Claims(
        convex=False,
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
        _, q, q_lo, _ = scaled_excess(y, -f)
        return (0.5 / y) * q * (q + (q_lo + q_lo))

    def gradient_at(y, f):
        _, q, _, e = scaled_excess(y, -f)
        return -(q * e)

    def curvature_at(y, f):
        _, q, _, e = scaled_excess(y + y, -f)
        return q * e

    def exact(mp, y, f):
        return (y * mp.exp(-f) - 1) ** 2 / (2 * y)


def powers(f, p):
    """a = 2 - p and b = 1 - p, and a f and b f, each as (hi, lo)."""
    a = 2.0 - p
    b = 1.0 - p
    f = within_range(f)
    u = a * f
    v = b * f
    return a, b, u, power_error(a, f, u), v, power_error(b, f, v)


def power_error(a, f, x):
    """`two_product_error` where e**x can tell."""
    return product_rest(a, f, x) if (abs(x) > 1e-289) & (abs(x) < 1416.0) else 0.0


def tweedie_parts(y, f, power):
    """Value and gradient."""
    a, b, u, u_lo, v, v_lo = powers(f, power)
    first, first_less, first_bent = exp_remainders_at(u, u_lo)
    second, second_less, second_bent = exp_remainders_at(v, v_lo)
    e, excess = exp_and_excess(f, y)
    # Near f = 0 and y = 1 the linear parts of both cancel; the others have one sign.
    near = (abs(f) <= 1.0) & (abs(u) < 2.5) & (abs(v) < 2.5)
    one = (first_bent if near else first_less) / a
    one = (0.0 if near else f) if a == 0.0 else one
    two = (second_bent if near else second_less) / b
    two = (0.0 if near else f) if b == 0.0 else two
    value = ((1.0 - y) * f if near else 0.0) + (one - (0.0 if y == 0.0 else y * two))
    # Both are e**(b f) times something: e**f / a, and y / b.
    value = unless_both_overflow(value, b * e - a * y if a * b > 0.0 else e + y)
    far = first - (0.0 if y == 0.0 else y * second)
    far = unless_both_overflow(far, excess)
    slope = 0.0 if excess == 0.0 else excess * second
    return value, (far if abs(f) > 300.0 else slope)


def unless_both_overflow(x, winner):
    """x, and if it is infinity less infinity, infinity with the sign of what prevails."""
    both = (x != x) & (winner == winner)
    return (np.inf if winner > 0.0 else -np.inf) if both else x


def tweedie_target(power):
    """The targets that scikit-learn allows: only between 1 and 2 may they be exactly 0."""
    if power <= 0.0:
        return "real"
    return "nonnegative" if power < 2.0 else "positive"


class Tweedie(Pointwise):
    """Tweedie loss with a log link: amounts that are often exactly 0 and otherwise positive.

    With h = y_pred, the logarithm of the mean, and p = power, the loss is
    (exp((2 - p) h) - 1) / (2 - p) - y (exp((1 - p) h) - 1) / (1 - p): the variance is proportional
    to the mean to the power p. Its best prediction is the logarithm of the mean, for every p. The
    two constants, which scikit-learn, LightGBM and XGBoost leave out, let it run from the Poisson
    loss (p = 1, less 1) to the exponential one (p = 2, less y) without a jump. It is no
    deviance: a perfect prediction does not cost 0. Values at different p cannot be compared.

    Targets may be 0 from p = 1 to below 2, where totals have a lump of zeros; from p = 2 on (gamma;
    3 is the inverse Gaussian) they must be positive, because at y = 0 the loss would have no lower
    bound. At p = 0, squared error of the mean, and below they may be any number, but their mean
    must be positive. No distribution has a power between 0 and 1. Outside [1, 2] it is not convex.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("tweedie", power=1.5).value([0.0, 4.0], [0.0, 1.0], reduction="none").round(6)
    array([ 0.      , -1.850312])
    """

    name = "tweedie"
    title = "Tweedie loss"
    family = "count"
    target = tweedie_target
    prediction = "log mean"
    formula = r"\frac{e^{(2-p)h} - 1}{2-p} - y\,\frac{e^{(1-p)h} - 1}{1-p}"
    reference = "jorgensen1987"
    use_when = "Totals with many zeros and a long tail, such as rainfall or insurance claims."
    avoid_when = (
        "Zeros come from another process than the amounts, or probabilities are needed: "
        "model zeros and amounts apart."
    )
    peers = (
        Peer(
            "sklearn._loss.loss.HalfTweedieLoss",
            parameters={"power": "power"},
            plus="(1 / (2 - power) - y / (1 - power)).mean()",
            says="it leaves out the two constants",
        ),
        Peer(
            "sklearn.metrics.mean_tweedie_deviance",
            f="np.exp(f)",
            parameters={"power": "power"},
            defaults={"power": 0.0},
            factor=2.0,
            plus="2 * (1 / (2 - power) - y / (1 - power) + y ** (2 - power) / ((1 - power) * (2 - power))).mean()",
            says="the deviance, without the half, of the mean itself; its constants make a perfect prediction cost 0",
        ),
        Peer(
            "sklearn.linear_model.TweedieRegressor",
            bare=False,
            parameters={"power": "power"},
            defaults={"power": 0.0},
            says="an estimator that minimises this and a penalty",
        ),
        Peer(
            "xgboost:reg:tweedie",
            parameters={"tweedie_variance_power": "power"},
            says="it leaves out the terms without the prediction",
        ),
        Peer(
            "lightgbm:tweedie",
            bare=False,
            parameters={"tweedie_variance_power": "power"},
            says="it leaves out the terms without the prediction",
        ),
        Peer(
            "catboost:Tweedie",
            bare=False,
            parameters={"variance_power": "power"},
            says="it leaves out the terms without the prediction",
        ),
    )
    style = style("purple", "solid")
    power = Parameter(
        1.5,
        least=-100.0,
        most=100.0,
        slider=(1.0, 2.0),
        doc="power p of the mean that the variance follows: 0 normal, 1 Poisson, 2 gamma, 3 "
        "inverse Gaussian; not between 0 and 1",
    )
    crosses_zero = ("value", "gradient")
    claims = Claims(
        convex=lambda power: 1 <= power <= 2,
        differentiable=True,
        twice_differentiable=True,
        nonnegative=False,
        zero_if_perfect=False,
        smooth=None,
        bounded=None,
        elicits="mean",
    )

    @staticmethod
    def check_parameters(power):
        if 0.0 < power < 1.0:
            raise ValueError(
                f"power must be at most 0 or at least 1 (no distribution has another), got {power!r}"
            )

    def value_at(y, f, power):
        return tweedie_parts(y, f, power)[0]

    def gradient_at(y, f, power):
        return tweedie_parts(y, f, power)[1]

    def value_and_gradient_at(y, f, power):
        return tweedie_parts(y, f, power)

    def curvature_at(y, f, power):
        a, b, u, u_lo, v, v_lo = powers(f, power)
        second = exp2parts(v, v_lo)
        # (a e**f - b y) e**(b f), the difference in two parts: outside [1, 2] it passes through 0.
        # Far out e**f may overflow where the curvature does not: a e**(a f) - b y e**(b f).
        out = abs(f) > 300.0
        e, e_lo = exp_parts(u if out else f, u_lo if out else 0.0)
        p = 0.0 if a == 0.0 else a * e
        q = b * y
        d = p - q
        d_lo = two_sum_error(p, -q, d) + (product_error(a, e, p) + a * e_lo)
        d = d + finite_part(d_lo - product_error(b, y, q))
        near = 0.0 if d == 0.0 else d * second
        far = p - (0.0 if q == 0.0 else q * second)
        # e**f less y, as powers of 2
        rise = f * INV_LN2 - exponent_as_float(log_exponent(y))
        return unless_both_overflow(far, b * rise) if out else near

    def exact(mp, y, f, power):
        a, b = 2 - power, 1 - power
        first = mp.expm1(a * f) / a if a else f
        return first - y * (mp.expm1(b * f) / b if b else f)
