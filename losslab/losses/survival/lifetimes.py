"""Times to an event, some of them known only in part: censored likelihoods of a whole distribution."""

import numpy as np

from losslab.arithmetic.interval_bends import (
    extreme_interval_bends,
    extreme_point_bends,
    logistic_interval_bends,
    normal_interval_bends,
    normal_point_bends,
    of_one_end,
)
from losslab.arithmetic.intervals import (
    capped_exp,
    extreme_interval,
    extreme_point,
    logistic_interval,
    logistic_point,
    normal_interval,
    normal_point,
)
from losslab.arithmetic.pairs import log_ratio, total
from losslab.arithmetic.standard import logistic_bends, one_by_one, two_by_two
from losslab.arithmetic.vmath import exp, log
from losslab.contract.accuracy import Bound
from losslab.contract.claims import Claims
from losslab.contract.peers import Peer
from losslab.losses.kinds.rowwise import Rowwise


def one_over_scale(log_scale):
    """e**-log_scale, kept away from infinity."""
    return capped_exp(-log_scale)


def from_location(x, location, inverse):
    """(x - location) * inverse; an infinite x stays, also where the scale is beyond the range."""
    r = x - location
    return r * inverse if abs(r) < np.inf else r


def bounds_on_log_time(low, high, location, log_scale):
    """Standardised logs of both bounds, the width between them and its log."""
    inverse = one_over_scale(log_scale)
    a = from_location(log(low), location, inverse)
    b = from_location(log(high), location, inverse)
    if (low == 0.0) | (high == np.inf) | (low == high):
        return a, b, np.inf, np.inf
    ratio = total(log_ratio(high, low))
    return a, b, ratio * inverse, log(ratio) - log_scale


def pull(anchor, shift, wider, log_scale, g):
    """The gradient of location and log-scale, from those of the standardised interval."""
    moved = 0.0 if shift == 0.0 else anchor * shift
    g[0] = -shift * one_over_scale(log_scale)
    g[1] = -(moved + wider)


def at_known(z, log_scale, g, point):
    """-log of the density at a standardised number; `point` says of which distribution."""
    value, slope = point(z)
    pull(z, slope, -1.0, log_scale, g)
    return value


def within_bounds(a, b, width, log_width, log_scale, g, interval):
    """-log of the probability between standardised bounds, for a symmetric distribution.

    The end nearer to 0 is the low one, if need be of the mirror image: the scale pulls each end in
    proportion to its distance from 0, and the far end may be very far.
    """
    mirrored = abs(b) < abs(a)
    near, other = (-b if mirrored else a), (-a if mirrored else b)
    value, shift, wider = interval(near, other, width, log_width)
    pull(near, shift, wider, log_scale, g)
    g[0] = -g[0] if mirrored else g[0]
    return value


def symmetric_log_time(y, f, g, point, interval):
    """A row of a symmetric distribution of the log of the time."""
    a, b, width, log_width = bounds_on_log_time(y[0], y[1], f[0], f[1])
    if y[0] == y[1]:
        return at_known(a, f[1], g, point) + (f[1] + log(y[0]))
    return within_bounds(a, b, width, log_width, f[1], g, interval)


def put_second(bends, log_scale, d, h, t):
    """Second derivatives of location and log-scale, from those of the standardised interval."""
    e = one_over_scale(log_scale)
    return two_by_two(bends[0] * e * e, bends[1] * e, bends[2], d, h, t)


def second_on_log_time(y, f, d, h, t, point, interval):
    """A row of a distribution of the log of the time, whose second derivatives are given."""
    a, b, width, log_width = bounds_on_log_time(y[0], y[1], f[0], f[1])
    if y[0] == y[1]:
        slope, bend = point(a)
        return put_second(of_one_end(a, slope, bend), f[1], d, h, t)
    return put_second(interval(a, b, width, log_width), f[1], d, h, t)


class LocationScale(Rowwise):
    """A likelihood of a time whose log has a location and a scale; bounds instead of targets."""

    family = "survival"
    target = "bounds"
    prediction = "location and log-scale"
    outputs = ("location", "log_scale")
    accuracy = {
        "value": Bound(4.0, "the log of the time and the location cancel", of="rounding"),
        "gradient": Bound(4.0, "e is raised to a rounded standardised time", of="rounding"),
        "curvature": Bound(16.0, "e is raised to a rounded standardised time", of="rounding"),
    }


def exact_likelihood(mp, low, high, location, log_scale, density, distribution, survival):
    """-log of the likelihood of bounds of a number with a location and a scale."""
    a = (low - location) / mp.exp(log_scale) if low > -mp.inf else low
    b = (high - location) / mp.exp(log_scale) if high < mp.inf else high
    if a == b:
        return log_scale - mp.log(density(a))
    # Where the probability is nearly 1, from what is outside; where it is small, from that tail.
    below = distribution(a) if a > -mp.inf else mp.mpf(0)
    above = survival(b) if b < mp.inf else mp.mpf(0)
    if below + above < 0.5:
        return -mp.log1p(-(below + above))
    return -mp.log(survival(a) - above if a > 0 else distribution(b) - below)


def exact_on_log_time(mp, y, f, density, distribution, survival):
    """As `exact_likelihood`, with bounds of a time."""
    low = mp.log(y[0]) if y[0] > 0 else -mp.inf
    high = mp.log(y[1]) if y[1] < mp.inf else mp.inf
    value = exact_likelihood(mp, low, high, f[0], f[1], density, distribution, survival)
    return value + low if low == high else value


class AFTLogLogistic(LocationScale):
    """Accelerated failure time, log-logistic: the log of the time has a logistic distribution.

    The columns are the location of log time (the log of the median time) and the log of its scale.
    A target is a pair (low, high): equal if the time is known, high infinite if the event had not
    come by the time low (right censoring), low 0 if it had come before high; between the two
    otherwise. The loss is -log density, per unit of time, or -log probability of the interval, in
    nats; so it may be negative, and another unit of time adds a constant. A location raised by 1
    stretches every time by e. XGBoost keeps the scale fixed (aft_loss_distribution_scale); leave
    out the gradient of log_scale for that.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("aft_loglogistic")
    >>> loss.value([[1.0, 1.0], [1.0, float("inf")]], [[0.0, 0.0]] * 2, reduction="none").round(3)
    array([1.386, 0.693])
    """

    name = "aft_loglogistic"
    title = "Accelerated failure time, log-logistic"
    formula = r"-\log\bigl[F(b) - F(a)\bigr] \text{ or } -\log\frac{F'(a)}{\sigma t},"
    formula += r"\quad F(z) = \sigma(z),\ a = \frac{\log t_{\mathrm{low}} - \mu}{\sigma}"
    reference = "barnwal2022"
    use_when = "Times are censored and the hazard rises first and falls later."
    avoid_when = "Covariates multiply the hazard rather than the time."
    peers = (
        Peer(
            "xgboost:survival:aft(aft_loss_distribution='logistic')",
            parameters={"aft_loss_distribution_scale": "the exponential of the column log-scale"},
            says="its scale is fixed, here it is predicted",
            owner=False,
        ),
        Peer("lifelines.LogLogisticAFTFitter", says="an estimator: the shape is 1 / scale"),
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=False,
        lipschitz=None,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        return symmetric_log_time(y, f, g, logistic_point, logistic_interval)

    def row_second_at(y, f, d, h, t, s, k):
        return second_on_log_time(y, f, d, h, t, logistic_bends, logistic_interval_bends)

    def exact(mp, y, f):
        def survival(z):
            return 1 / (1 + mp.exp(z))

        return exact_on_log_time(
            mp, y, f, lambda z: survival(z) * survival(-z), lambda z: survival(-z), survival
        )


class AFTWeibull(LocationScale):
    """Accelerated failure time, Weibull: the log of the time has an extreme-value distribution.

    Columns and targets are those of `aft_loglogistic`; P(Y > t) is exp(-e**z) with
    z = (log t - location) / scale. In the usual parameters the Weibull scale is e**location and
    its shape 1 / scale. It is the only distribution of accelerated times that has
    proportional hazards too. The loss explodes as e**z for times far beyond the location.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("aft_weibull").value([[2.0, float("inf")]], [[0.0, 0.0]])  # rate 1 for time 2
    2.0
    """

    name = "aft_weibull"
    title = "Accelerated failure time, Weibull"
    aliases = ("weibull_survival",)
    formula = r"e^{a} - \log\bigl[1 - e^{-(e^b - e^a)}\bigr] \text{ or } e^a - a + \log(\sigma t)"
    reference = "barnwal2022"
    use_when = "Times are censored and the hazard rises or falls all the way."
    avoid_when = "Some times may be many scales too long: their loss is exponential."
    peers = (
        Peer(
            "torch.distributions.Weibull",
            call="law = torch.distributions.Weibull(f[:, 0].exp(), (-f[:, 1]).exp())\n-law.log_prob(y[:, 0]).mean()",
            says="it takes scale and shape, and no censored times",
            where="y[:, 0] == y[:, 1]",
            bare=False,
        ),
        Peer(
            "xgboost:survival:aft(aft_loss_distribution='extreme')",
            parameters={"aft_loss_distribution_scale": "the exponential of the column log-scale"},
            says="its scale is fixed, here it is predicted",
            owner=False,
        ),
        Peer("lifelines.WeibullAFTFitter", says="an estimator: the shape is 1 / scale"),
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=False,
        lipschitz=None,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        a, b, width, log_width = bounds_on_log_time(y[0], y[1], f[0], f[1])
        if y[0] == y[1]:
            return at_known(a, f[1], g, extreme_point) + (f[1] + log(y[0]))
        value, shift, wider = extreme_interval(a, b, width, log_width)
        pull(b if a == -np.inf else a, shift, wider, f[1], g)
        return value

    def row_second_at(y, f, d, h, t, s, k):
        return second_on_log_time(y, f, d, h, t, extreme_point_bends, extreme_interval_bends)

    def exact(mp, y, f):
        low, high = ((mp.log(t) - f[0]) / mp.exp(f[1]) if t > 0 else -mp.inf for t in y)
        hazard = mp.exp(low)
        if y[0] == y[1]:
            return hazard - low + f[1] + mp.log(y[0])
        return hazard - (mp.log(-mp.expm1(hazard - mp.exp(high))) if high < mp.inf else 0)


class AFTLogNormal(LocationScale):
    """Accelerated failure time, log-normal: the log of the time has a normal distribution.

    Columns and targets are those of `aft_loglogistic`; location and scale are mean and standard
    deviation of log time. Both tails are kept in full where the normal probabilities themselves
    underflow.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("aft_lognormal")
    >>> round(loss.value([[1.0, float("inf")]], [[-40.0, 0.0]]), 6)
    804.608442
    """

    name = "aft_lognormal"
    title = "Accelerated failure time, log-normal"
    accuracy = {
        "value": LocationScale.accuracy["value"],
        "gradient": Bound(
            4.0, "e is raised to the square of a rounded standardised time", of="rounding"
        ),
        "curvature": Bound(
            16.0, "hazards less standardised times, and moments, cancel", of="rounding"
        ),
    }
    formula = (
        r"-\log\bigl[\Phi(b) - \Phi(a)\bigr] \text{ or } \tfrac12 a^2 + \log(\sigma t\sqrt{2\pi})"
    )
    reference = "barnwal2022"
    use_when = "Times are censored and their logs look normal."
    avoid_when = "A few times are far from the rest: the loss grows as their square."
    peers = (
        Peer(
            "xgboost:survival:aft(aft_loss_distribution='normal')",
            also=("xgboost:survival:aft",),
            parameters={
                "aft_loss_distribution_scale": "the exponential of the column log-scale",
                "aft_loss_distribution": "a choice of loss here: aft_lognormal, aft_loglogistic, aft_weibull",
            },
            says="normal is its default distribution; its scale is fixed, here it is predicted",
        ),
        Peer("lifelines.LogNormalAFTFitter", says="an estimator that minimises this"),
    )
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=False,
        lipschitz=None,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        return symmetric_log_time(y, f, g, normal_point, normal_interval)

    def row_second_at(y, f, d, h, t, s, k):
        return second_on_log_time(y, f, d, h, t, normal_point_bends, normal_interval_bends)

    def exact(mp, y, f):
        return exact_on_log_time(
            mp,
            y,
            f,
            mp.npdf,
            lambda z: mp.erfc(-z / mp.sqrt(2)) / 2,
            lambda z: mp.erfc(z / mp.sqrt(2)) / 2,
        )


class CensoredGaussian(Rowwise):
    """Censored Gaussian likelihood (tobit): values known exactly, or only from one or two sides.

    A target is a pair (low, high) of bounds of the value: equal if it is known, low = -inf if it is
    only known to be at most high (a detection limit, a tobit zero), high = inf if at least low. The
    loss is -log density at a known value, else -log probability of the interval, in nats. With
    known values only it is the Gaussian likelihood of a mean and a log-scale.

    Examples
    --------
    >>> import losslab as ll
    >>> loss = ll.get("censored_gaussian")
    >>> round(loss.value([[-float("inf"), 0.0]], [[0.0, 0.0]]), 3)  # log 2
    0.693
    """

    name = "censored_gaussian"
    title = "Censored Gaussian likelihood (tobit)"
    aliases = ("tobit",)
    family = "survival"
    target = "range"
    prediction = "location and log-scale"
    outputs = ("mean", "log_scale")
    formula = (
        r"-\log\bigl[\Phi(b) - \Phi(a)\bigr] \text{ or } \tfrac12 a^2 + \log(\sigma\sqrt{2\pi}),"
    )
    formula += r"\quad a = \frac{y_{\mathrm{low}} - \mu}{\sigma}"
    reference = "tobin1958"
    use_when = "Values are cut off at known limits and roughly normal without the cut."
    avoid_when = "Zeros are real zeros, not small values that were cut off."
    accuracy = AFTLogNormal.accuracy
    claims = Claims(
        convex=False,
        differentiable=True,
        nonnegative=False,
        lipschitz=None,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        inverse = one_over_scale(f[1])
        a = from_location(y[0], f[0], inverse)
        b = from_location(y[1], f[0], inverse)
        if y[0] == y[1]:
            return at_known(a, f[1], g, normal_point) + f[1]
        width, log_width = (y[1] - y[0]) * inverse, log(y[1] - y[0]) - f[1]
        return within_bounds(a, b, width, log_width, f[1], g, normal_interval)

    def row_second_at(y, f, d, h, t, s, k):
        inverse = one_over_scale(f[1])
        a = from_location(y[0], f[0], inverse)
        if y[0] == y[1]:
            return put_second(of_one_end(a, a, 1.0), f[1], d, h, t)
        b = from_location(y[1], f[0], inverse)
        width, log_width = (y[1] - y[0]) * inverse, log(y[1] - y[0]) - f[1]
        return put_second(normal_interval_bends(a, b, width, log_width), f[1], d, h, t)

    def exact(mp, y, f):
        def survival(z):
            return mp.erfc(z / mp.sqrt(2)) / 2

        return exact_likelihood(mp, *y, *f, mp.npdf, lambda z: survival(-z), survival)


class ExponentialSurvival(Rowwise):
    """Exponential survival likelihood: a constant hazard, with right censoring.

    The column is the log of the rate. A target is (time, event); the loss is
    e**log_rate time - event log_rate, in nats, which is also the Poisson loss of the event count
    with the time as exposure. The best constant is log(events / total time). It is -log density per
    unit of time, so it may be negative.

    Examples
    --------
    >>> import losslab as ll
    >>> ll.get("exponential_survival").gradient([[2.0, 1.0], [2.0, 0.0]], [[0.0], [0.0]])
    array([[0.5],
           [1. ]])
    """

    name = "exponential_survival"
    title = "Exponential survival likelihood"
    aliases = ("piecewise_exponential",)
    family = "survival"
    target = "lifetime"
    prediction = "finite"
    outputs = ("log_rate",)
    formula = r"e^{f}\, t - \delta f"
    reference = "holford1980"
    use_when = "The hazard is constant, or constant within pieces that are rows of their own."
    avoid_when = "The hazard changes with time and time is not cut into pieces."
    peers = (
        Peer("lifelines.ExponentialFitter", bare=False, says="an estimator that minimises this"),
    )
    accuracy = {
        "value": Bound(4.0, "its two terms may cancel", of="row"),
        "gradient": Bound(64.0, "expected and observed events cancel at the optimum"),
    }
    claims = Claims(
        convex=True,
        differentiable=True,
        nonnegative=False,
        lipschitz=None,
        bounded=None,
        proper=True,
    )

    def row_at(y, f, g, s, k):
        expected = 0.0 if y[0] == 0.0 else exp(f[0]) * y[0]
        g[0] = expected - y[1]
        return expected - y[1] * f[0]

    def row_second_at(y, f, d, h, t, s, k):
        return one_by_one(0.0 if y[0] == 0.0 else exp(f[0]) * y[0], d, h, t)

    def exact(mp, y, f):
        return mp.exp(f[0]) * y[0] - y[1] * f[0]
