"""`make check` chooses what a change concerns."""

import subprocess

import check
import pytest

import losslab as ll
from losslab.losses import shelf

DEFINED = {
    "losslab/losses/of/mine.py": [("my_loss", "MyLoss", "losses"), ("other", "Other", "losses")]
}


def chosen(path):
    """Words by target."""
    return {
        target: set(run.words) for run in check.runs_for(path, DEFINED) for target in run.targets
    }


def test_a_file_of_losses_runs_its_doctests_and_what_goes_by_their_names():
    assert chosen("losslab/losses/of/mine.py") == {
        "losslab/losses/of/mine.py": set(),
        "tests/losses": {"my_loss", "MyLoss", "other", "Other"},
    }


def test_files_of_definitions_are_those_that_define_them():
    found = check.definitions()
    by_name = {name: path for path, defined in found.items() for name, _, _ in defined}
    assert set(ll.available()) <= set(by_name)
    for name in ("huber", "cox"):
        assert f"class {shelf.find(name).__name__}" in (check.ROOT / by_name[name]).read_text(
            "utf8"
        )
    assert {"losses", "penalties"} <= {room for defined in found.values() for *_, room in defined}


def test_a_chapter_runs_with_its_own_lints():
    assert chosen("book/part2/regression.ipynb") == {
        "book/part2/regression.ipynb": set(),
        "tests/book/test_lints.py": {"regression"},
        "tests/book/test_notation.py": {"regression"},
    }


@pytest.mark.parametrize(
    "path", ["frontend/src/figures/bowl-explorer.js", "losslab/widgets/bowl_explorer.py"]
)
def test_a_figure_runs_its_tests(path):
    assert chosen(path) == {"tests/widgets": {"bowl"}}


def test_what_figures_share_runs_a_few_of_them():
    assert "slider" in chosen("frontend/src/parts/dom.js")["tests/widgets"]


def test_a_test_file_runs_itself_and_a_helper_its_users():
    assert chosen("tests/losses/test_out.py") == {"tests/losses/test_out.py": set()}
    assert "tests/losses/test_accuracy.py" in chosen("tests/losses/accuracy.py")
    assert set(chosen("tests/losses/accuracy.py")["tests/losses/test_accuracy.py"]) == {
        *check.QUICK
    }


@pytest.mark.parametrize("room", ["engine", "arithmetic"])
def test_what_all_lean_on_runs_a_quick_selection(room):
    found = chosen(f"losslab/{room}/of_mine.py")
    assert found["tests/losses"] == {*check.QUICK}
    assert "tests/arithmetic" in found and "tests/engine" not in found
    assert {*check.QUICK} <= {*ll.available()}


def test_other_rooms_run_their_own_tests():
    assert chosen("losslab/training/fits/line.py") == {
        "losslab/training/fits/line.py": set(),
        "tests/training": set(),
    }


def test_a_tool_runs_its_test_if_it_has_one():
    assert chosen("tools/check.py") == {"tests/test_check.py": set()}
    assert chosen("tools/picture.py") == {}
    assert chosen("README.md") == {}


def test_one_call_runs_all_that_has_no_words():
    runs = [check.Run(("a",), (), ""), check.Run(("b", "c"), ("x", "y"), "")]
    runs += [
        check.Run(("a", "d"), (), ""),
        check.Run(("c",), ("x", "y"), ""),
        check.Run((), (), ""),
    ]
    assert check.merged(runs) == [["a", "d"], ["b", "c", "-k", "x or y"]]


def test_what_git_names_is_checked(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "ROOT", tmp_path)
    for name in ("kept.py", "gone.py", "staged.py"):
        (tmp_path / name).write_text("")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for command in (["init", "-q"], ["add", "kept.py", "gone.py"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    (tmp_path / "kept.py").write_text("changed")
    (tmp_path / "gone.py").unlink()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "a b.py").write_text("")
    subprocess.run([*git, "add", "staged.py"], cwd=tmp_path, check=True)
    assert check.changed() == ["kept.py", "new/a b.py", "staged.py"]


def test_a_failure_is_told(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(check, "definitions", dict)
    (tmp_path / "bad.py").write_text("import os\n")
    assert check.main([str(tmp_path / "bad.py")]) != 0
    assert "style only" in capfd.readouterr().out
    (tmp_path / "good.py").write_text("print(1)\n")
    assert check.main([str(tmp_path / "good.py")]) == 0
