"""Rowwise losses: value and gradient against the textbook formula, weights, dtypes, threads."""

import mpmath
import numpy as np
import pytest

import losslab as ll

LOSSES = [ll.get(name) for name in ll.available(kind="rowwise")]
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=repr)


def exact_rows(loss, y, f):
    with mpmath.workdps(60):
        parameters = [mpmath.mpf(v) for v in loss.parameters.values()]
        rows = zip(y, f, strict=True)
        lists = (([mpmath.mpf(v) for v in a], [mpmath.mpf(v) for v in b]) for a, b in rows)
        return [loss.exact(mpmath, a, b, *parameters) for a, b in lists]


@every_loss
@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e150])
def test_values_agree_with_the_textbook(loss, rng, scale):
    y, f = loss.example(50, rng)
    want = np.array(exact_rows(loss, y, scale * f), dtype=float)
    got = loss.value(y, scale * f, reduction="none")
    np.testing.assert_allclose(got, want, rtol=1e-14)


@every_loss
def test_nearly_equal_rows_keep_their_digits(loss, rng):
    y, f = loss.example(50, rng)
    near = y * (1.0 + 1e-6 * f)
    want = np.array(exact_rows(loss, y, near), dtype=float)
    np.testing.assert_allclose(loss.value(y, near, reduction="none"), want, rtol=1e-8)


@every_loss
def test_gradients_agree_with_the_textbook(loss, rng):
    y, f = loss.example(6, rng)
    weights = rng.uniform(0.5, 2.0, 6)
    got = loss.gradient(y, f, weights, reduction="sum")
    for i, j in np.ndindex(f.shape):
        with mpmath.workdps(60):
            h = mpmath.mpf(10) ** -20
            parameters = [mpmath.mpf(v) for v in loss.parameters.values()]
            ends = []
            for step in (h, -h):
                row = [mpmath.mpf(v) for v in f[i]]
                row[j] += step
                ends.append(loss.exact(mpmath, [mpmath.mpf(v) for v in y[i]], row, *parameters))
            want = float((ends[0] - ends[1]) / (2 * h)) * weights[i]
        assert got[i, j] == pytest.approx(want, rel=1e-12, abs=1e-15)


@every_loss
def test_weights_reductions_and_one_pass(loss, rng):
    y, f = loss.example(40, rng)
    w = rng.uniform(0.0, 2.0, 40)
    terms = loss.value(y, f, reduction="none")
    assert loss.value(y, f) == pytest.approx(terms.mean(), rel=1e-14)
    assert loss.value(y, f, w) == pytest.approx((w * terms).sum() / w.sum(), rel=1e-14)
    for options in ({}, {"reduction": "sum"}, {"sample_weight": w}):
        value, gradient = loss.value_and_gradient(y, f, **options)
        assert value == loss.value(y, f, **options)
        assert np.array_equal(gradient, loss.gradient(y, f, **options))


@every_loss
def test_layouts_and_dtypes(loss, rng):
    y, f = loss.example(30, rng)
    want = loss.gradient(y, f)
    assert np.array_equal(loss.gradient(np.asfortranarray(y), f[:, ::-1][:, ::-1]), want)
    single = loss.value_and_gradient(y.astype("f4"), f.astype("f4"))
    assert single[0].dtype == single[1].dtype == np.float32
    np.testing.assert_allclose(single[1], want, rtol=1e-4, atol=1e-6)
    out = np.empty_like(f)
    assert loss.gradient(y, f, out=out) is out or np.shares_memory(
        loss.gradient(y, f, out=out), out
    )


@every_loss
def test_nan_spoils_its_own_row_only(loss, rng):
    y, f = loss.example(5, rng)
    f[2, 1] = np.nan
    terms, gradient = loss.value_and_gradient(y, f, reduction="none")
    assert np.array_equal(np.isnan(terms), [False, False, True, False, False])
    assert np.isnan(gradient[2]).all() and not np.isnan(gradient[[0, 1, 3, 4]]).any()


@every_loss
def test_threads_change_no_bit(loss, rng, threads):
    y, f = loss.example(100_000, rng)
    results = []
    for n in (1, 2, 3):
        threads(n)
        results.append(loss.value_and_gradient(y, f))
    assert all(value == results[0][0] for value, _ in results)
    assert all(np.array_equal(gradient, results[0][1]) for _, gradient in results)


def test_a_row_of_zeros_has_no_direction():
    loss = ll.get("cosine_distance")
    value, gradient = loss.value_and_gradient([[1.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, 2.0]])
    assert value == 1.0
    assert not gradient.any()
