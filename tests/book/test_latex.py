"""The book in LaTeX: live figures appear as pictures."""

import subprocess
import sys

from tests import built
from tests.book.chapters import ROOT, cells, pages

built.need("assets")


def test_live_figures_are_pictures_in_latex(tmp_path):
    build = [sys.executable, "tools/build_book.py", "--builder", "latex"]
    done = subprocess.run(
        [*build, "--path-output", str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    [source] = (tmp_path / "_build" / "latex").glob("*.tex")
    text = source.read_text("utf8")
    shown = sum(  # a cell may make a figure for another to start from, and shows one
        ("Explorer(" in cell.source) + cell.source.count("plt.show()")
        for path in pages()
        if path.suffix == ".ipynb"
        for cell in cells(path, "code")
        if "remove-cell" not in cell.metadata.get("tags", [])
    )
    assert text.count("includegraphics") >= shown
    assert "Explorer object at" not in text
