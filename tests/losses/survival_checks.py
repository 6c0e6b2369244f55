"""Whether a survival likelihood is smallest at the truth, although part of the times are censored."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import logit, ndtri, softmax

# Quantiles of the standardised (log) time at probabilities u.
QUANTILES = {
    "aft_loglogistic": logit,
    "aft_weibull": lambda u: np.log(-np.log1p(-u)),
    "aft_lognormal": ndtri,
    "censored_gaussian": ndtri,
    "exponential_survival": lambda u: np.log(-np.log1p(-u)),
}
GRID = (np.arange(20_000) + 0.5) / 20_000
CENSORED_AT = (0.5, 0.9)  # probabilities of times, each for half of the rows
INSPECTIONS = np.array([0.0, 0.15, 0.4, 0.7, 0.9, 1.0])


def known_or_later(times, limits):
    """Bounds and weights: every time of the grid, cut off at each limit."""
    rows = [(np.where(times <= c, times, c), np.where(times <= c, times, np.inf)) for c in limits]
    low, high = (np.concatenate(side) for side in zip(*rows, strict=True))
    return np.stack([low, high], axis=1), np.full(len(low), 1.0 / len(low))


def between_inspections(quantile):
    """Bounds and weights of times that are only known between two inspections."""
    with np.errstate(divide="ignore"):
        edges = quantile(INSPECTIONS)
    return np.stack([edges[:-1], edges[1:]], axis=1), np.diff(INSPECTIONS)


def continuous(loss, rng):
    """True row, and two lists of targets with weights, of a distribution with a location."""
    name = loss.name
    truth = np.array([rng.normal(), *([] if len(loss.outputs) == 1 else [rng.normal(0.0, 0.5)])])

    def quantile(u):
        z = QUANTILES[name](np.asarray(u))
        if name == "exponential_survival":
            return np.exp(z - truth[0])
        value = truth[0] + np.exp(truth[1]) * z
        return value if name == "censored_gaussian" else np.exp(value)

    bounds, weights = known_or_later(quantile(GRID), quantile(CENSORED_AT))
    if name == "exponential_survival":
        event = (bounds[:, 1] < np.inf).astype(float)
        return truth, [(np.stack([bounds[:, 0], event], axis=1), weights)]
    return truth, [(bounds, weights), between_inspections(quantile)]


def discrete(k, loss, rng):
    """True probabilities of the periods and of none, and targets censored in each period."""
    later_has_a_column = loss.target == "period or later"
    periods = k - later_has_a_column
    p = rng.dirichlet(np.full(periods + 1, 2.0))
    rows, weights = [], []
    for t in range(periods + 1):
        for censored in range(periods):
            rows.append((t, 1.0) if t <= censored else (censored, 0.0))
            weights.append(p[t] / periods)
    return p, (np.array(rows), np.array(weights))


def best(loss, k, y, w, rng):
    """The one row of predictions for all targets that costs least."""

    def mean(row):
        value, gradient = loss.value_and_gradient(y, np.tile(row, (len(y), 1)), w)
        return value, gradient.sum(axis=0)

    found = [
        minimize(
            mean, rng.normal(0.0, 0.7, k), jac=True, method="L-BFGS-B", bounds=[(-20.0, 20.0)] * k
        )
        for _ in range(3)
    ]
    return min(found, key=lambda f: f.fun).x


def largest_miss(loss, count=3):
    """Largest distance of the best row from the truth, over random truths."""
    rng = np.random.default_rng(8)
    misses = []
    for _ in range(count):
        if loss.name in QUANTILES:
            truth, cases = continuous(loss, rng)
            misses += [np.abs(best(loss, len(truth), *case, rng) - truth).max() for case in cases]
        else:
            k = loss.example_columns()
            truth, (y, w) = discrete(k, loss, rng)
            link = getattr(type(loss), "link", softmax)
            misses.append(np.abs(link(best(loss, k, y, w, rng)) - truth).max())
    return max(misses)
