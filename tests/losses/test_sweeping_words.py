"""Sentences that were said of losses too broadly once: the counterexamples, and nobody says them."""

import re

import numpy as np
import pytest

import losslab as ll
from tests.losses.cases import CLASSES, ids

TOO_MUCH = (
    r"between (the )?(mean|median) and (the )?(mean|median)",
    r"(fit|finds|reaches) depends on where it starts",  # it may
    r"the one sum of plain hinges",
)


@pytest.mark.parametrize("cls", CLASSES, ids=ids)
def test_nobody_says_it(cls):
    said = " ".join(f"{cls.__doc__} {cls.use_when} {cls.avoid_when}".split())
    for pattern in TOO_MUCH:
        assert not re.search(pattern, said), pattern


@pytest.mark.parametrize(
    ("loss", "y"),
    [
        (ll.get("huber", delta=1.5), (-2.0, -2.0, 0.0, 1.0, 3.2)),
        (ll.get("log_cosh"), (-3.4, -1.4, 0.7, -1.1, -2.1)),
        (ll.get("lp", p=1.5), (-2.3, -0.3, -2.1, 0.1, 3.2)),
    ],
    ids=str,
)
def test_the_best_constant_need_not_lie_between_mean_and_median(loss, y):
    f = np.linspace(-4.0, 4.0, 8001)
    costs = loss.value(*np.meshgrid(y, f), reduction="none").mean(axis=1)
    best, ends = f[np.argmin(costs)], sorted((np.mean(y), np.median(y)))
    assert best < ends[0] - 0.01 or best > ends[1] + 0.01
