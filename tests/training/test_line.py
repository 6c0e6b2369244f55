"""Lines against linear programs and Newton, and against the path that goes straight down."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.stats import siegelslopes

import losslab as ll
from tests.losses.cases import CLASSES

fit_line = ll.training.fit_line
OF_NUMBERS = [cls() for cls in CLASSES if getattr(cls, "prediction", "") == "value"]
OF_NUMBERS = [loss for loss in OF_NUMBERS if (loss.kind, loss.target) == ("pointwise", "real")]
CONVEX = [loss for loss in OF_NUMBERS if loss.claims.get("convex")]
VALLEYS = [loss for loss in OF_NUMBERS if not loss.claims.get("convex")]


def points(rng):
    """A line with heavy noise and, every other time, a point far out; and a start near two of them."""
    n = rng.integers(5, 30)
    x = rng.uniform(0, 10, n)
    y = 0.5 * x + rng.standard_t(1.5, n)
    if rng.random() < 0.5:
        x[0] = rng.uniform(20, 60)
    i, j = rng.choice(n, 2, replace=False)
    slope = (y[j] - y[i]) / (x[j] - x[i])
    return x, y, (y[i] - slope * x[i] + 0.1 * rng.normal(), slope)


def straight_down(x, y, loss, start, blur=1e-4):
    """Where the flow "minus the slope" comes to rest, by an ODE solver.

    A loss with kinks is averaged over predictions up to `blur` around, so that it slides along them.
    """
    centre, spread = x.mean(), x.std()
    U = np.column_stack([np.ones(x.size), (x - centre) / spread])

    def velocity(_, theta):
        if loss.claims.get("differentiable"):
            return -U.T @ loss.gradient(y, U @ theta)
        above, below = (loss.value(y, U @ theta + e, reduction="none") for e in (blur, -blur))
        return U.T @ (below - above) / (2 * blur * x.size)

    theta = np.array([start[0] + start[1] * centre, start[1] * spread])
    theta = solve_ivp(velocity, (0, 1e6), theta, "LSODA", rtol=1e-7, atol=1e-8).y[:, -1]
    return theta[0] - theta[1] * centre / spread, theta[1] / spread


def line_gap(x, a, b):
    """Largest distance of two lines over the points."""
    return np.abs((a[0] - b[0]) + (a[1] - b[1]) * x).max()


@pytest.mark.parametrize("loss", CONVEX, ids=repr)
def test_convex_losses_reach_the_value_of_a_linear_program_or_newton(loss):
    rng = np.random.default_rng(2)
    for _ in range(5):
        x, y, start = points(rng)
        found = ll.training.fit_linear(x[:, None], y, loss)
        for fit in (fit_line(x, y, loss), fit_line(x, y, loss, start=start)):
            assert fit.value <= found.value + 1e-8 * (1.0 + found.value), (x, y, start)


@pytest.mark.parametrize("loss", VALLEYS, ids=repr)
def test_a_fit_ends_in_the_valley_it_starts_in(loss):
    # Where starts a hundredth apart end in different valleys a watershed is too near to judge.
    rng = np.random.default_rng(3)
    judged = 0
    for _ in range(8):
        x, y, start = points(rng)
        straight = straight_down(x, y, loss, start)
        beside = [
            straight_down(x, y, loss, start + 0.01 * rng.normal(size=2) / (1, np.abs(x).max()))
            for _ in range(2)
        ]
        if max(line_gap(x, straight, other) for other in beside) > 0.01 * np.std(y):
            continue
        judged += 1
        fit = fit_line(x, y, loss, start=start)
        gap = line_gap(x, straight, (fit.intercept, fit.slope))
        assert gap < 0.01 * np.std(y), (x, y, start, straight, fit)
    assert judged >= 5


def test_a_fit_that_owns_a_far_point_stays_there():
    # From a flat start Tukey's line leapt over the watershed to slope 0.5: its steps were too long.
    x = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4, 32.0])
    y = np.array([1.6, 2.1, 2.4, 3.1, 3.4, 4.1, 4.6, 5.1, 5.4, 6.2, 9.5, 2.5])
    loss = ll.get("tukey_biweight", c=2.0)
    for name in ("absolute_error", "squared_error"):
        first = fit_line(x, y, ll.get(name))
        start = (first.intercept, first.slope)
        fit = fit_line(x, y, loss, start=start)
        assert fit.slope == pytest.approx(-0.0645533, abs=1e-6)
        assert fit.slope == pytest.approx(straight_down(x, y, loss, start)[1], abs=1e-4)
        newton = ll.training.fit_linear(x[:, None], y, loss, start=start)
        assert fit.slope == pytest.approx(newton.coefficients[0], abs=1e-6)
    slope, intercept = siegelslopes(y, x)
    fit = fit_line(x, y, loss, start=(intercept, slope))
    assert fit.slope == pytest.approx(0.5042402, abs=1e-6)


@pytest.mark.parametrize("name", ["absolute_error", "tukey_biweight"])
def test_units_of_y_and_x_do_not_matter(name):
    x, y, start = points(np.random.default_rng(5))
    loss = ll.get(name)
    big = type(loss)(**{key: 1e3 * value for key, value in loss.parameters.items()})
    fit = fit_line(x, y, loss, start=start)
    far = fit_line(1e2 * x, 1e3 * y, big, start=(1e3 * start[0], 10 * start[1]))
    assert [far.intercept, far.slope] == pytest.approx(
        [1e3 * fit.intercept, 10 * fit.slope], rel=1e-7
    )


@pytest.mark.parametrize("name", ["squared_error", "absolute_error", "welsch"])
def test_points_on_a_line_and_a_single_point(name):
    x = np.array([0.0, 1.0, 2.0, 5.0])
    fit = fit_line(x, 3.0 - x, ll.get(name))
    assert [fit.intercept, fit.slope, fit.value] == pytest.approx([3.0, -1.0, 0.0], abs=1e-9)
    fit = fit_line([2.0], [7.0], ll.get(name))
    assert fit.predict(2.0) == pytest.approx(7.0, abs=1e-9)


def test_repeated_median_is_that_of_scipy():
    for seed in range(5):
        x, y, _ = points(np.random.default_rng(seed))
        intercept, slope = ll.training.repeated_median(x, y)
        found = siegelslopes(y, x)
        assert [slope, intercept] == pytest.approx([found.slope, found.intercept])
    with pytest.raises(ValueError, match="x must hold two different values"):
        ll.training.repeated_median([1, 1], [0, 1])
    with pytest.raises(ValueError, match="same length"):
        ll.training.repeated_median([1, 2], [0, 1, 2])
