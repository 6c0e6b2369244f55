"""What is computed for a page, kept under _build as long as its source is the same."""

import ast
import functools
import hashlib
import importlib.util
import json
import sys
from pathlib import Path
from unittest import mock

from losslab.engine import native
from losslab.widgets.manifest import SHELVES
from losslab.widgets.parts import fallback

from ..fingerprint import ROOT
from . import curves, digits, kinds

CACHE = ROOT / "_build" / ".catalogue"
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
        if spec.origin.endswith("__init__.py") and name != module:
            continue  # a package imports all it has: that says nothing about this one
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
    texts = sources(cls.__module__) | sources("losslab.widgets")
    for name in sorted(texts):
        digest.update(texts[name].encode())
    own = sys.modules[type(kinds.of(cls)).__module__]
    for module in (curves, digits, own, sys.modules[__name__]):
        digest.update(Path(module.__file__).read_bytes())
    return digest.hexdigest()[:16]


def files(classes):
    """Paths of everything that decides what is shown of them."""
    names = {name for cls in classes for name in sources(cls.__module__)}
    names |= {*sources("losslab.widgets"), *(type(kinds.of(cls)).__module__ for cls in classes)}
    found = [importlib.util.find_spec(name).origin for name in sorted(names)]
    return [*found, curves.__file__, __file__]


def path_of(definition):
    cls = type(definition)
    return CACHE / f"{cls.shelf.room}-{cls.name}-{key_of(cls)}.json"


def facts(definition):
    """Numbers and picture of a definition: from the cache, or computed now."""
    path = path_of(definition)
    if path.exists():
        return json.loads(path.read_text("utf8"))
    found = compute(definition)
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.glob(f"{path.stem[:-16]}{'?' * 16}.json"):
        old.unlink()
    path.with_suffix(".part").write_text(json.dumps(found), "utf8")
    path.with_suffix(".part").replace(path)
    return found


def remember(room, name):
    """Fill the cache for what stands on a shelf under this name."""
    [shelf] = [shelf for shelf in SHELVES if shelf.room == room]
    facts(shelf.find(name).typical())


def compute(definition):
    """Numbers and picture of a definition."""
    kind = kinds.of(type(definition))
    # A few hundred numbers: the interpreter is done before a compiler would be.
    with mock.patch.object(native, "have_numba", lambda: False):
        return {
            "digits": digits.measure(kind.digits(definition)),
            "readings": kind.readings(definition),
            "figure": figure(definition),
        }


def figure(definition):
    """The picture, and the state from which the page's script makes it live."""
    explorer = kinds.of(type(definition)).figure(definition)
    if explorer is None:
        return None
    state = explorer.get_state()
    state = {k: v for k, v in state.items() if not k.startswith("_") and k not in UNSEEN}
    view = {"version_major": 2, "version_minor": 0, "model_id": definition.name}
    scene = explorer.scene()
    html = fallback.to_html(scene, explorer.alt, explorer.figure, explorer.heights(), view)
    panel = kinds.of(type(definition)).picture(scene)
    return {"html": html, "state": state, "curve": curves.path(panel), "over": panel.x_label}
