"""scikit-learn beside losslab: where they part, as the docstrings say."""

import numpy as np
import pytest
from sklearn import metrics

import losslab as ll


def test_a_kappa_of_decisions_is_that_of_certain_probabilities(rng):
    """`cohen_kappa_score` takes decisions, which are rows of logits far apart here."""
    y, f = np.arange(60) % 4.0, 1e4 * rng.normal(0.0, 2.0, (60, 4))
    theirs = 1.0 - metrics.cohen_kappa_score(y, f.argmax(axis=1), weights="quadratic")
    assert ll.get("quadratic_weighted_kappa").value(y, f) == pytest.approx(theirs, rel=1e-9)


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
