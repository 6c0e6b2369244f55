"""Keras on JAX beside losslab: the same losses in value and gradient, and where they part."""

import functools
import os

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")

import losslab as ll  # noqa: E402
from tests.peers.rows import (  # noqa: E402
    SAMPLES,
    check,
    classes,
    hard_labels,
    labels,
    positive,
)
from tests.peers.rows import row as any_row  # noqa: E402

if keras.backend.backend() != "jax":
    pytest.skip("Keras runs on another backend already", allow_module_level=True)

jnp = jax.numpy
row = functools.partial(any_row, rtol=1e-6)  # Keras averages in float32, whatever floatx is
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


def to_probability(y, f):
    return y, jax.nn.sigmoid(f)


def to_probabilities(y, f):
    return y, jax.nn.softmax(f)


def one_hot_and_probabilities(y, f):
    return one_hot(y, f)[0], jax.nn.softmax(f)


def column(y, f):
    """Keras averages over the last axis and then over the others: one sample a row."""
    return y[:, None], f[:, None]


def away_from_certainty(loss, rng):
    y = hard_labels(loss, rng)[0]
    return y, rng.uniform(0.01, 0.99, SAMPLES)


NO_HALF = "without the half"
ONE_HOT = "takes one-hot rows"
PROBABILITIES = "takes probabilities, not logits"
TABLE = {
    "MeanSquaredError": row("squared_error", call("MeanSquaredError"), factor=2.0, why=NO_HALF),
    "MeanSquaredError, probability": row("brier", call("MeanSquaredError")),
    "MeanSquaredError, sigmoid": row(
        "brier_logit", call("MeanSquaredError", to_probability), why=PROBABILITIES
    ),
    "MeanSquaredError, softmax": row(
        "brier_softmax",
        call("MeanSquaredError", one_hot_and_probabilities),
        draw=classes(4),
        factor=1.0 / 4.0,
        why="the mean goes over the classes too",
    ),
    "MeanAbsoluteError": row("absolute_error", call("MeanAbsoluteError", column)),
    "MeanAbsoluteError, probability": row(
        "mean_absolute_error_probability", call("MeanAbsoluteError", column)
    ),
    "MeanAbsolutePercentageError": row(
        "mape", call("MeanAbsolutePercentageError"), factor=100.0, why="in per cent"
    ),
    "MeanSquaredLogarithmicError": row(
        "squared_log_error",
        call("MeanSquaredLogarithmicError"),
        draw=positive,
        factor=2.0,
        why=NO_HALF,
    ),
    "Huber": row("huber", call("Huber", column, delta=0.6), loss={"delta": 0.6}),
    "LogCosh": row("log_cosh", call("LogCosh", column)),
    "Poisson": row(
        "poisson_deviance_mean",
        call("Poisson"),
        draw=positive,
        left_out=lambda y: y - y * np.log(y),
        why="leaves out y log(y) - y, and adds 1e-7 to the mean inside the logarithm",
    ),
    "Hinge": row("hinge", call("Hinge", column), why="turns labels 0 and 1 into -1 and +1"),
    "SquaredHinge": row(
        "squared_hinge", call("SquaredHinge", column), why="turns labels 0 and 1 into -1 and +1"
    ),
    "CategoricalHinge": row(
        "crammer_singer",
        call("CategoricalHinge", lambda y, f: one_hot(y, f + 100.0)),
        draw=classes(4),
        why="one-hot rows, of scores above 0",
    ),
    "KLDivergence": row(
        "kl_divergence",
        call("KLDivergence", to_probabilities),
        draw=lambda loss, rng: (
            rng.dirichlet(np.full(4, 5.0), SAMPLES),
            rng.normal(size=(SAMPLES, 4)),
        ),
        why=PROBABILITIES,
    ),
    "CosineSimilarity": row(
        "cosine_distance",
        call("CosineSimilarity"),
        left_out=lambda y: -1.0,
        why="minus the similarity, so 1 less",
    ),
    "BinaryCrossentropy, from_logits": row(
        "binary_cross_entropy", call("BinaryCrossentropy", from_logits=True)
    ),
    "BinaryCrossentropy": row(
        "binary_cross_entropy_probability", call("BinaryCrossentropy"), draw=away_from_certainty
    ),
    "BinaryCrossentropy, rows": row(
        "multilabel_cross_entropy",
        call("BinaryCrossentropy", from_logits=True),
        draw=labels(4),
        factor=1.0 / 4.0,
        why="the mean goes over the labels too",
    ),
    "BinaryFocalCrossentropy, apply_class_balancing": row(
        "focal",
        call(
            "BinaryFocalCrossentropy",
            column,
            apply_class_balancing=True,
            alpha=0.3,
            gamma=1.5,
            from_logits=True,
        ),
        loss={"alpha": 0.3, "gamma": 1.5},
    ),
    "BinaryFocalCrossentropy": row(
        "focal",
        call("BinaryFocalCrossentropy", column, from_logits=True),
        loss={"alpha": 0.5, "gamma": 2.0},
        factor=2.0,
        why="alpha does not count unless apply_class_balancing is set",
    ),
    "CategoricalCrossentropy, from_logits": row(
        "soft_cross_entropy", call("CategoricalCrossentropy", from_logits=True)
    ),
    "CategoricalCrossentropy, label_smoothing": row(
        "label_smoothing",
        call("CategoricalCrossentropy", one_hot, label_smoothing=0.2, from_logits=True),
        loss={"epsilon": 0.2},
        why=ONE_HOT,
    ),
    "CategoricalFocalCrossentropy": row(
        "focal_multiclass",
        call("CategoricalFocalCrossentropy", one_hot, from_logits=True),
        factor=0.25,
        why="alpha = 0.25 multiplies every class, and rows are one-hot",
    ),
    "CategoricalGeneralizedCrossEntropy": row(
        "generalised_cross_entropy",
        call("CategoricalGeneralizedCrossEntropy", to_probabilities),
        loss={"q": 0.5},
        why=PROBABILITIES + "; q is 0.5 unless told otherwise",
    ),
    "CategoricalGeneralizedCrossEntropy, two classes": row(
        "generalised_cross_entropy_binary",
        call(
            "CategoricalGeneralizedCrossEntropy",
            lambda y, f: (y, jax.nn.softmax(jnp.stack([0.0 * f, f], axis=1))),
            q=0.7,
        ),
        loss={"q": 0.7},
        why=PROBABILITIES,
    ),
    "SparseCategoricalCrossentropy, from_logits": row(
        "softmax_cross_entropy", call("SparseCategoricalCrossentropy", from_logits=True)
    ),
    "SparseCategoricalCrossentropy": row(
        "softmax_cross_entropy",
        call("SparseCategoricalCrossentropy", to_probabilities),
        why=PROBABILITIES,
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_keras_agrees(name):
    check(TABLE[name], evaluate)


# Where they part, as the docstrings say ---------------------------------------------------------


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
    y, f = loss.example(SAMPLES, np.random.default_rng(7))
    f = 0.9 * f + 0.1 / f.shape[1]
    value, gradient = evaluate(call("SparseCategoricalCrossentropy"), y, f)
    assert value == pytest.approx(loss.value(y, f), rel=1e-6)
    np.testing.assert_allclose(gradient, loss.gradient(y, f) + 1.0 / SAMPLES, rtol=1e-5, atol=1e-7)


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
