"""One check per claim of a batchwise loss, in both directions: each raises AssertionError if it is false.

``CHECKS[key](loss, claim)``, as in claim_checks.py. A claim is about the loss as a function of all
predictions of a batch, for every batch of legal targets. Random batches are tried, along the
segments between two sets of predictions for each.
"""

import functools

import numpy as np

from tests.contract import vector_checks

CHECKS = {}
BATCHES = 60


def check(function):
    CHECKS[function.__name__.removeprefix("check_")] = function
    return function


def drawn(loss, n, rng):
    """A batch that the loss has a value for."""
    for _ in range(100):
        y, f = loss.example(n, rng)
        try:
            loss.value(y, f)
        except ValueError:
            continue
        return y, f
    raise AssertionError(f"{loss!r} refuses all examples of {n} samples")


def on_probabilities(loss):
    return "probabilit" in loss.prediction


def segments(loss):
    """Batches with two sets of predictions each."""
    rng = np.random.default_rng(12)
    for _ in range(BATCHES):
        y, f = drawn(loss, int(rng.integers(4, 9)), rng)
        other = loss.example(len(f), rng)[1]
        scale = 1.0 if on_probabilities(loss) else rng.choice([0.1, 1.0, 10.0])
        yield y, f * scale, other * scale


@functools.lru_cache(64)
def pieces(loss):
    """The loss as a function of all predictions of a batch."""
    return [
        vector_checks.Piece(
            functools.partial(loss.value, y), functools.partial(loss.gradient, y), a, b
        )
        for y, a, b in segments(loss)
    ]


@functools.lru_cache(64)
def largest_jump(loss):
    return vector_checks.largest_jump(pieces(loss))


@check
def check_convex(loss, claim):
    """Whether a chord is crossed in its middle."""
    vector_checks.check_convex(pieces(loss), claim)


@check
def check_differentiable(loss, claim):
    """Whether halving the piece in which the gradient changes most makes the change vanish."""
    jump = largest_jump(loss)
    assert (jump <= 1e-7) == claim, f"the gradient jumps by {jump:g}"


@check
def check_nonnegative(loss, claim):
    vector_checks.check_nonnegative(pieces(loss), claim)


@check
def check_bounded(loss, claim):
    sizes = (1.0,) if on_probabilities(loss) else (1.0, 1e3, 1e6)
    most = max(loss.value(y, f * s) for y, *both in segments(loss) for f in both for s in sizes)
    if claim is None:
        assert most > 1e3, f"nothing exceeds {most:g}"
    else:
        assert 0.5 * claim < most <= claim * (1.0 + 1e-12), f"reaches {most:.17g}, not {claim:.17g}"
