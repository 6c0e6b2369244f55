"""True laws for losses of a predicted distribution: which row describes which law.

``TRUTHS[name](rng)`` gives a row of predictions and the law that it describes: a frozen scipy
distribution, or targets and their probabilities as two arrays. `nodes` turns a law into targets
and weights, so that an expected loss is a weighted sum. ``DESCRIBED[name](loss, rng)`` gives a row
and one law or several, as targets and weights, that it describes.
"""

import numpy as np
from scipy import stats

STEP = 0.02


def nodes(law):
    """Targets and weights of an expectation."""
    if isinstance(law, tuple):
        return law
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


def student(rng):
    location, log_scale, log_dof = rng.normal(), rng.uniform(-1.0, 1.0), rng.uniform(0.5, 1.5)
    return (location, log_scale, log_dof), stats.t(np.exp(log_dof), location, np.exp(log_scale))


def evidential(rng):
    """The Student t that remains when the unknown mean and variance are integrated out."""
    mean, log_nu, log_more, log_beta = rng.normal(0.0, 0.5, 4)
    nu, alpha, beta = np.exp(log_nu), 1.0 + np.exp(log_more), np.exp(log_beta)
    law = stats.t(2.0 * alpha, mean, np.sqrt(beta * (1.0 + nu) / (nu * alpha)))
    return (mean, log_nu, log_more, log_beta), law


def mixture(rng):
    logits, means = rng.normal(0.0, 0.5, 2), np.array([-2.0, 2.0]) + rng.normal(0.0, 0.3, 2)
    log_scales = rng.uniform(-0.7, 0.3, 2)
    y = np.linspace(-15.0, 15.0, 3001)
    weights = np.exp(logits) / np.exp(logits).sum()
    density = sum(
        w * stats.norm.pdf(y, m, np.exp(s))
        for w, m, s in zip(weights, means, log_scales, strict=True)
    )
    return (*logits, *means, *log_scales), (y, density * (y[1] - y[0]))


def same_mixture(row):
    """Weights, means and log-scales in the order of the means."""
    logits, means, log_scales = np.reshape(row, (3, -1))
    weights = np.exp(logits - logits.max())
    order = np.argsort(means)
    return np.concatenate([(weights / weights.sum())[order], means[order], log_scales[order]])


def two_gaussians(rng):
    """Two numbers with a covariance matrix, on the nodes of a Gauss-Hermite rule."""
    row = rng.normal(0.0, 0.5, 5)
    lower = np.array([[np.exp(row[2]), 0.0], [row[4], np.exp(row[3])]])
    x, w = np.polynomial.hermite_e.hermegauss(20)
    grid = np.stack(np.meshgrid(x, x, indexing="ij"), axis=-1).reshape(-1, 2)
    return row, (row[:2] + grid @ lower.T, np.outer(w, w).ravel() / w.sum() ** 2)


COUNTS = np.arange(0.0, 400.0)


def binomial_law(log_mean, log_dispersion):
    size = np.exp(-log_dispersion)
    return stats.nbinom(size, size / (size + np.exp(log_mean))).pmf(COUNTS)


def with_zeros(logit, pmf):
    """A share of additional zeros."""
    zero = 1.0 / (1.0 + np.exp(-logit))
    return COUNTS, zero * (COUNTS == 0.0) + (1.0 - zero) * pmf


def negative_binomial(rng):
    row = rng.uniform(0.0, 1.0), rng.uniform(-1.0, 0.0)
    return row, (COUNTS, binomial_law(*row))


def inflated_poisson(rng):
    row = rng.uniform(-1.0, 1.0), rng.uniform(0.5, 1.5)
    return row, with_zeros(row[0], stats.poisson(np.exp(row[1])).pmf(COUNTS))


def inflated_binomial(rng):
    row = rng.uniform(-1.0, 1.0), rng.uniform(0.7, 1.5), rng.uniform(-1.5, -0.5)
    return row, with_zeros(row[0], binomial_law(*row[1:]))


def hurdle(rng):
    row = rng.uniform(-1.0, 1.0), rng.uniform(0.0, 1.5)
    law = np.where(COUNTS > 0.0, stats.poisson(np.exp(row[1])).pmf(COUNTS), 0.0)
    return row, with_zeros(row[0], law / law.sum())


def von_mises(rng):
    """Periodic, so equal steps around the circle integrate it to the last digit."""
    row = rng.uniform(-3.0, 3.0), rng.uniform(-1.0, 1.5)
    y = np.linspace(-np.pi, np.pi, 200, endpoint=False)
    return row, (y, stats.vonmises(np.exp(row[1]), row[0]).pdf(y) * (y[1] - y[0]))


def same_direction(row):
    """The direction without whole turns."""
    return np.array([np.angle(np.exp(1j * row[0])), row[1]])


def same_student(row):
    """Location, log-scale and log of the degrees of freedom: the other rows say the same."""
    mean, log_nu, log_more, log_beta = row
    alpha = 1.0 + np.exp(log_more)
    log_scale = 0.5 * (log_beta + np.log1p(np.exp(log_nu)) - log_nu - np.log(alpha))
    return np.array([mean, log_scale, np.log(2.0 * alpha)])


GAUSSIAN = of_location_and_scale(stats.norm)

TRUTHS = {
    "gaussian_nll": GAUSSIAN,
    "laplace_nll": of_location_and_scale(stats.laplace),
    "logistic_nll": of_location_and_scale(stats.logistic),
    "lognormal_nll": lognormal,
    "hyvarinen_gaussian": GAUSSIAN,
    "density_power_gaussian": GAUSSIAN,
    "student_t_nll": student,
    "evidential_regression": evidential,
    "mixture_density": mixture,
    "multivariate_gaussian_nll": two_gaussians,
    "von_mises_nll": von_mises,
    "negative_binomial_dispersion": negative_binomial,
    "zero_inflated_poisson": inflated_poisson,
    "zero_inflated_negative_binomial": inflated_binomial,
    "hurdle_poisson": hurdle,
    "crps_gaussian": GAUSSIAN,
    "crps_laplace": of_location_and_scale(stats.laplace),
    "crps_logistic": of_location_and_scale(stats.logistic),
}

# Rows that describe the same law, brought to one form. Nothing to do if a row names one law only.
SAME = {
    "evidential_regression": same_student,
    "mixture_density": same_mixture,
    "von_mises_nll": same_direction,
}


# Rows that say a part of a law, or a law of a few atoms ----------------------------------------


def ensemble(loss, rng):
    """The members themselves, each as likely as the others."""
    row = rng.normal(0.0, 2.0, loss.example_columns())
    width = loss.target_width(row.size) if loss.target == "vector" else 1
    members = row.reshape(-1, width)
    y = members if loss.target == "vector" else members[:, 0]
    return row, (y, np.full(len(members), 1.0 / len(members)))


def of_quantiles(levels):
    """Some quantiles of a law, and another law that has the same."""

    def draw(loss, rng):
        at = levels(loss)
        y = np.sort(rng.gamma(2.0, 2.0, 201))
        row = np.quantile(y, at, method="inverted_cdf")
        low, high = row[0], row[-1]
        wider = np.where(y < low, 2.0 * y - low, np.where(y > high, 2.0 * y - high, y))
        w = np.full(len(y), 1.0 / len(y))
        return row, (y, w), (wider, w)

    return draw


def two_moments(loss, rng):
    """Mean and logarithm of the deviation of a law, and another law that has the same."""
    y = rng.gamma(2.0, 1.0, 201)
    mean, deviation = y.mean(), y.std()
    ends = np.array([mean - deviation, mean + deviation])
    row = np.array([mean, np.log(deviation)])
    return row, (y, np.full(len(y), 1.0 / len(y))), (ends, np.array([0.5, 0.5]))


DESCRIBED = {
    "dawid_sebastiani": two_moments,
    "crps_ensemble": ensemble,
    "fair_crps_ensemble": ensemble,
    "energy_score": ensemble,
    "variogram_score": ensemble,
    "interval_score": of_quantiles(lambda loss: [loss.alpha / 2.0, 1.0 - loss.alpha / 2.0]),
    "quantile_set": of_quantiles(lambda loss: loss.levels),
}
