"""Checks of chapter 4, Two classes."""

import numpy as np

import losslab as ll
from losslab.exercises.kinds import function, number

number(
    "two-classes-undo",
    lambda: 0.25,
    says="odds of three to one, divided by nine, are one to three.",
    hints=[
        (lambda: 0.75 / 9.0, "the weight multiplies the odds, not the probability."),
        (lambda: 27.0 / 28.0, "that puts the weight in once more. It has to come out."),
        (lambda: 1.0 / 3.0, "those are the odds. Which probability has them?"),
    ],
)


def _labels_and_logits(rng):
    """Hard labels, and logits of which some are large."""
    n = int(rng.integers(3, 7))
    return rng.integers(0, 2, n).astype(float), (rng.normal(0.0, 1.0, n) * 4.0).round(1)


def _cross_entropy(y, z):
    return ll.get("binary_cross_entropy").value(y, z, reduction="none")


function(
    "two-classes-stable",
    _cross_entropy,
    says="nothing overflows, because the exponential never grows.",
    inputs=_labels_and_logits,
    cases=[
        (np.array([1.0, 0.0]), np.array([0.5, -1.5])),
        (np.array([1.0, 0.0]), np.array([30.0, 30.0])),
        (np.array([0.0, 1.0, 0.0, 1.0]), np.array([1000.0, 1000.0, -1000.0, -1000.0])),
    ],
    names=("y", "z"),
    hints=[
        (
            lambda y, z: np.maximum(z, 0.0) - y * z,
            "the two large terms are right; the small one, log(1 + exp(-|z|)), is missing.",
        ),
        (
            lambda y, z: np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))),
            "that is the loss of label 0, whatever the label. Where does y z go?",
        ),
    ],
)


def _gamma():
    from scipy.optimize import brentq

    z = np.array([np.log(0.6 / 0.4)])

    def meant(gamma):
        loss = ll.get("focal", gamma=gamma, alpha=0.5)
        g0, g1 = loss.gradient([0.0], z), loss.gradient([1.0], z)
        return (g0 / (g0 - g1)).item() - 0.7

    return brentq(meant, 0.1, 5.0)


number(
    "two-classes-focal",
    _gamma,
    says="the focus that makes seven in ten look like six.",
    rel=0.01,
    hints=[(lambda: 2.0, "there the forecast is already below 0.6. A smaller one.")],
)
