"""Checks of chapter 7: right answers pass, each hint is reached."""

import numpy as np
import pytest

import losslab as ll


def interval_loss(low, high, rate):
    return -np.log(np.exp(-rate * low) - np.exp(-rate * high))


def test_all_labels_are_here():
    assert ll.exercises.labels("counts") == [
        "counts-best-alpha",
        "counts-interval",
        "counts-mean-life",
    ]


@pytest.mark.parametrize(
    ("label", "answer"),
    [
        ("counts-mean-life", 10),
        ("counts-interval", interval_loss),
        ("counts-best-alpha", 1.47),
        ("counts-best-alpha", 1.48),
    ],
)
def test_right_answers_are_accepted(label, answer):
    assert ll.exercises.verdict(label, answer).right


@pytest.mark.parametrize(
    ("label", "answer", "text"),
    [
        ("counts-mean-life", 3.5, "the good ones"),
        ("counts-mean-life", 5, "How many failed"),
        ("counts-mean-life", 0.1, "the rate"),
        ("counts-interval", lambda a, b, r: np.exp(-interval_loss(a, b, r)), "the probability"),
        ("counts-interval", lambda a, b, r: r * a, "came before high"),
        (
            "counts-interval",
            lambda a, b, r: -np.log(1 - np.exp(-r * (b - a))),
            "reached first",
        ),
        ("counts-best-alpha", 2.13, "mean and variance"),
        ("counts-best-alpha", 0.68, "theta"),
    ],
)
def test_hints_are_reached(label, answer, text):
    right, message = ll.exercises.verdict(label, answer)
    assert not right
    assert text in message
