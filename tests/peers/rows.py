"""A row of a table of agreement: one loss of ours, and the same loss as a peer computes it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import losslab as ll

SAMPLES = 60


def nothing_left_out(y):
    return 0.0


@dataclass(frozen=True)
class Row:
    """theirs = factor * ours + the mean of left_out(y), in value; factor * ours in gradient.

    `theirs` takes (y, f) in the peer's arrays, with f as our loss takes it, and returns the mean
    or the terms. Whatever it does to y and f first, and the factor, are what differs, and `why`
    says it. `draw(loss, rng)` makes the data if those of `loss.example` are not legal there.
    """

    loss: object
    theirs: Callable
    why: str = "the same function"
    factor: float = 1.0
    left_out: Callable = nothing_left_out
    draw: Callable = lambda loss, rng: loss.example(SAMPLES, rng)
    rtol: float = 1e-9


def row(name, theirs, *, loss=None, **more):
    """A row for a loss of that name, with the parameters in `loss`."""
    return Row(ll.get(name, **(loss or {})), theirs, **more)


def check(row, evaluate):
    """Compare value and gradient; `evaluate(row.theirs, y, f)` returns the peer's two."""
    assert row.why
    y, f = row.draw(row.loss, np.random.default_rng(7))
    value, gradient = evaluate(row.theirs, y, f)
    ours, slope = row.loss.value_and_gradient(y, f)
    expected = row.factor * ours + np.mean(row.left_out(y))
    np.testing.assert_allclose(value, expected, rtol=row.rtol, atol=1e-12)
    if gradient is not None:
        scale = abs(slope).max()
        np.testing.assert_allclose(
            gradient, row.factor * slope, rtol=row.rtol, atol=row.rtol * scale
        )


def signs(y):
    """Labels -1 and +1 for 0 and 1."""
    return 2.0 * y - 1.0


def classes(k):
    """Draws labels 0 to k - 1 and rows of k scores."""

    def draw(loss, rng):
        return rng.integers(0, k, SAMPLES).astype(float), rng.normal(0.0, 2.0, (SAMPLES, k))

    return draw


def labels(k):
    """Draws rows of k labels 0 or 1, and rows of k scores."""

    def draw(loss, rng):
        rows = rng.integers(0, 2, (SAMPLES, k)).astype(float)
        return rows, rng.normal(0.0, 2.0, (SAMPLES, k))

    return draw


def hard_labels(loss, rng):
    """Labels 0 and 1 with scores, for a loss whose own example has soft labels."""
    return rng.integers(0, 2, SAMPLES).astype(float), rng.normal(0.0, 2.0, SAMPLES)


def positive(loss, rng):
    """Targets and predictions well away from 0."""
    return rng.uniform(0.5, 4.0, SAMPLES), rng.uniform(0.5, 4.0, SAMPLES)
