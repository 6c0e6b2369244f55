"""Where a figure of one batch starts: targets and predictions that show what samples do to others."""

from typing import NamedTuple

import numpy as np

from losslab.widgets.parts.row_samples import LOGITS, REAL, SCORES, SHARES, TARGETS, shares

SAMPLES = 6
# By the kind of target: the targets, a score for each, and the sample that is chosen first. Others
# are drawn as the loss draws its examples.
BATCHES = {
    "{0,1}": ([1, 1, 0, 0, 0, 0], (1.0, -1.0, 1.2, 0.2, -0.8, -1.8), 2),
    "lifetime": (
        [[2, 1], [3, 1], [3, 1], [4, 0], [6, 1], [8, 0]],
        (-1.0, 1.5, 0.0, 0.5, -0.5, 1.0),
        5,
    ),
    "class": ([0, 1, 1, 1, 2, 3], (-2.0, -1.0, 0.5, 1.0, -0.5, 2.0), 5),
}
# Logits of four ordered levels. F is right: drag its logit of level 1 up, and what B and C are asked
# for fades, while A and E are pushed twice as hard.
LEVELS = (
    (1.5, 0.5, -0.5, -1.5),
    (1.0, 1.0, -1.0, -2.0),
    (1.5, 1.0, 0.5, 0.0),
    (-1.0, 1.0, 1.0, -1.0),
    (-0.5, 0.5, 1.5, 0.5),
    (-3.0, -1.5, 0.0, 1.5),
)


class Batch(NamedTuple):
    """Targets, predictions, the sample and the output that are chosen, and ranges of both."""

    y: np.ndarray | None
    f: np.ndarray
    selected: int
    output: int
    x_range: list
    y_range: list | None


def batch(loss, n=None, k=None):
    """Where a figure of `loss` starts, with n samples of k predictions, or as many as suit it."""
    n = n or SAMPLES
    k = k or loss.example_columns()
    y, scores, selected = BATCHES.get(loss.target, (None, REAL, 0))
    if loss.outputs == "number":
        f = np.array([scores[i % len(scores)] for i in range(n)], dtype=float)
    elif loss.prediction == "probabilities":
        f = np.array([shares(np.roll((0.4, 0.3, 0.2, 0.1), i), k) for i in range(n)])
    elif loss.target == "class" and k == 4:
        f = np.array([LEVELS[i % len(LEVELS)] for i in range(n)])
    else:
        f = np.array([[LOGITS[(i + j) % len(LOGITS)] for j in range(k)] for i in range(n)])
    if y is not None:
        y = np.array([y[i % len(y)] for i in range(n)], dtype=float)
        if loss.target == "class":
            y = np.minimum(y, k - 1.0)
    if y is None or not has_a_value(loss, y, f):
        y = drawn(loss, n, f)
    output = 1 if loss.target == "class" and f.ndim == 2 else 0
    x_range = SHARES if loss.prediction == "probabilities" else SCORES
    y_range = TARGETS[loss.target][1]
    return Batch(y, f, min(selected, n - 1), output, list(x_range), y_range and list(y_range))


def drawn(loss, n, f):
    """The first targets drawn by the loss itself that it takes with these predictions, or None."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        y = np.asarray(loss.example(n, rng)[0], dtype=float)
        rounded = np.round(y, 1)
        for each in (rounded, y):
            if has_a_value(loss, each, f):
                return each
    return None


def has_a_value(loss, y, f):
    """Whether the loss takes these targets and predictions."""
    try:
        loss.value(y, f)
    except ValueError:
        return False
    return True
