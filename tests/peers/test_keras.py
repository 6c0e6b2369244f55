"""Keras on JAX beside losslab: where they part, as the docstrings say."""

import os

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")

import losslab as ll  # noqa: E402

if keras.backend.backend() != "jax":
    pytest.skip("Keras runs on another backend already", allow_module_level=True)

jnp = jax.numpy
LARGEST = -np.log(1e-7)  # 16.118: Keras holds probabilities between 1e-7 and 1 - 1e-7


@pytest.fixture(autouse=True, scope="module")
def double_precision():
    before = jax.config.jax_enable_x64, keras.config.floatx()
    jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    yield
    jax.config.update("jax_enable_x64", before[0])
    keras.config.set_floatx(before[1])


def evaluate(theirs, y, f):
    y = jnp.asarray(y)
    return jax.value_and_grad(lambda f: theirs(y, f).mean())(jnp.asarray(f))


def call(name, change=None, **options):
    """A function of (y, f) that calls the loss of that name, made anew in double precision."""

    def theirs(y, f):
        y, f = change(y, f) if change else (y, f)
        return getattr(keras.losses, name)(**options)(y, f)

    return theirs


def one_hot(y, f):
    return jax.nn.one_hot(y.astype(int), f.shape[1], dtype=f.dtype), f


def to_probabilities(y, f):
    return y, jax.nn.softmax(f)


def column(y, f):
    """Keras averages over the last axis and then over the others: one sample a row."""
    return y[:, None], f[:, None]


def test_certainty_costs_at_most_16_118():
    theirs = float(call("BinaryCrossentropy")(np.array([1.0]), np.array([0.0])))
    assert theirs == pytest.approx(LARGEST, rel=1e-6)
    assert ll.get("binary_cross_entropy_probability").value([1.0], [0.0]) == np.inf
    certain = np.array([[0.0, 1.0]])
    theirs = float(call("SparseCategoricalCrossentropy")(np.array([0]), certain))
    assert theirs == pytest.approx(LARGEST, rel=1e-6)
    assert ll.get("log_score").value([0], certain) == np.inf


def test_keras_divides_rows_by_their_sum():
    """So its gradient holds along rows that sum to 1: it is ours plus the gradient of log(sum)."""
    loss = ll.get("log_score")
    y, f = loss.example(60, np.random.default_rng(7))
    f = 0.9 * f + 0.1 / f.shape[1]
    value, gradient = evaluate(call("SparseCategoricalCrossentropy"), y, f)
    assert value == pytest.approx(loss.value(y, f), rel=1e-6)
    np.testing.assert_allclose(gradient, loss.gradient(y, f) + 1.0 / 60, rtol=1e-5, atol=1e-7)


def test_focal_losses_of_logits_are_held_back_too():
    """Keras goes through the probability, so a logit of -1000 costs no more than one of -17."""
    theirs = call("BinaryFocalCrossentropy", column, from_logits=True)
    value, gradient = evaluate(theirs, np.array([1.0]), np.array([-1000.0]))
    assert value == pytest.approx(LARGEST, rel=1e-6)
    assert gradient == 0.0
    loss = ll.get("focal", alpha=0.5)
    assert 2.0 * loss.value([1.0], [-1000.0]) == 1000.0
    assert 2.0 * loss.gradient([1.0], [-1000.0]) == -1.0


def test_percentages_of_a_target_of_0_are_of_1e_7():
    theirs = float(call("MeanAbsolutePercentageError")(np.array([0.0]), np.array([1.0])))
    assert theirs == pytest.approx(100.0 / 1e-7)
    with pytest.raises(ValueError, match="different from 0"):
        ll.get("mape").value([0.0], [1.0])


def test_logarithmic_errors_of_negative_numbers_are_those_of_1e_7():
    theirs = call("MeanSquaredLogarithmicError")
    value, gradient = evaluate(theirs, np.array([1.0]), np.array([-0.5]))
    assert value == pytest.approx(np.log(2.0) ** 2, rel=1e-6)
    assert gradient == 0.0
    loss = ll.get("squared_log_error")
    assert 2.0 * loss.value([1.0], [-0.5]) == pytest.approx(np.log(4.0) ** 2)
    assert loss.gradient([1.0], [-0.5]) < 0.0


def test_the_categorical_hinge_lets_the_true_class_compete_with_0():
    """The masked row keeps a 0 at the true class, which counts as a wrong score."""
    y, f = np.array([0]), np.array([[-3.0, -9.0]])
    theirs = float(call("CategoricalHinge", one_hot)(y, f))
    assert theirs == 4.0
    assert ll.get("crammer_singer").value(y, f) == 0.0


def test_a_kl_divergence_of_probabilities_is_held_back():
    y, f = np.array([[1.0, 0.0]]), np.array([[-1000.0, 0.0]])
    theirs = float(call("KLDivergence", to_probabilities)(y, f))
    assert theirs == pytest.approx(LARGEST, rel=1e-3)
    assert ll.get("kl_divergence").value(y, f) == 1000.0


def test_one_other_label_turns_0_into_no_label():
    """Keras turns 0 and 1 into -1 and +1 only if the batch holds nothing else."""
    y, f = np.array([[0.0], [1.0]]), np.array([[-5.0], [5.0]])
    assert float(call("Hinge")(y, f)) == 0.0
    assert float(call("Hinge")(y - np.array([[0.0], [2.0]]), f)) > 0.0
    with pytest.raises(ValueError, match="0 or 1"):
        ll.get("hinge").value([0.0, -1.0], [-5.0, 5.0])
