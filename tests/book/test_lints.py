"""What every chapter owes its readers, checked on the source."""

import re
import warnings

import pytest

import losslab as ll
from tests.book.chapters import BOOK, cells, chapters, code, markdown, pages, prose

by_name = pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
NOTEBOOKS = [path for path in pages() if path.suffix == ".ipynb"]
FIGURES = re.compile(r"plt\.(show|subplots|figure)\(|ll\.plots\.|plots\.\w+\(")


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.stem)
def test_page_exists(path):
    assert path.exists()


@by_name
def test_opens_with_objectives(path):
    first = cells(path, "markdown")[0].source
    assert first.startswith("# ")
    assert ":::{objectives}" in first or "::::{objectives}" in first
    verbs = re.search(r"\{objectives\}(.*?)^:::", first, re.S | re.M)[1].count("\n- ")
    assert 3 <= verbs <= 6, f"three to six objectives, got {verbs}"
    assert "**Time:**" in first


@by_name
def test_asks_before_it_shows(path):
    text = markdown(path)
    assert text.count("{predict}") >= 2
    assert text.count("{quiz}") >= 3
    for kind in ("by hand", "by code", "by experiment", "open-ended"):
        assert re.search(rf"\{{exercise\}}.*\({kind}", text), f"no exercise of the kind ({kind})"


def boxes(path, kind):
    """The boxes of a kind: question and fold of each."""
    text = markdown(path)
    for box in re.findall(rf"^:{{3,}}\{{{kind}\}}.*?^:{{3,}}\s*$", text, re.S | re.M):
        question, _, fold = box.partition("<details")
        yield question, fold.partition("</summary>")[2]


def letters(text):
    return re.findall(r"^- \*\*([a-z])\.\*\*", text, re.M)


def first_bold(fold):
    found = re.search(r"\*\*(.+?)\*\*", fold, re.S)
    return found[1].strip() if found else ""


@by_name
def test_every_prediction_can_be_made_and_compared(path):
    for question, fold in boxes(path, "predict"):
        said = question[:120]
        ask = re.search(r"^:ask: (\w+)", question, re.M)
        options = letters(question)
        assert fold, f"there is no answer in a fold: {said}"
        if not ask:
            assert len(options) >= 2, f"neither options nor :ask:, {said}"
            assert first_bold(fold).rstrip(".") in options, (
                f"the fold begins with no option: {said}"
            )
        elif ask[1] == "curve":
            assert "{curve}`" in fold, f"the true curve is missing: {said}"
        else:
            assert re.search(r"\d|glue:text", first_bold(fold)), (
                f"the fold begins with no number: {said}"
            )


@by_name
def test_every_option_of_a_quiz_has_its_sentence(path):
    for question, fold in boxes(path, "quiz"):
        options = letters(question)
        right = first_bold(fold).rstrip(".")
        assert right in options, f"the fold begins with no option: {question[:120]}"
        assert {right, *letters(fold)} == {*options}, f"an option has no sentence: {question[:120]}"


@by_name
def test_folds_are_folds(path):
    text = markdown(path)
    assert text.count("<details") == text.count("</details>")
    assert not re.search(r"</summary>\n(?!\n)|(?<!\n)\n</details>", text), "blank lines are missing"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_outputs_are_committed(path):
    for cell in cells(path, "code"):
        assert cell.outputs == []
        assert cell.execution_count is None


@by_name
def test_figures_have_descriptions(path):
    for cell in cells(path, "code"):
        if FIGURES.search(cell.source) and "plt.show()" in cell.source:
            shown = cell.metadata.get("mystnb", {})
            alt = shown.get("image", {}).get("alt", "")
            assert len(alt) > 40, f"no description (mystnb.image.alt): {cell.source[:80]}"
            caption = shown.get("figure", {}).get("caption", "")
            assert alt != caption, f"description and caption are the same: {alt[:80]}"


@by_name
def test_claims_are_asserted(path):
    asserting = [
        cell for cell in cells(path, "code") if re.search(r"^\s*assert ", cell.source, re.M)
    ]
    assert len(asserting) >= 4


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.stem)
def test_named_losses_exist(path):
    text = markdown(path)
    names = re.findall(r"\{loss\}`([^`]+)`", text)
    if path.suffix == ".ipynb":
        names += re.findall(r"""\bll\.get\(\s*["'](\w+)["']""", code(path))
    unknown = {name for name in names if not _known(name)}
    assert unknown == set()


def _known(name):
    try:
        ll.get(name)
    except ValueError as error:
        return "unknown loss" not in str(error)
    return True


@by_name
def test_numbers_in_prose_come_from_code(path):
    """Two or more decimals typed in a sentence; glue them, or give the cell's `typed_numbers` a reason."""
    typed = []
    for cell in cells(path, "markdown"):
        if not cell.metadata.get("typed_numbers"):
            typed += re.findall(r".{0,30}(?<![\w.])\d+\.\d{2,}(?![\w.]).{0,20}", prose(cell.source))
    assert typed == []


@by_name
def test_glued_names_belong_to_the_chapter(path):
    given = re.findall(r"""\bglue\(\s*f?["']([^"'{]+)""", code(path))
    assert given
    prefixes = {name.split("-")[0] for name in given}
    assert len(prefixes) == 1, prefixes


@by_name
def test_length_teaches(path):
    words = len(prose(markdown(path)).split())
    if not 2000 <= words <= 5000:
        warnings.warn(f"chapter length: {path.stem} has {words} words", stacklevel=1)


def test_every_citation_is_listed():
    keys = set(re.findall(r"^@\w+\{([^,\s]+)", (BOOK / "references.bib").read_text("utf8"), re.M))
    for path in pages():
        for cited in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", markdown(path)):
            missing = {key.strip() for key in cited.split(",")} - keys
            assert not missing, f"{path.stem} cites {missing}"
