"""The notation page keeps its promise: every letter of a chapter's formulas stands there, once."""

import re
from collections import Counter

import pytest

from tests.book.chapters import BOOK, chapters, markdown

FORMULA = r"\$\$(.*?)\$\$|(?<![\\$])\$([^$\n]+(?:\n[^$\n]+)*?)\$"
GREEK = set(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma "
    "tau phi varphi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega ell".split()
)
# Words, names of sets, layout: no letters of a formula.
WORDS = (
    r"\\(?:text\w*|operatorname|mathrm|mathbb|mathcal|tag|label|begin|end)\{[^{}]*\}|\\mathbb [A-Z]"
)
LENGTHS = r"\\\\\[[^\]]*\]|\\mspace\{[^{}]*\}"
OF_EULER_AND_INTEGRALS = {"e", "d"}


def letters(text):
    """Letters of the formulas of a text, each with its number of places."""
    found = Counter()
    for pair in re.findall(FORMULA, text, flags=re.S):
        formula = re.sub(r"\{glue:text\}`[^`]*`", " ", "".join(pair))
        formula = re.sub(f"{LENGTHS}|{WORDS}", " ", formula)
        for name in re.findall(r"\\?[A-Za-z]+", formula):
            if not name.startswith("\\"):
                found.update(name)
            elif name[1:] in GREEK:
                found[name] += 1
    return found


def rows():
    """(chapter or None, cell of symbols, meaning) for every row of the page's tables."""
    chapter, found = None, []
    for line in (BOOK / "notation.md").read_text("utf8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) < 3 or cells[0] in ("symbol", "chapter") or set(cells[0]) == {"-"}:
            continue
        if named := re.fullmatch(r"\{doc\}`(.+)`", cells[0]):
            chapter = named.group(1)
        if chapter is None:
            found.append((None, cells[0], cells[1]))
        else:
            found.append((chapter, cells[1], cells[2]))
    return found


GENERAL = [symbols for chapter, symbols, _ in rows() if chapter is None]
ONCE = {
    path: [symbols for chapter, symbols, _ in rows() if f"{chapter}.ipynb" == name]
    for path in chapters()
    for name in [path.relative_to(BOOK).as_posix()]
}


def first_letters(cell):
    """The letters that a cell explains: the first of each of its formulas."""
    formulas = [list(letters(formula)) for formula in re.findall(r"\$(?!\\hat)[^$]+\$", cell)]
    return [found[0] for found in formulas if found]


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
def test_every_letter_of_a_chapter_is_explained(path):
    known = {letter for cell in GENERAL + ONCE[path] for letter in letters(cell)}
    unknown = set(letters(markdown(path))) - known - OF_EULER_AND_INTEGRALS
    assert not unknown, f"{path.name}: not in book/notation.md: {sorted(unknown)}"


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
def test_no_chapter_is_said_to_use_a_letter_that_it_does_not(path):
    used = letters(markdown(path))
    stale = {letter for cell in ONCE[path] for letter in first_letters(cell)} - set(used)
    assert not stale, f"{path.name} does not use {sorted(stale)}, explained in book/notation.md"


def test_no_letter_has_two_meanings_in_the_general_tables():
    # w(r) is the weight of an observation too, that which a loss gives it.
    twice = Counter(letter for cell in GENERAL for letter in set(first_letters(cell)))
    assert {letter for letter, times in twice.items() if times > 1} <= {"w"}


def test_no_letter_is_explained_twice_for_a_chapter():
    for path, symbols in ONCE.items():
        twice = Counter(letter for cell in symbols for letter in first_letters(cell))
        # Two of a kind, such as the ends of an interval, share a row.
        for letter in (letter for letter, times in twice.items() if times > 1):
            assert sum(letter in first_letters(cell) for cell in symbols) == 1, (path.stem, letter)
