"""Checks of chapter 8, What the gradient sees."""

import numpy as np

import losslab as ll
from losslab.exercises.kinds import function, number

number(
    "gradients-limit",
    lambda: 0.4,
    says="a quarter of 20 is the curvature, and 2 over it the limit.",
    hints=[
        (lambda: 0.1, "that takes 1 for the largest curvature of the loss. It is p (1 - p)."),
        (lambda: 0.2, "that is 1 / L, the step with the largest guaranteed gain."),
        (lambda: 5.0, "that is L. The limit of the step is 2 over it."),
    ],
)


def _means_and_sizes(rng):
    """Mean gradients of a few micro-batches of different sizes."""
    count = int(rng.integers(2, 5))
    return rng.normal(0.0, 1.0, (count, 3)).round(1), rng.permutation([1, 3, 8, 20])[:count]


def _combined(means, sizes):
    return np.average(means, axis=0, weights=sizes)


function(
    "gradients-combine",
    _combined,
    says="each sample counts once, whatever batch it came in.",
    inputs=_means_and_sizes,
    cases=[(np.array([[4.0], [1.0]]), np.array([2, 8]))],
    names=("means", "sizes"),
    hints=[
        (
            lambda means, sizes: np.mean(means, axis=0),
            "that is the mean of the means: a sample of a small batch counts more.",
        ),
        (
            lambda means, sizes: np.asarray(sizes) @ np.asarray(means),
            "that is the sum over all samples. Divide by their number.",
        ),
    ],
)


def _limit_of_units():
    from losslab.training import LinearObjective, sharpness

    patients = ll.datasets.load("diabetes")
    X = (patients.X - patients.X.mean(axis=0)) / patients.X.std(axis=0)
    X[:, patients.feature_names.index("bmi")] *= 10.0
    objective = LinearObjective(X, np.zeros(len(X)), ll.get("squared_error"), intercept=False)
    return 2.0 / sharpness(objective, np.zeros(10))


number(
    "gradients-units",
    _limit_of_units,
    says="the largest column sets the step of all ten weights.",
    rel=0.005,
    hints=[
        (lambda: 2.0 / 4.024210750152784, "that is the limit before `bmi` was multiplied."),
        (lambda: _limit_of_units() / 2.0, "that is the limit of the squared error without a half."),
    ],
)
