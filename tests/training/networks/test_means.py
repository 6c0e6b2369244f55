"""A mean is over all rows: how they are cut into parts, or weighed, changes nothing."""

import numpy as np
import pytest

import losslab as ll
from losslab.training import Network, NetworkObjective
from losslab.training.networks.data import as_data, as_losses
from losslab.training.networks.objective import Passes


def data_of(rows, weighted):
    rng = np.random.default_rng(8)
    X = rng.normal(size=(rows, 5))
    y = rng.integers(0, 3, rows)
    return X, y, rng.uniform(0.0, 3.0, rows) if weighted else None


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", ["softmax_cross_entropy", "squared_error"])
def test_parts_of_any_size_give_the_same_mean(weighted, name):
    X, y, w = data_of(442, weighted)
    y = y if name.startswith("soft") else np.stack([y, -y, y * y], axis=1).astype(float)
    network, loss = Network((5, 4, 3), "tanh"), ll.get(name)
    losses = as_losses(network, loss)
    network = network.under(losses)
    data = as_data(network, losses, X, y, w)
    theta = network.start(seed=9)
    found = {}
    for part in (442, 400, 40, 2, 1):
        passes = Passes(network, losses, weighted, "blas", part)
        found[part] = passes.run(theta, data, True)
    whole, gradient = found[442]
    for part, (value, parts) in found.items():
        assert value == pytest.approx(whole, rel=1e-13), part
        np.testing.assert_allclose(parts, gradient, atol=1e-13 * abs(gradient).max())


@pytest.mark.parametrize("weighted", [False, True])
def test_parts_of_any_size_give_the_same_hessian(weighted):
    X, y, w = data_of(60, weighted)
    network, losses = Network((5, 4, 3), "tanh"), (ll.get("softmax_cross_entropy"),)
    network = network.under(losses)
    data = as_data(network, losses, X, y, w)
    theta, way = network.start(seed=9), network.start(seed=10)
    whole = Passes(network, losses, weighted, "blas", 60).hessian_product(theta, way, data)
    for part in (40, 7, 1):
        found = Passes(network, losses, weighted, "blas", part).hessian_product(theta, way, data)
        np.testing.assert_allclose(found, whole, atol=1e-15)


def test_a_mean_of_means_is_another_gradient():
    """Parts of 400, 40 and 2 rows, each with its own mean: what this package does not do."""
    X, y, _ = data_of(442, False)
    network = Network((5, 4, 3), "tanh")
    objective = NetworkObjective(network, X, y, ll.get("softmax_cross_entropy"))
    theta = network.start(seed=9)
    cuts = [range(400), range(400, 440), range(440, 442)]
    means = np.mean([objective.batch(list(cut)).gradient(theta) for cut in cuts], axis=0)
    weights = np.array([len(cut) for cut in cuts]) / 442
    gradients = [objective.batch(list(cut)).gradient(theta) for cut in cuts]
    whole = objective.gradient(theta)
    assert np.linalg.norm(means - whole) > 0.3 * np.linalg.norm(whole)
    np.testing.assert_allclose(weights @ gradients, whole, atol=1e-14)


def test_weights_are_copies_of_rows():
    X, y, _ = data_of(30, False)
    copies = np.random.default_rng(1).integers(0, 4, 30)
    network, loss = Network((5, 4, 3), "tanh"), ll.get("softmax_cross_entropy")
    theta = network.start(seed=2)
    weighed = NetworkObjective(network, X, y, loss, copies)
    copied = NetworkObjective(network, X.repeat(copies, axis=0), y.repeat(copies), loss)
    assert weighed.value(theta) == pytest.approx(copied.value(theta), rel=1e-14)
    np.testing.assert_allclose(weighed.gradient(theta), copied.gradient(theta), atol=1e-15)


def test_batches_of_an_objective_are_its_rows():
    X, y, w = data_of(30, True)
    network, loss = Network((5, 4, 3)), ll.get("softmax_cross_entropy")
    objective, theta = NetworkObjective(network, X, y, loss, w), network.start(seed=2)
    rows = [3, 3, 17]
    some = objective.batch(rows)
    alone = NetworkObjective(network, X[rows], y[rows], loss, w[rows])
    assert some.rows == 3
    assert some.value(theta) == pytest.approx(alone.value(theta), rel=1e-14)
    assert objective.value(theta) != some.value(theta)
