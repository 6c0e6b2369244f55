"""The Tweedie loss beside scikit-learn's deviance and training loss, for every kind of power."""

import numpy as np
import pytest
from sklearn import metrics
from sklearn._loss.loss import HalfTweedieLoss

import losslab as ll

POWERS = [-3.0, -1.5, -0.5, 0.0, 1.0, 1.2, 1.5, 1.9, 2.0, 2.5, 3.0, 4.5]
every_power = pytest.mark.parametrize("power", POWERS)


def data(power, rng):
    """Targets of every legal kind, and logarithms of means."""
    y = rng.gamma(2.0, 1.5, 60)
    if power <= 0.0:
        y -= 2.0
    elif power < 2.0:
        y[:15] = 0.0
    return y, rng.normal(size=60)


@every_power
def test_twice_the_distance_from_a_perfect_prediction_is_the_deviance(power, rng):
    loss = ll.get("tweedie", power=power)
    y, f = data(power, rng)
    with np.errstate(divide="ignore"):
        perfect = np.log(np.maximum(y, 0.0))  # the logarithm of a mean of 0 is -infinity
    ours = 2.0 * (loss.value(y, f) - loss.value(y, perfect))
    # Only at power 0 does scikit-learn also count how far a negative target is from all means.
    beyond = np.mean(np.minimum(y, 0.0) ** 2) if power == 0.0 else 0.0
    theirs = metrics.mean_tweedie_deviance(y, np.exp(f), power=power)
    assert ours + beyond == pytest.approx(theirs, rel=1e-9)


@every_power
def test_gradient_is_that_of_the_regressor(power, rng):
    y, f = data(power, rng)
    _, theirs = HalfTweedieLoss(power=power).loss_gradient(y, f)
    ours = ll.get("tweedie", power=power).gradient(y, f, reduction="sum")
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


@every_power
@pytest.mark.parametrize("y", [-1.0, 0.0, 1.0])
def test_legal_targets_are_the_same(power, y):
    loss = ll.get("tweedie", power=power)
    if HalfTweedieLoss(power=power).in_y_true_range(np.array([y])):
        assert np.isfinite(loss.value([y], [0.5]))
    else:
        with pytest.raises(ValueError, match="y_true must be"):
            loss.value([y], [0.5])


@pytest.mark.parametrize("power", [0.1, 0.5, 0.999])
def test_powers_between_0_and_1_are_refused_by_both(power):
    with pytest.raises(ValueError, match="power"):
        ll.get("tweedie", power=power)
    with pytest.raises(ValueError, match="power"):
        metrics.mean_tweedie_deviance([1.0], [1.0], power=power)
