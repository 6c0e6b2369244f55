"""Optax beside losslab: the same losses in value and gradient, and where they part."""

import numpy as np
import pytest

jax = pytest.importorskip("jax")
losses = pytest.importorskip("optax.losses")

import losslab as ll  # noqa: E402
from tests.peers.rows import check, classes, labels, row, signs  # noqa: E402

jnp = jax.numpy


@pytest.fixture(autouse=True, scope="module")
def double_precision():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def evaluate(theirs, y, f):
    y = jnp.asarray(y)
    return jax.value_and_grad(lambda f: theirs(y, f).mean())(jnp.asarray(f))


def one_hot(y, f):
    return jax.nn.one_hot(y.astype(int), f.shape[1], dtype=f.dtype)


LABELS = "labels -1 and +1"
LOGS = "log-probabilities are what it takes"
TABLE = {
    "l2_loss": row("squared_error", lambda y, f: losses.l2_loss(f, y)),
    "squared_error": row(
        "squared_error", lambda y, f: losses.squared_error(f, y), factor=2.0, why="without the half"
    ),
    "huber_loss": row(
        "huber", lambda y, f: losses.huber_loss(f, y, delta=0.6), loss={"delta": 0.6}
    ),
    "log_cosh": row("log_cosh", lambda y, f: losses.log_cosh(f, y)),
    "sigmoid_binary_cross_entropy": row(
        "binary_cross_entropy", lambda y, f: losses.sigmoid_binary_cross_entropy(f, y)
    ),
    "sigmoid_binary_cross_entropy, rows": row(
        "multilabel_cross_entropy",
        lambda y, f: losses.sigmoid_binary_cross_entropy(f, y),
        draw=labels(4),
        factor=1.0 / 4.0,
        why="its terms are labels, not rows, so their mean goes over both",
    ),
    "softmax_cross_entropy": row(
        "soft_cross_entropy", lambda y, f: losses.softmax_cross_entropy(f, y)
    ),
    "softmax_cross_entropy_with_integer_labels": row(
        "softmax_cross_entropy",
        lambda y, f: losses.softmax_cross_entropy_with_integer_labels(f, y.astype(int)),
    ),
    "smooth_labels": row(
        "label_smoothing",
        lambda y, f: losses.softmax_cross_entropy(f, losses.smooth_labels(one_hot(y, f), 0.2)),
        loss={"epsilon": 0.2},
        why="smooths one-hot rows, which then go into its cross-entropy",
    ),
    "poly_loss_cross_entropy": row(
        "poly1_cross_entropy",
        lambda y, f: losses.poly_loss_cross_entropy(f, one_hot(y, f)),
        why="one-hot rows; both take epsilon = 2 unless told otherwise",
    ),
    "poly_loss_cross_entropy, two classes": row(
        "poly1_binary",
        lambda y, f: losses.poly_loss_cross_entropy(
            jnp.stack([0.0 * f, f], axis=1), jnp.stack([1.0 - y, y], axis=1), epsilon=1.0
        ),
        why="two logits, 0 and ours",
    ),
    "sigmoid_focal_loss": row(
        "focal",
        lambda y, f: losses.sigmoid_focal_loss(f, y, alpha=0.25, gamma=1.5),
        loss={"gamma": 1.5, "alpha": 0.25},
        why="alpha must be given: without it nothing is weighted",
    ),
    "sigmoid_focal_loss, no alpha": row(
        "focal",
        lambda y, f: losses.sigmoid_focal_loss(f, y),
        loss={"alpha": 0.5},
        factor=2.0,
        why="nothing is weighted, not even by 1/2",
    ),
    "kl_divergence": row(
        "kl_divergence", lambda y, f: losses.kl_divergence(jax.nn.log_softmax(f), y), why=LOGS
    ),
    "kl_divergence_with_log_targets": row(
        "reverse_kl",
        lambda y, f: losses.kl_divergence_with_log_targets(jnp.log(y), jax.nn.log_softmax(f)),
        why="the model is given as the target",
    ),
    "generalized_kl_divergence": row(
        "generalised_kl", lambda y, f: losses.generalized_kl_divergence(f, y)
    ),
    "cosine_distance": row("cosine_distance", lambda y, f: losses.cosine_distance(f, y)),
    "hinge_loss": row("hinge", lambda y, f: losses.hinge_loss(f, signs(y)), why=LABELS),
    "perceptron_loss": row(
        "perceptron", lambda y, f: losses.perceptron_loss(f, signs(y)), why=LABELS
    ),
    "sparsemax_loss": row(
        "modified_huber",
        lambda y, f: losses.sparsemax_loss(f, y == 1.0),
        factor=0.25,
        why="of two classes: a quarter of the modified Huber loss",
    ),
    "multiclass_hinge_loss": row(
        "crammer_singer", lambda y, f: losses.multiclass_hinge_loss(f, y.astype(int))
    ),
    "multiclass_perceptron_loss": row(
        "multiclass_perceptron",
        lambda y, f: losses.multiclass_perceptron_loss(f, y.astype(int)),
    ),
    "multiclass_sparsemax_loss": row(
        "sparsemax_loss",
        lambda y, f: losses.multiclass_sparsemax_loss(f, y.astype(int)),
        draw=classes(5),
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_optax_agrees(name):
    check(TABLE[name], evaluate)


# Where they part, as the docstrings say ---------------------------------------------------------


def test_optax_does_not_check_that_a_target_sums_to_1():
    y, f = np.array([[1.0, 1.0, 0.0]]), np.array([[0.3, -0.2, 0.1]])
    assert np.isfinite(losses.softmax_cross_entropy(f, y)).all()
    with pytest.raises(ValueError, match="their sum 1"):
        ll.get("soft_cross_entropy").value(y, f)


def test_optax_takes_labels_0_and_1_for_margins_without_a_word():
    """The label 0 then makes every score cost 1; here labels other than 0 and 1 are refused."""
    assert losses.hinge_loss(np.array([-5.0]), np.array([0.0])) == 1.0
    assert ll.get("hinge").value([0.0], [-5.0]) == 0.0
    with pytest.raises(ValueError, match="0 or 1"):
        ll.get("hinge").value([-1.0], [-5.0])


def test_a_row_of_zeros_has_no_direction():
    y, zero = np.ones((1, 3)), np.zeros((1, 3))
    assert ll.get("cosine_distance").value(y, zero) == 1.0
    assert not ll.get("cosine_distance").gradient(y, zero).any()
    assert np.isnan(losses.cosine_distance(zero, y)).all()
