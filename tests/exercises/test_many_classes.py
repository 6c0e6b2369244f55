"""Checks of chapter 5: right answers pass, each hint is reached."""

import numpy as np
import pytest

import losslab as ll
from losslab.exercises.many_classes import _focal_half


def to_world(p, n_old, n_new):
    q = p * n_new / n_old
    return q / q.sum()


def test_all_labels_are_here():
    assert ll.exercises.labels("classes") == [
        "classes-focal-half",
        "classes-smoothing-best",
        "classes-to-world",
    ]


def test_focal_at_that_gamma_is_balanced_at_one_half():
    # pi |phi'(p)| is the same for all classes: solved here without the loss.
    gamma = _focal_half()

    def pull(p):
        return gamma * (1 - p) ** (gamma - 1) * -np.log(p) + (1 - p) ** gamma / p

    second = np.linspace(0.25, 0.5, 100_001)
    gap = np.abs(0.3 * pull(second) - 0.6 * pull(0.5))
    second = second[np.argmin(gap)]
    assert 0.1 * pull(0.5 - second) == pytest.approx(0.6 * pull(0.5), rel=1e-3)


@pytest.mark.parametrize(
    ("label", "answer"),
    [
        ("classes-smoothing-best", 0.59),
        ("classes-to-world", to_world),
        ("classes-focal-half", round(_focal_half(), 2)),
    ],
)
def test_right_answers_are_accepted(label, answer):
    assert ll.exercises.verdict(label, answer).right


@pytest.mark.parametrize(
    ("label", "answer", "text"),
    [
        ("classes-smoothing-best", 0.7, "the truth"),
        ("classes-smoothing-best", 0.8, "one row"),
        ("classes-smoothing-best", 0.79, "epsilon / K"),
        ("classes-smoothing-best", 0.49, "uniform part"),
        ("classes-to-world", lambda p, n_old, n_new: p * n_new / n_old, "sum to 1"),
        ("classes-to-world", lambda p, n_old, n_new: to_world(p, n_new, n_old), "way back"),
        ("classes-to-world", lambda p, n_old, n_new: to_world(p, 1.0, n_new), "still in it"),
        ("classes-to-world", lambda p, n_old, n_new: to_world(p, n_old, 1.0), "balanced world"),
        ("classes-focal-half", 0.0, "cross-entropy"),
        ("classes-focal-half", 2.0, "less than one half"),
    ],
)
def test_hints_are_reached(label, answer, text):
    right, message = ll.exercises.verdict(label, answer)
    assert not right
    assert text in message
