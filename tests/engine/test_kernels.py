"""Kernels run three ways with the same bits: array loops, the figures' loop, the interpreter."""

import numpy as np
import pytest

from losslab.engine import native
from losslab.losses.kinds.curves import curve
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
