"""One step has the same bits natively, in WebAssembly and in the interpreter."""

import json
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

import losslab as ll
from losslab.engine.browser import GENERIC
from losslab.training.optimisers import find
from losslab.training.optimisers.kind import UPDATE
from tests.engine.test_parity import assert_same_bits
from tests.engine.wasm import Wasmtime
from tests.patience import PATIENCE
from tests.training.optimisers.problems import settings

CLASSES = [find(name) for name in ll.training.optimisers.available()]
EVERY = [optimiser for cls in CLASSES for optimiser in settings(cls)]

BUILD = """
import sys
import losslab as ll
from losslab.engine import browser
from losslab.training.optimisers.kind import UPDATE

shelf = ll.training.optimisers
programs = {name: shelf.get(name).program(UPDATE) for name in shelf.available()}
sys.stdout.buffer.write(browser.build_module(programs))
"""

INTERPRET = """
import pickle, sys, warnings
sys.modules["numba"] = sys.modules["llvmlite"] = None  # imports of them fail
warnings.simplefilter("ignore")
import numpy as np
import losslab as ll

def walked(optimiser, w, gradients):
    state = None
    for g in gradients:
        w, state = optimiser.step(w, g, state, rate=0.05)
    return [w.tobytes().hex(), state.memory.tobytes().hex()]

every, w, gradients = pickle.loads(bytes.fromhex(sys.argv[1]))
import json
print(json.dumps([
    [walked(optimiser, w.astype(dtype), gradients.astype(dtype)) for dtype in ("f8", "f4")]
    for optimiser in every
]))
"""


def numbers(n, rng):
    """Of all sizes and signs, with what is special."""
    wide = rng.normal(size=n - 12) * 10.0 ** rng.uniform(-160, 160, n - 12)
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -5e-324, 1e308, -1e308, 1.0, -1.0, 1e-8]
    return rng.permutation(np.concatenate([wide, special]))


@pytest.fixture(scope="module")
def module():
    environment = {**os.environ, **GENERIC}
    done = subprocess.run(
        [sys.executable, "-c", BUILD],
        env=environment,
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    return Wasmtime(done.stdout)


@pytest.mark.parametrize("optimiser", EVERY, ids=repr)
def test_steps_are_bit_identical_in_wasmtime(module, optimiser):
    rng = np.random.default_rng(14)
    n = 200
    for draw in (numbers, lambda n, rng: rng.normal(size=n)):
        w, s = draw(n, rng), np.zeros(optimiser.slots * n)
        for t in (1, 2, 3, 10, 1000):
            given = {"g": draw(n, rng), "n": n, "t": t, "rate": 0.05, "w": w, "s": s}
            got = module.run(optimiser.name, UPDATE, optimiser, **given)
            want = optimiser.run(UPDATE, **given)
            for key in ("w", "s"):
                assert_same_bits(got[key], want[key], optimiser)
            w, s = want["w"], want["s"]


def test_the_same_bits_from_the_interpreter():
    rng = np.random.default_rng(15)
    w, gradients = rng.normal(size=7), rng.normal(size=(5, 7)) * 10.0 ** rng.uniform(-6, 3, 7)
    gradients[2, :3] = 0.0
    given = pickle.dumps((EVERY, w, gradients)).hex()
    done = subprocess.run(
        [sys.executable, "-c", INTERPRET, given], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    for optimiser, found in zip(EVERY, json.loads(done.stdout), strict=True):
        for dtype, (its_w, its_memory) in zip(("f8", "f4"), found, strict=True):
            now, state = w.astype(dtype), None
            for g in gradients.astype(dtype):
                now, state = optimiser.step(now, g, state, rate=0.05)
            assert now.tobytes().hex() == its_w, (optimiser, dtype)
            assert state.memory.tobytes().hex() == its_memory, (optimiser, dtype)
