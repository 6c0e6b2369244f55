"""The tables of a logistic slice keep every digit, wherever the logits lie."""

import os
import subprocess
import sys

import mpmath
import numpy as np
import pytest

import losslab as ll
from losslab.engine.browser import GENERIC
from losslab.training.landscapes.linear import affine_values
from losslab.training.landscapes.slice_loops import LOGISTIC_SLICE, SLICE, TILE
from tests.engine.wasm import Wasmtime

LOSS = ll.get("binary_cross_entropy")


def plain(y, z, du, dv, u, v):
    points = z + dv * v[:, None, None] + du * u[:, None]
    return np.array([[LOSS.value(y, f) for f in line] for line in points])


def rows(n, seed, centre, slope):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n).astype(float)
    sign = 1.0 - 2.0 * y
    return y, *(sign * part for part in (rng.normal(centre, 1.0, n), *rng.normal(0, slope, (2, n))))


@pytest.mark.parametrize("slope", [1e-9, 0.3, 5.0, 60.0, 1e4, 1e120])
@pytest.mark.parametrize("centre", [0.0, -30.0, -300.0, -650.0, -2000.0, 35.0, 75.0, 400.0])
def test_saturated_and_not_the_tables_agree_with_the_loss(centre, slope):
    """Right answers by a wide margin (loss near 0), wrong ones (linear), and all between."""
    y, z, du, dv = rows(53, 1, centre, slope)
    u, v = np.linspace(-1.0, 1.3, TILE + 5), np.linspace(-1.2, 1.0, 2 * TILE + 1)
    got, want = affine_values(LOSS, y, z, du, dv, u, v), plain(y, z, du, dv, u, v)
    # A logit of size s carries rounding of s ulp, and the loss of a right answer shows it.
    most = np.abs(z).max() + slope
    allowed = 1e-12 if most < 1e3 else 1e-15 * most
    small = want < 1e-290  # numbers of few digits
    assert np.abs(got - want)[small].max(initial=0.0) < 1e-300
    if allowed < 1e-3:
        assert got[~small] == pytest.approx(want[~small], rel=allowed)
    else:
        wide = want > 1e-3 * most
        assert got[wide] == pytest.approx(want[wide], rel=1e-12)


def test_the_last_digits_against_high_precision():
    y, z, du, dv = rows(40, 2, -20.0, 4.0)
    u, v = np.array([-1.5, 0.25, 3.0]), np.array([-2.0, 0.5])
    got = affine_values(LOSS, y, z, du, dv, u, v)
    with mpmath.workdps(40):
        for j, i in np.ndindex(got.shape):
            logits = [
                (1 - 2 * int(t)) * (mpmath.mpf(a) + mpmath.mpf(b) * u[i] + mpmath.mpf(c) * v[j])
                for t, a, b, c in zip(y, z, du, dv, strict=True)
            ]
            exact = sum(mpmath.log1p(mpmath.exp(m)) for m in logits) / 40
            assert abs(got[j, i] / exact - 1) < 1e-14


@pytest.mark.parametrize("n", [1, 7, 8, 9, 3000])
def test_any_number_of_rows_and_points(n):
    y, z, du, dv = rows(n, 3, 0.0, 1.0)
    for columns, lines in ((2, 2), (TILE, 3), (TILE + 1, 1)):
        u, v = np.linspace(-1.0, 1.0, columns), np.linspace(0.0, 1.0, lines)
        got = affine_values(LOSS, y, z, du, dv, u, v)
        assert got == pytest.approx(plain(y, z, du, dv, u, v), rel=1e-13)


def test_soft_labels_weights_and_overflow_take_the_loss_itself():
    y, z, du, dv = rows(20, 4, 0.0, 1.0)
    u, v = np.linspace(-1.0, 1.0, 5), np.linspace(-1.0, 1.0, 3)
    soft = np.where(y == 1.0, 0.9, 0.2)
    assert affine_values(LOSS, soft, z, du, dv, u, v) == pytest.approx(
        plain(soft, z, du, dv, u, v), rel=1e-13
    )
    z[3] = 1e308
    with np.errstate(over="ignore"):
        got = affine_values(LOSS, y, z, 1e307 * du, dv, 100 * u, v)
        want = plain(y, z, 1e307 * du, dv, 100 * u, v)
    assert np.array_equal(got, want, equal_nan=True)


def test_threads_do_not_change_a_bit():
    y, z, du, dv = rows(300, 5, 0.0, 2.0)
    u = v = np.linspace(-2.0, 2.0, 5 * TILE)
    threads = ll.get_num_threads()
    found = []
    for number in (1, 2, 3):
        ll.set_num_threads(number)
        found.append(affine_values(LOSS, y, z, du, dv, u, v).tobytes())
    ll.set_num_threads(threads)
    assert len(set(found)) == 1


WASM = """
import sys
from losslab.engine import browser
from losslab.engine.program import Program
from losslab.training.landscapes.slice_loops import LOGISTIC_SLICE, SLICE
import losslab as ll
sys.stdout.buffer.write(browser.build_module({
    "logistic_slice": Program.of(LOGISTIC_SLICE), "slice": ll.get("huber").program(SLICE)
}))
"""


def test_the_page_gets_the_same_bits():
    environment = {**os.environ, **GENERIC}
    built = subprocess.run(
        [sys.executable, "-c", WASM], env=environment, check=True, capture_output=True
    ).stdout
    loaded = Wasmtime(built)
    y, z, du, dv = rows(77, 6, -5.0, 20.0)
    u, v = np.linspace(-2.0, 2.0, TILE + 9), np.linspace(-2.0, 2.0, TILE + 3)
    sign = 1.0 - 2.0 * y
    given = {"us": u, "vs": v, "columns": u.size, "n": y.size, "first": 0}
    given |= {"out": np.zeros(u.size * v.size)}
    own = {"z": sign * z, "du": sign * du, "dv": sign * dv, "lines": v.size, "last": 2}
    got = loaded.run("logistic_slice", LOGISTIC_SLICE, **given, **own)["out"]
    want = affine_values(LOSS, y, z, du, dv, u, v)
    assert (got.reshape(want.shape) / y.size).tobytes() == want.tobytes()
    huber = ll.get("huber")
    own = {"y": y, "z": z, "du": du, "dv": dv, "w": np.ones(1), "weighted": 0, "unit": 1.0}
    got = loaded.run("slice", SLICE, huber, **given, **own, last=v.size)["out"]
    want = affine_values(huber, y, z, du, dv, u, v)
    assert (got.reshape(want.shape) / y.size).tobytes() == want.tobytes()
