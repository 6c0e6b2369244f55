"""The curve that grows: one picture, drawn anew and not too often."""

import importlib

import numpy as np
import pytest

import losslab as ll
from losslab.training import Network, fit

X, Y = [[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0]


class Handle:
    def __init__(self):
        self.pictures = 0

    def update(self, picture):
        assert picture.data.startswith(b"\x89PNG")
        self.pictures += 1


@pytest.fixture
def notebook(monkeypatch):
    """IPython as in a running notebook: a shell, and a display that gives handles."""
    handles = []

    def display(picture, display_id):
        handles.append(Handle())
        handles[-1].update(picture)
        return handles[-1]

    monkeypatch.setattr(importlib.import_module("IPython"), "get_ipython", object)
    monkeypatch.setattr(importlib.import_module("IPython.display"), "display", display)
    return handles


def trained(curve):
    given = {"epochs": 6, "validation": (X, Y), "progress": False}
    return fit(Network((1, 1)), X, Y, ll.get("squared_error"), after_epoch=curve, **given)


def test_one_picture_is_drawn_anew(notebook):
    trained(ll.plots.LiveCurve(seconds=0.0))
    (handle,) = notebook
    assert handle.pictures == 7  # six epochs and the end


def test_not_more_often_than_can_be_seen(notebook):
    trained(ll.plots.LiveCurve(seconds=1e9))
    (handle,) = notebook
    assert handle.pictures == 2  # the first epoch and the end


def test_the_picture_has_both_losses():
    curve = ll.plots.LiveCurve(log=True)
    history = trained(curve).history
    (axes,) = curve.figure(history).axes
    assert axes.get_yscale() == "log"
    assert [line.get_label() for line in axes.lines] == ["training", "held out"]
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), history["validation_loss"])
