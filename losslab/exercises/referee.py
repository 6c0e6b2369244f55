"""Checks of chapter 1, The referee."""

import numpy as np

import losslab as ll
from losslab.exercises.kinds import array, function, number

_LIST = np.array([2.0, 4.0, 6.0, 8.0, 30.0])


def _best(loss, y):
    """The best constant; for these losses one of the values, or their mean, is best."""
    candidates = np.append(y, y.mean())
    return candidates[np.argmin([loss.value(y, np.full_like(y, c)) for c in candidates])]


def _three(tau):
    losses = ll.get("squared_error"), ll.get("absolute_error"), ll.get("quantile", tau=tau)
    return [_best(loss, _LIST) for loss in losses]


array(
    "referee-paper",
    lambda: _three(0.7),
    says="the misses cancel, the counts cancel, the weighted counts cancel.",
    hints=[
        (
            lambda: _three(0.3),
            "the first two are right. Which side does the quantile loss charge 0.7 for?",
        ),
        (
            lambda: [_three(0.7)[i] for i in (1, 0, 2)],
            "the first two are swapped. Which of the two losses sees how far away 30 is?",
        ),
    ],
    entries=[
        (0, lambda: np.median(_LIST), "that is the median. Which number cancels the misses?"),
        (1, _LIST.mean, "that is the mean. Which number has as many values on either side?"),
        (2, lambda: _three(0.3)[2], "that is for τ = 0.3. Which side is charged 0.7?"),
        (2, lambda: _three(0.5)[2], "that is the median. Which side is charged 0.7?"),
    ],
)

number(
    "referee-worst",
    lambda: (_LIST.min() + _LIST.max()) / 2,
    says="half-way between the extremes, the only two values that are heard.",
    hints=[
        (_LIST.mean, "that is best on average over squares. Here only the largest miss counts."),
        (lambda: np.median(_LIST), "that is best on average. Here only the largest miss counts."),
        (lambda: np.ptp(_LIST) / 2, "that is the largest miss itself; where does c lie?"),
    ],
)


def _prices(rng):
    """An odd number of values and prices for which the best number is unique."""
    y = rng.normal(6.0, 2.0, int(rng.choice([5, 7, 9]))).round(1)
    return (y, *[(9.0, 1.0), (3.0, 1.0), (1.0, 3.0), (1.0, 1.0)][rng.integers(4)])


def _number_for(y, short, over):
    return _best(ll.get("quantile", tau=short / (short + over)), y)


function(
    "referee-prices",
    _number_for,
    says="the quantile at short / (short + over).",
    inputs=_prices,
    cases=[
        (np.array([3.0, 4.0, 5.0, 8.0, 15.0]), 1.0, 1.0),
        (np.array([3.0, 4.0, 5.0, 8.0, 15.0]), 9.0, 1.0),
    ],
    names=("y", "short", "over"),
    hints=[
        (lambda y, short, over: np.mean(y), "this is the mean, whatever the prices are."),
        (lambda y, short, over: np.median(y), "this is the median: right for equal prices only."),
        (
            lambda y, short, over: _number_for(y, over, short),
            "the two prices are swapped. When being short is dear, should the number be high?",
        ),
        (
            lambda y, short, over: np.quantile(y, short / (short + over)),
            "the right quantile, but NumPy interpolates between two values. "
            'Ask it for one of the values: method="inverted_cdf".',
        ),
    ],
)


def _place(rng):
    """Values with one decimal, and a place between them."""
    y = rng.normal(6.0, 2.0, int(rng.integers(4, 9))).round(1)
    c = round(float(rng.normal(6.0, 2.0)), 1) + 0.05
    return y, c, float(rng.choice([0.1, 0.3, 0.8, 0.9]))


def _slope(y, c, tau):
    f = np.full_like(y, c)
    return ll.get("quantile", tau=tau).gradient(y, f, reduction="none").mean()


function(
    "referee-advice",
    _slope,
    says="those below count 1 − τ against you, those above count τ for you.",
    inputs=_place,
    cases=[(np.array([3.0, 4.0, 5.0, 8.0, 15.0]), 6.0, 0.9)],
    names=("y", "c", "tau"),
    hints=[
        (
            lambda y, c, tau: np.mean(y < c) - np.mean(y > c),
            "this is the slope of the absolute error: both sides count alike and τ is not used.",
        ),
        (
            lambda y, c, tau: _slope(y, c, 1 - tau),
            "τ and 1 − τ are swapped. Which side is dear when τ is near one?",
        ),
    ],
)
