"""The page's kernels and the package's give the same bits, in Chromium and in wasmtime."""

import base64
import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import losslab as ll
from losslab.engine.browser import GENERIC, finish
from losslab.engine.ir import BuildError
from losslab.losses.kinds.curves import as_groups, curve, row_curve
from losslab.training.fits.line import FIT_LINE
from losslab.training.fits.plane import ANSWER, CALLS, LOSS, NORM, PLANE_STEP, memory_size
from losslab.widgets.manifest import SHELVES, is_built_in, is_margin_loss, module_of
from losslab.widgets.parts import assets
from losslab.widgets.programs import ALONE, loops_alone, loops_of
from tests import built
from tests.engine.wasm import Wasmtime
from tests.losses.cases import CLASSES, CORNERS
from tests.losses.row_accuracy import settings
from tests.losses.test_batchwise import drawn

STATIC = Path(ll.__file__).parent / "widgets" / "static"
BUILT_IN = [loss for loss in CORNERS if is_built_in(type(loss))]
ROWWISE = [cls for cls in CLASSES if cls.kind == "rowwise"]
ROWS = [loss for cls in ROWWISE for loss in settings(cls) if is_built_in(cls)]
BATCHWISE = [cls for cls in CLASSES if cls.kind == "batchwise" and is_built_in(cls)]
BATCHES = [loss for cls in BATCHWISE for loss in settings(cls)]
MODULES = {loss.name: module_of(type(loss)) for loss in [*BUILT_IN, *ROWS, *BATCHES]}
LINES = [loss for loss in BUILT_IN if (loss.target, loss.prediction) == ("real", "value")]
OTHERS = [
    cls.typical()
    for shelf in SHELVES[1:]
    for cls in map(shelf.find, shelf.available())
    if is_built_in(cls)
]
MARGINS = [loss for loss in BUILT_IN if is_margin_loss(type(loss))]


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


@pytest.fixture(scope="module")
def modules():
    built.need("assets")
    return {name: Wasmtime(assets.kernels(name)) for name in assets.modules()}


def test_modules_need_nothing_from_the_page_and_hold_what_belongs_there(modules):
    for module, loaded in modules.items():
        assert list(loaded.module.imports) == []
        names = {e.name for e in loaded.module.exports}
        wanted = {
            f"{loss.name}__{what}"
            for loss in [*BUILT_IN, *ROWS, *BATCHES]
            if MODULES[loss.name] == module
            for what in loops_of(loss)
        }
        wanted |= {
            f"{rule.name}__{what}"
            for rule in OTHERS
            if module_of(type(rule)) == module
            for what in rule.loops
        }
        wanted |= {*loops_alone().get(module, ())}
        assert names == wanted | {"memory", "__heap_base"}


def test_page_gets_the_modules_that_were_built():
    built.need("assets")
    binaries = {path.stem: path for path in (STATIC / "kernels").glob("*.wasm")}
    scripts = {path.stem: path for path in (STATIC / "kernels").glob("*.js")}
    assert set(binaries) == set(scripts) == set(assets.modules())
    others = [module_of(type(rule)) for rule in OTHERS]
    assert set(binaries) == {*ALONE, *MODULES.values(), *others}
    for name, path in scripts.items():
        packed = re.fullmatch(r'.*="([\w+/=]+)";\n', path.read_text("utf8")).group(1)
        assert gzip.decompress(base64.b64decode(packed)) == binaries[name].read_bytes()


@pytest.mark.parametrize("loss", BUILT_IN, ids=repr)
def test_curves_are_bit_identical_in_wasmtime(modules, loss):
    y, f = grid()
    loaded, loop = modules[MODULES[loss.name]], loss.loops["curve"]
    got = loaded.run(f"{loss.name}__curve", loop, loss, y=y, f=f, n=y.size)
    assert_same_bits(got["out"], curve(loss, y, f).reshape(-1), loss)


@pytest.mark.parametrize("loss", LINES, ids=repr)
def test_fitted_lines_are_bit_identical_in_wasmtime(modules, loss):
    x, y, w = line_data()
    fit = ll.training.fit_line(x, y, loss, sample_weight=w, start=(0.5, 0.25), steps=60)
    given = {"x": x, "y": y, "w": w, "n": x.size, "steps": 60}
    given["out"] = np.array([0.0, 0.0, 0.0, 0.0, 0.5, 0.25])
    loaded = modules[MODULES[loss.name]]
    got = loaded.run(f"{loss.name}__fit_line", FIT_LINE, loss, **given)["out"]
    want = np.array([fit.intercept, fit.slope, fit.value, fit.gradient_norm])
    assert_same_bits(got[:4], want, loss)


def row_data(loss):
    """Targets and predictions, among them large, tiny and equal ones, for a loss of rows."""
    rng = np.random.default_rng(9)
    y, f = loss.example(120, rng)
    if loss.prediction == "logits" or loss.prediction == "row":
        f[20:40] *= 1e3
        f[40:50] *= 1e-9
        f[50:55] = 1.0
    return np.asarray(y, dtype=float), np.asarray(f, dtype=float)


@pytest.mark.parametrize("loss", ROWS, ids=repr)
def test_rows_are_bit_identical_in_wasmtime(modules, loss):
    y, f = row_data(loss)
    n, k = f.shape
    m = y.size // n
    value, gradient = row_curve(loss, y, f)
    loaded, loop = modules[MODULES[loss.name]], loss.loops["rows"]
    got = loaded.run(f"{loss.name}__rows", loop, loss, y=y, f=f, n=n, m=m, k=k)
    assert_same_bits(got["value"], value, loss)
    assert_same_bits(got["gradient"], gradient.reshape(-1), loss)


def batch_in_wasmtime(loaded, loss, y, f, w):
    """Value and gradient; `loaded.returned` says what was illegal."""
    n, k = f.shape[0], f[0].size
    given = as_groups(y, f[None], n, y.size // n, k) | {"w": w}
    return loaded.run(f"{loss.name}__batch", loss.loops["batch"], loss, **given)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 100.0])
@pytest.mark.parametrize("loss", BATCHES, ids=repr)
def test_batches_are_bit_identical_in_wasmtime(modules, loss, scale):
    rng = np.random.default_rng(11)
    loaded = modules[MODULES[loss.name]]
    for n in (2, 7, 40):
        y, f = drawn(loss, n, rng)
        f = f if "probabilit" in loss.prediction else f * scale
        w = rng.uniform(0.5, 2.0, n)
        value, gradient = loss.value_and_gradient(y, f, w)
        got = batch_in_wasmtime(loaded, loss, y, f, w)
        assert loaded.returned == 0
        assert_same_bits(got["value"], np.array([value]), loss)
        assert_same_bits(got["gradient"], gradient.reshape(-1), loss)


def test_illegal_batches_are_refused_in_wasmtime(modules):
    loaded, loss = modules["losses-unlabelled"], ll.get("pu_risk")
    f, w = np.zeros(2), np.ones(2)
    for y, returned in (([0.0, 0.0], 1), ([1.0, 1.0], 1), ([1.0, 0.5], 3), ([1.0, 0.0], 0)):
        batch_in_wasmtime(loaded, loss, np.array(y), f, w)
        assert loaded.returned == returned


@pytest.mark.parametrize("loss", MARGINS, ids=repr)
def test_fitted_planes_are_bit_identical_in_wasmtime(modules, loss):
    rng = np.random.default_rng(10)
    X = rng.normal(size=(30, 2)) * (1.0, 5.0)
    y = (X[:, 0] + rng.normal(size=30) > 0.0).astype(float)
    w = rng.uniform(0.5, 2.0, 30)
    fit = ll.training.fit_classifier(X, y, loss, sample_weight=w, ridge=0.02, steps=150)
    loaded = modules[MODULES[loss.name]]
    memory, f = np.zeros(memory_size(2)), np.zeros(30)
    for _ in range(150):
        curves = loaded.run(f"{loss.name}__curve", loss.loops["curve"], loss, y=y, f=f, n=30)
        value, derivative, _ = curves["out"].reshape(3, 30)
        given = {"x": X, "w": w, "n": 30, "d": 2, "value": value, "derivative": derivative}
        state = {"memory": memory, "f": f}
        found = modules["plane_step"].run("plane_step", PLANE_STEP, ridge=0.02, **given, **state)
        memory, f = found["memory"], found["f"]
        if modules["plane_step"].returned:
            break
    got = np.append(memory[ANSWER : ANSWER + 3], memory[[LOSS, NORM, CALLS]])
    want = [fit.intercept, *fit.coefficients, fit.value, fit.gradient_norm, fit.evaluations]
    assert_same_bits(got, np.array(want), loss)


def given_to(loop, rng, rule):
    """Something legal for each loop of what is not a loss."""
    wide = rng.normal(size=400) * 10.0 ** rng.uniform(-300, 300, 400)
    w = np.concatenate([np.linspace(-3, 3, 601), wide, [0.0, -0.0, np.inf, -np.inf, np.nan]])
    t, d, n = 4, 3, 30
    if rule.shelf.room == "penalties" and loop != "penalty":
        return given_to_penalty(loop, rng, rule)
    return {
        "penalty": {"w": w, "n": w.size, "step": 0.37},
        "direction": {"g": rng.normal(size=(t, d)), "t": t, "d": d},
        "weighting": {
            "losses": rng.exponential(size=t),
            "state": rng.normal(size=t),
            "t": t,
            "m": t,
        },
        "risk": {"losses": rng.integers(0, 9, n) / 4.0, "w": rng.dirichlet(np.ones(n)), "n": n},
        "update": {
            "g": rng.normal(size=n),
            "n": n,
            "t": int(rng.integers(1, 9)),
            "rate": 0.05,
            "w": rng.normal(size=n),
            "s": rng.uniform(size=n * getattr(rule, "slots", 0)),
        },
    }[loop]


def given_to_penalty(loop, rng, penalty):
    """Something legal for the loops over all weights at once."""
    w = penalty.example(6, rng) * 10.0 ** rng.integers(-3, 4)
    n = w.size
    given = {"n": n, "m": w.shape[-1]}
    if loop == "many":
        return given | {"w": np.stack([w, -w, 0.0 * w]), "count": 3}
    if loop == "quadratic":
        hessian = np.eye(n) + 0.1
        start = {"linear": w, "start": 0.0 * w, "momentum": int(rng.integers(0, 2))}
        return given | start | {"hessian": hessian, "steps": 40, "step": 1.0 / (1.0 + 0.1 * n)}
    step = {"step": 0.37} if loop == "whole_prox" else {}
    return given | step | {"u" if loop == "dual" else "w": w}


@pytest.mark.parametrize("rule", OTHERS, ids=repr)
def test_other_shelves_are_bit_identical_in_wasmtime(modules, rule):
    rng = np.random.default_rng(12)
    for name, loop in rule.loops.items():
        for _ in range(20):
            given = given_to(name, rng, rule)
            got = modules[module_of(type(rule))].run(f"{rule.name}__{name}", loop, rule, **given)
            for key, want in rule.run(loop, **given).items():
                assert_same_bits(got[key], want.reshape(-1), rule)


IN_THE_PAGE = """
async ({binary, data, jobs}) => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const [y, f] = data.map((text) => new Float64Array(bytes(text).buffer));
  const n = y.length;
  const {instance} = await WebAssembly.instantiate(bytes(binary));
  const {memory, __heap_base, ...kernels} = instance.exports;
  const start = __heap_base.value;
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


@pytest.mark.parametrize("module", sorted(set(MODULES.values())))
def test_curves_are_bit_identical_in_chromium(browser, module):
    built.need("assets")
    losses = [loss for loss in BUILT_IN if MODULES[loss.name] == module]
    y, f = grid()
    page = browser.new_page()
    try:
        results = page.evaluate(
            IN_THE_PAGE,
            {
                "binary": base64.b64encode(assets.kernels(module)).decode(),
                "data": [base64.b64encode(a.tobytes()).decode() for a in (y, f)],
                "jobs": [
                    {"name": f"{loss.name}__curve", "parameters": list(loss._packed)}
                    for loss in losses
                ],
            },
        )
    finally:
        page.close()
    for loss, packed in zip(losses, results, strict=True):
        got = np.frombuffer(gzip.decompress(base64.b64decode(packed)))
        assert_same_bits(got, curve(loss, y, f).reshape(-1), loss)


TWO_KERNELS = """
import sys
import losslab as ll
from losslab.engine import browser

def build(*names):
    losses = [ll.get(name) for name in names]
    return browser.build_module(
        {f"{loss.name}__curve": loss.program(loss.loops["curve"]) for loss in losses}
    )

if "after another" in sys.argv:
    build("log_cosh", "hinge")
sys.stdout.buffer.write(build("huber", "binary_cross_entropy"))
"""


def test_a_module_is_reproducible():
    """In another process, and in one that has built another module before."""
    environment = {**os.environ, **GENERIC}
    builds = [
        subprocess.run(
            [sys.executable, "-c", TWO_KERNELS, when],
            env=environment,
            check=True,
            capture_output=True,
        ).stdout
        for when in ("first", "after another")
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


def test_a_missing_export_is_refused():
    with pytest.raises(BuildError, match="not found"):
        finish(b"\0asm\1\0\0\0", ["huber__curve"])


def test_the_manifest_lists_what_the_modules_hold():
    built.need("assets")
    listed = {entry["name"]: entry["module"] for entry in assets.losses()}
    assert listed == MODULES
    for shelf in SHELVES:
        listed = [entry["name"] for entry in assets.shelves()[shelf.room]]
        assert listed == [name for name in shelf.available() if is_built_in(shelf.find(name))]
