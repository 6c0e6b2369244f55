"""Build what the live figures need: kernels as WebAssembly, manifest, scripts and styles."""

import argparse
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
OUT = ROOT / "losslab" / "widgets" / "static"


def build_wasm():
    """Bytes of the module with every built-in pointwise loss, on a generic processor."""
    from losslab.engine.browser import GENERIC

    os.environ.update(GENERIC)  # before numba is imported
    import losslab as ll
    from losslab.engine import loops
    from losslab.engine.browser import build_module
    from losslab.engine.curves import kernels_of
    from losslab.training.line import LAYOUT, fit_line_loop

    programs = []
    for name in ll.available(kind="pointwise"):
        cls = type(ll.get(name))
        if not cls.__module__.startswith("losslab."):
            continue  # a plug-in of this machine does not belong in the book
        kernels, count = kernels_of(cls), len(cls.parameter_specs)
        curve_layout = loops.LAYOUTS["curve_loop"]
        programs.append((f"{name}__curve", loops.curve_loop, curve_layout, kernels, count))
        if (cls.target, cls.prediction) == ("real", "value"):  # what FitExplorer takes
            programs.append((f"{name}__fit_line", fit_line_loop, LAYOUT, kernels, count))
    return build_module(programs)


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    wasm = build_wasm()
    (out / "losslab.wasm").write_bytes(wasm)
    print(f"losslab.wasm: {len(wasm)} bytes in {time.perf_counter() - started:.1f} s")
    sys.path.insert(0, str(ROOT / "tools"))
    import build_frontend

    build_frontend.build(out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=OUT, help="where to write")
    main(parser.parse_args().folder)
