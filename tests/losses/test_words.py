"""What a loss says about itself in words: when to use it, its family, reference and peers."""

import re
from collections import Counter
from itertools import accumulate
from pathlib import Path

import pytest

from tests.losses.cases import CLASSES, ids

FAMILIES = {"regression", "classification", "probabilistic", "count", "ordinal", "survival"}
BIBLIOGRAPHY = Path(__file__).parents[2] / "book" / "references.bib"
BUILT_IN = [cls for cls in CLASSES if cls.__module__.startswith("losslab.")]

every_built_in = pytest.mark.parametrize("cls", BUILT_IN, ids=ids)
needs_the_book = pytest.mark.skipif(
    not BIBLIOGRAPHY.exists(), reason="the book is not in this distribution"
)


@every_built_in
def test_it_says_when_to_use_it_and_when_not(cls):
    assert cls.family in FAMILIES
    for words in (cls.use_when, cls.avoid_when):
        assert re.fullmatch(r"[A-Z].*[^.\s]\.", words), f"a capital and one full stop: {words!r}"
        assert "  " not in words, words


@needs_the_book
def test_the_bibliography_is_well_formed():
    """Every key once, and braces that close before the next entry."""
    text = BIBLIOGRAPHY.read_text(encoding="utf-8")
    entries = re.split(r"^(?=@)", text, flags=re.MULTILINE)
    assert not entries[0].strip()
    keys = Counter()
    for entry in entries[1:]:
        key = re.match(r"@\w+\{\s*([^,\s]+)\s*,", entry)
        assert key, f"no key: {entry[:60]!r}"
        keys[key[1]] += 1
        braces = re.findall(r"[{}]", re.sub(r"\\[{}]", "", entry))
        depth = list(accumulate(1 if brace == "{" else -1 for brace in braces))
        assert depth[-1] == 0, f"braces of {key[1]} do not balance"
        assert min(depth[:-1]) > 0, f"{key[1]} closes before its end"
    assert [key for key, times in keys.items() if times > 1] == []
