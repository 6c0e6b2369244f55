"""Build what the live figures need: kernels as WebAssembly, manifest, scripts and styles."""

import argparse
import hashlib
import json
import multiprocessing
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
OUT = ROOT / "losslab" / "widgets" / "static"
CACHE = ROOT / "_build" / ".wasm-cache"
PROCESSES = 2


def programs():
    """What each WebAssembly module holds: one module for each file of losses, and one to fit with."""
    from losslab.engine import batch_loops, loops
    from losslab.engine.browser import program
    from losslab.engine.curves import kernels_of
    from losslab.engine.row_loops import CURVE_LAYOUT
    from losslab.losses import available, registry
    from losslab.training import line, plane
    from losslab.widgets.manifest import is_built_in, module_of

    modules = {}
    for name in available():
        cls = registry.loss_class(name)
        if not is_built_in(cls):
            continue  # a plug-in of this machine does not belong in the book
        holds = modules.setdefault(module_of(cls), [])
        count = len(cls.parameter_specs)
        if cls.kind == "batchwise":
            (kernels, checks), unused = cls.kernels_and_checks(), cls.unused_arguments()
            loop, layout = batch_loops.batch_loop, batch_loops.LAYOUT
            holds.append(program(f"{name}__batch", loop, layout, kernels, count, unused, checks))
            continue
        if cls.kind == "rowwise":
            kernels, unused = cls.kernels_by_name(), cls.unused_arguments()
            loop = cls.curve_loop
            holds.append(program(f"{name}__rows", loop, CURVE_LAYOUT, kernels, count, unused))
            continue
        layout, kernels = loops.LAYOUTS["curve_loop"], kernels_of(cls)
        holds.append(program(f"{name}__curve", loops.curve_loop, layout, kernels, count))
        if (cls.target, cls.prediction) == ("real", "value"):  # what FitExplorer takes
            loop, layout = line.fit_line_loop, line.LAYOUT
            holds.append(program(f"{name}__fit_line", loop, layout, kernels, count))
    modules["plane"] = [program("plane_step", plane.plane_step, plane.LAYOUT, {}, 0)]
    return modules


def key_of(module):
    """A hash of all that the bytes of a module depend on."""
    compilers = [platform.python_version(), *map(version, ("numba", "llvmlite", "numpy"))]
    engine = [
        (ROOT / "losslab/engine" / name).read_text("utf8") for name in ("browser.py", "ir.py")
    ]
    return hashlib.sha256(json.dumps([compilers, engine, module]).encode()).hexdigest()[:24]


def compile_module(module):
    """Runs in a process of its own, whose environment was set before it imported numba."""
    from losslab.engine.browser import build_module

    return build_module(module)


def build_kernels(out):
    """Write one module for each Python module of losses; what has not changed is in the cache."""
    from losslab.engine.browser import GENERIC

    CACHE.mkdir(parents=True, exist_ok=True)
    modules = programs()
    cached = {name: CACHE / f"{name}-{key_of(holds)}.wasm" for name, holds in modules.items()}
    missing = [name for name, path in cached.items() if not path.exists()]
    missing.sort(key=lambda name: -len(modules[name]))  # the long ones first
    os.environ.update(GENERIC)
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        jobs = {pool.submit(compile_module, modules[name]): name for name in missing}
        for job in as_completed(jobs):
            path = cached[jobs[job]]
            path.with_suffix(".part").write_bytes(job.result())
            path.with_suffix(".part").replace(path)
    folder = out / "kernels"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, path in cached.items():
        (folder / f"{name}.wasm").write_bytes(path.read_bytes())
    for old in set(CACHE.glob("*.wasm")) - set(cached.values()):
        old.unlink()
    return len(missing), len(modules)


def main(out):
    started = time.perf_counter()
    built, count = build_kernels(out)
    seconds = time.perf_counter() - started
    print(f"kernels: {built} of {count} modules built in {seconds:.1f} s, the rest as before")
    sys.path.insert(0, str(ROOT / "tools"))
    import build_frontend

    build_frontend.build(out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=OUT, help="where to write")
    main(parser.parse_args().folder)
