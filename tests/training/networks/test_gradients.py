"""Gradients and Hessian products of networks, against differences, for every loss."""

import numpy as np
import pytest

import losslab as ll
from losslab.training import Head, Network, NetworkObjective

# Its gradient is not the derivative of its value: it holds a factor fixed.
NAMES = [n for n in ll.available() if getattr(ll.losses.find(n), "gradient_field", None) is None]
STEP = 1e-6


def objective_of(loss, activation="tanh", products="blas", weighted=True, hidden=4):
    rng = np.random.default_rng(1)
    y, f = loss.example(12, rng)
    columns = 1 if f.ndim == 1 else f.shape[1]
    w = rng.uniform(0.5, 2.0, 12) if weighted else None
    network = Network((3, hidden, columns), activation)
    return NetworkObjective(network, rng.normal(size=(12, 3)), y, loss, w, products=products)


def point_and_way(objective):
    rng = np.random.default_rng(2)
    theta = 0.7 * objective.network.start(seed=3)
    return theta, rng.normal(size=objective.size)


def slope_along(objective, theta, way):
    high, low = objective.value(theta + STEP * way), objective.value(theta - STEP * way)
    return (high - low) / (2.0 * STEP)


def bend_along(objective, theta, way):
    high, low = objective.gradient(theta + STEP * way), objective.gradient(theta - STEP * way)
    return (high - low) / (2.0 * STEP)


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_is_the_slope(name):
    objective = objective_of(ll.losses.find(name).typical())
    theta, way = point_and_way(objective)
    value, gradient = objective.value_and_gradient(theta)
    assert value == pytest.approx(objective.value(theta), rel=1e-14)
    size = max(abs(gradient).max(), 1e-3)
    assert gradient @ way == pytest.approx(slope_along(objective, theta, way), abs=1e-6 * size)


@pytest.mark.parametrize("name", [n for n in NAMES if ll.losses.find(n).has_curvature()])
def test_the_hessian_product_is_how_the_gradient_bends(name):
    objective = objective_of(ll.losses.find(name).typical())
    theta, way = point_and_way(objective)
    product = objective.hessian_product(theta, way)
    size = max(abs(product).max(), 1e-3)
    np.testing.assert_allclose(product, bend_along(objective, theta, way), atol=1e-5 * size)


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu", "sigmoid", "identity"])
@pytest.mark.parametrize("products", ["blas", "loops"])
def test_every_activation(activation, products):
    objective = objective_of(ll.get("softmax_cross_entropy"), activation, products, False, 6)
    theta, way = point_and_way(objective)
    gradient = objective.gradient(theta)
    assert gradient @ way == pytest.approx(slope_along(objective, theta, way), rel=1e-7)
    product = objective.hessian_product(theta, way)
    np.testing.assert_allclose(product, bend_along(objective, theta, way), atol=1e-8)


@pytest.mark.parametrize("link", ["identity", "softplus", "exp", "sigmoid", "softmax"])
def test_every_link(link):
    rng = np.random.default_rng(5)
    columns = 2 if link == "softmax" else 3
    network = Network((3, 5, columns), "gelu", Head(columns, link))
    # A location and a log-scale that add up to 1 are no model, but a legal one.
    loss = ll.get("gaussian_nll" if link == "softmax" else "squared_error")
    y = rng.normal(size=9 if link == "softmax" else (9, 3))
    objective = NetworkObjective(network, rng.normal(size=(9, 3)), y, loss)
    theta, way = point_and_way(objective)
    assert objective.gradient(theta) @ way == pytest.approx(
        slope_along(objective, theta, way), rel=1e-6
    )
    product = objective.hessian_product(theta, way)
    np.testing.assert_allclose(product, bend_along(objective, theta, way), atol=1e-8)


def test_several_heads_with_their_own_losses_and_weights():
    rng = np.random.default_rng(6)
    heads = [Head(1, weight=2.0), Head(3, weight=0.5), Head(1, "exp")]
    network = Network((4, 6, 5), "tanh", heads)
    losses = [ll.get("huber"), ll.get("softmax_cross_entropy"), ll.get("poisson_deviance_mean")]
    y = [rng.normal(size=10), rng.integers(0, 3, 10), rng.poisson(2.0, 10)]
    X, w = rng.normal(size=(10, 4)), rng.uniform(0.5, 2.0, 10)
    objective = NetworkObjective(network, X, y, losses, w)
    theta, way = point_and_way(objective)
    f = objective.network.predict(theta, X)
    parts = [
        loss.value(t, p if p.shape[1] > 1 else p[:, 0], w)
        for loss, t, p in zip(losses, y, f, strict=True)
    ]
    assert objective.value(theta) == pytest.approx(2.0 * parts[0] + 0.5 * parts[1] + parts[2])
    assert objective.gradient(theta) @ way == pytest.approx(
        slope_along(objective, theta, way), rel=1e-7
    )
    product = objective.hessian_product(theta, way)
    np.testing.assert_allclose(product, bend_along(objective, theta, way), atol=1e-7)


@pytest.mark.parametrize("name", ["huber", "softmax_cross_entropy", "gaussian_nll", "cox"])
def test_loops_and_blas_compute_the_same(name):
    loss = ll.losses.find(name).typical()
    one, other = objective_of(loss), objective_of(loss, products="loops")
    theta, _ = point_and_way(one)
    value, gradient = other.value_and_gradient(theta)
    assert one.value(theta) == pytest.approx(value, rel=1e-13)
    np.testing.assert_allclose(one.gradient(theta), gradient, atol=1e-14 * abs(gradient).max())


def test_the_hessian_is_symmetric_and_made_of_products():
    objective = objective_of(ll.get("softmax_cross_entropy"))
    theta, way = point_and_way(objective)
    hessian = objective.hessian(theta)
    np.testing.assert_allclose(hessian @ way, objective.hessian_product(theta, way), atol=1e-13)


def test_a_penalty_acts_on_weights_and_not_on_biases():
    rng = np.random.default_rng(7)
    network = Network((3, 2))
    X, y = rng.normal(size=(8, 3)), rng.normal(size=(8, 2))
    ridge = ll.penalties.get("squared_l2", strength=0.3)
    plain = NetworkObjective(network, X, y, ll.get("squared_error"))
    objective = NetworkObjective(network, X, y, ll.get("squared_error"), penalty=ridge)
    theta, way = point_and_way(objective)
    free = network.biases()
    extra = 0.3 * np.where(free, 0.0, theta)
    np.testing.assert_allclose(objective.gradient(theta), plain.gradient(theta) + extra)
    extra = 0.3 * np.where(free, 0.0, way)
    np.testing.assert_allclose(
        objective.hessian_product(theta, way), plain.hessian_product(theta, way) + extra
    )
    lasso = ll.penalties.get("l1")
    with pytest.raises(NotImplementedError, match="l1"):
        NetworkObjective(network, X, y, ll.get("squared_error"), penalty=lasso).hessian_product(
            theta, way
        )


def test_a_loss_without_second_derivatives_says_why():
    name = next(n for n in NAMES if not ll.losses.find(n).has_curvature())
    objective = objective_of(ll.losses.find(name).typical())
    theta, way = point_and_way(objective)
    with pytest.raises(NotImplementedError, match=name):
        objective.hessian_product(theta, way)
