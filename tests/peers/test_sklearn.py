"""scikit-learn beside losslab: its losses for training, and its metrics."""

import numpy as np
import pytest
from sklearn import metrics
from sklearn._loss import loss as training
from sklearn.linear_model import _sgd_fast as descent

import losslab as ll
from tests.peers.rows import SAMPLES, check, hard_labels, positive, row, signs


def evaluate(theirs, y, f):
    """Value and gradient of the mean, from what `theirs` gives: terms and slopes, or a value."""
    result = theirs(y, f)
    if isinstance(result, tuple):
        return result[0].mean(), result[1] / len(y)
    return result, None


def trains(loss):
    """A loss of `sklearn._loss`, which gives terms and slopes."""
    return lambda y, f: loss.loss_gradient(y, f)


def descends(loss, change=lambda y: y):
    """A loss of the SGD estimators, which takes one number at a time."""

    def theirs(y, f):
        pairs = list(zip(f, change(y), strict=True))
        return (
            np.array([loss.py_loss(*pair) for pair in pairs]),
            np.array([loss.py_dloss(*pair) for pair in pairs]),
        )

    return theirs


def means(loss, rng):
    """Positive targets and the logarithms of positive means."""
    y, m = positive(loss, rng)
    return y, np.log(m)


def two_columns(p):
    return np.column_stack([1.0 - p, p])


def all_classes(loss, rng):
    """Rows of probabilities, and labels that name every class: metrics look for them there."""
    f = rng.dirichlet(np.full(4, 2.0), SAMPLES)
    return np.arange(SAMPLES) % 4.0, f


def all_scores(loss, rng):
    return np.arange(SAMPLES) % 4.0, rng.normal(0.0, 2.0, (SAMPLES, 4))


def certain(loss, rng):
    y, f = all_scores(loss, rng)
    return y, 1e4 * f


LOG_LINK = "both take the logarithm of the mean"
SIGNS = "labels -1 and +1"
TWICE = "the deviance, without the half"
POWER = 1.5
TRAINING = {
    "HalfSquaredError": row("squared_error", trains(training.HalfSquaredError())),
    "AbsoluteError": row("absolute_error", trains(training.AbsoluteError())),
    "PinballLoss": row("quantile", trains(training.PinballLoss(quantile=0.8)), loss={"tau": 0.8}),
    "HuberLoss": row("huber", trains(training.HuberLoss(delta=0.6)), loss={"delta": 0.6}),
    "HalfPoissonLoss": row("poisson", trains(training.HalfPoissonLoss()), why=LOG_LINK),
    "HalfGammaLoss": row(
        "gamma_deviance",
        trains(training.HalfGammaLoss()),
        left_out=lambda y: 1.0 + np.log(y),
        why="leaves out the terms without h",
    ),
    "HalfTweedieLoss": row(
        "tweedie",
        trains(training.HalfTweedieLoss(power=POWER)),
        loss={"power": POWER},
        draw=means,
        left_out=lambda y: 1.0 / (2.0 - POWER) - y / (1.0 - POWER),
        why="leaves out the two constants",
    ),
    "HalfTweedieLossIdentity": row(
        "poisson_deviance_mean", trains(training.HalfTweedieLossIdentity(power=1.0)), draw=positive
    ),
    "HalfBinomialLoss": row("binary_cross_entropy", trains(training.HalfBinomialLoss())),
    "HalfMultinomialLoss": row(
        "softmax_cross_entropy", trains(training.HalfMultinomialLoss(n_classes=4)), draw=all_scores
    ),
    "ExponentialLoss": row("exponential", trains(training.ExponentialLoss())),
    "SGDClassifier, hinge": row("hinge", descends(descent.Hinge(1.0), signs), why=SIGNS),
    "SGDClassifier, perceptron": row("perceptron", descends(descent.Hinge(0.0), signs), why=SIGNS),
    "SGDClassifier, squared_hinge": row(
        "squared_hinge", descends(descent.SquaredHinge(1.0), signs), why=SIGNS
    ),
    "SGDClassifier, modified_huber": row(
        "modified_huber", descends(descent.ModifiedHuber(), signs), why=SIGNS
    ),
    "SGDRegressor, epsilon_insensitive": row(
        "epsilon_insensitive", descends(descent.EpsilonInsensitive(0.4)), loss={"epsilon": 0.4}
    ),
    "SGDRegressor, squared_epsilon_insensitive": row(
        "squared_epsilon_insensitive",
        descends(descent.SquaredEpsilonInsensitive(0.4)),
        loss={"epsilon": 0.4},
        factor=2.0,
        why="without the half",
    ),
}
METRICS = {
    "mean_squared_error": row(
        "squared_error", metrics.mean_squared_error, factor=2.0, why="without the half"
    ),
    "mean_absolute_error": row("absolute_error", metrics.mean_absolute_error),
    "mean_absolute_percentage_error": row("mape", metrics.mean_absolute_percentage_error),
    "mean_squared_log_error": row(
        "squared_log_error",
        metrics.mean_squared_log_error,
        draw=positive,
        factor=2.0,
        why="without the half",
    ),
    "mean_pinball_loss": row(
        "quantile", lambda y, f: metrics.mean_pinball_loss(y, f, alpha=0.8), loss={"tau": 0.8}
    ),
    "mean_poisson_deviance": row(
        "poisson_deviance_mean",
        metrics.mean_poisson_deviance,
        draw=positive,
        factor=2.0,
        why=TWICE,
    ),
    "mean_gamma_deviance": row(
        "gamma_deviance",
        lambda y, f: metrics.mean_gamma_deviance(y, np.exp(f)),
        factor=2.0,
        why=TWICE + ", of the mean itself",
    ),
    "mean_tweedie_deviance, power=3": row(
        "inverse_gaussian",
        lambda y, f: metrics.mean_tweedie_deviance(y, np.exp(f), power=3),
        factor=2.0,
        why=TWICE + ", of the mean itself",
    ),
    "log_loss": row(
        "binary_cross_entropy_probability",
        lambda y, f: metrics.log_loss(y, two_columns(f)),
        draw=lambda loss, rng: (hard_labels(loss, rng)[0], rng.uniform(0.01, 0.99, SAMPLES)),
        why="hard labels only",
    ),
    "log_loss, classes": row("log_score", metrics.log_loss, draw=all_classes),
    "brier_score_loss": row(
        "brier",
        metrics.brier_score_loss,
        draw=lambda loss, rng: (hard_labels(loss, rng)[0], rng.uniform(0.01, 0.99, SAMPLES)),
        why="hard labels only",
    ),
    "brier_score_loss, classes": row(
        "brier_probability", metrics.brier_score_loss, draw=all_classes
    ),
    "hinge_loss": row("hinge", metrics.hinge_loss),
    "hinge_loss, classes": row("crammer_singer", metrics.hinge_loss, draw=all_scores),
    "zero_one_loss": row(
        "zero_one",
        lambda y, f: metrics.zero_one_loss(y, f > 0.0),
        why="takes decisions",
    ),
    "cohen_kappa_score": row(
        "quadratic_weighted_kappa",
        lambda y, f: 1.0 - metrics.cohen_kappa_score(y, f.argmax(axis=1), weights="quadratic"),
        draw=certain,
        why="takes decisions, which are rows of logits far apart here",
    ),
}
TABLE = {**TRAINING, **METRICS}


@pytest.mark.parametrize("name", TABLE)
def test_sklearn_agrees(name):
    check(TABLE[name], evaluate)


# Where they part, as the docstrings say ---------------------------------------------------------


def test_log_loss_keeps_probabilities_away_from_0():
    theirs = metrics.log_loss([1, 0], [[1.0, 0.0], [1.0, 0.0]])
    assert theirs == pytest.approx(-np.log(np.finfo(float).eps) / 2.0, rel=1e-6)
    assert ll.get("log_score").value([1, 0], [[1.0, 0.0], [1.0, 0.0]]) == np.inf


def test_percentages_of_a_target_of_0_are_of_the_smallest_step():
    theirs = metrics.mean_absolute_percentage_error([0.0], [1.0])
    assert theirs == pytest.approx(1.0 / np.finfo(float).eps)
    with pytest.raises(ValueError, match="different from 0"):
        ll.get("mape").value([0.0], [1.0])


def test_a_score_of_exactly_0_is_a_mistake_for_both_labels():
    """`zero_one_loss` counts decisions, so it depends on how a tie was decided."""
    y, f = np.array([0.0, 1.0]), np.zeros(2)
    assert metrics.zero_one_loss(y, f > 0.0) == 0.5
    assert ll.get("zero_one").value(y, f) == 1.0
