"""Numbers of the literature: where methods are stable, how fast they are, where they fail."""

import numpy as np
import pytest

import losslab as ll
from tests.training.optimisers.problems import end, walk

SHELF = ll.training.optimisers
# Largest stable rate times the largest curvature L.
BOUNDS = {
    "gradient_descent": lambda beta: 2.0,
    "heavy_ball": lambda beta: 2.0 * (1.0 + beta),
    "nesterov": lambda beta: (2.0 + 2.0 * beta) / (1.0 + 2.0 * beta),
}


def method(name, beta):
    return SHELF.get(name, **({} if name == "gradient_descent" else {"momentum": beta}))


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("name", BOUNDS)
def test_largest_stable_rate_on_a_quadratic(name, beta):
    curvatures = np.array([0.5, 8.0])
    for share, stable in ((0.98, True), (1.02, False)):
        rates = share * BOUNDS[name](beta) / curvatures
        # The rate is inside the gradient, so that both weights are at their bounds.
        w = end(method(name, beta), lambda w, r=rates: r * curvatures * w, np.ones(2), 1.0, 1500)
        assert (np.abs(w) < 1e-9).all() if stable else (np.abs(w) > 1e6).all(), share


def test_momentum_allows_longer_steps_only_for_the_heavy_ball():
    assert BOUNDS["heavy_ball"](0.9) == pytest.approx(3.8)
    assert BOUNDS["nesterov"](0.9) == pytest.approx(1.357, abs=5e-4)


# Rate, momentum, factor by which the error falls a step, and steps to 1e-6, for curvatures 1 and 100.
TUNED = {
    "gradient_descent": (2.0 / 101.0, 0.0, 99.0 / 101.0, 691),
    "nesterov": (1.0 / 100.0, 9.0 / 11.0, 0.9, 155),
    "heavy_ball": (4.0 / 11.0**2, (9.0 / 11.0) ** 2, 9.0 / 11.0, 93),
}


@pytest.mark.parametrize("name", TUNED)
def test_speed_at_condition_number_100(name):
    rate, beta, factor, steps = TUNED[name]
    curvatures = np.array([1.0, 100.0])
    start = np.ones(2)
    book = {"textbook": True} if name == "nesterov" else {}
    optimiser = SHELF.get(name, **({"momentum": beta} if beta else {}), **book)
    path = walk(optimiser, lambda w: curvatures * w, start, rate, 1200)
    # Of Nesterov's method the textbook's x is judged, not the points at which gradients are taken.
    found = [state.memory[0] if book else w for w, state in path]
    errors = np.linalg.norm(found, axis=1) / np.linalg.norm(start)
    assert np.flatnonzero(errors > 1e-6)[-1] + 2 == steps
    # Momentum has double roots: the error falls as k factor^k, so compare far from the start.
    k = np.flatnonzero(errors > 1e-280)[-1]
    assert (errors[k] / errors[k // 2]) ** (1.0 / (k - k // 2)) == pytest.approx(factor, abs=0.004)
    if name == "heavy_ball":
        assert errors.max() == pytest.approx(2.68, abs=0.005)
    else:
        assert errors.max() < 1.0


def test_heavy_ball_spirals_at_the_root_of_its_momentum():
    """Complex roots where momentum > (1 - sqrt(rate * curvature))^2, of one size whatever the rate."""
    beta = 0.81
    for product in (0.1, 1.0, 2.0):
        assert beta > (1.0 - np.sqrt(product)) ** 2
        path = walk(method("heavy_ball", beta), lambda w: w, [1.0], product, 600)
        found = np.array([w[0] for w, _ in path])
        # The invariant of the recursion x+ = a x - beta x-: its determinant falls by beta a step.
        form = found[2:] * found[:-2] - found[1:-1] ** 2
        keep = np.abs(form) > 1e-40
        ratios = form[1:][keep[1:]] / form[:-1][keep[1:]]
        np.testing.assert_allclose(ratios[:100], beta, rtol=1e-7)


def piecewise(w):
    """Slope of a convex function with curvatures 1 and 25."""
    return np.where(w < 1.0, 25.0 * w, np.where(w < 2.0, w + 24.0, 25.0 * w - 24.0))


def test_tuned_heavy_ball_circles_for_ever_where_descent_arrives():
    """Lessard, Recht and Packard (2016) show it: their constants, their start."""
    ball = SHELF.get("heavy_ball", momentum=4.0 / 9.0)
    found = [w[0] for w, _ in walk(ball, piecewise, [3.3], 1.0 / 9.0, 3000)]
    cycle = np.array(found[-3:])
    np.testing.assert_allclose(found[-6:-3], cycle, rtol=1e-13)
    assert sorted(cycle.tolist()) == pytest.approx([-1.8024, 0.6465, 2.1159], abs=5e-5)
    plain = end(SHELF.get("gradient_descent"), piecewise, [3.3], 2.0 / 26.0, 3000)
    assert abs(plain[0]) < 1e-12


def least_squares():
    """Standardised diabetes data: mean of (y - X w)^2, its gradient, its curvatures."""
    sklearn = pytest.importorskip("sklearn.datasets")
    X, y = sklearn.load_diabetes(return_X_y=True)
    X, y = ((a - a.mean(axis=0)) / a.std(axis=0) for a in (X, y))
    n = len(y)
    curvatures = np.linalg.eigvalsh(2.0 * X.T @ X / n)
    return (
        lambda w: float(np.mean((y - X @ w) ** 2)),
        lambda w: 2.0 * X.T @ (X @ w - y) / n,
        curvatures,
    )


def test_the_bound_of_descent_on_real_data():
    value, gradient, curvatures = least_squares()
    bound = 2.0 / curvatures[-1]
    assert curvatures[-1] == pytest.approx(8.0484, abs=5e-5)
    assert bound == pytest.approx(0.24850, abs=5e-6)
    assert curvatures[-1] / curvatures[0] == pytest.approx(470.0, abs=0.5)
    expected = {
        0.95: (0.523, 0.485, 0.484, 0.483),
        1.01: (0.94, 2.7, 17.0, 850.0),
        1.05: (2.6, 4251.0, 6e7, 1.1e16),
    }
    for share, losses in expected.items():
        path = walk(SHELF.get("gradient_descent"), gradient, np.zeros(10), share * bound, 200)
        found = [value(w) for w, _ in path]
        for step, loss in zip((10, 50, 100, 200), losses, strict=True):
            assert found[step - 1] == pytest.approx(loss, rel=0.001 if share < 1.0 else 0.1)


@pytest.mark.parametrize(("scale", "x"), [(1.0, 0.016), (1e-8, 0.31), (1e-10, 0.98)])
def test_adam_is_blind_to_the_unit_of_a_loss_only_above_eps(scale, x):
    curvatures = scale * np.array([1.0, 100.0])
    found = end(SHELF.get("adam"), lambda w: curvatures * w, [1.0, 1.0], 0.01, 200)
    assert found[0] == pytest.approx(x, abs=0.005)


@pytest.mark.parametrize(
    ("name", "parameters", "arrives"),
    [
        ("adam", {}, 1.0),
        ("amsgrad", {}, -1.0),
        ("amsgrad", {"corrected_maximum": True}, -1.0),
    ],
)
def test_adam_goes_the_wrong_way_and_amsgrad_does_not(name, parameters, arrives):
    """Reddi, Kale and Kumar (2018): slopes 3, -1, -1 over [-1, 1], so that -1 is best."""
    optimiser = SHELF.get(name, beta1=0.0, beta2=0.1, **parameters)
    w, state = np.array([0.0]), None
    for t in range(1, 6001):
        slope = 3.0 if t % 3 == 1 else -1.0
        w, state = optimiser.step(w, [slope], state, learning_rate=0.5 / np.sqrt(t))
        w = np.clip(w, -1.0, 1.0)
        if t > 5990:
            assert w[0] == pytest.approx(arrives, abs=0.05)
