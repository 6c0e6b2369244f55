"""Second derivatives: the diagonal of the Hessian, and its product with a vector."""

import mpmath
import numpy as np
import pytest

import losslab as ll
from losslab.losses import find
from losslab.losses.kinds.row_domains import ROW_TARGETS
from tests.losses import row_accuracy, second_accuracy

CLASSES = [find(name) for name in ll.available()]
GIVEN = [cls for cls in CLASSES if cls.has_curvature()]
ROWS = [cls.typical() for cls in GIVEN if cls.kind == "rowwise"]
SETTINGS = [loss for own in ROWS for loss in row_accuracy.settings(type(own))]
SOFTMAX = [loss for loss in ROWS if loss.prediction == "logits"]
every_row_loss = pytest.mark.parametrize("loss", ROWS, ids=lambda loss: loss.name)
every_softmax = pytest.mark.parametrize("loss", SOFTMAX, ids=lambda loss: loss.name)


def hessians(loss, y, f, **options):
    """All entries, (n, k, k), from products with unit vectors."""
    columns = [
        loss.hessian_product(y, f, np.broadcast_to(e, f.shape).astype(f.dtype), **options)
        for e in np.eye(f.shape[1])
    ]
    return np.stack(columns, axis=2)


def test_they_are_given_where_other_libraries_need_them():
    names = {cls.name for cls in GIVEN}
    assert {"softmax_cross_entropy", "focal_multiclass", "label_smoothing", "gaussian_nll"} <= names
    assert {"cox", "cox_efron"} <= names
    assert {"aft_weibull", "aft_loglogistic", "aft_lognormal", "censored_gaussian"} <= names


@pytest.mark.parametrize("loss", SETTINGS, ids=repr)
def test_within_its_bound_of_the_formula(loss):
    limit, _ = row_accuracy.bound(type(loss), "curvature")
    wrong = [
        f"{quantity}: {row_accuracy.show(point)}"
        for quantity, points in second_accuracy.measure(loss).items()
        for point in points[:3]
        if point[0] > limit
    ]
    assert not wrong, "\n".join(wrong)


@every_row_loss
def test_symmetric_with_this_diagonal(loss, rng):
    y, f = loss.example(30, rng)
    H = hessians(loss, y, f, reduction="none")
    size = np.abs(H).max(axis=(1, 2), keepdims=True)
    assert (np.abs(H - H.transpose(0, 2, 1)) <= 1e-14 * size).all()
    diagonal = loss.curvature(y, f, reduction="none")
    assert (np.abs(np.einsum("ijj->ij", H) - diagonal) <= 4e-15 * size[:, :, 0]).all()
    u, v = rng.normal(size=(2, *f.shape))
    left = (u * loss.hessian_product(y, f, v, reduction="none")).sum(axis=1)
    right = (v * loss.hessian_product(y, f, u, reduction="none")).sum(axis=1)
    scale = (np.abs(u)[:, :, None] * np.abs(H) * np.abs(v)[:, None, :]).sum(axis=(1, 2))
    assert (np.abs(left - right) <= 1e-14 * scale).all()


@every_softmax
def test_a_number_added_to_all_logits_changes_nothing(loss, rng):
    if loss.name in ("vector_scaling", "z_loss"):
        pytest.skip("a number added to all logits changes its value")
    y, f = loss.example(30, rng)
    assert np.array_equal(loss.hessian_product(y, f, np.full_like(f, 3.0)), np.zeros_like(f))
    H = hessians(loss, y, f, reduction="none")
    size = np.abs(H).max(axis=(1, 2))[:, None]
    assert (np.abs(H.sum(axis=1)) <= 4e-15 * size).all()


@every_softmax
@pytest.mark.parametrize("size", [700.0, 1e5, 1e300])
def test_extreme_logits_give_finite_numbers(loss, size, rng):
    y, f = loss.example(12, rng)
    f = np.where(f > 0.0, size, -size) + np.where(size < 1e5, f, 0.0)
    assert np.isfinite(loss.curvature(y, f)).all()
    assert np.isfinite(loss.hessian_product(y, f, rng.normal(size=f.shape))).all()


@pytest.mark.parametrize("gap", [1e-3, 1.0, 30.0, 36.8, 200.0, 700.0])
@pytest.mark.parametrize("label", [0, 1])
def test_p_times_1_minus_p_keeps_its_digits_from_both_sides(gap, label):
    loss = ll.get("softmax_cross_entropy")
    with mpmath.workdps(400):
        p = 1 / (1 + mpmath.exp(mpmath.mpf(gap)))
        right = float(p * (1 - p))
    got = loss.curvature([label], [[0.0, gap]])
    np.testing.assert_allclose(got, [[right, right]], rtol=1e-15)
    product = loss.hessian_product([label], [[0.0, gap]], [[1.0, 0.0]])
    np.testing.assert_allclose(product, [[right, -right]], rtol=1e-15)


@every_softmax
def test_a_class_that_is_not_offered_has_none(loss, rng):
    y, f = loss.example(8, rng)
    if type(loss).target != "class" or loss.vector_specs or loss.name == "label_smoothing":
        pytest.skip("its target or its parameters have a number for each class")
    y = np.minimum(y, f.shape[1] - 2)
    wide = f.copy()
    wide[:, -1] = -np.inf
    v = rng.normal(size=f.shape)
    assert np.array_equal(loss.curvature(y, wide)[:, :-1], loss.curvature(y, f[:, :-1].copy()))
    assert (loss.curvature(y, wide)[:, -1] == 0.0).all()
    assert (loss.hessian_product(y, wide, v)[:, -1] == 0.0).all()


# The contract ---------------------------------------------------------------------------------


@every_row_loss
def test_weights_and_reductions(loss, rng):
    y, f = loss.example(40, rng)
    v = rng.normal(size=f.shape)
    w = rng.uniform(0.0, 2.0, 40)
    w[7] = 0.0
    for answer in (
        lambda *a, **k: loss.curvature(y, f, *a, **k),
        lambda *a, **k: loss.hessian_product(y, f, v, *a, **k),
    ):
        each = answer(reduction="none")
        np.testing.assert_allclose(answer(), each / 40, rtol=1e-15)
        np.testing.assert_allclose(answer(w), each * (w / w.sum())[:, None], rtol=1e-13)
        np.testing.assert_allclose(answer(w, "sum"), each * w[:, None], rtol=1e-13)
        assert (answer(w)[7] == 0.0).all()


@every_row_loss
def test_single_precision_is_rounded_once(loss, rng):
    y, f = loss.example(30, rng)
    f, v = f.astype("f4"), rng.normal(size=f.shape).astype("f4")
    y = y.astype("f4") if ROW_TARGETS[loss.target].columns == "k" else y
    y64, f64 = y.astype(float), f.astype(float)
    single = loss.curvature(y, f, reduction="none")
    assert single.dtype == np.float32
    np.testing.assert_array_equal(single, np.float32(loss.curvature(y64, f64, reduction="none")))
    np.testing.assert_array_equal(
        loss.hessian_product(y, f, v.astype(float), reduction="none"),
        np.float32(loss.hessian_product(y64, f64, v.astype(float), reduction="none")),
    )


@every_row_loss
def test_nan_spoils_its_own_row_only(loss, rng):
    y, f = loss.example(5, rng)
    v = np.ones_like(f)
    v[1, 0] = f[2, -1] = np.nan
    diagonal, product = loss.curvature(y, f), loss.hessian_product(y, f, v)
    assert np.array_equal(np.isnan(diagonal).all(axis=1), [False, False, True, False, False])
    assert np.array_equal(np.isnan(product).all(axis=1), [False, True, True, False, False])
    assert not np.isnan(product[[0, 3, 4]]).any()
    weights = [1.0, 0.0, 0.0, 1.0, 1.0]
    assert (loss.hessian_product(y, f, v, weights)[[1, 2]] == 0.0).all()


@every_row_loss
def test_out_may_overlap_and_threads_change_no_bit(loss, rng, threads):
    y, f = loss.example(20_000, rng)
    v = rng.normal(size=f.shape)
    threads(1)
    wanted = loss.hessian_product(y, f, v), loss.curvature(y, f)
    threads(2)
    place = v.copy()
    assert loss.hessian_product(y, f, place, out=place) is place
    assert np.array_equal(place, wanted[0])
    place = f.copy()
    assert loss.curvature(y, place, out=place) is place
    assert np.array_equal(place, wanted[1])


@every_row_loss
def test_illegal_input_is_named(loss, rng):
    y, f = loss.example(5, rng)
    with pytest.raises(ValueError, match="vector must have the shape of y_pred"):
        loss.hessian_product(y, f, np.ones(5))
    with pytest.raises(ValueError, match="reduction must be"):
        loss.curvature(y, f, reduction="average")
    f[3, 0] = np.inf
    with pytest.raises(ValueError, match="y_pred must be .* at index 3"):
        loss.curvature(y, f)


def test_an_ignored_label_counts_nothing(rng):
    loss = ll.get("softmax_cross_entropy")
    y, f = loss.example(6, rng)
    y[2] = -100.0
    kept = np.delete(np.arange(6), 2)
    got = loss.curvature(y, f, ignore_label=-100)
    assert np.array_equal(got[kept], loss.curvature(y[kept], f[kept]))
    assert (got[2] == 0.0).all()


@pytest.mark.parametrize(
    "cls", [cls for cls in CLASSES if not cls.has_curvature()], ids=lambda cls: cls.name
)
def test_where_they_are_not_given_the_error_says_why(cls, rng):
    loss = cls.typical()
    y, f = loss.example(5, rng)
    for question in (lambda: loss.curvature(y, f), lambda: loss.hessian_product(y, f, f)):
        with pytest.raises(NotImplementedError, match=f"{cls.name} has no curvature: ..."):
            question()


# Losses of a whole batch ----------------------------------------------------------------------

BATCHES = [cls.typical() for cls in GIVEN if cls.kind == "batchwise"]
every_batch_loss = pytest.mark.parametrize("loss", BATCHES, ids=lambda loss: loss.name)


def exact_batch_hessian(loss, y, f, w):
    """From differences of `exact`, in so many digits that their own error does not count."""
    with mpmath.workdps(300):
        step = mpmath.mpf(10) ** -90
        targets = [list(map(mpmath.mpf, map(float, row))) for row in y]
        numbers, parts = ([mpmath.mpf(float(v)) for v in x] for x in (f, w))

        def at(*moves):
            moved = list(numbers)
            for j, sign in moves:
                moved[j] += sign * step
            return loss.exact(mpmath.mp, targets, moved, parts)

        here, n = at(), len(f)
        H = np.zeros((n, n))
        for i in range(n):
            H[i, i] = (at((i, 1)) - 2 * here + at((i, -1))) / step**2
            for j in range(i):
                corners = [a * b * at((i, a), (j, b)) for a in (1, -1) for b in (1, -1)]
                H[i, j] = H[j, i] = sum(corners) / (4 * step**2)
        return H


def survival_batch(n, size, rng):
    y = np.column_stack([rng.integers(1, 5, n), rng.integers(0, 2, n)]).astype(float)
    y[0, 1] = 1.0
    return y, rng.normal(size=n) * size


@every_batch_loss
@pytest.mark.parametrize("size", [0.1, 1.0, 5.0, 30.0, 300.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_of_a_batch_each_entry_keeps_its_digits(loss, size, weighted, rng):
    for _ in range(2):
        y, f = survival_batch(7, size, rng)
        w = rng.uniform(0.0, 2.0, 7) if weighted else np.ones(7)
        w[3] *= not weighted
        d = rng.normal(size=7)
        H = exact_batch_hessian(loss, y, f, w)
        limit = row_accuracy.bound(type(loss), "curvature")[0] * np.finfo(float).eps
        np.testing.assert_allclose(loss.curvature(y, f, w), np.diag(H), rtol=limit, atol=1e-85)
        wrong = np.abs(loss.hessian_product(y, f, d, w) - H @ d)
        assert (wrong <= limit * (np.abs(H) @ np.abs(d)) + 1e-85).all()


@every_batch_loss
def test_of_a_batch_symmetric_and_blind_to_a_common_number(loss, rng):
    y, f = survival_batch(40, 2.0, rng)
    H = np.stack([loss.hessian_product(y, f, e) for e in np.eye(40)], axis=1)
    np.testing.assert_allclose(H, H.T, atol=1e-15)
    np.testing.assert_allclose(np.diag(H), loss.curvature(y, f), rtol=1e-12)
    np.testing.assert_allclose(loss.hessian_product(y, f, np.full(40, 7.0)), 0.0, atol=1e-15)
    assert np.linalg.eigvalsh(H).min() > -1e-14


@every_batch_loss
def test_of_a_batch_scaling_groups_and_single_precision(loss, rng):
    y, f = survival_batch(30, 1.0, rng)
    d, w, names = rng.normal(size=30), rng.uniform(0.5, 2.0, 30), rng.integers(0, 3, 30)
    for options in ({"reduction": "sum"}, {"reduction": "mean"}):
        h = 1e-5
        for more in ({}, {"groups": names}):
            ends = [loss.gradient(y, f + s * d, w, **options, **more) for s in (h, -h)]
            got = loss.hessian_product(y, f, d, w, **options, **more)
            np.testing.assert_allclose(got, (ends[0] - ends[1]) / (2 * h), rtol=1e-6, atol=1e-9)
    whole = loss.curvature(y, f, reduction="none", groups=names)
    for name in range(3):
        mine = names == name
        assert np.array_equal(whole[mine], loss.curvature(y[mine], f[mine]))
    single = loss.hessian_product(y, f.astype("f4"), d)
    assert single.dtype == np.float32
    place = d.copy()
    assert loss.hessian_product(y, f, place, out=place) is place
    assert np.array_equal(place, loss.hessian_product(y, f, d))


@every_batch_loss
def test_of_a_batch_nan_and_weight_0(loss, rng):
    y, f = survival_batch(8, 1.0, rng)
    d, w, names = np.ones(8), np.ones(8), np.arange(8) // 4
    d[1] = np.nan
    got = loss.hessian_product(y, f, d, groups=names)
    assert np.array_equal(np.isnan(got), names == 0)
    w[1] = 0.0
    got = loss.hessian_product(y, f, d, w, groups=names)
    assert got[1] == 0.0
    assert not np.isnan(got).any()
    with pytest.raises(ValueError, match="cannot be 'none'"):
        loss.curvature(y, f, reduction="none")
    f[2] = np.nan
    assert np.isnan(loss.curvature(y, f)).all()


@every_batch_loss
def test_of_a_batch_far_scores(loss):
    y = [[1.0, 1.0], [2.0, 1.0], [2.0, 1.0], [3.0, 0.0]]
    for f in ([1e300, 0.0, -1e300, 5.0], [-800.0, 800.0, 0.0, 1.0], [0.0, 0.0, 1e300, 1e300]):
        assert np.isfinite(loss.curvature(y, f)).all()
        assert np.isfinite(loss.hessian_product(y, f, [1.0, -1.0, 2.0, 0.5])).all()


# Pointwise losses -----------------------------------------------------------------------------


# One in six: the loop is the same for all, and each takes the compiler a second.
@pytest.mark.parametrize(
    "cls", [cls for cls in GIVEN if cls.kind == "pointwise"][::6], ids=lambda cls: cls.name
)
def test_of_a_pointwise_loss_it_is_the_curvature_times_the_vector(cls, rng):
    loss = cls.typical()
    y, f = loss.example(50, rng)
    w, v = rng.uniform(size=50), rng.normal(size=50)
    assert np.array_equal(loss.hessian_product(y, f, np.ones(50), w), loss.curvature(y, f, w))
    np.testing.assert_allclose(
        loss.hessian_product(y, f, v, w), v * loss.curvature(y, f, w), rtol=1e-14
    )


def test_of_a_pointwise_loss_out_and_weight_0(rng):
    loss = ll.get("huber")
    v = np.array([1.0, np.nan])
    assert np.array_equal(loss.hessian_product([0.0, 0.0], [0.5, 0.5], v, [1.0, 0.0]), [1.0, 0.0])
    assert loss.hessian_product([0.0, 0.0], [0.5, 0.5], v, out=v) is v
    with pytest.raises(ValueError, match="vector must have the shape"):
        loss.hessian_product([0.0], [0.0], [1.0, 2.0])
    assert loss.hessian_product(np.float32([0]), np.float32([0]), [2.0]).dtype == np.float32


# Other libraries ------------------------------------------------------------------------------


def test_scikit_learn_has_the_same_diagonal(rng):
    losses = pytest.importorskip("sklearn._loss.loss")
    ours = ll.get("softmax_cross_entropy")
    y, f = ours.example(50, rng)
    theirs = losses.HalfMultinomialLoss(n_classes=f.shape[1])
    _, hessian = theirs.gradient_hessian(y_true=y, raw_prediction=f)
    np.testing.assert_allclose(ours.curvature(y, f, reduction="none"), hessian, rtol=1e-13)
