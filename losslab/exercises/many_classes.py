"""Checks of chapter 5, Many classes."""

import numpy as np

import losslab as ll
from losslab.exercises.kinds import function, number

TRUTH = np.array([0.6, 0.3, 0.1])


def _smoothing_best():
    # Where the gradient of the smoothed loss, averaged over the true shares, is zero.
    loss, shares = ll.get("label_smoothing", epsilon=0.3), np.array([0.7, 0.2, 0.1])
    at_zero = shares @ loss.gradient([0, 1, 2], np.zeros((3, 3)), reduction="none")
    return 1.0 / 3.0 - at_zero[0]


number(
    "classes-smoothing-best",
    _smoothing_best,
    says="a step from the truth towards one third.",
    hints=[
        (lambda: 0.7, "that is the truth. Smoothing likes another answer."),
        (lambda: 0.8, "that is the smoothed target of one row; average it over the true shares."),
        (lambda: 0.79, "each class gets epsilon / K, not epsilon."),
        (lambda: 0.49, "that is the first part; the uniform part is missing."),
    ],
)


def _worlds(rng):
    """A row of probabilities and two sets of frequencies."""
    k = int(rng.integers(3, 6))
    p = rng.dirichlet(np.ones(k)).round(3) + 0.001
    return p / p.sum(), rng.integers(1, 100, k).astype(float), rng.integers(1, 100, k).astype(float)


def _to_world(p, n_old, n_new):
    # In logits: what logit adjustment does, once in each direction.
    z = np.log(p) + np.log(n_new) - np.log(n_old)
    e = np.exp(z - z.max())
    return e / e.sum()


def _normal(q):
    return q / q.sum()


function(
    "classes-to-world",
    _to_world,
    says="divide by the old world, multiply by the new one, and make it sum to 1.",
    inputs=_worlds,
    cases=[
        (np.array([0.9, 0.1]), np.array([90.0, 10.0]), np.array([1.0, 1.0])),
        (np.array([0.5, 0.3, 0.2]), np.array([2.0, 2.0, 2.0]), np.array([5.0, 5.0, 5.0])),
    ],
    names=("p", "n_old", "n_new"),
    hints=[
        (lambda p, n_old, n_new: p * n_new / n_old, "the ratios are right; it must sum to 1."),
        (
            lambda p, n_old, n_new: _normal(p * n_old / n_new),
            "that is the way back. Which world's frequency is in the probabilities already?",
        ),
        (
            lambda p, n_old, n_new: _normal(p * n_new),
            "the old frequencies are still in it.",
        ),
        (
            lambda p, n_old, n_new: _normal(p / n_old),
            "that is right for a balanced world. The new one need not be.",
        ),
    ],
)


def _focal_half():
    from scipy.optimize import brentq, minimize

    def top(gamma):
        loss = ll.get("focal_multiclass", gamma=gamma)

        def expected(z):
            rows = np.tile(z, (3, 1))
            value = TRUTH @ loss.value([0, 1, 2], rows, reduction="none")
            return value, TRUTH @ loss.gradient([0, 1, 2], rows, reduction="none")

        found = minimize(
            expected,
            np.log(TRUTH),
            jac=True,
            method="L-BFGS-B",
            options={"ftol": 0, "gtol": 1e-12},
        )
        e = np.exp(found.x - found.x.max())
        return e[0] / e.sum()

    return brentq(lambda gamma: top(gamma) - 0.5, 0.5, 3.0, xtol=1e-6)


number(
    "classes-focal-half",
    _focal_half,
    says="there the majority class has one half.",
    rel=0.005,
    hints=[
        (lambda: 0.0, "that is cross-entropy, which gives 0.6."),
        (lambda: 2.0, "there it has less than one half already."),
    ],
)
