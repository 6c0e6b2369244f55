"""Checks of chapter 7, Counts, orders, waiting times."""

import numpy as np

import losslab as ll
from losslab.exercises.kinds import function, number

number(
    "counts-mean-life",
    lambda: (2 + 5 + 3 + 10) / 2,
    says="two failures in twenty months of burning.",
    hints=[
        (lambda: 3.5, "that drops the bulbs that still burned: the good ones."),
        (lambda: 5.0, "that counts every end of observation as a failure. How many failed?"),
        (lambda: 0.1, "that is the rate, in failures a month. The mean life is asked for."),
    ],
)


def _interval_loss(low, high, rate):
    y = [[low, high]]
    # With scale 1 the Weibull law is the exponential one, and its location is -log(rate).
    return ll.get("aft_weibull").value(y, [[-np.log(rate), 0.0]])


def _bounds(rng):
    low = round(float(rng.uniform(0.5, 5.0)), 1)
    high = np.inf if rng.random() < 0.3 else low + round(float(rng.uniform(0.5, 5.0)), 1)
    return low, high, round(float(rng.uniform(0.1, 0.8)), 2)


function(
    "counts-interval",
    _interval_loss,
    says="the probability of outliving low, less that of outliving high.",
    inputs=_bounds,
    cases=[(1.0, 2.0, 0.5), (0.5, 4.0, 0.3), (3.0, np.inf, 0.2)],
    names=("low", "high", "rate"),
    rel=1e-6,
    hints=[
        (
            lambda low, high, rate: np.exp(-rate * low) - np.exp(-rate * high),
            "that is the probability. The loss is minus its logarithm.",
        ),
        (
            lambda low, high, rate: rate * low,
            "that says only that the end came after low. It also came before high.",
        ),
        (
            lambda low, high, rate: -np.log(1.0 - np.exp(-rate * (high - low))),
            "that forgets that low must be reached first.",
        ),
    ],
)


def _visits():
    return np.unique(ll.datasets.load("randhie").y, return_counts=True)


def _best_alpha():
    levels, tally = _visits()
    loss = ll.get("negative_binomial_dispersion")
    fit = ll.training.fit_multioutput(np.empty((len(levels), 0)), levels, loss, sample_weight=tally)
    return np.exp(fit.intercepts[1])


def _alpha_of_moments():
    levels, tally = _visits()
    mean = np.average(levels, weights=tally)
    return (np.average((levels - mean) ** 2, weights=tally) - mean) / mean**2


number(
    "counts-best-alpha",
    _best_alpha,
    says="the likelihood weighs all counts, and most of them are small.",
    rel=0.02,
    hints=[
        (_alpha_of_moments, "that is what mean and variance suggest. Which has the smallest loss?"),
        (lambda: 1.0 / _best_alpha(), "that is theta. The dispersion is one over it."),
    ],
)
