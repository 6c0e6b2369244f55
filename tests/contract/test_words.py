"""What a definition says about itself in words, on all shelves: when to use it, family, reference."""

import inspect
import re
from collections import Counter
from itertools import accumulate
from pathlib import Path

import pytest

from losslab.widgets.manifest import built_in

FAMILIES = {
    "losses": {"regression", "classification", "probabilistic", "count", "ordinal", "survival"},
    "penalties": {
        "norms",
        "without bias",
        "groups",
        "sorted weights",
        "neighbours",
        "matrices",
        "constraints",
        "smooth",
    },
    "multitask": {"directions from gradients", "weights of losses"},
    "adaptive": {"risks"},
    "optimisers": {"one rate for all weights", "a rate for each weight"},
}
BIBLIOGRAPHY = Path(__file__).parents[2] / "book" / "references.bib"

every_built_in = pytest.mark.parametrize(
    "cls", built_in(), ids=lambda cls: f"{cls.name}-{cls.__name__}"
)
needs_the_book = pytest.mark.skipif(
    not BIBLIOGRAPHY.exists(), reason="the book is not in this distribution"
)


@every_built_in
def test_it_says_when_to_use_it_and_when_not(cls):
    known = FAMILIES[cls.shelf.room]
    assert cls.family in known, f"family must be one of {known} (or say it here: {__file__})"
    for words in (cls.use_when, cls.avoid_when):
        assert re.fullmatch(r"[A-Z].*[^.\s]\.", words), f"a capital and one full stop: {words!r}"
        assert "  " not in words, words


@needs_the_book
@every_built_in
def test_reference_is_in_the_bibliography(cls):
    keys = re.findall(r"@\w+\{\s*([^,\s]+)\s*,", BIBLIOGRAPHY.read_text(encoding="utf-8"))
    assert cls.reference in keys, f"add {cls.reference} of {cls.name} to book/references.bib"


@every_built_in
def test_docstring_has_a_summary_and_an_example(cls):
    text = inspect.getdoc(cls)
    summary = text.splitlines()[0]
    assert summary.endswith(".")
    assert len(summary) <= 100
    assert re.search(r"^Examples\n-{8}\n", text, re.MULTILINE)
    assert ">>> " in text
    assert f'"{cls.name}"' in text or cls.__name__ in text.split("Examples")[1]


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
