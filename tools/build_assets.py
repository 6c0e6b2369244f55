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
    from losslab.widgets.programs import modules_of_the_page

    CACHE.mkdir(parents=True, exist_ok=True)
    modules = modules_of_the_page()
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


def write_data(out):
    """Write the sets of data that figures compute with."""
    from losslab.widgets.parts.assets import DATA
    from losslab.widgets.parts.sets import packed

    folder = out / "data"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name in DATA:
        (folder / f"{name}.bin").write_bytes(packed(name))


def main(out):
    started = time.perf_counter()
    built, count = build_kernels(out)
    seconds = time.perf_counter() - started
    print(f"kernels: {built} of {count} modules built in {seconds:.1f} s, the rest as before")
    write_data(out)
    sys.path.insert(0, str(ROOT / "tools"))
    import build_frontend

    build_frontend.build(out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=OUT, help="where to write")
    main(parser.parse_args().folder)
