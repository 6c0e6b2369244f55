"""Directions: filter by filter as long as the weights, and principal ones of a history."""

import numpy as np
import pytest

from losslab.training import axis_directions, principal_directions, random_directions


def test_each_filter_is_as_long_as_its_weights():
    rng = np.random.default_rng(1)
    theta = rng.normal(size=20) * np.repeat([1e-3, 1.0, 50.0, 7.0], 5)
    filters = [np.arange(5), np.arange(5, 10), np.arange(10, 15)]
    for direction in random_directions(theta, filters, count=3, seed=4):
        for places in filters:
            assert np.linalg.norm(direction[places]) == pytest.approx(
                np.linalg.norm(theta[places]), rel=1e-14
            )
        assert (direction[15:] == 0.0).all()  # in no filter: biases stay where they are


def test_the_shape_of_a_filter_is_that_of_the_draw():
    """Scaled once, by one factor a filter: normalising twice would not be seen in its length."""
    theta = np.arange(1.0, 9.0)
    drawn = np.random.default_rng(3).normal(size=(1, 8))[0]
    direction = random_directions(theta, [[0, 1, 2], [5, 7]], count=1, seed=3)[0]
    for places in ([0, 1, 2], [5, 7]):
        factors = direction[places] / drawn[places]
        assert factors == pytest.approx(np.full(len(places), factors[0]), rel=1e-14)
        assert factors[0] > 0.0


def test_a_filter_of_zeros_stays_and_the_others_move():
    direction = random_directions([0.0, 0.0, 2.0], [[0, 1], [2]], count=1)[0]
    assert direction[:2].tolist() == [0.0, 0.0]
    assert abs(direction[2]) == 2.0


def test_scaled_units_get_scaled_directions():
    """The reason for the scaling: ReLU layers times c and over c give the same picture."""
    theta = np.random.default_rng(0).normal(size=10)
    factor = np.repeat([8.0, 0.125], 5)
    filters = [np.arange(5), np.arange(5, 10)]
    plain = random_directions(theta, filters, seed=2)
    scaled = random_directions(theta * factor, filters, seed=2)
    assert scaled == pytest.approx(plain * factor, rel=1e-14)


def test_principal_directions_are_those_of_the_covariance():
    rng = np.random.default_rng(5)
    history = rng.normal(size=(30, 6)) * [9.0, 4.0, 1.0, 0.5, 0.2, 0.1] + 100.0
    found = principal_directions(history, 2)
    values, vectors = np.linalg.eigh(np.cov(history.T))
    assert found.explained == pytest.approx(values[::-1][:2] / values.sum(), rel=1e-10)
    for direction, vector in zip(found.directions, vectors.T[::-1], strict=False):
        assert abs(direction @ vector) == pytest.approx(1.0, rel=1e-12)
        assert direction[np.abs(direction).argmax()] > 0.0


def test_huge_histories_do_not_overflow():
    found = principal_directions(np.array([[0.0, 0.0], [1e200, 0.0], [0.0, 1e199]]), 2)
    assert found.explained.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: axis_directions(3, [3]), "chosen must be a whole number between 0 and 2, got 3"),
        (lambda: axis_directions(3, [1, 1]), "each weight once"),
        (lambda: random_directions([1.0, np.inf]), "theta must be finite, got inf at index 1"),
        (lambda: random_directions([0.0, 0.0]), "filter that is not 0"),
        (lambda: random_directions([1.0, 2.0], [[0], [0, 1]]), "filter 1 has one again"),
        (lambda: random_directions([1.0, 2.0], [[0, 0]]), "filter 0 has one again"),
        (lambda: random_directions([1.0, 2.0], [[2]]), "between 0 and 1"),
        (lambda: random_directions([1.0, 2.0], [[0.5]]), "places of weights"),
        (lambda: random_directions([1.0, 2.0], []), "must not be empty"),
        (lambda: random_directions([1.0], count=0), "count must be a whole number of at least 1"),
        (lambda: principal_directions([[0.0, 0.0], [1.0, 2.0]], 2), "must spread in 2 directions"),
        (lambda: principal_directions([[1.0, 2.0]], 1), "one that does in 0"),
        (lambda: principal_directions([[0.0], [np.nan]], 1), "not at step 1"),
        (lambda: principal_directions([1.0, 2.0], 1), r"shape \(steps, size\)"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
