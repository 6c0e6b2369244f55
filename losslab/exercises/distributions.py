"""Checks of chapter 6, Forecasting a distribution."""

import numpy as np

import losslab as ll
from losslab.exercises.kinds import function, number

number(
    "forecast-reciprocal",
    lambda: 2.0 / 3.0,
    says="the announced odds are the square root of the believed ones: 2 instead of 4.",
    hints=[
        (lambda: 0.8, "that is the honest answer. Does this contract pay for it?"),
        (lambda: 2.0, "those are the odds. Which probability has them?"),
        (lambda: 1.0 / 3.0, "that is the chance left for the other outcome."),
        (lambda: 16.0 / 17.0, "that squares the odds; here they are rooted."),
    ],
)


def _ensemble(rng):
    members = rng.normal(0.0, 2.0, int(rng.integers(3, 7))).round(1)
    return members, round(float(rng.normal(0.0, 2.0)), 1)


def _spread(members):
    return np.mean(np.abs(members[:, None] - members[None, :]))


function(
    "forecast-ensemble",
    lambda members, y: ll.get("crps_ensemble").value([y], [members]),
    says="accuracy minus half the spread, all pairs counted.",
    inputs=_ensemble,
    cases=[(np.array([1.0]), 3.0), (np.array([-1.0, 1.0]), 0.0), (np.array([2.0, 2.0]), 2.0)],
    names=("members", "y"),
    hints=[
        (
            lambda members, y: np.mean(np.abs(members - y)),
            "the accuracy is right; the half spread that is given back is missing.",
        ),
        (
            lambda members, y: np.mean(np.abs(members - y)) - _spread(members),
            "it gives the whole spread back. Half of it is due.",
        ),
        (
            lambda members, y: (
                np.mean(np.abs(members - y))
                - 0.5 * _spread(members) * len(members) / max(len(members) - 1, 1)
            ),
            "that is the fair score. Here a member also pairs with itself: divide by k squared.",
        ),
        (
            lambda members, y: abs(np.mean(members) - y),
            "that is the distance of the mean member; the mean of the distances is asked for.",
        ),
    ],
)

number(
    "forecast-five",
    lambda: 0.8 / np.sqrt(2.0 - 0.8**2),
    says="the plain score pays five random members for claiming two thirds of the spread.",
    rel=0.07,
    hints=[
        (lambda: 1.0, "that is honest, and what the fair score asks for. Try the plain one."),
    ],
)
