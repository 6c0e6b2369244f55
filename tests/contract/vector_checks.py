"""Checks of claims about any function of a vector, in both directions: AssertionError if one is false.

``CHECKS[key](pieces, claim)``. Pieces are ways between two points along which a function is tried:
what the vector is, a batch of predictions, the weights of a model or the losses of samples, is the
business of who makes them.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

CHECKS = {}


class Piece(NamedTuple):
    """A function of a vector, and two points."""

    value: Callable
    gradient: Callable
    a: np.ndarray
    b: np.ndarray


def check(function):
    CHECKS[function.__name__.removeprefix("check_")] = function
    return function


@check
def check_convex(pieces, claim):
    """Whether a chord is crossed in its middle."""
    worst = -np.inf
    for value, _, a, b in pieces:
        ends = 0.5 * (value(a) + value(b))
        worst = max(worst, (value(0.5 * (a + b)) - ends) / (1.0 + abs(ends)))
    if claim:
        assert worst <= 1e-9, f"a chord is crossed by {worst:g}"
    else:
        assert worst > 1e-9, "no chord is crossed"


def largest_jump(pieces):
    """What is left of the largest change of a slope when its piece is halved again and again."""
    jump = 0.0
    for _, gradient, a, b in pieces:
        low, high = 0.0, 1.0
        for _ in range(45):
            points = [low, 0.5 * (low + high), high]
            g = [gradient(a + t * (b - a)) for t in points]
            changes = [np.abs(g[1] - g[0]).max(), np.abs(g[2] - g[1]).max()]
            low, high = points[0 if changes[0] > changes[1] else 1 :][:2]
        jump = max(jump, *changes)
    return jump


@check
def check_differentiable(pieces, claim):
    """Whether halving the piece in which the gradient changes most makes the change vanish."""
    jump = largest_jump(pieces)
    assert (jump <= 1e-7) == claim, f"the gradient jumps by {jump:g}"


@check
def check_nonnegative(pieces, claim):
    lowest = min(piece.value(x) for piece in pieces for x in (piece.a, piece.b))
    assert (lowest >= 0.0) == claim, f"the lowest value seen is {lowest:g}"


@check
def check_smooth(pieces, claim):
    """The largest change of the gradient over the length of the way, at ever shorter ways."""
    most = 0.0
    for _, gradient, a, b in pieces:
        for t in (1.0, 1e-3, 1e-6):
            way = t * (b - a)
            change = np.linalg.norm(gradient(a + way) - gradient(a))
            most = max(most, change / np.linalg.norm(way))
            change = np.linalg.norm(gradient(0.5 * way) - gradient(-0.5 * way))
            most = max(most, change / np.linalg.norm(way))
    if claim is None:
        assert most > 1e3, f"no gradient changes faster than {most:g}"
    else:
        assert most <= claim * (1.0 + 1e-6) + 1e-9, f"a gradient changes by {most:g}, not {claim:g}"
        assert most >= 0.99 * claim, f"no gradient changes faster than {most:g}, not {claim:g}"
