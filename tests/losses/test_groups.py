"""Groups of a batch: only samples of one group act together, and threads share the groups."""

import numpy as np
import pytest

import losslab as ll
from losslab.losses.kinds.groups import grouped
from tests.losses.cases import CLASSES
from tests.losses.test_batchwise import drawn

BATCHWISE = [cls.typical() for cls in CLASSES if cls.kind == "batchwise"]
every_loss = pytest.mark.parametrize("loss", BATCHWISE, ids=lambda loss: loss.name)


def groups_of(loss, rng, sizes=(5, 9, 7)):
    """Batches one after the other, and then mixed up: y, f, groups, order."""
    batches = [drawn(loss, n, rng) for n in sizes]
    y = np.concatenate([np.asarray(y, dtype=float) for y, _ in batches])
    f = np.concatenate([f for _, f in batches])
    names = np.repeat(["late", "early", "middle"], sizes)
    order = rng.permutation(len(f))
    return batches, y[order], f[order], names[order], order


@every_loss
@pytest.mark.parametrize("weighted", [False, True])
def test_groups_are_batches_of_their_own(loss, weighted, rng):
    batches, y, f, names, order = groups_of(loss, rng)
    w = rng.uniform(0.5, 2.0, len(f)) if weighted else None
    parts = [names == name for name in ("early", "late", "middle")]
    weights = [None if w is None else w[part] for part in parts]
    alone = [
        loss.value_and_gradient(y[part], f[part], wp)
        for part, wp in zip(parts, weights, strict=True)
    ]
    terms, gradient = loss.value_and_gradient(y, f, w, "none", groups=names)
    np.testing.assert_allclose(terms, [value for value, _ in alone], rtol=1e-13)
    for part, (_, right) in zip(parts, alone, strict=True):
        np.testing.assert_allclose(gradient[part], right, rtol=1e-12, atol=1e-300)

    sums = [
        loss.value_and_gradient(y[part], f[part], wp, "sum")
        for part, wp in zip(parts, weights, strict=True)
    ]
    total, gradient = loss.value_and_gradient(y, f, w, "sum", groups=names)
    scale = sum(abs(value) for value, _ in sums)
    assert total == pytest.approx(sum(value for value, _ in sums), rel=1e-12, abs=1e-12 * scale)
    for part, (_, right) in zip(parts, sums, strict=True):
        np.testing.assert_allclose(gradient[part], right, rtol=1e-12, atol=1e-300)

    whole = np.ones(len(f)) if w is None else w
    share = [whole[part].sum() / whole.sum() for part in parts]
    mean, gradient = loss.value_and_gradient(y, f, w, groups=names)
    assert mean == pytest.approx(np.dot(share, [v for v, _ in alone]), rel=1e-12, abs=1e-12 * scale)
    for part, c, (_, right) in zip(parts, share, alone, strict=True):
        np.testing.assert_allclose(gradient[part], c * right, rtol=1e-12, atol=1e-300)


@every_loss
def test_one_group_is_the_batch(loss, rng):
    y, f = drawn(loss, 8, rng)
    value, gradient = loss.value_and_gradient(y, f)
    again, same = loss.value_and_gradient(y, f, groups=np.zeros(8, dtype=int))
    assert again == value
    np.testing.assert_array_equal(same, gradient)
    assert loss.value(y, f, reduction="none", groups=[0] * 8).tolist() == [value]


def test_threads_share_groups_and_change_nothing(threads, rng):
    loss = ll.get("cox")
    y, f = loss.example(6000, rng)
    names = rng.integers(0, 300, 6000)
    found = []
    for n in (1, 2, 3):
        threads(n)
        found.append(loss.value_and_gradient(y, f, groups=names))
    for value, gradient in found[1:]:
        assert value == found[0][0]
        np.testing.assert_array_equal(gradient, found[0][1])


def test_strata_of_cox_are_separate_sets_at_risk():
    # Two strata with one event each: log(2) for a risk set of two equal scores, 0 for one alone.
    y, f = [[1, 1], [2, 0], [1, 1]], [0.0, 0.0, 5.0]
    terms = ll.get("cox").value(y, f, reduction="none", groups=["a", "a", "b"])
    assert terms == pytest.approx([np.log(2.0) / 2, 0.0])


def test_nan_stays_in_its_group_and_no_weight_counts_nothing():
    loss = ll.get("cox")
    y, f = np.array([[1, 1], [2, 0], [1, 1], [3, 1]]), np.array([0.0, np.nan, 0.0, 0.1])
    terms, gradient = loss.value_and_gradient(y, f, reduction="none", groups=[0, 0, 1, 1])
    assert np.isnan(terms[0]) and np.isnan(gradient[:2]).all()
    assert np.isfinite(terms[1]) and np.isfinite(gradient[2:]).all()
    value, gradient = loss.value_and_gradient(y, f, [0, 0, 1, 1], groups=[0, 0, 1, 1])
    assert value == loss.value(y[2:], f[2:])
    assert gradient[:2].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("groups", "error", "said"),
    [
        ([0, 1], ValueError, "for each of the 3 samples"),
        ([[0], [1], [2]], ValueError, r"got shape \(3, 1\)"),
        ([0.0, np.nan, 1.0], ValueError, "groups must not be NaN"),
        (np.array(["a", None, "b"], dtype=object), TypeError, "groups must be of one type"),
    ],
)
def test_bad_groups_are_refused(groups, error, said):
    with pytest.raises(error, match=said):
        ll.get("cox").value([[1, 1], [2, 0], [3, 1]], [0.0, 0.0, 0.0], groups=groups)


def test_illegal_rows_and_groups_are_named():
    with pytest.raises(ValueError, match="y_true must be .* at index 2"):
        ll.get("cox").value([[1, 1], [2, 0], [-3, 1]], [0.0, 0.0, 0.0], groups=[1, 0, 1])
    with pytest.raises(ValueError, match="y_true must hold .* in group 'b'"):
        ll.get("pu_risk").value([1, 0, 0, 0], [0.0, 0.0, 1.0, 2.0], groups=["a", "a", "b", "b"])


def test_no_terms_without_groups():
    with pytest.raises(ValueError, match="cannot be 'none'"):
        ll.get("cox").value([[1, 1], [2, 0]], [0.0, 0.0], reduction="none")


def test_groups_in_the_order_of_their_names():
    parts = grouped([3, 1, 3, 2], 4)
    assert parts.names == [1, 2, 3]
    assert [rows.tolist() for rows in parts.rows()] == [[1], [3], [0, 2]]
    assert parts.sums(np.array([1.0, 10.0, 100.0, 1000.0])).tolist() == [10.0, 1000.0, 101.0]
