"""One check per claim of a penalty, in both directions: each raises AssertionError if it is false.

``CHECKS[key](penalty, claim)``. What may be claimed of any function is checked as for any function.
"""

import functools

import numpy as np

from tests.contract import vector_checks

CHECKS = {}
STEPS = (0.01, 0.3, 2.0)
SIZES = (0.01, 1.0, 100.0, 1e3, 1e4)


def check(function):
    CHECKS[function.__name__.removeprefix("check_")] = function
    return function


@functools.lru_cache(64)
def pairs(penalty, n=4):
    """Pairs of random weights of many sizes, some of them 0, and of two that are exchanged."""
    rng = np.random.default_rng(21)
    found = []
    for _ in range(60):
        a, b = (penalty.example(n, rng) * rng.choice(SIZES) for _ in range(2))
        found.append((a, b if np.any(b - a) else b + 1.0))
    a, b = 0.0 * found[0][0], 0.0 * found[0][0]
    second = (1, 1) if a.ndim == 2 and min(a.shape) > 1 else (1,) if a.ndim == 1 else (0, 0)
    first = (0,) * a.ndim
    a[first], a[second], b[first], b[second] = 2.0, 1.0, 1.0, 2.0
    return [*found, (a, b)]


@functools.lru_cache(64)
def pieces(penalty, n=4):
    """Ways between such weights; where it is a constraint, of those that keep it."""
    found = []
    for a, b in pairs(penalty, n):
        if penalty.claims.get("constraint"):
            a, b = penalty.prox(a), penalty.prox(b)
        value, gradient = flat(penalty, a.shape)
        found.append(vector_checks.Piece(value, gradient, a.ravel(), b.ravel()))
    return found


def flat(penalty, shape):
    """Value and gradient as functions of a vector, whatever the weights are."""
    return (
        lambda w: penalty.value(w.reshape(shape)),
        lambda w: penalty.gradient(w.reshape(shape)).ravel(),
    )


@check
def check_convex(penalty, claim):
    """Whether a chord is crossed in its middle."""
    vector_checks.check_convex(pieces(penalty), claim)


@check
def check_differentiable(penalty, claim):
    """Whether halving the piece in which the gradient changes most makes the change vanish."""
    jump = 0.0
    for piece in pieces(penalty):
        size = max(np.abs(piece.gradient(x)).max() for x in (piece.a, piece.b))
        jump = max(jump, vector_checks.largest_jump([piece]) / (1e-3 + size))
    assert (jump <= 1e-5) == claim, f"the gradient jumps by {jump:g} of its size"


@check
def check_nonnegative(penalty, claim):
    vector_checks.check_nonnegative(pieces(penalty), claim)


@check
def check_smooth(penalty, claim):
    """The largest change of the gradient over the length of the way, at ever shorter ways."""
    vector_checks.check_smooth(pieces(penalty), claim)


@check
def check_strongly_convex(penalty, claim):
    """The least growth of the slope along a way, over its squared length; ways outwards are among them."""
    least = np.inf
    for _, gradient, a, b in pieces(penalty):
        for way in (b - a, 1e-3 * (b - a), *([0.5 * a] if a.any() else [])):
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


def unequal(penalty, n=4):
    """Weights of different sizes, all small but the last."""
    w = penalty.example(n, np.random.default_rng(3))
    w.reshape(-1)[:] = 1e-4 * (1.0 + 0.01 * np.arange(w.size))
    w.reshape(-1)[-1] = 1.0
    return w


FINE = np.logspace(-8, 1, 19)  # steps, so that some suits whatever the strength


@check
def check_sparse(penalty, claim):
    """Whether small numbers become exactly 0 at some step that leaves a large one."""
    w = unequal(penalty)
    if penalty.claims.get("constraint"):
        w = w * np.where(np.arange(w.size).reshape(w.shape) % 2, -1.0, 1.0)
    left = [np.count_nonzero(penalty.prox(w, step)) for step in FINE]
    zeros = any(0 < count < w.size for count in left)
    assert zeros == claim, "small numbers become 0" if zeros else "no small number becomes 0"


@check
def check_clusters(penalty, claim):
    """Whether numbers of different size become equal in size, and are not 0."""
    w = unequal(penalty)
    sizes = [np.abs(penalty.prox(w, step)).ravel() for step in FINE]
    equal = any(np.unique(s[s > 0.0]).size < np.count_nonzero(s) for s in sizes)
    assert equal == claim, "numbers become equal" if equal else "no numbers become equal"


@check
def check_constraint(penalty, claim):
    """Whether it is 0 where it is kept, else infinite."""
    rng = np.random.default_rng(4)
    tried = [penalty.example(4, rng) * size for size in (0.0, 0.01, 1.0, 100.0) for _ in range(5)]
    values = {penalty.value(x) for w in tried for x in (w, penalty.prox(w, 0.7))}
    assert (values == {0.0, np.inf}) == claim, f"the values are {sorted(values)[:4]}"


@check
def check_unbiased(penalty, claim):
    """How far large numbers are moved, relative to how far small ones are."""
    if penalty.kind == "separable":
        large = np.logspace(3, 8, 11)
        moved = max(float(np.abs(penalty.prox(large, s) - large).min()) for s in STEPS)
    else:
        w = penalty.example(4, np.random.default_rng(5)) + 0.5
        large = [w * size for size in np.logspace(3, 8, 11)]
        ways = [[np.abs(penalty.prox(x, s) - x).max() for x in large] for s in STEPS]
        moved = float(np.min(ways, axis=1).max())
    assert (moved <= 1e-6) == claim, f"numbers of any size are moved by {moved:g}"


@check
def check_firmly_nonexpansive(penalty, claim):
    worst = -np.inf
    for a, b in pairs(penalty):
        for step in STEPS:
            x, y = (penalty.prox(w, step).ravel() for w in (a, b))
            way = (a - b).ravel()
            worst = max(worst, ((x - y) @ (x - y) - (x - y) @ way) / (way @ way))
    assert (worst <= 1e-12) == claim, f"firm nonexpansiveness is missed by {worst:g}"
