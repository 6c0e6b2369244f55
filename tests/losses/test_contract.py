"""What every loss computes: terms, reductions, weights, derivatives, dtypes, layouts."""

import math

import numpy as np
import pytest

import losslab as ll
from tests.losses.cases import CORNERS, DEFAULTS, ids
from tests.losses.grids import ordinary_target

every_corner = pytest.mark.parametrize("loss", CORNERS, ids=ids)
every_loss = pytest.mark.parametrize("loss", DEFAULTS, ids=ids)
# The array loops are the same for all: float32, compiled anew for each loss, is tried with a few.
one_of_each = pytest.mark.parametrize(
    "loss",
    {(type(loss).__module__, loss.target, loss.prediction): loss for loss in DEFAULTS}.values(),
    ids=ids,
)
N = 3001
EPS = np.finfo(float).eps


def methods(loss):
    """Everything that takes (y_true, y_pred), by name."""
    names = ["value", "gradient", "value_and_gradient"]
    names += ["curvature"] if getattr(loss, "curvature_at", None) else []
    return [(name, getattr(loss, name)) for name in names]


def same(a, b):
    """Equal bit for bit, NaN and types included."""
    if isinstance(a, tuple):
        return len(a) == len(b) and all(same(p, q) for p, q in zip(a, b, strict=True))
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


# Reductions and weights -----------------------------------------------------------------------


@every_corner
def test_mean_and_sum_are_those_of_the_terms(loss, rng):
    y, f = loss.example(N, rng)
    terms = loss.value(y, f, reduction="none")
    assert terms.shape == y.shape
    total = loss.value(y, f, reduction="sum")
    mean = loss.value(y, f)
    assert type(total) is float
    assert type(mean) is float
    if np.isfinite(terms).all():
        assert abs(total - math.fsum(terms)) <= 1e-14 * np.abs(terms).sum()
        assert mean == total / N
    else:
        assert not math.isfinite(total)


@every_corner
def test_each_term_stands_alone(loss, rng):
    y, f = loss.example(67, rng)
    for name, method in methods(loss):
        if name == "value_and_gradient":
            continue
        together = method(y, f, reduction="none")
        alone = [method(y[i : i + 1], f[i : i + 1], reduction="none")[0] for i in range(67)]
        assert same(together, np.array(alone)), name


@every_loss
def test_weights(loss, rng):
    y, f = loss.example(N, rng)
    w = rng.uniform(0.0, 3.0, N)
    terms = loss.value(y, f, reduction="none")
    assert same(loss.value(y, f, w, reduction="none"), terms * w)
    total = math.fsum(terms * w)
    assert loss.value(y, f, w, reduction="sum") == pytest.approx(total, rel=1e-13)
    assert loss.value(y, f, w) == pytest.approx(total / math.fsum(w), rel=1e-13)
    for name, method in methods(loss):
        if name in ("gradient", "curvature"):
            each = method(y, f, reduction="none")
            assert same(method(y, f, reduction="sum"), each)
            np.testing.assert_allclose(method(y, f), each / N, rtol=4 * EPS)
            assert same(method(y, f, w, reduction="none"), each * w)
            assert same(method(y, f, w, reduction="sum"), each * w)
            np.testing.assert_allclose(method(y, f, w), each * w / w.sum(), rtol=1e-14)


@every_loss
def test_a_whole_weight_counts_repetitions(loss, rng):
    y, f = loss.example(200, rng)
    w = rng.integers(0, 4, 200)
    repeated = loss.value(np.repeat(y, w), np.repeat(f, w))
    assert loss.value(y, f, w) == pytest.approx(repeated, rel=1e-13)


@every_loss
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_gradient_and_curvature_are_the_derivatives_of_the_reduced_loss(loss, reduction, rng):
    y, f = loss.example(60, rng)
    w = rng.uniform(0.5, 2.0, 60)
    h = 1e-6 * np.maximum(np.abs(f), 1e-3)
    scale = 1.0 if reduction == "sum" else w.sum()
    gradient = loss.gradient(y, f, w, reduction)
    curvature = dict(methods(loss)).get("curvature")
    second = curvature and curvature(y, f, w, reduction)
    for i in range(60):
        step = np.zeros(60)
        step[i] = h[i]
        here = slice(i, i + 1)
        left, right = (
            loss.value(y[here], f[here] + s * h[i], w[here], "sum") / scale for s in (-1, 1)
        )
        size = abs(left) + abs(right) + abs(gradient[i])
        assert gradient[i] == pytest.approx((right - left) / (2 * h[i]), abs=1e-5 * size + 1e-9)
        whole = loss.value(y, f + step, w, reduction) - loss.value(y, f - step, w, reduction)
        rounding = 1e-15 * abs(loss.value(y, f, w, "sum")) / scale * 60 / h[i]
        assert gradient[i] == pytest.approx(whole / (2 * h[i]), abs=1e-5 * size + rounding)
        if curvature:
            g = [loss.gradient(y[here], f[here] + s * h[i], w[here], "sum")[0] for s in (-1, 1)]
            slope = (g[1] - g[0]) / (2 * h[i]) / scale
            assert second[i] == pytest.approx(slope, abs=1e-4 * (1 + abs(slope)))


@every_corner
def test_value_and_gradient_is_both_of_them(loss, rng):
    y, f = loss.example(N, rng)
    for weight in (None, rng.uniform(0.0, 3.0, N)):
        for reduction in ("mean", "sum", "none"):
            value, gradient = loss.value_and_gradient(y, f, weight, reduction)
            assert same(value, loss.value(y, f, weight, reduction))
            assert same(gradient, loss.gradient(y, f, weight, reduction))


# Types and layouts ----------------------------------------------------------------------------


@one_of_each
def test_float32_stays_float32_and_is_computed_in_float64(loss, rng):
    y, f = (a.astype(np.float32) for a in loss.example(N, rng))
    wide = y.astype(np.float64), f.astype(np.float64)
    for reduction in ("mean", "sum", "none"):
        narrow = loss.value_and_gradient(y, f, None, reduction)
        right = loss.value_and_gradient(*wide, None, reduction)
        for got, wanted in zip(narrow, right, strict=True):
            assert same(got, np.float32(wanted)), reduction


@pytest.mark.parametrize("name", ["huber", "binary_cross_entropy"])
def test_float32_in_every_method(name, rng):
    loss = ll.get(name)
    y, f = (a.astype(np.float32) for a in loss.example(N, rng))
    w = rng.uniform(0.0, 3.0, N)
    for reduction in ("mean", "sum", "none"):
        for method in (loss.value, loss.gradient, loss.curvature):
            right = method(y.astype(float), f.astype(float), w, reduction)
            got = method(y, f, w, reduction)
            assert got.dtype == np.float32
            # each derivative is rounded before it is weighted
            np.testing.assert_allclose(got, right, rtol=3e-7, atol=1e-45)
        assert same(loss.value(y, f, w, reduction), loss.value_and_gradient(y, f, w, reduction)[0])


@every_loss
def test_mixed_precision_is_float64(loss, rng):
    y, f = loss.example(40, rng)
    y = y.astype(np.float32)
    assert loss.gradient(y, f).dtype == np.float64
    assert same(loss.gradient(y, f), loss.gradient(y.astype(float), f))


@every_loss
def test_layout_changes_nothing(loss, rng):
    y, f = loss.example(24, rng)
    frozen = y.copy(), f.copy()
    for a in frozen:
        a.flags.writeable = False
    spread = np.zeros(72), np.zeros(72)
    spread[0][::3], spread[1][::3] = y, f
    for _, method in methods(loss):
        right = method(y, f, reduction="none")
        assert same(method(y.tolist(), f.tolist(), reduction="none"), right)
        assert same(method(tuple(y), tuple(f), reduction="none"), right)
        assert same(method(*frozen, reduction="none"), right)
        assert same(method(spread[0][::3], spread[1][::3], reduction="none"), right)
        assert same(method(y.astype(">f8"), f.astype(">f8"), reduction="none"), right)
        back = method(y[::-1], f[::-1], reduction="none")
        for got, wanted in zip(np.atleast_2d(back), np.atleast_2d(right), strict=True):
            assert same(np.ascontiguousarray(got[::-1]), wanted)
        square = y.reshape(4, 6), f.reshape(4, 6)
        for got, wanted in zip(
            np.reshape(method(*square, reduction="none"), (-1, 4, 6)),
            np.reshape(right, (-1, 4, 6)),
            strict=True,
        ):
            assert same(got, wanted)
        fortran = tuple(np.asfortranarray(a) for a in square)
        assert same(method(*fortran, reduction="none"), method(*square, reduction="none"))
        assert same(method(*fortran), method(*square))


@every_loss
def test_single_numbers(loss, rng):
    y, f = loss.example(1, rng)
    value = loss.value(y[0], f[0])
    assert type(value) is float
    assert value == loss.value(y, f)
    none = loss.value(float(y[0]), float(f[0]), reduction="none")
    assert np.shape(none) == ()
    assert none == value
    assert np.shape(loss.gradient(y[0], f[0])) == ()
    assert loss.gradient(y[0], f[0]) == loss.gradient(y, f)[0]


@every_loss
def test_whole_numbers_convert(loss):
    one = ordinary_target(loss)
    if one != 1.0:
        f = np.array([1, 2, 3])
        assert loss.value([one] * 3, f) == loss.value([one] * 3, f.astype(float))
        return
    y, f = [1, 1, 1], [1, 0, 1] if loss.prediction == "probability" else [1, 2, 3]
    right = loss.value(np.array(y, float), np.array(f, float))
    assert loss.value(y, f) == right
    for dtype in (np.int8, np.int64, np.uint64):
        assert loss.value(np.array(y, dtype), np.array(f, dtype)) == right
    assert loss.value([True], [1.0]) == loss.value([1.0], [1.0])


@one_of_each
def test_half_precision_gives_single(loss):
    most = 0.25 if loss.prediction == "probability" else 2.0
    y, f = np.full(3, ordinary_target(loss), np.float16), np.array([0.5, 1.0, most], np.float16)
    value, gradient = loss.value_and_gradient(y, f)
    assert value.dtype == gradient.dtype == np.float32
    assert same((value, gradient), loss.value_and_gradient(np.float32(y), np.float32(f)))


def test_a_data_frame_column():
    pandas = pytest.importorskip("pandas")
    loss = DEFAULTS[0]
    frame = pandas.DataFrame({"y": [1.0, 1.0], "f": [0.5, 2.0]})
    assert loss.value(frame["y"], frame["f"]) == loss.value([1.0, 1.0], [0.5, 2.0])


# out= -----------------------------------------------------------------------------------------


@every_loss
def test_out_may_be_the_prediction_itself(loss, rng):
    y, f = loss.example(N, rng)
    for name, method in methods(loss):
        if name == "value":
            continue
        right = method(y, f)
        out = np.full(N, np.nan)
        got = method(y, f, out=out)
        assert same(got, right)
        assert (got[-1] if isinstance(got, tuple) else got) is not None
        assert same(out, right[-1] if isinstance(right, tuple) else right)
        own = f.copy()
        assert same(method(y, own, out=own), right)
        assert same(own, out)


# NaN and infinity -----------------------------------------------------------------------------


@every_corner
def test_nan_in_nan_out_and_nowhere_else(loss, rng):
    y, f = loss.example(50, rng)
    for spoilt in (0, 1):
        pair = [y.copy(), f.copy()]
        pair[spoilt][7] = np.nan
        for name, method in methods(loss):
            if name == "value_and_gradient":
                continue
            got = method(*pair, reduction="none")
            clean = method(y, f, reduction="none")
            assert np.isnan(got[7]), name
            assert same(np.delete(got, 7), np.delete(clean, 7)), name
        assert np.isnan(loss.value(*pair))
        assert np.isnan(loss.value(*pair, reduction="sum"))


@one_of_each
def test_nan_in_float32(loss):
    nan = np.float32([np.nan])
    one = np.float32([ordinary_target(loss)])
    for pair in ((nan, one), (one, nan), (nan, nan)):
        value, gradient = loss.value_and_gradient(*pair)
        assert np.isnan(value)
        assert np.isnan(gradient[0])


@every_loss
def test_infinite_predictions_are_no_error(loss):
    most = 0.0 if loss.prediction == "probability" else np.inf
    terms = loss.value([ordinary_target(loss)] * 2, [most, 1.0], reduction="none")
    assert terms.shape == (2,)


@one_of_each
def test_numbers_that_are_not_aligned_in_memory(loss, rng):
    y, f = loss.example(33, rng)
    crooked = []
    for a in (y, f):
        memory = np.zeros(a.nbytes + 1, np.uint8)
        view = memory[1:].view(np.float64)
        view[:] = a
        crooked.append(view)
    assert same(loss.value_and_gradient(*crooked), loss.value_and_gradient(y, f))
