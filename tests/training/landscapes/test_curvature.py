"""Eigenvalues of Hessians: Lanczos' method, exact spectra, densities by quadrature."""

import mpmath
import numpy as np
import pytest

import losslab as ll
from losslab.training import (
    LinearObjective,
    hessian_spectrum,
    sharpness,
    top_eigenvalues,
)
from losslab.training.landscapes.lanczos import Lanczos
from tests.training.landscapes.objectives import (
    Quadratic,
    Xor,
    logistic,
    standardised,
    with_spectrum,
)


class Wide(Quadratic):
    """More weights than anybody writes a matrix for."""

    def __init__(self):
        self.size = 5000

    def hessian_product(self, theta, v):
        return np.linspace(1.0, 2.0, 5000) * v


def test_a_small_matrix_has_its_textbook_eigenvalues():
    found = hessian_spectrum(Quadratic([[4, 1, 0], [1, 3, 1], [0, 1, 2]]), np.zeros(3))
    root = np.sqrt(3.0)
    assert found.exact
    assert found.nodes[0] == pytest.approx([3 - root, 3, 3 + root], rel=1e-14)
    assert found.condition == pytest.approx((3 + root) / (3 - root), rel=1e-14)


def test_least_squares_on_diabetes():
    """Mean of (y - Xw)**2, standardised features: L = 8.0484, 2/L = .24850, condition 470."""
    X, y = standardised("diabetes")
    objective = LinearObjective(X, y, ll.get("squared_error"), intercept=False)
    spectrum = hessian_spectrum(objective, np.zeros(10))
    largest = 2.0 * sharpness(objective, np.zeros(10))  # of the whole square, not half of it
    assert round(largest, 4) == 8.0484
    assert round(2.0 / largest, 5) == 0.24850
    assert round(spectrum.condition) == 470
    assert 2.0 * spectrum.largest == pytest.approx(largest, rel=1e-10)
    sample = np.linalg.svd(X, compute_uv=False) ** 2 / 442
    assert spectrum.nodes[0] == pytest.approx(sample[::-1], rel=1e-9)


def test_the_largest_stable_step_is_two_over_the_sharpness():
    X, y = standardised("diabetes")
    objective = LinearObjective(X, y - y.mean(), ll.get("squared_error"), intercept=False)
    limit = 2.0 / sharpness(objective, np.zeros(10))
    start = objective.value(np.zeros(10))
    ends = []
    for share in (0.95, 1.05):
        theta = np.zeros(10)
        for _ in range(200):
            theta = theta - share * limit * objective.value_and_gradient(theta)[1]
        ends.append(objective.value(theta) / start)
    assert round(ends[0], 3) == 0.483
    assert 1e15 < ends[1] < 1e17


@pytest.mark.parametrize(
    ("scaled", "largest", "step", "condition"),
    [(False, 416_435, 4.80e-6, 2.4e12), (True, 3.3204, 0.6023, 1.0e5)],
)
def test_logistic_regression_on_breast_cancer(scaled, largest, step, condition):
    objective = logistic(scaled)
    found = top_eigenvalues(objective, np.zeros(31))
    assert found.converged
    assert found.values[0] == pytest.approx(largest, rel=2e-5)
    assert 2.0 / found.values[0] == pytest.approx(step, rel=1e-3)
    assert hessian_spectrum(objective, np.zeros(31)).condition == pytest.approx(condition, rel=0.03)


def test_lanczos_finds_the_top_as_fast_as_it_should():
    """A spectrum as networks have it: most of it near 0, a few eigenvalues far out."""
    values = np.concatenate([[19.6, 11.0, 8.0, 5.0, 3.0], np.geomspace(1.0, 1e-6, 1205)])
    objective = with_spectrum(values)
    run = Lanczos(
        lambda v: objective.matrix @ v, np.random.default_rng(0).normal(size=values.size), 20
    )
    errors = [abs(run.extend(k).eigenpairs()[0][-1] / 19.6 - 1) for k in (10, 20)]
    assert errors[0] < 1e-4
    assert errors[1] < 1e-13
    v = np.random.default_rng(0).normal(size=values.size)
    for _ in range(20):
        v = objective.matrix @ v / np.linalg.norm(v)
    power = v @ objective.matrix @ v / (v @ v)
    assert abs(power / 19.6 - 1) > 1e3 * errors[1]


def test_no_ghosts_and_an_orthogonal_basis():
    """Without re-orthogonalisation the largest eigenvalue would be found again and again."""
    values = np.concatenate([[1e6], np.linspace(1.0, 2.0, 299)])
    objective = with_spectrum(values)
    found = top_eigenvalues(objective, np.zeros(300), count=3, most_products=120)
    assert found.converged or found.products == 120
    assert found.values[0] == pytest.approx(1e6, rel=1e-12)
    assert found.values[1] < 2.0 + 1e-6
    run = Lanczos(lambda v: objective.matrix @ v, np.ones(300), 120).extend(120)
    assert np.abs(run.basis @ run.basis.T - np.eye(120)).max() < 1e-13


@pytest.mark.parametrize("end", ["largest", "smallest"])
def test_both_ends_with_vectors_and_honest_residuals(end):
    values = np.concatenate([[-7.0, -3.0, 5.0, 9.0], np.linspace(-0.5, 0.5, 96)])
    objective = with_spectrum(values)
    found = top_eigenvalues(objective, np.zeros(100), count=2, end=end)
    assert found.converged
    assert found.values == pytest.approx([9.0, 5.0] if end == "largest" else [-7.0, -3.0])
    for value, vector in zip(found.values, found.vectors, strict=True):
        assert np.linalg.norm(vector) == pytest.approx(1.0, rel=1e-12)
        assert np.linalg.norm(objective.matrix @ vector - value * vector) < 1e-8
    assert found.products < 100


def test_repeated_eigenvalues_are_found_where_the_space_is_exhausted():
    found = top_eigenvalues(with_spectrum([5.0, 5.0, 5.0, 1.0]), np.zeros(4), count=4)
    assert found.values == pytest.approx([5.0, 5.0, 5.0, 1.0], rel=1e-12)
    assert top_eigenvalues(Quadratic(np.zeros((3, 3))), np.zeros(3)).values.tolist() == [0.0]


def test_what_did_not_converge_says_so():
    objective = with_spectrum(np.linspace(1.0, 2.0, 400))
    found = top_eigenvalues(objective, np.zeros(400), tolerance=1e-14, most_products=20)
    assert not found.converged
    assert found.products == 20
    assert abs(found.values[0] - 2.0) <= 1.01 * found.residuals[0]
    with pytest.raises(ValueError, match="tolerance must be reached in 300 products"):
        sharpness(Wide(), np.zeros(5000), tolerance=1e-15)


def test_quadrature_is_exact_for_polynomials_of_each_probe():
    """v' H**k v for k up to 2 m - 1: only squares of first components as weights give that."""
    rng = np.random.default_rng(4)
    objective = with_spectrum(np.concatenate([rng.normal(size=60), [8.0]]))
    m = 6
    found = hessian_spectrum(objective, np.zeros(61), exact=False, steps=m, probes=3, seed=9)
    rng = np.random.default_rng(9)
    for nodes, weights in zip(found.nodes, found.weights, strict=True):
        v = rng.normal(size=61)
        v /= np.linalg.norm(v)
        w = v
        for k in range(2 * m):
            assert (weights * nodes**k).sum() == pytest.approx(v @ w, rel=1e-10, abs=1e-10)
            w = objective.matrix @ w
    assert found.products == 3 * m


def test_the_estimated_density_has_the_shares_of_the_spectrum():
    """Nine tenths of the eigenvalues at 0, the rest around 5: what was wrong elsewhere."""
    values = np.concatenate([np.zeros(450), np.linspace(4.5, 5.5, 50)])
    found = hessian_spectrum(with_spectrum(values), np.zeros(500), exact=False, steps=40, probes=40)
    share, error = found.mean(lambda h: h > 2.0)
    assert 0.0 < error < 0.01
    assert abs(share - 0.1) < 4 * error
    trace, error = found.mean(lambda h: h)
    assert abs(500 * trace - values.sum()) < 4 * 500 * error
    grid = np.linspace(-2.0, 8.0, 4001)
    exact = hessian_spectrum(with_spectrum(values), np.zeros(500), exact=True)
    for spectrum in (found, exact):
        density = spectrum.density(grid, width=0.1)
        assert np.trapezoid(density, grid) == pytest.approx(1.0, rel=1e-9)
        assert np.trapezoid(np.where(grid > 2.0, density, 0.0), grid) == pytest.approx(
            0.1, abs=0.02
        )
    assert exact.mean(lambda h: h > 2.0) == (pytest.approx(0.1), 0.0)
    assert not found.exact
    with pytest.raises(ValueError, match="condition needs an exact spectrum"):
        _ = found.condition


def test_a_probe_that_exhausts_its_space_is_exact():
    found = hessian_spectrum(with_spectrum([1.0] * 5 + [3.0] * 5), np.zeros(10), exact=False)
    assert found.products == 20  # two nodes are enough for two eigenvalues
    assert found.weights.sum(axis=1) == pytest.approx(np.ones(10), rel=1e-12)
    assert {round(float(x), 9) for x in found.nodes.ravel()} == {1.0, 3.0}


def test_exact_is_chosen_by_size():
    assert hessian_spectrum(with_spectrum(np.ones(8)), np.zeros(8)).exact

    found = hessian_spectrum(Wide(), np.zeros(5000), steps=20, probes=2)
    assert not found.exact
    assert found.nodes.shape == (2, 20)


def test_the_hessian_of_a_logistic_model_in_high_precision():
    X, y = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.1]]), [1.0, 0.0, 1.0]
    objective = LinearObjective(X, y, ll.get("binary_cross_entropy"), intercept=False)
    theta = np.array([0.3, -0.7])
    with mpmath.workdps(40):
        p = [1 / (1 + mpmath.exp(-mpmath.mpf(float(z)))) for z in X @ theta]
        want = np.array(
            [
                [
                    float(sum(q * (1 - q) * r[i] * r[j] for q, r in zip(p, X, strict=True)) / 3)
                    for j in (0, 1)
                ]
                for i in (0, 1)
            ]
        )
    assert objective.hessian(theta) == pytest.approx(want, rel=1e-14)
    products = [objective.hessian_product(theta, unit) for unit in np.eye(2)]
    assert np.array(products) == pytest.approx(want, rel=1e-14)


def test_the_saddle_of_a_product():
    """Half of (1 - u v)**2: eigenvalues 1 and -1 at 0."""

    class Product(Quadratic):
        size, rows = 2, 1

        def __init__(self):
            pass

        def hessian_product(self, theta, d):
            u, v = theta
            beside = 2.0 * u * v - 1.0
            return np.array([v * v * d[0] + beside * d[1], beside * d[0] + u * u * d[1]])

    assert hessian_spectrum(Product(), np.zeros(2)).nodes[0].tolist() == pytest.approx([-1.0, 1.0])
    assert top_eigenvalues(Product(), np.zeros(2), end="smallest").values[0] == pytest.approx(-1.0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda o: top_eigenvalues(o, np.zeros(2)), ValueError, r"theta must have shape \(3,\)"),
        (lambda o: top_eigenvalues(o, np.zeros(3), count=4), ValueError, "between 1 and 3, got 4"),
        (lambda o: top_eigenvalues(o, np.zeros(3), end="top"), ValueError, "end must be 'largest'"),
        (lambda o: top_eigenvalues(o, np.zeros(3), tolerance=0.0), ValueError, "tolerance must be"),
        (
            lambda o: top_eigenvalues(o, np.zeros(3), count=2, most_products=1),
            ValueError,
            "most_products must be at least count, 2, got 1",
        ),
        (lambda o: hessian_spectrum(o, np.zeros(3), exact="no"), TypeError, "exact must be True"),
        (lambda o: hessian_spectrum(o, np.zeros(3), steps=0), ValueError, "steps must be"),
        (lambda o: hessian_spectrum(o, np.zeros(3), probes=1.5), TypeError, "probes must be"),
        (lambda o: hessian_spectrum(o, np.zeros(3)).density([0.0], -1.0), ValueError, "width must"),
        (
            lambda o: sharpness(Quadratic(np.full((3, 3), np.inf)), np.zeros(3)),
            ValueError,
            "finite",
        ),
        (lambda o: hessian_spectrum(Xor(), np.zeros(9)), NotImplementedError, "second derivatives"),
        (lambda o: sharpness(3, np.zeros(3)), TypeError, "objective must have a size"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message), np.errstate(invalid="ignore"):
        call(Quadratic(np.eye(3)))
