"""True laws for losses of a predicted distribution: which row describes which law.

``TRUTHS[name](rng)`` gives a row of predictions and the law that it describes: a frozen scipy
distribution, or targets and their probabilities as two arrays. `nodes` turns a law into targets
and weights, so that an expected loss is a weighted sum.
"""

import numpy as np
from scipy import stats

STEP = 0.02


def nodes(law):
    """Targets and weights of an expectation: exact for counts, by quantiles otherwise."""
    if isinstance(law, tuple):
        return law
    if isinstance(law, stats._distn_infrastructure.rv_discrete_frozen):
        y = np.arange(0.0, law.ppf(1.0 - 1e-14) + 20.0)
        return y, law.pmf(y)
    # y = the quantile of a normal variable t; the trapezium rule in t converges very fast.
    t = np.arange(-8.0, 8.0 + STEP / 2, STEP)
    y = np.where(t < 0.0, law.ppf(stats.norm.cdf(t)), law.isf(stats.norm.sf(t)))
    return y, stats.norm.pdf(t) * STEP


def of_location_and_scale(family):
    def draw(rng):
        location, log_scale = rng.normal(), rng.uniform(-1.0, 1.0)
        return (location, log_scale), family(location, np.exp(log_scale))

    return draw


def lognormal(rng):
    mean, log_scale = rng.normal(), rng.uniform(-1.0, 0.5)
    return (mean, log_scale), stats.lognorm(np.exp(log_scale), scale=np.exp(mean))


def of_two_moments(rng):
    """A law far from normal, described by its mean and the logarithm of its deviation."""
    law = stats.gamma(rng.uniform(1.0, 4.0), loc=rng.normal(), scale=rng.uniform(0.5, 2.0))
    return (law.mean(), np.log(law.std())), law


GAUSSIAN = of_location_and_scale(stats.norm)

TRUTHS = {
    "gaussian_nll": GAUSSIAN,
    "laplace_nll": of_location_and_scale(stats.laplace),
    "logistic_nll": of_location_and_scale(stats.logistic),
    "lognormal_nll": lognormal,
    "dawid_sebastiani": of_two_moments,
    "hyvarinen_gaussian": GAUSSIAN,
    "density_power_gaussian": GAUSSIAN,
    "crps_gaussian": GAUSSIAN,
    "crps_laplace": of_location_and_scale(stats.laplace),
    "crps_logistic": of_location_and_scale(stats.logistic),
}

# Rows that describe the same law, brought to one form. Nothing to do if a row names one law only.
SAME = {}
