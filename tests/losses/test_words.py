"""What a loss says about itself in words: when to use it, its family, reference and peers."""

import re
from collections import Counter
from itertools import accumulate
from pathlib import Path

import pytest

from losslab.losses.registry import loss_class
from tests.losses.cases import CLASSES, ids

FAMILIES = {"regression", "classification", "probabilistic", "count", "ordinal", "survival"}
BIBLIOGRAPHY = Path(__file__).parents[2] / "book" / "references.bib"
BUILT_IN = [cls for cls in CLASSES if cls.__module__.startswith("losslab.")]

# Names in `peers` that are plain words and yet name no loss of ours, with the reason.
A_MODEL = "an estimator that minimises the loss, not the loss"
AN_ARGUMENT = "an argument of an estimator"
A_PLAIN_WORD = "too common a word to mean one loss outside its library"
NO_ALIAS = {
    **dict.fromkeys(
        (
            "BetaModel CoxPHFitter ExponentialFitter GammaRegressor HuberRegressor "
            "InverseGaussian NegativeBinomial PHReg PoissonRegressor QuantReg RidgeClassifier "
            "TweedieRegressor ZeroInflatedPoisson"
        ).split(),
        A_MODEL,
    ),
    **dict.fromkeys(["class_weight", "scale_pos_weight"], AN_ARGUMENT),
    **dict.fromkeys(["binary", "error", "multiclass", "regression"], A_PLAIN_WORD),
}
# One peer can be several losses of ours, by its options or by what it is given; its name is then an
# alias of the one that it is most often.
SHARED = {
    "MSELoss": "squared_error",
    "MeanSquaredError": "squared_error",
    "L1Loss": "absolute_error",
    "MeanAbsoluteError": "absolute_error",
    "CrossEntropyLoss": "softmax_cross_entropy",
    "softmax_cross_entropy": "softmax_cross_entropy",  # Optax' takes rows, ours takes classes
    "SparseCategoricalCrossentropy": "softmax_cross_entropy",
    "CategoricalGeneralizedCrossEntropy": "generalised_cross_entropy",
    "poly_loss_cross_entropy": "poly1_cross_entropy",
    "sigmoid_binary_cross_entropy": "binary_cross_entropy",
    "log_loss": "binary_cross_entropy_probability",
    "brier_score_loss": "brier",
}

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


@every_built_in
def test_names_of_peers_find_the_loss(cls):
    for library, name in cls.peers.items():
        if not name.isidentifier():
            continue  # a name with options, or words
        if name in NO_ALIAS:
            with pytest.raises(ValueError, match="unknown loss"):
                loss_class(name)
        else:
            assert loss_class(name).name in (cls.name, SHARED.get(name)), f"{library}: {name}"


def test_no_exception_is_stale():
    names = {name for cls in BUILT_IN for name in cls.peers.values()}
    assert set(NO_ALIAS) <= names
    assert set(SHARED) <= names


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
