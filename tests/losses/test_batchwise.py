"""Batchwise losses: values and gradients, weights, dtypes, claims, bad input."""

import mpmath
import numpy as np
import pytest

import losslab as ll
from losslab.losses import Batchwise, Claims, find
from losslab.losses.kinds.row_domains import ROW_PREDICTIONS, ROW_TARGETS
from tests.contract.corners import corners
from tests.losses.batch_claim_checks import CHECKS, drawn
from tests.losses.row_accuracy import BOUND, DIGITS, ulps

CLASSES = [find(name) for name in ll.available(kind="batchwise")]
LOSSES = [cls.typical() for cls in CLASSES]
SETTINGS = [cls.typical(**p) for cls in CLASSES for p in corners(cls, most=8)]
every_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.name)
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
every_setting = pytest.mark.parametrize("loss", SETTINGS, ids=repr)
SEEDS = range(10)


def plain_numbers(x):
    """mpmath numbers in lists of the shape of x."""
    return [plain_numbers(v) if np.ndim(v) else mpmath.mpf(float(v)) for v in x]


def exact_value(loss, y, f, w):
    parameters = dict(loss.parameters)
    vector = [plain_numbers(parameters.pop(k)) for k in loss.vector_specs]
    scalars = [mpmath.mpf(v) for v in parameters.values()]
    y = [int(v) for v in y] if loss.target == "class" else plain_numbers(y)
    return mpmath.mpf(loss.exact(mpmath.mp, y, f, plain_numbers(w), *vector, *scalars))


def exact_gradient(loss, y, f, w):
    found = []
    for at in np.ndindex(f.shape):
        h = mpmath.mpf(10) ** (-DIGITS // 3) * (abs(mpmath.mpf(float(f[at]))) or 1)
        ends = []
        for step in (h, -h):
            moved = plain_numbers(f)
            row = moved[at[0]] if len(at) == 2 else moved
            row[at[-1]] += step
            ends.append(exact_value(loss, y, moved, w))
        found.append((ends[0] - ends[1]) / (2 * h))
    return found


def limit(cls, quantity):
    bound = cls.bound(quantity)
    return bound.ulp, bound.of == "row"


@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0])
@every_setting
def test_within_its_bound_of_the_formula(loss, scale):
    for seed in SEEDS:
        check_accuracy(loss, scale, seed % 2 == 0, np.random.default_rng(seed))


def check_accuracy(loss, scale, weighted, rng):
    y, f = drawn(loss, 7, rng)
    f = f if "probabilit" in loss.prediction else f * scale
    w = rng.uniform(0.5, 2.0, len(f)) if weighted else np.ones(len(f))
    value, gradient = loss.value_and_gradient(y, f, w)
    with mpmath.workdps(DIGITS):
        right, slopes = exact_value(loss, y, plain_numbers(f), w), exact_gradient(loss, y, f, w)
    bound, whole = limit(type(loss), "value")
    terms = sum(abs(float(s) * v) for s, v in zip(slopes, f.ravel(), strict=True))
    size = max(abs(float(right)), terms) if whole else right
    error = ulps(value, right, size)
    assert error <= bound, f"value is {error:.3g} ulp off: {value!r}, not {float(right)!r}"
    bound, whole = limit(type(loss), "gradient")
    most = max(abs(float(s)) for s in slopes)
    for got, slope in zip(gradient.ravel(), slopes, strict=True):
        error = ulps(got, slope, most if whole else slope)
        assert error <= bound, f"slope is {error:.3g} ulp off: {got!r}, not {float(slope)!r}"


@every_class
def test_declared_bounds_have_a_reason(cls):
    for quantity, bound in cls.accuracy.items():
        assert quantity in ("value", "gradient", "curvature")
        assert quantity != "curvature" or cls.has_curvature()
        assert bound.ulp > BOUND or bound.of == "row"
        assert len(bound.why.split()) >= 3


@every_loss
def test_weights_and_reductions(loss, rng):
    y, f = drawn(loss, 40, rng)
    w = rng.uniform(0.5, 2.0, 40)
    near = {"rtol": 1e-11, "atol": 1e-13}
    for weights, total in ((None, 40.0), (w, w.sum())):
        mean = loss.value_and_gradient(y, f, weights)
        summed = loss.value_and_gradient(y, f, weights, reduction="sum")
        np.testing.assert_allclose(mean[1] * total, summed[1], **near)
        beyond = 0.0 if weights is None else loss.beyond_mean(y, w, total)
        np.testing.assert_allclose(mean[0] * total + beyond, summed[0], **near)
    for a, b in zip(loss.value_and_gradient(y, f, 7.0 * w), mean, strict=True):
        np.testing.assert_allclose(a, b, **near)
    np.testing.assert_allclose(loss.value(y, f, np.ones(40)), loss.value(y, f), rtol=1e-14)
    assert loss.gradient(y, f, w).shape == f.shape
    np.testing.assert_array_equal(loss.gradient(y, f, w), mean[1])


@pytest.mark.parametrize("size", [1.0, 1e308])
@every_loss
def test_weight_zero_is_as_if_it_were_not_there(loss, size, rng):
    y, f = drawn(loss, 12, rng)
    idle = rng.permutation(12) < 4
    while True:
        try:
            value, gradient = loss.value_and_gradient(y[~idle], f[~idle])
            break
        except ValueError:  # no batch without these
            idle = rng.permutation(12) < 4
    if size > 1.0 and "probabilit" not in loss.prediction:
        f[idle] = np.sign(f[idle]) * size
    got, slopes = loss.value_and_gradient(y, f, np.where(idle, 0.0, 1.0))
    np.testing.assert_allclose(got, value, rtol=1e-12)
    np.testing.assert_allclose(slopes[~idle], gradient, rtol=1e-9, atol=1e-14)
    assert not slopes[idle].any()


@every_loss
def test_predictions_may_be_huge(loss, rng):
    """Infinite may be what is, not what is unknown."""
    if "probabilit" in loss.prediction:
        return
    y, f = drawn(loss, 12, rng)
    ahead = np.sign(y.reshape(12, -1)[:, -1] - 0.5)  # with the targets, or against them
    for signs in (np.sign(f), np.ones_like(f), (ahead * np.ones_like(f).T).T):
        for size in (1e200, -1e200, 1.7e308, -1.7e308):
            value, gradient = loss.value_and_gradient(y, signs * size)
            assert not np.isnan(value) and not np.isnan(gradient).any()


@every_loss
def test_the_order_of_samples_does_not_matter(loss, rng):
    y, f = drawn(loss, 40, rng)
    w = rng.uniform(0.5, 2.0, 40)
    value, gradient = loss.value_and_gradient(y, f, w)
    order = rng.permutation(40)
    moved, slopes = loss.value_and_gradient(y[order], f[order], w[order])
    np.testing.assert_allclose(moved, value, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(slopes, gradient[order], rtol=1e-9, atol=1e-13)


@every_loss
def test_layouts_and_dtypes(loss, rng):
    y, f = drawn(loss, 30, rng)
    f = f.astype("f4")
    value, gradient = loss.value_and_gradient(y, f)
    assert value.dtype == gradient.dtype == np.float32
    wide = loss.value_and_gradient(y, f.astype(float))
    assert type(wide[0]) is float
    np.testing.assert_array_equal(gradient, np.float32(wide[1]))
    assert value == np.float32(wide[0])
    strided = np.repeat(f, 2, axis=0)[::2]
    np.testing.assert_array_equal(loss.gradient(y, strided), gradient)
    assert loss.gradient(y, f, out=f) is f
    np.testing.assert_array_equal(f, gradient)


@every_loss
def test_nan_spoils_the_whole_batch(loss, rng):
    y, f = drawn(loss, 6, rng)
    f[2] = np.nan
    value, gradient = loss.value_and_gradient(y, f)
    assert np.isnan(value)
    assert np.isnan(gradient).all()


# Claims ---------------------------------------------------------------------------------------


def sought(loss, key, claim):
    """Whether a check is asked: a counterexample is sought for the default parameters only."""
    return claim is not False or loss.parameters == type(loss).typical().parameters


CLAIMS = [
    pytest.param(loss, key, claim, id=f"{loss!r}-{key}")
    for loss in SETTINGS
    for key, claim in loss.claims.items()
    if sought(loss, key, claim)
]
OPPOSITES = [
    pytest.param(loss, key, wrong, id=f"{loss.name}-{key}={wrong}")
    for loss in LOSSES
    for key, claim in loss.claims.items()
    for wrong in (
        [not claim] if isinstance(claim, bool) else [1.0] if claim is None else [None, 2.1 * claim]
    )
]


@pytest.mark.parametrize(("loss", "key", "claim"), CLAIMS)
def test_claim(loss, key, claim):
    CHECKS[key](loss, claim)


@pytest.mark.parametrize(("loss", "key", "wrong"), OPPOSITES)
def test_the_opposite_is_refuted(loss, key, wrong):
    with pytest.raises(AssertionError):
        CHECKS[key](loss, wrong)


@every_class
def test_only_claims_with_a_check_are_made(cls):
    claimed = set(cls.typical().claims)
    assert claimed <= set(CHECKS), f"losses of a batch claim {sorted(CHECKS)} only"


# Bad input ------------------------------------------------------------------------------------


@every_loss
def test_illegal_samples_are_named(loss, rng):
    y, f = drawn(loss, 5, rng)
    for number in (np.inf, -np.inf):
        bad = f.copy()
        bad[1] = number
        if not ROW_PREDICTIONS[loss.prediction].is_legal(np.atleast_1d(bad[1]), np.size(bad[1])):
            with pytest.raises(ValueError, match="y_pred must be .* at index 1"):
                loss.value(y, bad)
    y[3] = -7.5
    m = np.size(y[3])
    if not ROW_TARGETS[loss.target].is_legal(np.atleast_1d(y[3]), m, np.size(f[3])):
        with pytest.raises(ValueError, match="y_true must be .* at index 3"):
            loss.gradient(y, f)


@every_loss
def test_shapes_and_reductions(loss, rng):
    y, f = drawn(loss, 5, rng)
    with pytest.raises(ValueError, match="y_pred must have shape"):
        loss.value(y, f[..., None, None])
    with pytest.raises(ValueError, match="y_true must have shape"):
        loss.value(y[:4], f)
    with pytest.raises(ValueError, match="cannot be 'none'"):
        loss.value(y, f, reduction="none")
    with pytest.raises(ValueError, match="must be 'mean' or 'sum'"):
        loss.value(y, f, reduction="average")


def define(**attributes):
    given = {
        **{"name": "own_batch", "title": "Own", "family": "regression", "target": "real"},
        **{"prediction": "finite", "formula": "0", "reference": "none", "claims": Claims()},
        "batch_at": lambda y, f, g, w, s, n, k: 0.0,
        "exact": lambda mp, y, f, w: mp.mpf(0),
    }
    return type("OwnBatch", (Batchwise,), given | attributes)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"batch_at": lambda y, f: 0.0}, r"batch_at must take \(y, f, g, w, s, n, k\)"),
        (
            {"batch_is_legal": lambda y, n: True},
            r"batch_is_legal must take \(y, w, n\), got \(y, n",
        ),
        ({"batch_is_legal": lambda y, w, n: True}, "needs legal_batch = 'what y_true must hold'"),
    ],
)
def test_an_incomplete_class_is_refused(attributes, message, scratch_registry):
    with pytest.raises(ValueError, match=message):
        define(**attributes)
    define()


# Positive and unlabelled samples --------------------------------------------------------------


@pytest.mark.parametrize("name", ["pu_risk", "nn_pu_risk"])
def test_both_groups_are_needed(name):
    with pytest.raises(ValueError, match="at least one labelled positive"):
        ll.get(name).value([0, 0], [1.0, 2.0])
    with pytest.raises(ValueError, match="at least one unlabelled"):
        ll.get(name).value([1, 0], [1.0, 2.0], sample_weight=[1.0, 0.0])


def test_its_expectation_is_the_risk_on_labelled_data(rng):
    """Both groups in full, so that means are expectations."""
    prior, f = 0.3, rng.normal(0.0, 2.0, 50)
    chance = rng.dirichlet(np.ones(50))  # of each positive
    other = rng.dirichlet(np.ones(50))  # of each negative
    mixed = prior * chance + (1.0 - prior) * other
    risk = ll.get("pu_risk", prior=prior).value(
        np.repeat([1.0, 0.0], 50), np.tile(f, 2), np.concatenate([chance, mixed])
    )
    labelled = ll.get("logistic").value(
        np.repeat([1.0, 0.0], 50),
        np.tile(f, 2),
        np.concatenate([prior * chance, (1.0 - prior) * other]),
    )
    assert risk == pytest.approx(labelled, rel=1e-12)


def test_huge_predictions_are_not_held_at_zero():
    f = [1.5e308] * 8
    y = [1, 1, 1, 1, 0, 0, 0, 0]
    for name in ("pu_risk", "nn_pu_risk"):
        assert ll.get(name, prior=0.25).value(y, f) == pytest.approx(0.75 * 1.5e308)


def test_where_nothing_is_held_at_zero_both_risks_agree():
    y, f = [1, 1, 0, 0], [-3.0, -1.0, 2.0, 4.0]
    plain = ll.get("pu_risk").value_and_gradient(y, f)
    held = ll.get("nn_pu_risk").value_and_gradient(y, f)
    assert held[0] == pytest.approx(plain[0], rel=1e-13)
    np.testing.assert_allclose(held[1], plain[1], rtol=1e-14)
