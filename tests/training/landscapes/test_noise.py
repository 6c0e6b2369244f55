"""The gradient-noise scale: unbiased estimates of signal and noise, and their quotient."""

import numpy as np
import pytest

import losslab as ll
from losslab.training import (
    LinearObjective,
    Network,
    NetworkObjective,
    Objective,
    gradient_noise_scale,
)
from tests.training.landscapes.objectives import Quadratic, logistic


class Drawn(Objective):
    """Gradients of single rows that are given, and their means."""

    def __init__(self, gradients):
        self.gradients = np.asarray(gradients)
        self.rows, self.size = self.gradients.shape

    def value_and_gradient(self, theta):
        return 0.0, self.gradients.mean(axis=0)

    def batch(self, indices):
        return Drawn(self.gradients[indices])


def test_single_rows_give_the_sample_covariance():
    g = np.random.default_rng(0).normal(2.0, 3.0, (50, 4))
    found = gradient_noise_scale(Drawn(g), np.zeros(4))
    noise = np.trace(np.cov(g.T))
    signal = (g.mean(axis=0) ** 2).sum() - noise / 50
    assert found.noise == pytest.approx(noise, rel=1e-12)
    assert found.signal == pytest.approx(signal, rel=1e-12)
    assert found.scale == pytest.approx(noise / signal, rel=1e-12)
    assert found.batches == 50


@pytest.mark.parametrize("batch", [1, 4, 16])
def test_the_formulas_of_the_paper(batch):
    """With B_small = batch and B_big = all rows, squared lengths averaged over the small ones."""
    g = np.random.default_rng(1).normal(0.5, 2.0, (64, 3))
    found = gradient_noise_scale(Drawn(g), np.zeros(3), batch=batch, seed=5)
    order = np.random.default_rng(5).permutation(64)
    small = g[order].reshape(-1, batch, 3).mean(axis=1)
    small_squared = (small**2).sum(axis=1).mean()
    big_squared = (g.mean(axis=0) ** 2).sum()
    signal = (64 * big_squared - batch * small_squared) / (64 - batch)
    noise = (small_squared - big_squared) / (1 / batch - 1 / 64)
    assert found.signal == pytest.approx(signal, rel=1e-10)
    assert found.noise == pytest.approx(noise, rel=1e-10)


@pytest.mark.parametrize("batch", [1, 5])
def test_both_estimates_are_unbiased(batch):
    """Over many samples of a population with |G|**2 = 5 and trace 12 (4 standard errors)."""
    rng = np.random.default_rng(2)
    found = []
    for _ in range(3000):
        g = rng.normal([1.0, 2.0, 0.0], [2.0, 2.0, 2.0], (20, 3))
        estimate = gradient_noise_scale(Drawn(g), np.zeros(3), batch=batch)
        found.append((estimate.signal, estimate.noise))
    means, errors = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(3000)
    assert (np.abs(means - [5.0, 12.0]) < 4 * errors).all()


def test_the_error_is_that_of_leaving_one_out():
    g = np.random.default_rng(3).normal(1.0, 2.0, (12, 3))
    found = gradient_noise_scale(Drawn(g), np.zeros(3))
    scales = np.array(
        [
            gradient_noise_scale(Drawn(np.delete(g, row, axis=0)), np.zeros(3)).scale
            for row in range(12)
        ]
    )
    assert found.error == pytest.approx(
        np.sqrt(11 / 12 * ((scales - scales.mean()) ** 2).sum()), rel=1e-9
    )
    assert np.isnan(gradient_noise_scale(Drawn(g[:2]), np.zeros(3)).error)


def test_a_gradient_lost_in_noise_has_an_infinite_scale():
    found = gradient_noise_scale(Drawn([[1.0], [-1.0]]), np.zeros(1))
    assert found.signal == -1.0
    assert found.scale == np.inf


def test_a_real_model_at_its_start_and_near_its_end():
    """Where the model is good, the gradient is small and its noise counts."""
    objective = logistic()
    theta = np.zeros(31)
    start = gradient_noise_scale(objective, theta)
    for _ in range(100):
        theta -= 0.3 * objective.value_and_gradient(theta)[1]
    later = gradient_noise_scale(objective, theta)
    assert start.scale < 3.0
    assert later.scale > 10.0 * start.scale


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"theta": [0.0]}, r"theta must have shape \(2,\)"),
        ({"batch": 0}, "batch must be a whole number between 1 and 1"),
        ({"batch": 2}, "batch must be a whole number between 1 and 1, got 2"),
        ({"batches": 1}, "batches must be a whole number between 2 and 3, got 1"),
        ({"batches": 4}, "batches must be a whole number between 2 and 3, got 4"),
        ({"objective": Quadratic(np.eye(2))}, "rows must be a whole number of at least 2"),
        ({"theta": [1e308, 1e308]}, "theta must have finite gradients"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")
def test_bad_input_is_named(given, message):
    X = [[1.0], [2.0], [3.0]]
    objective = LinearObjective(X, [1e10, 2.0, 3.0], ll.get("squared_error"))
    with pytest.raises(ValueError, match=message):
        gradient_noise_scale(**{"objective": objective, "theta": [0.0, 0.0], **given})


def test_weights_that_differ_are_refused():
    X, y, loss = np.arange(6.0)[:, None], np.arange(6.0), ll.get("squared_error")
    network = Network((1, 1))
    for objective in (
        LinearObjective(X, y, loss, sample_weight=y + 1),
        NetworkObjective(network, X, y, loss, sample_weight=y + 1),
    ):
        with pytest.raises(ValueError, match="same weight, got sample_weight from"):
            gradient_noise_scale(objective, np.zeros(2))
    equal = NetworkObjective(network, X, y, loss, sample_weight=np.full(6, 3.0))
    alike = NetworkObjective(network, X, y, loss)
    found = [gradient_noise_scale(one, np.ones(2)).scale for one in (equal, alike)]
    assert found[0] == pytest.approx(found[1])
