"""Rows of tens of thousands of columns: every digit, in a time that grows no faster than a sort.

A loss whose time grew with the square of the columns would keep these tests waiting for minutes.
"""

import sys

import gmpy2
import numpy as np
import pytest

import losslab as ll
from losslab.losses import find
from losslab.losses.kinds.row_domains import ROW_PREDICTIONS, ROW_TARGETS
from tests.losses import duals
from tests.losses.row_accuracy import bound

COLUMNS = 49_998  # a multiple of 2 and of 3
# Their textbook formula is solved by Newton's method, which takes its time in so many digits.
COLUMNS_OF = dict.fromkeys(("bi_tempered_logistic", "entmax_loss"), 3_000)
# A matrix of one row a class, and sums over pairs of numbers by definition.
NOT_LINEAR = ("forward_correction", "backward_correction", "energy_score", "variogram_score")
# Their slopes need the derivative of the digamma function, which is not at hand in so many digits.
NO_REFERENCE = ("evidential_dirichlet", "multivariate_gaussian_nll")


def takes_any_number(cls):
    return isinstance(cls.outputs, str) and cls.name not in (*NOT_LINEAR, *NO_REFERENCE)


NAMES = [n for n in ll.available(kind="rowwise") if takes_any_number(find(n))]


def long_row(name, rng):
    """A loss, one target and one row of many columns."""
    cls, k = find(name), COLUMNS_OF.get(name, COLUMNS)
    vector = {}
    for name in cls.vector_specs:
        vector[name] = np.sort(rng.uniform(0.01, 0.99, k))
    loss = cls(**vector)
    y = ROW_TARGETS[loss.target].draw(1, k, rng)
    f = ROW_PREDICTIONS[loss.prediction].draw(1, k, rng)
    if name.startswith("cumulative_"):  # thresholds from -2 on, and the logs of their steps
        f[:, 1] -= 2.0
        f[:, 2:] -= np.log(k)
    return loss, y, f


def spread(x):
    """Sum of abs(a - b) over all pairs of x in both orders, from their ranks."""
    ranked = sorted(x)
    return 2 * sum((2 * i - len(x) + 1) * v for i, v in enumerate(ranked))


def ensemble_score(y, f, pairs):
    return sum(abs(v - y) for v in f) / len(f) - spread(f) / (2 * pairs)


def label_pairs(mp, y, f):
    """The double sum of `multilabel_margin`, by the ranks of what is right and what is wrong."""
    # A right label pays for the wrong ones that are above its score less 1, by how much they are.
    total, above, count = mp.mpf(0), mp.mpf(0), 0
    for z, right in sorted(((z - t, t) for t, z in zip(y, f, strict=True)), reverse=True):
        if right:
            total += above - count * z
        else:
            above, count = above + z, count + 1
    return total / len(f)


FASTER = {
    "crps_ensemble": lambda mp, y, f: ensemble_score(y, f, len(f) ** 2),
    "fair_crps_ensemble": lambda mp, y, f: ensemble_score(y, f, len(f) * (len(f) - 1)),
    "multilabel_margin": label_pairs,
}


@pytest.fixture
def precise(monkeypatch):
    """So many digits for gmpy2, and probabilities of all classes in one pass."""
    odds_against = duals.odds_in_one_pass()
    for module in [m for name, m in sys.modules.items() if name.startswith("losslab.losses.")]:
        if hasattr(module, "odds_against"):
            monkeypatch.setattr(module, "odds_against", odds_against)
    with gmpy2.context(precision=duals.BITS):
        yield


def exact(loss, y, f, column):
    """The textbook value and its slope in one column."""
    row = [duals.number(v) for v in f]
    row[column] = duals.Dual(row[column], duals.ONE)
    parameters = dict(loss.parameters)
    vector = [[duals.number(v) for v in parameters.pop(name)] for name in loss.vector_specs]
    scalars = [duals.number(v) for v in parameters.values()]
    if ROW_TARGETS[loss.target].columns != 1:
        y = [duals.number(v) for v in y]
    else:
        y = int(y) if loss.target in ("class", "level") else duals.number(y)
    formula = FASTER.get(loss.name, loss.exact)
    return duals.parts(formula(duals.NAMESPACE, y, row, *vector, *scalars))


def ulps(got, right, size):
    return float(abs(duals.number(got) - right)) / float(np.spacing(max(float(size), 1e-300)))


@pytest.mark.parametrize("name", NAMES)
def test_many_columns_lose_no_digits(name, precise, rng):
    loss, y, f = long_row(name, rng)
    value, gradient = loss.value_and_gradient(y, f, reduction="none")
    value, gradient = value[0], gradient[0]
    column = int(np.argmax(np.abs(gradient)))
    right, slope = exact(loss, y[0], f[0], column)
    limit, unit = bound(type(loss), "value")
    own = abs(float(right))
    size = own if unit == "result" else max(own, np.abs(gradient * f[0]).sum())
    assert ulps(value, right, size) <= limit
    limit, unit = bound(type(loss), "gradient")
    if (
        unit == "rounding"
    ):  # e is raised to a column: one rounding of it counts as often as it is large
        limit *= max(1.0, np.abs(f).max())
    assert ulps(gradient[column], slope, abs(slope)) <= limit  # the largest: own and row are one
