"""Checks of chapter 2, From noise to loss."""

import numpy as np

import losslab as ll
from losslab.exercises.kinds import function, number

number(
    "noise-clocks",
    lambda: np.average([10.0, 14.0], weights=[1.0, 1.0 / 9.0]),
    says="each clock counts in proportion to one over its variance.",
    hints=[
        (lambda: 12.0, "that is the plain mean; it trusts both clocks equally."),
        (
            lambda: np.average([10.0, 14.0], weights=[1.0, 1.0 / 3.0]),
            "the weights are not one over σ. What stands below r² in the Gaussian loss?",
        ),
        (
            lambda: np.average([10.0, 14.0], weights=[1.0, 9.0]),
            "the sloppy clock has got the larger weight.",
        ),
    ],
)

number(
    "noise-waiting",
    lambda: np.mean([1.0, 2.0, 6.0]),
    says="the loss log f + y/f asks for the mean.",
    n=3,
    hints=[
        (
            lambda: 2.0,
            "that is the median; which equation does the derivative of log f + y/f give?",
        ),
        (
            lambda: 3.0 / (1.0 + 1.0 / 2.0 + 1.0 / 6.0),
            "that is the harmonic mean. Is f in your density the mean or the rate?",
        ),
    ],
)


def _laplace(y_true, y_pred, b):
    return ll.get("absolute_error").value(y_true, y_pred) / b + np.log(2.0 * b)


def _readings(rng):
    y_true = rng.normal(0.0, 2.0, int(rng.integers(3, 7))).round(1)
    return (
        y_true,
        (y_true + rng.laplace(0.0, 2.0, y_true.size)).round(1),
        float(rng.integers(1, 9)) / 2,
    )


function(
    "noise-laplace",
    _laplace,
    says="the absolute error in units of b, plus the price log 2b of a wide density.",
    inputs=_readings,
    cases=[(np.array([0.0, 1.0]), np.array([0.5, -1.0]), 2.0)],
    names=("y_true", "y_pred", "b"),
    hints=[
        (
            lambda y, f, b: ll.get("absolute_error").value(y, f) / b,
            "a term is missing: what is left of the factor in front of the exponential?",
        ),
        (
            lambda y, f, b: ll.get("absolute_error").value(y, f) / b + np.log(b),
            "nearly: a term that contains neither f nor b is missing. Every term is asked for.",
        ),
        (
            lambda y, f, b: -ll.get("absolute_error").value(y, f) / b - np.log(2.0 * b),
            "that is the log-likelihood; a loss is minus that.",
        ),
    ],
)

number(
    "noise-uniform",
    lambda: np.sqrt(3.0),
    says="half of the weight 1/y lies below the root of 1 · 3.",
    rel=5e-3,
    hints=[
        (lambda: 2.0, "that is the mean and the median. What weight has a small value in MAPE?"),
        (lambda: np.log(3.0), "that is the whole weight; half of it must lie below your number."),
    ],
)
