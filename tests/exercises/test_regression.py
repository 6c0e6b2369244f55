"""Checks of chapter 3: right answers pass, each hint is reached."""

import numpy as np
import pytest

import losslab as ll


def tukey_weight(r, c):
    return (1.0 - np.minimum((r / c) ** 2, 1.0)) ** 2


def test_all_labels_are_here():
    assert ll.exercises.labels("regression") == [
        "regression-breaking-point",
        "regression-huber-constant",
        "regression-tukey-weight",
    ]


@pytest.mark.parametrize(
    ("label", "answer"),
    [
        ("regression-huber-constant", 2 / 3),
        ("regression-huber-constant", 0.667),
        ("regression-tukey-weight", tukey_weight),
        ("regression-breaking-point", 25),
        ("regression-breaking-point", 25.1),
    ],
)
def test_right_answers_are_accepted(label, answer):
    assert ll.exercises.verdict(label, answer).right


@pytest.mark.parametrize(
    ("label", "answer", "text"),
    [
        ("regression-huber-constant", 2.75, "the mean"),
        ("regression-huber-constant", 0.5, "medians"),
        ("regression-huber-constant", 0.3333, "leaves the 10 out"),
        ("regression-tukey-weight", lambda r, c: (1 - (r / c) ** 2) ** 2, "rises again"),
        ("regression-tukey-weight", lambda r, c: r * tukey_weight(r, c), "that is the influence"),
        ("regression-tukey-weight", lambda r, c: np.sqrt(tukey_weight(r, c)), "its power"),
        ("regression-breaking-point", 50, "levers"),
        ("regression-breaking-point", 100, "drop first"),
    ],
)
def test_hints_are_reached(label, answer, text):
    right, message = ll.exercises.verdict(label, answer)
    assert not right
    assert text in message
