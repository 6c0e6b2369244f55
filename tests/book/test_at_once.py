"""Chapters run side by side before Sphinx reads them, and only those that the cache does not know."""

import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from tests.book.chapters import BOOK

sys.path.insert(0, str(BOOK / "_ext"))
at_once = pytest.importorskip("losslab_book.at_once")
CODE = {
    "good": "import os\nprint(os.getcwd())",
    "longer": "x = 3\ndef square():\n    print(x * x)\nsquare()",
    "bad": "def f():\n    1 / 0\nf()",
}


@pytest.fixture
def cache(tmp_path):
    return at_once.get_cache(str(tmp_path / "cache"))


@pytest.fixture
def book(tmp_path):
    """What `unknown_chapters` asks of Sphinx, for a book of small chapters and a page of text."""
    for name, code in CODE.items():
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    (tmp_path / "text.md").write_text("# Only text")

    def path_of(name):
        return str(next(tmp_path.glob(f"{name}.*")))

    return SimpleNamespace(env=SimpleNamespace(doc2path=path_of))


def output_of(cache, path):
    _, notebook = cache.merge_match_into_notebook(nbformat.read(path, as_version=4))
    return notebook.cells[0].outputs[0].text.strip()


def test_what_ran_is_kept_and_what_failed_is_told_with_its_traceback(book, cache, tmp_path):
    names = [*CODE, "text"]
    chapters = at_once.unknown_chapters(book, names, cache)
    assert [name for name, _ in chapters] == ["longer", "good", "bad"]  # the longest first
    failed = at_once.run_all(chapters, [], cache, timeout=600)
    assert list(failed) == ["bad"]
    assert "ZeroDivisionError" in failed["bad"] and "1 / 0" in failed["bad"]
    assert "\x1b" not in failed["bad"] and "nbclient" not in failed["bad"]
    assert [name for name, _ in at_once.unknown_chapters(book, names, cache)] == ["bad"]
    longer, good = (output_of(cache, path) for _, path in chapters[:2])
    assert longer == "9"
    assert Path(good).samefile(tmp_path)  # relative paths are relative to the chapter's own folder


def test_a_failing_chapter_stops_the_build_and_is_named(book, cache, monkeypatch):
    monkeypatch.setattr(at_once, "get_cache", lambda path: cache)
    monkeypatch.setattr(at_once, "run_all", lambda *_: {"part9/shaky": "ZeroDivisionError: here"})
    book.builder = SimpleNamespace(format="latex")
    book.config = SimpleNamespace(
        nb_execution_mode="cache", nb_execution_cache_path="", nb_execution_timeout=600
    )
    with pytest.raises(SystemExit, match=r"part9/shaky does not run:\nZeroDivisionError: here"):
        at_once.before_reading(book, book.env, ["good"])
