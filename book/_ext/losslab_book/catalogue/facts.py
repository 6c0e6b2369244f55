"""What is computed for the page of a loss, kept under _build as long as its source is the same."""

import ast
import functools
import hashlib
import importlib.util
import json
import math
import sys
from pathlib import Path
from unittest import mock

import numpy as np

from losslab.engine import native
from losslab.losses import shelf
from losslab.losses.kinds.domains import PREDICTIONS, TARGETS
from losslab.widgets import BatchExplorer, LossExplorer, RowExplorer
from losslab.widgets.manifest import axis_of
from losslab.widgets.parts import fallback

from ..fingerprint import ROOT
from . import digits

CACHE = ROOT / "_build" / ".catalogue"
SHOWN_AT = {
    "residual": (-3.0, -1.0, -0.1, 0.0, 0.1, 1.0, 3.0),
    "prediction": (0.25, 0.5, 1.0, 2.0, 4.0),
}
OTHERWISE_AT = (-4.0, -1.0, 0.0, 1.0, 4.0)
RANGES = (None, (0.05, 4.0), (0.02, 0.98))
FIGURES = {"pointwise": LossExplorer, "rowwise": RowExplorer, "batchwise": BatchExplorer}
UNSEEN = ("layout", "tooltip", "tabbable", "comm")


@functools.cache
def sources(module):
    """Files of a module of losslab and of all modules of losslab that it imports."""
    found, waiting = {}, [module]
    while waiting:
        name = waiting.pop()
        spec = importlib.util.find_spec(name) if name not in found else None
        if spec is None or not (spec.origin or "").endswith(".py"):
            continue
        found[name] = text = Path(spec.origin).read_text("utf8")
        if spec.origin.endswith("__init__.py"):
            continue  # a package imports all it has: that says nothing about this loss
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                waiting += [a.name for a in node.names if a.name.startswith("losslab.")]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("losslab"):
                waiting.append(node.module)
                waiting += [f"{node.module}.{a.name}" for a in node.names if _is_module(node, a)]
    return found


def _is_module(node, alias):
    name = f"{node.module}.{alias.name}"
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # what is imported is a thing inside a module
        return False


def key_of(cls):
    """Hash of everything that decides what `compute` answers."""
    digest = hashlib.sha256()
    texts = sources(cls.__module__)
    texts = texts | sources(FIGURES[cls.kind].__module__)
    for name in sorted(texts):
        digest.update(texts[name].encode())
    for module in (digits, sys.modules[__name__]):
        digest.update(Path(module.__file__).read_bytes())
    return digest.hexdigest()[:16]


def path_of(loss):
    return CACHE / f"{loss.name}-{key_of(type(loss))}.json"


def facts(loss):
    """Numbers and picture of a loss: from the cache, or computed now."""
    path = path_of(loss)
    if path.exists():
        return json.loads(path.read_text("utf8"))
    found = compute(loss)
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.glob(f"{loss.name}-{'?' * 16}.json"):
        old.unlink()
    path.with_suffix(".part").write_text(json.dumps(found), "utf8")
    path.with_suffix(".part").replace(path)
    return found


def remember(name):
    """Fill the cache for the loss of this name."""
    facts(shelf.find(name).typical())


def compute(loss):
    """Numbers and picture of a loss."""
    # A few hundred numbers: the interpreter is done before a compiler would be.
    with mock.patch.object(native, "have_numba", lambda: False):
        return {
            "digits": digits.measure(loss),
            "points": points(loss) if loss.kind == "pointwise" else None,
            "rows": rows(loss) if loss.kind == "rowwise" else None,
            "batch": batch(loss) if loss.kind == "batchwise" else None,
            "figure": figure(loss),
        }


def target_of(loss):
    """The target that figure and table are for."""
    if axis_of(type(loss)) == "residual":
        return 0.0
    return next(y for y in (1.0, 0.0, 2.0, 0.5) if TARGETS[loss.target].is_legal(y))


def points(loss):
    """Value, gradient and curvature at a few predictions, by the kernels."""
    cls, y = type(loss), target_of(loss)
    legal = PREDICTIONS[cls.prediction].is_legal
    wanted = [f for f in SHOWN_AT.get(axis_of(cls), OTHERWISE_AT) if legal(f)]
    kernels = [cls.value_at, cls.gradient_at, getattr(cls, "curvature_at", None)]
    numbers = [np.float64(v) for v in loss.parameters.values()]
    found = []
    with np.errstate(all="ignore"):
        for f in wanted or [0.1, 0.3, 0.5, 0.7, 0.9]:
            column = [
                float(k(np.float64(y), np.float64(f), *numbers)) if k else None for k in kernels
            ]
            found.append([f, *column])
    return {"y": y, "rows": found, "axis": axis_of(cls)}


def rows(loss):
    """Worked rows: targets, predictions, value and gradient of each."""
    targets, predictions = loss.example(3, np.random.default_rng(0))
    predictions = np.round(predictions, 2) if fits(loss, targets, predictions) else predictions
    value, gradient = loss.value_and_gradient(targets, predictions, reduction="none")
    columns = (targets, predictions, value, gradient)
    return [[np.asarray(part).tolist() for part in row] for row in zip(*columns, strict=True)]


def batch(loss):
    """One worked batch: its value, and target, prediction and gradient of each sample."""
    targets, predictions = loss.example(6, np.random.default_rng(0))
    predictions = np.round(predictions, 2) if fits(loss, targets, predictions) else predictions
    value, gradient = loss.value_and_gradient(targets, predictions)
    columns = (np.asarray(part).tolist() for part in (targets, predictions, gradient))
    return {"value": value, "rows": [list(row) for row in zip(*columns, strict=True)]}


def fits(loss, targets, predictions):
    """Whether predictions stay legal when they are rounded for the reader."""
    try:
        loss.value(targets, np.round(predictions, 2))
    except ValueError:
        return False
    return True


def figure(loss):
    """The picture, and the state from which the page's script makes it live."""
    explorer = curves(loss) if loss.kind == "pointwise" else FIGURES[loss.kind](loss)
    if explorer is None:
        return None
    state = explorer.get_state()
    state = {k: v for k, v in state.items() if not k.startswith("_") and k not in UNSEEN}
    view = {"version_major": 2, "version_minor": 0, "model_id": loss.name}
    html = fallback.to_html(
        explorer.scene(), explorer.alt, explorer.figure, explorer.heights(), view
    )
    return {"html": html, "state": state}


def curves(loss):
    """The figure of a pointwise loss over the first range that is legal for it."""
    show = ["value", "gradient"]
    show += ["curvature"] if loss.has_curvature() else []
    for x_range in RANGES:
        try:
            return LossExplorer([loss], wide(loss) or x_range, show, target_of(loss))
        except ValueError:
            continue
    return None


def wide(loss):
    """A range of residuals that shows what the parameters do, if the usual one does not."""
    if axis_of(type(loss)) != "residual":
        return None
    reach = 1.6 * max([abs(v) for v in loss.parameters.values()], default=0.0)
    return (-math.ceil(reach), math.ceil(reach)) if reach > 5.0 else None
