"""The package as others install it: from a wheel, in a place without the repository."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests import built
from tests.patience import PATIENCE

built.need("assets")

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = """
import pathlib, sys
import losslab as ll
from losslab.widgets.parts import assets

assert pathlib.Path(ll.__file__).is_relative_to(sys.argv[1]), ll.__file__
figure = ll.widgets.LossExplorer(["huber", "squared_error"])
assert "text/html" in figure._repr_mimebundle_()[0]
assert all(assets.kernels(module)[:4] == b"\\0asm" for module in assets.modules())
assert "penalties-powers" in assets.modules()
assert len(assets.version()) == 12
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=PATIENCE)
    (path,) = folder.glob("*.whl")
    return path


def run(wheel, folder, left_out="nothing"):
    """Unpack the wheel without what is left out, and show a figure from there."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder, [n for n in archive.namelist() if left_out not in n])
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_a_wheel_brings_the_live_figures_along(wheel, tmp_path):
    done = run(wheel, tmp_path)
    assert done.returncode == 0, done.stderr


def test_without_them_the_error_says_what_to_do(wheel, tmp_path):
    done = run(wheel, tmp_path, left_out="static/")
    assert done.returncode != 0
    assert "`make assets`, or `make wheel` and install" in done.stderr


def test_a_wheel_holds_nothing_but_the_package(wheel):
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert len(tops) == 2
    assert "losslab" in tops
