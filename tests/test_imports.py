"""Rooms import in one direction, and the front door is light."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import losslab as ll
from tests.patience import PATIENCE

PACKAGE = Path(ll.__file__).parent
ROOT = Path(__file__).parents[1]

# What each room may import from the others. Those of losses are its folders.
BASE = {"arithmetic", "engine", "contract"}
SHELVES = {"penalties", "multitask", "adaptive", "reinforcement"}
CORE = BASE | {"losses"}
FAMILIES = sorted(p.name for p in (PACKAGE / "losses").iterdir() if (p / "__init__.py").exists())
MAY_USE = {
    "arithmetic": set(),
    "engine": set(),
    "contract": {"arithmetic", "engine"},
    "losses": BASE,
    **dict.fromkeys(SHELVES, BASE),
    "training": CORE | SHELVES,
    "plots": CORE | SHELVES | {"training"},
    "widgets": CORE | SHELVES | {"training", "plots", "datasets"},
    "adapters": CORE | SHELVES,
    "datasets": set(),
    "evaluation": CORE,
    "exercises": CORE | SHELVES | {"training", "datasets"},
}
FILES = sorted(p for p in PACKAGE.rglob("*.py") if "static" not in p.parts)
BOOK = sorted(p for p in (ROOT / "book").rglob("*.ipynb") if "_build" not in p.parts)


def room_of(path):
    parts = path.relative_to(PACKAGE).parts
    return parts[0].removesuffix(".py")


def imported_modules(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_used(tree):
    """Rooms of the package that a file imports, or losslab for its front door."""
    for module in imported_modules(tree):
        parts = module.split(".")
        if parts[0] == "losslab":
            yield parts[1] if len(parts) > 1 and (PACKAGE / parts[1]).exists() else "losslab"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_one_way(path):
    room = room_of(path)
    if room == "__init__":
        return
    assert room in MAY_USE, f"a new room: say in tests/test_imports.py what {room} may use"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    used = set(rooms_used(tree)) - {room}
    # The front door opens the core rooms, so the core itself must not use it.
    allowed = MAY_USE[room] | (set() if room in CORE else {"losslab"})
    assert used <= allowed, f"{room} must not import {sorted(used - allowed)}"


@pytest.mark.parametrize("family", FAMILIES)
def test_families_of_losses_do_not_know_each_other(family):
    """What two of them share is arithmetic."""
    allowed = {"names": {"kinds"}, "kinds": set()}.get(family, {"kinds"}) | {family}
    for path in (PACKAGE / "losses" / family).glob("*.py"):
        for module in imported_modules(ast.parse(path.read_text(encoding="utf-8"))):
            parts = module.split(".")
            if parts[:2] == ["losslab", "losses"] and len(parts) > 2:
                assert parts[2] in allowed, f"{path.name} must not import {module}"


def test_parts_of_figures_know_no_figure():
    folder = PACKAGE / "widgets"
    for path in [*(folder / "parts").glob("*.py"), folder / "manifest.py", folder / "programs.py"]:
        used = imported_modules(ast.parse(path.read_text(encoding="utf-8")))
        assert not [module for module in used if module.startswith("losslab.widgets.figures")]


def code_cells(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            lines = [s for s in source.splitlines() if not s.lstrip().startswith(("%", "!"))]
            yield "\n".join(lines)


@pytest.mark.parametrize("path", BOOK, ids=lambda p: p.stem)
def test_the_book_uses_public_names_only(path):
    for source in code_cells(path):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Attribute):
                private = node.attr.startswith("_") and not node.attr.startswith("__")
                assert not private, f"{node.attr} is private"
        for module in imported_modules(ast.parse(source)):
            if module.split(".")[0] == "losslab":
                assert not any(part.startswith("_") for part in module.split("."))
                room = module.split(".")[1] if "." in module else ""
                assert room not in BASE, f"{module} is not public"


HEAVY = ("numba", "llvmlite", "matplotlib", "anywidget", "ipywidgets", "sklearn", "scipy")
HEAVY += ("pandas", "mpmath", "IPython", "torch", "jax", "statsmodels", "platformdirs")


def modules_after(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import losslab",
        "import losslab as ll; loss = ll.get('huber'); ll.available(); repr(loss); loss.claims",
    ],
)
def test_the_front_door_is_light(code):
    assert not modules_after(code) & set(HEAVY)


def test_every_room_behind_the_door_opens():
    for room in ("datasets", "exercises", "plots", "training", "widgets"):
        if (PACKAGE / room).is_dir():
            assert room in dir(ll)
            assert getattr(ll, room).__name__ == f"losslab.{room}"
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = ll.nonsense


def test_every_public_name_is_there_and_documented():
    for name in ll.__all__:
        thing = getattr(ll, name)
        assert thing.__doc__
