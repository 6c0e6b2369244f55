"""The checks of chapter 2 accept the right answer and recognise the usual wrong ones."""

import numpy as np
import pytest

import losslab as ll


@pytest.mark.parametrize(
    ("label", "answer"),
    [("clocks", 10.4), ("waiting", 3.0), ("uniform", 1.732), ("uniform", 1.735)],
)
def test_right_numbers_are_accepted(label, answer):
    assert ll.exercises.verdict(f"noise-{label}", answer).right


@pytest.mark.parametrize(
    ("label", "answer", "hint"),
    [
        ("clocks", 12.0, "plain mean"),
        ("clocks", 11.0, "one over σ"),
        ("clocks", 13.6, "sloppy clock"),
        ("waiting", 2.0, "median"),
        ("waiting", 1.8, "harmonic mean"),
        ("waiting", 9.0, "."),
        ("uniform", 2.0, "mean and the median"),
        ("uniform", 1.0986, "whole weight"),
    ],
)
def test_wrong_numbers_get_their_hint(label, answer, hint):
    right, message = ll.exercises.verdict(f"noise-{label}", answer)
    assert not right
    assert hint in message


def laplace(y_true, y_pred, b):
    return np.mean(np.abs(y_pred - y_true)) / b + np.log(2 * b)


def test_the_complete_laplace_loss_is_accepted():
    assert ll.exercises.verdict("noise-laplace", laplace).right


@pytest.mark.parametrize(
    ("mistake", "hint"),
    [
        (lambda y, f, b: laplace(y, f, b) - np.log(2 * b), "factor in front"),
        (lambda y, f, b: laplace(y, f, b) - np.log(2), "neither f nor b"),
        (lambda y, f, b: -laplace(y, f, b), "log-likelihood"),
        (lambda y, f, b: None, "nothing"),
        (lambda y, f: 0.0, "3 arguments"),
    ],
)
def test_the_usual_slips_with_laplace_get_their_hint(mistake, hint):
    right, message = ll.exercises.verdict("noise-laplace", mistake)
    assert not right
    assert hint in message
