"""Run what the files named by `git status` concern, in less than a minute; `make test` runs everything.

    python tools/check.py [file …]

A file of losses (or of other definitions) runs the tests of those by name, a chapter itself and its
lints, a figure its tests, a test file itself; what all lean on runs a quick selection.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
# One of each kind, for what all lean on: pointwise, by the true class, rowwise, of a whole batch.
QUICK = ("huber", "softmax_cross_entropy", "gaussian_nll", "cox")
FIGURES = ("losslab/widgets/", "frontend/")
PYTEST = ("-m", "pytest", "-q", "-n", "auto", "--dist", "worksteal")


class Run(NamedTuple):
    """Tests of some files or folders, all of them or those that contain one of some words."""

    targets: tuple
    words: tuple
    why: str


def changed():
    """Paths that `git status` names and that are still there."""
    said = subprocess.run(
        ["git", "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = (entry[3:] for entry in said.split("\0") if entry)
    return sorted(path for path in paths if (ROOT / path).is_file())


def definitions():
    """By file: names of what it registers, and the name of the room whose shelf it is on."""
    from losslab.widgets.manifest import built_in

    found = {}
    for cls in built_in():
        path = Path(sys.modules[cls.__module__].__file__).resolve().relative_to(ROOT).as_posix()
        found.setdefault(path, []).append((cls.name, cls.__name__, room_of(path)))
    return found


def room_of(path):
    return path.split("/")[1] if path.startswith("losslab/") else None


def runs_for(path, defined):
    """What a change of one file concerns."""
    if path in defined:
        return runs_for_definitions(path, defined[path])
    place = Path(path)
    if path.startswith("tests/"):
        return runs_for_tests(place)
    if path.startswith(FIGURES):
        return runs_for_figures(place)
    if path.startswith("losslab/") and place.suffix == ".py":
        return runs_for_the_package(path)
    if path.startswith("book/") and place.suffix in (".ipynb", ".md"):
        return runs_for_pages(place)
    if path == "book/references.bib":
        return [Run(("tests/contract/test_words.py",), (), "references and their keys")]
    if path.startswith(("book/", "_toc.yml")):
        files = (f"tests/book/test_{name}.py" for name in ("lints", "extension", "notation"))
        return [Run(there(*files), (), "the book's own code and sources")]
    own = f"tests/test_{place.stem}.py"
    return [Run(there(own), (), "its test")] if place.suffix == ".py" and there(own) else []


def there(*paths):
    return tuple(path for path in paths if (ROOT / path).exists())


def runs_for_definitions(path, found):
    names = tuple(name for name, _, _ in found)
    words = tuple(word for name, cls, _ in found for word in (name, cls))
    rooms = there(*sorted({f"tests/{room}" for *_, room in found}))
    why = f"defines {', '.join(names)}"
    return [Run((path,), (), f"{why}: doctests"), Run(rooms, words, why)]


def runs_for_tests(place):
    if place.name.startswith("test_"):
        return [Run((place.as_posix(),), (), "a test file")]
    module = ".".join(place.with_suffix("").parts)
    users = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if module in (text := path.read_text("utf8"))
        or f"from {module.rpartition('.')[0]} import" in text
        and place.stem in text
    ]
    return [Run(tuple(users), QUICK, f"its users, for {', '.join(QUICK)}")] if users else []


def runs_for_figures(place):
    figure = place.stem.replace("-", "_").removesuffix("_explorer")
    if "explorer" in place.stem:
        return [Run(("tests/widgets",), (figure,), f"the figure {place.stem}")]
    why = "all figures share it: those of one loss, and the Python side"
    return [Run(("tests/widgets",), ("slider", "numbers_are_those", "refuses"), why)]


def runs_for_the_package(path):
    own = there(f"tests/{room_of(path)}")
    runs = [Run((path,), (), "doctests")]
    if room_of(path) in ("engine", "arithmetic"):
        quick = there(
            "tests/engine/test_source.py", "tests/engine/test_cache.py", "tests/arithmetic"
        )
        runs.append(Run(quick, (), "compiler and arithmetic, without parity"))
    elif own and room_of(path) not in ("losses", "contract"):
        runs.append(Run(own, (), f"the room {room_of(path)}"))
    if room_of(path) in ("engine", "arithmetic", "contract", "losses"):
        runs.append(Run(("tests/losses",), QUICK, f"losses lean on it: {', '.join(QUICK)}"))
    return runs


def runs_for_pages(place):
    runs = [
        Run(("tests/book/test_lints.py", "tests/book/test_notation.py"), (place.stem,), "lints")
    ]
    if place.suffix == ".ipynb":
        runs.append(Run((place.as_posix(),), (), "the chapter runs"))
    return runs


def merged(runs):
    """The same tests in few calls of pytest: those of whole targets, and those by word."""
    whole = tuple(dict.fromkeys(t for run in runs if not run.words for t in run.targets))
    by_words = {}
    for run in runs:
        if run.words and run.targets:
            by_words.setdefault(run.words, []).extend(run.targets)
    calls = [[*whole]] if whole else []
    for words, targets in by_words.items():
        calls.append([*dict.fromkeys(targets), "-k", " or ".join(words)])
    return calls


def main(arguments):
    paths = arguments or changed()
    for path in paths:
        if not (ROOT / path).is_file():
            raise SystemExit(f"there is no file {path}")
    started, code = time.monotonic(), 0
    style = [path for path in paths if path.endswith((".py", ".ipynb"))]
    defined = definitions()
    runs = []
    for path in paths:
        found = runs_for(path, defined)
        runs += found
        print(f"{path}: {'; '.join(run.why for run in found) or 'style only'}")
    commands = []
    if style:
        commands += [["-m", "ruff", "check", *style], ["-m", "ruff", "format", "--check", *style]]
    if any(path.startswith(FIGURES) for path in paths):
        commands.append(["tools/build_assets.py"])
    commands += [[*PYTEST, *call] for call in merged(runs)]
    for command in commands:
        print("\n$ python", *command, flush=True)
        done = subprocess.run([sys.executable, *command], cwd=ROOT).returncode
        code = code or (done if done != 5 else 0)  # 5: no test has that word
    print(f"\n{len(paths)} files, {time.monotonic() - started:.0f} s")
    return code


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1:]))
