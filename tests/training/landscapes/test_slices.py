"""Slices of a landscape, against the losses one by one, and what a plot is told besides."""

import numpy as np
import pytest

import losslab as ll
from losslab.training import LinearObjective, Network, NetworkObjective, fit, landscape
from tests.training.landscapes.objectives import Quadratic, Xor, logistic, standardised


class Plain:
    """An objective without a way of its own to compute a slice."""

    def __init__(self, objective):
        self.size, self.rows, self.value = objective.size, objective.rows, objective.value


def test_every_point_of_a_plane_is_the_loss_there():
    objective = Xor()
    theta = objective.solution + 0.1
    found = landscape(objective, theta, span=((-1, 2), (-0.5, 0.5)), points=(4, 3), seed=1)
    assert found.losses.shape == (3, 4)
    assert [axis.tolist() for axis in found.axes] == [[-1.0, 0.0, 1.0, 2.0], [-0.5, 0.0, 0.5]]
    for j, v in enumerate(found.axes[1]):
        for i, u in enumerate(found.axes[0]):
            assert found.losses[j, i] == pytest.approx(
                objective.value(found.weights_at(u, v)), rel=1e-13
            )
    assert (found.directions[:, [4, 5, 8]] == 0.0).all()  # its filters leave the biases out


def test_the_objective_itself_is_not_asked_to_change_anything():
    theta = np.array([1.0, 2.0])
    found = landscape(Quadratic(np.eye(2)), theta, directions=[0], points=3)
    theta[0] = 9.0
    assert found.theta.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        found.losses[0] = 0.0


def test_chosen_weights_and_own_directions():
    bowl = Quadratic(np.diag([1.0, 4.0, 9.0]))
    chosen = landscape(bowl, np.zeros(3), directions=(2, 0), span=1.0, points=3)
    assert chosen.losses.tolist() == [[5.0, 0.5, 5.0], [4.5, 0.0, 4.5], [5.0, 0.5, 5.0]]
    line = landscape(bowl, np.zeros(3), directions=[0.0, 1.0, 1.0], span=(0, 2), points=3)
    assert line.losses.tolist() == [0.0, 6.5, 26.0]
    assert landscape(bowl, np.zeros(3), 1, points=3).losses.tolist() == [2.0, 0.0, 2.0]
    assert chosen.lowest == ((0.0, 0.0), 0.0)
    assert line.lowest == ((0.0,), 0.0)


def test_a_path_is_projected_and_its_distance_is_told():
    """What lies off the plane is said: contours under it are not those it was walked on."""
    bowl = Quadratic(np.eye(3))
    history = np.array([[2.0, 0.0, 0.0], [1.0, 1.0, 0.5], [0.0, 0.0, 0.0]])
    found = landscape(bowl, np.zeros(3), directions=(0, 1), history=history, points=5)
    assert found.path.tolist() == [[2.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
    assert found.path_distances.tolist() == [0.0, 0.5, 0.0]
    assert found.path_losses.tolist() == [2.0, 1.125, 0.0]
    for axis, low, high in zip(found.axes, (0.0, 0.0), (2.0, 1.0), strict=True):
        assert axis[0] < low
        assert axis[-1] > high
    place, distance = found.place_of([1.0, 1.0, -3.0])
    assert place.tolist() == [1.0, 1.0]
    assert distance == 3.0


def test_principal_directions_come_from_the_history():
    rng = np.random.default_rng(2)
    history = rng.normal(size=(20, 4)) * [5.0, 0.1, 2.0, 0.1]
    found = landscape(Quadratic(np.eye(4)), history[-1], "principal", history=history, points=5)
    assert np.abs(found.directions).argmax(axis=1).tolist() == [0, 2]
    assert found.explained.sum() > 0.99
    line = landscape(
        Quadratic(np.eye(4)), history[-1], "principal", history=history, dimensions=1, points=5
    )
    assert line.losses.shape == (5,)


def test_levels_of_a_bowl_stand_at_equal_distances():
    found = landscape(Quadratic(np.eye(1)), [0.0], [0], span=1.0, points=11)
    radii = np.sqrt(2.0 * found.levels(4))
    assert np.diff(radii) == pytest.approx(np.full(3, radii[0]))


def test_overflow_is_infinite_and_no_warning():
    found = landscape(Quadratic(1e300 * np.eye(1)), [0.0], [0], span=1e10, points=3)
    assert found.losses.tolist() == [np.inf, 0.0, np.inf]
    assert found.lowest == ((0.0,), 0.0)


@pytest.mark.parametrize("dimensions", [1, 2])
@pytest.mark.parametrize("ridge", [0.0, 0.3])
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("name", ["squared_error", "huber", "hinge", "binary_cross_entropy"])
def test_slices_of_linear_models_are_the_losses_one_by_one(
    name, weighted, intercept, ridge, dimensions
):
    rng = np.random.default_rng(7)
    X = rng.normal(size=(37, 5))
    y = (X[:, 0] > 0.1).astype(float)
    w = rng.uniform(0.0, 2.0, 37) if weighted else None
    objective = LinearObjective(X, y, ll.get(name), intercept, w, ridge)
    theta = rng.normal(size=objective.size)
    given = {"span": 3.0, "points": 35, "dimensions": dimensions, "seed": 3}
    fast = landscape(objective, theta, **given)
    plain = landscape(Plain(objective), theta, **given)
    assert fast.losses == pytest.approx(plain.losses, rel=1e-12)


def test_a_slice_of_a_real_logistic_model():
    objective = logistic()
    theta = 0.3 * np.random.default_rng(0).normal(size=31)
    given = {"span": 2.0, "points": (40, 33), "seed": 1}
    fast, plain = landscape(objective, theta, **given), landscape(Plain(objective), theta, **given)
    assert fast.losses == pytest.approx(plain.losses, rel=1e-13)


BOWL = Quadratic(np.eye(3))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"theta": [1.0]}, r"theta must have shape \(3,\)"),
        ({"theta": [1.0, np.nan, 0.0]}, "theta must be finite, got nan at index 1"),
        ({"directions": "sideways"}, "directions must be 'random', 'principal'"),
        ({"directions": "principal"}, "history must be given"),
        ({"directions": [0, 1, 2]}, "one or two places of weights.* got 3 places"),
        ({"directions": [0, 3]}, "between 0 and 2, got 3"),
        ({"directions": [1, 1]}, "each weight once"),
        ({"directions": [0.5, 0.5]}, r"array of shape \(3,\)"),
        ({"directions": np.zeros((1, 3))}, "must not be 0"),
        ({"directions": [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]}, "must not lie on one line"),
        ({"directions": [[1.0, 2.0, np.inf]]}, "directions must be finite"),
        ({"span": -1.0}, "span must be a number greater than 0"),
        ({"span": (1.0, 1.0)}, "span must be"),
        ({"span": "wide"}, "span must be"),
        ({"span": np.inf}, "span must be"),
        ({"points": 1}, "points must be a whole number of at least 2, got 1"),
        ({"points": (3, 3, 3)}, "points must be a whole number or 2"),
        ({"dimensions": 3}, "dimensions must be 1 or 2, got 3"),
        ({"history": np.zeros((2, 2))}, r"history must have shape \(steps, 3\)"),
        ({"history": np.full((2, 3), np.nan)}, "history must be finite, it is not at step 0"),
    ],
)
def test_bad_input_is_named(given, message):
    with pytest.raises(ValueError, match=message):
        landscape(BOWL, **{"theta": np.ones(3), "points": 3, **given})


def test_what_is_no_objective_is_refused():
    with pytest.raises(TypeError, match="objective must have a size"):
        landscape(lambda theta: 0.0, [0.0])


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"loss": "huber"}, TypeError, "loss must be a pointwise loss"),
        ({"loss": ll.get("softmax_cross_entropy")}, TypeError, "loss must be a pointwise loss"),
        ({"loss": ll.get("binary_cross_entropy_probability")}, TypeError, "may be any number"),
        ({"X": [1.0, 2.0]}, ValueError, r"X must have shape \(n, d\)"),
        ({"X": [[1.0], [np.inf]]}, ValueError, "X must be finite, got inf"),
        ({"y": [0.0]}, ValueError, r"y must have shape \(2,\), got \(1,\)"),
        ({"y": [0.0, 2.0]}, ValueError, "y must be 0 or 1, got 2.0 at index 1"),
        ({"y": [0.0, np.nan]}, ValueError, "y must not be NaN, it is at index 1"),
        ({"sample_weight": [0.0, 0.0]}, ValueError, "sample_weight must not be all zero"),
        ({"ridge": -1.0}, ValueError, "ridge must be finite and >= 0, got -1.0"),
    ],
)
def test_a_linear_objective_names_what_is_bad(given, error, message):
    legal = {"X": [[1.0], [2.0]], "y": [0.0, 1.0], "loss": ll.get("hinge")}
    with pytest.raises(error, match=message):
        LinearObjective(**{**legal, **given})


def test_batches_of_a_linear_objective():
    X, y = standardised("diabetes")
    objective = LinearObjective(X, y, ll.get("huber"), ridge=0.1)
    theta = np.random.default_rng(1).normal(size=11)
    whole = objective.value_and_gradient(theta)[1]
    halves = [objective.batch(np.arange(k, 442, 2)).value_and_gradient(theta)[1] for k in (0, 1)]
    assert np.mean(halves, axis=0) == pytest.approx(whole, rel=1e-11)
    with pytest.raises(ValueError, match="between 0 and 441"):
        objective.batch([442])


def test_a_history_of_fit_is_taken_as_it_is():
    X, y = [[0.0], [1.0], [3.0]], [1.0, 0.0, 2.0]
    network, loss = Network((1, 1)), ll.get("squared_error")
    objective = NetworkObjective(network, X, y, loss)
    done = fit(network, X, y, loss, epochs=5, parameters="epoch", progress=False)
    whole = landscape(objective, done.theta, "principal", points=3, history=done.history)
    plain = landscape(objective, done.theta, "principal", points=3, history=done.history.parameters)
    assert np.array_equal(whole.path, plain.path) and len(whole.path) == 6
    without = fit(network, X, y, loss, epochs=5, progress=False)
    with pytest.raises(ValueError, match="history holds no weights: fit"):
        landscape(objective, done.theta, history=without.history)
