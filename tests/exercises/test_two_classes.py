"""Checks of chapter 4: right answers pass, each hint is reached."""

import numpy as np
import pytest

import losslab as ll


def stable(y, z):
    return np.maximum(z, 0.0) - y * z + np.log1p(np.exp(-np.abs(z)))


def naive(y, z):
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-z))
        return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def test_all_labels_are_here():
    assert ll.exercises.labels("two-classes") == [
        "two-classes-focal",
        "two-classes-stable",
        "two-classes-undo",
    ]


@pytest.mark.parametrize(
    ("label", "answer"),
    [
        ("two-classes-undo", 0.25),
        ("two-classes-stable", stable),
        ("two-classes-focal", 1.359),
        ("two-classes-focal", 1.36),
    ],
)
def test_right_answers_are_accepted(label, answer):
    assert ll.exercises.verdict(label, answer).right


@pytest.mark.parametrize(
    ("label", "answer", "text"),
    [
        ("two-classes-undo", 0.0833333, "the odds, not the probability"),
        ("two-classes-undo", 0.9642857, "come out"),
        ("two-classes-undo", 0.3333333, "those are the odds"),
        ("two-classes-stable", naive, "NaN"),
        ("two-classes-stable", lambda y, z: np.maximum(z, 0.0) - y * z, "small one"),
        (
            "two-classes-stable",
            lambda y, z: np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))),
            "whatever the label",
        ),
        ("two-classes-stable", lambda y, z: -stable(y, z), "sign"),
        ("two-classes-focal", 2.0, "smaller"),
    ],
)
def test_hints_are_reached(label, answer, text):
    right, message = ll.exercises.verdict(label, answer)
    assert not right
    assert text in message
