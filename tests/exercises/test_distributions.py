"""Checks of chapter 6: right answers pass, each hint is reached."""

import numpy as np
import pytest

import losslab as ll


def accuracy(members, y):
    return np.mean(np.abs(np.asarray(members) - y))


def spread(members):
    return np.mean(np.abs(np.subtract.outer(members, members)))


def ensemble_crps(members, y):
    return accuracy(members, y) - spread(members) / 2


def fair(members, y):
    k = len(members)
    return accuracy(members, y) - spread(members) / 2 * k / max(k - 1, 1)


def test_all_labels_are_here():
    assert ll.exercises.labels("forecast") == [
        "forecast-ensemble",
        "forecast-five",
        "forecast-reciprocal",
    ]


@pytest.mark.parametrize(
    ("label", "answer"),
    [
        ("forecast-reciprocal", 2 / 3),
        ("forecast-reciprocal", 0.667),
        ("forecast-ensemble", ensemble_crps),
        ("forecast-five", 0.69),
        ("forecast-five", 0.7),
        ("forecast-five", 0.66),
    ],
)
def test_right_answers_are_accepted(label, answer):
    assert ll.exercises.verdict(label, answer).right


@pytest.mark.parametrize(
    ("label", "answer", "text"),
    [
        ("forecast-reciprocal", 0.8, "honest"),
        ("forecast-reciprocal", 2.0, "odds"),
        ("forecast-reciprocal", 0.3333, "other outcome"),
        ("forecast-reciprocal", 16 / 17, "rooted"),
        ("forecast-ensemble", accuracy, "missing"),
        ("forecast-ensemble", lambda m, y: accuracy(m, y) - spread(m), "Half of it"),
        ("forecast-ensemble", fair, "fair score"),
        ("forecast-ensemble", lambda m, y: abs(np.mean(m) - y), "mean of the distances"),
        ("forecast-five", 1.0, "fair score"),
    ],
)
def test_hints_are_reached(label, answer, text):
    right, message = ll.exercises.verdict(label, answer)
    assert not right
    assert text in message
