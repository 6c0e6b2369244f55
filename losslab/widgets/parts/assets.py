"""The built files that the live figures consist of: bundled JavaScript, the kernels' WebAssembly, data."""

import functools
import hashlib
import json
from pathlib import Path

from losslab.widgets.programs import ALONE

DATA = ("digits",)
FOLDER = Path(__file__).parents[1] / "static"


def read(name):
    """Bytes of one built file.

    Raises
    ------
    FileNotFoundError
        If it has not been built; the message says how to.
    """
    path = FOLDER / name
    if not path.is_file():
        raise FileNotFoundError(
            f"the live figures need {path}, which has not been built: in the repository run "
            "`make assets`, or `make wheel` and install what it puts into dist/"
        )
    return path.read_bytes()


@functools.cache
def stub():
    """The few lines of JavaScript that a notebook stores."""
    return read("losslab-stub.js").decode()


@functools.cache
def shelves():
    """The manifest that the WebAssembly modules were built with, by shelf."""
    return json.loads(read("manifest.json"))


def losses():
    """The entries of the losses."""
    return shelves()["losses"]


def modules():
    """Names of the WebAssembly modules, sorted: files of losses, and loops that call no loss."""
    return sorted({*ALONE, *(e["module"] for shelf in shelves().values() for e in shelf)})


def kernels(module):
    """The WebAssembly of one module.

    Raises
    ------
    ValueError
        If there is no such module.
    """
    if module not in modules():
        raise ValueError(f"module must be one of {modules()}, got {module!r}")
    return read(f"kernels/{module}.wasm")


def data(name):
    """One set of real data, as `losslab.widgets.parts.sets.packed` made it.

    Raises
    ------
    ValueError
        If there is no such set.
    """
    if name not in DATA:
        raise ValueError(f"dataset must be one of {DATA}, got {name!r}")
    return read(f"data/{name}.bin")


@functools.cache
def version():
    """A hash of all the figures' code: a page keeps one copy for each version."""
    parts = [read("losslab-runtime.js"), read("manifest.json"), *map(kernels, modules())]
    parts += map(data, DATA)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
