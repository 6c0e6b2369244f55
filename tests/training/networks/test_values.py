"""Classical numbers of networks: initial loss, saturation, minima of one neuron, a saddle."""

import contextlib

import numpy as np
import pytest

import losslab as ll
from losslab.training import Head, Network, NetworkObjective, Objective, fit

CROSS = ll.get("binary_cross_entropy")
SQUARED = ll.get("squared_error")


def bernoulli(loss, link, y=1.0):
    """One logit z = theta[1], under a loss of its probability or of itself."""
    network = Network((1, 1), heads=Head(1, link))
    return NetworkObjective(network, [[0.0]], [y], loss)


@pytest.mark.parametrize(("logit", "ratio"), [(-2.0, 9.5), (-5.0, 150.0), (-10.0, 22_000.0)])
def test_squared_error_on_a_sigmoid_saturates(logit, ratio):
    theta = np.array([0.0, logit])
    cross = bernoulli(CROSS, "identity").gradient(theta)[1]
    squared = bernoulli(SQUARED, "sigmoid").gradient(theta)[1]
    p = 1.0 / (1.0 + np.exp(-logit))
    # (p - 1) p (1 - p) against p - 1
    assert cross / squared == pytest.approx(1.0 / (p * (1.0 - p)), rel=1e-12)
    assert cross / squared == pytest.approx(ratio, rel=0.02)


def test_the_steepest_point_of_squared_error_on_a_sigmoid():
    objective = bernoulli(SQUARED, "sigmoid")
    logits = np.linspace(-6.0, 6.0, 24_001)
    slopes = np.array([objective.gradient(np.array([0.0, z]))[1] for z in logits[::20]])
    z = logits[::20][np.argmax(abs(slopes))]
    assert 1.0 / (1.0 + np.exp(-z)) == pytest.approx(1.0 / 3.0, abs=2e-3)
    at = np.array([0.0, np.log(0.5)])  # p = 1/3
    assert objective.gradient(at)[1] == pytest.approx(-4.0 / 27.0, rel=1e-12)
    assert objective.hessian(at)[1, 1] == pytest.approx(0.0, abs=1e-15)
    assert objective.hessian(at - 0.1)[1, 1] < 0.0 < objective.hessian(at + 0.1)[1, 1]


@pytest.mark.parametrize(
    ("loss", "link", "steps"), [(SQUARED, "sigmoid", 22_063), (CROSS, "identity", 11)]
)
def test_steps_out_of_saturation(loss, link, steps):
    """Plain descent with rate 1 from logit -10 until it passes 0."""
    objective, theta = bernoulli(loss, link), np.array([0.0, -10.0])
    for _ in range(steps - 1):
        theta = theta - objective.gradient(theta)
    assert theta[1] < 0.0
    assert (theta - objective.gradient(theta))[1] >= 0.0


def digits():
    sklearn = pytest.importorskip("sklearn.datasets")
    X, y = sklearn.load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))
    return X[order] / 16.0, y[order]


@pytest.mark.parametrize(
    ("start", "mean", "spread"),
    [("zeros", 2.3026, 0.0), ("torch", 2.309, 0.010), ("xavier", 2.39, 0.07), ("he", 2.47, 0.11)],
)
def test_the_loss_at_the_start_is_near_log_k(start, mean, spread):
    X, y = digits()
    network = Network((64, 32, 10))
    objective = NetworkObjective(network, X[:900], y[:900], ll.get("softmax_cross_entropy"))
    losses = [objective.value(network.start(start, seed)) for seed in range(20)]
    assert np.mean(losses) == pytest.approx(mean, abs=max(1e-4, spread))
    assert spread == 0.0 or 0.4 * spread < np.std(losses) < 2.0 * spread


def test_random_logits_cost_their_variance():
    """log K + s**2 (1 - 1 / K) / 2 for logits of standard deviation s."""
    rng = np.random.default_rng(1)
    logits, y = rng.normal(0.0, 0.5, (20_000, 10)), rng.integers(0, 10, 20_000)
    network = Network((10, 10))
    objective = NetworkObjective(network, logits, y, ll.get("softmax_cross_entropy"))
    theta = np.concatenate([np.eye(10).ravel(), np.zeros(10)])
    expected = np.log(10.0) + 0.5**2 * (1.0 - 1.0 / 10.0) / 2.0
    assert expected == pytest.approx(2.4151, abs=5e-5)
    assert objective.value(theta) == pytest.approx(expected, abs=0.01)


class Neuron(Objective):
    """sigmoid(w x) without a bias: one weight, whose bias is held at 0."""

    size, rows = 1, 2

    def __init__(self, loss, link):
        network = Network((1, 1), heads=Head(1, link))
        self.inside = NetworkObjective(network, [[10.0], [1.0]], [0.1, 0.9], loss)

    def value_and_gradient(self, theta):
        value, gradient = self.inside.value_and_gradient(np.array([theta[0], 0.0]))
        return value, gradient[:1]

    def hessian_product(self, theta, v):
        way = np.array([v[0], 0.0])
        return self.inside.hessian_product(np.array([theta[0], 0.0]), way)[:1]


def test_one_neuron_under_squared_error_has_two_minima():
    neuron = Neuron(SQUARED, "sigmoid")
    # The values are means of squares, without the half of this loss.
    for w, value in ((-0.154802, 0.0990), (2.197224, 0.4050)):
        at = np.array([w])
        assert abs(neuron.gradient(at)[0]) < 1e-6
        assert 2.0 * neuron.value(at) == pytest.approx(value, abs=1e-4)
        assert neuron.hessian(at)[0, 0] > 0.0
    assert 2.0 * neuron.hessian(np.array([2.197224]))[0, 0] == pytest.approx(0.0081, abs=1e-4)
    grid = np.linspace(-2.0, 6.0, 4001)
    slopes = np.sign([neuron.gradient(np.array([w]))[0] for w in grid])
    assert np.count_nonzero(np.diff(slopes) > 0) == 2
    barrier = grid[np.flatnonzero(np.diff(slopes) < 0)]
    assert barrier == pytest.approx([0.489], abs=2e-3)
    assert 2.0 * neuron.value(barrier) == pytest.approx(0.4375, abs=1e-4)


def test_one_neuron_under_cross_entropy_has_one():
    neuron = Neuron(ll.get("binary_cross_entropy"), "identity")
    slopes = np.sign([neuron.gradient(np.array([w]))[0] for w in np.linspace(-2.0, 6.0, 801)])
    assert np.count_nonzero(np.diff(slopes) > 0) == 1


def product_of_two():
    """(1 - u v)**2 / 2: a network of one linear hidden unit, its biases held at 0."""
    network = Network((1, 1, 1), "identity")
    return NetworkObjective(network, [[1.0]], [1.0], SQUARED)


def test_a_product_of_two_weights_has_a_saddle_at_0():
    objective = product_of_two()
    weights = [0, 2]
    hessian = objective.hessian(np.zeros(4))[np.ix_(weights, weights)]
    assert np.linalg.eigvalsh(hessian).tolist() == [-1.0, 1.0]
    assert objective.gradient(np.zeros(4))[weights].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("start", "steps"), [(0.1, 38), (1e-3, 87), (1e-6, 159)])
def test_leaving_the_saddle_takes_longer_from_nearer(start, steps):
    objective, theta = product_of_two(), np.array([start, 0.0, start, 0.0])
    taken = 0
    while objective.value(theta) > 1e-3:
        theta = theta - 0.1 * np.where([1, 0, 1, 0], objective.gradient(theta), 0.0)
        taken += 1
    assert taken == pytest.approx(steps, abs=8)


def test_on_its_edge_the_saddle_attracts():
    objective, theta = product_of_two(), np.array([0.5, 0.0, -0.5, 0.0])
    for _ in range(500):
        theta = theta - 0.1 * np.where([1, 0, 1, 0], objective.gradient(theta), 0.0)
    assert abs(theta).max() < 1e-10


def test_a_rate_beyond_what_the_curvature_allows_diverges():
    """Least squares on the diabetes data, raw targets: stable below 2 / L."""
    sklearn = pytest.importorskip("sklearn.datasets")
    X, y = sklearn.load_diabetes(return_X_y=True)
    X, y = (X - X.mean(axis=0)) / X.std(axis=0), y - y.mean()
    network = Network((10, 1))
    objective = NetworkObjective(network, X, y, ll.get("squared_error"))
    top = np.linalg.eigvalsh(objective.hessian(np.zeros(11)))[-1]
    # The half of the squared error halves the curvature, 8.0484 of the mean of squares.
    assert 2.0 * top == pytest.approx(8.0484, abs=1e-3)
    given = {"optimiser": "gradient_descent", "batch_size": None, "start": "zeros"}
    for share, falls in ((0.95, True), (1.05, False)):
        warned = contextlib.nullcontext() if falls else pytest.warns(RuntimeWarning)
        with warned:
            done = fit(
                network, X, y, ll.get("squared_error"), epochs=100,
                learning_rate=share * 2.0 / top, progress=False, **given,
            )  # fmt: skip
        losses = done.history["loss"]
        assert (losses[-1] < losses[0]) == falls


@pytest.mark.parametrize(
    ("activation", "start", "ratio"),
    [("sigmoid", "xavier", 0.0), ("tanh", "xavier", 1.7), ("relu", "he", 1.95)],
)
def test_gradients_of_a_deep_network_at_its_start(activation, start, ratio):
    """First layer against last, eight layers deep: sigmoids let next to nothing through."""
    X, y = digits()
    network = Network((64, *[32] * 7, 10), activation)
    objective = NetworkObjective(network, X[:900], y[:900], ll.get("softmax_cross_entropy"))
    found = []
    for seed in range(5):
        layers = network.layers(objective.gradient(network.start(start, seed)))
        found.append(np.linalg.norm(layers[0][0]) / np.linalg.norm(layers[-1][0]))
    assert np.median(found) == pytest.approx(ratio, abs=1e-3 if ratio == 0.0 else 0.5)


def test_a_large_rate_kills_rectified_units():
    X, y = digits()
    given = {
        "optimiser": "gradient_descent",
        "learning_rate": 10.0,
        "epochs": 20,
        "batch_size": None,
    }
    network, loss = Network((64, 32, 10)), ll.get("softmax_cross_entropy")
    done = fit(network, X[:900], y[:900], loss, progress=False, **given)
    weights, biases = network.layers(done.theta)[0]
    dead = (X[:900] @ weights + biases <= 0.0).all(axis=0)
    assert np.count_nonzero(dead) >= 28
    assert done.history["train_loss"][-1] == pytest.approx(2.30, abs=0.02)


def test_a_network_learns_digits_unless_its_rate_is_too_large():
    X, y = digits()
    given = {"validation": (X[900:1300], y[900:1300]), "metrics": ["accuracy"], "epochs": 30}
    network, loss = Network((64, 32, 10)), ll.get("softmax_cross_entropy")
    found = {}
    for rate in (0.003, 0.3):
        done = fit(network, X[:900], y[:900], loss, learning_rate=rate, progress=False, **given)
        found[rate] = done.history["validation_accuracy"][-1]
    assert found[0.003] > 0.95 and found[0.3] < 0.7
