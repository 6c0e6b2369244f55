"""The page's kernels and the package's give the same bits, in Chromium and in wasmtime."""

import base64
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import wasmtime

import losslab as ll
from losslab.engine.browser import GENERIC, finish
from losslab.engine.curves import curve
from losslab.engine.ir import BuildError
from tests.losses.cases import CORNERS

WASM = Path(ll.__file__).parent / "widgets" / "static" / "losslab.wasm"
BUILT_IN = [loss for loss in CORNERS if type(loss).__module__.startswith("losslab.")]
LINES = [loss for loss in BUILT_IN if (loss.target, loss.prediction) == ("real", "value")]


def grid():
    rng = np.random.default_rng(7)
    wide = rng.normal(size=1500) * 10.0 ** rng.uniform(-300, 300, 1500)
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1e308, -1e308, 1.0, -1.0]
    f = np.concatenate(
        [np.linspace(-5, 5, 2001), np.linspace(-800, 800, 1601), wide, np.abs(wide), special]
    )
    return np.concatenate([np.full(f.size, t) for t in (0.0, 1.0, 0.3)]), np.tile(f, 3)


def line_data():
    rng = np.random.default_rng(8)
    x = np.sort(rng.uniform(0, 10, 25))
    y = 1.0 + 0.5 * x + rng.standard_t(2, 25)
    return x, y, rng.uniform(0.5, 2.0, 25)


def assert_same_bits(got, want, loss):
    """Equal bit for bit; which NaN it is does not matter."""
    nan = np.isnan(want)
    assert np.array_equal(np.isnan(got), nan), loss
    different = np.flatnonzero(got.view(np.int64)[~nan] != want.view(np.int64)[~nan])
    assert different.size == 0, (
        f"{loss}: {different.size} numbers differ, first {got[~nan][different[0]]!r} "
        f"instead of {want[~nan][different[0]]!r}"
    )


class Wasmtime:
    """The module in wasmtime, with arrays laid out from __heap_base as the page does."""

    def __init__(self, binary):
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        self.module = wasmtime.Module(engine, binary)
        self.exports = wasmtime.Instance(self.store, self.module, []).exports(self.store)
        self.memory = self.exports["memory"]
        self.base = self.exports["__heap_base"].value(self.store)

    def call(self, name, arguments, out_size, out_start=()):
        """Run `name`; arrays are copied in, the last argument is the output."""
        at, plain = self.base, []
        for a in [*arguments, np.concatenate([out_start, np.zeros(out_size - len(out_start))])]:
            if isinstance(a, np.ndarray):
                missing = at + a.nbytes - self.memory.data_len(self.store)
                if missing > 0:
                    self.memory.grow(self.store, -(-missing // 65536))
                self.memory.write(self.store, a.astype(float).tobytes(), at)
                plain.append(at)
                at += 8 * a.size
            else:
                plain.append(a)
        self.exports[name](self.store, *plain)
        raw = self.memory.read(self.store, plain[-1], plain[-1] + 8 * out_size)
        return np.frombuffer(raw, dtype=np.float64)


@pytest.fixture(scope="module")
def binary():
    assert WASM.exists(), "make assets builds the module that the figures run"
    return WASM.read_bytes()


@pytest.fixture(scope="module")
def module(binary):
    return Wasmtime(binary)


def test_the_module_needs_nothing_from_the_page(module):
    assert list(module.module.imports) == []
    names = {e.name for e in module.module.exports}
    wanted = {f"{loss.name}__curve" for loss in BUILT_IN}
    wanted |= {f"{loss.name}__fit_line" for loss in LINES}
    assert names == wanted | {"memory", "__heap_base"}


@pytest.mark.parametrize("loss", BUILT_IN, ids=repr)
def test_curves_are_bit_identical_in_wasmtime(module, loss):
    y, f = grid()
    got = module.call(f"{loss.name}__curve", [y, f, y.size, loss._packed], 3 * y.size)
    assert_same_bits(got, curve(loss, y, f).reshape(-1), loss)


@pytest.mark.parametrize("loss", LINES, ids=repr)
def test_fitted_lines_are_bit_identical_in_wasmtime(module, loss):
    x, y, w = line_data()
    fit = ll.training.fit_line(x, y, loss, sample_weight=w, start=(0.5, 0.25), steps=60)
    got = module.call(
        f"{loss.name}__fit_line",
        [x, y, w, x.size, loss._packed, 60],
        6,
        np.array([0.0, 0.0, 0.0, 0.0, 0.5, 0.25]),
    )
    want = np.array([fit.intercept, fit.slope, fit.value, fit.gradient_norm])
    assert_same_bits(got[:4], want, loss)


IN_THE_PAGE = """
async ({wasm, data, jobs}) => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const {instance} = await WebAssembly.instantiate(bytes(wasm));
  const {memory, __heap_base, ...kernels} = instance.exports;
  const start = __heap_base.value;
  const [y, f] = data.map((text) => new Float64Array(bytes(text).buffer));
  const n = y.length;
  memory.grow(Math.ceil((8 * (5 * n + 16)) / 65536));
  const view = (at, size) => new Float64Array(memory.buffer, at, size);
  const out = start + 8 * (2 * n + 8);
  const results = [];
  for (const {name, parameters} of jobs) {
    view(start, n).set(y);
    view(start + 8 * n, n).set(f);
    view(start + 16 * n, parameters.length).set(parameters);
    kernels[name](start, start + 8 * n, n, start + 16 * n, out);
    const raw = new Uint8Array(memory.buffer.slice(out, out + 24 * n));
    const packed = new Response(new Blob([raw]).stream().pipeThrough(new CompressionStream("gzip")));
    const small = new Uint8Array(await packed.arrayBuffer());
    let text = "";
    for (let i = 0; i < small.length; i += 8192)
      text += String.fromCharCode(...small.subarray(i, i + 8192));
    results.push(btoa(text));
  }
  return results;
}
"""


def test_curves_are_bit_identical_in_chromium(browser, binary):
    y, f = grid()
    page = browser.new_page()
    try:
        results = page.evaluate(
            IN_THE_PAGE,
            {
                "wasm": base64.b64encode(binary).decode(),
                "data": [base64.b64encode(a.tobytes()).decode() for a in (y, f)],
                "jobs": [
                    {"name": f"{loss.name}__curve", "parameters": list(loss._packed)}
                    for loss in BUILT_IN
                ],
            },
        )
    finally:
        page.close()
    for loss, packed in zip(BUILT_IN, results, strict=True):
        got = np.frombuffer(gzip.decompress(base64.b64decode(packed)))
        assert_same_bits(got, curve(loss, y, f).reshape(-1), loss)


TWO_KERNELS = """
import sys
import losslab as ll
from losslab.engine import browser, loops
from losslab.engine.curves import kernels_of
classes = [type(ll.get(name)) for name in ("huber", "binary_cross_entropy")]
sys.stdout.buffer.write(browser.build_module([
    (f"{c.name}__curve", loops.curve_loop, loops.LAYOUTS["curve_loop"], kernels_of(c),
     len(c.parameter_specs)) for c in classes
]))
"""


def test_the_module_is_reproducible():
    environment = {**os.environ, **GENERIC}
    builds = [
        subprocess.run(
            [sys.executable, "-c", TWO_KERNELS], env=environment, check=True, capture_output=True
        ).stdout
        for _ in range(2)
    ]
    assert builds[0] == builds[1]
    assert builds[0].startswith(b"\0asm")


def test_a_build_for_one_processor_is_refused():
    environment = {k: v for k, v in os.environ.items() if k not in GENERIC}
    run = subprocess.run(
        [sys.executable, "-c", TWO_KERNELS], env=environment, capture_output=True, text=True
    )
    assert run.returncode != 0
    assert "NUMBA_CPU_NAME" in run.stderr


def test_a_missing_export_is_refused(binary):
    with pytest.raises(BuildError, match="not found"):
        finish(b"\0asm\1\0\0\0", ["huber__curve"])


def test_the_manifest_lists_what_the_module_holds(binary):
    listed = json.loads((WASM.parent / "losses.json").read_text(encoding="utf-8"))
    losses = listed["losses"] if isinstance(listed, dict) else listed
    assert {entry["name"] for entry in losses} == {loss.name for loss in BUILT_IN}
