"""Calls in a row: the same as one after the other, with numbers that change between calls."""

import subprocess
import sys

import numpy as np
import pytest

from losslab.engine import sequence
from losslab.engine.blas import NumpyProduct, product
from losslab.engine.loop import Loop
from losslab.engine.sequence import Cell, Sequence, call
from tests.patience import PATIENCE


def stretch(factor, x, n):
    for i in range(n):
        x[i] = factor * x[i]
    return 0


def refuse(code):
    return code


STRETCH = Loop(stretch, "factor:float > x n:int")
REFUSE = Loop(refuse, "code:int")


def test_calls_are_made_in_order_and_cells_are_read_anew():
    x, factor = np.ones(3), Cell(2.0)
    calls = [call(STRETCH, float, factor=factor, x=x, n=3)]
    calls.append(call(STRETCH, float, factor=-1.5, x=x, n=2))
    run = Sequence(calls)
    assert run() == 0
    assert x.tolist() == [-3.0, -3.0, 2.0]
    factor.number = 10.0
    run()
    assert x.tolist() == [45.0, 45.0, 20.0]


@pytest.mark.parametrize("often", [0, 2, 1000])
def test_a_sequence_that_is_called_often_becomes_machine_code(often, monkeypatch):
    monkeypatch.setattr(sequence, "OFTEN", often)
    rng = np.random.default_rng(0)
    a, b, c = rng.normal(size=(6, 5)), rng.normal(size=(5, 4)), np.zeros((6, 4))
    factor = Cell(1.0)
    run = Sequence(
        [product(a, b, c, np.ones(1)), call(STRETCH, float, factor=factor, x=c, n=c.size)]
    )
    want = np.zeros((6, 4))
    for k in range(5):
        factor.number = 0.5 + k
        assert run() == 0
        want = (want + a @ b) * (0.5 + k)
    np.testing.assert_allclose(c, want, rtol=1e-13)


def test_what_calls_return_is_put_together():
    code = Cell(0)
    run = Sequence([call(REFUSE, float, code=code), call(REFUSE, float, code=4)])
    assert run() == 4
    code.number = 1
    assert run() == 5


def test_a_cell_of_another_type_is_refused():
    with pytest.raises(TypeError, match="argument 0 must be"):
        Sequence([call(STRETCH, float, factor=Cell(2), x=np.ones(1), n=1)])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"x": np.ones(1, np.float32)}, "must be a C-contiguous array of float64"),
        ({"x": np.ones((4, 4))[:, 1]}, "must be a C-contiguous array"),
        ({"x": np.ones(1), "y": 1}, "does not take 'y'"),
        ({}, "x must be given"),
    ],
)
def test_arrays_must_be_what_the_loop_walks_over(given, words):
    with pytest.raises((TypeError, ValueError), match=words):
        call(STRETCH, float, factor=1.0, n=1, **given)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("numpy_only", [False, True])
def test_products_are_those_of_numpy(dtype, numpy_only):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(7, 5)).astype(dtype), rng.normal(size=(5, 3)).astype(dtype)
    z = rng.normal(size=(7, 3)).astype(dtype)
    keep = np.zeros(1, dtype)
    for left, right in ((a, b), (a.T, z), (z, b.T), (b.T, a.T)):
        c = np.full((left.shape[0], right.shape[1]), np.nan, dtype)
        function, arguments = product(left, right, c, keep)
        if numpy_only:
            function, arguments = NumpyProduct(), (left, right, c, keep)
        run = Sequence([(function, arguments)])
        keep[0] = 0
        run()
        np.testing.assert_allclose(c, left @ right, rtol=1e-4 if dtype == "float32" else 1e-13)
        keep[0] = 1
        run()
        np.testing.assert_allclose(
            c, 2 * (left @ right), rtol=1e-4 if dtype == "float32" else 1e-13
        )


WITHOUT = """
import sys, warnings
sys.modules["numba"] = sys.modules["llvmlite"] = None
warnings.simplefilter("ignore")
import numpy as np
from tests.engine.test_sequence import STRETCH
from losslab.engine.sequence import Cell, Sequence, call
x, factor = np.ones(3), Cell(2.0)
run = Sequence([call(STRETCH, float, factor=factor, x=x, n=3)])
run(); factor.number = 3.0; run()
print(x.tolist())
"""


def test_without_numba_the_calls_are_made_from_python():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    assert done.stdout.strip() == "[6.0, 6.0, 6.0]"
