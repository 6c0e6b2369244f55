"""Weights of every size, samples that do not count, labels that are left out: over all losses."""

import numpy as np
import pytest

import losslab as ll
from losslab.losses.kinds.domains import PREDICTIONS
from losslab.losses.kinds.labels import LABELS
from tests.losses.cases import EVERY, ids

every_loss = pytest.mark.parametrize("loss", EVERY, ids=ids)
sums = [loss for loss in EVERY if loss.kind != "batchwise"]
every_sum = pytest.mark.parametrize("loss", sums, ids=ids)
# The array loops are the same for all: float32, compiled anew for each loss, is tried with a few.
one_of_each = pytest.mark.parametrize(
    "loss", {(type(loss).__module__, loss.kind): loss for loss in EVERY}.values(), ids=ids
)
HUGE = (0.0, 1.0, -40.0, 40.0, -800.0, 800.0, -1e30, 1e30, -1e155, 1e155, -1e300, 1e300, -1.7e308)


def derivatives(loss):
    return ["gradient", *(["curvature"] if getattr(loss, "curvature_at", None) else [])]


def with_extremes(loss, y, f):
    """Pairs of a sample's target and predictions that may cost infinitely much, all legal."""
    found = []
    for number in HUGE:
        row = np.full_like(f[0], number)
        for extreme in (row, np.where(np.arange(row.size) == 0, row, f[0]).reshape(row.shape)):
            try:
                loss.value(y[:1], extreme[None])
            except ValueError:
                continue
            found += [(y[i], extreme) for i in range(len(y))]
    return found


@every_sum
def test_weight_zero_does_not_count_whatever_the_loss(loss, rng):
    y, f = loss.example(6, rng)
    w = rng.uniform(0.5, 2.0, 6)
    w[2] = 0.0
    keep = w > 0.0
    extremes = with_extremes(loss, y, f)
    infinite = [
        (a, b)
        for a, b in extremes
        if not np.isfinite(loss.value([a], [b])) or not np.isfinite(loss.gradient([a], [b])).all()
    ]
    for target, prediction in [*extremes[:2], *infinite[:4], (y[2], np.full_like(f[0], np.nan))]:
        y[2], f[2] = target, prediction
        for reduction in ("mean", "sum"):
            value, gradient = loss.value_and_gradient(y, f, w, reduction)
            right, slopes = loss.value_and_gradient(y[keep], f[keep], w[keep], reduction)
            assert value == pytest.approx(right, rel=1e-13)
            assert value == loss.value(y, f, w, reduction)
            np.testing.assert_array_equal(gradient[keep], slopes)
            assert (gradient[2] == 0.0).all()
            for name in derivatives(loss):
                assert (getattr(loss, name)(y, f, w, reduction)[2] == 0.0).all()
        terms, gradient = loss.value_and_gradient(y, f, w, "none")
        assert terms[2] == 0.0
        assert (gradient[2] == 0.0).all()


@every_loss
def test_nan_of_weight_zero_does_not_count(loss, rng):
    y, f = loss.example(12, rng)
    w = rng.uniform(0.5, 2.0, 12)
    w[[3, 7]] = 0.0
    right = loss.value_and_gradient(y, f, w)
    f[3] = np.nan
    y[7] = np.nan
    value, gradient = loss.value_and_gradient(y, f, w)
    assert value == right[0]
    np.testing.assert_array_equal(gradient, right[1])
    w[3] = 1e-300
    assert np.isnan(loss.value(y, f, w))


@every_loss
def test_only_ratios_of_weights_count_under_a_mean(loss, rng):
    """Powers of two change no bit, also where weights can hardly be added up or squared."""
    y, f = loss.example(9, rng)
    w = rng.uniform(0.5, 2.0, 9)
    right = loss.value_and_gradient(y, f, w)
    for power in (-1021, -140, 130, 1020, 1022):
        value, gradient = loss.value_and_gradient(y, f, w * 2.0**power)
        assert value == right[0]
        np.testing.assert_array_equal(gradient, right[1])
    tiny = loss.value(y, f, np.full(9, 5e-324))
    assert tiny == pytest.approx(loss.value(y, f), rel=1e-12)


@one_of_each
def test_float32_is_rounded_once_whatever_the_weights(loss, rng):
    y, f = (a.astype(np.float32) for a in loss.example(9, rng))
    w = rng.uniform(0.5, 2.0, 9)
    right = loss.value_and_gradient(y, f, w)
    assert np.isfinite(right[1]).all()
    for power in (-500, -145, 130, 500):
        value, gradient = loss.value_and_gradient(y, f, w * 2.0**power)
        assert value == right[0]
        np.testing.assert_array_equal(gradient, right[1])
        for name in derivatives(loss):
            scaled, plain = (getattr(loss, name)(y, f, w * s) for s in (2.0**power, 1.0))
            np.testing.assert_array_equal(scaled, plain)


@every_sum
def test_a_mean_of_finite_terms_is_finite(loss, rng):
    y, f = loss.example(3, rng)
    n = 5000
    for target, prediction in with_extremes(loss, y, f):
        term = loss.value([target], [prediction])
        if 1e290 < abs(term) < 1.7e308:
            ys, fs = np.repeat([target], n, axis=0), np.repeat([prediction], n, axis=0)
            for w in (None, np.full(n, 1e300), np.full(n, 3e-310)):
                assert loss.value(ys, fs, w) == pytest.approx(term, rel=1e-9)
                assert loss.value_and_gradient(ys, fs, w)[0] == pytest.approx(term, rel=1e-9)


def test_means_and_sums_at_the_end_of_the_range():
    absolute, squared = ll.get("absolute_error"), ll.get("squared_error")
    assert absolute.value([0.0, 0.0], [1.7e308] * 2) == 1.7e308
    assert absolute.value([0.0, 0.0], [1.7e308] * 2, reduction="sum") == np.inf
    assert squared.value([0.0], [1e10], sample_weight=[1e300]) == 5e19
    assert absolute.value([0.0, 0.0], [1.7e308, np.inf]) == np.inf
    assert absolute.value([0.0, 0.0], [1.7e308] * 2, [1e308] * 2) == 1.7e308
    # A share too small for any weight is not 0: it keeps its digits, and what is infinite stays so.
    assert absolute.value([0.0, 0.0], [1e308, 0.0], [1e-20, 1e300]) == pytest.approx(1e-12)
    assert absolute.value([0.0, 0.0], [1e308, 0.0], [5e-324, 1.0]) == pytest.approx(4.94e-16, 1e-3)
    assert squared.gradient([0.0, 0.0], [1e308, 0.0], [1e-20, 1e300])[0] == pytest.approx(1e-12)
    assert absolute.value([0.0, 0.0], [1.0, np.inf], [1e300, 1e-300]) == np.inf
    assert np.isnan(absolute.value([0.0, 0.0], [1.0, np.nan], [1e300, 1e-300]))
    assert absolute.value([0.0, 0.0], [1.0, 3.0], [1.7e308, 1.7e308]) == 2.0


@every_loss
def test_targets_are_finite(loss, rng):
    if loss.target in ("bounds", "range"):  # open on a side: test_rowwise.py
        return
    masked = loss.target == "logits"  # -infinity is a class that is not offered
    for bad in (np.inf,) if masked else (np.inf, -np.inf):
        y, f = loss.example(5, rng)
        y.reshape(5, -1)[3, -1] = bad
        with pytest.raises(ValueError, match="y_true must be .*got .*inf.* at index 3"):
            loss.value(y, f)
        with pytest.raises(ValueError, match="y_true must be .* at index 3"):
            loss.gradient(y, f, reduction="sum")


# Labels left out ------------------------------------------------------------------------------


@every_loss
@pytest.mark.parametrize("label", [-100, 255, np.nan])
def test_ignored_labels_are_as_if_they_were_not_there(loss, label, rng):
    y, f = loss.example(40, rng)
    w = rng.uniform(0.5, 2.0, 40)
    ignored = rng.random(40) < 0.3
    y[ignored] = label
    if loss.target not in LABELS:
        with pytest.raises(ValueError, match="ignore_label is for losses of labels"):
            loss.value(y, f, ignore_label=label)
        return
    f[np.flatnonzero(ignored)[0]] = np.nan  # nobody looks at it
    keep = ~ignored
    for weights in (None, w):
        kept = None if weights is None else w[keep]
        for reduction in ("mean", "sum"):
            value, gradient = loss.value_and_gradient(y, f, weights, reduction, ignore_label=label)
            right, slopes = loss.value_and_gradient(y[keep], f[keep], kept, reduction)
            assert value == pytest.approx(right, rel=1e-13)
            np.testing.assert_allclose(gradient[keep], slopes, rtol=1e-13, atol=1e-300)
            assert (gradient[ignored] == 0.0).all()
            assert loss.value(y, f, weights, reduction, ignore_label=label) == value
            for name in derivatives(loss):
                got = getattr(loss, name)(y, f, weights, reduction, ignore_label=label)
                assert (got[ignored] == 0.0).all()
    if loss.kind != "batchwise":
        assert (loss.value(y, f, reduction="none", ignore_label=label)[ignored] == 0.0).all()


@pytest.mark.parametrize("loss", [e for e in EVERY if e.target in LABELS], ids=ids)
def test_an_ignored_label_must_be_named(loss, rng):
    y, f = loss.example(5, rng)
    y[1] = -100
    with pytest.raises(ValueError, match="left out by ignore_label="):
        loss.value(y, f)
    with pytest.raises(ValueError, match=r"y_true must .* got .*-100\.0.* at index 1"):
        loss.value(y, f, np.array([1.0, 0.0, 1.0, 1.0, 1.0]))
    with pytest.raises(ValueError, match=r"-100\.0.* at index 1"):
        loss.value(y, f, ignore_label=255)
    y[:] = -100
    with pytest.raises(ValueError, match="all of y_true is ignore_label=-100"):
        loss.value(y, f, ignore_label=-100)
    for bad in ("a", [1], True, 1j):
        with pytest.raises(TypeError, match="ignore_label must be one number"):
            loss.value(y, f, ignore_label=bad)


def test_a_class_can_be_left_out_too():
    loss = ll.get("softmax_cross_entropy")
    rows = [[0.0, 1.0], [3.0, 0.0], [0.5, 0.5]]
    assert loss.value([0, 1, 0], rows, ignore_label=1) == loss.value([0, 0], [rows[0], rows[2]])
    with pytest.raises(ValueError, match="sample_weight must have the shape"):
        loss.value([0, 1, 0], rows, [1.0], ignore_label=1)
    with pytest.raises(ValueError, match="finite and >= 0, got -1.0 at index 1"):
        loss.value([0, 1, 0], rows, [1.0, -1.0, 1.0], ignore_label=1)


def test_float32_labels_stay_float32():
    loss = ll.get("binary_cross_entropy")
    y, f = np.array([0.0, -1.0], np.float32), np.zeros(2, np.float32)
    assert loss.gradient(y, f, ignore_label=-1).dtype == np.float32


def test_probabilities_have_both_ends():
    """The sample of the report: an infinite loss of weight 0."""
    assert {"probability"} <= set(PREDICTIONS)
    loss = ll.get("BCELoss")
    assert loss.value([1.0, 0.0], [0.0, 0.5], [0.0, 1.0]) == pytest.approx(np.log(2.0))
    gradient = ll.get("poisson").gradient([0.0, 0.0], [800.0, 0.0], sample_weight=[0.0, 1.0])
    assert gradient.tolist() == [0.0, 1.0]


@every_sum
def test_an_infinite_derivative_keeps_its_sign_however_small_its_share(loss, rng):
    y, f = loss.example(2, rng)
    for target, prediction in with_extremes(loss, y, f):
        ys, fs = np.stack([target, y[1]]), np.stack([prediction, f[1]])
        for name in derivatives(loss):
            plain = getattr(loss, name)(ys, fs)[0]
            tiny = getattr(loss, name)(ys, fs, [1e-200, 1e200])[0]
            np.testing.assert_array_equal(tiny[np.isinf(plain)], plain[np.isinf(plain)])
            assert not np.isnan(tiny[~np.isnan(plain)]).any()


@every_loss
def test_half_known_samples_must_be_legal_in_the_other_half(loss, rng):
    """NaN in the prediction hides no illegal target, whatever the weight."""
    y, f = loss.example(6, rng)
    y[4] = np.inf if loss.target not in ("bounds", "range") else (2.0, 1.0)
    f[4] = np.nan
    w = np.array([1.0, 1.0, 1.0, 1.0, 0.0, 1.0])
    for weights in (None, w):
        with pytest.raises(ValueError, match="y_true must be .* at index 4"):
            loss.value(y, f, weights)
