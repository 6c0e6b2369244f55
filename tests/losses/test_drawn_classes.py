"""What divergences make of targets that are drawn classes, as their docstrings say."""

import numpy as np
import pytest

import losslab as ll
from tests.losses.row_claim_checks import on_probabilities, rivals_of

SHARES = np.array([0.6, 0.3, 0.1])


def normalised(q):
    return q / q.sum()


BEST = {
    "kl_divergence": SHARES,
    "renyi_divergence": SHARES,
    "squared_emd": SHARES,
    "squared_hellinger": normalised(SHARES**2),
    "pearson_chi_squared": normalised(np.sqrt(SHARES)),
    "total_variation": np.array([1.0, 0.0, 0.0]),
    "wasserstein_1": np.array([1.0, 0.0, 0.0]),  # all at the median
}


def cost(loss, q, drawn):
    """Mean loss of probabilities q over targets that are drawn, by the shares of the classes."""
    row = q if on_probabilities(loss) else np.log(np.maximum(q, 1e-30))
    return loss.value(drawn, np.tile(row, (3, 1)), SHARES)


@pytest.mark.parametrize("name", BEST)
def test_best_probabilities_for_drawn_classes(name):
    loss = ll.get(name)
    at_best = cost(loss, BEST[name], np.eye(3))
    assert at_best <= min(cost(loss, q, np.eye(3)) for q in rivals_of(BEST[name])) + 1e-15
    truth = cost(loss, SHARES, np.eye(3))
    assert (truth > at_best + 1e-3) == (BEST[name] is not SHARES) == (not loss.claims["proper"])


def test_jensen_shannon_sharpens_what_is_drawn():
    loss = ll.get("jensen_shannon")
    costs = [cost(loss, np.array(q), np.eye(3)) for q in ((0.6, 0.3, 0.1), (0.76, 0.23, 0.01))]
    assert costs[1] < costs[0] - 0.01


def test_reverse_kl_leaves_one_class_of_those_drawn():
    for softness, least in ((1e-2, 0.8), (1e-6, 0.97)):
        drawn = (1.0 - softness) * np.eye(3) + softness / 3.0
        best = normalised(np.exp(SHARES @ np.log(drawn)))  # where a mean of reverse KLs is least
        loss = ll.get("reverse_kl")
        at_best = cost(loss, best, drawn)
        assert at_best < min(cost(loss, q, drawn) for q in rivals_of(best)) + 1e-15
        assert best[0] > least
