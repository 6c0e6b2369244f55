"""Checks of the chapter Landscapes and speed: the right answer passes, each hint is reached."""

import numpy as np
import pytest

import losslab as ll
from losslab.training import LinearObjective, sharpness


def steepest(scaled=True):
    data = ll.datasets.load("breast_cancer")
    X = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0) if scaled else data.X
    objective = LinearObjective(X, 1.0 - data.y, ll.get("binary_cross_entropy"))
    return sharpness(objective, np.zeros(31))


def test_all_labels_are_here():
    assert ll.exercises.labels("landscapes") == ["landscapes-step"]


def test_right_answers_are_accepted():
    assert ll.exercises.verdict("landscapes-step", 2.0 / steepest()).right
    assert ll.exercises.verdict("landscapes-step", 0.602).right


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda: steepest(), "two over it"),
        (lambda: 1.0 / steepest(), "half"),
        (lambda: 0.5 / steepest(), "one quarter"),
        (lambda: 2.0 / steepest(scaled=False), "raw"),
    ],
)
def test_slips_get_their_hint(answer, hint):
    found = ll.exercises.verdict("landscapes-step", answer())
    assert not found.right and hint in found.message
