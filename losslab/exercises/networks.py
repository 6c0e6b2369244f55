"""Checks of the chapter on losses inside neural networks."""

import numpy as np

from losslab.exercises.kinds import function, number

number(
    "networks-floor",
    lambda: np.log(np.e + 9.0) - 1.0,
    says="the loss of a row of logits that are 1 at the right class and 0 elsewhere.",
    hints=[
        (lambda: 0.0, "that would need a logit without bound. What is the largest probability?"),
        (lambda: np.log(10.0), "that is the loss of ten equal logits. One may be larger."),
        (
            lambda: np.log(np.e + 9.0),
            "the logarithm of the sum is right; the true logit is missing.",
        ),
    ],
)


def _layer(rng):
    """Rows of inputs, and weights and biases of a few units."""
    rows, inputs, units = int(rng.integers(3, 6)), 2, int(rng.integers(2, 5))
    biases = rng.choice([-4.0, 0.0, 0.5], units)
    return (
        rng.normal(0.0, 1.0, (rows, inputs)).round(1),
        rng.normal(0.0, 1.0, (inputs, units)).round(1),
        biases,
    )


def _dead(X, W, b):
    return np.sum(np.all(X @ W + b <= 0.0, axis=0))


function(
    "networks-dead",
    _dead,
    says="a unit is dead for the data if no row of them gets through.",
    inputs=_layer,
    cases=[
        (np.array([[1.0], [2.0]]), np.array([[1.0, -1.0]]), np.array([0.0, 0.0])),
        (np.array([[1.0], [-1.0]]), np.array([[1.0, 1.0]]), np.array([0.0, -3.0])),
    ],
    names=("X", "W", "b"),
    hints=[
        (
            lambda X, W, b: np.sum(np.any(X @ W + b <= 0.0, axis=0)),
            "that counts units that are off for some row. Dead is off for every row.",
        ),
        (
            lambda X, W, b: np.sum(np.all(X @ W <= 0.0, axis=0)),
            "the bias is missing: it is what usually kills a unit.",
        ),
        (
            lambda X, W, b: np.sum(np.all(X @ W + b <= 0.0, axis=1)),
            "that counts rows. Units stand side by side, in the columns.",
        ),
    ],
)

number(
    "networks-prior",
    lambda: 0.344,
    says="close to the entropy of one in nine.",
    rel=0.015,
    hints=[
        (lambda: 0.693, "that is log 2, the loss of a bias of 0."),
        (lambda: 0.109, "that is the share of threes. What does the loss say?"),
    ],
)
