"""Best probabilities quoted in docstrings: "for 0.7" or "0.7 against 0.3" the loss likes so much."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm

import losslab as ll
from tests.losses.cases import CLASSES

# Loss, its parameters, and the answer that its docstring quotes for a share of 0.7.
QUOTED = [
    ("focal", {"gamma": 2.0, "alpha": 0.5}, "0.578"),
    ("focal_multiclass", {"gamma": 2.0}, "0.578"),
    ("poly1_binary", {"epsilon": 2.0}, "0.819"),
    ("poly1_cross_entropy", {"epsilon": 2.0}, "0.819"),
    ("poly1_cross_entropy", {"epsilon": -1.0}, "0.604"),
    ("generalised_cross_entropy", {"q": 0.7}, "0.944"),
    ("generalised_cross_entropy_binary", {"q": 0.7}, "0.944"),
    ("label_smoothing", {"epsilon": 0.1}, "0.68"),
]
CHOOSER = Path(__file__).parents[2] / "book" / "choose.yml"
SAID = re.compile(r"0\.7 against 0\.3|for 0\.7 and")


def best(loss):
    """The probability with the smallest expected loss where seven in ten have the label."""
    rows = loss.kind == "rowwise"

    def expected(logit):
        score = [[0.0, logit]] if rows else [logit]
        return 0.7 * loss.value([1.0], score) + 0.3 * loss.value([0.0], score)

    coarse = np.linspace(-8, 8, 321)
    near = coarse[np.argmin([expected(z) for z in coarse])]
    found = minimize_scalar(expected, bounds=(near - 0.1, near + 0.1), method="bounded")
    return 1 / (1 + np.exp(-found.x))


@pytest.mark.parametrize(("name", "parameters", "said"), QUOTED)
def test_quoted_answer_is_the_best(name, parameters, said):
    loss = ll.get(name, **parameters)
    assert said in type(loss).__doc__
    assert f"{best(loss):.{len(said) - 2}f}".rstrip("0") == said.rstrip("0")


def test_every_quoted_answer_is_checked():
    quoting = {cls.name for cls in CLASSES if SAID.search(" ".join(cls.__doc__.split()))}
    assert quoting == {name for name, _, _ in QUOTED}


@pytest.mark.skipif(not CHOOSER.exists(), reason="the book is not in this distribution")
def test_numbers_of_the_chooser():
    said = CHOOSER.read_text("utf8")
    drawn = best(ll.get("focal", gamma=2.0, alpha=0.5))
    assert f"from 0.70 to {drawn:.2f} with gamma = 2" in said
    levels = (np.arange(4000) + 0.5) / 4000
    target, loss = norm.ppf(levels), ll.get("quantile_huber", tau=0.9, kappa=1.0)
    found = minimize_scalar(
        lambda c: loss.value(target, np.full(4000, c)), bounds=(0, 2), method="bounded"
    )
    assert f"tau = 0.9 and kappa = 1 it is the {100 * norm.cdf(found.x):.0f} % quantile" in said
