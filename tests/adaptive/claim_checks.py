"""One check per claim of a risk, in both directions: each raises AssertionError if it is false."""

import functools

import numpy as np

from tests.contract import vector_checks

CHECKS = {}


def check(function):
    CHECKS[function.__name__.removeprefix("check_")] = function
    return function


@functools.lru_cache(64)
def pieces(risk, n=5):
    """Ways between the losses of two models of the same samples."""
    rng = np.random.default_rng(22)
    found = []
    for scale in (0.1, 1.0, 10.0):
        for _ in range(15):
            a, b = rng.normal(0.0, scale, (2, n))
            found.append(vector_checks.Piece(risk.value, risk.weights, a, b))
            # Through losses that are all the same, where what measures their spread has a kink.
            same = np.full(n, a.mean())
            found.append(vector_checks.Piece(risk.value, risk.weights, a, 2.0 * same - a))
    return found


@check
def check_convex(risk, claim):
    """Whether a chord is crossed in its middle."""
    vector_checks.check_convex(pieces(risk), claim)


@check
def check_differentiable(risk, claim):
    """Whether halving the piece in which the weights change most makes the change vanish."""
    vector_checks.check_differentiable(pieces(risk), claim)


@check
def check_monotone(risk, claim):
    least = min(float(risk.weights(x).min()) for piece in pieces(risk) for x in (piece.a, piece.b))
    assert (least >= 0.0) == claim, f"the least weight seen is {least:g}"


@check
def check_translation_equivariant(risk, claim):
    off = max(abs(risk.value(p.a + 3.0) - risk.value(p.a) - 3.0) for p in pieces(risk))
    assert (off <= 1e-12) == claim, f"off by {off:g}"


@check
def check_positively_homogeneous(risk, claim):
    off = max(abs(risk.value(3.0 * p.a) - 3.0 * risk.value(p.a)) for p in pieces(risk))
    assert (off <= 1e-11) == claim, f"off by {off:g}"


@check
def check_above_mean(risk, claim):
    least = min(risk.value(p.a) - p.a.mean() for p in pieces(risk))
    assert (least >= -1e-12) == claim, f"below the mean by {-least:g}"
