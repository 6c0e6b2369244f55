"""A logit of -infinity: its class is not offered, and the answer is that without its column."""

import itertools

import mpmath
import numpy as np
import pytest

import losslab as ll
from losslab.losses import find
from losslab.losses.kinds.row_domains import ROW_TARGETS
from tests.losses import row_accuracy

CLASSES = [
    cls
    for cls in map(find, ll.available(kind="rowwise"))
    if cls.outputs == "classes" and "probabilit" not in cls.prediction
]
MASKABLE = [cls for cls in CLASSES if cls.prediction == "logits"]
SETTINGS = [loss for cls in MASKABLE for loss in row_accuracy.settings(cls)]
# Their parameter or target speaks of all classes at once, so no column can be taken out of it.
WHOLE = ("forward_correction", "reverse_kl")
# Every class has a share of the target, so one that is not offered costs infinity, as in PyTorch.
SHARED = ("label_smoothing",)


def masked(loss, hidden, scale, rng, n=20):
    """Rows in which some classes are not offered, and targets that do without them."""
    k = len(hidden)
    f = rng.normal(0.0, 2.0 * scale, (n, k))
    f[:, hidden] = -np.inf
    if loss.target == "class":
        return rng.choice(np.flatnonzero(~hidden), n).astype(float), f
    y = ROW_TARGETS[loss.target].draw(n, k, rng)
    y[:, hidden] = -np.inf if loss.target == "logits" else 0.0
    return (y if loss.target == "logits" else y / y.sum(axis=1, keepdims=True)), f


def without(loss, y, f, hidden):
    """The same with these columns removed, also from a parameter that has one number a class."""
    parameters = dict(loss.parameters)
    for name in loss.vector_specs:
        parameters[name] = np.array(parameters[name])[~hidden]
    y = np.cumsum(~hidden)[y.astype(int)] - 1.0 if loss.target == "class" else y[:, ~hidden]
    return type(loss)(**parameters), y, f[:, ~hidden]


def columns_of(loss):
    return 5 if not loss.vector_specs else loss.example_columns()


@pytest.mark.parametrize("loss", SETTINGS, ids=repr)
def test_a_masked_class_is_as_if_it_were_not_there(loss, rng):
    if loss.name in WHOLE or (loss.name in SHARED and loss.epsilon > 0.0):
        return
    # The counts of classes 0 and 3 are the extreme ones.
    for scale, places in itertools.product((0.01, 1.0, 30.0), ([1], [2], [1, 2])):
        hidden = np.isin(np.arange(columns_of(loss)), places)
        y, f = masked(loss, hidden, scale, rng)
        value, gradient = loss.value_and_gradient(y, f, reduction="none")
        less, y, f = without(loss, y, f, hidden)
        right, slopes = less.value_and_gradient(y, f, reduction="none")
        np.testing.assert_allclose(value, right, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(gradient[:, ~hidden], slopes, rtol=1e-10, atol=1e-14)
        assert not gradient[:, hidden].any()


@pytest.mark.parametrize("loss", SETTINGS, ids=repr)
def test_a_masked_label_costs_infinity_or_what_the_loss_tends_to(loss, rng):
    hidden = np.arange(columns_of(loss)) == 1
    y, f = masked(loss, hidden, 1.0, rng)
    y = np.ones(len(f)) if loss.target == "class" else ROW_TARGETS[loss.target].draw(20, 5, rng)
    if loss.target == "logits":
        y = 0.1 * y  # no teacher's probability so small that its part of 1e300 is
    value, gradient = loss.value_and_gradient(y, f, reduction="none")
    near = np.where(hidden, -1e300, f)
    limit, slopes = loss.value_and_gradient(y, near, reduction="none")
    np.testing.assert_allclose(value, np.where(limit > 1e200, np.inf, limit), rtol=1e-12)
    slopes[slopes > 1e200], slopes[slopes < -1e200] = np.inf, -np.inf
    if loss.name != "seesaw":  # compares logits with the label's, beside which they vanish
        np.testing.assert_allclose(gradient, slopes, rtol=1e-12, atol=1e-300)
    assert not np.isnan(gradient).any()


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.name)
def test_who_knows_no_masked_class_says_why(cls, rng):
    assert (cls.prediction == "logits") != bool(cls.no_masked_class)
    if cls.no_masked_class:
        loss = cls.typical()
        y, f = loss.example(3, rng)
        f[1, 2] = -np.inf
        with pytest.raises(ValueError, match="no class can be left out") as error:
            loss.value(y, f)
        assert cls.no_masked_class in str(error.value)


@pytest.mark.parametrize("name", WHOLE)
def test_a_masked_class_has_probability_zero(name, rng):
    """Where its column cannot be taken out, it is the limit of the formula."""
    loss = find(name).typical()
    y, f = loss.example(20, rng)
    f[:, 1] = -np.inf
    value, gradient = loss.value_and_gradient(y, f, reduction="none")
    near = np.where(f == -np.inf, -1e9, f)
    for i, row in enumerate(near):
        with mpmath.workdps(60):
            right = row_accuracy.exact_value(loss, y[i], [mpmath.mpf(float(z)) for z in row])
        assert value[i] == pytest.approx(float(right), rel=1e-13)
    np.testing.assert_allclose(gradient, loss.gradient(y, near, reduction="none"), atol=1e-15)
    assert not gradient[:, 1].any()


def test_only_one_class_is_offered(rng):
    """No rival is left, and no answer but the right one."""
    for cls in MASKABLE:
        loss = cls.typical()
        hidden = np.arange(columns_of(loss)) != 3
        if loss.name not in (*WHOLE, *SHARED):
            value, gradient = loss.value_and_gradient(*masked(loss, hidden, 1.0, rng))
            assert abs(value) < 1e-12 or loss.name == "z_loss", loss.name
            assert not np.isnan(gradient).any()


def test_values_of_peers():
    """entmax's issue 9: without the masked class."""
    row = [[0.3, -np.inf, 0.1, 0.5]]
    less = [[0.3, 0.1, 0.5]]
    for name in ("sparsemax_loss", "entmax_loss"):
        assert ll.get(name).value([3], row) == ll.get(name).value([2], less)
