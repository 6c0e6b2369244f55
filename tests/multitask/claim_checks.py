"""One check per claim of a rule for several tasks, in both directions.

``CHECKS[key](rule, claim)`` raises AssertionError if the claim is false. A rule is tried as the
function from gradients to a direction that it is; one that weighs losses does so at its start.
"""

import functools

import numpy as np

CHECKS = {}


def check(function):
    CHECKS[function.__name__.removeprefix("check_")] = function
    return function


@functools.cache
def problems():
    """Losses and gradients of two to six tasks, of ordinary and of very different size."""
    rng = np.random.default_rng(23)
    found = []
    for t in (2, 3, 4, 6):
        for spread in (0.0, 3.0):
            for _ in range(15):
                size = 10.0 ** rng.uniform(-spread, spread, (t, 1))
                found.append((rng.exponential(size=t) + 0.1, rng.normal(size=(t, 8)) * size))
    return found


def weights(rule, losses, g):
    return rule.weights(g @ g.T) if rule.needs == "gram" else rule.weights(losses)


def direction(rule, losses, g):
    return weights(rule, losses, g) @ g


def apart(a, b):
    """How different two directions are, relative."""
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(a), np.linalg.norm(b), 1e-300))


@check
def check_non_conflicting(rule, claim):
    worst = 0.0
    for losses, g in problems():
        d = direction(rule, losses, g)
        scale = np.linalg.norm(g, axis=1) * max(np.linalg.norm(d), 1e-300)
        worst = max(worst, float((-(g @ d) / scale).max()))
    assert (worst <= 1e-6) == claim, f"a task gets worse by {worst:g}"


def scaled(losses, g, c):
    return np.concatenate([[c * losses[0]], losses[1:]]), np.concatenate([c * g[:1], g[1:]])


@check
def check_linear_under_scaling(rule, claim):
    """Whether the direction for a first task of 1 and of 3 lie on a line with that of 2."""
    worst = 0.0
    for losses, g in problems():
        one, two, three = (direction(rule, *scaled(losses, g, c)) for c in (1.0, 2.0, 3.0))
        worst = max(worst, apart(one + three, 2.0 * two))
    assert (worst <= 1e-9) == claim, f"off the line by {worst:g}"


@check
def check_scale_invariant(rule, claim):
    worst = max(apart(direction(rule, *p), direction(rule, *scaled(*p, 5.0))) for p in problems())
    assert (worst <= 1e-9) == claim, f"the direction changes by {worst:g}"


@check
def check_in_row_span(rule, claim):
    worst = 0.0
    for losses, g in problems():
        d = direction(rule, losses, g)
        rest = d - np.linalg.lstsq(g.T, d, rcond=None)[0] @ g
        worst = max(worst, float(np.linalg.norm(rest) / max(np.linalg.norm(d), 1e-300)))
    assert (worst <= 1e-6) == claim, f"{worst:g} of the direction is beyond the gradients"


@check
def check_permutation_equivariant(rule, claim):
    worst = 0.0
    for losses, g in problems():
        turned = direction(rule, losses[::-1].copy(), g[::-1].copy())
        worst = max(worst, apart(direction(rule, losses, g), turned))
    assert (worst <= 1e-9) == claim, f"another order changes the direction by {worst:g}"


@check
def check_zero_if_stationary(rule, claim):
    """Gradients whose hull holds 0, and some whose hull does not."""
    rng = np.random.default_rng(24)
    at_rest, on_the_way = 0.0, np.inf
    for _ in range(20):
        g = rng.normal(size=(4, 8))
        g[3] = -(rng.uniform(0.2, 2.0, 3) @ g[:3])
        losses = np.ones(4)
        size = np.linalg.norm(g, axis=1).max()
        at_rest = max(at_rest, float(np.linalg.norm(direction(rule, losses, g)) / size))
        g[:, 0] = 1.0 + np.abs(g[:, 0])  # all rise along the first coordinate
        on_the_way = min(on_the_way, float(np.linalg.norm(direction(rule, losses, g)) / size))
    holds = (at_rest <= 1e-9) and (on_the_way > 1e-3)
    assert holds == claim, f"{at_rest:g} where no direction is good for all, else {on_the_way:g}"


@check
def check_weights_sum_to_one(rule, claim):
    found = [weights(rule, *problem) for problem in problems()]
    holds = all(w.min() >= 0.0 and abs(w.sum() - 1.0) <= 1e-12 for w in found)
    assert holds == claim, f"weights such as {found[0]}"


@check
def check_stateful(rule, claim):
    assert hasattr(rule, "start") == claim
