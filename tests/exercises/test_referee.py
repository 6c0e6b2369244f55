"""Checks of chapter 1: right answers are accepted, every hint is reached."""

import numpy as np
import pytest

import losslab as ll


def prices(y, short, over):
    return np.quantile(y, short / (short + over), method="inverted_cdf")


def advice(y, c, tau):
    return (1 - tau) * np.mean(y < c) - tau * np.mean(y > c)


@pytest.mark.parametrize(
    ("label", "answer"),
    [
        ("referee-paper", [10, 6, 8]),
        ("referee-worst", 16),
        ("referee-prices", prices),
        ("referee-advice", advice),
    ],
)
def test_right_answers(label, answer):
    assert ll.exercises.verdict(label, answer).right


@pytest.mark.parametrize(
    ("label", "answer", "says"),
    [
        ("referee-paper", [10, 6, 4], "charge 0.7 for"),
        ("referee-paper", [6, 10, 8], "swapped"),
        ("referee-paper", [10, 6], "shape (3,)"),
        ("referee-paper", [10, 10, 8], "index 1: that is the mean"),
        ("referee-worst", 10, "over squares"),
        ("referee-worst", 6, "best on average"),
        ("referee-worst", 14, "the largest miss itself"),
        ("referee-prices", lambda y, short, over: np.mean(y), "this is the mean"),
        ("referee-prices", lambda y, short, over: np.median(y), "this is the median"),
        ("referee-prices", lambda y, short, over: prices(y, over, short), "prices are swapped"),
        (
            "referee-prices",
            lambda y, short, over: np.quantile(y, short / (short + over)),
            "NumPy interpolates",
        ),
        ("referee-advice", lambda y, c, tau: np.mean(y < c) - np.mean(y > c), "absolute error"),
        ("referee-advice", lambda y, c, tau: advice(y, c, 1 - tau), "are swapped"),
        ("referee-advice", lambda y, c, tau: -advice(y, c, tau), "sign is the other way"),
        ("referee-advice", lambda y, c, tau: len(y) * advice(y, c, tau), "is this a sum?"),
    ],
)
def test_hints_are_reached(label, answer, says):
    verdict = ll.exercises.verdict(label, answer)
    assert not verdict.right
    assert says in verdict.message
