"""Tests that need what `make` builds are skipped until it is built, but never in `make test`."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# What is looked for, and what makes it.
NEEDED = {
    "assets": ("losslab/widgets/static/losslab-static.js", "make assets"),
    "book": ("_build/html/index.html", "make book"),
    "axe": ("tools/web/node_modules/axe-core/axe.min.js", "make book"),
}


def reason(what):
    """Why tests that need this cannot run, or None if they can."""
    path, command = NEEDED[what]
    return None if (ROOT / path).is_file() else f"{path} is missing: run `{command}`"


def all_must_run():
    """Whether a test may not be skipped for want of what it needs."""
    return bool(os.environ.get("CI") or os.environ.get("LOSSLAB_ALL_TESTS"))


def need(what):
    """The file that stands for "assets", the "book" or "axe"; if it is missing, the test is skipped.

    Called at the head of a module it skips the whole module.
    """
    missing = reason(what)
    if missing and all_must_run():
        raise FileNotFoundError(missing)
    if missing:
        pytest.skip(missing, allow_module_level=True)
    return ROOT / NEEDED[what][0]
