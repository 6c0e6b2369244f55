"""Machine code on disk: found again, never stale, shared by processes, and never in the way."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

from tests.patience import PATIENCE

SCRIPT = """
import json, sys
import numpy as np
import losslab as ll
from losslab.engine import native

results = []
for name in ("huber", "absolute_error"):
    loss = ll.get(name)
    y, f = loss.example(1000, np.random.default_rng(0))
    value, gradient = loss.value_and_gradient(y, f, np.ones(1000))
    results += [value.hex(), gradient.tobytes().hex()[:64]]
print(json.dumps({"results": results, **native.statistics, "numba": "numba" in sys.modules}))
"""


def start(script, cache, **options):
    # Source files are edited within a second of each other: no byte code must be kept.
    environment = {
        **os.environ,
        "LOSSLAB_CACHE_DIR": str(cache),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "error",
    }
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def finish(process):
    out, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    return json.loads(out)


def run(script, cache, **options):
    return finish(start(script, cache, **options))


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A cache that one process has filled, and what that process said."""
    cache = tmp_path_factory.mktemp("cache")
    return cache, run(SCRIPT, cache)


def test_a_second_process_compiles_nothing_and_needs_no_compiler(filled):
    cache, first = filled
    files = {p: p.stat().st_mtime_ns for p in cache.iterdir()}
    assert first["compiled"] == len(files) == 3  # a loop of each loss, and one of the weights
    assert first["numba"]
    second = run(SCRIPT, cache)
    assert second["results"] == first["results"]
    assert second["loaded"] == 3
    assert "compiled" not in second
    assert not second["numba"]
    assert {p: p.stat().st_mtime_ns for p in cache.iterdir()} == files


def test_processes_that_fill_the_cache_at_once_do_no_harm(filled, tmp_path):
    _, first = filled
    together = [finish(p) for p in [start(SCRIPT, tmp_path) for _ in range(2)]]
    assert all(t["results"] == first["results"] for t in together)
    assert {p.suffix for p in tmp_path.iterdir()} == {".o"}
    assert len(list(tmp_path.iterdir())) == 3
    assert "compiled" not in run(SCRIPT, tmp_path)


def test_a_damaged_file_is_compiled_anew(filled, tmp_path):
    # Running half a file of machine code would crash the process.
    cache, first = filled
    damages = [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b[:-1] + b"?"]
    for path, damage in zip(sorted(cache.iterdir()), damages, strict=True):
        (tmp_path / path.name).write_bytes(damage(path.read_bytes()))
    again = run(SCRIPT, tmp_path)
    assert again["results"] == first["results"]
    assert again["compiled"] == 3
    assert "compiled" not in run(SCRIPT, tmp_path)


def test_a_folder_that_cannot_be_written(filled, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    assert run(SCRIPT, tmp_path / "file" / "cache")["results"] == filled[1]["results"]


def test_a_folder_that_disappears(filled, tmp_path):
    script = SCRIPT.replace(
        "results = []",
        "import shutil; folder = native.cache_directory(); shutil.rmtree(folder); results = []",
    )
    assert run(script, tmp_path / "cache")["results"] == filled[1]["results"]


LOSS = """
import losslab as ll
from losslab.losses import Claims, Pointwise
from helper import double

FACTOR = 2.0

class Scaled(Pointwise):
    name = "scaled"
    title = "Scaled"
    family = "regression"
    formula = "?"
    reference = "nobody2024"
    no_curvature = "a test needs none"
    claims = Claims(convex=True)

    def value_at(y, f):
        return double(abs(f - y)) * FACTOR

    def gradient_at(y, f):
        return f - y

    def exact(mp, y, f):
        return f
"""
HELPER = "def double(x):\n    return 2.0 * x\n"
USE = """
import json, sys
sys.path.insert(0, "")
import mine
from losslab.engine import native
print(json.dumps({"value": mine.Scaled().value([0.0], [1.0]), **native.statistics}))
"""


def test_an_edited_kernel_helper_or_constant_takes_effect(tmp_path):
    cache, code = tmp_path / "cache", tmp_path / "code"
    code.mkdir()
    mine, helper = code / "mine.py", code / "helper.py"

    def value(loss=LOSS, called=HELPER):
        mine.write_text(loss)
        helper.write_text(called)
        said = run(USE, cache, cwd=code)
        return said["value"], said.get("compiled", 0)

    assert value() == (4.0, 1)
    assert value(LOSS.replace("abs(f - y)", "abs(f - y) + 1.0")) == (8.0, 1)
    assert value(LOSS.replace("FACTOR = 2.0", "FACTOR = 5.0")) == (10.0, 1)
    assert value(called=HELPER.replace("2.0", "3.0")) == (6.0, 1)
    assert value() == (4.0, 0)


THREADS = """
import json, threading
import losslab as ll
from losslab.engine import native

barrier = threading.Barrier(6)
values = []


def first_call():
    barrier.wait()
    values.append(ll.get("huber").value([0.0, 1.0], [3.0, 1.5]))


threads = [threading.Thread(target=first_call) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps({"values": values}))
"""


def test_threads_that_all_call_first_do_no_harm(tmp_path):
    for _ in range(2):  # once with an empty cache, once with a full one
        assert run(THREADS, tmp_path)["values"] == [1.3125] * 6
