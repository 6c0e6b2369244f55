"""One check per claim of a penalty, in both directions: each raises AssertionError if it is false.

``CHECKS[key](penalty, claim)``. What may be claimed of any function is checked as for any function.
"""

import functools

import numpy as np

from tests.contract import vector_checks

CHECKS = {}
STEPS = (0.01, 0.3, 2.0)


def check(function):
    CHECKS[function.__name__.removeprefix("check_")] = function
    return function


@functools.lru_cache(64)
def pieces(penalty, n=4):
    """Ways between random weights, some of them through 0."""
    rng = np.random.default_rng(21)
    found = []
    for _ in range(40):
        a, b = (penalty.example(n, rng) * rng.choice([0.01, 1.0, 100.0]) for _ in range(2))
        if not np.any(b - a):
            b = b + 1.0
        found.append(vector_checks.Piece(penalty.value, penalty.gradient, a, b))
    return found


@check
def check_convex(penalty, claim):
    """Whether a chord is crossed in its middle."""
    vector_checks.check_convex(pieces(penalty), claim)


@check
def check_differentiable(penalty, claim):
    """Whether halving the piece in which the gradient changes most makes the change vanish."""
    vector_checks.check_differentiable(pieces(penalty), claim)


@check
def check_nonnegative(penalty, claim):
    vector_checks.check_nonnegative(pieces(penalty), claim)


@check
def check_smooth(penalty, claim):
    """The largest change of the gradient over the length of the way, at ever shorter ways."""
    vector_checks.check_smooth(pieces(penalty), claim)


@check
def check_strongly_convex(penalty, claim):
    """The least growth of the slope along a way, over its squared length."""
    least = np.inf
    for _, gradient, a, b in pieces(penalty):
        for t in (1.0, 1e-3):
            way = t * (b - a)
            rise = (gradient(a + way) - gradient(a)) @ way / (way @ way)
            least = min(least, rise)
    if claim is None:
        assert least <= 1e-9, f"the slope grows by at least {least:g}"
    else:
        assert abs(least - claim) <= 1e-6 * claim, f"the slope grows by {least:g}, not {claim:g}"


@check
def check_homogeneous(penalty, claim):
    degrees = []
    for value, _, a, _ in pieces(penalty):
        for c in (0.1, 3.0):
            before, after = value(a), value(c * a)
            if before > 0.0:
                degrees.append(np.log(after / before) / np.log(c))
    if not degrees:
        return  # a penalty that is 0 has any degree, and none
    if claim is None:
        assert np.ptp(degrees) > 1e-6, f"the degree is always {degrees[0]:g}"
    else:
        off = max(abs(d - claim) for d in degrees)
        assert off <= 1e-9, f"the degree is {degrees[0]:g}, not {claim:g}"


@check
def check_sparse(penalty, claim):
    """Whether a small number becomes exactly 0 at some step."""
    zeros = any(penalty.prox([1e-4, 1.0], step)[0] == 0.0 for step in STEPS)
    assert zeros == claim, "small numbers become 0" if zeros else "no small number becomes 0"


@check
def check_unbiased(penalty, claim):
    """How far large numbers are moved, relative to how far small ones are."""
    large = np.logspace(3, 8, 11)
    moved = max(float(np.abs(penalty.prox(large, s) - large).min()) for s in STEPS)
    assert (moved <= 1e-6) == claim, f"numbers of any size are moved by {moved:g}"


@check
def check_firmly_nonexpansive(penalty, claim):
    worst = -np.inf
    for _, _, a, b in pieces(penalty):
        for step in STEPS:
            x, y = penalty.prox(a, step), penalty.prox(b, step)
            worst = max(worst, ((x - y) @ (x - y) - (x - y) @ (a - b)) / ((a - b) @ (a - b)))
    assert (worst <= 1e-12) == claim, f"firm nonexpansiveness is missed by {worst:g}"
