"""Landscapes of networks: what depends on how large weights are, and what on the function alone."""

import numpy as np
import pytest

import losslab as ll
from losslab.training import (
    LinearObjective,
    Network,
    NetworkObjective,
    gradient_noise_scale,
    hessian_spectrum,
    landscape,
    sharpness,
    top_eigenvalues,
)


@pytest.fixture(scope="module")
def trained():
    """A small network of ReLU units on two clouds and a half, after 300 whole steps."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 4))
    y = (X[:, 0] * X[:, 1] > 0.2).astype(float) + (X[:, 2] > 1.0)
    network = Network((4, 12, 3))
    objective = NetworkObjective(network, X, y, ll.get("softmax_cross_entropy"))
    theta = network.start("he", seed=1)
    for _ in range(300):
        theta = theta - 0.3 * objective.gradient(theta)
    return objective, theta


def rescaled(objective, theta, c):
    """Hidden layer times c, the next one over c: the same function of ReLU units."""
    theta = theta.copy()
    (weights, biases), (after, _) = objective.network.layers(theta)
    weights *= c
    biases *= c
    after /= c
    return theta


@pytest.mark.parametrize("c", [0.1, 100.0])
def test_sharpness_grows_while_the_function_stays(trained, c):
    objective, theta = trained
    other = rescaled(objective, theta, c)
    assert objective.value(other) == pytest.approx(objective.value(theta), rel=1e-12)
    assert sharpness(objective, other) > 10 * sharpness(objective, theta)


@pytest.mark.parametrize("c", [0.1, 100.0])
def test_slices_scaled_by_filters_do_not_see_it(trained, c):
    """The reason why Li et al. scale: the picture is that of the function."""
    objective, theta = trained
    given = {"span": 0.8, "points": 7, "seed": 5}
    # Biases lie in no filter and stay, and so scale with their layer as they are.
    plain = landscape(objective, theta, **given)
    other = landscape(objective, rescaled(objective, theta, c), **given)
    assert other.losses == pytest.approx(plain.losses, rel=1e-9)
    everything = landscape(objective, theta, filters=[np.arange(objective.size)], **given)
    again = landscape(
        objective, rescaled(objective, theta, c), filters=[np.arange(objective.size)], **given
    )
    assert not np.allclose(everything.losses, again.losses, rtol=1e-2)


def test_filters_are_the_columns_of_each_layer(trained):
    objective, theta = trained
    filters = objective.filters
    columns = [column for weights, _ in objective.network.layers(theta) for column in weights.T]
    assert len(filters) == len(columns) == 15
    for places, column in zip(filters, columns, strict=True):
        assert theta[places].tolist() == column.tolist()
    left = np.setdiff1d(np.arange(objective.size), np.concatenate(filters))
    assert left.tolist() == np.flatnonzero(objective.network.biases()).tolist()


def test_lanczos_finds_the_ends_of_the_exact_spectrum(trained):
    objective, theta = trained
    exact = hessian_spectrum(objective, theta)
    assert exact.exact
    for end, value in (("largest", exact.largest), ("smallest", exact.smallest)):
        found = top_eigenvalues(objective, theta, end=end)
        assert found.converged
        assert found.values[0] == pytest.approx(value, rel=1e-8, abs=1e-9 * exact.largest)
    density = hessian_spectrum(objective, theta, exact=False, steps=30, probes=30)
    trace, error = density.mean(lambda h: h)
    assert abs(trace - exact.mean(lambda h: h)[0]) < 4 * error


def test_the_noise_of_single_rows_is_that_of_their_gradients(trained):
    objective, theta = trained
    gradients = np.array([objective.batch([i]).gradient(theta) for i in range(90)])
    noise = np.trace(np.cov(gradients.T))
    found = gradient_noise_scale(objective, theta)
    assert found.noise == pytest.approx(noise, rel=1e-9)


def test_one_neuron_has_two_minima_under_squared_error_and_one_under_cross_entropy():
    """sigmoid(w x), x = (10, 1), y = (.1, .9): minima at -.154802 and 2.197224, barrier at .489."""
    found = {}
    for name in ("brier_logit", "binary_cross_entropy"):
        objective = LinearObjective([[10.0], [1.0]], [0.1, 0.9], ll.get(name), intercept=False)
        line = landscape(objective, [0.0], directions=[0], span=(-3.0, 6.0), points=9001)
        inside = line.losses[1:-1]
        low = (inside < line.losses[:-2]) & (inside < line.losses[2:])
        found[name] = line.axes[0][1:-1][low]
    assert found["binary_cross_entropy"].size == 1
    assert found["brier_logit"] == pytest.approx([-0.154802, 2.197224], abs=1e-3)
