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
from losslab.training.optimisers import ClipByNorm, ClipByValue, find
from losslab.training.optimisers.clipping import CLIP_NORM, CLIP_VALUE
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
from losslab.engine.program import Program
from losslab.training.optimisers.clipping import CLIP_NORM, CLIP_VALUE
from losslab.training.optimisers.kind import UPDATE

shelf = ll.training.optimisers
programs = {name: shelf.get(name).program(UPDATE) for name in shelf.available()}
programs |= {"clip_value": Program.of(CLIP_VALUE), "clip_norm": Program.of(CLIP_NORM)}
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
        w, state = optimiser.step(w, g, state, learning_rate=0.05)
    return [w.tobytes().hex(), state.memory.tobytes().hex()]

from losslab.training.optimisers import ClipByNorm, ClipByValue

every, w, gradients = pickle.loads(bytes.fromhex(sys.argv[1]))
import json
print(json.dumps([[
    [walked(optimiser, w.astype(dtype), gradients.astype(dtype)) for dtype in ("f8", "f4")]
    for optimiser in every
], [
    clip(gradients.astype(dtype)).tobytes().hex()
    for clip in (ClipByValue(0.3), ClipByNorm(0.7), ClipByNorm(0.7, 1e-6)) for dtype in ("f8", "f4")
]]))
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


def test_clipping_is_bit_identical_in_wasmtime(module):
    rng = np.random.default_rng(16)
    for scale in (1e-200, 1e-3, 1.0, 1e200):
        for n in (1, 3, 4, 50, 201):
            g = scale * rng.normal(size=n)
            got = module.run("clip_value", CLIP_VALUE, g=g, n=n, limit=0.5 * scale)
            assert_same_bits(got["g"], ClipByValue(0.5 * scale)(g), n)
            got = module.run("clip_norm", CLIP_NORM, g=g, n=n, limit=0.5 * scale, add=1e-6)
            assert_same_bits(got["g"], ClipByNorm(0.5 * scale, 1e-6)(g), n)
            assert got["norm"][0] == pytest.approx(np.hypot.reduce(g), rel=1e-14)


def test_the_same_bits_from_the_interpreter():
    rng = np.random.default_rng(15)
    w, gradients = rng.normal(size=7), rng.normal(size=(5, 7)) * 10.0 ** rng.uniform(-6, 3, 7)
    gradients[2, :3] = 0.0
    given = pickle.dumps((EVERY, w, gradients)).hex()
    done = subprocess.run(
        [sys.executable, "-c", INTERPRET, given], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    walked, clipped = json.loads(done.stdout)
    clips = (ClipByValue(0.3), ClipByNorm(0.7), ClipByNorm(0.7, 1e-6))
    wanted = [clip(gradients.astype(dtype)) for clip in clips for dtype in ("f8", "f4")]
    assert clipped == [array.tobytes().hex() for array in wanted]
    for optimiser, found in zip(EVERY, walked, strict=True):
        for dtype, (its_w, its_memory) in zip(("f8", "f4"), found, strict=True):
            now, state = w.astype(dtype), None
            for g in gradients.astype(dtype):
                now, state = optimiser.step(now, g, state, learning_rate=0.05)
            assert now.tobytes().hex() == its_w, (optimiser, dtype)
            assert state.memory.tobytes().hex() == its_memory, (optimiser, dtype)
