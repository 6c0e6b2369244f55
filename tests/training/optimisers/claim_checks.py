"""One check per claim of an optimiser, in both directions.

``CHECKS[key](optimiser, claim)`` raises AssertionError if the claim is false. A walk down a bowl
with gradients of about 1 is what most of them look at.
"""

import numpy as np

CHECKS = {}
CURVATURES = np.array([[3.0, 1.0, 0.0], [1.0, 2.0, 0.5], [0.0, 0.5, 1.0]])
START = np.array([2.0, -1.0, 1.5])


def check(function):
    CHECKS[function.__name__.removeprefix("check_")] = function
    return function


def walked(optimiser, gradient, start, steps=12, rate=0.05):
    """The weights after each step."""
    w, state, found = start, None, []
    for _ in range(steps):
        w, state = optimiser.step(w, gradient(w), state, learning_rate=rate)
        found.append(w)
    return np.array(found)


@check
def check_scale_free(optimiser, claim):
    """Whether a loss 1000 times as large is walked down by the same steps."""
    plain = walked(optimiser, lambda w: CURVATURES @ w, START)
    large = walked(optimiser, lambda w: 1000.0 * (CURVATURES @ w), START)
    apart = np.abs(large - plain).max()
    assert (apart <= 1e-5) == claim, f"the paths are {apart:g} apart"


@check
def check_rotation_equivariant(optimiser, claim):
    """Whether the turned problem is walked down by the turned steps."""
    turn, _ = np.linalg.qr(np.random.default_rng(25).normal(size=(3, 3)))
    plain = walked(optimiser, lambda w: CURVATURES @ w, START)
    turned = walked(optimiser, lambda w: turn @ (CURVATURES @ (turn.T @ w)), turn @ START)
    apart = np.abs(turned - plain @ turn.T).max()
    assert (apart <= 1e-12) == claim, f"the paths are {apart:g} apart"


@check
def check_moves_on(optimiser, claim):
    """Whether weights move at a gradient of 0 after one of 1, by more than they shrink."""
    w, state = optimiser.step([1.0], [1.0], learning_rate=0.1)
    after, _ = optimiser.step(w, [0.0], state, learning_rate=0.1)
    shrunk = w * (1.0 - 0.1 * optimiser.parameters.get("weight_decay", 0.0))
    moved = abs(after - shrunk).item()
    assert (moved > 1e-9) == claim, f"it moves on by {moved:g}"


@check
def check_decays_weights(optimiser, claim):
    w, _ = optimiser.step([1.0, -2.0], [0.0, 0.0], learning_rate=0.1)
    shrinks = bool((np.abs(w) < [1.0, 2.0]).all())
    assert shrinks == claim, f"weights of 1 and -2 become {w}"
