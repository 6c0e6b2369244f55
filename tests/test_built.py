"""What is not built yet skips a test with a reason; in `make test` it is an error."""

from pathlib import Path

import pytest

from tests import built


@pytest.fixture(autouse=True)
def ordinary_run(monkeypatch, tmp_path):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("LOSSLAB_ALL_TESTS", raising=False)
    monkeypatch.setattr(built, "ROOT", tmp_path)
    needed = {"assets": ("there", "make assets"), "book": ("gone", "make book")}
    monkeypatch.setattr(built, "NEEDED", needed)
    (tmp_path / "there").write_text("")


def test_what_is_built_is_used():
    assert built.need("assets") == built.ROOT / "there"


def test_what_is_missing_skips_and_says_what_to_run():
    with pytest.raises(pytest.skip.Exception, match="gone is missing: run `make book`"):
        built.need("book")


@pytest.mark.parametrize("variable", ["CI", "LOSSLAB_ALL_TESTS"])
def test_nothing_is_skipped_when_all_must_run(monkeypatch, variable):
    monkeypatch.setenv(variable, "true")
    with pytest.raises(FileNotFoundError, match="run `make book`"):
        built.need("book")
    built.need("assets")


def test_make_test_runs_all():
    makefile = (Path(built.__file__).parents[1] / "Makefile").read_text("utf8")
    assert "LOSSLAB_ALL_TESTS=1 $(BIN)/python -m pytest" in makefile
