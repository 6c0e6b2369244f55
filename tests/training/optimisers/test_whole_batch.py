"""L-BFGS, Newton and Gauss-Newton: they arrive, say so, and never make things worse in silence."""

import numpy as np
import pytest

from losslab.training import Objective
from losslab.training.optimisers import gauss_newton, lbfgs, newton
from tests.training.optimisers.problems import REFERENCE, A, B

METHODS = [lbfgs, newton]
every_method = pytest.mark.parametrize("method", METHODS, ids=lambda m: m.__name__)


class Quadratic:
    size = 3

    def value_and_gradient(self, theta):
        return 0.5 * theta @ A @ theta - B @ theta, A @ theta - B

    def hessian(self, theta):
        return A


class Rosenbrock:
    def value_and_gradient(self, theta):
        x, y = theta
        bend = y - x * x
        slope = np.array([-2.0 * (1.0 - x) - 400.0 * x * bend, 200.0 * bend])
        return (1.0 - x) ** 2 + 100.0 * bend**2, slope

    def hessian(self, theta):
        x, y = theta
        return np.array([[2.0 - 400.0 * (y - 3.0 * x * x), -400.0 * x], [-400.0 * x, 200.0]])

    def residuals_and_jacobian(self, theta):
        x, y = theta
        return np.array([1.0 - x, 10.0 * (y - x * x)]), np.array([[-1.0, 0.0], [-20.0 * x, 10.0]])


class Logistic(Objective):
    """Mean log loss of a linear model, with half a squared length of the weights."""

    def __init__(self, X, y, ridge):
        self.X, self.y, self.ridge = X, y, ridge
        self.rows, self.size = X.shape

    def value_and_gradient(self, theta):
        z = self.X @ theta
        p = 0.5 * (1.0 + np.tanh(0.5 * z))
        value = np.mean(np.logaddexp(0.0, z) - self.y * z) + 0.5 * self.ridge * theta @ theta
        return value, self.X.T @ (p - self.y) / self.rows + self.ridge * theta

    def hessian_product(self, theta, v):
        p = 0.5 * (1.0 + np.tanh(0.5 * self.X @ theta))
        return self.X.T @ (p * (1.0 - p) * (self.X @ v)) / self.rows + self.ridge * v


class LinearModel:
    def __init__(self, X, y):
        self.X, self.y = X, y
        self.size = X.shape[1]

    def residuals_and_jacobian(self, theta):
        return self.X @ theta - self.y, self.X


class Saddle:
    """(1 - u v)^2 / 2: a saddle at 0, minima on a hyperbola."""

    def value_and_gradient(self, theta):
        u, v = theta
        return 0.5 * (1.0 - u * v) ** 2, -(1.0 - u * v) * np.array([v, u])

    def hessian(self, theta):
        u, v = theta
        return np.array([[v * v, 2.0 * u * v - 1.0], [2.0 * u * v - 1.0, u * u]])


class Barrier:
    """theta - log(theta): no number below 0."""

    def value_and_gradient(self, theta):
        with np.errstate(all="ignore"):
            return float(np.sum(theta - np.log(theta))), 1.0 - 1.0 / theta

    def hessian(self, theta):
        return np.diag(theta**-2.0)


@every_method
def test_a_quadratic_is_solved(method):
    found = method(Quadratic(), REFERENCE["quadratic"]["start"], tolerance=1e-12)
    assert found.converged
    np.testing.assert_allclose(found.theta, REFERENCE["quadratic"]["solution"], rtol=1e-11)
    if method is newton:
        assert found.steps == 1
        assert found.least_curvature == pytest.approx(REFERENCE["quadratic"]["eigenvalues"][0])


@pytest.mark.parametrize("method", [*METHODS, gauss_newton], ids=lambda m: m.__name__)
def test_rosenbrock_s_valley_is_gone_through(method):
    found = method(Rosenbrock(), REFERENCE["rosenbrock"]["start"], tolerance=1e-10, keep_path=True)
    assert found.converged and found.gradient_norm <= 1e-10
    np.testing.assert_allclose(found.theta, 1.0, rtol=1e-9)
    assert found.steps < 60  # SciPy's L-BFGS takes 39
    assert found.path.shape == (found.steps + 1, 2)
    assert found.values.shape == found.gradient_norms.shape == (found.steps + 1,)
    assert found.path[0].tolist() == REFERENCE["rosenbrock"]["start"]
    assert found.path[-1].tolist() == found.theta.tolist()
    assert (np.diff(found.values) <= 0.0).all()
    assert found.evaluations > found.steps
    if method is not gauss_newton:
        values = [Rosenbrock().value_and_gradient(theta)[0] for theta in found.path]
        np.testing.assert_allclose(found.values, values, rtol=1e-14)


def test_newton_doubles_its_digits():
    found = newton(Rosenbrock(), [1.1, 1.2], tolerance=1e-14, keep_path=True)
    errors = np.abs(found.path - 1.0).max(axis=1)
    errors = errors[errors > 1e-14]
    assert errors[-1] < errors[-2] ** 1.6 < errors[-3] ** 2.0


def test_methods_agree_on_real_data():
    data = pytest.importorskip("sklearn.datasets")
    X, y = data.load_breast_cancer(return_X_y=True)
    X = np.column_stack([(X - X.mean(axis=0)) / X.std(axis=0), np.ones(len(y))])
    objective = Logistic(X, y, ridge=1e-3)
    by_newton = newton(objective, np.zeros(31))
    by_lbfgs = lbfgs(objective, np.zeros(31), tolerance=1e-9)
    assert by_newton.converged and by_lbfgs.converged
    assert by_newton.steps < 12 < by_lbfgs.steps
    assert by_newton.value == pytest.approx(by_lbfgs.value, rel=1e-12)
    np.testing.assert_allclose(by_lbfgs.theta, by_newton.theta, atol=1e-6)
    assert by_newton.least_curvature >= 1e-3


def test_gauss_newton_solves_linear_least_squares_in_one_step():
    data = pytest.importorskip("sklearn.datasets")
    X, y = data.load_diabetes(return_X_y=True)
    X = np.column_stack([X, np.ones(len(y))])
    found = gauss_newton(LinearModel(X, y), np.zeros(11), tolerance=1e-8)
    assert found.converged and found.steps == 1
    best, rest, *_ = np.linalg.lstsq(X, y)
    np.testing.assert_allclose(found.theta, best, rtol=1e-9)
    assert found.value == pytest.approx(rest[0] / len(y) / 2.0, rel=1e-12)


def test_gauss_newton_without_full_rank_takes_the_shortest_step():
    X = np.column_stack([np.ones(4), np.ones(4)])
    found = gauss_newton(LinearModel(X, np.arange(4.0)), [0.0, 0.0])
    assert found.converged
    np.testing.assert_allclose(found.theta, [0.75, 0.75], rtol=1e-12)


def test_a_saddle_is_not_called_a_minimum():
    at_rest = newton(Saddle(), [0.0, 0.0])
    assert at_rest.least_curvature == pytest.approx(-1.0)
    assert at_rest.message.endswith("the curvature is negative: a saddle")
    for start in ([0.1, 0.1], [1e-3, 1e-3], [1e-6, 1e-6], [0.5, -0.4], [-2.0, 3.0]):
        found = newton(Saddle(), start)
        assert found.converged and found.theta.prod() == pytest.approx(1.0, abs=1e-9), start
        assert found.least_curvature > -1e-9


@pytest.mark.parametrize("start", [[3.0, 0.01], [100.0, 0.5], [1e-6, 1.0]], ids=str)
def test_steps_out_of_the_domain_are_shortened(start):
    """A plain Newton step from 100 leads to -9800."""
    found = newton(Barrier(), start)
    assert found.converged
    np.testing.assert_allclose(found.theta, 1.0, rtol=1e-9)
    quasi = lbfgs(Barrier(), start)
    assert quasi.converged or quasi.message == "the line search met a value that is not finite"
    assert quasi.value <= quasi.values[0]


class WrongGradient(Quadratic):
    def value_and_gradient(self, theta):
        value, gradient = super().value_and_gradient(theta)
        return value, -gradient

    def residuals_and_jacobian(self, theta):
        return theta - 1.0, -np.eye(3)


def test_a_wrong_gradient_is_noticed():
    for method, said in (
        (newton, "is the gradient that of the value"),
        (gauss_newton, "is the Jacobian that of the residuals"),
    ):
        found = method(WrongGradient(), [3.0, 2.0, 1.0])
        assert not found.converged and said in found.message
    assert not lbfgs(WrongGradient(), [3.0, 2.0, 1.0]).converged


@pytest.mark.parametrize("method", [*METHODS, gauss_newton], ids=lambda m: m.__name__)
def test_too_few_steps_are_said(method):
    found = method(Rosenbrock(), [-1.2, 1.0], steps=3)
    assert not found.converged and found.steps == 3
    assert found.message == "3 steps were not enough"


@pytest.mark.parametrize("method", [*METHODS, gauss_newton], ids=lambda m: m.__name__)
def test_a_start_at_the_minimum_stays(method):
    found = method(Rosenbrock(), [1.0, 1.0])
    assert found.converged and found.steps == 0 and found.theta.tolist() == [1.0, 1.0]


class Broken:
    """Answers of wrong shapes and values."""

    def __init__(self, value=0.0, gradient=(1.0, 1.0), hessian=((1.0, 0.0), (0.0, 1.0))):
        self.answer, self.matrix = (value, np.array(gradient)), np.array(hessian)

    def value_and_gradient(self, theta):
        return self.answer

    def hessian(self, theta):
        return self.matrix

    def residuals_and_jacobian(self, theta):
        return self.answer[1], self.matrix


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (
            lambda: lbfgs(Quadratic(), [1.0]),
            ValueError,
            "start must have the 3 weights of obj.*got 1",
        ),
        (lambda: lbfgs(Quadratic(), [[1.0]]), ValueError, "start must be a vector"),
        (
            lambda: newton(Quadratic(), [1.0, np.nan, 0.0]),
            ValueError,
            "start must be finite, got nan",
        ),
        (lambda: newton(Quadratic(), "abc"), TypeError, "start must hold real numbers"),
        (lambda: lbfgs(len, [1.0]), TypeError, "objective must have the method value_and_gradient"),
        (
            lambda: newton(LinearModel(A, B), B),
            TypeError,
            "must have the method value_and_gradient",
        ),
        (lambda: gauss_newton(Quadratic(), B), TypeError, "the method residuals_and_jacobian"),
        (
            lambda: newton(Broken(np.inf), [1.0, 1.0]),
            ValueError,
            "start must be where value and grad",
        ),
        (lambda: newton(Broken(gradient=[1.0]), [1.0, 1.0]), ValueError, r"must have shape \(2,\)"),
        (
            lambda: newton(Broken(hessian=[[1.0]]), [1.0, 1.0]),
            ValueError,
            r"the Hessian of objective must have shape \(2, 2\), got \(1, 1\)",
        ),
        (
            lambda: newton(Broken(hessian=[[1.0, 2.0], [0.0, 1.0]]), [1.0, 1.0]),
            ValueError,
            "the Hessian of objective must be symmetric, its halves differ by 2",
        ),
        (
            lambda: newton(Broken(hessian=[[1.0, 0.0], [0.0, np.nan]]), [1.0, 1.0]),
            ValueError,
            "the Hessian of objective must be finite",
        ),
        (
            lambda: gauss_newton(Broken(hessian=[[1.0]]), [1.0, 1.0]),
            ValueError,
            r"arrays of shape \(rows,\) and \(rows, 2\), got \(2,\) and \(1, 1\)",
        ),
        (
            lambda: lbfgs(Quadratic(), B, steps=0),
            ValueError,
            "steps must be a whole number of at least 1",
        ),
        (
            lambda: lbfgs(Quadratic(), B, memory=0.5),
            TypeError,
            "memory must be a whole number of at least 1",
        ),
        (
            lambda: newton(Quadratic(), B, tolerance=-1),
            ValueError,
            "tolerance must be a finite number",
        ),
    ],
)
def test_bad_input_is_named(call, error, said):
    with pytest.raises(error, match=said):
        call()
