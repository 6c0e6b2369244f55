"""Kernels run three ways with the same bits: array loops, the figures' loop, the interpreter."""

import numpy as np
import pytest

import losslab as ll
from losslab.engine import native
from losslab.losses.kinds.curves import curve
from losslab.losses.kinds.domains import PREDICTIONS, TARGETS
from tests.losses.cases import CORNERS, DEFAULTS, ids
from tests.losses.grids import pairs


@pytest.mark.parametrize("loss", CORNERS, ids=ids)
def test_figures_and_arrays_agree(loss):
    y, f = pairs(type(loss), loss.parameters)
    value, gradient, curvature = curve(loss, y, f)
    right = loss.value_and_gradient(y, f, reduction="none")
    np.testing.assert_array_equal(value.view(np.int64), right[0].view(np.int64))
    np.testing.assert_array_equal(gradient.view(np.int64), right[1].view(np.int64))
    if getattr(loss, "curvature_at", None) is None:
        assert np.isnan(curvature).all()
    else:
        right = loss.curvature(y, f, reduction="none")
        np.testing.assert_array_equal(curvature.view(np.int64), right.view(np.int64))


@pytest.mark.parametrize("loss", DEFAULTS, ids=ids)
def test_interpreter_and_machine_code_agree(loss):
    slow = native.Interpreted(loss.program(loss.loops["curve"]))
    y, f = pairs(type(loss), loss.parameters)
    step = max(1, len(f) // 60)
    y, f = np.append(y[::step], [y[0], np.nan]), np.append(f[::step], [np.nan, f[0]])
    out = np.empty((3, f.size))
    slow(y, f, f.size, loss._packed, out)
    fast = curve(loss, y, f)
    assert (np.isnan(out) == np.isnan(fast)).all()
    assert out[~np.isnan(out)].tobytes() == fast[~np.isnan(fast)].tobytes()


# What has one kernel for value and gradient -----------------------------------------------------


class Both(ll.losses.SquaredError):
    """Half the square, and its slope."""

    def value_and_gradient_at(y, f):
        r = f - y
        return 0.5 * r * r, r


class NearlyBoth(ll.losses.SquaredError):
    """As `Both`, and one bit more where the residual is 0."""

    def value_and_gradient_at(y, f):
        r = f - y
        return 0.5 * r * r, r + 5e-324


WITH_BOTH = [Both(), *(loss for loss in CORNERS if hasattr(loss, "value_and_gradient_at"))]


def assert_same(got, want):
    """Equal bit for bit; which NaN it is does not matter."""
    nan = np.isnan(want)
    np.testing.assert_array_equal(np.isnan(got), nan)
    assert got[~nan].tobytes() == want[~nan].tobytes()


def legal(loss, *data):
    """The pairs of them that the loss takes."""
    keep = TARGETS[loss.target].is_legal(data[0]) & PREDICTIONS[loss.prediction].is_legal(data[1])
    return [a[keep] for a in data]


def check_both(loss):
    y, f = pairs(type(loss), loss.parameters)
    y, f = np.append(y, [y[0], y[-1], y[0], np.nan]), np.append(f, [np.inf, -np.inf, np.nan, f[0]])
    y, f, w = legal(loss, y, f, np.random.default_rng(0).uniform(0.0, 2.0, f.size))
    with np.errstate(over="ignore"):  # what is too large for float32 is infinite there
        single = legal(loss, *(a.astype(np.float32) for a in (y, f, w)))
    for y_true, y_pred, weight in ((y, f, w), single):
        for given in (None, weight):
            value, gradient = loss.value_and_gradient(y_true, y_pred, given, "none")
            assert value.dtype == gradient.dtype == y_true.dtype
            assert_same(value, loss.value(y_true, y_pred, given, "none"))
            assert_same(gradient, loss.gradient(y_true, y_pred, given, "none"))
    some = slice(None, None, max(1, f.size // 60))
    numbers = [np.float64(x) for x in loss.parameters.values()]
    with np.errstate(all="ignore"):
        both = [
            loss.value_and_gradient_at(*pair, *numbers)
            for pair in zip(y[some], f[some], strict=True)
        ]
    compiled = loss.value_and_gradient(y, f, reduction="none")
    for interpreted, fast in zip(np.array(both).T, compiled, strict=True):
        assert_same(interpreted, fast[some])


@pytest.mark.parametrize("loss", WITH_BOTH, ids=repr)
def test_the_kernel_for_both_gives_the_bits_of_each(loss):
    check_both(loss)


def test_one_that_differs_is_found():
    with pytest.raises(AssertionError):
        check_both(NearlyBoth())
