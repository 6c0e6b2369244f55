"""Checks of chapter 3, Regression losses."""

import numpy as np

import losslab as ll
from losslab.exercises.kinds import function, number


def _huber_constant():
    from losslab.training import fit_linear

    y = np.array([0.0, 0.0, 1.0, 10.0])
    return fit_linear(np.empty((4, 0)), y, ll.get("huber", delta=1.0)).intercept


number(
    "regression-huber-constant",
    _huber_constant,
    says="the 10 pulls with force 1, however far away it is.",
    hints=[
        (lambda: 2.75, "that is the mean: here the 10 pulls with all its distance."),
        (lambda: 0.5, "that is the middle of the medians. Inside ±1 the pull is not 1 but r."),
        (
            lambda: 1.0 / 3.0,
            "that leaves the 10 out. It pulls with a limited force, not with none.",
        ),
    ],
)


def _residuals(rng):
    """Residuals on both sides of the width, with a zero among them."""
    c = round(float(rng.uniform(1.0, 5.0)), 1)
    return np.append(rng.normal(0.0, c, 4).round(2), 0.0), c


def _tukey_weight(r, c):
    loss = ll.get("tukey_biweight", c=c)
    safe = np.where(r == 0.0, 1e-9 * c, r)
    return loss.gradient(np.zeros_like(safe), safe, reduction="none") / safe


function(
    "regression-tukey-weight",
    _tukey_weight,
    says="1 at zero, 0 from c on, and smooth in between.",
    inputs=_residuals,
    cases=[
        (np.array([0.0]), 2.0),
        (np.array([0.5, -1.0]), 2.0),
        (np.array([2.0, -2.5, 7.0]), 2.0),
    ],
    names=("r", "c"),
    hints=[
        (
            lambda r, c: (1.0 - (r / c) ** 2) ** 2,
            "inside c it is right. Beyond c the formula rises again; the weight does not.",
        ),
        (
            lambda r, c: r * np.maximum(1.0 - (r / c) ** 2, 0.0) ** 2,
            "that is the influence. The weight is the influence divided by the residual.",
        ),
        (
            lambda r, c: np.maximum(1.0 - (r / c) ** 2, 0.0),
            "the bracket is right, its power is not.",
        ),
    ],
)

number(
    "regression-breaking-point",
    lambda: np.linspace(0.0, 1.0, 50).sum(),
    says="that is where one lever outweighs the sum of the fifty others.",
    rel=0.02,
    hints=[
        (lambda: 50.0, "that counts the points; it is their levers that pull."),
        (lambda: 100.0, "there it has long dropped. Where does it drop first?"),
    ],
)
